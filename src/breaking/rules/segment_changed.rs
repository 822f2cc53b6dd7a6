//! Segments of other people.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2212",
        name: "segment-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a segment that holds other people than before",
        explanation: "Whoever is in a segment gets its messages and sees its advertisements. Another condition \
                      moves people in and out overnight: some get what was not meant for them, others cease to.\n\n\
                      Reported is a segment or antisegment that was kept and whose `where` or `counts` was added, \
                      removed or changed.\n\n\
                      Look at how many people enter and leave it, and at what they are sent on doing so.",
        good: "traits { country string; orders integer }
segment regulars { where trait orders > 4 }
",
        bad: "traits { country string; orders integer }
segment regulars { where trait orders > 9 }
",
    },
    effects: &[
        Effect::breaks(Consumer::Sequences, phrase!("other people get what is sent to it")),
        Effect::breaks(Consumer::Dashboards, phrase!("numbers before and after are of other people")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_fields(&RULE, &[Kind::Segment, Kind::Antisegment], told::SEGMENT, found);
}
