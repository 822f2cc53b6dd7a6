//! Transitions: their clauses in one order, and columns where several stand below each other.

use unicode_width::UnicodeWidthStr;

use super::tokens::{self, Piece, Token};
use super::tree::{self, Tree};
use super::{WIDTH, flat};
use crate::model::kinds::Kind;
use crate::model::shape::Reader;
use crate::source::Span;
use crate::syntax::ast::{Part, Stmt};

/// The clauses in the order they are written in.
const ORDER: [&str; 7] = ["rate", "within", "on", "when", "as", "after", "owner"];

/// A transition whose clauses are known.
pub(super) struct Transition<'a, 's> {
    /// How many parts stand before the first clause.
    head: usize,
    /// Each with its place in [`ORDER`].
    clauses: Vec<(usize, &'a [Part<'s>])>,
    parts: &'a [Part<'s>],
}

/// Reads a statement as a transition; `None` where it is something else, or one with a fault.
fn read<'a, 's>(stmt: &'a Stmt<'s>) -> Option<Transition<'a, 's>> {
    let parts = tree::parts(stmt);
    if !tree::is_move(parts) {
        return None;
    }
    let skip = usize::from(!parts[1].is_op("->"));
    let captures = captures(&parts[skip..])?;
    let head = skip + 3;
    let starts: Vec<(usize, usize)> = captures.iter().filter_map(|capture| start(parts, capture)).collect();
    let ends = starts.iter().skip(1).map(|(_, start)| *start).chain([parts.len()]);
    let clauses = starts.iter().zip(ends).map(|((rank, start), end)| Some((*rank, parts.get(*start..end)?)));
    let mut clauses = clauses.collect::<Option<Vec<_>>>()?;
    if !clauses.is_sorted_by_key(|(rank, _)| *rank) {
        let mut sorted = clauses.clone();
        sorted.sort_by_key(|(rank, _)| *rank);
        if says_the_same(&parts[skip..head], &sorted, &captures) {
            clauses = sorted;
        }
    }
    Some(Transition { head, clauses, parts })
}

type Capture = (&'static str, Span);

/// What the model reads in the parts, in the order of their names; `None` where it cannot read them.
fn captures(parts: &[Part<'_>]) -> Option<Vec<Capture>> {
    let end = parts.last()?.span.after();
    let (mut refs, mut faults) = (Vec::new(), Vec::new());
    let mut reader = Reader::new(parts, end, &mut refs, &mut faults);
    let fits = reader.read(&Kind::Transition.spec().head) && reader.peek().is_none();
    fits.then(|| reader.captures.iter().map(|captured| (captured.slot, captured.span)).collect())
}

/// The clause of a capture: its place in [`ORDER`] and the index of its first part.
fn start(parts: &[Part<'_>], (slot, span): &Capture) -> Option<(usize, usize)> {
    let rank = ORDER.iter().position(|word| word == slot)?;
    let value = parts.partition_point(|part| part.span.start < span.start);
    Some((rank, value.checked_sub(1)?))
}

/// Whether the model reads the clauses in the new order as it did in the old: `when no x for 9d` must not come to stand
/// before `after 60d`, which it would take for its own.
fn says_the_same(head: &[Part<'_>], sorted: &[(usize, &[Part<'_>])], before: &[Capture]) -> bool {
    let moved: Vec<Part<'_>> = head.iter().chain(sorted.iter().flat_map(|(_, clause)| *clause)).cloned().collect();
    let by_place = |mut found: Vec<Capture>| {
        found.sort_by_key(|(_, span)| *span);
        found
    };
    captures(&moved).is_some_and(|after| by_place(after) == by_place(before.to_vec()))
}

impl<'a, 's> Transition<'a, 's> {
    fn parts(&self) -> Vec<&'a Part<'s>> {
        let clauses = self.clauses.iter().flat_map(|(_, clause)| clause.iter());
        self.parts[..self.head].iter().chain(clauses).collect()
    }

    /// Its tokens with `gap` columns between clauses; `None` where a comment stands between its words.
    fn tokens(&self, tree: &Tree<'a, 's>, gap: usize) -> Option<Row<'a, 's>> {
        let written: Vec<&Part<'_>> = self.parts.iter().collect();
        if tokens::of(tree, &written).iter().any(|token| !token.comments.is_empty()) {
            return None;
        }
        let mut tokens = tokens::of(tree, &self.parts()[..self.head]);
        let (arrow, head) = (tokens.len() - 2, tokens.len());
        let mut starts = Vec::with_capacity(self.clauses.len());
        for (index, (rank, clause)) in self.clauses.iter().enumerate() {
            starts.push((*rank, tokens.len()));
            let of_clause = tokens::of(tree, &clause.iter().collect::<Vec<_>>());
            tokens.extend(of_clause);
            let joins = index > 0 && ORDER[*rank] == "after" && ORDER[self.clauses[index - 1].0] == "as";
            if let Some(first) = starts.last().and_then(|(_, start)| tokens.get_mut(*start)) {
                first.space = if joins { 1 } else { gap };
                // The grammar does not take `owner` for the start of a clause.
                first.may_break = ORDER[*rank] != "owner";
            }
        }
        Some(Row { tokens, arrow, head, starts })
    }
}

/// The parts of a statement in their order, for comparing.
pub(super) fn ordered<'a, 's>(stmt: &'a Stmt<'s>) -> Vec<&'a Part<'s>> {
    read(stmt).map_or_else(|| tree::parts(stmt).iter().collect(), |transition| transition.parts())
}

/// The tokens of any statement; clauses of a transition stand `gap` columns apart.
pub(super) fn tokens<'a, 's>(tree: &Tree<'a, 's>, stmt: &'a Stmt<'s>, gap: usize) -> Vec<Token<'a, 's>> {
    let row = read(stmt).and_then(|transition| transition.tokens(tree, gap));
    row.map_or_else(|| tokens::of(tree, &tree::parts(stmt).iter().collect::<Vec<_>>()), |row| row.tokens)
}

/// A transition on a line of its own.
struct Row<'a, 's> {
    tokens: Vec<Token<'a, 's>>,
    arrow: usize,
    /// How many tokens stand before the first clause.
    head: usize,
    /// Each clause: its place in [`ORDER`], its first token.
    starts: Vec<(usize, usize)>,
}

impl Row<'_, '_> {
    fn width(&self, range: std::ops::Range<usize>) -> usize {
        let first = range.start;
        let piece = |(index, token): (usize, &Token<'_, '_>)| {
            let space = if index == first { 0 } else { token.space };
            space + if let Piece::Text(words) = token.piece { words.width() } else { 0 }
        };
        self.tokens.iter().enumerate().take(range.end).skip(first).map(piece).sum()
    }

    fn widen(&mut self, index: usize, columns: usize) {
        if let Some(token) = self.tokens.get_mut(index) {
            token.space += columns;
        }
    }

    /// The clause's width and the index of the token after it, where it has no block and another clause follows it.
    fn column(&self, word: &str) -> Option<(usize, usize)> {
        let at = self.starts.iter().position(|(rank, _)| ORDER[*rank] == word)?;
        let (start, end) = (self.starts[at].1, self.starts.get(at + 1)?.1);
        let has_block = self.tokens[start..end].iter().any(|token| matches!(token.piece, Piece::Block(_)));
        (!has_block).then(|| (self.width(start..end), end))
    }
}

/// The tokens of the statements of a block, those of transitions aligned; `None` for statements that are no transition.
pub(super) fn aligned<'a, 's>(
    tree: &Tree<'a, 's>,
    stmts: &'a [Stmt<'s>],
    indent: usize,
) -> Vec<Option<Vec<Token<'a, 's>>>> {
    let mut rows: Vec<Option<Row<'a, 's>>> = stmts.iter().map(|stmt| read(stmt)?.tokens(tree, 2)).collect();
    let mut start = 0;
    for end in 1..=stmts.len() {
        let goes_on = end < stmts.len() && follows(tree, &stmts[end - 1], &stmts[end]);
        if !goes_on || rows[end].is_none() || rows[end - 1].is_none() {
            align(tree, &mut rows[start..end], indent);
            start = end;
        }
    }
    rows.into_iter().map(|row| row.map(|row| row.tokens)).collect()
}

