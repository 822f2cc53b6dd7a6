//! The checked model, made in numbered passes over an unchanging syntax tree:
//!
//! 1. [`decl`]: statements to declarations, by the table of [`kinds`];
//! 2. [`names`]: which declaration each name means;
//! 3. [`types`]: what expressions are worth, and whether their units agree.
//!
//! Facts live in side tables by [`DeclId`]; [`walk`] reads them in the words of the trade.

pub mod decl;
pub mod expr;
pub mod faults;
pub mod kinds;
pub mod names;
pub mod print;
pub mod shape;
pub mod suggest;
pub mod types;
pub mod value;
pub mod walk;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::names::{BAD_EXTENDS, UNKNOWN_NAME};
use crate::source::{FileId, Sources, Span};
use crate::stdlib;
use crate::syntax;
use crate::syntax::ast::{Comment, File, Part, PartKind, Stmt};
use decl::Declarations;
pub use decl::{Decl, DeclId, Field};
pub use kinds::{Kind, KindSet};
use names::{Names, Scope};
use suggest::Unknown;
pub use value::{RefIx, Val};

/// What a reference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'s> {
    /// Nothing; reported, or part of something broken.
    Nothing,
    /// A declaration.
    Decl(DeclId),
    /// A value that the language itself provides, such as `utm_source`.
    Builtin(&'static str),
    /// A free word: an owner before teams are declared, a column, a member of an enum.
    Word(&'s str),
}

/// A project, read and resolved.
#[derive(Debug)]
pub struct Model<'s> {
    /// The files.
    pub sources: &'s Sources,
    /// Every declaration, parents before children.
    pub decls: Vec<Decl<'s>>,
    /// Every comment by file.
    pub comments: Vec<Vec<Comment<'s>>>,
    /// What the references of each declaration mean, by [`DeclId`] and [`RefIx`].
    pub targets: Vec<Vec<Target<'s>>>,
    /// The names.
    pub names: Names<'s>,
    by_kind: FxHashMap<Kind, Vec<DeclId>>,
    pub(crate) facts: types::ProjectFacts<'s>,
    /// The paths of what was probably meant by names that mean nothing.
    pub(crate) meant: FxHashSet<String>,
    /// Who refers to what, once somebody has asked.
    pub(crate) usage: std::sync::OnceLock<crate::analysis::usage::Usage>,
    pub(crate) related: std::sync::OnceLock<Vec<crate::analysis::segments::relations::Related>>,
}

/// Reads and resolves the files of one project. Of the standard library only what the project mentions is read; all of it
/// where a name is missing, so that suggestions know the whole.
pub fn build(sources: &Sources) -> (Model<'_>, Vec<Diagnostic>) {
    let Some(mentioned) = stdlib::Mentioned::of(sources) else { return build_with(sources, |_| true) };
    let (model, faults) = build_with(sources, |item| mentioned.wants(item));
    if faults.iter().any(|fault| fault.code == &UNKNOWN_NAME || fault.code == &BAD_EXTENDS) {
        return build_with(sources, |_| true);
    }
    (model, faults)
}

/// Resolves files of one project that are parsed already, in their order; the standard library is none of them.
pub fn build_parsed<'s>(sources: &'s Sources, parsed: Vec<File<'s>>) -> (Model<'s>, Vec<Diagnostic>) {
    build_of(sources, parsed.into_par_iter().map(|file| (runs_of(file), Vec::new())).collect())
}

/// How many statements one thread declares at a time.
const STATEMENTS_AT_A_TIME: usize = 64;

