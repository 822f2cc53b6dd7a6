//! JSON Lines: one finding a line as `json` writes it, then a line with the summary. For readers that stream.

use std::io::{Result, Write};

use serde::Serialize;

use super::json::{Finding, Summary};
use super::{Format, Report};

pub(super) const FORMAT: Format =
    Format { name: "jsonl", about: "one JSON object on a line for each finding, then a summary", render };

#[derive(Serialize)]
struct Last {
    summary: Summary,
}

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    for diagnostic in report.diagnostics {
        line(out, &Finding::of(report, diagnostic))?;
    }
    line(out, &Last { summary: Summary::of(report) })
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    writeln!(out)
}
