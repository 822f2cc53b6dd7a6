//! Synthetic logs for demos, tests and benchmarks: people who do what a spec plans, drawn from its rates, its channels and
//! the times it gives. The same spec, seed and size give the same events on every machine.
//!
//! ```text
//! draw        random numbers, whole ones only, a stream for each person
//! body        the properties of events
//! vocabulary  events that satisfy what stages ask for, and their classes
//! channels    who brings people, and what that costs
//! journey     where lives begin and which ways they take
//! walk        one life, event by event
//! beside      what people do that changes nothing of what is reached
//! post        the messages they get, and what becomes of them
//! write       a log as JSON Lines, CSV or Parquet
//! ```

mod beside;
mod body;
mod channels;
mod draw;
mod journey;
mod post;
mod vocabulary;
mod walk;
pub mod write;

use funnelc_engine::definition::Definition;
use funnelc_engine::fold::Rules;
use funnelc_engine::history::Keeping;
use rayon::prelude::*;

use crate::plan::Plan;
pub use channels::Spent;
use journey::{Newcomer, World};
pub use post::Post;
use vocabulary::Vocabulary;
use walk::Life;

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400 * MICROS;

/// People that are drawn together: enough to keep the cores busy, few enough to stay small in memory.
const CHUNK: u64 = 8_192;

/// Those who are invited are at most so many times as many as those who come by themselves: a plan may let them grow for
/// ever.
pub const GROWTH: u64 = 10;

/// What to draw.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many people begin a journey, besides those whom others invite.
    pub people: u64,
    /// Another number gives other people.
    pub seed: u64,
    /// When the first ones begin, in microseconds since 1970.
    pub from: i64,
    /// In how many days they all begin and everything happens that is in the log.
    pub days: u32,
}

/// An event of a log.
#[derive(Clone, Debug)]
pub struct Happened {
    /// The number of the person, or of the account.
    pub person: u64,
    /// Which person of the account it was.
    pub who: u64,
    /// Whether the person is known by more than a browser.
    pub is_known: bool,
    /// The number of the event among all of the person's.
    pub number: usize,
    /// When, in microseconds since 1970.
    pub time: i64,
    /// Its name on the wire.
    pub name: String,
    /// Its properties.
    pub properties: serde_json::Map<String, serde_json::Value>,
}

/// What a sample came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drawn {
    /// Events in the log.
    pub events: u64,
    /// People whom others invited.
    pub invited: u64,
    /// People who would have been invited, had there not been so many already.
    pub uninvited: u64,
    /// Transitions that people took.
    pub taken: u64,
    /// Transitions that were drawn, but for which no moment was found that gives them alone; such people stay.
    pub missed: u64,
}

/// Why nothing can be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// No journey begins by an event.
    NoStart,
}

/// Draws a log, some thousand people at a time, and hands it on in order; stops at the first error of whoever takes it.
/// Messages are drawn where something sends them.
pub fn sample<E>(
    plan: &Plan,
    definition: &Definition,
    options: Options,
    post: Option<&dyn Post>,
    mut take: impl FnMut(&[Happened]) -> Result<(), E>,
) -> Result<Result<Drawn, E>, Nothing> {
    let vocabulary = Vocabulary::of(plan, definition);
    let until = options.from.saturating_add(i64::from(options.days) * DAY);
    let keeping = Keeping::of(definition);
    let rules = Rules::new(definition, &vocabulary.classes, &keeping, (i64::MIN, i64::MAX));
    let channels = channels::all(plan);
    let time = (options.from, until - options.from);
    let world = World::new((plan, definition), &vocabulary, &channels, &rules, time, post);
    if world.is_empty() {
        return Err(Nothing::NoStart);
    }
    let mut drawn = Drawn::default();
    let mut first = 0;
    while first < options.people {
        let last = options.people.min(first + CHUNK);
        let mut wave: Vec<Newcomer> = (first..last).map(|number| Newcomer { number, invited: None }).collect();
        first = last;
        while !wave.is_empty() {
            let some = wave.split_off(wave.len().saturating_sub(CHUNK as usize));
            let lives: Vec<_> = some.into_par_iter().map(|own| (own, world.life(options.seed, own))).collect();
            let mut events = Vec::new();
            for (own, life) in lives {
                drawn.taken += life.taken;
                drawn.missed += life.missed;
                for invited in life.invited.iter().filter(|own| own.time <= until) {
                    if drawn.invited == options.people.saturating_mul(GROWTH) {
                        drawn.uninvited += 1;
                        continue;
                    }
                    wave.push(Newcomer { number: options.people + drawn.invited, invited: Some(*invited) });
                    drawn.invited += 1;
                }
                events.extend(seen(own.number, life, until));
            }
            drawn.events += events.len() as u64;
            if let Err(error) = take(&events) {
                return Ok(Err(error));
            }
        }
    }
    Ok(Ok(drawn))
}

/// The events of a life up to the end of the log.
fn seen(person: u64, life: Life, until: i64) -> impl Iterator<Item = Happened> {
    life.events.into_iter().enumerate().filter(move |(_, own)| own.time <= until).map(move |(number, own)| Happened {
        person,
        who: own.who,
        is_known: own.is_known,
        number,
        time: own.time,
        name: own.said.name,
        properties: own.said.body,
    })
}

/// What channels with a budget cost on the days of a sample.
pub fn spend(plan: &Plan, options: Options) -> Vec<Spent> {
    let day = |number: i64| {
        let moment = jiff::Timestamp::from_microsecond(options.from.saturating_add(number * DAY));
        moment.map(|moment| moment.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
    };
    channels::spend(&channels::all(plan), options.seed, (0..i64::from(options.days)).map(day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::levels::Levels;

    #[test]
    fn people_are_drawn() {
        let text = "event seen { sent_by web }\nevent bought { sent_by web }\nfunnel f : standard {\n  window 30d\n  \
                    stage a : top { enter seen }\n  stage b : bottom { enter bought; converts }\n  a -> b rate 50% within 7d\n}\n";
        let sources = crate::book::sources(text);
        let compilation = crate::compile(&sources, &Levels::default());
        let plan = crate::plan::plan(&compilation.model);
        let lowered = crate::measure::definition(&compilation.model).expect("a definition");
        let options = Options { people: 100, seed: 1, from: 0, days: 100 };
        let mut names = std::collections::BTreeMap::<String, u32>::new();
        let drawn = sample(&plan, &lowered.definition, options, None, |events| {
            events.iter().for_each(|event| *names.entry(event.name.clone()).or_default() += 1);
            Ok::<(), ()>(())
        });
        let drawn = drawn.expect("a start").expect("no error");
        // What would happen after the last day is not in the log.
        assert!(drawn.taken >= u64::from(names["bought"]), "{drawn:?}");
        assert_eq!(names["seen"], 100);
        assert!((30..70).contains(&names["bought"]), "{names:?}");
    }
}
