//! A sample as files: events and spend as JSON Lines, CSV or Parquet, in the columns that the spec's `source` names.

use std::io::{self, Write};

use funnelc_engine::definition::{Columns, Definition};
use funnelc_engine::write::{Kind, Table, Values};
use serde_json::{Map, Value as Json, json};

use super::{Happened, Spent};
use crate::plan::{EventPlan, Plan};

/// The link parameters that any event may have.
const LINK: [&str; 5] = ["utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term"];

/// A form of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named after what they are")]
pub enum Form {
    Parquet,
    JsonLines,
    Csv,
}

/// Every form, with its word, the ending of its files and what it is.
pub const FORMS: &[(Form, &str, &str, &str)] = &[
    (Form::Parquet, "parquet", "parquet", "columns, compressed: the quickest to measure"),
    (Form::JsonLines, "jsonl", "jsonl", "one JSON object a line"),
    (Form::Csv, "csv", "csv", "a table of text"),
];

/// Writes events.
pub struct Events<W: Write + Send> {
    columns: Columns,
    /// The column of the account, where accounts are counted.
    account: Option<String>,
    /// The columns of properties, where they have columns of their own.
    properties: Vec<String>,
    to: Sheet<W>,
}

impl<W: Write + Send> Events<W> {
    /// A log without events.
    pub fn new(to: W, form: Form, definition: &Definition, plan: &Plan) -> io::Result<Self> {
        let columns = &definition.columns;
        let account = definition.account.map(|field| definition.fields[field].name.clone());
        let properties = if columns.properties.is_some() { Vec::new() } else { property_columns(plan) };
        let properties: Vec<String> = properties.into_iter().filter(|name| Some(name) != account.as_ref()).collect();
        let mut heads: Vec<(String, Kind)> =
            account.iter().chain(&columns.identity).map(|name| (name.clone(), Kind::Text)).collect();
        heads.push((columns.time.clone(), Kind::Time));
        heads.push((columns.name.clone(), Kind::Text));
        heads.extend(columns.properties.iter().chain(&properties).map(|name| (name.clone(), Kind::Text)));
        Ok(Self { columns: columns.clone(), account, properties, to: Sheet::new(to, form, heads)? })
    }

    /// Adds events.
    pub fn add(&mut self, events: &[Happened]) -> io::Result<()> {
        let rows = events.iter().map(|event| self.row(event)).collect();
        self.to.add(rows)
    }

    /// Ends the log.
    pub fn close(self) -> io::Result<()> {
        self.to.close()
    }

    fn row(&self, event: &Happened) -> Vec<Json> {
        let last = self.columns.identity.len() - 1;
        // Whoever is not drawn as one of an account is one of their own.
        let mut row: Vec<Json> = self.account.iter().map(|_| json!(format!("c{:08}", event.person + 1))).collect();
        row.extend((0..=last).map(|at| identity(event, at, last)));
        row.push(json!(event.time));
        row.push(json!(event.name));
        if self.columns.properties.is_some() {
            row.push(Json::Object(event.properties.clone()));
        }
        row.extend(self.properties.iter().map(|name| event.properties.get(name).cloned().unwrap_or(Json::Null)));
        row
    }
}

/// The best identity is known once the person has left an address, the last one (a browser) always.
fn identity(event: &Happened, at: usize, last: usize) -> Json {
    let who = (event.person, event.who);
    match at {
        0 if event.is_known || last == 0 => json!(user(who)),
        at if at == last => json!(browser(who)),
        _ => Json::Null,
    }
}

/// The best of so many identities by which a person can be named: the number of the account and of the person in it.
pub(super) fn best_identity(who: (u64, u64), is_known: bool, identities: usize) -> String {
    if is_known || identities < 2 { user(who) } else { browser(who) }
}

fn user((number, who): (u64, u64)) -> String {
    format!("u{:08}{}", number + 1, colleague(who))
}

fn browser((number, who): (u64, u64)) -> String {
    format!("a{:08}{}", number + 1, colleague(who))
}

/// What tells apart the people of one account.
fn colleague(who: u64) -> String {
    if who == 0 { String::new() } else { format!("-{}", who + 1) }
}

