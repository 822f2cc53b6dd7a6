//! The fuzz targets on stable Rust: pieces of the repository's specs, damaged at random from fixed seeds.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

#[path = "../fuzz/bodies.rs"]
mod bodies;

use std::fs;
use std::path::{Path, PathBuf};

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

/// The texts of all specs and fixtures, in a fixed order.
fn seeds() -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in ["specs", "tests/fixtures/fmt", "tests/fixtures/language"] {
        collect(&root.join(folder), &mut paths);
    }
    paths.sort();
    paths.iter().map(|path| fs::read_to_string(path).expect("a spec")).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "funnel") {
            paths.push(path);
        }
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

fn damaged(seeds: &[String], round: u64) -> String {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15 ^ (round + 1).wrapping_mul(0xBF58_476D_1CE4_E5B9));
    let mut bytes = piece(seeds, &mut numbers).into_bytes();
    for _ in 0..numbers.below(4) {
        damage(&mut bytes, &mut numbers);
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

fn damage(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
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
        _ => drop(bytes.splice(at..at, SIGNS[numbers.below(SIGNS.len())].bytes())),
    }
}
