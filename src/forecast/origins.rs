//! What becomes of people by where they come from: how many buy, what winning them costs, what they are worth, and when
//! that is paid back.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::View;
use super::by_path;
use super::course::Course;
use super::world::{Lives, Rated};
use crate::model::walk::Node;
use crate::model::{DeclId, Kind, Model, Val};

/// How long the profit of a customer is followed, in months.
const LIFE: usize = 120;

/// People of one origin: a channel, those who are brought along, or everybody.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Origin {
    /// The path of the channel; nothing where it is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its label; empty where it is no channel.
    pub label: String,
    /// People who come in a typical month.
    pub people: f64,
    /// New customers of a typical month: who converts for the first time; nothing where no stage converts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<f64>,
    /// Which part of people ever convert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion: Option<f64>,
    /// What a typical month costs, campaigns left out; nothing where the plan does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// LTV: the profit of a customer, from the first conversion on; nothing where no stage has a worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ltv: Option<f64>,
    /// CAC: the costs of all months that are told ÷ the customers whom their people become.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cac: Option<f64>,
    /// LTV ÷ CAC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ltv_to_cac: Option<f64>,
    /// In which month of a customer the profit has paid for the CAC, the first being 1; nothing where that takes longer
    /// than ten years, or where there is no CAC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payback_month: Option<usize>,
    /// Month by month.
    pub months: Vec<InMonth>,
    /// The stages that its people reach.
    pub stages: Vec<Reached>,
}

/// A month of an origin.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct InMonth {
    /// People who come.
    pub people: f64,
    /// Who converts for the first time; nothing where no stage converts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customers: Option<f64>,
    /// What it costs; nothing where the plan does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
}

/// A stage that people of an origin reach.
#[derive(Clone, Debug, Serialize)]
pub struct Reached {
    /// Its path.
    pub path: String,
    /// Which part of those who come ever reach it.
    pub reach: f64,
    /// How often one who comes visits it.
    pub visits_per_person: f64,
}

/// People of a segment.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentForecast {
    /// Which it is.
    #[serde(skip)]
    pub id: DeclId,
    /// Its path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// How many there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<f64>,
    /// Which part of newcomers is in it, where that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Which part of its newcomers ever convert, whatever the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion: Option<f64>,
    /// The same of those who are in no segment with rates of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub others: Option<f64>,
    /// The profit of a customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ltv: Option<f64>,
    /// Customers, if all of them came in once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub potential: Option<f64>,
    /// By channel, for those with rates of their own.
    pub channels: Vec<SegmentOfChannel>,
}

/// People of a segment who come by one channel.
#[derive(Clone, Debug, Serialize)]
pub struct SegmentOfChannel {
    /// The path of the channel.
    pub path: String,
    /// Which part of them ever convert.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversion: Option<f64>,
}

/// What becomes of people with the same rates.
struct Fate {
    /// Who converts first at which stage.
    first: Vec<f64>,
    customers: f64,
    /// The profit of all of them.
    profit: f64,
}

impl Fate {
    fn of<'m, 's>(view: &View<'_, 'm, 's>, rated: &Rated<'m, 's>, start: &[f64]) -> Self {
        let stages = &view.world.net.graph.stages;
        let mut first = rated.first(view.world.net).visits(start);
        first.iter_mut().enumerate().for_each(|(at, people)| *people *= if stages[at].converts() { 1.0 } else { 0.0 });
        let customers = sum(&first);
        let profit = view.worth.profit(&rated.all.visits(&first));
        Self { first, customers, profit }
    }
}

fn sum(numbers: &[f64]) -> f64 {
    numbers.iter().fold(0.0, |sum, number| sum + number)
}

fn over(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then(|| a / b)
}

/// The people of an origin, as they are put together.
#[derive(Default)]
struct Gathered {
    people: f64,
    customers: f64,
    profit: f64,
    reach: Vec<f64>,
    visits: Vec<f64>,
    /// Who converts first where, by rates.
    first: Vec<(usize, Vec<f64>)>,
}

