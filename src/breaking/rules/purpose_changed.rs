//! Personal data that is used for something else.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2114",
        name: "purpose-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "personal data that is used for another purpose than before",
        explanation: "People gave their data for one purpose. What is there already may not be used for another \
                      one without asking them, and a consent that is named here must have been given by them.\n\n\
                      Reported is a property or trait whose `purpose` was kept as personal data and has changed.\n\n\
                      Use the new purpose for data that is collected from now on, under another property, or ask \
                      people again.",
        good: r#"event subscribed { sent_by web; owner web; status live; prop address email required pii(contact) purpose "to answer" }
"#,
        bad: r#"event subscribed { sent_by web; owner web; status live; prop address email required pii(contact) purpose "to advertise" }
"#,
    },
    effects: &[
        Effect::breaks(Consumer::Warehouse, phrase!("rows that are there were given for the old purpose")),
        Effect::breaks(
            Consumer::Sequences,
            phrase!("people whose consent covers only the old purpose may not be written to"),
        ),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in &comparison.properties {
        let Some((was, is)) = pair.kept() else { continue };
        let stays_personal = was.plan.pii.is_some() && is.plan.pii.is_some();
        if stays_personal && !comparison.same(&was.plan.purpose, &is.plan.purpose) {
            let message = say!("{subject} is used for another purpose", subject = pair.subject());
            found.push(comparison.found(&RULE, pair.home, message, was.node, say!("had another purpose")));
        }
    }
}
