//! Samples: what is drawn from planned rates measures as planned, holds the plan, and is the same on every run.

#![cfg(feature = "engine")]
#![allow(clippy::disallowed_methods, reason = "tests read and write files and start the program")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn funnelc(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_funnelc")).args(arguments).current_dir(root()).output().unwrap()
}

fn done(arguments: &[&str]) -> Output {
    let output = funnelc(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

/// A sample of a spec in a folder of its own.
fn sample(spec: &str, folder: &Path, more: &[&str]) -> String {
    let folder = folder.to_str().unwrap();
    let output = done(&[&["sample", spec, "-o", folder], more].concat());
    String::from_utf8(output.stderr).unwrap()
}

fn measured(spec: &str, events: &Path) -> Json {
    let output = done(&["measure", spec, "--events", events.to_str().unwrap(), "--format", "json"]);
    serde_json::from_slice(&output.stdout).unwrap()
}

fn shipped() -> Vec<String> {
    let mut found = Vec::new();
    for folder in ["specs/examples", "specs/models"] {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        found.extend(entries.map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap())));
    }
    found.sort();
    found
}

/// Standard deviations that a rate may lie beside its plan: over some hundred rates, chance alone stays below.
const SIGMAS: f64 = 4.5;

/// Rates that the plan gives to everybody, so that a sample must come out at them. Rates for some, and stages that are
/// entered by silence, come out otherwise.
fn is_for_all(spec: &str, from: &str, to: &str) -> bool {
    let model: Json = serde_json::from_slice(&std::fs::read(root().join(spec)).unwrap()).unwrap();
    let funnels = model["funnels"].as_array().unwrap();
    let ways = funnels.iter().flat_map(|funnel| funnel["transitions"].as_array().unwrap());
    let stages = funnels.iter().flat_map(|funnel| funnel["stages"].as_array().unwrap());
    let by_silence: Vec<&Json> = stages
        .filter(|stage| stage["enter"]["text"].as_str().is_some_and(|text| text.contains("no ")))
        .map(|stage| &stage["path"])
        .collect();
    let mut own = ways.filter(|way| way["from"] == from);
    own.all(|way| way["rates"].as_array().unwrap().is_empty() && !by_silence.contains(&&way["to"]))
        && !by_silence.iter().any(|stage| **stage == from || **stage == to)
}

