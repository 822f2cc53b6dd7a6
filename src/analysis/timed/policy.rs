//! The policy of sending: when nothing is sent, how many messages a person gets at most, who goes first. The project has
//! one, and a sequence may have its own, which only tightens it: what either forbids is forbidden.
//!
//! Quiet times are on the clock of whoever they are of. Where that is not told apart here, everybody lives by one clock.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::DAY;
use super::week::{Week, day, holidays};
use crate::model::expr::Expr;
use crate::model::kinds::Kind;
use crate::model::walk::{FieldOf, Node};
use crate::model::{DeclId, Model, Val};
use crate::source::Span;

/// The longest that quiet is followed for, ten years; what lasts longer never ends.
const MAX_QUIET: SignedDuration = SignedDuration::from_hours(24 * 3_660);
/// How many changes of a clock are looked at.
const MAX_CLOCK_CHANGES: usize = 40;
/// How many quiet times in a row are followed back.
const MAX_STEPS_BACK: usize = 2_000;
/// A Monday far from all holidays that anybody declares.
const PLAIN: Date = Date::constant(1901, 1, 7);

/// What holds for what is sent.
#[derive(Clone)]
pub struct Policy<'m, 's> {
    /// Which days are worked on. It says what a working day is, and forbids nothing.
    pub week: Week,
    /// The day on which a week of a cap begins, as an offset from Monday.
    pub first_day: usize,
    /// The quiet time of each day.
    pub windows: Vec<Window>,
    /// The quiet days of the week, Monday first.
    pub quiet_days: [bool; 7],
    /// The days on which nothing is sent, in order, each once.
    pub not_on: Vec<Date>,
    /// How many messages a person gets at most; all of them hold.
    pub caps: Vec<Cap>,
    /// Who goes first when a cap is reached, the first one first. Sequences that are not in it come after.
    pub order: Vec<DeclId>,
    /// While one of these holds, nothing is sent.
    pub pauses: Vec<Pause<'m, 's>>,
    /// The share of people who get nothing, in percent.
    pub holdout: Decimal,
    /// The time zone of the project.
    pub zone: TimeZone,
}

/// Whose clock something follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Of whoever gets the message.
    Recipient,
    /// Of the project.
    Project,
}

/// A quiet time of each day, from a moment up to, but without, another; over midnight where it ends before it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// When it begins.
    pub from: Time,
    /// When it is over.
    pub to: Time,
    /// Whose clock it follows.
    pub whose: Clock,
    /// The days on which alone it begins, in order, each once; every day where nothing is said.
    pub during: Option<Vec<Date>>,
}

/// How many messages a person gets at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// So many.
    pub count: usize,
    /// In this time.
    pub per: Per,
    /// What becomes of one too many.
    pub then: Then,
    /// Where it is written.
    pub place: Span,
}

/// The time in which messages are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// So many seconds up to now: a message that was sent exactly so long ago is not counted any more.
    Rolling(i64),
    /// The day of the recipient's calendar.
    Day,
    /// The week of the recipient's calendar; it begins on [`Policy::first_day`].
    Week,
    /// The month of the recipient's calendar.
    Month,
}

/// What becomes of a message when a cap is full; of several, the last of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Then {
    /// It is sent as soon as there is room.
    Hold,
    /// It is not sent, and the run goes on.
    Skip,
    /// The run is over.
    Drop,
}

/// A condition of `pause_while`, with the field that its names are relative to.
#[derive(Clone, Copy)]
pub struct Pause<'m, 's> {
    /// The field.
    pub field: FieldOf<'m, 's>,
    /// The condition.
    pub cond: &'m Expr<'s>,
}

/// When quiet is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until<T> {
    /// At this moment.
    At(T),
    /// Never.
    Never,
}

/// How long something lasts; shorter is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lasting {
    /// So many seconds.
    Seconds(i64),
    /// For ever.
    Ever,
}

impl<'m, 's> Policy<'m, 's> {
    /// The policy of the project.
    pub fn of_project(model: &'m Model<'s>) -> Self {
        Self::read(model, &declared_for_all(model).collect::<Vec<_>>())
    }

    /// The policy for one sequence: that of the project, and its own besides.
    pub fn of(sequence: Node<'m, 's>) -> Self {
        let declared = declared_for_all(sequence.model).chain(sequence.children_of(Kind::Sending));
        Self::read(sequence.model, &declared.collect::<Vec<_>>())
    }

