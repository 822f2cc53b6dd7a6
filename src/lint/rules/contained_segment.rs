//! A segment that lies wholly inside another.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::segments::relations::{Relation, mentioned, relations};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::{DeclId, Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1603",
        name: "contained-segment",
        group: Group::Segments,
        level: Level::Note,
        summary: "a segment that lies wholly inside another",
        explanation: "A segment inside another is often meant so (*frequent buyers* inside *buyers*), and harmless. It is worth \
                      knowing all the same: people of the inner one are counted in both, a message for the outer one \
                      reaches them too, and sizes must not be added. A segment that lies inside an antisegment has nobody \
                      to address.\n\n\
                      Reported is a segment whose condition implies the condition of another one that its `where` does \
                      not mention; of several outer ones only the nearest are shown. The finding gives an example of \
                      somebody who is in the outer one only. Antisegments inside segments are silent: they are there to \
                      cut something out.\n\n\
                      If it is meant, say so in the condition: `where buyers and …` is silent. If not, write into the \
                      outer one what keeps them apart.\n",
        bad: "event order_completed { sent_by web }\n\
              segment buyers { where did order_completed within 90d }\n\
              segment frequent_buyers { where did order_completed 3 times within 30d }\n",
        good: "event order_completed { sent_by web }\n\
               segment buyers { where did order_completed within 90d }\n\
               segment frequent_buyers { where buyers and did order_completed 3 times within 30d }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let mut outer_of: BTreeMap<DeclId, Vec<Relation<'_, '_>>> = BTreeMap::new();
    for relation in relations(model).into_iter().filter(|relation| !relation.equal) {
        let cuts_out = relation.inner.kind() == Kind::Antisegment && relation.outer.kind() == Kind::Segment;
        if !cuts_out {
            outer_of.entry(relation.inner.id).or_default().push(relation);
        }
    }
    let outer_ids = |id: &DeclId| -> BTreeSet<DeclId> {
        outer_of.get(id).into_iter().flatten().map(|relation| relation.outer.id).collect()
    };
    for (inner, relations) in &outer_of {
        let said = mentioned(model, *inner);
        let farther: BTreeSet<DeclId> = relations.iter().flat_map(|relation| outer_ids(&relation.outer.id)).collect();
        let nearest = relations.iter().filter(|relation| {
            let outer = relation.outer.id;
            !said.contains(&outer) && !farther.contains(&outer)
        });
        found.extend(nearest.map(report));
    }
}

fn report(relation: &Relation<'_, '_>) -> Diagnostic {
    let (name, outer) = (relation.inner.name(), relation.outer.name());
    let forbidden = relation.inner.kind() == Kind::Segment && relation.outer.kind() == Kind::Antisegment;
    let message = if forbidden {
        say!("everybody in segment `{name}` is in antisegment `{outer}`, which is not to be addressed", name, outer)
    } else {
        say!("everybody in `{name}` is in `{outer}` too", name, outer)
    };
    let help = if forbidden {
        say!("there is nobody in `{name}` to address; narrow one of the two", name)
    } else {
        say!("if that is meant, write `{outer} and …` in its condition; their sizes must not be added", outer)
    };
    Diagnostic::new(&RULE.code, relation.inner.place(), message)
        .label(relation.outer.place(), relation.witness.outside(name))
        .help(help)
}
