//! Whether the log speaks of the events of the spec.

use super::{Check, listed, share};
use crate::doctor::{Exam, Finding, Weight};
use crate::model::faults::nearest;
use crate::say;

pub(super) const CHECK: Check = Check { name: "names", find };

fn find(exam: Exam<'_>) -> Vec<Finding> {
    let (log, expected) = (exam.log, exam.expected);
    let mut found = Vec::new();
    if log.no_name > 0 {
        let share = share(log.no_name, log.rows);
        let finding = Finding::new(
            Weight::Doubt,
            say!("{share} of the rows have no name", share),
            say!(
                "they are left out of every number; is `{name}` the column of the name?",
                name = expected.definition.columns.name
            ),
        );
        found.push(finding.of_rows(log.no_name));
    }
    let mut strange: Vec<(&str, u64)> = log
        .names
        .iter()
        .filter(|(name, _)| !expected.names.contains_key(*name))
        .map(|(name, rows)| (name.as_str(), *rows))
        .collect();
    strange.sort_by_key(|(name, rows)| (std::cmp::Reverse(*rows), *name));
    let unseen: Vec<(&str, &str)> = expected
        .names
        .iter()
        .filter(|(_, path)| !expected.names.iter().any(|(name, own)| own == *path && log.names.contains_key(name)))
        .map(|(name, path)| (name.as_str(), path.as_str()))
        .collect();
    // A name that is nearly one of an event that never happened is most likely that event.
    let mut meant: Vec<&str> = Vec::new();
    strange.retain(|(name, rows)| {
        let Some(near) = nearest(name, unseen.iter().map(|(name, _)| *name)) else { return true };
        meant.push(near);
        let says = say!("the log has `{name}`, and of `{near}` nothing", name, near);
        let help = say!(
            "the same event, most likely; send it as `{near}`, or say in the spec how it is called: `as \"{name}\"`",
            near,
            name
        );
        found.push(Finding::new(Weight::Problem, says, help).of_rows(*rows));
        false
    });
    if !strange.is_empty() {
        let rows = strange.iter().map(|(_, rows)| rows).sum::<u64>() + log.further_names;
        let finding = Finding::new(
            Weight::Note,
            say!(
                "{share} of the rows are events that the spec does not know: {names}",
                share = share(rows, log.rows),
                names = listed(strange.iter().map(|(name, _)| *name))
            ),
            say!("they count for nothing; `funnelc verify` lists all of them"),
        );
        found.push(finding.of_rows(rows));
    }
    let never: Vec<&str> = unseen.iter().filter(|(name, _)| !meant.contains(name)).map(|(_, path)| *path).collect();
    if log.rows > 0 && !never.is_empty() {
        found.push(Finding::new(
            Weight::Doubt,
            say!("the log never has {names}", names = listed(never)),
            say!("stages that they enter stay empty; are they sent, and under these names?"),
        ));
    }
    found
}
