//! A definition and logs in, numbers out.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arrow_array::Array;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::board::{Board, Boards};
use crate::cell::{Cell, Column};
use crate::class::{Classes, Classifier, Row as RowView};
use crate::definition::{Definition, Table};
use crate::fold::{Fold, Rules};
use crate::history::{self, Keeping};
use crate::identity::{self, Aliases, Key};
use crate::kpi::{Cells, Computer, Person, Plan, Reached};
use crate::money::{self, Rates};
use crate::parts::{Divider, Parts};
use crate::read::{self, Batch, Part, ReadTrouble, Wanted};
use crate::referral::{self, Passed, Referrals};
use crate::result::{LogFacts, Measured, Skipped};
use crate::rows::{Event, Kept, People, Spread, Store, Value};
use crate::system;
use crate::tally::{self, Counter, Tally, Way};
use crate::time::{self, Unit};

/// How to measure.
#[derive(Clone, Debug)]
pub struct Options {
    /// Bytes of events that are held before they go to disk.
    pub memory: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { memory: 3 << 30 }
    }
}

/// What is measured.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Logs of events.
    pub events: Vec<PathBuf>,
    /// By table of the definition: its files.
    pub tables: Vec<Vec<PathBuf>>,
    /// Tables of spend.
    pub spend: Vec<PathBuf>,
    /// Tables of exchange rates.
    pub rates: Vec<PathBuf>,
}

impl From<&[PathBuf]> for Inputs {
    fn from(events: &[PathBuf]) -> Self {
        Self { events: events.to_vec(), ..Self::default() }
    }
}

/// How far a run is; set [`Self::stop`] to end it.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes of all logs.
    pub total: AtomicU64,
    /// Bytes that were read.
    pub read: AtomicU64,
    /// Whether the run shall end.
    pub stop: AtomicBool,
}

/// Why nothing was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are described with their variant")]
pub enum Trouble {
    /// A log cannot be read.
    Read(ReadTrouble),
    /// Times of one log are in two units: which, and a number of each.
    MixedUnits { path: PathBuf, first: (&'static str, i64), second: (&'static str, i64) },
    /// There is no such time zone.
    NoZone(String),
    /// The disk that memory is spared with gives trouble.
    Disk(String),
    /// Somebody asked for the end.
    Stopped,
}

impl From<ReadTrouble> for Trouble {
    fn from(trouble: ReadTrouble) -> Self {
        Self::Read(trouble)
    }
}

