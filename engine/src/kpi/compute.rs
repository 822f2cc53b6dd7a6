//! What one person adds to the cells.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::group::{Counted, Groups, moment};
use super::net::Taken;
use super::{COHORT, Cell, Cells, Key, Person, Plan, Reached};
use crate::definition::{Cohort, FieldId, Measure, Net, PatternId, StageId};
use crate::fold::{Entry, Fold, NONE, Rules};
use crate::history::Keeping;
use crate::money as exchange;
use crate::period::Periods;
use crate::rows::{Event, Value};
use crate::survey;
use crate::time::SECOND;

/// Adds people to cells.
#[derive(Debug)]
pub struct Computer<'r, 'd> {
    rules: &'r Rules<'d>,
    plan: &'r Plan<'d>,
    keeping: &'r Keeping,
    rates: &'r exchange::Rates,
    zone: &'r TimeZone,
    periods: Periods,
    cells: FxHashMap<Key, Cell>,
    groups: Groups<'r, 'd>,
    /// By cut: when the person joined its cohort.
    joined: Vec<Option<i64>>,
    not_numbers: u64,
    unmatched: u64,
    no_rate: u64,
}

/// Where something of a person goes.
#[derive(Clone, Copy)]
struct To<'a> {
    measure: u32,
    cut: u32,
    person: Person<'a>,
}

impl<'r, 'd> Computer<'r, 'd> {
    /// A computer with nobody in it.
    pub fn new(
        rules: &'r Rules<'d>,
        plan: &'r Plan<'d>,
        keeping: &'r Keeping,
        rates: &'r exchange::Rates,
        zone: &'r TimeZone,
    ) -> Self {
        Self {
            rules,
            plan,
            keeping,
            rates,
            zone,
            periods: Periods::default(),
            cells: FxHashMap::default(),
            groups: Groups::new(rules),
            joined: Vec::new(),
            not_numbers: 0,
            unmatched: 0,
            no_rate: 0,
        }
    }

    /// The cells, in order.
    pub fn end(self) -> Cells {
        let mut cells: Vec<(Key, Cell)> = self.cells.into_iter().collect();
        cells.sort_unstable_by(|(own, _), (other, _)| own.cmp(other));
        Cells { all: cells, not_numbers: self.not_numbers, unmatched: self.unmatched, no_rate: self.no_rate }
    }

    /// Adds a person. `fold` answers what held of them at a moment.
    pub fn add(&mut self, person: Person<'_>, fold: &mut Fold<'_, '_>) {
        if self.plan.is_empty() {
            return;
        }
        self.groups.meet(person);
        self.join(person, fold);
        for measure in 0..self.plan.definition.measures.len() {
            // What people do is counted of people.
            if person.is_account && is_of_events(&self.plan.definition.measures[measure]) {
                continue;
            }
            let taken = self.taken(measure, person);
            for at in 0..self.plan.wanted[measure].len() {
                let to = To { measure: measure as u32, cut: self.plan.wanted[measure][at], person };
                self.measure(to, &taken, fold);
            }
        }
    }

    /// Finds out when the person joined the cohorts, and counts them there.
    fn join(&mut self, person: Person<'_>, fold: &mut Fold<'_, '_>) {
        self.joined.clear();
        for cut in 0..self.plan.cuts.len() {
            let plan = self.plan;
            let cohort = plan.cuts[cut].slice.cohort;
            let cohort = cohort.filter(|own| !(person.is_account && matches!(own, Cohort::Did(_))));
            let joined = cohort.and_then(|cohort| self.joins(cohort, person));
            self.joined.push(joined.map(|own| own.time));
            let Some(own) = joined else { continue };
            let to = To { measure: COHORT, cut: cut as u32, person };
            let still_open = plan.cuts[cut].over.is_some_and(|over| own.time.saturating_add(over) > self.rules.until);
            let Some(period) = self.cohort_period(cut as u32, own.time) else { continue };
            if self.is_meant(to, own, fold) {
                self.add_to(to, period, own, fold, |cell, share| {
                    cell.number += share;
                    cell.open += if still_open { share } else { Decimal::ZERO };
                });
            }
        }
    }

