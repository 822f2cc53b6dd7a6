//! The generated part of the manual: a page for every kind and every code, made from the same tables as the messages, so
//! that none of it can be out of date. `tests/book.rs` compares the pages with the committed ones, and `funnelc explain`
//! prints them.

mod clients;
mod codes;
pub mod examples;
mod kinds;
mod targets;
mod values;
mod vocabulary;
mod words;

use crate::breaking::{self, Asked};
use crate::cli::help;
use crate::diagnostic::Diagnostic;
use crate::language::Language;
use crate::lint::levels::{Levels, Setting};
use crate::lint::registry;
use crate::model::kinds::Kind;
use crate::report::{Report, Style, format};
use crate::source::{Source, Sources};
use crate::{compile, stdlib};

/// Every generated page: its path under `book/src`, and its Markdown.
pub fn pages() -> Vec<(String, String)> {
    let mut pages = vec![
        ("language/kinds.md".to_owned(), kinds::index()),
        ("language/values.md".to_owned(), values::page()),
        ("codes.md".to_owned(), codes::index()),
        ("targets.md".to_owned(), targets::index()),
        ("names-in-clients.md".to_owned(), clients::page()),
        ("language/vocabulary.json".to_owned(), vocabulary::file()),
    ];
    pages.push(("cli.md".to_owned(), help::index()));
    pages.extend(help::pages().into_iter().map(|(verb, page)| (format!("cli/{verb}.md"), page)));
    pages.extend(Kind::ALL.iter().map(|kind| (format!("language/kinds/{}.md", kind.word()), kinds::page(*kind))));
    pages.extend(registry::codes().into_iter().map(|code| (format!("codes/{}.md", code.name), codes::page(code))));
    pages.extend(targets::all().iter().map(|own| (format!("targets/{}.md", own.name), targets::page(own))));
    pages
}

/// The table of contents with the generated pages below their index; every other line stays as it is.
pub fn summary(existing: &str) -> String {
    let mut out = String::new();
    for line in existing.lines().filter(|line| !is_generated_entry(line)) {
        out.push_str(line);
        out.push('\n');
        let indent = line.len() - line.trim_start().len() + 2;
        if line.ends_with("](language/kinds.md)") {
            let entry = |kind: &Kind| format!("{:indent$}- [{1}](language/kinds/{1}.md)\n", "", kind.word());
            out.extend(Kind::ALL.iter().map(entry));
        }
        if line.ends_with("](cli.md)") {
            let entry = |(verb, _): (String, String)| format!("{:indent$}- [{verb}](cli/{verb}.md)\n", "");
            out.extend(help::pages().into_iter().map(entry));
        }
        if line.ends_with("](codes.md)") {
            let entry = |code: &crate::diagnostic::Code| format!("{:indent$}- [{1}](codes/{1}.md)\n", "", code.name);
            out.extend(registry::codes().into_iter().map(entry));
        }
        if line.ends_with("](targets.md)") {
            let entry = |own: &crate::emit::Target| format!("{:indent$}- [{1}](targets/{1}.md)\n", "", own.name);
            out.extend(targets::all().iter().map(entry));
        }
    }
    out
}

fn is_generated_entry(line: &str) -> bool {
    ["](language/kinds/", "](codes/", "](cli/", "](targets/"].iter().any(|folder| line.contains(folder))
}

/// What the manual says of a code (id or name), a kind, a field (`stage.enter`), a function of computations or a module
/// of the standard library.
pub fn explain(word: &str) -> Option<String> {
    explain_in(word, Language::English)
}

/// [`explain`] in a language; functions and modules of the library are explained in English.
pub fn explain_in(word: &str, language: Language) -> Option<String> {
    if let Some(code) = registry::code(word) {
        return Some(codes::page_in(code, language));
    }
    if let Some(kind) = kind_of(word) {
        return Some(kinds::page_in(kind, language));
    }
    if word.starts_with("std.") {
        return values::module(word);
    }
    match word.split_once('.') {
        Some((kind, field)) => kinds::field_of(kind_of(kind)?, field, language),
        None => values::function(word),
    }
}

/// What the classes and clauses of a kind mean, for the tests of translations.
#[cfg(test)]
pub(crate) fn words_of(kind: Kind) -> impl Iterator<Item = &'static str> {
    words::clauses(kind).iter().chain(words::classes(kind)).map(|(_, doc)| *doc)
}

