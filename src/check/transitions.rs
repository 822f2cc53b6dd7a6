//! Laws of transitions: their rates are shares of a whole, their events enter the target, they stay in their funnel.

use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

use crate::analysis::graph::{Edge, EdgeKind, Graph, WHOLE};
use crate::analysis::segments::may_overlap;
use crate::analysis::whom::{Rates, Relation, relation, special_rate};
use crate::diagnostic::codes::graph::RATES_EXCEED_WHOLE;
use crate::diagnostic::codes::names::WRONG_KIND;
use crate::diagnostic::codes::types::{BAD_VALUE, TRIGGER_MISMATCH};
use crate::diagnostic::{Diagnostic, Message, Safety};
use crate::model::expr::{Expr, ExprKind};
use crate::model::faults::quoted_list;
use crate::model::kinds::Kind;
use crate::model::walk::{Node, Stage, Transition};
use crate::model::{DeclId, Model, Target, Val};
use crate::say;
use crate::source::Span;

/// A transition that leads out of its funnel, or a handover that stays in one.
pub(super) fn funnel_borders(graph: &Graph<'_, '_>, found: &mut Vec<Diagnostic>) {
    for transition in &graph.misplaced {
        let (Some(from), Some(to)) = (transition.from(), transition.to()) else { continue };
        let (own, other, span) = (from.path(), to.path(), transition.decl().span);
        let fault = match transition.kind() {
            Kind::Handover => {
                Diagnostic::new(&WRONG_KIND, span, say!("`{own}` and `{other}` are stages of one funnel", own, other))
                    .at(say!("a handover connects two funnels"))
                    .help(say!("write it as a transition inside the funnel, without `handover`"))
            }
            _ => {
                Diagnostic::new(&WRONG_KIND, span, say!("`{own}` and `{other}` are stages of two funnels", own, other))
                    .at(say!("a transition stays in its funnel"))
                    .help(say!("connect two funnels outside of both: `handover {own} -> {other}`", own, other))
            }
        };
        found.push(fault.label(from.place(), say!("from here")).label(to.place(), say!("to here")));
    }
}

// ---- rates

/// A planned rate below nothing, or of one transition above everybody.
pub(super) fn sensible_rates(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for transition in model.nodes(Kind::Transition).chain(model.nodes(Kind::Handover)).map(Transition) {
        let plain = transition.clause("rate").map(|clause| clause.span).zip(transition.rate());
        let special = transition.special_rates().into_iter().map(|(_, rate, span)| (span, rate));
        for (span, rate) in plain.into_iter().chain(special).filter(|(_, rate)| *rate < Decimal::ZERO) {
            let rate = rate.normalize();
            found.push(
                Diagnostic::new(&BAD_VALUE, span, say!("a rate cannot be {rate}%", rate))
                    .at(say!("less than nobody"))
                    .help(say!(
                        "a rate is the share of people who go on: from `0%` to `100%`, more only `as referral`"
                    )),
            );
        }
    }
}

/// Rates out of one stage that add to more than 100%, for everybody or for those with rates of their own.
pub(super) fn rates_exceed_whole(graph: &Graph<'_, '_>, found: &mut Vec<Diagnostic>) {
    for at in 0..graph.stages.len() {
        let edges: Vec<&Edge<'_, '_>> =
            graph.out[at].iter().map(|at| &graph.edges[*at]).filter(|edge| edge.kind != EdgeKind::Referral).collect();
        let rows: Vec<Rates<'_, '_>> = edges.iter().map(|edge| edge.declared.special_rates()).collect();
        edges.iter().zip(&rows).for_each(|(edge, rows)| rival_rates(edge, rows, found));
        let plain: Vec<Rate> = edges.iter().filter_map(|edge| plain_rate(edge)).collect();
        if sum(&plain) > WHOLE {
            found.push(report_sum(graph.stages[at], &plain, None));
        } else {
            special_sums(graph.stages[at], &edges, &rows, found);
        }
    }
}

type Rate = (Decimal, Span);

fn plain_rate(edge: &Edge<'_, '_>) -> Option<Rate> {
    Some((edge.rate?, edge.declared.clause("rate")?.span))
}

fn sum(rates: &[Rate]) -> Decimal {
    rates.iter().fold(Decimal::ZERO, |sum, (rate, _)| sum.saturating_add(*rate))
}

/// How many groups with rates of their own are looked at per stage, and rows per transition.
const MAX_GROUPS: usize = 32;