    fn joins(&self, cohort: Cohort, person: Person<'_>) -> Option<Counted> {
        match cohort {
            Cohort::Stage(stage) => self.entries(stage, person).next().map(Counted::from),
            Cohort::Did(pattern) => {
                let event =
                    person.events.iter().find(|own| self.rules.classes[own.class as usize].patterns.has(pattern))?;
                Some(Counted::from(*event))
            }
        }
    }

    /// What was taken off the events of a measure.
    fn taken(&mut self, measure: usize, person: Person<'_>) -> Taken {
        let Some((pattern, net)) = netted(&self.plan.definition.measures[measure]) else { return Taken::default() };
        let taken = Taken::of(net, pattern, self.rules.classes, self.keeping, person);
        let told = self.plan.definition.measures[..measure].iter().filter_map(netted);
        if told.filter(|(own, other)| (*own, other.by) == (pattern, net.by)).count() == 0 {
            self.unmatched += taken.unmatched;
        }
        taken
    }

    fn measure(&mut self, to: To<'_>, taken: &Taken, fold: &mut Fold<'_, '_>) {
        let plan = self.plan;
        match &plan.definition.measures[to.measure as usize] {
            Measure::People(stage) => {
                let entries: Vec<Counted> = self.entries(*stage, to.person).map(Counted::from).collect();
                self.once(to, entries.into_iter(), fold);
            }
            Measure::Entries(stage) => {
                for entry in self.reached(*stage, to.person).entries.iter().filter(|own| own.stage as usize == *stage) {
                    self.count(to, entry.into(), Decimal::ONE, fold);
                }
            }
            Measure::Visits(stage) => {
                let reached = self.reached(*stage, to.person);
                for visit in reached.visits.iter().filter(|own| own.stage as usize == *stage) {
                    self.count(to, (&reached.entries[visit.first as usize]).into(), Decimal::ONE, fold);
                }
            }
            Measure::Direct(transitions) => self.direct(to, transitions, fold),
            Measure::Rate { from, to: end, within } => self.way(to, (*from, *end, *within), fold),
            Measure::Time { from, to: end } => self.time(to, *from, *end, fold),
            Measure::Laps { stage, transitions } => self.laps(to, *stage, transitions, fold),
            Measure::Did(pattern) => {
                let events: Vec<Counted> = self.events(*pattern, to.person).map(|(_, event)| event.into()).collect();
                self.once(to, events.into_iter(), fold);
            }
            Measure::Count { pattern, .. } => {
                let events: Vec<(usize, Event)> = self.events(*pattern, to.person).collect();
                for (at, event) in events {
                    if let Some(number) = taken.left(at, Decimal::ONE, false) {
                        self.count(to, event.into(), number, fold);
                    }
                }
            }
            Measure::Values { pattern, field, currency, net } => {
                self.values(to, (*pattern, *field, *currency, net.as_ref()), taken, fold);
            }
            Measure::Answers { survey, choices } => self.answers(to, *survey, choices, fold),
            Measure::Spent { .. } => {}
            Measure::Stays { stage, after, is_churn } => self.stays(to, *stage, *after, *is_churn, fold),
        }
    }

