//! Sets of values of one variable: words, finite or all but some, and unions of intervals with exact ends.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

/// An end of an interval with whether it is included; `None` is infinity.
pub type End = Option<(Decimal, bool)>;

/// From one end to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// The lower end.
    pub low: End,
    /// The upper end.
    pub high: End,
}

impl Interval {
    /// Every number.
    pub const ALL: Self = Self { low: None, high: None };

    /// One number.
    pub const fn point(at: Decimal) -> Self {
        Self::closed(at, at)
    }

    /// From one number to another, both included.
    pub const fn closed(from: Decimal, to: Decimal) -> Self {
        Self { low: Some((from, true)), high: Some((to, true)) }
    }

    fn is_empty(self) -> bool {
        let (Some((low, low_in)), Some((high, high_in))) = (self.low, self.high) else { return false };
        low > high || (low == high && !(low_in && high_in))
    }

    fn meet(self, other: Self) -> Self {
        let tighter = |a: End, b: End, wins: fn(Decimal, Decimal) -> bool| match (a, b) {
            (None, end) | (end, None) => end,
            (Some((x, x_in)), Some((y, y_in))) if x == y => Some((x, x_in && y_in)),
            (Some((x, _)), Some((y, _))) => {
                if wins(x, y) {
                    a
                } else {
                    b
                }
            }
        };
        Self { low: tighter(self.low, other.low, |x, y| x > y), high: tighter(self.high, other.high, |x, y| x < y) }
    }

    /// The same whole numbers, with closed ends.
    fn whole(self) -> Self {
        let low = self.low.map(|(at, is_in)| {
            let up = if is_in { at.ceil() } else { at.floor().saturating_add(Decimal::ONE) };
            (up, true)
        });
        let high = self.high.map(|(at, is_in)| {
            let down = if is_in { at.floor() } else { at.ceil().saturating_sub(Decimal::ONE) };
            (down, true)
        });
        Self { low, high }
    }

    /// A number in it, as plain as possible.
    fn pick(self) -> Option<Decimal> {
        match (self.low, self.high) {
            (Some((low, true)), _) => Some(low),
            (_, Some((high, true))) => Some(high),
            (Some((low, false)), None) => low.checked_add(Decimal::ONE),
            (None, Some((high, false))) => high.checked_sub(Decimal::ONE),
            (None, None) => Some(Decimal::ZERO),
            (Some((low, false)), Some((high, false))) => between(low, high),
        }
    }
}

/// A number strictly between two others: the next whole one, or the middle.
fn between(low: Decimal, high: Decimal) -> Option<Decimal> {
    let next = low.floor().checked_add(Decimal::ONE)?;
    let middle = || low.checked_add(high.checked_sub(low)?.checked_div(Decimal::TWO)?);
    let found = if next < high { Some(next) } else { middle() };
    found.filter(|at| low < *at && *at < high)
}

/// Values of one variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Set {
    /// These words, or all but these.
    Words {
        /// Whether the words are those that are not in it.
        all_but: bool,
        /// The words.
        words: BTreeSet<String>,
    },
    /// Intervals, ascending and disjoint.
    Numbers(Vec<Interval>),
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A word or a text.
    Word(String),
    /// A number: of days for dates, of seconds for times, 0.1 for 10%.
    Number(Decimal),
}

/// What values a variable can have at all.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Universe {
    /// These words.
    OneOf(Vec<String>),
    /// Any text.
    Texts,
    /// Numbers.
    Numbers {
        /// Only whole ones.
        whole: bool,
        /// Between these.
        bounds: Interval,
    },
}

/// How a value is written in a spec.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scale {
    /// `"US"`
    Quoted,
    /// `reseller`
    Bare,
    /// `3`
    Number,
    /// `10%`
    Percent,
    /// `3 USD`
    Money(String),
    /// `3d`
    Duration,
    /// `2027-03-31`
    Day,
    /// `21:00`
    Clock,
    /// Time in a place; below zero outside it.
    Dwell,
    /// Something that holds or not and of which no more is known.
    Claim,
}

/// A variable: what it is called, what values it can have and how they are written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Domain {
    /// Its name in a spec.
    pub name: String,
    /// What values it can have.
    pub universe: Universe,
    /// How they are written.
    pub scale: Scale,
}

impl Set {
    /// One word.
    pub fn word(word: impl Into<String>) -> Self {
        Self::Words { all_but: false, words: BTreeSet::from([word.into()]) }
    }

    /// One interval.
    pub fn interval(interval: Interval) -> Self {
        Self::Numbers(if interval.is_empty() { Vec::new() } else { vec![interval] })
    }

