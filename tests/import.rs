//! Plans of other tools and the specs made of them: each folder `tests/fixtures/import/FORMAT/CASE` holds the files of a
//! plan in `plan` and what is made of them in `expected`: a spec with its report, or `findings.txt` where nothing may be
//! written. `FUNNELC_BLESS=1` rewrites what is expected.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use funnelc::diagnostic::{Diagnostic, Severity};
use funnelc::import::{self, REPORT};
use funnelc::lint::levels::Levels;
use funnelc::report::{self, Report, Style};
use funnelc::source::{Source, Sources};
use funnelc::{compile, fmt};
use libtest_mimic::{Arguments, Failed, Trial};

type Tree = BTreeMap<String, String>;

fn main() {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/import");
    let mut trials = Vec::new();
    for format in folders(&root) {
        for case in folders(&format) {
            let name = case.strip_prefix(&root).unwrap_or(&case).display().to_string();
            let (own, format) = (case.clone(), file_name(&format));
            trials.push(Trial::test(format!("{name}::is_imported_as_expected"), move || expected(&format, &own)));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The files under a folder, by their path in it.
fn tree(folder: &Path) -> Tree {
    let mut found = Tree::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), file_name(&entry.path()));
        if path.is_dir() {
            found.extend(tree(&path).into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            found.insert(name, fs::read_to_string(path).expect("a text"));
        }
    }
    found
}

fn expected(format: &str, case: &Path) -> Result<(), Failed> {
    let mut sources = Sources::new();
    let format = import::format(format).ok_or("a folder named after a format")?;
    for (name, text) in tree(&case.join("plan")).into_iter().filter(|(name, _)| (format.takes)(name)) {
        sources.add(Source::new(name, text));
    }
    let made: Tree = match import::import(format, &sources) {
        Ok(imported) => {
            let mut files: Tree = imported.files.into_iter().collect();
            is_a_good_spec(&files)?;
            if !imported.conflicts.is_empty() {
                files.insert("findings.txt".to_owned(), said(&sources, &imported.conflicts));
            }
            files
        }
        Err(faults) => Tree::from([("findings.txt".to_owned(), said(&sources, &faults))]),
    };
    compare(&case.join("expected"), &made)
}

/// It compiles without an error, and is in its canonical form.
fn is_a_good_spec(files: &Tree) -> Result<(), Failed> {
    let mut sources = Sources::new();
    for (name, text) in files.iter().filter(|(name, _)| !REPORT.contains(&name.as_str())) {
        let again = fmt::format(name, text).map_err(|faults| format!("{name} cannot be formatted: {faults:?}"))?;
        if again != *text {
            return Err(format!("{name} is not in its canonical form").into());
        }
        sources.add(Source::new(name.clone(), text.clone()));
    }
    let found = compile(&sources, &Levels::default()).diagnostics;
    let errors: Vec<_> = found.iter().filter(|one| one.severity == Severity::Error).collect();
    if errors.is_empty() { Ok(()) } else { Err(format!("{errors:#?}").into()) }
}

fn said(sources: &Sources, findings: &[Diagnostic]) -> String {
    let format = report::FORMATS.iter().find(|format| format.name == "plain").expect("a format");
    let style = Style { color: false, unicode: true, width: 100, links: false };
    let report =
        Report { sources, diagnostics: findings, hidden: 0, style, language: funnelc::language::Language::English };
    let mut bytes = Vec::new();
    (format.render)(&report, &mut bytes).expect("a report");
    String::from_utf8(bytes).expect("text")
}

fn compare(folder: &Path, made: &Tree) -> Result<(), Failed> {
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder)?;
        for (name, text) in made {
            fs::write(folder.join(name), text)?;
        }
        return Ok(());
    }
    let wanted = tree(folder);
    for name in wanted.keys().chain(made.keys()) {
        if wanted.get(name) != made.get(name) {
            let (wanted, made) = (wanted.get(name), made.get(name));
            return Err(format!("{name} is not as expected\n--- expected\n{wanted:?}\n--- made\n{made:?}").into());
        }
    }
    Ok(())
}
