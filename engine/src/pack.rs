//! Events in few bytes: some at a time, each part of them as narrow as they allow. People whose keys are small numbers take
//! four bytes, times four as long as they lie near each other, classes one.
//!
//! ```text
//! count, forms    one byte each
//! first           8 bytes: the earliest time
//! lo              4 bytes, where all keys are small numbers of one column
//! keys            4 bytes each, or 8 and 4
//! times           since the first: 4 bytes each, in seconds, milliseconds or microseconds, or 8 in microseconds
//! classes         1, 2 or 4 bytes each
//! ```

use std::num::NonZeroU32;

use crate::identity::Key;

/// Events that are packed together at most.
pub(crate) const MOST: usize = 16;

/// The most bytes that they take.
pub(crate) const LARGEST: usize = 14 + MOST * 24;

/// Microseconds of the units that times are told in.
const UNITS: [u64; 3] = [1_000_000, 1_000, 1];

/// Times are told exactly, in 8 bytes each.
const WIDE_TIMES: u8 = 3;
/// Keys are small numbers of one column.
const SMALL_KEYS: u8 = 1 << 2;
/// Classes take one byte, two or four.
const CLASSES: u8 = 4;

/// Events that wait to be packed.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    hi: [u64; MOST],
    lo: [u32; MOST],
    time: [i64; MOST],
    class: [u32; MOST],
}

impl Waiting {
    /// Nothing.
    pub(crate) const NONE: Self = Self { hi: [0; MOST], lo: [0; MOST], time: [0; MOST], class: [0; MOST] };

    /// Puts an event in its place, which is less than [`MOST`].
    #[inline]
    pub(crate) fn put(&mut self, at: usize, key: Key, time: i64, class: u32) {
        (self.hi[at], self.lo[at], self.time[at], self.class[at]) = (key.hi, key.lo.get(), time, class);
    }

    /// Packs the first of them behind others.
    pub(crate) fn pack(&self, count: usize, to: &mut Vec<u8>) {
        let (hi, lo, time, class) = (&self.hi[..count], &self.lo[..count], &self.time[..count], &self.class[..count]);
        let Some(first) = time.iter().min().copied() else { return };
        let is_small = hi.iter().all(|hi| u32::try_from(*hi).is_ok()) && lo.iter().all(|own| *own == lo[0]);
        let most = class.iter().copied().max().unwrap_or(0);
        let width: u8 = if most <= 0xff { 0 } else { 1 + u8::from(most > 0xffff) };
        let mut since = [0_u32; MOST];
        let unit = told_in::<{ UNITS[0] }>(first, time, &mut since)
            .or_else(|| told_in::<{ UNITS[1] }>(first, time, &mut since))
            .or_else(|| told_in::<{ UNITS[2] }>(first, time, &mut since));
        let times = unit.and_then(|unit| UNITS.iter().position(|own| *own == unit)).map_or(WIDE_TIMES, |at| at as u8);
        // Put together where it is near, and moved on at once.
        let mut bytes = Bytes { bytes: [0; LARGEST], end: 0 };
        bytes.all([count as u8, times | if is_small { SMALL_KEYS } else { 0 } | width << CLASSES].map(u8::to_le_bytes));
        bytes.all([first.to_le_bytes()]);
        if is_small {
            bytes.all([lo[0].to_le_bytes()]);
            bytes.all(hi.iter().map(|hi| (*hi as u32).to_le_bytes()));
        } else {
            bytes.all(hi.iter().map(|hi| hi.to_le_bytes()));
            bytes.all(lo.iter().map(|lo| lo.to_le_bytes()));
        }
        match unit {
            Some(_) => bytes.all(since[..count].iter().map(|since| since.to_le_bytes())),
            None => bytes.all(time.iter().map(|time| time.wrapping_sub(first).to_le_bytes())),
        }
        match width {
            0 => bytes.all(class.iter().map(|class| [*class as u8])),
            1 => bytes.all(class.iter().map(|class| (*class as u16).to_le_bytes())),
            _ => bytes.all(class.iter().map(|class| class.to_le_bytes())),
        }
        to.extend_from_slice(&bytes.bytes[..bytes.end]);
    }
}

