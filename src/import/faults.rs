//! What makes a plan unreadable, and what in it contradicts itself.

use crate::diagnostic::codes::run::{FOREIGN_PLAN, PLAN_CONFLICT};
use crate::diagnostic::{Diagnostic, Message};
use crate::say;
use crate::source::Span;

/// Something that a plan must not have.
pub(super) fn unreadable(span: Span, message: Message) -> Diagnostic {
    Diagnostic::new(&FOREIGN_PLAN, span, message)
}

/// The same of the plan as a whole.
pub(super) fn unusable(message: Message) -> Diagnostic {
    Diagnostic::without_place(&FOREIGN_PLAN, message)
}

/// Two places that do not agree, of which only one can be followed.
pub(super) fn conflict(span: Span, message: Message) -> Diagnostic {
    Diagnostic::new(&PLAN_CONFLICT, span, message)
}

/// A key that a map has twice.
pub(super) fn twice(key: &str, place: Span, first: Span) -> Diagnostic {
    unreadable(place, say!("the key `{key}` stands here twice", key)).label(first, say!("first here"))
}

/// How far back a name is looked for.
const REACH: usize = 100_000;

/// Help that names the last event or schema named before a place.
pub(super) fn after(before: &str) -> Message {
    let mut from = before.len().saturating_sub(REACH);
    while !before.is_char_boundary(from) {
        from += 1;
    }
    match last_name(&before[from..]) {
        Some(name) => say!("the last name before it is `{name}`; nothing was written", name),
        None => say!("nothing was written"),
    }
}

/// The value of the last key that names something, in JSON or in YAML.
fn last_name(before: &str) -> Option<String> {
    let keys = ["\"key\":", "\"name\":", "\"title\":", " name:"];
    let (at, key) = keys.iter().filter_map(|key| before.rfind(key).map(|at| (at, key))).max()?;
    let rest = before[at + key.len()..].trim_start();
    let quoted: Result<Option<String>, _> = serde_json::Deserializer::from_str(rest).into_iter().next().transpose();
    let plain =
        || rest.lines().next().and_then(|line| line.split([',', '}']).next()).unwrap_or_default().trim().to_owned();
    let name = quoted.ok().flatten().unwrap_or_else(plain);
    (!name.is_empty() && !name.starts_with(['"', '{', '['])).then_some(name)
}
