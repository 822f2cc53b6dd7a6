//! What specs compile into: each folder of `tests/fixtures/build` holds a spec and the tree it is built into, byte for
//! byte. `FUNNELC_BLESS=1` rewrites the trees.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use funnelc::diagnostic::Severity;
use funnelc::emit::manifest::Input;
use funnelc::emit::{Draft, Facts, Options, OutputFile, build_files};
use funnelc::lint::levels::Levels;
use funnelc::source::{Source, Sources};
use funnelc::{compile, plan, project};
use libtest_mimic::{Arguments, Failed, Trial};

type Tree = BTreeMap<String, Vec<u8>>;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for case in folders(&fixtures().join("build")) {
        let name = case.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (whole, schemas, order) = (case.clone(), case.clone(), case);
        trials.push(Trial::test(format!("{name}::is_built_into_the_expected_tree"), move || expected(&whole)));
        trials.push(Trial::test(format!("{name}::schemas_hold_and_take_their_examples"), move || valid(&schemas)));
        trials.push(Trial::test(format!("{name}::is_built_the_same_in_any_order_of_files"), move || same(&order)));
    }
    let language = fixtures().join("language");
    let other = language.clone();
    trials.push(Trial::test("language::schemas_hold_and_take_their_examples", move || valid(&language)));
    trials.push(Trial::test("language::is_built_the_same_in_any_order_of_files", move || same(&other)));
    libtest_mimic::run(&arguments, trials).exit();
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(of)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

/// The files of a case by name, the standard library's included.
fn sources(case: &Path, backwards: bool) -> Result<Sources, Failed> {
    let projects = project::load(&[case.to_path_buf()]);
    let [project] = projects.as_slice() else { return Err("one project is wanted".into()) };
    let mut files: Vec<(String, String, bool)> = project
        .sources
        .iter()
        .map(|(_, source)| {
            let name = source.name.rsplit('/').next().unwrap_or_default().to_owned();
            (if source.embedded { source.name.clone() } else { name }, source.text.clone(), source.embedded)
        })
        .collect();
    files.sort();
    if backwards {
        files.reverse();
    }
    let mut sources = Sources::new();
    for (name, text, embedded) in files {
        let mut source = Source::new(name, text);
        source.embedded = embedded;
        sources.add(source);
    }
    Ok(sources)
}

fn build(sources: &Sources, draft: Draft) -> Result<Vec<OutputFile>, Failed> {
    let compilation = compile(sources, &Levels::default());
    let errors: Vec<String> = compilation
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| format!("{} {:?}", diagnostic.message, diagnostic.span().map(|span| sources.locate(span))))
        .collect();
    if !errors.is_empty() {
        return Err(errors.join("\n").into());
    }
    let inputs: Vec<Input<'_>> = sources
        .iter()
        .filter(|(_, source)| !source.embedded)
        .map(|(_, source)| Input { name: &source.name, text: &source.text })
        .collect();
    let mut options = Options::embedded().map_err(|error| error.to_string())?;
    options.draft = draft;
    options.facts = Facts::of(&compilation.model, &compilation.diagnostics, None);
    build_files(&options, &plan::plan(&compilation.model), &[], &inputs).map_err(|error| error.to_string().into())
}

fn expected(case: &Path) -> Result<(), Failed> {
    let made: Tree =
        build(&sources(case, false)?, Draft::default())?.into_iter().map(|file| (file.path, file.bytes)).collect();
    // What stands in a workbook is read by `tests/tools/messages.py`; the manifest holds its bytes.
    let made: Tree = made
        .into_iter()
        .filter(|(path, _)| !is_workbook(path))
        .map(|(path, bytes)| without_scripts(path, bytes))
        .collect();
    let folder = case.join("expected");
    if std::env::var_os("FUNNELC_BLESS").is_some() {
        return bless(&folder, &made).map_err(|error| error.to_string().into());
    }
    let mut there = Tree::new();
    read(&folder, &folder, &mut there);
    let paths: std::collections::BTreeSet<&String> = made.keys().chain(there.keys()).collect();
    let differs: Vec<&String> = paths.into_iter().filter(|path| made.get(*path) != there.get(*path)).collect();
    if differs.is_empty() { Ok(()) } else { Err(format!("FUNNELC_BLESS=1 would change {differs:#?}").into()) }
}

fn is_workbook(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "xlsx")
}

/// A dashboard without its scripts and style, which are the same in every one: what is left is what the spec makes of it.
fn without_scripts(path: String, bytes: Vec<u8>) -> (String, Vec<u8>) {
    if !path.starts_with("dashboard/") {
        return (path, bytes);
    }
    let mut text = String::from_utf8_lossy(&bytes).into_owned();
    for (open, close) in [("<script>", "</script>"), ("<style>", "</style>")] {
        let mut at = 0;
        while let Some(found) = text[at..].find(open) {
            let from = at + found + open.len();
            let Some(length) = text[from..].find(close) else { break };
            text.replace_range(from..from + length, "");
            at = from;
        }
    }
    (path, text.into_bytes())
}

fn bless(folder: &Path, made: &Tree) -> std::io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    for (path, bytes) in made {
        let place = folder.join(path);
        fs::create_dir_all(place.parent().unwrap_or(folder))?;
        fs::write(place, bytes)?;
    }
    Ok(())
}

fn read(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read(root, &path, tree);
        } else if let Ok(bytes) = fs::read(&path) {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            tree.insert(name, bytes);
        }
    }
}

fn valid(case: &Path) -> Result<(), Failed> {
    for (_, draft) in Draft::ALL {
        valid_in(case, *draft)?;
    }
    Ok(())
}

fn valid_in(case: &Path, draft: Draft) -> Result<(), Failed> {
    // A workbook is no text.
    let files = build(&sources(case, false)?, draft)?;
    for file in files.into_iter().filter(|file| !is_workbook(&file.path)) {
        let text = String::from_utf8(file.bytes).map_err(|error| error.to_string())?;
        let document = || serde_json::from_str::<serde_json::Value>(&text).map_err(|error| error.to_string());
        if file.path.ends_with(".schema.json") {
            takes_its_examples(&file.path, &document()?)?;
        }
        if file.path == "model.json" {
            takes("model.json", &plan::schema(), &document()?)?;
        }
    }
    Ok(())
}

fn takes_its_examples(path: &str, schema: &serde_json::Value) -> Result<(), Failed> {
    jsonschema::meta::validate(schema).map_err(|error| format!("{path} is no schema: {error}"))?;
    for example in schema["examples"].as_array().into_iter().flatten() {
        takes(path, schema, example)?;
    }
    Ok(())
}

fn takes(path: &str, schema: &serde_json::Value, document: &serde_json::Value) -> Result<(), Failed> {
    let validator =
        jsonschema::options().should_validate_formats(true).build(schema).map_err(|error| error.to_string())?;
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{path}: {error} at {}", error.instance_path())).collect();
    if errors.is_empty() { Ok(()) } else { Err(errors.join("\n").into()) }
}

fn same(case: &Path) -> Result<(), Failed> {
    let once = build(&sources(case, false)?, Draft::default())?;
    let again = build(&sources(case, false)?, Draft::default())?;
    let backwards = build(&sources(case, true)?, Draft::default())?;
    if once != again {
        return Err("two builds differ".into());
    }
    if once != backwards {
        return Err("the order of files changes the build".into());
    }
    Ok(())
}
