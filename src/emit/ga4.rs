//! What events are in Google Analytics 4: names, parameters with their scope, key events, what has to be registered as a
//! custom definition, and user properties for what is known of people.
//!
//! The limits are those that Google publishes for its free version. What breaks one is said, for Google drops it without
//! a word.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Approximation, about, csv, loss};
use crate::diagnostic::Message;
use crate::plan::value::{Tree, Type, Value};
use crate::plan::{EventPlan, Plan, PropertyPlan};
use crate::say;

/// The target's name, and the word for it in `named "…" in ga4`.
pub(super) const TARGET: &str = "ga4";

/// The longest name of an event or a parameter, in characters.
const MAX_NAME: usize = 40;
/// The longest name of a user property.
const MAX_USER_NAME: usize = 24;
/// The longest value of a parameter that is a text.
const MAX_VALUE: u32 = 100;
/// The most parameters of an event.
const MAX_PARAMETERS: usize = 25;
/// The most user properties.
const MAX_USER_PROPERTIES: usize = 25;
/// The most custom dimensions of events, and the most custom metrics.
const MAX_DEFINITIONS: usize = 50;

/// Names of events that Google collects by itself.
const RESERVED_EVENTS: &[&str] = &[
    "ad_activeview",
    "ad_click",
    "ad_exposure",
    "ad_impression",
    "ad_query",
    "ad_reward",
    "adunit_exposure",
    "app_clear_data",
    "app_exception",
    "app_install",
    "app_remove",
    "app_store_refund",
    "app_store_subscription_cancel",
    "app_store_subscription_renew",
    "app_update",
    "app_upgrade",
    "click",
    "dynamic_link_app_open",
    "dynamic_link_app_update",
    "dynamic_link_first_open",
    "error",
    "file_download",
    "firebase_campaign",
    "first_open",
    "first_visit",
    "form_start",
    "form_submit",
    "in_app_purchase",
    "notification_dismiss",
    "notification_foreground",
    "notification_open",
    "notification_receive",
    "os_update",
    "page_view",
    "screen_view",
    "scroll",
    "session_start",
    "user_engagement",
    "video_complete",
    "video_progress",
    "video_start",
    "view_complete",
    "view_search_results",
];
const RESERVED_PARAMETERS: &[&str] = &["engagement_time_msec", "gclid", "session_id", "session_number"];
const RESERVED_USER_PROPERTIES: &[&str] =
    &["first_open_after_install", "first_open_time", "first_visit_time", "last_deep_link_referrer", "user_id"];
const RESERVED_PREFIXES: &[&str] = &["_", "firebase_", "ga_", "google_", "gtag."];

/// The events that Google recommends, each with the parameters that its reports need.
const RECOMMENDED: &[(&str, &[&str])] = &[
    ("add_payment_info", &["items"]),
    ("add_shipping_info", &["items"]),
    ("add_to_cart", &["items"]),
    ("add_to_wishlist", &["items"]),
    ("begin_checkout", &["items"]),
    ("generate_lead", &[]),
    ("login", &[]),
    ("purchase", &["transaction_id", "items"]),
    ("refund", &["transaction_id"]),
    ("remove_from_cart", &["items"]),
    ("search", &["search_term"]),
    ("select_item", &["items"]),
    ("select_promotion", &["items"]),
    ("sign_up", &[]),
    ("view_cart", &["items"]),
    ("view_item", &["items"]),
    ("view_item_list", &["items"]),
    ("view_promotion", &["items"]),
];

/// Parameters that Google knows without a custom definition.
const BUILT_IN: &[&str] = &[
    "affiliation",
    "campaign",
    "content",
    "content_id",
    "content_type",
    "coupon",
    "creative_name",
    "creative_slot",
    "currency",
    "discount",
    "group_id",
    "index",
    "item_brand",
    "item_category",
    "item_category2",
    "item_category3",
    "item_category4",
    "item_category5",
    "item_id",
    "item_list_id",
    "item_list_name",
    "item_name",
    "item_variant",
    "items",
    "language",
    "location_id",
    "medium",
    "method",
    "page_location",
    "page_referrer",
    "page_title",
    "payment_type",
    "price",
    "promotion_id",
    "promotion_name",
    "quantity",
    "screen_class",
    "screen_name",
    "search_term",
    "shipping",
    "shipping_tier",
    "source",
    "tax",
    "term",
    "transaction_id",
    "value",
];

