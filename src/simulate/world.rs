//! What happens to one person, moment by moment: runs start, wait, turn and stop; messages become due, are held, skipped or
//! sent. Everything of one moment is done in order: what happens, what times out, then what is sent.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sha2::{Digest, Sha256};

use super::person::{Moment, Person, later};
use super::program::{self, Step};
use super::story::{Story, What};
use super::{Entry, Kind as Told, Life};
use crate::analysis::timed::policy::{Per, Policy, Then, Until};
use crate::diagnostic::Message;
use crate::model::expr::{Expr, ExprKind};
use crate::model::value::Duration;
use crate::model::walk::{FieldOf, Node};
use crate::model::{DeclId, Kind, Model, Val};
use crate::say;
use crate::source::Span;

/// The most moments that are lived through.
const MAX_MOMENTS: usize = 100_000;
/// How long after the last thing that happens a life is followed.
const AFTER: SignedDuration = SignedDuration::from_hours(24 * 366 * 3);

/// A sequence with all that does not change.
struct Sequence<'m, 's> {
    node: Node<'m, 's>,
    path: String,
    steps: Vec<Step<'m, 's>>,
    policy: Policy<'m, 's>,
    rank: usize,
    start: Option<(FieldOf<'m, 's>, &'m Expr<'s>)>,
    stop: Option<(FieldOf<'m, 's>, &'m Expr<'s>)>,
    key: Option<&'s str>,
    latest: bool,
}

/// The sequences of a project, read once for all people.
pub(super) struct Plans<'m, 's> {
    model: &'m Model<'s>,
    sequences: Vec<Sequence<'m, 's>>,
    /// The segments that something waits to be entered or left.
    watched: Vec<DeclId>,
    /// How long after an event a condition can change by itself.
    fades: Vec<Duration>,
}

impl<'m, 's> Plans<'m, 's> {
    pub(super) fn of(model: &'m Model<'s>) -> Self {
        let project = Policy::of_project(model);
        let nodes = model.nodes(Kind::Sequence).filter(|own| !own.is_broken());
        let sequences: Vec<Sequence<'m, 's>> = nodes.map(|node| sequence(node, &project)).collect();
        let mut plans = Self { model, sequences, watched: Vec::new(), fades: Vec::new() };
        plans.watch();
        plans
    }

    /// Finds what has to be looked at besides events.
    fn watch(&mut self) {
        let mut watched = Vec::new();
        let mut fades = Vec::new();
        for own in &self.sequences {
            for (field, expr) in own.triggers() {
                expr.walk(&mut |part| {
                    if let ExprKind::Enters(place) | ExprKind::Leaves(place) = part.kind {
                        watched.extend(self.model.target_decl(field, place));
                    }
                });
            }
            for pause in &own.policy.pauses {
                pause.cond.walk(&mut |part| fading(&part.kind, &mut fades));
            }
        }
        watched.retain(|id| self.model.node(*id).field("where").is_some());
        watched.sort_unstable();
        watched.dedup();
        for id in &watched {
            if let Some(cond) = self.model.node(*id).field("where").and_then(|field| field.expr("value")) {
                cond.walk(&mut |part| fading(&part.kind, &mut fades));
            }
        }
        fades.sort_by_key(|own| own.seconds());
        fades.dedup();
        (self.watched, self.fades) = (watched, fades);
    }
}

fn fading(kind: &ExprKind<'_>, fades: &mut Vec<Duration>) {
    match kind {
        ExprKind::Did { within: Some(within), .. } => fades.push(*within),
        ExprKind::Absent { lasting, .. } => fades.push(*lasting),
        _ => {}
    }
}

fn sequence<'m, 's>(node: Node<'m, 's>, project: &Policy<'m, 's>) -> Sequence<'m, 's> {
    let expr = |word: &str, slot: &str| {
        let field = node.field(word)?;
        Some((field, field.expr(slot)?))
    };
    let start = node.field("start");
    Sequence {
        path: node.path(),
        steps: program::of(node),
        policy: Policy::of(node),
        rank: project.rank(node.id),
        start: expr("start", "trigger"),
        stop: expr("stop", "value"),
        key: start.and_then(|field| field.get("key")?.val.word()),
        latest: start.is_some_and(|field| field.get("latest").is_some()),
        node,
    }
}

