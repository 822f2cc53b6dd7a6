//! How the values of a shape are laid out as data: which slots hold several values, which belong together, which texts
//! have a language. Read off the table of kinds, so that a construct added there is in every plan.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::model::Kind;
use crate::model::kinds::FieldSpec;
use crate::model::shape::{Named, Prim, Shape};

/// What a text in quotes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// No language: a name on the wire, a URL.
    String,
    /// One text per language.
    Text,
    /// Several per language.
    Texts,
}

/// Slots that belong together and may be there several times.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The key the groups stand under.
    pub(super) key: &'static str,
    /// The slot each group begins with.
    pub(super) first: &'static str,
    /// All of its slots.
    pub(super) slots: Vec<&'static str>,
}

/// What one slot may hold.
#[derive(Clone, Debug)]
pub(super) struct SlotSpec {
    /// Its name.
    pub(super) name: &'static str,
    /// The values it may hold; none for a flag.
    pub(super) prims: Vec<Prim>,
    /// Whether it is a word that is there or not.
    pub(super) flag: bool,
    /// Whether it may hold several.
    pub(super) many: bool,
    /// The layout of its rows, if it holds rows.
    pub(super) rows: Option<Layout>,
}

/// The layout of one shape.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// The slots, in the order of the shape.
    pub(super) slots: Vec<SlotSpec>,
    /// The groups.
    pub(super) groups: Vec<Group>,
}

impl Layout {
    /// The layout of a shape.
    pub(super) fn of(shape: &Shape) -> Self {
        let mut layout = Self::default();
        layout.gather(shape);
        for slot in &mut layout.slots {
            slot.many = occurrences(shape, slot.name) > 1;
        }
        layout
    }

    /// The layouts of the heads and fields of every kind.
    pub(super) fn of_head(kind: Kind) -> &'static Self {
        &ALL[kind as usize].0
    }

    /// The layout of a field.
    pub(super) fn of_field(kind: Kind, field: &FieldSpec) -> &'static Self {
        ALL[kind as usize].1.get(field.word).unwrap_or(&EMPTY)
    }

    /// What a slot may hold.
    pub(super) fn slot(&self, name: &str) -> Option<&SlotSpec> {
        self.slots.iter().find(|slot| slot.name == name)
    }

    /// The group a slot belongs to.
    pub(super) fn group_of(&self, slot: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.slots.contains(&slot))
    }

    /// Whether a slot may hold several values.
    pub(super) fn is_many(&self, slot: &str) -> bool {
        self.slot(slot).is_some_and(|slot| slot.many)
    }

    /// What a text under a slot is.
    pub(super) fn words(&self, slot: &str) -> Words {
        let has = |named| self.slot(slot).is_some_and(|slot| slot.prims.contains(&Prim::Named(named)));
        match (has(Named::Texts), has(Named::Text)) {
            (true, _) => Words::Texts,
            (_, true) => Words::Text,
            _ => Words::String,
        }
    }

    /// The layout of the rows under a slot.
    pub(super) fn rows(&self, slot: &str) -> Option<&Self> {
        self.slot(slot)?.rows.as_ref()
    }

    fn gather(&mut self, shape: &Shape) {
        match shape {
            Shape::Literal(_) => {}
            Shape::Flag(word) => self.slot_mut(word).flag = true,
            Shape::Value(name, prim) => {
                self.slot_mut(name).prims.push(prim.clone());
                if *prim == Prim::Named(Named::Until) {
                    // `until` captures the limit under a name of its own.
                    self.slot_mut("at_most").prims.push(Prim::Named(Named::Duration));
                }
            }
            Shape::Rows(name, row) => self.slot_mut(name).rows = Some(Self::of(row)),
            Shape::Sequence(items) | Shape::Either(items) => items.iter().for_each(|item| self.gather(item)),
            Shape::Clauses(options, repeat) => {
                for option in options {
                    self.gather(option);
                    if *repeat {
                        self.group(option, leading_word(option));
                    }
                }
            }
            Shape::Optional(inner) | Shape::Paren(inner) => self.gather(inner),
            Shape::List(inner) => {
                self.gather(inner);
                self.group(inner, Some("items"));
            }
        }
    }

    fn group(&mut self, shape: &Shape, key: Option<&'static str>) {
        let slots: Vec<&'static str> = Self::of(shape).slots.iter().map(|slot| slot.name).collect();
        if let (Some(key), [first, _, ..]) = (key, slots.as_slice()) {
            self.groups.push(Group { key, first, slots });
        }
    }

    fn slot_mut(&mut self, name: &'static str) -> &mut SlotSpec {
        let at = self.slots.iter().position(|slot| slot.name == name).unwrap_or_else(|| {
            self.slots.push(SlotSpec { name, prims: Vec::new(), flag: false, many: false, rows: None });
            self.slots.len() - 1
        });
        &mut self.slots[at]
    }
}

fn leading_word(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::Literal(word) => Some(word),
        Shape::Sequence(items) => items.first().and_then(leading_word),
        _ => None,
    }
}

/// How often a slot can be captured by one reading of a shape; two stands for more.
fn occurrences(shape: &Shape, slot: &str) -> usize {
    let of = |items: &[Shape]| items.iter().map(|item| occurrences(item, slot)).collect::<Vec<_>>();
    let count = match shape {
        Shape::Literal(_) => 0,
        Shape::Flag(name) | Shape::Value(name, _) | Shape::Rows(name, _) => usize::from(*name == slot),
        Shape::Sequence(items) | Shape::Clauses(items, false) => of(items).iter().sum(),
        Shape::Either(items) => of(items).into_iter().max().unwrap_or_default(),
        // One clause that repeats is a list; of several, each is meant once.
        Shape::Clauses(items, true) => of(items).iter().sum::<usize>() * if items.len() == 1 { 2 } else { 1 },
        Shape::Optional(inner) | Shape::Paren(inner) => occurrences(inner, slot),
        Shape::List(inner) => occurrences(inner, slot) * 2,
    };
    count.min(2)
}

static EMPTY: Layout = Layout { slots: Vec::new(), groups: Vec::new() };

type KindLayout = (Layout, FxHashMap<&'static str, Layout>);

static ALL: LazyLock<Vec<KindLayout>> = LazyLock::new(|| {
    let of = |kind: &Kind| {
        let spec = kind.spec();
        let fields = spec.fields.iter().map(|field| (field.word, Layout::of(&field.shape))).collect();
        (Layout::of(&spec.head), fields)
    };
    Kind::ALL.iter().map(of).collect()
});
