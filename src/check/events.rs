//! Laws of events: a property has one type, and keys are properties.

use rustc_hash::{FxHashMap, FxHashSet};

use super::transitions::triggers;
use crate::diagnostic::codes::names::UNKNOWN_NAME;
use crate::diagnostic::codes::types::PROPERTY_TYPE_CONFLICT;
use crate::diagnostic::{Diagnostic, Safety};
use crate::model::faults::nearest;
use crate::model::kinds::Kind;
use crate::model::types::EVENT_CONTEXT;
use crate::model::value::{Captured, Type};
use crate::model::walk::{Event, FieldOf, Node, Property};
use crate::model::{DeclId, Model, Val};
use crate::say;

/// What a column of a warehouse holds. Formats of text fit one column; so do whole and other numbers, and records of
/// different members.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Text,
    Number,
    Other(&'static str),
    List(Box<Column>),
    Record,
}

fn column(property: Property<'_, '_>) -> Option<Column> {
    column_of(property.kind_of_value()?)
}

fn column_of(kind: &Type<'_>) -> Option<Column> {
    Some(match kind {
        Type::Scalar("string" | "url" | "email" | "uuid" | "country" | "currency" | "language") | Type::Enum(_) => {
            Column::Text
        }
        Type::Scalar("integer" | "number") => Column::Number,
        Type::Scalar("any") | Type::Bad => return None,
        Type::Scalar(other) => Column::Other(other),
        Type::List(inner) => Column::List(Box::new(column_of(inner)?)),
        Type::Named(_) => Column::Record,
    })
}

/// Whether two properties cannot share a name.
fn conflict(a: Property<'_, '_>, b: Property<'_, '_>) -> bool {
    a.id != b.id && column(a).zip(column(b)).is_some_and(|(own, other)| own != other)
}

/// The type of a property as it is written.
fn type_words(property: Property<'_, '_>) -> String {
    let written = property.decl().in_head("type").map(|captured| property.model.sources.text(captured.span));
    written.unwrap_or_default().to_owned()
}

/// A property that an event has twice with two types: from two shared groups, or against what it extends.
pub(super) fn property_type_conflict(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for event in model.events() {
        found.extend(twice(event).into_iter().map(|(nearest, other)| report_twice(event, nearest, other)));
    }
}

/// The properties that an event itself brings in against another of their name, with that other.
fn twice<'m, 's>(event: Event<'m, 's>) -> Vec<(Property<'m, 's>, Property<'m, 's>)> {
    let mut first: FxHashMap<&str, (Property<'m, 's>, bool)> = FxHashMap::default();
    let mut found = Vec::new();
    for (depth, node) in event.lineage().enumerate() {
        let own = node.children_of(Kind::Prop);
        let shared = node.decl().all("with").flat_map(|field| FieldOf { owner: node, field }.refs());
        let shared: Vec<_> = shared.flat_map(|group| group.children_of(Kind::Prop)).collect();
        for property in own.chain(shared).map(Property) {
            let (nearest, is_own) = *first.entry(property.name()).or_insert((property, depth == 0));
            if is_own && conflict(nearest, property) {
                found.push((nearest, property));
            }
        }
    }
    found
}

fn report_twice(event: Event<'_, '_>, own: Property<'_, '_>, other: Property<'_, '_>) -> Diagnostic {
    let (name, property, first, second) = (event.name(), own.name(), type_words(own), type_words(other));
    let is_redefined = own.parent().is_some_and(|parent| parent.id == event.id);
    let place = if is_redefined { own.place() } else { event.place() };
    let message = say!("event `{name}` has the property `{property}` with two types", name, property);
    let mut fault = Diagnostic::new(&PROPERTY_TYPE_CONFLICT, place, message);
    if is_redefined {
        fault = fault.at(say!("`{first}` here", first));
    } else {
        fault = fault.at(say!("it takes both")).label(own.place(), say!("`{first}` here", first));
    }
    fault.label(other.place(), say!("`{second}` here", second)).help(say!(
        "what is sent could satisfy only one of them; give `{property}` one type, or another name in one of the two",
        property
    ))
}

/// One name on the wire with different types in different events. What redefines another has a finding of its own.
pub(super) fn one_type_per_wire_name(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let mut first: FxHashMap<String, Property<'_, '_>> = FxHashMap::default();
    let redefined = model.events().flat_map(|event| twice(event).into_iter().map(|(nearest, _)| nearest.id));
    let mut told: FxHashSet<DeclId> = redefined.collect();
    for event in model.events() {
        let variants =
            event.children_of(Kind::Variant).flat_map(|variant| variant.children_of(Kind::Prop).collect::<Vec<_>>());
        for property in event.properties().into_iter().chain(variants.map(Property)) {
            if told.contains(&property.id) {
                continue;
            }
            let earlier = *first.entry(property.wire_name(None)).or_insert(property);
            if conflict(earlier, property) && told.insert(property.id) {
                found.push(report_across(earlier, property));
            }
        }
    }
}

