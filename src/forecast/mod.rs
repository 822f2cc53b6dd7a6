//! What the plan comes to: people by stage and month, what channels cost and their customers are worth, and whether goals
//! and targets are what the planned rates give.
//!
//! The funnels are an absorbing Markov chain (`chain`) by channel and segment, spread over months (`course`). What
//! comes out is [`Forecast`]: plain data, the same on every machine.
//!
//! ```text
//! net       ways and their rates: planned, special, measured
//! channels  whom channels bring, when, and what they cost
//! world     the lives of each group of people, and what begins where
//! origins   what becomes of the people of each channel and segment
//! promises  goals and targets beside what the plan gives
//! levers    which single rate moves a number most
//! ```

mod chain;
mod channels;
mod course;
mod levers;
mod net;
mod origins;
mod promises;
pub mod report;
mod spell;
mod world;

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;
use serde::Serialize;
use serde_json::Value as Json;

pub use channels::Month;
pub use levers::Lever;
pub use net::Role;
pub use origins::{InMonth, Origin, Reached, SegmentForecast};
pub use promises::{Needed, Promise, PromiseKind, Verdict};

use crate::count;
use crate::diagnostic::Message;
use crate::model::walk::{Node, Transition};
use crate::model::{DeclId, Kind, Model};
use crate::say;
use channels::Channel;
use course::Course;
use net::Net;
pub(crate) use net::{float, share};
pub(crate) use spell::spelled;
use world::{Lives, World, Worth};

/// The most months that are told.
pub const MAX_MONTHS: usize = 120;

/// The largest loop that is computed, in stages: its matrix is inverted as a whole.
pub const MAX_LOOP: usize = 600;
/// The largest loop that is computed while a spec is checked.
const CHECKED_LOOP: usize = 60;
/// How many stages times promises times groups of people with rates of their own are looked at while a spec is checked.
const CHECKED_WORK: usize = 10_000_000;
/// How many steps of elimination the trials of one number may take together, in a forecast and while a spec is checked.
const TRIALS: usize = 400_000_000;
const CHECKED_TRIALS: usize = 1_000_000;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Ask {
    /// How many months are told.
    pub months: usize,
    /// The first of them; nothing means the first that the spec names.
    pub from: Option<Month>,
    /// What `funnelc measure --format json` wrote: its rates take the place of planned ones.
    pub measured: Option<Json>,
    /// Which part of those whom channels bring is in which segment: its path, and a share.
    pub shares: Vec<(String, f64)>,
    /// The language of labels.
    pub language: String,
}

impl Default for Ask {
    fn default() -> Self {
        Self { months: 12, from: None, measured: None, shares: Vec::new(), language: String::new() }
    }
}

/// What the plan comes to.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// Whether rates are `planned` or `measured`; where nothing was measured they are planned.
    pub rates: &'static str,
    /// The currency of all amounts (ISO 4217).
    pub currency: String,
    /// The months that are told, as `2027-03`; numbers from 1 where the spec names no month.
    pub months: Vec<String>,
    /// Whether referral brings at least as many people as go round, so that there is no typical month.
    pub grows: bool,
    /// Everything, the people who are brought along included.
    pub total: Origin,
    /// By channel, by path: those that bring people or cost something.
    pub channels: Vec<Origin>,
    /// Those whom people bring along, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referred: Option<Origin>,
    /// By segment: those with rates of their own, or a share that was given.
    pub segments: Vec<SegmentForecast>,
    /// Funnel by funnel.
    pub funnels: Vec<FunnelForecast>,
    /// Goals and targets beside what the plan gives.
    pub promises: Vec<Promise>,
    /// Which rate moves the number of new customers most, first.
    pub levers: Vec<Lever>,
    /// What must be known to read the numbers.
    #[serde(skip)]
    pub notes: Vec<Message>,
}

/// A funnel.
#[derive(Clone, Debug, Serialize)]
pub struct FunnelForecast {
    /// Its path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// People who come into it in a typical month, from outside or by a handover; nothing where that is not planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<f64>,
    /// Its stages, in declared order.
    pub stages: Vec<StageForecast>,
    /// Its transitions, in declared order, then undeclared ways past optional stages; handovers stand where they leave.
    pub transitions: Vec<WayForecast>,
    /// Its loops.
    pub loops: Vec<LoopForecast>,
}

