//! Values as data: exact (numbers are strings of decimals), with every name as its full path.
//!
//! A value is an object with one key, which says what it is: `{"percent": "12.5%"}`, `{"ref": {"kind": "stage", "path":
//! "store.purchase"}}`. Readers never have to guess.

use indexmap::IndexMap;
use serde::Serialize;

use super::layout::{Layout, Words};
use crate::model::decl::DeclId;
use crate::model::expr::{Dwell, Expr, ExprKind};
use crate::model::print::{self, Named, Printer};
use crate::model::value::{self as raw, Captured, Val};
use crate::model::{Kind, RefIx};

/// Values by the name of their slot.
pub type Slots = IndexMap<String, Slot>;

/// What stands under a slot.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Slot {
    /// One value.
    One(Value),
    /// As many as were written, where the language allows several.
    Many(Vec<Value>),
    /// Things that belong together, as many as were written.
    Groups(Vec<Slots>),
}

/// A value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A word that is there.
    Flag(bool),
    /// A word of a closed list, or a free one.
    Word(String),
    /// A text of no language: a name on the wire, a URL, a pattern.
    String(String),
    /// A text by language.
    Text(IndexMap<String, String>),
    /// Texts by language.
    Texts(IndexMap<String, Vec<String>>),
    /// A decimal.
    Number(String),
    /// `12.5%`
    Percent(String),
    /// A length of time.
    Duration(Duration),
    /// An amount of money.
    Money(Money),
    /// `2027-03-31`
    Date(String),
    /// `2027-03`
    Month(String),
    /// `21:00`
    Time(String),
    /// `true` or `false` in an expression.
    Bool(bool),
    /// From one value to another, both included.
    Range(Box<Range>),
    /// Something declared.
    Ref(Reference),
    /// Something the language provides, such as `utm_source`.
    Builtin(String),
    /// A name that means nothing outside what extends it: `it`.
    Unbound(String),
    /// A condition, a trigger or a computation.
    Expr(Box<Expression>),
    /// `>= 25%`
    Compare(Box<Comparison>),
    /// Working days.
    Workdays(String),
    /// The type of a property.
    Type(Type),
    /// The rows of a block.
    Rows(Vec<Slots>),
    /// Several values.
    List(Vec<Value>),
}

/// A length of time: in seconds, or in calendar months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duration {
    /// Seconds, a decimal; none for calendar time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<String>,
    /// Calendar months.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// As it is written: `30d`.
    pub text: String,
}

/// An amount of money.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Money {
    /// A decimal.
    pub amount: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Per what, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
}

/// From one value to another, both included.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Range {
    /// The first.
    pub from: Value,
    /// The last.
    pub to: Value,
}

/// `>= 25%`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The sign.
    pub op: String,
    /// What it compares with.
    pub value: Value,
}

/// Something declared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reference {
    /// The word of its kind.
    pub kind: String,
    /// Its full path; a property's leads through the event it is read from.
    pub path: String,
}

/// An expression, as text and as a tree.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Expression {
    /// The canonical text, every name as its full path.
    pub text: String,
    /// The same as data.
    pub tree: Tree,
}

/// A node of an expression.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tree {
    /// What it is: a sign, `and`, `or`, `not`, `value`, `name`, `call`, `did`, `no` …
    pub op: &'static str,
    /// The value, the name, or what is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What it applies to, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<Tree>,
    /// `did e 3 times`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<String>,
    /// `did e within d`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Value>,
    /// `no e for d`, `in s for d`
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub lasting: Option<Value>,
    /// `no e for d after f`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Box<Tree>>,
    /// `3d before trait t`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<Value>,
    /// `e by 2 people`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<String>,
}

/// The type of a property.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// A type that needs no declaration.
    Scalar(String),
    /// One of some words.
    Enum(Vec<String>),
    /// Several of one type.
    List(Box<Type>),
    /// A declared type, by its path.
    Named(String),
}

impl Type {
    /// The declared type it is made of.
    pub fn declared(&self) -> Option<&str> {
        match self {
            Self::Named(path) => Some(path),
            Self::List(inner) => inner.declared(),
            Self::Scalar(_) | Self::Enum(_) => None,
        }
    }
}

/// Turns the values of one declaration into data.
#[derive(Clone, Copy)]
pub(super) struct Reader<'m, 's> {
    /// Prints names and expressions.
    pub printer: Printer<'m, 's>,
    /// The project's default language.
    pub language: &'m str,
}

