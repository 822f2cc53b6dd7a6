//! The program as people run it: exit codes, streams, files and the precedence of what is said. Golden texts are under
//! `tests/fixtures/cli/expected`; `FUNNELC_BLESS=1` writes them anew.

#![allow(clippy::disallowed_methods, reason = "tests read and write files and start the program")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const GOOD: &str = "project a { edition 2026 }\nteam crm\n";
const BAD: &str = "project a { edition 2026 }\nteem crm\n";
/// Clean of errors, with advice: an event that nobody uses.
const ADVICE: &str = "project a { edition 2026 }\nevent seen { sent_by web; owner web; status live }\n";

/// A folder of its own, which goes away with the guard.
struct Place(tempfile::TempDir);

impl Place {
    fn new(files: &[(&str, &str)]) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(name, text)| place.write(name, text));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        finish(&mut command(self.0.path(), arguments), "")
    }

    fn run_with(&self, arguments: &[&str], input: &str) -> Run {
        finish(&mut command(self.0.path(), arguments), input)
    }
}

/// What a run said and how it ended.
struct Run {
    code: i32,
    out: String,
    err: String,
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    command.args(arguments).current_dir(folder);
    for name in ["NO_COLOR", "COLUMNS", "TERM", "CLICOLOR_FORCE", "FORCE_COLOR"] {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C.UTF-8").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn finish(command: &mut Command, input: &str) -> Run {
    let mut child = command.spawn().unwrap();
    // A program that does not read closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    Run {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a text with a golden one, or writes it.
fn golden(name: &str, text: &str) {
    let path = root().join("tests/fixtures/cli/expected").join(name);
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == text, "{}", funnelc::fix::diff(name, &expected, text));
}

fn fixtures() -> PathBuf {
    root().join("tests/fixtures/cli")
}

fn in_fixtures(arguments: &[&str]) -> Run {
    finish(&mut command(&fixtures(), arguments), "")
}

// ---- exit codes and streams

#[test]
fn exit_codes_tell_clean_from_found_from_unusable() {
    let place = Place::new(&[("good.funnel", GOOD), ("bad.funnel", BAD), ("advice.funnel", ADVICE)]);
    assert_eq!(place.run(&["check", "good.funnel"]).code, 0);
    assert_eq!(place.run(&["check", "bad.funnel"]).code, 1);
    assert_eq!(place.run(&["check", "advice.funnel"]).code, 0);
    assert_eq!(place.run(&["check", "advice.funnel", "--deny", "unused-event"]).code, 1);
    assert_eq!(place.run(&["check", "missing.funnel"]).code, 2);
    assert_eq!(place.run(&["check", "--deny", "nothing-such"]).code, 2);
    assert_eq!(place.run(&["chekc"]).code, 2);
    assert_eq!(place.run(&["--help"]).code, 0);
    assert_eq!(place.run(&["--version"]).code, 0);
    assert_eq!(place.run(&[]).code, 2);
}

#[test]
fn reports_go_to_standard_output_and_complaints_to_standard_error() {
    let place = Place::new(&[("bad.funnel", BAD)]);
    let run = place.run(&["check", "bad.funnel", "--format", "concise"]);
    assert!(run.out.contains("bad.funnel:2") && run.err.is_empty(), "{}{}", run.out, run.err);
    let run = place.run(&["check", "--format", "ful"]);
    assert!(run.out.is_empty() && run.err.contains("full"), "{}", run.err);
}

#[test]
fn notes_that_say_the_same_are_drawn_once_and_listed_all() {
    let events = ["one", "two", "three"]
        .map(|name| format!("event {name} {{ sent_by web; owner crm; status live; named \"Event {name}\" }}\n"));
    let place = Place::new(&[("a.funnel", &format!("project a {{ edition 2026 }}\nteam crm\n{}", events.concat()))]);
    let told = |format: &str| {
        let run = place.run(&["build", "a.funnel", "--target", "ga4", "-o", "out", "--format", format]);
        format!("{}{}", run.out, run.err)
    };
    let full = told("full");
    assert_eq!(full.matches("FN0906").count(), 1, "{full}");
    assert!(full.contains("2 more notes say the same of something else") && full.contains("3 notes"), "{full}");
    let concise = told("concise");
    assert!(["one", "two", "three"].iter().all(|name| concise.contains(&format!("give `{name}`"))), "{concise}");
}

#[test]
fn a_pipe_has_no_colour_unless_asked_for() {
    let place = Place::new(&[("bad.funnel", BAD)]);
    assert!(!place.run(&["check"]).out.contains('\u{1b}'));
    assert!(place.run(&["check", "--color", "always"]).out.contains('\u{1b}'));
    assert!(!place.run(&["check", "--color", "never"]).out.contains('\u{1b}'));
    let mut command = command(place.0.path(), &["check"]);
    assert!(!finish(command.env("NO_COLOR", "1"), "").out.contains('\u{1b}'));
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let place = Place::new(&[("bad.funnel", BAD)]);
    let mut child = command(place.0.path(), &["explain", "--all"]).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), words.as_str()), (Some(0), ""));
}

