//! Sequences and messages that are gone.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2301",
        name: "sequence-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a sequence or message that was there is gone",
        explanation: "People are in the middle of a sequence at any moment. Where it, or one of its messages, is \
                      gone, they wait for something that does not come, and reports about it end.\n\n\
                      Reported is a sequence of the previous spec, or a message of a sequence that was kept, that \
                      is gone and that none says it was.\n\n\
                      Where it only has another name, say so with `was`. Otherwise let those who are in it come to \
                      its end first.",
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
}
"#,
    },
    effects: &[
        Effect::breaks(Consumer::Sequences, phrase!("people who are in the middle of it get nothing more")),
        Effect::breaks(Consumer::Dashboards, phrase!("its opens, clicks and results end")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_gone(
        &RULE,
        &[Kind::Sequence, Kind::Email, Kind::Sms, Kind::Whatsapp, Kind::Push, Kind::Call, Kind::Post, Kind::Task],
        found,
    );
}