/// Measures logs.
pub fn measure(
    definition: &Definition,
    inputs: &Inputs,
    options: &Options,
    progress: &Progress,
) -> Result<Measured, Trouble> {
    let zone = TimeZone::get(&definition.columns.timezone)
        .map_err(|_| Trouble::NoZone(definition.columns.timezone.clone()))?;
    let parts = parts(inputs)?;
    let bytes: u64 = parts.iter().map(|(_, part)| part.bytes).sum();
    progress.total.store(bytes, Ordering::Relaxed);
    let classes = Classes::default();
    let keeping = Keeping::of(definition);
    let reading = Reading {
        definition,
        zone: &zone,
        classes: &classes,
        keeping: &keeping,
        origins: origins(definition),
        aliases: Aliases::default(),
        account_of: Aliases::default(),
        store: Store::new(partition_bits(bytes, options.memory), options.memory / 2),
        accounts: definition.account.map(|_| Store::new(partition_bits(bytes, options.memory), options.memory / 2)),
        facts: Mutex::default(),
        progress,
    };
    let reading = reading.with_aliases(&parts)?;
    parts.par_iter().enumerate().try_for_each(|(order, (from, part))| reading.part(order as u64, *from, part))?;
    let mut facts = reading.facts.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let all = classes.all();
    let rules = Rules::new(definition, &all, &keeping, facts.from.zip(facts.until).unwrap_or_default());
    let ways = tally::ways(definition);
    let plan = Plan::of(definition);
    let rates = Rates::read(definition, &inputs.rates, &zone)?;
    let counting = Counting {
        rules: &rules,
        ways: &ways,
        keeping: &keeping,
        plan: &plan,
        rates: &rates,
        zone: &zone,
        of_accounts: false,
        is_plain: is_plain(definition, &plan),
        aliases: &reading.aliases,
    };
    let mut sum = counting.all(&reading.store, progress)?;
    if let Some(accounts) = &reading.accounts {
        let mut own = Counting { of_accounts: true, ..counting }.all(accounts, progress)?;
        facts.log.accounts = Some(std::mem::take(&mut own.tally.people));
        sum.merge(own);
    }
    let Sum { mut tally, mut cells, board, parts, referrals } = sum;
    if !definition.referred_by.is_empty() {
        let mut brought = referrals.count(&rules);
        (0..definition.transitions.len()).for_each(|at| {
            brought.remove(&at).into_iter().for_each(|own| tally.bring(at, own));
        });
    }
    if !inputs.spend.is_empty() {
        let (spent, told) = money::spend(definition, &inputs.spend, &rates, &zone, (rules.from, rules.until))?;
        cells.merge(Cells::of_spend(&plan, &spent, rules.until, &zone));
        facts.log.spend = Some(told);
    }
    facts.log.no_rate = cells.no_rate;
    facts.log.people = tally.people;
    facts.log.not_numbers = cells.not_numbers;
    facts.log.unmatched_reversals = cells.unmatched;
    facts.log.from = facts.from.map(time::show);
    facts.log.until = facts.until.map(time::show);
    facts.log.shared_identities = reading.aliases.shared();
    let kpis = cells.values(&plan, facts.from.zip(facts.until), &zone);
    let span = facts.from.zip(facts.until);
    Ok(Measured::of(definition, &ways, (tally, parts), kpis, &board, (facts.log, span, &zone)))
}

/// The parts of all files, each with the number of its origin.
pub(crate) fn parts(inputs: &Inputs) -> Result<Vec<(usize, Part)>, Trouble> {
    let mut found = Vec::new();
    for (origin, paths) in std::iter::once(&inputs.events).chain(&inputs.tables).enumerate() {
        for path in paths {
            let io = |error: std::io::Error| ReadTrouble::Io { path: path.clone(), words: error.to_string() };
            for file in system::files(path).map_err(io)? {
                found.extend(read::parts(&file)?.into_iter().map(|part| (origin, part)));
            }
        }
    }
    Ok(found)
}

/// So many partitions that several fit into memory at once, and one into the processor's cache.
fn partition_bits(bytes: u64, memory: u64) -> u32 {
    // An event takes about 10 bytes in a file and 32 here, at the most.
    let wanted = bytes.saturating_mul(4) / (memory / 32).max(1);
    wanted.max((bytes / PARTITION).min(CACHED)).clamp(64, 4_096).next_power_of_two().trailing_zeros()
}

/// Bytes of a log whose events fit into the processor's cache.
const PARTITION: u64 = 1 << 17;

/// So many partitions whose next events fit into it, too.
const CACHED: u64 = 2_048;

/// The columns that are read, in order: identities, time, name, id, sender, then the fields.
pub(crate) fn wanted(definition: &Definition) -> Wanted {
    let columns = &definition.columns;
    let mut names = columns.identity.clone();
    names.extend([columns.time.clone(), columns.name.clone()]);
    let few = vec![names.len() - 1];
    names.push(columns.id.clone().unwrap_or_default());
    names.push(columns.sender.clone().unwrap_or_default());
    names.extend(definition.fields.iter().map(|field| field.name.clone()));
    Wanted { names, inside: columns.properties.clone(), few }
}

/// Where rows come from: the logs, or a table of the definition.
struct Origin {
    wanted: Wanted,
    table: Option<usize>,
    /// Whether its rows have times.
    has_time: bool,
    /// Whether its rows are events.
    is_events: bool,
}

