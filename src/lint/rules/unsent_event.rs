//! Events that are waited for and never sent.

use crate::analysis::usage::Usage;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1302",
        name: "unsent-event",
        group: Group::Tracking,
        level: Level::Warn,
        summary: "an event that is used but that nobody sends",
        explanation: "A stage waits for an event, and the tracking plan tells nobody to send it: the stage stays empty and looks like a bad month.\n\n\
                      Reported is an event of the project that something uses and that has neither `sent_by` (who sends it) nor `from` (the \
                      table whose rows it is). An event of the standard library that is used as it is cannot say who sends it; extend \
                      it to do so.\n\n\
                      Write `sent_by web, server`, or `from crm.stage_changes where …`.",
        bad: "event page_scrolled { owner web; status live }\n\
              segment readers { where did page_scrolled 3 times within 30d }\n",
        good: "event page_scrolled { sent_by web; owner web; status live }\n\
               segment readers { where did page_scrolled 3 times within 30d }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let usage = Usage::of(model);
    let nobody_sends = |event: &crate::model::walk::Event<'_, '_>| {
        !event.is_broken() && !event.has("sent_by") && !event.has("from") && event.status() != "deprecated"
    };
    for event in model.events().filter(nobody_sends) {
        // What is only extended is a pattern; those who extend it say who sends them.
        let Some(one) = usage.outside(model, event.id).find(|one| !one.extends) else { continue };
        let name = event.name();
        found.push(
            Diagnostic::new(&RULE.code, event.place(), say!("nobody sends event `{name}`", name))
                .at(say!("has neither `sent_by` nor `from`"))
                .label(one.at, say!("used here"))
                .help(say!(
                    "what waits for it stays empty; say who sends it (`sent_by web`) or which table has it (`from …`)"
                )),
        );
    }
}
