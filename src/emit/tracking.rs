//! The tracking plan in the words of one language, ready for its template: strings and lists only, nothing missing.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::json_schema;
use super::names;
use super::target::Words;
use crate::plan::value::{Type, Value};
use crate::plan::{Declaration, EventPlan, Feed, Plan, PropertyPlan, VariantPlan};

/// The longest heading; the whole label follows it.
const MAX_HEADING: usize = 120;

#[derive(Serialize)]
struct EventView {
    anchor: String,
    label: String,
    short: String,
    shortened: bool,
    docs: String,
    path: String,
    class: String,
    status: String,
    successor: String,
    sent_by: String,
    owner: String,
    wire_name: String,
    wire_names: Vec<WireName>,
    once_per: Option<crate::plan::OncePer>,
    table: String,
    filter: String,
    schema: String,
    schema_link: String,
    properties: Vec<PropertyView>,
    variants: Vec<VariantView>,
    examples: Vec<String>,
    feeds: Vec<FeedView>,
}

#[derive(Serialize)]
struct WireName {
    destination: String,
    name: String,
}

#[derive(Serialize)]
struct PropertyView {
    name: String,
    wire_name: String,
    wire_names: Vec<WireName>,
    #[serde(rename = "type")]
    kind: String,
    bounds: Vec<String>,
    required: String,
    default: String,
    pii: String,
    purpose: String,
    docs: String,
    deprecated: String,
}

#[derive(Serialize)]
struct VariantView {
    label: String,
    when: String,
    properties: Vec<PropertyView>,
}

#[derive(Serialize)]
struct FeedView {
    kind: String,
    label: String,
    path: String,
    through: String,
}

/// What the template shows.
pub(super) fn view(plan: &Plan, lang: &str, words: &Words, file: &dyn Fn(&str) -> String) -> Json {
    let consents = plan.declarations.iter().filter(|own| own.kind == "consent");
    let consents = consents.map(|own| (own.path.as_str(), own)).collect();
    let view = View { plan, lang, words, consents: &consents };
    let stems = names::stems(plan.events.iter().map(|event| event.path.as_str()));
    let events: Vec<EventView> = plan
        .events
        .iter()
        .map(|event| view.event(event, stems.get(event.path.as_str()).map_or("", String::as_str)))
        .collect();
    let others = plan.languages.iter().filter(|other| *other != lang);
    let others: Vec<Json> = others.map(|other| json!({ "lang": other, "file": file(other) })).collect();
    json!({
        "lang": lang,
        "rtl": is_right_to_left(lang),
        "words": words,
        "project": view.project(),
        "generator": format!("{} {}", plan.generator.name, plan.generator.version),
        "files": plan.files,
        "others": others,
        "events": events,
    })
}

/// Whether a language is written from right to left.
fn is_right_to_left(lang: &str) -> bool {
    const LANGUAGES: &[&str] =
        &["ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "ps", "sd", "syr", "ug", "ur", "yi"];
    const SCRIPTS: &[&str] = &["adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"];
    let lower = lang.to_ascii_lowercase();
    let mut parts = lower.split('-');
    let language = parts.next().unwrap_or_default();
    match parts.next().filter(|part| part.len() == 4) {
        Some(script) => SCRIPTS.contains(&script),
        None => LANGUAGES.contains(&language),
    }
}

#[derive(Clone, Copy)]
struct View<'v> {
    plan: &'v Plan,
    lang: &'v str,
    words: &'v Words,
    consents: &'v BTreeMap<&'v str, &'v Declaration>,
}

