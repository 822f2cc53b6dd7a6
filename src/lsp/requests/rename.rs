//! Another name for a declaration, in every file. The project is compiled with it before anything is promised: a name that
//! would mean something else somewhere, or nothing, is refused with the reason.

use std::collections::{BTreeMap, HashMap};

use lsp_types::request::{PrepareRenameRequest, Rename as Asked};
use lsp_types::{PrepareRenameResponse, RenameParams, TextDocumentPositionParams, TextEdit, Uri, WorkspaceEdit};
use serde_json::{Value, json};

use super::{Answer, Client, Refusal, Reply, View};
use crate::model::expr::RESERVED;
use crate::model::{self, DeclId, Kind, Model};
use crate::say;
use crate::source::{FileId, Source, Sources, Span};

pub(super) struct Rename;
pub(super) struct Prepare;

impl Answer for Prepare {
    type Of = PrepareRenameRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("renameProvider", json!({ "prepareProvider": true }))
    }

    fn answer(view: &View<'_, '_>, at: TextDocumentPositionParams) -> Reply<Option<PrepareRenameResponse>> {
        let Some((file, offset)) = view.place(&at) else { return Ok(None) };
        let Some((id, span)) = view.meant(file, offset) else { return Ok(None) };
        may_be_renamed(view, id)?;
        let placeholder = view.model.decl(id).name_text().to_owned();
        Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range: view.range(span), placeholder }))
    }
}

impl Answer for Rename {
    type Of = Asked;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("renameProvider", json!({ "prepareProvider": true }))
    }

    fn answer(view: &View<'_, '_>, params: RenameParams) -> Reply<Option<WorkspaceEdit>> {
        let Some((file, offset)) = view.place(&params.text_document_position) else { return Ok(None) };
        let Some((id, _)) = view.meant(file, offset) else { return Ok(None) };
        may_be_renamed(view, id)?;
        let new = params.new_name.trim();
        is_a_name(new)?;
        let places = view.mentions(id);
        if new != view.model.decl(id).name_text() {
            means_the_same(view, &places, id, new)?;
        }
        #[expect(clippy::mutable_key_type, reason = "the type of the protocol; an address is never changed")]
        let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for span in places {
            if let Some(uri) = view.uri(span.file) {
                changes.entry(uri).or_default().push(view.edit(span, new));
            }
        }
        Ok(Some(WorkspaceEdit::new(changes)))
    }
}

fn may_be_renamed(view: &View<'_, '_>, id: DeclId) -> Reply<()> {
    let path = view.model.path(id);
    if view.source(view.name_of(id).file).embedded {
        return Err(Refusal::cannot(say!(
            "`{path}` is part of the standard library; extend it under a name of your own",
            path
        )));
    }
    if view.model.decl(id).name.is_none() {
        return Err(Refusal::cannot(say!("this has no name")));
    }
    Ok(())
}

/// The law of names is the parser's: what it reads as one word.
fn is_a_name(new: &str) -> Reply<()> {
    if RESERVED.contains(&new) {
        return Err(Refusal::cannot(say!(
            "`{new}` is a word of the language; no declaration can have it as its name",
            new
        )));
    }
    let text = format!("team {new} {{ }}");
    let mut sources = Sources::new();
    let file = sources.add(Source::new("name.funnel", text));
    let (model, faults) = model::build(&sources);
    let read = model.of_kind(Kind::Team).next().map(|id| model.decl(id).name_text() == new);
    debug_assert_eq!(file, FileId(0));
    if faults.is_empty() && read == Some(true) {
        return Ok(());
    }
    Err(Refusal::cannot(say!("`{new}` is no name: a name is one word of letters, digits and `_`", new)))
}

/// Compiles the project with the new name: every reference must mean what it meant.
fn means_the_same(view: &View<'_, '_>, places: &[Span], id: DeclId, new: &str) -> Reply<()> {
    let mut texts: BTreeMap<FileId, String> = BTreeMap::new();
    for span in places.iter().rev() {
        let text = texts.entry(span.file).or_insert_with(|| view.source(span.file).text.clone());
        text.replace_range(span.range(), new);
    }
    let sources = view.project.sources.with_texts(texts);
    let (renamed, _) = model::build(&sources);
    match first_difference(view.model, &renamed, id) {
        None => Ok(()),
        Some(Difference::Taken(other)) => {
            let (what, place) = (renamed.path(other), place(&renamed, other));
            Err(Refusal::cannot(say!("`{what}` is declared already, in {place}", what, place)))
        }
        Some(Difference::Means(from)) => {
            let place = place(view.model, from);
            Err(Refusal::cannot(say!("in {place} something would mean another thing than it does now", place)))
        }
    }
}

fn place(model: &Model<'_>, id: DeclId) -> String {
    let (file, position) = model.sources.locate(model.place(id));
    format!("{file}:{}", position.line)
}

enum Difference {
    /// The name belongs to another declaration.
    Taken(DeclId),
    /// A declaration in which something means another thing.
    Means(DeclId),
}

/// Both models hold the same declarations in the same order.
fn first_difference(before: &Model<'_>, after: &Model<'_>, id: DeclId) -> Option<Difference> {
    let new = after.decl(id).name_text();
    let scope = |model: &Model<'_>, id| model::names::scope_of(model.sources, &model.decls, model.decl(id));
    let twins = (0..after.decls.len() as u32).map(DeclId).filter(|other| *other != id);
    let mut twins = twins.filter(|other| after.decl(*other).name_text() == new);
    if let Some(other) = twins.find(|other| scope(after, *other) == scope(after, id)) {
        return Some(Difference::Taken(other));
    }
    if before.decls.len() != after.decls.len() {
        return Some(Difference::Means(id));
    }
    let changed = |at: &usize| before.targets[*at] != after.targets[*at];
    (0..before.targets.len()).find(changed).map(|at| Difference::Means(DeclId(at as u32)))
}