/// A stage.
#[derive(Clone, Debug, Serialize)]
pub struct StageForecast {
    /// Its path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// Which part of those who come into the funnel ever reach it.
    pub reach: f64,
    /// How often one who comes into the funnel visits it.
    pub visits_per_person: f64,
    /// A typical month; nothing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typical: Option<Flow>,
    /// Month by month, from an empty funnel; nothing where nobody is brought.
    pub months: Vec<Flow>,
}

/// What comes into a stage in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Flow {
    /// Visits that begin.
    pub visits: f64,
    /// People: who comes several times in the month counts once.
    pub people: f64,
}

/// A transition.
#[derive(Clone, Debug, Serialize)]
pub struct WayForecast {
    /// The stage it leaves.
    pub from: String,
    /// The stage it leads to.
    pub to: String,
    /// What it does.
    pub role: Role,
    /// The rate of all people together; nothing where none is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// The longest time it takes, in months.
    pub within_months: f64,
    /// How often it is taken in a typical month; nothing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typical: Option<f64>,
}

/// A loop: stages that people can come back to.
#[derive(Clone, Debug, Serialize)]
pub struct LoopForecast {
    /// Its stages.
    pub stages: Vec<String>,
    /// Which part of those who come into the funnel come into it.
    pub reach: f64,
    /// Transitions that one who comes into it takes inside.
    pub laps: f64,
}

/// The declarations of a kind, whatever the order of the files: sums of floats are of their order, too.
pub(crate) fn by_path<'m, 's>(model: &'m Model<'s>, kind: Kind) -> Vec<Node<'m, 's>> {
    let mut nodes: Vec<Node<'m, 's>> = model.nodes(kind).collect();
    nodes.sort_by_cached_key(|node| node.path());
    nodes
}

impl Forecast {
    /// The forecast of a project without errors. Fails where somebody goes round for ever, or where a segment that a
    /// share is given for is not declared.
    pub fn of(model: &Model<'_>, ask: &Ask) -> Result<Self, Message> {
        let net = Net::of(model, ask.measured.as_ref());
        let size = net.largest_loop();
        if size > MAX_LOOP {
            return Err(say!(
                "a loop of {size} stages is too large; at most {most} are computed",
                size,
                most = MAX_LOOP
            ));
        }
        let currency = currency(model);
        let (channels, uncounted) = channels::all(model, &net.graph.stages, &currency);
        let worth = Worth::of(&net.graph.stages, &currency);
        let shares = shares(model, &ask.shares)?;
        let world = World::of(&net, &channels, &shares)
            .ok_or_else(|| say!("some people never leave a loop by these rates, so there is no finite answer"))?;
        let language = if ask.language.is_empty() { model.languages()[0].to_owned() } else { ask.language.clone() };
        let from = ask.from.or_else(|| promises::first_month(model, &channels));
        let view = View {
            world: &world,
            worth: &worth,
            currency: &currency,
            language: &language,
            from,
            months: ask.months,
            work: TRIALS,
        };
        let typical = world.typical();
        let promises = promises::all(model, &view);
        let origins = origins::channels(&view);
        let mut forecast = Self {
            rates: if net.measured() > 0 { "measured" } else { "planned" },
            months: (0..ask.months)
                .map(|at| view.month(at).map_or_else(|| (at + 1).to_string(), |own| own.to_string()))
                .collect(),
            grows: view.grows(),
            total: origins::total(&view, &typical, &origins),
            channels: origins,
            referred: origins::referred(&view, &typical),
            segments: origins::segments(model, &view, &shares),
            funnels: funnels(&view, &typical),
            promises,
            levers: levers::of_customers(&view),
            notes: Vec::new(),
            currency: currency.clone(),
        };
        forecast.notes = notes(&view, &uncounted, ask, &forecast);
        Ok(forecast)
    }

    /// The promises of a kind that the plan does not keep; nothing where the plan has faults or is too large to be looked
    /// at while a spec is checked.
    pub fn missed(model: &Model<'_>, kind: PromiseKind) -> Vec<Promise> {
        let asked = promises::asked(model, kind);
        if asked.is_empty() {
            return Vec::new();
        }
        let times = asked.len();
        while_checked(model, times, |view| promises::missed(asked, view)).unwrap_or_default()
    }

