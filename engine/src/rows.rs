//! What is kept of an event, by person. People are spread over partitions, each small enough to be worked on at once, in
//! the processor's cache; where memory is short, what is there goes to disk until its partition's turn comes.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use hashbrown::HashTable;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::cell::Cell;
use crate::identity::Key;
use crate::pack::Form;
use crate::system::Scratch;

/// A property that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Value {
    /// There is none.
    #[default]
    None,
    /// A text.
    Text(Box<str>),
    /// A number.
    Number(Decimal),
}

impl Value {
    /// What is kept of a value.
    pub fn of(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Text(text) => Self::Text(text.into()),
            Cell::Float(number) if !number.is_finite() => Self::Text(number.to_string().into()),
            Cell::Bool(own) => Self::Text(own.to_string().into()),
            Cell::Time(micros) | Cell::Civil(micros) => Self::Number(micros.into()),
            _ => cell.number().map_or(Self::None, |number| Self::Number(number.normalize())),
        }
    }

    /// The value as a number.
    pub fn amount(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
            Self::None => None,
        }
    }

    /// The value as one of a column. Moments are kept in microseconds.
    pub fn cell(&self) -> Cell<'_> {
        match self {
            Self::None => Cell::Null,
            Self::Text(text) => Cell::Text(text),
            Self::Number(number) => {
                number.to_i64().filter(|_| number.is_integer()).map_or(Cell::Decimal(*number), Cell::Int)
            }
        }
    }
}

/// The properties that are kept of an event, in the order they are asked for.
pub type Kept = Box<[Value]>;

/// Events of one partition from one stretch of a log.
#[derive(Clone, Debug)]
pub struct Block {
    /// The place of the stretch in the log.
    order: u64,
    form: Form,
    /// The events in the order of the log, as the form writes them.
    packed: Vec<u8>,
    /// What is kept of those whose class says so, in the same order.
    kept: Vec<Kept>,
}

#[derive(Debug, Default)]
struct Partition {
    blocks: Vec<Block>,
    spilled: Vec<Spilled>,
}

#[derive(Debug)]
struct Spilled {
    order: u64,
    form: Form,
    /// Bytes of the events; what is kept follows.
    packed: usize,
    start: u64,
    length: usize,
}

/// The events of a log, by partition.
#[derive(Debug)]
pub struct Store {
    partitions: Vec<Mutex<Partition>>,
    shift: u32,
    held: AtomicU64,
    limit: u64,
    scratch: Mutex<Option<Scratch>>,
    /// Bytes that went to disk.
    pub spilled: AtomicU64,
}

/// One event of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Microseconds since 1970 in UTC.
    pub time: i64,
    /// Its class.
    pub class: u32,
    /// Index of what is kept of it, or [`NOTHING`].
    pub kept: u32,
}

/// Nothing is kept of an event.
pub const NOTHING: u32 = u32::MAX;

impl Store {
    /// A store with 2^`bits` partitions (1 to 16 bits) that holds so many bytes before it goes to disk.
    pub fn new(bits: u32, limit: u64) -> Self {
        let partitions = (0..1_usize << bits).map(|_| Mutex::default()).collect();
        Self {
            partitions,
            shift: 64 - bits,
            held: AtomicU64::new(0),
            limit,
            scratch: Mutex::default(),
            spilled: AtomicU64::new(0),
        }
    }

    /// How many partitions there are.
    pub fn len(&self) -> usize {
        self.partitions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.partitions.is_empty()
    }

    fn partition(&self, key: Key) -> usize {
        (key.spread() >> self.shift) as usize
    }

    /// Takes a block of a partition.
    pub fn add(&self, at: usize, block: Block) -> io::Result<()> {
        let bytes = block.bytes();
        lock(&self.partitions[at]).blocks.push(block);
        if self.held.fetch_add(bytes, Ordering::Relaxed) + bytes > self.limit { self.spill() } else { Ok(()) }
    }

