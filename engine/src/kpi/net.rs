//! What is taken off events that were reversed: booked on the original, wherever and whenever the reversal happened.

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::Person;
use crate::class::Class;
use crate::definition::{Net, PatternId};
use crate::history::Keeping;
use crate::rows::Value;

/// What is taken off the events of a person.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// By the place of the event: the amount, or nothing where all of it is.
    of: FxHashMap<usize, Option<Decimal>>,
    /// Reversals that no original fits.
    pub(super) unmatched: u64,
}

impl Taken {
    /// What reversals take off the events of a pattern. A key says which original is meant, the last one that has it;
    /// without one it is the last that is left.
    pub(super) fn of(net: &Net, pattern: PatternId, classes: &[Class], keeping: &Keeping, person: Person<'_>) -> Self {
        let mut taken = Self::default();
        let mut open: FxHashMap<&Value, Vec<usize>> = FxHashMap::default();
        for (at, event) in person.events.iter().enumerate() {
            let class = &classes[event.class as usize];
            let (reverses, counts) = (class.patterns.has(net.by), class.patterns.has(pattern));
            if !reverses && !counts {
                continue;
            }
            let key = net
                .matching
                .map_or(&Value::None, |field| keeping.value(*event, person.kept, field).unwrap_or(&Value::None));
            if net.matching.is_some() && *key == Value::None {
                taken.unmatched += u64::from(reverses);
                continue;
            }
            if reverses {
                let originals = open.entry(key).or_default();
                let last = if net.matching.is_some() { originals.last().copied() } else { originals.pop() };
                let in_time =
                    |from: &usize| net.within.is_none_or(|within| event.time - person.events[*from].time <= within);
                let off = net.field.and_then(|field| keeping.value(*event, person.kept, field)).and_then(Value::amount);
                match last.filter(in_time) {
                    Some(original) => taken.take(original, off),
                    None => taken.unmatched += 1,
                }
            }
            if counts {
                open.entry(key).or_default().push(at);
            }
        }
        taken
    }

    fn take(&mut self, original: usize, off: Option<Decimal>) {
        let sum = self.of.entry(original).or_insert(Some(Decimal::ZERO));
        *sum = sum.zip(off).and_then(|(sum, off)| sum.checked_add(off));
    }

    /// What is left of the number of an event; nothing where all of it was taken.
    pub(super) fn left(&self, at: usize, number: Decimal, has_amount: bool) -> Option<Decimal> {
        match self.of.get(&at) {
            None => Some(number),
            Some(off) => number.checked_sub((*off)?).filter(|_| has_amount),
        }
    }
}
