//! What outputs want to know of people besides events: their traits, and those of the groups they belong to.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;

use super::PropertyPlan;
use super::declaration::{id, label, path_of};
use super::event::property;
use super::usage::Usage;
use crate::model::walk::{Node, Property};
use crate::model::{Kind, Model};

/// What is known of people, or of a group they belong to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProfilePlan {
    /// The path of the group; none for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// A UUID made from the path of the group.
    pub id: String,
    /// Its label by language; people have none.
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    pub label: IndexMap<String, String>,
    /// What is known: told, not computed from events.
    pub traits: Vec<PropertyPlan>,
}

/// The profiles that something is known of: people first, then groups by path.
pub(super) fn all(model: &Model<'_>, usage: &Usage) -> Vec<ProfilePlan> {
    let used = model.all_of_kind(Kind::Trait).iter().copied().filter(|id| usage.is_used(model, *id));
    let told = used.map(|id| model.node(id)).filter(|node| Property(*node).clause("formula").is_none());
    let mut found: BTreeMap<Option<String>, ProfilePlan> = BTreeMap::new();
    for own in told {
        let group = own.parent().and_then(Node::parent).filter(|owner| owner.kind() == Kind::Group);
        let path = group.map(path_of);
        let profile = found.entry(path.clone()).or_insert_with(|| profile(path, group));
        profile.traits.push(PropertyPlan { path: path_of(own), ..property("", Property(own)) });
    }
    let mut profiles: Vec<ProfilePlan> = found.into_values().collect();
    profiles.iter_mut().for_each(|own| own.traits.sort_by(|a, b| a.name.cmp(&b.name)));
    profiles
}

fn profile(group: Option<String>, node: Option<Node<'_, '_>>) -> ProfilePlan {
    let kind = node.map_or(Kind::Traits, Node::kind);
    ProfilePlan {
        id: id(kind.word(), group.as_deref().unwrap_or_default()),
        label: node.map(label).unwrap_or_default(),
        traits: Vec::new(),
        group,
    }
}
