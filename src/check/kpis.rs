//! Laws of KPIs: targets and alerts have the unit of the value.

use crate::diagnostic::codes::types::UNIT_MISMATCH;
use crate::diagnostic::{Diagnostic, Message};
use crate::model::Val;
use crate::model::types::target_mismatch;
use crate::model::value::Captured;
use crate::model::walk::Kpi;
use crate::model::{Model, decl::Field};
use crate::say;

/// A target or an alert of another unit than the value it is compared with.
pub(super) fn target_fits_value(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for kpi in model.kpis() {
        for word in ["target", "alert"] {
            let fields = kpi.fields(word).into_iter();
            // What is inherited whole was looked at where it is declared.
            let fields = fields.filter(|field| field.owner.id == kpi.id || kpi.decl().field("value").is_some());
            for captured in fields.flat_map(|field| quantities(field.field)) {
                fits(kpi, captured, word, found);
            }
        }
    }
}

/// Every quantity of a field, rows included.
pub(super) fn quantities<'a, 's>(field: &'a Field<'s>) -> Vec<&'a Captured<'s>> {
    let rows = field.values.iter().filter_map(|captured| match &captured.val {
        Val::Rows(rows) => Some(rows.iter().flatten()),
        _ => None,
    });
    field.values.iter().chain(rows.flatten()).filter(|captured| is_quantity(captured)).collect()
}

fn is_quantity(captured: &Captured<'_>) -> bool {
    matches!(captured.slot, "target" | "value" | "from" | "to")
        && matches!(
            captured.val,
            Val::Compare(..) | Val::Number(_) | Val::Percent(_) | Val::Money(_) | Val::Duration(_)
        )
}

/// Reports a quantity that cannot be compared with a KPI's value.
pub(super) fn fits(kpi: Kpi<'_, '_>, captured: &Captured<'_>, what: &'static str, found: &mut Vec<Diagnostic>) {
    let amount = match &captured.val {
        Val::Compare(_, inner) => inner,
        other => other,
    };
    let Some(unit) = kpi.unit() else { return };
    let Some(is) = target_mismatch(unit, amount) else { return };
    let (given, name) = (Message::of(amount.describe()), kpi.name());
    let message = say!("the {what} is {given}, but KPI `{name}` is {is}", what, given, name, is);
    let fault = Diagnostic::new(&UNIT_MISMATCH, captured.span, message).at(given);
    found.push(match kpi.value() {
        Some((_, value)) => fault.label(value.span, say!("this is {is}", is)),
        None => fault,
    });
}
