//! Says how the parser reads texts, for those who read them too: the grammar of tree-sitter is held to it.
//!
//! On every line of the input stands a text as a JSON string; on every line of the output, what was read of it:
//! the pieces it was cut into, each with its statements, and whether a piece was mended or passed over because a bracket,
//! a brace or a text in it is not closed. A part is `[kind, start, end]`, with what it holds where it holds something.

use std::io::{BufRead, Write};

use funnelc::diagnostic::codes::syntax::UNCLOSED_BLOCK;
use funnelc::source::{FileId, Source};
use funnelc::syntax::ast::{Comment, File, Part, PartKind, Stmt};
use funnelc::syntax::parse_items;
use funnelc::syntax::recover::{Cut, cut};
use serde_json::{Value, json};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let text: String = serde_json::from_str(&line?)?;
        writeln!(out, "{}", pieces(&Source::new("stdin", text)))?;
    }
    Ok(())
}

fn pieces(source: &Source) -> Value {
    let (cuts, faults) = cut(FileId(0), &source.text);
    let (runs, _) = parse_items(FileId(0), source, |_| true, |run: &mut Vec<_>, (file, _)| run.push(piece(&file)));
    let unclosed: Vec<usize> = faults
        .iter()
        .filter(|fault| *fault.code == UNCLOSED_BLOCK)
        .map(|fault| fault.labels[0].span.start as usize)
        .collect();
    let is_whole =
        |cut: &Cut| cut.mended.is_none() && !cut.too_deep && !unclosed.iter().any(|at| cut.range.contains(at));
    let whole = cuts.iter().map(|cut| (is_whole(cut), [cut.range.start, cut.range.end]));
    whole
        .zip(runs.into_iter().flatten())
        .map(|((whole, range), (stmts, comments))| json!({"whole": whole, "range": range, "stmts": stmts, "comments": comments}))
        .collect()
}

fn piece(file: &File) -> (Vec<Value>, Vec<Value>) {
    let comment = |comment: &Comment| json!([comment.span.start, comment.span.end]);
    (file.stmts.iter().map(statement).collect(), file.comments.iter().map(comment).collect())
}

fn statement(stmt: &Stmt) -> Value {
    json!(["statement", stmt.span.start, stmt.span.end, stmt.parts.iter().map(part).collect::<Vec<_>>()])
}

fn part(part: &Part) -> Value {
    let (start, end) = (part.span.start, part.span.end);
    let parts = |parts: &[Part]| parts.iter().map(self::part).collect::<Vec<_>>();
    match &part.kind {
        PartKind::Word(_) => json!(["word", start, end]),
        PartKind::Number(_) => json!(["number", start, end]),
        PartKind::Text(quoted) => json!([if quoted.long { "text" } else { "string" }, start, end]),
        PartKind::Op(_) => json!(["operator", start, end]),
        PartKind::Paren(inner) => json!(["parentheses", start, end, parts(inner)]),
        PartKind::Square(inner) => json!(["brackets", start, end, parts(inner)]),
        PartKind::Block(block) => json!(["block", start, end, block.stmts.iter().map(statement).collect::<Vec<_>>()]),
        PartKind::Bad => json!(["bad", start, end]),
    }
}
