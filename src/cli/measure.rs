//! `funnelc measure`

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use clap::Args;
use clap::builder::PossibleValue;
use funnelc_engine::definition::{Columns, Table};
use funnelc_engine::read::ReadTrouble;
use funnelc_engine::{Inputs, Measured, Options, Progress, Trouble};

use super::output::{LanguageArgument, When, print, style, unusable, unusable_in};
use super::{Outcome, settings};
use crate::diagnostic::Message;
use crate::language::Language;
use crate::measure::report::{FORMATS, Report, document};
use crate::measure::{self, Lowered, Splits, Unmeasured};
use crate::model::Model;
use crate::report::Style;
use crate::source::Sources;
use crate::system;
use crate::{phrase, say};

/// Measure what really happened.
#[derive(Debug, Args)]
pub(super) struct Measure {
    /// The file or folder of the project; nothing means the current folder
    spec: Option<PathBuf>,
    /// Logs of events: Parquet, CSV or JSON Lines; a folder, or `*` in a name, stands for several
    #[arg(short, long, required = true, value_name = "LOG", num_args = 1..)]
    events: Vec<PathBuf>,
    /// What channels cost: a table of date, channel, amount, and perhaps currency, impressions and clicks
    #[arg(long, value_name = "FILE", num_args = 1..)]
    spend: Vec<PathBuf>,
    /// Exchange rates: a table of date, from, to, rate
    #[arg(long, value_name = "FILE", num_args = 1..)]
    rates: Vec<PathBuf>,
    /// What is known of people: a table with a row a person, or one for every change
    #[arg(long, value_name = "FILE", num_args = 1..)]
    traits: Vec<PathBuf>,
    /// Another table whose rows are events (`event … { from NAME }`), as NAME=FILE
    #[arg(long, value_name = "NAME=FILE", value_parser = named_file)]
    table: Vec<(String, PathBuf)>,
    /// Split every funnel by this, too
    #[arg(long, value_name = "SPLIT", value_delimiter = ',', value_parser = measure::SPLITS)]
    by: Vec<String>,
    /// Split by every combination of channel, segment and month that --by names, as well
    #[arg(long, requires = "by")]
    combined: bool,
    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = formats(), default_value = FORMATS[0].name)]
    format: String,
    /// Write the report to a file instead of standard output
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    #[command(flatten)]
    named: Named,
    /// Memory for events before they go to disk, such as 2GB
    #[arg(long, value_name = "SIZE", value_parser = size, default_value = "3GB")]
    memory: u64,
    #[command(flatten)]
    lang: LanguageArgument,
}

/// Memory for events where nobody says how much.
const DEFAULT_MEMORY: u64 = 3 << 30;

/// What the columns of a log are called.
#[derive(Debug, Default, Args)]
pub(super) struct Named {
    /// Columns that identify a person, best first
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    identity: Vec<String>,
    /// The column of the time
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// The column of the event's name
    #[arg(long, value_name = "COLUMN")]
    name: Option<String>,
    /// The column that holds the properties as JSON
    #[arg(long, value_name = "COLUMN")]
    properties: Option<String>,
}

impl Named {
    /// Takes the place of what the spec says.
    pub(super) fn apply(&self, columns: &mut Columns) {
        if !self.identity.is_empty() {
            columns.identity.clone_from(&self.identity);
        }
        columns.time = self.time.clone().unwrap_or_else(|| std::mem::take(&mut columns.time));
        columns.name = self.name.clone().unwrap_or_else(|| std::mem::take(&mut columns.name));
        columns.properties = self.properties.clone().or_else(|| columns.properties.take());
    }
}

fn formats() -> clap::builder::PossibleValuesParser {
    FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about)).collect::<Vec<_>>().into()
}

/// `crm.changes=changes.csv`
fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    let found = text.split_once('=').filter(|(name, file)| !name.is_empty() && !file.is_empty());
    found
        .map(|(name, file)| (name.to_owned(), file.into()))
        .ok_or_else(|| "a table is written like NAME=FILE".to_owned())
}

/// `2GB` or `500MB` as bytes.
fn size(text: &str) -> Result<u64, String> {
    let units = [("GB", 1_u64 << 30), ("MB", 1 << 20), ("KB", 1 << 10)];
    let upper = text.to_ascii_uppercase();
    let found = units.iter().find_map(|(unit, bytes)| Some((upper.strip_suffix(unit)?, *bytes)));
    let bytes = found.and_then(|(number, bytes)| number.trim().parse::<u64>().ok()?.checked_mul(bytes));
    bytes.filter(|bytes| *bytes > 0).ok_or_else(|| "a size is written like 2GB or 500MB".to_owned())
}

impl Measure {
    pub(super) fn run(self, color: When) -> Outcome {
        match settings::sound(self.spec.as_deref(), color, |model| self.numbers(model)) {
            Ok((measured, notes)) => {
                let style = style(color, self.output_file.is_none());
                self.write(&Report { measured: &measured, notes: &notes, style, language: self.lang.language() })
            }
            Err(outcome) => outcome,
        }
    }

