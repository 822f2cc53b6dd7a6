//! For programs; the form is published as a JSON Schema.

use serde_json::{Value, json};

use super::{Format, Report};
use crate::doctor::checks::CHECKS;

pub(super) const FORMAT: Format = Format { name: "json", about: "for programs; its schema is published", render };

/// Raised when a reader of the old form could misread the new one.
const VERSION: u32 = 1;

fn render(report: &Report<'_>) -> String {
    let log = &report.examined.log;
    let finding = |(check, own): &(&str, crate::doctor::Finding)| {
        let mut finding = json!({
            "check": check,
            "weight": own.weight.word(),
            "message": own.says.said(report.language),
            "help": own.help.said(report.language),
        });
        if let Some(rows) = own.rows {
            finding["rows"] = json!(rows);
        }
        finding
    };
    let document = json!({
        "version": VERSION,
        "log": {
            "files": log.files.iter().map(|file| file.path.display().to_string()).collect::<Vec<_>>(),
            "rows": log.rows,
            "unreadable": log.unreadable,
            "names": log.names,
        },
        "fails": report.examined.fails(),
        "findings": report.examined.findings.iter().map(finding).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

/// The schema of the document.
pub fn schema() -> Value {
    let text = json!({ "type": "string" });
    let count = json!({ "type": "integer", "minimum": 0 });
    let object = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
    let finding = object(
        json!({
            "check": { "enum": names }, "weight": { "enum": ["problem", "doubt", "note"] }, "message": text,
            "help": text, "rows": count,
        }),
        &["check", "weight", "message", "help"],
    );
    let log = object(
        json!({
            "files": { "type": "array", "items": text }, "rows": count, "unreadable": count,
            "names": { "type": "object", "additionalProperties": count },
        }),
        &["files", "rows", "unreadable", "names"],
    );
    let mut whole = object(
        json!({
            "version": { "const": VERSION }, "log": log, "fails": { "type": "boolean" },
            "findings": { "type": "array", "items": finding },
        }),
        &["version", "log", "fails", "findings"],
    );
    whole["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    whole["$id"] = json!("https://funnelc.github.io/book/schemas/doctor.schema.json");
    whole["title"] = json!("funnelc doctor --format json");
    whole
}
