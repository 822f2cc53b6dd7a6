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
    OwnerContact,
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
    ("owner contact", Column::OwnerContact),
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
struct Row {
    cells: IndexMap<Column, String>,
    place: Span,
}

/// The rows that say what declared types are made of, by the name of the type; with them those that are being read.
#[derive(Default)]
struct Types<'r> {
    rows: IndexMap<String, Vec<&'r Row>>,
    open: Vec<String>,
}

impl<'r> Types<'r> {
    fn of(rows: &'r [Row]) -> Self {
        let mut types = Self::default();
        for row in rows.iter().filter(|row| row.is_of("type")) {
            types.rows.entry(row.cell(Column::EventName).to_owned()).or_default().push(row);
        }
        types
    }
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
    let mut rows = Vec::new();
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
        let (mut cells, mut others) = (IndexMap::new(), Vec::new());
        for (index, cell) in record.iter().enumerate() {
            let cell = unguarded(cell);
            match columns.get(index).copied().flatten() {
                Some(column) => drop(cells.insert(column, cell.to_owned())),
                None if cell.trim().is_empty() => {}
                None => others.push((headings.get(index).map_or("", String::as_str), cell.to_owned())),
            }
        }
        notes.begin(cells.get(&Column::Event).map_or("", String::as_str));
        for (heading, cell) in others {
            notes.lose(place, say!("the column `{heading}`", heading), cell);
        }
        rows.push(Row { cells, place });
    }
    read_rows(&rows, plan, notes);
}

