//! Random funnels and logs. Moments are few, so that equal times and the last moments of windows are common.

use std::collections::BTreeMap;

use funnelc_engine::definition::{
    Attribution, Channel, Cohort, Columns, Comparison, Condition, Copies, Credit, Definition, Enter, Exclude,
    Experiment, Field, Formula, Funnel, How, Kpi, Literal, Measure, Moves, Net, Operation, Pattern, Period, Points,
    Retention, Score, Segment, Slice, Split, Stage, Survey, Test, Transition, Undone,
};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::oracle::Event;

pub(crate) const HOUR: i64 = 3_600_000_000;
/// The last day of a month.
pub(crate) const BEGIN: i64 = 1_769_817_600_000_000;

/// The dice (`SplitMix64`).
pub(crate) struct Dice(u64);

impl Dice {
    /// The dice of a number.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    /// Whether something of so many percent happens.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn hours(&mut self, most: usize) -> i64 {
        self.below(most) as i64 * HOUR
    }

    fn maybe<T>(&mut self, percent: usize, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.chance(percent).then(|| make(self))
    }
}

const NAMES: usize = 6;

/// A definition and a log.
pub(crate) fn case(seed: u64) -> (Definition, Vec<Event>) {
    let mut dice = Dice(seed);
    let mut definition = Definition {
        columns: Columns { sender: Some("sender".to_owned()), ..Columns::default() },
        ..Definition::default()
    };
    definition.fields = ["key", "size"].map(|name| Field { name: name.to_owned() }).into();
    definition.start_first = dice.chance(25);
    patterns(&mut dice, &mut definition);
    stages(&mut dice, &mut definition);
    scores(&mut dice, &mut definition);
    enters(&mut dice, &mut definition);
    transitions(&mut dice, &mut definition);
    rare(&mut dice, &mut definition);
    let events = events(&mut dice);
    kpis(&mut dice, &mut definition);
    (definition, events)
}

// ---- KPIs, and parts of funnels

fn kpis(dice: &mut Dice, definition: &mut Definition) {
    let credits = [Credit::First, Credit::Last, Credit::LastNonDirect, Credit::Linear, Credit::Position, Credit::Decay];
    let lookback = dice.maybe(50, |dice| dice.hours(30));
    definition.attribution =
        Attribution { credit: credits[dice.below(credits.len())], lookback, asks: dice.chance(30) };
    for at in 0..2 {
        let pattern = Some(dice.below(definition.patterns.len()));
        definition.channels.push(Channel {
            path: format!("c{at}"),
            names: Vec::new(),
            pattern,
            is_direct: dice.chance(40),
        });
        let condition = condition(dice, definition, 0);
        definition.segments.push(Segment { path: format!("g{at}"), condition });
    }
    definition.keeps_all = true;
    definition.next_after = vec![dice.below(definition.stages.len())];
    let split = if dice.chance(50) { vec![0] } else { Vec::new() };
    let every = Period::Day;
    definition.retentions.push(Retention { stage: dice.below(definition.stages.len()), every, split });
    let names: &[&str] = if dice.chance(50) { &["k0", "k1"] } else { &["0", "1", "2", "3"] };
    let choice = |name: &&str| ((*name).to_owned(), dice.maybe(70, |dice| dice.below(2)));
    definition.surveys.push(Survey {
        path: "survey".to_owned(),
        label: String::new(),
        answered: 0,
        key: usize::from(names[0] != "k0"),
        choices: names.iter().map(choice).collect(),
        informs: dice.chance(80),
    });
    definition.surveys[0].answered = dice.below(definition.patterns.len());
    for funnel in &mut definition.funnels {
        let all = [Split::Channel, Split::Segment, Split::Month, Split::Field(0), Split::Field(1)];
        funnel.by = all.into_iter().filter(|_| dice.chance(50)).collect();
        funnel.is_combined = dice.chance(50);
    }
    let to = dice.below(definition.stages.len());
    definition.experiments.push(Experiment {
        path: "trial".to_owned(),
        label: String::new(),
        from: to,
        to,
        within: dice.maybe(70, |dice| dice.hours(20)),
        assigned: dice.below(definition.patterns.len()),
        key: 0,
        variants: vec![("k0".to_owned(), 0.5), ("k1".to_owned(), 0.5)],
        confidence: 0.95,
        power: 0.8,
        detects: None,
        between: dice.maybe(40, |dice| (BEGIN + dice.hours(10), BEGIN + 10 * HOUR + dice.hours(30))),
    });
    for at in 0..8 {
        let value = formula(dice, definition);
        let only = dice.maybe(30, |dice| match dice.below(3) {
            0 => Condition::This(dice.below(definition.patterns.len())),
            _ => condition(dice, definition, 1),
        });
        let cohort = dice.maybe(30, |dice| match dice.below(2) {
            0 => Cohort::Stage(dice.below(definition.stages.len())),
            _ => Cohort::Did(dice.below(definition.patterns.len())),
        });
        let by = [Split::Channel, Split::Segment, Split::Field(0), Split::Field(1)];
        let by = dice.maybe(70, |dice| by[dice.below(by.len())].clone()).into_iter().collect();
        definition.kpis.push(Kpi {
            per: dice.maybe(50, |_| Period::Day),
            over: dice.maybe(30, |dice| dice.hours(30)),
            slice: Slice { only, cohort },
            ..plain_kpi(format!("k{at}"), value, by)
        });
    }
}

