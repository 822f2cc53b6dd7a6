//! Events that nobody planned, and planned ones that never happen.

use std::collections::BTreeSet;

use super::super::{Case, Check, EXAMPLES, Finding, Severity, most, share};
use crate::model::faults::nearest;

pub(in super::super) const CHECK: Check =
    Check { name: "events", about: "events that nobody planned, and measured ones that are not in the log", run };

fn run(case: &Case<'_>) -> Vec<Finding> {
    let facts = case.facts;
    let planned: BTreeSet<&str> = case.planned.iter().map(String::as_str).collect();
    let unknown = || facts.names.iter().filter(|(name, _)| !planned.contains(name.as_str()));
    let mut found = Vec::new();
    let count: u64 = unknown().map(|(_, count)| count).sum();
    if count > 0 {
        let near =
            |name: &String| nearest(name, planned.iter().copied()).map(|near| format!("`{name}`: is it `{near}`?"));
        let examples = most(unknown()).into_iter().chain(unknown().filter_map(|(name, _)| near(name)).take(EXAMPLES));
        let words = format!(
            "{count} of {} events ({}) have names that the spec does not declare",
            facts.rows,
            share(count, facts.rows)
        );
        let advice = "no stage is entered by them: declare them, or give the event its name on the wire (`named`)";
        found.push(Finding::new(CHECK.name, Severity::Warning, words, advice).with(examples.collect()));
    }
    let names = case.definition.patterns.iter().filter(|own| own.table.is_none() && !own.names.is_empty());
    let absent: BTreeSet<&String> = names
        .filter(|own| own.names.iter().all(|name| !facts.names.contains_key(name)))
        .filter_map(|own| own.names.first())
        .collect();
    if !absent.is_empty() {
        let words = format!("{} events that are measured are not in the log", absent.len());
        let advice = "what they enter is never reached, and KPIs of them are nought: look whether they are sent, and under which name";
        let examples = absent.into_iter().take(EXAMPLES * 2).cloned().collect();
        found.push(Finding::new(CHECK.name, Severity::Warning, words, advice).with(examples));
    }
    found
}
