//! New properties that must be sent.

use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2102",
        name: "required-property-added",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a new property that must be sent",
        explanation: "Every program that sends the event today sends it without the property. Until all of them \
                      are updated, and mobile apps take months, a validating pipeline refuses their events, and \
                      the generated clients no longer compile.\n\n\
                      Reported is a new property with `required` of an event that was kept, unless it says under \
                      `was` which one it is.\n\n\
                      Add it without `required`, update the programs, and require it when it always arrives.",
        good: "event order_completed { sent_by web; owner web; status live; prop total money required }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop total money required; prop order_id string required }
",
    },
    effects: &[
        Effect::breaks(Consumer::Tracking, phrase!("programs that do not send it yet are refused, and their calls no longer compile")),
        Effect::adds(Consumer::Warehouse, phrase!("there is one more column; it is empty for older rows")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in comparison.properties.iter().filter(|pair| pair.previous.is_none()) {
        if !pair.current.as_ref().is_some_and(|is| is.plan.required) {
            continue;
        }
        let message = say!("{subject} is new and must be sent", subject = pair.subject());
        found.push(
            stepping(comparison.alone(&RULE, pair.home, message), SchemaStep::Model, pair.events())
                .help(say!("add it without `required`, and require it when it always arrives")),
        );
    }
}