/// A KPI of everything.
pub(crate) fn plain_kpi(path: String, value: Formula, by: Vec<Split>) -> Kpi {
    Kpi {
        path,
        label: String::new(),
        value,
        unit: "number".to_owned(),
        per: None,
        over: None,
        slice: Slice::default(),
        by,
        profit: None,
        targets: Vec::new(),
        unmeasured: None,
    }
}

fn formula(dice: &mut Dice, definition: &mut Definition) -> Formula {
    if dice.chance(15) {
        let sides = (formula(dice, definition), formula(dice, definition));
        let operations = [Operation::Plus, Operation::Minus, Operation::Times, Operation::Over];
        return Formula::Both(operations[dice.below(4)], Box::new(sides));
    }
    let (measure, how) = measure(dice, definition);
    definition.measures.push(measure);
    Formula::Of(definition.measures.len() - 1, how)
}

fn measure(dice: &mut Dice, definition: &Definition) -> (Measure, How) {
    let stage = dice.below(definition.stages.len());
    let same = |own: usize| definition.stages[own].funnel == definition.stages[stage].funnel;
    let others: Vec<usize> = (0..definition.stages.len()).filter(|own| same(*own)).collect();
    let to = others[dice.below(others.len())];
    let pattern = dice.below(definition.patterns.len());
    let net = dice.maybe(50, |dice| Net {
        by: dice.below(definition.patterns.len()),
        field: dice.maybe(60, |_| 1),
        matching: dice.maybe(60, |_| 0),
        within: dice.maybe(60, |dice| dice.hours(10)),
    });
    match dice.below(13) {
        12 if !definition.surveys.is_empty() => {
            let choices = (0..definition.surveys[0].choices.len()).filter(|_| dice.chance(60)).collect();
            (Measure::Answers { survey: 0, choices }, How::Total)
        }
        0 => (Measure::People(stage), How::Total),
        1 => (Measure::Entries(stage), How::Total),
        2 => (Measure::Visits(stage), How::Total),
        3 => (Measure::Rate { from: stage, to, within: dice.maybe(60, |dice| dice.hours(10)) }, How::Share),
        4 if !definition.transitions.is_empty() => {
            (Measure::Direct(vec![dice.below(definition.transitions.len())]), How::Share)
        }
        5 => (Measure::Time { from: stage, to }, How::Percentile([50, 90, 1, 100][dice.below(4)])),
        6 => {
            let transitions = (0..definition.transitions.len()).filter(|_| dice.chance(30)).collect();
            (Measure::Laps { stage, transitions }, How::Share)
        }
        7 => (Measure::Did(pattern), How::Total),
        8 => (Measure::Count { pattern, net }, How::Total),
        9 | 10 => {
            let how = [How::Total, How::Share, How::Percentile(50)][dice.below(3)];
            (Measure::Values { pattern, field: 1, currency: None, net }, how)
        }
        _ => (Measure::Stays { stage, after: dice.hours(12), is_churn: dice.chance(50) }, How::Share),
    }
}

fn patterns(dice: &mut Dice, definition: &mut Definition) {
    for name in 0..NAMES {
        definition.patterns.push(Pattern { names: vec![format!("e{name}")], table: None, test: Test::Always });
    }
    for _ in 0..3 {
        let names = vec![format!("e{}", dice.below(NAMES))];
        let test = match dice.below(4) {
            0 => Test::Compare(1, Comparison::AtLeast, Literal::Number(Decimal::from(dice.below(4)))),
            1 => Test::Compare(1, Comparison::Unequal, Literal::Number(Decimal::from(dice.below(4)))),
            2 => Test::In(0, vec![Literal::Text("k0".to_owned()), Literal::Text("k1".to_owned())]),
            _ => Test::Not(Box::new(Test::Compare(0, Comparison::Equal, Literal::Text("k0".to_owned())))),
        };
        definition.patterns.push(Pattern { names, table: None, test });
    }
}

