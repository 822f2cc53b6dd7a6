//! Names on the wire that changed.

use crate::breaking::{Comparison, Rule, advice, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level, Message};
use crate::model::Kind;
use crate::model::walk::{Event, Node, Property};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2004",
        name: "wire-name-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "an event or property that is sent under another name than before",
        explanation: "The name on the wire is the one name that programs, pipelines and tables share. Under \
                      another name the same thing is something new: a table that begins today beside one that \
                      ended yesterday, a column that is empty from today on.\n\n\
                      Reported is an event or property that was kept and is sent under another name, everywhere or \
                      in one destination. A declared name is the name on the wire where `named` says nothing else, \
                      so a new name in the spec alone is enough.\n\n\
                      Keep the old name on the wire with `named \"…\"`; the declared name is free to change.",
        good: "event order_completed { sent_by web; owner web; status live; prop total money required }
",
        bad: "event purchase { was order_completed; sent_by web; owner web; status live; prop total money required }
",
    },
    effects: &[
        Effect::breaks(
            Consumer::Tracking,
            phrase!("programs that are not updated send the old name, which is not planned any more"),
        ),
        Effect::breaks(
            Consumer::Warehouse,
            phrase!("the table or column of the old name ends, and one with the new name begins"),
        ),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (was, is) in comparison.kept(Kind::Event) {
        let names = |node: Node<'_, '_>, to: Option<&str>| Event(node).wire_name(to);
        let subject = say!("event `{name}`", name = is.path());
        for (to, old, new) in changed(was, is, &destinations(was, is, true), &names) {
            found.push(report(comparison, (was, is), &subject, to, &old, &new, (SchemaStep::Model, vec![is.path()])));
        }
    }
    for pair in &comparison.properties {
        let Some((was, is)) = pair.kept() else { continue };
        let names = |node: Node<'_, '_>, to: Option<&str>| Property(node).wire_name(to);
        let step = if was.plan.required { SchemaStep::Model } else { SchemaStep::Revision };
        for (to, old, new) in changed(was.node, is.node, &destinations(was.node, is.node, false), &names) {
            let step = (step, pair.events());
            found.push(report(comparison, (was.node, is.node), &pair.subject(), to, &old, &new, step));
        }
    }
}

/// Every destination that has a name of its own before or after.
fn destinations<'m>(was: Node<'m, '_>, is: Node<'m, '_>, of_event: bool) -> Vec<&'m str> {
    let names = |node: Node<'m, '_>| if of_event { Event(node).wire_names() } else { Property(node).wire_names() };
    let mut all: Vec<&str> = names(was).into_iter().chain(names(is)).filter_map(|(to, _)| to).collect();
    all.sort_unstable();
    all.dedup();
    all
}

type Changed<'d> = (Option<&'d str>, String, String);

/// The names that differ; one for all destinations says it for those without a name of their own.
fn changed<'d>(
    was: Node<'_, '_>,
    is: Node<'_, '_>,
    destinations: &[&'d str],
    name: &dyn Fn(Node<'_, '_>, Option<&str>) -> String,
) -> Vec<Changed<'d>> {
    let pair = |to: Option<&'d str>| (to, name(was, to), name(is, to));
    let everywhere = pair(None);
    let own = destinations.iter().map(|to| pair(Some(to)));
    let own = own.filter(|(_, old, new)| (old, new) != (&everywhere.1, &everywhere.2));
    let mut all: Vec<Changed<'d>> = own.collect();
    all.insert(0, everywhere.clone());
    all.retain(|(_, old, new)| old != new);
    all
}

fn report<'m, 's>(
    comparison: &Comparison<'m, 's>,
    (was, is): (Node<'m, 's>, Node<'m, 's>),
    subject: &Message,
    to: Option<&str>,
    old: &str,
    new: &str,
    (step, events): (SchemaStep, Vec<String>),
) -> Diagnostic {
    let message = match to {
        None => say!("{subject} is sent as `{new}`, and was sent as `{old}`", subject, new, old),
        Some(to) => say!("{subject} is sent to `{to}` as `{new}`, and was sent as `{old}`", subject, to, new, old),
    };
    let found = comparison.found(&RULE, comparison.now(is), message, was, say!("was sent as `{old}`", old));
    let found = stepping(found, step, events).help(say!("keep the name on the wire with `named \"{old}\"`", old));
    if to.is_none() { advice::keep_wire_name(comparison, found, is, old) } else { found }
}
