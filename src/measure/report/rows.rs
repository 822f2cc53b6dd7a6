//! All numbers as one table, a row each: for spreadsheets as CSV, for warehouses as Parquet.

use funnelc_engine::Measured;
use funnelc_engine::result::{
    ExperimentNumbers, FunnelNumbers, FunnelPart, KpiNumbers, KpiValue, RetentionNumbers, SurveyNumbers, Times,
};
use funnelc_engine::write::{Kind, Table, Values};

use super::{Report, parts};
use crate::emit::csv;

/// The columns: what it is of, which number, split by what, and the number.
const COLUMNS: [(&str, Kind); 9] = [
    ("of", Kind::Text),
    ("path", Kind::Text),
    ("label", Kind::Text),
    ("measure", Kind::Text),
    ("by", Kind::Text),
    ("group", Kind::Text),
    ("period", Kind::Text),
    ("unit", Kind::Text),
    ("value", Kind::Number),
];

/// A number.
#[derive(Clone, Debug, Default)]
struct Row {
    of: &'static str,
    path: String,
    label: String,
    measure: String,
    by: Option<String>,
    group: Option<String>,
    period: Option<String>,
    unit: String,
    value: Option<f64>,
}

pub(super) fn csv(report: &Report<'_>) -> Vec<u8> {
    let mut table = vec![COLUMNS.map(|(name, _)| name.to_owned()).to_vec()];
    table.extend(rows(report.measured).into_iter().map(|row| {
        let mut cells: Vec<String> = texts(&row).into_iter().map(Option::unwrap_or_default).collect();
        cells.push(row.value.map(|value| value.to_string()).unwrap_or_default());
        cells
    }));
    csv::table(table)
}

pub(super) fn parquet(report: &Report<'_>) -> Vec<u8> {
    let rows = rows(report.measured);
    let texts: Vec<[Option<String>; 8]> = rows.iter().map(texts).collect();
    let mut columns: Vec<Values> =
        (0..8).map(|at| Values::Text(texts.iter().map(|row| row[at].clone()).collect())).collect();
    columns.push(Values::Number(rows.iter().map(|row| row.value).collect()));
    let heads: Vec<(String, Kind)> = COLUMNS.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
    let mut bytes = Vec::new();
    let written = Table::new(&mut bytes, &heads).and_then(|mut table| {
        table.add(columns)?;
        table.close()
    });
    // A vector takes every byte, and the columns are as they are declared.
    if written.is_err() { Vec::new() } else { bytes }
}

fn texts(row: &Row) -> [Option<String>; 8] {
    let own = row.clone();
    [
        Some(own.of.to_owned()),
        Some(own.path),
        Some(own.label),
        Some(own.measure),
        own.by,
        own.group,
        own.period,
        Some(own.unit),
    ]
}

#[allow(
    clippy::cast_precision_loss,
    clippy::unnecessary_wraps,
    reason = "counts of any log fit; a value may be missing"
)]
fn count(count: u64) -> Option<f64> {
    Some(count as f64)
}

fn rows(measured: &Measured) -> Vec<Row> {
    let mut rows = log(measured);
    measured.funnels.iter().for_each(|own| funnel(own, &mut rows));
    measured.kpis.iter().for_each(|own| kpi(own, &mut rows));
    for own in &measured.messages {
        let fates = [
            ("sent", own.sent),
            ("delivered", own.delivered),
            ("opened", own.opened),
            ("clicked", own.clicked),
            ("unsubscribed", own.unsubscribed),
            ("converted", own.converted),
        ];
        for (measure, value) in fates.into_iter().filter_map(|(measure, value)| Some((measure, value?))) {
            let (path, label) = (own.path.clone(), own.label.clone());
            let measure = measure.to_owned();
            rows.push(Row { of: "message", path, label, measure, value: count(value), ..Row::default() });
        }
    }
    for own in &measured.goals {
        let row = Row {
            of: "goal",
            path: own.path.clone(),
            label: own.label.clone(),
            unit: own.unit.clone(),
            ..Row::default()
        };
        let period = own.period.clone();
        let values = [
            ("from", Some(own.from)),
            ("to", Some(own.to)),
            ("planned", own.planned),
            ("actual", own.actual),
            ("done", own.done),
            ("forecast", own.forecast),
        ];
        for (measure, value) in values {
            let period = period.clone().filter(|_| measure == "actual");
            let unit = if measure == "done" { "ratio".to_owned() } else { row.unit.clone() };
            rows.push(Row { measure: measure.to_owned(), period, unit, value, ..row.clone() });
        }
    }
    measured.experiments.iter().for_each(|own| experiment(own, &mut rows));
    measured.retentions.iter().for_each(|own| retention(own, &mut rows));
    measured.surveys.iter().for_each(|own| survey(own, &mut rows));
    if let Some(own) = &measured.attribution {
        let row = Row { of: "attribution", path: own.otherwise.clone(), ..Row::default() };
        counted("journeys", own.journeys, &row, &mut rows);
        counted("answered", own.answered, &row, &mut rows);
    }
    for own in &measured.next {
        for next in &own.events {
            rows.push(Row {
                of: "next",
                path: own.stage.clone(),
                measure: "visits".to_owned(),
                by: Some("event".to_owned()),
                group: Some(next.event.clone().unwrap_or_else(|| "(nothing)".to_owned())),
                unit: "count".to_owned(),
                value: count(next.visits),
                ..Row::default()
            });
        }
    }
    rows
}

