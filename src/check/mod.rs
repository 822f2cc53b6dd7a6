//! The laws of the language beyond names and types. One file per noun; [`CHECKS`] is the list of calls, each a small
//! function named after the law it enforces. A law looks only at what was read whole: what depends on a broken thing
//! stays silent.

pub mod segments;

use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::model::Model;

/// A law: looks at the whole model and reports what breaks it.
pub type Check = fn(&Model<'_>, &mut Vec<Diagnostic>);

/// Every law, in the order of the book.
pub static CHECKS: &[Check] = &[segments::segments_are_not_circular];

/// Runs every law.
pub fn run(model: &Model<'_>) -> Vec<Diagnostic> {
    CHECKS
        .par_iter()
        .flat_map_iter(|check| {
            let mut found = Vec::new();
            check(model, &mut found);
            found
        })
        .collect()
}
