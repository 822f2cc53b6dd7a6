//! JSON Schema, of any draft, as properties. A type is as narrow as the schema says and never narrower; what a spec
//! cannot say is noted. Regular expressions stay text: nothing here runs them.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::node::{Node, Value};
use super::plan::{Bounds, ForeignProperty, Kind, Notes, Place};
use super::{faults, words};
use crate::emit::{UUID, of_scalar};
use crate::model::value::SCALARS;
use crate::say;

/// What a schema says of one value, beside the type.
const KNOWN: &[&str] = &[
    "type",
    "properties",
    "required",
    "description",
    "title",
    "enum",
    "const",
    "items",
    "format",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    "default",
    "deprecated",
    "$ref",
    "definitions",
    "$defs",
    "$schema",
    "x-type",
    "x-pii",
    "x-purpose",
    "x-unit",
    "x-deprecated",
    "x-name",
];

/// The kinds of personal data a spec knows.
const PII: &[&str] = &["contact", "identity", "location", "financial", "health", "behaviour", "device", "sensitive"];

/// Reads the schemas of one document.
pub(super) struct Schema<'n, 'p> {
    /// What `$ref` refers into.
    pub(super) root: &'n Node,
    pub(super) notes: &'p mut Notes,
    /// What the format says of a property besides, and reads itself.
    pub(super) extra: &'static [&'static str],
    /// The references being followed.
    pub(super) following: Vec<&'n str>,
}

impl<'n, 'p> Schema<'n, 'p> {
    pub(super) fn new(root: &'n Node, notes: &'p mut Notes) -> Self {
        Self { root, notes, extra: &[], following: Vec::new() }
    }

    /// The properties of an object.
    pub(super) fn properties(&mut self, object: &'n Node) -> Vec<ForeignProperty> {
        let required: BTreeSet<&str> =
            object.get("required").map(Node::items).unwrap_or_default().iter().filter_map(Node::text).collect();
        let members = object.get("properties").map(Node::members).unwrap_or_default();
        let mut read = Vec::with_capacity(members.len());
        for member in members {
            if self.enter(&member.key, &member.value) {
                let is_required = required.contains(member.key.as_str());
                let place = Place(member.place);
                read.push(self.property(&member.key, place, &member.value, is_required));
            }
            self.notes.leave();
        }
        let known: BTreeSet<&str> = members.iter().map(|member| member.key.as_str()).collect();
        for name in required.difference(&known) {
            let place = object.get("required").map_or(object.span, |node| node.span);
            self.notes.lose(place, say!("a required property that is described nowhere"), (*name).to_owned());
        }
        read
    }

    fn enter(&mut self, name: &str, node: &Node) -> bool {
        let fits = self.notes.enter(name);
        if !fits && self.notes.is_first_beyond() {
            let event = self.notes.event().to_owned();
            let fault = faults::unreadable(node.span, say!("the plan has more properties than a spec may have"));
            self.notes.faults.push(fault.help(say!("it happens in `{event}`; nothing was written", event)));
        }
        fits
    }

    fn property(&mut self, wire: &str, place: Place, node: &'n Node, required: bool) -> ForeignProperty {
        words::check(wire, place.0, self.notes);
        let (kind, node) = self.kind(node);
        let is_text = matches!(kind, Kind::Scalar(own) if of_scalar(own).get("type") == Some(&"string".into()));
        ForeignProperty {
            name: node.text_of("x-name").map(str::to_owned),
            required,
            label: words::line(node.text_of("title").unwrap_or_default()),
            docs: self.docs(node),
            bounds: self.bounds(node, &kind, is_text),
            default: self.default(node, &kind),
            unit: node.text_of("x-unit").map(words::line),
            pii: node.text_of("x-pii").and_then(pii),
            purpose: node.get("x-purpose").and_then(|own| own.text_of("reason").or(own.text())).map(words::line),
            deprecated: deprecated(node),
            kind,
            ..ForeignProperty::new(wire, place.0)
        }
    }

    /// The words a node says of itself.
    pub(super) fn docs(&mut self, node: &Node) -> String {
        words::docs(node.get("description"), self.notes)
    }

    // ---- types

