//! The numbers, as they are published.

use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use crate::definition::{Definition, Moves};
use crate::money::SpendFacts;
use crate::tally::{Tally, Way};
use crate::time;

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// What the log held.
    pub log: LogFacts,
    /// The funnels, in the order of the definition.
    pub funnels: Vec<FunnelNumbers>,
    /// The KPIs, in the order of the definition.
    pub kpis: Vec<KpiNumbers>,
}

/// The values of a KPI.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KpiNumbers {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// What its values are: `number`, `count`, `ratio`, `duration` (in seconds), or a currency.
    pub unit: String,
    /// What it should be in every period, as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Why it is not measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unmeasured: Option<String>,
    /// Its values: of all, then by each split; in each, by period and group.
    pub values: Vec<KpiValue>,
}

/// A value of a KPI.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KpiValue {
    /// What it is split by; absent for the value of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Which part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Which period; absent where it is computed over all of the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The value; absent where there is none, such as what is divided by nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The same with every amount replaced by the part of it that is profit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profit: Option<f64>,
    /// How many people, visits or events a share, a quotient or a middle value rests on: the fewest of its parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<f64>,
    /// How many do not count yet, because their time has not run out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open: Option<f64>,
    /// People who joined, where a cohort is followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joined: Option<f64>,
    /// What it should be in this period, where that is not said for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Whether it is as it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meets: Option<bool>,
}

/// What a log held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LogFacts {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that can be events: with a name, a time and an identity.
    pub events: u64,
    /// People with an event that something asks for.
    pub people: u64,
    /// Accounts with such an event, where accounts are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounts: Option<u64>,
    /// The first moment, RFC 3339; absent where there is no event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last moment, until which all numbers hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Rows that were left out, by why.
    pub skipped: Skipped,
    /// Identities that were seen together with several people; each belongs to the one it was first seen with.
    pub shared_identities: u64,
    /// Values of properties that are summed and are no numbers; they are left out.
    pub not_numbers: u64,
    /// Reversals (`net of`) that fit no event before them; they take nothing off.
    pub unmatched_reversals: u64,
    /// Amounts of events in a currency without a rate at their day; they are left out.
    pub no_rate: u64,
    /// What the table of spend held, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spend: Option<SpendFacts>,
}

/// Rows that were left out, by why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Lines that are no row of this form.
    pub unreadable: u64,
    /// Without a name.
    pub no_name: u64,
    /// Without a time, or with one that is none.
    pub no_time: u64,
    /// Without any identity.
    pub no_identity: u64,
}

/// The numbers of a funnel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunnelNumbers {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// Whether accounts pass through it: then they are counted wherever people are named.
    pub counts_accounts: bool,
    /// Its stages, in the order they are declared.
    pub stages: Vec<StageNumbers>,
    /// The transitions that leave its stages.
    pub transitions: Vec<TransitionNumbers>,
    /// Ways from its first entry stage to each other one, by any path.
    pub ways: Vec<WayNumbers>,
}

/// The numbers of a stage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StageNumbers {
    /// Its full path.
    pub path: String,
    /// Its label.
    pub label: String,
    /// People with a reached entry.
    pub people: u64,
    /// Reached entries.
    pub entries: u64,
    /// Runs of entries with no other reached stage between.
    pub visits: u64,
    /// Visits whose time to go on has run out; rates are of these.
    pub mature_visits: u64,
    /// Visits that still have time.
    pub open_visits: u64,
    /// Mature visits that nobody went on from.
    pub dropped_visits: u64,
    /// People by the number of their entries: once, twice …, ten times or more.
    pub people_by_entries: Vec<u64>,
}

/// The numbers of a transition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TransitionNumbers {
    /// Its full path.
    pub path: String,
    /// The stage it leaves.
    pub from: String,
    /// The stage it leads to.
    pub to: String,
    /// The planned rate, as a share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<f64>,
    /// Mature visits of the first stage whose first exit it was ÷ mature visits of it; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Mature visits whose first exit it was.
    pub exits: u64,
    /// Mature visits of the first stage.
    pub of: u64,
    /// Visits of the first stage that still have time.
    pub open: u64,
    /// Entries by which it was taken.
    pub taken: u64,
    /// People who took it.
    pub people: u64,
    /// The time it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Times>,
}

