//! Runs templates within limits: no template calls itself, none goes on for ever or writes without end, and one that
//! fails says where and what there is instead.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use handlebars::template::{DecoratorTemplate, Parameter, Template, TemplateElement};
use handlebars::{
    Context, Handlebars, Helper, HelperDef, HelperResult, Output, RenderContext, RenderError, RenderErrorReason,
    Renderable, TemplateErrorReason,
};
use serde_json::Value;

use super::direct::Direct;
use super::scope;
use super::shown::{InSight, Sight, View};
use super::{EmitError, TemplatePlace, html, markdown};
use crate::diagnostic::Message;
use crate::model::faults::nearest;
use crate::say;

/// How what a template shows is escaped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Escape {
    /// Nothing is.
    #[default]
    None,
    /// For HTML, in text and in attributes.
    Html,
    /// For Markdown and the HTML made from it.
    Markdown,
}

/// What templates may use up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of one template.
    pub(super) template: usize,
    /// Blocks inside blocks.
    pub(super) depth: usize,
    /// Rounds of all loops of one target.
    pub(super) steps: u64,
    /// Bytes of one file.
    pub(super) output: usize,
}

/// Far above what outputs of a hundred thousand events take.
pub(super) const LIMITS: Limits =
    Limits { template: 1024 * 1024, depth: 64, steps: 50_000_000, output: 256 * 1024 * 1024 };

/// The helper that counts the rounds of loops; templates cannot call it, for it is no name.
pub(super) const STEP: &str = "__step";

/// The helper that runs a template where another calls it.
pub(super) const HERE: &str = "__here";

/// Where a file of a target comes from, as it is shown.
pub(super) type Shown = BTreeMap<String, String>;

/// The templates of a target, ready to run.
pub(super) struct Templates<'t> {
    registry: Handlebars<'t>,
    direct: Direct,
    texts: &'t BTreeMap<String, String>,
    shown: &'t Shown,
    limits: Limits,
    /// How many more rounds the loops of the target may take.
    steps: Arc<AtomicU64>,
}

impl<'t> Templates<'t> {
    /// Reads the templates; `texts` are templates and assets by their file names.
    pub(super) fn new(
        texts: &'t BTreeMap<String, String>,
        shown: &'t Shown,
        escape: Escape,
        limits: Limits,
        steps: &Arc<AtomicU64>,
    ) -> Result<Self, EmitError> {
        let (registry, direct) = (Handlebars::new(), Direct::default());
        let mut own = Self { registry, direct, texts, shown, limits, steps: Arc::clone(steps) };
        own.registry.set_strict_mode(true);
        own.registry.set_prevent_indent(true);
        helpers(&mut own.registry, escape, texts, Arc::clone(steps));
        let mut calls = Calls::new();
        for (file, text) in texts.iter().filter(|(file, _)| is_template(file)) {
            own.add(file, text, &mut calls)?;
        }
        own.no_circle(&calls)?;
        own.put_in_place();
        Ok(own)
    }

    fn add(&mut self, file: &str, text: &str, calls: &mut Calls) -> Result<(), EmitError> {
        if text.len() > self.limits.template {
            let limit = self.limits.template;
            return Err(self.at(file, None, say!("a template may have {limit} bytes", limit)));
        }
        if let Some(line) = scope::too_deep(text, self.limits.depth) {
            let limit = self.limits.depth;
            let message = say!("blocks stand more than {limit} deep in each other", limit);
            return Err(self.at(file, Some((line, 1)), message));
        }
        self.registry.register_template_string(file, text).map_err(|error| {
            let why = match error.reason() {
                TemplateErrorReason::InvalidSyntax(why) => why.trim().to_owned(),
                other => other.to_string(),
            };
            self.at(file, error.pos(), say!("this cannot be read as a template: {why}", why))
        })?;
        let Some(mut template) = self.registry.get_template(file).cloned() else { return Ok(()) };
        count_steps(&mut template);
        if !note_calls(partial_name(file), &template, calls) {
            let message = say!("this template calls or makes another by a computed name, which is not possible");
            return Err(self.at(file, None, message).help(say!("write the name of the template itself")));
        }
        self.registry.register_template(partial_name(file), template.clone());
        self.registry.register_template(file, template);
        Ok(())
    }