    fn read(model: &'m Model<'s>, declared: &[Node<'m, 's>]) -> Self {
        let fields = |word: &'static str| declared.iter().flat_map(move |own| own.fields(word));
        let week = Week::of(declared);
        let not_on = in_order(declared.iter().flat_map(|own| own.refs("not_on")).flat_map(|own| holidays(own)));
        let order = fields("order").flat_map(FieldOf::refs).map(|own| own.id);
        Self {
            first_day: fields("week").find_map(first_day).unwrap_or(0),
            windows: fields("quiet").filter_map(window).collect(),
            quiet_days: quiet_days(fields("quiet")),
            caps: fields("cap").filter_map(cap).collect(),
            order: order.fold(Vec::new(), |mut order, own| {
                if !order.contains(&own) {
                    order.push(own);
                }
                order
            }),
            pauses: fields("pause_while")
                .filter_map(|field| Some(Pause { field, cond: field.expr("value")? }))
                .collect(),
            holdout: fields("holdout").filter_map(|own| own.percent("value")).max().unwrap_or_default(),
            zone: zone(model),
            week,
            not_on,
        }
    }

    // ---- quiet

    /// When the quiet that a moment lies in is over; nothing where the moment is not quiet. Everybody lives by one clock,
    /// and it is never put forward or back.
    pub fn quiet_until(&self, at: DateTime) -> Option<Until<DateTime>> {
        let moment = TimeZone::UTC.to_timestamp(at).ok()?;
        Some(match self.quiet_until_by(moment, &TimeZone::UTC, &TimeZone::UTC)? {
            Until::At(end) => Until::At(TimeZone::UTC.to_datetime(end)),
            Until::Never => Until::Never,
        })
    }

    /// When the quiet that a moment lies in is over for somebody who lives in a time zone; nothing where it is not quiet.
    pub fn quiet_until_for(&self, at: Timestamp, recipient: &TimeZone) -> Option<Until<Timestamp>> {
        self.quiet_until_by(at, recipient, &self.zone)
    }

    fn quiet_until_by(&self, at: Timestamp, recipient: &TimeZone, project: &TimeZone) -> Option<Until<Timestamp>> {
        let limit = at.checked_add(MAX_QUIET).unwrap_or(Timestamp::MAX);
        let mut now = at;
        while let Some(end) = self.end_of_one(now, recipient, project) {
            now = end;
            if now >= limit {
                return Some(Until::Never);
            }
        }
        (now > at).then_some(Until::At(now))
    }

    /// The latest end of what makes a moment quiet.
    fn end_of_one(&self, at: Timestamp, recipient: &TimeZone, project: &TimeZone) -> Option<Timestamp> {
        let day = recipient.to_datetime(at).date();
        let day = self.is_quiet_day(day).then(|| ahead(recipient, midnight_after(day), at));
        let window = |window: &Window| {
            let zone = if window.whose == Clock::Recipient { recipient } else { project };
            Some(ahead(zone, window.end(zone.to_datetime(at))?, at))
        };
        self.windows.iter().filter_map(window).chain(day).max()
    }

    /// Whether nothing is sent on a whole day.
    pub fn is_quiet_day(&self, date: Date) -> bool {
        self.quiet_days[weekday(date)] || self.not_on.binary_search(&date).is_ok()
    }

    /// The longest that quiet lasts without a break, whatever the day it begins on, by a clock that is never put forward
    /// or back.
    pub fn longest_quiet(&self) -> Lasting {
        self.blocks().into_iter().map(|(_, lasting)| lasting).max().unwrap_or(Lasting::Seconds(0))
    }

    /// Blocks of quiet, each with the moment it begins: one of every kind that a week has, and those of the holidays.
    pub fn blocks(&self) -> Vec<(DateTime, Lasting)> {
        let mut starts = self.starts_of_quiet();
        starts.sort_unstable();
        starts.dedup();
        let blocks = starts.into_iter().map(|start| (start, self.length_of(start)));
        blocks.filter(|(_, lasting)| *lasting > Lasting::Seconds(0)).collect()
    }

    /// The longest that a message which is due is held because of quiet, summer time included: when a clock is put back,
    /// quiet lasts longer.
    pub fn longest_hold(&self) -> Lasting {
        match self.longest_quiet() {
            Lasting::Seconds(seconds) if seconds > 0 => Lasting::Seconds(seconds + self.clock_change()),
            other => other,
        }
    }

