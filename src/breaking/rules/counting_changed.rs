//! Funnels that count otherwise.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2206",
        name: "counting-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a funnel or project that counts otherwise than before",
        explanation: "What a funnel counts, how long a journey lasts at most and what makes it count no more \
                      change every number of it at once. So does `measure`: which entry begins a journey, which \
                      rates wait until their time has run out, which channel is credited.\n\n\
                      Reported is a funnel whose `window`, `counts` or `exclude` was added, removed or changed, \
                      and a `measure` of which anything was.\n\n\
                      Where old and new numbers are to be compared, compute them anew from the first day.",
        good: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop { window 60d
  stage visit : top { enter seen }
  stage purchase : bottom { enter bought; converts }
  visit -> purchase rate 3% within 30d
}
",
        bad: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop { window 90d
  stage visit : top { enter seen }
  stage purchase : bottom { enter bought; converts }
  visit -> purchase rate 3% within 30d
}
",
    },
    effects: &[Effect::breaks(Consumer::Dashboards, phrase!("every number of the funnel is counted in another way"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_fields(&RULE, &[Kind::Funnel], told::COUNTING, found);
    comparison.report_fields(&RULE, &[Kind::Measure], told::MEASURE, found);
}
