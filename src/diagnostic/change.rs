//! What a change of a spec means to those who rely on it as it was.

use super::Message;
use crate::phrase;
use crate::say;

/// Who relies on a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Consumer {
    /// The programs that send events: sites, apps, servers.
    Tracking,
    /// The tables that events are stored in, and the queries over them.
    Warehouse,
    /// The numbers that people look at.
    Dashboards,
    /// The messages that are sent.
    Sequences,
}

impl Consumer {
    /// Every consumer.
    pub const ALL: [Self; 4] = [Self::Tracking, Self::Warehouse, Self::Dashboards, Self::Sequences];

    /// The word of the command line and of machine formats.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tracking => "tracking",
            Self::Warehouse => "warehouse",
            Self::Dashboards => "dashboards",
            Self::Sequences => "sequences",
        }
    }

    /// In a sentence.
    pub const fn phrase(self) -> Message {
        Message::of(match self {
            Self::Tracking => phrase!("tracking clients"),
            Self::Warehouse => phrase!("the warehouse"),
            Self::Dashboards => phrase!("dashboards"),
            Self::Sequences => phrase!("sequences"),
        })
    }

    /// The consumer of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.word() == word)
    }
}

/// How much a change matters to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Words and plans; nothing works differently.
    Documentation,
    /// Something more; what was there goes on.
    Additive,
    /// Something that worked works no more, or means something else.
    Breaking,
}

impl Class {
    /// The word of machine formats, and of the group that its codes are in.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::Additive => "additive",
            Self::Breaking => "breaking",
        }
    }
}

/// What a change does to one consumer, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// To whom.
    pub on: Consumer,
    /// How much it matters.
    pub class: Class,
    /// What happens, as half a sentence.
    pub why: &'static str,
}

impl Effect {
    /// It breaks somebody.
    pub const fn breaks(on: Consumer, why: &'static str) -> Self {
        Self { on, class: Class::Breaking, why }
    }

    /// It gives somebody more.
    pub const fn adds(on: Consumer, why: &'static str) -> Self {
        Self { on, class: Class::Additive, why }
    }

    /// Only words change for somebody.
    pub const fn tells(on: Consumer, why: &'static str) -> Self {
        Self { on, class: Class::Documentation, why }
    }

    /// In words: `breaks the warehouse: its column is gone`.
    pub fn words(&self) -> Message {
        let (whom, why) = (self.on.phrase(), Message::of(self.why));
        match self.class {
            Class::Breaking => say!("breaks {whom}: {why}", whom, why),
            Class::Additive | Class::Documentation => say!("for {whom}: {why}", whom, why),
        }
    }
}

/// The step of an event's version in the scheme MODEL-REVISION-ADDITION, by what becomes of data sent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SchemaStep {
    /// Data sent before still fits.
    Addition,
    /// Some data sent before may no longer fit.
    Revision,
    /// No data sent before fits, or it means something else.
    Model,
}

impl SchemaStep {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Addition => "ADDITION",
            Self::Revision => "REVISION",
            Self::Model => "MODEL",
        }
    }
}

/// What a finding of a comparison says besides its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it does, to whom and why.
    pub effects: &'static [Effect],
    /// How the version of the events steps.
    pub step: Option<SchemaStep>,
    /// The paths of the events whose schema it changes.
    pub events: Vec<String>,
}

impl Change {
    /// How much it matters to those consumers to whom it matters most.
    pub fn class(&self) -> Class {
        self.class_for(&[])
    }

    /// How much it matters to some consumers; to all where none is named.
    pub fn class_for(&self, consumers: &[Consumer]) -> Class {
        let asked = |effect: &&Effect| consumers.is_empty() || consumers.contains(&effect.on);
        let worst = self.effects.iter().filter(asked).map(|effect| effect.class).max();
        worst.unwrap_or(Class::Documentation)
    }

    /// Whom it breaks.
    pub fn breaks(&self) -> impl Iterator<Item = Consumer> {
        self.effects.iter().filter(|effect| effect.class == Class::Breaking).map(|effect| effect.on)
    }
}

/// The step of the version of a whole spec, as semantic versioning has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VersionStep {
    /// Words only.
    Patch,
    /// Something more.
    Minor,
    /// Something breaks.
    Major,
}

impl VersionStep {
    /// The step that a class asks for.
    pub const fn of(class: Class) -> Self {
        match class {
            Class::Documentation => Self::Patch,
            Class::Additive => Self::Minor,
            Class::Breaking => Self::Major,
        }
    }

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}
