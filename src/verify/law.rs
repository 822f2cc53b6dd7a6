//! What an event of a log can break.

use crate::diagnostic::{Message, Severity};
use crate::phrase;

use super::personal::Personal;

/// A law of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Law {
    /// The line is no event at all.
    UnreadableLine(Unreadable),
    /// Nothing says which event it is.
    NamelessEvent,
    /// The plan has no such event.
    UnplannedEvent,
    /// The plan has no such property.
    UnplannedProperty,
    /// A required property is not there.
    MissingProperty,
    /// A property that a variant requires is not there.
    MissingInVariant,
    /// A value of another type.
    WrongType,
    /// A word that is not one of the list.
    NotInList,
    /// A number that is too small or too large.
    OutOfRange,
    /// A text that is too short or too long.
    WrongLength,
    /// A list of too few or too many.
    WrongCount,
    /// A text that does not match its pattern.
    WrongPattern,
    /// A text that is no date, no address …
    WrongFormat,
    /// A key that an object has twice.
    DuplicateKey,
    /// Personal data where none was declared.
    PersonalData(Personal),
    /// An event that should not be sent any more.
    DeprecatedEvent,
    /// A property that should not be sent any more.
    DeprecatedProperty,
    /// A planned event that the log does not have.
    NeverSeen,
}

/// Why a line is no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unreadable {
    /// Not JSON.
    Syntax,
    /// It ends in the middle.
    CutOff,
    /// Nested deeper than the limit.
    TooDeep,
    /// Longer than the limit.
    TooLong,
    /// Not UTF-8.
    NotText,
    /// JSON, but no object.
    NotAnObject,
    /// A row of CSV with more or fewer cells than the header.
    WrongCells,
}

impl Unreadable {
    /// Why, in words.
    pub fn words(self) -> Message {
        Message::of(match self {
            Self::Syntax => phrase!("is not JSON"),
            Self::CutOff => phrase!("ends in the middle"),
            Self::TooDeep => phrase!("is nested too deep"),
            Self::TooLong => phrase!("is too long"),
            Self::NotText => phrase!("is not UTF-8"),
            Self::NotAnObject => phrase!("is not an object"),
            Self::WrongCells => phrase!("has more or fewer cells than a row of this log"),
        })
    }
}

/// Every law by its word, one of those with several forms.
pub const ALL: &[Law] = &[
    Law::UnreadableLine(Unreadable::Syntax),
    Law::NamelessEvent,
    Law::UnplannedEvent,
    Law::UnplannedProperty,
    Law::MissingProperty,
    Law::MissingInVariant,
    Law::WrongType,
    Law::NotInList,
    Law::OutOfRange,
    Law::WrongLength,
    Law::WrongCount,
    Law::WrongPattern,
    Law::WrongFormat,
    Law::DuplicateKey,
    Law::PersonalData(Personal::Email),
    Law::DeprecatedEvent,
    Law::DeprecatedProperty,
    Law::NeverSeen,
];

impl Law {
    /// The word for it: in reports for machines, and for `--allow` and `--deny`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::UnreadableLine(_) => "unreadable-line",
            Self::NamelessEvent => "nameless-event",
            Self::UnplannedEvent => "unplanned-event",
            Self::UnplannedProperty => "unplanned-property",
            Self::MissingProperty => "missing-property",
            Self::MissingInVariant => "missing-in-variant",
            Self::WrongType => "wrong-type",
            Self::NotInList => "not-in-list",
            Self::OutOfRange => "out-of-range",
            Self::WrongLength => "wrong-length",
            Self::WrongCount => "wrong-count",
            Self::WrongPattern => "wrong-pattern",
            Self::WrongFormat => "wrong-format",
            Self::DuplicateKey => "duplicate-key",
            Self::PersonalData(_) => "personal-data",
            Self::DeprecatedEvent => "deprecated-event",
            Self::DeprecatedProperty => "deprecated-property",
            Self::NeverSeen => "never-seen",
        }
    }

    /// Whether the emitted JSON Schema says it: an event that breaks such a law is invalid.
    pub const fn is_of_schema(self) -> bool {
        matches!(
            self,
            Self::UnplannedProperty
                | Self::MissingProperty
                | Self::MissingInVariant
                | Self::WrongType
                | Self::NotInList
                | Self::OutOfRange
                | Self::WrongLength
                | Self::WrongCount
                | Self::WrongPattern
                | Self::WrongFormat
        )
    }

    /// How much it weighs where nobody says otherwise: errors fail a run.
    pub const fn severity(self) -> Severity {
        match self {
            Self::DeprecatedEvent | Self::DeprecatedProperty => Severity::Warning,
            Self::NeverSeen => Severity::Note,
            _ => Severity::Error,
        }
    }

    /// What it says, in a sentence.
    pub const fn about(self) -> &'static str {
        match self {
            Self::UnreadableLine(_) => "a line is one event as a JSON object",
            Self::NamelessEvent => "an event says its name",
            Self::UnplannedEvent => "an event is in the plan",
            Self::UnplannedProperty => "a property is in the plan",
            Self::MissingProperty => "a required property is sent",
            Self::MissingInVariant => "a property that a variant requires is sent",
            Self::WrongType => "a value has the planned type",
            Self::NotInList => "a value is one of the planned words",
            Self::OutOfRange => "a number is in its range",
            Self::WrongLength => "a text has the planned length",
            Self::WrongCount => "a list has the planned number of members",
            Self::WrongPattern => "a text matches its pattern",
            Self::WrongFormat => "a text has the planned form",
            Self::DuplicateKey => "an object has each key once",
            Self::PersonalData(_) => "personal data is sent only where it is declared",
            Self::DeprecatedEvent => "a deprecated event is not sent any more",
            Self::DeprecatedProperty => "a deprecated property is not sent any more",
            Self::NeverSeen => "a planned event is seen",
        }
    }
}

impl Law {
    /// Which kind of it, where it has kinds: the word for reports for machines.
    pub const fn kind(self) -> Option<&'static str> {
        match self {
            Self::UnreadableLine(why) => Some(why.word()),
            Self::PersonalData(kind) => Some(kind.word()),
            _ => None,
        }
    }
}

impl Unreadable {
    /// The word for it in reports for machines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::CutOff => "cut-off",
            Self::TooDeep => "too-deep",
            Self::TooLong => "too-long",
            Self::NotText => "not-utf-8",
            Self::NotAnObject => "not-an-object",
            Self::WrongCells => "wrong-cells",
        }
    }
}
