//! Events whose copies are merged otherwise.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2007",
        name: "copies-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "an event whose `once_per` is not what it was",
        explanation: "`once_per` says which copies of an event are one. Merged by another key or within another \
                      time, the same rows make another number of orders, and a chart has a step on the day of the \
                      change that nobody can explain a year later.\n\n\
                      Reported is an event whose `once_per` was added, removed or changed.\n\n\
                      Where the numbers of the past are to be compared with new ones, compute them anew from the \
                      first day.",
        good: "event order_completed { sent_by web, server; once_per order_id within 3d prefer server; owner web; status live; prop order_id string required }
",
        bad: "event order_completed { sent_by web, server; once_per order_id within 1d prefer server; owner web; status live; prop order_id string required }
",
    },
    effects: &[
        Effect::breaks(Consumer::Warehouse, phrase!("the same rows are merged into another number of events")),
        Effect::breaks(Consumer::Dashboards, phrase!("numbers before and after cannot be compared")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (was, is) in comparison.kept(Kind::Event) {
        if !comparison.differ(was, is, &["once_per"]).is_empty() {
            let message = say!("copies of event `{name}` are merged in another way", name = is.path());
            let at = comparison.place_of(is, "once_per");
            found.push(comparison.found(&RULE, at, message, was, say!("was merged in another way")));
        }
    }
}
