//! `funnelc fmt`

use std::path::PathBuf;

use clap::Args;

use super::Outcome;
use super::output::When;

/// Write specs in their canonical form.
#[derive(Debug, Args)]
pub(super) struct Format {
    /// Files and folders; `-` reads standard input; nothing means the current folder
    paths: Vec<PathBuf>,
    /// Write nothing; fail if a file is not in canonical form
    #[arg(long)]
    check: bool,
    /// Show what would change instead of writing it
    #[arg(long)]
    diff: bool,
    /// The name of what standard input holds
    #[arg(long, value_name = "NAME", default_value = "stdin.funnel")]
    stdin_filename: String,
}

impl Format {
    pub(super) fn run(&self, _color: When) -> Outcome {
        Outcome::Unusable
    }
}
