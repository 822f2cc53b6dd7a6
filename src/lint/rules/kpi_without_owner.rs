//! KPIs that nobody answers for.

use super::kpi_without_target::is_pattern;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1104",
        name: "kpi-without-owner",
        group: Group::Metrics,
        level: Level::Note,
        summary: "a KPI that nobody answers for",
        explanation: "When a number falls, somebody must be asked. Without an owner the question goes round.\n\n\
                      Reported is a KPI without `owner`. A pattern that is made to be extended (`of stage`) is not.\n\n\
                      Write `owner` and a team, or a word of your own while the project declares no team.",
        bad: "event order_completed { sent_by web; owner web; status live }\n\
              kpi orders { value count(order_completed); per month; target >= 400 }\n",
        good: "event order_completed { sent_by web; owner web; status live }\n\
               kpi orders { value count(order_completed); per month; target >= 400; owner growth }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for kpi in model.kpis().filter(|kpi| !kpi.is_broken() && !kpi.has("owner") && !is_pattern(*kpi)) {
        let name = kpi.name();
        found.push(
            Diagnostic::new(&RULE.code, kpi.place(), say!("nobody answers for KPI `{name}`", name))
                .at(say!("has no `owner`"))
                .help(say!("when the number falls, somebody must be asked; write `owner …`")),
        );
    }
}
