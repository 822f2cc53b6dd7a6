//! A log as chunks of whole lines, or of whole rows of a table, read in constant memory.

use std::io::{self, Read};

/// How much is read at once, in bytes.
pub(super) const CHUNK: usize = 1 << 20;

/// The longest line, in bytes; the rest of a longer one is passed over.
pub const MAX_LINE: usize = CHUNK;

/// What ends an event: a line feed, in a table one outside of quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    Lines,
    /// With the sign between two cells.
    Rows(u8),
}

/// Where in a row a reader is; it begins outside of quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Cell {
    #[default]
    Start,
    Plain,
    Quoted,
    /// After a quote within quotes, which ends them unless another one follows.
    Quote,
}

impl Cell {
    fn next(self, byte: u8, between: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::Quote,
            (Self::Quoted, _) | (Self::Start | Self::Quote, b'"') => Self::Quoted,
            (_, byte) if byte == b'\n' || byte == between => Self::Start,
            _ => Self::Plain,
        }
    }
}

impl Ends {
    /// Behind the first event; the bytes begin with it.
    pub(super) fn first(self, bytes: &[u8]) -> Option<usize> {
        self.first_from(bytes, &mut Cell::default())
    }

    fn first_from(self, bytes: &[u8], cell: &mut Cell) -> Option<usize> {
        match self {
            Self::Lines => memchr::memchr(b'\n', bytes).map(|at| at + 1),
            Self::Rows(between) => ends_of_rows(bytes, between, cell).next(),
        }
    }

    /// Behind the last event that is whole; the bytes begin with an event.
    pub(super) fn last(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Self::Lines => memchr::memrchr(b'\n', bytes).map(|at| at + 1),
            Self::Rows(between) => ends_of_rows(bytes, between, &mut Cell::default()).last(),
        }
    }
}

/// Behind each row that ends in some bytes.
fn ends_of_rows<'b>(bytes: &'b [u8], between: u8, cell: &'b mut Cell) -> impl Iterator<Item = usize> + 'b {
    bytes.iter().enumerate().filter_map(move |(at, byte)| {
        let is_end = *byte == b'\n' && *cell != Cell::Quoted;
        *cell = cell.next(*byte, between);
        is_end.then_some(at + 1)
    })
}

/// Whole lines of a log.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// In place of lines: one that is too long.
    pub(super) too_long: Option<Passed>,
}

/// A line that is too long, or a row of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passed {
    pub(super) bytes: u64,
    pub(super) lines: u64,
}

/// Cuts what is read into chunks that end with a line.
pub(super) struct Chunks {
    from: Box<dyn Read + Send>,
    /// What begins the next chunk.
    rest: Vec<u8>,
    is_done: bool,
    pub(super) ends: Ends,
}

impl Chunks {
    /// Begins to read; a byte order mark is passed over.
    pub(super) fn open(from: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut chunks = Self { from, rest: Vec::with_capacity(CHUNK), is_done: false, ends: Ends::Lines };
        chunks.fill()?;
        if chunks.rest.starts_with(b"\xEF\xBB\xBF") {
            chunks.rest.drain(..3);
        }
        Ok(chunks)
    }

    /// What the log begins with.
    pub(super) fn start(&self) -> &[u8] {
        &self.rest
    }

