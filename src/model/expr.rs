//! Conditions, triggers and computations: one grammar of expressions, read from parts by precedence.
//!
//! ```text
//! or  and  not  == != >= <= > < in  ->  + -  * /  sign  atom
//! ```
//!
//! `within` belongs to the nearest `did`, `for` to the nearest `no`. Which atoms make sense where is decided when types
//! are known, so that the message can say what the thing is instead of what the syntax wanted.

use crate::phrase;
use rust_decimal::Decimal;

use super::kinds::KindSet;
use super::shape::{Expected, Named, Reader};
use super::value::{Duration, RefIx, SCALARS, TextEntry, Val};
use crate::source::Span;
use crate::syntax::ast::{Part, PartKind};

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Holds of a person, or not.
    Condition,
    /// Happens at a moment.
    Trigger,
    /// A number.
    Value,
}

/// An expression with its place.
#[derive(Clone, Debug)]
pub struct Expr<'s> {
    /// What it is.
    pub kind: ExprKind<'s>,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expression.
#[allow(missing_docs)] // the fields are named after what they hold
#[derive(Clone, Debug)]
pub enum ExprKind<'s> {
    /// A number, a percentage, a duration, an amount, a date.
    Literal(Val<'s>),
    /// A text.
    Text(TextEntry<'s>),
    /// `true` or `false`.
    Bool(bool),
    /// A name, told apart by its place.
    Name(RefIx),
    /// `trait country`
    Trait(RefIx),
    /// `score engagement`
    Score(RefIx),
    /// `[ … ]`
    List(Vec<Expr<'s>>),
    /// `a .. b`
    Range(Box<(Expr<'s>, Expr<'s>)>),
    /// `f( … )`: a computation, or an event with a filter.
    Call { callee: RefIx, args: Vec<Expr<'s>> },
    /// `not a`
    Not(Box<Expr<'s>>),
    /// `- a`
    Negate(Box<Expr<'s>>),
    /// `a and b`
    All(Vec<Expr<'s>>),
    /// `a or b`
    Any(Vec<Expr<'s>>),
    /// `a == b`, `a + b`, `a in b`, `a -> b`
    Binary { op: Op, left: Box<Expr<'s>>, right: Box<Expr<'s>> },
    /// `did event [n times] [within d]`
    Did { event: Box<Expr<'s>>, times: Option<Decimal>, within: Option<Duration> },
    /// `no event for d [after event]`
    Absent { event: Box<Expr<'s>>, lasting: Duration, after: Option<Box<Expr<'s>>> },
    /// `enters x`
    Enters(RefIx),
    /// `leaves x`
    Leaves(RefIx),
    /// `finished sequence`
    Finished(RefIx),
    /// `in stage [for d | for n% of cycle]`
    In { place: RefIx, dwell: Option<Dwell> },
    /// `3d before trait x`
    Around { offset: Duration, before: bool, of: RefIx },
    /// `event by 2 people`
    By { event: Box<Expr<'s>>, people: Decimal },
    /// `manual duration`
    Manual(&'static str),
}

/// How long someone has been in a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Dwell {
    /// A length of time.
    Time(Duration),
    /// A share of the funnel's cycle, in percent.
    OfCycle(Decimal),
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // named after their signs
pub enum Op {
    Equal,
    Unequal,
    AtLeast,
    AtMost,
    Above,
    Below,
    In,
    Arrow,
    Plus,
    Minus,
    Times,
    Over,
}

impl Op {
    const COMPARISONS: [(&'static str, Self); 6] = [
        ("==", Self::Equal),
        ("!=", Self::Unequal),
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        (">", Self::Above),
        ("<", Self::Below),
    ];

    /// The sign it is written with.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::AtLeast => ">=",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::Below => "<",
            Self::In => "in",
            Self::Arrow => "->",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Over => "/",
        }
    }

    /// Whether it says yes or no.
    pub const fn compares(self) -> bool {
        matches!(
            self,
            Self::Equal | Self::Unequal | Self::AtLeast | Self::AtMost | Self::Above | Self::Below | Self::In
        )
    }

    /// The other way round: `3 < a` is `a > 3`.
    pub const fn turned(self) -> Option<Self> {
        match self {
            Self::Equal | Self::Unequal => Some(self),
            Self::AtLeast => Some(Self::AtMost),
            Self::AtMost => Some(Self::AtLeast),
            Self::Above => Some(Self::Below),
            Self::Below => Some(Self::Above),
            _ => None,
        }
    }
}

/// How many operators of one level may be chained; longer chains are written by machines and would exhaust the stack.
const MAX_CHAIN: usize = 512;

/// Reads an expression as far as it goes; `None` where none begins or it breaks off.
pub fn read<'s>(reader: &mut Reader<'_, 's>, mode: Mode) -> Option<Expr<'s>> {
    let wanted = match mode {
        Mode::Condition => Named::Cond,
        Mode::Trigger => Named::Trigger,
        Mode::Value => Named::Expr,
    };
    if reader.peek().is_none() {
        reader.miss(Expected::Value(wanted));
        return None;
    }
    any(reader)
}

type Read<'s> = Option<Expr<'s>>;

fn any<'s>(reader: &mut Reader<'_, 's>) -> Read<'s> {
    let first = all(reader)?;
    chain(reader, "or", first, all, ExprKind::Any)
}

fn all<'s>(reader: &mut Reader<'_, 's>) -> Read<'s> {
    let first = not(reader)?;
    chain(reader, "and", first, not, ExprKind::All)
}

fn chain<'a, 's>(
    reader: &mut Reader<'a, 's>,
    word: &'static str,
    first: Expr<'s>,
    next: fn(&mut Reader<'a, 's>) -> Read<'s>,
    join: fn(Vec<Expr<'s>>) -> ExprKind<'s>,
) -> Read<'s> {
    if reader.peek().and_then(Part::word) != Some(word) {
        return Some(first);
    }
    let mut members = vec![first];
    while reader.eat(word) {
        members.push(next(reader)?);
    }
    let span = members[0].span.to(members[members.len() - 1].span);
    Some(Expr { kind: join(members), span })
}

fn not<'s>(reader: &mut Reader<'_, 's>) -> Read<'s> {
    let mut span = reader.here();
    let mut odd = false;
    let mut count = 0;
    while reader.eat("not") {
        odd = !odd;
        count += 1;
    }
    let inner = comparison(reader)?;
    if count == 0 {
        return Some(inner);
    }
    span = span.to(inner.span);
    // `not not x` is x; the pair says nothing and needs no node.
    let kind = if odd { ExprKind::Not(Box::new(inner)) } else { inner.kind };
    Some(Expr { kind, span })
}

fn comparison<'s>(reader: &mut Reader<'_, 's>) -> Read<'s> {
    let left = arrow(reader)?;
    if let Some((_, op)) = Op::COMPARISONS.iter().find(|(sign, _)| reader.peek().is_some_and(|part| part.is_op(sign))) {
        reader.take();
        let right = arrow(reader)?;
        return Some(binary(*op, left, right));
    }
    if reader.eat("in") {
        let right = member_set(reader)?;
        return Some(binary(Op::In, left, right));
    }
    Some(left)
}

fn member_set<'s>(reader: &mut Reader<'_, 's>) -> Read<'s> {
    let from = arrow(reader)?;
    ranged(reader, from)
}

/// `a .. b`, if it goes on so.
fn ranged<'s>(reader: &mut Reader<'_, 's>, from: Expr<'s>) -> Read<'s> {
    if !reader.eat("..") {
        return Some(from);
    }
    let to = arrow(reader)?;
    let span = from.span.to(to.span);
    Some(Expr { kind: ExprKind::Range(Box::new((from, to))), span })
}

fn binary<'s>(op: Op, left: Expr<'s>, right: Expr<'s>) -> Expr<'s> {
    let span = left.span.to(right.span);
    Expr { kind: ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span }
}

fn arrow<'s>(reader: &mut Reader<'_, 's>) -> Read<'s> {
    let left = sum(reader)?;
    if !reader.eat("->") {
        return Some(left);
    }
    let right = sum(reader)?;
    Some(binary(Op::Arrow, left, right))
}

fn sum<'s>(reader: &mut Reader<'_, 's>) -> Read<'s> {
    arithmetic(reader, product, &[("+", Op::Plus), ("-", Op::Minus)])
}

fn product<'s>(reader: &mut Reader<'_, 's>) -> Read<'s> {
    arithmetic(reader, signed, &[("*", Op::Times), ("/", Op::Over)])
}

fn arithmetic<'a, 's>(
    reader: &mut Reader<'a, 's>,
    operand: fn(&mut Reader<'a, 's>) -> Read<'s>,
    signs: &[(&'static str, Op)],
) -> Read<'s> {
    let mut left = operand(reader)?;
    for _ in 0..MAX_CHAIN {
        let Some((_, op)) = signs.iter().find(|(sign, _)| reader.peek().is_some_and(|part| part.is_op(sign))) else {
            return Some(left);
        };
        reader.take();
        let right = operand(reader)?;
        left = binary(*op, left, right);
    }
    reader.miss(Expected::Phrase(phrase!("the end of the computation (it is too long)")));
    None
}

fn signed<'s>(reader: &mut Reader<'_, 's>) -> Read<'s> {
    let span = reader.here();
    if !reader.eat("-") {
        return atom(reader);
    }
    let inner = atom(reader)?;
    let span = span.to(inner.span);
    Some(Expr { kind: ExprKind::Negate(Box::new(inner)), span })
}

fn atom<'s>(reader: &mut Reader<'_, 's>) -> Read<'s> {
    let part = reader.peek();
    let span = reader.here();
    match part.map(|part| &part.kind) {
        Some(PartKind::Number(_)) => number(reader, span),
        Some(PartKind::Text(quoted)) => {
            let entry = TextEntry { lang: None, raw: quoted.raw.clone(), long: quoted.long, span };
            reader.take();
            Some(Expr { kind: ExprKind::Text(entry), span })
        }
        Some(PartKind::Paren(parts)) => grouped(reader, parts, span),
        Some(PartKind::Square(parts)) => list(reader, parts, span),
        Some(PartKind::Word(word)) => named(reader, word, span),
        _ => {
            reader.miss(Expected::Phrase(phrase!("a name, a value or a condition")));
            None
        }
    }
}

fn number<'s>(reader: &mut Reader<'_, 's>, span: Span) -> Read<'s> {
    let value = reader.quantity(Named::Quantity)?;
    let span = span.to(last_span(reader, span));
    let direction = reader.peek().and_then(Part::word).filter(|word| matches!(*word, "before" | "after"));
    let of_trait = reader.peek_second().and_then(Part::word) == Some("trait");
    if let (Val::Duration(offset), Some(word), true) = (&value, direction, of_trait) {
        reader.take();
        reader.take();
        let of = reference(reader)?;
        let span = span.to(last_span(reader, span));
        return Some(Expr { kind: ExprKind::Around { offset: *offset, before: word == "before", of }, span });
    }
    Some(Expr { kind: ExprKind::Literal(value), span })
}

fn last_span(reader: &Reader<'_, '_>, fallback: Span) -> Span {
    reader.parts.get(reader.at.wrapping_sub(1)).map_or(fallback, |part| part.span)
}

fn grouped<'a, 's>(reader: &mut Reader<'a, 's>, parts: &'a [Part<'s>], span: Span) -> Read<'s> {
    let mut inner = None;
    let close = Span { start: span.end.saturating_sub(1), ..span };
    let fits = reader.within(parts, close, |reader| {
        inner = any(reader);
        inner.is_some() && (reader.peek().is_none() || reader.miss(Expected::Close))
    });
    let inner = inner.filter(|_| fits)?;
    Some(Expr { kind: inner.kind, span })
}

fn list<'a, 's>(reader: &mut Reader<'a, 's>, parts: &'a [Part<'s>], span: Span) -> Read<'s> {
    arguments(reader, parts, span).map(|members| Expr { kind: ExprKind::List(members), span })
}

/// Expressions with commas inside brackets.
fn arguments<'a, 's>(reader: &mut Reader<'a, 's>, parts: &'a [Part<'s>], span: Span) -> Option<Vec<Expr<'s>>> {
    let mut members = Vec::new();
    let close = Span { start: span.end.saturating_sub(1), ..span };
    let fits = reader.within(parts, close, |reader| {
        while reader.peek().is_some() {
            let Some(member) = any(reader).and_then(|from| ranged(reader, from)) else { return false };
            members.push(member);
            if !reader.eat(",") {
                return reader.peek().is_none() || reader.miss(Expected::Close);
            }
        }
        true
    });
    fits.then_some(members)
}

/// Words that are prefixes before a name, and names elsewhere.
fn named<'s>(reader: &mut Reader<'_, 's>, word: &'s str, span: Span) -> Read<'s> {
    let before_name = reader.peek_second().and_then(Part::word).is_some_and(|next| !RESERVED.contains(&next));
    let kind = match word {
        "true" | "false" => {
            reader.take();
            ExprKind::Bool(word == "true")
        }
        "in" if before_name => inside(reader)?,
        _ if RESERVED.contains(&word) => {
            reader.miss(Expected::Phrase(phrase!("a name, a value or a condition")));
            return None;
        }
        "did" if before_name => did(reader)?,
        "no" if before_name => absent(reader)?,
        "trait" if before_name => ExprKind::Trait(prefixed(reader)?),
        "score" if before_name => ExprKind::Score(prefixed(reader)?),
        "enters" if before_name => ExprKind::Enters(prefixed(reader)?),
        "leaves" if before_name => ExprKind::Leaves(prefixed(reader)?),
        "finished" if before_name => ExprKind::Finished(prefixed(reader)?),
        "manual" if before_name => manual(reader)?,
        _ => return name(reader, span),
    };
    Some(Expr { kind, span: span.to(last_span(reader, span)) })
}

