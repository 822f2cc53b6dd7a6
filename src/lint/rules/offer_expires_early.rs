//! Offers that are over when the message arrives.

use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;

use super::wait_shorter_than_lead_time::lead_time;
use crate::analysis::timed::policy::{Lasting, Policy};
use crate::analysis::timed::schedule::{Pace, Way};
use crate::analysis::timed::{Send, Timeline, counts, occasion, sequences, spell};
use crate::diagnostic::{Code, Diagnostic, Group, Level, Message};
use crate::lint::Rule;
use crate::model::Model;
use crate::model::value::{Duration, Val};
use crate::model::walk::{FieldOf, Node};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1717",
        name: "offer-expires-early",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a message with an offer that can be over when the message arrives",
        explanation: "An offer that is `valid 14d after newsletter_subscribed` runs from that event, whenever the message with the code comes. A \
                      message that is held back, or comes late in the sequence, then carries a code that does not work.\n\n\
                      Reported is a message whose latest arrival lies at or after the end of its offer: every wait on the way taken in full, the \
                      quiet that can hold it, and for a letter the longest `lead_time` of its channel. What a cap or `pause_while` holds besides \
                      is not counted. An offer that is valid from one day to another is reported in every sequence, for sequences start as long \
                      as they are live; one that is `valid … after sent` never is.\n\n\
                      Send the message earlier, let the offer last longer, or let it run from the message: `valid 14d after sent`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              offer first10 { code \"FIRST10\"; value 10%; valid 7d after joined }\n\
              sequence welcome {\n  \
                start joined; basis legitimate_interest\n  \
                wait 8d\n  \
                email code { subject \"Ten per cent for you\"; offer first10 }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               offer first10 { code \"FIRST10\"; value 10%; valid 14d after joined }\n\
               sequence welcome {\n  \
                 start joined; basis legitimate_interest\n  \
                 wait 8d\n  \
                 email code { subject \"Ten per cent for you\"; offer first10 }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        let policy = Policy::of(sequence);
        for send in &Timeline::of(sequence).sends {
            let offer = send.step.refs("offer").into_iter().find(|own| !own.is_broken());
            let Some((offer, valid)) = offer.and_then(|own| Some((own, own.field("valid")?))) else { continue };
            if let Some(day) = last_day(valid) {
                found.push(over_some_day(send.step, offer, valid, day));
            } else if let Some(lasting) = after_start(sequence, valid) {
                let late = Lateness::of(send, &policy);
                if late.latest() >= lasting {
                    found.push(report(send, (offer, valid, lasting), &late, &policy));
                }
            }
        }
    }
}

fn last_day(valid: FieldOf<'_, '_>) -> Option<Date> {
    match valid.get("to")?.val {
        Val::Date(day) => Some(day),
        Val::Month { year, month } => Date::new(year, month, 1).ok().map(Date::last_of_month),
        _ => None,
    }
}

/// How long an offer lasts after the start of a run, where what it runs from is what starts the sequence.
fn after_start(sequence: Node<'_, '_>, valid: FieldOf<'_, '_>) -> Option<i64> {
    let from = occasion::of_field(Some(valid), "event");
    let starts = occasion::starts(sequence);
    let runs_from = |own: &occasion::Occasion<'_, '_>| from.iter().any(|from| own.is_one_of(*from));
    if starts.is_empty() || !starts.iter().all(runs_from) {
        return None;
    }
    valid.duration("for")?.seconds()?.to_i64()
}

/// What makes a message late, in seconds.
struct Lateness {
    due: i64,
    held: i64,
    on_its_way: i64,
}

impl Lateness {
    fn of(send: &Send<'_, '_>, policy: &Policy<'_, '_>) -> Self {
        let held = match policy.longest_hold() {
            Lasting::Seconds(held) if counts(send.step) => held,
            _ => 0,
        };
        let on_its_way = lead_time(send.step).map_or(0, |(_, time)| time);
        Self { due: send.after.most, held, on_its_way }
    }

    fn latest(&self) -> i64 {
        self.due.saturating_add(self.held).saturating_add(self.on_its_way)
    }

    /// "due 8d after the start at the latest; held up to 11h by quiet; up to 8d on its way"
    fn spelled(&self) -> Message {
        let (due, held, on_its_way) = (spell(self.due), spell(self.held), spell(self.on_its_way));
        let mut parts = vec![say!("due {due} after the start at the latest", due)];
        if self.held > 0 {
            parts.push(say!("held up to {held} by quiet", held));
        }
        if self.on_its_way > 0 {
            parts.push(say!("up to {on_its_way} on its way", on_its_way));
        }
        Message::all(parts)
    }
}

fn report(
    send: &Send<'_, '_>,
    (offer, valid, lasting): (Node<'_, '_>, FieldOf<'_, '_>, i64),
    late: &Lateness,
    policy: &Policy<'_, '_>,
) -> Diagnostic {
    let (name, offer_name) = (send.step.name(), offer.name());
    let (latest, lasting) = (spell(late.latest()), spell(lasting));
    let message =
        say!("`{name}` can arrive {latest} after the start, when `{offer}` is over", name, latest, offer = offer_name);
    let mut report = Diagnostic::new(&RULE.code, send.step.place(), message)
        .at(late.spelled())
        .label(valid.field.span, say!("over {lasting} after it", lasting));
    let sequence = crate::analysis::timed::sequence_of(send.step);
    let run = sequence.filter(|_| late.held > 0).and_then(|own| {
        let way = Way::past(own, &[send.step], Pace::Latest);
        way.into_quiet(policy, send.step, 0)
            .max_by_key(|run| run.of(send.step).and_then(|own| Some(own.sent?.duration_since(own.due))))
    });
    if let Some(run) = run {
        let schedule = run.spelled(&[send.step]);
        report = report.label(send.step.place(), say!("a run that shows it: {schedule}", schedule));
    }
    let lasts = valid.duration("for").map(Duration::spelling).unwrap_or_default();
    report.help(say!(
        "send it earlier, let the offer last longer, or let it run from the message: `valid {lasts} after sent`",
        lasts
    ))
}

fn over_some_day(step: Node<'_, '_>, offer: Node<'_, '_>, valid: FieldOf<'_, '_>, day: Date) -> Diagnostic {
    let (name, offer_name) = (step.name(), offer.name());
    Diagnostic::new(
        &RULE.code,
        step.place(),
        say!("`{name}` offers `{offer}` to people who start after it is over", name, offer = offer_name),
    )
    .at(say!("is sent as long as the sequence is live"))
    .label(valid.field.span, say!("over after {day}", day))
    .help(say!("let the offer run from the message, `valid 14d after sent`, or send it in a campaign"))
}
