//! Targets: folders under `templates/` with a `target.yaml` that says which files they write and how they escape. The
//! embedded ones are a list; a folder of the user's adds one, or overrides files of one.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use handlebars::Context;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::json_schema::Draft;
use super::render::{Escape, LIMITS, Limits, Shown, Templates, is_template, partial_name};
use super::shown::View as Shows;
use super::{
    EmitError, Facts, OutputFile, clients, csv, dashboard, email, ga4, json_schema, maps, mixpanel, names, rudderstack,
    segment, snowplow, tracking, yaml,
};
use crate::model::faults::nearest;
use crate::plan::{EventPlan, Plan};
use crate::say;

/// The embedded targets: each file of each, by its path under `templates/`.
static EMBEDDED: &[(&str, &str, &str)] = &[
    ("csv", "target.yaml", include_str!("../../templates/csv/target.yaml")),
    ("dashboard", "target.yaml", include_str!("../../templates/dashboard/target.yaml")),
    ("dashboard", "index.html.hbs", include_str!("../../templates/dashboard/index.html.hbs")),
    ("dashboard", "dashboard.css", include_str!("../../templates/dashboard/dashboard.css")),
    ("dashboard", "echarts.js", include_str!("../../templates/dashboard/echarts.js")),
    ("dashboard", "words.js", include_str!("../../templates/dashboard/words.js")),
    ("dashboard", "data.js", include_str!("../../templates/dashboard/data.js")),
    ("dashboard", "charts.js", include_str!("../../templates/dashboard/charts.js")),
    ("dashboard", "sections.js", include_str!("../../templates/dashboard/sections.js")),
    ("dashboard", "page.js", include_str!("../../templates/dashboard/page.js")),
    ("email", "target.yaml", include_str!("../../templates/email/target.yaml")),
    ("email", "plan.html.hbs", include_str!("../../templates/email/plan.html.hbs")),
    ("email", "plan.css", include_str!("../../templates/email/plan.css")),
    ("email", "brief.md.hbs", include_str!("../../templates/email/brief.md.hbs")),
    ("ga4", "target.yaml", include_str!("../../templates/ga4/target.yaml")),
    ("ga4", "mapping.md.hbs", include_str!("../../templates/ga4/mapping.md.hbs")),
    ("go", "target.yaml", include_str!("../../templates/go/target.yaml")),
    ("go", "client.go.hbs", include_str!("../../templates/go/client.go.hbs")),
    ("go", "fields.go.hbs", include_str!("../../templates/go/fields.go.hbs")),
    ("go", "rules.go.hbs", include_str!("../../templates/go/rules.go.hbs")),
    ("go", "runtime.go.hbs", include_str!("../../templates/go/runtime.go.hbs")),
    ("go", "sinks.go.hbs", include_str!("../../templates/go/sinks.go.hbs")),
    ("json-schema", "target.yaml", include_str!("../../templates/json-schema/target.yaml")),
    ("kotlin", "target.yaml", include_str!("../../templates/kotlin/target.yaml")),
    ("kotlin", "client.kt.hbs", include_str!("../../templates/kotlin/client.kt.hbs")),
    ("kotlin", "rules.kt.hbs", include_str!("../../templates/kotlin/rules.kt.hbs")),
    ("kotlin", "runtime.kt.hbs", include_str!("../../templates/kotlin/runtime.kt.hbs")),
    ("kotlin", "sinks.kt.hbs", include_str!("../../templates/kotlin/sinks.kt.hbs")),
    ("maps", "target.yaml", include_str!("../../templates/maps/target.yaml")),
    ("maps", "index.html.hbs", include_str!("../../templates/maps/index.html.hbs")),
    ("maps", "maps.css", include_str!("../../templates/maps/maps.css")),
    ("mixpanel", "target.yaml", include_str!("../../templates/mixpanel/target.yaml")),
    ("model", "target.yaml", include_str!("../../templates/model/target.yaml")),
    ("python", "target.yaml", include_str!("../../templates/python/target.yaml")),
    ("python", "init.py.hbs", include_str!("../../templates/python/init.py.hbs")),
    ("python", "client.py.hbs", include_str!("../../templates/python/client.py.hbs")),
    ("python", "rules.py.hbs", include_str!("../../templates/python/rules.py.hbs")),
    ("python", "runtime.py.hbs", include_str!("../../templates/python/runtime.py.hbs")),
    ("python", "sinks.py.hbs", include_str!("../../templates/python/sinks.py.hbs")),
    ("python", "typed.hbs", include_str!("../../templates/python/typed.hbs")),
    ("rudderstack", "target.yaml", include_str!("../../templates/rudderstack/target.yaml")),
    ("segment", "target.yaml", include_str!("../../templates/segment/target.yaml")),
    ("snowplow", "target.yaml", include_str!("../../templates/snowplow/target.yaml")),
    ("swift", "target.yaml", include_str!("../../templates/swift/target.yaml")),
    ("swift", "client.swift.hbs", include_str!("../../templates/swift/client.swift.hbs")),
    ("swift", "rules.swift.hbs", include_str!("../../templates/swift/rules.swift.hbs")),
    ("swift", "runtime.swift.hbs", include_str!("../../templates/swift/runtime.swift.hbs")),
    ("swift", "sinks.swift.hbs", include_str!("../../templates/swift/sinks.swift.hbs")),
    ("tracking", "target.yaml", include_str!("../../templates/tracking/target.yaml")),
    ("tracking", "plan.md.hbs", include_str!("../../templates/tracking/plan.md.hbs")),
    ("tracking", "properties.md.hbs", include_str!("../../templates/tracking/properties.md.hbs")),
    ("tracking", "plan.html.hbs", include_str!("../../templates/tracking/plan.html.hbs")),
    ("tracking", "rows.html.hbs", include_str!("../../templates/tracking/rows.html.hbs")),
    ("tracking", "plan.css", include_str!("../../templates/tracking/plan.css")),
    ("tracking", "plan.js", include_str!("../../templates/tracking/plan.js")),
    ("typescript", "target.yaml", include_str!("../../templates/typescript/target.yaml")),
    ("typescript", "client.ts.hbs", include_str!("../../templates/typescript/client.ts.hbs")),
    ("typescript", "fields.ts.hbs", include_str!("../../templates/typescript/fields.ts.hbs")),
    ("typescript", "rules.ts.hbs", include_str!("../../templates/typescript/rules.ts.hbs")),
    ("typescript", "runtime.ts.hbs", include_str!("../../templates/typescript/runtime.ts.hbs")),
    ("typescript", "sinks.ts.hbs", include_str!("../../templates/typescript/sinks.ts.hbs")),
];

