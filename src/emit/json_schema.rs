//! The JSON Schema of what an event sends: names on the wire, types, bounds, defaults and examples, with what
//! JSON Schema has no word for under `x-…`.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Map, Number, Value as Json, json};

use super::{Approximation, draft_07, loss};
use crate::plan::value::{Tree, Type, Value};
use crate::plan::{EventPlan, Plan, ProfilePlan, PropertyPlan, TypePlan, VariantPlan};

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
pub fn of_event(plan: &Plan, event: &EventPlan, draft: Draft) -> Json {
    match draft {
        Draft::Newest => Json::Object(newest(plan, event)),
        Draft::Seven => Json::Object(draft_07::from_newest(newest(plan, event))),
    }
}

/// The schema of a property; what it refers to is in the schema of its event.
pub(super) fn of_property(plan: &Plan, own: &PropertyPlan) -> Json {
    // Nothing has to be described here, so everything counts as described.
    let defs = plan.types.iter().map(|own| (own.path.as_str(), None)).collect();
    Schema { plan, names: Names::default(), types: Types::Named(defs) }.property(own)
}

fn newest(plan: &Plan, event: &EventPlan) -> Map<String, Json> {
    let mut schema = Schema { plan, names: Names::default(), types: Types::Named(BTreeMap::new()) };
    let mut made = head(plan, event);
    made.extend(schema.of_event(event));
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

/// The names that properties have on the wire: those of one destination, or the general ones.
#[derive(Clone, Copy, Debug, Default)]
struct Names(Option<&'static str>);

impl Names {
    fn of(self, own: &PropertyPlan) -> &str {
        self.0.map_or(own.wire_name.as_str(), |destination| own.name_in(destination))
    }

    fn required(self, properties: &[PropertyPlan]) -> Vec<&str> {
        properties.iter().filter(|own| own.required).map(|own| self.of(own)).collect()
    }
}

/// How declared types are written.
enum Types<'p> {
    /// Once, by name: those met so far; none while one is being described, which may refer to itself.
    Named(BTreeMap<&'p str, Option<Json>>),
    /// By name, and described elsewhere.
    Reference,
    /// Wherever they stand.
    Inline {
        /// Those that are being described.
        open: Vec<&'p str>,
        /// How many members may still be written: types of types can say much in few lines.
        room: usize,
        /// The first type that could not be described to its end.
        cut: Option<&'p str>,
    },
}

/// How many members of declared types a schema without references may have, and how deep they may stand.
const MAX_INLINE: usize = 5_000;
const MAX_INLINE_DEPTH: usize = 16;

/// The schema of some properties in draft-07 under the names of a destination, for formats that know no references:
/// declared types stand wherever they are used, and one that holds itself is any object there.
pub(super) fn inline(plan: &Plan, event: &EventPlan, destination: &'static str) -> Map<String, Json> {
    draft_07::of(inline_newest(plan, event, destination))
}

/// The same for what is known of people.
pub(super) fn inline_profile(plan: &Plan, profile: &ProfilePlan, destination: &'static str) -> Map<String, Json> {
    draft_07::of(inline_profile_newest(plan, profile, destination))
}

/// The same in the newest draft, for formats that speak a draft of their own.
pub(super) fn inline_newest(plan: &Plan, event: &EventPlan, destination: &'static str) -> Map<String, Json> {
    Schema::inline(plan, destination).of_event(event)
}

/// The same for what is known of people.
pub(super) fn inline_profile_newest(
    plan: &Plan,
    profile: &ProfilePlan,
    destination: &'static str,
) -> Map<String, Json> {
    Schema::inline(plan, destination).object(&profile.traits)
}

/// The schema of one property, which names declared types as `#/$defs/…`.
pub(super) fn with_references(plan: &Plan, own: &PropertyPlan, destination: &'static str) -> Map<String, Json> {
    let mut schema = Schema { plan, names: Names(Some(destination)), types: Types::Reference };
    match schema.property(own) {
        Json::Object(made) => made,
        _ => Map::new(),
    }
}

/// The first declared type that such a schema does not describe to its end.
pub(super) fn cut_inline<'p>(plan: &'p Plan, event: &'p EventPlan, destination: &'static str) -> Option<&'p str> {
    let mut schema = Schema::inline(plan, destination);
    schema.of_event(event);
    match schema.types {
        Types::Inline { cut, .. } => cut,
        Types::Named(_) | Types::Reference => None,
    }
}

