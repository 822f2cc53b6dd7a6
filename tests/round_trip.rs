//! Plans that are imported and built in the same format again are the plans they were: generated ones, in every format
//! that is read and written; and real ones, where there are any (`FUNNELC_PLANS` names a folder of plans of Segment).

#![allow(clippy::disallowed_methods, reason = "tests read files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use funnelc::diagnostic::Severity;
use funnelc::emit::{self, Options};
use funnelc::import::{self, Imported};
use funnelc::lint::levels::Levels;
use funnelc::source::{Source, Sources};
use funnelc::{compile, plan};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::test_runner::RngSeed;
use serde_json::{Map, Value, json};

static OPTIONS: LazyLock<Options> = LazyLock::new(|| Options::embedded().unwrap());

/// Files by their paths.
type Tree = BTreeMap<String, String>;

/// What a plan says: events by class and name, each with its description and the schema of what it sends.
type Said = BTreeMap<(String, String), (String, Value)>;

/// The files with an extension.
fn only(extension: &str, tree: &Tree) -> Tree {
    let is_one = |name: &str| Path::new(name).extension().is_some_and(|own| own == extension);
    tree.iter().filter(|(name, _)| is_one(name)).map(|(name, text)| (name.clone(), text.clone())).collect()
}

fn import(format: &str, tree: &Tree) -> Imported {
    let mut sources = Sources::new();
    for (name, text) in tree {
        sources.add(Source::new(name.clone(), text.clone()));
    }
    let format = import::format(format).unwrap();
    import::import(format, &sources).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// Builds a target of an imported spec.
fn build(target: &str, imported: &Imported) -> Tree {
    let mut sources = Sources::new();
    for (name, text) in imported.files.iter().filter(|(name, _)| name.ends_with(".funnel")) {
        sources.add(Source::new(name.clone(), text.clone()));
    }
    let compilation = compile(&sources, &Levels::default());
    let errors: Vec<_> = compilation.diagnostics.iter().filter(|own| own.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let files = emit::emit(&OPTIONS, &plan::plan(&compilation.model), &[target]).unwrap_or_else(|_| panic!("emit"));
    files.into_iter().map(|file| (file.path, String::from_utf8(file.bytes).unwrap())).collect()
}

// ---- what a schema says, however it is written

fn normal(root: &Value, schema: &Value) -> Value {
    if let Some(pointer) = schema["$ref"].as_str() {
        let mut target = normal(root, root.pointer(&decoded(&pointer[1..])).unwrap());
        for word in ["description"].iter().chain(&MARKS) {
            if let Some(own) = schema.get(word) {
                target[word] = own.clone();
            }
        }
        return sorted(target);
    }
    let mut made = Map::new();
    for (key, value) in schema.as_object().into_iter().flatten() {
        let says_nothing = value.as_array().is_some_and(Vec::is_empty)
            || value == ""
            || (key == "additionalProperties" && value == false)
            || (key == "minLength" && value == 0)
            || (key == "type" && value == "any")
            || (key == "items" && normal(root, value) == json!({}));
        let is_read_elsewhere = matches!(
            key.as_str(),
            "$schema" | "$id" | "$comment" | "$defs" | "title" | "labels" | "self" | "deprecated"
        );
        if says_nothing || is_read_elsewhere || (key.starts_with("x-") && !MARKS.contains(&key.as_str())) {
            continue;
        }
        let value = match key.as_str() {
            "properties" => {
                value.as_object().unwrap().iter().map(|(name, own)| (name.clone(), normal(root, own))).collect()
            }
            "items" => normal(root, value),
            "required" => json!(value.as_array().unwrap().iter().filter_map(Value::as_str).collect::<BTreeSet<_>>()),
            "type" => value.as_array().filter(|all| all.len() == 1).map_or(value, |all| &all[0]).clone(),
            _ => value.clone(),
        };
        let is_uuid = key == "pattern" && value == UUID;
        let (key, value) = if is_uuid { ("format", "uuid".into()) } else { (key.as_str(), value) };
        made.insert(key.to_owned(), value);
    }
    sorted(Value::Object(made))
}

/// What is said of properties that JSON Schema has no words for.
const MARKS: [&str; 4] = ["x-pii", "x-purpose", "x-unit", "x-deprecated"];

/// A JSON pointer in a fragment, without the escapes of a URI.
fn decoded(pointer: &str) -> String {
    let mut parts = pointer.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

/// Draft 7 knows no format for it.
const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

fn sorted(object: Value) -> Value {
    let Value::Object(members) = object else { return object };
    Value::Object(members.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect())
}

/// The schema of an event: what is sent, beside nothing else.
fn sent(schema: &Value) -> Value {
    let mut made = normal(schema, schema);
    made.as_object_mut().unwrap().remove("description");
    made
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn said(format: &str, tree: &Tree) -> Said {
    let documents = only("json", tree).into_values().map(|text| serde_json::from_str::<Value>(&text).unwrap());
    documents.flat_map(|document| events(format, &document)).collect()
}

fn events(format: &str, document: &Value) -> Said {
    match format {
        "segment" => of_each(&document["rules"], |rule| {
            let (class, schema) = (text(&rule["type"]).to_lowercase(), &rule["jsonSchema"]);
            let part = &schema["properties"][part(&class)];
            ((class, text(&rule["key"])), (text(&schema["description"]), sent(part)))
        }),
        "rudderstack" => of_each(&document["rules"]["events"], |event| {
            let class = text(&event["eventType"]);
            let part = &event["rules"]["properties"][part(&class)];
            // What builds write before and below a description is no part of it.
            let docs = text(&event["description"]);
            let docs =
                docs.strip_prefix("About: ").unwrap_or(&docs).split("\nevent: ").next().unwrap_or_default().to_owned();
            let docs = if docs.starts_with("event: ") { String::new() } else { docs };
            ((class, text(&event["name"])), (docs, sent(part)))
        }),
        _ => {
            let name = document.get("x-wire-name").unwrap_or(&document["title"]);
            let class = document.get("x-class").map_or("track".to_owned(), text);
            Said::from([((class, text(name)), (text(&document["description"]), sent(document)))])
        }
    }
}

fn of_each(list: &Value, event: impl Fn(&Value) -> ((String, String), (String, Value))) -> Said {
    list.as_array().unwrap().iter().map(event).collect()
}

fn part(class: &str) -> &'static str {
    if matches!(class, "identify" | "group") { "traits" } else { "properties" }
}

// ---- generated plans

#[derive(Clone, Debug)]
struct Event {
    class: &'static str,
    name: String,
    docs: String,
    schema: Value,
}

const NAMES: &[&str] = &[
    "Checkout Started",
    "checkoutStarted",
    "checkout started",
    "checkout_started",
    "\"Add fonts\" clicked?",
    "100% [done]",
    "# of items",
    "🎉 — done",
    "إتمام الشراء",
    "__proto__",
    "constructor",
    "../../etc/passwd",
    "true",
    "in",
    "label",
    "event",
    "required",
    "named",
    "a\\b",
    "{{x}}",
    "e\u{301}",
    "é",
    "1st",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![3 => select(NAMES).prop_map(str::to_owned), 1 => "[ -~]{0,10}[!-~]"]
}

fn docs() -> impl Strategy<Value = String> {
    let all: &'static [&str] =
        &["", "", "What it is.", "Two\nlines", "*/ {{x}} \" \\ ///", "لماذا", "status: fine, mostly"];
    select(all).prop_map(str::to_owned)
}

/// A schema that a spec can say.
fn schema() -> BoxedStrategy<Value> {
    let scalar = prop_oneof![
        select(&["string", "integer", "number", "boolean"][..]).prop_map(|kind| json!({ "type": kind })),
        select(&["date", "date-time", "uri", "email", "uuid"][..])
            .prop_map(|format| json!({ "type": "string", "format": format })),
        (0..9, 0..90).prop_map(|(from, more)| json!({ "type": "integer", "minimum": from, "maximum": from + more })),
        (0..9).prop_map(|most| json!({ "type": "string", "maxLength": most })),
        select(&["^[a-z]+$", "(a|b)*", "\\d{3}\"", "[^/]\\\\"][..])
            .prop_map(|own| json!({ "type": "string", "pattern": own })),
        subsequence(NAMES, 1..4).prop_map(|all| json!({ "type": "string", "enum": all })),
        Just(json!({ "type": "string", "enum": ["", " a", "a"] })),
        Just(json!({})),
    ];
    let nested = scalar.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|items| json!({ "type": "array", "items": unbounded(items) })),
            (inner.clone(), 0..4).prop_map(
                |(items, most)| json!({ "type": "array", "items": unbounded(items), "maxItems": most, "minItems": 0 })
            ),
            object(inner, 1..4),
        ]
    });
    (nested, docs())
        .prop_map(|(mut schema, docs)| {
            if !docs.is_empty() {
                schema["description"] = docs.into();
            }
            schema
        })
        .boxed()
}

