//! Events that are on their way out and still used.

use crate::analysis::usage::{Usage, Use};
use crate::diagnostic::{Code, Diagnostic, Group, Level, Safety};
use crate::lint::Rule;
use crate::model::walk::Event;
use crate::model::{Model, Target};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1307",
        name: "deprecated-event-used",
        group: Group::Tracking,
        level: Level::Warn,
        summary: "a deprecated event that is still used",
        explanation: "A deprecated event stops arriving one day, and what is built on it falls to zero on that day.\n\n\
                      Reported is every place that refers to an event with `status deprecated`, or to one of its properties, except in the \
                      event itself and after `extends`.\n\n\
                      Use the event that its status names. Where the place uses both, the old one can go when its data is no longer wanted.",
        bad: "event purchase { sent_by web; owner web; status deprecated(use order_completed) }\n\
              event order_completed { sent_by web; owner web; status live }\n\
              segment buyers { where did purchase within 365d }\n",
        good: "event purchase { sent_by web; owner web; status deprecated(use order_completed) }\n\
               event order_completed { sent_by web; owner web; status live }\n\
               segment buyers { where did order_completed within 365d }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let usage = Usage::of(model);
    for event in model.events().filter(|event| event.status() == "deprecated") {
        for one in usage.outside(model, event.id).filter(|one| !one.extends) {
            found.push(report(event, one));
        }
    }
}

fn report(event: Event<'_, '_>, one: &Use) -> Diagnostic {
    let name = event.path();
    let place = event.field("status").map_or(event.place(), |field| field.field.span);
    let fault = Diagnostic::new(&RULE.code, one.at, say!("event `{name}` is deprecated", name))
        .label(place, say!("it says so here"));
    let Some(successor) = event.successor() else {
        return fault.at(say!("still used here")).help(say!(
            "it stops arriving one day; use another event, and name that in its status: `status deprecated(use …)`"
        ));
    };
    let right = successor.path();
    let fault = fault
        .at(say!("use `{right}`", right))
        .help(say!("it stops arriving one day; `{right}` takes its place", right));
    // A property may be called otherwise there, and a place that names both needs thought.
    if one.by_part || names_also(event.model, one, successor) {
        return fault;
    }
    fault.fix(Safety::Unsafe, say!("use `{right}`", right), one.at, right.clone())
}

fn names_also(model: &Model<'_>, one: &Use, event: Event<'_, '_>) -> bool {
    let targets = model.targets.get(one.by.0 as usize);
    targets.is_some_and(|targets| targets.contains(&Target::Decl(event.id)))
}
