//! Names that mean nothing, and what was probably meant by them.

use rustc_hash::FxHashSet;

use super::decl::{Decl, DeclId};
use super::faults;
use super::kinds::{Kind, KindSet, top_level_kind};
use super::names::Names;
use super::value::Ref;
use crate::diagnostic::{Diagnostic, Safety};
use crate::stdlib::MODULES;

/// A name that means nothing, kept until all are known so that suggestions can be limited in number.
#[derive(Clone, Debug)]
pub struct Unknown<'s> {
    /// The reference.
    pub reference: Ref<'s>,
    /// The declaration it stands in.
    pub from: DeclId,
}

/// What was probably meant: a path, and whether it may be written in place of the name without being asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The path as it would be written.
    pub path: String,
    /// Another spelling is safe; another thing of a similar meaning is not.
    pub safety: Safety,
}

/// How many unknown names get a suggestion; a file that has more is broken in another way.
const MAX_SUGGESTIONS: usize = 200;

/// Findings for unknown names, the first of them with what was probably meant; and the paths of all that was.
pub fn report_unknown<'s>(
    names: &Names<'s>,
    decls: &[Decl<'s>],
    mut unknown: Vec<Unknown<'s>>,
) -> (Vec<Diagnostic>, FxHashSet<String>) {
    unknown.sort_by_key(|unknown| unknown.reference.span);
    let (mut faults, mut all_meant) = (Vec::with_capacity(unknown.len()), FxHashSet::default());
    for (index, Unknown { reference, from }) in unknown.into_iter().enumerate() {
        let meant = (index < MAX_SUGGESTIONS).then(|| suggestion(names, decls, from, &reference)).flatten();
        faults.push(faults::unknown_name(&reference, meant.as_ref()));
        all_meant.extend(meant.map(|meant| meant.path));
    }
    (faults, all_meant)
}

/// From what says most to what says least: the name with its path left out, the same name in a module that was not
/// brought in, another spelling, the same name inside something else, a label, another spelling of a name of a module.
fn suggestion(names: &Names<'_>, decls: &[Decl<'_>], from: DeclId, reference: &Ref<'_>) -> Option<Suggestion> {
    let (path, want) = (reference.path, reference.want);
    let candidates = names.candidates(decls, from, want);
    let library = library_names(want);
    let short = path.rsplit('.').next().unwrap_or(path);
    let safe = |path: String| Suggestion { path, safety: Safety::Safe };
    let guess = |path: String| Suggestion { path, safety: Safety::Unsafe };
    only_ending_in(path, &candidates)
        .or_else(|| only_ending_in(path, &library))
        .or_else(|| faults::nearest(path, candidates.iter().map(String::as_str)).map(str::to_owned))
        .map(safe)
        .or_else(|| only_ending_in(short, &candidates).or_else(|| labelled(path, decls, want)).map(guess))
        .or_else(|| near_in_library(short, &library).map(guess))
}

/// The one path whose last name is that one; none if two are.
fn only_ending_in(name: &str, paths: &[String]) -> Option<String> {
    let mut found = paths.iter().filter(|path| last(path) == name);
    let first = found.next()?;
    found.next().is_none().then(|| first.clone())
}

/// The one declaration whose label says what the name says: `bought` for `event buy "Bought"`.
fn labelled(name: &str, decls: &[Decl<'_>], want: KindSet) -> Option<String> {
    let said = name.replace('_', " ").to_lowercase();
    let says_it = |decl: &&Decl<'_>| {
        (want == KindSet::NONE || want.has(decl.kind))
            && decl.label.as_ref().is_some_and(|label| label.raw.to_lowercase() == said)
    };
    let mut found = decls.iter().filter(says_it).filter_map(|decl| path_of(decls, decl));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The full path of what stands outside all blocks or directly in such a block.
fn path_of(decls: &[Decl<'_>], decl: &Decl<'_>) -> Option<String> {
    let own = decl.name?.text;
    let Some(parent) = decl.parent.map(|id| &decls[id.0 as usize]) else { return Some(own.to_owned()) };
    (parent.parent.is_none()).then(|| format!("{}.{own}", parent.name_text()))
}

fn near_in_library(name: &str, library: &[String]) -> Option<String> {
    let near = faults::nearest(name, library.iter().map(|path| last(path)))?;
    only_ending_in(near, library)
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

/// What the standard library declares of those kinds, whether the project brought it in or not.
fn library_names(want: KindSet) -> Vec<String> {
    let declared = |(module, text): &(&str, &str)| -> Vec<String> {
        let heads = text.lines().filter_map(declaration_head);
        let wanted = heads.filter(|(kind, _)| want == KindSet::NONE || want.has(*kind));
        wanted.map(|(_, name)| format!("{module}.{name}")).collect()
    };
    MODULES.iter().flat_map(declared).collect()
}

/// The kind and the name of a declaration that begins in that line, in column 0.
fn declaration_head(line: &str) -> Option<(Kind, &str)> {
    let (word, rest) = line.split_once(' ')?;
    let name = rest.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()?;
    Some((top_level_kind(word)?, name)).filter(|(_, name)| !name.is_empty())
}
