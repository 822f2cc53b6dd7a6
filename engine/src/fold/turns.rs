//! Stages that are entered by what begins or ends to hold.
//!
//! What depends on events alone is known before anything is reached. What asks for stages is looked at while a person is
//! folded: whenever all that happens at one moment has happened, and at the moments between at which it can turn by itself.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{Asked, Fold, Group, Moment, NONE, rounded};
use crate::definition::{Comparison, Condition, Definition, Enter, PatternId, Score, StageId};
use crate::history;

const HOUR: i64 = 3_600_000_000;

/// Whether something that enters a stage turns by what is reached, too.
pub(super) fn is_watched(definition: &Definition, enter: &Enter) -> bool {
    matches!(enter, Enter::Turns { condition, .. } if !history::asked(&definition.scores, condition).is_empty())
}

/// What is looked at while the people of a group are folded.
#[derive(Debug)]
pub(super) struct Watched {
    /// The stages that are entered, and the place of what enters them.
    enters: Vec<(u32, u32)>,
    /// Why what they ask for turns without anything that happens; of a score, what its points ask for comes first.
    causes: Vec<Cause>,
}

/// Why a condition turns without anything that happens.
#[derive(Clone, Copy, Debug)]
enum Cause {
    /// An event is no longer within a time.
    Ends { pattern: PatternId, within: i64 },
    /// Someone has been in a stage for so long.
    Lasts { stage: StageId, lasting: i64 },
    /// Points decay to a number or below it.
    Decays { score: usize, value: Decimal },
}

impl Watched {
    pub(super) fn of(definition: &Definition, has: &[bool]) -> Self {
        let (mut enters, mut causes) = (Vec::new(), Vec::new());
        for (stage, own) in definition.stages.iter().enumerate().filter(|(at, _)| has[*at]) {
            for (at, enter) in own.enter.iter().enumerate().filter(|(_, enter)| is_watched(definition, enter)) {
                enters.push((stage as u32, at as u32));
                if let Enter::Turns { condition, .. } = enter {
                    find_causes(&definition.scores, condition, &mut causes, &mut Vec::new());
                }
            }
        }
        Self { enters, causes }
    }
}

fn find_causes(scores: &[Score], condition: &Condition, causes: &mut Vec<Cause>, open: &mut Vec<usize>) {
    history::inside(condition, &mut |inner| match inner {
        Condition::Did { pattern, within: Some(within), .. } => {
            causes.push(Cause::Ends { pattern: *pattern, within: *within });
        }
        Condition::In { stage, lasting: Some(lasting) } => {
            causes.push(Cause::Lasts { stage: *stage, lasting: *lasting });
        }
        Condition::Score { score, value, .. } if !open.contains(score) => {
            open.push(*score);
            for own in scores[*score].points.iter().filter(|own| own.pattern.is_none()) {
                find_causes(scores, &own.when, causes, open);
            }
            open.pop();
            if scores[*score].decay.is_some() {
                causes.push(Cause::Decays { score: *score, value: *value });
            }
        }
        _ => {}
    });
}

/// What was looked at of a person.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The moment that is open.
    time: i64,
    /// By place in [`Watched::enters`]: whether it holds.
    held: Vec<bool>,
    /// Whether it made an entry at this moment.
    is_done: Vec<bool>,
}

impl Watch {
    pub(super) fn clear(&mut self, watched: &Watched) {
        self.time = i64::MIN;
        self.held.clear();
        self.held.resize(watched.enters.len(), false);
        self.is_done.clear();
        self.is_done.resize(watched.enters.len(), false);
    }
}

impl Fold<'_, '_> {
    // ---- while a person is folded

