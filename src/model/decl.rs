//! Statements to declarations, by the table of kinds. What a statement cannot be read as is reported and left out; the
//! declaration around it stays and is marked, so that whoever misses something in it can stay silent.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Block, Part, PartKind, Stmt};

use super::expr::RESERVED;
use super::faults::{self, Subject};
use super::kinds::{FieldSpec, Kind, KindSet, KindSpec, Naming, top_level_kind};
use super::shape::{Found, Reader, Shape};
use super::value::{Captured, PER_WORDS, Ref, RefIx, TextEntry, Val};

/// Index of a declaration in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeclId(pub u32);

/// A name, a class: a word with its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ident<'s> {
    /// The word.
    pub text: &'s str,
    /// Where it stands.
    pub span: Span,
}

/// A declaration, read by its row of the table.
#[derive(Clone, Debug)]
pub struct Decl<'s> {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: Option<Ident<'s>>,
    /// The label after the name.
    pub label: Option<TextEntry<'s>>,
    /// The class after `:`.
    pub class: Option<Ident<'s>>,
    /// What it extends.
    pub extends: Option<RefIx>,
    /// What follows name, label and class.
    pub head: Vec<Captured<'s>>,
    /// Its fields, in the order they are written.
    pub fields: Vec<Field<'s>>,
    /// What is declared inside, in order.
    pub children: Vec<DeclId>,
    /// What it is declared inside of.
    pub parent: Option<DeclId>,
    /// The `///` lines above it.
    pub docs: Vec<&'s str>,
    /// All of it.
    pub span: Span,
    /// Where to point at when all of it is meant: its name, or the word it begins with.
    pub place: Span,
    /// Every reference in its head and fields.
    pub refs: Vec<Ref<'s>>,
    /// Whether something in it could not be read.
    pub broken: bool,
}

/// A field of a declaration.
#[derive(Clone, Debug)]
pub struct Field<'s> {
    /// Its row of the table.
    pub spec: &'static FieldSpec,
    /// What it holds.
    pub values: Vec<Captured<'s>>,
    /// All of it.
    pub span: Span,
    /// Its word.
    pub key: Span,
}

impl<'s> Field<'s> {
    /// The first value of a slot.
    pub fn get(&self, slot: &str) -> Option<&Captured<'s>> {
        find(&self.values, slot)
    }
}

/// The first value of a slot.
pub fn find<'a, 's>(values: &'a [Captured<'s>], slot: &str) -> Option<&'a Captured<'s>> {
    values.iter().find(|captured| captured.slot == slot)
}

/// Declarations as they are read; their ids count from 0.
#[derive(Debug, Default)]
pub struct Declarations<'s> {
    /// Parents before children.
    pub decls: Vec<Decl<'s>>,
    /// What could not be read.
    pub faults: Vec<Diagnostic>,
}

impl<'s> Declarations<'s> {
    /// Reads a top-level statement.
    pub fn declare(&mut self, stmt: &Stmt<'s>) {
        match stmt.key().and_then(top_level_kind) {
            Some(kind) => drop(self.decl(kind, stmt, None)),
            None => self.unknown(None, stmt),
        }
    }

    /// What one top-level statement declares.
    pub fn of(stmt: &Stmt<'s>) -> Self {
        let mut declared = Self::default();
        declared.declare(stmt);
        declared
    }

    /// The statements of a model's block, declared inside the `make` that fills it in.
    pub fn inside(make: &Stmt<'s>, stmts: &[Stmt<'s>]) -> Self {
        let mut declared = Self::default();
        if let Some(parent) = declared.decl(Kind::Make, make, None) {
            stmts.iter().for_each(|stmt| declared.member(Kind::Model.spec(), Kind::Make, stmt, parent));
        }
        declared
    }
}

/// Where the reading of a declaration's parts has come to, and what was read.
struct Opening<'s> {
    at: usize,
    name: Option<Ident<'s>>,
    label: Option<TextEntry<'s>>,
    class: Option<Ident<'s>>,
    extends: Option<RefIx>,
    refs: Vec<Ref<'s>>,
    /// Whether the class or what is extended could not be read.
    broken: bool,
}

