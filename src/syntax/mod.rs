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
use recover::Cut;

/// How many items one thread takes at a time, and puts through each pass before the next pass begins: enough that the code
/// of a pass stays in the processor's cache, few enough that their trees do too and that a small file has some for every
/// thread.
const ITEMS_AT_A_TIME: usize = 16;

/// Parses one file.
pub fn parse(file: FileId, source: &Source) -> (File<'_>, Vec<Diagnostic>) {
    let (runs, mut faults) = parse_items(file, source, |_| true, |run: &mut Vec<_>, item| run.push(item));
    let mut parsed = File::default();
    for (item, found) in runs.into_iter().flatten() {
        parsed.stmts.extend(item.stmts);
        parsed.comments.extend(item.comments);
        faults.extend(found);
    }
    (parsed, faults)
}

/// Parses those items of a file that `keep` wants, by their text. Runs of them are read in parallel; what `add` gathers of
/// each is returned in the order of the text, with the faults of the cut. The trees of a run are gone as soon as `add` is
/// done with them: the next ones are built in the same, still warm memory.
pub fn parse_items<'s, T: Default + Send>(
    file: FileId,
    source: &'s Source,
    keep: impl Fn(&str) -> bool,
    add: impl Fn(&mut T, (File<'s>, Vec<Diagnostic>)) + Sync,
) -> (Vec<T>, Vec<Diagnostic>) {
    let (mut cuts, faults) = recover::cut(file, &source.text);
    cuts.retain(|cut| keep(&source.text[cut.range.clone()]));
    let run = |cuts: &[Cut]| {
        let mut run = T::default();
        let parsed: Vec<_> = cuts.iter().map(|cut| lower::parse(&source.text, cut)).collect();
        let lowered: Vec<_> = parsed.into_iter().map(|item| lower::item(file, &source.text, item)).collect();
        lowered.into_iter().for_each(|item| add(&mut run, item));
        run
    };
    (cuts.par_chunks(ITEMS_AT_A_TIME).map(run).collect(), faults)
}
