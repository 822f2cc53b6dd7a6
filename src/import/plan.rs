//! What every importer makes of its files: events and properties under the names they are sent with, and what has no
//! counterpart in a spec.

use std::hash::{Hash, Hasher};

use super::node::{Node, Value};
use crate::diagnostic::{Diagnostic, Message};
use crate::say;
use crate::source::Span;

/// A tracking plan of another tool.
#[derive(Debug, Default)]
pub(super) struct ForeignPlan {
    /// What it is called.
    pub(super) name: String,
    /// What it is about.
    pub(super) docs: String,
    pub(super) events: Vec<ForeignEvent>,
    /// What is known of people besides events.
    pub(super) traits: Vec<ForeignProperty>,
}

/// An event.
#[derive(Clone, Debug)]
pub(super) struct ForeignEvent {
    /// Its name as it is sent.
    pub(super) wire: String,
    /// What tells events of one name apart: the vendor of a schema, say.
    pub(super) scope: String,
    /// The name it had in a spec.
    pub(super) name: Option<String>,
    pub(super) place: Place,
    /// `track`, `page`, `screen`, `identify` or `group`.
    pub(super) class: &'static str,
    pub(super) label: String,
    pub(super) docs: String,
    /// `planned`, `live` or `deprecated`.
    pub(super) status: &'static str,
    pub(super) sent_by: Vec<String>,
    /// Of several versions the newest is taken.
    pub(super) version: Vec<u64>,
    /// Who answers for it, and whom to ask.
    pub(super) owner: Option<Owner>,
    pub(super) properties: Vec<ForeignProperty>,
}

impl ForeignEvent {
    /// An event of which nothing is known but its name.
    pub(super) fn new(wire: &str, place: Span) -> Self {
        Self {
            wire: wire.to_owned(),
            scope: String::new(),
            name: None,
            place: Place(place),
            class: "track",
            label: String::new(),
            docs: String::new(),
            status: "live",
            sent_by: Vec::new(),
            version: Vec::new(),
            owner: None,
            properties: Vec::new(),
        }
    }
}

impl ForeignProperty {
    /// A property of which nothing is known but its name.
    pub(super) fn new(wire: &str, place: Span) -> Self {
        Self {
            wire: wire.to_owned(),
            name: None,
            place: Place(place),
            kind: Kind::ANY,
            required: false,
            label: String::new(),
            docs: String::new(),
            bounds: Bounds::default(),
            default: None,
            unit: None,
            pii: None,
            purpose: None,
            deprecated: None,
        }
    }
}

impl ForeignProperty {
    /// The same as a trait: what is known of a person has fewer clauses than what is sent.
    pub(super) fn into_trait(self, notes: &mut Notes) -> Self {
        let own = self;
        let Bounds { range, length, pattern } = own.bounds;
        notes.enter(&own.wire);
        let length = length.map(|(from, to)| format!("{from}..{to}"));
        for was in [own.default, length, pattern, own.unit, own.deprecated].into_iter().flatten() {
            notes.lose(own.place.0, say!("a constraint or a default of a trait"), was);
        }
        notes.leave();
        let bounds = Bounds { range, length: None, pattern: None };
        Self { bounds, default: None, unit: None, deprecated: None, ..own }
    }
}

/// A team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) name: String,
    pub(super) lead: Option<String>,
}

/// A property of an event, a member of an object, or a trait. Two are equal where they say the same, wherever they stand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ForeignProperty {
    /// Its name as it is sent.
    pub(super) wire: String,
    /// The name it had in a spec.
    pub(super) name: Option<String>,
    pub(super) place: Place,
    pub(super) kind: Kind,
    pub(super) required: bool,
    pub(super) label: String,
    pub(super) docs: String,
    pub(super) bounds: Bounds,
    /// As it is written in a spec.
    pub(super) default: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) pii: Option<&'static str>,
    /// What personal data is used for.
    pub(super) purpose: Option<String>,
    /// Why it should not be sent any more.
    pub(super) deprecated: Option<String>,
}

