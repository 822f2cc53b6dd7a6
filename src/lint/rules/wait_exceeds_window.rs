//! Messages that come when the transition they are to make does not count any more.

use rust_decimal::prelude::ToPrimitive;
use rustc_hash::FxHashMap;

use crate::analysis::timed::{Send, Timeline};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::value::spell_seconds;
use crate::model::walk::{Funnel, Node, Transition};
use crate::model::{DeclId, Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1703",
        name: "wait-exceeds-window",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a message that is sent when the transition it is to make does not count any more",
        explanation: "A sequence `moves a -> b`, and the transition counts `within` a time. A message that can only be sent later moves nobody that \
                      is counted: it costs, and the numbers say that it does nothing.\n\n\
                      Reported is a message whose earliest moment lies after `within`. Waits are added up along the shortest way to it: a \
                      `wait until … at_most 3d` may be over at once for `then`, and takes its three days for `else`; working days are taken where \
                      they pass quickest. The run is taken to start when people enter the first stage.\n\n\
                      Send it earlier, or let the transition count longer.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              event bought { sent_by web; owner web; status live }\n\
              funnel shop {\n  \
                stage lead { enter joined }\n  \
                stage sale { enter bought; converts }\n  \
                lead -> sale  rate 10%  within 14d\n\
              }\n\
              sequence welcome {\n  \
                moves shop.lead -> shop.sale; start joined; stop bought; basis transactional\n  \
                wait 20d\n  \
                email late { subject \"Still there?\" }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               event bought { sent_by web; owner web; status live }\n\
               funnel shop {\n  \
                 stage lead { enter joined }\n  \
                 stage sale { enter bought; converts }\n  \
                 lead -> sale  rate 10%  within 14d\n\
               }\n\
               sequence welcome {\n  \
                 moves shop.lead -> shop.sale; start joined; stop bought; basis transactional\n  \
                 wait 2d\n  \
                 email soon { subject \"Still there?\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let sequences = model.nodes(Kind::Sequence).filter(|own| !own.is_broken());
    let moving: Vec<_> = sequences.filter_map(|own| Some((own, moves(own)?))).collect();
    if moving.is_empty() {
        return;
    }
    let ways = transitions(model);
    for (sequence, moved) in moving {
        let Some(way) = ways.get(&moved).copied() else { continue };
        let Some(within) = way.within().and_then(|within| within.seconds()?.to_i64()) else { continue };
        let timeline = Timeline::of(sequence);
        let late = timeline.sends.iter().filter(|send| send.after.least > within);
        found.extend(late.map(|send| report(send, way)));
    }
}

/// The stages between which a sequence is to move people.
fn moves(sequence: Node<'_, '_>) -> Option<(DeclId, DeclId)> {
    let field = sequence.field("moves")?;
    Some((field.target_of("from")?.id, field.target_of("to")?.id))
}

/// The declared transitions by their stages; of several between the same two, the first.
fn transitions<'m, 's>(model: &'m Model<'s>) -> FxHashMap<(DeclId, DeclId), Transition<'m, 's>> {
    let mut ways = FxHashMap::default();
    for way in model.funnels().flat_map(Funnel::transitions) {
        if let (Some(from), Some(to)) = (way.from(), way.to()) {
            ways.entry((from.id, to.id)).or_insert(way);
        }
    }
    ways
}

fn report(send: &Send<'_, '_>, way: Transition<'_, '_>) -> Diagnostic {
    let name = send.step.name();
    let earliest = spell_seconds(send.after.least.into());
    let within = way.within().map(crate::model::value::Duration::spelling).unwrap_or_default();
    let message = say!(
        "`{name}` is sent {earliest} after the start at the earliest, when its transition counts only {within}",
        name,
        earliest,
        within
    );
    Diagnostic::new(&RULE.code, send.step.place(), message)
        .at(say!("{earliest} after the start, or later", earliest))
        .label(way.place(), say!("counts within {within}", within))
        .help(say!("whoever buys after it is not counted for it; send it earlier, or write a longer `within`"))
}
