//! The data catalog and the tracking plan of RudderStack: the YAML files of its command line (`rudder/v1`), and the plan
//! as its API gives it, which RudderTyper reads.
//!
//! In a catalog a property is defined once for all events and known by its name and type. One that an event bounds in
//! another way than the first one did gets a custom type of its own, so that no bound is lost. The format has no room
//! for owners, stages or personal data besides the description: they stand there, a line each.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::{Approximation, about, json_schema, loss, names};
use crate::plan::{EventPlan, Plan, ProfilePlan, PropertyPlan, TypePlan, VariantPlan};
use crate::say;

/// The target's name, and the word for it in `named "…" in rudderstack`.
pub(super) const TARGET: &str = "rudderstack";

/// The longest description, in characters.
const MAX_DESCRIPTION: usize = 2_000;
/// The longest name of an event, in bytes.
const MAX_EVENT_NAME: usize = 64;
/// The longest name of a property, in characters.
const MAX_PROPERTY_NAME: usize = 65;
/// The longest id: the format has no limit, and a name of a custom type is made of one.
const MAX_ID: usize = 60;
/// How deep declared types may hold each other.
const MAX_DEPTH: usize = 32;

/// A file of the command line.
#[derive(Serialize)]
pub(super) struct File<S> {
    version: &'static str,
    kind: &'static str,
    metadata: Metadata,
    spec: S,
}

#[derive(Serialize)]
struct Metadata {
    name: String,
}

#[derive(Serialize)]
struct Properties {
    properties: Vec<Property>,
}

#[derive(Clone, Serialize)]
struct Property {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(flatten)]
    shape: Shape,
}

/// What the values of a property or of a custom type are.
#[derive(Clone, PartialEq, Serialize)]
struct Shape {
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    item_type: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    config: Map<String, Json>,
}

#[derive(Serialize)]
struct CustomTypes {
    types: Vec<CustomType>,
}

#[derive(Serialize)]
struct CustomType {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(flatten)]
    shape: Shape,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<PropertyUse>,
}

#[derive(Clone, Serialize)]
struct PropertyUse {
    property: String,
    required: bool,
}

#[derive(Serialize)]
struct Categories {
    categories: Vec<Category>,
}

