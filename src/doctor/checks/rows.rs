//! Whether there is anything, and whether it can be read.

use super::{Check, share};
use crate::doctor::{Exam, Finding, Weight};
use crate::say;

pub(super) const CHECK: Check = Check { name: "rows", find };

fn find(exam: Exam<'_>) -> Vec<Finding> {
    let log = exam.log;
    let mut found = Vec::new();
    if log.rows == 0 {
        found.push(Finding::new(
            Weight::Problem,
            say!("the log has no rows"),
            say!("every number would be nought; look at where the file comes from"),
        ));
    }
    if log.unreadable > 0 {
        let share = share(log.unreadable, log.rows);
        found.push(
            Finding::new(
                Weight::Problem,
                say!("{share} of the lines cannot be read", share),
                say!("what they say is lost; write them anew, one JSON object or one row of the table a line"),
            )
            .of_rows(log.unreadable),
        );
    }
    found
}
