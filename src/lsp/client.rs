//! What the editor can do, and what it wants.

use std::path::PathBuf;

use lsp_types::{InitializeParams, MarkupKind, PositionEncodingKind};

use super::address;
use crate::language::Language;
use crate::source::Encoding;

/// What the editor can do, and what it wants.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a capability of the protocol")]
pub(super) struct Client {
    /// What columns count.
    pub(super) encoding: Encoding,
    /// The language findings are said in, unless the project wants another one.
    pub(super) language: Language,
    /// The folders that are open.
    pub(super) roots: Vec<PathBuf>,
    /// Whether places to fill in may stand in what is inserted.
    pub(super) snippets: bool,
    /// Whether texts may have headings and code.
    pub(super) markdown: bool,
    /// Whether it shows texts that only the server has.
    pub(super) virtual_documents: bool,
    /// Whether it tells of files that change on disk.
    pub(super) watches_files: bool,
    /// Whether files can be made by an edit.
    pub(super) creates_files: bool,
    /// Whether it takes symbols inside of symbols.
    pub(super) nested_symbols: bool,
}

impl Client {
    pub(super) fn of(params: &InitializeParams) -> Self {
        let capabilities = &params.capabilities;
        let text = capabilities.text_document.as_ref();
        let workspace = capabilities.workspace.as_ref();
        let general = capabilities.general.as_ref();
        let encodings = general.and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
        let item = text.and_then(|text| text.completion.as_ref()?.completion_item.clone());
        let formats = text.and_then(|text| text.hover.as_ref()?.content_format.clone()).unwrap_or_default();
        let wanted = |key: &str| params.initialization_options.as_ref().and_then(|options| options.get(key).cloned());
        let wants = |key: &str| wanted(key).and_then(|value| value.as_bool()).unwrap_or(false);
        let operations = workspace.and_then(|own| own.workspace_edit.as_ref()?.resource_operations.clone());
        let language = wanted("language").and_then(|value| value.as_str().map(str::to_owned)).or(params.locale.clone());
        Self {
            encoding: if encodings.contains(&PositionEncodingKind::UTF8) { Encoding::Utf8 } else { Encoding::Utf16 },
            language: language.as_deref().and_then(language_of).unwrap_or_default(),
            roots: roots(params),
            snippets: item.and_then(|item| item.snippet_support).unwrap_or(false),
            markdown: formats.contains(&MarkupKind::Markdown),
            virtual_documents: wants("virtualDocuments"),
            watches_files: workspace
                .and_then(|own| own.did_change_watched_files.as_ref()?.dynamic_registration)
                .unwrap_or(false),
            creates_files: operations.is_some_and(|own| own.contains(&lsp_types::ResourceOperationKind::Create)),
            nested_symbols: text
                .and_then(|text| text.document_symbol.as_ref()?.hierarchical_document_symbol_support)
                .unwrap_or(false),
        }
    }
}

/// `ar-SA` is Arabic.
fn language_of(tag: &str) -> Option<Language> {
    Language::of_tag(tag.split(['-', '_']).next()?)
}

#[expect(deprecated, reason = "clients of before version 3.6 have one root")]
fn roots(params: &InitializeParams) -> Vec<PathBuf> {
    let folders = params.workspace_folders.iter().flatten().map(|folder| folder.uri.as_str());
    let mut roots: Vec<PathBuf> = folders.filter_map(address::path_of).collect();
    if roots.is_empty() {
        roots.extend(params.root_uri.as_ref().and_then(|uri| address::path_of(uri.as_str())));
    }
    roots
}
