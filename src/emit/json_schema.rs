//! The JSON Schema of what an event sends: names on the wire, types, bounds, defaults and examples, with what
//! JSON Schema has no word for under `x-…`.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Number, Value as Json, json};

use super::{Approximation, draft_07};
use crate::plan::value::{Tree, Type, Value};
use crate::plan::{EventPlan, Plan, PropertyPlan, TypePlan, VariantPlan};
use crate::say;

/// The target's name.
pub(super) const TARGET: &str = "json-schema";

/// A draft of JSON Schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Draft {
    /// 2020-12
    #[default]
    Newest,
    /// Draft-07, which most tools of analytics still speak.
    Seven,
}

impl Draft {
    /// Every draft, with the word for it.
    pub const ALL: &'static [(&'static str, Self)] = &[("2020-12", Self::Newest), ("07", Self::Seven)];

    /// The draft of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(own, _)| *own == word).map(|(_, draft)| *draft)
    }
}

/// The schema of an event.
pub(super) fn of_event(plan: &Plan, event: &EventPlan, draft: Draft) -> Json {
    match draft {
        Draft::Newest => Json::Object(newest(plan, event)),
        Draft::Seven => Json::Object(draft_07::from_newest(newest(plan, event))),
    }
}

fn newest(plan: &Plan, event: &EventPlan) -> Map<String, Json> {
    let mut schema = Schema { plan, defs: BTreeMap::new() };
    let mut properties = schema.properties(&event.properties);
    for variant in &event.variants {
        for (name, own) in schema.properties(&variant.properties) {
            properties.entry(name).or_insert(own);
        }
    }
    let mut made = head(plan, event);
    made.insert("type".into(), json!("object"));
    made.insert("properties".into(), Json::Object(properties));
    made.insert("required".into(), json!(required(&event.properties)));
    made.insert("additionalProperties".into(), json!(false));
    let forms: Vec<Json> = event.variants.iter().filter_map(|variant| form(event, variant)).collect();
    if !forms.is_empty() {
        made.insert("allOf".into(), Json::Array(forms));
    }
    let examples = examples(event);
    if !examples.is_empty() {
        made.insert("examples".into(), Json::Array(examples));
    }
    let defs = schema.definitions();
    if !defs.is_empty() {
        made.insert("$defs".into(), Json::Object(defs));
    }
    made
}

fn head(plan: &Plan, event: &EventPlan) -> Map<String, Json> {
    let default = plan.languages.first().map_or("en", String::as_str);
    let mut made = Map::new();
    made.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    made.insert("$id".into(), json!(format!("urn:uuid:{}", event.id)));
    let origin = format!("{} {}: {}", plan.generator.name, plan.generator.version, plan.files.join(", "));
    made.insert("$comment".into(), json!(origin));
    made.insert("title".into(), json!(event.label.get(default).unwrap_or(&event.name)));
    add(&mut made, "description", text(&event.docs));
    add(&mut made, "deprecated", (event.status == "deprecated").then(|| json!(true)));
    made.insert("x-event".into(), json!(event.path));
    made.insert("x-wire-name".into(), json!(event.wire_name));
    add(&mut made, "x-wire-names", (!event.wire_names.is_empty()).then(|| json!(event.wire_names)));
    made.insert("x-class".into(), json!(event.class));
    made.insert("x-status".into(), json!(event.status));
    add(&mut made, "x-use-instead", event.successor.as_ref().map(|successor| json!(successor)));
    add(&mut made, "x-owner", event.owner.as_ref().map(|owner| json!(owner)));
    add(&mut made, "x-sent-by", (!event.sent_by.is_empty()).then(|| json!(event.sent_by)));
    let stages: Vec<&str> =
        event.feeds.iter().filter(|feed| feed.kind == "stage").map(|feed| feed.path.as_str()).collect();
    add(&mut made, "x-stages", (!stages.is_empty()).then(|| json!(stages)));
    made
}

fn add(made: &mut Map<String, Json>, key: &str, value: Option<Json>) {
    if let Some(value) = value {
        made.insert(key.to_owned(), value);
    }
}

fn text(words: &str) -> Option<Json> {
    (!words.is_empty()).then(|| json!(words))
}

fn required(properties: &[PropertyPlan]) -> Vec<&str> {
    properties.iter().filter(|own| own.required).map(|own| own.wire_name.as_str()).collect()
}

