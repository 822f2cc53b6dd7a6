//! What Snowplow knows of a plan: self-describing schemas as an Iglu registry holds them, the same as data structures of
//! its command line, and a data product for each funnel, which says where in it events belong.
//!
//! A schema is of an event, or of what is known of people, which goes with events as an entity. Every schema has the
//! version 1-0-0: a plan says what is sent now, and not what was sent before.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::target::Files;
use super::{Approximation, about, draft_04, json_schema, loss, names, yaml};
use crate::diagnostic::Message;
use crate::plan::{self, EventPlan, FunnelPlan, Plan, ProfilePlan, StagePlan};
use crate::say;

/// The target's name, and the word for it in `named "…" in snowplow`.
pub(super) const TARGET: &str = "snowplow";

const META_SCHEMA: &str = "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#";
const VERSION: &str = "1-0-0";
/// The longest name: the format has no limit, but a name is a folder.
const MAX_NAME: usize = 100;

// ---- names

/// The schemas of a plan, each under a name of its own.
struct Registry<'p> {
    plan: &'p Plan,
    vendor: String,
    events: Vec<(&'p EventPlan, String)>,
    profiles: Vec<(&'p ProfilePlan, String)>,
    /// Which events bring to a stage, by its path.
    stages: BTreeMap<&'p str, Vec<usize>>,
}

impl<'p> Registry<'p> {
    fn of(plan: &'p Plan) -> Self {
        let mut taken = BTreeSet::new();
        let events = plan.events.iter().map(|event| (event, name(wanted(event), &event.path, &mut taken))).collect();
        let profile = |own: &'p ProfilePlan, taken: &mut _| (own, name(wanted_profile(own), &own.id, taken));
        let profiles = plan.profiles.iter().map(|own| profile(own, &mut taken)).collect();
        Self { plan, vendor: vendor(plan), events, profiles, stages: by_stage(plan) }
    }

    fn schemas(&self) -> impl Iterator<Item = SchemaOf<'_>> {
        let events = self.events.iter().map(|(event, name)| self.event(event, name));
        events.chain(self.profiles.iter().map(|(profile, name)| self.profile(profile, name)))
    }

    fn event<'r>(&'r self, event: &EventPlan, name: &'r str) -> SchemaOf<'r> {
        SchemaOf {
            vendor: &self.vendor,
            name,
            kind: "event",
            docs: event.docs.clone(),
            title: self.plan.shown(&event.label, &event.name).to_owned(),
            labels: about::labels(self.plan, event),
            sent: draft_04::of(json_schema::inline_newest(self.plan, event, TARGET)),
        }
    }

    fn profile<'r>(&'r self, profile: &ProfilePlan, name: &'r str) -> SchemaOf<'r> {
        SchemaOf {
            vendor: &self.vendor,
            name,
            kind: "entity",
            docs: String::new(),
            title: self.plan.shown(&profile.label, wanted_profile(profile)).to_owned(),
            labels: about::profile_labels(self.plan, profile),
            sent: draft_04::of(json_schema::inline_profile_newest(self.plan, profile, TARGET)),
        }
    }
}

fn by_stage(plan: &Plan) -> BTreeMap<&str, Vec<usize>> {
    let mut stages: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, event) in plan.events.iter().enumerate() {
        for stage in about::fed(event, "stage") {
            stages.entry(stage).or_default().push(at);
        }
    }
    stages
}

fn wanted(event: &EventPlan) -> &str {
    event.wire_names.get(TARGET).unwrap_or(&event.name)
}

fn wanted_profile(profile: &ProfilePlan) -> &str {
    profile.group.as_deref().unwrap_or("user")
}

/// A name that Iglu takes, that is a folder, and that no schema before has in any case.
fn name(wanted: &str, path: &str, taken: &mut BTreeSet<String>) -> String {
    let fits = is_name(wanted) && wanted.len() <= MAX_NAME && !names::is_device(wanted) && !wanted.starts_with('-');
    let mut own = match fits {
        true => wanted.to_owned(),
        false if names::is_device(wanted) => names::ascii_of(wanted, path, MAX_NAME),
        false => names::ascii(wanted, MAX_NAME),
    };
    if taken.contains(&names::folded(&own)) {
        own = names::ascii_of(&own, path, MAX_NAME);
    }
    taken.insert(names::folded(&own));
    own
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The name under which clients must send an event, where they could not tell it from its names in the spec.
pub(super) fn sent_names(plan: &Plan) -> IndexMap<&str, String> {
    let simple = |name: &str| -> String {
        name.chars().map(|own| if own.is_ascii() && is_name(&own.to_string()) { own } else { '_' }).collect()
    };
    let registry = Registry::of(plan);
    let differs = registry.events.into_iter().filter(|(event, name)| simple(wanted(event)) != *name);
    differs.map(|(event, name)| (event.path.as_str(), name)).collect()
}

fn vendor_in_spec(plan: &Plan) -> Option<&str> {
    plan.find("project", &plan.project)?.text("vendor")
}

/// The vendor of all schemas: what the project says where Iglu takes it, else a form of it or of the project's name.
fn vendor(plan: &Plan) -> String {
    let wanted = vendor_in_spec(plan).unwrap_or(if plan.project.is_empty() { "local" } else { &plan.project });
    let is_part = |part: &str| is_name(part) && !names::is_device(part);
    if wanted.len() <= MAX_NAME && wanted.split('.').all(is_part) {
        wanted.to_owned()
    } else {
        names::ascii_of(wanted, wanted, MAX_NAME)
    }
}

// ---- schemas

struct SchemaOf<'r> {
    vendor: &'r str,
    name: &'r str,
    kind: &'static str,
    docs: String,
    title: String,
    labels: IndexMap<String, String>,
    sent: Map<String, Json>,
}

