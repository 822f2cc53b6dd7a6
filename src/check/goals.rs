//! Laws of goals: they speak of their KPI in its unit.

use super::kpis::{fits, quantities};
use crate::diagnostic::Diagnostic;
use crate::model::Model;
use crate::model::kinds::Kind;
use crate::model::walk::Kpi;

/// A goal or milestone of another unit than its KPI.
pub(super) fn goal_fits_kpi(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for goal in model.nodes(Kind::Goal) {
        let Some(kpi) = goal.refs("kpi").into_iter().find(|node| node.kind() == Kind::Kpi).map(Kpi) else { continue };
        for (word, what) in [("from", "goal"), ("milestone", "milestone")] {
            for captured in goal.decl().all(word).flat_map(quantities) {
                fits(kpi, captured, what, found);
            }
        }
    }
}