/// The words of one language that a template shows.
pub(super) type Words = IndexMap<String, String>;

/// A `target.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its name, as `--target` takes it.
    pub name: String,
    /// What it writes, in one sentence.
    pub about: String,
    /// What its outputs are checked with, a sentence each.
    #[serde(default)]
    pub checked: Vec<String>,
    #[serde(default)]
    escape: Escape,
    files: Vec<FileSpec>,
    #[serde(default)]
    words: IndexMap<String, Words>,
    /// Its templates and what they put in as it is, by file name.
    #[serde(skip)]
    texts: BTreeMap<String, String>,
    /// Its `target.yaml`.
    #[serde(skip)]
    manifest: String,
    #[serde(skip)]
    shown: Shown,
}

/// A file, or one for each event or language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSpec {
    path: String,
    #[serde(default)]
    each: Each,
    /// What there must be for it to be written.
    needs: Option<Needs>,
    template: Option<String>,
    writer: Option<Writer>,
    /// What writes the files of the folder that the path names, where it takes more than one.
    folder: Option<Folder>,
    #[serde(default)]
    view: View,
    /// Where it is escaped in another way than the target's other files.
    escape: Option<Escape>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Each {
    #[default]
    Once,
    Event,
    Language,
    Message,
}

/// What a file is written for, where it is not written of every plan.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Needs {
    /// A day on which a run starts.
    Anchor,
    /// A message.
    Messages,
    /// A message on paper.
    Post,
}

