//! Where a name is declared.

use lsp_types::request::GotoDefinition;
use lsp_types::{GotoDefinitionParams, GotoDefinitionResponse};
use serde_json::{Value, json};

use super::{Answer, Client, Reply, View};

pub(super) struct Definition;

impl Answer for Definition {
    type Of = GotoDefinition;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("definitionProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: GotoDefinitionParams) -> Reply<Option<GotoDefinitionResponse>> {
        let Some((file, offset)) = view.place(&params.text_document_position_params) else { return Ok(None) };
        let meant = view.meant(file, offset);
        Ok(meant.and_then(|(id, _)| view.location(view.name_of(id))).map(GotoDefinitionResponse::Scalar))
    }
}
