//! What stands in the comments of a client: what the spec says of an event and its properties, and what they are for.

use indexmap::IndexMap;

use super::quote;
use crate::emit::tracking::plain;
use crate::plan::value::{Type, Value};
use crate::plan::{EventPlan, Plan, PropertyPlan, TypePlan};

/// The most of one kind that are named; the plan for people has them all.
const MAX_NAMED: usize = 8;

/// A label in the default language; nothing where there is none.
pub(super) fn label(plan: &Plan, label: &IndexMap<String, String>) -> String {
    let default = plan.languages.first().map_or("en", String::as_str);
    label.get(default).or_else(|| label.values().next()).map(|own| quote::line(own)).unwrap_or_default()
}

/// What an event is, who answers for it and what it feeds.
pub(super) fn event(plan: &Plan, event: &EventPlan) -> Vec<String> {
    let mut lines = vec![label(plan, &event.label)];
    lines.retain(|line| !line.is_empty());
    paragraph(&mut lines, quote::lines(&event.docs));
    let mut facts = vec![format!("Sent as `{}`{}.", quote::line(&event.wire_name), by(&event.sent_by))];
    facts.extend(event.owner.iter().map(|owner| format!("Owner: {owner}.")));
    facts.extend((event.status != "live").then(|| format!("Status: {}.", event.status)));
    facts.extend(feeds(event));
    paragraph(&mut lines, facts);
    lines
}

/// What a declared type is.
pub(super) fn declared(plan: &Plan, own: &TypePlan) -> Vec<String> {
    let mut lines = vec![label(plan, &own.label)];
    lines.retain(|line| !line.is_empty());
    paragraph(&mut lines, quote::lines(&own.docs));
    lines
}

fn paragraph(lines: &mut Vec<String>, more: Vec<String>) {
    if !lines.is_empty() && !more.is_empty() {
        lines.push(String::new());
    }
    lines.extend(more);
}

fn by(senders: &[String]) -> String {
    if senders.is_empty() { String::new() } else { format!(" by {}", senders.join(", ")) }
}

/// What it feeds, a line for each kind.
fn feeds(event: &EventPlan) -> Vec<String> {
    let mut kinds: IndexMap<&str, Vec<String>> = IndexMap::new();
    for feed in &event.feeds {
        kinds.entry(feed.kind).or_default().push(format!("`{}`", feed.path));
    }
    let line = |(kind, paths): (&str, Vec<String>)| {
        let more = paths.len().saturating_sub(MAX_NAMED);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("Feeds {kind}: {}{rest}.", paths[..paths.len() - more].join(", "))
    };
    kinds.into_iter().map(line).collect()
}

/// What a property is, within which bounds, whether it is personal, and how it is sent where its name is another one.
pub(super) fn property(plan: &Plan, own: &PropertyPlan, name: &str) -> Vec<String> {
    let mut lines = quote::lines(&own.docs);
    lines.extend((own.wire_name != name).then(|| format!("Sent as `{}`.", quote::line(&own.wire_name))));
    lines.extend(own.kind.as_ref().and_then(|kind| form(plan, kind)));
    let unit = match own.json_type {
        "array" => " items",
        "string" if !is_time(own) => " characters",
        _ => "",
    };
    lines.extend(own.range.as_ref().map(|range| bounds(range, unit)));
    lines.extend(own.length.as_ref().map(|length| bounds(length, " characters")));
    lines.extend(own.pattern.as_ref().map(|pattern| format!("Matches `{}`.", quote::line(pattern))));
    lines.extend(own.unit.as_ref().map(|unit| format!("Unit: {}.", quote::line(unit))));
    lines.extend(own.default.as_ref().map(|default| format!("Default: {}.", quote::line(&plain(default)))));
    lines.extend(own.pii.as_ref().map(|pii| format!("Personal data: {pii}.")));
    lines.extend(own.purpose.as_ref().map(purpose));
    lines
}

/// Whether a range is of days or times, not of characters.
fn is_time(own: &PropertyPlan) -> bool {
    matches!(&own.kind, Some(Type::Scalar(scalar)) if matches!(scalar.as_str(), "date" | "datetime" | "time"))
}

fn bounds(range: &Value, unit: &str) -> String {
    match range {
        Value::Range(range) => format!("From {} to {}{unit}.", plain(&range.from), plain(&range.to)),
        other => format!("{}{unit}.", plain(other)),
    }
}

fn purpose(purpose: &Value) -> String {
    match purpose {
        Value::Ref(consent) => format!("Purpose: consent `{}`.", consent.path),
        other => format!("Purpose: {}.", quote::line(&plain(other))),
    }
}

/// How a value is written that JSON has no type for.
fn form(plan: &Plan, kind: &Type) -> Option<String> {
    let scalar = match kind {
        Type::List(inner) => return form(plan, inner),
        Type::Scalar(scalar) => scalar.as_str(),
        _ => return None,
    };
    let said = match scalar {
        "money" => return plan.currency.as_ref().map(|currency| format!("An amount in {currency}.")),
        "percent" => "A share: 0.125 is 12.5%.",
        "duration" => "In seconds.",
        "date" => "A day: 2027-03-31.",
        "datetime" => "A moment: 2027-03-31T21:00:00Z.",
        "time" => "A time of day: 21:00.",
        "country" => "A country code: SA.",
        "currency" => "A currency code: SAR.",
        "language" => "A language tag: pt-BR.",
        "url" => "An address on the web.",
        _ => return None,
    };
    Some(said.to_owned())
}
