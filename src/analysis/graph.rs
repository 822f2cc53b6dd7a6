//! Stages and transitions as a graph: what can be reached, what leads to a conversion, which stages form loops, and
//! which loops nobody leaves by their planned rates.
//!
//! All funnels of a project are one graph, because a handover is a transition between two of them. Every question is
//! answered once, iteratively and in linear time. `optional b` adds no way to a stage that is not reached without it and
//! closes no loop that is not closed without it, so [`Graph::skips`] are kept apart: only planned rates need them.

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::kinds::Kind;
use crate::model::walk::{Funnel, Node, Stage, Transition};
use crate::model::{DeclId, Model};

/// 100%, as rates are written.
pub const WHOLE: Decimal = Decimal::ONE_HUNDRED;

/// What an edge does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// Moves a person on.
    Move,
    /// Lets the same person start again.
    Reentry,
    /// Brings new people.
    Referral,
}

/// A transition or a handover whose two ends are known.
#[derive(Clone, Copy)]
pub struct Edge<'m, 's> {
    /// Index of the stage it leaves.
    pub from: usize,
    /// Index of the stage it leads to.
    pub to: usize,
    /// What it does.
    pub kind: EdgeKind,
    /// Whether it leads to another funnel.
    pub is_handover: bool,
    /// The planned rate, in percent.
    pub rate: Option<Decimal>,
    /// The declaration.
    pub declared: Transition<'m, 's>,
}

/// A way past optional stages that nobody declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Index of the stage it leaves.
    pub from: usize,
    /// Index of the stage it leads to.
    pub to: usize,
    /// Indices of the edges it stands for; `within` is their sum, `when` holds if all of theirs do.
    pub through: Vec<usize>,
    /// The planned rate, in percent: what the declared rates leave unsaid, none if that cannot be told.
    pub rate: Option<Decimal>,
}

/// A funnel in the graph.
pub struct Part<'m, 's> {
    /// The funnel.
    pub funnel: Funnel<'m, 's>,
    /// Its stages: indices into [`Graph::stages`].
    pub stages: std::ops::Range<usize>,
    /// Whether all of it could be read, so that something may be concluded from what it lacks.
    pub is_whole: bool,
}

/// The stages and transitions of a project.
pub struct Graph<'m, 's> {
    /// Every stage, funnel by funnel, in the order they are declared.
    pub stages: Vec<Stage<'m, 's>>,
    /// The funnel of each stage.
    pub part_of: Vec<usize>,
    /// The funnels.
    pub parts: Vec<Part<'m, 's>>,
    /// Every edge: transitions in the order they are declared, then handovers.
    pub edges: Vec<Edge<'m, 's>>,
    /// The edges out of each stage.
    pub out: Vec<Vec<usize>>,
    /// The edges into each stage.
    pub into: Vec<Vec<usize>>,
    /// Transitions that lead out of their funnel, and handovers that stay in one.
    pub misplaced: Vec<Transition<'m, 's>>,
    /// Stages from which a handover leads to something that is not known.
    leads_nowhere_known: Vec<bool>,
    /// Stages to which a handover leads from something that is not known.
    comes_from_unknown: Vec<bool>,
}

impl<'m, 's> Graph<'m, 's> {
    /// The graph of a project.
    pub fn of(model: &'m Model<'s>) -> Self {
        let mut graph = Self {
            stages: Vec::new(),
            part_of: Vec::new(),
            parts: Vec::new(),
            edges: Vec::new(),
            out: Vec::new(),
            into: Vec::new(),
            misplaced: Vec::new(),
            leads_nowhere_known: Vec::new(),
            comes_from_unknown: Vec::new(),
        };
        let mut index = FxHashMap::default();
        for funnel in model.funnels() {
            graph.add_funnel(funnel, &mut index);
        }
        let count = graph.stages.len();
        graph.leads_nowhere_known = vec![false; count];
        graph.comes_from_unknown = vec![false; count];
        for at in 0..graph.parts.len() {
            graph.add_transitions(at, &index);
        }
        for handover in model.nodes(Kind::Handover) {
            graph.add_handover(Transition(handover), &index);
        }
        graph.link();
        graph
    }

