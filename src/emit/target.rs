//! Targets: folders under `templates/` with a `target.yaml` that says which files they write and how they escape. The
//! embedded ones are a list; a folder of the user's adds one, or overrides files of one.

use std::collections::BTreeMap;

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{EmitError, OutputFile, json_schema, markdown, names, tracking};
use crate::model::faults::nearest;
use crate::plan::{EventPlan, Plan};
use crate::say;

/// The embedded targets: each file of each, by its path under `templates/`.
static EMBEDDED: &[(&str, &str, &str)] = &[
    ("json-schema", "target.yaml", include_str!("../../templates/json-schema/target.yaml")),
    ("model", "target.yaml", include_str!("../../templates/model/target.yaml")),
    ("tracking", "target.yaml", include_str!("../../templates/tracking/target.yaml")),
    ("tracking", "plan.md.hbs", include_str!("../../templates/tracking/plan.md.hbs")),
    ("tracking", "properties.md.hbs", include_str!("../../templates/tracking/properties.md.hbs")),
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
    #[serde(default)]
    escape: Escape,
    files: Vec<FileSpec>,
    #[serde(default)]
    words: IndexMap<String, Words>,
    #[serde(skip)]
    templates: BTreeMap<String, String>,
}

/// How what a template shows is escaped.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Escape {
    #[default]
    None,
    Html,
    Markdown,
}

/// A file, or one for each event or language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSpec {
    path: String,
    #[serde(default)]
    each: Each,
    template: Option<String>,
    writer: Option<Writer>,
    #[serde(default)]
    view: View,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Each {
    #[default]
    Once,
    Event,
    Language,
}

/// What is written without a template.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Writer {
    Model,
    JsonSchema,
}

/// What a template is shown.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum View {
    /// The plan as it is, with `lang` and `event` where there is one of each.
    #[default]
    Plan,
    /// The tracking plan, in words.
    Tracking,
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
        let manifest = files.iter().find(|(file, _)| *file == "target.yaml");
        let mut target = match manifest {
            Some((_, text)) => {
                let read: Result<Target, _> = serde_yaml::from_str(text);
                read.map_err(|error| {
                    EmitError::new(say!("`{folder}/target.yaml` cannot be read: {error}", folder, error))
                })?
            }
            None => self.all.get(folder).cloned().ok_or_else(|| {
                EmitError::new(say!("`{folder}` has no `target.yaml` and no target of this name is known", folder))
            })?,
        };
        if let Some(known) = self.all.get(&target.name) {
            for (file, text) in &known.templates {
                target.templates.entry(file.clone()).or_insert_with(|| text.clone());
            }
        }
        let templates =
            files.iter().filter(|(file, _)| file.rsplit_once('.').is_some_and(|(_, ending)| ending == "hbs"));
        target.templates.extend(templates.map(|(file, text)| ((*file).to_owned(), (*text).to_owned())));
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
    /// The files it writes for a plan.
    pub(super) fn files(&self, plan: &Plan) -> Result<Vec<OutputFile>, EmitError> {
        let registry = self.registry()?;
        let stems = names::stems(plan.events.iter().map(|event| event.path.as_str()));
        let mut files = Vec::new();
        for spec in &self.files {
            for part in parts(spec.each, plan) {
                let path = part.path(&spec.path, &stems);
                let bytes = self.bytes(&registry, spec, &part)?;
                files.push(OutputFile { path, bytes, target: self.name.clone() });
            }
        }
        Ok(files)
    }

    fn bytes(&self, registry: &Handlebars<'_>, spec: &FileSpec, part: &Part<'_>) -> Result<Vec<u8>, EmitError> {
        let plan = part.plan;
        match (spec.writer, &spec.template, part.event) {
            (Some(Writer::Model), ..) => Ok(pretty(plan)),
            (Some(Writer::JsonSchema), _, Some(event)) => Ok(pretty(&json_schema::of_event(plan, event))),
            (None, Some(template), _) => {
                let data = self.view(spec, part);
                let text = registry.render(template, &data).map_err(|error| self.broken(template, &error))?;
                Ok(tidy(&text).into_bytes())
            }
            _ => Err(EmitError::new(say!(
                "target `{target}` does not say how `{path}` is written",
                target = self.name,
                path = spec.path
            ))
            .help(say!("give the file a `template`, or a `writer` that fits its `each`"))),
        }
    }

    fn view(&self, spec: &FileSpec, part: &Part<'_>) -> Value {
        let words = self.words_in(part.lang);
        match spec.view {
            View::Tracking => {
                tracking::view(part.plan, part.lang, &words, &|lang| file_name(&spec.path, part.plan, lang))
            }
            View::Plan => json!({ "plan": part.plan, "lang": part.lang, "event": part.event, "words": words }),
        }
    }

    /// The words of a language; English where it has none.
    fn words_in(&self, lang: &str) -> Words {
        let primary = lang.split('-').next().unwrap_or(lang);
        let mut words = self.words.get("en").cloned().unwrap_or_default();
        let own = self.words.get(lang).or_else(|| self.words.get(primary));
        words.extend(own.cloned().unwrap_or_default());
        words
    }

    fn registry(&self) -> Result<Handlebars<'_>, EmitError> {
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.set_prevent_indent(true);
        match self.escape {
            Escape::None => registry.register_escape_fn(handlebars::no_escape),
            Escape::Html => registry.register_escape_fn(handlebars::html_escape),
            Escape::Markdown => {
                registry.register_escape_fn(markdown::escape);
                registry.register_helper("code", Box::new(code_helper));
                registry.register_helper("prose", Box::new(prose_helper));
            }
        }
        for (file, text) in &self.templates {
            registry.register_template_string(file, text).map_err(|error| self.broken(file, &error))?;
            // A partial is called by its name without endings.
            let partial = file.split('.').next().unwrap_or(file);
            registry.register_partial(partial, text).map_err(|error| self.broken(file, &error))?;
        }
        Ok(registry)
    }

    fn broken(&self, file: &str, error: &dyn std::fmt::Display) -> EmitError {
        EmitError::new(say!("template `{target}/{file}` fails: {error}", target = self.name, file, error))
    }
}

/// One file of a target.
struct Part<'p> {
    plan: &'p Plan,
    lang: &'p str,
    event: Option<&'p EventPlan>,
}

fn parts(each: Each, plan: &Plan) -> Vec<Part<'_>> {
    let default = plan.languages.first().map_or("en", String::as_str);
    let once = || Part { plan, lang: default, event: None };
    match each {
        Each::Once => vec![once()],
        Each::Event => plan.events.iter().map(|event| Part { event: Some(event), ..once() }).collect(),
        Each::Language => plan.languages.iter().map(|lang| Part { lang, ..once() }).collect(),
    }
}

impl Part<'_> {
    fn path(&self, pattern: &str, stems: &BTreeMap<&str, String>) -> String {
        let event = self.event.and_then(|event| stems.get(event.path.as_str())).map_or("", String::as_str);
        in_language(&pattern.replace("{event}", event), self.plan, self.lang)
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

fn first_text(helper: &Helper<'_>) -> String {
    match helper.param(0).map(handlebars::PathAndJson::value) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// `{{code x}}`: code inside a line.
fn code_helper(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    Ok(out.write(&markdown::code(&first_text(helper)))?)
}

/// `{{prose x}}`: a text in which only code in backticks is markup.
fn prose_helper(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    Ok(out.write(&markdown::prose(&first_text(helper)))?)
}
