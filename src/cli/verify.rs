//! `funnelc verify`

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use clap::builder::PossibleValue;

use super::output::{LanguageArgument, When, print, style, unusable_in};
use super::{Outcome, settings};
use crate::diagnostic::{Message, Severity};
use crate::language::Language;
use crate::plan::{self, Plan};
use crate::verify::report::{self, Report};
use crate::verify::shapes::{self, Shape};
use crate::verify::{self, Findings, LAWS, Law, Log, MAX_LINE, Trouble};
use crate::{say, system};

/// Hold logs of events to the plan.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Logs: JSON Lines, CSV or Parquet; `-` reads standard input
    #[arg(required = true, value_name = "LOG")]
    logs: Vec<PathBuf>,
    /// The file or folder of the project; nothing means the current folder
    #[arg(short, long, value_name = "SPEC")]
    spec: Option<PathBuf>,
    /// Shape of the lines; told by the first ones where nothing is said
    #[arg(long, value_name = "SHAPE", value_parser = shapes())]
    shape: Option<String>,
    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = formats(), default_value = report::FORMATS[0].name)]
    format: String,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    /// How many examples of each finding are shown
    #[arg(long, value_name = "N", default_value_t = 3)]
    max_examples: usize,
    /// Report a law without failing
    #[arg(long, value_name = "LAW", value_delimiter = ',', value_parser = laws())]
    allow: Vec<String>,
    /// Fail on a law that is only reported
    #[arg(long, value_name = "LAW", value_delimiter = ',', value_parser = laws())]
    deny: Vec<String>,
    /// Report unplanned events and properties without failing
    #[arg(long)]
    allow_unplanned: bool,
    /// Fail only where more than this share of the lines is at fault, such as 0.5%
    #[arg(long, value_name = "SHARE", value_parser = share)]
    tolerate: Option<f64>,
    #[command(flatten)]
    lang: LanguageArgument,
}

fn shapes() -> clap::builder::PossibleValuesParser {
    shapes::ALL.iter().map(|shape| PossibleValue::new(shape.name).help(shape.about)).collect::<Vec<_>>().into()
}

fn formats() -> clap::builder::PossibleValuesParser {
    report::FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about)).collect::<Vec<_>>().into()
}

fn laws() -> clap::builder::PossibleValuesParser {
    LAWS.iter().map(|law| PossibleValue::new(law.word()).help(law.about())).collect::<Vec<_>>().into()
}

/// `0.5%` as 0.005.
fn share(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>().map_err(|error| error.to_string())?;
    let share = if text.ends_with('%') { number / 100.0 } else { number };
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("a share is between 0% and 100%".to_owned()) }
}

impl Verify {
    pub(super) fn run(self, color: When) -> Outcome {
        let plan = match self.plan(color) {
            Ok(plan) => plan,
            Err(outcome) => return outcome,
        };
        let (logs, size) = match self.open(&plan) {
            Ok(opened) => opened,
            Err(words) => return self.unusable(&words),
        };
        let options =
            verify::Options { shape: self.shape.as_deref().and_then(Shape::of), max_examples: self.max_examples };
        let progress = Progress::new(size);
        let found = verify::run(&plan, logs, options, &|bytes| progress.tell(bytes));
        progress.end();
        match found {
            Ok(findings) => self.report(findings, color),
            Err((log, trouble)) => self.unusable(&words_of(&log, &trouble)),
        }
    }

    /// The plan; nothing is held to a spec with errors.
    fn plan(&self, color: When) -> Result<Plan, Outcome> {
        let plan = settings::sound(self.spec.as_deref(), color, |model| Ok(plan::plan(model)))?;
        if plan.events.is_empty() {
            return Err(self.unusable(&say!(
                "the spec declares no event, so there is nothing to hold a log to; name another one with -s"
            )));
        }
        Ok(plan)
    }

    fn unusable(&self, words: &Message) -> Outcome {
        unusable_in(self.lang.language(), words)
    }

