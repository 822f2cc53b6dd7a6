//! Approximations as findings, at the declaration they are about.

use rustc_hash::FxHashMap;

use super::Approximation;
use crate::diagnostic::codes::run::APPROXIMATED;
use crate::diagnostic::{self, Diagnostic};
use crate::model::decl::DeclId;
use crate::model::{Kind, Model};
use crate::say;
use crate::source::Span;

/// The findings, in the order of the text.
pub fn findings(model: &Model<'_>, found: &[Approximation]) -> Vec<Diagnostic> {
    if found.is_empty() {
        return Vec::new();
    }
    let places = places(model);
    let mut findings: Vec<Diagnostic> = found.iter().map(|own| finding(&places, own)).collect();
    diagnostic::sort(&mut findings);
    findings
}

fn finding(places: &FxHashMap<String, Span>, own: &Approximation) -> Diagnostic {
    let message = own.message.clone();
    let made = match place(places, &own.path) {
        Some(place) => Diagnostic::new(&APPROXIMATED, place, message),
        None => Diagnostic::without_place(&APPROXIMATED, message),
    };
    made.help(say!("target `{target}` says the rest; the spec itself stays as it is", target = own.target))
}

/// The place of a declaration, or of what it stands in: what is inherited stands somewhere else.
fn place(places: &FxHashMap<String, Span>, path: &str) -> Option<Span> {
    let mut path = path;
    loop {
        if let Some(place) = places.get(path) {
            return Some(*place);
        }
        path = path.rsplit_once('.')?.0;
    }
}

/// The kinds whose paths approximations name.
const KINDS: &[Kind] = &[Kind::Event, Kind::Prop, Kind::Variant, Kind::Type, Kind::Member, Kind::Trait, Kind::Group];

fn places(model: &Model<'_>) -> FxHashMap<String, Span> {
    let ids = KINDS.iter().flat_map(|kind| model.all_of_kind(*kind)).filter(|id: &&DeclId| !model.is_std(**id));
    ids.map(|id| (model.path(*id), model.node(*id).place())).collect()
}
