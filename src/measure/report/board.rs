//! Goals, cohorts and next events, for people.

use std::fmt::Write;

use funnelc_engine::result::{
    CohortNumbers, ExperimentNumbers, GoalNumbers, NextNumbers, RetentionNumbers, Seen, SurveyNumbers, share,
};

use super::Report;
use super::table::{FEW, bold, columns, grouped, kpi_value, percent};
use crate::report::text::one_line;

/// The most periods after joining that fit on a screen.
const PERIODS: usize = 12;

/// The most next events that are listed.
const NEXT: usize = 10;

pub(super) fn render(report: &Report<'_>, out: &mut String) {
    goals(&report.measured.goals, out);
    for own in &report.measured.experiments {
        experiment(report, own, out);
    }
    for own in &report.measured.surveys {
        survey(report, own, out);
    }
    if let Some(own) = &report.measured.attribution {
        let (answered, journeys) = (grouped(own.answered), grouped(own.journeys));
        let otherwise = &own.otherwise;
        let _ =
            writeln!(out, "\n{answered} of {journeys} journeys are credited by an answer, the others by `{otherwise}`");
    }
    for own in &report.measured.retentions {
        retention(report, own, out);
    }
    for own in &report.measured.next {
        next(report, own, out);
    }
}

fn goals(all: &[GoalNumbers], out: &mut String) {
    if all.is_empty() {
        return;
    }
    let mut rows = vec![["goal", "from", "to", "planned now", "actual", "done", ""].map(str::to_owned)];
    for own in all {
        let value = |value: Option<f64>| kpi_value(value, &own.unit);
        let period = own.period.as_deref().map(|period| format!("  {period}")).unwrap_or_default();
        let state = own.on_track.map_or("", |on_track| if on_track { "on track" } else { "behind" });
        rows.push([
            format!("{}{period}", own.label),
            value(Some(own.from)),
            value(Some(own.to)),
            value(own.planned),
            value(own.actual),
            percent(own.done),
            state.to_owned(),
        ]);
    }
    out.push('\n');
    columns(&rows, &[false, true, true, true, true, true, false], out);
}

fn experiment(report: &Report<'_>, own: &ExperimentNumbers, out: &mut String) {
    let title = format!("{}: {} -> {}", own.label, own.from, own.to);
    let _ = writeln!(out, "\n{}", bold(report, &title));
    let sure = format!("{:.0}% sure", own.confidence * 100.0);
    let mut rows = vec![["variant", "people", "still open", "rate", &sure, "difference", &sure, ""].map(str::to_owned)];
    let interval = |low: Option<f64>, high: Option<f64>| {
        low.zip(high).map_or(String::new(), |(low, high)| format!("{} .. {}", percent(Some(low)), percent(Some(high))))
    };
    for variant in &own.variants {
        let verdict = variant.differs.map_or("", |differs| if differs { "differs" } else { "may be chance" });
        rows.push([
            variant.name.clone(),
            grouped(variant.of),
            grouped(variant.open),
            percent(variant.rate),
            interval(variant.low, variant.high),
            variant.difference.map_or(String::new(), |own| percent(Some(own))),
            interval(variant.difference_low, variant.difference_high),
            verdict.to_owned(),
        ]);
    }
    columns(&rows, &[false, true, true, true, true, true, true, false], out);
    if let (Some(needed), Some(is_powered)) = (own.needed, own.is_powered) {
        let needed = kpi_value(Some(needed), "count");
        let state =
            if is_powered { "there are so many" } else { "there are fewer, so that a real effect may stay unseen" };
        let _ = writeln!(out, "  each variant needs {needed} people for the effect that is to be found; {state}");
    }
    if own.several + own.unknown > 0 {
        let (several, unknown) = (grouped(own.several), grouped(own.unknown));
        let _ =
            writeln!(out, "  left out: {several} people in several variants, {unknown} in one that is not declared");
    }
}

/// What people answered; what nobody did is left out.
fn survey(report: &Report<'_>, own: &SurveyNumbers, out: &mut String) {
    let _ = writeln!(out, "\n{}", bold(report, &own.label));
    let all: u64 = own.answers.iter().map(|answer| answer.people).sum::<u64>() + own.no_choice;
    let mut rows = vec![["answer", "people", ""].map(str::to_owned)];
    let mut add = |answer: &str, people: u64| {
        if people > 0 {
            rows.push([answer.to_owned(), grouped(people), percent(share(people, all))]);
        }
    };
    own.answers.iter().for_each(|answer| add(&answer.choice, answer.people));
    add("(none of the choices)", own.no_choice);
    if rows.len() > 1 {
        columns(&rows, &[false, true, true], out);
    } else {
        let _ = writeln!(out, "  nobody answered");
    }
}

fn retention(report: &Report<'_>, own: &RetentionNumbers, out: &mut String) {
    let whom = match (&own.segment, own.is_inside) {
        (Some(segment), Some(true)) => format!(", in {segment}"),
        (Some(segment), _) => format!(", not in {segment}"),
        _ => String::new(),
    };
    let _ = writeln!(out, "\n{}", bold(report, &format!("Seen again after {}{whom}, by {}", own.stage, own.every)));
    let width = own.cohorts.iter().map(|cohort| cohort.after.len()).max().unwrap_or(0);
    let shown = width.min(PERIODS);
    let mut rows = vec![["joined in".to_owned(), "people".to_owned()].to_vec()];
    rows[0].extend((1..=shown).map(|after| after.to_string()));
    rows.extend(own.cohorts.iter().map(|cohort| cohort_row(cohort, shown)));
    let right: Vec<bool> = (0..shown + 2).map(|at| at > 0).collect();
    columns(&rows, &right, out);
    let cells = || own.cohorts.iter().flat_map(|cohort| cohort.after.iter().take(shown));
    if cells().any(|cell| cell.open > 0) {
        let _ = writeln!(out, "~ incomplete: the time of some has not run out, who do not count yet");
    }
    if cells().any(is_few) {
        let _ = writeln!(out, "* fewer than {FEW} people: chance moves such numbers");
    }
    if width > shown {
        let _ = writeln!(out, "{} more in the other forms of this report", width - shown);
    }
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
    let _ = writeln!(out, "\n{}", bold(report, &format!("What came after {} for those who did not go on", own.stage)));
    let mut rows = vec![["next event", "visits"].map(str::to_owned)];
    for next in own.events.iter().take(NEXT) {
        let name = next.event.as_deref().map_or("(nothing)".to_owned(), |name| one_line(name, true));
        rows.push([name, grouped(next.visits)]);
    }
    columns(&rows, &[false, true], out);
    if own.events.len() > NEXT {
        let _ = writeln!(out, "{} more in the other forms of this report", own.events.len() - NEXT);
    }
}
