//! Calls to action that nobody can tell the success of.

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1705",
        name: "cta-without-goal",
        group: Group::Messages,
        level: Level::Note,
        summary: "a call to action without what it should lead to",
        explanation: "A message that asks for something has worked when people do it. Without `aims_for` nobody can say whether it did, which of two \
                      subjects is better, or when it is time to write another.\n\n\
                      Reported is a message with a `cta` and no `aims_for`.\n\n\
                      Write what people should do, and in which time: `aims_for product_viewed within 3d target >= 25%`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              sequence welcome {\n  \
                start joined; basis transactional\n  \
                email hello { subject \"Welcome\"; cta \"Look around\" -> \"https://example.com\" }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               event looked { sent_by web; owner web; status live }\n\
               sequence welcome {\n  \
                 start joined; basis transactional\n  \
                 email hello { subject \"Welcome\"; cta \"Look around\" -> \"https://example.com\"; aims_for looked within 3d target >= 20% }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in model.nodes(Kind::Sequence).filter(|own| !own.is_broken()) {
        let steps = sequence.descendants().into_iter().filter(|step| step.kind().is_message() && !step.is_broken());
        for step in steps.filter(|step| step.has("cta") && !step.has("aims_for")) {
            let name = step.name();
            found.push(
                Diagnostic::new(&RULE.code, step.place(), say!("nobody can tell whether `{name}` works", name))
                    .at(say!("asks for something, and has no `aims_for`"))
                    .help(say!("write what people should do, and in which time: `aims_for … within 3d target >= 20%`")),
            );
        }
    }
}
