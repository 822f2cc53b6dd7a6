//! What boards show besides funnels and KPIs: who of a cohort is seen again, period by period, and what people did
//! instead of going on.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::definition::{Definition, Retention, StageId};
use crate::fold::{Fold, Moment, NONE, Rules};
use crate::kpi::Person;
use crate::period::{self, Periods};
use crate::result::{CohortNumbers, ExperimentNumbers, NextEvent, NextNumbers, RetentionNumbers, Seen, share};
use crate::survey::Answers;
use crate::tally::Visit;
use crate::trial::Trial;

/// The most periods after joining that are followed.
const MAX_AFTER: usize = 60;

/// A grid: which retention, and of whom: all, those in a segment, those who are not.
type Grid = (usize, Option<(usize, bool)>);

/// Who joined in a period, and by period after it how many were seen, of how many whose time has run out.
#[derive(Clone, Debug, Default)]
struct Cohort {
    joined: u64,
    after: Vec<(u64, u64)>,
}

/// The numbers of some people.
#[derive(Clone, Debug, Default)]
pub struct Board {
    grids: BTreeMap<Grid, BTreeMap<i32, Cohort>>,
    /// By stage: the next event of those who dropped off there, by name; nothing where there was none.
    next: BTreeMap<StageId, BTreeMap<Option<String>, u64>>,
    /// By experiment.
    trials: Vec<Trial>,
    /// What people answered.
    pub answers: Answers,
}

/// Adds people to boards.
#[derive(Debug)]
pub struct Boards<'r, 'd> {
    rules: &'r Rules<'d>,
    zone: &'r TimeZone,
    periods: Periods,
    /// The numbers so far.
    pub board: Board,
}

impl<'r, 'd> Boards<'r, 'd> {
    /// With nobody in it.
    pub fn new(rules: &'r Rules<'d>, zone: &'r TimeZone) -> Self {
        let trials = rules.definition.experiments.iter().map(Trial::new).collect();
        let board = Board { trials, ..Board::default() };
        Self { rules, zone, periods: Periods::default(), board }
    }

    /// Adds a person. `fold` answers what held of them at a moment.
    pub fn add(&mut self, person: Person<'_>, fold: &mut Fold<'_, '_>) {
        let definition = self.rules.definition;
        for (at, retention) in definition.retentions.iter().enumerate() {
            self.retention(at, retention, person, fold);
        }
        for stage in &definition.next_after {
            self.next(*stage, person);
        }
        self.board.answers.add(self.rules, person);
        // People are dealt, not accounts.
        if !person.is_account {
            for (own, experiment) in self.board.trials.iter_mut().zip(&definition.experiments) {
                own.add(experiment, self.rules, person);
            }
        }
    }

    fn retention(&mut self, at: usize, own: &Retention, person: Person<'_>, fold: &mut Fold<'_, '_>) {
        let Some(first) = person.entries.iter().find(|entry| entry.stage as usize == own.stage) else { return };
        let Some(period) = self.periods.of(own.every, first.time, self.zone) else { return };
        let length = own.every.length();
        let is_event = |class: u32| !self.rules.classes[class as usize].is_known;
        let times = person.events.iter().filter(|event| event.time > first.time && is_event(event.class));
        let mut seen = [false; MAX_AFTER];
        for after in times.map(|event| (event.time - first.time) / length) {
            if let Some(place) = usize::try_from(after).ok().and_then(|after| seen.get_mut(after)) {
                *place = true;
            }
        }
        let whole = usize::try_from((self.rules.until - first.time) / length).unwrap_or(0);
        let now = Moment { time: first.time, class: first.class, events: person.events, kept: person.kept };
        let mut grids = vec![(at, None)];
        for segment in &own.split {
            grids.push((at, Some((*segment, fold.holds(&self.rules.definition.segments[*segment].condition, now)))));
        }
        for grid in grids {
            let cohort = self.board.grids.entry(grid).or_default().entry(period).or_default();
            cohort.joined += 1;
            // The period of joining itself is no return.
            for (after, is_seen) in seen.iter().enumerate().skip(1).take_while(|(after, _)| *after < whole) {
                if cohort.after.len() < after {
                    cohort.after.resize(after, (0, 0));
                }
                let cell = &mut cohort.after[after - 1];
                cell.1 += 1;
                cell.0 += u64::from(*is_seen);
            }
        }
    }

