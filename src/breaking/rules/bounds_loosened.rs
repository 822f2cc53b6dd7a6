//! Values that are bound less tightly.

use crate::breaking::properties::Relation;
use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2112",
        name: "bounds-loosened",
        group: Group::Additive,
        level: Level::Note,
        summary: "a property whose range, length or pattern is looser than before",
        explanation: "Programs stay right. Columns that were sized by the bound, such as a text of at most 40 \
                      characters, may have to grow.\n\n\
                      Reported is a property that was kept and whose range, length or pattern was removed or lets \
                      in more values.\n\n\
                      Look whether a column was sized by it.",
        good: "event order_completed { sent_by web; owner web; status live; prop coupon string length 4..8 }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop coupon string length 4..12 }
",
    },
    effects: &[
        Effect::adds(Consumer::Tracking, phrase!("more values may be sent")),
        Effect::adds(Consumer::Warehouse, phrase!("a column that was sized by the bound may have to grow")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (pair, word) in comparison.bounds_that_are(Relation::Wider) {
        let Some(was) = &pair.previous else { continue };
        let message = say!("{subject} takes more values: its `{word}` is looser", subject = pair.subject(), word);
        let fault = comparison.found(&RULE, pair.home, message, was.node, say!("had another `{word}`", word));
        found.push(stepping(fault, SchemaStep::Addition, pair.events()));
    }
}