impl<'m, 's> Sequence<'m, 's> {
    /// What starts and stops it and what its runs wait for, each with the declaration that its names are relative to.
    fn triggers(&self) -> Vec<(DeclId, &'m Expr<'s>)> {
        let ends = [self.start, self.stop].into_iter().flatten().map(|(field, expr)| (field.owner.id, expr));
        let waits = self.steps.iter().filter_map(|step| match step {
            Step::Until { wait, trigger, .. } => Some((wait.id, *trigger)),
            _ => None,
        });
        ends.chain(waits).collect()
    }
}

/// A run of a sequence.
struct Run {
    sequence: usize,
    key: String,
    at: usize,
    /// Counts the waits, so that one that was left does not wake it.
    turn: usize,
    /// When the wait that it is in began.
    waits_since: Option<Timestamp>,
    /// Whether it has not come past its first wait.
    in_first_wait: bool,
    is_over: bool,
}

/// A message that is to be sent.
struct Due<'m, 's> {
    run: usize,
    step: Node<'m, 's>,
    at: Timestamp,
    /// How many became due before it.
    number: usize,
    /// Not before.
    next: Timestamp,
    is_held: bool,
    /// Until when it was said to be held.
    told: Option<Timestamp>,
}

/// Something to do at a moment; in this order, where several are due.
#[derive(Clone, Copy)]
enum Task {
    Happens(usize),
    Over(Span),
    Look,
    Wake(usize, usize),
    Send,
}

impl Task {
    const fn class(self) -> u8 {
        match self {
            Self::Happens(_) => 0,
            Self::Over(_) => 1,
            Self::Look => 2,
            Self::Wake(..) => 3,
            Self::Send => 4,
        }
    }
}

/// The life of a person among the sequences of a project.
pub(super) fn live<'m>(plans: &'m Plans<'m, '_>, story: &'m Story) -> Life {
    let mut world = World {
        plans,
        person: Person::new(plans.model, story),
        tasks: BTreeMap::new(),
        asked: 0,
        now: Timestamp::MIN,
        runs: Vec::new(),
        due: Vec::new(),
        sent: Vec::new(),
        started: BTreeMap::new(),
        members: BTreeMap::new(),
        life: Life {
            who: story.who.clone(),
            zone: story.zone.clone(),
            entries: Vec::new(),
            untold: Vec::new(),
            is_cut: false,
        },
    };
    world.begin();
    world.go_on();
    world.life.untold = world.person.untold();
    world.life
}

struct World<'m, 's> {
    plans: &'m Plans<'m, 's>,
    person: Person<'m, 's>,
    tasks: BTreeMap<(Timestamp, u8, usize), Task>,
    asked: usize,
    now: Timestamp,
    runs: Vec<Run>,
    due: Vec<Due<'m, 's>>,
    /// When messages that caps count were sent.
    sent: Vec<Timestamp>,
    /// When the last run of a sequence and a key started.
    started: BTreeMap<(usize, String), Timestamp>,
    /// Who was in which segment when it was looked at last.
    members: BTreeMap<DeclId, bool>,
    life: Life,
}

impl<'m, 's> World<'m, 's> {
    fn ask(&mut self, at: Timestamp, task: Task) {
        self.asked += 1;
        self.tasks.insert((at, task.class(), self.asked), task);
    }

    fn begin(&mut self) {
        let story = self.person.story;
        for (number, own) in story.happens.iter().enumerate() {
            self.ask(own.at, Task::Happens(number));
        }
        let mut dates = Vec::new();
        for own in &self.plans.sequences {
            own.triggers().into_iter().for_each(|(owner, expr)| self.person.dates(owner, expr, &mut dates));
        }
        dates.sort_unstable_by_key(|(at, span)| (*at, span.start));
        dates.into_iter().for_each(|(at, span)| self.ask(at, Task::Over(span)));
        let first = story.happens.first().map_or(Timestamp::MIN, |own| own.at);
        for id in &self.plans.watched {
            self.members.insert(*id, self.person.is_in(*id, first));
        }
    }

