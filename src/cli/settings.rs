//! What the configuration file says, found from the paths of a run.

use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::output::{ReportArguments, When, outcome, print, unusable};
use crate::compile;
use crate::config::{self, Config, KEYS, Setting};
use crate::diagnostic::Severity;
use crate::lint::levels::Levels;
use crate::model::Model;
use crate::project::{self, Exclude, Project};
use crate::system;

/// The configuration of a run; empty where there is no file.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The file.
    file: Option<PathBuf>,
    config: Config,
}

impl Settings {
    /// The nearest file upward from what is checked; standard input counts as the file it is named after.
    pub(super) fn find(paths: &[PathBuf], stdin_name: Option<&str>) -> Result<Self, Outcome> {
        let here = PathBuf::from(".");
        let place = |path: &PathBuf| match stdin_name {
            Some(name) if path.as_os_str() == "-" => PathBuf::from(name),
            _ => path.clone(),
        };
        let mut places: Vec<PathBuf> = paths.iter().map(place).collect();
        if places.is_empty() {
            places.push(here);
        }
        let mut files: Vec<Option<PathBuf>> =
            places.iter().map(|place| system::nearest_upward(place, config::FILE)).collect();
        files.dedup();
        match files.as_slice() {
            [None] | [] => Ok(Self::default()),
            [Some(file)] => Self::read(file),
            _ => Err(unusable(&format!(
                "the paths belong to projects with different {} files; check them one by one",
                config::FILE
            ))),
        }
    }

    fn read(file: &Path) -> Result<Self, Outcome> {
        let shown = shown(file);
        let text = system::read_text(file)
            .map_err(|error| unusable(&project::unreadable(&shown, &error).message.to_string()))?;
        let config = Config::parse(&text).map_err(|faults| {
            let lines: Vec<String> =
                faults.iter().map(|fault| format!("{shown}:{}: {}", fault.line, fault.message)).collect();
            unusable(&lines.join("\nfunnelc: "))
        })?;
        Ok(Self { file: Some(file.to_owned()), config })
    }

    /// A word that a key gives.
    pub(super) fn word(&self, key: &str) -> Option<&str> {
        self.config.one(key)
    }

    /// A list that a key gives.
    pub(super) fn list(&self, key: &str) -> &[String] {
        self.config.many(key)
    }

    /// A path that a key gives; it is relative to the file.
    pub(super) fn path(&self, key: &str) -> Option<PathBuf> {
        let folder = self.file.as_deref().and_then(Path::parent)?;
        let path = self.config.one(key)?;
        Some(system::relative_to_here(&folder.join(path)))
    }

    /// What is no part of the project.
    pub(super) fn exclude(&self) -> Result<Exclude, Outcome> {
        let Some(folder) = self.file.as_deref().and_then(Path::parent) else { return Ok(Exclude::default()) };
        Exclude::new(folder, self.list("exclude"))
            .map_err(|(pattern, why)| unusable(&format!("`exclude` holds `{pattern}`, which is no pattern: {why}")))
    }

    /// What is no part of the project, as patterns with the folder they are relative to.
    pub(super) fn excluded(&self) -> (&Path, &[String]) {
        (self.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")), self.list("exclude"))
    }

    /// What is wrong with a value of a key is said with the place of that key.
    pub(super) fn blame(&self, key: &str, words: &str) -> String {
        match (&self.file, self.config.get(key)) {
            (Some(file), Some((_, line))) => format!("{}:{line}: {words}", shown(file)),
            _ => words.to_owned(),
        }
    }
}

fn shown(file: &Path) -> String {
    project::display(&system::relative_to_here(file))
}

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
    let mut compilation = compile(&project.sources, &Levels::default());
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
            Err(outcome) => return outcome,
        };
        let file = settings.file.as_deref().map(shown);
        let mut lines = vec![match &file {
            Some(file) => format!("# {file}\n"),
            None => format!("# no {} here or above\n", config::FILE),
        }];
        for key in KEYS {
            let (value, origin) = match settings.config.get(key.name) {
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
