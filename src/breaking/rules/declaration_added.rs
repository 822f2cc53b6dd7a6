//! Other declarations that are new.

use crate::breaking::{Comparison, Rule, told};
use crate::diagnostic::change::{Consumer, Effect};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::model::Kind;
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN2502",
        name: "declaration-added",
        group: Group::Additive,
        level: Level::Note,
        summary: "a declaration that was not there before",
        explanation: "What is new breaks nothing that was there.\n\n\
                      Reported is a declaration with a name, or a way between two stages, that the previous spec \
                      did not have, in surroundings that were kept. Events and properties have rules of their own.\n\n\
                      Nothing has to be done; the finding is there so that a reviewer sees all that a change adds.",
        good: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop {
  stage visit : top { enter seen }
  stage purchase : bottom { enter bought; converts }
  visit -> purchase rate 3% within 30d
}
",
        bad: "event seen { sent_by web; owner web; status live }
event bought { sent_by web; owner web; status live; prop total money required }
funnel shop {
  stage visit : top { enter seen }
  stage cart : middle { enter seen }
  stage purchase : bottom { enter bought; converts }
  visit -> cart rate 20% within 7d
  visit -> purchase rate 3% within 30d
  cart -> purchase rate 15% within 30d
}
",
    },
    effects: &[Effect::adds(Consumer::Dashboards, phrase!("there is something more to show"))],
    check,
};

fn check(comparison: &Comparison<'_, '_>, found: &mut Vec<Diagnostic>) {
    let own_rule = [Kind::Event, Kind::Prop, Kind::Member, Kind::Trait, Kind::Use];
    for node in Kind::ALL.iter().filter(|kind| !own_rule.contains(kind)).flat_map(|kind| comparison.added(*kind)) {
        if told::is_known_by_itself(node.kind()) {
            let (kind, name) = (node.kind().word(), told::known_as(node));
            found.push(comparison.alone(&RULE, comparison.now(node), say!("`{kind}` `{name}` is new", kind, name)));
        }
    }
}
