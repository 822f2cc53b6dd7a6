//! The written story of one person, in YAML:
//!
//! ```yaml
//! who: Layla
//! lives: Asia/Riyadh
//! traits: { country: SA }
//! happens:
//!   - 2026-12-03 23:40: newsletter_subscribed
//!   - +3d: order_completed
//!   - +5d 10:00: { photo_shared: { order_id: "A1" } }
//! ```
//!
//! `+3d` is three days after the first thing that happens, `+3d 10:00` ten o'clock of that day where the person lives.
//! Names are those of events; `enters store.loyal`, `enters circle.icon` and `leaves gift_buyers` tell what no event says.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json};

use crate::diagnostic::Message;
use crate::model::faults::nearest;
use crate::model::{DeclId, Kind, Model};
use crate::say;

/// The most that happens in one story.
pub const MAX_HAPPENINGS: usize = 10_000;

/// What one person is and does.
#[derive(Clone, Debug)]
pub struct Story {
    /// What the person is called.
    pub who: String,
    /// Where the person lives.
    pub zone: TimeZone,
    /// What is known of the person, by the names of traits.
    pub traits: Map<String, Json>,
    /// The segments that the person is in or not, where the story says so, by path.
    pub segments: BTreeMap<String, bool>,
    /// The arms that the person is dealt to, from one, by the paths of splits.
    pub arms: BTreeMap<String, usize>,
    /// Whether the person is held out.
    pub held_out: bool,
    /// What happens, in order.
    pub happens: Vec<Happening>,
}

/// Something that happens.
#[derive(Clone, Debug)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What,
}

/// What happens.
#[derive(Clone, Debug)]
pub enum What {
    /// An event, with its properties.
    Event(DeclId, Map<String, Json>),
    /// A stage, a segment or a tier is entered.
    Enters(DeclId),
    /// A segment or a tier is left.
    Leaves(DeclId),
}

/// The words of a story.
const WORDS: &[&str] = &["who", "lives", "traits", "in", "arms", "held_out", "happens"];

impl Story {
    /// Reads a story; what is wrong with it is said in one sentence.
    pub fn parse(model: &Model<'_>, zone: &TimeZone, text: &str) -> Result<Self, Message> {
        let read: Json = serde_yaml::from_str(text).map_err(|error| say!("the story is not YAML: {error}", error))?;
        let Json::Object(fields) = read else {
            return Err(say!("a story is a list of `who`, `lives` and what `happens`"));
        };
        for word in fields.keys() {
            known(word, WORDS)?;
        }
        let zone = match fields.get("lives") {
            None => zone.clone(),
            Some(own) => own
                .as_str()
                .and_then(|name| TimeZone::get(name).ok())
                .ok_or_else(|| say!("`lives` is a time zone such as Asia/Riyadh, not `{own}`", own))?,
        };
        let mut story = Self {
            who: fields.get("who").map(spelled).unwrap_or_default(),
            traits: object(&fields, "traits")?,
            segments: flags(model, &fields)?,
            arms: arms(model, &fields)?,
            held_out: fields.get("held_out").and_then(Json::as_bool).unwrap_or_default(),
            happens: Vec::new(),
            zone,
        };
        for name in story.traits.keys() {
            if model.trait_named(name).is_none() {
                let traits = model.nodes(Kind::Trait).map(|own| own.name().to_owned()).collect::<Vec<_>>();
                return Err(unknown(&say!("there is no trait `{name}`", name), name, &traits));
            }
        }
        story.happens = happenings(model, &story.zone, fields.get("happens"))?;
        Ok(story)
    }
}

fn known(word: &str, words: &[&str]) -> Result<(), Message> {
    if words.contains(&word) {
        return Ok(());
    }
    let words: Vec<String> = words.iter().map(|own| (*own).to_owned()).collect();
    Err(unknown(&say!("a story has no `{word}`", word), word, &words))
}

/// A name that is not there, with the nearest one that is.
fn unknown(what: &Message, name: &str, all: &[String]) -> Message {
    match nearest(name, all.iter().map(String::as_str)) {
        Some(right) => say!("{what}; did you mean `{right}`?", what, right),
        None => what.clone(),
    }
}

fn spelled(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn object(fields: &Map<String, Json>, word: &str) -> Result<Map<String, Json>, Message> {
    match fields.get(word) {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(own)) => Ok(own.clone()),
        Some(_) => Err(say!("`{word}` is a list of names with values: `{word}: { a: 1 }`", word)),
    }
}

fn flags(model: &Model<'_>, fields: &Map<String, Json>) -> Result<BTreeMap<String, bool>, Message> {
    let mut flags = BTreeMap::new();
    for (name, holds) in object(fields, "in")? {
        let own = find(model, &[Kind::Segment, Kind::Antisegment, Kind::Tier], &name)?;
        let holds = holds.as_bool().ok_or_else(|| say!("`in: {name}` is true or false", name))?;
        flags.insert(model.path(own), holds);
    }
    Ok(flags)
}