    fn spill(&self) -> io::Result<()> {
        let mut scratch = lock(&self.scratch);
        if scratch.is_none() {
            *scratch = Some(Scratch::new()?);
        }
        let Some(scratch) = scratch.as_ref() else { return Ok(()) };
        for (at, partition) in self.partitions.iter().enumerate() {
            let mut partition = lock(partition);
            let mut bytes = Vec::new();
            let blocks = std::mem::take(&mut partition.blocks);
            for block in &blocks {
                let length = bytes.len();
                encode(block, &mut bytes);
                let (start, length) = (length as u64, bytes.len() - length);
                partition.spilled.push(Spilled {
                    order: block.order,
                    form: block.form,
                    packed: block.packed.len(),
                    start,
                    length,
                });
                self.held.fetch_sub(block.bytes(), Ordering::Relaxed);
            }
            if !blocks.is_empty() {
                let start = scratch.append(&at.to_string(), &bytes)?;
                self.spilled.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                partition.spilled.iter_mut().rev().take(blocks.len()).for_each(|own| own.start += start);
            }
        }
        Ok(())
    }

    /// Takes a partition out, its blocks in the order of the log.
    pub fn take(&self, at: usize) -> io::Result<Vec<Block>> {
        let Partition { mut blocks, spilled } = std::mem::take(&mut *lock(&self.partitions[at]));
        if !spilled.is_empty() {
            let scratch = lock(&self.scratch);
            let scratch = scratch.as_ref().ok_or_else(|| io::Error::other("what was written is gone"))?;
            for own in spilled {
                let bytes = scratch.read(&at.to_string(), own.start, own.length)?;
                let damaged = || io::Error::other("what was written to disk came back damaged");
                blocks.push(decode(&own, &bytes).ok_or_else(damaged)?);
            }
        }
        blocks.sort_by_key(|block| block.order);
        Ok(blocks)
    }
}

/// Spreads the events of a part of a log over the partitions of a store: each is written behind the last one of its
/// partition, in the block that it will be read from.
#[derive(Debug)]
pub struct Spread<'s> {
    store: &'s Store,
    /// The place of the next block in the log.
    order: u64,
    /// How all open blocks are written.
    form: Form,
    /// By partition: the bytes of its open block; none where it has none.
    open: Vec<Vec<u8>>,
    /// By partition: where the next event goes.
    ends: Vec<u16>,
    /// By partition: what is kept of the events of the open block.
    kept: Vec<Vec<Kept>>,
}

/// Bytes of a block.
const BLOCK: usize = 4_096;

impl<'s> Spread<'s> {
    /// Of the part of a log with a number.
    pub fn new(store: &'s Store, part: u64) -> Self {
        Self {
            store,
            order: part << 32,
            form: Form::NARROWEST,
            open: vec![Vec::new(); store.len()],
            ends: vec![0; store.len()],
            kept: vec![Vec::new(); store.len()],
        }
    }

    /// Takes an event of which nothing is kept.
    #[inline]
    pub fn add(&mut self, key: Key, time: i64, class: u32) -> io::Result<()> {
        let at = self.store.partition(key);
        let end = usize::from(self.ends[at]);
        let place = self.open[at].get_mut(end..).and_then(<[u8]>::first_chunk_mut);
        if place.is_some_and(|place| self.form.put(place, key, time, class)) {
            self.ends[at] += self.form.size() as u16;
            return Ok(());
        }
        self.make_room(at, key, time, class)
    }

    /// Takes an event, and what is kept of it.
    pub fn add_with(&mut self, key: Key, time: i64, class: u32, kept: Option<Kept>) -> io::Result<()> {
        self.add(key, time, class)?;
        let at = self.store.partition(key);
        self.kept[at].extend(kept);
        Ok(())
    }

    /// Opens a block for an event that fits into none, and takes it.
    #[cold]
    fn make_room(&mut self, at: usize, key: Key, time: i64, class: u32) -> io::Result<()> {
        let form = self.form.with(key, time, class);
        if form != self.form {
            (0..self.store.len()).try_for_each(|at| self.hand_over(at))?;
            self.form = form;
        }
        self.hand_over(at)?;
        self.open[at].resize(BLOCK, 0);
        self.add(key, time, class)
    }

