//! Stops that cannot happen.

use crate::analysis::timed::occasion::{self, Occasion};
use crate::analysis::timed::sequences;
use crate::diagnostic::{Code, Diagnostic, Group, Level, Message};
use crate::lint::Rule;
use crate::model::Model;
use crate::model::walk::{Event, Node};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1710",
        name: "impossible-stop",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a stop that cannot happen while a run lasts",
        explanation: "Whoever has bought must not be asked to buy any more. A `stop` that never happens does not stop anything, and nobody notices \
                      until people complain.\n\n\
                      Reported is a stop that cannot happen after the start: an event that nobody sends (no `sent_by`, and no table that it comes \
                      from), or is deprecated; and the end of the sequence itself. A stop that has happened already when the run starts is \
                      [vacuous](vacuous-stop.md) instead: the one cannot come, the other cannot be waited for.\n\n\
                      Name the event that is really sent.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              event bought { owner web; status planned }\n\
              sequence welcome {\n  \
                start joined; stop bought; basis legitimate_interest\n  \
                wait 2d\n  \
                email tips { subject \"Three tips\" }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               event bought { sent_by web; owner web; status live }\n\
               sequence welcome {\n  \
                 start joined; stop bought; basis legitimate_interest\n  \
                 wait 2d\n  \
                 email tips { subject \"Three tips\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        for stop in occasion::stops(sequence) {
            found.extend(reason(sequence, stop).map(|reason| report(sequence, stop, reason)));
        }
    }
}

/// Why a stop cannot happen.
fn reason(sequence: Node<'_, '_>, stop: Occasion<'_, '_>) -> Option<Message> {
    if stop.finished().is_some_and(|own| own.id == sequence.id) {
        return Some(say!("happens when the run is over anyway"));
    }
    let event = stop.event().filter(|own| !own.is_broken())?;
    if is_never_sent(event) {
        return Some(say!("nobody sends it"));
    }
    (Event(event).status() == "deprecated").then(|| say!("deprecated"))
}

/// Whether nothing says where an event comes from.
pub(super) fn is_never_sent(event: Node<'_, '_>) -> bool {
    !event.has("sent_by") && !event.has("from")
}

fn report(sequence: Node<'_, '_>, stop: Occasion<'_, '_>, reason: Message) -> Diagnostic {
    let name = sequence.name();
    let mut report = Diagnostic::new(&RULE.code, stop.expr.span, say!("this never stops `{name}`", name)).at(reason);
    if let Some(event) = stop.event() {
        report = report.label(event.place(), say!("declared here"));
    }
    report.help(say!("name what really happens, so that people who did it hear no more"))
}
