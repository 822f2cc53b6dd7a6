//! Funnels with another conversion.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2203",
        name: "conversion-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a stage that has become the conversion, or is it no more",
        explanation: "The conversion is what every rate, cost and forecast of a funnel is about. When another \
                      stage is it, the conversion rate of yesterday and that of today are two numbers of one name.\n\n\
                      Reported is a stage that was kept and that has or lacks `converts` now.\n\n\
                      Tell whoever reads the numbers, and set targets anew.",
        good: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop {
  stage visit : top { enter seen }
  stage purchase : bottom { enter bought; converts }
  stage again : loyalty { enter bought }
  visit -> purchase rate 3% within 30d
  purchase -> again rate 20% within 90d
}
",
        bad: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop {
  stage visit : top { enter seen }
  stage purchase : bottom { enter bought }
  stage again : bottom { enter bought; converts }
  visit -> purchase rate 3% within 30d
  purchase -> again rate 20% within 90d
}
",
    },
    effects: &[Effect::breaks(
        Consumer::Dashboards,
        phrase!("conversion rates, costs and forecasts are about another stage"),
    )],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_fields(&RULE, &[Kind::Stage], told::CONVERSION, found);
}
