//! Who refers to what: for every declaration the places that mean it. Built once per run, in one pass over all
//! references.

use crate::model::decl::{Decl, DeclId};
use crate::model::{Kind, Model, RefIx, Target};
use crate::source::Span;

/// A place that refers to a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// The declaration it stands in.
    pub by: DeclId,
    /// The words.
    pub at: Span,
    /// The field they stand in; none in a head, such as that of a transition.
    pub field: Option<&'static str>,
    /// Whether they stand after `extends`.
    pub extends: bool,
    /// Whether they name a part of it: `order_completed.total` uses the event by its property.
    pub by_part: bool,
}

/// Every use of every declaration.
#[derive(Debug, Default)]
pub struct Usage {
    /// All uses, those of one declaration side by side: a list for each would cost more memory than what it holds.
    uses: Vec<Use>,
    /// Where those of each declaration begin, and after the last where they end.
    starts: Vec<u32>,
}

impl Usage {
    /// The index of a model; the first call builds it.
    pub fn of<'m>(model: &'m Model<'_>) -> &'m Self {
        model.usage.get_or_init(|| Self::index(model))
    }

    fn index(model: &Model<'_>) -> Self {
        let mut uses: Vec<(DeclId, Use)> = Vec::new();
        for (index, decl) in model.decls.iter().enumerate() {
            collect(model, DeclId(index as u32), decl, &mut uses);
        }
        uses.sort_by_key(|(of, _)| *of);
        let mut starts = Vec::with_capacity(model.decls.len() + 1);
        for (at, (of, _)) in uses.iter().enumerate() {
            starts.resize(starts.len().max(of.0 as usize + 1), at as u32);
        }
        starts.resize(model.decls.len() + 1, uses.len() as u32);
        Self { uses: uses.into_iter().map(|(_, one)| one).collect(), starts }
    }

    /// Every place that refers to a declaration, in the order of the files.
    pub fn uses(&self, id: DeclId) -> &[Use] {
        let of = id.0 as usize;
        let bounds = self.starts.get(of).zip(self.starts.get(of + 1));
        bounds.map_or(&[], |(start, end)| &self.uses[*start as usize..*end as usize])
    }

    /// The places that refer to it and do not stand in it or in what is declared inside it.
    pub fn outside<'a>(&'a self, model: &'a Model<'_>, id: DeclId) -> impl Iterator<Item = &'a Use> {
        self.uses(id).iter().filter(move |one| !is_inside(model, one.by, id))
    }

    /// The declarations that refer to it from outside, each once and in order; what has no name (a transition, a
    /// condition in a sequence) stands as itself. What an event feeds, in a tracking plan.
    pub fn users(&self, model: &Model<'_>, id: DeclId) -> Vec<DeclId> {
        let mut users: Vec<DeclId> = self.outside(model, id).map(|one| one.by).collect();
        users.sort_unstable();
        users.dedup();
        users
    }
}

fn collect(model: &Model<'_>, id: DeclId, decl: &Decl<'_>, uses: &mut Vec<(DeclId, Use)>) {
    for (index, reference) in decl.refs.iter().enumerate() {
        let index = RefIx(index as u32);
        let Target::Decl(found) = model.target(id, index) else { continue };
        let extends = decl.extends == Some(index);
        let one = Use { by: id, at: reference.span, field: field_at(decl, reference.span), extends, by_part: false };
        uses.push((found, one));
        let whole = event_in_path(model, id, reference.path).filter(|event| *event != found);
        if let Some(event) = whole {
            uses.push((event, Use { by_part: true, ..one }));
        }
    }
}

/// The event that a path to one of its properties begins with; the property itself may be shared or inherited.
pub fn event_in_path(model: &Model<'_>, from: DeclId, path: &str) -> Option<DeclId> {
    let ends = path.match_indices('.').map(|(at, _)| at);
    let mut prefixes = ends.filter_map(|end| model.lookup(from, path.get(..end)?));
    prefixes.find(|id| model.decl(*id).kind == Kind::Event)
}

/// The field a place stands in; fields are kept in the order they are written.
fn field_at(decl: &Decl<'_>, at: Span) -> Option<&'static str> {
    let next = decl.fields.partition_point(|field| field.span.start <= at.start);
    let field = decl.fields.get(next.checked_sub(1)?)?;
    (at.start < field.span.end).then_some(field.spec.word)
}

/// Whether a declaration is another one or stands inside it.
pub fn is_inside(model: &Model<'_>, id: DeclId, outer: DeclId) -> bool {
    std::iter::successors(Some(id), |id| model.decl(*id).parent).any(|id| id == outer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::levels::Levels;
    use crate::source::{Source, Sources};

    #[test]
    fn an_event_is_used_by_stages_and_through_its_properties() {
        let mut sources = Sources::new();
        let text = "event paid { prop total money }\nfunnel f { stage a { enter paid; converts } }\n\
                    kpi k { value sum(paid.total) }\nevent alone {}\n";
        sources.add(Source::new("a.funnel", text));
        let compilation = crate::compile(&sources, &Levels::default());
        let model = &compilation.model;
        let usage = Usage::of(model);
        let paid = model.events().next().unwrap().id;
        let fields: Vec<_> = usage.outside(model, paid).map(|one| (one.field, one.by_part)).collect();
        assert_eq!(fields, [(Some("enter"), false), (Some("value"), true)]);
        let alone = model.events().nth(1).unwrap().id;
        assert!(usage.users(model, alone).is_empty());
    }
}
