//! Holds the manual to its word: generated pages are as committed, every page is listed, every link leads somewhere,
//! every spec in it compiles, and every output shown is what a check says. `FUNNELC_BLESS=1` writes what is generated.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use funnelc::diagnostic::Severity;
use funnelc::emit::{EmitError, Options, emit};
use funnelc::lint::levels::Levels;
use funnelc::source::Source;
use funnelc::{book, compile, plan, syntax};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn source_folder() -> PathBuf {
    root().join("book/src")
}

fn blesses() -> bool {
    std::env::var_os("FUNNELC_BLESS").is_some()
}

/// Every Markdown file of the book, and the README.
fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md")];
    let mut open = vec![source_folder()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Compares a text with a file, or writes it.
fn expect(path: &Path, text: &str) {
    if blesses() && read(path) != text {
        write(path, text);
    }
    let shown = path.strip_prefix(root()).unwrap().display().to_string();
    assert!(read(path) == text, "{shown} is out of date; `FUNNELC_BLESS=1 cargo test --test book` writes it");
}

#[test]
fn generated_pages_are_as_committed() {
    let pages = book::pages();
    for (path, text) in &pages {
        expect(&source_folder().join(path), text);
    }
    let known: BTreeSet<PathBuf> = pages.iter().map(|(path, _)| source_folder().join(path)).collect();
    for path in documents() {
        let folder = path.parent().unwrap();
        if ["codes", "kinds", "cli", "targets"].iter().any(|generated| folder.ends_with(generated)) {
            if blesses() && !known.contains(&path) {
                std::fs::remove_file(&path).unwrap();
            }
            assert!(known.contains(&path) || !path.exists(), "{} is of nothing", path.display());
        }
    }
}

#[test]
fn the_summary_lists_every_page() {
    let path = source_folder().join("SUMMARY.md");
    let summary = book::summary(&read(&path));
    expect(&path, &summary);
    for page in documents() {
        let Ok(own) = page.strip_prefix(source_folder()) else { continue };
        let own = own.to_string_lossy().replace('\\', "/");
        assert!(own == "SUMMARY.md" || summary.contains(&format!("]({own})")), "{own} is not in SUMMARY.md");
    }
}

#[test]
fn every_relative_link_leads_to_a_file() {
    for path in documents() {
        for target in links(&read(&path)) {
            let file = target.split('#').next().unwrap_or_default();
            let outside = target.contains("://") || target.starts_with("mailto:") || file.is_empty();
            let there = path.parent().unwrap().join(file).exists();
            assert!(outside || there, "{} links to {target}", path.display());
        }
    }
}

/// The targets of inline links, outside of code.
fn links(text: &str) -> Vec<String> {
    let prose = blocks(text).iter().fold(text.to_owned(), |prose, block| prose.replace(&block.text, ""));
    let mut found = Vec::new();
    for line in prose.lines() {
        let outside_code: String = line.split('`').step_by(2).collect();
        for rest in outside_code.split("](").skip(1) {
            found.extend(rest.split(')').next().map(str::to_owned));
        }
    }
    found
}

/// A fenced block: its info string, its text, and the line it begins in.
struct Block {
    info: String,
    text: String,
    line: usize,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in document.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some(Block { info: info.to_owned(), text: String::new(), line: index + 1 }),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

#[test]
fn every_spec_compiles_as_it_is_marked() {
    let mut wrong = Vec::new();
    for path in documents() {
        for block in blocks(&read(&path)) {
            let fits = match block.info.as_str() {
                "funnel" => errors(&block.text) == 0,
                "funnel,bad" => errors(&block.text) > 0,
                "funnel,fragment" => reads(&block.text),
                other => !other.starts_with("funnel"),
            };
            if !fits {
                let said = book::findings(&block.text, "plain", &book::errors_only());
                wrong.push(format!("{}:{} ({})\n{said}", path.display(), block.line, block.info));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn errors(text: &str) -> usize {
    let sources = book::sources(text);
    let found = compile(&sources, &Levels::default()).diagnostics;
    found.iter().filter(|one| one.severity == Severity::Error).count()
}

/// Whether a piece of a block is written as the language writes it.
fn reads(text: &str) -> bool {
    let source = Source::new("fragment.funnel", text);
    syntax::parse(funnelc::source::FileId(0), &source).1.is_empty()
}

/// A block marked `text,FORMAT` after a spec is what a check without advice says of it; one marked `text,FORMAT,OLD=>NEW`, what a check
/// says of the spec with that change.
#[test]
fn every_output_shown_is_what_is_said() {
    for path in documents() {
        let document = read(&path);
        let mut lines: Vec<String> = document.lines().map(str::to_owned).collect();
        let mut spec = String::new();
        let mut outputs = Vec::new();
        for block in blocks(&document) {
            match block.info.split_once(',') {
                _ if block.info == "funnel" || block.info == "funnel,bad" => spec = block.text,
                Some(("text", marks)) => {
                    let inside = block.line..block.line + block.text.lines().count();
                    outputs.push((inside, said_of(&spec, marks)));
                }
                _ => {}
            }
        }
        // From the last to the first, so that the lines before keep their numbers.
        for (inside, said) in outputs.into_iter().rev() {
            lines.splice(inside, said.trim_end().lines().map(str::to_owned));
        }
        expect(&path, &(lines.join("\n") + "\n"));
    }
}

fn said_of(spec: &str, marks: &str) -> String {
    let (format, change) = marks.split_once(',').unwrap_or((marks, ""));
    match change.split_once("=>") {
        Some((old, new)) => {
            assert_eq!(spec.matches(old).count(), 1, "`{old}` stands once in the spec");
            book::findings(&spec.replace(old, new), format, &book::errors_only())
        }
        None => book::findings(spec, format, &book::errors_only()),
    }
}

/// The page about templates: its files are made, its outputs compared.
#[test]
fn the_steps_of_your_own_template_do_what_they_say() {
    let path = source_folder().join("write-your-own-template.md");
    let document = read(&path);
    let all = blocks(&document);
    let spec = &all.iter().find(|block| block.info == "funnel").unwrap().text;
    let files: Vec<(&str, String)> = all
        .iter()
        .filter_map(|block| {
            let (_, place) = block.info.split_once(",file=mine/owners/")?;
            Some((place, block.text.clone()))
        })
        .collect();
    assert_eq!(files.len(), 2);
    let mut lines: Vec<String> = document.lines().map(str::to_owned).collect();
    for block in all.iter().rev() {
        let said = match block.info.split_once(',') {
            Some((_, mark)) if mark.starts_with("made=") => own_target(spec, &files, "").unwrap(),
            Some((_, mark)) if mark.starts_with("fault=") => own_target(spec, &files, &mark[6..]).unwrap_err(),
            _ => continue,
        };
        let inside = block.line..block.line + block.text.lines().count();
        lines.splice(inside, said.trim_end().lines().map(str::to_owned));
    }
    expect(&path, &(lines.join("\n") + "\n"));
}

/// What the target of the page writes for its spec, with a change of its template; or what is wrong.
fn own_target(spec: &str, files: &[(&str, String)], change: &str) -> Result<String, String> {
    let (old, new) = change.split_once("=>").unwrap_or(("", ""));
    let changed: Vec<(&str, String)> = files.iter().map(|(file, text)| (*file, text.replacen(old, new, 1))).collect();
    let texts: Vec<(&str, &str)> = changed.iter().map(|(file, text)| (*file, text.as_str())).collect();
    let mut options = Options::embedded().unwrap();
    let said = |error: EmitError| {
        let help = error.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
        format!("funnelc: {error}{help}")
    };
    options.targets.add_from("owners", "mine/owners", &texts).map_err(said)?;
    let sources = book::sources(spec);
    let compilation = compile(&sources, &Levels::default());
    let made = emit(&options, &plan::plan(&compilation.model), &["owners"]).map_err(said)?;
    Ok(String::from_utf8(made[0].bytes.clone()).unwrap())
}
