//! Events that are read from other rows.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2008",
        name: "rows-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "an event that is read from other rows than before",
        explanation: "An event with `from` is read from a table. Another table, another condition or another \
                      column of time makes other events of the same name.\n\n\
                      Reported is an event whose `from`, `time` or `identity` was added, removed or changed.\n\n\
                      Where what the rows mean has changed, declare a new event; where only a table was moved, \
                      allow the finding with a directive that says so.",
        good: r#"event refunded { from refunds where state == "done"; time paid_at; identity customer; owner web; status live }
"#,
        bad: "event refunded { from refunds; time paid_at; identity customer; owner web; status live }
",
    },
    effects: &[
        Effect::breaks(Consumer::Warehouse, phrase!("other rows are read")),
        Effect::breaks(Consumer::Dashboards, phrase!("numbers before and after are of different rows")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (was, is) in comparison.kept(Kind::Event) {
        if let Some(word) = comparison.differ(was, is, &["from", "time", "identity"]).first() {
            let message = say!("event `{name}` is read from other rows: `{word}` has changed", name = is.path(), word);
            let at = comparison.place_of(is, word);
            found.push(comparison.found(&RULE, at, message, was, say!("was read in another way")));
        }
    }
}
