//! Words of another tool as a spec can hold them.

use super::faults;
use super::node::{Node, Value};
use super::plan::Notes;
use crate::say;
use crate::source::Span;

/// Whether a character can stand in no text of a spec: a control, or an override of the direction of writing.
fn is_unwritable(character: char) -> bool {
    let is_control = character.is_control() && character != '\n' && character != '\t';
    is_control || matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A name, a value or a pattern is what it is, down to the last sign; one that a spec cannot hold is an error.
pub(super) fn check(text: &str, place: Span, notes: &mut Notes) {
    if let Some(character) = text.chars().find(|character| is_unwritable(*character)) {
        let code = format!("U+{:04X}", character as u32);
        let event = notes.event().to_owned();
        let fault = faults::unreadable(place, say!("a name or a value holds the invisible sign {code}", code));
        notes.faults.push(
            fault.help(say!("it is in `{event}`; remove the sign where the plan is kept. Nothing was written", event)),
        );
    }
}

/// Words for people, on one line.
pub(super) fn line(text: &str) -> String {
    let plain: String = text.chars().map(|own| if is_unwritable(own) { ' ' } else { own }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A description, line by line. Signs that cannot be written become space, which is noted.
pub(super) fn docs(node: Option<&Node>, notes: &mut Notes) -> String {
    let Some(Node { value: Value::Text(text), span }) = node else { return String::new() };
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    if text.chars().any(is_unwritable) {
        notes.lose(*span, say!("invisible signs in a description"), String::new());
    }
    let plain: String = text.chars().map(|own| if is_unwritable(own) { ' ' } else { own }).collect();
    plain.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// A text of a spec, with its quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// `%20` and the like as what they stand for.
pub(super) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()).filter(|_| *first == b'%');
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
