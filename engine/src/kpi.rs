//! KPIs: their primitives, split by period, channel, segment or property, and what is computed from them.
//!
//! A primitive has a cell for every split that some KPI asks for. People of one period are counted once in it, so that
//! people of months do not add up to people of the year, and nothing here adds them. Sums are exact decimals.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use crate::definition::{
    Credit, Definition, FieldId, Formula, Kpi, Measure, Operation, PatternId, Period, Split, StageId,
};
use crate::fold::{Entry, Fold, NONE, Rules};
use crate::history::Keeping;
use crate::result::{KpiNumbers, KpiValue};
use crate::rows::{Event, Kept, Value};
use crate::tally::{Visit, is_mature};
use crate::time::SECOND;

/// How the numbers of a KPI are cut.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cut {
    per: Option<Period>,
    by: Option<Split>,
    over: Option<i64>,
}

/// Which part of a cut: a period and a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    measure: u32,
    cut: u32,
    period: i32,
    group: Group,
}

/// A group of people or events.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Group {
    All,
    Channel(u32),
    Segment(u32),
    Text(Box<str>),
    /// Claimed by no channel, or without the property.
    Nothing,
}

/// What a cell holds.
#[derive(Clone, Debug, Default)]
struct Cell {
    /// What is counted, or the upper side of a share.
    number: Decimal,
    /// The lower side of a share, or how many values there are.
    of: Decimal,
    values: Vec<Decimal>,
}

/// The measures of a definition and the cuts they are wanted in.
#[derive(Debug)]
pub struct Plan<'d> {
    definition: &'d Definition,
    cuts: Vec<Cut>,
    /// By measure: its cuts.
    wanted: Vec<Vec<u32>>,
}

impl<'d> Plan<'d> {
    /// What the KPIs of a definition ask for.
    pub fn of(definition: &'d Definition) -> Self {
        let mut plan = Self { definition, cuts: Vec::new(), wanted: vec![Vec::new(); definition.measures.len()] };
        for kpi in &definition.kpis {
            let mut measures = Vec::new();
            kpi.value.measures(&mut measures);
            for by in std::iter::once(None).chain(kpi.by.iter().cloned().map(Some)) {
                let cut = plan.cut(kpi, by);
                for measure in &measures {
                    if !plan.wanted[*measure].contains(&cut) {
                        plan.wanted[*measure].push(cut);
                    }
                }
            }
        }
        plan
    }

    fn cut(&mut self, kpi: &Kpi, by: Option<Split>) -> u32 {
        let cut = Cut { per: kpi.per, by, over: kpi.over };
        let known = self.cuts.iter().position(|own| *own == cut);
        known.unwrap_or_else(|| {
            self.cuts.push(cut);
            self.cuts.len() - 1
        }) as u32
    }

    /// Whether nothing is computed.
    pub fn is_empty(&self) -> bool {
        self.cuts.is_empty()
    }
}

/// One person, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// The reached entries of one group of funnels.
    pub entries: &'a [Entry],
    /// How many journeys they are of.
    pub journeys: usize,
    /// The visits.
    pub visits: &'a [Visit],
    /// All events, in order.
    pub events: &'a [Event],
    /// What is kept of events.
    pub kept: &'a [Kept],
    /// Whether measures of events are added too; once a person.
    pub is_first: bool,
}

/// Adds people to cells.
#[derive(Debug)]
pub struct Computer<'r, 'd> {
    rules: &'r Rules<'d>,
    plan: &'r Plan<'d>,
    keeping: &'r Keeping,
    zone: &'r TimeZone,
    periods: Periods,
    cells: FxHashMap<Key, Cell>,
    /// Moments at which channels claim the person's events, in order.
    touches: Vec<(i64, u32)>,
    not_numbers: u64,
}

/// The cells of some people, in an order of their own.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    cells: Vec<(Key, Cell)>,
    /// Values that are no numbers, and are left out.
    pub not_numbers: u64,
}

