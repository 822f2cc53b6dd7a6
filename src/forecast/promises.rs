//! Goals and targets beside what the plan gives: the value of a KPI in a typical month of the plan, where its formula is
//! made of what a plan can tell.

use std::cell::OnceCell;

use serde::Serialize;

use super::by_path;
use super::channels::{Channel, Month, per_month};
use super::levers::{self, Lever};
use super::net::{DAYS, in_months, number, share};
use super::world::{Lives, World};
use super::{View, levers::Scaled};
use crate::analysis::formula::{Atom, Formula, Part};
use crate::diagnostic::Message;
use crate::model::expr::Op;
use crate::model::types::NumberKind;
use crate::model::value::{Captured, Type, Val};
use crate::model::walk::{FieldOf, Kpi, Node, Property};
use crate::model::{Kind, Model};
use crate::say;
use crate::source::Span;

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PromiseKind {
    /// A goal.
    Goal,
    /// The target of a KPI.
    Target,
}

/// A goal or a target.
#[derive(Clone, Debug, Serialize)]
pub struct Promise {
    /// What it is.
    pub kind: PromiseKind,
    /// The path of the goal, or of the KPI.
    pub path: String,
    /// Its label.
    pub label: String,
    /// The path of the KPI.
    pub kpi: String,
    /// `ratio`, `count`, `number`, `duration` (in seconds), or a currency.
    pub unit: String,
    /// How the value is to compare: `>=`, `<=`, `>`, `<`, `==`, `!=`.
    pub comparison: &'static str,
    /// What is promised.
    pub promised: f64,
    /// What the plan gives; nothing where it does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<f64>,
    /// `kept`, `missed`, or `untold`.
    pub verdict: Verdict,
    /// The rate to change first, and what it would have to be, where the promise is missed and one rate can keep it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<Needed>,
    /// Which rate moves the value most, first.
    pub levers: Vec<Lever>,
    /// Why the plan does not tell.
    #[serde(skip)]
    pub why: Option<Message>,
    /// Where it is promised.
    #[serde(skip)]
    pub span: Span,
    /// The transition that is needed, where it is declared.
    #[serde(skip)]
    pub place: Option<Span>,
}

/// Whether a promise is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The plan gives what is promised.
    Kept,
    /// It does not.
    Missed,
    /// The plan does not tell.
    Untold,
}

/// A rate that would keep a promise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Needed {
    /// The transition, as `store.a -> store.b`.
    pub transition: String,
    /// Its planned rate.
    pub is: f64,
    /// What it would have to be.
    pub should_be: f64,
}

/// The first month that a goal, a target, a budget or a campaign names.
pub(super) fn first_month(model: &Model<'_>, channels: &[Channel<'_, '_>]) -> Option<Month> {
    let day = |field: FieldOf<'_, '_>, slot: &str| match &field.get(slot)?.val {
        Val::Date(day) => Some(Month { year: day.year(), month: day.month() }),
        Val::Month { year, month } => Some(Month { year: *year, month: *month }),
        _ => None,
    };
    let goals = model.nodes(Kind::Goal).filter_map(|goal| day(goal.field("between")?, "from"));
    goals.chain(channels.iter().filter_map(Channel::first_month)).min()
}

/// Every promise, goals first, by path.
pub(super) fn all<'m, 's>(model: &'m Model<'s>, view: &View<'_, 'm, 's>) -> Vec<Promise> {
    let kinds = [PromiseKind::Goal, PromiseKind::Target].into_iter();
    let plan = Typical::of(view.world, view);
    let promise = |asked: Asked<'m, 's>| {
        let mut promise = asked.promise(view, &plan);
        asked.move_it(view, &mut promise);
        promise
    };
    kinds.flat_map(|kind| asked(model, kind)).map(promise).collect()
}

/// How many missed promises are told with what would keep them, while a spec is checked.
const EXPLAINED: usize = 5;

