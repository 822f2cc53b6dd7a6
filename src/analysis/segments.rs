//! An exact algebra of conditions. Who can belong to a segment, whether two can hold of one person, whether one contains
//! the other: each answer comes with a person who shows it.
//!
//! A condition is read ([`read`]) into a [`Formula`] over variables that do not depend on each other (traits,
//! properties, scores, places) and deeds (`did e(f) 2 times within 30d`). Deeds of one event do depend on each other: a
//! past is looked for that has all that was done and nothing that was not ([`solve`]). People are taken to have a value
//! for every trait. Where a question is too large, the answer is [`Answer::Unknown`].

pub mod formula;
pub mod read;
pub mod relations;
pub mod sets;
pub mod solve;
pub mod witness;

use std::collections::BTreeSet;

use crate::model::expr::Expr;
use crate::model::{DeclId, Model};
pub use formula::{Formula, Topic};
pub use witness::Witness;

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes: this person.
    Yes(Box<Witness>),
    /// No: nobody.
    No,
    /// Too large to tell.
    Unknown,
}

impl Answer {
    /// The person.
    pub fn witness(self) -> Option<Witness> {
        if let Self::Yes(witness) = self { Some(*witness) } else { None }
    }
}

/// Who is meant by a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(pub Formula);

impl Condition {
    /// Reads a condition of a declaration; nothing where it is broken, circular or too large.
    pub fn read<'s>(model: &Model<'s>, owner: DeclId, expr: &Expr<'s>) -> Option<Self> {
        read::Reader::new(model, owner).condition(expr).map(Self)
    }

    /// Who belongs to a segment, an antisegment, a tier or a channel.
    pub fn of(model: &Model<'_>, id: DeclId) -> Option<Self> {
        read::Reader::new(model, id).declared(id)?.map(Self)
    }

    /// Those of whom all of some conditions hold.
    pub fn all<'c>(conditions: impl IntoIterator<Item = &'c Self>) -> Self {
        Self(Formula::all(conditions.into_iter().map(|condition| condition.0.clone()).collect()))
    }

    /// Everybody else.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self(self.0.negated())
    }

    /// Whether it can hold of anybody, and of whom.
    pub fn somebody(&self) -> Answer {
        somebody(&[&self.0])
    }

    /// Whether it can fail of anybody, and of whom.
    pub fn somebody_else(&self) -> Answer {
        self.negated().somebody()
    }

    /// Whether both can hold of one person, and of whom.
    pub fn overlap(&self, other: &Self) -> Answer {
        somebody(&[&self.0, &other.0])
    }

    /// Whether there can be anybody of whom this holds and the other does not.
    pub fn beyond(&self, other: &Self) -> Answer {
        somebody(&[&self.0, &other.0.negated()])
    }

    /// Whether whoever this holds of, the other holds of too. Decided: an unknown answer is no.
    pub fn is_within(&self, other: &Self) -> bool {
        self.beyond(other) == Answer::No
    }

    /// Whether both hold of the same people. Decided: an unknown answer is no.
    pub fn equals(&self, other: &Self) -> bool {
        self.0 == other.0 || (self.is_within(other) && other.is_within(self))
    }

    /// What it is about; conditions that share nothing can always hold together, and neither contains the other unless
    /// it is empty or the other holds of everybody.
    pub fn topics(&self) -> BTreeSet<Topic> {
        let mut topics = BTreeSet::new();
        self.0.topics(&mut topics);
        topics
    }
}

/// Who belongs to a segment or antisegment, as it is kept with the model.
#[derive(Debug)]
pub struct People {
    /// Who belongs to it.
    pub condition: Condition,
    /// Whether there certainly can be somebody.
    pub exist: bool,
}

impl People {
    /// Found once for a model; nothing where the condition is broken, circular or too large.
    pub fn of<'m>(model: &'m Model<'_>, segment: DeclId) -> Option<&'m Self> {
        let find = || {
            let condition = Condition::of(model, segment)?;
            let exist = matches!(condition.somebody(), Answer::Yes(_));
            Some(Self { condition, exist })
        };
        model.people.get(&segment)?.get_or_init(find).as_ref()
    }
}

fn somebody(goals: &[&Formula]) -> Answer {
    match solve::Search::default().person(goals) {
        Ok(Some(person)) => Answer::Yes(Box::new(Witness::of(person))),
        Ok(None) => Answer::No,
        Err(solve::TooLarge) => Answer::Unknown,
    }
}

/// A person of whom two segments, antisegments, tiers or channels can hold at once; nothing where there is none or where
/// it cannot be told. A person is credited to one channel at a time, and is in one tier of a programme.
pub fn may_overlap(model: &Model<'_>, a: DeclId, b: DeclId) -> Option<Witness> {
    Condition::of(model, a)?.overlap(&Condition::of(model, b)?).witness()
}
