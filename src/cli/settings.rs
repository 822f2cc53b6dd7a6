//! `funnelc config`, and the one project of the verbs that show one.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::output::{ReportArguments, When, outcome, print, unusable};
use crate::compile;
use crate::config::{self, KEYS, Setting};
use crate::diagnostic::Severity;
use crate::lint::levels::Levels;
use crate::model::Model;
use crate::project::{self, Project};
use crate::settings::{Settings, shown};
use crate::system;

/// Whether the current folder holds specs.
pub(super) fn has_specs_here() -> bool {
    system::holds_specs(Path::new("."))
}

/// The one project of a path, for verbs that show one.
pub(super) fn one_project(path: Option<&Path>) -> Result<Project, Outcome> {
    let paths: Vec<PathBuf> = path.iter().map(|path| path.to_path_buf()).collect();
    let settings = Settings::find(&paths, None)?;
    let mut projects = project::load_except(&paths, &settings.exclude()?);
    if projects.len() > 1 {
        return Err(unusable("there are several projects here; name one of them"));
    }
    projects.pop().ok_or_else(|| unusable("there is no project here"))
}

/// Compiles one project and hands its model on; nothing is made of a spec with errors, which are said.
pub(super) fn sound<T>(
    path: Option<&Path>,
    color: When,
    make: impl FnOnce(&Model<'_>) -> Result<T, Outcome>,
) -> Result<T, Outcome> {
    let mut project = one_project(path)?;
    let mut compilation = compile(&project.sources, &Levels::failures());
    let mut found = std::mem::take(&mut project.faults);
    found.append(&mut compilation.diagnostics);
    found.retain(|found| found.severity == Severity::Error);
    if !found.is_empty() {
        ReportArguments::default().write_to_stderr(color, &project.sources, &found);
        return Err(outcome(&found).worse(Outcome::Unusable));
    }
    make(&compilation.model)
}

/// Show the configuration of a project, and where each value comes from.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The file or folder of the project; nothing means the current folder
    path: Option<PathBuf>,
    /// Print the JSON Schema of funnelc.yaml instead
    #[arg(long)]
    schema: bool,
}

impl Show {
    pub(super) fn run(&self) -> Outcome {
        if self.schema {
            print(&format!("{:#}\n", config::schema()));
            return Outcome::Clean;
        }
        let paths: Vec<PathBuf> = self.path.iter().cloned().collect();
        let settings = match Settings::find(&paths, None) {
            Ok(settings) => settings,
            Err(words) => return words.into(),
        };
        let file = settings.file().map(shown);
        let mut lines = vec![match &file {
            Some(file) => format!("# {file}\n"),
            None => format!("# no {} here or above\n", config::FILE),
        }];
        for key in KEYS {
            let (value, origin) = match settings.config().get(key.name) {
                Some((setting, line)) => {
                    (setting.to_string(), format!("{}:{line}", file.as_deref().unwrap_or_default()))
                }
                None => (default_of(key.name), "default".to_owned()),
            };
            lines.push(format!("{}  # {origin}\n", format!("{}: {value}", key.name).trim_end()));
        }
        print(&lines.concat());
        Outcome::Clean
    }
}

/// What holds where neither the file nor the command line says anything.
fn default_of(key: &str) -> String {
    match key {
        "output" => Setting::One(DEFAULT_OUTPUT.to_owned()).to_string(),
        "lang" => Setting::One(crate::language::Language::default().tag().to_owned()).to_string(),
        "format" => Setting::One(DEFAULT_FORMAT.to_owned()).to_string(),
        "schema_draft" => Setting::One(config::DRAFTS[0].to_owned()).to_string(),
        "templates" | "baseline" => "null".to_owned(),
        _ => Setting::Many(Vec::new()).to_string(),
    }
}

/// The folder that is written to where none is named.
pub(super) const DEFAULT_OUTPUT: &str = "out";

/// The form of reports where none is named.
pub(super) const DEFAULT_FORMAT: &str = "full";
