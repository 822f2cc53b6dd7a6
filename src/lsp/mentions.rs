//! Every place that names a declaration: where it is declared, and each name of each path that means it.

use rustc_hash::FxHashSet;

use super::view::View;
use crate::model::decl::Decl;
use crate::model::value::{Ref, Text, TextEntry, Val};
use crate::model::{DeclId, Kind, RefIx};
use crate::source::Span;

impl View<'_, '_> {
    /// The places that name a declaration, in the order of the files; its own name is among them.
    pub(super) fn mentions(&self, id: DeclId) -> Vec<Span> {
        let name = self.model.decl(id).name_text();
        let mut found = FxHashSet::default();
        found.extend(self.model.decl(id).name.map(|name| name.span));
        for (at, decl) in self.model.decls.iter().enumerate() {
            self.in_paths(DeclId(at as u32), decl, id, name, &mut found);
            if self.model.decl(id).kind == Kind::Trait {
                in_texts(self, decl, name, &mut found);
            }
        }
        // What a model fills in stands where the model is written, once for each time it is made.
        let mut found: Vec<Span> = found.into_iter().filter(|span| self.text(*span) == name).collect();
        found.sort_unstable();
        found
    }

    fn text(&self, span: Span) -> &str {
        self.project.sources.get(span.file).text.get(span.range()).unwrap_or_default()
    }

    fn in_paths(&self, from: DeclId, decl: &Decl<'_>, id: DeclId, name: &str, found: &mut FxHashSet<Span>) {
        for (at, reference) in decl.refs.iter().enumerate().filter(|(_, reference)| reference.path.contains(name)) {
            for (start, end) in segments(reference.path) {
                if &reference.path[start..end] != name {
                    continue;
                }
                let meant = if end == reference.path.len() {
                    self.model.target_decl(from, RefIx(at as u32))
                } else {
                    self.model.lookup(from, &reference.path[..end])
                };
                if meant == Some(id) {
                    found.insert(part(reference, start, end));
                }
            }
        }
    }
}

/// Where each name of a path begins and ends.
pub(super) fn segments(path: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut start = 0;
    path.split('.').map(move |segment| {
        let own = (start, start + segment.len());
        start += segment.len() + 1;
        own
    })
}

fn part(reference: &Ref<'_>, start: usize, end: usize) -> Span {
    Span::new(reference.span.file, reference.span.start + start as u32, reference.span.start + end as u32)
}

/// What a person is called in the texts of messages: `{{first_name|there}}`.
fn in_texts(view: &View<'_, '_>, decl: &Decl<'_>, name: &str, found: &mut FxHashSet<Span>) {
    let values = decl.fields.iter().flat_map(|field| &field.values).chain(&decl.head);
    for captured in values {
        if let Val::Text(Text { entries }) = &captured.val {
            entries.iter().for_each(|entry| in_text(view, entry, name, found));
        }
    }
}

fn in_text(view: &View<'_, '_>, entry: &TextEntry<'_>, name: &str, found: &mut FxHashSet<Span>) {
    let text = view.text(entry.span);
    for (at, _) in text.match_indices("{{") {
        let inside = &text[at + 2..];
        let start = inside.len() - inside.trim_start().len();
        let word = &inside[start..];
        let end = word.find(|c: char| c == '|' || c == '}' || c.is_whitespace()).unwrap_or(word.len());
        if &word[..end] == name {
            let from = entry.span.start + (at + 2 + start) as u32;
            found.insert(Span::new(entry.span.file, from, from + end as u32));
        }
    }
}