/// The names of all properties on the wire, and those of links.
fn property_columns(plan: &Plan) -> Vec<String> {
    let planned = plan.events.iter().flat_map(EventPlan::all_properties).map(|own| own.wire_name.clone());
    let mut all: Vec<String> = planned.chain(LINK.map(str::to_owned)).collect();
    all.sort();
    all.dedup();
    all
}

/// Writes what channels cost, in the columns `date channel amount impressions clicks` or those that a spec names.
pub fn spend<W: Write + Send>(to: W, form: Form, names: &[String; 5], spent: &[Spent]) -> io::Result<()> {
    let kinds = [Kind::Text, Kind::Text, Kind::Number, Kind::Whole, Kind::Whole];
    let mut sheet = Sheet::new(to, form, names.iter().cloned().zip(kinds).collect())?;
    let row =
        |own: &Spent| vec![json!(own.day), json!(own.channel), own.amount(), json!(own.impressions), json!(own.clicks)];
    sheet.add(spent.iter().map(row).collect())?;
    sheet.close()
}

/// A table in one of the forms.
enum Sheet<W: Write + Send> {
    Parquet(Vec<Kind>, Table<W>),
    JsonLines(Vec<(String, Kind)>, W),
    Csv(Vec<Kind>, csv::Writer<W>),
}

impl<W: Write + Send> Sheet<W> {
    fn new(to: W, form: Form, heads: Vec<(String, Kind)>) -> io::Result<Self> {
        let kinds = || heads.iter().map(|(_, kind)| *kind).collect();
        Ok(match form {
            Form::Parquet => Self::Parquet(kinds(), Table::new(to, &heads).map_err(io::Error::other)?),
            Form::JsonLines => Self::JsonLines(heads, to),
            Form::Csv => {
                let mut writer = csv::Writer::from_writer(to);
                writer.write_record(heads.iter().map(|(name, _)| name))?;
                Self::Csv(kinds(), writer)
            }
        })
    }

    fn add(&mut self, rows: Vec<Vec<Json>>) -> io::Result<()> {
        match self {
            Self::Parquet(kinds, table) => table.add(transposed(kinds, &rows)).map_err(io::Error::other),
            Self::JsonLines(heads, to) => rows.into_iter().try_for_each(|row| {
                let shown = heads.iter().zip(row).filter(|(_, value)| !value.is_null());
                let object: Map<String, Json> =
                    shown.map(|((name, kind), value)| (name.clone(), moment(*kind, value))).collect();
                serde_json::to_writer(&mut *to, &object)?;
                to.write_all(b"\n")
            }),
            Self::Csv(kinds, writer) => rows.into_iter().try_for_each(|row| {
                let cells = kinds.iter().zip(row).map(|(kind, value)| text(&moment(*kind, value)).unwrap_or_default());
                writer.write_record(cells).map_err(io::Error::from)
            }),
        }
    }

    fn close(self) -> io::Result<()> {
        match self {
            Self::Parquet(_, table) => table.close().map_err(io::Error::other),
            Self::JsonLines(_, mut to) => to.flush(),
            Self::Csv(_, mut writer) => writer.flush(),
        }
    }
}

/// A moment in the words of RFC 3339; other values as they are.
fn moment(kind: Kind, value: Json) -> Json {
    let micros = if kind == Kind::Time { value.as_i64() } else { None };
    match micros.and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok()) {
        Some(moment) => json!(moment.to_string()),
        None => value,
    }
}

/// A value in a cell.
fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn transposed(kinds: &[Kind], rows: &[Vec<Json>]) -> Vec<Values> {
    let column = |(at, kind): (usize, &Kind)| {
        let cells = rows.iter().map(|row| &row[at]);
        match kind {
            Kind::Text => Values::Text(cells.map(text).collect()),
            Kind::Time => Values::Time(cells.map(|cell| cell.as_i64().unwrap_or_default()).collect()),
            Kind::Whole => Values::Whole(cells.map(Json::as_i64).collect()),
            Kind::Number => Values::Number(cells.map(Json::as_f64).collect()),
        }
    };
    kinds.iter().enumerate().map(column).collect()
}