#[test]
fn a_report_may_go_to_a_file() {
    let place = Place::new(&[("bad.funnel", BAD)]);
    let run = place.run(&["check", "--format", "json", "--output-file", "report.json"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(place.read("report.json").starts_with('{'));
    assert_eq!(place.run(&["check", "--output-file", "bad.funnel/no"]).code, 2);
}

#[test]
fn standard_input_has_the_name_it_is_given() {
    let place = Place::new(&[]);
    let run = place.run_with(&["check", "-", "--stdin-filename", "sub/mail.funnel", "--format", "concise"], BAD);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("sub/mail.funnel:2"), "{}", run.out);
    assert_eq!(place.run_with(&["check", "-", "other.funnel"], BAD).code, 2);
    assert_eq!(place.run_with(&["fmt", "-"], "team  crm\n").out, "team crm\n");
}

// ---- configuration

#[test]
fn the_command_line_wins_over_the_file_and_the_file_over_the_default() {
    let place = Place::new(&[
        ("advice.funnel", ADVICE),
        ("funnelc.yaml", "output: made\nformat: concise\ndeny: [unused-event]\ntargets: [model]\n"),
    ]);
    let run = place.run(&["check"]);
    assert_eq!(run.code, 1);
    assert!(run.out.starts_with("advice.funnel:2"), "{}", run.out);
    assert!(place.run(&["check", "--format", "json"]).out.starts_with('{'));
    assert_eq!(place.run(&["check", "--allow", "unused-event"]).code, 0);
    assert_eq!(place.run(&["build", "--allow", "unused-event"]).code, 0);
    assert!(place.path("made").is_dir() && !place.path("out").exists());
    assert_eq!(place.run(&["build", "--allow", "unused-event", "-o", "other"]).code, 0);
    assert!(place.path("other").is_dir());
}

#[test]
fn the_file_is_the_nearest_above_what_is_checked() {
    let place = Place::new(&[
        ("funnelc.yaml", "deny: [unused-event]\n"),
        ("a/b/spec.funnel", ADVICE),
        ("c/spec.funnel", ADVICE),
        ("c/funnelc.yaml", "format: plain\n"),
    ]);
    assert_eq!(place.run(&["check", "a/b"]).code, 1);
    assert_eq!(place.run(&["check", "a/b/spec.funnel"]).code, 1);
    assert_eq!(place.run(&["check", "c"]).code, 0);
    assert_eq!(place.run_with(&["check", "-", "--stdin-filename", "a/b/new.funnel"], ADVICE).code, 1);
    let run = place.run(&["check", "a/b", "c"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("one by one"), "{}", run.err);
}

#[test]
fn paths_of_the_file_are_relative_to_it_and_excluded_files_are_left_out() {
    let place = Place::new(&[
        ("p/good.funnel", GOOD),
        ("p/drafts/bad.funnel", BAD),
        ("p/funnelc.yaml", "exclude: [drafts/]\noutput: made\n"),
    ]);
    assert_eq!(place.run(&["check", "p"]).code, 0);
    assert_eq!(place.run(&["check", "p/drafts/bad.funnel"]).code, 1);
    assert_eq!(place.run(&["fmt", "p", "--check"]).code, 0);
    let run = place.run(&["build", "p"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(place.path("p/made").is_dir());
}

#[test]
fn a_baseline_of_the_file_is_used() {
    let place = Place::new(&[("a.funnel", ADVICE), ("funnelc.yaml", "baseline: known.json\ndeny: [unused-event]\n")]);
    assert_eq!(place.run(&["check"]).code, 2, "the baseline is not there yet");
    place.run(&["check", "--write-baseline", "known.json"]);
    assert_eq!(place.run(&["check"]).code, 0);
}

#[test]
fn a_wrong_file_is_said_with_its_lines() {
    let place =
        Place::new(&[("a.funnel", GOOD), ("funnelc.yaml", "ouput: x\nformat: full\nformat: plain\ndeny: warnings\n")]);
    let run = place.run(&["check"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    golden("config-faults.txt", &run.err);
    place.write("funnelc.yaml", "\ndeny: [unused-evnt]\n");
    let run = place.run(&["check"]);
    assert!(run.err.contains("funnelc.yaml:2:") && run.err.contains("`unused-event`"), "{}", run.err);
}

#[test]
fn config_says_where_each_value_comes_from() {
    let place = Place::new(&[("a.funnel", GOOD), ("funnelc.yaml", "output: made\n\ndeny: [warnings]\n")]);
    golden("config.txt", &place.run(&["config"]).out);
    let schema = place.run(&["config", "--schema"]).out;
    let published = root().join("book/src/schemas/config.schema.json");
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        fs::write(&published, &schema).unwrap();
    }
    assert_eq!(fs::read_to_string(published).unwrap_or_default(), schema, "FUNNELC_BLESS=1 writes it");
}

#[test]
fn the_schema_of_the_configuration_agrees_with_the_reader() {
    let schema = jsonschema::validator_for(&funnelc::config::schema()).unwrap();
    let texts = [
        ("output: a\ntargets: [model]\ndeny: [warnings]\nformat: json\nschema_draft: '2020-12'\n", true),
        ("ouput: a\n", false),
        ("output: 1\n", false),
        ("deny: warnings\n", false),
        ("format: pdf\n", false),
    ];
    for (text, holds) in texts {
        let value: serde_json::Value = serde_yaml::from_str(text).unwrap();
        assert_eq!(schema.is_valid(&value), holds, "{text}");
        assert_eq!(funnelc::config::Config::parse(text).is_ok(), holds, "{text}");
    }
}

// ---- init

#[test]
fn a_project_is_begun_from_a_model_and_compiles() {
    let place = Place::new(&[]);
    let run = place.run(&["init", "new/shop", "--model", "flywheel"]);
    assert_eq!(run.code, 0, "{}", run.err);
    golden("init.txt", &run.out);
    assert_eq!(place.run(&["check", "new/shop", "--allow", "warnings"]).code, 0);
    assert_eq!(place.run(&["config", "new/shop"]).code, 0);
    assert_eq!(place.run(&["init"]).code, 0);
    let checked = place.run(&["check", "starter", "--deny", "warnings"]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    assert_eq!(place.run(&["fmt", "starter", "--check"]).code, 0);
}

#[test]
fn init_overwrites_nothing() {
    let place = Place::new(&[("a/starter.funnel", "mine"), ("b/other.funnel", GOOD), ("c", "a file")]);
    for folder in ["a", "b", "c"] {
        let run = place.run(&["init", folder]);
        assert_eq!(run.code, 2, "{folder}");
        assert!(!place.path(folder).join("funnelc.yaml").exists());
    }
    assert_eq!(place.read("a/starter.funnel"), "mine");
    place.write("d/funnelc.yaml", "output: mine\n");
    assert_eq!(place.run(&["init", "d"]).code, 2);
    assert!(!place.path("d/starter.funnel").exists());
    let run = place.run(&["init", "--model", "flywhel"]);
    assert!(run.code == 2 && run.err.contains("`flywheel`"), "{}", run.err);
}

#[test]
fn models_are_listed() {
    let run = Place::new(&[]).run(&["init", "--list"]);
    assert!(run.out.lines().count() > 10 && run.out.lines().all(|line| line.ends_with('.')), "{}", run.out);
}

// ---- graph

#[test]
fn pictures_are_as_committed() {
    for project in ["shop", "hostile"] {
        for form in ["dot", "mermaid", "svg"] {
            for language in ["en", "ar"] {
                let run = in_fixtures(&["graph", project, "--format", form, "--lang", language]);
                assert_eq!(run.code, 0, "{}", run.err);
                golden(&format!("{project}-{language}.{form}"), &run.out);
            }
        }
    }
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let place = Place::new(&[("bad/a.funnel", BAD), ("good/a.funnel", GOOD)]);
    let run = place.run(&["graph", "bad"]);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.err.contains("teem"), "{}", run.err);
    assert_eq!(place.run(&["graph", "good"]).code, 2);
    let run = in_fixtures(&["graph", "shop", "--funnel", "stor"]);
    assert!(run.code == 2 && run.err.contains("`store`"), "{}", run.err);
    let run = in_fixtures(&["graph", "shop", "--lang", "fr"]);
    assert!(run.code == 2 && run.err.contains("en, ar"), "{}", run.err);
}

#[test]
fn a_picture_may_go_to_a_file() {
    let place = Place::new(&[("a.funnel", &fs::read_to_string(fixtures().join("shop/shop.funnel")).unwrap())]);
    let run = place.run(&["graph", "-o", "store.svg", "--funnel", "store"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    assert!(place.read("store.svg").starts_with("<svg "));
}

// ---- explain, completions, man

#[test]
fn names_of_a_project_are_explained() {
    for (name, file) in
        [("store.buy", "explain-stage.txt"), ("seen", "explain-event.txt"), ("paid.total", "explain-prop.txt")]
    {
        let run = in_fixtures(&["explain", name, "--in", "shop"]);
        assert_eq!(run.code, 0, "{}", run.err);
        golden(file, &run.out);
    }
    let run = in_fixtures(&["explain", "store.bui", "--in", "shop"]);
    assert!(run.code == 2 && run.err.contains("`store.buy`"), "{}", run.err);
    assert_eq!(in_fixtures(&["explain", "stage", "--in", "shop"]).code, 0);
    assert_eq!(in_fixtures(&["explain", "FN0101"]).code, 0);
    assert_eq!(in_fixtures(&["explain", "nothing-such"]).code, 2);
    let place = Place::new(&[("a.funnel", GOOD)]);
    assert!(place.run(&["explain", "crm"]).out.contains("a.funnel:2"));
}

#[test]
fn completions_and_manual_pages_know_every_verb() {
    let place = Place::new(&[]);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = place.run(&["completions", shell]);
        assert!(run.code == 0 && run.out.contains("graph"), "{shell}");
    }
    assert!(place.run(&["man"]).out.contains(".TH funnelc 1"));
    assert_eq!(place.run(&["man", "-o", "pages"]).code, 0);
    for (verb, _) in funnelc::cli::help::pages() {
        assert!(place.read(&format!("pages/funnelc-{verb}.1")).contains(".TH"), "{verb}");
    }
}
