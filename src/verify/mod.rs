//! Holds logs of events to the plan: reads them once, in constant memory, on all cores, and counts what is wrong.
//!
//! ```text
//! register  the events of a plan by their names on the wire, with the laws of each
//! schema    the emitted JSON Schema, compiled; format: dates, addresses …; pattern: regular expressions
//! personal  data of people, told by its form
//! shapes    where a line keeps name and properties: one file each
//! input     a log as chunks of whole lines, or of whole rows of a table
//! table     rows of a table as lines; parquet: rows of Parquet; enriched: Snowplow's TSV
//! json      values, read one by one
//! line      one line: which event it is; check: its properties, held to their laws while they are read
//! tally     what was found, counted within limits
//! findings  the same in words; report: table, JSON, JUnit, SARIF
//! ```
//!
//! Time grows with the bytes of the log. Memory does not: two batches of chunks, and a tally with a largest size.

#![allow(clippy::cast_precision_loss, reason = "numbers of JSON are doubles, and so are their bounds")]

mod check;
mod enriched;
mod findings;
mod format;
mod input;
mod json;
mod law;
mod line;
#[cfg(feature = "engine")]
pub mod parquet;
mod pattern;
mod personal;
mod register;
pub mod report;
mod schema;
pub mod shapes;
mod table;
mod tally;

use std::io::{self, Read};

use rayon::prelude::*;
use serde_json::{Map, Value};

pub use findings::{EventCount, Finding, Findings, LogCount};
pub use input::MAX_LINE;
use input::{CHUNK, Chunk, Chunks};
pub use law::{ALL as LAWS, Law, Unreadable};
use line::Lines;
pub use personal::Personal;
use register::{Register, Target};
use shapes::Shape;
use table::Table;
pub use tally::{Count, Example, Group, MAX_GROUPS, MAX_NAMES};
use tally::{Key, Tally, Whose};

use crate::plan::Plan;

/// A log to be read.
pub struct Log {
    /// What its reader calls it.
    pub name: String,
    /// Its bytes.
    pub from: Box<dyn Read + Send>,
}

/// How logs are read.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Their shape; none where it is told by their lines.
    pub shape: Option<&'static Shape>,
    /// How many examples of each finding are kept.
    pub max_examples: usize,
}

