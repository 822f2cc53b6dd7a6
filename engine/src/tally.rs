//! What people add to the numbers. Tallies of different people are added up in any order.

use crate::definition::{Definition, Moves};
use crate::fold::{Entry, NONE, Rules};
use crate::referral::Brought;

/// The numbers of some people.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// People with any event.
    pub people: u64,
    /// By stage.
    pub stages: Vec<StageTally>,
    /// By transition.
    pub transitions: Vec<TransitionTally>,
    /// By way, in the order of [`ways`].
    pub ways: Vec<WayTally>,
}

/// The numbers of a stage.
#[derive(Clone, Debug, Default)]
pub struct StageTally {
    /// People with a reached entry.
    pub people: u64,
    /// Reached entries.
    pub entries: u64,
    /// Runs of entries with no other reached stage of the funnel between; a taken self-loop starts a new one.
    pub visits: u64,
    /// Visits whose time to go on has run out.
    pub mature: u64,
    /// Of those, the ones that nobody went on from.
    pub dropped: u64,
    /// By how many entries: the people with so many; those with more are in the last place.
    pub repeats: Vec<u64>,
}

/// The numbers of a transition.
#[derive(Clone, Debug, Default)]
pub struct TransitionTally {
    /// People who took it.
    pub people: u64,
    /// Mature visits whose first exit it was.
    pub exits: u64,
    /// The times it took, in microseconds: as many as it was taken.
    pub times: Vec<i64>,
    /// Of one that brings others: the visits whose time for that has run out, and those that still have time.
    pub brings: Option<(u64, u64)>,
}

/// The numbers of a way from one stage to another, by any path.
#[derive(Clone, Debug, Default)]
pub struct WayTally {
    /// People who reached the first stage and whose time has run out.
    pub mature: u64,
    /// Of those, the ones who reached the second after it in the same journey.
    pub arrived: u64,
    /// People who reached the first stage and still have time.
    pub open: u64,
    /// The times it took, in microseconds, from the first entry in the journey.
    pub times: Vec<i64>,
}

/// A way from one stage to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The stage it begins at.
    pub from: usize,
    /// The stage it ends at.
    pub to: usize,
    /// How long it takes at most; none where nothing bounds it.
    pub within: Option<i64>,
}

/// How many repeats are told apart.
const REPEATS: usize = 10;

/// The ways that are measured unasked: in each funnel, from its first entry stage to every other one.
pub fn ways(definition: &Definition) -> Vec<Way> {
    let mut found = Vec::new();
    for funnel in 0..definition.funnels.len() {
        let stages = || definition.stages.iter().enumerate().filter(move |(_, stage)| stage.funnel == funnel);
        let Some((from, _)) = stages().find(|(_, stage)| stage.is_entry) else { continue };
        let longest = longest(definition, from);
        found.extend(stages().filter(|(to, _)| *to != from).map(|(to, own)| {
            let window = definition.funnels[funnel].window.filter(|_| !own.is_loyalty);
            let within = match (longest[to].flatten(), window) {
                (Some(longest), Some(window)) => Some(longest.min(window)),
                (longest, window) => longest.or(window),
            };
            Way { from, to, within }
        }));
    }
    found
}

/// The longest times from a stage to others over transitions to stages that are declared later; outer none where there
/// is no such way, inner none where nothing bounds it.
pub fn longest(definition: &Definition, from: usize) -> Vec<Option<Option<i64>>> {
    let mut found: Vec<Option<Option<i64>>> = vec![None; definition.stages.len()];
    found[from] = Some(Some(0));
    for at in from..definition.stages.len() {
        let Some(so_far) = found[at] else { continue };
        let onward =
            definition.transitions.iter().filter(|own| own.from == at && own.to > at && own.moves == Moves::On);
        for own in onward {
            let time = so_far.zip(own.within).map(|(so_far, within)| so_far.saturating_add(within));
            found[own.to] = Some(match found[own.to] {
                None => time,
                Some(other) => other.zip(time).map(|(other, time)| other.max(time)),
            });
        }
    }
    found
}

