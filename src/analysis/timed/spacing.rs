//! How close messages of one run can come to each other: the least time between two that follow each other
//! ([`successions`]), and the least time in which so many are sent ([`Profile`]). Both take the shortest way through every
//! branch, and what is waited for as happening at once.

use std::rc::Rc;

use super::policy::Policy;
use super::timeline::{self, MAX_STEPS};
use super::week::Week;
use crate::model::Kind;
use crate::model::walk::Node;

/// A message that can follow another in one run.
#[derive(Clone, Copy)]
pub struct Succession<'m, 's> {
    /// The earlier one.
    pub from: Node<'m, 's>,
    /// The later one.
    pub to: Node<'m, 's>,
    /// The seconds between them at least.
    pub gap: i64,
}

/// The messages that can follow each other, with fewer than so many seconds between them. Of those that directly follow each
/// other, or of all.
pub fn successions<'m, 's>(sequence: Node<'m, 's>, within: i64, directly: bool) -> Vec<Succession<'m, 's>> {
    let mut walk = Successions { week: Policy::of(sequence).week, within, directly, found: Vec::new(), steps: 0 };
    walk.steps(sequence, Vec::new());
    walk.found
}

struct Successions<'m, 's> {
    week: Week,
    within: i64,
    directly: bool,
    found: Vec<Succession<'m, 's>>,
    steps: usize,
}

/// Messages that may have been the last one, each with the time since.
type Last<'m, 's> = Vec<(Node<'m, 's>, i64)>;

impl<'m, 's> Successions<'m, 's> {
    fn steps(&mut self, of: Node<'m, 's>, mut last: Last<'m, 's>) -> Last<'m, 's> {
        for step in of.children() {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                break;
            }
            last = self.step(step, last);
        }
        last
    }

    fn step(&mut self, step: Node<'m, 's>, last: Last<'m, 's>) -> Last<'m, 's> {
        match step.kind() {
            Kind::Wait => self.wait(step, last),
            Kind::When => {
                let held = self.steps(step, last.clone());
                let otherwise = step.children_of(Kind::Else).next();
                nearest(held, otherwise.map_or(last.clone(), |own| self.steps(own, last)))
            }
            Kind::Split => {
                let arms = step.children_of(Kind::Arm).map(|arm| self.steps(arm, last.clone()));
                arms.collect::<Vec<_>>().into_iter().reduce(nearest).unwrap_or(last)
            }
            kind if kind.is_message() => self.message(step, last),
            _ => last,
        }
    }

    fn message(&mut self, step: Node<'m, 's>, mut last: Last<'m, 's>) -> Last<'m, 's> {
        self.found.extend(last.iter().map(|(from, gap)| Succession { from: *from, to: step, gap: *gap }));
        if self.directly && !is_guarded(step) {
            last.clear();
        }
        last.push((step, 0));
        last
    }

    fn wait(&mut self, wait: Node<'m, 's>, last: Last<'m, 's>) -> Last<'m, 's> {
        if let Some(seconds) = timeline::fixed(wait, &self.week) {
            return self.later(last, seconds.least);
        }
        let most = timeline::seconds(wait, "at_most").unwrap_or_default();
        let [then, otherwise] = [Kind::Then, Kind::Else].map(|kind| wait.children_of(kind).next());
        let ended = self.later(last.clone(), most);
        let happened = then.map_or(last.clone(), |own| self.steps(own, last));
        nearest(happened, otherwise.map_or(ended.clone(), |own| self.steps(own, ended)))
    }

    fn later(&self, last: Last<'m, 's>, by: i64) -> Last<'m, 's> {
        let later = last.into_iter().map(|(from, gap)| (from, gap.saturating_add(by)));
        later.filter(|(_, gap)| *gap < self.within).collect()
    }
}

/// Whether a message may be left out for somebody who comes to it.
fn is_guarded(step: Node<'_, '_>) -> bool {
    step.has("when") || step.has("audience") || step.has("basis")
}

fn nearest<'m, 's>(mut own: Last<'m, 's>, other: Last<'m, 's>) -> Last<'m, 's> {
    for (from, gap) in other {
        match own.iter_mut().find(|(known, _)| known.id == from.id) {
            Some((_, known)) => *known = gap.min(*known),
            None => own.push((from, gap)),
        }
    }
    own
}

// ---- so many messages

/// The most messages of one run that are counted.
pub const MAX_COUNTED: usize = 200;

/// Messages of a run in their order, the last one first.
pub struct Link<'m, 's> {
    /// The message.
    pub step: Node<'m, 's>,
    /// The seconds since the one before it.
    pub gap: i64,
    /// The one before it.
    pub before: Chain<'m, 's>,
}

/// Messages of a run, from the last one back.
pub type Chain<'m, 's> = Option<Rc<Link<'m, 's>>>;

/// The messages of a chain in their order, each with the seconds since the first.
pub fn in_order<'m, 's>(chain: &Chain<'m, 's>) -> Vec<(Node<'m, 's>, i64)> {
    let links: Vec<&Rc<Link<'m, 's>>> = std::iter::successors(chain.as_ref(), |link| link.before.as_ref()).collect();
    let mut since = 0;
    links
        .iter()
        .rev()
        .enumerate()
        .map(|(at, link)| {
            since += if at == 0 { 0 } else { link.gap };
            (link.step, since)
        })
        .collect()
}

