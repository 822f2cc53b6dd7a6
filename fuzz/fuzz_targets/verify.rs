//! No log makes its reader panic.

#![no_main]

#[path = "../bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|log: &str| bodies::verify(include_str!("../../tests/fixtures/verify/shop.funnel"), log));
