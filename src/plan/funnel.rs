//! What outputs want to know of a funnel: its stages and transitions in declared order, with planned rates and the
//! longest time a person can take to a stage.

use indexmap::IndexMap;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::declaration::{docs, id, label, path_of, reader};
use super::value::{Duration, Expression, Reference, duration};
use crate::model::decl::DeclId;
use crate::model::value::{Captured, Val, spell_seconds};
use crate::model::walk::{Funnel, Stage, Transition};
use crate::model::{Kind, Model};

/// A funnel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunnelPlan {
    /// Its full path, its identity.
    pub path: String,
    /// A UUID made from its path.
    pub id: String,
    /// Its label by language.
    pub label: IndexMap<String, String>,
    /// `standard`, `inverted`, `hourglass` or `flywheel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// The usual time from start to conversion.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<Duration>,
    /// How long a journey lasts at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Duration>,
    /// Its stages, in declared order.
    pub stages: Vec<StagePlan>,
    /// Its transitions, in declared order.
    pub transitions: Vec<TransitionPlan>,
}

/// A stage.
#[allow(clippy::struct_excessive_bools, reason = "each is a mark of its own in a spec")]
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StagePlan {
    /// Its full path, its identity.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its label by language.
    pub label: IndexMap<String, String>,
    /// What it is.
    pub docs: String,
    /// `top`, `middle`, `bottom` or `loyalty`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// What brings a person here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enter: Option<Expression>,
    /// Whether a journey can begin here.
    pub entry: bool,
    /// Whether reaching it is the conversion.
    pub converts: bool,
    /// Whether people may begin here, whatever leads to it.
    pub open: bool,
    /// Whether people may skip it.
    pub optional: bool,
    /// The longest time from the journey's start to the first visit, going forward only and within the funnel's window;
    /// none where nothing bounds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_within: Option<Duration>,
}

/// A transition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TransitionPlan {
    /// Its path, made of its ends.
    pub path: String,
    /// The path of the stage it leaves.
    pub from: String,
    /// The path of the stage it leads to.
    pub to: String,
    /// The planned rate, as `8%`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// Planned rates for segments and channels.
    pub rates: Vec<Rate>,
    /// How long it may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Duration>,
    /// For whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
    /// By what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on: Option<Expression>,
    /// `referral` or `reentry`.
    #[serde(rename = "as", skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// After which time a reentry starts a new journey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Duration>,
}

/// A planned rate for some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// Whom it is for.
    pub who: Reference,
    /// The rate, as `8%`.
    pub rate: String,
}

/// The project's funnels, by path.
pub(super) fn all(model: &Model<'_>) -> Vec<FunnelPlan> {
    let mut funnels: Vec<FunnelPlan> = model.funnels().map(funnel).collect();
    funnels.sort_by(|a, b| a.path.cmp(&b.path));
    funnels
}

fn funnel(own: Funnel<'_, '_>) -> FunnelPlan {
    let path = own.path();
    let reached = Reached::of(own);
    FunnelPlan {
        id: id(Kind::Funnel.word(), &path),
        label: label(own.0),
        class: own.class().map(str::to_owned),
        cycle: own.cycle().map(duration),
        window: own.window().map(duration),
        stages: own.stages().map(|own| stage(own, &reached)).collect(),
        transitions: own.transitions().map(transition).collect(),
        path,
    }
}

fn stage(own: Stage<'_, '_>, reached: &Reached) -> StagePlan {
    let enter = own.0.field("enter").and_then(|field| Some((field.owner.id, field.expr("value")?)));
    StagePlan {
        path: own.path(),
        name: own.name().to_owned(),
        label: label(own.0),
        docs: docs(own.0),
        layer: own.layer().map(str::to_owned),
        enter: enter.map(|(owner, expr)| reader(own.0.model, owner).expr(expr)),
        entry: reached.is_entry(own.0.id),
        converts: own.converts(),
        open: own.is_open(),
        optional: own.is_optional(),
        reached_within: reached.within(own),
    }
}

fn transition(own: Transition<'_, '_>) -> TransitionPlan {
    let reader = reader(own.0.model, own.0.id);
    let path = |stage: Option<Stage<'_, '_>>| stage.map(|stage| stage.path()).unwrap_or_default();
    let expr = |slot: &str| match own.clause(slot) {
        Some(Captured { val: Val::Expr(expr), .. }) => Some(reader.expr(expr)),
        _ => None,
    };
    let rate = |(who, share, _): &(crate::model::walk::Node<'_, '_>, Decimal, _)| Rate {
        who: Reference { kind: who.kind().word().to_owned(), path: who.path() },
        rate: format!("{share}%"),
    };
    TransitionPlan {
        path: path_of(own.0),
        from: path(own.from()),
        to: path(own.to()),
        rate: own.rate().map(|rate| format!("{rate}%")),
        rates: own.special_rates().iter().map(rate).collect(),
        within: own.within().map(duration),
        when: expr("when"),
        on: expr("on"),
        role: own.clause("as").and_then(|captured| captured.val.word()).map(str::to_owned),
        after: match own.clause("after") {
            Some(Captured { val: Val::Duration(time), .. }) => Some(duration(*time)),
            _ => None,
        },
    }
}

