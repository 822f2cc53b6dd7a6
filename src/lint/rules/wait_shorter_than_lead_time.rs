//! Messages that come before the letter they follow.

use rust_decimal::prelude::ToPrimitive;

use crate::analysis::timed::spacing::{Succession, successions};
use crate::analysis::timed::{sequences, spell};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::value::Val;
use crate::model::walk::{FieldOf, Node};
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1727",
        name: "wait-shorter-than-lead-time",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a message that can arrive before the letter that goes before it",
        explanation: "A letter or card is printed when it is due and arrives within the `lead_time` of its channel. The run goes on meanwhile: a \
                      mail that says \"you have our card\" a day later is there days before the card.\n\n\
                      Reported is a message that follows a `post` sooner than the longest `lead_time` of the channel that it goes `via`. \
                      Another letter, and a task, are not reported.\n\n\
                      Wait for the card to be there.",
        bad: "event bought { sent_by web; owner web; status live }\n\
              channel cards : offline { cost 1 USD / message; lead_time 5d..8d }\n\
              sequence thanks {\n  \
                start bought; basis legitimate_interest\n  \
                post card { via cards; says \"Thank you\" }\n  \
                wait 2d\n  \
                email code { subject \"The code on your card\" }\n\
              }\n",
        good: "event bought { sent_by web; owner web; status live }\n\
               channel cards : offline { cost 1 USD / message; lead_time 5d..8d }\n\
               sequence thanks {\n  \
                 start bought; basis legitimate_interest\n  \
                 post card { via cards; says \"Thank you\" }\n  \
                 wait 9d\n  \
                 email code { subject \"The code on your card\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        let posts: Vec<(Node<'_, '_>, FieldOf<'_, '_>, i64)> = sequence
            .descendants()
            .into_iter()
            .filter_map(|own| lead_time(own).map(|(at, time)| (own, at, time)))
            .collect();
        let Some(longest) = posts.iter().map(|(_, _, time)| *time).max() else { continue };
        for pair in successions(sequence, longest, true) {
            let post = posts.iter().find(|(own, _, time)| own.id == pair.from.id && pair.gap < *time);
            let is_early = !matches!(pair.to.kind(), Kind::Post | Kind::Task);
            found.extend(post.filter(|_| is_early).map(|(_, at, time)| report(&pair, *at, *time)));
        }
    }
}

/// How long a letter takes at most, and where that is said.
pub(super) fn lead_time<'m, 's>(post: Node<'m, 's>) -> Option<(FieldOf<'m, 's>, i64)> {
    let channel = post.refs("via").into_iter().next().filter(|_| post.kind() == Kind::Post)?;
    let field = channel.field("lead_time")?;
    let time = |val: &Val<'_>| if let Val::Duration(time) = val { time.seconds()?.to_i64() } else { None };
    let longest = field.field.values.iter().filter_map(|own| time(&own.val)).max()?;
    Some((field, longest))
}

fn report(pair: &Succession<'_, '_>, at: FieldOf<'_, '_>, time: i64) -> Diagnostic {
    let (from, to) = (pair.from.name(), pair.to.name());
    let (gap, time) = (spell(pair.gap), spell(time));
    Diagnostic::new(&RULE.code, pair.to.place(), say!("`{to}` can arrive before `{from}`", to, from))
        .at(say!("goes out {gap} after `{from}` is printed", gap, from))
        .label(at.field.span, say!("arrives within {time}", time))
        .help(say!("people would read of a letter that they do not have yet; wait {time} or more between them", time))
}
