//! For people: each funnel in a typical month, then channels, months, promises, and what moves most.

use std::fmt::Write as _;

use super::{Format, Report};
use crate::diagnostic::Message;
use crate::forecast::{FunnelForecast, Origin, Promise, Verdict, spelled};
use crate::report::text::{columns, isolated_in, one_line};
use crate::{phrase, say};

pub(super) const FORMAT: Format = Format { name: "table", about: "for people", render };

/// How many levers are shown.
const LEVERS: usize = 5;
/// Where a table would have more rows, the rest is told by the other forms.
const ROWS: usize = 60;

fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let own = report.forecast;
    let rates = if own.rates == "measured" { say!("measured rates") } else { say!("planned rates") };
    let head = match (own.months.first(), own.months.last()) {
        (Some(from), Some(to)) => say!("forecast by {rates}, months {from} to {to}", rates, from, to),
        _ => say!("forecast by {rates}", rates),
    };
    line(report, &head, &mut out);
    for funnel in &own.funnels {
        self::funnel(report, funnel, &mut out);
    }
    origins(report, &mut out);
    segments(report, &mut out);
    months(report, &mut out);
    promises(report, &mut out);
    if !own.levers.is_empty() {
        title(report, &say!("What moves the number of new customers most"), &mut out);
        let heads = [phrase!("transition"), phrase!("rate"), phrase!("1% more gives")];
        let rows = own.levers.iter().filter(|own| is_told(own)).take(LEVERS);
        let rows = rows.map(|lever| vec![lever.transition.clone(), percent(lever.rate), signed(lever.elasticity)]);
        table(report, &heads, rows.collect(), &mut out);
    }
    if !own.notes.is_empty() {
        out.push('\n');
    }
    for note in &own.notes {
        line(report, &say!("note: {words}", words = note), &mut out);
    }
    out
}

fn line(report: &Report<'_>, message: &Message, out: &mut String) {
    let _ = writeln!(out, "{}", said(report, message));
}

fn title(report: &Report<'_>, message: &Message, out: &mut String) {
    let words = said(report, message);
    let words = if report.style.color { format!("\u{1b}[1m{words}\u{1b}[0m") } else { words };
    let _ = writeln!(out, "\n{words}");
}

fn said(report: &Report<'_>, message: &Message) -> String {
    let unicode = report.style.unicode;
    isolated_in(report.language, unicode, &one_line(&message.said(report.language), unicode))
}

/// Rows under a heading; columns of which nothing is filled are left out, and numbers stand at the right.
fn table(report: &Report<'_>, heads: &[&'static str], rows: Vec<Vec<String>>, out: &mut String) {
    let filled: Vec<usize> = (0..heads.len()).filter(|at| rows.iter().any(|row| !row[*at].is_empty())).collect();
    let cell = |text: &str| isolated_in(report.language, report.style.unicode, &one_line(text, report.style.unicode));
    let head = filled.iter().map(|at| cell(report.language.text(heads[*at]))).collect();
    let mut shown: Vec<Vec<String>> = vec![head];
    let hidden = rows.len().saturating_sub(ROWS);
    shown.extend(rows.into_iter().take(ROWS).map(|row| filled.iter().map(|at| cell(&row[*at])).collect()));
    let right: Vec<bool> = filled.iter().map(|at| *at > 0).collect();
    columns(&shown, &right, out);
    if hidden > 0 {
        line(report, &crate::count!("  and {n} more", "  and {n} more", hidden), out);
    }
}

fn funnel(report: &Report<'_>, own: &FunnelForecast, out: &mut String) {
    let label = if own.label == own.path { own.path.clone() } else { format!("{} ({})", own.label, own.path) };
    match own.people {
        Some(people) => {
            title(report, &say!("{label}: {people} people a month", label, people = amount(people)), out);
        }
        None => title(report, &say!("{label}", label), out),
    }
    let heads = [
        phrase!("stage"),
        phrase!("people a month"),
        phrase!("visits a month"),
        phrase!("reached by"),
        phrase!("visits each"),
    ];
    let rows = own.stages.iter().map(|stage| {
        let flow =
            |of: fn(crate::forecast::Flow) -> f64| stage.typical.map(|flow| amount(of(flow))).unwrap_or_default();
        vec![
            stage.label.clone(),
            flow(|flow| flow.people),
            flow(|flow| flow.visits),
            percent(stage.reach),
            short(stage.visits_per_person),
        ]
    });
    table(report, &heads, rows.collect(), out);
    for round in &own.loops {
        let prefix = format!("{}.", own.path);
        let names: Vec<&str> = round.stages.iter().map(|path| path.strip_prefix(&prefix).unwrap_or(path)).collect();
        let names: Vec<String> = names.iter().take(LEVERS).map(|name| format!("`{name}`")).collect();
        let stages = names.join(report.language.comma());
        let (reach, laps) = (percent(round.reach), short(round.laps));
        line(
            report,
            &say!("  loop of {stages}: {reach} come into it and go {laps} laps each", stages, reach, laps),
            out,
        );
    }
}

