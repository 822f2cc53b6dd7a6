//! Events that are tracked for nothing.

use crate::analysis::usage::Usage;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1301",
        name: "unused-event",
        group: Group::Tracking,
        level: Level::Warn,
        summary: "an event that nothing uses",
        explanation: "Every event costs: somebody builds it, tests it, pays for its volume and answers questions about it. One that feeds no stage and \
                      no number is sent for nothing, or the thing that should use it is missing.\n\n\
                      Reported is an event of the project that no stage, transition, KPI, segment, sequence, survey, consent, score or \
                      other declaration refers to. Events marked deprecated, and those of class `identify` and `group`, which say who \
                      somebody is, are not.\n\n\
                      Use it where it was meant to be used, or remove it.",
        bad: "event page_scrolled { sent_by web; owner web; status live }\n",
        good: "event page_scrolled { sent_by web; owner web; status live }\n\
               segment readers { where did page_scrolled 3 times within 30d }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let usage = Usage::of(model);
    for event in model.events().filter(|event| !event.is_broken() && event.status() != "deprecated") {
        let says_who = matches!(event.class(), Some("identify" | "group"));
        // A name that was misspelt is a use that is reported already.
        let is_meant = model.meant.contains(&event.path());
        if says_who || is_meant || usage.outside(model, event.id).next().is_some() {
            continue;
        }
        let name = event.name();
        found.push(
            Diagnostic::new(&RULE.code, event.place(), say!("nothing uses event `{name}`", name))
                .at(say!("feeds no stage and no number"))
                .help(say!("every event costs work and volume; use it in a stage, a KPI or a segment, or remove it")),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::findings;
    use crate::lint::levels::Levels;

    #[test]
    fn what_a_misspelt_name_meant_is_used() {
        let told = |where_: &str| {
            let text = format!("event order_completed\nsegment buyers {{ where did {where_} within 90d }}\n");
            findings(&text, "concise", &Levels::default()).contains(RULE.code.name)
        };
        assert!(!told("order_complete") && !told("order_completed") && told("something_else"));
    }
}
