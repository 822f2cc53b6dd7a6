//! Reads the properties of an event and holds them to their laws in one pass, without keeping them.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::law::Law;
use super::personal::{self, Personal, mask};
use super::schema::{Kind, Laws, Node, NodeId, Object, Scalar, Test, TextLaws};
use super::shapes::Role;

/// A law that an event breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The property, through objects and lists: `items[].price`; empty for the event as a whole.
    pub(super) path: String,
    pub(super) law: Law,
    /// What is there, shortened, and hidden where it may be personal.
    pub(super) value: String,
    /// Whether it is about the sending, and of no event.
    pub(super) is_of_line: bool,
    /// The laws it is about.
    pub(super) about: About,
}

/// What a fault is about, for the words that say what is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum About {
    /// Nothing in the plan.
    #[default]
    Nothing,
    /// A value, by its place in the laws.
    Value(NodeId),
    /// An object that takes no further property, by its place in the laws.
    Object(usize),
}

/// A step on the way to a value.
#[derive(Debug)]
enum Step<'p> {
    Planned(&'p str),
    Unplanned(String),
    Member,
}

/// The most characters of a value that are shown.
const MAX_SHOWN: usize = 60;

/// The most faults of one event that are kept.
const MAX_FAULTS: usize = 1_000;

/// What is remembered while an event is read.
#[derive(Debug)]
pub(super) struct Reader<'p> {
    pub(super) laws: &'p Laws,
    path: Vec<Step<'p>>,
    /// One bit for each property of each open object.
    seen: Vec<u64>,
    /// What is known for the conditions of the event.
    facts: Vec<bool>,
    pub(super) faults: Vec<Fault>,
}

impl<'p> Reader<'p> {
    pub(super) fn new(laws: &'p Laws) -> Self {
        Self { laws, path: Vec::new(), seen: Vec::new(), facts: Vec::new(), faults: Vec::new() }
    }

    /// Forgets the last event.
    pub(super) fn clear(&mut self) {
        self.path.clear();
        self.seen.clear();
        self.facts.clear();
        self.faults.clear();
    }

    #[cold]
    fn fault(&mut self, law: Law, value: String, about: About) {
        self.fault_at(None, law, value, about);
    }

    /// A fault of a property of what is being read.
    #[cold]
    fn fault_at(&mut self, leaf: Option<&str>, law: Law, value: String, about: About) {
        if self.faults.len() < MAX_FAULTS {
            let path = self.path_to(leaf);
            self.faults.push(Fault { path, law, value, is_of_line: false, about });
        }
    }

    /// A fault of a key beside the properties.
    #[cold]
    pub(super) fn fault_of_line(&mut self, key: &str, law: Law, value: String) {
        self.faults.push(Fault { path: key.to_owned(), law, value, is_of_line: true, about: About::Nothing });
    }

    fn path_to(&self, leaf: Option<&str>) -> String {
        let mut path = String::new();
        let names = self.path.iter().map(|step| match step {
            Step::Planned(name) => Some(*name),
            Step::Unplanned(name) => Some(name.as_str()),
            Step::Member => None,
        });
        for name in names.chain(leaf.map(Some)) {
            match name {
                Some(name) if path.is_empty() => path.push_str(name),
                Some(name) => path.extend([".", name]),
                None => path.push_str("[]"),
            }
        }
        path
    }

    fn is_seen(&mut self, base: usize, place: usize) -> bool {
        let word = &mut self.seen[base + place / 64];
        let bit = 1 << (place % 64);
        let was = *word & bit != 0;
        *word |= bit;
        was
    }

    /// A fault where a property was not there.
    #[inline]
    fn miss(&mut self, object: &Object, base: usize, place: usize, law: Law) {
        if !self.has(base, place) {
            let own = &object.properties[place];
            self.fault_at(Some(&own.name), law, String::new(), About::Value(own.node));
        }
    }

    fn has(&self, base: usize, place: usize) -> bool {
        self.seen[base + place / 64] & (1 << (place % 64)) != 0
    }
}

