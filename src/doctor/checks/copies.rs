//! Rows that are alike.

use super::super::{Case, Check, Finding, Severity, share};

pub(in super::super) const CHECK: Check = Check { name: "copies", about: "rows that are alike", run };

fn run(case: &Case<'_>) -> Vec<Finding> {
    let facts = case.facts;
    if facts.copies == 0 {
        return Vec::new();
    }
    let words = format!(
        "{} of {} rows ({}) are copies of others in person, time, name and every property that is asked for",
        facts.copies,
        facts.rows,
        share(facts.copies, facts.rows)
    );
    let advice = "they count as often as they are there: name the column that tells events apart (`id` in the `source`), or say `once_per` where an event has a key";
    vec![Finding::new(CHECK.name, Severity::Warning, words, advice)]
}
