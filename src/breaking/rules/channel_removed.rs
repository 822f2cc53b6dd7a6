//! Channels that are gone.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2213",
        name: "channel-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a channel that was there is gone",
        explanation: "A channel is what journeys are credited to and what money is spent on. Where it is gone, its \
                      journeys are credited to another one or to none, and its cost stands alone.\n\n\
                      Reported is a channel of the previous spec that is gone and that none says it was.\n\n\
                      Where it only has another name, say so with `was`. Where nothing is spent on it any more, \
                      keep it: people it brought are still on their way.",
        good: r#"channel search : organic { match utm_medium == "organic" }
channel news : owned { match utm_medium == "email" }
"#,
        bad: r#"channel search : organic { match utm_medium == "organic" }
"#,
    },
    effects: &[Effect::breaks(
        Consumer::Dashboards,
        phrase!("its journeys are credited to another channel or to none"),
    )],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_gone(&RULE, &[Kind::Channel], found);
}