impl Gathered {
    fn of(view: &View<'_, '_, '_>, lives: &[Lives]) -> Self {
        let mut own = Self { reach: vec![0.0; view.stages()], visits: vec![0.0; view.stages()], ..Self::default() };
        for life in lives {
            let rated = &view.world.rated[life.rated];
            let fate = Fate::of(view, rated, &life.start);
            own.people += sum(&life.start);
            own.customers += fate.customers;
            own.profit += fate.profit;
            let visits = rated.all.visits(&life.start);
            for (at, visits) in visits.iter().enumerate() {
                own.visits[at] += visits;
                own.reach[at] += visits / rated.all.again(at);
            }
            own.first.push((life.rated, fate.first));
        }
        own
    }

    fn stages(&self, view: &View<'_, '_, '_>) -> Vec<Reached> {
        let reached = |at: usize| Reached {
            path: view.world.net.graph.stages[at].path(),
            reach: self.reach[at] / self.people,
            visits_per_person: self.visits[at] / self.people,
        };
        if self.people > 0.0 {
            (0..self.reach.len()).filter(|at| self.reach[*at] > 0.0).map(reached).collect()
        } else {
            Vec::new()
        }
    }
}

/// The profit of a customer month by month, from the stage of the first conversion on.
#[derive(Default)]
struct Curves {
    known: FxHashMap<(usize, usize), Vec<f64>>,
    courses: FxHashMap<usize, Option<Course>>,
}

impl Curves {
    /// In which month so much is earned by each of those who convert first as given.
    fn payback(&mut self, view: &View<'_, '_, '_>, first: &[(usize, Vec<f64>)], each: f64) -> Option<usize> {
        let customers = first.iter().fold(0.0, |all, (_, first)| all + sum(first));
        let mut profit = 0.0;
        let mut all = vec![0.0; LIFE];
        for (rated, first) in first {
            for (stage, people) in first.iter().enumerate().filter(|(_, people)| **people > 0.0) {
                let curve = self.curve(view, *rated, stage)?;
                all.iter_mut().zip(curve).for_each(|(sum, own)| *sum += own * people);
            }
        }
        // What is the same in exact numbers must not differ by the last bit.
        let wanted = each * customers * (1.0 - 1e-12);
        let reached = all.iter().position(|month| {
            profit += month;
            profit >= wanted
        });
        reached.map(|at| at + 1)
    }

    fn curve(&mut self, view: &View<'_, '_, '_>, rated: usize, stage: usize) -> Option<&[f64]> {
        if !self.known.contains_key(&(rated, stage)) {
            let net = view.world.net;
            let course = self.courses.entry(rated).or_insert_with(|| view.world.rated[rated].course(net, LIFE, false));
            let mut start = vec![vec![0.0; view.stages()]; LIFE];
            start[0][stage] = 1.0;
            let visits = course.as_ref()?.visits(&start);
            let curve = visits.iter().map(|visits| view.worth.profit(visits)).collect();
            self.known.insert((rated, stage), curve);
        }
        self.known.get(&(rated, stage)).map(Vec::as_slice)
    }
}

/// The index of the stage in which somebody becomes a lead: the first of the middle layer of the funnel that a channel
/// brings people to.
fn lead_stage(view: &View<'_, '_, '_>, start: &[f64]) -> Option<usize> {
    let graph = &view.world.net.graph;
    let entry = start.iter().position(|people| *people > 0.0)?;
    graph.parts[graph.part_of[entry]].stages.clone().find(|stage| graph.stages[*stage].layer() == Some("middle"))
}

