//! Permissions that are given otherwise.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2304",
        name: "consent-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a permission that is gone, or given or withdrawn otherwise than before",
        explanation: "A consent is what people agreed to. Given by another event it covers people who were never \
                      asked in this way; withdrawn by another event, people who said no may be written to again; \
                      kept for another time, data stays longer than was promised.\n\n\
                      Reported is a consent that is gone and that none says it was, and one that was kept and \
                      whose `given`, `withdrawn`, `keep` or `text` was added, removed or changed.\n\n\
                      Have whoever answers for data protection look at it. People who agreed to other words may \
                      have to be asked again.",
        good: "event joined { sent_by web; owner web; status live }
consent news { given joined; keep 24mo }
",
        bad: "event joined { sent_by web; owner web; status live }
consent news { given joined; keep 48mo }
",
    },
    effects: &[
        Effect::breaks(Consumer::Sequences, phrase!("what people agreed to is not what it says now")),
        Effect::breaks(Consumer::Warehouse, phrase!("how long data may be kept has changed")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_gone(&RULE, &[Kind::Consent], found);
    comparison.report_fields(&RULE, &[Kind::Consent], told::CONSENT, found);
}
