//! The chapter "What is measured" of the book, word by word: slow, obvious, and written without looking at the engine.
//! Whatever is asked is looked for from the beginning each time; nothing is remembered but what was reached.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use funnelc_engine::definition::{Comparison, Condition, Definition, Enter, Literal, Moves, Test};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;

/// An event of a log. Times are microseconds.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) person: u32,
    pub(crate) time: i64,
    pub(crate) name: String,
    pub(crate) sender: Option<String>,
    pub(crate) properties: BTreeMap<String, Value>,
}

/// The name of what is no event, but a row of a table that says what is known of a person.
pub(crate) const TABLE: &str = "(known)";

/// A reached entry.
#[derive(Clone, Debug)]
pub(crate) struct Reached {
    pub(crate) stage: usize,
    pub(crate) time: i64,
    pub(crate) start: i64,
    pub(crate) journey: usize,
    pub(crate) taken: Option<usize>,
    pub(crate) from: Option<usize>,
    /// Entries of one event share its number.
    pub(crate) event: usize,
    forgotten: bool,
    /// The event, where it is one.
    pub(crate) by: Option<Event>,
}

/// What happens to a person: an event, or that nothing happened for a time.
#[derive(Clone, Debug)]
enum Happening<'d> {
    Event(usize),
    /// The stage it enters, unless something happened since.
    Silence(usize, i64, &'d [Enter]),
}

pub(crate) struct Person<'a> {
    pub(crate) definition: &'a Definition,
    pub(crate) events: Vec<Event>,
    pub(crate) reached: Vec<Reached>,
    journeys: usize,
}

// ---- conditions

pub(crate) fn matches(definition: &Definition, pattern: usize, event: &Event) -> bool {
    let own = &definition.patterns[pattern];
    let is_named = match own.table {
        Some(_) => event.name == TABLE,
        None => event.name != TABLE && (own.names.is_empty() || own.names.contains(&event.name)),
    };
    is_named && test(definition, &own.test, event)
}

fn test(definition: &Definition, own: &Test, event: &Event) -> bool {
    match own {
        Test::Always => true,
        Test::Not(inner) => !test(definition, inner, event),
        Test::All(inner) => inner.iter().all(|inner| test(definition, inner, event)),
        Test::Any(inner) => inner.iter().any(|inner| test(definition, inner, event)),
        Test::Compare(field, comparison, literal) => {
            let order = event.properties.get(&definition.fields[*field].name).and_then(|value| order(value, literal));
            match order {
                Some(order) => comparison.holds(order),
                None => *comparison == Comparison::Unequal,
            }
        }
        Test::In(field, literals) => {
            let value = event.properties.get(&definition.fields[*field].name);
            value.is_some_and(|value| {
                literals.iter().any(|own| order(value, own).is_some_and(std::cmp::Ordering::is_eq))
            })
        }
    }
}

fn order(value: &Value, literal: &Literal) -> Option<std::cmp::Ordering> {
    match (value, literal) {
        (Value::Number(number), Literal::Number(own)) => Some(number.to_string().parse::<Decimal>().ok()?.cmp(own)),
        (Value::String(text), Literal::Text(own)) => Some(text.cmp(own)),
        (Value::Bool(value), Literal::Bool(own)) => Some(value.cmp(own)),
        _ => None,
    }
}

impl<'a> Person<'a> {
    /// A person with what was reached.
    pub(crate) fn with(definition: &'a Definition, events: Vec<Event>, reached: Vec<Reached>) -> Self {
        Self { definition, events, reached, journeys: 0 }
    }
}

impl Person<'_> {
    /// How often an event happened strictly before a moment, in a time before it.
    fn count(&self, pattern: usize, before: i64, within: Option<i64>) -> u64 {
        let counts = |event: &&Event| {
            event.time < before
                && within.is_none_or(|within| event.time >= before - within)
                && matches(self.definition, pattern, event)
        };
        self.events.iter().filter(counts).count() as u64
    }

    pub(crate) fn holds(&self, condition: &Condition, time: i64, this: Option<&Event>) -> bool {
        match condition {
            Condition::Always => true,
            Condition::Not(inner) => !self.holds(inner, time, this),
            Condition::All(inner) => inner.iter().all(|inner| self.holds(inner, time, this)),
            Condition::Any(inner) => inner.iter().any(|inner| self.holds(inner, time, this)),
            Condition::Did { pattern, times, within } => self.count(*pattern, time, *within) >= *times,
            Condition::Score { score, comparison, value } => {
                let seen: Vec<usize> = (0..self.events.len()).filter(|at| self.events[*at].time < time).collect();
                let points = self.score(*score, time, &seen);
                comparison.holds(millionths(points).cmp(&millionths(value.to_f64().unwrap())))
            }
            Condition::This(pattern) => this.is_some_and(|event| matches(self.definition, *pattern, event)),
            Condition::ByPeople { pattern, people } => {
                let done = self.events.iter().filter(|own| own.time <= time && matches(self.definition, *pattern, own));
                done.map(|own| own.properties["member"].to_string()).collect::<BTreeSet<_>>().len() as u64 >= *people
            }
            Condition::Known { by, test: own, .. } => {
                let Test::Compare(field, ..) = own else { panic!("only comparisons are drawn") };
                let name = &self.definition.fields[*field].name;
                let says = |event: &&Event| {
                    event.time < time
                        && event.properties.contains_key(name)
                        && by.iter().any(|by| matches(self.definition, *by, event))
                };
                match self.events.iter().rfind(says) {
                    Some(last) => test(self.definition, own, last),
                    None => matches!(own, Test::Compare(_, Comparison::Unequal, _)),
                }
            }
            Condition::Adds { pattern, field, comparison, value } => {
                let before =
                    self.events.iter().filter(|event| event.time < time && matches(self.definition, *pattern, event));
                let worth = |event: &Event| match field {
                    None => Some(Decimal::ONE),
                    Some(field) => event.properties.get(&self.definition.fields[*field].name)?.to_string().parse().ok(),
                };
                comparison.holds(before.filter_map(worth).sum::<Decimal>().cmp(value))
            }
            Condition::In { stage, lasting } => {
                let funnel = self.definition.stages[*stage].funnel;
                let mut before = self.reached.iter().filter(|own| own.time < time);
                let last = before.rfind(|own| self.definition.stages[own.stage].funnel == funnel);
                last.is_some_and(|last| {
                    last.stage == *stage && lasting.is_none_or(|lasting| time - last.time >= lasting)
                })
            }
        }
    }
}

