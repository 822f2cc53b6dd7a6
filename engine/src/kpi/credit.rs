//! Which channels a moment is credited to: the claimed events of its journey, weighed by the rule of attribution.

use rust_decimal::Decimal;

use crate::definition::{Attribution, Credit};

/// The channels that something at a moment of a journey is credited to, with their shares, which add to one; none where
/// no channel claims anything. `touches` are the claimed events in order.
pub(super) fn credits(
    attribution: &Attribution,
    touches: &[(i64, u32)],
    time: i64,
    start: i64,
    is_direct: impl Fn(u32) -> bool,
) -> Option<Vec<(u32, Decimal)>> {
    let begin = attribution.lookback.map_or(start, |lookback| time.saturating_sub(lookback));
    let first = touches.partition_point(|(at, _)| *at < begin);
    let touches = &touches[first..touches.partition_point(|(at, _)| *at <= time).max(first)];
    let whole = |own: &(i64, u32)| vec![(own.1, Decimal::ONE)];
    match attribution.credit {
        Credit::First => touches.first().map(whole),
        Credit::Last => touches.last().map(whole),
        Credit::LastNonDirect => touches.iter().rev().find(|own| !is_direct(own.1)).or(touches.last()).map(whole),
        Credit::Linear => spread(touches, |_| Decimal::ONE),
        Credit::Position => by_position(touches),
        Credit::Decay => spread(touches, |own| halved(time - own)),
    }
}

/// Shares by weight; they add to one.
fn spread(touches: &[(i64, u32)], weight: impl Fn(i64) -> Decimal) -> Option<Vec<(u32, Decimal)>> {
    let sum: Decimal = touches.iter().map(|own| weight(own.0)).sum();
    (!sum.is_zero()).then(|| touches.iter().map(|own| (own.1, weight(own.0) / sum)).collect())
}

/// Two fifths for the first touch and two for the last, the rest for those between.
fn by_position(touches: &[(i64, u32)]) -> Option<Vec<(u32, Decimal)>> {
    let (fifths, half) = (Decimal::new(4, 1), Decimal::new(5, 1));
    match touches {
        [] => None,
        [only] => Some(vec![(only.1, Decimal::ONE)]),
        [first, last] => Some(vec![(first.1, half), (last.1, half)]),
        [first, between @ .., last] => {
            let share = Decimal::new(2, 1) / Decimal::from(between.len());
            let mut shares = vec![(first.1, fifths)];
            shares.extend(between.iter().map(|own| (own.1, share)));
            shares.push((last.1, fifths));
            Some(shares)
        }
    }
}

/// The weight of a touch so long ago: it halves every seven days, to a billionth.
fn halved(ago: i64) -> Decimal {
    let weight = crate::fold::decayed(0.5, 7 * crate::time::DAY, ago);
    Decimal::from_f64_retain(weight).unwrap_or_default().round_dp(9).max(Decimal::new(1, 9))
}
