//! SARIF 2.1.0, for code scanning and editors.
//!
//! Only the rules that have findings are described; `help` of a rule is its manual page.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Result, Write};

use serde::Serialize;

use super::text::{Place, path_of_uri as encoded};
use super::{Format, Report, json};
use crate::diagnostic::{Code, Diagnostic, Edit, Fix, Label};
use crate::fingerprint::fingerprints;
use crate::language::Language;
use crate::source::{FileId, Source, Sources, Span};

pub(super) const FORMAT: Format = Format { name: "sarif", about: "SARIF 2.1.0 for code scanning and editors", render };

/// The name under which results carry their fingerprint; the number rises when the way it is made changes.
const FINGERPRINT: &str = "funnelcFingerprint/v1";

#[derive(Serialize)]
struct Log<'r> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'r>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'r> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Hidden>,
}

/// How many findings were left out over a limit.
#[derive(Serialize)]
struct Hidden {
    hidden: usize,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Words,
    full_description: Words,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Manual>,
    help_uri: String,
    default_configuration: Configuration,
    properties: Tags,
}

#[derive(Serialize)]
struct Words {
    text: String,
}

#[derive(Serialize)]
struct Manual {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Tags {
    tags: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'r> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Words,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Change<'r>>,
    partial_fingerprints: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    #[serde(rename = "physicalLocation")]
    place: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Words>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'r> {
    description: Words,
    artifact_changes: Vec<ArtifactChange<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'r> {
    artifact_location: Artifact,
    replacements: Vec<Replacement<'r>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'r> {
    deleted_region: Region,
    inserted_content: Content<'r>,
}

#[derive(Serialize)]
struct Content<'r> {
    text: &'r str,
}

fn render(report: &Report<'_>, out: &mut dyn Write) -> Result<()> {
    let ids: BTreeSet<_> = report.diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let found = report.diagnostics.iter().zip(fingerprints(report.sources, report.diagnostics));
    let results = found.map(|(diagnostic, print)| {
        let rule = ids.binary_search(&diagnostic.code.id).unwrap_or_default();
        Finding::of(report, diagnostic, rule, print)
    });
    let run = Run {
        results: results.collect(),
        tool: Tool { driver: driver(report) },
        column_kind: "unicodeCodePoints",
        properties: (report.hidden > 0).then_some(Hidden { hidden: report.hidden }),
    };
    let schema = "https://json.schemastore.org/sarif-2.1.0.json";
    json::write_pretty(out, &Log { schema, version: "2.1.0", runs: [run] })
}

fn driver(report: &Report<'_>) -> Driver {
    let codes: BTreeMap<_, _> =
        report.diagnostics.iter().map(|diagnostic| (diagnostic.code.id, diagnostic.code)).collect();
    Driver {
        name: "funnelc",
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: codes.into_values().map(|code| Rule::of(code, report.language)).collect(),
    }
}

impl Words {
    /// Braces stay single though §3.11.5 of the standard doubles them: code scanning and the viewers show a text without
    /// arguments as it is, and messages about a lone `{` must not show two.
    fn of(text: &(impl ToString + ?Sized)) -> Self {
        Self { text: text.to_string() }
    }
}

impl Rule {
    fn of(code: &'static Code, language: Language) -> Self {
        let (summary, explanation) = (language.text(code.summary), language.text(code.explanation));
        let help = (!explanation.is_empty()).then_some(Manual { text: explanation, markdown: explanation });
        // The first paragraph is the reason; the rest is for whoever opens the page.
        let reason = explanation.split("\n\n").next().filter(|reason| !reason.is_empty()).unwrap_or(summary);
        Self {
            id: code.id,
            name: code.name,
            short_description: Words::of(summary),
            full_description: Words::of(reason),
            help,
            help_uri: code.page(),
            default_configuration: Configuration { level: code.severity().word() },
            properties: Tags { tags: [code.group.word()] },
        }
    }
}

impl<'r> Finding<'r> {
    fn of(report: &Report<'_>, diagnostic: &'r Diagnostic, rule_index: usize, fingerprint: String) -> Self {
        let main = diagnostic.labels.iter().position(|label| label.primary).unwrap_or(0);
        let others = diagnostic.labels.iter().enumerate().filter(|(index, _)| *index != main);
        let related = others.enumerate().map(|(id, (_, label))| Location::of(report, label, Some(id)));
        let text = match &diagnostic.help {
            Some(help) => format!("{}\n{}", report.say(&diagnostic.message), report.say(help)),
            None => report.say(&diagnostic.message),
        };
        Self {
            rule_id: diagnostic.code.id,
            rule_index,
            level: diagnostic.severity.word(),
            message: Words::of(&text),
            locations: diagnostic.labels.get(main).map(|label| Location::of(report, label, None)).into_iter().collect(),
            related_locations: related.collect(),
            fixes: diagnostic.fixes.iter().map(|fix| Change::of(report, fix)).collect(),
            partial_fingerprints: BTreeMap::from([(FINGERPRINT, fingerprint)]),
        }
    }
}

impl Location {
    fn of(report: &Report<'_>, label: &Label, id: Option<usize>) -> Self {
        let sources = report.sources;
        let message = (!label.text.is_empty()).then(|| Words::of(&report.say(&label.text)));
        let artifact_location = Artifact::of(sources.get(label.span.file));
        let region = Region::of(sources, label.span);
        Self { id, place: Physical { artifact_location, region }, message }
    }
}

impl Artifact {
    fn of(source: &Source) -> Self {
        let name = &source.name;
        if name.starts_with('/') {
            return Self { uri: format!("file://{}", encoded(name)), uri_base_id: None };
        }
        // The embedded library is not part of the checked-out tree.
        Self { uri: encoded(name), uri_base_id: (!source.embedded).then_some("%SRCROOT%") }
    }
}

impl Region {
    fn of(sources: &Sources, span: Span) -> Self {
        let Place { start, end, .. } = Place::of(sources, span);
        Self { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column }
    }
}

impl<'r> Change<'r> {
    fn of(report: &Report<'_>, fix: &'r Fix) -> Self {
        let sources = report.sources;
        let mut files: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in &fix.edits {
            files.entry(edit.span.file).or_default().push(edit);
        }
        let change = |(file, edits): (FileId, Vec<&'r Edit>)| ArtifactChange {
            artifact_location: Artifact::of(sources.get(file)),
            replacements: edits.into_iter().map(|edit| Replacement::of(sources, edit)).collect(),
        };
        Self {
            description: Words::of(&report.say(&fix.title)),
            artifact_changes: files.into_iter().map(change).collect(),
        }
    }
}

impl<'r> Replacement<'r> {
    fn of(sources: &Sources, edit: &'r Edit) -> Self {
        let deleted_region = Region::of(sources, edit.span);
        Self { deleted_region, inserted_content: Content { text: &edit.replacement } }
    }
}
