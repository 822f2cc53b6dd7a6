//! The chapter "KPIs" of the book, word by word: every number is looked for from the beginning each time.

use std::collections::{BTreeMap, BTreeSet};

use funnelc_engine::definition::{
    Cohort, Credit, Definition, Formula, How, Kpi, Measure, Net, Operation, Period, Split, Survey,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::oracle::{self, Event, Person, Reached, matches};

/// All that is known of a person.
pub(crate) struct Life<'a> {
    /// With everything that was reached, by time.
    person: Person<'a>,
    /// What was reached, by group of funnels.
    groups: Vec<(Vec<usize>, Vec<Reached>)>,
    pub(crate) until: i64,
}

/// What is counted: when, in which period's moment, by which event.
#[derive(Clone)]
pub(crate) struct Counted {
    time: i64,
    pub(crate) start: Option<i64>,
    by: Option<Event>,
}

/// A number with what it weighs: the upper side, the lower side, whether it is still open, and the value.
struct Given {
    counted: Counted,
    number: Decimal,
    of: Decimal,
    is_open: bool,
    value: Option<Decimal>,
}

/// A cell: what is counted, of what, the values.
type Cell = (Decimal, Decimal, Vec<Decimal>);

const DAY: i64 = 86_400_000_000;

/// The period of what is computed over all of the log.
const ALWAYS: i64 = i64::MIN;

/// The values of all KPIs, a line each.
pub(crate) fn shown(definition: &Definition, events: &[Event]) -> Vec<String> {
    let until = events.iter().map(|event| event.time).max().unwrap_or(0);
    let from = events.iter().map(|event| event.time).min().unwrap_or(0);
    let people: BTreeSet<u32> = events.iter().map(|event| event.person).collect();
    let everybody: Vec<Life<'_>> = people.iter().map(|person| life(definition, events, *person, until)).collect();
    let mut lines = Vec::new();
    for kpi in &definition.kpis {
        for (by, per) in splits(kpi) {
            let mut places: BTreeSet<(i64, String)> = BTreeSet::new();
            let mut cells: BTreeMap<usize, BTreeMap<(i64, String), Cell>> = BTreeMap::new();
            let mut measures = Vec::new();
            kpi.value.measures(&mut measures);
            for life in &everybody {
                if let Some(joined) = kpi.slice.cohort.and_then(|cohort| life.joined(cohort)) {
                    let period = per.map_or(ALWAYS, |_| joined.time.div_euclid(DAY));
                    for (group, _) in life.groups_of(by, &joined) {
                        if life.is_meant(kpi, &joined) {
                            places.insert((period, group));
                        }
                    }
                }
                for measure in &measures {
                    for (place, cell) in life.cells(kpi, (by, per), *measure) {
                        places.insert(place.clone());
                        let own = cells.entry(*measure).or_default().entry(place).or_default();
                        own.0 += cell.0;
                        own.1 += cell.1;
                        own.2.extend(cell.2);
                    }
                }
            }
            if by.is_none_or(|by| *by == Split::Month) {
                match per {
                    None => drop(places.insert((ALWAYS, String::new()))),
                    Some(_) if kpi.slice.cohort.is_none() && kpi.over.is_none() => {
                        let days = from.div_euclid(DAY)..=until.div_euclid(DAY);
                        places.extend(days.map(|day| (day, String::new())));
                    }
                    Some(_) => {}
                }
            }
            for place in places {
                let value = value(&kpi.value, &|measure, how| {
                    let cell = cells.get(&measure).and_then(|cells| cells.get(&place));
                    read(cell, how)
                });
                let by = by.map(|by| by.word(definition)).unwrap_or_default();
                lines.push(line(&kpi.path, &by, &place.1, day(place.0).as_deref(), value.and_then(|own| own.to_f64())));
            }
        }
    }
    lines.sort();
    lines
}

