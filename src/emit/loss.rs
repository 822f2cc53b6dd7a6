//! What formats of plans have no words for, found in the plan before anything is written: each target lists the laws
//! that hold for it.

use std::collections::BTreeMap;

use super::{Approximation, json_schema};
use crate::plan::{EventPlan, Plan, PropertyPlan, VariantPlan};
use crate::say;

/// The variants whose condition no schema can say.
pub(super) fn of_conditions(plan: &Plan, target: &'static str) -> Vec<Approximation> {
    let unsaid = |event: &EventPlan, variant: &VariantPlan| Approximation {
        target,
        path: format!("{}.{}", event.path, variant.name),
        message: say!(
            "the schema of `{event}` cannot say `{condition}`, so what variant `{variant}` requires is optional in it",
            event = event.path,
            condition = variant.when.as_ref().map_or("", |when| when.text.as_str()),
            variant = variant.name
        ),
    };
    let of = |event| move |variant: &VariantPlan| (!json_schema::says(event, variant)).then(|| unsaid(event, variant));
    plan.events.iter().flat_map(|event| event.variants.iter().filter_map(of(event))).collect()
}

/// The events whose types cannot be described to the end without references: a type that holds itself, and types that
/// hold each other too deep or too often.
pub(super) fn of_types_without_references(plan: &Plan, target: &'static str) -> Vec<Approximation> {
    let has_types = |event: &&EventPlan| {
        event.all_properties().any(|own| own.kind.as_ref().is_some_and(|kind| kind.declared().is_some()))
    };
    let cut = |event: &EventPlan| {
        let cut = json_schema::cut_inline(plan, event, target)?;
        let message = say!(
            "{target} knows no references, and type `{cut}` does not end in event `{event}`: inside it is any object there",
            target,
            cut,
            event = event.path
        );
        Some(Approximation { target, path: event.path.clone(), message })
    };
    plan.events.iter().filter(has_types).filter_map(cut).collect()
}

/// Names that mean two things in a destination: of two events in one kind of call, and of two properties of an event.
pub(super) fn of_equal_names(plan: &Plan, target: &'static str, call: fn(&EventPlan) -> &str) -> Vec<Approximation> {
    let mut found = Vec::new();
    let mut events: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for event in &plan.events {
        let name = event.name_in(target);
        if let Some(other) = events.insert((call(event), name), &event.path) {
            let message = say!(
                "`{event}` and `{other}` are both called `{name}` in {target}, which takes them for one event",
                event = event.path,
                other,
                name,
                target
            );
            found.push(Approximation { target, path: event.path.clone(), message });
        }
        found.extend(of_equal_properties(event, target));
    }
    found
}

/// Properties of one event that have one name in a destination.
pub(super) fn of_equal_properties(event: &EventPlan, target: &'static str) -> Vec<Approximation> {
    let mut known: BTreeMap<&str, &PropertyPlan> = BTreeMap::new();
    let mut found = Vec::new();
    for own in event.all_properties() {
        let name = own.name_in(target);
        let Some(other) = known.insert(name, own).filter(|other| other.name != own.name) else { continue };
        let message = say!(
            "`{own}` and `{other}` of event `{event}` are both called `{name}` in {target}, which has only one of them",
            own = own.name,
            other = other.name,
            event = event.path,
            name,
            target
        );
        found.push(Approximation { target, path: own.path.clone(), message });
    }
    found
}
