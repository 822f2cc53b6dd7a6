//! What references mean and what expressions are worth. A computation has a unit, `money^i × time^j`, and a comparison
//! needs equal units on both sides; a name in an expression is told apart by what it is compared with.

use rust_decimal::Decimal;

use super::decl::{Decl, DeclId};
use super::expr::{Expr, ExprKind, Mode, Op};
use super::faults;
use super::kinds::{Kind, KindSet};
use super::suggest::Unknown;
use super::value::{Captured, Duration, Ref, RefIx, Type, Val};
use super::{MAX_INHERITANCE, Model, Target};
use crate::diagnostic::codes::names::WRONG_KIND;
use crate::diagnostic::codes::types::{BAD_VALUE, CURRENCY_MISMATCH, UNIT_MISMATCH};
use crate::diagnostic::{Diagnostic, Message, Safety};
use crate::say;
use crate::source::Span;

/// What every declaration's types depend on.
#[derive(Debug, Default)]
pub struct ProjectFacts<'s> {
    /// The project's currency.
    pub currency: Option<&'s str>,
    /// Whether owners must be teams.
    pub has_teams: bool,
}

impl<'s> ProjectFacts<'s> {
    /// Reads them off the declarations.
    pub fn of(model: &Model<'s>) -> Self {
        let project = model.of_kind(Kind::Project).next().map(|id| model.decl(id));
        let currency = project.and_then(|project| project.field("currency")?.get("value")?.val.word());
        Self { currency, has_teams: model.of_kind(Kind::Team).next().is_some() }
    }
}

/// The declared type that a property, trait or member has, directly or as the items of a list.
pub fn named_type(decl: &Decl<'_>) -> Option<RefIx> {
    let Some(Captured { val: Val::Type(kind), .. }) = decl.in_head("type") else { return None };
    let mut kind = &**kind;
    while let Type::List(inner) = kind {
        kind = inner;
    }
    if let Type::Named(reference) = kind { Some(*reference) } else { None }
}

/// A unit: `money^money × time^time`, and how a number of it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit<'s> {
    /// Exponent of money.
    pub money: i8,
    /// Exponent of time.
    pub time: i8,
    /// The currency, where it is known.
    pub currency: Option<&'s str>,
    /// What a dimensionless number is.
    pub number: NumberKind,
    /// Whether it adds up over time and people, so that it needs a period.
    pub total: bool,
}

/// What a dimensionless number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberKind {
    /// Any number.
    Plain,
    /// Whole things.
    Count,
    /// A share, shown as a percentage.
    Ratio,
}

impl<'s> Unit<'s> {
    const fn number(number: NumberKind, total: bool) -> Self {
        Self { money: 0, time: 0, currency: None, number, total }
    }

    const fn money(currency: Option<&'s str>, total: bool) -> Self {
        Self { money: 1, time: 0, currency, number: NumberKind::Plain, total }
    }

    const TIME: Self = Self { money: 0, time: 1, currency: None, number: NumberKind::Plain, total: false };

    /// Whether it is a bare number.
    pub const fn is_dimensionless(self) -> bool {
        self.money == 0 && self.time == 0
    }

    const fn agrees(self, other: Self) -> bool {
        self.money == other.money && self.time == other.time
    }

    /// What it is, for messages.
    pub fn phrase(self) -> Message {
        match (self.money, self.time) {
            (0, 0) => match self.number {
                NumberKind::Plain => say!("a number"),
                NumberKind::Count => say!("a count"),
                NumberKind::Ratio => say!("a ratio"),
            },
            (1, 0) => say!("an amount of money"),
            (0, 1) => say!("a duration"),
            (1, -1) => say!("an amount of money per time"),
            (money, time) => say!("money^{money} × time^{time}", money, time),
        }
    }

    fn times(self, other: Self) -> Self {
        let total = self.total != other.total && (self.total || other.total);
        Self {
            money: self.money.saturating_add(other.money),
            time: self.time.saturating_add(other.time),
            currency: self.currency.or(other.currency),
            number: self.product_number(other),
            total,
        }
    }

    fn product_number(self, other: Self) -> NumberKind {
        match (self.number, other.number) {
            (NumberKind::Ratio, NumberKind::Ratio) => NumberKind::Ratio,
            (NumberKind::Count, NumberKind::Count) => NumberKind::Count,
            _ => NumberKind::Plain,
        }
    }

    fn over(self, other: Self) -> Self {
        let number = if self.agrees(other) { NumberKind::Ratio } else { NumberKind::Plain };
        Self {
            money: self.money.saturating_sub(other.money),
            time: self.time.saturating_sub(other.time),
            currency: if self.money == other.money { None } else { self.currency.or(other.currency) },
            number,
            total: self.total && !other.total,
        }
    }
}

/// What an expression is worth.
#[derive(Clone, Debug, PartialEq)]
pub enum Ty<'s> {
    /// Reported already, or not known; agrees with everything.
    Any,
    /// Holds or does not.
    Bool,
    /// Something that happens.
    Moment,
    /// A text.
    Text,
    /// One of the members of a property's or trait's type.
    Enum(DeclId),
    /// A number with its unit.
    Quantity(Unit<'s>),
    /// A day or a moment of the calendar.
    Date,
    /// A time of day.
    TimeOfDay,
    /// Several.
    List(Box<Ty<'s>>),
    /// A declaration: an event, a stage, a segment, as an argument.
    Thing(DeclId),
    /// From one stage to another.
    Path,
}

impl Ty<'_> {
    /// What it is, for messages.
    pub fn phrase(&self) -> Message {
        match self {
            Self::Any => say!("something"),
            Self::Bool => say!("a condition"),
            Self::Moment => say!("something that happens"),
            Self::Text => say!("a text"),
            Self::Enum(_) => say!("one of a list of words"),
            Self::Quantity(unit) => unit.phrase(),
            Self::Date => say!("a date"),
            Self::TimeOfDay => say!("a time of day"),
            Self::List(_) => say!("a list"),
            Self::Thing(_) => say!("a name"),
            Self::Path => say!("a way from one stage to another"),
        }
    }
}

