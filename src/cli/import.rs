//! `funnelc import`

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValue;

use super::Outcome;
use super::build::tree_error;
use super::output::{ReportArguments, When, unusable};
use crate::diagnostic::Diagnostic;
use crate::import::{self, FORMATS, Format, Imported};
use crate::project::{display, unreadable_plan};
use crate::source::{Source, Sources};
use crate::system::{self, MAX_FILES, MAX_PLAN_BYTES, PathKind};
use crate::{count, language};

/// Make a spec of a tracking plan of another tool.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// What the plan is kept in
    #[arg(value_name = "FORMAT", value_parser = formats())]
    from: String,
    /// The files of the plan; of a folder, every file in it that is of the format
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The folder to write to; it is made where it is missing
    #[arg(short, long, value_name = "FOLDER")]
    output: PathBuf,
    /// Write into a folder that holds other files, and replace an earlier import that was changed since
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    report: ReportArguments,
}

fn formats() -> clap::builder::PossibleValuesParser {
    FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about)).collect::<Vec<_>>().into()
}

impl Import {
    pub(super) fn run(&self, color: When) -> Outcome {
        let Some(format) = import::format(&self.from) else {
            return unusable(&format!("there is no format `{}`", self.from));
        };
        let (sources, faults) = self.read(format);
        if !faults.is_empty() {
            return self.report.write(color, &sources, &faults);
        }
        match import::import(format, &sources) {
            Err(faults) => {
                let outcome = self.report.write(color, &sources, &faults);
                eprintln!("funnelc: nothing was written");
                outcome
            }
            Ok(imported) => self.write(color, &sources, &imported),
        }
    }

    /// The files that are named, and those of the format in the folders that are.
    fn read(&self, format: &Format) -> (Sources, Vec<Diagnostic>) {
        let (mut sources, mut faults) = (Sources::new(), Vec::new());
        let mut left = MAX_PLAN_BYTES;
        let files: Vec<PathBuf> = self.files.iter().flat_map(|path| expanded(path, format)).collect();
        if files.len() > MAX_FILES {
            faults.push(import::too_many(files.len(), MAX_FILES));
            return (sources, faults);
        }
        for path in files {
            match system::read_text_within(&path, left) {
                Ok(text) => {
                    left = left.saturating_sub(text.len() as u64);
                    sources.add(Source::new(display(&path), text));
                }
                Err(error) => faults.push(unreadable_plan(&display(&path), &error)),
            }
        }
        (sources, faults)
    }

    fn write(&self, color: When, sources: &Sources, imported: &Imported) -> Outcome {
        if let Some(words) = self.in_the_way(imported) {
            return unusable(&words);
        }
        if !imported.conflicts.is_empty() {
            self.report.write(color, sources, &imported.conflicts);
        }
        let tree: Vec<(&str, &[u8])> =
            imported.files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())).collect();
        let is_stale = |file: &&&str| {
            !imported.files.iter().any(|(path, _)| path == **file) && system::is_there(&self.output.join(file))
        };
        let stale: Vec<String> = import::FILES.iter().filter(is_stale).map(|file| (*file).to_owned()).collect();
        if let Err(error) = system::write_tree(&self.output, &tree, &stale) {
            return unusable(&tree_error(&self.output, &error));
        }
        let language = language::Language::English;
        let events = count!("{n} event", "{n} events", imported.events).said(language);
        let losses =
            count!("{n} place has no counterpart", "{n} places have no counterpart", imported.losses).said(language);
        let folder = display(&self.output);
        eprintln!("funnelc: wrote {events} to {folder}; {losses}, see {folder}/{}", import::REPORT[0]);
        Outcome::Clean
    }

    /// What stands in the folder and would be lost, or become part of the spec.
    fn in_the_way(&self, imported: &Imported) -> Option<String> {
        if self.force || system::kind_of(&self.output) != PathKind::Folder {
            return None;
        }
        let same = |path: &str| {
            let new = imported.files.iter().find(|(own, _)| own == path);
            let there = system::read_bytes(&self.output.join(path));
            new.is_some_and(|(_, text)| there.as_deref() == Some(text.as_bytes()))
        };
        let there = system::files_under(&self.output);
        let other = there.iter().find(|path| !same(path))?;
        Some(format!(
            "`{}` is there already and an import would replace it, or mix with it; name a new folder, or add --force",
            display(&self.output.join(other))
        ))
    }
}

fn expanded(path: &Path, format: &Format) -> Vec<PathBuf> {
    if system::kind_of(path) != PathKind::Folder {
        return vec![path.to_owned()];
    }
    system::files_under(path).into_iter().filter(|file| (format.takes)(file)).map(|file| path.join(file)).collect()
}
