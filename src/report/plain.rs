//! Words only: every line says what it is, nothing depends on colour, alignment or drawing. For screen readers and logs.

use std::io::{Result, Write};

use super::text::{Place, fix_line, left_to_right, one_line};
use super::{Format, Report};
use crate::diagnostic::{Diagnostic, Label};

pub(super) const FORMAT: Format =
    Format { name: "plain", about: "several lines of words, without colour or drawing", render };

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    for diagnostic in report.diagnostics {
        finding(report, diagnostic, out)?;
        writeln!(out)?;
    }
    if report.diagnostics.is_empty() { Ok(()) } else { writeln!(out, "{}", report.summary()) }
}

fn finding(report: &Report<'_>, diagnostic: &Diagnostic, out: &mut dyn Write) -> Result<()> {
    let unicode = report.style.unicode;
    let code = diagnostic.code;
    let message = one_line(&diagnostic.message.to_string(), unicode);
    writeln!(out, "{}[{} {}]: {message}", diagnostic.severity.word(), code.id, code.name)?;
    let main = diagnostic.labels.iter().position(|label| label.primary).unwrap_or(0);
    if let Some(label) = diagnostic.labels.get(main) {
        place(report, "at", label, out)?;
    }
    for (_, label) in diagnostic.labels.iter().enumerate().filter(|(index, _)| *index != main) {
        place(report, "see", label, out)?;
    }
    if let Some(help) = &diagnostic.help {
        writeln!(out, "  help: {}", one_line(&help.to_string(), unicode))?;
    }
    for fix in &diagnostic.fixes {
        writeln!(out, "  {}", one_line(&fix_line(fix, unicode), unicode))?;
    }
    writeln!(out, "  page: {}", code.page())
}

fn place(report: &Report<'_>, word: &str, label: &Label, out: &mut dyn Write) -> Result<()> {
    let unicode = report.style.unicode;
    let Place { file, start, .. } = Place::of(report.sources, label.span);
    let file = one_line(file, unicode);
    write!(out, "  {word}: {}:{}:{}", left_to_right(&file, unicode), start.line, start.column)?;
    if label.text.is_empty() {
        return writeln!(out);
    }
    writeln!(out, ": {}", one_line(&label.text.to_string(), unicode))
}
