//! What the word under the cursor is.

use lsp_types::request::HoverRequest;
use lsp_types::{Hover as Shown, HoverContents, HoverParams};
use serde_json::{Value, json};

use super::super::cursor;
use super::{Answer, Client, Reply, View};
use crate::source::{FileId, Span};
use crate::{book, describe};

pub(super) struct Hover;

impl Answer for Hover {
    type Of = HoverRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("hoverProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: HoverParams) -> Reply<Option<Shown>> {
        let Some((file, offset)) = view.place(&params.text_document_position_params) else { return Ok(None) };
        let page = view.meant(file, offset).map(|(id, span)| (describe::page(view.model, id), span));
        let page = page.or_else(|| of_keyword(view, file, offset));
        Ok(page.map(|(page, span)| Shown {
            contents: HoverContents::Markup(view.markup(page)),
            range: Some(view.range(span)),
        }))
    }
}

/// What the manual says of a kind or a field.
fn of_keyword(view: &View<'_, '_>, file: FileId, offset: u32) -> Option<(String, Span)> {
    let (parsed, _) = crate::syntax::parse(file, view.source(file));
    let (word, span) = cursor::keyword(&parsed.stmts, None, offset)?;
    Some((book::explain_in(&word, view.language)?, span))
}