/// Cohorts and next events, a line each.
pub(crate) fn boards(definition: &Definition, events: &[Event]) -> Vec<String> {
    let until = events.iter().map(|event| event.time).max().unwrap_or(0);
    let people: BTreeSet<u32> = events.iter().map(|event| event.person).collect();
    let everybody: Vec<Life<'_>> = people.iter().map(|person| life(definition, events, *person, until)).collect();
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for own in &everybody {
        let happened =
            |from: i64, to: i64| own.person.events.iter().filter(move |event| event.time >= from && event.time < to);
        for retention in &definition.retentions {
            let Some(first) = own.entries(retention.stage).first().map(|entry| of_entry(entry)) else { continue };
            let inside = retention.split.iter().map(|segment| {
                let segment = &definition.segments[*segment];
                format!("{} {}", segment.path, own.person.holds(&segment.condition, first.time, first.by.as_ref()))
            });
            let stage = &definition.stages[retention.stage].path;
            for group in std::iter::once("all".to_owned()).chain(inside) {
                let cohort = format!("{stage} {group} {}", day(first.time.div_euclid(DAY)).unwrap());
                *lines.entry(format!("{cohort} joined")).or_default() += 1;
                for after in 1.. {
                    let (begin, end) = (first.time + after * DAY, first.time + (after + 1) * DAY);
                    if end > until {
                        break;
                    }
                    *lines.entry(format!("{cohort} {after} of")).or_default() += 1;
                    *lines.entry(format!("{cohort} {after} seen")).or_default() +=
                        u64::from(happened(begin, end).count() > 0);
                }
            }
        }
        for stage in &definition.next_after {
            let reached = own.reached(*stage);
            for visit in oracle::visits(definition, reached).iter().filter(|visit| reached[visit[0]].stage == *stage) {
                if oracle::is_mature(definition, reached, visit, until) && oracle::exit(reached, visit).is_none() {
                    let last = reached[*visit.last().unwrap()].time;
                    let next = happened(last + 1, i64::MAX).next().map_or("nothing", |event| event.name.as_str());
                    *lines.entry(format!("after {} {next}", definition.stages[*stage].path)).or_default() += 1;
                }
            }
        }
    }
    lines.into_iter().map(|(line, count)| format!("{line}: {count}")).collect()
}

/// A value as both sides show it.
pub(crate) fn line(path: &str, by: &str, group: &str, period: Option<&str>, value: Option<f64>) -> String {
    let value = value.map_or("none".to_owned(), |value| format!("{value:.5e}"));
    format!("{path} {by} {group} {} {value}", period.unwrap_or("-"))
}

fn day(number: i64) -> Option<String> {
    let moment = || jiff::Timestamp::from_microsecond(number * DAY).unwrap();
    (number != ALWAYS).then(|| moment().strftime("%Y-%m-%d").to_string())
}

fn splits(kpi: &Kpi) -> Vec<(Option<&Split>, Option<Period>)> {
    let splits = kpi.by.iter().map(|by| (Some(by), kpi.per));
    std::iter::once((None, kpi.per)).chain(splits).collect()
}

fn read(cell: Option<&Cell>, how: How) -> Option<Decimal> {
    match how {
        How::Known => cell.map(|cell| cell.0),
        How::Total => Some(cell.map_or(Decimal::ZERO, |cell| cell.0)),
        How::Share => cell.filter(|cell| !cell.1.is_zero()).map(|cell| cell.0 / cell.1),
        How::Percentile(percent) => {
            let mut values = cell?.2.clone();
            values.sort_unstable();
            // The smallest value that so many percent do not exceed.
            let fits = |value: &&Decimal| {
                let below = values.iter().filter(|own| own <= value).count();
                below * 100 >= values.len() * usize::from(percent)
            };
            values.iter().find(fits).copied()
        }
    }
}

fn value(formula: &Formula, of: &dyn Fn(usize, How) -> Option<Decimal>) -> Option<Decimal> {
    Some(match formula {
        Formula::Number(number) => *number,
        Formula::Of(measure, how) => of(*measure, *how)?,
        Formula::Negate(inner) => -value(inner, of)?,
        Formula::Both(operation, sides) => {
            let (left, right) = (value(&sides.0, of)?, value(&sides.1, of)?);
            match operation {
                Operation::Plus => left + right,
                Operation::Minus => left - right,
                Operation::Times => left * right,
                Operation::Over if right.is_zero() => return None,
                Operation::Over => left / right,
            }
        }
    })
}

