//! The numbers, as they are published.

use jiff::tz::TimeZone;
use rayon::prelude::*;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::board::Board;
use crate::definition::{Definition, Fate, Goal, Message, Moves, Period};
use crate::money::SpendFacts;
use crate::parts::Parts;
use crate::period;
use crate::tally::{Tally, TransitionTally, Way, WayTally};
use crate::time;

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// What the log held.
    pub log: LogFacts,
    /// The funnels, in the order of the definition.
    pub funnels: Vec<FunnelNumbers>,
    /// The KPIs, in the order of the definition.
    pub kpis: Vec<KpiNumbers>,
    /// What became of messages, in the order of the definition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageNumbers>,
    /// What was promised, and how far it is.
    pub goals: Vec<GoalNumbers>,
    /// Controlled tests.
    pub experiments: Vec<ExperimentNumbers>,
    /// Who of a cohort is seen again.
    pub retentions: Vec<RetentionNumbers>,
    /// What people did instead of going on.
    pub next: Vec<NextNumbers>,
    /// What people answered.
    pub surveys: Vec<SurveyNumbers>,
    /// How many journeys are credited by answers, where these count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<AttributionNumbers>,
}

/// What people answered, each by their last answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SurveyNumbers {
    /// The path of the survey.
    pub path: String,
    /// Its label.
    pub label: String,
    /// Its choices, in the order they are declared.
    pub answers: Vec<AnswerNumbers>,
    /// People who answered what is no choice.
    pub no_choice: u64,
}

/// Who gave an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerNumbers {
    /// The answer.
    pub choice: String,
    /// People whose last answer it is.
    pub people: u64,
}

/// How journeys are credited where people are asked what brought them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttributionNumbers {
    /// Journeys of all people.
    pub journeys: u64,
    /// Journeys that are credited by an answer.
    pub answered: u64,
    /// The rule by which the others are.
    pub otherwise: String,
}

/// A goal on its way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoalNumbers {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// The path of its KPI.
    pub kpi: String,
    /// What the values are, as of the KPI.
    pub unit: String,
    /// Where it began.
    pub from: f64,
    /// Where it should end.
    pub to: f64,
    /// Where it should be at the end of the log, on a straight line between what was promised; absent before it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<f64>,
    /// Where it is: the value of the last whole period in which nobody still has time, or of all of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<f64>,
    /// The period that is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// What part of the way is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done: Option<f64>,
    /// Where it will be at its end if it goes on as in its whole periods, of which there must be three: on the straight
    /// line that is nearest to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forecast: Option<f64>,
    /// Whether it is where it should be, or beyond.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_track: Option<bool>,
}

/// An experiment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExperimentNumbers {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// The stage people come from.
    pub from: String,
    /// The stage they are to reach.
    pub to: String,
    /// How sure a difference must be.
    pub confidence: f64,
    /// The variants; the others are compared with the first.
    pub variants: Vec<VariantNumbers>,
    /// People who were seen in several variants, and are left out.
    pub several: u64,
    /// People in a variant that is not declared, who are left out.
    pub unknown: u64,
    /// How many people each variant needs for the effect that is to be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needed: Option<f64>,
    /// Whether there are so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_powered: Option<bool>,
}

/// A variant of an experiment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VariantNumbers {
    /// Its name.
    pub name: String,
    /// The share of people it should have.
    pub planned_share: f64,
    /// People who were dealt to it.
    pub assigned: u64,
    /// People who reached the stage, of those whose time has run out.
    pub arrived: u64,
    /// People whose time has run out.
    pub of: u64,
    /// People who still have time.
    pub open: u64,
    /// The share of those who arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// The lower end of the interval of the rate (Wilson).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<f64>,
    /// Its upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<f64>,
    /// The rate less that of the first variant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<f64>,
    /// The lower end of the interval of the difference (Newcombe).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference_low: Option<f64>,
    /// Its upper end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference_high: Option<f64>,
    /// Whether that leaves nought out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub differs: Option<bool>,
}

/// A grid of cohorts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RetentionNumbers {
    /// The stage that people join by.
    pub stage: String,
    /// How long a period is: `day`, `week` or `month` (30 days).
    pub every: String,
    /// The segment that tells people apart; absent in the grid of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// Whether these are the people in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_inside: Option<bool>,
    /// The cohorts, in order.
    pub cohorts: Vec<CohortNumbers>,
}

