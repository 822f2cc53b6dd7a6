//! More messages in a week than people stand.

use std::cmp::Reverse;

use rust_decimal::prelude::ToPrimitive;
use rustc_hash::FxHashSet;

use crate::analysis::segments::{Answer, Condition};
use crate::analysis::timed::occasion::Occasion;
use crate::analysis::timed::policy::{Lasting, Policy};
use crate::analysis::timed::spacing::{Profile, in_order};
use crate::analysis::timed::{DAY, Timeline, counts, occasion, sequences, spell};
use crate::diagnostic::{Code, Diagnostic, Group, Level, Message};
use crate::lint::Rule;
use crate::model::Model;
use crate::model::value::Duration;
use crate::model::walk::Node;
use crate::say;

/// The time that messages are counted in.
const WEEK: i64 = 7 * DAY;
/// The most messages in a week that nothing is said of.
const BEARABLE: usize = 5;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1712",
        name: "mail-pressure",
        group: Group::Messages,
        level: Level::Warn,
        summary: "sequences that can send one person more than five messages in seven days",
        explanation: "People who hear too often leave. Each sequence is reasonable by itself; the sum of those that one person is in at the same \
                      time is what reaches them.\n\n\
                      Reported is a sequence that can send more than 5 messages in any 7 days, alone or with others that the same person can \
                      be in: the shortest waits, what is waited for happening at once, and starts as close as they can be. Sequences are \
                      counted together unless nobody is in the audience of two of them; where of two each is over when the other starts, only the end of \
                      the one and the beginning of the other are. A run that can begin again `after` a time, or `always`, is counted again; a \
                      sequence with runs `per` a key has no bound of its own. Quiet that holds messages back brings them closer together, and \
                      `pause_while` can bring all of a run together. Transactional messages and tasks are not counted. Nothing is reported \
                      where a cap keeps the sum at 5 or less.\n\n\
                      Add a cap to `sending`: `cap 5 per 7d hold`.",
        bad: "event joined { sent_by web; owner web; status live }\n\
              event looked { sent_by web; owner web; status live }\n\
              sequence welcome {\n  \
                start joined; basis legitimate_interest\n  \
                email one { subject \"One\" }\n  \
                wait 1d\n  \
                email two { subject \"Two\" }\n  \
                wait 1d\n  \
                email three { subject \"Three\" }\n\
              }\n\
              sequence browse {\n  \
                start looked; basis legitimate_interest\n  \
                email four { subject \"Four\" }\n  \
                wait 1d\n  \
                email five { subject \"Five\" }\n  \
                wait 1d\n  \
                email six { subject \"Six\" }\n\
              }\n",
        good: "event joined { sent_by web; owner web; status live }\n\
               event looked { sent_by web; owner web; status live }\n\
               sending { cap 3 per 7d hold }\n\
               sequence welcome {\n  \
                 start joined; basis legitimate_interest\n  \
                 email one { subject \"One\" }\n  \
                 wait 1d\n  \
                 email two { subject \"Two\" }\n  \
                 wait 1d\n  \
                 email three { subject \"Three\" }\n\
               }\n\
               sequence browse {\n  \
                 start looked; basis legitimate_interest\n  \
                 email four { subject \"Four\" }\n  \
                 wait 1d\n  \
                 email five { subject \"Five\" }\n  \
                 wait 1d\n  \
                 email six { subject \"Six\" }\n\
               }\n",
    },
    check,
};

/// A sequence and what it alone can come to.
struct Load<'m, 's> {
    sequence: Node<'m, 's>,
    profile: Profile<'m, 's>,
    /// The longest time between moments at which messages are due that can arrive within the week.
    reach: i64,
    most: Most,
    /// What caps let through.
    capped: Option<usize>,
    /// Who is in it; everybody where nothing is said.
    audience: Option<Condition>,
    starts: Vec<Occasion<'m, 's>>,
    stops: Vec<Occasion<'m, 's>>,
}

/// The most messages in a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Most {
    Count(usize),
    Unbounded,
}

