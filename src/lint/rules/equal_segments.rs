//! Two segments of the same people.

use crate::analysis::segments::relations::relations;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1602",
        name: "equal-segments",
        group: Group::Segments,
        level: Level::Warn,
        summary: "two segments that hold exactly the same people",
        explanation: "Two names for the same people make two columns with the same numbers, two messages to one inbox, and \
                      sooner or later two definitions that drift apart. Where one of them is an antisegment it is worse: \
                      the same people are to be addressed and not to be addressed.\n\n\
                      Reported is a segment or antisegment whose condition holds of exactly those people of whom the \
                      condition of an earlier one holds, however differently the two are written. The finding gives an \
                      example of a person who is in both.\n\n\
                      To mend it, keep one and use its name in the places of the other, or write into one of them what \
                      sets it apart.\n",
        bad: "traits { orders integer }\n\
              segment regulars { where trait orders > 4 }\n\
              segment loyal_buyers { where not (trait orders < 5) }\n",
        good: "traits { orders integer }\n\
               segment regulars { where trait orders in 5..9 }\n\
               segment loyal_buyers { where trait orders >= 10 }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let mut reported = std::collections::BTreeSet::new();
    for relation in relations(model).into_iter().filter(|relation| relation.equal) {
        if !reported.insert(relation.inner.id) {
            continue;
        }
        let (name, other) = (relation.inner.name(), relation.outer.name());
        let fault = Diagnostic::new(
            &RULE.code,
            relation.inner.place(),
            say!("`{name}` and `{other}` are the same people", name, other),
        )
        .at(relation.witness.example())
        .label(relation.outer.place(), say!("the same condition, perhaps in other words"));
        let fault = if relation.inner.kind() == relation.outer.kind() {
            fault.help(say!("keep one of them, or write what sets `{name}` apart from `{other}`", name, other))
        } else {
            fault.help(say!("one says that they are to be addressed, the other that they are not; keep one of them"))
        };
        found.push(fault);
    }
}