/// Why a log cannot be read.
#[derive(Debug)]
pub enum Trouble {
    /// The system's own words.
    Io(io::Error),
    /// A schema says what cannot be held.
    Schema(String),
    /// It is one JSON list.
    List,
    /// It is in a form that is not read: its name.
    Foreign(&'static str),
    /// None of its first lines tells an event.
    UnknownShape,
}

/// How many chunks of a log are read while as many others are held to the plan.
const BATCH: usize = 8;

/// How many of the first lines tell the shape.
const SAMPLE: usize = 50;

/// Reads logs one after the other; `progress` is told how many bytes were read.
pub fn run(
    plan: &Plan,
    logs: Vec<Log>,
    options: Options,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Findings, (String, Trouble)> {
    let mut registers: Vec<(&'static str, Register)> = Vec::new();
    let mut total = Tally::new(plan.events.len());
    let mut counts = Vec::new();
    for (index, log) in logs.into_iter().enumerate() {
        let named = |trouble| (log.name.clone(), trouble);
        let mut chunks = Chunks::open(log.from).map_err(|error| named(Trouble::Io(error)))?;
        let shape = shape_of(&chunks, options.shape).map_err(named)?;
        let before = counts.iter().map(|count: &LogCount| count.bytes).sum::<u64>();
        if !registers.iter().any(|(destination, _)| *destination == shape.destination) {
            let made = Register::new(plan, shape.destination).map_err(|why| named(Trouble::Schema(why)))?;
            registers.push((shape.destination, made));
        }
        let Some((_, register)) = registers.iter().find(|(destination, _)| *destination == shape.destination) else {
            continue;
        };
        let form = form_of(shape, &mut chunks).ok_or_else(|| named(Trouble::UnknownShape))?;
        let reading = Reading { register, form, max_examples: options.max_examples };
        let found =
            reading.log(chunks, &|bytes| progress(before + bytes)).map_err(|error| named(Trouble::Io(error)))?;
        counts.push(LogCount { name: log.name, shape: shape.name, lines: found.lines, bytes: found.bytes });
        total.add(found, index, 0, options.max_examples);
    }
    if registers.is_empty() {
        let made = Register::new(plan, "").map_err(|why| (String::new(), Trouble::Schema(why)))?;
        registers.push(("", made));
    }
    Ok(Findings::of(&registers[0].1, &total, counts))
}

/// The shape of a log: the one that is asked for, or that of its first lines.
fn shape_of(chunks: &Chunks, asked: Option<&'static Shape>) -> Result<&'static Shape, Trouble> {
    let start = chunks.start();
    for (magic, name) in
        [(&b"PAR1"[..], "Parquet"), (b"\x1F\x8B", "gzip"), (b"\x28\xB5\x2F\xFD", "Zstandard"), (b"PK\x03\x04", "ZIP")]
    {
        if start.starts_with(magic) {
            return Err(Trouble::Foreign(name));
        }
    }
    if start.trim_ascii_start().first() == Some(&b'[') {
        return Err(Trouble::List);
    }
    if let Some(shape) = asked {
        return Ok(shape);
    }
    let lines = start.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).take(SAMPLE);
    let sample: Vec<Map<String, Value>> = lines.filter_map(|line| serde_json::from_slice(line).ok()).collect();
    match Shape::detect(&sample) {
        Some(shape) => Ok(shape),
        None if enriched::is_one(start) => Ok(&shapes::ENRICHED),
        None if Table::find(start).is_some() => Ok(&shapes::CSV),
        // Nothing can be wrong with the shape of what has no lines.
        None if start.trim_ascii().is_empty() => Ok(&shapes::ALL[0]),
        None => Err(Trouble::UnknownShape),
    }
}

/// How the events of a log are told apart and read.
enum Form {
    Lines(&'static Shape),
    /// And how many lines and bytes the header has.
    Table(Table, u64, u64),
    /// Rows of Snowplow's pipeline.
    Enriched,
}

/// The form of a log; of a table the header is passed over. None where a table names no events.
fn form_of(shape: &'static Shape, chunks: &mut Chunks) -> Option<Form> {
    if !shape.is_table {
        return Some(Form::Lines(shape));
    }
    if shape.name == shapes::ENRICHED.name {
        return Some(Form::Enriched);
    }
    let (table, header) = Table::find(chunks.start())?;
    let lines = memchr::memchr_iter(b'\n', &chunks.start()[..header]).count() as u64;
    chunks.skip(header);
    chunks.ends = table.ends();
    Some(Form::Table(table, lines, header as u64))
}

/// The reading of one log.
struct Reading<'p> {
    register: &'p Register,
    form: Form,
    max_examples: usize,
}

impl Reading<'_> {
    /// Reads a log: while the chunks of one batch are held to the plan, those of the next are read.
    fn log(&self, mut chunks: Chunks, progress: &(dyn Fn(u64) + Sync)) -> io::Result<Tally> {
        let mut total = Tally::new(self.register.events.len());
        if let Form::Table(_, lines, bytes) = &self.form {
            (total.lines, total.bytes) = (*lines, *bytes);
        }
        let mut batch = next_batch(&mut chunks, Vec::new())?;
        let mut spare = Vec::new();
        while !batch.is_empty() {
            let tallies = || batch.par_iter().map(|chunk| self.chunk(chunk)).collect::<Vec<_>>();
            let (tallies, next) = rayon::join(tallies, || next_batch(&mut chunks, spare));
            for found in tallies {
                let before = total.lines;
                total.add(found, 0, before, self.max_examples);
            }
            progress(total.bytes);
            spare = std::mem::replace(&mut batch, next?).into_iter().map(|chunk| chunk.bytes).collect();
        }
        Ok(total)
    }

    /// Holds the lines of a chunk to the plan.
    fn chunk(&self, chunk: &Chunk) -> Tally {
        let shape = match &self.form {
            Form::Lines(shape) => shape,
            Form::Table(table, ..) => table.shape,
            Form::Enriched => &shapes::SNOWPLOW,
        };
        let mut counting = Counting {
            register: self.register,
            lines: Lines::new(self.register, shape),
            tally: Tally::new(self.register.events.len()),
            max_examples: self.max_examples,
        };
        if let Some(passed) = chunk.too_long {
            counting.tally.lines = 1;
            counting.unreadable(Unreadable::TooLong, format!("{} MiB", passed.bytes.div_ceil(CHUNK as u64)));
            (counting.tally.lines, counting.tally.bytes) = (passed.lines, passed.bytes);
            return counting.tally;
        }
        counting.tally.bytes = chunk.bytes.len() as u64;
        match &self.form {
            Form::Lines(_) => counting.lines(&chunk.bytes, Counting::event),
            Form::Enriched => {
                let mut line = String::new();
                counting.lines(&chunk.bytes, |counting, row| match enriched::to_line(row, &mut line) {
                    Ok(()) => counting.event(&line),
                    Err((why, value)) => counting.unreadable(why, value),
                });
            }
            Form::Table(table, ..) => counting.rows(table, &chunk.bytes),
        }
        counting.tally
    }
}

fn next_batch(chunks: &mut Chunks, mut spare: Vec<Vec<u8>>) -> io::Result<Vec<Chunk>> {
    let mut batch = Vec::with_capacity(BATCH);
    while batch.len() < BATCH {
        match chunks.next(spare.pop().unwrap_or_default())? {
            Some(chunk) => batch.push(chunk),
            None => break,
        }
    }
    Ok(batch)
}

/// Counts what lines break.
struct Counting<'p> {
    register: &'p Register,
    lines: Lines<'p>,
    tally: Tally,
    max_examples: usize,
}

impl Counting<'_> {
    fn lines(&mut self, bytes: &[u8], mut event: impl FnMut(&mut Self, &str)) {
        let Ok(text) = std::str::from_utf8(bytes) else { return self.lines_of_bytes(bytes, event) };
        let mut from = 0;
        for end in memchr::memchr_iter(b'\n', bytes) {
            self.line(&text[from..end], &mut event);
            from = end + 1;
        }
        // The last line of a log need not end.
        if from < text.len() {
            self.line(&text[from..], &mut event);
        }
    }

