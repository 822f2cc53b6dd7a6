//! What was found, counted. It has a largest size, whatever the log: a log with a million wrong names says how many more
//! there are.

use std::hash::BuildHasherDefault;

use indexmap::IndexMap;
use rustc_hash::FxHasher;

use super::check::About;
use super::law::Law;

/// A map that keeps the order in which keys were met.
type Ordered<K, V> = IndexMap<K, V, BuildHasherDefault<FxHasher>>;

/// The most findings that are told apart.
pub const MAX_GROUPS: usize = 10_000;

/// The most unplanned names that are told apart.
pub const MAX_NAMES: usize = 1_000;

/// Whose fault it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Whose {
    /// A line that is no event, or what is about the sending of any event.
    Line,
    /// A planned event, by its place.
    Planned(usize),
    /// An unplanned event, by its place.
    Unplanned(usize),
}

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) whose: Whose,
    pub(super) path: String,
    pub(super) law: Law,
}

/// Faults of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// How many.
    pub count: u64,
    /// The first ones.
    pub examples: Vec<Example>,
    /// The laws they are about.
    pub(super) about: About,
}

/// A place in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Which of the logs, from 0.
    pub log: usize,
    /// The line, from 1.
    pub line: u64,
    /// What is there, shortened, and hidden where it may be personal; empty where nothing is.
    pub value: String,
}

/// How often an event was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Lines that are this event.
    pub seen: u64,
    /// Those that its schema refuses.
    pub invalid: u64,
}

/// What was found in a part of a log, or in all of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) lines: u64,
    pub(super) bytes: u64,
    /// Lines that are no event.
    pub(super) unreadable: u64,
    /// Calls of which the plan says nothing.
    pub(super) unmodelled: u64,
    pub(super) planned: Vec<Count>,
    pub(super) unplanned: Ordered<String, Group>,
    /// Events under further names.
    pub(super) further_events: u64,
    pub(super) groups: Ordered<Key, Group>,
    /// Faults of further kinds.
    pub(super) further_faults: u64,
}

impl Tally {
    pub(super) fn new(events: usize) -> Self {
        Self { planned: vec![Count::default(); events], ..Self::default() }
    }

    /// Counts a fault of the current line.
    pub(super) fn fault(&mut self, key: Key, value: String, about: About, max_examples: usize) {
        let line = self.lines;
        if let Some(group) = self.groups.get_mut(&key) {
            group.count += 1;
            if group.examples.len() < max_examples {
                group.examples.push(Example { log: 0, line, value });
            }
        } else if self.groups.len() < MAX_GROUPS {
            let examples = if max_examples == 0 { Vec::new() } else { vec![Example { log: 0, line, value }] };
            self.groups.insert(key, Group { count: 1, examples, about });
        } else {
            self.further_faults += 1;
        }
    }

    /// Counts an unplanned event in the current line; its place, where its name is told apart.
    pub(super) fn unplanned(&mut self, name: &str, max_examples: usize) -> Option<usize> {
        let line = self.lines;
        let at = match self.unplanned.get_index_of(name) {
            Some(at) => at,
            None if self.unplanned.len() < MAX_NAMES => self.unplanned.insert_full(name.to_owned(), Group::default()).0,
            None => {
                self.further_events += 1;
                return None;
            }
        };
        let group = &mut self.unplanned[at];
        group.count += 1;
        if group.examples.len() < max_examples {
            group.examples.push(Example { log: 0, line, value: String::new() });
        }
        Some(at)
    }

    /// Adds what was found in the next part of a log, which begins after some lines.
    pub(super) fn add(&mut self, next: Self, log: usize, lines_before: u64, max_examples: usize) {
        self.lines += next.lines;
        self.bytes += next.bytes;
        self.unreadable += next.unreadable;
        self.unmodelled += next.unmodelled;
        self.further_events += next.further_events;
        self.further_faults += next.further_faults;
        for (own, other) in self.planned.iter_mut().zip(next.planned) {
            own.seen += other.seen;
            own.invalid += other.invalid;
        }
        let moved = |mut group: Group| {
            for example in &mut group.examples {
                example.log = log;
                example.line += lines_before;
            }
            group
        };
        let mut places = Vec::with_capacity(next.unplanned.len());
        for (name, group) in next.unplanned {
            places.push(merge(
                &mut self.unplanned,
                name,
                moved(group),
                MAX_NAMES,
                max_examples,
                &mut self.further_events,
            ));
        }
        for (mut key, group) in next.groups {
            if let Whose::Unplanned(at) = key.whose {
                let Some(place) = places[at] else {
                    self.further_faults += group.count;
                    continue;
                };
                key.whose = Whose::Unplanned(place);
            }
            merge(&mut self.groups, key, moved(group), MAX_GROUPS, max_examples, &mut self.further_faults);
        }
    }
}

/// Adds a group to those of the same key; its place, where there is room for it.
fn merge<K: std::hash::Hash + Eq>(
    all: &mut Ordered<K, Group>,
    key: K,
    next: Group,
    most: usize,
    max_examples: usize,
    further: &mut u64,
) -> Option<usize> {
    if let Some((at, _, own)) = all.get_full_mut(&key) {
        own.count += next.count;
        let room = max_examples.saturating_sub(own.examples.len());
        own.examples.extend(next.examples.into_iter().take(room));
        return Some(at);
    }
    if all.len() < most {
        return Some(all.insert_full(key, next).0);
    }
    *further += next.count;
    None
}
