//! What the book says of traits in tables, of money and of goals, word by word, against random tables.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use funnelc_engine::definition::{
    Channel, Condition, Definition, Enter, Field, Formula, Goal, How, Kpi, Measure, Pattern, Period, Spending, Split,
    Table, Test,
};
use funnelc_engine::{Inputs, Measured, Options, Progress, measure};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::json;

use crate::draw::{self, BEGIN, Dice, HOUR};
use crate::oracle::{self, Event, TABLE};

const DAY: i64 = 24 * HOUR;

/// Measures a log with tables, each a file name and its text.
fn measured(definition: &Definition, log: &str, tables: &[(&str, &str)]) -> Measured {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let of = |wanted: &str| -> Vec<PathBuf> {
        tables.iter().filter(|(name, _)| name.starts_with(wanted)).map(|(name, text)| file(name, text)).collect()
    };
    let inputs = Inputs {
        events: vec![file("log.jsonl", log)],
        tables: vec![of("traits")],
        spend: of("spend"),
        rates: of("rates"),
    };
    measure(definition, &inputs, &Options::default(), &Progress::default()).unwrap()
}

// ---- traits

/// At a moment that holds which was said last strictly before it, by a row or an event; rows are no events.
#[test]
fn traits_of_tables_hold_as_the_law_says() {
    let mut told = 0;
    for seed in 0..crate::cases() / 4 {
        let (mut definition, events) = draw::case(seed);
        let mut dice = Dice::new(seed ^ 0x7ab1e);
        let pattern = definition.patterns.len();
        definition.patterns.push(Pattern { names: Vec::new(), table: Some(0), test: Test::Always });
        let turns = definition.stages.iter().flat_map(|own| &own.enter).any(|own| matches!(own, Enter::Turns { .. }));
        // Since ever it held before the first hour, which the law of conditions that turn looks at.
        let has_time = turns || dice.chance(70);
        definition.tables = vec![Table {
            name: "people".to_owned(),
            identity: vec!["user_id".to_owned()],
            time: has_time.then(|| "since".to_owned()),
            renamed: Vec::new(),
            is_known: true,
        }];
        said_by(&mut definition, pattern, &mut dice);
        let mut all = events.clone();
        let mut rows = String::new();
        for _ in 0..dice.below(12) {
            let time = if has_time { events[dice.below(events.len())].time } else { BEGIN - 1_000 * DAY };
            // Of rows without a time there is one a person.
            let person = events[dice.below(events.len())].person;
            if !has_time && all.iter().any(|own| own.name == TABLE && own.person == person) {
                continue;
            }
            let size = dice.below(5);
            let mut row = json!({ "user_id": person, "size": size });
            if has_time {
                row["since"] = json!(time / 1_000_000);
            }
            writeln!(rows, "{row}").unwrap();
            let properties = BTreeMap::from([("size".to_owned(), json!(size))]);
            all.push(Event { person, time, name: TABLE.to_owned(), sender: None, properties });
        }
        let ways = crate::ways(&definition);
        let law = crate::shown(&definition, &ways, &oracle::measure(&definition, &ways, &all));
        let own =
            crate::published(&definition, &measured(&definition, &crate::lines(&events), &[("traits.jsonl", &rows)]));
        assert_eq!(law, own, "seed {seed}\n{definition:#?}\n{}\n{rows}", crate::lines(&events));
        let without = crate::shown(&definition, &ways, &oracle::measure(&definition, &ways, &events));
        told += u64::from(law != without);
    }
    assert!(told > crate::cases() / 20, "the cases are too poor: rows mattered in {told}");
}

/// Lets every condition on what is known look at the table too, and a few stages ask for nothing else.
fn said_by(definition: &mut Definition, pattern: usize, dice: &mut Dice) {
    let known = |dice: &mut Dice| loop {
        let mut found = draw::condition(dice, definition, 2);
        if let Condition::Known { by, .. } = &mut found {
            by.push(pattern);
            return found;
        }
    };
    let conditions: Vec<Condition> = (0..definition.stages.len()).map(|_| known(dice)).collect();
    for (stage, condition) in definition.stages.iter_mut().zip(conditions) {
        for enter in &mut stage.enter {
            if let Enter::Event { when, .. } = enter
                && dice.chance(40)
            {
                *when = condition.clone();
            }
        }
    }
}

