//! KPIs that are computed otherwise.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2208",
        name: "kpi-formula-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a KPI that is computed otherwise than before",
        explanation: "A KPI with another formula is another KPI under a known name. Its line goes on in the chart \
                      as if nothing had happened, and comparisons with last year are of two different things.\n\n\
                      Reported is a KPI that was kept and whose `value`, `of`, `where`, `over`, `cohort`, `net`, \
                      `margin`, `per` or `by` was added, removed or changed. Formulas are compared by what they \
                      compute, with every name as its full path, and not by how they are written.\n\n\
                      Give the new formula a name of its own and show both for a while, or compute the past anew.",
        good: "project shop { edition 2026; currency USD }
event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
kpi revenue { value sum(bought.total); per month; target >= 10_000 USD; owner growth }
",
        bad: "project shop { edition 2026; currency USD }
event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
kpi revenue { value sum(bought.total) * 0.8; per month; target >= 10_000 USD; owner growth }
",
    },
    effects: &[Effect::breaks(
        Consumer::Dashboards,
        phrase!("the line goes on under the same name with another meaning"),
    )],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_fields(&RULE, &[Kind::Kpi], told::KPI_FORMULA, found);
}
