//! The definitions of the laws of the graph, restated as slowly and plainly as they can be: closures by repetition,
//! subsets by enumeration, cycles by search, the spectral radius by power iteration.

use std::collections::BTreeSet;

#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "the four marks of a stage, as they are written")]
pub(crate) struct Stage {
    pub(crate) loyalty: bool,
    pub(crate) converts: bool,
    pub(crate) open: bool,
    pub(crate) optional: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Move,
    Reentry,
    Referral,
}

#[derive(Clone, Debug)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) kind: Kind,
    pub(crate) rate: Option<u32>,
}

#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) class: &'static str,
    pub(crate) stages: Vec<Stage>,
    pub(crate) edges: Vec<Edge>,
}

impl Plan {
    fn all(&self) -> std::ops::Range<usize> {
        0..self.stages.len()
    }
}

/// The ways that `optional` adds: a → c for every a → b → c that declares no a → c, until no more come.
fn added(plan: &Plan) -> Vec<(usize, usize)> {
    let declared = |a, c| plan.edges.iter().any(|edge| (edge.from, edge.to) == (a, c));
    let moves: Vec<(usize, usize)> =
        plan.edges.iter().filter(|edge| edge.kind == Kind::Move).map(|edge| (edge.from, edge.to)).collect();
    let mut found: Vec<(usize, usize)> = Vec::new();
    loop {
        let mut next = None;
        for (a, b) in moves.iter().chain(&found) {
            for (own, c) in moves.iter().chain(&found) {
                let skips = b == own && plan.stages[*b].optional && a != b && b != c && a != c;
                if skips && !declared(*a, *c) && !found.contains(&(*a, *c)) {
                    next = Some((*a, *c));
                }
            }
        }
        match next {
            Some(way) => found.push(way),
            None => return found,
        }
    }
}

/// What can be reached from some stages, by repetition.
pub(crate) fn closure(plan: &Plan, from: &[usize], along: impl Fn(Kind) -> bool) -> BTreeSet<usize> {
    let mut ways: Vec<(usize, usize)> =
        plan.edges.iter().filter(|edge| along(edge.kind)).map(|edge| (edge.from, edge.to)).collect();
    ways.extend(added(plan));
    let mut reached: BTreeSet<usize> = from.iter().copied().collect();
    for _ in plan.all() {
        for (from, to) in &ways {
            if reached.contains(from) {
                reached.insert(*to);
            }
        }
    }
    reached
}

fn entries(plan: &Plan) -> Vec<usize> {
    let leads =
        |stage: usize| plan.edges.iter().any(|edge| edge.to == stage && edge.from != stage && edge.kind == Kind::Move);
    plan.all().filter(|stage| plan.stages[*stage].open || !leads(*stage)).collect()
}

pub(crate) fn unreachable(plan: &Plan) -> BTreeSet<usize> {
    let reached = closure(plan, &entries(plan), |kind| kind != Kind::Referral);
    plan.all().filter(|stage| !reached.contains(stage)).collect()
}

/// Stages that can be reached before a conversion: over ways on which no stage but the last converts.
fn early(plan: &Plan) -> BTreeSet<usize> {
    let declared = plan.edges.iter().filter(|edge| edge.kind != Kind::Referral).map(|edge| (edge.from, edge.to));
    let ways: Vec<(usize, usize)> =
        declared.chain(added(plan)).filter(|(from, _)| !plan.stages[*from].converts).collect();
    let mut reached: BTreeSet<usize> = entries(plan).into_iter().collect();
    for _ in plan.all() {
        for (from, to) in &ways {
            if reached.contains(from) {
                reached.insert(*to);
            }
        }
    }
    reached.into_iter().filter(|stage| !plan.stages[*stage].converts).collect()
}

fn has_path(plan: &Plan, stage: usize) -> bool {
    closure(plan, &[stage], |kind| kind != Kind::Referral).into_iter().any(|stage| plan.stages[stage].converts)
}

fn can_be_left(plan: &Plan, stage: usize) -> bool {
    plan.edges.iter().any(|edge| edge.from == stage && edge.to != stage && edge.kind != Kind::Referral)
}

pub(crate) fn dead_ends(plan: &Plan) -> BTreeSet<usize> {
    let early = early(plan);
    early.into_iter().filter(|stage| !plan.stages[*stage].loyalty && !can_be_left(plan, *stage)).collect()
}

/// Stages before the conversion and outside loyalty from which no path leads to one.
pub(crate) fn early_without_path(plan: &Plan) -> BTreeSet<usize> {
    early(plan).into_iter().filter(|stage| !plan.stages[*stage].loyalty && !has_path(plan, *stage)).collect()
}

pub(crate) fn entries_without_path(plan: &Plan) -> BTreeSet<usize> {
    let entries = entries(plan);
    early_without_path(plan).into_iter().filter(|stage| entries.contains(stage) && can_be_left(plan, *stage)).collect()
}

/// Whether a way from a stage can end in the loyalty layer, where nobody need convert any more.
pub(crate) fn ends_in_loyalty(plan: &Plan, stage: usize) -> bool {
    closure(plan, &[stage], |kind| kind != Kind::Referral).into_iter().any(|stage| plan.stages[stage].loyalty)
}

