//! What people do besides: variants they are dealt to, answers, what they give back, who invited them, messages they get.
//! None of it changes what is reached.

use funnelc_engine::definition::{Enter, Measure, Net, PatternId, StageId, Test};
use funnelc_engine::fold::Entry;
use serde_json::json;

use super::draw::WHOLE;
use super::journey::{Invited, weight};
use super::vocabulary::{REFERRED_BY, Said, get, set};
use super::walk::{Happened, SECOND, Walk};
use super::write;

/// Of people who stop, so many in a billion do something that the plan asks nothing of.
const ASIDES: u64 = WHOLE / 3;
/// Of people who went on, so many in a billion answer a survey.
const ANSWERS: u64 = WHOLE / 4;
/// Of people who stop before a stage whose entries can be reversed, so many in a billion enter it and have it reversed.
const GIVEN_BACK: u64 = WHOLE / 8;
/// Of events that a KPI counts less what is taken off them, so many in a billion are reversed.
const TAKEN_OFF: u64 = WHOLE / 20;
/// How long a reversal takes of which nothing is said.
const USUAL: i64 = 14 * 86_400 * SECOND;

impl Walk<'_, '_> {
    /// What somebody does who goes no further.
    pub(super) fn do_besides(&mut self, channel: Option<usize>) {
        if self.life.taken > 0 {
            self.answer(channel);
        }
        if self.draw.happens(ASIDES) {
            self.aside();
        }
        self.take_off();
        self.get_messages();
    }

    /// Deals the person to a variant of each experiment that begins at the stage they are in, by the planned shares.
    pub(super) fn deal(&mut self, here: StageId) {
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
            self.beside(said.map(|said| (said, time)));
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
            self.beside(said.map(|said| (said, time)));
        }
    }

    /// Adds events that belong to no stage, each at its time; leaves all of them out where they would change what is
    /// reached, and says whether they stay.
    pub(super) fn beside(&mut self, all: impl IntoIterator<Item = (Said, i64)>) -> bool {
        self.refold();
        let before = std::mem::take(&mut self.fold.entries);
        let mut places = Vec::new();
        for (said, time) in all {
            places.push(self.put_in_time(said, time));
        }
        self.refold();
        let is_same =
            |(one, other): (&Entry, &Entry)| (one.stage, one.time, one.taken) == (other.stage, other.time, other.taken);
        let stays = before.len() == self.fold.entries.len() && before.iter().zip(&self.fold.entries).all(is_same);
        if !stays {
            places.into_iter().rev().for_each(|at| self.take_back(at));
            self.refold();
        }
        stays && !self.life.events.is_empty()
    }

    /// Puts an event behind those of its time and before; says where.
    pub(super) fn put_in_time(&mut self, said: Said, time: i64) -> usize {
        let at = self.life.events.partition_point(|own| own.time <= time);
        let (is_known, who) = match at.checked_sub(1).map(|last| &self.life.events[last]) {
            Some(last) => (last.is_known || self.life.taken > 0, last.who),
            None => (false, 0),
        };
        self.put(at, Happened { time, said, is_known, who });
        at
    }

    /// Enters a stage that a way leads to, and has it reversed, so that it counts for nothing.
    pub(super) fn give_back(&mut self, here: StageId) {
        let (definition, vocabulary) = (self.world.definition, self.world.vocabulary);
        let ways: Vec<_> =
            self.world.ways[here].iter().filter(|way| definition.stages[way.to].undone.is_some()).collect();
        let Some(way) = self.draw.pick(&ways).copied().filter(|_| self.draw.happens(GIVEN_BACK)) else { return };
        let stage = &definition.stages[way.to];
        let (Some(Enter::Event { pattern, .. }), Some(undone)) = (self.draw.pick(&stage.enter), &stage.undone) else {
            return;
        };
        let Some(said) = vocabulary.event(*pattern, &mut self.draw) else { return };
        let time = self.now + SECOND + self.draw.soon(way.within / SECOND - 1) * SECOND;
        let net = Net { by: undone.by, field: None, matching: undone.matching, within: undone.within };
        let Some(reversal) = self.reversal(&net, &said, time) else { return };
        self.beside([(said, time), reversal]);
    }

    /// What reverses an event, in time.
    fn reversal(&mut self, net: &Net, said: &Said, time: i64) -> Option<(Said, i64)> {
        let name = |field: usize| &self.world.definition.fields[field].name;
        let mut same = Vec::new();
        if let Some(key) = net.matching {
            same.push((key, get(&said.body, name(key))?.clone()));
        }
        let within = net.within.unwrap_or(USUAL);
        let reversal = self.world.vocabulary.saying(net.by, &same, &mut self.draw)?;
        Some((reversal, time + SECOND + self.draw.soon(within / SECOND - 1) * SECOND))
    }

    /// Reverses some of the events that KPIs count less what is taken off them.
    fn take_off(&mut self) {
        let definition = self.world.definition;
        let mut known: Vec<(PatternId, &Net)> = Vec::new();
        for own in &definition.measures {
            if let Measure::Count { pattern, net: Some(net) } | Measure::Values { pattern, net: Some(net), .. } = own
                && !known.iter().any(|(seen, by)| (*seen, by.by) == (*pattern, net.by))
            {
                known.push((*pattern, net));
            }
        }
        for (pattern, net) in known {
            let classes = self.world.rules.classes;
            let counts = |own: &&Happened| classes[own.said.class as usize].patterns.has(pattern);
            let events: Vec<Happened> = self.life.events.iter().filter(counts).cloned().collect();
            for own in events {
                if self.draw.happens(TAKEN_OFF) && !self.is_reversed(net, &own.said) {
                    let reversal = self.reversal(net, &own.said, own.time);
                    self.beside(reversal);
                }
            }
        }
    }

    /// Whether something that may be an event's reversal is there already.
    fn is_reversed(&self, net: &Net, said: &Said) -> bool {
        let (definition, classes) = (self.world.definition, self.world.rules.classes);
        let key = |own: &Said| net.matching.and_then(|key| get(&own.body, &definition.fields[key].name).cloned());
        let reverses = |own: &Said| classes[own.class as usize].patterns.has(net.by) && key(own) == key(said);
        self.life.events.iter().any(|own| reverses(&own.said))
    }

    /// Says by whose invitation the person came: by the first event, or by one beside it.
    pub(super) fn say_who_invited(&mut self, own: Invited) {
        let identities = self.world.definition.columns.identity.len();
        let inviter = json!(write::best_identity((own.by, 0), own.is_by_known, identities));
        let vocabulary = self.world.vocabulary;
        let Some(first) = self.life.events.first_mut() else { return };
        if vocabulary.property(&first.said.name, REFERRED_BY).is_some() {
            return set(&mut first.said.body, REFERRED_BY, inviter);
        }
        let time = first.time + 60 * SECOND;
        for name in &vocabulary.invited {
            let said = vocabulary.with(name, &Test::Always, &[(REFERRED_BY, inviter.clone())], &mut self.draw);
            if self.beside(said.map(|said| (said, time))) {
                return;
            }
        }
    }

    /// Something that the plan asks nothing of.
    fn aside(&mut self) {
        let Some(name) = self.draw.pick(&self.world.vocabulary.asides).copied() else { return };
        let last = self.life.events.last().map_or(self.world.from, |last| last.time);
        let time = last + self.draw.between(1, 86_400) * SECOND;
        let said = self.world.vocabulary.named(name, &Test::Always, &mut self.draw);
        self.beside(said.map(|said| (said, time)));
    }
}
