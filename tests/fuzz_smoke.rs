//! The fuzz targets on stable Rust: pieces of the repository's specs, plans and logs, damaged at random from fixed seeds.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

#[path = "../fuzz/bodies.rs"]
mod bodies;

use std::fs;
use std::path::{Path, PathBuf};

use funnelc::import;

/// How many texts each target gets; together about two seconds without optimisation.
const ROUNDS: u64 = 600;

/// `FUNNELC_FUZZ_ROUNDS` asks for more.
fn rounds() -> u64 {
    std::env::var("FUNNELC_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}

#[test]
fn no_text_makes_the_compiler_panic() {
    let seeds = seeds();
    (0..rounds()).for_each(|round| bodies::parse(&damaged(&seeds, round)));
}

#[test]
fn no_text_makes_the_formatter_panic_or_unstable() {
    let seeds = seeds();
    let texts: Vec<String> = (0..rounds()).map(|round| damaged(&seeds, round + (1 << 40))).collect();
    let formatted = texts.iter().filter(|text| bodies::format(text)).count();
    assert!(formatted * 4 > texts.len(), "damage leaves too little to format: {formatted} of {}", texts.len());
}

#[test]
fn no_plan_makes_an_importer_panic() {
    for format in import::FORMATS {
        let folder = format!("tests/fixtures/import/{}", format.name);
        let seeds = files(&[&folder], |path| path.components().any(|part| part.as_os_str() == "plan"));
        let made = (0..rounds() / 4).filter(|round| {
            let mut numbers = numbers(*round + (2 << 40));
            let (path, text) = &seeds[numbers.below(seeds.len())];
            let mut bytes = text.clone().into_bytes();
            (0..numbers.below(4)).for_each(|_| damage(&mut bytes, &mut numbers, &VALUE_SIGNS));
            bodies::import(format, &path.to_string_lossy(), &String::from_utf8_lossy(&bytes))
        });
        assert!(made.count() > 0, "damage leaves nothing of {}", format.name);
    }
}

#[test]
fn no_log_makes_the_reader_of_logs_panic() {
    let seeds = files(&["tests/fixtures/verify"], |path| {
        path.extension().is_some_and(|extension| extension == "jsonl" || extension == "csv")
    });
    let spec = fs::read_to_string(root().join("tests/fixtures/verify/shop.funnel")).expect("a spec");
    for round in 0..rounds() / 4 {
        let mut numbers = numbers(round + (3 << 40));
        let mut bytes = seeds[numbers.below(seeds.len())].1.clone().into_bytes();
        (0..=numbers.below(4)).for_each(|_| damage(&mut bytes, &mut numbers, &VALUE_SIGNS));
        bodies::verify(&spec, &String::from_utf8_lossy(&bytes));
    }
}

/// The texts of all specs and fixtures, in a fixed order.
fn seeds() -> Vec<String> {
    let folders = ["specs", "tests/fixtures/fmt", "tests/fixtures/language"];
    let specs = files(&folders, |path| path.extension().is_some_and(|extension| extension == "funnel"));
    specs.into_iter().map(|(_, text)| text).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Files of folders with their texts, in a fixed order.
fn files(folders: &[&str], wanted: impl Fn(&Path) -> bool) -> Vec<(PathBuf, String)> {
    let mut paths = Vec::new();
    folders.iter().for_each(|folder| collect(&root().join(folder), &mut paths));
    paths.retain(|path| wanted(path));
    paths.sort();
    paths.into_iter().filter_map(|path| fs::read_to_string(&path).ok().map(|text| (path, text))).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { collect(&path, paths) } else { paths.push(path) }
    }
}

/// xorshift64*: the same numbers on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % limit.max(1)
    }
}

/// Signs that matter to the grammar, put in more often than chance would.
const SIGNS: [&str; 24] = [
    "{", "}", "(", ")", "[", "]", "\"", "\"\"\"", "\\", "\n", "\r\n", ";", ",", "//", "///", "->", "..", "+", "-",
    " and ", " within ", "،", "\u{200F}", "\u{202E}",
];

/// Signs that matter to JSON, YAML and CSV.
const VALUE_SIGNS: [&str; 24] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\n",
    "\r\n",
    ";",
    ",",
    ":",
    ": ",
    "- ",
    "#",
    "&a ",
    "*a",
    "null",
    "1e999",
    "\"type\":\"array\",",
    "\"enum\":[1],",
    "\"$ref\":\"#\",",
    "\\u0000",
    "\u{FEFF}",
    "\u{202E}",
];

fn numbers(round: u64) -> Numbers {
    Numbers(0x9E37_79B9_7F4A_7C15 ^ (round + 1).wrapping_mul(0xBF58_476D_1CE4_E5B9))
}

fn damaged(seeds: &[String], round: u64) -> String {
    let mut numbers = numbers(round);
    let mut bytes = piece(seeds, &mut numbers).into_bytes();
    for _ in 0..numbers.below(4) {
        damage(&mut bytes, &mut numbers, &SIGNS);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Some declarations of some spec, whole, or damage would be all there is.
fn piece(seeds: &[String], numbers: &mut Numbers) -> String {
    let lines: Vec<&str> = seeds[numbers.below(seeds.len())].split_inclusive('\n').collect();
    let begins = |line: &str| !line.starts_with([' ', '\t', '}', '\n', '\r']);
    let chosen = numbers.below(lines.len());
    let start = lines[..=chosen].iter().rposition(|line| begins(line)).unwrap_or(0);
    let wanted = start + 1 + numbers.below(25);
    let rest = lines.iter().enumerate().skip(wanted).find(|(_, line)| begins(line));
    lines[start..rest.map_or(lines.len(), |(end, _)| end)].concat()
}

fn damage(bytes: &mut Vec<u8>, numbers: &mut Numbers, signs: &[&str]) {
    let at = numbers.below(bytes.len() + 1);
    let end = (at + 1 + numbers.below(12)).min(bytes.len());
    match numbers.below(5) {
        0 => drop(bytes.drain(at.min(end)..end)),
        1 => {
            let copy = bytes[at.min(end)..end].to_vec();
            let to = numbers.below(bytes.len() + 1);
            bytes.splice(to..to, copy);
        }
        2 if at < bytes.len() => bytes[at] = numbers.below(256) as u8,
        _ => drop(bytes.splice(at..at, signs[numbers.below(signs.len())].bytes())),
    }
}
