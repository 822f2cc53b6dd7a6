//! The dashboard in the words of one language: the plan, what was measured and what the plan leads to, as one document
//! that the page reads. Nothing is computed here: what was measured stands in it as `measure --format json` says it.

use std::collections::BTreeMap;
use std::fmt::Write;

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::target::Words;
use crate::diagnostic::{Diagnostic, Message};
use crate::draw::{Scene, svg};
use crate::forecast::{Ask, Forecast};
use crate::language::Language;
use crate::model::walk::Funnel;
use crate::model::{Kind, Model};
use crate::plan::value::Value;
use crate::plan::{BoardPlan, Declaration, FunnelPlan, KpiPlan, Occurrences, Plan};

/// What outputs show besides the plan.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// What was measured, as `measure --format json` says it.
    pub measured: Option<Json>,
    /// What the plan comes to, as `forecast --format json` says it; nothing where it has no finite answer.
    pub forecast: Option<Json>,
    /// What it comes to by the rates that were measured.
    pub as_measured: Option<Json>,
    /// The funnels as pictures, by language and path.
    pub pictures: BTreeMap<String, BTreeMap<String, String>>,
    /// What the checks say of the spec.
    pub findings: Vec<Finding>,
    /// The day on which the run starts that calendars of messages show.
    pub anchor: Option<Date>,
}

/// A finding.
#[derive(Clone, Debug)]
pub struct Finding {
    /// `FN0123`
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// What it says.
    pub message: Message,
    /// The file in the project and the line; none for a fault of the run itself.
    pub place: Option<(String, u32)>,
}

impl Facts {
    /// What a model, its findings and what was measured tell.
    pub fn of(model: &Model<'_>, diagnostics: &[Diagnostic], measured: Option<Json>) -> Self {
        let languages = model.languages().into_iter();
        let pictures = languages.map(|language| (language.to_owned(), pictures(model, language))).collect();
        let mut findings: Vec<Finding> = diagnostics.iter().map(|own| finding(model, own)).collect();
        // Whatever the order of the files.
        findings.sort_by(|a, b| (&a.place, a.code).cmp(&(&b.place, b.code)));
        let forecast = |measured: Option<&Json>| {
            let made = Forecast::of(model, &Ask { measured: measured.cloned(), ..Ask::default() }).ok()?;
            serde_json::to_value(made).ok()
        };
        let as_measured = measured.as_ref().and_then(|own| forecast(Some(own)));
        Self { forecast: forecast(None), as_measured, measured, pictures, findings, anchor: None }
    }
}

fn finding(model: &Model<'_>, own: &Diagnostic) -> Finding {
    let place = own.span().map(|span| {
        let source = model.sources.get(span.file);
        (source.inside.clone(), source.position(span.start).line)
    });
    Finding {
        code: own.code.id,
        name: own.code.name,
        severity: own.severity.word(),
        message: own.message.clone(),
        place,
    }
}

/// Each funnel that is small enough to be drawn.
fn pictures(model: &Model<'_>, language: &str) -> BTreeMap<String, String> {
    let mut funnels: Vec<Funnel<'_, '_>> = model.funnels().collect();
    funnels.sort_by_key(|funnel| funnel.path());
    let picture = |(at, funnel): (usize, Funnel<'_, '_>)| {
        let scene = Scene::of(model, language, Some(funnel.id));
        let is_drawn = scene.stages.len().max(scene.arrows.len()) <= svg::MAX_PARTS;
        is_drawn.then(|| (funnel.path(), svg::on_board(scene, &format!("fg{at}"))))
    };
    funnels.into_iter().enumerate().filter_map(picture).collect()
}

/// What its template shows: the frame of the page, and the document in `data`.
pub(super) fn view(seen: &Page<'_>) -> Json {
    let Page { plan, lang, words, facts, file_of } = *seen;
    let page: View<'_> = View { plan, lang, default: plan.languages.first().map_or("en", String::as_str) };
    let other = |other: &String| {
        let name = Language::of_tag(other).map_or(other.as_str(), name_of);
        json!({ "lang": other, "dir": direction(other), "name": name, "file": file_of(other) })
    };
    let others: Vec<Json> = plan.languages.iter().filter(|own| *own != lang).map(other).collect();
    let pictures = facts.pictures.get(lang).cloned().unwrap_or_default();
    let pictures: Vec<Json> = pictures.into_iter().map(|(path, svg)| json!({ "path": path, "svg": svg })).collect();
    json!({
        "lang": lang,
        "dir": direction(lang),
        "generator": format!("{} {}", plan.generator.name, plan.generator.version),
        "project": page.label_of("project", &plan.project),
        "words": words,
        "others": others,
        "pictures": pictures,
        "data": in_script(&page.document(words, facts)),
    })
}

