//! The languages the compiler speaks. English is written in the code; every other language has a catalogue in this
//! folder, a gettext file whose keys are the English templates. Numbers have as many forms as the language has.
//!
//! What translators see is described in `book/src/arabic-diagnostics.md`; `tests` below lists what a catalogue lacks.

mod catalogue;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use crate::diagnostic::Message;
use catalogue::Catalogue;

/// A language that findings can be said in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// The language of the templates.
    #[default]
    English,
    /// Modern Standard Arabic, written from right to left.
    Arabic,
}

static ARABIC: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::parse(include_str!("ar.po")));

impl Language {
    /// Every language, English first.
    pub const ALL: [Self; 2] = [Self::English, Self::Arabic];

    /// Its tag (BCP 47), as on the command line.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Arabic => "ar",
        }
    }

    /// The language of a tag.
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// Whether it is written from right to left.
    pub const fn is_right_to_left(self) -> bool {
        matches!(self, Self::Arabic)
    }

    /// A text of the program in this language: itself where there is no translation.
    pub fn text(self, english: &'static str) -> &'static str {
        self.catalogue().and_then(|catalogue| catalogue.text(english)).unwrap_or(english)
    }

    /// The template of a message in this language.
    pub(crate) fn template(self, message: &Message) -> &'static str {
        let form = |catalogue: &'static Catalogue| match message.count {
            Some(count) => catalogue.counted(message.template, self.plural(count)),
            None => catalogue.text(message.template),
        };
        self.catalogue().and_then(form).unwrap_or(message.template)
    }

    /// What stands between the items of a list, and before the last of several of which one holds.
    pub(crate) const fn joints(self) -> (&'static str, &'static str) {
        match self {
            Self::English => (", ", " or "),
            Self::Arabic => (" أو ", " أو "),
        }
    }

    /// What stands between the items of an enumeration.
    pub(crate) const fn comma(self) -> &'static str {
        match self {
            Self::English => ", ",
            Self::Arabic => "، ",
        }
    }

    /// What stands between the parts of a line.
    pub(crate) const fn semicolon(self) -> &'static str {
        match self {
            Self::English => "; ",
            Self::Arabic => "؛ ",
        }
    }

    /// Which of the forms of a word goes with a number (the plural rules of CLDR, in the order of gettext).
    const fn plural(self, count: usize) -> usize {
        match self {
            Self::English => (count != 1) as usize,
            Self::Arabic => match (count, count % 100) {
                (0, _) => 0,
                (1, _) => 1,
                (2, _) => 2,
                (_, 3..=10) => 3,
                (_, 11..=99) => 4,
                _ => 5,
            },
        }
    }

    /// The catalogue; English has none.
    fn catalogue(self) -> Option<&'static Catalogue> {
        match self {
            Self::English => None,
            Self::Arabic => Some(&ARABIC),
        }
    }
}
