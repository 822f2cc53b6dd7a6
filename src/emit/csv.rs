//! The plan as one table for spreadsheets: a row for each property of an event, each trait and each member of a declared
//! type, in UTF-8 with the mark that spreadsheets know it by, lines and quotes as in RFC 4180.
//!
//! A cell never begins with a sign that makes a formula of it: an apostrophe stands before it, which `funnelc import csv`
//! takes away again.

use serde_json::Value as Json;

use super::{about, json_schema};
use crate::plan::value::{Type, Value};
use crate::plan::{EventPlan, Plan, PropertyPlan};

/// The mark of UTF-8.
const MARK: &str = "\u{feff}";

/// Rows as CSV.
pub(crate) fn table(rows: Vec<Vec<String>>) -> Vec<u8> {
    let mut writer =
        ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(MARK.as_bytes().to_vec());
    for row in rows {
        // A vector takes every byte.
        let _ = writer.write_record(row.iter().map(|cell| guarded(cell)));
    }
    writer.into_inner().unwrap_or_default()
}

/// The signs that a formula begins with, the wide ones too, what spreadsheets pass over before it, and the guard.
pub(crate) const FORMULA: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '\''];

/// A cell that no spreadsheet runs: plain numbers stay.
fn guarded(cell: &str) -> String {
    let is_number = cell
        .strip_prefix('-')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'));
    if cell.starts_with(FORMULA) && !is_number { format!("'{cell}") } else { cell.to_owned() }
}

/// A mark: `yes`, or nothing.
pub(super) fn yes(holds: bool) -> String {
    if holds { "yes".to_owned() } else { String::new() }
}

/// The columns of a row before those of the property; labels in other languages follow the first.
const EVENT: &[&str] = &[
    "event",
    "event type",
    "event name",
    "event description",
    "status",
    "use instead",
    "owner",
    "owner contact",
    "sent by",
    "once per",
    "stages",
    "kpis",
    "feeds",
    "examples",
];
const PROPERTY: &[&str] = &[
    "property",
    "property name",
    "type",
    "required",
    "variant",
    "allowed values",
    "minimum",
    "maximum",
    "pattern",
    "default",
    "unit",
    "personal data",
    "purpose",
    "deprecated",
    "property description",
    "names elsewhere",
];

/// The plan.
pub(super) fn plan(plan: &Plan) -> Vec<u8> {
    let mut rows = vec![headings(plan)];
    for event in &plan.events {
        let (own, labels) = (event_cells(plan, event), labels(plan, |lang| event.label.get(lang)));
        let head = || own.iter().chain(&labels).cloned();
        let variants = event.variants.iter().flat_map(|variant| {
            let told =
                variant.when.as_ref().map_or(variant.name.clone(), |when| format!("{}: {}", variant.name, when.text));
            variant.properties.iter().map(move |own| (own, told.clone()))
        });
        let properties: Vec<_> = event.properties.iter().map(|own| (own, String::new())).chain(variants).collect();
        if properties.is_empty() {
            rows.push(head().chain(PROPERTY.iter().map(|_| String::new())).collect());
        }
        rows.extend(properties.iter().map(|(own, variant)| head().chain(property_cells(own, variant)).collect()));
    }
    rows.extend(profile_rows(plan));
    rows.extend(type_rows(plan));
    table(rows)
}

fn headings(plan: &Plan) -> Vec<String> {
    let mut labels = plan.languages.iter().enumerate().map(|(at, lang)| match at {
        0 => "event label".to_owned(),
        _ => format!("event label ({lang})"),
    });
    let words = |all: &[&str]| all.iter().map(|own| (*own).to_owned()).collect::<Vec<_>>();
    let mut made = words(EVENT);
    made.extend(labels.by_ref());
    made.extend(words(PROPERTY));
    made
}

/// A label in each language of the project.
fn labels<'p>(plan: &Plan, of: impl Fn(&str) -> Option<&'p String>) -> Vec<String> {
    plan.languages.iter().map(|lang| of(lang).cloned().unwrap_or_default()).collect()
}

fn event_cells(plan: &Plan, event: &EventPlan) -> Vec<String> {
    let owner = event.owner.clone().unwrap_or_default();
    let others = event.feeds.iter().filter(|feed| !matches!(feed.kind, "stage" | "kpi"));
    let labels = about::labels(plan, event);
    vec![
        event.wire_name.clone(),
        event.class.clone(),
        event.path.clone(),
        event.docs.clone(),
        event.status.clone(),
        event.successor.clone().unwrap_or_default(),
        owner.clone(),
        about::lead(plan, &owner).unwrap_or_default().to_owned(),
        event.sent_by.join(", "),
        labels.get("once_per").cloned().unwrap_or_default(),
        about::fed(event, "stage").join("\n"),
        about::fed(event, "kpi").join("\n"),
        others.map(|feed| format!("{} {}", feed.kind, feed.path)).collect::<Vec<_>>().join("\n"),
        json_schema::examples(event).iter().map(Json::to_string).collect::<Vec<_>>().join("\n"),
    ]
}