fn report_across(earlier: Property<'_, '_>, property: Property<'_, '_>) -> Diagnostic {
    let (wire, first, second) = (property.wire_name(None), type_words(earlier), type_words(property));
    let owner = |property: Property<'_, '_>| property.parent().map(Node::path).unwrap_or_default();
    let (own, other) = (owner(property), owner(earlier));
    Diagnostic::new(&PROPERTY_TYPE_CONFLICT, property.place(), say!("the property `{wire}` has two types", wire))
        .at(say!("`{second}` in `{own}`", second, own))
        .label(earlier.place(), say!("`{first}` in `{other}`", first, other))
        .help(say!(
            "in a warehouse one name is one column, and a column has one type; give both the same type, or send one of them under another name with `named`"
        ))
}

// ---- keys

/// A key (of `once_per`, `matching`, `per`, `by`) that is no property of its event.
pub(super) fn known_keys(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for event in model.events() {
        if let Some(field) = event.decl().field("once_per").filter(|_| !event.has("from")) {
            field.values.iter().filter(|value| value.slot == "key").for_each(|key| known_key(event, key, found));
        }
    }
    for kind in [Kind::Stage, Kind::Kpi] {
        for node in model.nodes(kind) {
            let word = if kind == Kind::Stage { "undone" } else { "net" };
            reversal_key(node, word, found);
        }
    }
    for (kind, word) in [(Kind::Sequence, "start"), (Kind::Experiment, "assigned"), (Kind::Survey, "answered")] {
        model.nodes(kind).for_each(|node| trigger_key(node, word, found));
    }
}

/// `undone by EVENT matching KEY`: the key links the reversal with the original, so both have it.
fn reversal_key(node: Node<'_, '_>, word: &str, found: &mut Vec<Diagnostic>) {
    let Some(field) = node.decl().field(word).map(|field| FieldOf { owner: node, field }) else { return };
    let Some(key) = field.get("key") else { return };
    let before = found.len();
    let owner = node;
    if let Some(event) = field.target_of("event") {
        known_key(Event(event), key, found);
    }
    let enter = node.decl().field("enter").and_then(|field| FieldOf { owner, field }.expr("value"));
    if let Some(enter) = enter.filter(|_| found.len() == before) {
        keys_of_triggers(node, enter, key, found);
    }
}

fn trigger_key(node: Node<'_, '_>, word: &str, found: &mut Vec<Diagnostic>) {
    let Some(field) = node.decl().field(word).map(|field| FieldOf { owner: node, field }) else { return };
    if let (Some(key), Some(trigger)) = (field.get("key"), field.expr("trigger")) {
        keys_of_triggers(node, trigger, key, found);
    }
}

fn keys_of_triggers(
    node: Node<'_, '_>,
    trigger: &crate::model::expr::Expr<'_>,
    key: &Captured<'_>,
    found: &mut Vec<Diagnostic>,
) {
    for (event, _) in triggers(node, trigger).events {
        known_key(Event(node.model.node(event)), key, found);
    }
}

fn known_key(event: Event<'_, '_>, key: &Captured<'_>, found: &mut Vec<Diagnostic>) {
    let Val::Word(word) = key.val else { return };
    let first = word.split('.').next().unwrap_or_default();
    let properties = event.properties();
    let names: Vec<&str> = properties.iter().map(|property| property.name()).collect();
    let identity = event.model.project().map(|project| project.words("identity")).unwrap_or_default();
    let is_known = names.contains(&first) || EVENT_CONTEXT.contains(&first) || identity.contains(&first);
    if is_known || event.has("from") || !is_whole(event) {
        return;
    }
    let name = event.name();
    let fault = Diagnostic::new(&UNKNOWN_NAME, key.span, say!("event `{name}` has no property `{word}`", name, word))
        .label(event.place(), say!("the event is declared here"))
        .help(say!("events are matched by this key, so every one of them must carry it"));
    found.push(match nearest(word, names) {
        Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
            Safety::Safe,
            say!("write `{right}`", right),
            key.span,
            right,
        ),
        None => fault.at(say!("no such property")),
    });
}

/// Whether everything that could give an event its properties was read.
fn is_whole(event: Event<'_, '_>) -> bool {
    let shares = |node: Node<'_, '_>| {
        let fields: Vec<_> = node.decl().all("with").collect();
        let wanted: usize = fields.iter().map(|field| field.values.len()).sum();
        let groups: Vec<Node<'_, '_>> =
            fields.into_iter().flat_map(|field| FieldOf { owner: node, field }.refs()).collect();
        groups.len() == wanted && !groups.iter().any(|group| group.is_broken())
    };
    let extends_known = event.lineage().all(|node| node.decl().extends.is_none() || node.model.base(node.id).is_some());
    !event.is_broken() && extends_known && event.lineage().all(shares)
}
