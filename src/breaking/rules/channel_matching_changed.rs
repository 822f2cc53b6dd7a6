//! Channels that claim other events.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2214",
        name: "channel-matching-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a channel that claims other events, or costs otherwise, than before",
        explanation: "What a channel claims decides which journeys and which money are its own. Another condition \
                      moves them from one channel to another, and every cost per customer with them.\n\n\
                      Reported is a channel that was kept and whose `match` or `cost` was added, removed or \
                      changed.\n\n\
                      Where old and new numbers are to be compared, compute them anew from the first day.",
        good: r#"channel search : organic { match utm_medium == "organic" }
"#,
        bad: r#"channel search : organic { match utm_medium in ["organic", "seo"] }
"#,
    },
    effects: &[Effect::breaks(Consumer::Dashboards, phrase!("journeys and costs move from one channel to another"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_fields(&RULE, &[Kind::Channel], told::CHANNEL, found);
}
