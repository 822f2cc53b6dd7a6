#![allow(clippy::disallowed_methods, reason = "tests read fixtures")]

use super::*;
use crate::source::{Source, Sources};
use crate::stdlib;

/// The files of a project with the modules of the standard library that they mention.
fn sources(files: &[(&str, &str)]) -> Sources {
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(Source::new(*name, *text));
    }
    stdlib::add_mentioned(&mut sources);
    sources
}

fn plan_of(files: &[(&str, &str)]) -> Plan {
    let sources = sources(files);
    let (model, found) = crate::model::build(&sources);
    assert!(found.is_empty(), "{found:#?}");
    plan(&model)
}

const WHOLE: &str = include_str!("../../tests/fixtures/language/whole.funnel");
const CHANNELS: &str = include_str!("../../tests/fixtures/language/channels.funnel");

fn whole() -> Plan {
    plan_of(&[("whole.funnel", WHOLE), ("channels.funnel", CHANNELS)])
}

#[test]
fn the_published_schema_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/book/src/schemas/model.schema.json");
    let made = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let published = std::fs::read_to_string(path).unwrap_or_default();
    assert!(published == made, "run with FUNNELC_BLESS=1 to rewrite {path}");
}

#[test]
fn the_whole_language_satisfies_the_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let document = serde_json::to_value(whole()).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&document).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(errors.is_empty(), "{:.2000}", errors.join("\n"));
}

#[test]
fn the_order_of_files_and_declarations_changes_nothing() {
    let one = plan_of(&[("a.funnel", "event b {}\nevent a {}\n"), ("c.funnel", "traits { x string }\n")]);
    let other = plan_of(&[("c.funnel", "traits { x string }\n"), ("a.funnel", "event a {}\nevent b {}\n")]);
    assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
}