/// Of an item a spec says the type alone.
fn unbounded(mut items: Value) -> Value {
    let bounds = ["minimum", "maximum", "maxLength", "minItems", "maxItems", "pattern", "description"];
    items.as_object_mut().unwrap().retain(|word, _| !bounds.contains(&word.as_str()));
    items
}

fn object(inner: impl Strategy<Value = Value>, size: std::ops::Range<usize>) -> impl Strategy<Value = Value> {
    proptest::collection::btree_map(name(), (inner, any::<bool>()), size).prop_map(|members| {
        let required: Vec<&String> =
            members.iter().filter(|(_, (_, required))| *required).map(|(name, _)| name).collect();
        let properties: Map<String, Value> =
            members.iter().map(|(name, (schema, _))| (name.clone(), schema.clone())).collect();
        json!({ "type": "object", "properties": properties, "required": required })
    })
}

/// Events that take some of the same properties: one name on the wire has one type.
fn some_events() -> impl Strategy<Value = Vec<Event>> {
    let properties = proptest::collection::btree_map(name(), schema(), 1..8);
    let class = prop_oneof![5 => Just("track"), 1 => Just("page"), 1 => Just("screen")];
    let shapes = proptest::collection::vec((class, name(), docs(), any::<[bool; 8]>(), any::<[bool; 8]>()), 1..7);
    (properties, shapes).prop_map(|(properties, shapes)| {
        let mut known = BTreeSet::new();
        let shapes = shapes.into_iter().filter(|(_, name, ..)| known.insert(name.clone()));
        shapes
            .map(|(class, name, docs, takes, needs)| {
                let own: Vec<_> = properties.iter().enumerate().filter(|(at, _)| takes[*at]).collect();
                let required: Vec<&String> =
                    own.iter().filter(|(at, _)| needs[*at]).map(|(_, (name, _))| *name).collect();
                let members: Map<String, Value> =
                    own.iter().map(|(_, (name, schema))| ((*name).clone(), (*schema).clone())).collect();
                let schema = json!({ "type": "object", "properties": members, "required": required });
                Event { class, name, docs, schema }
            })
            .collect()
    })
}

