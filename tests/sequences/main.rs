//! What the checks of sequences say of time, against people who live it hour by hour: no schedule exceeds a bound, and each
//! witness is reached.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "small numbers"
)]

mod people;

use std::collections::{BTreeMap, BTreeSet};

use funnelc::analysis::timed::policy::{Lasting, Policy};
use funnelc::analysis::timed::{Timeline, sequences};
use funnelc::language::Language;
use funnelc::lint::levels::Levels;
use funnelc::model::Model;
use funnelc::source::{Source, Sources};
use people::{Cap, DAY, Dice, Due, Outcome, Rules, Step, Taste, Then, WEEK, fates, most_in, nominal, send};

const WORLD: &str = "event go { sent_by web; status live }\nevent go_too { sent_by web; status live }\n\
    event e0 { sent_by web; status live }\nevent e1 { sent_by web; status live }\ntraits { f0 bool; f1 bool; f2 bool }\n";

/// A finding: the message, and all that its labels say.
type Finding = (String, String);

/// What one rule says of a spec; and what a look at the model gives.
fn compiled<T>(spec: &str, rule: &str, look: impl Fn(&Model<'_>) -> T) -> (Vec<Finding>, T) {
    let mut sources = Sources::new();
    sources.add(Source::new("spec.funnel", spec));
    let mut levels = Levels::default();
    levels.set(rule, funnelc::lint::levels::Setting::Warn).unwrap();
    let compilation = funnelc::compile(&sources, &levels);
    let errors: Vec<_> = compilation.diagnostics.iter().filter(|own| own.code.id < "FN1000").collect();
    assert!(errors.is_empty(), "{spec}\n{errors:#?}");
    let say = |own: &funnelc::diagnostic::Message| own.said(Language::English);
    let found = compilation.diagnostics.iter().filter(|own| own.code.name == rule).map(|own| {
        let labels: Vec<String> = own.labels.iter().map(|label| say(&label.text)).collect();
        (say(&own.message), labels.join("\n"))
    });
    (found.collect(), look(&compilation.model))
}

fn findings(spec: &str, rule: &str) -> Vec<Finding> {
    compiled(spec, rule, |_| ()).0
}

fn name(mail: usize) -> String {
    format!("one_{mail}")
}

/// The message that a finding is about: the last name in it, or the first.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn starts() -> impl Iterator<Item = i64> {
    4 * WEEK..5 * WEEK
}

// ---- when messages are due

#[test]
fn the_earliest_and_the_latest_moment_are_those_of_some_person() {
    for seed in 0..150 {
        let mut dice = Dice::new(seed);
        let steps = people::steps(&mut dice, Taste { exempt: false, workdays: true, turns: true }, 5);
        let mut lived: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        let mut ends: Option<(i64, i64)> = None;
        for start in starts().step_by(DAY as usize) {
            for fate in fates(&steps) {
                let (due, end) = nominal(&steps, start, &fate);
                for own in due {
                    let at = own.at - start;
                    let known = lived.entry(name(own.mail)).or_insert((at, at));
                    *known = (known.0.min(at), known.1.max(at));
                }
                let own = end - start;
                ends = Some(ends.map_or((own, own), |(least, most)| (least.min(own), most.max(own))));
            }
        }
        let spec = format!("{WORLD}{}", people::text("one", "start go", &steps));
        let (_, (said, end)) = compiled(&spec, "reentry-overlap", |model| {
            let timeline = Timeline::of(sequences(model).next().unwrap());
            let hours = |own: funnelc::analysis::timed::Span| (own.least / 3_600, own.most / 3_600);
            let said: BTreeMap<String, (i64, i64)> =
                timeline.sends.iter().map(|own| (own.step.name().to_owned(), hours(own.after))).collect();
            (said, hours(timeline.end))
        });
        // Working days take their least and their most apart: with two of them in a row a bound need not be reached.
        let workdays = spec.matches("workdays").count();
        for (name, (least, most)) in &lived {
            let (earliest, latest) = said[name];
            assert!(
                earliest <= *least && *most <= latest,
                "seed {seed}: {name} {least}..{most} in {earliest}..{latest}\n{spec}"
            );
            if workdays < 2 {
                assert_eq!((earliest, latest), (*least, *most), "seed {seed}: {name}\n{spec}");
            }
        }
        let (least, most) = ends.unwrap();
        assert!(end.0 <= least && most <= end.1, "seed {seed}\n{spec}");
    }
}

