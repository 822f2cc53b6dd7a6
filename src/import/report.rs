//! What an import made of a plan, for people and for machines: the counts, the contradictions, and everything that has no
//! counterpart in a spec, with its place.

use std::fmt::Write;

use indexmap::IndexMap;
use serde::Serialize;

use super::plan::{ForeignPlan, Loss, Notes};
use super::share::Group;
use crate::diagnostic::Diagnostic;
use crate::emit::in_markdown;
use crate::language::Language;
use crate::source::{Sources, Span};

/// The report as data.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    format: &'static str,
    files: Vec<String>,
    events: usize,
    properties: usize,
    shared_groups: usize,
    /// The uses of properties that stand in groups instead of in events.
    shared_properties: usize,
    traits: usize,
    conflicts: Vec<Conflict>,
    no_counterpart: Vec<Lost>,
}

#[derive(Debug, Serialize)]
struct Conflict {
    message: String,
    places: Vec<Place>,
}

#[derive(Debug, Serialize)]
struct Place {
    file: String,
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
}

#[derive(Debug, Serialize)]
struct Lost {
    what: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    event: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    property: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    was: String,
    #[serde(flatten)]
    place: Place,
}

/// How many examples of one sort the report for people shows.
const SHOWN: usize = 20;

impl Report {
    pub(super) fn of(
        format: &'static str,
        sources: &Sources,
        plan: &ForeignPlan,
        groups: &[Group],
        notes: &Notes,
    ) -> Self {
        Self {
            format,
            files: sources.iter().map(|(_, source)| source.name.clone()).collect(),
            events: plan.events.len(),
            properties: plan.events.iter().map(|event| event.properties.len()).sum(),
            shared_groups: groups.len(),
            shared_properties: groups.iter().map(|group| group.properties.len() * group.events.len()).sum(),
            traits: plan.traits.len(),
            conflicts: notes.conflicts.iter().map(|own| conflict(sources, own)).collect(),
            no_counterpart: notes.losses.iter().map(|own| lost(sources, own)).collect(),
        }
    }

    pub(super) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    pub(super) fn to_markdown(&self) -> String {
        let mut out = String::from("# Import report\n\n");
        let files: Vec<String> = self.files.iter().map(|file| in_markdown(file)).collect();
        let _ = writeln!(out, "Read as `{}`: {}\n", self.format, files.join(", "));
        self.counts(&mut out);
        self.contradictions(&mut out);
        self.losses(&mut out);
        out
    }

    fn counts(&self, out: &mut String) {
        let rows = [
            ("events", self.events),
            ("properties of events", self.properties),
            ("of these written once, in shared groups", self.shared_properties),
            ("shared groups", self.shared_groups),
            ("traits", self.traits),
            ("contradictions", self.conflicts.len()),
            ("places without a counterpart", self.no_counterpart.len()),
        ];
        out.push_str("| what | how many |\n|---|---:|\n");
        for (what, count) in rows {
            let _ = writeln!(out, "| {what} | {count} |");
        }
    }

    fn contradictions(&self, out: &mut String) {
        if self.conflicts.is_empty() {
            return;
        }
        out.push_str("\n## Contradictions\n\nOne side was followed; the other is named here.\n\n");
        for own in &self.conflicts {
            let _ = writeln!(out, "- {}", in_markdown(&own.message));
            for place in &own.places {
                let text =
                    if place.text.is_empty() { String::new() } else { format!(": {}", in_markdown(&place.text)) };
                let _ = writeln!(out, "  - {}{text}", place.shown());
            }
        }
    }

    fn losses(&self, out: &mut String) {
        if self.no_counterpart.is_empty() {
            out.push_str("\nEverything in the plan has a counterpart in the spec.\n");
            return;
        }
        let mut sorts: IndexMap<&str, Vec<&Lost>> = IndexMap::new();
        for own in &self.no_counterpart {
            sorts.entry(&own.what).or_default().push(own);
        }
        out.push_str("\n## What has no counterpart\n\n`import-report.json` lists every place.\n");
        for (what, all) in sorts {
            let _ = writeln!(out, "\n### {} ({})\n", in_markdown(what), all.len());
            all.iter().take(SHOWN).for_each(|own| own.line(out));
            if all.len() > SHOWN {
                let _ = writeln!(out, "- and {} more", all.len() - SHOWN);
            }
        }
    }
}

impl Place {
    fn of(sources: &Sources, span: Span, text: String) -> Self {
        let (file, at) = sources.locate(span);
        Self { file: file.to_owned(), line: at.line, column: at.column, text }
    }

    fn shown(&self) -> String {
        format!("{}:{}:{}", in_markdown(&self.file), self.line, self.column)
    }
}

impl Lost {
    fn line(&self, out: &mut String) {
        let about: Vec<String> = [&self.event, &self.property]
            .into_iter()
            .filter(|own| !own.is_empty())
            .map(|own| in_markdown(own))
            .collect();
        let was = if self.was.is_empty() { String::new() } else { format!(": {}", in_markdown(&self.was)) };
        let about = if about.is_empty() { "the plan".to_owned() } else { about.join(" › ") };
        let _ = writeln!(out, "- {about}{was} ({})", self.place.shown());
    }
}

fn conflict(sources: &Sources, own: &Diagnostic) -> Conflict {
    let places = own.labels.iter().map(|label| Place::of(sources, label.span, label.text.to_string()));
    Conflict { message: own.message.to_string(), places: places.collect() }
}

fn lost(sources: &Sources, own: &Loss) -> Lost {
    Lost {
        what: own.what.said(Language::English),
        event: own.event.clone(),
        property: own.property.clone(),
        was: own.was.clone(),
        place: Place::of(sources, own.place, String::new()),
    }
}
