//! The engine against the oracle, on random funnels and random logs. Each seed is a case; `FUNNELC_CASES` says how many,
//! and a case that fails is cut down to the fewest events that still fail before it is shown.

#![allow(
    clippy::disallowed_methods,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    missing_docs,
    reason = "tests"
)]

mod draw;
mod kpis;
mod oracle;
mod parts;
mod tables;

use std::fmt::Write;

use funnelc_engine::definition::{
    Cohort, Comparison, Condition, Definition, Enter, Field, Funnel, Literal, Measure, Moves, Pattern, Stage, Test,
    Transition,
};
use funnelc_engine::{Measured, Options, Progress, measure, tally};
use oracle::{Event, Numbers, Way};

pub(crate) fn cases() -> u64 {
    std::env::var("FUNNELC_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(600)
}

/// A log as JSON Lines.
fn lines(events: &[Event]) -> String {
    let mut out = String::new();
    for event in events {
        let mut own =
            serde_json::json!({ "user_id": event.person, "time": event.time / 1_000_000, "event": event.name });
        let object = own.as_object_mut().unwrap();
        if let Some(sender) = &event.sender {
            object.insert("sender".to_owned(), sender.clone().into());
        }
        object.extend(event.properties.clone());
        writeln!(out, "{own}").unwrap();
    }
    out
}

pub(crate) fn measured(definition: &Definition, events: &[Event], memory: u64) -> Measured {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    std::fs::write(&log, lines(events)).unwrap();
    measure(definition, &[log][..].into(), &Options { memory }, &Progress::default()).unwrap()
}

/// The numbers of both, as one text each.
fn both(definition: &Definition, ways: &[Way], events: &[Event], memory: u64) -> (String, String) {
    let law = oracle::measure(definition, ways, events);
    let own = measured(definition, events, memory);
    let with = |numbers: String, kpis: Vec<String>, boards: Vec<String>, parts: Vec<String>| {
        format!("{numbers}\n{}\n{}\n{}", kpis.join("\n"), boards.join("\n"), parts.join("\n"))
    };
    let parts_of_law = parts::shown(definition, ways, events);
    let (kpis, mut boards_of_law) = (kpis::shown(definition, events), kpis::boards(definition, events));
    boards_of_law.extend(kpis::surveys(definition, events));
    boards_of_law.extend(kpis::experiments(definition, events));
    boards_of_law.sort();
    let law = with(shown(definition, ways, &law), kpis, boards_of_law, parts_of_law);
    (law, with(published(definition, &own), values(&own), boards(&own), parts::published(definition, ways, &own)))
}

fn shown(definition: &Definition, ways: &[Way], numbers: &Numbers) -> String {
    let mut out = String::new();
    for (own, stage) in numbers.stages.iter().zip(&definition.stages) {
        let oracle::Stage { people, entries, visits, mature, dropped } = own;
        writeln!(
            out,
            "{}: {people} people, {entries} entries, {visits} visits, {mature} mature, {dropped} dropped",
            stage.path
        )
        .unwrap();
    }
    for (own, transition) in numbers.transitions.iter().zip(&definition.transitions) {
        let middle = own.times.get((own.times.len().max(1) - 1) / 2).map(|time| *time as f64 / 1e6);
        writeln!(
            out,
            "{}: {} taken, {} people, {} exits, {middle:?}",
            transition.path, own.taken, own.people, own.exits
        )
        .unwrap();
    }
    for ((from, to, _), (mature, arrived, open)) in ways.iter().zip(&numbers.ways) {
        let (from, to) = (&definition.stages[*from].path, &definition.stages[*to].path);
        writeln!(out, "{from} .. {to}: {arrived} of {mature}, {open} open").unwrap();
    }
    sorted(&out)
}

fn published(_: &Definition, measured: &Measured) -> String {
    let mut out = String::new();
    for funnel in &measured.funnels {
        for own in &funnel.stages {
            writeln!(
                out,
                "{}: {} people, {} entries, {} visits, {} mature, {} dropped",
                own.path, own.people, own.entries, own.visits, own.mature_visits, own.dropped_visits
            )
            .unwrap();
        }
        for own in &funnel.transitions {
            let middle = own.time.as_ref().map(|time| time.median);
            writeln!(out, "{}: {} taken, {} people, {} exits, {middle:?}", own.path, own.taken, own.people, own.exits)
                .unwrap();
        }
        for own in &funnel.ways {
            writeln!(out, "{} .. {}: {} of {}, {} open", own.from, own.to, own.arrived, own.of, own.open).unwrap();
        }
    }
    sorted(&out)
}

fn boards(measured: &Measured) -> Vec<String> {
    let mut lines = Vec::new();
    for own in &measured.retentions {
        let inside = own.segment.as_ref().zip(own.is_inside).map(|(segment, inside)| format!("{segment} {inside}"));
        for cohort in &own.cohorts {
            let name = format!("{} {} {}", own.stage, inside.as_deref().unwrap_or("all"), cohort.period);
            lines.push(format!("{name} joined: {}", cohort.joined));
            for (at, cell) in cohort.after.iter().enumerate() {
                lines.push(format!("{name} {} of: {}", at + 1, cell.of));
                lines.push(format!("{name} {} seen: {}", at + 1, cell.seen));
            }
        }
    }
    for own in &measured.next {
        for next in &own.events {
            lines.push(format!("after {} {}: {}", own.stage, next.event.as_deref().unwrap_or("nothing"), next.visits));
        }
    }
    for own in &measured.experiments {
        let mut tell = |what: &str, count: u64| {
            lines.extend((count > 0).then(|| format!("{} {what}: {count}", own.path)));
        };
        tell("several", own.several);
        tell("unknown", own.unknown);
        for variant in &own.variants {
            tell(&format!("{} assigned", variant.name), variant.assigned);
            tell(&format!("{} mature", variant.name), variant.of);
            tell(&format!("{} arrived", variant.name), variant.arrived);
        }
    }
    for own in &measured.surveys {
        let answers = own.answers.iter().map(|answer| (answer.choice.as_str(), answer.people));
        let all = answers.chain([("no choice", own.no_choice)]).filter(|(_, people)| *people > 0);
        lines.extend(all.map(|(answer, people)| format!("{} {answer}: {people}", own.path)));
    }
    lines.extend(
        measured.attribution.iter().map(|own| format!("credited by answers: {} of {}", own.answered, own.journeys)),
    );
    lines.sort();
    lines
}

fn values(measured: &Measured) -> Vec<String> {
    let mut lines = Vec::new();
    for kpi in &measured.kpis {
        for own in &kpi.values {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            lines.push(kpis::line(&kpi.path, &text(&own.by), &text(&own.group), own.period.as_deref(), own.value));
        }
    }
    lines.sort();
    lines
}

fn sorted(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

fn ways(definition: &Definition) -> Vec<Way> {
    tally::ways(definition).into_iter().map(|way| (way.from, way.to, way.within)).collect()
}

/// Leaves events out as long as the two still differ.
fn cut(definition: &Definition, ways: &[Way], mut events: Vec<Event>) -> Vec<Event> {
    let mut at = 0;
    while at < events.len() {
        let mut fewer = events.clone();
        fewer.remove(at);
        let (law, own) = both(definition, ways, &fewer, u64::MAX);
        if law == own { at += 1 } else { events = fewer }
    }
    events
}

#[test]
fn the_engine_does_what_the_law_says() {
    let (mut reached, mut told, mut of_parts) = (0, 0, 0);
    for seed in 0..cases() {
        let (definition, events) = draw::case(seed);
        let ways = ways(&definition);
        let (law, own) = both(&definition, &ways, &events, u64::MAX);
        if law != own {
            let events = cut(&definition, &ways, events);
            let (law, own) = both(&definition, &ways, &events, u64::MAX);
            let only = |these: &str, those: &str| {
                let own = these.lines().filter(|line| !those.lines().any(|other| other == *line));
                own.collect::<Vec<_>>().join("\n")
            };
            let (only_law, only_own) = (only(&law, &own), only(&own, &law));
            panic!("seed {seed}\n{definition:#?}\n{}\nlaw:\n{only_law}\n\nengine:\n{only_own}", lines(&events));
        }
        told += law
            .lines()
            .filter(|line| line.starts_with('k') && !line.ends_with(" none") && !line.ends_with(" 0.00000e0"))
            .count();
        of_parts += law.lines().filter(|line| line.contains("month=") && line.ends_with("e0")).count();
        reached += oracle::measure(&definition, &ways, &events).transitions.iter().map(|own| own.taken).sum::<u64>();
    }
    assert!(told as u64 > cases() * 5, "the cases are too poor: KPIs have {told} values in {} cases", cases());
    assert!(of_parts as u64 > cases() * 20, "the cases are too poor: {of_parts} numbers of parts");
    assert!(reached > cases() * 10, "the cases are too poor: {reached} transitions were taken in {} cases", cases());
}

/// Each question about a past is a search. Were the past read through for each event, this would take minutes.
#[test]
fn a_person_with_many_events_is_soon_measured() {
    let many = 60_000;
    let above = |field: Option<usize>, value: i64| Condition::Adds {
        pattern: 0,
        field,
        comparison: Comparison::Above,
        value: value.into(),
    };
    let never_said = Condition::Not(Box::new(Condition::Known {
        by: vec![0],
        field: 1,
        test: Test::Compare(1, Comparison::Equal, Literal::Text("gold".to_owned())),
    }));
    let enters = [
        Enter::Event { pattern: 0, when: Condition::Always },
        Enter::Event { pattern: 0, when: Condition::All(vec![above(Some(0), many / 2), never_said]) },
        Enter::Turns { condition: above(None, 10), begins: true },
        Enter::Absence { of: vec![0], lasting: 1_500_000, after: None, unless: Vec::new() },
    ];
    let stage = |(at, enter): (usize, &Enter)| Stage {
        path: format!("f.s{at}"),
        label: String::new(),
        funnel: 0,
        is_entry: at == 0,
        is_loyalty: false,
        enter: vec![enter.clone()],
        undone: None,
    };
    let transition = |to: usize| Transition {
        path: format!("f.s0->s{to}"),
        from: 0,
        to,
        moves: Moves::On,
        within: None,
        on: Vec::new(),
        when: Condition::Always,
        planned: None,
        is_skip: false,
    };
    let definition = Definition {
        fields: ["amount", "plan"].map(|name| Field { name: name.to_owned() }).into(),
        patterns: vec![Pattern { names: vec!["a".to_owned()], table: None, test: Test::Always }],
        funnels: vec![Funnel {
            path: "f".to_owned(),
            label: String::new(),
            window: None,
            is_of_accounts: false,
            by: Vec::new(),
            is_combined: false,
        }],
        stages: enters.iter().enumerate().map(stage).collect(),
        transitions: (1..4).map(transition).collect(),
        ..Definition::default()
    };
    // One second apart, and after every hundredth two.
    let event = |at: i64| Event {
        person: 1,
        time: (1_700_000_000 + at + at / 100) * 1_000_000,
        name: "a".to_owned(),
        sender: None,
        properties: [("amount".to_owned(), 1.into())].into_iter().collect(),
    };
    let events: Vec<Event> = (0..many).map(event).collect();
    let measured = measured(&definition, &events, u64::MAX);
    let entries: Vec<u64> = measured.funnels[0].stages.iter().map(|own| own.entries).collect();
    assert_eq!(entries, [60_000, 29_999, 1, 599]);
}

/// What accounts do is what people do who are told by the name of the account.
#[test]
fn accounts_are_measured_as_people_of_that_name() {
    for seed in 0..cases() / 4 {
        let (mut definition, mut events) = draw::case(seed);
        for event in &mut events {
            event.properties.insert("company".to_owned(), format!("c{}", event.person % 2).into());
        }
        definition.kpis.retain(|kpi| {
            let mut measures = Vec::new();
            kpi.value.measures(&mut measures);
            let is_of_events = |at: &usize| {
                matches!(
                    definition.measures[*at],
                    Measure::Did(_) | Measure::Count { .. } | Measure::Values { .. } | Measure::Answers { .. }
                )
            };
            !measures.iter().any(is_of_events) && !matches!(kpi.slice.cohort, Some(Cohort::Did(_)))
        });
        let mut by_name = definition.clone();
        by_name.columns.identity = vec!["company".to_owned()];
        definition.fields.push(funnelc_engine::definition::Field { name: "company".to_owned() });
        definition.account = Some(definition.fields.len() - 1);
        definition.funnels.iter_mut().for_each(|funnel| funnel.is_of_accounts = true);
        let numbers = |own: &Definition| {
            let measured = measured(own, &events, u64::MAX);
            (published(own, &measured), values(&measured))
        };
        assert_eq!(numbers(&definition), numbers(&by_name), "seed {seed}");
    }
}

/// Accounts of several people, and stages that ask for so many of them.
#[test]
fn accounts_count_their_people_as_the_law_says() {
    let mut asked = 0;
    for seed in 0..cases() / 4 {
        let (mut definition, mut events) = draw::case(seed);
        let mut dice = draw::Dice::new(seed ^ 0xacc0);
        for event in &mut events {
            event.properties.insert("member".to_owned(), format!("m{} of {}", dice.below(3), event.person).into());
        }
        definition.columns.identity = vec!["member".to_owned()];
        definition.fields.push(funnelc_engine::definition::Field { name: "user_id".to_owned() });
        definition.account = Some(definition.fields.len() - 1);
        definition.funnels.iter_mut().for_each(|funnel| funnel.is_of_accounts = true);
        let ways = ways(&definition);
        let before = oracle::measure(&definition, &ways, &events);
        for enter in definition.stages.iter_mut().flat_map(|stage| &mut stage.enter) {
            if let Enter::Event { pattern, when } = enter
                && dice.chance(50)
            {
                *when = Condition::ByPeople { pattern: *pattern, people: 1 + dice.below(3) as u64 };
            }
        }
        let law = oracle::measure(&definition, &ways, &events);
        asked += u64::from(law != before);
        let own = published(&definition, &measured(&definition, &events, u64::MAX));
        assert_eq!(shown(&definition, &ways, &law), own, "seed {seed}\n{definition:#?}\n{}", lines(&events));
    }
    assert!(asked > cases() / 10, "the cases are too poor: people mattered in {asked}");
}

/// Stages that are entered when a condition that asks for stages turns, in every case; one looks at how long somebody stays.
#[test]
fn what_asks_for_stages_turns_as_the_law_says() {
    let mut mattered = 0;
    for seed in 0..cases() / 4 {
        let (mut definition, events) = draw::case(seed);
        let mut dice = draw::Dice::new(seed ^ 0x7024);
        let ways = ways(&definition);
        let before = oracle::measure(&definition, &ways, &events);
        for _ in 0..2 {
            let (stage, seen) = (dice.below(definition.stages.len()), dice.below(definition.stages.len()));
            let lasting = dice.chance(60).then(|| dice.hours(8));
            let inside = vec![Condition::In { stage: seen, lasting }, draw::condition(&mut dice, &definition, 0)];
            let condition = if dice.chance(60) { Condition::All(inside) } else { Condition::Any(inside) };
            definition.stages[stage].enter.push(Enter::Turns { condition, begins: dice.chance(70) });
        }
        let law = oracle::measure(&definition, &ways, &events);
        mattered += u64::from(law != before);
        let own = published(&definition, &measured(&definition, &events, u64::MAX));
        assert_eq!(shown(&definition, &ways, &law), own, "seed {seed}\n{definition:#?}\n{}", lines(&events));
    }
    assert!(mattered > cases() / 10, "the cases are too poor: what turned mattered in {mattered}");
}

/// New people are counted for whoever they say brought them.
#[test]
fn new_people_are_brought_as_the_law_says() {
    let (mut brought, mut late) = (0, 0);
    for seed in 0..cases() / 4 {
        let (mut definition, mut events) = draw::case(seed);
        let mut dice = draw::Dice::new(seed ^ 0xb0b);
        for event in &mut events {
            event.person = dice.below(12) as u32;
            if dice.chance(30) {
                event.properties.insert("by".to_owned(), dice.below(14).into());
            }
        }
        let stages = definition.stages.len();
        for _ in 0..2 {
            let (from, to) = (dice.below(stages), 0);
            let path = format!("others {}", definition.transitions.len());
            let within = dice.chance(70).then(|| dice.hours(20));
            let (moves, when) = (Moves::Others, Condition::Always);
            let (on, planned, is_skip) = (Vec::new(), None, false);
            definition.transitions.push(Transition { path, from, to, moves, within, on, when, planned, is_skip });
        }
        definition.fields.push(Field { name: "by".to_owned() });
        definition.patterns.push(Pattern { names: Vec::new(), table: None, test: Test::Always });
        definition.referred_by = vec![(definition.patterns.len() - 1, definition.fields.len() - 1)];
        let law = oracle::brought(&definition, &events);
        let measured = measured(&definition, &events, u64::MAX);
        for (at, (new, mature, open, hosts, times)) in &law {
            let path = &definition.transitions[*at].path;
            let mut all = measured.funnels.iter().flat_map(|funnel| &funnel.transitions);
            let own = all.find(|own| own.path == *path && own.is_referral).unwrap();
            let middle = times.get((times.len().max(1) - 1) / 2).map(|time| *time as f64 / 1e6);
            let of_law = (*new, *mature, *open, *hosts, times.len() as u64, middle);
            let of_own =
                (own.exits, own.of, own.open, own.people, own.taken, own.time.as_ref().map(|time| time.median));
            assert_eq!(of_law, of_own, "seed {seed} {path}\n{definition:#?}\n{}", lines(&events));
            brought += new;
            late += open;
        }
    }
    assert!(brought > cases() / 8 && late > cases() / 4, "the cases are too poor: {brought} were brought, {late} late");
}

/// Silence that enters a stage unless something else happened meanwhile: by events, stages, conditions, other silences.
#[test]
fn what_happens_meanwhile_keeps_silence_from_entering_as_the_law_says() {
    let mut mattered = 0;
    for seed in 0..cases() / 4 {
        let (mut definition, events) = draw::case(seed);
        let mut dice = draw::Dice::new(seed ^ 0x517e);
        let mut enter = draw::absence(&mut dice, &definition, 0);
        while !matches!(&enter, Enter::Absence { unless, .. } if !unless.is_empty()) {
            enter = draw::absence(&mut dice, &definition, 0);
        }
        // People begin there, whatever they did before.
        let stage = 0;
        definition.stages[stage].enter = vec![enter];
        let ways = ways(&definition);
        let law = oracle::measure(&definition, &ways, &events);
        let own = published(&definition, &measured(&definition, &events, u64::MAX));
        assert_eq!(shown(&definition, &ways, &law), own, "seed {seed}\n{definition:#?}\n{}", lines(&events));
        if let Some(Enter::Absence { unless, .. }) = definition.stages[stage].enter.last_mut() {
            unless.clear();
        }
        mattered += u64::from(law != oracle::measure(&definition, &ways, &events));
    }
    assert!(mattered > cases() / 40, "the cases are too poor: what happened meanwhile mattered in {mattered}");
}

/// A device belongs to the person it was first seen with, and all that it did alone is theirs.
#[test]
fn identities_are_stitched_as_the_law_says() {
    let mut stitched = 0;
    for seed in 0..cases() / 4 {
        let (mut definition, mut events) = draw::case(seed);
        // Which device and whether the person is known follow from the event, so that the case stays the same.
        for (at, event) in events.iter_mut().enumerate() {
            let dice = (seed as usize).wrapping_mul(31).wrapping_add(at * 7) % 12;
            let person = (!dice.is_multiple_of(3)).then(|| format!("p{}", event.person));
            let device = (!dice.is_multiple_of(4)).then(|| format!("d{}", (event.person as usize + dice / 6) % 4));
            let device = if person.is_none() { Some(device.unwrap_or_else(|| "d9".to_owned())) } else { device };
            event.properties.extend(person.map(|own| ("u".to_owned(), own.into())));
            event.properties.extend(device.map(|own| ("a".to_owned(), own.into())));
        }
        let text = |event: &Event, name: &str| event.properties.get(name).map(|own| own.as_str().unwrap().to_owned());
        let owner = |device: &str| {
            let with =
                events.iter().filter(|event| text(event, "a").as_deref() == Some(device) && text(event, "u").is_some());
            let first = with.clone().map(|event| event.time).min()?;
            let owners: std::collections::BTreeSet<_> =
                with.filter(|event| event.time == first).map(|event| text(event, "u")).collect();
            Some(owners)
        };
        let mut is_clear = true;
        let resolved: Vec<String> = events
            .iter()
            .map(|event| {
                let device = text(event, "a").unwrap_or_default();
                text(event, "u").unwrap_or_else(|| match owner(&device) {
                    None => device,
                    Some(owners) => {
                        // Of two at the same moment the law does not say which.
                        is_clear &= owners.len() == 1;
                        stitched += 1;
                        owners.into_iter().next().flatten().unwrap()
                    }
                })
            })
            .collect();
        if !is_clear {
            continue;
        }
        for (event, person) in events.iter_mut().zip(resolved) {
            event.properties.insert("r".to_owned(), person.into());
        }
        let mut numbers = |identity: &[&str]| {
            definition.columns.identity = identity.iter().map(|name| (*name).to_owned()).collect();
            let measured = measured(&definition, &events, u64::MAX);
            (published(&definition, &measured), values(&measured), boards(&measured))
        };
        assert_eq!(numbers(&["u", "a"]), numbers(&["r"]), "seed {seed}");
    }
    assert!(stitched > cases(), "the cases are too poor: {stitched} events were stitched");
}

#[test]
fn little_memory_changes_nothing() {
    for seed in 0..cases() / 20 {
        let (definition, events) = draw::case(seed);
        let (all, little) = (measured(&definition, &events, u64::MAX), measured(&definition, &events, 1));
        assert_eq!(all, little, "seed {seed}");
    }
}