/// A cohort.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CohortNumbers {
    /// The period in which they joined.
    pub period: String,
    /// How many there are.
    pub joined: u64,
    /// By period after joining, from the first: who was seen in it.
    pub after: Vec<Seen>,
}

/// Who was seen in a period after joining.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Seen {
    /// People who were seen.
    pub seen: u64,
    /// People whose period has run out.
    pub of: u64,
    /// People whose period has not run out.
    pub open: u64,
    /// The share of the first in the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
}

/// What people did instead of going on from a stage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextNumbers {
    /// The stage.
    pub stage: String,
    /// The next events, the most frequent first.
    pub events: Vec<NextEvent>,
}

/// The next event after visits that nobody went on from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NextEvent {
    /// Its name in the log; absent where there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// How many visits it came after.
    pub visits: u64,
}

/// The values of a KPI.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KpiNumbers {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// What its values are: `number`, `count`, `ratio`, `duration` (in seconds), or a currency.
    pub unit: String,
    /// What it should be in every period, as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Why it is not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmeasured: Option<String>,
    /// Its values: of all, then by each split; in each, by period and group.
    pub values: Vec<KpiValue>,
}

/// What became of a message, in people. What nothing tells of is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MessageNumbers {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// People it was sent to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// People whom it reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered: Option<u64>,
    /// People who opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened: Option<u64>,
    /// People who followed a link in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clicked: Option<u64>,
    /// People who wanted no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsubscribed: Option<u64>,
    /// People who did what it aims for in its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub converted: Option<u64>,
}

impl MessageNumbers {
    fn of(message: &Message, kpis: &[KpiNumbers]) -> Self {
        let mut own = Self { path: message.path.clone(), label: message.label.clone(), ..Self::default() };
        for (fate, kpi) in &message.fates {
            let value = kpis[*kpi].values.first().and_then(|own| own.value).unwrap_or_default();
            *own.of_fate(*fate) = value.to_u64();
        }
        own
    }

    const fn of_fate(&mut self, fate: Fate) -> &mut Option<u64> {
        match fate {
            Fate::Sent => &mut self.sent,
            Fate::Delivered => &mut self.delivered,
            Fate::Opened => &mut self.opened,
            Fate::Clicked => &mut self.clicked,
            Fate::Unsubscribed => &mut self.unsubscribed,
            Fate::Converted => &mut self.converted,
        }
    }
}

/// A value of a KPI.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KpiValue {
    /// What it is split by; absent for the value of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Which part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Which period; absent where it is computed over all of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The value; absent where there is none, such as what is divided by nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The same with every amount replaced by the part of it that is profit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profit: Option<f64>,
    /// How many people, visits or events a share, a quotient or a middle value rests on: the fewest of its parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<f64>,
    /// How many do not count yet, because their time has not run out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<f64>,
    /// People who joined, where a cohort is followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<f64>,
    /// What it should be in this period, where that is not said for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Whether it is as it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meets: Option<bool>,
}

/// What a log held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LogFacts {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that can be events: with a name, a time and an identity.
    pub events: u64,
    /// People with an event that something asks for.
    pub people: u64,
    /// Accounts with such an event, where accounts are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<u64>,
    /// The first moment, RFC 3339; absent where there is no event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last moment, until which all numbers hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Rows that were left out, by why.
    pub skipped: Skipped,
    /// Identities that were seen together with several people; each belongs to the one it was first seen with.
    pub shared_identities: u64,
    /// Values of properties that are summed and are no numbers; they are left out.
    pub not_numbers: u64,
    /// Reversals (`net of`) that fit no event before them; they take nothing off.
    pub unmatched_reversals: u64,
    /// Amounts of events in a currency without a rate at their day; they are left out.
    pub no_rate: u64,
    /// What the table of spend held, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spend: Option<SpendFacts>,
}

/// Rows that were left out, by why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Lines that are no row of this form.
    pub unreadable: u64,
    /// Without a name.
    pub no_name: u64,
    /// Without a time, or with one that is none.
    pub no_time: u64,
    /// Without any identity.
    pub no_identity: u64,
}

/// The numbers of a funnel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunnelNumbers {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// Whether accounts pass through it: then they are counted wherever people are named.
    pub counts_accounts: bool,
    /// Its stages, in the order they are declared.
    pub stages: Vec<StageNumbers>,
    /// The transitions that leave its stages.
    pub transitions: Vec<TransitionNumbers>,
    /// Ways from its first entry stage to each other one, by any path.
    pub ways: Vec<WayNumbers>,
    /// The same by channel, segment, month and property, where that is asked for; parts with nobody are left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<FunnelPart>,
    /// What it is not split by, though that is asked for, because there would be too many parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub too_many_parts: Vec<String>,
}

