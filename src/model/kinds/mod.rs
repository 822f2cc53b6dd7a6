//! The table of kinds: for every kind of declaration its place, its classes, what may follow its name, and for every
//! field the shape of its value. The reader of declarations, the messages, the formatter, the book and the editor all
//! use this one table. Shapes are written in the notation of [`super::shape`].

mod table;

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::shape::Shape;
use crate::diagnostic::Message;
pub use table::TABLE;

macro_rules! kinds {
    ($($kind:ident $word:literal $phrase:literal)*) => {
        /// A kind of declaration.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs)] // each is documented by its row of the table
        pub enum Kind { $($kind),* }

        impl Kind {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// The word a declaration of this kind begins with, or what it is called where it has none.
            pub const fn word(self) -> &'static str {
                match self { $(Kind::$kind => $word),* }
            }

            /// With its article, for messages: "an event".
            pub const fn phrase(self) -> Message {
                Message::of(match self { $(Kind::$kind => $phrase),* })
            }
        }
    };
}

kinds! {
    Project "project" "a project"
    Brief "brief" "a brief"
    Use "use" "a use"
    Team "team" "a team"
    Source "source" "a source"
    Measure "measure" "a measure"
    Consent "consent" "a consent"
    Traits "traits" "a traits"
    Trait "trait" "a trait"
    Type "type" "a type"
    Member "member" "a member"
    Props "props" "a props"
    Prop "prop" "a prop"
    Event "event" "an event"
    Variant "variant" "a variant"
    Channel "channel" "a channel"
    Campaign "campaign" "a campaign"
    Segment "segment" "a segment"
    Antisegment "antisegment" "an antisegment"
    Persona "persona" "a persona"
    Score "score" "a score"
    Kpi "kpi" "a kpi"
    Goal "goal" "a goal"
    Funnel "funnel" "a funnel"
    Stage "stage" "a stage"
    Transition "transition" "a transition"
    Handover "handover" "a handover"
    Offer "offer" "an offer"
    Program "program" "a program"
    Tier "tier" "a tier"
    Survey "survey" "a survey"
    Sending "sending" "a sending"
    Holidays "holidays" "a holidays"
    Sequence "sequence" "a sequence"
    Email "email" "an email"
    Sms "sms" "an sms"
    Whatsapp "whatsapp" "a whatsapp"
    Push "push" "a push"
    Call "call" "a call"
    Post "post" "a post"
    Task "task" "a task"
    Wait "wait" "a wait"
    When "when" "a when"
    Then "then" "a then"
    Else "else" "an else"
    Split "split" "a split"
    Arm "arm" "an arm"
    Nothing "nothing" "a nothing"
    Experiment "experiment" "an experiment"
    Competitor "competitor" "a competitor"
    Audit "audit" "an audit"
    Dashboard "dashboard" "a dashboard"
    Group "group" "a group"
    Model "model" "a model"
    Make "make" "a make"
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindSet(u64);

impl KindSet {
    /// No kind.
    pub const NONE: Self = Self(0);

    /// The kinds of a list.
    pub const fn of(kinds: &[Kind]) -> Self {
        let (mut bits, mut index) = (0, 0);
        while index < kinds.len() {
            bits |= 1 << kinds[index] as u64;
            index += 1;
        }
        Self(bits)
    }

    /// Whether a kind is in it.
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u64) != 0
    }

    /// The kinds in it, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.iter().copied().filter(move |kind| self.has(*kind))
    }

    /// This set and one kind more.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Self {
        Self(self.0 | 1 << kind as u64)
    }
}

impl Kind {
    /// Its row of the table.
    pub fn spec(self) -> &'static KindSpec {
        &SPECS[self as usize]
    }

    /// Whether it is a step of a sequence that reaches a person.
    pub const fn is_message(self) -> bool {
        matches!(self, Self::Email | Self::Sms | Self::Whatsapp | Self::Push | Self::Call | Self::Post | Self::Task)
    }

    /// Whether it is a segment or an antisegment.
    pub const fn is_segment(self) -> bool {
        matches!(self, Self::Segment | Self::Antisegment)
    }
}

/// Whether a declaration has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// It must.
    Required,
    /// It has none.
    None,
}

/// A row of the table, as written.
#[derive(Debug)]
pub struct KindRow {
    /// The kind.
    pub kind: Kind,
    /// Whether it has a name.
    pub naming: Naming,
    /// The words that may follow `:`.
    pub classes: &'static [&'static str],
    /// What follows name, label and class, before the block.
    pub head: &'static str,
    /// The fields: `word`, with `!` if it is required and `*` if it may stand more than once; shape; meaning.
    pub fields: &'static [(&'static str, &'static str, &'static str)],
    /// The kinds that may be declared inside.
    pub children: &'static [Kind],
    /// The kind of a statement inside that begins with no word of a field or kind.
    pub rows: Option<Kind>,
    /// What it is, for the book and the editor.
    pub doc: &'static str,
}

