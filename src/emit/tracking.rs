//! The tracking plan in the words of one language, ready for its template: strings and lists only, nothing missing.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::json_schema;
use super::names;
use super::target::Words;
use crate::model::Kind;
use crate::plan::value::{Type, Value};
use crate::plan::{Declaration, EventPlan, Feed, Plan, PropertyPlan, TypePlan, VariantPlan};

/// The longest heading; the whole label follows it.
const MAX_HEADING: usize = 120;

#[derive(Serialize)]
struct EventView {
    anchor: String,
    label: String,
    /// Its labels in every language, for a search.
    keywords: String,
    short: String,
    shortened: bool,
    docs: String,
    path: String,
    class: String,
    /// The word of the language for its status, whatever the language of the document.
    state: String,
    /// Whether a list of events should say its status: most are live.
    is_marked: bool,
    status: String,
    successor: String,
    successor_anchor: String,
    sent_by: String,
    senders: Vec<String>,
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
    feed_groups: Vec<FeedGroup>,
}

/// What an event feeds, of one kind.
#[derive(Serialize)]
struct FeedGroup {
    kind: String,
    feeds: Vec<FeedView>,
}

/// A declared type.
#[derive(Serialize)]
struct TypeView {
    anchor: String,
    path: String,
    label: String,
    docs: String,
    properties: Vec<PropertyView>,
}

/// A stage, KPI, sequence … with the events that feed it.
#[derive(Serialize)]
struct FedView {
    anchor: String,
    label: String,
    path: String,
    docs: String,
    events: Vec<FeederView>,
}

#[derive(Serialize)]
struct FeederView {
    anchor: String,
    short: String,
    through: String,
}

/// Those of one kind.
#[derive(Serialize)]
struct FedGroup {
    kind: String,
    anchor: String,
    fed: Vec<FedView>,
}

#[derive(Serialize)]
struct WireName {
    destination: String,
    name: String,
}

#[derive(Serialize)]
struct PropertyView {
    anchor: String,
    name: String,
    wire_name: String,
    wire_names: Vec<WireName>,
    #[serde(rename = "type")]
    kind: String,
    /// Where the declared type it is of is described.
    type_anchor: String,
    bounds: Vec<String>,
    is_required: bool,
    /// Whether it is sent under its name in the spec.
    same_name: bool,
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

#[derive(Clone, Serialize)]
struct FeedView {
    kind: String,
    anchor: String,
    label: String,
    path: String,
    through: String,
}

/// What the template shows.
pub(super) fn view(plan: &Plan, lang: &str, words: &Words, file: &dyn Fn(&str) -> String) -> Json {
    let consents = plan.declarations.iter().filter(|own| own.kind == "consent");
    let consents = consents.map(|own| (own.path.as_str(), own)).collect();
    let stems = names::stems(plan.events.iter().map(|event| event.path.as_str()));
    let docs = plan.declarations.iter().flat_map(docs_of).collect();
    let fed = fed_stems(plan);
    let view = View { plan, lang, words, consents: &consents, stems: &stems, fed: &fed, docs: &docs };
    let events: Vec<EventView> = plan.events.iter().map(|event| view.event(event)).collect();
    let others = plan.languages.iter().filter(|other| *other != lang);
    let others = others
        .map(|other| json!({ "lang": other, "name": own_name(other), "dir": direction(other), "file": file(other) }));
    let others: Vec<Json> = others.collect();
    json!({
        "lang": lang,
        "rtl": is_right_to_left(lang),
        "dir": direction(lang),
        "types": plan.types.iter().map(|own| view.declared(own)).collect::<Vec<_>>(),
        "fed": view.fed_groups(),
        "words": words,
        "project": view.project(),
        "generator": format!("{} {}", plan.generator.name, plan.generator.version),
        "files": plan.files,
        "others": others,
        "events": events,
    })
}

/// What a language calls itself.
pub(super) fn own_name(lang: &str) -> &str {
    match lang.split('-').next().unwrap_or(lang) {
        "ar" => "العربية",
        "de" => "Deutsch",
        "en" => "English",
        "es" => "español",
        "fa" => "فارسی",
        "fr" => "français",
        "he" => "עברית",
        "hi" => "हिन्दी",
        "id" => "Bahasa Indonesia",
        "it" => "italiano",
        "ja" => "日本語",
        "ku" => "kurdî",
        "nl" => "Nederlands",
        "pl" => "polski",
        "pt" => "português",
        "ru" => "русский",
        "tr" => "Türkçe",
        "uk" => "українська",
        "ur" => "اردو",
        "zh" => "中文",
        _ => lang,
    }
}

fn direction(lang: &str) -> &'static str {
    if is_right_to_left(lang) { "rtl" } else { "ltr" }
}