/// The words no declaration may have as its name.
pub const RESERVED: &[&str] = &["and", "or", "not", "in", "true", "false"];

fn reference(reader: &mut Reader<'_, '_>) -> Option<RefIx> {
    let Some(part) = reader.peek().filter(|part| part.word().is_some_and(|word| !RESERVED.contains(&word))) else {
        reader.miss(Expected::Phrase(phrase!("a name")));
        return None;
    };
    reader.take();
    Some(reader.reference(part.word()?, part.span, KindSet::NONE))
}

fn prefixed(reader: &mut Reader<'_, '_>) -> Option<RefIx> {
    reader.take();
    reference(reader)
}

fn name<'s>(reader: &mut Reader<'_, 's>, span: Span) -> Read<'s> {
    let callee = reference(reader)?;
    let kind = match reader.peek().map(|part| (&part.kind, part.span)) {
        Some((PartKind::Paren(parts), place)) => ExprKind::Call { callee, args: arguments(reader, parts, place)? },
        _ => ExprKind::Name(callee),
    };
    let expr = Expr { kind, span: span.to(last_span(reader, span)) };
    by_people(reader, expr)
}

/// `event by 2 people`
fn by_people<'s>(reader: &mut Reader<'_, 's>, event: Expr<'s>) -> Read<'s> {
    let counts = matches!(reader.peek_second().map(|part| &part.kind), Some(PartKind::Number(_)));
    if !counts || !reader.eat("by") {
        return Some(event);
    }
    let Some(Val::Number(people)) = reader.quantity(Named::Quantity) else {
        reader.miss(Expected::Value(Named::Integer));
        return None;
    };
    if !reader.eat("people") {
        reader.miss(Expected::Word("people"));
        return None;
    }
    let span = event.span.to(last_span(reader, event.span));
    Some(Expr { kind: ExprKind::By { event: Box::new(event), people }, span })
}