/// The logs first, then the tables. All have their columns in one order.
fn origins(definition: &Definition) -> Vec<Origin> {
    let logs = wanted(definition);
    let count = definition.columns.identity.len();
    let table = |(at, table): (usize, &Table)| {
        let mut names = logs.names.clone();
        for (name, own) in names.iter_mut().zip(&table.identity) {
            name.clone_from(own);
        }
        names[count] = table.time.clone().unwrap_or_default();
        names[count + 1..count + 4].fill(String::new());
        for (field, name) in &table.renamed {
            names[count + 4 + field].clone_from(name);
        }
        let wanted = Wanted { names, inside: None, few: Vec::new() };
        Origin { wanted, table: Some(at), has_time: table.time.is_some(), is_events: !table.is_known }
    };
    let tables: Vec<Origin> = definition.tables.iter().enumerate().map(table).collect();
    let logs = Origin { wanted: logs, table: None, has_time: true, is_events: true };
    std::iter::once(logs).chain(tables).collect()
}

#[derive(Debug, Default)]
struct Facts {
    log: LogFacts,
    from: Option<i64>,
    until: Option<i64>,
}

struct Reading<'a> {
    definition: &'a Definition,
    zone: &'a TimeZone,
    classes: &'a Classes,
    keeping: &'a Keeping,
    origins: Vec<Origin>,
    aliases: Aliases,
    /// By identity of a person: the account it was first seen with.
    account_of: Aliases,
    store: Store,
    /// The same events by account, where accounts are counted.
    accounts: Option<Store>,
    facts: Mutex<Facts>,
    progress: &'a Progress,
}

