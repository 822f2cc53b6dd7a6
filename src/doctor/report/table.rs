//! For people: what the log holds, then the findings, heaviest first, each with what to do.

use std::fmt::Write as _;

use funnelc_engine::time::{DAY, show};

use super::{Format, Report};
use crate::diagnostic::Message;
use crate::doctor::{Finding, Weight};
use crate::report::text::{isolated_in, one_line};
use crate::{count, say};

pub(super) const FORMAT: Format = Format { name: "table", about: "for people", render };

/// The column in which the words of a finding begin.
const INDENT: usize = 14;

fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let log = &report.examined.log;
    let day = |day: Option<&i64>| day.map(|day| show(day.saturating_mul(DAY)).chars().take(10).collect::<String>());
    let rows = count!("{n} row", "{n} rows", usize::try_from(log.rows).unwrap_or(usize::MAX));
    let files = count!("{n} file", "{n} files", log.files.len());
    let span = day(log.days.keys().next()).zip(day(log.days.keys().next_back()));
    let head = match span {
        Some((from, until)) => say!("{rows} in {files}, {from} to {until}", rows, files, from, until),
        None => say!("{rows} in {files}", rows, files),
    };
    // Writing to a string cannot fail.
    let _ = writeln!(out, "{}", said(report, &head));
    for (check, finding) in &report.examined.findings {
        write(report, check, finding, &mut out);
    }
    let of = |weight: Weight| report.examined.findings.iter().filter(|(_, own)| own.weight == weight).count();
    let end = match (of(Weight::Problem), of(Weight::Doubt)) {
        (0, 0) => say!("the log fits the spec"),
        (0, doubts) => count!("{n} doubt: numbers can be wrong", "{n} doubts: numbers can be wrong", doubts),
        (problems, _) => {
            count!("{n} problem: numbers would be wrong", "{n} problems: numbers would be wrong", problems)
        }
    };
    let _ = writeln!(out, "\n{}", said(report, &end));
    out
}

fn write(report: &Report<'_>, check: &str, finding: &Finding, out: &mut String) {
    let (color, sign) = match (finding.weight, report.style.unicode) {
        (Weight::Problem, true) => ("31", "✗"),
        (Weight::Problem, false) => ("31", "x"),
        (Weight::Doubt, _) => ("33", "?"),
        (Weight::Note, _) => ("36", "-"),
    };
    let paint = |code: &str, text: &str| {
        if report.style.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let rows = finding.rows.map(|rows| rows.to_string()).unwrap_or_default();
    let says = said(report, &finding.says);
    let _ = writeln!(out, "\n{} {rows:>10}  {says}  {}", paint(color, sign), paint("2", check));
    let help = said(report, &finding.help);
    let _ = writeln!(out, "{:INDENT$}{help}", "");
}

/// Words on one line: what a log holds cannot act on the screen.
fn said(report: &Report<'_>, message: &Message) -> String {
    let unicode = report.style.unicode;
    isolated_in(report.language, unicode, &one_line(&message.said(report.language), unicode))
}
