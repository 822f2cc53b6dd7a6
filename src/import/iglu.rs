//! Self-describing schemas of Snowplow in the folders of an Iglu registry: `VENDOR/NAME/jsonschema/1-0-0`, and data
//! structures of `snowplow-cli`, which hold the same.

use super::node::Node;
use super::plan::{ForeignEvent, ForeignPlan, Notes, Owner};
use super::schema::Schema;
use super::{faults, json_schema, words};
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
    if meta.and_then(|own| own.text_of("schemaType")) == Some("entity") {
        notes.lose(schema.span, say!("an entity, which goes with events"), name.to_owned());
        return plan;
    }
    plan.events.push(event(schema, name, meta, notes));
    plan
}

fn event(schema: &Node, name: &str, meta: Option<&Node>, notes: &mut Notes) -> ForeignEvent {
    let itself = schema.get("self").unwrap_or(schema);
    let place = itself.get("name").unwrap_or(schema).span;
    words::check(name, place, notes);
    notes.lose_rest(
        schema,
        &["$schema", "self", "description", "title", "type", "properties", "required", "definitions", "$defs"],
    );
    notes.lose_rest(itself, &["vendor", "name", "version", "format"]);
    let mut event = ForeignEvent {
        scope: itself.text_of("vendor").unwrap_or_default().to_owned(),
        label: words::line(schema.text_of("title").unwrap_or_default()),
        docs: words::docs(schema.get("description"), notes),
        version: json_schema::version(itself.text_of("version").unwrap_or_default()),
        properties: Schema::new(schema, notes).properties(schema),
        ..ForeignEvent::new(name, place)
    };
    let data = meta.and_then(|own| own.get("customData"));
    super::about::labels(&mut event, data.map(Node::members).unwrap_or_default(), notes);
    if let Some(vendor) = itself.get("vendor") {
        notes.lose(vendor.span, say!("the vendor of a schema"), vendor.shown());
    }
    let owner = schema.text_of("x-owner").map(|own| Owner { name: words::line(own), lead: None });
    event.owner = event.owner.take().or(owner);
    event
}
