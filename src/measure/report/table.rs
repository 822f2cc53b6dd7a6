//! For people: a bar for every stage, and under them the transitions beside their plan.

use std::fmt::Write;

use funnelc_engine::money::SpendFacts;
use funnelc_engine::result::{FunnelNumbers, KpiNumbers, KpiValue, StageNumbers, TransitionNumbers};

use super::Report;
use crate::report::text::one_line;
pub(super) use crate::report::text::{columns, grouped};

/// Numbers of fewer than this are marked: chance moves them.
pub(super) const FEW: u64 = 30;

/// How long the longest bar is.
const BAR: usize = 24;

pub(super) fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let log = &report.measured.log;
    let span = log.from.as_deref().zip(log.until.as_deref());
    let span = span.map(|(from, until)| format!(", {from} .. {until}")).unwrap_or_default();
    let accounts = log.accounts.map(|count| format!(" in {} accounts", grouped(count))).unwrap_or_default();
    let _ = writeln!(out, "{} events of {} people{accounts}{span}", grouped(log.events), grouped(log.people));
    skipped(report, &mut out);
    for funnel in &report.measured.funnels {
        out.push('\n');
        self::funnel(report, funnel, &mut out);
        super::parts::render(funnel, &mut out);
    }
    kpis(report, &mut out);
    super::board::render(report, &mut out);
    if !report.notes.is_empty() {
        out.push('\n');
    }
    for note in report.notes {
        let _ = writeln!(out, "note: {note}");
    }
    out
}

fn skipped(report: &Report<'_>, out: &mut String) {
    let log = &report.measured.log;
    let own = log.skipped;
    let rows = [
        (own.unreadable, "could not be read"),
        (own.no_name, "have no event name"),
        (own.no_time, "have no time that could be read"),
        (own.no_identity, "have no identity"),
    ];
    for (count, why) in rows.into_iter().filter(|(count, _)| *count > 0) {
        let _ = writeln!(out, "left out: {} of {} rows {why}", grouped(count), grouped(log.rows));
    }
    if log.not_numbers > 0 {
        let _ = writeln!(out, "left out: {} values that are summed are no numbers", grouped(log.not_numbers));
    }
    if log.unmatched_reversals > 0 {
        let count = grouped(log.unmatched_reversals);
        let _ = writeln!(out, "left out: {count} reversals (`net of`) fit nothing before them");
    }
    if log.no_rate > 0 {
        let count = grouped(log.no_rate);
        let _ = writeln!(out, "left out: {count} amounts are in a currency without a rate at their day");
    }
    if let Some(spend) = &log.spend {
        self::spend(spend, out);
    }
    if log.shared_identities > 0 {
        let count = grouped(log.shared_identities);
        let _ = writeln!(
            out,
            "seen with several people: {count} identities; each belongs to the one it was first seen with"
        );
    }
}

/// What a table of spend held that a reader would not expect.
fn spend(own: &SpendFacts, out: &mut String) {
    let rows = [
        (own.unreadable, "have no day, or an amount that is no number"),
        (own.no_rate, "are in a currency without a rate at their day"),
        (own.outside, "are of days outside of the log"),
    ];
    for (count, why) in rows.into_iter().filter(|(count, _)| *count > 0) {
        let _ = writeln!(out, "left out: {} of {} rows of spend {why}", grouped(count), grouped(own.rows));
    }
    let list = |names: &[String]| names.iter().map(|name| shown(name)).collect::<Vec<_>>().join(", ");
    if !own.unknown_channels.is_empty() {
        let _ = writeln!(out, "spent on channels that are not declared: {}", list(&own.unknown_channels));
    }
    if !own.missing_channels.is_empty() {
        let _ = writeln!(out, "nothing is said of what was spent on: {}", list(&own.missing_channels));
    }
}

/// A text of a log between backquotes, in which nothing can move the cursor.
fn shown(text: &str) -> String {
    format!("`{}`", one_line(text, true))
}

fn funnel(report: &Report<'_>, funnel: &FunnelNumbers, out: &mut String) {
    let title =
        if funnel.label == funnel.path { funnel.path.clone() } else { format!("{} ({})", funnel.label, funnel.path) };
    let _ = writeln!(out, "{}", bold(report, &title));
    let most = funnel.stages.iter().map(|stage| stage.people).max().unwrap_or(0);
    let counted = if funnel.counts_accounts { "accounts" } else { "people" };
    let mut rows = vec![["stage", counted, "", "of first", "entries", "visits"].map(str::to_owned)];
    for stage in &funnel.stages {
        let way = funnel.ways.iter().find(|way| way.to == stage.path);
        rows.push([
            stage.label.clone(),
            marked(stage),
            bar(report, stage.people, most),
            way.map_or(String::new(), |way| percent(way.rate)),
            grouped(stage.entries),
            grouped(stage.visits),
        ]);
    }
    columns(&rows, &[false, true, false, true, true, true], out);
    if funnel.transitions.is_empty() {
        return;
    }
    out.push('\n');
    let heads = ["transition", "plan", "actual", "visits", "still open", "median", "p90", "times"];
    let mut rows = vec![heads.map(str::to_owned)];
    for own in &funnel.transitions {
        let time = |value: Option<f64>| value.map_or(String::new(), spelled);
        rows.push([
            name(funnel, own),
            own.planned.map_or(String::new(), |planned| percent(Some(planned))),
            percent(own.rate),
            own.rate.map_or(String::new(), |_| format!("{} of {}", grouped(own.exits), grouped(own.of))),
            own.rate.map_or(String::new(), |_| grouped(own.open)),
            time(own.time.as_ref().map(|time| time.median)),
            time(own.time.as_ref().map(|time| time.p90)),
            own.time.as_ref().map_or(String::new(), |time| spark(report, &time.histogram)),
        ]);
    }
    columns(&rows, &[false, true, true, true, true, true, true, false], out);
    repeats(funnel, out);
    if funnel.stages.iter().any(is_few) {
        let _ = writeln!(out, "* fewer than {FEW} {counted}: chance moves such numbers");
    }
}

