//! For whom a special rate holds, and which of several wins: the most specific.
//!
//! A rate for people (a segment, an antisegment, a tier) is more specific than one for a channel. A journey is credited
//! to one channel and a member is in one tier of a programme, so two of these never hold at once. Two segments are
//! compared by their conditions as far as these are plain: literals joined by `and`.

use std::collections::BTreeSet;

use crate::model::expr::{Expr, ExprKind, Op};
use crate::model::kinds::Kind;
use crate::model::walk::Node;
use crate::model::{DeclId, Target};

/// How two groups of people relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They are one.
    Same,
    /// Nobody is in both.
    Apart,
    /// The first is more specific: its rate wins.
    First,
    /// The second is more specific: its rate wins.
    Second,
    /// Someone can be in both, and neither is more specific.
    Both,
    /// It cannot be told.
    Unknown,
}

/// How two groups that have rates of their own relate.
pub fn relation(a: Node<'_, '_>, b: Node<'_, '_>) -> Relation {
    if a.id == b.id {
        return Relation::Same;
    }
    match (a.kind() == Kind::Channel, b.kind() == Kind::Channel) {
        (true, true) => Relation::Apart,
        (false, true) => Relation::First,
        (true, false) => Relation::Second,
        (false, false) => people(a, b),
    }
}

fn people(a: Node<'_, '_>, b: Node<'_, '_>) -> Relation {
    if a.kind() == Kind::Tier || b.kind() == Kind::Tier {
        let one_programme = a.kind() == b.kind() && a.decl().parent == b.decl().parent;
        return if one_programme { Relation::Apart } else { Relation::Unknown };
    }
    let (Some(own), Some(other)) = (facts(a), facts(b)) else { return Relation::Unknown };
    if own.iter().any(|fact| other.iter().any(|rival| fact.excludes(rival))) {
        return Relation::Apart;
    }
    match (own.is_superset(&other), other.is_superset(&own)) {
        (true, true) => Relation::Same,
        (true, false) => Relation::First,
        (false, true) => Relation::Second,
        (false, false) => Relation::Both,
    }
}

/// Something that must hold (or not) of everybody in a segment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fact {
    /// What is compared or asked; the declarations it names, and its words.
    subject: (Vec<DeclId>, String),
    /// The value it equals, if it is an equality.
    equals: Option<String>,
    holds: bool,
}

impl Fact {
    fn excludes(&self, other: &Self) -> bool {
        if self.subject != other.subject {
            return false;
        }
        if self.equals == other.equals {
            return self.holds != other.holds;
        }
        // Two values of one thing.
        self.holds && other.holds && self.equals.is_some() && other.equals.is_some()
    }
}

/// The facts of a segment; none where its condition is not a plain conjunction.
fn facts(segment: Node<'_, '_>) -> Option<BTreeSet<Fact>> {
    let field = segment.field("where")?;
    let mut facts = BTreeSet::new();
    gather(field.owner, field.expr("value")?, true, 0, &mut facts)?;
    Some(facts)
}

/// Segments may be made of segments; deeper than this they are not plain.
const MAX_DEPTH: u8 = 8;

fn gather(owner: Node<'_, '_>, expr: &Expr<'_>, holds: bool, depth: u8, facts: &mut BTreeSet<Fact>) -> Option<()> {
    match &expr.kind {
        ExprKind::All(members) if holds => {
            members.iter().try_for_each(|member| gather(owner, member, true, depth, facts))
        }
        ExprKind::Not(inner) => gather(owner, inner, !holds, depth, facts),
        ExprKind::Any(members) if !holds => {
            members.iter().try_for_each(|member| gather(owner, member, false, depth, facts))
        }
        ExprKind::Name(at) if holds && depth < MAX_DEPTH => {
            let Target::Decl(id) = owner.model.target(owner.id, *at) else { return None };
            let inner = owner.model.node(id);
            if !inner.kind().is_segment() {
                return None;
            }
            let field = inner.field("where")?;
            gather(field.owner, field.expr("value")?, true, depth + 1, facts)
        }
        ExprKind::Binary { op: Op::Equal, left, right } => {
            let (subject, value) = (subject(owner, left)?, words(owner, right));
            facts.insert(Fact { subject, equals: Some(value), holds });
            Some(())
        }
        ExprKind::Did { .. } | ExprKind::Trait(_) | ExprKind::In { .. } => {
            facts.insert(Fact { subject: subject(owner, expr)?, equals: None, holds });
            Some(())
        }
        // An alternative is not plain; ranges and the like can imply one another in ways that are not looked into here.
        _ => None,
    }
}

/// The declarations an expression names and the words it is written in.
fn subject(owner: Node<'_, '_>, expr: &Expr<'_>) -> Option<(Vec<DeclId>, String)> {
    let mut named = Vec::new();
    let mut known = true;
    expr.walk(&mut |inner| {
        if let ExprKind::Name(at)
        | ExprKind::Trait(at)
        | ExprKind::Call { callee: at, .. }
        | ExprKind::In { place: at, .. } = &inner.kind
        {
            match owner.model.target(owner.id, *at) {
                Target::Decl(id) => named.push(id),
                Target::Nothing => known = false,
                Target::Builtin(_) | Target::Word(_) => {}
            }
        }
    });
    known.then(|| (named, words(owner, expr)))
}

fn words(owner: Node<'_, '_>, expr: &Expr<'_>) -> String {
    let written = owner.model.sources.text(expr.span);
    written.chars().filter(|character| !character.is_whitespace() && *character != '"').collect()
}