    /// What people did after a visit that nobody went on from.
    fn next(&mut self, stage: StageId, person: Person<'_>) {
        let visits = person.reached.iter().flat_map(|own| own.visits.iter().map(|visit| (visit, &own.entries)));
        let is_meant = |own: &Visit| own.stage as usize == stage && own.exit == NONE && own.counts;
        for (visit, entries) in visits.filter(|(own, _)| is_meant(own)) {
            let last = entries[visit.last as usize].time;
            let after = person.events.partition_point(|event| event.time <= last);
            let next = person.events[after..].iter().map(|event| &self.rules.classes[event.class as usize]);
            let next = next.filter(|class| !class.is_known).map(|class| class.name.clone()).next();
            *self.board.next.entry(stage).or_default().entry(next).or_default() += 1;
        }
    }
}

impl Board {
    /// Adds the numbers of other people.
    pub fn merge(&mut self, other: Self) {
        for (grid, cohorts) in other.grids {
            let own = self.grids.entry(grid).or_default();
            for (period, cohort) in cohorts {
                own.entry(period).or_default().add(&cohort);
            }
        }
        if self.trials.is_empty() {
            self.trials = other.trials;
        } else {
            self.trials.iter_mut().zip(&other.trials).for_each(|(own, other)| own.merge(other));
        }
        self.answers.merge(other.answers);
        for (stage, names) in other.next {
            let own = self.next.entry(stage).or_default();
            names.into_iter().for_each(|(name, count)| *own.entry(name).or_default() += count);
        }
    }

    /// The grids, as they are published.
    pub fn retentions(&self, definition: &Definition) -> Vec<RetentionNumbers> {
        let grid = |((at, group), cohorts): (&Grid, &BTreeMap<i32, Cohort>)| {
            let own = &definition.retentions[*at];
            let cohort = |(number, cohort): (&i32, &Cohort)| CohortNumbers {
                period: period::shown(own.every, *number).unwrap_or_default(),
                joined: cohort.joined,
                after: cohort.after.iter().map(|(seen, of)| cell(*seen, *of, cohort.joined)).collect(),
            };
            RetentionNumbers {
                stage: definition.stages[own.stage].path.clone(),
                every: own.every.word().to_owned(),
                segment: group.map(|(segment, _)| definition.segments[segment].path.clone()),
                is_inside: group.map(|(_, is_inside)| is_inside),
                cohorts: cohorts.iter().map(cohort).collect(),
            }
        };
        self.grids.iter().map(grid).collect()
    }

    /// The experiments.
    pub fn experiments(&self, definition: &Definition) -> Vec<ExperimentNumbers> {
        let trials = definition.experiments.iter().zip(&self.trials);
        trials.map(|(experiment, trial)| trial.numbers(experiment, definition)).collect()
    }

    /// What people did instead, the most frequent first.
    pub fn next(&self, definition: &Definition) -> Vec<NextNumbers> {
        let of = |stage: &StageId| {
            let names = self.next.get(stage);
            let events =
                names.into_iter().flatten().map(|(name, count)| NextEvent { event: name.clone(), visits: *count });
            let mut events: Vec<NextEvent> = events.collect();
            events.sort_by_key(|own| std::cmp::Reverse(own.visits));
            NextNumbers { stage: definition.stages[*stage].path.clone(), events }
        };
        definition.next_after.iter().map(of).collect()
    }
}

impl Cohort {
    fn add(&mut self, other: &Self) {
        self.joined += other.joined;
        if self.after.len() < other.after.len() {
            self.after.resize(other.after.len(), (0, 0));
        }
        for (own, other) in self.after.iter_mut().zip(&other.after) {
            own.0 += other.0;
            own.1 += other.1;
        }
    }
}

fn cell(seen: u64, of: u64, joined: u64) -> Seen {
    Seen { seen, of, open: joined - of, share: share(seen, of) }
}
