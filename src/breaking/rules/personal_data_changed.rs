//! Personal data that was none, or is none any more.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2113",
        name: "personal-data-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a property that is or was personal data of another sort",
        explanation: "What is personal data must be protected where it is stored, kept only as long as it is \
                      needed, and deleted on request. A column that becomes personal data holds rows that were \
                      stored without any of it; one that is none any more loses its protection with the next run.\n\n\
                      Reported is a property or trait whose `pii(…)` was added, removed or changed.\n\n\
                      Protect the column before the change, and have whoever answers for data protection look at a \
                      removal.",
        good: "event subscribed { sent_by web; owner web; status live; prop address string }
",
        bad: r#"event subscribed { sent_by web; owner web; status live; prop address string pii(contact) purpose "to answer" }
"#,
    },
    effects: &[
        Effect::breaks(
            Consumer::Warehouse,
            phrase!("the column needs another protection, also for rows that are there already"),
        ),
        Effect::breaks(Consumer::Tracking, phrase!("it may be sent to other places than before")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in &comparison.properties {
        let Some((was, is)) = pair.kept() else { continue };
        if was.plan.pii == is.plan.pii {
            continue;
        }
        let (subject, at) = (pair.subject(), pair.home);
        found.push(match (&was.plan.pii, &is.plan.pii) {
            (None, Some(new)) => {
                let message = say!("{subject} is now personal data: `{new}`", subject, new);
                comparison.found(&RULE, at, message, was.node, say!("was no personal data"))
            }
            (old, None) => {
                let old = old.as_deref().unwrap_or_default();
                let message = say!("{subject} is no personal data any more", subject);
                comparison.found(&RULE, at, message, was.node, say!("was `{old}`", old))
            }
            (Some(old), Some(new)) => {
                let message = say!("{subject} is personal data of another sort: `{new}`", subject, new);
                comparison.found(&RULE, at, message, was.node, say!("was `{old}`", old))
            }
        });
    }
}
