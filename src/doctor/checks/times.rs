//! Whether times are times, of one unit, and lie where the others do. There is no clock here: what lies far beyond all
//! other rows is said, whenever that is.

use funnelc_engine::time::{DAY, show};

use super::{Check, share};
use crate::diagnostic::Message;
use crate::doctor::{Exam, Finding, Weight};
use crate::{count, say};

pub(super) const CHECK: Check = Check { name: "times", find };

/// Fewer rows than one in so many that lie apart are taken for wrong clocks.
const FEW: u64 = 1_000;

/// So many days without any row set what comes after them apart.
const GAP: i64 = 30;

fn find(exam: Exam<'_>) -> Vec<Finding> {
    let log = exam.log;
    let mut found = Vec::new();
    // Where there is no such column, that is said already.
    let is_there = log.files.iter().any(|file| !file.missing.contains(&exam.expected.definition.columns.time));
    if log.no_time > 0 && is_there {
        let share = share(log.no_time, log.rows);
        found.push(
            Finding::new(
                Weight::Problem,
                say!("{share} of the rows have no time", share),
                say!("they are left out of every number; a time is a timestamp, a whole number, or a text such as 2026-01-31T12:00:00Z"),
            )
            .of_rows(log.no_time),
        );
    }
    for file in log.files.iter().filter(|file| file.units.len() > 1) {
        let path = file.path.display().to_string();
        let mut units = file.units.iter().map(|(unit, sample)| format!("{} ({sample})", unit.word()));
        let (one, other) = (units.next().unwrap_or_default(), units.next().unwrap_or_default());
        found.push(Finding::new(
            Weight::Problem,
            say!("`{path}` has times in {one} and in {other}", path, one, other),
            say!("nothing is measured of it; write them in one unit, or one file a unit"),
        ));
    }
    found.extend(apart(exam, false));
    found.extend(apart(exam, true));
    found.extend(holes(exam));
    found
}

/// Few rows at one end, far from all others.
fn apart(exam: Exam<'_>, is_late: bool) -> Option<Finding> {
    let mut days: Vec<(i64, u64)> = exam.log.days.iter().map(|(day, rows)| (*day, *rows)).collect();
    let all: u64 = days.iter().map(|(_, rows)| rows).sum();
    if is_late {
        days.reverse();
    }
    let mut sum = 0;
    let mut end = None;
    for pair in days.windows(2) {
        sum += pair[0].1;
        if sum.saturating_mul(FEW) > all {
            break;
        }
        if (pair[1].0 - pair[0].0).abs() > GAP {
            end = Some((sum, pair[1].0));
        }
    }
    let (rows, day) = end?;
    let share = share(rows, all);
    let day = date(day);
    let says = if is_late {
        say!("{share} of the rows lie long after {day}, the last day of all others", share, day)
    } else {
        say!("{share} of the rows lie long before {day}, the first day of all others", share, day)
    };
    let help = if is_late {
        say!(
            "clocks that go wrong, most likely; all numbers hold until the last row, so that they would seem ripe that are not: remove them"
        )
    } else {
        say!(
            "clocks that go wrong, or a time of nought, most likely: remove them, or give them the time at which they arrived"
        )
    };
    Some(Finding::new(Weight::Doubt, says, help).of_rows(rows))
}

/// Days without a row, where there are hardly ever so few.
fn holes(exam: Exam<'_>) -> Option<Finding> {
    let days = &exam.log.days;
    let all: u64 = days.values().sum();
    let few_a_day = (all / (days.len() as u64).max(1)) < 20;
    if few_a_day {
        return None;
    }
    let pairs = days.keys().zip(days.keys().skip(1));
    let gaps = pairs.filter(|(one, next)| (2..=GAP).contains(&(*next - *one)));
    let (mut missing, mut first) = (0, None);
    for (one, next) in gaps {
        missing += next - one - 1;
        first = first.or(Some(one + 1));
    }
    let day = date(first?);
    Some(Finding::new(
        Weight::Doubt,
        say!("{missing} without a row between others, first {day}", missing = days_of(missing), day),
        say!("is a file missing? people who came on those days are missing in every number"),
    ))
}

fn days_of(number: i64) -> Message {
    count!("{n} day", "{n} days", usize::try_from(number).unwrap_or(usize::MAX))
}

fn date(day: i64) -> String {
    show(day.saturating_mul(DAY)).chars().take(10).collect()
}