/// The sums for each group, and for each people of a channel where neither alone is too many.
fn special_sums(stage: Stage<'_, '_>, edges: &[&Edge<'_, '_>], rows: &[Rates<'_, '_>], found: &mut Vec<Diagnostic>) {
    let mut seen: FxHashSet<DeclId> = FxHashSet::default();
    let all = rows.iter().flatten().map(|(who, ..)| *who).filter(|who| seen.insert(who.id));
    let groups: Vec<Node<'_, '_>> = all.take(MAX_GROUPS).collect();
    let mut over: FxHashSet<DeclId> = FxHashSet::default();
    for who in &groups {
        let rates = rates_for(edges, rows, &[*who]);
        if sum(&rates) > WHOLE {
            over.insert(who.id);
            found.push(report_sum(stage, &rates, Some(say!("`{name}`", name = who.name()))));
        }
    }
    let (channels, people): (Vec<Node<'_, '_>>, Vec<Node<'_, '_>>) =
        groups.into_iter().filter(|who| !over.contains(&who.id)).partition(|who| who.kind() == Kind::Channel);
    for who in people {
        for channel in &channels {
            let rates = rates_for(edges, rows, &[who, *channel]);
            if sum(&rates) > WHOLE {
                let words = say!("`{name}` from `{channel}`", name = who.name(), channel = channel.name());
                found.push(report_sum(stage, &rates, Some(words)));
            }
        }
    }
}

fn rates_for(edges: &[&Edge<'_, '_>], rows: &[Rates<'_, '_>], who: &[Node<'_, '_>]) -> Vec<Rate> {
    let pairs = edges.iter().zip(rows);
    pairs.filter_map(|(edge, rows)| special_rate(rows, who).or_else(|| plain_rate(edge))).collect()
}

fn report_sum(stage: Stage<'_, '_>, rates: &[Rate], whose: Option<Message>) -> Diagnostic {
    let (name, total) = (stage.name(), sum(rates).normalize());
    let message = match whose {
        None => say!("the rates out of stage `{name}` add to {total}%", name, total),
        Some(whose) => say!("for {whose} the rates out of stage `{name}` add to {total}%", whose, name, total),
    };
    let mut fault = Diagnostic::new(&RATES_EXCEED_WHOLE, stage.place(), message)
        .at(say!("everybody who leaves here is 100%"))
        .help(say!(
            "a person goes on to one stage, so the shares cannot add to more than 100%; whoever stays or is lost is the rest. New people brought along are written `as referral`"
        ));
    for (rate, span) in rates.iter().take(2 * super::stages::MAX_LABELS) {
        fault = fault.label(*span, say!("{rate}%", rate = rate.normalize()));
    }
    fault
}

/// Two rates of one transition that can hold for the same person, with neither more specific.
fn rival_rates(edge: &Edge<'_, '_>, rows: &Rates<'_, '_>, found: &mut Vec<Diagnostic>) {
    let rows: Vec<_> = rows.iter().take(MAX_GROUPS).collect();
    for (at, (who, _, span)) in rows.iter().enumerate() {
        let rival =
            rows[..at].iter().find(|(other, ..)| matches!(relation(*who, *other), Relation::Same | Relation::Both));
        let Some((other, _, first)) = rival else { continue };
        let is_repeated = who.id == other.id;
        let example = may_overlap(who.model, who.id, other.id).filter(|_| !is_repeated).map(|person| person.example());
        let (own, other, from) = (who.name(), other.name(), edge.declared.from().map_or("", |from| from.name()));
        let message = if is_repeated {
            say!("`{own}` has two rates out of `{from}`", own, from)
        } else {
            say!("someone can be in `{own}` and in `{other}`, which have two rates", own, other)
        };
        found.push(
            Diagnostic::new(&RATES_EXCEED_WHOLE, *span, message)
                .at(example.unwrap_or_else(|| say!("which of the two holds cannot be told")))
                .label(*first, say!("the other rate"))
                .help(say!(
                    "the most specific rate wins, and neither of these is; exclude one segment from the other with `not`, or keep one rate"
                )),
        );
    }
}

/// Every segment, tier and channel that has a rate of its own out of some stages, in order.
pub(super) fn special_groups<'m, 's>(graph: &Graph<'m, 's>, stages: &[usize]) -> Vec<Node<'m, 's>> {
    let mut seen: FxHashSet<DeclId> = FxHashSet::default();
    let edges = stages.iter().flat_map(|stage| &graph.out[*stage]).map(|at| &graph.edges[*at]);
    let rows = edges.flat_map(|edge| edge.declared.special_rates());
    rows.map(|(who, ..)| who).filter(|who| seen.insert(who.id)).collect()
}

