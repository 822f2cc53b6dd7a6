//! Numbers as people and machines read them: one file a form.

mod board;
mod json;
mod parts;
mod rows;
mod table;

use funnelc_engine::Measured;

use crate::report::Style;
pub use json::{document, schema};

/// A form of the report.
#[derive(Debug)]
pub struct Format {
    /// The word on the command line.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// Whether it is text, and can be shown on a screen.
    pub is_text: bool,
    /// Writes it.
    pub render: fn(&Report<'_>) -> Vec<u8>,
}

/// Every form; the first is the default.
pub const FORMATS: &[Format] = &[
    Format { name: "table", about: "for people", is_text: true, render: |report| table::render(report).into_bytes() },
    Format {
        name: "json",
        about: "for programs; its schema is published",
        is_text: true,
        render: |report| json::render(report).into_bytes(),
    },
    Format {
        name: "csv",
        about: "for spreadsheets: a row a number, no cell a formula",
        is_text: true,
        render: rows::csv,
    },
    Format { name: "parquet", about: "for warehouses: the same rows", is_text: false, render: rows::parquet },
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
