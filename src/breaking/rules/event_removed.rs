//! Events that are gone.

use crate::breaking::{Comparison, Rule, advice, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2001",
        name: "event-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "an event that was there is gone",
        explanation: "Programs go on sending an event after the spec forgets it: apps that are not updated for \
                      months, servers that nobody deploys. Their calls no longer compile against the generated \
                      clients, a validating pipeline refuses what they send, and every query over the event's \
                      table ends on the day of the change.\n\n\
                      Reported is an event of the previous spec that the current one does not send, and that no \
                      event says it was. Where a new event looks like it, the finding offers to say so with `was`.\n\n\
                      Mark the event `deprecated use …` first, and remove it when nothing has arrived under its \
                      name for a while.",
        good: "event order_completed { sent_by web; owner web; status live; prop total money required }
event cart_viewed { sent_by web; owner web; status live }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop total money required }
",
    },
    effects: &[
        Effect::breaks(
            Consumer::Tracking,
            phrase!("programs that still send it no longer compile, and what they send is refused"),
        ),
        Effect::breaks(Consumer::Warehouse, phrase!("its table gets no more rows")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for was in comparison.events_gone() {
        let name = was.path();
        let fault = comparison
            .found(&RULE, comparison.front(), say!("event `{name}` is gone", name), was, say!("was declared here"))
            .at(say!("does not declare `{name}` any more", name));
        let fault = stepping(fault, SchemaStep::Model, vec![name.clone()]);
        found.push(match advice::renamed_event(comparison, was) {
            Some(new) => advice::suggest(comparison, fault, was, new),
            None => fault.help(say!("mark it `deprecated` first, and remove it when nothing arrives under its name")),
        });
    }
}