/// What constrains the values of a property; numbers as they are written in a spec.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Bounds {
    /// Of a number, or how many items a list has.
    pub(super) range: Option<(String, String)>,
    /// How many characters.
    pub(super) length: Option<(String, String)>,
    /// A regular expression, which is never run here.
    pub(super) pattern: Option<String>,
}

/// The type of a property.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A type that needs no declaration.
    Scalar(&'static str),
    /// One of some words.
    Enum(Vec<String>),
    List(Box<Kind>),
    Object(Vec<ForeignProperty>),
}

impl Kind {
    /// What says nothing.
    pub(super) const ANY: Self = Self::Scalar("any");
}

/// A place. It is no part of what is said there: two things are equal wherever they stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(pub(super) Span);

impl PartialEq for Place {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Place {}

impl Hash for Place {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// Something of a plan that a spec cannot say.
#[derive(Clone, Debug)]
pub(super) struct Loss {
    /// The event, by its name on the wire; empty for the plan as a whole.
    pub(super) event: String,
    /// The property, with those it lies in.
    pub(super) property: String,
    pub(super) place: Span,
    pub(super) what: Message,
    /// What stands there.
    pub(super) was: String,
}

/// What is found while a plan is read.
#[derive(Debug, Default)]
pub(super) struct Notes {
    /// Errors: nothing is written.
    pub(super) faults: Vec<Diagnostic>,
    /// Contradictions: one side was followed.
    pub(super) conflicts: Vec<Diagnostic>,
    pub(super) losses: Vec<Loss>,
    /// The event being read.
    event: String,
    /// The properties being read, outermost first.
    path: Vec<String>,
    /// How many properties were read.
    read: usize,
}

/// The most properties a plan may have; a spec with more is no text for people.
const MAX_PROPERTIES: usize = 500_000;

impl Notes {
    /// From here on an event is read.
    pub(super) fn begin(&mut self, event: &str) {
        event.clone_into(&mut self.event);
        self.path.clear();
    }

    /// The event being read.
    pub(super) fn event(&self) -> &str {
        &self.event
    }

    /// Goes into a property; whether there may be so many.
    pub(super) fn enter(&mut self, property: &str) -> bool {
        self.path.push(property.to_owned());
        self.read += 1;
        self.read <= MAX_PROPERTIES
    }

    /// Whether the limit was passed just now.
    pub(super) fn is_first_beyond(&self) -> bool {
        self.read == MAX_PROPERTIES + 1
    }

    /// Leaves a property.
    pub(super) fn leave(&mut self) {
        self.path.pop();
    }

    /// The property being read, with those it lies in.
    pub(super) fn property(&self) -> String {
        self.path.join(".")
    }

    /// Notes what has no counterpart.
    pub(super) fn lose(&mut self, place: Span, what: Message, was: String) {
        let (event, property) = (self.event.clone(), self.property());
        self.losses.push(Loss { event, property, place, what, was });
    }

    /// Notes the members that nobody reads and that say something.
    pub(super) fn lose_rest(&mut self, node: &Node, known: &[&str]) {
        for member in node.members().iter().filter(|member| !known.contains(&member.key.as_str())) {
            // That nothing else may be sent is what a spec says of every event.
            let is_closed = matches!(
                member.key.as_str(),
                "additionalProperties" | "unevaluatedProperties" | "additional_properties"
            ) && matches!(member.value.value, Value::Bool(false));
            if !member.value.is_empty() && !is_closed {
                let word = &member.key;
                self.lose(member.place, say!("`{word}`", word), member.value.shown());
            }
        }
    }
}

impl ForeignPlan {
    /// Adds what another file says.
    pub(super) fn join(&mut self, other: Self) {
        if self.name.is_empty() {
            (self.name, self.docs) = (other.name, other.docs);
        }
        self.events.extend(other.events);
        self.traits.extend(other.traits);
    }
}