/// The functions of computations, with what they take.
pub const FUNCTIONS: &[(&str, &str, &str)] = &[
    ("people", "people(x)", "people who reached a stage, are in a segment, did an event or were reached by a sequence"),
    ("entries", "entries(stage)", "reached entries of a stage"),
    ("visits", "visits(stage)", "visits of a stage"),
    ("count", "count(event)", "how often an event happened"),
    ("sum", "sum(event.prop)", "the sum of a property"),
    ("avg", "avg(event.prop)", "the average of a property"),
    ("median", "median(event.prop)", "the middle value of a property or of a time"),
    ("p", "p(90, event.prop)", "the value that so many percent do not exceed"),
    ("rate", "rate(a -> b)", "people who reach b after a in the same journey ÷ people who reach a"),
    ("direct", "direct(a -> b)", "visits of a whose first exit leads to b ÷ visits of a"),
    ("time", "time(a -> b)", "the time from a to b"),
    ("laps", "laps(stage)", "how often a person goes round the loop of a stage"),
    ("spend", "spend(channels)", "what channels cost"),
    ("impressions", "impressions()", "how often something was shown"),
    ("clicks", "clicks()", "how often something was clicked"),
    ("retained", "retained(stage, after)", "the share of people who are still there after a time"),
    ("churned", "churned(stage, after)", "the share of people who are gone after a time"),
    ("answers", "answers(survey, choice)", "how many gave an answer"),
];

/// What is known on every event.
pub const EVENT_CONTEXT: &[&str] =
    &["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "referrer", "url"];

/// The stand-ins for what a KPI is about, in a KPI made to be extended.
pub const PARAMETERS: &[&str] = &["it", "it2"];

/// What came of resolving one declaration.
#[derive(Debug, Default)]
pub struct Resolved<'s> {
    /// What its references mean.
    pub targets: Vec<Target<'s>>,
    /// What is wrong with them.
    pub faults: Vec<Diagnostic>,
    /// References that mean nothing.
    pub unknown: Vec<Unknown<'s>>,
}

/// Resolves the references of a declaration and types its expressions.
pub fn resolve<'s>(model: &Model<'s>, id: DeclId) -> Resolved<'s> {
    let decl = model.decl(id);
    let mut typer = Typer::new(model, id);
    for index in 0..decl.refs.len() {
        if decl.refs[index].want != KindSet::NONE {
            typer.resolve_wanted(RefIx(index as u32));
        }
    }
    typer.expressions(decl);
    typer.out
}

/// The unit of a KPI's value, with the stand-ins filled in; nothing where it cannot be told.
pub fn kpi_unit<'s>(model: &Model<'s>, id: DeclId) -> Option<Unit<'s>> {
    model.units.get(&id).copied().unwrap_or_else(|| find_unit(model, id))
}

fn find_unit<'s>(model: &Model<'s>, id: DeclId) -> Option<Unit<'s>> {
    let mut typer = Typer::new(model, id);
    match typer.kpi_value(id, 0) {
        Ty::Quantity(unit) => Some(unit),
        _ => None,
    }
}

/// What a KPI is about, in order: the targets of `of`.
pub fn parameters(model: &Model<'_>, id: DeclId) -> Vec<DeclId> {
    let Some((own, field)) = model.field(id, "of") else { return Vec::new() };
    let refs = &model.decl(own).refs;
    let target = |captured: &Captured<'_>| match captured.val {
        Val::Ref(reference) => model.lookup(own, refs[reference.0 as usize].path),
        _ => None,
    };
    field.values.iter().filter_map(target).collect()
}

/// The property, trait or member types a name can have in an expression.
fn type_of_declared<'s>(model: &Model<'s>, id: DeclId) -> Ty<'s> {
    let decl = model.decl(id);
    let Some(Captured { val: Val::Type(kind), .. }) = decl.in_head("type") else { return Ty::Any };
    type_value(model, id, kind)
}

fn type_value<'s>(model: &Model<'s>, id: DeclId, kind: &Type<'s>) -> Ty<'s> {
    match kind {
        Type::Scalar(scalar) => scalar_type(model, scalar),
        Type::Enum(_) => Ty::Enum(id),
        Type::List(inner) => Ty::List(Box::new(type_value(model, id, inner))),
        Type::Named(_) | Type::Bad => Ty::Any,
    }
}

fn scalar_type<'s>(model: &Model<'s>, scalar: &str) -> Ty<'s> {
    match scalar {
        "integer" => Ty::Quantity(Unit::number(NumberKind::Count, false)),
        "number" => Ty::Quantity(Unit::number(NumberKind::Plain, false)),
        "percent" => Ty::Quantity(Unit::number(NumberKind::Ratio, false)),
        "money" => Ty::Quantity(Unit::money(model.facts.currency, false)),
        "duration" => Ty::Quantity(Unit::TIME),
        "bool" => Ty::Bool,
        "date" | "datetime" => Ty::Date,
        "time" => Ty::TimeOfDay,
        "any" => Ty::Any,
        _ => Ty::Text,
    }
}

/// Which names an expression may use besides those that can be seen.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// Nothing more.
    Plain,
    /// The properties of an event.
    Event(DeclId),
    /// What is known on every event.
    Context,
    /// The columns of a table, whatever they are.
    Columns,
}

struct Typer<'m, 's> {
    model: &'m Model<'s>,
    id: DeclId,
    out: Resolved<'s>,
    /// What `it` and `it2` stand for.
    bound: Vec<DeclId>,
    depth: u8,
}

impl<'m, 's> Typer<'m, 's> {
    fn new(model: &'m Model<'s>, id: DeclId) -> Self {
        let targets = vec![Target::Nothing; model.decl(id).refs.len()];
        Self { model, id, out: Resolved { targets, ..Resolved::default() }, bound: Vec::new(), depth: 0 }
    }