    fn reached<'p>(&self, stage: StageId, person: Person<'p>) -> &'p Reached {
        let group = self.rules.groups.iter().position(|group| group.has(stage)).unwrap_or(0);
        &person.reached[group]
    }

    fn entries<'p>(&self, stage: StageId, person: Person<'p>) -> impl DoubleEndedIterator<Item = &'p Entry> + use<'p> {
        self.reached(stage, person).entries.iter().filter(move |own| own.stage as usize == stage)
    }

    fn events<'p>(&self, pattern: PatternId, person: Person<'p>) -> impl Iterator<Item = (usize, Event)> + use<'p, 'r> {
        let classes = self.rules.classes;
        let is_one = move |event: &Event| classes[event.class as usize].patterns.has(pattern);
        person.events.iter().copied().enumerate().filter(move |(_, event)| is_one(event))
    }

    // ---- of stages

    /// Counts a person once in every period.
    fn once(&mut self, to: To<'_>, all: impl Iterator<Item = Counted>, fold: &mut Fold<'_, '_>) {
        let mut seen: Vec<i32> = Vec::new();
        for own in all {
            let Some(period) = self.period(to.cut, own).filter(|period| !seen.contains(period)) else { continue };
            if self.is_meant(to, own, fold) {
                seen.push(period);
                self.add_to(to, period, own, fold, |cell, share| cell.number += share);
            }
        }
    }

    /// Adds a number.
    fn count(&mut self, to: To<'_>, own: Counted, number: Decimal, fold: &mut Fold<'_, '_>) {
        if let Some(period) = self.place(to, own, fold) {
            self.add_to(to, period, own, fold, |cell, share| cell.number += number * share);
        }
    }

    /// Adds a value.
    fn value(&mut self, to: To<'_>, own: Counted, value: Decimal, fold: &mut Fold<'_, '_>) {
        if let Some(period) = self.place(to, own, fold) {
            self.add_to(to, period, own, fold, |cell, share| {
                cell.number += value * share;
                cell.of += share;
                cell.values.push(value);
            });
        }
    }

    /// Adds to a share: what counts, what does not, or what still has time.
    fn share(&mut self, to: To<'_>, own: Counted, counts: Option<bool>, fold: &mut Fold<'_, '_>) {
        if let Some(period) = self.place(to, own, fold) {
            self.add_share(to, period, own, counts, fold);
        }
    }

    fn add_share(&mut self, to: To<'_>, period: i32, own: Counted, counts: Option<bool>, fold: &mut Fold<'_, '_>) {
        self.add_to(to, period, own, fold, |cell, share| match counts {
            None => cell.open += share,
            Some(counts) => {
                cell.of += share;
                cell.number += if counts { share } else { Decimal::ZERO };
            }
        });
    }

    fn direct(&mut self, to: To<'_>, transitions: &[usize], fold: &mut Fold<'_, '_>) {
        let Some(from) = transitions.first().map(|at| self.plan.definition.transitions[*at].from) else { return };
        let reached = self.reached(from, to.person);
        for visit in reached.visits.iter().filter(|own| own.stage as usize == from) {
            let counts = visit.counts.then(|| visit.exit != NONE && transitions.contains(&(visit.exit as usize)));
            self.share(to, (&reached.entries[visit.first as usize]).into(), counts, fold);
        }
    }

    /// A way by any path: once in every period, of the first mature entry in it that says most.
    fn way(&mut self, to: To<'_>, (from, end, within): (StageId, StageId, Option<i64>), fold: &mut Fold<'_, '_>) {
        let (until, all) = (self.rules.until, self.plan.definition.counts_open);
        let is_mature = |entry: &Entry| all || within.is_none_or(|within| entry.time.saturating_add(within) <= until);
        let reached = self.reached(from, to.person);
        // By journey: the event of the last entry of the second stage.
        let mut last: Vec<u32> = vec![0; reached.journeys];
        for entry in reached.entries.iter().filter(|own| own.stage as usize == end) {
            last[entry.journey as usize] = entry.event;
        }
        let mut best: Vec<(i32, Entry, Option<bool>)> = Vec::new();
        for entry in reached.entries.iter().filter(|own| own.stage as usize == from) {
            let arrives = is_mature(entry).then(|| last[entry.journey as usize] > entry.event);
            let Some(period) = self.period(to.cut, entry.into()) else { continue };
            let known = best.iter_mut().find(|(own, ..)| *own == period);
            if known.as_ref().is_some_and(|(.., known)| *known >= arrives) || !self.is_meant(to, entry.into(), fold) {
                continue;
            }
            match known {
                None => best.push((period, *entry, arrives)),
                Some(own) => *own = (period, *entry, arrives),
            }
        }
        for (period, entry, arrives) in best {
            self.add_share(to, period, (&entry).into(), arrives, fold);
        }
    }

    /// Times between two stages: of a transition from the predecessor; else from the first entry in the journey.
    fn time(&mut self, to: To<'_>, from: StageId, end: StageId, fold: &mut Fold<'_, '_>) {
        let transitions = &self.plan.definition.transitions;
        let is_declared = transitions.iter().any(|own| own.from == from && own.to == end);
        let reached = self.reached(from, to.person);
        let mut first: Vec<i64> = vec![i64::MIN; if is_declared { 0 } else { reached.journeys }];
        for entry in &reached.entries {
            let begin = if is_declared {
                let taken = transitions.get(entry.taken as usize).filter(|own| own.from == from && own.to == end);
                taken.map(|_| reached.entries[entry.from as usize].time)
            } else {
                let first = &mut first[entry.journey as usize];
                let begin =
                    (entry.stage as usize == end && *first != i64::MIN).then(|| std::mem::replace(first, i64::MAX));
                if entry.stage as usize == from && *first == i64::MIN {
                    *first = entry.time;
                }
                begin.filter(|begin| *begin != i64::MAX)
            };
            if let Some(begin) = begin {
                self.value(to, entry.into(), seconds(entry.time - begin), fold);
            }
        }
    }

    /// Laps: taken edges of a loop, for each person who reached the stage.
    fn laps(&mut self, to: To<'_>, stage: StageId, transitions: &[usize], fold: &mut Fold<'_, '_>) {
        let reached = self.reached(stage, to.person);
        let Some(first) = self.entries(stage, to.person).next() else { return };
        let laps =
            reached.entries.iter().filter(|own| own.taken != NONE && transitions.contains(&(own.taken as usize)));
        let laps = Decimal::from(laps.count() as u64);
        let Some(period) = self.place(to, first.into(), fold) else { return };
        self.add_to(to, period, first.into(), fold, |cell, share| {
            cell.number += laps * share;
            cell.of += share;
        });
    }

    /// Who is still there a time after the first entry; who is gone for a time after the last one.
    fn stays(&mut self, to: To<'_>, stage: StageId, after: i64, is_churn: bool, fold: &mut Fold<'_, '_>) {
        let mut own = self.entries(stage, to.person);
        let Some(entry) = (if is_churn { own.next_back() } else { own.next() }) else { return };
        let end = entry.time.checked_add(after).filter(|end| *end <= self.rules.until);
        let is_event = |event: &&Event| !self.rules.classes[event.class as usize].is_known;
        let counts = end.map(|end| {
            let after = to.person.events.partition_point(|event| event.time <= entry.time);
            let next = to.person.events[after..].iter().find(is_event);
            let last = to.person.events.iter().rfind(is_event);
            if is_churn { next.is_none_or(|next| next.time > end) } else { last.is_some_and(|last| last.time >= end) }
        });
        self.share(to, entry.into(), counts, fold);
    }

    // ---- of events

    fn values(
        &mut self,
        to: To<'_>,
        (pattern, field, currency, net): (PatternId, FieldId, Option<FieldId>, Option<&Net>),
        taken: &Taken,
        fold: &mut Fold<'_, '_>,
    ) {
        let is_first = self.plan.wanted[to.measure as usize].first() == Some(&to.cut);
        let has_amount = net.is_some_and(|net| net.field.is_some());
        let events: Vec<(usize, Event)> = self.events(pattern, to.person).collect();
        for (at, event) in events {
            let Some(number) = self.number(event, to.person, field, is_first) else { continue };
            let Some(number) = taken.left(at, number, has_amount) else { continue };
            let unit = currency.and_then(|field| self.keeping.value(event, to.person.kept, field));
            let unit = if let Some(Value::Text(unit)) = unit { Some(&**unit) } else { None };
            match self.rates.convert(number, unit, event.time) {
                Some(number) => self.value(to, event.into(), number, fold),
                None => self.no_rate += u64::from(is_first),
            }
        }
    }

    /// Counts a person by the last answer in every period.
    fn answers(&mut self, to: To<'_>, survey: usize, choices: &[usize], fold: &mut Fold<'_, '_>) {
        let mut last: BTreeMap<i32, (Counted, Option<usize>)> = BTreeMap::new();
        for (event, choice) in survey::answers(&self.plan.definition.surveys[survey], self.rules, to.person) {
            if let Some(period) = self.place(to, event.into(), fold) {
                last.insert(period, (event.into(), choice));
            }
        }
        let is_meant = |choice: Option<usize>| choice.is_some_and(|choice| choices.contains(&choice));
        for (period, (own, _)) in last.into_iter().filter(|(_, (_, choice))| is_meant(*choice)) {
            self.add_to(to, period, own, fold, |cell, share| cell.number += share);
        }
    }

    /// The number of a property; one that is no number is left out, and counted once.
    fn number(&mut self, event: Event, person: Person<'_>, field: FieldId, is_first: bool) -> Option<Decimal> {
        let value = self.keeping.value(event, person.kept, field).filter(|value| **value != Value::None)?;
        let found = value.amount();
        self.not_numbers += u64::from(found.is_none() && is_first);
        found
    }

    // ---- cells

    fn add_to(
        &mut self,
        to: To<'_>,
        period: i32,
        own: Counted,
        fold: &mut Fold<'_, '_>,
        each: impl Fn(&mut Cell, Decimal),
    ) {
        let by = self.plan.cuts[to.cut as usize].by.as_ref();
        for (group, share) in self.groups.of(by, own, to.person, fold) {
            let key = Key { measure: to.measure, cut: to.cut, period, group };
            each(self.cells.entry(key).or_default(), share);
        }
    }

    /// The period of something, if it counts in a cut.
    fn place(&mut self, to: To<'_>, own: Counted, fold: &mut Fold<'_, '_>) -> Option<i32> {
        self.period(to.cut, own).filter(|_| self.is_meant(to, own, fold))
    }

    /// The period of something; none where the cut leaves it out. With a cohort it is the one in which the person joined,
    /// and `over` runs from then.
    fn period(&mut self, at: u32, own: Counted) -> Option<i32> {
        let cut = &self.plan.cuts[at as usize];
        let until = self.rules.until;
        if cut.slice.cohort.is_some() {
            let joined = self.joined[at as usize].filter(|joined| own.time >= *joined)?;
            let in_time = cut.over.is_none_or(|over| {
                let end = joined.saturating_add(over);
                own.time <= end && end <= until
            });
            return if in_time { self.cohort_period(at, joined) } else { None };
        }
        if cut.over.is_some_and(|over| own.time <= until.saturating_sub(over)) {
            return None;
        }
        cut.per.map_or(Some(0), |per| self.periods.of(per, own.start.unwrap_or(own.time), self.zone))
    }

    fn cohort_period(&mut self, cut: u32, joined: i64) -> Option<i32> {
        self.plan.cuts[cut as usize].per.map_or(Some(0), |per| self.periods.of(per, joined, self.zone))
    }

    /// Whether the condition of a cut holds.
    fn is_meant(&self, to: To<'_>, own: Counted, fold: &mut Fold<'_, '_>) -> bool {
        let only = self.plan.cuts[to.cut as usize].slice.only.as_ref();
        only.is_none_or(|only| fold.holds(only, moment(own, to.person)))
    }
}

fn is_of_events(measure: &Measure) -> bool {
    matches!(measure, Measure::Did(_) | Measure::Count { .. } | Measure::Values { .. } | Measure::Answers { .. })
}

/// The events of a measure that something is taken off, and what.
fn netted(measure: &Measure) -> Option<(PatternId, &Net)> {
    match measure {
        Measure::Count { pattern, net: Some(net) } | Measure::Values { pattern, net: Some(net), .. } => {
            Some((*pattern, net))
        }
        _ => None,
    }
}

fn seconds(micros: i64) -> Decimal {
    Decimal::from(micros) / Decimal::from(SECOND)
}
