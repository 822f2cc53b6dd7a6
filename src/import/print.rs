//! A plan as a spec: the project and its teams, what events share, the events.

use std::fmt::Write;

use indexmap::IndexMap;
use rustc_hash::FxHashSet;
use unicode_width::UnicodeWidthStr;

use super::names::{self, Names};
use super::plan::{ForeignEvent, ForeignPlan, ForeignProperty, Kind, Owner};
use super::share::Group;
use super::words::quoted;
use crate::fmt::WIDTH;

/// The files of a spec as their declarations, most of them in their canonical form.
pub(super) fn files(plan: &ForeignPlan, groups: &[Group]) -> Vec<(&'static str, Vec<String>)> {
    let mut printer = Printer::of(plan);
    let taken = printer.groups(groups, plan.events.len());
    let events = plan.events.iter().zip(&taken).map(|(event, taken)| printer.event(event, taken)).collect();
    let mut properties = std::mem::take(&mut printer.shared);
    properties.extend(printer.traits(&plan.traits));
    properties.extend(std::mem::take(&mut printer.types).into_values().map(|(_, text)| text));
    let project = vec![printer.project(plan)];
    vec![("project.funnel", project), ("properties.funnel", properties), ("events.funnel", events)]
}

/// The groups an event takes, and which of its properties they bring.
#[derive(Clone, Default)]
struct Taken<'g> {
    groups: Vec<String>,
    properties: FxHashSet<&'g str>,
}

struct Printer {
    /// Names of properties: one for each name on the wire.
    properties: Names,
    /// Names of declarations.
    names: Names,
    /// The names of events, in order.
    events: Vec<String>,
    /// The declared types, by what they say: the name and the text.
    types: IndexMap<Vec<ForeignProperty>, (String, String)>,
    teams: IndexMap<String, (String, Option<String>)>,
    /// What is shared, as declarations.
    shared: Vec<String>,
    next: usize,
}

impl Printer {
    fn of(plan: &ForeignPlan) -> Self {
        let mut wires: Vec<(&str, Option<&str>)> = Vec::new();
        plan.traits.iter().for_each(|own| collect(own, &mut wires));
        plan.events.iter().flat_map(|event| &event.properties).for_each(|own| collect(own, &mut wires));
        let of_events: Vec<(&str, Option<&str>)> =
            plan.events.iter().map(|event| (event.wire.as_str(), event.name.as_deref())).collect();
        let mut names = Names::for_all(&of_events, "event");
        let mut known: FxHashSet<&str> = FxHashSet::default();
        let mut events = Vec::with_capacity(plan.events.len());
        for event in &plan.events {
            let name = names.of(&event.wire).to_owned();
            // A page and a track event may be sent under one name, and so may events of two vendors.
            let is_first = known.insert(&event.wire);
            let apart = if event.scope.is_empty() { event.class } else { &event.scope };
            events.push(if is_first { name } else { names.fresh(&names::made(&format!("{name}_{apart}"), "event")) });
        }
        Self {
            properties: Names::for_all(&wires, "property"),
            names,
            events,
            types: IndexMap::new(),
            teams: IndexMap::new(),
            shared: Vec::new(),
            next: 0,
        }
    }

    // ---- the project

    fn project(&mut self, plan: &ForeignPlan) -> String {
        let mut out = docs(&plan.docs, "");
        let name = self.names.fresh(&names::made(&plan.name, "imported"));
        let label = if plan.name.is_empty() { "Imported plan" } else { &plan.name };
        let _ = writeln!(out, "project {name} {} {{\n  edition 2026\n}}\n", quoted(label));
        for (label, (name, lead)) in &self.teams {
            let lead = lead.as_ref().map(|lead| format!(" {{ lead {} }}", quoted(lead))).unwrap_or_default();
            let _ = writeln!(out, "team {name} {}{lead}", quoted(label));
        }
        out
    }

    fn team(&mut self, owner: &Owner) -> String {
        if !self.teams.contains_key(&owner.name) {
            let name = self.names.fresh(&names::made(&owner.name, "team"));
            self.teams.insert(owner.name.clone(), (name, owner.lead.clone()));
        }
        self.teams[&owner.name].0.clone()
    }

    // ---- what is shared

