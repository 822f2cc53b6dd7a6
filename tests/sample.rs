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

/// Rates that the plan gives to everybody, so that a sample must come out at them. Rates for some, stages that are
/// entered by silence, and those whose event begins a journey elsewhere too, come out otherwise.
fn is_for_all(spec: &str, from: &str, to: &str) -> bool {
    let model: Json = serde_json::from_slice(&std::fs::read(root().join(spec)).unwrap()).unwrap();
    let funnels = model["funnels"].as_array().unwrap();
    let ways = funnels.iter().flat_map(|funnel| funnel["transitions"].as_array().unwrap());
    let stages = funnels.iter().flat_map(|funnel| funnel["stages"].as_array().unwrap());
    let by_silence: Vec<&Json> = stages
        .clone()
        .filter(|stage| stage["enter"]["text"].as_str().is_some_and(|text| text.contains("no ")))
        .map(|stage| &stage["path"])
        .collect();
    let enter = |path: &str| stages.clone().find(|stage| stage["path"] == path).map(|stage| &stage["enter"]["text"]);
    if stages
        .clone()
        .any(|stage| stage["open"] == true && stage["path"] != to && Some(&stage["enter"]["text"]) == enter(to))
    {
        return false;
    }
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

/// Friends who invite friends, orders that are given back, mails that are to lead somewhere.
const CIRCLE: &str = r#"project circle "Circle" { currency EUR }
event seen { sent_by web }
event bought { sent_by web; prop order_id string required; prop total money required }
event returned { sent_by web; prop order_id string required }
event praised { sent_by web }
event joined { sent_by web; prop referred_by string required }
event looked { sent_by web }
event asked { sent_by web }
channel ads : paid { match utm_source == "ads"; brings 100 people / month to store.visit }
channel friends : referral { match utm_source == "friend" }
funnel store : flywheel {
  window 30d
  stage visit : top { enter seen }
  stage order : bottom { enter bought; converts; undone by returned matching order_id within 14d }
  stage fan : loyalty { enter praised }
  visit -> order  rate 40% { friends 60% }  within 7d
  order -> fan    rate 50%  within 7d
  fan -> fan      rate 10%  within 7d
  fan -> visit    rate 150%  within 7d  as referral
}
sequence welcome {
  start seen
  stop returned
  basis legitimate_interest
  email hello { subject "Hello"; aims_for looked within 3d target >= 30% }
  wait 4d
  sms note { says "Ask us"; aims_for asked within 2d target >= 20% }
}
kpi invitations { value count(joined) / visits(store.fan) }
kpi kept { value count(bought); net of returned matching order_id within 14d }
kpi orders { value entries(store.order) }
kpi bought_at_all { value count(bought) }
kpi given_back { value count(returned) }
"#;

fn kpi(measured: &Json, path: &str) -> f64 {
    let kpi = measured["kpis"].as_array().unwrap().iter().find(|own| own["path"] == path).unwrap();
    kpi["values"][0]["value"].as_f64().unwrap_or_else(|| panic!("{path}: {kpi}"))
}

#[test]
fn invitations_reversals_and_messages_are_drawn_as_planned() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("circle.funnel");
    std::fs::write(&spec, CIRCLE).unwrap();
    let spec = spec.to_str().unwrap();
    sample(spec, folder.path(), &["-n", "4000", "--days", "900"]);
    let events = folder.path().join("events.parquet");
    let output = done(&["measure", spec, "--events", events.to_str().unwrap(), "--format", "json", "--by", "channel"]);
    let measured: Json = serde_json::from_slice(&output.stdout).unwrap();
    let funnel = &measured["funnels"][0];
    let people = funnel["stages"][0]["people"].as_f64().unwrap();
    assert!(people > 5_500.0, "nobody was invited: {people} people");
    for (way, planned) in [(1, 0.5), (2, 0.1)] {
        let [part, of] = ["exits", "of"].map(|what| funnel["transitions"][way][what].as_f64().unwrap());
        is_near(funnel["transitions"][way]["path"].as_str().unwrap(), part, of, planned);
    }
    let parts = funnel["parts"].as_array().unwrap();
    for (channel, planned) in [("ads", 0.4), ("friends", 0.6)] {
        let part = parts.iter().find(|part| part["channel"] == channel).unwrap();
        let [exits, of] = ["exits", "of"].map(|what| part["transitions"][0][what].as_f64().unwrap());
        is_near(channel, exits, of, planned);
    }
    // Everybody who was invited says so. An invitation is one friend or two: the deviation of one is a half.
    let fans = funnel["stages"][2]["visits"].as_f64().unwrap();
    let invitations = kpi(&measured, "invitations");
    // Those who would come after the last day are not in the log.
    assert!((invitations - 1.5).abs() < SIGMAS * 0.5 / fans.sqrt() + 0.02, "{invitations} of {fans}");
    assert!((kpi(&measured, "invitations") * fans - (people - 4_000.0)).abs() < 1e-6);
    // Who was invited is told by who invited them: visits that have had their seven days brought what was planned.
    let brought = &funnel["transitions"][3];
    let [rate, of] = ["rate", "of"].map(|what| brought[what].as_f64().unwrap());
    assert!(of > 700.0 && (rate - 1.5).abs() < SIGMAS * 0.5 / of.sqrt(), "{brought}");
    // What was given back counts neither as an entry nor as kept.
    let [all, back] = ["bought_at_all", "given_back"].map(|path| kpi(&measured, path));
    assert!(back > 200.0 && (all - back - kpi(&measured, "kept")).abs() < 1e-9, "{all} less {back}");
    assert!((kpi(&measured, "orders") - kpi(&measured, "kept")).abs() < 1e-9);
    let messages = measured["messages"].as_array().unwrap();
    for (at, planned) in [(0, 0.3), (1, 0.2)] {
        let fates = |fate: &str| messages[at][fate].as_f64().unwrap();
        assert!(fates("sent") > 2_000.0, "{}", messages[at]);
        is_near("arrives", fates("delivered"), fates("sent"), 0.97);
        is_near("reaches its goal", fates("converted"), fates("sent"), planned);
    }
    let [opened, delivered] = ["opened", "delivered"].map(|fate| messages[0][fate].as_f64().unwrap());
    is_near("opened", opened, delivered, 0.4);
}