    /// Passes over what the log begins with.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.rest.drain(..bytes);
    }

    /// Reads until there is a chunk or an end.
    fn fill(&mut self) -> io::Result<()> {
        let want = CHUNK.saturating_sub(self.rest.len());
        if !self.is_done && want > 0 {
            let read = self.from.by_ref().take(want as u64).read_to_end(&mut self.rest)?;
            self.is_done = read < want;
        }
        Ok(())
    }

    /// The next lines; none at the end. The buffer is one that is not needed any more.
    pub(super) fn next(&mut self, mut buffer: Vec<u8>) -> io::Result<Option<Chunk>> {
        self.fill()?;
        if self.rest.is_empty() {
            return Ok(None);
        }
        let end = if self.is_done { Some(self.rest.len()) } else { self.ends.last(&self.rest) };
        let Some(end) = end else { return self.pass_over().map(Some) };
        buffer.clear();
        buffer.reserve(CHUNK);
        buffer.extend_from_slice(&self.rest[end..]);
        self.rest.truncate(end);
        Ok(Some(Chunk { bytes: std::mem::replace(&mut self.rest, buffer), too_long: None }))
    }

    /// Reads to the end of a line that is too long.
    fn pass_over(&mut self) -> io::Result<Chunk> {
        let (mut length, mut lines, mut cell) = (0, 0, Cell::default());
        while !self.rest.is_empty() {
            let end = self.ends.first_from(&self.rest, &mut cell);
            let passed = end.unwrap_or(self.rest.len());
            length += passed as u64;
            lines += memchr::memchr_iter(b'\n', &self.rest[..passed]).count() as u64;
            self.rest.drain(..passed);
            if end.is_some() {
                break;
            }
            self.fill()?;
        }
        Ok(Chunk { bytes: Vec::new(), too_long: Some(Passed { bytes: length, lines: lines.max(1) }) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &[u8]) -> Vec<(Vec<u8>, Option<Passed>)> {
        cut_at(Ends::Lines, text)
    }

    fn cut_at(ends: Ends, text: &[u8]) -> Vec<(Vec<u8>, Option<Passed>)> {
        let mut chunks = Chunks::open(Box::new(io::Cursor::new(text.to_vec()))).unwrap();
        chunks.ends = ends;
        let mut all = Vec::new();
        while let Some(chunk) = chunks.next(Vec::new()).unwrap() {
            all.push((chunk.bytes, chunk.too_long));
        }
        all
    }

    #[test]
    fn chunks_end_with_lines_and_lose_nothing() {
        let text: Vec<u8> = (0..300_000).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
        let all = cut(&text);
        assert!(all.len() > 2 && all.iter().all(|(bytes, long)| bytes.ends_with(b"\n") && long.is_none()));
        assert_eq!(all.into_iter().flat_map(|(bytes, _)| bytes).collect::<Vec<u8>>(), text);
    }

    #[test]
    fn a_line_without_end_is_passed_over() {
        let mut text = b"first\n".to_vec();
        text.resize(text.len() + 3 * CHUNK, b'x');
        text.extend(b"\nlast");
        let all = cut(&text);
        assert_eq!(all[0].0, b"first\n");
        assert_eq!(all[1], (Vec::new(), Some(Passed { bytes: 3 * CHUNK as u64 + 1, lines: 1 })));
        assert_eq!(all[2].0, b"last");
        assert_eq!(all.len(), 3);
    }

    #[test]
    fn a_row_may_have_several_lines() {
        let ends = |text: &[u8]| Ends::Rows(b',').last(text);
        assert_eq!(ends(b"a,\"b\nc\"\nd,e"), Some(8));
        assert_eq!(ends(b"a,\"b\n"), None);
        assert_eq!(ends(b"a,5\" tall\n"), Some(10));
        assert_eq!(ends(b"\"a\"\"\n\",b\n"), Some(9));
        let mut text = b"first,x\n".to_vec();
        text.push(b'"');
        (0..CHUNK).for_each(|_| text.extend(b"y\n"));
        text.extend(b"\",z\nlast,x\n");
        let all = cut_at(Ends::Rows(b','), &text);
        assert_eq!(all[0].0, b"first,x\n");
        assert_eq!(all[1].1, Some(Passed { bytes: 2 * CHUNK as u64 + 5, lines: CHUNK as u64 + 1 }));
        assert_eq!(all[2].0, b"last,x\n");
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(cut(b"\xEF\xBB\xBFa\n"), [(b"a\n".to_vec(), None)]);
        assert_eq!(cut(b""), []);
    }
}
