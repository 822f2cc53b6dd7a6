//! What happened, rendered: one file a form, and one line in [`FORMATS`].

mod html;
mod json;
mod table;

pub use json::schema;

use super::Life;
#[cfg(feature = "engine")]
use super::crowd::Crowd;
use crate::analysis::messages;
use crate::language::Language;
use crate::model::Model;
use crate::report::Style;

/// What is rendered.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// The project.
    pub model: &'a Model<'a>,
    /// What happened.
    pub what: What<'a>,
    /// What the reader's screen can show; forms for programs ignore it.
    pub style: Style,
    /// The language it is said in.
    pub language: Language,
}

/// What happened.
#[derive(Clone, Copy)]
pub enum What<'a> {
    /// The lives of some people.
    Lives(&'a [Life]),
    /// What a crowd got.
    #[cfg(feature = "engine")]
    Crowd(&'a Crowd),
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
pub static FORMATS: &[Format] = &[table::FORMAT, json::FORMAT, html::FORMAT];

impl Report<'_> {
    /// What a message is called in the report.
    fn title(&self, step: crate::model::DeclId) -> String {
        messages::title(self.model.node(step), self.language.tag())
    }
}
