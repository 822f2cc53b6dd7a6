//! Values that are bound more tightly.

use crate::breaking::properties::Relation;
use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2111",
        name: "bounds-tightened",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a property whose range, length or pattern is tighter than before",
        explanation: "Values that were right until now are refused, and with them the whole event.\n\n\
                      Reported is a property that was kept and whose range, length or pattern was added or leaves \
                      out values that were within it. Whether one pattern takes all that another takes cannot be \
                      told, so another pattern counts as tighter.\n\n\
                      Look at what arrives before the bound is set; where other values arrive, mend the programs \
                      first.",
        good: "event order_completed { sent_by web; owner web; status live; prop items integer 1..500 }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop items integer 1..100 }
",
    },
    effects: &[Effect::breaks(Consumer::Tracking, phrase!("values that programs send may be refused"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (pair, word) in comparison.bounds_that_are(Relation::Narrower) {
        let Some(was) = &pair.previous else { continue };
        let message = say!("{subject} takes fewer values: its `{word}` is tighter", subject = pair.subject(), word);
        let fault = comparison.found(&RULE, pair.home, message, was.node, say!("had another `{word}`", word));
        found.push(
            stepping(fault, SchemaStep::Revision, pair.events())
                .help(say!("look at what arrives before the bound is set")),
        );
    }
}
