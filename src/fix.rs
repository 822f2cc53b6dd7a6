//! Applies the fixes of findings to texts. Nothing is written: the caller gets the new texts.

use std::collections::BTreeMap;
use std::ops::Range;

use similar::TextDiff;

use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::source::{FileId, Source, Sources, Span};

/// What became of the fixes of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fixed {
    /// The new text of each file that changes.
    pub texts: BTreeMap<FileId, String>,
    /// How many fixes were applied.
    pub applied: usize,
    /// How many were left out because they touch a place that an earlier one changed; another run may apply them.
    pub skipped: usize,
}

/// The fix that `--fix` (or, with [`Safety::Unsafe`], `--unsafe-fixes`) applies for a finding: its first, if it is safe
/// enough and every place it changes can be changed.
pub fn offered<'d>(sources: &Sources, diagnostic: &'d Diagnostic, safety: Safety) -> Option<&'d Fix> {
    let first = diagnostic.fixes.first().filter(|fix| fix.safety <= safety && !fix.edits.is_empty())?;
    first.edits.iter().all(|edit| is_possible(sources.get(edit.span.file), edit)).then_some(first)
}

fn is_possible(source: &Source, edit: &Edit) -> bool {
    !source.embedded && source.text.get(edit.span.range()).is_some()
}

/// Applies the first fix of each finding up to `safety`, earlier findings first. A fix is applied as a whole or not at
/// all, whatever files it reaches into; files of the embedded library never change.
pub fn apply(sources: &Sources, diagnostics: &[Diagnostic], safety: Safety) -> Fixed {
    let mut plan = Plan::default();
    let mut fixed = Fixed::default();
    for fix in diagnostics.iter().filter_map(|diagnostic| offered(sources, diagnostic, safety)) {
        if plan.add(fix) {
            fixed.applied += 1;
        } else {
            fixed.skipped += 1;
        }
    }
    let texts = plan.files.iter().map(|(file, edits)| (*file, splice(&sources.get(*file).text, edits)));
    fixed.texts = texts.filter(|(file, text)| *text != sources.get(*file).text).collect();
    fixed
}

/// Edits of a file by where they start and end.
type Edits<'d> = BTreeMap<(usize, usize), &'d str>;

#[derive(Default)]
struct Plan<'d> {
    files: BTreeMap<FileId, Edits<'d>>,
}

impl<'d> Plan<'d> {
    /// Takes a fix in unless one of its edits meets what is planned already, or another of its own.
    fn add(&mut self, fix: &'d Fix) -> bool {
        let meets = |edit: &Edit| self.files.get(&edit.span.file).is_some_and(|edits| meets(edits, &edit.span.range()));
        if fix.edits.iter().any(meets) || !is_consistent(fix) {
            return false;
        }
        for edit in &fix.edits {
            let range = edit.span.range();
            self.files.entry(edit.span.file).or_default().insert((range.start, range.end), &edit.replacement);
        }
        true
    }
}

/// Whether a range overlaps or touches a planned edit: side by side, two changes may mean something neither meant.
fn meets(edits: &Edits<'_>, range: &Range<usize>) -> bool {
    // Planned edits do not overlap, so only the last one that starts in or before the range can reach into it.
    edits.range(..=(range.end, usize::MAX)).next_back().is_some_and(|((_, end), _)| *end >= range.start)
}

/// Whether no two edits of a fix overlap.
fn is_consistent(fix: &Fix) -> bool {
    let mut spans: Vec<_> = fix.edits.iter().map(|edit| edit.span).collect();
    spans.sort_unstable();
    let apart = |pair: &[Span]| pair[0].file != pair[1].file || (pair[0] != pair[1] && pair[0].end <= pair[1].start);
    spans.windows(2).all(apart)
}

fn splice(text: &str, edits: &Edits<'_>) -> String {
    let windows_endings = text.contains("\r\n");
    let mut new = String::with_capacity(text.len());
    let mut at = 0;
    for ((start, end), replacement) in edits {
        new.push_str(&text[at..*start]);
        if windows_endings && replacement.contains('\n') {
            new.push_str(&replacement.replace("\r\n", "\n").replace('\n', "\r\n"));
        } else {
            new.push_str(replacement);
        }
        at = *end;
    }
    new.push_str(&text[at..]);
    new
}

