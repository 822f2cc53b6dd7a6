//! What formats keep of an event as words under keys: labels, tags, free data. A spec has room for some of them; builds
//! write them under the same words.

use super::node::{Member, Node, Value};
use super::plan::{ForeignEvent, Notes, Owner, Place};
use super::{json, words};
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

/// What builds say of a property in lines below its description, and the word of a schema for it.
const LINES_OF_PROPERTY: [(&str, &str); 8] = [
    ("personal_data", "x-pii"),
    ("purpose", "x-purpose"),
    ("default", "default"),
    ("unit", "x-unit"),
    ("kind", "x-type"),
    ("format", "format"),
    ("deprecated", "x-deprecated"),
    ("name", "x-name"),
];

/// Takes those lines out of a description.
pub(super) fn told(members: &mut Vec<Member>) {
    let Some(at) = members.iter().position(|own| own.key == "description") else { return };
    let Value::Text(text) = members[at].value.value.clone() else { return };
    let text = text.strip_prefix(BEGINNING).unwrap_or(&text);
    let (above, lines) = lines(text, &LINES_OF_PROPERTY.map(|(word, _)| word), None);
    let (place, span) = (members[at].place, members[at].value.span);
    let of = |key: &str, value| Member { key: key.to_owned(), place, value: Node { span, value } };
    members[at].value.value = Value::Text(above.to_owned());
    for (word, words) in lines {
        let Some((_, key)) = LINES_OF_PROPERTY.iter().find(|(own, _)| *own == word) else { continue };
        let text = Value::Text(words.to_owned());
        members.push(of(key, if word == "default" { json::plain_or(words, text) } else { text }));
    }
}

/// A schema with those lines taken out of the description of every property in it.
pub(super) fn told_within(schema: &Node) -> Node {
    let Value::Map(members) = &schema.value else { return schema.clone() };
    let inner = |own: &Member| {
        let value = match (own.key.as_str(), &own.value.value) {
            ("properties", Value::Map(all)) => {
                let value = Value::Map(all.iter().map(told_member).collect());
                Node { span: own.value.span, value }
            }
            ("items", Value::Map(_)) => told_member(own).value,
            _ => own.value.clone(),
        };
        Member { key: own.key.clone(), place: own.place, value }
    };
    Node { span: schema.span, value: Value::Map(members.iter().map(inner).collect()) }
}

fn told_member(own: &Member) -> Member {
    let mut value = told_within(&own.value);
    if let Value::Map(members) = &mut value.value {
        told(members);
    }
    Member { key: own.key.clone(), place: own.place, value }
}

/// Takes what builds say of an event under `x-…`, where a format has no labels; the keys are told.
pub(super) fn marked(event: &mut ForeignEvent, schema: &Node, notes: &mut Notes) {
    for own in schema.members() {
        let Some(key) = own.key.strip_prefix("x-").map(|key| key.replace('-', "_")) else { continue };
        let words = own.value.text().map(words::line).unwrap_or_default();
        if words.is_empty() || !take(event, &key, &words) {
            let word = &own.key;
            notes.lose(own.place, say!("`{word}`", word), own.value.shown());
        }
    }
}

/// Whether a spec has room for a label, which is then taken.
fn take(event: &mut ForeignEvent, key: &str, words: &str) -> bool {
    match key {
        "owner" | "team" if event.owner.is_none() => {
            event.owner = Some(Owner { name: words.to_owned(), lead: None });
        }
        "owner" | "team" => return event.owner.as_ref().is_some_and(|own| own.name == words),
        "label" if event.label.is_empty() => words.clone_into(&mut event.label),
        "label" => return event.label == words,
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
