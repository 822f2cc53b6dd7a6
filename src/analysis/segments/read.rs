//! Expressions to formulas. What the algebra knows nothing of (`leaves store.cart`, `total > shipping`) becomes a claim
//! that holds or not: a contradiction found with it is a contradiction whatever it means.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::formula::{Deed, Fact, Formula, Subject, Variable, Window};
use super::sets::{Domain, Interval, Scale, Set, Universe};
use crate::model::expr::{Dwell, Expr, ExprKind, Op};
use crate::model::value::{Captured, Duration, RefIx, Type, Val, unescape};
use crate::model::walk::{Node, Property};
use crate::model::{DeclId, Kind, Model, Target, print};

/// The largest formula that is looked at; what is larger is written by machines.
const MAX_SIZE: usize = 4096;

/// How many segments may be defined by one another.
const MAX_REFERENCES: usize = 64;

/// How deep conditions are followed into each other.
const MAX_NESTING: usize = 256;

/// The most often that `did e n times` is understood.
const MAX_TIMES: u64 = 1_000_000;

/// Reads conditions.
pub struct Reader<'m, 's> {
    model: &'m Model<'s>,
    /// The declaration whose references are meant.
    owner: DeclId,
    /// The segments being read, outermost first.
    open: Vec<DeclId>,
    /// Inside the filter of an event.
    in_filter: bool,
    size: usize,
    nesting: usize,
}

/// The value of a comparison, as a point or an interval of its scale.
enum Operand {
    Word(String),
    Interval(Interval, String),
}

impl<'m, 's> Reader<'m, 's> {
    /// A reader of the conditions of a declaration.
    pub fn new(model: &'m Model<'s>, owner: DeclId) -> Self {
        Self { model, owner, open: Vec::new(), in_filter: false, size: 0, nesting: 0 }
    }

    /// The formula of a condition; nothing where it is broken, circular or too large.
    pub fn condition(&mut self, expr: &'m Expr<'s>) -> Option<Formula> {
        self.size += 1;
        if self.size > MAX_SIZE || self.nesting > MAX_NESTING {
            return None;
        }
        self.nesting += 1;
        let formula = self.read(expr);
        self.nesting -= 1;
        formula
    }

    fn read(&mut self, expr: &'m Expr<'s>) -> Option<Formula> {
        match &expr.kind {
            ExprKind::Bool(holds) => Some(Formula::Always(*holds)),
            ExprKind::Not(inner) => Some(self.condition(inner)?.negated()),
            ExprKind::All(members) => Some(Formula::all(self.each(members)?)),
            ExprKind::Any(members) => Some(Formula::any(self.each(members)?)),
            ExprKind::Name(at) => self.name(expr, *at),
            ExprKind::Trait(_) => self.is_true(expr),
            ExprKind::Binary { op, left, right } if op.compares() => self.comparison(expr, *op, left, right),
            ExprKind::Did { event, times, within } if !self.in_filter => self.did(expr, event, *times, *within),
            ExprKind::Absent { event, lasting, after } if !self.in_filter => {
                let silent = self.did(expr, event, None, Some(*lasting))?.negated();
                if after.is_none() {
                    return Some(silent);
                }
                Some(Formula::all(vec![silent, self.claim(expr)?]))
            }
            ExprKind::In { place, dwell } if !self.in_filter => self.inside(expr, *place, *dwell),
            _ => self.claim(expr),
        }
    }