impl<'r, 'd> Computer<'r, 'd> {
    /// A computer with nobody in it.
    pub fn new(rules: &'r Rules<'d>, plan: &'r Plan<'d>, keeping: &'r Keeping, zone: &'r TimeZone) -> Self {
        let (periods, cells, touches) = (Periods::default(), FxHashMap::default(), Vec::new());
        Self { rules, plan, keeping, zone, periods, cells, touches, not_numbers: 0 }
    }

    /// The cells, in order.
    pub fn end(self) -> Cells {
        let mut cells: Vec<(Key, Cell)> = self.cells.into_iter().collect();
        cells.sort_unstable_by(|(own, _), (other, _)| own.cmp(other));
        Cells { cells, not_numbers: self.not_numbers }
    }

    /// Adds a person. `fold` answers what held of them at a moment.
    pub fn add(&mut self, person: Person<'_>, fold: &mut Fold<'_, '_>) {
        if self.plan.is_empty() {
            return;
        }
        self.touch(person.events);
        for measure in 0..self.plan.definition.measures.len() {
            for at in 0..self.plan.wanted[measure].len() {
                let cut = self.plan.wanted[measure][at];
                self.measure(measure as u32, cut, person, fold);
            }
        }
    }

    fn touch(&mut self, events: &[Event]) {
        self.touches.clear();
        let channels = &self.plan.definition.channels;
        if channels.is_empty() {
            return;
        }
        for event in events {
            let class = &self.rules.classes[event.class as usize];
            if let Some(channel) = channels.iter().position(|own| class.patterns.has(own.pattern)) {
                self.touches.push((event.time, channel as u32));
            }
        }
    }

    fn measure(&mut self, measure: u32, cut: u32, person: Person<'_>, fold: &mut Fold<'_, '_>) {
        let definition = self.plan.definition;
        let of_events = |own: &Measure| matches!(own, Measure::Did(_) | Measure::Count(_) | Measure::Values { .. });
        let own = &definition.measures[measure as usize];
        if of_events(own) && !person.is_first {
            return;
        }
        match own {
            Measure::People(stage) => self.people(measure, cut, *stage, person, fold),
            Measure::Entries(stage) => {
                for entry in person.entries.iter().filter(|own| own.stage as usize == *stage) {
                    self.count(measure, cut, entry, Decimal::ONE, person, fold);
                }
            }
            Measure::Visits(stage) => {
                for visit in person.visits.iter().filter(|own| own.stage as usize == *stage) {
                    self.count(measure, cut, &visit.first, Decimal::ONE, person, fold);
                }
            }
            Measure::Direct(transitions) => self.direct(measure, cut, transitions, person, fold),
            Measure::Rate { from, to, within } => self.way(measure, cut, (*from, *to, *within), person, fold),
            Measure::Time { from, to } => self.time(measure, cut, *from, *to, person, fold),
            Measure::Laps { stage, transitions } => self.laps(measure, cut, *stage, transitions, person, fold),
            Measure::Did(pattern) => self.did(measure, cut, *pattern, person, fold),
            Measure::Count(pattern) => {
                self.events(*pattern, person, &mut |own, event| {
                    own.happen(measure, cut, event, Some(Decimal::ONE), person, fold);
                });
            }
            Measure::Values { pattern, field } => {
                self.events(*pattern, person, &mut |own, event| {
                    let is_first = own.plan.wanted[measure as usize].first() == Some(&cut);
                    let value = own.number(event, person.kept, *field, is_first);
                    own.happen(measure, cut, event, value, person, fold);
                });
            }
            Measure::Stays { stage, after, is_churn } => {
                self.stays(measure, cut, (*stage, *after, *is_churn), person, fold);
            }
        }
    }

    // ---- of stages

    /// People of a stage: once in every period and group.
    fn people(&mut self, measure: u32, cut: u32, stage: StageId, person: Person<'_>, fold: &mut Fold<'_, '_>) {
        let mut seen: Vec<i32> = Vec::new();
        for entry in person.entries.iter().filter(|own| own.stage as usize == stage) {
            let Some(period) = self.period(cut, entry.start) else { continue };
            if !seen.contains(&period) {
                seen.push(period);
                self.count(measure, cut, entry, Decimal::ONE, person, fold);
            }
        }
    }

