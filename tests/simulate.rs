//! Simulated people: the timelines of stories as expected, the documents as their schema says, and stories that cannot be
//! read. `FUNNELC_BLESS=1` writes what is expected anew.

#![allow(clippy::disallowed_methods, reason = "tests read and write files and start the program")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use funnelc::simulate::report;
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
    command.arg("simulate").arg(spec).args(more).current_dir(root());
    let output = command.env("LC_ALL", "C.UTF-8").env_remove("COLUMNS").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn simulate(spec: &Path, more: &[&str]) -> String {
    let (code, out, err) = run(spec, more);
    assert_eq!((code, err.as_str()), (0, ""), "{}", spec.display());
    out
}

/// Files of a folder that end so, in order.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|own| own == ending)).collect();
    all.sort();
    all
}

/// Every story with the folder of its spec.
fn stories() -> Vec<(PathBuf, PathBuf)> {
    let fixtures = fs::read_dir(root().join("tests/fixtures/simulate")).unwrap().map(|entry| entry.unwrap().path());
    let mut specs: Vec<PathBuf> = fixtures.filter(|path| path.is_dir()).collect();
    specs.sort();
    let of = |spec: PathBuf| files(&spec, "yaml").into_iter().map(move |story| (spec.clone(), story));
    let mut all: Vec<(PathBuf, PathBuf)> = specs.into_iter().flat_map(of).collect();
    let example = root().join("specs/examples/peepers");
    all.extend(files(&example.join("stories"), "yaml").into_iter().map(|story| (example.clone(), story)));
    all
}

#[test]
fn stories_come_to_what_is_expected() {
    for (spec, story) in stories() {
        let shown = story.to_str().unwrap();
        let own = story.with_extension("txt");
        let expected = if story.starts_with(root().join("specs")) {
            root().join("tests/fixtures/simulate").join(own.file_name().unwrap())
        } else {
            own
        };
        expect(&expected, &simulate(&spec, &["--story", shown]));
        if story.ends_with("layla.yaml") {
            expect(&expected.with_extension("ar.txt"), &simulate(&spec, &["--story", shown, "--lang", "ar"]));
            for language in ["en", "ar"] {
                let page = simulate(&spec, &["--story", shown, "--lang", language, "--format", "html"]);
                expect(&expected.with_extension(format!("{language}.html")), &page);
            }
        }
    }
}

#[test]
fn the_documents_are_as_their_schema_says() {
    let schema = report::schema();
    expect(&root().join("book/src/schemas/simulate.schema.json"), &format!("{schema:#}\n"));
    let validator = jsonschema::validator_for(&schema).unwrap();
    let example = root().join("specs/examples/peepers");
    let told = stories()
        .into_iter()
        .map(|(spec, story)| simulate(&spec, &["--story", story.to_str().unwrap(), "--format", "json"]));
    let crowd = simulate(&example, &["--crowd", "300", "--format", "json"]);
    for text in told.chain([crowd]) {
        let document: Value = serde_json::from_str(&text).unwrap();
        assert!(validator.is_valid(&document), "{:?}", validator.iter_errors(&document).next());
    }
    assert!(!validator.is_valid(&serde_json::json!({ "version": 1, "lives": [{ "who": 1 }] })));
}

