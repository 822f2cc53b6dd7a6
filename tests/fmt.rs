//! The canonical form: fixtures (`tests/fixtures/fmt/<case>/{input,expected}.funnel`; `FUNNELC_BLESS=1` rewrites what is
//! expected), every spec of the repository, and specs made up at random.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

#[path = "fmt/random.rs"]
mod random;

use std::fs;
use std::path::{Path, PathBuf};

use funnelc::fmt::format;
use funnelc::source::{FileId, Source};
use funnelc::syntax;
use libtest_mimic::{Arguments, Failed, Trial};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn main() {
    let mut trials: Vec<Trial> = folders(&root().join("tests/fixtures/fmt")).into_iter().map(fixture).collect();
    let specs = ["specs", "tests/fixtures"].into_iter().flat_map(|folder| specs(&root().join(folder)));
    trials.extend(specs.map(spec));
    trials.push(Trial::test("large files", || large_files().map_err(Failed::from)));
    trials.push(Trial::test("random specs", || random_specs().map_err(Failed::from)));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

// ---- fixtures

fn folders(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder of fixtures");
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

fn fixture(folder: PathBuf) -> Trial {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Trial::test(format!("fixture {name}"), move || {
        let input = fs::read_to_string(folder.join("input.funnel"))?;
        let output = stable(&input)?;
        let path = folder.join("expected.funnel");
        if std::env::var_os("FUNNELC_BLESS").is_some() {
            return Ok(fs::write(path, output)?);
        }
        let expected = fs::read_to_string(path)?;
        if output == expected { Ok(()) } else { Err(difference(&expected, &output).into()) }
    })
}

fn difference(expected: &str, output: &str) -> String {
    similar::TextDiff::from_lines(expected, output).unified_diff().header("expected", "output").to_string()
}

// ---- what holds of every text

/// The canonical form, which must be its own canonical form and say what the text says.
fn stable(text: &str) -> Result<String, String> {
    let faults = |faults: Vec<funnelc::diagnostic::Diagnostic>| {
        let words: Vec<String> = faults.iter().map(|fault| format!("{} {:?}", fault.message, fault.span())).collect();
        words.join("\n")
    };
    let once = format("a.funnel", text).map_err(|found| format!("{}\n---\n{text}", faults(found)))?;
    let twice = format("a.funnel", &once).map_err(|found| format!("second pass: {}\n---\n{once}", faults(found)))?;
    if once != twice {
        return Err(format!("not idempotent\n{}\n--- of\n{text}", difference(&once, &twice)));
    }
    same_signs(text, &once)?;
    well_laid_out(&once)?;
    Ok(once)
}

/// Formatting moves signs but neither adds nor drops one, except separators and space.
fn same_signs(before: &str, after: &str) -> Result<(), String> {
    let signs = |text: &str| {
        let is_layout =
            |sign: char| sign.is_whitespace() || matches!(sign, ';' | ',' | '\u{FEFF}' | '\u{200E}' | '\u{200F}');
        let mut signs: Vec<char> = text.chars().filter(|sign| !is_layout(*sign)).collect();
        signs.sort_unstable();
        signs
    };
    if signs(before) == signs(after) { Ok(()) } else { Err(format!("signs were lost\n{}", difference(before, after))) }
}

fn well_laid_out(output: &str) -> Result<(), String> {
    let ends_well = output.is_empty() || output.ends_with('\n') && !output.ends_with("\n\n");
    let starts_well = !output.starts_with('\n');
    if ends_well && starts_well { Ok(()) } else { Err(format!("blank lines at an end of {output:?}")) }
}

/// Every comment without the space at its end, in order.
fn comments(text: &str) -> Vec<String> {
    let source = Source::new("a.funnel", text);
    let (file, _) = syntax::parse(FileId(0), &source);
    file.comments.iter().map(|comment| comment.text.trim_end().to_owned()).collect()
}

// ---- every spec of the repository

fn specs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(specs(&path));
        } else if path.extension().is_some_and(|extension| extension == "funnel") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn spec(path: PathBuf) -> Trial {
    let name = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
    Trial::test(format!("spec {name}"), move || {
        let text = fs::read_to_string(&path)?;
        let source = Source::new("a.funnel", text.as_str());
        if !syntax::parse(FileId(0), &source).1.is_empty() {
            return if format("a.funnel", &text).is_err() { Ok(()) } else { Err("faults were overlooked".into()) };
        }
        stable(&text)?;
        Ok(())
    })
}

/// Whatever grows in a file, formatting it ends soon: time grows in proportion.
fn large_files() -> Result<(), String> {
    const MANY: usize = 2_000;
    let flat = "team growth \"Growth\" { lead \"a@example.com\" }; // one\n";
    let rows = "  a -> b rate 5% within 3d // of many\n";
    let texts = [
        flat.repeat(MANY),
        format!("funnel f {{\n{}}}\n", rows.repeat(MANY)),
        format!("kpi k {{ by {} b }}\n", "a_word, ".repeat(MANY)),
        format!("kpi k {{ where x in [{}] }}\n", "a_word, // one\n".repeat(MANY)),
        "split s { 50% { nothing } ".repeat(60) + &"when a; ".repeat(MANY) + &"} ".repeat(60),
    ];
    texts.iter().try_for_each(|text| stable(text).map(drop))
}

// ---- specs made up at random

/// `FUNNELC_RANDOM_SPECS` asks for more than a test run needs.
fn random_cases() -> u32 {
    std::env::var("FUNNELC_RANDOM_SPECS").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300)
}

fn random_specs() -> Result<(), String> {
    let config = Config { cases: random_cases(), failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let choices = proptest::collection::vec(proptest::num::u16::ANY, 0..300);
    let result = TestRunner::new_with_rng(config, rng).run(&choices, |choices| {
        let text = random::spec(&choices);
        let output = stable(&text).map_err(proptest::test_runner::TestCaseError::fail)?;
        proptest::prop_assert_eq!(comments(&text), comments(&output));
        Ok(())
    });
    result.map_err(|error| error.to_string())
}
