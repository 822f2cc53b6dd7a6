//! KPIs of which nobody said what they should be.

use crate::analysis::usage::Usage;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::Kpi;
use crate::model::{Model, Val};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1103",
        name: "kpi-without-target",
        group: Group::Metrics,
        level: Level::Warn,
        summary: "a KPI without a target",
        explanation: "A number without a target is read and forgotten: nobody can say whether it is good. The dashboard has nothing to \
                      compare it with and no alert can be derived.\n\n\
                      Reported is a KPI that has no `target` and that no `goal` is about. A pattern that is made to be extended \
                      (`of stage`) is not.\n\n\
                      Write what it should be, and by when if that is known: `target >= 2% by 2027-03-31`; or declare a `goal`.",
        bad: "event order_completed { sent_by web; owner web; status live }\n\
              kpi orders { value count(order_completed); per month; owner growth }\n",
        good: "event order_completed { sent_by web; owner web; status live }\n\
               kpi orders { value count(order_completed); per month; target >= 400; owner growth }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let usage = Usage::of(model);
    for kpi in model.kpis() {
        let promised = || usage.uses(kpi.id).iter().any(|one| one.field == Some("kpi") && is_goal(model, one.by));
        if kpi.is_broken() || kpi.has("target") || is_pattern(kpi) || promised() {
            continue;
        }
        let name = kpi.name();
        found.push(
            Diagnostic::new(&RULE.code, kpi.place(), say!("KPI `{name}` has no target", name))
                .at(say!("neither a `target` nor a goal"))
                .help(say!(
                    "without one nobody can say whether the number is good; write what it should be, such as `target >= …`, or declare a goal about it"
                )),
        );
    }
}

fn is_goal(model: &Model<'_>, id: crate::model::DeclId) -> bool {
    model.decl(id).kind == crate::model::Kind::Goal
}

/// Whether a KPI is made to be extended.
pub(super) fn is_pattern(kpi: Kpi<'_, '_>) -> bool {
    let about = kpi.field("of").map(|field| &field.field.values);
    about.is_some_and(|values| values.iter().any(|captured| matches!(captured.val, Val::Word(_))))
}
