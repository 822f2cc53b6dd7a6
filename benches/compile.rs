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

/// A project of sequences of 30 steps each, with a policy that lets every check look at everything.
fn sequences(count: usize) -> Sources {
    let step = |at: usize, step: usize| {
        let (aim, wait) = ((at + 7) % count, 20 + (at * 7 + step * 13) % 40);
        format!(
            "  email m{step} {{ subject \"A\"; cta \"Go\" -> \"https://example.com\"; aims_for e{aim} within 3d }}\n  wait {wait}h\n  \
             when trait plan == team {{ email n{step} {{ subject \"B {{{{plan|x}}}}\" }} }}\n"
        )
    };
    let sequence = |at: usize| {
        let (end, again) = ((at + 1) % count, 9 + at % 40);
        let steps: Vec<String> = (0..10).map(|own| step(at, own)).collect();
        format!(
            "event e{at} {{ sent_by web; owner web; status live }}\nsequence s{at} {{\n  start e{at}; stop e{end}; \
             audience trait plan != free; basis legitimate_interest; again after {again}d\n{}}}\n",
            steps.concat()
        )
    };
    let policy = "sending { quiet 21:00 .. 08:00 recipient; quiet friday; cap 9 per 7d skip }\ntraits { plan enum(free, team, large) }\n";
    let text = policy.to_owned() + &(0..count).map(sequence).collect::<Vec<_>>().concat();
    let mut sources = Sources::new();
    sources.add(Source::new("sequences.funnel", text));
    sources
}

/// Every check of so many sequences: 200 of 30 steps are asked for in a second.
#[divan::bench(args = [50, 100, 200, 400], sample_count = 10)]
fn checked_sequences(bencher: Bencher<'_, '_>, count: usize) {
    let sources = sequences(count);
    let levels = Levels::default();
    bencher.bench_local(|| compile(&sources, &levels).diagnostics.len());
}

/// The most messages in a week of two sequences, as they grow: no faster than n log n.
#[divan::bench(args = [100, 200, 400, 800, 1_600], sample_count = 10)]
fn pressure(bencher: Bencher<'_, '_>, messages: usize) {
    let step = |step: usize| format!("  email m{step} {{ subject \"A\" }}\n  wait 1h\n");
    let steps = (0..messages).map(step).collect::<Vec<_>>().concat();
    let one = |name: &str| format!("sequence {name} {{\n  start go; basis legitimate_interest\n{steps}}}\n");
    let text = format!("event go {{ sent_by web; owner web; status live }}\n{}{}", one("a"), one("b"));
    let mut sources = Sources::new();
    sources.add(Source::new("pressure.funnel", text));
    let (model, _) = funnelc::model::build(&sources);
    let check = funnelc::lint::rules::mail_pressure::RULE.check;
    bencher.bench_local(|| {
        let mut found = Vec::new();
        check(&model, &mut found);
        found.len()
    });
}
