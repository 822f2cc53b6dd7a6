//! Laws of loyalty programmes: tiers begin at values of what decides them.

use crate::diagnostic::codes::types::UNIT_MISMATCH;
use crate::diagnostic::{Diagnostic, Message};
use crate::model::kinds::Kind;
use crate::model::value::Type;
use crate::model::walk::{Node, Property};
use crate::model::{Model, Val};
use crate::say;
use crate::source::Span;

/// A tier that begins at a value of another unit than the trait or score that decides it.
pub(super) fn tier_fits_programme(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for program in model.nodes(Kind::Program) {
        let Some((decides, place)) = measure(program) else { continue };
        for tier in program.children_of(Kind::Tier) {
            let Some(from) = tier.decl().in_head("from") else { continue };
            let given = Message::of(from.val.describe());
            if given.template == decides.template || matches!(from.val, Val::Bad) {
                continue;
            }
            let name = tier.name();
            let message =
                say!("tier `{name}` begins at {given}, but what decides it is {decides}", name, given, decides);
            found.push(
                Diagnostic::new(&UNIT_MISMATCH, from.span, message)
                    .at(given)
                    .label(place, say!("this is {decides}", decides))
                    .help(say!("nobody could be compared with it; write {decides}", decides)),
            );
        }
    }
}

/// What a programme is decided by: how its values are called, and where that is declared.
fn measure(program: Node<'_, '_>) -> Option<(Message, Span)> {
    let by = program.field("by")?;
    if let Some(score) = by.target_of("score") {
        return Some((say!("a number"), score.place()));
    }
    let decides = Property(by.target_of("trait")?);
    let words = match decides.kind_of_value()? {
        Type::Scalar("money") => say!("an amount of money"),
        Type::Scalar("integer" | "number") => say!("a number"),
        Type::Scalar("percent") => say!("a percentage"),
        Type::Scalar("duration") => say!("a duration"),
        Type::Scalar("any") | Type::Bad | Type::Named(_) => return None,
        _ => say!("no number"),
    };
    Some((words, decides.place()))
}