    /// Lets time pass to a moment at which something happens: all moments before it are over.
    pub(super) fn pass_to(&mut self, group: &Group, next: Moment<'_>) {
        if group.watched.enters.is_empty() || next.time <= self.watch.time {
            return;
        }
        let mut time = std::mem::replace(&mut self.watch.time, next.time);
        let start = Moment { class: NONE, ..next };
        if time == i64::MIN {
            // What holds before anything happened is not entered.
            self.look(group, Moment { time, ..start });
            return;
        }
        loop {
            self.turn(group, Moment { time, ..start });
            match self.next_turn(group, Moment { time, ..start }, next.time) {
                Some(at) => time = at,
                None => return,
            }
        }
    }

    /// The end of a moment: what turns is entered in declared order, and what that leads to is looked at again. Each makes one
    /// entry of a moment at most.
    fn turn(&mut self, group: &Group, now: Moment<'_>) {
        if self.rules.has_scores {
            self.score_moves_on(now.time);
        }
        self.watch.is_done.fill(false);
        loop {
            let turned = self.look(group, now);
            if turned.is_empty() {
                return;
            }
            for stage in turned {
                self.enter_alone(stage, group, now);
            }
        }
    }

    /// The stages that are to be entered by what has turned since it was looked at.
    fn look(&mut self, group: &Group, now: Moment<'_>) -> Vec<u32> {
        let rules = self.rules;
        let mut turned = Vec::new();
        self.asked = Asked::JustAfter;
        for (at, (stage, enter)) in group.watched.enters.iter().enumerate() {
            let enter = &rules.definition.stages[*stage as usize].enter[*enter as usize];
            let Enter::Turns { condition, begins } = enter else { continue };
            let holds = self.holds(condition, just_after(now));
            let turns = std::mem::replace(&mut self.watch.held[at], holds) != holds && holds == *begins;
            if turns && !std::mem::replace(&mut self.watch.is_done[at], true) {
                turned.push(*stage);
            }
        }
        self.asked = Asked::Now;
        turned.dedup();
        turned
    }

    /// The first moment after one, and before another, at which something can turn by itself.
    fn next_turn(&mut self, group: &Group, now: Moment<'_>, end: i64) -> Option<i64> {
        let rules = self.rules;
        let mut next = end;
        for cause in &group.watched.causes {
            let found = match *cause {
                Cause::Ends { pattern, within } => {
                    let times = self.past.times(rules, pattern, now.events);
                    let first = times.partition_point(|time| time.saturating_add(within) <= now.time);
                    times.get(first).map(|time| time.saturating_add(within))
                }
                Cause::Lasts { stage, lasting } => {
                    let last = self.last[rules.definition.stages[stage].funnel];
                    let entry = self.entries.get(last as usize).filter(|own| own.stage as StageId == stage);
                    entry.map(|own| own.time.saturating_add(lasting)).filter(|time| *time > now.time)
                }
                Cause::Decays { score, value } => self.next_hour((score, value), now, next),
            };
            next = found.map_or(next, |found| found.min(next));
        }
        (next < end).then_some(next)
    }

    /// The first full hour after a moment, and before another, just after which a score compares otherwise with a number.
    /// Nothing happens between, so that it only falls or only rises.
    fn next_hour(&mut self, (score, value): (usize, Decimal), now: Moment<'_>, end: i64) -> Option<i64> {
        let value = rounded(value.to_f64().unwrap_or(0.0));
        self.asked = Asked::JustAfter;
        let (mut same, mut other) = (now.time.div_euclid(HOUR), end.saturating_sub(1).div_euclid(HOUR));
        let is = self.order(score, value, now);
        let mut differs = |hour: i64| self.order(score, value, Moment { time: hour * HOUR, ..now }) != is;
        let turns = same < other && differs(other);
        while turns && other - same > 1 {
            let middle = same + (other - same) / 2;
            if differs(middle) { other = middle } else { same = middle }
        }
        self.asked = Asked::Now;
        turns.then_some(other * HOUR)
    }

    /// How a score compares with a number just after a moment.
    fn order(&mut self, score: usize, value: f64, now: Moment<'_>) -> std::cmp::Ordering {
        let now = just_after(now);
        let of_events = self.points(score, now);
        rounded(self.worth(score, of_events, now)).total_cmp(&value)
    }