/// A text as it is shown.
pub(super) fn shown(text: &str) -> String {
    let mut out: String = text.chars().take(MAX_SHOWN).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

/// A text as JSON, shortened.
fn quoted(text: &str) -> String {
    serde_json::to_string(&shown(text)).unwrap_or_default()
}

/// What stands for a value that is an object or a list.
fn container(is_list: bool) -> String {
    if is_list { "[…]" } else { "{…}" }.to_owned()
}

/// Holds a value to a node.
pub(super) struct Check<'r, 'p> {
    pub(super) reader: &'r mut Reader<'p>,
    pub(super) node: NodeId,
    pub(super) laws: &'p Node,
    pub(super) tests: &'p [(usize, Test)],
}

impl Check<'_, '_> {
    #[inline]
    fn note(&mut self, value: Scalar<'_>) {
        for (fact, test) in self.tests {
            self.reader.facts[*fact] = test.passes(value);
        }
    }

    /// A value as it may be shown here.
    fn shown(&self, text: &str, is_text: bool) -> String {
        match () {
            () if self.laws.declared.is_some() || personal::find(text).is_some() => mask(text),
            () if is_text => quoted(text),
            () => shown(text),
        }
    }

    #[cold]
    fn refuse(&mut self, law: Law, text: &str, is_text: bool) {
        let value = self.shown(text, is_text);
        let about = About::Value(self.node);
        self.reader.fault(law, value, about);
    }

    #[inline]
    fn number(&mut self, number: f64, is_whole: bool, text: &dyn Fn() -> String) {
        if !self.tests.is_empty() {
            self.note(Scalar::Number(number));
        }
        let (Kind::Integer(bounds) | Kind::Number(bounds) | Kind::Any { bounds, .. }) = &self.laws.kind else {
            return self.refuse(Law::WrongType, &text(), false);
        };
        if !is_whole && matches!(self.laws.kind, Kind::Integer(_)) {
            return self.refuse(Law::WrongType, &text(), false);
        }
        if !bounds.hold(number) {
            self.refuse(Law::OutOfRange, &text(), false);
        }
    }

    fn look_into_number(&mut self, number: u64) {
        let found = personal::find_in_number(number).filter(|_| self.laws.declared.is_none());
        if let Some(kind) = found {
            self.refuse(Law::PersonalData(kind), &number.to_string(), false);
        }
    }

    #[inline]
    fn text(&mut self, laws: &TextLaws, text: &str) {
        if let Some(members) = &laws.members {
            // A planned word is no datum of a person.
            if members.iter().any(|member| member == text) {
                return;
            }
            self.refuse(Law::NotInList, text, true);
        }
        if !laws.length.are_open() && !laws.length.hold(text.chars().count() as f64) {
            self.refuse(Law::WrongLength, text, true);
        }
        if laws.pattern.as_ref().is_some_and(|pattern| !pattern.holds(text)) {
            self.refuse(Law::WrongPattern, text, true);
        }
        if laws.format.is_some_and(|format| !format.holds(text)) {
            self.refuse(Law::WrongFormat, text, true);
        }
        if self.laws.declared.is_some() {
            return;
        }
        if let Some(kind) = personal::find(text) {
            self.refuse(Law::PersonalData(kind), text, true);
        }
    }
}

impl<'de> DeserializeSeed<'de> for Check<'_, '_> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Check<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<(), E> {
        self.note(Scalar::Bool(value));
        if !matches!(self.laws.kind, Kind::Bool | Kind::Any { .. }) {
            self.refuse(Law::WrongType, if value { "true" } else { "false" }, false);
        }
        Ok(())
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.note(Scalar::Other);
        if !matches!(self.laws.kind, Kind::Any { .. }) {
            self.refuse(Law::WrongType, "null", false);
        }
        Ok(())
    }

    #[inline]
    fn visit_u64<E>(mut self, value: u64) -> Result<(), E> {
        self.number(value as f64, true, &|| value.to_string());
        self.look_into_number(value);
        Ok(())
    }

    #[inline]
    fn visit_i64<E>(mut self, value: i64) -> Result<(), E> {
        self.number(value as f64, true, &|| value.to_string());
        Ok(())
    }

    #[inline]
    fn visit_f64<E>(mut self, value: f64) -> Result<(), E> {
        self.number(value, value.fract() == 0.0, &|| value.to_string());
        Ok(())
    }

    #[inline]
    fn visit_str<E>(mut self, value: &str) -> Result<(), E> {
        if !self.tests.is_empty() {
            self.note(Scalar::Text(value));
        }
        match &self.laws.kind {
            Kind::Text(laws) | Kind::Any { text: laws, .. } => self.text(laws, value),
            _ => self.refuse(Law::WrongType, value, true),
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        self.note(Scalar::Other);
        let Kind::List { items, bounds } = &self.laws.kind else {
            if !matches!(self.laws.kind, Kind::Any { .. }) {
                let about = About::Value(self.node);
                self.reader.fault(Law::WrongType, container(true), about);
            }
            return self.loose().visit_seq(members).map(drop);
        };
        let laws = &self.reader.laws.nodes[*items];
        let mut count = 0_u32;
        self.reader.path.push(Step::Member);
        while members.next_element_seed(Check { reader: &mut *self.reader, node: *items, laws, tests: &[] })?.is_some()
        {
            count += 1;
        }
        self.reader.path.pop();
        if !bounds.hold(f64::from(count)) {
            self.reader.fault(Law::WrongCount, count.to_string(), About::Value(self.node));
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, members: A) -> Result<(), A::Error> {
        self.note(Scalar::Other);
        let Kind::Object(at) = self.laws.kind else {
            if !matches!(self.laws.kind, Kind::Any { .. }) {
                let about = About::Value(self.node);
                self.reader.fault(Law::WrongType, container(false), about);
            }
            return self.loose().visit_map(members).map(drop);
        };
        Members::open(self.reader, at).read(members)
    }
}

impl<'r, 'p> Check<'r, 'p> {
    /// Reads on without laws, looking for personal data only; not even that where it is declared.
    fn loose(self) -> Loose<'r, 'p> {
        Loose { is_declared: self.laws.declared.is_some(), reader: self.reader }
    }
}

/// The properties of an object, one by one.
pub(super) struct Members<'r, 'p> {
    reader: &'r mut Reader<'p>,
    object: &'p Object,
    /// The place of the object.
    at: usize,
    base: usize,
    /// Which property comes next, if they come in the order of the plan.
    next: usize,
}

impl<'r, 'p> Members<'r, 'p> {
    pub(super) fn open(reader: &'r mut Reader<'p>, at: usize) -> Self {
        let object = reader.laws.object_at(at);
        let base = reader.seen.len();
        reader.seen.resize(base + object.properties.len().div_ceil(64), 0);
        reader.facts.resize(reader.facts.len().max(object.facts), false);
        Self { reader, object, at, base, next: 0 }
    }

    pub(super) fn read<'de, A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key_seed(Key(self.object, self.next))? {
            self.value(key, &mut members)?;
        }
        self.close();
        Ok(())
    }

    /// Reads an object that has other keys too.
    pub(super) fn read_beside<'de, A: MapAccess<'de>>(
        mut self,
        mut members: A,
        role: fn(&str) -> Role,
    ) -> Result<(), A::Error> {
        while let Some(key) = members.next_key_seed(KeyBeside(self.object, role))? {
            match key {
                Some(key) => self.value(key, &mut members)?,
                None => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        self.close();
        Ok(())
    }

    /// Reads the value of a key.
    #[inline]
    fn value<'de, A: MapAccess<'de>>(&mut self, key: Name, members: &mut A) -> Result<(), A::Error> {
        match key {
            Name::Planned(place) => {
                self.next = place + 1;
                let own = &self.object.properties[place];
                if self.reader.is_seen(self.base, place) {
                    self.reader.fault_at(Some(&own.name), Law::DuplicateKey, String::new(), About::Value(own.node));
                }
                let laws = &self.reader.laws.nodes[own.node];
                if laws.deprecated.is_some() {
                    self.reader.fault_at(
                        Some(&own.name),
                        Law::DeprecatedProperty,
                        String::new(),
                        About::Value(own.node),
                    );
                }
                self.reader.path.push(Step::Planned(&own.name));
                members.next_value_seed(Check {
                    reader: &mut *self.reader,
                    node: own.node,
                    laws,
                    tests: &own.tests,
                })?;
            }
            Name::Unplanned(name) => {
                self.reader.path.push(Step::Unplanned(name));
                self.reader.fault(Law::UnplannedProperty, String::new(), About::Object(self.at));
                let at = self.reader.faults.len() - 1;
                let value = members.next_value_seed(Loose { reader: &mut *self.reader, is_declared: false })?;
                let fault = self.reader.faults.get_mut(at).filter(|fault| fault.law == Law::UnplannedProperty);
                if let Some(fault) = fault {
                    fault.value = value;
                }
            }
        }
        self.reader.path.pop();
        Ok(())
    }

    /// What is asked of the object as a whole.
    pub(super) fn close(self) {
        let Self { reader, object, base, .. } = self;
        for place in &object.required {
            reader.miss(object, base, *place, Law::MissingProperty);
        }
        for form in &object.forms {
            let wanted: &[usize] = if form.when.holds(&reader.facts) { &form.required } else { &[] };
            for place in wanted.iter().filter(|place| !object.required.contains(place)) {
                reader.miss(object, base, *place, Law::MissingInVariant);
            }
        }
        reader.seen.truncate(base);
    }
}

/// The name of a property.
enum Name {
    Planned(usize),
    Unplanned(String),
}

struct Key<'p>(&'p Object, usize);

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Name;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Name, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    #[inline]
    fn visit_str<E>(self, name: &str) -> Result<Name, E> {
        Ok(self.0.place_after(self.1, name).map_or_else(|| Name::Unplanned(shown(name)), Name::Planned))
    }
}

