//! Tells numbers apart: `3`, `12.5%`, `30d`, `24mo`, `2027-03-31`, `2027-03`, `21:00`. The grammar reads all of them as
//! one token; here each becomes an exact literal or a finding with the right spelling.

use jiff::civil::{Date, Time};
use rust_decimal::Decimal;

use crate::diagnostic::Message;
use crate::say;

/// A number with what its unit says, exact.
#[allow(missing_docs)] // the fields are named after what they hold
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal {
    /// `3`, `1_000`, `2.5`, `+5`; whether a sign was written.
    Plain { value: Decimal, signed: bool },
    /// `12.5%`, as written: `12.5`.
    Percent(Decimal),
    /// `90s 30min 2h 30d 4w`: exact time in seconds, and the unit it was written in.
    Span { seconds: Decimal, unit: TimeUnit },
    /// `24mo`, `2y`: calendar time, in months.
    Calendar { months: u32 },
    /// `2027-03-31`
    Date(Date),
    /// `2027-03`
    Month { year: i16, month: i8 },
    /// `21:00`
    Time(Time),
}

/// The exact units of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// `s`
    Second,
    /// `min`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `w`
    Week,
}

impl TimeUnit {
    /// Every unit with its spelling and its seconds.
    pub const ALL: [(Self, &'static str, u32); 5] = [
        (Self::Second, "s", 1),
        (Self::Minute, "min", 60),
        (Self::Hour, "h", 3_600),
        (Self::Day, "d", 86_400),
        (Self::Week, "w", 604_800),
    ];

    /// How it is written after a number.
    pub fn spelling(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Its length in seconds.
    pub fn seconds(self) -> u32 {
        Self::ALL[self as usize].2
    }
}

/// The units of calendar time.
pub const CALENDAR_UNITS: [&str; 2] = ["mo", "y"];

/// A number that is not one: what is wrong and, where it is plain, the right spelling.
#[derive(Debug, PartialEq)]
pub struct NotANumber {
    /// What is wrong.
    pub message: Message,
    /// What was probably meant.
    pub spelling: Option<String>,
}

fn wrong(message: Message, spelling: impl Into<Option<String>>) -> NotANumber {
    NotANumber { message, spelling: spelling.into() }
}

/// Reads one number token, written in ASCII.
pub fn read(token: &str) -> Result<Literal, NotANumber> {
    let (sign, body) = match token.as_bytes()[0] {
        b'+' | b'-' => token.split_at(1),
        _ => ("", token),
    };
    if body.contains(':') {
        return read_time(token, body);
    }
    if body[1..].contains('-') {
        return read_date(token, body);
    }
    let digits = body.find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.')).unwrap_or(body.len());
    let (number, unit) = body.split_at(digits);
    let value = read_decimal(sign, number, token)?;
    read_unit(token, value, !sign.is_empty(), number, unit)
}

fn read_decimal(sign: &str, number: &str, token: &str) -> Result<Decimal, NotANumber> {
    if number.matches('.').count() > 1 {
        return Err(wrong(say!("`{token}` has more than one decimal point", token), None));
    }
    if number.ends_with('_') || number.contains("__") || number.contains("_.") || number.contains("._") {
        let tidy = number.split('_').filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join("_");
        return Err(wrong(say!("`_` in `{token}` must stand between two digits", token), token.replace(number, &tidy)));
    }
    let mut plain = [0u8; 40];
    let mut length = 0;
    for byte in sign.bytes().chain(number.bytes()).filter(|byte| *byte != b'_' && *byte != b'+') {
        let Some(slot) = plain.get_mut(length) else {
            return Err(too_large(token));
        };
        *slot = byte;
        length += 1;
    }
    std::str::from_utf8(&plain[..length])
        .ok()
        .and_then(|text| Decimal::from_str_exact(text).ok())
        .ok_or_else(|| too_large(token))
}

fn too_large(token: &str) -> NotANumber {
    wrong(say!("`{token}` is more than the language can count exactly (28 digits)", token), None)
}

fn read_unit(token: &str, value: Decimal, signed: bool, number: &str, unit: &str) -> Result<Literal, NotANumber> {
    if let Some((time, _, seconds)) = TimeUnit::ALL.iter().find(|(_, spelling, _)| *spelling == unit) {
        let seconds = value.checked_mul(Decimal::from(*seconds)).ok_or_else(|| too_large(token))?;
        return Ok(Literal::Span { seconds, unit: *time });
    }
    match unit {
        "" => Ok(Literal::Plain { value, signed }),
        "%" => Ok(Literal::Percent(value)),
        _ if CALENDAR_UNITS.contains(&unit) => {
            let months = value.checked_mul(Decimal::from(if unit == "y" { 12 } else { 1 }));
            let months = months.filter(Decimal::is_integer).and_then(|months| u32::try_from(months).ok());
            let months = months.filter(|months| *months <= 12_000);
            let calendar = months.map(|months| Literal::Calendar { months });
            calendar.ok_or_else(|| wrong(say!("`{token}` is not a whole number of months", token), None))
        }
        "m" => Err(wrong(
            say!("`{token}` could be minutes or months; there is no bare `m`", token),
            Some(format!("{number}min")),
        )),
        _ => Err(unknown_unit(token, number, unit)),
    }
}

/// Long and wrong spellings of units that people write, with the one the language has.
const UNIT_SPELLINGS: &[(&[&str], &str)] = &[
    (&["sec", "secs", "second", "seconds"], "s"),
    (&["mins", "minute", "minutes"], "min"),
    (&["hr", "hrs", "hour", "hours"], "h"),
    (&["day", "days"], "d"),
    (&["wk", "wks", "week", "weeks"], "w"),
    (&["mon", "mos", "month", "months"], "mo"),
    (&["yr", "yrs", "year", "years"], "y"),
];

fn unknown_unit(token: &str, number: &str, unit: &str) -> NotANumber {
    let lower = unit.to_lowercase();
    if let Some((_, right)) = UNIT_SPELLINGS.iter().find(|(spellings, _)| spellings.contains(&lower.as_str())) {
        return wrong(
            say!("`{unit}` is not a unit; it is written `{right}`", unit, right),
            Some(format!("{number}{right}")),
        );
    }
    if let Some(total) = combined(token) {
        let message = say!("`{token}` joins two durations; one unit is enough", token);
        return wrong(message, Some(total));
    }
    if unit.len() == 3 && iso_currency::Currency::from_code(&unit.to_uppercase()).is_some() {
        let spelling = format!("{number} {}", unit.to_uppercase());
        return wrong(
            say!("an amount of money is written with a space, `{spelling}`", spelling),
            Some(spelling.clone()),
        );
    }
    let shorter = TimeUnit::ALL.iter().find(|(_, spelling, _)| *spelling == lower);
    let spelling = shorter.map(|(_, spelling, _)| format!("{number}{spelling}"));
    wrong(
        say!("`{unit}` is not a unit: durations are `s min h d w`, calendar periods `mo y`, shares `%`", unit),
        spelling,
    )
}

/// `2h30m` as `150min`: two or more durations written together, in the smallest of their units.
fn combined(token: &str) -> Option<String> {
    let mut rest = token;
    let (mut total, mut smallest) = (0u64, TimeUnit::Week);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let value: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let unit = if &rest[..end] == "m" { "min" } else { &rest[..end] };
        let (unit, _, seconds) = TimeUnit::ALL.into_iter().find(|(_, spelling, _)| *spelling == unit)?;
        total = total.checked_add(value.checked_mul(u64::from(seconds))?)?;
        if seconds < smallest.seconds() {
            smallest = unit;
        }
        rest = &rest[end..];
    }
    Some(format!("{}{}", total / u64::from(smallest.seconds()), smallest.spelling()))
}

fn read_time(token: &str, body: &str) -> Result<Literal, NotANumber> {
    let (hour, minute) = body.split_once(':').unwrap_or((body, ""));
    let time = hour.parse().ok().zip(minute.parse().ok());
    if let Some(time) = time.and_then(|(hours, minutes)| Time::new(hours, minutes, 0, 0).ok()) {
        if token.len() == 5 && hour.len() == 2 && minute.len() == 2 {
            return Ok(Literal::Time(time));
        }
        let right = format!("{:02}:{:02}", time.hour(), time.minute());
        let message = say!("a time of day has two digits for the hour and two for the minute: `{right}`", right);
        return Err(wrong(message, Some(right)));
    }
    Err(wrong(say!("`{token}` is not a time of day; times run from `00:00` to `23:59`", token), None))
}

fn read_date(token: &str, body: &str) -> Result<Literal, NotANumber> {
    let pieces: Vec<&str> = body.split('-').collect();
    let numbers: Option<Vec<i16>> = pieces.iter().map(|piece| piece.parse().ok()).collect();
    match (numbers.as_deref(), token == body) {
        (Some(&[year, month]), true) if pieces[0].len() == 4 => {
            if !(1..=12).contains(&month) {
                return Err(wrong(say!("`{token}` is not a month: months run from 01 to 12", token), None));
            }
            if pieces[1].len() != 2 {
                let right = format!("{year}-{month:02}");
                return Err(wrong(say!("a month has two digits: `{right}`", right), Some(right.clone())));
            }
            Ok(Literal::Month { year, month: month as i8 })
        }
        (Some(&[year, month, day]), true) if pieces[0].len() == 4 => {
            let date =
                i8::try_from(month).ok().zip(i8::try_from(day).ok()).and_then(|(m, d)| Date::new(year, m, d).ok());
            let Some(date) = date else {
                return Err(wrong(say!("there is no day `{token}` in the calendar", token), None));
            };
            let right = date.to_string();
            if right == token {
                return Ok(Literal::Date(date));
            }
            Err(wrong(
                say!("a date is written year-month-day with two digits each: `{right}`", right),
                Some(right.clone()),
            ))
        }
        (Some(&[day, month, year]), true) if pieces[2].len() == 4 => {
            let right = format!("{year}-{month:02}-{day:02}");
            let spelling = Some(right.clone()).filter(|right| right.parse::<Date>().is_ok());
            Err(wrong(say!("a date begins with the year: `{right}`", right), spelling))
        }
        _ => Err(wrong(say!("a minus has a space on both sides"), Some(spaced(token, &pieces)))),
    }
}

fn spaced(token: &str, pieces: &[&str]) -> String {
    let sign = if token.starts_with(['-', '+']) { &token[..1] } else { "" };
    format!("{sign}{}", pieces.join(" - "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling(token: &str) -> Option<String> {
        read(token).expect_err(token).spelling
    }

    #[test]
    fn wrong_spellings_come_with_the_right_one() {
        for (token, right) in [
            ("30days", "30d"),
            ("2h30m", "150min"),
            ("9:00", "09:00"),
            ("10-5", "10 - 5"),
            ("30m", "30min"),
            ("40usd", "40 USD"),
            ("40USD", "40 USD"),
            ("2027-3-1", "2027-03-01"),
            ("31-12-2027", "2027-12-31"),
            ("1__000", "1_000"),
            ("30D", "30d"),
        ] {
            assert_eq!(spelling(token).as_deref(), Some(right), "{token}");
        }
    }

    #[test]
    fn literals_are_exact() {
        assert_eq!(read("12.5%"), Ok(Literal::Percent(Decimal::new(125, 1))));
        assert_eq!(read("-3"), Ok(Literal::Plain { value: Decimal::from(-3), signed: true }));
        assert_eq!(read("4w"), Ok(Literal::Span { seconds: Decimal::from(2_419_200), unit: TimeUnit::Week }));
        assert_eq!(read("2y"), Ok(Literal::Calendar { months: 24 }));
        assert!(matches!(read("2027-03"), Ok(Literal::Month { year: 2027, month: 3 })));
        assert!(read("2027-02-30").is_err());
        assert!(read("24:00").is_err());
        assert!(read("99999999999999999999999999999999999999999999").is_err());
    }
}