#[test]
fn a_crowd_adds_up_and_is_the_same_each_time() {
    let example = root().join("specs/examples/peepers");
    let draw = |seed: &str| simulate(&example, &["--crowd", "400", "--seed", seed, "--format", "json"]);
    let text = draw("1");
    assert_eq!(text, draw("1"));
    assert_ne!(text, draw("2"));
    let crowd = &serde_json::from_str::<Value>(&text).unwrap()["crowd"];
    let sum = |list: &str, field: &str| {
        crowd[list].as_array().unwrap().iter().map(|own| own[field].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!(sum("busiest_seven_days", "people"), 400);
    assert!(sum("messages", "sent") >= sum("days", "sent") && sum("days", "sent") > 0);
    // The cap of the example.
    let most = crowd["busiest_seven_days"].as_array().unwrap().last().unwrap()["messages"].as_u64().unwrap();
    assert!((1..=5).contains(&most), "{most}");
}

#[test]
fn what_is_wrong_with_a_story_is_said() {
    let example = root().join("specs/examples/peepers");
    let folder = tempfile::tempdir().unwrap();
    let cases: &[(&str, &str)] = &[
        ("who: [", "is not YAML"),
        ("- a", "a story is a list of"),
        ("whom: x\nhappens: []", "a story has no `whom`; did you mean `who`?"),
        ("lives: Riyad\nhappens: []", "`lives` is a time zone such as Asia/Riyadh"),
        ("traits: { contry: SA }\nhappens: []", "there is no trait `contry`; did you mean `country`?"),
        ("happens: no", "`happens` is a list of moments"),
        ("happens: [{ tomorrow: order_completed }]", "`tomorrow` is no moment"),
        ("happens: [{ +3d: order_completed }]", "happens on a day"),
        ("happens: [{ 2027-01-01 10:00: order_complete }]", "there is no event `order_complete`; did you mean"),
        ("happens: [{ 2027-01-01 10:00: { order_completed: 3 } }]", "the properties of `order_completed`"),
        ("in: { gift_buyer: true }\nhappens: []", "did you mean `gift_buyers`?"),
        ("arms: { welcome.proof_test: none }\nhappens: []", "is the number of an arm"),
    ];
    for (text, expected) in cases {
        let story = folder.path().join("story.yaml");
        fs::write(&story, text).unwrap();
        let (code, out, err) = run(&example, &["--story", story.to_str().unwrap()]);
        assert_eq!((code, out.as_str()), (2, ""), "{text}");
        assert!(err.contains(expected), "{text}: {err}");
    }
}

/// Zero waits in a ring, and a message that can never be sent: it ends, and says so.
#[test]
fn what_never_ends_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("spec.funnel");
    fs::write(
        &spec,
        "event joined { sent_by web; owner web; status live }\n\
         // funnelc: allow(endless-sequence) -- the test shows that it ends all the same\n\
         sequence ping { start joined or finished pong; basis legitimate_interest; again always; wait 0s; email a { subject \"A\" } }\n\
         sequence pong { start finished ping; basis legitimate_interest; again always; wait 0s; email b { subject \"B\" } }\n",
    )
    .unwrap();
    let story = folder.path().join("story.yaml");
    fs::write(&story, "happens: [{ 2027-01-01 10:00: joined }]").unwrap();
    let out = simulate(&spec, &["--story", story.to_str().unwrap()]);
    assert!(out.ends_with("the rest is left out\n"), "{}", &out[out.len() - 200..]);
}

#[test]
fn the_book_shows_what_it_does() {
    let path = root().join("book/src/simulate.md");
    let mut page = fs::read_to_string(&path).unwrap();
    let example = root().join("specs/examples/peepers");
    let story = example.join("stories/layla.yaml");
    let told = simulate(&example, &["--story", story.to_str().unwrap()]);
    let crowd = simulate(&example, &["--crowd", "1000", "--days", "180"]);
    let command = "$ funnelc simulate specs/examples/peepers";
    let blocks = [
        ("```yaml\n".to_owned(), fs::read_to_string(&story).unwrap()),
        (format!("{command} --story specs/examples/peepers/stories/layla.yaml\n"), told),
        (format!("{command} --crowd 1000 --days 180\n"), crowd),
    ];
    for (open, text) in blocks {
        let from = page.find(&open).unwrap() + open.len();
        let end = from + page[from..].find("```").unwrap();
        page.replace_range(from..end, &text);
    }
    expect(&path, &page);
}

/// The standard sequences, made for a shop in English and Arabic.
#[test]
fn standard_sequences_are_clean_and_are_sent() {
    let project = root().join("tests/fixtures/standard_sequences");
    let models = funnelc::stdlib::MODULES.iter().find(|(module, _)| *module == "std.sequences").unwrap().1;
    let spec = fs::read_to_string(project.join("spec.funnel")).unwrap();
    for name in models.lines().filter_map(|line| line.strip_prefix("model ")?.split('(').next()) {
        assert!(spec.contains(&format!("from {name}(")), "the fixture makes no {name}");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    let output = command.arg("check").arg(&project).args(["--format", "concise"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "no findings in 1 file\n");
    let told = simulate(&project, &["--crowd", "3000", "--format", "json"]);
    let crowd = &serde_json::from_str::<Value>(&told).unwrap()["crowd"];
    let sent = crowd["messages"].as_array().unwrap().iter().filter(|own| own["sent"].as_u64() > Some(0)).count();
    assert!(sent >= 20, "{sent} messages are sent");
}
