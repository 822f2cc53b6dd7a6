//! What a spec comes to, beside its words: people in each stage, the share of a funnel that gets there, names on the wire.

use lsp_types::request::InlayHintRequest;
use lsp_types::{InlayHint, InlayHintKind, InlayHintLabel, InlayHintParams};
use serde_json::{Value, json};

use super::{Answer, Client, Reply, View};
use crate::diagnostic::Message;
use crate::draw::grouped;
use crate::forecast::{Expected, Forecast};
use crate::model::walk::{Event, Node, Property};
use crate::model::{DeclId, Kind};
use crate::say;
use crate::source::Span;

pub(super) struct Hints;

impl Answer for Hints {
    type Of = InlayHintRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("inlayHintProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: InlayHintParams) -> Reply<Option<Vec<InlayHint>>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        let asked = view.span(file, params.range);
        let expected = Forecast::expected(view.model);
        let shown = (0..view.model.decls.len() as u32).map(DeclId).filter(|id| {
            let place = view.name_of(*id);
            place.file == file && asked.start <= place.start && place.end <= asked.end
        });
        Ok(Some(shown.filter_map(|id| hint(view, view.model.node(id), expected.as_deref())).collect()))
    }
}

fn hint(view: &View<'_, '_>, node: Node<'_, '_>, expected: Option<&[(DeclId, Expected)]>) -> Option<InlayHint> {
    let (words, tooltip) = match node.kind() {
        Kind::Stage => {
            let at = expected?.binary_search_by_key(&node.id, |(id, _)| *id).ok()?;
            of_stage(expected?[at].1)
        }
        Kind::Event => of_wire(node.name(), &Event(node).wire_name(None))?,
        Kind::Prop => of_wire(node.name(), &Property(node).wire_name(None))?,
        _ => return None,
    };
    let end = end_of_head(node);
    Some(InlayHint {
        position: view.position(end.file, end.end),
        label: InlayHintLabel::String(words.said(view.language)),
        kind: Some(InlayHintKind::TYPE),
        text_edits: None,
        tooltip: Some(lsp_types::InlayHintTooltip::String(tooltip.said(view.language))),
        padding_left: Some(true),
        padding_right: None,
        data: None,
    })
}

fn of_stage(expected: Expected) -> (Message, Message) {
    let share = expected.share();
    match expected.people {
        Some(people) => {
            let people = grouped(format_args!("{people:.0}"));
            (
                say!("{share} · {people} people", share, people),
                say!(
                    "{share} of those who come into the funnel get here by the planned rates; {people} people in a typical month",
                    share,
                    people
                ),
            )
        }
        None => (
            say!("{share}", share),
            say!("{share} of those who come into the funnel get here by the planned rates", share),
        ),
    }
}

fn of_wire(name: &str, wire: &str) -> Option<(Message, Message)> {
    let differs = name != wire;
    differs.then(|| (say!("→ {wire}", wire), say!("`{wire}` is its name on the wire", wire)))
}

/// After the name, and the label that follows it.
fn end_of_head(node: Node<'_, '_>) -> Span {
    node.decl().label.as_ref().map_or(node.place(), |label| label.span)
}