    fn go_on(&mut self) {
        let last = self.person.story.happens.last().map_or(Timestamp::MIN, |own| own.at);
        let end = last.saturating_add(AFTER).unwrap_or(Timestamp::MAX);
        let mut lived = 0;
        while let Some(((at, ..), task)) = self.tasks.pop_first() {
            lived += 1;
            if at > end {
                return;
            }
            if lived > MAX_MOMENTS {
                self.life.is_cut = true;
                return;
            }
            self.now = at;
            match task {
                Task::Happens(number) => self.happens(number),
                Task::Over(span) => self.over(span),
                Task::Look => self.look(),
                Task::Wake(run, turn) => self.wake(run, turn),
                Task::Send => self.send(),
            }
        }
    }

    // ---- what happens

    fn happens(&mut self, number: usize) {
        let story = self.person.story;
        let now = self.now;
        match &story.happens[number].what {
            What::Event(event, properties) => {
                let name = self.plans.model.path(*event);
                self.tell(Told::Happens, "", "", say!("`{name}` happens", name));
                let (event, reached) = self.person.does(now, *event, properties.clone());
                self.moment(Moment::Event(event));
                reached.into_iter().for_each(|stage| self.reach(stage));
                let soon = SignedDuration::from_nanos(1);
                for fade in &self.plans.fades {
                    let at = later(now, *fade).saturating_add(soon).unwrap_or(Timestamp::MAX);
                    self.ask(at, Task::Look);
                }
                if !self.plans.watched.is_empty() {
                    // An event counts for conditions from just after it.
                    self.ask(now.saturating_add(soon).unwrap_or(Timestamp::MAX), Task::Look);
                }
            }
            What::Enters(place) => {
                let name = self.plans.model.path(*place);
                self.tell(Told::Happens, "", "", say!("enters `{name}`", name));
                self.person.enters(*place, now);
                self.moment(Moment::Enters(*place));
            }
            What::Leaves(place) => {
                let name = self.plans.model.path(*place);
                self.tell(Told::Happens, "", "", say!("leaves `{name}`", name));
                self.person.leaves(*place);
                self.moment(Moment::Leaves(*place));
            }
        }
        if self.due.iter().any(|own| own.is_held) {
            // A pause may be over.
            self.ask(now, Task::Send);
        }
    }

    fn reach(&mut self, stage: DeclId) {
        let name = self.plans.model.path(stage);
        self.tell(Told::Happens, "", "", say!("reaches `{name}`", name));
        self.moment(Moment::Enters(stage));
    }

    fn over(&mut self, span: Span) {
        let is_over = self
            .plans
            .sequences
            .iter()
            .flat_map(Sequence::triggers)
            .any(|(owner, expr)| self.person.is_over(owner, expr, span, self.now));
        if is_over {
            let words = self.plans.model.sources.text(span).split_whitespace().collect::<Vec<_>>().join(" ");
            self.tell(Told::Happens, "", "", say!("`{words}`: it is so", words));
            self.moment(Moment::Over(span));
        }
    }

    /// Looks whether segments were entered or left, and whether a pause is over.
    fn look(&mut self) {
        for id in &self.plans.watched {
            let is_in = self.person.is_in(*id, self.now);
            if self.members.insert(*id, is_in) != Some(is_in) {
                let name = self.plans.model.path(*id);
                let moment = if is_in { Moment::Enters(*id) } else { Moment::Leaves(*id) };
                let words = if is_in { say!("enters `{name}`", name) } else { say!("leaves `{name}`", name) };
                self.tell(Told::Happens, "", "", words);
                self.moment(moment);
            }
        }
        if self.due.iter().any(|own| own.is_held) {
            self.ask(self.now, Task::Send);
        }
    }

    /// Stops, wakes and starts what a moment stops, wakes and starts; and begins to wait for what it begins.
    fn moment(&mut self, moment: Moment) {
        let plans = self.plans;
        for (at, own) in plans.sequences.iter().enumerate() {
            let mut waits = Vec::new();
            for (owner, expr) in own.triggers() {
                self.person.waits(owner, expr, moment, self.now, &mut waits);
            }
            waits.into_iter().for_each(|(until, span)| self.ask(until, Task::Over(span)));
            if own.stop.is_some_and(|(field, expr)| self.person.triggers(field.owner.id, expr, moment)) {
                let running: Vec<usize> = (0..self.runs.len()).filter(|run| self.runs[*run].sequence == at).collect();
                running.into_iter().for_each(|run| self.stop(run, &say!("what stops it happened")));
            }
        }
        for run in 0..self.runs.len() {
            self.may_wake(run, moment);
        }
        for (at, own) in plans.sequences.iter().enumerate() {
            let Some((field, expr)) = own.start else { continue };
            if self.person.triggers(field.owner.id, expr, moment) {
                let key = match (own.key, moment) {
                    (Some(key), Moment::Event(number)) => self.person.property(number, key),
                    _ => String::new(),
                };
                self.start(at, key);
            }
        }
    }

