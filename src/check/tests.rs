//! Every law with specs that break it and specs that keep it.

use std::fmt::Write;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::levels::Levels;
use crate::source::{Source, Sources};

/// What the laws find, and the one lint that goes with them.
fn findings(sources: &Sources) -> Vec<Diagnostic> {
    let mut found = crate::compile(sources, &Levels::default()).diagnostics;
    found.retain(|diagnostic| diagnostic.severity == Severity::Error || diagnostic.code.name == "referral-growth");
    found
}

fn sources(text: &str) -> Sources {
    let mut sources = Sources::new();
    sources.add(Source::new("a.funnel", text));
    sources
}

/// The names of what is found, in order of place.
fn found(text: &str) -> Vec<&'static str> {
    findings(&sources(text)).iter().map(|diagnostic| diagnostic.code.name).collect()
}

/// The sentences of what is found, with those at its places.
fn words(text: &str) -> String {
    let sources = sources(text);
    let mut words = String::new();
    for diagnostic in findings(&sources) {
        let _ = writeln!(words, "{}: {}", diagnostic.code.name, diagnostic.message);
        for label in diagnostic.labels {
            let _ = writeln!(words, "  {} <- {}", sources.text(label.span), label.text);
        }
    }
    words
}

#[track_caller]
fn clean(text: &str) {
    assert_eq!(words(text), "", "{text}");
}

#[track_caller]
fn only(text: &str, code: &str) {
    assert_eq!(found(text), [code], "{text}\n{}", words(text));
}

const EVENTS: &str =
    "event e0 { prop id string }\nevent e1 { prop id string }\nevent e2 { prop id string }\nevent e3 {}\n";

/// A funnel of stages entered by `e0`, `e1` …
fn funnel(class: &str, body: &str) -> String {
    format!("{EVENTS}funnel f : {class} {{\n{body}\n}}\n")
}

// ---- stages

#[test]
fn unreachable_stage() {
    let stages = "stage a : top { enter e0 }\nstage b : bottom { enter e1; converts }\n";
    let lost = "stage x : middle { enter e2 }\nstage y : middle { enter e3 }\n";
    let text = funnel("standard", &format!("{stages}{lost}a -> b\nx -> y\ny -> x as reentry\nx -> b"));
    clean(&text);
    let text = funnel("standard", &format!("{stages}{lost}a -> b\nx -> y\ny -> x\nx -> b"));
    assert_eq!(found(&text), ["unreachable-stage", "unmarked-cycle"], "{}", words(&text));
    clean(&text.replace("y -> x", "y -> x as reentry"));
    let opened = text.replace("stage x : middle { ", "stage x : middle { open; ");
    only(&opened, "unmarked-cycle");
}

#[test]
fn no_conversion_stage() {
    let text = funnel("standard", "stage a : top { enter e0 }\nstage b : bottom { enter e1 }\na -> b");
    only(&text, "no-conversion-stage");
    clean(&text.replace("e1 }", "e1; converts }"));
    clean(&format!("{text}funnel g {{ stage c {{ enter e2; converts }} }}\nhandover f.b -> g.c"));
}

#[test]
fn no_conversion_path() {
    let stages = "stage a : top { enter e0 }\nstage b : bottom { enter e1; converts }\nstage c : top { enter e2 }\nstage d : loyalty { enter e3 }\n";
    let text = funnel("standard", &format!("{stages}a -> b\nb -> d\nc -> d"));
    only(&text, "no-conversion-path");
    clean(&text.replace("c -> d", "c -> d\nc -> a"));
}

#[test]
fn dead_end_stage() {
    let stages = "stage a : top { enter e0 }\nstage b : bottom { enter e1; converts }\nstage c : middle { enter e2 }\n";
    let text = funnel("standard", &format!("{stages}a -> b\na -> c"));
    only(&text, "dead-end-stage");
    clean(&text.replace("a -> c", "a -> c\nc -> b"));
    clean(&funnel("standard", &format!("{stages}a -> b\nb -> c")));
}

#[test]
fn what_is_broken_is_not_judged() {
    only(&funnel("standard", "stage a : top { enter e0 }\na -> b"), "unknown-name");
    only(
        &funnel(
            "hourglass",
            "stage a : top { enter e0 }\nstage b : loyality { enter e1; converts }\na -> b\nb -> b as reentry",
        ),
        "unknown-field",
    );
}

// ---- transitions

const PAIR: &str =
    "stage a : top { enter e0 }\nstage b : bottom { enter e1; converts }\nstage c : bottom { enter e2; converts }\n";

