//! One person in a small world, hour by hour. It is written from the meaning of sequences in the book and knows nothing of the
//! analysis: time is a number of hours after a Monday at midnight, and every hour is looked at.

use std::fmt::Write as _;

pub(crate) const DAY: i64 = 24;
pub(crate) const WEEK: i64 = 7 * DAY;

/// A step of a sequence.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A message, and whether it is transactional.
    Mail(usize, bool),
    /// So many hours.
    Wait(i64),
    /// So many working days.
    Workdays(i64),
    /// Waits for an event for so many hours at most.
    Until(usize, i64, Vec<Step>, Vec<Step>),
    /// For those with a flag, and for the others; each asks for a flag of its own, so that nothing is said of people who change.
    When(usize, Vec<Step>, Vec<Step>),
    /// Two arms.
    Split(usize, Vec<Step>, Vec<Step>),
}

/// What becomes of one too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    Hold,
    Skip,
    Drop,
}

/// So many in so many hours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cap {
    pub(crate) count: usize,
    pub(crate) hours: i64,
    pub(crate) then: Then,
}

/// What may be sent when.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    /// From an hour up to another, perhaps over midnight.
    pub(crate) nights: Option<(i64, i64)>,
    /// Days of the week, Monday is 0.
    pub(crate) quiet_days: Vec<i64>,
    pub(crate) cap: Option<Cap>,
}

impl Rules {
    pub(crate) fn is_quiet(&self, hour: i64) -> bool {
        let of_day = hour.rem_euclid(DAY);
        let night = self.nights.is_some_and(|(from, to)| {
            if from < to { (from..to).contains(&of_day) } else { of_day >= from || of_day < to }
        });
        night || self.quiet_days.contains(&hour.div_euclid(DAY).rem_euclid(7))
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::from("sending {");
        if let Some((from, to)) = self.nights {
            let _ = write!(text, " quiet {from:02}:00 .. {to:02}:00;");
        }
        for day in &self.quiet_days {
            let name = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"][*day as usize];
            let _ = write!(text, " quiet {name};");
        }
        if let Some(cap) = self.cap {
            let _ = write!(text, " cap {} per {}h {};", cap.count, cap.hours, format!("{:?}", cap.then).to_lowercase());
        }
        text + " order one }\n"
    }
}

/// What a person does: when the events that are waited for come after the wait began, who they are, which arm they get.
#[derive(Clone, Debug)]
pub(crate) struct Fate {
    pub(crate) events: Vec<Option<i64>>,
    pub(crate) flags: Vec<bool>,
    pub(crate) arms: Vec<bool>,
}

/// Everything that can happen to a person in a sequence: each event at once, at the last moment or never.
pub(crate) fn fates(steps: &[Step]) -> Vec<Fate> {
    let (mut untils, mut whens, mut splits) = (Vec::new(), 0, 0);
    count(steps, &mut untils, &mut whens, &mut splits);
    let mut all = vec![Fate { events: Vec::new(), flags: Vec::new(), arms: Vec::new() }];
    for most in untils {
        all = grown(&all, &[Some(0), Some(most), None], |fate, event| fate.events.push(event));
    }
    for _ in 0..whens {
        all = grown(&all, &[false, true], |fate, flag| fate.flags.push(flag));
    }
    for _ in 0..splits {
        all = grown(&all, &[false, true], |fate, arm| fate.arms.push(arm));
    }
    all
}

fn grown<T: Copy>(all: &[Fate], with: &[T], add: impl Fn(&mut Fate, T)) -> Vec<Fate> {
    let one = |fate: &Fate| {
        let each = with.iter().map(|own| {
            let mut fate = fate.clone();
            add(&mut fate, *own);
            fate
        });
        each.collect::<Vec<_>>()
    };
    all.iter().flat_map(one).collect()
}

fn count(steps: &[Step], untils: &mut Vec<i64>, whens: &mut usize, splits: &mut usize) {
    for step in steps {
        match step {
            Step::Until(at, most, then, otherwise) => {
                assert_eq!(*at, untils.len());
                untils.push(*most);
                count(then, untils, whens, splits);
                count(otherwise, untils, whens, splits);
            }
            Step::When(at, then, otherwise) => {
                assert_eq!(*at, *whens);
                *whens += 1;
                count(then, untils, whens, splits);
                count(otherwise, untils, whens, splits);
            }
            Step::Split(at, one, other) => {
                assert_eq!(*at, *splits);
                *splits += 1;
                count(one, untils, whens, splits);
                count(other, untils, whens, splits);
            }
            _ => {}
        }
    }
}