// ---- money

/// A definition that adds up what was bought and what was spent, by day and as a whole.
fn till() -> Definition {
    let mut own = Definition { currency: "USD".to_owned(), ..Definition::default() };
    own.fields = ["total", "currency"].map(|name| Field { name: name.to_owned() }).into();
    own.patterns.push(Pattern { names: vec!["bought".to_owned()], table: None, test: Test::Always });
    for name in ["c0", "c1"] {
        own.channels.push(Channel {
            path: name.to_owned(),
            names: vec![format!("{name} label")],
            pattern: None,
            is_direct: false,
        });
    }
    own.measures = vec![
        Measure::Values { pattern: 0, field: 0, currency: Some(1), net: None },
        Measure::Spent { what: Spending::Amount, channels: Vec::new() },
        Measure::Spent { what: Spending::Clicks, channels: vec![1] },
    ];
    let kpi = |at: usize, how: How, per: Option<Period>, by: Vec<Split>| Kpi {
        per,
        ..draw::plain_kpi(format!("k{at}"), Formula::Of(at, how), by)
    };
    own.kpis = vec![
        kpi(0, How::Total, None, Vec::new()),
        kpi(1, How::Known, Some(Period::Day), vec![Split::Channel]),
        kpi(2, How::Known, None, Vec::new()),
    ];
    own
}

/// The rate of a currency at a moment: of its day, or of the last day before that has one, of at most seven days ago.
/// One the other way round says the same where its day has none of its own.
fn rate(rates: &[(i64, &str, &str, Decimal)], currency: &str, time: i64) -> Option<Decimal> {
    let day = time.div_euclid(DAY);
    (day - 7..=day).rev().find_map(|day| {
        let of_day =
            |from: &str, to: &str| rates.iter().rfind(|own| (own.0, own.1, own.2) == (day, from, to)).map(|own| own.3);
        of_day(currency, "USD").or_else(|| {
            let all = rates.iter().find(|own| (own.0, own.1, own.2) == (day, "USD", currency));
            all.map(|own| Decimal::ONE / own.3)
        })
    })
}

