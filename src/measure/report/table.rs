//! For people: a bar for every stage, and under them the transitions beside their plan.

use funnelc_engine::money::SpendFacts;
use funnelc_engine::result::{FunnelNumbers, KpiNumbers, KpiValue, StageNumbers, TransitionNumbers};

use super::Report;
use crate::diagnostic::Message;
use crate::draw::grouped;
use crate::{phrase, say};

/// Numbers of fewer than this are marked: chance moves them.
pub(super) const FEW: u64 = 30;

/// How long the longest bar is.
const BAR: usize = 24;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    report.line(&head(report), &mut out);
    skipped(report, &mut out);
    for funnel in &report.measured.funnels {
        self::funnel(report, funnel, &mut out);
        super::parts::render(report, funnel, &mut out);
    }
    kpis(report, &mut out);
    messages(report, &mut out);
    super::board::render(report, &mut out);
    if !report.notes.is_empty() {
        out.push('\n');
    }
    for note in report.notes {
        report.line(&say!("note: {words}", words = note), &mut out);
    }
    out
}

/// What the log holds, and of which time.
fn head(report: &Report<'_>) -> Message {
    let log = &report.measured.log;
    let (events, people) = (grouped(log.events), grouped(log.people));
    let what = match log.accounts.map(grouped) {
        Some(accounts) => say!("{events} events of {people} people in {accounts} accounts", events, people, accounts),
        None => say!("{events} events of {people} people", events, people),
    };
    match (&log.from, &log.until) {
        (Some(from), Some(until)) => {
            say!("{what}{comma}{from} .. {until}", what, comma = report.language.comma(), from, until)
        }
        _ => what,
    }
}

fn skipped(report: &Report<'_>, out: &mut String) {
    let log = &report.measured.log;
    let (own, of) = (log.skipped, grouped(log.rows));
    let mut tell = |count: u64, message: &dyn Fn(String) -> Message| {
        if count > 0 {
            report.line(&message(grouped(count)), out);
        }
    };
    tell(own.unreadable, &|n| say!("left out: {n} of {of} rows could not be read", n, of));
    tell(own.no_name, &|n| say!("left out: {n} of {of} rows have no event name", n, of));
    tell(own.no_time, &|n| say!("left out: {n} of {of} rows have no time that could be read", n, of));
    tell(own.no_identity, &|n| say!("left out: {n} of {of} rows have no identity", n, of));
    tell(log.not_numbers, &|n| say!("left out: {n} values that are summed are no numbers", n));
    tell(log.unmatched_reversals, &|n| say!("left out: {n} reversals (`net of`) fit nothing before them", n));
    tell(log.no_rate, &|n| say!("left out: {n} amounts are in a currency without a rate at their day", n));
    if let Some(spend) = &log.spend {
        self::spend(report, spend, out);
    }
    if log.shared_identities > 0 {
        let count = grouped(log.shared_identities);
        report.line(
            &say!(
                "seen with several people: {count} identities; each belongs to the one it was first seen with",
                count
            ),
            out,
        );
    }
}

/// What a table of spend held that a reader would not expect.
fn spend(report: &Report<'_>, own: &SpendFacts, out: &mut String) {
    let of = grouped(own.rows);
    let mut tell = |count: u64, message: &dyn Fn(String) -> Message| {
        if count > 0 {
            report.line(&message(grouped(count)), out);
        }
    };
    tell(own.unreadable, &|n| {
        say!("left out: {n} of {of} rows of spend have no day, or an amount that is no number", n, of)
    });
    tell(own.no_rate, &|n| {
        say!("left out: {n} of {of} rows of spend are in a currency without a rate at their day", n, of)
    });
    tell(own.outside, &|n| say!("left out: {n} of {of} rows of spend are of days outside of the log", n, of));
    let list = |names: &[String]| {
        names.iter().map(|name| report.quoted(name)).collect::<Vec<_>>().join(report.language.comma())
    };
    if !own.unknown_channels.is_empty() {
        let names = list(&own.unknown_channels);
        report.line(&say!("spent on channels that are not declared: {names}", names), out);
    }
    if !own.missing_channels.is_empty() {
        let names = list(&own.missing_channels);
        report.line(&say!("nothing is said of what was spent on: {names}", names), out);
    }
}

