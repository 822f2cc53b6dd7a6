//! Which stage stands above which: layers from top to bottom, and inside a layer what leads to what.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use crate::analysis::graph::{EdgeKind, Graph};

/// The layers, from top to bottom.
pub(super) const LAYERS: [&str; 4] = ["top", "middle", "bottom", "loyalty"];

/// The stages of a funnel from top to bottom. In an inverted funnel the layer that is declared first is the top one.
pub(super) fn of(graph: &Graph<'_, '_>, stages: Range<usize>) -> Vec<usize> {
    let first = stages.start;
    let is_inverted = graph.parts.get(graph.part_of.get(first).copied().unwrap_or_default());
    let is_inverted = is_inverted.is_some_and(|part| part.funnel.class() == Some("inverted"));
    let layer_of = |stage: usize| LAYERS.iter().position(|layer| graph.stages[stage].layer() == Some(layer));
    let mut layers: Vec<Option<usize>> = Vec::new();
    for stage in stages.clone() {
        let layer = layer_of(stage);
        if !layers.contains(&layer) {
            layers.push(layer);
        }
    }
    if !is_inverted {
        layers.sort_unstable();
    }
    let mut order = Vec::with_capacity(stages.len());
    for layer in layers {
        let members: Vec<usize> = stages.clone().filter(|stage| layer_of(*stage) == layer).collect();
        order.extend(by_ways(graph, &members));
    }
    order
}

/// Stages so that ways lead down, as far as loops allow; else as they are declared.
fn by_ways(graph: &Graph<'_, '_>, members: &[usize]) -> Vec<usize> {
    let inside = |stage: usize| members.binary_search(&stage).ok();
    let ways = |at: usize| {
        let edges = graph.out[members[at]].iter().map(|edge| &graph.edges[*edge]);
        edges.filter(|edge| edge.kind == EdgeKind::Move && edge.from != edge.to).filter_map(|edge| inside(edge.to))
    };
    let mut waits = vec![0_usize; members.len()];
    (0..members.len()).flat_map(&ways).for_each(|to| waits[to] += 1);
    let mut ready: BinaryHeap<Reverse<usize>> = (0..members.len()).filter(|at| waits[*at] == 0).map(Reverse).collect();
    let mut placed = vec![false; members.len()];
    let mut order = Vec::with_capacity(members.len());
    for declared in 0..members.len() {
        // In a loop nobody is ready: then the first declared one begins.
        if ready.is_empty() && !placed[declared] {
            ready.push(Reverse(declared));
        }
        while let Some(Reverse(at)) = ready.pop() {
            if std::mem::replace(&mut placed[at], true) {
                continue;
            }
            order.push(members[at]);
            for to in ways(at) {
                waits[to] = waits[to].saturating_sub(1);
                if waits[to] == 0 && !placed[to] {
                    ready.push(Reverse(to));
                }
            }
        }
    }
    order
}
