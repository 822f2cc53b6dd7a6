//! Workflow commands of GitHub Actions: findings appear beside the lines of a pull request.

use std::io::{Result, Write};

use super::text::{Place, stand_in};
use super::{Format, Report};
use crate::diagnostic::{Diagnostic, Severity};

pub(super) const FORMAT: Format =
    Format { name: "github", about: "workflow commands that annotate a pull request on GitHub", render };

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    for diagnostic in report.diagnostics {
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let properties: Vec<_> =
            properties(report, diagnostic).iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
        writeln!(out, "::{command} {}::{}", properties.join(","), data(&words(report, diagnostic)))?;
    }
    if report.hidden > 0 {
        writeln!(out, "::notice title=funnelc::{}", report.summary())?;
    }
    Ok(())
}

fn properties(report: &Report<'_>, diagnostic: &Diagnostic) -> Vec<(&'static str, String)> {
    let title = ("title", format!("{} {}", diagnostic.code.id, diagnostic.code.name));
    let Some(span) = diagnostic.span() else {
        return vec![title];
    };
    let Place { file, start, end } = Place::of(report.sources, span);
    let lines = [("file", file.to_owned()), ("line", start.line.to_string()), ("endLine", end.line.to_string())];
    let mut all = Vec::from(lines);
    // The checks API refuses columns on an annotation of several lines.
    if start.line == end.line {
        all.extend([("col", start.column.to_string()), ("endColumn", end.column.to_string())]);
    }
    all.push(title);
    all
}

fn words(report: &Report<'_>, diagnostic: &Diagnostic) -> String {
    match &diagnostic.help {
        Some(help) => format!("{}\n{}", report.say(&diagnostic.message), report.say(help)),
        None => report.say(&diagnostic.message),
    }
}

/// The runner reads only these three back; other control characters would act on whoever views the log.
fn data(text: &str) -> String {
    let seen = |character| if matches!(character, '\n' | '\r') { None } else { stand_in(character, true) };
    let text: String = text.chars().map(|character| seen(character).unwrap_or(character)).collect();
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
