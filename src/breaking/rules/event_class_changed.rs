//! Events of another class.

use crate::breaking::{Comparison, Rule, stepping};
use crate::diagnostic::change::{Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2005",
        name: "event-class-changed",
        group: Group::Breaking,
        level: Level::Deny,
        summary: "an event that is another kind of call than before",
        explanation: "`track`, `page`, `screen`, `identify` and `group` are different calls: tools send them to \
                      different places, and warehouses keep page views in another table than actions.\n\n\
                      Reported is an event whose class, written after `:`, is not what it was.\n\n\
                      Declare a new event of the new class, and mark the old one deprecated in its favour.",
        good: "event pricing_seen : page { sent_by web; owner web; status live }
",
        bad: "event pricing_seen : track { sent_by web; owner web; status live }
",
    },
    effects: &[
        Effect::breaks(Consumer::Tracking, phrase!("it is sent by another call")),
        Effect::breaks(Consumer::Warehouse, phrase!("its rows arrive in another table")),
    ],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    for (was, is) in comparison.kept(Kind::Event) {
        let (old, new) = (was.class().unwrap_or("track"), is.class().unwrap_or("track"));
        if old == new {
            continue;
        }
        let name = is.path();
        let message = say!("event `{name}` is a `{new}` call, and was a `{old}` call", name, new, old);
        let fault = comparison.found(&RULE, comparison.now(is), message, was, say!("was `{old}`", old));
        found.push(
            stepping(fault, SchemaStep::Model, vec![name])
                .help(say!("declare a new event, and mark this one deprecated in its favour")),
        );
    }
}
