//! What the fuzz targets check, shared with `tests/fuzz_smoke.rs`, which runs it on stable Rust.

#![allow(dead_code)] // each target uses one of the two

use funnelc::lint::levels::Levels;
use funnelc::source::{FileId, Source, Sources};
use funnelc::{compile, fmt, syntax};

/// Parsing and compiling end without a panic, and every span lies in the text.
pub(crate) fn parse(text: &str) {
    let source = Source::new("fuzz.funnel", text);
    let (file, faults) = syntax::parse(FileId(0), &source);
    let spans = file.stmts.iter().map(|stmt| stmt.span).chain(file.comments.iter().map(|comment| comment.span));
    for span in spans.chain(faults.iter().flat_map(|fault| fault.labels.iter().map(|label| label.span))) {
        assert!(text.get(span.range()).is_some(), "{span:?} is no part of the text");
    }
    let mut sources = Sources::new();
    sources.add(source);
    drop(compile(&sources, &Levels::default()));
}

/// The formatter hands back findings, or a text that it leaves as it is. That the tree and the comments are the same it
/// compares itself; a difference is a finding of its own, which no text may provoke. Returns whether it was formatted.
pub(crate) fn format(text: &str) -> bool {
    match fmt::format("fuzz.funnel", text) {
        Ok(once) => {
            let twice = fmt::format("fuzz.funnel", &once);
            assert_eq!(twice.as_ref(), Ok(&once), "formatting twice is not formatting once, of {text:?}");
            true
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            let own_fault = faults.iter().find(|fault| fault.code.name == "formatter-fault");
            assert!(own_fault.is_none(), "{own_fault:?} of {text:?}");
            false
        }
    }
}
