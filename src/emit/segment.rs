//! A plan of Segment Protocols as its Public API gives and takes it: a rule for each event, whose schema describes the
//! whole call, with what is sent under `properties` or `traits` inside.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{Approximation, about, json_schema, loss};
use crate::plan::{EventPlan, Plan, ProfilePlan};

/// The target's name, and the word for it in `named "…" in segment`.
pub(super) const TARGET: &str = "segment";

const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

#[derive(Serialize)]
pub(super) struct TrackingPlan<'p> {
    id: String,
    name: &'p str,
    slug: &'p str,
    description: String,
    #[serde(rename = "type")]
    kind: &'static str,
    rules: Vec<Rule<'p>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'p> {
    key: &'p str,
    #[serde(rename = "type")]
    kind: &'static str,
    version: u32,
    json_schema: Call<'p>,
}

/// The schema of a call.
#[derive(Serialize)]
struct Call<'p> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'p str,
    labels: IndexMap<String, String>,
    properties: Parts,
}

/// The parts of a call that a plan says something of.
#[derive(Serialize)]
struct Parts {
    context: Map<String, Json>,
    traits: Map<String, Json>,
    properties: Map<String, Json>,
}

/// The plan.
pub(super) fn plan(plan: &Plan) -> TrackingPlan<'_> {
    TrackingPlan {
        id: format!("tp_{}", plan.id().replace('-', "")),
        name: plan.title(),
        slug: &plan.project,
        description: format!("{} {}: {}", plan.generator.name, plan.generator.version, plan.files.join(", ")),
        kind: "LIVE",
        rules: plan
            .events
            .iter()
            .map(|event| rule(plan, event))
            .chain(plan.profiles.iter().map(|profile| profile_rule(plan, profile)))
            .collect(),
    }
}

/// What is known of people is told by `identify`, and of a group by `group`.
fn profile_rule<'p>(plan: &'p Plan, profile: &'p ProfilePlan) -> Rule<'p> {
    let (kind, key) = profile.group.as_deref().map_or(("IDENTIFY", "Identify"), |path| ("GROUP", path));
    let labels = profile.label.iter().map(|(lang, words)| (format!("label_{lang}"), words.clone()));
    let call = Call {
        schema: DRAFT,
        kind: "object",
        description: "",
        labels: labels.collect(),
        properties: parts(kind, json_schema::inline_profile(plan, profile, TARGET)),
    };
    Rule { key, kind, version: 1, json_schema: call }
}

fn rule<'p>(plan: &'p Plan, event: &'p EventPlan) -> Rule<'p> {
    Rule {
        key: event.name_in(TARGET),
        kind: kind(event),
        version: 1,
        json_schema: Call {
            schema: DRAFT,
            kind: "object",
            description: &event.docs,
            labels: about::labels(plan, event),
            properties: parts(kind(event), json_schema::inline(plan, event, TARGET)),
        },
    }
}

fn kind(event: &EventPlan) -> &'static str {
    match event.class.as_str() {
        "page" => "PAGE",
        "screen" => "SCREEN",
        "identify" => "IDENTIFY",
        "group" => "GROUP",
        _ => "TRACK",
    }
}

/// What `identify` and `group` send are traits.
fn parts(kind: &str, sent: Map<String, Json>) -> Parts {
    let (mut traits, mut properties) = (Map::new(), Map::new());
    match kind {
        "IDENTIFY" | "GROUP" => traits = sent,
        _ => properties = sent,
    }
    Parts { context: Map::new(), traits, properties }
}

/// What a plan of Segment can only say roughly.
pub(super) fn approximations(plan: &Plan) -> Vec<Approximation> {
    let mut found = loss::of_conditions(plan, TARGET);
    found.extend(loss::of_types_without_references(plan, TARGET));
    found.extend(loss::of_equal_names(plan, TARGET, |event| &event.class));
    found
}