#[test]
fn money_is_converted_and_added_up_as_the_law_says() {
    let (mut converted, mut left_out) = (0, 0);
    for seed in 0..crate::cases() / 2 {
        let mut dice = Dice::new(seed);
        let currencies = ["USD", "EUR", "GBP", ""];
        let date = |day: i64| jiff::Timestamp::from_microsecond(day * DAY).unwrap().strftime("%Y-%m-%d").to_string();
        let first = BEGIN.div_euclid(DAY);
        let mut rates = Vec::new();
        for _ in 0..dice.below(12) {
            let day = first - 9 + dice.below(40) as i64;
            let other = ["EUR", "GBP"][dice.below(2)];
            let (from, to) = if dice.chance(70) { (other, "USD") } else { ("USD", other) };
            // A day has one rate of two currencies.
            if !rates.iter().any(|own: &(i64, &str, &str, Decimal)| (own.0, own.1, own.2) == (day, from, to)) {
                rates.push((day, from, to, Decimal::new(50 + dice.below(150) as i64, 2)));
            }
        }
        let mut log = String::new();
        let mut bought: Vec<(i64, &str, Decimal)> = Vec::new();
        for _ in 0..=dice.below(40) {
            let (time, currency) = (BEGIN + dice.hours(24 * 30), currencies[dice.below(4)]);
            let total = Decimal::from(dice.below(100));
            bought.push((time, currency, total));
            let mut event = json!({ "user_id": dice.below(3), "time": time / 1_000_000, "event": "bought", "total": total.to_f64() });
            if !currency.is_empty() {
                event["currency"] = json!(currency);
            }
            writeln!(log, "{event}").unwrap();
        }
        let begin = bought.iter().map(|own| own.0).min().unwrap().div_euclid(DAY);
        let end = bought.iter().map(|own| own.0).max().unwrap();
        let mut told = "date,channel,amount,impressions,clicks,currency\n".to_owned();
        let mut spent: Vec<(i64, String, &str, Decimal, Decimal)> = Vec::new();
        let (mut rows, mut outside) = (0, 0);
        for _ in 0..dice.below(30) {
            let day = first - 2 + dice.below(35) as i64;
            let (channel, currency) = (["c0", "c1", "c1 label", "other"][dice.below(4)], currencies[dice.below(4)]);
            let (amount, clicks) = (dice.below(100), dice.below(50));
            writeln!(told, "{},{channel},{amount},,{clicks},{currency}", date(day)).unwrap();
            rows += 1;
            if day < begin || day * DAY > end {
                outside += 1;
                continue;
            }
            let group = ["c0", "c1"].into_iter().find(|own| channel.starts_with(own)).unwrap_or("(none)");
            spent.push((day, group.to_owned(), currency, amount.into(), clicks.into()));
        }
        let mut table = "date,from,to,rate\n".to_owned();
        for (day, from, to, rate) in &rates {
            writeln!(table, "{},{from},{to},{rate}", date(*day)).unwrap();
        }
        let own = measured(&till(), &log, &[("spend.csv", &told), ("rates.csv", &table)]);

        let worth = |time: i64, currency: &str, amount: Decimal| match currency {
            "" | "USD" => Some(amount),
            _ => Some(amount * rate(&rates, currency, time)?),
        };
        let paid: Vec<Option<Decimal>> = bought.iter().map(|own| worth(own.0, own.1, own.2)).collect();
        let mut costs: BTreeMap<(String, String), Decimal> = BTreeMap::new();
        let (mut clicks, mut unknown) = (None, 0);
        for (day, group, currency, amount, own) in &spent {
            if group == "c1" {
                *clicks.get_or_insert(Decimal::ZERO) += own;
            }
            let Some(amount) = worth(day * DAY, currency, *amount) else {
                unknown += 1;
                continue;
            };
            for group in ["", group] {
                *costs.entry((group.to_owned(), date(*day))).or_default() += amount;
            }
        }
        let near = |own: f64, law: Decimal| (own - law.to_f64().unwrap()).abs() < 1e-6;
        let total = own.kpis[0].values[0].value.unwrap();
        assert!(near(total, paid.iter().flatten().sum()), "seed {seed}: {total}\n{log}\n{table}");
        assert_eq!(own.log.no_rate, paid.iter().filter(|own| own.is_none()).count() as u64, "seed {seed}");
        let cost = own.kpis[1]
            .values
            .iter()
            .filter_map(|own| Some(((own.group.clone().unwrap_or_default(), own.period.clone()?), own.value?)));
        let cost: BTreeMap<(String, String), f64> = cost.collect();
        assert_eq!(cost.keys().collect::<Vec<_>>(), costs.keys().collect::<Vec<_>>(), "seed {seed}\n{told}\n{table}");
        assert!(costs.iter().all(|(place, law)| near(cost[place], *law)), "seed {seed}: {cost:?} {costs:?}");
        assert_eq!(own.kpis[2].values[0].value, clicks.and_then(|own: Decimal| own.to_f64()), "seed {seed}\n{told}");
        let facts = own.log.spend.unwrap();
        assert_eq!(
            (facts.rows, facts.outside, facts.no_rate, facts.unreadable),
            (rows, outside, unknown, 0),
            "seed {seed}"
        );
        converted +=
            bought.iter().zip(&paid).filter(|(own, paid)| !matches!(own.1, "" | "USD") && paid.is_some()).count();
        left_out += unknown;
    }
    assert!(
        converted as u64 > crate::cases() && left_out > crate::cases() / 2,
        "the cases are too poor: {converted}, {left_out}"
    );
}

// ---- goals

/// Where a straight line over points is at a moment: at the last one from its day on, nowhere before the first.
fn line_at(course: &[(i64, Decimal)], time: i64) -> Option<f64> {
    let float = |own: Decimal| own.to_f64().unwrap();
    let (last, first) = (course.last()?, course.first()?);
    if time >= last.0 {
        return Some(float(last.1));
    }
    if time < first.0 {
        return None;
    }
    let (one, two) = course.windows(2).map(|own| (own[0], own[1])).find(|(one, two)| one.0 <= time && time < two.0)?;
    Some(float(one.1) + float(two.1 - one.1) * (time - one.0) as f64 / (two.0 - one.0) as f64)
}