/// The bytes of a pack.
struct Bytes {
    bytes: [u8; LARGEST],
    end: usize,
}

impl Bytes {
    #[inline]
    fn all<const N: usize>(&mut self, values: impl IntoIterator<Item = [u8; N], IntoIter: ExactSizeIterator>) {
        let values = values.into_iter();
        let end = self.end + values.len() * N;
        let places = self.bytes[self.end..end].as_chunks_mut::<N>().0;
        places.iter_mut().zip(values).for_each(|(place, value)| *place = value);
        self.end = end;
    }
}

/// Tells times since the first in a unit, if that is exact; gives the unit back.
#[inline]
fn told_in<const UNIT: u64>(first: i64, times: &[i64], since: &mut [u32; MOST]) -> Option<u64> {
    let mut is_exact = true;
    for (time, since) in times.iter().zip(since) {
        let passed = time.wrapping_sub(first).cast_unsigned();
        let told = passed / UNIT;
        is_exact &= told * UNIT == passed && u32::try_from(told).is_ok();
        *since = told as u32;
    }
    is_exact.then_some(UNIT)
}

/// Events that were packed together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pack<'a> {
    first: i64,
    /// The second part of all keys, where they are small numbers.
    lo: Option<NonZeroU32>,
    keys: &'a [u8],
    /// Microseconds of the unit of times; none where they are told exactly.
    unit: Option<u64>,
    times: &'a [u8],
    width: u8,
    classes: &'a [u8],
}

/// What is packed, one pack after the other; nothing inside where the bytes are damaged.
pub(crate) fn packs(mut bytes: &[u8]) -> impl Iterator<Item = Option<Pack<'_>>> {
    std::iter::from_fn(move || {
        if bytes.is_empty() {
            return None;
        }
        let pack = next(&mut bytes);
        if pack.is_none() {
            bytes = &[];
        }
        Some(pack)
    })
}

fn next<'a>(bytes: &mut &'a [u8]) -> Option<Pack<'a>> {
    let [count, forms] = *bytes.split_off(..2)?.first_chunk()?;
    let count = usize::from(count);
    let first = i64::from_le_bytes(*bytes.split_off(..8)?.first_chunk()?);
    let is_small = forms & SMALL_KEYS != 0;
    let lo =
        if is_small { Some(NonZeroU32::new(u32::from_le_bytes(*bytes.split_off(..4)?.first_chunk()?))?) } else { None };
    let keys = bytes.split_off(..count * if is_small { 4 } else { 12 })?;
    let unit = UNITS.get(usize::from(forms & WIDE_TIMES)).copied();
    let times = bytes.split_off(..count * if unit.is_some() { 4 } else { 8 })?;
    let width = forms >> CLASSES;
    let classes = bytes.split_off(..count << width)?;
    Some(Pack { first, lo, keys, unit, times, width, classes })
}

