//! Laws of segments.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rustc_hash::FxHashMap;

use crate::analysis::segments::relations::references;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::types::BAD_VALUE;
use crate::model::walk::Node;
use crate::model::{DeclId, Kind, Model};
use crate::say;
use crate::source::Span;

/// A segment may use others, but not in a circle: nobody could say who belongs to it.
pub(super) fn segments_are_not_circular(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let mut graph: DiGraph<DeclId, Span> = DiGraph::new();
    let kinds = [Kind::Segment, Kind::Antisegment];
    let ids = kinds.iter().flat_map(|kind| model.all_of_kind(*kind)).copied();
    let index: FxHashMap<DeclId, NodeIndex> = ids.map(|id| (id, graph.add_node(id))).collect();
    for from in graph.node_indices() {
        for (to, span) in references(model.node(graph[from])) {
            if let Some(to) = index.get(&to) {
                graph.add_edge(from, *to, span);
            }
        }
    }
    for component in kosaraju_scc(&graph) {
        found.extend(report(model, &graph, &component));
    }
}

/// One finding for each knot of segments that use each other: at the first of them that is declared.
fn report(model: &Model<'_>, graph: &DiGraph<DeclId, Span>, component: &[NodeIndex]) -> Option<Diagnostic> {
    let mut members = component.to_vec();
    members.sort_by_key(|index| graph[*index]);
    let within = |from: NodeIndex| {
        let edges = graph.edges(from).filter(|edge| component.contains(&petgraph::visit::EdgeRef::target(edge)));
        edges.map(|edge| *edge.weight()).min()
    };
    let first: Node<'_, '_> = model.node(graph[*members.first()?]);
    let place = within(*members.first()?)?;
    let name = first.name();
    let mut fault = Diagnostic::new(&BAD_VALUE, place, say!("who belongs to `{name}` depends on itself", name))
        .at(say!("used in its own condition"))
        .help(say!("a segment may use others, but not in a circle; write here what this one really asks for"));
    for other in members.iter().skip(1).take(4) {
        let name = model.node(graph[*other]).name();
        if let Some(span) = within(*other) {
            fault = fault.label(span, say!("by way of `{name}`", name));
        }
    }
    Some(fault)
}
