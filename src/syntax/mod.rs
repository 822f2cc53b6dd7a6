//! Text to syntax tree: cut ([`recover`]), parsed item by item (pest), lowered to the [`ast`]. Nothing here fails; what
//! could not be read is a finding and a [`PartKind::Bad`](ast::PartKind::Bad) part, about which later passes are silent.

pub mod ast;
pub mod grammar;
mod lower;
pub mod number;
pub mod recover;

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Source};
use ast::File;

/// Parses one file; items are parsed in parallel.
pub fn parse(file: FileId, source: &Source) -> (File<'_>, Vec<Diagnostic>) {
    parse_some(file, source, |_| true)
}

/// Parses those items of a file that `keep` wants, by their text.
pub fn parse_some(file: FileId, source: &Source, keep: impl Fn(&str) -> bool) -> (File<'_>, Vec<Diagnostic>) {
    let (mut cuts, mut faults) = recover::cut(file, &source.text);
    cuts.retain(|cut| keep(&source.text[cut.range.clone()]));
    let items: Vec<_> = cuts.par_iter().with_min_len(16).map(|cut| lower::item(file, &source.text, cut)).collect();
    let mut parsed = File::default();
    for (item, found) in items {
        parsed.stmts.extend(item.stmts);
        parsed.comments.extend(item.comments);
        faults.extend(found);
    }
    (parsed, faults)
}
