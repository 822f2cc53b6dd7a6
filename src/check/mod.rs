//! The laws of the language beyond names and types. One file per noun; [`CHECKS`] is the list of calls, each a small
//! function named after the law it enforces. A law looks only at what was read whole: what depends on a broken thing
//! stays silent.

mod earlier_names;
mod events;
mod goals;
mod kpis;
mod loops;
mod money;
mod programs;
mod project;
mod segments;
mod stages;
#[cfg(test)]
mod tests;
mod texts;
mod transitions;
mod types;
mod windows;

use rayon::prelude::*;

use crate::analysis::graph::Graph;
use crate::diagnostic::Diagnostic;
use crate::model::Model;

/// A law: looks at the whole model and reports what breaks it.
pub type Check = fn(&Model<'_>, &mut Vec<Diagnostic>);

/// A law about how stages hang together.
type GraphCheck = fn(&Graph<'_, '_>, &mut Vec<Diagnostic>);

/// Every law, in the order of the book.
pub static CHECKS: &[Check] = &[
    project::one_project,
    project::known_edition,
    project::well_formed_languages,
    project::known_currency,
    project::known_timezone,
    texts::declared_languages,
    earlier_names::bad_was,
    events::property_type_conflict,
    events::one_type_per_wire_name,
    events::known_keys,
    types::types_that_end,
    segments::segments_are_not_circular,
    transitions::trigger_mismatch,
    transitions::sensible_rates,
    kpis::target_fits_value,
    goals::goal_fits_kpi,
    programs::tier_fits_programme,
    money::one_currency,
    windows::empty_spans,
    windows::reversed_ranges,
    windows::reentry_after_its_window,
    windows::milestone_outside_its_goal,
    graph_laws,
];

/// The laws of the graph, which is made once for all of them.
static GRAPH_CHECKS: &[GraphCheck] = &[
    transitions::funnel_borders,
    transitions::rates_exceed_whole,
    stages::unreachable_stage,
    stages::no_conversion_stage,
    stages::no_conversion_path,
    stages::dead_end_stage,
    loops::unmarked_cycle,
    loops::missing_loyalty_loop,
    loops::endless_loop,
];

fn graph_laws(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let graph = Graph::of(model);
    GRAPH_CHECKS.iter().for_each(|check| check(&graph, found));
}

/// Runs every law, until nobody wants to know any more.
pub fn run(model: &Model<'_>, is_stale: &(dyn Fn() -> bool + Sync)) -> Vec<Diagnostic> {
    CHECKS
        .par_iter()
        .filter(|_| !is_stale())
        .flat_map_iter(|check| {
            let mut found = Vec::new();
            check(model, &mut found);
            found
        })
        .collect()
}
