//! JSON Lines: an object a line.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde_json::Value;

use super::csv::Texts;
use super::{Batch, Part, Piece, ReadTrouble, TEXT_ROWS, Wanted, io};
use crate::system;

/// Bytes that are read by one thread in one go.
const PIECE: u64 = 16 << 20;

/// The longest line that is read, in bytes.
const MAX_LINE: usize = 16 << 20;

pub(super) fn parts(path: &Path) -> Result<Vec<Part>, ReadTrouble> {
    let (_, bytes) = system::open(path).map_err(|error| io(path, &error))?;
    let starts = (0..bytes.div_ceil(PIECE).max(1)).map(|at| at * PIECE);
    let part = |start: u64| {
        let end = (start + PIECE).min(bytes);
        Part { path: path.to_owned(), piece: Piece::Lines { start, end }, bytes: end - start }
    };
    Ok(starts.map(part).collect())
}

/// Reads the lines that begin between two places.
pub(super) fn read(
    path: &Path,
    start: u64,
    end: u64,
    wanted: &Wanted,
    take: &mut dyn FnMut(&Batch) -> Result<(), ReadTrouble>,
) -> Result<(), ReadTrouble> {
    // The byte before the start tells whether a line begins there.
    let file = system::open_at(path, start.saturating_sub(1)).map_err(|error| io(path, &error))?;
    let mut lines =
        Lines { from: BufReader::with_capacity(1 << 16, file), at: start.saturating_sub(1), line: Vec::new() };
    if start > 0 {
        lines.next().map_err(|error| io(path, &error))?;
    }
    let places: Vec<Option<()>> = wanted.names.iter().chain(&wanted.inside).map(|_| Some(())).collect();
    let mut texts = Texts::new(places.len());
    while lines.at < end {
        let Some(fits) = lines.next().map_err(|error| io(path, &error))? else { break };
        let line = lines.line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        match serde_json::from_slice::<Value>(line) {
            Ok(Value::Object(own)) if fits => {
                let own = Value::Object(own);
                let values: Vec<Option<Cow<'_, str>>> =
                    wanted.names.iter().map(|name| find(&own, name, wanted.inside.as_deref())).collect();
                let inside = wanted.inside.as_ref().map(|_| None);
                texts.push(values.iter().map(Option::as_deref).chain(inside));
            }
            _ => texts.unreadable += 1,
        }
        if texts.rows >= TEXT_ROWS {
            take(&texts.batch(wanted, &places))?;
        }
    }
    take(&texts.batch(wanted, &places))
}

struct Lines<R> {
    from: R,
    /// Where the next line begins.
    at: u64,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    /// Reads a line; says whether it fits, or nothing at the end.
    fn next(&mut self) -> std::io::Result<Option<bool>> {
        self.line.clear();
        let mut length = (&mut self.from).take(MAX_LINE as u64 + 1).read_until(b'\n', &mut self.line)? as u64;
        let fits = self.line.len() <= MAX_LINE;
        while !fits && !self.line.ends_with(b"\n") {
            self.line.clear();
            let more = (&mut self.from).take(MAX_LINE as u64).read_until(b'\n', &mut self.line)? as u64;
            length += more;
            if more == 0 {
                break;
            }
        }
        self.at += length;
        Ok((length > 0).then_some(fits))
    }
}

/// The value of a name: a member, or one inside other objects.
fn find<'a>(own: &'a Value, name: &str, inside: Option<&str>) -> Option<Cow<'a, str>> {
    let value = member(own, name).or_else(|| member(own.get(inside?)?, name))?;
    text(value)
}

/// A member of an object; dots lead into objects.
pub(crate) fn member<'a>(own: &'a Value, name: &str) -> Option<&'a Value> {
    own.get(name).or_else(|| name.split('.').try_fold(own, |at, step| at.get(step)))
}

/// A value as text, if it is a single one.
pub(crate) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(own) => Some(Cow::Borrowed(if *own { "true" } else { "false" })),
        _ => None,
    }
}
