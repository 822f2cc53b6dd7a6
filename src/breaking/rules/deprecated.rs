//! Events and properties that are to be used no more.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::model::walk::Event;
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2006",
        name: "deprecated",
        group: Group::Documentation,
        level: Level::Note,
        summary: "an event or property that is now deprecated",
        explanation: "A deprecated event or property is still sent and stored. Generated clients mark it, so that \
                      developers see what to use instead before it goes.\n\n\
                      Reported is an event whose `status` becomes deprecated, and a property that gets `deprecated \
                      \"…\"`.\n\n\
                      Nothing has to be done at once; this is the step that makes a later removal harmless.",
        good: "event order_completed { sent_by web; owner web; status live; prop coupon string; prop code string }
",
        bad: r#"event order_completed { sent_by web; owner web; status live; prop coupon string deprecated "use code"; prop code string }
"#,
    },
    effects: &[Effect::tells(Consumer::Tracking, phrase!("generated code marks it, and it is sent as before"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (was, is) in comparison.kept(Kind::Event) {
        if Event(was).status() != "deprecated" && Event(is).status() == "deprecated" {
            let message = say!("event `{name}` is now deprecated", name = is.path());
            found.push(comparison.found(&RULE, comparison.now(is), message, was, say!("was not deprecated")));
        }
    }
    for pair in &comparison.properties {
        let Some((was, is)) = pair.kept() else { continue };
        if was.plan.deprecated.is_none() && is.plan.deprecated.is_some() {
            let message = say!("{subject} is now deprecated", subject = pair.subject());
            found.push(comparison.found(&RULE, pair.home, message, was.node, say!("was not deprecated")));
        }
    }
}
