//! One run of one person, moment by moment, to show what a check found: when each message is due, and when quiet lets it go.

use jiff::ToSpan;
use jiff::civil::{DateTime, Time};

use super::policy::{Lasting, Policy, Until};
use super::{is_exempt, timeline};
use crate::diagnostic::Message;
use crate::model::Kind;
use crate::model::walk::Node;
use crate::{phrase, say};

/// A step of the way through a sequence.
#[derive(Clone, Copy)]
enum Leg<'m, 's> {
    /// So many seconds pass.
    Pass(i64),
    /// So many working days pass.
    Workdays(i64),
    /// A message is due.
    Message(Node<'m, 's>),
}

/// How a way is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// What is waited for happens at once, and the shortest branch is taken.
    Soonest,
    /// What is waited for happens at the last moment, and the longest branch is taken.
    Latest,
}

/// A way through a sequence past some of its steps.
pub struct Way<'m, 's> {
    legs: Vec<Leg<'m, 's>>,
    pace: Pace,
}

/// A message of a run.
pub struct Sent<'m, 's> {
    /// The message.
    pub step: Node<'m, 's>,
    /// When it is due.
    pub due: DateTime,
    /// When quiet lets it go; never where nothing does.
    pub sent: Option<DateTime>,
}

/// A run.
pub struct Schedule<'m, 's> {
    /// When it starts.
    pub start: DateTime,
    /// Its messages, in their order.
    pub sends: Vec<Sent<'m, 's>>,
}

impl<'m, 's> Way<'m, 's> {
    /// The way through a sequence past some of its steps, as far as the last of them.
    pub fn past(sequence: Node<'m, 's>, steps: &[Node<'m, 's>], pace: Pace) -> Self {
        let mut way = Self { legs: Vec::new(), pace };
        let mut left: Vec<Node<'m, 's>> = steps.to_vec();
        way.walk(sequence, &mut left);
        way
    }

    /// Goes through steps until none is left that it has to come past.
    fn walk(&mut self, of: Node<'m, 's>, left: &mut Vec<Node<'m, 's>>) {
        for step in of.children() {
            if left.is_empty() {
                return;
            }
            self.step(step, left);
            left.retain(|own| own.id != step.id);
        }
    }

    fn step(&mut self, step: Node<'m, 's>, left: &mut Vec<Node<'m, 's>>) {
        match step.kind() {
            Kind::Wait => match (timeline::workdays(step), timeline::seconds(step, "delay")) {
                (Some(days), _) => self.legs.push(Leg::Workdays(days)),
                (None, Some(seconds)) => self.legs.push(Leg::Pass(seconds)),
                (None, None) => {
                    let most = timeline::seconds(step, "at_most").unwrap_or_default();
                    let [then, otherwise] = [Kind::Then, Kind::Else].map(|kind| step.children_of(kind).next());
                    let happened = if self.pace == Pace::Soonest { 0 } else { most };
                    self.branch(&[(happened, then), (most, otherwise)], left);
                }
            },
            Kind::When => self.branch(&[(0, Some(step)), (0, step.children_of(Kind::Else).next())], left),
            Kind::Split => {
                self.branch(&step.children_of(Kind::Arm).map(|arm| (0, Some(arm))).collect::<Vec<_>>(), left);
            }
            kind if kind.is_message() => self.legs.push(Leg::Message(step)),
            _ => {}
        }
    }

    /// Takes the branch that leads to what the way has to come past, or else the shortest (or longest).
    fn branch(&mut self, branches: &[(i64, Option<Node<'m, 's>>)], left: &mut Vec<Node<'m, 's>>) {
        let leads = |branch: &Node<'m, 's>| left.iter().any(|own| is_inside(*own, *branch));
        if let Some((wait, Some(branch))) = branches.iter().find(|(_, own)| own.as_ref().is_some_and(leads)) {
            self.legs.push(Leg::Pass(*wait));
            self.walk(*branch, left);
            return;
        }
        let through = |(wait, branch): &(i64, Option<Node<'m, 's>>)| {
            let mut own = Self { legs: vec![Leg::Pass(*wait)], pace: self.pace };
            branch.iter().for_each(|branch| branch.children().for_each(|step| own.step(step, &mut Vec::new())));
            own
        };
        let ways = branches.iter().map(through);
        let way = match self.pace {
            Pace::Soonest => ways.min_by_key(|own| (length(&own.legs), own.messages())),
            Pace::Latest => ways.max_by_key(|own| (length(&own.legs), std::cmp::Reverse(own.messages()))),
        };
        self.legs.extend(way.into_iter().flat_map(|own| own.legs));
    }

    fn messages(&self) -> usize {
        self.legs.iter().filter(|leg| matches!(leg, Leg::Message(_))).count()
    }

    /// The run that starts at a moment; nothing where it leaves the calendar.
    pub fn from(&self, start: DateTime, policy: &Policy<'_, '_>) -> Option<Schedule<'m, 's>> {
        let (mut now, mut sends) = (start, Vec::new());
        for leg in &self.legs {
            match leg {
                Leg::Pass(seconds) => now = now.checked_add(seconds.seconds()).ok()?,
                Leg::Workdays(days) => now = now.checked_add(policy.week.length(now.date(), *days).days()).ok()?,
                Leg::Message(step) => {
                    let until = policy.quiet_until(now).filter(|_| !is_exempt(*step) && step.kind() != Kind::Task);
                    let sent = match until {
                        None => Some(now),
                        Some(Until::At(end)) => Some(end),
                        Some(Until::Never) => None,
                    };
                    sends.push(Sent { step: *step, due: now, sent });
                }
            }
        }
        Some(Schedule { start, sends })
    }

