//! One line a finding, as compilers write them: editors and `grep` read it.

use std::io::{Result, Write};

use super::text::{Place, one_line, sentence};
use super::{Format, Report};

pub(super) const FORMAT: Format = Format { name: "concise", about: "one line for each finding", render };

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    let unicode = report.style.unicode;
    for diagnostic in report.diagnostics {
        if let Some(span) = diagnostic.span() {
            let Place { file, start, .. } = Place::of(report.sources, span);
            write!(out, "{}:{}:{}: ", one_line(file, unicode), start.line, start.column)?;
        }
        let message = sentence(report, &diagnostic.message);
        writeln!(out, "{}[{} {}]: {message}", diagnostic.severity.word(), diagnostic.code.id, diagnostic.code.name)?;
    }
    Ok(())
}