impl Most {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Count(a), Self::Count(b)) => Self::Count(a.saturating_add(b)),
            _ => Self::Unbounded,
        }
    }

    fn at_most(self, cap: Option<usize>) -> Self {
        cap.map_or(self, |cap| self.min(Self::Count(cap)))
    }
}

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let project = Policy::of_project(model);
    if project.longest_quiet() == Lasting::Ever || project.most_in(WEEK).is_some_and(|most| most <= BEARABLE) {
        return;
    }
    let mut loads: Vec<Load<'_, '_>> =
        sequences(model).map(Load::of).filter(|load| !load.profile.spans.is_empty()).collect();
    for load in &loads {
        if load.most.at_most(load.capped) > Most::Count(BEARABLE) {
            found.push(alone(load));
        }
    }
    loads.retain(|load| load.most.at_most(load.capped) <= Most::Count(BEARABLE));
    loads.sort_by_key(|load| (Reverse(load.most), load.sequence.place().start));
    let mut search = Search { loads: &loads, left: MAX_TRIES, told: FxHashSet::default() };
    for at in 0..loads.len() {
        if let Some(group) = search.group(at) {
            let members: Vec<&Load<'_, '_>> = group.iter().map(|own| &loads[*own]).collect();
            let most = members.iter().fold(Most::Count(0), |sum, own| sum.and(own.most));
            found.push(together(&members, most.at_most(project.most_in(WEEK))));
        }
    }
    found.extend(one_after_the_other(&loads).into_iter().map(|(a, b, most)| together(&[a, b], most)));
}

/// How many sequences are tried to be put together.
const MAX_TRIES: usize = 100_000;

/// Looks for sequences that one person can be in at the same time and that are too much together.
struct Search<'l, 'm, 's> {
    /// The heaviest first.
    loads: &'l [Load<'m, 's>],
    left: usize,
    told: FxHashSet<usize>,
}

impl Search<'_, '_, '_> {
    /// A group of which this is the heaviest, with all that fit besides; nothing where there is none, or one of it is told.
    fn group(&mut self, at: usize) -> Option<Vec<usize>> {
        let mut group = vec![at];
        if self.told.contains(&at) || !self.grow(&mut group, at + 1) {
            return None;
        }
        for other in 0..self.loads.len() {
            if self.fits(&group, other) {
                group.push(other);
            }
        }
        self.told.extend(&group);
        Some(group)
    }

    fn grow(&mut self, group: &mut Vec<usize>, from: usize) -> bool {
        let sum = group.iter().fold(Most::Count(0), |sum, own| sum.and(self.loads[*own].most));
        if sum > Most::Count(BEARABLE) {
            return true;
        }
        for next in from..self.loads.len() {
            if self.left == 0 {
                return false;
            }
            self.left -= 1;
            if self.fits(group, next) {
                group.push(next);
                if self.grow(group, next + 1) {
                    return true;
                }
                group.pop();
            }
        }
        false
    }

    /// Whether one person can be in this sequence and in all of a group, at any distance of their starts.
    fn fits(&self, group: &[usize], at: usize) -> bool {
        group.iter().all(|own| *own != at && can_meet(&self.loads[*own], &self.loads[at]))
    }
}

impl<'m, 's> Load<'m, 's> {
    fn of(sequence: Node<'m, 's>) -> Self {
        let policy = Policy::of(sequence);
        let profile = Profile::of(sequence, counts);
        let held = match policy.longest_hold() {
            Lasting::Seconds(held) if policy.pauses.is_empty() => held,
            _ => i64::MAX,
        };
        let reach = WEEK.saturating_sub(1).saturating_add(held);
        let most = most_of_one(sequence, &profile, reach);
        let audience = sequence
            .field("audience")
            .and_then(|own| Condition::read(sequence.model, own.owner.id, own.expr("value")?));
        let (starts, stops) = (occasion::starts(sequence), occasion::stops(sequence));
        Self { sequence, profile, reach, most, capped: policy.most_in(WEEK), audience, starts, stops }
    }
}

/// The most that runs of one sequence come to, one after the other.
fn most_of_one(sequence: Node<'_, '_>, profile: &Profile<'_, '_>, reach: i64) -> Most {
    let once = profile.most_within(reach);
    if sequence.field("start").is_some_and(|own| own.get("key").is_some()) {
        return Most::Unbounded;
    }
    let Some(again) = sequence.field("again") else { return Most::Count(once) };
    if again.field.values.iter().any(|own| own.val.word() == Some("always")) {
        return Most::Unbounded;
    }
    let after = again.duration("after").and_then(Duration::seconds).and_then(|own| own.to_i64());
    match after {
        None => Most::Count(once),
        Some(..=0) => Most::Unbounded,
        // Runs start at least so far apart, and all that is sent in the week is of those that start in it or just before.
        Some(after) => {
            let last = Timeline::of(sequence).sends.iter().map(|send| send.after.most).max().unwrap_or(0);
            let runs = reach.saturating_add(last) / after + 1;
            Most::Count(usize::try_from(runs).unwrap_or(usize::MAX).saturating_mul(once))
        }
    }
}

/// Whether one person can be in both at once.
fn can_meet(a: &Load<'_, '_>, b: &Load<'_, '_>) -> bool {
    let apart = |(a, b): (&Condition, &Condition)| a != b && a.overlap(b) == Answer::No;
    !a.audience.as_ref().zip(b.audience.as_ref()).is_some_and(apart) && !exclude_each_other(a, b)
}

