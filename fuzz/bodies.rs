//! What the fuzz targets check, shared with `tests/fuzz_smoke.rs`, which runs it on stable Rust.

#![allow(dead_code)] // each target uses one of the two

use std::io::Cursor;

use funnelc::import::{self, Format};
use funnelc::lint::levels::Levels;
use funnelc::source::{FileId, Source, Sources};
use funnelc::verify::{self, Log, Options};
use funnelc::{compile, fmt, plan, syntax};

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

/// An import hands back findings, or a spec, which it has compiled itself; that it would not compile is a finding that no
/// plan may provoke. Returns whether there is a spec.
pub(crate) fn import(format: &Format, file: &str, text: &str) -> bool {
    let mut sources = Sources::new();
    sources.add(Source::new(file, text));
    match import::import(format, &sources) {
        Ok(imported) => {
            assert!(imported.files.iter().all(|(name, _)| import::FILES.contains(&name.as_str())));
            true
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            let is_own = |words: &str| words.contains("would not compile") || words.contains("fault of funnelc");
            let own_fault = faults.iter().find(|fault| is_own(&fault.message.to_string()));
            assert!(own_fault.is_none(), "{own_fault:?} of {text:?}");
            false
        }
    }
}

/// Reading a log ends without a panic, and every line of it is counted.
pub(crate) fn verify(spec: &str, log: &str) {
    let mut sources = Sources::new();
    sources.add(Source::new("fuzz.funnel", spec));
    let plan = plan::plan(&compile(&sources, &Levels::default()).model);
    let logs = vec![Log { name: "log".to_owned(), from: Box::new(Cursor::new(log.as_bytes().to_vec())) }];
    if let Ok(findings) = verify::run(&plan, logs, Options { shape: None, max_examples: 1 }, &|_| {}) {
        assert_eq!(findings.lines as usize, log.trim_start_matches('\u{FEFF}').lines().count(), "of {log:?}");
    }
}
