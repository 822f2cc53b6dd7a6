//! The order of rows.

use super::super::{Case, Check, Finding, Severity, share};

pub(in super::super) const CHECK: Check = Check { name: "order", about: "rows that are not in the order of time", run };

fn run(case: &Case<'_>) -> Vec<Finding> {
    let facts = case.facts;
    if facts.unsorted == 0 {
        return Vec::new();
    }
    let words = format!(
        "{} of {} rows ({}) come after a later one",
        facts.unsorted,
        facts.rows,
        share(facts.unsorted, facts.rows)
    );
    let advice = "nothing is wrong with that: each person's events are sorted before they are measured; only rows of one person at equal times count in the order of the log";
    vec![Finding::new(CHECK.name, Severity::Note, words, advice)]
}
