//! Quiet that never ends.

use crate::analysis::timed::policy::{Lasting, Policy, declared_for_all};
use crate::analysis::timed::{counts, sequences};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::Node;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1716",
        name: "endless-quiet",
        group: Group::Messages,
        level: Level::Deny,
        summary: "a sending policy under which nothing is ever sent",
        explanation: "Quiet times add up: those of the project, those of the sequence, the quiet days and the holidays. Where they cover every \
                      moment of every day, each message is held for ever.\n\n\
                      Reported is the policy that leaves no moment, or the sequence whose own policy takes the last one away. Messages with \
                      `basis transactional` go out all the same.\n\n\
                      Leave a time in which messages may be sent.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              sending { quiet 20:00 .. 09:00 recipient; quiet 09:00 .. 20:00 recipient }\n\
              sequence welcome { start joined; basis legitimate_interest; email hello { subject \"Welcome\" } }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               sending { quiet 20:00 .. 09:00 recipient }\n\
               sequence welcome { start joined; basis legitimate_interest; email hello { subject \"Welcome\" } }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let is_endless = |policy: &Policy<'_, '_>| policy.longest_quiet() == Lasting::Ever;
    let sends = |sequence: &Node<'_, '_>| sequence.descendants().into_iter().any(counts);
    let project = declared_for_all(model).find(|own| !own.is_broken());
    if let Some(project) = project.filter(|_| is_endless(&Policy::of_project(model))) {
        found.extend(sequences(model).find(sends).map(|sequence| report(project, declared_for_all(model), sequence)));
        return;
    }
    for sequence in sequences(model).filter(sends) {
        let own = sequence.children_of(Kind::Sending).next();
        found.extend(
            own.filter(|_| is_endless(&Policy::of(sequence))).map(|own| report(own, std::iter::once(own), sequence)),
        );
    }
}

fn report<'m, 's: 'm>(
    sending: Node<'m, 's>,
    all: impl Iterator<Item = Node<'m, 's>>,
    sequence: Node<'m, 's>,
) -> Diagnostic {
    let name = sequence.name();
    let mut report =
        Diagnostic::new(&RULE.code, sending.place(), say!("it is always quiet, so that nothing is ever sent"))
            .label(sequence.place(), say!("`{name}` waits for ever", name))
            .help(say!("leave a time in which messages may be sent"));
    for field in all.flat_map(|own| own.fields("quiet")) {
        report = report.label(field.field.span, say!("quiet here"));
    }
    report
}