    fn each(&mut self, members: &'m [Expr<'s>]) -> Option<Vec<Formula>> {
        members.iter().map(|member| self.condition(member)).collect()
    }

    fn target(&self, at: RefIx) -> Target<'s> {
        self.model.target(self.owner, at)
    }

    // ---- names

    fn name(&mut self, expr: &'m Expr<'s>, at: RefIx) -> Option<Formula> {
        let Target::Decl(id) = self.target(at) else { return self.claim(expr) };
        match self.model.decl(id).kind {
            Kind::Prop | Kind::Trait | Kind::Member => self.is_true(expr),
            _ if self.in_filter => None,
            Kind::Stage => self.inside(expr, at, None),
            _ => self.declared(id).unwrap_or_else(|| self.claim(expr)),
        }
    }

    /// What a segment, a tier or a channel means as a condition; the outer `None` where it is none of them.
    pub fn declared(&mut self, id: DeclId) -> Option<Option<Formula>> {
        match self.model.decl(id).kind {
            Kind::Segment | Kind::Antisegment => Some(self.segment(id)),
            Kind::Tier => Some(self.tier(id)),
            Kind::Channel => Some(Some(self.channel(id))),
            _ => None,
        }
    }

    fn channel(&self, id: DeclId) -> Formula {
        let domain = Domain { name: "channel".to_owned(), universe: Universe::Texts, scale: Scale::Bare };
        fact(Subject::Channel, "", Set::word(self.model.path(id)), domain)
    }

    fn segment(&mut self, id: DeclId) -> Option<Formula> {
        let node = self.model.node(id);
        if node.is_broken() || self.open.contains(&id) || self.open.len() >= MAX_REFERENCES {
            return None;
        }
        let Some(field) = node.field("where") else {
            return Some(claim_of(format!("#{}", id.0), node.path()));
        };
        let expr = field.expr("value")?;
        self.open.push(id);
        let owner = std::mem::replace(&mut self.owner, field.owner.id);
        let formula = self.condition(expr);
        self.owner = owner;
        self.open.pop();
        formula
    }

    /// From its own `from` up to the next tier's.
    fn tier(&mut self, id: DeclId) -> Option<Formula> {
        let node = self.model.node(id);
        let program = node.parent()?;
        if program.is_broken() {
            return None;
        }
        let by = program.field("by")?;
        let from = |tier: Node<'m, 's>| match &tier.decl().in_head("from")?.val {
            val @ (Val::Number(_) | Val::Money(_) | Val::Duration(_) | Val::Percent(_)) => quantity(val),
            _ => None,
        };
        let (own, unit) = from(node)?;
        let tiers: Option<Vec<(Decimal, String)>> = program.children_of(Kind::Tier).map(from).collect();
        let next = tiers?.into_iter().filter(|(other, _)| *other > own).map(|(other, _)| other).min();
        let set = Set::interval(Interval { low: Some((own, true)), high: next.map(|next| (next, false)) });
        if let Some(of) = by.target_of("trait") {
            let domain = property_domain(Property(of), &format!("trait {}", of.name()))?;
            let unit = unit_of(&domain.scale, &unit)?;
            return Some(fact(Subject::Declared(of.id), &unit, set, with_unit(domain, &unit)));
        }
        let score = by.target_of("score")?;
        Some(fact(Subject::Score(score.id), "", set, score_domain(score)))
    }

    // ---- facts

    fn is_true(&mut self, expr: &'m Expr<'s>) -> Option<Formula> {
        match self.variable(expr) {
            Some((subject, domain)) if domain.universe == truth() => Some(fact(subject, "", Set::word("true"), domain)),
            _ => self.claim(expr),
        }
    }

    fn comparison(&mut self, expr: &'m Expr<'s>, op: Op, left: &'m Expr<'s>, right: &'m Expr<'s>) -> Option<Formula> {
        let own = self.variable(left).map(|variable| (variable, op, right));
        let turned = || op.turned().and_then(|op| Some((self.variable(right)?, op, left)));
        let Some(((subject, domain), op, other)) = own.or_else(turned) else { return self.claim(expr) };
        match self.compared(&domain, op, other) {
            Some((set, unit)) => Some(fact(subject, &unit, set, with_unit(domain, &unit))),
            None => self.claim(expr),
        }
    }

    /// What the left side of a comparison is, if it is a variable with values of a known kind.
    fn variable(&self, expr: &Expr<'s>) -> Option<(Subject, Domain)> {
        let (at, prefix) = match &expr.kind {
            ExprKind::Trait(at) if !self.in_filter => (*at, "trait "),
            ExprKind::Name(at) => (*at, ""),
            ExprKind::Score(at) if !self.in_filter => {
                let Target::Decl(id) = self.target(*at) else { return None };
                return Some((Subject::Score(id), score_domain(self.model.node(id))));
            }
            _ => return None,
        };
        let path = self.model.decl(self.owner).refs.get(at.0 as usize)?.path;
        match self.target(at) {
            Target::Decl(id) if matches!(self.model.decl(id).kind, Kind::Trait | Kind::Prop) && !path.contains('.') => {
                let prop = Property(self.model.node(id));
                Some((Subject::Declared(id), property_domain(prop, &format!("{prefix}{path}"))?))
            }
            Target::Builtin(context) => {
                let domain = Domain { name: context.to_owned(), universe: Universe::Texts, scale: Scale::Quoted };
                Some((Subject::Context(context), domain))
            }
            _ => None,
        }
    }

    /// The values of a domain that a comparison allows, and their unit.
    fn compared(&self, domain: &Domain, op: Op, other: &Expr<'s>) -> Option<(Set, String)> {
        if op == Op::In {
            return self.member_of(domain, other);
        }
        match self.operand(domain, other)? {
            Operand::Word(word) => match op {
                Op::Equal => Some((Set::word(word), String::new())),
                Op::Unequal => Some((Set::word(word).complement(), String::new())),
                _ => None,
            },
            Operand::Interval(Interval { low, high }, unit) => {
                let open = |end: Option<(Decimal, bool)>| end.map(|(at, _)| (at, false));
                let set = match op {
                    Op::Equal => Set::interval(Interval { low, high }),
                    Op::Unequal => Set::interval(Interval { low, high }).complement(),
                    Op::AtLeast => Set::interval(Interval { low, high: None }),
                    Op::AtMost => Set::interval(Interval { low: None, high }),
                    Op::Above => Set::interval(Interval { low: open(high), high: None }),
                    Op::Below => Set::interval(Interval { low: None, high: open(low) }),
                    _ => return None,
                };
                Some((set, unit))
            }
        }
    }

    fn member_of(&self, domain: &Domain, other: &Expr<'s>) -> Option<(Set, String)> {
        match &other.kind {
            ExprKind::List(members) => {
                let (mut all, unit) = self.compared(domain, Op::Equal, members.first()?)?;
                for member in &members[1..] {
                    let (set, own) = self.compared(domain, Op::Equal, member)?;
                    if own != unit {
                        return None;
                    }
                    all.absorb(set);
                }
                Some((all, unit))
            }
            ExprKind::Range(pair) => {
                let (from, unit) = self.compared(domain, Op::AtLeast, &pair.0)?;
                let (to, other_unit) = self.compared(domain, Op::AtMost, &pair.1)?;
                (unit == other_unit).then(|| (from.meet(&to), unit))
            }
            _ => None,
        }
    }

    fn operand(&self, domain: &Domain, expr: &Expr<'s>) -> Option<Operand> {
        match (&expr.kind, &domain.scale) {
            (ExprKind::Text(entry), Scale::Quoted | Scale::Bare) => Some(Operand::Word(unescape(&entry.raw))),
            (ExprKind::Bool(holds), Scale::Bare) => Some(Operand::Word(holds.to_string())),
            (ExprKind::Name(at), Scale::Bare) => match self.target(*at) {
                Target::Word(word) => Some(Operand::Word(word.to_owned())),
                _ => None,
            },
            (ExprKind::Literal(val), scale) => {
                let (interval, unit) = literal(val)?;
                Some(Operand::Interval(interval, unit_of(scale, &unit)?))
            }
            (ExprKind::Negate(inner), scale) => {
                let ExprKind::Literal(val) = &inner.kind else { return None };
                let (at, unit) = quantity(val)?;
                Some(Operand::Interval(Interval::point(-at), unit_of(scale, &unit)?))
            }
            _ => None,
        }
    }

    // ---- places and deeds

    fn inside(&mut self, expr: &'m Expr<'s>, place: RefIx, dwell: Option<Dwell>) -> Option<Formula> {
        let Target::Decl(id) = self.target(place) else { return self.claim(expr) };
        let node = self.model.node(id);
        if node.kind() != Kind::Stage {
            let inside = self.declared(id).unwrap_or_else(|| self.claim(expr))?;
            return if dwell.is_some() { Some(Formula::all(vec![inside, self.claim(expr)?])) } else { Some(inside) };
        }
        let since = match dwell {
            None => Some(Decimal::ZERO),
            Some(Dwell::Time(time)) => time.seconds(),
            Some(Dwell::OfCycle(share)) => of_cycle(node, share),
        };
        let stay = Set::interval(Interval { low: Some((since.unwrap_or_default(), true)), high: None });
        let stay = fact(Subject::Place(id), "", stay, place_domain(node));
        if since.is_none() { Some(Formula::all(vec![stay, self.claim(expr)?])) } else { Some(stay) }
    }

    fn did(
        &mut self,
        expr: &'m Expr<'s>,
        event: &'m Expr<'s>,
        times: Option<Decimal>,
        within: Option<Duration>,
    ) -> Option<Formula> {
        let (at, args) = match &event.kind {
            ExprKind::Name(at) => (*at, &[][..]),
            ExprKind::Call { callee, args } => (*callee, &args[..]),
            _ => return self.claim(expr),
        };
        let Target::Decl(id) = self.target(at) else { return self.claim(expr) };
        self.in_filter = true;
        let filter = self.each(args);
        self.in_filter = false;
        let filter = Formula::all(filter?);
        let times = times.unwrap_or(Decimal::ONE).ceil();
        if times <= Decimal::ZERO {
            return Some(Formula::Always(true));
        }
        if filter == Formula::Always(false) {
            return Some(filter);
        }
        let times = u64::try_from(times).ok().filter(|times| *times <= MAX_TIMES)?;
        let window = match within {
            None => Window::Ever,
            Some(Duration::Exact { seconds, .. }) => Window::Seconds(seconds),
            Some(Duration::Calendar { months }) => Window::Months(months),
        };
        let name: Arc<str> = self.model.path(id).into();
        Some(Formula::Deed(Deed { event: id, name, filter: Arc::new(filter), times, window }, true))
    }

    // ---- claims

    /// Something that holds or not; nothing where part of it means nothing.
    fn claim(&mut self, expr: &'m Expr<'s>) -> Option<Formula> {
        let mut key = String::new();
        self.spell(expr, &mut key)?;
        let text = self.model.sources.text(expr.span);
        Some(claim_of(key, text.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    /// A text that is the same only for expressions that mean the same.
    fn spell(&mut self, expr: &Expr<'s>, key: &mut String) -> Option<()> {
        self.size += 1;
        if self.size > MAX_SIZE {
            return None;
        }
        key.push_str(&mark(&expr.kind));
        match referred(&expr.kind).map(|at| self.target(at)) {
            Some(Target::Nothing) => return None,
            Some(Target::Decl(id)) => key.push_str(&id.0.to_string()),
            Some(Target::Builtin(word) | Target::Word(word)) => key.push_str(word),
            None => {}
        }
        key.push('(');
        for child in expr.children() {
            self.spell(child, key)?;
            key.push(',');
        }
        key.push(')');
        Some(())
    }
}

/// What an expression refers to itself.
const fn referred(kind: &ExprKind<'_>) -> Option<RefIx> {
    match kind {
        ExprKind::Name(at)
        | ExprKind::Trait(at)
        | ExprKind::Score(at)
        | ExprKind::Enters(at)
        | ExprKind::Leaves(at)
        | ExprKind::Finished(at)
        | ExprKind::Call { callee: at, .. }
        | ExprKind::In { place: at, .. }
        | ExprKind::Around { of: at, .. } => Some(*at),
        _ => None,
    }
}

/// What tells an expression apart from others, besides what it refers to and what is inside it.
fn mark(kind: &ExprKind<'_>) -> String {
    match kind {
        ExprKind::Literal(val) => print::value(val),
        ExprKind::Text(entry) => format!("{:?}", entry.words()),
        ExprKind::Bool(holds) => holds.to_string(),
        ExprKind::Name(_) | ExprKind::Trait(_) => "#".to_owned(),
        ExprKind::Score(_) => "score ".to_owned(),
        ExprKind::List(_) => "list".to_owned(),
        ExprKind::Range(_) => "..".to_owned(),
        ExprKind::Call { .. } => "call ".to_owned(),
        ExprKind::Not(_) => "not".to_owned(),
        ExprKind::Negate(_) => "-".to_owned(),
        ExprKind::All(_) => "and".to_owned(),
        ExprKind::Any(_) => "or".to_owned(),
        ExprKind::Binary { op, .. } => op.sign().to_owned(),
        ExprKind::Did { times, within, .. } => format!("did {times:?} {:?}", within.map(Duration::spelling)),
        ExprKind::Absent { lasting, .. } => format!("no {}", lasting.spelling()),
        ExprKind::Enters(_) => "enters ".to_owned(),
        ExprKind::Leaves(_) => "leaves ".to_owned(),
        ExprKind::Finished(_) => "finished ".to_owned(),
        ExprKind::In { dwell, .. } => format!("in {dwell:?} "),
        ExprKind::Around { offset, before, .. } => format!("{} {before} ", offset.spelling()),
        ExprKind::By { people, .. } => format!("by {people}"),
        ExprKind::Manual(scalar) => (*scalar).to_owned(),
    }
}

fn fact(subject: Subject, unit: &str, set: Set, domain: Domain) -> Formula {
    let variable = Variable { subject, unit: unit.to_owned() };
    Formula::of_fact(Fact { variable, set, domain: Arc::new(domain) })
}

fn claim_of(key: String, text: String) -> Formula {
    let domain = Domain { name: text, universe: truth(), scale: Scale::Claim };
    fact(Subject::Claim(key), "", Set::word("true"), domain)
}

fn truth() -> Universe {
    Universe::OneOf(vec!["true".to_owned(), "false".to_owned()])
}

const fn numbers(whole: bool, bounds: Interval) -> Universe {
    Universe::Numbers { whole, bounds }
}

fn score_domain(score: Node<'_, '_>) -> Domain {
    Domain { name: format!("score {}", score.name()), universe: numbers(false, Interval::ALL), scale: Scale::Number }
}

fn place_domain(stage: Node<'_, '_>) -> Domain {
    let bounds = Interval { low: Some((Decimal::NEGATIVE_ONE, true)), high: None };
    Domain { name: stage.path(), universe: numbers(true, bounds), scale: Scale::Dwell }
}

/// What values a trait or a property can have; nothing for lists and for types of one's own.
fn property_domain(prop: Property<'_, '_>, name: &str) -> Option<Domain> {
    let (universe, scale) = match prop.kind_of_value()? {
        Type::Enum(members) => {
            let words = members.iter().map(|(member, _)| unescape(member)).collect();
            (Universe::OneOf(words), Scale::Bare)
        }
        Type::Scalar(scalar) => scalar_domain(scalar, prop)?,
        Type::List(_) | Type::Named(_) | Type::Bad => return None,
    };
    Some(Domain { name: name.to_owned(), universe, scale })
}

fn scalar_domain(scalar: &str, prop: Property<'_, '_>) -> Option<(Universe, Scale)> {
    let bounds = || declared_bounds(prop).unwrap_or(Interval::ALL);
    Some(match scalar {
        "bool" => (truth(), Scale::Bare),
        "integer" => (numbers(true, bounds()), Scale::Number),
        "number" => (numbers(false, bounds()), Scale::Number),
        "percent" => (numbers(false, bounds()), Scale::Percent),
        "money" => (numbers(false, bounds()), Scale::Money(String::new())),
        "duration" => (numbers(false, bounds()), Scale::Duration),
        // Moments are compared with days, so they are told apart by their day.
        "date" | "datetime" => (numbers(true, Interval::ALL), Scale::Day),
        "time" => (numbers(false, Interval::ALL), Scale::Clock),
        "any" => return None,
        _ => (Universe::Texts, Scale::Quoted),
    })
}

/// `integer 0..5`
fn declared_bounds(prop: Property<'_, '_>) -> Option<Interval> {
    let Captured { val: Val::Range(pair), .. } = prop.clause("range")? else { return None };
    let (from, to) = (quantity(&pair.0)?.0, quantity(&pair.1)?.0);
    (from <= to).then(|| Interval::closed(from, to))
}

/// A number with the unit it is in: a currency for money, else the kind of quantity.
fn quantity(val: &Val<'_>) -> Option<(Decimal, String)> {
    match val {
        Val::Number(value) => Some((*value, "number".to_owned())),
        Val::Percent(value) => Some((value.checked_div(Decimal::ONE_HUNDRED)?, "number".to_owned())),
        Val::Money(money) if money.per.is_none() => Some((money.amount, format!("money {}", money.currency))),
        Val::Duration(duration) => Some((duration.seconds()?, "duration".to_owned())),
        Val::Time(time) => {
            let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
            Some((Decimal::from(seconds), "time".to_owned()))
        }
        _ => None,
    }
}

/// A literal as an interval: a month is its days.
fn literal(val: &Val<'_>) -> Option<(Interval, String)> {
    match val {
        Val::Date(day) => Some((Interval::point(day_number(*day)), "day".to_owned())),
        Val::Month { year, month } => {
            let first = jiff::civil::Date::new(*year, *month, 1).ok()?;
            Some((Interval::closed(day_number(first), day_number(first.last_of_month())), "day".to_owned()))
        }
        _ => quantity(val).map(|(at, unit)| (Interval::point(at), unit)),
    }
}

/// Days since the first of January 1970.
fn day_number(day: jiff::civil::Date) -> Decimal {
    let since = jiff::civil::date(1970, 1, 1).until(day).map_or(0, |span| span.get_days());
    Decimal::from(since)
}

/// The unit that tells a variable apart, where a quantity of this unit fits its scale.
fn unit_of(scale: &Scale, unit: &str) -> Option<String> {
    match (scale, unit.strip_prefix("money ")) {
        (Scale::Money(_), Some(currency)) => Some(currency.to_owned()),
        (Scale::Number | Scale::Percent, _) if unit == "number" => Some(String::new()),
        (Scale::Duration, _) if unit == "duration" => Some(String::new()),
        (Scale::Day, _) if unit == "day" => Some(String::new()),
        (Scale::Clock, _) if unit == "time" => Some(String::new()),
        _ => None,
    }
}

fn with_unit(domain: Domain, unit: &str) -> Domain {
    match domain.scale {
        Scale::Money(_) => Domain { scale: Scale::Money(unit.to_owned()), ..domain },
        _ => domain,
    }
}

fn of_cycle(stage: Node<'_, '_>, share: Decimal) -> Option<Decimal> {
    let cycle = stage.parent()?.field("cycle")?.duration("value")?.seconds()?;
    Some(cycle.checked_mul(share)?.checked_div(Decimal::ONE_HUNDRED)?.ceil())
}
