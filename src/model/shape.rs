//! The notation in which the table of kinds says what a field takes, and the reader that follows it.
//!
//! ```text
//! 'per'            the word itself              duration     a value (see PRIMITIVES)
//! !required        the word, kept as a flag     name:money   a value under a name
//! <a b>            one of these words           @stage+kpi   a reference to one of these kinds
//! [ … ]            perhaps                      x,+          one or more, with commas
//! a | b            the first that fits          p( … )       inside round brackets
//! ( … )*           clauses, each at most once   { … }        a block whose rows all look so
//! ( … )**          clauses, any number
//! ```

use std::borrow::Cow;

use super::expr::{self, Mode};
use super::kinds::{Kind, KindSet};
use super::value::{Captured, Duration, Money, PER_WORDS, Ref, RefIx, SCALARS, Text, TextEntry, Type, Val};
use crate::diagnostic::{Diagnostic, Message};
use crate::source::Span;
use crate::syntax::ast::{Part, PartKind, Stmt};
use crate::syntax::number::Literal;

/// A compiled shape.
#[derive(Debug)]
pub enum Shape {
    /// A word or sign.
    Literal(&'static str),
    /// A word that is kept as a flag.
    Flag(&'static str),
    /// A value under a name.
    Value(&'static str, Prim),
    /// One after the other.
    Sequence(Vec<Shape>),
    /// The first that fits.
    Either(Vec<Shape>),
    /// Perhaps.
    Optional(Box<Shape>),
    /// One or more, with commas.
    List(Box<Shape>),
    /// Clauses in any order; each at most once, or any number of times.
    Clauses(Vec<Shape>, bool),
    /// Inside round brackets.
    Paren(Box<Shape>),
    /// A block of rows, under a name.
    Rows(&'static str, Box<Shape>),
}

/// The values a shape can ask for.
#[derive(Clone, Debug, PartialEq)]
pub enum Prim {
    /// One of these words.
    OneOf(Vec<&'static str>),
    /// A reference to one of these kinds.
    Reference(KindSet),
    /// Everything else, by its name in [`PRIMITIVES`].
    Named(Named),
}

macro_rules! primitives {
    ($($name:ident $word:literal $phrase:literal)*) => {
        /// The values that have a name of their own in the notation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)] // described in PRIMITIVES
        pub enum Named { $($name),* }

        /// Each with its word in the notation and how it is called in messages.
        pub const PRIMITIVES: &[(Named, &str, &str)] = &[$((Named::$name, $word, $phrase)),*];
    };
}

primitives! {
    Text "text" "a text in quotes"
    Texts "texts" "texts in quotes, with commas"
    Quoted "string" "a text in quotes"
    Integer "integer" "a whole number"
    Number "number" "a number"
    Percent "percent" "a percentage such as `12%`"
    Duration "duration" "a duration such as `30d`"
    Period "period" "a time such as `24mo` or `30d`"
    Money "money" "an amount such as `40 USD`"
    Quantity "quantity" "a number, a percentage, a duration or an amount of money"
    Literal "literal" "a value"
    Compare "compare" "a comparison such as `>= 25%`"
    Date "date" "a date such as `2027-03-31`"
    Day "day" "a date such as `2027-03-31` or a month such as `2027-03`"
    Month "month" "a month such as `2027-03`"
    Time "time" "a time of day such as `21:00`"
    Weekday "weekday" "a day of the week such as `friday`"
    Per "per" "a word such as `month`"
    Range "range" "a range such as `1..200`"
    Lang "lang" "a language tag such as `en` or `pt-BR`"
    Currency "currency" "a currency code such as `USD`"
    Timezone "timezone" "a time zone such as \"Europe/Berlin\""
    Free "free" "a word"
    Argument "argument" "a word, a text or a whole number"
    Owner "owner" "a team or a word"
    Purpose "purpose" "a declared consent or a reason in quotes"
    Cond "cond" "a condition"
    Trigger "trigger" "an event or another trigger"
    Expr "expr" "a computation such as `rate(a -> b)`"
    Type "type" "a type such as `string`"
    Workdays "workdays" "working days such as `2 workdays`"
    Until "until" "`until` and what is waited for"
}

impl Named {
    /// Its word in the notation.
    pub fn word(self) -> &'static str {
        PRIMITIVES[self as usize].1
    }

    /// How it is called in messages.
    pub fn phrase(self) -> Message {
        Message::of(PRIMITIVES[self as usize].2)
    }
}

// ---- the notation

impl Shape {
    /// Compiles the notation; the table is fixed, so a fault in it is a fault of the program.
    pub fn compile(notation: &'static str) -> Self {
        let mut reader = Notation { rest: notation };
        let shape = reader.either();
        assert!(reader.rest.trim().is_empty(), "the notation `{notation}` is wrong at `{}`", reader.rest);
        shape
    }
}

struct Notation {
    rest: &'static str,
}

impl Notation {
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start();
        self.rest.chars().next()
    }

    fn eat(&mut self, token: &str) -> bool {
        self.peek();
        let rest = self.rest.strip_prefix(token);
        rest.map(|rest| self.rest = rest).is_some()
    }

    fn expect(&mut self, token: &str) {
        assert!(self.eat(token), "`{token}` is wanted at `{}`", self.rest);
    }

    fn take(&mut self, allowed: fn(char) -> bool) -> &'static str {
        self.peek();
        let end = self.rest.find(|c| !allowed(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn either(&mut self) -> Shape {
        let mut options = vec![self.sequence()];
        while self.eat("|") {
            options.push(self.sequence());
        }
        if options.len() == 1 { options.remove(0) } else { Shape::Either(options) }
    }

    fn sequence(&mut self) -> Shape {
        let mut items = Vec::new();
        while self.peek().is_some_and(|c| !"|)]}".contains(c)) {
            items.push(self.item());
        }
        if items.len() == 1 { items.remove(0) } else { Shape::Sequence(items) }
    }

    fn item(&mut self) -> Shape {
        let atom = self.atom();
        if self.eat(",+") {
            return Shape::List(Box::new(atom));
        }
        if self.eat("**") {
            return clauses(atom, true);
        }
        if self.eat("*") {
            return clauses(atom, false);
        }
        atom
    }

    fn atom(&mut self) -> Shape {
        match self.peek() {
            Some('[') => Shape::Optional(Box::new(self.inside("[", "]"))),
            Some('(') => self.inside("(", ")"),
            Some('{') => Shape::Rows("rows", Box::new(self.inside("{", "}"))),
            Some('\'') => {
                self.expect("'");
                let word = self.take(|c| c != '\'');
                self.expect("'");
                Shape::Literal(word)
            }
            Some('!') => {
                self.expect("!");
                Shape::Flag(self.take(is_word))
            }
            Some('.') => {
                self.expect("..");
                Shape::Literal("..")
            }
            Some(',') => {
                self.expect(",");
                Shape::Literal(",")
            }
            _ => self.value(),
        }
    }

    fn inside(&mut self, open: &str, close: &str) -> Shape {
        self.expect(open);
        let shape = self.either();
        self.expect(close);
        shape
    }

    fn value(&mut self) -> Shape {
        if self.rest.starts_with("p(") {
            self.expect("p");
            return Shape::Paren(Box::new(self.inside("(", ")")));
        }
        if matches!(self.peek(), Some('<' | '@')) {
            return Shape::Value("value", self.prim());
        }
        let word = self.take(is_word);
        if self.rest.starts_with(':') {
            self.expect(":");
            if self.peek() == Some('{') {
                return Shape::Rows(word, Box::new(self.inside("{", "}")));
            }
            return Shape::Value(word, self.prim());
        }
        Shape::Value("value", named(word))
    }

    fn prim(&mut self) -> Prim {
        if self.eat("<") {
            let words = self.take(|c| c != '>').split_whitespace().collect();
            self.expect(">");
            return Prim::OneOf(words);
        }
        if self.eat("@") {
            let words = self.take(|c| is_word(c) || c == '+');
            let kind = |word: &str| Kind::ALL.iter().copied().find(|kind| kind.word() == word);
            let kinds: Vec<Kind> = words.split('+').map(|word| kind(word).expect("a kind of the table")).collect();
            return Prim::Reference(KindSet::of(&kinds));
        }
        named(self.take(is_word))
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_lowercase() || character == '_'
}

fn named(word: &str) -> Prim {
    let found = PRIMITIVES.iter().find(|(_, own, _)| *own == word);
    Prim::Named(found.unwrap_or_else(|| panic!("`{word}` is not in PRIMITIVES")).0)
}

fn clauses(shape: Shape, repeat: bool) -> Shape {
    match shape {
        Shape::Either(options) => Shape::Clauses(options, repeat),
        other => Shape::Clauses(vec![other], repeat),
    }
}

// ---- the reader

/// What was expected where reading got furthest.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    /// Index of the part, and how deep in brackets.
    pub span: Option<Span>,
    /// What would have fitted.
    pub expected: Vec<Expected>,
    /// What stands there, if anything.
    pub found: Option<Found>,
}

/// Something that would have fitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expected {
    /// This word or sign.
    Word(&'static str),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A reference.
    Reference(KindSet),
    /// A value.
    Value(Named),
    /// A closing bracket.
    Close,
    /// Something of an expression, in words.
    Phrase(&'static str),
}

/// What stands where something else was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A word.
    Word,
    /// A number of some unit.
    Literal(&'static str),
    /// A text.
    Text,
    /// A bracket, a block or a sign.
    Other,
    /// Something already reported.
    Bad,
}

/// Reads the parts of one statement.
pub struct Reader<'a, 's> {
    /// The parts at this level of brackets.
    pub parts: &'a [Part<'s>],
    /// The next part.
    pub at: usize,
    /// The empty place after the last part, where something may be missing.
    pub end: Span,
    /// What was read.
    pub captures: Vec<Captured<'s>>,
    /// The references met.
    pub refs: &'a mut Vec<Ref<'s>>,
    /// Findings about values that have the right shape.
    pub faults: &'a mut Vec<Diagnostic>,
    /// Where reading got furthest, and what would have fitted there; noted only where somebody asks.
    pub failure: Failure,
    explains: bool,
}

impl<'a, 's> Reader<'a, 's> {
    /// A reader of parts that end at `end`.
    pub fn new(parts: &'a [Part<'s>], end: Span, refs: &'a mut Vec<Ref<'s>>, faults: &'a mut Vec<Diagnostic>) -> Self {
        Self { parts, at: 0, end, captures: Vec::new(), refs, faults, failure: Failure::default(), explains: false }
    }

    /// A reader that notes why it fails. Most statements fit, and trying what is optional fails all the time, so this is
    /// for a second reading of what did not.
    #[must_use]
    pub fn explaining(self) -> Self {
        Self { explains: true, ..self }
    }

    /// The next part.
    pub fn peek(&self) -> Option<&'a Part<'s>> {
        self.parts.get(self.at)
    }

    /// The part after the next.
    pub fn peek_second(&self) -> Option<&'a Part<'s>> {
        self.parts.get(self.at + 1)
    }

    /// Takes the next part.
    pub fn take(&mut self) -> Option<&'a Part<'s>> {
        let part = self.parts.get(self.at)?;
        self.at += 1;
        Some(part)
    }

    /// Takes the next part if it is this word or sign.
    pub fn eat(&mut self, word: &str) -> bool {
        let fits = self.peek().is_some_and(|part| part.is_op(word) || part.word() == Some(word));
        self.at += usize::from(fits);
        fits
    }

    /// Where the next part stands, or where it is missing.
    pub fn here(&self) -> Span {
        self.peek().map_or(self.end, |part| part.span)
    }

    /// Notes what would have fitted here; always `false`, so that it can end a match.
    pub fn miss(&mut self, expected: Expected) -> bool {
        if !self.explains {
            return false;
        }
        let here = self.here();
        let order = self.failure.span.map(|span| here.start.cmp(&span.start));
        if order.is_none_or(std::cmp::Ordering::is_gt) {
            let found = self.peek().map(found);
            self.failure = Failure { span: Some(here), expected: vec![expected], found };
        } else if order.is_some_and(std::cmp::Ordering::is_eq) && !self.failure.expected.contains(&expected) {
            self.failure.expected.push(expected);
        }
        false
    }

    fn capture(&mut self, slot: &'static str, val: Val<'s>, span: Span) -> bool {
        self.captures.push(Captured { slot, val, span });
        true
    }

    /// A new reference.
    pub fn reference(&mut self, path: &'s str, span: Span, want: KindSet) -> RefIx {
        self.refs.push(Ref { path, span, want });
        RefIx(self.refs.len() as u32 - 1)
    }

    /// Reads a shape; on failure the position and the captures are as before.
    pub fn read(&mut self, shape: &'static Shape) -> bool {
        let (at, captures, refs, faults) = (self.at, self.captures.len(), self.refs.len(), self.faults.len());
        let fits = self.read_inner(shape);
        if !fits {
            self.at = at;
            self.captures.truncate(captures);
            self.refs.truncate(refs);
            self.faults.truncate(faults);
        }
        fits
    }

    /// Reads a shape to the last part; a comma before the end of a field is allowed.
    pub fn read_whole(&mut self, shape: &'static Shape) -> bool {
        let fits = self.read(shape);
        self.eat(",");
        fits && self.peek().is_none()
    }

    fn read_inner(&mut self, shape: &'static Shape) -> bool {
        match shape {
            Shape::Literal(word) => self.eat(word) || self.miss(Expected::Word(word)),
            Shape::Flag(word) => self.flag(word),
            Shape::Value(slot, prim) => self.value(slot, prim),
            Shape::Sequence(items) => items.iter().all(|item| self.read(item)),
            Shape::Either(options) => options.iter().any(|option| self.read(option)),
            Shape::Optional(inner) => self.optional(inner),
            Shape::List(inner) => self.list(inner),
            Shape::Clauses(options, repeat) => self.clauses(options, *repeat),
            Shape::Paren(inner) => self.paren(inner),
            Shape::Rows(slot, row) => self.rows(slot, row),
        }
    }

    fn flag(&mut self, word: &'static str) -> bool {
        let span = self.here();
        if self.eat(word) { self.capture(word, Val::Flag, span) } else { self.miss(Expected::Word(word)) }
    }

    /// What is optional may be absent, but not half there: having begun, it must be whole.
    fn optional(&mut self, inner: &'static Shape) -> bool {
        let before = self.at;
        self.read(inner) || !begins(inner, &self.parts[before..])
    }

    fn list(&mut self, inner: &'static Shape) -> bool {
        if !self.read(inner) {
            return false;
        }
        while self.peek().is_some_and(|part| part.is_op(",")) {
            self.at += 1;
            if self.peek().is_none() {
                break; // a trailing comma
            }
            if !self.read(inner) {
                // The comma may belong to what follows the list (`per cart_id, latest`).
                self.at -= 1;
                break;
            }
        }
        true
    }

    fn clauses(&mut self, options: &'static [Shape], repeat: bool) -> bool {
        let mut used = 0u64;
        loop {
            let next = options
                .iter()
                .enumerate()
                .position(|(index, option)| (repeat || used & (1 << index) == 0) && self.read(option));
            let Some(index) = next else { break };
            used |= 1 << index;
        }
        let rest = &self.parts[self.at..];
        let open = |(index, option): (usize, &Shape)| (repeat || used & (1 << index) == 0) && begins(option, rest);
        !options.iter().enumerate().any(open)
    }

    fn paren(&mut self, inner: &'static Shape) -> bool {
        let Some(PartKind::Paren(parts)) = self.peek().map(|part| &part.kind) else {
            return self.miss(Expected::Word("("));
        };
        let end = self.here();
        let end = Span { start: end.end.saturating_sub(1), ..end };
        self.within(parts, end, |reader| {
            reader.read(inner) && (reader.peek().is_none() || reader.miss(Expected::Close))
        })
    }

    /// Reads the parts of a bracket, then steps over it.
    pub fn within(&mut self, parts: &'a [Part<'s>], end: Span, read: impl FnOnce(&mut Self) -> bool) -> bool {
        let outer = (self.parts, self.at, self.end);
        (self.parts, self.at, self.end) = (parts, 0, end);
        let fits = read(self);
        (self.parts, self.at, self.end) = outer;
        self.at += usize::from(fits);
        fits
    }

    fn rows(&mut self, slot: &'static str, row: &'static Shape) -> bool {
        let Some(PartKind::Block(block)) = self.peek().map(|part| &part.kind) else {
            return self.miss(Expected::Word("{"));
        };
        let span = self.here();
        let mut rows = Vec::with_capacity(block.stmts.len());
        for stmt in &block.stmts {
            if stmt.is_bad() {
                continue;
            }
            let Some(captured) = self.row(stmt, row) else { return false };
            rows.push(captured);
        }
        self.at += 1;
        self.capture(slot, Val::Rows(rows), span)
    }

    fn row(&mut self, stmt: &'a Stmt<'s>, row: &'static Shape) -> Option<Vec<Captured<'s>>> {
        let outer = std::mem::take(&mut self.captures);
        let at = self.at;
        let mut taken = Vec::new();
        let fits = self.within(&stmt.parts, stmt.span.after(), |reader| {
            let whole = reader.read(row);
            reader.eat(","); // a comma before the end of a row is allowed
            let fits = whole && (reader.peek().is_none() || reader.miss(Expected::Close));
            taken = std::mem::take(&mut reader.captures);
            fits
        });
        self.at = at;
        self.captures = outer;
        fits.then_some(taken)
    }

    // ---- values

    fn value(&mut self, slot: &'static str, prim: &'static Prim) -> bool {
        let start = self.here();
        let val = match prim {
            Prim::OneOf(words) => self.one_of(words),
            Prim::Reference(want) => self.a_reference(*want),
            Prim::Named(named) => self.named(*named),
        };
        let Some(val) = val else { return false };
        let end = self.parts.get(self.at.wrapping_sub(1)).map_or(start, |part| part.span);
        self.capture(slot, val, start.to(end))
    }

    fn fail(&mut self, expected: Expected) -> Option<Val<'s>> {
        self.miss(expected);
        None
    }

    fn one_of(&mut self, words: &'static [&'static str]) -> Option<Val<'s>> {
        let word = self.peek().and_then(Part::word).filter(|word| words.contains(word));
        let Some(word) = word else { return self.fail(Expected::OneOf(words)) };
        self.at += 1;
        Some(Val::Word(word))
    }

    fn a_reference(&mut self, want: KindSet) -> Option<Val<'s>> {
        let Some(part) = self.peek().filter(|part| part.word().is_some()) else {
            return self.fail(Expected::Reference(want));
        };
        self.at += 1;
        let path = part.word().unwrap_or_default();
        Some(Val::Ref(self.reference(path, part.span, want)))
    }