/// Those that the plan does not keep, the first of them with what would.
pub(super) fn missed<'m, 's>(asked: Vec<Asked<'m, 's>>, view: &View<'_, 'm, 's>) -> Vec<Promise> {
    let plan = Typical::of(view.world, view);
    let mut missed = Vec::new();
    for asked in asked {
        let mut promise = asked.promise(view, &plan);
        if promise.verdict == Verdict::Missed {
            if missed.len() < EXPLAINED {
                asked.move_it(view, &mut promise);
            }
            missed.push(promise);
        }
    }
    missed
}

/// The promises of a kind, by path; those that could not be read are left out.
pub(super) fn asked<'m, 's>(model: &'m Model<'s>, kind: PromiseKind) -> Vec<Asked<'m, 's>> {
    match kind {
        PromiseKind::Goal => by_path(model, Kind::Goal).into_iter().filter_map(Asked::goal).collect(),
        PromiseKind::Target => by_path(model, Kind::Kpi).into_iter().map(Kpi).filter_map(Asked::target).collect(),
    }
}

/// A promise that is looked at.
pub(super) struct Asked<'m, 's> {
    kind: PromiseKind,
    node: Node<'m, 's>,
    kpi: Kpi<'m, 's>,
    comparison: &'static str,
    promised: f64,
    span: Span,
}

impl<'m, 's> Asked<'m, 's> {
    /// A goal is promised where it leads to.
    fn goal(node: Node<'m, 's>) -> Option<Self> {
        let kpi = node.refs("kpi").into_iter().find(|node| node.kind() == Kind::Kpi).map(Kpi)?;
        let field = node.field("from").filter(|_| !node.is_broken() && !kpi.is_broken())?;
        let (from, to) = (quantity(&field.get("from")?.val)?, quantity(&field.get("to")?.val)?);
        let comparison = if to < from { "<=" } else { ">=" };
        Some(Self { kind: PromiseKind::Goal, node, kpi, comparison, promised: to, span: field.field.span })
    }

    /// Of targets by month the last is looked at.
    fn target(kpi: Kpi<'m, 's>) -> Option<Self> {
        let field = kpi.0.field("target").filter(|_| !kpi.is_broken())?;
        let last = |rows: &'m Vec<Vec<Captured<'s>>>| rows.last()?.iter().find(|own| own.slot == "target");
        let own = field.get("target").or_else(|| match &field.get("months")?.val {
            Val::Rows(rows) => last(rows),
            _ => None,
        })?;
        let Val::Compare(comparison, inner) = &own.val else { return None };
        let promised = quantity(inner)?;
        Some(Self { kind: PromiseKind::Target, node: kpi.0, kpi, comparison, promised, span: own.span })
    }

    /// What the plan gives.
    fn promise(&self, view: &View<'_, 'm, 's>, plan: &Typical<'_, '_, 'm, 's>) -> Promise {
        let value = value_of(self.kpi, plan);
        let planned = value.as_ref().ok().copied();
        let verdict = match planned {
            None => Verdict::Untold,
            Some(value) if holds(self.comparison, value, self.promised) => Verdict::Kept,
            Some(_) => Verdict::Missed,
        };
        Promise {
            kind: self.kind,
            path: self.node.path(),
            label: view.label(self.node),
            kpi: self.kpi.path(),
            unit: unit(self.kpi, view.currency),
            comparison: self.comparison,
            promised: self.promised,
            planned,
            verdict,
            needs: None,
            levers: Vec::new(),
            why: value.err(),
            span: self.span,
            place: None,
        }
    }

    /// Which rates move it and, where it is missed, which one would keep it.
    fn move_it(&self, view: &View<'_, 'm, 's>, promise: &mut Promise) {
        let Some(planned) = promise.planned else { return };
        let scaled = Scaled { view, value: &|plan| value_of(self.kpi, plan).ok() };
        promise.levers = levers::of(&scaled, planned);
        if promise.verdict != Verdict::Missed {
            return;
        }
        let keeps = |value: f64| holds(self.comparison, value, self.promised);
        if let Some((way, needed)) = levers::needed(&scaled, &promise.levers, planned < self.promised, &keeps) {
            let edge = view.world.net.graph.edges.get(way);
            promise.place = edge.and_then(|edge| Some(edge.declared.clause("rate")?.span));
            promise.needs = Some(needed);
        }
    }
}

