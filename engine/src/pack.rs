//! Events in few bytes. All events of a block are written in one form, as narrow as they allow: a person takes three bytes
//! or more, a time three, a class one, one event behind the other. A form only ever widens.
//!
//! ```text
//! key    3 or 4 bytes where it is a small number of the best column, 12 otherwise
//! time   3 bytes in seconds since some moment, 4 in seconds since 1970, 6 in milliseconds, 8 in microseconds
//! class  1 byte or 4
//! ```
//!
//! Memory that was never touched costs more than what is written into it.

use std::num::NonZeroU32;

use crate::identity::Key;

/// The most bytes that an event takes.
pub(crate) const LARGEST: usize = FULL_KEY + EXACT_TIME + WIDE_CLASS;

const SMALL_KEY: usize = 3;
const NUMBER_KEY: usize = 4;
const FULL_KEY: usize = 12;
const NEAR_SECONDS: usize = 3;
const SECONDS: usize = 4;
const MILLISECONDS: usize = 6;
const EXACT_TIME: usize = 8;
const NARROW_CLASS: usize = 1;
const WIDE_CLASS: usize = 4;

/// Microseconds of a second and of a millisecond.
const SECOND: u64 = 1_000_000;
const MILLISECOND: u64 = 1_000;

/// The second part of the key of a number of the best column.
const BEST: NonZeroU32 = NonZeroU32::MIN;

/// Half of the seconds that take three bytes.
const NEAR: i64 = 1 << 23;

/// How events are written: the bytes that each part of one takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// The moment since which near seconds are told: long before the first event; 0 where there was none.
    first: i64,
    key: usize,
    time: usize,
    class: usize,
}

impl Form {
    /// The one that takes least.
    pub(crate) const NARROWEST: Self = Self { first: 0, key: SMALL_KEY, time: NEAR_SECONDS, class: NARROW_CLASS };

    /// The bytes of an event.
    pub(crate) const fn size(self) -> usize {
        self.key + self.time + self.class
    }

    /// The form that holds an event too.
    pub(crate) fn with(self, key: Key, time: i64, class: u32) -> Self {
        let second = SECOND.cast_signed();
        let before = (time.div_euclid(second) - NEAR).saturating_mul(second);
        let first = if self.first == 0 { before } else { self.first };
        let keys = [SMALL_KEY, NUMBER_KEY].into_iter().filter(|bytes| *bytes >= self.key);
        let times = [NEAR_SECONDS, SECONDS, MILLISECONDS].into_iter().filter(|bytes| *bytes >= self.time);
        Self {
            first,
            key: keys.into_iter().find(|bytes| is_small(key, *bytes)).unwrap_or(FULL_KEY),
            time: times.into_iter().find(|bytes| told(time, first, *bytes).is_some()).unwrap_or(EXACT_TIME),
            class: if is_narrow(class) { self.class } else { WIDE_CLASS },
        }
    }

    /// Writes an event, if the form holds it, and says so. Only its first bytes are of meaning.
    #[inline]
    pub(crate) fn put(self, place: &mut [u8; LARGEST], key: Key, time: i64, class: u32) -> bool {
        let Some(time) = told(time, self.first, self.time) else { return false };
        if !is_small(key, self.key) || (self.class == NARROW_CLASS && !is_narrow(class)) {
            return false;
        }
        // Each part is written whole; what of it is not wanted gives way to the next.
        put(place, 0, key.hi.to_le_bytes());
        if self.key == FULL_KEY {
            put(place, 8, key.lo.get().to_le_bytes());
        }
        put(place, self.key, time.to_le_bytes());
        put(place, self.key + self.time, class.to_le_bytes());
        true
    }

    /// How many bytes events take; behind the last one there is room for one that takes most.
    pub(crate) const fn bytes(self, events: usize) -> usize {
        events * self.size() + (LARGEST - self.size())
    }

    /// Each event, in order.
    #[inline]
    pub(crate) fn each(self, bytes: &[u8], mut take: impl FnMut(Key, i64, u32)) {
        let (first, unit) = match self.time {
            NEAR_SECONDS => (self.first, SECOND),
            SECONDS => (0, SECOND),
            MILLISECONDS => (0, MILLISECOND),
            _ => (0, 1),
        };
        let (number, told, narrow) = (most(self.key.min(8)), most(self.time), most(self.class) as u32);
        let mut at = 0;
        while let Some(event) = bytes.get(at..).and_then(<[u8]>::first_chunk::<LARGEST>) {
            let lo =
                if self.key == FULL_KEY { NonZeroU32::new(get(event, 8).map_or(0, u32::from_le_bytes)) } else { None };
            let hi = get(event, 0).map_or(0, u64::from_le_bytes) & number;
            let time = (get(event, self.key).map_or(0, u64::from_le_bytes) & told) * unit;
            let class = get(event, self.key + self.time).map_or(0, u32::from_le_bytes) & narrow;
            take(Key { hi, lo: lo.unwrap_or(BEST) }, first.wrapping_add_unsigned(time), class);
            at += self.size();
        }
    }
}

