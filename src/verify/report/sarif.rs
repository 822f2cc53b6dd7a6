//! SARIF 2.1.0, for code scanning and editors: laws are rules, findings are results, and their first places in the logs
//! are where they are.

use std::io::{Result, Write};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Format, Report};
use crate::report::text::path_of_uri;
use crate::verify::{Example, Finding, LAWS};

pub(super) const FORMAT: Format = Format { name: "sarif", about: "SARIF 2.1.0 for code scanning and editors", render };

/// The name under which results carry their fingerprint; the number rises when the way it is made changes.
const FINGERPRINT: &str = "funnelcFingerprint/v1";

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    let results: Vec<Value> = report.findings.findings.iter().map(|finding| result(report, finding)).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver() }, "results": results }],
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn driver() -> Value {
    let rules: Vec<Value> = LAWS
        .iter()
        .map(|law| {
            json!({
                "id": law.word(),
                "shortDescription": { "text": law.about() },
                "defaultConfiguration": { "level": law.severity().word() },
            })
        })
        .collect();
    json!({
        "name": "funnelc verify",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": rules,
    })
}

fn result(report: &Report<'_>, finding: &Finding) -> Value {
    let word = finding.law.word();
    let event = finding.event.as_deref().unwrap_or_default();
    let said = finding.message.said(report.language);
    let of_event = if event.is_empty() { said } else { format!("{event}: {said}") };
    let help = finding.help.as_ref().map(|help| format!("\n{}", help.said(report.language))).unwrap_or_default();
    json!({
        "ruleId": word,
        "ruleIndex": LAWS.iter().position(|law| law.word() == word).unwrap_or_default(),
        "level": finding.severity.word(),
        "message": { "text": of_event + &help },
        "occurrenceCount": finding.count.max(1),
        "locations": finding.examples.iter().map(|example| location(report, example)).collect::<Vec<_>>(),
        "partialFingerprints": { FINGERPRINT: fingerprint(finding) },
    })
}

fn location(report: &Report<'_>, example: &Example) -> Value {
    let log = report.findings.logs.get(example.log).map_or("", |log| log.name.as_str());
    let artifact = if log.starts_with('/') {
        json!({ "uri": format!("file://{}", path_of_uri(log)) })
    } else {
        json!({ "uri": path_of_uri(log), "uriBaseId": "%SRCROOT%" })
    };
    json!({ "physicalLocation": {
        "artifactLocation": artifact,
        "region": { "startLine": example.line, "startColumn": 1, "endLine": example.line, "endColumn": 1 },
    } })
}

/// What stays the same from log to log: the event, the property and the law.
fn fingerprint(finding: &Finding) -> String {
    let parts = [
        finding.law.word(),
        finding.law.kind().unwrap_or_default(),
        finding.event.as_deref().unwrap_or_default(),
        &finding.property,
    ];
    let digest = Sha256::digest(parts.join("\0"));
    digest.iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
