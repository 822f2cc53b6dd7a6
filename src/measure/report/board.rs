//! Goals, experiments, surveys, cohorts and next events, for people.

use funnelc_engine::result::{
    CohortNumbers, ExperimentNumbers, GoalNumbers, NextNumbers, RetentionNumbers, Seen, SurveyNumbers, share,
};

use super::Report;
use super::table::{FEW, kpi_value, only_filled, percent};
use crate::draw::grouped;
use crate::{phrase, say};

/// The most periods after joining that fit on a screen.
const PERIODS: usize = 12;

/// The most next events that are listed.
const NEXT: usize = 10;

pub(super) fn render(report: &Report<'_>, out: &mut String) {
    goals(report, &report.measured.goals, out);
    for own in &report.measured.experiments {
        experiment(report, own, out);
    }
    for own in &report.measured.surveys {
        survey(report, own, out);
    }
    if let Some(own) = &report.measured.attribution {
        let (answered, journeys, otherwise) = (grouped(own.answered), grouped(own.journeys), &own.otherwise);
        out.push('\n');
        report.line(
            &say!(
                "{answered} of {journeys} journeys are credited by an answer, the others by `{otherwise}`",
                answered,
                journeys,
                otherwise
            ),
            out,
        );
    }
    for own in &report.measured.retentions {
        retention(report, own, out);
    }
    for own in &report.measured.next {
        next(report, own, out);
    }
}

fn goals(report: &Report<'_>, all: &[GoalNumbers], out: &mut String) {
    if all.is_empty() {
        return;
    }
    let heads = report.heads(&[
        phrase!("goal"),
        phrase!("from"),
        phrase!("to"),
        phrase!("planned now"),
        phrase!("actual"),
        phrase!("done"),
        phrase!("forecast"),
        "",
    ]);
    let mut rows = Vec::new();
    for own in all {
        let value = |value: Option<f64>| kpi_value(report, value, &own.unit);
        let period = own.period.as_deref().map(|period| format!("  {period}")).unwrap_or_default();
        let state = own.on_track.map(|on_track| if on_track { phrase!("on track") } else { phrase!("behind") });
        rows.push(vec![
            format!("{}{period}", own.label),
            value(Some(own.from)),
            value(Some(own.to)),
            value(own.planned),
            value(own.actual),
            percent(own.done),
            own.forecast.map_or(String::new(), |own_end| value(Some(own_end))),
            state.map_or(String::new(), |word| report.word(word)),
        ]);
    }
    out.push('\n');
    only_filled(report, heads, rows, out);
}

fn experiment(report: &Report<'_>, own: &ExperimentNumbers, out: &mut String) {
    let (label, from, to) = (&own.label, &own.from, &own.to);
    report.title(&say!("{label}: {from} -> {to}", label, from, to), out);
    let share = format!("{:.0}", own.confidence * 100.0);
    let sure = say!("{share}% sure", share).said(report.language);
    let mut heads = report.heads(&[phrase!("variant"), phrase!("people"), phrase!("still open"), phrase!("rate")]);
    heads.extend([sure.clone(), report.word(phrase!("difference")), sure, String::new()]);
    let mut rows = vec![heads];
    let interval = |low: Option<f64>, high: Option<f64>| {
        low.zip(high).map_or(String::new(), |(low, high)| format!("{} .. {}", percent(Some(low)), percent(Some(high))))
    };
    for variant in &own.variants {
        let verdict =
            variant.differs.map(|differs| if differs { phrase!("differs") } else { phrase!("may be chance") });
        rows.push(vec![
            variant.name.clone(),
            grouped(variant.of),
            grouped(variant.open),
            percent(variant.rate),
            interval(variant.low, variant.high),
            variant.difference.map_or(String::new(), |own| percent(Some(own))),
            interval(variant.difference_low, variant.difference_high),
            verdict.map_or(String::new(), |word| report.word(word)),
        ]);
    }
    report.table(rows, &[7], out);
    people_of(report, own, out);
}

/// Whether an experiment has people enough, and who is left out.
fn people_of(report: &Report<'_>, own: &ExperimentNumbers, out: &mut String) {
    if let (Some(needed), Some(is_powered)) = (own.needed, own.is_powered) {
        let needed = kpi_value(report, Some(needed), "count");
        let words = if is_powered {
            say!("  each variant needs {needed} people for the effect that is to be found; there are so many", needed)
        } else {
            say!(
                "  each variant needs {needed} people for the effect that is to be found; there are fewer, so that a real effect may stay unseen",
                needed
            )
        };
        report.line(&words, out);
    }
    if own.several + own.unknown > 0 {
        let (several, unknown) = (grouped(own.several), grouped(own.unknown));
        report.line(
            &say!(
                "  left out: {several} people in several variants, {unknown} in one that is not declared",
                several,
                unknown
            ),
            out,
        );
    }
}