    /// How many people come into each stage in a typical month; nothing where the plan has faults, says whom nobody brings,
    /// has no typical month, or is too large to be looked at while a spec is checked.
    pub fn typical_people(model: &Model<'_>) -> Option<Vec<(DeclId, f64)>> {
        let expected = Self::expected(model)?.into_iter();
        expected.map(|(id, expected)| Some((id, expected.people?))).collect()
    }

    /// What each stage comes to, by id; nothing where the plan has faults or is too large to be looked at while a spec is
    /// checked.
    pub fn expected(model: &Model<'_>) -> Option<Vec<(DeclId, Expected)>> {
        if model.all_of_kind(Kind::Stage).len() > MAX_EXPECTED {
            return None;
        }
        let look = |view: &View<'_, '_, '_>| {
            let typical = view.world.typical();
            let all = funnels(view, &typical).into_iter().flat_map(|funnel| funnel.stages);
            let expected =
                all.map(|stage| Expected { reach: stage.reach, people: stage.typical.map(|flow| flow.people) });
            let mut all: Vec<(DeclId, Expected)> =
                view.world.net.graph.stages.iter().map(|stage| stage.id).zip(expected).collect();
            all.sort_unstable_by_key(|(id, _)| *id);
            all
        };
        while_checked(model, 1, look)
    }
}

/// In how many stages the people are counted while somebody waits in an editor; it takes seconds where there are a thousand.
const MAX_EXPECTED: usize = 200;

/// What a stage comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// The share of those who come into its funnel who ever reach it, 0 to 1.
    pub reach: f64,
    /// How many people come into it in a typical month; nothing where nobody is brought or there is no typical month.
    pub people: Option<f64>,
}

impl Expected {
    /// [`Expected::reach`] for people. Three digits are enough to compare, and more would be a promise.
    pub fn share(&self) -> String {
        let digits = if self.reach >= 0.1 {
            0
        } else if self.reach >= 0.01 {
            1
        } else {
            2
        };
        format!("{:.digits$}%", self.reach * 100.0)
    }
}

/// Looks at the plan of a project while it is checked, for something that asks so many times; nothing where the plan has
/// faults or is too large.
fn while_checked<T>(model: &Model<'_>, times: usize, look: impl FnOnce(&View<'_, '_, '_>) -> T) -> Option<T> {
    let work = model.of_kind(Kind::Stage).count().saturating_mul(times).saturating_mul(groups(model));
    if work > CHECKED_WORK || is_faulty(model) {
        return None;
    }
    let net = Net::of(model, None);
    if !net.is_sound() || net.largest_loop() > CHECKED_LOOP {
        return None;
    }
    let currency = currency(model);
    let (channels, _) = channels::all(model, &net.graph.stages, &currency);
    let worth = Worth::of(&net.graph.stages, &currency);
    let world = World::of(&net, &channels, &[])?;
    let language = model.languages()[0].to_owned();
    Some(look(&View {
        world: &world,
        worth: &worth,
        currency: &currency,
        language: &language,
        from: None,
        months: 1,
        work: CHECKED_TRIALS,
    }))
}

/// How many groups of people have rates of their own, and all others.
fn groups(model: &Model<'_>) -> usize {
    let ways = [Kind::Transition, Kind::Handover].into_iter().flat_map(|kind| model.nodes(kind)).map(Transition);
    let whom: BTreeSet<DeclId> = ways.flat_map(Transition::special_rates).map(|(who, ..)| who.id).collect();
    whom.len() + 1
}

/// Whether something that a forecast is made of could not be read.
fn is_faulty(model: &Model<'_>) -> bool {
    let kinds = [Kind::Project, Kind::Funnel, Kind::Handover, Kind::Channel, Kind::Campaign, Kind::Segment];
    let is_broken = |node: Node<'_, '_>| node.is_broken() || node.descendants().into_iter().any(Node::is_broken);
    kinds.into_iter().any(|kind| model.nodes(kind).any(is_broken))
}