fn millionths(points: f64) -> i64 {
    (points * 1e6).round() as i64
}

// ---- before anything is reached

/// Copies of one event are one: the earliest time, the properties of the preferred sender.
pub(crate) fn without_copies(definition: &Definition, events: Vec<Event>) -> Vec<Event> {
    let mut events = events;
    for copies in &definition.copies {
        let mut kept: Vec<(Event, Option<Vec<Value>>, bool)> = Vec::new();
        for event in events {
            let key = copies.keys.iter().map(|field| event.properties.get(&definition.fields[*field].name).cloned());
            let key: Option<Vec<Value>> = key.collect();
            let key = key.filter(|_| matches(definition, copies.pattern, &event));
            let prefers = copies.prefer.is_some() && event.sender == copies.prefer;
            let first = kept.iter_mut().rev().find(|(_, own, _)| key.is_some() && *own == key);
            match first.filter(|(first, ..)| event.time - first.time <= copies.within) {
                None => kept.push((event, key, prefers)),
                Some((first, _, is_preferred)) => {
                    if prefers && !*is_preferred {
                        *first = Event { time: first.time, ..event };
                        *is_preferred = true;
                    }
                }
            }
        }
        events = kept.into_iter().map(|(event, ..)| event).collect();
    }
    events
}

/// The stages that a condition asks for. No score is drawn whose points depend on the score itself more than once.
fn stages_in(definition: &Definition, condition: &Condition) -> Vec<usize> {
    match condition {
        Condition::In { stage, .. } => vec![*stage],
        Condition::Not(inner) => stages_in(definition, inner),
        Condition::All(all) | Condition::Any(all) => all.iter().flat_map(|own| stages_in(definition, own)).collect(),
        Condition::Score { score, .. } => stages_in_score(definition, *score),
        _ => Vec::new(),
    }
}

fn stages_in_score(definition: &Definition, score: usize) -> Vec<usize> {
    definition.scores[score].points.iter().flat_map(|own| stages_in(definition, &own.when)).collect()
}

/// What turns and asks for stages: the stage it enters, the condition, and whether it begins.
fn watched<'d>(definition: &'d Definition, stages: &[usize]) -> Vec<(usize, &'d Condition, bool)> {
    let turns = |stage: usize| {
        definition.stages[stage].enter.iter().filter_map(move |enter| match enter {
            Enter::Turns { condition, begins } => Some((stage, condition, *begins)),
            _ => None,
        })
    };
    let all = stages.iter().flat_map(|stage| turns(*stage));
    all.filter(|(_, condition, _)| !stages_in(definition, condition).is_empty()).collect()
}

/// The moments just after which a condition holds and did not before, or the other way round. All times are whole hours, and
/// what decays is looked at on whole hours, so that each hour is looked at.
fn turns(definition: &Definition, stages: &[usize], events: &[Event], until: i64) -> Vec<(i64, usize)> {
    const HOUR: i64 = 3_600_000_000;
    let person = Person { definition, events: events.to_vec(), reached: Vec::new(), journeys: 0 };
    let Some(first) = events.iter().map(|event| event.time).min() else { return Vec::new() };
    let mut found = Vec::new();
    for stage in stages {
        for enter in &definition.stages[*stage].enter {
            let Enter::Turns { condition, begins } = enter else { continue };
            if !stages_in(definition, condition).is_empty() {
                continue;
            }
            let mut held = person.holds(condition, first, None);
            let mut hour = first;
            while hour <= until {
                let holds = person.holds(condition, hour + 1, None);
                if holds != held && holds == *begins {
                    found.push((hour, *stage));
                }
                held = holds;
                hour += HOUR;
            }
        }
    }
    found
}

