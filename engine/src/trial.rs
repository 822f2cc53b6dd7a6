//! Experiments: of the people who were dealt to each variant, who reached the stage that it is about, and what chance
//! alone would make of that.

use crate::definition::{Definition, Experiment};
use crate::fold::Rules;
use crate::kpi::Person;
use crate::result::{ExperimentNumbers, VariantNumbers, share};
use crate::rows::Value;

/// The people of an experiment.
#[derive(Clone, Debug, Default)]
pub struct Trial {
    variants: Vec<Variant>,
    /// People who were seen in several variants.
    several: u64,
    /// People in a variant that nobody declared.
    unknown: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Variant {
    assigned: u64,
    mature: u64,
    arrived: u64,
}

impl Trial {
    /// An experiment without people.
    pub fn new(experiment: &Experiment) -> Self {
        Self { variants: vec![Variant::default(); experiment.variants.len()], several: 0, unknown: 0 }
    }

    /// Adds a person.
    pub fn add(&mut self, experiment: &Experiment, rules: &Rules<'_>, person: Person<'_>) {
        let is_dealt = |time: i64| experiment.between.is_none_or(|(from, end)| (from..end).contains(&time));
        let dealt = person.events.iter().filter(|event| {
            rules.classes[event.class as usize].patterns.has(experiment.assigned) && is_dealt(event.time)
        });
        let mut dealt = dealt.filter_map(|event| {
            let value = rules.keeping.value(*event, person.kept, experiment.key)?;
            (*value != Value::None).then_some((event.time, value))
        });
        let Some((time, variant)) = dealt.next() else { return };
        if dealt.any(|(_, other)| other != variant) {
            self.several += 1;
            return;
        }
        let is_named = |own: &(String, f64)| match variant {
            Value::Text(text) => **text == *own.0,
            Value::Number(number) => number.to_string() == own.0,
            Value::None => false,
        };
        let Some(at) = experiment.variants.iter().position(is_named) else {
            self.unknown += 1;
            return;
        };
        let own = &mut self.variants[at];
        own.assigned += 1;
        let end = experiment.within.map_or(i64::MAX, |within| time.saturating_add(within));
        if end > rules.until && experiment.within.is_some() {
            return;
        }
        own.mature += 1;
        let arrives = |entry: &crate::fold::Entry| {
            entry.stage as usize == experiment.to && entry.time >= time && entry.time <= end
        };
        own.arrived += u64::from(person.entries.iter().any(arrives));
    }

    /// Adds other people.
    pub fn merge(&mut self, other: &Self) {
        self.several += other.several;
        self.unknown += other.unknown;
        for (own, other) in self.variants.iter_mut().zip(&other.variants) {
            own.assigned += other.assigned;
            own.mature += other.mature;
            own.arrived += other.arrived;
        }
    }

