//! Who did it: keys of people, and which of them are one person.
//!
//! A key is 96 bits: a whole number is its own key, exactly; of a text it is a hash of 95 bits, and two texts of one key
//! are less likely than a fault of the memory. No number has the key of a text.

use std::num::NonZeroU32;

use arrow_array::Array;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_128_with_seed;

use crate::cell::{Cell, Column};

/// What a person is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The number, or the first 64 bits of the hash.
    pub hi: u64,
    /// The others, of which one is set: so that no key takes no more room than a key.
    pub lo: NonZeroU32,
}

impl Key {
    /// Its first part, spread over all 64 bits, one to one (the finaliser of `SplitMix64`).
    #[inline]
    pub const fn spread(self) -> u64 {
        let mut mixed = self.hi.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The key of a value in one of the columns of identity; a text that is a whole number is that number. Nothing where the
/// value is missing or empty.
pub fn key(cell: Cell<'_>, column: u32) -> Option<Key> {
    match cell {
        Cell::Int(number) => Some(of_number(number, column)),
        Cell::Text(text) => of_text(text, column),
        Cell::Decimal(number) => of_text(&number.normalize().to_string(), column),
        Cell::Float(number) => of_text(&number.to_string(), column).filter(|_| number.is_finite()),
        Cell::Null | Cell::Bool(_) | Cell::Time(_) | Cell::Civil(_) => None,
    }
}

/// The column of identity, where there is one only, it holds whole numbers, and all of them are there.
pub fn numbers(columns: &[Column]) -> Option<&[i64]> {
    match columns {
        [Column::Int64(own)] if own.null_count() == 0 => Some(own.values()),
        _ => None,
    }
}

/// The keys of some rows: of each the first that one of the columns of identity, best first, has.
pub fn keys(columns: &[Column], rows: usize) -> Vec<Option<Key>> {
    let mut keys = columns.first().map_or_else(|| vec![None; rows], |best| of_column(best, rows));
    for (at, column) in columns.iter().enumerate().skip(1) {
        let missing = keys.iter_mut().enumerate().filter(|(_, own)| own.is_none());
        missing.for_each(|(row, own)| *own = key(column.cell(row), at as u32));
    }
    keys
}

/// The keys that the best column of identity has.
fn of_column(column: &Column, rows: usize) -> Vec<Option<Key>> {
    match column {
        Column::Missing => vec![None; rows],
        Column::TextView(own) if own.null_count() == 0 => (0..rows).map(|row| of_text(own.value(row), 0)).collect(),
        _ => (0..rows).map(|row| key(column.cell(row), 0)).collect(),
    }
}

/// What the second part of the key of a text has, and that of no number.
const OF_TEXT: NonZeroU32 = NonZeroU32::new(1 << 31).unwrap();

/// The key of a whole number.
#[inline]
pub fn of_number(number: i64, column: u32) -> Key {
    Key { hi: number.cast_unsigned(), lo: NonZeroU32::MIN.saturating_add(column) }
}

fn of_text(text: &str, column: u32) -> Option<Key> {
    if let Some(number) = canonical(text) {
        return Some(of_number(number, column));
    }
    let hash = xxh3_128_with_seed(text.as_bytes(), u64::from(column) + 1);
    (!text.is_empty()).then_some(Key { hi: hash as u64, lo: OF_TEXT | (hash >> 64) as u32 })
}

/// Characters of the longest whole number.
const MOST_DIGITS: usize = "-9223372036854775808".len();

/// The number that a text is written as, if it is written as programs write numbers.
fn canonical(text: &str) -> Option<i64> {
    if text.len() > MOST_DIGITS {
        return None;
    }
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let is_number = digits.iter().all(u8::is_ascii_digit) && (digits.first() != Some(&b'0') || text == "0");
    if is_number { text.parse().ok() } else { None }
}

/// Which lesser identities belong to which better ones: the one each was first seen together with. A lesser identity
/// never makes one person of two better ones.
#[derive(Clone, Debug, Default)]
pub struct Aliases {
    of: FxHashMap<Key, Alias>,
}

#[derive(Clone, Copy, Debug)]
struct Alias {
    time: i64,
    better: Key,
    is_shared: bool,
}

impl Aliases {
    /// An event that carries both.
    pub fn add(&mut self, lesser: Key, better: Key, time: i64) {
        let new = Alias { time, better, is_shared: false };
        self.of.entry(lesser).and_modify(|own| *own = own.with(new)).or_insert(new);
    }

    /// Adds what was found in another part of a log.
    pub fn merge(&mut self, other: &Self) {
        #[allow(clippy::iter_over_hash_type, reason = "the earliest wins in any order")]
        for (lesser, new) in &other.of {
            self.of.entry(*lesser).and_modify(|own| *own = own.with(*new)).or_insert(*new);
        }
    }

    /// The person of an identity.
    pub fn person(&self, key: Key) -> Key {
        // Each step leads to a better column, so that there are fewer steps than columns.
        let mut at = key;
        while let Some(alias) = self.of.get(&at) {
            at = alias.better;
        }
        at
    }

    /// What an identity belongs to, in one step.
    pub fn get(&self, key: Key) -> Option<Key> {
        self.of.get(&key).map(|alias| alias.better)
    }

    /// Lets the better identities that others lead to belong to the same.
    pub fn follow(&mut self, others: &Self) {
        let found: Vec<(Key, Alias)> = self.of.iter().map(|(key, alias)| (others.person(*key), *alias)).collect();
        // The earliest wins in any order.
        for (key, alias) in found {
            self.add(key, alias.better, alias.time);
        }
    }

    /// How many lesser identities were seen together with several better ones.
    pub fn shared(&self) -> u64 {
        self.of.values().filter(|alias| alias.is_shared).count() as u64
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }
}

impl Alias {
    /// The earlier of two; at equal times the smaller key, whatever the order they come in.
    fn with(self, other: Self) -> Self {
        let first = if (other.time, other.better) < (self.time, self.better) { other } else { self };
        let is_shared = self.is_shared || other.is_shared || self.better != other.better;
        Self { is_shared, ..first }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_person_in_every_form_and_another_one_in_another_column() {
        assert_eq!(key(Cell::Int(42), 0), key(Cell::Text("42"), 0));
        assert_ne!(key(Cell::Int(42), 0), key(Cell::Int(42), 1));
        assert_ne!(key(Cell::Text("042"), 0), key(Cell::Text("42"), 0));
        assert_eq!(key(Cell::Text(""), 0), None);
    }

    #[test]
    fn a_shared_device_belongs_to_the_person_it_was_first_seen_with() {
        let keys: Vec<Key> = (0..3).map(|n| of_number(n, 0)).collect();
        let device = of_number(9, 1);
        let mut aliases = Aliases::default();
        aliases.add(device, keys[1], 20);
        aliases.add(device, keys[0], 10);
        aliases.add(device, keys[2], 30);
        assert_eq!(aliases.person(device), keys[0]);
        assert_eq!(aliases.person(keys[1]), keys[1]);
        assert_eq!(aliases.shared(), 1);
    }
}
