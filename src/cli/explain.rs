//! `funnelc explain`

use clap::Args;

use super::Outcome;
use super::output::{print, unusable};
use crate::book;
use crate::lint::registry;
use crate::model::faults::nearest;
use crate::model::kinds::Kind;

/// Explain a code, a kind of declaration or a field.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A code or its name (`FN0101`, `unknown-name`), a kind (`stage`) or a field (`stage.enter`)
    #[arg(required_unless_present = "all")]
    word: Option<String>,
    /// List every code
    #[arg(long)]
    all: bool,
}

impl Explain {
    pub(super) fn run(&self) -> Outcome {
        if self.all {
            let lines: Vec<String> = registry::codes()
                .iter()
                .map(|code| format!("{}  {:32} {}\n", code.id, code.name, code.summary))
                .collect();
            print(&lines.concat());
            return Outcome::Clean;
        }
        let word = self.word.as_deref().unwrap_or_default();
        if let Some(page) = book::explain(word) {
            print(&page);
            return Outcome::Clean;
        }
        let known = registry::codes().into_iter().map(|code| code.name).chain(Kind::ALL.iter().map(|kind| kind.word()));
        match nearest(word, known) {
            Some(right) => unusable(&format!("there is nothing called `{word}`; did you mean `{right}`?")),
            None => unusable(&format!("there is nothing called `{word}`; `funnelc explain --all` lists every code")),
        }
    }
}