/// What is the same in exact numbers must not differ by the last bit.
const SLACK: f64 = 1e-9;

fn holds(comparison: &str, value: f64, wanted: f64) -> bool {
    let near = (value - wanted).abs() <= SLACK * wanted.abs();
    match comparison {
        ">=" => near || value > wanted,
        "<=" => near || value < wanted,
        ">" => value > wanted,
        "<" => value < wanted,
        "!=" => !near,
        _ => near,
    }
}

/// A value as a number: shares as shares, times in seconds, months of 30.4375 days.
fn quantity(val: &Val<'_>) -> Option<f64> {
    match val {
        Val::Number(own) => Some(number(*own)),
        Val::Percent(own) => Some(share(*own)),
        Val::Money(money) if money.per.is_none() => Some(number(money.amount)),
        Val::Duration(time) => Some(in_months(*time) * DAYS * 86_400.0),
        _ => None,
    }
}

fn unit(kpi: Kpi<'_, '_>, currency: &str) -> String {
    let Some(unit) = kpi.unit() else { return "number".to_owned() };
    match (unit.money, unit.time, unit.number) {
        (0, 0, NumberKind::Ratio) => "ratio".to_owned(),
        (0, 0, NumberKind::Count) => "count".to_owned(),
        (1, 0, _) => unit.currency.unwrap_or(currency).to_owned(),
        (0, 1, _) => "duration".to_owned(),
        _ => "number".to_owned(),
    }
}

// ---- a typical month

/// A typical month of the plan.
pub(super) struct Typical<'a, 'b, 'm, 's> {
    world: &'a World<'b, 'm, 's>,
    view: &'a View<'b, 'm, 's>,
    lives: Vec<Lives>,
    /// What each channel costs, once somebody asks.
    costs: OnceCell<Vec<(String, f64)>>,
}

impl<'a, 'b, 'm, 's> Typical<'a, 'b, 'm, 's> {
    /// The typical month of a world, which is that of a view or differs from it by a rate.
    pub(super) fn of(world: &'a World<'b, 'm, 's>, view: &'a View<'b, 'm, 's>) -> Self {
        Self { world, view, lives: world.typical(), costs: OnceCell::new() }
    }

    /// Who converts for the first time.
    pub(super) fn customers(&self) -> Option<f64> {
        self.is_finite().ok()?;
        let stages = &self.world.net.graph.stages;
        let of = |own: &Lives| {
            let first = self.world.rated[own.rated].first(self.world.net).visits(&own.start);
            first.iter().zip(stages).filter(|(_, stage)| stage.converts()).fold(0.0, |sum, (people, _)| sum + people)
        };
        Some(self.lives.iter().fold(0.0, |sum, own| sum + of(own)))
    }

    /// Whether numbers of people can be told.
    fn is_finite(&self) -> Result<(), Message> {
        if self.world.streams.is_empty() {
            return Err(say!("no channel says whom it `brings`"));
        }
        if self.world.grown.is_none() {
            return Err(say!("referral makes the number of people grow without end"));
        }
        Ok(())
    }

    fn stage(&self, node: Node<'m, 's>) -> Result<usize, Message> {
        let found = self.world.net.graph.stages.iter().position(|stage| stage.id == node.id);
        found.ok_or_else(|| say!("`{path}` is no stage", path = node.path()))
    }

