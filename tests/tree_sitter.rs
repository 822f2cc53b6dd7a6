//! Holds the grammar of tree-sitter to the table of kinds and to its own source: the words its files list are those of
//! the compiler, and the parser is what `grammar.js` generates. `FUNNELC_BLESS=1` writes both. That it reads texts as the
//! compiler does is for `tests/tools/treesitter.py` to say.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use funnelc::model::kinds::{Kind, Naming, top_level};
use funnelc::model::shape::{Prim, Shape};
use funnelc::model::types::FUNCTIONS;
use funnelc::model::value::SCALARS;
use tree_sitter_generate::{OptLevel, generate_parser_in_directory};

/// The version of parsers that both today's editors and those of stable distributions load.
const ABI: usize = 14;

/// The files that list words of the language, each on the line below a `words: NAME`.
const LISTING: &[&str] = &[
    "tree-sitter-funnel/src/scanner.c",
    "tree-sitter-funnel/queries/highlights.scm",
    "tree-sitter-funnel/queries/locals.scm",
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

type Words = BTreeSet<&'static str>;

/// Words of a shape: those that stand for themselves, and those of closed lists.
fn gather(shape: &Shape, clauses: &mut Words, values: &mut Words) {
    match shape {
        Shape::Literal(word) | Shape::Flag(word) => drop(clauses.insert(word)),
        Shape::Value(_, Prim::OneOf(words)) => values.extend(words),
        Shape::Value(..) => {}
        Shape::Sequence(shapes) | Shape::Either(shapes) | Shape::Clauses(shapes, _) => {
            shapes.iter().for_each(|shape| gather(shape, clauses, values));
        }
        Shape::Optional(shape) | Shape::List(shape) | Shape::Paren(shape) | Shape::Rows(_, shape) => {
            gather(shape, clauses, values);
        }
    }
}

/// The lists, by name.
fn lists() -> BTreeMap<&'static str, Vec<&'static str>> {
    let [mut fields, mut clauses, mut values] = [const { Words::new() }; 3];
    let children = Kind::ALL.iter().flat_map(|kind| kind.spec().row.children);
    let kinds: BTreeSet<Kind> = top_level().iter().chain(children).copied().collect();
    for spec in Kind::ALL.iter().map(|kind| kind.spec()) {
        values.extend(spec.row.classes);
        fields.extend(spec.fields.iter().map(|field| field.word));
        let shapes = spec.fields.iter().map(|field| &field.shape).chain([&spec.head]);
        shapes.for_each(|shape| gather(shape, &mut clauses, &mut values));
    }
    clauses.retain(|word| word.starts_with(|first: char| first.is_ascii_alphabetic()));
    let words = |kinds: &mut dyn Iterator<Item = &Kind>| kinds.map(|kind| kind.word()).collect();
    let is_named = |kind: &&Kind| kind.spec().row.naming == Naming::Required;
    BTreeMap::from([
        ("top_level", words(&mut top_level().iter())),
        ("kinds", words(&mut kinds.iter())),
        ("named", words(&mut kinds.iter().filter(is_named))),
        ("fields", Vec::from_iter(fields)),
        ("clauses", Vec::from_iter(clauses)),
        ("values", Vec::from_iter(values)),
        ("types", SCALARS.iter().map(|(word, _)| *word).collect()),
        ("functions", FUNCTIONS.iter().map(|(word, ..)| *word).collect()),
    ])
}

/// A line with the words between its first and its last quote replaced.
fn relisted(line: &str, words: &[&str], separator: &str) -> String {
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
            list = line.split_once("words: ").map(|(_, name)| &lists[name.trim()]);
        }
        assert!(lines.iter().any(|line| line.contains("words: ")), "{} lists no words", path.display());
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