/// The channels, each with what becomes of its people.
pub(super) fn channels(view: &View<'_, '_, '_>) -> Vec<Origin> {
    let (world, mut curves) = (view.world, Curves::default());
    let courses: Vec<Option<Course>> =
        world.rated.iter().map(|rated| rated.first_course(world.net, view.months)).collect();
    let mut own: Vec<Vec<usize>> = vec![Vec::new(); world.channels.len()];
    world.streams.iter().enumerate().for_each(|(at, stream)| own[stream.channel].push(at));
    let has_part = |at: &usize| world.channels[*at].brings_anybody() || world.channels[*at].has_cost();
    (0..world.channels.len()).filter(has_part).map(|at| channel(view, at, &own[at], &courses, &mut curves)).collect()
}

/// What becomes of those whom a channel brings in a typical month.
fn typical(view: &View<'_, '_, '_>, at: usize, streams: &[usize]) -> Gathered {
    let channel = &view.world.channels[at];
    let start = channel.start(view.stages());
    let lives = streams.iter().map(|stream| &view.world.streams[*stream]).map(|own| {
        let times = channel.season(None) * own.part;
        let start = start.iter().map(|people| people * times).collect();
        Lives { rated: own.rated, start, visits: Vec::new(), is_referred: false }
    });
    Gathered::of(view, &lives.collect::<Vec<_>>())
}

/// What each channel costs in a typical month, where the plan says so.
pub(super) fn costs(view: &View<'_, '_, '_>) -> Vec<(String, f64)> {
    let world = view.world;
    let cost = |at: usize| {
        let channel = &world.channels[at];
        if !channel.is_paid_by_people() {
            return channel.cost(None, 0.0, 0.0, 0.0);
        }
        let streams: Vec<usize> = (0..world.streams.len()).filter(|own| world.streams[*own].channel == at).collect();
        let all = typical(view, at, &streams);
        let leads = lead_stage(view, &channel.start(view.stages())).map_or(0.0, |stage| all.reach[stage]);
        channel.cost(None, all.people, leads, all.customers)
    };
    let paid = (0..world.channels.len()).filter(|at| world.channels[*at].has_cost());
    paid.map(|at| (world.channels[at].node.path(), cost(at))).collect()
}

fn channel(
    view: &View<'_, '_, '_>,
    at: usize,
    streams: &[usize],
    courses: &[Option<Course>],
    curves: &mut Curves,
) -> Origin {
    let (world, channel) = (view.world, &view.world.channels[at]);
    let start = channel.start(view.stages());
    let scaled = |times: f64| start.iter().map(|people| people * times).collect::<Vec<f64>>();
    let all = typical(view, at, streams);
    let leads = lead_stage(view, &start).and_then(|stage| over(all.reach[stage], all.people)).unwrap_or(0.0);
    let conversion = over(all.customers, all.people).unwrap_or(0.0);
    let cost = |month, people: f64| channel.cost(month, people, people * leads, people * conversion);
    let converts = view.has_conversion();
    let mut customers = vec![0.0; view.months];
    for stream in streams.iter().map(|stream| &world.streams[*stream]) {
        let seasons: Vec<Vec<f64>> =
            (0..view.months).map(|at| scaled(channel.season(view.month(at)) * stream.part)).collect();
        let Some(course) = &courses[stream.rated] else { continue };
        for (sum, visits) in customers.iter_mut().zip(course.visits(&seasons)) {
            *sum += view.conversions(&visits);
        }
    }
    let months: Vec<InMonth> = (0..view.months)
        .map(|at| {
            let month = view.month(at);
            let people = sum(&start) * channel.season(month);
            let cost = channel.has_cost().then(|| cost(month, people));
            InMonth { people, customers: converts.then_some(customers[at]), cost }
        })
        .collect();
    let brought = months.iter().fold(0.0, |sum, month| sum + month.people);
    let paid = months.iter().fold(0.0, |sum, month| sum + month.cost.unwrap_or(0.0));
    let mut origin = Origin {
        path: Some(channel.node.path()),
        label: view.label(channel.node),
        people: all.people,
        cost: channel.has_cost().then(|| cost(None, all.people)),
        cac: over(paid, brought * conversion).filter(|_| channel.has_cost()),
        months,
        ..Origin::default()
    };
    fill(view, &mut origin, &all, curves);
    origin
}