impl SchemaOf<'_> {
    /// The schema; what is known besides the shape stands under `x-…`, which validators pass over.
    fn document(&self) -> Json {
        let mut made = Map::new();
        made.insert("$schema".into(), json!(META_SCHEMA));
        made.insert(
            "self".into(),
            json!({ "vendor": self.vendor, "name": self.name, "format": "jsonschema", "version": VERSION }),
        );
        made.insert("title".into(), json!(self.title));
        if !self.docs.is_empty() {
            made.insert("description".into(), json!(self.docs));
        }
        if self.kind == "entity" {
            made.insert("x-schema-type".into(), json!(self.kind));
        }
        let known = self.labels.iter().map(|(key, words)| (format!("x-{}", key.replace('_', "-")), json!(words)));
        made.extend(known);
        made.extend(self.sent.clone());
        Json::Object(made)
    }

    fn data_structure(&self) -> impl Serialize {
        json!({
            "apiVersion": "v1",
            "resourceType": "data-structure",
            "meta": { "hidden": false, "schemaType": self.kind, "customData": self.labels },
            "data": self.document(),
        })
    }
}

/// The registry: `VENDOR/NAME/jsonschema/1-0-0`.
pub(super) fn schemas(plan: &Plan) -> Files {
    let registry = Registry::of(plan);
    let file = |own: SchemaOf<'_>| {
        let mut bytes = serde_json::to_vec_pretty(&own.document()).unwrap_or_default();
        bytes.push(b'\n');
        (format!("{}/{}/jsonschema/{VERSION}", own.vendor, own.name), bytes)
    };
    registry.schemas().map(file).collect()
}

/// The same as data structures.
pub(super) fn data_structures(plan: &Plan) -> Files {
    let file = |own: SchemaOf<'_>| (format!("{}.yaml", own.name), yaml::to_bytes(&own.data_structure()));
    Registry::of(plan).schemas().map(file).collect()
}

// ---- data products

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DataProduct {
    api_version: &'static str,
    resource_type: &'static str,
    resource_name: String,
    data: Product,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Product {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    event_specifications: Vec<Specification>,
}

/// An event as it is sent for one stage.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Specification {
    resource_name: String,
    name: String,
    description: String,
    triggers: [Trigger; 1],
    event: Source,
}

#[derive(Serialize)]
struct Trigger {
    id: String,
    description: String,
}

#[derive(Serialize)]
struct Source {
    source: String,
}

/// The file of the events that no funnel counts; a name of the language has no `-`.
const OTHERS: &str = "no-stage.yaml";

/// A data product for each funnel, and one for the events that bring to no stage.
pub(super) fn data_products(plan: &Plan) -> Files {
    let registry = Registry::of(plan);
    let file = |funnel: &FunnelPlan| {
        (format!("{}.yaml", names::ascii(&funnel.path, MAX_NAME)), yaml::to_bytes(&registry.product(funnel)))
    };
    let mut files: Files = plan.funnels.iter().map(file).collect();
    files.extend(registry.others().map(|others| (OTHERS.to_owned(), yaml::to_bytes(&others))));
    files
}

fn product(resource_name: String, data: Product) -> DataProduct {
    DataProduct { api_version: "v1", resource_type: "data-product", resource_name, data }
}

