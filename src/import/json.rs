//! JSON with the place of every value. `serde_json` judges the text; what it has passed is then walked over once, which
//! finds what it allows and a plan must not have: a key twice, and values nested too deep.

use rustc_hash::FxHashMap;
use serde::de::IgnoredAny;

use super::faults;
use super::node::{Member, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::say;
use crate::source::{FileId, Source, Span};

/// How deep values may be nested; plans nest about ten deep.
pub(super) const MAX_DEPTH: usize = 64;

/// Reads a file.
pub(super) fn read(file: FileId, source: &Source) -> Result<Node, Vec<Diagnostic>> {
    let text = source.text.strip_prefix('\u{FEFF}').unwrap_or(&source.text);
    let skipped = source.text.len() - text.len();
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        return Err(vec![not_json(file, source, &error)]);
    }
    let mut walk = Walk { text: &source.text, at: skipped, file, depth: 0, faults: Vec::new() };
    let node = walk.value();
    match node {
        Some(node) if walk.faults.is_empty() => Ok(node),
        _ => Err(walk.faults),
    }
}

/// A number, `true` or `false` as that value; otherwise what stands for it.
pub(super) fn plain_or(text: &str, otherwise: Value) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text if serde_json::from_str::<serde_json::Number>(text).is_ok() => Value::Number(text.to_owned()),
        _ => otherwise,
    }
}

fn not_json(file: FileId, source: &Source, error: &serde_json::Error) -> Diagnostic {
    let lines = source.lines();
    let start = lines.get(error.line().saturating_sub(1)).map_or(0, |start| *start as usize);
    let mut at = (start + error.column().saturating_sub(1)).min(source.text.len());
    while !source.text.is_char_boundary(at) {
        at -= 1;
    }
    let span = Span::new(file, at as u32, at as u32);
    let full = error.to_string();
    let words = full.split(" at line ").next().unwrap_or_default();
    faults::unreadable(span, say!("this is no JSON: {words}", words)).help(faults::after(&source.text[..at]))
}

struct Walk<'t> {
    text: &'t str,
    at: usize,
    file: FileId,
    depth: usize,
    faults: Vec<Diagnostic>,
}

impl Walk<'_> {
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or_default()
    }

    /// Passes space, and the sign between two values.
    fn skip(&mut self, sign: u8) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') || self.peek() == sign {
            self.at += 1;
        }
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.file, start as u32, self.at as u32)
    }

    fn value(&mut self) -> Option<Node> {
        self.skip(b' ');
        let start = self.at;
        let value = match self.peek() {
            b'{' => self.nested(start, Self::map)?,
            b'[' => self.nested(start, Self::list)?,
            b'"' => Value::Text(self.string()?),
            _ => self.plain(),
        };
        Some(Node { span: self.span(start), value })
    }

    fn nested(&mut self, start: usize, read: fn(&mut Self) -> Option<Value>) -> Option<Value> {
        if self.depth == MAX_DEPTH {
            let (span, limit) = (self.span(start), MAX_DEPTH);
            let fault = faults::unreadable(span, say!("values are nested more than {limit} deep here", limit));
            self.faults.push(fault.help(faults::after(&self.text[..start])));
            return None;
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        self.at += 1;
        value
    }

    fn list(&mut self) -> Option<Value> {
        let mut items = Vec::new();
        loop {
            self.skip(b',');
            if self.peek() == b']' {
                return Some(Value::List(items));
            }
            items.push(self.value()?);
        }
    }

    fn map(&mut self) -> Option<Value> {
        let mut members: Vec<Member> = Vec::new();
        let mut known: FxHashMap<String, Span> = FxHashMap::default();
        loop {
            self.skip(b',');
            if self.peek() == b'}' {
                return Some(Value::Map(members));
            }
            let start = self.at;
            let key = self.string()?;
            let place = self.span(start);
            self.skip(b':');
            let value = self.value()?;
            if let Some(first) = known.insert(key.clone(), place) {
                self.faults.push(faults::twice(&key, place, first).help(faults::after(&self.text[..start])));
                continue;
            }
            members.push(Member { key, place, value });
        }
    }

    /// A string; only half of a pair of surrogates can still be wrong with it.
    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.at += 1;
        while self.peek() != b'"' {
            self.at += if self.peek() == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        let raw = &self.text[start..self.at];
        if !raw.contains('\\') {
            return Some(raw[1..raw.len() - 1].to_owned());
        }
        let words = serde_json::from_str(raw).ok();
        if words.is_none() {
            let fault = faults::unreadable(self.span(start), say!("this text holds half a character"));
            self.faults.push(fault.help(faults::after(&self.text[..start])));
        }
        words
    }

    /// A number, `true`, `false` or `null`.
    fn plain(&mut self) -> Value {
        let start = self.at;
        while !matches!(self.peek(), b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r' | 0) {
            self.at += 1;
        }
        match &self.text[start..self.at] {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            digits => Value::Number(digits.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults_of(text: &str) -> Vec<String> {
        let source = Source::new("plan.json", text);
        let faults = read(FileId(0), &source).err().unwrap_or_default();
        let said = |fault: &Diagnostic| {
            let help = fault.help.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} | {help}", fault.message)
        };
        faults.iter().map(said).collect()
    }

    #[test]
    fn every_value_has_its_place() {
        let text = "\u{FEFF}{ \"a\": [1, -2.50e3, true], \"b\\n\": {\"c\": null} }";
        let source = Source::new("plan.json", text);
        let node = read(FileId(0), &source).expect("sound");
        let items = node.get("a").expect("a").items();
        assert_eq!(&text[items[1].span.range()], "-2.50e3");
        assert_eq!(&text[node.get("b\n").expect("b").span.range()], "{\"c\": null}");
        assert_eq!(node.shown(), r#"{"a": [1, -2.50e3, true], "b\n": {"c": null}}"#);
    }

    #[test]
    fn what_is_wrong_is_said_with_the_name_before_it() {
        let cut = r#"{"rules": [{"key": "Cart Viewed", "type": "TRACK", "vers"#;
        assert!(faults_of(cut)[0].contains("`Cart Viewed`"), "{:?}", faults_of(cut));
        let twice = r#"{"key": "Cart Viewed", "a": 1, "a": 2, "a": 3}"#;
        assert_eq!(faults_of(twice).len(), 2);
        assert!(faults_of(twice)[0].contains("`a`"), "{:?}", faults_of(twice));
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(faults_of(&deep).len(), 1);
        assert_eq!(faults_of(r#"["\ud800"]"#).len(), 1);
    }
}