    /// The numbers as a document.
    fn document(&self, model: &Model<'_>) -> Result<serde_json::Value, Outcome> {
        let (measured, notes) = self.numbers(model)?;
        let (style, language) = (Style::default(), self.lang.language());
        Ok(document(&Report { measured: &measured, notes: &notes, style, language }))
    }

    /// What a model has to measure, measured, and what must be said about it.
    fn numbers(&self, model: &Model<'_>) -> Result<(Measured, Vec<Message>), Outcome> {
        let language = self.lang.language();
        let mut lowered = self.lowered(model)?;
        let tables = self.tables(&lowered)?;
        let (events, spend, rates) = (self.events.clone(), self.spend.clone(), self.rates.clone());
        let inputs = Inputs { events, tables, spend, rates };
        lowered.say_what_is_missing(&inputs);
        lowered.say_why(language);
        let progress = Arc::new(Progress::default());
        let stop = Arc::clone(&progress);
        system::on_interrupt(move || stop.stop.store(true, Ordering::Relaxed));
        let options = Options { memory: self.memory };
        let measured = system::while_telling(
            || funnelc_engine::measure(&lowered.definition, &inputs, &options, &progress),
            |seconds| {
                let (read, total) = (progress.read.load(Ordering::Relaxed), progress.total.load(Ordering::Relaxed));
                told(read, total, seconds, language)
            },
        );
        match measured {
            Ok(measured) => Ok((measured, lowered.notes)),
            Err(Trouble::Stopped) => Err(Outcome::Interrupted),
            Err(trouble) => Err(unusable_in(language, &words(&trouble))),
        }
    }

    /// What is to be measured; nothing is measured by a spec with errors.
    fn lowered(&self, model: &Model<'_>) -> Result<Lowered, Outcome> {
        let splits = Splits { by: self.by.clone(), is_combined: self.combined };
        let mut lowered = measure::definition_by(model, &splits, self.lang.chosen())
            .map_err(|troubles| unusable(&places(model.sources, &troubles, self.lang.language())))?;
        if lowered.definition.funnels.is_empty() {
            return Err(self.unusable(&say!("the spec declares no funnel, so there is nothing to measure")));
        }
        self.named.apply(&mut lowered.definition.columns);
        Ok(lowered)
    }

    /// The files of each table; a name that no event is from is a mistake.
    fn tables(&self, lowered: &Lowered) -> Result<Vec<Vec<PathBuf>>, Outcome> {
        let tables = &lowered.definition.tables;
        let names: Vec<&str> = tables.iter().filter(|own| !own.is_known).map(|own| own.name.as_str()).collect();
        if let Some((name, _)) = self.table.iter().find(|(name, _)| !names.contains(&name.as_str())) {
            let names = names.join(", ");
            return Err(self.unusable(&if names.is_empty() {
                say!("no event that is measured is from a table `{name}`; none is", name)
            } else {
                say!("no event that is measured is from a table `{name}`; these are: {names}", name, names)
            }));
        }
        if !self.traits.is_empty() && tables.iter().all(|own| !own.is_known) {
            return Err(self.unusable(&say!(
                "nothing that is measured asks for a trait, so the table of traits would not be read"
            )));
        }
        let files = |own: &Table| {
            if own.is_known {
                return self.traits.clone();
            }
            self.table.iter().filter(|(name, _)| *name == own.name).map(|(_, file)| file.clone()).collect()
        };
        Ok(tables.iter().map(files).collect())
    }

    fn unusable(&self, words: &Message) -> Outcome {
        unusable_in(self.lang.language(), words)
    }

    fn write(&self, report: &Report<'_>) -> Outcome {
        let Some(format) = FORMATS.iter().find(|format| format.name == self.format) else {
            return self.unusable(&say!("there is no format `{name}`", name = self.format));
        };
        if !format.is_text && self.output_file.is_none() {
            let name = format.name;
            return self.unusable(&say!("{name} is no text; say with `--output-file` where it shall be written", name));
        }
        let bytes = (format.render)(report);
        match &self.output_file {
            None => print(&String::from_utf8_lossy(&bytes)),
            Some(path) => {
                if let Err(error) = system::write_atomic(path, &bytes) {
                    let path = path.display();
                    return self.unusable(&say!("`{path}` cannot be written: {error}", path, error));
                }
            }
        }
        Outcome::Clean
    }
}

