//! Every rule shows what it finds: both of its examples are compiled.

use super::levels::{Levels, Setting};
use super::registry;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Source, Sources};
use crate::stdlib;

/// What the named rule, and all others that are on, say of a spec.
fn findings(rule: &str, text: &str) -> Vec<String> {
    let mut sources = Sources::new();
    sources.add(Source::new("spec.funnel", text));
    stdlib::add_mentioned(&mut sources);
    let mut levels = Levels::default();
    levels.set(rule, Setting::Warn).unwrap();
    let compilation = crate::compile(&sources, &levels);
    let shown = |found: &Diagnostic| {
        let mark = if found.severity == Severity::Error { "error" } else { "advice" };
        let place = found.span().map(|span| sources.text(span).to_owned()).unwrap_or_default();
        format!("{mark} {} at `{place}`: {}", found.code.name, found.message)
    };
    compilation.diagnostics.iter().map(shown).collect()
}

#[test]
fn every_rule_finds_what_its_bad_example_shows() {
    let mut wrong = Vec::new();
    for rule in registry::RULES {
        let found = findings(rule.code.name, rule.code.bad);
        let own = format!("advice {} ", rule.code.name);
        if !found.iter().any(|line| line.starts_with(&own)) || found.iter().any(|line| line.starts_with("error")) {
            wrong.push(format!("{}: {found:#?}", rule.code.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_rule_finds_anything_in_its_good_example() {
    let mut wrong = Vec::new();
    for rule in registry::RULES {
        let own = format!("advice {} ", rule.code.name);
        let found = findings(rule.code.name, rule.code.good);
        let bad: Vec<_> =
            found.into_iter().filter(|line| line.starts_with("error") || line.starts_with(&own)).collect();
        if !bad.is_empty() {
            wrong.push(format!("{}: {bad:#?}", rule.code.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codes_are_unique_and_rules_are_documented() {
    let codes = registry::codes();
    for pair in codes.windows(2) {
        assert_ne!(pair[0].id, pair[1].id, "{} and {}", pair[0].name, pair[1].name);
    }
    for rule in registry::RULES {
        assert!(!rule.code.summary.is_empty() && !rule.code.explanation.is_empty(), "{}", rule.code.name);
        assert_eq!(codes.iter().filter(|code| code.name == rule.code.name).count(), 1, "{}", rule.code.name);
    }
}

/// The places at which a rule finds something in a spec that has no errors.
fn places(rule: &str, text: &str) -> Vec<String> {
    let found = findings(rule, text);
    assert!(!found.iter().any(|line| line.starts_with("error")), "{found:#?}");
    let own = format!("advice {rule} at `");
    let places = found.iter().filter_map(|line| line.strip_prefix(&own)?.split_once("`: "));
    places.map(|(place, _)| place.to_owned()).collect()
}

const SHOP: &str = "event seen { sent_by web; status live }\nevent bought { sent_by web; status live; prop total money }\n\
    funnel f { stage a : top { enter seen }; stage b : bottom { enter bought; converts; kpis k }; a -> b rate 3% within 30d }\n";

#[test]
fn a_layer_is_judged_by_what_its_kpi_computes() {
    let layer = |kpi: &str| places("layer-metric-missing", &format!("{SHOP}{kpi}\n"));
    for usual in [
        "kpi k { value spend() / people(f.b) }",
        "kpi k extends std.kpis.cac { of f.b }",
        "kpi base { value rate(f.a -> f.b) }\nkpi k { value 100% - base }",
        "kpi k { value avg(bought.total) }",
        "kpi k { value sum(bought.total) / count(bought) }",
        "kpi k { value manual percent }",
    ] {
        assert!(layer(usual).is_empty(), "{usual}");
    }
    for other in
        ["kpi k { value people(f.b) }", "kpi k { value sum(bought.total) }", "kpi k { value time(f.a -> f.b) }"]
    {
        assert_eq!(layer(other), ["b"], "{other}");
    }
}

#[test]
fn a_kpi_needs_its_spend_table_and_its_columns() {
    let rule = "kpi-unmeasurable";
    let kpis = "kpi ctr { value clicks() / impressions() }\nkpi cost { value spend() }\n";
    assert_eq!(places(rule, kpis), ["ctr", "cost"]);
    let table = "source w { spend \"ads\" { date day; amount usd; clicks c; impressions i } }\n";
    assert!(places(rule, &format!("{kpis}{table}")).is_empty());
    let priced = "channel mail : offline { cost 1 USD / message }\n";
    assert_eq!(places(rule, &format!("{kpis}{priced}")), ["ctr"]);
    assert!(places(rule, "kpi k { value manual number }\n").is_empty());
}

#[test]
fn examples_are_held_to_every_part_of_the_schema() {
    let event = |props: &str, example: &str| {
        places("example-violates-schema", &format!("event e {{ {props}; example {{ {example} }} }}\n"))
    };
    assert_eq!(event("prop a string required; prop b string", "b \"x\""), ["example"]);
    assert_eq!(event("prop colour string", "color \"x\""), ["color"]);
    assert_eq!(event("prop n integer", "n 1.5"), ["1.5"]);
    assert_eq!(event("prop s string length 2..3", "s \"abcd\""), ["\"abcd\""]);
    assert_eq!(event("prop s string matching \"^[A-Z]+$\"", "s \"ab\""), ["\"ab\""]);
    assert_eq!(event("prop l list(integer) 1..2", "l 1, 2, 3"), ["1"]);
    assert_eq!(event("prop d date; prop m email", "d 2027-01-01; m \"none\""), ["\"none\""]);
    assert!(
        event("prop m money; prop b bool; prop at datetime", "m 3.50; b true; at \"2027-01-01T10:00:00Z\"").is_empty()
    );
}

#[test]
fn variables_resolve_in_the_start_event_then_in_traits() {
    let subject = |words: &str| {
        let spec = "traits { first_name string\n plan string required }\n\
                    event e { sent_by web; prop list string required; prop page url; prop kind enum(a, b) = a }\n";
        let sequence = format!("sequence s {{ start e; basis transactional; email m {{ subject \"{words}\" }} }}\n");
        places("variable-without-fallback", &format!("{spec}{sequence}"))
    };
    assert!(subject("{{list}} {{kind}} {{plan}} {{page|here}} \\{{x}}").is_empty());
    assert_eq!(subject("{{page}} {{ first_name }}"), ["{{page}}", "{{ first_name }}"]);
    assert_eq!(subject("{{first_nam|there}}"), ["first_nam"]);
}

#[test]
fn utm_values_follow_the_pattern_that_others_declare() {
    let campaigns = "channel c : owned {}\ncampaign a { channel c; utm_campaign \"{country}_{offer}_{yyyymm}\"; utm_source \"Mail List\" }\n\
                     campaign b { channel c; utm_campaign \"sa_eid_202703\" }\ncampaign d { channel c; utm_campaign \"eid-2027\" }\n";
    assert_eq!(places("utm-breaks-naming", campaigns), ["\"Mail List\"", "\"eid-2027\""]);
}

#[test]
fn parentheses_say_that_within_belongs_to_did() {
    let when =
        |clauses: &str| places("within-belongs-to-did", &SHOP.replace("; kpis k", "").replace("within 30d", clauses));
    assert_eq!(when("when did seen within 7d"), ["within 7d"]);
    assert!(when("when (did seen within 7d)").is_empty());
    assert!(when("within 30d when did seen within 7d").is_empty());
}

const EVENTS: &str = "event go { sent_by web; owner web; status live; prop id string required }\nevent buy { sent_by web; owner web; status live }\n\
    event lost { owner web; status planned }\ntraits { plan enum(free, team, large); vip bool }\n";

/// The places at which a rule finds something in a sequence.
fn in_sequence(rule: &str, before: &str, head: &str, steps: &str) -> Vec<String> {
    places(rule, &format!("{EVENTS}{before}\nsequence s {{ {head}; basis legitimate_interest\n{steps}\n}}\n"))
}

#[test]
fn conditions_that_contradict_each_other_are_held_to_one_moment() {
    let steps =
        |steps: &str| in_sequence("unreachable-step", "", "start go; stop buy; audience trait plan != large", steps);
    let mail = "email a { subject \"x\" }";
    assert_eq!(
        steps(&format!("when trait plan == free {{ when trait plan == team {{ {mail} }} }}")),
        ["trait plan == team"]
    );
    assert_eq!(steps("when trait plan == free { email a { subject \"x\"; when trait plan == team } }"), ["a"]);
    assert_eq!(steps("email a { subject \"x\"; audience trait plan == large }"), ["a"]);
    assert_eq!(steps(&format!("when trait plan in [free, team] {{ nothing\nelse {{ {mail} }} }}")), ["else"]);
    // After a wait, people may have changed; and what stops the run has not happened since it started.
    assert!(steps(&format!("when trait plan == free {{ wait 1d\nwhen trait plan == team {{ {mail} }} }}")).is_empty());
    assert!(steps("wait 1d\nemail a { subject \"x\"; audience trait plan == large }").is_empty());
    assert_eq!(steps(&format!("wait 3d\nwhen did buy within 2d {{ {mail} }}")), ["did buy within 2d"]);
    assert!(steps(&format!("wait 3d\nwhen did buy within 4d {{ {mail} }}")).is_empty());
}

#[test]
fn stops_are_impossible_or_vacuous_and_never_both() {
    let of = |rule: &str, head: &str| in_sequence(rule, "", head, "wait 1d\nemail a { subject \"x\" }");
    for (head, impossible, vacuous) in [
        ("start go; stop buy", &[][..], &[][..]),
        ("start go; stop lost or buy", &["lost"][..], &[][..]),
        ("start go; stop finished s", &["finished s"][..], &[][..]),
        ("start go; stop go or buy", &[][..], &["go"][..]),
        ("start go or buy; stop go", &[][..], &[][..]),
    ] {
        assert_eq!(of("impossible-stop", head), impossible, "{head}");
        assert_eq!(of("vacuous-stop", head), vacuous, "{head}");
    }
}

#[test]
fn every_message_needs_something_that_allows_it() {
    let of = |before: &str, sequence: &str| places("missing-consent", &format!("{EVENTS}{before}\n{sequence}\n"));
    let consent = "consent news { given go; withdrawn buy }";
    assert_eq!(of("", "sequence s { start go; email a { subject \"x\" }; task t { says \"x\" } }"), ["a"]);
    assert!(of("", "sequence s { start go; email a { subject \"x\"; basis transactional } }").is_empty());
    let offer = "offer o { code \"X\"; value 10%; valid 7d after sent }";
    assert_eq!(of(offer, "sequence s { start go; basis transactional; email a { subject \"x\"; offer o } }"), ["a"]);
    assert_eq!(of(consent, "sequence s { start buy; basis consent(news); email a { subject \"x\" } }"), ["a"]);
    assert!(
        of(consent, "sequence s { start go; stop buy; basis consent(news); email a { subject \"x\" } }").is_empty()
    );
    let nobody = "consent news { given lost }";
    assert_eq!(of(nobody, "sequence s { start go; basis consent(news); email a { subject \"x\" } }"), ["a"]);
}

#[test]
fn offers_conflict_where_one_person_can_hold_both() {
    let offers = "offer ten { code \"A\"; value 10%; valid 14d after sent; stacks no }\n\
                  offer more { code \"B\"; value 15%; valid 14d after sent; stacks no }\n\
                  offer same { code \"C\"; value 10%; valid 14d after sent; stacks no }";
    let of = |steps: &str| in_sequence("conflicting-offers", offers, "start go", steps);
    let (ten, more) = ("email a { subject \"x\"; offer ten }", "email b { subject \"x\"; offer more }");
    assert_eq!(of(&format!("{ten}\nwait 13d\n{more}")), ["b"]);
    assert!(of(&format!("{ten}\nwait 14d\n{more}")).is_empty());
    assert!(of(&format!("{ten}\nwait 1d\nemail b {{ subject \"x\"; offer same }}")).is_empty());
    assert!(of(&format!("split t {{ 50% {{ {ten} }} 50% {{ {more} }} }}")).is_empty());
    assert!(of("email a { subject \"x\"; offer ten; audience trait vip }\nemail b { subject \"x\"; offer more; audience not trait vip }").is_empty());
}

#[test]
fn what_was_waited_for_gives_its_properties() {
    let events = "event look { sent_by web; owner web; status live; prop item string required; prop size string }";
    let of = |steps: &str| in_sequence("variable-without-fallback", events, "start go", steps);
    let wait = |words: &str| {
        format!("wait until look at_most 3d {{ then {{ email a {{ subject \"{words}\" }} }} else {{ nothing }} }}")
    };
    assert!(of(&wait("{{item}}")).is_empty());
    assert_eq!(of(&wait("{{size}}")), ["{{size}}"]);
    // Not on every way: after the wait, and where something else may have ended it.
    assert_eq!(
        of("wait until look at_most 3d { then { nothing } else { nothing } }\nemail a { subject \"{{item|it}}\" }"),
        ["item"]
    );
    assert_eq!(of(&wait("{{item}}").replace("until look", "until look or buy")), ["{{item}}"]);
}

#[test]
fn sequences_count_together_only_where_one_person_is_in_both() {
    let mails = |from: usize| {
        (from..from + 3).map(|at| format!("email m{at} {{ subject \"x\" }}")).collect::<Vec<_>>().join("\nwait 1h\n")
    };
    let of = |one: &str, two: &str| {
        let sequence = |name: &str, head: &str, from: usize| {
            format!("sequence {name} {{ {head}; basis legitimate_interest\n{} }}\n", mails(from))
        };
        places("mail-pressure", &format!("{EVENTS}{}{}", sequence("one", one, 0), sequence("two", two, 3)))
    };
    assert_eq!(of("start go", "start buy"), ["one"]);
    assert!(of("start go; audience trait vip", "start buy; audience not trait vip").is_empty());
    // The one is over when the other starts: the end of the one and the beginning of the other still come together.
    assert_eq!(of("start go; stop buy", "start buy"), ["one"]);
    assert_eq!(of("start go per id", "start buy"), ["one"]);
}
