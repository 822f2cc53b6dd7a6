//! Loops with referral in which every person brings at least one more.

use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

use crate::analysis::graph::{EdgeKind, Graph, Skip};
use crate::analysis::growth::{MAX_STAGES, grows};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1801",
        name: "referral-growth",
        group: Group::Graph,
        level: Level::Note,
        summary: "a loop with referral that by its planned rates grows without end",
        explanation: "Rates that bring new people may add to more than 100%. Where the loop they close returns at least one \
                      person for every one who goes round, the plan says that the number of people grows for ever: the spectral \
                      radius of its rates is 1 or more, decided exactly. That can be true for a while and is worth knowing; the \
                      forecast has no finite answer for such a loop and says so.",
        bad: "event visit \"Visit\" { sent_by web }\nevent order \"Order\" { sent_by web }\nfunnel shop \"Shop\" : hourglass {\n  stage visitor \"Visitor\" : top { enter visit }\n  stage buyer \"Buyer\" : loyalty { enter order; converts }\n  visitor -> buyer rate 50% within 7d\n  buyer -> visitor rate 200% within 30d as referral\n}\n",
        good: "event visit \"Visit\" { sent_by web }\nevent order \"Order\" { sent_by web }\nfunnel shop \"Shop\" : hourglass {\n  stage visitor \"Visitor\" : top { enter visit }\n  stage buyer \"Buyer\" : loyalty { enter order; converts }\n  visitor -> buyer rate 50% within 7d\n  buyer -> visitor rate 150% within 30d as referral\n}\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let graph = Graph::of(model);
    let skips = graph.skips();
    let loops = graph.loops(&skips);
    let endless = loops.iter().flat_map(|stages| graph.endless_loops(stages, |at| graph.edges[at].rate, &skips));
    let endless: FxHashSet<usize> = endless.flatten().collect();
    for component in graph.cyclic_components(|edge| edge.rate.is_some()) {
        let inner = |stage: &usize| component.binary_search(stage).is_ok();
        let mut edges = component.iter().flat_map(|stage| &graph.out[*stage]).map(|at| &graph.edges[*at]);
        let brings = edges.find(|edge| edge.kind == EdgeKind::Referral && edge.rate.is_some() && inner(&edge.to));
        // An endless loop is an error of its own; a loop of hundreds of stages was made by a machine.
        let silent = component.len() > MAX_STAGES || component.iter().any(|stage| endless.contains(stage));
        let Some(edge) = brings.filter(|_| !silent) else { continue };
        if grows(&matrix(&graph, &component, &skips)) != Some(true) {
            continue;
        }
        found.push(
            Diagnostic::new(&RULE.code, edge.declared.decl().span, say!("by the planned rates this loop grows without end"))
                .at(say!("the new people who come in here are at least as many as went round"))
                .label(graph.stages[component[0]].place(), say!("the loop begins here"))
                .help(say!(
                    "every person who goes round brings at least one more, so the forecast has no finite answer; lower a rate of the loop unless that is what you expect"
                )),
        );
    }
}

/// The planned rates between the stages of a loop, in percent.
fn matrix(graph: &Graph<'_, '_>, component: &[usize], skips: &[Skip]) -> Vec<Vec<Decimal>> {
    let mut rates = vec![vec![Decimal::ZERO; component.len()]; component.len()];
    let declared = component.iter().flat_map(|stage| &graph.out[*stage]).map(|at| &graph.edges[*at]);
    let declared = declared.map(|edge| (edge.from, edge.to, edge.rate));
    let added = skips.iter().map(|skip| (skip.from, skip.to, skip.rate));
    for (from, to, rate) in declared.chain(added) {
        if let (Ok(from), Ok(to), Some(rate)) = (component.binary_search(&from), component.binary_search(&to), rate) {
            rates[from][to] = rates[from][to].saturating_add(rate);
        }
    }
    rates
}
