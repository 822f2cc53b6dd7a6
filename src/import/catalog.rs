//! The data catalog of `RudderStack` in files: `rudder/v1`, and `rudder/v0.1` before it. Events, properties, custom types
//! and plans are resources in files of their own that refer to each other. What a plan says of an event is unfolded into
//! one JSON Schema, which is read like any other.

use indexmap::IndexMap;

use super::node::{Member, Node, Value};
use super::plan::{ForeignEvent, ForeignPlan, Notes};
use super::rudderstack::TYPES;
use super::schema::Schema;
use super::{about, faults, words};
use crate::say;
use crate::source::Span;

/// The kinds of resources, with the member that holds them and what a reference calls them.
const KINDS: &[(&str, &str)] = &[("events", "events"), ("properties", "properties"), ("custom-types", "types")];

/// What is said of a property beside its constraints.
const OF_PROPERTY: &[&str] = &[
    "id",
    "name",
    "description",
    "type",
    "types",
    "item_type",
    "item_types",
    "itemTypes",
    "config",
    "propConfig",
    "properties",
];

/// Every resource by its kind and id.
#[derive(Default)]
struct Catalog<'n> {
    resources: IndexMap<(&'static str, &'n str), &'n Node>,
    plans: Vec<&'n Node>,
}

/// Reads the documents of all files.
pub(super) fn read(documents: &[Node], notes: &mut Notes) -> ForeignPlan {
    let mut catalog = Catalog::default();
    documents.iter().for_each(|document| catalog.add(document, notes));
    let mut plan = ForeignPlan::default();
    for own in &catalog.plans {
        plan.join(Unfold { catalog: &catalog, notes, open: Vec::new() }.plan(own));
    }
    if catalog.plans.is_empty() {
        let events = catalog.of_kind("events");
        plan.events =
            events.map(|own| Unfold { catalog: &catalog, notes, open: Vec::new() }.event(own, None)).collect();
    }
    plan
}

impl<'n> Catalog<'n> {
    fn add(&mut self, document: &'n Node, notes: &mut Notes) {
        let kind = document.text_of("kind").unwrap_or_default();
        notes.begin("");
        let Some(spec) = document.get("spec") else {
            let fault = faults::unreadable(
                document.span.before(),
                say!("this is no resource of RudderStack: it has no `spec`"),
            );
            notes.faults.push(fault.help(say!("name the files of the catalog alone; nothing was written")));
            return;
        };
        if matches!(kind, "tracking-plan" | "tp") {
            self.plans.push(spec);
            return;
        }
        let Some((kind, member)) = KINDS.iter().find(|(own, _)| *own == kind) else {
            if spec.members().iter().any(|member| !member.value.is_empty()) {
                notes.lose(document.span.before(), say!("a resource of the kind `{kind}`", kind), spec.shown());
            }
            return;
        };
        for own in spec.get(member).map(Node::items).unwrap_or_default() {
            if let Some(id) = own.text_of("id") {
                self.resources.insert((kind, id), own);
            }
        }
    }

    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'n Node> {
        self.resources.iter().filter(move |((own, _), _)| *own == kind).map(|(_, node)| *node)
    }

    /// What `#event:signup`, or before it `#/events/user-events/signup`, refers to.
    fn find(&self, kind: &'static str, reference: &str) -> Option<&'n Node> {
        let id = reference.rsplit(['/', ':']).next().unwrap_or_default();
        self.resources.iter().find(|((own, known), _)| *own == kind && *known == id).map(|(_, node)| *node)
    }
}

struct Unfold<'c, 'n, 'p> {
    catalog: &'c Catalog<'n>,
    notes: &'p mut Notes,
    /// The custom types being unfolded.
    open: Vec<&'n str>,
}

impl<'n> Unfold<'_, 'n, '_> {
    fn plan(&mut self, node: &'n Node) -> ForeignPlan {
        self.notes.lose_rest(node, &["id", "display_name", "description", "rules"]);
        let mut plan = ForeignPlan {
            name: words::line(node.text_of("display_name").unwrap_or_default()),
            docs: words::docs(node.get("description"), self.notes),
            ..ForeignPlan::default()
        };
        for rule in node.get("rules").map(Node::items).unwrap_or_default() {
            let reference = rule.get("event").map(|own| own.get("$ref").unwrap_or(own));
            let event = reference.and_then(Node::text).and_then(|own| self.catalog.find("events", own));
            match event {
                Some(event) => plan.events.push(self.event(event, Some(rule))),
                None => self.missing(reference.unwrap_or(rule)),
            }
        }
        plan
    }

    fn missing(&mut self, reference: &Node) {
        let shown = reference.shown();
        let fault = faults::unreadable(reference.span, say!("nothing in these files is called {shown}", shown));
        self.notes.faults.push(fault.help(say!("name all files of the catalog, or their folder; nothing was written")));
    }

    /// An event, and what the rule of a plan says of it.
    fn event(&mut self, node: &'n Node, rule: Option<&'n Node>) -> ForeignEvent {
        let word = node.text_of("event_type").unwrap_or("track");
        let class = TYPES.iter().find(|(own, _)| *own == word).map_or("track", |(class, _)| class);
        let name = node.text_of("name").filter(|own| !own.is_empty());
        let wire = name.unwrap_or(class);
        self.notes.begin(wire);
        let place = node.get("name").unwrap_or(node).span;
        words::check(wire, place, self.notes);
        self.notes.lose_rest(node, &["id", "name", "event_type", "description"]);
        let mut event = ForeignEvent {
            class,
            docs: words::docs(node.get("description"), self.notes),
            ..ForeignEvent::new(wire, place)
        };
        about::described(&mut event, self.notes);
        if let Some(rule) = rule {
            self.notes.lose_rest(rule, &["type", "id", "event", "properties", "identity_section"]);
            let schema = self.object(rule);
            event.properties = Schema::new(&schema, self.notes).properties(&schema);
        }
        event
    }