impl Needs {
    fn are_met(self, plan: &Plan, facts: &Facts) -> bool {
        let mut messages = plan.sequences.iter().flat_map(|own| &own.messages);
        match self {
            Self::Anchor => facts.anchor.is_some(),
            Self::Messages => messages.next().is_some(),
            Self::Post => messages.any(|own| own.kind == "post"),
        }
    }
}

/// What a writer is asked.
struct Asked<'a> {
    plan: &'a Plan,
    part: &'a Part<'a>,
    draft: Draft,
    facts: &'a Facts,
    words_of: &'a dyn Fn(&str) -> Words,
}

/// What is written without a template; none where it cannot be written for such a part.
type WriterOf = fn(&Asked<'_>) -> Option<Vec<u8>>;

/// The writers, by the names that a `target.yaml` calls them.
static WRITERS: &[(&str, WriterOf)] = &[
    ("model", |asked| Some(pretty(asked.plan))),
    ("rudderstack-properties", |asked| Some(yaml::to_bytes(&rudderstack::properties(asked.plan)))),
    ("rudderstack-custom-types", |asked| Some(yaml::to_bytes(&rudderstack::custom_types(asked.plan)))),
    ("rudderstack-categories", |asked| Some(yaml::to_bytes(&rudderstack::categories(asked.plan)))),
    ("rudderstack-events", |asked| Some(yaml::to_bytes(&rudderstack::events(asked.plan)))),
    ("rudderstack-tracking-plan", |asked| Some(yaml::to_bytes(&rudderstack::tracking_plan(asked.plan)))),
    ("rudderstack-plan", |asked| Some(pretty(&rudderstack::api_plan(asked.plan)))),
    ("segment", |asked| Some(pretty(&segment::plan(asked.plan)))),
    ("csv", |asked| Some(csv::plan(asked.plan))),
    ("email-csv", |asked| Some(email::table(asked.plan, asked.words_of))),
    ("email-print", |asked| Some(email::printed(asked.plan, asked.words_of))),
    ("email-workbook", |asked| email::workbook(asked.plan, asked.words_of)),
    ("email-timeline", |asked| {
        let lang = asked.part.lang;
        Some(email::timeline(asked.plan, &(asked.words_of)(lang), lang, asked.facts.anchor))
    }),
    ("email-calendar", |asked| {
        let lang = asked.part.lang;
        Some(email::calendar(asked.plan, lang, &(asked.words_of)(lang), asked.facts.anchor?))
    }),
    ("ga4-json", |asked| Some(pretty(&ga4::mapping(asked.plan)))),
    ("ga4-csv", |asked| Some(ga4::table(asked.plan))),
    ("mixpanel", |asked| Some(pretty(&mixpanel::lexicon(asked.plan)))),
    ("json-schema", |asked| Some(pretty(&json_schema::of_event(asked.plan, asked.part.event?, asked.draft)))),
];

/// The files of a folder, by their paths inside of it.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// What writes a folder.
type FolderOf = fn(&Plan, &dyn Fn(&str) -> Words) -> Files;

/// What writes folders, by the names that a `target.yaml` calls them.
static FOLDERS: &[(&str, FolderOf)] = &[
    ("email-flowcharts", email::flowcharts),
    ("maps", |plan, _| maps::pictures(plan)),
    ("snowplow-schemas", |plan, _| snowplow::schemas(plan)),
    ("snowplow-data-structures", |plan, _| snowplow::data_structures(plan)),
    ("snowplow-data-products", |plan, _| snowplow::data_products(plan)),
];

/// What a template is shown.
type ViewOf = fn(&Seen<'_>) -> Box<dyn Shows>;

/// The views, by the names that a `target.yaml` calls them.
static VIEWS: &[(&str, ViewOf)] = &[
    ("tracking", |seen| {
        let file_of = |lang: &str| file_name(seen.pattern, seen.plan, lang);
        Box::new(tracking::view(seen.plan, seen.lang, seen.words, &file_of))
    }),
    ("dashboard", |seen| {
        let file_of = |lang: &str| file_name(seen.pattern, seen.plan, lang);
        let Seen { plan, lang, words, facts, .. } = *seen;
        Box::new(dashboard::view(&dashboard::Page { plan, lang, words, facts, file_of: &file_of }))
    }),
    ("maps", |seen| {
        let file_of = |lang: &str| file_name(seen.pattern, seen.plan, lang);
        Box::new(maps::view(seen.plan, seen.lang, seen.words, &file_of))
    }),
    ("email", |seen| {
        let file_of = |lang: &str| file_name(seen.pattern, seen.plan, lang);
        Box::new(email::view(seen.plan, seen.lang, seen.words, &file_of))
    }),
    ("brief", |seen| Box::new(email::brief(seen.plan, seen.message, seen.lang, seen.words))),
    ("ga4", |seen| Box::new(json!(ga4::mapping(seen.plan)))),
    ("go", |seen| Box::new(clients::view(&clients::GO, seen.plan))),
    ("kotlin", |seen| Box::new(clients::view(&clients::KOTLIN, seen.plan))),
    ("python", |seen| Box::new(clients::view(&clients::PYTHON, seen.plan))),
    ("swift", |seen| Box::new(clients::view(&clients::SWIFT, seen.plan))),
    ("typescript", |seen| Box::new(clients::view(&clients::TYPESCRIPT, seen.plan))),
];

/// The view of a template that asks for none: the plan as it is, with `lang` and `event` where there is one of each.
const PLAN: &str = "plan";

/// What a view is made of.
struct Seen<'s> {
    plan: &'s Plan,
    lang: &'s str,
    words: &'s Words,
    facts: &'s Facts,
    /// The path of the message, for a file of one.
    message: &'s str,
    /// The path of the file as `target.yaml` gives it.
    pattern: &'s str,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Writer(WriterOf);

impl TryFrom<String> for Writer {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        named(WRITERS, &name).map(Self).ok_or_else(|| not_named("writer", &name, WRITERS.iter().map(|(own, _)| *own)))
    }
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Folder(FolderOf);

impl TryFrom<String> for Folder {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        named(FOLDERS, &name).map(Self).ok_or_else(|| not_named("folder", &name, FOLDERS.iter().map(|(own, _)| *own)))
    }
}

/// One of the views; none where the plan is shown as it is.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
struct View(Option<ViewOf>);

impl TryFrom<String> for View {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        let known = std::iter::once(PLAN).chain(VIEWS.iter().map(|(own, _)| *own));
        match named(VIEWS, &name) {
            None if name != PLAN => Err(not_named("view", &name, known)),
            view => Ok(Self(view)),
        }
    }
}

