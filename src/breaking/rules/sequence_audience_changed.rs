//! Sequences and messages for others.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2302",
        name: "sequence-audience-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a sequence or message that other people get than before",
        explanation: "What starts a sequence, who may be in it, what ends it and on what legal ground it is sent \
                      decide who hears from the company. A wider condition writes to people who did not ask for \
                      it.\n\n\
                      Reported is a sequence whose `start`, `audience`, `stop`, `basis`, `again` or `moves` was \
                      added, removed or changed, a message of which `audience`, `when`, `via` or `basis` was, and \
                      a sending policy of which anything was.\n\n\
                      Look at how many people more or fewer get it, and at whether the legal ground covers them.",
        good: r#"event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live }
sequence welcome {
  start seen
  basis transactional
  email hello { subject "Hello" }
}
"#,
        bad: r#"event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live }
sequence welcome {
  start bought
  basis transactional
  email hello { subject "Hello" }
}
"#,
    },
    effects: &[Effect::breaks(Consumer::Sequences, phrase!("other people get it than before"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_fields(&RULE, &[Kind::Sequence], told::SEQUENCE, found);
    comparison.report_fields(&RULE, told::MESSAGES, told::MESSAGE, found);
    comparison.report_fields(&RULE, &[Kind::Sending], told::SENDING, found);
}
