//! Laws of money: a plan is in one currency.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::types::CURRENCY_MISMATCH;
use crate::model::decl::Field;
use crate::model::kinds::Kind;
use crate::model::value::Captured;
use crate::model::{Model, Val};
use crate::say;

/// The fields in which money is planned.
const PLANNED: &[(Kind, &[&str])] = &[
    (Kind::Kpi, &["target", "alert"]),
    (Kind::Goal, &["from", "milestone"]),
    (Kind::Channel, &["budget", "cost"]),
    (Kind::Campaign, &["budget"]),
    (Kind::Stage, &["worth"]),
    (Kind::Offer, &["value", "minimum"]),
];

/// An amount that is planned in another currency than the project's.
pub(super) fn one_currency(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let Some(field) = model.project().and_then(|project| project.decl().field("currency")) else { return };
    let Some(Captured { val: Val::Word(own), .. }) = field.get("value") else { return };
    if iso_currency::Currency::from_code(own).is_none() {
        return;
    }
    let mut look = |captured: &Captured<'_>| {
        if let Some(other) = currency(&captured.val).filter(|other| other != own) {
            found.push(
                Diagnostic::new(&CURRENCY_MISMATCH, captured.span, say!("this is in {other}, the project is in {own}", other, own))
                    .at(say!("in {other}", other))
                    .label(field.span, say!("money is reported in {own}", own))
                    .help(say!(
                        "plan and measurement are compared in {own}, and the spec knows no exchange rate; write the amount in {own}",
                        own
                    )),
            );
        }
    };
    for (kind, words) in PLANNED {
        for decl in model.of_kind(*kind).map(|id| model.decl(id)) {
            let fields = decl.fields.iter().filter(|field| words.contains(&field.spec.word));
            fields.for_each(|field| each(field, &mut look));
        }
    }
    for tier in model.nodes(Kind::Tier) {
        tier.decl().head.iter().for_each(&mut look);
    }
}

fn each<'s>(field: &Field<'s>, look: &mut impl FnMut(&Captured<'s>)) {
    for captured in &field.values {
        look(captured);
        if let Val::Rows(rows) = &captured.val {
            rows.iter().flatten().for_each(&mut *look);
        }
    }
}

/// The currency of an amount; nothing where it is none, or of no known currency.
fn currency<'s>(val: &Val<'s>) -> Option<&'s str> {
    match val {
        Val::Money(money) => Some(money.currency).filter(|code| iso_currency::Currency::from_code(code).is_some()),
        Val::Compare(_, inner) => currency(inner),
        _ => None,
    }
}