/// What follows from people, customers, profit and the CAC.
fn fill(view: &View<'_, '_, '_>, origin: &mut Origin, all: &Gathered, curves: &mut Curves) {
    let converts = view.has_conversion();
    origin.customers = converts.then_some(all.customers);
    origin.conversion = over(all.customers, all.people).filter(|_| converts);
    origin.ltv = over(all.profit, all.customers).filter(|_| view.worth.is_said());
    origin.ltv_to_cac = origin.ltv.zip(origin.cac).and_then(|(ltv, cac)| over(ltv, cac));
    if origin.ltv.is_some() {
        origin.payback_month = origin.cac.and_then(|cac| curves.payback(view, &all.first, cac));
    }
    origin.stages = all.stages(view);
}

/// Everything together.
pub(super) fn total(view: &View<'_, '_, '_>, typical: &[Lives], channels: &[Origin]) -> Origin {
    let world = view.world;
    let all = Gathered::of(view, typical);
    let has_cost = channels.iter().any(|own| own.cost.is_some());
    let of = |own: &Origin, at: usize| own.months[at];
    let along = referred_months(view);
    let months: Vec<InMonth> = (0..view.months)
        .map(|at| {
            let fold = |get: &dyn Fn(InMonth) -> Option<f64>| {
                channels.iter().filter_map(|own| get(of(own, at))).fold(0.0, |sum, own| sum + own)
            };
            let own = along.as_ref().map(|months| months[at]).unwrap_or_default();
            InMonth {
                people: fold(&|month| Some(month.people)) + own.people,
                customers: view.has_conversion().then(|| fold(&|month| month.customers) + own.customers.unwrap_or(0.0)),
                cost: has_cost.then(|| fold(&|month| month.cost)),
            }
        })
        .collect();
    let paid = months.iter().fold(0.0, |sum, month| sum + month.cost.unwrap_or(0.0));
    let brought = world
        .lives(&world.starts(|channel| (0..view.months).fold(0.0, |sum, at| sum + channel.season(view.month(at)))));
    let become_customers = Gathered::of(view, &brought).customers;
    let mut origin = Origin {
        people: all.people,
        cost: has_cost.then(|| channels.iter().filter_map(|own| own.cost).fold(0.0, |sum, cost| sum + cost)),
        cac: over(paid, become_customers).filter(|_| has_cost),
        months,
        ..Origin::default()
    };
    fill(view, &mut origin, &all, &mut Curves::default());
    origin
}

/// Those who are brought along.
pub(super) fn referred(view: &View<'_, '_, '_>, typical: &[Lives]) -> Option<Origin> {
    let lives: Vec<Lives> = typical.iter().filter(|own| own.is_referred).cloned().collect();
    if lives.is_empty() {
        return None;
    }
    let all = Gathered::of(view, &lives);
    let mut origin = Origin { people: all.people, months: referred_months(view)?, ..Origin::default() };
    fill(view, &mut origin, &all, &mut Curves::default());
    Some(origin)
}

/// Month by month, those who are brought along; nothing where nobody is, or where their number has no end in a month.
fn referred_months(view: &View<'_, '_, '_>) -> Option<Vec<InMonth>> {
    let (world, net) = (view.world, view.world.net);
    if !view.has_people() || !world.rated.iter().any(|rated| rated.refers(net)) {
        return None;
    }
    let mut coming = vec![vec![0.0; view.stages()]; view.months];
    for (at, rated) in world.rated.iter().enumerate() {
        let visits = rated.course(net, view.months, false)?.visits(&view.starts(at, |_| true));
        super::course::brought_along(&net.timed(&rated.rates, super::net::Way::is_referral), &visits, &mut coming);
    }
    let plain = &world.rated[0];
    let visits = plain.course(net, view.months, true)?.visits(&coming);
    super::course::brought_along(&net.timed(&plain.rates, super::net::Way::is_referral), &visits, &mut coming);
    let customers = plain.first_course(net, view.months)?.visits(&coming);
    let month = |(coming, customers): (&Vec<f64>, &Vec<f64>)| InMonth {
        people: sum(coming),
        customers: view.has_conversion().then(|| view.conversions(customers)),
        cost: None,
    };
    Some(coming.iter().zip(&customers).map(month).collect())
}

