//! `funnelc breaking`

use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::output::{LevelArguments, ReportArguments, When, print_notes, unusable};
use super::settings;
use crate::breaking::{self, Asked, versions::Steps};
use crate::diagnostic::change::{Class, Consumer};
use crate::diagnostic::{Diagnostic, Level, Message};
use crate::language::Language;
use crate::lint::levels::Levels;
use crate::project::{self, Project};
use crate::revision::{self, Revision};
use crate::settings::Settings;
use crate::source::{FileId, Sources};
use crate::system::{self, PathKind};
use crate::{Compilation, compile, count, say};

/// Say what the changes of a spec break, and for whom.
#[derive(Debug, Args)]
pub(super) struct Breaking {
    /// The file or folder of the project as it is; nothing means the current folder
    path: Option<PathBuf>,
    /// What it is compared with: a file, a folder, or a git revision (`main`, `v1.2`, `HEAD~3`), perhaps with the folder
    /// the project was in (`v1.2:old/folder`)
    #[arg(long, value_name = "REF|FILE|FOLDER")]
    against: String,
    /// Whom changes can break: tracking, warehouse, dashboards, sequences [default: all of them]
    #[arg(long = "for", value_name = "CONSUMER", value_delimiter = ',', value_parser = consumers())]
    consumers: Vec<String>,
    #[command(flatten)]
    report: ReportArguments,
    #[command(flatten)]
    levels: LevelArguments,
}

fn consumers() -> clap::builder::PossibleValuesParser {
    Consumer::ALL.map(Consumer::word).into()
}

/// Two projects to be compared; the files of the previous one are named by where they are from.
struct Both {
    previous: Project,
    current: Project,
}

impl Breaking {
    pub(super) fn run(mut self, color: When) -> Outcome {
        let paths: Vec<PathBuf> = self.path.iter().cloned().collect();
        let settings = match Settings::find(&paths, None) {
            Ok(settings) => settings,
            Err(words) => return words.into(),
        };
        let levels = match self.levels.levels(&settings) {
            Ok(levels) => levels,
            Err(words) => return words.into(),
        };
        self.report.configure(&settings);
        let both = match self.load(&settings) {
            Ok(both) => both,
            Err(outcome) => return outcome,
        };
        self.compare(both, levels, color)
    }

    fn load(&self, settings: &Settings) -> Result<Both, Outcome> {
        let language = self.report.language();
        let current = settings::one_project(self.path.as_deref())?;
        let against = Path::new(&self.against);
        let previous = match system::kind_of(against) {
            PathKind::Missing => self.at_revision(settings).map_err(|fault| unusable(&fault.said(language)))?,
            _ => project::load_except(&[against.to_owned()], &settings.exclude()?),
        };
        let [previous] = <[Project; 1]>::try_from(previous)
            .map_err(|_| unusable(&format!("there are several projects in `{}`; name one of them", self.against)))?;
        Ok(Both { previous, current })
    }

    fn at_revision(&self, settings: &Settings) -> Result<Vec<Project>, Message> {
        let revision = Revision::parse(&self.against)?;
        let path = self.path.as_deref().unwrap_or(Path::new("."));
        revision::load(path, revision, settings.excluded())
    }

    fn compare(&self, both: Both, levels: Levels, color: When) -> Outcome {
        let Both { previous: before, current: after } = both;
        let (was, is) = rayon::join(|| compile(&before.sources, &levels), || compile(&after.sources, &levels));
        let shift = after.sources.len() as u32;
        let mut unfit = faults(&is, &after);
        let broken_before = faults(&was, &before);
        let was_unfit = !broken_before.is_empty();
        unfit.extend(broken_before.into_iter().map(|fault| moved(fault, shift)));
        let asked =
            Asked { levels, consumers: self.consumers.iter().filter_map(|word| Consumer::of_word(word)).collect() };
        let found = if unfit.is_empty() { breaking::run(&was, &is, &asked) } else { Vec::new() };
        drop((was, is));
        let mut sources = after.sources;
        sources.append(before.sources);
        if !unfit.is_empty() {
            let outcome = self.report.write(color, &sources, &unfit);
            let side = if was_unfit { "the previous spec" } else { "the spec" };
            eprintln!("funnelc: {side} has errors, so nothing was compared");
            return if was_unfit { Outcome::Unusable } else { outcome };
        }
        self.finish(color, &sources, &found, &asked.consumers)
    }

    fn finish(&self, color: When, sources: &Sources, found: &[Diagnostic], consumers: &[Consumer]) -> Outcome {
        let language = self.report.language();
        if found.is_empty() {
            let words = say!("nothing has changed since `{against}`", against = self.against);
            return self.report.write_or(color, sources, found, &words);
        }
        let outcome = self.report.write(color, sources, found);
        print_notes(&self.report, &summary(&Steps::of(found, consumers), language));
        outcome
    }
}

/// What a report for people ends with.
fn summary(steps: &Steps, language: Language) -> Vec<String> {
    let of = |class| steps.counts.get(&class).copied().unwrap_or_default();
    let counts = [
        count!("{n} breaking change", "{n} breaking changes", of(Class::Breaking)),
        count!("{n} addition", "{n} additions", of(Class::Additive)),
        count!("{n} change of words", "{n} changes of words", of(Class::Documentation)),
    ];
    let mut lines = vec![Message::all(counts.to_vec())];
    lines.extend(steps.version.map(|step| say!("version: a `{step}` step", step = step.word())));
    for (event, step) in &steps.events {
        lines.push(say!("schema of `{event}`: `{step}`", event, step = step.word()));
    }
    lines.into_iter().map(|line| line.said(language)).collect()
}

/// What keeps a project from being compared: errors of the language, and files that could not be read.
fn faults(compilation: &Compilation<'_>, project: &Project) -> Vec<Diagnostic> {
    let all = project.faults.iter().chain(&compilation.diagnostics);
    all.filter(|found| found.code.level == Level::Error).cloned().collect()
}

fn moved(mut fault: Diagnostic, shift: u32) -> Diagnostic {
    project::move_to(&mut fault, |file| FileId(file.0 + shift));
    fault
}