    fn add_funnel(&mut self, funnel: Funnel<'m, 's>, index: &mut FxHashMap<DeclId, usize>) {
        let first = self.stages.len();
        for stage in funnel.stages() {
            index.insert(stage.id, self.stages.len());
            self.stages.push(stage);
            self.part_of.push(self.parts.len());
        }
        let broken = |node: &Node<'m, 's>| node.is_broken();
        let is_whole = !funnel.is_broken() && !self.stages[first..].iter().any(|stage| broken(stage));
        self.parts.push(Part { funnel, stages: first..self.stages.len(), is_whole });
    }

    fn add_transitions(&mut self, at: usize, index: &FxHashMap<DeclId, usize>) {
        for transition in self.parts[at].funnel.transitions() {
            let ends = Self::ends(transition, index);
            match ends {
                (Some(from), Some(to)) if self.part_of[from] == at && self.part_of[to] == at => {
                    self.add_edge(from, to, false, transition);
                }
                (Some(_), Some(_)) => self.misplaced.push(transition),
                _ => {}
            }
            self.parts[at].is_whole &=
                matches!(ends, (Some(from), Some(to)) if self.part_of[from] == at && self.part_of[to] == at);
        }
    }

    fn add_handover(&mut self, handover: Transition<'m, 's>, index: &FxHashMap<DeclId, usize>) {
        match Self::ends(handover, index) {
            (Some(from), Some(to)) => {
                self.add_edge(from, to, true, handover);
                if self.part_of[from] == self.part_of[to] {
                    self.misplaced.push(handover);
                }
            }
            (Some(from), None) => self.leads_nowhere_known[from] = true,
            (None, Some(to)) => self.comes_from_unknown[to] = true,
            (None, None) => {}
        }
    }

    fn ends(transition: Transition<'m, 's>, index: &FxHashMap<DeclId, usize>) -> (Option<usize>, Option<usize>) {
        let place = |stage: Option<Stage<'m, 's>>| index.get(&stage?.id).copied();
        (place(transition.from()), place(transition.to()))
    }

    fn add_edge(&mut self, from: usize, to: usize, is_handover: bool, declared: Transition<'m, 's>) {
        let kind = match (declared.is_referral(), declared.is_reentry()) {
            (true, _) => EdgeKind::Referral,
            (_, true) => EdgeKind::Reentry,
            _ => EdgeKind::Move,
        };
        self.edges.push(Edge { from, to, kind, is_handover, rate: declared.rate(), declared });
    }

    fn link(&mut self) {
        self.out = vec![Vec::new(); self.stages.len()];
        self.into = vec![Vec::new(); self.stages.len()];
        for (at, edge) in self.edges.iter().enumerate() {
            self.out[edge.from].push(at);
            self.into[edge.to].push(at);
        }
    }

    // ---- reachability

    /// Whether people begin at a stage: nothing leads there but self-loops, reentry and referral, or it is `open`.
    pub fn is_entry(&self, stage: usize) -> bool {
        let leads_here = |edge: &Edge<'m, 's>| edge.kind == EdgeKind::Move && edge.from != stage;
        self.stages[stage].is_open() || !self.into[stage].iter().any(|at| leads_here(&self.edges[*at]))
    }

    /// Whether each stage is reached from an entry stage. Referral edges bring new people and reach nothing.
    pub fn reached(&self) -> Vec<bool> {
        let starts = (0..self.stages.len()).filter(|stage| self.is_entry(*stage) || self.comes_from_unknown[*stage]);
        self.spread(starts, |edge| edge.kind != EdgeKind::Referral)
    }

    /// Whether a conversion can be reached from each stage, in its funnel or in one it hands over to.
    pub fn leads_to_conversion(&self) -> Vec<bool> {
        let mut found = vec![false; self.stages.len()];
        let counts = |stage: &usize| {
            let unknown = self.leads_nowhere_known[*stage] || !self.parts[self.part_of[*stage]].is_whole;
            self.stages[*stage].converts() || unknown
        };
        let mut open: Vec<usize> = (0..self.stages.len()).filter(counts).collect();
        while let Some(stage) = open.pop() {
            if std::mem::replace(&mut found[stage], true) {
                continue;
            }
            let edges = self.into[stage].iter().map(|at| &self.edges[*at]);
            open.extend(
                edges.filter(|edge| edge.kind != EdgeKind::Referral && !found[edge.from]).map(|edge| edge.from),
            );
        }
        found
    }