/// The files of a plan in a format, as that tool writes them.
fn written(format: &str, events: &[Event]) -> Tree {
    let call = |event: &Event| {
        let draft = "http://json-schema.org/draft-07/schema#";
        json!({ "$schema": draft, "type": "object", "description": event.docs, "properties": { "properties": event.schema } })
    };
    let document = match format {
        "segment" => {
            let rule = |own: &Event| json!({ "key": own.name, "type": own.class.to_uppercase(), "version": 1, "jsonSchema": call(own) });
            json!({ "name": "Shop", "rules": events.iter().map(rule).collect::<Vec<_>>() })
        }
        "rudderstack" => {
            let event = |own: &Event| json!({ "name": own.name, "eventType": own.class, "description": own.docs, "rules": call(own) });
            json!({ "name": "Shop", "rules": { "events": events.iter().map(event).collect::<Vec<_>>() } })
        }
        _ => {
            let file = |(at, own): (usize, &Event)| {
                let mut schema = own.schema.clone();
                schema["title"] = own.name.as_str().into();
                schema["x-class"] = own.class.into();
                schema["description"] = own.docs.as_str().into();
                (format!("schemas/{at}.json"), schema.to_string())
            };
            return events.iter().enumerate().map(file).collect();
        }
    };
    Tree::from([("plan.json".to_owned(), document.to_string())])
}

/// Of an event without properties formats say nothing, or that they are an object of nothing.
fn without_nothing(mut said: Said) -> Said {
    for (_, schema) in said.values_mut() {
        if schema.get("properties").is_none_or(|own| own.as_object().is_some_and(Map::is_empty)) {
            *schema = Value::Null;
        }
    }
    said
}