    fn may_wake(&mut self, run: usize, moment: Moment) {
        let own = &self.runs[run];
        if own.is_over || own.waits_since.is_none() {
            return;
        }
        let Step::Until { wait, trigger, happened, .. } = &self.plans.sequences[own.sequence].steps[own.at] else {
            return;
        };
        if self.person.triggers(wait.id, trigger, moment) {
            let words = self.words_of(trigger);
            self.runs[run].at = *happened;
            self.tell_of(run, Told::Turns, say!("`{words}` happened, so it goes on", words));
            self.go(run);
        }
    }

    // ---- runs

    fn start(&mut self, at: usize, key: String) {
        let own = &self.plans.sequences[at];
        let path = own.path.clone();
        let audience = own.node.field("audience").and_then(|field| Some((field.owner.id, field.expr("value")?)));
        if let Some((owner, cond)) = audience
            && !self.person.holds(owner, cond, self.now)
        {
            let words = self.words_of(cond);
            return self.tell(Told::Refused, &path, "", say!("does not start: it is for `{words}`", words));
        }
        let anew = self
            .runs
            .iter()
            .position(|run| own.latest && run.sequence == at && run.key == key && !run.is_over && run.in_first_wait);
        if let Some(run) = anew {
            self.runs[run].at = 0;
            self.tell_of(run, Told::Starts, say!("its first wait begins anew"));
            return self.go(run);
        }
        let last = self.started.get(&(at, key.clone())).copied();
        if let Some(why) = last.and_then(|last| self.not_again(own.node, last)) {
            return self.tell(Told::Refused, &path, "", why);
        }
        self.started.insert((at, key.clone()), self.now);
        let words = if key.is_empty() { say!("starts") } else { say!("starts for `{key}`", key) };
        self.tell(Told::Starts, &path, "", words);
        self.runs.push(Run {
            sequence: at,
            key,
            at: 0,
            turn: 0,
            waits_since: None,
            in_first_wait: true,
            is_over: false,
        });
        self.go(self.runs.len() - 1);
    }

    /// Why a person does not run through a sequence again, if so.
    fn not_again(&self, sequence: Node<'m, 's>, last: Timestamp) -> Option<Message> {
        let field = sequence.field("again");
        match field.and_then(|field| field.get("after")).map(|own| &own.val) {
            Some(Val::Duration(after)) => (self.now < later(last, *after)).then(|| {
                let after = after.spelling();
                say!("does not start: the last run started less than {after} ago", after)
            }),
            _ if field.is_some_and(|field| field.field.values.iter().any(|own| own.val.word() == Some("always"))) => {
                None
            }
            _ => Some(say!("does not start: nobody runs through it twice")),
        }
    }

    fn wake(&mut self, run: usize, turn: usize) {
        let own = &mut self.runs[run];
        if own.is_over || own.turn != turn {
            return;
        }
        own.in_first_wait = false;
        match &self.plans.sequences[own.sequence].steps[own.at] {
            Step::Until { trigger, ended, .. } => {
                own.at = *ended;
                let words = self.words_of(trigger);
                self.tell_of(run, Told::Turns, say!("`{words}` did not happen in time", words));
            }
            _ => own.at += 1,
        }
        self.go(run);
    }