// ---- quiet

#[test]
fn the_longest_quiet_is_the_longest_that_anybody_waits() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let rules = people::rules(&mut dice);
        let (_, said) = compiled(&rules.text().replace(" order one", " cap 9 per 1d"), "mail-pressure", |model| {
            Policy::of_project(model).longest_quiet()
        });
        let length = |from: i64| (from..from + WEEK).take_while(|hour| rules.is_quiet(*hour)).count() as i64;
        let longest = starts().map(length).max().unwrap();
        assert_eq!(said, Lasting::Seconds(longest * 3_600), "seed {seed}: {rules:?}");
    }
}

/// Pairs of messages that follow each other in one run, with what becomes of both.
fn neighbours(outcomes: &[Outcome]) -> Vec<(Outcome, Outcome)> {
    let mut by_due: Vec<Outcome> = outcomes.to_vec();
    by_due.sort_by_key(|own| (own.due.at, own.due.mail));
    by_due.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// Whether two messages of a run have nothing but fixed waits between them, some of them longer than nothing.
fn is_spaced(steps: &[Step], from: usize, to: usize) -> bool {
    let flat = steps.iter().all(|step| matches!(step, Step::Mail(..) | Step::Wait(_) | Step::Workdays(_)));
    let place = |mail: usize| steps.iter().position(|step| matches!(step, Step::Mail(own, _) if *own == mail));
    flat && place(from).zip(place(to)).is_some_and(|(from, to)| from < to)
}

#[test]
fn messages_that_collapse_are_exactly_those_reported() {
    let mut reported = 0;
    for seed in 0..110 {
        let mut dice = Dice::new(seed);
        let steps = people::steps(&mut dice, Taste { exempt: false, workdays: true, turns: seed % 2 == 0 }, 5);
        let rules = people::rules(&mut dice);
        let spec = format!("{WORLD}{}{}", rules.text(), people::text("one", "start go", &steps));
        let found = findings(&spec, "spacing-collapse");
        let mut lived = BTreeSet::new();
        let mut must = BTreeSet::new();
        let mut shown = 0;
        for start in starts() {
            for fate in fates(&steps) {
                let (due, _) = nominal(&steps, start, &fate);
                let outcomes = send(&[due], &rules);
                for (from, to) in neighbours(&outcomes) {
                    if from.due.at < to.due.at && from.sent == to.sent && from.sent.is_some() {
                        lived.insert(name(to.due.mail));
                        if is_spaced(&steps, from.due.mail, to.due.mail) {
                            must.insert(name(to.due.mail));
                        }
                    }
                }
                shown += found.iter().filter(|(_, labels)| is_lived(labels, start, &outcomes)).count();
            }
        }
        let said: BTreeSet<String> = found.iter().map(|(message, _)| quoted(message)[1].clone()).collect();
        assert!(said.is_subset(&lived), "seed {seed}: reported {said:?}, lived {lived:?}\n{spec}\n{found:#?}");
        assert!(must.is_subset(&said), "seed {seed}: lived {must:?}, reported {said:?}\n{spec}");
        assert!(shown >= found.len(), "seed {seed}: a witness that nobody lives\n{found:#?}\n{spec}");
        reported += found.len();
    }
    assert!(reported > 12, "{reported}");
}

/// Whether a run is the one that a finding shows: `starts Thursday 21:00; `a` is due …, held until …`.
fn is_lived(labels: &str, start: i64, outcomes: &[Outcome]) -> bool {
    let Some(line) = labels.lines().find_map(|line| line.split_once("starts ")) else { return false };
    let mut parts = line.1.split("; ");
    if parts.next().map(str::to_owned) != Some(moment(start, start)) {
        return false;
    }
    parts.all(|part| {
        let shown = quoted(part)[0].clone();
        outcomes.iter().filter(|own| name(own.due.mail) == shown).any(|own| {
            let (due, sent) = (moment(own.due.at, start), own.sent.map(|at| moment(at, start)));
            let words = part.split_once("` ").map_or("", |(_, words)| words);
            match sent {
                Some(sent) if sent == due => words == format!("goes out {due}"),
                Some(sent) => words == format!("is due {due}, held until {sent}"),
                None => false,
            }
        })
    })
}

fn moment(at: i64, start: i64) -> String {
    let day = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        [at.div_euclid(DAY).rem_euclid(7) as usize];
    let passed = at.div_euclid(DAY) - start.div_euclid(DAY);
    let hour = at.rem_euclid(DAY);
    if passed <= 6 { format!("{day} {hour:02}:00") } else { format!("{day} (day {}) {hour:02}:00", passed + 1) }
}

#[test]
fn messages_that_overtake_are_exactly_those_reported() {
    let mut reported = 0;
    for seed in 0..110 {
        let mut dice = Dice::new(seed);
        let steps = people::steps(&mut dice, Taste { exempt: true, workdays: false, turns: seed % 2 == 0 }, 5);
        let rules = people::rules(&mut dice);
        let spec = format!("{WORLD}{}{}", rules.text(), people::text("one", "start go", &steps));
        let found = findings(&spec, "quiet-hours-reorder");
        let said: BTreeSet<String> = found.iter().map(|(message, _)| quoted(message)[0].clone()).collect();
        let (mut lived, mut shown) = (BTreeSet::new(), 0);
        for start in starts() {
            for fate in fates(&steps) {
                let (due, _) = nominal(&steps, start, &fate);
                let outcomes = send(std::slice::from_ref(&due), &rules);
                let sent = |mail: usize| outcomes.iter().find(|own| own.due.mail == mail).and_then(|own| own.sent);
                for (at, later) in due.iter().enumerate().filter(|(_, own)| own.exempt) {
                    if due[..at].iter().any(|own| sent(own.mail) > sent(later.mail)) {
                        lived.insert(name(later.mail));
                    }
                }
                shown += found.iter().filter(|(_, labels)| is_lived(labels, start, &outcomes)).count();
            }
        }
        assert_eq!(said, lived, "seed {seed}\n{spec}\n{found:#?}");
        assert!(shown >= found.len(), "seed {seed}: a witness that nobody lives\n{found:#?}\n{spec}");
        reported += found.len();
    }
    assert!(reported > 12, "{reported}");
}

// ---- runs

#[test]
fn runs_overlap_exactly_where_it_is_reported() {
    let (mut reported, mut silent) = (0, 0);
    for seed in 0..130 {
        let mut dice = Dice::new(seed);
        let steps = people::steps(&mut dice, Taste { exempt: false, workdays: false, turns: true }, 4);
        let rules = people::rules(&mut dice);
        let after = dice.pick(&[1, 24, 72, 168, 300]);
        let head = format!("start go; again after {after}h");
        let spec = format!("{WORLD}{}{}", rules.text(), people::text("one", &head, &steps));
        let mut longest = 0;
        for start in starts() {
            for fate in fates(&steps) {
                let (due, end) = nominal(&steps, start, &fate);
                let sent = send(&[due], &rules).into_iter().filter_map(|own| own.sent);
                longest = longest.max(sent.max().unwrap_or(end).max(end) - start);
            }
        }
        let is_said = !findings(&spec, "reentry-overlap").is_empty();
        assert_eq!(is_said, after < longest, "seed {seed}: longest {longest}h\n{spec}");
        if is_said { reported += 1 } else { silent += 1 }
    }
    assert!(reported > 20 && silent > 20, "{reported} {silent}");
}

#[test]
fn offers_are_over_exactly_where_it_is_reported() {
    let (mut reported, mut silent) = (0, 0);
    for seed in 0..130 {
        let mut dice = Dice::new(seed);
        let steps = people::steps(&mut dice, Taste { exempt: true, workdays: false, turns: true }, 4);
        let rules = people::rules(&mut dice);
        let lasts = dice.pick(&[12, 24, 72, 168, 300]);
        let offered = people::text("one", "start go", &steps).replace("subject", "offer o; subject");
        let spec =
            format!("{WORLD}{}offer o {{ code \"X\"; value 10%; valid {lasts}h after go }}\n{offered}", rules.text());
        let mut lived = BTreeSet::new();
        for start in starts() {
            for fate in fates(&steps) {
                let (due, _) = nominal(&steps, start, &fate);
                let late =
                    send(&[due], &rules).into_iter().filter(|own| own.sent.is_some_and(|at| at - start >= lasts));
                lived.extend(late.map(|own| name(own.due.mail)));
            }
        }
        let found = findings(&spec, "offer-expires-early");
        let said: BTreeSet<String> = found.iter().map(|(message, _)| quoted(message)[0].clone()).collect();
        assert_eq!(said, lived, "seed {seed}\n{spec}");
        if said.is_empty() { silent += 1 } else { reported += 1 }
    }
    assert!(reported > 20 && silent > 20, "{reported} {silent}");
}

// ---- pressure

/// The number before a word.
fn number_before(text: &str, word: &str) -> Option<usize> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|own| *own == word)?;
    words[at.checked_sub(1)?].parse().ok()
}

