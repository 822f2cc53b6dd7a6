//! Labels, texts, targets and plans that changed.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2503",
        name: "words-changed",
        group: Group::Documentation,
        level: Level::Note,
        summary: "labels, texts, targets or plans that changed",
        explanation: "Labels, descriptions and texts are what people read; targets, planned rates, budgets and \
                      owners are what they agreed on. Nothing is computed or sent otherwise, so nothing breaks, \
                      but whoever reviews a change wants to see them.\n\n\
                      Reported is every declaration that was kept and differs in something that no other rule \
                      reports, and a note about a competitor, a team, a persona or an audit that is gone. One \
                      finding names all that differs in one declaration.\n\n\
                      Nothing has to be done.",
        good: "project shop { edition 2026; currency USD }
event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
kpi revenue { value sum(bought.total); per month; target >= 10_000 USD; owner growth }
",
        bad: r#"project shop { edition 2026; currency USD }
event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
kpi revenue "Revenue" { value sum(bought.total); per month; target >= 20_000 USD; owner growth }
"#,
    },
    effects: &[Effect::tells(Consumer::Dashboards, phrase!("labels, targets and plans are shown as they are now"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_gone(&RULE, told::NOTES, found);
    for kind in Kind::ALL {
        comparison.report_rest(&RULE, *kind, found);
    }
}
