//! What lives are drawn from: where people begin, which ways lead on and which invite others, by the planned rates.

use funnelc_engine::definition::{Condition, Definition, Enter, Moves, StageId};
use funnelc_engine::fold::{Group, Rules};
use funnelc_engine::history;

use super::channels::Channel;
use super::draw::{Draw, WHOLE};
use super::post::{self, Mailed, Post};
use super::vocabulary::Vocabulary;
use super::walk::{Life, Walk};
use crate::plan::{Plan, TransitionPlan};

const DAY: i64 = 86_400_000_000;
/// How long a transition takes that says nothing of it, and whose funnel says nothing either.
const USUAL: i64 = 30 * DAY;
/// The most people of an account besides those that some stage asks for.
const COLLEAGUES: i64 = 2;

/// A way out of a stage, or one by which others are invited.
pub(super) struct Way {
    pub(super) transition: u32,
    pub(super) to: StageId,
    pub(super) within: i64,
    /// In a billion; of some people another, where the plan says so.
    pub(super) rate: u64,
    pub(super) by_channel: Vec<(usize, u64)>,
    pub(super) by_segment: Vec<(usize, u64)>,
}

/// Where a life can begin.
#[derive(Clone, Copy)]
pub(super) struct Start {
    pub(super) stage: StageId,
    pub(super) channel: Option<usize>,
    weight: u64,
}

/// Somebody whom a person invited.
#[derive(Clone, Copy, Debug)]
pub(super) struct Invited {
    /// The stage that is entered.
    pub(super) stage: StageId,
    /// When.
    pub(super) time: i64,
    /// The number of the person who did.
    pub(super) by: u64,
    /// Whether that person was known by more than a browser.
    pub(super) is_by_known: bool,
}

/// Somebody whose life is to be drawn.
#[derive(Clone, Copy, Debug)]
pub(super) struct Newcomer {
    /// The number of the person.
    pub(super) number: u64,
    /// By whom the person was invited; nothing where a channel brings them.
    pub(super) invited: Option<Invited>,
}

/// What all lives are drawn from.
pub(super) struct World<'d> {
    pub(super) definition: &'d Definition,
    pub(super) vocabulary: &'d Vocabulary<'d>,
    pub(super) channels: &'d [Channel<'d>],
    pub(super) rules: &'d Rules<'d>,
    /// By stage: the ways out.
    pub(super) ways: Vec<Vec<Way>>,
    /// By stage: the ways by which others are invited.
    pub(super) invites: Vec<Vec<Way>>,
    /// By class: whether something is kept of its events.
    pub(super) keeps: Vec<bool>,
    /// What sends messages, where that is asked for, and what becomes of each.
    pub(super) post: Option<&'d dyn Post>,
    pub(super) mailed: Vec<Mailed>,
    starts: Vec<Start>,
    weights: Vec<u64>,
    /// When people begin.
    pub(super) from: i64,
    pub(super) span: i64,
}