impl Reading<'_> {
    fn identities(&self) -> usize {
        self.definition.columns.identity.len()
    }

    /// Reads which identities belong together, where events can carry several, and to which accounts.
    fn with_aliases(mut self, parts: &[(usize, Part)]) -> Result<Self, Trouble> {
        let count = self.identities();
        if count < 2 && self.definition.account.is_none() {
            return Ok(self);
        }
        let found: Vec<(Aliases, Aliases)> = parts
            .par_iter()
            .map(|(from, part)| {
                let mut found = (Aliases::default(), Aliases::default());
                let own = &self.origins[*from].wanted;
                let mut names = own.names[..=count].to_vec();
                names.extend(self.definition.account.map(|field| own.names[count + 4 + field].clone()));
                let wanted = Wanted { names, inside: own.inside.clone(), few: Vec::new() };
                part.read(&wanted, &mut |batch| {
                    self.aliases_of(batch, &wanted.names, &mut found);
                    Ok(())
                })?;
                Ok(found)
            })
            .collect::<Result<_, Trouble>>()?;
        for (better, account) in &found {
            self.aliases.merge(better);
            self.account_of.merge(account);
        }
        self.account_of.follow(&self.aliases);
        Ok(self)
    }

    fn aliases_of(&self, batch: &Batch, names: &[String], (better, account_of): &mut (Aliases, Aliases)) {
        let count = self.identities();
        let there = batch.columns[..count].iter().filter(|column| !matches!(column, Column::Missing)).count();
        if there < 2 && self.definition.account.is_none() {
            return;
        }
        for row in 0..batch.rows {
            let mut keys = (0..count).filter_map(|at| identity::key(batch.columns[at].cell(row), at as u32));
            let Some(best) = keys.next() else { continue };
            let time = batch.columns[count].cell(row).time(self.zone).unwrap_or(i64::MAX);
            for lesser in keys {
                better.add(lesser, best, time);
            }
            let view = RowView::new(batch, row, names, count + 1);
            if let Some(account) = self.definition.account.and_then(|_| identity::key(view.cell(0), count as u32)) {
                account_of.add(best, account, time);
            }
        }
    }

    fn part(&self, order: u64, from: usize, part: &Part) -> Result<(), Trouble> {
        let origin = &self.origins[from];
        if self.progress.stop.load(Ordering::Relaxed) {
            return Err(Trouble::Stopped);
        }
        let mut intake = Intake::new(self, origin, order);
        let mut trouble = None;
        let mut is_first = true;
        let read = part.read(&origin.wanted, &mut |batch| {
            if std::mem::take(&mut is_first) {
                self.check_columns(origin, part, batch)?;
            }
            if self.progress.stop.load(Ordering::Relaxed) {
                trouble.get_or_insert(Trouble::Stopped);
            }
            if trouble.is_none() {
                trouble = intake.batch(batch, part).err();
            }
            // The reader only knows its own troubles; any ends it.
            if trouble.is_some() { Err(ReadTrouble::UnknownForm { path: part.path().to_owned() }) } else { Ok(()) }
        });
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
        read?;
        self.progress.read.fetch_add(part.bytes, Ordering::Relaxed);
        intake.end()
    }

    /// The columns without which nothing can be measured.
    fn check_columns(&self, origin: &Origin, part: &Part, batch: &Batch) -> Result<(), ReadTrouble> {
        let count = self.identities();
        let is_missing = |at: usize| matches!(batch.columns[at], Column::Missing);
        let needed = [(count, origin.has_time), (count + 1, origin.table.is_none())];
        let needed = || needed.into_iter().filter(|(_, is_needed)| *is_needed).map(|(at, _)| at);
        let identity = (0..count).find(|at| !origin.wanted.names[*at].is_empty()).unwrap_or(0);
        let missing = if (0..count).all(is_missing) { Some(identity) } else { needed().find(|at| is_missing(*at)) };
        if let Some(missing) = missing {
            let there = part.column_names()?.unwrap_or_default();
            let column = origin.wanted.names[missing].clone();
            return Err(ReadTrouble::NoColumn { path: part.path().to_owned(), column, there });
        }
        let wrong = (0..count + 2).find_map(|at| match &batch.columns[at] {
            Column::Other(kind) => Some((at, kind.to_string())),
            Column::Float32(_) | Column::Float64(_) if at == count => Some((at, "floating-point numbers".to_owned())),
            _ => None,
        });
        match wrong {
            Some((at, is)) => Err(ReadTrouble::WrongType {
                path: part.path().to_owned(),
                column: origin.wanted.names[at].clone(),
                is,
            }),
            None => Ok(()),
        }
    }
}

/// Takes in one part of a log.
struct Intake<'a> {
    reading: &'a Reading<'a>,
    origin: &'a Origin,
    classifier: Classifier<'a>,
    /// By class, whether something is kept of its events; grows as classes are met.
    keeps: Vec<Option<bool>>,
    /// By name, what becomes of its events.
    fates: Vec<Fate>,
    people: Spread<'a>,
    accounts: Option<Spread<'a>>,
    log: LogFacts,
    from: i64,
    until: i64,
    unit: Option<(Unit, i64)>,
    /// Whether the clock of the project's zone is that of UTC.
    is_utc: bool,
}

/// What becomes of the events of a name.
#[derive(Clone, Copy)]
enum Fate {
    /// Nobody asks for them.
    Left,
    /// They are of one class, and no more is kept of them.
    Known(u32),
    /// It depends on their properties.
    LookedAt,
}

impl<'a> Intake<'a> {
    fn new(reading: &'a Reading<'a>, origin: &'a Origin, order: u64) -> Self {
        let classifier =
            Classifier::new(reading.definition, reading.classes, reading.zone, reading.definition.keeps_all);
        Self {
            reading,
            origin,
            classifier,
            keeps: Vec::new(),
            fates: Vec::new(),
            people: Spread::new(&reading.store, order),
            accounts: reading.accounts.as_ref().map(|store| Spread::new(store, order)),
            log: LogFacts::default(),
            from: i64::MAX,
            until: i64::MIN,
            unit: None,
            is_utc: *reading.zone == TimeZone::UTC,
        }
    }