#[derive(Serialize)]
struct Category {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct Events {
    events: Vec<Event>,
}

#[derive(Serialize)]
struct Event {
    id: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: String,
    #[serde(rename = "event_type")]
    class: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category: Option<String>,
}

#[derive(Serialize)]
struct TrackingPlan {
    id: String,
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
struct Rule {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    event: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_section: Option<&'static str>,
    additional_properties: bool,
    properties: Vec<PropertyUse>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    variants: Vec<Variant>,
}

#[derive(Serialize)]
struct Variant {
    #[serde(rename = "type")]
    kind: &'static str,
    discriminator: String,
    cases: Vec<Case>,
    default: Default,
}

#[derive(Serialize)]
struct Case {
    display_name: String,
    #[serde(rename = "match")]
    values: Vec<Json>,
    properties: Vec<PropertyUse>,
}

#[derive(Serialize)]
struct Default {
    properties: Vec<PropertyUse>,
}

fn file<S>(plan: &Plan, kind: &'static str, spec: S) -> File<S> {
    File { version: "rudder/v1", kind, metadata: Metadata { name: plan_name(plan) }, spec }
}

fn plan_name(plan: &Plan) -> String {
    names::ascii(&plan.project, MAX_ID)
}

/// The properties of all events.
pub(super) fn properties(plan: &Plan) -> impl Serialize {
    file(plan, "properties", Properties { properties: Catalog::of(plan).properties.into_values().collect() })
}

/// The declared types, and those that bound one property in two ways.
pub(super) fn custom_types(plan: &Plan) -> impl Serialize {
    file(plan, "custom-types", CustomTypes { types: Catalog::of(plan).types.into_values().flatten().collect() })
}

/// The stages that events are the first to reach, as categories.
pub(super) fn categories(plan: &Plan) -> impl Serialize {
    let stages: BTreeSet<&str> = plan.events.iter().filter_map(stage).collect();
    let category = |stage: &str| Category { id: names::ascii(stage, MAX_ID), name: display_name(stage) };
    file(plan, "categories", Categories { categories: stages.into_iter().map(category).collect() })
}

/// The events.
pub(super) fn events(plan: &Plan) -> impl Serialize {
    file(plan, "events", Events { events: calls(plan).iter().map(|call| call.event(plan)).collect() })
}

/// The tracking plan, which says what each event holds.
pub(super) fn tracking_plan(plan: &Plan) -> impl Serialize {
    let mut catalog = Catalog::default();
    let rules = calls(plan).iter().map(|call| call.rule(plan, &mut catalog)).collect();
    let spec = TrackingPlan {
        id: plan_name(plan),
        display_name: display_name(plan.title()),
        description: description(&made_by(plan)),
        rules,
    };
    file(plan, "tracking-plan", spec)
}

fn made_by(plan: &Plan) -> String {
    format!("{}\n{} {}: {}", plan.title(), plan.generator.name, plan.generator.version, plan.files.join(", "))
}

/// What only ASCII may say: the name itself, else a form of it.
fn display_name(name: &str) -> String {
    let is_kept = |character: char| character.is_ascii_alphanumeric() || " _,.-".contains(character);
    let fits = (3..=MAX_PROPERTY_NAME).contains(&name.len())
        && name.chars().all(is_kept)
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && !name.ends_with(' ');
    if fits { name.to_owned() } else { names::ascii(name, MAX_PROPERTY_NAME) }
}

/// What stands before a text of another script.
const ABOUT: &str = "About: ";

/// A description begins with a letter of ASCII and has 3 to 2,000 characters.
fn description(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = text.chars().count() >= 3 && text.starts_with(|first: char| first.is_ascii_alphabetic());
    let whole = if fits { text.to_owned() } else { format!("{ABOUT}{text}") };
    (!text.is_empty()).then(|| whole.chars().take(MAX_DESCRIPTION).collect())
}

/// The first stage that an event brings to.
fn stage(event: &EventPlan) -> Option<&str> {
    about::fed(event, "stage").into_iter().next()
}

// ---- calls

/// A call with what it may hold: an event of its own, or everything that is said in calls without a name.
struct Call<'p> {
    class: &'p str,
    id: String,
    events: Vec<&'p EventPlan>,
    profiles: Vec<&'p ProfilePlan>,
}

/// Only calls of class `track` have names, so that of each other class there is one.
fn calls(plan: &Plan) -> Vec<Call<'_>> {
    let mut calls: IndexMap<String, Call<'_>> = IndexMap::new();
    let new = |class: &'static str, id: String| Call { class, id, events: Vec::new(), profiles: Vec::new() };
    for event in &plan.events {
        let class = class(event);
        let id = if class == "track" { names::ascii(&event.path, MAX_ID) } else { class.to_owned() };
        calls.entry(format!("{class} {id}")).or_insert_with(|| new(class, id)).events.push(event);
    }
    for profile in &plan.profiles {
        let class = if profile.group.is_some() { "group" } else { "identify" };
        let call = calls.entry(format!("{class} {class}")).or_insert_with(|| new(class, class.to_owned()));
        call.profiles.push(profile);
    }
    calls.into_values().collect()
}

fn class(event: &EventPlan) -> &'static str {
    ["page", "screen", "identify", "group"].into_iter().find(|class| *class == event.class).unwrap_or("track")
}

impl<'p> Call<'p> {
    fn event(&self, plan: &Plan) -> Event {
        let named = self.events.iter().find(|_| self.class == "track");
        Event {
            id: self.id.clone(),
            name: named.map(|event| event.name_in(TARGET).to_owned()).unwrap_or_default(),
            class: self.class.to_owned(),
            description: description(&self.about(plan)),
            category: self
                .events
                .iter()
                .find_map(|event| stage(event))
                .map(|stage| format!("#category:{}", names::ascii(stage, MAX_ID))),
        }
    }

    /// What the format has no field for, below what the event is.
    fn about(&self, plan: &Plan) -> String {
        let of = |event: &&EventPlan| {
            let labels = about::labels(plan, event);
            let lines = labels.iter().map(|(key, words)| format!("{key}: {words}"));
            std::iter::once(event.docs.clone()).chain(lines).collect::<Vec<_>>().join("\n")
        };
        self.events.iter().map(of).collect::<Vec<_>>().join("\n\n")
    }