/// A page to be made.
#[derive(Clone, Copy)]
pub(super) struct Page<'p> {
    pub(super) plan: &'p Plan,
    pub(super) lang: &'p str,
    pub(super) words: &'p Words,
    pub(super) facts: &'p Facts,
    /// The name of the page in a language.
    pub(super) file_of: &'p dyn Fn(&str) -> String,
}

pub(super) fn direction(lang: &str) -> &'static str {
    if crate::draw::is_rtl(lang) { "rtl" } else { "ltr" }
}

pub(super) fn name_of<'n>(language: Language) -> &'n str {
    match language {
        Language::English => "English",
        Language::Arabic => "العربية",
    }
}

/// JSON that may stand in a `script`: nothing in it can end the element or begin a comment.
fn in_script(document: &Json) -> String {
    let mut out = String::new();
    for character in document.to_string().chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => drop(write!(out, "\\u{:04x}", character as u32)),
            _ => out.push(character),
        }
    }
    out
}

/// Lists of the parts of a funnel that hold objects of the same keys; there are thousands of them, so that a page has the
/// keys once and each object as the list of its values. `data.js` puts them together again.
const LISTS: [&str; 3] = ["stages", "transitions", "ways"];

fn compacted(mut measured: Json) -> Json {
    for funnel in measured["funnels"].as_array_mut().into_iter().flatten() {
        let Some(parts) = funnel.get_mut("parts") else { continue };
        let keys: Map<String, Json> = LISTS.iter().map(|list| ((*list).to_owned(), json!(keys(parts, list)))).collect();
        for part in parts.as_array_mut().into_iter().flatten() {
            LISTS.iter().for_each(|list| shorten(&mut part[*list], &keys[*list]));
        }
        funnel["part_keys"] = Json::Object(keys);
    }
    measured
}

/// Every key of the objects of a list, in the order they are met.
fn keys<'j>(parts: &'j Json, list: &str) -> Vec<&'j String> {
    let objects = parts.as_array().into_iter().flatten().filter_map(|part| part[list].as_array()).flatten();
    let mut all: Vec<&String> = Vec::new();
    for key in objects.filter_map(Json::as_object).flat_map(Map::keys) {
        if !all.contains(&key) {
            all.push(key);
        }
    }
    all
}

fn shorten(list: &mut Json, keys: &Json) {
    for object in list.as_array_mut().into_iter().flatten() {
        let names = keys.as_array().into_iter().flatten().filter_map(Json::as_str);
        *object = names.map(|key| object.get(key).cloned().unwrap_or_default()).collect();
    }
}

struct View<'p> {
    plan: &'p Plan,
    lang: &'p str,
    default: &'p str,
}