    /// Whether each stage can be reached before a conversion of its own funnel: over ways, declared or past optional
    /// stages, on which no stage but the last converts.
    pub fn before_conversion(&self, reached: &[bool]) -> Vec<bool> {
        let skips = self.skips();
        let handed = |stage: usize| {
            let mut edges = self.into[stage].iter().map(|at| &self.edges[*at]);
            edges.any(|edge| edge.is_handover && reached[edge.from]) || self.comes_from_unknown[stage]
        };
        let converts = |stage: usize| self.stages[stage].converts();
        let mut found = vec![false; self.stages.len()];
        let mut open: Vec<usize> =
            (0..self.stages.len()).filter(|stage| self.is_entry(*stage) || handed(*stage)).collect();
        while let Some(stage) = open.pop() {
            if converts(stage) || std::mem::replace(&mut found[stage], true) {
                continue;
            }
            let edges = self.out[stage].iter().map(|at| &self.edges[*at]);
            let declared = edges.filter(|edge| !edge.is_handover && edge.kind != EdgeKind::Referral);
            open.extend(declared.map(|edge| edge.to));
            open.extend(from_stage(&skips, stage).iter().map(|skip| skip.to));
        }
        found
    }

    /// Whether a stage can be left: referral moves nobody, and a self-loop leads nowhere.
    pub fn can_be_left(&self, stage: usize) -> bool {
        let leaves = |at: &usize| self.edges[*at].kind != EdgeKind::Referral && self.edges[*at].to != stage;
        self.leads_nowhere_known[stage] || self.out[stage].iter().any(leaves)
    }

    /// Whether some stage of a funnel hands over to another funnel.
    pub fn hands_over(&self, part: usize) -> bool {
        self.parts[part].stages.clone().any(|stage| {
            self.leads_nowhere_known[stage] || self.out[stage].iter().any(|at| self.edges[*at].is_handover)
        })
    }

    /// What is found going along edges from some stages.
    fn spread(&self, starts: impl Iterator<Item = usize>, along: impl Fn(&Edge<'m, 's>) -> bool) -> Vec<bool> {
        let mut found = vec![false; self.stages.len()];
        let mut open: Vec<usize> = starts.collect();
        while let Some(stage) = open.pop() {
            if std::mem::replace(&mut found[stage], true) {
                continue;
            }
            let edges = self.out[stage].iter().map(|at| &self.edges[*at]);
            open.extend(edges.filter(|edge| along(edge) && !found[edge.to]).map(|edge| edge.to));
        }
        found
    }

    // ---- loops

    /// The components of the graph of some edges that have a cycle, each with its stages in order; in order of their
    /// first stages.
    pub fn cyclic_components(&self, among: impl Fn(&Edge<'m, 's>) -> bool) -> Vec<Vec<usize>> {
        cyclic(self.stages.len(), self.edges.iter().filter(|edge| among(edge)).map(|edge| (edge.from, edge.to)))
    }

    /// The components in which people can go round without being new people, undeclared ways included.
    pub fn loops(&self, skips: &[Skip]) -> Vec<Vec<usize>> {
        let declared =
            self.edges.iter().filter(|edge| edge.kind != EdgeKind::Referral).map(|edge| (edge.from, edge.to));
        cyclic(self.stages.len(), declared.chain(skips.iter().map(|skip| (skip.from, skip.to))))
    }

    /// Whether an edge goes round where going round must be said: neither marked nor within the loyalty layer.
    pub fn must_be_marked(&self, edge: &Edge<'m, 's>) -> bool {
        let both_loyal = self.stages[edge.from].is_loyalty() && self.stages[edge.to].is_loyalty();
        edge.kind == EdgeKind::Move && !both_loyal
    }

