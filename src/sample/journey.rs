//! The lives of people: from the stage a channel brings them to, along transitions drawn by their planned rates, in events
//! that the engine reads as exactly these transitions and no others.
//!
//! An event can be an entry of several stages. So each one is tried on the engine's own fold: where it would take another
//! transition than the one that was drawn, another moment is tried.

use funnelc_engine::definition::{Condition, Definition, Enter, Moves, StageId, Test};
use funnelc_engine::fold::{Entry, Fold, Group, Moment, NONE, Rules};
use funnelc_engine::history;
use funnelc_engine::rows::{Event, NOTHING};
use rustc_hash::FxHashSet;

use super::channels::Channel;
use super::draw::{Draw, WHOLE};
use super::vocabulary::{Said, Vocabulary};
use crate::plan::{Plan, TransitionPlan};

/// How often a moment is tried for an event.
const TRIES: usize = 40;
/// The longest life, in transitions.
const MAX_STEPS: usize = 200;
/// How many events may bring a score to its threshold.
const MAX_POINTS: i64 = 24;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// How long a transition takes that says nothing of it, and whose funnel says nothing either.
const USUAL: i64 = 30 * DAY;
/// Of people who stop, so many in a billion do something that the plan asks nothing of.
const ASIDES: u64 = WHOLE / 3;
/// Of people who went on, so many in a billion answer a survey.
const ANSWERS: u64 = WHOLE / 4;

/// Something that a person did.
#[derive(Clone, Debug)]
pub(super) struct Happened {
    pub(super) time: i64,
    pub(super) said: Said,
    /// Whether the person had left an address by then.
    pub(super) is_known: bool,
}

/// A way out of a stage.
struct Way {
    transition: u32,
    to: StageId,
    within: i64,
    /// In a billion; of some people another, where the plan says so.
    rate: u64,
    by_channel: Vec<(usize, u64)>,
    by_segment: Vec<(usize, u64)>,
}

/// Where a life can begin.
struct Start {
    stage: StageId,
    channel: Option<usize>,
    weight: u64,
}

/// What all lives are drawn from.
pub(super) struct World<'d> {
    definition: &'d Definition,
    vocabulary: &'d Vocabulary<'d>,
    channels: &'d [Channel<'d>],
    rules: &'d Rules<'d>,
    ways: Vec<Vec<Way>>,
    starts: Vec<Start>,
    weights: Vec<u64>,
    /// When people begin.
    from: i64,
    span: i64,
}

/// A life and what could not be told.
#[derive(Default)]
pub(super) struct Life {
    pub(super) events: Vec<Happened>,
    /// Transitions that were drawn and for which no moment was found that gives them alone.
    pub(super) missed: u64,
    pub(super) taken: u64,
}

impl<'d> World<'d> {
    pub(super) fn new(
        (plan, definition): (&'d Plan, &'d Definition),
        vocabulary: &'d Vocabulary<'d>,
        channels: &'d [Channel<'d>],
        rules: &'d Rules<'d>,
        (from, span): (i64, i64),
    ) -> Self {
        let starts = starts(definition, channels);
        let weights = starts.iter().map(|start| start.weight).collect();
        let ways = ways(plan, definition, channels);
        Self { definition, vocabulary, channels, rules, ways, starts, weights, from, span }
    }

    /// Whether there is anything to begin with.
    pub(super) fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The life of a person.
    pub(super) fn life(&self, seed: u64, number: u64) -> Life {
        let mut draw = Draw::new(seed, number);
        let Some(start) = self.start(&mut draw) else { return Life::default() };
        let group = self.group(start.stage);
        let mut walk = Walk {
            world: self,
            group,
            fold: Fold::new(self.rules),
            draw,
            life: Life::default(),
            folded: Vec::new(),
            now: i64::MIN,
            is_dealt: vec![false; self.definition.experiments.len()],
        };
        if walk.begin(start) {
            walk.go_on(start);
        }
        walk.life
    }

    fn start(&self, draw: &mut Draw) -> Option<&Start> {
        self.starts.get(draw.weighted(&self.weights)?)
    }

    fn group(&self, stage: StageId) -> &'d Group {
        let found = self.rules.groups.iter().find(|group| group.has(stage));
        found.unwrap_or(&self.rules.groups[0])
    }
}

