//! The lines that labels stand on, copied out and made fit for a terminal: tabs become spaces, characters that act become
//! characters that are seen, long lines are clipped around what is pointed at. Labels are moved along.
//!
//! The copy holds lines of several files one after another, so that one picture shows all of them; line numbers, columns
//! and file names are those of the originals.

use std::collections::BTreeSet;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthChar;

use super::text::{LTR_MARK, clamp, has_right_to_left, isolated, left_to_right, one_line, shown, stand_in};
use super::{Report, Style};
use crate::diagnostic::{Diagnostic, Label};
use crate::source::{FileId, Position, Source};

/// Labels of more lines than this are drawn on their first line only.
const MAX_LINES: u32 = 6;
/// Distance of tab stops.
const TAB: usize = 4;
/// Columns for line numbers and margins that the text of a line cannot use.
const MARGIN: usize = 12;
/// The least columns a line is clipped to.
const LEAST: usize = 40;

/// Lines of one or more files with labels on them.
#[derive(Debug)]
pub(super) struct Excerpt {
    text: String,
    lines: Vec<Line>,
    labels: Vec<Placed>,
}

#[derive(Debug)]
struct Line {
    file: String,
    number: u32,
    /// Where it starts in the copy.
    start: usize,
}

#[derive(Debug)]
struct Placed {
    start: usize,
    end: usize,
    text: Option<String>,
    primary: bool,
    /// Where the label starts in its own file.
    position: Position,
}

impl Excerpt {
    /// The lines around every label of a finding, the file it stands in first.
    pub(super) fn new(report: &Report<'_>, diagnostic: &Diagnostic) -> Self {
        let (sources, style) = (report.sources, report.style);
        let mut excerpt = Self { text: String::new(), lines: Vec::new(), labels: Vec::new() };
        for file in files(diagnostic) {
            let source = sources.get(file);
            let marks = diagnostic.labels.iter().filter(|label| label.span.file == file);
            let marks: Vec<_> = marks.map(|label| Mark::new(source, label)).collect();
            let name = one_line(&source.name, style.unicode);
            let name = left_to_right(&name, style.unicode).into_owned();
            excerpt.add_file(report, source, &name, &marks);
        }
        excerpt.labels.sort_by_key(|label| label.start);
        excerpt
    }

    /// The labels in the order of the copy, with whether each is primary.
    pub(super) fn labels(&self) -> Vec<LabeledSpan> {
        let label = |placed: &Placed| {
            let span = SourceSpan::from((placed.start, placed.end - placed.start));
            if placed.primary {
                LabeledSpan::new_primary_with_span(placed.text.clone(), span)
            } else {
                LabeledSpan::new_with_span(placed.text.clone(), span)
            }
        };
        self.labels.iter().map(label).collect()
    }

    fn add_file(&mut self, report: &Report<'_>, source: &Source, name: &str, marks: &[Mark<'_>]) {
        let style = report.style;
        let mut copies = Vec::new();
        for number in numbers(source, marks) {
            let bounds = line_bounds(source, number);
            let focus = marks.iter().filter_map(|mark| mark.on(&bounds)).min_by_key(|(primary, _)| !primary);
            let copy = Copy::new(&source.text[bounds.0..bounds.1], focus.map(|(_, range)| range), style);
            copies.push((number, bounds.0, self.text.len(), copy.map));
            self.lines.push(Line { file: name.to_owned(), number, start: self.text.len() });
            self.text.push_str(&copy.text);
            self.text.push('\n');
        }
        let place = |line: u32, offset: usize| {
            let index = copies.partition_point(|(number, ..)| *number < line);
            let (_, from, to, map) = &copies[index];
            to + map_offset(map, offset - from)
        };
        self.labels.extend(marks.iter().map(|mark| {
            let start = place(mark.first, mark.start);
            let end = place(mark.last, mark.end).max(start);
            let text = Some(one_label(report, mark.label)).filter(|text| !text.is_empty());
            let position = source.position(mark.start as u32);
            Placed { start, end, text, primary: mark.label.primary, position }
        }));
    }

    /// Index of the line that holds an offset of the copy.
    fn line_at(&self, offset: usize) -> usize {
        self.lines.partition_point(|line| line.start <= offset).saturating_sub(1)
    }

    fn follows(&self, first: usize, second: usize) -> bool {
        let (first, second) = (&self.lines[first], &self.lines[second]);
        first.file == second.file && first.number + 1 == second.number
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        let (mut first, mut last) = (self.line_at(start), self.line_at(end));
        let broken = (first..last).any(|index| !self.follows(index, index + 1));
        if self.lines.is_empty() || end > self.text.len() || broken {
            return Err(MietteError::OutOfBounds);
        }
        let label = self.labels.iter().filter(|label| label.start == start).max_by_key(|label| label.primary);
        let column = label.map_or(0, |label| label.position.column as usize - 1);
        let line = self.lines[first].number as usize;
        let wanted = first.saturating_sub(before);
        while first > wanted && self.follows(first - 1, first) {
            first -= 1;
        }
        let wanted = (last + after).min(self.lines.len() - 1);
        while last < wanted && self.follows(last, last + 1) {
            last += 1;
        }
        let from = self.lines[first].start;
        let to = self.lines.get(last + 1).map_or(self.text.len(), |line| line.start);
        let line = if before == 0 { line } else { self.lines[first].number as usize };
        let data = &self.text.as_bytes()[from..to];
        let name = self.lines[first].file.clone();
        let whole = SourceSpan::from((from, to - from));
        Ok(Box::new(MietteSpanContents::new_named(name, data, whole, line - 1, column, last - first + 1)))
    }
}

