//! What a forecast is computed from: for every group of people with rates of its own the chains of its lives, and what
//! begins where.

use std::cell::OnceCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::chain::Chain;
use super::channels::Channel;
use super::course::{Course, Timed, delays};
use super::net::{Net, number, share};
use crate::model::walk::{Node, Stage};

/// The lives of people who have the same rates. What is not asked for is not computed.
pub(super) struct Rated<'m, 's> {
    /// Who they are: of a channel, perhaps of a segment.
    who: Vec<Node<'m, 's>>,
    pub(super) rates: Vec<Option<f64>>,
    /// Everything that a person does.
    pub(super) all: Chain,
    journey: OnceCell<Chain>,
    first: OnceCell<Chain>,
    in_month: OnceCell<Chain>,
}

impl<'m, 's> Rated<'m, 's> {
    /// The lives by some rates; nothing where somebody goes round for ever.
    pub(super) fn new(net: &Net<'m, 's>, who: Vec<Node<'m, 's>>, rates: Vec<Option<f64>>) -> Option<Self> {
        let all = Chain::new(net.graph.stages.len(), &net.shares(&rates, |way| !way.is_referral()))?;
        let [journey, first, in_month] = [const { OnceCell::new() }; 3];
        Some(Self { who, rates, all, journey, first, in_month })
    }

    /// What a person does in one journey.
    pub(super) fn journey(&self, net: &Net<'m, 's>) -> &Chain {
        self.journey
            .get_or_init(|| part(net, &net.shares(&self.rates, |way| !way.is_referral() && !net.ends_journey(way))))
    }

    /// What a person does until the first conversion.
    pub(super) fn first(&self, net: &Net<'m, 's>) -> &Chain {
        let stages = &net.graph.stages;
        self.first.get_or_init(|| {
            part(net, &net.shares(&self.rates, |way| !way.is_referral() && !stages[way.from].converts()))
        })
    }

    /// What a person does inside one month.
    pub(super) fn in_month(&self, net: &Net<'m, 's>) -> &Chain {
        self.in_month.get_or_init(|| {
            let timed = net.timed(&self.rates, |way| !way.is_referral());
            let first = |way: &Timed| (way.from, way.to, way.share * delays(way.longest, 1)[0]);
            part(net, &timed.iter().map(first).collect::<Vec<_>>())
        })
    }

    /// The course of everything, without and with those who are brought along.
    pub(super) fn course(&self, net: &Net<'m, 's>, months: usize, grown: bool) -> Option<Course> {
        let timed = net.timed(&self.rates, |way| grown || !way.is_referral());
        Course::new(net.graph.stages.len(), &timed, months)
    }

    /// The course until the first conversion.
    pub(super) fn first_course(&self, net: &Net<'m, 's>, months: usize) -> Option<Course> {
        let stages = &net.graph.stages;
        let timed = net.timed(&self.rates, |way| !way.is_referral() && !stages[way.from].converts());
        Course::new(stages.len(), &timed, months)
    }

    /// Whether new people are brought along somewhere.
    pub(super) fn refers(&self, net: &Net<'m, 's>) -> bool {
        net.ways.iter().zip(&self.rates).any(|(way, rate)| way.is_referral() && rate.is_some_and(|rate| rate > 0.0))
    }

    /// Whom visits bring along, by the stage that they come to.
    pub(super) fn brought_along(&self, net: &Net<'m, 's>, visits: &[f64]) -> Vec<f64> {
        let mut coming = vec![0.0; visits.len()];
        for (from, to, share) in net.shares(&self.rates, super::net::Way::is_referral) {
            coming[to] += visits[from] * share;
        }
        coming
    }
}

/// A chain of some of the ways of one that everybody leaves, so that everybody leaves it, too.
fn part(net: &Net<'_, '_>, ways: &[(usize, usize, f64)]) -> Chain {
    let nodes = net.graph.stages.len();
    Chain::new(nodes, ways).unwrap_or_else(|| Chain::without_ways(nodes))
}

/// People of one channel, perhaps of one segment.
#[derive(Clone, Copy)]
pub(super) struct Stream<'m, 's> {
    /// Index of the channel.
    pub(super) channel: usize,
    /// Index of their rates.
    pub(super) rated: usize,
    /// Which part of the channel's people they are.
    pub(super) part: f64,
    pub(super) segment: Option<Node<'m, 's>>,
}

