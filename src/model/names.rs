//! Names: which declaration a path means, and everything said about names that mean none, or two.
//!
//! The project is one namespace, whatever file a declaration stands in; stages live in their funnel, steps in their
//! sequence, traits in a namespace of their own, the standard library under `std.<module>`.

use std::borrow::Cow;

use rustc_hash::FxHashMap;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::decl::{Decl, DeclId};
use super::faults;
use super::kinds::{Kind, KindSet};
use super::value::{Captured, Val};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::names::{DUPLICATE_NAME, MISSING_IMPORT, UNKNOWN_NAME};
use crate::say;
use crate::source::{FileId, Sources, Span};

/// Where a name is looked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// The project.
    #[default]
    Project,
    /// What is known of people.
    Traits,
    /// A module of the standard library, by its file.
    Module(FileId),
    /// Inside a declaration.
    Inside(DeclId),
}

/// Every name of a project.
#[derive(Debug, Default)]
pub struct Names<'s> {
    named: FxHashMap<(Scope, Cow<'s, str>), DeclId>,
    /// Short names brought in by `use`.
    imported: FxHashMap<&'s str, DeclId>,
    modules: Vec<(String, FileId)>,
}

/// A name as it is compared: in Unicode normal form C.
fn normal(name: &str) -> Cow<'_, str> {
    if name.is_ascii() || is_nfc(name) { Cow::Borrowed(name) } else { Cow::Owned(name.nfc().collect()) }
}

/// The module name of an embedded file: `std.kpis` for `std/kpis.funnel`.
pub fn module_of(name: &str) -> Option<String> {
    let module = name.strip_prefix("std/")?.strip_suffix(".funnel")?;
    Some(format!("std.{module}"))
}

impl<'s> Names<'s> {
    /// Gathers the names of all declarations.
    pub fn collect(sources: &Sources, decls: &[Decl<'s>]) -> (Self, Vec<Diagnostic>) {
        let mut names = Self { named: FxHashMap::default(), ..Self::default() };
        names.named.reserve(decls.len());
        for (file, source) in sources.iter().filter(|(_, source)| source.embedded) {
            names.modules.extend(module_of(&source.name).map(|module| (module, file)));
        }
        let mut faults = Vec::new();
        for (index, decl) in decls.iter().enumerate() {
            names.declare(sources, decls, DeclId(index as u32), decl, &mut faults);
        }
        names.import(decls, &mut faults);
        names.check_shadowing(decls, &mut faults);
        (names, faults)
    }

    fn declare(
        &mut self,
        sources: &Sources,
        decls: &[Decl<'s>],
        id: DeclId,
        decl: &Decl<'s>,
        faults: &mut Vec<Diagnostic>,
    ) {
        let Some(name) = decl.name else { return };
        let scope = scope_of(sources, decls, decl);
        let first = *self.named.entry((scope, normal(name.text))).or_insert(id);
        if first != id {
            let place = decls[first.0 as usize].place;
            faults.push(faults::duplicate_name(name.text, name.span, place));
        }
    }

    fn import(&mut self, decls: &[Decl<'s>], faults: &mut Vec<Diagnostic>) {
        let mut from: FxHashMap<&'s str, Span> = FxHashMap::default();
        for decl in decls.iter().filter(|decl| decl.kind == Kind::Use) {
            let Some(Captured { val: Val::Word(module), span, .. }) = decl.in_head("module") else { continue };
            let Some(file) = self.module(module) else {
                faults.push(Self::unknown_module(module, *span));
                continue;
            };
            for (name, place) in Self::names_of(decl, file, decls, *span) {
                let Some(&id) = self.named.get(&(Scope::Module(file), Cow::Borrowed(name))) else {
                    faults.push(self.unknown_import(module, name, file, place));
                    continue;
                };
                match self.imported.insert(name, id) {
                    Some(other) if other != id => faults.push(ambiguous(name, place, from[name])),
                    _ => {}
                }
                from.insert(name, place);
            }
        }
    }

    /// The names a `use` asks for; all of the module where it asks for none.
    fn names_of(decl: &Decl<'s>, file: FileId, decls: &[Decl<'s>], at: Span) -> Vec<(&'s str, Span)> {
        if let Some(Captured { val: Val::Rows(rows), .. }) = decl.in_head("names") {
            let words = rows.iter().flatten().filter_map(|captured| Some((captured.val.word()?, captured.span)));
            return words.collect();
        }
        let own = |decl: &&Decl<'s>| decl.parent.is_none() && decl.span.file == file;
        decls.iter().filter(own).filter_map(|decl| Some((decl.name?.text, at))).collect()
    }

    fn unknown_module(module: &str, at: Span) -> Diagnostic {
        let fault = Diagnostic::new(&MISSING_IMPORT, at, say!("there is no module `{module}`", module));
        let modules: Vec<&str> = crate::stdlib::MODULES.iter().map(|(module, _)| *module).collect();
        let list = modules.join(", ");
        match faults::nearest(module, modules) {
            Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
                crate::diagnostic::Safety::Safe,
                say!("write `{right}`", right),
                at,
                right,
            ),
            None => fault.help(say!("the standard library has {list}; a file of the project is named in quotes", list)),
        }
    }

    fn unknown_import(&self, module: &str, name: &str, file: FileId, at: Span) -> Diagnostic {
        let fault = Diagnostic::new(&UNKNOWN_NAME, at, say!("`{module}` has no `{name}`", module, name));
        let own = self.named.keys().filter(|(scope, _)| *scope == Scope::Module(file)).map(|(_, name)| &**name);
        let mut own: Vec<&str> = own.collect();
        own.sort_unstable();
        match faults::nearest(name, own) {
            Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
                crate::diagnostic::Safety::Safe,
                say!("write `{right}`", right),
                at,
                right,
            ),
            None => fault.help(say!("`funnelc explain {module}` lists what it declares", module)),
        }
    }