#[test]
fn a_sample_measures_as_planned() {
    let folder = tempfile::tempdir().unwrap();
    let (mut seen, mut faults) = (0, Vec::new());
    for spec in shipped() {
        let here = folder.path().join(spec.replace('/', "_"));
        sample(&spec, &here, &["-n", "1500", "--days", "900"]);
        let model = here.join("model");
        done(&["build", &spec, "-o", model.to_str().unwrap(), "--target", "model", "--allow", "warnings"]);
        for funnel in measured(&spec, &here.join("events.parquet"))["funnels"].as_array().unwrap() {
            for way in funnel["transitions"].as_array().unwrap() {
                let (Some(planned), Some(rate), of) =
                    (way["planned"].as_f64(), way["rate"].as_f64(), way["of"].as_f64().unwrap())
                else {
                    continue;
                };
                if of < 30.0
                    || !is_for_all(
                        model.join("model.json").to_str().unwrap(),
                        way["from"].as_str().unwrap(),
                        way["to"].as_str().unwrap(),
                    )
                {
                    continue;
                }
                seen += 1;
                let deviation = (planned * (1.0 - planned) / of).sqrt();
                if (rate - planned).abs() > SIGMAS * deviation + 1e-9 {
                    faults.push(format!("{spec}: {}: planned {planned}, measured {rate} of {of}", way["path"]));
                }
            }
        }
    }
    assert!(seen > 30, "only {seen} rates were seen");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Stages that a score enters, a loop, and orders that could be the first or a further one.
#[test]
fn a_large_sample_of_a_shop_measures_as_planned() {
    let folder = tempfile::tempdir().unwrap();
    let spec = "specs/examples/peepers";
    sample(spec, folder.path(), &["-n", "40000", "--days", "900"]);
    let measured = measured(spec, &folder.path().join("events.parquet"));
    let ways = measured["funnels"][0]["transitions"].as_array().unwrap();
    let wanted = ["consideration -> qualified", "qualified -> purchase", "purchase -> loyal", "loyal -> loyal"];
    for wanted in wanted {
        let (from, to) = wanted.split_once(" -> ").unwrap();
        let is_one =
            |way: &&Json| way["from"].as_str().unwrap().ends_with(from) && way["to"].as_str().unwrap().ends_with(to);
        let way = ways.iter().find(is_one).unwrap();
        let [planned, rate, of] = ["planned", "rate", "of"].map(|name| way[name].as_f64().unwrap());
        let deviation = (planned * (1.0 - planned) / of).sqrt();
        assert!(of > 60.0 && (rate - planned).abs() < SIGMAS * deviation, "{wanted}: {rate} of {of}, not {planned}");
    }
}

/// A shop with all that is drawn besides events of stages: channels and segments with rates of their own, variants that
/// are dealt, answers that name a channel.
const SHOP: &str = r#"project shop "Shop" { currency USD }
event seen { sent_by web }
event bought { sent_by web }
event returned { sent_by web }
event dealt { sent_by web; prop test string required; prop variant string required }
event answered { sent_by web; prop survey string required; prop answer string required }
channel search : organic { match utm_source == "search"; brings 300 people / month to store.visit }
channel friends : referral { match utm_source == "friend"; brings 100 people / month to store.visit }
segment regulars { where did returned 2 times }
funnel store : hourglass {
  window 30d
  stage visit : top { enter seen }
  stage order : bottom { enter bought; converts }
  stage regular : loyalty { enter returned }
  visit -> order  rate 40% { friends 70% }  within 7d
  order -> regular  rate 50%  within 7d
  regular -> regular  rate 40% { regulars 70% }  within 7d
}
kpi orders { value people(store.order) }
experiment page {
  on store.visit -> store.order
  assigned dealt(test == "page") by variant
  variants old 70%, new 30%
  measures orders
}
survey how {
  ask_on bought
  question "How did you find us?"
  choices engine -> search, friend -> friends, other
  answered answered(survey == "how") by answer
  informs attribution
}
"#;

/// Whether a share is the planned one, as far as chance goes.
fn is_near(what: &str, part: f64, of: f64, planned: f64) {
    let (rate, deviation) = (part / of, (planned * (1.0 - planned) / of).sqrt());
    assert!(of > 300.0 && (rate - planned).abs() < SIGMAS * deviation, "{what}: {rate} of {of}, not {planned}");
}

#[test]
fn rates_of_some_variants_and_answers_are_drawn_as_planned() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("shop.funnel");
    std::fs::write(&spec, SHOP).unwrap();
    let spec = spec.to_str().unwrap();
    sample(spec, folder.path(), &["-n", "20000", "--days", "900"]);
    let events = folder.path().join("events.parquet");
    let split = ["--by", "channel", "--by", "segment"];
    let output =
        done(&[&["measure", spec, "--events", events.to_str().unwrap(), "--format", "json"], &split[..]].concat());
    let measured: Json = serde_json::from_slice(&output.stdout).unwrap();
    let parts = measured["funnels"][0]["parts"].as_array().unwrap();
    let exits = |by: &str, name: &str, way: usize| {
        let part = parts.iter().find(|part| part[by] == name).unwrap_or_else(|| panic!("{name} is no part"));
        ["exits", "of"].map(|what| part["transitions"][way][what].as_f64().unwrap())
    };
    for (channel, planned) in [("search", 0.4), ("friends", 0.7)] {
        let [part, of] = exits("channel", channel, 0);
        is_near(channel, part, of, planned);
    }
    let [part, of] = exits("segment", "regulars", 2);
    is_near("regulars", part, of, 0.7);
    let [all, of_all] = ["exits", "of"].map(|what| measured["funnels"][0]["transitions"][2][what].as_f64().unwrap());
    is_near("others", all - part, of_all - of, 0.4);
    let variants = measured["experiments"][0]["variants"].as_array().unwrap();
    let assigned: Vec<f64> = variants.iter().map(|own| own["assigned"].as_f64().unwrap()).collect();
    is_near("variant old", assigned[0], assigned.iter().sum(), 0.7);
    let answers = measured["surveys"][0]["answers"].as_array().unwrap();
    let people: Vec<f64> = answers.iter().map(|own| own["people"].as_f64().unwrap()).collect();
    // Of four who come, three come by search; of those who buy, 12 of 19.
    is_near("answer engine", people[0], people.iter().sum(), 12.0 / 19.0);
    assert!(people[2] == 0.0, "everybody came by a channel that can be named");
}

