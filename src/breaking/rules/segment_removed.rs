//! Segments that are gone.

use crate::breaking::{Comparison, Rule};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2211",
        name: "segment-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a segment that was there is gone",
        explanation: "A segment is an audience in tools that send and advertise, and a row in reports. Where it is \
                      gone the audience is filled no more, or worse: stays as it was on its last day.\n\n\
                      Reported is a segment or antisegment of the previous spec that is gone and that none says it \
                      was. One that became an antisegment, or the other way round, is gone too.\n\n\
                      Where it only has another name, say so with `was`. Otherwise switch off what is sent to it \
                      first.",
        good: r#"traits { country string; orders integer }
segment regulars { where trait orders > 4 }
segment locals { where trait country == "EG" }
"#,
        bad: "traits { country string; orders integer }
segment regulars { where trait orders > 4 }
",
    },
    effects: &[
        Effect::breaks(Consumer::Sequences, phrase!("its audience is filled no more")),
        Effect::breaks(Consumer::Dashboards, phrase!("rows that are split by it end")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_gone(&RULE, &[Kind::Segment, Kind::Antisegment], found);
}