    fn batch(&mut self, batch: &Batch, part: &Part) -> Result<(), Trouble> {
        let count = self.reading.identities();
        self.log.rows += batch.rows as u64 + batch.unreadable;
        self.log.skipped.unreadable += batch.unreadable;
        let names = self.names(&batch.columns[count + 1], batch.rows);
        let times = self.times(&batch.columns[count], batch.rows, part)?;
        let columns = &batch.columns[..count];
        match (times, identity::numbers(columns)) {
            (Times::Plain(times), Some(numbers)) => {
                let keys = numbers.iter().map(|number| Some(identity::of_number(*number, 0)));
                self.rows(batch, &names, times.iter().map(|time| Some(*time)), keys)
            }
            (Times::Plain(times), None) => {
                let keys = identity::keys(columns, batch.rows);
                self.rows(batch, &names, times.iter().map(|time| Some(*time)), keys.into_iter())
            }
            (Times::Each(times), _) => {
                self.rows(batch, &names, times.into_iter(), identity::keys(columns, batch.rows).into_iter())
            }
        }
    }

    /// Takes in rows by their names, times and people.
    fn rows(
        &mut self,
        batch: &Batch,
        names: &[u32],
        times: impl Iterator<Item = Option<i64>>,
        keys: impl Iterator<Item = Option<Key>>,
    ) -> Result<(), Trouble> {
        let has_aliases = !self.reading.aliases.is_empty();
        let (mut events, mut from, mut until) = (0, self.from, self.until);
        for (row, ((name, time), key)) in names.iter().zip(times).zip(keys).enumerate() {
            let Some(fate) = self.fates.get(*name as usize) else {
                self.log.skipped.no_name += 1;
                continue;
            };
            let Some(time) = time else {
                self.log.skipped.no_time += 1;
                continue;
            };
            let is_taken = match (*fate, key) {
                (Fate::Left, Some(_)) => true,
                (Fate::Known(class), Some(key)) => {
                    let key = if has_aliases { self.reading.aliases.person(key) } else { key };
                    self.people.add(key, time, class).map_err(disk)?;
                    true
                }
                _ => self.look_at(batch, row, *name as usize, time, key)?,
            };
            if is_taken {
                events += 1;
                from = from.min(time);
                until = until.max(time);
            }
        }
        if self.origin.is_events {
            self.log.events += events;
            (self.from, self.until) = (from, until);
        }
        Ok(())
    }

    /// What the classifier calls the names of some rows. Names that are told by their number are looked up once a batch.
    fn names(&mut self, column: &Column, rows: usize) -> Vec<u32> {
        if let Some(table) = self.origin.table {
            let name = self.classifier.table(table);
            self.decide(name);
            return vec![name as u32; rows];
        }
        let Column::Keyed(keys, values) = column else {
            return (0..rows).map(|row| self.name(column.cell(row))).collect();
        };
        let by_number: Vec<u32> = (0..values.len()).map(|at| self.name(values.cell(at))).collect();
        let name = |key: i32| usize::try_from(key).ok().and_then(|key| by_number.get(key).copied()).unwrap_or(NAMELESS);
        if keys.null_count() == 0 {
            return keys.values().iter().map(|key| name(*key)).collect();
        }
        keys.iter().map(|key| key.map_or(NAMELESS, name)).collect()
    }

    fn name(&mut self, cell: Cell<'_>) -> u32 {
        let Cell::Text(name) = cell else { return NAMELESS };
        if name.is_empty() {
            return NAMELESS;
        }
        let name = self.classifier.name(name);
        self.decide(name);
        name as u32
    }

    /// Decides what becomes of the events of a name, when it is met for the first time.
    fn decide(&mut self, name: usize) {
        if name < self.fates.len() {
            return;
        }
        let fate = match self.classifier.by_name(name) {
            Some(None) => Fate::Left,
            Some(Some(class)) if self.reading.accounts.is_none() && !self.keeps(class) => Fate::Known(class),
            _ => Fate::LookedAt,
        };
        self.fates.push(fate);
    }

