//! What every verb that reports has in common: the form of the report, where it goes, which findings fail.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Outcome;
use super::settings::DEFAULT_FORMAT;
use crate::diagnostic::{Diagnostic, Message, Severity};
use crate::language::Language;
use crate::lint::levels::Levels;
use crate::report::{self, Report, Style};
use crate::settings::{Settings, Unusable};
use crate::source::Sources;
use crate::{count, system};

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
#[derive(Debug, Default, Args)]
pub(super) struct ReportArguments {
    /// Form of the report [default: full]
    #[arg(long, value_name = "FORMAT", value_parser = report_formats(), hide_default_value = true)]
    format: Option<String>,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    #[command(flatten)]
    lang: LanguageArgument,
}

/// The language of the findings. The option stands before or after the verb.
#[derive(Debug, Default, Args)]
pub(super) struct LanguageArgument {
    /// The language findings are said in [default: en]
    #[arg(long, global = true, value_name = "LANGUAGE", value_parser = languages())]
    lang: Option<String>,
}

fn languages() -> clap::builder::PossibleValuesParser {
    Language::ALL.map(Language::tag).into()
}

impl LanguageArgument {
    pub(super) fn language(&self) -> Language {
        self.chosen().unwrap_or_default()
    }

    /// The language that is asked for.
    pub(super) fn chosen(&self) -> Option<Language> {
        self.lang.as_deref().and_then(Language::of_tag)
    }
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
    /// The levels of the configuration and then of the arguments, or what is wrong with them.
    pub(super) fn levels(&self, settings: &Settings) -> Result<Levels, Unusable> {
        let mut levels = settings.levels()?;
        levels.set_all([&self.deny, &self.warn, &self.allow]).map_err(|(_, unknown)| Unusable::from(&unknown))?;
        Ok(levels)
    }
}

impl From<Unusable> for Outcome {
    /// Once it is said why, that is how the run ended.
    fn from(why: Unusable) -> Self {
        unusable(&why.0)
    }
}

/// Says on standard error why a run cannot be made.
pub(super) fn unusable(words: &str) -> Outcome {
    let _ = writeln!(std::io::stderr(), "funnelc: {words}");
    Outcome::Unusable
}

/// Says in a language why something cannot be used.
pub(super) fn unusable_in(language: Language, words: &Message) -> Outcome {
    unusable(&words.said(language))
}

/// Prints lines after a report for people; reports for machines carry them in their own way.
pub(super) fn print_notes(report: &ReportArguments, lines: &[String]) {
    if report.is_for_people() && report.output_file.is_none() {
        lines.iter().for_each(|line| print(&format!("{line}\n")));
    }
}

fn is_for_people(format: &str) -> bool {
    matches!(format, "full" | "concise" | "plain")
}

/// Prints text to standard output; a closed pipe is the reader's right.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

impl ReportArguments {
    /// Takes from the configuration what the command line does not say.
    pub(super) fn configure(&mut self, settings: &Settings) {
        self.format = self.format.take().or_else(|| settings.word("format").map(str::to_owned));
        self.lang.lang = self.lang.lang.take().or_else(|| settings.word("lang").map(str::to_owned));
    }

    /// Writes findings to standard error, where standard output is for something else.
    pub(super) fn write_to_stderr(&self, color: When, sources: &Sources, diagnostics: &[Diagnostic]) {
        let Some(format) = report::format(DEFAULT_FORMAT) else { return };
        let shown = &diagnostics[..diagnostics.len().min(MAX_SHOWN)];
        let style = Style { color: color == When::Always, links: false, ..self.style(color) };
        let report = Report {
            sources,
            diagnostics: shown,
            hidden: diagnostics.len() - shown.len(),
            style,
            language: self.lang.language(),
        };
        let mut bytes = Vec::new();
        if (format.render)(&report, &mut bytes).is_ok() {
            let _ = std::io::stderr().write_all(&bytes);
        }
    }

    /// The language findings are said in.
    pub(super) fn language(&self) -> Language {
        self.lang.language()
    }

    /// Whether the report is read by people on the standard output.
    fn is_for_people(&self) -> bool {
        is_for_people(self.format.as_deref().unwrap_or(DEFAULT_FORMAT))
    }

    /// Writes the report and says whether it fails the run.
    pub(super) fn write(&self, color: When, sources: &Sources, diagnostics: &[Diagnostic]) -> Outcome {
        let files = sources.iter().filter(|(_, source)| !source.embedded).count();
        self.write_or(
            color,
            sources,
            diagnostics,
            &count!("no findings in {n} file", "no findings in {n} files", files),
        )
    }

    /// [`Self::write`], with words of its own for people where there are no findings.
    pub(super) fn write_or(
        &self,
        color: When,
        sources: &Sources,
        diagnostics: &[Diagnostic],
        none: &Message,
    ) -> Outcome {
        let name = self.format.as_deref().unwrap_or(DEFAULT_FORMAT);
        let Some(format) = report::FORMATS.iter().find(|format| format.name == name) else {
            return unusable(&format!("there is no format `{name}`"));
        };
        let for_people = is_for_people(format.name);
        let shown = if for_people { &diagnostics[..diagnostics.len().min(MAX_SHOWN)] } else { diagnostics };
        let hidden = diagnostics.len() - shown.len();
        let report =
            Report { sources, diagnostics: shown, hidden, style: self.style(color), language: self.lang.language() };
        let mut bytes = Vec::new();
        if (format.render)(&report, &mut bytes).is_err() {
            return unusable("the report could not be written");
        }
        if for_people && diagnostics.is_empty() {
            let _ = writeln!(bytes, "{}", none.said(report.language));
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
        style(color, self.output_file.is_none())
    }
}

/// The findings as a page.
pub(super) fn page_of(sources: &Sources, diagnostics: &[Diagnostic], language: Language) -> Vec<u8> {
    let shown = &diagnostics[..diagnostics.len().min(MAX_SHOWN)];
    let hidden = diagnostics.len() - shown.len();
    let report = Report { sources, diagnostics: shown, hidden, style: Style::default(), language };
    let mut bytes = Vec::new();
    if let Some(format) = report::format("html") {
        // Writing to memory cannot fail.
        let _ = (format.render)(&report, &mut bytes);
    }
    bytes
}

/// What the screen can show, if standard output is where a report goes.
pub(super) fn style(color: When, is_printed: bool) -> Style {
    let to_terminal = is_printed && system::is_terminal();
    let color = match color {
        When::Always => true,
        When::Never => false,
        When::Auto => is_printed && system::wants_color(),
    };
    let dumb = system::is_dumb();
    Style {
        color,
        unicode: !dumb && system::has_unicode(),
        width: system::width(),
        links: color && to_terminal && !dumb,
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
