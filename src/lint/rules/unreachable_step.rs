//! Steps that nobody comes to.

use rust_decimal::Decimal;

use crate::analysis::segments::formula::{Deed, Window};
use crate::analysis::segments::{Answer, Condition, Formula};
use crate::analysis::timed::{Send, Timeline, Turn, occasion, sequences};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::value::{Captured, Val};
use crate::model::walk::Node;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1709",
        name: "unreachable-step",
        group: Group::Messages,
        level: Level::Deny,
        summary: "a step of a sequence that nobody comes to",
        explanation: "A message that is planned, written and translated, and that nobody can get.\n\n\
                      Reported is\n\n\
                      - `then` of a `wait until`, where all that is waited for also stops the sequence: the run is over at that moment;\n\
                      - a message or a `when` whose condition cannot hold together with those of the `when`s around it that are asked at the \
                      same moment, with `audience` where the sequence has just started, and with the `stop` not having happened: whoever did \
                      what stops the run since it started is not in it any more;\n\
                      - an `else` whose `when` holds of everybody who comes to it.\n\n\
                      A condition that is asked after a wait is not held against those before it, for people change.\n\n\
                      Mend the condition, or take the step out.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              event bought { sent_by web; owner web; status live }\n\
              sequence welcome {\n  \
                start joined; stop bought; basis legitimate_interest\n  \
                wait until bought at_most 3d {\n    \
                  then { email thanks { subject \"Thank you\" } }\n    \
                  else { email tips { subject \"Three tips\" } }\n  \
                }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               event looked { sent_by web; owner web; status live }\n\
               event bought { sent_by web; owner web; status live }\n\
               sequence welcome {\n  \
                 start joined; stop bought; basis legitimate_interest\n  \
                 wait until looked at_most 3d {\n    \
                   then { email seen { subject \"You looked at this\" } }\n    \
                   else { email tips { subject \"Three tips\" } }\n  \
                 }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        stopped_waits(sequence, found);
        conditions(sequence, found);
    }
}

// ---- waits

/// Waits for what stops the sequence.
fn stopped_waits(sequence: Node<'_, '_>, found: &mut Vec<Diagnostic>) {
    let stops = occasion::stops(sequence);
    let Some(stop) = sequence.field("stop").filter(|_| !stops.is_empty()) else { return };
    for wait in sequence.descendants().into_iter().filter(|own| own.kind() == Kind::Wait) {
        let awaited = occasion::awaited(wait);
        let is_over = |own: &occasion::Occasion<'_, '_>| stops.iter().any(|stop| own.is_one_of(*stop));
        let then = wait.children_of(Kind::Then).next().filter(|then| then.children().next().is_some());
        if let Some(then) = then.filter(|_| !awaited.is_empty() && awaited.iter().all(is_over)) {
            found.push(
                Diagnostic::new(
                    &RULE.code,
                    then.place(),
                    say!("nobody comes to `then`: what is waited for ends the run"),
                )
                .at(say!("never reached"))
                .label(awaited[0].expr.span, say!("waited for"))
                .label(stop.field.span, say!("stops the sequence"))
                .help(say!("take it out of `stop`, or write what follows as a sequence that it starts")),
            );
        }
    }
}

// ---- conditions

/// A condition that is asked on the way, and whether it has to hold.
type Asked<'m, 's> = (Node<'m, 's>, Condition, bool);

fn conditions(sequence: Node<'_, '_>, found: &mut Vec<Diagnostic>) {
    let stops = occasion::stops(sequence);
    let mut told = Vec::new();
    for send in &Timeline::of(sequence).sends {
        let asked = asked_at_once(send);
        if asked.is_empty() {
            continue;
        }
        let stopped = not_stopped(&stops, send.after.least);
        let mut all: Vec<Condition> = audience(sequence, send).into_iter().collect();
        all.extend(stopped);
        let Some(at) = first_impossible(&asked, all) else { continue };
        if !told.contains(&(at.0.id, at.2)) {
            told.push((at.0.id, at.2));
            found.push(report(at.0, at.2));
        }
    }
}

