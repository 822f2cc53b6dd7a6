//! What each word is, for its colour: what a colouring by patterns cannot know.

use lsp_types::request::{SemanticTokensFullRequest, SemanticTokensRangeRequest};
use lsp_types::{
    SemanticToken, SemanticTokenModifier, SemanticTokenType, SemanticTokens, SemanticTokensParams,
    SemanticTokensRangeParams, SemanticTokensRangeResult, SemanticTokensResult,
};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::super::mentions::segments;
use super::{Answer, Client, Reply, View};
use crate::model::{DeclId, Kind, RefIx, Target};
use crate::source::{FileId, Span};
use crate::syntax::ast::{Part, PartKind, Stmt};

const TYPES: &[SemanticTokenType] = &[
    SemanticTokenType::KEYWORD,
    SemanticTokenType::CLASS,
    SemanticTokenType::ENUM_MEMBER,
    SemanticTokenType::EVENT,
    SemanticTokenType::PROPERTY,
    SemanticTokenType::FUNCTION,
    SemanticTokenType::INTERFACE,
    SemanticTokenType::NAMESPACE,
    SemanticTokenType::METHOD,
    SemanticTokenType::STRUCT,
    SemanticTokenType::VARIABLE,
    SemanticTokenType::STRING,
    SemanticTokenType::NUMBER,
    SemanticTokenType::COMMENT,
    SemanticTokenType::OPERATOR,
];

const MODIFIERS: &[SemanticTokenModifier] =
    &[SemanticTokenModifier::DECLARATION, SemanticTokenModifier::DEPRECATED, SemanticTokenModifier::DEFAULT_LIBRARY];

const DECLARATION: u32 = 1;
const DEPRECATED: u32 = 2;
const LIBRARY: u32 = 4;

pub(super) struct Full;
pub(super) struct InRange;

fn capability() -> (&'static str, Value) {
    let legend = json!({ "tokenTypes": TYPES, "tokenModifiers": MODIFIERS });
    ("semanticTokensProvider", json!({ "legend": legend, "full": true, "range": true }))
}

impl Answer for Full {
    type Of = SemanticTokensFullRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        capability()
    }

    fn answer(view: &View<'_, '_>, params: SemanticTokensParams) -> Reply<Option<SemanticTokensResult>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        Ok(Some(SemanticTokensResult::Tokens(encoded(view, file, |_| true))))
    }
}

impl Answer for InRange {
    type Of = SemanticTokensRangeRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        capability()
    }

    fn answer(view: &View<'_, '_>, params: SemanticTokensRangeParams) -> Reply<Option<SemanticTokensRangeResult>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        let asked = view.span(file, params.range);
        let inside = |span: Span| span.start < asked.end && asked.start < span.end;
        Ok(Some(SemanticTokensRangeResult::Tokens(encoded(view, file, inside))))
    }
}

/// A word with its colour: index into [`TYPES`], bits of [`MODIFIERS`].
type Token = (Span, u32, u32);

fn encoded(view: &View<'_, '_>, file: FileId, wanted: impl Fn(Span) -> bool) -> SemanticTokens {
    let mut tokens = of_file(view, file);
    tokens.retain(|(span, ..)| wanted(*span) && span.start < span.end);
    tokens.sort_unstable();
    tokens.dedup_by_key(|(span, ..)| span.start);
    let (mut data, mut last) = (Vec::new(), (0, 0));
    for (span, kind, modifiers) in tokens {
        for (line, column, length) in lines(view, span) {
            data.push(SemanticToken {
                delta_line: line - last.0,
                delta_start: if line == last.0 { column - last.1 } else { column },
                length,
                token_type: kind,
                token_modifiers_bitset: modifiers,
            });
            last = (line, column);
        }
    }
    SemanticTokens { result_id: None, data }
}

/// A token of several lines is one token a line.
fn lines(view: &View<'_, '_>, span: Span) -> Vec<(u32, u32, u32)> {
    let source = view.source(span.file);
    let mut found = Vec::new();
    let mut start = span.start;
    for line in source.text[span.range()].split_inclusive('\n') {
        let words = line.trim_end_matches(['\n', '\r']);
        let at = view.position(span.file, start);
        if !words.is_empty() {
            found.push((at.line, at.character, view.client.encoding.columns(words)));
        }
        start += line.len() as u32;
    }
    found
}

fn of_file(view: &View<'_, '_>, file: FileId) -> Vec<Token> {
    let (parsed, _) = crate::syntax::parse(file, view.source(file));
    let names = names(view, file);
    let mut tokens: Vec<Token> = names.values().flatten().copied().collect();
    tokens.extend(parsed.comments.iter().map(|comment| (comment.span, index(&SemanticTokenType::COMMENT), 0)));
    parsed.stmts.iter().for_each(|stmt| of_stmt(stmt, &names, &mut tokens));
    tokens
}

