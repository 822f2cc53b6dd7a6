//! Arms and variants whose shares do not make a whole.

use rust_decimal::Decimal;

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::value::{Captured, Val};
use crate::model::{Kind, Model};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1607",
        name: "share-not-whole",
        group: Group::Segments,
        level: Level::Warn,
        summary: "shares of a split or an experiment that do not add to exactly 100%",
        explanation: "The arms of a `split` and the variants of an `experiment` share people out. If the shares add to less \
                      than 100%, tools disagree about the rest: some send nothing, some fall back to the first arm, and the \
                      comparison is spoiled. If they add to more, the last arms get fewer people than planned.\n\n\
                      Reported are a split whose arms, with its `holdout`, and an experiment whose variants do not add to \
                      exactly 100%, with the sum; and an arm or variant of 0%, which nobody ever gets. Shares are added \
                      exactly: three times 33.3% is 99.9%.\n\n\
                      To mend it, change a share, or write the rest as an arm of its own: `10% { nothing }`.\n",
        bad: "event signed_up { sent_by web }\n\
              sequence welcome {\n  start signed_up; basis transactional\n  \
              split proof_test { 50% { email proof { subject \"What buyers say\" } } 40% { nothing } }\n}\n",
        good: "event signed_up { sent_by web }\n\
               sequence welcome {\n  start signed_up; basis transactional\n  \
               split proof_test { 50% { email proof { subject \"What buyers say\" } } 50% { nothing } }\n}\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for split in model.nodes(Kind::Split).filter(|split| !split.is_broken()) {
        let arms = split.children_of(Kind::Arm).filter_map(|arm| share_of(arm.decl().in_head("share")?));
        let holdout = split.field("holdout").and_then(|field| share_of(field.get("value")?));
        report(split.name(), split.place(), &arms.collect::<Vec<_>>(), holdout, found);
    }
    for experiment in model.nodes(Kind::Experiment).filter(|experiment| !experiment.is_broken()) {
        let Some(field) = experiment.field("variants").filter(|field| field.owner.id == experiment.id) else {
            continue;
        };
        let variants = field.field.values.iter().filter(|captured| captured.slot == "share").filter_map(share_of);
        report(experiment.name(), field.field.key, &variants.collect::<Vec<_>>(), None, found);
    }
}

fn share_of(captured: &Captured<'_>) -> Option<(Decimal, Span)> {
    if let Val::Percent(share) = captured.val { Some((share, captured.span)) } else { None }
}

fn report(
    name: &str,
    place: Span,
    shares: &[(Decimal, Span)],
    holdout: Option<(Decimal, Span)>,
    found: &mut Vec<Diagnostic>,
) {
    for (_, span) in shares.iter().filter(|(share, _)| share.is_zero()) {
        found.push(
            Diagnostic::new(&RULE.code, *span, say!("nobody ever gets this part of `{name}`", name))
                .at(say!("0%"))
                .help(say!("give it a share, or remove it")),
        );
    }
    let sum = shares.iter().chain(&holdout).fold(Decimal::ZERO, |sum, (share, _)| sum.saturating_add(*share));
    if shares.is_empty() || sum == Decimal::ONE_HUNDRED {
        return;
    }
    let total = sum.normalize();
    let rest = Decimal::ONE_HUNDRED.saturating_sub(sum).normalize();
    let fault =
        Diagnostic::new(&RULE.code, place, say!("the shares of `{name}` add to {total}%, not to 100%", name, total));
    let fault = shares.iter().fold(fault, |fault, (share, span)| {
        let share = share.normalize();
        fault.label(*span, say!("{share}%", share))
    });
    let fault = holdout.iter().fold(fault, |fault, (share, span)| {
        let share = share.normalize();
        fault.label(*span, say!("{share}% get nothing", share))
    });
    found.push(if rest > Decimal::ZERO {
        fault.help(say!("what happens to the other {rest}% is left to the tool; give them to an arm", rest))
    } else {
        let more = -rest;
        fault.help(say!("{more}% more than there are; some parts will get fewer people than planned", more))
    });
}
