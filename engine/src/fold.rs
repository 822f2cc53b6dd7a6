//! Which entries are reached, and by which transitions: one pass over one person's events.
//!
//! The chapter "What is measured" of the book is the law; its steps are named here where they are taken.

mod happens;
mod turns;

use std::hint::select_unpredictable;

use rustc_hash::FxHashSet;

use crate::class::Class;
use crate::definition::{Condition, Definition, Enter, Moves, PatternId, StageId, Test, Transition};
use crate::history::{self, Keeping, Silence};
use crate::past::Past;
use crate::rows::{self, Event, Kept, Value};
use jiff::tz::TimeZone;
use rust_decimal::prelude::ToPrimitive;

use turns::{Watch, Watched};

/// No entry, no transition, no class.
pub const NONE: u32 = u32::MAX;

/// A reached entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The stage.
    pub stage: u32,
    /// When.
    pub time: i64,
    /// When its journey began.
    pub start: i64,
    /// The number of its journey among the person's.
    pub journey: u32,
    /// The transition that was taken, or [`NONE`].
    pub taken: u32,
    /// Index of the entry it was taken from, or [`NONE`].
    pub from: u32,
    /// The number of the event among the person's; entries of one event share it.
    pub event: u32,
    /// The class of the event, or [`NONE`] for silence and scores.
    pub class: u32,
}

/// A moment in the life of a person: when, by what, and all that the person ever did.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// When.
    pub time: i64,
    /// The class of the event that happens then, or [`NONE`].
    pub class: u32,
    /// The person's events, in order.
    pub events: &'a [Event],
    /// What is kept of events.
    pub kept: &'a [Kept],
}

/// A definition made ready for folding.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each says of one thing whether it is there")]
pub struct Rules<'d> {
    /// What is measured.
    pub definition: &'d Definition,
    /// The classes of the log.
    pub classes: &'d [Class],
    /// What is kept of events.
    pub keeping: &'d Keeping,
    /// The first moment of the log.
    pub from: i64,
    /// The last moment of the log.
    pub until: i64,
    zone: TimeZone,
    /// Groups of funnels that hand people over to each other; each is folded on its own.
    pub groups: Vec<Group>,
    /// By stage: the transitions that can be taken into it.
    into: Vec<Vec<Lead>>,
    /// The same, and one that can never be taken where there is none.
    plain_into: Vec<Vec<Lead>>,
    nowhere: Lead,
    /// By stage: whether journeys begin there.
    is_entry: Vec<bool>,
    again: Vec<Vec<u32>>,
    /// By stage: until when its visits can be left, for each transition that is bounded.
    leaves: Vec<Vec<Bound>>,
    has_silence: bool,
    has_scores: bool,
    /// Whether stages are entered by what other stages do.
    has_passes: bool,
    has_undone: bool,
}

/// A transition that can be taken, as the fold looks at it.
#[derive(Clone, Copy, Debug)]
struct Lead {
    transition: u32,
    from: u32,
    bound: Bound,
    /// Whether it leads out of the loyalty layer, which starts a journey.
    starts_anew: bool,
    /// Whether any event takes it, for anybody.
    is_plain: bool,
}

/// How long a transition may take; the largest number where that is not limited.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    /// Since the entry it leaves.
    within: i64,
    /// Since the journey began.
    window: i64,
}

impl Bound {
    /// Of a transition: `within`, and the window of the funnel, outside the loyalty layer and in the same journey.
    fn of(definition: &Definition, own: &Transition) -> Self {
        let to = &definition.stages[own.to];
        let is_in_journey = !to.is_loyalty && !starts_anew(definition, own) && own.moves == Moves::On;
        let window = definition.funnels[to.funnel].window.filter(|_| is_in_journey);
        Self { within: own.within.unwrap_or(i64::MAX), window: window.unwrap_or(i64::MAX) }
    }

    fn is_none(self) -> bool {
        (self.within, self.window) == (i64::MAX, i64::MAX)
    }

    /// Whether an entry can still be left at a moment.
    fn allows(self, before: &Entry, time: i64) -> bool {
        time.saturating_sub(before.time) <= self.within && time.saturating_sub(before.start) <= self.window
    }

    /// Whether an entry can no longer be left after a moment.
    fn is_over(self, entry: &Entry, until: i64) -> bool {
        entry.time.saturating_add(self.within).min(entry.start.saturating_add(self.window)) <= until
    }
}

/// Whether a transition leads out of the loyalty layer, which starts a journey.
fn starts_anew(definition: &Definition, own: &Transition) -> bool {
    definition.stages[own.from].is_loyalty && !definition.stages[own.to].is_loyalty
}

/// Funnels that hand people over to each other.
#[derive(Debug)]
pub struct Group {
    /// By class: the lowest stage its events can enter, [`NONE`] where there is none.
    pub rank: Vec<u32>,
    /// By class: what its events can enter: the stage, its place there, and whether anybody can.
    enters: Vec<Vec<(u32, u32, bool)>>,
    /// By class: whether that is one stage, for anybody.
    enters_one: Vec<bool>,
    /// By class: what its events make forgotten.
    forgets: Vec<Vec<u32>>,
    /// The stages that a score or another stage can enter, and the place of that.
    derived: Vec<(u32, u32)>,
    /// What turns by what is reached, too.
    watched: Watched,
    /// By stage: whether it belongs to the group.
    has: Vec<bool>,
    /// Whether accounts pass through it, and not people.
    pub is_of_accounts: bool,
    /// Whether all is told by which event comes when.
    is_plain: bool,
}

