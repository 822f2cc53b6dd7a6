//! What is in a log, told by one look at every row: the facts that a log is judged by before it is measured.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::tz::TimeZone;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::Xxh3;

use crate::cell::{Cell, Column};
use crate::class::{Row, holds};
use crate::definition::Definition;
use crate::identity::{self, Key};
use crate::measure::{Trouble, wanted};
use crate::read::{self, Batch, ReadTrouble};
use crate::system;
use crate::time::Unit;

/// The most rows of which copies are looked for; 16 bytes each.
const MAX_ROWS: usize = 50_000_000;

/// The most different values of one kind that are told.
const MAX_VALUES: usize = 1_000;

/// How many examples of each kind are kept.
const EXAMPLES: usize = 3;

/// The facts of a log.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    /// By file: the columns that are looked for and not there, and the names of those that are.
    pub columns: Vec<(PathBuf, Vec<String>, Vec<String>)>,
    /// Rows, and those that are no row of their form.
    pub rows: u64,
    /// Lines that are no row of this form.
    pub unreadable: u64,
    /// Rows without a name.
    pub no_name: u64,
    /// Rows without any identity, by the name of the event.
    pub no_identity: BTreeMap<String, u64>,
    /// Rows of which only the last of several identities is known.
    pub last_identity: u64,
    /// Rows without a time, or with one that is none; and some of those.
    pub no_time: (u64, Vec<String>),
    /// By unit of whole numbers: how many times are in it.
    pub units: BTreeMap<&'static str, u64>,
    /// By year: events.
    pub years: BTreeMap<i16, u64>,
    /// Rows that come after one with a later time in the same file.
    pub unsorted: u64,
    /// Rows that are alike in everything that was read.
    pub copies: u64,
    /// By name: events.
    pub names: BTreeMap<String, u64>,
    /// By channel: events that it claims.
    pub claimed: Vec<u64>,
    /// By `utm_source / utm_medium` that no channel claims: events.
    pub unclaimed: BTreeMap<String, u64>,
    /// By two senders of copies of one event: the times of the second less those of the first, in microseconds.
    pub apart: BTreeMap<(String, String), Vec<i64>>,
}

struct Look<'a> {
    definition: &'a Definition,
    zone: &'a TimeZone,
    /// The places of `utm_source` and `utm_medium` among the fields.
    link: [Option<usize>; 2],
    seen: FxHashSet<u128>,
    /// By key of copies: who sent the first one, and when.
    first: FxHashMap<u128, (String, i64)>,
    found: Examined,
}

/// Looks at logs.
pub fn examine(definition: &Definition, logs: &[PathBuf]) -> Result<Examined, Trouble> {
    let zone = TimeZone::get(&definition.columns.timezone)
        .map_err(|_| Trouble::NoZone(definition.columns.timezone.clone()))?;
    let link = ["utm_source", "utm_medium"].map(|word| definition.fields.iter().position(|field| field.name == word));
    let found = Examined { claimed: vec![0; definition.channels.len()], ..Examined::default() };
    let (seen, first) = (FxHashSet::default(), FxHashMap::default());
    let mut look = Look { definition, zone: &zone, link, seen, first, found };
    let wanted = wanted(definition);
    for log in logs {
        let io = |error: std::io::Error| ReadTrouble::Io { path: log.clone(), words: error.to_string() };
        for file in system::files(log).map_err(io)? {
            let mut last = i64::MIN;
            let mut is_first = true;
            for part in read::parts(&file)? {
                let there = part.column_names()?;
                part.read(&wanted, &mut |batch| {
                    if std::mem::take(&mut is_first) {
                        look.columns(file.clone(), batch, &wanted.names, there.as_deref());
                    }
                    look.found.unreadable += batch.unreadable;
                    look.found.rows += batch.rows as u64 + batch.unreadable;
                    (0..batch.rows).for_each(|row| look.row(batch, row, &wanted.names, &mut last));
                    Ok(())
                })?;
            }
        }
    }
    Ok(look.found)
}

