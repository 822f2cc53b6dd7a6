//! Sequences in time: when each message of a run can be sent, and after what. Times are nominal: before quiet hours, caps
//! and holidays hold a message back; working days follow the week and the holidays of the policy.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;

use crate::model::kinds::Kind;
use crate::model::value::Captured;
use crate::model::walk::{FieldOf, Node};
use crate::model::{Model, Val};

/// A day in seconds.
pub const DAY: i64 = 86_400;
/// The most steps of a sequence that are looked at.
pub const MAX_STEPS: usize = 10_000;

/// When something happens after the start of a run, in seconds; both ends can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// At the earliest.
    pub least: i64,
    /// At the latest.
    pub most: i64,
}

impl Span {
    fn later(self, by: Self) -> Self {
        Self { least: self.least.saturating_add(by.least), most: self.most.saturating_add(by.most) }
    }

    /// The least span that both are in.
    fn or(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

/// Where a run turned off before it came to a message.
#[derive(Clone, Copy)]
pub enum Turn<'m, 's> {
    /// What the wait was for happened.
    Happened(Node<'m, 's>),
    /// It did not, and the time ran out.
    Ended(Node<'m, 's>),
    /// A condition held.
    When(Node<'m, 's>),
    /// It did not.
    Otherwise(Node<'m, 's>),
    /// The person was dealt to an arm of a split.
    Arm(Node<'m, 's>, Node<'m, 's>),
}

/// A message of a run.
pub struct Send<'m, 's> {
    /// The step.
    pub step: Node<'m, 's>,
    /// When it is sent.
    pub after: Span,
    /// The turns on the way to it, the first one first.
    pub turns: Vec<Turn<'m, 's>>,
}

/// A sequence in time.
pub struct Timeline<'m, 's> {
    /// Its messages, in the order they are written.
    pub sends: Vec<Send<'m, 's>>,
    /// When a run that nothing stops is over.
    pub end: Span,
}

impl<'m, 's> Timeline<'m, 's> {
    /// The sequence in time, under the policy of its project.
    pub fn of(sequence: Node<'m, 's>) -> Self {
        let mut walk = Walk { week: Week::of(sequence.model), sends: Vec::new(), steps: 0 };
        let end = walk.steps(sequence, Span::default(), &mut Vec::new());
        Self { sends: walk.sends, end }
    }
}

struct Walk<'m, 's> {
    week: Week,
    sends: Vec<Send<'m, 's>>,
    steps: usize,
}

impl<'m, 's> Walk<'m, 's> {
    /// The steps inside of something; when they are over.
    fn steps(&mut self, of: Node<'m, 's>, start: Span, turns: &mut Vec<Turn<'m, 's>>) -> Span {
        let mut now = start;
        for step in of.children() {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                break;
            }
            now = match step.kind() {
                Kind::Wait => self.wait(step, now, turns),
                Kind::When => self.when(step, now, turns),
                Kind::Split => self.split(step, now, turns),
                kind if kind.is_message() => {
                    self.sends.push(Send { step, after: now, turns: turns.clone() });
                    now
                }
                _ => now,
            };
        }
        now
    }

    fn inside(&mut self, of: Node<'m, 's>, now: Span, turn: Turn<'m, 's>, turns: &mut Vec<Turn<'m, 's>>) -> Span {
        turns.push(turn);
        let end = self.steps(of, now, turns);
        turns.pop();
        end
    }

    fn wait(&mut self, wait: Node<'m, 's>, now: Span, turns: &mut Vec<Turn<'m, 's>>) -> Span {
        if let Some(days) = workdays(wait) {
            return now.later(self.week.workdays(days));
        }
        if let Some(seconds) = seconds(wait, "delay") {
            return now.later(Span { least: seconds, most: seconds });
        }
        let most = seconds(wait, "at_most").unwrap_or_default();
        let (happened, ended) = (now.later(Span { least: 0, most }), now.later(Span { least: most, most }));
        let [then, otherwise] = [Kind::Then, Kind::Else].map(|kind| wait.children_of(kind).next());
        let happened = then.map_or(happened, |then| self.inside(then, happened, Turn::Happened(wait), turns));
        let ended = otherwise.map_or(ended, |own| self.inside(own, ended, Turn::Ended(wait), turns));
        happened.or(ended)
    }

    fn when(&mut self, when: Node<'m, 's>, now: Span, turns: &mut Vec<Turn<'m, 's>>) -> Span {
        let held = self.inside(when, now, Turn::When(when), turns);
        let otherwise = when.children_of(Kind::Else).next();
        held.or(otherwise.map_or(now, |own| self.inside(own, now, Turn::Otherwise(when), turns)))
    }

    fn split(&mut self, split: Node<'m, 's>, now: Span, turns: &mut Vec<Turn<'m, 's>>) -> Span {
        let arms: Vec<Node<'m, 's>> = split.children_of(Kind::Arm).collect();
        let ends = arms.into_iter().map(|arm| self.inside(arm, now, Turn::Arm(split, arm), turns));
        ends.reduce(Span::or).unwrap_or(now)
    }
}

fn seconds(wait: Node<'_, '_>, slot: &str) -> Option<i64> {
    match &captured(wait, slot)?.val {
        Val::Duration(duration) => duration.seconds()?.to_i64(),
        _ => None,
    }
}

fn workdays(wait: Node<'_, '_>) -> Option<i64> {
    match &captured(wait, "days")?.val {
        Val::Workdays(days) => days.to_i64(),
        _ => None,
    }
}

fn captured<'m, 's>(node: Node<'m, 's>, slot: &str) -> Option<&'m Captured<'s>> {
    node.decl().head.iter().find(|own| own.slot == slot)
}

// ---- working days

/// Which days are worked on: the week of the policy without its holidays.
struct Week {
    works: [bool; 7],
    holidays: Vec<Date>,
}

/// The words of the days, Monday first.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// The most days that holidays are followed for.
const MAX_HOLIDAYS: usize = 1_000;
/// The longest that some working days take, where no day is one.
const NEVER: i64 = 10_000;

impl Week {
    fn of(model: &Model<'_>) -> Self {
        let policy = model.nodes(Kind::Sending).find(|own| own.parent().is_none());
        let works = policy.and_then(|own| own.field("week")).map_or([true, true, true, true, true, false, false], week);
        let days = policy.into_iter().flat_map(|own| own.refs("not_on")).flat_map(holidays);
        let mut holidays: Vec<Date> = days.take(MAX_HOLIDAYS).collect();
        holidays.sort_unstable();
        holidays.dedup();
        Self { works, holidays }
    }