/// The events of a sample as they were sent: a table of a warehouse may name its columns as it likes.
fn as_sent(log: &str) -> String {
    let event = |line: &str| {
        let row: Json = serde_json::from_str(line).unwrap();
        let column = ["props", "fields"].iter().find_map(|column| row.get(*column));
        let properties = column.cloned().unwrap_or(serde_json::json!({}));
        format!("{}\n", serde_json::json!({ "event": row["event"], "properties": properties }))
    };
    log.lines().map(event).collect()
}

#[test]
fn what_cannot_be_measured_cannot_be_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let spec = "event asked {} event signed_up {} event welcomed {}
consent news { given signed_up }
sequence welcome { start signed_up; basis consent(news); email hello { subject \"Hello\" } }
funnel shop { stage a : top { enter asked } stage b : bottom { enter finished welcome; converts } a -> b within 7d }
";
    let path = folder.path().join("shop.funnel");
    std::fs::write(&path, spec).unwrap();
    let output = funnelc(&["sample", path.to_str().unwrap(), "-o", folder.path().to_str().unwrap()]);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(words.contains("`finished welcome`: what was sent is not in a log of events"), "{words}");
}

#[test]
fn a_sample_holds_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    for spec in shipped() {
        let here = folder.path().join(spec.replace('/', "_"));
        sample(&spec, &here, &["-n", "200", "--format", "jsonl"]);
        let log = here.join("log.jsonl");
        std::fs::write(&log, as_sent(&std::fs::read_to_string(here.join("events.jsonl")).unwrap())).unwrap();
        let output = funnelc(&["verify", log.to_str().unwrap(), "-s", &spec, "--allow-unplanned"]);
        assert!(
            output.status.success(),
            "{spec}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn the_same_seed_draws_the_same_bytes_and_another_one_others() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = |name: &str, form: &str, seed: &str| {
        let here = folder.path().join(name);
        sample("specs/examples/peepers", &here, &["-n", "500", "--format", form, "--seed", seed]);
        let read = |file: &str| std::fs::read(here.join(format!("{file}.{form}"))).unwrap();
        (read("events"), read("spend"))
    };
    for form in ["parquet", "jsonl", "csv"] {
        assert_eq!(bytes(&format!("1{form}"), form, "7"), bytes(&format!("2{form}"), form, "7"));
        assert_ne!(bytes(&format!("1{form}"), form, "7").0, bytes(&format!("3{form}"), form, "8").0);
    }
}

#[test]
fn all_forms_measure_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let spec = "specs/examples/peepers";
    let numbers = |form: &str| {
        let here: PathBuf = folder.path().join(form);
        sample(spec, &here, &["-n", "800", "--format", form]);
        measured(spec, &here.join(format!("events.{form}")))["funnels"].clone()
    };
    let parquet = numbers("parquet");
    assert_eq!(parquet, numbers("jsonl"));
    assert_eq!(parquet, numbers("csv"));
}

#[test]
fn what_cannot_be_drawn_is_said_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("silent.funnel");
    let text = "event bought { sent_by web }\nfunnel f : standard {\n  stage gone : top { enter no bought for 90d }\n  stage back : bottom { enter bought; converts }\n  gone -> back rate 5%\n}\n";
    std::fs::write(&spec, text).unwrap();
    let out = folder.path().join("out");
    let output = funnelc(&["sample", spec.to_str().unwrap(), "-o", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nobody can be drawn"));
    assert!(!out.join("events.parquet").exists());
}
