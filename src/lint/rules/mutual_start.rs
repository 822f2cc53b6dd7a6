//! Sequences whose messages lead people round and round.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use rustc_hash::FxHashMap;

use super::endless_sequence::{NAMED, comes_again, named, started_by, sum};
use crate::analysis::timed::{Span, Timeline, occasion, sequences};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::Node;
use crate::model::{DeclId, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1721",
        name: "mutual-start",
        group: Group::Messages,
        level: Level::Warn,
        summary: "sequences whose messages lead to what starts them again",
        explanation: "A message that works leads to an event, and the event may start another sequence, whose messages lead back: the more \
                      somebody does what they are asked to, the more they are written to.\n\n\
                      Reported is a ring of sequences in which a message of each `aims_for` an event that starts the next (or the next starts \
                      when it is finished), and each lets people run through it again: `again always`, or `again after` a time that is no \
                      longer than one turn of the ring. A ring of `finished` alone is an [endless sequence](endless-sequence.md).\n\n\
                      Let one sequence of the ring start otherwise, or say `again never`.",
        bad: "event looked { sent_by web; owner web; status live }\n\
              sequence browse {\n  \
                start looked; basis legitimate_interest; again always\n  \
                email seen { subject \"You looked at this\"; cta \"Look again\" -> \"https://example.com\"; aims_for looked within 3d }\n\
              }\n",
        good: "event looked { sent_by web; owner web; status live }\n\
               sequence browse {\n  \
                 start looked; basis legitimate_interest; again after 30d\n  \
                 email seen { subject \"You looked at this\"; cta \"Look again\" -> \"https://example.com\"; aims_for looked within 3d }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let all: Vec<Node<'_, '_>> = sequences(model).collect();
    let mut by_start: FxHashMap<DeclId, Vec<usize>> = FxHashMap::default();
    for (at, own) in all.iter().enumerate() {
        let events = occasion::starts(*own).into_iter().filter_map(occasion::Occasion::event);
        events.for_each(|event| by_start.entry(event.id).or_default().push(at));
    }
    let place: FxHashMap<DeclId, usize> = all.iter().enumerate().map(|(at, own)| (own.id, at)).collect();
    let mut graph: DiGraph<(), bool> = DiGraph::new();
    let nodes: Vec<_> = all.iter().map(|_| graph.add_node(())).collect();
    for (at, own) in all.iter().enumerate() {
        for to in aims(*own).iter().filter_map(|event| by_start.get(event)).flatten() {
            graph.add_edge(nodes[at], nodes[*to], true);
        }
        for from in started_by(*own).iter().filter_map(|before| place.get(before)) {
            graph.add_edge(nodes[*from], nodes[at], false);
        }
    }
    for ring in kosaraju_scc(&graph) {
        let is_aimed = graph.edge_indices().any(|edge| {
            let ends = graph.edge_endpoints(edge);
            graph[edge] && ends.is_some_and(|(from, to)| ring.contains(&from) && ring.contains(&to))
        });
        let mut ring: Vec<Node<'_, '_>> = ring.into_iter().map(|node| all[node.index()]).collect();
        ring.sort_by_key(|own| own.path());
        let turn = ring.iter().map(|own| Timeline::of(*own).end).fold(Span::default(), sum);
        if is_aimed && ring.iter().all(|own| comes_again(*own, turn.most)) {
            found.push(report(&ring));
        }
    }
}

/// The events that messages of a sequence aim for.
fn aims(sequence: Node<'_, '_>) -> Vec<DeclId> {
    let steps = sequence.descendants().into_iter();
    let aimed = steps.flat_map(|step| occasion::of_field(step.field("aims_for"), "event"));
    aimed.filter_map(|own| own.event().map(|event| event.id)).collect()
}

fn report(ring: &[Node<'_, '_>]) -> Diagnostic {
    let names = named(ring);
    let message = say!("{names}: what the messages lead to starts them again", names);
    let mut report = Diagnostic::new(&RULE.code, ring[0].place(), message)
        .at(say!("comes round again, as often as people do what they are asked to"))
        .help(say!("let one of them start otherwise, or write `again never`"));
    for other in ring.iter().take(NAMED).skip(1) {
        report = report.label(other.place(), say!("in the same ring"));
    }
    report
}