    /// The numbers, as they are published.
    pub fn numbers(&self, experiment: &Experiment, definition: &Definition) -> ExperimentNumbers {
        let z = quantile(f64::midpoint(1.0, experiment.confidence));
        let first = self.variants.first().copied().unwrap_or_default();
        let variant = |(at, own): (usize, &Variant)| {
            let difference = (at > 0).then(|| difference(first, *own, z)).flatten();
            let interval = wilson(*own, z);
            VariantNumbers {
                name: experiment.variants[at].0.clone(),
                planned_share: experiment.variants[at].1,
                assigned: own.assigned,
                arrived: own.arrived,
                of: own.mature,
                open: own.assigned - own.mature,
                rate: share(own.arrived, own.mature),
                low: interval.map(|own| own.0),
                high: interval.map(|own| own.1),
                difference: difference.map(|own| own.0),
                difference_low: difference.map(|own| own.1),
                difference_high: difference.map(|own| own.2),
                differs: difference.map(|own| own.1 > 0.0 || own.2 < 0.0),
            }
        };
        let needed = needed(experiment, first, z);
        #[allow(clippy::cast_precision_loss, reason = "counts of any log fit")]
        let is_powered = needed.map(|needed| self.variants.iter().all(|own| own.mature as f64 >= needed));
        ExperimentNumbers {
            path: experiment.path.clone(),
            label: experiment.label.clone(),
            from: definition.stages[experiment.from].path.clone(),
            to: definition.stages[experiment.to].path.clone(),
            confidence: experiment.confidence,
            variants: self.variants.iter().enumerate().map(variant).collect(),
            several: self.several,
            unknown: self.unknown,
            needed,
            is_powered,
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts of any log fit")]
fn rate(own: Variant) -> Option<(f64, f64)> {
    (own.mature > 0).then(|| (own.arrived as f64 / own.mature as f64, own.mature as f64))
}

/// The interval of a rate (Wilson): it holds for few people and for none, too.
fn wilson(own: Variant, z: f64) -> Option<(f64, f64)> {
    let (rate, count) = rate(own)?;
    let (square, whole) = (z * z, 1.0 + z * z / count);
    let middle = (rate + square / (2.0 * count)) / whole;
    let half = z / whole * (rate * (1.0 - rate) / count + square / (4.0 * count * count)).sqrt();
    Some(((middle - half).max(0.0), (middle + half).min(1.0)))
}

/// The difference of two rates and its interval (Newcombe: of the intervals of both).
fn difference(first: Variant, own: Variant, z: f64) -> Option<(f64, f64, f64)> {
    let ((before, _), (after, _)) = (rate(first)?, rate(own)?);
    let ((low, high), (own_low, own_high)) = (wilson(first, z)?, wilson(own, z)?);
    let difference = after - before;
    let below = ((after - own_low).powi(2) + (high - before).powi(2)).sqrt();
    let above = ((own_high - after).powi(2) + (before - low).powi(2)).sqrt();
    Some((difference, difference - below, difference + above))
}

/// How many people each variant needs for the effect that is to be found, at the rate of the first one.
fn needed(experiment: &Experiment, first: Variant, z: f64) -> Option<f64> {
    let (before, _) = rate(first)?;
    let (effect, is_relative) = experiment.detects?;
    let after = if is_relative { before * (1.0 + effect) } else { before + effect };
    let gap = after - before;
    let spread = before * (1.0 - before) + after * (1.0 - after);
    let both = z + quantile(experiment.power);
    (gap.abs() > 0.0 && after > 0.0 && after < 1.0).then(|| (both * both * spread / (gap * gap)).ceil())
}

/// The point that a normal variable does not exceed with a probability, to about a millionth.
fn quantile(probability: f64) -> f64 {
    let (mut low, mut high) = (-10.0_f64, 10.0_f64);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if normal(middle) < probability { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// How likely a normal variable does not exceed a point: the integral by Simpson's rule.
fn normal(point: f64) -> f64 {
    const STEPS: u32 = 400;
    let density = |at: f64| (-at * at / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let width = point / f64::from(STEPS);
    let inner = |at: u32| density(f64::from(at) * width) * if at.is_multiple_of(2) { 2.0 } else { 4.0 };
    let sum: f64 = (1..STEPS).map(inner).sum();
    0.5 + width / 3.0 * (density(0.0) + sum + density(point))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() < 5e-4
    }

    #[test]
    fn points_of_the_normal_distribution_are_those_of_the_tables() {
        for (probability, point) in
            [(0.5, 0.0), (0.8, 0.8416), (0.95, 1.6449), (0.975, 1.96), (0.995, 2.5758), (0.1, -1.2816)]
        {
            assert!(near(quantile(probability), point), "{probability}: {}", quantile(probability));
        }
    }

    #[test]
    fn intervals_are_those_of_the_books() {
        // Newcombe, Statistics in Medicine 17 (1998): 81 of 263, Wilson; 56 of 70 against 48 of 80, his tenth method.
        let own = |arrived: u64, mature: u64| Variant { assigned: mature, mature, arrived };
        let (low, high) = wilson(own(81, 263), 1.96).unwrap();
        assert!(near(low, 0.2553) && near(high, 0.3662), "{low} {high}");
        let (middle, low, high) = difference(own(48, 80), own(56, 70), 1.96).unwrap();
        assert!(near(middle, 0.2) && near(low, 0.0524) && near(high, 0.3339), "{low} {high}");
        let (low, high) = wilson(own(0, 20), 1.96).unwrap();
        assert!(low < 1e-12 && near(high, 0.1611), "{low} {high}");
    }
}
