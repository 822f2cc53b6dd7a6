//! Numbers as people and machines read them: one file a form.

mod board;
mod json;
mod parts;
mod rows;
mod table;

use std::fmt::Write as _;

use funnelc_engine::Measured;

use crate::diagnostic::Message;
use crate::language::Language;
use crate::report::Style;
use crate::report::text::{self, isolated_in, one_line};
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
    pub notes: &'a [Message],
    /// What the screen can show.
    pub style: Style,
    /// The language it is said in.
    pub language: Language,
}

impl Report<'_> {
    /// A sentence as it is shown.
    fn said(&self, message: &Message) -> String {
        self.shown(&message.said(self.language))
    }

    /// A text as it is shown: one line, in which nothing can move the cursor, and which reads in its direction.
    fn shown(&self, text: &str) -> String {
        let unicode = self.style.unicode;
        isolated_in(self.language, unicode, &one_line(text, unicode))
    }

    /// A text of a log between backquotes.
    fn quoted(&self, text: &str) -> String {
        format!("`{}`", one_line(text, self.style.unicode))
    }

    /// A word of the report.
    fn word(&self, english: &'static str) -> String {
        self.language.text(english).to_owned()
    }

    fn line(&self, message: &Message, out: &mut String) {
        let _ = writeln!(out, "{}", self.said(message));
    }

    /// A heading, after an empty line.
    fn title(&self, message: &Message, out: &mut String) {
        let words = self.said(message);
        let words = if self.style.color { format!("\u{1b}[1m{words}\u{1b}[0m") } else { words };
        let _ = writeln!(out, "\n{words}");
    }

    /// Rows under their headings; the first column stands at the left, others at the right unless they are `left`.
    fn table(&self, rows: Vec<Vec<String>>, left: &[usize], out: &mut String) {
        let right: Vec<bool> = (0..rows[0].len()).map(|at| at > 0 && !left.contains(&at)).collect();
        let cells = |row: Vec<String>| row.iter().map(|cell| self.shown(cell)).collect::<Vec<String>>();
        let rows: Vec<Vec<String>> = rows.into_iter().map(cells).collect();
        text::columns(&rows, &right, out);
    }

    /// The headings of a table.
    fn heads(&self, english: &[&'static str]) -> Vec<String> {
        english.iter().map(|word| self.word(word)).collect()
    }
}
