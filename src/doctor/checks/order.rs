//! Whether rows come in the order of time.

use super::{Check, share};
use crate::doctor::{Exam, Finding, Weight};
use crate::say;

pub(super) const CHECK: Check = Check { name: "order", find };

fn find(exam: Exam<'_>) -> Vec<Finding> {
    let log = exam.log;
    if log.disorder == 0 {
        return Vec::new();
    }
    let share = share(log.disorder, log.rows);
    let finding = Finding::new(
        Weight::Note,
        say!("{share} of the rows are earlier than the row before them", share),
        say!(
            "no harm: funnelc orders by time; where two events of a person have one time, the stage that is declared first comes first"
        ),
    );
    vec![finding.of_rows(log.disorder)]
}
