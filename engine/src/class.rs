//! Which patterns an event satisfies, decided once, when it is read. Events of one name that satisfy the same patterns
//! are of one class; there are few of them, and all that comes later knows an event by its class.

use std::cell::OnceCell;
use std::sync::Mutex;

use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use crate::cell::{Cell, Column};
use crate::definition::{Definition, FieldId, PatternId, Test};
use crate::read::Batch;

/// Index into the classes of a log.
pub type ClassId = u32;

/// A set of patterns.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Patterns(Box<[u64]>);

impl Patterns {
    /// No pattern of so many.
    pub fn none(of: usize) -> Self {
        Self(vec![0; of.div_ceil(64)].into())
    }

    /// Adds one.
    pub fn add(&mut self, pattern: PatternId) {
        self.0[pattern / 64] |= 1 << (pattern % 64);
    }

    /// Whether one is in it.
    pub fn has(&self, pattern: PatternId) -> bool {
        self.0.get(pattern / 64).is_some_and(|word| word >> (pattern % 64) & 1 == 1)
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }
}

/// A class of events.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Class {
    /// Their name in the log; empty where nobody asks for names and no pattern has it.
    pub name: String,
    /// The patterns they satisfy.
    pub patterns: Patterns,
    /// Whether they are no events, but rows that say what is known of people.
    pub is_known: bool,
}

/// The classes found so far, shared by the threads that read.
#[derive(Debug, Default)]
pub struct Classes {
    inner: Mutex<(FxHashMap<Class, ClassId>, Vec<Class>)>,
}

impl Classes {
    /// The number of a class.
    pub fn id(&self, class: &Class) -> ClassId {
        let mut inner = self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(id) = inner.0.get(class) {
            return *id;
        }
        let id = inner.1.len() as ClassId;
        inner.0.insert(class.clone(), id);
        inner.1.push(class.clone());
        id
    }

    /// All of them.
    pub fn all(&self) -> Vec<Class> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner).1.clone()
    }
}

/// What is known of an event's name.
#[derive(Clone, Debug)]
struct Named {
    /// The class of events of this name that satisfy no test; it holds for all of them where there are no tests.
    plain: Option<ClassId>,
    /// Patterns that look at properties.
    tested: Vec<PatternId>,
    base: Class,
}

/// Classifies the events of one part of a log.
#[derive(Debug)]
pub struct Classifier<'a> {
    definition: &'a Definition,
    classes: &'a Classes,
    zone: &'a TimeZone,
    /// Whether events are kept that satisfy no pattern.
    keeps_all: bool,
    /// By table, what is known of its rows.
    tables: Vec<Option<usize>>,
    named: FxHashMap<String, usize>,
    infos: Vec<Named>,
    /// Classes of events with tests, by their patterns.
    known: Vec<FxHashMap<Patterns, ClassId>>,
}

impl<'a> Classifier<'a> {
    /// A classifier with nothing seen.
    pub fn new(definition: &'a Definition, classes: &'a Classes, zone: &'a TimeZone, keeps_all: bool) -> Self {
        let (named, infos, known) = (FxHashMap::default(), Vec::new(), Vec::new());
        let tables = vec![None; definition.tables.len()];
        Self { definition, classes, zone, keeps_all, tables, named, infos, known }
    }

    /// Looks a name up; the answer serves [`Self::class`].
    pub fn name(&mut self, name: &str) -> usize {
        if let Some(at) = self.named.get(name) {
            return *at;
        }
        let found = self.add(name, None);
        self.named.insert(name.to_owned(), found);
        found
    }

    /// The same for the rows of a table.
    pub fn table(&mut self, table: usize) -> usize {
        if let Some(found) = self.tables[table] {
            return found;
        }
        let definition = self.definition;
        let found = self.add(&definition.tables[table].name, Some(table));
        self.tables[table] = Some(found);
        found
    }

    fn add(&mut self, name: &str, table: Option<usize>) -> usize {
        let info = self.look_at(name, table);
        self.infos.push(info);
        self.known.push(FxHashMap::default());
        self.infos.len() - 1
    }