pub(crate) fn life<'a>(definition: &'a Definition, events: &[Event], person: u32, until: i64) -> Life<'a> {
    let mut own: Vec<Event> = events.iter().filter(|event| event.person == person).cloned().collect();
    own.sort_by_key(|event| event.time);
    let own = oracle::without_copies(definition, own);
    let mut groups = oracle::groups(definition);
    groups.sort();
    let groups: Vec<(Vec<usize>, Vec<Reached>)> = groups
        .into_iter()
        .map(|stages| {
            let reached = oracle::fold(definition, &stages, own.clone(), until);
            (stages, reached)
        })
        .collect();
    let mut reached: Vec<Reached> = groups.iter().flat_map(|(_, reached)| reached.clone()).collect();
    reached.sort_by_key(|own| own.time);
    Life { person: Person::with(definition, own, reached), groups, until }
}

impl Life<'_> {
    pub(crate) fn definition(&self) -> &Definition {
        self.person.definition
    }

    pub(crate) fn reached(&self, stage: usize) -> &[Reached] {
        &self.groups.iter().find(|(stages, _)| stages.contains(&stage)).unwrap().1
    }

    pub(crate) fn entries(&self, stage: usize) -> Vec<&Reached> {
        self.reached(stage).iter().filter(|own| own.stage == stage).collect()
    }

    fn events(&self, pattern: usize) -> Vec<(usize, &Event)> {
        let all = self.person.events.iter().enumerate();
        all.filter(|(_, event)| matches(self.definition(), pattern, event)).collect()
    }

    fn joined(&self, cohort: Cohort) -> Option<Counted> {
        match cohort {
            Cohort::Stage(stage) => self.entries(stage).first().map(|own| of_entry(own)),
            Cohort::Did(pattern) => self.events(pattern).first().map(|(_, own)| of_event(own)),
        }
    }

    fn is_meant(&self, kpi: &Kpi, own: &Counted) -> bool {
        kpi.slice.only.as_ref().is_none_or(|only| self.person.holds(only, own.time, own.by.as_ref()))
    }

    /// The period of something; none where it does not count.
    fn period(&self, kpi: &Kpi, per: Option<Period>, own: &Counted) -> Option<i64> {
        let mut moment = own.start.unwrap_or(own.time);
        match kpi.slice.cohort {
            Some(cohort) => {
                let joined = self.joined(cohort)?.time;
                let in_time = kpi.over.is_none_or(|over| own.time <= joined + over && joined + over <= self.until);
                if own.time < joined || !in_time {
                    return None;
                }
                moment = joined;
            }
            None if kpi.over.is_some_and(|over| own.time <= self.until - over) => return None,
            None => {}
        }
        self.is_meant(kpi, own).then(|| per.map_or(ALWAYS, |_| moment.div_euclid(DAY)))
    }

    fn cells(&self, kpi: &Kpi, cut: (Option<&Split>, Option<Period>), measure: usize) -> Vec<((i64, String), Cell)> {
        let mut found = Vec::new();
        if let Measure::Answers { survey, choices } = &self.definition().measures[measure] {
            let survey = &self.definition().surveys[*survey];
            let all: Vec<(Counted, String)> =
                self.answers(survey).into_iter().map(|(own, answer)| (of_event(own), answer)).collect();
            let periods: Vec<Option<i64>> = all.iter().map(|own| self.period(kpi, cut.1, &own.0)).collect();
            for (at, (counted, answer)) in all.iter().enumerate() {
                let Some(period) = periods[at] else { continue };
                let is_last = !periods[at + 1..].contains(&Some(period));
                if is_last && choices.iter().any(|choice| survey.choices[*choice].0 == *answer) {
                    let groups = self.groups_of(cut.0, counted).into_iter();
                    found.extend(groups.map(|(group, share)| ((period, group), (share, Decimal::ZERO, Vec::new()))));
                }
            }
            return found;
        }
        let (given, is_once) = self.given(measure);
        let mut seen: BTreeMap<i64, (Counted, Option<bool>)> = BTreeMap::new();
        for own in given {
            let Some(period) = self.period(kpi, cut.1, &own.counted) else { continue };
            if is_once {
                // A share counts for a person once in a period: what arrives says most, then what does not, then what is open.
                let says = (!own.is_open).then(|| own.number > Decimal::ZERO);
                let known = seen.get(&period);
                if known.is_none_or(|(_, known)| says > *known) {
                    seen.insert(period, (own.counted.clone(), says));
                }
                continue;
            }
            for (group, share) in self.groups_of(cut.0, &own.counted) {
                let (number, of) = if own.is_open { Default::default() } else { (own.number * share, own.of * share) };
                found.push(((period, group), (number, of, own.value.into_iter().collect())));
            }
        }
        for (period, (counted, says)) in seen {
            for (group, share) in self.groups_of(cut.0, &counted) {
                let of = if says.is_some() { share } else { Decimal::ZERO };
                let number = if says == Some(true) { share } else { Decimal::ZERO };
                found.push(((period, group), (number, of, Vec::new())));
            }
        }
        found
    }

    /// What a measure counts, and whether a person counts once in a period.
    fn given(&self, measure: usize) -> (Vec<Given>, bool) {
        let one =
            |counted: Counted| Given { counted, number: Decimal::ONE, of: Decimal::ONE, is_open: false, value: None };
        let share = |counted: Counted, says: Option<bool>| Given {
            counted,
            number: Decimal::from(u8::from(says == Some(true))),
            of: Decimal::ONE,
            is_open: says.is_none(),
            value: None,
        };
        let worth = |counted: Counted, value: Decimal| Given { number: value, value: Some(value), ..one(counted) };
        let definition = self.definition();
        match &definition.measures[measure] {
            Measure::People(stage) => (self.entries(*stage).into_iter().map(of_entry).map(one).collect(), true),
            Measure::Did(pattern) => {
                (self.events(*pattern).into_iter().map(|own| one(of_event(own.1))).collect(), true)
            }
            Measure::Entries(stage) => (self.entries(*stage).into_iter().map(of_entry).map(one).collect(), false),
            Measure::Visits(stage) => {
                let reached = self.reached(*stage);
                let visits = oracle::visits(definition, reached).into_iter().map(|visit| &reached[visit[0]]);
                (visits.filter(|own| own.stage == *stage).map(of_entry).map(one).collect(), false)
            }
            Measure::Direct(transitions) => {
                let from = definition.transitions[transitions[0]].from;
                let reached = self.reached(from);
                let visits =
                    oracle::visits(definition, reached).into_iter().filter(|visit| reached[visit[0]].stage == from);
                let given = visits.map(|visit| {
                    let exit = oracle::exit(reached, &visit);
                    let leaves = exit.is_some_and(|exit| transitions.contains(&exit));
                    share(
                        of_entry(&reached[visit[0]]),
                        oracle::is_mature(definition, reached, &visit, self.until).then_some(leaves),
                    )
                });
                (given.collect(), false)
            }
            Measure::Rate { from, to, within } => {
                let reached = self.reached(*from);
                let given = self.entries(*from).into_iter().map(|own| {
                    let arrives = reached
                        .iter()
                        .any(|next| next.stage == *to && next.journey == own.journey && next.event > own.event);
                    share(of_entry(own), within.is_none_or(|within| own.time + within <= self.until).then_some(arrives))
                });
                (given.collect(), true)
            }
            Measure::Time { from, to } => {
                (self.times(*from, *to).into_iter().map(|(own, time)| worth(own, time)).collect(), false)
            }
            Measure::Laps { stage, transitions } => {
                let reached = self.reached(*stage);
                let laps =
                    reached.iter().filter(|own| own.taken.is_some_and(|taken| transitions.contains(&taken))).count();
                let first = self.entries(*stage).first().map(|own| of_entry(own));
                (first.map(|own| Given { number: laps.into(), ..one(own) }).into_iter().collect(), false)
            }
            Measure::Count { pattern, net } => {
                let events = self.events(*pattern).into_iter();
                let left =
                    events.filter(|(at, _)| net.as_ref().is_none_or(|net| self.off(net, *pattern, *at).is_empty()));
                (left.map(|(_, own)| one(of_event(own))).collect(), false)
            }
            Measure::Spent { .. } | Measure::Answers { .. } => (Vec::new(), false),
            Measure::Values { pattern, field, net, .. } => {
                let name = &definition.fields[*field].name;
                let given = self.events(*pattern).into_iter().filter_map(|(at, own)| {
                    let value = number(own, name)?;
                    let off = net.as_ref().map(|net| (net, self.off(net, *pattern, at)));
                    let left = off.map_or(Some(value), |(net, off)| {
                        off.into_iter().try_fold(value, |left, by| {
                            let amount = net
                                .field
                                .and_then(|field| number(&self.person.events[by], &definition.fields[field].name));
                            Some(left - amount?)
                        })
                    });
                    Some(worth(of_event(own), left?))
                });
                (given.collect(), false)
            }
            Measure::Stays { stage, after, is_churn } => {
                let entries = self.entries(*stage);
                let own = if *is_churn { entries.last() } else { entries.first() };
                let given = own.map(|own| {
                    let end = own.time + after;
                    let seen = |from: i64, to: i64| {
                        self.person.events.iter().any(|event| event.time >= from && event.time <= to)
                    };
                    let says = if *is_churn { !seen(own.time + 1, end) } else { seen(end, i64::MAX) };
                    share(of_entry(own), (end <= self.until).then_some(says))
                });
                (given.into_iter().collect(), false)
            }
        }
    }

    fn times(&self, from: usize, to: usize) -> Vec<(Counted, Decimal)> {
        let definition = self.definition();
        let reached = self.reached(from);
        let seconds = |micros: i64| Decimal::from(micros) / Decimal::from(1_000_000);
        let mut found = Vec::new();
        if definition.transitions.iter().any(|own| own.from == from && own.to == to) {
            for own in reached {
                let taken = own.taken.map(|taken| &definition.transitions[taken]);
                if taken.is_some_and(|taken| taken.from == from && taken.to == to) {
                    found.push((of_entry(own), seconds(own.time - reached[own.from.unwrap()].time)));
                }
            }
            return found;
        }
        let journeys: BTreeSet<usize> = reached.iter().map(|own| own.journey).collect();
        for journey in journeys {
            let of: Vec<(usize, &Reached)> =
                reached.iter().enumerate().filter(|(_, own)| own.journey == journey).collect();
            let Some((at, first)) = of.iter().find(|(_, own)| own.stage == from) else { continue };
            if let Some((_, end)) = of.iter().find(|(next, own)| own.stage == to && next > at) {
                found.push((of_entry(end), seconds(end.time - first.time)));
            }
        }
        found
    }

    /// The reversals that are of an event of a pattern.
    fn off(&self, net: &Net, pattern: usize, of: usize) -> Vec<usize> {
        let definition = self.definition();
        let key =
            |event: &Event| net.matching.map(|field| event.properties.get(&definition.fields[field].name).cloned());
        let events = &self.person.events;
        let has_key = |at: usize| key(&events[at]) != Some(None);
        let mut open: Vec<usize> = Vec::new();
        let mut found = Vec::new();
        for (at, event) in events.iter().enumerate().filter(|(at, _)| has_key(*at)) {
            if matches(definition, net.by, event) {
                let last = open.iter().rposition(|own| key(&events[*own]) == key(event));
                if let Some(last) = last {
                    let original = open[last];
                    if net.matching.is_none() {
                        open.remove(last);
                    }
                    if original == of && net.within.is_none_or(|within| event.time - events[original].time <= within) {
                        found.push(at);
                    }
                }
            }
            if matches(definition, pattern, event) {
                open.push(at);
            }
        }
        found
    }

    pub(crate) fn groups_of(&self, by: Option<&Split>, own: &Counted) -> Vec<(String, Decimal)> {
        let definition = self.definition();
        let whole = |name: &str| vec![(name.to_owned(), Decimal::ONE)];
        let start = own.start.unwrap_or_else(|| {
            let before = self.person.reached.iter().rfind(|entry| entry.time <= own.time);
            before.map_or(own.time, |entry| entry.start)
        });
        match by {
            None | Some(Split::Month) => whole(""),
            Some(Split::Segment) => {
                let holds = |segment: &&funnelc_engine::definition::Segment| {
                    self.person.holds(&segment.condition, own.time, own.by.as_ref())
                };
                definition.segments.iter().filter(holds).map(|own| (own.path.clone(), Decimal::ONE)).collect()
            }
            Some(Split::Field(field)) => {
                let name = &definition.fields[*field].name;
                let mut between =
                    self.person.events.iter().filter(|event| event.time >= start && event.time <= own.time);
                let first = between.find_map(|event| event.properties.get(name));
                first.map_or(whole("(none)"), |value| match value {
                    serde_json::Value::String(text) => whole(text),
                    other => whole(&other.to_string()),
                })
            }
            Some(Split::Channel) => {
                if let Some(channel) = self.told(own.time, start).filter(|_| definition.attribution.asks) {
                    return whole(&definition.channels[channel].path);
                }
                let begin = definition.attribution.lookback.map_or(start, |lookback| own.time - lookback);
                let between = self.person.events.iter().filter(|event| event.time >= begin && event.time <= own.time);
                let claims = |event: &Event| {
                    definition.channels.iter().position(|own| matches(definition, own.pattern.unwrap(), event))
                };
                let touches: Vec<(usize, i64)> =
                    between.filter_map(|event| Some((claims(event)?, event.time))).collect();
                if touches.is_empty() {
                    return whole("(none)");
                }
                let weights = weights(definition, &touches, own.time);
                let sum: Decimal = weights.iter().sum();
                let shares = touches.iter().zip(weights).filter(|(_, weight)| !weight.is_zero());
                shares
                    .map(|((channel, _), weight)| (definition.channels[*channel].path.clone(), weight / sum))
                    .collect()
            }
        }
    }
}

