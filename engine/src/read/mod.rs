//! Logs into batches of columns. A log is cut into [`Part`]s that can be read on their own, in any order.

mod csv;
mod jsonl;
mod parquet;

use std::path::{Path, PathBuf};

pub(crate) use jsonl::member;

use crate::cell::Column;
use crate::system;

/// Why a log cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are described with their variant")]
pub enum ReadTrouble {
    /// The system's own words about a path.
    Io { path: PathBuf, words: String },
    /// A name that tells no form.
    UnknownForm { path: PathBuf },
    /// The reader's own words about what is in a file, and the line where that is known.
    Malformed { path: PathBuf, line: Option<u64>, words: String },
    /// A column that is needed and not there, and those that are.
    NoColumn { path: PathBuf, column: String, there: Vec<String> },
    /// A column of a type that cannot be used.
    WrongType { path: PathBuf, column: String, is: String },
}

/// The columns that are looked for, by name; dots lead into objects. All batches have them in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The names.
    pub names: Vec<String>,
    /// A column that holds other ones as a JSON object; a name that is no column is looked for in it.
    pub inside: Option<String>,
    /// Indices of names that only few values have, such as those of events.
    pub few: Vec<usize>,
}

/// Some rows of a log.
#[derive(Debug)]
pub struct Batch {
    /// How many.
    pub rows: usize,
    /// The wanted columns, in their order.
    pub columns: Vec<Column>,
    /// The column with the JSON object, where one is wanted and there.
    pub inside: Column,
    /// Lines that could not be read, before and between these rows.
    pub unreadable: u64,
}

/// A piece of a log that can be read on its own.
#[derive(Clone, Debug)]
pub struct Part {
    path: PathBuf,
    piece: Piece,
    /// Bytes it takes in the file, for progress.
    pub bytes: u64,
}

#[derive(Clone, Debug)]
enum Piece {
    /// Rows of a row group: where they begin and how many there are.
    RowGroup(parquet::Piece),
    /// Lines between two places of a file.
    Lines { start: u64, end: u64 },
    /// All rows.
    Csv,
}

/// The form of a file, by the end of its name.
fn form(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let forms = [
        (".parquet", "parquet"),
        (".pq", "parquet"),
        (".csv", "csv"),
        (".jsonl", "jsonl"),
        (".ndjson", "jsonl"),
        (".json", "jsonl"),
    ];
    forms.iter().find(|(end, _)| name.ends_with(end)).map(|(_, form)| *form)
}

/// The parts of a log, in the order of its rows.
pub fn parts(path: &Path) -> Result<Vec<Part>, ReadTrouble> {
    match form(path) {
        Some("parquet") => parquet::parts(path),
        Some("csv") => {
            let (_, bytes) = system::open(path).map_err(|error| io(path, &error))?;
            Ok(vec![Part { path: path.to_owned(), piece: Piece::Csv, bytes }])
        }
        Some(_) => jsonl::parts(path),
        None => Err(ReadTrouble::UnknownForm { path: path.to_owned() }),
    }
}

impl Part {
    /// The file it is part of.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads it, some rows at a time.
    pub fn read(
        &self,
        wanted: &Wanted,
        take: &mut dyn FnMut(&Batch) -> Result<(), ReadTrouble>,
    ) -> Result<(), ReadTrouble> {
        match &self.piece {
            Piece::RowGroup(piece) => parquet::read(&self.path, piece, wanted, take),
            Piece::Lines { start, end } => jsonl::read(&self.path, *start, *end, wanted, take),
            Piece::Csv => csv::read(&self.path, wanted, take),
        }
    }

    /// The columns without which its rows are of no use.
    pub fn needs(&self, wanted: &Wanted, batch: &Batch, is_needed: impl Fn(usize) -> bool) -> Result<(), ReadTrouble> {
        let is_missing = |at: &usize| is_needed(*at) && matches!(batch.columns[*at], Column::Missing);
        let Some(missing) = (0..wanted.names.len()).find(is_missing) else { return Ok(()) };
        let there = self.column_names()?.unwrap_or_default();
        Err(ReadTrouble::NoColumn { path: self.path.clone(), column: wanted.names[missing].clone(), there })
    }

    /// The names of the columns of its file, where the form has columns.
    pub fn column_names(&self) -> Result<Option<Vec<String>>, ReadTrouble> {
        match &self.piece {
            Piece::RowGroup(piece) => Ok(Some(parquet::column_names(piece))),
            Piece::Lines { .. } => Ok(None),
            Piece::Csv => csv::column_names(&self.path).map(Some),
        }
    }
}

fn io(path: &Path, error: &std::io::Error) -> ReadTrouble {
    ReadTrouble::Io { path: path.to_owned(), words: error.to_string() }
}

fn malformed(path: &Path, line: Option<u64>, words: &impl ToString) -> ReadTrouble {
    ReadTrouble::Malformed { path: path.to_owned(), line, words: words.to_string() }
}

/// How many rows a batch of text has at most.
const TEXT_ROWS: usize = 8_192;
