//! Findings of logs, rendered. Each format is one file with a `FORMAT`, and one line in [`FORMATS`].

mod json;
mod junit;
mod sarif;
mod table;

use std::io::{Result, Write};

pub use json::schema;

use super::Findings;
use crate::language::Language;
use crate::report::Style;

/// What a format renders.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What was found, with the weights of this run.
    pub findings: &'a Findings,
    /// Whether the run fails.
    pub fails: bool,
    /// What the reader's screen can show; formats for machines ignore it.
    pub style: Style,
    /// The language that findings are said in.
    pub language: Language,
}

/// One way to render findings of logs.
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
pub static FORMATS: &[Format] = &[table::FORMAT, json::FORMAT, junit::FORMAT, sarif::FORMAT];

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
