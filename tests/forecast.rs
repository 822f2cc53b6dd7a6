//! Forecasts: the examples as expected, the document as its schema says, and the numbers as an independent simulation
//! draws them. `FUNNELC_BLESS=1` writes what is expected anew.

#![allow(clippy::disallowed_methods, reason = "tests read and write files and start the program")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use funnelc::forecast::report;
use serde_json::Value;

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

fn run(spec: &Path, more: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    command.arg("forecast").arg(spec).args(more).current_dir(root());
    let output = command.env("LC_ALL", "C.UTF-8").env_remove("COLUMNS").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn forecast(spec: &Path, more: &[&str]) -> String {
    let (code, out, err) = run(spec, more);
    assert_eq!((code, err.as_str()), (0, ""), "{}", spec.display());
    out
}

/// Every example and model there is.
fn specs() -> Vec<PathBuf> {
    let folders = ["specs/examples", "specs/models"].map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let mut all: Vec<PathBuf> = folders.into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

#[test]
fn the_document_is_as_its_schema_says() {
    let schema = report::schema();
    expect(&root().join("book/src/schemas/forecast.schema.json"), &format!("{schema:#}\n"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for spec in specs() {
        let document: Value = serde_json::from_str(&forecast(&spec, &["--format", "json"])).unwrap();
        assert!(validator.is_valid(&document), "{}: {:?}", spec.display(), validator.iter_errors(&document).next());
    }
    let mut wrong: Value = serde_json::from_str(&forecast(&specs()[0], &["--format", "json"])).unwrap();
    wrong["promises"] = serde_json::json!([{ "verdict": "perhaps" }]);
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn the_examples_come_to_what_is_expected() {
    for name in ["atr_al_dar", "b2b", "peepers"] {
        let spec = root().join("specs/examples").join(name);
        let expected = root().join("tests/fixtures/forecast").join(name);
        expect(&expected.with_extension("txt"), &forecast(&spec, &[]));
        expect(&expected.with_extension("ar.txt"), &forecast(&spec, &["--lang", "ar"]));
    }
}

#[test]
fn the_book_shows_a_forecast_as_it_is() {
    let (begin, end) = ("<!-- example -->\n", "<!-- end -->");
    let path = root().join("book/src/measure/forecast.md");
    let page = fs::read_to_string(&path).unwrap();
    let (_, rest) = page.split_once("```funnel\n").unwrap();
    let spec = std::env::temp_dir().join(format!("funnelc-forecast-{}.funnel", std::process::id()));
    fs::write(&spec, rest.split_once("```").unwrap().0).unwrap();
    let shown = forecast(&spec, &["--months", "6"]);
    fs::remove_file(&spec).unwrap();
    let (before, rest) = page.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let command = "funnelc forecast shop.funnel --months 6";
    expect(&path, &format!("{before}{begin}\n```text\n$ {command}\n{shown}```\n\n{end}{after}"));
}
