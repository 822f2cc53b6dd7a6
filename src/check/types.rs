//! Laws of types.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use super::stages::MAX_LABELS;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::types::ENDLESS_TYPE;
use crate::model::value::Type;
use crate::model::walk::{Node, Property};
use crate::model::{DeclId, Kind, Model, Val};
use crate::say;

/// Who needs whom: an edge is a member that no value of its type can do without.
type Needs = DiGraph<DeclId, DeclId>;

/// A value of a type ends somewhere: types that need each other in a circle have no values at all.
pub(super) fn types_that_end(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let mut graph = Needs::new();
    let index: FxHashMap<DeclId, NodeIndex> =
        model.all_of_kind(Kind::Type).iter().map(|id| (*id, graph.add_node(*id))).collect();
    for from in graph.node_indices() {
        for member in members(model.node(graph[from])) {
            let needed = member.declared_type().filter(|_| is_needed(member));
            if let Some(to) = needed.and_then(|needed| index.get(&needed.id)) {
                graph.add_edge(from, *to, member.id);
            }
        }
    }
    found.extend(kosaraju_scc(&graph).iter().filter_map(|component| report(model, &graph, component)));
}

/// The members of a type, with those of what it extends that it does not have itself.
fn members<'m, 's>(node: Node<'m, 's>) -> Vec<Property<'m, 's>> {
    let mut known = FxHashSet::default();
    let all = node.lineage().flat_map(|own| own.children_of(Kind::Member).collect::<Vec<_>>());
    all.filter(|member| known.insert(member.name())).map(Property).collect()
}

/// Whether every value has one of its type in it: a list may be empty, unless it says how many it holds at least.
fn is_needed(member: Property<'_, '_>) -> bool {
    member.is_required()
        && match member.kind_of_value() {
            Some(Type::Named(_)) => true,
            Some(Type::List(inner)) => matches!(**inner, Type::Named(_)) && holds_some(member),
            _ => false,
        }
}

fn holds_some(list: Property<'_, '_>) -> bool {
    let Some(Val::Range(ends)) = list.clause("range").map(|range| &range.val) else { return false };
    matches!(ends.0, Val::Number(least) if least >= Decimal::ONE)
}

/// One finding for each knot of types that need each other: at the first of them that is declared.
fn report(model: &Model<'_>, graph: &Needs, component: &[NodeIndex]) -> Option<Diagnostic> {
    let inside: FxHashSet<NodeIndex> = component.iter().copied().collect();
    let needing = |from: NodeIndex| {
        let edges = graph.edges(from).filter(|edge| inside.contains(&edge.target()));
        edges.map(|edge| *edge.weight()).min().map(|member| model.node(member))
    };
    let mut types = component.to_vec();
    types.sort_by_key(|index| graph[*index]);
    let (first, others) = types.split_first()?;
    let member = needing(*first)?;
    let (name, property) = (model.node(graph[*first]).name(), member.name());
    let mut fault =
        Diagnostic::new(&ENDLESS_TYPE, member.place(), say!("a value of type `{name}` would never end", name))
            .at(say!("every `{name}` needs its `{property}`", name, property));
    for other in others.iter().take(MAX_LABELS) {
        let Some(member) = needing(*other) else { continue };
        let (name, property) = (model.node(graph[*other]).name(), member.name());
        fault = fault.label(member.place(), say!("every `{name}` needs its `{property}`", name, property));
    }
    Some(fault.help(say!(
        "nobody could ever send one, so every event with it would be invalid; leave `required` out where a value may end, or make it a list that may be empty"
    )))
}