/// The conditions that are asked at the moment a message is due, the outermost first, its own last.
fn asked_at_once<'m, 's>(send: &Send<'m, 's>) -> Vec<Asked<'m, 's>> {
    let mut asked = Vec::new();
    let mut inner = send.step;
    for turn in send.turns.iter().rev() {
        let (node, holds, branch) = match turn {
            Turn::When(when) => (*when, true, *when),
            Turn::Otherwise(when) => (*when, false, when.children_of(Kind::Else).next().unwrap_or(*when)),
            _ => break,
        };
        if waits_before(branch, inner) {
            break;
        }
        asked.extend(condition_of(node).map(|own| (node, own, holds)));
        inner = node;
    }
    asked.reverse();
    let own = |word: &str| {
        let field = send.step.field(word)?;
        Condition::read(send.step.model, field.owner.id, field.expr("value")?)
    };
    asked.extend([own("audience"), own("when")].into_iter().flatten().map(|own| (send.step, own, true)));
    asked
}

/// Whether time can pass between the beginning of a branch and a step in it.
fn waits_before(branch: Node<'_, '_>, step: Node<'_, '_>) -> bool {
    let before = branch.children().take_while(|own| own.id != step.id);
    before
        .into_iter()
        .any(|own| own.kind() == Kind::Wait || own.descendants().iter().any(|own| own.kind() == Kind::Wait))
}

fn condition_of(when: Node<'_, '_>) -> Option<Condition> {
    match when.decl().in_head("value") {
        Some(Captured { val: Val::Expr(expr), .. }) => Condition::read(when.model, when.id, expr),
        _ => None,
    }
}

/// The audience, where a message is due as the run starts.
fn audience(sequence: Node<'_, '_>, send: &Send<'_, '_>) -> Option<Condition> {
    let field = sequence.field("audience").filter(|_| send.after.most == 0)?;
    Condition::read(sequence.model, field.owner.id, field.expr("value")?)
}

/// What stops the run has not happened since it started, which is so many seconds ago at least.
fn not_stopped(stops: &[occasion::Occasion<'_, '_>], since: i64) -> Option<Condition> {
    let events = stops.iter().filter_map(|own| own.any_event());
    let deeds: Vec<Formula> = events
        .filter(|_| since > 0)
        .map(|event| {
            let window = Window::Seconds(Decimal::from(since));
            let filter = Formula::Always(true).into();
            Formula::Deed(Deed { event: event.id, name: event.path().into(), filter, times: 1, window }, false)
        })
        .collect();
    (!deeds.is_empty()).then(|| Condition(Formula::all(deeds)))
}

/// The first condition that cannot be as it has to be, after those before it; nothing where all of them can be so together.
fn first_impossible<'a, 'm, 's>(asked: &'a [Asked<'m, 's>], mut all: Vec<Condition>) -> Option<&'a Asked<'m, 's>> {
    let wanted = |(_, condition, holds): &Asked<'m, 's>| if *holds { condition.clone() } else { condition.negated() };
    let together: Vec<Condition> = all.iter().cloned().chain(asked.iter().map(wanted)).collect();
    if Condition::all(&together).somebody() != Answer::No {
        return None;
    }
    asked.iter().find(|own| {
        all.push(wanted(own));
        Condition::all(&all).somebody() == Answer::No
    })
}

fn report(step: Node<'_, '_>, holds: bool) -> Diagnostic {
    let condition = match step.kind() {
        Kind::When => step.decl().in_head("value").map(|own| own.span),
        _ => step.field("when").or_else(|| step.field("audience")).map(|own| own.field.span),
    };
    let place = condition.unwrap_or_else(|| step.place());
    if step.kind() != Kind::When {
        let name = step.name();
        return Diagnostic::new(&RULE.code, step.place(), say!("nobody gets `{name}`", name))
            .at(say!("never sent"))
            .label(place, say!("holds of nobody who comes here"))
            .help(say!("mend the condition, or take the step out"));
    }
    if holds {
        return Diagnostic::new(&RULE.code, place, say!("nobody takes this turn"))
            .at(say!("holds of nobody who comes here"))
            .help(say!("mend the condition, or take the step out"));
    }
    let otherwise = step.children_of(Kind::Else).next().map_or(place, Node::place);
    Diagnostic::new(&RULE.code, otherwise, say!("nobody comes to `else`"))
        .at(say!("never reached"))
        .label(place, say!("holds of everybody who comes here"))
        .help(say!("mend the condition, or take the step out"))
}
