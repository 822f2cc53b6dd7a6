//! Maps of the customer's way, as slides: what people want, ask, feel and meet at each stage, by what the spec says of it.
//! Every picture is one page of 16:9 that needs nothing besides itself; a funnel with more stages than fit has several.
//!
//! ```text
//! sheet    a page: shapes and words, mirrored where the language runs from right to left
//! fit      texts in boxes: wrapped, made smaller, and in the end cut, which is then said
//! words    the words of the pictures themselves
//! funnel   the funnel, with channels, content and rates
//! journey  the way from left to right, stage by stage
//! empathy  what people ask, feel, meet and suffer from, a card a stage
//! chart    everything that is said of a stage, as a table
//! ```

#![allow(clippy::cast_precision_loss, reason = "lengths on a page are small")]

mod chart;
mod empathy;
mod fit;
mod funnel;
mod journey;
mod sheet;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;

use indexmap::IndexMap;

use crate::draw::{clean, is_rtl};
use crate::plan::value::{Slot, Slots, Value};
use crate::plan::{Declaration, FunnelPlan, Occurrences, Plan, TransitionPlan};
use words::Words;

/// A kind of map, and how many stages one page of it takes.
struct Map {
    name: &'static str,
    stages: usize,
    draw: fn(&Page<'_>) -> String,
}

/// Every map.
static MAPS: [Map; 4] = [
    Map { name: "funnel", stages: 7, draw: funnel::draw },
    Map { name: "journey", stages: 6, draw: journey::draw },
    Map { name: "empathy", stages: 6, draw: empathy::draw },
    Map { name: "chart", stages: 6, draw: chart::draw },
];

/// What is said of a stage that the maps show, in their order.
pub const FIELDS: [&str; 10] =
    ["goals", "asks", "feels", "touches", "content", "channels", "tools", "pains", "influencers", "kpis"];

/// A picture.
pub struct Slide {
    /// `funnel`, `journey`, `empathy` or `chart`.
    pub map: &'static str,
    /// The path of the funnel.
    pub funnel: String,
    /// Which page of this map it is, from 1.
    pub page: usize,
    /// Of how many.
    pub pages: usize,
    /// What it is called.
    pub title: String,
    /// The picture.
    pub svg: String,
}

/// Everything that the maps of a funnel say, as text.
pub struct Told {
    /// The path of the funnel.
    pub funnel: String,
    /// Its label.
    pub label: String,
    /// The stages: their labels, and what is said of them by [`FIELDS`].
    pub stages: Vec<(String, Vec<Vec<String>>)>,
}

/// A stage as maps show it.
struct Stage {
    label: String,
    layer: String,
    converts: bool,
    /// What is said of it, by [`FIELDS`].
    said: Vec<Vec<String>>,
}

impl Stage {
    fn said(&self, field: &str) -> &[String] {
        FIELDS.iter().position(|own| *own == field).map_or(&[], |at| &self.said[at])
    }
}

/// A page of a map.
struct Page<'a> {
    title: String,
    language: &'a str,
    words: &'static Words,
    stages: &'a [Stage],
    /// Those of all pages.
    all: &'a [Stage],
    /// Which stages of all they are.
    first: usize,
    ways: &'a [Way],
}

/// A way between two stages of the funnel, by their places.
struct Way {
    from: usize,
    to: usize,
    rate: String,
    within: String,
    role: String,
}

/// The maps of a project in a language, funnel by funnel.
pub fn slides(plan: &Plan, language: &str) -> Vec<Slide> {
    let reader = Reader::of(plan, language);
    let mut slides = Vec::new();
    for funnel in plan.funnels.iter().filter(|own| !own.stages.is_empty()) {
        let (stages, ways) = (reader.stages(funnel), ways(funnel));
        let label = reader.label(&funnel.label, &funnel.path);
        for map in &MAPS {
            // As many on each page as on any other, if that is possible.
            let pages = stages.len().div_ceil(map.stages);
            let most = stages.len().div_ceil(pages);
            for (at, own) in stages.chunks(most).enumerate() {
                let kind = reader.words.map(map.name);
                let count = if pages > 1 { format!(" ({}/{pages})", at + 1) } else { String::new() };
                let title = format!("{label} – {kind}{count}");
                let page = Page {
                    title: title.clone(),
                    language,
                    words: reader.words,
                    stages: own,
                    all: &stages,
                    first: at * most,
                    ways: &ways,
                };
                let svg = (map.draw)(&page);
                slides.push(Slide { map: map.name, funnel: funnel.path.clone(), page: at + 1, pages, title, svg });
            }
        }
    }
    slides
}

