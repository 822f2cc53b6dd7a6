//! No text makes the formatter panic, and its output is stable and says the same.

#![no_main]

#[path = "../bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|text: &str| {
    bodies::format(text);
});
