//! The parsed text, asked by place: which comments and how many line breaks stand between two bytes.

use crate::source::Span;
use crate::syntax::ast::{Block, Comment, Part, PartKind, Stmt};

/// A text with its comments and line ends, both in order.
pub(super) struct Tree<'a, 's> {
    text: &'s str,
    comments: &'a [Comment<'s>],
    newlines: Vec<usize>,
}

impl<'a, 's> Tree<'a, 's> {
    pub(super) fn new(text: &'s str, comments: &'a [Comment<'s>]) -> Self {
        Self { text, comments, newlines: memchr::memchr_iter(b'\n', text.as_bytes()).collect() }
    }

    pub(super) fn len(&self) -> u32 {
        self.text.len() as u32
    }

    pub(super) fn slice(&self, span: Span) -> &'s str {
        self.text.get(span.range()).unwrap_or_default()
    }

    pub(super) fn comments(&self, from: u32, to: u32) -> &'a [Comment<'s>] {
        let first = self.comments.partition_point(|comment| comment.span.start < from);
        let last = self.comments.partition_point(|comment| comment.span.start < to);
        self.comments.get(first..last).unwrap_or_default()
    }

    pub(super) fn newlines(&self, from: u32, to: u32) -> usize {
        let before = |place: u32| self.newlines.partition_point(|newline| *newline < place as usize);
        before(to).saturating_sub(before(from))
    }

    /// Whether a block holds neither statements nor comments.
    pub(super) fn is_empty(&self, block: &Block<'_>) -> bool {
        block.stmts.is_empty() && self.comments(block.open.end, block.close.start).is_empty()
    }
}

/// The parts of a statement without the comma that may end it.
pub(super) fn parts<'a, 's>(stmt: &'a Stmt<'s>) -> &'a [Part<'s>] {
    match stmt.parts.as_slice() {
        [rest @ .., comma] if comma.is_op(",") && rest.last().is_some_and(|last| !is_operator(last)) => rest,
        all => all,
    }
}

pub(super) fn is_operator(part: &Part<'_>) -> bool {
    matches!(part.kind, PartKind::Op(_))
}

/// `and`, `or`: what joins the lines it stands between.
pub(super) fn is_joiner(part: &Part<'_>) -> bool {
    matches!(part.word(), Some("and" | "or"))
}

/// Whether clause words at the start of the next line would belong to these parts.
pub(super) fn is_move(parts: &[Part<'_>]) -> bool {
    let arrow = |index: usize| parts.get(index).is_some_and(|part| part.is_op("->"));
    let word = parts.first().and_then(Part::word);
    word.is_some() && arrow(1) || word == Some("handover") && arrow(2)
}
