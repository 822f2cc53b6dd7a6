//! The segment algebra against an oracle that knows nothing of it: every person of a small world is tried.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::collections::{BTreeMap, BTreeSet};

use funnelc::analysis::segments::sets::Value;
use funnelc::analysis::segments::{Answer, Condition, Witness, may_overlap};
use funnelc::lint::levels::Levels;
use funnelc::model::{DeclId, Kind, Model};
use funnelc::source::{Source, Sources};
use proptest::prelude::*;

const WORLD: &str = "project p { currency USD }
traits { plan enum(free, pro, team); seats integer 0..5; vip bool }
event order { sent_by web; prop size integer 0..2; prop total money }
event visit { sent_by web; prop size integer 0..2 }
";

const PLANS: [&str; 3] = ["free", "pro", "team"];
const EVENTS: [&str; 2] = ["order", "visit"];
const DAYS: [u64; 4] = [1, 2, 3, 4];

/// A condition, as the oracle understands it.
#[derive(Clone, Debug)]
enum Cond {
    Plan(bool, usize),
    PlanIn(Vec<usize>),
    Seats(&'static str, i64),
    SeatsIn(i64, i64),
    Vip(bool),
    Did(usize),
    Not(Box<Cond>),
    And(Vec<Cond>),
    Or(Vec<Cond>),
}

/// `did event(size op n) times within days`
#[derive(Clone, Debug)]
struct Deed {
    event: usize,
    filter: Option<(&'static str, i64)>,
    times: usize,
    within: Option<u64>,
}

#[derive(Clone, Debug)]
struct Somebody {
    plan: String,
    seats: i64,
    vip: bool,
    did: Vec<bool>,
}

fn compare(own: i64, op: &str, other: i64) -> bool {
    match op {
        "==" => own == other,
        "!=" => own != other,
        ">=" => own >= other,
        "<=" => own <= other,
        ">" => own > other,
        _ => own < other,
    }
}

impl Deed {
    fn write(&self) -> String {
        let filter = self.filter.map(|(op, n)| format!("(size {op} {n})")).unwrap_or_default();
        let times = if self.times == 1 { String::new() } else { format!(" {} times", self.times) };
        let within = self.within.map(|days| format!(" within {days}d")).unwrap_or_default();
        format!("did {}{filter}{times}{within}", EVENTS[self.event])
    }

    /// Whether it holds of a past: events with their size and their age in seconds.
    fn holds(&self, past: &[(i64, u64)]) -> bool {
        let counts = |(size, age): &&(i64, u64)| {
            self.filter.is_none_or(|(op, n)| compare(*size, op, n))
                && self.within.is_none_or(|days| *age <= days * 86_400)
        };
        past.iter().filter(counts).count() >= self.times
    }
}

impl Cond {
    fn write(&self, deeds: &[Deed]) -> String {
        let joined = |members: &[Self], word: &str| {
            members.iter().map(|member| format!("({})", member.write(deeds))).collect::<Vec<_>>().join(word)
        };
        match self {
            Self::Plan(is, plan) => format!("trait plan {} {}", if *is { "==" } else { "!=" }, PLANS[*plan]),
            Self::PlanIn(plans) => {
                format!("trait plan in [{}]", plans.iter().map(|plan| PLANS[*plan]).collect::<Vec<_>>().join(", "))
            }
            Self::Seats(op, n) => format!("trait seats {op} {n}"),
            Self::SeatsIn(from, to) => format!("trait seats in {from}..{to}"),
            Self::Vip(is) => format!("trait vip == {is}"),
            Self::Did(index) => deeds[*index].write(),
            Self::Not(inner) => format!("not ({})", inner.write(deeds)),
            Self::And(members) => joined(members, " and "),
            Self::Or(members) => joined(members, " or "),
        }
    }

