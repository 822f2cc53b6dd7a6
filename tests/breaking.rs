//! Comparisons as people run them: with files, folders and revisions of git. One pair of specs a rule is under
//! `tests/fixtures/breaking`; `FUNNELC_BLESS=1` writes what is expected of them.

#![allow(clippy::disallowed_methods, reason = "tests read and write files and start programs")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use funnelc::breaking::registry::RULES;

const SHOP: &str = "project shop { edition 2026 }\n\
    event order_completed \"Order\" { sent_by web; owner web; status live; prop total money required }\n";

/// A repository with one commit, in a folder that goes away with the guard.
struct Repository(tempfile::TempDir);

impl Repository {
    fn new(files: &[(&str, &str)]) -> Self {
        let own = Self(tempfile::tempdir().unwrap());
        own.git(&["init", "--quiet", "--initial-branch", "main"]);
        files.iter().for_each(|(name, text)| own.write(name, text));
        own.commit();
        own
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", "state"]);
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git").args(arguments).current_dir(self.path()).output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn status(&self) -> String {
        let output = Command::new("git").args(["status", "--porcelain"]).current_dir(self.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }
}

struct Run {
    code: i32,
    out: String,
    err: String,
}

fn run(folder: &Path, arguments: &[&str]) -> Run {
    run_with(folder, arguments, &[])
}

fn run_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_funnelc"));
    command.arg("breaking").args(arguments).current_dir(folder).env("LC_ALL", "C.UTF-8");
    let Output { status, stdout, stderr } = command.envs(variables.iter().copied()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run { code: status.code().unwrap(), out: text(stdout), err: text(stderr) }
}

#[test]
fn a_spec_is_compared_with_a_revision_and_nothing_is_touched() {
    let place = Repository::new(&[("specs/shop.funnel", SHOP)]);
    let same = run(place.path(), &["specs", "--against", "main"]);
    assert_eq!((same.code, same.out.as_str()), (0, "nothing has changed since `main`\n"), "{}", same.err);
    place.write("specs/shop.funnel", &SHOP.replace(" required", ""));
    let before = place.status();
    for (folder, arguments) in [("", vec!["specs", "--against", "main"]), ("specs", vec!["--against", "HEAD"])] {
        let run = run(&place.path().join(folder), &[&arguments[..], &["--format", "concise"]].concat());
        assert_eq!(run.code, 1, "{}{}", run.out, run.err);
        assert!(run.out.contains("[FN2105 property-made-optional]"), "{}", run.out);
        assert!(run.out.contains("schema of `order_completed`: `ADDITION`"), "{}", run.out);
    }
    assert_eq!(place.status(), before);
}

#[test]
fn one_file_is_compared_with_itself_at_a_revision() {
    let place = Repository::new(&[("a/shop.funnel", SHOP), ("a/other.txt", "x")]);
    place.write("a/shop.funnel", &format!("{SHOP}event seen {{ sent_by web; owner web; status live }}\n"));
    let run = run(place.path(), &["a/shop.funnel", "--against", "main", "--format", "concise"]);
    assert!(run.code == 0 && run.out.contains("event-added"), "{}{}", run.out, run.err);
}

#[test]
fn a_folder_that_had_another_name_is_found_where_it_was() {
    let place = Repository::new(&[("old/shop.funnel", SHOP)]);
    place.git(&["mv", "old", "new"]);
    let lost = run(place.path(), &["new", "--against", "main"]);
    assert!(lost.code == 2 && lost.err.contains("`old`") && lost.err.contains("main:FOLDER"), "{}", lost.err);
    let found = run(place.path(), &["new", "--against", "main:old"]);
    assert_eq!(found.code, 0, "{}", found.err);
    let outside = run(place.path(), &["new", "--against", "main:../old"]);
    assert!(outside.code == 2 && outside.err.contains("leads out"), "{}", outside.err);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let place = Repository::new(&[("shop.funnel", SHOP)]);
    for (against, words) in [
        ("gone", "no file, folder or revision `gone`"),
        ("--output=x", "neither a path nor a revision"),
        ("main..HEAD", "neither a path nor a revision"),
        ("", "neither a path nor a revision"),
    ] {
        let run = run(place.path(), &[&format!("--against={against}")]);
        assert!(run.code == 2 && run.err.contains(words), "{against}: {}{}", run.out, run.err);
    }
    let bare = tempfile::tempdir().unwrap();
    fs::write(bare.path().join("shop.funnel"), SHOP).unwrap();
    let run_there = run(bare.path(), &["--against", "main"]);
    assert!(run_there.code == 2 && run_there.err.contains("no git repository"), "{}", run_there.err);
    let without = run_with(place.path(), &["--against", "main"], &[("PATH", "")]);
    assert!(without.code == 2 && without.err.contains("not installed"), "{}", without.err);
}

#[test]
fn a_repository_named_by_a_hook_does_not_stand_in_for_the_folder() {
    let (place, other) = (Repository::new(&[("shop.funnel", SHOP)]), Repository::new(&[("b.txt", "")]));
    let hook = other.path().join(".git");
    let run = run_with(place.path(), &["--against", "main"], &[("GIT_DIR", hook.to_str().unwrap())]);
    assert_eq!(run.code, 0, "{}", run.err);
}

#[test]
fn specs_with_errors_are_not_compared() {
    let place = Repository::new(&[("shop.funnel", SHOP)]);
    place.write("shop.funnel", &SHOP.replace("money", "monney"));
    let now = run(place.path(), &["--against", "main", "--format", "concise"]);
    assert!(
        now.code == 1 && now.out.contains("unknown-name") && now.err.contains("the spec has errors"),
        "{}",
        now.err
    );
    place.commit();
    place.write("shop.funnel", SHOP);
    let then = run(place.path(), &["--against", "main", "--format", "concise"]);
    assert!(then.code == 2 && then.out.contains("main:shop.funnel:2"), "{}{}", then.out, then.err);
}

#[test]
fn levels_directives_and_consumers_decide_what_fails() {
    let place = Repository::new(&[("shop.funnel", SHOP)]);
    let change = SHOP.replace(" required", "");
    place.write("shop.funnel", &change);
    let code = |arguments: &[&str]| run(place.path(), &[&["--against", "main"], arguments].concat()).code;
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&["--warn", "breaking"]), 0);
    assert_eq!(code(&["--allow", "property-made-optional"]), 0);
    assert_eq!(code(&["--for", "tracking,sequences"]), 0);
    assert_eq!(code(&["--for", "warehouse"]), 1);
    let directive = "// funnelc: allow(property-made-optional) -- the column is not read\n";
    place.write("shop.funnel", &change.replace("event ", &format!("{directive}event ")));
    assert_eq!(code(&[]), 0);
    // A check knows nothing of changes, and says nothing of directives about them.
    let check = Command::new(env!("CARGO_BIN_EXE_funnelc")).arg("check").current_dir(place.path()).output().unwrap();
    assert!(!String::from_utf8_lossy(&check.stdout).contains("unused-directive"));
    place.write("shop.funnel", &SHOP.replace("event ", &format!("{directive}event ")));
    let left = run(place.path(), &["--against", "main", "--format", "concise"]);
    assert!(left.out.contains("unused-directive"), "{}", left.out);
}