    /// The schema of what holds references to properties.
    fn object(&mut self, node: &'n Node) -> Node {
        let (mut properties, mut required) = (Vec::new(), Vec::new());
        for own in node.get("properties").map(Node::items).unwrap_or_default() {
            let reference = own.get("property").or(own.get("$ref"));
            let known = reference.and_then(Node::text).and_then(|own| self.catalog.find("properties", own));
            let Some(known) = known else {
                self.missing(reference.unwrap_or(own));
                continue;
            };
            let place = known.get("name").unwrap_or(known).span;
            let key = known.text_of("name").unwrap_or_default().to_owned();
            if own.get("required").is_some_and(Node::is_true) {
                required.push(Node { span: own.span, value: Value::Text(key.clone()) });
            }
            let value = match own.get("properties") {
                Some(_) => self.object(own),
                None => self.property(known),
            };
            properties.push(Member { key, place, value });
        }
        let member = |key: &str, value| Member { key: key.to_owned(), place: node.span, value };
        let of = |value| Node { span: node.span, value };
        of(Value::Map(vec![
            member("type", of(Value::Text("object".to_owned()))),
            member("properties", of(Value::Map(properties))),
            member("required", of(Value::List(required))),
        ]))
    }

    /// The schema of a property or of a custom type.
    fn property(&mut self, node: &'n Node) -> Node {
        let mut members: Vec<Member> = node
            .members()
            .iter()
            .filter(|own| own.key == "description" || !OF_PROPERTY.contains(&own.key.as_str()))
            .cloned()
            .collect();
        about::told(&mut members);
        let config = node.get("config").or(node.get("propConfig"));
        members.extend(
            config.map(Node::members).unwrap_or_default().iter().filter(|own| !is_of_items(&own.key)).map(in_camels),
        );
        let types = self.types(node, "type", "types");
        let items = self.types(node, "item_type", "item_types").or_else(|| {
            let of_config = config.and_then(|own| own.get("item_types").or(own.get("itemTypes")));
            of_config.map(|own| self.of_types(own.span, own.items().iter().filter_map(Node::text).collect()))
        });
        if let Some(Node { value: Value::Map(inner), .. }) = types {
            members.extend(inner);
        }
        if let Some(items) = items {
            members.push(Member { key: "items".to_owned(), place: items.span, value: items });
        }
        Node { span: node.span, value: Value::Map(members) }
    }

    /// The schema that says no more than the types, under either of two keys.
    fn types(&mut self, node: &'n Node, one: &str, many: &str) -> Option<Node> {
        let own = node.get(many).or(node.get(one))?;
        let words = match own.text() {
            // Before v1 several types stood in one text.
            Some(text) => text.split(',').map(str::trim).filter(|own| !own.is_empty()).collect(),
            None => own.items().iter().filter_map(Node::text).collect(),
        };
        Some(self.of_types(own.span, words))
    }

    fn of_types(&mut self, span: Span, types: Vec<&'n str>) -> Node {
        if let [reference] = types.as_slice()
            && reference.starts_with('#')
        {
            return self.custom(span, reference);
        }
        let types = types.into_iter().map(|own| Node { span, value: Value::Text(own.to_owned()) }).collect::<Vec<_>>();
        let member = Member { key: "type".to_owned(), place: span, value: Node { span, value: Value::List(types) } };
        Node { span, value: Value::Map(vec![member]) }
    }

    fn custom(&mut self, span: Span, reference: &'n str) -> Node {
        let nothing = Node { span, value: Value::Map(Vec::new()) };
        let Some(node) = self.catalog.find("custom-types", reference) else {
            self.missing(&Node { span, value: Value::Text(reference.to_owned()) });
            return nothing;
        };
        if self.open.contains(&reference) {
            let fault = faults::unreadable(span, say!("the custom type {reference} holds itself", reference));
            self.notes
                .faults
                .push(fault.help(say!("a type of an imported plan must end somewhere; nothing was written")));
            return nothing;
        }
        self.open.push(reference);
        let is_object = node.get("properties").is_some_and(|own| !own.is_empty());
        let schema = if is_object { self.object(node) } else { self.property(node) };
        self.open.pop();
        if let Some(variants) = node.get("variants") {
            self.notes.lose(variants.span, say!("`{word}`", word = "variants"), variants.shown());
        }
        schema
    }
}

/// What is said of the items of a list stands beside it in JSON Schema.
fn is_of_items(key: &str) -> bool {
    matches!(key, "item_types" | "itemTypes")
}

/// `min_length` as JSON Schema writes it.
fn in_camels(member: &Member) -> Member {
    let mut parts = member.key.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    let key = parts.fold(first, |key, part| {
        let mut rest = part.chars();
        key + &rest.next().map(|own| own.to_uppercase().to_string()).unwrap_or_default() + rest.as_str()
    });
    Member { key, ..member.clone() }
}
