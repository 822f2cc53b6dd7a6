//! What a log is like before anything is measured of it: which columns it has, what its rows are called, when they are,
//! whose they are, and how many are there twice. Everything here is counted; what it means is said elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use jiff::tz::TimeZone;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use crate::cell::{Cell, Column};
use crate::class::{Row as RowView, holds};
use crate::definition::Definition;
use crate::identity::{self, Aliases, Key};
use crate::measure::{self, Trouble};
use crate::read::{Batch, Wanted};
use crate::time::{DAY, Unit};

/// How many names, or values of a source, are told apart; there are more only where something else was taken for a name.
const MAX_NAMES: usize = 10_000;

/// How many rows are compared for copies; of a longer log the same share of all rows is.
const MAX_COMPARED: usize = 1 << 20;

/// What a log is like.
#[derive(Clone, Debug, Default)]
pub struct Checkup {
    /// Its files, in order.
    pub files: Vec<FileFacts>,
    /// Rows that were read.
    pub rows: u64,
    /// Lines that are no row of their form.
    pub unreadable: u64,
    /// By name: the rows.
    pub names: BTreeMap<String, u64>,
    /// Rows of names that are not told apart any more.
    pub further_names: u64,
    /// Rows without a name, without a time, without an identity.
    pub no_name: u64,
    /// Rows without a time, or with one that is none.
    pub no_time: u64,
    /// Rows without any identity.
    pub nobody: u64,
    /// By column of identity: the rows that have it.
    pub identities: Vec<u64>,
    /// Lesser identities that were seen together with several better ones.
    pub shared: u64,
    /// By day since 1970 in UTC: the rows.
    pub days: BTreeMap<i64, u64>,
    /// Rows that are earlier than the row before them.
    pub disorder: u64,
    /// Copies of rows.
    pub copies: Copies,
    /// Two senders of one event.
    pub senders: Senders,
    /// By field of the definition: the rows that have a value.
    pub fields: Vec<u64>,
    /// By what brought people, as the log says: rows, and those of them that no channel claims.
    pub sources: BTreeMap<String, (u64, u64)>,
}

/// What a file is like.
#[derive(Clone, Debug, Default)]
pub struct FileFacts {
    /// Where it is.
    pub path: PathBuf,
    /// Its columns, where the form has columns.
    pub there: Vec<String>,
    /// Columns that should be there.
    pub missing: Vec<String>,
    /// Columns of a type that cannot be used, and the type.
    pub wrong: Vec<(String, String)>,
    /// The units its times are in, each with one of them.
    pub units: BTreeMap<Unit, i64>,
}

/// What is remembered of rows, by a hash; of a longer log the same share of all hashes is.
#[derive(Clone, Debug)]
struct Remembered<T> {
    /// A row is remembered where the bits of its hash under the mask are nought.
    mask: u64,
    of: FxHashMap<u64, T>,
}

impl<T> Default for Remembered<T> {
    fn default() -> Self {
        Self { mask: 0, of: FxHashMap::default() }
    }
}

impl<T> Remembered<T> {
    fn wants(&self, hash: u64) -> bool {
        hash & self.mask == 0
    }

    /// Forgets half of them until few enough are left.
    fn thin(&mut self) {
        while self.of.len() > MAX_COMPARED {
            self.narrow(self.mask << 1 | 1);
        }
    }

    fn narrow(&mut self, mask: u64) {
        if mask != self.mask {
            self.mask = mask;
            self.of.retain(|hash, _| hash & mask == 0);
        }
    }
}

/// How many rows are there twice, of those that were compared.
#[derive(Clone, Debug, Default)]
pub struct Copies(Remembered<u32>);

impl Copies {
    fn add(&mut self, hash: u64, times: u32) {
        if self.0.wants(hash) {
            *self.0.of.entry(hash).or_default() += times;
            self.0.thin();
        }
    }

    fn merge(&mut self, other: Self) {
        self.0.narrow(self.0.mask.max(other.0.mask));
        #[allow(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
        for (hash, times) in other.0.of {
            self.add(hash, times);
        }
    }

    /// Rows that were compared.
    pub fn compared(&self) -> u64 {
        self.0.of.values().map(|times| u64::from(*times)).sum()
    }

