//! The same name elsewhere in the file.

use lsp_types::request::DocumentHighlightRequest;
use lsp_types::{DocumentHighlight, DocumentHighlightKind, DocumentHighlightParams};
use serde_json::{Value, json};

use super::{Answer, Client, Reply, View};

pub(super) struct Highlight;

impl Answer for Highlight {
    type Of = DocumentHighlightRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("documentHighlightProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: DocumentHighlightParams) -> Reply<Option<Vec<DocumentHighlight>>> {
        let Some((file, offset)) = view.place(&params.text_document_position_params) else { return Ok(None) };
        let Some((id, _)) = view.meant(file, offset) else { return Ok(None) };
        let own = view.name_of(id);
        let kind = |span| if span == own { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ };
        let here = view.mentions(id).into_iter().filter(|span| span.file == file);
        Ok(Some(here.map(|span| DocumentHighlight { range: view.range(span), kind: Some(kind(span)) }).collect()))
    }
}
