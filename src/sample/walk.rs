//! The life of one person, or of the people of one account: from the stage a channel brings them to, along transitions
//! drawn by their planned rates, in events that the engine reads as exactly these transitions and no others.
//!
//! An event can be an entry of several stages. So each one is tried on the engine's own fold: where it would take another
//! transition than the one that was drawn, another moment is tried.

use funnelc_engine::cell::Cell;
use funnelc_engine::definition::{Enter, StageId};
use funnelc_engine::fold::{Entry, Fold, Group, Moment, NONE};
use funnelc_engine::history;
use funnelc_engine::rows::{Event, Kept, NOTHING, Value};
use rustc_hash::FxHashSet;

use super::draw::{Draw, WHOLE};
use super::journey::{Invited, Start, Way, World, by_people};
use super::vocabulary::{Said, get};

/// How often a moment is tried for an event.
const TRIES: usize = 40;
/// The longest life, in transitions.
const MAX_STEPS: usize = 200;
/// How many events may bring a score to its threshold.
const MAX_POINTS: i64 = 24;
pub(super) const SECOND: i64 = 1_000_000;

/// Something that a person did.
#[derive(Clone, Debug)]
pub(super) struct Happened {
    pub(super) time: i64,
    pub(super) said: Said,
    /// Whether the person had left an address by then.
    pub(super) is_known: bool,
    /// Which person of the account did it.
    pub(super) who: u64,
}

/// A life and what could not be told.
#[derive(Default)]
pub(super) struct Life {
    /// What happened, in order.
    pub(super) events: Vec<Happened>,
    /// Transitions that were drawn and for which no moment was found that gives them alone.
    pub(super) missed: u64,
    pub(super) taken: u64,
    /// Those whom the person invited.
    pub(super) invited: Vec<Invited>,
}

/// One life as it is drawn.
pub(super) struct Walk<'w, 'd> {
    pub(super) world: &'w World<'d>,
    group: &'w Group,
    pub(super) fold: Fold<'w, 'd>,
    pub(super) draw: Draw,
    pub(super) life: Life,
    /// The number of the person or account.
    pub(super) number: u64,
    /// How many people the account has.
    people: u64,
    folded: Vec<Event>,
    kept: Vec<Kept>,
    /// When the stage was reached that the person is in.
    pub(super) now: i64,
    /// By experiment, whether the person is dealt to a variant.
    pub(super) is_dealt: Vec<bool>,
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

impl<'w, 'd> Walk<'w, 'd> {
    pub(super) fn new(world: &'w World<'d>, group: &'w Group, draw: Draw, (number, people): (u64, u64)) -> Self {
        Self {
            world,
            group,
            fold: Fold::new(world.rules),
            draw,
            life: Life::default(),
            number,
            people,
            folded: Vec::new(),
            kept: Vec::new(),
            now: i64::MIN,
            is_dealt: vec![false; world.definition.experiments.len()],
        }
    }

    /// The first event: on any day, or when the person was invited for.
    pub(super) fn begin(&mut self, start: Start, invited: Option<Invited>) -> bool {
        let aim = Aim { here: None, to: start.stage, by: NONE, is_alone: true };
        let seconds = self.draw.between(0, self.world.span / SECOND - 1);
        let time = invited.map_or(self.world.from + seconds * SECOND, |own| own.time);
        let reached = self.reach(aim, |_| time);
        if let (true, Some(at), Some(first)) = (reached, start.channel, self.life.events.first_mut()) {
            self.world.channels[at].mark(&mut first.said.body, &mut self.draw);
        }
        if let Some(own) = invited.filter(|_| reached) {
            self.say_who_invited(own);
        }
        reached
    }

