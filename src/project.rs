//! From paths to projects. A file is a project with the files it uses; a folder is one project with every `.funnel`
//! file under it, or several where several files declare a `project`: each then has its own folder, or, where they share
//! one, only the files it uses.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::names::{ESCAPING_PATH, MISSING_IMPORT};
use crate::diagnostic::codes::run::{FILE_TOO_LARGE, NO_SPEC, TOO_MANY_FILES, UNREADABLE_FILE};
use crate::model::faults::nearest;
use crate::source::{FileId, Source, Sources, Span};
use crate::syntax::ast::PartKind;
use crate::system::{self, MAX_FILE_BYTES, MAX_FILES, MAX_PLAN_BYTES, PathKind, ReadError};
use crate::{say, stdlib, syntax};

/// The files of one project, and what went wrong with reading them.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The files, the project's own first, then the modules of the standard library that they mention.
    pub sources: Sources,
    /// Where each file is; none for text that is in no file.
    pub paths: Vec<Option<PathBuf>>,
    /// What could not be read.
    pub faults: Vec<Diagnostic>,
    /// The folder that `use` must not leave.
    pub root: PathBuf,
}

/// Texts that an editor holds and has not saved, by real path: they are read before the files of the disk.
#[derive(Clone, Debug, Default)]
pub struct Unsaved {
    texts: BTreeMap<PathBuf, String>,
}

impl Unsaved {
    /// Texts by the paths they will be saved under.
    pub fn of(texts: impl IntoIterator<Item = (PathBuf, String)>) -> Self {
        Self { texts: texts.into_iter().map(|(path, text)| (identity(&path), text)).collect() }
    }

    fn read(&self, path: &Path) -> Result<String, ReadError> {
        match self.texts.get(&identity(path)) {
            Some(text) => Ok(text.clone()),
            None => system::read_text(path),
        }
    }

    fn has(&self, path: &Path) -> bool {
        self.texts.contains_key(&identity(path)) || system::kind_of(path) != PathKind::Missing
    }

    /// Every spec under a folder, and what could not be looked at.
    fn specs_under(&self, folder: &Path) -> (Vec<PathBuf>, Vec<String>) {
        let (mut files, troubles) = system::funnel_files(folder);
        let (there, root) = (files.iter().map(|file| identity(file)).collect::<BTreeSet<_>>(), identity(folder));
        let new = self.texts.keys().filter(|path| path.starts_with(&root) && !there.contains(*path));
        files.extend(new.filter_map(|path| Some(folder.join(path.strip_prefix(&root).ok()?))));
        files.sort();
        (files, troubles)
    }
}

/// What tells files apart: the real path, also of one that is not there yet.
pub fn identity(path: &Path) -> PathBuf {
    let in_folder = || Some(system::canonical(path.parent()?)?.join(path.file_name()?));
    system::canonical(path).or_else(in_folder).unwrap_or_else(|| system::absolute(path))
}

/// Files and folders that are no part of a project, written as in `.gitignore`.
#[derive(Clone, Debug, Default)]
pub struct Exclude {
    matcher: Option<(PathBuf, ignore::gitignore::Gitignore)>,
}

impl Exclude {
    /// Patterns relative to a folder; the pattern that is none, and why.
    pub fn new(folder: &Path, patterns: &[String]) -> Result<Self, (String, String)> {
        if patterns.is_empty() {
            return Ok(Self::default());
        }
        let root = system::canonical(folder).unwrap_or_else(|| folder.to_owned());
        let mut builder = ignore::gitignore::GitignoreBuilder::new(&root);
        for pattern in patterns {
            builder.add_line(None, pattern).map_err(|error| (pattern.clone(), error.to_string()))?;
        }
        let matcher = builder.build().map_err(|error| (patterns.join(", "), error.to_string()))?;
        Ok(Self { matcher: Some((root, matcher)) })
    }

    /// Whether a file is left out.
    pub fn has(&self, file: &Path) -> bool {
        let Some((root, matcher)) = &self.matcher else { return false };
        let Some(real) = system::canonical(file) else { return false };
        real.strip_prefix(root).is_ok_and(|inside| matcher.matched_path_or_any_parents(inside, false).is_ignore())
    }
}

/// Loads what paths name; no path means the folder one stands in.
pub fn load(paths: &[PathBuf]) -> Vec<Project> {
    load_except(paths, &Exclude::default())
}

/// The same without some of the files that folders hold; a file that is named is loaded all the same.
pub fn load_except(paths: &[PathBuf], exclude: &Exclude) -> Vec<Project> {
    load_with(paths, exclude, &Unsaved::default())
}