/// A row of the table, ready for use.
#[derive(Debug)]
pub struct KindSpec {
    /// The row as written.
    pub row: &'static KindRow,
    /// The shape of the head.
    pub head: Shape,
    /// The fields.
    pub fields: Vec<FieldSpec>,
    by_word: FxHashMap<&'static str, usize>,
}

/// A field of a kind.
#[derive(Debug)]
pub struct FieldSpec {
    /// The word it begins with.
    pub word: &'static str,
    /// Whether a declaration without it is an error.
    pub required: bool,
    /// Whether it may stand more than once.
    pub repeats: bool,
    /// The shape as written in the table.
    pub notation: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// The shape of its value.
    pub shape: Shape,
}

impl KindSpec {
    /// The field of a word.
    pub fn field(&self, word: &str) -> Option<&FieldSpec> {
        self.by_word.get(word).map(|index| &self.fields[*index])
    }

    /// Whether a declaration of this kind ends with a block of its own.
    pub fn has_body(&self) -> bool {
        has_body(self.row)
    }

    /// The kind that a word declares inside this one.
    pub fn child(&self, word: &str) -> Option<Kind> {
        self.row.children.iter().copied().find(|kind| kind.word() == word)
    }
}

/// Fields that every declaration with a block may have.
const COMMON: &[(&str, &str, &str)] = &[("label", "text", "The label per language, where one string is not enough.")];

/// Fields that every declaration with a name and a block may have.
const NAMED: &[(&str, &str, &str)] =
    &[("was", "free,+", "Its earlier names, so that a comparison sees a new name and not a loss.")];

static SPECS: LazyLock<Vec<KindSpec>> = LazyLock::new(|| {
    let spec = |kind: &Kind| TABLE.iter().find(|row| row.kind == *kind).map_or_else(|| missing(*kind), compile);
    Kind::ALL.iter().map(spec).collect()
});

fn missing(kind: Kind) -> KindSpec {
    // A law of the tests: every kind has its row.
    panic!("no row for {}", kind.word())
}

fn compile(row: &'static KindRow) -> KindSpec {
    let common = COMMON.iter().filter(|_| has_body(row));
    let named = NAMED.iter().filter(|_| has_body(row) && row.naming == Naming::Required);
    let fields: Vec<FieldSpec> = row.fields.iter().chain(common).chain(named).map(compile_field).collect();
    let by_word = fields.iter().enumerate().map(|(index, field)| (field.word, index)).collect();
    KindSpec { row, head: Shape::compile(row.head), fields, by_word }
}

fn has_body(row: &KindRow) -> bool {
    !row.fields.is_empty() || !row.children.is_empty() || row.rows.is_some()
}

fn compile_field((word, notation, doc): &(&'static str, &'static str, &'static str)) -> FieldSpec {
    FieldSpec {
        word: word.trim_end_matches(['!', '*']),
        required: word.contains('!'),
        repeats: word.contains('*'),
        notation,
        doc,
        shape: Shape::compile(notation),
    }
}

static TOP_LEVEL: &[Kind] = &[
    Kind::Project,
    Kind::Use,
    Kind::Team,
    Kind::Source,
    Kind::Measure,
    Kind::Consent,
    Kind::Traits,
    Kind::Type,
    Kind::Props,
    Kind::Event,
    Kind::Channel,
    Kind::Campaign,
    Kind::Segment,
    Kind::Antisegment,
    Kind::Score,
    Kind::Kpi,
    Kind::Goal,
    Kind::Funnel,
    Kind::Handover,
    Kind::Offer,
    Kind::Program,
    Kind::Survey,
    Kind::Sending,
    Kind::Holidays,
    Kind::Sequence,
    Kind::Experiment,
    Kind::Competitor,
    Kind::Audit,
    Kind::Dashboard,
    Kind::Group,
    Kind::Model,
    Kind::Make,
];

/// The kinds that stand outside all blocks.
pub fn top_level() -> &'static [Kind] {
    TOP_LEVEL
}

static TOP_LEVEL_WORDS: LazyLock<FxHashMap<&'static str, Kind>> =
    LazyLock::new(|| TOP_LEVEL.iter().map(|kind| (kind.word(), *kind)).collect());

/// The kind that a word declares outside all blocks.
pub fn top_level_kind(word: &str) -> Option<Kind> {
    TOP_LEVEL_WORDS.get(word).copied()
}

/// Whether a word begins a declaration outside all blocks.
pub fn is_top_level(word: &str) -> bool {
    TOP_LEVEL_WORDS.contains_key(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_exactly_one_row() {
        for kind in Kind::ALL {
            assert_eq!(TABLE.iter().filter(|row| row.kind == *kind).count(), 1, "{kind:?}");
            assert_eq!(kind.spec().row.kind, *kind);
        }
    }
}