fn stages(dice: &mut Dice, definition: &mut Definition) {
    let funnels = 1 + usize::from(dice.chance(30));
    for funnel in 0..funnels {
        let window = dice.maybe(60, |dice| dice.hours(20));
        definition.funnels.push(Funnel {
            path: format!("f{funnel}"),
            label: String::new(),
            window,
            is_of_accounts: false,
            by: Vec::new(),
            is_combined: false,
        });
        let count = 2 + dice.below(4);
        for stage in 0..count {
            definition.stages.push(Stage {
                path: format!("f{funnel}.s{stage}"),
                label: String::new(),
                funnel,
                is_entry: stage == 0 || dice.chance(10),
                is_loyalty: stage > 1 && dice.chance(35),
                enter: Vec::new(),
                undone: None,
            });
        }
    }
}

pub(crate) fn condition(dice: &mut Dice, definition: &Definition, depth: usize) -> Condition {
    if depth < 2 && dice.chance(25) {
        let inner = (0..2).map(|_| condition(dice, definition, depth + 1)).collect();
        return match dice.below(3) {
            0 => Condition::All(inner),
            1 => Condition::Any(inner),
            _ => Condition::Not(Box::new(condition(dice, definition, depth + 1))),
        };
    }
    match dice.below(if definition.scores.is_empty() { 7 } else { 9 }) {
        5 => Condition::Known {
            by: vec![dice.below(definition.patterns.len()), dice.below(definition.patterns.len())],
            field: 1,
            test: Test::Compare(
                1,
                [Comparison::AtLeast, Comparison::Unequal][dice.below(2)],
                Literal::Number(Decimal::from(dice.below(4))),
            ),
        },
        6 => Condition::Adds {
            pattern: dice.below(definition.patterns.len()),
            field: dice.maybe(60, |_| 1),
            comparison: [Comparison::AtLeast, Comparison::Below][dice.below(2)],
            value: Decimal::from(dice.below(12)),
        },
        0..=2 => Condition::Did {
            pattern: dice.below(definition.patterns.len()),
            times: dice.below(4) as u64,
            within: dice.maybe(50, |dice| dice.hours(12)),
        },
        3 | 4 => {
            Condition::In { stage: dice.below(definition.stages.len()), lasting: dice.maybe(40, |dice| dice.hours(5)) }
        }
        _ => Condition::Score { score: 0, comparison: Comparison::AtLeast, value: Decimal::from(dice.below(20)) },
    }
}

/// A condition that asks for no stages.
fn lasting(dice: &mut Dice, definition: &Definition, depth: usize) -> Condition {
    if depth < 2 && dice.chance(30) {
        let inner = (0..2).map(|_| lasting(dice, definition, depth + 1)).collect();
        return if dice.chance(50) { Condition::All(inner) } else { Condition::Any(inner) };
    }
    if depth < 2 && dice.chance(20) {
        return Condition::Not(Box::new(lasting(dice, definition, depth + 1)));
    }
    loop {
        let found = condition(dice, definition, 2);
        let asks_for_stages = |points: &Points| matches!(points.when, Condition::In { .. });
        let is_of_score = matches!(found, Condition::Score { .. });
        let asks = is_of_score && definition.scores[0].points.iter().any(asks_for_stages);
        if !(asks || matches!(found, Condition::In { .. })) {
            return found;
        }
    }
}

fn scores(dice: &mut Dice, definition: &mut Definition) {
    if !dice.chance(35) {
        return;
    }
    let decay = dice.maybe(50, |dice| (Decimal::new(5, 1), HOUR * (1 + dice.below(6) as i64)));
    let mut points = Vec::new();
    for _ in 0..=dice.below(3) {
        let when = if dice.chance(20) { condition(dice, definition, 2) } else { Condition::Always };
        points.push(Points {
            points: Decimal::from(dice.below(15) as i64 - 3),
            pattern: dice.maybe(85, |dice| dice.below(definition.patterns.len())),
            up_to: dice.maybe(30, |dice| Decimal::from(dice.below(30))),
            when,
        });
    }
    definition.scores.push(Score { path: "score".to_owned(), decay, points });
}

