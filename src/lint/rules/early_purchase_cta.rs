//! Messages that ask people to buy before they are near it.

use crate::analysis::graph::{EdgeKind, Graph};
use crate::analysis::timed::{occasion, sequences};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::model::expr::{Expr, ExprKind};
use crate::model::walk::{Node, Stage};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1720",
        name: "early-purchase-cta",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a message that asks people to buy who are two stages or more away from it",
        explanation: "Asked too early, people say no, and are harder to win later. Early on, a message does better to ask for the next small step: \
                      to read, to look, to join the list.\n\n\
                      Reported is a message with a `cta` that `aims_for` what makes people enter a stage that `converts`, in a sequence that \
                      moves people out of a stage from which no transition (declared, or past `optional` stages) leads there directly. \
                      Stages that people only reach by buying are not early, and nothing is reported of them.\n\n\
                      Ask for what the sequence `moves` people to, or declare that people do go there directly.",
        bad: "event seen { sent_by web; owner web; status live }\n\
              event joined { sent_by web; owner web; status live }\n\
              event bought { sent_by web; owner web; status live }\n\
              funnel shop {\n  \
                stage visit : top { enter seen }\n  \
                stage lead : middle { enter joined }\n  \
                stage sale : bottom { enter bought; converts }\n  \
                visit -> lead  rate 10%  within 14d\n  \
                lead -> sale  rate 10%  within 14d\n\
              }\n\
              sequence visitors {\n  \
                moves shop.visit -> shop.lead; start seen; stop bought; basis legitimate_interest\n  \
                email now { subject \"Buy now\"; cta \"Buy\" -> \"https://example.com\"; aims_for bought within 3d }\n\
              }\n",
        good: "event seen { sent_by web; owner web; status live }\n\
               event joined { sent_by web; owner web; status live }\n\
               event bought { sent_by web; owner web; status live }\n\
               funnel shop {\n  \
                 stage visit : top { enter seen }\n  \
                 stage lead : middle { enter joined }\n  \
                 stage sale : bottom { enter bought; converts }\n  \
                 visit -> lead  rate 10%  within 14d\n  \
                 lead -> sale  rate 10%  within 14d\n\
               }\n\
               sequence visitors {\n  \
                 moves shop.visit -> shop.lead; start seen; stop bought; basis legitimate_interest\n  \
                 email first { subject \"Stay in touch\"; cta \"Join\" -> \"https://example.com\"; aims_for joined within 3d }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let graph = Graph::of(model);
    let skips = graph.skips();
    let before = graph.before_conversion(&graph.reached());
    for sequence in sequences(model) {
        let from = sequence.field("moves").and_then(|own| own.target_of("from"));
        let Some(at) = from.and_then(|from| graph.stages.iter().position(|own| own.id == from.id)) else { continue };
        if !graph.parts[graph.part_of[at]].is_whole || !before[at] {
            continue;
        }
        let moves = graph.out[at].iter().map(|edge| &graph.edges[*edge]).filter(|edge| edge.kind == EdgeKind::Move);
        let mut next: Vec<usize> = moves.map(|edge| edge.to).collect();
        next.extend(skips.iter().filter(|skip| skip.from == at).map(|skip| skip.to));
        let sales = graph.parts[graph.part_of[at]].stages.clone().filter(|stage| graph.stages[*stage].converts());
        let sales: Vec<usize> = sales.collect();
        for step in sequence.descendants().into_iter().filter(|step| step.kind().is_message() && step.has("cta")) {
            let aims = occasion::of_field(step.field("aims_for"), "event");
            let sells = |stage: &usize| {
                let enters =
                    graph.stages[*stage].enter().is_some_and(|enter| is_entered_by(graph.stages[*stage], enter, &aims));
                enters && !aims.is_empty()
            };
            let sold: Vec<usize> = sales.iter().copied().filter(sells).collect();
            if !sold.is_empty() && sold.iter().all(|stage| !next.contains(stage)) {
                found.push(report(step, graph.stages[at], graph.stages[sold[0]]));
            }
        }
    }
}

/// Whether an event of some occasions makes people enter a stage.
fn is_entered_by(stage: Stage<'_, '_>, enter: &Expr<'_>, aims: &[occasion::Occasion<'_, '_>]) -> bool {
    let mut found = false;
    enter.walk(&mut |part| {
        if let ExprKind::Name(at) | ExprKind::Call { callee: at, .. } = part.kind {
            let target = stage.model.target_decl(stage.id, at);
            found |= aims.iter().any(|own| own.event().is_some_and(|event| Some(event.id) == target));
        }
    });
    found
}

fn report(step: Node<'_, '_>, from: Stage<'_, '_>, sale: Stage<'_, '_>) -> Diagnostic {
    let (name, from_name, sale_name) = (step.name(), from.name(), sale.name());
    Diagnostic::new(&RULE.code, step.place(), say!("`{name}` asks people to buy too early", name))
        .at(say!("aims for what leads to `{stage}`", stage = sale_name))
        .label(
            from.place(),
            say!(
                "people come from here, and no transition leads from `{from}` to `{to}`",
                from = from_name,
                to = sale_name
            ),
        )
        .help(say!("ask for the next step instead: what the sequence `moves` people to"))
}
