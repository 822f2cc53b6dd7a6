//! Values and expressions as they are written in a spec, for messages and outputs.

use std::fmt::Write;

use super::decl::DeclId;
use super::expr::{Dwell, Expr, ExprKind, Op};
use super::kinds::Kind;
use super::types::PARAMETERS;
use super::value::{Duration, Money, RefIx, Val};
use super::{Model, Target};
use crate::syntax::number::Literal;

/// A number token.
pub fn literal(literal: Literal) -> String {
    if let Literal::Plain { value, signed: true } = literal {
        return if value.is_sign_negative() { value.to_string() } else { format!("+{value}") };
    }
    value(&super::shape::literal_val(literal))
}

/// An amount of money with its currency and what it is per.
pub fn money(money: &Money<'_>) -> String {
    let per = money.per.map(|per| format!(" / {per}")).unwrap_or_default();
    format!("{} {}{per}", money.amount, money.currency)
}

/// A value; references and expressions need the model and are printed by it.
pub fn value(val: &Val<'_>) -> String {
    match val {
        Val::Word(word) => (*word).to_owned(),
        Val::Text(text) => quoted(&text.words()),
        Val::Number(value) => value.to_string(),
        Val::Percent(value) => format!("{value}%"),
        Val::Duration(duration) => Duration::spelling(*duration),
        Val::Workdays(days) => format!("{days} workdays"),
        Val::Money(amount) => money(amount),
        Val::Date(date) => date.to_string(),
        Val::Month { year, month } => format!("{year:04}-{month:02}"),
        Val::Time(time) => format!("{:02}:{:02}", time.hour(), time.minute()),
        Val::Range(pair) => format!("{} .. {}", value(&pair.0), value(&pair.1)),
        Val::Compare(op, inner) => format!("{op} {}", value(inner)),
        Val::Flag | Val::Ref(_) | Val::Expr(_) | Val::Type(_) | Val::Rows(_) | Val::Bad => String::new(),
    }
}

/// What a name in an expression or a field stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named<'s> {
    /// A declaration, by its kind and its full path; `short` is how it is written inside an event's filter.
    Decl {
        /// Which one.
        id: DeclId,
        /// The full path; a property's leads through the event it is read from.
        path: String,
        /// The name by which a filter of that event knows it, where this is such a place.
        short: Option<&'s str>,
    },
    /// Something the language provides.
    Builtin(&'static str),
    /// A free word.
    Word(&'s str),
    /// Nothing; the words as written.
    Nothing(&'s str),
}

impl Named<'_> {
    /// How it is written in the canonical text.
    #[allow(clippy::match_same_arms, reason = "the words have two lifetimes")]
    pub fn text(&self) -> &str {
        match self {
            Self::Decl { path, short, .. } => short.unwrap_or(path),
            Self::Word(word) | Self::Nothing(word) => word,
            Self::Builtin(word) => word,
        }
    }
}

/// Prints what stands in a declaration, every name as its full path.
#[derive(Clone, Copy)]
pub struct Printer<'m, 's> {
    /// The model.
    pub model: &'m Model<'s>,
    /// The declaration whose references are meant.
    pub owner: DeclId,
    /// What `it` and `it2` stand for; empty to leave them.
    pub bound: &'m [DeclId],
    /// The event whose properties are known by their short names.
    pub event: Option<DeclId>,
}

/// How tightly operators bind, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Any,
    All,
    Not,
    Compare,
    Arrow,
    Sum,
    Product,
    Sign,
    Atom,
}

impl<'m, 's> Printer<'m, 's> {
    /// A printer for the head and fields of a declaration.
    pub fn of(model: &'m Model<'s>, owner: DeclId) -> Self {
        let decl = model.decl(owner);
        let event = decl.parent.filter(|_| decl.kind == Kind::Variant);
        Self { model, owner, bound: &[], event }
    }

    /// The same with something for `it` and `it2` to stand for.
    #[must_use]
    pub fn with_bound(self, bound: &'m [DeclId]) -> Self {
        Self { bound, ..self }
    }

    /// The printer for the arguments of a call: inside the filter of an event its properties have short names.
    #[must_use]
    pub fn inside_call(self, callee: RefIx) -> Self {
        match self.named(callee) {
            Named::Decl { id, .. } if self.model.decl(id).kind == Kind::Event => Self { event: Some(id), ..self },
            _ => self,
        }
    }

