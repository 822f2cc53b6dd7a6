//! What outputs want to know of an event: its properties wherever they are declared, its names on the wire, and what
//! it feeds.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::declaration::{docs, id, label, module, path_of, reader};
use super::order;
use super::usage::{Usage, Use};
use super::value::{Expression, Reference, Type, Value};
use crate::model::decl::DeclId;
use crate::model::value::{Captured, Duration, Val};
use crate::model::walk::{Event, FieldOf, Node, Property};
use crate::model::{Kind, KindSet, Model};

/// An event that is sent.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventPlan {
    /// Its full path, its identity.
    pub path: String,
    /// A UUID made from its path.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The module of the standard library it comes from, if the project does not extend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Its label by language.
    pub label: IndexMap<String, String>,
    /// `track`, `page`, `screen`, `identify` or `group`.
    pub class: String,
    /// When it is sent.
    pub docs: String,
    /// Its name on the wire where no destination has its own.
    pub wire_name: String,
    /// Its names in destinations that have their own.
    pub wire_names: BTreeMap<String, String>,
    /// `planned`, `live` or `deprecated`.
    pub status: String,
    /// What to use instead of a deprecated event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub successor: Option<String>,
    /// Who sends it.
    pub sent_by: Vec<String>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How copies of it are merged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once_per: Option<OncePer>,
    /// The table whose rows are this event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Rows>,
    /// Its properties: own, shared and inherited.
    pub properties: Vec<PropertyPlan>,
    /// Its forms with properties of their own.
    pub variants: Vec<VariantPlan>,
    /// Values that show what is sent, by the names of properties.
    pub examples: Vec<IndexMap<String, Value>>,
    /// What refers to it, directly or through a stage, segment or score.
    pub feeds: Vec<Feed>,
}

/// How copies of an event are merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OncePer {
    /// The properties whose equal values make copies.
    pub key: Vec<String>,
    /// Within which time, as written.
    pub within: String,
    /// Whose properties are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefer: Option<String>,
}

/// The table whose rows are an event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rows {
    /// The table.
    pub table: String,
    /// Which of its rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<Expression>,
    /// The column that holds the time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The columns that identify the person.
    pub identity: Vec<String>,
}

/// A property of an event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PropertyPlan {
    /// Its name.
    pub name: String,
    /// Its full path through the event.
    pub path: String,
    /// What declares it: the event itself, what it extends, or shared properties.
    pub from: Reference,
    /// What it is.
    pub docs: String,
    /// Its name on the wire where no destination has its own.
    pub wire_name: String,
    /// Its names in destinations that have their own.
    pub wire_names: BTreeMap<String, String>,
    /// Its type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<Type>,
    /// The JSON type its values have.
    pub json_type: &'static str,
    /// Whether it must be sent.
    pub required: bool,
    /// What it is where nothing is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// The kind of personal data it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pii: Option<String>,
    /// What it is kept for: a consent or a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Value>,
    /// Between what and what, or how many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Value>,
    /// How many characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<Value>,
    /// The regular expression it matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The unit it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Why it should not be used any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
}

/// A form of an event.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VariantPlan {
    /// Its name.
    pub name: String,
    /// Its label by language.
    pub label: IndexMap<String, String>,
    /// What tells it apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
    /// The properties it adds.
    pub properties: Vec<PropertyPlan>,
}

/// A declared type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TypePlan {
    /// Its full path, its identity.
    pub path: String,
    /// A UUID made from its path.
    pub id: String,
    /// Its label by language.
    pub label: IndexMap<String, String>,
    /// What it is.
    pub docs: String,
    /// Its members.
    pub members: Vec<PropertyPlan>,
}

impl EventPlan {
    /// Its name on the wire in a destination.
    pub fn name_in(&self, destination: &str) -> &str {
        self.wire_names.get(destination).unwrap_or(&self.wire_name)
    }

    /// Its properties and those of its variants, in declared order.
    pub fn all_properties(&self) -> impl Iterator<Item = &PropertyPlan> {
        self.properties.iter().chain(self.variants.iter().flat_map(|variant| &variant.properties))
    }
}

impl PropertyPlan {
    /// Its name on the wire in a destination.
    pub fn name_in(&self, destination: &str) -> &str {
        self.wire_names.get(destination).unwrap_or(&self.wire_name)
    }
}

/// The declared types of the project and those of the standard library that it uses, by path.
pub(super) fn types(model: &Model<'_>, usage: &Usage) -> Vec<TypePlan> {
    let used = model.all_of_kind(Kind::Type).iter().copied().filter(|id| usage.is_used(model, *id));
    let mut types: Vec<TypePlan> = used.map(|id| type_plan(model.node(id))).collect();
    types.sort_by(|a, b| a.path.cmp(&b.path));
    types
}

fn type_plan(node: Node<'_, '_>) -> TypePlan {
    let path = node.path();
    let mut members: IndexMap<&str, PropertyPlan> = IndexMap::new();
    for member in node.lineage().flat_map(|own| own.children_of(Kind::Member)) {
        members.entry(member.name()).or_insert_with(|| property(&path, Property(member)));
    }
    TypePlan {
        id: id(Kind::Type.word(), &path),
        label: label(node),
        docs: docs(node),
        members: members.into_values().collect(),
        path,
    }
}

