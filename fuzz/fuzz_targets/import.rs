//! No plan makes an importer panic, or hand out a spec that does not compile.

#![no_main]

#[path = "../bodies.rs"]
mod bodies;

use funnelc::import::FORMATS;

libfuzzer_sys::fuzz_target!(|input: (u8, &str)| {
    let format = &FORMATS[usize::from(input.0) % FORMATS.len()];
    for file in ["plan.json", "plan.yaml", "plan.csv"].into_iter().filter(|file| (format.takes)(file)) {
        bodies::import(format, file, input.1);
    }
});
