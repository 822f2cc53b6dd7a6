//! Ways between stages that are gone.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2204",
        name: "transition-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a way between two stages that is gone",
        explanation: "People who took a way that is no longer there are not reached in its stage any more, unless \
                      another way leads there.\n\n\
                      Reported is a transition or handover of the previous spec that is gone while its stages were \
                      kept.\n\n\
                      Where people should still be counted, keep it, perhaps with a planned rate of 0%.",
        good: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop {
  stage visit : top { enter seen }
  stage purchase : bottom { enter bought; converts }
  stage again : loyalty { enter bought }
  visit -> purchase rate 3% within 30d
  purchase -> again rate 20% within 90d
  again -> again rate 20% within 90d
}
",
        bad: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop {
  stage visit : top { enter seen }
  stage purchase : bottom { enter bought; converts }
  stage again : loyalty { enter bought }
  visit -> purchase rate 3% within 30d
  purchase -> again rate 20% within 90d
}
",
    },
    effects: &[
        Effect::breaks(Consumer::Dashboards, phrase!("people who went this way are not counted any more")),
        Effect::breaks(Consumer::Sequences, phrase!("what moved people over it has nothing to move them over")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_gone(&RULE, &[Kind::Transition, Kind::Handover], found);
}
