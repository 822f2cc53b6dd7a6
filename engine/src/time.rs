//! Times of logs, in microseconds since 1970 in UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Microseconds of a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds of a day of 24 hours.
pub const DAY: i64 = 86_400 * SECOND;

/// The unit of whole numbers that are times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "named after what they are")]
pub enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Unit {
    /// The unit in which a number is a time between 1973 and 5138; none for numbers so small that they fit several.
    pub fn of(number: i64) -> Option<Self> {
        match number.unsigned_abs() {
            0..=99_999_999 => None,
            100_000_000..=99_999_999_999 => Some(Self::Seconds),
            100_000_000_000..=99_999_999_999_999 => Some(Self::Milliseconds),
            100_000_000_000_000..=99_999_999_999_999_999 => Some(Self::Microseconds),
            _ => Some(Self::Nanoseconds),
        }
    }

    /// A number of it in microseconds; none where that is out of range.
    pub fn micros(self, number: i64) -> Option<i64> {
        match self {
            Self::Seconds => number.checked_mul(SECOND),
            Self::Milliseconds => number.checked_mul(1_000),
            Self::Microseconds => Some(number),
            Self::Nanoseconds => Some(number.div_euclid(1_000)),
        }
    }

    /// Its name, for messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Nanoseconds => "nanoseconds",
        }
    }
}

/// A time as text: RFC 3339, or a date with or without a time of day, which is then one of the zone. Of a time that a
/// zone has twice the first one is meant.
pub fn parse(text: &str, zone: &TimeZone) -> Option<i64> {
    let text = text.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_microsecond());
    }
    let civil: DateTime = text.strip_suffix(" UTC").unwrap_or(text).parse().ok()?;
    let zone = if text.ends_with(" UTC") { &TimeZone::UTC } else { zone };
    Some(zone.to_ambiguous_timestamp(civil).earlier().ok()?.as_microsecond())
}

/// A time as it is shown: RFC 3339 in UTC, to the second where that is exact.
pub fn show(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map(|time| time.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_times_with_or_without_a_zone() {
        let zone = TimeZone::get("Asia/Riyadh").unwrap();
        let noon = 1_767_268_800 * SECOND;
        for text in [
            "2026-01-01T12:00:00Z",
            "2026-01-01 15:00:00",
            "2026-01-01T15:00:00+03:00",
            "2026-01-01 12:00:00 UTC",
            "2026-01-01 12:00:00.000 UTC",
        ] {
            assert_eq!(parse(text, &zone), Some(noon), "{text}");
        }
        assert_eq!(parse("2026-01-01", &TimeZone::UTC), Some(noon - 12 * 3_600 * SECOND));
        assert_eq!(parse("yesterday", &zone), None);
    }

    #[test]
    fn numbers_tell_their_unit_by_their_size() {
        let now = 1_767_268_800;
        assert_eq!(Unit::of(now), Some(Unit::Seconds));
        assert_eq!(Unit::of(now * 1_000), Some(Unit::Milliseconds));
        assert_eq!(Unit::of(now * 1_000_000), Some(Unit::Microseconds));
        assert_eq!(Unit::of(now * 1_000_000_000), Some(Unit::Nanoseconds));
        assert_eq!(Unit::of(7), None);
        assert_eq!(Unit::Seconds.micros(i64::MAX), None);
    }
}
