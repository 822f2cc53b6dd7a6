//! `funnelc graph`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::{ReportArguments, When, outcome, print, unusable};
use super::{Outcome, settings};
use crate::draw::{Scene, dot, mermaid, svg};
use crate::lint::levels::Levels;
use crate::model::faults::nearest;
use crate::model::{DeclId, Model};
use crate::{compile, system};

/// Draw the funnels of a spec.
#[derive(Debug, Args)]
pub(super) struct Graph {
    /// The file or folder of the project; nothing means the current folder
    path: Option<PathBuf>,
    /// Form of the picture
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t = Form::Svg)]
    format: Form,
    /// Draw only this funnel
    #[arg(long, value_name = "NAME")]
    funnel: Option<String>,
    /// Language of the labels; the first of the project where nothing is said
    #[arg(long, value_name = "LANGUAGE")]
    lang: Option<String>,
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// Graphviz
    Dot,
    /// For Markdown that draws Mermaid
    Mermaid,
    /// A picture for every browser
    Svg,
}

impl Graph {
    pub(super) fn run(&self, color: When) -> Outcome {
        let mut project = match settings::one_project(self.path.as_deref()) {
            Ok(project) => project,
            Err(outcome) => return outcome,
        };
        let mut compilation = compile(&project.sources, &Levels::default());
        let mut diagnostics = std::mem::take(&mut project.faults);
        diagnostics.append(&mut compilation.diagnostics);
        diagnostics.retain(|found| found.severity == crate::diagnostic::Severity::Error);
        if !diagnostics.is_empty() {
            ReportArguments::default().write_to_stderr(color, &project.sources, &diagnostics);
            return outcome(&diagnostics);
        }
        match self.picture(&compilation.model) {
            Ok(picture) => self.write(&picture),
            Err(words) => unusable(&words),
        }
    }

    fn picture(&self, model: &Model<'_>) -> Result<String, String> {
        let language = self.language(model)?;
        let scene = Scene::of(model, &language, self.chosen(model)?);
        let parts = scene.stages.len().max(scene.arrows.len());
        match self.format {
            Form::Dot => Ok(dot::render(&scene)),
            Form::Mermaid => Ok(mermaid::render(&scene)),
            Form::Svg if parts > svg::MAX_PARTS => Err(format!(
                "there are {parts} stages or transitions, too many for one picture; choose a funnel with --funnel, or \
                 draw them with Graphviz: --format dot"
            )),
            Form::Svg => Ok(svg::render(&scene)),
        }
    }

    fn language(&self, model: &Model<'_>) -> Result<String, String> {
        let known = model.languages();
        let Some(wanted) = &self.lang else { return Ok(known.first().copied().unwrap_or("en").to_owned()) };
        if known.contains(&wanted.as_str()) {
            return Ok(wanted.clone());
        }
        Err(format!("the project has no language `{wanted}`; its languages are {}", known.join(", ")))
    }

    fn chosen(&self, model: &Model<'_>) -> Result<Option<DeclId>, String> {
        if model.funnels().next().is_none() {
            return Err("there is no funnel to draw".to_owned());
        }
        let Some(wanted) = &self.funnel else { return Ok(None) };
        if let Some(funnel) = model.funnels().find(|funnel| funnel.path() == *wanted || funnel.name() == wanted) {
            return Ok(Some(funnel.id));
        }
        let names: Vec<String> = model.funnels().map(|funnel| funnel.path()).collect();
        Err(match nearest(wanted, names.iter().map(String::as_str)) {
            Some(right) => format!("there is no funnel `{wanted}`; did you mean `{right}`?"),
            None => format!("there is no funnel `{wanted}`; there are {}", names.join(", ")),
        })
    }

    fn write(&self, picture: &str) -> Outcome {
        let Some(path) = &self.output else {
            print(picture);
            return Outcome::Clean;
        };
        match system::write_atomic(path, picture.as_bytes()) {
            Ok(()) => Outcome::Clean,
            Err(error) => unusable(&format!("`{}` cannot be written: {error}", path.display())),
        }
    }
}