/// What the parts of a forecast are made from.
struct View<'a, 'm, 's> {
    world: &'a World<'a, 'm, 's>,
    worth: &'a Worth,
    currency: &'a str,
    language: &'a str,
    from: Option<Month>,
    months: usize,
    /// How many steps the trials of one number may take.
    work: usize,
}

impl View<'_, '_, '_> {
    fn month(&self, at: usize) -> Option<Month> {
        self.from.map(|from| from.later(at))
    }

    fn grows(&self) -> bool {
        self.world.grown.is_none()
    }

    fn stages(&self) -> usize {
        self.world.net.graph.stages.len()
    }

    /// Whether the plan says whom anybody brings.
    fn has_people(&self) -> bool {
        !self.world.streams.is_empty()
    }

    /// One person, who begins at each of some stages where one can with the same probability.
    fn alike(&self, stages: std::ops::Range<usize>) -> Vec<f64> {
        let entries: Vec<usize> = stages.filter(|stage| self.world.net.graph.is_entry(*stage)).collect();
        let mut start = vec![0.0; self.stages()];
        entries.iter().for_each(|stage| start[*stage] = 1.0 / net::float(entries.len()));
        start
    }

    fn label(&self, node: Node<'_, '_>) -> String {
        node.label(self.language)
    }

    /// Whom channels bring each month, by their rates.
    fn starts(&self, rated: usize, brings: impl Fn(usize) -> bool) -> Vec<Vec<f64>> {
        let mut months = vec![vec![0.0; self.stages()]; self.months];
        for stream in self.world.streams.iter().filter(|own| own.rated == rated && brings(own.channel)) {
            let channel: &Channel<'_, '_> = &self.world.channels[stream.channel];
            let start = channel.start(self.stages());
            for (at, month) in months.iter_mut().enumerate() {
                let times = channel.season(self.month(at)) * stream.part;
                month.iter_mut().zip(&start).for_each(|(sum, own)| *sum += own * times);
            }
        }
        months
    }
}

fn currency(model: &Model<'_>) -> String {
    model.project().and_then(|project| project.word("currency")).unwrap_or_default().to_owned()
}

/// The segments that shares are given for.
fn shares<'m, 's>(model: &'m Model<'s>, given: &[(String, f64)]) -> Result<Vec<(Node<'m, 's>, f64)>, Message> {
    let all = || by_path(model, Kind::Segment).into_iter().chain(by_path(model, Kind::Antisegment));
    let share = |(path, share): &(String, f64)| {
        let found = all().find(|node| node.path() == *path || node.name() == path);
        found.map(|node| (node, *share)).ok_or_else(|| {
            let paths: Vec<String> = all().map(Node::path).collect();
            match crate::model::faults::nearest(path, paths.iter().map(String::as_str)) {
                Some(right) => say!("there is no segment `{path}`; did you mean `{right}`?", path, right),
                None => say!("there is no segment `{path}`", path),
            }
        })
    };
    given.iter().map(share).collect()
}

// ---- funnels

fn funnels(view: &View<'_, '_, '_>, typical: &[Lives]) -> Vec<FunnelForecast> {
    let net = view.world.net;
    let monthly = monthly(view);
    let has_typical = view.has_people() && !view.grows();
    let mut found = Vec::new();
    for (at, part) in net.graph.parts.iter().enumerate() {
        let inside = Inside::of(view, at, typical);
        let stages = part.stages.clone().map(|stage| {
            let flow = |lives: &[Lives]| {
                let of = |own: &Lives| own.visits[stage];
                Flow {
                    visits: lives.iter().fold(0.0, |sum, own| sum + of(own)),
                    people: lives.iter().fold(0.0, |sum, own| sum + of(own) / view.again_in_month(own.rated, stage)),
                }
            };
            StageForecast {
                path: net.graph.stages[stage].path(),
                label: view.label(*net.graph.stages[stage]),
                reach: inside.reach[stage],
                visits_per_person: inside.visits[stage],
                typical: has_typical.then(|| flow(typical)),
                months: monthly.iter().map(|month| month[stage]).collect(),
            }
        });
        let paths = |stages: &[usize]| stages.iter().map(|stage| net.graph.stages[*stage].path()).collect();
        found.push(FunnelForecast {
            path: part.funnel.path(),
            label: view.label(*part.funnel),
            people: has_typical.then_some(inside.people),
            stages: stages.collect(),
            transitions: ways(view, at, typical, has_typical),
            loops: inside
                .loops
                .iter()
                .map(|(stages, reach, laps)| LoopForecast { stages: paths(stages), reach: *reach, laps: *laps })
                .collect(),
        });
    }
    found
}

