//! Properties that hold less than before.

use crate::breaking::properties::Relation;
use crate::breaking::{Comparison, Rule, spelled, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2107",
        name: "property-type-narrowed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a property whose type holds only some of the values it held before",
        explanation: "Values that were right until now are refused: a share where only whole numbers are left, a \
                      text where only the words of a list are.\n\n\
                      Reported is a property that was kept and whose type holds only some of the values of the old \
                      one.\n\n\
                      Look at what arrives before the type is narrowed; where other values arrive, mend the \
                      programs first.",
        good: "event order_completed { sent_by web; owner web; status live; prop payment string }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop payment enum(card, cash) }
",
    },
    effects: &[Effect::breaks(Consumer::Tracking, phrase!("values that programs send may be refused"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (pair, was, is) in comparison.types_that_are(Relation::Narrower) {
        let (old, new) = (spelled(was), spelled(is));
        let message = say!("{subject} holds less: it is `{new}`, and was `{old}`", subject = pair.subject(), new, old);
        let Some(side) = &pair.previous else { continue };
        let fault = comparison.found(&RULE, pair.home, message, side.node, say!("was `{old}`", old));
        found.push(
            stepping(fault, SchemaStep::Revision, pair.events())
                .help(say!("look at what arrives before its type is narrowed")),
        );
    }
}