    /// Templates that call each other in a circle would never end.
    fn no_circle(&self, calls: &Calls) -> Result<(), EmitError> {
        let mut done: BTreeMap<&str, bool> = BTreeMap::new();
        for start in calls.keys() {
            let mut way: Vec<(&str, usize)> = vec![(start, 0)];
            while let Some((name, next)) = way.last_mut() {
                done.entry(name).or_insert(false);
                let (own, index) = (*name, *next);
                *next += 1;
                match calls.get(own).and_then(|called| called.get(index)) {
                    None => {
                        done.insert(own, true);
                        way.pop();
                    }
                    Some(called) if done.get(called.as_str()) == Some(&true) => {}
                    Some(called) if way.iter().any(|(name, _)| name == called) => {
                        let file = self.file_of(called).unwrap_or(called);
                        let message = say!("`{called}` calls itself, directly or through others", called);
                        return Err(self.at(file, None, message));
                    }
                    Some(called) => way.push((called, 0)),
                }
            }
        }
        Ok(())
    }

    /// Runs a template that is called without arguments in place of its call, for which the library would copy all that
    /// can be seen there, at every call. What is made inside of templates may take the place of a file, so that it must be
    /// looked up by its name.
    fn put_in_place(&mut self) {
        if self.texts.values().any(|text| text.contains("*inline")) {
            return;
        }
        for file in self.texts.keys().filter(|file| is_template(file)) {
            for name in [file, partial_name(file)] {
                let Some(mut template) = self.registry.get_template(name).cloned() else { continue };
                put_calls_in_place(&mut template, &|called| self.registry.has_template(called));
                self.direct.add(name, &template);
                self.registry.register_template(name, template);
            }
        }
    }

    /// The text that a template makes of some data.
    pub(super) fn render(&self, template: &str, data: &Context) -> Result<String, EmitError> {
        self.directly(template, data.data().sight()).map_or_else(|| self.by_library(template, data), Ok)
    }

    /// The text that a template makes of a view.
    pub(super) fn render_view(&self, template: &str, view: &dyn View) -> Result<String, EmitError> {
        let by_library = || self.by_library(template, &Context::from(view.to_json()));
        self.directly(template, view.sight()).map_or_else(by_library, Ok)
    }

    fn directly(&self, template: &str, data: Sight<'_>) -> Option<String> {
        let (text, taken) = self.direct.render(template, data, &self.registry, self.limits.output)?;
        take(&self.steps, taken).then_some(text)
    }

    /// The same, whatever the template says, or what is wrong with it.
    fn by_library(&self, template: &str, data: &Context) -> Result<String, EmitError> {
        let mut out = Capped { bytes: Vec::new(), limit: self.limits.output };
        match self.registry.render_with_context_to_write(template, data, &mut out) {
            Ok(()) => Ok(String::from_utf8_lossy(&out.bytes).into_owned()),
            Err(error) => Err(self.failed(template, data.data(), &error)),
        }
    }

    fn failed(&self, template: &str, data: &Value, error: &RenderError) -> EmitError {
        let named = error.template_name.as_deref().and_then(|name| self.file_of(name));
        let file = named.unwrap_or(template);
        let place = error.line_no.zip(error.column_no);
        match error.reason() {
            RenderErrorReason::MissingVariable(path) => {
                self.missing(template, file, place, path.as_deref().unwrap_or("this"), data)
            }
            RenderErrorReason::HelperNotFound(name) => {
                // A name with a parameter is a helper, and so is a field that is not there.
                self.at(file, place, say!("there is no helper `{name}`", name))
            }
            RenderErrorReason::PartialNotFound(name) => {
                let known: Vec<&str> =
                    self.texts.keys().filter(|file| is_template(file)).map(|file| partial_name(file)).collect();
                let error = self.at(file, place, say!("there is no template `{name}` to call", name));
                match nearest(name, known.iter().copied()) {
                    Some(right) => error.help(say!("did you mean `{right}`?", right)),
                    None => error.help(say!("the templates are {all}", all = known.join(", "))),
                }
            }
            RenderErrorReason::IOError(why) => self.at(file, place, say!("{why}", why)),
            why => self.at(file, place, say!("this fails: {why}", why)),
        }
    }