#[test]
fn what_is_about_something_says_so_by_full_paths() {
    let plan = whole();
    let text = |path: &str| plan.kpis.iter().find(|kpi| kpi.path == path).unwrap().value.clone().unwrap().text;
    assert_eq!(text("cac"), "spend() / people(store.purchase)");
    assert_eq!(text("aov"), "sum(order_completed.total) / count(order_completed)");
    let segment = plan.declarations.iter().find(|own| own.path == "gift_buyers").unwrap();
    let json = serde_json::to_string(segment).unwrap();
    assert!(json.contains("did order_completed(gift == true) within 365d"), "{json}");
    assert!(json.contains(r#""path":"order_completed.gift""#), "{json}");
}

#[test]
fn an_event_knows_what_it_feeds_also_through_stages() {
    let plan = whole();
    let event = plan.events.iter().find(|event| event.path == "newsletter_subscribed").unwrap();
    let feeds: Vec<String> = event
        .feeds
        .iter()
        .map(|feed| {
            let through = feed.through.as_ref().map(|through| format!(" through {}", through.path)).unwrap_or_default();
            format!("{} {}{through}", feed.kind, feed.path)
        })
        .collect();
    for wanted in [
        "consent newsletter",
        "stage store.consideration",
        "transition store.awareness->consideration through store.consideration",
        "kpi cpl through store.consideration",
        "stage store.qualified through engagement",
        "sequence welcome",
    ] {
        assert!(feeds.iter().any(|feed| feed == wanted), "{wanted} is missing in {feeds:#?}");
    }
}

#[test]
fn windows_add_up_along_the_longest_way_forward() {
    let plan = whole();
    let reached: Vec<(&str, &str)> = plan.funnels[0]
        .stages
        .iter()
        .map(|stage| (stage.name.as_str(), stage.reached_within.as_ref().unwrap().text.as_str()))
        .collect();
    let wanted = [
        ("awareness", "0d"),
        ("consideration", "14d"),
        ("qualified", "44d"),
        ("purchase", "60d"),
        ("loyal", "245d"),
        ("advocate", "335d"),
    ];
    assert_eq!(reached, wanted);
}

#[test]
fn only_what_is_used_of_the_standard_library_is_in_it() {
    let plan = plan_of(&[(
        "a.funnel",
        "use std.ecommerce { order_completed }\nkpi orders { value count(order_completed) }\n",
    )]);
    let events: Vec<&str> = plan.events.iter().map(|event| event.path.as_str()).collect();
    assert_eq!(events, ["std.ecommerce.order_completed"]);
    assert!(plan.declarations.iter().all(|own| own.kind != "event" || own.path == "std.ecommerce.order_completed"));
}

#[test]
fn canonical_text_keeps_the_meaning_of_brackets() {
    let text = "event a { prop x number; prop y number }\nevent b {}\nsegment s { where not (did a(x - (y - 1) * 2 > 3 or x == 1) and did b 2 times within 3d) or did b }\n";
    let plan = plan_of(&[("a.funnel", text)]);
    let json = serde_json::to_string(&plan.declarations).unwrap();
    let wanted = "not (did a(x - (y - 1) * 2 > 3 or x == 1) and did b 2 times within 3d) or did b";
    assert!(json.contains(wanted), "{json}");
}

/// What the whole spec of the language does not use.
const RARE: &str = r#"
project p { languages en, ar; currency USD }
event demo { prop company_id string; variant big "Big" when company_id == "x" { prop size integer } }
event paid { status deprecated(use demo); from crm.rows where stage == "won"; time at; identity id, mail }
traits { trial_ends_at date; plan enum(free, pro) }
group account { key company_id; traits { employees integer } }
funnel sales : standard {
  counts account
  exclude paid between lead .. won
  stage lead : top { enter demo by 2 people; open }
  stage trial : middle { enter no demo for 90d after paid; optional }
  stage won : bottom { enter enters rich or finished nurture or 3d before trait trial_ends_at; converts }
  lead -> trial rate 20% within 3d when trait plan == free on demo
  lead -> trial rate 10% within 3d when trait plan == pro
  trial -> won rate 50% within 10d
}
funnel service { stage open_case : top { enter leaves rich }; stage closed : bottom { enter paid } }
handover sales.won -> service.open_case rate 60% within 2d
segment rich { where did demo 3 times within 30d and not (in sales.trial for 80% of cycle); size 40 accounts }
sending { holdout 10% }
sequence nurture {
  start demo; again never; basis soft_opt_in
  wait until paid at_most 3d { then { sms a { says { en "Hi"; ar "مرحبا" } } } else { nothing } }
  wait until paid at_most 4d { then { push b { says "x" } } else { task c { by sales } } }
  when rich { whatsapp d { says "x" } else { call e { by sales } } }
}
model shop(country) { funnel way { stage one : top { enter demo } } ; segment all { where trait plan == free } }
make shop_sa from shop(SA)
make shop_ae from shop(AE)
"#;

#[test]
fn rare_constructs_satisfy_the_schema_too() {
    let sources = sources(&[("rare.funnel", RARE)]);
    let (model, found) = crate::model::build(&sources);
    let messages: Vec<String> = found
        .iter()
        .map(|fault| format!("{} {:?}", fault.message, fault.span().map(|span| sources.locate(span))))
        .collect();
    assert!(messages.is_empty(), "{messages:#?}");
    let document = serde_json::to_value(plan(&model)).unwrap();
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{:.3000}", errors.join("\n"));
    let paths = paths(&document["declarations"]);
    for wanted in [
        "nurture.wait",
        "nurture.wait#2",
        "nurture.a",
        "sales.lead->trial",
        "sales.lead->trial#2",
        "sales.won->service.open_case",
        "shop_sa.way.one",
        "shop_ae.way.one",
    ] {
        assert!(paths.iter().any(|path| path == wanted), "{wanted} is missing in {paths:#?}");
    }
    let mut unique = paths.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), paths.len());
}

/// Kind and path are an identity; here all paths are, but for what has no name at the top.
fn paths(declarations: &serde_json::Value) -> Vec<String> {
    let mut found = Vec::new();
    for own in declarations.as_array().into_iter().flatten() {
        found.push(own["path"].as_str().unwrap_or_default().to_owned());
        found.extend(paths(&own["children"]));
    }
    found
}

#[test]
fn a_big_project_is_planned_in_time_that_grows_with_its_size() {
    use std::fmt::Write;
    let text = |size: usize| {
        let mut text = String::from("funnel f {\n");
        for n in 0..size / 10 {
            let _ = writeln!(text, "stage s{n} : top {{ enter e{n} }}");
        }
        text.push_str("}\n");
        for n in 0..size {
            let _ = writeln!(
                text,
                "event e{n} \"E\" {{ prop x integer }}\nkpi k{n} {{ value count(e{n}) / people(f.s{}) }}",
                n % (size / 10)
            );
        }
        text
    };
    let took = |size: usize| {
        let text = text(size);
        let sources = sources(&[("a.funnel", &text)]);
        let (model, _) = crate::model::build(&sources);
        let start = std::time::Instant::now();
        let plan = plan(&model);
        let files = crate::emit::emit(&crate::emit::Options::embedded().unwrap(), &plan, &[]).unwrap();
        assert!(files.len() > size);
        start.elapsed()
    };
    let (small, large) = (took(100), took(800));
    assert!(large < small * 40 + std::time::Duration::from_secs(2), "{small:?} → {large:?}");
}