    /// Takes in an event whose properties matter, or whose person is not named; says whether it is one.
    fn look_at(
        &mut self,
        batch: &Batch,
        row: usize,
        name: usize,
        time: i64,
        key: Option<Key>,
    ) -> Result<bool, Trouble> {
        let reading = self.reading;
        let count = reading.identities();
        let view = RowView::new(batch, row, &self.origin.wanted.names, count + 4);
        let account = reading.definition.account.and_then(|field| identity::key(view.cell(field), count as u32));
        // What nobody but an account is named for, the account did.
        let Some(key) = key.or(account) else {
            self.log.skipped.no_identity += 1;
            return Ok(false);
        };
        let Some(class) = self.classifier.class(name, &view) else { return Ok(true) };
        let person = reading.aliases.person(key);
        let kept = self.keeps(class).then(|| kept(reading.keeping, &view, batch, row, count, person));
        if let Some(accounts) = &mut self.accounts
            && let Some(account) = account.or_else(|| reading.account_of.get(person))
        {
            accounts.add_with(account, time, class, kept.clone()).map_err(disk)?;
        }
        self.people.add_with(person, time, class, kept).map_err(disk)?;
        Ok(true)
    }

    /// The times of some rows, in microseconds.
    fn times<'c>(&mut self, column: &'c Column, rows: usize, part: &Part) -> Result<Times<'c>, Trouble> {
        if !self.origin.has_time {
            return Ok(Times::Each(vec![Some(i64::MIN); rows]));
        }
        match column {
            Column::Time(own, unit, is_utc) if own.null_count() == 0 && (*is_utc || self.is_utc) => Ok(match unit {
                Unit::Microseconds => Times::Plain(own.values()),
                _ => Times::Each(own.values().iter().map(|number| unit.micros(*number)).collect()),
            }),
            _ => (0..rows).map(|row| self.time(column.cell(row), part)).collect::<Result<_, _>>().map(Times::Each),
        }
    }

    /// A time in microseconds; whole numbers of one part have one unit.
    fn time(&mut self, cell: Cell<'_>, part: &Part) -> Result<Option<i64>, Trouble> {
        let number = match cell {
            Cell::Time(micros) => return Ok(Some(micros)),
            Cell::Int(number) => number,
            Cell::Text(text) => match text.trim().parse() {
                Ok(number) => number,
                Err(_) => return Ok(cell.time(self.reading.zone)),
            },
            _ => return Ok(cell.time(self.reading.zone)),
        };
        let Some(unit) = Unit::of(number) else { return Ok(None) };
        match self.unit {
            Some((first, sample)) if first != unit => Err(Trouble::MixedUnits {
                path: part.path().to_owned(),
                first: (first.word(), sample),
                second: (unit.word(), number),
            }),
            _ => {
                self.unit = Some((unit, number));
                Ok(unit.micros(number))
            }
        }
    }

    fn keeps(&mut self, class: u32) -> bool {
        let at = class as usize;
        if self.keeps.len() <= at {
            self.keeps.resize(at + 1, None);
        }
        *self.keeps[at].get_or_insert_with(|| {
            let all = self.reading.classes.all();
            self.reading.keeping.wants(&all[at])
        })
    }

    fn end(self) -> Result<(), Trouble> {
        self.people.end().map_err(disk)?;
        self.accounts.map_or(Ok(()), Spread::end).map_err(disk)?;
        let mut facts = self.reading.facts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (own, new) = (&mut facts.log, &self.log);
        own.rows += new.rows;
        own.events += new.events;
        let (own, new): (&mut Skipped, &Skipped) = (&mut own.skipped, &new.skipped);
        own.unreadable += new.unreadable;
        own.no_name += new.no_name;
        own.no_time += new.no_time;
        own.no_identity += new.no_identity;
        if self.log.events > 0 {
            facts.from = Some(facts.from.map_or(self.from, |own| own.min(self.from)));
            facts.until = Some(facts.until.map_or(self.until, |own| own.max(self.until)));
        }
        Ok(())
    }
}