    /// Adds to the number of an entry's period and groups.
    fn count(
        &mut self,
        measure: u32,
        cut: u32,
        entry: &Entry,
        number: Decimal,
        person: Person<'_>,
        fold: &mut Fold<'_, '_>,
    ) {
        let Some(period) = self.period(cut, entry.start) else { return };
        for (group, share) in self.groups(cut, entry.time, entry.start, person, fold) {
            self.cell(measure, cut, period, group).number += number * share;
        }
    }

    /// Adds to both sides of a share.
    fn share(
        &mut self,
        measure: u32,
        cut: u32,
        entry: &Entry,
        counts: bool,
        person: Person<'_>,
        fold: &mut Fold<'_, '_>,
    ) {
        let Some(period) = self.period(cut, entry.start) else { return };
        for (group, share) in self.groups(cut, entry.time, entry.start, person, fold) {
            let cell = self.cell(measure, cut, period, group);
            cell.of += share;
            if counts {
                cell.number += share;
            }
        }
    }

    /// Adds a value.
    fn value(
        &mut self,
        measure: u32,
        cut: u32,
        entry: &Entry,
        value: Decimal,
        person: Person<'_>,
        fold: &mut Fold<'_, '_>,
    ) {
        let Some(period) = self.period(cut, entry.start) else { return };
        for (group, _) in self.groups(cut, entry.time, entry.start, person, fold) {
            self.cell(measure, cut, period, group).values.push(value);
        }
    }

    fn direct(&mut self, measure: u32, cut: u32, transitions: &[usize], person: Person<'_>, fold: &mut Fold<'_, '_>) {
        let Some(from) = transitions.first().map(|at| self.plan.definition.transitions[*at].from) else { return };
        for visit in person.visits.iter().filter(|own| own.stage as usize == from) {
            if is_mature(self.rules, visit) || self.plan.definition.counts_open {
                let counts = visit.exit != NONE && transitions.contains(&(visit.exit as usize));
                self.share(measure, cut, &visit.first, counts, person, fold);
            }
        }
    }

    /// A way by any path: once in every period, of the first mature entry in it that says most.
    fn way(
        &mut self,
        measure: u32,
        cut: u32,
        way: (StageId, StageId, Option<i64>),
        person: Person<'_>,
        fold: &mut Fold<'_, '_>,
    ) {
        let (from, to, within) = way;
        let until = self.rules.until;
        let all = self.plan.definition.counts_open;
        let is_mature = |entry: &Entry| all || within.is_none_or(|within| entry.time.saturating_add(within) <= until);
        // By journey: the event of the last entry of the second stage.
        let mut last: Vec<u32> = vec![0; person.journeys];
        for entry in person.entries.iter().filter(|own| own.stage as usize == to) {
            last[entry.journey as usize] = entry.event;
        }
        let mut best: Vec<(i32, Entry, bool)> = Vec::new();
        for entry in person.entries.iter().filter(|own| own.stage as usize == from && is_mature(own)) {
            let Some(period) = self.period(cut, entry.start) else { continue };
            let arrives = last[entry.journey as usize] > entry.event;
            match best.iter_mut().find(|(own, ..)| *own == period) {
                None => best.push((period, *entry, arrives)),
                Some((_, _, known)) if *known => {}
                Some(own) => {
                    if arrives {
                        *own = (period, *entry, true);
                    }
                }
            }
        }
        for (_, entry, arrives) in best {
            self.share(measure, cut, &entry, arrives, person, fold);
        }
    }

