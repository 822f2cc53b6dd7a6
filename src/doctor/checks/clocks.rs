//! Clocks that differ: two senders of one event should tell nearly the same time.

use super::super::{Case, Check, Finding, Severity};

pub(in super::super) const CHECK: Check =
    Check { name: "clocks", about: "senders whose clocks differ, told by events that both sent", run };

/// A difference that is worth a word, in seconds.
const MUCH: i64 = 60;

/// So many pairs tell more than chance.
const PAIRS: usize = 5;

fn run(case: &Case<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for ((one, other), apart) in &case.facts.apart {
        let mut apart = apart.clone();
        apart.sort_unstable();
        let middle = apart[apart.len() / 2] / 1_000_000;
        if apart.len() < PAIRS || middle.abs() < MUCH {
            continue;
        }
        let (early, late) = if middle > 0 { (one, other) } else { (other, one) };
        let words = format!(
            "`{late}` tells a time {} seconds later than `{early}` (the middle of {} events that both sent)",
            middle.abs(),
            apart.len()
        );
        let advice = "the order of a person's events depends on it, and so do short windows: correct the times by when they were sent and received, or use the server's";
        found.push(Finding::new(CHECK.name, Severity::Warning, words, advice));
    }
    found
}
