//! Laws of earlier names: what a declaration says it was is no other declaration, and nothing is claimed twice.

use rustc_hash::FxHashMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::names::BAD_WAS;
use crate::model::decl::DeclId;
use crate::model::names::{Scope, scope_of};
use crate::model::value::Val;
use crate::model::{Kind, Model};
use crate::say;
use crate::source::Span;

/// An earlier name that something else has or claims.
pub(super) fn bad_was(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let own = (0..model.decls.len() as u32).map(DeclId).filter(|id| !model.is_std(*id));
    let mut claims: FxHashMap<(Scope, Kind, &str), Span> = FxHashMap::default();
    for (id, name, at) in own.flat_map(|id| claimed(model, id)) {
        let decl = model.decl(id);
        let scope = scope_of(model.sources, &model.decls, decl);
        let other = model.names.in_scope(scope, name).filter(|other| model.decl(*other).kind == decl.kind);
        if let Some(other) = other {
            found.push(still_there(name, at, model.place(other), other == id));
        } else if let Some(first) = claims.insert((scope, decl.kind, name), at) {
            found.push(claimed_twice(name, at, first));
        }
    }
}

/// The earlier names of a declaration, each with its place.
fn claimed<'s>(model: &Model<'s>, id: DeclId) -> Vec<(DeclId, &'s str, Span)> {
    let decl = model.decl(id);
    let in_fields = decl.all("was").flat_map(|field| &field.values);
    let in_head = decl.head.iter().filter(|captured| captured.slot == "was");
    let words = in_fields.chain(in_head).filter_map(|captured| match captured.val {
        Val::Word(word) => Some((id, word, captured.span)),
        _ => None,
    });
    words.collect()
}

fn still_there(name: &str, at: Span, other: Span, is_itself: bool) -> Diagnostic {
    let fault = Diagnostic::new(&BAD_WAS, at, say!("`{name}` is no earlier name: it is still declared", name));
    if is_itself {
        return fault
            .at(say!("this is its name today"))
            .help(say!("write the name it had before, or remove the `was`"));
    }
    fault
        .label(other, say!("declared here"))
        .help(say!("a comparison would take one for the other; remove the `was`, or the declaration that it replaces"))
}

fn claimed_twice(name: &str, at: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&BAD_WAS, at, say!("two declarations say that they were `{name}`", name))
        .label(first, say!("said here first"))
        .help(say!("one of them keeps the history; the other is new, without a `was`"))
}
