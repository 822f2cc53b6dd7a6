//! Random numbers that are the same on every machine: whole numbers only, from a generator with a published definition
//! (`ChaCha8`), one stream for each person, so that people can be drawn in any order.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A billion, the parts a share is given in.
pub(super) const WHOLE: u64 = 1_000_000_000;

/// A stream of random numbers.
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream of a number.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// A number below another one; 0 below 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(end)) >> 64) as u64
    }

    /// A number between two, both included.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = to.saturating_sub(from).max(0).unsigned_abs();
        from.saturating_add_unsigned(self.below(span.saturating_add(1)))
    }

    /// Whether something happens that happens in so many parts of a billion.
    pub(super) fn happens(&mut self, parts: u64) -> bool {
        self.below(WHOLE) < parts
    }

    /// A member of a list; none of an empty one.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len() as u64) as usize)
    }

    /// The place of a weight; none where all weigh nothing.
    pub(super) fn weighted(&mut self, weights: &[u64]) -> Option<usize> {
        let mut at = self.below(weights.iter().sum());
        weights.iter().position(|weight| {
            let is_here = at < *weight;
            at = at.saturating_sub(*weight);
            is_here
        })
    }

    /// A time up to a span, short ones likelier than long ones, as people decide.
    pub(super) fn soon(&mut self, span: i64) -> i64 {
        let whole = self.between(0, span);
        self.between(0, whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_the_same_every_time_and_no_other() {
        let first = |stream| Draw::new(7, stream).below(u64::MAX);
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
    }

    #[test]
    fn shares_come_out() {
        let mut draw = Draw::new(1, 1);
        let happened = (0..100_000).filter(|_| draw.happens(WHOLE / 5)).count();
        assert!((19_500..20_500).contains(&happened), "{happened}");
    }

    #[test]
    fn bounds_are_kept() {
        let mut draw = Draw::new(1, 2);
        assert_eq!(draw.below(0), 0);
        assert!((0..1000).all(|_| (-3..=4).contains(&draw.between(-3, 4))));
        assert!((0..1000).all(|_| draw.soon(10) <= 10));
        assert!(draw.pick::<u8>(&[]).is_none());
    }
}
