//! Properties that must now be sent.

use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2104",
        name: "property-made-required",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a property that must now be sent",
        explanation: "Programs that left the property out were right until now. Until all of them are updated, a \
                      validating pipeline refuses their events, and calls without it no longer compile.\n\n\
                      Reported is a property that was kept and has `required` now.\n\n\
                      Look at what arrives: require it only when it always does.",
        good: "event order_completed { sent_by web; owner web; status live; prop total money required; prop order_id string }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop total money required; prop order_id string required }
",
    },
    effects: &[
        Effect::breaks(Consumer::Tracking, phrase!("programs that leave it out are refused, and their calls no longer compile")),
        Effect::adds(Consumer::Warehouse, phrase!("the column is always filled from now on")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in &comparison.properties {
        let Some((was, is)) = pair.kept() else { continue };
        if !was.plan.required && is.plan.required {
            let message = say!("{subject} must now be sent", subject = pair.subject());
            let fault = comparison.found(&RULE, pair.home, message, was.node, say!("could be left out"));
            found.push(
                stepping(fault, SchemaStep::Revision, pair.events())
                    .help(say!("require it only when it always arrives")),
            );
        }
    }
}
