//! An absorbing Markov chain: how often each stage is visited, from where people begin.
//!
//! With R the rates between stages, the visits of all who begin with `start` are `start · (I − R)⁻¹`. People can return
//! only inside a strongly connected component, so the matrix is block triangular: each component is inverted alone, by
//! Gauss-Jordan elimination, and visits flow from one to the next. Without loops that takes linear time. I − R is an
//! M-matrix exactly when all pivots are positive, and elimination without exchanging rows is then stable.
//!
//! Nothing but + − × ÷ is computed, in a fixed order, so that every machine gets the same bits.

use std::ops::Range;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};

/// Pivots below this belong to loops that nobody leaves, or that bring as many people as go round.
const NEAR_NOTHING: f64 = 1e-12;

/// A chain that everybody leaves in the end.
#[derive(Debug)]
pub(super) struct Chain {
    /// The components, those that come first before those they lead to.
    blocks: Vec<Block>,
    /// Which component a stage is in.
    block_of: Vec<usize>,
    /// Where people go to from each stage, and what share of them.
    out: Vec<Vec<(usize, f64)>>,
    /// How often a stage is visited by someone who is in it.
    again: Vec<f64>,
}

#[derive(Debug)]
struct Block {
    nodes: Vec<usize>,
    /// `(I − R)⁻¹` of the component, row by row.
    inverse: Vec<f64>,
}

impl Chain {
    /// The chain of `(from, to, share)`; nothing where somebody goes round for ever, or more and more do.
    pub(super) fn new(nodes: usize, ways: &[(usize, usize, f64)]) -> Option<Self> {
        let mut out: Vec<Vec<(usize, f64)>> = vec![Vec::new(); nodes];
        for (from, to, share) in ways.iter().filter(|(_, _, share)| *share > 0.0) {
            out[*from].push((*to, *share));
        }
        let mut chain = Self { blocks: Vec::new(), block_of: vec![0; nodes], out, again: vec![1.0; nodes] };
        for nodes in components(&chain.out) {
            let at = chain.blocks.len();
            nodes.iter().for_each(|node| chain.block_of[*node] = at);
            let inverse = inverted(chain.matrix(&nodes))?;
            for (row, node) in nodes.iter().enumerate() {
                chain.again[*node] = inverse[row * nodes.len() + row];
            }
            chain.blocks.push(Block { nodes, inverse });
        }
        Some(chain)
    }

    /// The chain in which everybody stays where they begin.
    pub(super) fn without_ways(nodes: usize) -> Self {
        let blocks = (0..nodes).map(|node| Block { nodes: vec![node], inverse: vec![1.0] }).collect();
        Self { blocks, block_of: (0..nodes).collect(), out: vec![Vec::new(); nodes], again: vec![1.0; nodes] }
    }

    /// I − R of a component.
    fn matrix(&self, nodes: &[usize]) -> Vec<f64> {
        let size = nodes.len();
        let mut matrix = vec![0.0; size * size];
        for (row, node) in nodes.iter().enumerate() {
            matrix[row * size + row] += 1.0;
            for (to, share) in &self.out[*node] {
                if let Ok(column) = nodes.binary_search(to) {
                    matrix[row * size + column] -= share;
                }
            }
        }
        matrix
    }

    /// How often each stage is visited in all, where `start` begin.
    pub(super) fn visits(&self, start: &[f64]) -> Vec<f64> {
        self.spread(start).0
    }

    /// How often each stage is visited in all, and what comes into it from outside of its component.
    fn spread(&self, start: &[f64]) -> (Vec<f64>, Vec<f64>) {
        self.spread_over(0..self.blocks.len(), start.to_vec())
    }

    /// The same as far as some components tell it: nobody begins before the first, and what comes after the last is not
    /// asked for.
    fn spread_over(&self, blocks: Range<usize>, mut coming: Vec<f64>) -> (Vec<f64>, Vec<f64>) {
        let mut visits = vec![0.0; coming.len()];
        for at in blocks {
            let block = &self.blocks[at];
            let size = block.nodes.len();
            for (row, node) in block.nodes.iter().enumerate().filter(|(_, node)| coming[**node] != 0.0) {
                for (column, other) in block.nodes.iter().enumerate() {
                    visits[*other] += coming[*node] * block.inverse[row * size + column];
                }
            }
            for node in block.nodes.iter().filter(|node| visits[**node] != 0.0) {
                for (to, share) in self.out[*node].iter().filter(|(to, _)| self.block_of[*to] != at) {
                    coming[*to] += visits[*node] * share;
                }
            }
        }
        (visits, coming)
    }

    /// How often someone who is in a stage visits it in all, this visit included.
    pub(super) fn again(&self, stage: usize) -> f64 {
        self.again[stage]
    }

    /// How many of `start` ever reach each stage.
    pub(super) fn reach(&self, start: &[f64]) -> Vec<f64> {
        self.visits(start).into_iter().zip(&self.again).map(|(visits, again)| visits / again).collect()
    }

