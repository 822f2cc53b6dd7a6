//! What can be done about a finding, or with a declaration: an edit each, made when the person takes it.

use std::collections::HashMap;

use lsp_types::request::CodeActionRequest;
use lsp_types::{
    CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, CreateFile, DocumentChangeOperation,
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, ResourceOp, TextDocumentEdit, TextEdit, Uri,
    WorkspaceEdit,
};
use serde_json::{Value, json};

use super::super::{address, findings};
use super::completion::place_of_use;
use super::{Answer, Client, Reply, View};
use crate::diagnostic::codes::names::UNKNOWN_NAME;
use crate::diagnostic::{Diagnostic, Edit, Level, Message, Safety};
use crate::lint::rules::missing_translation;
use crate::model::value::{Ref, Text, TextEntry, Val};
use crate::model::{DeclId, Kind, KindSet};
use crate::source::{FileId, Span};
use crate::syntax::ast::Stmt;
use crate::{fix, say, system};

/// Everything that can be mended without being read.
const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.funnelc");

pub(super) struct Actions;

impl Answer for Actions {
    type Of = CodeActionRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        let kinds = [CodeActionKind::QUICKFIX, FIX_ALL, CodeActionKind::REFACTOR_EXTRACT];
        ("codeActionProvider", json!({ "codeActionKinds": kinds }))
    }

    fn answer(view: &View<'_, '_>, params: CodeActionParams) -> Reply<Option<Vec<CodeActionOrCommand>>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        let asked = view.span(file, params.range);
        let only = params.context.only.unwrap_or_default();
        let wants = |kind: &CodeActionKind| only.is_empty() || only.iter().any(|own| is_part(own, kind));
        let Some(found) = (view.findings)() else { return Ok(None) };
        let here: Vec<&Diagnostic> = found.iter().filter(|finding| touches(finding, asked)).collect();
        let mut actions = Vec::new();
        for finding in here {
            of_fixes(view, finding, &mut actions);
            actions.extend(declare(view, finding));
            actions.extend(translate(view, finding));
            actions.extend(silence(view, finding));
        }
        actions.extend(fix_all(view, file, found));
        actions.extend(split_off(view, asked));
        actions.retain(|action| action.kind.as_ref().is_some_and(wants));
        Ok(Some(actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()))
    }
}

