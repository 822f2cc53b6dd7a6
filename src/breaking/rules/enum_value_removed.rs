//! Values that a closed list has no more.

use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2109",
        name: "enum-value-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a value that a property could have and now cannot",
        explanation: "Programs go on sending the value, and the schema refuses the whole event. Conditions of \
                      segments and KPIs that ask for it were reported by the check; queries elsewhere simply find \
                      nothing.\n\n\
                      Reported is each value of `enum(…)` of a kept property that is not in the list any more.\n\n\
                      Stop sending the value first, and take it out of the list when it does not arrive any more.",
        good: "event order_completed { sent_by web; owner web; status live; prop payment enum(card, cash, cheque) }
",
        bad: "event order_completed { sent_by web; owner web; status live; prop payment enum(card, cash) }
",
    },
    effects: &[Effect::breaks(Consumer::Tracking, phrase!("events with this value are refused"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for pair in &comparison.properties {
        let Some((was, is)) = pair.kept() else { continue };
        let (Some(old), Some(new)) = (was.members(), is.members()) else { continue };
        for word in old.iter().filter(|word| !new.contains(word)) {
            let message = say!("{subject} cannot be `{word}` any more", subject = pair.subject(), word);
            let fault = comparison.found(&RULE, pair.home, message, was.node, say!("could be `{word}`", word));
            found.push(
                stepping(fault, SchemaStep::Revision, pair.events())
                    .help(say!("stop sending the value first, and take it out when it does not arrive any more")),
            );
        }
    }
}
