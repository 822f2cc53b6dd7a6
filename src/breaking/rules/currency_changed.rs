//! Projects in another currency.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2401",
        name: "currency-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a project that reports in another currency than before",
        explanation: "Every amount without a currency of its own is in the currency of the project. In another one \
                      the same number in the same column is worth something else, and no check can see it.\n\n\
                      Reported is a project whose `currency` was added, removed or changed.\n\n\
                      Send amounts with their currency first, or convert what is there.",
        good: "project shop { edition 2026; currency USD }
",
        bad: "project shop { edition 2026; currency EUR }
",
    },
    effects: &[
        Effect::breaks(Consumer::Tracking, phrase!("amounts mean another currency")),
        Effect::breaks(Consumer::Warehouse, phrase!("columns hold amounts of two currencies")),
        Effect::breaks(Consumer::Dashboards, phrase!("sums mix two currencies, and targets are in the old one")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_fields(&RULE, &[Kind::Project], told::CURRENCY, found);
}