fn sent(outcomes: &[Outcome]) -> Vec<i64> {
    outcomes.iter().filter(|own| !own.due.exempt).filter_map(|own| own.sent).collect()
}

#[test]
fn nobody_gets_more_in_a_week_than_is_said_of_one_sequence() {
    let mut reported = 0;
    for seed in 0..110 {
        let mut dice = Dice::new(seed);
        let steps = people::steps(&mut dice, Taste { exempt: true, workdays: false, turns: seed % 2 == 0 }, 12);
        let rules = if seed % 3 == 0 { people::rules(&mut dice) } else { Rules::default() };
        let spec = format!("{WORLD}{}{}", rules.text(), people::text("one", "start go", &steps));
        let mut most = 0;
        for start in
            starts().step_by(if rules.nights.is_none() && rules.quiet_days.is_empty() { WEEK as usize } else { 1 })
        {
            for fate in fates(&steps) {
                let (due, _) = nominal(&steps, start, &fate);
                most = most.max(most_in(WEEK, &sent(&send(&[due], &rules))));
            }
        }
        let found = findings(&spec, "mail-pressure");
        let said = found.first().and_then(|(message, _)| number_before(message, "messages"));
        match said {
            Some(said) => {
                assert!(most <= said, "seed {seed}: {most} of {said}\n{spec}");
                if rules.nights.is_none() && rules.quiet_days.is_empty() {
                    assert_eq!(most, said, "seed {seed}\n{spec}");
                }
                reported += 1;
            }
            None => assert!(most <= 5, "seed {seed}: {most}\n{spec}"),
        }
    }
    assert!(reported > 10, "{reported}");
}

