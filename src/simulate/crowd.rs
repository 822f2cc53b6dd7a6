//! Many people, drawn from the planned rates: how many messages go out on each day, and how many one person gets.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use funnelc_engine::definition::Definition;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde_json::Map;

use super::story::{Happening, Story, What};
use super::{Kind as Told, world, zone_of};
use crate::analysis::timed::DAY;
use crate::model::{DeclId, Kind, Model};
use crate::plan;
use crate::sample::{self, Happened, Nothing, Options};

/// What a crowd got.
#[derive(Clone, Debug, Default)]
pub struct Crowd {
    /// How many people there were.
    pub people: u64,
    /// What became of each message, by path.
    pub messages: BTreeMap<String, Load>,
    /// How many messages went out on each day of the project's calendar on which any did.
    pub days: BTreeMap<Date, u64>,
    /// How many people got so many messages in their busiest seven days.
    pub pressure: BTreeMap<usize, u64>,
    /// The conditions that drawn people do not tell; they were taken not to hold.
    pub untold: BTreeSet<String>,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How often it was sent.
    pub sent: u64,
    /// How often it was held for a while.
    pub held: u64,
    /// How often it was not sent when it was due.
    pub skipped: u64,
}

impl Crowd {
    /// Draws people as [`sample::sample`] does, and lets them live among the sequences of a project.
    pub fn of(model: &Model<'_>, definition: &Definition, options: Options) -> Result<Self, Nothing> {
        let plans = world::Plans::of(model);
        let zone = zone_of(model);
        let names = names(model);
        let mut crowd = Self { people: options.people, ..Self::default() };
        let taken = sample::sample(&plan::plan(model), definition, options, |events| {
            let stories: Vec<Story> =
                events.chunk_by(|a, b| a.person == b.person).map(|own| story(own, &names, &zone)).collect();
            let lives: Vec<Self> =
                stories.par_iter().map(|story| Self::of_one(model, &world::live(&plans, story), &zone)).collect();
            lives.into_iter().for_each(|own| crowd.add(own));
            Ok::<(), Infallible>(())
        })?;
        match taken {
            Ok(_) => Ok(crowd),
            Err(never) => match never {},
        }
    }

    fn of_one(model: &Model<'_>, life: &super::Life, zone: &TimeZone) -> Self {
        let mut own = Self { untold: life.untold.iter().cloned().collect(), ..Self::default() };
        let mut sent: Vec<Timestamp> = Vec::new();
        for entry in life.entries.iter().filter(|entry| !entry.message.is_empty()) {
            let load = own.messages.entry(entry.message.clone()).or_default();
            match entry.kind {
                Told::Sends => load.sent += 1,
                Told::Holds => load.held += 1,
                _ => load.skipped += 1,
            }
            let is_task = entry.step.is_some_and(|step| model.decl(step).kind == Kind::Task);
            if entry.kind == Told::Sends && !is_task {
                *own.days.entry(zone.to_datetime(entry.at).date()).or_default() += 1;
                sent.push(entry.at);
            }
        }
        own.pressure.insert(busiest(&sent), 1);
        own
    }

    fn add(&mut self, own: Self) {
        for (path, load) in own.messages {
            let all = self.messages.entry(path).or_default();
            all.sent += load.sent;
            all.held += load.held;
            all.skipped += load.skipped;
        }
        own.days.into_iter().for_each(|(day, count)| *self.days.entry(day).or_default() += count);
        own.pressure.into_iter().for_each(|(most, people)| *self.pressure.entry(most).or_default() += people);
        self.untold.extend(own.untold);
    }

    /// The most messages that one person got in seven days.
    pub fn most(&self) -> usize {
        self.pressure.keys().next_back().copied().unwrap_or_default()
    }
}

/// The most of some moments, in order, that lie within seven days of each other.
pub fn busiest(sent: &[Timestamp]) -> usize {
    let mut first = 0;
    let mut most = 0;
    for (at, now) in sent.iter().enumerate() {
        while now.as_second() - sent[first].as_second() >= 7 * DAY {
            first += 1;
        }
        most = most.max(at + 1 - first);
    }
    most
}

/// The events of a project by their names on the wire.
fn names(model: &Model<'_>) -> FxHashMap<String, DeclId> {
    let std = model.all_of_kind(Kind::Event).iter().copied().filter(|id| model.is_std(*id));
    let all = std.chain(model.of_kind(Kind::Event));
    all.map(|id| (crate::model::walk::Event(model.node(id)).wire_name(None), id)).collect()
}

fn story(events: &[Happened], names: &FxHashMap<String, DeclId>, zone: &TimeZone) -> Story {
    let happening = |own: &Happened| {
        let at = Timestamp::from_microsecond(own.time).ok()?;
        Some(Happening { at, what: What::Event(*names.get(&own.name)?, own.properties.clone()) })
    };
    let mut happens: Vec<Happening> = events.iter().filter_map(happening).collect();
    happens.sort_by_key(|own| own.at);
    Story {
        who: events.first().map(|own| own.person.to_string()).unwrap_or_default(),
        zone: zone.clone(),
        traits: Map::new(),
        segments: BTreeMap::new(),
        arms: BTreeMap::new(),
        held_out: false,
        happens,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_week_does_not_hold_both_of_its_ends() {
        let at = |days: i64| Timestamp::from_second(days * DAY).expect("a moment");
        assert_eq!(busiest(&[]), 0);
        assert_eq!(busiest(&[at(0), at(7)]), 1);
        assert_eq!(busiest(&[at(0), at(1), at(6), at(7), at(8)]), 3);
    }
}
