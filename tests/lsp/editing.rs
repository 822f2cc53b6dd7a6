//! Truth under editing: after any edits, what the server says is what a fresh one says of the same texts.

use funnelc::lint::levels::Levels;
use funnelc::project;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::session::{Folder, Session, position};

/// How many sequences of edits, and how many edits in each.
const ROUNDS: u32 = 12;
const EDITS: usize = 50;

const FILES: &[(&str, &str)] = &[
    ("main.funnel", include_str!("../../specs/examples/peepers/peepers.funnel")),
    ("store.funnel", include_str!("../../specs/examples/peepers/store.funnel")),
    ("tracking.funnel", include_str!("../../specs/examples/peepers/tracking.funnel")),
    ("email.funnel", include_str!("../../specs/examples/peepers/email.funnel")),
];

/// What people type, paste and lose.
const PIECES: &[&str] = &[
    "",
    "",
    "",
    " ",
    "\n",
    "x",
    "_",
    ".",
    ",",
    ";",
    "{",
    "}",
    "(",
    ")",
    "\"",
    "\"\"\"",
    "//",
    "///",
    "->",
    ":",
    "5%",
    "30d",
    "12 SAR",
    "2027-01-01",
    "enter ",
    "stage new : top { }\n",
    "event paid { }\n",
    "use std.kpis { cac }\n",
    "std.kpis.cac",
    "project two { }\n",
    "شراء",
    "😀",
    "\u{200f}",
    "\u{0}",
    "\r\n",
    "{{first_name}}",
    "model m(A) {\n",
    "make x from m(B)\n",
    "// funnelc: allow(unused-event) -- no\n",
    "extends ",
    "rate 5% within 3d\n",
    "sequence s {\n  start paid\n}\n",
];

#[derive(Clone, Debug)]
struct Cut {
    file: usize,
    at: usize,
    length: usize,
    piece: usize,
}

fn cuts() -> impl Strategy<Value = Vec<Cut>> {
    let cut = (0..FILES.len(), any::<usize>(), prop_oneof![Just(0_usize), 0..4_usize, 0..40_usize], 0..PIECES.len());
    let cut = cut.prop_map(|(file, at, length, piece)| Cut { file, at, length, piece });
    prop::collection::vec(cut, EDITS)
}

fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Findings of every file as a fresh process has them: where, what, how bad.
fn fresh(texts: &[String]) -> Vec<Vec<String>> {
    let folder: Vec<(&str, &str)> = FILES.iter().zip(texts).map(|((name, _), text)| (*name, text.as_str())).collect();
    let folder = Folder::of(&folder);
    let mut found: Vec<Vec<String>> = vec![Vec::new(); texts.len()];
    for own in project::load(&[folder.path()]) {
        let compiled = funnelc::compile(&own.sources, &Levels::default());
        for finding in own.faults.iter().chain(&compiled.diagnostics) {
            let Some(span) = finding.span() else { continue };
            let source = own.sources.get(span.file);
            let at = FILES.iter().position(|(name, _)| source.name.ends_with(name)).expect("a file of ours");
            let start = position(&source.text, boundary(&source.text, span.start as usize));
            found[at].push(format!("{start} {} {}", finding.code.id, finding.message));
        }
    }
    found.iter_mut().for_each(|found| found.sort());
    found
}

fn shown(session: &Session) -> Vec<Vec<String>> {
    let of = |(name, _): &(&str, &str)| {
        let nothing = json!([]);
        let all = session.published.get(*name).unwrap_or(&nothing).as_array().expect("findings").clone();
        let line = |one: &Value| {
            let words = one["message"].as_str().expect("words").lines().next().unwrap_or_default().to_owned();
            format!("{} {} {words}", one["range"]["start"], one["code"].as_str().expect("a code"))
        };
        let mut lines: Vec<String> = all.iter().map(line).collect();
        lines.sort();
        lines
    };
    FILES.iter().map(of).collect()
}

/// First lines only, for a message may have several.
fn first_lines(found: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let first = |line: String| line.lines().next().unwrap_or_default().to_owned();
    found.into_iter().map(|lines| lines.into_iter().map(first).collect()).collect()
}

#[test]
fn after_any_edits_the_findings_are_those_of_a_fresh_process() {
    let folder = Folder::of(FILES);
    let config = Config { cases: ROUNDS, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    // The same edits on every run and machine.
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let outcome = runner.run(&cuts(), |cuts| {
        let mut session = Session::open(&folder.path());
        let mut texts: Vec<String> = FILES.iter().map(|(_, text)| (*text).to_owned()).collect();
        FILES.iter().zip(&texts).for_each(|((name, _), text)| session.did_open(name, text));
        for (step, cut) in cuts.iter().enumerate() {
            let text = &mut texts[cut.file];
            let start = boundary(text, cut.at % (text.len() + 1));
            let end = boundary(text, start + cut.length).max(start);
            let range = json!({ "start": position(text, start), "end": position(text, end) });
            let (piece, name) = (PIECES[cut.piece], FILES[cut.file].0);
            session.did_change(name, json!([{ "range": range, "text": piece }]));
            text.replace_range(start..end, piece);
            // Compared now and then: a server that goes astray stays astray.
            if step % 5 == 4 {
                session.settle(name);
                prop_assert_eq!(shown(&session), first_lines(fresh(&texts)), "after {} edits", step + 1);
            }
        }
        session.close();
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