fn funnel(report: &Report<'_>, funnel: &FunnelNumbers, out: &mut String) {
    let title =
        if funnel.label == funnel.path { funnel.path.clone() } else { format!("{} ({})", funnel.label, funnel.path) };
    report.title(&say!("{title}", title), out);
    let most = funnel.stages.iter().map(|stage| stage.people).max().unwrap_or(0);
    let counted = if funnel.counts_accounts { phrase!("accounts") } else { phrase!("people") };
    let heads = [phrase!("stage"), counted, "", phrase!("of first"), phrase!("entries"), phrase!("visits")];
    let mut rows = vec![report.heads(&heads)];
    for stage in &funnel.stages {
        let way = funnel.ways.iter().find(|way| way.to == stage.path);
        rows.push(vec![
            stage.label.clone(),
            marked(stage),
            bar(report, stage.people, most),
            way.map_or(String::new(), |way| percent(way.rate)),
            grouped(stage.entries),
            grouped(stage.visits),
        ]);
    }
    report.table(rows, &[2], out);
    if funnel.transitions.is_empty() {
        return;
    }
    out.push('\n');
    transitions(report, funnel, out);
    repeats(report, funnel, out);
    if funnel.stages.iter().any(is_few) {
        few(report, funnel, out);
    }
}

/// What the marks at small numbers mean.
pub(super) fn few(report: &Report<'_>, funnel: &FunnelNumbers, out: &mut String) {
    let words = if funnel.counts_accounts {
        say!("* fewer than {n} accounts: chance moves such numbers", n = FEW)
    } else {
        say!("* fewer than {n} people: chance moves such numbers", n = FEW)
    };
    report.line(&words, out);
}

fn transitions(report: &Report<'_>, funnel: &FunnelNumbers, out: &mut String) {
    let mut rows = vec![report.heads(&[
        phrase!("transition"),
        phrase!("plan"),
        phrase!("actual"),
        phrase!("visits"),
        phrase!("still open"),
        phrase!("median"),
        "p90",
        phrase!("times"),
    ])];
    for own in &funnel.transitions {
        let time = |value: Option<f64>| value.map_or(String::new(), |own| spelled(report, own));
        let of = |(part, whole): (u64, u64)| {
            let (part, whole) = (grouped(part), grouped(whole));
            let words = if own.is_referral {
                say!("{part} new by {whole}", part, whole)
            } else {
                say!("{part} of {whole}", part, whole)
            };
            words.said(report.language)
        };
        rows.push(vec![
            name(funnel, own),
            own.planned.map_or(String::new(), |planned| percent(Some(planned))),
            percent(own.rate),
            own.rate.map_or(String::new(), |_| of((own.exits, own.of))),
            own.rate.map_or(String::new(), |_| grouped(own.open)),
            time(own.time.as_ref().map(|time| time.median)),
            time(own.time.as_ref().map(|time| time.p90)),
            own.time.as_ref().map_or(String::new(), |time| spark(report, &time.histogram)),
        ]);
    }
    report.table(rows, &[7], out);
}

