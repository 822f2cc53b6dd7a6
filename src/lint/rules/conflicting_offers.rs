//! Offers of which a person can hold two, and use one.

use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

use crate::analysis::segments::{Answer, Condition};
use crate::analysis::timed::{Send, Timeline, Turn, sequences};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::Node;
use crate::model::{DeclId, Model, print};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1718",
        name: "conflicting-offers",
        group: Group::Messages,
        level: Level::Warn,
        summary: "two different offers that one run can hand to the same person, and that do not add up",
        explanation: "Whoever is sent 10% and then 15% uses the 15% and feels that the first was a trick; whoever is sent 15% and then 10% \
                      wonders what they did wrong. Neither adds to the other.\n\n\
                      Reported are two messages of one run, or of two sequences with the same start, with offers that differ in their `value`, \
                      of which both say `stacks no`, and whose times can overlap: the second message comes before the first offer is over. \
                      Messages on different branches, or for people who cannot be the same, are not reported.\n\n\
                      Offer the same in both, let the first run out before the second comes, or let them stack.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              offer first10 { code \"FIRST10\"; value 10%; valid 14d after sent; stacks no }\n\
              offer now15 { code \"NOW15\"; value 15%; valid 14d after sent; stacks no }\n\
              sequence welcome {\n  \
                start joined; basis legitimate_interest\n  \
                email hello { subject \"Welcome\"; offer first10 }\n  \
                wait 5d\n  \
                email more { subject \"Still there?\"; offer now15 }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               offer first10 { code \"FIRST10\"; value 10%; valid 14d after sent; stacks no }\n\
               offer now15 { code \"NOW15\"; value 15%; valid 14d after sent; stacks no }\n\
               sequence welcome {\n  \
                 start joined; basis legitimate_interest\n  \
                 email hello { subject \"Welcome\"; offer first10 }\n  \
                 wait 20d\n  \
                 email more { subject \"Still there?\"; offer now15 }\n\
               }\n",
    },
    check,
};

/// A message with an offer.
struct Offered<'m, 's> {
    sequence: Node<'m, 's>,
    step: Node<'m, 's>,
    offer: Node<'m, 's>,
    least: i64,
    most: i64,
    turns: Vec<Turn<'m, 's>>,
    /// What starts the run.
    start: String,
    /// What the offer is worth.
    value: String,
}

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let mut all: Vec<Offered<'_, '_>> = sequences(model)
        .flat_map(|own| {
            Timeline::of(own).sends.into_iter().filter_map(move |send| offered(own, send)).collect::<Vec<_>>()
        })
        .collect();
    all.sort_by(|a, b| (&a.start, a.least, a.step.place().start).cmp(&(&b.start, b.least, b.step.place().start)));
    let mut told: FxHashSet<(DeclId, DeclId)> = FxHashSet::default();
    for (at, first) in all.iter().enumerate() {
        for second in all[at + 1..].iter().take_while(|own| own.start == first.start) {
            let pair = (first.offer.id, second.offer.id);
            if first.value != second.value && !told.contains(&pair) && can_meet(first, second) {
                told.insert(pair);
                found.push(report(first, second));
            }
        }
    }
}

fn offered<'m, 's>(sequence: Node<'m, 's>, send: Send<'m, 's>) -> Option<Offered<'m, 's>> {
    let offer = send.step.refs("offer").into_iter().next().filter(|own| !own.is_broken())?;
    offer.words("stacks").contains(&"no").then_some(())?;
    // Runs with the same start begin at the same moment.
    let start = sequence.field("start")?;
    let trigger = sequence.model.sources.text(start.expr("trigger")?.span).split_whitespace();
    let key = start.get("key").and_then(|own| own.val.word()).into_iter();
    let start: String = trigger.chain(key).collect();
    let value = print::value(&offer.field("value")?.get("value")?.val);
    let Send { step, after, turns } = send;
    Some(Offered { sequence, step, offer, least: after.least, most: after.most, turns, start, value })
}

/// Whether the first offer can still be good when the second comes, for the same person.
fn can_meet(first: &Offered<'_, '_>, second: &Offered<'_, '_>) -> bool {
    if are_turned_apart(&first.turns, &second.turns) || nobody_gets_both(first, second) {
        return false;
    }
    let lasts = lasts(first.offer);
    lasts.is_none_or(|lasts| Decimal::from(second.least.saturating_sub(first.most)) < lasts)
}

/// How many seconds an offer is good for after it is sent, at most; nothing where its time is given otherwise.
fn lasts(offer: Node<'_, '_>) -> Option<Decimal> {
    offer.field("valid")?.duration("for")?.seconds()
}

/// Whether two ways part before they come to the messages.
fn are_turned_apart(a: &[Turn<'_, '_>], b: &[Turn<'_, '_>]) -> bool {
    a.iter().any(|own| b.iter().any(|other| own.excludes(other)))
}

fn nobody_gets_both(first: &Offered<'_, '_>, second: &Offered<'_, '_>) -> bool {
    let conditions = [first, second].into_iter().flat_map(|own| {
        let of = |node: Node<'_, '_>, word: &str| {
            let field = node.field(word)?;
            Condition::read(node.model, field.owner.id, field.expr("value")?)
        };
        [of(own.sequence, "audience"), of(own.step, "audience")]
    });
    Condition::all(&conditions.flatten().collect::<Vec<_>>()).somebody() == Answer::No
}

fn report(first: &Offered<'_, '_>, second: &Offered<'_, '_>) -> Diagnostic {
    let (a, b) = (first.offer.name(), second.offer.name());
    let [own, theirs] = [first, second].map(|own| format!("`{}`", own.value));
    Diagnostic::new(
        &RULE.code,
        second.step.place(),
        say!("one person can hold `{a}` and `{b}` at once, and use one", a, b),
    )
    .at(say!("offers {theirs}", theirs))
    .label(first.step.place(), say!("offers {own}", own))
    .help(say!("offer the same in both, let the first run out before the second comes, or let them stack"))
}
