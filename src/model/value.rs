//! What fields hold once their shape is known: exact values, references and expressions, each with its place.

use crate::phrase;
use std::borrow::Cow;

use jiff::civil::{Date, Time};
use rust_decimal::Decimal;

use super::expr::Expr;
use super::kinds::KindSet;
use crate::source::Span;
use crate::syntax::number::TimeUnit;

/// A value under the name its shape gives it.
#[derive(Clone, Debug)]
pub struct Captured<'s> {
    /// The name in the shape; `value` where it has none.
    pub slot: &'static str,
    /// The value.
    pub val: Val<'s>,
    /// Where it stands.
    pub span: Span,
}

/// A value.
#[allow(missing_docs)] // the fields are named after what they hold
#[derive(Clone, Debug)]
pub enum Val<'s> {
    /// A word that is there or not.
    Flag,
    /// A word of a closed list, or a free one.
    Word(&'s str),
    /// A text, per language; several of one language are a list.
    Text(Text<'s>),
    /// A number.
    Number(Decimal),
    /// A share, as written: `12.5` for 12.5%.
    Percent(Decimal),
    /// A length of time.
    Duration(Duration),
    /// An amount of money, perhaps per something.
    Money(Money<'s>),
    /// A day.
    Date(Date),
    /// A calendar month.
    Month { year: i16, month: i8 },
    /// A time of day.
    Time(Time),
    /// From one value to another, both included.
    Range(Box<(Val<'s>, Val<'s>)>),
    /// A reference; an index into the declaration's references.
    Ref(RefIx),
    /// A condition, a trigger or a computation.
    Expr(Box<Expr<'s>>),
    /// `>= 25%`
    Compare(&'static str, Box<Val<'s>>),
    /// `2 workdays`
    Workdays(Decimal),
    /// The type of a property.
    Type(Box<Type<'s>>),
    /// The rows of a block.
    Rows(Vec<Vec<Captured<'s>>>),
    /// Something already reported.
    Bad,
}

/// Index into the references of a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RefIx(pub u32);

/// A name that refers to something declared.
#[derive(Clone, Copy, Debug)]
pub struct Ref<'s> {
    /// The path as written.
    pub path: &'s str,
    /// Where it stands.
    pub span: Span,
    /// What it may refer to; empty in expressions, where the place decides.
    pub want: KindSet,
}

/// A text per language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text<'s> {
    /// The texts in the order they are written.
    pub entries: Vec<TextEntry<'s>>,
}

/// One text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEntry<'s> {
    /// Its language tag; none for the project's default language.
    pub lang: Option<&'s str>,
    /// The words between the quotes, escapes not yet resolved.
    pub raw: Cow<'s, str>,
    /// Whether it was written with `"""`.
    pub long: bool,
    /// Where it stands, quotes included.
    pub span: Span,
}

impl TextEntry<'_> {
    /// The words, escapes resolved; a long text loses its common indentation.
    pub fn words(&self) -> String {
        if self.long { dedent(&self.raw) } else { unescape(&self.raw) }
    }
}

impl Text<'_> {
    /// The first text of a language, or without one.
    pub fn in_language(&self, lang: &str, default: &str) -> Option<String> {
        let own = self.entries.iter().find(|entry| entry.lang.unwrap_or(default) == lang);
        own.map(TextEntry::words)
    }

    /// The text to show where no language is asked for.
    pub fn words(&self) -> String {
        self.entries.first().map(TextEntry::words).unwrap_or_default()
    }
}

/// Resolves `\" \\ \n \{`; an unknown escape was reported when the value was read.
pub fn unescape(raw: &str) -> String {
    let mut words = String::with_capacity(raw.len());
    let mut rest = raw.chars();
    while let Some(character) = rest.next() {
        match character {
            '\\' => match rest.next() {
                Some('n') => words.push('\n'),
                Some(other) => words.push(other),
                None => words.push('\\'),
            },
            other => words.push(other),
        }
    }
    words
}

fn dedent(raw: &str) -> String {
    let body = raw.strip_prefix('\n').or_else(|| raw.strip_prefix("\r\n")).unwrap_or(raw);
    let indent_of = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let indent = body.lines().filter(|line| !line.trim().is_empty()).map(|line| indent_of(&line)).min().unwrap_or(0);
    let lines: Vec<&str> = body.lines().map(|line| line.get(indent..).unwrap_or("").trim_end()).collect();
    unescape(lines.join("\n").trim_end())
}