    /// How far the clock of the project is put back at most in the years to come.
    pub fn clock_change(&self) -> i64 {
        let from = Date::constant(2020, 1, 1).to_datetime(Time::midnight());
        let Ok(from) = TimeZone::UTC.to_timestamp(from) else { return 0 };
        let offsets: Vec<i32> =
            self.zone.following(from).take(MAX_CLOCK_CHANGES).map(|own| own.offset().seconds()).collect();
        offsets.windows(2).map(|pair| i64::from(pair[0] - pair[1])).max().unwrap_or(0).max(0)
    }

    /// Moments among which every block of quiet begins that is the longest of its kind.
    fn starts_of_quiet(&self) -> Vec<DateTime> {
        let plain = (0..7).filter_map(|at| PLAIN.checked_add(at.days()).ok());
        let before = |day: Date| (0..2).filter_map(move |back| day.checked_sub(back.days()).ok());
        let first = |day: &&Date| day.yesterday().is_ok_and(|before| self.not_on.binary_search(&before).is_err());
        let around = self.not_on.iter().filter(first).flat_map(|day| before(*day));
        // A day in a long fast is like the one a week before it, but for its ends and for what is near; all are looked at.
        let during = self
            .windows
            .iter()
            .flat_map(|window| window.during.iter().flatten().map(move |day| day.to_datetime(window.from)));
        let times = || self.windows.iter().map(|window| window.from).chain([Time::midnight()]);
        plain
            .chain(around)
            .flat_map(|day| times().map(move |time| day.to_datetime(time)))
            .chain(during)
            .map(|at| self.beginning(at))
            .collect()
    }

    /// When the block of quiet began that a moment lies in, looked for a month back; the moment itself where it is not quiet.
    fn beginning(&self, at: DateTime) -> DateTime {
        let mut now = at;
        for _ in 0..MAX_STEPS_BACK {
            let Some(start) = self.start_of_one(now) else { break };
            now = start;
        }
        now
    }

    /// The earliest start of what makes a moment, or the one just before it, quiet.
    fn start_of_one(&self, at: DateTime) -> Option<DateTime> {
        let just_before = at.checked_sub(SignedDuration::from_nanos(1)).ok()?;
        let day = self.is_quiet_day(just_before.date()).then(|| just_before.date().to_datetime(Time::midnight()));
        self.windows.iter().filter_map(|window| window.start(just_before)).chain(day).min()
    }

    fn length_of(&self, start: DateTime) -> Lasting {
        match self.quiet_until(start) {
            Some(Until::At(end)) => Lasting::Seconds(end.duration_since(start).as_secs()),
            Some(Until::Never) => Lasting::Ever,
            None => Lasting::Seconds(0),
        }
    }

    // ---- caps

    /// The most messages that the caps let through in any time of so many seconds; nothing where there is no cap.
    pub fn most_in(&self, seconds: i64) -> Option<usize> {
        self.caps.iter().map(|cap| cap.most_in(seconds)).min()
    }

    /// Whether there is a cap that never lets two messages through within a day.
    pub fn spaces_by_days(&self) -> bool {
        let by_days = |cap: &&Cap| !matches!(cap.per, Per::Rolling(seconds) if seconds < DAY);
        self.caps.iter().filter(by_days).any(|cap| cap.count <= 1)
    }

    // ---- order

    /// Where a sequence comes when a cap is reached; sequences that nobody put in order come last, all alike.
    pub fn rank(&self, sequence: DeclId) -> usize {
        self.order.iter().position(|own| *own == sequence).unwrap_or(self.order.len())
    }
}

impl Cap {
    /// The longest time in which two messages can count together, in seconds; those of a calendar day, week or month
    /// without the change of a clock.
    pub fn longest(&self) -> i64 {
        match self.per {
            Per::Rolling(seconds) => seconds,
            Per::Day => DAY,
            Per::Week => 7 * DAY,
            Per::Month => 31 * DAY,
        }
    }

    fn most_in(&self, seconds: i64) -> usize {
        // So many times does it begin to count anew; a part of a calendar at the beginning and the end counts besides.
        let (length, more) = match self.per {
            Per::Rolling(rolling) => (rolling, 0),
            Per::Month => (28 * DAY, 1),
            _ => (self.longest(), 1),
        };
        let times = usize::try_from(seconds.div_euclid(length) + i64::from(seconds % length > 0)).unwrap_or(usize::MAX);
        self.count.saturating_mul(times.saturating_add(more))
    }
}

impl Window {
    /// When it is over, if a moment of its clock lies in it.
    pub fn end(&self, at: DateTime) -> Option<DateTime> {
        let begun = self.day_begun(at)?;
        let over = if self.from < self.to { begun } else { begun.tomorrow().unwrap_or(Date::MAX) };
        Some(over.to_datetime(self.to))
    }

