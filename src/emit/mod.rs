//! The files that are written from a plan. Nothing here touches the file system: a build is a list of paths and bytes.
//!
//! ```text
//! target      a folder under templates/: which files it writes, from which template or writer, how it escapes
//! render      templates, run within limits
//! direct      the plain ones among them, with less work
//! shown       what they see of a view
//! scope       what a place in a template can see, for its errors
//! names       file names that every file system takes
//! markdown    text that stays text in Markdown
//! html        the same for HTML
//! tracking    the view of the tracking plan that its template shows
//! json_schema the schema of what an event sends
//! draft_07    the same in an older draft
//! about       what is known of an event besides its shape, for formats with room for labels
//! diagnose    what is lost, as findings at its place
//! loss        what formats of plans have no words for
//! segment     a plan of Segment Protocols
//! clients     typed clients for developers, by language
//! dashboard   what was planned and what was measured, as a page
//! maps        maps of the customer's way, as pictures and a page
//! csv         the plan as a table for spreadsheets
//! draft_04    schemas in the draft of Iglu
//! email       the plan of messages, for marketers
//! ga4         what events are in Google Analytics 4
//! mixpanel    the Lexicon of Mixpanel
//! snowplow    schemas of Iglu, data structures and data products
//! rudderstack the data catalog and the plan of RudderStack
//! yaml        YAML that readers of both versions take for the same
//! manifest    what a build wrote, so that the next one can clear away what it no longer writes
//! ```

mod about;
mod clients;
pub(crate) mod csv;
mod dashboard;
pub mod diagnose;
mod direct;
mod draft_04;
mod draft_07;
mod email;
mod ga4;
mod html;
mod json_schema;
mod loss;
pub mod manifest;
mod maps;
mod markdown;
mod mixpanel;
mod names;
mod render;
mod rudderstack;
mod scope;
mod segment;
mod shown;
mod snowplow;
mod target;
mod tracking;
mod yaml;

use std::collections::BTreeMap;
use std::fmt;

use crate::diagnostic::Message;
use crate::plan::Plan;
use crate::say;
pub(crate) use clients::{Named, named};
pub(crate) use csv::FORMULA;
pub use dashboard::{Facts, Finding};
pub(crate) use draft_07::UUID;
pub use json_schema::{Draft, of_event as schema_of_event};
pub(crate) use json_schema::{of_scalar, pointer};
use manifest::{Input, Manifest};
pub(crate) use markdown::escape as in_markdown;
pub use target::{Target, Targets};

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Where, relative to the output folder, with `/`; never leads out of it.
    pub path: String,
    /// What.
    pub bytes: Vec<u8>,
    /// The target that writes it.
    pub target: String,
}

/// Why nothing can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmitError {
    /// What is wrong.
    pub message: Message,
    /// What to do.
    pub help: Option<Message>,
    /// The place in a template that it is about.
    pub place: Option<Box<TemplatePlace>>,
}

/// A place in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplatePlace {
    /// The file.
    pub file: String,
    /// The line and the column, from one, where they are known.
    pub at: Option<(usize, usize)>,
    /// What stands in the line.
    pub line: Option<String>,
}

impl EmitError {
    fn new(message: Message) -> Self {
        Self { message, help: None, place: None }
    }

    fn help(self, help: Message) -> Self {
        Self { help: Some(help), ..self }
    }
}

impl fmt::Display for EmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}", place.file)?;
            if let Some((line, column)) = place.at {
                write!(f, ":{line}:{column}")?;
            }
            f.write_str(": ")?;
        }
        self.message.fmt(f)?;
        if let Some(TemplatePlace { at: Some((number, _)), line: Some(line), .. }) = self.place.as_deref() {
            write!(f, "\n  {number} | {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for EmitError {}

/// Something that a target can only say roughly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approximation {
    /// The target.
    pub target: &'static str,
    /// The path of the declaration.
    pub path: String,
    /// What is lost.
    pub message: Message,
}

/// How files are written.
#[derive(Clone, Debug)]
pub struct Options {
    /// The targets there are.
    pub targets: Targets,
    /// The draft that schemas of events are written in.
    pub draft: Draft,
    /// What dashboards show besides the plan.
    pub facts: Facts,
}

impl Options {
    /// What the compiler does if nobody says otherwise.
    pub fn embedded() -> Result<Self, EmitError> {
        Ok(Self { targets: Targets::embedded()?, draft: Draft::default(), facts: Facts::default() })
    }
}

/// The files of some targets, or of all where none is named; sorted by path.
pub fn emit(options: &Options, plan: &Plan, which: &[&str]) -> Result<Vec<OutputFile>, EmitError> {
    let mut files = Vec::new();
    for target in options.targets.chosen(which)? {
        files.extend(target.files(plan, options.draft, &options.facts)?);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut seen: BTreeMap<String, &OutputFile> = BTreeMap::new();
    for file in &files {
        names::check(&file.path).map_err(|why| unsafe_path(file, why))?;
        if let Some(other) = seen.insert(names::folded(&file.path), file) {
            return Err(written_twice(other, file));
        }
    }
    Ok(files)
}

fn unsafe_path(file: &OutputFile, why: &'static str) -> EmitError {
    EmitError::new(say!(
        "target `{target}` would write `{path}`, {why}",
        target = file.target,
        path = file.path,
        why = Message::of(why)
    ))
    .help(say!("a path in `target.yaml` is relative, uses `/` and stays in the output folder"))
}

fn written_twice(first: &OutputFile, second: &OutputFile) -> EmitError {
    let (own, other, path) = (&first.target, &second.target, &second.path);
    EmitError::new(say!("`{path}` is written twice, by target `{own}` and by target `{other}`", path, own, other))
        .help(say!("change the path in one `target.yaml`, or build only one of them"))
}

/// Everything a build writes, its manifest included.
///
/// `inputs` are the files of the spec with their text.
pub fn build_files(
    options: &Options,
    plan: &Plan,
    which: &[&str],
    inputs: &[Input<'_>],
) -> Result<Vec<OutputFile>, EmitError> {
    let mut files = emit(options, plan, which)?;
    let manifest = Manifest::of(&files, inputs);
    files.push(OutputFile {
        path: manifest::FILE.to_owned(),
        bytes: manifest.to_bytes(),
        target: "funnelc".to_owned(),
    });
    Ok(files)
}

/// What a target loses of a plan.
type Losses = fn(&Plan) -> Vec<Approximation>;

/// What each target can only say roughly; a target that says everything is not in the list.
static APPROXIMATIONS: &[(&str, Losses)] = &[
    (ga4::TARGET, ga4::approximations),
    (json_schema::TARGET, json_schema::approximations),
    ("kotlin", |plan| clients::approximations("kotlin", &clients::KOTLIN, plan)),
    (mixpanel::TARGET, mixpanel::approximations),
    (rudderstack::TARGET, rudderstack::approximations),
    (segment::TARGET, segment::approximations),
    (snowplow::TARGET, snowplow::approximations),
];

/// What the chosen targets can only say roughly, by target and path.
pub fn approximations(plan: &Plan, which: &[&str]) -> Vec<Approximation> {
    let chosen = APPROXIMATIONS.iter().filter(|(target, _)| which.is_empty() || which.contains(target));
    chosen.flat_map(|(_, of)| of(plan)).collect()
}

#[cfg(test)]
mod tests;
