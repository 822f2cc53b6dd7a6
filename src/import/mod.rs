//! Plans of other tools as specs.
//!
//! ```text
//! json, yaml   bytes into values with places
//! node         such values, whatever the syntax
//! schema       JSON Schema into properties
//! message      the part of a message's schema that holds them
//! about        labels and the like
//! segment, …   one file a format: values into a plan
//! plan         the neutral plan, and what is noted while it is read
//! newest       one event has one description
//! settle       one name on the wire has one type
//! share        what many events have alike is written once
//! names        valid names for names of the wire
//! print        the plan as a spec
//! report       what was made of it, and what has no counterpart
//! ```
//!
//! Nothing is written unless all of it can be read, and the spec is compiled before it is handed out.

mod about;
mod catalog;
mod csv;
mod faults;
mod iglu;
mod json;
mod json_schema;
mod message;
mod mixpanel;
mod names;
mod newest;
mod node;
mod plan;
mod print;
mod report;
mod rudderstack;
mod schema;
mod segment;
mod settle;
mod share;
mod words;
mod yaml;

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::levels::Levels;
use crate::source::{Source, Sources};
use crate::{compile_parsed, fmt, say};
use node::Node;
use plan::{ForeignPlan, Notes};
use report::Report;

/// A format that plans are kept in.
#[derive(Debug)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub about: &'static str,
    /// Whether a file of a folder is of the format, by its path.
    pub takes: fn(&str) -> bool,
    read: fn(&Sources, &mut Notes) -> ForeignPlan,
}

/// Every format that can be imported.
pub static FORMATS: &[Format] = &[
    Format {
        name: "segment",
        about: "a plan of Segment Protocols: JSON of the Public API, or the plan.json of typewriter",
        takes: is_json,
        read: |sources, notes| each(sources, notes, |node, _, notes| segment::read(node, notes)),
    },
    Format {
        name: "rudderstack",
        about: "a plan of RudderStack: JSON of its API, or YAML of its catalog (rudder/v1)",
        takes: |path| is_json(path) || is_yaml(path),
        read: rudderstack::read_all,
    },
    Format {
        name: "json-schema",
        about: "JSON Schemas, one an event",
        takes: is_json,
        read: |sources, notes| each(sources, notes, json_schema::read),
    },
    Format {
        name: "iglu",
        about: "self-describing schemas of Snowplow: an Iglu registry, or data structures in YAML",
        takes: |path| is_schema(path) || is_yaml(path),
        read: |sources, notes| each(sources, notes, iglu::read),
    },
    Format {
        name: "mixpanel",
        about: "the Lexicon of Mixpanel: JSON of its schemas API",
        takes: is_json,
        read: |sources, notes| each(sources, notes, |node, _, notes| mixpanel::read(node, notes)),
    },
    Format {
        name: "csv",
        about: "a table with a row for each property of an event",
        takes: |path| !is_hidden(path) && has_extension(path, &["csv", "tsv"]),
        read: csv::read,
    },
];

fn is_json(path: &str) -> bool {
    !is_hidden(path) && has_extension(path, &["json"])
}

fn is_yaml(path: &str) -> bool {
    !is_hidden(path) && has_extension(path, &["yaml", "yml"])
}

/// A file of an Iglu registry, which has no extension.
fn is_schema(path: &str) -> bool {
    let is_versioned = path.rsplit('/').nth(1) == Some("jsonschema");
    !is_hidden(path) && (is_versioned || has_extension(path, &["json"]))
}

fn has_extension(path: &str, wanted: &[&str]) -> bool {
    let extension = std::path::Path::new(path).extension().and_then(|own| own.to_str());
    extension.is_some_and(|own| wanted.contains(&own))
}

/// Whether a part of a path is hidden, as the settings of tools are.
fn is_hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

/// The format of a name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

/// A spec made of a plan.
#[derive(Debug)]
pub struct Imported {
    /// The files: specs in their canonical form, and the report for people and machines.
    pub files: Vec<(String, String)>,
    /// Contradictions in the plan, of which one side was followed.
    pub conflicts: Vec<Diagnostic>,
    /// How many events there are.
    pub events: usize,
    /// How many places have no counterpart in a spec.
    pub losses: usize,
}

/// The file names of the report.
pub const REPORT: [&str; 2] = ["import-report.md", "import-report.json"];

/// The files that an import may write.
pub const FILES: &[&str] = &["project.funnel", "properties.funnel", "events.funnel", REPORT[0], REPORT[1]];