    /// Of those, the ones that were there before.
    pub fn found(&self) -> u64 {
        self.0.of.values().map(|times| u64::from(*times) - 1).sum()
    }

    /// Whether all rows were compared.
    pub fn is_exact(&self) -> bool {
        self.0.mask == 0
    }
}

/// What two senders tell of one event.
#[derive(Clone, Debug, Default)]
pub struct Senders {
    /// By key of the event: who told it first, and which time; nothing once a second one was met.
    first: Remembered<Option<(String, i64)>>,
    /// By two senders: the times of the second less those of the first, in microseconds, in no order.
    apart: BTreeMap<(String, String), Vec<i64>>,
}

impl Senders {
    fn add(&mut self, hash: u64, sender: &str, time: i64, within: i64) {
        if !self.first.wants(hash) {
            return;
        }
        let Some(known) = self.first.of.get_mut(&hash) else {
            self.first.of.insert(hash, Some((sender.to_owned(), time)));
            return self.first.thin();
        };
        // Times can lie as far apart as numbers do. Each event is told of once, however often it was sent.
        let is_pair = |(other, first): &mut (String, i64)| {
            other.as_str() != sender && time.abs_diff(*first) <= within.unsigned_abs()
        };
        if let Some((other, first)) = known.take_if(is_pair) {
            let is_later = other.as_str() < sender;
            let (one, two) = if is_later { (other.as_str(), sender) } else { (sender, other.as_str()) };
            let apart = if is_later { time - first } else { first - time };
            self.apart.entry((one.to_owned(), two.to_owned())).or_default().push(apart);
        }
    }

    fn merge(&mut self, other: Self, within: i64) {
        self.first.narrow(self.first.mask.max(other.first.mask));
        #[allow(clippy::iter_over_hash_type, reason = "each key stands for itself, and what is found is sorted")]
        for (hash, first) in other.first.of {
            match first {
                Some((sender, time)) => self.add(hash, &sender, time, within),
                None if self.first.wants(hash) => drop(self.first.of.insert(hash, None)),
                None => {}
            }
        }
        for (pair, apart) in other.apart {
            self.apart.entry(pair).or_default().extend(apart);
        }
    }

    /// By two senders: the middle of how much later the second tells the time of an event that both told, in
    /// microseconds, and how many such events there are.
    pub fn apart(&self) -> impl Iterator<Item = ((&str, &str), i64, usize)> {
        self.apart.iter().map(|((one, other), apart)| {
            let mut apart = apart.clone();
            apart.sort_unstable();
            ((one.as_str(), other.as_str()), apart[apart.len() / 2], apart.len())
        })
    }
}

/// Looks a log over. `source` is the field that says what brought people; which channel claims them is said by the
/// patterns of the definition's channels.
pub fn checkup(definition: &Definition, logs: &[PathBuf], source: Option<usize>) -> Result<Checkup, Trouble> {
    let zone = TimeZone::get(&definition.columns.timezone)
        .map_err(|_| Trouble::NoZone(definition.columns.timezone.clone()))?;
    let parts = measure::parts(&logs.into())?;
    let wanted = measure::wanted(definition);
    let looks: Vec<(Checkup, Aliases)> = parts
        .par_iter()
        .map(|(_, part)| {
            let mut look = Look::new(definition, &zone, &wanted, source);
            part.path().clone_into(&mut look.file.path);
            look.file.there = part.column_names()?.unwrap_or_default();
            part.read(&wanted, &mut |batch| {
                look.batch(batch);
                Ok(())
            })?;
            Ok(look.end())
        })
        .collect::<Result<_, Trouble>>()?;
    let mut whole = Checkup::default();
    // Parts do not tell which copies a key is of; the longest time is near enough for the middle.
    let within = definition.copies.iter().map(|copies| copies.within).max().unwrap_or(0);
    let mut aliases = Aliases::default();
    for (own, known) in looks {
        whole.merge(own, within);
        aliases.merge(&known);
    }
    whole.shared = aliases.shared();
    Ok(whole)
}

