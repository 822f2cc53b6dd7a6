//! The words of the language for other programs, from the table of kinds: what colours a text in an editor is made of it.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::model::expr::RESERVED;
use crate::model::kinds::{FieldSpec, Kind, Naming, top_level};
use crate::model::shape::{Prim, Shape, WEEKDAYS};
use crate::model::types::{EVENT_CONTEXT, FUNCTIONS};
use crate::model::value::{PER_WORDS, SCALARS};
use crate::syntax::number::{CALENDAR_UNITS, TimeUnit};

/// Everything, as the file of the book: a line a kind, so that a change shows where it is.
pub(super) fn file() -> String {
    let units: Vec<&str> = TimeUnit::ALL.iter().map(|(_, spelling, _)| *spelling).chain(CALENDAR_UNITS).collect();
    let types: Vec<&str> = SCALARS.iter().map(|(word, _)| *word).collect();
    let functions: Vec<&str> = FUNCTIONS.iter().map(|(word, ..)| *word).collect();
    let lists = [
        ("reserved", json!(RESERVED)),
        ("types", json!(types)),
        ("units", json!(units)),
        ("per", json!(PER_WORDS)),
        ("weekdays", json!(WEEKDAYS)),
        ("functions", json!(functions)),
        ("known_on_events", json!(EVENT_CONTEXT)),
    ];
    let kinds: Vec<String> = Kind::ALL.iter().map(|kind| kind_of(*kind).to_string()).collect();
    let lists: Vec<String> = lists.iter().map(|(name, words)| format!("{}:{words}", json!(name))).collect();
    format!("{{\"kinds\":[\n{}\n],\n{}\n}}\n", kinds.join(",\n"), lists.join(",\n"))
}

fn kind_of(kind: Kind) -> Json {
    let spec = kind.spec();
    let children: Vec<&str> = spec.row.children.iter().map(|child| child.word()).collect();
    json!({
        "word": kind.word(),
        "top_level": top_level().contains(&kind),
        "named": spec.row.naming == Naming::Required,
        "classes": spec.row.classes,
        "head": held(&spec.head),
        "fields": spec.fields.iter().map(field_of).collect::<Json>(),
        "children": children,
        "rows": spec.row.rows.map(Kind::word),
    })
}

fn field_of(field: &'static FieldSpec) -> Json {
    let FieldSpec { word, required, repeats, shape, .. } = field;
    json!({ "word": word, "required": required, "repeats": repeats, "holds": held(shape) })
}

/// What a shape holds: words that join its parts, words that are chosen from, sorts of values, and kinds referred to.
#[derive(Default)]
struct Held {
    joining: BTreeSet<&'static str>,
    chosen: BTreeSet<&'static str>,
    values: BTreeSet<&'static str>,
    kinds: BTreeSet<Kind>,
}

fn held(shape: &'static Shape) -> Json {
    let mut held = Held::default();
    held.gather(shape);
    let kinds: Vec<&str> = held.kinds.iter().map(|kind| kind.word()).collect();
    let lists = [
        ("joining", json!(held.joining)),
        ("chosen", json!(held.chosen)),
        ("values", json!(held.values)),
        ("refers_to", json!(kinds)),
    ];
    lists.into_iter().filter(|(_, words)| words.as_array().is_some_and(|words| !words.is_empty())).collect()
}

impl Held {
    fn gather(&mut self, shape: &'static Shape) {
        match shape {
            Shape::Literal(word) if word.starts_with(|first: char| first.is_ascii_alphabetic()) => {
                self.joining.insert(word);
            }
            Shape::Literal(_) => {}
            Shape::Flag(word) => drop(self.chosen.insert(word)),
            Shape::Value(_, prim) => self.value(prim),
            Shape::Sequence(inner) | Shape::Either(inner) | Shape::Clauses(inner, _) => {
                inner.iter().for_each(|own| self.gather(own));
            }
            Shape::Optional(inner) | Shape::List(inner) | Shape::Paren(inner) | Shape::Rows(_, inner) => {
                self.gather(inner);
            }
        }
    }

    fn value(&mut self, prim: &'static Prim) {
        match prim {
            Prim::OneOf(words) => self.chosen.extend(words),
            Prim::Reference(kinds) => self.kinds.extend(kinds.iter()),
            Prim::Named(named) => drop(self.values.insert(named.word())),
        }
    }
}