    /// Times between two stages: of a transition from the predecessor; else from the first entry in the journey.
    fn time(
        &mut self,
        measure: u32,
        cut: u32,
        from: StageId,
        to: StageId,
        person: Person<'_>,
        fold: &mut Fold<'_, '_>,
    ) {
        let transitions = &self.plan.definition.transitions;
        let is_declared = transitions.iter().any(|own| own.from == from && own.to == to);
        let mut first: Vec<i64> = vec![i64::MIN; if is_declared { 0 } else { person.journeys }];
        for entry in person.entries {
            let begin = if is_declared {
                let taken = transitions.get(entry.taken as usize).filter(|own| own.from == from && own.to == to);
                taken.map(|_| person.entries[entry.from as usize].time)
            } else {
                let first = &mut first[entry.journey as usize];
                let begin =
                    (entry.stage as usize == to && *first != i64::MIN).then(|| std::mem::replace(first, i64::MAX));
                if entry.stage as usize == from && *first == i64::MIN {
                    *first = entry.time;
                }
                begin.filter(|begin| *begin != i64::MAX)
            };
            if let Some(begin) = begin {
                self.value(measure, cut, entry, seconds(entry.time - begin), person, fold);
            }
        }
    }

    /// Laps: taken edges of a loop, for each person who reached the stage.
    fn laps(
        &mut self,
        measure: u32,
        cut: u32,
        stage: StageId,
        transitions: &[usize],
        person: Person<'_>,
        fold: &mut Fold<'_, '_>,
    ) {
        let Some(first) = person.entries.iter().find(|own| own.stage as usize == stage) else { return };
        let laps = person.entries.iter().filter(|own| own.taken != NONE && transitions.contains(&(own.taken as usize)));
        let laps = Decimal::from(laps.count() as u64);
        let Some(period) = self.period(cut, first.start) else { return };
        for (group, share) in self.groups(cut, first.time, first.start, person, fold) {
            let cell = self.cell(measure, cut, period, group);
            cell.number += laps * share;
            cell.of += share;
        }
    }

    /// Who is still there a time after the first entry; who is gone for a time after the last one.
    fn stays(
        &mut self,
        measure: u32,
        cut: u32,
        what: (StageId, i64, bool),
        person: Person<'_>,
        fold: &mut Fold<'_, '_>,
    ) {
        let (stage, after, is_churn) = what;
        let mut own = person.entries.iter().filter(|own| own.stage as usize == stage);
        let entry = if is_churn { own.next_back() } else { own.next() };
        let Some(entry) = entry.copied() else { return };
        let Some(end) = entry.time.checked_add(after).filter(|end| *end <= self.rules.until) else { return };
        let is_seen = person.events.last().is_some_and(|last| last.time >= end);
        let counts = if is_churn {
            !person.events.iter().any(|event| event.time > entry.time && event.time <= end)
        } else {
            is_seen
        };
        self.share(measure, cut, &entry, counts, person, fold);
    }

    // ---- of events

    fn events(&mut self, pattern: PatternId, person: Person<'_>, each: &mut dyn FnMut(&mut Self, Event)) {
        for event in person.events {
            if self.rules.classes[event.class as usize].patterns.has(pattern) {
                each(self, *event);
            }
        }
    }

    /// The number of a property; one that is no number is left out, and counted once.
    fn number(&mut self, event: Event, kept: &[Kept], field: FieldId, is_first: bool) -> Option<Decimal> {
        let found = match self.keeping.value(event, kept, field)? {
            Value::Number(number) => return Some(*number),
            Value::Text(text) => text.trim().parse().ok(),
            Value::None => return None,
        };
        self.not_numbers += u64::from(found.is_none() && is_first);
        found
    }

    /// Adds an event's number to its period and groups; one without a number is left out.
    fn happen(
        &mut self,
        measure: u32,
        cut: u32,
        event: Event,
        number: Option<Decimal>,
        person: Person<'_>,
        fold: &mut Fold<'_, '_>,
    ) {
        let (Some(period), Some(number)) = (self.period(cut, event.time), number) else { return };
        let start = journey_at(person.entries, event.time);
        for (group, share) in self.groups(cut, event.time, start, person, fold) {
            let cell = self.cell(measure, cut, period, group);
            cell.number += number * share;
            cell.of += share;
            cell.values.push(number);
        }
    }

