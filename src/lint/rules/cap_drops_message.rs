//! Messages that a cap does not let through.

use crate::analysis::timed::policy::{Cap, Lasting, Per, Policy, Then};
use crate::analysis::timed::spacing::{Profile, in_order};
use crate::analysis::timed::{Timeline, counts, sequences};
use crate::diagnostic::{Code, Diagnostic, Group, Level, Message};
use crate::lint::Rule;
use crate::model::walk::Node;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1713",
        name: "cap-drops-message",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a message of a sequence that a cap always or sometimes leaves out",
        explanation: "`cap 3 per 7d skip` leaves out whatever would be the fourth message within seven days, and `drop` ends the run at it. A \
                      sequence that alone sends more than the cap lets through loses messages by plan.\n\n\
                      Reported is a message that can be one too many because of those before it in the same run: the shortest waits between \
                      them, and the quiet that can hold the first of them until just before it. It is said to be left out always where the way to \
                      it has no turns, no working days, no quiet and no message that may be left out for another reason. Messages of other \
                      sequences come on top, and nothing is said of them here. A cap of 0 lets nothing through at all, and is reported for \
                      every kind; a cap that holds loses nothing otherwise.\n\n\
                      Wait longer between messages, raise the cap, or let it `hold`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              sending { cap 1 per 7d skip }\n\
              sequence welcome {\n  \
                start joined; basis legitimate_interest\n  \
                email hello { subject \"Welcome\" }\n  \
                wait 2d\n  \
                email tips { subject \"Three tips\" }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               sending { cap 1 per 7d skip }\n\
               sequence welcome {\n  \
                 start joined; basis legitimate_interest\n  \
                 email hello { subject \"Welcome\" }\n  \
                 wait 7d\n  \
                 email tips { subject \"Three tips\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        let policy = Policy::of(sequence);
        if let Some(cap) = policy.caps.iter().find(|cap| cap.count == 0) {
            found.extend(sequence.descendants().into_iter().filter(|own| counts(*own)).map(|own| never(own, cap)));
        } else if policy.caps.iter().any(|cap| cap.then != Then::Hold) && policy.longest_quiet() != Lasting::Ever {
            sometimes(sequence, &policy, found);
        }
    }
}

fn sometimes(sequence: Node<'_, '_>, policy: &Policy<'_, '_>, found: &mut Vec<Diagnostic>) {
    let profile = Profile::of(sequence, counts);
    for (step, spans) in &profile.ends {
        let full = |cap: &&Cap| spans.get(cap.count).is_some_and(|(span, _)| *span < counted(cap, policy));
        let Some(cap) = policy.caps.iter().filter(|cap| cap.then != Then::Hold).find(full) else { continue };
        let before = in_order(&spans[cap.count].1);
        let before: Vec<Node<'_, '_>> = before.iter().map(|(own, _)| *own).filter(|own| own.id != step.id).collect();
        let always = always_left_out(sequence, policy).iter().any(|own| own.id == step.id);
        found.push(report(*step, &before, cap, always));
    }
}

/// The seconds after a message was due in which it can still count.
fn counted(cap: &Cap, policy: &Policy<'_, '_>) -> i64 {
    let change = if matches!(cap.per, Per::Rolling(_)) { 0 } else { policy.clock_change() };
    let held = match policy.longest_hold() {
        Lasting::Seconds(held) if policy.pauses.is_empty() => held,
        _ => i64::MAX,
    };
    cap.longest().saturating_add(change).saturating_add(held)
}

/// The messages that every run leaves out, where a sequence is so plain that all runs are one.
fn always_left_out<'m, 's>(sequence: Node<'m, 's>, policy: &Policy<'m, 's>) -> Vec<Node<'m, 's>> {
    let is_plain = |own: &Node<'_, '_>| match own.kind() {
        Kind::Wait => own.decl().in_head("delay").is_some(),
        kind => kind.is_message() && !own.has("when") && !own.has("audience") && !own.has("basis"),
    };
    let plain = sequence.children().filter(|own| own.kind() != Kind::Sending).all(|own| is_plain(&own));
    let [Cap { count, per: Per::Rolling(length), then: Then::Skip, .. }] = policy.caps.as_slice() else {
        return Vec::new();
    };
    if !plain || policy.longest_quiet() != Lasting::Seconds(0) || !policy.pauses.is_empty() {
        return Vec::new();
    }
    let (mut sent, mut left_out): (Vec<i64>, Vec<Node<'m, 's>>) = (Vec::new(), Vec::new());
    for send in Timeline::of(sequence).sends.iter().filter(|send| counts(send.step)) {
        let now = send.after.least;
        if sent.iter().filter(|at| **at > now - length).count() >= *count {
            left_out.push(send.step);
        } else {
            sent.push(now);
        }
    }
    left_out
}

fn report(step: Node<'_, '_>, before: &[Node<'_, '_>], cap: &Cap, always: bool) -> Diagnostic {
    let name = step.name();
    let names = before.iter().map(|own| format!("`{}`", own.name())).collect::<Vec<_>>().join(", ");
    let message = match (cap.then, always) {
        (Then::Drop, _) => say!("the cap can end the run at `{name}`", name),
        (_, true) => say!("the cap always leaves `{name}` out", name),
        (_, false) => say!("the cap can leave `{name}` out", name),
    };
    let count = cap.count;
    Diagnostic::new(&RULE.code, step.place(), message)
        .at(say!("comes soon after {names}", names))
        .label(cap.place, lets_through(count))
        .help(say!("wait longer between them, raise the cap, or write `hold`"))
}

fn lets_through(count: usize) -> Message {
    crate::count!("lets {count} message through", "lets {count} messages through", count)
}

fn never(step: Node<'_, '_>, cap: &Cap) -> Diagnostic {
    let name = step.name();
    Diagnostic::new(&RULE.code, step.place(), say!("the cap never lets `{name}` through", name))
        .at(say!("never sent"))
        .label(cap.place, say!("lets nothing through"))
        .help(say!("raise the cap, or leave it out"))
}
