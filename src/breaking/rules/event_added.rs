//! Events that are new.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2002",
        name: "event-added",
        group: Group::Additive,
        level: Level::Note,
        summary: "an event that was not there before",
        explanation: "A new event breaks nothing: programs begin to send it when they are ready, and a new table \
                      is filled.\n\n\
                      Reported is an event of the current spec that the previous one did not send, unless it says \
                      under `was` which event it is.\n\n\
                      Nothing has to be done; the finding is there so that a reviewer sees what developers are \
                      asked to send.",
        good: "event order_completed { sent_by web; owner web; status live; prop total money required }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop total money required }
event cart_viewed { sent_by web; owner web; status planned }
",
    },
    effects: &[
        Effect::adds(Consumer::Tracking, phrase!("there is one more event to send")),
        Effect::adds(Consumer::Warehouse, phrase!("there is one more table")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for event in comparison.events_new() {
        let name = event.path();
        found.push(comparison.alone(&RULE, comparison.now(event), say!("event `{name}` is new", name)));
    }
}