    /// Hands the open block of a partition over.
    fn hand_over(&mut self, at: usize) -> io::Result<()> {
        let mut packed = std::mem::take(&mut self.open[at]);
        let events = usize::from(std::mem::take(&mut self.ends[at])) / self.form.size();
        if events == 0 {
            return Ok(());
        }
        packed.truncate(self.form.bytes(events));
        if packed.len() < BLOCK / 8 * 7 {
            packed.shrink_to_fit();
        }
        self.order += 1;
        let kept = std::mem::take(&mut self.kept[at]);
        self.store.add(at, Block { order: self.order, form: self.form, packed, kept })
    }

    /// Hands over what is left.
    pub fn end(mut self) -> io::Result<()> {
        (0..self.store.len()).try_for_each(|at| self.hand_over(at))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Block {
    fn bytes(&self) -> u64 {
        let text = |value: &Value| if let Value::Text(text) = value { text.len() } else { 0 };
        let kept: usize =
            self.kept.iter().map(|own| 40 + own.iter().map(|value| 24 + text(value)).sum::<usize>()).sum();
        (size_of::<Self>() + self.packed.capacity() + kept) as u64
    }
}

fn encode(block: &Block, bytes: &mut Vec<u8>) {
    bytes.extend(&block.packed);
    for own in &block.kept {
        bytes.extend((own.len() as u32).to_le_bytes());
        for value in own {
            match value {
                Value::None => bytes.push(0),
                Value::Text(text) => {
                    bytes.push(1);
                    bytes.extend((text.len() as u32).to_le_bytes());
                    bytes.extend(text.as_bytes());
                }
                Value::Number(number) => {
                    bytes.push(2);
                    bytes.extend(number.serialize());
                }
            }
        }
    }
}

fn decode(own: &Spilled, bytes: &[u8]) -> Option<Block> {
    let (packed, rest) = bytes.split_at_checked(own.packed)?;
    let mut at = Bytes(rest);
    let mut kept = Vec::new();
    while !at.0.is_empty() {
        let length = u32::from_le_bytes(at.take()?);
        kept.push((0..length).map(|_| value(&mut at)).collect::<Option<Kept>>()?);
    }
    Some(Block { order: own.order, form: own.form, packed: packed.to_vec(), kept })
}

fn value(at: &mut Bytes<'_>) -> Option<Value> {
    Some(match u8::from_le_bytes(at.take()?) {
        0 => Value::None,
        1 => {
            let length = u32::from_le_bytes(at.take()?) as usize;
            let (text, rest) = at.0.split_at_checked(length)?;
            at.0 = rest;
            Value::Text(std::str::from_utf8(text).ok()?.into())
        }
        _ => Value::Number(Decimal::deserialize(at.take()?)),
    })
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }
}

/// The events of a partition, person by person in the order they first appear. Its memory is used again.
#[derive(Debug, Default)]
pub struct People {
    known: HashTable<Known>,
    /// By row: its person.
    who: Vec<u32>,
    /// By person: what they are told by.
    keys: Vec<Key>,
    /// By person: where the next event goes; at last the end of the events.
    ends: Vec<u32>,
    events: Vec<Event>,
    kept: Vec<Kept>,
}

impl People {
    /// Gathers them; `keeps` tells of which classes something is kept.
    pub fn gather(&mut self, blocks: Vec<Block>, keeps: &[bool]) {
        self.known.clear();
        self.who.clear();
        self.keys.clear();
        self.ends.clear();
        self.kept.clear();
        for block in &blocks {
            block.form.each(&block.packed, |key, _, _| {
                let person = number(&mut self.known, key);
                self.who.push(person);
                if self.ends.len() == person as usize {
                    self.ends.push(0);
                    self.keys.push(key);
                }
                self.ends[person as usize] += 1;
            });
        }
        let mut before = 0;
        for end in &mut self.ends {
            before += std::mem::replace(end, before);
        }
        self.events.resize(before as usize, Event { time: 0, class: 0, kept: NOTHING });
        let mut who = self.who.iter();
        for block in blocks {
            let mut kept = block.kept.into_iter();
            block.form.each(&block.packed, |_, time, class| {
                let mut event = Event { time, class, kept: NOTHING };
                if keeps[class as usize] {
                    event.kept = self.kept.len() as u32;
                    self.kept.extend(kept.next());
                }
                let Some(place) = who.next().map(|person| &mut self.ends[*person as usize]) else { return };
                self.events[*place as usize] = event;
                *place += 1;
            });
        }
    }

