//! Which declaration of the previous model became which of the current one: the one of the same kind and path, or the one
//! that says it had this name (`was`). Declarations without a name are known by what they stand in and, transitions, by
//! the stages they connect.

use rustc_hash::FxHashMap;

use crate::model::decl::DeclId;
use crate::model::names::{Scope, scope_of};
use crate::model::walk::{Node, Transition};
use crate::model::{Kind, Model};

/// What became of what.
#[derive(Debug, Default)]
pub struct Pairs {
    to_current: FxHashMap<DeclId, DeclId>,
    to_previous: FxHashMap<DeclId, DeclId>,
}

/// What tells a declaration without a name from others of its kind.
#[derive(PartialEq, Eq, Hash)]
struct Nameless {
    kind: Kind,
    parent: Option<DeclId>,
    ends: Option<(DeclId, DeclId)>,
    ordinal: usize,
}

impl Pairs {
    /// Pairs the declarations of two models.
    pub fn of(previous: &Model<'_>, current: &Model<'_>) -> Self {
        let mut pairs = Self::default();
        pairs.pair_named(previous, current);
        pairs.pair_nameless(previous, current);
        pairs
    }

    /// What a declaration of the previous model became.
    pub fn now(&self, was: DeclId) -> Option<DeclId> {
        self.to_current.get(&was).copied()
    }

    /// What a declaration of the current model was.
    pub fn then(&self, is: DeclId) -> Option<DeclId> {
        self.to_previous.get(&is).copied()
    }

    fn join(&mut self, was: DeclId, is: DeclId) {
        self.to_current.insert(was, is);
        self.to_previous.insert(is, was);
    }

    fn pair_named(&mut self, previous: &Model<'_>, current: &Model<'_>) {
        let mut known: FxHashMap<(Kind, String), DeclId> = FxHashMap::default();
        for id in ids(previous).filter(|id| previous.decl(*id).name.is_some()) {
            known.entry((previous.decl(id).kind, previous.path(id))).or_insert(id);
        }
        // What keeps its name comes first: an earlier name is asked for only where nothing else has it.
        for id in ids(current).filter(|id| current.decl(*id).name.is_some()) {
            let names = std::iter::once(current.decl(id).name_text()).chain(earlier_names(current, id));
            let kind = current.decl(id).kind;
            let was = names.into_iter().find_map(|name| {
                let was = known.get(&(kind, self.earlier_path(previous, current, id, name)))?;
                (!self.to_current.contains_key(was)).then_some(*was)
            });
            if let Some(was) = was {
                self.join(was, id);
            }
        }
    }

    /// The path a declaration had under a name: inside what its surroundings were.
    fn earlier_path(&self, previous: &Model<'_>, current: &Model<'_>, id: DeclId, name: &str) -> String {
        match scope_of(current.sources, &current.decls, current.decl(id)) {
            Scope::Inside(outer) => {
                let outer = self.then(outer).map_or_else(|| current.path(outer), |was| previous.path(was));
                format!("{outer}.{name}")
            }
            Scope::Module(_) => current.path(id),
            Scope::Project | Scope::Traits => name.to_owned(),
        }
    }

    fn pair_nameless(&mut self, previous: &Model<'_>, current: &Model<'_>) {
        let mut known: FxHashMap<Nameless, DeclId> = FxHashMap::default();
        for (key, id) in nameless(previous, Some) {
            known.insert(key, id);
        }
        // A declaration without a name may stand in another without one; those come before what is inside.
        for id in ids(current).filter(|id| current.decl(*id).name.is_none()) {
            let Some(key) = self.key(current, id) else { continue };
            if let Some(was) = known.get(&key).copied() {
                self.join(was, id);
            }
        }
    }

    /// The key of a declaration of the current model in the ids of the previous one.
    fn key(&self, current: &Model<'_>, id: DeclId) -> Option<Nameless> {
        let own = current.decl(id);
        let parent = own.parent.map(|parent| self.then(parent)).map_or(Some(None), |then| then.map(Some))?;
        let ends = match ends(current, id) {
            Some((from, to)) => Some((self.then(from)?, self.then(to)?)),
            None => None,
        };
        Some(Nameless { kind: own.kind, parent, ends, ordinal: ordinal(current, id) })
    }
}