    /// Goes on until the run waits or is over.
    fn go(&mut self, run: usize) {
        let plans = self.plans;
        self.runs[run].turn += 1;
        self.runs[run].waits_since = None;
        loop {
            let own = &plans.sequences[self.runs[run].sequence];
            match &own.steps[self.runs[run].at] {
                Step::Message(step) => {
                    self.runs[run].in_first_wait = false;
                    self.asked += 1;
                    let (now, number) = (self.now, self.asked);
                    self.due.push(Due { run, step: *step, at: now, number, next: now, is_held: false, told: None });
                    self.ask(self.now, Task::Send);
                    self.runs[run].at += 1;
                }
                Step::Wait(time) => return self.wait(run, calendar_later(self.now, *time, &self.person.story.zone)),
                Step::Workdays(days) => return self.wait(run, self.workdays(own, *days)),
                Step::Until { at_most, .. } => {
                    return self.wait(run, calendar_later(self.now, *at_most, &self.person.story.zone));
                }
                Step::When { when, cond, otherwise } => {
                    let holds = self.person.holds(when.id, cond, self.now);
                    let words = self.words_of(cond);
                    let said =
                        if holds { say!("`{words}` holds", words) } else { say!("`{words}` does not hold", words) };
                    self.tell_of(run, Told::Turns, said);
                    self.runs[run].at = if holds { self.runs[run].at + 1 } else { *otherwise };
                }
                Step::Split { split, arms } => {
                    let path = split.path();
                    let arm = self.dealt(&path, arms);
                    self.runs[run].at = arms.get(arm).map_or(self.runs[run].at + 1, |(_, at)| *at);
                    let number = arm + 1;
                    self.tell_of(run, Told::Turns, say!("dealt to arm {number} of `{path}`", number, path));
                }
                Step::Jump(to) => self.runs[run].at = *to,
                Step::End => return self.may_finish(run),
            }
        }
    }

    fn wait(&mut self, run: usize, until: Timestamp) {
        let own = &mut self.runs[run];
        own.waits_since = Some(self.now);
        let turn = own.turn;
        self.ask(until, Task::Wake(run, turn));
    }

    /// The same time of the clock on a later working day.
    fn workdays(&self, sequence: &Sequence<'m, 's>, days: i64) -> Timestamp {
        let zone = &self.person.story.zone;
        let here = zone.to_datetime(self.now);
        let later = here.checked_add(sequence.policy.week.length(here.date(), days).days());
        later.ok().and_then(|at| zone.to_timestamp(at).ok()).unwrap_or(Timestamp::MAX)
    }

    /// The arm of a split, counted from nothing: as the story says, or by what the person is called.
    fn dealt(&self, path: &str, arms: &[(Decimal, usize)]) -> usize {
        if let Some(told) = self.person.story.arms.get(path) {
            return told.saturating_sub(1).min(arms.len().saturating_sub(1));
        }
        let mut at = Decimal::from(lot(&self.person.story.who, path)) / Decimal::from(1_000);
        let found = arms.iter().position(|(share, _)| {
            let is_here = at < *share;
            at -= share;
            is_here
        });
        found.unwrap_or(arms.len())
    }

    fn stop(&mut self, run: usize, why: &Message) {
        if self.runs[run].is_over {
            return;
        }
        self.runs[run].is_over = true;
        self.tell_of(run, Told::Stops, say!("stops: {why}", why));
        let held: Vec<Node<'m, 's>> = self.due.iter().filter(|own| own.run == run).map(|own| own.step).collect();
        self.due.retain(|own| own.run != run);
        for step in held {
            self.tell_step(run, Told::Skips, step, say!("is not sent: the run is over"));
        }
    }

    fn may_finish(&mut self, run: usize) {
        let is_at_end = matches!(self.plans.sequences[self.runs[run].sequence].steps[self.runs[run].at], Step::End);
        if self.runs[run].is_over || !is_at_end || self.due.iter().any(|own| own.run == run) {
            return;
        }
        self.runs[run].is_over = true;
        self.tell_of(run, Told::Finishes, say!("is finished"));
        let sequence = self.plans.sequences[self.runs[run].sequence].node.id;
        self.moment(Moment::Finished(sequence));
    }

    // ---- sending