impl View<'_> {
    /// A label in the language, else in the default one, else any, else the name.
    fn label(self, label: &IndexMap<String, String>, name: &str) -> String {
        let default = self.plan.languages.first().map_or("en", String::as_str);
        let own = label.get(self.lang).or_else(|| label.get(default)).or_else(|| label.values().next());
        own.map_or(name, String::as_str).to_owned()
    }

    fn project(self) -> String {
        let own = self.plan.declarations.iter().find(|own| own.kind == "project");
        own.map_or_else(String::new, |own| self.label(&own.label, &self.plan.project))
    }

    /// What a word of the language is called in the document; itself where that has no name for it.
    fn word(self, key: &str) -> String {
        self.words.get(key).map_or(key, String::as_str).to_owned()
    }

    fn kind(self, kind: &str) -> String {
        self.words.get(&format!("kind_{kind}")).map_or(kind, String::as_str).to_owned()
    }

    fn event(self, event: &EventPlan, stem: &str) -> EventView {
        let label = self.label(&event.label, &event.name);
        let short = shorten(&label);
        let rows = event.rows.as_ref();
        EventView {
            anchor: format!("event-{stem}"),
            shortened: short != label,
            short,
            label,
            docs: event.docs.clone(),
            path: event.path.clone(),
            class: event.class.clone(),
            status: self.word(&event.status),
            successor: event.successor.clone().unwrap_or_default(),
            sent_by: event.sent_by.join(&format!("{} ", self.word("comma"))),
            owner: event.owner.clone().unwrap_or_else(|| self.word("none")),
            wire_name: event.wire_name.clone(),
            wire_names: wire_names(&event.wire_names),
            once_per: event.once_per.clone(),
            table: rows.map(|rows| rows.table.clone()).unwrap_or_default(),
            filter: rows.and_then(|rows| rows.filter.as_ref()).map(|filter| filter.text.clone()).unwrap_or_default(),
            schema: format!("{stem}.schema.json"),
            schema_link: format!("schemas/{stem}.schema.json"),
            properties: self.properties(&event.properties),
            variants: event.variants.iter().map(|variant| self.variant(variant)).collect(),
            examples: json_schema::examples(event)
                .iter()
                .map(|example| serde_json::to_string_pretty(example).unwrap_or_default())
                .collect(),
            feeds: event.feeds.iter().map(|feed| self.feed(feed)).collect(),
        }
    }

    fn variant(self, variant: &VariantPlan) -> VariantView {
        VariantView {
            label: self.label(&variant.label, &variant.name),
            when: variant.when.as_ref().map(|when| when.text.clone()).unwrap_or_default(),
            properties: self.properties(&variant.properties),
        }
    }

    fn properties(self, properties: &[PropertyPlan]) -> Vec<PropertyView> {
        properties.iter().map(|property| self.property(property)).collect()
    }

    fn property(self, property: &PropertyPlan) -> PropertyView {
        let bounds = [("", &property.range), ("length ", &property.length)];
        let mut bounds: Vec<String> = bounds
            .iter()
            .filter_map(|(what, bound)| bound.as_ref().map(|bound| format!("{what}{}", plain(bound))))
            .collect();
        bounds.extend(property.pattern.iter().map(|pattern| format!("matching {pattern}")));
        bounds.extend(property.unit.clone());
        PropertyView {
            name: property.name.clone(),
            wire_name: property.wire_name.clone(),
            wire_names: wire_names(&property.wire_names),
            kind: property.kind.as_ref().map(type_text).unwrap_or_default(),
            bounds,
            required: self.word(if property.required { "yes" } else { "no" }),
            default: property.default.as_ref().map(plain).unwrap_or_default(),
            pii: property.pii.as_deref().map(|pii| self.word(pii)).unwrap_or_default(),
            purpose: property.purpose.as_ref().map(|purpose| self.purpose(purpose)).unwrap_or_default(),
            docs: property.docs.clone(),
            deprecated: property.deprecated.clone().unwrap_or_default(),
        }
    }

    fn purpose(self, purpose: &Value) -> String {
        let Value::Ref(consent) = purpose else { return plain(purpose) };
        self.consents
            .get(consent.path.as_str())
            .map_or_else(|| consent.path.clone(), |own| self.label(&own.label, &consent.path))
    }

    fn feed(self, feed: &Feed) -> FeedView {
        FeedView {
            kind: self.kind(feed.kind),
            label: shorten(&self.label(&feed.label, "")),
            path: feed.path.clone(),
            through: feed.through.as_ref().map(|through| through.path.clone()).unwrap_or_default(),
        }
    }
}

fn wire_names(names: &BTreeMap<String, String>) -> Vec<WireName> {
    let own =
        |(destination, name): (&String, &String)| WireName { destination: destination.clone(), name: name.clone() };
    names.iter().map(own).collect()
}

/// A text on one line, cut where it is too long for a heading.
fn shorten(label: &str) -> String {
    let line = label.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_HEADING) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// A type as it is written in a spec.
fn type_text(kind: &Type) -> String {
    match kind {
        Type::Scalar(name) | Type::Named(name) => name.clone(),
        Type::Enum(members) => format!("enum({})", members.join(", ")),
        Type::List(inner) => format!("list({})", type_text(inner)),
    }
}

/// A value as it is written in a spec.
fn plain(value: &Value) -> String {
    match value {
        Value::Word(text)
        | Value::String(text)
        | Value::Number(text)
        | Value::Percent(text)
        | Value::Date(text)
        | Value::Month(text)
        | Value::Time(text)
        | Value::Builtin(text)
        | Value::Unbound(text) => text.clone(),
        Value::Duration(time) => time.text.clone(),
        Value::Money(money) => format!("{} {}", money.amount, money.currency),
        Value::Range(range) => format!("{}..{}", plain(&range.from), plain(&range.to)),
        Value::Ref(reference) => reference.path.clone(),
        Value::Expr(expr) => expr.text.clone(),
        Value::List(members) => format!("[{}]", members.iter().map(plain).collect::<Vec<_>>().join(", ")),
        Value::Workdays(days) => format!("{days} workdays"),
        _ => String::new(),
    }
}
