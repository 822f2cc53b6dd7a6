//! Fixtures, documented examples and laws of the compiler, one named test each.
//!
//! - `fixture::NAME`: the specs of `tests/fixtures/check/NAME/`, compiled as one project; the `plain` report must be
//!   `expected.txt`. `FUNNELC_BLESS=1` writes it anew.
//! - `example::CODE::bad` and `::good`: the examples of every code. A line `// file: NAME` starts a further file.
//! - `law::…`: what holds of every spec above, of `specs/` and of a generated project.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

#[path = "support/generate.rs"]
mod generate;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use funnelc::diagnostic::{Code, Diagnostic, Fix, Group, Level, Safety, Severity};
use funnelc::language::Language;
use funnelc::lint::levels::{Levels, Setting};
use funnelc::lint::registry;
use funnelc::project::{self, Project};
use funnelc::report::{self, Report, Style};
use funnelc::source::{FileId, Source, Sources};
use funnelc::{book, compile, fix};
use libtest_mimic::{Arguments, Failed, Trial};
use rayon::prelude::*;

type Verdict = Result<(), Failed>;

fn main() {
    let mut trials = fixtures();
    trials.extend(examples());
    trials.extend(runs());
    trials.extend(laws());
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn trial(name: String, test: impl FnOnce() -> Verdict + Send + 'static) -> Trial {
    Trial::test(name, test)
}

// ---- fixtures

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// Every spec under a folder.
fn spec_files(folder: &Path) -> Vec<PathBuf> {
    let walk = ignore::WalkBuilder::new(folder).build().filter_map(Result::ok).map(ignore::DirEntry::into_path);
    let mut files: Vec<PathBuf> = walk.filter(|path| path.extension().is_some_and(|end| end == "funnel")).collect();
    files.sort();
    files
}

fn fixtures() -> Vec<Trial> {
    let named = |folder: PathBuf| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        trial(format!("fixture::{name}"), move || fixture(&folder))
    };
    folders(&root().join("tests/fixtures/check")).into_iter().map(named).collect()
}

fn fixture(folder: &Path) -> Verdict {
    let place = format!("{}/", folder.display());
    let found: String = load(&[folder.to_owned()]).iter().map(|case| case.plain().replace(&place, "")).collect();
    let found = if found.is_empty() { "no findings\n".to_owned() } else { found };
    let path = folder.join("expected.txt");
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        return fs::write(path, found).map_err(Failed::from);
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    if found == expected {
        return Ok(());
    }
    Err(format!("not as expected; FUNNELC_BLESS=1 accepts it\n{}", fix::diff("expected.txt", &expected, &found)).into())
}

// ---- compiled projects

/// A project with its findings, those of reading it included.
struct Case {
    name: String,
    sources: Sources,
    found: Vec<Diagnostic>,
}

impl Case {
    fn of(name: &str, mut project: Project, levels: &Levels) -> Self {
        let mut found = std::mem::take(&mut project.faults);
        found.extend(compile(&project.sources, levels).diagnostics);
        Self { name: name.to_owned(), sources: project.sources, found }
    }

    fn render(&self, format: &str) -> String {
        let report = Report {
            sources: &self.sources,
            diagnostics: &self.found,
            hidden: 0,
            style: Style::default(),
            language: funnelc::language::Language::English,
        };
        let mut bytes = Vec::new();
        let format = report::format(format).expect("the format exists");
        (format.render)(&report, &mut bytes).expect("a Vec takes everything");
        String::from_utf8(bytes).expect("reports are UTF-8")
    }

    fn plain(&self) -> String {
        self.render("plain")
    }

    fn has(&self, code: &Code) -> bool {
        self.found.iter().any(|found| found.code == code)
    }

    fn errors(&self) -> Vec<&Diagnostic> {
        self.found.iter().filter(|found| found.severity == Severity::Error).collect()
    }
}

fn load(paths: &[PathBuf]) -> Vec<Case> {
    load_with(paths, &Levels::default())
}

fn load_with(paths: &[PathBuf], levels: &Levels) -> Vec<Case> {
    let name = paths.first().map(|path| path.strip_prefix(root()).unwrap_or(path).display().to_string());
    let name = name.unwrap_or_default();
    project::load(paths).into_iter().map(|project| Case::of(&name, project, levels)).collect()
}

