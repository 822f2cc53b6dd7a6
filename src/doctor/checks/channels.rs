//! Whether what brought people is claimed by a channel.

use super::{Check, share};
use crate::doctor::{Exam, Finding, Weight};
use crate::say;

pub(super) const CHECK: Check = Check { name: "channels", find };

fn find(exam: Exam<'_>) -> Vec<Finding> {
    let log = exam.log;
    if !exam.expected.has_channels {
        return Vec::new();
    }
    let all: u64 = log.sources.values().map(|(rows, _)| rows).sum();
    let mut unclaimed: Vec<(&str, u64)> = log
        .sources
        .iter()
        .map(|(source, (_, unclaimed))| (source.as_str(), *unclaimed))
        .filter(|(_, unclaimed)| *unclaimed > 0)
        .collect();
    if unclaimed.is_empty() {
        return Vec::new();
    }
    unclaimed.sort_by_key(|(source, rows)| (std::cmp::Reverse(*rows), *source));
    let rows = unclaimed.iter().map(|(_, rows)| rows).sum();
    let says = say!(
        "{share} of the rows with a `utm_source` belong to no channel: {names}",
        share = share(rows, all),
        names = super::listed(unclaimed.iter().map(|(source, _)| *source))
    );
    let help = say!(
        "whoever came by them counts as having come by nothing; add them to the `match` of a channel, or declare one"
    );
    vec![Finding::new(Weight::Doubt, says, help).of_rows(rows)]
}
