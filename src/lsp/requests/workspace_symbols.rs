//! Names of the whole project by a few of their letters.

use lsp_types::request::WorkspaceSymbolRequest;
use lsp_types::{SymbolInformation, WorkspaceSymbolParams, WorkspaceSymbolResponse};
use serde_json::{Value, json};

use super::symbols::symbol_kind;
use super::{Answer, Client, Reply, View};
use crate::model::DeclId;

/// How many are told; whoever asks types on.
const MOST: usize = 256;

pub(super) struct WorkspaceSymbols;

impl Answer for WorkspaceSymbols {
    type Of = WorkspaceSymbolRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("workspaceSymbolProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: WorkspaceSymbolParams) -> Reply<Option<WorkspaceSymbolResponse>> {
        let query = params.query.to_lowercase();
        let own = (0..view.model.decls.len() as u32).map(DeclId).filter(|id| !view.model.is_std(*id));
        let mut found: Vec<(bool, usize, String, DeclId)> = own
            .filter(|id| view.model.decl(*id).name.is_some())
            .filter_map(|id| {
                let (path, name) = (view.model.path(id), view.model.decl(id).name_text().to_lowercase());
                let label = view.model.node(id).label(view.language.tag()).to_lowercase();
                let fits = has_letters(&path.to_lowercase(), &query) || label.contains(&query);
                fits.then(|| (!name.contains(&query), path.len(), path, id))
            })
            .collect();
        found.sort();
        let symbols = found.into_iter().take(MOST).filter_map(|(.., path, id)| symbol(view, path, id));
        Ok(Some(WorkspaceSymbolResponse::Flat(symbols.collect())))
    }
}

fn symbol(view: &View<'_, '_>, path: String, id: DeclId) -> Option<SymbolInformation> {
    #[expect(deprecated, reason = "the type still has the field that tags replace")]
    Some(SymbolInformation {
        name: path,
        kind: symbol_kind(view.model.decl(id).kind),
        tags: None,
        deprecated: None,
        location: view.location(view.name_of(id))?,
        container_name: view.model.decl(id).parent.map(|parent| view.model.path(parent)),
    })
}

/// Whether a text has the letters of a query, in their order.
fn has_letters(text: &str, query: &str) -> bool {
    let mut letters = text.chars();
    query.chars().all(|wanted| letters.any(|letter| letter == wanted))
}

#[cfg(test)]
mod tests {
    use super::has_letters;

    #[test]
    fn letters_stand_in_their_order() {
        assert!(has_letters("store.order_completed", "soc") && has_letters("متجر", "مت") && has_letters("a", ""));
        assert!(!has_letters("store", "rs"));
    }
}