    fn reference(&self, at: RefIx) -> Ref<'s> {
        self.model.decl(self.id).refs[at.0 as usize]
    }

    fn set(&mut self, at: RefIx, target: Target<'s>) {
        self.out.targets[at.0 as usize] = target;
    }

    fn fault(&mut self, fault: Diagnostic) {
        self.out.faults.push(fault);
    }

    // ---- references with a kind

    fn resolve_wanted(&mut self, at: RefIx) {
        let reference = self.reference(at);
        let is_owner = reference.want == KindSet::of(&[Kind::Team]);
        if is_owner && !self.model.facts.has_teams {
            return self.set(at, Target::Word(reference.path));
        }
        let is_extends = self.model.decl(self.id).extends == Some(at);
        if is_extends {
            return self.resolve_extends(at, reference);
        }
        let found = if reference.want == KindSet::of(&[Kind::Trait]) {
            self.model.names.in_scope(super::names::Scope::Traits, reference.path)
        } else {
            self.lookup_as(reference.path, reference.want)
        };
        match found {
            Some(found) if self.fits(reference.want, found) => self.set(at, Target::Decl(found)),
            Some(found) => {
                let other = self.model.decl(found);
                self.fault(faults::wrong_kind(&reference, other.kind, other.place));
            }
            None => self.unknown(reference),
        }
    }

    fn fits(&self, want: KindSet, found: DeclId) -> bool {
        want.has(self.model.decl(found).kind)
    }

    fn resolve_extends(&mut self, at: RefIx, reference: Ref<'s>) {
        if let Some(base) = self.model.base(self.id) {
            let line: Vec<DeclId> = self.model.lineage(self.id).collect();
            if line.iter().any(|id| self.model.base(*id) == Some(self.id)) || line.len() > usize::from(MAX_INHERITANCE)
            {
                let why = say!("it leads back to itself");
                self.fault(faults::bad_extends(reference.span, reference.path, why));
            }
            return self.set(at, Target::Decl(base));
        }
        match self.lookup(reference.path) {
            Some(found) if found == self.id => {
                let why = say!("this is the declaration itself");
                self.fault(faults::bad_extends(reference.span, reference.path, why));
            }
            Some(found) => {
                let (is, own) = (self.model.decl(found).kind.phrase(), self.model.decl(self.id).kind.phrase());
                let why = say!("it is {is}, and {own} can only extend its own kind", is, own);
                let place = self.model.place(found);
                self.fault(
                    faults::bad_extends(reference.span, reference.path, why).label(place, say!("declared here")),
                );
            }
            None => self.unknown(reference),
        }
    }

    fn lookup(&self, path: &str) -> Option<DeclId> {
        self.model.lookup(self.id, path)
    }

    /// The same; what is of another kind hides nothing that fits.
    fn lookup_as(&self, path: &str, want: KindSet) -> Option<DeclId> {
        let nearest = self.lookup(path)?;
        let fitting = || self.model.names.first_of(&self.model.decls, self.id, path, want);
        if self.fits(want, nearest) { Some(nearest) } else { fitting().or(Some(nearest)) }
    }

    /// A name that means nothing; silent where its surroundings are broken, for it may have been declared there.
    fn unknown(&mut self, reference: Ref<'s>) {
        let head = reference.path.split('.').next().unwrap_or_default();
        let outer = self.lookup(head).filter(|_| reference.path.contains('.'));
        if outer.is_some_and(|outer| self.model.lineage(outer).any(|id| self.model.decl(id).broken)) {
            return;
        }
        self.out.unknown.push(Unknown { reference, from: self.id });
    }

    // ---- expressions

    fn expressions(&mut self, decl: &'m Decl<'s>) {
        for captured in &decl.head {
            self.captured(captured, decl, None);
        }
        for field in &decl.fields {
            for captured in &field.values {
                self.captured(captured, decl, Some(field.spec.word));
            }
        }
    }

    fn captured(&mut self, captured: &'m Captured<'s>, decl: &'m Decl<'s>, field: Option<&'static str>) {
        match &captured.val {
            Val::Expr(expr) => self.whole(expr, captured.slot, decl, field),
            Val::Rows(rows) => rows.iter().flatten().for_each(|inner| self.captured(inner, decl, field)),
            _ => {}
        }
    }

    fn whole(&mut self, expr: &'m Expr<'s>, slot: &str, decl: &'m Decl<'s>, field: Option<&'static str>) {
        let (mode, frame) = match (decl.kind, field, slot) {
            (Kind::Kpi, Some("value"), _) | (Kind::Trait, _, "formula") => (Mode::Value, Frame::Plain),
            (Kind::Channel, Some("match"), _) => (Mode::Condition, Frame::Context),
            (Kind::Event, Some("from"), _) => (Mode::Condition, Frame::Columns),
            (Kind::Variant, ..) => (Mode::Condition, decl.parent.map_or(Frame::Plain, Frame::Event)),
            (Kind::Stage, Some("enter"), _)
            | (Kind::Sequence, Some("start" | "stop"), _)
            | (
                Kind::Consent | Kind::Survey | Kind::Experiment,
                Some("given" | "withdrawn" | "ask_on" | "assigned" | "answered"),
                _,
            )
            | (_, Some("aims_for" | "exclude" | "valid"), _)
            | (_, _, "until" | "on" | "event" | "trigger") => (Mode::Trigger, Frame::Plain),
            (Kind::Kpi, ..) => (Mode::Condition, Frame::Context),
            _ => (Mode::Condition, Frame::Plain),
        };
        if decl.kind == Kind::Kpi && field == Some("value") {
            self.bound = parameters(self.model, self.id);
        }
        match mode {
            Mode::Value => drop(self.value(expr)),
            Mode::Condition => self.condition(expr, frame),
            Mode::Trigger => self.trigger(expr),
        }
    }

    /// Something that must hold or not.
    fn condition(&mut self, expr: &'m Expr<'s>, frame: Frame) {
        let ty = self.infer(expr, frame);
        let fits = matches!(ty, Ty::Any | Ty::Bool | Ty::Moment)
            || matches!(&ty, Ty::Thing(id) if CONDITIONS.has(self.model.decl(*id).kind));
        if !fits {
            self.not_a(expr, &ty, &say!("a condition"));
        }
    }

    fn not_a(&mut self, expr: &Expr<'s>, ty: &Ty<'s>, wanted: &Message) {
        if let Ty::Thing(id) = ty {
            let decl = self.model.decl(*id);
            let (name, is) = (self.model.path(*id), decl.kind.phrase());
            let place = decl.place;
            let mut fault = Diagnostic::new(
                &WRONG_KIND,
                expr.span,
                say!("`{name}` is {is}, here {wanted} is wanted", name, is, wanted),
            )
            .at(say!("{wanted} is wanted here", wanted))
            .label(place, say!("declared here as {is}", is));
            if wanted.template == TRIGGER && (PLACES.has(decl.kind)) {
                let words = self.model.sources.text(expr.span);
                fault = fault
                    .help(say!("being in it is a state; entering it is what happens: `enters {words}`", words))
                    .fix(Safety::Unsafe, say!("write `enters {words}`", words), expr.span.before(), "enters ");
            }
            return self.fault(fault);
        }
        let is = ty.phrase();
        self.fault(
            Diagnostic::new(&UNIT_MISMATCH, expr.span, say!("{is} stands where {wanted} is wanted", is, wanted))
                .at(say!("{is}", is)),
        );
    }

    /// Something that must happen at a moment.
    fn trigger(&mut self, expr: &'m Expr<'s>) {
        match &expr.kind {
            ExprKind::Any(members) | ExprKind::All(members) => members.iter().for_each(|member| self.trigger(member)),
            _ => {
                let ty = self.infer(expr, Frame::Plain);
                let is_event = matches!(&ty, Ty::Thing(id) if self.model.decl(*id).kind == Kind::Event);
                let is_threshold = ty == Ty::Bool && mentions_score(expr);
                if !(is_event || is_threshold || matches!(ty, Ty::Any | Ty::Moment)) {
                    self.not_a(expr, &ty, &Message::of(TRIGGER));
                }
            }
        }
    }

    /// A number.
    fn value(&mut self, expr: &'m Expr<'s>) -> Ty<'s> {
        let ty = self.infer(expr, Frame::Plain);
        match ty {
            Ty::Any | Ty::Quantity(_) => ty,
            Ty::Date | Ty::Text | Ty::TimeOfDay if self.model.decl(self.id).kind == Kind::Trait => ty,
            other => {
                self.not_a(expr, &other, &say!("a number"));
                Ty::Any
            }
        }
    }

    fn infer(&mut self, expr: &'m Expr<'s>, frame: Frame) -> Ty<'s> {
        match &expr.kind {
            ExprKind::Literal(val) => Self::literal(val),
            ExprKind::Text(_) => Ty::Text,
            ExprKind::Bool(_) => Ty::Bool,
            ExprKind::Name(at) => self.name(*at, frame),
            ExprKind::Trait(at) => self.trait_type(*at),
            ExprKind::Score(at) => {
                self.kind_of(*at, KindSet::of(&[Kind::Score]));
                Ty::Quantity(Unit::number(NumberKind::Plain, false))
            }
            ExprKind::List(members) => self.list(members, frame),
            ExprKind::Range(pair) => {
                let (from, to) = (self.infer(&pair.0, frame), self.infer(&pair.1, frame));
                self.must_agree(&from, &to, &pair.0, &pair.1);
                Ty::List(Box::new(from))
            }
            ExprKind::Call { callee, args } => self.call(expr, *callee, args, frame),
            ExprKind::Not(inner) => {
                self.condition(inner, frame);
                Ty::Bool
            }
            ExprKind::Negate(inner) => self.infer(inner, frame),
            ExprKind::All(members) | ExprKind::Any(members) => {
                members.iter().for_each(|member| self.condition(member, frame));
                Ty::Bool
            }
            ExprKind::Binary { op, left, right } => self.binary(expr, *op, left, right, frame),
            ExprKind::Did { event, .. } => {
                self.event(event);
                Ty::Bool
            }
            ExprKind::Absent { event, after, .. } => {
                self.event(event);
                after.iter().for_each(|after| self.event(after));
                Ty::Moment
            }
            ExprKind::Enters(at) | ExprKind::Leaves(at) => {
                self.kind_of(*at, PLACES);
                Ty::Moment
            }
            ExprKind::Finished(at) => {
                self.kind_of(*at, KindSet::of(&[Kind::Sequence]));
                Ty::Moment
            }
            ExprKind::In { place, dwell } => {
                self.kind_of(*place, PLACES);
                if dwell.is_some() { Ty::Moment } else { Ty::Bool }
            }
            ExprKind::Around { of, .. } => self.around(*of),
            ExprKind::By { event, .. } => {
                self.event(event);
                Ty::Moment
            }
            ExprKind::Manual(scalar) => scalar_type(self.model, scalar),
        }
    }

    fn around(&mut self, of: RefIx) -> Ty<'s> {
        let ty = self.trait_type(of);
        if !matches!(ty, Ty::Date | Ty::Any) {
            let reference = self.reference(of);
            let (path, is) = (reference.path, ty.phrase());
            self.fault(
                Diagnostic::new(
                    &UNIT_MISMATCH,
                    reference.span,
                    say!("`{path}` is {is}; a time before or after needs a date", path, is),
                )
                .at(say!("not a date")),
            );
        }
        Ty::Moment
    }

    fn literal(val: &Val<'s>) -> Ty<'s> {
        match val {
            Val::Number(value) if value.is_integer() => Ty::Quantity(Unit::number(NumberKind::Count, false)),
            Val::Percent(_) => Ty::Quantity(Unit::number(NumberKind::Ratio, false)),
            Val::Duration(_) => Ty::Quantity(Unit::TIME),
            Val::Money(money) => {
                let per_time = money.per.is_some_and(|per| TIME_WORDS.contains(&per));
                Ty::Quantity(Unit { time: -i8::from(per_time), ..Unit::money(Some(money.currency), false) })
            }
            Val::Date(_) | Val::Month { .. } => Ty::Date,
            Val::Time(_) => Ty::TimeOfDay,
            _ => Ty::Quantity(Unit::number(NumberKind::Plain, false)),
        }
    }

    fn list(&mut self, members: &'m [Expr<'s>], frame: Frame) -> Ty<'s> {
        let mut inner = Ty::Any;
        for member in members {
            let ty = self.infer(member, frame);
            if inner == Ty::Any {
                inner = ty;
            } else {
                self.must_agree(&inner, &ty, &members[0], member);
            }
        }
        Ty::List(Box::new(inner))
    }

    fn trait_type(&mut self, at: RefIx) -> Ty<'s> {
        let reference = self.reference(at);
        let found = self.model.names.in_scope(super::names::Scope::Traits, reference.path);
        if let Some(found) = found {
            self.set(at, Target::Decl(found));
            return type_of_declared(self.model, found);
        }
        let want = KindSet::of(&[Kind::Trait]);
        self.unknown(Ref { want, ..reference });
        Ty::Any
    }

    /// A reference in an expression whose place says what kinds it may have.
    fn kind_of(&mut self, at: RefIx, want: KindSet) -> Option<DeclId> {
        let reference = Ref { want, ..self.reference(at) };
        if let Some(bound) = self.bound_to(reference.path) {
            self.set(at, Target::Decl(bound));
            return Some(bound);
        }
        if PARAMETERS.contains(&reference.path) {
            self.set(at, Target::Builtin("it"));
            return None;
        }
        match self.lookup_as(reference.path, want) {
            Some(found) if self.fits(want, found) => {
                self.set(at, Target::Decl(found));
                Some(found)
            }
            Some(found) => {
                let other = self.model.decl(found);
                self.fault(faults::wrong_kind(&reference, other.kind, other.place));
                None
            }
            None => {
                self.unknown(reference);
                None
            }
        }
    }

    /// An event, perhaps with a filter.
    fn event(&mut self, expr: &'m Expr<'s>) {
        let want = KindSet::of(&[Kind::Event]);
        match &expr.kind {
            ExprKind::Name(at) => drop(self.kind_of(*at, want)),
            ExprKind::Call { callee, args } => {
                let event = self.kind_of(*callee, want);
                self.filter(event, args);
            }
            ExprKind::By { event, .. } => self.event(event),
            _ => {
                let ty = self.infer(expr, Frame::Plain);
                self.not_a(expr, &ty, &say!("an event"));
            }
        }
    }

    fn filter(&mut self, event: Option<DeclId>, args: &'m [Expr<'s>]) {
        for arg in args {
            match event {
                Some(event) => self.condition(arg, Frame::Event(event)),
                None => drop(self.infer(arg, Frame::Columns)),
            }
        }
    }

    fn bound_to(&self, path: &str) -> Option<DeclId> {
        let index = PARAMETERS.iter().position(|parameter| *parameter == path)?;
        self.bound.get(index).copied()
    }

    /// A bare name.
    fn name(&mut self, at: RefIx, frame: Frame) -> Ty<'s> {
        let reference = self.reference(at);
        let path = reference.path;
        match frame {
            Frame::Event(event) => {
                if let Some(prop) = self.property(event, path) {
                    self.set(at, Target::Decl(prop));
                    return type_of_declared(self.model, prop);
                }
            }
            Frame::Columns => {
                self.set(at, Target::Word(path));
                return Ty::Any;
            }
            Frame::Plain | Frame::Context => {}
        }
        if let Some(context) = EVENT_CONTEXT.iter().find(|own| **own == path) {
            self.set(at, Target::Builtin(context));
            return Ty::Text;
        }
        self.declared(at, reference, frame)
    }

    fn property(&self, event: DeclId, path: &str) -> Option<DeclId> {
        path.split('.')
            .try_fold(event, |at, segment| self.model.lineage(at).find_map(|id| self.model.member(id, segment, 0)))
    }

    fn declared(&mut self, at: RefIx, reference: Ref<'s>, frame: Frame) -> Ty<'s> {
        let (head, rest) = reference.path.split_once('.').map_or((reference.path, ""), |(head, rest)| (head, rest));
        if PARAMETERS.contains(&head) {
            return self.parameter(at, reference, head, rest);
        }
        let Some(found) = self.lookup(reference.path) else {
            if let Frame::Event(event) = frame {
                return self.unknown_property(event, reference);
            }
            self.unknown(reference);
            return Ty::Any;
        };
        self.set(at, Target::Decl(found));
        match self.model.decl(found).kind {
            Kind::Prop | Kind::Member | Kind::Trait => type_of_declared(self.model, found),
            Kind::Kpi => self.kpi_value_guarded(found),
            _ => Ty::Thing(found),
        }
    }

    fn unknown_property(&mut self, event: DeclId, reference: Ref<'s>) -> Ty<'s> {
        let broken = self.model.lineage(event).any(|id| self.model.decl(id).broken);
        if broken {
            return Ty::Any;
        }
        let (name, path) = (self.model.decl(event).name_text(), reference.path);
        let own = properties(self.model, event);
        let names: Vec<&str> = own.iter().map(|id| self.model.decl(*id).name_text()).collect();
        let mut fault = Diagnostic::new(
            &crate::diagnostic::codes::names::UNKNOWN_NAME,
            reference.span,
            say!("event `{name}` has no property `{path}`", name, path),
        )
        .label(self.model.place(event), say!("the event is declared here"));
        if let Some(right) = faults::nearest(path, names.iter().copied()) {
            fault = fault.at(say!("did you mean `{right}`?", right)).fix(
                Safety::Safe,
                say!("write `{right}`", right),
                reference.span,
                right,
            );
        }
        self.fault(fault);
        Ty::Any
    }

    fn parameter(&mut self, at: RefIx, reference: Ref<'s>, head: &str, rest: &str) -> Ty<'s> {
        let Some(bound) = self.bound_to(head) else {
            self.set(at, Target::Builtin("it"));
            return Ty::Any;
        };
        if rest.is_empty() {
            self.set(at, Target::Decl(bound));
            return Ty::Thing(bound);
        }
        if let Some(prop) = self.property(bound, rest) {
            self.set(at, Target::Decl(prop));
            return type_of_declared(self.model, prop);
        }
        let (name, path) = (self.model.path(bound), reference.path);
        self.fault(Diagnostic::new(
            &crate::diagnostic::codes::names::UNKNOWN_NAME,
            reference.span,
            say!("`{name}` has no `{rest}`, which `{path}` needs", name, rest, path),
        ));
        Ty::Any
    }

    fn kpi_value_guarded(&mut self, kpi: DeclId) -> Ty<'s> {
        if kpi == self.id || self.depth >= MAX_INHERITANCE {
            let place = self.model.place(kpi);
            self.fault(
                Diagnostic::new(&BAD_VALUE, place, say!("this KPI is computed from itself"))
                    .help(say!("a KPI may use others, but not in a circle")),
            );
            return Ty::Any;
        }
        let mut inner = Typer::new(self.model, kpi);
        inner.depth = self.depth + 1;
        inner.kpi_value(kpi, inner.depth)
    }

    /// The type of a KPI's value, wherever in its lineage it is written; faults found there are reported there.
    fn kpi_value(&mut self, kpi: DeclId, depth: u8) -> Ty<'s> {
        let Some((own, field)) = self.model.field(kpi, "value") else { return Ty::Any };
        let Some(Captured { val: Val::Expr(expr), .. }) = field.get("value") else { return Ty::Any };
        let mut inner = Typer::new(self.model, own);
        inner.bound = parameters(self.model, kpi);
        inner.depth = depth;
        inner.infer(expr, Frame::Plain)
    }

    // ---- operators

    fn binary(&mut self, expr: &'m Expr<'s>, op: Op, left: &'m Expr<'s>, right: &'m Expr<'s>, frame: Frame) -> Ty<'s> {
        if op == Op::Arrow {
            for side in [left, right] {
                self.stage(side);
            }
            return Ty::Path;
        }
        let own = self.infer(left, frame);
        if op.compares() {
            self.compared(&own, left, right, op, frame);
            return Ty::Bool;
        }
        let other = self.infer(right, frame);
        match (&own, &other) {
            (Ty::Quantity(a), Ty::Quantity(b)) => self.arithmetic(expr, op, *a, *b, left, right),
            (Ty::Any, _) | (_, Ty::Any) => Ty::Any,
            (Ty::Quantity(_), wrong) => {
                self.not_a(right, wrong, &say!("a number"));
                Ty::Any
            }
            (wrong, _) => {
                self.not_a(left, wrong, &say!("a number"));
                Ty::Any
            }
        }
    }

    fn stage(&mut self, expr: &'m Expr<'s>) {
        if let ExprKind::Name(at) = expr.kind {
            self.kind_of(at, KindSet::of(&[Kind::Stage]));
        } else {
            let ty = self.infer(expr, Frame::Plain);
            self.not_a(expr, &ty, &say!("a stage"));
        }
    }

    fn compared(&mut self, own: &Ty<'s>, left: &'m Expr<'s>, right: &'m Expr<'s>, op: Op, frame: Frame) {
        if let Ty::Enum(property) = own {
            return self.members(*property, right);
        }
        let other = self.infer(right, frame);
        let other = match (op, other) {
            (Op::In, Ty::List(inner)) => *inner,
            (_, other) => other,
        };
        self.must_agree(own, &other, left, right);
    }

    /// The right side of a comparison with an enum names its members.
    fn members(&mut self, property: DeclId, expr: &'m Expr<'s>) {
        match &expr.kind {
            ExprKind::Name(at) => {
                let reference = self.reference(*at);
                if self.check_member(property, reference.path, reference.span) {
                    self.set(*at, Target::Word(reference.path));
                }
            }
            ExprKind::Text(entry) => drop(self.check_member(property, &entry.raw, entry.span)),
            ExprKind::List(members) => members.iter().for_each(|member| self.members(property, member)),
            _ => {
                let ty = self.infer(expr, Frame::Plain);
                self.not_a(expr, &ty, &say!("one of the words of the list"));
            }
        }
    }

    fn check_member(&mut self, property: DeclId, word: &str, at: Span) -> bool {
        let decl = self.model.decl(property);
        let members = enum_members(decl);
        if members.contains(&word) {
            return true;
        }
        let name = decl.name_text();
        let list = faults::quoted_list(&members);
        let mut fault = Diagnostic::new(&BAD_VALUE, at, say!("`{name}` is never `{word}`", name, word))
            .label(decl.place, say!("it is {list}", list));
        if let Some(right) = faults::nearest(word, members.iter().copied()) {
            fault = fault.at(say!("did you mean `{right}`?", right)).fix(
                Safety::Safe,
                say!("write `{right}`", right),
                at,
                right,
            );
        }
        self.fault(fault);
        false
    }

    /// Two sides of a comparison, or two members of a list.
    fn must_agree(&mut self, own: &Ty<'s>, other: &Ty<'s>, left: &Expr<'s>, right: &Expr<'s>) {
        let agree = match (own, other) {
            (Ty::Quantity(a), Ty::Quantity(b)) => return self.must_have_one_unit(*a, *b, left, right),
            (Ty::List(a), Ty::List(b)) => a == b,
            (Ty::Any | Ty::List(_), _) | (_, Ty::Any) | (Ty::Enum(_), Ty::Enum(_)) => true,
            (Ty::Thing(id), _) | (_, Ty::Thing(id)) => self.model.decl(*id).kind == Kind::Tier,
            _ => own == other,
        };
        if !agree {
            self.disagree(&own.phrase(), &other.phrase(), left, right);
        }
    }

    fn disagree(&mut self, own: &Message, other: &Message, left: &Expr<'s>, right: &Expr<'s>) {
        let fault =
            Diagnostic::new(&UNIT_MISMATCH, right.span, say!("{own} cannot be compared with {other}", own, other))
                .at(say!("{other}", other))
                .label(left.span, say!("{own}", own));
        self.fault(fault);
    }

    fn must_have_one_unit(&mut self, a: Unit<'s>, b: Unit<'s>, left: &Expr<'s>, right: &Expr<'s>) {
        if !a.agrees(b) {
            return self.disagree(&a.phrase(), &b.phrase(), left, right);
        }
        self.must_have_one_currency(a, b, left, right);
    }

    fn must_have_one_currency(&mut self, a: Unit<'s>, b: Unit<'s>, left: &Expr<'s>, right: &Expr<'s>) {
        let (Some(own), Some(other)) = (a.currency, b.currency) else { return };
        if own != other {
            self.fault(
                Diagnostic::new(
                    &CURRENCY_MISMATCH,
                    right.span,
                    say!("{other} and {own} are two currencies", own, other),
                )
                .at(say!("in {other}", other))
                .label(left.span, say!("in {own}", own))
                .help(say!("the spec knows no exchange rate; write the amount in {own}", own)),
            );
        }
    }

    fn arithmetic(
        &mut self,
        expr: &Expr<'s>,
        op: Op,
        a: Unit<'s>,
        b: Unit<'s>,
        left: &Expr<'s>,
        right: &Expr<'s>,
    ) -> Ty<'s> {
        match op {
            Op::Times => Ty::Quantity(a.times(b)),
            Op::Over => {
                if a.money == b.money {
                    self.must_have_one_currency(a, b, left, right);
                }
                Ty::Quantity(a.over(b))
            }
            _ if a.agrees(b) => {
                self.must_have_one_currency(a, b, left, right);
                let number = if a.number == b.number { a.number } else { NumberKind::Plain };
                Ty::Quantity(Unit { number, total: a.total || b.total, ..a })
            }
            _ => {
                let (own, other) = (a.phrase(), b.phrase());
                let (first, second) = (&other, &own);
                let message = match op {
                    Op::Plus => say!("{first} cannot be added to {second}", first, second),
                    _ => say!("{first} cannot be taken from {second}", first, second),
                };
                self.fault(
                    Diagnostic::new(&UNIT_MISMATCH, expr.span, message)
                        .at(say!("the two sides have different units"))
                        .label(left.span, say!("{own}", own))
                        .label(right.span, say!("{other}", other)),
                );
                Ty::Any
            }
        }
    }

    // ---- calls

    fn call(&mut self, expr: &'m Expr<'s>, callee: RefIx, args: &'m [Expr<'s>], frame: Frame) -> Ty<'s> {
        let name = self.reference(callee).path;
        let function = FUNCTIONS.iter().find(|(own, ..)| *own == name);
        if let Some((function, usage, _)) = function.filter(|_| matches!(frame, Frame::Plain | Frame::Context)) {
            self.set(callee, Target::Builtin(function));
            return self.function(expr, function, usage, args);
        }
        if let Some(event) = self.kind_of(callee, KindSet::of(&[Kind::Event])) {
            self.filter(Some(event), args);
            return Ty::Thing(event);
        }
        self.filter(None, args);
        Ty::Any
    }

    fn function(
        &mut self,
        expr: &'m Expr<'s>,
        name: &'static str,
        usage: &'static str,
        args: &'m [Expr<'s>],
    ) -> Ty<'s> {
        let arity = match name {
            "impressions" | "clicks" => 0..=0,
            "spend" => 0..=usize::MAX,
            "p" | "retained" | "churned" => 2..=2,
            "answers" => 1..=usize::MAX,
            _ => 1..=1,
        };
        if !arity.contains(&args.len()) {
            let fault = Diagnostic::new(&BAD_VALUE, expr.span, say!("`{name}` takes other arguments", name))
                .at(say!("it is written `{usage}`", usage));
            self.fault(fault);
            return Ty::Any;
        }
        let count = Ty::Quantity(Unit::number(NumberKind::Count, true));
        let ratio = Ty::Quantity(Unit::number(NumberKind::Ratio, false));
        match name {
            "people" => self.argument(&args[0], COUNTABLE).map_or(Ty::Any, |()| count),
            "entries" | "visits" => self.argument(&args[0], STAGES).map_or(Ty::Any, |()| count),
            "count" => self.argument(&args[0], KindSet::of(&[Kind::Event])).map_or(Ty::Any, |()| count),
            "sum" => self.aggregate(&args[0], true),
            "avg" | "median" => self.aggregate(&args[0], false),
            "p" => {
                self.percentile(&args[0]);
                self.aggregate(&args[1], false)
            }
            "rate" | "direct" | "time" => {
                let ty = self.infer(&args[0], Frame::Plain);
                if !matches!(ty, Ty::Path | Ty::Any) {
                    self.not_a(&args[0], &ty, &say!("a way such as `a -> b`"));
                }
                if name == "time" { Ty::Quantity(Unit::TIME) } else { ratio }
            }
            "laps" => {
                let fits = self.argument(&args[0], STAGES);
                fits.map_or(Ty::Any, |()| Ty::Quantity(Unit::number(NumberKind::Plain, false)))
            }
            "spend" => {
                for arg in args {
                    self.argument(arg, CHANNELS);
                }
                Ty::Quantity(Unit::money(self.model.facts.currency, true))
            }
            "retained" | "churned" => {
                self.argument(&args[0], STAGES.with(Kind::Event));
                self.duration_argument(&args[1]);
                ratio
            }
            "answers" => {
                self.answers(args);
                count
            }
            _ => count,
        }
    }

    /// An argument that must be a declaration of one of some kinds.
    fn argument(&mut self, expr: &'m Expr<'s>, want: KindSet) -> Option<()> {
        match &expr.kind {
            ExprKind::Name(at) => self.kind_of(*at, want).map(|_| ()),
            ExprKind::Call { callee, args } if want.has(Kind::Event) => {
                let event = self.kind_of(*callee, KindSet::of(&[Kind::Event]))?;
                self.filter(Some(event), args);
                Some(())
            }
            _ => {
                let ty = self.infer(expr, Frame::Plain);
                self.not_a(expr, &ty, &faults::kinds_phrase(want));
                None
            }
        }
    }

    fn aggregate(&mut self, expr: &'m Expr<'s>, total: bool) -> Ty<'s> {
        match self.infer(expr, Frame::Plain) {
            Ty::Quantity(unit) => {
                let number = if total { unit.number } else { NumberKind::Plain };
                Ty::Quantity(Unit { number, total, ..unit })
            }
            Ty::List(inner) => match *inner {
                Ty::Quantity(unit) => Ty::Quantity(Unit { total, ..unit }),
                _ => Ty::Any,
            },
            Ty::Any => Ty::Any,
            other => {
                self.not_a(expr, &other, &say!("a property that is a number, such as `order_completed.total`"));
                Ty::Any
            }
        }
    }

    fn percentile(&mut self, expr: &'m Expr<'s>) {
        let fits = matches!(&expr.kind, ExprKind::Literal(Val::Number(value)) if *value > Decimal::ZERO && *value < Decimal::from(100));
        if !fits {
            self.fault(
                Diagnostic::new(&BAD_VALUE, expr.span, say!("a percentile is a number between 0 and 100"))
                    .at(say!("such as `90`")),
            );
        }
    }

    fn duration_argument(&mut self, expr: &'m Expr<'s>) {
        let ty = self.infer(expr, Frame::Plain);
        if !matches!(ty, Ty::Any | Ty::Quantity(Unit { money: 0, time: 1, .. })) {
            self.not_a(expr, &ty, &say!("a duration such as `30d`"));
        }
    }

    fn answers(&mut self, args: &'m [Expr<'s>]) {
        let ExprKind::Name(at) = args[0].kind else { return };
        let survey = self.kind_of(at, KindSet::of(&[Kind::Survey]));
        for arg in &args[1..] {
            match (&arg.kind, survey) {
                (ExprKind::Name(choice), Some(survey)) => self.choice(*choice, survey),
                (ExprKind::Name(choice), None) => {
                    let word = self.reference(*choice).path;
                    self.set(*choice, Target::Word(word));
                }
                _ => drop(self.infer(arg, Frame::Plain)),
            }
        }
    }

    fn choice(&mut self, at: RefIx, survey: DeclId) {
        let reference = self.reference(at);
        let choices = choices(self.model.decl(survey));
        if choices.contains(&reference.path) {
            return self.set(at, Target::Word(reference.path));
        }
        let (name, path) = (self.model.decl(survey).name_text(), reference.path);
        let mut fault =
            Diagnostic::new(&BAD_VALUE, reference.span, say!("survey `{name}` has no choice `{path}`", name, path))
                .label(self.model.place(survey), say!("the survey is declared here"));
        if let Some(right) = faults::nearest(path, choices.iter().copied()) {
            fault = fault.fix(Safety::Safe, say!("write `{right}`", right), reference.span, right);
        }
        self.fault(fault);
    }
}