    fn missing(&self, root: &str, file: &str, place: Option<Place>, path: &str, data: &Value) -> EmitError {
        let error = self.at(file, place, say!("there is no `{path}` here", path));
        let Some(known) = scope::fields_at(self.texts, root, file, place.unwrap_or((1, 1)), path, data) else {
            return error;
        };
        let last = path.rsplit(['.', '/']).next().unwrap_or(path);
        let all = known.join(", ");
        match nearest(last, known.iter().map(String::as_str)) {
            _ if known.is_empty() => error.help(say!("there are no fields here")),
            Some(right) => error.help(say!("did you mean `{right}`? The fields here are {all}", right, all)),
            None => error.help(say!("the fields here are {all}", all)),
        }
    }

    fn file_of(&self, name: &str) -> Option<&'t str> {
        let exact = self.texts.keys().find(|file| *file == name);
        exact
            .or_else(|| self.texts.keys().find(|file| is_template(file) && partial_name(file) == name))
            .map(String::as_str)
    }

    fn at(&self, file: &str, at: Option<Place>, message: Message) -> EmitError {
        let line = at.and_then(|(line, _)| self.texts.get(file)?.lines().nth(line.checked_sub(1)?));
        let line = line.map(|line| line.trim().chars().take(MAX_EXCERPT).collect());
        let file = self.shown.get(file).map_or(file, String::as_str).to_owned();
        EmitError { place: Some(Box::new(TemplatePlace { file, at, line })), ..EmitError::new(message) }
    }
}

/// A line and a column, from one.
type Place = (usize, usize);

/// The longest piece of a line that is shown.
const MAX_EXCERPT: usize = 160;

/// Whether a file is a template.
pub(super) fn is_template(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, ending)| ending == "hbs")
}

/// A partial is called by its name without endings.
pub(super) fn partial_name(file: &str) -> &str {
    file.split('.').next().unwrap_or(file)
}

/// Takes bytes up to a limit.
struct Capped {
    bytes: Vec<u8>,
    limit: usize,
}

impl Write for Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            return Err(io::Error::other(format!("the file would be longer than {} bytes", self.limit)));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

// ---- the walk over parsed templates

/// The templates inside an element.
fn inner_mut(element: &mut TemplateElement) -> Vec<&mut Template> {
    match element {
        TemplateElement::HelperBlock(block) => block.template.iter_mut().chain(block.inverse.iter_mut()).collect(),
        TemplateElement::DecoratorBlock(block) | TemplateElement::PartialBlock(block) => {
            block.template.iter_mut().collect()
        }
        _ => Vec::new(),
    }
}

/// Puts a step into every loop, so that the rounds of all of them can be counted.
fn count_steps(template: &mut Template) {
    for element in &mut template.elements {
        let is_loop = matches!(element, TemplateElement::HelperBlock(block) if block.name.as_name() == Some("each"));
        for inner in inner_mut(element) {
            count_steps(inner);
            if is_loop {
                add_step(inner);
            }
        }
    }
}

fn add_step(template: &mut Template) {
    let Ok(step) = Template::compile(&format!("{{{{{STEP}}}}}")) else { return };
    let mapping = template.mapping.first().or(step.mapping.first()).cloned();
    template.elements.splice(0..0, step.elements);
    template.mapping.splice(0..0, mapping);
}

/// Turns calls without arguments of templates that are there into calls of the helper that runs them in their place.
fn put_calls_in_place(template: &mut Template, is_there: &dyn Fn(&str) -> bool) {
    for element in &mut template.elements {
        if let Some(run) = plainly_called(element).filter(|name| is_there(name)).and_then(here) {
            *element = run;
        }
        inner_mut(element).into_iter().for_each(|inner| put_calls_in_place(inner, is_there));
    }
}

/// The template that an element calls with nothing but what it sees itself.
fn plainly_called(element: &TemplateElement) -> Option<&str> {
    let TemplateElement::PartialExpression(call) = element else { return None };
    call.name.as_name().filter(|_| call.params.is_empty() && call.hash.is_empty())
}