impl<'d> Rules<'d> {
    /// Makes a definition ready for a log.
    pub fn new(
        definition: &'d Definition,
        classes: &'d [Class],
        keeping: &'d Keeping,
        (from, until): (i64, i64),
    ) -> Self {
        let by_stage = || definition.stages.iter();
        let mut into: Vec<Vec<Lead>> = by_stage().map(|_| Vec::new()).collect();
        let mut again: Vec<Vec<u32>> = by_stage().map(|_| Vec::new()).collect();
        let mut leaves: Vec<Vec<Bound>> = by_stage().map(|_| Vec::new()).collect();
        for (at, own) in definition.transitions.iter().enumerate() {
            let bound = Bound::of(definition, own);
            match own.moves {
                Moves::On => into[own.to].push(Lead {
                    transition: at as u32,
                    from: own.from as u32,
                    bound,
                    starts_anew: starts_anew(definition, own),
                    is_plain: own.on.is_empty() && own.when == Condition::Always,
                }),
                Moves::Again { .. } => again[own.to].push(at as u32),
                Moves::Others => continue,
            }
            leaves[own.from].extend(Some(bound).filter(|bound| !bound.is_none()));
        }
        let nowhere = Lead {
            transition: NONE,
            from: definition.stages.len() as u32,
            bound: Bound { within: i64::MAX, window: i64::MAX },
            starts_anew: false,
            is_plain: true,
        };
        let plain_into = into.iter().map(|own| if own.is_empty() { vec![nowhere] } else { own.clone() }).collect();
        let groups = groups(definition).into_iter().map(|has| Group::of(definition, classes, has, &into, &again));
        let groups = groups.collect();
        let enters = |wanted: fn(&Enter) -> bool| definition.stages.iter().any(|stage| stage.enter.iter().any(wanted));
        Self {
            definition,
            classes,
            keeping,
            from,
            until,
            zone: TimeZone::get(&definition.columns.timezone).unwrap_or(TimeZone::UTC),
            groups,
            into,
            plain_into,
            nowhere,
            is_entry: definition.stages.iter().map(|own| own.is_entry).collect(),
            again,
            leaves,
            has_silence: enters(|enter| {
                matches!(enter, Enter::Absence { .. } | Enter::Turns { .. } | Enter::Around { .. })
            }),
            has_scores: !definition.scores.is_empty(),
            has_passes: enters(|enter| matches!(enter, Enter::Passes { .. })),
            has_undone: definition.stages.iter().any(|stage| stage.undone.is_some()),
        }
    }

    /// Whether stages can be entered by what is known alone.
    pub fn has_dates(&self) -> bool {
        let mut enters = self.definition.stages.iter().flat_map(|stage| &stage.enter);
        enters.any(|enter| matches!(enter, Enter::Around { .. }))
    }

    /// Whether the time to leave a visit by any transition has run out at the end of the data.
    pub fn is_mature(&self, last: &Entry) -> bool {
        self.leaves[last.stage as usize].iter().all(|bound| bound.is_over(last, self.until))
    }

    /// Whether entries can be reversed.
    pub const fn has_undone(&self) -> bool {
        self.has_undone
    }
}

/// By group, whether each stage belongs to it: funnels are together where a transition leads from one to another, or one
/// looks at stages of the other.
fn groups(definition: &Definition) -> Vec<Vec<bool>> {
    let mut group: Vec<usize> = (0..definition.funnels.len()).collect();
    let looks = definition.stages.iter().enumerate().flat_map(|(to, own)| {
        let from = own.enter.iter().flat_map(|own| history::looked_at(&definition.scores, own));
        from.map(move |from| (from, to))
    });
    let leads = definition.transitions.iter().flat_map(|own| {
        let asked = history::asked(&definition.scores, &own.when);
        asked.into_iter().chain([own.from]).map(|from| (from, own.to))
    });
    for (from, to) in leads.chain(looks) {
        let (from, to) = (group[definition.stages[from].funnel], group[definition.stages[to].funnel]);
        group.iter_mut().filter(|own| **own == from).for_each(|own| *own = to);
    }
    let mut known: Vec<usize> = group.clone();
    known.sort_unstable();
    known.dedup();
    let has = |wanted: &usize| definition.stages.iter().map(|stage| group[stage.funnel] == *wanted).collect();
    known.iter().map(has).collect()
}

impl Group {
    /// Whether a stage belongs to it.
    pub fn has(&self, stage: StageId) -> bool {
        self.has[stage]
    }