fn named<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(own, _)| *own == name).map(|(_, own)| *own)
}

fn not_named<'k>(what: &str, name: &str, known: impl Iterator<Item = &'k str>) -> String {
    format!("there is no {what} `{name}`; there are {}", known.collect::<Vec<_>>().join(", "))
}

/// The targets that can be built, by name.
#[derive(Clone, Debug, Default)]
pub struct Targets {
    all: BTreeMap<String, Target>,
}

impl Targets {
    /// Those that come with the compiler.
    pub fn embedded() -> Result<Self, EmitError> {
        let mut targets = Self::default();
        let mut folders: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
        for (folder, file, text) in EMBEDDED {
            folders.entry(folder).or_default().push((file, text));
        }
        for (folder, files) in folders {
            targets.add(folder, &files)?;
        }
        Ok(targets)
    }

    /// Adds a folder: a target of its own where it has a `target.yaml`, else files that override those of the target of
    /// its name.
    pub fn add(&mut self, folder: &str, files: &[(&str, &str)]) -> Result<(), EmitError> {
        self.add_from(folder, folder, files)
    }

    /// The same, with the path by which the folder is known to its reader.
    pub fn add_from(&mut self, folder: &str, shown: &str, files: &[(&str, &str)]) -> Result<(), EmitError> {
        let manifest = files.iter().find(|(file, _)| *file == "target.yaml").map(|(_, text)| *text);
        let mut target = match manifest {
            Some(text) => Target::parse(shown, text)?,
            None => self.all.get(folder).cloned().ok_or_else(|| {
                let error = EmitError::new(say!(
                    "`{shown}` has no `target.yaml`, and there is no target `{folder}`",
                    shown,
                    folder
                ));
                match nearest(folder, self.all.keys().map(String::as_str)) {
                    Some(right) => error.help(say!("did you mean `{right}`?", right)),
                    None => error,
                }
            })?,
        };
        let known = self.all.get(&target.name);
        // What overrides a file may be called by nothing once another file is overridden too.
        let is_new = |file: &str| known.is_none_or(|known| !known.texts.contains_key(file));
        let new: Vec<&str> =
            files.iter().map(|(file, _)| *file).filter(|file| *file != "target.yaml" && is_new(file)).collect();
        if let Some(known) = known {
            for (file, text) in &known.texts {
                target.texts.entry(file.clone()).or_insert_with(|| text.clone());
            }
            for (file, place) in &known.shown {
                target.shown.entry(file.clone()).or_insert_with(|| place.clone());
            }
        }
        for (file, text) in files.iter().filter(|(file, _)| *file != "target.yaml") {
            // What is put in as it is has the form that the file it is put into will have.
            let text = if is_template(file) { (*text).to_owned() } else { tidy(text) };
            target.texts.insert((*file).to_owned(), text);
            target.shown.insert((*file).to_owned(), format!("{shown}/{file}"));
        }
        target.every_file_is_used(shown, &new)?;
        self.all.insert(target.name.clone(), target);
        Ok(())
    }