/// The lowest stage of some that an event can enter.
fn lowest(definition: &Definition, stages: &[usize], event: &Event) -> usize {
    let can = |stage: &&usize| {
        definition.stages[**stage]
            .enter
            .iter()
            .any(|enter| matches!(enter, Enter::Event { pattern, .. } if matches(definition, *pattern, event)))
    };
    stages.iter().find(can).copied().unwrap_or(usize::MAX)
}

/// Whether an entry of a stage by an event is reversed in time.
fn is_undone(definition: &Definition, events: &[Event], stage: usize, at: usize) -> bool {
    let Some(undone) = &definition.stages[stage].undone else { return false };
    let enters = |event: &Event| {
        definition.stages[stage]
            .enter
            .iter()
            .any(|enter| matches!(enter, Enter::Event { pattern, .. } if matches(definition, *pattern, event)))
    };
    let in_time =
        |entry: usize, by: usize| undone.within.is_none_or(|within| events[by].time - events[entry].time <= within);
    if let Some(field) = undone.matching {
        let name = &definition.fields[field].name;
        let key = |event: &Event| event.properties.get(name).cloned();
        let Some(own) = key(&events[at]) else { return false };
        // The first reversal after it with its key decides.
        let reversal = (at + 1..events.len())
            .find(|by| matches(definition, undone.by, &events[*by]) && key(&events[*by]).as_ref() == Some(&own));
        return reversal.is_some_and(|by| in_time(at, by));
    }
    // Each reversal is of the last entry before it that no earlier one was of.
    let mut open: Vec<usize> = Vec::new();
    for (by, event) in events.iter().enumerate() {
        if matches(definition, undone.by, event) {
            let entry = open.pop();
            if entry == Some(at) {
                return in_time(at, by);
            }
        }
        if enters(event) {
            open.push(by);
        }
    }
    false
}

/// The moments at which nothing of some kinds has happened for a time, and since when.
fn absences(
    definition: &Definition,
    (of, lasting, after): (&[usize], i64, Option<usize>),
    events: &[Event],
    until: i64,
) -> Vec<(i64, i64)> {
    let is_of = |event: &Event| of.iter().any(|of| matches(definition, *of, event));
    let is_after = |event: &Event| after.is_some_and(|after| matches(definition, after, event));
    let anchors = events.iter().filter(|event| if after.is_some() { is_after(event) } else { is_of(event) });
    let silence = |anchor: &Event| {
        let end = anchor.time + lasting;
        let mut between = events.iter().filter(|event| event.time > anchor.time && event.time <= end);
        let is_broken = between.any(|event| is_of(event) || is_after(event));
        (end <= until && !is_broken).then_some((end, anchor.time))
    };
    anchors.filter_map(silence).collect()
}

/// The moments of silence that enter stages, with what must not have happened since when.
fn silences<'d>(
    definition: &'d Definition,
    stages: &[usize],
    events: &[Event],
    until: i64,
) -> Vec<(i64, usize, i64, &'d [Enter])> {
    let mut found = Vec::new();
    for stage in stages {
        for enter in &definition.stages[*stage].enter {
            let Enter::Absence { of, lasting, after, unless } = enter else { continue };
            let silences = absences(definition, (of, *lasting, *after), events, until);
            found.extend(silences.into_iter().map(|(end, since)| (end, *stage, since, unless.as_slice())));
        }
    }
    found
}

impl Person<'_> {
    /// Whether something happened after a moment, up to another, as far as is known by what was reached so far.
    fn happened(&self, what: &Enter, since: i64, until: i64) -> bool {
        const HOUR: i64 = 3_600_000_000;
        let is_between = |time: i64| since < time && time <= until;
        match what {
            Enter::Event { pattern, when } => self.events.iter().any(|event| {
                is_between(event.time)
                    && matches(self.definition, *pattern, event)
                    && self.holds(when, event.time, Some(event))
            }),
            Enter::Absence { of, lasting, after, unless } => {
                let all = absences(self.definition, (of, *lasting, *after), &self.events, until);
                all.into_iter()
                    .any(|(end, anchor)| is_between(end) && !unless.iter().any(|own| self.happened(own, anchor, end)))
            }
            Enter::Passes { stage, begins } => (0..self.reached.len()).any(|at| {
                let own = &self.reached[at];
                let in_funnel = last_stages(self.definition, &self.reached[..at]);
                let together = self.reached.iter().rposition(|other| other.event == own.event).unwrap();
                let after = last_stages(self.definition, &self.reached[..=together]);
                let is_first = at == 0 || self.reached[at - 1].event != own.event;
                let leaves = is_first && in_funnel.contains(&Some(*stage)) && !after.contains(&Some(*stage));
                is_between(own.time) && if *begins { own.stage == *stage } else { leaves }
            }),
            Enter::Turns { condition, begins } => {
                let holds = |hour: i64| self.holds(condition, hour + 1, None);
                let first = self.events.iter().map(|event| event.time).min().unwrap();
                let before = |hour: i64| {
                    if hour == first { self.holds(condition, first, None) } else { holds(hour - HOUR) }
                };
                let mut hours = (first..=until).step_by(HOUR as usize).filter(|hour| is_between(*hour));
                hours.any(|hour| holds(hour) != before(hour) && holds(hour) == *begins)
            }
            _ => panic!("not drawn"),
        }
    }
}

