//! Measured funnels: the worked examples of the definition, bad logs, and the command line. `FUNNELC_BLESS=1` writes what is
//! expected anew, and the examples into the book.

#![cfg(feature = "engine")]
#![allow(clippy::disallowed_methods, reason = "tests read and write files and start the program")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use funnelc::measure::report;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("tests/fixtures/measure")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn expect(path: &Path, text: &str) {
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        fs::write(path, text).unwrap();
    }
    let expected = read(path);
    assert!(expected == text, "{}", funnelc::fix::diff(&path.display().to_string(), &expected, text));
}

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    command.arg("measure").args(arguments).current_dir(folder).env("LC_ALL", "C.UTF-8").env_remove("COLUMNS");
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The names of the worked examples, each a folder.
fn examples() -> Vec<String> {
    let names = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> = names.filter(|name| folder().join(name).join("spec.funnel").exists()).collect();
    found.sort();
    found
}

fn table(name: &str) -> String {
    let (code, out, err) = run(&folder().join(name), &["spec.funnel", "--events", "events.jsonl"]);
    assert_eq!((code, err.as_str()), (0, ""), "{name}");
    out
}

#[test]
fn the_worked_examples_are_measured_as_expected() {
    for name in examples() {
        let own = folder().join(&name);
        let (code, out, err) = run(&own, &["spec.funnel", "--events", "events.jsonl", "--format", "json"]);
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        expect(&own.join("expected.json"), &out);
        expect(&own.join("expected.txt"), &table(&name));
    }
}

#[test]
fn the_document_is_as_its_schema_says() {
    let schema = report::schema();
    expect(&root().join("book/src/schemas/measure.schema.json"), &format!("{schema:#}\n"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for name in examples() {
        let document = serde_json::from_str(&read(&folder().join(&name).join("expected.json"))).unwrap();
        let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

const MARK: &str = "<!-- example ";

/// The page with the examples between their marks as they are.
fn filled(page: &str, used: &mut BTreeSet<String>) -> String {
    let mut out = String::new();
    let mut is_inside = false;
    for line in page.lines() {
        is_inside &= line != "<!-- end -->";
        if let Some(name) = line.strip_prefix(MARK).and_then(|rest| rest.strip_suffix(" -->")) {
            let own = folder().join(name);
            let (spec, log) = (read(&own.join("spec.funnel")), read(&own.join("events.jsonl")));
            write!(
                out,
                "{line}\n\n```funnel\n{spec}```\n\n```json\n{log}```\n\n```text\n{}```\n\n<!-- end -->\n",
                table(name)
            )
            .unwrap();
            used.insert(name.to_owned());
            is_inside = page.contains(&format!("{line}\n\n```"));
        } else if !is_inside && line != "<!-- end -->" {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}

#[test]
fn the_book_shows_every_worked_example() {
    let mut used = BTreeSet::new();
    for page in ["definition.md", "kpis.md"] {
        let path = root().join("book/src/measure").join(page);
        expect(&path, &filled(&read(&path), &mut used));
    }
    assert_eq!(used.into_iter().collect::<Vec<_>>(), examples());
}
