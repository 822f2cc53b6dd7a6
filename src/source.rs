//! Source files, spans and positions.
//!
//! A [`Span`] is a half-open byte range of one file. Lines and columns exist only at the edges, where a diagnostic is
//! shown: [`Source::position`] counts columns in Unicode scalar values from 1, [`Source::encoded_position`] counts bytes or
//! code units from 0 as the Language Server Protocol does.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

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

/// What a column counts where programs talk about places (Language Server Protocol 3.17, `PositionEncodingKind`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units; what every client understands.
    #[default]
    Utf16,
}

impl Encoding {
    /// How many columns a text takes.
    pub fn columns(self, text: &str) -> u32 {
        match self {
            Self::Utf8 => text.len() as u32,
            Self::Utf16 => text.encode_utf16().count() as u32,
        }
    }

    /// The byte at which a column of a line begins; the end of the line where it is shorter, the character's start where
    /// the column is inside of one.
    pub fn byte(self, line: &str, column: u32) -> usize {
        let mut passed = 0;
        for (at, character) in line.char_indices() {
            let width = match self {
                Self::Utf8 => character.len_utf8(),
                Self::Utf16 => character.len_utf16(),
            };
            if passed + width as u32 > column {
                return at;
            }
            passed += width as u32;
        }
        line.len()
    }
}

/// One file: the name shown to people, its text and where its lines start.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as it is shown: relative, with `/` on every system.
    pub name: String,
    /// The path relative to the project, for outputs: the same wherever the project lies.
    pub inside: String,
    /// The text, UTF-8.
    pub text: String,
    /// Whether this file is part of the embedded standard library.
    pub embedded: bool,
    lines: OnceLock<Vec<u32>>,
}

impl Source {
    /// A file of the given name and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let name = name.into();
        Self { inside: name.clone(), name, text: text.into(), embedded: false, lines: OnceLock::new() }
    }

    /// A file of the standard library.
    pub fn embedded(name: String, text: &str) -> Self {
        Self { embedded: true, ..Self::new(name, text) }
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

    /// The same file with another text.
    #[must_use]
    pub fn with_text(&self, text: String) -> Self {
        let (name, inside) = (self.name.clone(), self.inside.clone());
        Self { name, inside, text, embedded: self.embedded, lines: OnceLock::new() }
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

    /// Line and column of a byte offset, both from 0.
    pub fn encoded_position(&self, offset: u32, encoding: Encoding) -> (u32, u32) {
        let (line, start, at) = self.line_of(offset);
        (line as u32, encoding.columns(&self.text[start..at]))
    }

    /// The byte offset of a line and a column, both from 0; the nearest that there is.
    pub fn offset(&self, line: u32, column: u32, encoding: Encoding) -> u32 {
        match self.lines().get(line as usize) {
            Some(start) => start + encoding.byte(self.line_text(line + 1), column) as u32,
            None => self.text.len() as u32,
        }
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

/// Every file of one run, in a fixed order. A copy shares the files.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<Source>>,
}

impl Sources {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file and returns its id.
    pub fn add(&mut self, source: Source) -> FileId {
        self.share(Arc::new(source))
    }

    /// Adds a file that others have too, and returns its id.
    pub fn share(&mut self, source: Arc<Source>) -> FileId {
        self.files.push(source);
        FileId(self.files.len() as u32 - 1)
    }

    /// The file of an id.
    pub fn get(&self, id: FileId) -> &Source {
        &self.files[id.0 as usize]
    }

    /// Every file with its id, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(index, source)| (FileId(index as u32), &**source))
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Adds the files of others, in their order.
    pub fn append(&mut self, others: Self) {
        self.files.extend(others.files);
    }

    /// The project's own files, without those of the standard library.
    #[must_use]
    pub fn own(self) -> Self {
        Self { files: self.files.into_iter().filter(|source| !source.embedded).collect() }
    }

    /// The same files under other names for people; embedded ones keep theirs.
    #[must_use]
    pub fn shown_as(self, name: impl Fn(&str) -> String) -> Self {
        let rename = |source: Arc<Source>| {
            let shown = name(&source.name);
            if source.embedded { source } else { Arc::new(Arc::unwrap_or_clone(source).shown_as(shown)) }
        };
        Self { files: self.files.into_iter().map(rename).collect() }
    }

    /// The same files, some with another text.
    #[must_use]
    pub fn with_texts(&self, mut texts: std::collections::BTreeMap<FileId, String>) -> Self {
        let replace = |(id, source): (usize, &Arc<Source>)| match texts.remove(&FileId(id as u32)) {
            Some(text) => Arc::new(source.with_text(text)),
            None => Arc::clone(source),
        };
        Self { files: self.files.iter().enumerate().map(replace).collect() }
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
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let (line, column) = source.encoded_position(x, encoding);
            assert_eq!((line, source.offset(line, column, encoding)), (1, x));
        }
        assert_eq!(source.encoded_position(x, Encoding::Utf16), (1, 3));
        assert_eq!(source.encoded_position(x, Encoding::Utf8), (1, 6));
        let smile = source.text.find('😀').unwrap() as u32;
        assert_eq!(source.offset(1, 2, Encoding::Utf16), smile, "inside of a surrogate pair");
        assert_eq!((source.offset(1, 99, Encoding::Utf16), source.offset(9, 0, Encoding::Utf8)), (x + 1, x + 2));
        assert_eq!(source.line_text(2), "أ😀x");
        assert_eq!(source.line_text(9), "");
    }
}
