//! Segment Protocols: the rules of a plan as the Public API returns them (v2), as `typewriter` keeps them (flat), and
//! as the API returned them before (v1).

use super::faults;
use super::node::{Member, Node};
use super::plan::{ForeignEvent, ForeignPlan, Notes, Owner, Place};
use super::schema::Schema;
use super::words;
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
    notes.begin(if key.is_empty() { class } else { key });
    words::check(key, rule.node.span.before(), notes);
    let docs = match words::docs(schema.get("description"), notes) {
        own if own.is_empty() => words::docs(rule.node.get("description"), notes),
        own => own,
    };
    let never = rule.node.text_of("deprecatedAt").is_none_or(|at| at.is_empty() || at.starts_with(NEVER));
    let owner = labels(schema, notes);
    let mut reader = Schema::new(schema, notes);
    let properties = match section(rule, reader.notes) {
        Some(object) => reader.properties(object),
        None => Vec::new(),
    };
    ForeignEvent {
        wire: if key.is_empty() { class.to_owned() } else { key.to_owned() },
        place: Place(rule.node.get("key").or(rule.node.get("name")).unwrap_or(rule.node).span),
        class,
        label: words::line(schema.text_of("title").unwrap_or_default()),
        docs,
        version: vec![rule.version],
        deprecated: !never,
        owner,
        properties,
    }
}

/// The object that holds the properties: one level further in where the rule is nested.
fn section<'n>(rule: &Rule<'n>, notes: &mut Notes) -> Option<&'n Node> {
    let schema = rule.schema;
    let known = ["$schema", "type", "description", "title", "labels", "properties", "required", "definitions", "$defs"];
    notes.lose_rest(schema, &known);
    let properties = schema.get("properties")?;
    if !is_nested(properties) {
        return Some(schema);
    }
    for member in properties.members().iter().filter(|member| member.key != rule.section) {
        let section = &member.key;
        let says = member.value.get("properties").is_some_and(|own| !own.is_empty());
        if says {
            notes.lose(member.place, say!("what `{section}` of the message must hold", section), member.value.shown());
        }
    }
    let inner = properties.get(rule.section)?;
    notes.lose_rest(inner, &["type", "properties", "required", "$schema"]);
    Some(inner)
}

/// Whether members are the parts of a message, not properties of an event.
fn is_nested(properties: &Node) -> bool {
    const PARTS: [&str; 3] = ["properties", "traits", "context"];
    const SAYS: [&str; 9] =
        ["type", "properties", "required", "$schema", "additionalProperties", "description", "id", "$id", "labels"];
    let is_part = |member: &Member| {
        let kind = member.value.get("type").map(Node::shown);
        PARTS.contains(&member.key.as_str())
            && kind.is_none_or(|kind| kind.contains("object"))
            && member.value.members().iter().all(|inner| SAYS.contains(&inner.key.as_str()))
    };
    !properties.is_empty() && properties.members().iter().all(is_part)
}

/// The owner among the labels; a spec has no place for the others.
fn labels(schema: &Node, notes: &mut Notes) -> Option<Owner> {
    let mut owner = None;
    for label in schema.get("labels").map(Node::members).unwrap_or_default() {
        match (label.key.as_str(), label.value.text()) {
            ("owner" | "team", Some(name)) if !name.trim().is_empty() && owner.is_none() => {
                owner = Some(Owner { name: words::line(name), lead: None });
            }
            (key, _) => notes.lose(label.place, say!("the label `{key}`", key), label.value.shown()),
        }
    }
    owner
}
