//! Traits that are computed otherwise.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2215",
        name: "trait-formula-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a trait that is computed otherwise than before",
        explanation: "A computed trait decides tiers, segments and what messages say. With another formula people \
                      change their tier overnight.\n\n\
                      Reported is a trait that was kept and whose formula was added, removed or changed.\n\n\
                      Look at how many people change their segment or tier by it.",
        good: "event bought { sent_by web; owner web; status live; prop total money required }
traits { spent money = sum(bought.total) }
",
        bad: "event bought { sent_by web; owner web; status live; prop total money required }
traits { spent money = avg(bought.total) }
",
    },
    effects: &[
        Effect::breaks(Consumer::Sequences, phrase!("people change segments and tiers by it")),
        Effect::breaks(Consumer::Dashboards, phrase!("numbers before and after cannot be compared")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_head(&RULE, &[Kind::Trait], told::TRAIT, found);
}
