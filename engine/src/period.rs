//! Calendar periods of a time zone.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::definition::Period;

/// Tells the periods of moments; the last one met is remembered.
#[derive(Debug, Default)]
pub struct Periods {
    known: Option<(Period, i64, i64, i32)>,
}

impl Periods {
    /// The number of the period of a moment: its first day.
    pub(crate) fn of(&mut self, per: Period, time: i64, zone: &TimeZone) -> Option<i32> {
        if let Some((own, from, until, number)) = self.known
            && own == per
            && (from..until).contains(&time)
        {
            return Some(number);
        }
        let day = Timestamp::from_microsecond(time).ok()?.to_zoned(zone.clone()).date();
        let (first, next) = bounds(per, day)?;
        let moment = |date: Date| Some(date.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond());
        let number = number(first);
        self.known = Some((per, moment(first)?, moment(next)?, number));
        Some(number)
    }
}

/// The periods from that of a moment to that of another, both included; at most so many.
pub(crate) fn between(per: Period, from: i64, until: i64, zone: &TimeZone, most: usize) -> Vec<i32> {
    let day = |time: i64| Some(Timestamp::from_microsecond(time).ok()?.to_zoned(zone.clone()).date());
    let (Some(mut at), Some(last)) = (day(from), day(until)) else { return Vec::new() };
    let mut found = Vec::new();
    while at <= last && found.len() < most {
        let Some((first, next)) = bounds(per, at) else { break };
        found.push(number(first));
        at = next;
    }
    found
}

/// A day as a number.
fn number(date: Date) -> i32 {
    Date::new(1970, 1, 1).map_or(0, |begin| (date - begin).get_days())
}

/// The first day of the period of a day, and of the next one.
fn bounds(per: Period, day: Date) -> Option<(Date, Date)> {
    let month = |month: i8| Date::new(day.year(), month, 1).ok();
    let (first, length) = match per {
        Period::Day => (day, 1.day()),
        Period::Week => {
            let since = i64::from(day.weekday().to_monday_zero_offset());
            (day.checked_sub(since.days()).ok()?, 7.days())
        }
        Period::Month => (month(day.month())?, 1.month()),
        Period::Quarter => (month((day.month() - 1) / 3 * 3 + 1)?, 3.months()),
        Period::Year => (month(1)?, 1.year()),
    };
    Some((first, first.checked_add(length).ok()?))
}

/// A period as it is shown: by its first day, its month or its year.
pub(crate) fn shown(per: Period, number: i32) -> Option<String> {
    let first = Date::new(1970, 1, 1).ok()?.checked_add(i64::from(number).days()).ok()?;
    Some(match per {
        Period::Day | Period::Week => first.to_string(),
        Period::Month => format!("{:04}-{:02}", first.year(), first.month()),
        Period::Quarter => format!("{:04}-Q{}", first.year(), (first.month() - 1) / 3 + 1),
        Period::Year => format!("{:04}", first.year()),
    })
}
