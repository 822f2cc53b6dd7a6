//! Findings, rendered. Each format is one file with a `FORMAT`, and one line in [`FORMATS`].
//!
//! A format only reads a [`Report`] and writes bytes. What a person sees goes through `text`, so that nothing in a spec
//! can move the cursor, colour the screen or turn the order of a line around.

mod concise;
mod excerpt;
mod full;
mod github;
mod gitlab;
mod html;
mod json;
mod jsonl;
mod junit;
mod plain;
mod sarif;
pub(crate) mod text;

#[cfg(test)]
mod tests;

use std::io::{Result, Write};

use crate::count;
use crate::diagnostic::{Diagnostic, Message, Safety, Severity};
use crate::fix;
use crate::language::Language;
use crate::say;
use crate::source::Sources;

/// What a format renders.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// Every file of the run.
    pub sources: &'a Sources,
    /// The findings, in the order they are shown.
    pub diagnostics: &'a [Diagnostic],
    /// How many findings were left out over a limit.
    pub hidden: usize,
    /// What the reader's screen can show; formats for machines ignore it.
    pub style: Style,
    /// The language that findings are said in.
    pub language: Language,
}

/// What the reader's screen can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours.
    pub color: bool,
    /// Box drawing and other characters beyond ASCII.
    pub unicode: bool,
    /// Columns to wrap and clip at; anything under 40 counts as 40.
    pub width: usize,
    /// Hyperlinks (OSC 8); without them the address of a page is written out.
    pub links: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, unicode: true, width: 100, links: false }
    }
}

/// One way to render findings.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The name used on the command line.
    pub name: &'static str,
    /// One line: what it is for.
    pub about: &'static str,
    /// Writes the report.
    pub render: fn(&Report<'_>, &mut dyn Write) -> Result<()>,
}

/// Every format; the first is the one for people.
pub static FORMATS: &[Format] = &[
    full::FORMAT,
    concise::FORMAT,
    plain::FORMAT,
    json::FORMAT,
    jsonl::FORMAT,
    github::FORMAT,
    gitlab::FORMAT,
    junit::FORMAT,
    sarif::FORMAT,
    html::FORMAT,
];

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// How many findings of each severity there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

impl Counts {
    /// Counts findings.
    pub fn of<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Self {
        let mut counts = Self::default();
        for diagnostic in diagnostics {
            match diagnostic.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Note => counts.notes += 1,
            }
        }
        counts
    }

    fn words(self, language: Language) -> String {
        let kinds = [
            (self.errors, count!("{n} error", "{n} errors", self.errors)),
            (self.warnings, count!("{n} warning", "{n} warnings", self.warnings)),
            (self.notes, count!("{n} note", "{n} notes", self.notes)),
        ];
        let kinds: Vec<_> = kinds.iter().filter(|(n, _)| *n > 0).map(|(_, words)| words.said(language)).collect();
        if kinds.is_empty() { say!("no findings").said(language) } else { kinds.join(language.comma()) }
    }
}

impl Report<'_> {
    /// One line that sums the findings up: `2 errors, 1 warning; 3 can be fixed with --fix`, or `no findings`.
    pub fn summary(&self) -> String {
        let mut parts = vec![Counts::of(self.diagnostics).words(self.language)];
        parts.extend(self.fixable_words().map(|words| words.said(self.language)));
        if self.hidden > 0 {
            let words = count!("{n} more finding not shown", "{n} more findings not shown", self.hidden);
            parts.push(words.said(self.language));
        }
        parts.join(self.language.semicolon())
    }

    /// A message in the language of the report.
    fn say(&self, message: &Message) -> String {
        message.said(self.language)
    }

    fn fixable_words(&self) -> Option<Message> {
        let (safe, all) = (self.fixable(Safety::Safe), self.fixable(Safety::Unsafe));
        Some(match (safe, all - safe) {
            (0, 0) => return None,
            (0, more) => say!("{more} can be fixed with --unsafe-fixes", more),
            (safe, 0) => say!("{safe} can be fixed with --fix", safe),
            (safe, more) => {
                say!("{safe} can be fixed with --fix, {more} more with --unsafe-fixes", safe, more)
            }
        })
    }

    fn fixable(&self, safety: Safety) -> usize {
        self.diagnostics.iter().filter(|diagnostic| fix::offered(self.sources, diagnostic, safety).is_some()).count()
    }
}
