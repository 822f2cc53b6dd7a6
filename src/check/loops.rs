//! Laws of loops: each is meant, the loyalty half has one, and people can leave it.

use rust_decimal::Decimal;

use super::stages::MAX_LABELS;
use super::transitions::{rate_for, special_groups};
use crate::analysis::graph::{Edge, EdgeKind, Graph, Skip};
use crate::diagnostic::codes::graph::{ENDLESS_LOOP, MISSING_LOYALTY_LOOP, UNMARKED_CYCLE};
use crate::diagnostic::{Diagnostic, Safety};
use crate::say;

/// A cycle outside the loyalty layer that is not marked as one.
pub(super) fn unmarked_cycle(graph: &Graph<'_, '_>, found: &mut Vec<Diagnostic>) {
    let unmarked = |edge: &Edge<'_, '_>| graph.must_be_marked(edge);
    for component in graph.cyclic_components(unmarked) {
        let inside = |edge: &Edge<'_, '_>| unmarked(edge) && component.binary_search(&edge.from).is_ok();
        let first = component[0];
        let mut edges: Vec<usize> = graph.into[first].clone();
        edges.sort_unstable();
        let Some(edge) = edges.into_iter().map(|at| &graph.edges[at]).find(|edge| inside(edge)) else { continue };
        let mut path = graph.path(first, edge.from, inside);
        path.push(first);
        found.push(report_cycle(graph, edge, &path));
    }
}

fn report_cycle(graph: &Graph<'_, '_>, edge: &Edge<'_, '_>, path: &[usize]) -> Diagnostic {
    let words = path_words(graph, path);
    let span = edge.declared.decl().span;
    Diagnostic::new(&UNMARKED_CYCLE, span, say!("the stages go round in a circle: {words}", words))
        .at(say!("here it closes"))
        .label(graph.stages[edge.to].place(), say!("the circle begins and ends here"))
        .help(say!(
            "a person who goes round is counted in the same journey again and again; say that this way starts a new one with `as reentry`, that it brings new people with `as referral`, or remove it"
        ))
        .fix(Safety::Unsafe, say!("mark the transition `as reentry`"), span.after(), " as reentry")
}

/// The names along a path; of a long one its beginning and its end.
fn path_words(graph: &Graph<'_, '_>, path: &[usize]) -> String {
    let crosses = path.windows(2).any(|pair| graph.part_of[pair[0]] != graph.part_of[pair[1]]);
    let name = |stage: &usize| {
        let stage = graph.stages[*stage];
        if crosses { stage.path() } else { stage.name().to_owned() }
    };
    let mut names: Vec<String> = match path {
        [most @ .., before, last] if path.len() > MAX_LABELS + 2 => {
            let start = most.iter().take(MAX_LABELS - 1).map(name);
            start.chain(["…".to_owned()]).chain([before, last].map(name)).collect()
        }
        _ => path.iter().map(name).collect(),
    };
    names.iter_mut().for_each(|name| *name = if name == "…" { name.clone() } else { format!("`{name}`") });
    names.join(" -> ")
}

/// A funnel whose class promises a loyalty half, in which no cycle passes through the loyalty layer.
pub(super) fn missing_loyalty_loop(graph: &Graph<'_, '_>, found: &mut Vec<Diagnostic>) {
    let mut goes_round = vec![false; graph.parts.len()];
    for stage in graph.cyclic_components(|_| true).into_iter().flatten() {
        goes_round[graph.part_of[stage]] |= graph.stages[stage].is_loyalty();
    }
    for (at, part) in graph.parts.iter().enumerate() {
        let Some(class) = part.funnel.class().filter(|_| part.is_whole && part.funnel.promises_loyalty()) else {
            continue;
        };
        if goes_round[at] {
            continue;
        }
        let name = part.funnel.name();
        let place = part.funnel.decl().class.map_or(part.funnel.place(), |class| class.span);
        let message = say!("the {class} funnel `{name}` has no loop through its loyalty layer", class, name);
        let fault =
            Diagnostic::new(&MISSING_LOYALTY_LOOP, place, message).at(say!("promises customers who come again"));
        let last = part.stages.clone().rev().map(|stage| graph.stages[stage]).find(|stage| stage.is_loyalty());
        found.push(match last {
            Some(stage) => {
                let loyal = stage.name();
                fault.label(stage.place(), say!("nobody goes round from here")).help(say!(
                    "say how customers come again, for example `{loyal} -> {loyal}  rate …  within …`, or make the funnel `: standard`",
                    loyal
                ))
            }
            None => fault.help(say!(
                "it has no stage `: loyalty` at all; add one with a transition that leads back, or make the funnel `: standard`"
            )),
        });
    }
}

/// A loop that by its planned rates nobody ever leaves, for everybody or for those with rates of their own.
pub(super) fn endless_loop(graph: &Graph<'_, '_>, found: &mut Vec<Diagnostic>) {
    let skips = graph.skips();
    for stages in graph.loops(&skips) {
        endless_among(graph, &stages, &skips, found);
    }
}

fn endless_among(graph: &Graph<'_, '_>, stages: &[usize], skips: &[Skip], found: &mut Vec<Diagnostic>) {
    let plain = |at: usize| graph.edges[at].rate;
    let told = graph.endless_loops(stages, plain, skips);
    found.extend(told.iter().map(|component| report_endless(graph, component, &plain, None)));
    let limit = MAX_WORK / stages.len();
    for group in special_groups(graph, stages).into_iter().take(limit) {
        let rate = |at: usize| rate_for(&graph.edges[at], group);
        for component in graph.endless_loops(stages, rate, skips) {
            if !told.contains(&component) {
                found.push(report_endless(graph, &component, &rate, Some(group.name())));
            }
        }
    }
}

/// Stages looked at for all groups with rates of their own in one loop; beyond it only the plain rates are checked.
const MAX_WORK: usize = 100_000;

fn report_endless(
    graph: &Graph<'_, '_>,
    component: &[usize],
    rate: &dyn Fn(usize) -> Option<Decimal>,
    group: Option<&str>,
) -> Diagnostic {
    let names: Vec<String> =
        component.iter().take(MAX_LABELS).map(|stage| format!("`{}`", graph.stages[*stage].name())).collect();
    let names = names.join(", ");
    let message = match group {
        None => say!("by the planned rates nobody ever leaves {names}", names),
        Some(group) => say!("by the rates planned for `{group}` nobody of them ever leaves {names}", group, names),
    };
    let mut fault = Diagnostic::new(&ENDLESS_LOOP, graph.stages[component[0]].place(), message)
        .at(say!("everybody here goes round for ever"));
    let edges = component.iter().flat_map(|stage| &graph.out[*stage]);
    let inner = edges.filter(|at| component.binary_search(&graph.edges[**at].to).is_ok());
    for at in inner.take(MAX_LABELS) {
        let edge = &graph.edges[*at];
        let (Some(rate), true) = (rate(*at), edge.kind != EdgeKind::Referral) else { continue };
        fault = fault.label(edge.declared.decl().span, say!("{rate}% go on here", rate = rate.normalize()));
    }
    fault.help(say!(
        "the rates out of each of these stages add to exactly 100% and all stay inside, so people and money would grow without end; lower one of them, for some people do stop"
    ))
}