    fn stages_of(&self, event: Node<'m, 's>) -> Result<Vec<usize>, Message> {
        let stages = &self.world.net.graph.stages;
        let name = event.name();
        let mentions = |at: &usize| {
            let Some(enter) = stages[*at].enter() else { return false };
            let text = event.model.sources.text(enter.span);
            text.split(|own: char| !own.is_alphanumeric() && own != '_').any(|word| word == name)
        };
        let found: Vec<usize> = (0..stages.len()).filter(mentions).collect();
        let is_alone = |at: &usize| {
            stages[*at].enter().is_some_and(|enter| {
                let text = event.model.sources.text(enter.span);
                text == name || text.ends_with(&format!(".{name}"))
            })
        };
        if found.is_empty() || !found.iter().all(is_alone) {
            return Err(say!("the plan does not say how often `{name}` happens", name));
        }
        Ok(found)
    }

    fn visits(&self, stage: usize) -> Result<f64, Message> {
        self.is_finite()?;
        Ok(self.lives.iter().fold(0.0, |sum, own| sum + own.visits[stage]))
    }

    fn people(&self, stage: usize) -> Result<f64, Message> {
        self.is_finite()?;
        let in_month = |own: &Lives| self.world.rated[own.rated].in_month(self.world.net).again(stage);
        Ok(self.lives.iter().fold(0.0, |sum, own| sum + own.visits[stage] / in_month(own)))
    }

    /// A number that is a part of those in a stage, each group by its rates.
    fn part(&self, whole: impl Fn(&Lives) -> f64, part: impl Fn(usize) -> f64) -> f64 {
        let all = self.lives.iter().fold(0.0, |sum, own| sum + whole(own));
        if all <= 0.0 {
            return part(0);
        }
        self.lives.iter().fold(0.0, |sum, own| sum + whole(own) * part(own.rated)) / all
    }

    /// `rate(a -> b)`: of the people who reach one stage, how many reach the other in the same journey.
    fn rate(&self, from: usize, to: usize) -> f64 {
        let people = |own: &Lives| own.visits[from] / self.world.rated[own.rated].all.again(from);
        self.part(people, |rated| self.world.rated[rated].journey(self.world.net).share(from, to))
    }

    /// `direct(a -> b)`: of the visits of one stage, how many leave it straight to the other.
    fn direct(&self, from: usize, to: usize) -> f64 {
        let net = self.world.net;
        let ways: Vec<usize> =
            net.out[from].iter().copied().filter(|at| net.ways[*at].to == to && !net.ways[*at].is_referral()).collect();
        let rate = |rated: usize| {
            ways.iter().filter_map(|at| self.world.rated[rated].rates[*at]).fold(0.0, |sum, rate| sum + rate)
        };
        self.part(|own| own.visits[from], rate)
    }

    /// What a typical month costs.
    fn spend(&self, only: &[Node<'m, 's>]) -> Result<f64, Message> {
        let costs = self.costs.get_or_init(|| super::origins::costs(&View { world: self.world, ..*self.view }));
        let wanted: Vec<String> = only.iter().map(|node| node.path()).collect();
        let is_wanted = |path: &String| wanted.is_empty() || wanted.contains(path);
        let costs: Vec<f64> = costs.iter().filter(|(path, _)| is_wanted(path)).map(|(_, cost)| *cost).collect();
        if costs.is_empty() {
            return Err(say!("no channel says what it costs"));
        }
        Ok(costs.iter().fold(0.0, |sum, cost| sum + cost))
    }

    /// The worth of all entries that an event makes.
    fn revenue(&self, event: Node<'m, 's>) -> Result<f64, Message> {
        let mut sum = 0.0;
        for stage in self.stages_of(event)? {
            let worth = self.view.worth.amount[stage];
            let worth =
                worth.ok_or_else(|| say!("the plan does not say what `{name}` is worth", name = event.name()))?;
            sum += self.visits(stage)? * worth;
        }
        Ok(sum)
    }

    fn count(&self, event: Node<'m, 's>) -> Result<f64, Message> {
        self.stages_of(event)?.into_iter().try_fold(0.0, |sum, stage| Ok(sum + self.visits(stage)?))
    }
}

