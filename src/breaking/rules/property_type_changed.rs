//! Properties of another type.

use crate::breaking::properties::Relation;
use crate::breaking::{Comparison, Rule, spelled, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2106",
        name: "property-type-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a property whose values are of another type than before",
        explanation: "A text is not a number: programs that are not updated send values that the schema refuses, \
                      generated calls no longer compile, and a column cannot hold both. Two types that look alike \
                      on the wire may still mean different things, as a number and an amount of money do.\n\n\
                      Reported is a property that was kept and whose type holds other values than before: neither \
                      all of the old ones nor only some of them.\n\n\
                      Add a property under another name, and mark this one deprecated in its favour.",
        good: "event order_completed { sent_by web; owner web; status live; prop items integer }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop items list(string) }
",
    },
    effects: &[
        Effect::breaks(Consumer::Tracking, phrase!("what programs send is refused or misread")),
        Effect::breaks(Consumer::Warehouse, phrase!("the column cannot hold old and new values alike")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (pair, was, is) in comparison.types_that_are(Relation::Other) {
        let (old, new) = (spelled(was), spelled(is));
        let message = say!("{subject} is `{new}`, and was `{old}`", subject = pair.subject(), new, old);
        let Some(side) = &pair.previous else { continue };
        let fault = comparison.found(&RULE, pair.home, message, side.node, say!("was `{old}`", old));
        found.push(
            stepping(fault, SchemaStep::Model, pair.events())
                .help(say!("add a property under another name, and mark this one deprecated in its favour")),
        );
    }
}
