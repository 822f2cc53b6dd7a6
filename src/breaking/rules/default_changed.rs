//! Values that are missing and mean something else.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2115",
        name: "default-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a property whose default is not what it was",
        explanation: "A default says what a missing value means. Rows that are there already were sent under the \
                      old one: read with the new one they say something that never happened.\n\n\
                      Reported is a property that was kept and whose default was added, removed or changed.\n\n\
                      Send the value itself from now on, and keep the old default until rows without it do not \
                      matter any more.",
        good: "event order_completed { sent_by web; owner web; status live; prop gift bool = false }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop gift bool = true }
",
    },
    effects: &[
        Effect::breaks(Consumer::Warehouse, phrase!("rows without the value are read in another way")),
        Effect::breaks(Consumer::Dashboards, phrase!("numbers before and after cannot be compared")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in &comparison.properties {
        let Some((was, is)) = pair.kept() else { continue };
        if !comparison.same(&was.plan.default, &is.plan.default) {
            let message = say!("{subject} has another default", subject = pair.subject());
            found.push(comparison.found(
                &RULE,
                pair.home,
                message,
                was.node,
                say!("a missing value meant something else"),
            ));
        }
    }
}
