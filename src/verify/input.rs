//! A log as chunks of whole lines, read in constant memory.

use std::io::{self, Read};

/// How much is read at once, in bytes.
pub(super) const CHUNK: usize = 1 << 20;

/// The longest line, in bytes; the rest of a longer one is passed over.
pub const MAX_LINE: usize = CHUNK;

/// Whole lines of a log.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    pub(super) bytes: Vec<u8>,
    /// In place of lines: one line that is too long, and how many bytes it has.
    pub(super) too_long: Option<u64>,
}

/// Cuts what is read into chunks that end with a line.
pub(super) struct Chunks {
    from: Box<dyn Read + Send>,
    /// What begins the next chunk.
    rest: Vec<u8>,
    is_done: bool,
}

impl Chunks {
    /// Begins to read; a byte order mark is passed over.
    pub(super) fn open(from: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut chunks = Self { from, rest: Vec::with_capacity(CHUNK), is_done: false };
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
        let end = memchr::memrchr(b'\n', &self.rest).map(|at| at + 1);
        let end = if self.is_done { Some(self.rest.len()) } else { end };
        let Some(end) = end else { return self.pass_over().map(Some) };
        buffer.clear();
        buffer.reserve(CHUNK);
        buffer.extend_from_slice(&self.rest[end..]);
        self.rest.truncate(end);
        Ok(Some(Chunk { bytes: std::mem::replace(&mut self.rest, buffer), too_long: None }))
    }

    /// Reads to the end of a line that is too long.
    fn pass_over(&mut self) -> io::Result<Chunk> {
        let mut length = 0;
        loop {
            if let Some(at) = memchr::memchr(b'\n', &self.rest) {
                length += at as u64;
                self.rest.drain(..=at);
                break;
            }
            length += self.rest.len() as u64;
            self.rest.clear();
            self.fill()?;
            if self.rest.is_empty() {
                break;
            }
        }
        Ok(Chunk { bytes: Vec::new(), too_long: Some(length) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &[u8]) -> Vec<(Vec<u8>, Option<u64>)> {
        let mut chunks = Chunks::open(Box::new(io::Cursor::new(text.to_vec()))).unwrap();
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
        assert_eq!(all[1], (Vec::new(), Some(3 * CHUNK as u64)));
        assert_eq!(all[2].0, b"last");
        assert_eq!(all.len(), 3);
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(cut(b"\xEF\xBB\xBFa\n"), [(b"a\n".to_vec(), None)]);
        assert_eq!(cut(b""), []);
    }
}