    fn of(definition: &Definition, classes: &[Class], has: Vec<bool>, into: &[Vec<Lead>], again: &[Vec<u32>]) -> Self {
        let stages = || definition.stages.iter().enumerate().filter(|(at, _)| has[*at]);
        let enters = |class: &Class| {
            let mut found = Vec::new();
            for (stage, own) in stages() {
                let wanted =
                    |enter: &Enter| matches!(enter, Enter::Event { pattern, .. } if class.patterns.has(*pattern));
                let is_plain = |enter: &Enter| matches!(enter, Enter::Event { when: Condition::Always, .. });
                let enter = own.enter.iter().enumerate().filter(|(_, enter)| wanted(enter));
                found.extend(enter.map(|(at, enter)| (stage as u32, at as u32, is_plain(enter))));
            }
            found
        };
        let forgets = |class: &Class| {
            let mut found: Vec<u32> = Vec::new();
            for own in definition.excludes.iter().filter(|own| own.patterns.iter().any(|own| class.patterns.has(*own)))
            {
                found.extend(own.forgets.iter().filter(|stage| has[**stage]).map(|stage| *stage as u32));
            }
            found
        };
        let enters: Vec<Vec<(u32, u32, bool)>> = classes.iter().map(enters).collect();
        let mut derived = Vec::new();
        for (stage, own) in stages() {
            let is_derived = |enter: &Enter| matches!(enter, Enter::Score { .. } | Enter::Passes { .. });
            let found = own.enter.iter().enumerate().filter(|(_, enter)| is_derived(enter));
            derived.extend(found.map(|(at, _)| (stage as u32, at as u32)));
        }
        let rank = enters.iter().map(|enters| enters.first().map_or(NONE, |(stage, ..)| *stage)).collect();
        let enters_one = enters.iter().map(|enters| matches!(enters.as_slice(), [(.., true)])).collect();
        let is_of_accounts = stages().any(|(_, own)| definition.funnels[own.funnel].is_of_accounts);
        let forgets: Vec<Vec<u32>> = classes.iter().map(forgets).collect();
        let is_by_event = |enter: &Enter| matches!(enter, Enter::Event { when: Condition::Always, .. });
        let is_plain = !definition.start_first
            && forgets.iter().all(Vec::is_empty)
            && stages().all(|(at, own)| {
                own.undone.is_none()
                    && own.enter.iter().all(is_by_event)
                    && again[at].is_empty()
                    && into[at].iter().all(|own| own.is_plain)
            });
        let watched = Watched::of(definition, &has);
        Self { rank, enters, enters_one, forgets, derived, watched, has, is_of_accounts, is_plain }
    }

    /// Puts events in order: by time, at equal times by the lowest stage they can enter, then as they are.
    pub fn order(&self, events: &mut [Event]) {
        rows::by_time(events);
        let key = |event: &Event| (event.time, self.rank[event.class as usize]);
        if !events.is_sorted_by_key(key) {
            events.sort_by_key(key);
        }
    }
}

/// Folds people, one after the other; its memory is used again.
#[derive(Debug)]
pub struct Fold<'r, 'd> {
    rules: &'r Rules<'d>,
    /// The reached entries, in order.
    pub entries: Vec<Entry>,
    /// When each journey began.
    pub journeys: Vec<i64>,
    /// By stage: its most recent reached entry that is not forgotten. Two places follow: one where no entry is ever, and one
    /// for what is not reached.
    latest: Vec<Latest>,
    /// By funnel: the most recent reached entry.
    last: Vec<u32>,
    /// The same before the last entries were committed, where stages are entered by what others do.
    before: Vec<u32>,
    /// Entries of the event that is looked at.
    open: Vec<Entry>,
    /// The number of what is looked at.
    number: u32,
    scores: Vec<Running>,
    /// By place in [`Group::derived`].
    derived: Vec<Derived>,
    past: Past,
    /// By score: what it was worth after each event that gave points, once somebody has asked for any moment.
    curves: Vec<Option<Vec<(i64, f64)>>>,
    /// What is asked of scores.
    asked: Asked,
    /// What turns by what is reached, as far as it was looked at.
    watch: Watch,
    /// The last moment at which a stage was entered without an event, and the stage.
    silent: Option<(i64, StageId)>,
}

/// About which moment scores are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// The one that is folded.
    Now,
    /// Just after it.
    JustAfter,
    /// Any: the person is folded, or nobody is yet.
    Ever,
}

/// What is asked of the most recent entry of a stage.
#[derive(Clone, Copy, Debug)]
struct Latest {
    /// Its index, or [`NONE`].
    at: u32,
    journey: u32,
    time: i64,
    start: i64,
}

impl Latest {
    const NONE: Self = Self { at: NONE, journey: NONE, time: 0, start: 0 };

    fn of(entry: &Entry, at: u32) -> Self {
        Self { at, journey: entry.journey, time: entry.time, start: entry.start }
    }
}

/// A score as it stands.
#[derive(Clone, Debug, Default)]
struct Running {
    /// Points of events strictly before the moment, and of all events so far, as they are worth at `time`.
    before: f64,
    now: f64,
    time: i64,
    /// By row of points: how many were given so far, undecayed.
    given: Vec<f64>,
}

/// Something that enters a stage just after what causes it.
#[derive(Clone, Copy, Debug, Default)]
struct Derived {
    /// Whether the stage was reached since the score rose above the threshold; or, by another stage, by this event.
    is_done: bool,
    /// Whether something happened that makes an entry possible.
    is_due: bool,
}

