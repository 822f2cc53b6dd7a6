//! One line of a log: which event it is, and which laws it breaks.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::check::{Check, Loose, Members, Reader, TextOrNot};
use super::law::{Law, Unreadable};
use super::personal::{self, mask};
use super::register::{Register, Target};
use super::shapes::{Role, Shape};

/// Reads lines one after the other.
#[derive(Debug)]
pub(super) struct Lines<'p> {
    register: &'p Register,
    shape: &'static Shape,
    pub(super) reader: Reader<'p>,
}

/// What a line turned out to be.
#[derive(Debug)]
pub(super) struct Seen<'de> {
    pub(super) target: Target,
    /// The name, where it is in no plan.
    pub(super) name: Option<Cow<'de, str>>,
}

/// Why a line cannot be read, and at which byte, from 1.
pub(super) type Refused = (Unreadable, usize);

type Text<'de> = Option<Cow<'de, str>>;

/// What tells an event.
#[derive(Clone, Debug, Default)]
struct Identity<'de> {
    class: Text<'de>,
    name: Text<'de>,
    called: Text<'de>,
}

impl Identity<'_> {
    /// The name of the event: that of a page where it is a call of one.
    fn named(&self) -> Option<&str> {
        match self.class.as_deref() {
            None | Some("track") => self.name.as_deref(),
            Some(_) => self.name.as_deref().or(self.called.as_deref()),
        }
    }

    /// The key its properties are under.
    fn place(&self) -> Role {
        if matches!(self.class.as_deref(), Some("identify" | "group")) { Role::Traits } else { Role::Properties }
    }
}

impl<'p> Lines<'p> {
    pub(super) fn new(register: &'p Register, shape: &'static Shape) -> Self {
        Self { register, shape, reader: Reader::new(&register.laws) }
    }

    /// Reads a line; its faults are left in the reader.
    pub(super) fn read<'de>(&mut self, line: &'de str) -> Result<Seen<'de>, Refused> {
        self.reader.clear();
        if line.trim_start().as_bytes().first() != Some(&b'{') {
            // What is no JSON at all is told by the parser.
            return Err(serde_json::from_str::<IgnoredAny>(line)
                .map_or_else(|error| why(&error), |_| (Unreadable::NotAnObject, 1)));
        }
        let first = self.pass(line, None)?;
        if !first.again {
            return Ok(first.seen());
        }
        self.reader.clear();
        Ok(self.pass(line, Some(first.identity))?.seen())
    }

    fn pass<'de>(&mut self, line: &'de str, known: Option<Identity<'de>>) -> Result<Found<'de>, Refused> {
        let mut from = serde_json::Deserializer::from_str(line);
        let envelope = Envelope { lines: self, known };
        let found = from.deserialize_map(envelope).map_err(|error| why(&error))?;
        from.end().map_err(|error| why(&error))?;
        Ok(found)
    }

    fn target(&self, identity: &Identity<'_>) -> Target {
        self.register.find(identity.class.as_deref(), identity.named())
    }

    /// Holds an object of properties to the laws of an event.
    fn hold<'de, A: MapAccess<'de>>(&mut self, target: Target, members: &mut A) -> Result<(), A::Error> {
        match target {
            Target::Planned(at) => members.next_value_seed(self.check(at)),
            Target::Unplanned => {
                members.next_value_seed(Loose { reader: &mut self.reader, is_declared: false }).map(drop)
            }
            Target::Unmodelled | Target::Nameless => members.next_value::<IgnoredAny>().map(drop),
        }
    }

    fn hold_raw(&mut self, target: Target, raw: &RawValue) -> Result<(), serde_json::Error> {
        let mut from = serde_json::Deserializer::from_str(raw.get());
        match target {
            Target::Planned(at) => self.check(at).deserialize(&mut from),
            Target::Unplanned => {
                Loose { reader: &mut self.reader, is_declared: false }.deserialize(&mut from).map(drop)
            }
            Target::Unmodelled | Target::Nameless => Ok(()),
        }
    }

    fn check(&mut self, event: usize) -> Check<'_, 'p> {
        let register = self.register;
        let node = register.events[event].node;
        Check { node, laws: &register.laws.nodes[node], tests: &[], reader: &mut self.reader }
    }

    /// An event without properties lacks those that it must have.
    fn hold_nothing(&mut self, target: Target) {
        let register = self.register;
        let Target::Planned(at) = target else { return };
        if let Some(object) = register.laws.object(register.events[at].node) {
            Members::open(&mut self.reader, object).close();
        }
    }
}

/// Why a line cannot be read.
fn why(error: &serde_json::Error) -> Refused {
    let why = match error.classify() {
        serde_json::error::Category::Eof => Unreadable::CutOff,
        serde_json::error::Category::Data => Unreadable::NotAnObject,
        _ if error.to_string().starts_with("recursion limit") => Unreadable::TooDeep,
        _ => Unreadable::Syntax,
    };
    (why, error.column())
}