/// What one who comes into a funnel does inside of it.
struct Inside {
    people: f64,
    reach: Vec<f64>,
    visits: Vec<f64>,
    loops: Vec<(Vec<usize>, f64, f64)>,
}

impl Inside {
    /// All groups of people together, each with its share of those who come in; one person where nobody is brought.
    fn of(view: &View<'_, '_, '_>, part: usize, typical: &[Lives]) -> Self {
        let net = view.world.net;
        let is_inside = |stage: usize| net.graph.part_of[stage] == part;
        let mut coming: Vec<(usize, Vec<f64>)> =
            typical.iter().map(|own| (own.rated, coming(view, part, own))).collect();
        let sum = |start: &[f64]| start.iter().fold(0.0, |sum, people| sum + people);
        let people = coming.iter().fold(0.0, |all, (_, start)| all + sum(start));
        if people <= 0.0 {
            coming = vec![(0, view.alike(net.graph.parts[part].stages.clone()))];
        }
        let all = if people > 0.0 { people } else { 1.0 };
        let mut own =
            Self { people, reach: vec![0.0; view.stages()], visits: vec![0.0; view.stages()], loops: Vec::new() };
        for (rated, start) in coming {
            let rates = &view.world.rated[rated].rates;
            let ways = net.shares(rates, |way| !way.is_referral() && is_inside(way.from) && is_inside(way.to));
            let Some(chain) = chain::Chain::new(view.stages(), &ways) else { continue };
            own.reach.iter_mut().zip(chain.reach(&start)).for_each(|(sum, people)| *sum += people / all);
            own.visits.iter_mut().zip(chain.visits(&start)).for_each(|(sum, visits)| *sum += visits / all);
            for (stages, reach, laps) in chain.loops(&start) {
                match own.loops.iter_mut().find(|(known, ..)| *known == stages) {
                    Some(known) => {
                        known.1 += reach / all;
                        known.2 += laps / all;
                    }
                    None => own.loops.push((stages, reach / all, laps / all)),
                }
            }
        }
        for (_, reach, laps) in &mut own.loops {
            *laps = if *reach > 0.0 { *laps / *reach } else { 0.0 };
        }
        own.loops.sort_by(|a, b| a.0.cmp(&b.0));
        own
    }
}

/// Who comes into a funnel from outside: brought to it, or handed over.
fn coming(view: &View<'_, '_, '_>, part: usize, lives: &Lives) -> Vec<f64> {
    let net = view.world.net;
    let is_inside = |stage: usize| net.graph.part_of[stage] == part;
    let mut start: Vec<f64> =
        lives.start.iter().enumerate().map(|(stage, people)| if is_inside(stage) { *people } else { 0.0 }).collect();
    let handed = |way: &net::Way<'_, '_>| !way.is_referral() && !is_inside(way.from) && is_inside(way.to);
    for (from, to, share) in net.shares(&view.world.rated[lives.rated].rates, handed) {
        start[to] += lives.visits[from] * share;
    }
    start
}

fn ways(view: &View<'_, '_, '_>, part: usize, typical: &[Lives], has_typical: bool) -> Vec<WayForecast> {
    let net = view.world.net;
    let own = (0..net.ways.len()).filter(|at| net.graph.part_of[net.ways[*at].from] == part);
    let way = |at: usize| {
        let way = &net.ways[at];
        let (mut taken, mut visits) = (0.0, 0.0);
        for own in typical {
            visits += own.visits[way.from];
            taken += own.visits[way.from] * view.world.rated[own.rated].rates[at].unwrap_or(0.0);
        }
        let plain = view.world.rated[0].rates[at];
        WayForecast {
            from: net.graph.stages[way.from].path(),
            to: net.graph.stages[way.to].path(),
            role: way.role,
            rate: plain.map(|plain| if visits > 0.0 { taken / visits } else { plain }),
            within_months: way.longest,
            typical: has_typical.then_some(taken),
        }
    };
    own.map(way).collect()
}

