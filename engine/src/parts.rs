//! Funnels in parts: their numbers by channel, segment, month or property, and by combinations of them.
//!
//! What belongs to which part is told as for KPIs: an entry at its moment, a visit at its first entry, a way at the entry
//! that it begins with; the month is that of the journey's start. People count once in a part, by their first entry; with
//! months, once in each.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::definition::{Definition, Moves, Period, Split};
use crate::fold::{Entry, Fold, NONE, Rules};
use crate::kpi::group::{Counted, Group, Groups};
use crate::kpi::{Person, Reached};
use crate::period::{self, Periods};
use crate::result::{FunnelPart, StagePart, Times, TransitionPart, WayPart};
use crate::tally::{Visit, Way};

/// The most parts of a funnel by one property, and the most by all combinations; with more of them these are left out.
pub const MAX_PARTS: usize = 4_000;

/// What parts are told apart by: places in [`Divider::splits`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cut {
    /// The channel, or a property.
    group: Option<usize>,
    segment: Option<usize>,
    by_month: bool,
}

/// Which part, in the order of the output.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    cut: u32,
    group: Group,
    segment: Group,
    month: i32,
}

/// The numbers of a part.
#[derive(Clone, Debug, Default)]
struct Part {
    stages: Vec<StageSum>,
    transitions: Vec<TransitionSum>,
    ways: Vec<WaySum>,
}

#[derive(Clone, Debug, Default)]
struct StageSum {
    people: Decimal,
    entries: Decimal,
    visits: Decimal,
    mature: Decimal,
    dropped: Decimal,
}

#[derive(Clone, Debug, Default)]
struct TransitionSum {
    taken: Decimal,
    people: Decimal,
    exits: Decimal,
    times: Vec<i64>,
}

#[derive(Clone, Debug, Default)]
struct WaySum {
    mature: Decimal,
    arrived: Decimal,
    open: Decimal,
}

/// Parts of one funnel that are kept or left out together.
#[derive(Clone, Debug)]
struct Table {
    funnel: usize,
    cuts: Vec<Cut>,
    known: FxHashMap<Key, u32>,
    parts: Vec<Part>,
    is_full: bool,
}

/// The parts of all funnels, of some people.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    splits: Vec<Split>,
    tables: Vec<Table>,
}

/// Places of stages, transitions and ways in the lists of their funnel.
#[derive(Debug)]
struct Places {
    stages: Vec<usize>,
    transitions: Vec<usize>,
    ways: Vec<usize>,
    /// By funnel: how many there are of each.
    counts: Vec<(usize, usize, usize)>,
}

/// What an entry belongs to: by split its groups, with their shares, and its month.
type Fact = (Vec<Vec<(Group, Decimal)>>, Option<i32>);

/// Adds people to parts.
#[derive(Debug)]
pub struct Divider<'r, 'd> {
    rules: &'r Rules<'d>,
    ways: &'r [Way],
    zone: &'r TimeZone,
    periods: Periods,
    groups: Groups<'r, 'd>,
    places: Places,
    /// The numbers so far.
    pub parts: Parts,
    /// By entry.
    facts: Vec<Fact>,
    /// By entry: the parts it belongs to, with their shares.
    homes: Vec<Vec<(u32, Decimal)>>,
    seen: FxHashSet<(usize, i32)>,
}

impl<'r, 'd> Divider<'r, 'd> {
    /// With nobody in it.
    pub fn new(rules: &'r Rules<'d>, ways: &'r [Way], zone: &'r TimeZone) -> Self {
        Self {
            rules,
            ways,
            zone,
            periods: Periods::default(),
            groups: Groups::new(rules),
            places: Places::of(rules.definition, ways),
            parts: Parts::of(rules.definition),
            facts: Vec::new(),
            homes: Vec::new(),
            seen: FxHashSet::default(),
        }
    }

    /// Adds a person. `fold` answers what held of them at a moment.
    pub fn add(&mut self, person: Person<'_>, fold: &mut Fold<'_, '_>) {
        if self.parts.tables.is_empty() {
            return;
        }
        self.groups.meet(person);
        for reached in person.reached.iter().filter(|own| !own.entries.is_empty()) {
            self.look_at(reached, person, fold);
            for table in 0..self.parts.tables.len() {
                for cut in 0..self.parts.tables[table].cuts.len() {
                    self.find_homes(table, cut, &reached.entries);
                    self.count(table, cut, reached);
                }
                self.parts.tables[table].spare();
            }
        }
    }

