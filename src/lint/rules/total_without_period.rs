//! Targets of totals that do not say per what.

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1106",
        name: "total-without-period",
        group: Group::Metrics,
        level: Level::Warn,
        summary: "a target of a total that does not say per what time",
        explanation: "400 orders are a good day or a bad year. A count or a sum of money grows with the time it is taken over, so a target \
                      for it means nothing until that time is said. Rates, averages and durations need none.\n\n\
                      Reported is a KPI with a `target` whose value is a total and that has neither `per` nor `review` nor `over`.\n\n\
                      Write the period: `per month`, or `over 28d` for a rolling one.",
        bad: "event order_completed { sent_by web; owner web; status live }\n\
              kpi orders { value count(order_completed); target >= 400; owner growth }\n",
        good: "event order_completed { sent_by web; owner web; status live }\n\
               kpi orders { value count(order_completed); per month; target >= 400; owner growth }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for kpi in model.kpis().filter(|kpi| !kpi.is_broken()) {
        let Some(target) = kpi.field("target") else { continue };
        let has_period = ["per", "review", "over"].iter().any(|word| kpi.has(word));
        let Some(unit) = kpi.unit().filter(|unit| unit.total && !has_period) else { continue };
        let (name, is) = (kpi.name(), unit.phrase());
        found.push(
            Diagnostic::new(
                &RULE.code,
                target.field.span,
                say!("the target of KPI `{name}` does not say per what time", name),
            )
            .at(say!("a target for {is}", is))
            .label(kpi.place(), say!("{is} that grows with the time it is taken over", is))
            .help(say!("say over which time it is reached: `per month`, or `over 28d` for a rolling one")),
        );
    }
}