fn here(called: &str) -> Option<TemplateElement> {
    let mut element = Template::compile(&format!("{{{{{HERE} \"\"}}}}")).ok()?.elements.pop()?;
    if let TemplateElement::Expression(run) = &mut element {
        run.params = vec![Parameter::Literal(called.into())];
    }
    Some(element)
}

/// Who calls whom, by name.
type Calls = BTreeMap<String, Vec<String>>;

/// Notes which templates one calls; false where a name is computed.
fn note_calls(own: &str, template: &Template, calls: &mut Calls) -> bool {
    calls.entry(own.to_owned()).or_default();
    let mut clean = true;
    for element in &template.elements {
        let (within, inner) = match element {
            TemplateElement::PartialExpression(call) | TemplateElement::PartialBlock(call) => {
                clean &= note_call(own, &call.name, calls);
                (Some(own.to_owned()), vec![call.template.as_ref()])
            }
            // `{{#*inline "name"}}` makes a template inside of one.
            TemplateElement::DecoratorBlock(block) => (inline_name(block), vec![block.template.as_ref()]),
            TemplateElement::HelperBlock(block) => {
                (Some(own.to_owned()), vec![block.template.as_ref(), block.inverse.as_ref()])
            }
            _ => continue,
        };
        let Some(within) = within else { return false };
        for inner in inner.into_iter().flatten() {
            clean &= note_calls(&within, inner, calls);
        }
    }
    clean
}

fn note_call(own: &str, name: &Parameter, calls: &mut Calls) -> bool {
    if matches!(name, Parameter::Subexpression(_)) {
        return false;
    }
    // The block that a caller hands over is text by then, and calls nothing.
    if let Some(name) = name.as_name().filter(|name| *name != "@partial-block") {
        calls.entry(own.to_owned()).or_default().push(partial_name(name).to_owned());
    }
    true
}

fn inline_name(block: &DecoratorTemplate) -> Option<String> {
    match block.params.first() {
        Some(Parameter::Literal(Value::String(name))) => Some(partial_name(name).to_owned()),
        _ => None,
    }
}

// ---- helpers

fn helpers(registry: &mut Handlebars<'_>, escape: Escape, texts: &BTreeMap<String, String>, steps: Arc<AtomicU64>) {
    match escape {
        Escape::None => registry.register_escape_fn(handlebars::no_escape),
        Escape::Html => {
            registry.register_escape_fn(html::escape);
            text_helper(registry, "code", html::code);
            text_helper(registry, "prose", html::prose);
        }
        Escape::Markdown => {
            registry.register_escape_fn(markdown::escape);
            text_helper(registry, "code", markdown::code);
            text_helper(registry, "prose", markdown::prose);
        }
    }
    asset_helper(registry, "asset", assets(texts), str::to_owned);
    asset_helper(registry, "digest", assets(texts), html::digest);
    let step = move |_: &Helper<'_>,
                     _: &Handlebars<'_>,
                     _: &Context,
                     _: &mut RenderContext<'_, '_>,
                     _: &mut dyn Output|
          -> HelperResult {
        if take(&steps, 1) {
            return Ok(());
        }
        Err(io::Error::other("the loops of this target go on for too long").into())
    };
    registry.register_helper(STEP, Box::new(step));
    registry.register_helper(HERE, Box::new(InPlace));
}

/// Takes some rounds of those that are left, if there are as many.
fn take(steps: &AtomicU64, rounds: u64) -> bool {
    steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(rounds)).is_ok()
}

/// Runs a template in a block of its own that sees what is seen where it is called.
struct InPlace;

impl HelperDef for InPlace {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        registry: &'reg Handlebars<'reg>,
        context: &'rc Context,
        rendering: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let Some(template) = registry.get_template(&first_text(helper)) else { return Ok(()) };
        let caller = rendering.get_current_template_name();
        rendering.push_block(rendering.block().cloned().unwrap_or_default());
        let rendered = template.render(registry, context, rendering, out);
        rendering.pop_block();
        rendering.set_current_template_name(caller);
        rendered
    }
}

fn assets(texts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    texts.iter().filter(|(file, _)| !is_template(file)).map(|(file, text)| (file.clone(), text.clone())).collect()
}