    /// Tries every message that is due; of several, in order.
    fn send(&mut self) {
        let plans = self.plans;
        let rank = |due: &Due<'_, '_>, runs: &[Run]| plans.sequences[runs[due.run].sequence].rank;
        loop {
            let ready = self.due.iter().enumerate().filter(|(_, own)| own.next <= self.now);
            // Of one sequence in the order they became due.
            let path = |own: &Due<'_, '_>| &plans.sequences[self.runs[own.run].sequence].path;
            let first = ready.min_by_key(|(_, own)| (rank(own, &self.runs), own.at, path(own), own.number));
            let Some(at) = first.map(|(at, _)| at) else { return };
            let mut own = self.due.remove(at);
            let run = own.run;
            match self.verdict(&own) {
                Verdict::Send(words) => {
                    if !self.is_free(&own) && own.step.kind() != Kind::Task {
                        self.sent.push(self.now);
                    }
                    self.tell_step(run, Told::Sends, own.step, words);
                }
                Verdict::Skip(words) => self.tell_step(run, Told::Skips, own.step, words),
                Verdict::Drop(words) => {
                    self.tell_step(run, Told::Skips, own.step, words.clone());
                    self.stop(run, &words);
                }
                Verdict::Hold(until, words) => {
                    if !own.is_held || (until.is_some() && until != own.told) {
                        self.tell_step(run, Told::Holds, own.step, words);
                    }
                    (own.is_held, own.told) = (true, until);
                    own.next = until
                        .unwrap_or(self.now.saturating_add(SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MAX));
                    if let Some(until) = until {
                        self.ask(until, Task::Send);
                    }
                    self.due.push(own);
                    continue;
                }
            }
            self.may_finish(run);
        }
    }

    /// Whether the policy does not hold for it.
    fn is_free(&self, due: &Due<'m, 's>) -> bool {
        self.basis(due).is_some_and(|basis| basis.get("kind").and_then(|own| own.val.word()) == Some("transactional"))
    }

    fn basis(&self, due: &Due<'m, 's>) -> Option<FieldOf<'m, 's>> {
        let sequence = &self.plans.sequences[self.runs[due.run].sequence];
        due.step.field("basis").or_else(|| sequence.node.field("basis"))
    }

    fn verdict(&self, due: &Due<'m, 's>) -> Verdict {
        for (word, slot) in [("audience", "value"), ("when", "value")] {
            let cond = due.step.field(word).and_then(|field| Some((field.owner.id, field.expr(slot)?)));
            if let Some((owner, cond)) = cond
                && !self.person.holds(owner, cond, self.now)
            {
                let words = self.words_of(cond);
                return Verdict::Skip(say!("is skipped: `{words}` does not hold", words));
            }
        }
        let consent = self.basis(due).and_then(|basis| basis.target_of("consent"));
        if let Some(consent) = consent
            && !self.person.consents(consent, self.now)
        {
            let name = consent.name();
            return Verdict::Skip(say!("is skipped: the consent `{name}` is not given", name));
        }
        if self.is_free(due) {
            return Verdict::Send(say!("is sent: the policy leaves what is part of an order alone"));
        }
        self.by_policy(due)
    }

    fn by_policy(&self, due: &Due<'m, 's>) -> Verdict {
        let sequence = &self.plans.sequences[self.runs[due.run].sequence];
        let policy = &sequence.policy;
        let zone = &self.person.story.zone;
        let is_dealt_out =
            || Decimal::from(lot(&self.person.story.who, "holdout")) < policy.holdout * Decimal::from(1_000);
        if self.person.story.held_out || (policy.holdout > Decimal::ZERO && is_dealt_out()) {
            return Verdict::Skip(say!("is skipped: the person is held out to compare with"));
        }
        for pause in &policy.pauses {
            if self.person.holds(pause.field.owner.id, pause.cond, self.now) {
                let words = self.words_of(pause.cond);
                return Verdict::Hold(None, say!("is held while `{words}`", words));
            }
        }
        match policy.quiet_until_for(self.now, zone) {
            Some(Until::Never) => return Verdict::Skip(say!("is never sent: it is always quiet")),
            Some(Until::At(until)) => {
                let when = super::spelled(until, zone);
                return Verdict::Hold(Some(until), say!("is held until {when}: it is quiet", when));
            }
            None => {}
        }
        if due.step.kind() != Kind::Task
            && let Some(verdict) = self.by_caps(policy, zone)
        {
            return verdict;
        }
        if self.now > due.at {
            let when = super::spelled(due.at, zone);
            return Verdict::Send(say!("is sent; it was due {when}", when));
        }
        Verdict::Send(say!("is sent"))
    }

