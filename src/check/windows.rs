//! Laws of time: no window is one in which nothing can happen.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::diagnostic::codes::types::IMPOSSIBLE_WINDOW;
use crate::diagnostic::{Diagnostic, Safety};
use crate::model::decl::{Decl, find};
use crate::model::expr::{Dwell, Expr, ExprKind};
use crate::model::kinds::Kind;
use crate::model::value::{Captured, Duration};
use crate::model::walk::Transition;
use crate::model::{Model, Val};
use crate::say;
use crate::source::Span;

/// The declarations of the project itself.
fn own_decls<'a, 's>(model: &'a Model<'s>) -> impl Iterator<Item = &'a Decl<'s>> {
    model.decls.iter().filter(|decl| !model.sources.get(decl.span.file).embedded)
}

// ---- lengths of time

/// A length of time that is nothing or less, where something has to happen in it.
pub(super) fn empty_spans(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for decl in own_decls(model) {
        spans_of(decl, "", &decl.head, found);
        for field in &decl.fields {
            spans_of(decl, field.spec.word, &field.values, found);
        }
    }
}

fn spans_of(decl: &Decl<'_>, field: &'static str, values: &[Captured<'_>], found: &mut Vec<Diagnostic>) {
    for captured in values {
        match &captured.val {
            Val::Duration(duration) => {
                let word = if captured.slot == "value" { field } else { captured.slot };
                empty_span(*duration, captured.span, word, may_be_nothing(decl.kind, field, captured.slot), found);
            }
            Val::Workdays(days) if *days < Decimal::ZERO => {
                found.push(report_span(&format!("{days} workdays"), captured.span, ""));
            }
            Val::Expr(expr) => expr.walk(&mut |inner| expression_spans(inner, found)),
            Val::Rows(rows) => rows.iter().for_each(|row| spans_of(decl, field, row, found)),
            _ => {}
        }
    }
}

/// Whether no time at all is a sensible answer: a wait or a delivery of nothing, a target that nothing takes long.
fn may_be_nothing(kind: Kind, field: &str, slot: &str) -> bool {
    match (kind, field) {
        (Kind::Wait, _) => slot != "at_most",
        (Kind::Transition | Kind::Handover, _) => slot == "after",
        (Kind::Kpi, "target" | "alert")
        | (Kind::Event, "example")
        | (Kind::Channel, "lead_time")
        | (Kind::Sequence, "again")
        | (Kind::Goal | Kind::Tier | Kind::Prop | Kind::Member | Kind::Trait, _) => true,
        _ => false,
    }
}

fn expression_spans(expr: &Expr<'_>, found: &mut Vec<Diagnostic>) {
    match &expr.kind {
        ExprKind::Did { within: Some(within), .. } => empty_span(*within, expr.span, "within", false, found),
        ExprKind::Absent { lasting, .. } => empty_span(*lasting, expr.span, "for", false, found),
        ExprKind::In { dwell: Some(Dwell::Time(dwell)), .. } => empty_span(*dwell, expr.span, "for", false, found),
        ExprKind::In { dwell: Some(Dwell::OfCycle(share)), .. } if *share <= Decimal::ZERO => {
            found.push(report_span(&format!("{share}% of cycle"), expr.span, "for"));
        }
        ExprKind::Around { offset, .. } => empty_span(*offset, expr.span, "", true, found),
        ExprKind::Range(pair) => {
            if let (ExprKind::Literal(from), ExprKind::Literal(to)) = (&pair.0.kind, &pair.1.kind) {
                let ends = (Place { val: from, span: pair.0.span }, Place { val: to, span: pair.1.span });
                found.extend(reversed(ends.0, ends.1, Equal::Fits));
            }
        }
        _ => {}
    }
}

fn empty_span(duration: Duration, at: Span, word: &str, zero_fits: bool, found: &mut Vec<Diagnostic>) {
    let is_empty = match duration {
        Duration::Exact { seconds, .. } => seconds < Decimal::ZERO || seconds.is_zero() && !zero_fits,
        Duration::Calendar { months } => months == 0 && !zero_fits,
    };
    if is_empty {
        found.push(report_span(&duration.spelling(), at, word));
    }
}

fn report_span(spelling: &str, at: Span, word: &str) -> Diagnostic {
    let message = match word {
        "" => say!("nothing can happen in `{spelling}`", spelling),
        _ => say!("nothing can happen in `{word} {spelling}`", word, spelling),
    };
    Diagnostic::new(&IMPOSSIBLE_WINDOW, at, message)
        .at(say!("no time at all"))
        .help(say!("write how long it may take, for example `30d`"))
}

// ---- ranges

/// Where a value stands.
#[derive(Clone, Copy)]
struct Place<'a, 's> {
    val: &'a Val<'s>,
    span: Span,
}

/// Whether a range from a value to itself holds something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Equal {
    Fits,
    Empty,
}