#[test]
fn rates_exceed_whole() {
    let text = funnel("standard", &format!("{PAIR}a -> b rate 60.5%\na -> c rate 39.6%"));
    only(&text, "rates-exceed-whole");
    assert!(words(&text).contains("add to 100.1%"), "{}", words(&text));
    assert!(words(&text).contains("39.6% <- 39.6%"), "{}", words(&text));
    clean(&text.replace("39.6", "39.5"));
    clean(&funnel("standard", &format!("{PAIR}a -> b rate 60%\na -> c rate 40%\nc -> a rate 200% as referral")));
}

const GROUPS: &str = "segment s { where did e0 }\nsegment t { where did e1 }\nsegment u { where did e0 and did e2 }\nsegment v { where not did e0 }\nchannel m : paid {}\nchannel n : paid {}\n";

#[test]
fn special_rates_are_checked_with_the_plain_rate_for_the_rest() {
    let text = |rows: &str| {
        GROUPS.to_owned() + &funnel("standard", &format!("{PAIR}a -> b rate 60% {{ {rows} }}\na -> c rate 40%"))
    };
    only(&text("m 61%"), "rates-exceed-whole");
    clean(&text("m 60%; n 59%"));
    clean(&text("s 60%; m 50%"));
    clean(&text("s 60%; u 50%"));
    clean(&text("s 60%; v 50%"));
    only(&text("s 60%; t 50%"), "rates-exceed-whole");
    assert!(
        words(&text("s 60%; t 50%")).contains("someone can be in `t` and in `s`"),
        "{}",
        words(&text("s 60%; t 50%"))
    );
    only(&text("s 60%; s 50%"), "rates-exceed-whole");
}

#[test]
fn people_of_a_channel_are_checked_together() {
    let text = |segment: u8, channel: u8| {
        let body = format!("{PAIR}a -> b rate 1% {{ s {segment}% }}\na -> c rate 1% {{ m {channel}% }}");
        GROUPS.to_owned() + &funnel("standard", &body)
    };
    clean(&text(50, 50));
    only(&text(50, 51), "rates-exceed-whole");
}

#[test]
fn negative_rates() {
    only(&funnel("standard", &format!("{PAIR}a -> b rate -5%\na -> c")), "bad-value");
}

#[test]
fn trigger_mismatch() {
    let text = |on: &str| {
        funnel(
            "standard",
            &format!(
                "stage a : top {{ enter e0 }}\nstage b : bottom {{ enter e1(id == \"x\") or e2; converts }}\na -> b on {on}"
            ),
        )
    };
    only(&text("e0"), "trigger-mismatch");
    clean(&text("e1"));
    clean(&text("e2 or e1"));
    let scored = "score p { +1 e0 }\n".to_owned()
        + &funnel(
            "standard",
            "stage a : top { enter e0 }\nstage b : bottom { enter score p >= 4; converts }\na -> b on e0",
        );
    only(&scored, "trigger-mismatch");
    assert!(words(&scored).contains("this, which is no event"), "{}", words(&scored));
}

#[test]
fn transitions_stay_in_their_funnel() {
    let text = funnel("standard", &format!("{PAIR}a -> b\na -> c\nb -> g.x"))
        + "funnel g { stage x { enter e0; converts } }\n";
    only(&text, "wrong-kind");
    clean(&text.replace("b -> g.x\n", "").replace("funnel g", "handover f.b -> g.x\nfunnel g"));
}

// ---- loops

#[test]
fn unmarked_cycle() {
    let text = funnel("standard", &format!("{PAIR}a -> b\nb -> a\na -> c"));
    let opened = text.replace("stage a : top { ", "stage a : top { open; ");
    only(&opened, "unmarked-cycle");
    assert!(words(&opened).contains("`a` -> `b` -> `a`"), "{}", words(&opened));
    assert!(words(&opened).contains("b -> a <- here it closes"), "{}", words(&opened));
    clean(&text.replace("b -> a", "b -> a as reentry"));
    clean(&text.replace("b -> a", "b -> a as referral"));
    clean(&funnel(
        "standard",
        &format!("{PAIR}a -> b\na -> c\nb -> b\n").replace("stage b : bottom", "stage b : loyalty"),
    ));
}

#[test]
fn missing_loyalty_loop() {
    let text = funnel("hourglass", "stage a : top { enter e0; converts }\nstage b : loyalty { enter e1 }\na -> b");
    only(&text, "missing-loyalty-loop");
    clean(&text.replace("hourglass", "standard"));
    clean(&text.replace("a -> b", "a -> b\nb -> b rate 40%"));
    clean(&text.replace("a -> b", "a -> b\nb -> a as reentry"));
    only(&text.replace("b : loyalty", "b : bottom").replace("hourglass", "flywheel"), "missing-loyalty-loop");
}