/// The same with texts that are not saved yet.
pub fn load_with(paths: &[PathBuf], exclude: &Exclude, unsaved: &Unsaved) -> Vec<Project> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let mut projects: Vec<Project> = Vec::new();
    let files: Vec<&PathBuf> = paths.iter().filter(|path| system::kind_of(path) != PathKind::Folder).collect();
    if !files.is_empty() {
        projects.extend(load_files(&files, unsaved));
    }
    for path in paths.iter().filter(|path| system::kind_of(path) == PathKind::Folder) {
        projects.extend(load_folder(path, exclude, unsaved));
    }
    projects
}

/// Text that is in no file, under the name it is given.
pub fn from_text(name: &str, text: String) -> Project {
    let unsaved = Unsaved::default();
    let mut loader = Loader::new(Path::new(name).parent().unwrap_or(Path::new("")), &unsaved);
    loader.add(name.to_owned(), None, text);
    loader.finish()
}

/// Files named one by one: each with a `project` of its own is one, the others belong together.
fn load_files(files: &[&PathBuf], unsaved: &Unsaved) -> Vec<Project> {
    let (mut own, mut shared): (Vec<&PathBuf>, Vec<&PathBuf>) =
        files.iter().partition(|path| declares_project(path, unsaved));
    if own.len() <= 1 {
        shared.append(&mut own);
        shared.sort();
    }
    let groups = own.into_iter().map(|path| vec![path]).chain((!shared.is_empty()).then_some(shared));
    groups.map(|group| load_group(&group, unsaved)).collect()
}

fn load_group(files: &[&PathBuf], unsaved: &Unsaved) -> Project {
    let root = files[0].parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut loader = Loader::new(root, unsaved);
    for path in files {
        loader.read(path);
    }
    loader.finish()
}

fn load_folder(folder: &Path, exclude: &Exclude, unsaved: &Unsaved) -> Vec<Project> {
    let (mut files, troubles) = unsaved.specs_under(folder);
    files.retain(|file| !exclude.has(file));
    let mut projects = match files.len() {
        0..=MAX_FILES => split(folder, &files, unsaved),
        count => vec![too_many(folder, count)],
    };
    let faults: Vec<Diagnostic> = troubles.iter().map(trouble).collect();
    if let Some(first) = projects.first_mut() {
        first.faults.extend(faults);
    }
    projects
}

fn too_many(folder: &Path, count: usize) -> Project {
    let (shown, limit) = (display(folder), MAX_FILES);
    let fault = Diagnostic::without_place(
        &TOO_MANY_FILES,
        say!("`{shown}` holds {count} specs; one project may have {limit}", shown, count, limit),
    )
    .help(say!("check the folders of its projects one by one"));
    Project { faults: vec![fault], root: folder.to_owned(), ..Project::default() }
}

/// The projects of a folder.
fn split(folder: &Path, files: &[PathBuf], unsaved: &Unsaved) -> Vec<Project> {
    let heads: Vec<&PathBuf> = files.iter().filter(|path| declares_project(path, unsaved)).collect();
    if heads.len() <= 1 {
        let mut loader = Loader::new(folder, unsaved);
        files.iter().for_each(|path| loader.read(path));
        if files.is_empty() {
            let shown = display(folder);
            let fault = Diagnostic::without_place(&NO_SPEC, say!("`{shown}` holds no `.funnel` file", shown))
                .help(say!("name a file or another folder, or write a first spec there"));
            loader.project.faults.push(fault);
        }
        return vec![loader.finish()];
    }
    let loaders: Vec<Loader> = heads.iter().map(|head| load_head(head, &heads, files, unsaved)).collect();
    let claimed = |path: &&PathBuf| {
        let identity = identity(path);
        loaders.iter().any(|loader| loader.seen.contains(&identity))
    };
    // What no project claims is looked at all the same, together.
    let mut rest = Loader::new(folder, unsaved);
    let others: Vec<&PathBuf> = files.iter().filter(|path| !claimed(path)).collect();
    others.iter().for_each(|path| rest.read(path));
    let rest = (!others.is_empty()).then_some(rest);
    loaders.into_iter().chain(rest).map(Loader::finish).collect()
}