    /// Finds out what each entry is of.
    fn look_at(&mut self, reached: &Reached, person: Person<'_>, fold: &mut Fold<'_, '_>) {
        self.facts.clear();
        for entry in &reached.entries {
            let counted = Counted::from(entry);
            let groups = self.parts.splits.iter().map(|by| self.groups.of(Some(by), counted, person, fold)).collect();
            self.facts.push((groups, self.periods.of(Period::Month, entry.start, self.zone)));
        }
    }

    /// Finds the parts of a cut that the entries of its funnel belong to.
    fn find_homes(&mut self, table: usize, cut: usize, entries: &[Entry]) {
        self.homes.resize_with(self.homes.len().max(entries.len()), Vec::new);
        let own = &mut self.parts.tables[table];
        for ((entry, (groups, month)), homes) in entries.iter().zip(&self.facts).zip(&mut self.homes) {
            homes.clear();
            own.is_full |= own.parts.len() > MAX_PARTS;
            let Cut { group, segment, by_month } = own.cuts[cut];
            let month = if by_month { *month } else { Some(0) };
            let (Some(month), true) = (month, !own.is_full && is_of(self.rules.definition, own.funnel, entry)) else {
                continue;
            };
            let all = [(Group::All, Decimal::ONE)];
            let of = |at: Option<usize>| at.map_or(all.as_slice(), |at| groups[at].as_slice());
            for (group, share) in of(group) {
                for (segment, _) in of(segment) {
                    let key = Key { cut: cut as u32, group: group.clone(), segment: segment.clone(), month };
                    homes.push((own.part(key, &self.places), *share));
                }
            }
        }
    }

    fn count(&mut self, table: usize, cut: usize, reached: &Reached) {
        let own = &mut self.parts.tables[table];
        if own.is_full {
            return;
        }
        let by_month = own.cuts[cut].by_month;
        let facts = &self.facts;
        let month = |entry: usize| if by_month { facts[entry].1.unwrap_or(0) } else { 0 };
        let mut counting = Counting {
            rules: self.rules,
            places: &self.places,
            table: own,
            homes: &self.homes,
            month: &month,
            entries: &reached.entries,
        };
        self.seen.clear();
        counting.entries(&mut self.seen);
        self.seen.clear();
        counting.transitions(&mut self.seen);
        counting.visits(&reached.visits);
        for (at, way) in self.ways.iter().enumerate() {
            counting.way(at, way, reached.journeys);
        }
    }
}

/// Whether an entry counts anywhere in a funnel: as one of its stages, or by a transition that leaves them.
fn is_of(definition: &Definition, funnel: usize, entry: &Entry) -> bool {
    let leaves = |taken: u32| definition.stages[definition.transitions[taken as usize].from].funnel == funnel;
    definition.stages[entry.stage as usize].funnel == funnel || (entry.taken != NONE && leaves(entry.taken))
}

/// Counts one person in the parts of one cut.
struct Counting<'a, 'r, 'd> {
    rules: &'r Rules<'d>,
    places: &'a Places,
    table: &'a mut Table,
    homes: &'a [Vec<(u32, Decimal)>],
    month: &'a dyn Fn(usize) -> i32,
    entries: &'a [Entry],
}

