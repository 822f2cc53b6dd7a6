//! Properties that may now be left out.

use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2105",
        name: "property-made-optional",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a property that may now be left out",
        explanation: "Programs that send the property stay right. Whoever reads it is not: queries that group, \
                      join or add by a column that was always filled now meet empty ones, and silently lose those \
                      rows.\n\n\
                      Reported is a property that was kept and no longer has `required`.\n\n\
                      Look for queries over the column, or give the property a default that says what a missing \
                      value means.",
        good: "event order_completed { sent_by web; owner web; status live; prop total money required; prop order_id string required }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop total money required; prop order_id string }
",
    },
    effects: &[
        Effect::adds(Consumer::Tracking, phrase!("it may be left out")),
        Effect::breaks(Consumer::Warehouse, phrase!("a column that was always filled can be empty")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in &comparison.properties {
        let Some((was, is)) = pair.kept() else { continue };
        if was.plan.required && !is.plan.required {
            let message = say!("{subject} may now be left out", subject = pair.subject());
            let fault = comparison.found(&RULE, pair.home, message, was.node, say!("had to be sent"));
            found.push(
                stepping(fault, SchemaStep::Addition, pair.events())
                    .help(say!("look for queries over the column, which lose the rows without it")),
            );
        }
    }
}