/// What the log held.
fn log(measured: &Measured) -> Vec<Row> {
    let own = &measured.log;
    let mut all = vec![("rows", own.rows), ("events", own.events), ("people", own.people)];
    all.extend(own.accounts.map(|accounts| ("accounts", accounts)));
    all.extend([
        ("skipped: unreadable", own.skipped.unreadable),
        ("skipped: no name", own.skipped.no_name),
        ("skipped: no time", own.skipped.no_time),
        ("skipped: no identity", own.skipped.no_identity),
        ("shared identities", own.shared_identities),
        ("not numbers", own.not_numbers),
        ("unmatched reversals", own.unmatched_reversals),
        ("no rate", own.no_rate),
    ]);
    let row = |(measure, value): (&str, u64)| Row {
        of: "log",
        measure: measure.to_owned(),
        unit: "count".to_owned(),
        value: count(value),
        ..Row::default()
    };
    all.into_iter().map(row).collect()
}

fn funnel(funnel: &FunnelNumbers, rows: &mut Vec<Row>) {
    for own in &funnel.stages {
        let row = Row {
            of: "stage",
            path: own.path.clone(),
            label: own.label.clone(),
            unit: "count".to_owned(),
            ..Row::default()
        };
        let people = if funnel.counts_accounts { "accounts" } else { "people" };
        let counts = [
            (people, own.people),
            ("entries", own.entries),
            ("visits", own.visits),
            ("mature visits", own.mature_visits),
            ("open visits", own.open_visits),
            ("dropped visits", own.dropped_visits),
        ];
        for (measure, value) in counts {
            rows.push(Row { measure: measure.to_owned(), value: count(value), ..row.clone() });
        }
    }
    for own in &funnel.transitions {
        let row = Row { of: "transition", path: own.path.clone(), ..Row::default() };
        ratio("planned rate", own.planned, &row, rows);
        ratio("rate", own.rate, &row, rows);
        let counts =
            [("exits", own.exits), ("of", own.of), ("open", own.open), ("taken", own.taken), ("people", own.people)];
        for (measure, value) in counts {
            counted(measure, value, &row, rows);
        }
        times(own.time.as_ref(), &row, rows);
    }
    for own in &funnel.ways {
        let row = Row { of: "way", path: format!("{} .. {}", own.from, own.to), ..Row::default() };
        ratio("rate", own.rate, &row, rows);
        for (measure, value) in [("arrived", own.arrived), ("of", own.of), ("open", own.open)] {
            counted(measure, value, &row, rows);
        }
        times(own.time.as_ref(), &row, rows);
    }
    funnel.parts.iter().for_each(|own| part(funnel, own, rows));
}

/// The numbers of a part; what it is of is said as for the whole.
fn part(funnel: &FunnelNumbers, part: &FunnelPart, rows: &mut Vec<Row>) {
    let groups: Vec<&str> = parts::groups(part).into_iter().map(|own| own.1).collect();
    let of_part = Row {
        by: Some(parts::by(part)),
        group: (!groups.is_empty()).then(|| groups.join(" and ")),
        period: part.period.clone(),
        unit: "count".to_owned(),
        ..Row::default()
    };
    let mut tell = |row: &Row, numbers: &[(&str, f64)]| {
        for (measure, value) in numbers {
            rows.push(Row { measure: (*measure).to_owned(), value: Some(*value), ..row.clone() });
        }
    };
    for (own, stage) in part.stages.iter().zip(&funnel.stages) {
        let row = Row { of: "stage", path: stage.path.clone(), label: stage.label.clone(), ..of_part.clone() };
        let people = if funnel.counts_accounts { "accounts" } else { "people" };
        let visits = [
            ("visits", own.visits),
            ("mature visits", own.mature_visits),
            ("open visits", own.open_visits),
            ("dropped visits", own.dropped_visits),
        ];
        tell(&row, &[(people, own.people), ("entries", own.entries)]);
        tell(&row, &visits);
    }
    for (own, transition) in part.transitions.iter().zip(&funnel.transitions) {
        let row = Row { of: "transition", path: transition.path.clone(), ..of_part.clone() };
        let rate: Vec<(&str, f64)> = own.rate.map(|rate| ("rate", rate)).into_iter().collect();
        tell(&Row { unit: "ratio".to_owned(), ..row.clone() }, &rate);
        let counts =
            [("exits", own.exits), ("of", own.of), ("open", own.open), ("taken", own.taken), ("people", own.people)];
        tell(&row, &counts);
        let median: Vec<(&str, f64)> = own.median.map(|time| ("median time", time)).into_iter().collect();
        tell(&Row { unit: "seconds".to_owned(), ..row }, &median);
    }
    for (own, way) in part.ways.iter().zip(&funnel.ways) {
        let row = Row { of: "way", path: format!("{} .. {}", way.from, way.to), ..of_part.clone() };
        let rate: Vec<(&str, f64)> = own.rate.map(|rate| ("rate", rate)).into_iter().collect();
        tell(&Row { unit: "ratio".to_owned(), ..row.clone() }, &rate);
        tell(&row, &[("arrived", own.arrived), ("of", own.of), ("open", own.open)]);
    }
}

