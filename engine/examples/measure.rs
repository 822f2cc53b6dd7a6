//! Measures logs by a definition in JSON, without the language: `measure DEFINITION LOG…` prints the numbers as JSON.

#![allow(clippy::disallowed_methods, reason = "an example reads its arguments and a file")]

use std::path::PathBuf;

use funnelc_engine::{Definition, Options, Progress, measure};

// As the program has it, so that both take the same time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let definition = arguments.next().expect("a definition");
    let definition = std::fs::read(definition).expect("a file that can be read");
    let definition: Definition = serde_json::from_slice(&definition).expect("a definition in JSON");
    let logs: Vec<PathBuf> = arguments.collect();
    let measured = measure(&definition, &logs.as_slice().into(), &Options::default(), &Progress::default());
    println!("{}", serde_json::to_string_pretty(&measured.expect("logs that can be read")).expect("numbers"));
}