/// The change of a file as a unified diff with three lines of context; empty where nothing changes.
pub fn diff(name: &str, old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().context_radius(3).header(name, name).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::codes::names::UNKNOWN_NAME;
    use crate::say;

    /// A finding whose fix replaces the given ranges.
    fn finding(safety: Safety, edits: &[(FileId, Range<u32>, &str)]) -> Diagnostic {
        let edit = |(file, range, text): &(FileId, Range<u32>, &str)| Edit {
            span: Span::new(*file, range.start, range.end),
            replacement: (*text).to_owned(),
        };
        let edits: Vec<_> = edits.iter().map(edit).collect();
        Diagnostic::new(&UNKNOWN_NAME, edits[0].span, say!("wrong")).fix_all(safety, say!("mend"), edits)
    }

    fn two_files() -> (Sources, FileId, FileId) {
        let mut sources = Sources::new();
        let a = sources.add(Source::new("a.funnel", "one two three\n"));
        let b = sources.add(Source::new("b.funnel", "four five\n"));
        (sources, a, b)
    }

    #[test]
    fn edits_of_several_findings_and_files_are_applied() {
        let (sources, a, b) = two_files();
        let found = [
            finding(Safety::Safe, &[(a, 8..13, "3"), (b, 0..0, "// ")]),
            finding(Safety::Safe, &[(a, 0..3, "1")]),
            finding(Safety::Unsafe, &[(b, 5..9, "5")]),
        ];
        let fixed = apply(&sources, &found, Safety::Safe);
        assert_eq!((fixed.applied, fixed.skipped), (2, 0));
        assert_eq!(fixed.texts[&a], "1 two 3\n");
        assert_eq!(fixed.texts[&b], "// four five\n");
        let fixed = apply(&sources, &found, Safety::Unsafe);
        assert_eq!(fixed.texts[&b], "// four 5\n");
    }

    #[test]
    fn an_overlap_leaves_the_whole_later_fix_out() {
        let (sources, a, b) = two_files();
        let found = [
            finding(Safety::Safe, &[(a, 4..7, "2")]),
            finding(Safety::Safe, &[(b, 0..4, "4"), (a, 6..9, "")]),
            finding(Safety::Safe, &[(a, 7..7, "!")]),
            finding(Safety::Safe, &[(a, 0..13, "")]),
        ];
        let fixed = apply(&sources, &found, Safety::Safe);
        assert_eq!((fixed.applied, fixed.skipped), (1, 3));
        assert_eq!(fixed.texts.into_iter().collect::<Vec<_>>(), [(a, "one 2 three\n".to_owned())]);
    }

    #[test]
    fn only_the_first_fix_of_a_finding_counts() {
        let (sources, a, _) = two_files();
        let place = Span::new(a, 0, 3);
        let found = finding(Safety::Unsafe, &[(a, 0..3, "1")]).fix(Safety::Safe, say!("other"), place, "eins");
        assert_eq!(apply(&sources, std::slice::from_ref(&found), Safety::Safe), Fixed::default());
        assert_eq!(apply(&sources, &[found], Safety::Unsafe).texts[&a], "1 two three\n");
    }

    #[test]
    fn the_embedded_library_and_broken_spans_are_left_alone() {
        let (mut sources, a, _) = two_files();
        let std = sources.add(Source::embedded("std/models.funnel".to_owned(), "model\n"));
        let arabic = sources.add(Source::new("c.funnel", "أب"));
        let found = [
            finding(Safety::Safe, &[(a, 0..3, "1"), (std, 0..5, "x")]),
            finding(Safety::Safe, &[(a, 5..99, "x")]),
            finding(Safety::Safe, &[(arabic, 1..2, "x")]),
        ];
        assert_eq!(apply(&sources, &found, Safety::Unsafe), Fixed::default());
    }

    #[test]
    fn edits_of_one_fix_may_touch_but_not_overlap() {
        let (sources, a, _) = two_files();
        let touching = finding(Safety::Safe, &[(a, 3..4, "-"), (a, 0..3, "1")]);
        assert_eq!(apply(&sources, &[touching], Safety::Safe).texts[&a], "1-two three\n");
        let overlapping = finding(Safety::Safe, &[(a, 0..4, "-"), (a, 3..5, "1")]);
        assert_eq!(apply(&sources, &[overlapping], Safety::Safe).skipped, 1);
    }

    #[test]
    fn new_lines_take_the_line_endings_of_the_file() {
        let mut sources = Sources::new();
        let file = sources.add(Source::new("a.funnel", "a\r\nb\r\n"));
        let fixed = apply(&sources, &[finding(Safety::Safe, &[(file, 1..1, " {\n}")])], Safety::Safe);
        assert_eq!(fixed.texts[&file], "a {\r\n}\r\nb\r\n");
    }

    #[test]
    fn a_change_is_shown_as_a_unified_diff() {
        let diff = diff("a.funnel", "a\nb\nc\n", "a\nB\nc\n");
        assert_eq!(diff, "--- a.funnel\n+++ a.funnel\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n");
        assert_eq!(super::diff("a.funnel", "a\n", "a\n"), "");
    }
}
