//! Tables: a row for each property of an event, as spreadsheets hold plans. Columns are known by their headings, in the
//! words that tools and people use for them.

use indexmap::IndexMap;

use super::plan::{Bounds, ForeignEvent, ForeignPlan, ForeignProperty, Kind, Notes, Owner};
use super::{about, faults, words};
use crate::model::value::SCALARS;
use crate::say;
use crate::source::{FileId, Source, Sources, Span};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Column {
    Event,
    Class,
    EventLabel,
    EventDocs,
    Owner,
    Status,
    SentBy,
    EventName,
    Property,
    PropertyName,
    PropertyLabel,
    PropertyDocs,
    Type,
    Required,
    Values,
    Pattern,
    Pii,
    Purpose,
    Unit,
    Default,
    Deprecated,
    Minimum,
    Maximum,
}

/// Headings, small and without signs, and what stands under them.
const HEADINGS: &[(&str, Column)] = &[
    ("event", Column::Event),
    ("event wire name", Column::Event),
    ("event key", Column::Event),
    ("event type", Column::Class),
    ("class", Column::Class),
    ("event class", Column::Class),
    ("event label", Column::EventLabel),
    ("event display name", Column::EventLabel),
    ("event description", Column::EventDocs),
    ("event docs", Column::EventDocs),
    ("owner", Column::Owner),
    ("event owner", Column::Owner),
    ("team", Column::Owner),
    ("status", Column::Status),
    ("event status", Column::Status),
    ("sent by", Column::SentBy),
    ("event name", Column::EventName),
    ("property", Column::Property),
    ("property wire name", Column::Property),
    ("property key", Column::Property),
    ("property name", Column::PropertyName),
    ("property label", Column::PropertyLabel),
    ("property display name", Column::PropertyLabel),
    ("property description", Column::PropertyDocs),
    ("property docs", Column::PropertyDocs),
    ("type", Column::Type),
    ("property type", Column::Type),
    ("data type", Column::Type),
    ("property data type", Column::Type),
    ("required", Column::Required),
    ("property required", Column::Required),
    ("values", Column::Values),
    ("allowed values", Column::Values),
    ("enum", Column::Values),
    ("pattern", Column::Pattern),
    ("regex", Column::Pattern),
    ("matching", Column::Pattern),
    ("pii", Column::Pii),
    ("personal data", Column::Pii),
    ("purpose", Column::Purpose),
    ("unit", Column::Unit),
    ("default", Column::Default),
    ("deprecated", Column::Deprecated),
    ("minimum", Column::Minimum),
    ("min", Column::Minimum),
    ("maximum", Column::Maximum),
    ("max", Column::Maximum),
];

/// A row, by column, and where it stands.
struct Row<'r> {
    cells: &'r IndexMap<Column, String>,
    place: Span,
}

/// Reads the tables of all files.
pub(super) fn read(sources: &Sources, notes: &mut Notes) -> ForeignPlan {
    let mut plan = ForeignPlan::default();
    for (file, source) in sources.iter() {
        notes.begin("");
        table(file, source, &mut plan, notes);
    }
    plan
}

fn table(file: FileId, source: &Source, plan: &mut ForeignPlan, notes: &mut Notes) {
    let text = source.text.strip_prefix('\u{FEFF}').unwrap_or(&source.text);
    let skipped = source.text.len() - text.len();
    let first = text.lines().next().unwrap_or_default();
    let delimiter =
        [b',', b';', b'\t'].into_iter().max_by_key(|sign| memchr::memchr_iter(*sign, first.as_bytes()).count());
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter.unwrap_or(b',')).flexible(true).from_reader(text.as_bytes());
    let place = |at: Option<&csv::Position>| {
        let start = at.map_or(0, |at| at.byte() as usize) + skipped;
        let start = (start..source.text.len()).find(|at| !matches!(source.text.as_bytes()[*at], b'\n' | b'\r'));
        let start = start.unwrap_or(source.text.len());
        let end = source.text[start..].find('\n').map_or(source.text.len(), |length| start + length);
        Span::new(file, start as u32, end as u32)
    };
    let headings: Vec<String> = reader.headers().map(|own| own.iter().map(str::to_owned).collect()).unwrap_or_default();
    let columns: Vec<Option<Column>> = columns(&headings);
    if !columns.contains(&Some(Column::Event)) {
        let shown = headings.join(", ");
        let fault =
            faults::unreadable(place(None), say!("no column of this table holds the names of events: {shown}", shown));
        notes.faults.push(fault.help(say!("call it `event` in the first line; nothing was written")));
        return;
    }
    let mut known = IndexMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let fault = faults::unreadable(place(error.position()), say!("this is no CSV: {error}", error));
                notes.faults.push(fault.help(say!("nothing was written")));
                return;
            }
        };
        let place = place(record.position());
        let mut cells = IndexMap::new();
        for (index, cell) in record.iter().enumerate() {
            let cell = unguarded(cell);
            match columns.get(index).copied().flatten() {
                Some(column) => drop(cells.insert(column, cell.to_owned())),
                None if cell.trim().is_empty() => {}
                None => {
                    let heading = headings.get(index).map_or("", String::as_str);
                    notes.lose(place, say!("the column `{heading}`", heading), cell.to_owned());
                }
            }
        }
        Row { cells: &cells, place }.read(&mut known, notes);
    }
    plan.events.extend(known.into_values());
}

