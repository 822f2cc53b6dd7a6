//! For programs; the form is published as a JSON Schema.

use serde_json::{Value, json};

use super::Report;

/// Raised when a reader of the old form could misread the new one.
const VERSION: u32 = 1;

pub(super) fn render(report: &Report<'_>) -> String {
    format!("{:#}\n", document(report))
}

/// The report as data.
pub fn document(report: &Report<'_>) -> Value {
    let notes: Vec<String> = report.notes.iter().map(|note| note.said(report.language)).collect();
    let mut document = json!({ "version": VERSION, "notes": notes });
    if let (Some(own), Ok(Value::Object(numbers))) = (document.as_object_mut(), serde_json::to_value(report.measured)) {
        own.extend(numbers);
    }
    document
}

/// What a value of a KPI has where there is something to say.
const KPI_VALUE: &[&str] = &["by", "group", "period", "value", "profit", "of", "open", "joined", "target", "meets"];

/// The schema of the document.
pub fn schema() -> Value {
    let text = json!({ "type": "string" });
    let count = json!({ "type": "integer", "minimum": 0 });
    let share = json!({ "type": "number", "minimum": 0, "maximum": 1 });
    let seconds = json!({ "type": "number", "minimum": 0 });
    let moment = json!({ "type": "string", "format": "date-time" });
    let list = |items: Value| json!({ "type": "array", "items": items });
    let histogram = json!({ "type": "array", "items": count, "minItems": 12, "maxItems": 12 });
    let time = object(&json!({ "count": count, "median": seconds, "p90": seconds, "histogram": histogram }), &[]);
    let skipped = json!({ "unreadable": count, "no_name": count, "no_time": count, "no_identity": count });
    let spend = json!({
        "rows": count, "unreadable": count, "no_rate": count, "outside": count,
        "unknown_channels": list(text.clone()), "missing_channels": list(text.clone()),
    });
    let log = json!({
        "rows": count, "events": count, "people": count, "accounts": count, "from": moment, "until": moment,
        "skipped": object(&skipped, &[]), "shared_identities": count, "not_numbers": count,
        "unmatched_reversals": count, "no_rate": count, "spend": object(&spend, &[]),
    });
    let stage = json!({
        "path": text, "label": text, "people": count, "entries": count, "visits": count, "mature_visits": count,
        "open_visits": count, "dropped_visits": count, "people_by_entries": list(count.clone()),
    });
    let many = json!({ "type": "number", "minimum": 0 });
    let transition = json!({
        "path": text, "from": text, "to": text, "is_referral": json!({ "type": "boolean" }), "planned": many, "rate": many,
        "exits": count, "of": count, "open": count, "taken": count, "people": count, "time": time,
    });
    let way = json!({
        "from": text, "to": text, "rate": share, "arrived": count, "of": count, "open": count, "time": time,
    });
    let number = json!({ "type": "number" });
    let funnel = json!({
        "path": text, "label": text, "counts_accounts": { "type": "boolean" }, "stages": list(object(&stage, &[])),
        "transitions": list(object(&transition, &["is_referral", "planned", "rate", "time"])),
        "ways": list(object(&way, &["rate", "time"])), "parts": list(part(&text, &many)), "too_many_parts": list(text.clone()),
    });
    let value = json!({
        "by": text, "group": text, "period": text, "value": number, "profit": number, "of": number, "open": many,
        "joined": many, "target": text, "meets": { "type": "boolean" },
    });
    let kpi = json!({
        "path": text, "label": text, "unit": text, "target": text, "unmeasured": text,
        "values": list(object(&value, KPI_VALUE)),
    });
    let goal = json!({
        "path": text, "label": text, "kpi": text, "unit": text, "from": number, "to": number, "planned": number,
        "actual": number, "period": text, "done": number, "forecast": number, "on_track": { "type": "boolean" },
    });
    let goal = object(&goal, &["planned", "actual", "period", "done", "forecast", "on_track"]);
    let variant = json!({
        "name": text, "planned_share": share, "assigned": count, "arrived": count, "of": count, "open": count,
        "rate": share, "low": share, "high": share, "difference": number, "difference_low": number,
        "difference_high": number, "differs": { "type": "boolean" },
    });
    let variant =
        object(&variant, &["rate", "low", "high", "difference", "difference_low", "difference_high", "differs"]);
    let experiment = json!({
        "path": text, "label": text, "from": text, "to": text, "confidence": share, "variants": list(variant),
        "several": count, "unknown": count, "needed": many, "is_powered": { "type": "boolean" },
    });
    let experiment = object(&experiment, &["needed", "is_powered"]);
    let seen = object(&json!({ "seen": count, "of": count, "open": count, "share": share }), &["share"]);
    let cohort = object(&json!({ "period": text, "joined": count, "after": list(seen) }), &[]);
    let retention = json!({
        "stage": text, "every": { "enum": ["day", "week", "month"] }, "segment": text, "is_inside": { "type": "boolean" },
        "cohorts": list(cohort),
    });
    let retention = object(&retention, &["segment", "is_inside"]);
    let event = object(&json!({ "event": text, "visits": count }), &["event"]);
    let next = object(&json!({ "stage": text, "events": list(event) }), &[]);
    let answer = object(&json!({ "choice": text, "people": count }), &[]);
    let survey = object(&json!({ "path": text, "label": text, "answers": list(answer), "no_choice": count }), &[]);
    let attribution = object(&json!({ "journeys": count, "answered": count, "otherwise": text }), &[]);
    let message = json!({
        "path": text, "label": text, "sent": count, "delivered": count, "opened": count, "clicked": count,
        "unsubscribed": count, "converted": count,
    });
    let message = object(&message, &["sent", "delivered", "opened", "clicked", "unsubscribed", "converted"]);
    let whole = json!({
        "version": { "const": VERSION }, "notes": list(text.clone()), "log": object(&log, &["accounts", "from", "until", "spend"]),
        "funnels": list(object(&funnel, &["parts", "too_many_parts"])), "kpis": list(object(&kpi, &["target", "unmeasured"])),
        "messages": list(message), "goals": list(goal), "experiments": list(experiment), "retentions": list(retention), "next": list(next),
        "surveys": list(survey), "attribution": attribution,
    });
    let mut made = object(&whole, &["attribution", "messages"]);
    made["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    made["$id"] = json!("https://funnelc.github.io/book/schemas/measure.schema.json");
    made["title"] = json!("funnelc measure --format json");
    made
}

/// A part of a funnel; its lists are in the order of those of the whole.
fn part(text: &Value, many: &Value) -> Value {
    let list = |items: Value| json!({ "type": "array", "items": items });
    let share = json!({ "type": "number", "minimum": 0, "maximum": 1 });
    let stage = json!({
        "people": many, "entries": many, "visits": many, "mature_visits": many, "open_visits": many,
        "dropped_visits": many,
    });
    let transition = json!({
        "rate": share, "exits": many, "of": many, "open": many, "taken": many, "people": many, "median": many,
    });
    let way = json!({ "rate": share, "arrived": many, "of": many, "open": many });
    let own = json!({
        "channel": text, "segment": text, "period": text, "property": text, "value": text,
        "stages": list(object(&stage, &[])), "transitions": list(object(&transition, &["rate", "median"])),
        "ways": list(object(&way, &["rate"])),
    });
    object(&own, &["channel", "segment", "period", "property", "value"])
}

fn object(properties: &Value, optional: &[&str]) -> Value {
    let names = properties.as_object().into_iter().flat_map(serde_json::Map::keys);
    let required: Vec<&String> = names.filter(|name| !optional.contains(&name.as_str())).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
