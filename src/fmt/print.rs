//! Statements one a line, blocks, comments and blank lines.

use unicode_width::UnicodeWidthStr;

use super::separate::would_join;
use super::tokens::{Piece, Token};
use super::tree::Tree;
use super::{WIDTH, flat, tokens, transition, tree};
use crate::syntax::ast::{Block, Comment, File, Stmt};

/// How much deeper a block stands than its statement.
const STEP: usize = 2;
/// How much deeper a line stands that goes on with a statement.
const CONTINUATION: usize = 4;

/// A whole file.
pub(super) fn file<'a, 's>(tree: &Tree<'a, 's>, file: &'a File<'s>) -> String {
    let mut printer = Printer { tree, out: String::new(), column: 0 };
    let mut place = Place { end: 0, indent: 0, fresh: true, may_trail: false };
    printer.items(&file.stmts, &mut place, tree.len());
    if !printer.out.is_empty() {
        printer.out.push('\n');
    }
    printer.out
}

struct Printer<'t, 'a, 's> {
    tree: &'t Tree<'a, 's>,
    out: String,
    column: usize,
}

/// Where in a block, or in the file, printing has come to.
struct Place {
    /// Where the last thing printed ends in the text.
    end: u32,
    indent: usize,
    /// Whether no line of it is printed yet.
    fresh: bool,
    /// Whether a comment may follow on the line.
    may_trail: bool,
}

impl<'a, 's> Printer<'_, 'a, 's> {
    fn push(&mut self, words: &str) {
        self.out.push_str(words);
        match words.rsplit_once('\n') {
            Some((_, last)) => self.column = last.width(),
            None => self.column += words.width(),
        }
    }

    fn new_line(&mut self, indent: usize) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.column = 0;
        self.space(indent);
    }

    fn space(&mut self, columns: usize) {
        self.out.extend(std::iter::repeat_n(' ', columns));
        self.column += columns;
    }

    // ---- statements and the comments between them

    fn items(&mut self, stmts: &'a [Stmt<'s>], place: &mut Place, to: u32) {
        let rows = transition::aligned(self.tree, stmts, place.indent);
        let mut last_was_tall = false;
        for (index, (stmt, row)) in stmts.iter().zip(rows).enumerate() {
            if index > 0 && would_join(&stmts[index - 1], stmt) {
                self.push(";");
            }
            let gap = self.comments(self.tree.comments(place.end, stmt.span.start), place);
            let spaced = self.begin(place, stmt.span.start) || gap.spaced;
            let start = self.out.len();
            self.stmt(stmt, row, place.indent);
            let tall = self.out[start..].contains('\n');
            if place.indent == 0 && tall && last_was_tall && !spaced {
                self.out.insert(gap.start, '\n');
            }
            last_was_tall = tall;
            (place.end, place.may_trail) = (stmt.span.end, true);
        }
        self.comments(self.tree.comments(place.end, to), place);
    }

    /// Starts the line of something that begins at `start`; whether a blank line was left before it.
    fn begin(&mut self, place: &mut Place, start: u32) -> bool {
        let spaced = !place.fresh && self.tree.newlines(place.end, start) > 1;
        if spaced {
            self.out.push('\n');
        }
        self.new_line(place.indent);
        place.fresh = false;
        spaced
    }

    fn comments(&mut self, comments: &[Comment<'_>], place: &mut Place) -> Gap {
        let mut gap = Gap { start: self.out.len(), spaced: false };
        for comment in comments {
            if !comment.own_line && place.may_trail {
                self.space(2);
            } else {
                gap.spaced |= self.begin(place, comment.span.start);
                // Only a `;` can stand before it; without one it could become documentation.
                self.push(if comment.own_line { "" } else { ";  " });
            }
            self.push(comment.text.trim_end());
            if !comment.own_line && place.may_trail {
                gap.start = self.out.len();
            }
            (place.end, place.may_trail) = (comment.span.end, false);
        }
        gap
    }

    // ---- one statement

    fn stmt(&mut self, stmt: &'a Stmt<'s>, row: Option<Vec<Token<'a, 's>>>, indent: usize) {
        let tokens = row.unwrap_or_else(|| tokens::of(self.tree, &tree::parts(stmt).iter().collect::<Vec<_>>()));
        match flat::line(self.tree, &tokens, WIDTH.saturating_sub(indent)) {
            Some((line, _)) => self.push(&line),
            None => self.broken(&tokens, indent),
        }
    }

    /// A statement over several lines: its blocks are opened, what is still too wide is broken where it may be.
    fn broken(&mut self, tokens: &[Token<'a, 's>], indent: usize) {
        for (index, token) in tokens.iter().enumerate() {
            if !token.comments.is_empty() {
                self.inner_comments(token.comments, indent + CONTINUATION);
            } else if token.may_break && self.column + token.space + segment(&tokens[index..]) > WIDTH {
                self.new_line(indent + CONTINUATION);
            } else if index > 0 {
                self.space(token.space);
            }
            match token.piece {
                Piece::Text(words) => self.push(words),
                Piece::Block(block) => self.block(block, indent),
            }
        }
    }

    fn inner_comments(&mut self, comments: &[Comment<'_>], indent: usize) {
        for comment in comments {
            if comment.own_line {
                self.new_line(indent);
            } else {
                self.space(2);
            }
            self.push(comment.text.trim_end());
        }
        self.new_line(indent);
    }

    fn block(&mut self, block: &'a Block<'s>, indent: usize) {
        self.push("{");
        if !self.tree.is_empty(block) {
            let mut place = Place { end: block.open.end, indent: indent + STEP, fresh: true, may_trail: true };
            self.items(&block.stmts, &mut place, block.close.start);
            self.new_line(indent);
        }
        self.push("}");
    }
}

/// What was printed between two statements.
struct Gap {
    /// Where in the output the line of the first statement ends.
    start: usize,
    /// Whether there is a blank line.
    spaced: bool,
}

/// The columns up to the next place where the line may be broken.
fn segment(tokens: &[Token<'_, '_>]) -> usize {
    let mut width = 0;
    for (index, token) in tokens.iter().enumerate() {
        if index > 0 && (token.may_break || !token.comments.is_empty()) {
            break;
        }
        width += if index > 0 { token.space } else { 0 };
        match token.piece {
            Piece::Text(words) => match words.split_once('\n') {
                Some((first, _)) => return width + first.width(),
                None => width += words.width(),
            },
            Piece::Block(_) => return width + 1,
        }
    }
    width
}
