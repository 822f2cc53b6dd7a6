//! Whether it is known who did it, and whether one identity stands for several people.

use super::{Check, listed, share};
use crate::doctor::{Exam, Finding, Weight};
use crate::{count, say};

pub(super) const CHECK: Check = Check { name: "identities", find };

/// More rows of nobody than one in so many are a problem.
const FEW: u64 = 100;

fn find(exam: Exam<'_>) -> Vec<Finding> {
    let log = exam.log;
    let columns = &exam.expected.definition.columns.identity;
    let mut found = Vec::new();
    // Where there is no such column, that is said already.
    let is_there = log.files.iter().any(|file| columns.iter().any(|own| !file.missing.contains(own)));
    if log.nobody > 0 && is_there {
        let share = share(log.nobody, log.rows);
        let weight = if log.nobody.saturating_mul(FEW) > log.rows { Weight::Problem } else { Weight::Doubt };
        let names = listed(columns.iter().map(String::as_str));
        let finding = Finding::new(
            weight,
            say!("{share} of the rows name nobody in {names}", share, names),
            say!(
                "they are left out of every number; send an identity with every event, or name the column that has it in the `source` of the spec"
            ),
        );
        found.push(finding.of_rows(log.nobody));
    }
    for (column, rows) in columns.iter().zip(&log.identities) {
        let is_there = log.files.iter().any(|file| !file.missing.contains(column));
        if *rows == 0 && is_there && log.rows > 0 && columns.len() > 1 {
            found.push(Finding::new(
                Weight::Doubt,
                say!("no row has a value in `{column}`", column),
                say!("people are told apart by the other columns alone: who comes back on another device is somebody else"),
            ));
        }
    }
    if log.shared > 0 {
        let finding = Finding::new(
            Weight::Note,
            count!(
                "{n} identity was seen together with several people",
                "{n} identities were seen together with several people",
                usize::try_from(log.shared).unwrap_or(usize::MAX)
            ),
            say!("shared devices, most likely; each counts for the person it was first seen with"),
        );
        found.push(finding);
    }
    found
}