    /// The type a schema describes, and the schema itself once references are followed.
    fn kind(&mut self, node: &'n Node) -> (Kind, &'n Node) {
        let Some(reference) = node.get("$ref") else { return (self.plain_kind(node), node) };
        let Some(pointer) = reference.text().and_then(|own| own.strip_prefix('#')) else {
            self.notes.lose(reference.span, say!("a `$ref` that leads out of the file"), reference.shown());
            return (Kind::ANY, node);
        };
        let Some(target) = resolve(self.root, pointer) else {
            self.notes.lose(reference.span, say!("a `$ref` that leads nowhere"), reference.shown());
            return (Kind::ANY, node);
        };
        if self.following.contains(&pointer) || self.following.len() > super::json::MAX_DEPTH {
            let (event, property) = (self.notes.event().to_owned(), self.notes.property());
            let fault = faults::unreadable(reference.span, say!("this `$ref` leads back to itself"));
            let help = say!(
                "it is `{property}` of `{event}`; describe the property without it. Nothing was written",
                property,
                event
            );
            self.notes.faults.push(fault.help(help));
            return (Kind::ANY, node);
        }
        self.following.push(pointer);
        let (kind, inner) = self.kind(target);
        self.following.pop();
        let inner = if node.get("description").is_some() { node } else { inner };
        (kind, inner)
    }

    fn plain_kind(&mut self, node: &'n Node) -> Kind {
        self.notes.lose_rest(node, &[KNOWN, self.extra].concat());
        let types = self.types(node);
        if let Some(values) = values(node) {
            return self.of_values(node, &values, &types);
        }
        match types.as_slice() {
            [] if node.get("properties").is_some() => self.object(node),
            [] if node.get("items").is_some() => self.list(node),
            [] | ["any"] => Kind::ANY,
            ["object"] => self.object(node),
            ["array"] => self.list(node),
            [one] => self.scalar(node, one),
            many if many.iter().all(|own| matches!(*own, "integer" | "number")) => Kind::Scalar("number"),
            many => {
                let place = node.get("type").map_or(node.span, |own| own.span);
                let text = many.join(", ");
                self.notes.lose(place, say!("several types at once; it became `any`"), text);
                Kind::ANY
            }
        }
    }

    /// The types of a value other than null.
    fn types(&mut self, node: &'n Node) -> Vec<&'n str> {
        let Some(own) = node.get("type") else { return Vec::new() };
        let mut types: Vec<&str> = own.text().into_iter().chain(own.items().iter().filter_map(Node::text)).collect();
        let before = types.len();
        types.retain(|word| *word != "null");
        if types.len() < before {
            self.notes.lose(own.span, say!("a value that may be null; in a spec it is left out"), own.shown());
        }
        if types.contains(&"any") { vec!["any"] } else { types }
    }

    fn scalar(&mut self, node: &Node, word: &str) -> Kind {
        if let Some(scalar) = written_as(node, word) {
            return Kind::Scalar(scalar);
        }
        if let Some(format) = node.get("format") {
            self.notes.lose(format.span, say!("a `format` that is no type of a spec"), format.shown());
        }
        match word {
            "string" => Kind::Scalar("string"),
            "integer" => Kind::Scalar("integer"),
            "number" => Kind::Scalar("number"),
            "boolean" => Kind::Scalar("bool"),
            other => {
                let place = node.get("type").map_or(node.span, |own| own.span);
                self.notes.lose(place, say!("a type that is none of JSON Schema; it became `any`"), other.to_owned());
                Kind::ANY
            }
        }
    }

    fn object(&mut self, node: &'n Node) -> Kind {
        if node.get("properties").is_none_or(Node::is_empty) {
            self.notes.lose(node.span, say!("an object without members; it became `any`"), node.shown());
            return Kind::ANY;
        }
        Kind::Object(self.properties(node))
    }

    fn list(&mut self, node: &'n Node) -> Kind {
        let Some(items) = node.get("items") else { return Kind::List(Box::new(Kind::ANY)) };
        if let Value::List(_) = items.value {
            self.notes.lose(items.span, say!("a list whose places have types of their own"), items.shown());
            return Kind::List(Box::new(Kind::ANY));
        }
        let (kind, items) = self.kind(items);
        self.lose_of_items(&kind, items);
        Kind::List(Box::new(kind))
    }

    /// A list says how many items it has; of each it says the type alone.
    fn lose_of_items(&mut self, kind: &Kind, items: &Node) {
        let is_written = |word: &str| {
            let is_uuid = *kind == Kind::Scalar("uuid") && word == "pattern";
            is_uuid || matches!(kind, Kind::Scalar(own) if of_scalar(own).get(word).is_some())
        };
        let words = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern", "description"];
        for word in words.into_iter().filter(|word| !is_written(word)) {
            if let Some(own) = items.get(word).filter(|own| !own.is_empty()) {
                self.notes.lose(own.span, say!("`{word}` of the items of a list", word), own.shown());
            }
        }
    }

    /// A closed list of values: of texts an `enum`, of anything else its plain type.
    fn of_values(&mut self, node: &'n Node, values: &[&'n Node], types: &[&str]) -> Kind {
        let place = node.get("enum").or(node.get("const")).map_or(node.span, |own| own.span);
        let texts: Vec<&str> = values.iter().filter_map(|own| own.text()).collect();
        let others = values.iter().filter(|own| own.text().is_none() && !matches!(own.value, Value::Null)).count();
        let may_be_text = types.is_empty() || types == ["string"] || types == ["any"];
        if others == 0 && !texts.is_empty() && may_be_text {
            let mut known = BTreeSet::new();
            texts.iter().for_each(|text| words::check(text, place, self.notes));
            return Kind::Enum(
                texts.iter().filter(|text| known.insert(**text)).map(|text| (*text).to_owned()).collect(),
            );
        }
        let shown = node.get("enum").or(node.get("const")).map(Node::shown).unwrap_or_default();
        self.notes.lose(place, say!("a closed list of values other than texts"), shown);
        match types {
            [one] if !matches!(*one, "object" | "array") => self.scalar(node, one),
            _ => Kind::ANY,
        }
    }