struct Schema<'p> {
    plan: &'p Plan,
    /// The declared types met so far; none while one is being described, which may refer to itself.
    defs: BTreeMap<&'p str, Option<Json>>,
}

impl<'p> Schema<'p> {
    fn definitions(self) -> Map<String, Json> {
        self.defs.into_iter().map(|(path, schema)| (path.to_owned(), schema.unwrap_or(json!({})))).collect()
    }

    fn properties(&mut self, properties: &'p [PropertyPlan]) -> Map<String, Json> {
        properties.iter().map(|own| (own.wire_name.clone(), self.property(own))).collect()
    }

    fn property(&mut self, own: &'p PropertyPlan) -> Json {
        let mut made = own.kind.as_ref().map(|kind| self.of_type(kind)).unwrap_or_default();
        bounds(own, &mut made);
        add(&mut made, "description", text(&own.docs));
        let default = own.default.as_ref().zip(own.kind.as_ref());
        add(&mut made, "default", default.map(|(default, kind)| to_json(default, kind)));
        add(&mut made, "deprecated", own.deprecated.as_ref().map(|_| json!(true)));
        add(&mut made, "x-deprecated", own.deprecated.as_ref().map(|why| json!(why)));
        add(&mut made, "x-pii", own.pii.as_ref().map(|pii| json!(pii)));
        add(&mut made, "x-purpose", own.purpose.as_ref().and_then(purpose));
        add(&mut made, "x-unit", own.unit.as_ref().map(|unit| json!(unit)));
        add(&mut made, "x-name", (own.name != own.wire_name).then(|| json!(own.name)));
        add(&mut made, "x-wire-names", (!own.wire_names.is_empty()).then(|| json!(own.wire_names)));
        Json::Object(made)
    }

    fn of_type(&mut self, kind: &'p Type) -> Map<String, Json> {
        let made = match kind {
            Type::Scalar(scalar) => of_scalar(scalar),
            Type::Enum(members) => json!({ "type": "string", "enum": members }),
            Type::List(inner) => json!({ "type": "array", "items": self.of_type(inner) }),
            Type::Named(path) => {
                self.define(path);
                json!({ "$ref": format!("#/$defs/{}", pointer(path)) })
            }
        };
        if let Json::Object(made) = made { made } else { Map::new() }
    }

    fn define(&mut self, path: &str) {
        // The types are sorted by path.
        let Ok(at) = self.plan.types.binary_search_by(|own| own.path.as_str().cmp(path)) else { return };
        let own = &self.plan.types[at];
        if self.defs.contains_key(own.path.as_str()) {
            return;
        }
        self.defs.insert(&own.path, None);
        let schema = self.declared(own);
        self.defs.insert(&own.path, Some(schema));
    }

    fn declared(&mut self, own: &'p TypePlan) -> Json {
        let mut made = Map::new();
        made.insert("type".into(), json!("object"));
        add(&mut made, "description", text(&own.docs));
        made.insert("properties".into(), Json::Object(self.properties(&own.members)));
        made.insert("required".into(), json!(required(&own.members)));
        made.insert("additionalProperties".into(), json!(false));
        Json::Object(made)
    }
}

