//! A log in Parquet, by the reader of the engine: each row becomes a line of JSON whose values have the types of their
//! columns, and nothing where a column is null. A text is JSON where the plan has a list or an object of that name.

use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use funnelc_engine::cell::{Cell, Column};
use funnelc_engine::read::{self, Batch, Part, ReadTrouble, Wanted};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Number, Value};

use super::shapes::{Role, plain};
use crate::plan::value::Type;
use crate::plan::{Plan, PropertyPlan};

/// How many batches of rows are read ahead.
const AHEAD: usize = 2;

/// The rows of a file as lines, read while they are asked for; `words` says why one cannot be read.
pub fn open(
    path: &Path,
    plan: &Plan,
    words: impl Fn(&ReadTrouble) -> String + Send + 'static,
) -> Result<Box<dyn Read + Send>, ReadTrouble> {
    let parts = read::parts(path)?;
    let found = parts.first().map(Part::column_names).transpose()?;
    let mut names = found.flatten().unwrap_or_default();
    // The name of the event comes first: what follows is read once.
    names.sort_by_key(|name| plain::nested(name) != Role::Name);
    let json = names.iter().map(|name| holds_json(plan, name)).collect();
    let wanted = Wanted { names, ..Wanted::default() };
    let (sender, receiver) = sync_channel(AHEAD);
    std::thread::spawn(move || send(&parts, &Rows { wanted, json }, &sender, &words));
    Ok(Box::new(Lines { receiver, text: Vec::new(), at: 0 }))
}

/// Whether a text of a column is JSON: what is no single value is kept so.
fn holds_json(plan: &Plan, column: &str) -> bool {
    let is_several = |own: &PropertyPlan| matches!(own.kind, Some(Type::List(_) | Type::Named(_)));
    let has_name = |own: &PropertyPlan| own.wire_name == column || own.wire_names.values().any(|name| name == column);
    let is_planned = plan.events.iter().any(|event| event.all_properties().any(|own| is_several(own) && has_name(own)));
    is_planned || matches!(column, "properties" | "traits" | "context") || column.starts_with("unstruct_event_")
}

struct Rows {
    wanted: Wanted,
    /// Which columns hold JSON.
    json: Vec<bool>,
}

/// Reads all parts, until there is an end, a trouble, or nobody who listens.
fn send(parts: &[Part], rows: &Rows, to: &SyncSender<io::Result<Vec<u8>>>, words: &dyn Fn(&ReadTrouble) -> String) {
    for part in parts {
        let mut take = |batch: &Batch| {
            let lines = rows.lines(part, batch)?;
            to.send(Ok(lines)).map_err(|_| ReadTrouble::Io { path: part.path().to_owned(), words: String::new() })
        };
        if let Err(trouble) = part.read(&rows.wanted, &mut take) {
            let _ = to.send(Err(io::Error::other(words(&trouble))));
            return;
        }
    }
}

impl Rows {
    fn lines(&self, part: &Part, batch: &Batch) -> Result<Vec<u8>, ReadTrouble> {
        let columns = || self.wanted.names.iter().zip(&batch.columns);
        if let Some((name, Column::Other(kind))) = columns().find(|(_, own)| matches!(own, Column::Other(_))) {
            let (path, column, is) = (part.path().to_owned(), name.clone(), kind.to_string());
            return Err(ReadTrouble::WrongType { path, column, is });
        }
        let mut out = String::new();
        for row in 0..batch.rows {
            let start = out.len();
            out.push('{');
            for ((name, column), is_json) in columns().zip(&self.json) {
                let Some(value) = written(column, row, *is_json) else { continue };
                if out.len() > start + 1 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                out.push_str(&value);
            }
            out.push_str("}\n");
        }
        Ok(out.into_bytes())
    }
}

/// A value as JSON; none where there is none.
fn written(column: &Column, row: usize, is_json: bool) -> Option<String> {
    let text = |words: &str| Value::from(words).to_string();
    Some(match column.cell(row) {
        Cell::Null => return None,
        Cell::Bool(own) => own.to_string(),
        Cell::Int(own) => own.to_string(),
        Cell::Float(own) => Number::from_f64(own).map_or_else(|| text(&own.to_string()), |own| own.to_string()),
        Cell::Decimal(own) => own.to_string(),
        Cell::Text(own) if is_json => {
            serde_json::from_str::<Value>(own).map_or_else(|_| text(own), |value| value.to_string())
        }
        Cell::Text(own) => text(own),
        Cell::Time(micros) | Cell::Civil(micros) => text(&moment(micros, matches!(column, Column::Date(_)))?),
    })
}

/// A moment as RFC 3339 writes it, or its day.
fn moment(micros: i64, is_day: bool) -> Option<String> {
    let own = Timestamp::from_microsecond(micros).ok()?;
    Some(if is_day { own.to_zoned(TimeZone::UTC).date().to_string() } else { own.to_string() })
}

/// What is sent, as bytes to be read.
struct Lines {
    receiver: Receiver<io::Result<Vec<u8>>>,
    text: Vec<u8>,
    at: usize,
}

impl Read for Lines {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() {
            let Ok(next) = self.receiver.recv() else { return Ok(0) };
            (self.text, self.at) = (next?, 0);
        }
        let taken = to.len().min(self.text.len() - self.at);
        to[..taken].copy_from_slice(&self.text[self.at..self.at + taken]);
        self.at += taken;
        Ok(taken)
    }
}