#[test]
fn nobody_gets_more_in_a_week_than_is_said_of_two_sequences() {
    let mut reported = 0;
    for seed in 0..120 {
        let mut dice = Dice::new(seed);
        let taste = Taste { exempt: false, workdays: false, turns: false };
        let (one, two) = (people::steps(&mut dice, taste, 5), people::steps(&mut dice, taste, 5));
        let cap = (seed % 4 == 0).then_some(Cap { count: 6, hours: WEEK, then: Then::Hold });
        let rules = Rules { cap, ..Rules::default() };
        let other = people::text("two", "start go_too", &two);
        let spec = format!("{WORLD}{}{}{other}", rules.text(), people::text("one", "start go", &one));
        let fate = fates(&[])[0].clone();
        let (first, _) = nominal(&one, 0, &fate);
        let (second, _) = nominal(&two, 0, &fate);
        let mut most = 0;
        // Every way in which a message of the one can meet a message of the other.
        for a in &first {
            for b in &second {
                let moved: Vec<Due> = second.iter().map(|own| Due { at: own.at + a.at - b.at, ..*own }).collect();
                most = most.max(most_in(WEEK, &sent(&send(&[first.clone(), moved], &rules))));
            }
        }
        let found = findings(&spec, "mail-pressure");
        let said: Vec<usize> = found.iter().filter_map(|(message, _)| number_before(message, "messages")).collect();
        match said.iter().max() {
            Some(said) => {
                assert!(most <= *said, "seed {seed}: {most} of {said}\n{spec}");
                assert!(cap.is_some() || most == *said, "seed {seed}: {most} of {said}\n{spec}");
                reported += 1;
            }
            None => assert!(most <= 5, "seed {seed}: {most}\n{spec}"),
        }
    }
    assert!(reported > 10, "{reported}");
}