fn runs_of(file: File<'_>) -> Vec<Run<'_>> {
    let mut items = vec![File { stmts: Vec::new(), comments: file.comments }];
    for stmt in file.stmts {
        match items.last_mut() {
            Some(item) if item.stmts.len() < STATEMENTS_AT_A_TIME => item.stmts.push(stmt),
            _ => items.push(File { stmts: vec![stmt], comments: Vec::new() }),
        }
    }
    let run = |item| {
        let mut run = Run::default();
        run.add((item, Vec::new()));
        run
    };
    items.into_par_iter().map(run).collect()
}

fn build_with(sources: &Sources, keep: impl Fn(&str) -> bool + Sync) -> (Model<'_>, Vec<Diagnostic>) {
    build_of(sources, read_all(sources, keep))
}

fn build_of<'s>(sources: &'s Sources, read: Vec<(Vec<Run<'s>>, Vec<Diagnostic>)>) -> (Model<'s>, Vec<Diagnostic>) {
    let mut faults = Vec::new();
    let mut comments = Vec::new();
    let (mut pieces, mut models) = (Vec::new(), Vec::new());
    for (runs, found) in read {
        faults.extend(found);
        let mut own = Vec::new();
        for run in runs {
            faults.extend(run.faults);
            own.extend(run.comments);
            pieces.extend(run.pieces);
            models.extend(run.models);
        }
        comments.push(own);
    }
    let decls = declare_all(pieces, &models, &mut faults);
    let (names, found) = Names::collect(sources, &decls);
    faults.extend(found);
    let mut by_kind: FxHashMap<Kind, Vec<DeclId>> = FxHashMap::default();
    for (index, decl) in decls.iter().enumerate() {
        by_kind.entry(decl.kind).or_default().push(DeclId(index as u32));
    }
    let mut model = Model {
        sources,
        decls,
        comments,
        targets: Vec::new(),
        names,
        by_kind,
        facts: types::ProjectFacts::default(),
        meant: FxHashSet::default(),
        usage: std::sync::OnceLock::new(),
        related: std::sync::OnceLock::new(),
    };
    model.facts = types::ProjectFacts::of(&model);
    model.resolve(&mut faults);
    (model, faults)
}

/// What some items of a file say.
#[derive(Default)]
struct Run<'s> {
    comments: Vec<Comment<'s>>,
    faults: Vec<Diagnostic>,
    pieces: Vec<Piece<'s>>,
    models: Vec<Stmt<'s>>,
}

/// Statements that are read, or one that has to wait until all models are known.
enum Piece<'s> {
    Declared(Declarations<'s>),
    Make(Stmt<'s>),
}

impl<'s> Run<'s> {
    /// Declares what an item says as soon as it is parsed.
    fn add(&mut self, (item, found): (File<'s>, Vec<Diagnostic>)) {
        self.comments.extend(item.comments);
        self.faults.extend(found);
        for stmt in item.stmts {
            if stmt.key() == Some("make") {
                self.pieces.push(Piece::Make(stmt));
                continue;
            }
            self.declare(&stmt);
            if stmt.key() == Some("model") {
                self.models.push(stmt);
            }
        }
    }

    fn declare(&mut self, stmt: &Stmt<'s>) {
        match self.pieces.last_mut() {
            Some(Piece::Declared(open)) => open.declare(stmt),
            _ => self.pieces.push(Piece::Declared(Declarations::of(stmt))),
        }
    }
}

/// Reads the files, and runs of items of each, in parallel.
fn read_all(sources: &Sources, keep: impl Fn(&str) -> bool + Sync) -> Vec<(Vec<Run<'_>>, Vec<Diagnostic>)> {
    let files: Vec<_> = sources.iter().collect();
    let read = |(id, source)| syntax::parse_items(id, source, |item| !source.embedded || keep(item), Run::add);
    files.into_par_iter().map(read).collect()
}

/// Every declaration in the order of the text; ids, which count from 0 in each piece, are shifted.
fn declare_all<'s>(pieces: Vec<Piece<'s>>, models: &[Stmt<'s>], faults: &mut Vec<Diagnostic>) -> Vec<Decl<'s>> {
    let models: FxHashMap<&str, &Stmt<'s>> = models.iter().filter_map(named).collect();
    let read = |piece| match piece {
        Piece::Declared(declared) => declared,
        Piece::Make(stmt) => make(&stmt, &models),
    };
    let pieces: Vec<Declarations<'s>> = pieces.into_par_iter().map(read).collect();
    let mut decls = Vec::with_capacity(pieces.iter().map(|piece| piece.decls.len()).sum());
    for piece in pieces {
        let shift = decls.len() as u32;
        decls.extend(piece.decls.into_iter().map(|decl| shifted(decl, shift)));
        faults.extend(piece.faults);
    }
    decls
}

fn named<'a, 's>(stmt: &'a Stmt<'s>) -> Option<(&'s str, &'a Stmt<'s>)> {
    Some((stmt.parts.get(1).and_then(Part::word)?, stmt))
}

fn shifted(mut decl: Decl<'_>, by: u32) -> Decl<'_> {
    decl.parent = decl.parent.map(|DeclId(id)| DeclId(id + by));
    for child in &mut decl.children {
        child.0 += by;
    }
    decl
}

/// `make shop_sa from shop(SA)`: the block of the model with its parameters filled in.
fn make<'s>(stmt: &Stmt<'s>, models: &FxHashMap<&str, &Stmt<'s>>) -> Declarations<'s> {
    let model = stmt.parts.get(3).and_then(Part::word);
    let Some(template) = model.and_then(|model| models.get(model)) else { return Declarations::of(stmt) };
    let words = |stmt: &Stmt<'s>| -> Vec<Part<'s>> {
        let inside =
            stmt.parts.iter().find_map(|part| if let PartKind::Paren(inner) = &part.kind { Some(inner) } else { None });
        inside.into_iter().flatten().filter(|part| !part.is_op(",")).cloned().collect()
    };
    let (params, args) = (words(template), words(stmt));
    if params.len() != args.len() {
        let mut declared = Declarations::of(stmt);
        declared.faults.push(faults::wrong_arguments(stmt.span, template.span, params.len(), args.len()));
        declared.decls.iter_mut().for_each(|decl| decl.broken = true);
        return declared;
    }
    let filled = template.block().map(|block| block.stmts.iter().map(|stmt| fill(stmt, &params, &args)).collect());
    Declarations::inside(stmt, &filled.unwrap_or_else(Vec::new))
}

fn fill<'s>(stmt: &Stmt<'s>, params: &[Part<'s>], args: &[Part<'s>]) -> Stmt<'s> {
    let mut stmt = stmt.clone();
    fill_parts(&mut stmt.parts, params, args);
    stmt
}

/// A trait may have the name of a parameter: after `trait` the word is left alone.
fn fill_parts<'s>(parts: &mut [Part<'s>], params: &[Part<'s>], args: &[Part<'s>]) {
    let mut after_trait = false;
    for part in parts {
        let is_trait = part.word() == Some("trait");
        if !after_trait {
            fill_part(part, params, args);
        }
        after_trait = is_trait;
    }
}