/// A message that a person comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Due {
    pub(crate) mail: usize,
    pub(crate) exempt: bool,
    pub(crate) at: i64,
}

/// The messages that a run comes to, and when it is over.
pub(crate) fn nominal(steps: &[Step], start: i64, fate: &Fate) -> (Vec<Due>, i64) {
    let mut due = Vec::new();
    let end = walk(steps, start, fate, &mut due);
    (due, end)
}

fn walk(steps: &[Step], start: i64, fate: &Fate, due: &mut Vec<Due>) -> i64 {
    let mut now = start;
    for step in steps {
        now = match step {
            Step::Mail(mail, exempt) => {
                due.push(Due { mail: *mail, exempt: *exempt, at: now });
                now
            }
            Step::Wait(hours) => now + hours,
            Step::Workdays(days) => {
                let (mut at, mut left) = (now, *days);
                while left > 0 {
                    at += DAY;
                    // Monday to Friday are worked on.
                    if at.div_euclid(DAY).rem_euclid(7) < 5 {
                        left -= 1;
                    }
                }
                at
            }
            Step::Until(event, most, then, otherwise) => match fate.events[*event] {
                Some(after) => walk(then, now + after, fate, due),
                None => walk(otherwise, now + most, fate, due),
            },
            Step::When(flag, then, otherwise) => walk(if fate.flags[*flag] { then } else { otherwise }, now, fate, due),
            Step::Split(split, one, other) => walk(if fate.arms[*split] { other } else { one }, now, fate, due),
        };
    }
    now
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) due: Due,
    /// When it was sent; nothing where it was not.
    pub(crate) sent: Option<i64>,
}

/// Sends what is due, hour by hour; the messages of earlier lists go first.
pub(crate) fn send(lists: &[Vec<Due>], rules: &Rules) -> Vec<Outcome> {
    let mut waiting: Vec<(usize, usize, Due)> = Vec::new();
    for (rank, list) in lists.iter().enumerate() {
        waiting.extend(list.iter().enumerate().map(|(place, due)| (rank, place, *due)));
    }
    let Some(first) = waiting.iter().map(|(.., due)| due.at).min() else { return Vec::new() };
    let last = waiting.iter().map(|(.., due)| due.at).max().unwrap_or(first) + 40 * WEEK;
    let mut sent: Vec<i64> = Vec::new();
    let mut out = Vec::new();
    for now in first..=last {
        if waiting.is_empty() {
            break;
        }
        let mut ready: Vec<(usize, i64, usize, Due)> = waiting
            .iter()
            .filter(|(.., due)| due.at <= now)
            .map(|(rank, place, due)| (*rank, due.at, *place, *due))
            .collect();
        ready.sort_by_key(|(rank, at, place, _)| (*rank, *at, *place));
        for (rank, _, place, due) in ready {
            let is_waiting = |own: &(usize, usize, Due)| own.0 == rank && own.1 == place;
            if !waiting.iter().any(is_waiting) {
                continue;
            }
            let verdict = verdict(due, now, &sent, rules);
            if verdict == Verdict::Wait {
                continue;
            }
            waiting.retain(|own| !is_waiting(own));
            if verdict == Verdict::Over {
                waiting.retain(|own| own.0 != rank);
            }
            let goes = verdict == Verdict::Send;
            if goes && !due.exempt {
                sent.push(now);
            }
            out.push(Outcome { due, sent: goes.then_some(now) });
        }
    }
    out.extend(waiting.into_iter().map(|(.., due)| Outcome { due, sent: None }));
    out
}

#[derive(PartialEq)]
enum Verdict {
    Send,
    Wait,
    Skip,
    Over,
}

fn verdict(due: Due, now: i64, sent: &[i64], rules: &Rules) -> Verdict {
    if due.exempt {
        return Verdict::Send;
    }
    if rules.is_quiet(now) {
        return Verdict::Wait;
    }
    let full = |cap: &Cap| sent.iter().filter(|at| **at > now - cap.hours).count() >= cap.count;
    match rules.cap.filter(full).map(|cap| cap.then) {
        None => Verdict::Send,
        Some(Then::Hold) => Verdict::Wait,
        Some(Then::Skip) => Verdict::Skip,
        Some(Then::Drop) => Verdict::Over,
    }
}

/// The most moments in any time of so many hours.
pub(crate) fn most_in(hours: i64, moments: &[i64]) -> usize {
    let inside = |end: i64| moments.iter().filter(|at| end - hours < **at && **at <= end).count();
    moments.iter().map(|end| inside(*end)).max().unwrap_or(0)
}

