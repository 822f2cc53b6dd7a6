//! Parts of funnels: by the law, as the engine publishes them, and as KPIs say them.

use std::collections::{BTreeMap, BTreeSet};

use funnelc_engine::definition::{Condition, Definition, Enter, Formula, How, Measure, Split};
use funnelc_engine::result::FunnelPart;
use funnelc_engine::{Measured, tally};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::kpis::{Counted, Life, life, of_entry};
use crate::oracle::{self, Event, Reached, Way};
use crate::{cases, draw, measured};

/// The parts of funnels, a line a number that is not nought.
pub(crate) fn shown(definition: &Definition, ways: &[Way], events: &[Event]) -> Vec<String> {
    let until = events.iter().map(|event| event.time).max().unwrap_or(0);
    let people: BTreeSet<u32> = events.iter().map(|event| event.person).collect();
    let everybody: Vec<Life<'_>> = people.iter().map(|person| life(definition, events, *person, until)).collect();
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for (at, funnel) in definition.funnels.iter().enumerate() {
        for by in combined(&funnel.by, funnel.is_combined) {
            for life in &everybody {
                for (what, counted, number) in life.of_funnel(at, ways, by.contains(&Split::Month)) {
                    for (place, share) in life.places(&by, &counted) {
                        *sums.entry(format!("{} {place}: {what}", funnel.path)).or_default() += number * share;
                    }
                }
            }
        }
    }
    let shown = |(what, sum): (String, Decimal)| line(&what, sum.to_f64().unwrap());
    sums.into_iter().filter_map(shown).collect()
}

/// A number of a part as both sides show it; none for nought.
fn line(what: &str, number: f64) -> Option<String> {
    (number != 0.0).then(|| format!("{what} {number:.5e}"))
}

/// What a funnel is split by: each alone, and where that is asked for all sets of channel, segment and month.
fn combined(by: &[Split], is_combined: bool) -> Vec<Vec<Split>> {
    let mut found: Vec<Vec<Split>> = by.iter().map(|own| vec![own.clone()]).collect();
    let (a, b, c) = (Split::Channel, Split::Segment, Split::Month);
    let sets = [vec![a.clone(), b.clone()], vec![a.clone(), c.clone()], vec![b.clone(), c.clone()], vec![a, b, c]];
    found.extend(sets.into_iter().filter(|set| is_combined && set.iter().all(|own| by.contains(own))));
    found
}

impl Life<'_> {
    /// The parts that something is in, with its share of each.
    fn places(&self, by: &[Split], own: &Counted) -> Vec<(String, Decimal)> {
        let mut places = vec![(String::new(), Decimal::ONE)];
        for by in by {
            let groups = match by {
                Split::Month => vec![(month(own.start.unwrap()), Decimal::ONE)],
                by => self.groups_of(Some(by), own),
            };
            let word = &by.word(self.definition());
            let with = |(place, share): &(String, Decimal)| {
                let (place, share) = (place.clone(), *share);
                let more = groups.iter().map(move |(group, own)| (format!("{place}{word}={group} "), share * own));
                more.collect::<Vec<_>>()
            };
            places = places.iter().flat_map(with).collect();
        }
        places
    }

    /// All that counts in a funnel: what it is, what is counted, and how much.
    fn of_funnel(&self, funnel: usize, ways: &[Way], by_month: bool) -> Vec<(String, Counted, Decimal)> {
        let definition = self.definition();
        let mut found = Vec::new();
        let mut one = |what: String, own: &Reached| found.push((what, of_entry(own), Decimal::ONE));
        // The first of some, or with months the first of each month.
        let firsts = |some: &[&Reached]| -> Vec<Reached> {
            let is_first =
                |at: &usize| !some[..*at].iter().any(|own| !by_month || month(own.start) == month(some[*at].start));
            (0..some.len()).filter(is_first).map(|at| some[at].clone()).collect()
        };
        for (at, stage) in definition.stages.iter().enumerate().filter(|(_, own)| own.funnel == funnel) {
            let entries = self.entries(at);
            entries.iter().for_each(|own| one(format!("{} entries", stage.path), own));
            firsts(&entries).iter().for_each(|own| one(format!("{} people", stage.path), own));
            let reached = self.reached(at);
            for visit in oracle::visits(definition, reached).iter().filter(|visit| reached[visit[0]].stage == at) {
                let first = &reached[visit[0]];
                one(format!("{} visits", stage.path), first);
                if !oracle::is_mature(definition, reached, visit, self.until) {
                    one(format!("{} open", stage.path), first);
                    continue;
                }
                one(format!("{} mature", stage.path), first);
                match oracle::exit(reached, visit) {
                    None => one(format!("{} dropped", stage.path), first),
                    Some(exit) => one(format!("{exit} exits"), first),
                }
            }
        }
        for (at, own) in definition.transitions.iter().enumerate() {
            if definition.stages[own.from].funnel != funnel {
                continue;
            }
            let taken: Vec<&Reached> = self.reached(own.from).iter().filter(|entry| entry.taken == Some(at)).collect();
            taken.iter().for_each(|own| one(format!("{at} taken"), own));
            firsts(&taken).iter().for_each(|own| one(format!("{at} people"), own));
        }
        for (from, to, within) in ways.iter().filter(|own| definition.stages[own.0].funnel == funnel) {
            let says = |entry: &Reached| {
                let later = |own: &Reached| own.stage == *to && own.journey == entry.journey && own.event > entry.event;
                match within {
                    Some(within) if entry.time + within > self.until => "1 open",
                    _ if self.reached(*from).iter().any(later) => "3 arrived",
                    _ => "2 stayed",
                }
            };
            let mut entries = self.entries(*from);
            // What says most comes first.
            entries.sort_by_key(|own| std::cmp::Reverse(says(own)));
            for own in firsts(&entries) {
                one(format!("{from} .. {to} {}", says(&own)), &own);
            }
        }
        found
    }
}