impl Registry<'_> {
    fn product(&self, funnel: &FunnelPlan) -> DataProduct {
        let declared = self.plan.find("funnel", &funnel.path);
        let owner = declared.and_then(|own| own.word("owner"));
        let specifications = funnel.stages.iter().flat_map(|stage| self.of_stage(stage)).collect();
        let about_owner = owner.map(|owner| ("owner".to_owned(), owner.to_owned()));
        let lines = about::lines(declared.map_or("", |own| &own.docs), &about_owner.into_iter().collect(), &[]);
        let data = Product {
            name: self.plan.shown(&funnel.label, &funnel.path).to_owned(),
            domain: owner.map(|owner| about::team(self.plan, owner).to_owned()),
            owner: owner
                .and_then(|owner| about::lead(self.plan, owner))
                .filter(|lead| is_address(lead))
                .map(str::to_owned),
            description: lines,
            event_specifications: specifications,
        };
        product(funnel.id.clone(), data)
    }

    fn others(&self) -> Option<DataProduct> {
        let is_other = |(event, _): &&(&EventPlan, String)| about::fed(event, "stage").is_empty();
        let all: Vec<_> =
            self.events.iter().filter(is_other).map(|(event, name)| self.specification(event, name, None)).collect();
        let data = Product {
            name: format!("{} (no stage)", self.plan.title()),
            domain: None,
            owner: None,
            description: "Events that bring to no stage of a funnel.".to_owned(),
            event_specifications: all,
        };
        (!data.event_specifications.is_empty()).then(|| product(plan::id("data product", &self.plan.project), data))
    }

    fn of_stage(&self, stage: &StagePlan) -> Vec<Specification> {
        let events = self.stages.get(stage.path.as_str()).into_iter().flatten().map(|at| &self.events[*at]);
        events.map(|(event, name)| self.specification(event, name, Some(stage))).collect()
    }

    fn specification(&self, event: &EventPlan, name: &str, stage: Option<&StagePlan>) -> Specification {
        let label = self.plan.shown(&event.label, &event.name);
        let at = stage.map_or("", |stage| stage.path.as_str());
        let of = |what: &str| plan::id(what, &format!("{} {at}", event.path));
        Specification {
            resource_name: of("event specification"),
            name: stage.map_or(label.to_owned(), |own| format!("{}: {label}", self.plan.shown(&own.label, &own.name))),
            description: about::lines(&event.docs, &about::labels(self.plan, event), &["label"]),
            triggers: [Trigger { id: of("trigger"), description: trigger(event, label, stage) }],
            event: Source { source: format!("iglu:{}/{name}/jsonschema/{VERSION}", self.vendor) },
        }
    }
}

/// When an event is sent, and what it has to do with the stage.
fn trigger(event: &EventPlan, label: &str, stage: Option<&StagePlan>) -> String {
    let when = if event.docs.is_empty() { label } else { &event.docs };
    let enter = stage.and_then(|stage| Some((&stage.path, stage.enter.as_ref()?)));
    enter.map_or(when.to_owned(), |(stage, enter)| format!("{when}\n{stage} is entered by: {}", enter.text))
}

/// Whether a text can be an address for mail, as an owner must be.
fn is_address(text: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty() && !part.contains(|own: char| own.is_whitespace() || own.is_control() || own == '@')
    };
    text.is_ascii() && text.split_once('@').is_some_and(|(own, host)| is_plain(own) && is_plain(host))
}

// ---- what is lost

/// What Snowplow can only say roughly.
pub(super) fn approximations(plan: &Plan) -> Vec<Approximation> {
    let registry = Registry::of(plan);
    let mut found = loss::of_conditions(plan, TARGET);
    found.extend(loss::of_types_without_references(plan, TARGET));
    found.extend(plan.events.iter().flat_map(|event| loss::of_equal_properties(event, TARGET)));
    found.extend(of_vendor(plan, &registry.vendor));
    let events = registry.events.iter().filter(|(event, name)| wanted(event) != *name);
    found.extend(events.map(|(event, name)| lost(&event.path, renamed(wanted(event), name))));
    let profiles = registry.profiles.iter().filter(|(profile, name)| wanted_profile(profile) != *name);
    found.extend(profiles.map(|(own, name)| {
        let wanted = wanted_profile(own);
        lost(wanted, renamed(wanted, name))
    }));
    found
}

fn renamed(wanted: &str, name: &str) -> Message {
    say!(
        "Snowplow takes names of ASCII letters, digits, `_` and `-`, each once in any case: the schema of `{wanted}` is called `{name}`; give the event a name of your own: `named \"…\" in snowplow`",
        wanted,
        name
    )
}

fn of_vendor(plan: &Plan, vendor: &str) -> Option<Approximation> {
    let wanted = vendor_in_spec(plan).filter(|wanted| *wanted != vendor)?;
    let message = say!(
        "Snowplow takes vendors of ASCII letters, digits, `_`, `-` and dots between them: `{wanted}` is written `{vendor}`",
        wanted,
        vendor
    );
    Some(lost(&plan.project, message))
}

fn lost(path: &str, message: Message) -> Approximation {
    Approximation { target: TARGET, path: path.to_owned(), message }
}
