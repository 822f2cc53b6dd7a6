//! What a project says about one of its names, for people: what it is, where it is declared, what it refers to and what
//! refers to it.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::analysis::usage::{Usage, is_inside};
use crate::draw::grouped;
use crate::forecast::Forecast;
use crate::model::types::Unit;
use crate::model::walk::{Event, Funnel, Kpi, Node, Property, Transition};
use crate::model::{DeclId, Kind, Model, RefIx};
use crate::source::Span;

/// The declarations of a path, and those of a name that stands inside something, in order.
pub fn named(model: &Model<'_>, word: &str) -> Vec<DeclId> {
    let last = word.rsplit('.').next().unwrap_or_default();
    let ids = (0..model.decls.len() as u32).map(DeclId);
    let alike: Vec<DeclId> = ids.filter(|id| !last.is_empty() && model.decl(*id).name_text() == last).collect();
    let exact: Vec<DeclId> = alike.iter().copied().filter(|id| model.path(*id) == word).collect();
    let own: Vec<DeclId> = exact.iter().copied().filter(|id| !model.is_std(*id)).collect();
    match (own.is_empty(), exact.is_empty()) {
        (false, _) => own,
        (_, false) => exact,
        _ if word.contains('.') => Vec::new(),
        _ => alike.into_iter().filter(|id| !model.is_std(*id)).collect(),
    }
}

/// The names of a project, for suggestions.
pub fn names(model: &Model<'_>) -> Vec<String> {
    let own = (0..model.decls.len() as u32).map(DeclId).filter(|id| !model.is_std(*id));
    let paths: BTreeSet<String> =
        own.filter(|id| !model.decl(*id).name_text().is_empty()).map(|id| model.path(id)).collect();
    paths.into_iter().collect()
}

/// The page of a declaration, as Markdown.
pub fn page(model: &Model<'_>, id: DeclId) -> String {
    let node = model.node(id);
    let mut page = format!("# {}\n\n{}\n", node.path(), line(node));
    let languages = model.languages();
    let labels: BTreeSet<String> = languages.iter().map(|language| node.label(language)).collect();
    if labels.iter().any(|label| label != node.name()) {
        let _ = write!(page, "\n{}\n", labels.into_iter().collect::<Vec<_>>().join(" / "));
    }
    let docs = node.docs();
    if !docs.is_empty() {
        let _ = write!(page, "\n{}\n", docs.join("\n"));
    }
    section(&mut page, "Wire names", &wire_names(node));
    section(&mut page, "By the plan", &by_the_plan(node));
    fields(&mut page, node);
    section(
        &mut page,
        "Inside",
        &node.children().filter(|child| child.kind() != Kind::Transition).map(title).collect::<Vec<_>>(),
    );
    section(&mut page, "Refers to", &refers_to(model, node));
    section(&mut page, "Referred to by", &referred_to_by(model, id));
    page
}