impl Counting<'_, '_, '_> {
    fn each(&mut self, entry: usize, add: impl Fn(&mut Part, Decimal)) {
        for (part, share) in &self.homes[entry] {
            add(&mut self.table.parts[*part as usize], *share);
        }
    }

    fn is_mine(&self, stage: usize) -> bool {
        self.rules.definition.stages[stage].funnel == self.table.funnel
    }

    fn entries(&mut self, seen: &mut FxHashSet<(usize, i32)>) {
        for (at, entry) in self.entries.iter().enumerate() {
            let stage = entry.stage as usize;
            if !self.is_mine(stage) {
                continue;
            }
            let is_first = seen.insert((stage, (self.month)(at)));
            let stage = self.places.stages[stage];
            self.each(at, |part, share| {
                let own = &mut part.stages[stage];
                own.entries += share;
                own.people += if is_first { share } else { Decimal::ZERO };
            });
        }
    }

    fn transitions(&mut self, seen: &mut FxHashSet<(usize, i32)>) {
        for (at, entry) in self.entries.iter().enumerate() {
            let Some(taken) = self.rules.definition.transitions.get(entry.taken as usize) else { continue };
            if !self.is_mine(taken.from) {
                continue;
            }
            let is_first = seen.insert((entry.taken as usize, (self.month)(at)));
            let (transition, from) = (self.places.transitions[entry.taken as usize], self.entries[entry.from as usize]);
            self.each(at, |part, share| {
                let own = &mut part.transitions[transition];
                own.taken += share;
                own.people += if is_first { share } else { Decimal::ZERO };
                own.times.push(entry.time - from.time);
            });
        }
    }

    fn visits(&mut self, visits: &[Visit]) {
        for visit in visits {
            if !self.is_mine(visit.stage as usize) {
                continue;
            }
            let counts = visit.counts;
            let stage = self.places.stages[visit.stage as usize];
            let exit = self.places.transitions.get(visit.exit as usize).copied();
            self.each(visit.first as usize, |part, share| {
                let own = &mut part.stages[stage];
                own.visits += share;
                if counts {
                    own.mature += share;
                    match exit {
                        None => own.dropped += share,
                        Some(exit) => part.transitions[exit].exits += share,
                    }
                }
            });
        }
    }

    /// A way counts once, of the entry that says most: one that arrives, one whose time has run out, any.
    fn way(&mut self, at: usize, way: &Way, journeys: usize) {
        if !self.is_mine(way.from) {
            return;
        }
        let (until, all) = (self.rules.until, self.rules.definition.counts_open);
        let is_mature =
            |entry: &Entry| all || way.within.is_none_or(|within| entry.time.saturating_add(within) <= until);
        let mut last: Vec<u32> = vec![0; journeys];
        for entry in self.entries.iter().filter(|own| own.stage as usize == way.to) {
            last[entry.journey as usize] = entry.event;
        }
        let mut best: BTreeMap<i32, (usize, Option<bool>)> = BTreeMap::new();
        for (at, entry) in self.entries.iter().enumerate().filter(|(_, own)| own.stage as usize == way.from) {
            let arrives = is_mature(entry).then(|| last[entry.journey as usize] > entry.event);
            let known = best.entry((self.month)(at)).or_insert((at, arrives));
            if known.1 < arrives {
                *known = (at, arrives);
            }
        }
        let place = self.places.ways[at];
        for (entry, arrives) in best.into_values() {
            self.each(entry, |part, share| {
                let own = &mut part.ways[place];
                match arrives {
                    None => own.open += share,
                    Some(arrives) => {
                        own.mature += share;
                        own.arrived += if arrives { share } else { Decimal::ZERO };
                    }
                }
            });
        }
    }
}

impl Places {
    fn of(definition: &Definition, ways: &[Way]) -> Self {
        let mut counts = vec![(0, 0, 0); definition.funnels.len()];
        let next = |count: &mut usize| {
            *count += 1;
            *count - 1
        };
        let funnel = |stage: usize| definition.stages[stage].funnel;
        let stages = definition.stages.iter().map(|own| next(&mut counts[own.funnel].0)).collect();
        let transitions = definition.transitions.iter().map(|own| next(&mut counts[funnel(own.from)].1)).collect();
        let ways = ways.iter().map(|own| next(&mut counts[funnel(own.from)].2)).collect();
        Self { stages, transitions, ways, counts }
    }
}

impl Table {
    /// The number of a part, which is made where there is none.
    fn part(&mut self, key: Key, places: &Places) -> u32 {
        let next = self.parts.len() as u32;
        let at = *self.known.entry(key).or_insert(next);
        if at == next {
            let (stages, transitions, ways) = places.counts[self.funnel];
            self.parts.push(Part {
                stages: vec![StageSum::default(); stages],
                transitions: vec![TransitionSum::default(); transitions],
                ways: vec![WaySum::default(); ways],
            });
        }
        at
    }