    fn holds(&self, person: &Somebody) -> bool {
        match self {
            Self::Plan(is, plan) => (person.plan == PLANS[*plan]) == *is,
            Self::PlanIn(plans) => plans.iter().any(|plan| PLANS[*plan] == person.plan),
            Self::Seats(op, n) => compare(person.seats, op, *n),
            Self::SeatsIn(from, to) => (*from..=*to).contains(&person.seats),
            Self::Vip(is) => person.vip == *is,
            Self::Did(index) => person.did[*index],
            Self::Not(inner) => !inner.holds(person),
            Self::And(members) => members.iter().all(|member| member.holds(person)),
            Self::Or(members) => members.iter().any(|member| member.holds(person)),
        }
    }
}

/// Every past of one event with up to `most` events of any size and age.
fn pasts(most: usize) -> Vec<Vec<(i64, u64)>> {
    let kinds: Vec<(i64, u64)> = (0..3).flat_map(|size| DAYS.map(|day| (size, day * 86_400))).collect();
    let mut all: Vec<(Vec<(i64, u64)>, usize)> = vec![(Vec::new(), 0)];
    let mut from = 0;
    for _ in 0..most {
        let to = all.len();
        for index in from..to {
            let (past, least) = all[index].clone();
            for (kind, event) in kinds.iter().enumerate().skip(least) {
                let mut longer = past.clone();
                longer.push(*event);
                all.push((longer, kind));
            }
        }
        from = to;
    }
    all.into_iter().map(|(past, _)| past).collect()
}

/// Everything that can be true of some deeds together.
fn possible(deeds: &[Deed]) -> BTreeSet<Vec<bool>> {
    let mut possible = BTreeSet::from([vec![false; deeds.len()]]);
    for event in 0..EVENTS.len() {
        let own: Vec<usize> = (0..deeds.len()).filter(|index| deeds[*index].event == event).collect();
        let needed = own.iter().map(|index| deeds[*index].times).sum();
        let signs: BTreeSet<Vec<bool>> =
            pasts(needed).iter().map(|past| own.iter().map(|index| deeds[*index].holds(past)).collect()).collect();
        let widened = possible.iter().flat_map(|known: &Vec<bool>| {
            signs.iter().map(|signs| {
                let mut known = known.clone();
                own.iter().zip(signs).for_each(|(index, sign)| known[*index] = *sign);
                known
            })
        });
        possible = widened.collect();
    }
    possible
}

fn everybody(deeds: &[Deed]) -> Vec<Somebody> {
    let mut all = Vec::new();
    for did in possible(deeds) {
        for plan in PLANS {
            for seats in 0..=5 {
                for vip in [true, false] {
                    all.push(Somebody { plan: plan.to_owned(), seats, vip, did: did.clone() });
                }
            }
        }
    }
    all
}

/// The person of a witness; what it does not say is `fallback`, which must not matter.
fn embody(witness: &Witness, deeds: &[Deed], fallback: bool) -> Somebody {
    let words: BTreeMap<&str, &Value> =
        witness.person.values.iter().map(|(value, domain)| (domain.name.as_str(), value)).collect();
    let word = |name: &str, or: &str| match words.get(name) {
        Some(Value::Word(word)) => word.clone(),
        _ => or.to_owned(),
    };
    let number = |value: Option<&&Value>, or: i64| match value {
        Some(Value::Number(at)) => i64::try_from(*at).expect("a whole number"),
        _ => or,
    };
    let past = |event: usize| -> Vec<(i64, u64)> {
        let done = witness.person.done.iter().filter(|done| &*done.name == EVENTS[event]);
        let events = done.flat_map(|done| {
            let size = done.with.iter().find(|(_, domain)| domain.name == "size").map(|(value, _)| value);
            let size = number(size.as_ref(), if fallback { 2 } else { 0 });
            let ago = done.ago.map_or(if fallback { 86_400 * 900 } else { 1 }, |ago| u64::try_from(ago).unwrap());
            let ago = if done.or_later && fallback { ago.min(1) } else { ago };
            (0..done.times).map(move |_| (size, ago))
        });
        events.collect()
    };
    let pasts: Vec<Vec<(i64, u64)>> = (0..EVENTS.len()).map(past).collect();
    Somebody {
        plan: word("trait plan", if fallback { "pro" } else { "free" }),
        seats: number(words.get("trait seats"), if fallback { 5 } else { 0 }),
        vip: word("trait vip", if fallback { "true" } else { "false" }) == "true",
        did: deeds.iter().map(|deed| deed.holds(&pasts[deed.event])).collect(),
    }
}

fn deed() -> impl Strategy<Value = Deed> {
    let op = prop::sample::select(vec!["==", "!=", ">=", "<="]);
    let filter = prop::option::weighted(0.7, (op, 0i64..3));
    let within = prop::option::weighted(0.8, 1u64..4);
    (prop::bool::weighted(0.3), filter, 1usize..3, within).prop_map(|(visit, filter, times, within)| Deed {
        event: usize::from(visit),
        filter,
        times,
        within,
    })
}

fn cond() -> impl Strategy<Value = Cond> {
    let op = prop::sample::select(vec!["==", "!=", ">=", "<=", ">", "<"]);
    let leaf = prop_oneof![
        2 => (any::<bool>(), 0usize..3).prop_map(|(is, plan)| Cond::Plan(is, plan)),
        1 => prop::sample::subsequence(vec![0usize, 1, 2], 1..=3).prop_map(Cond::PlanIn),
        3 => (op, -1i64..7).prop_map(|(op, n)| Cond::Seats(op, n.max(0))),
        1 => (0i64..4, 0i64..3).prop_map(|(from, more)| Cond::SeatsIn(from, from + more)),
        1 => any::<bool>().prop_map(Cond::Vip),
        6 => (0usize..3).prop_map(Cond::Did),
    ];
    leaf.prop_recursive(3, 14, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| Cond::Not(Box::new(inner))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Cond::And),
            prop::collection::vec(inner, 2..4).prop_map(Cond::Or),
        ]
    })
}