    /// How many people there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// What a person is told by.
    pub fn key(&self, at: usize) -> Key {
        self.keys[at]
    }

    /// The events of a person, in the order of the log, and what is kept of all.
    pub fn person(&mut self, at: usize) -> (&mut [Event], &[Kept]) {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        (&mut self.events[start as usize..self.ends[at] as usize], &self.kept)
    }
}

/// Events that are put in order all at once.
const FEW: usize = 32;

/// Bits of the time in a number that is compared: the place of the event follows, below the sign.
const TIME_BITS: u32 = 26;

/// Puts events in the order of time; those of one time stay as they are.
pub fn by_time(events: &mut [Event]) {
    if events.is_sorted_by_key(|event| event.time) {
        return;
    }
    if events.len() <= FEW {
        by_rank(events);
        // Times that lie so far apart from others are told roughly.
        if events.is_sorted_by_key(|event| event.time) {
            return;
        }
    }
    events.sort_by_key(|event| event.time);
}

/// Moves a few events to the places of their ranks: each is compared with all, so that no guess of the processor can be
/// wrong, and several at once.
#[allow(clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "ranks are few")]
fn by_rank(events: &mut [Event]) {
    let mut before = [Event { time: 0, class: 0, kept: NOTHING }; FEW];
    let before = &mut before[..events.len()];
    before.copy_from_slice(events);
    let (first, last) = before.iter().fold((i64::MAX, i64::MIN), |(a, b), own| (a.min(own.time), b.max(own.time)));
    let shift = (u64::BITS - last.abs_diff(first).leading_zeros()).saturating_sub(TIME_BITS);
    let mut keys = [i32::MAX; FEW];
    for (at, (key, own)) in keys.iter_mut().zip(before.iter()).enumerate() {
        *key = ((own.time.abs_diff(first) >> shift) as i32) << 5 | at as i32;
    }
    for (some, from) in keys.as_chunks::<LANES>().0.iter().zip(before.chunks(LANES)) {
        let mut ranks = [0_i32; LANES];
        for other in &keys[..events.len()] {
            for (rank, own) in ranks.iter_mut().zip(some) {
                *rank += i32::from(other < own);
            }
        }
        for (own, rank) in from.iter().zip(ranks) {
            events[rank as usize] = *own;
        }
    }
}

/// Numbers that are compared with another at once.
const LANES: usize = 8;

/// A person of a partition.
#[derive(Clone, Copy, Debug)]
struct Known {
    key: Key,
    number: u32,
}

/// The number of a person; a new one has the next.
fn number(known: &mut HashTable<Known>, key: Key) -> u32 {
    // The first bits are those of the partition.
    let hash = |key: Key| key.spread().rotate_left(32);
    let next = known.len() as u32;
    let place = known.entry(hash(key), |own| own.key == key, |own| hash(own.key));
    place.or_insert_with(|| Known { key, number: next }).get().number
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn block(order: u64) -> Block {
        let form = Form::NARROWEST.with(Key { hi: 2 << 40, lo: NonZeroU32::MIN }, 1, 1);
        let (mut packed, mut all) = (vec![0; form.bytes(10)], Vec::new());
        for (at, n) in (order * 10..order * 10 + 10).enumerate() {
            let place = packed[at * form.size()..].first_chunk_mut().unwrap();
            form.put(place, Key { hi: (n % 3) << 40, lo: NonZeroU32::MIN }, n.cast_signed(), (n % 2) as u32);
            let kept = [Value::Number(Decimal::new(n.cast_signed(), 2)), Value::Text("ü".into()), Value::None];
            all.extend((n % 2 == 1).then(|| Kept::from(kept)));
        }
        Block { order, form, packed, kept: all }
    }

    #[test]
    fn what_goes_to_disk_comes_back_as_it_was() {
        let own = block(3);
        let mut bytes = Vec::new();
        encode(&own, &mut bytes);
        let packed = own.packed.len();
        let spilled = Spilled { order: 3, form: own.form, packed, start: 0, length: bytes.len() };
        let back = decode(&spilled, &bytes).unwrap();
        assert_eq!((back.packed, back.kept), (own.packed, own.kept));
        assert!(decode(&spilled, &bytes[..packed + 3]).is_none());
        assert!(decode(&spilled, &bytes[..packed - 1]).is_none());
    }

    #[test]
    fn blocks_that_are_full_and_forms_that_widen_lose_nothing() {
        let event = |at: i64| {
            let key = Key { hi: u64::from(at % 7 == 5), lo: NonZeroU32::MIN.saturating_add(u32::from(at > 4_000)) };
            (key, at * if at < 3_000 { 1_000_000 } else { 1 }, u32::from(at % 3 == 1))
        };
        let store = Store::new(1, u64::MAX);
        let mut spread = Spread::new(&store, 0);
        for (key, time, class) in (0..5_000).map(event) {
            spread.add_with(key, time, class, (class == 1).then(|| Kept::from([Value::Number(time.into())]))).unwrap();
        }
        spread.end().unwrap();
        let (mut found, mut people) = (Vec::new(), People::default());
        for partition in 0..2 {
            people.gather(store.take(partition).unwrap(), &[false, true]);
            for person in 0..people.len() {
                let (events, kept) = people.person(person);
                found.extend(events.iter().map(|own| (own.time, own.class, kept.get(own.kept as usize).cloned())));
                assert!(events.iter().all(|own| (own.kept == NOTHING) == (own.class != 1)));
            }
        }
        let kept = |time: i64, class| (class == 1).then(|| Kept::from([Value::Number(time.into())]));
        let mut all: Vec<_> = (0..5_000).map(event).map(|(_, time, class)| (time, class, kept(time, class))).collect();
        all.sort_by_key(|own| (own.0, own.1));
        found.sort_by_key(|own| (own.0, own.1));
        assert_eq!(found, all);
    }

    #[test]
    fn few_and_many_events_come_into_the_order_of_time() {
        for count in 0..70_u32 {
            let time = |at: u32| i64::from(at * 37 % 11) - 5;
            let mut events: Vec<Event> =
                (0..count).map(|at| Event { time: time(at), class: at, kept: NOTHING }).collect();
            let mut far = events.clone();
            by_time(&mut events);
            assert!(events.is_sorted_by_key(|event| (event.time, event.class)));
            far.iter_mut().for_each(|event| event.time -= if event.class % 5 == 0 { i64::MAX - 9 } else { 0 });
            by_time(&mut far);
            assert!(far.is_sorted_by_key(|event| (event.time, event.class)) && far.len() == count as usize);
        }
    }

    #[test]
    fn memory_that_is_short_changes_nothing() {
        let people = |limit: u64| {
            let store = Store::new(1, limit);
            for order in [2, 0, 1] {
                store.add(0, block(order)).unwrap();
            }
            assert_eq!(store.spilled.load(Ordering::Relaxed) > 0, limit == 0);
            let mut people = People::default();
            people.gather(vec![block(7)], &[false, true]);
            people.gather(store.take(0).unwrap(), &[false, true]);
            people
        };
        let (all, spilled) = (people(u64::MAX), people(0));
        assert_eq!((&all.events, &all.ends, &all.kept), (&spilled.events, &spilled.ends, &spilled.kept));
        assert_eq!(all.len(), 3);
        assert!(all.events[..10].is_sorted_by_key(|event| event.time));
    }
}