fn ids(model: &Model<'_>) -> impl Iterator<Item = DeclId> {
    (0..model.decls.len() as u32).map(DeclId)
}

fn nameless<'a>(
    model: &'a Model<'_>,
    known_as: impl Fn(DeclId) -> Option<DeclId> + 'a,
) -> impl Iterator<Item = (Nameless, DeclId)> + 'a {
    ids(model).filter(|id| model.decl(*id).name.is_none()).map(move |id| {
        let own = model.decl(id);
        let parent = own.parent.and_then(&known_as);
        (Nameless { kind: own.kind, parent, ends: ends(model, id), ordinal: ordinal(model, id) }, id)
    })
}

/// The stages that a transition or handover connects.
fn ends(model: &Model<'_>, id: DeclId) -> Option<(DeclId, DeclId)> {
    if !matches!(model.decl(id).kind, Kind::Transition | Kind::Handover) {
        return None;
    }
    let own = Transition(model.node(id));
    Some((own.from()?.id, own.to()?.id))
}

/// How many declarations like it stand before it in the same block.
fn ordinal(model: &Model<'_>, id: DeclId) -> usize {
    let own = model.decl(id);
    let Some(parent) = own.parent else {
        return model
            .all_of_kind(own.kind)
            .iter()
            .take_while(|other| **other != id)
            .filter(|other| alike(model, **other, id))
            .count();
    };
    let siblings = model.decl(parent).children.iter().take_while(|other| **other != id);
    siblings.filter(|other| alike(model, **other, id)).count()
}

fn alike(model: &Model<'_>, one: DeclId, other: DeclId) -> bool {
    let (a, b) = (model.decl(one), model.decl(other));
    a.kind == b.kind && a.parent == b.parent && ends(model, one) == ends(model, other)
}

/// The names a declaration says it had, those of its head and those of its fields.
pub fn earlier_names<'s>(model: &Model<'s>, id: DeclId) -> Vec<&'s str> {
    let decl = model.decl(id);
    let in_fields = decl.all("was").flat_map(|field| &field.values);
    let in_head = decl.head.iter().filter(|captured| captured.slot == "was");
    in_fields.chain(in_head).filter_map(|captured| captured.val.word()).collect()
}

/// A declaration and its counterpart of the other model.
pub type Both<'m, 's> = (Node<'m, 's>, Node<'m, 's>);

impl<'m, 's> super::Comparison<'m, 's> {
    /// The project's declarations of a kind that were there before, previous and current, in current order.
    pub fn kept(&self, kind: Kind) -> Vec<Both<'m, 's>> {
        let pair = |node: Node<'m, 's>| Some((self.previous.node(self.pairs.then(node.id)?), node));
        self.current.nodes(kind).filter_map(pair).collect()
    }

    /// The project's declarations of a kind that were not there before, but whose surroundings were.
    pub fn added(&self, kind: Kind) -> Vec<Node<'m, 's>> {
        let is_new = |node: &Node<'m, 's>| self.pairs.then(node.id).is_none();
        let has_home = |node: &Node<'m, 's>| node.parent().is_none_or(|parent| self.pairs.then(parent.id).is_some());
        self.current.nodes(kind).filter(is_new).filter(has_home).collect()
    }

    /// The project's declarations of a kind that are gone, but whose surroundings are not; each with the place in the
    /// current spec where one looks for it.
    pub fn removed(&self, kind: Kind) -> Vec<(Node<'m, 's>, crate::source::Span)> {
        let is_gone = |node: &Node<'m, 's>| self.pairs.now(node.id).is_none();
        let home = |node: Node<'m, 's>| match node.parent() {
            None => Some((node, self.front())),
            Some(parent) => Some((node, self.now(self.current.node(self.pairs.now(parent.id)?)))),
        };
        self.previous.nodes(kind).filter(is_gone).filter_map(home).collect()
    }

    /// Events that are sent in both, previous and current, in current order.
    pub fn kept_events(&self) -> Vec<Both<'m, 's>> {
        self.kept(Kind::Event)
    }
}