struct Schema<'p> {
    plan: &'p Plan,
    names: Names,
    types: Types<'p>,
}

impl<'p> Schema<'p> {
    fn inline(plan: &'p Plan, destination: &'static str) -> Self {
        Self {
            plan,
            names: Names(Some(destination)),
            types: Types::Inline { open: Vec::new(), room: MAX_INLINE, cut: None },
        }
    }

    fn definitions(self) -> Map<String, Json> {
        let Types::Named(defs) = self.types else { return Map::new() };
        defs.into_iter().map(|(path, schema)| (path.to_owned(), schema.unwrap_or(json!({})))).collect()
    }

    fn of_event(&mut self, event: &'p EventPlan) -> Map<String, Json> {
        let mut made = self.object(&event.properties);
        for variant in &event.variants {
            let own = self.properties(&variant.properties);
            if let Some(Json::Object(properties)) = made.get_mut("properties") {
                for (name, own) in own {
                    properties.entry(name).or_insert(own);
                }
            }
        }
        let forms = event.variants.iter().filter_map(|variant| self.names.form(event, variant));
        let forms: Vec<Json> = forms.collect();
        if !forms.is_empty() {
            made.insert("allOf".into(), Json::Array(forms));
        }
        made
    }

    fn object(&mut self, properties: &'p [PropertyPlan]) -> Map<String, Json> {
        let mut made = Map::new();
        made.insert("type".into(), json!("object"));
        made.insert("properties".into(), Json::Object(self.properties(properties)));
        made.insert("required".into(), json!(self.names.required(properties)));
        made.insert("additionalProperties".into(), json!(false));
        made
    }

    fn properties(&mut self, properties: &'p [PropertyPlan]) -> Map<String, Json> {
        properties.iter().map(|own| (self.names.of(own).to_owned(), self.property(own))).collect()
    }

    fn property(&mut self, own: &PropertyPlan) -> Json {
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
        add(&mut made, "x-name", (own.name != self.names.of(own)).then(|| json!(own.name)));
        add(&mut made, "x-wire-names", (!own.wire_names.is_empty()).then(|| json!(own.wire_names)));
        Json::Object(made)
    }

    fn of_type(&mut self, kind: &Type) -> Map<String, Json> {
        let made = match kind {
            Type::Scalar(scalar) => of_scalar(scalar),
            Type::Enum(members) => json!({ "type": "string", "enum": members }),
            Type::List(inner) => json!({ "type": "array", "items": self.of_type(inner) }),
            Type::Named(path) => self.named(path),
        };
        if let Json::Object(made) = made { made } else { Map::new() }
    }

    fn named(&mut self, path: &str) -> Json {
        let own = self.plan.type_at(path);
        match (&mut self.types, own) {
            (Types::Named(_) | Types::Reference, _) => {
                own.into_iter().for_each(|own| self.define(own));
                json!({ "$ref": format!("#/$defs/{}", pointer(path)) })
            }
            (Types::Inline { open, room, cut }, Some(own)) => {
                let fits = own.members.len() <= *room && open.len() < MAX_INLINE_DEPTH;
                if !fits || open.contains(&path) {
                    cut.get_or_insert(&own.path);
                    return json!({ "type": "object" });
                }
                *room -= own.members.len();
                open.push(&own.path);
                let made = self.declared(own);
                if let Types::Inline { open, .. } = &mut self.types {
                    open.pop();
                }
                made
            }
            (Types::Inline { .. }, None) => json!({ "type": "object" }),
        }
    }

