//! The emitted JSON Schema of an event, compiled into what a reader asks while it reads: a tree of nodes, names to places
//! in them, and conditions over facts that are noted on the way.
//!
//! Only the words that `emit/json_schema.rs` writes are known. A word it learns without this file is an error of
//! [`Laws::add`], never a law that is silently not held.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

use super::format::Format;
use super::pattern::Pattern;

/// The place of a node.
pub(super) type NodeId = usize;

/// Everything that is asked of the events of a plan.
#[derive(Debug, Default)]
pub(super) struct Laws {
    pub(super) nodes: Vec<Node>,
    objects: Vec<Object>,
}

/// What is asked of a value.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) kind: Kind,
    /// Personal data is declared here: its kind.
    pub(super) declared: Option<String>,
    /// Why it should not be sent any more.
    pub(super) deprecated: Option<String>,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// Of any type; what it says of texts and numbers holds of these alone.
    Any {
        text: TextLaws,
        bounds: Bounds,
    },
    Bool,
    Integer(Bounds),
    Number(Bounds),
    Text(TextLaws),
    List {
        items: NodeId,
        bounds: Bounds,
    },
    Object(usize),
}

impl Default for Kind {
    fn default() -> Self {
        Self::Any { text: TextLaws::default(), bounds: Bounds::default() }
    }
}

/// From and to, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { least: f64::NEG_INFINITY, most: f64::INFINITY }
    }
}

impl Bounds {
    pub(super) fn hold(self, number: f64) -> bool {
        self.least <= number && number <= self.most
    }

    pub(super) fn are_open(self) -> bool {
        self == Self::default()
    }
}

#[derive(Debug, Default)]
pub(super) struct TextLaws {
    pub(super) members: Option<Vec<String>>,
    pub(super) length: Bounds,
    pub(super) pattern: Option<Pattern>,
    pub(super) format: Option<Format>,
    /// What the schema calls the format.
    pub(super) format_word: String,
}

/// What is asked of an object.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) properties: Vec<Property>,
    places: FxHashMap<Box<str>, usize>,
    /// The places of those that must be there.
    pub(super) required: Vec<usize>,
    /// What must be there in some cases.
    pub(super) forms: Vec<Form>,
    /// How many facts the conditions of the forms ask.
    pub(super) facts: usize,
}

impl Object {
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.properties.iter().map(|own| own.name.as_str())
    }
}

#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) node: NodeId,
    /// The facts its value decides.
    pub(super) tests: Vec<(usize, Test)>,
}

/// If the condition holds, some properties must be there.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) when: Condition,
    pub(super) required: Vec<usize>,
}

/// A condition over facts.
#[derive(Debug)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Fact(usize),
}

impl Condition {
    pub(super) fn holds(&self, facts: &[bool]) -> bool {
        match self {
            Self::All(inner) => inner.iter().all(|one| one.holds(facts)),
            Self::Any(inner) => inner.iter().any(|one| one.holds(facts)),
            Self::Not(inner) => !inner.holds(facts),
            Self::Fact(at) => facts[*at],
        }
    }
}

/// What a fact asks of a value that is there.
#[derive(Clone, Debug)]
pub(super) enum Test {
    OneOf(Vec<Json>),
    Not(Box<Test>),
    /// Of numbers only; other values pass, as JSON Schema has it.
    AtLeast(f64),
    AtMost(f64),
    Above(f64),
    Below(f64),
}

/// A value as tests see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scalar<'t> {
    Bool(bool),
    Number(f64),
    Text(&'t str),
    /// `null`, a list or an object.
    Other,
}

impl Test {
    pub(super) fn passes(&self, value: Scalar<'_>) -> bool {
        let number = |holds: &dyn Fn(f64) -> bool| match value {
            Scalar::Number(own) => holds(own),
            _ => true,
        };
        match self {
            Self::OneOf(all) => all.iter().any(|one| is_same(one, value)),
            Self::Not(inner) => !inner.passes(value),
            Self::AtLeast(bound) => number(&|own| own >= *bound),
            Self::AtMost(bound) => number(&|own| own <= *bound),
            Self::Above(bound) => number(&|own| own > *bound),
            Self::Below(bound) => number(&|own| own < *bound),
        }
    }
}

fn is_same(wanted: &Json, value: Scalar<'_>) -> bool {
    match (wanted, value) {
        (Json::Bool(one), Scalar::Bool(other)) => *one == other,
        (Json::Number(one), Scalar::Number(other)) => one.as_f64() == Some(other),
        (Json::String(one), Scalar::Text(other)) => one == other,
        _ => false,
    }
}

impl Laws {
    /// The place of the object that a node is.
    pub(super) fn object(&self, node: NodeId) -> Option<usize> {
        match self.nodes[node].kind {
            Kind::Object(at) => Some(at),
            _ => None,
        }
    }

    pub(super) fn count_of_objects(&self) -> usize {
        self.objects.len()
    }

