//! What was spent, shown and clicked, by day and channel: cells of their own beside those of people.

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::{Cell, Cells, Group, Key, Plan};
use crate::definition::{Measure, Spending, Split};
use crate::money::Spent;
use crate::period::Periods;

impl Cells {
    /// The cells of what was spent.
    pub fn of_spend(plan: &Plan<'_>, spent: &[Spent], until: i64, zone: &TimeZone) -> Self {
        let mut cells: FxHashMap<Key, Cell> = FxHashMap::default();
        let mut periods = Periods::default();
        for (measure, own) in plan.definition.measures.iter().enumerate() {
            let Measure::Spent { what, channels } = own else { continue };
            for row in spent {
                let is_meant = channels.is_empty() || row.channel.is_some_and(|own| channels.contains(&(own as usize)));
                let Some(number) = number(*what, row).filter(|_| is_meant) else { continue };
                for cut in &plan.wanted[measure] {
                    let own = &plan.cuts[*cut as usize];
                    if own.over.is_some_and(|over| row.time <= until.saturating_sub(over)) {
                        continue;
                    }
                    let period = own.per.map_or(Some(0), |per| periods.of(per, row.time, zone));
                    let (Some(period), Some(group)) = (period, group(own.by.as_ref(), row)) else { continue };
                    let key = Key { measure: measure as u32, cut: *cut, period, group };
                    let cell = cells.entry(key).or_default();
                    cell.number += number;
                    cell.of += Decimal::ONE;
                }
            }
        }
        let mut all: Vec<(Key, Cell)> = cells.into_iter().collect();
        all.sort_unstable_by(|(own, _), (other, _)| own.cmp(other));
        Self { all, ..Self::default() }
    }
}

fn number(what: Spending, row: &Spent) -> Option<Decimal> {
    match what {
        Spending::Amount => row.amount,
        Spending::Impressions => row.impressions,
        Spending::Clicks => row.clicks,
    }
}

/// The group of a row; what is spent is not known of segments or languages.
fn group(by: Option<&Split>, row: &Spent) -> Option<Group> {
    match by {
        None | Some(Split::Month) => Some(Group::All),
        Some(Split::Channel) => Some(row.channel.map_or(Group::Nothing, Group::Channel)),
        Some(Split::Segment | Split::Field(_)) => None,
    }
}
