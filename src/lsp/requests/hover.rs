//! What the word under the cursor is.

use lsp_types::request::HoverRequest;
use lsp_types::{Hover as Shown, HoverContents, HoverParams};
use serde_json::{Value, json};

use super::{Answer, Client, Reply, View};
use crate::describe;

pub(super) struct Hover;

impl Answer for Hover {
    type Of = HoverRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("hoverProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: HoverParams) -> Reply<Option<Shown>> {
        let Some((file, offset)) = view.place(&params.text_document_position_params) else { return Ok(None) };
        Ok(view.meant(file, offset).map(|(id, span)| Shown {
            contents: HoverContents::Markup(view.markup(describe::page(view.model, id))),
            range: Some(view.range(span)),
        }))
    }
}