/// Texts as files of a folder of their own, which goes away with the guard.
fn in_folder(files: &[(String, String)]) -> Result<tempfile::TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder.path()))?;
        fs::write(path, text)?;
    }
    Ok(folder)
}

// ---- documented examples

fn examples() -> Vec<Trial> {
    let documented = registry::codes().into_iter().filter(|code| code.group != Group::Run);
    let both = |code: &'static Code| {
        let bad = trial(format!("example::{}::bad", code.name), move || bad_example(code));
        let good = trial(format!("example::{}::good", code.name), move || good_example(code));
        let page = trial(format!("example::{}::page", code.name), move || page(code));
        [bad, good, page]
    };
    documented.flat_map(both).collect()
}

/// The files of an example: what stands before the first `// file: NAME` is `main.funnel`.
fn example_files(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("main.funnel".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        match line.trim().strip_prefix("// file: ") {
            Some(name) => files.push((name.to_owned(), String::new())),
            None => files.last_mut().expect("there is a first").1.push_str(line),
        }
    }
    files.retain(|(name, text)| name != "main.funnel" || !text.trim().is_empty());
    files
}

/// An example, compiled with its code switched on.
fn example(code: &Code, text: &str) -> Result<Case, Failed> {
    if text.trim().is_empty() {
        return Err("the example is empty".into());
    }
    let mut levels = Levels::default();
    if code.level == Level::Allow {
        levels.set(code.name, Setting::Warn).expect("a lint can be switched on");
    }
    let folder = in_folder(&example_files(text))?;
    let mut cases = load_with(&[folder.path().to_owned()], &levels);
    match cases.pop() {
        Some(case) if cases.is_empty() => Ok(case),
        _ => Err("the example is not one project".into()),
    }
}

fn bad_example(code: &'static Code) -> Verdict {
    let case = example(code, code.bad)?;
    if case.has(code) || is_found_by_comparing(code, &case) {
        return Ok(());
    }
    Err(format!("`{}` does not report it; found:\n{}", code.name, case.plain()).into())
}

/// A change is seen only beside the spec that it changes, which is the code's other example.
fn is_found_by_comparing(code: &Code, current: &Case) -> bool {
    let said = || book::changes_in(code.good, code.bad, "concise", &book::errors_only(), Language::English);
    code.group.is_of_changes()
        && current.errors().is_empty()
        && said().contains(&format!("[{} {}]", code.id, code.name))
}

fn good_example(code: &'static Code) -> Verdict {
    let case = example(code, code.good)?;
    if case.errors().is_empty() && !case.has(code) {
        return Ok(());
    }
    Err(format!("should be clean of errors and of `{}`; found:\n{}", code.name, case.plain()).into())
}

fn page(code: &'static Code) -> Verdict {
    let faults = [
        (code.explanation.trim().is_empty(), "the explanation is empty"),
        (code.summary.ends_with('.') || code.summary.is_empty(), "the summary is one line without a full stop"),
        (code.summary.contains('\n'), "the summary is one line"),
        (code.bad == code.good, "the examples are the same"),
    ];
    let faults: Vec<&str> = faults.iter().filter(|(is, _)| *is).map(|(_, words)| *words).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("; ").into()) }
}

// ---- codes of the run, which no text can show

fn runs() -> Vec<Trial> {
    vec![
        trial("run::unreadable-file".into(), || reports("unreadable-file", &[("a.funnel", b"team a \"\xff\"\n")])),
        trial("run::file-too-large".into(), || {
            reports("file-too-large", &[("a.funnel", vec![b'\n'; 17 * 1024 * 1024].as_slice())])
        }),
        trial("run::no-spec".into(), || reports("no-spec", &[("readme.txt", b"nothing")])),
        trial("run::too-many-files".into(), || {
            let names: Vec<String> = (0..=10_000).map(|index| format!("{index}.funnel")).collect();
            let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"\n"[..])).collect();
            reports("too-many-files", &files)
        }),
    ]
}

fn reports(code: &str, files: &[(&str, &[u8])]) -> Verdict {
    let folder = tempfile::tempdir()?;
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes)?;
    }
    let cases = load(&[folder.path().to_owned()]);
    let code = registry::code(code).ok_or("there is no such code")?;
    if cases.iter().any(|case| case.has(code)) { Ok(()) } else { Err("not reported".into()) }
}

// ---- laws