impl<'s> Reader<'_, 's> {
    /// Everything captured by one shape.
    pub(super) fn slots(self, layout: &Layout, captured: &[Captured<'s>]) -> Slots {
        let mut slots = Slots::new();
        for captured in captured {
            let Some(value) = self.value(layout, captured) else { continue };
            match layout.group_of(captured.slot) {
                Some(group) => add_to_group(&mut slots, group.key, captured.slot == group.first, captured.slot, value),
                None => add(&mut slots, captured.slot, layout.is_many(captured.slot), value),
            }
        }
        slots
    }

    fn value(self, layout: &Layout, captured: &Captured<'s>) -> Option<Value> {
        match &captured.val {
            Val::Text(text) => Some(self.text(text, layout.words(captured.slot))),
            Val::Rows(rows) => Some(self.rows(layout, captured.slot, rows)),
            other => self.simple(other),
        }
    }

    fn rows(self, layout: &Layout, slot: &str, rows: &[Vec<Captured<'s>>]) -> Value {
        if let Some(inner) = layout.rows(slot) {
            return Value::Rows(rows.iter().map(|row| self.slots(inner, row)).collect());
        }
        Value::List(rows.iter().flatten().filter_map(|captured| self.value(layout, captured)).collect())
    }

    /// A text by language.
    pub(super) fn text(self, text: &raw::Text<'s>, words: Words) -> Value {
        let lang = |entry: &raw::TextEntry<'s>| entry.lang.unwrap_or(self.language).to_owned();
        match words {
            Words::String => Value::String(text.words()),
            Words::Text => Value::Text(by_language(self.language, text)),
            Words::Texts => {
                let mut all: IndexMap<String, Vec<String>> = IndexMap::new();
                for entry in &text.entries {
                    all.entry(lang(entry)).or_default().push(entry.words());
                }
                Value::Texts(all)
            }
        }
    }

    /// A value that is neither text nor rows.
    pub(super) fn simple(self, val: &Val<'s>) -> Option<Value> {
        Some(match val {
            Val::Flag => Value::Flag(true),
            Val::Word(word) => Value::Word((*word).to_owned()),
            Val::Number(number) => Value::Number(number.to_string()),
            Val::Percent(share) => Value::Percent(format!("{share}%")),
            Val::Duration(time) => Value::Duration(duration(*time)),
            Val::Money(amount) => Value::Money(money(amount)),
            Val::Date(_) => Value::Date(print::value(val)),
            Val::Month { .. } => Value::Month(print::value(val)),
            Val::Time(_) => Value::Time(print::value(val)),
            Val::Range(pair) => {
                Value::Range(Box::new(Range { from: self.simple(&pair.0)?, to: self.simple(&pair.1)? }))
            }
            Val::Ref(reference) => self.name(*reference),
            Val::Expr(expr) => Value::Expr(Box::new(self.expr(expr))),
            Val::Compare(op, inner) => {
                Value::Compare(Box::new(Comparison { op: (*op).to_owned(), value: self.simple(inner)? }))
            }
            Val::Workdays(days) => Value::Workdays(days.to_string()),
            Val::Type(kind) => Value::Type(self.type_of(kind)?),
            Val::Text(text) => Value::String(text.words()),
            Val::Rows(_) | Val::Bad => return None,
        })
    }

    /// A literal: a value, or a list of values.
    pub(super) fn literal(self, val: &Val<'s>) -> Option<Value> {
        match val {
            Val::Rows(rows) => {
                let members = rows.iter().flatten().filter_map(|captured| self.literal(&captured.val));
                Some(Value::List(members.collect()))
            }
            other => self.simple(other),
        }
    }

    /// What a name stands for.
    pub(super) fn name(self, at: RefIx) -> Value {
        match self.printer.named(at) {
            Named::Decl { id, path, .. } => Value::Ref(self.reference(id, path)),
            Named::Builtin(word) => Value::Builtin(word.to_owned()),
            Named::Word(word) => Value::Word(word.to_owned()),
            Named::Nothing(word) => Value::Unbound(word.to_owned()),
        }
    }

    fn reference(self, id: DeclId, path: String) -> Reference {
        Reference { kind: self.kind(id).word().to_owned(), path }
    }

    fn kind(self, id: DeclId) -> Kind {
        self.printer.model.decl(id).kind
    }

    /// A type as data.
    pub(super) fn type_of(self, kind: &raw::Type<'s>) -> Option<Type> {
        Some(match kind {
            raw::Type::Scalar(scalar) => Type::Scalar((*scalar).to_owned()),
            raw::Type::Enum(members) => Type::Enum(members.iter().map(|(member, _)| raw::unescape(member)).collect()),
            raw::Type::List(inner) => Type::List(Box::new(self.type_of(inner)?)),
            raw::Type::Named(at) => Type::Named(self.printer.named(*at).text().to_owned()),
            raw::Type::Bad => return None,
        })
    }

    // ---- expressions

    /// An expression as text and tree.
    pub(super) fn expr(self, expr: &Expr<'s>) -> Expression {
        Expression { text: self.printer.expr(expr), tree: self.tree(expr) }
    }

    fn tree(self, expr: &Expr<'s>) -> Tree {
        match &expr.kind {
            ExprKind::Literal(val) => Tree::of("value", self.simple(val)),
            ExprKind::Text(entry) => Tree::of("value", Some(Value::String(entry.words()))),
            ExprKind::Bool(holds) => Tree::of("value", Some(Value::Bool(*holds))),
            ExprKind::Name(at) => Tree::of("name", Some(self.name(*at))),
            ExprKind::Trait(at) => Tree::of("trait", Some(self.name(*at))),
            ExprKind::Score(at) => Tree::of("score", Some(self.name(*at))),
            ExprKind::Enters(at) => Tree::of("enters", Some(self.name(*at))),
            ExprKind::Leaves(at) => Tree::of("leaves", Some(self.name(*at))),
            ExprKind::Finished(at) => Tree::of("finished", Some(self.name(*at))),
            ExprKind::Manual(scalar) => Tree::of("manual", Some(Value::Word((*scalar).to_owned()))),
            ExprKind::List(members) => self.over("list", members),
            ExprKind::All(members) => self.over("and", members),
            ExprKind::Any(members) => self.over("or", members),
            ExprKind::Range(pair) => {
                Tree { args: vec![self.tree(&pair.0), self.tree(&pair.1)], ..Tree::of("..", None) }
            }
            ExprKind::Not(inner) => Tree { args: vec![self.tree(inner)], ..Tree::of("not", None) },
            ExprKind::Negate(inner) => Tree { args: vec![self.tree(inner)], ..Tree::of("negate", None) },
            ExprKind::Binary { op, left, right } => {
                Tree { args: vec![self.tree(left), self.tree(right)], ..Tree::of(op.sign(), None) }
            }
            ExprKind::Call { callee, args } => self.call(*callee, args),
            _ => self.moment(expr),
        }
    }

    fn call(self, callee: RefIx, args: &[Expr<'s>]) -> Tree {
        let inside = Self { printer: self.printer.inside_call(callee), ..self };
        Tree { value: Some(self.name(callee)), ..inside.over("call", args) }
    }

    fn moment(self, expr: &Expr<'s>) -> Tree {
        match &expr.kind {
            ExprKind::Did { event, times, within } => Tree {
                args: vec![self.tree(event)],
                times: times.map(|times| times.to_string()),
                within: within.map(|time| Value::Duration(duration(time))),
                ..Tree::of("did", None)
            },
            ExprKind::Absent { event, lasting, after } => Tree {
                args: vec![self.tree(event)],
                lasting: Some(Value::Duration(duration(*lasting))),
                after: after.as_ref().map(|after| Box::new(self.tree(after))),
                ..Tree::of("no", None)
            },
            ExprKind::In { place, dwell } => {
                let lasting = dwell.map(|dwell| match dwell {
                    Dwell::Time(time) => Value::Duration(duration(time)),
                    Dwell::OfCycle(share) => Value::Percent(format!("{share}%")),
                });
                Tree { lasting, ..Tree::of("inside", Some(self.name(*place))) }
            }
            ExprKind::Around { offset, before, of } => Tree {
                offset: Some(Value::Duration(duration(*offset))),
                ..Tree::of(if *before { "before" } else { "after" }, Some(self.name(*of)))
            },
            ExprKind::By { event, people } => {
                Tree { args: vec![self.tree(event)], people: Some(people.to_string()), ..Tree::of("by", None) }
            }
            _ => Tree::default(),
        }
    }

    fn over(self, op: &'static str, members: &[Expr<'s>]) -> Tree {
        Tree { args: members.iter().map(|member| self.tree(member)).collect(), ..Tree::of(op, None) }
    }
}

impl Tree {
    fn of(op: &'static str, value: Option<Value>) -> Self {
        Self { op, value, ..Self::default() }
    }
}

/// The first text of each language, the default language where none is named.
pub(super) fn by_language(default: &str, text: &raw::Text<'_>) -> IndexMap<String, String> {
    let mut all = IndexMap::new();
    for entry in &text.entries {
        all.entry(entry.lang.unwrap_or(default).to_owned()).or_insert_with(|| entry.words());
    }
    all
}

/// A length of time as data.
pub(super) fn duration(time: raw::Duration) -> Duration {
    let months = if let raw::Duration::Calendar { months } = time { Some(months) } else { None };
    Duration { seconds: time.seconds().map(|seconds| seconds.to_string()), months, text: time.spelling() }
}

fn money(amount: &raw::Money<'_>) -> Money {
    Money {
        amount: amount.amount.to_string(),
        currency: amount.currency.to_owned(),
        per: amount.per.map(str::to_owned),
    }
}

fn add(slots: &mut Slots, slot: &str, many: bool, value: Value) {
    match slots.get_mut(slot) {
        Some(Slot::Many(values)) => values.push(value),
        Some(_) => {}
        None => {
            let value = if many { Slot::Many(vec![value]) } else { Slot::One(value) };
            slots.insert(slot.to_owned(), value);
        }
    }
}

fn add_to_group(slots: &mut Slots, key: &str, begins: bool, slot: &str, value: Value) {
    let groups = slots.entry(key.to_owned()).or_insert_with(|| Slot::Groups(Vec::new()));
    let Slot::Groups(groups) = groups else { return };
    if begins || groups.is_empty() {
        groups.push(Slots::new());
    }
    if let Some(last) = groups.last_mut() {
        add(last, slot, false, value);
    }
}