/// Adds people to a tally, one after the other.
#[derive(Debug)]
pub struct Counter<'r, 'd> {
    rules: &'r Rules<'d>,
    ways: &'r [Way],
    /// The numbers so far.
    pub tally: Tally,
    /// The visits of the person that was added last.
    pub visits: Vec<Visit>,
    /// By stage: its funnel.
    funnel: Vec<u32>,
    /// By transition: whether it leads to where it leaves.
    goes_round: Vec<bool>,
    /// By entry: its visit.
    visit_of: Vec<u32>,
    /// By funnel: the open visit, or [`NONE`].
    open: Vec<u32>,
    /// By stage: the entries of the person.
    entries: Vec<u32>,
    /// By transition: whether the person took it.
    took: Vec<bool>,
    /// By stage: the person's first entry.
    first_of: Vec<u32>,
    /// By journey: the first entry of the stage a way begins at.
    first: Vec<u32>,
}

/// A run of entries of a stage.
#[derive(Clone, Copy, Debug)]
pub struct Visit {
    /// The stage.
    pub stage: u32,
    /// Index of its first entry.
    pub first: u32,
    /// Index of its last entry.
    pub last: u32,
    /// The first transition that left it, or [`NONE`].
    pub exit: u32,
    /// Whether it counts in rates: its time to go on has run out, or that does not matter.
    pub counts: bool,
}

impl<'r, 'd> Counter<'r, 'd> {
    /// A counter with nobody counted.
    pub fn new(rules: &'r Rules<'d>, ways: &'r [Way]) -> Self {
        let (stages, transitions) = (rules.definition.stages.len(), rules.definition.transitions.len());
        let stage = StageTally { repeats: vec![0; REPEATS], ..StageTally::default() };
        let tally = Tally {
            people: 0,
            stages: vec![stage; stages],
            transitions: vec![TransitionTally::default(); transitions],
            ways: vec![WayTally::default(); ways.len()],
        };
        Self {
            rules,
            ways,
            tally,
            visits: Vec::new(),
            funnel: rules.definition.stages.iter().map(|own| own.funnel as u32).collect(),
            goes_round: rules.definition.transitions.iter().map(|own| own.from == own.to).collect(),
            visit_of: Vec::new(),
            open: vec![NONE; rules.definition.funnels.len()],
            entries: vec![0; stages],
            took: vec![false; transitions],
            first_of: vec![NONE; stages],
            first: Vec::new(),
        }
    }

    /// Adds what one person reached, in one group of funnels.
    pub fn add(&mut self, entries: &[Entry], journeys: usize) {
        self.visits.clear();
        if entries.is_empty() {
            return;
        }
        self.pass(entries);
        self.end_pass(entries);
        for way in 0..self.ways.len() {
            self.way(way, entries, journeys);
        }
    }

    /// Entry by entry: what was taken, and which visit it belongs to.
    fn pass(&mut self, entries: &[Entry]) {
        self.first_of.fill(NONE);
        self.visit_of.clear();
        self.open.fill(NONE);
        for (at, entry) in entries.iter().enumerate() {
            let (stage, at) = (entry.stage as usize, at as u32);
            self.entries[stage] += 1;
            self.first_of[stage] = self.first_of[stage].min(at);
            let mut goes_round = false;
            if entry.taken != NONE {
                goes_round = self.goes_round[entry.taken as usize];
                self.took[entry.taken as usize] = true;
                let left = &mut self.visits[self.visit_of[entry.from as usize] as usize];
                left.exit = if left.exit == NONE { entry.taken } else { left.exit };
                let time = entry.time - entries[entry.from as usize].time;
                self.tally.transitions[entry.taken as usize].times.push(time);
            }
            let open = &mut self.open[self.funnel[stage] as usize];
            match self.visits.get_mut(*open as usize) {
                Some(visit) if visit.stage == entry.stage && !goes_round => visit.last = at,
                _ => {
                    *open = self.visits.len() as u32;
                    self.visits.push(Visit { stage: entry.stage, first: at, last: at, exit: NONE, counts: true });
                }
            }
            self.visit_of.push(*open);
        }
    }

