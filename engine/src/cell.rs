//! One value of a column, whatever its type.

use std::cmp::Ordering;

use arrow_array::cast::AsArray;
use arrow_array::types as ty;
use arrow_array::{
    Array, ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, Float32Array, Float64Array, Int32Array,
    Int64Array, LargeStringArray, StringArray, StringViewArray, UInt64Array,
};
use arrow_schema::{DataType, TimeUnit};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use serde_json::Value as Json;

use crate::definition::{Comparison, Literal};
use crate::time::{self, Unit};

/// A value.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "named after what they are")]
pub enum Cell<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Decimal(Decimal),
    Text(&'a str),
    /// Microseconds since 1970 in UTC.
    Time(i64),
    /// Microseconds since 1970 on the clock of the project's time zone.
    Civil(i64),
}

/// A column, its type known.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "named after their types")]
pub enum Column {
    /// The log has no such column.
    Missing,
    Bool(BooleanArray),
    Int32(Int32Array),
    Int64(Int64Array),
    UInt64(UInt64Array),
    Float32(Float32Array),
    Float64(Float64Array),
    Decimal(Decimal128Array, u32),
    Text(StringArray),
    LargeText(LargeStringArray),
    TextView(StringViewArray),
    Binary(BinaryArray),
    Date(Date32Array),
    /// Times in a unit, of UTC or of the clock of the project's zone.
    Time(Int64Array, Unit, bool),
    /// Values that are told by their number.
    Keyed(Int32Array, Box<Column>),
    /// A type that holds no single value.
    Other(DataType),
}

impl Column {
    /// A column of an array.
    pub fn of(array: &ArrayRef) -> Self {
        match array.data_type() {
            DataType::Boolean => Self::Bool(array.as_boolean().clone()),
            DataType::Int8 => Self::Int32(array.as_primitive::<ty::Int8Type>().unary(i32::from)),
            DataType::Int16 => Self::Int32(array.as_primitive::<ty::Int16Type>().unary(i32::from)),
            DataType::UInt8 => Self::Int32(array.as_primitive::<ty::UInt8Type>().unary(i32::from)),
            DataType::UInt16 => Self::Int32(array.as_primitive::<ty::UInt16Type>().unary(i32::from)),
            DataType::UInt32 => Self::Int64(array.as_primitive::<ty::UInt32Type>().unary(i64::from)),
            DataType::Int32 => Self::Int32(array.as_primitive::<ty::Int32Type>().clone()),
            DataType::Int64 => Self::Int64(array.as_primitive::<ty::Int64Type>().clone()),
            DataType::UInt64 => Self::UInt64(array.as_primitive::<ty::UInt64Type>().clone()),
            DataType::Float32 => Self::Float32(array.as_primitive::<ty::Float32Type>().clone()),
            DataType::Float64 => Self::Float64(array.as_primitive::<ty::Float64Type>().clone()),
            DataType::Decimal128(_, scale) if *scale >= 0 => {
                Self::Decimal(array.as_primitive::<ty::Decimal128Type>().clone(), u32::from(scale.unsigned_abs()))
            }
            DataType::Utf8 => Self::Text(array.as_string::<i32>().clone()),
            DataType::LargeUtf8 => Self::LargeText(array.as_string::<i64>().clone()),
            DataType::Utf8View => Self::TextView(array.as_string_view().clone()),
            DataType::Binary => Self::Binary(array.as_binary::<i32>().clone()),
            DataType::Date32 => Self::Date(array.as_primitive::<ty::Date32Type>().clone()),
            DataType::Timestamp(unit, zone) => Self::time(array, *unit, zone.is_some()),
            DataType::Dictionary(key, _) if **key == DataType::Int32 => {
                let keyed = array.as_dictionary::<ty::Int32Type>();
                Self::Keyed(keyed.keys().clone(), Box::new(Self::of(keyed.values())))
            }
            other => Self::Other(other.clone()),
        }
    }