    /// What is in both.
    #[must_use]
    pub fn meet(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Words { all_but, words }, Self::Words { all_but: other_but, words: others }) => {
                meet_words(*all_but, words, *other_but, others)
            }
            (Self::Numbers(own), Self::Numbers(others)) => Self::Numbers(meet_intervals(own, others)),
            // Values of different kinds are never equal.
            _ => Self::Numbers(Vec::new()),
        }
    }

    /// What is not in it.
    #[must_use]
    pub fn complement(&self) -> Self {
        match self {
            Self::Words { all_but, words } => Self::Words { all_but: !all_but, words: words.clone() },
            Self::Numbers(intervals) => Self::Numbers(gaps(intervals)),
        }
    }

    /// What is in either.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        self.complement().meet(&other.complement()).complement()
    }

    /// Takes in the values of another set.
    pub fn absorb(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::Words { all_but: false, words }, Self::Words { all_but: false, words: more }) => words.extend(more),
            (own, other) => *own = own.join(&other),
        }
    }

    /// Without the values that the variable never has.
    #[must_use]
    pub fn in_universe(&self, universe: &Universe) -> Self {
        match (self, universe) {
            (Self::Words { all_but, words }, Universe::OneOf(all)) => {
                let words = all.iter().filter(|word| words.contains(*word) != *all_but).cloned().collect();
                Self::Words { all_but: false, words }
            }
            (Self::Numbers(_), Universe::OneOf(_)) => Self::Numbers(Vec::new()),
            (Self::Numbers(intervals), Universe::Numbers { whole, bounds }) => {
                let bounded = intervals.iter().map(|interval| interval.meet(*bounds));
                let tightened = bounded.map(|interval| if *whole { interval.whole() } else { interval });
                Self::Numbers(tightened.filter(|interval| !interval.is_empty()).collect())
            }
            _ => self.clone(),
        }
    }

    /// Whether nothing is in it, once it is within its universe.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Words { all_but, words } => !all_but && words.is_empty(),
            Self::Numbers(intervals) => intervals.is_empty(),
        }
    }

    /// Whether a value is in it.
    pub fn has(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Words { all_but, words }, Value::Word(word)) => words.contains(word) != *all_but,
            (Self::Numbers(own), Value::Number(at)) => {
                own.iter().any(|interval| !interval.meet(Interval::point(*at)).is_empty())
            }
            _ => false,
        }
    }

    /// A value in it, as plain as possible.
    pub fn pick(&self) -> Option<Value> {
        match self {
            Self::Words { all_but: false, words } => words.first().cloned().map(Value::Word),
            Self::Words { all_but: true, words } => another(words).map(Value::Word),
            Self::Numbers(intervals) => intervals.iter().find_map(|interval| interval.pick()).map(Value::Number),
        }
    }
}

/// A word that is not among some.
fn another(words: &BTreeSet<String>) -> Option<String> {
    let candidates = (0..=words.len()).map(|n| if n == 0 { "other".to_owned() } else { format!("other_{n}") });
    candidates.into_iter().find(|candidate| !words.contains(candidate))
}

fn meet_words(own_but: bool, own: &BTreeSet<String>, other_but: bool, others: &BTreeSet<String>) -> Set {
    let words = match (own_but, other_but) {
        (false, false) => own.intersection(others).cloned().collect(),
        (false, true) => own.difference(others).cloned().collect(),
        (true, false) => others.difference(own).cloned().collect(),
        (true, true) => own.union(others).cloned().collect(),
    };
    Set::Words { all_but: own_but && other_but, words }
}

fn meet_intervals(own: &[Interval], others: &[Interval]) -> Vec<Interval> {
    let (mut at, mut other_at, mut met) = (0, 0, Vec::new());
    while let (Some(a), Some(b)) = (own.get(at), others.get(other_at)) {
        let both = a.meet(*b);
        if !both.is_empty() {
            met.push(both);
        }
        let a_ends_first = match (a.high, b.high) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some((x, x_in)), Some((y, y_in))) => x < y || (x == y && !x_in && y_in),
        };
        if a_ends_first { at += 1 } else { other_at += 1 }
    }
    met
}

fn gaps(intervals: &[Interval]) -> Vec<Interval> {
    let flip = |end: End| end.map(|(at, is_in)| (at, !is_in));
    let (mut from, mut found) = (Some(None), Vec::new());
    for interval in intervals {
        if let (Some(low), Some(_)) = (from, interval.low) {
            found.push(Interval { low, high: flip(interval.low) });
        }
        from = interval.high.is_some().then(|| flip(interval.high));
    }
    found.extend(from.map(|low| Interval { low, high: None }));
    found.retain(|interval| !interval.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(at: i64) -> Decimal {
        Decimal::from(at)
    }

    #[test]
    fn a_complement_keeps_every_end_on_one_side() {
        let set = Set::Numbers(vec![Interval { low: Some((n(1), true)), high: Some((n(3), false)) }]);
        let rest = set.complement();
        assert!(set.meet(&rest).is_empty());
        assert_eq!(set.join(&rest), Set::Numbers(vec![Interval::ALL]));
        assert!(rest.has(&Value::Number(n(3))) && !rest.has(&Value::Number(n(1))));
    }

    #[test]
    fn no_whole_number_lies_between_two_neighbours() {
        let open = Set::interval(Interval { low: Some((n(2), false)), high: Some((n(3), false)) });
        let whole = Universe::Numbers { whole: true, bounds: Interval::ALL };
        assert!(open.in_universe(&whole).is_empty());
        assert_eq!(open.pick(), Some(Value::Number(Decimal::new(25, 1))));
    }

    #[test]
    fn a_word_outside_a_finite_set_is_found() {
        let set = Set::word("other").complement();
        assert_eq!(set.pick(), Some(Value::Word("other_1".to_owned())));
        let closed = Universe::OneOf(vec!["other".to_owned()]);
        assert!(set.in_universe(&closed).is_empty());
    }
}