/// A stage that asks for two people of an account, and one that any of them enters.
const ACCOUNTS: &str = r#"project tools "Tools" { identity contact_id }
group company { key company_id }
event page_viewed { sent_by web }
event demo_seen { sent_by web }
event signed { sent_by web }
channel ads : paid { match utm_source == "ads"; brings 100 accounts / month to sales.prospect }
funnel sales : standard {
  counts company
  window 90d
  stage prospect : top { enter page_viewed }
  stage convinced : middle { enter demo_seen by 3 people }
  stage client : bottom { enter signed; converts }
  prospect -> convinced  rate 40%  within 30d
  convinced -> client  rate 30%  within 30d
}
"#;

#[test]
fn accounts_of_several_people_are_drawn_as_planned() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("tools.funnel");
    std::fs::write(&spec, ACCOUNTS).unwrap();
    let spec = spec.to_str().unwrap();
    sample(spec, folder.path(), &["-n", "8000", "--days", "900"]);
    let measured = measured(spec, &folder.path().join("events.parquet"));
    assert_eq!(measured["log"]["accounts"], 8000);
    assert!(measured["log"]["people"].as_f64().unwrap() > 12_000.0, "{}", measured["log"]["people"]);
    for (way, planned) in [(0, 0.4), (1, 0.3)] {
        let way = &measured["funnels"][0]["transitions"][way];
        is_near(way["path"].as_str().unwrap(), way["exits"].as_f64().unwrap(), way["of"].as_f64().unwrap(), planned);
    }
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
    let spec = "event asked {} event signed_up {}