    /// People who did something: once in every period and group.
    fn did(&mut self, measure: u32, cut: u32, pattern: PatternId, person: Person<'_>, fold: &mut Fold<'_, '_>) {
        let mut seen: Vec<i32> = Vec::new();
        for event in person.events {
            if !self.rules.classes[event.class as usize].patterns.has(pattern) {
                continue;
            }
            let Some(period) = self.period(cut, event.time).filter(|period| !seen.contains(period)) else { continue };
            seen.push(period);
            let start = journey_at(person.entries, event.time);
            for (group, share) in self.groups(cut, event.time, start, person, fold) {
                self.cell(measure, cut, period, group).number += share;
            }
        }
    }

    // ---- cells

    fn cell(&mut self, measure: u32, cut: u32, period: i32, group: Group) -> &mut Cell {
        self.cells.entry(Key { measure, cut, period, group }).or_default()
    }

    /// The period of a moment; none where the cut leaves it out.
    fn period(&mut self, cut: u32, time: i64) -> Option<i32> {
        let cut = &self.plan.cuts[cut as usize];
        if cut.over.is_some_and(|over| time <= self.rules.until.saturating_sub(over)) {
            return None;
        }
        match cut.per {
            None => Some(0),
            Some(per) => self.periods.of(per, time, self.zone),
        }
    }

    /// The groups that something at a moment belongs to, each with its share.
    fn groups(
        &mut self,
        cut: u32,
        time: i64,
        start: i64,
        person: Person<'_>,
        fold: &mut Fold<'_, '_>,
    ) -> Vec<(Group, Decimal)> {
        let definition = self.plan.definition;
        match &self.plan.cuts[cut as usize].by {
            None => vec![(Group::All, Decimal::ONE)],
            Some(Split::Channel) => self.credits(time, start),
            Some(Split::Segment) => {
                let holds = |at: &usize| fold.holds(&definition.segments[*at].condition, time, person.events);
                let found: Vec<usize> = (0..definition.segments.len()).filter(holds).collect();
                found.into_iter().map(|at| (Group::Segment(at as u32), Decimal::ONE)).collect()
            }
            Some(Split::Field(field)) => {
                // What a journey is told by is said at its beginning.
                let values = person.events.iter().filter(|event| event.time >= start && event.time <= time);
                let text =
                    values.filter_map(|event| self.keeping.value(*event, person.kept, *field)).find_map(|value| {
                        match value {
                            Value::Text(text) => Some(text.clone()),
                            Value::Number(number) => Some(number.to_string().into()),
                            Value::None => None,
                        }
                    });
                vec![(text.map_or(Group::Nothing, Group::Text), Decimal::ONE)]
            }
        }
    }

    /// The channels that something at a moment is credited to.
    fn credits(&self, time: i64, start: i64) -> Vec<(Group, Decimal)> {
        let attribution = &self.plan.definition.attribution;
        let begin = attribution.lookback.map_or(start, |lookback| time.saturating_sub(lookback));
        let first = self.touches.partition_point(|(at, _)| *at < begin);
        let touches = &self.touches[first..self.touches.partition_point(|(at, _)| *at <= time).max(first)];
        let is_direct = |channel: u32| self.plan.definition.channels[channel as usize].is_direct;
        let shares = match attribution.credit {
            Credit::First => touches.first().map(|own| vec![(own.1, Decimal::ONE)]),
            Credit::Last => touches.last().map(|own| vec![(own.1, Decimal::ONE)]),
            Credit::LastNonDirect => {
                let last = touches.iter().rev().find(|own| !is_direct(own.1)).or(touches.last());
                last.map(|own| vec![(own.1, Decimal::ONE)])
            }
            Credit::Linear => spread(touches, |_| Decimal::ONE),
            Credit::Position => spread_by_position(touches),
            Credit::Decay => spread(touches, |own| halved(time - own)),
        };
        let Some(shares) = shares else { return vec![(Group::Nothing, Decimal::ONE)] };
        shares.into_iter().map(|(channel, share)| (Group::Channel(channel), share)).collect()
    }
}