/// Looks at one part of a log.
struct Look<'a> {
    definition: &'a Definition,
    zone: &'a TimeZone,
    wanted: &'a Wanted,
    source: Option<usize>,
    aliases: Aliases,
    file: FileFacts,
    found: Checkup,
    /// Columns that some batch has.
    there: BTreeSet<usize>,
    last: i64,
}

impl<'a> Look<'a> {
    fn new(definition: &'a Definition, zone: &'a TimeZone, wanted: &'a Wanted, source: Option<usize>) -> Self {
        let found = Checkup {
            identities: vec![0; definition.columns.identity.len()],
            fields: vec![0; definition.fields.len()],
            ..Checkup::default()
        };
        Self {
            definition,
            zone,
            wanted,
            source,
            aliases: Aliases::default(),
            file: FileFacts::default(),
            found,
            there: BTreeSet::new(),
            last: i64::MIN,
        }
    }

    fn count(&self) -> usize {
        self.definition.columns.identity.len()
    }

    fn batch(&mut self, batch: &Batch) {
        self.found.rows += batch.rows as u64 + batch.unreadable;
        self.found.unreadable += batch.unreadable;
        for (at, column) in batch.columns.iter().enumerate() {
            match column {
                Column::Missing => {}
                Column::Other(kind) if at < self.count() + 2 => {
                    let wrong = (self.wanted.names[at].clone(), kind.to_string());
                    self.there.insert(at);
                    if !self.file.wrong.contains(&wrong) {
                        self.file.wrong.push(wrong);
                    }
                }
                _ => drop(self.there.insert(at)),
            }
        }
        let keys = identity::keys(&batch.columns[..self.count()], batch.rows);
        for (row, key) in keys.into_iter().enumerate() {
            self.row(batch, row, key);
        }
    }

    fn row(&mut self, batch: &Batch, row: usize, key: Option<Key>) {
        let count = self.count();
        let time = self.time(batch.columns[count].cell(row));
        let name = match batch.columns[count + 1].cell(row) {
            Cell::Text(name) if !name.is_empty() => Some(name),
            _ => None,
        };
        self.identities(batch, row, time);
        self.found.nobody += u64::from(key.is_none());
        self.found.no_time += u64::from(time.is_none());
        if let Some(time) = time {
            *self.found.days.entry(time.div_euclid(DAY)).or_default() += 1;
            self.found.disorder += u64::from(time < self.last);
            self.last = time;
        }
        let Some(name) = name else {
            self.found.no_name += 1;
            return;
        };
        self.found.name(name, 1);
        if let Some(hash) = self.hash(batch, row, key, time, name) {
            self.found.copies.add(hash, 1);
        }
        if let Some(time) = time {
            self.senders(batch, row, time, name);
        }
        self.properties(batch, row);
    }

    fn identities(&mut self, batch: &Batch, row: usize, time: Option<i64>) {
        let mut keys = Vec::new();
        for (at, rows) in self.found.identities.iter_mut().enumerate() {
            let key = identity::key(batch.columns[at].cell(row), at as u32);
            *rows += u64::from(key.is_some());
            keys.extend(key);
        }
        let Some((better, lesser)) = keys.split_first() else { return };
        lesser.iter().for_each(|own| self.aliases.add(*own, *better, time.unwrap_or(i64::MAX)));
    }

    /// A time, whatever its unit; the units are noted.
    fn time(&mut self, cell: Cell<'_>) -> Option<i64> {
        let number = match cell {
            Cell::Int(number) => Some(number),
            Cell::Text(text) => text.trim().parse().ok(),
            _ => None,
        };
        if let Some((number, unit)) = number.and_then(|number| Some((number, Unit::of(number)?))) {
            self.file.units.entry(unit).or_insert(number);
        }
        cell.time(self.zone)
    }

    /// What two rows share that are one: their id; without one all that is asked of them.
    fn hash(&self, batch: &Batch, row: usize, key: Option<Key>, time: Option<i64>, name: &str) -> Option<u64> {
        if self.definition.columns.id.is_some() {
            let id = batch.columns[self.count() + 2].cell(row);
            return (id != Cell::Null && id != Cell::Text("")).then(|| hash_of(&[id]));
        }
        let (key, time) = key.zip(time)?;
        let view = RowView::new(batch, row, &self.wanted.names, self.count() + 4);
        let person = [key.hi.cast_signed(), key.lo.get().into(), time].map(Cell::Int);
        let fields = (0..self.definition.fields.len()).map(|field| view.cell(field));
        Some(hash_of(&person.into_iter().chain([Cell::Text(name)]).chain(fields).collect::<Vec<_>>()))
    }

