//! Truth under editing: after any edits, what the server says is what a fresh one says of the same texts.

use funnelc::lint::levels::Levels;
use funnelc::model::reading::Reading;
use funnelc::model::{self, Decl, Model};
use funnelc::source::{Source, Sources};
use funnelc::{project, stdlib};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::session::{Folder, Session, position};

/// How many sequences of edits, and how many edits in each.
const ROUNDS: u32 = 12;
const EDITS: usize = 50;

/// How many sequences a model follows by itself, compared after each edit.
const KEPT_ROUNDS: u32 = 40;

const FILES: &[(&str, &str)] = &[
    ("main.funnel", include_str!("../../specs/examples/peepers/peepers.funnel")),
    ("store.funnel", include_str!("../../specs/examples/peepers/store.funnel")),
    ("tracking.funnel", include_str!("../../specs/examples/peepers/tracking.funnel")),
    ("email.funnel", include_str!("../../specs/examples/peepers/email.funnel")),
];

/// As many small ones, of which one makes what another one models.
const SMALL: &[(&str, &str)] = &[
    (
        "main.funnel",
        "project shop { edition 2026; languages en; currency USD }\nuse std.kpis { cac }\nteam crm \"CRM\"\n",
    ),
    (
        "models.funnel",
        "model shop_of(COUNTRY) {\n  event paid_{COUNTRY} { sent_by web; owner crm; status live }\n}\n\
         model reach_of(WORD) {\n  kpi reach { value people(f.a); label \"{WORD}\" }\n}\n",
    ),
    (
        "made.funnel",
        "event seen { sent_by web }\nmake sa from shop_of(SA)\nmake one from reach_of(\"أ\")\nevent paid { }\n",
    ),
    (
        "funnel.funnel",
        "// The way.\nfunnel f {\n  stage a : top { enter seen }\n  stage b : bottom { enter paid; converts }\n  \
         a -> b rate 5% within 3d\n}\nsegment s { where did seen within 30d }\n",
    ),
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

/// One edit of one text; what it takes the place of, and what it puts there.
fn apply<'c>(cut: &'c Cut, texts: &mut [String]) -> (std::ops::Range<usize>, &'c str) {
    let text = &mut texts[cut.file];
    let start = boundary(text, cut.at % (text.len() + 1));
    let end = boundary(text, start + cut.length).max(start);
    text.replace_range(start..end, PIECES[cut.piece]);
    (start..end, PIECES[cut.piece])
}

fn runner(rounds: u32) -> TestRunner {
    let config = Config { cases: rounds, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    // The same edits on every run and machine.
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Whether two models say the same: what is declared where, what references mean, what is remarked.
fn agree(one: &Model<'_>, other: &Model<'_>) -> bool {
    let alike = |(one, other): (&Decl<'_>, &Decl<'_>)| {
        (one.kind, one.name, one.span, one.place, one.parent, &one.children, one.broken)
            == (other.kind, other.name, other.span, other.place, other.parent, &other.children, other.broken)
            && one.fields.iter().map(|own| own.span).eq(other.fields.iter().map(|own| own.span))
    };
    one.decls.len() == other.decls.len()
        && one.decls.iter().zip(&other.decls).all(alike)
        && one.targets == other.targets
        && one.comments().eq(other.comments())
}

/// The same to the last value, which takes long to write down.
fn agree_in_all(one: &Model<'_>, other: &Model<'_>) -> bool {
    agree(one, other) && format!("{:?}", one.decls) == format!("{:?}", other.decls)
}

#[test]
fn after_any_edits_a_model_that_keeps_what_was_read_is_that_of_a_fresh_one() {
    let outcome = runner(KEPT_ROUNDS).run(&cuts(), |cuts| {
        let mut texts: Vec<String> = SMALL.iter().map(|(_, text)| (*text).to_owned()).collect();
        let mut read = Reading::default();
        for (step, cut) in cuts.iter().enumerate() {
            apply(cut, &mut texts);
            let mut sources = Sources::new();
            for ((name, _), text) in SMALL.iter().zip(&texts) {
                sources.add(Source::new(*name, text.as_str()));
            }
            stdlib::add_mentioned(&mut sources);
            // What is read borrows from the texts of every revision.
            let sources: &'static Sources = Box::leak(Box::new(sources));
            let (kept, faults) = model::build_after(sources, read);
            let (anew, fresh) = model::build(sources);
            let agree = if step + 1 == EDITS { agree_in_all } else { agree };
            prop_assert!(agree(&kept, &anew) && faults == fresh, "after {} edits", step + 1);
            read = kept.into_reading();
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

#[test]
fn after_any_edits_the_findings_are_those_of_a_fresh_process() {
    let folder = Folder::of(FILES);
    let outcome = runner(ROUNDS).run(&cuts(), |cuts| {
        let mut session = Session::open(&folder.path());
        let mut texts: Vec<String> = FILES.iter().map(|(_, text)| (*text).to_owned()).collect();
        FILES.iter().zip(&texts).for_each(|((name, _), text)| session.did_open(name, text));
        for (step, cut) in cuts.iter().enumerate() {
            let (name, before) = (FILES[cut.file].0, texts[cut.file].clone());
            let (place, piece) = apply(cut, &mut texts);
            let range = json!({ "start": position(&before, place.start), "end": position(&before, place.end) });
            session.did_change(name, json!([{ "range": range, "text": piece }]));
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