    fn is_worked(&self, date: Date) -> bool {
        let at = date.weekday().to_monday_zero_offset();
        self.works[usize::try_from(at).unwrap_or_default()] && self.holidays.binary_search(&date).is_err()
    }

    /// How long some working days take, whatever day they begin on.
    fn workdays(&self, days: i64) -> Span {
        // Every weekday far from all holidays, and every day from which a holiday can be met.
        let plain = (0..7).filter_map(|at| Date::constant(2001, 1, 1).checked_add(at.days()).ok());
        let reach = 2 * days.clamp(0, 60) + 7;
        let before = |day: Date| (0..=reach).filter_map(move |back| day.checked_sub(back.days()).ok());
        let starts = plain.chain(self.holidays.iter().flat_map(|day| before(*day)));
        let lengths: Vec<i64> = starts.map(|start| self.length(start, days)).collect();
        let of = |length: Option<&i64>| length.copied().unwrap_or_default().saturating_mul(DAY);
        Span { least: of(lengths.iter().min()), most: of(lengths.iter().max()) }
    }

    /// How many days pass until so many working days have begun after a day.
    fn length(&self, start: Date, days: i64) -> i64 {
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

fn week(field: FieldOf<'_, '_>) -> [bool; 7] {
    let day = |word: &str| DAYS.iter().position(|own| *own == word);
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

fn holidays(node: Node<'_, '_>) -> Vec<Date> {
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
