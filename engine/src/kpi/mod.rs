//! KPIs: their primitives, split by period, channel, segment or property, and what is computed from them.
//!
//! A primitive has a cell for every cut that some KPI asks for. People of one period are counted once in it, so that
//! people of months do not add up to people of the year, and nothing here adds them. Sums are exact decimals.
//!
//! ```text
//! compute  what one person adds to the cells
//! group    which groups something belongs to
//! credit   which channels a moment is credited to
//! net      what is taken off events that were reversed
//! spent    what was spent, shown and clicked
//! values   what the KPIs are worth
//! ```

mod compute;
mod credit;
pub(crate) mod group;
mod net;
mod spent;
mod values;

use rust_decimal::Decimal;

use crate::definition::{Definition, Kpi, Period, Slice, Split};
use crate::fold::Entry;
use crate::rows::{Event, Kept};
use crate::tally::Visit;
use group::Group;

pub use compute::Computer;

/// How the numbers of a KPI are cut.
#[derive(Clone, Debug, PartialEq)]
struct Cut {
    per: Option<Period>,
    by: Option<Split>,
    over: Option<i64>,
    slice: Slice,
}

/// Which part of a cut: a period and a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Key {
    measure: u32,
    cut: u32,
    period: i32,
    group: Group,
}

/// Stands for no measure, but for the people of a cohort.
const COHORT: u32 = u32::MAX;

/// What a cell holds.
#[derive(Clone, Debug, Default)]
struct Cell {
    /// What is counted, or the upper side of a share.
    number: Decimal,
    /// The lower side of a share, or how many values there are.
    of: Decimal,
    /// What would be in a share if its time had run out.
    open: Decimal,
    values: Vec<Decimal>,
}

/// The measures of a definition and the cuts they are wanted in.
#[derive(Debug)]
pub struct Plan<'d> {
    definition: &'d Definition,
    cuts: Vec<Cut>,
    /// By measure: its cuts.
    wanted: Vec<Vec<u32>>,
}

impl<'d> Plan<'d> {
    /// What the KPIs of a definition ask for.
    pub fn of(definition: &'d Definition) -> Self {
        let mut plan = Self { definition, cuts: Vec::new(), wanted: vec![Vec::new(); definition.measures.len()] };
        for kpi in &definition.kpis {
            let mut measures = Vec::new();
            kpi.value.measures(&mut measures);
            for cut in cuts(kpi) {
                let cut = plan.cut(cut);
                for measure in &measures {
                    if !plan.wanted[*measure].contains(&cut) {
                        plan.wanted[*measure].push(cut);
                    }
                }
            }
        }
        plan
    }

    fn cut(&mut self, cut: Cut) -> u32 {
        let known = self.cuts.iter().position(|own| *own == cut);
        known.unwrap_or_else(|| {
            self.cuts.push(cut);
            self.cuts.len() - 1
        }) as u32
    }

    /// Whether nothing is computed.
    pub fn is_empty(&self) -> bool {
        self.cuts.is_empty()
    }
}

/// The cuts of a KPI: all of it, then each split.
fn cuts(kpi: &Kpi) -> Vec<Cut> {
    let whole = Cut { per: kpi.per, by: None, over: kpi.over, slice: kpi.slice.clone() };
    let split = |by: &Split| match by {
        Split::Month => Cut { per: Some(Period::Month), ..whole.clone() },
        by => Cut { by: Some(by.clone()), ..whole.clone() },
    };
    let mut found = vec![whole.clone()];
    for cut in kpi.by.iter().map(split) {
        if !found.contains(&cut) {
            found.push(cut);
        }
    }
    found
}

/// What a person reached in one group of funnels.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// How many journeys they are of.
    pub journeys: usize,
    /// The visits.
    pub visits: Vec<Visit>,
}

/// One person, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// What was reached, by group of funnels.
    pub reached: &'a [Reached],
    /// All entries, by time.
    pub entries: &'a [Entry],
    /// All events, in order.
    pub events: &'a [Event],
    /// What is kept of events.
    pub kept: &'a [Kept],
    /// Whether it is an account.
    pub is_account: bool,
}

/// The cells of some people, in an order of their own.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    all: Vec<(Key, Cell)>,
    /// Values that are no numbers, and are left out.
    pub not_numbers: u64,
    /// Reversals that fit no original, and are left out.
    pub unmatched: u64,
    /// Amounts of a currency without a rate, which are left out.
    pub no_rate: u64,
}

impl Cells {
    /// Adds the cells of other people; in whatever order people come, the values of a cell are sorted before they are used.
    pub fn merge(&mut self, other: Self) {
        self.not_numbers += other.not_numbers;
        self.unmatched += other.unmatched;
        self.no_rate += other.no_rate;
        if self.all.is_empty() {
            self.all = other.all;
            return;
        }
        for (key, cell) in other.all {
            match self.all.binary_search_by(|(own, _)| own.cmp(&key)) {
                Ok(at) => {
                    let own = &mut self.all[at].1;
                    own.number += cell.number;
                    own.of += cell.of;
                    own.open += cell.open;
                    own.values.extend(cell.values);
                }
                Err(at) => self.all.insert(at, (key, cell)),
            }
        }
    }
}