    /// Notes who tells what time of an event that has copies.
    fn senders(&mut self, batch: &Batch, row: usize, time: i64, name: &str) {
        let Cell::Text(sender) = batch.columns[self.count() + 3].cell(row) else { return };
        let view = RowView::new(batch, row, &self.wanted.names, self.count() + 4);
        for copies in &self.definition.copies {
            let is_meant = self.definition.patterns[copies.pattern].names.iter().any(|own| own == name);
            let keys: Vec<Cell<'_>> = copies.keys.iter().map(|field| view.cell(*field)).collect();
            if is_meant && !keys.contains(&Cell::Null) {
                let hash = hash_of(&[&[Cell::Text(name)], &keys[..]].concat());
                self.found.senders.add(hash, sender, time, copies.within);
            }
        }
    }

    fn properties(&mut self, batch: &Batch, row: usize) {
        let view = RowView::new(batch, row, &self.wanted.names, self.count() + 4);
        for (field, rows) in self.found.fields.iter_mut().enumerate() {
            *rows += u64::from(view.cell(field) != Cell::Null);
        }
        let Some(Cell::Text(source)) = self.source.map(|field| view.cell(field)) else { return };
        let source = source.trim();
        if source.is_empty() || (self.found.sources.len() >= MAX_NAMES && !self.found.sources.contains_key(source)) {
            return;
        }
        let claims = |pattern: usize| holds(&self.definition.patterns[pattern].test, &view, self.zone);
        let is_claimed = self.definition.channels.iter().filter_map(|channel| channel.pattern).any(claims);
        let (rows, unclaimed) = self.found.sources.entry(source.to_owned()).or_default();
        *rows += 1;
        *unclaimed += u64::from(!is_claimed);
    }

    fn end(mut self) -> (Checkup, Aliases) {
        let needed = 0..self.count() + 2;
        let is_empty = self.found.rows == self.found.unreadable;
        let names = &self.wanted.names;
        let missing = needed.filter(|at| {
            if self.file.there.is_empty() {
                !self.there.contains(at) && !is_empty
            } else {
                !has_column(&self.file.there, &names[*at])
            }
        });
        let missing: Vec<String> = missing.map(|at| names[at].clone()).collect();
        self.file.missing = missing;
        self.found.files = vec![self.file];
        (self.found, self.aliases)
    }
}

impl Checkup {
    fn name(&mut self, name: &str, rows: u64) {
        if let Some(own) = self.names.get_mut(name) {
            *own += rows;
        } else if self.names.len() < MAX_NAMES {
            self.names.insert(name.to_owned(), rows);
        } else {
            self.further_names += rows;
        }
    }

    fn merge(&mut self, other: Self, within: i64) {
        for file in other.files {
            match self.files.last_mut().filter(|last| last.path == file.path) {
                Some(last) => last.merge(file),
                None => self.files.push(file),
            }
        }
        self.rows += other.rows;
        self.unreadable += other.unreadable;
        self.no_name += other.no_name;
        self.no_time += other.no_time;
        self.nobody += other.nobody;
        self.disorder += other.disorder;
        self.further_names += other.further_names;
        other.names.iter().for_each(|(name, rows)| self.name(name, *rows));
        for (source, (rows, unclaimed)) in other.sources {
            if self.sources.len() >= MAX_NAMES && !self.sources.contains_key(&source) {
                continue;
            }
            let own = self.sources.entry(source).or_default();
            *own = (own.0 + rows, own.1 + unclaimed);
        }
        for (day, rows) in other.days {
            *self.days.entry(day).or_default() += rows;
        }
        add(&mut self.identities, other.identities);
        add(&mut self.fields, other.fields);
        self.copies.merge(other.copies);
        self.senders.merge(other.senders, within);
    }
}

