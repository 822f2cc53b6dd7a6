//! The events of a plan as a log names them.

use rustc_hash::FxHashMap;

use super::schema::{Kind, Laws, NodeId};
use crate::emit::{Draft, schema_of_event};
use crate::plan::{EventPlan, Plan};

/// The events of a plan, with what is asked of them.
#[derive(Debug)]
pub(super) struct Register {
    pub(super) laws: Laws,
    pub(super) events: Vec<Planned>,
    /// Every event by its name on the wire.
    by_name: FxHashMap<String, usize>,
    /// The only event of a class, which a call without a name is.
    only: FxHashMap<String, Option<usize>>,
}

/// A planned event.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) is_deprecated: bool,
    pub(super) successor: Option<String>,
    pub(super) node: NodeId,
}

/// What an event of a log is in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Planned(usize),
    Unplanned,
    /// A call that is no event, such as `identify`, of which the plan says nothing.
    Unmodelled,
    Nameless,
}

/// The destination in which names are those of the declarations.
const SNOWPLOW: &str = "snowplow";

impl Register {
    /// Compiles the schemas of a plan; names are those of a destination where it has its own. Fails where a schema says
    /// what cannot be held, with the event and why.
    pub(super) fn new(plan: &Plan, destination: &str) -> Result<Self, String> {
        let mut made = Self {
            laws: Laws::default(),
            events: Vec::new(),
            by_name: FxHashMap::default(),
            only: FxHashMap::default(),
        };
        for event in &plan.events {
            made.add(plan, event, destination).map_err(|why| format!("event `{}`: {why}", event.path))?;
        }
        Ok(made)
    }

    fn add(&mut self, plan: &Plan, event: &EventPlan, destination: &str) -> Result<(), String> {
        let schema = schema_of_event(plan, event, Draft::Newest);
        let node = self.laws.add(&schema, destination)?;
        let at = self.events.len();
        let own = if destination == SNOWPLOW { &event.name } else { &event.wire_name };
        let name = event.wire_names.get(destination).unwrap_or(own).clone();
        self.by_name.entry(name.clone()).or_insert(at);
        self.only.entry(event.class.clone()).and_modify(|only| *only = None).or_insert(Some(at));
        self.events.push(Planned {
            path: event.path.clone(),
            name,
            is_deprecated: event.status == "deprecated",
            successor: event.successor.clone(),
            node,
        });
        Ok(())
    }

    /// The event of a class and a name.
    pub(super) fn find(&self, class: Option<&str>, name: Option<&str>) -> Target {
        if let Some(at) = name.and_then(|name| self.by_name.get(name)) {
            return Target::Planned(*at);
        }
        match (class, name) {
            (Some("track") | None, Some(_)) => Target::Unplanned,
            (Some("track") | None, None) => Target::Nameless,
            // A page is often called by its own name.
            (Some(class), _) => self.only.get(class).copied().flatten().map_or(Target::Unmodelled, Target::Planned),
        }
    }

    /// What a property of an event is, by its name on the wire.
    pub(super) fn kind(&self, event: usize, property: &str) -> Option<&Kind> {
        let object = self.laws.object_at(self.laws.object(self.events[event].node)?);
        let place = object.place(property)?;
        Some(&self.laws.nodes[object.properties[place].node].kind)
    }

    /// The names of all events on the wire.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.events.iter().map(|event| event.name.as_str())
    }
}
