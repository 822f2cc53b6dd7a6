//! Other declarations that are gone.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2501",
        name: "declaration-removed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a declaration that others may refer to is gone",
        explanation: "Boards, goals, scores, programmes, offers, surveys and campaigns are known by their paths in \
                      what is built from a spec: links, panels, codes in mails. What is gone from the spec goes \
                      from there with the next run.\n\n\
                      Reported is such a declaration of the previous spec that is gone and that none says it was. \
                      Events, stages, KPIs, segments, channels, sequences and consents have rules of their own; \
                      notes about competitors, teams and audits are reported as changes of words.\n\n\
                      Where it only has another name, say so with `was`.",
        good: r#"event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
offer spring { code "SPRING"; value 10% }
"#,
        bad: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
",
    },
    effects: &[
        Effect::breaks(Consumer::Dashboards, phrase!("panels and links that show it show nothing")),
        Effect::breaks(Consumer::Sequences, phrase!("messages that use it have nothing to use")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_gone(&RULE, told::REFERRED_TO, found);
}
