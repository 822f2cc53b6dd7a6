//! Many people, drawn from the planned rates: how many messages go out on each day, and how many one person gets.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use funnelc_engine::definition::Definition;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value as Json};

use super::story::{Happening, Story, What};
use super::{Kind as Told, world, zone_of};
use crate::analysis::timed::DAY;
use crate::model::expr::{Expr, ExprKind};
use crate::model::value::RefIx;
use crate::model::walk::Event;
use crate::model::{DeclId, Kind, Model};
use crate::plan;
use crate::sample::{self, Happened, Nothing, Options, Post};

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
        let sequences = Sequences::of(model);
        let mut crowd = Self::default();
        let taken = sample::sample(&plan::plan(model), definition, options, None, |events| {
            let people: Vec<&[Happened]> = events.chunk_by(|a, b| a.person == b.person).collect();
            let one = |events: &&[Happened]| {
                let happened = events.iter().map(|own| (own.time, own.name.as_str(), &own.properties));
                Self::of_one(model, &sequences.live(events[0].person, happened), &sequences.zone)
            };
            let lives: Vec<Self> = people.par_iter().map(one).collect();
            lives.into_iter().for_each(|own| crowd.add(own));
            Ok::<(), Infallible>(())
        })?;
        match taken {
            Ok(drawn) => {
                crowd.people = options.people + drawn.invited;
                Ok(crowd)
            }
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

/// The sequences of a project, read once for many people.
pub struct Sequences<'m, 's> {
    plans: world::Plans<'m, 's>,
    /// The events of the project by their names on the wire.
    names: FxHashMap<String, DeclId>,
    /// Names of events that something else than a measure asks for.
    heard: FxHashSet<String>,
    /// Names of events without which no run starts; none where others may start one.
    starting: Option<FxHashSet<String>>,
    zone: TimeZone,
}

impl<'m, 's> Sequences<'m, 's> {
    /// Those of a project.
    pub fn of(model: &'m Model<'s>) -> Self {
        let std = model.all_of_kind(Kind::Event).iter().copied().filter(|id| model.is_std(*id));
        let wire = |id: DeclId| Event(model.node(id)).wire_name(None);
        let names: FxHashMap<String, DeclId> = std.chain(model.of_kind(Kind::Event)).map(|id| (wire(id), id)).collect();
        // Whoever asks for an event means those that extend it, too.
        let asked = |wanted: Vec<DeclId>| {
            let wanted: FxHashSet<DeclId> = wanted.into_iter().collect();
            let is_one = |id: &DeclId| model.lineage(*id).any(|base| wanted.contains(&base));
            model.all_of_kind(Kind::Event).iter().copied().filter(is_one).map(wire).collect::<FxHashSet<String>>()
        };
        let (heard, starting) = (asked(heard(model)), starting(model).map(asked));
        Self { plans: world::Plans::of(model), names, heard, starting, zone: zone_of(model) }
    }

    /// The life of a person who did something: when, the name on the wire, the properties.
    fn live<'e>(
        &self,
        person: u64,
        events: impl Iterator<Item = (i64, &'e str, &'e Map<String, Json>)>,
    ) -> super::Life {
        let happening = |(time, name, properties): (i64, &str, &Map<String, Json>)| {
            let at = Timestamp::from_microsecond(time).ok()?;
            Some(Happening { at, what: What::Event(*self.names.get(name)?, properties.clone()) })
        };
        let mut happens: Vec<Happening> = events.filter_map(happening).collect();
        happens.sort_by_key(|own| own.at);
        let story = Story {
            who: person.to_string(),
            zone: self.zone.clone(),
            traits: Map::new(),
            segments: BTreeMap::new(),
            arms: BTreeMap::new(),
            held_out: false,
            happens,
        };
        world::live(&self.plans, &story)
    }
}

impl Post for Sequences<'_, '_> {
    fn sent(&self, person: u64, events: &[(i64, &str, &Map<String, Json>)]) -> Vec<(i64, String)> {
        let starts = |own: &FxHashSet<String>| events.iter().any(|(_, name, _)| own.contains(*name));
        if !self.starting.as_ref().is_none_or(starts) {
            return Vec::new();
        }
        let life = self.live(person, events.iter().copied());
        let sent = life.entries.into_iter().filter(|own| own.kind == Told::Sends && !own.message.is_empty());
        sent.map(|own| (own.at.as_microsecond(), own.message)).collect()
    }

    fn hears(&self, event: &str) -> bool {
        self.heard.contains(event)
    }
}

/// The events that something else than a measure asks for.
fn heard(model: &Model<'_>) -> Vec<DeclId> {
    let asks = |kind: Kind| !matches!(kind, Kind::Kpi | Kind::Dashboard | Kind::Experiment);
    let mut found = Vec::new();
    for kind in Kind::ALL.iter().copied().filter(|kind| asks(*kind)) {
        for id in model.all_of_kind(kind) {
            let refs = 0..model.decl(*id).refs.len();
            let targets = refs.filter_map(|at| model.target_decl(*id, RefIx(at as u32)));
            found.extend(targets.filter(|id| model.decl(*id).kind == Kind::Event));
        }
    }
    found
}

/// The events that `start` of sequences waits for, itself or by the stages they enter; nothing where it waits for more.
fn starting(model: &Model<'_>) -> Option<Vec<DeclId>> {
    let mut found = Vec::new();
    let mut stages = Vec::new();
    for own in model.nodes(Kind::Sequence).filter_map(|own| own.field("start")) {
        let is_told =
            own.expr("trigger").is_some_and(|expr| asked(model, own.owner.id, expr, &mut found, Some(&mut stages)));
        if !is_told {
            return None;
        }
    }
    for stage in stages {
        let enter = model.node(stage).field("enter")?;
        if !asked(model, enter.owner.id, enter.expr("value")?, &mut found, None) {
            return None;
        }
    }
    Some(found)
}

/// Adds the events, and the stages, that a trigger asks for; whether it asks for nothing else.
fn asked(
    model: &Model<'_>,
    owner: DeclId,
    expr: &Expr<'_>,
    events: &mut Vec<DeclId>,
    mut stages: Option<&mut Vec<DeclId>>,
) -> bool {
    let mut is_told = true;
    expr.walk(&mut |part| match &part.kind {
        ExprKind::Name(at) | ExprKind::Call { callee: at, .. } => {
            events.extend(model.target_decl(owner, *at).filter(|id| model.decl(*id).kind == Kind::Event));
        }
        ExprKind::Enters(at) | ExprKind::In { place: at, .. } => {
            let stage = model.target_decl(owner, *at).filter(|id| model.decl(*id).kind == Kind::Stage);
            match (stage, &mut stages) {
                (Some(stage), Some(stages)) => stages.push(stage),
                _ => is_told = false,
            }
        }
        ExprKind::Leaves(_) | ExprKind::Score(_) => is_told = false,
        _ => {}
    });
    is_told
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
