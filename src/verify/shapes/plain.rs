//! Plain events: a name, and properties inside `properties` or beside it.

use super::{Role, Shape, count};
use crate::phrase;

/// The keys that say which event it is.
const NAMES: &[&str] = &["event", "event_name", "eventName"];

pub(in crate::verify) const NESTED: Shape = Shape {
    name: "plain",
    about: phrase!("`event` and an object `properties`"),
    destination: "",
    role: nested,
    is_flat: false,
    is_table: false,
    fits: |line| {
        let is_one = line.get("properties").is_some_and(serde_json::Value::is_object) && count(line, NAMES) > 0;
        u32::from(is_one) * 3
    },
};

pub(in crate::verify) const FLAT: Shape = Shape {
    name: "flat",
    about: phrase!("`event` and its properties beside it"),
    destination: "",
    role: flat,
    is_flat: true,
    is_table: false,
    fits: |line| u32::from(count(line, NAMES) > 0 && !line.contains_key("properties")) * 2,
};

pub(in crate::verify) fn nested(key: &str) -> Role {
    match key {
        "properties" => Role::Properties,
        "event" | "event_name" | "eventName" => Role::Name,
        _ => Role::Other,
    }
}

/// What is about the sending is no property.
pub(super) fn flat(key: &str) -> Role {
    match key {
        "event" | "event_name" | "eventName" => Role::Name,
        "timestamp" | "time" | "ts" | "received_at" | "sent_at" | "user_id" | "userId" | "anonymous_id"
        | "anonymousId" | "distinct_id" | "session_id" | "message_id" | "messageId" | "event_id" => Role::Other,
        _ => Role::Property,
    }
}