    /// A local declaration may take the place of an imported one only by extending it.
    fn check_shadowing(&self, decls: &[Decl<'s>], faults: &mut Vec<Diagnostic>) {
        for (&name, &imported) in self.sorted_imports() {
            let Some(&own) = self.named.get(&(Scope::Project, Cow::Borrowed(name))) else { continue };
            let (own, imported) = (&decls[own.0 as usize], &decls[imported.0 as usize]);
            if own.extends.is_none() {
                let fault =
                    Diagnostic::new(&DUPLICATE_NAME, own.place, say!("`{name}` is also brought in by `use`", name))
                        .at(say!("declared here"))
                        .label(imported.place, say!("and here, in the standard library"))
                        .help(say!(
                            "extend the imported one, name the imports you need in `use … { … }`, or rename this one"
                        ));
                faults.push(fault);
            }
        }
    }

    fn sorted_imports(&self) -> Vec<(&&'s str, &DeclId)> {
        let mut imports: Vec<_> = self.imported.iter().collect();
        imports.sort_unstable();
        imports
    }

    /// What a short name brought in by `use` means.
    pub fn imported(&self, name: &str) -> Option<DeclId> {
        self.imported.get(name).copied()
    }

    /// The file of a module.
    pub fn module(&self, name: &str) -> Option<FileId> {
        self.modules.iter().find(|(module, _)| module == name).map(|(_, file)| *file)
    }

    /// What a name means directly in a scope.
    pub fn in_scope(&self, scope: Scope, name: &str) -> Option<DeclId> {
        self.named.get(&(scope, normal(name))).copied()
    }

    /// What the first name of a path means, seen from inside a declaration.
    pub fn first(&self, decls: &[Decl<'s>], from: DeclId, name: &str) -> Option<DeclId> {
        let mut at = Some(from);
        while let Some(id) = at {
            if let Some(found) = self.in_scope(Scope::Inside(id), name) {
                return Some(found);
            }
            at = decls[id.0 as usize].parent;
        }
        let file = decls[from.0 as usize].span.file;
        let in_module = self.in_scope(Scope::Module(file), name).map(|id| self.in_place_of(decls, id, name));
        in_module.or_else(|| self.in_scope(Scope::Project, name)).or_else(|| self.imported.get(name).copied())
    }

    /// The same, passing over what is of another kind: a stage does not hide a KPI where a KPI is wanted.
    pub fn first_of(&self, decls: &[Decl<'s>], from: DeclId, name: &str, want: KindSet) -> Option<DeclId> {
        let fits = |id: &DeclId| want.has(decls[id.0 as usize].kind);
        let mut at = Some(from);
        while let Some(id) = at {
            if let Some(found) = self.in_scope(Scope::Inside(id), name).filter(fits) {
                return Some(found);
            }
            at = decls[id.0 as usize].parent;
        }
        self.in_scope(Scope::Project, name).filter(fits)
    }

    /// A local declaration that extends one of the library takes its place, for the library's own measures too.
    fn in_place_of(&self, decls: &[Decl<'s>], library: DeclId, name: &str) -> DeclId {
        let Some(own) = self.in_scope(Scope::Project, name) else { return library };
        let decl = &decls[own.0 as usize];
        let base = decl.extends.map(|reference| decl.refs[reference.0 as usize].path);
        let extends_it = base.is_some_and(|path| path.rsplit('.').next() == Some(name));
        if extends_it && decl.kind == decls[library.0 as usize].kind { own } else { library }
    }

    /// Every path that could have been meant, for "did you mean": short names seen from `from`, and full paths.
    pub fn candidates(&self, decls: &[Decl<'s>], from: DeclId, want: KindSet) -> Vec<String> {
        let fits = |id: &DeclId| want == KindSet::NONE || want.has(decls[id.0 as usize].kind);
        let mut found: Vec<String> = Vec::new();
        let mut scopes = vec![Scope::Project, Scope::Module(decls[from.0 as usize].span.file)];
        if want.has(Kind::Trait) {
            scopes.push(Scope::Traits);
        }
        let mut at = Some(from);
        while let Some(id) = at {
            scopes.push(Scope::Inside(id));
            at = decls[id.0 as usize].parent;
        }
        #[expect(clippy::iter_over_hash_type, reason = "sorted below")]
        for ((scope, name), id) in &self.named {
            if !fits(id) {
                continue;
            }
            if scopes.contains(scope) {
                found.push(name.to_string());
            } else if let Scope::Inside(parent) = scope {
                let parent = &decls[parent.0 as usize];
                if parent.parent.is_none() && self.in_scope(Scope::Project, parent.name_text()).is_some() {
                    found.push(format!("{}.{name}", parent.name_text()));
                }
            }
        }
        if want.has(Kind::Type) {
            found.extend(super::value::SCALARS.iter().map(|(name, _)| (*name).to_owned()));
        }
        found.extend(self.imported.iter().filter(|(_, id)| fits(id)).map(|(name, _)| (*name).to_owned()));
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn ambiguous(name: &str, at: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&DUPLICATE_NAME, at, say!("`{name}` comes from two modules", name))
        .at(say!("brought in again here"))
        .label(first, say!("first brought in here"))
        .help(say!("name what you need in `use … { … }`, and write the other with its module path"))
}

/// The scope that a declaration's name is declared in.
pub fn scope_of(sources: &Sources, decls: &[Decl<'_>], decl: &Decl<'_>) -> Scope {
    if decl.kind == Kind::Trait {
        return Scope::Traits;
    }
    let mut parent = decl.parent;
    // Steps inside waits, conditions and splits live in their sequence.
    while let Some(id) = parent {
        let outer = &decls[id.0 as usize];
        let is_path = matches!(outer.kind, Kind::Wait | Kind::When | Kind::Then | Kind::Else | Kind::Split | Kind::Arm);
        if !is_path && outer.kind != Kind::Traits {
            return Scope::Inside(id);
        }
        parent = outer.parent;
    }
    if sources.get(decl.span.file).embedded { Scope::Module(decl.span.file) } else { Scope::Project }
}
