//! Sequences that start each other for ever.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use rustc_hash::FxHashMap;

use crate::analysis::timed::{Span, Timeline, occasion};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::value::spell_seconds;
use crate::model::walk::Node;
use crate::model::{DeclId, Kind, Model, Val};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1704",
        name: "endless-sequence",
        group: Group::Messages,
        level: Level::Deny,
        summary: "sequences whose end starts them again, for ever",
        explanation: "A sequence that starts when another is finished, and so on in a ring, writes to the same person for as long as they live: nothing \
                      in the ring ends it but what stops it by chance.\n\n\
                      Reported is every ring of `start finished …` in which each sequence lets people run through it again: `again always`, or \
                      `again after` a time that is no longer than one turn of the ring.\n\n\
                      Let one sequence of the ring start otherwise, or say `again never`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              sequence tips { start joined or finished news; basis transactional; again always; wait 7d; email tip { subject \"A tip\" } }\n\
              sequence news { start finished tips; basis transactional; again always; wait 7d; email new { subject \"News\" } }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               sequence tips { start joined; basis transactional; again never; wait 7d; email tip { subject \"A tip\" } }\n\
               sequence news { start finished tips; basis transactional; again always; wait 7d; email new { subject \"News\" } }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let sequences: Vec<Node<'_, '_>> = model.nodes(Kind::Sequence).filter(|own| !own.is_broken()).collect();
    let mut graph: DiGraph<(), ()> = DiGraph::new();
    let nodes: FxHashMap<DeclId, _> = sequences.iter().map(|own| (own.id, graph.add_node(()))).collect();
    for own in &sequences {
        for before in started_by(*own) {
            if let (Some(from), Some(to)) = (nodes.get(&before), nodes.get(&own.id)) {
                graph.add_edge(*from, *to, ());
            }
        }
    }
    for ring in kosaraju_scc(&graph) {
        let mut ring: Vec<Node<'_, '_>> = ring.into_iter().map(|node| sequences[node.index()]).collect();
        let is_ring = ring.len() > 1 || started_by(ring[0]).contains(&ring[0].id);
        ring.sort_by_key(|own| own.path());
        let turn = ring.iter().map(|own| Timeline::of(*own).end).fold(Span::default(), sum);
        if is_ring && ring.iter().all(|own| comes_again(*own, turn.most)) {
            found.push(report(&ring, turn));
        }
    }
}

/// One after the other.
pub(super) fn sum(a: Span, b: Span) -> Span {
    Span { least: a.least.saturating_add(b.least), most: a.most.saturating_add(b.most) }
}

/// The sequences whose end starts a sequence.
pub(super) fn started_by(own: Node<'_, '_>) -> Vec<DeclId> {
    occasion::starts(own).into_iter().filter_map(|start| start.finished().map(|node| node.id)).collect()
}

/// Whether a person may run through it again after so many seconds; nothing said means never.
pub(super) fn comes_again(own: Node<'_, '_>, seconds: i64) -> bool {
    let Some(field) = own.field("again") else { return false };
    match field.get("after").map(|own| &own.val) {
        Some(Val::Duration(after)) => after.seconds().is_none_or(|after| after <= seconds.into()),
        _ => field.field.values.iter().any(|own| own.val.word() == Some("always")),
    }
}

/// The most sequences of a ring that are named.
pub(super) const NAMED: usize = 8;

/// The sequences of a ring, as far as they are named.
pub(super) fn named(ring: &[Node<'_, '_>]) -> String {
    let more = if ring.len() > NAMED { ", …" } else { "" };
    ring.iter().take(NAMED).map(|own| format!("`{}`", own.name())).collect::<Vec<_>>().join(", ") + more
}

fn report(ring: &[Node<'_, '_>], turn: Span) -> Diagnostic {
    let names = named(ring);
    let (least, most) = (spell_seconds(turn.least.into()), spell_seconds(turn.most.into()));
    let mut report =
        Diagnostic::new(&RULE.code, ring[0].place(), say!("{names} go on for ever: the end starts them again", names))
            .at(say!("comes round again after {least} to {most}", least, most))
            .help(say!("let one of them start otherwise, or write `again never`"));
    for other in ring.iter().take(NAMED).skip(1) {
        report = report.label(other.place(), say!("in the same ring"));
    }
    report
}