/// Makes a spec of the files of a plan, or says what is wrong with them.
pub fn import(format: &Format, sources: &Sources) -> Result<Imported, Vec<Diagnostic>> {
    let mut notes = Notes::default();
    let mut plan = (format.read)(sources, &mut notes);
    if notes.faults.is_empty() && plan.events.is_empty() && plan.traits.is_empty() {
        notes.faults.push(nothing(format, sources));
    }
    if !notes.faults.is_empty() {
        return Err(notes.faults);
    }
    plan.events = newest::newest(std::mem::take(&mut plan.events), &mut notes);
    settle::settle(&mut plan, &mut notes);
    let groups = share::groups(&plan.events);
    let mut files = canonical(print::files(&plan, &groups))?;
    let report = Report::of(format.name, sources, &plan, &groups, &notes);
    files.push((REPORT[0].to_owned(), report.to_markdown()));
    files.push((REPORT[1].to_owned(), report.to_json()));
    Ok(Imported { files, conflicts: notes.conflicts, events: plan.events.len(), losses: notes.losses.len() })
}

/// More files than a plan may have.
pub fn too_many(count: usize, limit: usize) -> Diagnostic {
    faults::unusable(say!("the plan has {count} files; {limit} are read at most", count, limit))
        .help(say!("name the folder of the plan alone; nothing was written"))
}

fn nothing(format: &Format, sources: &Sources) -> Diagnostic {
    let files: Vec<&str> = sources.iter().map(|(_, source)| source.name.as_str()).collect();
    let (name, files) = (format.name, files.join(", "));
    faults::unusable(say!("no event was found in {files}, read as `{name}`", files, name))
        .help(say!("check the format; nothing was written"))
}

/// Files, each as its declarations.
type Drafts = Vec<(&'static str, Vec<String>)>;

/// The spec in its canonical form. What is handed out must compile; that it does not is a fault of an importer, and better
/// said than written. Declarations are formatted and parsed one by one, as they stand apart in their files.
fn canonical(drafts: Drafts) -> Result<Vec<(String, String)>, Vec<Diagnostic>> {
    let mut parts = Sources::new();
    for (name, texts) in drafts {
        texts.into_iter().for_each(|text| {
            parts.add(Source::new(name, text));
        });
    }
    let (drafts, sources) = fmt::draft(&parts).map_err(|found| own_fault(&parts, &found))?;
    let trees = drafts.parsed(&sources).map_err(|found| own_fault(&sources, &found))?;
    let found = compile_parsed(&sources, trees, &Levels::failures()).diagnostics;
    if found.iter().any(|one| one.severity == Severity::Error) {
        return Err(own_fault(&sources, &found));
    }
    let mut files: Vec<(String, String)> = Vec::new();
    for (_, part) in sources.iter() {
        match files.last_mut().filter(|(name, _)| *name == part.name) {
            Some((_, text)) => text.extend(["\n", &part.text]),
            None => files.push((part.name.clone(), part.text.clone())),
        }
    }
    Ok(files)
}

/// What is wrong with a spec that this program made.
fn own_fault(sources: &Sources, found: &[Diagnostic]) -> Vec<Diagnostic> {
    let first = found.iter().find(|one| one.severity == Severity::Error);
    let words = first.map(|one| one.message.clone()).unwrap_or_default();
    let place = first.and_then(Diagnostic::span).map(|span| sources.text(span).to_owned()).unwrap_or_default();
    let fault =
        faults::unusable(say!("the spec made of this plan would not compile: {words}, at `{place}`", words, place));
    vec![fault.help(say!("this is a fault of funnelc, please report it with the plan; nothing was written"))]
}

/// The documents of each file with its name: of JSON one, of YAML as many as there are.
fn documents<'s>(sources: &'s Sources, notes: &mut Notes) -> Vec<(&'s str, Node)> {
    let mut found = Vec::new();
    for (file, source) in sources.iter() {
        let is_yaml = has_extension(&source.name, &["yaml", "yml"]);
        let read = if is_yaml { yaml::read(file, source) } else { json::read(file, source).map(|node| vec![node]) };
        match read {
            Ok(all) => found.extend(all.into_iter().map(|node| (source.name.as_str(), node))),
            Err(faults) => notes.faults.extend(faults),
        }
    }
    found
}

/// Reads each document by itself and puts the plans together.
fn each(sources: &Sources, notes: &mut Notes, read: fn(&Node, &str, &mut Notes) -> ForeignPlan) -> ForeignPlan {
    let mut whole = ForeignPlan::default();
    for (file, node) in documents(sources, notes) {
        notes.begin("");
        whole.join(read(&node, file, notes));
    }
    whole
}