// ---- caps

#[test]
fn what_a_cap_leaves_out_is_reported() {
    let (mut reported, mut always) = (0, 0);
    for seed in 0..130 {
        let mut dice = Dice::new(seed);
        let steps = people::steps(&mut dice, Taste { exempt: seed % 4 == 0, workdays: false, turns: seed % 2 == 0 }, 6);
        let mut rules = if seed % 3 == 0 { people::rules(&mut dice) } else { Rules::default() };
        let then = dice.pick(&[Then::Skip, Then::Drop]);
        rules.cap = Some(Cap { count: dice.below(4), hours: dice.pick(&[24, 48, WEEK]), then });
        let spec = format!("{WORLD}{}{}", rules.text(), people::text("one", "start go", &steps));
        let (mut lost, mut got) = (BTreeSet::new(), BTreeSet::new());
        for start in
            starts().step_by(if rules.nights.is_none() && rules.quiet_days.is_empty() { WEEK as usize } else { 1 })
        {
            for fate in fates(&steps) {
                let (due, _) = nominal(&steps, start, &fate);
                for own in send(&[due], &rules) {
                    let to = if own.sent.is_some() { &mut got } else { &mut lost };
                    to.insert(name(own.due.mail));
                }
            }
        }
        let found = findings(&spec, "cap-drops-message");
        let of = |word: &str| -> BTreeSet<String> {
            found
                .iter()
                .filter(|(message, _)| message.contains(word))
                .map(|(message, _)| quoted(message)[0].clone())
                .collect()
        };
        let said = of("");
        assert!(lost.is_subset(&said), "seed {seed}: lost {lost:?}, reported {said:?}\n{spec}");
        let certain: BTreeSet<String> = of("always").union(&of("never")).cloned().collect();
        assert!(certain.is_disjoint(&got), "seed {seed}: said to be lost {certain:?}, got {got:?}\n{spec}");
        reported += said.len();
        always += certain.len();
    }
    assert!(reported > 40 && always > 12, "{reported} {always}");
}

// ---- stops

#[test]
fn nobody_comes_to_what_follows_a_stop() {
    let mut reported = 0;
    for seed in 0..200 {
        let mut dice = Dice::new(seed);
        let steps = people::steps(&mut dice, Taste { exempt: false, workdays: false, turns: true }, 5);
        let spec = format!("{WORLD}{}", people::text("one", "start go; stop e0", &steps));
        let (mut got, mut without_stop) = (BTreeSet::new(), BTreeSet::new());
        for fate in fates(&steps) {
            let (due, _) = nominal(&steps, 0, &fate);
            without_stop.extend(due.iter().map(|own| own.mail));
            // The run is over when the event comes; what is due at that very moment is not sent any more.
            let wait = began(&steps, 0, &fate);
            let over = wait.zip(fate.events.first().copied().flatten()).map(|(began, after)| began + after);
            got.extend(due.iter().filter(|own| over.is_none_or(|over| own.at < over)).map(|own| own.mail));
        }
        let never: BTreeSet<usize> = without_stop.difference(&got).copied().collect();
        let found = findings(&spec, "unreachable-step");
        // A branch without messages may be reported as well; one with messages must be.
        assert!(never.is_empty() || !found.is_empty(), "seed {seed}: nobody gets {never:?}\n{spec}");
        assert!(found.is_empty() || follows_event(&steps, 0), "seed {seed}\n{spec}\n{found:#?}");
        reported += found.len();
    }
    assert!(reported > 10, "{reported}");
}

