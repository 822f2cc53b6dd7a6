//! What a dashboard shows, in the order it is written: the generic form of a declaration keeps the order of the fields of
//! one word only.

use indexmap::IndexMap;
use serde::Serialize;

use super::declaration::{docs, label};
use crate::model::walk::{FieldOf, Node};
use crate::model::{Kind, Model};

/// A dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoardPlan {
    /// Its full path, its identity.
    pub path: String,
    /// Its label by language.
    pub label: IndexMap<String, String>,
    /// What it says.
    pub docs: String,
    /// What it shows, in order.
    pub items: Vec<BoardItem>,
}

/// A thing on a board; names are paths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "shows", rename_all = "snake_case")]
pub enum BoardItem {
    /// A funnel, perhaps split.
    Funnel {
        /// Which.
        funnel: String,
        /// `channel`, `segment`, `language`, `country`, `campaign`, `month`.
        by: Vec<String>,
    },
    /// KPI cards.
    Kpis {
        /// Which.
        kpis: Vec<String>,
    },
    /// A grid of cohorts.
    Retention {
        /// The stage that people join by.
        stage: String,
        /// `daily`, `weekly`, `monthly`.
        per: String,
        /// Segments that people are told apart by.
        split: Vec<String>,
    },
    /// What people did instead of going on.
    Next {
        /// The stage they did not go on from.
        stage: String,
    },
    /// Goals on their way.
    Goals {
        /// Which.
        goals: Vec<String>,
    },
    /// Experiments.
    Experiments {
        /// Which.
        experiments: Vec<String>,
    },
    /// Sequences of messages.
    Sequences {
        /// Which.
        sequences: Vec<String>,
    },
    /// The time between two stages.
    Time {
        /// The one it begins at.
        from: String,
        /// The one it ends at.
        to: String,
    },
}

/// The project's dashboards, by path.
pub(super) fn all(model: &Model<'_>) -> Vec<BoardPlan> {
    let mut boards: Vec<BoardPlan> = model.nodes(Kind::Dashboard).map(board).collect();
    boards.sort_by(|a, b| a.path.cmp(&b.path));
    boards
}

fn board(own: Node<'_, '_>) -> BoardPlan {
    let fields = own.decl().fields.iter().map(|field| FieldOf { owner: own, field });
    BoardPlan { path: own.path(), label: label(own), docs: docs(own), items: fields.filter_map(item).collect() }
}

/// What a field shows; nothing where it is a label or something else about the board itself.
fn item(field: FieldOf<'_, '_>) -> Option<BoardItem> {
    let path = |slot: &str| field.target_of(slot).map(Node::path).unwrap_or_default();
    let paths = || field.refs().into_iter().map(Node::path).collect();
    let words = |slot: &str| {
        let values = field.field.values.iter().filter(|own| own.slot == slot);
        values.filter_map(|own| own.val.word()).map(str::to_owned).collect::<Vec<_>>()
    };
    Some(match field.field.spec.word {
        "funnel" => BoardItem::Funnel { funnel: path("funnel"), by: words("by") },
        "kpi" => BoardItem::Kpis { kpis: paths() },
        "retention" => BoardItem::Retention {
            stage: path("stage"),
            per: words("per").pop().unwrap_or_else(|| "weekly".to_owned()),
            split: field.refs().into_iter().filter(|own| own.kind() != Kind::Stage).map(Node::path).collect(),
        },
        "next" => BoardItem::Next { stage: path("stage") },
        "goal" => BoardItem::Goals { goals: paths() },
        "experiment" => BoardItem::Experiments { experiments: paths() },
        "sequence" => BoardItem::Sequences { sequences: paths() },
        "time" => BoardItem::Time { from: path("from"), to: path("to") },
        _ => return None,
    })
}
