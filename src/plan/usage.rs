//! Who refers to what: which declarations of the standard library a project uses, and what an event feeds.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::analysis::messages;
use crate::model::decl::{DeclId, Field};
use crate::model::expr::{Expr, ExprKind};
use crate::model::print::{Named, Printer};
use crate::model::value::{Captured, Type, Val};
use crate::model::{Kind, KindSet, Model, RefIx, types};

/// A reference, by what it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Use {
    /// The stage, KPI, segment … it stands in.
    pub(super) user: DeclId,
    /// The field or the part of the head it stands in.
    pub(super) word: &'static str,
}

/// Who refers to what.
#[derive(Debug, Default)]
pub(super) struct Usage {
    std: FxHashSet<DeclId>,
    /// Declarations of the standard library that one of the project extends, which takes their place.
    replaced: FxHashSet<DeclId>,
    uses: FxHashMap<DeclId, Vec<Use>>,
}

impl Usage {
    /// Gathers them in one pass over every declaration of the project and what it uses.
    pub(super) fn of(model: &Model<'_>) -> Self {
        let mut usage = Self::default();
        let all = (0..model.decls.len() as u32).map(DeclId);
        let mut open: Vec<DeclId> = all.filter(|id| !model.is_std(*id)).collect();
        let project = open.clone();
        for id in &project {
            usage.replaced.extend(model.lineage(*id).filter(|base| model.is_std(*base)));
        }
        let tracked = tracked(model);
        for (_, event) in &tracked {
            usage.include(model, *event, &mut open);
        }
        while let Some(id) = open.pop() {
            for found in mentioned(model, id) {
                usage.include(model, top(model, found), &mut open);
            }
        }
        let mut included: Vec<DeclId> = usage.std.iter().copied().chain(project).collect();
        included.sort_unstable();
        for id in included {
            usage.index(model, id);
        }
        for (user, event) in tracked {
            usage.uses.entry(event).or_default().push(Use { user, word: "step" });
        }
        usage
    }

    fn include(&mut self, model: &Model<'_>, id: DeclId, open: &mut Vec<DeclId>) {
        if !model.is_std(id) || !self.std.insert(id) {
            return;
        }
        open.push(id);
        for inner in model.node(id).descendants() {
            self.std.insert(inner.id);
            open.push(inner.id);
        }
    }

    /// Whether a declaration belongs into the plan.
    pub(super) fn is_used(&self, model: &Model<'_>, id: DeclId) -> bool {
        !model.is_std(id) || self.std.contains(&id)
    }

    /// Whether one of the project's declarations takes its place.
    pub(super) fn is_replaced(&self, id: DeclId) -> bool {
        self.replaced.contains(&id)
    }

    /// What refers to a declaration.
    pub(super) fn uses(&self, id: DeclId) -> &[Use] {
        self.uses.get(&id).map_or(&[], Vec::as_slice)
    }

    fn index(&mut self, model: &Model<'_>, id: DeclId) {
        let Some(user) = user_of(model, id).filter(|user| !self.is_replaced(*user)) else { return };
        let bound = if model.decl(id).kind == Kind::Kpi { types::parameters(model, id) } else { Vec::new() };
        let head = model.decl(id).head.iter().map(|captured| (id, captured.slot, captured));
        let mut found: Vec<(DeclId, Use)> = Vec::new();
        let fields = effective(model, id)
            .into_iter()
            .flat_map(|(owner, field)| field.values.iter().map(move |captured| (owner, field.spec.word, captured)));
        for (owner, word, captured) in head.chain(fields) {
            let printer = Printer::of(model, owner).with_bound(&bound);
            references(captured, &mut |at| {
                for target in targets(printer, at) {
                    found.push((target, Use { user, word }));
                }
            });
        }
        for (target, used) in found {
            let known = self.uses.entry(target).or_default();
            if known.last() != Some(&used) {
                known.push(used);
            }
        }
    }
}

