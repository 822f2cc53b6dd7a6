//! What a file declares, as a tree.

use lsp_types::request::DocumentSymbolRequest;
use lsp_types::{
    DocumentSymbol, DocumentSymbolParams, DocumentSymbolResponse, Location, SymbolInformation, SymbolKind, SymbolTag,
};
use serde_json::{Value, json};

use super::{Answer, Client, Reply, View};
use crate::model::walk::{Event, Node, Stage, Transition};
use crate::model::{DeclId, Kind};
use crate::source::{FileId, Span};

pub(super) struct Symbols;

impl Answer for Symbols {
    type Of = DocumentSymbolRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("documentSymbolProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: DocumentSymbolParams) -> Reply<Option<DocumentSymbolResponse>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        let tree: Vec<DocumentSymbol> = outermost(view, file).map(|node| symbol(view, node)).collect();
        if view.client.nested_symbols {
            return Ok(Some(DocumentSymbolResponse::Nested(tree)));
        }
        let mut flat = Vec::new();
        tree.into_iter().for_each(|symbol| flatten(&params.text_document.uri, symbol, None, &mut flat));
        Ok(Some(DocumentSymbolResponse::Flat(flat)))
    }
}

/// What a file declares outside of everything else.
pub(super) fn outermost<'v, 's>(view: &'v View<'_, 's>, file: FileId) -> impl Iterator<Item = Node<'v, 's>> {
    let ids = (0..view.model.decls.len() as u32).map(DeclId);
    let own = ids.filter(move |id| view.model.decl(*id).parent.is_none() && view.model.file(*id) == file);
    own.map(|id| view.model.node(id))
}

fn symbol(view: &View<'_, '_>, node: Node<'_, '_>) -> DocumentSymbol {
    // What a `make` declares stands in its model.
    let inside = |child: &Node<'_, '_>| contains(node.decl().span, child.decl().span);
    let children: Vec<DocumentSymbol> = node.children().filter(inside).map(|child| symbol(view, child)).collect();
    let is_deprecated = node.kind() == Kind::Event && Event(node).status() == "deprecated";
    #[expect(deprecated, reason = "the type still has the field that tags replace")]
    DocumentSymbol {
        name: title(node),
        detail: Some(detail(view, node)),
        kind: symbol_kind(node.kind()),
        tags: is_deprecated.then(|| vec![SymbolTag::DEPRECATED]),
        deprecated: None,
        range: view.range(node.decl().span),
        selection_range: view.range(node.place()),
        children: (!children.is_empty()).then_some(children),
    }
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// Its name; what has none is called by its kind, a transition by its ends.
pub(super) fn title(node: Node<'_, '_>) -> String {
    match (node.kind(), node.name()) {
        (Kind::Transition | Kind::Handover, _) => {
            let name = |end: Option<Stage<'_, '_>>| end.map_or_else(|| "?".to_owned(), |stage| stage.name().to_owned());
            format!("{} → {}", name(Transition(node).from()), name(Transition(node).to()))
        }
        (kind, "") => kind.word().to_owned(),
        (_, name) => name.to_owned(),
    }
}

fn detail(view: &View<'_, '_>, node: Node<'_, '_>) -> String {
    let label = node.label(view.language.tag());
    let kind = node.kind().word();
    if label.is_empty() || label == node.name() { kind.to_owned() } else { format!("{kind} · {label}") }
}

/// The nearest thing that programs have, for its icon.
pub(super) const fn symbol_kind(kind: Kind) -> SymbolKind {
    match kind {
        Kind::Project | Kind::Model | Kind::Make => SymbolKind::PACKAGE,
        Kind::Use | Kind::Source => SymbolKind::MODULE,
        Kind::Funnel | Kind::Sequence | Kind::Program => SymbolKind::CLASS,
        Kind::Stage | Kind::Tier | Kind::Arm | Kind::Member => SymbolKind::ENUM_MEMBER,
        Kind::Transition | Kind::Handover => SymbolKind::OPERATOR,
        Kind::Event | Kind::Variant => SymbolKind::EVENT,
        Kind::Prop | Kind::Trait => SymbolKind::PROPERTY,
        Kind::Props | Kind::Traits | Kind::Type => SymbolKind::STRUCT,
        Kind::Kpi | Kind::Measure | Kind::Score | Kind::Goal => SymbolKind::FUNCTION,
        Kind::Segment | Kind::Antisegment | Kind::Persona => SymbolKind::INTERFACE,
        Kind::Channel | Kind::Campaign | Kind::Competitor => SymbolKind::NAMESPACE,
        Kind::Email | Kind::Sms | Kind::Whatsapp | Kind::Push | Kind::Call | Kind::Post | Kind::Task => {
            SymbolKind::METHOD
        }
        Kind::Team => SymbolKind::VARIABLE,
        _ => SymbolKind::OBJECT,
    }
}

#[expect(deprecated, reason = "the type still has the field that tags replace")]
fn flatten(uri: &lsp_types::Uri, symbol: DocumentSymbol, outer: Option<&str>, flat: &mut Vec<SymbolInformation>) {
    let name = symbol.name;
    flat.push(SymbolInformation {
        name: name.clone(),
        kind: symbol.kind,
        tags: symbol.tags,
        deprecated: None,
        location: Location { uri: uri.clone(), range: symbol.range },
        container_name: outer.map(str::to_owned),
    });
    symbol.children.into_iter().flatten().for_each(|child| flatten(uri, child, Some(&name), flat));
}