fn comes_back(format: &str, events: &[Event]) {
    let plan = written(format, events);
    let once = import(format, &plan);
    assert!(once.conflicts.is_empty(), "{:#?}", once.conflicts);
    let built = build(format, &once);
    assert_eq!(without_nothing(said(format, &built)), without_nothing(said(format, &plan)), "{}", once.files[1].1);
    // What was built once is read without contradictions, and built the same.
    let twice = import(format, &only("json", &built));
    assert!(twice.conflicts.is_empty(), "{:#?}", twice.conflicts);
    assert_eq!(said(format, &build(format, &twice)), said(format, &built));
}

/// The catalog in YAML says what the plan in JSON says.
fn catalog_comes_back(events: &[Event]) {
    let built = build("rudderstack", &import("rudderstack", &written("rudderstack", events)));
    let again = build("rudderstack", &import("rudderstack", &only("yaml", &built)));
    let said = |tree: &Tree| without_items_of_urls(said("rudderstack", tree));
    assert_eq!(said(&again), said(&built), "{built:#?}");
}

/// A catalog knows no URLs; of a property it says so in words, of an item it cannot.
fn without_items_of_urls(said: Said) -> Said {
    let text = serde_json::to_string(&said.values().collect::<Vec<_>>()).unwrap();
    let text = text.replace(r#""items":{"format":"uri","type":"string"}"#, r#""items":{"type":"string"}"#);
    let values: Vec<(String, Value)> = serde_json::from_str(&text).unwrap();
    said.into_keys().zip(values).collect()
}

/// What a spec sends, by the names of its events in the spec, in the words of JSON Schema.
fn sends(spec: &Imported) -> BTreeMap<String, (String, Value)> {
    let documents = only("json", &build("json-schema", spec)).into_values();
    let documents = documents.map(|text| serde_json::from_str::<Value>(&text).unwrap());
    let of = |own: Value| (text(&own["x-event"]), (text(&own["description"]), sent(&own)));
    documents.map(of).collect()
}

/// Goes through a schema and those inside of it.
fn within(schema: &mut Value, act: fn(&mut Value)) {
    act(schema);
    for inner in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
        within(inner, act);
    }
    if let Some(items) = schema.get_mut("items") {
        within(items, act);
    }
}

/// A spec that is built in a format and imported from it sends what it sent.
fn survives(format: &str, target: &str, is_part: fn(&str) -> bool, events: &[Event]) {
    let mut events = events.to_vec();
    events.iter_mut().for_each(|event| within(&mut event.schema, mark));
    let spec = import("json-schema", &written("json-schema", &events));
    let parts =
        |tree: &Tree| tree.iter().filter(|(path, _)| is_part(path)).map(|(a, b)| (a.clone(), b.clone())).collect();
    let built: Tree = parts(&build(target, &spec));
    let again = import(format, &built);
    assert!(again.conflicts.is_empty(), "{:#?}", again.conflicts);
    let was = sends(&spec);
    assert_eq!(sends(&again), was, "{built:#?}");
    let is_marked = |said: String| MARKS.map(|word| said.contains(word));
    assert_eq!(is_marked(format!("{events:?}")), is_marked(format!("{was:?}")));
    // What is built once more says the same: the labels too.
    let twice: Tree = parts(&build(target, &import(format, &parts(&build(target, &again)))));
    assert_eq!(twice, parts(&build(target, &again)));
}

/// Says of the properties of an object what JSON Schema has no words for; of one name always the same.
fn mark(object: &mut Value) {
    for (name, own) in object.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
        match name.len() % 4 {
            0 => {
                own["x-pii"] = "contact".into();
                own["x-purpose"] = json!({ "reason": "to call back: once, maybe" });
            }
            1 => own["x-deprecated"] = "sent by nobody".into(),
            2 if own["type"] == "integer" => own["x-unit"] = "pieces".into(),
            _ => {}
        }
    }
}