// ---- KPIs

/// The value of a KPI in a typical month, in its own period; or why the plan does not tell.
pub(super) fn value_of<'m, 's>(kpi: Kpi<'m, 's>, plan: &Typical<'_, '_, 'm, 's>) -> Result<f64, Message> {
    for word in ["where", "cohort"] {
        if kpi.has(word) {
            return Err(say!("it has a `{word}`, of which the plan says nothing", word));
        }
    }
    let formula = Formula::of(kpi).ok_or_else(|| say!("it has no value"))?;
    let value = value(&formula, plan)?;
    Ok(if kpi.unit().is_some_and(|unit| unit.total) { value * period(kpi)? } else { value })
}

/// How many months the period of a total is.
fn period(kpi: Kpi<'_, '_>) -> Result<f64, Message> {
    let per = kpi.field("per").and_then(|field| field.get("value")).and_then(|own| own.val.word());
    let over = kpi.field("over").and_then(|field| field.duration("value")).map(in_months);
    per.map(|per| 1.0 / per_month(per)).or(over).ok_or_else(|| say!("it is a total without a period"))
}

fn value<'m, 's>(formula: &Formula<'m, 's>, plan: &Typical<'_, '_, 'm, 's>) -> Result<f64, Message> {
    match formula.part() {
        Part::Fixed(val) => quantity(val).ok_or_else(untold),
        Part::Negated(inner) => Ok(-value(&inner, plan)?),
        Part::Kpi(inner) => value(&inner, plan),
        Part::Joined(op, left, right) => joined(op, value(&left, plan)?, value(&right, plan)?),
        Part::Atom { atom, is_filtered } => primitive(&atom, is_filtered, plan),
        Part::Other => Err(untold()),
    }
}

fn joined(op: Op, left: f64, right: f64) -> Result<f64, Message> {
    match op {
        Op::Plus => Ok(left + right),
        Op::Minus => Ok(left - right),
        Op::Times => Ok(left * right),
        Op::Over if right == 0.0 => Err(say!("it divides by nothing")),
        Op::Over => Ok(left / right),
        _ => Err(untold()),
    }
}

/// What a plan can tell.
const TOLD: [&str; 9] = ["people", "visits", "entries", "rate", "direct", "spend", "count", "sum", "avg"];

fn primitive<'m, 's>(atom: &Atom<'m, 's>, is_filtered: bool, plan: &Typical<'_, '_, 'm, 's>) -> Result<f64, Message> {
    if !TOLD.contains(&atom.function) {
        return Err(say!("the plan says nothing of `{function}`", function = atom.function));
    }
    if is_filtered {
        return Err(say!("it counts only some, of which the plan says nothing"));
    }
    let stage = |at: usize| atom.things.get(at).ok_or_else(untold).and_then(|node| plan.stage(*node));
    let event = || atom.things.iter().find(|node| node.kind() == Kind::Event).copied().ok_or_else(untold);
    match atom.function {
        "people" => plan.people(stage(0)?),
        "visits" | "entries" => plan.visits(stage(0)?),
        "rate" => Ok(plan.rate(stage(0)?, stage(1)?)),
        "direct" => Ok(plan.direct(stage(0)?, stage(1)?)),
        "spend" => plan.spend(&atom.things),
        "count" => plan.count(event()?),
        "sum" | "avg" if !atom.things.iter().any(is_money) => Err(untold()),
        "sum" => plan.revenue(event()?),
        "avg" => joined(Op::Over, plan.revenue(event()?)?, plan.count(event()?)?),
        _ => Err(untold()),
    }
}

/// Whether something is an amount of money: what an entry is worth is none of any other property.
fn is_money(node: &Node<'_, '_>) -> bool {
    node.kind() == Kind::Prop && matches!(Property(*node).kind_of_value(), Some(Type::Scalar("money")))
}

fn untold() -> Message {
    say!("it computes with something that the plan does not say")
}
