//! How the segments of a project lie to each other, and why nobody can belong to one.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, Condition, People, Topic, Witness};
use crate::model::expr::{Expr, ExprKind};
use crate::model::value::RefIx;
use crate::model::walk::Node;
use crate::model::{DeclId, Kind, Model, Target};
use crate::source::Span;

/// With how many earlier segments about the same thing one is compared, in projects that people write.
const MAX_NEIGHBOURS: usize = 48;

/// How many comparisons a project may cost; where there are thousands of segments, each is compared with fewer.
const MAX_COMPARISONS: usize = 1_500;

/// How many parts of a contradiction are told apart.
const MAX_PARTS: usize = 24;

/// A segment or antisegment with who belongs to it: some people, not all.
pub struct Member<'m, 's> {
    /// The declaration.
    pub node: Node<'m, 's>,
    /// Who belongs to it.
    pub condition: &'m Condition,
    /// Everybody else; found once, as it is asked for in every comparison.
    others: Condition,
    /// What the condition is about.
    topics: BTreeSet<Topic>,
}

impl Member<'_, '_> {
    /// Whether somebody who belongs here certainly need not belong to another one, as that one asks for something that
    /// this one does not speak of. Decided without a search; false where only a search can tell.
    fn reaches_beyond(&self, other: &Self) -> bool {
        other.others.0.is_free_besides(&self.topics)
    }
}

/// Two segments of which one contains the other, as it is kept with the model.
#[derive(Debug)]
pub struct Related {
    inner: DeclId,
    outer: DeclId,
    witness: Witness,
    equal: bool,
}

/// Two segments of which one contains the other.
pub struct Relation<'m, 's> {
    /// The smaller one; of equal ones, the later.
    pub inner: Node<'m, 's>,
    /// The larger one.
    pub outer: Node<'m, 's>,
    /// Somebody who is only in the larger one; where they are equal, somebody who is in both.
    pub witness: Witness,
    /// Whether they are equal.
    pub equal: bool,
}

/// The project's segments and antisegments to which somebody belongs, but not everybody, in order.
pub fn members<'m, 's>(model: &'m Model<'s>) -> Vec<Member<'m, 's>> {
    let nodes = model.nodes(Kind::Segment).chain(model.nodes(Kind::Antisegment));
    let mut nodes: Vec<Node<'m, 's>> = nodes.filter(|node| node.has("where")).collect();
    nodes.sort_by_key(|node| node.id);
    let read = |node: Node<'m, 's>| {
        let People { condition, .. } = People::of(model, node.id).filter(|people| people.exist)?;
        let (others, topics) = (condition.negated(), condition.topics());
        Some(Member { node, condition, others, topics })
    };
    let is_proper = |member: &Member<'m, 's>| matches!(member.others.somebody(), Answer::Yes(_));
    nodes.into_iter().filter_map(read).filter(is_proper).collect()
}

/// Every pair of segments of which one contains the other; pairs that share no topic cannot. Found once for a model.
pub fn relations<'m, 's>(model: &'m Model<'s>) -> Vec<Relation<'m, 's>> {
    let related = model.related.get_or_init(|| related(model));
    let relation = |own: &Related| Relation {
        inner: model.node(own.inner),
        outer: model.node(own.outer),
        witness: own.witness.clone(),
        equal: own.equal,
    };
    related.iter().map(relation).collect()
}

fn related(model: &Model<'_>) -> Vec<Related> {
    let members = members(model);
    let neighbours = (MAX_COMPARISONS / members.len().max(1)).clamp(1, MAX_NEIGHBOURS);
    let mut by_topic: BTreeMap<&Topic, Vec<usize>> = BTreeMap::new();
    let mut found = Vec::new();
    for (index, member) in members.iter().enumerate() {
        let near = |topic: &Topic| {
            by_topic.get(topic).into_iter().flat_map(|known| known.iter().rev().take(neighbours).copied())
        };
        let close: BTreeSet<usize> = member.topics.iter().flat_map(near).collect();
        found.extend(close.into_iter().filter_map(|other| relation(&members[other], member)));
        member.topics.iter().for_each(|topic| by_topic.entry(topic).or_default().push(index));
    }
    found
}