    fn time(array: &ArrayRef, unit: TimeUnit, has_zone: bool) -> Self {
        let (numbers, unit) = match unit {
            TimeUnit::Second => {
                (array.as_primitive::<ty::TimestampSecondType>().reinterpret_cast::<ty::Int64Type>(), Unit::Seconds)
            }
            TimeUnit::Millisecond => (
                array.as_primitive::<ty::TimestampMillisecondType>().reinterpret_cast::<ty::Int64Type>(),
                Unit::Milliseconds,
            ),
            TimeUnit::Microsecond => (
                array.as_primitive::<ty::TimestampMicrosecondType>().reinterpret_cast::<ty::Int64Type>(),
                Unit::Microseconds,
            ),
            TimeUnit::Nanosecond => (
                array.as_primitive::<ty::TimestampNanosecondType>().reinterpret_cast::<ty::Int64Type>(),
                Unit::Nanoseconds,
            ),
        };
        Self::Time(numbers, unit, has_zone)
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Missing | Self::Other(_) => 0,
            Self::Bool(own) => own.len(),
            Self::Int32(own) => own.len(),
            Self::Int64(own) | Self::Time(own, ..) => own.len(),
            Self::UInt64(own) => own.len(),
            Self::Float32(own) => own.len(),
            Self::Float64(own) => own.len(),
            Self::Decimal(own, _) => own.len(),
            Self::Text(own) => own.len(),
            Self::LargeText(own) => own.len(),
            Self::TextView(own) => own.len(),
            Self::Binary(own) => own.len(),
            Self::Date(own) => own.len(),
            Self::Keyed(keys, _) => keys.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row.
    pub fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Missing | Self::Other(_) => Cell::Null,
            Self::Bool(own) => get(own, row, |row| Cell::Bool(own.value(row))),
            Self::Int32(own) => get(own, row, |row| Cell::Int(i64::from(own.value(row)))),
            Self::Int64(own) => get(own, row, |row| Cell::Int(own.value(row))),
            Self::UInt64(own) => get(own, row, |row| whole(own.value(row))),
            Self::Float32(own) => get(own, row, |row| Cell::Float(f64::from(own.value(row)))),
            Self::Float64(own) => get(own, row, |row| Cell::Float(own.value(row))),
            Self::Decimal(own, scale) => get(own, row, |row| {
                Decimal::try_from_i128_with_scale(own.value(row), *scale).map_or(Cell::Null, Cell::Decimal)
            }),
            Self::Text(own) => get(own, row, |row| Cell::Text(own.value(row))),
            Self::LargeText(own) => get(own, row, |row| Cell::Text(own.value(row))),
            Self::TextView(own) => get(own, row, |row| Cell::Text(own.value(row))),
            Self::Binary(own) => {
                get(own, row, |row| std::str::from_utf8(own.value(row)).map_or(Cell::Null, Cell::Text))
            }
            Self::Date(own) => get(own, row, |row| Cell::Civil(i64::from(own.value(row)) * time::DAY)),
            Self::Time(own, unit, is_utc) => get(own, row, |row| match (unit.micros(own.value(row)), is_utc) {
                (Some(micros), true) => Cell::Time(micros),
                (Some(micros), false) => Cell::Civil(micros),
                (None, _) => Cell::Null,
            }),
            Self::Keyed(keys, values) => {
                get(keys, row, |row| usize::try_from(keys.value(row)).map_or(Cell::Null, |key| values.cell(key)))
            }
        }
    }
}

fn get<'a>(array: &dyn Array, row: usize, value: impl FnOnce(usize) -> Cell<'a>) -> Cell<'a> {
    if array.is_valid(row) { value(row) } else { Cell::Null }
}

fn whole(number: u64) -> Cell<'static> {
    i64::try_from(number).map_or_else(|_| Cell::Decimal(Decimal::from(number)), Cell::Int)
}

