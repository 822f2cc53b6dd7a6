//! Whether a loop with referral grows: whether the spectral radius of its planned rates is 1 or more. Decided exactly.
//!
//! For a matrix R without negative entries the radius is below 1 exactly when I − R is a nonsingular M-matrix, which is
//! so exactly when all its leading principal minors are positive. Fraction-free elimination (Bareiss) yields these
//! minors as its pivots, in whole numbers.

use num_bigint::BigInt;
use num_bigint::Sign;
use rust_decimal::Decimal;

/// The largest loop that is decided exactly; its numbers grow with its size.
pub const MAX_STAGES: usize = 48;

/// Whether rates (in percent, `rates[from][to]`, none below nothing) reproduce or multiply what goes round; nothing where
/// the loop is too large to tell.
pub fn grows(rates: &[Vec<Decimal>]) -> Option<bool> {
    let sums: Vec<Decimal> =
        rates.iter().map(|row| row.iter().fold(Decimal::ZERO, |sum, rate| sum.saturating_add(*rate))).collect();
    // The radius lies between the smallest and the largest sum of a row.
    if sums.iter().all(|sum| *sum < Decimal::ONE_HUNDRED) {
        return Some(false);
    }
    if sums.iter().all(|sum| *sum >= Decimal::ONE_HUNDRED) {
        return Some(true);
    }
    if rates.len() > MAX_STAGES {
        return None;
    }
    Some(!has_positive_minors(whole_matrix(rates)))
}

/// I − R in whole numbers: every entry times one power of ten.
fn whole_matrix(rates: &[Vec<Decimal>]) -> Vec<Vec<BigInt>> {
    let digits = rates.iter().flatten().map(Decimal::scale).max().unwrap_or(0);
    let whole = |value: &Decimal| BigInt::from(value.mantissa()) * BigInt::from(10).pow(digits - value.scale());
    let one = BigInt::from(100) * BigInt::from(10).pow(digits);
    let entry = |row: usize, column: usize, rate: &Decimal| {
        if row == column { &one - whole(rate) } else { -whole(rate) }
    };
    let line = |(row, rates): (usize, &Vec<Decimal>)| {
        rates.iter().enumerate().map(|(column, rate)| entry(row, column, rate)).collect()
    };
    rates.iter().enumerate().map(line).collect()
}

fn has_positive_minors(mut matrix: Vec<Vec<BigInt>>) -> bool {
    let mut before = BigInt::from(1);
    for step in 0..matrix.len() {
        let (done, below) = matrix.split_at_mut(step + 1);
        let Some(pivots) = done.last() else { return true };
        let pivot = &pivots[step];
        if pivot.sign() != Sign::Plus {
            return false;
        }
        for row in below {
            let factor = row[step].clone();
            for column in step + 1..row.len() {
                row[column] = (&row[column] * pivot - &factor * &pivots[column]) / &before;
            }
        }
        before.clone_from(pivot);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grows_by(rows: &[&[i64]]) -> Option<bool> {
        let rows: Vec<Vec<Decimal>> =
            rows.iter().map(|row| row.iter().map(|rate| Decimal::from(*rate)).collect()).collect();
        grows(&rows)
    }

    #[test]
    fn a_radius_of_exactly_one_is_growth() {
        assert_eq!(grows_by(&[&[0, 200], &[50, 0]]), Some(true));
        assert_eq!(grows_by(&[&[0, 200], &[49, 0]]), Some(false));
        assert_eq!(grows_by(&[&[60, 40], &[100, 0]]), Some(true));
        assert_eq!(grows_by(&[&[60, 39], &[100, 0]]), Some(false));
    }

    #[test]
    fn the_decision_is_exact_where_floating_point_is_not() {
        let tiny = Decimal::from_i128_with_scale(1, 20);
        let just_below = |rate: i64| Decimal::from(rate) - tiny;
        let ring = |rate: Decimal| vec![vec![Decimal::ZERO, Decimal::from(200)], vec![rate, Decimal::ZERO]];
        assert_eq!(grows(&ring(just_below(50))), Some(false));
        assert_eq!(grows(&ring(Decimal::from(50))), Some(true));
    }
}
