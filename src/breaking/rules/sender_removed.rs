//! Events that somebody sends no more.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2009",
        name: "sender-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "an event that one of its senders sends no more",
        explanation: "A number that was fed by three senders falls when one of them stops, and it looks like a \
                      loss of business.\n\n\
                      Reported is a sender of `sent_by` that is gone while the event is kept.\n\n\
                      Tell whoever reads the numbers when it happens; where the other senders send the same event, \
                      `once_per` may already count it once.",
        good: "event cart_viewed { sent_by web, ios; owner web; status live }
",
        bad: "event cart_viewed { sent_by web; owner web; status live }
",
    },
    effects: &[
        Effect::breaks(Consumer::Warehouse, phrase!("rows of this sender arrive no more")),
        Effect::tells(Consumer::Tracking, phrase!("its code for the event can go")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (was, is) in comparison.kept(Kind::Event) {
        let now = is.words("sent_by");
        for sender in was.words("sent_by").into_iter().filter(|sender| !now.contains(sender)) {
            let message = say!("`{sender}` does not send event `{name}` any more", sender, name = is.path());
            let at = comparison.place_of(is, "sent_by");
            found.push(comparison.found(&RULE, at, message, was, say!("`{sender}` sent it", sender)));
        }
    }
}
