//! `funnelc fmt`

use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::output::{ReportArguments, When, print, unusable};
use crate::diagnostic::Diagnostic;
use crate::project::Exclude;
use crate::settings::Settings;
use crate::source::{Source, Sources};
use crate::system::{PathKind, kind_of};
use crate::{fix, fmt, project, system};

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
    #[command(flatten)]
    report: ReportArguments,
}

/// What became of the files.
#[derive(Default)]
struct Tally {
    sources: Sources,
    faults: Vec<Diagnostic>,
    changed: Vec<String>,
    files: usize,
}

impl Format {
    pub(super) fn run(mut self, color: When) -> Outcome {
        let settings = match Settings::find(&self.paths, Some(&self.stdin_filename)) {
            Ok(settings) => settings,
            Err(words) => return words.into(),
        };
        self.report.configure(&settings);
        let exclude = match settings.exclude() {
            Ok(exclude) => exclude,
            Err(words) => return words.into(),
        };
        if self.paths.iter().any(|path| path.as_os_str() == "-") {
            return self.stdin(color);
        }
        let mut tally = Tally::default();
        for path in self.files(&exclude, &mut tally.faults) {
            if let Err(outcome) = self.file(&path, &mut tally) {
                return outcome;
            }
        }
        self.finish(color, &tally)
    }

    fn files(&self, exclude: &Exclude, faults: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
        let here = [PathBuf::from(".")];
        let paths = if self.paths.is_empty() { &here[..] } else { &self.paths };
        let mut files = Vec::new();
        for path in paths {
            if kind_of(path) == PathKind::Folder {
                let (inside, troubles) = system::funnel_files(path);
                files.extend(inside.into_iter().filter(|file| !exclude.has(file)));
                faults.extend(troubles.iter().map(project::trouble));
            } else {
                files.push(path.clone());
            }
        }
        files
    }

    fn stdin(&self, color: When) -> Outcome {
        if self.paths.len() > 1 {
            return unusable("`-` cannot be combined with other paths");
        }
        let text = match system::read_stdin() {
            Ok(text) => text,
            Err(error) => return unusable(&project::unreadable("standard input", &error).message.to_string()),
        };
        let mut tally = Tally::default();
        let Some(formatted) = tally.format(&self.stdin_filename, &text) else { return self.finish(color, &tally) };
        let changed = formatted != text;
        if self.diff {
            print(&fix::diff(&self.stdin_filename, &text, &formatted));
        } else if !self.check {
            print(&formatted);
            return Outcome::Clean;
        }
        if changed { Outcome::Found } else { Outcome::Clean }
    }

    fn file(&self, path: &Path, tally: &mut Tally) -> Result<(), Outcome> {
        let name = project::display(path);
        let text = match system::read_text(path) {
            Ok(text) => text,
            Err(error) => {
                tally.faults.push(project::unreadable(&name, &error));
                return Ok(());
            }
        };
        let Some(formatted) = tally.format(&name, &text).filter(|formatted| *formatted != text) else { return Ok(()) };
        if self.diff {
            print(&fix::diff(&name, &text, &formatted));
        } else if !self.check {
            system::write_atomic(path, formatted.as_bytes())
                .map_err(|error| unusable(&format!("`{name}` cannot be written: {error}")))?;
        }
        tally.changed.push(name);
        Ok(())
    }

    fn finish(&self, color: When, tally: &Tally) -> Outcome {
        let mut outcome = Outcome::Clean;
        if !tally.faults.is_empty() {
            outcome = self.report.write(color, &tally.sources, &tally.faults);
        }
        let changed = tally.changed.len();
        if self.check {
            tally.changed.iter().for_each(|name| eprintln!("not in canonical form: {name}"));
        }
        let done = if self.check || self.diff { "would change" } else { "changed" };
        eprintln!("funnelc: {done} {changed} of {} {}", tally.files, if tally.files == 1 { "file" } else { "files" });
        if changed > 0 && (self.check || self.diff) { outcome.worse(Outcome::Found) } else { outcome }
    }
}

impl Tally {
    /// The canonical form, or the reasons why there is none.
    fn format(&mut self, name: &str, text: &str) -> Option<String> {
        self.files += 1;
        match fmt::format(name, text) {
            Ok(formatted) => Some(formatted),
            Err(mut faults) => {
                let file = self.sources.add(Source::new(name, text));
                faults.iter_mut().for_each(|fault| project::move_to(fault, |_| file));
                self.faults.extend(faults);
                None
            }
        }
    }
}
