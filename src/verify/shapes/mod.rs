//! The shapes of logs: where a line keeps its event's name and properties. One file and one line in [`ALL`] each.

mod csv;
pub(super) mod plain;
mod rudderstack;
mod segment;
mod snowplow;

use std::borrow::Cow;

use serde_json::{Map, Value};

/// What a key of a line holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The name of the event.
    Name,
    /// The kind of call: `track`, `page` …
    Class,
    /// The name of a page, a screen or a group, which is the event's where there is no other.
    Called,
    /// An object of properties.
    Properties,
    /// An object of traits, which are the properties of `identify` and `group`.
    Traits,
    /// A property itself.
    Property,
    /// Who it was, as a word that should tell nothing to others.
    Person,
    /// Nothing that the plan speaks of.
    Other,
}

/// A shape of a log.
#[derive(Debug)]
pub struct Shape {
    /// The word for it.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub about: &'static str,
    /// The destination whose names it has.
    pub destination: &'static str,
    /// What a key of a line holds.
    pub(super) role: fn(&str) -> Role,
    /// Whether the properties stand beside the name.
    pub(super) is_flat: bool,
    /// Whether it is a table with a header instead of JSON Lines.
    pub(super) is_table: bool,
    /// How sure it is, from 0, that a line has this shape.
    pub(super) fits: fn(&Map<String, Value>) -> u32,
}

/// The shape of tables.
pub(super) static CSV: Shape = csv::SHAPE;

/// The shape of enriched events of Snowplow, and what their rows become.
pub(super) static ENRICHED: Shape = snowplow::ENRICHED;
pub(super) static SNOWPLOW: Shape = snowplow::SHAPE;

/// Every shape, the most particular first.
pub static ALL: &[Shape] =
    &[rudderstack::SHAPE, segment::SHAPE, snowplow::SHAPE, plain::NESTED, plain::FLAT, csv::SHAPE, snowplow::ENRICHED];

impl Shape {
    /// The kind of call that a word means.
    pub(super) fn class_of(word: Cow<'_, str>) -> Cow<'_, str> {
        if word == "unstruct" { Cow::Borrowed("track") } else { word }
    }

    /// The shape of a word.
    pub fn of(word: &str) -> Option<&'static Self> {
        ALL.iter().find(|shape| shape.name == word)
    }

    /// The shape that most of some lines have.
    pub fn detect(sample: &[Map<String, Value>]) -> Option<&'static Self> {
        let sum = |shape: &Self| sample.iter().map(|line| (shape.fits)(line)).sum::<u32>();
        let mut best: Option<(&'static Self, u32)> = None;
        for shape in ALL {
            let own = sum(shape);
            if own > best.map_or(0, |(_, most)| most) {
                best = Some((shape, own));
            }
        }
        best.map(|(shape, _)| shape)
    }
}

/// How many of some keys a line has.
fn count(line: &Map<String, Value>, keys: &[&str]) -> u32 {
    keys.iter().filter(|key| line.contains_key(**key)).count() as u32
}