    fn named(&mut self, named: Named) -> Option<Val<'s>> {
        let value = match named {
            Named::Text | Named::Texts => self.text(named == Named::Texts),
            Named::Quoted | Named::Timezone => self.quoted(),
            Named::Free | Named::Lang | Named::Currency | Named::Per | Named::Weekday => self.free(named),
            Named::Owner => self.owner(),
            Named::Purpose => self.purpose(),
            Named::Argument => self.quoted().or_else(|| self.free(named)).or_else(|| self.number(Named::Integer)),
            Named::Cond => expr::read(self, Mode::Condition).map(|expr| Val::Expr(Box::new(expr))),
            Named::Trigger => expr::read(self, Mode::Trigger).map(|expr| Val::Expr(Box::new(expr))),
            Named::Expr => expr::read(self, Mode::Value).map(|expr| Val::Expr(Box::new(expr))),
            Named::Type => self.a_type().map(|kind| Val::Type(Box::new(kind))),
            Named::Workdays => self.workdays(),
            Named::Compare => self.compare(),
            Named::Range => self.range(),
            Named::Until => return self.until(),
            Named::Quantity | Named::Money => self.quantity(named),
            Named::Literal => self.literal_value(),
            _ => self.number(named),
        };
        if value.is_none() {
            self.miss(Expected::Value(named));
        }
        value
    }

    fn text(&mut self, many: bool) -> Option<Val<'s>> {
        if let Some(PartKind::Block(block)) = self.peek().map(|part| &part.kind) {
            let mut text = Text::default();
            for stmt in &block.stmts {
                if stmt.is_bad() {
                    continue;
                }
                self.language_row(stmt, &mut text)?;
            }
            self.at += 1;
            return Some(Val::Text(text));
        }
        let mut text = Text { entries: vec![self.text_entry(None)?] };
        while many && self.eat(",") {
            let Some(entry) = self.text_entry(None) else { break };
            text.entries.push(entry);
        }
        Some(Val::Text(text))
    }

    fn language_row(&mut self, stmt: &'a Stmt<'s>, text: &mut Text<'s>) -> Option<()> {
        let at = self.at;
        let fits = self.within(&stmt.parts, stmt.span.after(), |reader| {
            let Some(lang) = reader.peek().and_then(Part::word) else {
                return reader.miss(Expected::Value(Named::Lang));
            };
            reader.at += 1;
            while let Some(entry) = reader.text_entry(Some(lang)) {
                text.entries.push(entry);
                if !reader.eat(",") {
                    return reader.peek().is_none() || reader.miss(Expected::Word(","));
                }
            }
            reader.peek().is_none() || reader.miss(Expected::Value(Named::Text))
        });
        self.at = at;
        fits.then_some(())
    }

    fn text_entry(&mut self, lang: Option<&'s str>) -> Option<TextEntry<'s>> {
        let part = self.peek()?;
        let PartKind::Text(quoted) = &part.kind else { return None };
        self.at += 1;
        Some(TextEntry { lang, raw: quoted.raw.clone(), long: quoted.long, span: part.span })
    }

    fn quoted(&mut self) -> Option<Val<'s>> {
        let entry = self.text_entry(None)?;
        Some(Val::Text(Text { entries: vec![entry] }))
    }

    fn free(&mut self, named: Named) -> Option<Val<'s>> {
        let word = self.peek().and_then(Part::word)?;
        let fits = match named {
            Named::Weekday => WEEKDAYS.contains(&word),
            Named::Per => PER_WORDS.contains(&word),
            Named::Currency => word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_alphabetic()),
            _ => true,
        };
        self.at += usize::from(fits);
        fits.then_some(Val::Word(word))
    }

    /// A team once the project declares one, a free word before; told apart when names are known.
    fn owner(&mut self) -> Option<Val<'s>> {
        let part = self.peek()?;
        let word = part.word()?;
        self.at += 1;
        Some(Val::Ref(self.reference(word, part.span, KindSet::of(&[Kind::Team]))))
    }

    fn purpose(&mut self) -> Option<Val<'s>> {
        if let Some(quoted) = self.quoted() {
            return Some(quoted);
        }
        let part = self.peek()?;
        let word = part.word()?;
        self.at += 1;
        Some(Val::Ref(self.reference(word, part.span, KindSet::of(&[Kind::Consent]))))
    }

    fn a_type(&mut self) -> Option<Type<'s>> {
        let part = self.peek()?;
        let word = part.word()?;
        let inside = match self.peek_second().map(|next| &next.kind) {
            Some(PartKind::Paren(parts)) => Some(parts.as_slice()),
            _ => None,
        };
        match (word, inside) {
            ("enum", Some(parts)) => {
                let members = Self::enum_members(parts)?;
                self.at += 2;
                Some(Type::Enum(members))
            }
            ("list", Some(parts)) => {
                self.at += 1;
                let mut inner = None;
                let end = self.here().after();
                self.within(parts, end, |reader| {
                    inner = reader.a_type();
                    inner.is_some() && reader.peek().is_none()
                });
                inner.map(|inner| Type::List(Box::new(inner)))
            }
            _ => {
                self.at += 1;
                let scalar = SCALARS.iter().find(|(own, _)| *own == word);
                Some(scalar.map_or_else(
                    || Type::Named(self.reference(word, part.span, KindSet::of(&[Kind::Type]))),
                    |(own, _)| Type::Scalar(own),
                ))
            }
        }
    }

    fn enum_members(parts: &'a [Part<'s>]) -> Option<Vec<(Cow<'s, str>, Span)>> {
        let mut members = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            match &part.kind {
                PartKind::Word(word) if index % 2 == 0 => members.push((Cow::Borrowed(*word), part.span)),
                PartKind::Text(quoted) if index % 2 == 0 => members.push((quoted.raw.clone(), part.span)),
                PartKind::Op(",") if index % 2 == 1 => {}
                _ => return None,
            }
        }
        Some(members).filter(|members| !members.is_empty())
    }

    fn workdays(&mut self) -> Option<Val<'s>> {
        let PartKind::Number(Literal::Plain { value, .. }) = self.peek()?.kind else { return None };
        let follows = self.peek_second().and_then(Part::word);
        if !matches!(follows, Some("workdays" | "workday")) {
            return None;
        }
        self.at += 2;
        Some(Val::Workdays(value))
    }

    fn compare(&mut self) -> Option<Val<'s>> {
        let PartKind::Op(op @ (">=" | "<=" | ">" | "<" | "==")) = self.peek()?.kind else { return None };
        self.at += 1;
        let value = self.quantity(Named::Quantity);
        if value.is_none() {
            self.miss(Expected::Value(Named::Quantity));
        }
        value.map(|value| Val::Compare(op, Box::new(value)))
    }

    fn range(&mut self) -> Option<Val<'s>> {
        let from = self.quantity(Named::Quantity)?;
        if !self.eat("..") {
            self.miss(Expected::Word(".."));
            return None;
        }
        let to = self.quantity(Named::Quantity)?;
        Some(Val::Range(Box::new((from, to))))
    }

    /// `until TRIGGER at_most DURATION`, as two captures.
    fn until(&mut self) -> Option<Val<'s>> {
        if !self.eat("until") {
            return self.fail(Expected::Word("until"));
        }
        let trigger = expr::read(self, Mode::Trigger)?;
        if !self.eat("at_most") {
            return self.fail(Expected::Word("at_most"));
        }
        let span = self.here();
        let limit = self.named(Named::Duration)?;
        self.capture("at_most", limit, span);
        Some(Val::Expr(Box::new(trigger)))
    }

    /// A number with its unit; an amount of money takes the currency after it and perhaps what it is per.
    pub fn quantity(&mut self, named: Named) -> Option<Val<'s>> {
        let PartKind::Number(literal) = self.peek()?.kind else { return None };
        if let Literal::Plain { value, .. } = literal {
            let currency = self.peek_second().and_then(Part::word).filter(|word| looks_like_currency(word));
            if let Some(currency) = currency {
                let span = self.parts[self.at + 1].span;
                self.at += 2;
                self.check_currency(currency, span);
                let per = self.per();
                return Some(Val::Money(Money { amount: value, currency, per }));
            }
        }
        if named == Named::Money {
            return None;
        }
        self.at += 1;
        Some(literal_val(literal))
    }

    fn per(&mut self) -> Option<&'s str> {
        let word = self.peek_second().and_then(Part::word).filter(|word| PER_WORDS.contains(word))?;
        self.peek()?.is_op("/").then(|| self.at += 2)?;
        Some(word)
    }

    fn check_currency(&mut self, code: &'s str, span: Span) {
        if iso_currency::Currency::from_code(code).is_none() {
            self.faults.push(super::faults::unknown_currency(code, span));
        }
    }

    fn literal_value(&mut self) -> Option<Val<'s>> {
        if let Some(PartKind::Square(parts)) = self.peek().map(|part| &part.kind) {
            return self.literal_list(parts);
        }
        self.quoted().or_else(|| self.quantity(Named::Quantity)).or_else(|| self.free(Named::Free))
    }

    fn literal_list(&mut self, parts: &'a [Part<'s>]) -> Option<Val<'s>> {
        let end = self.here().after();
        let outer = std::mem::take(&mut self.captures);
        let mut rows = Vec::new();
        let fits = self.within(parts, end, |reader| {
            while reader.peek().is_some() {
                let span = reader.here();
                let Some(val) = reader.literal_value() else { return false };
                rows.push(vec![Captured { slot: "value", val, span }]);
                if !reader.eat(",") {
                    return reader.peek().is_none();
                }
            }
            true
        });
        self.captures = outer;
        fits.then_some(Val::Rows(rows))
    }

    fn number(&mut self, named: Named) -> Option<Val<'s>> {
        let PartKind::Number(literal) = self.peek()?.kind else { return None };
        let val = literal_val(literal);
        let fits = match (named, &val) {
            (Named::Integer, Val::Number(value)) => value.is_integer(),
            (Named::Number, Val::Number(_))
            | (Named::Percent, Val::Percent(_))
            | (Named::Duration, Val::Duration(Duration::Exact { .. }))
            | (Named::Period, Val::Duration(_))
            | (Named::Date, Val::Date(_))
            | (Named::Day, Val::Date(_) | Val::Month { .. })
            | (Named::Month, Val::Month { .. })
            | (Named::Time, Val::Time(_)) => true,
            _ => false,
        };
        self.at += usize::from(fits);
        fits.then_some(val)
    }
}

