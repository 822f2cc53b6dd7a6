//! `funnelc build`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::output::{LevelArguments, ReportArguments, When, outcome, unusable};
use super::settings::DEFAULT_OUTPUT;
use super::template;
use super::watch::Watched;
use crate::compile;
use crate::diagnostic::Diagnostic;
use crate::emit::manifest::{self, Entry, Input, Manifest};
use crate::emit::{self, Facts, OutputFile};
use crate::lint::levels::Levels;
use crate::model::Model;
use crate::plan;
use crate::project::{self, Exclude};
use crate::settings::Settings;
use crate::source::Sources;
use crate::system::{self, PathKind, TreeError};

/// Write everything that a spec compiles into.
#[derive(Debug, Args)]
pub(super) struct Build {
    #[command(flatten)]
    what: What,
    /// The folder to write to [default: out]
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Write nothing; fail if what is there is not what would be written
    #[arg(long)]
    check: bool,
    /// Build again whenever a file changes, until Ctrl-C
    #[arg(long, conflicts_with = "check")]
    watch: bool,
    #[command(flatten)]
    report: ReportArguments,
}

/// What is built, and how.
#[derive(Debug, Args)]
pub(super) struct What {
    /// The file or folder of the project; nothing means the current folder
    path: Option<PathBuf>,
    /// Write only these targets
    #[arg(long, value_name = "TARGET", value_delimiter = ',')]
    target: Vec<String>,
    /// Templates of your own: a folder for each target, which overrides files of that target or adds one
    #[arg(long, value_name = "FOLDER")]
    templates: Option<PathBuf>,
    /// The draft of JSON Schema that schemas of events are written in
    #[arg(long, value_name = "DRAFT", value_parser = drafts())]
    schema_draft: Option<String>,
    #[cfg(feature = "engine")]
    #[command(flatten)]
    log: super::measure::Log,
    /// What `measure --format json` wrote, for dashboards with real numbers
    #[arg(long, value_name = "FILE")]
    #[cfg_attr(feature = "engine", arg(conflicts_with = "events"))]
    measured: Option<PathBuf>,
    /// The day on which a run starts, such as 2026-12-01, for calendars of messages
    #[arg(long, value_name = "DATE", value_parser = day)]
    anchor: Option<jiff::civil::Date>,
    #[command(flatten)]
    levels: LevelArguments,
}

/// A day as it is written in a spec.
fn day(text: &str) -> Result<jiff::civil::Date, String> {
    jiff::fmt::strtime::parse("%Y-%m-%d", text)
        .and_then(|own| own.to_date())
        .map_err(|_| "a day is written as year, month and day: 2026-12-01".to_owned())
}

fn drafts() -> clap::builder::PossibleValuesParser {
    emit::Draft::ALL.iter().map(|(word, _)| *word).collect::<Vec<_>>().into()
}

/// A build, and what it is said of.
pub(super) struct Made {
    /// The files of the project.
    pub(super) sources: Sources,
    /// Every finding.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// What is to be written.
    pub(super) files: Result<Vec<OutputFile>, Unmade>,
}

/// Why nothing is to be written.
pub(super) enum Unmade {
    /// The findings say it.
    Found,
    /// It was said already.
    Said(Outcome),
    /// In words.
    Because(String),
}