impl<'s> Declarations<'s> {
    fn decl(&mut self, kind: Kind, stmt: &Stmt<'s>, parent: Option<DeclId>) -> Option<DeclId> {
        let spec = kind.spec();
        let (head_parts, block) = split_block(spec, stmt);
        let mut opening = self.opening(kind, stmt, head_parts);
        let broken = stmt.is_bad();
        let head = if broken {
            Vec::new()
        } else {
            self.read_head(
                kind,
                spec,
                &head_parts[opening.at.min(head_parts.len())..],
                head_end(stmt, head_parts),
                &mut opening.refs,
            )?
        };
        let opening_broken = opening.broken;
        let place = opening.name.map_or(stmt.parts[0].span, |name| name.span);
        let id = DeclId(self.decls.len() as u32);
        self.decls.push(Decl {
            kind,
            name: opening.name,
            label: opening.label,
            class: opening.class,
            extends: opening.extends,
            head,
            fields: Vec::new(),
            children: Vec::new(),
            parent,
            docs: stmt.docs.clone(),
            span: stmt.span,
            place,
            refs: opening.refs,
            broken,
        });
        if let Some(block) = block.filter(|_| kind != Kind::Model) {
            self.body(spec, kind, block, id);
        }
        self.check_required(spec, id);
        let decl = &mut self.decls[id.0 as usize];
        decl.broken |= opening_broken;
        decl.fields.shrink_to_fit();
        decl.refs.shrink_to_fit();
        Some(id)
    }

    // ---- the head

