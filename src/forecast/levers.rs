//! Which single rate moves a number most: its elasticity, the percent that the number changes by where the rate changes by
//! one percent, as the difference quotient over ±0.01% of the rate. All other declared rates stay as they are; special
//! rates of the same transition change with it, and so does what an undeclared way gets.

use serde::Serialize;

use super::View;
use super::net::Role;
use super::promises::{Needed, Typical};
use super::world::World;

/// A rate and how much depends on it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lever {
    /// The transition, as `store.a -> store.b`.
    pub transition: String,
    /// Its rate where nothing more specific holds.
    pub rate: f64,
    /// The percent that the number changes by where the rate changes by one percent.
    pub elasticity: f64,
    /// Index of the way.
    #[serde(skip)]
    pub(super) way: usize,
}

/// A number as a function of one rate.
pub(super) struct Scaled<'a, 'b, 'm, 's> {
    pub(super) view: &'a View<'b, 'm, 's>,
    pub(super) value: &'a dyn Fn(&Typical<'_, '_, 'm, 's>) -> Option<f64>,
}

/// How far a rate is moved to see what follows.
const STEP: f64 = 1e-4;
/// How often a rate is halved between what is too little and what is enough.
const HALVINGS: usize = 50;
/// Rates that move a number by less than this percent a percent move nothing.
const NOTHING: f64 = 1e-6;

impl Scaled<'_, '_, '_, '_> {
    /// The number where one way's rate is so many times what it is.
    fn at(&self, way: usize, factor: f64) -> Option<f64> {
        let world = self.view.world.scaled(way, factor)?;
        (self.value)(&Typical::of(&world, self.view))
    }
}

/// Whether the trials of all rates are quick enough to be made.
pub(super) fn is_quick(view: &View<'_, '_, '_>) -> bool {
    let World { net, rated, .. } = view.world;
    let once = rated.iter().map(|own| 4 * own.all.work()).sum::<usize>() + rated.len() * net.graph.stages.len();
    once.saturating_mul(2 * net.ways.len()) <= view.work
}

/// The rates that move a number, those that move it most first.
pub(super) fn of(scaled: &Scaled<'_, '_, '_, '_>, now: f64) -> Vec<Lever> {
    let net = scaled.view.world.net;
    if now == 0.0 || !is_quick(scaled.view) {
        return Vec::new();
    }
    let lever = |way: usize| {
        let rate = scaled.view.world.rated[0].rates[way].filter(|_| net.ways[way].role != Role::Skip)?;
        let (less, more) = (scaled.at(way, 1.0 - STEP)?, scaled.at(way, 1.0 + STEP)?);
        let elasticity = (more - less) / (2.0 * STEP) / now;
        (elasticity.abs() > NOTHING).then(|| Lever { transition: net.name(way), rate, elasticity, way })
    };
    let mut found: Vec<Lever> = (0..net.ways.len()).filter_map(lever).collect();
    // The sort is stable: equal ones stay in declared order.
    found.sort_by(|a, b| b.elasticity.abs().total_cmp(&a.elasticity.abs()));
    found
}

/// The rates that move the number of new customers.
pub(super) fn of_customers<'m, 's>(view: &View<'_, 'm, 's>) -> Vec<Lever> {
    let value = |plan: &Typical<'_, '_, 'm, 's>| plan.customers();
    let now = Typical::of(view.world, view).customers().unwrap_or(0.0);
    of(&Scaled { view, value: &value }, now)
}

/// The first of some rates that alone can keep a promise, and what it would have to be.
pub(super) fn needed(
    scaled: &Scaled<'_, '_, '_, '_>,
    levers: &[Lever],
    wants_more: bool,
    keeps: &dyn Fn(f64) -> bool,
) -> Option<(usize, Needed)> {
    let net = scaled.view.world.net;
    let movable = levers.iter().filter(|lever| net.ways[lever.way].role != Role::Referral);
    movable.take(3).find_map(|lever| {
        let (rate, most) = net.room(lever.way)?;
        let up = (lever.elasticity > 0.0) == wants_more;
        let enough = if up { most / rate } else { 0.0 };
        let is_kept = |factor: f64| scaled.at(lever.way, factor).is_some_and(keeps);
        if rate <= 0.0 || !is_kept(enough) {
            return None;
        }
        let (mut little, mut enough) = (1.0, enough);
        for _ in 0..HALVINGS {
            let middle = f64::midpoint(little, enough);
            if is_kept(middle) { enough = middle } else { little = middle }
        }
        let needed = Needed { transition: lever.transition.clone(), is: rate, should_be: rate * enough };
        Some((lever.way, needed))
    })
}
