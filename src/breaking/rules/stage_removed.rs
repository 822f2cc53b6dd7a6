//! Funnels and stages that are gone.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2201",
        name: "stage-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a funnel or stage that was there is gone",
        explanation: "A stage is a column of every report about its funnel. Where it is gone, its history ends, \
                      the rates around it become rates between other stages, and audiences and messages that were \
                      made for it reach nobody.\n\n\
                      Reported is a funnel of the previous spec, or a stage of a funnel that was kept, that is \
                      gone and that none says it was.\n\n\
                      Where it only has another name, say so with `was`. Otherwise tell whoever reads the numbers \
                      on which day it ends.",
        good: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop {
  stage visit : top { enter seen }
  stage cart : middle { enter seen }
  stage purchase : bottom { enter bought; converts }
  visit -> cart rate 20% within 7d
  cart -> purchase rate 15% within 30d
}
",
        bad: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop {
  stage visit : top { enter seen }
  stage purchase : bottom { enter bought; converts }
  visit -> purchase rate 3% within 30d
}
",
    },
    effects: &[
        Effect::breaks(Consumer::Dashboards, phrase!("its numbers end, and rates around it are between other stages")),
        Effect::breaks(Consumer::Sequences, phrase!("messages that were sent for it have no stage to move people to")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_gone(&RULE, &[Kind::Funnel, Kind::Stage], found);
}