fn fill_part<'s>(part: &mut Part<'s>, params: &[Part<'s>], args: &[Part<'s>]) {
    match &mut part.kind {
        PartKind::Word(word) => {
            if let Some(index) = params.iter().position(|param| param.word() == Some(word)) {
                part.kind = args[index].kind.clone();
            }
        }
        PartKind::Text(quoted) => {
            for (param, arg) in params.iter().zip(args) {
                let Some(name) = param.word() else { continue };
                let place = format!("{{{name}}}");
                if quoted.raw.contains(&place) {
                    let words = match &arg.kind {
                        PartKind::Text(own) => own.raw.to_string(),
                        PartKind::Number(number) => print::value(&shape::literal_val(*number)),
                        _ => arg.word().unwrap_or_default().to_owned(),
                    };
                    quoted.raw = quoted.raw.replace(&place, &words).into();
                }
            }
        }
        PartKind::Paren(inner) | PartKind::Square(inner) => {
            fill_parts(inner, params, args);
        }
        PartKind::Block(block) => {
            for stmt in &mut block.stmts {
                fill_parts(&mut stmt.parts, params, args);
            }
        }
        _ => {}
    }
}

impl<'s> Model<'s> {
    /// A declaration.
    pub fn decl(&self, id: DeclId) -> &Decl<'s> {
        &self.decls[id.0 as usize]
    }

    /// Every declaration of a kind, the standard library's included, in order.
    pub fn all_of_kind(&self, kind: Kind) -> &[DeclId] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Every declaration of a kind that the project itself makes, in order.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = DeclId> {
        self.all_of_kind(kind).iter().copied().filter(|id| !self.is_std(*id))
    }

    /// Whether a declaration is part of the standard library. What a `make` of the project declares is the project's,
    /// whoever wrote the model.
    pub fn is_std(&self, id: DeclId) -> bool {
        let mut decl = self.decl(id);
        while let Some(parent) = decl.parent {
            decl = self.decl(parent);
        }
        self.sources.get(decl.span.file).embedded
    }

    /// What a reference of a declaration means.
    pub fn target(&self, from: DeclId, reference: RefIx) -> Target<'s> {
        let own = self.targets.get(from.0 as usize).and_then(|targets| targets.get(reference.0 as usize));
        own.copied().unwrap_or(Target::Nothing)
    }

    /// The declaration a reference means, if it means one.
    pub fn target_decl(&self, from: DeclId, reference: RefIx) -> Option<DeclId> {
        if let Target::Decl(id) = self.target(from, reference) { Some(id) } else { None }
    }

    /// The name under which every output knows a declaration: `store.purchase`, `std.kpis.cac`.
    pub fn path(&self, id: DeclId) -> String {
        let decl = self.decl(id);
        let name = decl.name_text();
        match names::scope_of(self.sources, &self.decls, decl) {
            Scope::Inside(parent) => format!("{}.{name}", self.path(parent)),
            Scope::Module(file) => {
                let module = names::module_of(&self.sources.get(file).name).unwrap_or_default();
                format!("{module}.{name}")
            }
            Scope::Project | Scope::Traits => name.to_owned(),
        }
    }

    /// The declaration that a path means, seen from inside `from`.
    pub fn lookup(&self, from: DeclId, path: &str) -> Option<DeclId> {
        let mut segments = path.split('.');
        let mut first = segments.next()?;
        let mut at = if first == "std" {
            let module = segments.next()?;
            first = segments.next()?;
            let file = self.names.module(&format!("std.{module}"))?;
            self.names.in_scope(Scope::Module(file), first)?
        } else {
            self.names.first(&self.decls, from, first)?
        };
        for segment in segments {
            at = self.member(at, segment, 0)?;
        }
        Some(at)
    }

    /// What a name means inside a declaration: declared there, shared by `with`, or inherited.
    pub fn member(&self, of: DeclId, name: &str, depth: u8) -> Option<DeclId> {
        if let Some(own) = self.names.in_scope(Scope::Inside(of), name) {
            return Some(own);
        }
        if depth > MAX_INHERITANCE {
            return None;
        }
        let decl = self.decl(of);
        for captured in decl.all("with").flat_map(|field| &field.values) {
            if let Val::Ref(reference) = captured.val {
                let shared = self.lookup(of, decl.refs[reference.0 as usize].path).filter(|id| *id != of)?;
                if let Some(found) = self.member(shared, name, depth + 1) {
                    return Some(found);
                }
            }
        }
        if let Some(kind) = types::named_type(decl) {
            let inner = self.lookup(of, decl.refs[kind.0 as usize].path).filter(|id| *id != of);
            return inner.and_then(|inner| self.member(inner, name, depth + 1));
        }
        self.base(of).and_then(|base| self.member(base, name, depth + 1))
    }

    /// What a declaration extends, if that is of its own kind.
    pub fn base(&self, id: DeclId) -> Option<DeclId> {
        let decl = self.decl(id);
        let path = decl.refs[decl.extends?.0 as usize].path;
        let base = self.lookup_base(id, path)?;
        (base != id && self.decl(base).kind == decl.kind).then_some(base)
    }

    /// `extends cac` in `kpi cac` means the imported `cac`, not itself.
    fn lookup_base(&self, id: DeclId, path: &str) -> Option<DeclId> {
        let found = self.lookup(id, path)?;
        if found == id { self.names.imported(path) } else { Some(found) }
    }

    /// A declaration, what it extends, and so on; ends at a circle.
    pub fn lineage(&self, id: DeclId) -> impl Iterator<Item = DeclId> + use<> {
        std::iter::once(id).chain(self.bases(id))
    }

    /// What a declaration extends, and so on. Few extend anything, and an empty list costs no memory.
    fn bases(&self, id: DeclId) -> Vec<DeclId> {
        let mut line = Vec::new();
        let mut last = id;
        while let Some(base) = self.base(last) {
            if base == id || line.contains(&base) || line.len() >= usize::from(MAX_INHERITANCE) {
                break;
            }
            line.push(base);
            last = base;
        }
        line
    }

    /// The first field of a word, its own or inherited, with the declaration it stands in.
    pub fn field(&self, id: DeclId, word: &str) -> Option<(DeclId, &Field<'s>)> {
        self.lineage(id).find_map(|own| Some((own, self.decl(own).field(word)?)))
    }

    fn resolve(&mut self, faults: &mut Vec<Diagnostic>) {
        let ids: Vec<DeclId> = (0..self.decls.len() as u32).map(DeclId).collect();
        let resolved: Vec<types::Resolved<'s>> =
            ids.par_iter().with_min_len(64).map(|id| types::resolve(self, *id)).collect();
        let mut unknown: Vec<Unknown<'s>> = Vec::new();
        self.targets = Vec::with_capacity(resolved.len());
        for own in resolved {
            self.targets.push(own.targets);
            faults.extend(own.faults);
            unknown.extend(own.unknown);
        }
        let (found, meant) = suggest::report_unknown(&self.names, &self.decls, unknown);
        faults.extend(found);
        self.meant = meant;
    }

    /// Where a declaration is pointed at.
    pub fn place(&self, id: DeclId) -> Span {
        self.decl(id).place
    }

    /// The file a declaration stands in.
    pub fn file(&self, id: DeclId) -> FileId {
        self.decl(id).span.file
    }
}

/// How many times one thing may extend another.
pub const MAX_INHERITANCE: u8 = 32;
