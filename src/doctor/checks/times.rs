//! Times that are none, of several units, or of another age than the rest.

use super::super::{Case, Check, Finding, Severity, share};

pub(in super::super) const CHECK: Check =
    Check { name: "times", about: "times that cannot be read, mixed units, and years far from the others", run };

/// Years with less than one in so many events may be mistakes, if no other lies beside them.
const RARE: u64 = 1_000;

fn run(case: &Case<'_>) -> Vec<Finding> {
    let facts = case.facts;
    let mut found = Vec::new();
    let (no_time, examples) = &facts.no_time;
    if *no_time > 0 {
        let words =
            format!("{no_time} of {} rows ({}) have no time that can be read", facts.rows, share(*no_time, facts.rows));
        let advice = "they are left out: write times as timestamps, as 2027-01-31T12:00:00Z, or as whole numbers of one unit since 1970";
        found.push(Finding::new(CHECK.name, Severity::Warning, words, advice).with(examples.clone()));
    }
    if facts.units.len() > 1 {
        let units: Vec<String> = facts.units.iter().map(|(unit, count)| format!("{unit} ({count})")).collect();
        let words = "whole numbers are times in several units".to_owned();
        let advice = "a log of mixed units is refused, because a wrong unit is a time in another age: write one unit, or one file a unit";
        found.push(Finding::new(CHECK.name, Severity::Error, words, advice).with(units));
    }
    let all: u64 = facts.years.values().sum();
    let is_alone = |year: i16| {
        ![year - 1, year + 1].iter().any(|beside| facts.years.get(beside).is_some_and(|count| count * RARE >= all))
    };
    let odd: Vec<(&i16, &u64)> =
        facts.years.iter().filter(|(year, count)| *count * RARE < all && is_alone(**year)).collect();
    if !odd.is_empty() {
        let years = odd.iter().map(|(year, count)| format!("{year} ({count})")).collect();
        let words = "a few events lie years away from the others".to_owned();
        let advice = "the last of them is taken for the end of the log, so that everything seems to have had its time: leave them out, or mend the clock of their sender";
        found.push(Finding::new(CHECK.name, Severity::Warning, words, advice).with(years));
    }
    found
}
