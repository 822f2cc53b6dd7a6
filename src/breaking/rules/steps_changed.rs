//! Sequences with other steps.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::model::walk::Node;
use crate::plan::{self, StepSaid};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2303",
        name: "steps-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a sequence whose steps come otherwise than before",
        explanation: "The order of messages, the time between them and the conditions on the way are the plan of a \
                      sequence. People who are in the middle of it are at a step that may be somewhere else now: \
                      they get a message twice, or never.\n\n\
                      Reported is a sequence that was kept and whose waits, conditions, tests or order of messages \
                      has changed. Messages that came or went are reported apart from this.\n\n\
                      Let those who are in it come to its end, or begin a new sequence for those who start from \
                      now on.",
        good: r#"event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live }
sequence welcome {
  start seen
  basis transactional
  email hello { subject "Hello" }
  wait 3d
  email offer { subject "Something for you" }
}
"#,
        bad: r#"event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live }
sequence welcome {
  start seen
  basis transactional
  email hello { subject "Hello" }
  wait 1d
  email offer { subject "Something for you" }
}
"#,
    },
    effects: &[Effect::breaks(
        Consumer::Sequences,
        phrase!("people who are in the middle of it get messages twice or never"),
    )],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (was, is) in comparison.kept(Kind::Sequence) {
        let before = steps(was, &|node| comparison.pairs.now(node.id).is_some());
        let after = steps(is, &|node| comparison.pairs.then(node.id).is_some());
        if !comparison.same(&before, &after) {
            let message = say!("the steps of sequence `{name}` come in another way", name = is.path());
            found.push(comparison.found(&RULE, comparison.now(is), message, was, say!("had other steps")));
        }
    }
}

/// Its steps in order; of the messages only those that are in both.
fn steps<'m, 's>(sequence: Node<'m, 's>, is_in_both: &dyn Fn(Node<'m, 's>) -> bool) -> Vec<StepSaid> {
    let inside = sequence.descendants().into_iter().filter(|node| node.kind() != Kind::Sending);
    inside.filter(|node| !node.kind().is_message() || is_in_both(*node)).map(plan::step_said).collect()
}
