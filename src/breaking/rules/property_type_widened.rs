//! Properties that hold more than before.

use crate::breaking::properties::Relation;
use crate::breaking::{Comparison, Rule, spelled, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2108",
        name: "property-type-widened",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a property whose type holds more values than before",
        explanation: "Programs stay right. Whoever reads the property is not: a column of whole numbers cannot \
                      take a share, and a query that knows three words meets a fourth.\n\n\
                      Reported is a property that was kept and whose type holds all values of the old one and \
                      more.\n\n\
                      Widen the column and the queries first.",
        good: "event order_completed { sent_by web; owner web; status live; prop weight integer }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop weight number }
",
    },
    effects: &[
        Effect::adds(Consumer::Tracking, phrase!("more values may be sent")),
        Effect::breaks(Consumer::Warehouse, phrase!("the column of the old type cannot hold every new value")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (pair, was, is) in comparison.types_that_are(Relation::Wider) {
        let (old, new) = (spelled(was), spelled(is));
        let message = say!("{subject} holds more: it is `{new}`, and was `{old}`", subject = pair.subject(), new, old);
        let Some(side) = &pair.previous else { continue };
        let fault = comparison.found(&RULE, pair.home, message, side.node, say!("was `{old}`", old));
        found.push(
            stepping(fault, SchemaStep::Addition, pair.events())
                .help(say!("widen the column and the queries over it first")),
        );
    }
}