    /// What the person adds once all entries are known.
    fn end_pass(&mut self, entries: &[Entry]) {
        for (own, count) in self.tally.stages.iter_mut().zip(&mut self.entries) {
            if *count > 0 {
                own.people += 1;
                own.entries += u64::from(*count);
                own.repeats[(*count as usize).min(REPEATS) - 1] += 1;
                *count = 0;
            }
        }
        for (own, took) in self.tally.transitions.iter_mut().zip(&mut self.took) {
            own.people += u64::from(std::mem::take(took));
        }
        for visit in &mut self.visits {
            let own = &mut self.tally.stages[visit.stage as usize];
            visit.counts = self.rules.definition.counts_open || self.rules.is_mature(&entries[visit.last as usize]);
            own.visits += 1;
            own.mature += u64::from(visit.counts);
            own.dropped += u64::from(visit.counts && visit.exit == NONE);
            if visit.counts && visit.exit != NONE {
                self.tally.transitions[visit.exit as usize].exits += 1;
            }
        }
    }

    fn way(&mut self, at: usize, entries: &[Entry], journeys: usize) {
        let Way { from, to, within } = self.ways[at];
        let until = self.rules.until;
        let all = self.rules.definition.counts_open;
        let is_mature = |entry: &Entry| all || within.is_none_or(|within| entry.time.saturating_add(within) <= until);
        // Entries are in order: where the first still has time to go on, so have all later ones.
        let Some(begin) = entries.get(self.first_of[from] as usize) else { return };
        if !is_mature(begin) {
            self.tally.ways[at].open += 1;
            return;
        }
        self.tally.ways[at].mature += 1;
        if self.first_of[to] == NONE {
            return;
        }
        self.first.clear();
        self.first.resize(journeys, NONE);
        for (index, entry) in entries.iter().enumerate().skip(self.first_of[from] as usize) {
            let first = &mut self.first[entry.journey as usize];
            if entry.stage as usize == from && *first == NONE && is_mature(entry) {
                *first = index as u32;
            }
            let Some(begin) = entries.get(*first as usize).filter(|_| entry.stage as usize == to) else { continue };
            if begin.event != entry.event {
                let own = &mut self.tally.ways[at];
                own.arrived += 1;
                own.times.push(entry.time - begin.time);
                return;
            }
        }
    }
}

impl Tally {
    /// Makes room for the times of others, which are the most of them, at once.
    pub fn reserve<'t>(&mut self, others: &(impl Iterator<Item = &'t Self> + Clone)) {
        for (at, own) in self.transitions.iter_mut().enumerate() {
            own.times.reserve_exact(others.clone().map(|other| other.transitions[at].times.len()).sum());
        }
        for (at, own) in self.ways.iter_mut().enumerate() {
            own.times.reserve_exact(others.clone().map(|other| other.ways[at].times.len()).sum());
        }
    }

    /// Takes in the numbers of a transition that brings others.
    pub fn bring(&mut self, transition: usize, own: Brought) {
        let Brought { mature, open, guests, hosts, times } = own;
        self.transitions[transition] =
            TransitionTally { people: hosts, exits: guests, times, brings: Some((mature, open)) };
    }

    /// Adds the numbers of other people.
    pub fn merge(&mut self, other: Self) {
        self.people += other.people;
        for (own, other) in self.stages.iter_mut().zip(other.stages) {
            own.people += other.people;
            own.entries += other.entries;
            own.visits += other.visits;
            own.mature += other.mature;
            own.dropped += other.dropped;
            own.repeats.iter_mut().zip(other.repeats).for_each(|(own, other)| *own += other);
        }
        for (own, other) in self.transitions.iter_mut().zip(other.transitions) {
            own.people += other.people;
            own.exits += other.exits;
            own.times.extend(other.times);
        }
        for (own, other) in self.ways.iter_mut().zip(other.ways) {
            own.mature += other.mature;
            own.arrived += other.arrived;
            own.open += other.open;
            own.times.extend(other.times);
        }
    }
}