    /// The share of those in one stage who reach another, or come back to the same.
    pub(super) fn share(&self, from: usize, to: usize) -> f64 {
        if from == to {
            return 1.0 - 1.0 / self.again[to];
        }
        let (first, last) = (self.block_of[from], self.block_of[to]);
        if first > last {
            return 0.0;
        }
        let mut start = vec![0.0; self.again.len()];
        start[from] = 1.0;
        self.spread_over(first..last + 1, start).0[to] / self.again[to]
    }

    /// The loops: their stages, how many of `start` come into each, and how many transitions they take inside.
    pub(super) fn loops(&self, start: &[f64]) -> Vec<(Vec<usize>, f64, f64)> {
        let (visits, coming) = self.spread(start);
        let inside = |at: usize, node: usize| self.out[node].iter().filter(move |(to, _)| self.block_of[*to] == at);
        let mut loops = Vec::new();
        for (at, block) in self.blocks.iter().enumerate() {
            let mut laps = 0.0;
            let mut is_loop = false;
            for node in &block.nodes {
                for (_, share) in inside(at, *node) {
                    laps += visits[*node] * share;
                    is_loop = true;
                }
            }
            if is_loop {
                let people = block.nodes.iter().fold(0.0, |sum, node| sum + coming[*node]);
                loops.push((block.nodes.clone(), people, laps));
            }
        }
        loops.sort_by(|a, b| a.0.cmp(&b.0));
        loops
    }

    /// How much work one inversion of all components is.
    pub(super) fn work(&self) -> usize {
        self.blocks.iter().map(|block| block.nodes.len().pow(3)).sum::<usize>()
            + self.out.iter().map(Vec::len).sum::<usize>()
    }
}

/// The strongly connected components, those that come first before those they lead to, each with its nodes in order.
fn components(out: &[Vec<(usize, f64)>]) -> Vec<Vec<usize>> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(out.len(), out.len());
    out.iter().for_each(|_| {
        graph.add_node(());
    });
    for (from, ways) in out.iter().enumerate() {
        for (to, _) in ways {
            graph.add_edge(NodeIndex::new(from), NodeIndex::new(*to), ());
        }
    }
    let ordered = |component: Vec<NodeIndex>| {
        let mut nodes: Vec<usize> = component.into_iter().map(NodeIndex::index).collect();
        nodes.sort_unstable();
        nodes
    };
    kosaraju_scc(&graph).into_iter().rev().map(ordered).collect()
}

/// The inverse of an M-matrix; nothing where it is none.
fn inverted(mut matrix: Vec<f64>) -> Option<Vec<f64>> {
    let size = matrix.len().isqrt();
    let mut inverse = vec![0.0; size * size];
    (0..size).for_each(|at| inverse[at * size + at] = 1.0);
    for step in 0..size {
        let pivot = matrix[step * size + step];
        if pivot.is_nan() || pivot <= NEAR_NOTHING {
            return None;
        }
        for column in 0..size {
            matrix[step * size + column] /= pivot;
            inverse[step * size + column] /= pivot;
        }
        for row in (0..size).filter(|row| *row != step) {
            let factor = matrix[row * size + step];
            if factor == 0.0 {
                continue;
            }
            for column in 0..size {
                matrix[row * size + column] -= factor * matrix[step * size + column];
                inverse[row * size + column] -= factor * inverse[step * size + column];
            }
        }
    }
    Some(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    #[test]
    fn a_loop_multiplies_what_comes_in() {
        let chain = Chain::new(3, &[(0, 1, 0.5), (1, 1, 0.4), (1, 2, 0.1)]).unwrap();
        let visits = chain.visits(&[100.0, 0.0, 0.0]);
        near(visits[1], 50.0 / 0.6);
        near(visits[2], 5.0 / 0.6);
        near(chain.reach(&[100.0, 0.0, 0.0])[1], 50.0);
        near(chain.share(1, 1), 0.4);
        let loops = chain.loops(&[100.0, 0.0, 0.0]);
        assert_eq!(loops.len(), 1);
        near(loops[0].1, 50.0);
        near(loops[0].2, 50.0 / 0.6 * 0.4);
    }

    #[test]
    fn two_ways_between_two_stages_add() {
        let chain = Chain::new(2, &[(0, 1, 0.25), (0, 1, 0.25)]).unwrap();
        near(chain.visits(&[1.0, 0.0])[1], 0.5);
    }

    #[test]
    fn what_nobody_leaves_and_what_grows_has_no_answer() {
        assert!(Chain::new(2, &[(0, 1, 1.0), (1, 0, 1.0)]).is_none());
        assert!(Chain::new(2, &[(0, 1, 0.5), (1, 0, 2.0)]).is_none());
        assert!(Chain::new(2, &[(0, 1, 0.5), (1, 0, 3.0)]).is_none());
        assert!(Chain::new(2, &[(0, 1, 0.5), (1, 0, 1.99)]).is_some());
    }
}
