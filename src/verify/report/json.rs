//! The findings as one JSON document; its schema is published as `book/src/schemas/verify.schema.json`.

use std::io::{Result, Write};

use serde::Serialize;

use super::{Format, Report};
use crate::language::Language;
use crate::verify::{Example, Finding, Findings, LAWS};

pub(super) const FORMAT: Format = Format { name: "json", about: "one JSON document with a published schema", render };

/// Raised when a reader of the old form could misread the new one.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    verdict: &'static str,
    summary: Summary,
    logs: Vec<Log<'r>>,
    events: Vec<Event<'r>>,
    findings: Vec<Found<'r>>,
}

#[derive(Serialize)]
struct Summary {
    lines: u64,
    bytes: u64,
    unreadable: u64,
    planned: u64,
    invalid: u64,
    unplanned: u64,
    unmodelled: u64,
    further_events: u64,
    further_faults: u64,
}

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "log")]
    name: &'r str,
    shape: &'static str,
    lines: u64,
    bytes: u64,
}

#[derive(Serialize)]
struct Event<'r> {
    #[serde(rename = "event")]
    name: &'r str,
    path: &'r str,
    seen: u64,
    invalid: u64,
}

#[derive(Serialize)]
struct Found<'r> {
    law: &'static str,
    /// Which kind of it, where it has kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'r str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    property: &'r str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    count: u64,
    examples: Vec<Place<'r>>,
}

#[derive(Serialize)]
struct Place<'r> {
    log: &'r str,
    line: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    value: &'r str,
}

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    let own = report.findings;
    let document = Document {
        version: VERSION,
        verdict: if report.fails { "fails" } else { "passes" },
        summary: Summary {
            lines: own.lines,
            bytes: own.bytes,
            unreadable: own.unreadable,
            planned: own.planned,
            invalid: own.invalid,
            unplanned: own.unplanned,
            unmodelled: own.unmodelled,
            further_events: own.further_events,
            further_faults: own.further_faults,
        },
        logs: own
            .logs
            .iter()
            .map(|log| Log { name: &log.name, shape: log.shape, lines: log.lines, bytes: log.bytes })
            .collect(),
        events: own
            .events
            .iter()
            .map(|event| Event {
                name: &event.name,
                path: &event.path,
                seen: event.count.seen,
                invalid: event.count.invalid,
            })
            .collect(),
        findings: own.findings.iter().map(|finding| found(own, finding, report.language)).collect(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn found<'r>(findings: &'r Findings, own: &'r Finding, language: Language) -> Found<'r> {
    Found {
        law: own.law.word(),
        kind: own.law.kind(),
        severity: own.severity.word(),
        event: own.event.as_deref(),
        path: own.path.as_deref(),
        property: &own.property,
        message: own.message.said(language),
        help: own.help.as_ref().map(|help| help.said(language)),
        count: own.count,
        examples: own.examples.iter().map(|example| place(findings, example)).collect(),
    }
}

fn place<'r>(findings: &'r Findings, example: &'r Example) -> Place<'r> {
    let log = findings.logs.get(example.log).map_or("", |log| log.name.as_str());
    Place { log, line: example.line, value: &example.value }
}

/// The JSON Schema (2020-12) of the document.
pub fn schema() -> serde_json::Value {
    use serde_json::json;
    let text = json!({ "type": "string" });
    let count = json!({ "type": "integer", "minimum": 0 });
    let laws: Vec<&str> = LAWS.iter().map(|law| law.word()).collect();
    let object = |properties: serde_json::Value, optional: &[&str]| {
        let names = properties.as_object().into_iter().flat_map(serde_json::Map::keys);
        let required: Vec<&String> = names.filter(|name| !optional.contains(&name.as_str())).collect();
        json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    };
    let summary = object(
        json!({
            "lines": count, "bytes": count, "unreadable": count, "planned": count, "invalid": count, "unplanned": count,
            "unmodelled": count, "further_events": count, "further_faults": count,
        }),
        &[],
    );
    let example =
        object(json!({ "log": text, "line": { "type": "integer", "minimum": 1 }, "value": text }), &["value"]);
    let finding = object(
        json!({
            "law": { "enum": laws }, "kind": text, "severity": { "enum": ["error", "warning", "note"] },
            "event": text, "path": text, "property": text, "message": text, "help": text, "count": count,
            "examples": { "type": "array", "items": example },
        }),
        &["kind", "event", "path", "property", "help"],
    );
    let mut made = object(
        json!({
            "version": { "const": VERSION },
            "verdict": { "enum": ["passes", "fails"] },
            "summary": summary,
            "logs": { "type": "array", "items": object(json!({ "log": text, "shape": text, "lines": count, "bytes": count }), &[]) },
            "events": { "type": "array", "items": object(json!({ "event": text, "path": text, "seen": count, "invalid": count }), &[]) },
            "findings": { "type": "array", "items": finding },
        }),
        &[],
    );
    made["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    made["$id"] = json!("https://funnelc.github.io/book/schemas/verify.schema.json");
    made["title"] = json!("funnelc verify --format json");
    made
}
