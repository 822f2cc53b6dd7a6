//! Messages that are to be apart and come at the same moment, because quiet held both.

use rustc_hash::FxHashSet;

use crate::analysis::timed::policy::{Lasting, Policy};
use crate::analysis::timed::schedule::{Pace, Schedule, Way};
use crate::analysis::timed::spacing::{Succession, successions};
use crate::analysis::timed::{counts, sequences, spell};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::model::walk::Node;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1715",
        name: "spacing-collapse",
        group: Group::Messages,
        level: Level::Warn,
        summary: "two messages with a wait between them that quiet lets go at the same moment",
        explanation: "Quiet hours hold a message; they do not hold the run. The wait after it goes on, and when quiet is over, the next message \
                      may be due as well: both arrive at once, and the wait between them was for nothing.\n\n\
                      Reported are two messages that follow each other with a wait between them that is no longer than the longest quiet (nights, \
                      quiet days and `not_on` holidays in a row), with a run that shows it. What is waited for with `until` is taken as \
                      happening at once, and nothing is said of messages that may follow it so. A cap of one message per day or more keeps them \
                      apart, and nothing is reported.\n\n\
                      Wait longer than the quiet lasts, or add `cap 1 per day hold`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              sending { quiet 21:00 .. 08:00 recipient }\n\
              sequence welcome {\n  \
                start joined; basis legitimate_interest\n  \
                email hello { subject \"Welcome\" }\n  \
                wait 4h\n  \
                email tips { subject \"Three tips\" }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               sending { quiet 21:00 .. 08:00 recipient }\n\
               sequence welcome {\n  \
                 start joined; basis legitimate_interest\n  \
                 email hello { subject \"Welcome\" }\n  \
                 wait 1d\n  \
                 email tips { subject \"Three tips\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        let policy = Policy::of(sequence);
        let Lasting::Seconds(longest) = policy.longest_quiet() else { continue };
        if policy.spaces_by_days() {
            continue;
        }
        let mut told = FxHashSet::default();
        for pair in successions(sequence, longest + 1, true) {
            let apart = pair.gap > 0 && counts(pair.from) && counts(pair.to) && !told.contains(&pair.to.id);
            if let Some(run) = apart.then(|| run(sequence, &pair, &policy)).flatten() {
                told.insert(pair.to.id);
                found.push(report(&pair, &run, longest));
            }
        }
    }
}

/// A run in which both go out at the same moment.
fn run<'m, 's>(sequence: Node<'m, 's>, pair: &Succession<'m, 's>, policy: &Policy<'m, 's>) -> Option<Schedule<'m, 's>> {
    let way = Way::past(sequence, &[pair.from, pair.to], Pace::Soonest);
    let mut runs = way.into_quiet(policy, pair.from, pair.gap - 1);
    runs.find(|run| {
        let (from, to) = (run.of(pair.from), run.of(pair.to));
        from.zip(to).is_some_and(|(from, to)| from.due < to.due && from.sent.is_some() && from.sent == to.sent)
    })
}

fn report(pair: &Succession<'_, '_>, run: &Schedule<'_, '_>, longest: i64) -> Diagnostic {
    let (from, to) = (pair.from.name(), pair.to.name());
    let (gap, longest) = (spell(pair.gap), spell(longest));
    let schedule = run.spelled(&[pair.from, pair.to]);
    Diagnostic::new(&RULE.code, pair.to.place(), say!("`{from}` and `{to}` can arrive at the same moment", from, to))
        .at(say!("{gap} after `{from}`, and quiet lasts up to {longest}", gap, from, longest))
        .label(pair.from.place(), say!("a run that shows it: {schedule}", schedule))
        .help(say!(
            "wait longer than {longest} between them, or keep messages apart with `cap 1 per day hold`",
            longest
        ))
}
