//! What the doctor says of logs: a folder each, with the spec, the log and what is expected. `FUNNELC_BLESS=1` writes it anew.

#![cfg(feature = "engine")]
#![allow(clippy::disallowed_methods, reason = "tests read and write files and start the program")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use funnelc::doctor::{CHECKS, report};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn expect(path: &Path, text: &str) {
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        fs::write(path, text).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(expected == text, "{}", funnelc::fix::diff(&path.display().to_string(), &expected, text));
}

fn doctor(folder: &Path, more: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    command.args(["doctor", "spec.funnel", "--events", "events.csv"]).args(more);
    let output = command.current_dir(folder).env("LC_ALL", "C.UTF-8").output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_check_finds_what_is_wrong_and_is_silent_of_what_is_sound() {
    let schema = report::schema();
    expect(&root().join("book/src/schemas/doctor.schema.json"), &format!("{schema:#}\n"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in ["sick", "sound"] {
        let folder = root().join("tests/fixtures/doctor").join(name);
        let (code, out, err) = doctor(&folder, &[]);
        assert_eq!((code, err.as_str()), (0, ""), "{name}: {out}");
        expect(&folder.join("expected.txt"), &out);
        let (_, out, _) = doctor(&folder, &["--format", "json"]);
        let document: serde_json::Value = serde_json::from_str(&out).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let findings = document["findings"].as_array().unwrap();
        for check in CHECKS {
            let is_found = findings.iter().any(|own| own["check"] == check.name);
            assert_eq!(is_found, name == "sick", "{name}: {}", check.name);
        }
    }
}

#[test]
fn what_cannot_be_measured_at_all_is_an_error() {
    let spec = fs::read(root().join("tests/fixtures/doctor/sound/spec.funnel")).unwrap();
    let cases = [
        ("user_id,when,event\n1,2027-01-01,visited\n", "has no column `time`"),
        ("", "the log is empty"),
        ("user_id,time,event\n,2027-01-01,visited\n", "have no identity"),
        ("user_id,time,event\n1,1767225600,visited\n1,1767225600000,bought\n", "several units"),
    ];
    for (log, words) in cases {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("spec.funnel"), &spec).unwrap();
        fs::write(place.path().join("events.csv"), log).unwrap();
        let (code, out, err) = doctor(place.path(), &[]);
        assert!(code == 1 && out.contains(words), "{out}{err}");
    }
}
