//! KPIs in another unit.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::model::walk::Kpi;
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2209",
        name: "kpi-unit-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a KPI whose value is in another unit than before",
        explanation: "An amount where a share was, or a count where an amount was: axes, thresholds and alerts \
                      that were set for the old unit are wrong at once.\n\n\
                      Reported is a KPI that was kept and whose value is of another unit, as the compiler works it \
                      out from its formula and the units of what it uses. It may change without a word of the KPI \
                      itself, when a property it adds up has another type.\n\n\
                      Give it a name of its own, and set targets and alerts anew.",
        good: "project shop { edition 2026; currency USD }
event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
kpi sales { value sum(bought.total); per month; owner growth }
",
        bad: "project shop { edition 2026; currency USD }
event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
kpi sales { value count(bought); per month; owner growth }
",
    },
    effects: &[Effect::breaks(Consumer::Dashboards, phrase!("axes, thresholds and alerts are in the old unit"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (was, is) in comparison.kept(Kind::Kpi) {
        if Kpi(was).unit() != Kpi(is).unit() {
            let message = say!("the value of KPI `{name}` is in another unit", name = is.path());
            let at = comparison.place_of(is, "value");
            found.push(comparison.found(&RULE, at, message, was, say!("was in another unit")));
        }
    }
}
