//! Targets of KPIs that the plan does not come to.

use super::goal_unreachable::{report, values};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::forecast::{Forecast, PromiseKind};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1108",
        name: "target-contradicts-plan",
        group: Group::Metrics,
        level: Level::Note,
        summary: "a target that the planned rates do not come to",
        explanation: "A target and a planned rate are two statements of one plan. Where the rates come to something else than the \
                      target asks for, one of the two is not meant: a dashboard would show the KPI as missed although everything goes as \
                      planned.\n\n\
                      The KPI is computed for a typical month of the plan, as `funnelc forecast` shows it. A KPI of which the plan \
                      says nothing is not looked at; of targets by month the last one is.\n\n\
                      Change the target, or a rate: the message names the one rate that would be enough, if there is one.",
        bad: "event visit \"Visit\" { sent_by web; owner growth; status live }\n\
              event order \"Order\" { sent_by web; owner growth; status live }\n\
              kpi conversion \"Conversion\" { value rate(shop.visitor -> shop.buyer); target >= 6%;  owner growth }\n\
              funnel shop \"Shop\" {\n  \
                stage visitor \"Visitor\" : top { enter visit; kpis conversion }\n  \
                stage buyer \"Buyer\" : bottom { enter order; converts; kpis conversion }\n  \
                visitor -> buyer rate 5% within 7d\n}\n",
        good: "event visit \"Visit\" { sent_by web; owner growth; status live }\n\
              event order \"Order\" { sent_by web; owner growth; status live }\n\
              kpi conversion \"Conversion\" { value rate(shop.visitor -> shop.buyer); target >= 6%;  owner growth }\n\
              funnel shop \"Shop\" {\n  \
                stage visitor \"Visitor\" : top { enter visit; kpis conversion }\n  \
                stage buyer \"Buyer\" : bottom { enter order; converts; kpis conversion }\n  \
                visitor -> buyer rate 6% within 7d\n}\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for promise in Forecast::missed(model, PromiseKind::Target) {
        let (promised, planned) = values(&promise);
        let (path, comparison) = (&promise.path, promise.comparison);
        let message = say!(
            "KPI `{path}` should be `{comparison}` {promised}, and the plan gives {planned}",
            path,
            comparison,
            promised,
            planned
        );
        found.push(report(&RULE.code, &promise, message));
    }
}