    // ---- what constrains values

    fn bounds(&mut self, node: &'n Node, kind: &Kind, is_text: bool) -> Bounds {
        let mut bounds = Bounds::default();
        match kind {
            Kind::Scalar("integer" | "number" | "money" | "percent" | "duration") => {
                bounds.range = self.pair(node, "minimum", "maximum");
                self.lose_all(node, &["minLength", "maxLength", "minItems", "maxItems"]);
            }
            Kind::List(_) => {
                bounds.range = self.count(node, "minItems", "maxItems");
                self.lose_all(node, &["minLength", "maxLength", "minimum", "maximum"]);
            }
            Kind::Scalar("string" | "url" | "email") => {
                bounds.length = self.count(node, "minLength", "maxLength");
                self.lose_all(node, &["minimum", "maximum", "minItems", "maxItems"]);
            }
            _ => self.lose_all(node, &["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"]),
        }
        bounds.pattern = self.pattern(node, kind, is_text);
        bounds
    }

    fn pattern(&mut self, node: &'n Node, kind: &Kind, is_text: bool) -> Option<String> {
        let own = node.get("pattern").filter(|own| !own.is_empty())?;
        // What is a type of its own, such as `country`, is written as that type.
        let is_type = matches!(kind, Kind::Scalar(scalar) if of_scalar(scalar).get("pattern").is_some());
        if is_type || (*kind == Kind::Scalar("uuid") && own.text() == Some(UUID)) {
            return None;
        }
        let Some(pattern) = own.text().filter(|_| is_text) else {
            self.notes.lose(own.span, say!("a constraint that does not fit the type"), own.shown());
            return None;
        };
        words::check(pattern, own.span, self.notes);
        Some(pattern.to_owned())
    }

    fn lose_all(&mut self, node: &Node, keys: &[&str]) {
        for own in keys.iter().filter_map(|key| node.get(key)) {
            self.notes.lose(own.span, say!("a constraint that does not fit the type"), own.shown());
        }
    }

    /// The range of a length or of a count, which begins at nothing where no least one is said.
    fn count(&mut self, node: &Node, least: &str, most: &str) -> Option<(String, String)> {
        match (node.get(least), node.get(most).and_then(number)) {
            (None, Some((digits, most))) if !most.is_sign_negative() => Some(("0".to_owned(), digits)),
            _ => self.pair(node, least, most),
        }
    }

