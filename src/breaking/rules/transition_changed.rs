//! Ways between stages that are open to others.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2205",
        name: "transition-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a way between two stages that is taken otherwise than before",
        explanation: "How long a way may take, for whom it is open and by which event it is taken decide who is \
                      counted as having gone it. A shorter time alone makes a rate fall without anybody behaving \
                      otherwise.\n\n\
                      Reported is a transition or handover that was kept and whose `within`, `when`, `on`, `as` or \
                      `after` was added, removed or changed. Another planned rate is reported as a change of plan.\n\n\
                      Where old and new numbers are to be compared, compute them anew from the first day.",
        good: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop {
  stage visit : top { enter seen }
  stage purchase : bottom { enter bought; converts }
  visit -> purchase rate 3% within 30d
}
",
        bad: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop {
  stage visit : top { enter seen }
  stage purchase : bottom { enter bought; converts }
  visit -> purchase rate 3% within 14d
}
",
    },
    effects: &[Effect::breaks(Consumer::Dashboards, phrase!("other people are counted as having gone this way"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_head(&RULE, &[Kind::Transition, Kind::Handover], told::TRANSITION, found);
}
