//! Every declaration as data, by the table of kinds.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::Serialize;
use uuid::Uuid;

use super::layout::Layout;
use super::usage::{Usage, effective};
use super::value::{self, Reader, Slot, Slots, Value};
use crate::model::decl::{DeclId, Field};
use crate::model::print::Printer;
use crate::model::walk::Node;
use crate::model::{Kind, Model};

/// A declaration as data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Declaration {
    /// The word of its kind.
    pub kind: &'static str,
    /// Its full path; with the kind, its identity.
    pub path: String,
    /// A UUID made from kind and path.
    pub id: String,
    /// Its name, where its kind has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The module of the standard library it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Its label by language, its own or inherited.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub label: IndexMap<String, String>,
    /// The word after `:`, its own or inherited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Its `///` lines, its own or inherited.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub docs: String,
    /// The path of what it extends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extends: Option<String>,
    /// What follows name, label and class.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub head: Slots,
    /// Its own fields by word: one occurrence each, or a list where a field may stand several times.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub fields: IndexMap<&'static str, Occurrences>,
    /// The fields of what it extends that it does not say itself.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub inherited: IndexMap<&'static str, Occurrences>,
    /// What is declared inside, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Declaration>,
}

impl Declaration {
    /// The text of a field that holds one text of no language.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.slot(field)? {
            Slot::One(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The word of a field that holds one word.
    pub fn word(&self, field: &str) -> Option<&str> {
        match self.slot(field)? {
            Slot::One(Value::Word(word)) => Some(word),
            Slot::One(Value::Ref(named)) => Some(&named.path),
            _ => None,
        }
    }

    fn slot(&self, field: &str) -> Option<&Slot> {
        match self.fields.get(field).or_else(|| self.inherited.get(field))? {
            Occurrences::Once(slots) => slots.values().next(),
            Occurrences::Several(_) => None,
        }
    }
}

/// A field, once or several times.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Occurrences {
    /// A field that stands once.
    Once(Slots),
    /// A field that may stand several times.
    Several(Vec<Slots>),
}

/// The declarations outside all blocks, by kind and path.
pub(super) fn all(model: &Model<'_>, usage: &Usage) -> Vec<Declaration> {
    let top = (0..model.decls.len() as u32).map(DeclId).filter(|id| model.decl(*id).parent.is_none());
    let used: Vec<DeclId> = top.filter(|id| usage.is_used(model, *id)).collect();
    let mut found: Vec<(Kind, String, Declaration)> = used
        .into_par_iter()
        .map(|id| {
            let node = model.node(id);
            (node.kind(), path_of(node), declaration(node, path_of(node)))
        })
        .collect();
    // Declarations without a name are told apart by what they say, for the order of files must not matter.
    found.sort_by_cached_key(|(kind, path, own)| (*kind, path.clone(), sort_text(path, own)));
    let mut seen = Ordinals::default();
    let numbered = found.into_iter().map(|(kind, path, own)| {
        let path = seen.of(kind, path);
        if path == own.path { own } else { renamed(own, path) }
    });
    numbered.collect()
}

fn sort_text(path: &str, own: &Declaration) -> String {
    let is_named = own.name.is_some() && own.path == path;
    if is_named { String::new() } else { serde_json::to_string(own).unwrap_or_default() }
}

/// Gives a second declaration of the same path a number.
#[derive(Default)]
struct Ordinals(BTreeMap<(Kind, String), usize>);

impl Ordinals {
    fn of(&mut self, kind: Kind, path: String) -> String {
        let count = self.0.entry((kind, path.clone())).or_default();
        *count += 1;
        if *count == 1 { path } else { format!("{path}#{count}") }
    }
}

fn renamed(mut own: Declaration, path: String) -> Declaration {
    own.id = id(own.kind, &path);
    for child in &mut own.children {
        if let Some(rest) = child.path.strip_prefix(&own.path) {
            let inner = format!("{path}{rest}");
            *child = renamed(std::mem::replace(child, empty()), inner);
        }
    }
    own.path = path;
    own
}

fn empty() -> Declaration {
    Declaration {
        kind: "",
        path: String::new(),
        id: String::new(),
        name: None,
        module: None,
        label: IndexMap::new(),
        class: None,
        docs: String::new(),
        extends: None,
        head: Slots::new(),
        fields: IndexMap::new(),
        inherited: IndexMap::new(),
        children: Vec::new(),
    }
}

/// The full path of a declaration; one without a name is known by its kind, a transition by its ends.
pub(super) fn path_of(node: Node<'_, '_>) -> String {
    if node.decl().name.is_some() {
        return node.path();
    }
    let own = match node.kind() {
        Kind::Transition => format!("{}->{}", end(node, "from", true), end(node, "to", true)),
        Kind::Handover => return format!("{}->{}", end(node, "from", false), end(node, "to", false)),
        kind => kind.word().to_owned(),
    };
    node.parent().map_or(own.clone(), |parent| format!("{}.{own}", path_of(parent)))
}