    /// The logs, and how many bytes they have together where that is known.
    fn open(&self, plan: &Plan) -> Result<(Vec<Log>, Option<u64>), Message> {
        if self.logs.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
            return Err(say!("standard input can be read once"));
        }
        let (mut logs, mut size) = (Vec::new(), Some(0));
        for path in &self.logs {
            if path.as_os_str() == "-" {
                logs.push(Log { name: "-".to_owned(), from: system::open_stdin() });
                size = None;
                continue;
            }
            let name = path.display().to_string();
            if let Some(from) = columns(path, plan, self.lang.language())? {
                logs.push(Log { name, from });
                size = None;
                continue;
            }
            let (from, own) = system::open(path)
                .map_err(|words| say!("`{path}` cannot be read: {words}", path = name.as_str(), words))?;
            size = size.zip(own).map(|(sum, own)| sum + own);
            logs.push(Log { name, from });
        }
        Ok((logs, size))
    }

    fn report(&self, mut findings: Findings, color: When) -> Outcome {
        self.weigh(&mut findings);
        let at_fault = findings.invalid + findings.unplanned + findings.unreadable;
        #[allow(clippy::cast_precision_loss, reason = "a share is rough")]
        let is_tolerated = self.tolerate.is_some_and(|share| at_fault as f64 <= share * findings.lines as f64);
        let has_error = findings.findings.iter().any(|finding| finding.severity == Severity::Error);
        let fails = has_error && !is_tolerated;
        let Some(format) = report::format(&self.format) else {
            return self.unusable(&say!("there is no format `{name}`", name = self.format));
        };
        let style = style(color, self.output_file.is_none());
        let report = Report { findings: &findings, fails, style, language: self.lang.language() };
        let mut bytes = Vec::new();
        if (format.render)(&report, &mut bytes).is_err() {
            return self.unusable(&say!("the report could not be written"));
        }
        match &self.output_file {
            None => print(&String::from_utf8_lossy(&bytes)),
            Some(path) => {
                if let Err(error) = system::write_atomic(path, &bytes) {
                    let path = path.display();
                    return self.unusable(&say!("`{path}` cannot be written: {error}", path, error));
                }
            }
        }
        if fails { Outcome::Found } else { Outcome::Clean }
    }

    /// What the command line says of laws.
    fn weigh(&self, findings: &mut Findings) {
        let is_unplanned = |law| matches!(law, Law::UnplannedEvent | Law::UnplannedProperty);
        for finding in &mut findings.findings {
            let is_in = |list: &[String]| list.iter().any(|word| word == finding.law.word());
            if is_in(&self.deny) {
                finding.severity = Severity::Error;
            } else if is_in(&self.allow) || (self.allow_unplanned && is_unplanned(finding.law)) {
                finding.severity = Severity::Note;
            }
        }
        findings.sort();
    }
}

/// The lines of a log in Parquet, which is told by the end of its name.
#[cfg(feature = "engine")]
fn columns(path: &Path, plan: &Plan, language: Language) -> Result<Option<Box<dyn std::io::Read + Send>>, Message> {
    let is_one =
        path.extension().is_some_and(|own| own.eq_ignore_ascii_case("parquet") || own.eq_ignore_ascii_case("pq"));
    is_one
        .then(|| {
            let said = move |trouble: &_| super::measure::read_words(trouble).said(language);
            verify::parquet::open(path, plan, said).map_err(|trouble| super::measure::read_words(&trouble))
        })
        .transpose()
}

#[cfg(not(feature = "engine"))]
fn columns(_: &Path, _: &Plan, _: Language) -> Result<Option<Box<dyn std::io::Read + Send>>, Message> {
    Ok(None)
}

/// Why a log cannot be read, and what to do.
fn words_of(log: &str, trouble: &Trouble) -> Message {
    match trouble {
        Trouble::Io(words) => say!("`{path}` cannot be read: {words}", path = log, words),
        Trouble::Schema(why) => say!("the plan cannot be held: {why}", why),
        Trouble::List => say!(
            "`{log}` is one JSON list; a log has one event a line, as `jq -c '.[]' {file}` writes it",
            log,
            file = shown(log)
        ),
        Trouble::Foreign("Parquet") if cfg!(feature = "engine") => {
            say!("`{log}` is Parquet, which is read from a file whose name ends in `.parquet`; name it so", log)
        }
        Trouble::Foreign("Parquet") => say!(
            "`{log}` is Parquet, which this build cannot read; write it as JSON Lines or CSV, for instance with DuckDB: COPY (FROM '{log}') TO 'log.jsonl'",
            log
        ),
        Trouble::Foreign(form) => {
            say!("`{log}` is {form}, which cannot be read; unpack it, and give `-` or the file", log, form)
        }
        Trouble::UnknownShape => say!(
            "none of the first lines of `{log}` tells which event it is (the longest line that is read has {size} MiB); name the shape with --shape: {shapes}",
            log,
            size = MAX_LINE >> 20,
            shapes = Message::all(shapes::ALL.iter().map(named).collect())
        ),
    }
}

/// A shape, and what it is.
fn named(shape: &Shape) -> Message {
    say!("{word} ({phrase})", word = shape.name, phrase = Message::of(shape.about))
}

fn shown(log: &str) -> &str {
    if Path::new(log).as_os_str() == "-" { "log.json" } else { log }
}

/// A line on the terminal that says how far the reading is.
struct Progress {
    size: Option<u64>,
    is_shown: bool,
    last: AtomicU64,
}

impl Progress {
    fn new(size: Option<u64>) -> Self {
        Self { size, is_shown: system::shows_progress(), last: AtomicU64::new(0) }
    }

    /// Tells how many bytes of the current log are read.
    fn tell(&self, bytes: u64) {
        let megabytes = bytes >> 20;
        if !self.is_shown || self.last.swap(megabytes, Ordering::Relaxed) == megabytes {
            return;
        }
        let part = self.size.filter(|size| *size > 0).map(|size| (bytes * 100 / size).min(100));
        let part = part.map(|part| format!(" {:<25} {part}%", "#".repeat(part as usize / 4))).unwrap_or_default();
        let _ = write!(std::io::stderr(), "\r\x1b[K{megabytes} MB{part}");
    }

    fn end(&self) {
        if self.is_shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