    /// Every target, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Target> {
        self.all.values()
    }

    /// The targets of some names, each once; all where none is named.
    pub(super) fn chosen(&self, which: &[&str]) -> Result<Vec<&Target>, EmitError> {
        for name in which {
            if !self.all.contains_key(*name) {
                return Err(self.unknown(name));
            }
        }
        Ok(self.all.values().filter(|target| which.is_empty() || which.contains(&target.name.as_str())).collect())
    }

    fn unknown(&self, name: &str) -> EmitError {
        let known: Vec<&str> = self.all.keys().map(String::as_str).collect();
        let error = EmitError::new(say!("there is no target `{name}`", name));
        match nearest(name, known.iter().copied()) {
            Some(right) => error.help(say!("did you mean `{right}`?", right)),
            None => error.help(say!("the targets are {all}", all = known.join(", "))),
        }
    }
}

impl Target {
    fn parse(shown: &str, text: &str) -> Result<Self, EmitError> {
        let read: Result<Self, _> = serde_yaml::from_str(text);
        let mut target =
            read.map_err(|error| EmitError::new(say!("`{shown}/target.yaml` cannot be read: {error}", shown, error)))?;
        text.clone_into(&mut target.manifest);
        Ok(target)
    }

    /// Its files as they can be written, changed and used again.
    pub fn texts(&self) -> Vec<(&str, &str)> {
        let own = self.texts.iter().map(|(file, text)| (file.as_str(), text.as_str()));
        std::iter::once(("target.yaml", self.manifest.as_str())).chain(own).collect()
    }

    /// Its `target.yaml`.
    pub fn manifest(&self) -> &str {
        &self.manifest
    }

    /// What it writes: the path, how often, and what writes it.
    pub fn writes(&self) -> impl Iterator<Item = (&str, &'static str, &str)> {
        self.files.iter().map(|spec| {
            let each = match spec.each {
                _ if spec.folder.is_some() => "a folder of files",
                Each::Once => "once",
                Each::Event => "for each event",
                Each::Language => "for each language",
                Each::Message => "for each message and language",
            };
            (spec.path.as_str(), each, spec.template.as_deref().unwrap_or("the compiler"))
        })
    }