/// Stages that an event begins: with the people that channels bring there, or, where none does, the same number for each.
fn starts(definition: &Definition, channels: &[Channel<'_>]) -> Vec<Start> {
    let begins = |stage: &StageId| {
        let own = &definition.stages[*stage];
        own.is_entry && own.enter.iter().any(|enter| matches!(enter, Enter::Event { .. }))
    };
    let stages: Vec<StageId> = (0..definition.stages.len()).filter(begins).collect();
    let mut found = Vec::new();
    for (at, channel) in channels.iter().enumerate() {
        for (path, weight) in &channel.brings {
            let stage = stages.iter().copied().find(|stage| definition.stages[*stage].path == *path);
            found.extend(stage.map(|stage| Start { stage, channel: Some(at), weight: *weight }));
        }
    }
    for stage in stages {
        // Nobody brings people to the stage where a handover begins another funnel: they come by the handover.
        let is_handed = definition.transitions.iter().any(|own| own.to == stage);
        let is_brought =
            found.iter().any(|start| definition.stages[start.stage].funnel == definition.stages[stage].funnel);
        if !is_brought && !is_handed {
            found.push(Start { stage, channel: None, weight: 1_000 });
        }
    }
    found
}

fn ways(plan: &Plan, definition: &Definition, channels: &[Channel<'_>]) -> Vec<Vec<Way>> {
    let mut planned: Vec<(&TransitionPlan, bool)> =
        plan.funnels.iter().flat_map(|funnel| &funnel.transitions).map(|own| (own, false)).collect();
    let mut found: Vec<Vec<Way>> = definition.stages.iter().map(|_| Vec::new()).collect();
    for (at, own) in definition.transitions.iter().enumerate() {
        let (from, to) = (&definition.stages[own.from], &definition.stages[own.to]);
        let Some(rate) = own.planned.filter(|_| own.moves == Moves::On) else { continue };
        let said = planned.iter_mut().find(|(said, is_used)| !is_used && said.from == from.path && said.to == to.path);
        let special = said.map_or(&[][..], |(said, is_used)| {
            *is_used = true;
            &said.rates
        });
        let for_whom = |kind: &str, find: &dyn Fn(&str) -> Option<usize>| {
            let own = special.iter().filter(|rate| rate.who.kind == kind);
            own.filter_map(|own| Some((find(&own.who.path)?, percent(&own.rate)?))).collect()
        };
        let channel = |path: &str| channels.iter().position(|own| own.path == path);
        let segment =
            |path: &str| definition.segments.iter().position(|own| own.path == path && can_tell(&own.condition));
        let window = definition.funnels[to.funnel].window.filter(|_| !to.is_loyalty);
        found[own.from].push(Way {
            transition: at as u32,
            to: own.to,
            within: own.within.or(window).unwrap_or(USUAL),
            rate: parts(rate),
            by_channel: for_whom("channel", &channel),
            by_segment: for_whom("segment", &segment),
        });
    }
    found
}

/// Whether a life tells by itself if a condition holds: no row of a table is drawn, and no amounts are looked at.
fn can_tell(condition: &Condition) -> bool {
    let mut can = true;
    history::inside(condition, &mut |inner| {
        can &= !matches!(inner, Condition::Known { .. } | Condition::Adds { .. } | Condition::ByPeople { .. });
    });
    can
}

/// `12%` in a billion.
fn percent(rate: &str) -> Option<u64> {
    let percent: rust_decimal::Decimal = rate.trim_end_matches('%').parse().ok()?;
    Some(parts(percent / rust_decimal::Decimal::ONE_HUNDRED))
}

/// A share as a weight.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share is rough"
)]
fn weight(share: f64) -> u64 {
    (share.clamp(0.0, 1_000.0) * WHOLE as f64) as u64
}

fn parts(share: rust_decimal::Decimal) -> u64 {
    use rust_decimal::prelude::ToPrimitive;
    (share * rust_decimal::Decimal::from(WHOLE)).to_u64().unwrap_or(0)
}

/// One life as it is drawn.
struct Walk<'w, 'd> {
    world: &'w World<'d>,
    group: &'w Group,
    fold: Fold<'w, 'd>,
    draw: Draw,
    life: Life,
    folded: Vec<Event>,
    /// When the stage was reached that the person is in.
    now: i64,
    /// By experiment, whether the person is dealt to a variant.
    is_dealt: Vec<bool>,
}

/// What an event that is tried must do.
#[derive(Clone, Copy)]
struct Aim {
    /// The stage the person is in; entering it again by the same way changes nothing.
    here: Option<StageId>,
    to: StageId,
    by: u32,
    /// Whether the event may enter no other stage.
    is_alone: bool,
}

/// What an event that was tried did.
#[derive(PartialEq)]
enum Effect {
    /// What was aimed at.
    Reached,
    /// Nothing that counts.
    Nothing,
    /// Something else.
    Else,
}

