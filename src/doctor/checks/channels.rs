//! Visits that no channel claims, and channels that claim none.

use super::super::{Case, Check, Finding, Severity, most};

pub(in super::super) const CHECK: Check =
    Check { name: "channels", about: "link parameters that no channel claims, and channels that claim nothing", run };

fn run(case: &Case<'_>) -> Vec<Finding> {
    let facts = case.facts;
    let mut found = Vec::new();
    let unclaimed: u64 = facts.unclaimed.values().sum();
    if unclaimed > 0 {
        let words = format!("{unclaimed} events have a `utm_source` or `utm_medium` that no channel claims");
        let advice = "what they bring is credited to none: let a channel `match` them, or mend the links";
        found.push(Finding::new(CHECK.name, Severity::Warning, words, advice).with(most(facts.unclaimed.iter())));
    }
    let channels = case.definition.channels.iter().zip(&facts.claimed);
    let idle = channels.filter(|(channel, claimed)| channel.pattern.is_some() && **claimed == 0);
    let idle: Vec<String> = idle.map(|(channel, _)| channel.path.clone()).collect();
    if !idle.is_empty() {
        let words = format!("{} channels claim no event", idle.len());
        let advice = "either nobody came by them, or their links carry other parameters than `match` asks for";
        found.push(Finding::new(CHECK.name, Severity::Note, words, advice).with(idle));
    }
    found
}
