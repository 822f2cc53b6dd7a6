//! Random funnels and logs. Moments are few, so that equal times and the last moments of windows are common.

use std::collections::BTreeMap;

use funnelc_engine::definition::{
    Columns, Comparison, Condition, Copies, Definition, Enter, Exclude, Field, Funnel, Literal, Moves, Pattern, Points,
    Score, Stage, Test, Transition, Undone,
};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::oracle::Event;

const HOUR: i64 = 3_600_000_000;
const BEGIN: i64 = 1_767_225_600_000_000;

/// The dice (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below another.
    fn below(&mut self, end: usize) -> usize {
        (self.roll() % end as u64) as usize
    }

    /// Whether something of so many percent happens.
    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn hours(&mut self, most: usize) -> i64 {
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
    (definition, events)
}

fn patterns(dice: &mut Dice, definition: &mut Definition) {
    for name in 0..NAMES {
        definition.patterns.push(Pattern { names: vec![format!("e{name}")], test: Test::Always });
    }
    for _ in 0..3 {
        let names = vec![format!("e{}", dice.below(NAMES))];
        let test = match dice.below(4) {
            0 => Test::Compare(1, Comparison::AtLeast, Literal::Number(Decimal::from(dice.below(4)))),
            1 => Test::Compare(1, Comparison::Unequal, Literal::Number(Decimal::from(dice.below(4)))),
            2 => Test::In(0, vec![Literal::Text("k0".to_owned()), Literal::Text("k1".to_owned())]),
            _ => Test::Not(Box::new(Test::Compare(0, Comparison::Equal, Literal::Text("k0".to_owned())))),
        };
        definition.patterns.push(Pattern { names, test });
    }
}

fn stages(dice: &mut Dice, definition: &mut Definition) {
    let funnels = 1 + usize::from(dice.chance(30));
    for funnel in 0..funnels {
        let window = dice.maybe(60, |dice| dice.hours(20));
        definition.funnels.push(Funnel { path: format!("f{funnel}"), label: String::new(), window });
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

fn condition(dice: &mut Dice, definition: &Definition, depth: usize) -> Condition {
    if depth < 2 && dice.chance(25) {
        let inner = (0..2).map(|_| condition(dice, definition, depth + 1)).collect();
        return match dice.below(3) {
            0 => Condition::All(inner),
            1 => Condition::Any(inner),
            _ => Condition::Not(Box::new(condition(dice, definition, depth + 1))),
        };
    }
    match dice.below(if definition.scores.is_empty() { 5 } else { 7 }) {
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

fn enters(dice: &mut Dice, definition: &mut Definition) {
    for stage in 0..definition.stages.len() {
        let mut enter = Vec::new();
        for _ in 0..=dice.below(2) {
            let pattern = dice.below(definition.patterns.len());
            enter.push(match dice.below(10) {
                0 => Enter::Absence {
                    of: pattern,
                    lasting: dice.hours(8),
                    after: dice.maybe(40, |dice| dice.below(definition.patterns.len())),
                },
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