/// Shares by weight; they add to one.
fn spread(touches: &[(i64, u32)], weight: impl Fn(i64) -> Decimal) -> Option<Vec<(u32, Decimal)>> {
    let sum: Decimal = touches.iter().map(|own| weight(own.0)).sum();
    (!sum.is_zero()).then(|| touches.iter().map(|own| (own.1, weight(own.0) / sum)).collect())
}

/// Two fifths for the first touch and two for the last, the rest for those between.
fn spread_by_position(touches: &[(i64, u32)]) -> Option<Vec<(u32, Decimal)>> {
    let (fifths, half) = (Decimal::new(4, 1), Decimal::new(5, 1));
    match touches {
        [] => None,
        [only] => Some(vec![(only.1, Decimal::ONE)]),
        [first, last] => Some(vec![(first.1, half), (last.1, half)]),
        [first, between @ .., last] => {
            let share = Decimal::new(2, 1) / Decimal::from(between.len());
            let mut shares = vec![(first.1, fifths)];
            shares.extend(between.iter().map(|own| (own.1, share)));
            shares.push((last.1, fifths));
            Some(shares)
        }
    }
}

/// The weight of a touch so long ago: it halves every seven days, to a billionth.
fn halved(ago: i64) -> Decimal {
    let weight = crate::fold::decayed(0.5, 7 * crate::time::DAY, ago);
    Decimal::from_f64_retain(weight).unwrap_or_default().round_dp(9).max(Decimal::new(1, 9))
}

/// When the journey began that somebody is in at a moment; the moment itself where there is none.
fn journey_at(entries: &[Entry], time: i64) -> i64 {
    let after = entries.partition_point(|entry| entry.time <= time);
    after.checked_sub(1).map_or(time, |last| entries[last].start)
}

fn seconds(micros: i64) -> Decimal {
    Decimal::from(micros) / Decimal::from(SECOND)
}

// ---- periods

/// Calendar periods of a zone; the last one met is remembered.
#[derive(Debug, Default)]
struct Periods {
    known: Option<(Period, i64, i64, i32)>,
}

impl Periods {
    fn of(&mut self, per: Period, time: i64, zone: &TimeZone) -> Option<i32> {
        if let Some((own, from, until, number)) = self.known
            && own == per
            && (from..until).contains(&time)
        {
            return Some(number);
        }
        let day = jiff::Timestamp::from_microsecond(time).ok()?.to_zoned(zone.clone()).date();
        let (first, next) = bounds(per, day)?;
        let moment = |date: Date| Some(date.to_zoned(zone.clone()).ok()?.timestamp().as_microsecond());
        let number = number(first);
        self.known = Some((per, moment(first)?, moment(next)?, number));
        Some(number)
    }
}

/// A day as a number.
fn number(date: Date) -> i32 {
    Date::new(1970, 1, 1).map_or(0, |begin| (date - begin).get_days())
}

