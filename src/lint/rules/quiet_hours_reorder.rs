//! Messages that quiet brings out of their order.

use rustc_hash::FxHashSet;

use crate::analysis::timed::policy::{Lasting, Policy};
use crate::analysis::timed::schedule::{Pace, Schedule, Way};
use crate::analysis::timed::spacing::{Succession, successions};
use crate::analysis::timed::{counts, is_exempt, sequences};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::Node;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1714",
        name: "quiet-hours-reorder",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a message that quiet holds until after the one that follows it",
        explanation: "Messages with `basis transactional` go out at any hour; all others are held while it is quiet, and the run goes on \
                      meanwhile. A transactional message that follows another soon after can so arrive before it, and people read the end of \
                      the story first.\n\n\
                      Reported is each such message, with a run that shows it.\n\n\
                      Send the transactional one first, or wait between them longer than the quiet lasts.",
        bad: "event bought { sent_by web; owner web; status live }\n\
              sending { quiet 21:00 .. 08:00 recipient }\n\
              sequence order {\n  \
                start bought; basis legitimate_interest\n  \
                email thanks { subject \"Thank you\" }\n  \
                wait 1h\n  \
                email receipt { subject \"Your receipt\"; basis transactional }\n\
              }\n",
        good: "event bought { sent_by web; owner web; status live }\n\
               sending { quiet 21:00 .. 08:00 recipient }\n\
               sequence order {\n  \
                 start bought; basis legitimate_interest\n  \
                 email receipt { subject \"Your receipt\"; basis transactional }\n  \
                 wait 1h\n  \
                 email thanks { subject \"Thank you\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        let policy = Policy::of(sequence);
        let Lasting::Seconds(longest) = policy.longest_quiet() else { continue };
        let mut told = FxHashSet::default();
        for pair in successions(sequence, longest, false) {
            let is_later = is_exempt(pair.to) && pair.to.kind() != Kind::Task && !told.contains(&pair.to.id);
            let can_turn = is_later && counts(pair.from);
            if let Some(run) = can_turn.then(|| run(sequence, &pair, &policy)).flatten() {
                told.insert(pair.to.id);
                found.push(report(&pair, &run));
            }
        }
    }
}

/// A run in which the later one goes out first.
fn run<'m, 's>(sequence: Node<'m, 's>, pair: &Succession<'m, 's>, policy: &Policy<'m, 's>) -> Option<Schedule<'m, 's>> {
    let way = Way::past(sequence, &[pair.from, pair.to], Pace::Soonest);
    let mut runs = way.into_quiet(policy, pair.from, pair.gap);
    runs.find(|run| run.of(pair.from).zip(run.of(pair.to)).is_some_and(|(from, to)| from.sent > to.sent))
}

fn report(pair: &Succession<'_, '_>, run: &Schedule<'_, '_>) -> Diagnostic {
    let (from, to) = (pair.from.name(), pair.to.name());
    let schedule = run.spelled(&[pair.from, pair.to]);
    Diagnostic::new(&RULE.code, pair.to.place(), say!("`{to}` can arrive before `{from}`", to, from))
        .at(say!("goes out at any hour"))
        .label(pair.from.place(), say!("held while it is quiet: {schedule}", schedule))
        .help(say!("send the transactional one first, or wait between them longer than the quiet lasts"))
}