/// All that the maps say, so that nothing is lost where a picture has no room.
pub fn told(plan: &Plan, language: &str) -> Vec<Told> {
    let reader = Reader::of(plan, language);
    let told = |own: &FunnelPlan| Told {
        funnel: own.path.clone(),
        label: reader.label(&own.label, &own.path),
        stages: reader.stages(own).into_iter().map(|stage| (stage.label, stage.said)).collect(),
    };
    plan.funnels.iter().filter(|own| !own.stages.is_empty()).map(told).collect()
}

/// What a field of [`FIELDS`] is called.
pub fn name_of(field: &str, language: &str) -> &'static str {
    words::of(language).field(field)
}

fn ways(own: &FunnelPlan) -> Vec<Way> {
    let place = |path: &str| own.stages.iter().position(|stage| stage.path == path);
    let way = |way: &TransitionPlan| {
        Some(Way {
            from: place(&way.from)?,
            to: place(&way.to)?,
            rate: way.rate.clone().unwrap_or_default(),
            within: way.within.as_ref().map(|time| time.text.clone()).unwrap_or_default(),
            role: way.role.clone().unwrap_or_default(),
        })
    };
    own.transitions.iter().filter_map(way).collect()
}

/// Reads a plan in one language.
struct Reader<'p> {
    plan: &'p Plan,
    language: &'p str,
    default: &'p str,
    words: &'static Words,
    /// The labels of everything that a stage can name, by kind and path.
    labels: BTreeMap<(&'p str, &'p str), String>,
}

impl<'p> Reader<'p> {
    fn of(plan: &'p Plan, language: &'p str) -> Self {
        let default = plan.languages.first().map_or("en", String::as_str);
        let mut reader = Self { plan, language, default, words: words::of(language), labels: BTreeMap::new() };
        for own in &plan.declarations {
            let name = own.name.as_deref().unwrap_or(&own.path);
            reader.labels.insert((own.kind, &own.path), reader.label(&own.label, name));
        }
        reader
    }

    fn label(&self, label: &IndexMap<String, String>, name: &str) -> String {
        let own = label.get(self.language).or_else(|| label.get(self.default)).or_else(|| label.values().next());
        clean(own.map_or(name, String::as_str))
    }

    fn stages(&self, own: &FunnelPlan) -> Vec<Stage> {
        let declared = self.plan.declarations.iter().find(|other| other.kind == "funnel" && other.path == own.path);
        let children: BTreeMap<&str, &Declaration> =
            declared.map(|own| own.children.iter().map(|own| (own.path.as_str(), own)).collect()).unwrap_or_default();
        let stage = |own: &crate::plan::StagePlan| Stage {
            label: self.label(&own.label, &own.name),
            layer: own.layer.clone().unwrap_or_default(),
            converts: own.converts,
            said: FIELDS.iter().map(|field| self.said(children.get(own.path.as_str()).copied(), field)).collect(),
        };
        own.stages.iter().map(stage).collect()
    }

    /// The texts of a field.
    fn said(&self, own: Option<&Declaration>, field: &str) -> Vec<String> {
        let Some(own) = own else { return Vec::new() };
        let all: Vec<&Slots> = match own.fields.get(field).or_else(|| own.inherited.get(field)) {
            Some(Occurrences::Once(slots)) => vec![slots],
            Some(Occurrences::Several(all)) => all.iter().collect(),
            None => Vec::new(),
        };
        let mut texts = Vec::new();
        for slot in all.into_iter().flat_map(|slots| slots.values()) {
            self.gather(slot, &mut texts);
        }
        texts
    }

    fn gather(&self, slot: &Slot, texts: &mut Vec<String>) {
        match slot {
            Slot::One(value) => self.value(value, texts),
            Slot::Many(values) => values.iter().for_each(|value| self.value(value, texts)),
            Slot::Groups(groups) => {
                groups.iter().flat_map(|slots| slots.values()).for_each(|slot| self.gather(slot, texts));
            }
        }
    }

    fn value(&self, value: &Value, texts: &mut Vec<String>) {
        match value {
            Value::Word(word) | Value::String(word) => texts.push(clean(&word.replace('_', " "))),
            Value::Text(by_language) => texts.push(self.label(by_language, "")),
            Value::Texts(by_language) => {
                let own = by_language.get(self.language).or_else(|| by_language.get(self.default));
                texts.extend(own.into_iter().flatten().map(|text| clean(text)));
            }
            Value::Ref(named) => {
                let label = self.labels.get(&(named.kind.as_str(), named.path.as_str()));
                texts.push(label.cloned().unwrap_or_else(|| named.path.clone()));
            }
            Value::List(values) => values.iter().for_each(|value| self.value(value, texts)),
            _ => {}
        }
    }
}

impl Page<'_> {
    fn is_rtl(&self) -> bool {
        is_rtl(self.language)
    }

    /// What a stage is: the conversion, or a part of its layer.
    fn note(&self, stage: &Stage) -> String {
        if stage.converts { format!("★ {}", self.words.converts) } else { self.words.layer(&stage.layer).to_owned() }
    }
}
