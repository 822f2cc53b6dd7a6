//! Words that lead somewhere: used files, modules of the library, addresses in texts.

use lsp_types::request::DocumentLinkRequest;
use lsp_types::{DocumentLink, DocumentLinkParams, Uri};
use serde_json::{Value, json};

use super::super::address;
use super::{Answer, Client, Reply, View};
use crate::model::value::unescape;
use crate::source::{FileId, Span};
use crate::syntax::ast::{Part, PartKind, Stmt};

pub(super) struct Links;

impl Answer for Links {
    type Of = DocumentLinkRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("documentLinkProvider", json!({ "resolveProvider": false }))
    }

    fn answer(view: &View<'_, '_>, params: DocumentLinkParams) -> Reply<Option<Vec<DocumentLink>>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        let (parsed, _) = crate::syntax::parse(file, view.source(file));
        let mut found = Vec::new();
        parsed.stmts.iter().for_each(|stmt| in_stmt(view, file, stmt, &mut found));
        Ok(Some(found))
    }
}

fn in_stmt(view: &View<'_, '_>, file: FileId, stmt: &Stmt<'_>, found: &mut Vec<DocumentLink>) {
    if stmt.key() == Some("use") {
        if let Some(part) = stmt.parts.get(1) {
            found.extend(used(view, file, part).map(|target| link(view, part.span, target)));
        }
        return;
    }
    in_parts(view, file, &stmt.parts, found);
}

/// The file or the module that a `use` names.
fn used(view: &View<'_, '_>, file: FileId, part: &Part<'_>) -> Option<Uri> {
    match &part.kind {
        PartKind::Text(quoted) => {
            let own = view.project.paths.get(file.0 as usize)?.as_ref()?;
            address::of_path(&crate::project::identity(&own.parent()?.join(unescape(&quoted.raw))))
        }
        PartKind::Word(module) => view.uri(view.model.names.module(module)?),
        _ => None,
    }
}

fn in_parts(view: &View<'_, '_>, file: FileId, parts: &[Part<'_>], found: &mut Vec<DocumentLink>) {
    for part in parts {
        match &part.kind {
            PartKind::Text(quoted) if quoted.raw.starts_with("https://") && !quoted.raw.contains(['{', '\\']) => {
                let signs = if quoted.long { 3 } else { 1 };
                let span = Span::new(part.span.file, part.span.start + signs, part.span.end - signs);
                found.extend(quoted.raw.parse().ok().map(|target| link(view, span, target)));
            }
            PartKind::Paren(inner) | PartKind::Square(inner) => in_parts(view, file, inner, found),
            PartKind::Block(block) => block.stmts.iter().for_each(|stmt| in_stmt(view, file, stmt, found)),
            _ => {}
        }
    }
}

fn link(view: &View<'_, '_>, span: Span, target: Uri) -> DocumentLink {
    DocumentLink { range: view.range(span), target: Some(target), tooltip: None, data: None }
}
