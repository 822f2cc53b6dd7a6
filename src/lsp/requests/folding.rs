//! What can be folded away: blocks, long texts, runs of comments.

use lsp_types::request::FoldingRangeRequest;
use lsp_types::{FoldingRange, FoldingRangeKind, FoldingRangeParams};
use serde_json::{Value, json};

use super::{Answer, Client, Reply, View};
use crate::source::Span;
use crate::syntax::ast::{Comment, File, Part, PartKind, Stmt};

pub(super) struct Folding;

impl Answer for Folding {
    type Of = FoldingRangeRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("foldingRangeProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: FoldingRangeParams) -> Reply<Option<Vec<FoldingRange>>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        let (parsed, _) = crate::syntax::parse(file, view.source(file));
        let mut found = Vec::new();
        of_comments(view, &parsed, &mut found);
        parsed.stmts.iter().for_each(|stmt| of_stmt(view, stmt, &mut found));
        Ok(Some(found))
    }
}

fn of_stmt(view: &View<'_, '_>, stmt: &Stmt<'_>, found: &mut Vec<FoldingRange>) {
    of_parts(view, &stmt.parts, found);
}

fn of_parts(view: &View<'_, '_>, parts: &[Part<'_>], found: &mut Vec<FoldingRange>) {
    for part in parts {
        match &part.kind {
            PartKind::Block(block) => {
                fold(view, block.open.to(block.close), None, found);
                block.stmts.iter().for_each(|stmt| of_stmt(view, stmt, found));
            }
            PartKind::Paren(inner) | PartKind::Square(inner) => {
                fold(view, part.span, None, found);
                of_parts(view, inner, found);
            }
            PartKind::Text(quoted) if quoted.long => fold(view, part.span, None, found),
            _ => {}
        }
    }
}

/// Comments on lines of their own, one below the other.
fn of_comments(view: &View<'_, '_>, parsed: &File<'_>, found: &mut Vec<FoldingRange>) {
    let mut run: Option<(Span, u32)> = None;
    for Comment { span, .. } in parsed.comments.iter().filter(|comment| comment.own_line) {
        let line = view.position(span.file, span.start).line;
        run = match run {
            Some((begun, last)) if line == last + 1 => Some((begun.to(*span), line)),
            Some((begun, _)) => {
                fold(view, begun, Some(FoldingRangeKind::Comment), found);
                Some((*span, line))
            }
            None => Some((*span, line)),
        };
    }
    if let Some((begun, _)) = run {
        fold(view, begun, Some(FoldingRangeKind::Comment), found);
    }
}

fn fold(view: &View<'_, '_>, span: Span, kind: Option<FoldingRangeKind>, found: &mut Vec<FoldingRange>) {
    let range = view.range(span);
    if range.start.line < range.end.line {
        found.push(FoldingRange {
            start_line: range.start.line,
            start_character: Some(range.start.character),
            end_line: range.end.line,
            end_character: Some(range.end.character),
            kind,
            collapsed_text: None,
        });
    }
}
