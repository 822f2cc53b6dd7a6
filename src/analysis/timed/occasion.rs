//! What starts, stops or is waited for: the alternatives of a trigger.

use crate::model::expr::{Expr, ExprKind};
use crate::model::value::{Captured, RefIx};
use crate::model::walk::{FieldOf, Node};
use crate::model::{DeclId, Kind, Val};

/// One of the things that a trigger waits for.
#[derive(Clone, Copy)]
pub struct Occasion<'m, 's> {
    /// The declaration that its names are relative to.
    pub owner: Node<'m, 's>,
    /// As it is written.
    pub expr: &'m Expr<'s>,
}

impl<'m, 's> Occasion<'m, 's> {
    fn target(self, at: RefIx) -> Option<Node<'m, 's>> {
        self.owner.model.target_decl(self.owner.id, at).map(|id| self.owner.model.node(id))
    }

    fn event_name(self) -> Option<RefIx> {
        match &self.expr.kind {
            ExprKind::Name(at) | ExprKind::Call { callee: at, .. } => Some(*at),
            _ => None,
        }
    }

    /// The event, where it is one.
    pub fn event(self) -> Option<Node<'m, 's>> {
        self.target(self.event_name()?).filter(|node| node.kind() == Kind::Event)
    }

    /// The event, where every one of it counts, whatever its properties.
    pub fn any_event(self) -> Option<Node<'m, 's>> {
        if matches!(self.expr.kind, ExprKind::Name(_)) { self.event() } else { None }
    }

    /// The sequence whose end it is.
    pub fn finished(self) -> Option<Node<'m, 's>> {
        if let ExprKind::Finished(at) = self.expr.kind { self.target(at) } else { None }
    }

    /// The stage, segment or tier that is entered.
    pub fn entered(self) -> Option<Node<'m, 's>> {
        if let ExprKind::Enters(at) = self.expr.kind { self.target(at) } else { None }
    }

    /// Whether every occasion of this is one of another.
    pub fn is_one_of(self, other: Self) -> bool {
        let same = |a: Option<Node<'_, '_>>, b: Option<Node<'_, '_>>| {
            a.is_some() && a.map(|own| own.id) == b.map(|own| own.id)
        };
        let is_any = matches!(other.expr.kind, ExprKind::Name(_));
        (same(self.event(), other.event()) && (is_any || self.words() == other.words()))
            || same(self.finished(), other.finished())
            || same(self.entered(), other.entered())
    }

    fn words(self) -> String {
        self.owner.model.sources.text(self.expr.span).split_whitespace().collect()
    }
}

/// The alternatives of a trigger of a field; none where it has none.
pub fn of_field<'m, 's>(field: Option<FieldOf<'m, 's>>, slot: &str) -> Vec<Occasion<'m, 's>> {
    field.and_then(|field| Some(of(field.owner, field.expr(slot)?))).unwrap_or_default()
}

/// What starts a sequence.
pub fn starts<'m, 's>(sequence: Node<'m, 's>) -> Vec<Occasion<'m, 's>> {
    of_field(sequence.field("start"), "trigger")
}

/// What stops a sequence.
pub fn stops<'m, 's>(sequence: Node<'m, 's>) -> Vec<Occasion<'m, 's>> {
    of_field(sequence.field("stop"), "value")
}

/// What a wait is for.
pub fn awaited<'m, 's>(wait: Node<'m, 's>) -> Vec<Occasion<'m, 's>> {
    match wait.decl().in_head("until") {
        Some(Captured { val: Val::Expr(expr), .. }) => of(wait, expr),
        _ => Vec::new(),
    }
}

/// The sequences that begin with an event, or with the end of one.
pub fn is_started_by(sequence: Node<'_, '_>, event: DeclId) -> bool {
    starts(sequence).iter().any(|own| own.event().is_some_and(|own| own.id == event))
}

fn of<'m, 's>(owner: Node<'m, 's>, expr: &'m Expr<'s>) -> Vec<Occasion<'m, 's>> {
    match &expr.kind {
        ExprKind::Any(members) => members.iter().flat_map(|member| of(owner, member)).collect(),
        _ => vec![Occasion { owner, expr }],
    }
}
