//! Projects in another time zone.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2402",
        name: "timezone-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a project whose days begin at another time than before",
        explanation: "Days, weeks and months begin where the project says. In another time zone an order of the \
                      late evening belongs to another day, numbers of the past change when they are computed anew, \
                      and messages go out at another hour.\n\n\
                      Reported is a project whose `timezone` was added, removed or changed.\n\n\
                      Change it at the turn of a month, and tell whoever compares days.",
        good: r#"project shop { edition 2026; timezone "Africa/Cairo" }
"#,
        bad: r#"project shop { edition 2026; timezone "Europe/Berlin" }
"#,
    },
    effects: &[
        Effect::breaks(Consumer::Dashboards, phrase!("events of the night belong to another day")),
        Effect::breaks(Consumer::Sequences, phrase!("quiet times and waiting times end at another hour")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_fields(&RULE, &[Kind::Project], told::TIMEZONE, found);
}