/// Whether nothing but a comment at the end of its line stands between two transitions of one kind.
fn follows(tree: &Tree<'_, '_>, before: &Stmt<'_>, after: &Stmt<'_>) -> bool {
    let (from, to) = (before.span.end, after.span.start);
    let comments = tree.comments(from, to);
    let trailing = comments.len() <= 1 && comments.iter().all(|comment| !comment.own_line);
    let same_kind = before.parts.get(1).map(|part| part.is_op("->")) == after.parts.get(1).map(|part| part.is_op("->"));
    trailing && same_kind && tree.newlines(from, to) < 2
}

fn align<'a, 's>(tree: &Tree<'a, 's>, rows: &mut [Option<Row<'a, 's>>], indent: usize) {
    let limit = WIDTH.saturating_sub(indent);
    let widest = |rows: &[Option<Row<'a, 's>>], width: fn(&Row<'a, 's>) -> usize| {
        rows.iter().flatten().map(width).max().unwrap_or(0)
    };
    let from = widest(rows, |row| row.width(0..row.arrow));
    let to = widest(rows, |row| row.width(row.arrow + 1..row.head));
    for row in rows.iter_mut().flatten() {
        let (own_from, own_to) = (row.width(0..row.arrow), row.width(row.arrow + 1..row.head));
        row.widen(row.arrow, from - own_from);
        row.widen(row.head, to - own_to);
    }
    // Rows that are broken over lines anyway have no columns to share.
    let lines: Vec<&mut Row<'a, 's>> =
        rows.iter_mut().flatten().filter(|row| flat::line(tree, &row.tokens, limit).is_some()).collect();
    align_clauses(tree, lines, limit);
}

fn align_clauses<'a, 's>(tree: &Tree<'a, 's>, rows: Vec<&mut Row<'a, 's>>, limit: usize) {
    let widest = ["rate", "within"].map(|word| {
        let widths = rows.iter().filter_map(|row| row.column(word)).map(|(width, _)| width);
        (word, widths.max().unwrap_or(0))
    });
    for row in rows {
        let narrow = row.tokens.clone();
        for (word, column) in widest {
            if let Some((width, next)) = row.column(word) {
                row.widen(next, column - width);
            }
        }
        if flat::line(tree, &row.tokens, limit).is_none() {
            row.tokens = narrow;
        }
    }
}
