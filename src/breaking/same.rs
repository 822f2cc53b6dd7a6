//! Whether two declarations say the same: compared as data, in which names are full paths, so that how a file is written
//! and split does not matter. A path of the previous model counts as that of what it became.

use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::Value as Json;

use super::Comparison;
use super::properties::{self, PropertyPair, Relation, Side};
use crate::model::Kind;
use crate::model::walk::{Event, Node};
use crate::plan::value::Type;
use crate::plan::{self, Declaration};
use crate::source::Span;

/// What paths of the previous model are called now, where that differs.
pub(super) type Renames = FxHashMap<String, String>;

/// Gathers what is called otherwise now.
pub(super) fn renames(comparison: &Comparison<'_, '_>) -> Renames {
    let named = Kind::ALL.iter().flat_map(|kind| comparison.kept(*kind)).filter(|(_, is)| is.decl().name.is_some());
    let declared = named.map(|(was, is)| (was.path(), is.path()));
    let held = comparison
        .properties
        .iter()
        .filter_map(PropertyPair::kept)
        .filter(|(was, is)| was.node.name() != is.node.name());
    let of_holders = held.flat_map(|(was, is)| {
        let of = |side: &Side<'_, '_>| (side.node.path(), side.node.name().to_owned());
        [(of(was).0, of(is).0), (format!(".{}", of(was).1), format!(".{}", of(is).1))]
    });
    declared.chain(of_holders).filter(|(was, is)| was != is).collect()
}

impl<'m, 's> Comparison<'m, 's> {
    /// A path of the previous model as it is called now.
    fn path_now(&self, path: &str) -> String {
        if let Some(now) = self.renames.get(path) {
            return now.clone();
        }
        match path.rsplit_once('.') {
            Some((outer, last)) => format!("{}.{last}", self.path_now(outer)),
            None => path.to_owned(),
        }
    }

    /// Whether two values are the same, the first of the previous model.
    pub fn same<T: Serialize>(&self, was: &T, is: &T) -> bool {
        let data = |value: &T| serde_json::to_value(value).unwrap_or_default();
        let (mut was, mut is) = (data(was), data(is));
        self.rename(&mut was);
        bare(&mut is);
        was == is
    }

    /// Calls everything in data of the previous model by its name of today.
    fn rename(&self, data: &mut Json) {
        bare(data);
        match data {
            Json::Object(fields) => {
                let is_reference = fields.contains_key("kind");
                for (key, value) in fields.iter_mut() {
                    match value {
                        Json::String(path) if key == "named" || (is_reference && key == "path") => {
                            *path = self.path_now(path);
                        }
                        other => self.rename(other),
                    }
                }
            }
            Json::Array(members) => members.iter_mut().for_each(|member| self.rename(member)),
            _ => {}
        }
    }

