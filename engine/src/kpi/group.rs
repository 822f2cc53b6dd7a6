//! Which groups of people or events something at a moment belongs to. KPIs and the parts of funnels ask here, so that both
//! say the same.

use rust_decimal::Decimal;

use super::{Person, credit};
use crate::definition::{Definition, FieldId, Split};
use crate::fold::{Entry, Fold, Moment, Rules};
use crate::rows::{Event, Value};
use crate::survey;

/// A group of people or events.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Group {
    All,
    Channel(u32),
    Segment(u32),
    Text(Box<str>),
    /// Claimed by no channel, or without the property.
    Nothing,
}

impl Group {
    /// Its name in outputs.
    pub(crate) fn name(&self, definition: &Definition) -> String {
        match self {
            Self::All => String::new(),
            Self::Channel(at) => definition.channels[*at as usize].path.clone(),
            Self::Segment(at) => definition.segments[*at as usize].path.clone(),
            Self::Text(text) => text.to_string(),
            Self::Nothing => "(none)".to_owned(),
        }
    }
}

/// Something that is counted: an entry, which belongs to the period of its journey's start, or an event, which belongs to
/// its own.
#[derive(Clone, Copy)]
pub(crate) struct Counted {
    pub(crate) time: i64,
    pub(crate) start: Option<i64>,
    pub(crate) class: u32,
}

impl From<&Entry> for Counted {
    fn from(entry: &Entry) -> Self {
        Self { time: entry.time, start: Some(entry.start), class: entry.class }
    }
}

impl From<Event> for Counted {
    fn from(event: Event) -> Self {
        Self { time: event.time, start: None, class: event.class }
    }
}

/// Tells the groups of what a person did.
#[derive(Debug)]
pub(crate) struct Groups<'r, 'd> {
    rules: &'r Rules<'d>,
    /// Moments at which channels claim the person's events, in order.
    touches: Vec<(i64, u32)>,
    /// Moments at which the person names a channel, in order.
    told: Vec<(i64, u32)>,
}

impl<'r, 'd> Groups<'r, 'd> {
    /// With nobody met.
    pub(crate) fn new(rules: &'r Rules<'d>) -> Self {
        Self { rules, touches: Vec::new(), told: Vec::new() }
    }

    /// Finds out which events of a person channels claim, and what the person says.
    pub(crate) fn meet(&mut self, person: Person<'_>) {
        self.touches.clear();
        if self.rules.definition.attribution.asks {
            self.told = survey::channels(self.rules, person);
        }
        let channels = &self.rules.definition.channels;
        if channels.is_empty() {
            return;
        }
        for event in person.events {
            let class = &self.rules.classes[event.class as usize];
            let claims = |pattern: usize| class.patterns.has(pattern);
            if let Some(channel) = channels.iter().position(|own| own.pattern.is_some_and(claims)) {
                self.touches.push((event.time, channel as u32));
            }
        }
    }

    /// The groups that something belongs to, each with its share.
    pub(crate) fn of(
        &self,
        by: Option<&Split>,
        own: Counted,
        person: Person<'_>,
        fold: &mut Fold<'_, '_>,
    ) -> Vec<(Group, Decimal)> {
        let definition = self.rules.definition;
        match by {
            None | Some(Split::Month) => vec![(Group::All, Decimal::ONE)],
            Some(Split::Channel) => self.channels(own, person),
            Some(Split::Segment) => {
                let now = moment(own, person);
                let holds = |at: &usize| fold.holds(&definition.segments[*at].condition, now);
                let found: Vec<usize> = (0..definition.segments.len()).filter(holds).collect();
                found.into_iter().map(|at| (Group::Segment(at as u32), Decimal::ONE)).collect()
            }
            Some(Split::Field(field)) => {
                let text = self.first_text(*field, journey(own, person), own.time, person);
                vec![(text.map_or(Group::Nothing, Group::Text), Decimal::ONE)]
            }
        }
    }

    fn channels(&self, own: Counted, person: Person<'_>) -> Vec<(Group, Decimal)> {
        let definition = self.rules.definition;
        let is_direct = |channel: u32| definition.channels[channel as usize].is_direct;
        let start = journey(own, person);
        if let Some(channel) = survey::credited(&self.told, definition.attribution.lookback, own.time, start) {
            return vec![(Group::Channel(channel), Decimal::ONE)];
        }
        let found = credit::credits(&definition.attribution, &self.touches, own.time, start, is_direct);
        let Some(found) = found else { return vec![(Group::Nothing, Decimal::ONE)] };
        found.into_iter().map(|(channel, share)| (Group::Channel(channel), share)).collect()
    }

    /// What a journey is told by is said at its beginning.
    fn first_text(&self, field: FieldId, start: i64, time: i64, person: Person<'_>) -> Option<Box<str>> {
        let first = person.events.partition_point(|event| event.time < start);
        let events = person.events[first..].iter().take_while(|event| event.time <= time);
        events.filter_map(|event| self.rules.keeping.value(*event, person.kept, field)).find_map(|value| match value {
            Value::Text(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string().into()),
            Value::None => None,
        })
    }
}

/// The moment of something, in the life of a person.
pub(super) fn moment(own: Counted, person: Person<'_>) -> Moment<'_> {
    Moment { time: own.time, class: own.class, events: person.events, kept: person.kept }
}

/// When the journey began that something is part of: that of the entry, or the one the person is in at that moment; the
/// moment itself where there is none.
fn journey(own: Counted, person: Person<'_>) -> i64 {
    if let Some(start) = own.start {
        return start;
    }
    let after = person.entries.partition_point(|entry| entry.time <= own.time);
    after.checked_sub(1).map_or(own.time, |last| person.entries[last].start)
}
