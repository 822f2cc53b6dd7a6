//! The funnels of a project as a network of ways with rates: planned ones, the most specific that holds for someone, or
//! measured ones.

use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use super::course::Timed;
use crate::analysis::graph::{EdgeKind, Graph};
use crate::analysis::whom::{Rates, special_rate};
use crate::model::Model;
use crate::model::value::{Captured, Duration, Val};
use crate::model::walk::Node;

/// The mean length of a month, in days: a year of 365.25 days has twelve.
pub(super) const DAYS: f64 = 30.437_5;

/// What a way does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Moves a person on.
    Move,
    /// Lets the same person start again.
    Reentry,
    /// Brings new people.
    Referral,
    /// Moves a person on into another funnel.
    Handover,
    /// Leads past optional stages; nobody declared it.
    Skip,
}

/// A way from stage to stage.
pub(super) struct Way<'m, 's> {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) role: Role,
    /// The planned rate.
    planned: Option<f64>,
    special: Rates<'m, 's>,
    /// The rate that was measured.
    measured: Option<f64>,
    /// The longest time it takes, in months.
    pub(super) longest: f64,
}

/// The funnels of a project.
pub(super) struct Net<'m, 's> {
    pub(super) graph: Graph<'m, 's>,
    /// Transitions, handovers and undeclared ways.
    pub(super) ways: Vec<Way<'m, 's>>,
    /// The ways out of each stage.
    pub(super) out: Vec<Vec<usize>>,
}

/// A decimal as the nearest number.
pub(super) fn number(decimal: Decimal) -> f64 {
    decimal.to_string().parse().unwrap_or(0.0)
}

/// A count as a number.
#[allow(clippy::cast_precision_loss, reason = "what is counted fits into memory")]
pub(crate) fn float(count: usize) -> f64 {
    count as f64
}

/// A percentage as a share.
pub(crate) fn share(percent: Decimal) -> f64 {
    number(percent / Decimal::ONE_HUNDRED)
}

/// A length of time in months.
pub(super) fn in_months(time: Duration) -> f64 {
    match time {
        Duration::Exact { seconds, .. } => number(seconds) / (DAYS * 86_400.0),
        Duration::Calendar { months } => f64::from(months),
    }
}

impl<'m, 's> Net<'m, 's> {
    /// The network of a project; where something was measured, by what was.
    pub(super) fn of(model: &'m Model<'s>, measured: Option<&Json>) -> Self {
        let graph = Graph::of(model);
        let mut ways: Vec<Way<'m, 's>> = graph.edges.iter().map(|edge| declared(&graph, edge)).collect();
        for skip in graph.skips() {
            let longest = skip.through.iter().fold(0.0, |sum, at| sum + ways[*at].longest);
            let (from, to) = (skip.from, skip.to);
            ways.push(Way { from, to, role: Role::Skip, planned: None, special: Vec::new(), measured: None, longest });
        }
        let mut out: Vec<Vec<usize>> = vec![Vec::new(); graph.stages.len()];
        for (at, way) in ways.iter().enumerate() {
            out[way.from].push(at);
        }
        let mut net = Self { graph, ways, out };
        if let Some(measured) = measured {
            net.take(measured);
        }
        net
    }

    /// Takes rates and times from what `funnelc measure --format json` wrote.
    fn take(&mut self, measured: &Json) {
        let all = |own: &Json, key: &str| own[key].as_array().cloned().unwrap_or_default();
        let mut rates: FxHashMap<(String, String), Vec<Json>> = FxHashMap::default();
        for own in all(measured, "funnels").iter().flat_map(|funnel| all(funnel, "transitions")).rev() {
            let end = |key: &str| own[key].as_str().unwrap_or_default().to_owned();
            rates.entry((end("from"), end("to"))).or_default().push(own);
        }
        for way in &mut self.ways {
            let ends = (self.graph.stages[way.from].path(), self.graph.stages[way.to].path());
            let Some(own) = rates.get_mut(&ends).and_then(Vec::pop) else { continue };
            way.measured = own["rate"].as_f64().filter(|rate| (0.0..=1.0).contains(rate));
            // Half of all take less than the median, so times that are even reach to twice as much.
            let median = own["time"]["median"].as_f64().filter(|seconds| *seconds >= 0.0);
            way.longest = median.map_or(way.longest, |seconds| 2.0 * seconds / (DAYS * 86_400.0));
        }
    }

    /// Whether nobody goes more than one way by the plain rates.
    pub(super) fn is_sound(&self) -> bool {
        let rates = self.rates(&[], None);
        self.out.iter().all(|own| {
            let moves = own.iter().filter(|at| !self.ways[**at].is_referral());
            moves.filter_map(|at| rates[*at]).fold(0.0, |sum, rate| sum + rate) <= 1.0 + 1e-9
        })
    }

    /// How many stages the largest loop has.
    pub(super) fn largest_loop(&self) -> usize {
        self.graph.cyclic_components(|_| true).iter().map(Vec::len).max().unwrap_or(0)
    }

    /// How many ways have a rate that was measured.
    pub(super) fn measured(&self) -> usize {
        self.ways.iter().filter(|way| way.measured.is_some()).count()
    }

