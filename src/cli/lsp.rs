//! `funnelc lsp`

use clap::Args;

use super::Outcome;
use crate::lsp::{self, Ended};

/// Answer an editor (Language Server Protocol, over standard input and output).
///
/// Editors start it; the book has a page on each. It reads the projects of the folders that are open and writes nothing.
#[derive(Debug, Args)]
pub(super) struct Lsp {
    /// Talk over standard input and output, which is the only way there is; editors add this by themselves
    #[arg(long, hide = true)]
    stdio: bool,
}

impl Lsp {
    pub(super) fn run(&self) -> Outcome {
        let Self { stdio: _ } = self;
        match lsp::over_stdio(lsp::serve) {
            Ended::Orderly => Outcome::Clean,
            Ended::Abrupt => Outcome::Found,
        }
    }
}
