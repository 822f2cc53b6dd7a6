//! Forms of an event that changed.

use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::model::walk::Node;
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2011",
        name: "variant-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a form of an event that is gone or told apart otherwise",
        explanation: "A variant says which properties an event must have in one case. Where its condition changes, \
                      programs that sent a complete event before may now lack what is required; where it is gone, \
                      its properties are not planned any more.\n\n\
                      Reported is a variant that is gone while its event is kept, and one whose condition has \
                      changed. A new variant is reported as an addition, its required properties by the rule for \
                      those.\n\n\
                      Add a variant under a new name, and remove the old one when nothing of its form arrives any \
                      more.",
        good: "event paid { sent_by server; owner web; status live; prop how enum(card, cash) required; variant by_card when how == card { prop brand string } }
",
        bad: "event paid { sent_by server; owner web; status live; prop how enum(card, cash) required; prop brand string }
",
    },
    effects: &[
        Effect::breaks(Consumer::Tracking, phrase!("what must be sent in this case has changed")),
        Effect::breaks(Consumer::Warehouse, phrase!("rows of this form are told apart in another way")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (was, at) in comparison.removed(Kind::Variant) {
        let (name, event) = (was.name(), was.parent().map(Node::path).unwrap_or_default());
        let message = say!("variant `{name}` of event `{event}` is gone", name, event);
        let fault = comparison.found(&RULE, at, message, was, say!("was declared here"));
        found.push(stepping(fault, SchemaStep::Revision, vec![event]));
    }
    for (was, is) in comparison.kept(Kind::Variant) {
        if comparison.same_head(was, is) {
            continue;
        }
        let (name, event) = (is.name(), is.parent().map(Node::path).unwrap_or_default());
        let message = say!("variant `{name}` of event `{event}` has another condition", name, event);
        let fault = comparison.found(&RULE, comparison.now(is), message, was, say!("had another condition"));
        found.push(stepping(fault, SchemaStep::Revision, vec![event]));
    }
}
