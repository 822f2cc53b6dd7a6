//! Paid channels without a budget.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::{DeclId, Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1202",
        name: "channel-without-budget",
        group: Group::Channels,
        level: Level::Warn,
        summary: "a paid channel without a budget",
        explanation: "A paid channel spends whatever it is allowed to. Without a budget the forecast cannot say what the plan costs, and nobody \
                      notices when a channel takes more than its share.\n\n\
                      Reported is a channel of class `paid` that has no `budget` and on which no campaign with a `budget` runs.\n\n\
                      Write `budget 12_000 USD / month`, or month by month: `budget { 2027-01 12_000 USD }`.",
        bad: "channel meta_ads \"Meta ads\" : paid { cost spend }\n",
        good: "channel meta_ads \"Meta ads\" : paid { cost spend; budget 12_000 USD / month }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let funded = funded_by_campaigns(model);
    for channel in model.nodes(Kind::Channel).filter(|channel| !channel.is_broken() && !channel.has("budget")) {
        if channel.class() != Some("paid") || funded.contains(&channel.id) {
            continue;
        }
        let name = channel.name();
        found.push(
            Diagnostic::new(&RULE.code, channel.place(), say!("paid channel `{name}` has no budget", name))
                .at(say!("has no `budget`"))
                .help(say!("without one the plan has no cost; write what may be spent: `budget 12_000 USD / month`")),
        );
    }
}

fn funded_by_campaigns(model: &Model<'_>) -> FxHashSet<DeclId> {
    let campaigns = model.nodes(Kind::Campaign).filter(|campaign| campaign.is_broken() || campaign.has("budget"));
    campaigns.flat_map(|campaign| campaign.refs("channel")).map(|channel| channel.id).collect()
}
