//! Source files, spans and positions.
//!
//! A [`Span`] is a half-open byte range of one file. Lines and columns exist only at the edges, where a diagnostic is
//! shown: [`Source::position`] counts columns in Unicode scalar values from 1, [`Source::utf16_position`] counts code
//! units from 0 as the Language Server Protocol does.

use std::ops::Range;

/// Index of a file in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A half-open byte range in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span of `file` from byte `start` to byte `end`.
    pub const fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The span as a byte range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The smallest span that holds both; `other` must be of the same file.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The empty span where this one ends.
    #[must_use]
    pub const fn after(self) -> Self {
        Self { file: self.file, start: self.end, end: self.end }
    }

    /// The empty span where this one starts.
    #[must_use]
    pub const fn before(self) -> Self {
        Self { file: self.file, start: self.start, end: self.start }
    }
}

/// A line and a column, both from 1; the column counts Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// One file: the name shown to people, its text and where its lines start.
#[derive(Debug)]
pub struct Source {
    /// The path as it is shown: relative, with `/` on every system.
    pub name: String,
    /// The path relative to the project, for outputs: the same wherever the project lies.
    pub inside: String,
    /// The text, UTF-8.
    pub text: String,
    /// Whether this file is part of the embedded standard library.
    pub embedded: bool,
    lines: std::sync::OnceLock<Vec<u32>>,
}

impl Source {
    /// A file of the given name and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let name = name.into();
        Self { inside: name.clone(), name, text: text.into(), embedded: false, lines: std::sync::OnceLock::new() }
    }

    /// The same file under another name for outputs.
    #[must_use]
    pub fn known_as(self, inside: String) -> Self {
        Self { inside, ..self }
    }

    /// The same file under another name for people.
    #[must_use]
    pub fn shown_as(self, name: String) -> Self {
        Self { name, ..self }
    }

    /// Byte offsets at which lines start.
    pub fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let newlines = memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at as u32 + 1);
            std::iter::once(0).chain(newlines).collect()
        })
    }

    /// Line (from 0) and byte offset of its start for a byte offset, which is clamped to a character boundary.
    fn line_of(&self, offset: u32) -> (usize, usize, usize) {
        let mut at = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.lines().partition_point(|&start| start as usize <= at) - 1;
        (line, self.lines()[line] as usize, at)
    }

    /// Line and column of a byte offset, both from 1, the column in Unicode scalar values.
    pub fn position(&self, offset: u32) -> Position {
        let (line, start, at) = self.line_of(offset);
        Position { line: line as u32 + 1, column: self.text[start..at].chars().count() as u32 + 1 }
    }

    /// Line and column of a byte offset, both from 0, the column in UTF-16 code units.
    pub fn utf16_position(&self, offset: u32) -> (u32, u32) {
        let (line, start, at) = self.line_of(offset);
        (line as u32, self.text[start..at].encode_utf16().count() as u32)
    }

    /// The text of a line (from 1) without its line ending; empty past the end.
    pub fn line_text(&self, line: u32) -> &str {
        let lines = self.lines();
        let Some(&start) = lines.get(line as usize - 1) else {
            return "";
        };
        let end = lines.get(line as usize).map_or(self.text.len(), |&next| next as usize - 1);
        self.text[start as usize..end].trim_end_matches('\r')
    }
}

/// Every file of one run, in a fixed order.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file and returns its id.
    pub fn add(&mut self, source: Source) -> FileId {
        self.files.push(source);
        FileId(self.files.len() as u32 - 1)
    }

    /// The file of an id.
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// Every file with its id, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(index, source)| (FileId(index as u32), source))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files alone, in order.
    pub fn into_files(self) -> Vec<Source> {
        self.files
    }

    /// The same files under other names for people; embedded ones keep theirs.
    #[must_use]
    pub fn shown_as(self, name: impl Fn(&str) -> String) -> Self {
        let rename = |source: Source| {
            let shown = if source.embedded { source.name.clone() } else { name(&source.name) };
            source.shown_as(shown)
        };
        Self { files: self.files.into_iter().map(rename).collect() }
    }

    /// The same files, some with another text.
    #[must_use]
    pub fn with_texts(self, mut texts: std::collections::BTreeMap<FileId, String>) -> Self {
        let replace = |(index, source): (usize, Source)| match texts.remove(&FileId(index as u32)) {
            Some(text) => Source { text, lines: std::sync::OnceLock::new(), ..source },
            None => source,
        };
        Self { files: self.files.into_iter().enumerate().map(replace).collect() }
    }

    /// The words a span covers.
    pub fn text(&self, span: Span) -> &str {
        &self.get(span.file).text[span.range()]
    }

    /// Name of the file and position where a span starts.
    pub fn locate(&self, span: Span) -> (&str, Position) {
        let source = self.get(span.file);
        (&source.name, source.position(span.start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_scalar_values_and_utf16_units() {
        let source = Source::new("a.funnel", "ab\nأ😀x\n");
        let x = source.text.find('x').unwrap() as u32;
        assert_eq!(source.position(x), Position { line: 2, column: 3 });
        assert_eq!(source.utf16_position(x), (1, 3));
        assert_eq!(source.line_text(2), "أ😀x");
        assert_eq!(source.line_text(9), "");
    }
}