    /// The ways for which nothing says how many take them.
    pub(super) fn unsaid(&self) -> impl Iterator<Item = &Way<'m, 's>> {
        let rates = self.rates(&[], None);
        let is_unsaid = move |at: &usize| rates[*at].is_none();
        (0..self.ways.len()).filter(is_unsaid).map(|at| &self.ways[at])
    }

    /// The rate of every way for people who are in all of some groups; of one way, times a factor.
    pub(super) fn rates(&self, who: &[Node<'m, 's>], scaled: Option<(usize, f64)>) -> Vec<Option<f64>> {
        let mut rates: Vec<Option<f64>> = self.ways.iter().map(|way| way.rate(who)).collect();
        if let Some((at, factor)) = scaled {
            rates[at] = rates[at].map(|rate| rate * factor);
        }
        for own in &self.out {
            self.fill_skip(own, &mut rates);
        }
        rates
    }

    /// One undeclared way gets what the others leave unsaid; of two, nobody can tell which gets what.
    fn fill_skip(&self, own: &[usize], rates: &mut [Option<f64>]) {
        let mut skips = own.iter().filter(|at| self.ways[**at].role == Role::Skip && rates[**at].is_none());
        let (Some(only), None) = (skips.next(), skips.next()) else { return };
        let others = own.iter().filter(|at| *at != only && self.ways[**at].role != Role::Referral);
        let sum = others.map(|at| rates[*at]).try_fold(0.0, |sum, rate| Some(sum + rate?));
        rates[*only] = sum.map(|sum| (1.0 - sum).max(0.0));
    }

    /// The plain rate of a way and the highest it could be, where nothing else is changed.
    pub(super) fn room(&self, at: usize) -> Option<(f64, f64)> {
        let way = &self.ways[at];
        let rate = way.rate(&[])?;
        let others = self.out[way.from].iter().filter(|other| **other != at);
        let others = others.map(|other| &self.ways[*other]).filter(|other| other.role != Role::Referral);
        let taken = others.filter_map(|other| other.rate(&[])).fold(0.0, |sum, rate| sum + rate);
        Some((rate, (1.0 - taken).max(rate)))
    }

    /// Ways as shares, of those that hold.
    pub(super) fn shares(
        &self,
        rates: &[Option<f64>],
        holds: impl Fn(&Way<'m, 's>) -> bool,
    ) -> Vec<(usize, usize, f64)> {
        let ways = self.ways.iter().zip(rates).filter(|(way, _)| holds(way));
        ways.filter_map(|(way, rate)| Some((way.from, way.to, (*rate)?))).collect()
    }

    /// Ways in time, of those that hold.
    pub(super) fn timed(&self, rates: &[Option<f64>], holds: impl Fn(&Way<'m, 's>) -> bool) -> Vec<Timed> {
        let ways = self.ways.iter().zip(rates).filter(|(way, _)| holds(way));
        ways.filter_map(|(way, rate)| Some(Timed { from: way.from, to: way.to, share: (*rate)?, longest: way.longest }))
            .collect()
    }

    /// Whether a way leaves the journey that a person is on.
    pub(super) fn ends_journey(&self, way: &Way<'m, 's>) -> bool {
        let stages = &self.graph.stages;
        way.role == Role::Reentry || (stages[way.from].is_loyalty() && !stages[way.to].is_loyalty())
    }

    /// How a way is called: `store.a -> store.b`.
    pub(super) fn name(&self, at: usize) -> String {
        let way = &self.ways[at];
        format!("{} -> {}", self.graph.stages[way.from].path(), self.graph.stages[way.to].path())
    }
}

impl<'m, 's> Way<'m, 's> {
    fn rate(&self, who: &[Node<'m, 's>]) -> Option<f64> {
        let special = || special_rate(&self.special, who).map(|(rate, _)| share(rate));
        self.measured.or_else(special).or(self.planned)
    }

    /// The groups that have rates of their own.
    pub(super) fn groups(&self) -> impl Iterator<Item = Node<'m, 's>> {
        self.special.iter().filter(|_| self.measured.is_none()).map(|(who, ..)| *who)
    }

    pub(super) fn is_referral(&self) -> bool {
        self.role == Role::Referral
    }
}

fn declared<'m, 's>(graph: &Graph<'m, 's>, edge: &crate::analysis::graph::Edge<'m, 's>) -> Way<'m, 's> {
    let role = match edge.kind {
        EdgeKind::Referral => Role::Referral,
        EdgeKind::Reentry => Role::Reentry,
        EdgeKind::Move if edge.is_handover => Role::Handover,
        EdgeKind::Move => Role::Move,
    };
    let funnel = graph.parts[graph.part_of[edge.from]].funnel;
    let after = match edge.declared.clause("after") {
        Some(Captured { val: Val::Duration(time), .. }) => Some(*time),
        _ => None,
    };
    let longest = edge.declared.within().or(after).or(funnel.cycle()).or(funnel.window());
    Way {
        from: edge.from,
        to: edge.to,
        role,
        planned: edge.rate.map(share),
        special: edge.declared.special_rates(),
        measured: None,
        longest: longest.map_or(0.0, in_months),
    }
}
