//! Conditions side by side that hold together.

use super::branch_gap::{Branch, choices};
use crate::analysis::segments::{Answer, Witness};
use crate::analysis::timed::sequences;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1724",
        name: "branch-overlap",
        group: Group::Messages,
        level: Level::Warn,
        summary: "conditions side by side that can both hold of one person",
        explanation: "Two `when`s that stand side by side and ask the same thing read like a choice. Each is asked by itself, so a person of whom \
                      both hold gets the messages of both.\n\n\
                      Reported are neighbouring `when`s that are about the same traits, properties, scores or events and can both hold of one \
                      person: an example is given. Conditions about different things are taken as additions and are not reported.\n\n\
                      Draw the line between them, or put the second into the `else` of the first.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              traits { orders integer }\n\
              sequence welcome {\n  \
                start joined; basis legitimate_interest\n  \
                when trait orders >= 1 { email again { subject \"Welcome back\" } }\n  \
                when trait orders >= 10 { email best { subject \"You are one of our best\" } }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               traits { orders integer }\n\
               sequence welcome {\n  \
                 start joined; basis legitimate_interest\n  \
                 when trait orders >= 10 {\n    \
                   email best { subject \"You are one of our best\" }\n    \
                   else { when trait orders >= 1 { email again { subject \"Welcome back\" } } }\n  \
                 }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        for group in choices(sequence) {
            for (at, own) in group.iter().enumerate() {
                let overlap = |before: &Branch<'_, '_>| own.condition.overlap(&before.condition);
                let first = group[..at].iter().find_map(|before| match overlap(before) {
                    Answer::Yes(person) => Some((before, person)),
                    _ => None,
                });
                found.extend(first.map(|(before, person)| report(before, own, &person)));
            }
        }
    }
}

fn report(before: &Branch<'_, '_>, own: &Branch<'_, '_>, person: &Witness) -> Diagnostic {
    let place =
        |own: &Branch<'_, '_>| own.when.decl().in_head("value").map_or_else(|| own.when.place(), |own| own.span);
    Diagnostic::new(&RULE.code, place(own), say!("one person can come to both of these branches"))
        .at(person.example())
        .label(place(before), say!("this can hold as well"))
        .help(say!(
            "they would get the messages of both; draw the line between them, or put this into the `else` of the other"
        ))
}
