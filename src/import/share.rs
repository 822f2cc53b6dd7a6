//! Properties that many events have alike, factored out. A group is a set of properties and a set of events that all
//! have all of them; the one that saves most lines is taken first, until none saves any.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use indexmap::IndexMap;

use super::names;
use super::plan::{ForeignEvent, ForeignProperty};

/// In how many events a property is at least worth sharing.
const FEWEST_EVENTS: usize = 3;

/// The most groups one event takes: more make it harder to read than the properties would.
const MOST_GROUPS: usize = 6;

/// Properties that some events share.
#[derive(Debug)]
pub(super) struct Group {
    /// The properties, in the order of the first event that has them.
    pub(super) properties: Vec<ForeignProperty>,
    /// The events, by their place in the plan.
    pub(super) events: Vec<usize>,
    /// What a name can be made of.
    pub(super) about: String,
}

/// A set of events.
#[derive(Clone, Debug)]
struct Events(Vec<u64>);

impl Events {
    fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    fn add(&mut self, event: usize) {
        self.0[event / 64] |= 1 << (event % 64);
    }

    fn remove(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(own, other)| *own &= !other);
    }

    fn has_all(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(own, other)| own & other == *other)
    }

    fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(at, word)| (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| at * 64 + bit))
    }
}

/// Who has what.
struct Table<'p> {
    properties: Vec<&'p ForeignProperty>,
    /// For each property the events in which it is still written out.
    events_of: Vec<Events>,
    /// For each event its properties, in order.
    of_event: Vec<Vec<usize>>,
    /// How many groups each event takes already.
    taken: Vec<usize>,
}

/// The groups worth making, the most useful first.
pub(super) fn groups(events: &[ForeignEvent]) -> Vec<Group> {
    let mut table = Table::of(events);
    let mut queue: BinaryHeap<(usize, Reverse<usize>)> = BinaryHeap::new();
    for seed in 0..table.properties.len() {
        let (saved, _) = table.group(seed);
        queue.extend((saved > 0).then_some((saved, Reverse(seed))));
    }
    let mut found = Vec::new();
    while let Some((promised, Reverse(seed))) = queue.pop() {
        // What others took since can only have made it less.
        let (saved, members) = table.group(seed);
        if saved < promised {
            queue.extend((saved > 0).then_some((saved, Reverse(seed))));
            continue;
        }
        found.push(table.take(seed, &members, events));
        let (saved, _) = table.group(seed);
        queue.extend((saved > 0).then_some((saved, Reverse(seed))));
    }
    found
}

impl<'p> Table<'p> {
    fn of(events: &'p [ForeignEvent]) -> Self {
        let mut known: IndexMap<&ForeignProperty, Events> = IndexMap::new();
        let mut of_event = Vec::with_capacity(events.len());
        for (at, event) in events.iter().enumerate() {
            let mut own = Vec::with_capacity(event.properties.len());
            for property in &event.properties {
                let entry = known.entry(property);
                own.push(entry.index());
                entry.or_insert_with(|| Events::none(events.len())).add(at);
            }
            of_event.push(own);
        }
        let (properties, events_of) = known.into_iter().unzip();
        Self { properties, events_of, of_event, taken: vec![0; events.len()] }
    }

    /// The events that may still take a group with a property.
    fn open(&self, seed: usize) -> Events {
        let mut open = Events::none(self.taken.len());
        self.events_of[seed].iter().filter(|event| self.taken[*event] < MOST_GROUPS).for_each(|event| open.add(event));
        open
    }

    /// The lines that sharing a property and all that go with it saves, and what goes with it.
    fn group(&self, seed: usize) -> (usize, Vec<usize>) {
        let open = self.open(seed);
        let events = open.len();
        let Some(first) = open.iter().next().filter(|_| events >= FEWEST_EVENTS) else { return (0, Vec::new()) };
        let goes_along = |property: &usize| self.events_of[*property].has_all(&open);
        let members: Vec<usize> = self.of_event[first].iter().copied().filter(goes_along).collect();
        // One property without a word of explanation is as short where it is.
        if members.len() < 2 && members.iter().all(|member| lines(self.properties[*member]) < 2) {
            return (0, Vec::new());
        }
        let lines: usize = members.iter().map(|member| lines(self.properties[*member])).sum();
        // A group has two lines of its own and a line between; an event that takes one has another word.
        ((lines * (events - 1)).saturating_sub(events.div_ceil(2) + 3), members)
    }

    fn take(&mut self, seed: usize, members: &[usize], events: &[ForeignEvent]) -> Group {
        let open = self.open(seed);
        members.iter().for_each(|member| self.events_of[*member].remove(&open));
        open.iter().for_each(|event| self.taken[event] += 1);
        let properties: Vec<ForeignProperty> = members.iter().map(|member| self.properties[*member].clone()).collect();
        let about = about(&properties, open.iter().map(|event| &events[event]), events.len());
        Group { properties, events: open.iter().collect(), about }
    }
}

/// How many lines a property takes.
fn lines(property: &ForeignProperty) -> usize {
    let docs = if property.docs.is_empty() { 0 } else { property.docs.lines().count() };
    1 + docs
}

/// Words that say nothing of what a property is about.
const GENERIC: &[&str] =
    &["id", "ids", "is", "has", "of", "the", "in", "to", "count", "name", "type", "value", "enabled", "number"];

/// Words for a group: those its properties have in common, or else its events.
fn about<'e>(properties: &[ForeignProperty], events: impl Iterator<Item = &'e ForeignEvent>, all: usize) -> String {
    let wires: Vec<&str> = events.map(|event| event.wire.as_str()).collect();
    if wires.len() == all {
        return "common".to_owned();
    }
    let own: Vec<&str> = properties.iter().map(|property| property.wire.as_str()).collect();
    let first = || names::made(own.first().copied().unwrap_or_default(), "shared");
    let of_events = || common_words(&wires, (wires.len() * 2).div_ceil(3));
    common_words(&own, 2).or_else(of_events).unwrap_or_else(first)
}

/// The one or two words that occur most often in names, each in at least so many.
fn common_words(all: &[&str], least: usize) -> Option<String> {
    let mut counts: IndexMap<String, usize> = IndexMap::new();
    for wire in all {
        let name = names::made(wire, "");
        let mut words: Vec<&str> = name.split('_').filter(|word| is_telling(word)).collect();
        words.sort_unstable();
        words.dedup();
        words.into_iter().for_each(|word| *counts.entry(word.to_owned()).or_default() += 1);
    }
    counts.retain(|_, count| *count >= least);
    counts.sort_by(|_, a, _, b| b.cmp(a));
    let words: Vec<&str> = counts.keys().take(2).map(String::as_str).collect();
    (!words.is_empty()).then(|| names::made(&words.join("_"), "shared"))
}

fn is_telling(word: &str) -> bool {
    word.chars().count() > 1 && !GENERIC.contains(&word)
}
