//! Finds a person of whom a formula holds. The search opens the alternatives one after the other, keeps what is known so
//! far as one cell (a set of values per variable, a list of deeds per event) and leaves a branch as soon as its cell is
//! empty. What it visits is the disjunctive normal form over cells; beyond [`MAX_STEPS`] of them it gives up.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Span;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::formula::{Deed, Fact, Formula, Variable, Window};
use super::sets::{Domain, Set, Value};

/// How many cells are looked at for one question.
pub const MAX_STEPS: usize = 4096;

/// How many alternatives may be open inside each other; the search keeps them on the stack.
const MAX_DEPTH: usize = 200;

/// How many filters on one event are told apart.
const MAX_FILTERS: usize = 10;

/// The question is too large to be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// What a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The event.
    pub name: Arc<str>,
    /// The properties that matter.
    pub with: Vec<(Value, Arc<Domain>)>,
    /// How many times.
    pub times: u64,
    /// How many seconds ago; none where no condition asks.
    pub ago: Option<Decimal>,
    /// Whether another time would do as well, up to `ago`.
    pub or_later: bool,
}

/// Somebody of whom a formula holds, whatever else is true of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The variables that matter.
    pub values: Vec<(Value, Arc<Domain>)>,
    /// What they did; of the events named here, nothing else.
    pub done: Vec<Done>,
    /// Events they never did.
    pub never: Vec<Arc<str>>,
}

/// What a branch knows so far.
#[derive(Clone, Default)]
struct Cell<'f> {
    facts: BTreeMap<&'f Variable, (Set, &'f Arc<Domain>)>,
    deeds: BTreeMap<&'f str, Vec<(&'f Deed, bool)>>,
}

/// Kinds of one event, told apart by the filters they satisfy.
struct Sort {
    satisfies: Vec<bool>,
    with: Vec<(Value, Arc<Domain>)>,
}

/// What is asked about one event.
struct Group<'f> {
    filters: Vec<&'f Formula>,
    sorts: Vec<Sort>,
    deeds: Vec<(&'f Deed, usize, bool)>,
}

/// Events put into a person's past.
#[derive(Clone, Copy)]
struct Placed {
    sort: usize,
    window: usize,
    times: u64,
}

/// A search with its budget.
#[derive(Default)]
pub struct Search {
    steps: usize,
}

type Found<T> = Result<Option<T>, TooLarge>;

impl Search {
    /// A person of whom all of some formulas hold.
    pub fn person(&mut self, goals: &[&Formula]) -> Found<Person> {
        self.branch(Cell::default(), goals.to_vec(), Vec::new(), 0)
    }

    fn step(&mut self) -> Result<(), TooLarge> {
        self.steps += 1;
        if self.steps > MAX_STEPS { Err(TooLarge) } else { Ok(()) }
    }

