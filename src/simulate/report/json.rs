//! For programs; the form is published as a JSON Schema.

use serde_json::{Value, json};

use super::{Format, Report, What};
use crate::simulate::Life;

pub(super) const FORMAT: Format = Format { name: "json", about: "for programs; its schema is published", render };

/// Raised when a reader of the old form could misread the new one.
const VERSION: u32 = 1;

fn render(report: &Report<'_>) -> String {
    let document = match report.what {
        What::Lives(lives) => {
            json!({ "version": VERSION, "lives": lives.iter().map(|own| life(report, own)).collect::<Vec<_>>() })
        }
        #[cfg(feature = "engine")]
        What::Crowd(own) => json!({ "version": VERSION, "crowd": crowd(own) }),
    };
    format!("{document:#}\n")
}

fn life(report: &Report<'_>, own: &Life) -> Value {
    let entries = own.entries.iter().map(|entry| {
        let mut value = json!({
            "at": own.zone.to_datetime(entry.at).strftime("%Y-%m-%dT%H:%M:%S").to_string() + &offset(own, entry.at),
            "kind": entry.kind.word(),
            "words": entry.words.said(report.language),
        });
        if !entry.sequence.is_empty() {
            value["sequence"] = json!(entry.sequence);
        }
        if !entry.key.is_empty() {
            value["key"] = json!(entry.key);
        }
        if let Some(step) = entry.step {
            value["message"] = json!(entry.message);
            value["title"] = json!(report.title(step));
        }
        value
    });
    json!({
        "who": own.who,
        "zone": own.zone.iana_name().unwrap_or("UTC"),
        "entries": entries.collect::<Vec<_>>(),
        "untold": own.untold,
        "is_cut": own.is_cut,
    })
}

/// The offset of a place's clock, as RFC 3339 writes it.
fn offset(own: &Life, at: jiff::Timestamp) -> String {
    let seconds = own.zone.to_offset(at).seconds();
    let minutes = seconds.abs() / 60;
    format!("{}{:02}:{:02}", if seconds < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

#[cfg(feature = "engine")]
fn crowd(own: &crate::simulate::crowd::Crowd) -> Value {
    let messages = own
        .messages
        .iter()
        .map(|(path, load)| json!({ "path": path, "sent": load.sent, "held": load.held, "skipped": load.skipped }));
    let days = own.days.iter().map(|(day, sent)| json!({ "day": day.to_string(), "sent": sent }));
    let pressure = own.pressure.iter().map(|(messages, people)| json!({ "messages": messages, "people": people }));
    json!({
        "people": own.people,
        "messages": messages.collect::<Vec<_>>(),
        "days": days.collect::<Vec<_>>(),
        "busiest_seven_days": pressure.collect::<Vec<_>>(),
        "untold": own.untold,
    })
}

/// The schema of the document.
pub fn schema() -> Value {
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": text });
    let count = json!({ "type": "integer", "minimum": 0 });
    let kinds = ["happens", "starts", "refused", "turns", "sends", "holds", "skips", "stops", "finishes"];
    let entry = object(
        &json!({
            "at": { "type": "string", "pattern": r"^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$" },
            "kind": { "enum": kinds }, "words": text, "sequence": text, "key": text, "message": text, "title": text,
        }),
        &["at", "kind", "words"],
    );
    let life = object(
        &json!({ "who": text, "zone": text, "entries": list(&entry), "untold": texts, "is_cut": { "type": "boolean" } }),
        &["who", "zone", "entries", "untold", "is_cut"],
    );
    let message = json!({ "path": text, "sent": count, "held": count, "skipped": count });
    let crowd = json!({
        "people": count,
        "messages": list(&object(&message, &["path", "sent", "held", "skipped"])),
        "days": list(&object(&json!({ "day": { "type": "string", "format": "date" }, "sent": count }), &["day", "sent"])),
        "busiest_seven_days": list(&object(&json!({ "messages": count, "people": count }), &["messages", "people"])),
        "untold": texts,
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://funnelc.github.io/book/schemas/simulate.schema.json",
        "title": "What `funnelc simulate --format json` writes",
        "type": "object",
        "properties": {
            "version": { "const": VERSION },
            "lives": list(&life),
            "crowd": object(&crowd, &["people", "messages", "days", "busiest_seven_days", "untold"]),
        },
        "required": ["version"],
        "oneOf": [{ "required": ["lives"] }, { "required": ["crowd"] }],
        "additionalProperties": false,
    })
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn object(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}
