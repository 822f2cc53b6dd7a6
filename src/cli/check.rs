//! `funnelc check`

use std::path::PathBuf;

use clap::Args;

use super::Outcome;
use super::output::{LevelArguments, ReportArguments, When, print, unusable};
use super::watch::Watched;
use crate::baseline::Baseline;
use crate::diagnostic::{Diagnostic, Safety};
use crate::lint::levels::Levels;
use crate::project::{self, Project};
use crate::settings::Settings;
use crate::source::{FileId, Sources};
use crate::{compile, fix, system};

/// Check specs and say everything that is wrong with them.
#[derive(Debug, Args)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(super) struct Check {
    /// Files and folders; `-` reads standard input; nothing means the current folder
    paths: Vec<PathBuf>,
    /// The name of what standard input holds
    #[arg(long, value_name = "NAME", default_value = "stdin.funnel")]
    stdin_filename: String,
    #[command(flatten)]
    report: ReportArguments,
    #[command(flatten)]
    levels: LevelArguments,
    /// Apply the fixes that keep or restore the plain meaning
    #[arg(long)]
    fix: bool,
    /// Apply every fix, those that may change the meaning too
    #[arg(long)]
    unsafe_fixes: bool,
    /// Show what fixes would change instead of writing it
    #[arg(long)]
    diff: bool,
    /// Leave out the findings that this file lists
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write today's lints to a baseline file
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// Check again whenever a file changes, until Ctrl-C
    #[arg(long, conflicts_with_all = ["fix", "unsafe_fixes", "diff", "write_baseline"])]
    watch: bool,
}

/// How often fixes are applied to what earlier fixes made.
const MAX_ROUNDS: usize = 8;

impl Check {
    pub(super) fn run(mut self, color: When) -> Outcome {
        let settings = match Settings::find(&self.paths, Some(&self.stdin_filename)) {
            Ok(settings) => settings,
            Err(words) => return words.into(),
        };
        let levels = match self.levels.levels(&settings) {
            Ok(levels) => levels,
            Err(words) => return words.into(),
        };
        self.report.configure(&settings);
        // A baseline that is being written anew need not be there yet.
        if self.baseline.is_none() && self.write_baseline.is_none() {
            self.baseline = settings.path("baseline");
        }
        if !self.watch {
            return self.once(&levels, &settings, color);
        }
        if self.paths.iter().any(|path| path.as_os_str() == "-") {
            return unusable("standard input cannot be watched");
        }
        let watched = Watched { paths: &self.paths, templates: None, output: None };
        watched.run(|| self.once(&levels, &settings, color))
    }

    fn once(&self, levels: &Levels, settings: &Settings, color: When) -> Outcome {
        let projects = match self.load(settings) {
            Ok(projects) => projects,
            Err(outcome) => return outcome,
        };
        if self.diff || self.fix || self.unsafe_fixes {
            return self.fixed(projects, levels, color);
        }
        let (sources, diagnostics) = compile_all(projects, levels);
        self.finish(color, &sources, diagnostics)
    }

    /// The language findings are said in.
    #[cfg(test)]
    pub(super) fn language(&self) -> crate::language::Language {
        self.report.language()
    }

    fn load(&self, settings: &Settings) -> Result<Vec<Project>, Outcome> {
        if self.paths.iter().any(|path| path.as_os_str() == "-") {
            if self.paths.len() > 1 {
                return Err(unusable("`-` cannot be combined with other paths"));
            }
            let text = system::read_stdin().map_err(|error| {
                let fault = project::unreadable("standard input", &error);
                unusable(&fault.message.to_string())
            })?;
            return Ok(vec![project::from_text(&self.stdin_filename, text)]);
        }
        Ok(project::load_except(&self.paths, &settings.exclude()?))
    }