/// A part of a funnel. Its lists are in the order of those of the whole. Where a rule of attribution shares a journey out
/// among channels, counts of people are no whole numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunnelPart {
    /// The channel that is credited.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The segment people are in; they may be in several parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The month in which journeys begin; people of months do not add up to people of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// A property.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// The first value of the property in the journey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Its stages.
    pub stages: Vec<StagePart>,
    /// Its transitions.
    pub transitions: Vec<TransitionPart>,
    /// Its ways.
    pub ways: Vec<WayPart>,
}

/// The numbers of a stage in a part; they mean what they do in [`StageNumbers`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "said of the whole")]
pub struct StagePart {
    pub people: f64,
    pub entries: f64,
    pub visits: f64,
    pub mature_visits: f64,
    pub open_visits: f64,
    pub dropped_visits: f64,
}

/// The numbers of a transition in a part; they mean what they do in [`TransitionNumbers`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "said of the whole")]
pub struct TransitionPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    pub exits: f64,
    pub of: f64,
    pub open: f64,
    pub taken: f64,
    pub people: f64,
    /// The middle time it took, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub median: Option<f64>,
}

/// The numbers of a way in a part; they mean what they do in [`WayNumbers`].
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "said of the whole")]
pub struct WayPart {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    pub arrived: f64,
    pub of: f64,
    pub open: f64,
}

/// The numbers of a stage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageNumbers {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// People with a reached entry.
    pub people: u64,
    /// Reached entries.
    pub entries: u64,
    /// Runs of entries with no other reached stage between.
    pub visits: u64,
    /// Visits whose time to go on has run out; rates are of these.
    pub mature_visits: u64,
    /// Visits that still have time.
    pub open_visits: u64,
    /// Mature visits that nobody went on from.
    pub dropped_visits: u64,
    /// People by the number of their entries: once, twice …, ten times or more.
    pub people_by_entries: Vec<u64>,
}

/// The numbers of a transition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TransitionNumbers {
    /// Its full path.
    pub path: String,
    /// The stage it leaves.
    pub from: String,
    /// The stage it leads to.
    pub to: String,
    /// Whether it brings other people.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_referral: bool,
    /// The planned rate, as a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<f64>,
    /// Mature visits of the first stage whose first exit it was ÷ mature visits of it; absent where there are none. Of one that
    /// brings others: the new people whom they brought ÷ mature visits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Mature visits whose first exit it was; new people whom they brought.
    pub exits: u64,
    /// Mature visits of the first stage.
    pub of: u64,
    /// Visits of the first stage that still have time.
    pub open: u64,
    /// Entries by which it was taken; all new people whom somebody brought.
    pub taken: u64,
    /// People who took it, or brought somebody.
    pub people: u64,
    /// The time it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Times>,
}

/// The numbers of a way between two stages, by any path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WayNumbers {
    /// The stage it begins at.
    pub from: String,
    /// The stage it ends at.
    pub to: String,
    /// People who arrived ÷ people whose time has run out; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// People who arrived, of those whose time has run out.
    pub arrived: u64,
    /// People at the beginning whose time has run out.
    pub of: u64,
    /// People at the beginning who still have time.
    pub open: u64,
    /// The time it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Times>,
}

/// How long something took, in seconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Times {
    /// How often it was seen.
    pub count: u64,
    /// The middle value, the lower of two.
    pub median: f64,
    /// The value that nine of ten do not exceed.
    pub p90: f64,
    /// How many took so long: up to a minute, an hour, 6 hours, a day, 3, 7, 14, 30, 60, 90, 180 days, and longer.
    pub histogram: Vec<u64>,
}

/// The most periods that a forecast looks at.
const MAX_PERIODS: usize = 10_000;

/// The last moment of each place of a histogram, in seconds.
pub const HISTOGRAM: [i64; 11] =
    [60, 3_600, 21_600, 86_400, 259_200, 604_800, 1_209_600, 2_592_000, 5_184_000, 7_776_000, 15_552_000];

/// How many times end in each place of a histogram.
fn histogram(times: &[i64]) -> Vec<u64> {
    let mut found = vec![0; HISTOGRAM.len() + 1];
    for time in times {
        found[HISTOGRAM.iter().filter(|seconds| *time > *seconds * time::SECOND).count()] += 1;
    }
    found
}