/// Whether an expression compares a score, which happens at a moment.
fn mentions_score(expr: &Expr<'_>) -> bool {
    let mut found = false;
    expr.walk(&mut |inner| found |= matches!(inner.kind, ExprKind::Score(_)));
    found
}

/// The words of an enum property or trait.
pub fn enum_members<'a>(decl: &'a Decl<'_>) -> Vec<&'a str> {
    let Some(Captured { val: Val::Type(kind), .. }) = decl.in_head("type") else { return Vec::new() };
    let mut kind = &**kind;
    while let Type::List(inner) = kind {
        kind = inner;
    }
    if let Type::Enum(members) = kind { members.iter().map(|(member, _)| &**member).collect() } else { Vec::new() }
}

/// The choices of a survey.
pub fn choices<'s>(decl: &Decl<'s>) -> Vec<&'s str> {
    let words = decl.field("choices").into_iter().flat_map(|field| &field.values);
    words.filter(|captured| captured.slot == "name").filter_map(|captured| captured.val.word()).collect()
}

/// Every property of an event: its own, shared and inherited; the nearest of a name counts.
pub fn properties(model: &Model<'_>, event: DeclId) -> Vec<DeclId> {
    let mut found: Vec<DeclId> = Vec::new();
    let add = |id: DeclId, found: &mut Vec<DeclId>| {
        let name = model.decl(id).name_text();
        if !found.iter().any(|own| model.decl(*own).name_text() == name) {
            found.push(id);
        }
    };
    for own in model.lineage(event) {
        let decl = model.decl(own);
        let props =
            |id: DeclId| model.decl(id).children.iter().copied().filter(|id| model.decl(*id).kind == Kind::Prop);
        props(own).for_each(|id| add(id, &mut found));
        for captured in decl.all("with").flat_map(|field| &field.values) {
            let Val::Ref(reference) = captured.val else { continue };
            if let Some(shared) = model.lookup(own, decl.refs[reference.0 as usize].path) {
                props(shared).for_each(|id| add(id, &mut found));
            }
        }
    }
    found
}

