//! What is said of a file while somebody types in it, before the whole project is checked: what reading it found, and what
//! the last check said of it, where that stands now.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Sources, Span};

/// Texts of a project, in bytes, from which on its checks take longer than a frame.
const LARGE: usize = 1 << 18;

/// Whether nobody should have to wait for all checks of a project.
pub(super) fn is_large(sources: &Sources) -> bool {
    sources.iter().filter(|(_, source)| !source.embedded).map(|(_, source)| source.text.len()).sum::<usize>() > LARGE
}

/// What was told of a project when all of it was checked, and what has changed since then.
pub(super) struct Told {
    /// Every finding.
    pub(super) found: Vec<Diagnostic>,
    /// Those of them that reading found, which is known anew sooner than the rest.
    read: FxHashSet<Key>,
    /// The files that have changed, with the texts that the findings are about.
    pub(super) edited: BTreeMap<FileId, String>,
}

/// The id of a code and where a finding stands.
type Key = (&'static str, Option<Span>);

fn key(finding: &Diagnostic) -> Key {
    (finding.code.id, finding.span())
}

impl Told {
    pub(super) const fn new(found: Vec<Diagnostic>, read: FxHashSet<Key>) -> Self {
        Self { found, read, edited: BTreeMap::new() }
    }

    /// By what findings of reading are known again among all.
    pub(super) fn keys(faults: &[Diagnostic]) -> FxHashSet<Key> {
        faults.iter().map(key).collect()
    }

    /// What to say of the files that have changed until all is checked, given what reading found.
    pub(super) fn until_checked(&self, sources: &Sources, faults: &[Diagnostic]) -> Vec<Diagnostic> {
        let changes: BTreeMap<FileId, Change> = self
            .edited
            .iter()
            .map(|(file, before)| (*file, Change::between(before, &sources.get(*file).text)))
            .collect();
        let is_edited = |finding: &Diagnostic| finding.span().is_some_and(|span| changes.contains_key(&span.file));
        let advice = self.found.iter().filter(|own| is_edited(own) && !self.read.contains(&key(own)));
        let moved = advice.filter_map(|finding| moved(finding, &changes));
        let mut all: Vec<Diagnostic> = faults.iter().filter(|own| is_edited(own)).cloned().chain(moved).collect();
        crate::diagnostic::sort(&mut all);
        all
    }
}

/// A finding where it stands after changes; nothing where what it is about was changed itself.
fn moved(finding: &Diagnostic, changes: &BTreeMap<FileId, Change>) -> Option<Diagnostic> {
    let mut finding = Diagnostic { fixes: Vec::new(), ..finding.clone() };
    for label in &mut finding.labels {
        if let Some(change) = changes.get(&label.span.file) {
            label.span = change.moved(label.span)?;
        }
    }
    Some(finding)
}

/// How a text became another one: everything before one byte stayed, and everything after another one, which has moved.
/// Where both is true of a part of the text it can be said to have stayed.
struct Change {
    from: usize,
    to: usize,
    moved_to: usize,
}

impl Change {
    fn between(before: &str, after: &str) -> Self {
        let alike = |(one, other): &(&u8, &u8)| one == other;
        let (before, after) = (before.as_bytes(), after.as_bytes());
        let from = before.iter().zip(after).take_while(alike).count();
        let end = before.iter().rev().zip(after.iter().rev()).take_while(alike).count();
        Self { from, to: before.len() - end, moved_to: after.len() - end }
    }

    /// Where a span stands now; nothing where something in it or right beside it was changed.
    fn moved(&self, span: Span) -> Option<Span> {
        let is_same = self.to == 0 && self.moved_to == 0;
        if is_same || (span.end as usize) < self.from {
            return Some(span);
        }
        let shift = |at: u32| at - self.to as u32 + self.moved_to as u32;
        (span.start as usize > self.to).then(|| Span::new(span.file, shift(span.start), shift(span.end)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved_text<'t>(before: &str, after: &'t str, word: &str) -> Option<&'t str> {
        let start = before.find(word).expect("the word") as u32;
        let span = Span::new(FileId(0), start, start + word.len() as u32);
        Change::between(before, after).moved(span).map(|span| &after[span.range()])
    }

    #[test]
    fn what_stands_before_or_after_a_change_is_found_again() {
        for after in ["one two three", "one TWO three", "one  three", "one two, and a half, three", "one three"] {
            assert_eq!(moved_text("one two three", after, "three"), Some("three"), "{after}");
        }
        assert_eq!(moved_text("one two three", "one two four", "one"), Some("one"));
        assert_eq!(moved_text("قبل وسط بعد", "قبل بعد", "بعد"), Some("بعد"));
    }

    #[test]
    fn what_was_changed_itself_is_not() {
        assert_eq!(moved_text("one two three", "one tw three", "two"), None);
        assert_eq!(moved_text("one two three", "one twos three", "two"), None);
        assert_eq!(moved_text("one two three", "", "two"), None);
    }

    #[test]
    fn a_text_that_stays_moves_nothing() {
        assert_eq!(moved_text("one two", "one two", "two"), Some("two"));
    }
}
