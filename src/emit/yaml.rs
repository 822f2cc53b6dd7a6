//! YAML that readers of YAML 1.1 and 1.2 take for the same: a string stands plain only where no reader of either could
//! take it for anything else; `no`, `12:30`, `2027-03-31` and `0x1f` are quoted.
//!
//! The library that the compiler reads YAML with writes YAML 1.2, where some of these stand plain.

use std::fmt::Write;

use serde::Serialize;
use serde_json::{Number, Value};

/// The longest key that readers take without being told that it is one: 1,024 characters by both versions.
const MAX_SIMPLE_KEY: usize = 1_000;

/// A document in block style.
pub(super) fn to_bytes(document: &impl Serialize) -> Vec<u8> {
    // What is written here is made of strings, numbers, lists and maps with keys of text: it can always be a value.
    let value = serde_json::to_value(document).unwrap_or_default();
    let mut out = String::new();
    match &value {
        Value::Object(_) | Value::Array(_) if !is_empty(&value) => block(&mut out, &value, 0),
        _ => {
            scalar(&mut out, &value);
            out.push('\n');
        }
    }
    out.into_bytes()
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.is_empty(),
        Value::Array(members) => members.is_empty(),
        _ => true,
    }
}

/// The members of a map or list, a line each, the first where the text stands.
fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(members) => {
            for (at, (key, member)) in members.iter().enumerate() {
                margin(out, at, indent);
                write_key(out, key, indent);
                inner(out, member, indent);
            }
        }
        Value::Array(members) => {
            for (at, member) in members.iter().enumerate() {
                margin(out, at, indent);
                out.push('-');
                if is_empty(member) {
                    inner(out, member, indent);
                } else {
                    out.push(' ');
                    block(out, member, indent + 2);
                }
            }
        }
        _ => {}
    }
}

/// The first member stands where the text is already.
fn margin(out: &mut String, at: usize, indent: usize) {
    if at > 0 {
        pad(out, indent);
    }
}

fn pad(out: &mut String, indent: usize) {
    let _ = write!(out, "{:indent$}", "");
}

/// What follows a key or a dash: on the same line, or deeper on the next one.
fn inner(out: &mut String, value: &Value, indent: usize) {
    if is_empty(value) {
        out.push(' ');
        scalar(out, value);
        out.push('\n');
    } else {
        out.push('\n');
        pad(out, indent + 2);
        block(out, value, indent + 2);
    }
}

fn write_key(out: &mut String, key: &str, indent: usize) {
    let is_long = key.chars().count() > MAX_SIMPLE_KEY;
    if is_long {
        out.push_str("? ");
    }
    string(out, key);
    if is_long {
        out.push('\n');
        pad(out, indent);
    }
    out.push(':');
}

fn scalar(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(holds) => out.push_str(if *holds { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&decimal(number)),
        Value::String(text) => string(out, text),
        Value::Array(_) => out.push_str("[]"),
        Value::Object(_) => out.push_str("{}"),
    }
}

/// YAML 1.1 takes `1e21` for text: a float has a dot, and its exponent a sign.
fn decimal(number: &Number) -> String {
    let text = number.to_string();
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let dot = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
    format!("{mantissa}{dot}e{sign}{exponent}")
}

fn string(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
        return;
    }
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if is_printable(character) => out.push(character),
            _ if u32::from(character) <= 0xffff => drop(write!(out, "\\u{:04x}", u32::from(character))),
            _ => drop(write!(out, "\\U{:08x}", u32::from(character))),
        }
    }
    out.push('"');
}

/// What may stand as it is between quotes: line breaks of YAML 1.1 are folded away, and others are refused.
fn is_printable(character: char) -> bool {
    matches!(character, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202f}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}'
        | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

/// Words that are no text to one reader or the other, in any case.
const WORDS: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];

/// Letters, digits and a few signs after a letter are text to every reader.
fn is_plain(text: &str) -> bool {
    let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b' ');
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(is_safe)
        && !text.ends_with(' ')
        && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn said(document: &Value) -> String {
        String::from_utf8(to_bytes(document)).unwrap_or_default()
    }

    #[test]
    fn maps_and_lists_stand_in_blocks() {
        let document = json!({ "a": { "b": [1, [2, []], { "c": "x y", "d": {} }] }, "e": null, "f": true });
        let text = "a:\n  b:\n    - 1\n    - - 2\n      - []\n    - c: x y\n      d: {}\ne: null\nf: true\n";
        assert_eq!(said(&document), text);
    }

    #[test]
    fn what_a_reader_of_yaml_1_1_would_take_for_something_else_is_quoted() {
        for text in [
            "no",
            "Yes",
            "y",
            "ON",
            "null",
            "~",
            "12:30",
            "2027-03-31",
            "0x1f",
            "1_000",
            ".5",
            "",
            " a",
            "a ",
            "a: b",
            "#",
            "=",
            "<<",
            "-",
        ] {
            assert_eq!(said(&json!(text)), format!("\"{text}\"\n"));
        }
        assert_eq!(said(&json!(["Order Completed", "a-b/c.d"])), "- Order Completed\n- a-b/c.d\n");
        assert_eq!(
            said(&json!("a\u{85}b\u{2028}\u{7f}\u{feff}\u{1f4a1}")),
            "\"a\\u0085b\\u2028\\u007f\\ufeff\u{1f4a1}\"\n"
        );
        assert_eq!(said(&json!([1e21, 1.5e-9, 0.25])), "- 1.0e+21\n- 1.5e-9\n- 0.25\n");
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(json!(null)),
            any::<bool>().prop_map(|holds| json!(holds)),
            any::<i64>().prop_map(|number| json!(number)),
            "\\PC{0,12}|[ -~\\x00-\\x1f\u{85}\u{2028}]{0,6}|no|12:30|.{1100}".prop_map(|text| json!(text)),
        ];
        leaf.prop_recursive(4, 24, 5, |inner| {
            let keys = "\\PC{0,8}|no|.{1100}";
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec((keys, inner), 0..4).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_reader_of_yaml_1_2_reads_what_was_written(document in value()) {
            let read: Value = serde_yaml::from_slice(&to_bytes(&document)).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(read, document);
        }
    }
}
