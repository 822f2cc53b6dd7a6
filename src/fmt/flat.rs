//! A statement on one line, where it was written so and fits.

use unicode_width::UnicodeWidthStr;

use super::tokens::{Piece, Token};
use super::tree::Tree;
use super::{separate, transition};
use crate::syntax::ast::Block;

/// The tokens on one line of at most `limit` columns, and its width.
pub(super) fn line<'a, 's>(tree: &Tree<'a, 's>, tokens: &[Token<'a, 's>], limit: usize) -> Option<(String, usize)> {
    let mut flat = Flat { tree, out: String::new(), width: 0, limit };
    flat.tokens(tokens)?;
    Some((flat.out, flat.width))
}

struct Flat<'t, 'a, 's> {
    tree: &'t Tree<'a, 's>,
    out: String,
    width: usize,
    limit: usize,
}

impl<'a, 's> Flat<'_, 'a, 's> {
    fn push(&mut self, words: &str) -> Option<()> {
        self.width += words.width();
        self.out.push_str(words);
        (self.width <= self.limit && !words.contains('\n')).then_some(())
    }

    fn space(&mut self, columns: usize) -> Option<()> {
        (0..columns).try_for_each(|_| self.push(" "))
    }

    fn tokens(&mut self, tokens: &[Token<'a, 's>]) -> Option<()> {
        tokens.iter().enumerate().try_for_each(|(index, token)| {
            if !token.comments.is_empty() {
                return None;
            }
            self.space(if index == 0 { 0 } else { token.space })?;
            match token.piece {
                Piece::Text(words) => self.push(words),
                Piece::Block(block) => self.block(block),
            }
        })
    }

    fn block(&mut self, block: &'a Block<'s>) -> Option<()> {
        if self.tree.is_empty(block) {
            return self.push("{}");
        }
        if self.tree.newlines(block.open.end, block.close.start) > 0 {
            return None;
        }
        self.push("{ ")?;
        for (index, stmt) in block.stmts.iter().enumerate() {
            if let Some(before) = index.checked_sub(1).map(|before| &block.stmts[before]) {
                self.push(separate::on_one_line(before, stmt))?;
            }
            self.tokens(&transition::tokens(self.tree, stmt, 1))?;
        }
        self.push(" }")
    }
}