#[test]
fn endless_loop() {
    let stages = "stage a : loyalty { enter e0; converts }\nstage b : loyalty { enter e1 }\n";
    let text = |aa: &str, ab: &str, ba: &str| {
        funnel("standard", &format!("{stages}a -> a rate {aa}%\na -> b rate {ab}%\nb -> a rate {ba}%"))
            .replace("enter e0", "open; enter e0")
    };
    only(&text("60", "40", "100"), "endless-loop");
    clean(&text("60", "39.99", "100"));
    clean(&text("60", "40", "99.999"));
    assert!(words(&text("60", "40", "100")).contains("nobody ever leaves `a`, `b`"));
}

#[test]
fn a_loop_can_be_endless_for_a_segment_alone() {
    let stages = "stage a : loyalty { enter e0; converts }\na -> a rate 50% { s 100% }";
    let text = GROUPS.to_owned() + &funnel("standard", stages);
    only(&text, "endless-loop");
    assert!(words(&text).contains("for `s`"), "{}", words(&text));
}

#[test]
fn referral_growth_is_a_note() {
    let text = |rate: u32| {
        funnel(
            "standard",
            &format!(
                "stage a : top {{ enter e0 }}\nstage b : loyalty {{ enter e1; converts }}\na -> b rate 50%\nb -> a rate {rate}% as referral"
            ),
        )
    };
    only(&text(200), "referral-growth");
    clean(&text(199));
}

// ---- values

#[test]
fn impossible_windows() {
    let wanted = "impossible-window";
    only(&funnel("standard", &format!("{PAIR}a -> b within 0s\na -> c")), wanted);
    only(&funnel("standard", &format!("window 0d\n{PAIR}a -> b\na -> c")), wanted);
    only(&funnel("standard", &format!("{PAIR}a -> b\na -> c\nb -> a as reentry after 60d within 30d")), wanted);
    clean(&funnel(
        "standard",
        &format!("window 60d\n{PAIR}a -> b within 90d\na -> c\nb -> a as reentry after 30d within 60d"),
    ));
    only("offer o { value 10%; valid 2027-03-02 .. 2027-03-01 }\n", wanted);
    clean("offer o { value 10%; valid 2027-03 .. 2027-03-01 }\n");
    only("event e {}\noffer o { value 10%; valid 0d after e }\n", wanted);
    only("channel m : offline { lead_time 8d..5d }\n", wanted);
    clean("channel m : offline { lead_time 5d..8d }\n");
    only("event e {}\nsurvey n { ask_on e; question \"How?\" scale 10..0 }\n", wanted);
    only("event e { prop n integer 5..1 }\n", wanted);
    only("holidays h { on 2027-03-12 .. 2027-03-09 }\n", wanted);
    only("sending { quiet 21:00 .. 21:00 }\n", wanted);
    clean("sending { quiet 21:00 .. 08:00 }\n");
    only("event e {}\nsegment s { where did e within 0d }\n", wanted);
    only(
        "event e {}\nkpi k { value count(e); per month }\ngoal g { kpi k; from 1 to 2; between 2027-06-30 .. 2026-12-01 }\n",
        wanted,
    );
    let goal = |date: &str| {
        format!(
            "event e {{}}\nkpi k {{ value count(e); per month }}\ngoal g {{ kpi k; from 1 to 2; between 2026-12-01 .. 2027-06-30; milestone {date} 2 }}\n"
        )
    };
    only(&goal("2027-07-01"), wanted);
    only(&goal("2026-11"), wanted);
    clean(&goal("2027-06"));
}

#[test]
fn property_type_conflict() {
    let wanted = "property-type-conflict";
    let groups = "props p { prop x string }\nprops q { prop x money }\n";
    only(&format!("{groups}event e {{ with p, q }}\n"), wanted);
    only("event e { prop x string }\nevent f extends e { prop x integer }\n", wanted);
    clean("event e { prop x string }\nevent f extends e { prop x enum(a, b) }\n");
    only("event e { prop x string }\nevent f { prop x integer }\n", wanted);
    clean("event e { prop x string }\nevent f { prop x integer named \"y\" }\n");
    clean("event e { prop x number }\nevent f { prop x integer }\n");
}