impl What {
    /// The paths of the project.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.path.iter().cloned().collect()
    }

    /// The folder of templates of one's own.
    pub(super) fn templates(&self) -> Option<&Path> {
        self.templates.as_deref()
    }

    /// Takes from the configuration what the command line does not say.
    pub(super) fn configure(&mut self, settings: &Settings) {
        if self.target.is_empty() {
            self.target = settings.list("targets").to_vec();
        }
        self.templates = self.templates.take().or_else(|| settings.path("templates"));
        self.schema_draft = self.schema_draft.take().or_else(|| settings.word("schema_draft").map(str::to_owned));
    }

    /// Which lints are allowed, warned about or denied, and what is no part of the project.
    pub(super) fn rules(&self, settings: &Settings) -> Result<(Levels, Exclude), Outcome> {
        let levels = self.levels.levels(settings)?;
        Ok((levels, settings.exclude()?))
    }

    /// Compiles the project and makes its files; fails where there is not one project.
    pub(super) fn make(&self, (levels, exclude): &(Levels, Exclude)) -> Result<Made, String> {
        let mut projects = project::load_except(&self.paths(), exclude);
        if projects.len() > 1 {
            return Err(
                "there are several projects here; build them one by one, each into a folder of its own".to_owned()
            );
        }
        let mut project = projects.pop().ok_or_else(|| "there is nothing to build".to_owned())?;
        let mut diagnostics = std::mem::take(&mut project.faults);
        let files = self.files(&project.sources, levels, &mut diagnostics);
        Ok(Made { sources: project.sources, diagnostics, files })
    }

    /// A project with errors makes nothing, so that the last good outputs stay.
    fn files(
        &self,
        sources: &Sources,
        levels: &Levels,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Result<Vec<OutputFile>, Unmade> {
        let mut compilation = compile(sources, levels);
        diagnostics.append(&mut compilation.diagnostics);
        if outcome(diagnostics) != Outcome::Clean {
            return Err(Unmade::Found);
        }
        let plan = plan::plan(&compilation.model);
        let targets: Vec<&str> = self.target.iter().map(String::as_str).collect();
        let mut lost = emit::diagnose::findings(&compilation.model, &emit::approximations(&plan, &targets));
        levels.apply(&mut lost);
        diagnostics.append(&mut lost);
        if outcome(diagnostics) != Outcome::Clean {
            return Err(Unmade::Found);
        }
        let inputs = sources.iter().map(|(_, source)| Input { name: &source.inside, text: &source.text });
        let inputs: Vec<Input<'_>> = inputs.collect();
        let targets_there = template::load(self.templates.as_deref()).map_err(Unmade::Because)?;
        let draft = self.schema_draft.as_deref().and_then(emit::Draft::of).unwrap_or_default();
        let measured = self.measured(&compilation.model).map_err(Unmade::Said)?;
        let facts = Facts { anchor: self.anchor, ..Facts::of(&compilation.model, diagnostics, measured) };
        let options = emit::Options { targets: targets_there, draft, facts };
        emit::build_files(&options, &plan, &targets, &inputs).map_err(|error| Unmade::Because(template::words(&error)))
    }

    /// The numbers for dashboards: of logs, or as they were measured before.
    fn measured(&self, model: &Model<'_>) -> Result<Option<serde_json::Value>, Outcome> {
        let Some(path) = &self.measured else { return self.of_logs(model) };
        let text = system::read_text(path)
            .map_err(|error| unusable(&project::unreadable(&path.display().to_string(), &error).message.to_string()))?;
        let document: Option<serde_json::Value> = serde_json::from_str(&text).ok();
        let is_measured = |own: &serde_json::Value| own["version"] == 1 && own["funnels"].is_array();
        document.filter(is_measured).map(Some).ok_or_else(|| {
            unusable(&format!(
                "`{}` is not what `funnelc measure --format json` of this version writes; measure again",
                path.display()
            ))
        })
    }

    #[cfg(feature = "engine")]
    fn of_logs(&self, model: &Model<'_>) -> Result<Option<serde_json::Value>, Outcome> {
        self.log.measured(model)
    }

    #[cfg(not(feature = "engine"))]
    #[allow(clippy::unused_self, clippy::unnecessary_wraps, reason = "the engine has more to say")]
    fn of_logs(&self, _: &Model<'_>) -> Result<Option<serde_json::Value>, Outcome> {
        Ok(None)
    }
}

impl Build {
    pub(super) fn run(mut self, color: When) -> Outcome {
        let paths = self.what.paths();
        let settings = match Settings::find(&paths, None) {
            Ok(settings) => settings,
            Err(words) => return words.into(),
        };
        let rules = match self.what.rules(&settings) {
            Ok(rules) => rules,
            Err(outcome) => return outcome,
        };
        self.what.configure(&settings);
        self.output = self.output.take().or_else(|| settings.path("output"));
        self.report.configure(&settings);
        if !self.watch {
            return self.once(&rules, color);
        }
        let watched = Watched { paths: &paths, templates: self.what.templates(), output: Some(self.output()) };
        watched.run(|| self.once(&rules, color))
    }

    fn once(&self, rules: &(Levels, Exclude), color: When) -> Outcome {
        let Made { sources, diagnostics, files } = match self.what.make(rules) {
            Ok(made) => made,
            Err(words) => return unusable(&words),
        };
        if !diagnostics.is_empty() {
            self.report.write(color, &sources, &diagnostics);
        }
        match files {
            Ok(files) if self.check => self.compare(&files),
            Ok(files) => self.write(&files),
            Err(Unmade::Found) => {
                eprintln!("funnelc: nothing was written");
                outcome(&diagnostics)
            }
            Err(Unmade::Said(outcome)) => outcome,
            Err(Unmade::Because(words)) => unusable(&format!("{words}\nfunnelc: nothing was written")),
        }
    }

    fn output(&self) -> &Path {
        self.output.as_deref().unwrap_or(Path::new(DEFAULT_OUTPUT))
    }