    /// The paths it writes, as `target.yaml` gives them.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|spec| spec.path.as_str())
    }

    /// A file that nothing asks for has a wrong name.
    fn every_file_is_used(&self, shown: &str, files: &[&str]) -> Result<(), EmitError> {
        let known: Vec<&str> = self.files.iter().filter_map(|spec| spec.template.as_deref()).collect();
        let is_called = |file: &str| {
            let calls = [format!("{{{{> {}", partial_name(file)), format!("{{{{#> {}", partial_name(file))];
            let quoted = [format!("\"{file}\""), format!("'{file}'")];
            let mut templates = self.texts.iter().filter(|(file, _)| is_template(file));
            templates.any(|(_, text)| calls.iter().chain(&quoted).any(|call| text.contains(call.as_str())))
        };
        let Some(file) = files.iter().find(|file| !known.contains(file) && !is_called(file)) else { return Ok(()) };
        let error = EmitError::new(say!("nothing uses `{shown}/{file}`", shown, file));
        let others = self.texts.keys().map(String::as_str).filter(|other| other != file);
        Err(match nearest(file, others) {
            Some(right) => error.help(say!("did you mean `{right}`?", right)),
            None => error.help(say!("name it in `target.yaml`, or call it from a template")),
        })
    }

    /// The files it writes for a plan.
    pub(super) fn files(&self, plan: &Plan, draft: Draft, facts: &Facts) -> Result<Vec<OutputFile>, EmitError> {
        self.files_within(plan, draft, facts, LIMITS)
    }

    /// The same within other limits.
    pub(super) fn files_within(
        &self,
        plan: &Plan,
        draft: Draft,
        facts: &Facts,
        limits: Limits,
    ) -> Result<Vec<OutputFile>, EmitError> {
        let steps = Arc::new(AtomicU64::new(limits.steps));
        let messages = plan.sequences.iter().flat_map(|own| &own.messages).map(|own| own.path.as_str());
        let file_names = Stems {
            events: names::stems(plan.events.iter().map(|event| event.path.as_str())),
            messages: names::stems(messages),
        };
        let words_of = |lang: &str| self.words_in(lang);
        let mut writings = BTreeMap::new();
        let mut files = Vec::new();
        let wanted = |spec: &&FileSpec| spec.needs.is_none_or(|needs| needs.are_met(plan, facts));
        for spec in self.files.iter().filter(wanted) {
            if let Some(Folder(write)) = spec.folder {
                let file = |(path, bytes)| (format!("{}/{path}", spec.path), bytes);
                let own = write(plan, &words_of).into_iter().map(file);
                files.extend(own.map(|(path, bytes)| OutputFile { path, bytes, target: self.name.clone() }));
                continue;
            }
            let escape = spec.escape.unwrap_or(self.escape);
            let writing = match writings.entry(escape) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(none) => {
                    let templates = Templates::new(&self.texts, &self.shown, escape, limits, &steps)?;
                    none.insert(Writing { templates, whole: None, draft, facts })
                }
            };
            for part in parts(spec.each, plan) {
                let path = part.path(&spec.path, &file_names);
                let bytes = self.bytes(writing, spec, &part)?;
                files.push(OutputFile { path, bytes, target: self.name.clone() });
            }
        }
        Ok(files)
    }

    fn bytes(&self, writing: &mut Writing<'_>, spec: &FileSpec, part: &Part<'_>) -> Result<Vec<u8>, EmitError> {
        let words_of = |lang: &str| self.words_in(lang);
        let Writing { draft, facts, .. } = *writing;
        let asked = Asked { plan: part.plan, part, draft, facts, words_of: &words_of };
        let written = spec.writer.and_then(|Writer(write)| write(&asked));
        match (written, &spec.template) {
            (Some(bytes), _) => Ok(bytes),
            (None, Some(template)) if !self.texts.contains_key(template) => {
                let target = &self.name;
                let error = EmitError::new(say!("target `{target}` has no template `{template}`", target, template));
                let known = self.texts.keys().map(String::as_str);
                Err(match nearest(template, known) {
                    Some(right) => error.help(say!("did you mean `{right}`?", right)),
                    None => error,
                })
            }
            (None, Some(template)) => {
                let text = self.with_view(writing, spec, part, template)?;
                Ok(tidy(&text).into_bytes())
            }
            (None, None) => Err(EmitError::new(say!(
                "target `{target}` does not say how `{path}` is written",
                target = self.name,
                path = spec.path
            ))
            .help(say!("give the file a `template`, or a `writer` that fits its `each`"))),
        }
    }

    fn with_view(
        &self,
        writing: &mut Writing<'_>,
        spec: &FileSpec,
        part: &Part<'_>,
        template: &str,
    ) -> Result<String, EmitError> {
        if !self.shows_something(template) {
            return writing.templates.render(template, &Context::null());
        }
        let words = self.words_in(part.lang);
        let View(Some(view)) = spec.view else {
            // The plan is the same for every file, and large: it is made into data once.
            let whole = writing.whole.get_or_insert_with(|| Context::from(json!({ "plan": part.plan })));
            let data = whole.data_mut();
            data["lang"] = json!(part.lang);
            data["event"] = json!(part.event);
            data["words"] = json!(words);
            return writing.templates.render(template, whole);
        };
        let message = part.message.unwrap_or_default();
        let Writing { facts, .. } = *writing;
        let seen = Seen { plan: part.plan, lang: part.lang, words: &words, facts, message, pattern: &spec.path };
        writing.templates.render_view(template, &*view(&seen))
    }

    /// Whether a template is more than text; making a plan into data takes longer than most of what is written of it.
    fn shows_something(&self, template: &str) -> bool {
        self.texts.get(template).is_none_or(|text| text.contains("{{"))
    }

    /// The words of a language; English where it has none.
    pub(super) fn words_in(&self, lang: &str) -> Words {
        let primary = lang.split('-').next().unwrap_or(lang);
        let mut words = self.words.get("en").cloned().unwrap_or_default();
        let own = self.words.get(lang).or_else(|| self.words.get(primary));
        words.extend(own.cloned().unwrap_or_default());
        words
    }
}

