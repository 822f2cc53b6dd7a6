//! What a KPI computes, whatever it is called: its value with the stand-ins of what it extends filled in, and with the
//! KPIs it is made of opened up.

use rustc_hash::FxHashSet;

use super::usage::event_in_path;
use crate::model::decl::DeclId;
use crate::model::expr::{Expr, ExprKind, Op};
use crate::model::types::PARAMETERS;
use crate::model::value::{RefIx, Val};
use crate::model::walk::{Kpi, Node};
use crate::model::{Kind, MAX_INHERITANCE, Target};
use crate::source::Span;

/// The value of a KPI with what its stand-ins mean.
#[derive(Clone)]
pub struct Formula<'m, 's> {
    owner: Node<'m, 's>,
    expr: &'m Expr<'s>,
    bound: Vec<Node<'m, 's>>,
    depth: u8,
}

/// A primitive of a computation: `people(store.awareness)`, `manual duration`.
#[derive(Clone)]
pub struct Atom<'m, 's> {
    /// The function, or `manual`.
    pub function: &'static str,
    /// What it is applied to, in order; a property comes with its event before it.
    pub things: Vec<Node<'m, 's>>,
    /// Where it stands, perhaps in a KPI that is extended.
    pub span: Span,
}

/// The outermost part of a formula.
pub enum Part<'m, 's> {
    /// A fixed number, amount or time.
    Fixed(&'m Val<'s>),
    /// A primitive; of all that it could count, or only of what a filter lets through.
    Atom {
        /// What is counted.
        atom: Atom<'m, 's>,
        /// Whether a filter is said.
        is_filtered: bool,
    },
    /// Two parts and what joins them.
    Joined(Op, Formula<'m, 's>, Formula<'m, 's>),
    /// `- a`
    Negated(Formula<'m, 's>),
    /// Another KPI.
    Kpi(Formula<'m, 's>),
    /// Something else.
    Other,
}

impl<'m, 's> Formula<'m, 's> {
    /// Its outermost part.
    pub fn part(&self) -> Part<'m, 's> {
        match &self.expr.kind {
            ExprKind::Literal(val) => Part::Fixed(val),
            ExprKind::Negate(inner) => Part::Negated(self.inside(inner)),
            ExprKind::Binary { op, left, right } => Part::Joined(*op, self.inside(left), self.inside(right)),
            ExprKind::Name(at) => match self.kpi(*at).and_then(|kpi| self.opened(kpi)) {
                Some(formula) => Part::Kpi(formula),
                None => Part::Other,
            },
            ExprKind::Call { callee, args } => match self.atom(*callee, args, self.expr.span) {
                Some(atom) => Part::Atom { atom, is_filtered: !args.iter().all(is_plain) },
                None => Part::Other,
            },
            _ => Part::Other,
        }
    }

    /// The formula of a KPI; none where it has no value that could be read.
    pub fn of(kpi: Kpi<'m, 's>) -> Option<Self> {
        Self::at_depth(kpi, 0)
    }

    fn at_depth(kpi: Kpi<'m, 's>, depth: u8) -> Option<Self> {
        let (owner, expr) = kpi.value()?;
        Some(Self { owner, expr, bound: kpi.about(), depth })
    }

    fn inside(&self, expr: &'m Expr<'s>) -> Self {
        Self { expr, ..self.clone() }
    }

    /// Every primitive in it, those of the KPIs it is made of included.
    pub fn atoms(&self) -> Vec<Atom<'m, 's>> {
        let mut found = Vec::new();
        self.gather(&mut FxHashSet::default(), &mut found);
        found
    }

    fn gather(&self, seen: &mut FxHashSet<DeclId>, found: &mut Vec<Atom<'m, 's>>) {
        let mut inner = Vec::new();
        self.expr.walk(&mut |expr| match &expr.kind {
            ExprKind::Call { callee, args } => found.extend(self.atom(*callee, args, expr.span)),
            ExprKind::Manual(_) => found.push(Atom { function: "manual", things: Vec::new(), span: expr.span }),
            ExprKind::Name(at) => inner.extend(self.kpi(*at).filter(|kpi| seen.insert(kpi.id))),
            _ => {}
        });
        for kpi in inner {
            if let Some(formula) = self.opened(kpi) {
                formula.gather(seen, found);
            }
        }
    }

    fn kpi(&self, at: RefIx) -> Option<Kpi<'m, 's>> {
        let target = self.owner.model.target_decl(self.owner.id, at)?;
        let node = self.owner.model.node(target);
        (node.kind() == Kind::Kpi).then_some(Kpi(node))
    }

    /// The formula of a KPI that this one uses; circles were reported and end here.
    fn opened(&self, kpi: Kpi<'m, 's>) -> Option<Self> {
        if self.depth >= MAX_INHERITANCE { None } else { Self::at_depth(kpi, self.depth + 1) }
    }

    fn atom(&self, callee: RefIx, args: &'m [Expr<'s>], span: Span) -> Option<Atom<'m, 's>> {
        let Target::Builtin(function) = self.owner.model.target(self.owner.id, callee) else { return None };
        let mut things = Vec::new();
        for arg in args {
            arg.walk(&mut |expr| match expr.kind {
                ExprKind::Name(at) | ExprKind::Call { callee: at, .. } => self.things(at, &mut things),
                _ => {}
            });
        }
        Some(Atom { function, things, span })
    }

    /// What a name means, the stand-ins filled in.
    fn things(&self, at: RefIx, found: &mut Vec<Node<'m, 's>>) {
        let model = self.owner.model;
        let Some(path) = self.owner.decl().refs.get(at.0 as usize).map(|reference| reference.path) else { return };
        let (head, rest) = path.split_once('.').unwrap_or((path, ""));
        let bound = PARAMETERS.iter().position(|own| *own == head).and_then(|index| self.bound.get(index));
        if let Some(bound) = bound {
            found.push(*bound);
            let inside = |id: DeclId, name| model.lineage(id).find_map(|id| model.member(id, name, 0));
            let part = rest.split('.').try_fold(bound.id, inside).filter(|_| !rest.is_empty());
            found.extend(part.map(|id| model.node(id)));
            return;
        }
        found.extend(event_in_path(model, self.owner.id, path).map(|id| model.node(id)));
        found.extend(model.target_decl(self.owner.id, at).map(|id| model.node(id)));
    }

    /// The two sides of the division it is, apart from fixed numbers: `100% - a / b` is the division of a by b.
    pub fn quotient(&self) -> Option<(Self, Self)> {
        match &self.expr.kind {
            ExprKind::Binary { op: Op::Over, left, right } => {
                let (over, under) = (self.inside(left), self.inside(right));
                if under.atoms().is_empty() { over.quotient() } else { Some((over, under)) }
            }
            ExprKind::Binary { left, right, .. } => {
                let (left, right) = (self.inside(left), self.inside(right));
                match (left.atoms().is_empty(), right.atoms().is_empty()) {
                    (true, false) => right.quotient(),
                    (false, true) => left.quotient(),
                    _ => None,
                }
            }
            ExprKind::Negate(inner) => self.inside(inner).quotient(),
            ExprKind::Name(at) => self.opened(self.kpi(*at)?)?.quotient(),
            _ => None,
        }
    }
}

/// Whether an argument names things without saying which of them.
fn is_plain(arg: &Expr<'_>) -> bool {
    match &arg.kind {
        ExprKind::Name(_) => true,
        ExprKind::Binary { op: Op::Arrow, left, right } => is_plain(left) && is_plain(right),
        _ => false,
    }
}
