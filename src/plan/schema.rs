//! The JSON Schema of `model.json`, made from the table of kinds; what is derived is described by hand.

use serde_json::{Map, Value, json};

use super::SCHEMA_ID;
use super::layout::{Layout, SlotSpec};
use crate::model::Kind;
use crate::model::kinds::{FieldSpec, Naming, top_level};
use crate::model::shape::{Named, Prim};
use crate::model::value::{PER_WORDS, SCALARS};

/// The JSON Schema (2020-12) of `model.json`.
pub fn schema() -> Value {
    let mut defs = values();
    for kind in Kind::ALL {
        defs.insert(format!("kind_{}", kind.word()), of_kind(*kind));
    }
    defs.extend(facts());
    let declarations: Vec<Value> = top_level().iter().map(|kind| reference(&format!("kind_{}", kind.word()))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "model.json",
        "description": "A funnel spec as data: what `funnelc build` writes as model.json. Numbers are strings of exact decimals; names are full paths.",
        "type": "object",
        "properties": {
            "$schema": { "type": "string" },
            "version": { "const": super::VERSION },
            "generator": object(&[("name", text()), ("version", text())], &["name", "version"]),
            "files": list(&text()),
            "project": text(),
            "languages": { "type": "array", "items": text(), "minItems": 1 },
            "currency": text(),
            "declarations": { "type": "array", "items": { "anyOf": declarations } },
            "events": list(&reference("event")),
            "types": list(&reference("declared_type")),
            "profiles": list(&reference("profile")),
            "funnels": list(&reference("funnel")),
            "kpis": list(&reference("kpi")),
            "sequences": list(&reference("sequence_plan")),
            "boards": list(&reference("board")),
        },
        "required": ["$schema", "version", "generator", "files", "project", "languages", "declarations", "events", "types", "profiles", "funnels", "kpis", "sequences", "boards"],
        "additionalProperties": false,
        "$defs": defs,
    })
}

// ---- pieces

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

