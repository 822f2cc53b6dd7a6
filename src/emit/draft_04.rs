//! A schema of 2020-12 without references in the words of draft-04, the draft of Iglu.

use serde_json::{Map, Value, json};

use super::draft_07::{inner, of_each};

/// The same schema in draft-04.
pub(super) fn of(schema: Map<String, Value>) -> Map<String, Value> {
    let mut made = Map::with_capacity(schema.len());
    let (mut condition, mut consequence) = (None, None);
    for (word, value) in schema {
        match word.as_str() {
            "const" => drop(made.insert("enum".into(), json!([value]))),
            "exclusiveMinimum" => exclusive(&mut made, "minimum", word, value),
            "exclusiveMaximum" => exclusive(&mut made, "maximum", word, value),
            // A list of required properties that is empty is no schema there.
            "required" if value.as_array().is_some_and(Vec::is_empty) => {}
            // Said by `x-status` and `x-deprecated` already.
            "deprecated" => {}
            "if" => condition = Some(inner(value, of)),
            "then" => consequence = Some(inner(value, of)),
            "properties" => drop(made.insert(word, of_each(value, of))),
            "items" | "not" | "allOf" | "anyOf" => drop(made.insert(word, inner(value, of))),
            _ => drop(made.insert(word, value)),
        }
    }
    if let Some((condition, consequence)) = condition.zip(consequence) {
        made.insert("anyOf".into(), json!([{ "not": condition }, consequence]));
    }
    made
}

/// A bound that is not reached itself is a bound with a mark beside it.
fn exclusive(made: &mut Map<String, Value>, bound: &str, mark: String, value: Value) {
    made.insert(bound.to_owned(), value);
    made.insert(mark, json!(true));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_after_draft_04_is_said_in_its_words() {
        let schema = json!({
            "type": "object",
            "properties": { "const": { "const": 1 }, "n": { "exclusiveMinimum": 2, "deprecated": true } },
            "required": [],
            "allOf": [{ "if": { "required": ["n"] }, "then": { "required": ["const"] } }]
        });
        let four = json!({
            "type": "object",
            "properties": { "const": { "enum": [1] }, "n": { "minimum": 2, "exclusiveMinimum": true } },
            "allOf": [{ "anyOf": [{ "not": { "required": ["n"] } }, { "required": ["const"] }] }]
        });
        assert_eq!(Value::Object(of(schema.as_object().cloned().unwrap_or_default())), four);
    }
}
