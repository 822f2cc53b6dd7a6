//! Texts that are open in the editor. They are what counts, whatever the disk says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lsp_types::TextDocumentContentChangeEvent;

use super::address;
use crate::project::{Unsaved, identity};
use crate::source::Encoding;

/// An open text.
#[derive(Debug)]
pub(super) struct Buffer {
    /// Its address, as the editor writes it.
    pub(super) uri: String,
    /// What the editor calls this state of it.
    pub(super) version: i32,
    /// The text.
    pub(super) text: String,
}

/// Every open text, by the file it will be saved under; one that has none yet stands under its address.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    open: BTreeMap<PathBuf, Buffer>,
}

impl Buffers {
    /// What tells a text apart.
    pub(super) fn key(uri: &str) -> PathBuf {
        address::path_of(uri).map_or_else(|| PathBuf::from(uri), |path| identity(&path))
    }

    pub(super) fn get(&self, key: &PathBuf) -> Option<&Buffer> {
        self.open.get(key)
    }

    pub(super) fn open(&mut self, uri: String, version: i32, text: String) -> PathBuf {
        let key = Self::key(&uri);
        self.open.insert(key.clone(), Buffer { uri, version, text });
        key
    }

    /// Its key and the text it had last.
    pub(super) fn close(&mut self, uri: &str) -> Option<(PathBuf, String)> {
        let key = Self::key(uri);
        self.open.remove(&key).map(|buffer| (key, buffer.text))
    }

    /// The texts that have a file, or will have one.
    pub(super) fn unsaved(&self) -> Unsaved {
        let files = self.open.iter().filter(|(_, buffer)| address::path_of(&buffer.uri).is_some());
        Unsaved::of(files.map(|(path, buffer)| (path.clone(), buffer.text.clone())))
    }

    /// Every open text.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&PathBuf, &Buffer)> {
        self.open.iter()
    }

    /// Applies the changes of one notification, one after the other; nothing where the text is not open.
    pub(super) fn change(
        &mut self,
        uri: &str,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Option<PathBuf> {
        let key = Self::key(uri);
        let buffer = self.open.get_mut(&key)?;
        buffer.version = version;
        for change in changes {
            match change.range {
                None => buffer.text = change.text,
                Some(range) => {
                    let start = offset(&buffer.text, range.start, encoding);
                    let end = offset(&buffer.text, range.end, encoding).max(start);
                    buffer.text.replace_range(start..end, &change.text);
                }
            }
        }
        Some(key)
    }
}

/// The byte of a position; the nearest that there is.
fn offset(text: &str, position: lsp_types::Position, encoding: Encoding) -> usize {
    let mut start = 0;
    for _ in 0..position.line {
        match memchr::memchr(b'\n', &text.as_bytes()[start..]) {
            Some(length) => start += length + 1,
            None => return text.len(),
        }
    }
    let end = memchr::memchr(b'\n', &text.as_bytes()[start..]).map_or(text.len(), |length| start + length);
    let line = text[start..end].strip_suffix('\r').unwrap_or(&text[start..end]);
    start + encoding.byte(line, position.character)
}

#[cfg(test)]
mod tests {
    use lsp_types::{Position, Range};

    use super::*;

    fn changed(text: &str, from: (u32, u32), to: (u32, u32), new: &str, encoding: Encoding) -> String {
        let mut buffers = Buffers::default();
        let key = buffers.open("untitled:a".to_owned(), 1, text.to_owned());
        let range = Some(Range::new(Position::new(from.0, from.1), Position::new(to.0, to.1)));
        let change = TextDocumentContentChangeEvent { range, range_length: None, text: new.to_owned() };
        buffers.change("untitled:a", 2, vec![change], encoding);
        buffers.get(&key).map(|buffer| buffer.text.clone()).unwrap_or_default()
    }

    #[test]
    fn changes_count_in_the_units_that_were_agreed() {
        assert_eq!(changed("a\nب😀x\n", (1, 3), (1, 4), "y", Encoding::Utf16), "a\nب😀y\n");
        assert_eq!(changed("a\nب😀x\n", (1, 6), (1, 7), "y", Encoding::Utf8), "a\nب😀y\n");
    }

    #[test]
    fn places_that_are_not_there_are_the_nearest_that_are() {
        assert_eq!(changed("ab\r\ncd", (0, 99), (0, 99), "!", Encoding::Utf16), "ab!\r\ncd");
        assert_eq!(changed("ab", (7, 0), (9, 9), "!", Encoding::Utf16), "ab!");
        assert_eq!(changed("ab", (0, 2), (0, 1), "!", Encoding::Utf16), "ab!");
    }
}
