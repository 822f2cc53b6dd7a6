//! Names for findings that survive edits elsewhere: the same finding keeps its fingerprint when lines move.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::diagnostic::Diagnostic;
use crate::source::Sources;

/// Fingerprint of the `ordinal`-th (from 0) finding of a rule in a file with the same message: 64 hexadecimal digits.
pub fn fingerprint(name: &str, file: &str, message: &str, ordinal: usize) -> String {
    let mut hash = Sha256::new();
    for part in [name, file, message] {
        // The length keeps ("ab", "c") and ("a", "bc") apart.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update((ordinal as u64).to_le_bytes());
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Name of the file a finding stands in; empty where it is about the run as a whole.
pub fn file_of<'s>(sources: &'s Sources, diagnostic: &Diagnostic) -> &'s str {
    diagnostic.span().map_or("", |span| &sources.get(span.file).name)
}

/// One fingerprint for each finding, in order; findings that look alike are told apart by their order.
pub fn fingerprints(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<String> {
    let mut seen: BTreeMap<(&str, &str, String), usize> = BTreeMap::new();
    let print = |diagnostic: &Diagnostic| {
        let (name, file) = (diagnostic.code.name, file_of(sources, diagnostic));
        let message = diagnostic.message.to_string();
        let ordinal = seen.entry((name, file, message.clone())).or_default();
        *ordinal += 1;
        fingerprint(name, file, &message, *ordinal - 1)
    };
    diagnostics.iter().map(print).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::codes::names::UNKNOWN_NAME;
    use crate::say;
    use crate::source::{Source, Span};

    fn run(text: &str) -> Vec<String> {
        let mut sources = Sources::new();
        let file = sources.add(Source::new("a.funnel", text));
        let places = text.match_indices('x').map(|(at, _)| Span::new(file, at as u32, at as u32 + 1));
        let found: Vec<_> =
            places.map(|span| Diagnostic::new(&UNKNOWN_NAME, span, say!("`x` is not declared"))).collect();
        fingerprints(&sources, &found)
    }

    #[test]
    fn lines_that_move_keep_fingerprints_and_equal_findings_differ() {
        let before = run("x\nx\n");
        assert_eq!(before, run("// new\n\n  x x"));
        assert_ne!(before[0], before[1]);
        assert_eq!(before[0].len(), 64);
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(fingerprint("ab", "c", "m", 0), fingerprint("a", "bc", "m", 0));
    }
}
