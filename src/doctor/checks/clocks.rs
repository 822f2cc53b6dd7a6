//! Whether clocks agree: two senders of one event should tell nearly the same time.

use super::Check;
use crate::doctor::{Exam, Finding, Weight};
use crate::say;

pub(super) const CHECK: Check = Check { name: "clocks", find };

/// A difference that is worth a word, in microseconds.
const MUCH: i64 = 60_000_000;

/// So many events tell more than chance.
const ENOUGH: usize = 5;

fn find(exam: Exam<'_>) -> Vec<Finding> {
    let apart = exam.log.senders.apart().filter(|(_, middle, events)| *events >= ENOUGH && middle.abs() >= MUCH);
    let finding = |((one, other), middle, events): ((&str, &str), i64, usize)| {
        let (early, late) = if middle > 0 { (one, other) } else { (other, one) };
        let seconds = middle.abs() / 1_000_000;
        Finding::new(
            Weight::Doubt,
            say!(
                "`{late}` tells a time {seconds} seconds later than `{early}`: the middle of {events} events that both sent",
                late,
                seconds,
                early,
                events
            ),
            say!(
                "the order of a person's events hangs on it, and so do short windows: correct times by when they were sent and received, or use the server's"
            ),
        )
    };
    apart.map(finding).collect()
}