    fn finish(&self, color: When, sources: &Sources, diagnostics: Vec<Diagnostic>) -> Outcome {
        if let Some(path) = &self.write_baseline {
            let text = Baseline::of(sources, &diagnostics).to_json();
            if let Err(error) = system::write_atomic(path, text.as_bytes()) {
                return unusable(&format!("`{}` cannot be written: {error}", path.display()));
            }
        }
        let Some(path) = &self.baseline else { return self.report.write(color, sources, &diagnostics) };
        let text = match system::read_text(path) {
            Ok(text) => text,
            Err(error) => {
                return unusable(&project::unreadable(&path.display().to_string(), &error).message.to_string());
            }
        };
        let baseline = match Baseline::parse(&text) {
            Ok(baseline) => baseline,
            Err(error) => return unusable(&format!("`{}` is no baseline: {error}", path.display())),
        };
        let filtered = baseline.filter(sources, diagnostics);
        let outcome = self.report.write(color, sources, &filtered.diagnostics);
        if filtered.gone > 0 {
            eprintln!(
                "funnelc: {} findings of the baseline are gone; write it anew with --write-baseline",
                filtered.gone
            );
        }
        outcome
    }

    /// Applies fixes, round by round, until nothing changes.
    fn fixed(&self, projects: Vec<Project>, levels: &Levels, color: When) -> Outcome {
        let safety = if self.unsafe_fixes { Safety::Unsafe } else { Safety::Safe };
        let (mut all, mut left, mut changed, mut diffs) = (Sources::new(), Vec::new(), 0, String::new());
        for project in projects {
            let Fixed { sources, diagnostics, applied, changes } = fix_project(project, levels, safety);
            for (path, name, old, new) in changes {
                match path.filter(|_| !self.diff) {
                    Some(path) => {
                        if let Err(error) = system::write_atomic(&path, new.as_bytes()) {
                            return unusable(&format!("`{}` cannot be written: {error}", path.display()));
                        }
                    }
                    None => diffs.push_str(&fix::diff(&name, &old, &new)),
                }
            }
            changed += applied;
            merge(&mut all, &mut left, sources, diagnostics);
        }
        if self.diff {
            print(&diffs);
            return if changed > 0 { Outcome::Found } else { Outcome::Clean };
        }
        eprintln!("funnelc: applied {changed} {}", if changed == 1 { "fix" } else { "fixes" });
        self.finish(color, &all, left)
    }
}

struct Fixed {
    sources: Sources,
    diagnostics: Vec<Diagnostic>,
    applied: usize,
    /// Path, name, old and new text of each changed file.
    changes: Vec<(Option<PathBuf>, String, String, String)>,
}

fn fix_project(mut project: Project, levels: &Levels, safety: Safety) -> Fixed {
    let before: Vec<String> = project.sources.iter().map(|(_, source)| source.text.clone()).collect();
    let mut applied = 0;
    let mut diagnostics = compile(&project.sources, levels).diagnostics;
    for _ in 0..MAX_ROUNDS {
        let fixed = fix::apply(&project.sources, &diagnostics, safety);
        if fixed.applied == 0 {
            break;
        }
        applied += fixed.applied;
        project.change(fixed.texts);
        diagnostics = compile(&project.sources, levels).diagnostics;
    }
    let mut changes = Vec::new();
    for (((_, source), old), path) in project.sources.iter().zip(before).zip(&project.paths) {
        if source.text != old {
            changes.push((path.clone(), source.name.clone(), old, source.text.clone()));
        }
    }
    diagnostics.extend(project.faults);
    Fixed { sources: project.sources, diagnostics, applied, changes }
}

/// Compiles every project; the files and findings of all of them in one list.
pub(super) fn compile_all(projects: Vec<Project>, levels: &Levels) -> (Sources, Vec<Diagnostic>) {
    let (mut all, mut found) = (Sources::new(), Vec::new());
    for mut project in projects {
        let mut diagnostics = std::mem::take(&mut project.faults);
        diagnostics.extend(compile(&project.sources, levels).diagnostics);
        merge(&mut all, &mut found, project.sources, diagnostics);
    }
    (all, found)
}

fn merge(all: &mut Sources, found: &mut Vec<Diagnostic>, sources: Sources, mut diagnostics: Vec<Diagnostic>) {
    let shift = all.len() as u32;
    diagnostics.iter_mut().for_each(|diagnostic| project::move_to(diagnostic, |file| FileId(file.0 + shift)));
    all.append(sources);
    found.extend(diagnostics);
}