impl Walk<'_, '_> {
    fn begin(&mut self, start: &Start) -> bool {
        let aim = Aim { here: None, to: start.stage, by: NONE, is_alone: true };
        let seconds = self.draw.between(0, self.world.span / SECOND - 1);
        let time = self.world.from + seconds * SECOND;
        let reached = self.reach(aim, |_| time);
        if let (true, Some(at), Some(first)) = (reached, start.channel, self.life.events.first_mut()) {
            self.world.channels[at].mark(&mut first.said.body, &mut self.draw);
        }
        reached
    }

    fn go_on(&mut self, start: &Start) {
        let mut here = start.stage;
        for _ in 0..MAX_STEPS {
            self.deal(here);
            let Some(way) = self.exit(here, start.channel) else { break };
            let (transition, to, within) = (way.transition, way.to, way.within);
            let now = self.now;
            let aim = Aim { here: Some(here), to, by: transition, is_alone: true };
            if !self.reach(aim, |draw| now + SECOND + draw.soon(within / SECOND - 1) * SECOND) {
                self.life.missed += 1;
                break;
            }
            self.life.taken += 1;
            here = to;
        }
        if self.life.taken > 0 {
            self.answer(start.channel);
        }
        if self.draw.happens(ASIDES) {
            self.aside();
        }
    }

    /// Deals the person to a variant of each experiment that begins at the stage they are in, by the planned shares.
    fn deal(&mut self, here: StageId) {
        let definition = self.world.definition;
        for (at, own) in definition.experiments.iter().enumerate() {
            let time = self.now.saturating_add(SECOND);
            let runs = own.between.is_none_or(|(from, end)| (from..end).contains(&time));
            if own.from != here || !runs || std::mem::replace(&mut self.is_dealt[at], true) {
                continue;
            }
            let weights: Vec<u64> = own.variants.iter().map(|(_, share)| weight(*share)).collect();
            let drawn = self.draw.weighted(&weights);
            let Some((variant, _)) = drawn.and_then(|drawn| own.variants.get(drawn)) else { continue };
            let said = self.world.vocabulary.worded(own.assigned, own.key, variant, &mut self.draw);
            self.beside(said, time);
        }
    }

    /// Answers surveys, some people each: with the channel that brought them where that can be said, else with anything.
    fn answer(&mut self, channel: Option<usize>) {
        let definition = self.world.definition;
        let path = channel.map(|channel| self.world.channels[channel].path);
        for own in &definition.surveys {
            if !self.draw.happens(ANSWERS) {
                continue;
            }
            let names = |channel: Option<usize>| channel.map(|channel| definition.channels[channel].path.as_str());
            let true_one = own.choices.iter().find(|(_, channel)| path.is_some() && names(*channel) == path);
            let open: Vec<_> = own.choices.iter().filter(|(_, channel)| channel.is_none()).collect();
            let Some((choice, _)) = true_one.or_else(|| self.draw.pick(&open).copied()) else { continue };
            let last = self.life.events.last().map_or(self.world.from, |last| last.time);
            let time = last + self.draw.between(60, 3 * 86_400) * SECOND;
            let said = self.world.vocabulary.worded(own.answered, own.key, choice, &mut self.draw);
            self.beside(said, time);
        }
    }

    /// Adds an event that belongs to no stage; leaves it out where it would change what is reached.
    fn beside(&mut self, said: Option<Said>, time: i64) {
        let Some(said) = said else { return };
        self.refold();
        let before = self.fold.entries.clone();
        let is_known = self.life.taken > 0;
        self.life.events.push(Happened { time, said, is_known });
        self.refold();
        let is_same =
            |(one, other): (&Entry, &Entry)| (one.stage, one.time, one.taken) == (other.stage, other.time, other.taken);
        if before.len() != self.fold.entries.len() || !before.iter().zip(&self.fold.entries).all(is_same) {
            self.life.events.pop();
            self.refold();
        }
    }

