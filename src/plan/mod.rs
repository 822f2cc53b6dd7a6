//! The target-neutral result: everything a project says, as sorted data, and what the outputs want to know besides.
//!
//! [`Plan::declarations`] is generic over the table of kinds, so that no construct of the language can be missing from
//! it; the other parts are facts derived for the outputs. There is no clock and no random number in it, and nothing
//! depends on the order of the files.

mod board;
mod declaration;
mod event;
mod funnel;
mod kpi;
mod layout;
mod profile;
mod schema;
mod sequence;
mod usage;
pub mod value;

use indexmap::IndexMap;
use serde::Serialize;

use crate::model::decl::DeclId;
use crate::model::walk::{Node, Property};
use crate::model::{Kind, Model};
pub use board::{BoardItem, BoardPlan};
pub(crate) use declaration::id;
pub use declaration::{Declaration, Occurrences};
pub(crate) use event::json_type;
pub use event::{EventPlan, Feed, OncePer, PropertyPlan, Rows, TypePlan, VariantPlan};
pub use funnel::{FunnelPlan, Rate, StagePlan, TransitionPlan};
pub use kpi::{KpiPlan, UnitPlan};
pub use profile::ProfilePlan;
pub use schema::schema;
pub use sequence::{AimPlan, BasisPlan, MessagePlan, SaidPlan, SequencePlan, TurnPlan, Window};

/// Raised when a reader of the old form could misread the new one.
pub const VERSION: u32 = 1;

/// Where the schema of `model.json` is published.
pub const SCHEMA_ID: &str = "https://funnelc.github.io/book/schemas/model.schema.json";

/// A project as data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// Where the schema of this document is published.
    #[serde(rename = "$schema")]
    pub schema: &'static str,
    /// The form of this document.
    pub version: u32,
    /// What made it.
    pub generator: Generator,
    /// The files of the spec, sorted.
    pub files: Vec<String>,
    /// The project's name; empty where none is declared.
    pub project: String,
    /// The languages, the default first.
    pub languages: Vec<String>,
    /// The currency money is reported in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Every declaration of the project and what it uses of the standard library, by kind and path.
    pub declarations: Vec<Declaration>,
    /// The events that are sent, by path.
    pub events: Vec<EventPlan>,
    /// The declared types, by path.
    pub types: Vec<TypePlan>,
    /// What is known of people, and of the groups they belong to.
    pub profiles: Vec<ProfilePlan>,
    /// The funnels, by path.
    pub funnels: Vec<FunnelPlan>,
    /// The KPIs, by path.
    pub kpis: Vec<KpiPlan>,
    /// The sequences, by path.
    pub sequences: Vec<SequencePlan>,
    /// The dashboards, by path.
    pub boards: Vec<BoardPlan>,
}

impl Plan {
    /// A UUID made from the project's name.
    pub fn id(&self) -> String {
        declaration::id(Kind::Project.word(), &self.project)
    }

    /// The project's label in its default language, or its name.
    pub fn title(&self) -> &str {
        let project = self.declarations.iter().find(|own| own.kind == Kind::Project.word());
        project.map_or(&self.project, |own| self.shown(&own.label, &self.project))
    }

    /// A label in the default language, or the name where there is none.
    pub fn shown<'p>(&self, label: &'p IndexMap<String, String>, name: &'p str) -> &'p str {
        self.languages.first().and_then(|default| label.get(default)).map_or(name, String::as_str)
    }

    /// The declarations outside of all blocks, with those that a `make` declares.
    pub fn outermost(&self) -> impl Iterator<Item = &Declaration> {
        let inside = |own: &'_ Declaration| own.kind == Kind::Make.word();
        self.declarations.iter().flat_map(move |own| {
            let made = if inside(own) { own.children.as_slice() } else { &[] };
            std::iter::once(own).chain(made)
        })
    }

    /// A declaration outside of all blocks, or one that a `make` declares.
    pub fn find(&self, kind: &str, path: &str) -> Option<&Declaration> {
        self.outermost().find(|own| own.kind == kind && own.path == path)
    }

    /// The declared type of a path.
    pub fn type_at(&self, path: &str) -> Option<&TypePlan> {
        // The types are sorted by path.
        let at = self.types.binary_search_by(|own| own.path.as_str().cmp(path)).ok()?;
        self.types.get(at)
    }
}

/// What made a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Generator {
    /// `funnelc`
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// The plan of a model without errors.
pub fn plan(model: &Model<'_>) -> Plan {
    let usage = usage::Usage::of(model);
    let project = model.project();
    let mut files: Vec<String> =
        model.sources.iter().filter(|(_, source)| !source.embedded).map(|(_, source)| source.inside.clone()).collect();
    files.sort_unstable();
    Plan {
        schema: SCHEMA_ID,
        version: VERSION,
        generator: Generator { name: "funnelc", version: env!("CARGO_PKG_VERSION") },
        files,
        project: project.map(|project| project.name().to_owned()).unwrap_or_default(),
        languages: model.languages().into_iter().map(str::to_owned).collect(),
        currency: project.and_then(|project| project.word("currency")).map(str::to_owned),
        declarations: declaration::all(model, &usage),
        events: event::all(model, &usage),
        types: event::types(model, &usage),
        profiles: profile::all(model, &usage),
        funnels: funnel::all(model),
        kpis: kpi::all(model, &usage),
        sequences: sequence::all(model, &usage),
        boards: board::all(model),
    }
}

/// The events that are sent: the project's, and those of the standard library that it uses as they are.
pub(crate) fn sent_events(model: &Model<'_>) -> Vec<DeclId> {
    event::sent(model, &usage::Usage::of(model))
}

/// A property, trait or member as data; `outer` is the path of what it is read from.
pub(crate) fn property(outer: &str, own: Property<'_, '_>) -> PropertyPlan {
    event::property(outer, own)
}

/// A declaration as data; what is inside is left out.
pub(crate) fn said(node: Node<'_, '_>) -> Declaration {
    declaration::alone(node)
}

/// A step of a sequence, told apart from others by what follows its word, or, for a message, by its path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct StepSaid {
    kind: &'static str,
    path: String,
    head: value::Slots,
}

/// A step of a sequence as data.
pub(crate) fn step_said(node: Node<'_, '_>) -> StepSaid {
    let path = if node.kind().is_message() { node.path() } else { String::new() };
    StepSaid { kind: node.kind().word(), path, head: declaration::alone(node).head }
}

/// Where a kind stands in the table, the order of all lists.
fn order(kind: Kind) -> usize {
    kind as usize
}

#[cfg(test)]
mod tests;
