//! A forecast, rendered: one file a form, and one line in [`FORMATS`].

mod csv;
mod json;
mod table;

pub use json::{document, schema};

use super::Forecast;
use crate::language::Language;
use crate::report::Style;

/// What is rendered.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What the plan comes to.
    pub forecast: &'a Forecast,
    /// What the reader's screen can show; forms for programs ignore it.
    pub style: Style,
    /// The language it is said in.
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
pub static FORMATS: &[Format] = &[table::FORMAT, json::FORMAT, csv::FORMAT];
