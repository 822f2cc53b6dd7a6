//! What the KPIs are worth: formulas over cells.

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::{COHORT, Cell, Cells, Cut, Group, Key, Plan, cuts};
use crate::definition::{Formula, How, Kpi, Measure, Operation, Period, Split};
use crate::period;
use crate::result::{KpiNumbers, KpiValue};

/// The most periods of one KPI that are shown where nothing happened in them.
const MAX_PERIODS: usize = 10_000;

/// A place in a cut.
type Place = (i32, Group);

impl Cells {
    /// What the KPIs are worth; `span` is the first and the last moment of the log.
    pub fn values(mut self, plan: &Plan<'_>, span: Option<(i64, i64)>, zone: &TimeZone) -> Vec<KpiNumbers> {
        self.all.iter_mut().for_each(|(_, cell)| cell.values.sort_unstable());
        plan.definition.kpis.iter().map(|kpi| self.of_kpi(plan, kpi, span, zone)).collect()
    }

    fn of_kpi(&self, plan: &Plan<'_>, kpi: &Kpi, span: Option<(i64, i64)>, zone: &TimeZone) -> KpiNumbers {
        let mut values = Vec::new();
        for (at, wanted) in cuts(kpi).iter().enumerate() {
            let Some(cut) = plan.cuts.iter().position(|own| own == wanted) else { continue };
            let by = at.checked_sub(1).map(|_| wanted.by.as_ref().unwrap_or(&Split::Month));
            for place in self.places(plan, kpi, cut, span, zone) {
                values.push(self.of_place(plan, kpi, (cut, wanted, by), &place));
            }
        }
        KpiNumbers {
            path: kpi.path.clone(),
            label: kpi.label.clone(),
            unit: kpi.unit.clone(),
            target: kpi.targets.iter().find(|own| own.month.is_none()).map(|own| own.words.clone()),
            unmeasured: kpi.unmeasured.clone(),
            values,
        }
    }

    /// The places of a cut: those with a cell, and where it is not split all periods of the log.
    fn places(&self, plan: &Plan<'_>, kpi: &Kpi, cut: usize, span: Option<(i64, i64)>, zone: &TimeZone) -> Vec<Place> {
        let mut measures = Vec::new();
        kpi.value.measures(&mut measures);
        let is_part = |key: &Key| {
            key.cut as usize == cut && (key.measure == COHORT || measures.contains(&(key.measure as usize)))
        };
        let of_cut = self.all.iter().filter(|(key, _)| is_part(key));
        let mut places: Vec<Place> = of_cut.map(|(key, _)| (key.period, key.group.clone())).collect();
        let own = &plan.cuts[cut];
        match (own.per, span) {
            (None, _) if own.by.is_none() => places.push((0, Group::All)),
            (Some(per), Some((from, until)))
                if own.by.is_none() && own.slice.cohort.is_none() && own.over.is_none() =>
            {
                let all = period::between(per, from, until, zone, MAX_PERIODS);
                places.extend(all.into_iter().map(|period| (period, Group::All)));
            }
            _ => {}
        }
        places.sort();
        places.dedup();
        places
    }

    fn of_place(
        &self,
        plan: &Plan<'_>,
        kpi: &Kpi,
        (cut, wanted, by): (usize, &Cut, Option<&Split>),
        (period, group): &Place,
    ) -> KpiValue {
        let at = |measure: u32| Key { measure, cut: cut as u32, period: *period, group: group.clone() };
        let cell = |measure: u32| {
            let key = at(measure);
            self.all.binary_search_by(|(own, _)| own.cmp(&key)).ok().map(|at| &self.all[at].1)
        };
        let read = Read { plan, cell: &cell };
        let value = read.value(&kpi.value);
        let cohort = wanted.slice.cohort.and_then(|_| cell(COHORT));
        let open = read.open(&kpi.value).max(cohort.map_or(Decimal::ZERO, |cell| cell.open));
        let shown = wanted.per.and_then(|per| period::shown(per, *period));
        let monthly = kpi.targets.iter().filter(|_| wanted.per == Some(Period::Month));
        let monthly = monthly.filter(|own| own.month.is_some()).find(|own| own.month == shown);
        let target = monthly.or_else(|| kpi.targets.iter().find(|own| own.month.is_none()));
        let target = target.filter(|_| wanted.by.is_none());
        let meets = target.zip(value).and_then(|(own, value)| Some(own.comparison.holds(value.cmp(&own.value?))));
        KpiValue {
            by: by.map(|by| by.word(plan.definition)),
            group: wanted.by.as_ref().map(|_| group.name(plan.definition)),
            period: shown,
            value: value.and_then(|value| value.to_f64()),
            profit: kpi.profit.as_ref().and_then(|profit| read.value(profit)?.to_f64()),
            of: read.basis(&kpi.value).filter(|_| !is_total(&kpi.value)).and_then(|of| of.to_f64()),
            open: Some(open).filter(|open| !open.is_zero()).and_then(|open| open.to_f64()),
            joined: cohort.and_then(|cell| cell.number.to_f64()),
            target: monthly.map(|own| own.words.clone()),
            meets,
        }
    }
}

