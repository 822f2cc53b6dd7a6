//! Subjects that are cut off.

use unicode_width::UnicodeWidthStr;

use super::mixed_direction_subject::subjects;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The most columns that a list of mails on a phone shows.
const MAX_COLUMNS: usize = 60;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1706",
        name: "subject-too-long",
        group: Group::Messages,
        level: Level::Note,
        summary: "a subject that most lists of mails cut off",
        explanation: "A list of mails shows about 60 characters of a subject, on a phone fewer. What is cut off is not read, and often it was the \
                      point.\n\n\
                      Reported is a `subject` of more than 60 columns, in any language; a variable counts as its fallback, wide characters as two.\n\n\
                      Say it in fewer words, and the rest in `preview`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              sequence welcome {\n  \
                start joined; basis transactional\n  \
                email hello { subject \"Welcome to our shop, where you find everything you ever wanted for your home\" }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               sequence welcome {\n  \
                 start joined; basis transactional\n  \
                 email hello { subject \"Welcome to our shop\"; preview \"Everything for your home\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for (span, _, text) in subjects(model) {
        let columns = text.width();
        if columns > MAX_COLUMNS {
            found.push(
                Diagnostic::new(
                    &RULE.code,
                    span,
                    say!("this subject has {columns} columns, and about {most} are shown", columns, most = MAX_COLUMNS),
                )
                .at(say!("is cut off"))
                .help(say!("say it in fewer words, and the rest in `preview`")),
            );
        }
    }
}