/// The times of some rows.
enum Times<'c> {
    /// All there, and in microseconds.
    Plain(&'c [i64]),
    Each(Vec<Option<i64>>),
}

/// A row without a name.
const NAMELESS: u32 = u32::MAX;

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` wants it")]
fn disk(error: std::io::Error) -> Trouble {
    Trouble::Disk(error.to_string())
}

fn kept(keeping: &Keeping, view: &RowView<'_>, batch: &Batch, row: usize, count: usize, person: Key) -> Kept {
    let mut values: Vec<Value> = keeping.fields.iter().map(|field| Value::of(view.cell(*field))).collect();
    if keeping.has_id {
        values.extend((count + 2..count + 4).map(|at| Value::of(batch.columns[at].cell(row))));
    }
    if keeping.has_person {
        values.push(Value::Number(person.hi.into()));
    }
    values.into()
}

/// What people add up to.
#[derive(Default)]
struct Sum {
    tally: Tally,
    cells: Cells,
    board: Board,
    parts: Parts,
    referrals: Referrals,
}

impl Sum {
    fn merge(&mut self, other: Self) {
        self.tally.merge(other.tally);
        self.cells.merge(other.cells);
        self.board.merge(other.board);
        self.parts.merge(other.parts);
        self.referrals.merge(other.referrals);
    }
}

/// Partitions whose numbers are held before they are added up.
const AT_ONCE: usize = 256;

/// Partitions that one thread works on, one after the other, in the same memory.
const FEW: usize = 8;

/// What people are counted by.
#[derive(Clone, Copy)]
struct Counting<'r, 'd> {
    rules: &'r Rules<'d>,
    ways: &'r [Way],
    keeping: &'r Keeping,
    plan: &'r Plan<'d>,
    rates: &'r Rates,
    zone: &'r TimeZone,
    /// Whether accounts are counted, and not people.
    of_accounts: bool,
    /// Whether nothing is asked but the numbers of funnels.
    is_plain: bool,
    /// Which identities belong together.
    aliases: &'r Aliases,
}

fn is_plain(definition: &Definition, plan: &Plan<'_>) -> bool {
    let has_boards =
        !definition.retentions.is_empty() || !definition.next_after.is_empty() || !definition.surveys.is_empty();
    plan.is_empty() && !has_boards && definition.experiments.is_empty() && Parts::is_empty(definition)
}

/// Who works on people, one after the other.
struct Workers<'r, 'd> {
    fold: Fold<'r, 'd>,
    counter: Counter<'r, 'd>,
    boards: Boards<'r, 'd>,
    computer: Computer<'r, 'd>,
    divider: Divider<'r, 'd>,
    referrals: Referrals,
}

impl<'r, 'd> Workers<'r, 'd> {
    fn new(by: Counting<'r, 'd>) -> Self {
        Self {
            fold: Fold::new(by.rules),
            counter: Counter::new(by.rules, by.ways),
            boards: Boards::new(by.rules, by.zone),
            computer: Computer::new(by.rules, by.plan, by.keeping, by.rates, by.zone),
            divider: Divider::new(by.rules, by.ways, by.zone),
            referrals: Referrals::default(),
        }
    }

    /// What all of them add up to.
    fn sum(self) -> Sum {
        let Self { counter, boards, computer, divider, referrals, .. } = self;
        Sum { tally: counter.tally, cells: computer.end(), board: boards.board, parts: divider.parts, referrals }
    }
}

impl Counting<'_, '_> {
    /// Folds and counts all people, partition by partition.
    fn all(self, store: &Store, progress: &Progress) -> Result<Sum, Trouble> {
        let keeps: Vec<bool> = self.rules.classes.iter().map(|class| self.keeping.wants(class)).collect();
        let all: Vec<usize> = (0..store.len()).collect();
        let tally = Counter::new(self.rules, self.ways).tally;
        let mut sum = Sum { tally, ..Sum::default() };
        // In their order, whichever is ready first.
        for some in all.chunks(AT_ONCE) {
            let parts: Vec<Sum> = some
                .par_chunks(FEW)
                .map_init(People::default, |people, few| {
                    let mut workers = Workers::new(self);
                    for at in few {
                        if progress.stop.load(Ordering::Relaxed) {
                            return Err(Trouble::Stopped);
                        }
                        let blocks = store.take(*at).map_err(disk)?;
                        people.gather(blocks, &keeps);
                        self.partition(people, &mut workers);
                    }
                    Ok(workers.sum())
                })
                .collect::<Result<_, Trouble>>()?;
            sum.tally.reserve(&parts.iter().map(|own| &own.tally));
            parts.into_iter().for_each(|own| sum.merge(own));
        }
        Ok(sum)
    }

    fn partition(self, people: &mut People, workers: &mut Workers<'_, '_>) {
        let counts_known = self.rules.has_dates();
        for at in 0..people.len() {
            let key = people.key(at);
            let (events, kept) = people.person(at);
            // Of somebody who is only known nothing happened.
            if !counts_known && events.iter().all(|event| self.rules.classes[event.class as usize].is_known) {
                continue;
            }
            workers.counter.tally.people += 1;
            self.person(workers, key, events, kept);
        }
    }

    /// One person: order, merge, fold, count; each group of funnels has its own order of ties.
    fn person(
        self,
        Workers { fold, counter, boards, computer, divider, referrals }: &mut Workers<'_, '_>,
        key: Key,
        events: &mut [Event],
        kept: &[Kept],
    ) {
        let (rules, definition) = (self.rules, self.rules.definition);
        let is_merged = definition.columns.id.is_some() || !definition.copies.is_empty();
        let events = if is_merged {
            events.sort_by_key(|event| event.time);
            let left = history::merge(definition, rules.classes, self.keeping, events, kept);
            &mut events[..left]
        } else {
            events
        };
        let as_read = (rules.groups.len() > 1 || !self.is_plain).then(|| events.to_vec());
        let mut reached = Vec::new();
        let hosts = referral::hosts((rules, self.keeping, self.aliases), key, events, kept);
        for group in &rules.groups {
            if group.is_of_accounts != self.of_accounts {
                reached.push(Reached { entries: Vec::new(), journeys: 0, visits: Vec::new() });
                continue;
            }
            if let Some(as_read) = &as_read {
                events.copy_from_slice(as_read);
            }
            group.order(events);
            let undone = if rules.has_undone() {
                history::undone(definition, rules.classes, self.keeping, events, kept)
            } else {
                FxHashSet::default()
            };
            fold.run(group, events, kept, &undone);
            counter.add(&fold.entries, fold.journeys.len());
            if !definition.referred_by.is_empty() && !self.of_accounts {
                let (entries, visits) = (&fold.entries[..], &counter.visits[..]);
                referrals.add(rules, Passed { key, hosts: &hosts, entries, visits });
            }
            if !self.is_plain {
                let visits = std::mem::take(&mut counter.visits);
                reached.push(Reached { entries: fold.entries.clone(), journeys: fold.journeys.len(), visits });
            }
        }
        if let Some(as_read) = as_read.filter(|_| !self.is_plain) {
            events.copy_from_slice(&as_read);
            events.sort_by_key(|event| event.time);
            // What is asked of a person now is asked of all funnels.
            let mut entries: Vec<_> = reached.iter().flat_map(|own| own.entries.iter().copied()).collect();
            entries.sort_by_key(|entry| entry.time);
            fold.look_back(entries.clone());
            let is_account = self.of_accounts;
            let person = Person { reached: &reached, entries: &entries, events, kept, is_account };
            boards.add(person, fold);
            computer.add(person, fold);
            divider.add(person, fold);
        }
    }
}