/// What the first look at a line brings.
struct Found<'de> {
    identity: Identity<'de>,
    target: Target,
    /// Whether the line must be read once more, now that the event is known.
    again: bool,
}

impl<'de> Found<'de> {
    fn seen(self) -> Seen<'de> {
        let Identity { name, called, .. } = self.identity;
        let name = if self.target == Target::Unplanned { name.or(called) } else { None };
        Seen { target: self.target, name }
    }
}

struct Envelope<'l, 'p, 'de> {
    lines: &'l mut Lines<'p>,
    /// What an earlier look found.
    known: Option<Identity<'de>>,
}

impl<'de> Visitor<'de> for Envelope<'_, '_, 'de> {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Found<'de>, A::Error> {
        if self.lines.shape.is_flat { self.flat(members) } else { self.nested(members) }
    }
}

impl<'de> Envelope<'_, '_, 'de> {
    /// Properties are in an object of their own.
    fn nested<A: MapAccess<'de>>(self, mut members: A) -> Result<Found<'de>, A::Error> {
        let Self { lines, known } = self;
        let mut identity = known.clone().unwrap_or_default();
        let mut held: Option<(Role, Target)> = None;
        let mut kept: [Option<&'de RawValue>; 2] = [None, None];
        while let Some(role) = members.next_key_seed(RoleOf(lines.shape.role))? {
            match role {
                Role::Name => identity.name = members.next_value_seed(TextOrNot)?,
                Role::Class => {
                    identity.class = members.next_value_seed(TextOrNot)?.map(Shape::class_of);
                }
                Role::Called => identity.called = members.next_value_seed(TextOrNot)?,
                Role::Properties | Role::Traits => {
                    if known.is_some() || (role == Role::Properties && is_told(&identity)) {
                        let target = lines.target(&identity);
                        if identity.place() == role {
                            lines.hold(target, &mut members)?;
                            held = Some((role, target));
                        } else {
                            members.next_value::<IgnoredAny>()?;
                        }
                    } else {
                        kept[usize::from(role == Role::Traits)] = Some(members.next_value()?);
                    }
                }
                Role::Person => {
                    let text = members.next_value_seed(TextOrNot)?.unwrap_or_default();
                    if let Some(kind) = personal::find(&text) {
                        lines.reader.fault_of_line("userId", Law::PersonalData(kind), mask(&text));
                    }
                }
                Role::Property | Role::Other => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        let (target, place) = (lines.target(&identity), identity.place());
        let again = held.is_some_and(|held| held != (place, target));
        if held.is_none() {
            match kept[usize::from(place == Role::Traits)] {
                Some(raw) => lines.hold_raw(target, raw).map_err(serde::de::Error::custom)?,
                None => lines.hold_nothing(target),
            }
        }
        Ok(Found { identity, target, again })
    }

    /// Properties stand beside the name.
    fn flat<A: MapAccess<'de>>(self, mut members: A) -> Result<Found<'de>, A::Error> {
        let Self { lines, known } = self;
        let mut identity = known.clone().unwrap_or_default();
        let register = lines.register;
        let mut is_late = false;
        // The name comes first, mostly.
        while identity.name.is_none() {
            match members.next_key_seed(RoleOf(lines.shape.role))? {
                Some(Role::Name) => identity.name = members.next_value_seed(TextOrNot)?,
                Some(Role::Property) => {
                    is_late = true;
                    members.next_value::<IgnoredAny>()?;
                }
                Some(_) => drop(members.next_value::<IgnoredAny>()?),
                None => break,
            }
        }
        let target = lines.target(&identity);
        if is_late && identity.name.is_some() {
            while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Found { identity, target, again: true });
        }
        let object = match target {
            Target::Planned(at) => register.laws.object(register.events[at].node),
            _ => None,
        };
        match object {
            Some(object) => Members::open(&mut lines.reader, object).read_beside(members, lines.shape.role)?,
            None => Loose { reader: &mut lines.reader, is_declared: false }.visit_map(members).map(drop)?,
        }
        Ok(Found { identity, target, again: false })
    }
}

/// Whether it is known which event it is, unless a later key says that it is no `track` call.
fn is_told(identity: &Identity<'_>) -> bool {
    identity.name.is_some() && matches!(identity.class.as_deref(), None | Some("track"))
}

struct RoleOf(fn(&str) -> Role);

impl<'de> DeserializeSeed<'de> for RoleOf {
    type Value = Role;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Role, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for RoleOf {
    type Value = Role;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_str<E>(self, key: &str) -> Result<Role, E> {
        Ok((self.0)(key))
    }
}