/// When the first wait for an event began.
fn began(steps: &[Step], start: i64, fate: &people::Fate) -> Option<i64> {
    let mut now = start;
    for step in steps {
        let single = std::slice::from_ref(step);
        let inner = match step {
            Step::Until(0, ..) => return Some(now),
            Step::Until(event, most, then, otherwise) => match fate.events[*event] {
                Some(after) => began(then, now + after, fate),
                None => began(otherwise, now + most, fate),
            },
            Step::When(flag, then, otherwise) => began(if fate.flags[*flag] { then } else { otherwise }, now, fate),
            Step::Split(split, one, other) => began(if fate.arms[*split] { other } else { one }, now, fate),
            _ => None,
        };
        if inner.is_some() {
            return inner;
        }
        now = nominal(single, now, fate).1;
    }
    None
}

/// Whether something follows an event that is waited for.
fn follows_event(steps: &[Step], event: usize) -> bool {
    steps.iter().any(|step| match step {
        Step::Until(own, _, then, otherwise) => {
            (*own == event && !then.is_empty()) || follows_event(then, event) || follows_event(otherwise, event)
        }
        Step::When(_, then, otherwise) | Step::Split(_, then, otherwise) => {
            follows_event(then, event) || follows_event(otherwise, event)
        }
        _ => false,
    })
}

// ---- clocks that are put forward and back

#[test]
fn a_night_in_which_the_clock_changes_holds_no_longer_than_is_said() {
    for (zone, is_reached) in [
        ("America/Chicago", true),
        ("Europe/Berlin", true),
        ("Africa/Cairo", true),
        ("Asia/Riyadh", true),
        ("Australia/Lord_Howe", true),
    ] {
        let spec =
            format!("project p {{ edition 2026; timezone \"{zone}\" }}\n{WORLD}sending {{ quiet 22:00 .. 09:00 }}\n");
        let clock = jiff::tz::TimeZone::get(zone).unwrap();
        let is_quiet = |at: jiff::Timestamp| !(9..22).contains(&clock.to_datetime(at).hour());
        let first: jiff::Timestamp = "2027-01-01T12:00:00Z".parse().unwrap();
        let quarter = jiff::SignedDuration::from_mins(15);
        let moments: Vec<jiff::Timestamp> =
            std::iter::successors(Some(first), |at| at.checked_add(quarter).ok()).take(366 * 96).collect();
        compiled(&spec, "endless-quiet", |model| {
            let policy = Policy::of_project(model);
            let Lasting::Seconds(said) = policy.longest_hold() else { panic!("{zone}") };
            let (mut longest, mut begin) = (0, None);
            for at in &moments {
                match (is_quiet(*at), begin) {
                    (true, None) => begin = Some(*at),
                    (false, Some(from)) => {
                        longest = longest.max(at.duration_since(from).as_secs());
                        let until = policy.quiet_until_for(from, &clock);
                        assert_eq!(until, Some(funnelc::analysis::timed::policy::Until::At(*at)), "{zone} {from}");
                        begin = None;
                    }
                    _ => {}
                }
            }
            assert!(longest <= said, "{zone}: {longest} of {said}");
            assert!(!is_reached || longest == said, "{zone}: {longest} of {said}");
        });
    }
}

// ---- what nobody should write