/// A path as the last part of a JSON pointer in a URI fragment.
fn pointer(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => out.push(byte as char),
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

fn of_scalar(scalar: &str) -> Json {
    match scalar {
        "integer" => json!({ "type": "integer" }),
        "number" => json!({ "type": "number" }),
        "bool" => json!({ "type": "boolean" }),
        "money" => json!({ "type": "number", "x-type": "money" }),
        "percent" => json!({ "type": "number", "x-type": "share, 0.125 for 12.5%" }),
        "duration" => json!({ "type": "number", "x-type": "seconds" }),
        "date" => json!({ "type": "string", "format": "date" }),
        "datetime" => json!({ "type": "string", "format": "date-time" }),
        "time" => json!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$" }),
        "url" => json!({ "type": "string", "format": "uri" }),
        "email" => json!({ "type": "string", "format": "email" }),
        "uuid" => json!({ "type": "string", "format": "uuid" }),
        "country" => json!({ "type": "string", "pattern": "^[A-Z]{2}$" }),
        "currency" => json!({ "type": "string", "pattern": "^[A-Z]{3}$" }),
        "language" => json!({ "type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$" }),
        "any" => json!({}),
        _ => json!({ "type": "string" }),
    }
}

/// Range, length and pattern: how many members a list has, else what its values are.
fn bounds(own: &PropertyPlan, made: &mut Map<String, Json>) {
    let Some(kind) = &own.kind else { return };
    let (least, most) = match own.json_type {
        "array" => ("minItems", "maxItems"),
        "string" => ("minLength", "maxLength"),
        _ => ("minimum", "maximum"),
    };
    let is_date = matches!(kind, Type::Scalar(scalar) if matches!(scalar.as_str(), "date" | "datetime" | "time"));
    if let (Some(Value::Range(range)), false) = (&own.range, is_date) {
        made.insert(least.into(), to_json(&range.from, &bound_type(kind)));
        made.insert(most.into(), to_json(&range.to, &bound_type(kind)));
    }
    if let Some(Value::Range(range)) = &own.length {
        let plain = Type::Scalar("integer".to_owned());
        constrain(made, "minLength", to_json(&range.from, &plain));
        constrain(made, "maxLength", to_json(&range.to, &plain));
    }
    if let Some(pattern) = &own.pattern {
        constrain(made, "pattern", json!(pattern));
    }
}

fn bound_type(kind: &Type) -> Type {
    match kind {
        Type::Scalar(_) => kind.clone(),
        _ => Type::Scalar("integer".to_owned()),
    }
}

/// Puts a constraint on the values themselves, through lists.
fn constrain(made: &mut Map<String, Json>, key: &str, value: Json) {
    match made.get_mut("items") {
        Some(Json::Object(items)) => constrain(items, key, value),
        _ => drop(made.insert(key.to_owned(), value)),
    }
}

fn purpose(purpose: &Value) -> Option<Json> {
    match purpose {
        Value::Ref(consent) => Some(json!({ "consent": consent.path })),
        Value::String(reason) => Some(json!({ "reason": reason })),
        _ => None,
    }
}

// ---- values

/// A literal of a spec as the value that is sent for a type.
pub(super) fn to_json(value: &Value, kind: &Type) -> Json {
    match (value, kind) {
        (Value::List(members), Type::List(inner)) => members.iter().map(|member| to_json(member, inner)).collect(),
        (Value::List(members), _) => members.iter().map(|member| to_json(member, kind)).collect(),
        (Value::Word(word), Type::Scalar(scalar)) if scalar == "bool" => json!(word == "true"),
        (Value::Word(word), Type::Scalar(scalar)) if scalar == "any" && (word == "true" || word == "false") => {
            json!(word == "true")
        }
        (Value::Number(number), _) => decimal(number),
        (Value::Percent(share), _) => share_of_one(share),
        (Value::Duration(time), _) => time.seconds.as_deref().map_or_else(|| json!(time.text), decimal),
        (Value::Money(money), _) => decimal(&money.amount),
        (Value::Word(text) | Value::String(text) | Value::Date(text) | Value::Month(text) | Value::Time(text), _) => {
            json!(text)
        }
        (Value::Bool(holds), _) => json!(holds),
        _ => Json::Null,
    }
}

/// JSON has one kind of number; the digits of the decimal are kept wherever it can hold them.
fn decimal(text: &str) -> Json {
    if let Ok(whole) = text.parse::<i64>() {
        return json!(whole);
    }
    let whole = text.strip_suffix(".0").and_then(|whole| whole.parse::<i64>().ok());
    let number = whole.map(Number::from).or_else(|| text.parse::<f64>().ok().and_then(Number::from_f64));
    number.map_or_else(|| json!(text), Json::Number)
}

/// `12.5%` is sent as 0.125.
fn share_of_one(share: &str) -> Json {
    let digits = share.trim_end_matches('%');
    let exact = digits.parse::<rust_decimal::Decimal>().ok();
    let exact = exact.and_then(|share| share.checked_div(rust_decimal::Decimal::ONE_HUNDRED));
    exact.map_or(Json::Null, |share| decimal(&share.normalize().to_string()))
}

/// The examples of an event, under the names on the wire.
pub(super) fn examples(event: &EventPlan) -> Vec<Json> {
    let of_variants = event.variants.iter().flat_map(|variant| &variant.properties);
    let known: BTreeMap<&str, &PropertyPlan> =
        of_variants.chain(&event.properties).map(|own| (own.name.as_str(), own)).collect();
    let any = Type::Scalar("any".to_owned());
    let pair = |(name, value): (&String, &Value)| match known.get(name.as_str()) {
        Some(own) => (own.wire_name.clone(), to_json(value, own.kind.as_ref().unwrap_or(&any))),
        None => (name.clone(), to_json(value, &any)),
    };
    event.examples.iter().map(|example| Json::Object(example.iter().map(pair).collect())).collect()
}

// ---- variants

/// A variant as a condition, where its condition can be said: in this case its required properties must be there.
fn form(event: &EventPlan, variant: &VariantPlan) -> Option<Json> {
    let condition = condition(event, &variant.when.as_ref()?.tree)?;
    let needed = required(&variant.properties);
    (!needed.is_empty()).then(|| json!({ "if": condition, "then": { "required": needed } }))
}

fn condition(event: &EventPlan, tree: &Tree) -> Option<Json> {
    let all = |word: &str| {
        let inner: Option<Vec<Json>> = tree.args.iter().map(|inner| condition(event, inner)).collect();
        inner.map(|inner| json!({ word: inner }))
    };
    match (tree.op, tree.args.as_slice()) {
        ("and", _) => all("allOf"),
        ("or", _) => all("anyOf"),
        ("not", [inner]) => condition(event, inner).map(|inner| json!({ "not": inner })),
        ("name", _) => {
            let own = property_of(event, tree)?;
            (own.json_type == "boolean").then(|| holds(own, &json!({ "const": true })))
        }
        (op, [left, right]) => {
            let own = property_of(event, left)?;
            comparison(op, own, right).map(|test| holds(own, &test))
        }
        _ => None,
    }
}

fn holds(own: &PropertyPlan, test: &Json) -> Json {
    let name = &own.wire_name;
    json!({ "properties": { name: test }, "required": [name] })
}

fn comparison(op: &str, own: &PropertyPlan, right: &Tree) -> Option<Json> {
    let kind = own.kind.as_ref()?;
    if op == "in" && right.op == "list" {
        let members: Option<Vec<Json>> = right.args.iter().map(|member| constant(member, kind)).collect();
        return members.map(|members| json!({ "enum": members }));
    }
    let value = constant(right, kind)?;
    match op {
        "==" => Some(json!({ "const": value })),
        "!=" => Some(json!({ "not": { "const": value } })),
        ">=" if value.is_number() => Some(json!({ "minimum": value })),
        "<=" if value.is_number() => Some(json!({ "maximum": value })),
        ">" if value.is_number() => Some(json!({ "exclusiveMinimum": value })),
        "<" if value.is_number() => Some(json!({ "exclusiveMaximum": value })),
        _ => None,
    }
}

fn constant(tree: &Tree, kind: &Type) -> Option<Json> {
    let value = tree.value.as_ref().filter(|_| tree.args.is_empty())?;
    let is_constant = !matches!(value, Value::Ref(_) | Value::Builtin(_) | Value::Unbound(_));
    is_constant.then(|| to_json(value, kind)).filter(|value| !value.is_null())
}

fn property_of<'e>(event: &'e EventPlan, tree: &Tree) -> Option<&'e PropertyPlan> {
    let Some(Value::Ref(reference)) = tree.value.as_ref().filter(|_| tree.op == "name") else { return None };
    event.properties.iter().find(|own| own.path == reference.path)
}

/// The variants whose condition no schema can say.
pub(super) fn approximations(plan: &Plan) -> Vec<Approximation> {
    let mut found = Vec::new();
    for event in &plan.events {
        for variant in &event.variants {
            let needs = !required(&variant.properties).is_empty();
            let Some(when) = variant.when.as_ref().filter(|_| needs) else { continue };
            if condition(event, &when.tree).is_none() {
                let (path, condition) = (format!("{}.{}", event.path, variant.name), &when.text);
                let message = say!(
                    "the schema of `{event}` cannot say `{condition}`, so what variant `{variant}` requires is optional in it",
                    event = event.path,
                    condition,
                    variant = variant.name
                );
                found.push(Approximation { target: TARGET, path, message });
            }
        }
    }
    found
}
