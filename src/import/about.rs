//! What formats keep of an event as words under keys: labels, tags, free data. A spec has room for some of them; builds
//! write them under the same words.

use super::node::Member;
use super::plan::{ForeignEvent, Notes, Owner};
use super::words;
use crate::say;

/// Words that say again what the schema says.
const SAID_ELSEWHERE: &[&str] = &["personal_data", "purposes"];

/// Takes the labels of an event that a spec has room for, and notes the others.
pub(super) fn labels(event: &mut ForeignEvent, labels: &[Member], notes: &mut Notes) {
    for label in labels {
        let words = label.value.text().map(words::line).unwrap_or_default();
        if words.is_empty() || !take(event, &label.key, &words) {
            let key = &label.key;
            notes.lose(label.place, say!("the label `{key}`", key), label.value.shown());
        }
    }
}

/// Whether a spec has room for a label, which is then taken.
fn take(event: &mut ForeignEvent, key: &str, words: &str) -> bool {
    match key {
        "owner" | "team" if event.owner.is_none() => {
            event.owner = Some(Owner { name: words.to_owned(), lead: None });
        }
        "label" if event.label.is_empty() => words.clone_into(&mut event.label),
        "event" => event.name = Some(words.to_owned()),
        "status" => match status(words) {
            Some(status) => event.status = status,
            None => return false,
        },
        "sent_by" => event.sent_by = words.split(',').map(|own| own.trim().to_owned()).collect(),
        _ => return SAID_ELSEWHERE.contains(&key),
    }
    true
}

/// The status of a word.
pub(super) fn status(word: &str) -> Option<&'static str> {
    ["planned", "live", "deprecated"].into_iter().find(|own| *own == word)
}