/// Stages that lie on a common cycle of some edges, as sets; found by trying every way from every stage.
fn components(plan: &Plan, among: impl Fn(&Edge) -> bool) -> Vec<BTreeSet<usize>> {
    let edges: Vec<&Edge> = plan.edges.iter().filter(|edge| among(edge)).collect();
    let ahead = |from: usize| {
        let mut reached: BTreeSet<usize> = BTreeSet::new();
        for _ in 0..=plan.stages.len() {
            for edge in &edges {
                if edge.from == from || reached.contains(&edge.from) {
                    reached.insert(edge.to);
                }
            }
        }
        reached
    };
    let mut found: Vec<BTreeSet<usize>> = Vec::new();
    for stage in plan.all().filter(|stage| ahead(*stage).contains(stage)) {
        let round: BTreeSet<usize> = ahead(stage).into_iter().filter(|other| ahead(*other).contains(&stage)).collect();
        if !found.contains(&round) {
            found.push(round);
        }
    }
    found
}

pub(crate) fn unmarked_components(plan: &Plan) -> Vec<BTreeSet<usize>> {
    components(plan, |edge| {
        edge.kind == Kind::Move && !(plan.stages[edge.from].loyalty && plan.stages[edge.to].loyalty)
    })
}

pub(crate) fn has_loyalty_cycle(plan: &Plan) -> bool {
    components(plan, |_| true).into_iter().flatten().any(|stage| plan.stages[stage].loyalty)
}

fn sum_out(plan: &Plan, stage: usize) -> u32 {
    let edges = plan.edges.iter().filter(|edge| edge.from == stage && edge.kind != Kind::Referral);
    edges.filter_map(|edge| edge.rate).sum()
}

pub(crate) fn too_much(plan: &Plan) -> BTreeSet<usize> {
    plan.all().filter(|stage| sum_out(plan, *stage) > 100).collect()
}

/// The planned rates between stages; a way that `optional` adds alone has what the declared rates leave unsaid.
fn rates(plan: &Plan, with_referral: bool) -> Vec<Vec<u32>> {
    let mut rates = vec![vec![0; plan.stages.len()]; plan.stages.len()];
    for edge in plan.edges.iter().filter(|edge| with_referral || edge.kind != Kind::Referral) {
        rates[edge.from][edge.to] += edge.rate.unwrap_or(0);
    }
    let added = added(plan);
    for (from, to) in &added {
        let alone = added.iter().filter(|(own, _)| own == from).count() == 1;
        let mut declared = plan.edges.iter().filter(|edge| edge.from == *from && edge.kind != Kind::Referral);
        let all_said = declared.all(|edge| edge.rate.is_some());
        if alone && all_said && sum_out(plan, *from) <= 100 {
            rates[*from][*to] += 100 - sum_out(plan, *from);
        }
    }
    rates
}

/// Every stage of a closed subset in which all rows sum to exactly 100%, by trying every subset.
pub(crate) fn endless(plan: &Plan) -> Option<BTreeSet<usize>> {
    let rates = rates(plan, false);
    let mut all: BTreeSet<usize> = BTreeSet::new();
    for subset in 1u32..1 << plan.stages.len() {
        let inside: BTreeSet<usize> = plan.all().filter(|stage| subset & (1 << stage) != 0).collect();
        let sum = |stage: &usize| inside.iter().map(|to| rates[*stage][*to]).sum::<u32>();
        let leaves = |stage: &usize| plan.all().any(|to| !inside.contains(&to) && rates[*stage][to] > 0);
        if inside.iter().all(|stage| sum(stage) == 100 && !leaves(stage)) {
            all.extend(inside);
        }
    }
    Some(all).filter(|all| !all.is_empty())
}

/// The spectral radius of a matrix in percent, by power iteration of I + R, whose largest eigenvalue is one more.
fn radius(rates: &[Vec<u32>]) -> f64 {
    let mut vector = vec![1.0f64; rates.len()];
    let mut growth = 0.0;
    for _ in 0..6_000 {
        let next: Vec<f64> = rates
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let flow: f64 = row.iter().zip(&vector).map(|(rate, value)| f64::from(*rate) / 100.0 * value).sum();
                vector[at] + flow
            })
            .collect();
        growth = next.iter().sum::<f64>() / vector.iter().sum::<f64>();
        let total: f64 = next.iter().sum();
        vector = next.into_iter().map(|value| value / total).collect();
    }
    growth - 1.0
}

pub(crate) fn radius_without_referral(plan: &Plan) -> f64 {
    components(plan, |edge| edge.kind != Kind::Referral && edge.rate.is_some())
        .into_iter()
        .map(|component| radius(&within(&rates(plan, false), &component)))
        .fold(0.0, f64::max)
}

/// The largest radius of a component that new people come into.
pub(crate) fn radius_of_referral_loops(plan: &Plan) -> f64 {
    let has_referral = |component: &BTreeSet<usize>| {
        plan.edges.iter().any(|edge| {
            edge.kind == Kind::Referral
                && edge.rate.is_some()
                && component.contains(&edge.from)
                && component.contains(&edge.to)
        })
    };
    components(plan, |edge| edge.rate.is_some())
        .into_iter()
        .filter(has_referral)
        .map(|component| radius(&within(&rates(plan, true), &component)))
        .fold(0.0, f64::max)
}

fn within(rates: &[Vec<u32>], stages: &BTreeSet<usize>) -> Vec<Vec<u32>> {
    stages.iter().map(|from| stages.iter().map(|to| rates[*from][*to]).collect()).collect()
}