/// The docs of a declaration and of what is declared directly inside, by kind and path.
fn docs_of(own: &Declaration) -> impl Iterator<Item = ((&str, &str), &str)> {
    std::iter::once(own).chain(&own.children).map(|own| ((own.kind, own.path.as_str()), own.docs.as_str()))
}

/// A name for the place of each thing that events feed, by kind and path.
fn fed_stems(plan: &Plan) -> BTreeMap<(&str, &str), String> {
    let all: BTreeSet<(&str, &str)> =
        plan.events.iter().flat_map(|event| &event.feeds).map(|feed| (feed.kind, feed.path.as_str())).collect();
    let keys: Vec<String> = all.iter().map(|(kind, path)| format!("{kind}-{path}")).collect();
    let stems = names::stems(keys.iter().map(String::as_str));
    all.into_iter().zip(&keys).map(|(own, key)| (own, stems.get(key.as_str()).cloned().unwrap_or_default())).collect()
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
    stems: &'v BTreeMap<&'v str, String>,
    fed: &'v BTreeMap<(&'v str, &'v str), String>,
    docs: &'v BTreeMap<(&'v str, &'v str), &'v str>,
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

    fn anchor(self, event: &str) -> String {
        self.stems.get(event).map(|stem| format!("event-{stem}")).unwrap_or_default()
    }

    fn event(self, event: &EventPlan) -> EventView {
        let label = self.label(&event.label, &event.name);
        let short = shorten(&label);
        let rows = event.rows.as_ref();
        let anchor = self.anchor(&event.path);
        let stem = self.stems.get(event.path.as_str()).map_or("", String::as_str);
        let feeds: Vec<FeedView> = event.feeds.iter().map(|feed| self.feed(feed)).collect();
        EventView {
            keywords: event.label.values().map(String::as_str).collect::<Vec<_>>().join(" "),
            shortened: short != label,
            short,
            label,
            docs: event.docs.clone(),
            path: event.path.clone(),
            class: event.class.clone(),
            state: event.status.clone(),
            is_marked: event.status != "live",
            status: self.word(&event.status),
            successor: event.successor.clone().unwrap_or_default(),
            successor_anchor: event.successor.as_deref().map(|event| self.anchor(event)).unwrap_or_default(),
            senders: event.sent_by.clone(),
            sent_by: event.sent_by.join(&format!("{} ", self.word("comma"))),
            owner: event.owner.clone().unwrap_or_else(|| self.word("none")),
            wire_name: event.wire_name.clone(),
            wire_names: wire_names(&event.wire_names),
            once_per: event.once_per.clone(),
            table: rows.map(|rows| rows.table.clone()).unwrap_or_default(),
            filter: rows.and_then(|rows| rows.filter.as_ref()).map(|filter| filter.text.clone()).unwrap_or_default(),
            schema: format!("{stem}.schema.json"),
            schema_link: format!("schemas/{stem}.schema.json"),
            properties: self.properties(&event.properties, &anchor),
            variants: event.variants.iter().map(|variant| self.variant(variant, &anchor)).collect(),
            examples: json_schema::examples(event)
                .iter()
                .map(|example| serde_json::to_string_pretty(example).unwrap_or_default())
                .collect(),
            feed_groups: grouped(&feeds),
            feeds,
            anchor,
        }
    }

    fn declared(self, own: &TypePlan) -> TypeView {
        let anchor = format!("type-{}", own.path);
        TypeView {
            path: own.path.clone(),
            label: self.label(&own.label, ""),
            docs: own.docs.clone(),
            properties: self.properties(&own.members, &anchor),
            anchor,
        }
    }

    /// Everything that events feed, by kind, with the events.
    fn fed_groups(self) -> Vec<FedGroup> {
        let mut groups: IndexMap<&str, IndexMap<&str, FedView>> = IndexMap::new();
        for event in &self.plan.events {
            let short = shorten(&self.label(&event.label, &event.name));
            for feed in &event.feeds {
                let of_kind = groups.entry(feed.kind).or_default();
                let fed = of_kind.entry(feed.path.as_str()).or_insert_with(|| self.fed(feed));
                let through = feed.through.as_ref().map(|through| through.path.clone()).unwrap_or_default();
                fed.events.push(FeederView { anchor: self.anchor(&event.path), short: short.clone(), through });
            }
        }
        groups.sort_by(|a, _, b, _| order(a).cmp(&order(b)));
        let group = |(kind, mut of_kind): (&str, IndexMap<&str, FedView>)| {
            of_kind.sort_keys();
            FedGroup { kind: self.kind(kind), anchor: format!("kind-{kind}"), fed: of_kind.into_values().collect() }
        };
        groups.into_iter().map(group).collect()
    }

    fn fed(self, feed: &Feed) -> FedView {
        FedView {
            anchor: self.fed.get(&(feed.kind, feed.path.as_str())).cloned().unwrap_or_default(),
            label: shorten(&self.label(&feed.label, "")),
            path: feed.path.clone(),
            docs: self.docs.get(&(feed.kind, feed.path.as_str())).copied().unwrap_or_default().to_owned(),
            events: Vec::new(),
        }
    }

    fn variant(self, variant: &VariantPlan, anchor: &str) -> VariantView {
        VariantView {
            label: self.label(&variant.label, &variant.name),
            when: variant.when.as_ref().map(|when| when.text.clone()).unwrap_or_default(),
            properties: self.properties(&variant.properties, &format!("{anchor}:{}", variant.name)),
        }
    }

    fn properties(self, properties: &[PropertyPlan], anchor: &str) -> Vec<PropertyView> {
        properties.iter().map(|property| self.property(property, anchor)).collect()
    }

    fn property(self, property: &PropertyPlan, outer: &str) -> PropertyView {
        let bounds = [("", &property.range), ("length ", &property.length)];
        let mut bounds: Vec<String> = bounds
            .iter()
            .filter_map(|(what, bound)| bound.as_ref().map(|bound| format!("{what}{}", plain(bound))))
            .collect();
        bounds.extend(property.pattern.iter().map(|pattern| format!("matching {pattern}")));
        bounds.extend(property.unit.clone());
        let declared = property.kind.as_ref().and_then(|kind| self.declared_type(kind));
        PropertyView {
            anchor: format!("{outer}:{}", property.name),
            type_anchor: declared.map(|path| format!("type-{path}")).unwrap_or_default(),
            is_required: property.required,
            same_name: property.name == property.wire_name,
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

    fn declared_type(self, mut kind: &Type) -> Option<&str> {
        while let Type::List(inner) = kind {
            kind = inner;
        }
        let Type::Named(path) = kind else { return None };
        self.plan.type_at(path).is_some().then_some(path)
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
            anchor: self.fed.get(&(feed.kind, feed.path.as_str())).cloned().unwrap_or_default(),
            label: shorten(&self.label(&feed.label, "")),
            path: feed.path.clone(),
            through: feed.through.as_ref().map(|through| through.path.clone()).unwrap_or_default(),
        }
    }
}

/// Where a kind stands in the table of kinds.
fn order(kind: &str) -> usize {
    Kind::ALL.iter().position(|own| own.word() == kind).unwrap_or(usize::MAX)
}

/// The same list by kind, in the order in which the kinds come.
fn grouped(feeds: &[FeedView]) -> Vec<FeedGroup> {
    let mut groups: IndexMap<&str, Vec<FeedView>> = IndexMap::new();
    for feed in feeds {
        groups.entry(&feed.kind).or_default().push(feed.clone());
    }
    groups.into_iter().map(|(kind, feeds)| FeedGroup { kind: kind.to_owned(), feeds }).collect()
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
pub(super) fn plain(value: &Value) -> String {
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