    // ---- before anything is reached

    /// The moments just after which a condition holds and did not before, or the other way round.
    pub(super) fn turns(&mut self, condition: &Condition, begins: bool, start: Moment<'_>) -> Vec<i64> {
        let mut times = self.may_turn(condition, start);
        let mut held = self.holds(condition, start);
        times.retain(|time| {
            let holds = self.holds(condition, just_after(Moment { time: *time, ..start }));
            let turns = holds != held && holds == begins;
            held = holds;
            turns
        });
        times
    }

    /// The moments at which a condition can turn, in order: those of events, those at which an event is no longer within a
    /// time, and the full hours at which the decay of points is seen.
    fn may_turn(&mut self, condition: &Condition, start: Moment<'_>) -> Vec<i64> {
        let rules = self.rules;
        let until = rules.until;
        let mut times: Vec<i64> = start.events.iter().map(|event| event.time).filter(|time| *time > i64::MIN).collect();
        let mut scores = Vec::new();
        history::inside(condition, &mut |inner| match inner {
            Condition::Did { pattern, within: Some(within), .. } => {
                let ends =
                    self.past.times(rules, *pattern, start.events).iter().filter_map(|time| time.checked_add(*within));
                times.extend(ends);
            }
            // Nothing is reached yet where nobody is folded.
            Condition::In { lasting, .. } => {
                times.extend(self.entries.iter().map(|own| own.time));
                let ends = self.entries.iter().filter_map(|own| own.time.checked_add((*lasting)?));
                times.extend(ends);
            }
            Condition::Score { score, comparison, value } => scores.push((*score, *comparison, *value)),
            _ => {}
        });
        for (score, ..) in &scores {
            for own in rules.definition.scores[*score].points.iter().filter(|own| own.pattern.is_none()) {
                times.extend(self.may_turn(&own.when, start));
            }
        }
        times.retain(|time| *time <= until);
        times.sort_unstable();
        times.dedup();
        let decays = |(score, ..): &(usize, _, _)| rules.definition.scores[*score].decay.is_some();
        let hours: Vec<i64> =
            scores.into_iter().filter(decays).flat_map(|own| self.hours_of(own, &times, start)).collect();
        times.extend(hours);
        times.sort_unstable();
        times.dedup();
        times
    }

    /// The full hours between some moments just after which a score compares otherwise than before. Between two of the moments
    /// it only falls or only rises, so that it comes to a number once and leaves it once.
    fn hours_of(
        &mut self,
        (score, _, value): (usize, Comparison, Decimal),
        times: &[i64],
        start: Moment<'_>,
    ) -> Vec<i64> {
        let value = rounded(value.to_f64().unwrap_or(0.0));
        let order = |own: &mut Self, time: i64| own.order(score, value, Moment { time, ..start });
        let mut found = Vec::new();
        for (at, begin) in times.iter().enumerate() {
            let end = times.get(at + 1).copied().unwrap_or(self.rules.until.saturating_add(1));
            // Full hours after `begin` and before `end`.
            let (mut from, to) = (begin.div_euclid(HOUR) + 1, end.saturating_sub(1).div_euclid(HOUR));
            let mut is = order(self, *begin);
            while from <= to && order(self, to * HOUR) != is {
                let (mut same, mut other) = (from - 1, to);
                while other - same > 1 {
                    let middle = same + (other - same) / 2;
                    if order(self, middle * HOUR) == is { same = middle } else { other = middle }
                }
                found.push(other * HOUR);
                (is, from) = (order(self, other * HOUR), other + 1);
            }
        }
        found
    }
}

/// The moment by which what happens at a moment is before it.
fn just_after(now: Moment<'_>) -> Moment<'_> {
    Moment { time: now.time.saturating_add(1), ..now }
}