    fn define(&mut self, own: &'p TypePlan) {
        let Types::Named(defs) = &mut self.types else { return };
        if defs.contains_key(own.path.as_str()) {
            return;
        }
        defs.insert(&own.path, None);
        let schema = self.declared(own);
        if let Types::Named(defs) = &mut self.types {
            defs.insert(&own.path, Some(schema));
        }
    }

    fn declared(&mut self, own: &'p TypePlan) -> Json {
        let mut made = Map::new();
        made.insert("type".into(), json!("object"));
        add(&mut made, "description", text(&own.docs));
        made.extend(self.object(&own.members));
        Json::Object(made)
    }
}

/// A path as the last part of a JSON pointer in a URI fragment.
pub(crate) fn pointer(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'.' => out.push(byte as char),
            _ => drop(write!(out, "%{byte:02X}")),
        }
    }
    out
}

/// The schema of a type that needs no declaration.
pub(crate) fn of_scalar(scalar: &str) -> Json {
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

impl Names {
    /// A variant as a condition, where its condition can be said: in this case its required properties must be there.
    fn form(self, event: &EventPlan, variant: &VariantPlan) -> Option<Json> {
        let condition = self.condition(event, &variant.when.as_ref()?.tree)?;
        let needed = self.required(&variant.properties);
        (!needed.is_empty()).then(|| json!({ "if": condition, "then": { "required": needed } }))
    }

    fn condition(self, event: &EventPlan, tree: &Tree) -> Option<Json> {
        let all = |word: &str| {
            let inner: Option<Vec<Json>> = tree.args.iter().map(|inner| self.condition(event, inner)).collect();
            inner.map(|inner| json!({ word: inner }))
        };
        match (tree.op, tree.args.as_slice()) {
            ("and", _) => all("allOf"),
            ("or", _) => all("anyOf"),
            ("not", [inner]) => self.condition(event, inner).map(|inner| json!({ "not": inner })),
            ("name", _) => {
                let own = property_of(event, tree)?;
                (own.json_type == "boolean").then(|| self.holds(own, &json!({ "const": true })))
            }
            (op, [left, right]) => {
                let own = property_of(event, left)?;
                comparison(op, own, right).map(|test| self.holds(own, &test))
            }
            _ => None,
        }
    }

    fn holds(self, own: &PropertyPlan, test: &Json) -> Json {
        let name = self.of(own);
        json!({ "properties": { name: test }, "required": [name] })
    }
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

/// The one property of an event whose value makes it a variant, and those values; none where it takes more than that.
pub(super) fn discriminator<'e>(event: &'e EventPlan, variant: &VariantPlan) -> Option<(&'e PropertyPlan, Vec<Json>)> {
    let tree = &variant.when.as_ref()?.tree;
    let condition = Names::default().condition(event, tree)?;
    let own = property_of(event, if tree.op == "name" { tree } else { tree.args.first()? })?;
    let test = condition.get("properties")?.get(&own.wire_name)?;
    let values = match (test.get("const"), test.get("enum")) {
        (Some(one), _) => vec![one.clone()],
        (None, Some(Json::Array(all))) => all.clone(),
        _ => return None,
    };
    Some((own, values))
}

/// Whether the condition of a variant can be said in a schema.
pub(super) fn says(event: &EventPlan, variant: &VariantPlan) -> bool {
    let needs = variant.properties.iter().any(|own| own.required);
    let when = variant.when.as_ref().filter(|_| needs);
    when.is_none_or(|when| Names::default().condition(event, &when.tree).is_some())
}

/// What a schema can only say roughly.
pub(super) fn approximations(plan: &Plan) -> Vec<Approximation> {
    loss::of_conditions(plan, TARGET)
}