/// A range whose end is before its start, or a time of day that ends when it begins.
pub(super) fn reversed_ranges(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for decl in own_decls(model) {
        inner_ranges(&decl.head, found);
        for field in &decl.fields {
            inner_ranges(&field.values, found);
            match (decl.kind, field.spec.word) {
                (Kind::Sending, "quiet") => quiet_for_ever(&field.values, found),
                (Kind::Campaign | Kind::Experiment | Kind::Goal, "between") | (Kind::Offer, "valid") => {
                    found.extend(from_to(&field.values, Equal::Fits));
                }
                (Kind::Survey, "question") => found.extend(from_to(&field.values, Equal::Empty)),
                (Kind::Holidays, "on") => holidays(&field.values, found),
                (Kind::Channel, "lead_time") => {
                    if let [from, to] = field.values.as_slice() {
                        found.extend(reversed(place(from), place(to), Equal::Fits));
                    }
                }
                _ => {}
            }
        }
    }
}

fn place<'a, 's>(captured: &'a Captured<'s>) -> Place<'a, 's> {
    Place { val: &captured.val, span: captured.span }
}

fn inner_ranges(values: &[Captured<'_>], found: &mut Vec<Diagnostic>) {
    for captured in values {
        if let Val::Range(pair) = &captured.val {
            let whole = |val| Place { val, span: captured.span };
            found.extend(reversed(whole(&pair.0), whole(&pair.1), Equal::Fits));
        }
    }
}

fn from_to(values: &[Captured<'_>], equal: Equal) -> Option<Diagnostic> {
    let (from, to) = (find(values, "from")?, find(values, "to")?);
    reversed(place(from), place(to), equal)
}

/// `quiet 21:00 .. 08:00` runs over midnight; only a time to itself is none.
fn quiet_for_ever(values: &[Captured<'_>], found: &mut Vec<Diagnostic>) {
    let (Some(from), Some(to)) = (find(values, "from"), find(values, "to")) else { return };
    let (Val::Time(start), Val::Time(end)) = (&from.val, &to.val) else { return };
    if start == end {
        found.push(
            Diagnostic::new(&IMPOSSIBLE_WINDOW, to.span, say!("the quiet time ends when it begins"))
                .at(say!("ends here"))
                .label(from.span, say!("begins here"))
                .help(say!("write when sending may begin again, for example `21:00 .. 08:00`, or leave it out")),
        );
    }
}

/// Days and ranges of days in one list.
fn holidays(values: &[Captured<'_>], found: &mut Vec<Diagnostic>) {
    for pair in values.windows(2).filter(|pair| pair[0].slot == "from" && pair[1].slot == "to") {
        found.extend(reversed(place(&pair[0]), place(&pair[1]), Equal::Fits));
    }
}

fn reversed(from: Place<'_, '_>, to: Place<'_, '_>, equal: Equal) -> Option<Diagnostic> {
    let order = compare(from.val, to.val)?;
    if order.is_lt() || order.is_eq() && equal == Equal::Fits {
        return None;
    }
    let (start, end) = (crate::model::print::value(from.val), crate::model::print::value(to.val));
    let message = if order.is_eq() {
        say!("nothing lies between `{start}` and `{end}`", start, end)
    } else {
        say!("`{start} .. {end}` ends before it begins", start, end)
    };
    let fault = Diagnostic::new(&IMPOSSIBLE_WINDOW, to.span, message);
    if from.span == to.span {
        return Some(fault.at(say!("from `{start}` to `{end}`", start, end)));
    }
    let fault = fault.at(say!("ends here")).label(from.span, say!("begins here"));
    if order.is_eq() {
        return Some(fault);
    }
    let edits = vec![
        crate::diagnostic::Edit { span: from.span, replacement: end.clone() },
        crate::diagnostic::Edit { span: to.span, replacement: start.clone() },
    ];
    Some(fault.fix_all(Safety::Unsafe, say!("write `{end} .. {start}`", end, start), edits))
}

/// Which of two ends of a range is less; nothing where they cannot be compared.
fn compare(from: &Val<'_>, to: &Val<'_>) -> Option<std::cmp::Ordering> {
    match (from, to) {
        (Val::Number(from), Val::Number(to)) | (Val::Percent(from), Val::Percent(to)) => Some(from.cmp(to)),
        (Val::Money(from), Val::Money(to)) if from.currency == to.currency => Some(from.amount.cmp(&to.amount)),
        (Val::Duration(from), Val::Duration(to)) => Some(from.seconds()?.cmp(&to.seconds()?)),
        (Val::Time(from), Val::Time(to)) => Some(from.cmp(to)),
        // A day of a month may begin or end it.
        _ => {
            let ((start, _), (_, end)) = (days(from)?, days(to)?);
            Some(if end < start { std::cmp::Ordering::Greater } else { std::cmp::Ordering::Less })
        }
    }
}

// ---- transitions and goals

/// `as reentry after 60d within 30d`: what comes soon enough for one comes too soon for the other.
pub(super) fn reentry_after_its_window(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for transition in model.nodes(Kind::Transition).chain(model.nodes(Kind::Handover)).map(Transition) {
        let (Some(after), Some(within)) = (transition.clause("after"), transition.clause("within")) else { continue };
        let (Val::Duration(wait), Val::Duration(limit)) = (&after.val, &within.val) else { continue };
        let is_late = wait.seconds().zip(limit.seconds()).is_some_and(|(wait, limit)| wait >= limit);
        if !transition.is_reentry() || !is_late || wait.seconds() <= Some(Decimal::ZERO) {
            continue;
        }
        let (wait, limit) = (wait.spelling(), limit.spelling());
        found.push(
            Diagnostic::new(
                &IMPOSSIBLE_WINDOW,
                within.span,
                say!("nobody can start again after {wait} and within {limit}", wait, limit),
            )
            .at(say!("at most {limit} after the last stage", limit))
            .label(after.span, say!("at least {wait} after it", wait))
            .help(say!("leave `within` out, or make it longer than `after`")),
        );
    }
}

/// A milestone before its goal begins or after it ends.
pub(super) fn milestone_outside_its_goal(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for goal in model.nodes(Kind::Goal) {
        let Some(between) = goal.decl().field("between") else { continue };
        let (Some(from), Some(to)) = (between.get("from"), between.get("to")) else { continue };
        let (Some((start, _)), Some((_, end))) = (days(&from.val), days(&to.val)) else { continue };
        if end < start {
            continue;
        }
        for date in goal.decl().all("milestone").filter_map(|field| field.get("date")) {
            let Some((first, last)) = days(&date.val) else { continue };
            let words = crate::model::print::value(&date.val);
            let fault = |message| Diagnostic::new(&IMPOSSIBLE_WINDOW, date.span, message).at(say!("outside the goal"));
            if last < start {
                found.push(
                    fault(say!("the milestone of {words} is before the goal begins", words))
                        .label(from.span, say!("the goal begins here")),
                );
            } else if first > end {
                found.push(
                    fault(say!("the milestone of {words} is after the goal ends", words))
                        .label(to.span, say!("the goal ends here")),
                );
            }
        }
    }
}

/// The first and the last day of a day or a month.
fn days(val: &Val<'_>) -> Option<(Date, Date)> {
    match *val {
        Val::Date(date) => Some((date, date)),
        Val::Month { year, month } => {
            let first = Date::new(year, month, 1).ok()?;
            Some((first, first.last_of_month()))
        }
        _ => None,
    }
}