/// `source` asks for `source.fixAll` too.
fn is_part(asked: &CodeActionKind, kind: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(asked.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn touches(finding: &Diagnostic, asked: Span) -> bool {
    finding.span().is_some_and(|span| span.file == asked.file && span.start <= asked.end && asked.start <= span.end)
}

fn action(view: &View<'_, '_>, title: &Message, kind: CodeActionKind, edits: Vec<Edit>) -> CodeAction {
    #[expect(clippy::mutable_key_type, reason = "the type of the protocol; an address is never changed")]
    let mut changes: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    for edit in edits {
        if let Some(uri) = view.uri(edit.span.file) {
            changes.entry(uri).or_default().push(view.edit(edit.span, edit.replacement));
        }
    }
    CodeAction {
        title: title.said(view.language),
        kind: Some(kind),
        edit: Some(WorkspaceEdit::new(changes)),
        ..CodeAction::default()
    }
}

/// The fixes of a finding, as they are.
fn of_fixes(view: &View<'_, '_>, finding: &Diagnostic, actions: &mut Vec<CodeAction>) {
    for (at, fix) in finding.fixes.iter().enumerate() {
        if fix.edits.iter().any(|edit| view.source(edit.span.file).embedded) {
            continue;
        }
        let mut action = action(view, &fix.title, CodeActionKind::QUICKFIX, fix.edits.clone());
        action.diagnostics = Some(vec![findings::shown(view, finding)]);
        action.is_preferred = Some(at == 0 && fix.safety == Safety::Safe);
        actions.push(action);
    }
}

// ---- what is missing

/// A declaration for a name that means nothing, after the one that uses it.
fn declare(view: &View<'_, '_>, finding: &Diagnostic) -> Vec<CodeAction> {
    let Some(span) = finding.span().filter(|_| finding.code == &UNKNOWN_NAME) else { return Vec::new() };
    let Some((from, reference)) = reference_at(view, span) else { return Vec::new() };
    if reference.path.contains('.') {
        return Vec::new();
    }
    let outermost = std::iter::successors(Some(from), |id| view.model.decl(*id).parent).last().unwrap_or(from);
    let mut found = Vec::new();
    for kind in wanted(view, from, reference) {
        let (place, text) = if kind == Kind::Stage {
            let Some(last) = last_stage(view, from) else { continue };
            (last.after(), format!("\n  {}", skeleton(kind, reference.path)))
        } else {
            (view.model.decl(outermost).span.after(), format!("\n\n{}", skeleton(kind, reference.path)))
        };
        let (word, name) = (kind.word(), reference.path);
        let title = say!("declare {word} `{name}`", word, name);
        let mut action = action(view, &title, CodeActionKind::QUICKFIX, vec![Edit { span: place, replacement: text }]);
        action.diagnostics = Some(vec![findings::shown(view, finding)]);
        found.push(action);
    }
    found
}

fn reference_at<'v>(view: &'v View<'_, '_>, span: Span) -> Option<(DeclId, &'v Ref<'v>)> {
    let decls = view.model.decls.iter().enumerate();
    decls
        .flat_map(|(at, decl)| decl.refs.iter().map(move |reference| (DeclId(at as u32), reference)))
        .find(|(_, reference)| reference.span == span)
}

/// The kinds that would do; in an expression those that its place is most often about.
fn wanted(view: &View<'_, '_>, from: DeclId, reference: &Ref<'_>) -> Vec<Kind> {
    const DECLARED: &[Kind] = &[
        Kind::Event,
        Kind::Segment,
        Kind::Kpi,
        Kind::Stage,
        Kind::Channel,
        Kind::Team,
        Kind::Consent,
        Kind::Score,
        Kind::Measure,
    ];
    if reference.want != KindSet::NONE {
        return DECLARED.iter().copied().filter(|kind| reference.want.has(*kind)).collect();
    }
    let fields = &view.model.decl(from).fields;
    let field =
        fields.iter().find(|field| field.span.start <= reference.span.start && reference.span.end <= field.span.end);
    match field.map(|field| field.spec.notation) {
        Some(notation) if notation.contains("expr") => vec![Kind::Kpi, Kind::Event],
        Some(notation) if notation.contains("cond") => vec![Kind::Segment, Kind::Event],
        _ => vec![Kind::Event],
    }
}

fn last_stage(view: &View<'_, '_>, from: DeclId) -> Option<Span> {
    let funnel = std::iter::successors(Some(from), |id| view.model.decl(*id).parent)
        .find(|id| view.model.decl(*id).kind == Kind::Funnel)?;
    view.model.node(funnel).children_of(Kind::Stage).last().map(|stage| stage.decl().span)
}

/// A declaration that says as little as it may.
fn skeleton(kind: Kind, name: &str) -> String {
    let label = name.replace('_', " ");
    let mut letters = label.chars();
    let label: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    let body = match kind {
        Kind::Event => "{\n  sent_by web\n  status planned\n}",
        Kind::Segment => "{\n  where trait country == \"SA\"\n}",
        Kind::Kpi => "{\n  value 0\n}",
        Kind::Stage => ": middle { }",
        Kind::Consent => "{ }",
        _ => "{\n}",
    };
    format!("{} {name} \"{label}\" {body}", kind.word())
}

/// The missing languages of a text: what is there already, to be overwritten by whoever translates.
fn translate(view: &View<'_, '_>, finding: &Diagnostic) -> Option<CodeAction> {
    if finding.code != &missing_translation::RULE.code {
        return None;
    }
    let languages = view.model.languages();
    let default = *languages.first()?;
    let fields: Vec<Span> = finding.labels.iter().filter(|label| !label.primary).map(|label| label.span).collect();
    let decls = view.model.decls.iter().flat_map(|decl| &decl.fields);
    let lacking = decls.filter(|field| fields.contains(&field.span));
    let texts = lacking.flat_map(|field| &field.values).filter_map(|captured| match &captured.val {
        Val::Text(text) => Some(text),
        _ => None,
    });
    let edits: Vec<Edit> = texts.filter_map(|text| completed(view, text, &languages, default)).collect();
    let title = say!("add the missing languages, with the text that is there to be translated");
    let mut action = (!edits.is_empty()).then(|| action(view, &title, CodeActionKind::QUICKFIX, edits))?;
    action.diagnostics = Some(vec![findings::shown(view, finding)]);
    Some(action)
}

fn completed(view: &View<'_, '_>, text: &Text<'_>, languages: &[&str], default: &str) -> Option<Edit> {
    let has = |lang: &str, entry: &TextEntry<'_>| entry.lang.unwrap_or(default).eq_ignore_ascii_case(lang);
    let missing: Vec<&&str> =
        languages.iter().filter(|lang| !text.entries.iter().any(|entry| has(lang, entry))).collect();
    let (first, last) = (text.entries.first()?, text.entries.last()?);
    let words = view.project.sources.text(first.span);
    let rows = missing.iter().map(|lang| format!("; {lang} {words}")).collect::<Vec<_>>().concat();
    Some(if text.entries.iter().all(|entry| entry.lang.is_none()) {
        let span = first.span.to(last.span);
        let own = view.project.sources.text(span);
        Edit { span, replacement: format!("{{ {default} {own}{rows} }}") }
    } else {
        Edit { span: last.span.after(), replacement: rows }
    })
}

// ---- lints

/// A directive above the statement that a lint is about. The reason is for the person to give.
fn silence(view: &View<'_, '_>, finding: &Diagnostic) -> Option<CodeAction> {
    let span = finding.span().filter(|_| finding.code.level != Level::Error)?;
    let source = view.source(span.file);
    let (parsed, _) = crate::syntax::parse(span.file, source);
    let mut start = None;
    begins_line(&source.text, &parsed.stmts, span, &mut start);
    let start = start?;
    let line = source.text[..start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = &source.text[line..start as usize];
    let name = finding.code.name;
    let directive = format!("{indent}// funnelc: allow({name}) -- say why this is right here\n");
    // Above what documents the statement: a comment in between would cut it off.
    let above = above_comments(&source.text, line, "///") as u32;
    let place = Span::new(span.file, above, above);
    let title = say!("silence `{name}` here, with a reason", name);
    let edits = vec![Edit { span: place, replacement: directive }];
    let mut action = action(view, &title, CodeActionKind::QUICKFIX, edits);
    action.diagnostics = Some(vec![findings::shown(view, finding)]);
    Some(action)
}

/// The innermost statement around a place that is the first on its line.
fn begins_line(text: &str, stmts: &[Stmt<'_>], span: Span, start: &mut Option<u32>) {
    for stmt in stmts.iter().filter(|stmt| stmt.span.start <= span.start && span.end <= stmt.span.end) {
        let line = text[..stmt.span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
        if text[line..stmt.span.start as usize].trim().is_empty() {
            *start = Some(stmt.span.start);
        }
        if let Some(block) = stmt.block() {
            begins_line(text, &block.stmts, span, start);
        }
    }
}

/// Every fix of a file that can be applied without being read.
fn fix_all(view: &View<'_, '_>, file: FileId, found: &[Diagnostic]) -> Option<CodeAction> {
    let only = |edit: &Edit| edit.span.file == file;
    let own: Vec<Diagnostic> =
        found.iter().filter(|finding| finding.fixes.iter().flat_map(|fix| &fix.edits).all(only)).cloned().collect();
    let mut fixed = fix::apply(&view.project.sources, &own, Safety::Safe);
    let text = fixed.texts.remove(&file)?;
    let count = fixed.applied;
    let span = Span::new(file, 0, view.source(file).text.len() as u32);
    let title = say!("apply all safe fixes of this file ({count})", count);
    Some(action(view, &title, FIX_ALL, vec![Edit { span, replacement: text }]))
}

// ---- files

/// Moves the declaration at a place to a file of its own, beside this one.
fn split_off(view: &View<'_, '_>, asked: Span) -> Option<CodeAction> {
    let source = view.source(asked.file);
    if !view.client.creates_files || source.embedded {
        return None;
    }
    let own = |id: &DeclId| {
        let decl = view.model.decl(*id);
        let place = decl.name.map(|name| name.span).filter(|_| decl.parent.is_none() && decl.kind != Kind::Project);
        place.is_some_and(|place| place.file == asked.file && place.start <= asked.end && asked.start <= place.end)
    };
    let id = (0..view.model.decls.len() as u32).map(DeclId).find(own)?;
    let name = view.model.decl(id).name_text();
    let path = view.project.paths.get(asked.file.0 as usize)?.as_ref()?;
    let new = path.with_file_name(format!("{name}.funnel"));
    if !path.is_absolute() || system::is_there(&new) {
        return None;
    }
    let moved = with_what_belongs_to_it(&source.text, view.model.decl(id).span);
    let text = format!("{}\n", source.text[moved.range()].trim());
    let mut edits = vec![OneOf::Left(view.edit(moved, ""))];
    if needs_use(view, path) {
        let (at, before, after) = place_of_use(&source.text);
        let place = Span::new(asked.file, at as u32, at as u32);
        edits.push(OneOf::Left(view.edit(place, format!("{before}use \"{name}.funnel\"{after}"))));
    }
    let address = address::of_path(&new)?;
    let document = |uri| OptionalVersionedTextDocumentIdentifier { uri, version: None };
    let first = OneOf::Left(TextEdit::new(lsp_types::Range::default(), text));
    let operations = vec![
        DocumentChangeOperation::Op(ResourceOp::Create(CreateFile {
            uri: address.clone(),
            options: None,
            annotation_id: None,
        })),
        DocumentChangeOperation::Edit(TextDocumentEdit { text_document: document(address), edits: vec![first] }),
        DocumentChangeOperation::Edit(TextDocumentEdit { text_document: document(view.uri(asked.file)?), edits }),
    ];
    let file = format!("{name}.funnel");
    let title = say!("move `{name}` to `{file}`", name, file);
    Some(CodeAction {
        title: title.said(view.language),
        kind: Some(CodeActionKind::REFACTOR_EXTRACT),
        edit: Some(WorkspaceEdit {
            document_changes: Some(DocumentChanges::Operations(operations)),
            ..WorkspaceEdit::default()
        }),
        ..CodeAction::default()
    })
}

/// A declaration with the comments directly above it and the empty lines below it.
fn with_what_belongs_to_it(text: &str, span: Span) -> Span {
    let line = text[..span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let start = above_comments(text, line, "//");
    let rest = &text[span.end as usize..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n', ';']).len();
    Span::new(span.file, start as u32, span.end + blank as u32)
}

/// Where the comments begin that stand directly above a line.
fn above_comments(text: &str, line: usize, sign: &str) -> usize {
    let mut start = line;
    while start > 0 {
        let above = text[..start - 1].rfind('\n').map_or(0, |newline| newline + 1);
        if !text[above..start].trim_start().starts_with(sign) {
            break;
        }
        start = above;
    }
    start
}

/// Whether files of this project are found because others use them.
fn needs_use(view: &View<'_, '_>, path: &std::path::Path) -> bool {
    let in_folder = view.client.roots.iter().any(|root| path.starts_with(crate::project::identity(root)));
    let uses = |text: &str| text.lines().any(|line| line.trim_start().starts_with("use \""));
    !in_folder || view.project.sources.iter().any(|(_, source)| !source.embedded && uses(&source.text))
}