    fn branch<'f>(
        &mut self,
        mut cell: Cell<'f>,
        mut todo: Vec<&'f Formula>,
        mut open: Vec<&'f [Formula]>,
        depth: usize,
    ) -> Found<Person> {
        self.step()?;
        if depth > MAX_DEPTH {
            return Err(TooLarge);
        }
        while let Some(formula) = todo.pop() {
            match formula {
                Formula::Always(false) => return Ok(None),
                Formula::Fact(fact) if !cell.narrow(fact) => return Ok(None),
                Formula::Always(true) | Formula::Fact(_) => {}
                Formula::Deed(deed, done) => cell.deeds.entry(&*deed.name).or_default().push((deed, *done)),
                Formula::All(members) => todo.extend(members),
                Formula::Any(members) => open.push(members),
            }
        }
        open.retain(|members| !members.iter().any(|member| cell.implies(member)));
        let Some(members) = open.pop() else { return self.complete(&cell) };
        for member in members.iter().filter(|member| !cell.excludes(member)) {
            let found = self.branch(cell.clone(), vec![member], open.clone(), depth + 1)?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// The person of a cell, if one past satisfies everything it says of deeds.
    fn complete(&mut self, cell: &Cell<'_>) -> Found<Person> {
        let mut groups = Vec::new();
        for deeds in cell.deeds.values() {
            groups.push(self.group(deeds)?);
        }
        let windows: Vec<Window> = cell.deeds.values().flatten().map(|(deed, _)| deed.window).collect();
        for today in days_that_matter(&windows) {
            if let Some((done, never)) = self.past(&groups, today)? {
                let values = cell.facts.values().filter_map(|(set, domain)| Some((set.pick()?, Arc::clone(domain))));
                return Ok(Some(Person { values: values.collect(), done, never }));
            }
        }
        Ok(None)
    }

    fn past(&mut self, groups: &[Group<'_>], today: Date) -> Found<(Vec<Done>, Vec<Arc<str>>)> {
        let (mut done, mut never) = (Vec::new(), Vec::new());
        for group in groups {
            let lengths = Lengths::of(group, today);
            let mut placed = Vec::new();
            if !self.place(group, &lengths, &mut placed)? {
                return Ok(None);
            }
            if placed.is_empty() {
                never.extend(group.deeds.first().map(|(deed, ..)| Arc::clone(&deed.name)));
            }
            done.extend(placed.iter().map(|placed| group.done(*placed, &lengths)));
        }
        Ok(Some((done, never)))
    }

    // ---- one event

    /// The filters on an event, and every sort of it that they tell apart.
    fn group<'f>(&mut self, deeds: &[(&'f Deed, bool)]) -> Result<Group<'f>, TooLarge> {
        let mut filters: Vec<&'f Formula> = Vec::new();
        let mut asked = Vec::new();
        for (deed, done) in deeds {
            let known = filters.iter().position(|own| **own == *deed.filter);
            let index = known.unwrap_or(filters.len());
            if known.is_none() {
                filters.push(&deed.filter);
            }
            asked.push((*deed, index, *done));
        }
        if filters.len() > MAX_FILTERS {
            return Err(TooLarge);
        }
        let mut group = Group { filters, sorts: Vec::new(), deeds: asked };
        if group.deeds.iter().any(|(.., done)| *done) {
            let negated: Vec<Formula> = group.filters.iter().map(|filter| filter.negated()).collect();
            group.sorts = self.sorts(&group.filters, &negated)?;
        }
        Ok(group)
    }

    fn sorts(&mut self, filters: &[&Formula], negated: &[Formula]) -> Result<Vec<Sort>, TooLarge> {
        let mut sorts: Vec<Vec<bool>> = vec![Vec::new()];
        let goals = |signs: &[bool]| -> Vec<&Formula> {
            let pairs = signs.iter().zip(filters.iter().zip(negated));
            pairs.map(|(sign, (filter, negated))| if *sign { filter } else { negated }).collect()
        };
        for _ in filters {
            let mut longer = Vec::new();
            for signs in &sorts {
                for sign in [true, false] {
                    let signs: Vec<bool> = signs.iter().copied().chain([sign]).collect();
                    if self.person(&goals(&signs))?.is_some() {
                        longer.push(signs);
                    }
                }
            }
            sorts = longer;
        }
        let mut found = Vec::new();
        for satisfies in sorts {
            let with = self.person(&goals(&satisfies))?.map(|event| event.values).unwrap_or_default();
            found.push(Sort { satisfies, with });
        }
        Ok(found)
    }

    /// Puts events into the past until everything asked for was done. An event is needed by the shortest unsatisfied
    /// window at the earliest; put to the far end of that window it counts in no shorter one, so no past is overlooked.
    fn place(&mut self, group: &Group<'_>, lengths: &Lengths, placed: &mut Vec<Placed>) -> Result<bool, TooLarge> {
        self.step()?;
        if placed.len() > MAX_DEPTH {
            return Err(TooLarge);
        }
        let Some((filter, window, missing)) = group.missing(lengths, placed) else { return Ok(true) };
        let sorts = group.useful_sorts(filter);
        // With one sort to choose from, all that is missing is of that sort.
        let least = if sorts.len() == 1 { missing } else { 1 };
        for sort in sorts {
            placed.push(Placed { sort, window, times: least });
            if group.allows(lengths, placed) && self.place(group, lengths, placed)? {
                return Ok(true);
            }
            placed.pop();
        }
        Ok(false)
    }
}

impl<'f> Cell<'f> {
    /// Adds a fact; false where no value is left.
    fn narrow(&mut self, fact: &'f Fact) -> bool {
        let known = self.facts.get(&fact.variable);
        let set = known.map_or_else(|| fact.set.clone(), |(set, _)| set.meet(&fact.set));
        let set = set.in_universe(&fact.domain.universe);
        let possible = !set.is_empty();
        self.facts.insert(&fact.variable, (set, &fact.domain));
        possible
    }

    fn implies(&self, formula: &Formula) -> bool {
        match formula {
            Formula::Always(holds) => *holds,
            Formula::Fact(fact) => {
                let known = self.facts.get(&fact.variable);
                known.is_some_and(|(set, _)| {
                    set.meet(&fact.set.complement()).in_universe(&fact.domain.universe).is_empty()
                })
            }
            Formula::Deed(deed, done) => {
                let known = self.deeds.get(&*deed.name);
                known.is_some_and(|known| known.iter().any(|(own, own_done)| *own == deed && own_done == done))
            }
            Formula::All(_) | Formula::Any(_) => false,
        }
    }

    fn excludes(&self, formula: &Formula) -> bool {
        match formula {
            Formula::Always(holds) => !holds,
            Formula::Fact(fact) => self
                .facts
                .get(&fact.variable)
                .is_some_and(|(set, _)| set.meet(&fact.set).in_universe(&fact.domain.universe).is_empty()),
            Formula::Deed(deed, done) => {
                let known = self.deeds.get(&*deed.name);
                known.is_some_and(|known| known.iter().any(|(own, own_done)| *own == deed && own_done != done))
            }
            Formula::All(_) | Formula::Any(_) => false,
        }
    }
}

