//! Sequences in time: the occasions ([`occasion`]) that start, stop and turn them, how close their messages come to each
//! other ([`spacing`]), and one run of one person ([`schedule`]) to show it with. The policy of sending ([`policy`]) says when nothing is sent, which days are worked on ([`week`]) and
//! how much a person gets; the timeline ([`timeline`]) when each message of a run is due. Due is nominal: before quiet hours,
//! caps and holidays hold a message back.

pub mod occasion;
pub mod policy;
pub mod schedule;
pub mod spacing;
pub mod timeline;
pub mod week;

pub use timeline::{MAX_STEPS, Send, Span, Timeline, Turn};

use crate::model::walk::{FieldOf, Node};
use crate::model::{Kind, Model};

/// A day in seconds.
pub const DAY: i64 = 86_400;

/// Whether a message is exempt from the policy of sending: people asked for it, as for a receipt.
pub fn is_exempt(message: Node<'_, '_>) -> bool {
    basis(message).and_then(|own| own.get("kind")?.val.word()) == Some("transactional")
}

/// Whether a message is counted by caps: whatever reaches a person and is not exempt.
pub fn counts(message: Node<'_, '_>) -> bool {
    message.kind().is_message() && message.kind() != Kind::Task && !is_exempt(message)
}

/// Why a message may be sent: its own basis, or that of its sequence.
pub fn basis<'m, 's>(message: Node<'m, 's>) -> Option<FieldOf<'m, 's>> {
    message.field("basis").or_else(|| sequence_of(message)?.field("basis"))
}

/// The sequence that a step is part of.
pub fn sequence_of<'m, 's>(step: Node<'m, 's>) -> Option<Node<'m, 's>> {
    std::iter::successors(Some(step), |own| own.parent()).find(|own| own.kind() == Kind::Sequence)
}

/// The project's sequences that were read whole.
pub fn sequences<'m, 's>(model: &'m Model<'s>) -> impl Iterator<Item = Node<'m, 's>> {
    let whole = |own: &Node<'m, 's>| !own.is_broken() && own.descendants().iter().all(|step| !step.is_broken());
    model.nodes(Kind::Sequence).filter(whole)
}

/// A length of time for people, the parts that are nothing left out: `4d 11h`.
pub fn spell(seconds: i64) -> String {
    let units = [(DAY, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let (_, parts) = units.iter().fold((seconds, Vec::new()), |(left, mut parts), (unit, word)| {
        if left >= *unit {
            parts.push(format!("{}{word}", left / unit));
        }
        (left % unit, parts)
    });
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}
