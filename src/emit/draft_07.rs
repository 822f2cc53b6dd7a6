//! A schema of 2020-12 in the words of draft-07.

use serde_json::{Map, Value, json};

/// What draft-07 knows no `format` for.
pub(crate) const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

/// The same schema in draft-07.
pub(super) fn from_newest(schema: Map<String, Value>) -> Map<String, Value> {
    let mut made = of(schema);
    if let Some(uri) = made.get_mut("$schema") {
        *uri = json!("http://json-schema.org/draft-07/schema#");
    }
    made
}

/// A part of a schema in draft-07.
pub(super) fn of(schema: Map<String, Value>) -> Map<String, Value> {
    let has_tuple = schema.contains_key("prefixItems");
    let mut made = Map::with_capacity(schema.len());
    for (word, value) in schema {
        match word.as_str() {
            "$defs" => drop(made.insert("definitions".into(), of_each(value, of))),
            "$ref" => drop(made.insert(word, reference(value))),
            "properties" | "patternProperties" => drop(made.insert(word, of_each(value, of))),
            "prefixItems" => drop(made.insert("items".into(), inner(value, of))),
            "items" if has_tuple => drop(made.insert("additionalItems".into(), inner(value, of))),
            "items"
            | "additionalProperties"
            | "contains"
            | "not"
            | "if"
            | "then"
            | "else"
            | "allOf"
            | "anyOf"
            | "oneOf" => drop(made.insert(word, inner(value, of))),
            // Said by `x-status` and `x-deprecated` already.
            "deprecated" => {}
            _ => drop(made.insert(word, value)),
        }
    }
    if made.get("format") == Some(&json!("uuid")) {
        made.remove("format");
        made.entry("pattern").or_insert(json!(UUID));
    }
    beside_reference(made)
}

/// What stands beside a `$ref` is ignored in draft-07, so the `$ref` moves into an `allOf`.
fn beside_reference(mut schema: Map<String, Value>) -> Map<String, Value> {
    if schema.len() < 2 {
        return schema;
    }
    if let Some(target) = schema.remove("$ref") {
        schema.insert("allOf".into(), json!([{ "$ref": target }]));
    }
    schema
}

fn reference(target: Value) -> Value {
    match target {
        Value::String(target) => json!(target.replacen("#/$defs/", "#/definitions/", 1)),
        other => other,
    }
}

/// What makes one schema of another.
type Into = fn(Map<String, Value>) -> Map<String, Value>;

/// A schema, or a list of schemas.
pub(super) fn inner(value: Value, of: Into) -> Value {
    match value {
        Value::Object(schema) => Value::Object(of(schema)),
        Value::Array(members) => members.into_iter().map(|own| inner(own, of)).collect(),
        other => other,
    }
}

/// Schemas by name, whatever the names.
pub(super) fn of_each(value: Value, of: Into) -> Value {
    match value {
        Value::Object(own) => Value::Object(own.into_iter().map(|(name, schema)| (name, inner(schema, of))).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(schema: &Value) -> Value {
        Value::Object(from_newest(schema.as_object().cloned().unwrap_or_default()))
    }

    #[test]
    fn references_keep_what_stands_beside_them() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "properties": { "$defs": { "$ref": "#/$defs/x", "description": "d" }, "deprecated": { "deprecated": true } },
            "examples": [{ "$defs": 1, "$ref": "#/$defs/x" }],
            "$defs": { "x": { "type": "string", "format": "uuid" } }
        });
        let seven = json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "properties": {
                "$defs": { "description": "d", "allOf": [{ "$ref": "#/definitions/x" }] },
                "deprecated": {}
            },
            "examples": [{ "$defs": 1, "$ref": "#/$defs/x" }],
            "definitions": { "x": { "type": "string", "pattern": UUID } }
        });
        assert_eq!(made(&schema), seven);
    }

    #[test]
    fn tuples_are_lists_of_schemas() {
        let schema = json!({ "prefixItems": [{ "type": "string" }], "items": false });
        assert_eq!(made(&schema), json!({ "items": [{ "type": "string" }], "additionalItems": false }));
    }
}