    /// Lets go of parts that are too many.
    fn spare(&mut self) {
        if self.is_full || self.parts.len() > MAX_PARTS {
            self.is_full = true;
            self.known = FxHashMap::default();
            self.parts = Vec::new();
        }
    }

    fn merge(&mut self, other: Self) {
        self.is_full |= other.is_full;
        let mut parts: Vec<Option<Part>> = other.parts.into_iter().map(Some).collect();
        let mut keys: Vec<(Key, u32)> = other.known.into_iter().collect();
        keys.sort_unstable();
        for (key, at) in keys {
            let Some(part) = parts[at as usize].take() else { continue };
            let next = self.parts.len() as u32;
            match *self.known.entry(key).or_insert(next) {
                own if own == next => self.parts.push(part),
                own => self.parts[own as usize].merge(part),
            }
        }
        self.spare();
    }
}

impl Part {
    fn merge(&mut self, other: Self) {
        for (own, other) in self.stages.iter_mut().zip(other.stages) {
            own.people += other.people;
            own.entries += other.entries;
            own.visits += other.visits;
            own.mature += other.mature;
            own.dropped += other.dropped;
        }
        for (own, other) in self.transitions.iter_mut().zip(other.transitions) {
            own.taken += other.taken;
            own.people += other.people;
            own.exits += other.exits;
            own.times.extend(other.times);
        }
        for (own, other) in self.ways.iter_mut().zip(other.ways) {
            own.mature += other.mature;
            own.arrived += other.arrived;
            own.open += other.open;
        }
    }
}

impl Parts {
    /// What the funnels of a definition are split by: each split alone, then all their combinations.
    fn of(definition: &Definition) -> Self {
        let (mut splits, mut tables): (Vec<Split>, Vec<Table>) = Default::default();
        let mut number = |by: &Split| {
            splits.iter().position(|own| own == by).unwrap_or_else(|| {
                splits.push(by.clone());
                splits.len() - 1
            })
        };
        for (funnel, own) in definition.funnels.iter().enumerate() {
            let cuts: Vec<Cut> = own.by.iter().map(|by| Cut::of(by, &mut number)).collect();
            let combined = if own.is_combined { combinations(&own.by, &cuts) } else { Vec::new() };
            let single = cuts.into_iter().map(|cut| vec![cut]);
            let table = |cuts| Table { funnel, cuts, known: FxHashMap::default(), parts: Vec::new(), is_full: false };
            tables.extend(single.chain((!combined.is_empty()).then_some(combined)).map(table));
        }
        Self { splits, tables }
    }

    /// Whether nothing is split.
    pub fn is_empty(definition: &Definition) -> bool {
        definition.funnels.iter().all(|own| own.by.is_empty())
    }

    /// Adds the parts of other people.
    pub fn merge(&mut self, other: Self) {
        if self.tables.is_empty() {
            *self = other;
            return;
        }
        self.tables.iter_mut().zip(other.tables).for_each(|(own, other)| own.merge(other));
    }

    /// By funnel: its parts, and what it is not split by because these would be too many.
    pub fn numbers(self, definition: &Definition, ways: &[Way]) -> Vec<(Vec<FunnelPart>, Vec<String>)> {
        let places = Places::of(definition, ways);
        let mut found: Vec<(Vec<FunnelPart>, Vec<String>)> = vec![Default::default(); definition.funnels.len()];
        for table in self.tables {
            let (parts, left_out) = &mut found[table.funnel];
            if table.is_full {
                let word = |cut: &Cut| cut.words(definition, &self.splits).join(" and ");
                left_out.extend(table.cuts.iter().map(word));
                continue;
            }
            let mut keys: Vec<(Key, u32)> = table.known.into_iter().collect();
            keys.sort_unstable();
            let mut own = table.parts;
            for (key, at) in keys {
                let cut = table.cuts[key.cut as usize];
                let part = std::mem::take(&mut own[at as usize]);
                parts.push(part.numbers(&key, cut, &self.splits, (definition, &places, table.funnel)));
            }
        }
        found
    }
}