const TRIGGER: &str = "something that happens";
const TIME_WORDS: &[&str] = &["hour", "day", "week", "month", "quarter", "year"];
const STAGES: KindSet = KindSet::of(&[Kind::Stage]);
const CHANNELS: KindSet = KindSet::of(&[Kind::Channel, Kind::Campaign]);
const PLACES: KindSet = KindSet::of(&[Kind::Stage, Kind::Segment, Kind::Antisegment, Kind::Tier]);
const COUNTABLE: KindSet = KindSet::of(&[
    Kind::Stage,
    Kind::Segment,
    Kind::Antisegment,
    Kind::Event,
    Kind::Tier,
    Kind::Channel,
    Kind::Sequence,
    Kind::Email,
]);
const CONDITIONS: KindSet = KindSet::of(&[
    Kind::Segment,
    Kind::Antisegment,
    Kind::Event,
    Kind::Stage,
    Kind::Tier,
    Kind::Channel,
    Kind::Consent,
]);

/// Compares a KPI's target, alert or goal with the unit of its value: what is wrong, or nothing.
pub fn target_mismatch(unit: Unit<'_>, target: &Val<'_>) -> Option<Message> {
    let fits = match target {
        Val::Percent(_) => unit.is_dimensionless() && unit.number == NumberKind::Ratio,
        Val::Number(_) => unit.is_dimensionless(),
        Val::Money(money) => {
            let per_time = money.per.is_some_and(|per| TIME_WORDS.contains(&per));
            unit.money == 1 && (unit.time == 0 || per_time)
        }
        Val::Duration(Duration::Exact { .. } | Duration::Calendar { .. }) => unit.money == 0 && unit.time == 1,
        _ => true,
    };
    (!fits).then(|| unit.phrase())
}