/// Whether a key takes no more than so many bytes.
#[inline]
fn is_small(key: Key, bytes: usize) -> bool {
    bytes == FULL_KEY || (key.lo == BEST && key.hi <= most(bytes))
}

fn is_narrow(class: u32) -> bool {
    u8::try_from(class).is_ok()
}

/// The largest number of so many bytes, which are 8 at most.
#[inline]
const fn most(bytes: usize) -> u64 {
    u64::MAX >> (u64::BITS as usize - 8 * bytes)
}

/// A time as it is told in so many bytes, if that is exact.
#[inline]
fn told(time: i64, first: i64, bytes: usize) -> Option<u64> {
    let exactly = |time: i64, unit: u64| {
        let told = time.cast_unsigned() / unit;
        (told * unit == time.cast_unsigned() && told <= most(bytes)).then_some(told)
    };
    match bytes {
        NEAR_SECONDS => exactly(time.wrapping_sub(first), SECOND),
        SECONDS => exactly(time, SECOND),
        MILLISECONDS => exactly(time, MILLISECOND),
        _ => Some(time.cast_unsigned()),
    }
}

#[inline]
fn put<const N: usize>(place: &mut [u8; LARGEST], at: usize, bytes: [u8; N]) {
    if let Some(place) = place.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *place = bytes;
    }
}

#[inline]
fn get<const N: usize>(event: &[u8; LARGEST], at: usize) -> Option<[u8; N]> {
    event.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Event = (u64, u32, i64, u32);

    /// Events in the form that holds all of them, read again.
    fn back(events: &[Event]) -> (usize, Vec<Event>) {
        let key = |own: &Event| Key { hi: own.0, lo: NonZeroU32::new(own.1).unwrap() };
        let form = events.iter().fold(Form::NARROWEST, |form, own| form.with(key(own), own.2, own.3));
        let mut bytes = vec![0xff; form.bytes(events.len())];
        for (at, own) in events.iter().enumerate() {
            let place = bytes[at * form.size()..].first_chunk_mut().unwrap();
            assert!(form.put(place, key(own), own.2, own.3));
        }
        let mut found = Vec::new();
        form.each(&bytes, |key, time, class| found.push((key.hi, key.lo.get(), time, class)));
        (form.size(), found)
    }

    #[test]
    fn what_is_written_comes_back_as_it_was() {
        let numbers: [u64; 4] = [0, 7, u64::from(u32::MAX), u64::MAX];
        let times =
            [0, 1_000_000, 1_500_000, 1_500, 3, -1, 4_294_967_295_000_000, 4_294_967_296_000_000, i64::MIN, i64::MAX];
        let classes = [0, 255, 256, 65_535, 65_536, u32::MAX];
        for (n, number) in numbers.into_iter().enumerate() {
            for (t, time) in times.into_iter().enumerate() {
                for (c, class) in classes.into_iter().enumerate() {
                    for count in [0, 1, 5] {
                        let event = |at: usize| match at % 3 {
                            0 => (number, 1, time, class),
                            1 => (numbers[n / 2], 1 + (at as u32 % 2), times[t / 2], classes[c / 2]),
                            _ => (7, 1, 5_000_000 * i64::from(at as u32), 1),
                        };
                        let events: Vec<Event> = (0..count).map(event).collect();
                        assert_eq!(back(&events).1, events);
                    }
                }
            }
        }
    }

    #[test]
    fn an_event_takes_seven_bytes_where_it_can_and_a_form_refuses_what_it_does_not_hold() {
        let year = 31_536_000_000_000;
        assert_eq!(back(&[(1, 1, 55 * year, 3), (2, 1, 55 * year + 1_000_000, 3)]).0, 7);
        assert_eq!(back(&[(1, 1, 55 * year, 3), (1 << 24, 1, 56 * year, 3)]).0, 9);
        assert_eq!(back(&[(1, 1, 1_000, 3)]).0, 10);
        assert_eq!(back(&[(1, 2, 1, 256)]).0, 24);
        let mut place = [0; LARGEST];
        let key = |hi| Key { hi, lo: BEST };
        let form = Form::NARROWEST.with(key(1), year, 1);
        assert!(form.put(&mut place, key(0xff_ffff), year - 1_000_000, 255));
        assert!(!form.put(&mut place, key(1 << 24), year, 0));
        assert!(!form.put(&mut place, key(1), year + 1, 0));
        assert!(!form.put(&mut place, key(1), 2 * year, 0));
        assert!(!form.put(&mut place, key(1), -year, 0));
        assert!(!form.put(&mut place, key(1), year, 256));
    }
}