/// A length of time: exact, or in calendar months.
#[allow(missing_docs)] // the fields are named after what they hold
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Duration {
    /// Seconds, and the unit it was written in.
    Exact { seconds: Decimal, unit: TimeUnit },
    /// Calendar months.
    Calendar { months: u32 },
}

impl Duration {
    /// Its seconds; none for calendar time, whose length depends on when it begins.
    pub fn seconds(self) -> Option<Decimal> {
        match self {
            Self::Exact { seconds, .. } => Some(seconds),
            Self::Calendar { .. } => None,
        }
    }

    /// As it is written in a spec.
    pub fn spelling(self) -> String {
        match self {
            Self::Exact { seconds, unit } => {
                format!("{}{}", (seconds / Decimal::from(unit.seconds())).normalize(), unit.spelling())
            }
            Self::Calendar { months } if months % 12 == 0 && months > 0 => format!("{}y", months / 12),
            Self::Calendar { months } => format!("{months}mo"),
        }
    }
}

/// Seconds in the largest unit that divides them.
pub fn spell_seconds(seconds: Decimal) -> String {
    let units = [TimeUnit::Day, TimeUnit::Hour, TimeUnit::Minute, TimeUnit::Second];
    let whole = |unit: &&TimeUnit| (seconds % Decimal::from(unit.seconds())).is_zero();
    let unit = *units.iter().find(whole).unwrap_or(&TimeUnit::Second);
    Duration::Exact { seconds, unit }.spelling()
}

/// An amount of money.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Money<'s> {
    /// How much.
    pub amount: Decimal,
    /// ISO 4217 code.
    pub currency: &'s str,
    /// Per what, if anything.
    pub per: Option<&'s str>,
}

/// The type of a property, a trait or a member.
#[derive(Clone, Debug, PartialEq)]
pub enum Type<'s> {
    /// One of [`SCALARS`].
    Scalar(&'static str),
    /// One of some words.
    Enum(Vec<(Cow<'s, str>, Span)>),
    /// Several of one type.
    List(Box<Type<'s>>),
    /// A declared type.
    Named(RefIx),
    /// Something already reported.
    Bad,
}

/// The types that need no declaration, with what they hold.
pub const SCALARS: &[(&str, &str)] = &[
    ("string", "a text"),
    ("integer", "a whole number"),
    ("number", "a number"),
    ("bool", "true or false"),
    ("money", "an amount in the project's currency"),
    ("percent", "a share"),
    ("duration", "a length of time"),
    ("date", "a day"),
    ("datetime", "a moment"),
    ("time", "a time of day"),
    ("url", "an address on the web"),
    ("email", "a mail address"),
    ("uuid", "a UUID"),
    ("country", "a country code (ISO 3166-1)"),
    ("currency", "a currency code (ISO 4217)"),
    ("language", "a language tag (BCP 47)"),
    ("any", "anything"),
];

/// Words that may follow `/`.
pub const PER_WORDS: &[&str] =
    &["hour", "day", "week", "month", "quarter", "year", "message", "click", "lead", "order", "call", "mille"];

impl<'s> Val<'s> {
    /// What it is, for messages.
    pub fn describe(&self) -> &'static str {
        match self {
            Self::Flag | Self::Word(_) => phrase!("a word"),
            Self::Text(_) => phrase!("a text"),
            Self::Number(_) => phrase!("a number"),
            Self::Percent(_) => phrase!("a percentage"),
            Self::Duration(_) | Self::Workdays(_) => phrase!("a duration"),
            Self::Money(_) => phrase!("an amount of money"),
            Self::Date(_) => phrase!("a date"),
            Self::Month { .. } => phrase!("a month"),
            Self::Time(_) => phrase!("a time of day"),
            Self::Range(_) => phrase!("a range"),
            Self::Ref(_) => phrase!("a name"),
            Self::Expr(_) => phrase!("an expression"),
            Self::Compare(..) => phrase!("a comparison"),
            Self::Type(_) => phrase!("a type"),
            Self::Rows(_) => phrase!("a block"),
            Self::Bad => phrase!("a fault"),
        }
    }

    /// The word, if it is one.
    pub fn word(&self) -> Option<&'s str> {
        if let Self::Word(word) = self { Some(word) } else { None }
    }
}