impl View<'_, '_, '_> {
    /// Whether some stage converts.
    pub(super) fn has_conversion(&self) -> bool {
        self.world.net.graph.stages.iter().any(|stage| stage.converts())
    }

    /// The visits of stages that convert.
    fn conversions(&self, visits: &[f64]) -> f64 {
        let stages = self.world.net.graph.stages.iter().zip(visits).filter(|(stage, _)| stage.converts());
        stages.fold(0.0, |sum, (_, visits)| sum + visits)
    }
}

// ---- segments

/// The segments that have rates of their own, and those that a share is given for.
pub(super) fn segments<'m, 's>(
    model: &'m Model<'s>,
    view: &View<'_, 'm, 's>,
    shares: &[(Node<'m, 's>, f64)],
) -> Vec<SegmentForecast> {
    let with_rates: FxHashSet<DeclId> =
        view.world.net.ways.iter().flat_map(super::net::Way::groups).map(|own| own.id).collect();
    let all = by_path(model, Kind::Segment).into_iter().chain(by_path(model, Kind::Antisegment));
    let own = all.filter(|own| with_rates.contains(&own.id) || shares.iter().any(|(node, _)| node.id == own.id));
    own.filter_map(|own| segment(view, own, shares)).collect()
}

fn segment<'m, 's>(
    view: &View<'_, 'm, 's>,
    own: Node<'m, 's>,
    shares: &[(Node<'m, 's>, f64)],
) -> Option<SegmentForecast> {
    let net = view.world.net;
    let (start, converts) = (newcomer(view), view.has_conversion());
    let rates = net.rates(&[own], None);
    let fate = Fate::of(view, &Rated::new(net, Vec::new(), rates.clone())?, &start);
    let others = Fate::of(view, &view.world.rated[0], &start);
    let size = own.field("size").and_then(|field| match field.get("count")?.val {
        Val::Number(count) => Some(super::net::number(count)),
        _ => None,
    });
    let mut channels = Vec::new();
    for channel in view.world.channels.iter().filter(|channel| channel.brings_anybody()) {
        let special = net.rates(&[channel.node, own], None);
        if special == rates {
            continue;
        }
        let start = channel.start(view.stages());
        let fate = Fate::of(view, &Rated::new(net, Vec::new(), special)?, &start);
        let conversion = over(fate.customers, sum(&start)).filter(|_| converts);
        channels.push(SegmentOfChannel { path: channel.node.path(), conversion });
    }
    Some(SegmentForecast {
        id: own.id,
        path: own.path(),
        label: view.label(own),
        size,
        share: shares.iter().find(|(node, _)| node.id == own.id).map(|(_, share)| *share),
        conversion: converts.then_some(fate.customers),
        others: converts.then_some(others.customers),
        ltv: over(fate.profit, fate.customers).filter(|_| view.worth.is_said()),
        potential: size.filter(|_| converts).map(|size| size * fate.customers),
        channels,
    })
}

/// One newcomer: where channels bring people, or at the stages that begin.
fn newcomer(view: &View<'_, '_, '_>) -> Vec<f64> {
    let mut start = vec![0.0; view.stages()];
    for (_, own) in view.world.starts(|channel| channel.season(None)) {
        start.iter_mut().zip(own).for_each(|(sum, people)| *sum += people);
    }
    let all = sum(&start);
    if all > 0.0 {
        return start.into_iter().map(|people| people / all).collect();
    }
    view.alike(0..view.stages())
}
