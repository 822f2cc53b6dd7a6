//! `funnelc` compiles `.funnel` specs: read → parse → resolve → check → lower → emit.
//!
//! ```text
//! system     files into Sources (the only room that touches the outside)
//! syntax     text into statements, every fault of a file in one run
//! model      statements into declarations, names into targets, expressions into units
//! check      the laws of the language; lint: advice that can be switched off
//! plan, emit the target-neutral result, and the files written from it
//! serve      a preview in the browser
//! lsp        the compiler for editors
//! report     findings for people and machines
//! maps       the customer's way as slides
//! verify     logs of events, held to the plan
//! forecast   what the plan comes to
//! measure    what is to be measured, for the engine that does
//! sample     logs of people who do what is planned
//! ```

pub mod analysis;
pub mod baseline;
pub mod book;
pub mod breaking;
pub mod check;
pub mod cli;
pub mod config;
pub mod describe;
pub mod diagnostic;
#[cfg(feature = "engine")]
pub mod doctor;
pub mod draw;
pub mod emit;
pub mod fingerprint;
pub mod fix;
pub mod fmt;
pub mod forecast;
pub mod import;
pub mod language;
pub mod lint;
pub mod lsp;
pub mod maps;
#[cfg(feature = "engine")]
pub mod measure;
pub mod model;
pub mod models;
pub mod plan;
pub mod project;
pub mod report;
pub mod revision;
#[cfg(feature = "engine")]
pub mod sample;
pub mod serve;
pub mod settings;
pub mod simulate;
pub mod source;
pub mod stdlib;
pub mod syntax;
pub mod system;
pub mod verify;

use diagnostic::Diagnostic;
use lint::levels::Levels;
use model::Model;
use source::Sources;
use syntax::ast::File;

/// A project, compiled: the model and every finding, in a fixed order.
#[derive(Debug)]
pub struct Compilation<'s> {
    /// The model; whole only where no finding is an error.
    pub model: Model<'s>,
    /// Every finding.
    pub diagnostics: Vec<Diagnostic>,
}

/// Compiles the files of one project.
pub fn compile<'s>(sources: &'s Sources, levels: &Levels) -> Compilation<'s> {
    checked(model::build(sources), levels)
}

/// Compiles files that are parsed already, in their order; the standard library is none of them.
pub fn compile_parsed<'s>(sources: &'s Sources, parsed: Vec<File<'s>>, levels: &Levels) -> Compilation<'s> {
    checked(model::build_parsed(sources, parsed), levels)
}

fn checked<'s>((model, faults): (Model<'s>, Vec<Diagnostic>), levels: &Levels) -> Compilation<'s> {
    let diagnostics = findings(&model, faults, levels, &|| false).unwrap_or_default();
    Compilation { model, diagnostics }
}

/// Every finding of a model, in a fixed order, given what was found while it was read; nothing where, in between, nobody
/// wants them any more.
pub fn findings(
    model: &Model<'_>,
    faults: Vec<Diagnostic>,
    levels: &Levels,
    is_stale: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Diagnostic>> {
    let mut diagnostics = faults;
    let (laws, advice) = rayon::join(|| check::run(model, is_stale), || lint::run(model, levels, is_stale));
    if is_stale() {
        return None;
    }
    diagnostics.extend(laws);
    diagnostics.extend(advice);
    lint::suppress::apply(model, levels, &mut diagnostics);
    levels.apply(&mut diagnostics);
    diagnostics.retain(|diagnostic| !diagnostic.span().is_some_and(|span| model.sources.get(span.file).embedded));
    diagnostic::sort(&mut diagnostics);
    Some(diagnostics)
}
