//! KPIs that are gone.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2207",
        name: "kpi-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a KPI that was there is gone",
        explanation: "A KPI stands on boards, in reports and in goals that people were promised. Where it is gone \
                      its panel shows nothing, and its history cannot be continued.\n\n\
                      Reported is a KPI of the previous spec that is gone and that none says it was.\n\n\
                      Where it only has another name, say so with `was`. Otherwise tell its owner before it goes.",
        good: "project shop { edition 2026; currency USD }
event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
kpi revenue { value sum(bought.total); per month; target >= 10_000 USD; owner growth }
kpi orders { value count(bought); per month; target >= 100; owner growth }
",
        bad: "project shop { edition 2026; currency USD }
event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
kpi revenue { value sum(bought.total); per month; target >= 10_000 USD; owner growth }
",
    },
    effects: &[Effect::breaks(Consumer::Dashboards, phrase!("panels and reports that show it show nothing"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_gone(&RULE, &[Kind::Kpi], found);
}
