//! GitLab Code Quality: findings appear in the widget of a merge request and beside its lines.

use std::io::{Result, Write};

use serde::Serialize;

use super::text::Place;
use super::{Format, Report, json};
use crate::diagnostic::{Diagnostic, Severity};
use crate::fingerprint::fingerprints;

pub(super) const FORMAT: Format =
    Format { name: "gitlab", about: "Code Quality report for merge requests on GitLab", render };

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location<'r>,
}

#[derive(Serialize)]
struct Location<'r> {
    path: &'r str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    let prints = fingerprints(report.sources, report.diagnostics);
    let issues: Vec<_> =
        report.diagnostics.iter().zip(prints).map(|(found, print)| issue(report, found, print)).collect();
    json::write_pretty(out, &issues)
}

fn issue<'r>(report: &Report<'r>, diagnostic: &Diagnostic, fingerprint: String) -> Issue<'r> {
    let severity = match diagnostic.severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    // A path is required; a finding about the run stands at the root.
    let location = diagnostic.span().map_or(Location { path: ".", lines: Lines { begin: 1, end: 1 } }, |span| {
        let Place { file, start, end } = Place::of(report.sources, span);
        Location { path: file, lines: Lines { begin: start.line, end: end.line } }
    });
    let description = report.say(&diagnostic.message);
    Issue { description, check_name: diagnostic.code.name, fingerprint, severity, location }
}
