//! The schema of a whole message, as Segment and those who follow it write them: what an event sends lies one level
//! further in, under `properties` or `traits`.

use super::node::{Member, Node};
use super::plan::Notes;
use crate::say;

/// What is said of a message beside the parts of it.
const OF_MESSAGE: &[&str] =
    &["$schema", "type", "description", "title", "labels", "properties", "required", "definitions", "$defs"];

/// What is said of a part beside its members.
const OF_PART: &[&str] = &["type", "properties", "required", "$schema", "description"];

/// The object that holds the properties of an event: that part of the message, or the schema itself where it is flat.
/// `part` is a word, or a path such as `context.traits`.
pub(super) fn part<'n>(schema: &'n Node, part: &str, notes: &mut Notes) -> Option<&'n Node> {
    notes.lose_rest(schema, OF_MESSAGE);
    let properties = schema.get("properties")?;
    if !is_nested(properties) {
        return Some(schema);
    }
    let (first, rest) = part.split_once('.').unwrap_or((part, ""));
    for member in properties.members().iter().filter(|member| member.key != first) {
        let section = &member.key;
        let says = member.value.get("properties").is_some_and(|own| !own.is_empty());
        if says {
            notes.lose(member.place, say!("what `{section}` of the message must hold", section), member.value.shown());
        }
    }
    let mut inner = properties.get(first)?;
    if !rest.is_empty() {
        inner = inner.get("properties")?.get(rest)?;
    }
    notes.lose_rest(inner, OF_PART);
    Some(inner)
}

/// Whether members are the parts of a message, not properties of an event.
fn is_nested(properties: &Node) -> bool {
    const PARTS: [&str; 3] = ["properties", "traits", "context"];
    let is_part = |member: &Member| {
        let kind = member.value.get("type").map(Node::shown);
        let is_schema =
            |inner: &Member| !matches!(inner.key.as_str(), "items" | "enum" | "format" | "minimum" | "maximum");
        PARTS.contains(&member.key.as_str())
            && kind.is_none_or(|kind| kind.contains("object"))
            && member.value.members().iter().all(is_schema)
    };
    !properties.is_empty() && properties.members().iter().all(is_part)
}
