//! Compares the tree and the comments of the output with those of the input.

use super::transition::ordered;
use crate::source::{Source, Span};
use crate::syntax::ast::{Comment, File, Part, PartKind, Stmt};

/// Whether two files say the same; otherwise the place in the first from which on they do not.
pub(super) fn same(
    source: &Source,
    file: &File<'_>,
    other_source: &Source,
    other: &File<'_>,
) -> Result<(), Option<Span>> {
    Comparison { texts: [&source.text, &other_source.text] }.stmts(&file.stmts, &other.stmts)?;
    let mut pairs = file.comments.iter().zip(&other.comments);
    if let Some((comment, _)) = pairs.find(|(one, other)| !same_comment(one, other)) {
        return Err(Some(comment.span));
    }
    if file.comments.len() == other.comments.len() { Ok(()) } else { Err(file.comments.last().map(|last| last.span)) }
}

fn same_comment(one: &Comment<'_>, other: &Comment<'_>) -> bool {
    one.text.trim_end() == other.text.trim_end() && one.own_line == other.own_line
}

struct Comparison<'t> {
    texts: [&'t str; 2],
}

impl Comparison<'_> {
    fn stmts(&self, ones: &[Stmt<'_>], others: &[Stmt<'_>]) -> Result<(), Option<Span>> {
        for (one, other) in ones.iter().zip(others) {
            if one.docs != other.docs {
                return Err(Some(one.span));
            }
            self.parts(&ordered(one), &ordered(other))?;
        }
        if ones.len() == others.len() {
            Ok(())
        } else {
            Err(ones.get(others.len()).or(ones.last()).map(|one| one.span))
        }
    }

    fn parts(&self, ones: &[&Part<'_>], others: &[&Part<'_>]) -> Result<(), Option<Span>> {
        for (one, other) in ones.iter().zip(others) {
            self.part(one, other)?;
        }
        if ones.len() == others.len() { Ok(()) } else { Err(ones.last().map(|one| one.span)) }
    }

    fn part(&self, one: &Part<'_>, other: &Part<'_>) -> Result<(), Option<Span>> {
        let same = match (&one.kind, &other.kind) {
            (PartKind::Paren(inner), PartKind::Paren(others)) | (PartKind::Square(inner), PartKind::Square(others)) => {
                return self.parts(&inner.iter().collect::<Vec<_>>(), &others.iter().collect::<Vec<_>>());
            }
            (PartKind::Block(block), PartKind::Block(other)) => return self.stmts(&block.stmts, &other.stmts),
            (PartKind::Bad, _) => false,
            // Numbers keep their spelling, not only their value.
            (kind, others) => {
                kind == others && self.texts[0].get(one.span.range()) == self.texts[1].get(other.span.range())
            }
        };
        if same { Ok(()) } else { Err(Some(one.span)) }
    }
}