// ---- reaching

impl Person<'_> {
    fn window(&self, stage: usize) -> Option<i64> {
        let own = &self.definition.stages[stage];
        self.definition.funnels[own.funnel].window.filter(|_| !own.is_loyalty)
    }

    fn leaves_loyalty(&self, transition: usize) -> bool {
        let own = &self.definition.transitions[transition];
        self.definition.stages[own.from].is_loyalty && !self.definition.stages[own.to].is_loyalty
    }

    fn is_open(&self, transition: usize, event: Option<&Event>, time: i64) -> bool {
        let own = &self.definition.transitions[transition];
        let on = own.on.is_empty()
            || event.is_some_and(|event| own.on.iter().any(|on| matches(self.definition, *on, event)));
        on && self.holds(&own.when, time, event)
    }

    /// The most recent reached entry of a stage that is not forgotten.
    fn most_recent(&self, stage: usize) -> Option<usize> {
        let last = (0..self.reached.len()).rev().find(|at| self.reached[*at].stage == stage)?;
        (!self.reached[last].forgotten).then_some(last)
    }

    /// Whether a transition allows an entry, and the entry it comes from.
    fn allows(&self, transition: usize, event: Option<&Event>, time: i64) -> Option<usize> {
        let own = &self.definition.transitions[transition];
        let from = self.most_recent(own.from)?;
        let before = &self.reached[from];
        let within = own.within.is_none_or(|within| time <= before.time + within);
        let window =
            self.leaves_loyalty(transition) || self.window(own.to).is_none_or(|window| time <= before.start + window);
        (within && window && self.is_open(transition, event, time)).then_some(from)
    }

    /// The entry of a stage, if it is reached.
    fn entry(
        &self,
        stage: usize,
        event: Option<&Event>,
        time: i64,
        number: usize,
        new_journey: usize,
    ) -> Option<Reached> {
        let definition = self.definition;
        let all = || definition.transitions.iter().enumerate().filter(|(_, own)| own.to == stage);
        let made = |taken, from, start, journey| {
            Some(Reached {
                stage,
                time,
                start,
                journey,
                taken,
                from,
                event: number,
                forgotten: false,
                by: event.cloned(),
            })
        };
        // Of those that allow it, the most recent predecessor, then the later start, then the declared order.
        let allowed = all().filter(|(_, own)| own.moves == Moves::On);
        let mut allowed: Vec<(usize, usize)> =
            allowed.filter_map(|(at, _)| Some((at, self.allows(at, event, time)?))).collect();
        allowed.sort_by_key(|(at, from)| {
            let before = &self.reached[*from];
            // What is derived comes just after its cause.
            std::cmp::Reverse((before.time, before.by.is_none(), before.start, std::cmp::Reverse(*at)))
        });
        if let Some((taken, from)) = allowed.first().copied() {
            if self.leaves_loyalty(taken) {
                return made(Some(taken), Some(from), time, new_journey);
            }
            return made(Some(taken), Some(from), self.reached[from].start, self.reached[from].journey);
        }
        let is_entry = definition.stages[stage].is_entry;
        let funnel = definition.stages[stage].funnel;
        let last = (0..self.reached.len()).rev().find(|at| definition.stages[self.reached[*at].stage].funnel == funnel);
        let again: Vec<(usize, i64)> = all()
            .filter_map(|(at, own)| if let Moves::Again { after } = own.moves { Some((at, after)) } else { None })
            .collect();
        if !again.is_empty() {
            let Some(last) = last else { return if is_entry { made(None, None, time, new_journey) } else { None } };
            let before = &self.reached[last];
            let own = again.iter().find(|(at, _)| definition.transitions[*at].from == before.stage);
            let (at, after) = own.unwrap_or(&again[0]);
            if time - before.time < *after {
                return if is_entry { made(None, None, before.start, before.journey) } else { None };
            }
            let within = definition.transitions[*at].within.is_none_or(|within| time - before.time <= within);
            if own.is_some() && within && self.is_open(*at, event, time) {
                return made(Some(*at), Some(last), time, new_journey);
            }
            return if is_entry { made(None, None, time, new_journey) } else { None };
        }
        if !is_entry {
            return None;
        }
        if let Some(last) = last.filter(|_| definition.start_first) {
            let before = &self.reached[last];
            if definition.funnels[funnel].window.is_none_or(|window| time <= before.start + window) {
                return made(None, None, before.start, before.journey);
            }
        }
        made(None, None, time, new_journey)
    }

    /// Commits entries of one event.
    fn commit(&mut self, entries: Vec<Reached>) -> Vec<usize> {
        let stages = entries.iter().map(|own| own.stage).collect();
        for own in entries {
            self.journeys = self.journeys.max(own.journey + 1);
            self.reached.push(own);
        }
        stages
    }

    /// All entries of something that happens, each reading the state before it.
    fn happen(&mut self, stages: &[usize], event: Option<&Event>, time: i64, number: usize) -> Vec<usize> {
        let mut entries: Vec<Reached> = Vec::new();
        for stage in stages {
            let fresh = entries.iter().filter(|own| own.journey >= self.journeys).count();
            entries.extend(self.entry(*stage, event, time, number, self.journeys + fresh));
        }
        if let Some(event) = event {
            for exclude in &self.definition.excludes {
                if exclude.patterns.iter().any(|pattern| matches(self.definition, *pattern, event)) {
                    for own in self.reached.iter_mut().filter(|own| exclude.forgets.contains(&own.stage)) {
                        own.forgotten = true;
                    }
                }
            }
        }
        self.commit(entries)
    }
}