fn kind_of(word: &str) -> Option<Kind> {
    Kind::ALL.iter().copied().find(|kind| kind.word() == word)
}

/// One text as a project: with the modules of the standard library that it mentions, and without a file system. A line
/// `// file: NAME` begins a further file.
pub fn sources(text: &str) -> Sources {
    let mut files = vec![("shop.funnel", String::new())];
    for line in text.split_inclusive('\n') {
        match (line.trim_end().strip_prefix("// file: "), files.last_mut()) {
            (Some(name), _) => files.push((name, String::new())),
            (None, Some((_, text))) => text.push_str(line),
            (None, None) => {}
        }
    }
    let mut sources = Sources::new();
    for (name, text) in files {
        sources.add(Source::new(name, text));
    }
    stdlib::add_mentioned(&mut sources);
    sources
}

/// Levels that leave out all advice, as `--allow warnings` does.
pub fn errors_only() -> Levels {
    let mut levels = Levels::default();
    // `warnings` is a word that levels know.
    let _ = levels.set("warnings", Setting::Allow);
    levels
}

/// What a check at some levels says of one text, in the words of a report format.
pub fn findings(text: &str, format_name: &str, levels: &Levels) -> String {
    findings_in(text, format_name, levels, Language::English)
}

/// [`findings`] in a language.
pub fn findings_in(text: &str, format_name: &str, levels: &Levels, language: Language) -> String {
    let sources = sources(text);
    let diagnostics = compile(&sources, levels).diagnostics;
    render(&sources, &diagnostics, format_name, language)
}

/// What a comparison at some levels says of one text that was another, in the words of a report format and a language.
pub fn changes_in(previous: &str, current: &str, format_name: &str, levels: &Levels, language: Language) -> String {
    let (before, mut after) = (sources(previous), sources(current));
    let before = before.shown_as(|name| format!("main:{name}"));
    let asked = Asked { levels: levels.clone(), consumers: Vec::new() };
    let found = breaking::run(&compile(&before, levels), &compile(&after, levels), &asked);
    after.append(before);
    render(&after, &found, format_name, language)
}

fn render(sources: &Sources, diagnostics: &[Diagnostic], format_name: &str, language: Language) -> String {
    let report = Report { sources, diagnostics, hidden: 0, style: Style::default(), language };
    let mut bytes = Vec::new();
    let written = format(format_name).map(|format| (format.render)(&report, &mut bytes));
    // Writing to memory cannot fail; without the format there is nothing to say.
    if matches!(written, Some(Ok(()))) { String::from_utf8_lossy(&bytes).into_owned() } else { String::new() }
}

/// A code block that holds exactly this text.
fn block(info: &str, text: &str) -> String {
    format!("```{info}\n{}\n```\n", text.trim_end_matches('\n'))
}

/// The first letter as a capital.
fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;

    #[test]
    fn every_kind_has_an_example_that_compiles_and_shows_it() {
        for kind in Kind::ALL {
            let text = examples::of(*kind);
            let sources = sources(text);
            let compilation = compile(&sources, &Levels::default());
            let errors: Vec<_> = compilation.diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
            assert!(errors.is_empty(), "{}:\n{}", kind.word(), findings(text, "plain", &errors_only()));
            assert!(shows(&compilation.model, *kind), "{} is not in its example", kind.word());
        }
    }

    /// A model is written and then made, so only its `make` is declared with what is inside.
    fn shows(model: &crate::model::Model<'_>, kind: Kind) -> bool {
        model.of_kind(kind).next().is_some()
    }

    #[test]
    fn codes_kinds_fields_functions_and_modules_are_explained() {
        for word in ["FN0101", "unknown-name", "stage", "stage.enter", "rate", "std.kpis"] {
            assert!(explain(word).is_some_and(|page| page.len() > 40), "{word}");
        }
        assert!(explain("std.kpis").is_some_and(|page| page.contains("- `kpi cac`")));
        for word in ["", "nothing.here", "stage.", "std.nothing", "FN9999"] {
            assert!(explain(word).is_none(), "{word}");
        }
    }

    #[test]
    fn the_summary_keeps_what_was_written_by_hand() {
        let summary =
            summary("# Summary\n\n- [Kinds](language/kinds.md)\n  - [old](language/kinds/old.md)\n- [Hand](hand.md)\n");
        assert!(summary.contains("  - [event](language/kinds/event.md)\n") && summary.contains("- [Hand](hand.md)\n"));
        assert!(!summary.contains("old.md"));
    }
}
