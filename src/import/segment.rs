//! Segment Protocols: the rules of a plan as the Public API returns them (v2), as `typewriter` keeps them (flat), and
//! as the API returned them before (v1).

use super::node::Node;
use super::plan::{ForeignEvent, ForeignPlan, Notes};
use super::schema::Schema;
use super::{about, faults, message, words};
use crate::say;

/// The types of rules, with the class of event each describes and where its properties are.
const RULES: &[(&str, &str, &str)] = &[
    ("TRACK", "track", "properties"),
    ("PAGE", "page", "properties"),
    ("SCREEN", "screen", "properties"),
    ("IDENTIFY", "identify", "traits"),
    ("GROUP", "group", "traits"),
];

/// What Segment writes for a moment that never was.
const NEVER: &str = "0001-01-01T00:00:00";

/// A rule of a plan, in whichever form.
struct Rule<'n> {
    key: &'n str,
    class: &'static str,
    /// Where the properties are.
    section: &'static str,
    version: u64,
    node: &'n Node,
    schema: &'n Node,
}

/// Reads a plan.
pub(super) fn read(root: &Node, notes: &mut Notes) -> ForeignPlan {
    let root = root.get("data").and_then(|data| data.get("trackingPlan").or(Some(data))).unwrap_or(root);
    let name = ["display_name", "name", "slug"].iter().find_map(|key| root.text_of(key)).unwrap_or_default();
    let mut plan = ForeignPlan {
        name: words::line(name),
        docs: words::docs(root.get("description"), notes),
        ..ForeignPlan::default()
    };
    notes.lose_rest(root, &["name", "display_name", "description", "rules"]);
    let mut rules = Vec::new();
    match root.get("rules") {
        Some(list) if !list.items().is_empty() => {
            list.items().iter().for_each(|node| rules.extend(rule(node, notes)));
        }
        Some(old) => old_rules(old, &mut rules, notes),
        None => notes.faults.push(
            faults::unreadable(root.span, say!("this is no plan of Segment: it has no `rules`"))
                .help(say!("export the plan through the Public API with its rules; nothing was written")),
        ),
    }
    plan.events = rules.iter().map(|rule| event(rule, notes)).collect();
    plan
}

/// A rule of v2, nested or flat.
fn rule<'n>(node: &'n Node, notes: &mut Notes) -> Option<Rule<'n>> {
    let word = node.text_of("type").unwrap_or("TRACK");
    let key = node.text_of("key").unwrap_or_default();
    notes.begin(key);
    let Some((_, class, section)) = RULES.iter().find(|(own, ..)| *own == word) else {
        notes.lose(node.span, say!("a rule for all events, or of an unknown type"), node.shown());
        return None;
    };
    let Some(schema) = node.get("jsonSchema") else {
        let fault = faults::unreadable(node.span, say!("the rule `{key}` has no `jsonSchema`", key));
        notes.faults.push(fault.help(say!("export the plan with its rules; nothing was written")));
        return None;
    };
    notes.lose_rest(node, &["key", "type", "version", "jsonSchema", "deprecatedAt"]);
    Some(Rule { key, class, section, version: version(node), node, schema })
}

fn version(node: &Node) -> u64 {
    node.get("version").and_then(|own| own.shown().parse().ok()).unwrap_or(1)
}

/// The rules of v1: track rules in a list, the others by themselves.
fn old_rules<'n>(old: &'n Node, rules: &mut Vec<Rule<'n>>, notes: &mut Notes) {
    for node in old.get("events").map(Node::items).unwrap_or_default() {
        let key = node.text_of("name").unwrap_or_default();
        notes.begin(key);
        let Some(schema) = node.get("rules") else {
            notes.lose(node.span, say!("an event without rules"), node.shown());
            continue;
        };
        notes.lose_rest(node, &["name", "version", "rules", "description"]);
        rules.push(Rule { key, class: "track", section: "properties", version: version(node), node, schema });
    }
    for (word, class, section) in [("identify", "identify", "traits"), ("group", "group", "traits")] {
        let Some(schema) = old.get(word).filter(|own| own.get("properties").is_some()) else { continue };
        rules.push(Rule { key: word, class, section, version: 1, node: schema, schema });
    }
    notes.begin("");
    notes.lose_rest(old, &["events", "identify", "group"]);
}

fn event(rule: &Rule<'_>, notes: &mut Notes) -> ForeignEvent {
    let Rule { key, class, schema, .. } = *rule;
    // Rules of `identify` and `group` have no name of their own.
    let wire = if key.is_empty() { class } else { key };
    notes.begin(wire);
    let place = rule.node.get("key").or(rule.node.get("name")).unwrap_or(rule.node).span;
    words::check(key, place, notes);
    let docs = [schema, rule.node].map(|own| words::docs(own.get("description"), notes));
    let never = rule.node.text_of("deprecatedAt").is_none_or(|at| at.is_empty() || at.starts_with(NEVER));
    let mut event = ForeignEvent {
        class,
        label: words::line(schema.text_of("title").unwrap_or_default()),
        docs: docs.into_iter().find(|own| !own.is_empty()).unwrap_or_default(),
        status: if never { "live" } else { "deprecated" },
        version: vec![rule.version],
        ..ForeignEvent::new(wire, place)
    };
    about::labels(&mut event, schema.get("labels").map(Node::members).unwrap_or_default(), notes);
    if let Some(object) = message::part(schema, rule.section, notes) {
        event.properties = Schema::new(schema, notes).properties(object);
    }
    event
}