    fn rule(&self, plan: &'p Plan, catalog: &mut Catalog<'p>) -> Rule {
        let variants = self.discriminated();
        let mut properties: IndexMap<String, bool> = IndexMap::new();
        for (own, required) in self.holds(variants.is_empty()) {
            let id = catalog.property(plan, own);
            let known = properties.entry(id).or_insert(required);
            *known = *known && required;
        }
        let is_about_somebody = matches!(self.class, "identify" | "group");
        Rule {
            kind: "event_rule",
            id: format!("{}_rule", self.id),
            event: format!("#event:{}", self.id),
            identity_section: is_about_somebody.then_some("traits"),
            additional_properties: false,
            properties: properties.into_iter().map(|(id, required)| used(&id, required)).collect(),
            variants: variants.first().map(|(by, _)| cases(plan, catalog, by, &variants)).into_iter().collect(),
        }
    }

    /// Every property that may be sent, and whether it must be: what only some of several events require is optional.
    fn holds(&self, with_variants: bool) -> Vec<(&'p PropertyPlan, bool)> {
        let is_alone = self.events.len() + self.profiles.len() == 1;
        let events = self.events.iter().flat_map(|event| &event.properties);
        let traits = self.profiles.iter().flat_map(|profile| &profile.traits);
        let own = events.chain(traits).map(|own| (own, is_alone && own.required));
        let variants = self.events.iter().flat_map(|event| &event.variants).filter(|_| with_variants);
        own.chain(variants.flat_map(|variant| &variant.properties).map(|own| (own, false))).collect()
    }

    /// The variants, where all of them are told by the values of one property.
    fn discriminated(&self) -> Vec<(&'p PropertyPlan, (&'p VariantPlan, Vec<Json>))> {
        let [event] = self.events.as_slice() else { return Vec::new() };
        if !self.profiles.is_empty() {
            return Vec::new();
        }
        let with_properties = event.variants.iter().filter(|variant| !variant.properties.is_empty());
        let told = with_properties.map(|variant| {
            let (by, values) = json_schema::discriminator(event, variant)?;
            let is_plain = values.iter().all(|value| value.is_string() || value.is_boolean() || value.is_i64());
            is_plain.then_some((by, (variant, values)))
        });
        let told: Vec<_> = told.collect::<Option<_>>().unwrap_or_default();
        let by_one = told.windows(2).all(|pair| pair[0].0.name == pair[1].0.name);
        if by_one { told } else { Vec::new() }
    }
}