impl<'r, 'd> Fold<'r, 'd> {
    /// A fold with nobody in it.
    pub fn new(rules: &'r Rules<'d>) -> Self {
        Self {
            rules,
            entries: Vec::new(),
            journeys: Vec::new(),
            latest: vec![Latest::NONE; rules.definition.stages.len() + 2],
            last: vec![NONE; rules.definition.funnels.len()],
            before: vec![NONE; rules.definition.funnels.len()],
            open: Vec::new(),
            number: 0,
            scores: vec![Running::default(); rules.definition.scores.len()],
            derived: Vec::new(),
            past: Past::default(),
            curves: vec![None; rules.definition.scores.len()],
            asked: Asked::Now,
            watch: Watch::default(),
            silent: None,
        }
    }

    /// Folds one person's events, which are in order. `undone` holds entries that were reversed.
    pub fn run(&mut self, group: &Group, events: &[Event], kept: &[Kept], undone: &FxHashSet<(u32, u32)>) {
        if group.is_plain {
            return self.run_plain(group, events, kept);
        }
        self.clear(group);
        self.asked = Asked::Ever;
        let mut silences = self.silences(group, events, kept).into_iter().peekable();
        self.asked = Asked::Now;
        self.number = 0;
        for (at, event) in events.iter().enumerate() {
            let rank = group.rank[event.class as usize];
            // What is derived comes after what happened at the same time and can enter the same stage.
            while let Some(own) = silences.next_if(|own| (own.time, own.stage as u32) < (event.time, rank)) {
                self.silence(own, group, Moment { time: own.time, class: NONE, events, kept });
            }
            let now = Moment { time: event.time, class: event.class, events, kept };
            self.pass_to(group, now);
            self.event(group, now, at, undone);
        }
        for own in silences {
            self.silence(own, group, Moment { time: own.time, class: NONE, events, kept });
        }
        self.pass_to(group, Moment { time: self.rules.until.saturating_add(1), class: NONE, events, kept });
        self.asked = Asked::Ever;
    }

    /// The same where all is told by which event comes when.
    fn run_plain(&mut self, group: &Group, events: &[Event], kept: &[Kept]) {
        self.clear(group);
        let none = FxHashSet::default();
        for (at, event) in events.iter().enumerate() {
            match group.rank[event.class as usize] {
                NONE => {}
                stage if group.enters_one[event.class as usize] => self.enter_plainly(stage, event, at as u32 + 1),
                _ => {
                    self.number = at as u32;
                    self.event(group, Moment { time: event.time, class: event.class, events, kept }, at, &none);
                }
            }
        }
        self.asked = Asked::Ever;
    }

    /// The only entry of an event, reached and committed at once. Whether it is reached can hardly be guessed, so that what
    /// comes of it is chosen and not jumped to: all is written down, and stays only if it is reached.
    #[inline]
    #[allow(clippy::needless_bitwise_bool, reason = "a lazy operator jumps")]
    fn enter_plainly(&mut self, stage: u32, event: &Event, number: u32) {
        let rules = self.rules;
        let time = event.time;
        let (mut best, mut lead) = (Latest::NONE, &rules.nowhere);
        for own in &rules.plain_into[stage as usize] {
            let before = self.latest[own.from as usize];
            let is_better = (before.at != NONE)
                & (time.saturating_sub(before.time) <= own.bound.within)
                & (time.saturating_sub(before.start) <= own.bound.window)
                & ((best.at == NONE) | ((before.time, before.start) > (best.time, best.start)));
            best = Latest {
                at: select_unpredictable(is_better, before.at, best.at),
                journey: select_unpredictable(is_better, before.journey, best.journey),
                time: select_unpredictable(is_better, before.time, best.time),
                start: select_unpredictable(is_better, before.start, best.start),
            };
            lead = select_unpredictable(is_better, own, lead);
        }
        let goes_on = (best.at != NONE) & !lead.starts_anew;
        let is_reached = (best.at != NONE) | rules.is_entry[stage as usize];
        let journey = select_unpredictable(goes_on, best.journey, self.journeys.len() as u32);
        let start = select_unpredictable(goes_on, best.start, time);
        let at = self.entries.len();
        let (taken, from, class) = (lead.transition, best.at, event.class);
        self.entries.push(Entry { stage, time, start, journey, taken, from, event: number, class });
        self.entries.truncate(at + usize::from(is_reached));
        let journeys = self.journeys.len() + usize::from(is_reached & !goes_on);
        self.journeys.push(time);
        self.journeys.truncate(journeys);
        let place = select_unpredictable(is_reached, stage as usize, self.latest.len() - 1);
        self.latest[place] = Latest { at: at as u32, journey, time, start };
    }

    fn clear(&mut self, group: &Group) {
        self.entries.clear();
        self.journeys.clear();
        self.latest.fill(Latest::NONE);
        self.last.fill(NONE);
        self.derived.clear();
        self.derived.resize(group.derived.len(), Derived::default());
        self.past.clear();
        self.watch.clear(&group.watched);
        self.silent = None;
        if self.rules.has_scores || self.rules.has_silence {
            self.curves.fill(None);
            for (running, score) in self.scores.iter_mut().zip(&self.rules.definition.scores) {
                *running = Running { given: vec![0.0; score.points.len()], time: i64::MIN, ..Running::default() };
            }
        }
    }