/// The days of the week.
pub const WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

fn looks_like_currency(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// The value of a number token.
pub fn literal_val<'s>(literal: Literal) -> Val<'s> {
    match literal {
        Literal::Plain { value, .. } => Val::Number(value),
        Literal::Percent(value) => Val::Percent(value),
        Literal::Span { seconds, unit } => Val::Duration(Duration::Exact { seconds, unit }),
        Literal::Calendar { months } => Val::Duration(Duration::Calendar { months }),
        Literal::Date(date) => Val::Date(date),
        Literal::Month { year, month } => Val::Month { year, month },
        Literal::Time(time) => Val::Time(time),
    }
}

fn found(part: &Part<'_>) -> Found {
    match &part.kind {
        PartKind::Word(_) => Found::Word,
        PartKind::Number(literal) => Found::Literal(literal_val(*literal).describe()),
        PartKind::Text(_) => Found::Text,
        PartKind::Bad => Found::Bad,
        _ => Found::Other,
    }
}

/// Whether the parts begin with the fixed word or sign that a shape begins with.
fn begins(shape: &Shape, parts: &[Part<'_>]) -> bool {
    match shape {
        Shape::Literal(word) | Shape::Flag(word) => {
            parts.first().is_some_and(|part| part.is_op(word) || part.word() == Some(word))
        }
        Shape::Sequence(items) if matches!(items.first(), Some(Shape::Literal(","))) => {
            // A comma alone begins nothing: the list before it may have ended with one.
            false
        }
        Shape::Sequence(items) => items.first().is_some_and(|first| begins(first, parts)),
        Shape::Either(options) => options.iter().any(|option| begins(option, parts)),
        _ => false,
    }
}