consent news { given signed_up }
sequence welcome { start signed_up; stop finished welcome; basis consent(news); email hello { subject \"Hello\" } }
funnel shop { stage a : top { enter asked } stage b : bottom { enter finished welcome; converts } a -> b within 7d }
";
    let path = folder.path().join("shop.funnel");
    std::fs::write(&path, spec).unwrap();
    let output = funnelc(&["sample", path.to_str().unwrap(), "-o", folder.path().to_str().unwrap()]);
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{words}");
    assert!(words.contains("`welcome` is stopped by its own end"), "{words}");
}

/// A stage that is entered when a sequence is over: nobody sends in the log but the sequences as they are played.
const TAUGHT: &str = r#"project academy "Academy" { currency EUR }
event joined { sent_by web }
event asked { sent_by web }
event left { sent_by web }
channel ads : paid { match utm_source == "ads"; brings 100 people / month to school.lead; brings 1 people / month to taught.begun }
funnel school : standard {
  window 60d
  stage lead : top { enter joined }
  stage gone : middle { enter left }
  stage guest : bottom { enter asked; converts }
  lead -> gone  rate 30%  within 8d
  lead -> guest  rate 40%  within 20d
  gone -> guest  rate 10%  within 20d
}
funnel taught : standard {
  stage begun : top { enter joined }
  stage over : bottom { enter finished course; converts }
  begun -> over  within 60d
}
sequence course {
  start joined
  stop left
  basis legitimate_interest
  email hello { subject "Hello" }
  wait 2d
  when did asked {
    email thanks { subject "Thanks" }
    else {
      wait 3d
      email more { subject "More"; when not did asked }
      wait 1d
    }
  }
}
"#;

/// Whose runs came to their end, by the log, are those whose runs do when their events are played.
#[test]
fn runs_that_are_finished_are_those_that_simulate_finishes() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("school.funnel");
    std::fs::write(&spec, TAUGHT).unwrap();
    let spec = spec.to_str().unwrap();
    sample(spec, folder.path(), &["-n", "400", "--days", "300", "--format", "jsonl"]);
    let log = std::fs::read_to_string(folder.path().join("events.jsonl")).unwrap();
    let rows: Vec<Json> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let day = |row: &Json| row["time"].as_str().unwrap()[..10].parse::<jiff::civil::Date>().unwrap();
    let begun = |row: &&Json| row["event"] == "joined" && day(row) < jiff::civil::date(2026, 10, 1);
    let people: Vec<&str> = rows.iter().filter(begun).map(|row| row["user_id"].as_str().unwrap()).collect();
    let mut finished = 0;
    for person in people.iter().take(60) {
        let happens: Vec<String> = rows
            .iter()
            .filter(|row| {
                row["user_id"] == *person && ["joined", "asked", "left"].iter().any(|name| row["event"] == *name)
            })
            .map(|row| {
                format!(
                    "  - {}: {}\n",
                    row["time"].as_str().unwrap()[..16].replace('T', " "),
                    row["event"].as_str().unwrap()
                )
            })
            .collect();
        let story = folder.path().join("story.yaml");
        std::fs::write(&story, format!("who: {person}\nhappens:\n{}", happens.concat())).unwrap();
        let output = done(&["simulate", spec, "--story", story.to_str().unwrap(), "--format", "json"]);
        let life = String::from_utf8(output.stdout).unwrap();
        let is_finished = life.contains("\"finishes\"");
        finished += u32::from(is_finished);
        let about = format!("\"{person}\"");
        let own: String = log.split_inclusive('\n').filter(|line| line.contains(&about)).collect();
        let end = "{\"user_id\":\"end\",\"time\":\"2028-01-01T00:00:00Z\",\"event\":\"left\"}\n";
        let one = folder.path().join("one.jsonl");
        std::fs::write(&one, own + end).unwrap();
        let measured = measured(spec, &one);
        let taught = measured["funnels"].as_array().unwrap().iter().find(|own| own["path"] == "taught").unwrap();
        assert_eq!(taught["stages"][1]["entries"], u64::from(is_finished), "{person}: {life}");
    }
    assert!((10..60).contains(&finished), "{finished} of 60");
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