/// The name of a property, or nothing where a key is about the sending.
struct KeyBeside<'p>(&'p Object, fn(&str) -> Role);

impl<'de> DeserializeSeed<'de> for KeyBeside<'_> {
    type Value = Option<Name>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyBeside<'_> {
    type Value = Option<Name>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        // What is planned is a property, whatever its name.
        let planned = self.0.place(name).filter(|_| (self.1)(name) != Role::Name).map(Name::Planned);
        Ok(planned.or_else(|| ((self.1)(name) == Role::Property).then(|| Name::Unplanned(shown(name)))))
    }
}

/// Reads what the plan says nothing of, looking for personal data. Returns the value as it is shown.
pub(super) struct Loose<'r, 'p> {
    pub(super) reader: &'r mut Reader<'p>,
    pub(super) is_declared: bool,
}

impl Loose<'_, '_> {
    fn tell(&mut self, kind: Option<Personal>, text: &str) -> bool {
        let Some(kind) = kind.filter(|_| !self.is_declared) else { return false };
        self.reader.fault(Law::PersonalData(kind), mask(text), About::Nothing);
        true
    }
}

impl<'de> DeserializeSeed<'de> for Loose<'_, '_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Loose<'_, '_> {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_unit<E>(self) -> Result<String, E> {
        Ok("null".to_owned())
    }