/// A project among several: it has its folder to itself, or only what it uses.
fn load_head<'u>(head: &Path, heads: &[&PathBuf], files: &[PathBuf], unsaved: &'u Unsaved) -> Loader<'u> {
    let folder = head.parent().unwrap_or(Path::new("."));
    let alone = heads.iter().filter(|other| other.parent() == Some(folder)).count() == 1;
    let mut loader = Loader::new(folder, unsaved);
    loader.read(head);
    if alone {
        let inner: Vec<&Path> =
            heads.iter().filter_map(|other| other.parent()).filter(|other| *other != folder).collect();
        let own = |path: &&PathBuf| {
            path.starts_with(folder) && !inner.iter().any(|inner| inner.starts_with(folder) && path.starts_with(inner))
        };
        files.iter().filter(own).for_each(|path| loader.read(path));
    }
    loader
}

fn declares_project(path: &Path, unsaved: &Unsaved) -> bool {
    unsaved.read(path).is_ok_and(|text| text.lines().any(|line| line.starts_with("project ")))
}

/// A path as it is shown: with `/` on every system, without a leading `./`.
pub fn display(path: &Path) -> String {
    let shown = path.display().to_string().replace('\\', "/");
    shown.strip_prefix("./").map_or(shown.clone(), str::to_owned)
}

impl Project {
    /// Gives files another text; a fix may mention a module of the library that was not there before.
    pub fn change(&mut self, texts: BTreeMap<FileId, String>) {
        self.sources = self.sources.with_texts(texts);
        self.add_library();
    }

    /// The same project with other texts in some files; of the library it has what is mentioned then, as if it were loaded
    /// anew.
    #[must_use]
    pub fn with_texts(&self, texts: BTreeMap<FileId, String>) -> Self {
        let sources = self.sources.with_texts(texts).own();
        let paths = self.paths[..sources.len()].to_vec();
        let mut project = Self { sources, paths, faults: self.faults.clone(), root: self.root.clone() };
        project.add_library();
        project
    }

    fn add_library(&mut self) {
        stdlib::add_mentioned(&mut self.sources);
        self.paths.resize(self.sources.len(), None);
    }
}

struct Loader<'u> {
    unsaved: &'u Unsaved,
    project: Project,
    seen: BTreeSet<PathBuf>,
}

impl<'u> Loader<'u> {
    fn new(root: &Path, unsaved: &'u Unsaved) -> Self {
        let project = Project { root: root.to_owned(), ..Project::default() };
        Self { unsaved, project, seen: BTreeSet::new() }
    }

    fn read(&mut self, path: &Path) {
        let identity = identity(path);
        if !self.seen.insert(identity) {
            return;
        }
        if self.seen.len() > MAX_FILES {
            if self.seen.len() == MAX_FILES + 1 {
                self.project.faults.extend(too_many(&self.project.root, self.seen.len()).faults);
            }
            return;
        }
        match self.unsaved.read(path) {
            Ok(text) => self.add(display(path), Some(path.to_owned()), text),
            Err(error) => self.project.faults.push(unreadable(&display(path), &error)),
        }
    }

    fn add(&mut self, name: String, path: Option<PathBuf>, text: String) {
        let uses_files = uses_files(&text);
        let folder = Path::new(&name).parent().map(Path::to_owned).unwrap_or_default();
        let root = display(&self.project.root);
        let inside = Path::new(&name).strip_prefix(root).map_or_else(|_| name.clone(), display);
        let id = self.project.sources.add(Source::new(name, text).known_as(inside));
        self.project.paths.push(path);
        if uses_files {
            self.follow(id, &folder);
        }
    }

    /// Reads the files that a file uses.
    fn follow(&mut self, id: FileId, folder: &Path) {
        let used = used_files(id, self.project.sources.get(id));
        for (target, span) in used {
            let path = folder.join(&target);
            match self.check_use(&target, &path, span) {
                Some(fault) => self.project.faults.push(fault),
                None => self.read(&path),
            }
        }
    }