    pub(super) fn object_at(&self, at: usize) -> &Object {
        &self.objects[at]
    }

    /// Adds the schema of an event; `destination` chooses the names on the wire where it has its own.
    pub(super) fn add(&mut self, schema: &Json, destination: &str) -> Result<NodeId, String> {
        let map = schema.as_object().ok_or("a schema is no object")?;
        let mut compiler = Compiler { laws: self, root: map, destination, known: FxHashMap::default() };
        compiler.node(map)
    }

    fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }
}

struct Compiler<'c> {
    laws: &'c mut Laws,
    root: &'c Map<String, Json>,
    destination: &'c str,
    /// The objects of declared types.
    known: FxHashMap<&'c str, usize>,
}

type Schema<'c> = &'c Map<String, Json>;

/// What says something to people only, or something that is read where it matters.
fn is_annotation(word: &str) -> bool {
    word.starts_with("x-")
        || matches!(
            word,
            "$schema" | "$id" | "$comment" | "$defs" | "title" | "description" | "default" | "deprecated" | "examples"
        )
}

/// The words that say something of values. One that is about another type than the value's says nothing, as in JSON Schema.
const WORDS: &[&str] = &[
    "$ref",
    "type",
    "enum",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "items",
    "minItems",
    "maxItems",
    "properties",
    "required",
    "additionalProperties",
    "allOf",
];

fn number(schema: Schema<'_>, word: &str, otherwise: f64) -> Result<f64, String> {
    schema.get(word).map_or(Ok(otherwise), |bound| bound.as_f64().ok_or(format!("`{word}` is no number")))
}

fn text<'j>(schema: &'j Map<String, Json>, word: &str) -> Option<&'j str> {
    schema.get(word).and_then(Json::as_str)
}

fn names(value: Option<&Json>) -> impl Iterator<Item = &str> {
    value.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

impl<'c> Compiler<'c> {
    fn node(&mut self, schema: Schema<'c>) -> Result<NodeId, String> {
        let at = self.laws.push(Node::default());
        self.fill(at, schema)?;
        Ok(at)
    }

    fn fill(&mut self, at: NodeId, schema: Schema<'c>) -> Result<(), String> {
        let declared = text(schema, "x-pii").map(str::to_owned);
        let deprecated = text(schema, "x-deprecated").map(str::to_owned);
        if let Some(word) = schema.keys().find(|word| !is_annotation(word) && !WORDS.contains(&word.as_str())) {
            return Err(format!("`{word}` is not known here"));
        }
        let kind = match (text(schema, "$ref"), text(schema, "type")) {
            (Some(reference), _) => self.referred(reference)?,
            (None, None) => Kind::Any { text: text_laws(schema)?, bounds: range(schema)? },
            (None, Some("boolean")) => Kind::Bool,
            (None, Some("integer")) => Kind::Integer(range(schema)?),
            (None, Some("number")) => Kind::Number(range(schema)?),
            (None, Some("string")) => Kind::Text(text_laws(schema)?),
            (None, Some("array")) => self.list(schema)?,
            (None, Some("object")) => self.object(schema)?,
            (None, Some(other)) => return Err(format!("`{other}` is no type that is written")),
        };
        self.laws.nodes[at] = Node { kind, declared, deprecated };
        Ok(())
    }

    /// A declared type is an object; its laws are shared by all that refer to it.
    fn referred(&mut self, reference: &'c str) -> Result<Kind, String> {
        if let Some(place) = self.known.get(reference) {
            return Ok(Kind::Object(*place));
        }
        let schema = self.definition(reference).ok_or_else(|| format!("`{reference}` leads nowhere"))?;
        let place = self.laws.objects.len();
        self.laws.objects.push(Object::default());
        // It may refer to itself.
        self.known.insert(reference, place);
        self.laws.objects[place] = self.members(schema)?;
        Ok(Kind::Object(place))
    }

    fn definition(&self, reference: &str) -> Option<Schema<'c>> {
        let defs = self.root.get("$defs")?.as_object()?;
        let wanted = reference.strip_prefix("#/$defs/")?;
        let found = defs.iter().find(|(path, _)| crate::emit::pointer(path) == wanted)?;
        found.1.as_object()
    }

    fn list(&mut self, schema: Schema<'c>) -> Result<Kind, String> {
        let items = match schema.get("items").and_then(Json::as_object) {
            Some(items) => self.node(items)?,
            None => self.laws.push(Node::default()),
        };
        let bounds = Bounds {
            least: number(schema, "minItems", f64::NEG_INFINITY)?,
            most: number(schema, "maxItems", f64::INFINITY)?,
        };
        Ok(Kind::List { items, bounds })
    }

    fn object(&mut self, schema: Schema<'c>) -> Result<Kind, String> {
        let made = self.members(schema)?;
        self.laws.objects.push(made);
        Ok(Kind::Object(self.laws.objects.len() - 1))
    }

    fn members(&mut self, schema: Schema<'c>) -> Result<Object, String> {
        if schema.get("additionalProperties") != Some(&Json::Bool(false)) {
            return Err("an object takes properties that are not planned".to_owned());
        }
        let mut made = Object::default();
        // By the names of the schema, which `required` and the conditions use.
        let mut places: FxHashMap<&str, usize> = FxHashMap::default();
        for (name, own) in schema.get("properties").and_then(Json::as_object).into_iter().flatten() {
            let own = own.as_object().ok_or("a property is no object")?;
            let sent = own.get("x-wire-names").and_then(|names| names.get(self.destination)).and_then(Json::as_str);
            let node = self.node(own)?;
            let place = made.properties.len();
            places.insert(name, place);
            made.properties.push(Property { name: sent.unwrap_or(name).to_owned(), node, tests: Vec::new() });
            made.places.insert(sent.unwrap_or(name).into(), place);
        }
        let place = |name: &str| places.get(name).copied().ok_or_else(|| format!("`{name}` is required, but unknown"));
        made.required = names(schema.get("required")).map(place).collect::<Result<_, _>>()?;
        for form in schema.get("allOf").and_then(Json::as_array).into_iter().flatten() {
            let when = condition(form.get("if").ok_or("a form without `if`")?, &places, &mut made)?;
            let needed = form.get("then").and_then(|then| then.get("required"));
            made.forms.push(Form { when, required: names(needed).map(place).collect::<Result<_, _>>()? });
        }
        Ok(made)
    }
}

