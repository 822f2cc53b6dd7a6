//! Messages that people get from the sequences of a project, and what they do with them: events as programs that send
//! messages report them.

use funnelc_engine::definition::{Condition, Definition, Fate, Formula, Measure, PatternId};
use serde_json::json;

use super::body::Body;
use super::draw::WHOLE;
use super::journey::percent;
use super::vocabulary::Said;
use super::walk::{SECOND, Walk};
use crate::plan::Plan;
use crate::plan::value::Value;

/// Messages that one person gets at most.
const MAX_MESSAGES: usize = 200;
/// Of messages that are sent, so many in a billion arrive.
const ARRIVES: u64 = WHOLE / 100 * 97;
/// Of those that arrive, so many are opened, followed where they need not be opened, and answered by wanting no more.
const OPENED: u64 = WHOLE / 5 * 2;
const FOLLOWED: u64 = WHOLE / 10;
const LEFT: u64 = WHOLE / 200;
/// Of those that are opened, so many are followed.
const CLICKED: u64 = WHOLE / 4;

/// What sends messages to people by what they did.
pub trait Post: Sync {
    /// The messages that a person was sent: when, and the path of each, in order.
    fn sent(&self, person: u64, events: &[(i64, &str, &Body)]) -> Vec<(i64, String)>;

    /// Whether it depends on events of a name what is sent.
    fn hears(&self, event: &str) -> bool;
}

/// A message, and the events that tell what became of it.
pub(super) struct Mailed {
    path: String,
    fates: Vec<(Fate, PatternId)>,
    /// What it aims for, within which time, and with how many in a billion of those it is sent to it is to succeed.
    aim: Option<(PatternId, i64, u64)>,
}

impl Mailed {
    /// Whether events of a pattern say that it was sent, or that it arrived.
    pub(super) fn is_told_by(&self, pattern: PatternId) -> bool {
        let tells = |own: &(Fate, PatternId)| own.1 == pattern && matches!(own.0, Fate::Sent | Fate::Delivered);
        self.fates.iter().any(tells)
    }
}

/// The messages that are measured.
pub(super) fn mailed(plan: &Plan, definition: &Definition) -> Vec<Mailed> {
    let counted = |kpi: usize| match &definition.kpis[kpi].value {
        Formula::Of(measure, _) => match definition.measures[*measure] {
            Measure::Did(pattern) => Some(pattern),
            _ => None,
        },
        _ => None,
    };
    let target = |path: &str| {
        let mut messages = plan.sequences.iter().flat_map(|own| &own.messages);
        let aims = messages.find(|own| own.path == path)?.aims.as_ref()?;
        match aims.target.as_ref()? {
            Value::Compare(own) => match &own.value {
                Value::Percent(share) => percent(share),
                _ => None,
            },
            _ => None,
        }
    };
    let message = |own: &funnelc_engine::definition::Message| {
        let patterns = own.fates.iter().filter_map(|(fate, kpi)| Some((*fate, counted(*kpi)?, *kpi)));
        let aim = patterns.clone().find(|(fate, ..)| *fate == Fate::Converted).and_then(|(_, pattern, kpi)| {
            let Some(Condition::Did { within: Some(within), .. }) = definition.kpis[kpi].slice.only else {
                return None;
            };
            Some((pattern, within, target(&own.path).unwrap_or(0)))
        });
        let fates = patterns.map(|(fate, pattern, _)| (fate, pattern)).filter(|(fate, _)| *fate != Fate::Converted);
        Mailed { path: own.path.clone(), fates: fates.collect(), aim }
    };
    definition.messages.iter().map(message).collect()
}