fn laws() -> Vec<Trial> {
    vec![
        trial("law::codes_are_unique".into(), codes_are_unique),
        trial("law::ids_are_never_reused".into(), ids_are_never_reused),
        trial("law::two_compilations_are_equal".into(), || for_all(two_compilations_are_equal)),
        trial("law::places_are_in_range".into(), || for_all(places_are_in_range)),
        trial("law::fixes_mend".into(), || for_all(fixes_mend)),
        trial("law::the_order_of_files_is_irrelevant".into(), order_is_irrelevant),
        trial("law::generated_projects_are_clean".into(), generated_projects_are_clean),
        trial("law::shipped_specs_have_no_errors".into(), shipped_specs_have_no_errors),
    ]
}

fn codes_are_unique() -> Verdict {
    let codes = registry::codes();
    let ids: BTreeSet<&str> = codes.iter().map(|code| code.id).collect();
    let names: BTreeSet<&str> = codes.iter().map(|code| code.name).collect();
    let is_id = |id: &str| id.len() == 6 && id.starts_with("FN") && id[2..].bytes().all(|byte| byte.is_ascii_digit());
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let odd: Vec<_> = codes.iter().filter(|code| !is_id(code.id) || !is_name(code.name)).collect();
    if ids.len() == codes.len() && names.len() == codes.len() && odd.is_empty() {
        return Ok(());
    }
    Err(format!("{} codes, {} ids, {} names; oddly spelled: {odd:?}", codes.len(), ids.len(), names.len()).into())
}

/// The committed list of ids only ever grows; `FUNNELC_BLESS=1` appends new ones.
fn ids_are_never_reused() -> Verdict {
    let path = root().join("tests/fixtures/codes.txt");
    let text = fs::read_to_string(&path).unwrap_or_default();
    let split = |line: &str| line.split_once(' ').map(|(id, name)| (id.to_owned(), name.to_owned()));
    let known: BTreeMap<String, String> =
        text.lines().filter(|line| !line.starts_with('#')).filter_map(split).collect();
    let (mut new, mut faults) = (String::new(), String::new());
    for code in registry::codes() {
        match known.get(code.id) {
            Some(name) if name == code.name => {}
            Some(name) => drop(writeln!(faults, "{} was `{name}` and cannot become `{}`", code.id, code.name)),
            None if known.values().any(|name| name == code.name) => {
                let _ = writeln!(faults, "`{}` has had another id", code.name);
            }
            None => drop(writeln!(new, "{} {}", code.id, code.name)),
        }
    }
    if faults.is_empty() && std::env::var_os("FUNNELC_BLESS").is_some() {
        return fs::write(path, text + &new).map_err(Failed::from);
    }
    match faults + &new {
        faults if faults.is_empty() => Ok(()),
        faults => Err(format!("not in tests/fixtures/codes.txt (FUNNELC_BLESS=1 appends):\n{faults}").into()),
    }
}

/// Every spec there is, as projects.
fn corpus() -> Vec<Case> {
    let mut paths = folders(&root().join("tests/fixtures/check"));
    paths.extend(["tests/fixtures/language", "specs/examples", "specs/models"].map(|path| root().join(path)));
    paths.retain(|path| path.is_dir());
    let mut cases: Vec<Case> = paths.par_iter().flat_map_iter(|path| load(std::slice::from_ref(path))).collect();
    let examples = registry::codes().into_iter().flat_map(|code| [(code, code.bad), (code, code.good)]);
    let examples: Vec<_> = examples.filter(|(_, text)| !text.trim().is_empty()).collect();
    cases.par_extend(examples.into_par_iter().filter_map(|(code, text)| {
        let case = example(code, text).ok()?;
        Some(Case { name: format!("example of {}", code.name), ..case })
    }));
    cases.push(generated(200));
    cases
}

fn for_all(law: fn(&Case) -> Verdict) -> Verdict {
    let broken: Vec<String> = corpus()
        .par_iter()
        .filter_map(|case| Some(format!("{}: {}", case.name, law(case).err()?.message().unwrap_or_default())))
        .collect();
    if broken.is_empty() { Ok(()) } else { Err(broken.join("\n").into()) }
}

fn recompiled(case: &Case, texts: &BTreeMap<FileId, String>) -> Case {
    let mut project = Project::default();
    for (_, source) in case.sources.iter() {
        let mut copy = Source::new(source.name.clone(), source.text.clone());
        copy.embedded = source.embedded;
        project.sources.add(copy);
        project.paths.push(None);
    }
    project.change(texts.clone());
    let found = compile(&project.sources, &all_lints()).diagnostics;
    Case { name: case.name.clone(), sources: project.sources, found }
}