    /// Name, label, class and `extends`.
    fn opening(&mut self, kind: Kind, stmt: &Stmt<'s>, parts: &[Part<'s>]) -> Opening<'s> {
        let skip = usize::from(stmt.key() == Some(kind.word()));
        let mut opening =
            Opening { at: skip, name: None, label: None, class: None, extends: None, refs: Vec::new(), broken: false };
        if kind.spec().row.naming == Naming::Required {
            self.read_name(kind, stmt, parts, &mut opening);
        }
        let may_have_label = kind.spec().row.naming == Naming::Required && !matches!(kind, Kind::Trait | Kind::Member);
        if let Some((PartKind::Text(quoted), true)) = parts.get(opening.at).map(|part| (&part.kind, may_have_label)) {
            let span = parts[opening.at].span;
            opening.label = Some(TextEntry { lang: None, raw: quoted.raw.clone(), long: quoted.long, span });
            opening.at += 1;
        }
        while let Some(part) = parts.get(opening.at) {
            if part.is_op(":") {
                self.read_class(kind, parts, &mut opening);
            } else if part.word() == Some("extends") {
                self.read_extends(kind, parts, &mut opening);
            } else {
                break;
            }
        }
        opening
    }

    fn read_name(&mut self, kind: Kind, stmt: &Stmt<'s>, parts: &[Part<'s>], opening: &mut Opening<'s>) {
        let Some((part, word)) = parts.get(opening.at).and_then(|part| part.word().map(|word| (part, word))) else {
            if !stmt.is_bad() {
                self.faults.push(faults::missing_name(
                    kind,
                    parts.get(opening.at).map_or(stmt.parts[0].span.after(), |p| p.span.before()),
                ));
            }
            opening.broken = true;
            return;
        };
        opening.at += 1;
        if word.contains(['.', '-']) || RESERVED.contains(&word) {
            self.faults.push(faults::bad_name(word, part.span));
            opening.broken = true;
            return;
        }
        opening.name = Some(Ident { text: word, span: part.span });
    }

    fn read_class(&mut self, kind: Kind, parts: &[Part<'s>], opening: &mut Opening<'s>) {
        opening.at += 1;
        let Some((span, word)) = parts.get(opening.at).and_then(|part| part.word().map(|word| (part.span, word)))
        else {
            let at = parts.get(opening.at).map_or(parts[opening.at - 1].span, |part| part.span);
            self.faults.push(faults::unknown_class(kind, "", at));
            opening.broken = true;
            return;
        };
        opening.at += 1;
        if kind.spec().row.classes.contains(&word) {
            opening.class = Some(Ident { text: word, span });
        } else {
            self.faults.push(faults::unknown_class(kind, word, span));
            opening.broken = true;
        }
    }

    fn read_extends(&mut self, kind: Kind, parts: &[Part<'s>], opening: &mut Opening<'s>) {
        let keyword = parts[opening.at].span;
        opening.at += 1;
        let Some((span, path)) = parts.get(opening.at).and_then(|part| part.word().map(|word| (part.span, word)))
        else {
            self.faults.push(faults::bad_extends(keyword, "", crate::say!("the name of what is extended is missing")));
            opening.broken = true;
            return;
        };
        opening.at += 1;
        opening.refs.push(Ref { path, span, want: KindSet::of(&[kind]) });
        opening.extends = Some(RefIx(opening.refs.len() as u32 - 1));
    }

    /// `None` where the head does not fit and the declaration has no meaning without it.
    fn read_head(
        &mut self,
        kind: Kind,
        spec: &'static KindSpec,
        parts: &[Part<'s>],
        end: Span,
        refs: &mut Vec<Ref<'s>>,
    ) -> Option<Vec<Captured<'s>>> {
        let subject = Subject { field: None, kind, notation: spec.row.head };
        read_shape(&spec.head, parts, end, refs, &mut self.faults, subject, spec)
            .or_else(|| kind.spec().has_body().then(Vec::new))
    }

    // ---- the block

    fn body(&mut self, spec: &'static KindSpec, kind: Kind, block: &Block<'s>, id: DeclId) {
        for stmt in &block.stmts {
            self.member(spec, kind, stmt, id);
        }
    }

    fn member(&mut self, spec: &'static KindSpec, kind: Kind, stmt: &Stmt<'s>, id: DeclId) {
        let key = stmt.key();
        let child =
            if is_transition(kind, stmt) { Some(Kind::Transition) } else { key.and_then(|key| spec.child(key)) };
        let child = child.or_else(|| spec.row.rows.filter(|rows| is_row(*rows, stmt)));
        let made = match (child, key.and_then(|key| spec.field(key))) {
            (Some(child), _) => self.child(child, stmt, id),
            (None, Some(field)) => self.field(spec, field, stmt, 1, id),
            (None, None) if starts_with_number(stmt) && spec.field("points").is_some() => {
                spec.field("points").is_some_and(|field| self.field(spec, field, stmt, 0, id))
            }
            (None, None) => {
                self.unknown(Some(kind), stmt);
                false
            }
        };
        if !made {
            self.decls[id.0 as usize].broken = true;
        }
    }

    fn child(&mut self, kind: Kind, stmt: &Stmt<'s>, parent: DeclId) -> bool {
        let made = self.decl(kind, stmt, Some(parent));
        if let Some(child) = made {
            self.decls[parent.0 as usize].children.push(child);
        }
        made.is_some()
    }

    fn field(
        &mut self,
        spec: &'static KindSpec,
        field: &'static FieldSpec,
        stmt: &Stmt<'s>,
        skip: usize,
        id: DeclId,
    ) -> bool {
        let owner = &mut self.decls[id.0 as usize];
        let key = stmt.parts[0].span;
        if stmt.is_bad() {
            return false;
        }
        let first = owner.fields.iter().find(|own| own.spec.word == field.word && !field.repeats);
        if let Some(first) = first {
            self.faults.push(faults::duplicate_field(field.word, key, first.key));
            return true;
        }
        let subject = Subject { field: Some(field.word), kind: owner.kind, notation: field.notation };
        let parts = &stmt.parts[skip..];
        let values =
            read_shape(&field.shape, parts, stmt.span.after(), &mut owner.refs, &mut self.faults, subject, spec);
        let Some(values) = values else { return false };
        owner.fields.push(Field { spec: field, values, span: stmt.span, key });
        true
    }

    fn check_required(&mut self, spec: &'static KindSpec, id: DeclId) {
        let decl = &self.decls[id.0 as usize];
        if decl.broken || decl.extends.is_some() {
            return;
        }
        let missing = spec
            .fields
            .iter()
            .filter(|field| field.required && !decl.fields.iter().any(|own| own.spec.word == field.word));
        let name = decl.name.map_or("", |name| name.text);
        let found: Vec<Diagnostic> =
            missing.map(|field| faults::missing_field(decl.kind, name, field.word, field.doc, decl.place)).collect();
        self.faults.extend(found);
    }

    fn unknown(&mut self, parent: Option<Kind>, stmt: &Stmt<'s>) {
        if stmt.parts.first().is_some_and(Part::is_bad) {
            return;
        }
        match (stmt.key(), stmt.parts.first()) {
            (Some(word), Some(part)) => self.faults.push(faults::unknown_field(parent, word, part.span)),
            (None, Some(part)) => self.faults.push(faults::no_statement(parent, part.span)),
            _ => {}
        }
    }
}

/// The parts before a declaration's own block, and the block.
fn split_block<'a, 's>(spec: &KindSpec, stmt: &'a Stmt<'s>) -> (&'a [Part<'s>], Option<&'a Block<'s>>) {
    match stmt.parts.last().map(|part| &part.kind) {
        Some(PartKind::Block(block)) if spec.has_body() => (&stmt.parts[..stmt.parts.len() - 1], Some(block)),
        _ => (&stmt.parts, None),
    }
}

fn head_end(stmt: &Stmt<'_>, parts: &[Part<'_>]) -> Span {
    parts.last().map_or(stmt.span.after(), |part| part.span.after())
}

fn is_transition(kind: Kind, stmt: &Stmt<'_>) -> bool {
    kind == Kind::Funnel && stmt.parts.get(1).is_some_and(|part| part.is_op("->"))
}

fn starts_with_number(stmt: &Stmt<'_>) -> bool {
    stmt.parts.first().is_some_and(|part| matches!(part.kind, PartKind::Number(_)))
}

