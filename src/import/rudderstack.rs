//! `RudderStack`: the JSON of its API, as `rudder-typer` keeps it; the YAML of its catalog is read in `catalog`.

use super::node::Node;
use super::plan::{ForeignEvent, ForeignPlan, Notes};
use super::schema::Schema;
use super::{about, catalog, faults, message, words};
use crate::say;
use crate::source::Sources;

/// The types of events, with the part of the message that holds what they send.
pub(super) const TYPES: &[(&str, &str)] = &[
    ("track", "properties"),
    ("page", "properties"),
    ("screen", "properties"),
    ("identify", "traits"),
    ("group", "traits"),
];

/// Reads plans in JSON, and catalogs whose resources may stand in several files.
pub(super) fn read_all(sources: &Sources, notes: &mut Notes) -> ForeignPlan {
    let all = super::documents(sources, notes).into_iter().map(|(_, node)| node);
    let (resources, plans): (Vec<Node>, Vec<Node>) = all.partition(|node| node.get("kind").is_some());
    let mut whole = catalog::read(&resources, notes);
    for root in plans {
        notes.begin("");
        whole.join(read(&root, notes));
    }
    whole
}

/// Reads a plan.
fn read(root: &Node, notes: &mut Notes) -> ForeignPlan {
    let mut plan = ForeignPlan {
        name: words::line(root.text_of("name").or(root.text_of("display_name")).unwrap_or_default()),
        docs: words::docs(root.get("description"), notes),
        ..ForeignPlan::default()
    };
    let events = root.get("rules").and_then(|rules| rules.get("events")).or(root.get("events"));
    let Some(events) = events.filter(|own| matches!(own.value, super::node::Value::List(_))) else {
        let fault = faults::unreadable(root.span, say!("this is no plan of RudderStack: it has no list of `events`"));
        notes.faults.push(fault.help(say!("export the plan with its events; nothing was written")));
        return plan;
    };
    notes.lose_rest(root, &["name", "display_name", "description", "rules", "events"]);
    plan.events = events.items().iter().filter_map(|node| event(node, notes)).collect();
    plan
}

fn event(node: &Node, notes: &mut Notes) -> Option<ForeignEvent> {
    let name = node.text_of("name").unwrap_or_default();
    notes.begin(name);
    let word = node.text_of("eventType").or(node.text_of("type")).unwrap_or("track");
    let Some((class, part)) = TYPES.iter().find(|(own, _)| *own == word) else {
        notes.lose(node.span, say!("an event of an unknown type"), node.shown());
        return None;
    };
    let wire = if name.is_empty() { class } else { name };
    notes.begin(wire);
    let place = node.get("name").unwrap_or(node).span;
    words::check(name, place, notes);
    notes.lose_rest(node, &["name", "description", "eventType", "type", "identitySection", "rules", "labels"]);
    let part = node.text_of("identitySection").filter(|own| !own.is_empty()).unwrap_or(part);
    let mut event =
        ForeignEvent { class, docs: words::docs(node.get("description"), notes), ..ForeignEvent::new(wire, place) };
    about::described(&mut event, notes);
    if let Some(schema) = node.get("rules") {
        about::labels(&mut event, schema.get("labels").map(Node::members).unwrap_or_default(), notes);
        if let Some(object) = message::part(schema, part, notes) {
            event.properties = Schema::new(schema, notes).properties(object);
        }
    }
    Some(event)
}