    fn visit_u64<E>(mut self, value: u64) -> Result<String, E> {
        let text = value.to_string();
        let is_personal = self.tell(personal::find_in_number(value), &text);
        Ok(if is_personal { mask(&text) } else { text })
    }

    fn visit_i64<E>(self, value: i64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_f64<E>(self, value: f64) -> Result<String, E> {
        Ok(value.to_string())
    }

    fn visit_str<E>(mut self, value: &str) -> Result<String, E> {
        let is_personal = self.tell(personal::find(value), value);
        Ok(if is_personal { mask(value) } else { quoted(value) })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<String, A::Error> {
        let Self { reader, is_declared } = self;
        reader.path.push(Step::Member);
        while members.next_element_seed(Loose { reader: &mut *reader, is_declared })?.is_some() {}
        reader.path.pop();
        Ok(container(true))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<String, A::Error> {
        let Self { reader, is_declared } = self;
        while let Some(name) = members.next_key_seed(AnyKey)? {
            reader.path.push(Step::Unplanned(name));
            members.next_value_seed(Loose { reader: &mut *reader, is_declared })?;
            reader.path.pop();
        }
        Ok(container(false))
    }
}

/// A key, shortened.
struct AnyKey;

impl<'de> DeserializeSeed<'de> for AnyKey {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for AnyKey {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<String, E> {
        Ok(shown(name))
    }
}

/// A text, or nothing where a value is no text.
pub(super) struct TextOrNot;

impl<'de> DeserializeSeed<'de> for TextOrNot {
    type Value = Option<std::borrow::Cow<'de, str>>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for TextOrNot {
    type Value = Option<std::borrow::Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(text.into()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned().into()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_element::<IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