// ---- cumulated windows

/// Seconds; none where nothing bounds the time.
type Bound = Option<Decimal>;

struct Reached {
    index: FxHashMap<DeclId, usize>,
    entry: Vec<bool>,
    /// The longest forward time to each stage; outer none where it is not reached.
    longest: Vec<Option<Bound>>,
    window: Bound,
}

impl Reached {
    fn of(own: Funnel<'_, '_>) -> Self {
        let stages: Vec<Stage<'_, '_>> = own.stages().collect();
        let index: FxHashMap<DeclId, usize> = stages.iter().enumerate().map(|(at, stage)| (stage.0.id, at)).collect();
        let edges = edges(own, &index);
        let mut entry: Vec<bool> = vec![true; stages.len()];
        for (_, to, _) in &edges {
            entry[*to] = false;
        }
        for (at, stage) in stages.iter().enumerate() {
            entry[at] |= stage.is_open();
        }
        let longest = longest(&entry, &edges);
        let window = own.window().and_then(crate::model::value::Duration::seconds);
        Self { index, entry, longest, window }
    }

    fn is_entry(&self, stage: DeclId) -> bool {
        self.index.get(&stage).is_some_and(|at| self.entry[*at])
    }

    fn within(&self, stage: Stage<'_, '_>) -> Option<Duration> {
        let bound = (*self.index.get(&stage.0.id).and_then(|at| self.longest.get(*at))?)?;
        let window = self.window.filter(|_| !stage.is_loyalty());
        let seconds = match (bound, window) {
            (Some(bound), Some(window)) => bound.min(window),
            (bound, window) => bound.or(window)?,
        };
        Some(Duration { seconds: Some(seconds.normalize().to_string()), months: None, text: spell_seconds(seconds) })
    }
}

/// Transitions that move the same person on to another stage of the funnel.
fn edges(own: Funnel<'_, '_>, index: &FxHashMap<DeclId, usize>) -> Vec<(usize, usize, Bound)> {
    let edge = |way: Transition<'_, '_>| {
        let (from, to) = (*index.get(&way.from()?.0.id)?, *index.get(&way.to()?.0.id)?);
        let moves = from != to && !way.is_referral() && !way.is_reentry();
        moves.then(|| (from, to, way.within().and_then(crate::model::value::Duration::seconds)))
    };
    own.transitions().filter_map(edge).collect()
}

/// Longest times over the edges that lead forward: inside a loop, those to a stage that is declared later.
fn longest(entry: &[bool], edges: &[(usize, usize, Bound)]) -> Vec<Option<Bound>> {
    let mut graph: DiGraph<(), ()> = DiGraph::with_capacity(entry.len(), edges.len());
    let nodes: Vec<_> = entry.iter().map(|_| graph.add_node(())).collect();
    for (from, to, _) in edges {
        graph.add_edge(nodes[*from], nodes[*to], ());
    }
    let mut component = vec![0; entry.len()];
    // Components come last first; stages inside one in declared order.
    let mut order: Vec<usize> = Vec::with_capacity(entry.len());
    for (at, members) in kosaraju_scc(&graph).into_iter().rev().enumerate() {
        let mut members: Vec<usize> = members.into_iter().map(petgraph::graph::NodeIndex::index).collect();
        members.sort_unstable();
        for member in &members {
            component[*member] = at;
        }
        order.extend(members);
    }
    let mut out: Vec<Vec<(usize, Bound)>> = vec![Vec::new(); entry.len()];
    for (from, to, within) in edges.iter().filter(|(from, to, _)| component[*from] != component[*to] || from < to) {
        out[*from].push((*to, *within));
    }
    let mut longest: Vec<Option<Bound>> = entry.iter().map(|entry| entry.then_some(Some(Decimal::ZERO))).collect();
    for from in order {
        let Some(so_far) = longest[from] else { continue };
        for (to, within) in &out[from] {
            let time = so_far.and_then(|so_far| so_far.checked_add((*within)?));
            longest[*to] = Some(match longest[*to] {
                None => time,
                Some(other) => other.and_then(|other| time.map(|time| time.max(other))),
            });
        }
    }
    longest
}
