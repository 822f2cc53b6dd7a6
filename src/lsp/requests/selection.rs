//! What to select next: from the word under the cursor outward to the whole file.

use lsp_types::request::SelectionRangeRequest;
use lsp_types::{SelectionRange, SelectionRangeParams};
use serde_json::{Value, json};

use super::{Answer, Client, Reply, View};
use crate::source::Span;
use crate::syntax::ast::{Part, PartKind, Stmt};

pub(super) struct Selection;

impl Answer for Selection {
    type Of = SelectionRangeRequest;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("selectionRangeProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: SelectionRangeParams) -> Reply<Option<Vec<SelectionRange>>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        let source = view.source(file);
        let (parsed, _) = crate::syntax::parse(file, source);
        let ranges = params.positions.into_iter().map(|position| {
            let offset = view.offset(file, position);
            let mut around = vec![Span::new(file, 0, source.text.len() as u32)];
            in_stmts(&parsed.stmts, offset, &mut around);
            nested(view, &around)
        });
        Ok(Some(ranges.collect()))
    }
}

fn in_stmts(stmts: &[Stmt<'_>], offset: u32, around: &mut Vec<Span>) {
    if let Some(stmt) = stmts.iter().find(|stmt| holds(stmt.span, offset)) {
        around.push(stmt.span);
        in_parts(&stmt.parts, offset, around);
    }
}

fn in_parts(parts: &[Part<'_>], offset: u32, around: &mut Vec<Span>) {
    let Some(part) = parts.iter().find(|part| holds(part.span, offset)) else { return };
    around.push(part.span);
    match &part.kind {
        PartKind::Block(block) => in_stmts(&block.stmts, offset, around),
        PartKind::Paren(inner) | PartKind::Square(inner) => in_parts(inner, offset, around),
        PartKind::Text(quoted) => {
            let signs = if quoted.long { 3 } else { 1 };
            let inside = Span::new(part.span.file, part.span.start + signs, part.span.end - signs);
            around.extend((inside.start <= inside.end && holds(inside, offset)).then_some(inside));
        }
        PartKind::Word(path) => {
            let own = super::super::mentions::segments(path).map(|(start, end)| {
                Span::new(part.span.file, part.span.start + start as u32, part.span.start + end as u32)
            });
            around.extend(own.filter(|own| *own != part.span).find(|own| holds(*own, offset)));
        }
        _ => {}
    }
}

fn holds(span: Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}

/// The spans, each as the parent of the next; equal ones are one.
fn nested(view: &View<'_, '_>, around: &[Span]) -> SelectionRange {
    let mut all = around.to_vec();
    all.dedup();
    let whole = SelectionRange { range: view.range(all[0]), parent: None };
    all[1..]
        .iter()
        .fold(whole, |parent, span| SelectionRange { range: view.range(*span), parent: Some(Box::new(parent)) })
}