/// The logs that a build puts numbers of into its dashboards.
#[derive(Debug, Args)]
pub(super) struct Log {
    /// Logs of events, for dashboards with real numbers: Parquet, CSV or JSON Lines
    #[arg(short, long, value_name = "LOG", num_args = 1..)]
    events: Vec<PathBuf>,
    /// What channels cost: a table of date, channel, amount, and perhaps currency, impressions and clicks
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "events")]
    spend: Vec<PathBuf>,
    /// Exchange rates: a table of date, from, to, rate
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "events")]
    rates: Vec<PathBuf>,
    /// What is known of people: a table with a row a person, or one for every change
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "events")]
    traits: Vec<PathBuf>,
    /// Another table whose rows are events (`event … { from NAME }`), as NAME=FILE
    #[arg(long, value_name = "NAME=FILE", value_parser = named_file, requires = "events")]
    table: Vec<(String, PathBuf)>,
}

impl Log {
    /// What they hold, as `measure --format json` says it; nothing where there is no log.
    pub(super) fn measured(&self, model: &Model<'_>) -> Result<Option<serde_json::Value>, Outcome> {
        if self.events.is_empty() {
            return Ok(None);
        }
        let Self { events, spend, rates, traits, table } = self;
        let [events, spend, rates, traits] = [events, spend, rates, traits].map(Clone::clone);
        let (table, named, lang) = (table.clone(), Named::default(), LanguageArgument::default());
        let (format, memory) = (String::new(), DEFAULT_MEMORY);
        // A page is to be filtered by all of them.
        let Splits { by, is_combined: combined } = Splits::all();
        let all = Measure {
            spec: None,
            by,
            combined,
            events,
            spend,
            rates,
            traits,
            table,
            format,
            output_file: None,
            named,
            memory,
            lang,
        };
        all.document(model).map(Some)
    }
}

/// How far the reading is, at which speed, and how long it may take.
#[allow(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "progress is rough")]
fn told(read: u64, total: u64, seconds: f64, language: Language) -> String {
    let part = read as f64 / total.max(1) as f64;
    let bar = "#".repeat((part * 25.0) as usize);
    let speed = read as f64 / seconds.max(0.001) / f64::from(1 << 20);
    let left = format!("{:.0}", seconds / part - seconds);
    let left = if read == 0 { String::new() } else { say!("  {left}s left", left).said(language) };
    let speed = say!("{speed} MB/s", speed = format!("{speed:.0}")).said(language);
    format!("{bar:<25} {:.0}%  {speed}{left}", part * 100.0)
}

pub(super) fn places(sources: &Sources, troubles: &[Unmeasured], language: Language) -> String {
    let line = |own: &Unmeasured| {
        let (file, at) = sources.locate(own.span);
        let words = sources.text(own.span);
        say!("{file}:{line}: `{words}`: {why}", file, line = at.line, words, why = own.words).said(language)
    };
    troubles.iter().map(line).collect::<Vec<_>>().join("\nfunnelc: ")
}

/// Why nothing was measured, and what to do.
pub(super) fn words(trouble: &Trouble) -> Message {
    match trouble {
        Trouble::Read(trouble) => read_words(trouble),
        Trouble::MixedUnits { path, first, second } => say!(
            "`{path}` has times in {unit} ({number}) and in {other} ({another}); write them in one unit, or one file a unit",
            path = path.display(),
            unit = Message::of(unit(first.0)),
            number = first.1,
            other = Message::of(unit(second.0)),
            another = second.1
        ),
        Trouble::NoZone(zone) => say!("there is no time zone `{zone}`", zone),
        Trouble::Disk(words) => {
            say!("memory is short and the disk gives trouble: {words}; give more with `--memory`", words)
        }
        Trouble::Stopped => say!("stopped"),
    }
}

/// The word of a unit of time.
fn unit(word: &str) -> &'static str {
    match word {
        "seconds" => phrase!("seconds"),
        "milliseconds" => phrase!("milliseconds"),
        "microseconds" => phrase!("microseconds"),
        _ => phrase!("nanoseconds"),
    }
}

pub(super) fn read_words(trouble: &ReadTrouble) -> Message {
    match trouble {
        ReadTrouble::Io { path, words } => say!("`{path}` cannot be read: {words}", path = path.display(), words),
        ReadTrouble::UnknownForm { path } => say!(
            "`{path}` has no known form; the name of a log ends in .parquet, .csv, .jsonl, .ndjson or .json",
            path = path.display()
        ),
        ReadTrouble::Malformed { path, line, words } => {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            let path = path.display();
            say!("`{path}`{line} is damaged or of another form than its name says: {words}", path, line, words)
        }
        ReadTrouble::NoColumn { path, column, there } => {
            let (path, names) = (path.display(), there.join(", "));
            let missing = if there.is_empty() {
                say!("`{path}` has no column `{column}`", path, column)
            } else {
                say!("`{path}` has no column `{column}`; there are: {names}", path, column, names)
            };
            say!(
                "{missing}\nsay which column is meant in the `source` of the spec, or for events with --identity, --time, --name",
                missing
            )
        }
        ReadTrouble::WrongType { path, column, is } => say!(
            "the column `{column}` of `{path}` holds {is}, which cannot be used here; write times as timestamps, whole numbers or texts, and identities as whole numbers or texts",
            column,
            path = path.display(),
            is
        ),
    }
}