// ---- the same as a spec

pub(crate) fn text(name: &str, head: &str, steps: &[Step]) -> String {
    let mut out = format!("sequence {name} {{\n  {head}; basis legitimate_interest\n");
    write_steps(name, steps, &mut out);
    out + "}\n"
}

fn write_steps(name: &str, steps: &[Step], out: &mut String) {
    for step in steps {
        match step {
            Step::Mail(mail, exempt) => {
                let basis = if *exempt { "; basis transactional" } else { "" };
                let _ = writeln!(out, "email {name}_{mail} {{ subject \"x\"{basis} }}");
            }
            Step::Wait(hours) => drop(writeln!(out, "wait {hours}h")),
            Step::Workdays(days) => drop(writeln!(out, "wait {days} workdays")),
            Step::Until(event, most, then, otherwise) => {
                let _ = writeln!(out, "wait until e{event} at_most {most}h {{ then {{");
                write_steps(name, then, out);
                out.push_str("} else {\n");
                write_steps(name, otherwise, out);
                out.push_str("} }\n");
            }
            Step::When(flag, then, otherwise) => {
                let _ = writeln!(out, "when trait f{flag} {{");
                write_steps(name, then, out);
                out.push_str("else {\n");
                write_steps(name, otherwise, out);
                out.push_str("} }\n");
            }
            Step::Split(split, one, other) => {
                let _ = writeln!(out, "split {name}_s{split} {{ 50% {{");
                write_steps(name, one, out);
                out.push_str("} 50% {\n");
                write_steps(name, other, out);
                out.push_str("} }\n");
            }
        }
    }
}

// ---- chance

/// A stream of numbers that looks like chance and is the same every time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1))
    }

    /// Less than a number.
    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % most
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// What steps there may be.
#[derive(Clone, Copy, Default)]
pub(crate) struct Taste {
    pub(crate) exempt: bool,
    pub(crate) workdays: bool,
    pub(crate) turns: bool,
}

/// A sequence by chance, of so many messages at most.
pub(crate) fn steps(dice: &mut Dice, taste: Taste, mails: usize) -> Vec<Step> {
    let mut made = Made { taste, mails: 0, most: mails, untils: 0, whens: 0, splits: 0 };
    let length = 2 + dice.below(mails.max(5) * 2 - 5);
    let mut steps = made.steps(dice, length, 0);
    if made.mails == 0 {
        steps.push(Step::Mail(0, false));
    }
    steps
}

struct Made {
    taste: Taste,
    mails: usize,
    most: usize,
    untils: usize,
    whens: usize,
    splits: usize,
}

impl Made {
    fn steps(&mut self, dice: &mut Dice, length: usize, depth: usize) -> Vec<Step> {
        (0..length).map(|_| self.step(dice, depth)).collect()
    }

    fn step(&mut self, dice: &mut Dice, depth: usize) -> Step {
        match dice.below(if self.taste.turns && depth < 2 { 10 } else { 7 }) {
            0..=3 if self.mails < self.most => {
                self.mails += 1;
                Step::Mail(self.mails - 1, self.taste.exempt && dice.below(3) == 0)
            }
            6 if self.taste.workdays => Step::Workdays(1 + dice.below(3) as i64),
            7 if self.untils < 2 => {
                let at = self.untils;
                self.untils += 1;
                let most = dice.pick(&[3, 24, 72]);
                Step::Until(at, most, self.branch(dice, depth), self.branch(dice, depth))
            }
            8 if self.whens < 3 => {
                let at = self.whens;
                self.whens += 1;
                Step::When(at, self.branch(dice, depth), self.branch(dice, depth))
            }
            9 if self.splits < 1 => {
                let at = self.splits;
                self.splits += 1;
                Step::Split(at, self.branch(dice, depth), self.branch(dice, depth))
            }
            _ => Step::Wait(dice.pick(&[0, 1, 4, 12, 24, 36, 48, 96, 168])),
        }
    }

    fn branch(&mut self, dice: &mut Dice, depth: usize) -> Vec<Step> {
        let length = dice.below(3);
        self.steps(dice, length, depth + 1)
    }
}

/// Rules by chance.
pub(crate) fn rules(dice: &mut Dice) -> Rules {
    let nights = dice.pick(&[None, Some((21, 8)), Some((0, 6)), Some((22, 10)), Some((12, 14))]);
    let days: &[i64] = dice.pick(&[&[][..], &[4][..], &[5, 6][..], &[0][..]]);
    Rules { nights, quiet_days: days.to_vec(), cap: None }
}
