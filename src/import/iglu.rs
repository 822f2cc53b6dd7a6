//! Self-describing schemas of Snowplow in the folders of an Iglu registry: `VENDOR/NAME/jsonschema/1-0-0`, and data
//! structures of `snowplow-cli`, which hold the same.

use super::node::Node;
use super::plan::{ForeignEvent, ForeignPlan, Notes};
use super::schema::Schema;
use super::{about, faults, json_schema, words};
use crate::say;

/// Reads a schema; `file` is the path of its file.
pub(super) fn read(root: &Node, file: &str, notes: &mut Notes) -> ForeignPlan {
    let mut plan = ForeignPlan::default();
    let (schema, meta) = match root.get("data").filter(|_| root.get("apiVersion").is_some()) {
        Some(data) => (data, root.get("meta")),
        None => (root, None),
    };
    let name = schema.get("self").and_then(|own| own.text_of("name"));
    notes.begin(name.unwrap_or(file));
    let Some(name) = name else {
        if root.get("resourceType").is_some() {
            notes.lose(root.span, say!("a resource other than a data structure"), root.shown());
        } else {
            let fault = faults::unreadable(
                root.span.before(),
                say!("`{file}` is no self-describing schema: it has no `self.name`", file),
            );
            notes.faults.push(
                fault.help(say!("import the folder of the registry that holds the schemas alone; nothing was written")),
            );
        }
        return plan;
    };
    if schema.text_of("type") != Some("object") {
        notes.lose(schema.span, say!("a file that is no schema of an event"), file.to_owned());
        return plan;
    }
    let kind = meta.and_then(|own| own.text_of("schemaType")).or(schema.text_of("x-schema-type"));
    // What builds say of people.
    let is_user = name == "user" && schema.text_of("x-schema-type").is_some() && schema.get("x-group").is_none();
    match kind {
        Some("entity") if is_user => {
            let known = Schema::new(schema, notes).properties(schema);
            plan.traits.extend(known.into_iter().map(|own| own.into_trait(notes)));
        }
        Some("entity") => notes.lose(schema.span, say!("an entity, which goes with events"), name.to_owned()),
        _ => plan.events.push(event(schema, name, meta, notes)),
    }
    plan
}

fn event(schema: &Node, name: &str, meta: Option<&Node>, notes: &mut Notes) -> ForeignEvent {
    let itself = schema.get("self").unwrap_or(schema);
    let place = itself.get("name").unwrap_or(schema).span;
    words::check(name, place, notes);
    let read = ["$schema", "self", "description", "title", "type", "properties", "required", "definitions", "$defs"];
    let marks = schema.members().iter().map(|own| own.key.as_str()).filter(|key| key.starts_with("x-"));
    notes.lose_rest(schema, &read.into_iter().chain(marks).collect::<Vec<_>>());
    notes.lose_rest(itself, &["vendor", "name", "version", "format"]);
    let mut event = ForeignEvent {
        scope: itself.text_of("vendor").unwrap_or_default().to_owned(),
        label: words::line(schema.text_of("title").unwrap_or_default()),
        docs: words::docs(schema.get("description"), notes),
        version: json_schema::version(itself.text_of("version").unwrap_or_default()),
        properties: Schema::new(schema, notes).properties(schema),
        ..ForeignEvent::new(name, place)
    };
    // Of a data structure the labels say the same.
    match meta.and_then(|own| own.get("customData")).map(Node::members) {
        Some(labels) if !labels.is_empty() => about::labels(&mut event, labels, notes),
        _ => about::marked(&mut event, schema, notes),
    }
    if let Some(vendor) = itself.get("vendor") {
        notes.lose(vendor.span, say!("the vendor of a schema"), vendor.shown());
    }
    event
}