    /// Runs on this way, one after the other, whose step is due in quiet of more than so many seconds: as it begins, and as
    /// each day in it begins, for working days are counted from there.
    pub fn into_quiet<'p>(
        &'p self,
        policy: &'p Policy<'_, '_>,
        step: Node<'m, 's>,
        longer_than: i64,
    ) -> impl Iterator<Item = Schedule<'m, 's>> + 'p {
        let at = self.legs.iter().position(|leg| is_message(leg, step)).unwrap_or(self.legs.len());
        let (before, after) = self.legs.split_at(at);
        let passed = length(before);
        let back = if has_workdays(before) { 0..=MAX_DAYS_BACK } else { 0..=0 };
        let each_day = has_workdays(after);
        let blocks = policy.blocks().into_iter().filter(move |(_, lasting)| *lasting > Lasting::Seconds(longer_than));
        let moments = blocks.flat_map(move |(begin, lasting)| {
            let end =
                if let Lasting::Seconds(seconds) = lasting { begin.checked_add(seconds.seconds()) } else { Ok(begin) };
            let days = begin.date().tomorrow().into_iter().flat_map(|day| day.series(1.day()).take(MAX_BLOCK_DAYS));
            let days = days
                .map(|day| day.to_datetime(Time::midnight()))
                .take_while(move |day| end.as_ref().is_ok_and(|end| day < end));
            std::iter::once(begin).chain(days.filter(move |_| each_day))
        });
        moments.flat_map(move |moment| back.clone().map(move |day: i64| (moment, day))).filter_map(
            move |(moment, day)| {
                let start = moment.checked_sub(passed.seconds()).ok()?.checked_sub(day.days()).ok()?;
                self.from(start, policy)
            },
        )
    }
}

/// How many days back starts are tried where working days pass.
const MAX_DAYS_BACK: i64 = 21;
/// How many days of one block of quiet are tried.
const MAX_BLOCK_DAYS: usize = 60;

fn has_workdays(legs: &[Leg<'_, '_>]) -> bool {
    legs.iter().any(|leg| matches!(leg, Leg::Workdays(_)))
}

/// The seconds of some steps, working days counted as days.
fn length(legs: &[Leg<'_, '_>]) -> i64 {
    let of = |leg: &Leg<'_, '_>| match leg {
        Leg::Pass(seconds) => *seconds,
        Leg::Workdays(days) => days.saturating_mul(super::DAY),
        Leg::Message(_) => 0,
    };
    legs.iter().map(of).fold(0, i64::saturating_add)
}

fn is_message(leg: &Leg<'_, '_>, step: Node<'_, '_>) -> bool {
    matches!(leg, Leg::Message(own) if own.id == step.id)
}

/// Whether a step is in a branch; what is in the `else` of a condition is not in the condition.
fn is_inside(step: Node<'_, '_>, branch: Node<'_, '_>) -> bool {
    let line = std::iter::successors(Some(step), |own| own.parent());
    let up: Vec<Node<'_, '_>> = line.take_while(|own| own.kind() != Kind::Sequence).collect();
    let at = up.iter().position(|own| own.id == branch.id).unwrap_or(0);
    at > 0 && !(branch.kind() == Kind::When && up[at - 1].kind() == Kind::Else)
}

impl<'m, 's> Schedule<'m, 's> {
    /// A message of it.
    pub fn of(&self, step: Node<'m, 's>) -> Option<&Sent<'m, 's>> {
        self.sends.iter().find(|own| own.step.id == step.id)
    }

    /// "starts Thursday 21:30; `a` is due Thursday 22:00, held until Saturday 08:00; …" of some of its messages.
    pub fn spelled(&self, shown: &[Node<'m, 's>]) -> Message {
        let (day, time) = moment(self.start, self.start);
        let mut lines = vec![say!("starts {day} {time}", day, time)];
        let sends = self.sends.iter().filter(|own| shown.iter().any(|shown| shown.id == own.step.id));
        lines.extend(sends.map(|own| self.line(own)));
        Message::all(lines)
    }

    fn line(&self, own: &Sent<'m, 's>) -> Message {
        let name = own.step.name();
        let (day, time) = moment(own.due, self.start);
        match own.sent.filter(|sent| *sent != own.due).map(|sent| moment(sent, self.start)) {
            Some((until_day, until_time)) => say!(
                "`{name}` is due {day} {time}, held until {until_day} {until_time}",
                name,
                day,
                time,
                until_day,
                until_time
            ),
            None if own.sent.is_none() => say!("`{name}` is due {day} {time}, held for ever", name, day, time),
            None => say!("`{name}` goes out {day} {time}", name, day, time),
        }
    }
}

/// The names of the days, Monday first.
const DAYS: [&str; 7] = [
    phrase!("Monday"),
    phrase!("Tuesday"),
    phrase!("Wednesday"),
    phrase!("Thursday"),
    phrase!("Friday"),
    phrase!("Saturday"),
    phrase!("Sunday"),
];

/// The longest after the start that the name of a day says which one is meant.
const A_WEEK: i64 = 6;

/// A day, by its name in the first week and with the date of a spec after, and a time.
fn moment(at: DateTime, start: DateTime) -> (Message, String) {
    let weekday = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or_default();
    let day = Message::of(DAYS[weekday]);
    let passed = i64::from(at.date().since(start.date()).map_or(0, |span| span.get_days()));
    let time = if at.second() == 0 { at.strftime("%H:%M") } else { at.strftime("%H:%M:%S") };
    let number = passed + 1;
    let day = if passed <= A_WEEK { day } else { say!("{day} (day {number})", day, number) };
    (day, time.to_string())
}