fn counted(measure: &str, value: u64, row: &Row, rows: &mut Vec<Row>) {
    rows.push(Row { measure: measure.to_owned(), unit: "count".to_owned(), value: count(value), ..row.clone() });
}

fn ratio(measure: &str, value: Option<f64>, row: &Row, rows: &mut Vec<Row>) {
    if value.is_some() {
        rows.push(Row { measure: measure.to_owned(), unit: "ratio".to_owned(), value, ..row.clone() });
    }
}

fn times(own: Option<&Times>, row: &Row, rows: &mut Vec<Row>) {
    let Some(own) = own else { return };
    for (measure, value) in [("median time", own.median), ("p90 time", own.p90)] {
        rows.push(Row { measure: measure.to_owned(), unit: "seconds".to_owned(), value: Some(value), ..row.clone() });
    }
}

fn kpi(kpi: &KpiNumbers, rows: &mut Vec<Row>) {
    if kpi.unmeasured.is_some() {
        return;
    }
    let unit = if kpi.unit == "duration" { "seconds" } else { &kpi.unit };
    for own in &kpi.values {
        let KpiValue { by, group, period, .. } = own.clone();
        let row =
            Row { of: "kpi", path: kpi.path.clone(), label: kpi.label.clone(), by, group, period, ..Row::default() };
        let numbers = [
            ("profit", own.profit, unit),
            ("of", own.of, "count"),
            ("open", own.open, "count"),
            ("joined", own.joined, "count"),
        ];
        rows.push(Row { measure: "value".to_owned(), unit: unit.to_owned(), value: own.value, ..row.clone() });
        for (measure, value, unit) in numbers.into_iter().filter(|(_, value, _)| value.is_some()) {
            rows.push(Row { measure: measure.to_owned(), unit: unit.to_owned(), value, ..row.clone() });
        }
    }
}

fn experiment(own: &ExperimentNumbers, rows: &mut Vec<Row>) {
    let whole = Row {
        of: "experiment",
        path: own.path.clone(),
        label: own.label.clone(),
        unit: "count".to_owned(),
        ..Row::default()
    };
    for (measure, value) in [("several", count(own.several)), ("unknown", count(own.unknown)), ("needed", own.needed)] {
        rows.push(Row { measure: measure.to_owned(), value, ..whole.clone() });
    }
    for variant in &own.variants {
        let row = Row { by: Some("variant".to_owned()), group: Some(variant.name.clone()), ..whole.clone() };
        let counts =
            [("assigned", variant.assigned), ("arrived", variant.arrived), ("of", variant.of), ("open", variant.open)];
        for (measure, value) in counts {
            rows.push(Row { measure: measure.to_owned(), value: count(value), ..row.clone() });
        }
        ratio("rate", variant.rate, &row, rows);
        ratio("rate: low", variant.low, &row, rows);
        ratio("rate: high", variant.high, &row, rows);
        ratio("difference", variant.difference, &row, rows);
        ratio("difference: low", variant.difference_low, &row, rows);
        ratio("difference: high", variant.difference_high, &row, rows);
    }
}

fn survey(own: &SurveyNumbers, rows: &mut Vec<Row>) {
    let row = Row { of: "survey", path: own.path.clone(), label: own.label.clone(), ..Row::default() };
    for answer in &own.answers {
        let (by, group) = (Some("answer".to_owned()), Some(answer.choice.clone()));
        counted("people", answer.people, &Row { by, group, ..row.clone() }, rows);
    }
    counted("no choice", own.no_choice, &row, rows);
}

fn retention(own: &RetentionNumbers, rows: &mut Vec<Row>) {
    let group = own.segment.as_ref().zip(own.is_inside);
    let group = group.map(|(segment, is_inside)| if is_inside { segment.clone() } else { format!("not {segment}") });
    let row = Row {
        of: "retention",
        path: own.stage.clone(),
        by: group.is_some().then(|| "segment".to_owned()),
        group,
        ..Row::default()
    };
    for cohort in &own.cohorts {
        let row = Row { period: Some(cohort.period.clone()), unit: "count".to_owned(), ..row.clone() };
        rows.push(Row { measure: "joined".to_owned(), value: count(cohort.joined), ..row.clone() });
        for (at, cell) in cohort.after.iter().enumerate() {
            let name = format!("{} {}", own.every, at + 1);
            ratio(&format!("{name}: share"), cell.share, &row, rows);
            for (measure, value) in [("seen", cell.seen), ("of", cell.of), ("open", cell.open)] {
                rows.push(Row { measure: format!("{name}: {measure}"), value: count(value), ..row.clone() });
            }
        }
    }
}