/// People who begin with the same rates, and what they do.
#[derive(Clone, Debug)]
pub(super) struct Lives {
    /// Index of their rates.
    pub(super) rated: usize,
    /// Where they begin.
    pub(super) start: Vec<f64>,
    /// The visits they make.
    pub(super) visits: Vec<f64>,
    /// Whether others brought them along.
    pub(super) is_referred: bool,
}

/// Where people begin, by the index of their rates.
pub(super) type Starts = Vec<(usize, Vec<f64>)>;

/// Everything that a forecast is computed from.
pub(super) struct World<'a, 'm, 's> {
    pub(super) net: &'a Net<'m, 's>,
    pub(super) channels: &'a [Channel<'m, 's>],
    /// The plain rates, then those of groups.
    pub(super) rated: Vec<Rated<'m, 's>>,
    pub(super) streams: Rc<Vec<Stream<'m, 's>>>,
    /// The plain rates with those who are brought along; nothing where their number grows for ever.
    pub(super) grown: Option<Chain>,
    /// Who begins in a typical month.
    typical: Rc<Starts>,
}

impl<'a, 'm, 's> World<'a, 'm, 's> {
    /// The world of a plan; nothing where somebody goes round for ever.
    pub(super) fn of(
        net: &'a Net<'m, 's>,
        channels: &'a [Channel<'m, 's>],
        shares: &[(Node<'m, 's>, f64)],
    ) -> Option<Self> {
        let plain = net.rates(&[], None);
        let mut world = Self {
            net,
            channels,
            rated: Vec::new(),
            streams: Rc::default(),
            grown: grown(net, &plain),
            typical: Rc::default(),
        };
        let mut known = FxHashMap::default();
        world.rates(&[], plain, &mut known)?;
        let rest = shares.iter().fold(1.0, |rest, (_, share)| rest - share);
        let mut streams = Vec::new();
        for (channel, own) in channels.iter().enumerate().filter(|(_, own)| own.brings_anybody()) {
            let rated = world.rates(&[own.node], net.rates(&[own.node], None), &mut known)?;
            streams.push(Stream { channel, rated, part: rest, segment: None });
            for (segment, part) in shares {
                let who = [own.node, *segment];
                let rated = world.rates(&who, net.rates(&who, None), &mut known)?;
                streams.push(Stream { channel, rated, part: *part, segment: Some(*segment) });
            }
        }
        world.streams = Rc::new(streams);
        world.typical = Rc::new(world.starts(|channel| channel.season(None)));
        Some(world)
    }

    /// The same world with one way's rate times a factor.
    pub(super) fn scaled(&self, way: usize, factor: f64) -> Option<Self> {
        let again =
            |own: &Rated<'m, 's>| Rated::new(self.net, own.who.clone(), self.net.rates(&own.who, Some((way, factor))));
        let rated = self.rated.iter().map(again).collect::<Option<Vec<_>>>()?;
        Some(Self {
            grown: grown(self.net, &rated[0].rates),
            rated,
            streams: Rc::clone(&self.streams),
            typical: Rc::clone(&self.typical),
            ..*self
        })
    }

    fn rates(
        &mut self,
        who: &[Node<'m, 's>],
        rates: Vec<Option<f64>>,
        known: &mut FxHashMap<Vec<Option<u64>>, usize>,
    ) -> Option<usize> {
        let bits: Vec<Option<u64>> = rates.iter().map(|rate| rate.map(f64::to_bits)).collect();
        if let Some(at) = known.get(&bits) {
            return Some(*at);
        }
        self.rated.push(Rated::new(self.net, who.to_vec(), rates)?);
        known.insert(bits, self.rated.len() - 1);
        Some(self.rated.len() - 1)
    }

    /// Where people begin, by their rates; `people` says how many times a month's people each channel brings.
    pub(super) fn starts(&self, people: impl Fn(&Channel<'m, 's>) -> f64) -> Starts {
        let mut starts: Starts = Vec::new();
        let mut place: Vec<Option<usize>> = vec![None; self.rated.len()];
        for stream in self.streams.iter() {
            let channel = &self.channels[stream.channel];
            let at = *place[stream.rated].get_or_insert_with(|| {
                starts.push((stream.rated, vec![0.0; self.net.graph.stages.len()]));
                starts.len() - 1
            });
            let times = people(channel) * stream.part;
            channel.add_start(times, &mut starts[at].1);
        }
        starts
    }

