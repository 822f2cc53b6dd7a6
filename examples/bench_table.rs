//! Measures one generated project; `tests/bench/run` calls it for several sizes and prints the table.
//!
//! ```text
//! bench_table times DECLARATIONS ROUNDS    seconds of each phase, medians, as `name value` lines
//! bench_table rules DECLARATIONS           milliseconds of each law and each lint on one thread, slowest first
//! bench_table once WHAT DECLARATIONS       does `nothing`, a bare `pest` parse or a `check` once, on one thread, for valgrind
//! bench_table memory DECLARATIONS          compiles once, on all cores, and says the peak memory of the process in KiB
//! bench_table write DECLARATIONS FOLDER    writes the files of the project
//! ```

#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock and writes files")]

#[path = "../tests/support/generate.rs"]
mod generate;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use funnelc::diagnostic::Severity;
use funnelc::lint::levels::Levels;
use funnelc::source::{Source, Sources};
use funnelc::syntax::grammar::{FunnelParser, Rule};
use funnelc::{check, compile, lint, model, syntax};
use pest::Parser;
use rayon::{ThreadPool, ThreadPoolBuilder};

// The allocator of the program itself, for both sides of the comparison.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["times", declarations, rounds] => times(number(declarations), number(rounds)),
        ["rules", declarations] => rules(number(declarations)),
        ["once", what, declarations] => once(what, number(declarations)),
        ["memory", declarations] => memory(number(declarations)),
        ["write", declarations, folder] => write(number(declarations), Path::new(folder)),
        _ => {
            eprintln!(
                "usage: bench_table times DECLARATIONS ROUNDS | rules DECLARATIONS | once WHAT DECLARATIONS | memory DECLARATIONS | write DECLARATIONS FOLDER"
            );
        }
    }
}

fn number(word: &str) -> usize {
    word.parse().expect("a number")
}

fn project(declarations: usize) -> Sources {
    let mut sources = Sources::new();
    for (name, text) in generate::generate(declarations) {
        sources.add(Source::new(name, text));
    }
    sources
}

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool of threads")
}

/// The medians of some runs, in seconds. The contestants take turns, so that what else the machine does falls on all of
/// them alike; what they return is dropped outside of the clock.
fn medians(rounds: usize, contestants: &mut [&mut dyn FnMut() -> f64]) -> Vec<f64> {
    let mut seconds = vec![Vec::new(); contestants.len()];
    for _ in 0..rounds.max(1) {
        contestants.iter_mut().zip(&mut seconds).for_each(|(run, taken)| taken.push(run()));
    }
    let middle = |mut taken: Vec<f64>| {
        taken.sort_by(f64::total_cmp);
        taken[taken.len() / 2]
    };
    seconds.into_iter().map(middle).collect()
}

/// The seconds of one run, without the drop of its result.
fn clock<T>(run: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    let result = black_box(run());
    let taken = start.elapsed().as_secs_f64();
    drop(result);
    taken
}

/// The median of some runs of one contestant.
fn median<T>(rounds: usize, mut run: impl FnMut() -> T) -> f64 {
    medians(rounds, &mut [&mut || clock(&mut run)])[0]
}

fn times(declarations: usize, rounds: usize) {
    let sources = project(declarations);
    let levels = Levels::default();
    let (one, two) = (pool(1), pool(2));
    let bytes: usize = sources.iter().map(|(_, source)| source.text.len()).sum();
    let whole = compile(&sources, &levels);
    let errors = whole.diagnostics.iter().filter(|found| found.severity == Severity::Error).count();
    assert_eq!(errors, 0, "the generated project is clean");
    println!("bytes {bytes}");
    println!("declarations {}", whole.model.decls.len());
    println!("findings {}", whole.diagnostics.len());
    drop(whole);
    let say = |name: &str, seconds: f64| println!("{name} {seconds:.6}");
    let contest = medians(
        rounds,
        &mut [
            &mut || one.install(|| clock(|| bare_pest(&sources))),
            &mut || one.install(|| clock(|| compile(&sources, &levels))),
            &mut || two.install(|| clock(|| compile(&sources, &levels))),
        ],
    );
    ["pest", "compile1", "compile2"].iter().zip(contest).for_each(|(name, seconds)| say(name, seconds));
    one.install(|| phases(&sources, &levels, rounds, &say));
}

/// The grammar over whole files; the pairs are built, as any user of the grammar needs them, and dropped.
fn bare_pest(sources: &Sources) -> usize {
    let parsed = sources.iter().map(|(_, source)| FunnelParser::parse(Rule::file, &source.text));
    parsed.flatten().count()
}

/// Where the time of a compilation goes, on one thread.
fn phases(sources: &Sources, levels: &Levels, rounds: usize, say: &dyn Fn(&str, f64)) {
    let cut = || sources.iter().map(|(id, source)| syntax::recover::cut(id, &source.text).0.len()).sum::<usize>();
    let parse = || sources.iter().map(|(id, source)| syntax::parse(id, source)).collect::<Vec<_>>();
    say("phase.cut", median(rounds, cut));
    say("phase.syntax", median(rounds, parse));
    say("phase.model", median(rounds, || model::build(sources)));
    let (built, _) = model::build(sources);
    say("phase.check", median(rounds, || check::run(&built, &|| false)));
    say("phase.lint", median(rounds, || lint::run(&built, levels, &|| false)));
    say("phase.suppress", median(rounds, || lint::suppress::apply(&built, levels, &mut Vec::new())));
}

/// Each law and each lint alone.
fn rules(declarations: usize) {
    let sources = project(declarations);
    let (model, _) = model::build(&sources);
    let laws = check::CHECKS.iter().enumerate().map(|(at, law)| (format!("law {at}"), *law));
    let lints = lint::registry::RULES.iter().map(|rule| (rule.code.name.to_owned(), rule.check));
    let timed = |(name, run): (String, check::Check)| {
        let mut found = Vec::new();
        let start = Instant::now();
        run(&model, &mut found);
        (start.elapsed(), name, found.len())
    };
    let mut all: Vec<_> = pool(1).install(|| laws.chain(lints).map(timed).collect());
    all.sort_by_key(|(taken, ..)| std::cmp::Reverse(*taken));
    for (taken, name, found) in all {
        println!("{:10.1} ms {found:7} findings  {name}", taken.as_secs_f64() * 1e3);
    }
}

/// Instructions do not depend on what else the machine does; those of `nothing` are to be taken off.
fn once(what: &str, declarations: usize) {
    let sources = project(declarations);
    let count = || match what {
        "pest" => bare_pest(&sources),
        "check" => compile(&sources, &Levels::default()).diagnostics.len(),
        _ => sources.len(),
    };
    println!("{}", pool(1).install(count));
}

fn memory(declarations: usize) {
    let sources = project(declarations);
    black_box(compile(&sources, &Levels::default()).diagnostics.len());
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{}", peak.and_then(|words| words.split_whitespace().next()).unwrap_or("0"));
}

fn write(declarations: usize, folder: &Path) {
    for (name, text) in generate::generate(declarations) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(folder)).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}