fn month(time: i64) -> String {
    jiff::Timestamp::from_microsecond(time).unwrap().strftime("%Y-%m").to_string()
}

/// The parts of funnels, a line a number that is not nought.
pub(crate) fn published(definition: &Definition, ways: &[Way], measured: &Measured) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, funnel) in measured.funnels.iter().enumerate() {
        assert!(funnel.too_many_parts.is_empty());
        let is_own = |from: usize| definition.stages[from].funnel == at;
        let transitions: Vec<usize> =
            (0..definition.transitions.len()).filter(|own| is_own(definition.transitions[*own].from)).collect();
        let ways: Vec<&Way> = ways.iter().filter(|own| is_own(own.0)).collect();
        for part in &funnel.parts {
            let place = place(part);
            let mut tell =
                |what: &str, number: f64| lines.extend(line(&format!("{} {place}: {what}", funnel.path), number));
            for (own, stage) in part.stages.iter().zip(&funnel.stages) {
                let numbers = [
                    ("entries", own.entries),
                    ("people", own.people),
                    ("visits", own.visits),
                    ("open", own.open_visits),
                    ("mature", own.mature_visits),
                    ("dropped", own.dropped_visits),
                ];
                numbers.iter().for_each(|(what, number)| tell(&format!("{} {what}", stage.path), *number));
            }
            for (own, number) in part.transitions.iter().zip(&transitions) {
                let numbers = [("exits", own.exits), ("taken", own.taken), ("people", own.people)];
                numbers.iter().for_each(|(what, count)| tell(&format!("{number} {what}"), *count));
            }
            for (own, (from, to, _)) in part.ways.iter().zip(&ways) {
                let numbers = [("1 open", own.open), ("2 stayed", own.of - own.arrived), ("3 arrived", own.arrived)];
                numbers.iter().for_each(|(what, count)| tell(&format!("{from} .. {to} {what}"), *count));
            }
        }
    }
    lines.sort();
    lines
}

/// Which part it is.
fn place(part: &FunnelPart) -> String {
    let own = [("channel", &part.channel), ("segment", &part.segment), ("month", &part.period)];
    let mut names: Vec<String> =
        own.iter().filter_map(|(by, name)| Some(format!("{by}={} ", name.as_ref()?))).collect();
    names.extend(part.property.as_ref().zip(part.value.as_ref()).map(|(by, name)| format!("{by}={name} ")));
    names.concat()
}