/// Something that an event feeds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Feed {
    /// The word of its kind.
    pub kind: &'static str,
    /// Its path.
    pub path: String,
    /// Its label by language.
    pub label: IndexMap<String, String>,
    /// The field it is named in.
    pub by: &'static str,
    /// The stage, segment or score through which the event gets there; none where it is named directly.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<Reference>,
}

/// The events that are sent: the project's, and those of the standard library that it uses as they are.
pub(super) fn sent(model: &Model<'_>, usage: &Usage) -> Vec<DeclId> {
    let is_sent = |id: &DeclId| {
        !model.is_std(*id) || (usage.is_used(model, *id) && !usage.is_replaced(*id) && !usage.uses(*id).is_empty())
    };
    model.all_of_kind(Kind::Event).iter().copied().filter(is_sent).collect()
}

/// The events that are sent, by path.
pub(super) fn all(model: &Model<'_>, usage: &Usage) -> Vec<EventPlan> {
    let mut events: Vec<EventPlan> = sent(model, usage).into_par_iter().map(|id| event(model, usage, id)).collect();
    events.sort_by(|a, b| a.path.cmp(&b.path));
    events
}

fn event(model: &Model<'_>, usage: &Usage, at: DeclId) -> EventPlan {
    let node = model.node(at);
    let view = Event(node);
    let path = node.path();
    EventPlan {
        id: id(Kind::Event.word(), &path),
        name: node.name().to_owned(),
        module: module(node),
        label: label(node),
        class: node.class().unwrap_or("track").to_owned(),
        docs: docs(node),
        wire_name: view.wire_name(None),
        wire_names: wire_names(node),
        status: view.status().to_owned(),
        successor: view.successor().map(|event| event.path()),
        sent_by: node.words("sent_by").into_iter().map(str::to_owned).collect(),
        owner: node.owner().map(str::to_owned),
        once_per: once_per(node),
        rows: rows(node),
        properties: view.properties().into_iter().map(|own| property(&path, own)).collect(),
        variants: variants(node, &path),
        examples: node.fields("example").into_iter().map(example).collect(),
        feeds: feeds(model, usage, at),
        path,
    }
}

fn wire_names(node: Node<'_, '_>) -> BTreeMap<String, String> {
    let view = Event(node);
    let fields: Vec<FieldOf<'_, '_>> = node.lineage().flat_map(|own| own.fields("named")).collect();
    let words = fields.iter().filter_map(|field| field.get("destination")?.val.word());
    words.map(|word| (word.to_owned(), view.wire_name(Some(word)))).collect()
}

fn once_per(node: Node<'_, '_>) -> Option<OncePer> {
    let field = node.field("once_per")?;
    let words = |slot: &str| {
        let all = field.field.values.iter().filter(|captured| captured.slot == slot);
        all.filter_map(|captured| captured.val.word().map(str::to_owned)).collect::<Vec<_>>()
    };
    let within = field.duration("within").map(Duration::spelling).unwrap_or_default();
    Some(OncePer { key: words("key"), within, prefer: words("prefer").pop() })
}

fn rows(node: Node<'_, '_>) -> Option<Rows> {
    let from = node.field("from")?;
    let reader = reader(node.model, from.owner.id);
    Some(Rows {
        table: from.get("table")?.val.word()?.to_owned(),
        filter: from.expr("where").map(|expr| reader.expr(expr)),
        time: node.field("time").and_then(|time| Some(time.get("column")?.val.word()?.to_owned())),
        identity: node.words("identity").into_iter().map(str::to_owned).collect(),
    })
}

fn example(field: FieldOf<'_, '_>) -> IndexMap<String, Value> {
    let Some(Captured { val: Val::Rows(rows), .. }) = field.get("values") else { return IndexMap::new() };
    let reader = reader(field.owner.model, field.owner.id);
    let mut values = IndexMap::new();
    for row in rows {
        let of_row = row.iter().filter(|captured| captured.slot == "value");
        let named = row.iter().find(|captured| captured.slot == "name").and_then(|name| name.val.word());
        let Some(name) = named else { continue };
        let mut all: Vec<Value> = of_row.filter_map(|captured| reader.literal(&captured.val)).collect();
        let value = if all.len() == 1 { all.remove(0) } else { Value::List(all) };
        values.insert(name.to_owned(), value);
    }
    values
}

fn variants(node: Node<'_, '_>, path: &str) -> Vec<VariantPlan> {
    let of = |variant: Node<'_, '_>| VariantPlan {
        name: variant.name().to_owned(),
        label: label(variant),
        when: match variant.decl().in_head("when").map(|captured| &captured.val) {
            Some(Val::Expr(expr)) => Some(reader(variant.model, variant.id).expr(expr)),
            _ => None,
        },
        properties: variant.children_of(Kind::Prop).map(|own| property(path, Property(own))).collect(),
    };
    let owner = node.lineage().find(|own| own.children_of(Kind::Variant).next().is_some());
    owner.map(|own| own.children_of(Kind::Variant).map(of).collect()).unwrap_or_default()
}

