//! What formats keep of an event as words under keys: labels, tags, free data. A spec has room for some of them; builds
//! write them under the same words.

use super::node::Member;
use super::plan::{ForeignEvent, Notes, Owner, Place};
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

/// What builds say of an event in lines below its description, where a format has no labels.
const LINES: &[&str] = &[
    "event",
    "status",
    "use_instead",
    "owner",
    "sent_by",
    "once_per",
    "table",
    "variants",
    "stages",
    "kpis",
    "personal_data",
    "purposes",
    "label",
];

/// What builds write before a description where a format wants it to begin with a letter.
pub(super) const BEGINNING: &str = "About: ";

/// Takes those lines out of the description of an event; the others are noted.
pub(super) fn described(event: &mut ForeignEvent, notes: &mut Notes) {
    let docs = event.docs.strip_prefix(BEGINNING).unwrap_or(&event.docs).to_owned();
    let (above, lines) = lines(&docs, LINES, Some("event"));
    above.clone_into(&mut event.docs);
    for (key, words) in lines {
        if !take(event, key, words) {
            let Place(place) = event.place;
            notes.lose(place, say!("the label `{key}`", key), words.to_owned());
        }
    }
}

/// What a description ends with: lines of a known word and what it says, in their order; and what stands above them.
/// Where it is known which word is the first, there must be that one.
pub(super) fn lines<'t>(text: &'t str, known: &[&str], first: Option<&str>) -> (&'t str, Vec<(&'t str, &'t str)>) {
    let (mut above, mut found) = (text.trim_end(), Vec::new());
    while let Some(line) = above.lines().next_back().and_then(|last| last.split_once(": ")) {
        let is_known = known.contains(&line.0) || (known.contains(&"label") && line.0.starts_with("label_"));
        if !is_known {
            break;
        }
        found.push(line);
        above = above.rsplit_once('\n').map_or("", |(before, _)| before.trim_end());
        if first == Some(line.0) {
            break;
        }
    }
    if first.is_some() && found.last().map(|line| line.0) != first {
        (above, found) = (text, Vec::new());
    }
    found.reverse();
    (above, found)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_lines_at_the_end_are_taken() {
        let text = "More.\nstatus: of the art\nevent: a\nlabel_ar: ب: ج\n";
        let told = vec![("event", "a"), ("label_ar", "ب: ج")];
        assert_eq!(lines(text, LINES, Some("event")), ("More.\nstatus: of the art", told));
        assert_eq!(lines("event: a", LINES, Some("event")), ("", vec![("event", "a")]));
        assert_eq!(lines("label: a", LINES, Some("event")), ("label: a", vec![]));
        assert_eq!(lines("a\nunit: b", &["unit"], None), ("a", vec![("unit", "b")]));
        assert_eq!(lines("", LINES, None), ("", vec![]));
    }
}
