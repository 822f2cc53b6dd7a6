//! What is asked of a person's past again and again, worked out once. What is found is in the order of time, so that each
//! question is a search, however many events there are.

use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

use crate::definition::{FieldId, PatternId};
use crate::fold::{Moment, Rules};
use crate::rows::{Event, Value};

/// Questions and their answers; those of one kind are few.
type Answers<Q, A> = Vec<(Q, A)>;

/// A moment, and what there is up to it.
type Sum = (i64, Decimal);

/// The past of one person, as far as somebody has asked for it. All questions are about the same events in the same order,
/// until it is forgotten.
#[derive(Debug, Default)]
pub(crate) struct Past {
    /// The moments of a pattern's events.
    times: Answers<PatternId, Vec<i64>>,
    /// The moments of a pattern's events with a property, each with the sum so far; of all its events where it is none.
    sums: Answers<(PatternId, Option<FieldId>), Vec<Sum>>,
    /// The numbers of the events of some patterns that say a property.
    said: Answers<(Vec<PatternId>, FieldId), Vec<usize>>,
    /// The moments at which one more person of an account does something.
    people: Answers<PatternId, Vec<i64>>,
}

impl Past {
    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        let Self { times, sums, said, people } = self;
        times.clear();
        sums.clear();
        said.clear();
        people.clear();
    }

    /// The moments of a pattern's events.
    pub(crate) fn times(&mut self, rules: &Rules<'_>, pattern: PatternId, events: &[Event]) -> &[i64] {
        let found = || of(rules, pattern, events).map(|event| event.time).collect();
        once::<_, Vec<i64>>(&mut self.times, |own| *own == pattern, || (pattern, found()))
    }

    /// The sum of a property of events before a moment, or how many there are.
    pub(crate) fn sum(
        &mut self,
        rules: &Rules<'_>,
        (pattern, field): (PatternId, Option<FieldId>),
        now: Moment<'_>,
    ) -> Decimal {
        let amount = |event: &Event| match field {
            None => Some(Decimal::ONE),
            Some(field) => rules.keeping.value(*event, now.kept, field)?.amount(),
        };
        let found = || {
            let amounts = of(rules, pattern, now.events).filter_map(|event| Some((event.time, amount(event)?)));
            let so_far = |sum: &mut Decimal, (time, amount): (i64, Decimal)| {
                *sum = sum.saturating_add(amount);
                Some((time, *sum))
            };
            amounts.scan(Decimal::ZERO, so_far).collect()
        };
        let question = (pattern, field);
        let sums = once(&mut self.sums, |own| *own == question, || (question, found()));
        let before = sums.partition_point(|(time, _)| *time < now.time);
        before.checked_sub(1).map_or(Decimal::ZERO, |last| sums[last].1)
    }

    /// What was last said of the person before a moment.
    pub(crate) fn said<'k>(
        &mut self,
        rules: &Rules<'_>,
        (by, field): (&[PatternId], FieldId),
        now: Moment<'k>,
    ) -> Option<&'k Value> {
        let value = |event: &Event| rules.keeping.value(*event, now.kept, field).filter(|value| **value != Value::None);
        let says = |event: &Event| {
            let patterns = &rules.classes[event.class as usize].patterns;
            by.iter().any(|pattern| patterns.has(*pattern)) && value(event).is_some()
        };
        let found = || (0..now.events.len()).filter(|at| says(&now.events[*at])).collect();
        let said = once(&mut self.said, |own| own.0 == by && own.1 == field, || ((by.to_vec(), field), found()));
        let before = said.partition_point(|at| now.events[*at].time < now.time);
        value(&now.events[said[before.checked_sub(1)?]])
    }

    /// How many people have done something up to a moment.
    pub(crate) fn people(&mut self, rules: &Rules<'_>, pattern: PatternId, now: Moment<'_>) -> usize {
        let found = || {
            let mut known = FxHashSet::default();
            let mut is_new =
                |event: &&Event| rules.keeping.person(**event, now.kept).is_some_and(|person| known.insert(person));
            of(rules, pattern, now.events).filter(|event| is_new(event)).map(|event| event.time).collect()
        };
        let times = once(&mut self.people, |own| *own == pattern, || (pattern, found()));
        times.partition_point(|time| *time <= now.time)
    }
}

/// The events of a pattern.
fn of<'e>(rules: &Rules<'_>, pattern: PatternId, events: &'e [Event]) -> impl Iterator<Item = &'e Event> {
    events.iter().filter(move |event| rules.classes[event.class as usize].patterns.has(pattern))
}

/// The answer to a question: the one that was found before, or a new one.
fn once<Q, A>(known: &mut Answers<Q, A>, is_it: impl Fn(&Q) -> bool, new: impl FnOnce() -> (Q, A)) -> &A {
    let at = known.iter().position(|(question, _)| is_it(question)).unwrap_or_else(|| {
        known.push(new());
        known.len() - 1
    });
    &known[at].1
}
