//! Sequences of which nobody can say what they are for.

use crate::analysis::graph::Graph;
use crate::analysis::timed::sequences;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::expr::{Expr, ExprKind};
use crate::model::walk::{Node, Stage};
use crate::model::{Kind, Model};
use crate::say;

use super::impossible_stop::is_never_sent;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1726",
        name: "sequence-moves-nothing",
        group: Group::Messages,
        level: Level::Note,
        summary: "a sequence that moves nobody over any transition",
        explanation: "A sequence is there to move people from one stage to another: that is what its success is measured by.\n\n\
                      Reported is a sequence of a project with funnels\n\n\
                      - without `moves`;\n\
                      - that `moves a -> b` where no transition leads from `a` to `b`, so that nobody is counted;\n\
                      - that moves people to a stage that they can only enter by events that nobody sends.\n\n\
                      Write the transition that it exists to make: `moves store.consideration -> store.purchase`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              event bought { sent_by web; owner web; status live }\n\
              funnel shop {\n  \
                stage lead { enter joined }\n  \
                stage sale { enter bought; converts }\n  \
                lead -> sale  rate 10%  within 14d\n\
              }\n\
              sequence welcome { start joined; stop bought; basis legitimate_interest; email hello { subject \"Welcome\" } }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
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
    if model.funnels().next().is_none() {
        return;
    }
    let graph = Graph::of(model);
    let skips = graph.skips();
    for sequence in sequences(model) {
        let Some(moves) = sequence.field("moves") else {
            found.push(without(sequence));
            continue;
        };
        let Some((from, to)) = moves.target_of("from").zip(moves.target_of("to")) else { continue };
        let is = |stage: usize, own: Node<'_, '_>| graph.stages[stage].id == own.id;
        let declared = graph.edges.iter().any(|edge| is(edge.from, from) && is(edge.to, to));
        let skipped = skips.iter().any(|skip| is(skip.from, from) && is(skip.to, to));
        let name = sequence.name();
        if !declared && !skipped {
            found.push(
                Diagnostic::new(
                    &RULE.code,
                    moves.field.span,
                    say!("`{name}` moves people over a transition that there is not", name),
                )
                .at(say!("nobody is counted on this way"))
                .help(say!("declare the transition in the funnel, or name the one that the sequence exists to make")),
            );
        } else if !to.is_broken() && Stage(to).enter().is_some_and(|enter| can_never_enter(to, enter)) {
            found.push(
                Diagnostic::new(
                    &RULE.code,
                    moves.field.span,
                    say!("`{name}` moves people to a stage that nobody can enter", name),
                )
                .at(say!("nobody is counted on this way"))
                .label(to.place(), say!("nobody sends what leads here"))
                .help(say!("say who sends the events of the stage")),
            );
        }
    }
}

/// Whether a stage is only entered by events that nobody sends.
fn can_never_enter(stage: Node<'_, '_>, enter: &Expr<'_>) -> bool {
    match &enter.kind {
        ExprKind::Any(members) => members.iter().all(|own| can_never_enter(stage, own)),
        ExprKind::Name(at) | ExprKind::Call { callee: at, .. } => {
            let event = stage.model.target_decl(stage.id, *at).map(|id| stage.model.node(id));
            event.is_some_and(|own| own.kind() == Kind::Event && !own.is_broken() && is_never_sent(own))
        }
        _ => false,
    }
}

fn without(sequence: Node<'_, '_>) -> Diagnostic {
    let name = sequence.name();
    Diagnostic::new(&RULE.code, sequence.place(), say!("nobody can say what `{name}` is for", name))
        .at(say!("has no `moves`"))
        .help(say!("write the transition that it exists to make: `moves … -> …`"))
}
