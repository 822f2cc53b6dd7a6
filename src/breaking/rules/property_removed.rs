//! Properties that are gone.

use crate::breaking::{Comparison, Rule, advice, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2101",
        name: "property-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a property that was there is gone",
        explanation: "Programs that are not updated go on sending the property, and the schema of the event now \
                      refuses it. Columns that are filled by it stay empty from the day of the change, and queries \
                      over them go on without an error.\n\n\
                      Reported is a property of a kept event, variant or type, or a trait, that is gone and that \
                      none says it was. Where a new one looks like it, the finding offers to say so with `was`.\n\n\
                      Mark it `deprecated \"…\"` first, and remove it when it does not arrive any more.",
        good: "event order_completed { sent_by web; owner web; status live; prop total money required; prop coupon string }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop total money required }
",
    },
    effects: &[
        Effect::breaks(Consumer::Tracking, phrase!("programs that still send it no longer compile, and what they send is refused")),
        Effect::breaks(Consumer::Warehouse, phrase!("its column stays empty from now on")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in comparison.properties.iter().filter(|pair| pair.current.is_none()) {
        let Some(was) = &pair.previous else { continue };
        let (subject, name) = (pair.subject(), was.node.name());
        let message = say!("{subject} is gone", subject);
        let fault = comparison
            .found(&RULE, pair.home, message, was.node, say!("was declared here"))
            .at(say!("has no `{name}` any more", name));
        let step = if was.plan.required { SchemaStep::Model } else { SchemaStep::Revision };
        let fault = stepping(fault, step, pair.events());
        found.push(match advice::renamed_property(comparison, pair) {
            Some(new) => advice::suggest(comparison, fault, was.node, new),
            None => fault.help(say!("mark it `deprecated` first, and remove it when it does not arrive any more")),
        });
    }
}
