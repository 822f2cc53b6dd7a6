//! Sequences that go on after people took their consent back.

use rustc_hash::FxHashSet;

use crate::analysis::timed::occasion;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::{FieldOf, Node};
use crate::model::{DeclId, Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1708",
        name: "missing-unsubscribe",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a sequence that consent allows, and that its withdrawal does not stop",
        explanation: "Whoever takes a consent back must not hear any more of what it was for: that is the law in most places, and the first thing \
                      people complain about.\n\n\
                      Reported is a sequence with `basis consent(x)` whose `stop` names none of the events that withdraw `x`.\n\n\
                      Add it: `stop order_completed or unsubscribed`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              event left { sent_by web; owner web; status live }\n\
              consent newsletter { given joined; withdrawn left }\n\
              sequence welcome { start joined; basis consent(newsletter); email hello { subject \"Welcome\" } }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               event left { sent_by web; owner web; status live }\n\
               consent newsletter { given joined; withdrawn left }\n\
               sequence welcome { start joined; stop left; basis consent(newsletter); email hello { subject \"Welcome\" } }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in model.nodes(Kind::Sequence).filter(|own| !own.is_broken()) {
        let Some(basis) = sequence.field("basis") else { continue };
        let Some(consent) = basis.target_of("consent") else { continue };
        let withdrawn = events(consent.field("withdrawn"), "value");
        let stopped = events(sequence.field("stop"), "value");
        if !withdrawn.is_empty() && withdrawn.is_disjoint(&stopped) {
            found.push(report(sequence, basis, consent));
        }
    }
}

/// The events that a field names, whatever is asked of them.
fn events(field: Option<FieldOf<'_, '_>>, slot: &str) -> FxHashSet<DeclId> {
    occasion::of_field(field, slot).into_iter().filter_map(|own| own.event().map(|event| event.id)).collect()
}

fn report(sequence: Node<'_, '_>, basis: FieldOf<'_, '_>, consent: Node<'_, '_>) -> Diagnostic {
    let (name, consent_name) = (sequence.name(), consent.name());
    Diagnostic::new(
        &RULE.code,
        sequence.place(),
        say!("`{name}` goes on after people took back `{consent}`", name, consent = consent_name),
    )
    .at(say!("its `stop` names nothing that withdraws `{consent}`", consent = consent_name))
    .label(basis.field.span, say!("needs this consent"))
    .label(consent.place(), say!("says what withdraws it"))
    .help(say!("add what withdraws it to `stop`"))
}