/// What each column holds; a name that people gave is the name on the wire where there is no other.
fn columns(headings: &[String]) -> Vec<Option<Column>> {
    let plain = |heading: &String| {
        let small: String =
            heading.to_lowercase().chars().map(|own| if own.is_alphanumeric() { own } else { ' ' }).collect();
        small.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let of = |heading| HEADINGS.iter().find(|(own, _)| *own == plain(heading)).map(|(_, column)| *column);
    let mut found: Vec<Option<Column>> = headings.iter().map(of).collect();
    for (name, wire) in [(Column::EventName, Column::Event), (Column::PropertyName, Column::Property)] {
        if !found.contains(&Some(wire)) {
            found.iter_mut().filter(|own| **own == Some(name)).for_each(|own| *own = Some(wire));
        }
    }
    found
}

/// A cell without the sign that keeps spreadsheets from running it.
fn unguarded(cell: &str) -> &str {
    let bare = cell.strip_prefix('\'').filter(|rest| rest.starts_with(crate::emit::FORMULA));
    bare.unwrap_or(cell)
}

impl Row<'_> {
    fn cell(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", |own| own.trim())
    }

    fn line(&self, column: Column) -> Option<String> {
        Some(words::line(self.cell(column))).filter(|own| !own.is_empty())
    }

    fn docs(&self, column: Column) -> String {
        self.cell(column).lines().map(words::line).collect::<Vec<_>>().join("\n")
    }

    fn read(&self, known: &mut IndexMap<(String, String), ForeignEvent>, notes: &mut Notes) {
        let wire = self.cells.get(&Column::Event).map_or("", String::as_str);
        if wire.trim().is_empty() {
            if self.cells.values().any(|own| !own.trim().is_empty()) {
                notes.begin("");
                notes.lose(self.place, say!("a row without an event"), self.cell(Column::Property).to_owned());
            }
            return;
        }
        notes.begin(wire);
        let class = self.cell(Column::Class).to_lowercase();
        let event = known.entry((class, wire.to_owned())).or_insert_with(|| self.event(wire, notes));
        let name = self.cells.get(&Column::Property).filter(|own| !own.trim().is_empty());
        if let Some(name) = name {
            notes.enter(name);
            let property = self.property(name, notes);
            match event.properties.iter().find(|own| own.wire == *name) {
                None => event.properties.push(property),
                Some(first) if *first == property => {}
                Some(first) => {
                    let conflict = faults::conflict(self.place, say!("the property `{name}` is described twice", name));
                    let conflict = conflict.label(first.place.0, say!("this one was taken"));
                    notes.conflicts.push(conflict.help(say!("keep one of the two rows")));
                    notes.lose(self.place, say!("a second description of the property"), name.clone());
                }
            }
            notes.leave();
        }
    }

    fn event(&self, wire: &str, notes: &mut Notes) -> ForeignEvent {
        words::check(wire, self.place, notes);
        let word = self.cell(Column::Class).to_lowercase();
        let class = super::rudderstack::TYPES.iter().find(|(own, _)| *own == word).map_or("track", |(own, _)| own);
        let senders = self.cell(Column::SentBy).split([',', ';', ' ']).filter(|own| !own.is_empty());
        let status = self.cell(Column::Status).to_lowercase();
        ForeignEvent {
            class,
            name: self.line(Column::EventName),
            label: self.line(Column::EventLabel).unwrap_or_default(),
            docs: self.docs(Column::EventDocs),
            status: about::status(&status).unwrap_or("live"),
            sent_by: senders.map(str::to_owned).collect(),
            owner: self.line(Column::Owner).map(|name| Owner { name, lead: None }),
            ..ForeignEvent::new(wire, self.place)
        }
    }

    fn property(&self, wire: &str, notes: &mut Notes) -> ForeignProperty {
        words::check(wire, self.place, notes);
        let kind = self.kind(notes);
        let required = matches!(
            self.cell(Column::Required).to_lowercase().as_str(),
            "true" | "yes" | "y" | "1" | "required" | "x"
        );
        let pattern = self.pattern(&kind, notes);
        let range = self.range(&kind, notes);
        ForeignProperty {
            name: self.line(Column::PropertyName),
            kind,
            required,
            label: self.line(Column::PropertyLabel).unwrap_or_default(),
            docs: self.docs(Column::PropertyDocs),
            bounds: Bounds { range, length: None, pattern },
            unit: self.line(Column::Unit),
            pii: super::schema::pii(self.cell(Column::Pii)),
            purpose: self.line(Column::Purpose),
            deprecated: self.line(Column::Deprecated),
            ..ForeignProperty::new(wire, self.place)
        }
    }

    fn pattern(&self, kind: &Kind, notes: &mut Notes) -> Option<String> {
        let own = self.cells.get(&Column::Pattern).filter(|own| !own.is_empty())?;
        words::check(own, self.place, notes);
        if !matches!(kind, Kind::Scalar("string" | "url" | "email")) {
            notes.lose(self.place, say!("a constraint that does not fit the type"), own.clone());
            return None;
        }
        Some(own.clone())
    }

    fn kind(&self, notes: &mut Notes) -> Kind {
        let cell = self.cells.get(&Column::Values).map_or("", String::as_str);
        // What stands between the words is the strongest sign that is there: other signs are part of a word.
        let between = ['\n', '|', ','].into_iter().find(|sign| cell.contains(*sign)).unwrap_or(',');
        let values: Vec<String> =
            cell.split(between).map(|own| own.trim().to_owned()).filter(|own| !own.is_empty()).collect();
        let word = self.cell(Column::Type).to_lowercase();
        if !values.is_empty() && matches!(word.as_str(), "" | "string" | "enum" | "text") {
            values.iter().for_each(|own| words::check(own, self.place, notes));
            let unique: indexmap::IndexSet<String> = values.into_iter().collect();
            return Kind::Enum(unique.into_iter().collect());
        }
        scalar_or_list(&word).unwrap_or_else(|| {
            notes.lose(self.place, say!("a type that is none of a spec; it became `any`"), word.clone());
            Kind::ANY
        })
    }

    fn range(&self, kind: &Kind, notes: &mut Notes) -> Option<(String, String)> {
        let cells = [Column::Minimum, Column::Maximum].map(|own| self.cell(own));
        let [from, to] = cells.map(|own| own.parse::<rust_decimal::Decimal>().ok());
        let is_number = matches!(kind, Kind::Scalar("integer" | "number"));
        match from.zip(to).filter(|(from, to)| is_number && from <= to) {
            Some((from, to)) => Some((from.normalize().to_string(), to.normalize().to_string())),
            None if cells.iter().all(|own| own.is_empty()) => None,
            None => {
                notes.lose(self.place, say!("a range with one end"), cells.join(".."));
                None
            }
        }
    }
}

/// A type in the words that people write in spreadsheets.
fn scalar_or_list(word: &str) -> Option<Kind> {
    let inner = word
        .strip_prefix("list(")
        .or(word.strip_prefix("array("))
        .or(word.strip_prefix("array<"))
        .or(word.strip_prefix("list<"));
    if let Some(inner) = inner.and_then(|own| own.strip_suffix([')', '>'])) {
        return scalar_or_list(inner.trim()).map(|own| Kind::List(Box::new(own)));
    }
    let scalar = match word {
        "" | "any" | "object" | "json" => "any",
        "text" | "str" | "varchar" => "string",
        "int" | "long" | "bigint" => "integer",
        "float" | "double" | "decimal" | "numeric" => "number",
        "boolean" => "bool",
        "timestamp" | "date-time" | "date time" => "datetime",
        "array" | "list" => return Some(Kind::List(Box::new(Kind::ANY))),
        own => SCALARS.iter().find(|(scalar, _)| *scalar == own)?.0,
    };
    Some(Kind::Scalar(scalar))
}