    fn check_use(&self, target: &str, path: &Path, span: Span) -> Option<Diagnostic> {
        let root = system::canonical(&self.project.root);
        let real = system::canonical(path);
        let outside = match (&root, &real) {
            (Some(root), Some(real)) => !real.starts_with(root),
            _ => !system::stays_inside(path.strip_prefix(&self.project.root).unwrap_or(path)),
        };
        if outside || Path::new(target).is_absolute() {
            return Some(
                Diagnostic::new(&ESCAPING_PATH, span, say!("`{target}` leads out of the project's folder", target))
                    .at(say!("outside of the project"))
                    .help(say!("a project uses only its own files, so that it means the same on every machine; move the file into it")),
            );
        }
        if self.unsaved.has(path) {
            return None;
        }
        let (siblings, _) = path.parent().map(|folder| self.unsaved.specs_under(folder)).unwrap_or_default();
        let names: Vec<String> =
            siblings.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
        let fault =
            Diagnostic::new(&MISSING_IMPORT, span, say!("there is no file `{target}`", target)).at(say!("not there"));
        Some(match nearest(target, names.iter().map(String::as_str)) {
            Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
                crate::diagnostic::Safety::Safe,
                say!("write \"{right}\"", right),
                span,
                format!("\"{right}\""),
            ),
            None => fault.help(say!("the path is relative to the file that says `use`")),
        })
    }

    fn finish(mut self) -> Project {
        self.project.add_library();
        let empty = self.project.sources.iter().all(|(_, source)| source.text.trim().is_empty());
        if empty && self.project.faults.is_empty() {
            let fault = Diagnostic::without_place(&NO_SPEC, say!("there is nothing to check: no file says anything"))
                .help(say!("a spec begins with `project my_project { … }`"));
            self.project.faults.push(fault);
        }
        self.project
    }
}

fn uses_files(text: &str) -> bool {
    text.lines().any(|line| line.trim_start().starts_with("use "))
}

/// The files a file uses, with the places that say so.
fn used_files(id: FileId, source: &Source) -> Vec<(String, Span)> {
    // The rest is parsed when the project is whole.
    let (items, _) = syntax::parse_items(id, source, uses_files, |items: &mut Vec<_>, (item, _)| items.push(item));
    let stmts = items.iter().flatten().flat_map(|item| &item.stmts);
    let uses = stmts.filter(|stmt| stmt.key() == Some("use"));
    uses.filter_map(|stmt| match stmt.parts.get(1).map(|part| (&part.kind, part.span)) {
        Some((PartKind::Text(quoted), span)) => Some((crate::model::value::unescape(&quoted.raw), span)),
        _ => None,
    })
    .collect()
}

/// Something a folder holds that cannot be looked at.
pub fn trouble(words: &String) -> Diagnostic {
    Diagnostic::without_place(&UNREADABLE_FILE, say!("{words}", words)).help(say!("it was passed over"))
}

/// Moves a finding, its labels and its fixes to other files.
pub fn move_to(diagnostic: &mut Diagnostic, file: impl Fn(FileId) -> FileId) {
    let edits = diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits).map(|edit| &mut edit.span);
    let labels = diagnostic.labels.iter_mut().map(|label| &mut label.span);
    labels.chain(edits).for_each(|span| span.file = file(span.file));
}

/// A plan of another tool that could not be read.
pub fn unreadable_plan(name: &str, error: &ReadError) -> Diagnostic {
    let ReadError::TooLarge(size) = error else { return unreadable(name, error) };
    let (size, limit) = (size / 1024 / 1024, MAX_PLAN_BYTES / 1024 / 1024);
    Diagnostic::without_place(
        &FILE_TOO_LARGE,
        say!("`{name}` has {size} MiB; the files of a plan may have {limit} MiB together", name, size, limit),
    )
    .help(say!("export the plan in parts, and import each into a folder of its own"))
}

/// A file that could not be read, in words.
pub fn unreadable(name: &str, error: &ReadError) -> Diagnostic {
    match error {
        ReadError::Io(error) => {
            let why = error.to_string();
            Diagnostic::without_place(&UNREADABLE_FILE, say!("`{name}` cannot be read: {why}", name, why))
                .help(say!("check the path and its permissions"))
        }
        ReadError::NotAFile => Diagnostic::without_place(&UNREADABLE_FILE, say!("`{name}` is not a file", name))
            .help(say!("a spec is a regular text file, or a folder of them; a pipe is read with `-`")),
        ReadError::TooLarge(size) => {
            let (size, limit) = (size / 1024 / 1024, MAX_FILE_BYTES / 1024 / 1024);
            Diagnostic::without_place(
                &FILE_TOO_LARGE,
                say!("`{name}` has {size} MiB; a spec may have {limit} MiB", name, size, limit),
            )
            .help(say!("split it into files; `use \"other.funnel\"` brings them together"))
        }
        ReadError::NotText { line, binary: true } => Diagnostic::without_place(
            &UNREADABLE_FILE,
            say!("`{name}` is not a text file (line {line} holds bytes that are no text)", name, line),
        )
        .help(say!("a spec is plain text; was another kind of file renamed?")),
        ReadError::NotText { line, binary: false } => Diagnostic::without_place(
            &UNREADABLE_FILE,
            say!("`{name}` is not UTF-8 (first in line {line})", name, line),
        )
        .help(say!("save it as UTF-8 in the editor")),
    }
}