    /// Those of some fields, own or inherited, that do not say the same.
    pub fn differ<'w>(&self, was: Node<'m, 's>, is: Node<'m, 's>, words: &[&'w str]) -> Vec<&'w str> {
        let (was, is) = (plan::said(was), plan::said(is));
        let field = |said: &Declaration, word: &str| said.fields.get(word).or(said.inherited.get(word)).cloned();
        words.iter().copied().filter(|word| !self.same(&field(&was, word), &field(&is, word))).collect()
    }

    /// Whether what follows name, label and class says the same.
    pub fn same_head(&self, was: Node<'m, 's>, is: Node<'m, 's>) -> bool {
        self.same(&plan::said(was).head, &plan::said(is).head)
    }

    /// Where a field of the current model stands, or else its declaration.
    pub fn place_of(&self, node: Node<'m, 's>, word: &str) -> Span {
        let field = node.field(word).filter(|field| !self.current.is_std(field.owner.id));
        field.map_or_else(|| self.now(node), |field| field.field.key)
    }

    /// The properties whose type relates to the old one in a way, with both types.
    pub fn types_that_are(&self, wanted: Relation) -> Vec<(&PropertyPair<'m, 's>, &Type, &Type)> {
        let same_type = |was: &str, is: &str| self.path_now(was) == is;
        let typed = self.properties.iter().filter_map(|pair| {
            let (was, is) = pair.kept()?;
            Some((pair, was.plan.kind.as_ref()?, is.plan.kind.as_ref()?))
        });
        typed.filter(|(_, was, is)| properties::relation(was, is, &same_type) == wanted).collect()
    }

    /// The properties whose bounds relate to the old ones in a way, each with the word of the bound. Where the type holds
    /// other values altogether, bounds say nothing.
    pub fn bounds_that_are(&self, wanted: Relation) -> Vec<(&PropertyPair<'m, 's>, &'static str)> {
        let others: Vec<Span> = self.types_that_are(Relation::Other).iter().map(|(pair, ..)| pair.home).collect();
        let comparable = self.properties.iter().filter(|pair| !others.contains(&pair.home));
        let bounds = comparable.filter_map(|pair| Some((pair, pair.kept()?)));
        let each = bounds.flat_map(|(pair, (was, is))| {
            let pattern = match (&was.plan.pattern, &is.plan.pattern) {
                (was, is) if was == is => Relation::Same,
                (Some(_), None) => Relation::Wider,
                _ => Relation::Narrower,
            };
            [
                (pair, "range", properties::bounds(was.plan.range.as_ref(), is.plan.range.as_ref())),
                (pair, "length", properties::bounds(was.plan.length.as_ref(), is.plan.length.as_ref())),
                (pair, "matching", pattern),
            ]
        });
        each.filter(|(.., own)| *own == wanted).map(|(pair, word, _)| (pair, word)).collect()
    }

    /// Events that were sent and are sent no more. An event of the standard library that the project now declares itself
    /// under the same name on the wire is the same event.
    pub fn events_gone(&self) -> Vec<Node<'m, 's>> {
        let sent = sent_names(self.current);
        let gone = plan::sent_events(self.previous)
            .into_iter()
            .filter(|id| self.pairs.now(*id).is_none_or(|now| !sent.1.contains(&now)));
        let nodes = gone.map(|id| self.previous.node(id));
        nodes.filter(|node| !self.previous.is_std(node.id) || !sent.0.contains(&Event(*node).wire_name(None))).collect()
    }

    /// Events that are sent and were not.
    pub fn events_new(&self) -> Vec<Node<'m, 's>> {
        let sent = sent_names(self.previous);
        let new = plan::sent_events(self.current)
            .into_iter()
            .filter(|id| self.pairs.then(*id).is_none_or(|then| !sent.1.contains(&then)));
        let nodes = new.map(|id| self.current.node(id));
        nodes.filter(|node| !sent.0.contains(&Event(*node).wire_name(None)) || !self.extends_sent(*node)).collect()
    }

    /// Whether an event only takes the place of one of the standard library.
    fn extends_sent(&self, node: Node<'m, 's>) -> bool {
        self.current.is_std(node.id) || node.lineage().skip(1).any(|base| self.current.is_std(base.id))
    }
}

/// The names on the wire of the events that are sent, and the events.
fn sent_names(model: &crate::model::Model<'_>) -> (Vec<String>, Vec<crate::model::DeclId>) {
    let ids = plan::sent_events(model);
    (ids.iter().map(|id| Event(model.node(*id)).wire_name(None)).collect(), ids)
}

/// Without what only shows a value in another way.
fn bare(data: &mut Json) {
    if let Json::Object(fields) = data {
        if fields.contains_key("tree") {
            fields.remove("text");
        }
        fields.values_mut().for_each(bare);
    }
    if let Json::Array(members) = data {
        members.iter_mut().for_each(bare);
    }
}

impl Side<'_, '_> {
    /// The values of its closed list.
    pub fn members(&self) -> Option<&[String]> {
        self.plan.kind.as_ref().and_then(properties::members)
    }
}

/// A type as it is written.
pub fn spelled(kind: &Type) -> String {
    match kind {
        Type::Scalar(word) => word.clone(),
        Type::Enum(members) => format!("enum({})", members.join(", ")),
        Type::List(inner) => format!("list({})", spelled(inner)),
        Type::Named(path) => path.clone(),
    }
}
