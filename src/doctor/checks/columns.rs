//! Whether the columns that the spec speaks of are there, and of a type that can be used.

use funnelc_engine::checkup::FileFacts;
use funnelc_engine::definition::Columns;

use super::{Check, listed};
use crate::doctor::{Exam, Finding, Weight};
use crate::model::faults::nearest;
use crate::say;

pub(super) const CHECK: Check = Check { name: "columns", find };

fn find(exam: Exam<'_>) -> Vec<Finding> {
    let columns = &exam.expected.definition.columns;
    let mut found = Vec::new();
    for file in &exam.log.files {
        let path = file.path.display().to_string();
        for name in missing(columns, file) {
            let there: Vec<&str> = file.there.iter().map(String::as_str).collect();
            let help = match nearest(name, there.iter().copied()) {
                Some(meant) => say!(
                    "`{meant}` is there; name it in the `source` of the spec: `events \"…\" { {word} {meant} }`",
                    meant,
                    word = word(exam, name)
                ),
                None if there.is_empty() => {
                    say!(
                        "name the right one in the `source` of the spec: `events \"…\" { {word} … }`",
                        word = word(exam, name)
                    )
                }
                None => say!(
                    "there are {there}; name the right one in the `source` of the spec: `events \"…\" { {word} … }`",
                    there = listed(there),
                    word = word(exam, name)
                ),
            };
            found.push(Finding::new(Weight::Problem, say!("`{path}` has no column `{name}`", path, name), help));
        }
        for (name, kind) in &file.wrong {
            found.push(Finding::new(
                Weight::Problem,
                say!("the column `{name}` of `{path}` holds {kind}", name, path, kind),
                say!("write times as timestamps, whole numbers or texts, and identities as whole numbers or texts"),
            ));
        }
    }
    found
}

/// The columns that are missed in a file: of the identities one is enough.
fn missing<'f>(columns: &Columns, file: &'f FileFacts) -> Vec<&'f str> {
    let is_told = columns.identity.iter().any(|own| !file.missing.contains(own));
    let mut identities = file.missing.iter().filter(|own| columns.identity.contains(own));
    let identity = identities.next().filter(|_| !is_told);
    let others = file.missing.iter().filter(|own| !columns.identity.contains(own));
    identity.into_iter().chain(others).map(String::as_str).collect()
}

/// What a column is called in a `source`.
fn word(exam: Exam<'_>, name: &str) -> &'static str {
    let columns = &exam.expected.definition.columns;
    match name {
        _ if columns.identity.iter().any(|own| own == name) => "identity",
        _ if columns.time == name => "time",
        _ => "name",
    }
}