// ---- surveys

impl Life<'_> {
    /// What the person answered, in order.
    fn answers(&self, survey: &Survey) -> Vec<(&Event, String)> {
        let answer = |event: &Event| {
            Some(match event.properties.get(&self.definition().fields[survey.key].name)? {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            })
        };
        let all = self.events(survey.answered).into_iter();
        all.filter_map(|(_, event)| Some((event, answer(event)?))).collect()
    }

    /// The channel that is named by the last answer from the journey's start on; with a lookback at most so long after.
    fn told(&self, time: i64, start: i64) -> Option<usize> {
        let lookback = self.definition().attribution.lookback;
        let mut named: Vec<(i64, usize)> = Vec::new();
        for survey in self.definition().surveys.iter().filter(|own| own.informs) {
            for (event, answer) in self.answers(survey) {
                let choice = survey.choices.iter().find(|own| own.0 == answer);
                named.extend(choice.and_then(|own| own.1).map(|channel| (event.time, channel)));
            }
        }
        named.sort_by_key(|own| own.0);
        let counts = |at: i64| at >= start && lookback.is_none_or(|lookback| at <= time + lookback);
        named.into_iter().rfind(|own| counts(own.0)).map(|own| own.1)
    }
}

/// What people answered, and how many journeys are credited by it, a line each.
pub(crate) fn surveys(definition: &Definition, events: &[Event]) -> Vec<String> {
    let until = events.iter().map(|event| event.time).max().unwrap_or(0);
    let people: BTreeSet<u32> = events.iter().map(|event| event.person).collect();
    let (mut lines, mut all, mut told): (BTreeMap<String, u64>, u64, u64) = Default::default();
    for life in people.iter().map(|person| life(definition, events, *person, until)) {
        for survey in &definition.surveys {
            if let Some((_, answer)) = life.answers(survey).last() {
                let is_choice = survey.choices.iter().any(|own| own.0 == *answer);
                let answer = if is_choice { answer } else { "no choice" };
                *lines.entry(format!("{} {answer}", survey.path)).or_default() += 1;
            }
        }
        for (_, reached) in &life.groups {
            let journeys: BTreeSet<usize> = reached.iter().map(|own| own.journey).collect();
            for journey in journeys {
                let first = reached.iter().find(|own| own.journey == journey).unwrap();
                all += 1;
                told += u64::from(life.told(first.time, first.start).is_some());
            }
        }
    }
    let mut lines: Vec<String> = lines.into_iter().map(|(line, count)| format!("{line}: {count}")).collect();
    if definition.attribution.asks {
        lines.push(format!("credited by answers: {told} of {all}"));
    }
    lines
}

