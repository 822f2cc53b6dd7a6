//! Stages that nobody is written to in.

use rustc_hash::FxHashSet;

use crate::analysis::graph::Graph;
use crate::analysis::timed::sequences;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::{DeclId, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1725",
        name: "stage-without-sequence",
        group: Group::Messages,
        level: Level::Allow,
        summary: "a stage whose people no sequence moves on",
        explanation: "Where sequences move people from stage to stage, a stage without one is where they stop to hear from you.\n\n\
                      Reported is a stage that can be left and that no sequence `moves` people from, in a funnel in which some sequence moves \
                      people. It is off at first, for not everybody can be written to: visitors without an address cannot.\n\n\
                      Write a sequence for it, or silence it there.",
        bad: "event seen { sent_by web; owner web; status live }\n\
              event joined { sent_by web; owner web; status live }\n\
              event bought { sent_by web; owner web; status live }\n\
              funnel shop {\n  \
                stage visit { enter seen }\n  \
                stage lead { enter joined }\n  \
                stage sale { enter bought; converts }\n  \
                visit -> lead  rate 10%  within 14d\n  \
                lead -> sale  rate 10%  within 14d\n\
              }\n\
              sequence welcome {\n  \
                moves shop.lead -> shop.sale; start joined; stop bought; basis legitimate_interest\n  \
                email hello { subject \"Welcome\" }\n\
              }\n",
        good: "event seen { sent_by web; owner web; status live }\n\
               event joined { sent_by web; owner web; status live }\n\
               event bought { sent_by web; owner web; status live }\n\
               funnel shop {\n  \
                 stage lead { enter joined }\n  \
                 stage sale { enter bought; converts }\n  \
                 lead -> sale  rate 10%  within 14d\n\
               }\n\
               sequence welcome {\n  \
                 moves shop.lead -> shop.sale; start joined; stop bought; basis legitimate_interest\n  \
                 email hello { subject \"Welcome\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let moved = |own: crate::model::walk::Node<'_, '_>| {
        own.field("moves").and_then(|own| own.target_of("from")).map(|own| own.id)
    };
    let moved: FxHashSet<DeclId> = sequences(model).filter_map(moved).collect();
    if moved.is_empty() {
        return;
    }
    let graph = Graph::of(model);
    for part in graph.parts.iter().filter(|part| part.is_whole) {
        if !part.stages.clone().any(|stage| moved.contains(&graph.stages[stage].id)) {
            continue;
        }
        for at in part.stages.clone().filter(|at| graph.can_be_left(*at)) {
            let stage = graph.stages[at];
            if !moved.contains(&stage.id) {
                let name = stage.name();
                found.push(
                    Diagnostic::new(
                        &RULE.code,
                        stage.place(),
                        say!("no sequence moves people on from stage `{name}`", name),
                    )
                    .at(say!("people here hear nothing"))
                    .help(say!(
                        "write a sequence that `moves` people from it, or silence this where they cannot be written to"
                    )),
                );
            }
        }
    }
}
