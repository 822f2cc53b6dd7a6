//! Amounts of money of which nobody knows in what.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::value::Type;
use crate::model::walk::{Event, Property};
use crate::model::{DeclId, Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1305",
        name: "money-without-currency",
        group: Group::Tracking,
        level: Level::Warn,
        summary: "an amount of money in no currency",
        explanation: "100 is a good order in dollars and a bad one in yen. An amount that comes without a currency cannot be added to another, and \
                      tools that want one (GA4 does) drop it.\n\n\
                      Reported is a property of type `money` (or a member of its type) in a project that declares no `currency`, where \
                      the event has no property of type `currency` (or called so) beside it. It is reported once, however many events share it.\n\n\
                      Declare the project's `currency USD`, or send the currency with the amount: `prop currency currency required`.",
        bad: "project shop \"Shop\" { languages en }\n\
              event order_completed { sent_by web; owner web; status live; prop total money required }\n\
              segment buyers { where did order_completed }\n",
        good: "project shop \"Shop\" { languages en; currency USD }\n\
               event order_completed { sent_by web; owner web; status live; prop total money required }\n\
               segment buyers { where did order_completed }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    if model.nodes(Kind::Project).any(|project| project.is_broken() || project.has("currency")) {
        return;
    }
    let mut reported = FxHashSet::default();
    for event in model.events().filter(|event| !event.is_broken()) {
        let mut beside = event.properties();
        in_event(event, &beside, &mut reported, found);
        for variant in event.children_of(Kind::Variant) {
            let own: Vec<_> = variant.children_of(Kind::Prop).map(Property).collect();
            let mark = beside.len();
            beside.extend(own);
            in_event(event, &beside, &mut reported, found);
            beside.truncate(mark);
        }
    }
}

fn in_event(
    event: Event<'_, '_>,
    beside: &[Property<'_, '_>],
    reported: &mut FxHashSet<DeclId>,
    found: &mut Vec<Diagnostic>,
) {
    if beside.iter().any(|property| is_currency(*property)) {
        return;
    }
    let amounts = beside.iter().filter_map(|property| amount_in(*property));
    for amount in amounts.filter(|amount| reported.insert(amount.id)) {
        let name = amount.name();
        // A property of the standard library is mended in the project, so it is shown there.
        let place = if event.model.is_std(amount.id) { event.place() } else { amount.place() };
        let mut fault = Diagnostic::new(&RULE.code, place, say!("`{name}` is an amount of money in no currency", name))
            .at(say!("in which currency?"))
            .help(say!(
                "declare the project's `currency USD`, or send it with the amount: `prop currency currency required`"
            ));
        if place != event.place() {
            fault = fault.label(event.place(), say!("nothing in this event says it"));
        }
        found.push(fault);
    }
}

/// The property itself, or a member of its type, if that is an amount without a currency beside it.
fn amount_in<'m, 's>(property: Property<'m, 's>) -> Option<Property<'m, 's>> {
    if is_scalar(property, "money") {
        return Some(property);
    }
    let members: Vec<_> = property.declared_type()?.children_of(Kind::Member).map(Property).collect();
    if members.iter().any(|member| is_currency(*member)) {
        return None;
    }
    members.into_iter().find(|member| is_scalar(*member, "money"))
}

fn is_currency(property: Property<'_, '_>) -> bool {
    property.name() == "currency" || is_scalar(property, "currency")
}

fn is_scalar(property: Property<'_, '_>, scalar: &str) -> bool {
    let mut kind = property.kind_of_value();
    while let Some(Type::List(inner)) = kind {
        kind = Some(inner);
    }
    matches!(kind, Some(Type::Scalar(own)) if *own == scalar)
}
