//! Arguments in, exit code out.

use std::process::ExitCode;

/// A spec is hundreds of thousands of small values; this allocator hands them out faster than most systems' own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(funnelc::cli::run().code())
}