/// `{{code x}}`, `{{prose x}}`: a text in a form of its own.
fn text_helper(registry: &mut Handlebars<'_>, name: &str, form: fn(&str) -> String) {
    let helper = move |helper: &Helper<'_>,
                       _: &Handlebars<'_>,
                       _: &Context,
                       _: &mut RenderContext<'_, '_>,
                       out: &mut dyn Output|
          -> HelperResult { Ok(out.write(&form(&first_text(helper)))?) };
    registry.register_helper(name, Box::new(helper));
}

/// `{{asset "plan.css"}}`: a file of the target as it is. `{{digest "plan.css"}}`: what a content security policy knows
/// it by.
fn asset_helper(registry: &mut Handlebars<'_>, name: &str, assets: BTreeMap<String, String>, form: fn(&str) -> String) {
    let helper = move |helper: &Helper<'_>,
                       _: &Handlebars<'_>,
                       _: &Context,
                       _: &mut RenderContext<'_, '_>,
                       out: &mut dyn Output|
          -> HelperResult {
        let file = first_text(helper);
        match assets.get(&file) {
            Some(text) => Ok(out.write(&form(text))?),
            None => Err(io::Error::other(format!("there is no file `{file}` in the folder of the target")).into()),
        }
    };
    registry.register_helper(name, Box::new(helper));
}

fn first_text(helper: &Helper<'_>) -> String {
    match helper.param(0).map(handlebars::PathAndJson::value) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// What a template makes of some data by itself, and what the library makes of it.
    fn both(text: &str, called: &str) -> (Option<String>, Result<String, String>) {
        let texts = BTreeMap::from([("t.hbs", text), ("row.hbs", called)].map(|(at, own)| (at.into(), own.into())));
        let (shown, steps) = (Shown::new(), Arc::new(AtomicU64::new(LIMITS.steps)));
        let templates = Templates::new(&texts, &shown, Escape::Html, LIMITS, &steps).unwrap();
        let rows = json!([{"name": "<a>", "n": 1.5, "in": {"x": true}}, {"name": "b", "n": 0, "in": {"x": false}}]);
        let data = Context::from(json!({"rows": rows, "none": [], "title": "T", "null": null, "of": {"k": "v"}}));
        let own = templates.direct.render("t.hbs", data.data().sight(), &templates.registry, LIMITS.output);
        (own.map(|(text, _)| text), templates.by_library("t.hbs", &data).map_err(|error| error.to_string()))
    }

    #[test]
    fn a_plain_template_makes_what_the_library_makes_of_it() {
        let plain = [
            "{{title}} {{{title}}} {{! a comment }}{{of.k}}",
            "{{#each rows}}{{#unless @first}}, {{/unless}}{{name}} {{{name}}} {{n}}{{#if @last}}.{{/if}}{{/each}}",
            "{{#each rows}}{{#if in.x}}yes{{else}}no{{/if}}{{#if n}}n{{/if}} {{../title}}\n{{/each}}",
            "{{#each none}}x{{/each}}{{#each none}}x{{else}}empty {{title}}{{/each}}{{#if none}}x{{/if}}",
            "{{#each rows}}\n{{> row}}\n{{/each}}\n{{#if of}}of{{/if}}",
            "{{#each rows}}{{#each ../rows}}{{../name}}{{name}}{{this.name}}{{../../title}}{{/each}}{{/each}}",
            "{{#each rows}}{{> row}}{{#each ../rows}}{{> row}}{{/each}}{{/each}}",
        ];
        for text in plain {
            let (own, library) = both(text, "{{name}} of {{../name}}{{#if @first}} first{{/if}}");
            assert!(own.is_some(), "{text}: {library:?}");
            assert_eq!(own.as_ref(), library.as_ref().ok(), "{text}: {library:?}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_library() {
        let others = [
            "{{missing}}",
            "{{#each of}}{{@key}}{{/each}}",
            "{{null}}",
            "{{rows}}",
            "{{of}}",
            "{{len rows}}",
            "{{#with of}}{{k}}{{/with}}",
            "{{#each rows as |row|}}{{row.name}}{{/each}}",
            "{{#if n includeZero=true}}{{/if}}",
            "{{@root/title}}",
            "{{> row name=1}}",
            "{{code title}}",
            "{{@first}}",
        ];
        for text in others {
            assert_eq!(both(text, "{{name}}").0, None, "{text}");
        }
    }
}