fn all_lints() -> Levels {
    let mut levels = Levels::default();
    for code in registry::codes().into_iter().filter(|code| code.level == Level::Allow) {
        levels.set(code.name, Setting::Warn).expect("a lint can be switched on");
    }
    levels
}

fn two_compilations_are_equal(case: &Case) -> Verdict {
    let once = recompiled(case, &BTreeMap::new());
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    let twice = alone.install(|| recompiled(case, &BTreeMap::new()));
    if once.render("json") == twice.render("json") { Ok(()) } else { Err("two compilations differ".into()) }
}

fn places_are_in_range(case: &Case) -> Verdict {
    for found in &case.found {
        let edits = found.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        for span in found.labels.iter().map(|label| label.span).chain(edits) {
            if case.sources.get(span.file).text.get(span.range()).is_none() {
                return Err(format!("`{}` points at {span:?}", found.code.name).into());
            }
        }
    }
    Ok(())
}

/// Every fix, applied alone, removes a finding of its code and adds no error.
fn fixes_mend(case: &Case) -> Verdict {
    let before = recompiled(case, &BTreeMap::new());
    let fixes = before.found.iter().flat_map(|found| found.fixes.iter().map(move |fix| (found, fix)));
    let faults: Vec<String> = fixes.filter_map(|(found, fix)| fault_of(&before, found, fix)).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

fn fault_of(before: &Case, found: &Diagnostic, fix: &Fix) -> Option<String> {
    let alone = Diagnostic { fixes: vec![fix.clone()], ..found.clone() };
    let fixed = fix::apply(&before.sources, &[alone], Safety::Unsafe);
    let after = recompiled(before, &fixed.texts);
    let alike = |case: &Case| case.found.iter().filter(|other| other.code == found.code).count();
    let (stays, worse) = (alike(&after) >= alike(before), after.errors().len() > before.errors().len());
    let words = match (fixed.applied, stays, worse) {
        (0, ..) => "cannot be applied",
        (_, true, _) => "leaves the finding",
        (.., true) => "adds errors",
        _ => return None,
    };
    let at = found.span().map(|span| before.sources.locate(span).1);
    Some(format!("fix `{}` of `{}` at {at:?} {words}:\n{}", fix.title, found.code.name, after.plain()))
}

/// The order in which files are named on the command line.
fn order_is_irrelevant() -> Verdict {
    let mut projects: Vec<Vec<PathBuf>> = Vec::new();
    for folder in folders(&root().join("tests/fixtures/check")) {
        projects.push(spec_files(&folder));
    }
    let folder = in_folder(&generate::generate(400))?;
    projects.push(spec_files(folder.path()));
    for mut files in projects.into_iter().filter(|files| files.len() > 1) {
        let report = |files: &[PathBuf]| load(files).iter().map(Case::plain).collect::<Vec<String>>();
        let sorted = report(&files);
        files.reverse();
        if report(&files) != sorted {
            return Err(format!("{} differs", files[0].display()).into());
        }
    }
    Ok(())
}

fn generated(declarations: usize) -> Case {
    let mut sources = Sources::new();
    for (name, text) in generate::generate(declarations) {
        sources.add(Source::new(name, text));
    }
    let found = compile(&sources, &Levels::default()).diagnostics;
    Case { name: format!("generated({declarations})"), sources, found }
}

fn generated_projects_are_clean() -> Verdict {
    let case = generated(1_000);
    let levels = Levels::default();
    let compiled = compile(&case.sources, &levels);
    let decls = compiled.model.decls.len();
    if !(900..=1_200).contains(&decls) {
        return Err(format!("{decls} declarations where about 1,000 were asked for").into());
    }
    if case.errors().is_empty() { Ok(()) } else { Err(case.plain().into()) }
}

fn shipped_specs_have_no_errors() -> Verdict {
    let places = ["specs/examples", "specs/models"].map(|path| root().join(path));
    let cases: Vec<Case> =
        places.iter().filter(|path| path.is_dir()).flat_map(|path| load(std::slice::from_ref(path))).collect();
    let broken: String = cases.iter().filter(|case| !case.errors().is_empty()).map(Case::plain).collect();
    if broken.is_empty() { Ok(()) } else { Err(broken.into()) }
}