    /// Writes the groups; which each event takes.
    fn groups<'g>(&mut self, groups: &'g [Group], events: usize) -> Vec<Taken<'g>> {
        let mut taken = vec![Taken::default(); events];
        for group in groups {
            let name = self.names.fresh(&format!("{}_properties", group.about));
            let mut out = format!("props {name} {{\n");
            for property in &group.properties {
                self.property(&mut out, "prop ", property);
            }
            out.push_str("}\n");
            self.shared.push(out);
            for event in &group.events {
                taken[*event].groups.push(name.clone());
                taken[*event].properties.extend(group.properties.iter().map(|own| own.wire.as_str()));
            }
        }
        taken
    }

    fn traits(&mut self, traits: &[ForeignProperty]) -> Option<String> {
        let mut out = "traits {\n".to_owned();
        traits.iter().for_each(|own| self.property(&mut out, "", own));
        out.push_str("}\n");
        (!traits.is_empty()).then_some(out)
    }

    // ---- events

    fn event(&mut self, event: &ForeignEvent, taken: &Taken<'_>) -> String {
        let mut out = docs(&event.docs, "");
        let name = self.events[self.next].clone();
        self.next += 1;
        let label = if event.label.is_empty() { super::words::line(&event.wire) } else { event.label.clone() };
        let class = if event.class == "track" { String::new() } else { format!(" : {}", event.class) };
        let label = if label == name || label.is_empty() { String::new() } else { format!(" {}", quoted(&label)) };
        let _ = writeln!(out, "event {name}{label}{class} {{");
        if name != event.wire {
            let _ = writeln!(out, "  named {}", quoted(&event.wire));
        }
        if let Some(owner) = &event.owner {
            let team = self.team(owner);
            let _ = writeln!(out, "  owner {team}");
        }
        let senders: Vec<String> = event.sent_by.iter().map(|own| names::made(own, "unknown")).collect();
        if !senders.is_empty() {
            list(&mut out, "  sent_by", &senders);
        }
        let _ = writeln!(out, "  status {}", event.status);
        if !taken.groups.is_empty() {
            list(&mut out, "  with", &taken.groups);
        }
        let own = event.properties.iter().filter(|own| !taken.properties.contains(own.wire.as_str()));
        own.for_each(|own| self.property(&mut out, "prop ", own));
        out.push_str("}\n");
        out
    }

    fn property(&mut self, out: &mut String, word: &str, own: &ForeignProperty) {
        out.push_str(&docs(&own.docs, "  "));
        let mut name = self.properties.of(&own.wire).to_owned();
        // A row that begins with `label` is the label of its block.
        if word.is_empty() && name == "label" {
            name.push('_');
        }
        let kind = self.kind(&own.kind, &name);
        let _ = write!(out, "  {word}{name}");
        if !own.label.is_empty() && own.label != own.wire {
            let _ = write!(out, " {}", quoted(&own.label));
        }
        let _ = write!(out, " {kind}");
        out.push_str(if own.required { " required" } else { "" });
        if let Some((from, to)) = &own.bounds.range {
            let _ = write!(out, " {from}..{to}");
        }
        out.push_str(&own.pii.map(|pii| format!(" pii({pii})")).unwrap_or_default());
        clause(out, "purpose", own.purpose.as_deref());
        clause(out, "named", (name != own.wire).then_some(&own.wire));
        if let Some(default) = &own.default {
            let _ = write!(out, " = {default}");
        }
        if let Some((from, to)) = &own.bounds.length {
            let _ = write!(out, " length {from}..{to}");
        }
        clause(out, "matching", own.bounds.pattern.as_deref());
        clause(out, "unit", own.unit.as_deref());
        clause(out, "deprecated", own.deprecated.as_deref());
        out.push('\n');
    }

    /// A type as it is written; one with members is declared first, once for all that say the same.
    fn kind(&mut self, kind: &Kind, name: &str) -> String {
        match kind {
            Kind::Scalar(scalar) => (*scalar).to_owned(),
            Kind::Enum(members) => {
                format!("enum({})", members.iter().map(|own| member(own)).collect::<Vec<_>>().join(", "))
            }
            Kind::List(inner) => format!("list({})", self.kind(inner, &format!("{name}_item"))),
            Kind::Object(members) => self.declared(members, name),
        }
    }

    fn declared(&mut self, members: &[ForeignProperty], name: &str) -> String {
        if let Some((known, _)) = self.types.get(members) {
            return known.clone();
        }
        let name = self.names.fresh(&names::of_type(name));
        let mut out = format!("type {name} {{\n");
        members.iter().for_each(|own| self.property(&mut out, "", own));
        out.push_str("}\n");
        self.types.insert(members.to_vec(), (name.clone(), out));
        name
    }
}

/// Every name on the wire, those of members included.
fn collect<'p>(property: &'p ForeignProperty, wires: &mut Vec<(&'p str, Option<&'p str>)>) {
    wires.push((&property.wire, property.name.as_deref()));
    let mut kind = &property.kind;
    while let Kind::List(inner) = kind {
        kind = inner;
    }
    if let Kind::Object(members) = kind {
        members.iter().for_each(|member| collect(member, wires));
    }
}

/// A list of names, over several lines where it is too wide for one.
fn list(out: &mut String, head: &str, names: &[String]) {
    out.push_str(head);
    let mut column = head.len();
    for (at, name) in names.iter().enumerate() {
        let comma = if at + 1 < names.len() { "," } else { "" };
        let width = 1 + name.width() + comma.len();
        if column + width > WIDTH {
            out.push_str("\n     ");
            column = 5;
        }
        column += width;
        out.extend([" ", name, comma]);
    }
    out.push('\n');
}

/// A member of an enum: a word where it is one.
fn member(text: &str) -> String {
    if names::is_name(text) { text.to_owned() } else { quoted(text) }
}

fn clause(out: &mut String, word: &str, text: Option<&str>) {
    if let Some(text) = text {
        let _ = write!(out, " {word} {}", quoted(text));
    }
}

fn docs(text: &str, indent: &str) -> String {
    text.lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{indent}///{}{line}", if line.is_empty() { "" } else { " " });
        out
    })
}