type Told<'p> = (&'p PropertyPlan, (&'p VariantPlan, Vec<Json>));

fn cases<'p>(plan: &'p Plan, catalog: &mut Catalog<'p>, by: &'p PropertyPlan, told: &[Told<'p>]) -> Variant {
    let discriminator = format!("#property:{}", catalog.property(plan, by));
    let mut cases = Vec::new();
    for (_, (variant, values)) in told {
        let properties = variant.properties.iter().map(|own| used(&catalog.property(plan, own), own.required));
        cases.push(Case {
            display_name: plan.shown(&variant.label, &variant.name).to_owned(),
            values: values.clone(),
            properties: properties.collect(),
        });
    }
    Variant { kind: "discriminator", discriminator, cases, default: Default { properties: Vec::new() } }
}

fn used(id: &str, required: bool) -> PropertyUse {
    PropertyUse { property: format!("#property:{id}"), required }
}

// ---- the catalog

/// Every property and custom type, each once.
#[derive(Default)]
struct Catalog<'p> {
    /// By name, type and type of items, as the catalog tells them apart.
    properties: IndexMap<(String, String, String), Property>,
    /// By id; none while one is being described, which may hold itself.
    types: IndexMap<String, Option<CustomType>>,
    /// By property: who described it first, and how; nothing once another description is told of.
    described: IndexMap<String, Option<(&'p str, String)>>,
    losses: Vec<Approximation>,
    open: Vec<&'p str>,
}

impl<'p> Catalog<'p> {
    fn of(plan: &'p Plan) -> Self {
        let mut catalog = Self::default();
        calls(plan).iter().for_each(|call| drop(call.rule(plan, &mut catalog)));
        catalog
    }

    /// The id of a property, which is put into the catalog where it is not yet.
    fn property(&mut self, plan: &'p Plan, own: &'p PropertyPlan) -> String {
        let schema = json_schema::with_references(plan, own, TARGET);
        let name = own.name_in(TARGET);
        let mut shape = self.shape(plan, own, &schema, name);
        let differs = |known: &Property| known.shape != shape;
        if self.properties.get(&key(name, &shape)).is_some_and(differs) {
            shape = self.bounded(name, shape);
        }
        let told = about_property(own, &schema);
        if !self.properties.contains_key(&key(name, &shape)) {
            let made = Property {
                id: self.free_id(name, &shape),
                name: name.to_owned(),
                description: None,
                shape: shape.clone(),
            };
            self.properties.insert(key(name, &shape), made);
        }
        let Some(known) = self.properties.get_mut(&key(name, &shape)) else { return String::new() };
        let id = known.id.clone();
        let all = with_lines(known.description.take().unwrap_or_default(), &told);
        known.description = description(&all);
        self.describe(&id, name, own, &told);
        if all.chars().count() > MAX_DESCRIPTION {
            self.losses.push(too_long(name, &own.path));
        }
        id
    }

    /// Tells once of properties that are described differently and are one in the catalog.
    fn describe(&mut self, id: &str, name: &str, own: &'p PropertyPlan, told: &str) {
        let first = self.described.entry(id.to_owned()).or_insert_with(|| Some((&own.path, told.to_owned())));
        let Some((other, _)) = first.take_if(|(_, known)| known != told) else { return };
        let message = say!(
            "RudderStack has one property `{name}` of this type for all events: what is said of `{other}` and of `{own}` stands there together",
            name,
            other,
            own = own.path
        );
        self.losses.push(lost(&own.path, message));
    }

    /// The name where nothing has it yet, else with a hash of what tells it apart.
    fn free_id(&self, name: &str, shape: &Shape) -> String {
        let id = names::ascii(name, MAX_ID);
        let is_taken = |id: &str| self.properties.values().any(|known| known.id == id);
        if is_taken(&id) {
            names::ascii_of(name, &format!("{name} {} {}", shape.kind, shape.item_type), MAX_ID)
        } else {
            id
        }
    }

    /// A type that is bounded in another way than what has the same name and type.
    fn bounded(&mut self, name: &str, shape: Shape) -> Shape {
        let bounds = json!(shape).to_string();
        let id = names::ascii_of(name, &bounds, MAX_ID);
        self.types.entry(id.clone()).or_insert_with(|| {
            Some(CustomType { name: type_name(&id), id: id.clone(), description: None, shape, properties: Vec::new() })
        });
        custom(&id)
    }

    fn shape(&mut self, plan: &'p Plan, own: &'p PropertyPlan, schema: &Map<String, Json>, name: &str) -> Shape {
        if schema.contains_key("$ref") {
            let path = own.kind.as_ref().and_then(|kind| kind.declared()).unwrap_or_default();
            return self.declared(plan, path, own);
        }
        let kind = schema.get("type").and_then(Json::as_str).unwrap_or_default().to_owned();
        let item_type = match schema.get("items") {
            Some(Json::Object(items)) => self.item(plan, own, items, name),
            _ => String::new(),
        };
        let config = if kind.is_empty() { Map::new() } else { config(schema) };
        Shape { kind, item_type, config }
    }

    /// The type of the items of a list: a plain one, or a custom type where there is more to say.
    fn item(&mut self, plan: &'p Plan, own: &'p PropertyPlan, items: &Map<String, Json>, name: &str) -> String {
        let shape = self.shape(plan, own, items, name);
        let is_plain = shape.config.is_empty() && shape.item_type.is_empty();
        if is_plain { shape.kind } else { self.bounded(&format!("{name} item"), shape).kind }
    }

    /// A declared type; one that holds itself is any object inside of itself, for the catalog takes no circles.
    fn declared(&mut self, plan: &'p Plan, path: &'p str, user: &PropertyPlan) -> Shape {
        let id = names::ascii(path, MAX_ID);
        let Some(own) = plan.type_at(path) else { return plain("object") };
        if self.open.contains(&path) || self.open.len() >= MAX_DEPTH {
            let message = say!(
                "RudderStack takes no types that hold themselves: `{path}` is any object in `{user}`",
                path,
                user = user.path
            );
            self.losses.push(Approximation { target: TARGET, path: user.path.clone(), message });
            return plain("object");
        }
        if !self.types.contains_key(&id) {
            self.types.insert(id.clone(), None);
            self.open.push(path);
            let made = self.custom_type(plan, own, &id);
            self.open.pop();
            self.types.insert(id.clone(), Some(made));
        }
        custom(&id)
    }

    fn custom_type(&mut self, plan: &'p Plan, own: &'p TypePlan, id: &str) -> CustomType {
        let properties = own.members.iter().map(|member| used(&self.property(plan, member), member.required));
        CustomType {
            id: id.to_owned(),
            name: type_name(id),
            properties: properties.collect(),
            description: description(&own.docs),
            shape: plain("object"),
        }
    }
}

/// What is said of one property in several places: every line once.
fn with_lines(mut text: String, more: &str) -> String {
    for line in more.lines() {
        let is_known = text.lines().any(|known| known == line || known.strip_prefix(ABOUT) == Some(line));
        if !is_known {
            let glue = if text.is_empty() { "" } else { "\n" };
            text = format!("{text}{glue}{line}");
        }
    }
    text
}

fn too_long(what: &str, path: &str) -> Approximation {
    let message = say!(
        "what is said of `{what}` is longer than the {most} characters that RudderStack takes, and is cut there",
        what,
        most = MAX_DESCRIPTION
    );
    lost(path, message)
}

fn key(name: &str, shape: &Shape) -> (String, String, String) {
    (name.to_owned(), shape.kind.clone(), shape.item_type.clone())
}

fn plain(kind: &str) -> Shape {
    Shape { kind: kind.to_owned(), item_type: String::new(), config: Map::new() }
}

fn custom(id: &str) -> Shape {
    plain(&format!("#custom-type:{id}"))
}

/// A name of a type begins with a capital letter.
fn type_name(id: &str) -> String {
    let mut letters = id.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    let name: String = first.into_iter().chain(letters).collect();
    names::ascii(&if name.len() < 2 { format!("{name}_type") } else { name }, MAX_PROPERTY_NAME)
}

/// The bounds of a schema in the words of the catalog.
fn config(schema: &Map<String, Json>) -> Map<String, Json> {
    let words = [
        ("enum", "enum"),
        ("minimum", "minimum"),
        ("maximum", "maximum"),
        ("minLength", "min_length"),
        ("maxLength", "max_length"),
        ("pattern", "pattern"),
        ("minItems", "min_items"),
        ("maxItems", "max_items"),
    ];
    let bounds = words.into_iter().filter_map(|(from, to)| Some((to.to_owned(), schema.get(from)?.clone())));
    let format = schema.get("format").filter(|format| FORMATS.iter().any(|known| *format == known));
    bounds.chain(format.map(|format| ("format".to_owned(), format.clone()))).collect()
}

/// The formats of texts that a catalog knows.
const FORMATS: &[&str] = &["date-time", "date", "time", "email", "uuid", "hostname", "ipv4", "ipv6"];

/// What a property is, and what the catalog has no field for.
fn about_property(own: &PropertyPlan, schema: &Map<String, Json>) -> String {
    let word = |key: &str| schema.get(key).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let format = word("format").filter(|format| !FORMATS.contains(&format.as_str()));
    let all = [
        ("personal_data", own.pii.clone()),
        ("purpose", about::purpose(own)),
        ("default", word("default")),
        ("unit", own.unit.clone()),
        ("kind", word("x-type")),
        ("format", format),
        ("deprecated", own.deprecated.clone()),
        ("name", word("x-name")),
    ];
    let lines = all.into_iter().filter_map(|(key, words)| Some(format!("{key}: {}", words?)));
    std::iter::once(own.docs.clone()).chain(lines).collect::<Vec<_>>().join("\n")
}

// ---- the plan of the API

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApiPlan<'p> {
    id: String,
    name: &'p str,
    version: u32,
    creation_type: &'static str,
    rules: ApiRules<'p>,
}

