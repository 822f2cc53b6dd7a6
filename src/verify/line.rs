//! One line of a log: which event it is, and which laws it breaks.

use std::borrow::Cow;

use super::check::{Check, Loose, Members, Reader};
use super::json::{Begun, Habits, Json, Key, NoJson, Turn};
use super::law::{Law, Unreadable};
use super::personal::{self, mask};
use super::register::{Register, Target};
use super::shapes::{Role, Shape};

/// Reads lines one after the other.
#[derive(Debug)]
pub(super) struct Lines<'p> {
    register: &'p Register,
    shape: &'static Shape,
    /// The keys of a line, as they are mostly written.
    habits: Habits<Role>,
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
        Self { register, shape, habits: Habits::default(), reader: Reader::new(&register.laws) }
    }

    /// Reads a line; its faults are left in the reader.
    pub(super) fn read<'de>(&mut self, line: &'de str) -> Result<Seen<'de>, Refused> {
        if !line.trim_start().starts_with('{') {
            return Err(why(line));
        }
        let refused = |NoJson| why(line);
        let first = self.pass(line, None).map_err(refused)?;
        if !first.again {
            return Ok(first.seen());
        }
        Ok(self.pass(line, Some(first.identity)).map_err(refused)?.seen())
    }

    fn pass<'de>(&mut self, line: &'de str, known: Option<Identity<'de>>) -> Result<Found<'de>, NoJson> {
        self.reader.clear();
        let mut json = Json::of(line);
        json.value()?;
        let envelope = Envelope { lines: self, known };
        let found = if envelope.lines.shape.is_flat { envelope.flat(&mut json) } else { envelope.nested(&mut json) }?;
        json.end()?;
        Ok(found)
    }

    fn target(&self, identity: &Identity<'_>) -> Target {
        self.register.find(identity.class.as_deref(), identity.named())
    }

    /// Holds an object of properties to the laws of an event.
    fn hold(&mut self, target: Target, json: &mut Json<'_>) -> Result<(), NoJson> {
        match target {
            Target::Planned(event) => {
                let register = self.register;
                let node = register.events[event].node;
                let laws = &register.laws.nodes[node];
                Check { node, laws, tests: &[], reader: &mut self.reader }.hold(json)
            }
            Target::Unplanned => Loose { reader: &mut self.reader, is_declared: false }.look(json).map(drop),
            Target::Unmodelled | Target::Nameless => json.skip(),
        }
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
#[cold]
fn why(line: &str) -> Refused {
    let Err(error) = serde_json::from_str::<serde_json::Value>(line) else { return (Unreadable::NotAnObject, 1) };
    let why = match error.classify() {
        serde_json::error::Category::Eof => Unreadable::CutOff,
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

impl<'de> Envelope<'_, '_, 'de> {
    /// Properties are in an object of their own.
    fn nested(self, json: &mut Json<'de>) -> Result<Found<'de>, NoJson> {
        let Self { lines, known } = self;
        let is_known = known.is_some();
        let mut identity = known.unwrap_or_default();
        let mut held: Option<(Role, Target)> = None;
        // Where they are, as long as it is not known which of them are those of the event.
        let mut kept: [Option<Json<'de>>; 2] = [None, None];
        let (mut turn, role_of) = (Turn::default(), lines.shape.role);
        while let Some(Key::Known(role)) = lines.habits.next(&mut turn, json, |key| Some(role_of(key)))? {
            match role {
                Role::Name => identity.name = json.text_or_skip()?,
                Role::Class => identity.class = json.text_or_skip()?.map(Shape::class_of),
                Role::Called => identity.called = json.text_or_skip()?,
                Role::Properties | Role::Traits if is_known || (role == Role::Properties && is_told(&identity)) => {
                    if identity.place() == role {
                        let target = lines.target(&identity);
                        lines.hold(target, json)?;
                        held = Some((role, target));
                    } else {
                        json.skip()?;
                    }
                }
                Role::Properties | Role::Traits => {
                    kept[usize::from(role == Role::Traits)] = Some(*json);
                    json.skip()?;
                }
                Role::Person => {
                    let text = json.text_or_skip()?.unwrap_or_default();
                    if let Some(kind) = personal::find(&text) {
                        lines.reader.fault_of_line("userId", Law::PersonalData(kind), mask(&text));
                    }
                }
                Role::Property | Role::Other => json.skip()?,
            }
        }
        let (target, place) = (lines.target(&identity), identity.place());
        let again = held.is_some_and(|held| held != (place, target));
        if held.is_none() {
            match kept[usize::from(place == Role::Traits)] {
                Some(mut properties) => lines.hold(target, &mut properties)?,
                None => lines.hold_nothing(target),
            }
        }
        Ok(Found { identity, target, again })
    }

    /// Properties stand beside the name.
    fn flat(self, json: &mut Json<'de>) -> Result<Found<'de>, NoJson> {
        let Self { lines, known } = self;
        let mut identity = known.unwrap_or_default();
        let register = lines.register;
        let (mut begun, mut is_late) = (Begun::default(), false);
        let start = *json;
        // The name comes first, mostly.
        while identity.name.is_none() {
            let Some(key) = json.key(&mut begun)? else {
                let target = lines.target(&identity);
                return Ok(Found { identity, target, again: false });
            };
            match (lines.shape.role)(&key) {
                Role::Name => identity.name = json.text_or_skip()?,
                role => {
                    is_late |= role == Role::Property;
                    json.skip()?;
                }
            }
        }
        if is_late {
            (*json, begun) = (start, Begun::default());
        }
        let target = lines.target(&identity);
        let object = match target {
            Target::Planned(at) => register.laws.object(register.events[at].node),
            _ => None,
        };
        match object {
            Some(object) => Members::open(&mut lines.reader, object).read_beside(json, begun, lines.shape.role)?,
            None => Loose { reader: &mut lines.reader, is_declared: false }.object(json, begun)?,
        }
        Ok(Found { identity, target, again: false })
    }
}

/// Whether it is known which event it is, unless a later key says that it is no `track` call.
fn is_told(identity: &Identity<'_>) -> bool {
    identity.name.is_some() && matches!(identity.class.as_deref(), None | Some("track"))
}
