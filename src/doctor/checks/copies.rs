//! Whether rows are there twice.

use super::{Check, share};
use crate::doctor::{Exam, Finding, Weight};
use crate::say;

pub(super) const CHECK: Check = Check { name: "copies", find };

fn find(exam: Exam<'_>) -> Vec<Finding> {
    let copies = &exam.log.copies;
    let (found, compared) = (copies.found(), copies.compared());
    if found == 0 {
        return Vec::new();
    }
    let share = share(found, compared);
    let finding = match &exam.expected.definition.columns.id {
        Some(column) => Finding::new(
            Weight::Note,
            say!("{share} of the rows have an `{column}` that was there before", share, column),
            say!("no harm: rows of one `{column}` count once", column),
        ),
        None => Finding::new(
            Weight::Doubt,
            say!("{share} of the rows are like another in all that is asked for", share),
            say!(
                "sent twice, most likely, and counted twice; name the column that tells copies in the `source` of the spec, `events \"…\" { id … }`, or write `once_per` in the event"
            ),
        ),
    };
    let finding = if copies.is_exact() { finding.of_rows(found) } else { finding };
    vec![finding]
}
