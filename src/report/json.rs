//! The findings as one JSON document; its schema is published as `book/src/schemas/diagnostics.schema.json`.
//!
//! Columns count Unicode scalar values from 1; an end is one past the last character.

use std::io::{Result, Write};

use serde::{Serialize, Serializer};

use super::text::Place;
use super::{Counts, Format, Report};
use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Safety};
use crate::source::{Position, Sources};

pub(super) const FORMAT: Format = Format { name: "json", about: "one JSON document with a published schema", render };

/// Raised when a reader of the old form could misread the new one.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    diagnostics: Findings<'r>,
    summary: Summary,
}

/// Every finding of a report, made one by one as they are written: there may be a million.
struct Findings<'r>(&'r Report<'r>);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.diagnostics.iter().map(|diagnostic| Finding::of(self.0, diagnostic)))
    }
}

/// One finding, as `json` and `jsonl` write it.
#[derive(Serialize)]
pub(super) struct Finding<'r> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: String,
    help: Option<String>,
    spans: Vec<Spot<'r>>,
    fixes: Vec<Change<'r>>,
    page: String,
}

#[derive(Serialize)]
struct Spot<'r> {
    file: &'r str,
    start: Point,
    end: Point,
    label: String,
    primary: bool,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
}

#[derive(Serialize)]
struct Change<'r> {
    title: String,
    safety: &'static str,
    edits: Vec<Replacement<'r>>,
}

#[derive(Serialize)]
struct Replacement<'r> {
    file: &'r str,
    start: Point,
    end: Point,
    #[serde(rename = "replacement")]
    text: &'r str,
}

/// What a whole report adds up to.
#[derive(Serialize)]
pub(super) struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
    hidden: usize,
}

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    write_pretty(out, &Document { version: VERSION, diagnostics: Findings(report), summary: Summary::of(report) })
}

/// Writes indented JSON and a newline.
pub(super) fn write_pretty(out: &mut dyn Write, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}

impl Summary {
    pub(super) fn of(report: &Report<'_>) -> Self {
        let Counts { errors, warnings, notes } = Counts::of(report.diagnostics);
        Self { errors, warnings, notes, hidden: report.hidden }
    }
}

impl<'r> Finding<'r> {
    pub(super) fn of(report: &Report<'r>, diagnostic: &'r Diagnostic) -> Self {
        Self {
            code: diagnostic.code.id,
            name: diagnostic.code.name,
            severity: diagnostic.severity.word(),
            message: report.say(&diagnostic.message),
            help: diagnostic.help.as_ref().map(|help| report.say(help)),
            spans: diagnostic.labels.iter().map(|label| Spot::of(report, label)).collect(),
            fixes: diagnostic.fixes.iter().map(|fix| Change::of(report, fix)).collect(),
            page: diagnostic.code.page(),
        }
    }
}

impl<'r> Spot<'r> {
    fn of(report: &Report<'r>, label: &Label) -> Self {
        let Place { file, start, end } = Place::of(report.sources, label.span);
        Self { file, start: start.into(), end: end.into(), label: report.say(&label.text), primary: label.primary }
    }
}

impl<'r> Change<'r> {
    fn of(report: &Report<'r>, fix: &'r Fix) -> Self {
        let safety = match fix.safety {
            Safety::Safe => "safe",
            Safety::Unsafe => "unsafe",
        };
        let edits = fix.edits.iter().map(|edit| Replacement::of(report.sources, edit)).collect();
        Self { title: report.say(&fix.title), safety, edits }
    }
}

impl<'r> Replacement<'r> {
    fn of(sources: &'r Sources, edit: &'r Edit) -> Self {
        let Place { file, start, end } = Place::of(sources, edit.span);
        Self { file, start: start.into(), end: end.into(), text: &edit.replacement }
    }
}

impl From<Position> for Point {
    fn from(position: Position) -> Self {
        Self { line: position.line, column: position.column }
    }
}