/// Parameters whose values may be longer than others.
const LONG: &[&str] = &["page_location", "page_referrer", "page_title"];

/// What Google forbids to be sent to it.
const FORBIDDEN: &[&str] = &["contact", "identity"];

/// What a plan is in Google Analytics.
#[derive(Serialize)]
pub(super) struct Mapping {
    generator: String,
    project: String,
    events: Vec<MappedEvent>,
    user_properties: Vec<Parameter>,
}

#[derive(Serialize)]
struct MappedEvent {
    event: String,
    name: String,
    label: String,
    description: String,
    status: String,
    owner: String,
    sent_by: String,
    /// Whether it brings to a stage that is the conversion.
    key_event: bool,
    /// Whether Google recommends an event of this name.
    recommended: bool,
    stages: Vec<String>,
    kpis: Vec<String>,
    parameters: Vec<Parameter>,
}

#[derive(Serialize)]
struct Parameter {
    /// Its path through what holds it.
    property: String,
    name: String,
    /// `event`, `item` or `user`.
    scope: &'static str,
    /// `text`, `number` or `items`.
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    /// The variant that it belongs to, if it does.
    variant: String,
    /// What to register: `dimension`, `metric`, or nothing.
    definition: &'static str,
    personal_data: String,
    purpose: String,
    description: String,
}

/// The mapping.
pub(super) fn mapping(plan: &Plan) -> Mapping {
    let people = plan.profiles.iter().filter(|own| own.group.is_none()).flat_map(|own| &own.traits);
    Mapping {
        generator: format!("{} {}: {}", plan.generator.name, plan.generator.version, plan.files.join(", ")),
        project: plan.title().to_owned(),
        events: plan.events.iter().map(|event| mapped(plan, event)).collect(),
        user_properties: people.map(|own| parameter(own, "user", "")).collect(),
    }
}

fn mapped(plan: &Plan, event: &EventPlan) -> MappedEvent {
    let words = |kind| about::fed(event, kind).into_iter().map(str::to_owned).collect();
    let name = event.name_in(TARGET);
    MappedEvent {
        event: event.path.clone(),
        name: name.to_owned(),
        label: plan.shown(&event.label, &event.name).to_owned(),
        description: event.docs.clone(),
        status: event.status.clone(),
        owner: event.owner.clone().unwrap_or_default(),
        sent_by: event.sent_by.join(", "),
        key_event: is_conversion(plan, event),
        recommended: RECOMMENDED.iter().any(|(own, _)| *own == name),
        stages: words("stage"),
        kpis: words("kpi"),
        parameters: parameters(plan, event),
    }
}

/// Whether an event brings to a stage that is the conversion.
fn is_conversion(plan: &Plan, event: &EventPlan) -> bool {
    let mut stages = plan.funnels.iter().flat_map(|funnel| &funnel.stages).filter(|stage| stage.converts);
    stages.any(|stage| stage.enter.as_ref().is_some_and(|enter| brings(&enter.tree, &event.path)))
}

/// Whether an event makes a trigger happen; what must not happen does not.
fn brings(trigger: &Tree, event: &str) -> bool {
    let is_named = matches!(&trigger.value, Some(Value::Ref(own)) if own.path == event);
    !matches!(trigger.op, "no" | "not") && (is_named || trigger.args.iter().any(|inner| brings(inner, event)))
}

