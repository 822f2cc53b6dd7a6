//! The maps as files and as a page: pictures by funnel, map and page, and everything they say as text, so that nothing is
//! lost where a picture has no room.

use serde_json::{Value as Json, json};

use super::names;
use super::target::{Files, Words};
use super::tracking::own_name;
use crate::draw::is_rtl;
use crate::maps::{self, FIELDS, Slide, Told};
use crate::plan::Plan;

/// Every picture in every language.
pub(super) fn pictures(plan: &Plan) -> Files {
    let default = plan.languages.first();
    let stems = names::stems(plan.funnels.iter().map(|funnel| funnel.path.as_str()));
    let mut files = Files::new();
    for language in &plan.languages {
        let ending = if Some(language) == default { String::new() } else { format!(".{language}") };
        for slide in maps::slides(plan, language) {
            let page = if slide.pages > 1 { format!("-{}", slide.page) } else { String::new() };
            let stem = stems.get(slide.funnel.as_str()).cloned().unwrap_or_default();
            files.push((format!("{stem}-{}{page}{ending}.svg", slide.map), slide.svg.into_bytes()));
        }
    }
    files
}

/// What the page of a language shows.
pub(super) fn view(plan: &Plan, lang: &str, words: &Words, file_of: &dyn Fn(&str) -> String) -> Json {
    let direction = |lang: &str| if is_rtl(lang) { "rtl" } else { "ltr" };
    let slide = |own: Slide| json!({ "title": own.title, "svg": own.svg });
    let others = plan.languages.iter().filter(|other| *other != lang);
    json!({
        "lang": lang,
        "words": words,
        "dir": direction(lang),
        "project": project(plan, lang),
        "generator": format!("{} {}", plan.generator.name, plan.generator.version),
        "others": others.map(|own| json!({ "lang": own, "name": own_name(own), "dir": direction(own), "file": file_of(own) })).collect::<Vec<_>>(),
        "slides": maps::slides(plan, lang).into_iter().map(slide).collect::<Vec<_>>(),
        "told": maps::told(plan, lang).iter().map(|own| told(own, lang)).collect::<Vec<_>>(),
    })
}

/// The label of the project; its name where it has none.
fn project<'p>(plan: &'p Plan, lang: &str) -> &'p str {
    let declared = plan.declarations.iter().find(|own| own.kind == "project");
    let label = declared.and_then(|own| own.label.get(lang).or_else(|| own.label.values().next()));
    label.map_or(&plan.project, String::as_str)
}

fn told(own: &Told, lang: &str) -> Json {
    let stage = |(label, said): &(String, Vec<Vec<String>>)| {
        let rows = FIELDS.iter().zip(said).filter(|(_, texts)| !texts.is_empty());
        let rows = rows.map(|(field, texts)| json!({ "name": maps::name_of(field, lang), "texts": texts }));
        json!({ "label": label, "rows": rows.collect::<Vec<_>>() })
    };
    json!({ "label": own.label, "stages": own.stages.iter().map(stage).collect::<Vec<_>>() })
}
