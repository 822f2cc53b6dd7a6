//! Numbers as people and machines read them: one file a form.

mod board;
mod json;
mod table;

use funnelc_engine::Measured;

use crate::report::Style;
pub use json::schema;

/// A form of the report.
#[derive(Debug)]
pub struct Format {
    /// The word on the command line.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Writes it.
    pub render: fn(&Report<'_>) -> String,
}

/// Every form; the first is the default.
pub const FORMATS: &[Format] = &[
    Format { name: "table", about: "for people", render: table::render },
    Format { name: "json", about: "for programs; its schema is published", render: json::render },
];

/// What is reported.
#[derive(Debug)]
pub struct Report<'a> {
    /// The numbers.
    pub measured: &'a Measured,
    /// What must be said about them.
    pub notes: &'a [String],
    /// What the screen can show.
    pub style: Style,
}