/// What a reference is about: the declaration, and for a property the event it is read from.
fn targets(printer: Printer<'_, '_>, at: RefIx) -> Vec<DeclId> {
    let Named::Decl { id, .. } = printer.named(at) else { return Vec::new() };
    match printer.model.decl(id).kind {
        Kind::Prop | Kind::Member => printer.event_of(at).into_iter().collect(),
        _ => vec![id],
    }
}

/// The fields of a declaration, its own and those of what it extends that it does not say itself, each with the
/// declaration it stands in.
pub(super) fn effective<'m, 's>(model: &'m Model<'s>, id: DeclId) -> Vec<(DeclId, &'m Field<'s>)> {
    let mut found: Vec<(DeclId, &Field<'s>)> = Vec::new();
    for owner in model.lineage(id) {
        let known = found.len();
        for field in &model.decl(owner).fields {
            if !found[..known].iter().any(|(_, own)| own.spec.word == field.spec.word) {
                found.push((owner, field));
            }
        }
    }
    found
}

/// What is tracked of each message of the project without a word of its own: the message and the event.
fn tracked(model: &Model<'_>) -> Vec<(DeclId, DeclId)> {
    let all = messages::of(model).into_iter();
    all.flat_map(|(message, events)| events.into_iter().map(move |(_, event)| (message, event))).collect()
}

/// Everything a declaration's own text refers to.
fn mentioned(model: &Model<'_>, id: DeclId) -> Vec<DeclId> {
    let decl = model.decl(id);
    let printer = Printer::of(model, id);
    let targets = (0..decl.refs.len() as u32).filter_map(|at| model.target_decl(id, RefIx(at)));
    let events = (0..decl.refs.len() as u32).filter_map(|at| printer.event_of(RefIx(at)));
    let mut all: Vec<DeclId> = targets.chain(events).collect();
    all.extend(model.base(id));
    all
}

/// The declaration outside all blocks that holds another.
fn top(model: &Model<'_>, id: DeclId) -> DeclId {
    let mut at = id;
    while let Some(parent) = model.decl(at).parent {
        at = parent;
    }
    at
}

/// The kinds that an event is said to feed.
const USERS: KindSet = KindSet::of(&[
    Kind::Consent,
    Kind::Trait,
    Kind::Channel,
    Kind::Campaign,
    Kind::Segment,
    Kind::Antisegment,
    Kind::Score,
    Kind::Kpi,
    Kind::Funnel,
    Kind::Stage,
    Kind::Transition,
    Kind::Handover,
    Kind::Offer,
    Kind::Survey,
    Kind::Sending,
    Kind::Sequence,
    Kind::Email,
    Kind::Sms,
    Kind::Whatsapp,
    Kind::Push,
    Kind::Call,
    Kind::Post,
    Kind::Task,
    Kind::Experiment,
]);

fn user_of(model: &Model<'_>, id: DeclId) -> Option<DeclId> {
    let mut at = Some(id);
    while let Some(own) = at {
        if USERS.has(model.decl(own).kind) {
            return Some(own);
        }
        at = model.decl(own).parent;
    }
    None
}

fn references(captured: &Captured<'_>, found: &mut impl FnMut(RefIx)) {
    match &captured.val {
        Val::Ref(at) => found(*at),
        Val::Expr(expr) => in_expr(expr, found),
        Val::Rows(rows) => rows.iter().flatten().for_each(|inner| references(inner, found)),
        Val::Type(kind) => {
            let mut kind = &**kind;
            while let Type::List(inner) = kind {
                kind = inner;
            }
            if let Type::Named(at) = kind {
                found(*at);
            }
        }
        _ => {}
    }
}

fn in_expr(expr: &Expr<'_>, found: &mut impl FnMut(RefIx)) {
    expr.walk(&mut |inner| match &inner.kind {
        ExprKind::Name(at)
        | ExprKind::Trait(at)
        | ExprKind::Score(at)
        | ExprKind::Enters(at)
        | ExprKind::Leaves(at)
        | ExprKind::Finished(at)
        | ExprKind::Call { callee: at, .. }
        | ExprKind::In { place: at, .. }
        | ExprKind::Around { of: at, .. } => found(*at),
        _ => {}
    });
}