/// The KPIs, each with its value of all and under it those of its splits.
fn kpis(report: &Report<'_>, out: &mut String) {
    let (measured, not): (Vec<&KpiNumbers>, Vec<&KpiNumbers>) =
        report.measured.kpis.iter().partition(|kpi| kpi.unmeasured.is_none());
    if !measured.is_empty() {
        let mut rows = vec![["kpi", "value", "profit", "target", "", "joined", "still open"].map(str::to_owned)];
        rows.extend(measured.iter().flat_map(|kpi| kpi.values.iter().map(|own| kpi_row(kpi, own))));
        out.push('\n');
        only_filled(&rows, out);
        if measured.iter().flat_map(|kpi| &kpi.values).any(rests_on_few) {
            let _ = writeln!(out, "* rests on fewer than {FEW}: chance moves such numbers");
        }
    }
    if !not.is_empty() {
        out.push('\n');
    }
    for kpi in not {
        let _ = writeln!(out, "not measured: {}: {}", kpi.path, kpi.unmeasured.as_deref().unwrap_or_default());
    }
}

fn kpi_row(kpi: &KpiNumbers, own: &KpiValue) -> [String; 7] {
    // A group may be a text of a log.
    let place: Vec<String> = [&own.group, &own.period].into_iter().flatten().map(|text| one_line(text, true)).collect();
    let name = if place.is_empty() { kpi.label.clone() } else { format!("{}  {}", kpi.label, place.join(" ")) };
    let mark = if rests_on_few(own) { "*" } else { "" };
    let target = own.target.clone().or_else(|| kpi.target.clone().filter(|_| own.group.is_none()));
    let number = |number: Option<f64>| number.map_or(String::new(), |own| kpi_value(Some(own), "count"));
    [
        name,
        format!("{}{mark}", kpi_value(own.value, &kpi.unit)),
        own.profit.map_or(String::new(), |own| kpi_value(Some(own), &kpi.unit)),
        target.unwrap_or_default(),
        own.meets.map_or("", |meets| if meets { "met" } else { "missed" }).to_owned(),
        number(own.joined),
        number(own.open),
    ]
}

fn rests_on_few(own: &KpiValue) -> bool {
    #[allow(clippy::cast_precision_loss, reason = "thirty is exact")]
    let few = FEW as f64;
    own.value.is_some() && own.of.is_some_and(|of| of < few)
}

/// Columns of which something is filled besides the heading; the first stands at the left.
fn only_filled<const N: usize>(rows: &[[String; N]], out: &mut String) {
    let filled: Vec<usize> = (0..N).filter(|at| rows.iter().skip(1).any(|row| !row[*at].is_empty())).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| filled.iter().map(|at| row[*at].clone()).collect()).collect();
    let right: Vec<bool> = filled.iter().map(|at| *at > 0).collect();
    columns(&rows, &right, out);
}

#[allow(clippy::cast_sign_loss, reason = "a count is never negative")]
pub(super) fn kpi_value(value: Option<f64>, unit: &str) -> String {
    match (value, unit) {
        (None, _) => "-".to_owned(),
        (value, "ratio") => percent(value),
        (Some(value), "duration") => spelled(value),
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
fn repeats(funnel: &FunnelNumbers, out: &mut String) {
    for stage in funnel.stages.iter().filter(|stage| stage.people_by_entries.iter().skip(1).any(|people| *people > 0)) {
        // Whoever came three times came twice, too.
        let at_least = |times: usize| stage.people_by_entries.iter().skip(times - 1).sum::<u64>();
        let laps: Vec<String> = (2..=4).map(at_least).filter(|people| *people > 0).map(grouped).collect();
        let words =
            ["second", "third", "fourth"].iter().zip(laps).map(|(word, people)| format!("{people} a {word} time"));
        let _ = writeln!(out, "  {}: {}", stage.label, words.collect::<Vec<_>>().join(", "));
    }
}

pub(super) fn bold(report: &Report<'_>, text: &str) -> String {
    if report.style.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// A share with one decimal; a dash where there is none.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.1}%", share * 100.0))
}

/// Seconds in the unit that reads best.
fn spelled(seconds: f64) -> String {
    let units = [(86_400.0, "d"), (3_600.0, "h"), (60.0, "min")];
    match units.iter().find(|(length, _)| seconds >= *length) {
        Some((length, unit)) => format!("{:.1}{unit}", seconds / length),
        None => format!("{seconds:.0}s"),
    }
}