    /// What the caps that are full say; of several the hardest.
    fn by_caps(&self, policy: &Policy<'m, 's>, zone: &TimeZone) -> Option<Verdict> {
        let full =
            policy.caps.iter().filter_map(|cap| Some((cap, self.room(cap.count, cap.per, policy.first_day, zone)?)));
        let (cap, until) = full.max_by_key(|(cap, until)| (cap.then, *until))?;
        let count = cap.count;
        Some(match cap.then {
            Then::Hold if cap.count == 0 => Verdict::Skip(say!("is never sent: the cap is 0")),
            Then::Hold => {
                let when = super::spelled(until, zone);
                Verdict::Hold(Some(until), say!("is held until {when}: {count} were sent", when, count))
            }
            Then::Skip => Verdict::Skip(say!("is skipped: {count} were sent", count)),
            Then::Drop => Verdict::Drop(say!("is dropped with the rest of the run: {count} were sent", count)),
        })
    }

    /// When there is room under a cap again, if it is full.
    fn room(&self, count: usize, per: Per, first_day: usize, zone: &TimeZone) -> Option<Timestamp> {
        if let Per::Rolling(seconds) = per {
            let since = self.now.saturating_sub(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MIN);
            let counted: Vec<Timestamp> = self.sent.iter().copied().filter(|own| *own > since).collect();
            let first = counted.len().checked_sub(count)?;
            let oldest = counted.get(first).copied().unwrap_or(self.now);
            return Some(oldest.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX));
        }
        let now = zone.to_datetime(self.now).date();
        let (from, to) = match per {
            Per::Day => (now, now.checked_add(1.day()).ok()?),
            Per::Week => {
                let weekday = usize::try_from(now.weekday().to_monday_zero_offset()).unwrap_or_default();
                let passed = i64::try_from((weekday + 7 - first_day) % 7).unwrap_or_default();
                let from = now.checked_sub(passed.days()).ok()?;
                (from, from.checked_add(7.days()).ok()?)
            }
            _ => (now.first_of_month(), now.last_of_month().tomorrow().ok()?),
        };
        let at = |day: jiff::civil::Date| zone.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok();
        let (from, to) = (at(from)?, at(to)?);
        (self.sent.iter().filter(|own| **own >= from).count() >= count).then_some(to)
    }

    // ---- telling

    fn words_of(&self, expr: &Expr<'s>) -> String {
        self.plans.model.sources.text(expr.span).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn tell(&mut self, kind: Told, sequence: &str, message: &str, words: Message) {
        self.life.entries.push(Entry {
            at: self.now,
            kind,
            sequence: sequence.to_owned(),
            key: String::new(),
            message: message.to_owned(),
            step: None,
            words,
        });
    }

    fn tell_of(&mut self, run: usize, kind: Told, words: Message) {
        let path = self.plans.sequences[self.runs[run].sequence].path.clone();
        self.tell(kind, &path, "", words);
        self.mark(run, None);
    }

    /// Says of what was told last which run and which message it is of.
    fn mark(&mut self, run: usize, step: Option<DeclId>) {
        if let Some(own) = self.life.entries.last_mut() {
            own.key.clone_from(&self.runs[run].key);
            own.step = step;
        }
    }

    fn tell_step(&mut self, run: usize, kind: Told, step: Node<'m, 's>, words: Message) {
        let sequence = self.plans.sequences[self.runs[run].sequence].path.clone();
        self.tell(kind, &sequence, &step.path(), words);
        self.mark(run, Some(step.id));
    }
}

/// What becomes of a message at a moment.
enum Verdict {
    Send(Message),
    Skip(Message),
    Drop(Message),
    /// Until a moment, or until something happens.
    Hold(Option<Timestamp>, Message),
}

/// A length of time later where somebody lives: calendar months keep the day and the clock.
fn calendar_later(at: Timestamp, by: Duration, zone: &TimeZone) -> Timestamp {
    match by {
        Duration::Calendar { months } => {
            let here: Zoned = at.to_zoned(zone.clone());
            here.checked_add(i64::from(months).months()).map_or(Timestamp::MAX, |own| own.timestamp())
        }
        Duration::Exact { seconds, .. } => {
            let seconds = SignedDuration::from_secs(seconds.to_i64().unwrap_or(i64::MAX / 2));
            at.saturating_add(seconds).unwrap_or(Timestamp::MAX)
        }
    }
}

/// A number below a hundred thousand that a person keeps for one purpose.
fn lot(who: &str, what: &str) -> u32 {
    let digest = Sha256::digest(format!("{who}\n{what}"));
    let number = digest.iter().take(4).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    u32::try_from(number % 100_000).unwrap_or_default()
}