#[derive(Serialize)]
struct ApiRules<'p> {
    events: Vec<ApiEvent<'p>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApiEvent<'p> {
    name: &'p str,
    description: String,
    event_type: &'static str,
    rules: Json,
}

/// The plan as the API gives it, which RudderTyper reads.
pub(super) fn api_plan(plan: &Plan) -> ApiPlan<'_> {
    let events = plan.events.iter().map(|event| api_event(plan, event));
    let profiles = plan.profiles.iter().map(|profile| {
        let class = if profile.group.is_some() { "group" } else { "identify" };
        api_call("", String::new(), class, json_schema::inline_profile(plan, profile, TARGET))
    });
    ApiPlan {
        id: format!("tp_{}", plan.id().replace('-', "")),
        name: plan.title(),
        version: 1,
        creation_type: "Data catalog",
        rules: ApiRules { events: events.chain(profiles).collect() },
    }
}

fn api_event<'p>(plan: &'p Plan, event: &'p EventPlan) -> ApiEvent<'p> {
    let call = Call { class: class(event), id: String::new(), events: vec![event], profiles: Vec::new() };
    let name = if call.class == "track" { event.name_in(TARGET) } else { "" };
    api_call(name, call.about(plan).trim().to_owned(), class(event), json_schema::inline(plan, event, TARGET))
}

