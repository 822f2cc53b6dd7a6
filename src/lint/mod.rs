//! Advice: rules that can be allowed, warned about or denied. A rule is one file under `rules/` and one line in
//! [`registry::RULES`].

#[cfg(test)]
mod examples;
pub mod levels;
pub mod registry;
pub mod rules;
pub mod suppress;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic};
use crate::model::Model;

/// A rule with its manual page.
pub struct Rule {
    /// Its code, documentation and examples.
    pub code: Code,
    /// Looks at the whole model and reports.
    pub check: fn(&Model<'_>, &mut Vec<Diagnostic>),
}

/// Runs every rule that the levels do not switch off, until nobody wants to know any more.
pub fn run(model: &Model<'_>, levels: &levels::Levels, is_stale: &(dyn Fn() -> bool + Sync)) -> Vec<Diagnostic> {
    registry::RULES
        .par_iter()
        .filter(|rule| levels.of(&rule.code) != levels::Setting::Allow && !is_stale())
        .flat_map_iter(|rule| {
            let mut found = Vec::new();
            (rule.check)(model, &mut found);
            found
        })
        .collect()
}
