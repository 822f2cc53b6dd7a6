//! `finished s`: a run of a sequence that came to its end, told by the messages of it that were sent.

use funnelc_engine::definition as to;
use rust_decimal::prelude::ToPrimitive;
use rustc_hash::FxHashMap;

use super::Lower;
use crate::analysis::messages;
use crate::analysis::timed;
use crate::analysis::timed::policy::{Lasting, Policy};
use crate::model::expr::Expr;
use crate::model::value::{Duration, RefIx};
use crate::model::walk::Node;
use crate::model::{DeclId, Kind};
use crate::say;
use crate::simulate::program::{self, Step};

/// What is left of a run at a step.
#[derive(Clone, Copy, Default)]
struct Rest {
    /// How long it takes to the end at most, in seconds.
    seconds: i64,
    /// Whether a message can come before it.
    has_message: bool,
    /// Whether the next message goes at the same moment, to the same people.
    is_followed: bool,
}

impl Rest {
    /// The longer of two.
    fn or(self, other: Self) -> Self {
        Self {
            seconds: self.seconds.max(other.seconds),
            has_message: self.has_message || other.has_message,
            is_followed: false,
        }
    }

    /// After a wait; a month of the calendar has 31 days at most.
    fn after(self, wait: Duration) -> Self {
        self.later(match wait {
            Duration::Exact { seconds, .. } => seconds.to_i64().unwrap_or(i64::MAX),
            Duration::Calendar { months } => i64::from(months).saturating_mul(31 * timed::DAY),
        })
    }

    fn later(self, seconds: i64) -> Self {
        Self { seconds: self.seconds.saturating_add(seconds), is_followed: false, ..self }
    }
}

impl<'m, 's> Lower<'m, 's> {
    /// After each message of the sequence, once the longest that the rest of a run can take is over without another one,
    /// and without anything that stops it; at once where nothing is left.
    pub(super) fn finished(&mut self, owner: DeclId, at: RefIx, expr: &'m Expr<'s>, found: &mut Vec<to::Enter>) {
        let Some(sequence) = self.model.target_decl(owner, at).map(|id| self.node(id)) else { return };
        let name = sequence.path();
        let tracked = self.sent_of(sequence);
        if tracked.is_empty() {
            let words = say!(
                "no message of `{name}` is tracked when it is sent, so a log does not tell that a run is over",
                name
            );
            return self.trouble(expr.span, words);
        }
        if self.open_sequences.contains(&sequence.id) {
            let words = say!("`{name}` is stopped by its own end, so nobody can tell which runs came to it", name);
            return self.trouble(expr.span, words);
        }
        self.open_sequences.push(sequence.id);
        let mut breaks: Vec<usize> = tracked.iter().map(|(_, pattern)| *pattern).collect();
        let unless = self.stops(sequence, &mut breaks);
        self.open_sequences.pop();
        let rests = rests(sequence);
        for (message, pattern) in tracked {
            let rest = rests.get(&message).copied().unwrap_or_default();
            if rest.is_followed {
                continue;
            }
            if rest.seconds == 0 && !rest.has_message {
                found.push(to::Enter::Event { pattern, when: to::Condition::Always });
                continue;
            }
            let lasting = rest.seconds.saturating_mul(1_000_000);
            let (of, unless) = (breaks.clone(), unless.clone());
            found.push(to::Enter::Absence { of, lasting, after: Some(pattern), unless });
        }
    }

    /// What stops a sequence: events are added to those that break it, all else is given back.
    fn stops(&mut self, sequence: Node<'m, 's>, breaks: &mut Vec<usize>) -> Vec<to::Enter> {
        let mut found = Vec::new();
        for stop in timed::occasion::stops(sequence) {
            self.enter(stop.owner.id, stop.expr, &mut found);
        }
        let mut unless = Vec::new();
        for own in found {
            match own {
                to::Enter::Event { pattern, when: to::Condition::Always } => breaks.push(pattern),
                // What a score does to a stage depends on the stage; here it rises, wherever people are.
                to::Enter::Score { score, at_least: value } => {
                    let condition = to::Condition::Score { score, comparison: to::Comparison::AtLeast, value };
                    unless.push(to::Enter::Turns { condition, begins: true });
                }
                own => unless.push(own),
            }
        }
        unless
    }

    /// The messages of a sequence of which it is tracked that they were sent, or at least that they arrived, and that event.
    fn sent_of(&mut self, sequence: Node<'m, 's>) -> Vec<(DeclId, usize)> {
        let mut found = Vec::new();
        for (id, tracked) in messages::of(self.model) {
            if timed::sequence_of(self.node(id)).is_none_or(|own| own.id != sequence.id) {
                continue;
            }
            let first = tracked.iter().find(|(word, _)| matches!(*word, "sent" | "delivered"));
            let path = self.node(id).path();
            let pattern = first.and_then(|(_, event)| self.about(*event, &path, false));
            found.extend(pattern.map(|pattern| (id, pattern)));
        }
        found
    }
}

/// By message, what is left of a run after it. Steps lead forward only, so that they are looked at from the end.
fn rests(sequence: Node<'_, '_>) -> FxHashMap<DeclId, Rest> {
    let steps = program::of(sequence);
    let policy = Policy::of(sequence);
    let hold = match policy.longest_hold() {
        Lasting::Seconds(seconds) => seconds,
        Lasting::Ever => 0,
    };
    let mut found = FxHashMap::default();
    let mut rests = vec![Rest::default(); steps.len() + 1];
    for at in (0..steps.len()).rev() {
        let next = rests[at + 1];
        rests[at] = match &steps[at] {
            Step::Message(step) => {
                // What comes next may be held while it is quiet.
                let later = if next.has_message { next.later(hold) } else { next };
                found.insert(step.id, Rest { is_followed: next.is_followed, ..later });
                let is_message = step.kind() != Kind::Task;
                let is_for_some = ["when", "audience", "basis"].into_iter().any(|word| step.field(word).is_some());
                Rest { has_message: next.has_message || is_message, is_followed: is_message && !is_for_some, ..next }
            }
            Step::Wait(time) => next.after(*time),
            Step::Workdays(days) => next.later(policy.week.workdays(*days).most),
            Step::Until { at_most, happened, ended, .. } => rests[*happened].or(rests[*ended]).after(*at_most),
            Step::When { otherwise, .. } => next.or(rests[*otherwise]),
            Step::Split { arms, .. } => arms.iter().fold(Rest::default(), |rest, (_, at)| rest.or(rests[*at])),
            Step::Jump(to) => Rest { is_followed: false, ..rests[*to] },
            Step::End => Rest::default(),
        };
    }
    found
}
