//! What sequences do to people: the timeline of one person from a written story, and what a crowd gets.
//!
//! ```text
//! story    what one person is and does, as it is written
//! person   what holds of a person at a moment
//! program  the steps of a sequence, one after the other
//! world    what happens to one person, moment by moment
//! crowd    many people, drawn from the planned rates
//! report   what happened, rendered
//! ```

#[cfg(feature = "engine")]
pub mod crowd;
mod person;
pub(crate) mod program;
pub mod report;
pub mod story;
mod world;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::analysis::timed::policy::Policy;
use crate::diagnostic::Message;
use crate::model::{DeclId, Model};
use story::Story;

/// What happened to a person, in order.
#[derive(Clone, Debug)]
pub struct Life {
    /// What the person is called.
    pub who: String,
    /// Where the person lives.
    pub zone: TimeZone,
    /// What happened.
    pub entries: Vec<Entry>,
    /// The conditions that the story does not tell; they were taken not to hold.
    pub untold: Vec<String>,
    /// Whether so much happened that the rest is left out.
    pub is_cut: bool,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: Kind,
    /// The sequence that it happened in, as a path; empty for what the person did.
    pub sequence: String,
    /// What its run is for, where each key has its own.
    pub key: String,
    /// The message that it happened to, as a path.
    pub message: String,
    /// The declaration of the message.
    pub step: Option<DeclId>,
    /// What happened, and why.
    pub words: Message,
}

/// The kinds of what happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The person did something, or came somewhere.
    Happens,
    /// A run started.
    Starts,
    /// A run did not start.
    Refused,
    /// A run turned one way.
    Turns,
    /// A message was sent.
    Sends,
    /// A message was held.
    Holds,
    /// A message was not sent.
    Skips,
    /// A run was stopped.
    Stops,
    /// A run came to its end.
    Finishes,
}

impl Entry {
    /// What it happened to: the message or the sequence, and what the run is for.
    pub fn subject(&self) -> String {
        let own = if self.message.is_empty() { &self.sequence } else { &self.message };
        if self.key.is_empty() { own.clone() } else { format!("{own} [{}]", self.key) }
    }
}

impl Kind {
    /// Its word in reports for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Happens => "happens",
            Self::Starts => "starts",
            Self::Refused => "refused",
            Self::Turns => "turns",
            Self::Sends => "sends",
            Self::Holds => "holds",
            Self::Skips => "skips",
            Self::Stops => "stops",
            Self::Finishes => "finishes",
        }
    }
}

/// The life of a person among the sequences of a project.
pub fn live(model: &Model<'_>, story: &Story) -> Life {
    world::live(&world::Plans::of(model), story)
}

/// The time zone of a project.
pub fn zone_of(model: &Model<'_>) -> TimeZone {
    Policy::of_project(model).zone
}

/// A moment as its place's clock shows it.
pub fn spelled(at: Timestamp, zone: &TimeZone) -> String {
    zone.to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}