fn did<'s>(reader: &mut Reader<'_, 's>) -> Option<ExprKind<'s>> {
    reader.take();
    let span = reader.here();
    let event = Box::new(name(reader, span)?);
    let mut times = None;
    if reader.peek_second().and_then(Part::word) == Some("times") {
        let Some(Val::Number(count)) = reader.quantity(Named::Quantity) else {
            reader.miss(Expected::Value(Named::Integer));
            return None;
        };
        reader.take();
        times = Some(count);
    }
    let within = if reader.eat("within") { Some(duration(reader)?) } else { None };
    Some(ExprKind::Did { event, times, within })
}

fn absent<'s>(reader: &mut Reader<'_, 's>) -> Option<ExprKind<'s>> {
    reader.take();
    let span = reader.here();
    let event = Box::new(name(reader, span)?);
    if !reader.eat("for") {
        reader.miss(Expected::Word("for"));
        return None;
    }
    let lasting = duration(reader)?;
    let mut after = None;
    if reader.eat("after") {
        let span = reader.here();
        after = Some(Box::new(name(reader, span)?));
    }
    Some(ExprKind::Absent { event, lasting, after })
}

fn duration(reader: &mut Reader<'_, '_>) -> Option<Duration> {
    let at = reader.at;
    if let Some(Val::Duration(duration)) = reader.quantity(Named::Quantity) {
        return Some(duration);
    }
    reader.at = at;
    reader.miss(Expected::Value(Named::Duration));
    None
}