    /// What a reference stands for.
    pub fn named(self, at: RefIx) -> Named<'s> {
        let decl = self.model.decl(self.owner);
        let Some(written) = decl.refs.get(at.0 as usize).map(|reference| reference.path) else {
            return Named::Nothing("");
        };
        if let Some(named) = self.parameter(written) {
            return named;
        }
        match self.model.target(self.owner, at) {
            Target::Decl(id) => self.declared(id, written),
            Target::Builtin(word) if word != "it" => Named::Builtin(word),
            Target::Word(word) => Named::Word(word),
            Target::Builtin(_) | Target::Nothing => Named::Nothing(written),
        }
    }

    fn parameter(self, written: &'s str) -> Option<Named<'s>> {
        let (head, rest) = written.split_once('.').unwrap_or((written, ""));
        let index = PARAMETERS.iter().position(|parameter| *parameter == head)?;
        let bound = *self.bound.get(index)?;
        let path = self.model.path(bound);
        if rest.is_empty() {
            return Some(Named::Decl { id: bound, path, short: None });
        }
        let id = self.property_of(bound, rest)?;
        Some(Named::Decl { id, path: format!("{path}.{rest}"), short: None })
    }

    fn property_of(self, event: DeclId, path: &str) -> Option<DeclId> {
        path.split('.')
            .try_fold(event, |at, segment| self.model.lineage(at).find_map(|id| self.model.member(id, segment, 0)))
    }

    fn declared(self, id: DeclId, written: &'s str) -> Named<'s> {
        if !matches!(self.model.decl(id).kind, Kind::Prop | Kind::Member) {
            return Named::Decl { id, path: self.model.path(id), short: None };
        }
        if let Some(event) = self.event.filter(|event| self.property_of(*event, written) == Some(id)) {
            let path = format!("{}.{written}", self.model.path(event));
            return Named::Decl { id, path, short: Some(written) };
        }
        let path = self.through_its_event(written).unwrap_or_else(|| self.model.path(id));
        Named::Decl { id, path, short: None }
    }

    /// A shared or inherited property belongs to many events; the one it is read from is part of what it means.
    fn through_its_event(self, written: &str) -> Option<String> {
        let (event, at) = self.event_in(written)?;
        Some(format!("{}{}", self.model.path(event), &written[at..]))
    }

    /// The event that a path leads through, and where in the path it ends.
    fn event_in(self, written: &str) -> Option<(DeclId, usize)> {
        let dots = written.char_indices().rev().filter(|(_, character)| *character == '.');
        dots.take(MAX_SEGMENTS).find_map(|(at, _)| {
            let event = self.model.lookup(self.owner, &written[..at])?;
            (self.model.decl(event).kind == Kind::Event).then_some((event, at))
        })
    }

    /// The event whose property a reference reads outside a filter.
    pub fn event_of(self, at: RefIx) -> Option<DeclId> {
        let written = self.model.decl(self.owner).refs.get(at.0 as usize)?.path;
        if self.parameter(written).is_some() {
            let head = written.split('.').next()?;
            let index = PARAMETERS.iter().position(|parameter| *parameter == head)?;
            return self.bound.get(index).copied();
        }
        self.event_in(written).map(|(event, _)| event)
    }

    /// The canonical text of an expression.
    pub fn expr(self, expr: &Expr<'s>) -> String {
        let mut out = String::new();
        self.write(expr, Level::Any, &mut out);
        out
    }

    fn write(self, expr: &Expr<'s>, outer: Level, out: &mut String) {
        let own = level(expr);
        if own < outer {
            out.push('(');
        }
        self.write_inner(expr, out);
        if own < outer {
            out.push(')');
        }
    }

    fn write_inner(self, expr: &Expr<'s>, out: &mut String) {
        match &expr.kind {
            ExprKind::Literal(val) => out.push_str(&value(val)),
            ExprKind::Text(entry) => out.push_str(&quoted(&entry.words())),
            ExprKind::Bool(holds) => out.push_str(if *holds { "true" } else { "false" }),
            ExprKind::Name(at) => out.push_str(self.named(*at).text()),
            ExprKind::Trait(at) => self.prefixed("trait", *at, out),
            ExprKind::Score(at) => self.prefixed("score", *at, out),
            ExprKind::Enters(at) => self.prefixed("enters", *at, out),
            ExprKind::Leaves(at) => self.prefixed("leaves", *at, out),
            ExprKind::Finished(at) => self.prefixed("finished", *at, out),
            ExprKind::List(members) => self.write_list("[", members, "]", out),
            ExprKind::Range(pair) => {
                self.write(&pair.0, Level::Arrow, out);
                out.push_str(" .. ");
                self.write(&pair.1, Level::Arrow, out);
            }
            ExprKind::Call { callee, args } => {
                out.push_str(self.named(*callee).text());
                self.inside_call(*callee).write_list("(", args, ")", out);
            }
            ExprKind::Not(inner) => self.write_after("not ", inner, Level::Compare, out),
            ExprKind::Negate(inner) => self.write_after("-", inner, Level::Atom, out),
            ExprKind::All(members) => self.write_joined(" and ", members, Level::Not, out),
            ExprKind::Any(members) => self.write_joined(" or ", members, Level::All, out),
            ExprKind::Binary { op, left, right } => self.write_binary(*op, left, right, out),
            _ => self.write_moment(expr, out),
        }
    }

    /// What people did or did not do, and when.
    fn write_moment(self, expr: &Expr<'s>, out: &mut String) {
        match &expr.kind {
            ExprKind::Did { event, times, within } => {
                self.write_after("did ", event, Level::Atom, out);
                out.push_str(&times.map(|times| format!(" {times} times")).unwrap_or_default());
                out.push_str(&within.map(|within| format!(" within {}", within.spelling())).unwrap_or_default());
            }
            ExprKind::Absent { event, lasting, after } => {
                self.write_after("no ", event, Level::Atom, out);
                let _ = write!(out, " for {}", lasting.spelling());
                if let Some(after) = after {
                    self.write_after(" after ", after, Level::Atom, out);
                }
            }
            ExprKind::In { place, dwell } => {
                self.prefixed("in", *place, out);
                let _ = match dwell {
                    Some(Dwell::Time(time)) => write!(out, " for {}", time.spelling()),
                    Some(Dwell::OfCycle(share)) => write!(out, " for {share}% of cycle"),
                    None => Ok(()),
                };
            }
            ExprKind::Around { offset, before, of } => {
                let side = if *before { "before" } else { "after" };
                let _ = write!(out, "{} {side} trait {}", offset.spelling(), self.named(*of).text());
            }
            ExprKind::By { event, people } => {
                self.write(event, Level::Atom, out);
                let _ = write!(out, " by {people} people");
            }
            ExprKind::Manual(scalar) => drop(write!(out, "manual {scalar}")),
            _ => {}
        }
    }

    fn prefixed(self, word: &str, at: RefIx, out: &mut String) {
        out.push_str(word);
        out.push(' ');
        out.push_str(self.named(at).text());
    }

    fn write_after(self, words: &str, inner: &Expr<'s>, outer: Level, out: &mut String) {
        out.push_str(words);
        self.write(inner, outer, out);
    }

    fn write_list(self, open: &str, members: &[Expr<'s>], close: &str, out: &mut String) {
        out.push_str(open);
        self.write_joined(", ", members, Level::Any, out);
        out.push_str(close);
    }

    fn write_joined(self, between: &str, members: &[Expr<'s>], outer: Level, out: &mut String) {
        for (index, member) in members.iter().enumerate() {
            out.push_str(if index == 0 { "" } else { between });
            self.write(member, outer, out);
        }
    }

    fn write_binary(self, op: Op, left: &Expr<'s>, right: &Expr<'s>, out: &mut String) {
        let (before, after) = match op {
            Op::Plus | Op::Minus => (Level::Sum, Level::Product),
            Op::Times | Op::Over => (Level::Product, Level::Sign),
            Op::Arrow => (Level::Sum, Level::Sum),
            // `a in 1 .. 2` needs no brackets, nothing else takes a range.
            Op::In => (Level::Arrow, Level::Compare),
            _ => (Level::Arrow, Level::Arrow),
        };
        let is_range = matches!(right.kind, ExprKind::Range(_));
        self.write(left, before, out);
        let _ = write!(out, " {} ", op.sign());
        self.write(right, if op == Op::In && !is_range { Level::Arrow } else { after }, out);
    }
}

fn level(expr: &Expr<'_>) -> Level {
    match &expr.kind {
        ExprKind::Any(_) => Level::Any,
        ExprKind::All(_) => Level::All,
        ExprKind::Not(_) => Level::Not,
        ExprKind::Range(_) => Level::Compare,
        ExprKind::Negate(_) => Level::Sign,
        ExprKind::Binary { op, .. } => match op {
            Op::Plus | Op::Minus => Level::Sum,
            Op::Times | Op::Over => Level::Product,
            Op::Arrow => Level::Arrow,
            _ => Level::Compare,
        },
        _ => Level::Atom,
    }
}

/// A text as it is written between quotes.
pub fn quoted(words: &str) -> String {
    let mut out = String::with_capacity(words.len() + 2);
    out.push('"');
    for character in words.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// How many prefixes of a path are looked up; longer paths are written by machines.
const MAX_SEGMENTS: usize = 16;