/// Compiles the world with some more text and shows its model.
fn with_model<T>(text: &str, see: impl FnOnce(&Model<'_>) -> T) -> T {
    let mut sources = Sources::new();
    sources.add(Source::new("world.funnel", format!("{WORLD}{text}")));
    let compilation = funnelc::compile(&sources, &Levels::default());
    let errors: Vec<String> = compilation
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == funnelc::diagnostic::Severity::Error)
        .map(|diagnostic| diagnostic.message.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    see(&compilation.model)
}

fn segment(model: &Model<'_>, name: &str) -> DeclId {
    model.of_kind(Kind::Segment).find(|id| model.decl(*id).name_text() == name).expect("declared")
}

fn check_answer(answer: &Answer, expected: bool, holds: impl Fn(&Somebody) -> bool, deeds: &[Deed], what: &str) {
    match answer {
        Answer::Yes(witness) => {
            assert!(expected, "{what}: there is nobody, but {}", witness.example());
            for fallback in [true, false] {
                let person = embody(witness, deeds, fallback);
                assert!(holds(&person), "{what}: not so of {} ({person:?})", witness.example());
            }
        }
        Answer::No => assert!(!expected, "{what}: there is somebody"),
        Answer::Unknown => panic!("{what}: small enough to be decided"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn answers_are_those_of_trying_everybody(deeds in prop::collection::vec(deed(), 3), a in cond(), b in cond()) {
        let text = format!("segment a {{ where {} }}\nsegment b {{ where {} }}\n", a.write(&deeds), b.write(&deeds));
        let people = everybody(&deeds);
        let exists = |holds: &dyn Fn(&Somebody) -> bool| people.iter().any(holds);
        with_model(&text, |model| {
            let (first, second) = (segment(model, "a"), segment(model, "b"));
            let read = |id| Condition::of(model, id).expect("readable");
            let (own, other) = (read(first), read(second));
            let both = |person: &Somebody| a.holds(person) && b.holds(person);
            let only_a = |person: &Somebody| a.holds(person) && !b.holds(person);
            let only_b = |person: &Somebody| b.holds(person) && !a.holds(person);
            check_answer(&own.somebody(), exists(&|person| a.holds(person)), |person| a.holds(person), &deeds, "empty");
            let not_a = |person: &Somebody| !a.holds(person);
            check_answer(&own.somebody_else(), exists(&not_a), not_a, &deeds, "everybody");
            check_answer(&own.overlap(&other), exists(&both), both, &deeds, "overlap");
            check_answer(&own.beyond(&other), exists(&only_a), only_a, &deeds, "a within b");
            check_answer(&other.beyond(&own), exists(&only_b), only_b, &deeds, "b within a");
            assert_eq!(own.equals(&other), !exists(&only_a) && !exists(&only_b), "equality");
            assert_eq!(may_overlap(model, first, second).is_some(), exists(&both));
        });
    }
}

#[test]
fn two_filters_that_exclude_each_other_need_two_events() {
    let text = "segment a { where did order(size == 1) within 3d and did order(size == 2) within 3d and not did order 2 times within 3d }";
    with_model(text, |model| {
        assert_eq!(Condition::of(model, segment(model, "a")).unwrap().somebody(), Answer::No);
    });
}

#[test]
fn a_witness_reads_like_a_person() {
    let text = "segment a { where trait plan == pro and trait seats > 2 and did order(total >= 300 USD) within 365d }
segment b { where did order within 90d }";
    with_model(text, |model| {
        let (a, b) = (segment(model, "a"), segment(model, "b"));
        let example = may_overlap(model, a, a).unwrap().example().to_string();
        assert_eq!(
            example,
            "for example a person with plan == pro and seats == 3 who did order(total == 300 USD) within 365d"
        );
        let beyond = Condition::of(model, a).unwrap().beyond(&Condition::of(model, b).unwrap()).witness().unwrap();
        assert_eq!(beyond.deeds(), "did order(total == 300 USD) 365d ago");
    });
}

#[test]
fn calendar_months_are_as_long_as_months_can_be() {
    let text = "segment a { where did order within 1mo and not did order within 31d }
segment b { where did order within 1mo and not did order within 30d }
segment c { where did order within 1y and not did order within 12mo }";
    with_model(text, |model| {
        let answer = |name| Condition::of(model, segment(model, name)).unwrap().somebody();
        assert_eq!(answer("a"), Answer::No);
        assert!(answer("b").witness().is_some());
        assert_eq!(answer("c"), Answer::No);
    });
}

#[test]
fn tiers_reach_up_to_the_next_and_segments_through_their_conditions() {
    let text = "program circle { by trait seats; tier friend from 0 {}; tier insider from 2 {}; tier icon from 4 {} }
segment a { where circle.insider }
segment b { where trait seats in 2..3 }
segment c { where not a and not circle.icon }
segment d { where in circle.friend }";
    with_model(text, |model| {
        let of = |name| Condition::of(model, segment(model, name)).unwrap();
        assert!(of("a").equals(&of("b")));
        assert!(of("c").equals(&of("d")));
        let tier = |name: &str| model.of_kind(Kind::Tier).find(|id| model.decl(*id).name_text() == name).unwrap();
        assert!(may_overlap(model, tier("icon"), tier("friend")).is_none());
        assert!(may_overlap(model, tier("insider"), segment(model, "b")).is_some());
    });
}

#[test]
fn what_is_too_large_is_unknown_and_returns_soon() {
    let pair = |n: usize| {
        format!("(trait seats == {} or did order(size == {}) {} times within {}d)", n % 6, n % 3, n + 1, n + 1)
    };
    let text = format!("segment a {{ where {} }}", (0..400).map(pair).collect::<Vec<_>>().join(" and "));
    with_model(&text, |model| {
        let condition = Condition::of(model, segment(model, "a"));
        drop(condition.map(|condition| condition.somebody()));
    });
}

// ---- the rules

fn findings(text: &str) -> Vec<(&'static str, String)> {
    let mut sources = Sources::new();
    sources.add(Source::new("a.funnel", text));
    let compilation = funnelc::compile(&sources, &Levels::default());
    compilation.diagnostics.iter().map(|found| (found.code.name, found.message.to_string())).collect()
}

fn names(text: &str) -> Vec<&'static str> {
    findings(text).into_iter().map(|(name, _)| name).collect()
}

#[test]
fn every_example_of_a_segment_rule_shows_what_it_says() {
    let rules = funnelc::lint::registry::RULES.iter();
    for rule in rules.filter(|rule| rule.code.group == funnelc::diagnostic::Group::Segments) {
        let name = rule.code.name;
        let is_error =
            |code: &&str| funnelc::lint::registry::code(code).unwrap().level == funnelc::diagnostic::Level::Error;
        let (bad, good) = (names(rule.code.bad), names(rule.code.good));
        assert!(bad.contains(&name), "{name} does not find its bad example: {bad:?}");
        assert!(!good.contains(&name), "{name} finds its good example");
        let errors: Vec<_> = bad.iter().chain(&good).filter(|code| is_error(code)).collect();
        assert!(errors.is_empty(), "{name}: {:?} {:?}", findings(rule.code.bad), findings(rule.code.good));
    }
}

#[test]
fn segments_in_a_circle_are_an_error() {
    let text = "segment a { where b }\nsegment b { where not c }\nsegment c { where a or b }\nsegment d { where a }\n";
    let found = findings(text);
    assert_eq!(found, [("bad-value", "who belongs to `a` depends on itself".to_owned())]);
    assert_eq!(names("segment a { where a }\n"), ["bad-value"]);
}

#[test]
fn a_long_chain_of_segments_is_read_without_trouble() {
    let link = |n: usize| format!("segment s{n} {{ where s{} }}\n", n - 1);
    let text =
        format!("traits {{ vip bool }}\nsegment s0 {{ where trait vip }}\n{}", (1..3000).map(link).collect::<String>());
    assert!(names(&text).iter().all(|name| *name == "equal-segments"));
}

#[test]
fn the_places_of_a_contradiction_are_shown_and_no_others() {
    let text = "traits { country string; orders integer }\nsegment a { where trait orders >= 5 and trait country == \"US\" and trait orders < 3 }\n";
    let mut sources = Sources::new();
    sources.add(Source::new("a.funnel", text));
    let compilation = funnelc::compile(&sources, &Levels::default());
    let places: Vec<&str> = compilation.diagnostics[0].labels.iter().map(|label| sources.text(label.span)).collect();
    assert_eq!(places, ["trait orders >= 5", "trait orders < 3"]);
}

#[test]
fn antisegments_are_found_behind_other_words_and_nothing_is_said_of_sending_nothing() {
    let head = "traits { account_type enum(consumer, reseller) }\nevent e { sent_by web }\nantisegment resellers { where trait account_type == reseller }\n";
    let sequence = |steps: &str| format!("{head}sequence s {{ start e; basis transactional; {steps} }}\n");
    let targeted = |text: &str| names(text).iter().filter(|name| **name == "antisegment-targeted").count();
    assert_eq!(targeted(&sequence("when trait account_type != consumer { email a { subject \"A\" } }")), 1);
    assert_eq!(targeted(&sequence("when resellers { nothing else { email a { subject \"A\" } } }")), 0);
    assert_eq!(targeted(&sequence("email a { subject \"A\"; says for resellers \"B\" }")), 1);
    assert_eq!(targeted(&sequence("email a { subject \"A\"; when not resellers }")), 0);
}
