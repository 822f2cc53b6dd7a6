//! What became of messages: people whom each was sent to, who opened it, and who did what it aims for in its time.

use funnelc_engine::definition as to;

use super::Lower;
use crate::analysis::messages;
use crate::model::DeclId;
use crate::model::walk::{Event, Node};

/// The property that says which message an event is about.
const STEP: &str = "step";
/// The property that says that a program opened a mail, and no person.
const BY_MACHINE: &str = "by_machine";

impl<'m> Lower<'m, '_> {
    /// Every message of the project. What is counted comes after all KPIs.
    pub(super) fn messages(&mut self) {
        for (id, tracked) in messages::of(self.model) {
            let message = self.node(id);
            let mut own = to::Message {
                path: message.path(),
                label: messages::title(message, &self.language),
                fates: Vec::new(),
            };
            let mut sent = None;
            for (word, event) in tracked {
                let Some(pattern) = self.about(event, &own.path, word == "opened") else { continue };
                if matches!(word, "sent" | "delivered") {
                    sent = sent.or(Some(pattern));
                }
                own.fates.extend(fate(word).map(|fate| (fate, self.people_who(pattern, to::Slice::default()))));
            }
            if let Some(converted) = sent.and_then(|sent| self.converted(message, sent)) {
                own.fates.push((to::Fate::Converted, converted));
            }
            self.out.definition.messages.push(own);
        }
    }

    /// The events about one message; nothing where they do not say which they are about.
    pub(super) fn about(&mut self, event: DeclId, path: &str, by_people: bool) -> Option<usize> {
        let event = self.node(event);
        let wire = |name: &str| {
            let properties = Event(event).properties();
            properties.into_iter().find(|own| own.name() == name).map(|own| own.wire_name(None))
        };
        let step = self.field(wire(STEP)?);
        let mut tests = vec![to::Test::Compare(step, to::Comparison::Equal, to::Literal::Text(path.to_owned()))];
        if let Some(by_machine) = wire(BY_MACHINE).filter(|_| by_people) {
            let by_machine = self.field(by_machine);
            let is = to::Test::Compare(by_machine, to::Comparison::Equal, to::Literal::Bool(true));
            tests.push(to::Test::Not(Box::new(is)));
        }
        Some(self.pattern_of(event, to::Test::All(tests)))
    }

    /// A KPI that counts people who did something.
    fn people_who(&mut self, pattern: usize, slice: to::Slice) -> usize {
        let value = self.of(to::Measure::Did(pattern), to::How::Total);
        self.out.definition.kpis.push(to::Kpi {
            path: String::new(),
            label: String::new(),
            value,
            unit: "count".to_owned(),
            per: None,
            over: None,
            slice,
            by: Vec::new(),
            profit: None,
            targets: Vec::new(),
            unmeasured: None,
        });
        self.out.definition.kpis.len() - 1
    }

    /// People who did what a message aims for, in its time after it was sent to them.
    fn converted(&mut self, message: Node<'m, '_>, sent: usize) -> Option<usize> {
        let field = self.node(message.id).field("aims_for")?;
        let before = self.troubles.len();
        let pattern = self.pattern(field.owner.id, field.expr("event")?);
        let within = self.micros(field.duration("within")?, field.field.span);
        // What cannot be measured of one message is no trouble of the others.
        self.troubles.truncate(before);
        let only = Some(to::Condition::Did { pattern: sent, times: 1, within: Some(within) });
        Some(self.people_who(pattern?, to::Slice { only, cohort: None }))
    }
}

fn fate(word: &str) -> Option<to::Fate> {
    Some(match word {
        "sent" => to::Fate::Sent,
        "delivered" => to::Fate::Delivered,
        "opened" => to::Fate::Opened,
        "clicked" => to::Fate::Clicked,
        "unsubscribed" => to::Fate::Unsubscribed,
        _ => return None,
    })
}
