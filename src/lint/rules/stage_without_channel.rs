//! Stages at the top that nothing brings people to.

use rustc_hash::FxHashSet;

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::Stage;
use crate::model::{DeclId, Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1203",
        name: "stage-without-channel",
        group: Group::Channels,
        level: Level::Warn,
        summary: "a stage of the top layer that no channel works on",
        explanation: "The top of a funnel fills from channels. A stage there that no channel brings people to is a hope: no budget, no forecast and \
                      no attribution is behind it.\n\n\
                      Reported is a stage of the layer `top` that lists no `channels` and that no channel `brings` people to.\n\n\
                      List the channels that work there (`channels organic_search, meta_ads`), or say in a channel what it is planned \
                      to bring: `brings 26_000 people / month to store.awareness`.",
        bad: "event page_viewed { sent_by web; owner web; status live }\n\
              event order_completed { sent_by web; owner web; status live }\n\
              channel search \"Search\" : organic {}\n\
              funnel shop {\n  \
                stage awareness : top { enter page_viewed }\n  \
                stage purchase : bottom { enter order_completed; converts }\n  \
                awareness -> purchase rate 3% within 30d\n\
              }\n",
        good: "event page_viewed { sent_by web; owner web; status live }\n\
               event order_completed { sent_by web; owner web; status live }\n\
               channel search \"Search\" : organic { brings 9_000 people / month to shop.awareness }\n\
               funnel shop {\n  \
                 stage awareness : top { enter page_viewed }\n  \
                 stage purchase : bottom { enter order_completed; converts }\n  \
                 awareness -> purchase rate 3% within 30d\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let channels: Vec<_> = model.nodes(Kind::Channel).collect();
    if channels.iter().any(|channel| channel.is_broken()) {
        return; // what it brings may be what could not be read
    }
    let fed: FxHashSet<DeclId> =
        channels.iter().flat_map(|channel| channel.refs("brings")).map(|stage| stage.id).collect();
    for stage in model.nodes(Kind::Stage).map(Stage).filter(|stage| stage.layer() == Some("top")) {
        if stage.is_broken() || stage.has("channels") || fed.contains(&stage.id) {
            continue;
        }
        let name = stage.name();
        found.push(
            Diagnostic::new(&RULE.code, stage.place(), say!("no channel brings people to stage `{name}`", name))
                .at(say!("at the top, with no channel"))
                .help(say!(
                    "the top of a funnel fills from channels; list them (`channels …`), or say in a channel what it `brings` here"
                )),
        );
    }
}