impl Walk<'_, '_> {
    /// Lets the person get messages. What is done with one can decide what is sent later, so each is answered before the
    /// next one is looked at.
    pub(super) fn get_messages(&mut self) {
        let Some(post) = self.world.post.filter(|_| !self.world.mailed.is_empty()) else { return };
        let mut sent = self.sent_by(post);
        let mut aimed = vec![false; self.world.mailed.len()];
        for number in 0..MAX_MESSAGES {
            let Some((time, path)) = sent.get(number).cloned() else { return };
            let Some(at) = self.world.mailed.iter().position(|own| own.path == path) else { continue };
            let before = self.life.events.len();
            let id = format!("m{:08}-{}", self.number + 1, number + 1);
            let mut is_heard = self.answer_message(at, time, &id, post);
            if !std::mem::replace(&mut aimed[at], true) {
                is_heard |= self.do_as_aimed(at, time, post);
            }
            if is_heard && self.life.events.len() > before {
                sent = self.sent_by(post);
            }
        }
    }

    fn sent_by(&self, post: &dyn Post) -> Vec<(i64, String)> {
        let events = self.life.events.iter().map(|own| (own.time, own.said.name.as_str(), &own.said.body));
        post.sent(self.number, &events.collect::<Vec<_>>())
    }

    /// What becomes of a message; whether something of it decides what is sent later.
    fn answer_message(&mut self, at: usize, sent: i64, id: &str, post: &dyn Post) -> bool {
        let world = self.world;
        let pattern = |fate: Fate| world.mailed[at].fates.iter().find(|own| own.0 == fate).map(|own| own.1);
        let mut is_heard = false;
        let mut tell = |own: &mut Self, fate: Fate, time: i64| {
            let Some(pattern) = pattern(fate) else { return time };
            let said = own.about(pattern, id);
            is_heard |= said.as_ref().is_some_and(|said| post.hears(&said.name));
            if own.world.tells_of(pattern) {
                if let Some(said) = said {
                    own.put_in_time(said, time);
                }
            } else {
                own.beside(said.map(|said| (said, time)));
            }
            time
        };
        tell(self, Fate::Sent, sent);
        if !self.draw.happens(ARRIVES) {
            return is_heard;
        }
        let wait = self.draw.between(1, 120) * SECOND;
        let arrived = tell(self, Fate::Delivered, sent + wait);
        let can_open = pattern(Fate::Opened).is_some();
        let read = arrived + self.draw.soon(2 * 86_400) * SECOND;
        let is_read = if can_open { self.draw.happens(OPENED) } else { true };
        if is_read {
            let read = tell(self, Fate::Opened, read);
            if self.draw.happens(if can_open { CLICKED } else { FOLLOWED }) {
                let wait = self.draw.between(5, 600) * SECOND;
                tell(self, Fate::Clicked, read + wait);
            }
            if self.draw.happens(LEFT) {
                let wait = self.draw.between(5, 600) * SECOND;
                tell(self, Fate::Unsubscribed, read + wait);
            }
        }
        is_heard
    }

    /// An event about one message.
    fn about(&mut self, pattern: PatternId, id: &str) -> Option<Said> {
        let vocabulary = self.world.vocabulary;
        let name = vocabulary.name_of(pattern, &mut self.draw)?;
        let has_id = vocabulary.property(name, MESSAGE_ID).is_some();
        let said: &[_] = if has_id { &[(MESSAGE_ID, json!(id))] } else { &[] };
        vocabulary.with(name, &self.world.definition.patterns[pattern].test, said, &mut self.draw)
    }

    /// Does what a message aims for, if it is to succeed; whether that decides what is sent later.
    fn do_as_aimed(&mut self, at: usize, sent: i64, post: &dyn Post) -> bool {
        let Some((pattern, within, target)) = self.world.mailed[at].aim else { return false };
        let classes = self.world.rules.classes;
        let is_in_time = |time: i64| sent < time && time <= sent.saturating_add(within);
        let does = |own: &super::walk::Happened| classes[own.said.class as usize].patterns.has(pattern);
        if !self.draw.happens(target) || self.life.events.iter().any(|own| is_in_time(own.time) && does(own)) {
            return false;
        }
        let time = sent + SECOND + self.draw.soon(within / SECOND - 1) * SECOND;
        let Some(said) = self.world.vocabulary.event(pattern, &mut self.draw) else { return false };
        let is_heard = post.hears(&said.name);
        self.beside([(said, time)]) && is_heard
    }
}

/// The property that tells one message from another.
const MESSAGE_ID: &str = "message_id";
