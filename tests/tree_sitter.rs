//! Holds the grammar of tree-sitter to its source, and files of editors to the vocabulary of the book: the parser is what
//! `grammar.js` generates, and the words that are listed are those of the compiler. `FUNNELC_BLESS=1` writes both. That
//! the grammar reads texts as the compiler does is for `tests/tools/treesitter.py` to say. Node evaluates `grammar.js`.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// The version of parsers that both today's editors and those of stable distributions load.
const ABI: usize = 14;

/// The files that list words of the language, each on the line below a `words: NAME`.
const LISTING: &[&str] = &[
    "tree-sitter-funnel/src/scanner.c",
    "tree-sitter-funnel/queries/highlights.scm",
    "tree-sitter-funnel/queries/locals.scm",
    "zed/languages/funnel/outline.scm",
    "emacs/funnel-mode.el",
];

fn editors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("editors")
}

fn expect(path: &Path, text: &str) {
    let is_same = std::fs::read_to_string(path).is_ok_and(|old| old == text);
    if !is_same && std::env::var_os("FUNNELC_BLESS").is_some() {
        return std::fs::write(path, text).unwrap();
    }
    assert!(is_same, "{} is out of date; `FUNNELC_BLESS=1 cargo test --test tree_sitter` writes it", path.display());
}

/// The words of a list; of nothing, where there is none.
fn words(value: &Json) -> impl Iterator<Item = String> {
    value.as_array().into_iter().flatten().map(|word| word.as_str().unwrap().to_owned())
}

/// The lists by name, of the vocabulary that the book publishes.
fn lists() -> BTreeMap<&'static str, Vec<String>> {
    let book = Path::new(env!("CARGO_MANIFEST_DIR")).join("book/src/language/vocabulary.json");
    let vocabulary: Json = serde_json::from_str(&std::fs::read_to_string(book).unwrap()).unwrap();
    let kinds = vocabulary["kinds"].as_array().unwrap();
    let inner: BTreeSet<String> = kinds.iter().flat_map(|kind| words(&kind["children"])).collect();
    let begins = |kind: &&Json| kind["top_level"] == true || inner.contains(kind["word"].as_str().unwrap());
    let kinds_where = |is: &dyn Fn(&&Json) -> bool| {
        kinds.iter().filter(is).map(|kind| kind["word"].as_str().unwrap().to_owned()).collect()
    };
    let fields = || kinds.iter().flat_map(|kind| kind["fields"].as_array().unwrap());
    let held = |name| {
        let holders = fields().map(|field| &field["holds"]).chain(kinds.iter().map(|kind| &kind["head"]));
        holders.flat_map(move |held| words(&held[name])).collect::<BTreeSet<_>>()
    };
    let mut values = held("chosen");
    values.extend(kinds.iter().flat_map(|kind| words(&kind["classes"])).chain(words(&vocabulary["weekdays"])));
    let of_fields: BTreeSet<_> = fields().map(|field| field["word"].as_str().unwrap().to_owned()).collect();
    BTreeMap::from([
        ("top_level", kinds_where(&|kind| kind["top_level"] == true)),
        ("kinds", kinds_where(&begins)),
        ("named", kinds_where(&|kind| begins(kind) && kind["named"] == true)),
        ("fields", Vec::from_iter(of_fields)),
        ("clauses", Vec::from_iter(held("joining"))),
        ("values", Vec::from_iter(values)),
        ("types", words(&vocabulary["types"]).collect()),
        ("functions", words(&vocabulary["functions"]).collect()),
    ])
}

/// A line with the words between its first and its last quote replaced.
fn relisted(line: &str, words: &[String], separator: &str) -> String {
    let (start, end) = (line.find('"').unwrap_or(line.len()), line.rfind('"').map_or(line.len(), |at| at + 1));
    let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("{}{}{}", &line[..start], quoted.join(separator), &line[end..])
}

#[test]
fn listed_words_are_those_of_the_table() {
    let lists = lists();
    for path in LISTING.iter().map(|file| editors().join(file)) {
        let text = std::fs::read_to_string(&path).unwrap();
        let separator = if path.extension().is_some_and(|extension| extension == "c") { ", " } else { " " };
        let (mut lines, mut list) = (Vec::new(), None);
        for line in text.lines() {
            lines.push(list.map_or_else(|| line.to_owned(), |list: &Vec<_>| relisted(line, list, separator)));
            list = line.split_once(" words: ").map(|(_, name)| &lists[name.trim()]);
        }
        assert!(lines.iter().any(|line| line.contains(" words: ")), "{} lists no words", path.display());
        expect(&path, &(lines.join("\n") + "\n"));
    }
}

#[test]
fn parser_is_generated_from_the_grammar() {
    let folder = tempfile::tempdir().unwrap();
    let grammar = editors().join("tree-sitter-funnel");
    for file in ["grammar.js", "tree-sitter.json"] {
        std::fs::copy(grammar.join(file), folder.path().join(file)).unwrap();
    }
    let (nowhere, own) = (None::<PathBuf>, None::<PathBuf>);
    generate_parser_in_directory(folder.path(), nowhere, own, ABI, None, None, true, OptLevel::default())
        .unwrap_or_else(|error| panic!("{error}"));
    for file in ["grammar.json", "node-types.json", "parser.c", "tree_sitter/parser.h"] {
        let text = std::fs::read_to_string(folder.path().join("src").join(file)).unwrap();
        expect(&grammar.join("src").join(file), &text);
    }
}