    /// When it began, if a moment of its clock lies in it.
    pub fn start(&self, at: DateTime) -> Option<DateTime> {
        Some(self.day_begun(at)?.to_datetime(self.from))
    }

    /// The day on which it began, if a moment of its clock lies in it: what runs over midnight belongs to the day before.
    fn day_begun(&self, at: DateTime) -> Option<Date> {
        let (date, time) = (at.date(), at.time());
        let day = match (self.from <= time, time < self.to) {
            (true, true) => Some(date),
            (true, false) => (self.from > self.to).then_some(date),
            (false, true) => (self.from > self.to).then(|| date.yesterday().ok()).flatten(),
            (false, false) => None,
        };
        day.filter(|day| self.during.as_ref().is_none_or(|days| days.binary_search(day).is_ok()))
    }
}

/// The moment that a clock shows, after another moment: of an hour that comes twice the second, if need be.
fn ahead(zone: &TimeZone, shown: DateTime, after: Timestamp) -> Timestamp {
    let moment = zone.to_timestamp(shown).unwrap_or(Timestamp::MAX);
    if moment > after {
        return moment;
    }
    zone.to_ambiguous_timestamp(shown)
        .later()
        .unwrap_or(Timestamp::MAX)
        .max(after.saturating_add(SignedDuration::from_secs(1)).unwrap_or(Timestamp::MAX))
}

/// When a day is over.
fn midnight_after(date: Date) -> DateTime {
    date.tomorrow().unwrap_or(Date::MAX).to_datetime(Time::midnight())
}

fn weekday(date: Date) -> usize {
    usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default()
}

// ---- reading

/// What is declared for the whole project: at the top or by a `make`, not for one sequence.
pub fn declared_for_all<'m, 's>(model: &'m Model<'s>) -> impl Iterator<Item = Node<'m, 's>> {
    model.nodes(Kind::Sending).filter(|own| own.parent().is_none_or(|parent| parent.kind() != Kind::Sequence))
}

fn in_order(days: impl Iterator<Item = Date>) -> Vec<Date> {
    let mut days: Vec<Date> = days.collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn first_day(week: FieldOf<'_, '_>) -> Option<usize> {
    let first = week.get("from").or_else(|| week.get("value"))?;
    day(first.val.word()?)
}

fn window(quiet: FieldOf<'_, '_>) -> Option<Window> {
    let time = |slot: &str| if let Val::Time(time) = quiet.get(slot)?.val { Some(time) } else { None };
    let (from, to) = (time("from")?, time("to")?);
    let whose = match quiet.get("whose").and_then(|own| own.val.word()) {
        Some("project") => Clock::Project,
        _ => Clock::Recipient,
    };
    let during = quiet.get("during").map(|_| in_order(quiet.refs().into_iter().flat_map(holidays)));
    // A quiet time that ends when it begins is an error of its own.
    (from != to).then_some(Window { from, to, whose, during })
}

fn quiet_days<'m, 's: 'm>(fields: impl Iterator<Item = FieldOf<'m, 's>>) -> [bool; 7] {
    let mut days = [false; 7];
    let words = fields.flat_map(|field| &field.field.values).filter(|own| own.slot == "value");
    words.filter_map(|own| day(own.val.word()?)).for_each(|at| days[at] = true);
    days
}

fn cap(field: FieldOf<'_, '_>) -> Option<Cap> {
    let Val::Number(count) = field.get("count")?.val else { return None };
    let per = match (field.duration("value"), field.get("per").and_then(|own| own.val.word())) {
        (Some(rolling), _) => Per::Rolling(rolling.seconds()?.to_i64().filter(|seconds| *seconds > 0)?),
        (None, Some("day")) => Per::Day,
        (None, Some("week")) => Per::Week,
        (None, Some("month")) => Per::Month,
        _ => return None,
    };
    let then = match field.get("then").and_then(|own| own.val.word()) {
        Some("skip") => Then::Skip,
        Some("drop") => Then::Drop,
        _ => Then::Hold,
    };
    Some(Cap { count: count.max(Decimal::ZERO).to_usize()?, per, then, place: field.field.span })
}

/// The time zone of the project; the one of Greenwich where it says nothing.
fn zone(model: &Model<'_>) -> TimeZone {
    let declared = model.project().and_then(|project| project.field("timezone"));
    let name = declared.and_then(|field| Some(field.text("value")?.words()));
    name.and_then(|name| TimeZone::get(&name).ok()).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests;
