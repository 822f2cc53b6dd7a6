//! What outputs want to know of a KPI: its expression with `it` filled in, and its unit.

use indexmap::IndexMap;
use serde::Serialize;

use super::declaration::{docs, id, label, module, reader};
use super::usage::Usage;
use super::value::{Expression, Reader, Reference};
use crate::model::decl::DeclId;
use crate::model::types::{NumberKind, parameters};
use crate::model::walk::Kpi;
use crate::model::{Kind, Model};

/// A KPI.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KpiPlan {
    /// Its full path, its identity.
    pub path: String,
    /// A UUID made from its path.
    pub id: String,
    /// Its label by language.
    pub label: IndexMap<String, String>,
    /// The module of the standard library it comes from, if the project does not extend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// What it says.
    pub docs: String,
    /// How it is computed, with what it is about in place of `it`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Expression>,
    /// The unit of its value; none where it cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitPlan>,
    /// What it is about.
    pub about: Vec<Reference>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// `money^money × time^time`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnitPlan {
    /// Exponent of money.
    pub money: i8,
    /// Exponent of time.
    pub time: i8,
    /// The currency, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What a dimensionless number is: `plain`, `count` or `ratio`.
    pub number: &'static str,
    /// Whether it adds up over time and people, so that it needs a period.
    pub total: bool,
}

/// The project's KPIs and those of the standard library that it uses as they are, by path.
pub(super) fn all(model: &Model<'_>, usage: &Usage) -> Vec<KpiPlan> {
    let is_kept = |id: &DeclId| !model.is_std(*id) || (usage.is_used(model, *id) && !usage.is_replaced(*id));
    let ids = model.all_of_kind(Kind::Kpi).iter().copied().filter(is_kept);
    let mut kpis: Vec<KpiPlan> = ids.map(|id| kpi(Kpi(model.node(id)))).collect();
    kpis.sort_by(|a, b| a.path.cmp(&b.path));
    kpis
}

fn kpi(own: Kpi<'_, '_>) -> KpiPlan {
    let path = own.path();
    let bound = parameters(own.0.model, own.0.id);
    let value = own.value().map(|(owner, expr)| {
        let reader = reader(own.0.model, owner.id);
        Reader { printer: reader.printer.with_bound(&bound), ..reader }.expr(expr)
    });
    let about = own.about().into_iter();
    KpiPlan {
        id: id(Kind::Kpi.word(), &path),
        label: label(own.0),
        module: module(own.0),
        docs: docs(own.0),
        value,
        unit: unit(own),
        about: about.map(|node| Reference { kind: node.kind().word().to_owned(), path: node.path() }).collect(),
        owner: own.owner().map(str::to_owned),
        path,
    }
}

fn unit(own: Kpi<'_, '_>) -> Option<UnitPlan> {
    let unit = own.unit()?;
    let number = match unit.number {
        NumberKind::Plain => "plain",
        NumberKind::Count => "count",
        NumberKind::Ratio => "ratio",
    };
    let currency = unit.currency.map(str::to_owned);
    Some(UnitPlan { money: unit.money, time: unit.time, currency, number, total: unit.total })
}
