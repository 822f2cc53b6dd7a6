//! One name, one type: in a warehouse a property is a column, so a spec gives a name on the wire one type in all events.
//! Where a plan gives it several, the most frequent one stays and the others become as wide as they must.

use indexmap::IndexMap;

use super::faults;
use super::plan::{Bounds, ForeignPlan, ForeignProperty, Kind, Notes, Place};
use crate::say;

/// What a column of a warehouse holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Column {
    Text,
    Number,
    Other(&'static str),
    List(Box<Column>),
    Record,
}

impl Column {
    fn of(kind: &Kind) -> Option<Self> {
        Some(match kind {
            Kind::Enum(_) | Kind::Scalar("string" | "url" | "email" | "uuid" | "country" | "currency" | "language") => {
                Self::Text
            }
            Kind::Scalar("integer" | "number") => Self::Number,
            Kind::Scalar("any") => return None,
            Kind::Scalar(other) => Self::Other(other),
            Kind::List(inner) => Self::List(Box::new(Self::of(inner)?)),
            Kind::Object(_) => Self::Record,
        })
    }

    /// Whether its values are sent as texts.
    fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Other("date" | "datetime" | "time"))
    }

    /// Whether its values are sent as numbers.
    fn is_number(&self) -> bool {
        matches!(self, Self::Number | Self::Other("money" | "percent" | "duration"))
    }
}

/// Where a name on the wire has a type: the events, first the place of the first.
#[derive(Debug)]
struct Use {
    place: Place,
    event: String,
    kind: Kind,
    count: usize,
}

/// Gives every name on the wire one type.
pub(super) fn settle(plan: &mut ForeignPlan, notes: &mut Notes) {
    let winners = winners(plan, notes);
    for event in &mut plan.events {
        notes.begin(&event.wire);
        for property in &mut event.properties {
            let Some(winner) = winners.get(&property.wire) else { continue };
            if Column::of(&property.kind).is_some_and(|own| own != *winner) {
                notes.enter(&property.wire);
                let was = described(&property.kind);
                notes.lose(property.place.0, say!("a type other than in most events; it became wider"), was);
                notes.leave();
                widen(property, winner);
            }
        }
    }
}

/// A text of a certain form is still a text, and an amount a number; anything else can only be anything.
fn widen(property: &mut ForeignProperty, winner: &Column) {
    let own = Column::of(&property.kind);
    property.kind = match winner {
        Column::Text if own.as_ref().is_some_and(Column::is_text) => Kind::Scalar("string"),
        Column::Number if own.as_ref().is_some_and(Column::is_number) => Kind::Scalar("number"),
        _ => Kind::ANY,
    };
    property.bounds = Bounds::default();
    property.default = None;
}

/// The columns of the names that have several types.
fn winners(plan: &ForeignPlan, notes: &mut Notes) -> IndexMap<String, Column> {
    let mut uses: IndexMap<&str, IndexMap<Column, Use>> = IndexMap::new();
    for event in &plan.events {
        for property in &event.properties {
            let Some(column) = Column::of(&property.kind) else { continue };
            let of_wire = uses.entry(&property.wire).or_default();
            let own = of_wire.entry(column).or_insert_with(|| Use {
                place: property.place,
                event: event.wire.clone(),
                kind: property.kind.clone(),
                count: 0,
            });
            own.count += 1;
        }
    }
    let mut found = IndexMap::new();
    for (wire, columns) in uses.into_iter().filter(|(_, columns)| columns.len() > 1) {
        let winner = winner(&columns);
        report(wire, &columns, &winner, notes);
        found.insert(wire.to_owned(), winner);
    }
    found
}

/// The most frequent, the first of several; where all are texts or numbers of some form, that.
fn winner(columns: &IndexMap<Column, Use>) -> Column {
    if columns.keys().all(Column::is_text) {
        return Column::Text;
    }
    if columns.keys().all(Column::is_number) {
        return Column::Number;
    }
    let most = columns.values().map(|own| own.count).max();
    columns.iter().find(|(_, own)| Some(own.count) == most).map_or(Column::Text, |(column, _)| column.clone())
}

fn report(wire: &str, columns: &IndexMap<Column, Use>, winner: &Column, notes: &mut Notes) {
    let Some(stays) = columns.get(winner).or(columns.values().next()) else { return };
    for own in columns.values().filter(|own| own.event != stays.event || own.kind != stays.kind) {
        let (kind, event, count) = (described(&own.kind), &own.event, own.count);
        let (first, other, times) = (described(&stays.kind), &stays.event, stays.count);
        let conflict = faults::conflict(own.place.0, say!("the property `{wire}` has two types", wire))
            .at(say!("`{kind}` in `{event}`; so in {count} in all", kind, event, count))
            .label(stays.place.0, say!("`{first}` in `{other}`; so in {times} in all", first, other, times))
            .help(say!("in a warehouse one name is one column, and a column has one type; the rarer one became wider in the spec. Give both the same type, or one of them another name"));
        notes.conflicts.push(conflict);
    }
}

/// A type as it is written, without the members of objects.
pub(super) fn described(kind: &Kind) -> String {
    match kind {
        Kind::Scalar(scalar) => (*scalar).to_owned(),
        Kind::Enum(_) => "enum".to_owned(),
        Kind::List(inner) => format!("list({})", described(inner)),
        Kind::Object(_) => "type".to_owned(),
    }
}