/// Something that happens: when, the lowest stage it can enter, whether it is no event, and what it is.
type Happens<'d> = (i64, usize, u8, Happening<'d>);

/// All that happens to a person but what is caused by what is reached, in order.
fn happenings<'d>(definition: &'d Definition, stages: &[usize], events: &[Event], until: i64) -> Vec<Happens<'d>> {
    let event = |at: usize| (events[at].time, lowest(definition, stages, &events[at]), 0, Happening::Event(at));
    let mut found: Vec<Happens<'d>> = (0..events.len()).map(event).collect();
    for (time, stage, since, unless) in silences(definition, stages, events, until) {
        found.push((time, stage, 1, Happening::Silence(stage, since, unless)));
    }
    for (time, stage) in turns(definition, stages, events, until) {
        found.push((time, stage, 1, Happening::Silence(stage, time, &[])));
    }
    found.sort_by_key(|(time, stage, derived, _)| (*time, *stage, *derived));
    found
}

impl Person<'_> {
    /// The stages that an event is an entry of.
    fn entered_by(&self, stages: &[usize], at: usize) -> Vec<usize> {
        let event = &self.events[at];
        let enters = stages.iter().copied().filter(|stage| {
            self.definition.stages[*stage].enter.iter().any(|enter| match enter {
                Enter::Event { pattern, when } => {
                    matches(self.definition, *pattern, event) && self.holds(when, event.time, Some(event))
                }
                _ => false,
            }) && !is_undone(self.definition, &self.events, *stage, at)
        });
        enters.collect()
    }

    /// The stages to enter by what has turned since it was looked at. Each makes one entry of a moment at most.
    fn turned(
        &self,
        watched: &[(usize, &Condition, bool)],
        held: &mut [bool],
        has_turned: &mut [bool],
        time: i64,
    ) -> BTreeSet<usize> {
        let mut stages = BTreeSet::new();
        for (own, (stage, condition, begins)) in watched.iter().enumerate() {
            let holds = self.holds(condition, time + 1, None);
            if holds != held[own] && holds == *begins && !has_turned[own] {
                has_turned[own] = true;
                stages.insert(*stage);
            }
            held[own] = holds;
        }
        stages
    }
}