#[test]
fn files_and_folders_are_compared_too() {
    let place = Repository::new(&[("a/shop.funnel", SHOP), ("b.funnel", &SHOP.replace("total", "amount"))]);
    let run = run(place.path(), &["b.funnel", "--against", "a", "--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("\"a/shop.funnel\"") && run.out.contains("was total"), "{}", run.out);
}

/// Each rule has a folder with a spec as it was, the spec as it is, and what is said of them. A new rule begins with the
/// example of its page.
#[test]
fn every_rule_has_a_pair_and_names_both_places() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/breaking");
    let is_blessed = std::env::var_os("FUNNELC_BLESS").is_some();
    for rule in RULES {
        let folder = fixtures.join(rule.code.name);
        if is_blessed && !folder.exists() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("previous.funnel"), rule.code.good).unwrap();
            fs::write(folder.join("current.funnel"), rule.code.bad).unwrap();
        }
        let made = run(&folder, &["current.funnel", "--against", "previous.funnel", "--format", "plain"]);
        assert!(made.code < 2, "{}: {}", rule.code.name, made.err);
        let own = format!("[{} {}]", rule.code.id, rule.code.name);
        let found = made.out.split("\n\n").find(|finding| finding.contains(&own)).unwrap_or_default();
        // What is new was nowhere.
        let is_new = rule.code.name.ends_with("-added") && !found.contains("see: ");
        let before = if is_new { "current.funnel:" } else { "previous.funnel:" };
        for words in ["current.funnel:", before, "help: "] {
            assert!(found.contains(words), "{}: no {words} in\n{}", rule.code.name, made.out);
        }
        let expected = folder.join("expected.txt");
        if is_blessed {
            fs::write(&expected, &made.out).unwrap();
        }
        assert_eq!(fs::read_to_string(&expected).unwrap_or_default(), made.out, "{}", rule.code.name);
    }
    let folders = fs::read_dir(&fixtures).unwrap().count();
    assert_eq!(folders, RULES.len(), "a folder of no rule");
}
