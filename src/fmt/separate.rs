//! What must stand between two statements so that they stay two.

use super::transition::ordered;
use super::tree::{is_joiner, is_move, is_operator, parts};
use crate::syntax::ast::{Part, PartKind, Stmt};

/// The words that may begin a line of a transition.
const CLAUSES: [&str; 6] = ["rate", "within", "when", "on", "as", "after"];

/// Whether only a `;` keeps two statements on lines of their own apart.
pub(super) fn would_join(before: &Stmt<'_>, after: &Stmt<'_>) -> bool {
    // The last part as it will be printed, which for a transition need not be the last one in the text.
    let (Some(last), Some(first)) = (ordered(before).last().copied(), after.parts.first()) else { return false };
    let takes_clauses = is_move(parts(before)) && first.word().is_some_and(|word| CLAUSES.contains(&word));
    takes_clauses || !is_block(last) && (is_operator(last) || is_joiner(last) || runs_on(first))
}

/// What stands between two statements on one line. A block ends its statement, so nothing need stand after it, except
/// before what could go on with it.
pub(super) fn on_one_line(before: &Stmt<'_>, after: &Stmt<'_>) -> &'static str {
    let ends = ordered(before).last().is_some_and(|last| is_block(last));
    let goes_on = after.parts.first().is_some_and(|first| first.is_op("->") || first.word() == Some("owner"));
    if ends && !goes_on && !would_join(before, after) { " " } else { "; " }
}

fn is_block(part: &Part<'_>) -> bool {
    matches!(part.kind, PartKind::Block(_))
}

fn runs_on(first: &Part<'_>) -> bool {
    is_joiner(first) || ["->", "..", "*", "/"].into_iter().any(|op| first.is_op(op))
}