impl Times {
    /// Of some times in microseconds.
    pub fn of(mut times: Vec<i64>) -> Option<Self> {
        Some(Self {
            count: times.len() as u64,
            median: rank(&mut times, 50)?,
            p90: rank(&mut times, 90)?,
            histogram: histogram(&times),
        })
    }
}

/// The smallest value that so many percent do not exceed (nearest rank), in seconds.
#[allow(clippy::cast_precision_loss, reason = "microseconds of any log fit")]
fn rank(times: &mut [i64], percent: usize) -> Option<f64> {
    let at = (times.len() * percent).div_ceil(100).max(1) - 1;
    (at < times.len()).then(|| *times.select_nth_unstable(at).1 as f64 / time::SECOND as f64)
}

impl Goal {
    /// How far it is, by the values of the KPIs.
    fn numbers(&self, kpi: &KpiNumbers, forecast: Option<f64>, until: Option<i64>) -> GoalNumbers {
        let float = |number: Decimal| number.to_f64().unwrap_or_default();
        let (from, to) = (self.course.first().map(|own| own.1), self.course.last().map(|own| own.1));
        let (from, to) = (float(from.unwrap_or_default()), float(to.unwrap_or_default()));
        let over = over(kpi);
        let now = over.iter().rfind(|own| is_whole(own)).or(over.last());
        let actual = now.and_then(|own| own.value).filter(|_| kpi.unmeasured.is_none());
        let planned = until.and_then(|until| self.planned(until)).map(float);
        GoalNumbers {
            path: self.path.clone(),
            label: self.label.clone(),
            kpi: kpi.path.clone(),
            unit: kpi.unit.clone(),
            from,
            to,
            planned,
            actual,
            period: now.and_then(|own| own.period.clone()),
            forecast,
            done: actual.filter(|_| (to - from).abs() > 0.0).map(|actual| (actual - from) / (to - from)),
            on_track: actual.zip(planned).map(
                |(actual, planned)| {
                    if to >= from { actual >= planned } else { actual <= planned }
                },
            ),
        }
    }

    /// Where it ends by the straight line that is nearest to the values of the whole periods (least squares).
    fn forecast(&self, per: Period, kpi: &KpiNumbers, (from, until): (i64, i64), zone: &TimeZone) -> Option<f64> {
        let end = self.course.last()?.0.checked_sub(1)?;
        let all = period::between(per, from, end.max(until), zone, MAX_PERIODS);
        let all: Vec<String> = all.into_iter().filter_map(|number| period::shown(per, number)).collect();
        let place = |own: &KpiValue| all.iter().position(|shown| Some(shown) == own.period.as_ref());
        let whole = over(kpi).into_iter().filter(|own| is_whole(own));
        #[allow(clippy::cast_precision_loss, reason = "periods are few")]
        let points: Vec<(f64, f64)> = whole.filter_map(|own| Some((place(own)? as f64, own.value?))).collect();
        let last = period::between(per, from, end, zone, MAX_PERIODS).len().checked_sub(1)?;
        #[allow(clippy::cast_precision_loss, reason = "periods are few")]
        let last = last as f64;
        line(&points)
            .filter(|_| points.last().is_some_and(|own| own.0 < last))
            .map(|(start, slope)| start + slope * last)
    }

    /// Where it should be at a moment.
    fn planned(&self, time: i64) -> Option<Decimal> {
        let after = self.course.partition_point(|(at, _)| *at <= time);
        let (begin, from) = *self.course.get(after.checked_sub(1)?)?;
        let Some((end, to)) = self.course.get(after) else { return Some(from) };
        let part = Decimal::from(time - begin).checked_div(Decimal::from(end - begin))?;
        Some(from + (to - from) * part)
    }
}

/// The values of all whose periods are over: the last of several has not ended.
fn over(kpi: &KpiNumbers) -> Vec<&KpiValue> {
    let mut values: Vec<&KpiValue> = kpi.values.iter().filter(|own| own.by.is_none()).collect();
    if values.len() > 1 {
        values.pop();
    }
    values
}

/// Whether nobody of a period still has time: a rate of the others would be of the quick ones alone.
fn is_whole(own: &KpiValue) -> bool {
    own.open.is_none_or(|open| open <= 0.0)
}

/// The start and the slope of the straight line nearest to some points; none where they are fewer than three.
fn line(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    #[allow(clippy::cast_precision_loss, reason = "points are few")]
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|own| own.0), mean(|own| own.1));
    let spread: f64 = points.iter().map(|own| (own.0 - x).powi(2)).sum();
    let both: f64 = points.iter().map(|own| (own.0 - x) * (own.1 - y)).sum();
    (points.len() >= 3 && spread > 0.0).then(|| (y - both / spread * x, both / spread))
}