    pub(super) fn go_on(&mut self, start: Start) {
        let mut here = start.stage;
        for _ in 0..MAX_STEPS {
            self.deal(here);
            self.invite(here, start.channel);
            let Some(way) = self.exit(here, start.channel) else {
                self.give_back(here);
                break;
            };
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
        self.do_besides(start.channel);
    }

    /// Invites others, as many as the plan says of each who comes to a stage.
    fn invite(&mut self, here: StageId, channel: Option<usize>) {
        let world = self.world;
        for way in &world.invites[here] {
            let rate = self.rate(way, channel);
            let count = rate / WHOLE + u64::from(self.draw.happens(rate % WHOLE));
            for _ in 0..count {
                let time = self.now + SECOND + self.draw.soon(way.within / SECOND - 1) * SECOND;
                let is_by_known = self.life.events.last().is_some_and(|own| own.is_known);
                self.life.invited.push(Invited { stage: way.to, time, by: self.number, is_by_known });
            }
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
        let now = Moment { time: self.now, class: NONE, events: &self.folded, kept: &self.kept };
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
                Enter::Event { when, .. } if by_people(when).is_some() => {
                    by_people(when).is_some_and(|(people, pattern)| self.together(people, pattern, time, aim))
                }
                Enter::Event { pattern, .. } => {
                    let who = self.draw.below(self.people);
                    let said = self.world.vocabulary.event(*pattern, &mut self.draw);
                    said.is_some_and(|said| self.add(said, time, who, aim) == Effect::Reached)
                }
                Enter::Score { score, .. } => self.gather(*score, time, aim),
                Enter::Absence { .. } | Enter::Passes { .. } | Enter::Turns { .. } => self.wait(aim),
                // No row of a table is drawn.
                Enter::Around { .. } => false,
            };
            if is_reached {
                self.now = self.reached(aim).unwrap_or(time);
                return true;
            }
            self.forget(length);
        }
        self.refold();
        false
    }

    /// Adds an event and says what it does.
    fn add(&mut self, said: Said, time: i64, who: u64, aim: Aim) -> Effect {
        let time = time.max(self.life.events.last().map_or(i64::MIN, |last| last.time + SECOND));
        self.put(self.life.events.len(), Happened { time, said, is_known: aim.here.is_some(), who });
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

    /// Puts something that happened in its place, and what is kept of it beside it.
    pub(super) fn put(&mut self, at: usize, own: Happened) {
        let kept = if self.world.keeps[own.said.class as usize] { self.kept_of(&own) } else { Kept::default() };
        self.kept.insert(at, kept);
        self.life.events.insert(at, own);
    }

    /// Forgets what happened from a place on.
    fn forget(&mut self, from: usize) {
        self.life.events.truncate(from);
        self.kept.truncate(from);
    }

    /// Takes back what happened at a place.
    pub(super) fn take_back(&mut self, at: usize) {
        self.life.events.remove(at);
        self.kept.remove(at);
    }

    /// What the engine keeps of an event; nobody says who sent it.
    fn kept_of(&self, own: &Happened) -> Kept {
        let (definition, keeping) = (self.world.definition, self.world.rules.keeping);
        let cell = |field: &usize| Cell::of_json(get(&own.said.body, &definition.fields[*field].name));
        let fields = keeping.fields.iter().map(|field| Value::of(cell(field)));
        let id = keeping.has_id.then_some([Value::None, Value::None]).into_iter().flatten();
        fields.chain(id).chain(keeping.has_person.then(|| Value::Number(own.who.into()))).collect()
    }

    pub(super) fn refold(&mut self) {
        let rules = self.world.rules;
        self.folded.clear();
        let event = |(at, own): (usize, &Happened)| {
            let kept = if self.world.keeps[own.said.class as usize] { at as u32 } else { NOTHING };
            Event { time: own.time, class: own.said.class, kept }
        };
        self.folded.extend(self.life.events.iter().enumerate().map(event));
        let undone = if rules.has_undone() {
            history::undone(self.world.definition, rules.classes, rules.keeping, &self.folded, &self.kept)
        } else {
            FxHashSet::default()
        };
        self.fold.run(self.group, &self.folded, &self.kept, &undone);
    }

    /// Lets so many people of an account do something, one after the other, the last one at about the moment.
    fn together(&mut self, people: u64, pattern: usize, time: i64, aim: Aim) -> bool {
        let begin = self.now.max(self.world.from);
        let first = self.draw.below(self.people);
        for step in 0..people.min(self.people) {
            let Some(said) = self.world.vocabulary.event(pattern, &mut self.draw) else { return false };
            let share = i64::try_from(step + 1).unwrap_or(1);
            let at = begin + (time - begin) / i64::try_from(people).unwrap_or(1) * share;
            match self.add(said, at, (first + step) % self.people, aim) {
                Effect::Reached => return true,
                Effect::Nothing => {}
                Effect::Else => return false,
            }
        }
        false
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
            let who = self.draw.below(self.people);
            match self.add(said, begin + (time - begin) / MAX_POINTS * step, who, aim) {
                Effect::Reached => return true,
                Effect::Nothing => {}
                Effect::Else => self.forget(length),
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
}