/// The moments at which something happens, or can turn: times are whole hours, and what decays is looked at on whole hours.
fn moments(happenings: &[Happens<'_>], each_hour: bool, until: i64) -> BTreeSet<i64> {
    let Some(first) = happenings.first().filter(|_| each_hour) else {
        return happenings.iter().map(|own| own.0).collect();
    };
    (first.0..=until).step_by(3_600_000_000).collect()
}

/// The reached entries of a person in one group of funnels.
pub(crate) fn fold(definition: &Definition, stages: &[usize], events: Vec<Event>, until: i64) -> Vec<Reached> {
    let mut events = events;
    events.sort_by_key(|event| (event.time, lowest(definition, stages, event)));
    let happenings = happenings(definition, stages, &events, until);
    let mut person = Person { definition, events, reached: Vec::new(), journeys: 0 };
    let watched = watched(definition, stages);
    let first = happenings.first().map_or(until, |own| own.0);
    let mut held: Vec<bool> = watched.iter().map(|(_, condition, _)| person.holds(condition, first, None)).collect();
    let mut moments = moments(&happenings, !watched.is_empty(), until).into_iter();
    let derived: Vec<(usize, &Enter)> = stages
        .iter()
        .flat_map(|stage| definition.stages[*stage].enter.iter().map(move |enter| (*stage, enter)))
        .filter(|(_, enter)| matches!(enter, Enter::Score { .. } | Enter::Passes { .. }))
        .collect();
    let wanted = |enter: &Enter| match enter {
        Enter::Score { score, at_least } => Some((*score, millionths(at_least.to_f64().unwrap()))),
        _ => None,
    };
    let mut is_done = vec![false; derived.len()];
    let mut seen: Vec<usize> = Vec::new();
    let mut number = 0;
    let mut has_turned = vec![false; watched.len()];
    let mut open: VecDeque<Happening<'_>> = VecDeque::new();
    let (mut time, mut is_by_time, mut silent) = (0, true, BTreeSet::new());
    loop {
        // When all that happens at a moment has happened, it is looked at what has turned; that is entered, and looked at
        // again.
        if open.is_empty() && number > 0 {
            is_by_time = false;
            let stages = person.turned(&watched, &mut held, &mut has_turned, time);
            open.extend(stages.into_iter().map(|stage| Happening::Silence(stage, time, &[])));
        }
        if open.is_empty() {
            let Some(next) = moments.next() else { break };
            time = next;
            number += 1;
            has_turned.fill(false);
            (is_by_time, silent) = (true, BTreeSet::new());
            open.extend(happenings.iter().filter(|own| own.0 == time).map(|own| own.3.clone()));
        }
        let Some(happening) = open.pop_front() else { continue };
        number += 1;
        let mut due = vec![false; derived.len()];
        let was_in = last_stages(definition, &person.reached);
        let reached = match happening {
            Happening::Silence(stage, since, unless) => {
                // At one moment a stage is entered once.
                let is_kept = unless.iter().any(|own| person.happened(own, since, time));
                if is_kept || (is_by_time && !silent.insert(stage)) {
                    continue;
                }
                person.happen(&[stage], None, time, number)
            }
            Happening::Event(at) => {
                let event = person.events[at].clone();
                let enters = person.entered_by(stages, at);
                let reached = person.happen(&enters, Some(&event), time, number);
                let before = seen.clone();
                seen.push(at);
                for (own, (_, enter)) in derived.iter().enumerate() {
                    let Some((score, wanted)) = wanted(enter) else { continue };
                    let is_above = |seen: &[usize]| millionths(person.score(score, time, seen)) >= wanted;
                    let (was, now) = (is_above(&before), is_above(&seen));
                    if !was || !now {
                        is_done[own] = false;
                    }
                    due[own] = !was && now;
                }
                reached
            }
        };
        // By another stage, an event makes one entry at most.
        let mut once = vec![false; derived.len()];
        let cause = |due: &mut Vec<bool>, reached: &[usize], was_in: &[Option<usize>], is_in: &[Option<usize>]| {
            for (own, (stage, enter)) in derived.iter().enumerate() {
                due[own] |= match enter {
                    Enter::Passes { stage, begins: true } => reached.contains(stage),
                    Enter::Passes { stage, begins: false } => {
                        was_in.contains(&Some(*stage)) && !is_in.contains(&Some(*stage))
                    }
                    _ => leads(definition, reached, *stage),
                };
            }
        };
        cause(&mut due, &reached, &was_in, &last_stages(definition, &person.reached));
        while let Some(own) = due.iter().position(|due| *due) {
            due[own] = false;
            let (stage, enter) = derived[own];
            if let Some((score, wanted)) = wanted(enter) {
                if is_done[own] || millionths(person.score(score, time, &seen)) < wanted {
                    continue;
                }
            } else if std::mem::replace(&mut once[own], true) {
                continue;
            }
            number += 1;
            let was_in = last_stages(definition, &person.reached);
            let reached = person.happen(&[stage], None, time, number);
            is_done[own] = !reached.is_empty();
            cause(&mut due, &reached, &was_in, &last_stages(definition, &person.reached));
        }
    }
    person.reached
}

/// Whether a transition leads from one of some stages to another one.
fn leads(definition: &Definition, from: &[usize], stage: usize) -> bool {
    let mut onward = definition.transitions.iter().filter(|own| own.moves == Moves::On && own.to == stage);
    onward.any(|own| own.from != stage && from.contains(&own.from))
}

/// By funnel, the stage that was reached last.
fn last_stages(definition: &Definition, reached: &[Reached]) -> Vec<Option<usize>> {
    let last =
        |funnel| reached.iter().rev().map(|own| own.stage).find(|stage| definition.stages[*stage].funnel == funnel);
    (0..definition.funnels.len()).map(last).collect()
}

impl Person<'_> {
    /// A score at a moment, of the first events by their place.
    fn score(&self, score: usize, time: i64, seen: &[usize]) -> f64 {
        let own = &self.definition.scores[score];
        let mut sum = 0.0;
        for points in &own.points {
            let worth = points.points.to_f64().unwrap();
            match points.pattern {
                None if self.holds(&points.when, time, None) => sum += worth,
                None => {}
                Some(pattern) => {
                    let mut given = 0.0;
                    for event in
                        seen.iter().map(|at| &self.events[*at]).filter(|event| matches(self.definition, pattern, event))
                    {
                        if !self.holds(&points.when, event.time, Some(event)) {
                            continue;
                        }
                        let cap = points.up_to.map_or(f64::INFINITY, |cap| cap.to_f64().unwrap());
                        let gets = worth.min((cap - given).max(0.0));
                        given += gets;
                        let age = (time - event.time) as f64;
                        sum += gets
                            * own
                                .decay
                                .map_or(1.0, |(share, every)| (1.0 - share.to_f64().unwrap()).powf(age / every as f64));
                    }
                }
            }
        }
        sum
    }
}

// ---- numbers

/// The numbers of a stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stage {
    pub(crate) people: u64,
    pub(crate) entries: u64,
    pub(crate) visits: u64,
    pub(crate) mature: u64,
    pub(crate) dropped: u64,
}