fn object(properties: &[(&str, Value)], required: &[&str]) -> Value {
    let properties: Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

/// An object with one key, which says what it is.
fn tagged(tag: &str, schema: Value) -> Value {
    object(&[(tag, schema)], &[tag])
}

fn by_language(inner: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": inner })
}

// ---- values

fn values() -> Map<String, Value> {
    let decimal = json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?$" });
    let per = json!({ "enum": PER_WORDS });
    let duration =
        object(&[("seconds", decimal.clone()), ("months", json!({ "type": "integer" })), ("text", text())], &["text"]);
    let money = object(
        &[
            ("amount", decimal.clone()),
            ("currency", json!({ "type": "string", "pattern": "^[A-Z]{3}$" })),
            ("per", per),
        ],
        &["amount", "currency"],
    );
    let one = reference("value");
    let all: Vec<(&str, Value)> = vec![
        ("flag", tagged("flag", json!({ "const": true }))),
        ("word", tagged("word", text())),
        ("string", tagged("string", text())),
        ("text", tagged("text", by_language(&text()))),
        ("texts", tagged("texts", by_language(&list(&text())))),
        ("number", tagged("number", decimal.clone())),
        ("percent", tagged("percent", json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?%$" }))),
        ("duration", tagged("duration", duration.clone())),
        ("money", tagged("money", money)),
        ("date", tagged("date", json!({ "type": "string", "pattern": "^-?[0-9]{4,6}-[0-9]{2}-[0-9]{2}$" }))),
        ("month", tagged("month", json!({ "type": "string", "pattern": "^-?[0-9]{4,6}-[0-9]{2}$" }))),
        ("time", tagged("time", json!({ "type": "string", "pattern": "^[0-9]{2}:[0-9]{2}$" }))),
        ("bool", tagged("bool", flag())),
        ("range", tagged("range", object(&[("from", one.clone()), ("to", one.clone())], &["from", "to"]))),
        ("ref", tagged("ref", reference("reference"))),
        ("builtin", tagged("builtin", text())),
        ("unbound", tagged("unbound", text())),
        ("expr", tagged("expr", reference("expression"))),
        ("compare", tagged("compare", object(&[("op", text()), ("value", one.clone())], &["op", "value"]))),
        ("workdays", tagged("workdays", decimal)),
        ("type", tagged("type", reference("property_type"))),
        ("list", tagged("list", list(&one))),
    ];
    let any: Vec<Value> = all.iter().map(|(name, _)| reference(&format!("value_{name}"))).collect();
    let mut defs: Map<String, Value> =
        all.into_iter().map(|(name, schema)| (format!("value_{name}"), schema)).collect();
    defs.insert("value".to_owned(), json!({ "anyOf": any }));
    defs.insert("length_of_time".to_owned(), duration);
    defs.insert("reference".to_owned(), object(&[("kind", kinds()), ("path", text())], &["kind", "path"]));
    defs.insert("expression".to_owned(), object(&[("text", text()), ("tree", reference("tree"))], &["text", "tree"]));
    defs.insert("tree".to_owned(), tree());
    defs.insert("property_type".to_owned(), property_type());
    defs
}

fn kinds() -> Value {
    json!({ "enum": Kind::ALL.iter().map(|kind| kind.word()).collect::<Vec<_>>() })
}

fn tree() -> Value {
    let (one, inner) = (reference("value"), reference("tree"));
    let parts = [
        ("op", text()),
        ("value", one.clone()),
        ("args", list(&inner)),
        ("times", text()),
        ("within", one.clone()),
        ("for", one.clone()),
        ("after", inner),
        ("offset", one),
        ("people", text()),
    ];
    object(&parts, &["op"])
}

fn property_type() -> Value {
    let scalars: Vec<&str> = SCALARS.iter().map(|(scalar, _)| *scalar).collect();
    json!({ "anyOf": [
        tagged("scalar", json!({ "enum": scalars })),
        tagged("enum", list(&text())),
        tagged("list", reference("property_type")),
        tagged("named", text()),
    ] })
}

// ---- the table of kinds

fn of_kind(kind: Kind) -> Value {
    let spec = kind.spec();
    let mut parts = vec![
        ("kind", json!({ "const": kind.word() })),
        ("path", text()),
        ("id", json!({ "type": "string", "format": "uuid" })),
        ("module", text()),
        ("docs", text()),
    ];
    let mut required = vec!["kind", "path", "id"];
    if spec.row.naming == Naming::Required {
        parts.push(("name", text()));
        parts.push(("label", by_language(&text())));
        parts.push(("extends", text()));
        required.push("name");
    } else if spec.has_body() {
        parts.push(("label", by_language(&text())));
    }
    if !spec.row.classes.is_empty() {
        parts.push(("class", json!({ "enum": spec.row.classes })));
    }
    let head = Layout::of_head(kind);
    if !head.slots.is_empty() {
        parts.push(("head", slots(head)));
    }
    if !spec.fields.is_empty() {
        let fields: Vec<(&str, Value)> = spec.fields.iter().map(|own| (own.word, field(kind, own))).collect();
        parts.push(("fields", object(&fields, &[])));
        parts.push(("inherited", object(&fields, &[])));
    }
    let inner = children(kind);
    if !inner.is_empty() {
        parts.push(("children", list(&json!({ "anyOf": inner }))));
    }
    let mut made = object(&parts, &required);
    made["description"] = json!(spec.row.doc);
    made
}

/// What is declared inside a kind: by its row, by rows without a word, and the transitions of a funnel.
fn children(kind: Kind) -> Vec<Value> {
    let row = kind.spec().row;
    let ways = [Kind::Transition].into_iter().filter(|_| kind == Kind::Funnel);
    // What an instance declares stands in its model.
    let made = Kind::Model.spec().row.children.iter().copied().filter(|_| kind == Kind::Make);
    let all = row.children.iter().copied().chain(row.rows).chain(ways).chain(made);
    all.map(|inner| reference(&format!("kind_{}", inner.word()))).collect()
}

fn field(kind: Kind, own: &FieldSpec) -> Value {
    let layout = Layout::of_field(kind, own);
    let once =
        if layout.slots.is_empty() { object(&[("value", reference("value_flag"))], &["value"]) } else { slots(layout) };
    let mut made = if own.repeats { list(&once) } else { once };
    made["description"] = json!(own.doc);
    made
}

fn slots(layout: &Layout) -> Value {
    let mut parts: Vec<(&str, Value)> = Vec::new();
    for own in &layout.slots {
        match layout.group_of(own.name) {
            None => parts.push((own.name, slot(own))),
            Some(group) if group.first == own.name => {
                let members = layout.slots.iter().filter(|member| group.slots.contains(&member.name));
                let members: Vec<(&str, Value)> = members.map(|member| (member.name, one(member))).collect();
                parts.push((group.key, list(&object(&members, &[group.first]))));
            }
            Some(_) => {}
        }
    }
    object(&parts, &[])
}

fn slot(own: &SlotSpec) -> Value {
    if own.many { list(&one(own)) } else { one(own) }
}

fn one(own: &SlotSpec) -> Value {
    let mut options: Vec<Value> = own.prims.iter().flat_map(of_prim).collect();
    if own.flag {
        options.push(reference("value_flag"));
    }
    if let Some(rows) = &own.rows {
        options.push(tagged("rows", list(&slots(rows))));
    }
    let mut unique: Vec<Value> = Vec::new();
    for option in options {
        if !unique.contains(&option) {
            unique.push(option);
        }
    }
    if unique.len() == 1 { unique.remove(0) } else { json!({ "anyOf": unique }) }
}

fn of_prim(prim: &Prim) -> Vec<Value> {
    match prim {
        Prim::OneOf(words) => vec![tagged("word", json!({ "enum": words }))],
        Prim::Reference(kinds) => {
            let words: Vec<&str> = kinds.iter().map(Kind::word).collect();
            vec![tagged("ref", object(&[("kind", json!({ "enum": words })), ("path", text())], &["kind", "path"]))]
        }
        Prim::Named(named) => words_of(*named).iter().map(|word| reference(&format!("value_{word}"))).collect(),
    }
}

/// The values that a named primitive can hold.
fn words_of(named: Named) -> &'static [&'static str] {
    match named {
        Named::Text => &["text"],
        Named::Texts => &["texts"],
        Named::Quoted | Named::Timezone => &["string"],
        Named::Integer | Named::Number => &["number"],
        Named::Percent => &["percent"],
        Named::Duration | Named::Period => &["duration"],
        Named::Money => &["money"],
        Named::Quantity => &["number", "percent", "duration", "money", "date", "month", "time"],
        Named::Literal => {
            &["string", "word", "number", "percent", "duration", "money", "date", "month", "time", "list"]
        }
        Named::Compare => &["compare"],
        Named::Date => &["date"],
        Named::Day => &["date", "month"],
        Named::Month => &["month"],
        Named::Time => &["time"],
        Named::Weekday | Named::Per | Named::Free | Named::Lang | Named::Currency => &["word"],
        Named::Argument => &["string", "word", "number"],
        Named::Owner => &["ref", "word"],
        Named::Purpose => &["ref", "string"],
        Named::Range => &["range"],
        Named::Cond | Named::Trigger | Named::Expr | Named::Until => &["expr"],
        Named::Type => &["type"],
        Named::Workdays => &["workdays"],
    }
}

// ---- what is derived

fn facts() -> Map<String, Value> {
    let all = [
        ("event", event()),
        ("property", property()),
        ("declared_type", declared_type()),
        ("profile", profile()),
        ("feed", feed()),
        ("funnel", funnel()),
        ("stage", stage()),
        ("transition", transition()),
        ("kpi", kpi()),
        ("sequence_plan", sequence()),
        ("message", message()),
        ("board", board()),
    ];
    all.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect()
}

fn event() -> Value {
    let labels = by_language(&text());
    let once_per = object(&[("key", list(&text())), ("within", text()), ("prefer", text())], &["key", "within"]);
    let rows = object(
        &[("table", text()), ("filter", reference("expression")), ("time", text()), ("identity", list(&text()))],
        &["table", "identity"],
    );
    let variant = object(
        &[
            ("name", text()),
            ("label", labels.clone()),
            ("when", reference("expression")),
            ("properties", list(&reference("property"))),
        ],
        &["name", "label", "properties"],
    );
    let parts = [
        ("path", text()),
        ("id", text()),
        ("name", text()),
        ("module", text()),
        ("label", labels),
        ("class", text()),
        ("docs", text()),
        ("wire_name", text()),
        ("wire_names", by_language(&text())),
        ("status", json!({ "enum": ["planned", "live", "deprecated"] })),
        ("successor", text()),
        ("sent_by", list(&text())),
        ("owner", text()),
        ("once_per", once_per),
        ("rows", rows),
        ("properties", list(&reference("property"))),
        ("variants", list(&variant)),
        ("examples", list(&by_language(&reference("value")))),
        ("feeds", list(&reference("feed"))),
    ];
    let optional = ["module", "successor", "owner", "once_per", "rows"];
    required_but(&parts, &optional)
}

fn window() -> Value {
    object(
        &[("earliest", reference("length_of_time")), ("latest", reference("length_of_time"))],
        &["earliest", "latest"],
    )
}

fn sequence() -> Value {
    let parts = [
        ("path", text()),
        ("id", text()),
        ("label", by_language(&text())),
        ("module", text()),
        ("docs", text()),
        ("moves", json!({ "type": "array", "items": text(), "minItems": 2, "maxItems": 2 })),
        ("start", reference("expression")),
        ("per", text()),
        ("audience", reference("expression")),
        ("stop", reference("expression")),
        ("again", text()),
        ("owner", text()),
        ("ends", window()),
        ("messages", list(&reference("message"))),
    ];
    required_but(&parts, &["module", "moves", "start", "per", "audience", "stop", "again", "owner"])
}

fn message() -> Value {
    let said = object(&[("for", reference("reference")), ("text", by_language(&text())), ("url", text())], &["text"]);
    let turn = object(
        &[
            ("turn", json!({ "enum": ["happened", "ended", "when", "otherwise", "arm"] })),
            ("what", reference("expression")),
            ("at_most", reference("length_of_time")),
            ("split", text()),
            ("share", text()),
        ],
        &["turn"],
    );
    let aims = object(
        &[("event", reference("expression")), ("within", reference("length_of_time")), ("target", reference("value"))],
        &["event", "within"],
    );
    let parts = [
        ("path", text()),
        ("id", text()),
        ("name", text()),
        ("docs", text()),
        ("kind", json!({ "enum": ["email", "sms", "whatsapp", "push", "call", "post", "task"] })),
        ("window", window()),
        ("turns", list(&turn)),
        ("subject", list(&said)),
        ("preview", list(&said)),
        ("says", list(&said)),
        ("image", list(&said)),
        ("cta", list(&said)),
        ("offer", text()),
        ("aims", aims),
        ("audience", reference("expression")),
        ("when", reference("expression")),
        ("via", text()),
        ("by", text()),
        ("basis", object(&[("kind", text()), ("consent", text())], &["kind"])),
        ("owner", text()),
    ];
    required_but(&parts, &["offer", "aims", "audience", "when", "via", "by", "basis", "owner"])
}

fn board() -> Value {
    let shows = |word: &str, parts: &[(&str, Value)]| {
        let shown = ("shows", json!({ "const": word }));
        required_but(&[std::slice::from_ref(&shown), parts].concat(), &[])
    };
    let items = [
        shows("funnel", &[("funnel", text()), ("by", list(&text()))]),
        shows("kpis", &[("kpis", list(&text()))]),
        shows("retention", &[("stage", text()), ("per", text()), ("split", list(&text()))]),
        shows("next", &[("stage", text())]),
        shows("goals", &[("goals", list(&text()))]),
        shows("experiments", &[("experiments", list(&text()))]),
        shows("sequences", &[("sequences", list(&text()))]),
        shows("time", &[("from", text()), ("to", text())]),
    ];
    let parts = [
        ("path", text()),
        ("label", by_language(&text())),
        ("docs", text()),
        ("items", list(&json!({ "oneOf": items }))),
    ];
    required_but(&parts, &[])
}

fn required_but(parts: &[(&str, Value)], optional: &[&str]) -> Value {
    let required: Vec<&str> = parts.iter().map(|(name, _)| *name).filter(|name| !optional.contains(name)).collect();
    object(parts, &required)
}

fn property() -> Value {
    let one = reference("value");
    let parts = [
        ("name", text()),
        ("path", text()),
        ("from", reference("reference")),
        ("docs", text()),
        ("wire_name", text()),
        ("wire_names", by_language(&text())),
        ("type", reference("property_type")),
        ("json_type", json!({ "enum": ["string", "integer", "number", "boolean", "array", "object", "any"] })),
        ("required", flag()),
        ("default", one.clone()),
        ("pii", text()),
        ("purpose", one.clone()),
        ("range", one.clone()),
        ("length", one),
        ("pattern", text()),
        ("unit", text()),
        ("deprecated", text()),
    ];
    let optional = ["type", "default", "pii", "purpose", "range", "length", "pattern", "unit", "deprecated"];
    required_but(&parts, &optional)
}

fn declared_type() -> Value {
    let parts = [
        ("path", text()),
        ("id", text()),
        ("label", by_language(&text())),
        ("docs", text()),
        ("members", list(&reference("property"))),
    ];
    required_but(&parts, &[])
}

fn profile() -> Value {
    let parts =
        [("group", text()), ("id", text()), ("label", by_language(&text())), ("traits", list(&reference("property")))];
    required_but(&parts, &["group", "label"])
}

fn feed() -> Value {
    let parts = [
        ("kind", kinds()),
        ("path", text()),
        ("label", by_language(&text())),
        ("by", text()),
        ("through", reference("reference")),
    ];
    required_but(&parts, &["through"])
}

fn funnel() -> Value {
    let parts = [
        ("path", text()),
        ("id", text()),
        ("label", by_language(&text())),
        ("class", text()),
        ("cycle", reference("length_of_time")),
        ("window", reference("length_of_time")),
        ("stages", list(&reference("stage"))),
        ("transitions", list(&reference("transition"))),
    ];
    required_but(&parts, &["class", "cycle", "window"])
}

fn stage() -> Value {
    let parts = [
        ("path", text()),
        ("name", text()),
        ("label", by_language(&text())),
        ("docs", text()),
        ("layer", text()),
        ("enter", reference("expression")),
        ("entry", flag()),
        ("converts", flag()),
        ("open", flag()),
        ("optional", flag()),
        ("reached_within", reference("length_of_time")),
    ];
    required_but(&parts, &["layer", "enter", "reached_within"])
}

fn transition() -> Value {
    let rate = object(&[("who", reference("reference")), ("rate", text())], &["who", "rate"]);
    let parts = [
        ("path", text()),
        ("from", text()),
        ("to", text()),
        ("rate", text()),
        ("rates", list(&rate)),
        ("within", reference("length_of_time")),
        ("when", reference("expression")),
        ("on", reference("expression")),
        ("as", json!({ "enum": ["referral", "reentry"] })),
        ("after", reference("length_of_time")),
    ];
    required_but(&parts, &["rate", "within", "when", "on", "as", "after"])
}

fn kpi() -> Value {
    let unit = object(
        &[
            ("money", json!({ "type": "integer" })),
            ("time", json!({ "type": "integer" })),
            ("currency", text()),
            ("number", json!({ "enum": ["plain", "count", "ratio"] })),
            ("total", flag()),
        ],
        &["money", "time", "number", "total"],
    );
    let parts = [
        ("path", text()),
        ("id", text()),
        ("label", by_language(&text())),
        ("module", text()),
        ("docs", text()),
        ("value", reference("expression")),
        ("unit", unit),
        ("about", list(&reference("reference"))),
        ("owner", text()),
    ];
    required_but(&parts, &["module", "value", "unit", "owner"])
}