impl FileFacts {
    /// Another part of the same file: what is missing is missing in both.
    fn merge(&mut self, other: Self) {
        self.missing.retain(|name| other.missing.contains(name));
        self.wrong.extend(other.wrong);
        self.wrong.sort();
        self.wrong.dedup();
        self.units.extend(other.units);
    }
}

/// One number for some values; equal ones have the same.
fn hash_of(cells: &[Cell<'_>]) -> u64 {
    let mut bytes = Vec::new();
    for cell in cells {
        // Texts and numbers of other columns must not run together.
        match cell {
            Cell::Null => bytes.push(0),
            Cell::Text(text) => {
                bytes.push(1);
                bytes.extend((text.len() as u64).to_le_bytes());
                bytes.extend(text.as_bytes());
            }
            Cell::Int(number) | Cell::Time(number) | Cell::Civil(number) => {
                bytes.push(2);
                bytes.extend(number.to_le_bytes());
            }
            Cell::Bool(own) => bytes.extend([3, u8::from(*own)]),
            Cell::Float(number) => {
                bytes.push(4);
                bytes.extend(number.to_le_bytes());
            }
            Cell::Decimal(number) => {
                bytes.push(5);
                bytes.extend(number.normalize().serialize());
            }
        }
    }
    xxh3_64(&bytes)
}

/// Whether a column is among those of a file; dots can lead into one.
fn has_column(there: &[String], name: &str) -> bool {
    let first = name.split('.').next().unwrap_or(name);
    there.iter().any(|own| own == name || own == first)
}

fn add(sums: &mut Vec<u64>, other: Vec<u64>) {
    sums.resize(sums.len().max(other.len()), 0);
    sums.iter_mut().zip(other).for_each(|(own, other)| *own += other);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::cast_precision_loss, reason = "a share")]

    use super::*;

    /// Rows of which every fourth is there twice.
    fn hashes(rows: u64) -> impl Iterator<Item = u64> {
        (0..rows).flat_map(|row| std::iter::repeat_n(xxh3_64(&row.to_le_bytes()), if row % 4 == 0 { 2 } else { 1 }))
    }

    #[test]
    fn few_rows_are_all_compared() {
        let mut copies = Copies::default();
        hashes(100).for_each(|hash| copies.add(hash, 1));
        assert_eq!((copies.compared(), copies.found(), copies.is_exact()), (125, 25, true));
    }

    #[test]
    fn of_many_rows_an_equal_share_is_compared_however_they_are_cut() {
        let all: Vec<u64> = hashes(3_000_000).collect();
        let of = |parts: usize| {
            let mut whole = Copies::default();
            for part in all.chunks(all.len().div_ceil(parts)) {
                let mut own = Copies::default();
                part.iter().for_each(|hash| own.add(*hash, 1));
                whole.merge(own);
            }
            (whole.compared(), whole.found(), whole.is_exact())
        };
        let (compared, found, is_exact) = of(1);
        assert_eq!(of(7), (compared, found, is_exact));
        assert!(!is_exact && compared < 2 * MAX_COMPARED as u64);
        let share = found as f64 / compared as f64;
        assert!((share - 0.2).abs() < 0.005, "{share}");
    }

    #[test]
    fn an_event_of_two_senders_is_told_of_once_however_often_it_was_sent_and_cut() {
        let of = |cut: usize| {
            let told = (0..1_000).map(|n| (7, if n % 2 == 0 { "web" } else { "server" }, n % 2 * 5));
            let told: Vec<(u64, &str, i64)> = told.chain([(8, "web", i64::MIN), (8, "server", i64::MAX)]).collect();
            let mut whole = Senders::default();
            for part in told.chunks(cut) {
                let mut own = Senders::default();
                part.iter().for_each(|(hash, sender, time)| own.add(*hash, sender, *time, 60));
                whole.merge(own, 60);
            }
            whole
                .apart()
                .map(|((one, other), middle, count)| format!("{one} {other} {middle} {count}"))
                .collect::<Vec<_>>()
        };
        // `web` tells a time that is 5 earlier than that of `server`.
        assert_eq!(of(2_000), ["server web -5 1"]);
        assert_eq!(of(1), of(2_000));
    }
}