    /// The way out that is drawn; none for a person who stays.
    fn exit(&mut self, here: StageId, channel: Option<usize>) -> Option<&'_ Way> {
        let mut at = self.draw.below(WHOLE);
        let world = self.world;
        world.ways[here].iter().find(|way| {
            let rate = self.rate(way, channel);
            let is_here = at < rate;
            at = at.saturating_sub(rate);
            is_here
        })
    }

    /// The rate of a way for this person, as they were when they reached the stage.
    fn rate(&mut self, way: &Way, channel: Option<usize>) -> u64 {
        let now = Moment { time: self.now, class: NONE, events: &self.folded, kept: &[] };
        let segments = &self.world.definition.segments;
        let fold = &mut self.fold;
        let by_segment = way.by_segment.iter().find(|(own, _)| fold.holds(&segments[*own].condition, now));
        let by_channel = || way.by_channel.iter().find(|(own, _)| Some(*own) == channel);
        by_segment.or_else(by_channel).map_or(way.rate, |(_, rate)| *rate)
    }

    /// Adds what reaches a stage by a transition and changes nothing else; whether that could be done.
    fn reach(&mut self, aim: Aim, mut moment: impl FnMut(&mut Draw) -> i64) -> bool {
        let length = self.life.events.len();
        for tries in 0..TRIES {
            // An event that enters two stages leaves open from which of them the next one comes; where there is no other,
            // it must do.
            let aim = Aim { is_alone: tries < TRIES / 2, ..aim };
            let definition = self.world.definition;
            let Some(enter) = self.draw.pick(&definition.stages[aim.to].enter) else { return false };
            let time = moment(&mut self.draw);
            let is_reached = match enter {
                Enter::Event { pattern, .. } => {
                    let said = self.world.vocabulary.event(*pattern, &mut self.draw);
                    said.is_some_and(|said| self.add(said, time, aim) == Effect::Reached)
                }
                Enter::Score { score, .. } => self.gather(*score, time, aim),
                Enter::Absence { .. } => self.wait(aim),
                // No row of a table is drawn.
                Enter::Turns { .. } | Enter::Around { .. } => false,
            };
            if is_reached {
                self.now = self.reached(aim).unwrap_or(time);
                return true;
            }
            self.life.events.truncate(length);
        }
        self.refold();
        false
    }

    /// Adds an event and says what it does.
    fn add(&mut self, said: Said, time: i64, aim: Aim) -> Effect {
        let time = time.max(self.life.events.last().map_or(i64::MIN, |last| last.time + SECOND));
        self.life.events.push(Happened { time, said, is_known: aim.here.is_some() });
        self.refold();
        let mut effect = Effect::Nothing;
        let mut stays = false;
        for entry in self.fold.entries.iter().filter(|entry| entry.time == time) {
            let stage = entry.stage as StageId;
            let is_stay = aim.here == Some(stage) && entry.taken != NONE && !self.is_loop(entry.taken);
            let is_aim = effect == Effect::Nothing && stage == aim.to && entry.taken == aim.by;
            let is_both = if is_aim { stays && entry.class != NONE } else { effect == Effect::Reached };
            if (is_both && aim.is_alone) || !(is_aim || is_stay) {
                return Effect::Else;
            }
            stays |= is_stay;
            effect = if is_aim { Effect::Reached } else { effect };
        }
        effect
    }

    fn is_loop(&self, transition: u32) -> bool {
        let own = &self.world.definition.transitions[transition as usize];
        own.from == own.to
    }

    fn refold(&mut self) {
        self.folded.clear();
        let event = |own: &Happened| Event { time: own.time, class: own.said.class, kept: NOTHING };
        self.folded.extend(self.life.events.iter().map(event));
        self.fold.run(self.group, &self.folded, &[], &FxHashSet::default());
    }

    /// Adds events that give points until the score is reached, the last one at about the moment.
    fn gather(&mut self, score: usize, time: i64, aim: Aim) -> bool {
        let definition = self.world.definition;
        let gives = |own: &&funnelc_engine::definition::Points| own.points.is_sign_positive() && own.pattern.is_some();
        let rows: Vec<_> = definition.scores[score].points.iter().filter(gives).collect();
        let begin = self.now;
        for step in 1..=MAX_POINTS {
            let Some(row) = self.draw.pick(&rows) else { return false };
            let Some(said) = row.pattern.and_then(|pattern| self.world.vocabulary.event(pattern, &mut self.draw))
            else {
                return false;
            };
            let length = self.life.events.len();
            match self.add(said, begin + (time - begin) / MAX_POINTS * step, aim) {
                Effect::Reached => return true,
                Effect::Nothing => {}
                Effect::Else => self.life.events.truncate(length),
            }
        }
        false
    }

    /// Nothing happens, which enters a stage by itself.
    fn wait(&mut self, aim: Aim) -> bool {
        self.refold();
        self.reached(aim).is_some()
    }

    /// When a stage was last reached by the way that is aimed at, after the one the person is in.
    fn reached(&self, aim: Aim) -> Option<i64> {
        let is_aim =
            |entry: &&Entry| entry.stage as StageId == aim.to && entry.taken == aim.by && entry.time > self.now;
        self.fold.entries.iter().rev().find(is_aim).map(|entry| entry.time)
    }

    /// Something that the plan asks nothing of.
    fn aside(&mut self) {
        let Some(name) = self.draw.pick(&self.world.vocabulary.asides).copied() else { return };
        let time =
            self.life.events.last().map_or(self.world.from, |last| last.time) + self.draw.between(1, 86_400) * SECOND;
        if let Some(said) = self.world.vocabulary.named(name, &Test::Always, &mut self.draw) {
            self.life.events.push(Happened { time, said, is_known: self.life.events.len() > 1 });
        }
    }
}