/// Who was dealt to which variant of an experiment, and who of them arrived, a line each.
pub(crate) fn experiments(definition: &Definition, events: &[Event]) -> Vec<String> {
    let until = events.iter().map(|event| event.time).max().unwrap_or(0);
    let people: BTreeSet<u32> = events.iter().map(|event| event.person).collect();
    let mut lines: BTreeMap<String, u64> = BTreeMap::new();
    for life in people.iter().map(|person| life(definition, events, *person, until)) {
        for own in &definition.experiments {
            let runs = |event: &Event| own.between.is_none_or(|(from, end)| event.time >= from && event.time < end);
            let key = |event: &Event| event.properties.get(&definition.fields[own.key].name).cloned();
            let dealt: Vec<(&Event, serde_json::Value)> = life
                .events(own.assigned)
                .into_iter()
                .filter_map(|(_, event)| Some((event, key(event)?)).filter(|_| runs(event)))
                .collect();
            let Some((first, variant)) = dealt.first() else { continue };
            let mut tell = |what: &str| *lines.entry(format!("{} {what}", own.path)).or_default() += 1;
            if dealt.iter().any(|(_, other)| other != variant) {
                tell("several");
                continue;
            }
            let Some((name, _)) = own.variants.iter().find(|(name, _)| *variant == **name) else {
                tell("unknown");
                continue;
            };
            tell(&format!("{name} assigned"));
            let end = own.within.map(|within| first.time + within);
            if end.is_some_and(|end| end > until) {
                continue;
            }
            tell(&format!("{name} mature"));
            let arrives = |entry: &&Reached| entry.time >= first.time && end.is_none_or(|end| entry.time <= end);
            if life.entries(own.to).into_iter().any(|entry| arrives(&entry)) {
                tell(&format!("{name} arrived"));
            }
        }
    }
    lines.into_iter().map(|(line, count)| format!("{line}: {count}")).collect()
}