fn origins(report: &Report<'_>, out: &mut String) {
    let own = report.forecast;
    if own.total.people <= 0.0 {
        return;
    }
    title(report, &say!("Where people come from, a typical month"), out);
    let heads = [
        phrase!("channel"),
        phrase!("people"),
        phrase!("new customers"),
        phrase!("conversion"),
        phrase!("cost"),
        "CAC",
        "LTV",
        "LTV:CAC",
        phrase!("paid back in month"),
    ];
    let mut rows: Vec<Vec<String>> =
        own.channels.iter().map(|origin| self::origin(report, origin, &origin.label)).collect();
    let text = |words| report.language.text(words);
    rows.extend(own.referred.iter().map(|origin| self::origin(report, origin, text(phrase!("brought along")))));
    rows.push(self::origin(report, &own.total, text(phrase!("together"))));
    table(report, &heads, rows, out);
}

fn origin(report: &Report<'_>, own: &Origin, label: &str) -> Vec<String> {
    let money = |value: Option<f64>| value.map(|value| spelled(value, &report.forecast.currency)).unwrap_or_default();
    let never = || report.language.text(phrase!("not in ten years")).to_owned();
    let payback = own.payback_month.map(|month| month.to_string());
    vec![
        label.to_owned(),
        amount(own.people),
        own.customers.map(amount).unwrap_or_default(),
        own.conversion.map(percent).unwrap_or_default(),
        money(own.cost),
        money(own.cac),
        money(own.ltv),
        own.ltv_to_cac.map(short).unwrap_or_default(),
        payback.or_else(|| own.ltv_to_cac.map(|_| never())).unwrap_or_default(),
    ]
}

fn segments(report: &Report<'_>, out: &mut String) {
    if report.forecast.segments.is_empty() {
        return;
    }
    title(report, &say!("Segments"), out);
    let heads = [
        phrase!("segment"),
        phrase!("share"),
        phrase!("conversion"),
        phrase!("of others"),
        "LTV",
        phrase!("size"),
        phrase!("could become customers"),
    ];
    let rows = report.forecast.segments.iter().map(|own| {
        let share = |value: Option<f64>| value.map(percent).unwrap_or_default();
        vec![
            own.label.clone(),
            share(own.share),
            share(own.conversion),
            share(own.others),
            own.ltv.map(|value| spelled(value, &report.forecast.currency)).unwrap_or_default(),
            own.size.map(amount).unwrap_or_default(),
            own.potential.map(amount).unwrap_or_default(),
        ]
    });
    table(report, &heads, rows.collect(), out);
}

fn months(report: &Report<'_>, out: &mut String) {
    let own = report.forecast;
    if own.total.months.iter().all(|month| month.people <= 0.0) {
        return;
    }
    title(report, &say!("Month by month, from an empty funnel"), out);
    let heads = [phrase!("month"), phrase!("people"), phrase!("new customers"), phrase!("cost")];
    let rows = own.months.iter().zip(&own.total.months).map(|(name, month)| {
        vec![
            name.clone(),
            amount(month.people),
            month.customers.map(amount).unwrap_or_default(),
            month.cost.map(|cost| spelled(cost, &own.currency)).unwrap_or_default(),
        ]
    });
    table(report, &heads, rows.collect(), out);
}

fn promises(report: &Report<'_>, out: &mut String) {
    if report.forecast.promises.is_empty() {
        return;
    }
    title(report, &say!("Promises beside the plan"), out);
    let heads = [
        phrase!("goal or KPI"),
        phrase!("promised"),
        phrase!("planned"),
        "",
        phrase!("what would keep it"),
        phrase!("what moves it most"),
    ];
    let told = report.forecast.promises.iter().filter(|own| own.verdict != Verdict::Untold);
    table(report, &heads, told.map(|own| promise(report, own)).collect(), out);
    for own in report.forecast.promises.iter().filter(|own| own.verdict == Verdict::Untold) {
        let why = own.why.clone().unwrap_or_default();
        line(report, &say!("  not told by the plan: `{path}`: {why}", path = own.path, why), out);
    }
}

fn promise(report: &Report<'_>, own: &Promise) -> Vec<String> {
    let verdict = if own.verdict == Verdict::Kept { phrase!("kept") } else { phrase!("missed") };
    let lever = |lever: &crate::forecast::Lever| format!("{} ({})", lever.transition, signed(lever.elasticity));
    let needs = own.needs.as_ref();
    vec![
        own.label.clone(),
        format!("{} {}", own.comparison, spelled(own.promised, &own.unit)),
        own.planned.map(|value| spelled(value, &own.unit)).unwrap_or_default(),
        report.language.text(verdict).to_owned(),
        needs.map(|own| format!("{} {}", own.transition, percent(own.should_be))).unwrap_or_default(),
        own.levers.first().filter(|own| is_told(own)).map(lever).unwrap_or_default(),
    ]
}

fn amount(number: f64) -> String {
    spelled(number, "count")
}

fn percent(share: f64) -> String {
    spelled(share, "ratio")
}

fn short(number: f64) -> String {
    spelled(number, "number")
}

/// Whether a lever moves anything that can be seen.
fn is_told(lever: &crate::forecast::Lever) -> bool {
    lever.elasticity.abs() >= 0.005
}

/// What a number changes by, in percent.
fn signed(elasticity: f64) -> String {
    format!("{elasticity:+.2}%")
}