pub(crate) fn absence(dice: &mut Dice, definition: &Definition, depth: usize) -> Enter {
    let pattern = dice.below(definition.patterns.len());
    let of = if dice.chance(70) { vec![pattern] } else { vec![pattern, dice.below(definition.patterns.len())] };
    let mut unless = Vec::new();
    while depth < 2 && dice.chance(30) {
        unless.push(match dice.below(4) {
            0 => absence(dice, definition, depth + 1),
            1 => Enter::Event { pattern: dice.below(definition.patterns.len()), when: condition(dice, definition, 1) },
            2 => Enter::Passes { stage: dice.below(definition.stages.len()), begins: dice.chance(60) },
            _ => Enter::Turns { condition: condition(dice, definition, 0), begins: dice.chance(60) },
        });
    }
    let after = dice.maybe(40, |dice| dice.below(definition.patterns.len()));
    Enter::Absence { of, lasting: dice.hours(8), after, unless }
}

fn enters(dice: &mut Dice, definition: &mut Definition) {
    for stage in 0..definition.stages.len() {
        let mut enter = Vec::new();
        for _ in 0..=dice.below(2) {
            let pattern = dice.below(definition.patterns.len());
            enter.push(match dice.below(10) {
                0 => absence(dice, definition, 0),
                9 if dice.chance(60) => {
                    let draw = if dice.chance(50) { lasting } else { condition };
                    Enter::Turns { condition: draw(dice, definition, 0), begins: dice.chance(60) }
                }
                8 if dice.chance(50) => {
                    Enter::Passes { stage: dice.below(definition.stages.len()), begins: dice.chance(60) }
                }
                1 | 2 if !definition.scores.is_empty() => {
                    Enter::Score { score: 0, at_least: Decimal::from(5 + dice.below(20)) }
                }
                _ => {
                    let when = if dice.chance(15) { condition(dice, definition, 0) } else { Condition::Always };
                    Enter::Event { pattern, when }
                }
            });
        }
        definition.stages[stage].enter = enter;
    }
}

fn transitions(dice: &mut Dice, definition: &mut Definition) {
    let stages = definition.stages.len();
    for from in 0..stages {
        for to in 0..stages {
            let same = definition.stages[from].funnel == definition.stages[to].funnel;
            let share = match (same, from + 1 == to, to > from) {
                (false, ..) => 5,
                (true, true, _) => 85,
                (true, false, true) => 25,
                (true, false, false) => 15,
            };
            if !dice.chance(share) {
                continue;
            }
            let moves = match dice.below(100) {
                0..=9 if to <= from && same => Moves::Others,
                10..=49 if to < from && same => Moves::Again { after: dice.hours(10) },
                _ => Moves::On,
            };
            let on = if dice.chance(12) { vec![dice.below(definition.patterns.len())] } else { Vec::new() };
            let when = if dice.chance(20) { condition(dice, definition, 0) } else { Condition::Always };
            definition.transitions.push(Transition {
                path: format!("{} -> {}", definition.stages[from].path, definition.stages[to].path),
                from,
                to,
                moves,
                within: dice.maybe(60, |dice| dice.hours(10)),
                on,
                when,
                planned: None,
                is_skip: false,
            });
        }
    }
}

fn rare(dice: &mut Dice, definition: &mut Definition) {
    if dice.chance(25) {
        let forgets = (0..definition.stages.len()).filter(|_| dice.chance(40)).collect();
        definition.excludes.push(Exclude { patterns: vec![dice.below(definition.patterns.len())], forgets });
    }
    if dice.chance(25) {
        definition.copies.push(Copies {
            pattern: dice.below(NAMES),
            keys: vec![0],
            within: dice.hours(6),
            prefer: dice.maybe(60, |_| "server".to_owned()),
        });
    }
    if dice.chance(25) {
        let stage = dice.below(definition.stages.len());
        definition.stages[stage].undone = Some(Undone {
            by: dice.below(definition.patterns.len()),
            matching: dice.maybe(60, |_| 0),
            within: dice.maybe(70, |dice| dice.hours(8)),
        });
    }
}

fn events(dice: &mut Dice) -> Vec<Event> {
    let (people, hours) = (1 + dice.below(3), 2 + dice.below(40));
    let count = 1 + dice.below(200);
    let event = |_| {
        let mut properties = BTreeMap::new();
        if dice.chance(70) {
            properties.insert("key".to_owned(), Value::from(format!("k{}", dice.below(3))));
        }
        if dice.chance(70) {
            properties.insert("size".to_owned(), Value::from(dice.below(5)));
        }
        Event {
            person: dice.below(people) as u32,
            time: BEGIN + dice.hours(hours),
            // One name is planned by nobody.
            name: format!("e{}", dice.below(NAMES + 1)),
            sender: dice.maybe(60, |dice| ["web", "server"][dice.below(2)].to_owned()),
            properties,
        }
    };
    (0..count).map(event).collect()
}
