//! Sequences in time. The policy of sending ([`policy`]) says when nothing is sent, which days are worked on ([`week`]) and
//! how much a person gets; the timeline ([`timeline`]) when each message of a run is due. Due is nominal: before quiet hours,
//! caps and holidays hold a message back.

pub mod policy;
pub mod timeline;
pub mod week;

pub use timeline::{MAX_STEPS, Send, Span, Timeline, Turn};

/// A day in seconds.
pub const DAY: i64 = 86_400;
