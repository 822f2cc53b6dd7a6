//! Events of nobody, and of people who are only known by their device.

use super::super::{Case, Check, Finding, Severity, most, share};

pub(in super::super) const CHECK: Check =
    Check { name: "identity", about: "events without an identity of a person", run };

/// A share of events in percent above which it is worth a word that nobody is known by more than a device.
const MANY: u64 = 95;

fn run(case: &Case<'_>) -> Vec<Finding> {
    let facts = case.facts;
    let mut found = Vec::new();
    let nobody: u64 = facts.no_identity.values().sum();
    if nobody > 0 {
        let words = format!("{nobody} of {} rows ({}) have no identity", facts.rows, share(nobody, facts.rows));
        let advice = "they are left out, as nobody did them: let every sender set an identity, an anonymous one at least; `identity` of the project names the columns";
        let severity = if nobody * 10 > facts.rows { Severity::Error } else { Severity::Warning };
        found.push(Finding::new(CHECK.name, severity, words, advice).with(most(facts.no_identity.iter())));
    }
    let identities = &case.definition.columns.identity;
    if let (Some(last), true) = (identities.last(), facts.last_identity * 100 > facts.rows * MANY) {
        let words = format!("{} of the rows are only known by `{last}`", share(facts.last_identity, facts.rows));
        let advice = "people on several devices count as several: let the better identity be sent once it is known";
        found.push(Finding::new(CHECK.name, Severity::Note, words, advice));
    }
    found
}