impl View<'_> {
    fn document(&self, words: &Words, facts: &Facts) -> Json {
        let spoken = Language::of_tag(self.lang.split('-').next().unwrap_or_default()).unwrap_or_default();
        let finding = |own: &Finding| {
            json!({
                "code": own.code, "name": own.name, "severity": own.severity, "message": own.message.said(spoken),
                "place": own.place.as_ref().map(|(file, line)| format!("{file}:{line}")),
            })
        };
        json!({
            "lang": self.lang,
            "dir": direction(self.lang),
            "currency": self.plan.currency,
            "files": self.plan.files,
            "words": words,
            "names": self.names(),
            "funnels": self.plan.funnels.iter().map(|own| self.funnel(own)).collect::<Vec<_>>(),
            "kpis": self.kpis(),
            "goals": self.of_kind("goal", &["kpi", "from", "between", "milestone", "owner"]),
            "experiments": self.of_kind("experiment", &["on", "detects", "confidence", "power", "between", "owner"]),
            "sequences": self.sequences(),
            "boards": self.plan.boards.iter().map(|own| self.board(own)).collect::<Vec<_>>(),
            "rules": self.plan.find("measure", "measure").map(|own| &own.fields),
            "timezone": self.plan.find("project", &self.plan.project).and_then(|own| own.text("timezone")),
            "findings": facts.findings.iter().map(finding).collect::<Vec<_>>(),
            "measured": facts.measured.clone().map(compacted),
            "forecast": facts.forecast,
            "as_measured": facts.as_measured,
        })
    }

    fn said<'l>(&self, label: &'l IndexMap<String, String>) -> Option<&'l str> {
        let own = [self.lang, self.default].into_iter().filter_map(|lang| label.get(lang));
        own.map(String::as_str).find(|label| !label.trim().is_empty())
    }

    fn label_of(&self, kind: &str, path: &str) -> String {
        let own = self.plan.find(kind, path).and_then(|own| self.said(&own.label));
        own.unwrap_or(path).to_owned()
    }

    /// What things are called, by path.
    fn names(&self) -> BTreeMap<&str, &str> {
        let declared = self.plan.declarations.iter().filter(|own| NAMED.contains(&own.kind));
        let mut names: BTreeMap<&str, &str> =
            declared.filter_map(|own| Some((own.path.as_str(), self.said(&own.label)?))).collect();
        let stages = self.plan.funnels.iter().flat_map(|own| &own.stages);
        names.extend(stages.map(|own| (own.path.as_str(), self.said(&own.label).unwrap_or(&own.name))));
        // A log has events by their names on the wire.
        names.extend(self.plan.events.iter().filter_map(|own| Some((own.wire_name.as_str(), self.said(&own.label)?))));
        names
    }

    fn funnel(&self, own: &FunnelPlan) -> Json {
        let stages = own.stages.iter().map(|own| {
            json!({
                "path": own.path, "label": self.said(&own.label).unwrap_or(&own.name), "layer": own.layer,
                "docs": own.docs, "converts": own.converts, "entry": own.entry, "optional": own.optional,
            })
        });
        let transitions = own.transitions.iter().map(|own| {
            json!({
                "path": own.path, "from": own.from, "to": own.to, "rate": own.rate, "rates": own.rates,
                "within": own.within, "role": own.role, "after": own.after,
            })
        });
        json!({
            "path": own.path, "label": self.said(&own.label).unwrap_or(&own.path), "class": own.class,
            "cycle": own.cycle, "window": own.window, "stages": stages.collect::<Vec<_>>(),
            "transitions": transitions.collect::<Vec<_>>(),
        })
    }

    fn kpis(&self) -> Vec<Json> {
        let kpi = |own: &KpiPlan| {
            let said = self.plan.find("kpi", &own.path);
            json!({
                "path": own.path, "label": self.said(&own.label).unwrap_or(&own.path), "docs": own.docs,
                "value": own.value.as_ref().map(|own| &own.text), "unit": own.unit, "owner": own.owner,
                "fields": said.map(|own| fields(own, &["target", "per", "over", "review", "alert", "margin"])),
            })
        };
        self.plan.kpis.iter().filter(|own| own.module.is_none()).map(kpi).collect()
    }

    /// The declarations of a kind, with some of their fields.
    fn of_kind(&self, kind: &str, wanted: &[&str]) -> Vec<Json> {
        let own = |own: &Declaration| {
            json!({
                "path": own.path, "label": self.said(&own.label).unwrap_or(&own.path), "docs": own.docs,
                "class": own.class, "fields": fields(own, wanted),
            })
        };
        self.plan.declarations.iter().filter(|own| own.kind == kind && own.module.is_none()).map(own).collect()
    }

    /// The messages of each sequence, with what they aim for.
    fn sequences(&self) -> Vec<Json> {
        let all = self.plan.outermost().filter(|own| own.kind == Kind::Sequence.word());
        let sequence = |own: &Declaration| {
            let mut messages = Vec::new();
            self.messages(own, &mut messages);
            json!({
                "path": own.path, "label": self.said(&own.label).unwrap_or(&own.path), "docs": own.docs,
                "fields": fields(own, &["moves", "start", "stop", "owner"]), "messages": messages,
            })
        };
        all.map(sequence).collect()
    }

    fn messages(&self, own: &Declaration, found: &mut Vec<Json>) {
        for child in &own.children {
            if MESSAGES.contains(&child.kind) {
                let subject = child.fields.get("subject").or_else(|| child.fields.get("says"));
                let label = self.said(&child.label).or_else(|| self.text_in(subject?));
                found.push(json!({
                    "kind": child.kind, "path": child.path, "label": label.unwrap_or(&child.path),
                    "aims": fields(child, &["aims_for"]),
                }));
            }
            self.messages(child, found);
        }
    }

    /// The first text of a field in the language of the page.
    fn text_in<'v>(&self, field: &'v Occurrences) -> Option<&'v str> {
        let slots = match field {
            Occurrences::Once(slots) => slots,
            Occurrences::Several(all) => all.first()?,
        };
        slots.values().find_map(|slot| match slot {
            crate::plan::value::Slot::One(Value::Text(text)) => self.said(text),
            _ => None,
        })
    }

    fn board(&self, own: &BoardPlan) -> Json {
        let label = self.said(&own.label).unwrap_or(&own.path);
        json!({ "path": own.path, "label": label, "docs": own.docs, "items": own.items })
    }
}

/// The kinds whose names stand in what was measured.
const NAMED: &[&str] = &[
    "channel",
    "segment",
    "antisegment",
    "kpi",
    "goal",
    "experiment",
    "sequence",
    "funnel",
    "campaign",
    "team",
    "score",
];

/// The kinds of steps that are sent.
const MESSAGES: &[&str] = &["email", "sms", "whatsapp", "push", "call", "post", "task"];

/// Some fields of a declaration, its own or inherited.
fn fields<'d>(own: &'d Declaration, wanted: &[&'d str]) -> BTreeMap<&'d str, &'d impl Serialize> {
    let field = |word: &'d str| own.fields.get(word).or_else(|| own.inherited.get(word)).map(|field| (word, field));
    wanted.iter().filter_map(|word| field(word)).collect()
}