    fn look_at(&self, name: &str, table: Option<usize>) -> Named {
        let mut patterns = Patterns::none(self.definition.patterns.len());
        let mut tested = Vec::new();
        let mut is_planned = false;
        for (at, pattern) in self.definition.patterns.iter().enumerate() {
            let is_meant = match table {
                Some(_) => pattern.table == table,
                None => pattern.names.iter().any(|own| own == name),
            };
            let is_any = table.is_none() && pattern.table.is_none() && pattern.names.is_empty();
            if !is_meant && !is_any {
                continue;
            }
            is_planned |= is_meant;
            match pattern.test {
                Test::Always => patterns.add(at),
                _ => tested.push(at),
            }
        }
        let is_known = table.is_some_and(|table| self.definition.tables[table].is_known);
        let name = if is_planned || self.keeps_all { name.to_owned() } else { String::new() };
        let base = Class { name, patterns, is_known };
        let plain = (self.keeps_all || !base.patterns.is_empty()).then(|| self.classes.id(&base));
        Named { plain, tested, base }
    }

    /// The class of all events of a name, where no properties matter; nothing inside if nobody asks for them.
    pub fn by_name(&self, name: usize) -> Option<Option<ClassId>> {
        let info = &self.infos[name];
        info.tested.is_empty().then_some(info.plain)
    }

    /// The class of an event, by what [`Self::name`] said of its name; none for one that nobody asks for.
    pub fn class(&mut self, name: usize, row: &Row<'_>) -> Option<ClassId> {
        let info = &self.infos[name];
        if info.tested.is_empty() {
            return info.plain;
        }
        let mut patterns = info.base.patterns.clone();
        for pattern in &info.tested {
            if holds(&self.definition.patterns[*pattern].test, row, self.zone) {
                patterns.add(*pattern);
            }
        }
        if patterns == info.base.patterns {
            return info.plain;
        }
        if let Some(id) = self.known[name].get(&patterns) {
            return Some(*id);
        }
        let id = self.classes.id(&Class { patterns: patterns.clone(), ..info.base.clone() });
        self.known[name].insert(patterns, id);
        Some(id)
    }
}

/// One event of a batch, with its properties.
#[derive(Debug)]
pub struct Row<'a> {
    batch: &'a Batch,
    at: usize,
    names: &'a [String],
    /// Where the columns of the fields begin.
    first_field: usize,
    parsed: OnceCell<Option<Json>>,
}

impl<'a> Row<'a> {
    /// A row of a batch whose columns from `first_field` on are the fields.
    pub fn new(batch: &'a Batch, at: usize, names: &'a [String], first_field: usize) -> Self {
        Self { batch, at, names, first_field, parsed: OnceCell::new() }
    }

    /// The value of a property: a column's, or one inside the JSON object.
    pub fn cell(&self, field: FieldId) -> Cell<'_> {
        let column = &self.batch.columns[self.first_field + field];
        match (column, &self.batch.inside) {
            (Column::Missing, Column::Missing) => Cell::Null,
            (Column::Missing, inside) => {
                let parsed = self.parsed.get_or_init(|| serde_json::from_str(inside.cell(self.at).text()?).ok());
                parsed.as_ref().map_or(Cell::Null, |own| {
                    Cell::of_json(crate::read::member(own, &self.names[self.first_field + field]))
                })
            }
            _ => column.cell(self.at),
        }
    }
}

/// Whether a test holds of an event.
pub(crate) fn holds(test: &Test, row: &Row<'_>, zone: &TimeZone) -> bool {
    match test {
        Test::Always => true,
        Test::Not(inner) => !holds(inner, row, zone),
        Test::All(inner) => inner.iter().all(|inner| holds(inner, row, zone)),
        Test::Any(inner) => inner.iter().any(|inner| holds(inner, row, zone)),
        Test::Compare(field, comparison, literal) => row.cell(*field).holds(*comparison, literal, zone),
        Test::In(field, literals) => {
            let cell = row.cell(*field);
            literals.iter().any(|literal| cell.compare(literal, zone).is_some_and(std::cmp::Ordering::is_eq))
        }
    }
}
