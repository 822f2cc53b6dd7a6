//! A statement as words, each with the space and the possible line break before it.

use super::tree::{Tree, is_joiner, is_operator};
use crate::source::Span;
use crate::syntax::ast::{Block, Comment, Part, PartKind};
use crate::syntax::number::Literal;

/// What is written without a break in it, or a block.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a, 's> {
    Text(&'s str),
    Block(&'a Block<'s>),
}

/// A piece and what may stand before it.
#[derive(Clone)]
pub(super) struct Token<'a, 's> {
    pub(super) piece: Piece<'a, 's>,
    /// Columns between it and the piece before it on its line.
    pub(super) space: usize,
    /// Whether a line may begin with it.
    pub(super) may_break: bool,
    /// The comments before it, inside the statement.
    pub(super) comments: &'a [Comment<'s>],
}

/// The tokens of some parts in the order of the text.
pub(super) fn of<'a, 's>(tree: &Tree<'a, 's>, parts: &[&'a Part<'s>]) -> Vec<Token<'a, 's>> {
    let end = parts.first().map_or(0, |part| part.span.start);
    let mut reader = Reader { tree, tokens: Vec::with_capacity(parts.len()), end };
    reader.list(parts, true);
    reader.tokens
}

struct Reader<'t, 'a, 's> {
    tree: &'t Tree<'a, 's>,
    tokens: Vec<Token<'a, 's>>,
    /// Where the last token ends in the text.
    end: u32,
}

impl<'a, 's> Reader<'_, 'a, 's> {
    fn list(&mut self, parts: &[&'a Part<'s>], outermost: bool) {
        for index in 0..parts.len() {
            let space = space(parts, index, outermost);
            let may_break = index > 0 && (parts[index - 1].is_op(",") || is_joiner(parts[index]));
            self.part(parts[index], space, may_break);
        }
    }

    fn part(&mut self, part: &'a Part<'s>, space: usize, may_break: bool) {
        match &part.kind {
            PartKind::Paren(inner) | PartKind::Square(inner) => {
                self.piece(Span { end: part.span.start + 1, ..part.span }, space, may_break);
                self.list(&inner.iter().collect::<Vec<_>>(), false);
                self.piece(Span { start: part.span.end - 1, ..part.span }, 0, false);
            }
            PartKind::Block(block) => self.push(Piece::Block(block), part.span, space, may_break),
            _ => self.piece(part.span, space, may_break),
        }
    }

    fn piece(&mut self, span: Span, space: usize, may_break: bool) {
        self.push(Piece::Text(self.tree.slice(span)), span, space, may_break);
    }

    fn push(&mut self, piece: Piece<'a, 's>, span: Span, space: usize, may_break: bool) {
        let comments = self.tree.comments(self.end, span.start);
        self.tokens.push(Token { piece, space, may_break, comments });
        self.end = span.end;
    }
}

/// Words after which a bracket groups instead of calling.
const BEFORE_GROUPS: [&str; 14] =
    ["and", "or", "not", "in", "when", "where", "on", "until", "for", "after", "within", "from", "between", "exclude"];

fn space(parts: &[&Part<'_>], index: usize, outermost: bool) -> usize {
    let (Some(before), part) = (index.checked_sub(1), parts[index]) else { return 0 };
    let previous = parts[before];
    if part.is_op(",") || in_tight_range(parts, index) || follows_sign(parts, index, outermost) {
        return 0;
    }
    match (previous.word(), &part.kind) {
        (Some(word), PartKind::Paren(_)) if BEFORE_GROUPS.contains(&word) => 1,
        // A key is a call in some rows and a field in others; only the writer knows.
        (Some(_), PartKind::Paren(_)) => usize::from(before == 0 && outermost && previous.span.end != part.span.start),
        _ => 1,
    }
}

/// `5d..8d`, but `2027-03-09 .. 2027-03-12`.
fn in_tight_range(parts: &[&Part<'_>], index: usize) -> bool {
    let tight = |dots: usize| {
        parts[dots].is_op("..")
            && dots.checked_sub(1).is_some_and(|left| is_short(parts[left]))
            && parts.get(dots + 1).is_some_and(|right| is_short(right))
    };
    tight(index) || tight(index - 1)
}

fn is_short(part: &Part<'_>) -> bool {
    use Literal::{Calendar, Percent, Plain, Span};
    matches!(part.kind, PartKind::Number(Plain { .. } | Percent(_) | Span { .. } | Calendar { .. }))
}

/// A sign touches the name or bracket that it turns round, also after a field's key. Before a number it would become
/// part of it.
fn follows_sign(parts: &[&Part<'_>], index: usize, outermost: bool) -> bool {
    let sign = index - 1;
    let is_sign = parts[sign].is_op("-") || parts[sign].is_op("+");
    let begins = sign.checked_sub(1).is_none_or(|before| {
        let is_key = before == 0 && outermost && parts[0].word().is_some();
        let before = parts[before];
        is_key || is_operator(before) || is_joiner(before) || matches!(before.word(), Some("not" | "in"))
    });
    is_sign && begins && matches!(parts[index].kind, PartKind::Word(_) | PartKind::Paren(_))
}