/// What an event sends, and after `items` what each of them holds.
fn parameters(plan: &Plan, event: &EventPlan) -> Vec<Parameter> {
    let own = event.properties.iter().map(|own| (own, ""));
    let of_variants =
        event.variants.iter().flat_map(|variant| variant.properties.iter().map(|own| (own, variant.name.as_str())));
    let with_members = |(own, variant): (&PropertyPlan, &str)| {
        let members = items(plan, own).unwrap_or_default().iter();
        let members = members.map(|member| parameter(member, "item", variant)).collect::<Vec<_>>();
        std::iter::once(parameter(own, "event", variant)).chain(members).collect::<Vec<_>>()
    };
    own.chain(of_variants).flat_map(with_members).collect()
}

fn parameter(own: &PropertyPlan, scope: &'static str, variant: &str) -> Parameter {
    let kind = kind(own);
    let name = own.name_in(TARGET);
    Parameter {
        property: own.path.clone(),
        name: name.to_owned(),
        scope,
        kind,
        required: own.required,
        variant: variant.to_owned(),
        definition: if scope != "user" && BUILT_IN.contains(&name) { "" } else { definition(kind, scope) },
        personal_data: own.pii.clone().unwrap_or_default(),
        purpose: about::purpose(own).unwrap_or_default(),
        description: own.docs.clone(),
    }
}

fn kind(own: &PropertyPlan) -> &'static str {
    match own.json_type {
        "integer" | "number" => "number",
        _ if is_items(own) => "items",
        _ => "text",
    }
}

fn definition(kind: &str, scope: &str) -> &'static str {
    match kind {
        "items" => "",
        "number" if scope == "event" => "metric",
        _ => "dimension",
    }
}

fn is_items(own: &PropertyPlan) -> bool {
    own.name_in(TARGET) == "items" && matches!(own.kind, Some(Type::List(_)))
}

/// What each of the items of an event holds.
fn items<'p>(plan: &'p Plan, own: &PropertyPlan) -> Option<&'p [PropertyPlan]> {
    let Some(Type::List(inner)) = own.kind.as_ref().filter(|_| is_items(own)) else { return None };
    match &**inner {
        Type::Named(path) => plan.type_at(path).map(|own| own.members.as_slice()),
        _ => None,
    }
}

// ---- the table

const HEADINGS: &[&str] = &[
    "event",
    "GA4 event",
    "label",
    "status",
    "owner",
    "key event",
    "recommended",
    "stages",
    "KPIs",
    "property",
    "GA4 name",
    "scope",
    "type",
    "required",
    "variant",
    "custom definition",
    "personal data",
    "purpose",
    "description",
];

/// The mapping as a table: a row for each parameter.
pub(super) fn table(plan: &Plan) -> Vec<u8> {
    let mapping = mapping(plan);
    let mut rows = vec![HEADINGS.iter().map(|own| (*own).to_owned()).collect()];
    for event in &mapping.events {
        if event.parameters.is_empty() {
            rows.push(row(Some(event), None));
        }
        rows.extend(event.parameters.iter().map(|own| row(Some(event), Some(own))));
    }
    rows.extend(mapping.user_properties.iter().map(|own| row(None, Some(own))));
    csv::table(rows)
}

fn row(event: Option<&MappedEvent>, own: Option<&Parameter>) -> Vec<String> {
    let of_event = |event: &MappedEvent| {
        [
            event.event.clone(),
            event.name.clone(),
            event.label.clone(),
            event.status.clone(),
            event.owner.clone(),
            csv::yes(event.key_event),
            csv::yes(event.recommended),
            event.stages.join("\n"),
            event.kpis.join("\n"),
        ]
    };
    let of_parameter = |own: &Parameter| {
        [
            own.property.clone(),
            own.name.clone(),
            own.scope.to_owned(),
            own.kind.to_owned(),
            csv::yes(own.required),
            own.variant.clone(),
            own.definition.to_owned(),
            own.personal_data.clone(),
            own.purpose.clone(),
            own.description.clone(),
        ]
    };
    let event = event.map(of_event).unwrap_or_default();
    event.into_iter().chain(own.map(of_parameter).unwrap_or_default()).collect()
}

// ---- what is lost