impl<'a> Cell<'a> {
    /// The value of a member of a JSON object; lists and objects hold no single one.
    pub fn of_json(value: Option<&'a Json>) -> Self {
        match value {
            Some(Json::String(text)) => Cell::Text(text),
            Some(Json::Bool(own)) => Cell::Bool(*own),
            Some(Json::Number(number)) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Cell::Int(whole),
                (None, Some(number)) => Cell::Float(number),
                (None, None) => Cell::Null,
            },
            _ => Cell::Null,
        }
    }

    /// The value as a number, exact where it can be; a text that is a number counts.
    pub fn number(self) -> Option<Decimal> {
        match self {
            Self::Int(number) => Some(Decimal::from(number)),
            Self::Float(number) => Decimal::from_f64(number),
            Self::Decimal(number) => Some(number),
            Self::Text(text) => {
                let text = text.trim();
                text.parse().or_else(|_| Decimal::from_scientific(text)).ok()
            }
            _ => None,
        }
    }

    /// The value as a moment; a clock's time is one of the zone.
    pub fn time(self, zone: &TimeZone) -> Option<i64> {
        match self {
            Self::Time(micros) => Some(micros),
            Self::Civil(micros) => civil(micros, zone),
            Self::Int(number) => Unit::of(number)?.micros(number),
            Self::Text(text) => match text.trim().parse::<i64>() {
                Ok(number) => Unit::of(number)?.micros(number),
                Err(_) => time::parse(text, zone),
            },
            _ => None,
        }
    }

    /// How it compares with a value; nothing where they are of two kinds or it is missing.
    pub fn compare(self, literal: &Literal, zone: &TimeZone) -> Option<Ordering> {
        match literal {
            Literal::Text(text) => match self {
                Self::Text(own) => Some(own.cmp(text.as_str())),
                Self::Int(number) => Some(number.to_string().as_str().cmp(text.as_str())),
                Self::Bool(own) => Some(own.to_string().as_str().cmp(text.as_str())),
                _ => None,
            },
            Literal::Number(number) => self.number().map(|own| own.cmp(number)),
            Literal::Bool(wanted) => match self {
                Self::Bool(own) => Some(own.cmp(wanted)),
                Self::Text("true") => Some(true.cmp(wanted)),
                Self::Text("false") => Some(false.cmp(wanted)),
                _ => None,
            },
            Literal::Time(micros) => self.time(zone).map(|own| own.cmp(micros)),
        }
    }

    /// Whether a comparison holds; of what is missing, only `!=` does.
    pub fn holds(self, comparison: Comparison, literal: &Literal, zone: &TimeZone) -> bool {
        self.compare(literal, zone).map_or(comparison == Comparison::Unequal, |order| comparison.holds(order))
    }

    /// The value as text, if it is one.
    pub fn text(self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// A time of the clock of a zone as a moment; of a time the zone has twice the first is meant.
pub fn civil(micros: i64, zone: &TimeZone) -> Option<i64> {
    if let Ok(offset) = zone.to_fixed_offset() {
        return micros.checked_sub(i64::from(offset.seconds()) * 1_000_000);
    }
    let clock = jiff::Timestamp::from_microsecond(micros).ok()?.to_zoned(TimeZone::UTC).datetime();
    Some(zone.to_ambiguous_timestamp(clock).earlier().ok()?.as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_equals_nothing_and_is_unequal_to_everything() {
        let five = Literal::Number(Decimal::from(5));
        assert!(!Cell::Null.holds(Comparison::Equal, &five, &TimeZone::UTC));
        assert!(Cell::Null.holds(Comparison::Unequal, &five, &TimeZone::UTC));
        assert!(!Cell::Null.holds(Comparison::Below, &five, &TimeZone::UTC));
    }

    #[test]
    fn numbers_are_exact_and_texts_of_them_count() {
        let fifth = Literal::Number("0.1".parse().unwrap());
        assert!(Cell::Float(0.1).holds(Comparison::Equal, &fifth, &TimeZone::UTC));
        assert!(Cell::Text("0.10").holds(Comparison::Equal, &fifth, &TimeZone::UTC));
        assert_eq!(Cell::Text("ten").number(), None);
        assert_eq!(Cell::Float(f64::NAN).number(), None);
    }
}
