//! What is kept of an event, by person. People are spread over partitions, each small enough to be worked on at once;
//! where memory is short, what is there goes to disk until its partition's turn comes.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use hashbrown::HashTable;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::cell::Cell;
use crate::identity::Key;
use crate::system::Scratch;

/// An event: who, when, of which class. 24 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The first part of the person's key.
    pub hi: u64,
    /// Microseconds since 1970 in UTC.
    pub time: i64,
    /// The second part of the person's key.
    pub lo: u32,
    /// The class of the event.
    pub class: u32,
}

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
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// The place of the stretch in the log.
    pub order: u64,
    /// The events in the order of the log.
    pub rows: Vec<Row>,
    /// What is kept of those whose class says so, in the same order.
    pub kept: Vec<Kept>,
}

#[derive(Debug, Default)]
struct Partition {
    blocks: Vec<Block>,
    spilled: Vec<Spilled>,
}

#[derive(Debug)]
struct Spilled {
    order: u64,
    rows: usize,
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

    /// The partition of a person.
    pub fn partition(&self, key: Key) -> usize {
        (key.hi >> self.shift) as usize
    }

    /// Takes the blocks of one stretch of a log, one for each partition.
    pub fn add(&self, blocks: Vec<Block>) -> io::Result<()> {
        for (at, block) in blocks.into_iter().enumerate().filter(|(_, block)| !block.rows.is_empty()) {
            self.held.fetch_add(block.bytes(), Ordering::Relaxed);
            lock(&self.partitions[at]).blocks.push(block);
        }
        if self.held.load(Ordering::Relaxed) > self.limit { self.spill() } else { Ok(()) }
    }

    fn spill(&self) -> io::Result<()> {
        let mut scratch = lock(&self.scratch);
        if scratch.is_none() {
            *scratch = Some(Scratch::new()?);
        }
        let Some(scratch) = scratch.as_ref() else { return Ok(()) };
        for (at, partition) in self.partitions.iter().enumerate() {
            let mut partition = lock(partition);
            for block in std::mem::take(&mut partition.blocks) {
                self.held.fetch_sub(block.bytes(), Ordering::Relaxed);
                let bytes = encode(&block);
                let start = scratch.append(&at.to_string(), &bytes)?;
                self.spilled.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                partition.spilled.push(Spilled {
                    order: block.order,
                    rows: block.rows.len(),
                    start,
                    length: bytes.len(),
                });
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
                blocks.push(decode(own.order, own.rows, &bytes).ok_or_else(damaged)?);
            }
        }
        blocks.sort_by_key(|block| block.order);
        Ok(blocks)
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
        (self.rows.capacity() * size_of::<Row>() + kept) as u64
    }
}

fn encode(block: &Block) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(block.rows.len() * 24);
    for row in &block.rows {
        bytes.extend(row.hi.to_le_bytes());
        bytes.extend(row.time.to_le_bytes());
        bytes.extend(row.lo.to_le_bytes());
        bytes.extend(row.class.to_le_bytes());
    }
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
    bytes
}

