//! The Lexicon of Mixpanel, as its schemas API takes it: an entry for each event, and one for what is known of people.
//!
//! What an entry has no field for stands in its description, a line each. Nothing says `hidden` or `dropped`, so that
//! an upload changes no choice that somebody made in Mixpanel, and nothing is deleted by it (`truncate`).

use serde_json::{Map, Value as Json, json};

use super::{Approximation, about, json_schema, loss};
use crate::diagnostic::Message;
use crate::plan::{EventPlan, Plan, ProfilePlan};
use crate::say;

/// The target's name, and the word for it in `named "…" in mixpanel`.
pub(super) const TARGET: &str = "mixpanel";

const DRAFT: &str = "http://json-schema.org/draft-07/schema";
/// The profile of a person.
const USER: &str = "$user";

/// The labels that have a field of their own.
const SAID: &[&str] = &["label"];

/// The dictionary.
pub(super) fn lexicon(plan: &Plan) -> Json {
    let events = plan.events.iter().map(|event| entry(plan, event));
    let people = plan.profiles.iter().filter(|own| own.group.is_none()).map(|own| profile(plan, own));
    json!({ "entries": events.chain(people).collect::<Vec<_>>(), "truncate": false })
}

fn entry(plan: &Plan, event: &EventPlan) -> Json {
    let description = about::lines(&event.docs, &about::labels(plan, event), SAID);
    let schema = schema(&description, json_schema::inline(plan, event, TARGET), Some(metadata(plan, event)));
    json!({ "entityType": "event", "name": event.name_in(TARGET), "schemaJson": schema })
}

fn profile(plan: &Plan, profile: &ProfilePlan) -> Json {
    let description = about::lines("", &about::profile_labels(plan, profile), SAID);
    let schema = schema(&description, json_schema::inline_profile(plan, profile, TARGET), None);
    json!({ "entityType": "profile", "name": USER, "schemaJson": schema })
}

fn schema(description: &str, sent: Map<String, Json>, metadata: Option<Json>) -> Json {
    let mut made = Map::new();
    made.insert("$schema".into(), json!(DRAFT));
    if !description.is_empty() {
        made.insert("description".into(), json!(description));
    }
    // Conditions have no place in a dictionary.
    made.extend(sent.into_iter().filter(|(word, _)| word != "allOf").map(|(word, own)| (word, in_words(own))));
    made.extend(metadata.map(|own| ("metadata".to_owned(), json!({ "com.mixpanel": own }))));
    Json::Object(made)
}

/// What is called what, whom to ask, and what it feeds.
fn metadata(plan: &Plan, event: &EventPlan) -> Json {
    let mut made = Map::new();
    made.insert("displayName".into(), json!(plan.shown(&event.label, &event.name)));
    let of = |kind: &'static str| about::fed(event, kind).into_iter().map(move |path| format!("{kind}: {path}"));
    let status = (event.status != "live").then(|| format!("status: {}", event.status));
    let tags: Vec<String> = status.into_iter().chain(of("stage")).chain(of("kpi")).collect();
    if !tags.is_empty() {
        made.insert("tags".into(), json!(tags));
    }
    if let Some(owner) = &event.owner {
        made.extend(about::lead(plan, owner).map(|lead| ("contacts".to_owned(), json!([lead]))));
        made.insert("teamContacts".into(), json!([about::team(plan, owner)]));
    }
    Json::Object(made)
}

/// The marks that a dictionary has no key for, and the words for them in a description.
const MARKS: &[(&str, &str)] = &[
    ("x-pii", "personal_data"),
    ("x-purpose", "purpose"),
    ("x-unit", "unit"),
    ("x-type", "kind"),
    ("x-deprecated", "deprecated"),
    ("x-name", "name"),
];

/// A schema, or schemas by name, with what stands under `x-…` said in descriptions.
fn in_words(value: Json) -> Json {
    match value {
        Json::Object(own) if own.values().all(Json::is_object) => {
            own.into_iter().map(|(name, own)| (name, described(own))).collect()
        }
        other => other,
    }
}

fn described(schema: Json) -> Json {
    let Json::Object(schema) = schema else { return schema };
    let docs = schema.get("description").and_then(Json::as_str).unwrap_or_default().to_owned();
    let mark = |(key, word): &(&str, &str)| Some(((*word).to_owned(), words(schema.get(*key)?)));
    let description = about::lines(&docs, &MARKS.iter().filter_map(mark).collect(), &[]);
    let mut made = Map::new();
    if !description.is_empty() {
        made.insert("description".into(), json!(description));
    }
    for (word, own) in schema.into_iter().filter(|(word, _)| word != "description" && !word.starts_with("x-")) {
        let own = match word.as_str() {
            "properties" => in_words(own),
            "items" => described(own),
            _ => own,
        };
        made.insert(word, own);
    }
    Json::Object(made)
}

/// A text as it is; of a purpose what it holds.
fn words(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Object(own) => own.values().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

// ---- what is lost

/// What a Lexicon can only say roughly.
pub(super) fn approximations(plan: &Plan) -> Vec<Approximation> {
    let mut found = loss::of_types_without_references(plan, TARGET);
    found.extend(loss::of_equal_names(plan, TARGET, |_| ""));
    found.extend(plan.events.iter().filter_map(of_variants));
    found.extend(plan.profiles.iter().filter_map(of_group));
    found
}

fn of_variants(event: &EventPlan) -> Option<Approximation> {
    let needs = event.variants.iter().any(|variant| variant.properties.iter().any(|own| own.required));
    let message = say!(
        "Mixpanel knows no variants: what only some variants of `{event}` require is optional there",
        event = event.path
    );
    needs.then(|| lost(&event.path, message))
}

fn of_group(profile: &ProfilePlan) -> Option<Approximation> {
    let group = profile.group.as_ref()?;
    let message = say!("Mixpanel's Lexicon takes no traits of groups: those of `{group}` are left out", group);
    Some(lost(group, message))
}

fn lost(path: &str, message: Message) -> Approximation {
    Approximation { target: TARGET, path: path.to_owned(), message }
}
