//! Conditions and filters.

use funnelc_engine::definition as to;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Lower;
use crate::model::expr::{Dwell, Expr, ExprKind, Op};
use crate::model::value::{Duration, RefIx};
use crate::model::{DeclId, Kind, MAX_INHERITANCE, Target, Val};
use crate::say;
use crate::source::Span;

/// What holds of everybody, and of nobody.
const TRUE: to::Condition = to::Condition::All(Vec::new());
const FALSE: to::Condition = to::Condition::Any(Vec::new());

impl<'m, 's> Lower<'m, 's> {
    /// An event with its filter, as a pattern; none where there is no such event.
    pub(super) fn pattern(&mut self, owner: DeclId, expr: &'m Expr<'s>) -> Option<usize> {
        let (at, args): (RefIx, &'m [Expr<'s>]) = match &expr.kind {
            ExprKind::Name(at) => (*at, &[]),
            ExprKind::Call { callee, args } => (*callee, args),
            _ => {
                self.trouble(expr.span, say!("an event is wanted here"));
                return None;
            }
        };
        let event = self.model.target_decl(owner, at).map(|id| self.node(id)).filter(|node| node.kind() == Kind::Event);
        let Some(event) = event else {
            self.trouble(expr.span, say!("an event is wanted here"));
            return None;
        };
        let mut tests: Vec<to::Test> = args.iter().filter_map(|arg| self.test(owner, arg)).collect();
        let test = match tests.len() {
            0 => to::Test::Always,
            1 => tests.remove(0),
            _ => to::Test::All(tests),
        };
        Some(self.pattern_of(event, test))
    }

    // ---- of one event

    /// What must hold of an event's properties.
    pub(super) fn test(&mut self, owner: DeclId, expr: &'m Expr<'s>) -> Option<to::Test> {
        let many = |own: &mut Self, members: &'m [Expr<'s>]| {
            members.iter().map(|member| own.test(owner, member)).collect::<Option<Vec<_>>>()
        };
        match &expr.kind {
            ExprKind::Not(inner) => Some(to::Test::Not(Box::new(self.test(owner, inner)?))),
            ExprKind::All(members) => many(self, members).map(to::Test::All),
            ExprKind::Any(members) => many(self, members).map(to::Test::Any),
            ExprKind::Bool(own) => Some(if *own { to::Test::Always } else { to::Test::Any(Vec::new()) }),
            ExprKind::Name(_) => {
                let field = self.property(owner, expr)?;
                Some(to::Test::Compare(field, to::Comparison::Equal, to::Literal::Bool(true)))
            }
            ExprKind::Binary { op: Op::In, left, right } => {
                let field = self.property(owner, left)?;
                self.within_set(owner, field, right)
            }
            ExprKind::Binary { op, left, right } if op.compares() => {
                let (op, left, right) = plain(*op, left, right);
                let field = self.property(owner, left)?;
                Some(to::Test::Compare(field, comparison(op)?, self.literal(owner, right)?))
            }
            _ => {
                self.trouble(expr.span, say!("this is not measured of the properties of an event"));
                None
            }
        }
    }

    pub(super) fn within_set(&mut self, owner: DeclId, field: usize, expr: &'m Expr<'s>) -> Option<to::Test> {
        match &expr.kind {
            ExprKind::Range(pair) => {
                let (from, end) = (self.literal(owner, &pair.0)?, self.literal(owner, &pair.1)?);
                Some(to::Test::All(vec![
                    to::Test::Compare(field, to::Comparison::AtLeast, from),
                    to::Test::Compare(field, to::Comparison::AtMost, end),
                ]))
            }
            ExprKind::List(members) => {
                let literals: Option<Vec<_>> = members.iter().map(|member| self.literal(owner, member)).collect();
                Some(to::Test::In(field, literals?))
            }
            _ => Some(to::Test::In(field, vec![self.literal(owner, expr)?])),
        }
    }

    /// The number of the property that a name stands for.
    fn property(&mut self, owner: DeclId, expr: &'m Expr<'s>) -> Option<usize> {
        let ExprKind::Name(at) = expr.kind else {
            self.trouble(expr.span, say!("a property is wanted on this side of the comparison"));
            return None;
        };
        let name = match self.model.target(owner, at) {
            Target::Decl(id) if self.model.decl(id).kind == Kind::Prop => self.name_of(id),
            Target::Decl(id) if self.model.decl(id).kind == Kind::Member => {
                self.model.decl(owner).refs[at.0 as usize].path.to_owned()
            }
            Target::Builtin(word) | Target::Word(word) => word.to_owned(),
            _ => {
                self.trouble(expr.span, say!("a property is wanted here"));
                return None;
            }
        };
        Some(self.field(name))
    }

    /// A value as it is written.
    pub(super) fn literal(&mut self, owner: DeclId, expr: &'m Expr<'s>) -> Option<to::Literal> {
        let found = match &expr.kind {
            ExprKind::Text(text) => Some(to::Literal::Text(text.words())),
            ExprKind::Bool(own) => Some(to::Literal::Bool(*own)),
            ExprKind::Name(at) => match self.model.target(owner, *at) {
                Target::Word(word) => Some(to::Literal::Text(word.to_owned())),
                _ => None,
            },
            ExprKind::Negate(inner) => match self.literal(owner, inner)? {
                to::Literal::Number(number) => Some(to::Literal::Number(-number)),
                _ => None,
            },
            ExprKind::Literal(val) => self.value(val),
            _ => None,
        };
        if found.is_none() {
            self.trouble(expr.span, say!("a fixed value is wanted on this side of the comparison"));
        }
        found
    }

    fn value(&self, val: &Val<'s>) -> Option<to::Literal> {
        let midnight = |date: Date| {
            let zone = TimeZone::get(&self.out.definition.columns.timezone).unwrap_or(TimeZone::UTC);
            Some(to::Literal::Time(date.to_zoned(zone).ok()?.timestamp().as_microsecond()))
        };
        match val {
            Val::Number(number) => Some(to::Literal::Number(*number)),
            Val::Percent(share) => Some(to::Literal::Number(*share / Decimal::ONE_HUNDRED)),
            Val::Money(money) => Some(to::Literal::Number(money.amount)),
            Val::Duration(duration) => duration.seconds().map(to::Literal::Number),
            Val::Date(date) => midnight(*date),
            Val::Month { year, month } => midnight(Date::new(*year, *month, 1).ok()?),
            Val::Time(time) => Some(to::Literal::Text(format!("{:02}:{:02}", time.hour(), time.minute()))),
            _ => None,
        }
    }

    // ---- of a person

    /// What must hold of a person.
    pub(super) fn condition(&mut self, owner: DeclId, expr: &'m Expr<'s>) -> to::Condition {
        let many = |own: &mut Self, members: &'m [Expr<'s>]| {
            members.iter().map(|member| own.condition(owner, member)).collect()
        };
        match &expr.kind {
            ExprKind::Bool(own) => {
                if *own {
                    TRUE
                } else {
                    FALSE
                }
            }
            ExprKind::Not(inner) => to::Condition::Not(Box::new(self.condition(owner, inner))),
            ExprKind::All(members) => to::Condition::All(many(self, members)),
            ExprKind::Any(members) => to::Condition::Any(many(self, members)),
            ExprKind::Name(at) => self.named(owner, *at, expr),
            ExprKind::Call { .. } => self.did(owner, expr, 1, None),
            ExprKind::Did { event, times, within } => {
                let times = times.unwrap_or(Decimal::ONE).ceil();
                let times = u64::try_from(times).unwrap_or(0);
                let within = within.map(|within| self.micros(within, expr.span));
                self.did(owner, event, times, within)
            }
            ExprKind::In { place, dwell } => self.place(owner, *place, *dwell, expr),
            ExprKind::Absent { event, lasting, after: None } => self.absent(owner, event, *lasting, expr.span),
            ExprKind::Binary { op, left, right } => self.comparison(owner, *op, left, right, expr),
            ExprKind::Trait(at) => self.holds_of(owner, *at, expr),
            _ => {
                self.trouble(expr.span, say!("this condition is not measured yet"));
                FALSE
            }
        }
    }

    /// A trait that is true.
    fn holds_of(&mut self, owner: DeclId, at: RefIx, expr: &'m Expr<'s>) -> to::Condition {
        let Some(own) = self.model.target_decl(owner, at).map(|id| self.node(id)) else { return FALSE };
        self.known(own, to::Comparison::Equal, &to::Literal::Bool(true), expr.span)
    }

    fn did(&mut self, owner: DeclId, event: &'m Expr<'s>, times: u64, within: Option<i64>) -> to::Condition {
        let pattern = self.pattern(owner, event);
        pattern.map_or(FALSE, |pattern| to::Condition::Did { pattern, times, within })
    }

    /// `no e for d`: it was done, and the last time was so long ago or longer.
    fn absent(&mut self, owner: DeclId, event: &'m Expr<'s>, lasting: Duration, span: Span) -> to::Condition {
        let Some(pattern) = self.pattern(owner, event) else { return FALSE };
        // What was done exactly so long ago is no longer within it.
        let within = self.micros(lasting, span) - 1;
        let did = |within| to::Condition::Did { pattern, times: 1, within };
        to::Condition::All(vec![did(None), to::Condition::Not(Box::new(did(Some(within))))])
    }

    /// A segment, an event that was done, a stage that someone is in.
    pub(super) fn named(&mut self, owner: DeclId, at: RefIx, expr: &'m Expr<'s>) -> to::Condition {
        let Some(node) = self.model.target_decl(owner, at).map(|id| self.node(id)) else {
            self.trouble(expr.span, say!("this condition is not measured yet"));
            return FALSE;
        };
        match node.kind() {
            Kind::Event => self.did(owner, expr, 1, None),
            Kind::Stage => self.place(owner, at, None, expr),
            Kind::Segment | Kind::Antisegment => {
                let inside = node.field("where").and_then(|field| Some((field.owner.id, field.expr("value")?)));
                let Some((inner, condition)) = inside.filter(|_| self.depth < MAX_INHERITANCE) else {
                    self.trouble(
                        expr.span,
                        say!("`{path}` does not say who belongs to it (`where`)", path = node.path()),
                    );
                    return FALSE;
                };
                self.depth += 1;
                let condition = self.condition(inner, condition);
                self.depth -= 1;
                condition
            }
            Kind::Tier => self.tier(node, expr.span),
            kind => {
                self.trouble(expr.span, say!("being in `{kind}` is not measured yet", kind = kind.word()));
                FALSE
            }
        }
    }

    fn place(&mut self, owner: DeclId, at: RefIx, dwell: Option<Dwell>, expr: &'m Expr<'s>) -> to::Condition {
        let target = self.model.target_decl(owner, at);
        let Some(stage) = target.and_then(|id| self.stages.get(&id)).copied() else {
            if dwell.is_none() {
                return self.named(owner, at, expr);
            }
            self.trouble(expr.span, say!("how long someone has been in this is not measured yet"));
            return FALSE;
        };
        let lasting = dwell.map(|dwell| match dwell {
            Dwell::Time(time) => self.micros(time, expr.span),
            Dwell::OfCycle(share) => {
                let cycle = target.and_then(|id| self.model.decl(id).parent).map(|id| self.node(id));
                let cycle = cycle.and_then(|funnel| funnel.field("cycle")?.duration("value"));
                let whole = cycle.map_or(0, |cycle| self.micros(cycle, expr.span));
                (Decimal::from(whole) * share / Decimal::ONE_HUNDRED).to_i64().unwrap_or(i64::MAX)
            }
        });
        to::Condition::In { stage, lasting }
    }

    fn comparison(
        &mut self,
        owner: DeclId,
        op: Op,
        left: &'m Expr<'s>,
        right: &'m Expr<'s>,
        expr: &'m Expr<'s>,
    ) -> to::Condition {
        let (op, left, right) = plain(op, left, right);
        match (&left.kind, comparison(op), number(right)) {
            (ExprKind::Score(at), Some(comparison), Some(value)) => self.scored(owner, *at, comparison, value),
            (ExprKind::Score(at), None, _) if op == Op::In => self.scored_among(owner, *at, right),
            (ExprKind::Trait(at), Some(comparison), _) => {
                self.trait_compared((owner, *at), comparison, right, expr.span)
            }
            (ExprKind::Trait(at), None, _) if op == Op::In => self.trait_among(owner, *at, right, expr.span),
            (ExprKind::Name(at), ..) if matches!(self.model.target(owner, *at), Target::Builtin(_)) => {
                self.this(owner, expr)
            }
            _ => {
                self.trouble(expr.span, say!("this comparison is not measured yet"));
                FALSE
            }
        }
    }

    fn scored(&mut self, owner: DeclId, at: RefIx, comparison: to::Comparison, value: Decimal) -> to::Condition {
        let Some(score) = self.model.target_decl(owner, at) else { return FALSE };
        let score = self.score(self.node(score));
        to::Condition::Score { score, comparison, value }
    }

    /// `score s in 5 .. 9`, `score s in [5, 10]`
    fn scored_among(&mut self, owner: DeclId, at: RefIx, set: &'m Expr<'s>) -> to::Condition {
        let (members, compared): (Vec<&Expr<'s>>, &[to::Comparison]) = match &set.kind {
            ExprKind::Range(pair) => (vec![&pair.0, &pair.1], &[to::Comparison::AtLeast, to::Comparison::AtMost]),
            ExprKind::List(members) => (members.iter().collect(), &[to::Comparison::Equal]),
            _ => (vec![set], &[to::Comparison::Equal]),
        };
        let Some(numbers) = members.into_iter().map(number).collect::<Option<Vec<_>>>() else {
            self.trouble(set.span, say!("a fixed value is wanted on this side of the comparison"));
            return FALSE;
        };
        let all = numbers.into_iter().zip(compared.iter().cycle());
        let all: Vec<_> = all.map(|(value, compared)| self.scored(owner, at, *compared, value)).collect();
        if compared.len() > 1 { to::Condition::All(all) } else { to::Condition::Any(all) }
    }

    /// What must hold of the event that happens at the moment.
    fn this(&mut self, owner: DeclId, expr: &'m Expr<'s>) -> to::Condition {
        let Some(test) = self.test(owner, expr) else { return FALSE };
        to::Condition::This(self.pattern_in(to::Pattern { names: Vec::new(), table: None, test }))
    }
}