fn decode(order: u64, rows: usize, bytes: &[u8]) -> Option<Block> {
    let mut at = Bytes(bytes);
    let mut row = || {
        Some(Row {
            hi: u64::from_le_bytes(at.take()?),
            time: i64::from_le_bytes(at.take()?),
            lo: u32::from_le_bytes(at.take()?),
            class: u32::from_le_bytes(at.take()?),
        })
    };
    let rows: Vec<Row> = (0..rows).map(|_| row()).collect::<Option<_>>()?;
    let mut kept = Vec::new();
    while !at.0.is_empty() {
        let length = u32::from_le_bytes(at.take()?);
        kept.push((0..length).map(|_| value(&mut at)).collect::<Option<Kept>>()?);
    }
    Some(Block { order, rows, kept })
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

/// The events of a partition, person by person in the order they first appear.
#[derive(Debug, Default)]
pub struct People {
    events: Vec<Event>,
    /// Where each person's events begin, and the end.
    starts: Vec<u32>,
    /// What is kept of events.
    pub kept: Vec<Kept>,
    keys: Vec<Key>,
}

impl People {
    /// Gathers them; `keeps` tells of which classes something is kept.
    pub fn of(blocks: Vec<Block>, keeps: &[bool]) -> Self {
        let total: usize = blocks.iter().map(|block| block.rows.len()).sum();
        let mut index: HashTable<u32> = HashTable::with_capacity(total / 16 + 16);
        let (mut keys, mut counts, mut people): (Vec<Key>, Vec<u32>, Vec<u32>) =
            (Vec::new(), Vec::new(), Vec::with_capacity(total));
        for row in blocks.iter().flat_map(|block| &block.rows) {
            let key = Key { hi: row.hi, lo: row.lo };
            let hash = |own: u32| keys[own as usize].hi.rotate_left(32);
            let person = *index
                .entry(row.hi.rotate_left(32), |own| keys[*own as usize] == key, |own| hash(*own))
                .or_insert(keys.len() as u32)
                .get();
            if person as usize == keys.len() {
                keys.push(key);
                counts.push(0);
            }
            counts[person as usize] += 1;
            people.push(person);
        }
        let mut starts = Vec::with_capacity(keys.len() + 1);
        let mut sum = 0;
        starts.push(0);
        for count in &counts {
            sum += count;
            starts.push(sum);
        }
        let mut places = starts.clone();
        let mut events = vec![Event { time: 0, class: 0, kept: NOTHING }; total];
        let mut all = Vec::new();
        let mut people = people.into_iter();
        for block in blocks {
            let mut kept = block.kept.into_iter();
            for (row, person) in block.rows.iter().zip(&mut people) {
                let mut event = Event { time: row.time, class: row.class, kept: NOTHING };
                if keeps[row.class as usize] {
                    event.kept = all.len() as u32;
                    all.extend(kept.next());
                }
                let place = &mut places[person as usize];
                events[*place as usize] = event;
                *place += 1;
            }
        }
        Self { events, starts, kept: all, keys }
    }

    /// How many people there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The events of a person, in the order of the log, and what is kept of all.
    pub fn person(&mut self, at: usize) -> (&mut [Event], &[Kept]) {
        let range = self.starts[at] as usize..self.starts[at + 1] as usize;
        (&mut self.events[range], &self.kept)
    }

    /// The key of a person.
    pub fn key(&self, at: usize) -> Key {
        self.keys[at]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(order: u64) -> Block {
        let row = |n: u64| Row { hi: (n % 3) << 40, time: n.cast_signed(), lo: 7, class: (n % 2) as u32 };
        let rows: Vec<Row> = (order * 10..order * 10 + 10).map(row).collect();
        let kept = rows.iter().filter(|row| row.class == 1).map(|row| {
            let values = [Value::Number(Decimal::new(row.time, 2)), Value::Text("ü".into()), Value::None];
            Kept::from(values)
        });
        Block { order, kept: kept.collect(), rows }
    }

    #[test]
    fn what_goes_to_disk_comes_back_as_it_was() {
        let own = block(3);
        let back = decode(3, own.rows.len(), &encode(&own)).unwrap();
        assert_eq!((back.rows, back.kept), (own.rows, own.kept));
        assert!(decode(3, 10, &encode(&block(3))[..200]).is_none());
    }

    #[test]
    fn memory_that_is_short_changes_nothing() {
        let people = |limit: u64| {
            let store = Store::new(1, limit);
            for order in [2, 0, 1] {
                store.add(vec![block(order), Block::default()]).unwrap();
            }
            assert_eq!(store.spilled.load(Ordering::Relaxed) > 0, limit == 0);
            People::of(store.take(0).unwrap(), &[false, true])
        };
        let (all, spilled) = (people(u64::MAX), people(0));
        assert_eq!((&all.events, &all.starts, &all.kept), (&spilled.events, &spilled.starts, &spilled.kept));
        assert_eq!(all.len(), 3);
        assert!(all.events[..10].is_sorted_by_key(|event| event.time));
    }
}