/// A funnel by channel or segment says what a KPI of the same says, and visits of channels add up to those of all.
#[test]
fn parts_of_funnels_are_those_of_kpis() {
    let mut told = 0;
    for seed in 0..cases() / 4 {
        let (mut definition, events) = draw::case(seed);
        let by = vec![Split::Channel, Split::Segment, Split::Field(0)];
        (definition.kpis, definition.measures) = (Vec::new(), Vec::new());
        let kpi = |definition: &mut Definition, path: String, measure: Measure, how: How| {
            definition.measures.push(measure);
            let value = Formula::Of(definition.measures.len() - 1, how);
            definition.kpis.push(draw::plain_kpi(path, value, by.clone()));
        };
        for tally::Way { from, to, within } in tally::ways(&definition) {
            kpi(&mut definition, format!("way {from} {to}"), Measure::Rate { from, to, within }, How::Share);
        }
        for at in 0..definition.transitions.len() {
            kpi(&mut definition, format!("direct {at}"), Measure::Direct(vec![at]), How::Share);
        }
        for at in 0..definition.stages.len() {
            kpi(&mut definition, format!("people {at}"), Measure::People(at), How::Total);
        }
        definition.funnels.iter_mut().for_each(|funnel| (funnel.by, funnel.is_combined) = (by.clone(), false));
        let measured = measured(&definition, &events, u64::MAX);
        let mut of_kpis: Vec<String> = Vec::new();
        for kpi in &measured.kpis {
            let groups = kpi.values.iter().filter_map(|own| Some((own.by.as_ref()?, own.group.as_ref()?, own.value?)));
            let line = |(by, group, value): (&String, &String, f64)| format!("{} {by}={group}  {value:.9}", kpi.path);
            of_kpis.extend(groups.filter(|own| own.2 != 0.0).map(line));
        }
        let mut of_parts = rates(&definition, &measured);
        of_parts.sort();
        of_kpis.sort();
        assert_eq!(of_parts, of_kpis, "seed {seed}");
        told += of_parts.len();
        for funnel in &measured.funnels {
            for (at, stage) in funnel.stages.iter().enumerate() {
                let of_channels = funnel.parts.iter().filter(|part| part.channel.is_some());
                let visits: f64 = of_channels.map(|part| part.stages[at].visits).sum();
                assert!((visits - stage.visits as f64).abs() < 1e-9, "seed {seed}: {visits} of {}", stage.visits);
            }
        }
    }
    assert!(told as u64 > cases() * 2, "the cases are too poor: {told} numbers");
}

/// What parts of funnels say of ways, transitions and stages, in the words of KPIs.
fn rates(definition: &Definition, measured: &Measured) -> Vec<String> {
    let mut lines = Vec::new();
    let ways = tally::ways(definition);
    for (at, funnel) in measured.funnels.iter().enumerate() {
        let is_own = |stage: usize| definition.stages[stage].funnel == at;
        let transitions: Vec<usize> =
            (0..definition.transitions.len()).filter(|own| is_own(definition.transitions[*own].from)).collect();
        let stages: Vec<usize> = (0..definition.stages.len()).filter(|own| is_own(*own)).collect();
        for part in &funnel.parts {
            let place = place(part);
            let mut tell = |what: String, value: Option<f64>| {
                lines.extend(value.filter(|own| *own != 0.0).map(|value| format!("{what} {place} {value:.9}")));
            };
            for (own, way) in part.ways.iter().zip(ways.iter().filter(|own| is_own(own.from))) {
                tell(format!("way {} {}", way.from, way.to), own.rate);
            }
            for (own, at) in part.transitions.iter().zip(&transitions) {
                let rate = if own.of > 0.0 { Some(own.exits / own.of) } else { None };
                tell(format!("direct {at}"), rate);
            }
            for (own, at) in part.stages.iter().zip(&stages) {
                tell(format!("people {at}"), Some(own.people));
            }
        }
    }
    lines
}

#[test]
fn parts_that_are_too_many_are_left_out_and_said() {
    let (mut definition, mut events) = draw::case(3);
    definition.funnels.iter_mut().for_each(|funnel| funnel.by = vec![Split::Field(0), Split::Month]);
    definition.stages.iter_mut().for_each(|stage| {
        (stage.is_entry, stage.undone) = (true, None);
        stage.enter = vec![Enter::Event { pattern: 0, when: Condition::Always }];
    });
    definition.copies.clear();
    let first = events[0].clone();
    events = (0..5_000)
        .map(|at| {
            let mut own = Event { person: at, name: "e0".to_owned(), ..first.clone() };
            own.properties.insert("key".to_owned(), format!("k{at}").into());
            own
        })
        .collect();
    let measured = measured(&definition, &events, u64::MAX);
    for funnel in &measured.funnels {
        assert_eq!(funnel.too_many_parts, ["key"]);
        assert!(funnel.parts.iter().all(|part| part.period.is_some()) && !funnel.parts.is_empty());
    }
}
