//! `cargo bench`: parse, compile and format generated projects of three sizes.

#[path = "../tests/support/generate.rs"]
mod generate;

use divan::Bencher;
use divan::counter::BytesCount;
use funnelc::compile;
use funnelc::lint::levels::Levels;
use funnelc::source::{Source, Sources};
use funnelc::syntax::grammar::{FunnelParser, Rule};
use pest::Parser;

const SIZES: [usize; 3] = [1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

fn project(declarations: usize) -> (Sources, BytesCount) {
    let mut sources = Sources::new();
    let mut bytes = 0;
    for (name, text) in generate::generate(declarations) {
        bytes += text.len();
        sources.add(Source::new(name, text));
    }
    (sources, BytesCount::new(bytes))
}

/// What pest alone takes: the grammar over whole files, nothing kept.
#[divan::bench(args = SIZES, sample_count = 10)]
fn bare_pest(bencher: Bencher<'_, '_>, declarations: usize) {
    let (sources, bytes) = project(declarations);
    bencher.counter(bytes).bench_local(|| {
        for (_, source) in sources.iter() {
            divan::black_box(FunnelParser::parse(Rule::file, &source.text).is_ok());
        }
    });
}

/// Cut, parsed item by item, lowered.
#[divan::bench(args = SIZES, sample_count = 10)]
fn parse(bencher: Bencher<'_, '_>, declarations: usize) {
    let (sources, bytes) = project(declarations);
    bencher.counter(bytes).bench_local(|| {
        for (id, source) in sources.iter() {
            divan::black_box(funnelc::syntax::parse(id, source));
        }
    });
}

/// Everything up to the findings.
#[divan::bench(args = SIZES, sample_count = 10)]
fn check(bencher: Bencher<'_, '_>, declarations: usize) {
    let (sources, bytes) = project(declarations);
    let levels = Levels::default();
    bencher.counter(bytes).bench_local(|| compile(&sources, &levels).diagnostics.len());
}