/// Reads formulas at one place.
struct Read<'a> {
    plan: &'a Plan<'a>,
    cell: &'a dyn Fn(u32) -> Option<&'a Cell>,
}

impl Read<'_> {
    /// A value; none where something has none, or where nothing is divided by.
    fn value(&self, formula: &Formula) -> Option<Decimal> {
        match formula {
            Formula::Number(number) => Some(*number),
            Formula::Negate(inner) => self.value(inner).map(|value| -value),
            Formula::Of(measure, how) => {
                let cell = (self.cell)(*measure as u32);
                how.value(cell.map(|cell| (cell.number, cell.of, cell.values.as_slice())))
            }
            Formula::Both(operation, sides) => {
                let (left, right) = (self.value(&sides.0)?, self.value(&sides.1)?);
                match operation {
                    Operation::Plus => left.checked_add(right),
                    Operation::Minus => left.checked_sub(right),
                    Operation::Times => left.checked_mul(right),
                    Operation::Over => left.checked_div(right),
                }
            }
        }
    }

    /// The fewest people, visits or events that a part of a formula rests on.
    fn basis(&self, formula: &Formula) -> Option<Decimal> {
        match formula {
            Formula::Number(_) | Formula::Of(_, How::Known) => None,
            Formula::Negate(inner) => self.basis(inner),
            Formula::Of(measure, how) => {
                let cell = (self.cell)(*measure as u32);
                let counts = !matches!(self.plan.definition.measures[*measure], Measure::Values { .. });
                let basis = |cell: &Cell| match how {
                    How::Percentile(_) => Decimal::from(cell.values.len()),
                    How::Total if counts => cell.number,
                    How::Total | How::Share | How::Known => cell.of,
                };
                Some(cell.map_or(Decimal::ZERO, basis))
            }
            // A quotient rests on what it is divided by.
            Formula::Both(Operation::Over, sides) if is_total(&sides.0) => {
                self.basis(&sides.1).or_else(|| self.basis(&sides.0))
            }
            Formula::Both(_, sides) => match (self.basis(&sides.0), self.basis(&sides.1)) {
                (Some(left), Some(right)) => Some(left.min(right)),
                (left, right) => left.or(right),
            },
        }
    }

    /// The most that do not count yet in a part of a formula.
    fn open(&self, formula: &Formula) -> Decimal {
        match formula {
            Formula::Number(_) => Decimal::ZERO,
            Formula::Negate(inner) => self.open(inner),
            Formula::Of(measure, _) => (self.cell)(*measure as u32).map_or(Decimal::ZERO, |cell| cell.open),
            Formula::Both(_, sides) => self.open(&sides.0).max(self.open(&sides.1)),
        }
    }
}

/// Whether a formula only adds up: what it rests on is what it says.
fn is_total(formula: &Formula) -> bool {
    match formula {
        Formula::Number(_) => true,
        Formula::Of(_, how) => matches!(how, How::Total | How::Known),
        Formula::Negate(inner) => is_total(inner),
        Formula::Both(Operation::Over, _) => false,
        Formula::Both(_, sides) => is_total(&sides.0) && is_total(&sides.1),
    }
}