/// `RudderStack` knows a property by its name and type: what it is is said once.
fn described_once(mut events: Vec<Event>) -> Vec<Event> {
    fn describe(schema: &mut Value, known: &mut BTreeMap<String, Value>) {
        for (name, inner) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            describe(inner, known);
            let words = inner.get("description").cloned().unwrap_or_default();
            let words = known.entry(name.clone()).or_insert(words).clone();
            inner.as_object_mut().unwrap().remove("description");
            if !words.is_null() {
                inner["description"] = words;
            }
        }
        if let Some(items) = schema.get_mut("items") {
            describe(items, known);
        }
    }
    let mut known = BTreeMap::new();
    events.iter_mut().for_each(|event| describe(&mut event.schema, &mut known));
    events
}

/// The same plans every time; `FUNNELC_RANDOM_PLANS` asks for so many others.
fn config() -> ProptestConfig {
    let asked = std::env::var("FUNNELC_RANDOM_PLANS").ok().and_then(|cases| cases.parse().ok());
    let rng_seed = if asked.is_some() { RngSeed::Random } else { RngSeed::Fixed(1) };
    ProptestConfig { cases: asked.unwrap_or(48), rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

/// `RudderStack` knows one page and one screen, which have no names.
fn nameless_pages(mut events: Vec<Event>) -> Vec<Event> {
    let mut known = BTreeSet::new();
    events.retain(|own| own.class == "track" || known.insert(own.class));
    events.iter_mut().filter(|own| own.class != "track").for_each(|own| own.name.clear());
    events
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_plan_of_segment_comes_back(events in some_events()) {
        comes_back("segment", &events);
    }

    #[test]
    fn a_plan_of_rudderstack_comes_back(events in some_events()) {
        comes_back("rudderstack", &nameless_pages(events));
    }

    #[test]
    fn a_catalog_of_rudderstack_comes_back(events in some_events()) {
        catalog_comes_back(&described_once(nameless_pages(events)));
    }

    #[test]
    fn a_folder_of_json_schemas_comes_back(events in some_events()) {
        comes_back("json-schema", &events);
    }

    #[test]
    fn a_registry_of_snowplow_comes_back(events in some_events()) {
        survives("iglu", "snowplow", |path| path.contains("/jsonschema/"), &events);
    }

    #[test]
    fn data_structures_of_snowplow_come_back(events in some_events()) {
        survives("iglu", "snowplow", |path| path.contains("data-structures/"), &events);
    }

    #[test]
    fn a_lexicon_of_mixpanel_comes_back(events in some_events()) {
        survives("mixpanel", "mixpanel", |path| path.contains("/lexicon."), &events);
    }

    #[test]
    fn a_table_comes_back(events in some_events()) {
        survives("csv", "csv", |path| path.contains("/plan."), &events);
    }
}

// ---- real plans

/// The properties of which the report says that something was lost.
fn lost(imported: &Imported) -> BTreeSet<(String, String)> {
    let (_, report) = imported.files.iter().find(|(name, _)| name == import::REPORT[1]).unwrap();
    let report: Value = serde_json::from_str(report).unwrap();
    let places = report["no_counterpart"].as_array().unwrap().iter();
    places
        .map(|own| (text(&own["event"]), text(&own["property"]).split('.').next().unwrap_or_default().to_owned()))
        .collect()
}

#[test]
fn real_plans_come_back_but_for_what_the_report_lists() {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("FUNNELC_PLANS").map_or(beside, PathBuf::from);
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    for path in files.filter(|path| path.extension().is_some_and(|own| own == "json")) {
        let plan = Tree::from([("plan.json".to_owned(), fs::read_to_string(&path).unwrap())]);
        let imported = import("segment", &plan);
        let built = said("segment", &build("segment", &imported));
        let lost = lost(&imported);
        let before = said("segment", &plan);
        assert_eq!(before.keys().collect::<Vec<_>>(), built.keys().collect::<Vec<_>>(), "{}", path.display());
        for (key, (docs, schema)) in before {
            let (built_docs, built) = &built[&key];
            assert_eq!((&docs, &schema["required"]), (built_docs, &built["required"]), "{key:?}");
            for (name, own) in schema["properties"].as_object().into_iter().flatten() {
                let is_lost = lost.contains(&(key.1.clone(), name.clone()));
                assert!(is_lost || *own == built["properties"][name], "{key:?} {name}: {own}");
            }
        }
    }
}