/// The planned rate of an edge for a group.
pub(super) fn rate_for<'m, 's>(edge: &Edge<'m, 's>, who: Node<'m, 's>) -> Option<Decimal> {
    special_rate(&edge.declared.special_rates(), &[who]).map(|(rate, _)| rate).or(edge.rate)
}

// ---- events

/// What can bring people into a stage: events, and the places of triggers that are no event.
#[derive(Default)]
pub(super) struct Triggers<'a, 's> {
    /// The events, with where they are named.
    pub(super) events: Vec<(DeclId, &'a Expr<'s>)>,
    /// Other triggers: scores, absences, entries of other places.
    pub(super) others: Vec<&'a Expr<'s>>,
    /// Whether something is not known.
    pub(super) unknown: bool,
}

/// The triggers of an expression, through `and`, `or` and filters.
pub(super) fn triggers<'a, 's>(owner: Node<'_, 's>, expr: &'a Expr<'s>) -> Triggers<'a, 's> {
    let mut found = Triggers::default();
    gather(owner, expr, &mut found);
    found
}

fn gather<'a, 's>(owner: Node<'_, 's>, expr: &'a Expr<'s>, found: &mut Triggers<'a, 's>) {
    match &expr.kind {
        ExprKind::Any(members) | ExprKind::All(members) => {
            members.iter().for_each(|member| gather(owner, member, found));
        }
        ExprKind::By { event, .. } => gather(owner, event, found),
        ExprKind::Name(at) | ExprKind::Call { callee: at, .. } => match owner.model.target(owner.id, *at) {
            Target::Decl(id) if owner.model.decl(id).kind == Kind::Event => found.events.push((id, expr)),
            _ => found.unknown = true,
        },
        _ => found.others.push(expr),
    }
}

/// A transition narrowed to an event that does not enter its target.
pub(super) fn trigger_mismatch(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for transition in model.nodes(Kind::Transition).chain(model.nodes(Kind::Handover)).map(Transition) {
        let (Some(to), Some(clause)) = (transition.to(), transition.clause("on")) else { continue };
        let Val::Expr(on) = &clause.val else { continue };
        let Some(enter) = to.field("enter") else { continue };
        let Some(expr) = enter.expr("value").filter(|_| !to.is_broken()) else { continue };
        let entering = triggers(enter.owner, expr);
        if entering.unknown {
            continue;
        }
        let narrowed = triggers(*transition, on);
        for (event, place) in &narrowed.events {
            if !entering.events.iter().any(|(own, _)| same_event(model, *own, *event)) {
                found.push(report_mismatch(model, to, *event, place.span, expr, &entering));
            }
        }
        for other in narrowed.others {
            let words = model.sources.text(other.span);
            found.push(
                Diagnostic::new(
                    &TRIGGER_MISMATCH,
                    other.span,
                    say!("`on` narrows a transition to events; `{words}` is none", words),
                )
                .at(say!("not an event"))
                .label(expr.span, say!("this enters the stage")),
            );
        }
    }
}

/// An event that extends an imported one of its name takes its place.
fn same_event(model: &Model<'_>, a: DeclId, b: DeclId) -> bool {
    let name = |id: DeclId| model.decl(id).name_text();
    a == b || (name(a) == name(b) && (model.lineage(a).any(|id| id == b) || model.lineage(b).any(|id| id == a)))
}

fn report_mismatch(
    model: &Model<'_>,
    to: Stage<'_, '_>,
    event: DeclId,
    at: Span,
    enter: &Expr<'_>,
    entering: &Triggers<'_, '_>,
) -> Diagnostic {
    let (stage, name) = (to.name(), model.decl(event).name_text());
    let message = say!("`{name}` does not enter stage `{stage}`", name, stage);
    let fault = Diagnostic::new(&TRIGGER_MISMATCH, at, message).at(say!("so nobody ever takes this transition"));
    if entering.events.is_empty() {
        let how = model.sources.text(enter.span);
        return fault.label(enter.span, say!("people enter by this, which is no event")).help(say!(
            "stage `{stage}` is entered by `{how}`, which `on` cannot narrow; leave `on` out",
            stage,
            how
        ));
    }
    let list = quoted_list(entering.events.iter().map(|(_, expr)| model.sources.text(expr.span)));
    let fault = fault.label(enter.span, say!("people enter by {list}", list)).help(say!(
        "`on` chooses among the events that enter the target; name one of them, or add `{name}` to `enter` of `{stage}`",
        name,
        stage
    ));
    match entering.events.as_slice() {
        [(_, only)] => {
            let right = model.sources.text(only.span);
            fault.fix(Safety::Unsafe, say!("write `{right}`", right), at, right)
        }
        _ => fault,
    }
}