fn read_rows(rows: &[Row], plan: &mut ForeignPlan, notes: &mut Notes) {
    let (mut known, mut types) = (IndexMap::new(), Types::of(rows));
    for row in rows.iter().filter(|row| !row.is_of("type")) {
        if row.is_of("profile") {
            notes.begin("");
            plan.traits.extend(row.property_of(&mut types, notes).map(|own| own.into_trait(notes)));
            notes.leave();
        } else {
            row.read(&mut known, &mut types, notes);
        }
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

impl Row {
    /// Whether it is of no event, but of something else that builds write beside them.
    fn is_of(&self, word: &str) -> bool {
        self.cell(Column::Event).is_empty() && self.cell(Column::Class) == word
    }

    fn cell(&self, column: Column) -> &str {
        self.cells.get(&column).map_or("", |own| own.trim())
    }

    fn line(&self, column: Column) -> Option<String> {
        Some(words::line(self.cell(column))).filter(|own| !own.is_empty())
    }

    fn docs(&self, column: Column) -> String {
        self.cell(column).lines().map(words::line).collect::<Vec<_>>().join("\n")
    }

    fn read(&self, known: &mut IndexMap<(String, String), ForeignEvent>, types: &mut Types<'_>, notes: &mut Notes) {
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
        if let Some(property) = self.property_of(types, notes) {
            let name = &property.wire;
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

    /// The property of the row, which is left to be left.
    fn property_of(&self, types: &mut Types<'_>, notes: &mut Notes) -> Option<ForeignProperty> {
        let name = self.cells.get(&Column::Property).filter(|own| !own.trim().is_empty())?;
        notes.enter(name);
        Some(self.property(name, types, notes))
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
            owner: self.line(Column::Owner).map(|name| Owner { name, lead: self.line(Column::OwnerContact) }),
            ..ForeignEvent::new(wire, self.place)
        }
    }

    fn property(&self, wire: &str, types: &mut Types<'_>, notes: &mut Notes) -> ForeignProperty {
        words::check(wire, self.place, notes);
        let kind = self.kind(types, notes);
        let required = matches!(
            self.cell(Column::Required).to_lowercase().as_str(),
            "true" | "yes" | "y" | "1" | "required" | "x"
        );
        let pattern = self.pattern(&kind, notes);
        let (is_text, bounds) = (matches!(kind, Kind::Scalar("string" | "url" | "email")), self.range(&kind, notes));
        let (length, range) = if is_text { (bounds, None) } else { (None, bounds) };
        ForeignProperty {
            default: self.default(&kind, notes),
            name: self.line(Column::PropertyName),
            kind,
            required,
            label: self.line(Column::PropertyLabel).unwrap_or_default(),
            docs: self.docs(Column::PropertyDocs),
            bounds: Bounds { range, length, pattern },
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

    fn default(&self, kind: &Kind, notes: &mut Notes) -> Option<String> {
        let own = self.cells.get(&Column::Default).filter(|own| !own.is_empty())?;
        words::check(own, self.place, notes);
        let written = match kind {
            Kind::Scalar("string") => Some(words::quoted(own)),
            Kind::Enum(members) if members.contains(own) => Some(words::quoted(own)),
            Kind::Scalar("integer" | "number") => {
                own.trim().parse::<rust_decimal::Decimal>().ok().map(|own| own.normalize().to_string())
            }
            Kind::Scalar("bool") => Some(own.trim().to_lowercase()).filter(|own| own == "true" || own == "false"),
            _ => None,
        };
        if written.is_none() {
            notes.lose(self.place, say!("a default that is no value of the type"), own.clone());
        }
        written
    }

    fn kind(&self, types: &mut Types<'_>, notes: &mut Notes) -> Kind {
        let word = self.cell(Column::Type);
        self.kind_of(word, types, notes).unwrap_or_else(|| {
            notes.lose(self.place, say!("a type that is none of a spec; it became `any`"), word.to_owned());
            Kind::ANY
        })
    }

    fn kind_of(&self, word: &str, types: &mut Types<'_>, notes: &mut Notes) -> Option<Kind> {
        if let Some(inner) = inside_of_list(word) {
            return self.kind_of(inner, types, notes).map(|own| Kind::List(Box::new(own)));
        }
        if let Some(rows) = types.rows.get(word).cloned() {
            return declared(word, &rows, types, notes);
        }
        let values =
            if matches!(&*word.to_lowercase(), "" | "string" | "enum" | "text") { self.values() } else { vec![] };
        if values.is_empty() {
            return scalar(&word.to_lowercase());
        }
        values.iter().for_each(|own| words::check(own, self.place, notes));
        let unique: indexmap::IndexSet<String> = values.into_iter().collect();
        Some(Kind::Enum(unique.into_iter().collect()))
    }

    /// The words of a closed list.
    fn values(&self) -> Vec<String> {
        let cell = self.cells.get(&Column::Values).map_or("", String::as_str);
        // Where a line ends the last of them, each line is a word as it is.
        if let Some(lines) = cell.strip_suffix('\n') {
            return lines.split('\n').map(str::to_owned).collect();
        }
        // What stands between the words is the strongest sign that is there: other signs are part of a word.
        let between = ['\n', '|', ','].into_iter().find(|sign| cell.contains(*sign)).unwrap_or(',');
        cell.split(between).map(|own| own.trim().to_owned()).filter(|own| !own.is_empty()).collect()
    }

    fn range(&self, kind: &Kind, notes: &mut Notes) -> Option<(String, String)> {
        let cells = [Column::Minimum, Column::Maximum].map(|own| self.cell(own));
        let [from, to] = cells.map(|own| own.parse::<rust_decimal::Decimal>().ok());
        let is_number = matches!(
            kind,
            Kind::List(_)
                | Kind::Scalar("integer" | "number" | "money" | "percent" | "duration" | "string" | "url" | "email")
        );
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

/// A type with members of its own; none where it holds itself, for then it has no end here.
fn declared(name: &str, rows: &[&Row], types: &mut Types<'_>, notes: &mut Notes) -> Option<Kind> {
    if types.open.iter().any(|own| own == name) || types.open.len() >= super::json::MAX_DEPTH {
        return None;
    }
    types.open.push(name.to_owned());
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(wire) = row.cells.get(&Column::Property) else { continue };
        if notes.enter(wire) {
            members.push(row.property(wire, types, notes));
        } else if notes.is_first_beyond() {
            let fault = faults::unreadable(row.place, say!("the plan has more properties than a spec may have"));
            notes.faults.push(fault.help(say!("nothing was written")));
        }
        notes.leave();
    }
    types.open.pop();
    Some(Kind::Object(members))
}

/// What stands in the brackets of a list.
fn inside_of_list(word: &str) -> Option<&str> {
    let begins = |start: &&str| word.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    let start = ["list(", "array(", "array<", "list<"].into_iter().find(begins)?;
    word[start.len()..].strip_suffix([')', '>']).map(str::trim)
}

/// A type in the words that people write in spreadsheets.
fn scalar(word: &str) -> Option<Kind> {
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