impl Cut {
    fn of(by: &Split, number: &mut impl FnMut(&Split) -> usize) -> Self {
        match by {
            Split::Month => Self { by_month: true, ..Self::default() },
            Split::Segment => Self { segment: Some(number(by)), ..Self::default() },
            Split::Channel | Split::Field(_) => Self { group: Some(number(by)), ..Self::default() },
        }
    }

    fn with(self, other: Self) -> Self {
        Self {
            group: self.group.or(other.group),
            segment: self.segment.or(other.segment),
            by_month: self.by_month || other.by_month,
        }
    }

    fn words(self, definition: &Definition, splits: &[Split]) -> Vec<String> {
        let named = [self.group, self.segment].into_iter().flatten().map(|at| splits[at].word(definition));
        named.chain(self.by_month.then(|| Split::Month.word(definition))).collect()
    }
}

/// The combinations of two or more of channel, segment and month; properties stand alone.
fn combinations(by: &[Split], cuts: &[Cut]) -> Vec<Cut> {
    let wanted = [Split::Channel, Split::Segment, Split::Month];
    let own: Vec<Cut> =
        wanted.iter().filter_map(|wanted| Some(cuts[by.iter().position(|own| own == wanted)?])).collect();
    let of = |set: usize| own.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1).map(|(_, cut)| *cut);
    let mut sets: Vec<usize> = (0..1 << own.len()).filter(|set: &usize| set.count_ones() > 1).collect();
    sets.sort_by_key(|set| set.count_ones());
    sets.into_iter().map(|set| of(set).fold(Cut::default(), Cut::with)).collect()
}

impl Part {
    /// The numbers, as they are published.
    fn numbers(
        self,
        key: &Key,
        cut: Cut,
        splits: &[Split],
        (definition, places, funnel): (&Definition, &Places, usize),
    ) -> FunnelPart {
        let group = cut.group.map(|at| (&splits[at], key.group.name(definition)));
        let channel = group.as_ref().filter(|own| *own.0 == Split::Channel).map(|own| own.1.clone());
        let property = group.filter(|own| *own.0 != Split::Channel);
        let transitions = definition.transitions.iter().filter(|own| definition.stages[own.from].funnel == funnel);
        let transitions = transitions.zip(self.transitions).map(|(own, sum)| {
            let from = &self.stages[places.stages[own.from]];
            let rate = share(sum.exits, from.mature).filter(|_| own.moves != Moves::Others);
            sum.numbers(rate, from)
        });
        FunnelPart {
            channel,
            segment: cut.segment.map(|_| key.segment.name(definition)),
            period: if cut.by_month { period::shown(Period::Month, key.month) } else { None },
            property: property.as_ref().map(|own| own.0.word(definition)),
            value: property.map(|own| own.1),
            transitions: transitions.collect(),
            stages: self.stages.iter().map(StageSum::numbers).collect(),
            ways: self.ways.iter().map(WaySum::numbers).collect(),
        }
    }
}

impl StageSum {
    fn numbers(&self) -> StagePart {
        StagePart {
            people: float(self.people),
            entries: float(self.entries),
            visits: float(self.visits),
            mature_visits: float(self.mature),
            open_visits: float(self.visits - self.mature),
            dropped_visits: float(self.dropped),
        }
    }
}

impl TransitionSum {
    fn numbers(self, rate: Option<f64>, from: &StageSum) -> TransitionPart {
        TransitionPart {
            rate,
            exits: float(self.exits),
            of: float(from.mature),
            open: float(from.visits - from.mature),
            taken: float(self.taken),
            people: float(self.people),
            median: Times::of(self.times).map(|times| times.median),
        }
    }
}

impl WaySum {
    fn numbers(&self) -> WayPart {
        WayPart {
            rate: share(self.arrived, self.mature),
            arrived: float(self.arrived),
            of: float(self.mature),
            open: float(self.open),
        }
    }
}

fn float(number: Decimal) -> f64 {
    number.to_f64().unwrap_or_default()
}

/// A share; none of nothing.
fn share(part: Decimal, whole: Decimal) -> Option<f64> {
    part.checked_div(whole)?.to_f64()
}
