//! When each message of a run can be sent, and after what.

use rust_decimal::prelude::ToPrimitive;

use super::policy::Policy;
use super::week::Week;
use crate::model::Val;
use crate::model::kinds::Kind;
use crate::model::value::Captured;
use crate::model::walk::Node;

/// The most steps of a sequence that are looked at.
pub const MAX_STEPS: usize = 10_000;

/// When something happens after the start of a run, in seconds; both ends can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// At the earliest.
    pub least: i64,
    /// At the latest.
    pub most: i64,
}

impl Span {
    fn later(self, by: Self) -> Self {
        Self { least: self.least.saturating_add(by.least), most: self.most.saturating_add(by.most) }
    }

    /// The least span that both are in.
    fn or(self, other: Self) -> Self {
        Self { least: self.least.min(other.least), most: self.most.max(other.most) }
    }
}

/// Where a run turned off before it came to a message.
#[derive(Clone, Copy)]
pub enum Turn<'m, 's> {
    /// What the wait was for happened.
    Happened(Node<'m, 's>),
    /// It did not, and the time ran out.
    Ended(Node<'m, 's>),
    /// A condition held.
    When(Node<'m, 's>),
    /// It did not.
    Otherwise(Node<'m, 's>),
    /// The person was dealt to an arm of a split.
    Arm(Node<'m, 's>, Node<'m, 's>),
}

impl Turn<'_, '_> {
    /// Whether nobody who took this turn took the other: they are different branches of one step.
    pub fn excludes(&self, other: &Self) -> bool {
        let place = |turn: &Self| match turn {
            Self::Happened(wait) => (wait.id, wait.id, 0),
            Self::Ended(wait) => (wait.id, wait.id, 1),
            Self::When(when) => (when.id, when.id, 0),
            Self::Otherwise(when) => (when.id, when.id, 1),
            Self::Arm(split, arm) => (split.id, arm.id, 0),
        };
        let ((step, branch, side), (other_step, other_branch, other_side)) = (place(self), place(other));
        step == other_step && (branch != other_branch || side != other_side)
    }
}

/// A message of a run.
pub struct Send<'m, 's> {
    /// The step.
    pub step: Node<'m, 's>,
    /// When it is sent.
    pub after: Span,
    /// The turns on the way to it, the first one first.
    pub turns: Vec<Turn<'m, 's>>,
}

/// A sequence in time.
pub struct Timeline<'m, 's> {
    /// Its messages, in the order they are written.
    pub sends: Vec<Send<'m, 's>>,
    /// When a run that nothing stops is over.
    pub end: Span,
}

impl<'m, 's> Timeline<'m, 's> {
    /// The sequence in time, under the policy of its project.
    pub fn of(sequence: Node<'m, 's>) -> Self {
        let mut walk = Walk { week: Policy::of(sequence).week, sends: Vec::new(), steps: 0 };
        let end = walk.steps(sequence, Span::default(), &mut Vec::new());
        Self { sends: walk.sends, end }
    }
}

struct Walk<'m, 's> {
    week: Week,
    sends: Vec<Send<'m, 's>>,
    steps: usize,
}

impl<'m, 's> Walk<'m, 's> {
    /// The steps inside of something; when they are over.
    fn steps(&mut self, of: Node<'m, 's>, start: Span, turns: &mut Vec<Turn<'m, 's>>) -> Span {
        let mut now = start;
        for step in of.children() {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                break;
            }
            now = match step.kind() {
                Kind::Wait => self.wait(step, now, turns),
                Kind::When => self.when(step, now, turns),
                Kind::Split => self.split(step, now, turns),
                kind if kind.is_message() => {
                    self.sends.push(Send { step, after: now, turns: turns.clone() });
                    now
                }
                _ => now,
            };
        }
        now
    }

    fn inside(&mut self, of: Node<'m, 's>, now: Span, turn: Turn<'m, 's>, turns: &mut Vec<Turn<'m, 's>>) -> Span {
        turns.push(turn);
        let end = self.steps(of, now, turns);
        turns.pop();
        end
    }

    fn wait(&mut self, wait: Node<'m, 's>, now: Span, turns: &mut Vec<Turn<'m, 's>>) -> Span {
        if let Some(span) = fixed(wait, &self.week) {
            return now.later(span);
        }
        let most = seconds(wait, "at_most").unwrap_or_default();
        let (happened, ended) = (now.later(Span { least: 0, most }), now.later(Span { least: most, most }));
        let [then, otherwise] = [Kind::Then, Kind::Else].map(|kind| wait.children_of(kind).next());
        let happened = then.map_or(happened, |then| self.inside(then, happened, Turn::Happened(wait), turns));
        let ended = otherwise.map_or(ended, |own| self.inside(own, ended, Turn::Ended(wait), turns));
        happened.or(ended)
    }

    fn when(&mut self, when: Node<'m, 's>, now: Span, turns: &mut Vec<Turn<'m, 's>>) -> Span {
        let held = self.inside(when, now, Turn::When(when), turns);
        let otherwise = when.children_of(Kind::Else).next();
        held.or(otherwise.map_or(now, |own| self.inside(own, now, Turn::Otherwise(when), turns)))
    }

    fn split(&mut self, split: Node<'m, 's>, now: Span, turns: &mut Vec<Turn<'m, 's>>) -> Span {
        let arms: Vec<Node<'m, 's>> = split.children_of(Kind::Arm).collect();
        let ends = arms.into_iter().map(|arm| self.inside(arm, now, Turn::Arm(split, arm), turns));
        ends.reduce(Span::or).unwrap_or(now)
    }
}

/// How long a wait takes that is for nothing but time.
pub(super) fn fixed(wait: Node<'_, '_>, week: &Week) -> Option<Span> {
    if let Some(days) = workdays(wait) {
        return Some(week.workdays(days));
    }
    seconds(wait, "delay").map(|seconds| Span { least: seconds, most: seconds })
}

/// The length of time in a place of a wait.
pub(super) fn seconds(wait: Node<'_, '_>, slot: &str) -> Option<i64> {
    match &captured(wait, slot)?.val {
        Val::Duration(duration) => duration.seconds()?.to_i64(),
        _ => None,
    }
}

/// The working days that a wait takes.
pub(super) fn workdays(wait: Node<'_, '_>) -> Option<i64> {
    match &captured(wait, "days")?.val {
        Val::Workdays(days) => days.to_i64(),
        _ => None,
    }
}

fn captured<'m, 's>(node: Node<'m, 's>, slot: &str) -> Option<&'m Captured<'s>> {
    node.decl().head.iter().find(|own| own.slot == slot)
}