/// What each claimed event weighs.
fn weights(definition: &Definition, touches: &[(usize, i64)], time: i64) -> Vec<Decimal> {
    let last = touches.len() - 1;
    let only = |wanted: usize| (0..=last).map(|at| Decimal::from(u8::from(at == wanted))).collect();
    let part = |number: i64, of: usize| Decimal::new(number, 1) / Decimal::from(of);
    match definition.attribution.credit {
        Credit::First => only(0),
        Credit::Last => only(last),
        Credit::LastNonDirect => {
            only((0..=last).rev().find(|at| !definition.channels[touches[*at].0].is_direct).unwrap_or(last))
        }
        Credit::Linear => vec![Decimal::ONE; touches.len()],
        Credit::Position if last == 0 => only(0),
        Credit::Position if last == 1 => vec![part(5, 1); 2],
        Credit::Position => {
            (0..=last).map(|at| if at == 0 || at == last { part(4, 1) } else { part(2, last - 1) }).collect()
        }
        Credit::Decay => {
            let halved = |at: &(usize, i64)| 0.5_f64.powf((time - at.1) as f64 / (7 * DAY) as f64);
            touches.iter().map(|at| Decimal::from_f64_retain(halved(at)).unwrap()).collect()
        }
    }
}

pub(crate) fn of_entry(own: &Reached) -> Counted {
    Counted { time: own.time, start: Some(own.start), by: own.by.clone() }
}

fn of_event(own: &Event) -> Counted {
    Counted { time: own.time, start: None, by: Some(own.clone()) }
}

fn number(event: &Event, name: &str) -> Option<Decimal> {
    event.properties.get(name)?.to_string().parse().ok()
}
