//! Stops that have happened when the run starts.

use crate::analysis::timed::occasion::{self, Occasion};
use crate::analysis::timed::sequences;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::expr::ExprKind;
use crate::model::walk::{FieldOf, Node, Stage};
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1711",
        name: "vacuous-stop",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a stop that happens as the run starts",
        explanation: "A stop is there for what may happen later. One that the start brings with it says nothing: either every run would be over as \
                      it begins, or the stop will only come with the next start.\n\n\
                      Reported is a stop that is one of the starts, or, where a sequence starts when people enter a stage, an event that \
                      alone makes them enter it. A stop that can never come at all is [impossible](impossible-stop.md) instead.\n\n\
                      Name what should end the run: what the sequence is to lead to.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              event bought { sent_by web; owner web; status live }\n\
              sequence thanks {\n  \
                start bought; stop bought or joined; basis legitimate_interest\n  \
                wait 2d\n  \
                email tips { subject \"Three tips\" }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               event bought { sent_by web; owner web; status live }\n\
               sequence thanks {\n  \
                 start bought; stop joined; basis legitimate_interest\n  \
                 wait 2d\n  \
                 email tips { subject \"Three tips\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        let Some(start) = sequence.field("start") else { continue };
        let starts = occasion::starts(sequence);
        let implied = |stop: &Occasion<'_, '_>| !starts.is_empty() && starts.iter().all(|start| brings(*start, *stop));
        found.extend(occasion::stops(sequence).into_iter().filter(implied).map(|stop| report(sequence, start, stop)));
    }
}

/// Whether a start is always also a stop.
fn brings(start: Occasion<'_, '_>, stop: Occasion<'_, '_>) -> bool {
    if start.is_one_of(stop) {
        return true;
    }
    // Entering a stage that only one event leads to is that event.
    let stage = start.entered().filter(|own| own.kind() == Kind::Stage && !own.is_broken());
    let Some((stage, event)) = stage.zip(stop.any_event()) else { return false };
    let Some(enter) = Stage(stage).enter() else { return false };
    let (ExprKind::Name(at) | ExprKind::Call { callee: at, .. }) = enter.kind else { return false };
    stage.model.target_decl(stage.id, at) == Some(event.id)
}

fn report(sequence: Node<'_, '_>, start: FieldOf<'_, '_>, stop: Occasion<'_, '_>) -> Diagnostic {
    let name = sequence.name();
    Diagnostic::new(&RULE.code, stop.expr.span, say!("`{name}` stops as it starts", name))
        .at(say!("happens with the start"))
        .label(start.field.span, say!("the start"))
        .help(say!("name what should end the run: what it is to lead to, or what makes it pointless"))
}