/// A share; none of nothing.
#[allow(clippy::cast_precision_loss, reason = "counts of any log fit")]
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Measured {
    /// The numbers of a tally.
    pub fn of(
        definition: &Definition,
        ways: &[Way],
        (tally, parts): (Tally, Parts),
        mut kpis: Vec<KpiNumbers>,
        board: &Board,
        (log, span, zone): (LogFacts, Option<(i64, i64)>, &TimeZone),
    ) -> Self {
        let Tally { stages, transitions, ways: way_tallies, .. } = tally;
        let parts = parts.numbers(definition, ways);
        let mut funnels: Vec<FunnelNumbers> = definition
            .funnels
            .iter()
            .zip(parts)
            .map(|(own, (parts, too_many_parts))| FunnelNumbers {
                path: own.path.clone(),
                label: own.label.clone(),
                counts_accounts: own.is_of_accounts,
                stages: Vec::new(),
                transitions: Vec::new(),
                ways: Vec::new(),
                parts,
                too_many_parts,
            })
            .collect();
        let name = |stage: usize| definition.stages[stage].path.clone();
        let transitions: Vec<_> = transitions
            .into_par_iter()
            .map(|mut own: TransitionTally| {
                let time = Times::of(std::mem::take(&mut own.times));
                (own, time)
            })
            .collect();
        let way_tallies: Vec<_> = way_tallies
            .into_par_iter()
            .map(|mut own: WayTally| {
                let time = Times::of(std::mem::take(&mut own.times));
                (own, time)
            })
            .collect();
        for ((own, time), transition) in transitions.into_iter().zip(&definition.transitions) {
            let from = &stages[transition.from];
            let (of, open) = own.brings.unwrap_or((from.mature, from.visits - from.mature));
            funnels[definition.stages[transition.from].funnel].transitions.push(TransitionNumbers {
                path: transition.path.clone(),
                from: name(transition.from),
                to: name(transition.to),
                is_referral: transition.moves == Moves::Others,
                planned: transition.planned.and_then(|planned| planned.to_f64()),
                // Who brings others does not leave; without a word on who brought them, nobody can tell.
                rate: share(own.exits, of).filter(|_| transition.moves != Moves::Others || own.brings.is_some()),
                exits: own.exits,
                of,
                open,
                taken: time.as_ref().map_or(0, |own| own.count),
                people: own.people,
                time,
            });
        }
        for ((own, time), way) in way_tallies.into_iter().zip(ways) {
            funnels[definition.stages[way.from].funnel].ways.push(WayNumbers {
                from: name(way.from),
                to: name(way.to),
                rate: share(own.arrived, own.mature),
                arrived: own.arrived,
                of: own.mature,
                open: own.open,
                time,
            });
        }
        for (own, stage) in stages.into_iter().zip(&definition.stages) {
            funnels[stage.funnel].stages.push(StageNumbers {
                path: stage.path.clone(),
                label: stage.label.clone(),
                people: own.people,
                entries: own.entries,
                visits: own.visits,
                mature_visits: own.mature,
                open_visits: own.visits - own.mature,
                dropped_visits: own.dropped,
                people_by_entries: own.repeats,
            });
        }
        let goal = |goal: &Goal| {
            let (kpi, per) = (&kpis[goal.kpi], definition.kpis[goal.kpi].per);
            let forecast = per.zip(span).filter(|_| kpi.unmeasured.is_none());
            let forecast = forecast.and_then(|(per, span)| goal.forecast(per, kpi, span, zone));
            goal.numbers(kpi, forecast, span.map(|span| span.1))
        };
        let goals = definition.goals.iter().map(goal).collect();
        let experiments = board.experiments(definition);
        let (retentions, next) = (board.retentions(definition), board.next(definition));
        let (surveys, attribution) = (board.answers.numbers(definition), board.answers.attribution(definition));
        let messages = definition.messages.iter().map(|own| MessageNumbers::of(own, &kpis)).collect();
        let of_messages = definition.messages.iter().flat_map(|own| &own.fates).map(|(_, kpi)| *kpi);
        kpis.truncate(of_messages.min().unwrap_or(kpis.len()));
        Self { log, funnels, kpis, messages, goals, experiments, retentions, next, surveys, attribution }
    }
}
