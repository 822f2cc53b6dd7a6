//! New properties that may be sent.

use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2103",
        name: "optional-property-added",
        group: Group::Additive,
        level: Level::Note,
        summary: "a new property that may be sent",
        explanation: "A property that need not be sent breaks nobody: programs begin to send it when they are \
                      ready.\n\n\
                      Reported is a new property without `required` of something that was kept, unless it says \
                      under `was` which one it is.\n\n\
                      Nothing has to be done; the finding is there so that a reviewer sees what developers are \
                      asked to send.",
        good: "event order_completed { sent_by web; owner web; status live; prop total money required }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop total money required; prop coupon string }
",
    },
    effects: &[
        Effect::adds(Consumer::Tracking, phrase!("there is one more property to send")),
        Effect::adds(Consumer::Warehouse, phrase!("there is one more column")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in comparison.properties.iter().filter(|pair| pair.previous.is_none()) {
        if pair.current.as_ref().is_some_and(|is| !is.plan.required) {
            let message = say!("{subject} is new", subject = pair.subject());
            found.push(stepping(comparison.alone(&RULE, pair.home, message), SchemaStep::Addition, pair.events()));
        }
    }
}