fn end(node: Node<'_, '_>, slot: &str, short: bool) -> String {
    let Some(crate::model::Val::Ref(at)) = node.decl().in_head(slot).map(|captured| &captured.val) else {
        return String::new();
    };
    let path = Printer::of(node.model, node.id).named(*at).text().to_owned();
    let funnel = node.parent().map(|parent| format!("{}.", parent.path())).filter(|_| short);
    funnel.and_then(|funnel| path.strip_prefix(&funnel).map(str::to_owned)).unwrap_or(path)
}

/// A UUID (version 5) made from kind and path: the same on every run and machine.
pub(crate) fn id(kind: &str, path: &str) -> String {
    let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"https://funnelc.github.io/declarations");
    Uuid::new_v5(&namespace, format!("{kind} {path}").as_bytes()).to_string()
}

/// A label by language.
pub(super) fn label(node: Node<'_, '_>) -> IndexMap<String, String> {
    node.label_text().map(|text| value::by_language(node.model.languages()[0], &text)).unwrap_or_default()
}

/// A declaration without what is inside.
pub(super) fn alone(node: Node<'_, '_>) -> Declaration {
    made(node, path_of(node), Vec::new())
}

fn declaration(node: Node<'_, '_>, path: String) -> Declaration {
    let inside = children(node, &path);
    made(node, path, inside)
}

fn made(node: Node<'_, '_>, path: String, children: Vec<Declaration>) -> Declaration {
    let model = node.model;
    let decl = node.decl();
    let (own, inherited): (Vec<_>, Vec<_>) =
        effective(model, node.id).into_iter().partition(|(owner, _)| *owner == node.id);
    Declaration {
        kind: decl.kind.word(),
        id: id(decl.kind.word(), &path),
        name: decl.name.map(|name| name.text.to_owned()),
        module: module(node),
        label: label(node),
        class: node.class().map(str::to_owned),
        docs: docs(node),
        extends: model.base(node.id).map(|base| model.path(base)),
        head: reader(model, node.id).slots(Layout::of_head(decl.kind), &decl.head),
        fields: fields(model, decl.kind, own),
        inherited: fields(model, decl.kind, inherited),
        children,
        path,
    }
}

fn children(node: Node<'_, '_>, path: &str) -> Vec<Declaration> {
    let mut seen = Ordinals::default();
    let mut made = Vec::with_capacity(node.decl().children.len());
    for child in node.children() {
        let own = if child.decl().name.is_some() {
            child.path()
        } else {
            let whole = path_of(child);
            let last = whole.strip_prefix(&format!("{}.", path_of(node))).unwrap_or(child.kind().word());
            format!("{path}.{last}")
        };
        let own = seen.of(child.kind(), own);
        made.push(declaration(child, own));
    }
    made
}

/// Its `///` lines as one text.
pub(super) fn docs(node: Node<'_, '_>) -> String {
    node.docs().iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The module of the standard library a declaration comes from.
pub(super) fn module(node: Node<'_, '_>) -> Option<String> {
    if !node.model.is_std(node.id) {
        return None;
    }
    crate::model::names::module_of(&node.model.sources.get(node.model.file(node.id)).name)
}

/// Reads the values of a declaration.
pub(super) fn reader<'m, 's>(model: &'m Model<'s>, id: DeclId) -> Reader<'m, 's> {
    Reader { printer: Printer::of(model, id), language: model.languages()[0] }
}

fn fields(model: &Model<'_>, kind: Kind, all: Vec<(DeclId, &Field<'_>)>) -> IndexMap<&'static str, Occurrences> {
    let mut made: IndexMap<&'static str, Occurrences> = IndexMap::new();
    for (owner, field) in all {
        let slots = reader(model, owner).slots(Layout::of_field(kind, field.spec), &field.values);
        // A field that is only a word says that it is there.
        let slots = if slots.is_empty() { [flag()].into_iter().collect() } else { slots };
        match made.get_mut(field.spec.word) {
            Some(Occurrences::Several(all)) => all.push(slots),
            Some(Occurrences::Once(_)) => {}
            None if field.spec.repeats => drop(made.insert(field.spec.word, Occurrences::Several(vec![slots]))),
            None => drop(made.insert(field.spec.word, Occurrences::Once(slots))),
        }
    }
    made.sort_by(|a, _, b, _| position(kind, a).cmp(&position(kind, b)));
    made
}

fn flag() -> (String, value::Slot) {
    ("value".to_owned(), value::Slot::One(Value::Flag(true)))
}

fn position(kind: Kind, word: &str) -> usize {
    kind.spec().fields.iter().position(|field| field.word == word).unwrap_or(usize::MAX)
}