    /// Rows may have several lines; each is found at its first.
    fn rows(&mut self, table: &Table, bytes: &[u8]) {
        table.rows(bytes, self.register, |line, row| {
            self.tally.lines = line;
            match row {
                Ok(text) => self.event(text),
                Err((why, value)) => self.unreadable(why, value),
            }
        });
        let ends = memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.tally.lines = ends + u64::from(bytes.last().is_some_and(|last| *last != b'\n'));
    }

    fn lines_of_bytes(&mut self, bytes: &[u8], mut event: impl FnMut(&mut Self, &str)) {
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            match std::str::from_utf8(line) {
                Ok(text) => self.line(text, &mut event),
                Err(error) => {
                    self.tally.lines += 1;
                    self.unreadable(Unreadable::NotText, format!("byte {}", error.valid_up_to() + 1));
                }
            }
        }
    }

    fn line(&mut self, text: &str, event: &mut impl FnMut(&mut Self, &str)) {
        self.tally.lines += 1;
        if !text.trim_ascii().is_empty() {
            event(self, text);
        }
    }

    fn event(&mut self, text: &str) {
        match self.lines.read(text) {
            Ok(seen) => {
                let whose = match seen.target {
                    Target::Planned(at) => self.planned(at),
                    Target::Unplanned => {
                        let name = seen.name.as_deref().unwrap_or_default();
                        let Some(at) = self.tally.unplanned(&check::shown(name), self.max_examples) else { return };
                        Whose::Unplanned(at)
                    }
                    Target::Unmodelled => {
                        self.tally.unmodelled += 1;
                        Whose::Line
                    }
                    Target::Nameless => {
                        self.of_line(Law::NamelessEvent, String::new());
                        Whose::Line
                    }
                };
                self.faults(whose);
            }
            Err((why, column)) => self.unreadable(why, format!("byte {column}")),
        }
    }

    fn planned(&mut self, at: usize) -> Whose {
        let count = &mut self.tally.planned[at];
        count.seen += 1;
        count.invalid += u64::from(self.lines.reader.faults.iter().any(|fault| fault.law.is_of_schema()));
        if self.register.events[at].is_deprecated {
            let key = Key { whose: Whose::Planned(at), path: String::new(), law: Law::DeprecatedEvent };
            self.tally.fault(key, String::new(), check::About::Nothing, self.max_examples);
        }
        Whose::Planned(at)
    }

    fn faults(&mut self, whose: Whose) {
        for fault in self.lines.reader.faults.drain(..) {
            let whose = if fault.is_of_line { Whose::Line } else { whose };
            let key = Key { whose, path: fault.path, law: fault.law };
            self.tally.fault(key, fault.value, fault.about, self.max_examples);
        }
    }

    fn of_line(&mut self, law: Law, value: String) {
        let key = Key { whose: Whose::Line, path: String::new(), law };
        self.tally.fault(key, value, check::About::Nothing, self.max_examples);
    }

    fn unreadable(&mut self, why: Unreadable, value: String) {
        self.tally.unreadable += 1;
        self.of_line(Law::UnreadableLine(why), value);
    }
}
