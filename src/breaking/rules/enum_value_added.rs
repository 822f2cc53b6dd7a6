//! Values that a closed list has in addition.

use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2110",
        name: "enum-value-added",
        group: Group::Additive,
        level: Level::Note,
        summary: "a value that a property can have and could not before",
        explanation: "Programs stay right, and columns hold one more word. Queries that name every value go on \
                      without it, so the new one may be missing from a chart.\n\n\
                      Reported is each value of `enum(…)` of a kept property that was not in the list before.\n\n\
                      Look for queries that name the other values one by one.",
        good: "event order_completed { sent_by web; owner web; status live; prop payment enum(card, cash) }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop payment enum(card, cash, wallet) }
",
    },
    effects: &[
        Effect::adds(Consumer::Tracking, phrase!("one more value may be sent")),
        Effect::adds(Consumer::Warehouse, phrase!("queries that name every value do not know it yet")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in &comparison.properties {
        let Some((was, is)) = pair.kept() else { continue };
        let (Some(old), Some(new)) = (was.members(), is.members()) else { continue };
        for word in new.iter().filter(|word| !old.contains(word)) {
            let message = say!("{subject} can be `{word}` too", subject = pair.subject(), word);
            let fault = comparison.found(&RULE, pair.home, message, was.node, say!("could not be `{word}`", word));
            found.push(stepping(fault, SchemaStep::Addition, pair.events()));
        }
    }
}
