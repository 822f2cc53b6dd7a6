//! What an examination found, rendered: one file a form, and one line in [`FORMATS`].

mod json;
mod table;

pub use json::schema;

use super::Examined;
use crate::language::Language;
use crate::report::Style;

/// What is rendered.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What was found.
    pub examined: &'a Examined,
    /// What the reader's screen can show; forms for programs ignore it.
    pub style: Style,
    /// The language that findings are said in.
    pub language: Language,
}

/// A form of the report.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The word on the command line.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Writes it.
    pub render: fn(&Report<'_>) -> String,
}

/// Every form; the first is the default.
pub static FORMATS: &[Format] = &[table::FORMAT, json::FORMAT];
