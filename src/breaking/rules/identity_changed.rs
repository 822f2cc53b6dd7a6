//! Projects that recognise people otherwise.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::phrase;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2403",
        name: "identity-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "a project or source that recognises people otherwise than before",
        explanation: "How people are recognised decides what one person is. With other columns, or the same in \
                      another order, two become one or one becomes two, and every count of people changes, as far \
                      back as the data goes.\n\n\
                      Reported is a project whose `identity` was added, removed or changed, a group of which `key` \
                      was, and a source whose tables or columns were.\n\n\
                      Where old and new numbers are to be compared, compute them anew from the first day.",
        good: "project shop { edition 2026; identity user_id, anonymous_id }
",
        bad: "project shop { edition 2026; identity anonymous_id }
",
    },
    effects: &[
        Effect::breaks(Consumer::Warehouse, phrase!("other columns are read, or people are joined by others")),
        Effect::breaks(Consumer::Dashboards, phrase!("every count of people changes")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    comparison.report_fields(&RULE, &[Kind::Project], told::IDENTITY, found);
    comparison.report_fields(&RULE, &[Kind::Group], told::GROUP, found);
    comparison.report_fields(&RULE, &[Kind::Source], told::SOURCE, found);
}