/// The numbers of a transition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Transition {
    pub(crate) taken: u64,
    pub(crate) people: u64,
    pub(crate) exits: u64,
    /// The middle time, in microseconds.
    pub(crate) times: Vec<i64>,
}

/// All numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Numbers {
    pub(crate) stages: Vec<Stage>,
    pub(crate) transitions: Vec<Transition>,
    /// People who reached the second of two stages after the first, in one journey, of those whose time has run out.
    pub(crate) ways: Vec<(u64, u64, u64)>,
}

/// Ways to measure: from, to, how long at most.
pub(crate) type Way = (usize, usize, Option<i64>);

/// Measures events, which are in the order of the log.
pub(crate) fn measure(definition: &Definition, ways: &[Way], events: &[Event]) -> Numbers {
    let happened = events.iter().filter(|event| event.name != TABLE);
    let until = happened.map(|event| event.time).max().unwrap_or(0);
    let mut numbers = Numbers {
        stages: vec![Stage::default(); definition.stages.len()],
        transitions: vec![Transition::default(); definition.transitions.len()],
        ways: vec![(0, 0, 0); ways.len()],
    };
    let people: BTreeSet<u32> = events.iter().map(|event| event.person).collect();
    for person in people {
        let mut own: Vec<Event> = events.iter().filter(|event| event.person == person).cloned().collect();
        own.sort_by_key(|event| event.time);
        let own = without_copies(definition, own);
        for stages in groups(definition) {
            let reached = fold(definition, &stages, own.clone(), until);
            add(definition, ways, &reached, until, &mut numbers);
        }
    }
    for own in &mut numbers.transitions {
        own.times.sort_unstable();
    }
    numbers
}

/// The stages that something looks at.
fn looked_at(definition: &Definition, enter: &Enter) -> Vec<usize> {
    match enter {
        Enter::Passes { stage, .. } => vec![*stage],
        Enter::Event { when: condition, .. } | Enter::Turns { condition, .. } => stages_in(definition, condition),
        Enter::Score { score, .. } => stages_in_score(definition, *score),
        Enter::Absence { unless, .. } => unless.iter().flat_map(|own| looked_at(definition, own)).collect(),
        Enter::Around { .. } => Vec::new(),
    }
}

/// Stages of funnels that hand people over to each other, or look at each other.
pub(crate) fn groups(definition: &Definition) -> Vec<Vec<usize>> {
    let mut sets: Vec<BTreeSet<usize>> = (0..definition.funnels.len()).map(|own| BTreeSet::from([own])).collect();
    let looks = definition.stages.iter().enumerate().flat_map(|(to, own)| {
        let looked_at = own.enter.iter().flat_map(|enter| looked_at(definition, enter));
        looked_at.map(move |from| (from, to))
    });
    let leads = definition.transitions.iter().flat_map(|own| {
        let asked = stages_in(definition, &own.when).into_iter();
        asked.chain([own.from]).map(|from| (from, own.to))
    });
    for (from, to) in leads.chain(looks) {
        let (from, to) = (definition.stages[from].funnel, definition.stages[to].funnel);
        let (with, without): (Vec<_>, Vec<_>) =
            sets.into_iter().partition(|set| set.contains(&from) || set.contains(&to));
        sets = without;
        sets.push(with.into_iter().flatten().collect());
    }
    let stages = |set: &BTreeSet<usize>| {
        (0..definition.stages.len()).filter(|at| set.contains(&definition.stages[*at].funnel)).collect()
    };
    sets.iter().map(stages).collect()
}

/// Runs of entries with no other reached stage of the funnel between.
pub(crate) fn visits(definition: &Definition, reached: &[Reached]) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = Vec::new();
    for funnel in 0..definition.funnels.len() {
        let of_funnel = (0..reached.len()).filter(|at| definition.stages[reached[*at].stage].funnel == funnel);
        let mut visits: Vec<Vec<usize>> = Vec::new();
        for at in of_funnel {
            let entry = &reached[at];
            let goes_round =
                entry.taken.is_some_and(|taken| definition.transitions[taken].from == definition.transitions[taken].to);
            match visits.last_mut() {
                Some(visit) if reached[visit[0]].stage == entry.stage && !goes_round => visit.push(at),
                _ => visits.push(vec![at]),
            }
        }
        all.extend(visits);
    }
    all
}

/// Whether the time to leave a visit has run out.
pub(crate) fn is_mature(definition: &Definition, reached: &[Reached], visit: &[usize], until: i64) -> bool {
    let last = &reached[*visit.last().unwrap()];
    let limits = definition.transitions.iter().filter(|own| own.from == last.stage && own.moves != Moves::Others);
    let mut limits = limits.filter_map(|own| {
        let to = &definition.stages[own.to];
        let anew = definition.stages[own.from].is_loyalty && !to.is_loyalty;
        let window = definition.funnels[to.funnel].window.filter(|_| own.moves == Moves::On && !to.is_loyalty && !anew);
        [own.within.map(|within| last.time + within), window.map(|window| last.start + window)]
            .into_iter()
            .flatten()
            .min()
    });
    limits.all(|limit| limit <= until)
}