/// The value at a place of the straight line nearest to some points, by the sums of the textbook.
fn nearest(points: &[(f64, f64)], at: f64) -> f64 {
    let count = points.len() as f64;
    let sum = |of: &dyn Fn(f64, f64) -> f64| points.iter().map(|(x, y)| of(*x, *y)).sum::<f64>();
    let (x, y, xy, xx) = (sum(&|x, _| x), sum(&|_, y| y), sum(&|x, y| x * y), sum(&|x, _| x * x));
    let slope = (count * xy - x * y) / (count * xx - x * x);
    (y - slope * x) / count + slope * at
}

#[test]
fn goals_are_told_as_the_law_says() {
    let mut foreseen = 0;
    for seed in 0..crate::cases() / 2 {
        let mut dice = Dice::new(seed);
        let first = BEGIN.div_euclid(DAY);
        let mut log = String::new();
        let mut times = Vec::new();
        for _ in 0..=dice.below(60) {
            let time = BEGIN + dice.hours(24 * 9);
            times.push(time);
            writeln!(
                log,
                "{}",
                json!({ "user_id": dice.below(9), "time": time / 1_000_000, "event": "bought", "total": dice.below(9) })
            )
            .unwrap();
        }
        let (begin, until) = (*times.iter().min().unwrap(), *times.iter().max().unwrap());
        let mut definition = till();
        let has_periods = dice.chance(80);
        definition.kpis.truncate(1);
        definition.kpis[0].per = has_periods.then_some(Period::Day);
        let mut days: Vec<i64> = (0..2 + dice.below(3)).map(|_| first - 3 + dice.below(20) as i64).collect();
        days.sort_unstable();
        days.dedup();
        if days.len() < 2 {
            continue;
        }
        let course: Vec<(i64, Decimal)> = days.iter().map(|day| (day * DAY, Decimal::from(dice.below(50)))).collect();
        definition.goals.push(Goal { path: "goal".to_owned(), label: String::new(), kpi: 0, course: course.clone() });
        let measured = measured(&definition, &log, &[]);
        let own = &measured.goals[0];

        let near = |own: Option<f64>, law: Option<f64>| match (own, law) {
            (Some(own), Some(law)) => (own - law).abs() < 1e-6 * (1.0 + law.abs()),
            (own, law) => own.is_none() && law.is_none(),
        };
        let values: Vec<f64> = measured.kpis[0].values.iter().map(|own| own.value.unwrap()).collect();
        // All periods but the last are whole.
        let whole = if values.len() > 1 { &values[..values.len() - 1] } else { &values[..] };
        let actual = *whole.last().unwrap();
        let float = |own: Decimal| own.to_f64().unwrap();
        let (from, to) = (float(course[0].1), float(course[course.len() - 1].1));
        let planned = line_at(&course, until);
        assert!(near(own.planned, planned), "seed {seed}: {own:?}, not {planned:?}");
        assert!(near(own.actual, Some(actual)), "seed {seed}: {own:?}, not {actual}");
        let done = (from < to || to < from).then(|| (actual - from) / (to - from));
        assert!(near(own.done, done), "seed {seed}: {own:?}, not {done:?}");
        let on_track = planned.map(|planned| if from <= to { actual >= planned } else { actual <= planned });
        assert_eq!(own.on_track, on_track, "seed {seed}: {own:?}");
        // The last period of the goal is the one before its end.
        let points: Vec<(f64, f64)> = whole.iter().enumerate().map(|(at, value)| (at as f64, *value)).collect();
        let last = (days[days.len() - 1] - 1 - begin.div_euclid(DAY)) as f64;
        let is_foreseen = has_periods && points.len() >= 3 && last > (points.len() - 1) as f64;
        let forecast = is_foreseen.then(|| nearest(&points, last));
        assert!(near(own.forecast, forecast), "seed {seed}: {own:?}, not {forecast:?}\n{log}");
        foreseen += u64::from(is_foreseen);
    }
    assert!(foreseen > crate::cases() / 10, "the cases are too poor: {foreseen} forecasts");
}
