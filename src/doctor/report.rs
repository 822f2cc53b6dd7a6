//! Findings about a log as people and machines read them.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{CHECKS, Finding, Severity};
use crate::report::Style;
use crate::report::text::one_line;

/// Raised when a reader of the old form could misread the new one.
const VERSION: u32 = 1;

/// A form of the report.
pub struct Format {
    /// The word on the command line.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Writes it.
    pub render: fn(&[Finding], Style) -> String,
}

/// Every form; the first is the default.
pub const FORMATS: &[Format] = &[
    Format { name: "table", about: "for people", render: table },
    Format { name: "json", about: "for programs; its schema is published", render: json },
];

fn table(findings: &[Finding], style: Style) -> String {
    let mut out = String::new();
    for own in findings {
        let word = match own.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        // The words hold names of the log.
        let _ = writeln!(out, "{word}[{}]: {}", own.check, one_line(&own.words, style.unicode));
        for example in &own.examples {
            let _ = writeln!(out, "    {}", one_line(example, style.unicode));
        }
        let _ = writeln!(out, "  {}\n", own.advice);
    }
    let sound: Vec<&str> =
        CHECKS.iter().map(|check| check.name).filter(|name| findings.iter().all(|own| own.check != *name)).collect();
    if !sound.is_empty() {
        let _ = writeln!(out, "nothing to say of: {}", sound.join(", "));
    }
    out
}

fn json(findings: &[Finding], _: Style) -> String {
    let checks: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
    format!("{:#}\n", json!({ "version": VERSION, "checks": checks, "findings": findings }))
}

/// The schema of the document.
pub fn schema() -> Value {
    let text = json!({ "type": "string" });
    let list = json!({ "type": "array", "items": text });
    let names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
    let finding = json!({
        "type": "object",
        "properties": {
            "check": { "enum": names }, "severity": { "enum": ["error", "warning", "note"] }, "words": text,
            "advice": text, "examples": list,
        },
        "required": ["check", "severity", "words", "advice", "examples"],
        "additionalProperties": false,
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://funnelc.github.io/book/schemas/doctor.schema.json",
        "title": "funnelc doctor --format json",
        "type": "object",
        "properties": {
            "version": { "const": VERSION }, "checks": list, "findings": { "type": "array", "items": finding },
        },
        "required": ["version", "checks", "findings"],
        "additionalProperties": false,
    })
}