/// What the names of a file mean, by where the path begins.
fn names(view: &View<'_, '_>, file: FileId) -> FxHashMap<u32, Vec<Token>> {
    let mut names: FxHashMap<u32, Vec<Token>> = FxHashMap::default();
    for (at, decl) in view.model.decls.iter().enumerate().filter(|(_, decl)| decl.span.file == file) {
        let id = DeclId(at as u32);
        if let Some(name) = decl.name {
            names.insert(name.span.start, vec![meaning(view, id, name.span, DECLARATION)]);
        }
        for (at, reference) in decl.refs.iter().enumerate().filter(|(_, reference)| reference.span.file == file) {
            let path = reference.path;
            let token = |(start, end): (usize, usize)| {
                let span = Span::new(file, reference.span.start + start as u32, reference.span.start + end as u32);
                let meant = if end == path.len() {
                    view.model.target_decl(id, RefIx(at as u32))
                } else {
                    view.model.lookup(id, &path[..end])
                };
                match (meant, view.model.target(id, RefIx(at as u32))) {
                    (Some(meant), _) => Some(meaning(view, meant, span, 0)),
                    (None, Target::Builtin(_)) => Some((span, index(&SemanticTokenType::PROPERTY), LIBRARY)),
                    (None, Target::Word(_)) => Some((span, index(&SemanticTokenType::VARIABLE), 0)),
                    _ => None,
                }
            };
            names.entry(reference.span.start).or_insert_with(|| segments(path).filter_map(token).collect());
        }
    }
    names
}

fn meaning(view: &View<'_, '_>, id: DeclId, span: Span, modifiers: u32) -> Token {
    let node = view.model.node(id);
    let is_deprecated = node.kind() == Kind::Event && crate::model::walk::Event(node).status() == "deprecated";
    let library = if view.model.is_std(id) { LIBRARY } else { 0 };
    (span, of_kind(node.kind()), modifiers | library | if is_deprecated { DEPRECATED } else { 0 })
}

fn of_kind(kind: Kind) -> u32 {
    index(&match kind {
        Kind::Funnel | Kind::Sequence | Kind::Program | Kind::Model => SemanticTokenType::CLASS,
        Kind::Stage | Kind::Tier | Kind::Arm | Kind::Member => SemanticTokenType::ENUM_MEMBER,
        Kind::Event | Kind::Variant => SemanticTokenType::EVENT,
        Kind::Prop | Kind::Trait => SemanticTokenType::PROPERTY,
        Kind::Kpi | Kind::Measure | Kind::Score | Kind::Goal => SemanticTokenType::FUNCTION,
        Kind::Segment | Kind::Antisegment | Kind::Persona => SemanticTokenType::INTERFACE,
        Kind::Channel | Kind::Campaign | Kind::Source => SemanticTokenType::NAMESPACE,
        kind if kind.is_message() => SemanticTokenType::METHOD,
        Kind::Type | Kind::Props | Kind::Traits => SemanticTokenType::STRUCT,
        _ => SemanticTokenType::VARIABLE,
    })
}

fn index(kind: &SemanticTokenType) -> u32 {
    TYPES.iter().position(|own| own == kind).map_or(0, |at| at as u32)
}

fn of_stmt(stmt: &Stmt<'_>, names: &FxHashMap<u32, Vec<Token>>, tokens: &mut Vec<Token>) {
    of_parts(&stmt.parts, names, tokens);
}

fn of_parts(parts: &[Part<'_>], names: &FxHashMap<u32, Vec<Token>>, tokens: &mut Vec<Token>) {
    for part in parts {
        let kind = match &part.kind {
            PartKind::Word(_) if names.contains_key(&part.span.start) => continue,
            PartKind::Word(_) => SemanticTokenType::KEYWORD,
            PartKind::Number(_) => SemanticTokenType::NUMBER,
            PartKind::Text(_) => SemanticTokenType::STRING,
            PartKind::Op(_) => SemanticTokenType::OPERATOR,
            PartKind::Paren(inner) | PartKind::Square(inner) => {
                of_parts(inner, names, tokens);
                continue;
            }
            PartKind::Block(block) => {
                block.stmts.iter().for_each(|stmt| of_stmt(stmt, names, tokens));
                continue;
            }
            PartKind::Bad => continue,
        };
        tokens.push((part.span, index(&kind), 0));
    }
}
