//! What the doctor says of logs: a folder a fault, the report beside it. `FUNNELC_BLESS=1` writes what is expected anew.

#![cfg(feature = "engine")]
#![allow(clippy::disallowed_methods, reason = "tests read and write files and start the program")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use funnelc::doctor::checks::CHECKS;
use funnelc::doctor::report;
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("tests/fixtures/doctor")
}

fn expect(path: &Path, text: &str) {
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        fs::write(path, text).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(expected == text, "{}", funnelc::fix::diff(&path.display().to_string(), &expected, text));
}

/// The log of a fault, from inside the folder of all.
fn log(name: &str) -> String {
    let ending = if folder().join(name).join("events.csv").exists() { "csv" } else { "jsonl" };
    format!("{name}/events.{ending}")
}

fn doctor(name: &str, more: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    command.args(["doctor", "spec.funnel", "--events", &log(name)]).args(more).current_dir(folder());
    let output = command.env("LC_ALL", "C.UTF-8").env_remove("COLUMNS").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name}");
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

fn examined(name: &str) -> Value {
    serde_json::from_str(&doctor(name, &["--format", "json"]).1).unwrap()
}

fn faults() -> Vec<String> {
    let all = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> =
        all.filter(|path| path.is_dir()).map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn each_fault_is_said_as_expected() {
    for name in faults() {
        let (code, out) = doctor(&name, &[]);
        let fails = examined(&name)["fails"].as_bool().unwrap();
        assert_eq!(code, i32::from(fails), "{name}");
        expect(&folder().join(&name).join("expected.txt"), &out);
    }
}

#[test]
fn the_reports_are_in_arabic_too() {
    for name in ["columns", "times", "names"] {
        let (_, out) = doctor(name, &["--lang", "ar"]);
        expect(&folder().join(name).join("expected.ar.txt"), &out);
    }
}

#[test]
fn every_check_has_a_log_that_it_finds_something_in_and_one_in_which_it_finds_nothing() {
    let found = |name: &str, check: &str| {
        let document = examined(name);
        document["findings"].as_array().unwrap().iter().any(|own| own["check"] == check)
    };
    for check in CHECKS {
        assert!(found(check.name, check.name), "{} finds nothing in its own log", check.name);
        assert!(!found("fits", check.name), "{} finds something in a log that fits", check.name);
    }
}

#[test]
fn the_document_is_as_its_schema_says() {
    let schema = report::schema();
    expect(&root().join("book/src/schemas/doctor.schema.json"), &format!("{schema:#}\n"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in faults() {
        let document = examined(&name);
        assert!(validator.is_valid(&document), "{name}: {:?}", validator.iter_errors(&document).next());
    }
    let mut wrong = examined("fits");
    wrong["findings"] = serde_json::json!([{ "check": "weather" }]);
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn the_book_shows_reports_as_they_are() {
    let (begin, end) = ("<!-- examples -->", "<!-- end -->");
    let path = root().join("book/src/measure/doctor.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let mut filled = format!("{before}{begin}\n");
    for name in ["columns", "times", "names"] {
        let log = log(name);
        let report = doctor(name, &[]).1;
        write!(filled, "\n```text\n$ funnelc doctor spec.funnel --events {log}\n{report}```\n").unwrap();
    }
    expect(&path, &format!("{filled}\n{end}{after}"));
}

#[test]
fn a_log_is_the_same_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let spec = root().join("specs/examples/peepers");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
        let output = command.args(arguments).current_dir(folder.path()).env("LC_ALL", "C.UTF-8").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let findings = ["jsonl", "parquet", "csv"].map(|form| {
        let spec = spec.to_str().unwrap();
        run(&["sample", spec, "-n", "300", "-o", form, "--format", form]);
        let report = run(&["doctor", spec, "--events", &format!("{form}/events.{form}"), "--format", "json"]);
        let document: Value = serde_json::from_str(&report).unwrap();
        assert!(document["log"]["rows"].as_u64().unwrap() > 300, "{form}");
        (document["log"]["names"].clone(), document["findings"].clone())
    });
    assert_eq!(findings[0], findings[1]);
    assert_eq!(findings[0], findings[2]);
}

#[test]
fn times_in_two_units_are_a_problem() {
    let place = tempfile::tempdir().unwrap();
    let log = place.path().join("events.csv");
    let rows = "user_id,anonymous_id,occurred_at,event\n1,a,1767225600,visited\n2,b,1767225600000,visited\n";
    fs::write(&log, rows).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    let output = command.args(["doctor", "spec.funnel", "--events"]).arg(&log).current_dir(folder()).output().unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains("has times in seconds (1767225600) and in milliseconds (1767225600000)"), "{report}");
    assert_eq!(output.status.code(), Some(1));
}
