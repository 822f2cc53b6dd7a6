//! Sequences that begin again before they are over.

use rust_decimal::prelude::ToPrimitive;

use crate::analysis::timed::policy::{Lasting, Policy};
use crate::analysis::timed::{DAY, Timeline, counts, sequences, spell};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::model::value::Duration;
use crate::model::walk::{FieldOf, Node};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1722",
        name: "reentry-overlap",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a sequence that a person can begin again while the last run is not over",
        explanation: "`again after 7d` counts from the start of the last run. If a run takes longer than that, a person can be in two runs of \
                      the same sequence and gets the end of the one between the beginnings of the other.\n\n\
                      Reported is an `again after` that is shorter than the longest run: every wait taken in full, every working day where it \
                      passes slowest, and the quiet that can hold the last message. What a cap or `pause_while` holds besides is not counted. \
                      `again always` says that runs may overlap, and is not reported.\n\n\
                      Let people begin again later, or make the sequence shorter.",
        bad: "event looked { sent_by web; owner web; status live }\n\
              sequence browse {\n  \
                start looked; basis legitimate_interest; again after 7d\n  \
                wait 4h\n  \
                email seen { subject \"You looked at this\" }\n  \
                wait 10d\n  \
                email still { subject \"Still there\" }\n\
              }\n",
        good: "event looked { sent_by web; owner web; status live }\n\
               sequence browse {\n  \
                 start looked; basis legitimate_interest; again after 30d\n  \
                 wait 4h\n  \
                 email seen { subject \"You looked at this\" }\n  \
                 wait 10d\n  \
                 email still { subject \"Still there\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        let Some(again) = sequence.field("again") else { continue };
        let Some(after) = again.duration("after").and_then(Duration::seconds).and_then(|own| own.to_i64()) else {
            continue;
        };
        let longest = longest(sequence);
        if after < longest {
            found.push(report(sequence, again, after, longest));
        }
    }
}

/// How long a run can last.
fn longest(sequence: Node<'_, '_>) -> i64 {
    let hold = match Policy::of(sequence).longest_hold() {
        Lasting::Seconds(seconds) => seconds,
        // Nothing is ever sent, which is reported by itself.
        Lasting::Ever => 0,
    };
    let timeline = Timeline::of(sequence);
    let last = timeline.sends.iter().filter(|send| counts(send.step)).map(|send| send.after.most.saturating_add(hold));
    last.fold(timeline.end.most, i64::max)
}

fn report(sequence: Node<'_, '_>, again: FieldOf<'_, '_>, after: i64, longest: i64) -> Diagnostic {
    let name = sequence.name();
    let days = longest / DAY + i64::from(longest % DAY > 0);
    let (after, longest) = (spell(after), spell(longest));
    Diagnostic::new(
        &RULE.code,
        again.field.span,
        say!("`{name}` can begin again {after} after its start, and a run can last {longest}", name, after, longest),
    )
    .at(say!("sooner than a run is over"))
    .help(say!("a person would be in two runs at once; write `again after {days}d` or more, or `again never`", days))
}
