//! Segment: the messages of its HTTP API and what its destinations store.

use super::{Role, Shape, count};
use crate::phrase;

pub(super) const SHAPE: Shape = Shape {
    name: "segment",
    about: phrase!("Segment messages: `type`, `event`, `properties`, `traits`, `context`"),
    destination: "segment",
    role,
    is_flat: false,
    is_table: false,
    fits: |line| {
        let is_call = line.get("type").is_some_and(|own| own.as_str().is_some_and(is_class));
        let envelope = count(line, &["messageId", "anonymousId", "userId", "context", "integrations", "timestamp"]);
        u32::from(is_call) * (4 + envelope)
    },
};

/// Whether a word is a kind of call.
pub(super) fn is_class(word: &str) -> bool {
    matches!(word, "track" | "page" | "screen" | "identify" | "group" | "alias")
}

pub(super) fn role(key: &str) -> Role {
    match key {
        "event" => Role::Name,
        "type" => Role::Class,
        "name" => Role::Called,
        "properties" => Role::Properties,
        "traits" => Role::Traits,
        "userId" | "anonymousId" => Role::Person,
        _ => Role::Other,
    }
}
