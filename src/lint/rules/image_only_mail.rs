//! Mails that are nothing but a picture.

use crate::analysis::timed::sequences;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1729",
        name: "image-only-mail",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a mail with a picture and no text",
        explanation: "Many people see a mail without its pictures: their program does not load them, or they cannot see. A mail that is only a \
                      picture says nothing to them, and filters take it for advertising of the worst kind.\n\n\
                      Reported is an `email` with an `image` and nothing that it `says` to everybody.\n\n\
                      Write what the picture says: `says \"…\"`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              sequence welcome { start joined; basis legitimate_interest; email hello { subject \"Welcome\"; image \"Our shop\" } }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               sequence welcome {\n  \
                 start joined; basis legitimate_interest\n  \
                 email hello { subject \"Welcome\"; image \"Our shop\"; says \"Come and see us\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        for step in sequence.descendants().into_iter().filter(|step| step.kind() == Kind::Email) {
            let Some(image) = step.field("image") else { continue };
            if !step.fields("says").iter().any(|own| own.get("for").is_none()) {
                let name = step.name();
                found.push(
                    Diagnostic::new(&RULE.code, step.place(), say!("`{name}` is only a picture", name))
                        .at(say!("has no `says` for everybody"))
                        .label(image.field.span, say!("many people do not see it"))
                        .help(say!("write in words what the picture says: `says \"…\"`")),
                );
            }
        }
    }
}