/// What people answered; what nobody did is left out.
fn survey(report: &Report<'_>, own: &SurveyNumbers, out: &mut String) {
    report.title(&say!("{label}", label = own.label), out);
    let all: u64 = own.answers.iter().map(|answer| answer.people).sum::<u64>() + own.no_choice;
    let mut rows = vec![report.heads(&[phrase!("answer"), phrase!("people"), ""])];
    let mut add = |answer: String, people: u64| {
        if people > 0 {
            rows.push(vec![answer, grouped(people), percent(share(people, all))]);
        }
    };
    own.answers.iter().for_each(|answer| add(answer.choice.clone(), answer.people));
    add(report.word(phrase!("(none of the choices)")), own.no_choice);
    if rows.len() > 1 {
        report.table(rows, &[], out);
    } else {
        report.line(&say!("  nobody answered"), out);
    }
}

fn retention(report: &Report<'_>, own: &RetentionNumbers, out: &mut String) {
    let (stage, every) = (&own.stage, period(report, &own.every));
    report.title(
        &match (&own.segment, own.is_inside) {
            (Some(segment), Some(true)) => {
                say!("Seen again after {stage}, in {segment}, by {every}", stage, segment, every)
            }
            (Some(segment), _) => {
                say!("Seen again after {stage}, not in {segment}, by {every}", stage, segment, every)
            }
            _ => say!("Seen again after {stage}, by {every}", stage, every),
        },
        out,
    );
    let width = own.cohorts.iter().map(|cohort| cohort.after.len()).max().unwrap_or(0);
    let shown = width.min(PERIODS);
    let mut rows = vec![report.heads(&[phrase!("joined in"), phrase!("people")])];
    rows[0].extend((1..=shown).map(|after| after.to_string()));
    rows.extend(own.cohorts.iter().map(|cohort| cohort_row(cohort, shown)));
    report.table(rows, &[], out);
    let cells = || own.cohorts.iter().flat_map(|cohort| cohort.after.iter().take(shown));
    if cells().any(|cell| cell.open > 0) {
        report.line(&say!("~ incomplete: the time of some has not run out, who do not count yet"), out);
    }
    if cells().any(is_few) {
        report.line(&say!("* fewer than {n} people: chance moves such numbers", n = FEW), out);
    }
    if width > shown {
        more(report, width - shown, out);
    }
}

/// The word of a period.
fn period(report: &Report<'_>, every: &str) -> String {
    report.word(match every {
        "day" => phrase!("day"),
        "week" => phrase!("week"),
        _ => phrase!("month"),
    })
}

/// How much more there is than what is shown.
pub(super) fn more(report: &Report<'_>, count: usize, out: &mut String) {
    report.line(&say!("{n} more in the other forms of this report", n = grouped(count as u64)), out);
}

fn cohort_row(cohort: &CohortNumbers, shown: usize) -> Vec<String> {
    let cell = |cell: &Seen| {
        let open = if cell.open > 0 { "~" } else { "" };
        format!("{}{}{open}", percent(cell.share), if is_few(cell) { "*" } else { "" })
    };
    let mut row = vec![cohort.period.clone(), grouped(cohort.joined)];
    row.extend((0..shown).map(|at| cohort.after.get(at).map_or(String::new(), cell)));
    row
}

const fn is_few(cell: &Seen) -> bool {
    cell.of < FEW
}

fn next(report: &Report<'_>, own: &NextNumbers, out: &mut String) {
    let stage = &own.stage;
    report.title(&say!("What came after {stage} for those who did not go on", stage), out);
    let mut rows = vec![report.heads(&[phrase!("next event"), phrase!("visits")])];
    for next in own.events.iter().take(NEXT) {
        let name = next.event.clone().unwrap_or_else(|| report.word(phrase!("(nothing)")));
        rows.push(vec![name, grouped(next.visits)]);
    }
    report.table(rows, &[], out);
    if own.events.len() > NEXT {
        more(report, own.events.len() - NEXT, out);
    }
}