fn line(node: Node<'_, '_>) -> String {
    let mut line =
        format!("{} declared in {}", capital(&node.kind().phrase().to_string()), place(node.model, node.place()));
    if let Some(class) = node.class() {
        let _ = write!(line, ", class `{class}`");
    }
    if let Some(base) = node.lineage().nth(1) {
        let _ = write!(line, ", extends `{}`", base.path());
    }
    line.push('.');
    line
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

fn place(model: &Model<'_>, span: Span) -> String {
    let (file, position) = model.sources.locate(span);
    format!("{file}:{}", position.line)
}

fn section(page: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = write!(page, "\n## {title}\n\n");
    for line in lines {
        let _ = writeln!(page, "- {line}");
    }
}

/// The fields as they are written, inherited ones with where they come from.
fn fields(page: &mut String, node: Node<'_, '_>) {
    let mut said: BTreeSet<&str> = BTreeSet::new();
    let mut lines = String::new();
    for owner in node.lineage() {
        let own: Vec<_> = owner.decl().fields.iter().filter(|field| !said.contains(field.spec.word)).collect();
        if own.is_empty() {
            continue;
        }
        if owner.id != node.id {
            let _ = writeln!(lines, "// from {}", owner.path());
        }
        for field in &own {
            let _ = writeln!(lines, "{}", node.model.sources.text(field.span).trim_end_matches([';', ' ', '\n', '\r']));
        }
        said.extend(own.iter().map(|field| field.spec.word));
    }
    if !lines.is_empty() {
        let _ = write!(page, "\n## Fields\n\n```funnel\n{lines}```\n");
    }
}

fn wire_names(node: Node<'_, '_>) -> Vec<String> {
    let (name, names) = match node.kind() {
        Kind::Event => (Event(node).wire_name(None), Event(node).wire_names()),
        Kind::Prop | Kind::Trait | Kind::Member => (Property(node).wire_name(None), Property(node).wire_names()),
        _ => return Vec::new(),
    };
    let mut lines = vec![format!("`{name}`")];
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for (destination, own) in &names {
        if let Some(destination) = destination.filter(|destination| seen.insert(destination)) {
            lines.push(format!("`{own}` in {destination}"));
        }
    }
    lines
}

/// What the value of a KPI is; what a stage comes to by the planned rates, and the rates of the ways from it.
fn by_the_plan(node: Node<'_, '_>) -> Vec<String> {
    match node.kind() {
        Kind::Kpi => Kpi(node).unit().map(unit).into_iter().collect(),
        Kind::Stage => reach(node).into_iter().chain(ways(node)).collect(),
        _ => Vec::new(),
    }
}

fn unit(unit: Unit<'_>) -> String {
    let currency = unit.currency.filter(|_| unit.money == 1).map(|own| format!(" ({own})")).unwrap_or_default();
    let total = if unit.total { ", which adds up over people and time" } else { "" };
    format!("its value is {}{currency}{total}", unit.phrase())
}

fn reach(stage: Node<'_, '_>) -> Option<String> {
    let all = Forecast::expected(stage.model)?;
    let (_, expected) = all.into_iter().find(|(id, _)| *id == stage.id)?;
    let people =
        expected.people.map(|people| format!("; {} people in a typical month", grouped(format_args!("{people:.0}"))));
    let share = expected.share();
    Some(format!("{share} of those who come into the funnel get here{}", people.unwrap_or_default()))
}

fn ways(stage: Node<'_, '_>) -> Vec<String> {
    let Some(funnel) = stage.parent() else { return Vec::new() };
    let ways = Funnel(funnel).transitions().filter(|way| way.from().is_some_and(|from| from.id == stage.id));
    let way = |way: Transition<'_, '_>| {
        let (to, rate) = (way.to()?, way.rate()?);
        let within = way.within().map(|within| format!(" within {}", within.spelling())).unwrap_or_default();
        Some(format!("{}% go on to `{}`{within}", rate.normalize(), to.path()))
    };
    ways.filter_map(way).collect()
}

/// `event order_completed`; what has no name is told by what it stands in.
fn title(node: Node<'_, '_>) -> String {
    let kind = node.kind().word();
    if matches!(node.kind(), Kind::Transition | Kind::Handover) {
        let end =
            |stage: Option<crate::model::walk::Stage<'_, '_>>| stage.map(|stage| stage.path()).unwrap_or_default();
        return format!("{kind} `{} -> {}`", end(Transition(node).from()), end(Transition(node).to()));
    }
    if !node.name().is_empty() {
        return format!("{kind} `{}`", node.path());
    }
    let named = std::iter::successors(node.parent(), |outer| outer.parent()).find(|outer| !outer.name().is_empty());
    named.map_or_else(|| kind.to_owned(), |outer| format!("{kind} in {} `{}`", outer.kind().word(), outer.path()))
}

fn refers_to(model: &Model<'_>, node: Node<'_, '_>) -> Vec<String> {
    let refs = (0..node.decl().refs.len() as u32).filter_map(|index| model.target_decl(node.id, RefIx(index)));
    let mut seen: BTreeSet<DeclId> = BTreeSet::new();
    refs.filter(|id| *id != node.id && seen.insert(*id)).map(|id| title(model.node(id))).collect()
}

fn referred_to_by(model: &Model<'_>, id: DeclId) -> Vec<String> {
    let uses = Usage::of(model).uses(id).iter().filter(|one| one.by != id && !is_inside(model, one.by, id));
    let shown = |one: &crate::analysis::usage::Use| {
        let field = one.field.map(|field| format!(", `{field}`")).unwrap_or_default();
        format!("{}{field} ({})", title(model.node(one.by)), place(model, one.at))
    };
    let mut lines: Vec<String> = uses.map(shown).collect();
    lines.dedup();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::levels::Levels;
    use crate::source::{Source, Sources};

    #[test]
    fn a_stage_tells_where_it_is_and_who_means_it() {
        let mut sources = Sources::new();
        sources.add(Source::new(
            "a.funnel",
            "/// Paid.\nevent paid { named \"Order Paid\"; named pay in ga4 }\n\
             funnel f \"F\" {\n  stage a : top { enter paid }\n  stage b : bottom { enter paid; converts }\n  a -> b rate 5%\n}\n\
             kpi k { value rate(f.a -> f.b) }\n",
        ));
        let compilation = crate::compile(&sources, &Levels::default());
        let model = &compilation.model;
        let of = |word: &str| named(model, word).into_iter().map(|id| page(model, id)).collect::<String>();
        let stage = of("f.b");
        assert!(stage.contains("A stage declared in a.funnel:5, class `bottom`."), "{stage}");
        assert!(stage.contains("- event `paid`") && stage.contains("- kpi `k`, `value` (a.funnel:8)"), "{stage}");
        assert!(stage.contains("- transition `f.a -> f.b` (a.funnel:6)"), "{stage}");
        let first = of("f.a");
        assert!(first.contains("- 100% of those who come into the funnel get here"), "{first}");
        assert!(first.contains("- 5% go on to `f.b`"), "{first}");
        assert!(of("k").contains("- its value is a ratio"), "{}", of("k"));
        let event = of("paid");
        assert!(event.contains("`Order Paid`") && event.contains("`pay` in ga4") && event.contains("Paid."), "{event}");
        assert_eq!(of("b"), stage);
        assert_eq!(of("f.nothing"), "");
    }
}