fn arms(model: &Model<'_>, fields: &Map<String, Json>) -> Result<BTreeMap<String, usize>, Message> {
    let mut arms = BTreeMap::new();
    for (name, number) in object(fields, "arms")? {
        let own = find(model, &[Kind::Split], &name)?;
        let number = number.as_u64().and_then(|own| usize::try_from(own).ok()).filter(|own| *own > 0);
        let number = number.ok_or_else(|| say!("`arms: {name}` is the number of an arm, from 1", name))?;
        arms.insert(model.path(own), number);
    }
    Ok(arms)
}

/// The declaration of some kinds that a path or a name means.
fn find(model: &Model<'_>, kinds: &[Kind], name: &str) -> Result<DeclId, Message> {
    // What the project declares comes before what the standard library does.
    let of = |kind: &Kind| {
        let std = model.all_of_kind(*kind).iter().copied().filter(|id| model.is_std(*id));
        model.of_kind(*kind).chain(std).map(|id| model.node(id)).collect::<Vec<_>>()
    };
    let all = || kinds.iter().flat_map(of);
    let found = all().find(|own| own.path() == name).or_else(|| all().find(|own| own.name() == name));
    found.map(|own| own.id).ok_or_else(|| {
        let names: Vec<String> = all().map(crate::model::walk::Node::path).collect();
        let kind = kinds[0].word();
        unknown(&say!("there is no {kind} `{name}`", kind, name), name, &names)
    })
}

fn happenings(model: &Model<'_>, zone: &TimeZone, own: Option<&Json>) -> Result<Vec<Happening>, Message> {
    let shape = || say!("`happens` is a list of moments and events: `- 2026-12-03 23:40: signed_up`");
    let Some(Json::Array(entries)) = own else { return Err(shape()) };
    if entries.len() > MAX_HAPPENINGS {
        return Err(say!("a story has at most {MAX_HAPPENINGS} happenings", MAX_HAPPENINGS));
    }
    let mut happens: Vec<Happening> = Vec::new();
    for entry in entries {
        let entry = entry.as_object().filter(|own| own.len() == 1).ok_or_else(shape)?;
        let (when, what) = entry.iter().next().ok_or_else(shape)?;
        let at = moment(when, zone, happens.first().map(|own| own.at))?;
        happens.push(Happening { at, what: read(model, what)? });
    }
    happens.sort_by_key(|own| own.at);
    Ok(happens)
}

/// `2026-12-03 23:40`, or `+3d`, `+2h`, `+3d 10:00` after the first.
fn moment(text: &str, zone: &TimeZone, first: Option<Timestamp>) -> Result<Timestamp, Message> {
    let fault = || say!("`{text}` is no moment; write `2026-12-03 23:40`, or `+3d` after the first", text);
    let Some(after) = text.strip_prefix('+') else {
        let text = text.trim().replace(' ', "T");
        let at: DateTime = text
            .parse()
            .or_else(|_| text.parse::<Date>().map(|day| day.to_datetime(Time::midnight())))
            .map_err(|_| fault())?;
        return zone.to_timestamp(at).map_err(|_| fault());
    };
    let first = first.ok_or_else(|| say!("the first thing of a story happens on a day: `2026-12-03 23:40`"))?;
    let (length, clock) = after.trim().split_once(' ').map_or((after.trim(), None), |(a, b)| (a, Some(b)));
    let at = first.checked_add(SignedDuration::from_secs(seconds(length).ok_or_else(fault)?)).map_err(|_| fault())?;
    let Some(clock) = clock else { return Ok(at) };
    let time: Time = clock.trim().parse().map_err(|_| fault())?;
    zone.to_timestamp(zone.to_datetime(at).date().to_datetime(time)).map_err(|_| fault())
}

/// A length of time as specs write it.
fn seconds(text: &str) -> Option<i64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let count: i64 = text[..digits].parse().ok()?;
    let unit = match &text[digits..] {
        "s" => 1,
        "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    count.checked_mul(unit)
}

fn read(model: &Model<'_>, what: &Json) -> Result<What, Message> {
    match what {
        Json::String(name) => named(model, name, Map::new()),
        Json::Object(one) if one.len() == 1 => {
            let (name, properties) = one.iter().next().ok_or_else(Message::default)?;
            match properties {
                Json::Object(properties) => named(model, name, properties.clone()),
                Json::Null => named(model, name, Map::new()),
                _ => Err(say!("the properties of `{name}` are names with values: `{name}: { total: 120 }`", name)),
            }
        }
        _ => Err(say!("what happens is an event, or an event with properties: `signed_up: { name: x }`")),
    }
}

fn named(model: &Model<'_>, name: &str, properties: Map<String, Json>) -> Result<What, Message> {
    const PLACES: &[Kind] = &[Kind::Stage, Kind::Segment, Kind::Antisegment, Kind::Tier];
    let name = name.trim();
    if let Some(place) = name.strip_prefix("enters ") {
        return find(model, PLACES, place.trim()).map(What::Enters);
    }
    if let Some(place) = name.strip_prefix("leaves ") {
        return find(model, PLACES, place.trim()).map(What::Leaves);
    }
    let wire = model.events().find(|own| own.wire_name(None) == name && !model.is_std(own.id));
    match wire {
        Some(event) => Ok(What::Event(event.id, properties)),
        None => find(model, &[Kind::Event], name).map(|event| What::Event(event, properties)),
    }
}
