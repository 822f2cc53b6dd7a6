//! Numbers that are measured in something else.

use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2116",
        name: "unit-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a property that is measured in another unit than before",
        explanation: "Ten grams and ten kilograms are the same number in a column. No check of types can see the \
                      difference, and averages over the day of the change are of neither.\n\n\
                      Reported is a property that was kept and whose `unit` was added, removed or changed.\n\n\
                      Add a property that names the unit, such as `weight_kg`, and mark this one deprecated.",
        good: r#"event order_completed { sent_by web; owner web; status live; prop weight number unit "g" }
"#,
        bad: r#"event order_completed { sent_by web; owner web; status live; prop weight number unit "kg" }
"#,
    },
    effects: &[
        Effect::breaks(Consumer::Tracking, phrase!("the same value means something else")),
        Effect::breaks(Consumer::Warehouse, phrase!("the column holds values of two units")),
        Effect::breaks(Consumer::Dashboards, phrase!("sums and averages mix two units")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in &comparison.properties {
        let Some((was, is)) = pair.kept() else { continue };
        if was.plan.unit == is.plan.unit {
            continue;
        }
        let (old, new) = (was.plan.unit.as_deref().unwrap_or("-"), is.plan.unit.as_deref().unwrap_or("-"));
        let message = say!("{subject} is measured in `{new}`, and was in `{old}`", subject = pair.subject(), new, old);
        let fault = comparison.found(&RULE, pair.home, message, was.node, say!("was `{old}`", old));
        found.push(
            stepping(fault, SchemaStep::Model, pair.events())
                .help(say!("add a property that names the unit, and mark this one deprecated")),
        );
    }
}
