//! Numbers as people read them.

use crate::draw::grouped;

/// A number of a unit: `ratio`, `count`, `number`, `duration` (in seconds) or a currency.
pub(crate) fn spelled(number: f64, unit: &str) -> String {
    match unit {
        "ratio" => format!("{}%", rounded(number * 100.0)),
        "count" | "number" => rounded(number),
        "duration" => duration(number),
        currency => format!("{} {currency}", rounded(number)),
    }
}

/// Three digits that count, or all before the point.
fn rounded(number: f64) -> String {
    let size = number.abs();
    let decimals = match size {
        _ if size >= 99.95 => 0,
        _ if size >= 9.995 => 1,
        _ if size >= 0.099_95 => 2,
        _ if size >= 0.009_95 => 4,
        _ => 6,
    };
    let digits = format!("{number:.decimals$}");
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));
    let part = part.trim_end_matches('0');
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let whole = grouped(whole);
    match part {
        "" if whole == "0" => whole,
        "" => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{part}"),
    }
}

fn duration(seconds: f64) -> String {
    let units = [(86_400.0, "d"), (3_600.0, "h"), (60.0, "min"), (1.0, "s")];
    let (length, unit) = units.into_iter().find(|(length, _)| seconds.abs() >= *length).unwrap_or((1.0, "s"));
    format!("{}{unit}", rounded(seconds / length))
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn numbers_have_the_digits_that_count() {
        assert_eq!(spelled(1_234_567.8, "count"), "1,234,568");
        assert_eq!(spelled(0.0, "count"), "0");
        assert_eq!(spelled(-0.000_000_1, "count"), "0");
        assert_eq!(spelled(0.0129, "ratio"), "1.29%");
        assert_eq!(spelled(0.15, "ratio"), "15%");
        assert_eq!(spelled(45.5, "USD"), "45.5 USD");
        assert_eq!(spelled(-1_234.0, "USD"), "-1,234 USD");
        assert_eq!(spelled(5_400.0, "duration"), "1.5h");
        assert_eq!(spelled(9.999, "number"), "10");
    }
}