    /// The shortest way between two stages along some edges, both ends included.
    pub fn path(&self, from: usize, to: usize, among: impl Fn(&Edge<'m, 's>) -> bool) -> Vec<usize> {
        let mut came: FxHashMap<usize, usize> = FxHashMap::default();
        let mut open = std::collections::VecDeque::from([from]);
        while let Some(stage) = open.pop_front().filter(|stage| *stage != to) {
            for edge in self.out[stage].iter().map(|at| &self.edges[*at]).filter(|edge| among(edge)) {
                if edge.to != from && !came.contains_key(&edge.to) {
                    came.insert(edge.to, stage);
                    open.push_back(edge.to);
                }
            }
        }
        let mut path = vec![to];
        while let Some(before) = path.last().and_then(|stage| came.get(stage)) {
            path.push(*before);
        }
        path.reverse();
        path
    }

    /// The loops among some stages (in order) that nobody ever leaves by the rates given for edges and by the skips. A
    /// loop has a spectral radius of 1 exactly when, in some set of its stages, all rates out of every stage stay inside
    /// and add to exactly 100%.
    pub fn endless_loops(
        &self,
        stages: &[usize],
        rate: impl Fn(usize) -> Option<Decimal>,
        skips: &[Skip],
    ) -> Vec<Vec<usize>> {
        let flows = self.flows(stages, rate, skips);
        let kept = never_left(stages.len(), &flows);
        if !kept.contains(&true) {
            return Vec::new();
        }
        let inside = flows.iter().filter_map(|(from, to, _)| Some((*from, (*to)?)));
        let inside: Vec<(usize, usize)> = inside.filter(|(from, to)| kept[*from] && kept[*to]).collect();
        let components = cyclic(stages.len(), inside.iter().copied());
        let mut component_of = vec![usize::MAX; stages.len()];
        for (at, component) in components.iter().enumerate() {
            component.iter().for_each(|stage| component_of[*stage] = at);
        }
        let mut is_left = vec![false; components.len()];
        for (from, _) in inside.into_iter().filter(|(from, to)| component_of[*from] != component_of[*to]) {
            if let Some(is_left) = is_left.get_mut(component_of[from]) {
                *is_left = true;
            }
        }
        let stays = components.into_iter().zip(is_left).filter(|(_, is_left)| !is_left);
        stays.map(|(component, _)| component.into_iter().map(|at| stages[at]).collect()).collect()
    }

    /// Where the planned rates above nothing lead from some stages, by their places in the list, none for a stage that is
    /// not in it; referral left out.
    fn flows(&self, stages: &[usize], rate: impl Fn(usize) -> Option<Decimal>, skips: &[Skip]) -> Vec<Flow> {
        let place = |stage: usize| stages.binary_search(&stage).ok();
        let out = stages.iter().flat_map(|stage| &self.out[*stage]);
        let declared = out.filter(|at| self.edges[**at].kind != EdgeKind::Referral);
        let declared = declared.filter_map(|at| Some((self.edges[*at].from, self.edges[*at].to, rate(*at)?)));
        let added = stages.iter().flat_map(|stage| from_stage(skips, *stage));
        let added = added.filter_map(|skip| Some((skip.from, skip.to, skip.rate?)));
        let flows = declared.chain(added).filter_map(|(from, to, rate)| Some((place(from)?, place(to), rate)));
        flows.filter(|(_, _, rate)| !rate.is_zero()).collect()
    }

    // ---- optional stages

    /// The ways past optional stages that nobody declared, in order of where they begin.
    pub fn skips(&self) -> Vec<Skip> {
        let has_optional: Vec<bool> =
            self.parts.iter().map(|part| part.stages.clone().any(|stage| self.stages[stage].is_optional())).collect();
        let mut budget = MAX_SKIP_WORK;
        let mut skips = Vec::new();
        for from in (0..self.stages.len()).filter(|stage| has_optional[self.part_of[*stage]]) {
            let start = skips.len();
            self.skips_from(from, &mut budget, &mut skips);
            self.rate_skips(from, &mut skips[start..]);
        }
        skips
    }

