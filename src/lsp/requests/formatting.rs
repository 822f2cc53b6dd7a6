//! The canonical form of a file, or of some of its lines.

use std::ops::Range as Lines;

use lsp_types::request::{Formatting as Asked, RangeFormatting};
use lsp_types::{DocumentFormattingParams, DocumentRangeFormattingParams, TextEdit};
use serde_json::{Value, json};
use similar::{DiffOp, TextDiff};

use super::{Answer, Client, Refusal, Reply, View};
use crate::diagnostic::Diagnostic;
use crate::fmt;
use crate::say;
use crate::source::{FileId, Span};

pub(super) struct Whole;
pub(super) struct InRange;

impl Answer for Whole {
    type Of = Asked;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("documentFormattingProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: DocumentFormattingParams) -> Reply<Option<Vec<TextEdit>>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        formatted(view, file, |_| true)
    }
}

impl Answer for InRange {
    type Of = RangeFormatting;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("documentRangeFormattingProvider", json!(true))
    }

    fn answer(view: &View<'_, '_>, params: DocumentRangeFormattingParams) -> Reply<Option<Vec<TextEdit>>> {
        let Some(file) = view.file(&params.text_document.uri) else { return Ok(None) };
        let asked = params.range.start.line as usize..params.range.end.line as usize + 1;
        formatted(view, file, |lines| lines.start < asked.end && asked.start < lines.end.max(lines.start + 1))
    }
}

/// The edits that make a text canonical, line by line: those that touch lines somebody wants. Cursors elsewhere stay.
fn formatted(view: &View<'_, '_>, file: FileId, wanted: impl Fn(Lines<usize>) -> bool) -> Reply<Option<Vec<TextEdit>>> {
    let source = view.source(file);
    if source.embedded {
        return Ok(None);
    }
    let new = fmt::format(&source.name, &source.text).map_err(|faults| {
        let first = faults.first().and_then(Diagnostic::span).map_or(0, |span| span.start);
        let line = source.position(first).line;
        Refusal::cannot(say!("a text with errors cannot be formatted; the first is in line {line}", line))
    })?;
    let diff = TextDiff::from_lines(source.text.as_str(), &new);
    let start = |line: usize| source.lines().get(line).copied().unwrap_or(source.text.len() as u32);
    let edit = |op: &DiffOp| {
        let (old, lines) = (op.old_range(), op.new_range());
        let text: String = lines.map(|line| diff.new_slices()[line]).collect();
        view.edit(Span::new(file, start(old.start), start(old.end)), text)
    };
    let changes = diff.ops().iter().filter(|op| !matches!(op, DiffOp::Equal { .. }) && wanted(op.old_range()));
    Ok(Some(changes.map(edit).collect()))
}
