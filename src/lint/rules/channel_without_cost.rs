//! Channels that cost money, without saying how much.

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1201",
        name: "channel-without-cost",
        group: Group::Channels,
        level: Level::Warn,
        summary: "a paid, offline or partner channel without a cost",
        explanation: "Channels are judged by what a customer from them costs. A channel that costs money but says nothing about it looks free: \
                      it wins every comparison, and the acquisition cost of the whole comes out too low.\n\n\
                      Reported is a channel of class `paid`, `offline` or `partner` without `cost`.\n\n\
                      Write `cost spend` if the spend table has it, or an amount: `cost 1.10 USD / message`, `cost 40 USD / order`.",
        bad: "channel postcards \"Postcards\" : offline { lead_time 5d..8d }\n",
        good: "channel postcards \"Postcards\" : offline { cost 1.10 USD / message; lead_time 5d..8d }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for channel in model.nodes(Kind::Channel).filter(|channel| !channel.is_broken() && !channel.has("cost")) {
        let Some(class @ ("paid" | "offline" | "partner")) = channel.class() else { continue };
        let name = channel.name();
        found.push(
            Diagnostic::new(&RULE.code, channel.place(), say!("{class} channel `{name}` has no cost", class, name))
                .at(say!("has no `cost`"))
                .help(say!(
                    "without it the channel looks free in every comparison; write `cost spend` if the spend table has it, or an amount such as `cost 2 USD / click`"
                )),
        );
    }
}
