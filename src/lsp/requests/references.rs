//! Every place that names a declaration.

use lsp_types::request::References as Asked;
use lsp_types::{Location, ReferenceParams};
use serde_json::{Value, json};

use super::{Answer, Client, Reply, View};

pub(super) struct References;

impl Answer for References {
    type Of = Asked;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("referencesProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: ReferenceParams) -> Reply<Option<Vec<Location>>> {
        let Some((file, offset)) = view.place(&params.text_document_position) else { return Ok(None) };
        let Some((id, _)) = view.meant(file, offset) else { return Ok(None) };
        let own = view.name_of(id);
        let all = view.mentions(id).into_iter().filter(|span| params.context.include_declaration || *span != own);
        Ok(Some(all.filter_map(|span| view.location(span)).collect()))
    }
}