/// In how little time so many messages of one run are sent; the place of a list is their number less one.
#[derive(Clone, Default)]
pub struct Profile<'m, 's> {
    /// From the first of them to the last, with the messages.
    pub spans: Vec<(i64, Chain<'m, 's>)>,
    /// From the start of the run to the last of them.
    pub head: Vec<i64>,
    /// From the first of them to the end of the run.
    pub tail: Vec<i64>,
    /// Of each message, in how little time so many are sent of which it is the last.
    pub ends: Vec<(Node<'m, 's>, Vec<(i64, Chain<'m, 's>)>)>,
}

impl<'m, 's> Profile<'m, 's> {
    /// The profile of a sequence; only messages that count.
    pub fn of(sequence: Node<'m, 's>, counts: impl Fn(Node<'m, 's>) -> bool) -> Self {
        let week = Policy::of(sequence).week;
        let mut walk = Profiles { week, counts, profile: Self::default(), steps: 0 };
        let end = walk.steps(sequence, Now { open: Vec::new(), since: vec![Some(0)] });
        walk.profile.tail = end.open.iter().map(|own| own.span).collect();
        walk.profile
    }

    /// The most messages that are sent in so many seconds, both ends included.
    pub fn most_within(&self, seconds: i64) -> usize {
        self.spans.partition_point(|(span, _)| *span <= seconds)
    }
}

struct Profiles<'m, 's, F> {
    week: Week,
    counts: F,
    profile: Profile<'m, 's>,
    steps: usize,
}

/// The last so many messages that were sent.
#[derive(Clone)]
struct Run<'m, 's> {
    /// The seconds since the first of them.
    span: i64,
    /// The seconds since the last of them.
    since: i64,
    /// The messages.
    chain: Chain<'m, 's>,
}

/// Where a run has come to.
#[derive(Clone)]
struct Now<'m, 's> {
    /// By how many messages: the least time in which the last ones can have been sent.
    open: Vec<Run<'m, 's>>,
    /// By how many messages were sent at all: the least time since the start.
    since: Vec<Option<i64>>,
}

impl Now<'_, '_> {
    fn later(mut self, by: i64) -> Self {
        for run in &mut self.open {
            run.span = run.span.saturating_add(by);
            run.since = run.since.saturating_add(by);
        }
        self.since.iter_mut().flatten().for_each(|since| *since = since.saturating_add(by));
        self
    }

    /// What is least on either way.
    fn or(mut self, other: Self) -> Self {
        for (at, run) in other.open.into_iter().enumerate() {
            match self.open.get_mut(at) {
                Some(own) if own.span <= run.span => {}
                Some(own) => *own = run,
                None => self.open.push(run),
            }
        }
        self.since.resize(self.since.len().max(other.since.len()), None);
        for (own, other) in self.since.iter_mut().zip(other.since) {
            *own = [*own, other].into_iter().flatten().min();
        }
        self
    }
}

impl<'m, 's, F: Fn(Node<'m, 's>) -> bool> Profiles<'m, 's, F> {
    fn steps(&mut self, of: Node<'m, 's>, mut now: Now<'m, 's>) -> Now<'m, 's> {
        for step in of.children() {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                break;
            }
            now = self.step(step, now);
        }
        now
    }

    fn step(&mut self, step: Node<'m, 's>, now: Now<'m, 's>) -> Now<'m, 's> {
        match step.kind() {
            Kind::Wait => self.wait(step, now),
            Kind::When => {
                let held = self.steps(step, now.clone());
                let otherwise = step.children_of(Kind::Else).next();
                held.or(otherwise.map_or(now.clone(), |own| self.steps(own, now)))
            }
            Kind::Split => {
                let arms = step.children_of(Kind::Arm).map(|arm| self.steps(arm, now.clone()));
                arms.collect::<Vec<_>>().into_iter().reduce(Now::or).unwrap_or(now)
            }
            kind if kind.is_message() && (self.counts)(step) => self.message(step, now),
            _ => now,
        }
    }

    fn wait(&mut self, wait: Node<'m, 's>, now: Now<'m, 's>) -> Now<'m, 's> {
        if let Some(span) = timeline::fixed(wait, &self.week) {
            return now.later(span.least);
        }
        let most = timeline::seconds(wait, "at_most").unwrap_or_default();
        let [then, otherwise] = [Kind::Then, Kind::Else].map(|kind| wait.children_of(kind).next());
        let ended = now.clone().later(most);
        let happened = then.map_or(now.clone(), |own| self.steps(own, now));
        happened.or(otherwise.map_or(ended.clone(), |own| self.steps(own, ended)))
    }

    fn message(&mut self, step: Node<'m, 's>, mut now: Now<'m, 's>) -> Now<'m, 's> {
        let alone = Run { span: 0, since: 0, chain: None };
        let befores = std::iter::once(alone).chain(now.open);
        let with = |run: Run<'m, 's>| {
            let link = Link { step, gap: run.since, before: run.chain };
            Run { span: run.span, since: 0, chain: Some(Rc::new(link)) }
        };
        now.open = befores.take(MAX_COUNTED).map(with).collect();
        now.since.insert(0, None);
        now.since.truncate(MAX_COUNTED + 1);
        let profile = &mut self.profile;
        for (at, run) in now.open.iter().enumerate() {
            match profile.spans.get_mut(at) {
                Some((span, _)) if *span <= run.span => {}
                Some(own) => *own = (run.span, run.chain.clone()),
                None => profile.spans.push((run.span, run.chain.clone())),
            }
        }
        for (at, since) in now.since.iter().skip(1).enumerate() {
            let since = since.unwrap_or(i64::MAX);
            match profile.head.get_mut(at) {
                Some(own) => *own = since.min(*own),
                None => profile.head.push(since),
            }
        }
        profile.ends.push((step, now.open.iter().map(|run| (run.span, run.chain.clone())).collect()));
        now
    }
}
