//! Events that somebody else sends too.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2010",
        name: "sender-added",
        group: Group::Additive,
        level: Level::Note,
        summary: "an event that a further sender sends",
        explanation: "A further sender means more rows of the same event. Where two senders report the same \
                      action, it is counted twice unless `once_per` says which copies are one.\n\n\
                      Reported is a sender of `sent_by` that was not there before.\n\n\
                      Look whether the event needs `once_per`.",
        good: "event cart_viewed { sent_by web; owner web; status live }
",
        bad: "event cart_viewed { sent_by web, ios; owner web; status live }
",
    },
    effects: &[
        Effect::adds(Consumer::Tracking, phrase!("one more program sends it")),
        Effect::adds(Consumer::Warehouse, phrase!("rows of one more sender arrive")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (was, is) in comparison.kept(Kind::Event) {
        let before = was.words("sent_by");
        for sender in is.words("sent_by").into_iter().filter(|sender| !before.contains(sender)) {
            let message = say!("`{sender}` sends event `{name}` too", sender, name = is.path());
            let at = comparison.place_of(is, "sent_by");
            found.push(comparison.found(&RULE, at, message, was, say!("`{sender}` did not send it", sender)));
        }
    }
}
