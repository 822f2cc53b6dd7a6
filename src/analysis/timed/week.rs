//! Which days are worked on, and how long some working days take.

use jiff::ToSpan;
use jiff::civil::Date;

use super::{DAY, Span};
use crate::model::Val;
use crate::model::shape::WEEKDAYS;
use crate::model::value::Captured;
use crate::model::walk::{FieldOf, Node};

/// Which days are worked on: the week of the policy without its holidays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Week {
    /// The days of the week that are worked on, Monday first.
    pub works: [bool; 7],
    /// The days on which nobody works all the same, in order, each once.
    pub holidays: Vec<Date>,
}

/// The days that are worked on where nothing is said.
const USUAL: [bool; 7] = [true, true, true, true, true, false, false];
/// The most days that holidays are followed for.
const MAX_HOLIDAYS: usize = 1_000;
/// The longest that some working days take, where no day is one.
const NEVER: i64 = 10_000;

impl Week {
    /// The week of some policies that hold together: a day is worked on where all that say something of it say so.
    pub(super) fn of(declared: &[Node<'_, '_>]) -> Self {
        let weeks: Vec<[bool; 7]> = declared.iter().filter_map(|own| own.field("week")).map(week).collect();
        let all = |at: usize| weeks.iter().all(|own| own[at]);
        let works = if weeks.is_empty() { USUAL } else { std::array::from_fn(all) };
        let mut holidays: Vec<Date> =
            declared.iter().flat_map(|own| own.refs("not_on")).flat_map(holidays).take(MAX_HOLIDAYS).collect();
        holidays.sort_unstable();
        holidays.dedup();
        Self { works, holidays }
    }

    /// Whether a day is worked on.
    pub fn is_worked(&self, date: Date) -> bool {
        let at = date.weekday().to_monday_zero_offset();
        self.works[usize::try_from(at).unwrap_or_default()] && self.holidays.binary_search(&date).is_err()
    }

    /// How long some working days take, whatever day they begin on.
    pub fn workdays(&self, days: i64) -> Span {
        // Every weekday after all holidays, and every day from which a holiday can be met.
        let after = self.holidays.last().copied().unwrap_or(Date::constant(2001, 1, 1));
        let plain = (1..=7).filter_map(|at| after.checked_add(at.days()).ok());
        let reach = 2 * days.clamp(0, 60) + 7;
        let before = |day: Date| (0..=reach).filter_map(move |back| day.checked_sub(back.days()).ok());
        let mut starts: Vec<Date> = plain.chain(self.holidays.iter().flat_map(|day| before(*day))).collect();
        starts.sort_unstable();
        starts.dedup();
        let lengths = self.lengths(&starts, days);
        let of = |length: Option<&i64>| length.copied().unwrap_or_default().saturating_mul(DAY);
        Span { least: of(lengths.iter().min()), most: of(lengths.iter().max()) }
    }

    /// How many days pass from each of some days, in order, until so many working days have begun.
    fn lengths(&self, starts: &[Date], days: i64) -> Vec<i64> {
        let (Some(first), Some(last), Ok(count)) = (starts.first(), starts.last(), usize::try_from(days)) else {
            return Vec::new();
        };
        if count == 0 {
            return vec![0];
        }
        // A week has a working day, unless it has holidays.
        let holidays = i64::try_from(self.holidays.len()).unwrap_or(NEVER);
        let passed = days.saturating_add(holidays).saturating_mul(7).saturating_add(7).min(NEVER);
        let end = last.checked_add(passed.days()).unwrap_or(Date::MAX);
        let worked: Vec<Date> =
            first.series(1.day()).take_while(|day| *day <= end).filter(|day| self.is_worked(*day)).collect();
        let length = |start: &Date| {
            let next = worked.partition_point(|day| day <= start);
            let day = next.checked_add(count - 1).and_then(|at| worked.get(at));
            day.map_or(NEVER, |day| i64::from(start.until(*day).map_or(0, |span| span.get_days())).min(NEVER))
        };
        starts.iter().map(length).collect()
    }

    /// How many days pass until so many working days have begun after a day.
    pub fn length(&self, start: Date, days: i64) -> i64 {
        let (mut date, mut left, mut passed) = (start, days, 0);
        while left > 0 && passed < NEVER {
            let Ok(next) = date.tomorrow() else { break };
            date = next;
            passed += 1;
            left -= i64::from(self.is_worked(date));
        }
        passed
    }
}

/// A day of the week as an offset from Monday.
pub(super) fn day(word: &str) -> Option<usize> {
    WEEKDAYS.iter().position(|own| *own == word)
}

fn week(field: FieldOf<'_, '_>) -> [bool; 7] {
    let at = |slot: &str| field.get(slot).and_then(|own| day(own.val.word()?));
    let mut works = [false; 7];
    if let (Some(from), Some(to)) = (at("from"), at("to")) {
        (0..=(to + 7 - from) % 7).for_each(|step| works[(from + step) % 7] = true);
    }
    field
        .field
        .values
        .iter()
        .filter(|own| own.slot == "value")
        .filter_map(|own| day(own.val.word()?))
        .for_each(|at| works[at] = true);
    works
}

/// The days of a declaration of holidays.
pub(super) fn holidays(node: Node<'_, '_>) -> Vec<Date> {
    let date = |own: &Captured<'_>| match &own.val {
        Val::Date(date) => Some(*date),
        _ => None,
    };
    let mut days = Vec::new();
    for values in node.fields("on").iter().map(|field| &field.field.values) {
        let mut values = values.iter().peekable();
        while let Some(own) = values.next() {
            let Some(from) = date(own).filter(|_| own.slot == "from") else { continue };
            let to = values.peek().filter(|next| next.slot == "to").and_then(|next| date(next)).unwrap_or(from);
            days.extend(from.series(1.day()).take_while(|day| *day <= to).take(MAX_HOLIDAYS));
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use jiff::civil::Weekday;

    use super::*;

    #[test]
    fn working_days_pass_over_weekends_and_holidays() {
        let mut week = Week { works: [true, true, true, true, true, false, false], holidays: Vec::new() };
        assert_eq!(week.workdays(2), Span { least: 2 * DAY, most: 4 * DAY });
        week.holidays = vec![Date::constant(2027, 3, 8)];
        // From the Friday before a Monday off: Tuesday and Wednesday.
        assert_eq!(week.workdays(2), Span { least: 2 * DAY, most: 5 * DAY });
        assert_eq!(Date::constant(2027, 3, 8).weekday(), Weekday::Monday);
    }
}