fn range(schema: Schema<'_>) -> Result<Bounds, String> {
    Ok(Bounds { least: number(schema, "minimum", f64::NEG_INFINITY)?, most: number(schema, "maximum", f64::INFINITY)? })
}

fn text_laws(schema: Schema<'_>) -> Result<TextLaws, String> {
    let format_word = text(schema, "format").unwrap_or_default();
    let format = match format_word {
        "" => None,
        word => Some(Format::of(word).ok_or_else(|| format!("`{word}` is no format that is written"))?),
    };
    Ok(TextLaws {
        members: schema.contains_key("enum").then(|| names(schema.get("enum")).map(str::to_owned).collect()),
        length: Bounds {
            least: number(schema, "minLength", f64::NEG_INFINITY)?,
            most: number(schema, "maxLength", f64::INFINITY)?,
        },
        pattern: text(schema, "pattern").map(Pattern::of).transpose()?,
        format,
        format_word: format_word.to_owned(),
    })
}

fn condition(schema: &Json, places: &FxHashMap<&str, usize>, object: &mut Object) -> Result<Condition, String> {
    let schema = schema.as_object().ok_or("a condition is no object")?;
    let mut all = |word: &str| -> Result<Vec<Condition>, String> {
        let members = schema.get(word).and_then(Json::as_array).ok_or("a condition without members")?;
        members.iter().map(|inner| condition(inner, places, object)).collect()
    };
    let mut words: Vec<&str> = schema.keys().map(String::as_str).collect();
    words.sort_unstable();
    match words.as_slice() {
        ["allOf"] => Ok(Condition::All(all("allOf")?)),
        ["anyOf"] => Ok(Condition::Any(all("anyOf")?)),
        ["not"] => Ok(Condition::Not(Box::new(condition(&schema["not"], places, object)?))),
        ["properties", "required"] => {
            let properties = schema["properties"].as_object().ok_or("`properties` is no object")?;
            let mut facts = Vec::new();
            for (name, test) in properties {
                let place = *places.get(name.as_str()).ok_or_else(|| format!("`{name}` is asked for, but unknown"))?;
                let fact = object.facts;
                object.facts += 1;
                object.properties[place].tests.push((fact, test_of(test)?));
                facts.push(Condition::Fact(fact));
            }
            Ok(Condition::All(facts))
        }
        other => Err(format!("a condition of {} is not known", other.join(", "))),
    }
}

fn test_of(schema: &Json) -> Result<Test, String> {
    let schema = schema.as_object().ok_or("a test is no object")?;
    let Some((word, value)) = schema.iter().next().filter(|_| schema.len() == 1) else {
        return Err("a test of several words is not known".to_owned());
    };
    let bound = || value.as_f64().ok_or_else(|| format!("`{word}` is no number"));
    Ok(match word.as_str() {
        "const" => Test::OneOf(vec![value.clone()]),
        "enum" => Test::OneOf(value.as_array().cloned().ok_or("`enum` is no list")?),
        "not" => Test::Not(Box::new(test_of(value)?)),
        "minimum" => Test::AtLeast(bound()?),
        "maximum" => Test::AtMost(bound()?),
        "exclusiveMinimum" => Test::Above(bound()?),
        "exclusiveMaximum" => Test::Below(bound()?),
        _ => return Err(format!("the test `{word}` is not known")),
    })
}