/// What comes into each stage month by month; nothing where nobody is brought, or where more and more come in a month.
fn monthly(view: &View<'_, '_, '_>) -> Vec<Vec<Flow>> {
    let (net, stages) = (view.world.net, view.stages());
    let mut months = vec![vec![Flow::default(); stages]; view.months];
    let mut along = vec![vec![0.0; stages]; view.months];
    if !view.has_people() {
        return Vec::new();
    }
    let add = |months: &mut Vec<Vec<Flow>>, course: &Course, visits: &[Vec<f64>]| {
        for (flows, visits) in months.iter_mut().zip(visits) {
            for (flow, (visits, people)) in flows.iter_mut().zip(visits.iter().zip(course.people(visits))) {
                flow.visits += visits;
                flow.people += people;
            }
        }
    };
    for (at, rated) in view.world.rated.iter().enumerate() {
        let Some(course) = rated.course(net, view.months, false) else { return Vec::new() };
        let visits = course.visits(&view.starts(at, |_| true));
        add(&mut months, &course, &visits);
        course::brought_along(&net.timed(&rated.rates, net::Way::is_referral), &visits, &mut along);
    }
    if view.world.rated.iter().any(|rated| rated.refers(net)) {
        let Some(course) = view.world.rated[0].course(net, view.months, true) else { return Vec::new() };
        add(&mut months, &course, &course.visits(&along));
    }
    months
}

impl View<'_, '_, '_> {
    /// How often someone who is in a stage visits it in the same month.
    fn again_in_month(&self, rated: usize, stage: usize) -> f64 {
        self.world.rated[rated].in_month(self.world.net).again(stage)
    }
}

// ---- notes

fn notes(view: &View<'_, '_, '_>, uncounted: &channels::Uncounted, ask: &Ask, forecast: &Forecast) -> Vec<Message> {
    let net = view.world.net;
    let list = |paths: &[String]| paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    let mut notes = Vec::new();
    if ask.measured.is_some() {
        let (found, all) = (net.measured(), net.ways.len());
        notes.push(say!("{found} of {all} rates are measured, the others as planned", found, all));
    }
    if !view.has_people() {
        notes.push(say!("no channel says whom it `brings`, so only shares are told, for one person who comes in"));
    }
    if view.grows() {
        notes.push(say!(
            "referral brings at least as many people as go round, so their number grows without end: there is no typical month, and those brought along are left out of what is told of one"
        ));
    }
    let unsaid = net.unsaid().count();
    if unsaid > 0 {
        notes.push(count!(
            "{n} transition has no planned rate, and nobody is taken to go that way",
            "{n} transitions have no planned rate, and nobody is taken to go that way",
            unsaid
        ));
    }
    let counted: FxHashSet<_> = view.world.streams.iter().filter_map(|own| own.segment).map(|own| own.id).collect();
    let silent: Vec<String> =
        forecast.segments.iter().filter(|own| !counted.contains(&own.id)).map(|own| own.path.clone()).collect();
    if !silent.is_empty() {
        notes.push(say!(
            "nothing says which part of newcomers is in {list}, so totals take everybody to be outside; give shares with --share",
            list = list(&silent)
        ));
    }
    if view.from.is_none() && view.world.channels.iter().any(Channel::has_season) {
        notes.push(say!("seasons are taken at their mean, as no month is named; name the first with --from"));
    }
    if !levers::is_quick(view) {
        notes.push(say!("the funnels are too large to try every rate, so what moves numbers most is not told"));
    }
    if !uncounted.foreign.is_empty() {
        notes.push(say!("costs of {list} are left out: they are in another currency", list = list(&uncounted.foreign)));
    }
    if !view.worth.foreign.is_empty() {
        let list = list(&view.worth.foreign);
        notes.push(say!("the worth of {list} is left out: it is in another currency", list));
    }
    for (channel, per) in &uncounted.per {
        notes.push(say!(
            "what `{channel}` costs cannot be told: it is per {per}, and nothing plans how many; give it a `budget`",
            channel,
            per
        ));
    }
    if view.worth.is_said() && view.worth.lacks_margin {
        notes.push(say!("a `worth` without `margin` is taken to be profit as a whole"));
    }
    notes
}