#[test]
fn keys_are_properties() {
    let text = |key: &str| format!("event e {{ prop order_id string; once_per {key} within 3d }}\n");
    only(&text("order_idd"), "unknown-name");
    clean(&text("order_id"));
    only(
        "event e { prop id string }\nevent r { prop id string }\nfunnel f { stage a { enter e; converts; undone by r matching idd } }\n",
        "unknown-name",
    );
    only(
        "event e { prop id string }\nevent r { prop id string; prop order string }\nfunnel f { stage a { enter e; converts; undone by r matching order } }\n",
        "unknown-name",
    );
    only("event e {}\nevent r {}\nkpi k { value count(e); per month; net of r matching id }\n", "unknown-name");
}

#[test]
fn targets_fit_their_kpi() {
    let text =
        |rest: &str| format!("event e {{ prop total money }}\nkpi k {{ value sum(e.total); per month; {rest} }}\n");
    only(&text("target >= 5%"), "unit-mismatch");
    only(&text("alert below 5d"), "unit-mismatch");
    clean(&text("target >= 5 USD"));
    let goal = |rest: &str| format!("{}goal g {{ kpi k; {rest} }}\n", text(""));
    only(&goal("from 1 USD to 5%"), "unit-mismatch");
    only(&goal("from 1 USD to 5 USD; milestone 2027-01-01 3d"), "unit-mismatch");
    clean(&goal("from 1 USD to 5 USD; milestone 2027-01-01 3 USD"));
}

#[test]
fn money_is_in_the_currency_of_the_project() {
    let text = |rest: &str| format!("project p {{ currency USD }}\n{rest}\n");
    only(&text("channel m : paid { budget 5 EUR / month }"), "currency-mismatch");
    only(&text("channel m : paid { budget { 2027-01 5 EUR } }"), "currency-mismatch");
    only(&text("offer o { value 5 EUR }"), "currency-mismatch");
    clean(&text("channel m : paid { budget 5 USD / month }"));
}

#[test]
fn tiers_fit_their_programme() {
    let text = |kind: &str, from: &str| {
        format!("traits {{ worth {kind} }}\nprogram c {{ by trait worth; tier x from {from} }}\n")
    };
    only(&text("money", "5"), "unit-mismatch");
    only(&text("string", "5"), "unit-mismatch");
    clean(&text("money", "5 USD"));
    clean(&text("integer", "5"));
}

// ---- the project

#[test]
fn the_project() {
    only("project p {}\nproject q {}\n", "duplicate-name");
    only("project p {}\nproject p {}\n", "duplicate-name");
    let text = |field: &str| format!("project p {{ {field} }}\n");
    only(&text("edition 2027"), "bad-value");
    only(&text("languages en, ar_SA"), "bad-value");
    only(&text("currency ABC"), "bad-value");
    only(&text("timezone \"Europe/Berln\""), "bad-value");
    assert!(words(&text("timezone \"america/chicago\"")).contains("did you mean `America/Chicago`?"));
    assert!(words(&text("timezone \"Berlin\"")).contains("did you mean `Europe/Berlin`?"));
    clean(&text("edition 2026; languages en, pt-BR; currency USD; timezone \"America/Chicago\""));
}

#[test]
fn texts_are_in_the_languages_of_the_project() {
    let text =
        |tag: &str| format!("project p {{ languages en, pt-BR }}\nteam t {{ label {{ en \"A\"; {tag} \"B\" }} }}\n");
    only(&text("ar"), "bad-value");
    assert!(words(&text("pt-br")).contains("pt-br <- did you mean `pt-BR`?"), "{}", words(&text("pt-br")));
    clean(&text("pt-BR"));
}

#[test]
fn escapes() {
    only("team t \"a\\d\"\n", "syntax");
    clean("team t \"a\\\\d \\\" \\n \\{\"\n");
}

#[test]
fn a_value_of_a_type_ends() {
    let endless = "type a { b b required }\ntype b { c c required; x string }\ntype c { a list(a) required 1..3 }\n";
    assert_eq!(
        words(endless),
        "endless-type: a value of type `a` would never end\n  b <- every `a` needs its `b`\n  c <- every `b` needs its `c`\n  a <- every `c` needs its `a`\n"
    );
    assert_eq!(found("type a { again a required }"), ["endless-type"]);
    assert_eq!(found("type a { x string }\ntype b extends a { again b required }"), ["endless-type"]);
    let sound = [
        "type a { again a }",
        "type a { all list(a) required }",
        "type a { all list(a) required 0..3 }",
        "type a { all list(list(a)) required 1..3 }",
        "type a { b b required }\ntype b { a a }",
        "type a { b b required }\ntype b { x string }\ntype c { a a required; b b required }",
        "type a { again missing required }",
    ];
    for text in sound {
        assert!(!found(text).contains(&"endless-type"), "{text}");
    }
}