impl<'d> World<'d> {
    pub(super) fn new(
        (plan, definition): (&'d Plan, &'d Definition),
        vocabulary: &'d Vocabulary<'d>,
        channels: &'d [Channel<'d>],
        rules: &'d Rules<'d>,
        (from, span): (i64, i64),
        post: Option<&'d dyn Post>,
    ) -> Self {
        let starts = starts(definition, channels);
        let weights = starts.iter().map(|start| start.weight).collect();
        let ways = ways_that(plan, definition, channels, Moves::On);
        let invites = ways_that(plan, definition, channels, Moves::Others);
        let keeps = rules.classes.iter().map(|class| rules.keeping.wants(class)).collect();
        let mailed = post::mailed(plan, definition);
        let mut world = Self {
            definition,
            vocabulary,
            channels,
            rules,
            ways,
            invites,
            keeps,
            post,
            mailed,
            starts,
            weights,
            from,
            span,
        };
        let is_drawn =
            |world: &Self, way: &Way| !definition.stages[way.to].enter.iter().any(|enter| world.is_told(enter));
        for stage in 0..world.ways.len() {
            let ways = std::mem::take(&mut world.ways[stage]);
            world.ways[stage] = ways.into_iter().filter(|way| is_drawn(&world, way)).collect();
        }
        world
    }

    /// Whether something is entered by messages that are sent as they are due, and by no rate.
    fn is_told(&self, enter: &Enter) -> bool {
        self.post.is_some()
            && match enter {
                Enter::Event { pattern, .. } | Enter::Absence { after: Some(pattern), .. } => {
                    self.mailed.iter().any(|own| own.is_told_by(*pattern))
                }
                _ => false,
            }
    }

    /// Whether an event about a message tells of what stages are entered by.
    pub(super) fn tells_of(&self, pattern: usize) -> bool {
        let asks = |enter: &Enter| match enter {
            Enter::Event { pattern: own, .. } | Enter::Absence { after: Some(own), .. } => *own == pattern,
            _ => false,
        };
        self.definition.stages.iter().flat_map(|stage| &stage.enter).any(asks)
    }

    /// Whether there is anything to begin with.
    pub(super) fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// The life of a person, or of the people of an account.
    pub(super) fn life(&self, seed: u64, newcomer: Newcomer) -> Life {
        let mut draw = Draw::new(seed, newcomer.number);
        let start = match newcomer.invited {
            Some(own) => {
                Start { stage: own.stage, channel: self.channels.iter().position(|own| own.is_referral), weight: 0 }
            }
            None => match draw.weighted(&self.weights) {
                Some(at) => self.starts[at],
                None => return Life::default(),
            },
        };
        let group = self.group(start.stage);
        let people = if group.is_of_accounts { self.asked(group) + draw.between(0, COLLEAGUES) } else { 1 };
        let mut walk = Walk::new(self, group, draw, (newcomer.number, people.unsigned_abs()));
        if walk.begin(start, newcomer.invited) {
            walk.go_on(start);
        }
        walk.life
    }

    /// How many people of an account the stages of a group ask for.
    fn asked(&self, group: &Group) -> i64 {
        let stages = self.definition.stages.iter().enumerate().filter(|(at, _)| group.has(*at));
        let mut most = 1;
        for enter in stages.flat_map(|(_, own)| &own.enter) {
            let Enter::Event { when, .. } = enter else { continue };
            most = most.max(by_people(when).map_or(1, |(people, _)| people));
        }
        i64::try_from(most).unwrap_or(1).min(MAX_PEOPLE)
    }

    fn group(&self, stage: StageId) -> &'d Group {
        let found = self.rules.groups.iter().find(|group| group.has(stage));
        found.unwrap_or(&self.rules.groups[0])
    }
}

/// The most people of an account that are drawn.
const MAX_PEOPLE: i64 = 50;

/// How many people of an account a condition asks for, and what they must have done.
pub(super) fn by_people(condition: &Condition) -> Option<(u64, usize)> {
    let mut found = None;
    history::inside(condition, &mut |inner| {
        if let Condition::ByPeople { pattern, people } = inner {
            found = found.or(Some((*people, *pattern)));
        }
    });
    found
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

/// By stage, the ways that move people on, or those that invite others.
fn ways_that(plan: &Plan, definition: &Definition, channels: &[Channel<'_>], moves: Moves) -> Vec<Vec<Way>> {
    let mut planned: Vec<(&TransitionPlan, bool)> =
        plan.funnels.iter().flat_map(|funnel| &funnel.transitions).map(|own| (own, false)).collect();
    let mut found: Vec<Vec<Way>> = definition.stages.iter().map(|_| Vec::new()).collect();
    for (at, own) in definition.transitions.iter().enumerate() {
        let (from, to) = (&definition.stages[own.from], &definition.stages[own.to]);
        let Some(rate) = own.planned.filter(|_| own.moves == moves) else { continue };
        let is_own = |said: &TransitionPlan| {
            let invites = said.role.as_deref() == Some("referral");
            said.from == from.path && said.to == to.path && invites == (moves == Moves::Others)
        };
        let said = planned.iter_mut().find(|(said, is_used)| !is_used && is_own(said));
        let special = said.map_or(&[][..], |(said, is_used)| {
            *is_used = true;
            &said.rates
        });
        let for_whom = |kind: &str, find: &dyn Fn(&str) -> Option<usize>| {
            let own = special.iter().filter(|rate| rate.who.kind == kind);
            own.filter_map(|own| Some((find(&own.who.path)?, percent(&own.rate)?))).collect()
        };
        let channel = |path: &str| channels.iter().position(|own| own.path == path);
        let segment = |path: &str| {
            definition.segments.iter().position(|own| own.path == path && can_tell(definition, &own.condition))
        };
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

/// Whether a life tells by itself if a condition holds: no row of a table is drawn.
fn can_tell(definition: &Definition, condition: &Condition) -> bool {
    let mut can = true;
    history::inside(condition, &mut |inner| {
        if let Condition::Known { by, .. } = inner {
            can &= by.iter().all(|pattern| definition.patterns[*pattern].table.is_none());
        }
    });
    can
}

/// `12%` in a billion.
pub(super) fn percent(rate: &str) -> Option<u64> {
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
pub(super) fn weight(share: f64) -> u64 {
    (share.clamp(0.0, 1_000.0) * WHOLE as f64) as u64
}

fn parts(share: rust_decimal::Decimal) -> u64 {
    use rust_decimal::prelude::ToPrimitive;
    (share * rust_decimal::Decimal::from(WHOLE)).to_u64().unwrap_or(0)
}
