//! Who brought whom: the new people of transitions that bring others.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::definition::Moves;
use crate::fold::{Entry, Rules};
use crate::history::Keeping;
use crate::identity::{self, Aliases, Key};
use crate::rows::{Event, Kept, Value};
use crate::tally::Visit;

/// People who can bring others, and people whom somebody brought.
#[derive(Clone, Debug, Default)]
pub struct Referrals {
    hosts: Vec<Host>,
    guests: Vec<Guest>,
}

/// A reached entry of a stage from which others are brought.
#[derive(Clone, Copy, Debug)]
struct Host {
    transition: u32,
    key: Key,
    time: i64,
    /// Whether the time to bring others has run out for its visit.
    counts: bool,
    /// Whether its visit begins with it.
    is_first: bool,
}

/// A new person who says who it was.
#[derive(Clone, Debug)]
struct Guest {
    transition: u32,
    /// Whom it may be, the likeliest first.
    keys: Vec<Key>,
    /// When the stage was reached.
    time: i64,
}

/// The numbers of a transition that brings others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Visits of its stage whose time to bring others has run out.
    pub mature: u64,
    /// Visits that still have time.
    pub open: u64,
    /// New people whom mature visits brought.
    pub guests: u64,
    /// People who brought somebody.
    pub hosts: u64,
    /// How long it took after the entry before it, in microseconds, for all new people.
    pub times: Vec<i64>,
}

/// What one person reached in one group of funnels.
#[derive(Clone, Copy, Debug)]
pub struct Passed<'a> {
    /// The person.
    pub key: Key,
    /// Whom they name who brought them, the likeliest first.
    pub hosts: &'a [Key],
    /// What was reached.
    pub entries: &'a [Entry],
    /// The runs of it.
    pub visits: &'a [Visit],
}

impl Referrals {
    /// Adds a person, in one group of funnels.
    pub fn add(&mut self, rules: &Rules<'_>, person: Passed<'_>) {
        let definition = rules.definition;
        let brings = definition.transitions.iter().enumerate().filter(|(_, own)| own.moves == Moves::Others);
        for (at, own) in brings {
            self.add_host(rules, at as u32, (own.from, own.within), person);
            let funnel = definition.stages[own.to].funnel;
            let is_of_funnel = |entry: &&Entry| definition.stages[entry.stage as usize].funnel == funnel;
            let Some(first) = person.entries.iter().find(is_of_funnel) else { continue };
            let is_new = |entry: &&Entry| entry.event == first.event && entry.stage as usize == own.to;
            let Some(entry) = person.entries.iter().find(is_new) else { continue };
            if !person.hosts.is_empty() {
                self.guests.push(Guest { transition: at as u32, keys: person.hosts.to_vec(), time: entry.time });
            }
        }
    }

    fn add_host(
        &mut self,
        rules: &Rules<'_>,
        transition: u32,
        (stage, within): (usize, Option<i64>),
        person: Passed<'_>,
    ) {
        for visit in person.visits.iter().filter(|visit| visit.stage as usize == stage) {
            let last = person.entries[visit.last as usize].time;
            let is_over = within.is_none_or(|within| last.saturating_add(within) <= rules.until);
            let counts = rules.definition.counts_open || is_over;
            // Entries of other stages of other funnels may lie between.
            let own = (visit.first..=visit.last).filter(|at| person.entries[*at as usize].stage == visit.stage);
            self.hosts.extend(own.map(|at| Host {
                transition,
                key: person.key,
                time: person.entries[at as usize].time,
                counts,
                is_first: at == visit.first,
            }));
        }
    }

    /// Adds other people.
    pub fn merge(&mut self, other: Self) {
        self.hosts.extend(other.hosts);
        self.guests.extend(other.guests);
    }

    /// By transition: a new person is brought by the most recent entry before, if that is not too long ago.
    pub fn count(mut self, rules: &Rules<'_>) -> FxHashMap<usize, Brought> {
        let transitions = &rules.definition.transitions;
        let mut found: FxHashMap<usize, Brought> = FxHashMap::default();
        for host in self.hosts.iter().filter(|own| own.is_first) {
            let own = found.entry(host.transition as usize).or_default();
            own.mature += u64::from(host.counts);
            own.open += u64::from(!host.counts);
        }
        let order = |host: &Host| (host.transition, host.key);
        // One person's entries are together already, in the order of time.
        self.hosts.sort_by_key(order);
        let mut known: FxHashSet<(u32, Key)> = FxHashSet::default();
        for guest in &self.guests {
            let of = |key: &Key| {
                let wanted = (guest.transition, *key);
                let start = self.hosts.partition_point(|own| order(own) < wanted);
                let end = self.hosts.partition_point(|own| order(own) <= wanted);
                (start < end).then(|| &self.hosts[start..end])
            };
            let Some(entries) = guest.keys.iter().find_map(of) else { continue };
            let before = entries.partition_point(|own| own.time <= guest.time);
            let Some(host) = before.checked_sub(1).map(|at| entries[at]) else { continue };
            let time = guest.time - host.time;
            if transitions[guest.transition as usize].within.is_some_and(|within| time > within) {
                continue;
            }
            let own = found.entry(guest.transition as usize).or_default();
            own.guests += u64::from(host.counts);
            own.hosts += u64::from(known.insert((guest.transition, host.key)));
            own.times.push(time);
        }
        found
    }
}

/// Whom a person names who brought them, by any column of identity, best first: what was said first counts, at equal times
/// as it stands in the log. Nobody brings themselves.
pub fn hosts(
    (rules, keeping, aliases): (&Rules<'_>, &Keeping, &Aliases),
    person: Key,
    events: &[Event],
    kept: &[Kept],
) -> Vec<Key> {
    if rules.definition.referred_by.is_empty() {
        return Vec::new();
    }
    let said = |event: &Event| {
        let class = &rules.classes[event.class as usize];
        rules.definition.referred_by.iter().find_map(|(pattern, field)| {
            let value = keeping.value(*event, kept, *field).filter(|_| class.patterns.has(*pattern))?;
            (*value != Value::None).then_some((event.time, value))
        })
    };
    let Some((_, said)) = events.iter().filter_map(said).min_by_key(|(time, _)| *time) else { return Vec::new() };
    let columns = 0..rules.definition.columns.identity.len() as u32;
    let keys = columns.filter_map(|column| Some(aliases.person(identity::key(said.cell(), column)?)));
    let mut keys: Vec<Key> = keys.filter(|key| *key != person).collect();
    keys.dedup();
    keys
}
