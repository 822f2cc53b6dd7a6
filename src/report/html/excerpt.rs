//! The lines of a finding in the page: numbers beside them, what is pointed at marked, and the words of each label below
//! the line it ends on.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::super::Report;
use super::super::text::clamp;
use super::{escaped, rich};
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{FileId, Source};

/// Labels of more lines than this are shown with their first line only.
const MAX_LINES: u32 = 6;
/// The longest line that is shown whole, in bytes; others are shown around what is pointed at.
const MAX_BYTES: usize = 400;

/// A label cut down to what is shown.
struct Mark<'d> {
    label: &'d Label,
    start: usize,
    end: usize,
    first: u32,
    last: u32,
}

/// Writes the lines of every file that a finding points at, its own first.
pub(super) fn write(report: &Report<'_>, diagnostic: &Diagnostic, page: &mut String) {
    let own = diagnostic.span().map(|span| span.file);
    let mut files: Vec<FileId> = own.into_iter().collect();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    for file in files {
        let source = report.sources.get(file);
        let labels = diagnostic.labels.iter().filter(|label| label.span.file == file);
        let marks: Vec<Mark<'_>> = labels.map(|label| Mark::new(source, label)).collect();
        if Some(file) != own {
            let _ = writeln!(page, "<p class=\"file\"><bdi dir=\"ltr\">{}</bdi></p>", escaped(&source.name));
        }
        lines(report, source, &marks, page);
    }
}

fn lines(report: &Report<'_>, source: &Source, marks: &[Mark<'_>], page: &mut String) {
    page.push_str("<table class=\"code\" dir=\"ltr\">\n");
    let mut before = None;
    for number in numbers(source, marks) {
        if before.is_some_and(|before| before + 1 < number) {
            page.push_str("<tr class=\"gap\"><th>⋯</th><td></td></tr>\n");
        }
        before = Some(number);
        let _ = writeln!(page, "<tr><th>{number}</th><td><pre>{}</pre></td></tr>", line(source, number, marks));
        for mark in marks.iter().filter(|mark| mark.last == number && !mark.label.text.is_empty()) {
            let class = if mark.label.primary { "said primary" } else { "said" };
            let direction = if report.language.is_right_to_left() { "rtl" } else { "ltr" };
            let words = rich(&report.say(&mark.label.text));
            let _ = writeln!(page, "<tr class=\"{class}\"><th></th><td dir=\"{direction}\">{words}</td></tr>");
        }
    }
    page.push_str("</table>\n");
}

impl<'d> Mark<'d> {
    fn new(source: &Source, label: &'d Label) -> Self {
        let (start, mut end) = clamp(source, label.span);
        if end > start && source.text[..end].ends_with('\n') {
            end -= 1;
        }
        let (first, mut last) = (source.position(start as u32).line, source.position(end as u32).line);
        if last - first >= MAX_LINES {
            last = first;
            end = bounds(source, first).1.max(start);
        }
        Self { label, start, end, first, last }
    }
}

/// The lines to show: those of the labels and one on each side.
fn numbers(source: &Source, marks: &[Mark<'_>]) -> BTreeSet<u32> {
    let count = source.lines().len() as u32;
    let count = if source.text.is_empty() || source.text.ends_with('\n') { count - 1 } else { count };
    let around = |mark: &Mark<'_>| {
        let context = mark.first.saturating_sub(1).max(1)..=(mark.last + 1).min(count);
        context.chain(mark.first..=mark.last).collect::<Vec<_>>()
    };
    marks.iter().flat_map(around).collect()
}

/// Byte offsets of the text of a line (from 1), without its line ending.
fn bounds(source: &Source, number: u32) -> (usize, usize) {
    let start = source.lines()[number as usize - 1] as usize;
    (start, start + source.line_text(number).len())
}

/// A line with its marks; a place between two characters is a mark without text.
fn line(source: &Source, number: u32, marks: &[Mark<'_>]) -> String {
    let whole = bounds(source, number);
    let touching: Vec<_> = marks.iter().filter(|mark| mark.start <= whole.1 && mark.end >= whole.0).collect();
    let focus = touching.iter().min_by_key(|mark| !mark.label.primary).map_or(whole.0, |mark| mark.start.max(whole.0));
    let (from, to) = window(source, whole, focus);
    let mut cuts: BTreeSet<usize> = BTreeSet::from([from, to]);
    cuts.extend(touching.iter().flat_map(|mark| [mark.start, mark.end]).filter(|at| (from..=to).contains(at)));
    let mut out = String::from(if from > whole.0 { "…" } else { "" });
    let cuts: Vec<usize> = cuts.into_iter().collect();
    for (index, start) in cuts.iter().enumerate() {
        let empty = touching.iter().filter(|mark| mark.start == *start && mark.end == *start);
        empty.for_each(|mark| marked(mark.label.primary, "", &mut out));
        let Some(end) = cuts.get(index + 1) else { break };
        let over = touching.iter().filter(|mark| mark.start <= *start && mark.end >= *end);
        let text = escaped(&source.text[*start..*end]);
        match over.map(|mark| mark.label.primary).max() {
            Some(primary) => marked(primary, &text, &mut out),
            None => out.push_str(&text),
        }
    }
    out.push_str(if to < whole.1 { "…" } else { "" });
    out
}

fn marked(primary: bool, text: &str, out: &mut String) {
    let class = if primary { " class=\"primary\"" } else { "" };
    let _ = write!(out, "<mark{class}>{text}</mark>");
}

/// The part of a line that is shown, on whole characters.
fn window(source: &Source, (start, end): (usize, usize), focus: usize) -> (usize, usize) {
    if end - start <= MAX_BYTES {
        return (start, end);
    }
    let floor = |at: usize| (start..=at.min(end)).rev().find(|at| source.text.is_char_boundary(*at)).unwrap_or(start);
    let from = floor(focus.saturating_sub(MAX_BYTES / 4).max(start));
    (from, floor(from + MAX_BYTES))
}
