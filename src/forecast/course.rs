//! How people spread over months.
//!
//! The law: inside a month people come evenly; a transition takes any time from nothing to the longest it may take,
//! each equally likely. So someone who entered a stage in a month leaves it k months later with the probability that
//! U + D lies between k and k + 1, where U is even over a month and D over the time the transition may take.

use super::chain::Chain;

/// The probability that U + D is below `x`, with U even over 0..1 and D over 0..`longest`.
fn below(x: f64, longest: f64) -> f64 {
    // The integral of what is cut to 0..1.
    let area = |y: f64| if y < 1.0 { y.max(0.0) * y.max(0.0) / 2.0 } else { y - 0.5 };
    if x >= longest + 1.0 { 1.0 } else { (area(x) - area(x - longest)) / longest }
}

/// The shares of those who take a transition that may take `longest` months, by how many months later they arrive.
pub(super) fn delays(longest: f64, months: usize) -> Vec<f64> {
    let mut shares = Vec::new();
    let (mut before, mut x) = (0.0, 1.0);
    while shares.len() < months && before < 1.0 {
        let now = below(x, longest);
        shares.push(now - before);
        before = now;
        x += 1.0;
    }
    shares
}

/// A transition in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timed {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) share: f64,
    /// The longest time it takes, in months.
    pub(super) longest: f64,
}

/// A chain in months.
#[derive(Debug)]
pub(super) struct Course {
    /// What happens inside a month.
    now: Chain,
    /// What happens in later ones: shares by months, from the second on.
    later: Vec<(usize, usize, Vec<f64>)>,
}

impl Course {
    /// The course of some transitions over so many months; nothing where inside one month more and more people come.
    pub(super) fn new(nodes: usize, ways: &[Timed], months: usize) -> Option<Self> {
        let mut now = Vec::new();
        let mut later = Vec::new();
        for way in ways.iter().filter(|way| way.share > 0.0) {
            let shares: Vec<f64> = delays(way.longest, months).into_iter().map(|share| share * way.share).collect();
            now.extend(shares.first().map(|share| (way.from, way.to, *share)));
            if shares.len() > 1 {
                later.push((way.from, way.to, shares));
            }
        }
        Some(Self { now: Chain::new(nodes, &now)?, later })
    }

    /// The visits of each month, where `start` begin in each.
    pub(super) fn visits(&self, start: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mut all: Vec<Vec<f64>> = Vec::with_capacity(start.len());
        for (month, own) in start.iter().enumerate() {
            let mut coming = own.clone();
            for (from, to, shares) in &self.later {
                for (lag, share) in shares.iter().enumerate().skip(1).take(month) {
                    coming[*to] += all[month - lag][*from] * share;
                }
            }
            all.push(self.now.visits(&coming));
        }
        all
    }

    /// How many people make these visits of a month: those who come back inside it count once.
    pub(super) fn people(&self, visits: &[f64]) -> Vec<f64> {
        visits.iter().enumerate().map(|(stage, visits)| visits / self.now.again(stage)).collect()
    }
}

/// Adds whom visits bring along, month by month, to those who come.
pub(super) fn brought_along(ways: &[Timed], visits: &[Vec<f64>], coming: &mut [Vec<f64>]) {
    for way in ways {
        let shares = delays(way.longest, visits.len());
        for month in 0..visits.len() {
            for (lag, share) in shares.iter().enumerate().take(month + 1) {
                coming[month][way.to] += visits[month - lag][way.from] * share * way.share;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    }

    #[test]
    fn what_takes_no_time_arrives_in_the_same_month() {
        assert_eq!(delays(0.0, 12), [1.0]);
    }

    #[test]
    fn what_takes_up_to_a_month_arrives_in_this_month_or_the_next() {
        let shares = delays(1.0, 12);
        near(shares[0], 0.5);
        near(shares[1], 0.5);
        assert_eq!(shares.len(), 2);
    }

    #[test]
    fn what_takes_up_to_half_a_month_mostly_arrives_in_the_same() {
        let shares = delays(0.5, 12);
        near(shares[0], 0.75);
        near(shares[1], 0.25);
    }

    #[test]
    fn shares_add_to_all_and_their_mean_is_half_the_longest_time() {
        for longest in [0.1, 0.46, 1.0, 1.5, 2.957, 5.914, 24.0] {
            let shares = delays(longest, 1_000);
            near(shares.iter().sum(), 1.0);
            let mean: f64 = shares.iter().enumerate().map(|(at, share)| crate::forecast::float(at) * share).sum();
            near(mean, longest / 2.0);
        }
    }

    #[test]
    fn months_run_in_to_the_steady_state() {
        let ways =
            [Timed { from: 0, to: 1, share: 0.5, longest: 2.0 }, Timed { from: 1, to: 1, share: 0.4, longest: 3.0 }];
        let course = Course::new(2, &ways, 200).unwrap();
        let months = course.visits(&vec![vec![100.0, 0.0]; 200]);
        near(months[0][1], 100.0 * 0.5 * delays(2.0, 9)[0] / (1.0 - 0.4 * delays(3.0, 9)[0]));
        near(months[199][1], 50.0 / 0.6);
    }
}