fn relation(first: &Member<'_, '_>, second: &Member<'_, '_>) -> Option<Related> {
    if first.reaches_beyond(second) && second.reaches_beyond(first) {
        return None;
    }
    let only_first = first.condition.overlap(&second.others);
    let only_second = second.condition.overlap(&first.others);
    let (inner, outer, answer, equal) = match (only_first, only_second) {
        (Answer::No, Answer::No) => (second, first, first.condition.somebody(), true),
        (Answer::No, more) => (first, second, more, false),
        (more, Answer::No) => (second, first, more, false),
        _ => return None,
    };
    Some(Related { inner: inner.node.id, outer: outer.node.id, witness: answer.witness()?, equal })
}

/// Every segment that a segment's condition mentions, directly or through others.
pub fn mentioned(model: &Model<'_>, id: DeclId) -> BTreeSet<DeclId> {
    let (mut found, mut open) = (BTreeSet::new(), vec![id]);
    while let Some(at) = open.pop() {
        let fresh: Vec<DeclId> = references(model.node(at)).into_iter().map(|(to, _)| to).collect();
        open.extend(fresh.into_iter().filter(|to| found.insert(*to)));
    }
    found
}

/// The segments that a segment's own condition mentions, each with its place.
pub fn references(node: Node<'_, '_>) -> Vec<(DeclId, Span)> {
    let Some((field, expr)) = node.field("where").and_then(|field| Some((field, field.expr("value")?))) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    expr.walk(&mut |inner| {
        let (ExprKind::Name(at) | ExprKind::In { place: at, .. }) = &inner.kind else { return };
        if let Some(to) = segment_of(node.model, field.owner.id, *at) {
            found.push((to, inner.span));
        }
    });
    found
}

/// The segment or antisegment that a reference means.
pub fn segment_of(model: &Model<'_>, from: DeclId, at: RefIx) -> Option<DeclId> {
    let Target::Decl(id) = model.target(from, at) else { return None };
    model.decl(id).kind.is_segment().then_some(id)
}

/// The parts of a condition that cannot hold together, fewest first found: what remains contradictory when every part
/// that is not needed is left out. Empty where the condition can hold or cannot be told.
pub fn contradiction<'s>(model: &Model<'s>, owner: DeclId, expr: &Expr<'s>) -> Vec<Span> {
    let Some(mut parts) = parts(model, owner, expr, true) else { return Vec::new() };
    let nobody = |parts: &[(Condition, Span)]| {
        Condition::all(parts.iter().map(|(condition, _)| condition)).somebody() == Answer::No
    };
    if !nobody(&parts) {
        return Vec::new();
    }
    if parts.len() > MAX_PARTS {
        return vec![expr.span];
    }
    for index in (0..parts.len()).rev() {
        let part = parts.remove(index);
        if !nobody(&parts) {
            parts.insert(index, part);
        }
    }
    parts.into_iter().map(|(_, span)| span).collect()
}

/// What must hold for a condition to hold (or to fail), each with its place.
fn parts<'s>(model: &Model<'s>, owner: DeclId, expr: &Expr<'s>, holds: bool) -> Option<Vec<(Condition, Span)>> {
    match (&expr.kind, holds) {
        (ExprKind::All(members), true) | (ExprKind::Any(members), false) => {
            let mut all = Vec::new();
            for member in members {
                all.extend(parts(model, owner, member, holds)?);
            }
            Some(all)
        }
        (ExprKind::Not(inner), _) => parts(model, owner, inner, !holds),
        _ => {
            let condition = Condition::read(model, owner, expr)?;
            Some(vec![(if holds { condition } else { condition.negated() }, expr.span)])
        }
    }
}