/// What the files of a target that are escaped alike are written with.
struct Writing<'t> {
    templates: Templates<'t>,
    whole: Option<Context>,
    draft: Draft,
    facts: &'t Facts,
}

/// One file of a target.
struct Part<'p> {
    plan: &'p Plan,
    lang: &'p str,
    event: Option<&'p EventPlan>,
    /// The path of a message.
    message: Option<&'p str>,
}

/// The names of files of events and messages.
struct Stems<'p> {
    events: BTreeMap<&'p str, String>,
    messages: BTreeMap<&'p str, String>,
}

fn parts(each: Each, plan: &Plan) -> Vec<Part<'_>> {
    let default = plan.languages.first().map_or("en", String::as_str);
    let once = || Part { plan, lang: default, event: None, message: None };
    match each {
        Each::Once => vec![once()],
        Each::Event => plan.events.iter().map(|event| Part { event: Some(event), ..once() }).collect(),
        Each::Language => plan.languages.iter().map(|lang| Part { lang, ..once() }).collect(),
        Each::Message => {
            let messages = plan.sequences.iter().flat_map(|own| &own.messages);
            let in_languages =
                |path| plan.languages.iter().map(move |lang| Part { lang, message: Some(path), ..once() });
            messages.flat_map(|own| in_languages(own.path.as_str())).collect()
        }
    }
}

impl Part<'_> {
    fn path(&self, pattern: &str, stems: &Stems<'_>) -> String {
        let event = self.event.and_then(|event| stems.events.get(event.path.as_str())).map_or("", String::as_str);
        let message = self.message.and_then(|path| stems.messages.get(path)).map_or("", String::as_str);
        in_language(&pattern.replace("{event}", event).replace("{message}", message), self.plan, self.lang)
    }
}

/// `{lang}` is nothing in the default language and `.ar` in others.
fn in_language(pattern: &str, plan: &Plan, lang: &str) -> String {
    let is_default = plan.languages.first().is_none_or(|default| default == lang);
    let suffix = if is_default { String::new() } else { format!(".{lang}") };
    pattern.replace("{lang}", &suffix)
}

fn file_name(pattern: &str, plan: &Plan, lang: &str) -> String {
    let path = in_language(pattern, plan, lang);
    path.rsplit('/').next().unwrap_or(&path).to_owned()
}

/// Indented JSON and a newline.
fn pretty(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// What blocks of a template leave behind: no space at the end of lines, one empty line at most, one at the end.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty <= 1 && !(out.is_empty() && line.is_empty()) {
            out.push_str(line);
            out.push('\n');
        }
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}
