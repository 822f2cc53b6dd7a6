//! Conditions side by side that leave somebody out.

use crate::analysis::segments::{Answer, Condition, Witness};
use crate::analysis::timed::sequences;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::value::{Captured, Val};
use crate::model::walk::Node;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1723",
        name: "branch-gap",
        group: Group::Messages,
        level: Level::Note,
        summary: "conditions side by side of which none holds of somebody",
        explanation: "Two or more `when`s that stand side by side, ask the same thing and never hold together are meant as a choice: one mail \
                      for each kind of person. Whoever is of none of the kinds gets nothing, and nobody decided that they should not.\n\n\
                      Reported are neighbouring `when`s without `else` that are about the same traits, properties, scores or events, of which no \
                      two can hold of one person, and of which none holds of somebody in the audience: an example is given.\n\n\
                      Write what the others get, in the `else` of the last; `else { nothing }` where that is meant.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              traits { plan enum(free, team, large) }\n\
              sequence welcome {\n  \
                start joined; basis legitimate_interest\n  \
                when trait plan == free { email one { subject \"Alone\" } }\n  \
                when trait plan == team { email two { subject \"Together\" } }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               traits { plan enum(free, team, large) }\n\
               sequence welcome {\n  \
                 start joined; basis legitimate_interest\n  \
                 when trait plan == free { email one { subject \"Alone\" } }\n  \
                 when trait plan == team { email two { subject \"Together\" } else { email three { subject \"All of you\" } } }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in sequences(model) {
        let audience = sequence.field("audience");
        let audience = audience.and_then(|own| Condition::read(model, own.owner.id, own.expr("value")?));
        for group in choices(sequence)
            .iter()
            .filter(|group| group.iter().all(|own| own.when.children_of(Kind::Else).next().is_none()))
        {
            let apart = |at: usize| {
                group[at + 1..].iter().all(|other| group[at].condition.overlap(&other.condition) == Answer::No)
            };
            if !(0..group.len()).all(apart) {
                continue;
            }
            let mut left: Vec<Condition> = group.iter().map(|own| own.condition.negated()).collect();
            left.extend(audience.clone());
            if let Answer::Yes(person) = Condition::all(&left).somebody() {
                found.push(report(group, &person));
            }
        }
    }
}

/// A `when` and what it asks.
pub(super) struct Branch<'m, 's> {
    pub(super) when: Node<'m, 's>,
    pub(super) condition: Condition,
}

/// The most neighbours that are looked at together.
const MAX_NEIGHBOURS: usize = 60;

/// The `when`s of a sequence that stand side by side and ask the same thing, two or more at a time.
pub(super) fn choices<'m, 's>(sequence: Node<'m, 's>) -> Vec<Vec<Branch<'m, 's>>> {
    let mut blocks = vec![sequence];
    blocks.extend(sequence.descendants());
    let mut found = Vec::new();
    for block in blocks {
        let mut group: Vec<Branch<'m, 's>> = Vec::new();
        for step in block.children() {
            let branch = branch(step);
            let fits = branch.as_ref().zip(group.last()).is_some_and(|(own, last)| {
                let topics = own.condition.topics();
                !topics.is_empty() && topics == last.condition.topics() && group.len() < MAX_NEIGHBOURS
            });
            if !fits {
                found.push(std::mem::take(&mut group));
            }
            group.extend(branch);
        }
        found.push(group);
    }
    found.retain(|group| group.len() > 1);
    found
}

fn branch<'m, 's>(step: Node<'m, 's>) -> Option<Branch<'m, 's>> {
    match step.decl().in_head("value") {
        Some(Captured { val: Val::Expr(expr), .. }) if step.kind() == Kind::When => {
            Some(Branch { when: step, condition: Condition::read(step.model, step.id, expr)? })
        }
        _ => None,
    }
}

fn report(group: &[Branch<'_, '_>], person: &Witness) -> Diagnostic {
    let last = &group[group.len() - 1];
    let place =
        |own: &Branch<'_, '_>| own.when.decl().in_head("value").map_or_else(|| own.when.place(), |own| own.span);
    let example = person.example();
    let mut report = Diagnostic::new(&RULE.code, place(last), say!("none of these conditions holds of some people"))
        .at(example)
        .help(say!(
            "they would get nothing here; write what they get in the `else` of the last, or `else { nothing }`"
        ));
    for other in &group[..group.len() - 1] {
        report = report.label(place(other), say!("or this"));
    }
    report
}