    /// Lets what is asked from now on be about all funnels: about the entries of all, and events in the order of time alone.
    pub fn look_back(&mut self, entries: Vec<Entry>) {
        self.past.clear();
        self.curves.fill(None);
        self.entries = entries;
    }

    /// The moments at which stages are entered without an event: silence, conditions that turn, dates.
    fn silences(&mut self, group: &Group, events: &[Event], kept: &[Kept]) -> Vec<Silence> {
        if !self.rules.has_silence {
            return Vec::new();
        }
        let rules = self.rules;
        let mut found = Vec::new();
        let now = Moment { time: i64::MIN + 1, class: NONE, events, kept };
        for (stage, own) in rules.definition.stages.iter().enumerate().filter(|(at, _)| group.has[*at]) {
            for (at, enter) in own.enter.iter().enumerate() {
                match enter {
                    Enter::Absence { of, lasting, after, unless } => {
                        let unless = |since| (!unless.is_empty()).then_some((at, since));
                        let silences = self.absences(of, *lasting, *after, now).into_iter();
                        found.extend(silences.map(|(time, since)| Silence { time, stage, unless: unless(since) }));
                    }
                    Enter::Turns { .. } | Enter::Around { .. } if !turns::is_watched(rules.definition, enter) => {
                        let times = self.moments(enter, now).into_iter();
                        found.extend(times.map(|time| Silence { time, stage, unless: None }));
                    }
                    _ => {}
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The moments at which nothing of some kinds has happened for a time, each with the moment since when.
    fn absences(
        &mut self,
        of: &[PatternId],
        lasting: i64,
        after: Option<PatternId>,
        now: Moment<'_>,
    ) -> Vec<(i64, i64)> {
        let rules = self.rules;
        let mut times = |pattern: PatternId| self.past.times(rules, pattern, now.events).to_vec();
        let what = of.iter().flat_map(|of| times(*of)).collect();
        history::silences(what, lasting, after.map(&mut times), rules.until)
    }

    /// One event: all of its entries read the state before it, and are committed together.
    fn event(&mut self, group: &Group, now: Moment<'_>, at: usize, undone: &FxHashSet<(u32, u32)>) {
        let is_score = self.rules.has_scores;
        self.number += 1;
        if is_score {
            self.score_moves_on(now.time);
        }
        let enters = &group.enters[now.class as usize];
        for (stage, enter, is_plain) in enters {
            if self.open.last().is_some_and(|own| own.stage == *stage) || undone.contains(&(*stage, at as u32)) {
                continue;
            }
            if *is_plain || self.may_enter(*stage, *enter, now) {
                self.enter(*stage, now);
            }
        }
        for stage in &group.forgets[now.class as usize] {
            self.latest[*stage as usize] = Latest::NONE;
        }
        let reached = self.commit();
        if is_score {
            let rises = self.score_rises(group, now);
            self.derive(group, rises, reached, now);
        } else if self.rules.has_passes && reached > 0 {
            self.derive(group, Vec::new(), reached, now);
        }
    }

    /// Whether what an `enter` says of people holds.
    fn may_enter(&mut self, stage: u32, enter: u32, now: Moment<'_>) -> bool {
        let rules = self.rules;
        let enter = &rules.definition.stages[stage as usize].enter[enter as usize];
        matches!(enter, Enter::Event { when, .. } if self.holds(when, now))
    }

    fn silence(&mut self, own: Silence, group: &Group, now: Moment<'_>) {
        self.pass_to(group, now);
        let is_same = self.silent == Some((own.time, own.stage));
        if is_same || own.unless.is_some_and(|(at, since)| self.is_kept_from(own.stage, at, since, now)) {
            return;
        }
        self.silent = Some((own.time, own.stage));
        if self.rules.has_scores {
            self.score_moves_on(own.time);
        }
        self.enter_alone(own.stage as u32, group, now);
    }

    /// An entry without an event, and all that it leads to.
    fn enter_alone(&mut self, stage: u32, group: &Group, now: Moment<'_>) {
        self.number += 1;
        self.enter(stage, now);
        let reached = self.commit();
        if reached > 0 && !group.derived.is_empty() {
            self.derive(group, Vec::new(), reached, now);
        }
    }

    // ---- reaching

    /// An entry of a stage: reached if a transition allows it, if it starts again, or if journeys begin there.
    fn enter(&mut self, stage: u32, now: Moment<'_>) {
        let Moment { time, class, .. } = now;
        let event = self.number;
        let open = |taken: u32, from: u32, start: i64, journey: u32| Entry {
            stage,
            time,
            start,
            journey,
            taken,
            from,
            event,
            class,
        };
        let entry = if let Some((lead, from)) = self.taken(stage, now) {
            let before = &self.entries[from as usize];
            let (start, journey) = if lead.starts_anew { (time, NONE) } else { (before.start, before.journey) };
            open(lead.transition, from, start, journey)
        } else if let Some(entry) = self.again(stage, now) {
            let (taken, from, start, journey) = entry;
            open(taken, from, start, journey)
        } else if self.rules.definition.stages[stage as usize].is_entry && self.rules.again[stage as usize].is_empty() {
            let (start, journey) = self.continued(stage, time).unwrap_or((time, NONE));
            open(NONE, NONE, start, journey)
        } else {
            return;
        };
        self.open.push(entry);
    }

    /// Of the transitions that allow an entry, the one with the most recent predecessor, and that.
    fn taken(&mut self, stage: u32, now: Moment<'_>) -> Option<(&'r Lead, u32)> {
        let rules = self.rules;
        // What is derived comes just after its cause, and is more recent.
        let recency = |entry: &Entry| (entry.time, entry.class == NONE, entry.start);
        let mut best: Option<(&Lead, u32)> = None;
        for own in &rules.into[stage as usize] {
            let from = self.latest[own.from as usize].at;
            let Some(before) = self.entries.get(from as usize) else { continue };
            let is_better = || {
                best.is_none_or(|(_, best)| {
                    let best = &self.entries[best as usize];
                    recency(before) > recency(best)
                })
            };
            if own.bound.allows(before, now.time)
                && is_better()
                && (own.is_plain || self.is_open(&rules.definition.transitions[own.transition as usize], now))
            {
                best = Some((own, from));
            }
        }
        best
    }

    /// Whether a transition's `on` and `when` hold.
    fn is_open(&mut self, own: &Transition, now: Moment<'_>) -> bool {
        (own.on.is_empty() || own.on.iter().any(|pattern| self.satisfies(now, *pattern))) && self.holds(&own.when, now)
    }

    /// What `reentry after D` says of an entry: less than D after the last reached entry it stays in the journey; later
    /// it starts one, and the edge is taken if the last reached stage is its source.
    fn again(&mut self, stage: u32, now: Moment<'_>) -> Option<(u32, u32, i64, u32)> {
        let time = now.time;
        let rules = self.rules;
        let edges = &rules.again[stage as usize];
        let own = &rules.definition.stages[stage as usize];
        let first = *edges.first()?;
        let last = self.last[own.funnel];
        if last == NONE {
            return own.is_entry.then_some((NONE, NONE, time, NONE));
        }
        let before = self.entries[last as usize];
        let edge =
            edges.iter().copied().find(|at| rules.definition.transitions[*at as usize].from == before.stage as usize);
        let at = edge.unwrap_or(first);
        let transition = &rules.definition.transitions[at as usize];
        let Moves::Again { after } = transition.moves else { return None };
        if time - before.time < after {
            return own.is_entry.then_some((NONE, NONE, before.start, before.journey));
        }
        let in_time = transition.within.is_none_or(|within| time - before.time <= within);
        if edge.is_some() && in_time && self.is_open(transition, now) {
            return Some((at, last, time, NONE));
        }
        own.is_entry.then_some((NONE, NONE, time, NONE))
    }

    /// The journey that `start first` continues.
    fn continued(&self, stage: u32, time: i64) -> Option<(i64, u32)> {
        let funnel = self.rules.definition.stages[stage as usize].funnel;
        let last = self.entries.get(self.last[funnel] as usize).filter(|_| self.rules.definition.start_first)?;
        let window = self.rules.definition.funnels[funnel].window;
        window.is_none_or(|window| time - last.start <= window).then_some((last.start, last.journey))
    }

    /// Commits the entries of an event together; says how many there are.
    fn commit(&mut self) -> usize {
        let count = self.open.len();
        if self.rules.has_passes {
            self.before.copy_from_slice(&self.last);
        }
        for mut entry in self.open.drain(..) {
            if entry.journey == NONE {
                entry.journey = self.journeys.len() as u32;
                self.journeys.push(entry.start);
            }
            let at = self.entries.len() as u32;
            self.latest[entry.stage as usize] = Latest::of(&entry, at);
            self.last[self.rules.definition.stages[entry.stage as usize].funnel] = at;
            self.entries.push(entry);
        }
        count
    }

    // ---- conditions

    /// Whether a condition holds of the person that was folded last.
    pub fn holds(&mut self, condition: &Condition, now: Moment<'_>) -> bool {
        let time = now.time;
        match condition {
            Condition::Always => true,
            Condition::Not(inner) => !self.holds(inner, now),
            Condition::All(inner) => inner.iter().all(|inner| self.holds(inner, now)),
            Condition::Any(inner) => inner.iter().any(|inner| self.holds(inner, now)),
            Condition::Did { pattern, times, within } => {
                let moments = self.past.times(self.rules, *pattern, now.events);
                let end = moments.partition_point(|own| *own < time);
                let start =
                    within.map_or(0, |within| moments.partition_point(|own| *own < time.saturating_sub(within)));
                (end.saturating_sub(start)) as u64 >= *times
            }
            Condition::Score { score, comparison, value } => {
                let of_events = self.points(*score, now);
                let worth = self.worth(*score, of_events, now);
                value.to_f64().is_some_and(|value| comparison.holds(rounded(worth).total_cmp(&rounded(value))))
            }
            Condition::In { stage, lasting } => self.is_in(*stage, *lasting, time),
            Condition::This(pattern) => self.satisfies(now, *pattern),
            Condition::ByPeople { pattern, people } => self.past.people(self.rules, *pattern, now) as u64 >= *people,
            Condition::Known { by, field, test } => {
                kept_satisfies(test, self.past.said(self.rules, (by, *field), now).unwrap_or(&Value::None))
            }
            Condition::Adds { pattern, field, comparison, value } => {
                comparison.holds(self.past.sum(self.rules, (*pattern, *field), now).cmp(value))
            }
        }
    }

    /// Whether what happens at a moment satisfies a pattern.
    fn satisfies(&self, now: Moment<'_>, pattern: PatternId) -> bool {
        self.rules.classes.get(now.class as usize).is_some_and(|class| class.patterns.has(pattern))
    }

    fn is_in(&self, stage: StageId, lasting: Option<i64>, time: i64) -> bool {
        let funnel = self.rules.definition.stages[stage].funnel;
        // Entries of this very moment are not before it.
        let mut before = self.entries.iter().rev().filter(|own| own.time < time);
        let last = before.find(|own| self.rules.definition.stages[own.stage as usize].funnel == funnel);
        last.is_some_and(|last| {
            last.stage as usize == stage && lasting.is_none_or(|lasting| time - last.time >= lasting)
        })
    }

    // ---- scores

    /// Lets points decay to a later moment.
    fn score_moves_on(&mut self, time: i64) {
        for (running, score) in self.scores.iter_mut().zip(&self.rules.definition.scores) {
            if time > running.time {
                let factor = score.decay.map_or(1.0, |(share, every)| {
                    decayed(share.to_f64().unwrap_or(0.0), every, time.saturating_sub(running.time))
                });
                running.now *= factor;
                running.before = running.now;
                running.time = time;
            }
        }
    }

    /// The points of events before what is asked about.
    fn points(&mut self, score: usize, now: Moment<'_>) -> f64 {
        let running = &self.scores[score];
        match self.asked {
            Asked::Now => running.before,
            Asked::JustAfter => running.now * self.left(score, now.time.saturating_sub(running.time)),
            Asked::Ever => self.points_before(score, now),
        }
    }

    /// Points that hold as long as their condition does, and those of events.
    fn worth(&mut self, score: usize, of_events: f64, now: Moment<'_>) -> f64 {
        let rules = self.rules;
        let mut worth = of_events;
        for own in rules.definition.scores[score].points.iter().filter(|own| own.pattern.is_none()) {
            if self.holds(&own.when, now) {
                worth += own.points.to_f64().unwrap_or(0.0);
            }
        }
        worth
    }

    /// The points of all events strictly before a moment, as they are worth then.
    fn points_before(&mut self, score: usize, now: Moment<'_>) -> f64 {
        if self.curves[score].is_none() {
            let curve = self.curve(score, now);
            self.curves[score] = Some(curve);
        }
        let curve = self.curves[score].as_deref().unwrap_or_default();
        let Some(at) = curve.partition_point(|(time, _)| *time < now.time).checked_sub(1) else { return 0.0 };
        let (time, worth) = curve[at];
        worth * self.left(score, now.time.saturating_sub(time))
    }

    /// What the events of a person make of a score: the moments of those that give points, and what it is worth after each.
    fn curve(&mut self, score: usize, start: Moment<'_>) -> Vec<(i64, f64)> {
        let rules = self.rules;
        let own = &rules.definition.scores[score];
        let mut given = vec![0.0; own.points.len()];
        let mut curve: Vec<(i64, f64)> = Vec::new();
        for event in start.events {
            let then = Moment { time: event.time, class: event.class, ..start };
            let mut gets = 0.0;
            for (points, given) in own.points.iter().zip(&mut given) {
                let is_meant = points.pattern.is_some_and(|pattern| self.satisfies(then, pattern));
                if is_meant && self.holds(&points.when, then) {
                    let worth = points.points.to_f64().unwrap_or(0.0);
                    let cap = points.up_to.and_then(|cap| cap.to_f64());
                    let own = cap.map_or(worth, |cap| worth.min((cap - *given).max(0.0)));
                    *given += own;
                    gets += own;
                }
            }
            match curve.last_mut() {
                Some((time, worth)) if *time == event.time => *worth += gets,
                Some((time, worth)) => {
                    let worth = *worth * self.left(score, event.time.saturating_sub(*time));
                    curve.push((event.time, worth + gets));
                }
                None => curve.push((event.time, gets)),
            }
        }
        curve
    }

    /// The share of points that is left after a time.
    fn left(&self, score: usize, passed: i64) -> f64 {
        let decay = self.rules.definition.scores[score].decay;
        decay.map_or(1.0, |(share, every)| decayed(share.to_f64().unwrap_or(0.0), every, passed))
    }

    /// Gives the points of an event; says of each threshold whether its score rose to it.
    fn score_rises(&mut self, group: &Group, now: Moment<'_>) -> Vec<bool> {
        let rules = self.rules;
        let before: Vec<f64> = (0..self.scores.len()).map(|at| self.worth(at, self.scores[at].now, now)).collect();
        let class = &rules.classes[now.class as usize];
        for (at, score) in rules.definition.scores.iter().enumerate() {
            for (row, own) in score.points.iter().enumerate() {
                if own.pattern.is_some_and(|pattern| class.patterns.has(pattern)) && self.holds(&own.when, now) {
                    let running = &mut self.scores[at];
                    let points = own.points.to_f64().unwrap_or(0.0);
                    let left = own
                        .up_to
                        .and_then(|cap| cap.to_f64())
                        .map_or(points, |cap| points.min((cap - running.given[row]).max(0.0)));
                    running.given[row] += left;
                    running.now += left;
                }
            }
        }
        let mut rises = Vec::with_capacity(group.derived.len());
        for (at, derived) in group.derived.iter().enumerate() {
            let Some((score, threshold)) = threshold(rules.definition, *derived) else {
                rises.push(false);
                continue;
            };
            let is_above = |worth: f64| rounded(worth) >= rounded(threshold);
            let after = self.worth(score, self.scores[score].now, now);
            if !is_above(before[score]) || !is_above(after) {
                self.derived[at].is_done = false;
            }
            rises.push(!is_above(before[score]) && is_above(after));
        }
        rises
    }

    /// The derived entries just after an event: of thresholds that were risen to, of those already passed whose predecessor
    /// was reached now, and of stages that others enter. Each is an event of its own; another stage makes one of them at most.
    fn derive(&mut self, group: &Group, rises: Vec<bool>, reached: usize, now: Moment<'_>) {
        let rules = self.rules;
        for (own, rises) in self.derived.iter_mut().zip(rises) {
            own.is_due = rises;
        }
        for (own, at) in self.derived.iter_mut().zip(&group.derived) {
            own.is_done &= threshold(rules.definition, *at).is_some();
        }
        self.mark_due(group, reached);
        while let Some(at) = self.derived.iter().position(|own| own.is_due) {
            self.derived[at].is_due = false;
            if self.derived[at].is_done {
                continue;
            }
            let score = threshold(rules.definition, group.derived[at]);
            let is_below = |own: &mut Self, (score, wanted): (usize, f64)| {
                rounded(own.worth(score, own.scores[score].now, now)) < rounded(wanted)
            };
            if score.is_some_and(|score| is_below(self, score)) {
                continue;
            }
            self.number += 1;
            self.enter(group.derived[at].0, Moment { class: NONE, ..now });
            let reached = self.commit();
            self.derived[at].is_done = score.is_none() || reached > 0;
            self.mark_due(group, reached);
        }
        self.derived.iter_mut().for_each(|own| own.is_due = false);
    }

    /// Makes due what the last entries cause: thresholds whose predecessors are among them, and stages that are entered by
    /// them.
    fn mark_due(&mut self, group: &Group, reached: usize) {
        let rules = self.rules;
        let fresh = &self.entries[self.entries.len() - reached..];
        for (own, (stage, enter)) in self.derived.iter_mut().zip(&group.derived) {
            own.is_due |= match rules.definition.stages[*stage as usize].enter[*enter as usize] {
                Enter::Passes { stage, begins: true } => fresh.iter().any(|entry| entry.stage as StageId == stage),
                Enter::Passes { stage, begins: false } => {
                    let funnel = rules.definition.stages[stage].funnel;
                    let is_in =
                        |last: u32| self.entries.get(last as usize).is_some_and(|own| own.stage as StageId == stage);
                    reached > 0 && is_in(self.before[funnel]) && !is_in(self.last[funnel])
                }
                _ => {
                    let leads = |own: &Lead| own.from != *stage && fresh.iter().any(|entry| entry.stage == own.from);
                    rules.into[*stage as usize].iter().any(leads)
                }
            };
        }
    }
}

/// Whether a kept value satisfies a test of its property.
fn kept_satisfies(test: &Test, value: &Value) -> bool {
    match test {
        Test::Always => true,
        Test::Not(inner) => !kept_satisfies(inner, value),
        Test::All(inner) => inner.iter().all(|inner| kept_satisfies(inner, value)),
        Test::Any(inner) => inner.iter().any(|inner| kept_satisfies(inner, value)),
        Test::Compare(_, comparison, literal) => value.cell().holds(*comparison, literal, &TimeZone::UTC),
        Test::In(_, literals) => literals
            .iter()
            .any(|literal| value.cell().compare(literal, &TimeZone::UTC).is_some_and(std::cmp::Ordering::is_eq)),
    }
}

/// The score and the number it must rise to, of what is entered by one.
fn threshold(definition: &Definition, (stage, enter): (u32, u32)) -> Option<(usize, f64)> {
    match &definition.stages[stage as usize].enter[enter as usize] {
        Enter::Score { score, at_least } => Some((*score, at_least.to_f64().unwrap_or(f64::INFINITY))),
        _ => None,
    }
}

/// What is left of points after a time, of which they lose a share every so often.
pub fn decayed(share: f64, every: i64, passed: i64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "a share is rough")]
    let times = passed as f64 / every.max(1) as f64;
    (1.0 - share).powf(times)
}

/// Points are compared to a millionth, so that the order of additions does not matter.
fn rounded(points: f64) -> f64 {
    (points * 1e6).round()
}