/// The numbers of a way between two stages, by any path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WayNumbers {
    /// The stage it begins at.
    pub from: String,
    /// The stage it ends at.
    pub to: String,
    /// People who arrived ÷ people whose time has run out; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// People who arrived, of those whose time has run out.
    pub arrived: u64,
    /// People at the beginning whose time has run out.
    pub of: u64,
    /// People at the beginning who still have time.
    pub open: u64,
    /// The time it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Times>,
}

/// How long something took, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Times {
    /// How often it was seen.
    pub count: u64,
    /// The middle value, the lower of two.
    pub median: f64,
    /// The value that nine of ten do not exceed.
    pub p90: f64,
}

impl Times {
    /// Of some times in microseconds.
    pub fn of(mut times: Vec<i64>) -> Option<Self> {
        times.sort_unstable();
        Some(Self { count: times.len() as u64, median: rank(&times, 50)?, p90: rank(&times, 90)? })
    }
}

/// The smallest value that so many percent do not exceed (nearest rank), in seconds.
#[allow(clippy::cast_precision_loss, reason = "microseconds of any log fit")]
fn rank(sorted: &[i64], percent: usize) -> Option<f64> {
    let at = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(at).map(|time| *time as f64 / time::SECOND as f64)
}

/// A share; none of nothing.
#[allow(clippy::cast_precision_loss, reason = "counts of any log fit")]
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

impl Measured {
    /// The numbers of a tally.
    pub fn of(definition: &Definition, ways: &[Way], tally: Tally, kpis: Vec<KpiNumbers>, log: LogFacts) -> Self {
        let Tally { stages, transitions, ways: way_tallies, .. } = tally;
        let mut funnels: Vec<FunnelNumbers> = definition
            .funnels
            .iter()
            .map(|own| FunnelNumbers {
                path: own.path.clone(),
                label: own.label.clone(),
                counts_accounts: own.is_of_accounts,
                stages: Vec::new(),
                transitions: Vec::new(),
                ways: Vec::new(),
            })
            .collect();
        let name = |stage: usize| definition.stages[stage].path.clone();
        for (own, transition) in transitions.into_iter().zip(&definition.transitions) {
            let from = &stages[transition.from];
            funnels[definition.stages[transition.from].funnel].transitions.push(TransitionNumbers {
                path: transition.path.clone(),
                from: name(transition.from),
                to: name(transition.to),
                planned: transition.planned.and_then(|planned| planned.to_f64()),
                // Who brings others does not leave; what came of it is not told by this person's events.
                rate: share(own.exits, from.mature).filter(|_| transition.moves != Moves::Others),
                exits: own.exits,
                of: from.mature,
                open: from.visits - from.mature,
                taken: own.taken,
                people: own.people,
                time: Times::of(own.times),
            });
        }
        for (own, way) in way_tallies.into_iter().zip(ways) {
            funnels[definition.stages[way.from].funnel].ways.push(WayNumbers {
                from: name(way.from),
                to: name(way.to),
                rate: share(own.arrived, own.mature),
                arrived: own.arrived,
                of: own.mature,
                open: own.open,
                time: Times::of(own.times),
            });
        }
        for (own, stage) in stages.into_iter().zip(&definition.stages) {
            funnels[stage.funnel].stages.push(StageNumbers {
                path: stage.path.clone(),
                label: stage.label.clone(),
                people: own.people,
                entries: own.entries,
                visits: own.visits,
                mature_visits: own.mature,
                open_visits: own.visits - own.mature,
                dropped_visits: own.dropped,
                people_by_entries: own.repeats,
            });
        }
        Self { log, funnels, kpis }
    }
}