/// Every finding of every rule, for a spec that must not be too much for any of them.
fn all_findings(spec: &str) -> Vec<String> {
    let mut sources = Sources::new();
    sources.add(Source::new("spec.funnel", spec));
    let mut levels = Levels::default();
    levels.set("warnings", funnelc::lint::levels::Setting::Warn).unwrap();
    let compilation = funnelc::compile(&sources, &levels);
    compilation
        .diagnostics
        .iter()
        .map(|own| format!("{}: {}", own.code.name, own.message.said(Language::English)))
        .collect()
}

fn mentions(found: &[String], code: &str) -> bool {
    found.iter().any(|own| own.starts_with(&format!("{code}:")))
}

#[test]
fn specs_that_nobody_should_write_are_told_what_is_wrong_with_them() {
    let spec = |sending: &str, head: &str, steps: &str| {
        all_findings(&format!("{WORLD}{sending}\nsequence one {{ {head}; basis legitimate_interest\n{steps}\n}}\n"))
    };
    // Waits of nothing in a ring.
    let ring = all_findings(&format!(
        "{WORLD}sequence one {{ start go or finished two; basis legitimate_interest; again always; wait 0d; email a {{ subject \"x\" }} }}\n\
         sequence two {{ start finished one; basis legitimate_interest; again always; wait 0d; email b {{ subject \"x\" }} }}\n"
    ));
    assert!(mentions(&ring, "endless-sequence") && mentions(&ring, "mail-pressure"), "{ring:#?}");
    // A wait of more than a year.
    let long =
        spec("sending { quiet 21:00 .. 08:00 }", "start go; again after 30d", "wait 400d\nemail a { subject \"x\" }");
    assert!(mentions(&long, "reentry-overlap"), "{long:#?}");
    let longest =
        spec("", "start go; again after 30d", "wait 99999999999d\nemail a { subject \"x\" }\nwait 99999999999d");
    assert!(mentions(&longest, "reentry-overlap"), "{longest:#?}");
    // Quiet that covers the day, for the project or with what the sequence adds.
    let quiet = spec("sending { quiet 08:00 .. 20:00; quiet 20:00 .. 08:00 }", "start go", "email a { subject \"x\" }");
    assert!(mentions(&quiet, "endless-quiet"), "{quiet:#?}");
    let own = spec(
        "sending { quiet 08:00 .. 20:00 }",
        "start go; sending { quiet 20:00 .. 08:00 }",
        "email a { subject \"x\" }",
    );
    assert!(mentions(&own, "endless-quiet"), "{own:#?}");
    // A cap of nothing, whatever it does with what is too much.
    for then in ["hold", "skip", "drop"] {
        let cap = spec(&format!("sending {{ cap 0 per 7d {then} }}"), "start go", "email a { subject \"x\" }");
        assert!(mentions(&cap, "cap-drops-message"), "{cap:#?}");
    }
    // Branches in branches, and one after the other.
    let deep = format!("{}email a {{ subject \"x\" }}{}", "when trait f0 {\n".repeat(100), "}".repeat(100));
    let deep = spec("sending { quiet 21:00 .. 08:00; cap 1 per 7d skip }", "start go", &deep);
    assert!(!mentions(&deep, "unreachable-step"), "{deep:#?}");
    let branch = |at: usize| format!("when trait f0 {{ email a{at} {{ subject \"x\" }} }}\nwait 1h\n");
    let wide = (0..300).map(branch).collect::<Vec<_>>().concat();
    let wide = spec("sending { quiet 21:00 .. 08:00 }", "start go", &wide);
    assert!(mentions(&wide, "mail-pressure") && mentions(&wide, "spacing-collapse"), "{}", wide.len());
    // Working days where nobody works.
    let idle = "holidays h { on 2027-01-01 .. 2029-12-31 }\nsending { quiet 21:00 .. 08:00; not_on h }";
    let idle = spec(idle, "start go", "email a { subject \"x\" }\nwait 900 workdays\nemail b { subject \"x\" }");
    assert!(!idle.iter().any(|own| own.starts_with("endless-quiet")), "{idle:#?}");
}