/// The KPIs, each with its value of all and under it those of its splits.
fn kpis(report: &Report<'_>, out: &mut String) {
    let (measured, not): (Vec<&KpiNumbers>, Vec<&KpiNumbers>) =
        report.measured.kpis.iter().partition(|kpi| kpi.unmeasured.is_none());
    if !measured.is_empty() {
        let heads = [
            phrase!("kpi"),
            phrase!("value"),
            phrase!("profit"),
            phrase!("target"),
            "",
            phrase!("joined"),
            phrase!("still open"),
        ];
        let rows = measured.iter().flat_map(|kpi| kpi.values.iter().map(|own| kpi_row(report, kpi, own)));
        out.push('\n');
        only_filled(report, report.heads(&heads), rows.collect(), out);
        if measured.iter().flat_map(|kpi| &kpi.values).any(rests_on_few) {
            report.line(&say!("* rests on fewer than {n}: chance moves such numbers", n = FEW), out);
        }
    }
    if !not.is_empty() {
        out.push('\n');
    }
    for kpi in not {
        let why = kpi.unmeasured.as_deref().unwrap_or_default();
        report.line(&say!("not measured: {path}: {why}", path = kpi.path, why), out);
    }
}

/// What became of messages that were sent.
fn messages(report: &Report<'_>, out: &mut String) {
    let told: Vec<_> =
        report.measured.messages.iter().filter(|own| own.sent.or(own.delivered).unwrap_or_default() > 0).collect();
    if told.is_empty() {
        return;
    }
    let heads = [
        phrase!("message"),
        phrase!("sent"),
        phrase!("delivered"),
        phrase!("opened"),
        phrase!("clicked"),
        phrase!("unsubscribed"),
        phrase!("reached its goal"),
    ];
    let rows = told.iter().map(|own| {
        let share = |part: Option<u64>, whole: Option<u64>| {
            let share = part.zip(whole).and_then(|(part, whole)| funnelc_engine::result::share(part, whole));
            part.map(|part| match share {
                Some(share) => format!("{} {:.1}%", grouped(part), share * 100.0),
                None => grouped(part),
            })
        };
        let reached = own.delivered.filter(|own| *own > 0).or(own.sent);
        [
            Some(own.path.clone()),
            own.sent.map(grouped),
            share(own.delivered, own.sent),
            share(own.opened, reached),
            share(own.clicked, reached),
            share(own.unsubscribed, reached),
            share(own.converted, own.sent.or(own.delivered)),
        ]
        .map(Option::unwrap_or_default)
        .to_vec()
    });
    out.push('\n');
    only_filled(report, report.heads(&heads), rows.collect(), out);
}

fn kpi_row(report: &Report<'_>, kpi: &KpiNumbers, own: &KpiValue) -> Vec<String> {
    let place: Vec<&str> = [&own.group, &own.period].into_iter().flatten().map(String::as_str).collect();
    let name = if place.is_empty() { kpi.label.clone() } else { format!("{}  {}", kpi.label, place.join(" ")) };
    let mark = if rests_on_few(own) { "*" } else { "" };
    let target = own.target.clone().or_else(|| kpi.target.clone().filter(|_| own.group.is_none()));
    let number = |number: Option<f64>| number.map_or(String::new(), |own| kpi_value(report, Some(own), "count"));
    let verdict = own.meets.map(|meets| if meets { phrase!("met") } else { phrase!("missed") });
    vec![
        name,
        format!("{}{mark}", kpi_value(report, own.value, &kpi.unit)),
        own.profit.map_or(String::new(), |own| kpi_value(report, Some(own), &kpi.unit)),
        target.unwrap_or_default(),
        verdict.map_or(String::new(), |word| report.word(word)),
        number(own.joined),
        number(own.open),
    ]
}

fn rests_on_few(own: &KpiValue) -> bool {
    #[allow(clippy::cast_precision_loss, reason = "thirty is exact")]
    let few = FEW as f64;
    own.value.is_some() && own.of.is_some_and(|of| of < few)
}

/// Columns of which something is filled besides the heading.
pub(super) fn only_filled(report: &Report<'_>, heads: Vec<String>, rows: Vec<Vec<String>>, out: &mut String) {
    let filled: Vec<usize> = (0..heads.len()).filter(|at| rows.iter().any(|row| !row[*at].is_empty())).collect();
    let all = std::iter::once(heads).chain(rows);
    let rows = all.map(|row| filled.iter().map(|at| row[*at].clone()).collect()).collect();
    report.table(rows, &[], out);
}

