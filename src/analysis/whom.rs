//! For whom a special rate holds, and which of several wins: the most specific.
//!
//! A rate for people (a segment, an antisegment, a tier) is more specific than one for a channel, and a journey is
//! credited to one channel. Between two groups of people the algebra of [`segments`](super::segments) decides: whoever
//! is in the smaller one has its rate.

use rust_decimal::Decimal;

use super::segments::{Answer, Condition};
use crate::model::kinds::Kind;
use crate::model::walk::Node;
use crate::source::Span;

/// The rates of one transition for segments and channels: whom, the rate in percent, where it is written.
pub type Rates<'m, 's> = Vec<(Node<'m, 's>, Decimal, Span)>;

/// The most specific rate that holds for people who are in all of some groups; none where only the plain one does.
pub fn special_rate(rates: &Rates<'_, '_>, who: &[Node<'_, '_>]) -> Option<(Decimal, Span)> {
    let mut best: Option<&(Node<'_, '_>, Decimal, Span)> = None;
    for row in rates.iter().filter(|row| who.iter().any(|who| is_within(*who, row.0))) {
        if best.is_none_or(|best| relation(row.0, best.0) == Relation::First) {
            best = Some(row);
        }
    }
    best.map(|(_, rate, span)| (*rate, *span))
}

/// Whether everybody in one group is in the other.
fn is_within(inner: Node<'_, '_>, outer: Node<'_, '_>) -> bool {
    let alike = (inner.kind() == Kind::Channel) == (outer.kind() == Kind::Channel);
    alike && matches!(relation(inner, outer), Relation::Same | Relation::First)
}

/// How two groups of people relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They are one.
    Same,
    /// Nobody is in both.
    Apart,
    /// The first is more specific: its rate wins.
    First,
    /// The second is more specific: its rate wins.
    Second,
    /// Someone can be in both, and neither is more specific.
    Both,
    /// It cannot be told.
    Unknown,
}

/// How two groups that have rates of their own relate.
pub fn relation(a: Node<'_, '_>, b: Node<'_, '_>) -> Relation {
    if a.id == b.id {
        return Relation::Same;
    }
    match (a.kind() == Kind::Channel, b.kind() == Kind::Channel) {
        (true, true) => Relation::Apart,
        (false, true) => Relation::First,
        (true, false) => Relation::Second,
        (false, false) => people(a, b),
    }
}

fn people(a: Node<'_, '_>, b: Node<'_, '_>) -> Relation {
    if a.is_broken() || b.is_broken() {
        return Relation::Unknown;
    }
    let (Some(own), Some(other)) = (Condition::of(a.model, a.id), Condition::of(b.model, b.id)) else {
        return Relation::Unknown;
    };
    match own.overlap(&other) {
        Answer::No => Relation::Apart,
        Answer::Unknown => Relation::Unknown,
        Answer::Yes(_) => match (own.is_within(&other), other.is_within(&own)) {
            (true, true) => Relation::Same,
            (true, false) => Relation::First,
            (false, true) => Relation::Second,
            // Whether one contains the other may be too large a question.
            (false, false) => match (own.beyond(&other), other.beyond(&own)) {
                (Answer::Yes(_), Answer::Yes(_)) => Relation::Both,
                _ => Relation::Unknown,
            },
        },
    }
}