fn is_row(rows: Kind, stmt: &Stmt<'_>) -> bool {
    match rows {
        Kind::Arm => starts_with_number(stmt),
        _ => stmt.parts.len() > 1 && stmt.key().is_some_and(|key| key != "label"),
    }
}

/// Reads parts by a shape; whatever does not fit is reported.
fn read_shape<'s>(
    shape: &'static Shape,
    parts: &[Part<'s>],
    end: Span,
    refs: &mut Vec<Ref<'s>>,
    faults: &mut Vec<Diagnostic>,
    subject: Subject<'_>,
    spec: &'static KindSpec,
) -> Option<Vec<Captured<'s>>> {
    let (kept, known) = (refs.len(), faults.len());
    let mut reader = Reader::new(parts, end, refs, faults);
    if reader.read_whole(shape) {
        // Most hold one value, and a list that grows has room for four.
        reader.captures.shrink_to_fit();
        return Some(reader.captures);
    }
    refs.truncate(kept);
    faults.truncate(known);
    let mut reader = Reader::new(parts, end, refs, faults).explaining();
    let fits = reader.read(shape);
    reader.eat(",");
    let failure = reader.failure.clone();
    let rest = reader.peek().map(|part| (part.span, part.word()));
    let per = reader.peek().filter(|part| part.is_op("/")).and_then(|_| reader.peek_second());
    let per = per.and_then(|part| Some((part.span, part.word()?))).filter(|(_, word)| !PER_WORDS.contains(word));
    let before = reader.at.checked_sub(1).and_then(|last| parts.get(last)).map_or(end, |part| part.span.after());
    let found = reader.failure.found;
    refs.truncate(kept);
    if found == Some(Found::Bad) || parts.iter().any(Part::is_bad) {
        return None;
    }
    let fault = match rest {
        Some(_) if fits && per.is_some() => per.map(|(at, word)| faults::unknown_per(at, word)),
        Some((at, word)) if fits => faults::left_over(subject, &failure, (before, at), &text_of(parts, at, word), spec),
        _ => {
            let at = failure.span.unwrap_or(end);
            faults::mismatch(subject, &failure, at, &text_at(parts, at))
        }
    };
    faults.extend(fault);
    None
}

fn text_of(parts: &[Part<'_>], at: Span, word: Option<&str>) -> String {
    word.map_or_else(|| text_at(parts, at), str::to_owned)
}

/// The words of the part at a place, for messages.
fn text_at(parts: &[Part<'_>], at: Span) -> String {
    for part in parts {
        match &part.kind {
            _ if part.span == at => return spell(part),
            PartKind::Paren(inner) | PartKind::Square(inner) if contains(part.span, at) => return text_at(inner, at),
            PartKind::Block(block) if contains(part.span, at) => {
                let inside = block.stmts.iter().find(|stmt| contains(stmt.span, at));
                return inside.map(|stmt| text_at(&stmt.parts, at)).unwrap_or_default();
            }
            _ => {}
        }
    }
    String::new()
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn spell(part: &Part<'_>) -> String {
    match &part.kind {
        PartKind::Word(word) => (*word).to_owned(),
        PartKind::Number(literal) => super::print::literal(*literal),
        PartKind::Text(quoted) => format!("\"{}\"", quoted.raw),
        PartKind::Op(op) => (*op).to_owned(),
        PartKind::Paren(_) => "( … )".to_owned(),
        PartKind::Square(_) => "[ … ]".to_owned(),
        PartKind::Block(_) => "{ … }".to_owned(),
        PartKind::Bad => String::new(),
    }
}

impl<'s> Decl<'s> {
    /// The first field of a word.
    pub fn field(&self, word: &str) -> Option<&Field<'s>> {
        self.fields.iter().find(|field| field.spec.word == word)
    }

    /// Every field of a word.
    pub fn all<'a>(&'a self, word: &'a str) -> impl Iterator<Item = &'a Field<'s>> {
        self.fields.iter().filter(move |field| field.spec.word == word)
    }

    /// The first value of a slot of the head.
    pub fn in_head(&self, slot: &str) -> Option<&Captured<'s>> {
        find(&self.head, slot)
    }

    /// Its name, or nothing.
    pub fn name_text(&self) -> &'s str {
        self.name.map_or("", |name| name.text)
    }

    /// Every captured value of head and fields, rows of blocks included.
    pub fn values<'a>(&'a self, visit: &mut impl FnMut(&'a Captured<'s>)) {
        fn each<'a, 's>(values: &'a [Captured<'s>], visit: &mut impl FnMut(&'a Captured<'s>)) {
            for captured in values {
                visit(captured);
                if let Val::Rows(rows) = &captured.val {
                    rows.iter().for_each(|row| each(row, visit));
                }
            }
        }
        each(&self.head, visit);
        self.fields.iter().for_each(|field| each(&field.values, visit));
    }
}