    /// The lives of those who begin so, then of those they bring along, if their number does not grow for ever.
    pub(super) fn lives(&self, starts: &Starts) -> Vec<Lives> {
        let mut coming = vec![0.0; self.net.graph.stages.len()];
        let mut lives = Vec::new();
        for (rated, start) in starts {
            let visits = self.rated[*rated].all.visits(start);
            let brought = self.rated[*rated].brought_along(self.net, &visits);
            coming.iter_mut().zip(brought).for_each(|(sum, own)| *sum += own);
            lives.push(Lives { rated: *rated, start: start.clone(), visits, is_referred: false });
        }
        if let Some(grown) = self.grown.as_ref().filter(|_| coming.iter().any(|people| *people > 0.0)) {
            let visits = grown.visits(&coming);
            let brought = self.rated[0].brought_along(self.net, &visits);
            let start = coming.iter().zip(brought).map(|(own, more)| own + more).collect();
            lives.push(Lives { rated: 0, start, visits, is_referred: true });
        }
        lives
    }

    /// The lives of a typical month: every season at its mean.
    pub(super) fn typical(&self) -> Vec<Lives> {
        self.lives(&self.typical)
    }
}

/// The plain rates with those who are brought along.
fn grown(net: &Net<'_, '_>, plain: &[Option<f64>]) -> Option<Chain> {
    Chain::new(net.graph.stages.len(), &net.shares(plain, |_| true))
}

/// What an entry of each stage is worth.
#[derive(Clone, Debug)]
pub(super) struct Worth {
    /// The amount, by stage.
    pub(super) amount: Vec<Option<f64>>,
    /// The profit of it; the whole amount where no margin is said.
    pub(super) profit: Vec<f64>,
    /// Whether some stage says no margin.
    pub(super) lacks_margin: bool,
    /// Stages whose worth is in another currency than the project's.
    pub(super) foreign: Vec<String>,
}

impl Worth {
    /// What stages are worth. One that says nothing is worth what another of its funnel is that the same trigger enters.
    pub(super) fn of(stages: &[Stage<'_, '_>], currency: &str) -> Self {
        let mut own = Self { amount: Vec::new(), profit: Vec::new(), lacks_margin: false, foreign: Vec::new() };
        let mut by_trigger: FxHashMap<(Option<String>, String), (f64, f64)> = FxHashMap::default();
        let key = |stage: &Stage<'_, '_>| {
            let trigger: String = stage.0.model.sources.text(stage.enter()?.span).split_whitespace().collect();
            Some((stage.parent().map(Node::path), trigger))
        };
        for stage in stages {
            let said = own.said(stage, currency);
            if let (Some(said), Some(key)) = (said, key(stage)) {
                by_trigger.entry(key).or_insert(said);
            }
            own.amount.push(said.map(|(amount, _)| amount));
            own.profit.push(said.map_or(0.0, |(_, profit)| profit));
        }
        for (at, stage) in stages.iter().enumerate().filter(|(_, stage)| !stage.has("worth")) {
            if let Some((amount, profit)) = key(stage).and_then(|key| by_trigger.get(&key)) {
                own.amount[at] = Some(*amount);
                own.profit[at] = *profit;
            }
        }
        own
    }

    fn said(&mut self, stage: &Stage<'_, '_>, currency: &str) -> Option<(f64, f64)> {
        let field = stage.field("worth")?;
        let money = field.money("money")?;
        if money.currency != currency {
            self.foreign.push(stage.path());
            return None;
        }
        let amount = number(money.amount);
        let margin = field.percent("margin");
        self.lacks_margin |= margin.is_none();
        Some((amount, amount * margin.map_or(1.0, share)))
    }

    /// Whether anything has a worth.
    pub(super) fn is_said(&self) -> bool {
        self.amount.iter().any(Option::is_some)
    }

    /// The profit of visits.
    pub(super) fn profit(&self, visits: &[f64]) -> f64 {
        visits.iter().zip(&self.profit).fold(0.0, |sum, (visits, profit)| sum + visits * profit)
    }
}
