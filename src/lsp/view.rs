//! What a request sees: one project as it is now, its files, and places in the words of the protocol.

use lsp_server::ErrorCode;
use lsp_types::{Location, MarkupContent, MarkupKind, Position, Range, TextDocumentPositionParams, TextEdit, Uri};

use super::address;
use super::client::Client;
use crate::diagnostic::{Diagnostic, Message};
use crate::language::Language;
use crate::model::{Decl, DeclId, Kind, Model, RefIx, Val};
use crate::project::Project;
use crate::source::{FileId, Source, Span};

/// Why a request has no answer: it is shown to the person who asked.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: ErrorCode,
    pub(super) words: Message,
}

/// An answer, or why there is none.
pub(super) type Reply<T> = Result<T, Refusal>;

impl Refusal {
    /// What is asked cannot be done.
    pub(super) fn cannot(words: Message) -> Self {
        Self { code: ErrorCode::RequestFailed, words }
    }
}

/// What a request sees.
pub(super) struct View<'v, 's> {
    pub(super) model: &'v Model<'s>,
    pub(super) project: &'s Project,
    pub(super) client: &'v Client,
    pub(super) language: Language,
    /// Waits until the checks are through; nothing where the text has changed meanwhile.
    pub(super) findings: &'v dyn Fn() -> Option<&'v [Diagnostic]>,
}

impl<'s> View<'_, 's> {
    /// The file of an address.
    pub(super) fn file(&self, uri: &Uri) -> Option<FileId> {
        if let Some(library) = address::library_name(uri.as_str()) {
            let file = self.project.sources.iter().find(|(_, source)| source.embedded && source.name == library);
            return file.map(|(id, _)| id);
        }
        let key = super::buffers::Buffers::key(uri.as_str());
        let at = self.project.paths.iter().position(|path| path.as_ref() == Some(&key))?;
        Some(FileId(at as u32))
    }

    /// The file and the byte that a request is about.
    pub(super) fn place(&self, at: &TextDocumentPositionParams) -> Option<(FileId, u32)> {
        let file = self.file(&at.text_document.uri)?;
        Some((file, self.offset(file, at.position)))
    }

    pub(super) fn source(&self, file: FileId) -> &'s Source {
        self.project.sources.get(file)
    }

    pub(super) fn offset(&self, file: FileId, position: Position) -> u32 {
        self.source(file).offset(position.line, position.character, self.client.encoding)
    }

    pub(super) fn span(&self, file: FileId, range: Range) -> Span {
        let (start, end) = (self.offset(file, range.start), self.offset(file, range.end));
        Span::new(file, start, end.max(start))
    }

    pub(super) fn position(&self, file: FileId, offset: u32) -> Position {
        let (line, column) = self.source(file).encoded_position(offset, self.client.encoding);
        Position::new(line, column)
    }

    pub(super) fn range(&self, span: Span) -> Range {
        Range::new(self.position(span.file, span.start), self.position(span.file, span.end))
    }

    pub(super) fn uri(&self, file: FileId) -> Option<Uri> {
        let source = self.source(file);
        if source.embedded {
            return address::of_library(&source.name, &source.text, self.client.virtual_documents);
        }
        address::of_key(self.project.paths.get(file.0 as usize)?.as_ref()?)
    }

    pub(super) fn location(&self, span: Span) -> Option<Location> {
        Some(Location { uri: self.uri(span.file)?, range: self.range(span) })
    }

    pub(super) fn edit(&self, span: Span, text: impl Into<String>) -> TextEdit {
        TextEdit::new(self.range(span), text.into())
    }

    /// Text with headings and code, as far as the client shows them.
    pub(super) fn markup(&self, text: String) -> MarkupContent {
        let kind = if self.client.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
        MarkupContent { kind, value: text }
    }

    /// The declaration that the word at a place means, and that word. A path means, at each of its names, what it means
    /// up to there.
    pub(super) fn meant(&self, file: FileId, offset: u32) -> Option<(DeclId, Span)> {
        let holds = |span: Span| span.file == file && span.start <= offset && offset <= span.end;
        let model = self.model;
        let inner = (0..model.decls.len() as u32).rev().map(DeclId).filter(|id| holds(model.decl(*id).span));
        inner.into_iter().find_map(|id| {
            let decl = model.decl(id);
            if let Some(name) = decl.name.filter(|name| holds(name.span)) {
                return Some((id, name.span));
            }
            if decl.kind == Kind::Use {
                return self.imported(decl, offset);
            }
            let at = decl.refs.iter().position(|reference| holds(reference.span))?;
            let (reference, path) = (&decl.refs[at], decl.refs[at].path);
            let end = path[(offset - reference.span.start).min(path.len() as u32) as usize..].find('.');
            let Some(end) = end.map(|end| end + (offset - reference.span.start) as usize) else {
                let start = path.rfind('.').map_or(0, |dot| dot + 1) as u32;
                let span = Span { start: reference.span.start + start, ..reference.span };
                return Some((model.target_decl(id, RefIx(at as u32))?, span));
            };
            let start = path[..end].rfind('.').map_or(0, |dot| dot + 1) as u32;
            let word = Span::new(file, reference.span.start + start, reference.span.start + end as u32);
            Some((model.lookup(id, &path[..end])?, word))
        })
    }

    /// What a name in the list of a `use` brings in.
    fn imported(&self, decl: &Decl<'_>, offset: u32) -> Option<(DeclId, Span)> {
        let names = decl.head.iter().filter_map(|captured| match &captured.val {
            Val::Rows(rows) => Some(rows.iter().flatten()),
            _ => None,
        });
        let name = names.flatten().find(|name| name.span.start <= offset && offset <= name.span.end)?;
        Some((self.model.names.imported(name.val.word()?)?, name.span))
    }

    /// Where a declaration is named, or begins.
    pub(super) fn name_of(&self, id: DeclId) -> Span {
        self.model.place(id)
    }
}
