//! The checked model, made in numbered passes over an unchanging syntax tree:
//!
//! 1. [`reading`], [`decl`]: files to declarations, by the table of [`kinds`];
//! 2. [`names`]: which declaration each name means;
//! 3. [`types`]: what expressions are worth, and whether their units agree.
//!
//! Facts live in side tables by [`DeclId`]; [`walk`] reads them in the words of the trade.

pub mod decl;
pub mod expr;
pub mod faults;
pub mod kinds;
mod make;
pub mod names;
pub mod print;
pub mod reading;
pub mod shape;
pub mod suggest;
pub mod types;
pub mod value;
pub mod walk;

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::names::{BAD_EXTENDS, UNKNOWN_NAME};
use crate::source::{FileId, Sources, Span};
use crate::stdlib;
use crate::syntax::ast::{Comment, File};
pub use decl::{Decl, DeclId, Field};
pub use kinds::{Kind, KindSet};
use names::{Names, Scope};
use reading::Reading;
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
    files: Vec<reading::FileReading<'s>>,
    /// What the references of each declaration mean, by [`DeclId`] and [`RefIx`].
    pub targets: Vec<Vec<Target<'s>>>,
    /// The names.
    pub names: Names<'s>,
    by_kind: FxHashMap<Kind, Vec<DeclId>>,
    pub(crate) facts: types::ProjectFacts<'s>,
    /// The paths of what was probably meant by names that mean nothing.
    pub(crate) meant: FxHashSet<String>,
    /// Who refers to what, once somebody has asked.
    pub(crate) usage: OnceLock<crate::analysis::usage::Usage>,
    pub(crate) related: OnceLock<Vec<crate::analysis::segments::relations::Related>>,
    /// Who belongs to each segment and antisegment, as far as somebody has asked.
    pub(crate) people: FxHashMap<DeclId, OnceLock<Option<crate::analysis::segments::People>>>,
    /// What the value of each KPI is, once names are resolved.
    pub(crate) units: FxHashMap<DeclId, Option<types::Unit<'s>>>,
}

/// Reads and resolves the files of one project. Of the standard library only what the project mentions is read; all of it
/// where a name is missing, so that suggestions know the whole.
pub fn build(sources: &Sources) -> (Model<'_>, Vec<Diagnostic>) {
    build_after(sources, Reading::default())
}

/// The same where some of the files were read before.
pub fn build_after<'s>(sources: &'s Sources, before: Reading<'s>) -> (Model<'s>, Vec<Diagnostic>) {
    let Some(mentioned) = stdlib::Mentioned::of(sources) else {
        return Model::of(sources, Reading::of(sources, before, None));
    };
    let (model, faults) = Model::of(sources, Reading::of(sources, before, Some(&mentioned)));
    if faults.iter().any(|fault| fault.code == &UNKNOWN_NAME || fault.code == &BAD_EXTENDS) {
        return Model::of(sources, Reading::of(sources, model.into_reading(), None));
    }
    (model, faults)
}

/// Resolves files of one project that are parsed already, in their order; the standard library is none of them.
pub fn build_parsed<'s>(sources: &'s Sources, parsed: Vec<File<'s>>) -> (Model<'s>, Vec<Diagnostic>) {
    Model::of(sources, Reading::of_parsed(sources, parsed))
}

impl<'s> Model<'s> {
    fn of(sources: &'s Sources, read: Reading<'s>) -> (Self, Vec<Diagnostic>) {
        let Reading { files, decls } = read;
        let mut faults: Vec<Diagnostic> = files.iter().flat_map(|file| &file.faults).cloned().collect();
        let (names, found) = Names::collect(sources, &decls);
        faults.extend(found);
        let mut by_kind: FxHashMap<Kind, Vec<DeclId>> = FxHashMap::default();
        for (index, decl) in decls.iter().enumerate() {
            by_kind.entry(decl.kind).or_default().push(DeclId(index as u32));
        }
        let mut model = Self {
            sources,
            decls,
            files,
            targets: Vec::new(),
            names,
            by_kind,
            facts: types::ProjectFacts::default(),
            meant: FxHashSet::default(),
            usage: OnceLock::new(),
            related: OnceLock::new(),
            people: FxHashMap::default(),
            units: FxHashMap::default(),
        };
        let segments = [Kind::Segment, Kind::Antisegment];
        let segments = segments.iter().flat_map(|kind| model.all_of_kind(*kind)).map(|id| (*id, OnceLock::new()));
        model.people = segments.collect();
        model.facts = types::ProjectFacts::of(&model);
        model.resolve(&mut faults);
        let kpis = model.all_of_kind(Kind::Kpi).par_iter();
        model.units = kpis.map(|id| (*id, types::kpi_unit(&model, *id))).collect();
        (model, faults)
    }

    /// What was read, for the model of the next revision.
    pub fn into_reading(self) -> Reading<'s> {
        Reading { files: self.files, decls: self.decls }
    }

    /// The comments of each file, in its order.
    pub fn comments(&self) -> impl Iterator<Item = &[Comment<'s>]> {
        self.files.iter().map(|file| &*file.comments)
    }

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
        // The library makes nothing of what a project writes.
        if !self.sources.get(decl.span.file).embedded {
            return false;
        }
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
