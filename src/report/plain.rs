//! Words only: every line says what it is, nothing depends on colour, alignment or drawing. For screen readers and logs.

use std::io::{Result, Write};

use super::text::{Place, fix_line, isolated, left_to_right, one_line, sentence};
use super::{Format, Report};
use crate::diagnostic::{Diagnostic, Label};
use crate::phrase;

pub(super) const FORMAT: Format =
    Format { name: "plain", about: "several lines of words, without colour or drawing", render };

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    for diagnostic in report.diagnostics {
        finding(report, diagnostic, out)?;
        writeln!(out)?;
    }
    if report.diagnostics.is_empty() { Ok(()) } else { writeln!(out, "{}", isolated(report, &report.summary())) }
}

fn finding(report: &Report<'_>, diagnostic: &Diagnostic, out: &mut dyn Write) -> Result<()> {
    let code = diagnostic.code;
    let message = sentence(report, &diagnostic.message);
    writeln!(out, "{}[{} {}]: {message}", report.language.text(diagnostic.severity.word()), code.id, code.name)?;
    let main = diagnostic.labels.iter().position(|label| label.primary).unwrap_or(0);
    if let Some(label) = diagnostic.labels.get(main) {
        place(report, phrase!("at"), label, out)?;
    }
    for (_, label) in diagnostic.labels.iter().enumerate().filter(|(index, _)| *index != main) {
        place(report, phrase!("see"), label, out)?;
    }
    if let Some(help) = &diagnostic.help {
        writeln!(out, "  {}: {}", report.language.text(phrase!("help")), sentence(report, help))?;
    }
    for fix in &diagnostic.fixes {
        let words = one_line(&fix_line(report, fix), report.style.unicode);
        writeln!(out, "  {}", isolated(report, &words))?;
    }
    writeln!(out, "  {}: {}", report.language.text(phrase!("page")), code.page())
}

fn place(report: &Report<'_>, word: &'static str, label: &Label, out: &mut dyn Write) -> Result<()> {
    let unicode = report.style.unicode;
    let Place { file, start, .. } = Place::of(report.sources, label.span);
    let file = one_line(file, unicode);
    let word = report.language.text(word);
    write!(out, "  {word}: {}:{}:{}", left_to_right(&file, unicode), start.line, start.column)?;
    if label.text.is_empty() {
        return writeln!(out);
    }
    writeln!(out, ": {}", sentence(report, &label.text))
}