impl Pack<'_> {
    /// Each key, in order.
    #[inline]
    pub(crate) fn keys(&self, mut take: impl FnMut(Key)) {
        if let Some(lo) = self.lo {
            let (numbers, _) = self.keys.as_chunks::<4>();
            return numbers.iter().for_each(|number| take(Key { hi: u32::from_le_bytes(*number).into(), lo }));
        }
        let (his, los) = self.keys.split_at(self.keys.len() / 12 * 8);
        for (hi, lo) in his.as_chunks::<8>().0.iter().zip(los.as_chunks::<4>().0) {
            let lo = NonZeroU32::new(u32::from_le_bytes(*lo)).unwrap_or(NonZeroU32::MIN);
            take(Key { hi: u64::from_le_bytes(*hi), lo });
        }
    }

    /// Each time and class, in order.
    #[inline]
    pub(crate) fn events(&self, mut take: impl FnMut(i64, u32)) {
        match self.width {
            0 => self.times(self.classes.iter().map(|class| u32::from(*class)), &mut take),
            1 => {
                let classes = self.classes.as_chunks::<2>().0.iter();
                self.times(classes.map(|class| u16::from_le_bytes(*class).into()), &mut take);
            }
            _ => {
                let classes = self.classes.as_chunks::<4>().0.iter();
                self.times(classes.map(|class| u32::from_le_bytes(*class)), &mut take);
            }
        }
    }

    #[inline]
    fn times(&self, classes: impl Iterator<Item = u32>, take: &mut impl FnMut(i64, u32)) {
        if let Some(unit) = self.unit {
            let since = self.times.as_chunks::<4>().0.iter().map(|own| u64::from(u32::from_le_bytes(*own)) * unit);
            return since.zip(classes).for_each(|(since, class)| take(self.first.wrapping_add_unsigned(since), class));
        }
        let since = self.times.as_chunks::<8>().0.iter().map(|own| u64::from_le_bytes(*own));
        since.zip(classes).for_each(|(since, class)| take(self.first.wrapping_add_unsigned(since), class));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Event = (u64, u32, i64, u32);

    fn packed(events: &[Event]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for some in events.chunks(MOST) {
            let mut waiting = Waiting::NONE;
            for (at, (hi, lo, time, class)) in some.iter().enumerate() {
                waiting.put(at, Key { hi: *hi, lo: NonZeroU32::new(*lo).unwrap() }, *time, *class);
            }
            waiting.pack(some.len(), &mut bytes);
        }
        bytes
    }

    fn unpacked(bytes: &[u8]) -> Option<Vec<Event>> {
        let (mut keys, mut events) = (Vec::new(), Vec::new());
        for pack in packs(bytes) {
            let pack = pack?;
            pack.keys(|key| keys.push(key));
            pack.events(|time, class| events.push((time, class)));
        }
        Some(keys.iter().zip(events).map(|(key, (time, class))| (key.hi, key.lo.get(), time, class)).collect())
    }

    #[test]
    fn what_is_packed_comes_back_as_it_was() {
        let numbers: [u64; 4] = [0, 7, u64::from(u32::MAX), u64::MAX];
        let times = [0, 1_000_000, 1_500, 3, -1, 86_400_000_000 * 40_000, i64::MIN, i64::MAX];
        let classes = [0, 255, 256, 65_535, 65_536, u32::MAX];
        for (n, number) in numbers.into_iter().enumerate() {
            for (t, time) in times.into_iter().enumerate() {
                for (c, class) in classes.into_iter().enumerate() {
                    for count in [1, 15, 16, 17, 40] {
                        let event = |at: usize| match at % 3 {
                            0 => (number, 1, time, class),
                            1 => (numbers[n / 2], 1 + (at as u32 % 2), times[t / 2], classes[c / 2]),
                            _ => (7, 1, 5_000_000 * i64::from(at as u32), 1),
                        };
                        let events: Vec<Event> = (0..count).map(event).collect();
                        assert_eq!(unpacked(&packed(&events)).unwrap(), events);
                    }
                }
            }
        }
    }

    #[test]
    fn small_numbers_and_whole_seconds_take_ten_bytes() {
        let events: Vec<Event> = (0..1_600_u32).map(|at| (u64::from(at), 1, i64::from(at) * 1_000_000, 3)).collect();
        assert_eq!(packed(&events).len(), 1_600 * 9 + 100 * 14);
    }

    #[test]
    fn damage_is_found() {
        let bytes = packed(&[(1, 1, 1, 1), (2, 1, 2, 2)]);
        assert!((1..bytes.len()).all(|end| unpacked(&bytes[..end]).is_none()));
    }
}