impl Look<'_> {
    fn columns(&mut self, file: PathBuf, batch: &Batch, names: &[String], there: Option<&[String]>) {
        // Of objects only lines know what is in them; what is inside a column is not looked for among columns.
        let has_inside = !matches!(batch.inside, Column::Missing);
        let fields = self.definition.columns.identity.len() + 4;
        let is_missing = |at: &usize| {
            matches!(batch.columns[*at], Column::Missing) && !names[*at].is_empty() && !(has_inside && *at >= fields)
        };
        let missing = (0..names.len()).filter(is_missing).map(|at| names[at].clone()).collect();
        self.found.columns.push((file, missing, there.unwrap_or_default().to_vec()));
    }

    fn row(&mut self, batch: &Batch, row: usize, names: &[String], last: &mut i64) {
        let count = self.definition.columns.identity.len();
        let cell = |at: usize| batch.columns[at].cell(row);
        let Some(name) = cell(count + 1).text().filter(|name| !name.is_empty()) else {
            self.found.no_name += 1;
            return;
        };
        count_up(&mut self.found.names, name);
        let places: Vec<(usize, Key)> =
            (0..count).filter_map(|at| Some((at, identity::key(cell(at), at as u32)?))).collect();
        match places.first() {
            None => count_up(&mut self.found.no_identity, name),
            Some((at, _)) if count > 1 && *at == count - 1 => self.found.last_identity += 1,
            Some(_) => {}
        }
        let Some(time) = self.time(cell(count)) else { return };
        self.found.unsorted += u64::from(time < *last);
        *last = time.max(*last);
        if let Ok(moment) = jiff::Timestamp::from_microsecond(time) {
            *self.found.years.entry(moment.to_zoned(self.zone.clone()).year()).or_default() += 1;
        }
        let view = Row::new(batch, row, names, count + 4);
        self.copies(name, places.first().map(|own| own.1), time, &view, &|at| text(cell(at)));
        self.channels(&view);
        self.senders(name, time, &view, cell(count + 3).text());
    }

    fn time(&mut self, cell: Cell<'_>) -> Option<i64> {
        let number = match cell {
            Cell::Int(number) => Some(number),
            Cell::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        if let Some(unit) = number.and_then(Unit::of) {
            *self.found.units.entry(unit.word()).or_default() += 1;
        }
        let time = cell.time(self.zone);
        if time.is_none() {
            let (count, examples) = &mut self.found.no_time;
            *count += 1;
            if examples.len() < EXAMPLES {
                examples.push(text(cell));
            }
        }
        time
    }

    fn copies(&mut self, name: &str, key: Option<Key>, time: i64, view: &Row<'_>, cell: &dyn Fn(usize) -> String) {
        if self.seen.len() >= MAX_ROWS {
            return;
        }
        let mut hash = Xxh3::new();
        let mut add = |text: &str| {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        add(name);
        add(&time.to_string());
        add(&key.map(|key| format!("{} {}", key.hi, key.lo)).unwrap_or_default());
        // An identity of the event tells what is alike apart.
        add(&cell(self.definition.columns.identity.len() + 2));
        (0..self.definition.fields.len()).for_each(|field| add(&text(view.cell(field))));
        self.found.copies += u64::from(!self.seen.insert(hash.digest128()));
    }

    fn channels(&mut self, view: &Row<'_>) {
        let definition = self.definition;
        let claims = |pattern: &usize| holds(&definition.patterns[*pattern].test, view, self.zone);
        let channel = definition.channels.iter().position(|own| own.pattern.as_ref().is_some_and(claims));
        if let Some(channel) = channel {
            self.found.claimed[channel] += 1;
            return;
        }
        let [source, medium] = self.link.map(|field| field.map(|field| text(view.cell(field))).unwrap_or_default());
        if !source.is_empty() || !medium.is_empty() {
            count_up(&mut self.found.unclaimed, &format!("{source} / {medium}"));
        }
    }

    fn senders(&mut self, name: &str, time: i64, view: &Row<'_>, sender: Option<&str>) {
        let Some(sender) = sender else { return };
        for copies in &self.definition.copies {
            let pattern = &self.definition.patterns[copies.pattern];
            let key: Vec<String> = copies.keys.iter().map(|field| text(view.cell(*field))).collect();
            if !pattern.names.iter().any(|own| own == name) || key.iter().any(String::is_empty) {
                continue;
            }
            let hash = xxhash_rust::xxh3::xxh3_128(format!("{name} {key:?}").as_bytes());
            match self.first.get(&hash) {
                None if self.first.len() < MAX_ROWS => {
                    self.first.insert(hash, (sender.to_owned(), time));
                }
                Some((other, first)) if other != sender && (time - first).abs() <= copies.within => {
                    let (pair, apart) = if other.as_str() < sender {
                        ((other.clone(), sender.to_owned()), time - first)
                    } else {
                        ((sender.to_owned(), other.clone()), first - time)
                    };
                    self.found.apart.entry(pair).or_default().push(apart);
                }
                _ => {}
            }
        }
    }
}

fn count_up(counts: &mut BTreeMap<String, u64>, name: &str) {
    if let Some(count) = counts.get_mut(name) {
        *count += 1;
    } else if counts.len() < MAX_VALUES {
        counts.insert(name.to_owned(), 1);
    }
}

fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Text(text) => text.to_owned(),
        Cell::Bool(own) => own.to_string(),
        Cell::Int(number) | Cell::Time(number) | Cell::Civil(number) => number.to_string(),
        Cell::Float(number) => number.to_string(),
        Cell::Decimal(number) => number.to_string(),
    }
}