    fn skips_from(&self, from: usize, budget: &mut usize, skips: &mut Vec<Skip>) {
        let mut known: FxHashSet<usize> = self.out[from].iter().map(|at| self.edges[*at].to).collect();
        known.insert(from);
        let mut passed: FxHashSet<usize> = FxHashSet::default();
        let mut open: std::collections::VecDeque<(usize, Vec<usize>)> =
            self.moves(from).map(|at| (at, vec![at])).collect();
        while let Some((at, through)) = open.pop_front() {
            let stage = self.edges[at].to;
            if through.len() > 1 && known.insert(stage) {
                skips.push(Skip { from, to: stage, through: through.clone(), rate: None });
            }
            if stage == from || !self.stages[stage].is_optional() || !passed.insert(stage) {
                continue;
            }
            for next in self.moves(stage) {
                let Some(left) = budget.checked_sub(through.len()) else { return };
                *budget = left;
                let mut longer = through.clone();
                longer.push(next);
                open.push_back((next, longer));
            }
        }
    }

    /// Edges that move the same person on to another stage of the funnel or of the next.
    fn moves(&self, from: usize) -> impl Iterator<Item = usize> {
        self.out[from]
            .iter()
            .copied()
            .filter(move |at| self.edges[*at].kind == EdgeKind::Move && self.edges[*at].to != from)
    }

    /// One undeclared way gets what all declared rates leave unsaid; of two, nobody can tell which gets what.
    fn rate_skips(&self, from: usize, skips: &mut [Skip]) {
        let [only] = skips else { return };
        let edges = self.out[from].iter().map(|at| &self.edges[*at]).filter(|edge| edge.kind != EdgeKind::Referral);
        let sum = edges.map(|edge| edge.rate).try_fold(Decimal::ZERO, |sum, rate| sum.checked_add(rate?));
        only.rate = sum.and_then(|sum| WHOLE.checked_sub(sum)).filter(|rest| !rest.is_sign_negative());
    }
}

/// A planned rate between two places of a list; none for a place outside of it.
type Flow = (usize, Option<usize>, Decimal);

/// The undeclared ways that begin at a stage; they are in order of where they begin.
fn from_stage(skips: &[Skip], stage: usize) -> &[Skip] {
    let start = skips.partition_point(|skip| skip.from < stage);
    let end = skips.partition_point(|skip| skip.from <= stage);
    &skips[start..end]
}

/// The components of a graph that have a cycle, each with its nodes in order; in order of their first nodes.
fn cyclic(nodes: usize, ways: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(nodes, nodes);
    for _ in 0..nodes {
        graph.add_node(());
    }
    let mut own_loop = vec![false; nodes];
    for (from, to) in ways {
        graph.add_edge(NodeIndex::new(from), NodeIndex::new(to), ());
        own_loop[from] |= from == to;
    }
    let ordered = |component: Vec<NodeIndex>| {
        let mut nodes: Vec<usize> = component.into_iter().map(NodeIndex::index).collect();
        nodes.sort_unstable();
        nodes
    };
    let components = kosaraju_scc(&graph).into_iter().map(ordered);
    let mut cyclic: Vec<Vec<usize>> =
        components.filter(|nodes| nodes.len() > 1 || nodes.iter().any(|node| own_loop[*node])).collect();
    cyclic.sort_unstable();
    cyclic
}

/// The largest set of nodes in which all rates out of every node stay inside and add to exactly 100%.
fn never_left(nodes: usize, flows: &[Flow]) -> Vec<bool> {
    let mut into: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut sums = vec![Decimal::ZERO; nodes];
    let mut leads_out = vec![false; nodes];
    for (from, to, rate) in flows {
        sums[*from] = sums[*from].saturating_add(*rate);
        match to {
            Some(to) => into[*to].push(*from),
            None => leads_out[*from] = true,
        }
    }
    let mut kept: Vec<bool> = sums.iter().zip(leads_out).map(|(sum, leads_out)| *sum == WHOLE && !leads_out).collect();
    let mut open: Vec<usize> = (0..kept.len()).filter(|node| !kept[*node]).collect();
    while let Some(gone) = open.pop() {
        for from in &into[gone] {
            if std::mem::replace(&mut kept[*from], false) {
                open.push(*from);
            }
        }
    }
    kept
}

/// How many steps the search for undeclared ways may take in all, so that funnels made by machines stay quick: two
/// hundred optional stages in a row, each with a way on, still fit.
const MAX_SKIP_WORK: usize = 2_000_000;