/// The files of the labels: the one the finding stands in, then the others as they come.
fn files(diagnostic: &Diagnostic) -> Vec<FileId> {
    let mut files: Vec<FileId> = diagnostic.span().map(|span| span.file).into_iter().collect();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
}

fn one_label(report: &Report<'_>, label: &Label) -> String {
    let unicode = report.style.unicode;
    let text = shown(&report.say(&label.text), unicode);
    if report.language.is_right_to_left() {
        return text.split('\n').map(|line| isolated(report, line)).collect::<Vec<_>>().join("\n");
    }
    if unicode && has_right_to_left(&text) { format!("{LTR_MARK}{text}") } else { text }
}

/// A label cut down to what is drawn: byte offsets in its file and the lines they are on.
struct Mark<'d> {
    label: &'d Label,
    start: usize,
    end: usize,
    first: u32,
    last: u32,
}

impl<'d> Mark<'d> {
    fn new(source: &Source, label: &'d Label) -> Self {
        let (start, mut end) = clamp(source, label.span);
        let first = source.position(start as u32).line;
        if end > start && source.text[..end].ends_with('\n') {
            end -= 1;
        }
        let mut last = source.position(end as u32).line;
        if last - first >= MAX_LINES {
            last = first;
            end = line_bounds(source, first).1.max(start);
        }
        Self { label, start, end, first, last }
    }

    /// The part of a line that is pointed at, from the start of the line, and whether by a primary label.
    fn on(&self, (from, to): &(usize, usize)) -> Option<(bool, (usize, usize))> {
        let touches = self.start <= *to && self.end >= *from;
        touches.then(|| (self.label.primary, (self.start.max(*from) - from, self.end.min(*to).max(*from) - from)))
    }
}

/// The lines to copy: those of the labels and one on each side.
fn numbers(source: &Source, marks: &[Mark<'_>]) -> BTreeSet<u32> {
    let count = source.lines().len() as u32;
    // What follows the last newline is a line only where something points at it.
    let count = if source.text.is_empty() || source.text.ends_with('\n') { count - 1 } else { count };
    let around = |mark: &Mark<'_>| {
        let context = mark.first.saturating_sub(1).max(1)..=(mark.last + 1).min(count);
        context.chain(mark.first..=mark.last).collect::<Vec<_>>()
    };
    marks.iter().flat_map(around).collect()
}

/// Byte offsets of the text of a line (from 1), without its line ending.
fn line_bounds(source: &Source, number: u32) -> (usize, usize) {
    let start = source.lines()[number as usize - 1] as usize;
    (start, start + source.line_text(number).len())
}

/// A line as it is drawn.
struct Copy {
    text: String,
    /// Where characters went: byte offset in the line, byte offset in the copy; ascending in both.
    map: Vec<(usize, usize)>,
}

/// One character as it is drawn.
struct Cell {
    at: usize,
    character: char,
    from: usize,
    width: usize,
}

impl Copy {
    fn new(line: &str, focus: Option<(usize, usize)>, style: Style) -> Self {
        let cells = cells(line, style.unicode);
        let total = cells.last().map_or(0, |cell| cell.from + cell.width);
        let room = style.width.saturating_sub(MARGIN).max(LEAST);
        let (from, to) = if total <= room { (0, total) } else { window(&cells, total, room, focus) };
        let mut copy = Self { text: String::new(), map: Vec::with_capacity(cells.len() + 1) };
        if style.unicode && has_right_to_left(line) {
            copy.text.push(LTR_MARK);
        }
        let dots = if style.unicode { "…" } else { "..." };
        copy.text.push_str(if from > 0 { dots } else { "" });
        for cell in &cells {
            copy.map.push((cell.at, copy.text.len()));
            if cell.from >= from && cell.from + cell.width <= to {
                copy.push(cell);
            }
        }
        copy.map.push((line.len(), copy.text.len()));
        copy.text.push_str(if to < total { dots } else { "" });
        copy
    }

    fn push(&mut self, cell: &Cell) {
        match cell.character {
            '\t' => self.text.extend(std::iter::repeat_n(' ', cell.width)),
            character => self.text.push(character),
        }
    }
}

fn cells(line: &str, unicode: bool) -> Vec<Cell> {
    let mut from = 0;
    let cell = |(at, character): (usize, char)| {
        let character = if character == '\t' { '\t' } else { stand_in(character, unicode).unwrap_or(character) };
        let width = if character == '\t' { TAB - from % TAB } else { character.width().unwrap_or(0) };
        from += width;
        Cell { at, character, from: from - width, width }
    };
    line.char_indices().map(cell).collect()
}

/// The columns of a long line to draw: the start of it if that shows what is pointed at, or else what is around that.
fn window(cells: &[Cell], total: usize, room: usize, focus: Option<(usize, usize)>) -> (usize, usize) {
    let column = |at: usize| cells.get(cells.partition_point(|cell| cell.at < at)).map_or(total, |cell| cell.from);
    let (start, end) = focus.map_or((0, 0), |(start, end)| (column(start), column(end)));
    let from = if end + 1 < room { 0 } else { start.saturating_sub(room / 3).min(total - room) };
    (from, from + room)
}

/// Where a byte offset of a line went in its copy.
fn map_offset(map: &[(usize, usize)], offset: usize) -> usize {
    let index = map.partition_point(|(from, _)| *from < offset).min(map.len() - 1);
    map[index].1
}