    /// Both ends of a range; one without the other has no counterpart.
    fn pair(&mut self, node: &Node, least: &str, most: &str) -> Option<(String, String)> {
        let (from, to) = (node.get(least), node.get(most));
        let both = from.and_then(number).zip(to.and_then(number)).filter(|(from, to)| from.1 <= to.1);
        if both.is_none() {
            for (own, word) in [(from, least), (to, most)].into_iter().filter_map(|(own, word)| Some((own?, word))) {
                self.notes.lose(own.span, say!("a range with one end"), format!("{word} {}", own.shown()));
            }
        }
        both.map(|(from, to)| (from.0, to.0))
    }

    fn default(&mut self, node: &Node, kind: &Kind) -> Option<String> {
        let own = node.get("default").filter(|own| !matches!(own.value, Value::Null))?;
        let written = match (&own.value, kind) {
            (Value::Text(text), Kind::Scalar("string") | Kind::Enum(_)) => {
                words::check(text, own.span, self.notes);
                let fits = !matches!(kind, Kind::Enum(members) if !members.contains(text));
                fits.then(|| words::quoted(text))
            }
            (Value::Number(_), Kind::Scalar("integer" | "number")) => number(own).map(|(digits, _)| digits),
            (Value::Bool(holds), Kind::Scalar("bool")) => Some(holds.to_string()),
            _ => None,
        };
        if written.is_none() {
            self.notes.lose(own.span, say!("a default that is no value of the type"), own.shown());
        }
        written
    }
}

/// The kind of personal data of a word.
pub(super) fn pii(word: &str) -> Option<&'static str> {
    PII.iter().find(|known| **known == word).copied()
}

/// Why a property should not be sent any more.
fn deprecated(node: &Node) -> Option<String> {
    let why = node.text_of("x-deprecated").map(words::line);
    why.or_else(|| node.get("deprecated").is_some_and(Node::is_true).then(|| "deprecated".to_owned()))
}

/// The scalar whose schema is what a node says of its type, format and pattern.
fn written_as(node: &Node, word: &str) -> Option<&'static str> {
    let own = ["format", "pattern", "x-type"].map(|key| node.text_of(key));
    let is_same = |scalar: &str| {
        let schema = of_scalar(scalar);
        let theirs = ["format", "pattern", "x-type"].map(|key| schema.get(key).and_then(|own| own.as_str()));
        schema.get("type").and_then(|own| own.as_str()) == Some(word)
            && theirs.iter().any(Option::is_some)
            && theirs.iter().zip(own).all(|(theirs, own)| theirs.is_none() || *theirs == own)
    };
    if word == "string" && node.text_of("pattern") == Some(UUID) {
        return Some("uuid");
    }
    if own.iter().all(Option::is_none) {
        return None;
    }
    SCALARS.iter().map(|(scalar, _)| *scalar).find(|scalar| is_same(scalar))
}

/// The values a closed list allows.
fn values(node: &Node) -> Option<Vec<&Node>> {
    match (node.get("enum"), node.get("const")) {
        (Some(own), _) if !own.items().is_empty() => Some(own.items().iter().collect()),
        (None, Some(own)) => Some(vec![own]),
        _ => None,
    }
}

/// A number as it is written in a spec, which knows no exponents, and its value.
fn number(node: &Node) -> Option<(String, Decimal)> {
    let Value::Number(digits) = &node.value else { return None };
    let value = digits.parse().or_else(|_| Decimal::from_scientific(digits)).ok()?.normalize();
    Some((value.to_string(), value))
}

/// What a JSON pointer in a URI fragment leads to.
fn resolve<'n>(root: &'n Node, pointer: &str) -> Option<&'n Node> {
    let mut node = root;
    for part in pointer.split('/').skip(1) {
        let part = words::percent_decoded(part).replace("~1", "/").replace("~0", "~");
        node = match &node.value {
            Value::List(items) => items.get(part.parse::<usize>().ok()?)?,
            _ => node.get(&part)?,
        };
    }
    Some(node)
}