fn api_call<'p>(name: &'p str, description: String, class: &'static str, sent: Map<String, Json>) -> ApiEvent<'p> {
    let section = if matches!(class, "identify" | "group") { "traits" } else { "properties" };
    let rules = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": Map::from_iter([(section.to_owned(), Json::Object(sent))]),
    });
    ApiEvent { name, description, event_type: class, rules }
}

// ---- what is lost

/// What RudderStack can only say roughly.
pub(super) fn approximations(plan: &Plan) -> Vec<Approximation> {
    let mut found = loss::of_equal_names(plan, TARGET, |event| &event.class);
    found.extend(loss::of_types_without_references(plan, TARGET));
    for call in calls(plan) {
        found.extend(of_merged(&call));
        found.extend(of_variants(&call));
        if call.about(plan).chars().count() > MAX_DESCRIPTION {
            found.extend(call.events.first().map(|event| too_long(&call.id, &event.path)));
        }
    }
    found.extend(of_refused_names(plan));
    found.extend(Catalog::of(plan).losses);
    found
}

fn lost(path: &str, message: crate::diagnostic::Message) -> Approximation {
    Approximation { target: TARGET, path: path.to_owned(), message }
}

fn of_merged(call: &Call<'_>) -> Option<Approximation> {
    let (first, others) = call.events.split_first()?;
    let other = others.first()?;
    let message = say!(
        "RudderStack has one event for all calls of class `{class}`: `{first}` and `{other}` become one, and what only one of them requires is optional",
        class = call.class,
        first = first.path,
        other = other.path
    );
    Some(lost(&other.path, message))
}

fn of_variants(call: &Call<'_>) -> Option<Approximation> {
    let with_needs =
        |event: &&&EventPlan| event.variants.iter().any(|variant| variant.properties.iter().any(|own| own.required));
    let event = call.events.iter().find(with_needs).filter(|_| call.discriminated().is_empty())?;
    let message = say!(
        "RudderStack tells variants by the values of one property, and those of `{event}` are not: what they require is optional",
        event = event.path
    );
    Some(lost(&event.path, message))
}

/// Names are what is sent, so that one which RudderStack refuses is said and not changed.
fn of_refused_names(plan: &Plan) -> Vec<Approximation> {
    let events = plan.events.iter().filter(|event| class(event) == "track").filter_map(refused_event);
    let of_events = plan.events.iter().flat_map(EventPlan::all_properties);
    let of_profiles = plan.profiles.iter().flat_map(|profile| &profile.traits);
    let of_types = plan.types.iter().flat_map(|own| &own.members);
    events.chain(of_events.chain(of_profiles).chain(of_types).filter_map(refused_property)).collect()
}

fn refused_event(event: &EventPlan) -> Option<Approximation> {
    let message = say!(
        "RudderStack refuses names of events over {most} bytes; give `{event}` a shorter one: `named \"…\" in rudderstack`",
        most = MAX_EVENT_NAME,
        event = event.path
    );
    (event.name_in(TARGET).len() > MAX_EVENT_NAME).then(|| lost(&event.path, message))
}

fn refused_property(own: &PropertyPlan) -> Option<Approximation> {
    let name = own.name_in(TARGET);
    let fits = (1..=MAX_PROPERTY_NAME).contains(&name.chars().count()) && name.trim() == name;
    let message = say!(
        "RudderStack refuses names of properties that have over {most} characters or spaces around them; give `{own}` another one: `named \"…\" in rudderstack`",
        most = MAX_PROPERTY_NAME,
        own = own.path
    );
    (!fits).then(|| lost(&own.path, message))
}
