//! JSON Schemas, one an event: a folder of them as builds write it, as `reflekt` keeps it, or anybody's.

use super::node::Node;
use super::plan::{ForeignEvent, ForeignPlan, Notes, Owner};
use super::schema::Schema;
use super::{about, words};
use crate::say;

/// What is said of an event beside what it sends.
const KNOWN: &[&str] = &[
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "type",
    "properties",
    "required",
    "definitions",
    "$defs",
    "deprecated",
    "self",
    "x-event",
    "x-wire-name",
    "x-class",
    "x-status",
    "x-owner",
    "x-sent-by",
    "examples",
];

/// Reads a schema; `file` is the path of its file.
pub(super) fn read(root: &Node, file: &str, notes: &mut Notes) -> ForeignPlan {
    let known = root.get("self").unwrap_or(root);
    let name = root.text_of("x-wire-name").or(known.text_of("name")).or(root.text_of("title"));
    let name = name.map_or_else(|| named_after(file), str::to_owned);
    notes.begin(&name);
    if root.get("properties").is_none() && root.text_of("type") != Some("object") {
        notes.lose(root.span, say!("a file that is no schema of an event"), file.to_owned());
        return ForeignPlan::default();
    }
    notes.lose_rest(root, KNOWN);
    for key in ["examples", "$id"] {
        if let Some(own) = root.get(key).filter(|own| !own.is_empty()) {
            notes.lose(own.span, say!("`{word}`", word = key), own.shown());
        }
    }
    ForeignPlan { events: vec![event(root, &name, notes)], ..ForeignPlan::default() }
}

fn event(root: &Node, name: &str, notes: &mut Notes) -> ForeignEvent {
    let place =
        root.get("x-wire-name").or(root.get("self")).or(root.get("title")).map_or(root.span.before(), |own| own.span);
    words::check(name, place, notes);
    let class =
        root.text_of("x-class").and_then(|own| super::rudderstack::TYPES.iter().find(|(known, _)| *known == own));
    let is_deprecated = root.get("deprecated").is_some_and(Node::is_true);
    let status = root.text_of("x-status").and_then(about::status);
    let senders = root.get("x-sent-by").map(Node::items).unwrap_or_default();
    let itself = root.get("self");
    if let Some(itself) = itself {
        notes.lose_rest(itself, &["name", "format", "version"]);
    }
    ForeignEvent {
        class: class.map_or("track", |(class, _)| class),
        name: root.text_of("x-event").map(str::to_owned),
        label: words::line(root.text_of("title").unwrap_or_default()),
        docs: words::docs(root.get("description"), notes),
        status: status.unwrap_or(if is_deprecated { "deprecated" } else { "live" }),
        sent_by: senders.iter().filter_map(Node::text).map(words::line).collect(),
        version: version(itself.and_then(|own| own.text_of("version")).unwrap_or_default()),
        owner: root.text_of("x-owner").map(|own| Owner { name: words::line(own), lead: None }),
        properties: Schema::new(root, notes).properties(root),
        ..ForeignEvent::new(name, place)
    }
}

/// `1-0-2` as numbers.
pub(super) fn version(text: &str) -> Vec<u64> {
    text.split(['-', '.']).map_while(|part| part.parse().ok()).collect()
}

/// The name of a file, or of its folder where the file is named after a version.
fn named_after(file: &str) -> String {
    let mut parts = file.rsplit('/');
    let stem = parts.next().unwrap_or_default().split('.').next().unwrap_or_default();
    let is_version = !stem.is_empty() && stem.chars().all(|own| own.is_ascii_digit() || own == '-');
    if is_version { parts.next().unwrap_or(stem).to_owned() } else { stem.to_owned() }
}