/// The first transition that left a visit.
pub(crate) fn exit(reached: &[Reached], visit: &[usize]) -> Option<usize> {
    reached.iter().find(|entry| entry.from.is_some_and(|from| visit.contains(&from)))?.taken
}

fn add(definition: &Definition, ways: &[Way], reached: &[Reached], until: i64, numbers: &mut Numbers) {
    for (stage, own) in numbers.stages.iter_mut().enumerate() {
        let entries = reached.iter().filter(|entry| entry.stage == stage).count() as u64;
        own.people += u64::from(entries > 0);
        own.entries += entries;
    }
    for (at, own) in numbers.transitions.iter_mut().enumerate() {
        let taken: Vec<&Reached> = reached.iter().filter(|entry| entry.taken == Some(at)).collect();
        own.taken += taken.len() as u64;
        own.people += u64::from(!taken.is_empty());
        own.times.extend(taken.iter().map(|entry| entry.time - reached[entry.from.unwrap()].time));
    }
    for visit in visits(definition, reached) {
        let own = &mut numbers.stages[reached[visit[0]].stage];
        own.visits += 1;
        if !is_mature(definition, reached, &visit, until) {
            continue;
        }
        own.mature += 1;
        match exit(reached, &visit) {
            None => own.dropped += 1,
            Some(exit) => numbers.transitions[exit].exits += 1,
        }
    }
    for ((from, to, within), own) in ways.iter().zip(&mut numbers.ways) {
        let here: Vec<&Reached> = reached.iter().filter(|entry| entry.stage == *from).collect();
        let mature: Vec<&&Reached> =
            here.iter().filter(|entry| within.is_none_or(|within| entry.time + within <= until)).collect();
        own.0 += u64::from(!mature.is_empty());
        own.2 += u64::from(!here.is_empty() && mature.is_empty());
        let arrives = |begin: &&&Reached| {
            reached
                .iter()
                .any(|entry| entry.stage == *to && entry.journey == begin.journey && entry.event > begin.event)
        };
        own.1 += u64::from(mature.iter().any(arrives));
    }
}

// ---- who brought whom

/// The numbers of a transition that brings others: new people by visits whose time has run out, these visits, those that
/// still have time, people who brought somebody, and the times it took.
pub(crate) type Brought = (u64, u64, u64, u64, Vec<i64>);

/// By transition that brings others. People are named by their number in the property `by`.
pub(crate) fn brought(definition: &Definition, events: &[Event]) -> BTreeMap<usize, Brought> {
    let until = events.iter().map(|event| event.time).max().unwrap_or(0);
    let people: BTreeSet<u32> = events.iter().map(|event| event.person).collect();
    let done = |person: u32| {
        let mut own: Vec<Event> = events.iter().filter(|event| event.person == person).cloned().collect();
        own.sort_by_key(|event| event.time);
        without_copies(definition, own)
    };
    let reached = |person: u32, stage: usize| {
        let stages = groups(definition).into_iter().find(|stages| stages.contains(&stage)).unwrap();
        fold(definition, &stages, done(person), until)
    };
    let mut found = BTreeMap::new();
    for (at, own) in definition.transitions.iter().enumerate().filter(|(_, own)| own.moves == Moves::Others) {
        let is_over = |last: i64| own.within.is_none_or(|within| last + within <= until);
        let (mut new, mut mature, mut open, mut hosts, mut times) = (0, 0, 0, BTreeSet::new(), Vec::new());
        let visits_of = |person: u32| {
            let entries = reached(person, own.from);
            let all = visits(definition, &entries).into_iter();
            let all = all.map(|visit| visit.into_iter().map(|at| entries[at].clone()).collect::<Vec<_>>());
            all.filter(|visit| visit[0].stage == own.from).collect::<Vec<_>>()
        };
        for person in &people {
            for visit in visits_of(*person) {
                *(if is_over(visit.last().unwrap().time) { &mut mature } else { &mut open }) += 1;
            }
            let entries = reached(*person, own.to);
            let funnel = definition.stages[own.to].funnel;
            let Some(first) = entries.iter().find(|own| definition.stages[own.stage].funnel == funnel) else {
                continue;
            };
            let is_new = |entry: &&Reached| entry.event == first.event && entry.stage == own.to;
            let Some(entry) = entries.iter().find(is_new) else { continue };
            let events = done(*person);
            let Some(by) = events.iter().find_map(|event| event.properties.get("by")) else { continue };
            let by = by.as_u64().unwrap() as u32;
            if by == *person {
                continue;
            }
            let visits = visits_of(by);
            let before = visits.iter().flat_map(|visit| visit.iter().map(move |entry| (visit, entry)));
            let before = before.filter(|(_, host)| host.time <= entry.time).max_by_key(|(_, host)| host.time);
            let Some((visit, host)) = before else { continue };
            if own.within.is_some_and(|within| entry.time > host.time + within) {
                continue;
            }
            new += u64::from(is_over(visit.last().unwrap().time));
            hosts.insert(by);
            times.push(entry.time - host.time);
        }
        times.sort_unstable();
        if mature + open > 0 {
            found.insert(at, (new, mature, open, hosts.len() as u64, times));
        }
    }
    found
}
