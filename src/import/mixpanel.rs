//! The Lexicon of Mixpanel: the entries of its schemas API, as they are uploaded (`entries`) or returned (`results`).

use super::node::{Node, Value};
use super::plan::{ForeignEvent, ForeignPlan, ForeignProperty, Notes, Owner};
use super::schema::Schema;
use super::{about, faults, words};
use crate::say;

/// Reads a dictionary.
pub(super) fn read(root: &Node, notes: &mut Notes) -> ForeignPlan {
    let mut plan = ForeignPlan::default();
    let entries = root.get("entries").or(root.get("results")).unwrap_or(root);
    let Value::List(entries) = &entries.value else {
        let fault = faults::unreadable(root.span, say!("this is no Lexicon of Mixpanel: it has no `entries`"));
        notes.faults.push(fault.help(say!("export the schemas through the API; nothing was written")));
        return plan;
    };
    for entry in entries {
        let name = entry.text_of("name").unwrap_or_default();
        notes.begin(name);
        notes.lose_rest(entry, &["entityType", "name", "schemaJson"]);
        let schema = entry.get("schemaJson").map(about::told_within);
        match (entry.text_of("entityType"), &schema) {
            (Some("event") | None, Some(schema)) => plan.events.push(event(entry, schema, notes)),
            (Some("profile"), Some(schema)) => {
                let known = properties(schema, notes);
                plan.traits.extend(known.into_iter().map(|own| own.into_trait(notes)));
            }
            _ => notes.lose(entry.span, say!("an entry that is no event and no profile"), entry.shown()),
        }
    }
    plan
}

fn event(entry: &Node, schema: &Node, notes: &mut Notes) -> ForeignEvent {
    let name = entry.text_of("name").unwrap_or_default();
    let place = entry.get("name").unwrap_or(entry).span;
    words::check(name, place, notes);
    notes.lose_rest(
        schema,
        &["$schema", "type", "description", "required", "properties", "metadata", "additionalProperties"],
    );
    if let Some(open) = schema.get("additionalProperties").filter(|own| own.is_true()) {
        notes.lose(open.span, say!("`{word}`", word = "additionalProperties"), open.shown());
    }
    let mut event = ForeignEvent {
        docs: words::docs(schema.get("description"), notes),
        properties: properties(schema, notes),
        ..ForeignEvent::new(name, place)
    };
    about::described(&mut event, notes);
    let known = metadata(schema, notes);
    event.label = known.as_ref().and_then(|own| own.text_of("displayName")).map(words::line).unwrap_or_default();
    event.owner = known.and_then(owner).or(event.owner);
    if let Some(known) = known {
        lose_metadata(known, &["displayName", "contacts", "teamContacts"], notes);
    }
    event
}

fn properties(schema: &Node, notes: &mut Notes) -> Vec<ForeignProperty> {
    let mut read = Schema { extra: &["metadata"], ..Schema::new(schema, notes) }.properties(schema);
    let members = schema.get("properties").map(Node::members).unwrap_or_default();
    for own in &mut read {
        let Some(member) = members.iter().find(|member| member.key == own.wire) else { continue };
        notes.enter(&own.wire);
        if let Some(known) = metadata(&member.value, notes) {
            own.label = words::line(known.text_of("displayName").unwrap_or_default());
            lose_metadata(known, &["displayName"], notes);
        }
        notes.leave();
    }
    read
}

/// What Mixpanel knows besides the schema.
fn metadata<'n>(schema: &'n Node, notes: &mut Notes) -> Option<&'n Node> {
    let metadata = schema.get("metadata")?;
    notes.lose_rest(metadata, &["com.mixpanel"]);
    metadata.get("com.mixpanel")
}

/// Marks that are not set say nothing.
fn lose_metadata(known: &Node, read: &[&str], notes: &mut Notes) {
    let unset = known.members().iter().filter(|own| matches!(own.value.value, Value::Bool(false)));
    let all: Vec<&str> = read.iter().copied().chain(unset.map(|own| own.key.as_str())).collect();
    notes.lose_rest(known, &all);
}

/// The first team answers for it; the first person is whom to ask.
fn owner(known: &Node) -> Option<Owner> {
    let first = |key| known.get(key).and_then(|own| own.items().first()).and_then(Node::text).map(words::line);
    let lead = first("contacts");
    let name = first("teamContacts").or_else(|| lead.clone())?;
    Some(Owner { name, lead })
}