/// Whether each is over when the other starts. A start that only stops the one does not keep it from beginning again while
/// the other runs.
fn exclude_each_other(a: &Load<'_, '_>, b: &Load<'_, '_>) -> bool {
    is_over(a, b) && is_over(b, a)
}

/// Pairs of which each is over when the other starts, and whose end and beginning are too much together.
fn one_after_the_other<'l, 'm, 's>(loads: &'l [Load<'m, 's>]) -> Vec<(&'l Load<'m, 's>, &'l Load<'m, 's>, Most)> {
    let stopped: Vec<&Load<'_, '_>> = loads.iter().filter(|own| !own.stops.is_empty()).collect();
    let mut found = Vec::new();
    for (at, a) in stopped.iter().enumerate() {
        for b in &stopped[at + 1..] {
            if a.most.and(b.most) > Most::Count(BEARABLE) && exclude_each_other(a, b) {
                let most = after_each_other(a, b).max(after_each_other(b, a));
                found.extend((most > Most::Count(BEARABLE)).then_some((*a, *b, most)));
            }
        }
    }
    found
}

/// Whether whatever starts the second stops the first.
fn is_over(first: &Load<'_, '_>, second: &Load<'_, '_>) -> bool {
    let stops = |start: &Occasion<'_, '_>| first.stops.iter().any(|stop| start.is_one_of(*stop));
    !second.starts.is_empty() && second.starts.iter().all(stops)
}

/// The end of the one and the beginning of the other; only where each is run through once.
fn after_each_other(first: &Load<'_, '_>, second: &Load<'_, '_>) -> Most {
    let once = |own: &Load<'_, '_>| own.most == Most::Count(own.profile.most_within(own.reach));
    if !once(first) || !once(second) {
        return first.most.and(second.most);
    }
    let reach = first.reach.max(second.reach);
    let head = |left: i64| second.profile.head.partition_point(|since| *since <= left);
    let spans = first.profile.spans.iter().take_while(|(span, _)| *span <= reach).enumerate();
    let sums = spans.map(|(at, (span, _))| at + 1 + head(reach - span));
    Most::Count(sums.max().unwrap_or(0).max(second.profile.most_within(reach)))
}

// ---- the report

fn alone(load: &Load<'_, '_>) -> Diagnostic {
    let name = load.sequence.name();
    let message = match load.most.at_most(load.capped) {
        Most::Count(most) => say!("`{name}` can send one person {most} messages in 7 days", name, most),
        Most::Unbounded => say!("nothing bounds how many messages `{name}` sends one person in 7 days", name),
    };
    let schedule = schedule(load);
    Diagnostic::new(&RULE.code, load.sequence.place(), message)
        .at(say!("in one run: {schedule}", schedule))
        .help(help())
}

/// How many sequences of a group are named.
const NAMED: usize = 6;

fn together(group: &[&Load<'_, '_>], most: Most) -> Diagnostic {
    let shown: Vec<String> = group.iter().take(NAMED).map(|own| format!("`{}`", own.sequence.name())).collect();
    let names = shown.join(", ");
    let more = group.len().saturating_sub(NAMED);
    let most = if let Most::Count(most) = most { most } else { usize::MAX };
    let message = if more == 0 {
        say!("{names} together can send one person {most} messages in 7 days", names, most)
    } else {
        say!("{names} and {more} more together can send one person {most} messages in 7 days", names, more, most)
    };
    let run = |own: &Load<'_, '_>| {
        let schedule = schedule(own);
        say!("in one run: {schedule}", schedule)
    };
    let mut report = Diagnostic::new(&RULE.code, group[0].sequence.place(), message).at(run(group[0]));
    for other in group.iter().take(NAMED).skip(1) {
        report = report.label(other.sequence.place(), run(other));
    }
    report.help(help())
}

fn help() -> Message {
    say!("people who hear too often leave; add a cap to `sending`, such as `cap 5 per 7d hold`")
}

/// How many messages of a schedule are shown.
const SHOWN: usize = 8;

/// The messages of one run that come closest together: "`a`; `b` 1d later; …"
fn schedule(load: &Load<'_, '_>) -> Message {
    let most = load.profile.most_within(load.reach);
    let chain = most.checked_sub(1).and_then(|at| load.profile.spans.get(at));
    let sends = chain.map(|(_, chain)| in_order(chain)).unwrap_or_default();
    let line = |(step, since): &(Node<'_, '_>, i64)| {
        let (name, since) = (step.name(), spell(*since));
        say!("`{name}` after {since}", name, since)
    };
    Message::all(sends.iter().take(SHOWN).map(line).collect())
}
