//! Events that nobody answers for.

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1303",
        name: "event-without-owner",
        group: Group::Tracking,
        level: Level::Note,
        summary: "an event that nobody answers for",
        explanation: "When an event stops arriving, somebody must be asked, and it is rarely the person who reads the dashboard.\n\n\
                      Reported is an event of the project without `owner`, unless it is deprecated.\n\n\
                      Write `owner` and a team, or a word of your own while the project declares no team.",
        bad: "event page_scrolled { sent_by web; status live }\n\
              segment readers { where did page_scrolled 3 times within 30d }\n",
        good: "event page_scrolled { sent_by web; owner web_team; status live }\n\
               segment readers { where did page_scrolled 3 times within 30d }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let unowned = |event: &crate::model::walk::Event<'_, '_>| {
        !event.is_broken() && !event.has("owner") && event.status() != "deprecated"
    };
    for event in model.events().filter(unowned) {
        let name = event.name();
        found.push(
            Diagnostic::new(&RULE.code, event.place(), say!("nobody answers for event `{name}`", name))
                .at(say!("has no `owner`"))
                .help(say!("when it stops arriving, somebody must be asked; write `owner …`")),
        );
    }
}