fn inside<'s>(reader: &mut Reader<'_, 's>) -> Option<ExprKind<'s>> {
    let place = prefixed(reader)?;
    let mut dwell = None;
    if reader.eat("for") {
        let at = reader.at;
        dwell = Some(match reader.quantity(Named::Quantity) {
            Some(Val::Duration(duration)) => Dwell::Time(duration),
            Some(Val::Percent(share)) if reader.eat("of") && reader.eat("cycle") => Dwell::OfCycle(share),
            _ => {
                reader.at = at;
                reader.miss(Expected::Phrase(phrase!("a duration such as `10d`, or a share such as `80% of cycle`")));
                return None;
            }
        });
    }
    Some(ExprKind::In { place, dwell })
}

fn manual<'s>(reader: &mut Reader<'_, 's>) -> Option<ExprKind<'s>> {
    reader.take();
    let word = reader.peek().and_then(Part::word);
    let Some((scalar, _)) = SCALARS.iter().find(|(own, _)| Some(*own) == word) else {
        reader.miss(Expected::Phrase(phrase!("a type such as `number`, `percent`, `money` or `duration`")));
        return None;
    };
    reader.take();
    Some(ExprKind::Manual(scalar))
}

impl<'s> Expr<'s> {
    /// The expressions directly inside.
    pub fn children(&self) -> impl Iterator<Item = &Expr<'s>> {
        let (list, one, other): (&[Self], Option<&Self>, Option<&Self>) = match &self.kind {
            ExprKind::List(members) | ExprKind::All(members) | ExprKind::Any(members) => (members, None, None),
            ExprKind::Call { args, .. } => (args, None, None),
            ExprKind::Range(pair) => (&[], Some(&pair.0), Some(&pair.1)),
            ExprKind::Not(inner) | ExprKind::Negate(inner) => (&[], Some(inner), None),
            ExprKind::Binary { left, right, .. } => (&[], Some(left), Some(right)),
            ExprKind::Did { event, .. } | ExprKind::By { event, .. } => (&[], Some(event), None),
            ExprKind::Absent { event, after, .. } => (&[], Some(event), after.as_deref()),
            _ => (&[], None, None),
        };
        list.iter().chain(one).chain(other)
    }

    /// Calls `visit` on this expression and every one inside.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Expr<'s>)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }
}