/// A property, trait or member as data; `outer` is the path of what it is read from.
pub(super) fn property(outer: &str, own: Property<'_, '_>) -> PropertyPlan {
    let node = own.0;
    let reader = reader(node.model, node.id);
    let value = |slot: &str| own.clause(slot).and_then(|captured| reader.literal(&captured.val));
    let string = |slot: &str| match own.clause(slot).map(|captured| &captured.val) {
        Some(Val::Text(text)) => Some(text.words()),
        _ => None,
    };
    let kind = own.kind_of_value().and_then(|kind| reader.type_of(kind));
    PropertyPlan {
        name: node.name().to_owned(),
        path: format!("{outer}.{}", node.name()),
        from: origin(node),
        docs: docs(node),
        wire_name: own.wire_name(None),
        wire_names: property_wire_names(own),
        json_type: kind.as_ref().map_or("any", json_type),
        kind,
        required: own.is_required(),
        default: value("default"),
        pii: own.pii().map(str::to_owned),
        purpose: value("purpose"),
        range: value("range"),
        length: value("length"),
        pattern: string("pattern"),
        unit: string("unit"),
        deprecated: string("deprecated"),
    }
}

fn origin(node: Node<'_, '_>) -> Reference {
    let owner = node.parent().unwrap_or(node);
    Reference { kind: owner.kind().word().to_owned(), path: path_of(owner) }
}

fn property_wire_names(own: Property<'_, '_>) -> BTreeMap<String, String> {
    let words = own.0.decl().head.iter().filter(|captured| captured.slot == "destination");
    let words = words.filter_map(|captured| captured.val.word());
    words.map(|word| (word.to_owned(), own.wire_name(Some(word)))).collect()
}

/// The JSON type that values of a type have.
pub(crate) fn json_type(kind: &Type) -> &'static str {
    match kind {
        Type::Scalar(scalar) => match scalar.as_str() {
            "integer" => "integer",
            "number" | "money" | "percent" | "duration" => "number",
            "bool" => "boolean",
            "any" => "any",
            _ => "string",
        },
        Type::Enum(_) => "string",
        Type::List(_) => "array",
        Type::Named(_) => "object",
    }
}

// ---- what it feeds

/// The kinds that pass on what they are fed.
const PASSES_ON: KindSet = KindSet::of(&[Kind::Stage, Kind::Segment, Kind::Antisegment, Kind::Score]);

/// The kinds worth naming when they are fed through something else.
const FED_THROUGH: KindSet = KindSet::of(&[
    Kind::Stage,
    Kind::Transition,
    Kind::Handover,
    Kind::Segment,
    Kind::Antisegment,
    Kind::Score,
    Kind::Kpi,
    Kind::Sequence,
]);

/// An event that feeds more feeds everything, and a list of it helps nobody.
const MAX_FEEDS: usize = 1_000;

fn feeds(model: &Model<'_>, usage: &Usage, event: DeclId) -> Vec<Feed> {
    let line = model.lineage(event).enumerate();
    let own = line.filter(|(index, id)| *index == 0 || model.is_std(*id)).map(|(_, id)| id);
    let mut known: FxHashSet<DeclId> = FxHashSet::default();
    let mut found: Vec<(Use, Option<DeclId>)> = Vec::new();
    for used in own.flat_map(|id| usage.uses(id)) {
        if known.insert(used.user) {
            found.push((*used, None));
        }
    }
    let mut at = 0;
    while at < found.len() && found.len() < MAX_FEEDS {
        let through = found[at].0.user;
        at += 1;
        if !PASSES_ON.has(model.decl(through).kind) {
            continue;
        }
        for used in usage.uses(through) {
            if passes(model, *used) && known.insert(used.user) {
                found.push((*used, Some(through)));
            }
        }
    }
    let mut feeds: Vec<(usize, Feed)> = found.into_iter().map(|(used, through)| feed(model, used, through)).collect();
    feeds.sort_by(|(a, first), (b, second)| {
        let key = |feed: &Feed| (feed.through.is_some(), feed.path.clone(), feed.by);
        (first.through.is_some(), a, key(first)).cmp(&(second.through.is_some(), b, key(second)))
    });
    feeds.into_iter().map(|(_, feed)| feed).collect()
}

/// Whether what is fed through something else is worth naming: a transition is fed by the stage it leads to only.
fn passes(model: &Model<'_>, used: Use) -> bool {
    let kind = model.decl(used.user).kind;
    let is_way = matches!(kind, Kind::Transition | Kind::Handover);
    FED_THROUGH.has(kind) && (!is_way || used.word == "to") && used.word != "kpis"
}

fn feed(model: &Model<'_>, used: Use, through: Option<DeclId>) -> (usize, Feed) {
    let node = model.node(used.user);
    let reference =
        |id: DeclId| Reference { kind: model.decl(id).kind.word().to_owned(), path: path_of(model.node(id)) };
    let feed = Feed {
        kind: node.kind().word(),
        path: path_of(node),
        label: label(node),
        by: used.word,
        through: through.map(reference),
    };
    (order(node.kind()), feed)
}
