//! `funnelc explain`

use std::path::PathBuf;

use clap::Args;

use super::output::{LanguageArgument, print, unusable};
use super::{Outcome, settings};
use crate::lint::levels::Levels;
use crate::lint::registry;
use crate::model::faults::nearest;
use crate::model::kinds::Kind;
use crate::{book, compile, describe};

/// Explain a code, a kind of declaration, a field, or a name of a project.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A code or its name (`FN0101`, `unknown-name`), a kind (`stage`), a field (`stage.enter`), or a name of a project
    /// (`store.purchase`)
    #[arg(required_unless_present = "all")]
    word: Option<String>,
    /// The file or folder of the project whose names are meant first; without it, names of the project in the current
    /// folder are explained where the language has none such
    #[arg(long = "in", value_name = "PATH")]
    inside: Option<PathBuf>,
    /// List every code
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    lang: LanguageArgument,
}

impl Explain {
    pub(super) fn run(&self) -> Outcome {
        let language = self.lang.language();
        if self.all {
            let lines: Vec<String> = registry::codes()
                .iter()
                .map(|code| format!("{}  {:32} {}\n", code.id, code.name, language.text(code.summary)))
                .collect();
            print(&lines.concat());
            return Outcome::Clean;
        }
        let word = self.word.as_deref().unwrap_or_default();
        let manual = book::explain_in(word, language);
        if let (Some(page), None) = (&manual, &self.inside) {
            print(page);
            return Outcome::Clean;
        }
        let (pages, names) = match self.of_project(word) {
            Ok(found) => found,
            Err(outcome) => return outcome,
        };
        match manual {
            _ if !pages.is_empty() => print(&pages),
            Some(page) => print(&page),
            None => return self.unknown(word, &names),
        }
        Outcome::Clean
    }

    /// The pages of a name in the project, and all of its names. Without `--in`, a folder without a project has none.
    fn of_project(&self, word: &str) -> Result<(String, Vec<String>), Outcome> {
        if self.inside.is_none() && !settings::has_specs_here() {
            return Ok(Default::default());
        }
        let project = settings::one_project(self.inside.as_deref())?;
        if self.inside.is_some() && project.sources.is_empty() {
            let words: Vec<String> = project.faults.iter().map(|fault| fault.message.to_string()).collect();
            return Err(unusable(&words.join("\nfunnelc: ")));
        }
        let compilation = compile(&project.sources, &Levels::default());
        let model = &compilation.model;
        let pages: Vec<String> = describe::named(model, word).into_iter().map(|id| describe::page(model, id)).collect();
        Ok((pages.join("\n"), describe::names(model)))
    }

    fn unknown(&self, word: &str, names: &[String]) -> Outcome {
        let known = registry::codes().into_iter().map(|code| code.name).chain(Kind::ALL.iter().map(|kind| kind.word()));
        match nearest(word, known.chain(names.iter().map(String::as_str))) {
            Some(right) => unusable(&format!("there is nothing called `{word}`; did you mean `{right}`?")),
            None if self.inside.is_some() => unusable(&format!("there is nothing called `{word}` in this project")),
            None => unusable(&format!(
                "there is nothing called `{word}`; `funnelc explain --all` lists every code, `--in PATH` looks in a project"
            )),
        }
    }
}