#[allow(clippy::cast_sign_loss, reason = "a count is never negative")]
pub(super) fn kpi_value(report: &Report<'_>, value: Option<f64>, unit: &str) -> String {
    match (value, unit) {
        (None, _) => "-".to_owned(),
        (value, "ratio") => percent(value),
        (Some(value), "duration") => spelled(report, value),
        (Some(value), "count") if value >= 0.0 && value.fract() == 0.0 => grouped(value as u64),
        (Some(value), "count" | "number") => format!("{value:.2}"),
        (Some(value), currency) => format!("{value:.2} {currency}"),
    }
}

const fn is_few(stage: &StageNumbers) -> bool {
    stage.people > 0 && stage.people < FEW
}

fn marked(stage: &StageNumbers) -> String {
    format!("{}{}", grouped(stage.people), if is_few(stage) { "*" } else { "" })
}

/// `from -> to` without the funnel's name, where both are its own.
fn name(funnel: &FunnelNumbers, own: &TransitionNumbers) -> String {
    let prefix = format!("{}.", funnel.path);
    let short = |path: &str| path.strip_prefix(&prefix).unwrap_or(path).to_owned();
    format!("{} -> {}", short(&own.from), short(&own.to))
}

#[allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "a bar is rough")]
fn bar(report: &Report<'_>, count: u64, most: u64) -> String {
    if count == 0 || most == 0 {
        return String::new();
    }
    let length = ((count as f64 / most as f64 * BAR as f64).round() as usize).max(1);
    let sign = if report.style.unicode { "█" } else { "#" };
    sign.repeat(length)
}

/// A histogram in a word: a sign for each place, from a minute to more than 180 days.
fn spark(report: &Report<'_>, counts: &[u64]) -> String {
    const SIGNS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    if !report.style.unicode {
        return String::new();
    }
    let most = counts.iter().max().copied().unwrap_or(0).max(1);
    let sign =
        |count: &u64| if *count == 0 { '·' } else { SIGNS[((count * 8).div_ceil(most) as usize).clamp(1, 8) - 1] };
    counts.iter().map(sign).collect()
}

/// How often people entered the stages of the loyalty half and others that are entered more than once.
fn repeats(report: &Report<'_>, funnel: &FunnelNumbers, out: &mut String) {
    for stage in funnel.stages.iter().filter(|stage| stage.people_by_entries.iter().skip(1).any(|people| *people > 0)) {
        // Whoever came three times came twice, too.
        let at_least = |times: usize| stage.people_by_entries.iter().skip(times - 1).sum::<u64>();
        let words: [fn(String) -> Message; 3] = [
            |people| say!("{people} a second time", people),
            |people| say!("{people} a third time", people),
            |people| say!("{people} a fourth time", people),
        ];
        let laps = (2..=4).zip(words).filter(|(times, _)| at_least(*times) > 0);
        let laps: Vec<String> =
            laps.map(|(times, words)| words(grouped(at_least(times))).said(report.language)).collect();
        let laps = laps.join(report.language.comma());
        report.line(&say!("  {stage}: {laps}", stage = stage.label, laps), out);
    }
}

/// A share with one decimal; a dash where there is none.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}%", share * 100.0))
}

/// Seconds in the unit that reads best.
fn spelled(report: &Report<'_>, seconds: f64) -> String {
    let say = |number: String, unit: fn(String) -> Message| unit(number).said(report.language);
    let in_unit = |length: f64| format!("{:.1}", seconds / length);
    match seconds {
        days if days >= 86_400.0 => say(in_unit(86_400.0), |n| say!("{n}d", n)),
        hours if hours >= 3_600.0 => say(in_unit(3_600.0), |n| say!("{n}h", n)),
        minutes if minutes >= 60.0 => say(in_unit(60.0), |n| say!("{n}min", n)),
        _ => say(format!("{seconds:.0}"), |n| say!("{n}s", n)),
    }
}
