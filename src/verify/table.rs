//! A log in CSV. The first row names the columns; each further row is an event, and is written as a line of JSON whose
//! values have the types of the plan. What a cell cannot be read as stays a text, which is then a fault like any other.

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use serde_json::Value;

use super::input::Ends;
use super::law::Unreadable;
use super::register::{Register, Target};
use super::schema::Kind;
use super::shapes::{Role, Shape, plain};

/// How the rows of a log are read.
#[derive(Debug)]
pub(super) struct Table {
    between: u8,
    /// The keys that columns become.
    keys: Vec<String>,
    /// The column that names the event.
    name: usize,
    /// The shape of the lines that rows become.
    pub(super) shape: &'static Shape,
}

/// The signs between two cells, the most frequent one in a header is meant.
const SIGNS: [u8; 3] = [b',', b';', b'\t'];

impl Table {
    /// The table that a log begins with, and how many bytes its header has; none where no column names events.
    pub(super) fn find(start: &[u8]) -> Option<(Self, usize)> {
        let first = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |sign: &u8| memchr::memchr_iter(*sign, first).count();
        let between = SIGNS.into_iter().rev().max_by_key(count)?;
        let mut reader = ReaderBuilder::new().delimiter(between).has_headers(false).flexible(true).from_reader(start);
        let mut header = StringRecord::new();
        reader.read_record(&mut header).ok().filter(|found| *found)?;
        let role = |cell: &str| plain::nested(&cell.trim().to_lowercase().replace(' ', "_"));
        let name = header.iter().position(|cell| role(cell) == Role::Name)?;
        let is_nested = header.iter().any(|cell| role(cell) == Role::Properties);
        let key = |(at, cell): (usize, &str)| match role(cell) {
            Role::Name if at == name => "event".to_owned(),
            Role::Properties => "properties".to_owned(),
            _ => cell.to_owned(),
        };
        let keys = header.iter().enumerate().map(key).collect();
        let shape = if is_nested { &plain::NESTED } else { &plain::FLAT };
        let end = Ends::Rows(between).first(start).unwrap_or(start.len());
        Some((Self { between, keys, name, shape }, end))
    }

    /// What ends a row.
    pub(super) fn ends(&self) -> Ends {
        Ends::Rows(self.between)
    }

    /// The rows in some bytes: each with its line, from 1, as a line of JSON.
    pub(super) fn rows(
        &self,
        bytes: &[u8],
        register: &Register,
        mut tell: impl FnMut(u64, Result<&str, (Unreadable, String)>),
    ) {
        let mut builder = ReaderBuilder::new();
        let mut reader = builder.delimiter(self.between).has_headers(false).flexible(true).from_reader(bytes);
        let (mut row, mut line) = (ByteRecord::new(), String::new());
        // A row of bytes in memory can always be read.
        while reader.read_byte_record(&mut row).is_ok_and(|found| found) {
            let at = row.position().map_or(1, csv::Position::line);
            if row.len() != self.keys.len() {
                let counts = format!("{} / {}", row.len(), self.keys.len());
                tell(at, Err((Unreadable::WrongCells, counts)));
                continue;
            }
            line.clear();
            match self.write(&row, register, &mut line) {
                Some(()) => tell(at, Ok(&line)),
                None => tell(at, Err((Unreadable::NotText, String::new()))),
            }
        }
    }

    /// Writes a row as a line of JSON; none where it is no text. An empty cell is a property that is not sent.
    fn write(&self, row: &ByteRecord, register: &Register, line: &mut String) -> Option<()> {
        let event = std::str::from_utf8(row.get(self.name)?).ok()?;
        let target = register.find(None, Some(event).filter(|name| !name.is_empty()));
        line.push('{');
        let keys = self.keys.iter().enumerate().filter(|(at, _)| *at != self.name);
        // The name comes first: what follows is read once.
        for (at, key) in std::iter::once((self.name, &self.keys[self.name])).chain(keys) {
            let cell = std::str::from_utf8(row.get(at)?).ok()?;
            if cell.is_empty() {
                continue;
            }
            if line.len() > 1 {
                line.push(',');
            }
            text(key, line);
            line.push(':');
            self.value(cell, (at, key), target, register, line);
        }
        line.push('}');
        Some(())
    }

    fn value(&self, cell: &str, (at, key): (usize, &str), target: Target, register: &Register, line: &mut String) {
        let is_object = !self.shape.is_flat && key == "properties";
        let laws = match target {
            Target::Planned(event) if at != self.name && self.shape.is_flat => register.kind(event, key),
            _ => None,
        };
        match laws.and_then(|kind| typed(kind, cell)).or_else(|| is_object.then(|| json(cell)).flatten()) {
            Some(written) => line.push_str(written),
            None => text(cell, line),
        }
    }
}

/// A cell as a value of a kind; none where it is a text, or none of the kind.
fn typed<'c>(kind: &Kind, cell: &'c str) -> Option<&'c str> {
    let own = cell.trim();
    match kind {
        Kind::Bool if own.eq_ignore_ascii_case("true") => Some("true"),
        Kind::Bool if own.eq_ignore_ascii_case("false") => Some("false"),
        Kind::Integer(_) | Kind::Number(_) => serde_json::from_str::<serde_json::Number>(own).ok().map(|_| own),
        Kind::List { .. } => json(own).filter(|own| own.starts_with('[')),
        Kind::Object(_) => json(own).filter(|own| own.starts_with('{')),
        Kind::Bool | Kind::Text(_) | Kind::Any { .. } => None,
    }
}

/// A cell that is JSON.
fn json(cell: &str) -> Option<&str> {
    serde_json::from_str::<serde::de::IgnoredAny>(cell).ok().map(|_| cell)
}

fn text(words: &str, line: &mut String) {
    if words.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        line.push('"');
        line.push_str(words);
        line.push('"');
    } else {
        line.push_str(&Value::from(words).to_string());
    }
}
