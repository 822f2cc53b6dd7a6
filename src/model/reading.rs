//! What the files of a project declare, file by file. Where one text of many is another one, as in an editor, what the
//! others declare is kept.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::decl::{Decl, DeclId, Declarations};
use super::make::make;
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Source, Sources};
use crate::stdlib::Mentioned;
use crate::syntax;
use crate::syntax::ast::{Comment, File, Part, Stmt};

/// What the files of a project declare.
#[derive(Debug, Default)]
pub struct Reading<'s> {
    /// The files, in their order.
    pub(super) files: Vec<FileReading<'s>>,
    /// What they declare, in their order: parents before children.
    pub(super) decls: Vec<Decl<'s>>,
}

/// What one file says.
#[derive(Debug)]
pub(super) struct FileReading<'s> {
    source: &'s Source,
    pub(super) comments: Vec<Comment<'s>>,
    pub(super) faults: Vec<Diagnostic>,
    /// The models that a `make` of any file may fill in.
    models: Vec<Stmt<'s>>,
    /// How many declarations are its own.
    declared: usize,
    /// Whether all of it was read, and it says the same whatever the other files say.
    stands_alone: bool,
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

/// How many statements one thread declares at a time.
const STATEMENTS_AT_A_TIME: usize = 64;

impl<'s> Reading<'s> {
    /// Reads the files, except for those whose text is what it was when they were read before. Of the library only what is
    /// mentioned is read, or all of it.
    pub(super) fn of(sources: &'s Sources, before: Self, mentioned: Option<&Mentioned<'_>>) -> Self {
        let all: Vec<_> = sources.iter().collect();
        // What of the library is mentioned can change with every text.
        let is_whole = |source: &Source| !source.embedded || mentioned.is_none();
        let is_known = |(at, (_, source)): (usize, &(FileId, &Source))| {
            is_whole(source) && before.files.get(at).is_some_and(|known| known.still_says(source))
        };
        let is_known: Vec<bool> = all.iter().enumerate().map(is_known).collect();
        let anew = all.into_par_iter().zip(&is_known).filter(|(_, known)| !**known).map(|((id, source), _)| {
            let pruned = mentioned.filter(|_| source.embedded);
            let keep = |item: &str| pruned.is_none_or(|mentioned| mentioned.wants(item));
            let (runs, faults) = syntax::parse_items(id, source, keep, Run::add);
            FileReading::of(source, runs, faults, pruned.is_none())
        });
        let anew = anew.collect();
        before.with(&is_known, anew)
    }

    /// Files that are parsed already, in their order.
    pub(super) fn of_parsed(sources: &'s Sources, parsed: Vec<File<'s>>) -> Self {
        let files: Vec<_> = sources.iter().map(|(_, source)| source).zip(parsed).collect();
        let read = |(source, file)| FileReading::of(source, runs_of(file), Vec::new(), true);
        let anew: Vec<_> = files.into_par_iter().map(read).collect();
        Self::default().with(&vec![false; anew.len()], anew)
    }

    /// The same files where they are known, and others in the place of the rest.
    fn with(self, is_known: &[bool], anew: Vec<(FileReading<'s>, Vec<Piece<'s>>)>) -> Self {
        let Self { files: before, mut decls } = self;
        let counts: Vec<usize> = before.iter().map(|file| file.declared).collect();
        let (mut before, mut anew) = (before.into_iter(), anew.into_iter());
        let (mut files, mut pieces) = (Vec::with_capacity(is_known.len()), Vec::new());
        for known in is_known {
            let old = before.next();
            if *known {
                files.extend(old);
                pieces.push(None);
            } else if let Some((file, own)) = anew.next() {
                files.push(file);
                pieces.push(Some(own));
            }
        }
        let declared = declare(pieces, &files);
        // Where the declarations of a file begin now, and where they began before.
        let (mut at, mut was) = (0, 0);
        for (index, (file, declared)) in files.iter_mut().zip(declared).enumerate() {
            let old = counts.get(index).copied().unwrap_or(0);
            match declared {
                None => {
                    let own = &mut decls[at..at + old];
                    if at != was {
                        own.iter_mut().for_each(|decl| shift(decl, was, at));
                    }
                }
                Some(declared) => {
                    file.declared = declared.iter().map(|own| own.decls.len()).sum();
                    put(&mut decls, at..at + old, declared, &mut file.faults);
                }
            }
            at += file.declared;
            was += old;
        }
        decls.truncate(at);
        Self { files, decls }
    }
}

/// What the pieces of the files declare; nothing for a file whose declarations are there.
fn declare<'s>(pieces: Vec<Option<Vec<Piece<'s>>>>, files: &[FileReading<'s>]) -> Vec<Option<Vec<Declarations<'s>>>> {
    let models: FxHashMap<&str, &Stmt<'s>> = files.iter().flat_map(|file| &file.models).filter_map(named).collect();
    let read = |piece| match piece {
        Piece::Declared(declared) => declared,
        Piece::Make(stmt) => make(&stmt, &models),
    };
    pieces.into_par_iter().map(|own| own.map(|own| own.into_iter().map(read).collect())).collect()
}

/// Puts declarations, whose ids count from 0 in each piece, in the place of others.
fn put<'s>(
    decls: &mut Vec<Decl<'s>>,
    place: std::ops::Range<usize>,
    declared: Vec<Declarations<'s>>,
    faults: &mut Vec<Diagnostic>,
) {
    let mut first = place.start;
    let mut own = declared.into_iter().flat_map(|piece| {
        faults.extend(piece.faults);
        let start = first;
        first += piece.decls.len();
        piece.decls.into_iter().map(move |mut decl| {
            shift(&mut decl, 0, start);
            decl
        })
    });
    if place.start == decls.len() {
        decls.extend(own);
    } else {
        decls.splice(place, own.by_ref());
    }
}

/// Ids that are counted from one place are counted from another.
fn shift(decl: &mut Decl<'_>, was: usize, is: usize) {
    let ids = decl.parent.iter_mut().chain(&mut decl.children);
    ids.for_each(|DeclId(id)| *id = *id - was as u32 + is as u32);
}

fn named<'a, 's>(stmt: &'a Stmt<'s>) -> Option<(&'s str, &'a Stmt<'s>)> {
    Some((stmt.parts.get(1).and_then(Part::word)?, stmt))
}

impl<'s> FileReading<'s> {
    fn of(source: &'s Source, runs: Vec<Run<'s>>, faults: Vec<Diagnostic>, is_whole: bool) -> (Self, Vec<Piece<'s>>) {
        let mut file =
            Self { source, comments: Vec::new(), faults, models: Vec::new(), declared: 0, stands_alone: true };
        let mut pieces = Vec::new();
        for run in runs {
            file.comments.extend(run.comments);
            file.faults.extend(run.faults);
            file.models.extend(run.models);
            pieces.extend(run.pieces);
        }
        file.stands_alone = is_whole && !pieces.iter().any(|piece| matches!(piece, Piece::Make(_)));
        (file, pieces)
    }

    fn still_says(&self, source: &Source) -> bool {
        self.stands_alone && self.source.embedded == source.embedded && self.source.text == source.text
    }
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

/// The statements of a parsed file in runs that threads can share.
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