fn property_cells(own: &PropertyPlan, variant: &str) -> Vec<String> {
    let (least, most) = bounds(own);
    let default = own.default.as_ref().zip(own.kind.as_ref()).map(|(value, kind)| json_schema::to_json(value, kind));
    let elsewhere = own.wire_names.iter().map(|(destination, name)| format!("{destination}: {name}"));
    vec![
        own.wire_name.clone(),
        own.name.clone(),
        own.kind.as_ref().map_or_else(String::new, type_word),
        yes(own.required),
        variant.to_owned(),
        own.kind.as_ref().map_or_else(String::new, values),
        least,
        most,
        own.pattern.clone().unwrap_or_default(),
        default.map(|own| own.as_str().map_or_else(|| own.to_string(), str::to_owned)).unwrap_or_default(),
        own.unit.clone().unwrap_or_default(),
        own.pii.clone().unwrap_or_default(),
        about::purpose(own).unwrap_or_default(),
        own.deprecated.clone().unwrap_or_default(),
        own.docs.clone(),
        elsewhere.collect::<Vec<_>>().join("\n"),
    ]
}

fn type_word(kind: &Type) -> String {
    match kind {
        Type::Scalar(scalar) => scalar.clone(),
        Type::Enum(_) => "enum".to_owned(),
        Type::List(inner) => format!("list({})", type_word(inner)),
        Type::Named(path) => path.clone(),
    }
}

/// The words of a closed list; where one holds a sign that parts them, or would not stay as it is, each on a line of its
/// own.
fn values(kind: &Type) -> String {
    match kind {
        Type::Enum(members)
            if members.iter().any(|own| own.contains(['|', ',']) || own.trim() != own || own.is_empty()) =>
        {
            members.iter().fold(String::new(), |text, own| format!("{text}{own}\n"))
        }
        Type::Enum(members) => members.join(" | "),
        Type::List(inner) => values(inner),
        Type::Scalar(_) | Type::Named(_) => String::new(),
    }
}

/// Between what and what: of a text how many characters, of a list how many members.
fn bounds(own: &PropertyPlan) -> (String, String) {
    let Some(Value::Range(range)) = own.range.as_ref().or(own.length.as_ref()) else { return Default::default() };
    let plain = Type::Scalar("number".to_owned());
    let cell = |value: &Value| {
        let own = json_schema::to_json(value, own.kind.as_ref().unwrap_or(&plain));
        own.as_str().map_or_else(|| own.to_string(), str::to_owned)
    };
    (cell(&range.from), cell(&range.to))
}

/// What is known of people and of groups; no event is in the first column.
fn profile_rows(plan: &Plan) -> Vec<Vec<String>> {
    let of = |profile: &crate::plan::ProfilePlan| {
        let (group, label) = (profile.group.clone(), labels(plan, |lang| profile.label.get(lang)));
        let head = head_of(if group.is_some() { "group profile" } else { "profile" }, &group.unwrap_or_default(), "");
        let rows = profile
            .traits
            .iter()
            .map(move |own| head.iter().chain(&label).cloned().chain(property_cells(own, "")).collect::<Vec<_>>());
        rows.collect::<Vec<_>>()
    };
    plan.profiles.iter().flat_map(of).collect()
}

/// What declared types are made of.
fn type_rows(plan: &Plan) -> Vec<Vec<String>> {
    let of = |own: &crate::plan::TypePlan| {
        let (head, label) = (head_of("type", &own.path, &own.docs), labels(plan, |lang| own.label.get(lang)));
        let rows = own
            .members
            .iter()
            .map(|member| head.iter().chain(&label).cloned().chain(property_cells(member, "")).collect::<Vec<_>>());
        rows.collect::<Vec<_>>()
    };
    plan.types.iter().flat_map(of).collect()
}

fn head_of(class: &str, name: &str, docs: &str) -> Vec<String> {
    let known = [("event type", class), ("event name", name), ("event description", docs)];
    let cell = |heading: &&str| known.iter().find(|(own, _)| own == heading).map_or("", |(_, words)| words);
    EVENT.iter().map(|heading| cell(heading).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for cell in ["=1+1", "+1", "-a", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "-", "-1-1"] {
            assert_eq!(guarded(cell), format!("'{cell}"));
        }
        for cell in ["", "a=1", "-1", "-0.5", "1", "الطلب"] {
            assert_eq!(guarded(cell), cell);
        }
    }

    #[test]
    fn words_with_signs_between_them_stand_on_lines() {
        let of = |words: &[&str]| values(&Type::Enum(words.iter().map(|own| (*own).to_owned()).collect()));
        assert_eq!(of(&["a", "b"]), "a | b");
        assert_eq!(of(&["a, b"]), "a, b\n");
        assert_eq!(of(&["a|b", "c"]), "a|b\nc\n");
    }
}
