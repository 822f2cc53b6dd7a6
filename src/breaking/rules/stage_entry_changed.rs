//! Stages that people enter otherwise.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2202",
        name: "stage-entry-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a stage that people enter by something else than before",
        explanation: "The entry of a stage decides who is counted in it. With another event or condition, or with \
                      another rule for what takes an entry back, the same stage holds other people from today on, \
                      and the line in the chart has a step that no campaign explains.\n\n\
                      Reported is a stage that was kept and whose `enter`, `undone`, `open` or `optional` was \
                      added, removed or changed. A name alone that changed with `was` does not count.\n\n\
                      Where old and new numbers are to be compared, compute them anew from the first day, or make \
                      it a new stage.",
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
  stage visit : top { enter seen or bought }
  stage purchase : bottom { enter bought; converts }
  visit -> purchase rate 3% within 30d
}
",
    },
    effects: &[
        Effect::breaks(Consumer::Dashboards, phrase!("it counts other people than before")),
        Effect::breaks(Consumer::Sequences, phrase!("other people get what is sent on entering it")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_fields(&RULE, &[Kind::Stage], told::STAGE_ENTRY, found);
}
