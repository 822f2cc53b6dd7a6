//! Rows that cannot be events.

use super::super::{Case, Check, Finding, Severity, share};

pub(in super::super) const CHECK: Check =
    Check { name: "rows", about: "lines that cannot be read, and rows without a name", run };

fn run(case: &Case<'_>) -> Vec<Finding> {
    let facts = case.facts;
    let mut found = Vec::new();
    if facts.rows == 0 {
        let advice = "export the events again, or look whether the path is right";
        found.push(Finding::new(CHECK.name, Severity::Error, "the log is empty".to_owned(), advice));
    }
    let kinds = [
        (
            facts.unreadable,
            "cannot be read",
            "they are left out: look for broken lines, other encodings than UTF-8, or rows with more values than the header",
        ),
        (
            facts.no_name,
            "have no event name",
            "they are left out: name the column of the event's name in the `source`, or with --name",
        ),
    ];
    for (count, what, advice) in kinds.into_iter().filter(|(count, ..)| *count > 0) {
        let words = format!("{count} of {} rows ({}) {what}", facts.rows, share(count, facts.rows));
        found.push(Finding::new(CHECK.name, Severity::Warning, words, advice));
    }
    found
}
