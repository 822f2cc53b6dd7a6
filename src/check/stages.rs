//! Laws of stages: everybody can get there, and from there to a conversion.

use crate::analysis::graph::{Edge, EdgeKind, Graph};
use crate::diagnostic::codes::graph::{DEAD_END_STAGE, NO_CONVERSION_PATH, NO_CONVERSION_STAGE, UNREACHABLE_STAGE};
use crate::diagnostic::{Diagnostic, Safety};
use crate::model::walk::Stage;
use crate::say;

/// A stage that no path from an entry stage reaches. Of stages that lead to one another only the first is reported, with
/// the others beside it; what lies behind them is reached as soon as they are.
pub(super) fn unreachable_stage(graph: &Graph<'_, '_>, found: &mut Vec<Diagnostic>) {
    let reached = graph.reached();
    let counts = |edge: &Edge<'_, '_>| edge.kind != EdgeKind::Referral && !reached[edge.from];
    for component in graph.cyclic_components(counts) {
        let from_outside = |stage: &usize| {
            let edges = graph.into[*stage].iter().map(|at| &graph.edges[*at]);
            edges.filter(|edge| counts(edge)).any(|edge| component.binary_search(&edge.from).is_err())
        };
        let whole = component.iter().all(|stage| graph.parts[graph.part_of[*stage]].is_whole);
        if whole && !component.iter().any(|stage| reached[*stage]) && !component.iter().any(from_outside) {
            found.push(report_unreachable(graph, &component));
        }
    }
}

fn report_unreachable(graph: &Graph<'_, '_>, component: &[usize]) -> Diagnostic {
    let first = graph.stages[component[0]];
    let name = first.name();
    let mut fault =
        Diagnostic::new(&UNREACHABLE_STAGE, first.place(), say!("nobody ever gets to stage `{name}`", name))
            .at(say!("no path from an entry stage leads here"))
            .help(say!(
                "people begin at stages that nothing leads to; mark the stage where they may begin here as `open`, or add a transition that leads here"
            ));
    for stage in component.iter().skip(1).take(MAX_LABELS).map(|stage| graph.stages[*stage]) {
        let other = stage.name();
        fault = fault.label(stage.place(), say!("`{other}` is reached only from here, and leads back", other));
    }
    match first.decl().fields.first() {
        Some(field) => fault.fix(Safety::Unsafe, say!("mark `{name}` as `open`", name), field.key.before(), "open; "),
        None => fault,
    }
}

/// A funnel in which no stage converts, and which hands nobody over to one that does.
pub(super) fn no_conversion_stage(graph: &Graph<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (at, part) in graph.parts.iter().enumerate() {
        if !part.is_whole || converts(graph, at) || graph.hands_over(at) {
            continue;
        }
        let name = part.funnel.name();
        let fault = Diagnostic::new(
            &NO_CONVERSION_STAGE,
            part.funnel.place(),
            say!("no stage of funnel `{name}` is a conversion", name),
        )
        .help(say!(
            "conversion rates, costs and forecasts need to know what counts as success: write `converts` in the stage that is the goal, or hand over to another funnel"
        ));
        let before = part.stages.clone().rev().map(|stage| graph.stages[stage]).find(|stage| !stage.is_loyalty());
        found.push(match before.and_then(|stage| Some((stage, stage.decl().fields.first()?))) {
            Some((stage, field)) => {
                let last = stage.name();
                fault.label(stage.place(), say!("perhaps this one")).fix(
                    Safety::Unsafe,
                    say!("make `{last}` the conversion", last),
                    field.key.before(),
                    "converts; ",
                )
            }
            None => fault,
        });
    }
}

fn converts(graph: &Graph<'_, '_>, part: usize) -> bool {
    graph.parts[part].stages.clone().any(|stage| graph.stages[stage].converts())
}

/// An entry stage, or a loop before the conversion, from which no path leads to a conversion. Where the path ends in a
/// stage that nobody can leave, that stage is the finding.
pub(super) fn no_conversion_path(graph: &Graph<'_, '_>, found: &mut Vec<Diagnostic>) {
    let leads = graph.leads_to_conversion();
    let early = graph.before_conversion(&graph.reached());
    let lost =
        |stage: usize| early[stage] && !leads[stage] && !graph.stages[stage].is_loyalty() && judged(graph, stage);
    let mut told = vec![false; graph.stages.len()];
    for stage in (0..graph.stages.len()).filter(|stage| lost(*stage)) {
        if graph.is_entry(stage) && graph.can_be_left(stage) {
            told[stage] = true;
            found.push(report_no_path(graph.stages[stage], true));
        }
    }
    for component in graph.cyclic_components(|edge| edge.kind != EdgeKind::Referral && !leads[edge.from]) {
        let stays = |stage: &usize| {
            let mut edges = graph.out[*stage].iter().map(|at| &graph.edges[*at]);
            edges.all(|edge| edge.kind == EdgeKind::Referral || component.binary_search(&edge.to).is_ok())
        };
        let silent = component.len() == 1 || component.iter().any(|stage| told[*stage]) || !component.iter().all(stays);
        if let Some(first) = component.iter().find(|stage| lost(**stage)).filter(|_| !silent) {
            found.push(report_no_path(graph.stages[*first], false));
        }
    }
}

/// Whether the absence of a conversion path can be judged: the funnel is whole, and should have one.
fn judged(graph: &Graph<'_, '_>, stage: usize) -> bool {
    let part = graph.part_of[stage];
    graph.parts[part].is_whole && (converts(graph, part) || graph.hands_over(part))
}

fn report_no_path(stage: Stage<'_, '_>, is_entry: bool) -> Diagnostic {
    let name = stage.name();
    let message = if is_entry {
        say!("people who begin at `{name}` never convert", name)
    } else {
        say!("people who get to `{name}` go round and never convert", name)
    };
    Diagnostic::new(&NO_CONVERSION_PATH, stage.place(), message)
        .at(say!("no path leads from here to a stage that `converts`"))
        .help(say!(
            "what is spent to bring people here would bring nothing; add the transition that is missing, or mark the stage that is the goal with `converts`"
        ))
}

/// A stage before the conversion that nobody can leave.
pub(super) fn dead_end_stage(graph: &Graph<'_, '_>, found: &mut Vec<Diagnostic>) {
    let early = graph.before_conversion(&graph.reached());
    for (at, stage) in graph.stages.iter().enumerate() {
        if !early[at] || stage.is_loyalty() || graph.can_be_left(at) || !judged(graph, at) {
            continue;
        }
        let name = stage.name();
        let mut fault = Diagnostic::new(&DEAD_END_STAGE, stage.place(), say!("nobody can leave stage `{name}`", name))
            .at(say!("no transition leads on from here"))
            .help(say!(
                "it comes before the conversion, so everybody who gets here is lost; add a transition such as `{name} -> …`, or mark it with `converts` if it is the goal",
                name
            ));
        for edge in
            graph.into[at].iter().map(|at| &graph.edges[*at]).filter(|edge| edge.from != edge.to).take(MAX_LABELS)
        {
            fault = fault.label(edge.declared.decl().span, say!("this leads here"));
        }
        found.push(fault);
    }
}

/// How many explaining places one finding points at.
pub(super) const MAX_LABELS: usize = 8;
