//! A condition as a formula over independent variables and deeds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::sets::{Domain, Set};
use crate::model::DeclId;

/// What a fact is about; facts about different subjects do not depend on each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A trait of the person, or a property of the event of a filter.
    Declared(DeclId),
    /// What is known on every event: `utm_source`.
    Context(&'static str),
    /// The points of a score.
    Score(DeclId),
    /// Time in a stage.
    Place(DeclId),
    /// The channel a person is credited to: one at a time.
    Channel,
    /// Something that holds or not, told apart by what is written.
    Claim(String),
}

/// A variable: a subject, and the unit it is compared in, for amounts of two currencies say nothing of each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variable {
    /// What it is about.
    pub subject: Subject,
    /// Its unit where that is not clear from the subject.
    pub unit: String,
}

/// A variable has one of some values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fact {
    /// The variable.
    pub variable: Variable,
    /// The values.
    pub set: Set,
    /// How the variable is called and what values it can have at all.
    pub domain: Arc<Domain>,
}

/// How far back a deed counts, to the moment of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Window {
    /// Exactly so many seconds.
    Seconds(Decimal),
    /// Calendar months, whose length depends on the day.
    Months(u32),
    /// However long ago.
    Ever,
}

/// A person did an event that satisfies a filter so many times or more within a time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deed {
    /// The event.
    pub event: DeclId,
    /// Its path.
    pub name: Arc<str>,
    /// What its properties satisfy.
    pub filter: Arc<Formula>,
    /// How many times at least.
    pub times: u64,
    /// Within which time.
    pub window: Window,
}

/// A condition in which `not` stands only before deeds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Formula {
    /// Holds of everybody, or of nobody.
    Always(bool),
    /// A variable has one of some values.
    Fact(Fact),
    /// The person did something, or did not.
    Deed(Deed, bool),
    /// All of these hold.
    All(Vec<Formula>),
    /// Some of these hold.
    Any(Vec<Formula>),
}

impl Formula {
    /// What holds exactly where this does not.
    #[must_use]
    pub fn negated(&self) -> Self {
        match self {
            Self::Always(holds) => Self::Always(!holds),
            Self::Fact(fact) => Self::of_fact(Fact { set: fact.set.complement(), ..fact.clone() }),
            Self::Deed(deed, done) => Self::Deed(deed.clone(), !done),
            Self::All(members) => Self::any(members.iter().map(Self::negated).collect()),
            Self::Any(members) => Self::all(members.iter().map(Self::negated).collect()),
        }
    }

    /// A fact, or what is always so where its variable leaves no choice.
    pub fn of_fact(fact: Fact) -> Self {
        let universe = &fact.domain.universe;
        let set = fact.set.in_universe(universe);
        if set.is_empty() {
            return Self::Always(false);
        }
        if fact.set.complement().in_universe(universe).is_empty() {
            return Self::Always(true);
        }
        Self::Fact(Fact { set, ..fact })
    }

    /// All of some formulas; facts about one variable become one.
    pub fn all(members: Vec<Self>) -> Self {
        Self::combined(members, true)
    }

    /// Any of some formulas; facts about one variable become one.
    pub fn any(members: Vec<Self>) -> Self {
        Self::combined(members, false)
    }

    fn combined(members: Vec<Self>, is_all: bool) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        let mut facts: BTreeMap<Variable, Fact> = BTreeMap::new();
        for member in members {
            match (member, is_all) {
                (Self::Always(holds), _) if holds != is_all => return Self::Always(holds),
                (Self::Always(_), _) => {}
                (Self::All(inner), true) | (Self::Any(inner), false) => {
                    inner.into_iter().for_each(|inner| collect(inner, is_all, &mut facts, &mut flat));
                }
                (member, _) => collect(member, is_all, &mut facts, &mut flat),
            }
        }
        let facts: Vec<Self> = facts.into_values().map(Self::of_fact).collect();
        if facts.contains(&Self::Always(!is_all)) {
            return Self::Always(!is_all);
        }
        let facts = facts.into_iter().filter(|fact| !matches!(fact, Self::Always(_)));
        let mut members: Vec<Self> = facts.chain(flat).collect();
        members.sort();
        members.dedup();
        match members.len() {
            0 => Self::Always(is_all),
            1 => members.remove(0),
            _ if is_all => Self::All(members),
            _ => Self::Any(members),
        }
    }

    /// How many parts it has.
    pub fn size(&self) -> usize {
        match self {
            Self::All(members) | Self::Any(members) => members.iter().map(Self::size).sum::<usize>() + 1,
            Self::Deed(deed, _) => deed.filter.size() + 1,
            Self::Always(_) | Self::Fact(_) => 1,
        }
    }

    /// Every deed it asks about.
    pub fn deeds<'f>(&'f self, found: &mut Vec<&'f Deed>) {
        match self {
            Self::Deed(deed, _) => found.push(deed),
            Self::All(members) | Self::Any(members) => members.iter().for_each(|member| member.deeds(found)),
            Self::Always(_) | Self::Fact(_) => {}
        }
    }

    /// Whether one way to satisfy it lies outside of some topics: whoever is known only by those can satisfy it as well.
    /// A fact leaves some values by construction, and anything can be left undone.
    pub fn is_free_besides(&self, topics: &BTreeSet<Topic>) -> bool {
        match self {
            Self::Always(holds) => *holds,
            Self::Fact(fact) => !topics.contains(&Topic::Variable(fact.variable.clone())),
            Self::Deed(deed, done) => !done && !topics.contains(&Topic::Event(deed.event)),
            Self::Any(members) => members.iter().any(|member| member.is_free_besides(topics)),
            Self::All(_) => false,
        }
    }

    /// What it is about; formulas that share nothing cannot imply or exclude each other.
    pub fn topics(&self, found: &mut BTreeSet<Topic>) {
        match self {
            Self::Fact(fact) => drop(found.insert(Topic::Variable(fact.variable.clone()))),
            Self::Deed(deed, _) => drop(found.insert(Topic::Event(deed.event))),
            Self::All(members) | Self::Any(members) => members.iter().for_each(|member| member.topics(found)),
            Self::Always(_) => {}
        }
    }
}

/// Something a formula is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// A variable.
    Variable(Variable),
    /// What people did.
    Event(DeclId),
}

fn collect(member: Formula, is_all: bool, facts: &mut BTreeMap<Variable, Fact>, flat: &mut Vec<Formula>) {
    let Formula::Fact(fact) = member else { return flat.push(member) };
    match facts.get_mut(&fact.variable) {
        Some(known) if is_all => known.set = known.set.meet(&fact.set),
        Some(known) => known.set.absorb(fact.set),
        None => drop(facts.insert(fact.variable.clone(), fact)),
    }
}
