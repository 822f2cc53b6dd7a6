//! Messages that nothing allows.

use super::impossible_stop::is_never_sent;
use crate::analysis::timed::occasion;
use crate::analysis::timed::{basis, is_exempt, sequences};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::Node;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1719",
        name: "missing-consent",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a message that nothing allows to be sent",
        explanation: "Somebody has to be able to say why each message may be sent: the person agreed to it, bought something like it, or asked \
                      for it.\n\n\
                      Reported is a message\n\n\
                      - without a `basis`, of its own or of its sequence;\n\
                      - that is `transactional` and carries an `offer`: what sells is not what was asked for;\n\
                      - with a consent that the start of the sequence takes back;\n\
                      - with a consent that nothing gives, for nobody sends the events that would.\n\n\
                      A task of a colleague needs none.\n\n\
                      Write why it may be sent: `basis consent(newsletter)`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              sequence welcome { start joined; email hello { subject \"Welcome\" } }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               event left { sent_by web; owner web; status live }\n\
               consent newsletter { given joined; withdrawn left }\n\
               sequence welcome { start joined; stop left; basis consent(newsletter); email hello { subject \"Welcome\" } }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        let steps = sequence.descendants().into_iter();
        for step in steps.filter(|own| own.kind().is_message() && own.kind() != Kind::Task) {
            found.extend(without_basis(step).or_else(|| sells(step)).or_else(|| not_given(sequence, step)));
        }
    }
}

fn without_basis(step: Node<'_, '_>) -> Option<Diagnostic> {
    let name = step.name();
    let report = || {
        Diagnostic::new(&RULE.code, step.place(), say!("nothing says why `{name}` may be sent", name))
            .at(say!("no `basis` here, and none of its sequence"))
            .help(say!("write it in the sequence: `basis consent(…)`, or another basis that holds for all of it"))
    };
    basis(step).is_none().then(report)
}

fn sells(step: Node<'_, '_>) -> Option<Diagnostic> {
    let (offer, basis) = (step.field("offer").filter(|_| is_exempt(step))?, basis(step)?);
    let name = step.name();
    Some(
        Diagnostic::new(&RULE.code, step.place(), say!("`{name}` sells something under a transactional basis", name))
            .at(say!("needs a basis that allows offers"))
            .label(offer.field.span, say!("the offer"))
            .label(basis.field.span, say!("allows only what people asked for"))
            .help(say!("give it a basis of its own, such as `basis consent(…)`, or take the offer out")),
    )
}

fn not_given(sequence: Node<'_, '_>, step: Node<'_, '_>) -> Option<Diagnostic> {
    let basis = basis(step)?;
    let consent = basis.target_of("consent").filter(|own| !own.is_broken())?;
    let (name, consent_name) = (step.name(), consent.name());
    let withdrawn = occasion::of_field(consent.field("withdrawn"), "value");
    let given = occasion::of_field(consent.field("given"), "value");
    let starts = occasion::starts(sequence);
    let takes_back = |own: &occasion::Occasion<'_, '_>| withdrawn.iter().any(|other| own.is_one_of(*other));
    let report = || {
        Diagnostic::new(
            &RULE.code,
            step.place(),
            say!(
                "`{name}` needs the consent `{consent}`, which nobody has who comes to it",
                name,
                consent = consent_name
            ),
        )
    };
    if !starts.is_empty() && starts.iter().all(takes_back) {
        let start = starts[0].expr.span;
        return Some(
            report()
                .at(say!("needs it"))
                .label(start, say!("takes it back"))
                .help(say!("start the sequence otherwise, or send it on another basis")),
        );
    }
    let nobody =
        |own: &occasion::Occasion<'_, '_>| own.event().is_some_and(|own| !own.is_broken() && is_never_sent(own));
    if !given.is_empty() && given.iter().all(nobody) {
        let given = given[0].expr.span;
        return Some(
            report()
                .at(say!("needs it"))
                .label(given, say!("nobody sends it"))
                .help(say!("say who sends what gives the consent: `sent_by web`")),
        );
    }
    None
}