/// What Google Analytics drops, forbids or cannot hold.
pub(super) fn approximations(plan: &Plan) -> Vec<Approximation> {
    let mut found = loss::of_equal_names(plan, TARGET, |_| "");
    for event in &plan.events {
        found.extend(of_event_name(event));
        found.extend(of_count(event));
        found.extend(of_value(event));
        found.extend(of_recommended(event));
        event.all_properties().for_each(|own| of_parameter(plan, own, &mut found));
    }
    found.extend(of_user_properties(plan));
    found.extend(of_definitions(plan));
    found
}

fn lost(path: &str, message: Message) -> Approximation {
    Approximation { target: TARGET, path: path.to_owned(), message }
}

/// Names are letters, digits and `_`, begin with a letter, and are not too long.
fn fits(name: &str, most: usize) -> bool {
    name.starts_with(char::is_alphabetic)
        && name.chars().all(|own| own.is_alphanumeric() || own == '_')
        && name.chars().count() <= most
}

fn is_reserved(name: &str, reserved: &[&str]) -> bool {
    reserved.contains(&name) || RESERVED_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

fn of_event_name(event: &EventPlan) -> Option<Approximation> {
    let name = event.name_in(TARGET);
    let is_own = matches!((event.class.as_str(), name), ("page", "page_view") | ("screen", "screen_view"));
    let message = if !fits(name, MAX_NAME) {
        say!(
            "Google Analytics drops events whose name is not of letters, digits and `_`, beginning with a letter, {most} characters at most: give `{event}` another name: `named … in ga4`",
            most = MAX_NAME,
            event = event.path
        )
    } else if is_reserved(name, RESERVED_EVENTS) && !is_own {
        say!(
            "Google Analytics keeps the name `{name}` for what it collects itself: give `{event}` another name: `named … in ga4`",
            name,
            event = event.path
        )
    } else {
        return None;
    };
    Some(lost(&event.path, message))
}

fn of_count(event: &EventPlan) -> Option<Approximation> {
    let count = event.all_properties().filter(|own| !is_items(own)).count();
    let message = say!(
        "Google Analytics takes {most} parameters of an event, and `{event}` has {count}: what is beyond is dropped",
        most = MAX_PARAMETERS,
        event = event.path,
        count
    );
    (count > MAX_PARAMETERS).then(|| lost(&event.path, message))
}

fn has(event: &EventPlan, name: &str) -> bool {
    event.all_properties().any(|own| own.name_in(TARGET) == name)
}

fn of_value(event: &EventPlan) -> Option<Approximation> {
    let message = say!(
        "Google Analytics counts `value` only beside `currency`, which `{event}` does not send",
        event = event.path
    );
    (has(event, "value") && !has(event, "currency")).then(|| lost(&event.path, message))
}

fn of_recommended(event: &EventPlan) -> Vec<Approximation> {
    let name = event.name_in(TARGET);
    let needed = RECOMMENDED.iter().find(|(own, _)| *own == name).map_or(&[][..], |(_, needed)| needed);
    let missing = needed.iter().filter(|needed| !has(event, needed));
    let message = |parameter: &&str| {
        say!(
            "the reports of Google Analytics on `{name}` need `{parameter}`, which `{event}` does not send",
            name,
            parameter,
            event = event.path
        )
    };
    missing.map(|parameter| lost(&event.path, message(parameter))).collect()
}

fn of_parameter(plan: &Plan, own: &PropertyPlan, found: &mut Vec<Approximation>) {
    found.extend(of_name(own, MAX_NAME, RESERVED_PARAMETERS));
    found.extend(of_personal_data(own));
    found.extend(of_long_value(own));
    match items(plan, own) {
        Some(members) => {
            let laws =
                |member| of_name(member, MAX_NAME, RESERVED_PARAMETERS).into_iter().chain(of_personal_data(member));
            found.extend(members.iter().flat_map(laws));
            found.extend(of_items(own, members));
        }
        None => found.extend(of_shape(own)),
    }
}

/// A name that is dropped: it breaks the rules, or is kept for Google itself.
fn of_name(own: &PropertyPlan, most: usize, reserved: &[&str]) -> Option<Approximation> {
    let name = own.name_in(TARGET);
    let message = say!(
        "Google Analytics drops what is called `{name}`: a name is of letters, digits and `_`, begins with a letter, has {most} characters at most and is not one of its own; give `{own}` another: `named \"…\" in ga4`",
        name,
        most,
        own = own.path
    );
    (!fits(name, most) || is_reserved(name, reserved)).then(|| lost(&own.path, message))
}

fn of_personal_data(own: &PropertyPlan) -> Option<Approximation> {
    let pii = own.pii.as_deref().filter(|pii| FORBIDDEN.contains(pii))?;
    let message = say!(
        "Google forbids to send it what tells who a person is: `{own}` is personal data (`{pii}`); leave it out there",
        own = own.path,
        pii
    );
    Some(lost(&own.path, message))
}

fn of_long_value(own: &PropertyPlan) -> Option<Approximation> {
    let Some(Value::Range(length)) = own.length.as_ref().or(own.range.as_ref().filter(|_| own.json_type == "string"))
    else {
        return None;
    };
    let Value::Number(longest) = &length.to else { return None };
    let is_cut = longest.parse::<f64>().is_ok_and(|longest| longest > f64::from(MAX_VALUE));
    let message = say!(
        "Google Analytics cuts texts after {most} characters, and `{own}` may have {longest}",
        most = MAX_VALUE,
        own = own.path,
        longest
    );
    (is_cut && !LONG.contains(&own.name_in(TARGET))).then(|| lost(&own.path, message))
}

fn of_items(own: &PropertyPlan, members: &[PropertyPlan]) -> Option<Approximation> {
    let is_named = members.iter().any(|member| matches!(member.name_in(TARGET), "item_id" | "item_name"));
    let message = say!(
        "Google Analytics tells items by `item_id` or `item_name`, and those of `{own}` have neither",
        own = own.path
    );
    (!is_named).then(|| lost(&own.path, message))
}

fn of_shape(own: &PropertyPlan) -> Option<Approximation> {
    let message = say!(
        "Google Analytics takes texts and numbers, and objects only as `items`: `{own}` is a text there, or nothing",
        own = own.path
    );
    matches!(own.json_type, "array" | "object").then(|| lost(&own.path, message))
}

fn of_user_properties(plan: &Plan) -> Vec<Approximation> {
    let mut found = Vec::new();
    for profile in &plan.profiles {
        if let Some(group) = &profile.group {
            let message = say!("Google Analytics knows no groups: what is known of `{group}` is left out", group);
            found.push(lost(group, message));
            continue;
        }
        let count = profile.traits.len();
        if count > MAX_USER_PROPERTIES {
            let message = say!(
                "Google Analytics takes {most} user properties, and there are {count}: what is beyond is dropped",
                most = MAX_USER_PROPERTIES,
                count
            );
            found.push(lost(&profile.traits[MAX_USER_PROPERTIES].path, message));
        }
        for own in &profile.traits {
            found.extend(of_name(own, MAX_USER_NAME, RESERVED_USER_PROPERTIES));
            found.extend(of_personal_data(own));
            found.extend(of_shape(own));
        }
    }
    found
}

/// What has to be registered before a report can show it, each once a name.
fn of_definitions(plan: &Plan) -> Vec<Approximation> {
    let all = plan.events.iter().flat_map(|event| parameters(plan, event)).collect::<Vec<_>>();
    let mut found = Vec::new();
    for kind in ["dimension", "metric"] {
        let names: BTreeSet<&str> = all
            .iter()
            .filter(|own| own.scope == "event" && own.definition == kind)
            .map(|own| own.name.as_str())
            .collect();
        if names.len() > MAX_DEFINITIONS {
            let message = say!(
                "Google Analytics takes {most} custom definitions of a kind, and the plan needs {count} ({kind}): reports cannot show the rest",
                most = MAX_DEFINITIONS,
                count = names.len(),
                kind
            );
            found.push(lost(&plan.project, message));
        }
    }
    found
}