/// A comparison with its fixed value on the right: `40 <= score s` is `score s >= 40`.
pub(super) fn plain<'e, 's>(op: Op, left: &'e Expr<'s>, right: &'e Expr<'s>) -> (Op, &'e Expr<'s>, &'e Expr<'s>) {
    let is_fixed = |own: &Expr<'_>| {
        matches!(own.kind, ExprKind::Literal(_) | ExprKind::Text(_) | ExprKind::Bool(_) | ExprKind::Negate(_))
    };
    match op.turned() {
        Some(turned) if is_fixed(left) && !is_fixed(right) => (turned, right, left),
        _ => (op, left, right),
    }
}

fn comparison(op: Op) -> Option<to::Comparison> {
    Some(match op {
        Op::Equal => to::Comparison::Equal,
        Op::Unequal => to::Comparison::Unequal,
        Op::AtLeast => to::Comparison::AtLeast,
        Op::AtMost => to::Comparison::AtMost,
        Op::Above => to::Comparison::Above,
        Op::Below => to::Comparison::Below,
        _ => return None,
    })
}

/// A fixed number.
pub(super) fn number(expr: &Expr<'_>) -> Option<Decimal> {
    match &expr.kind {
        ExprKind::Literal(Val::Number(number)) => Some(*number),
        ExprKind::Negate(inner) => number(inner).map(|number| -number),
        _ => None,
    }
}