/// The windows of a group, shortest first, each with its length on some day.
struct Lengths {
    ascending: Vec<(Decimal, bool)>,
    of: Vec<usize>,
}

impl Lengths {
    fn of(group: &Group<'_>, today: Date) -> Self {
        let length = |window: Window| match window {
            Window::Seconds(seconds) => (false, seconds),
            Window::Months(months) => (false, length_of_months(months, today)),
            Window::Ever => (true, Decimal::ZERO),
        };
        let own: Vec<(bool, Decimal)> = group.deeds.iter().map(|(deed, ..)| length(deed.window)).collect();
        let mut ascending = own.clone();
        ascending.sort_unstable();
        ascending.dedup();
        let of = own.iter().map(|window| ascending.partition_point(|other| other < window)).collect();
        Self { ascending: ascending.into_iter().map(|(ever, length)| (length, ever)).collect(), of }
    }

    /// A time ago that lies in a window and in no shorter one.
    fn ago(&self, window: usize) -> Option<Decimal> {
        let (length, ever) = self.ascending.get(window).copied()?;
        if !ever {
            return Some(length);
        }
        let (shorter, _) = self.ascending.get(window.checked_sub(1)?)?;
        shorter.checked_add(Decimal::from(86_400))
    }
}

impl Group<'_> {
    fn count(&self, filter: usize, window: usize, placed: &[Placed]) -> u64 {
        let counts = |placed: &&Placed| {
            placed.window <= window && self.sorts.get(placed.sort).is_some_and(|sort| sort.satisfies[filter])
        };
        placed.iter().filter(counts).fold(0, |sum, placed| sum.saturating_add(placed.times))
    }

    /// The shortest window in which something asked for is not done: its filter, the window, how often it is missing.
    fn missing(&self, lengths: &Lengths, placed: &[Placed]) -> Option<(usize, usize, u64)> {
        let wanted = self.deeds.iter().zip(&lengths.of).filter(|((.., done), _)| *done);
        let missing = wanted.filter_map(|((deed, filter, _), window)| {
            let missing = deed.times.saturating_sub(self.count(*filter, *window, placed));
            (missing > 0).then_some((*filter, *window, missing))
        });
        missing.min_by_key(|(_, window, _)| *window)
    }

    fn allows(&self, lengths: &Lengths, placed: &[Placed]) -> bool {
        let unwanted = self.deeds.iter().zip(&lengths.of).filter(|((.., done), _)| !done);
        unwanted.into_iter().all(|((deed, filter, _), window)| self.count(*filter, *window, placed) < deed.times)
    }

    /// The sorts that satisfy a filter, without those that another sort replaces at no cost.
    fn useful_sorts(&self, filter: usize) -> Vec<usize> {
        let fits: Vec<usize> = (0..self.sorts.len()).filter(|sort| self.sorts[*sort].satisfies[filter]).collect();
        let beaten = |sort: usize| {
            fits.iter().any(|other| {
                *other != sort && self.replaces(*other, sort) && { *other < sort || !self.replaces(sort, *other) }
            })
        };
        fits.iter().copied().filter(|sort| !beaten(*sort)).collect()
    }

    /// Whether events of a sort count wherever those of another are wanted, and nowhere else where they are not.
    fn replaces(&self, sort: usize, other: usize) -> bool {
        let (own, others) = (&self.sorts[sort].satisfies, &self.sorts[other].satisfies);
        self.deeds.iter().all(|(_, filter, done)| {
            let (own, other) = (own[*filter], others[*filter]);
            if *done { own || !other } else { !own || other }
        })
    }

    fn done(&self, placed: Placed, lengths: &Lengths) -> Done {
        let name = self.deeds.first().map_or_else(|| Arc::from(""), |(deed, ..)| Arc::clone(&deed.name));
        let with = self.sorts.get(placed.sort).map(|sort| sort.with.clone()).unwrap_or_default();
        Done { name, with, times: placed.times, ago: lengths.ago(placed.window), or_later: placed.window == 0 }
    }
}

/// How long calendar months last that end on a day.
fn length_of_months(months: u32, today: Date) -> Decimal {
    let span = Span::new().try_months(months).ok();
    let begin = span.and_then(|span| today.checked_sub(span).ok()).unwrap_or(Date::MIN);
    let days = begin.until(today).map_or(0, |span| span.get_days());
    Decimal::from(days).saturating_mul(Decimal::from(86_400))
}

/// Days on which calendar months have every length they can have; one day where nothing depends on it.
fn days_that_matter(windows: &[Window]) -> Vec<Date> {
    let calendar = windows.iter().any(|window| matches!(window, Window::Months(_)));
    let several = windows.iter().any(|window| Some(window) != windows.first());
    if !(calendar && several) {
        return vec![date(2027, 1, 1)];
    }
    let months = (0..48).map(|n| date(2027 + n / 12, (n % 12 + 1) as i8, 1));
    months.chain([date(2027, 3, 30), date(2027, 3, 29), date(2027, 3, 31)]).collect()
}