/// The first day of the period of a day, and of the next one.
fn bounds(per: Period, day: Date) -> Option<(Date, Date)> {
    use jiff::ToSpan;
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
fn shown(per: Option<Period>, number: i32) -> Option<String> {
    use jiff::ToSpan;
    let first = Date::new(1970, 1, 1).ok()?.checked_add(i64::from(number).days()).ok()?;
    Some(match per? {
        Period::Day | Period::Week => first.to_string(),
        Period::Month => format!("{:04}-{:02}", first.year(), first.month()),
        Period::Quarter => format!("{:04}-Q{}", first.year(), (first.month() - 1) / 3 + 1),
        Period::Year => format!("{:04}", first.year()),
    })
}

// ---- values

impl Cells {
    /// Adds the cells of other people; in whatever order people come, the values of a cell are sorted before they are used.
    pub fn merge(&mut self, other: Self) {
        self.not_numbers += other.not_numbers;
        if self.cells.is_empty() {
            self.cells = other.cells;
            return;
        }
        for (key, cell) in other.cells {
            match self.cells.binary_search_by(|(own, _)| own.cmp(&key)) {
                Ok(at) => {
                    let own = &mut self.cells[at].1;
                    own.number += cell.number;
                    own.of += cell.of;
                    own.values.extend(cell.values);
                }
                Err(at) => self.cells.insert(at, (key, cell)),
            }
        }
    }

    /// What the KPIs are worth.
    pub fn values(mut self, plan: &Plan<'_>) -> Vec<KpiNumbers> {
        self.cells.iter_mut().for_each(|(_, cell)| cell.values.sort_unstable());
        plan.definition.kpis.iter().map(|kpi| self.of_kpi(plan, kpi)).collect()
    }

    fn of_kpi(&self, plan: &Plan<'_>, kpi: &Kpi) -> KpiNumbers {
        let mut measures = Vec::new();
        kpi.value.measures(&mut measures);
        let mut values = Vec::new();
        for by in std::iter::once(None).chain(kpi.by.iter().cloned().map(Some)) {
            let wanted = Cut { per: kpi.per, by, over: kpi.over };
            let Some(cut) = plan.cuts.iter().position(|own| *own == wanted) else { continue };
            let of_cut = self
                .cells
                .iter()
                .filter(|(key, _)| key.cut as usize == cut && measures.contains(&(key.measure as usize)));
            let mut places: Vec<(i32, Group)> = of_cut.map(|(key, _)| (key.period, key.group.clone())).collect();
            if places.is_empty() && wanted.by.is_none() && wanted.per.is_none() {
                places.push((0, Group::All));
            }
            places.sort();
            places.dedup();
            for (period, group) in places {
                let key =
                    |measure: usize| Key { measure: measure as u32, cut: cut as u32, period, group: group.clone() };
                let value = self.value(&kpi.value, &key);
                values.push(KpiValue {
                    by: wanted.by.as_ref().map(|by| by.word(plan.definition)),
                    group: wanted.by.as_ref().map(|_| name(plan.definition, &group)),
                    period: shown(kpi.per, period),
                    value: value.and_then(|value| rust_decimal::prelude::ToPrimitive::to_f64(&value)),
                });
            }
        }
        KpiNumbers {
            path: kpi.path.clone(),
            label: kpi.label.clone(),
            unit: kpi.unit.clone(),
            target: kpi.target.clone(),
            unmeasured: kpi.unmeasured.clone(),
            values,
        }
    }

    /// A value; none where something has none, or where nothing is divided by.
    fn value(&self, formula: &Formula, key: &dyn Fn(usize) -> Key) -> Option<Decimal> {
        match formula {
            Formula::Number(number) => Some(*number),
            Formula::Negate(inner) => self.value(inner, key).map(|value| -value),
            Formula::Of(measure, how) => {
                let key = key(*measure);
                let found = self.cells.binary_search_by(|(own, _)| own.cmp(&key)).ok();
                let cell = found.map(|at| &self.cells[at].1);
                how.value(cell.map(|cell| (cell.number, cell.of, cell.values.as_slice())))
            }
            Formula::Both(operation, sides) => {
                let (left, right) = (self.value(&sides.0, key)?, self.value(&sides.1, key)?);
                match operation {
                    Operation::Plus => left.checked_add(right),
                    Operation::Minus => left.checked_sub(right),
                    Operation::Times => left.checked_mul(right),
                    Operation::Over => left.checked_div(right),
                }
            }
        }
    }
}

fn name(definition: &Definition, group: &Group) -> String {
    match group {
        Group::All => String::new(),
        Group::Channel(at) => definition.channels[*at as usize].path.clone(),
        Group::Segment(at) => definition.segments[*at as usize].path.clone(),
        Group::Text(text) => text.to_string(),
        Group::Nothing => "(none)".to_owned(),
    }
}