    fn manifest_there(&self) -> Option<Manifest> {
        Manifest::parse(&system::read_bytes(&self.output().join(manifest::FILE))?)
    }

    fn write(&self, files: &[OutputFile]) -> Outcome {
        let old = self.manifest_there();
        if let Some(path) = self.foreign(files, old.as_ref()) {
            return unusable(&format!(
                "`{}` is there and was not written by funnelc; move it away, or choose another folder with -o",
                self.output().join(path).display()
            ));
        }
        let next = files.iter().find(|file| file.path == manifest::FILE).and_then(|file| Manifest::parse(&file.bytes));
        let stale: Vec<String> = match (&old, &next) {
            (Some(old), Some(next)) => {
                let stale = old.stale(next).into_iter().filter(|entry| self.is_as_written(entry));
                stale.map(|entry| entry.path.clone()).collect()
            }
            _ => Vec::new(),
        };
        let tree: Vec<(&str, &[u8])> = files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
        match system::write_tree(self.output(), &tree, &stale) {
            Ok(()) => {
                let written = files.len() - usize::from(next.is_some());
                eprintln!("funnelc: wrote {written} {} to {}", plural(written), self.output().display());
                Outcome::Clean
            }
            Err(error) => unusable(&tree_error(self.output(), &error)),
        }
    }

    /// A stale file that somebody has changed since is theirs now.
    fn is_as_written(&self, entry: &Entry) -> bool {
        system::read_bytes(&self.output().join(&entry.path))
            .is_some_and(|bytes| manifest::sha256(&bytes) == entry.sha256)
    }

    /// A file of this build that somebody else has put there.
    fn foreign<'f>(&self, files: &'f [OutputFile], old: Option<&Manifest>) -> Option<&'f str> {
        let ours = |path: &str| path == manifest::FILE || old.is_some_and(|old| old.lists(path));
        let there = |file: &&OutputFile| system::kind_of(&self.output().join(&file.path)) != PathKind::Missing;
        files.iter().find(|file| !ours(&file.path) && there(file)).map(|file| file.path.as_str())
    }

    /// Whether the folder holds exactly what would be written.
    fn compare(&self, files: &[OutputFile]) -> Outcome {
        let mut stale: Vec<String> = Vec::new();
        for file in files {
            match system::read_bytes(&self.output().join(&file.path)) {
                Some(bytes) if bytes == file.bytes => {}
                Some(_) => stale.push(format!("out of date: {}", file.path)),
                None => stale.push(format!("missing: {}", file.path)),
            }
        }
        let next = files.iter().find(|file| file.path == manifest::FILE).and_then(|file| Manifest::parse(&file.bytes));
        if let (Some(old), Some(next)) = (self.manifest_there(), next) {
            stale.extend(old.stale(&next).iter().map(|entry| format!("no longer written: {}", entry.path)));
        }
        stale.iter().for_each(|line| eprintln!("{line}"));
        self.others(files);
        if stale.is_empty() {
            eprintln!("funnelc: {} is up to date", self.output().display());
            return Outcome::Clean;
        }
        eprintln!("funnelc: {} is out of date; run `funnelc build`", self.output().display());
        Outcome::Found
    }
}

impl Build {
    /// Names what nobody here writes: a build leaves it alone, so it is no fault, but it may be a leftover.
    fn others(&self, files: &[OutputFile]) {
        let old = self.manifest_there();
        let listed = old.iter().flat_map(|old| &old.files).map(|entry| entry.path.as_str());
        let known: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).chain(listed).collect();
        let there = system::files_under(self.output()).into_iter();
        let others: Vec<String> = there.filter(|path| !known.contains(path.as_str())).collect();
        others.iter().take(MAX_OTHERS).for_each(|path| eprintln!("not of this build: {path}"));
        if others.len() > MAX_OTHERS {
            eprintln!("not of this build: {} more", others.len() - MAX_OTHERS);
        }
    }
}

/// How many files that are not of a build are named.
const MAX_OTHERS: usize = 20;

fn plural(count: usize) -> &'static str {
    if count == 1 { "file" } else { "files" }
}

/// Why a folder could not be written.
pub(super) fn tree_error(folder: &Path, error: &TreeError) -> String {
    match error {
        TreeError::NotAFolder => format!("`{}` is a file; choose a folder with -o", folder.display()),
        TreeError::Escapes(path) => {
            format!("`{path}` would be written outside of `{}`; nothing was written", folder.display())
        }
        TreeError::Io(path, error) => format!("`{}` cannot be written: {error}; what was there stays", path.display()),
    }
}
