//! What every verb that reports has in common: the form of the report, where it goes, which findings fail.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Outcome;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::levels::{Levels, Setting, UnknownWord};
use crate::report::{self, Report, Style};
use crate::source::Sources;
use crate::system;

/// Whether to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

/// The most findings a report for people shows; machine formats carry all.
const MAX_SHOWN: usize = 1_000;

/// The form of the report.
#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// Form of the report
    #[arg(long, value_name = "FORMAT", default_value = "full", value_parser = report_formats())]
    format: String,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
}

fn report_formats() -> clap::builder::PossibleValuesParser {
    report::FORMATS
        .iter()
        .map(|format| clap::builder::PossibleValue::new(format.name).help(format.about))
        .collect::<Vec<_>>()
        .into()
}

/// Which lints are allowed, warned about or denied.
#[derive(Debug, Args)]
pub(super) struct LevelArguments {
    /// Make a lint, a group or all `warnings` fail the run
    #[arg(long, value_name = "NAME|CODE|GROUP", value_delimiter = ',')]
    deny: Vec<String>,
    /// Report a lint or a group without failing
    #[arg(long, value_name = "NAME|CODE|GROUP", value_delimiter = ',')]
    warn: Vec<String>,
    /// Silence a lint or a group
    #[arg(long, value_name = "NAME|CODE|GROUP", value_delimiter = ',')]
    allow: Vec<String>,
}

impl LevelArguments {
    /// The levels, or what is wrong with the arguments. A code weighs more than a group, a group more than `warnings`.
    pub(super) fn levels(&self) -> Result<Levels, String> {
        let mut levels = Levels::default();
        let settings = [(&self.deny, Setting::Deny), (&self.warn, Setting::Warn), (&self.allow, Setting::Allow)];
        let mut words: Vec<(u8, &String, Setting)> = Vec::new();
        for (own, setting) in settings {
            words.extend(own.iter().map(|word| (levels.breadth(word), word, setting)));
        }
        words.sort_by_key(|(breadth, ..)| std::cmp::Reverse(*breadth));
        for (_, word, setting) in words {
            levels.set(word, setting).map_err(|unknown| unknown_word(&unknown))?;
        }
        Ok(levels)
    }
}

fn unknown_word(unknown: &UnknownWord) -> String {
    let word = &unknown.word;
    if unknown.is_error {
        return format!("`{word}` is an error of the language and cannot be switched off");
    }
    let hint = unknown.nearest.map(|nearest| format!("; did you mean `{nearest}`?")).unwrap_or_default();
    format!("`{word}` is no lint, code or group{hint}\n`funnelc explain --all` lists them")
}

/// Says on standard error why a run cannot be made.
pub(super) fn unusable(words: &str) -> Outcome {
    let _ = writeln!(std::io::stderr(), "funnelc: {words}");
    Outcome::Unusable
}

/// Prints text to standard output; a closed pipe is the reader's right.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

impl ReportArguments {
    /// Writes the report and says whether it fails the run.
    pub(super) fn write(&self, color: When, sources: &Sources, diagnostics: &[Diagnostic]) -> Outcome {
        let Some(format) = report::FORMATS.iter().find(|format| format.name == self.format) else {
            return unusable(&format!("there is no format `{}`", self.format));
        };
        let for_people = matches!(format.name, "full" | "concise" | "plain");
        let shown = if for_people { &diagnostics[..diagnostics.len().min(MAX_SHOWN)] } else { diagnostics };
        let hidden = diagnostics.len() - shown.len();
        let report = Report { sources, diagnostics: shown, hidden, style: self.style(color) };
        let mut bytes = Vec::new();
        if (format.render)(&report, &mut bytes).is_err() {
            return unusable("the report could not be written");
        }
        if for_people && diagnostics.is_empty() {
            let files = sources.iter().filter(|(_, source)| !source.embedded).count();
            let _ = writeln!(bytes, "no findings in {files} {}", if files == 1 { "file" } else { "files" });
        }
        if hidden > 0 && format.name == "concise" {
            let _ = writeln!(bytes, "{}", report.summary());
        }
        match &self.output_file {
            None => print(&String::from_utf8_lossy(&bytes)),
            Some(path) => {
                if let Err(error) = system::write_atomic(path, &bytes) {
                    return unusable(&format!("`{}` cannot be written: {error}", path.display()));
                }
            }
        }
        outcome(diagnostics)
    }

    fn style(&self, color: When) -> Style {
        let to_terminal = self.output_file.is_none() && system::is_terminal();
        let color = match color {
            When::Always => true,
            When::Never => false,
            When::Auto => self.output_file.is_none() && system::wants_color(),
        };
        let dumb = system::is_dumb();
        Style {
            color,
            unicode: !dumb && system::has_unicode(),
            width: system::width(),
            links: color && to_terminal && !dumb,
        }
    }
}

/// Whether findings fail a run: files that cannot be used are worse than faults in them.
pub(super) fn outcome(diagnostics: &[Diagnostic]) -> Outcome {
    let errors = || diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    match errors().next() {
        None => Outcome::Clean,
        Some(_) if errors().any(|error| error.labels.is_empty()) => Outcome::Unusable,
        Some(_) => Outcome::Found,
    }
}
