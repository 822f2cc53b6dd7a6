//! Above a declaration: who uses it.

use std::collections::BTreeMap;

use lsp_types::request::CodeLensRequest;
use lsp_types::{CodeLens, CodeLensParams, Command};
use serde_json::{Value, json};

use super::symbols::outermost;
use super::{Answer, Client, Reply, View};
use crate::analysis::usage::Usage;
use crate::diagnostic::Message;
use crate::model::walk::Node;
use crate::model::{DeclId, Kind};
use crate::{count, say};

/// The command of a lens, which the editor has: it shows the places that are its arguments.
const SHOW: &str = "funnelc.showReferences";

pub(super) struct Lenses;

impl Answer for Lenses {
    type Of = CodeLensRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("codeLensProvider", json!({ "resolveProvider": false }))
    }

    fn answer(view: &View<'_, '_>, params: CodeLensParams) -> Reply<Option<Vec<CodeLens>>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        let declared = outermost(view, file).filter(|node| is_used_by_name(node.kind()));
        Ok(Some(declared.filter_map(|node| lens(view, node)).collect()))
    }
}

const fn is_used_by_name(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Event
            | Kind::Segment
            | Kind::Antisegment
            | Kind::Channel
            | Kind::Kpi
            | Kind::Score
            | Kind::Team
            | Kind::Type
            | Kind::Props
            | Kind::Consent
            | Kind::Offer
            | Kind::Sequence
            | Kind::Funnel
    )
}

fn lens(view: &View<'_, '_>, node: Node<'_, '_>) -> Option<CodeLens> {
    let uses: Vec<_> = Usage::of(view.model).outside(view.model, node.id).collect();
    let mut by: Vec<DeclId> = uses.iter().map(|one| named(view, one.by)).collect();
    by.sort_unstable();
    by.dedup();
    let mut by_kind: BTreeMap<Kind, usize> = BTreeMap::new();
    by.iter().for_each(|user| *by_kind.entry(family(view.model.decl(*user).kind)).or_default() += 1);
    let parts: Vec<Message> = by_kind.into_iter().map(|(kind, times)| counted(kind, times)).collect();
    // A sequence or a funnel is there for itself.
    if parts.is_empty() && matches!(node.kind(), Kind::Sequence | Kind::Funnel) {
        return None;
    }
    let title = if parts.is_empty() { say!("used nowhere") } else { used_by(view, &parts) };
    let name = view.name_of(node.id);
    let places: Vec<_> = uses.iter().filter_map(|one| view.location(one.at)).collect();
    let arguments = vec![json!(view.uri(name.file)?), json!(view.range(name).start), json!(places)];
    Some(CodeLens {
        range: view.range(name),
        command: Some(Command {
            title: title.said(view.language),
            command: SHOW.to_owned(),
            arguments: Some(arguments),
        }),
        data: None,
    })
}

fn used_by(view: &View<'_, '_>, parts: &[Message]) -> Message {
    let words: Vec<String> = parts.iter().map(|part| part.said(view.language)).collect();
    say!("used by {list}", list = words.join(view.language.comma()))
}

/// The declaration around a use that people know by name.
fn named(view: &View<'_, '_>, id: DeclId) -> DeclId {
    let mut at = id;
    while view.model.decl(at).name.is_none() {
        let Some(parent) = view.model.decl(at).parent else { break };
        at = parent;
    }
    at
}

/// Kinds that are counted together.
const fn family(kind: Kind) -> Kind {
    match kind {
        Kind::Antisegment => Kind::Segment,
        Kind::Group => Kind::Dashboard,
        kind if kind.is_message() => Kind::Email,
        Kind::Stage
        | Kind::Funnel
        | Kind::Sequence
        | Kind::Event
        | Kind::Segment
        | Kind::Kpi
        | Kind::Goal
        | Kind::Score
        | Kind::Campaign
        | Kind::Channel
        | Kind::Experiment
        | Kind::Dashboard => kind,
        // The last of the table, so that what has no word of its own is told last.
        _ => Kind::Make,
    }
}

fn counted(kind: Kind, n: usize) -> Message {
    match kind {
        Kind::Stage => count!("{n} stage", "{n} stages", n),
        Kind::Funnel => count!("{n} funnel", "{n} funnels", n),
        Kind::Sequence => count!("{n} sequence", "{n} sequences", n),
        Kind::Email => count!("{n} message", "{n} messages", n),
        Kind::Event => count!("{n} event", "{n} events", n),
        Kind::Segment => count!("{n} segment", "{n} segments", n),
        Kind::Kpi => count!("{n} KPI", "{n} KPIs", n),
        Kind::Goal => count!("{n} goal", "{n} goals", n),
        Kind::Score => count!("{n} score", "{n} scores", n),
        Kind::Campaign => count!("{n} campaign", "{n} campaigns", n),
        Kind::Channel => count!("{n} channel", "{n} channels", n),
        Kind::Experiment => count!("{n} experiment", "{n} experiments", n),
        Kind::Dashboard => count!("{n} dashboard", "{n} dashboards", n),
        _ => count!("{n} other declaration", "{n} other declarations", n),
    }
}
