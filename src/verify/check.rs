//! Reads the properties of an event and holds them to their laws in one pass, without keeping them.

use super::json::{Begun, Habits, Json, Key, NoJson, Number, Turn, Value};
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
    /// The keys of each object of the laws, as they are mostly written.
    habits: Vec<Habits<usize>>,
    pub(super) faults: Vec<Fault>,
}

impl<'p> Reader<'p> {
    pub(super) fn new(laws: &'p Laws) -> Self {
        let habits = vec![Habits::default(); laws.count_of_objects()];
        Self { laws, path: Vec::new(), seen: Vec::new(), facts: Vec::new(), habits, faults: Vec::new() }
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

impl Check<'_, '_> {
    /// Holds the next value.
    pub(super) fn hold(mut self, json: &mut Json<'_>) -> Result<(), NoJson> {
        match json.value()? {
            Value::Text(text) => self.of_text(&text),
            Value::Number(number) => self.of_number(number),
            Value::Bool(holds) => self.of_bool(holds),
            Value::Null => self.of_null(),
            Value::List => return self.of_list(json),
            Value::Object => return self.of_object(json),
        }
        Ok(())
    }

    #[inline]
    fn of_text(&mut self, value: &str) {
        if !self.tests.is_empty() {
            self.note(Scalar::Text(value));
        }
        match &self.laws.kind {
            Kind::Text(laws) | Kind::Any { text: laws, .. } => self.text(laws, value),
            _ => self.refuse(Law::WrongType, value, true),
        }
    }

    #[inline]
    fn of_number(&mut self, number: Number) {
        match number {
            Number::Natural(value) => {
                self.number(value as f64, true, &|| value.to_string());
                self.look_into_number(value);
            }
            Number::Negative(value) => self.number(value as f64, true, &|| value.to_string()),
            Number::Float(value) => self.number(value, value.fract() == 0.0, &|| value.to_string()),
        }
    }

    fn of_bool(&mut self, holds: bool) {
        self.note(Scalar::Bool(holds));
        if !matches!(self.laws.kind, Kind::Bool | Kind::Any { .. }) {
            self.refuse(Law::WrongType, if holds { "true" } else { "false" }, false);
        }
    }

    fn of_null(&mut self) {
        self.note(Scalar::Other);
        if !matches!(self.laws.kind, Kind::Any { .. }) {
            self.refuse(Law::WrongType, "null", false);
        }
    }

    fn of_list(mut self, json: &mut Json<'_>) -> Result<(), NoJson> {
        self.note(Scalar::Other);
        let Kind::List { items, bounds } = &self.laws.kind else {
            if !matches!(self.laws.kind, Kind::Any { .. }) {
                let about = About::Value(self.node);
                self.reader.fault(Law::WrongType, container(true), about);
            }
            return self.loose().list(json);
        };
        let laws = &self.reader.laws.nodes[*items];
        let (mut begun, mut count) = (Begun::default(), 0_u32);
        self.reader.path.push(Step::Member);
        while json.item(&mut begun)? {
            Check { reader: &mut *self.reader, node: *items, laws, tests: &[] }.hold(json)?;
            count += 1;
        }
        self.reader.path.pop();
        if !bounds.hold(f64::from(count)) {
            self.reader.fault(Law::WrongCount, count.to_string(), About::Value(self.node));
        }
        Ok(())
    }

    fn of_object(mut self, json: &mut Json<'_>) -> Result<(), NoJson> {
        self.note(Scalar::Other);
        let Kind::Object(at) = self.laws.kind else {
            if !matches!(self.laws.kind, Kind::Any { .. }) {
                let about = About::Value(self.node);
                self.reader.fault(Law::WrongType, container(false), about);
            }
            return self.loose().object(json, Begun::default());
        };
        Members::open(self.reader, at).read(json)
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
}

impl<'r, 'p> Members<'r, 'p> {
    pub(super) fn open(reader: &'r mut Reader<'p>, at: usize) -> Self {
        let object = reader.laws.object_at(at);
        let base = reader.seen.len();
        reader.seen.resize(base + object.properties.len().div_ceil(64), 0);
        reader.facts.resize(reader.facts.len().max(object.facts), false);
        Self { reader, object, at, base }
    }

    pub(super) fn read(mut self, json: &mut Json<'_>) -> Result<(), NoJson> {
        let mut turn = Turn::default();
        let (object, at) = (self.object, self.at);
        while let Some(key) = self.reader.habits[at].next(&mut turn, json, |key| object.place(key))? {
            match key {
                Key::Known(place) => self.planned(place, json)?,
                Key::Other(name) => self.unplanned(&name, json)?,
            }
        }
        self.close();
        Ok(())
    }

    /// Reads on in an object that has other keys too. What is planned is a property, whatever its name.
    pub(super) fn read_beside(
        mut self,
        json: &mut Json<'_>,
        mut begun: Begun,
        role: fn(&str) -> Role,
    ) -> Result<(), NoJson> {
        while let Some(key) = json.key(&mut begun)? {
            let role = role(&key);
            match self.object.place(&key).filter(|_| role != Role::Name) {
                Some(place) => self.planned(place, json)?,
                None if role == Role::Property => self.unplanned(&key, json)?,
                None => json.skip()?,
            }
        }
        self.close();
        Ok(())
    }

    /// Reads the value of a planned property.
    #[inline]
    fn planned(&mut self, place: usize, json: &mut Json<'_>) -> Result<(), NoJson> {
        let own = &self.object.properties[place];
        let (name, about) = (Some(own.name.as_str()), About::Value(own.node));
        if self.reader.is_seen(self.base, place) {
            self.reader.fault_at(name, Law::DuplicateKey, String::new(), about);
        }
        let laws = &self.reader.laws.nodes[own.node];
        if laws.deprecated.is_some() {
            self.reader.fault_at(name, Law::DeprecatedProperty, String::new(), about);
        }
        self.reader.path.push(Step::Planned(&own.name));
        Check { reader: &mut *self.reader, node: own.node, laws, tests: &own.tests }.hold(json)?;
        self.reader.path.pop();
        Ok(())
    }

    #[cold]
    fn unplanned(&mut self, name: &str, json: &mut Json<'_>) -> Result<(), NoJson> {
        self.reader.path.push(Step::Unplanned(shown(name)));
        let at = self.reader.faults.len();
        self.reader.fault(Law::UnplannedProperty, String::new(), About::Object(self.at));
        let value = Loose { reader: &mut *self.reader, is_declared: false }.look(json)?;
        let fault = self.reader.faults.get_mut(at).filter(|fault| fault.law == Law::UnplannedProperty);
        if let Some(fault) = fault {
            fault.value = value;
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

    /// Looks into the next value.
    pub(super) fn look(mut self, json: &mut Json<'_>) -> Result<String, NoJson> {
        Ok(match json.value()? {
            Value::Text(text) => {
                let is_personal = self.tell(personal::find(&text), &text);
                if is_personal { mask(&text) } else { quoted(&text) }
            }
            Value::Number(Number::Natural(value)) => {
                let text = value.to_string();
                let is_personal = self.tell(personal::find_in_number(value), &text);
                if is_personal { mask(&text) } else { text }
            }
            Value::Number(Number::Negative(value)) => value.to_string(),
            Value::Number(Number::Float(value)) => value.to_string(),
            Value::Bool(holds) => holds.to_string(),
            Value::Null => "null".to_owned(),
            Value::List => {
                self.list(json)?;
                container(true)
            }
            Value::Object => {
                self.object(json, Begun::default())?;
                container(false)
            }
        })
    }

    fn list(self, json: &mut Json<'_>) -> Result<(), NoJson> {
        let Self { reader, is_declared } = self;
        let mut begun = Begun::default();
        reader.path.push(Step::Member);
        while json.item(&mut begun)? {
            Loose { reader: &mut *reader, is_declared }.look(json)?;
        }
        reader.path.pop();
        Ok(())
    }

    /// Looks into what an object holds, from some member on.
    pub(super) fn object(self, json: &mut Json<'_>, mut begun: Begun) -> Result<(), NoJson> {
        let Self { reader, is_declared } = self;
        while let Some(name) = json.key(&mut begun)? {
            reader.path.push(Step::Unplanned(shown(&name)));
            Loose { reader: &mut *reader, is_declared }.look(json)?;
            reader.path.pop();
        }
        Ok(())
    }
}
