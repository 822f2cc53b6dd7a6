//! Python.

use super::names::{Case, Naming};
use super::{Language, Shape, quote};

const NAMING: Naming = Naming { case: Case::Snake, reserved: RESERVED, marks: true, prefix: "n", initialisms: &[] };

pub(in crate::emit) static PYTHON: Language = Language {
    methods: NAMING,
    fields: NAMING,
    types: Naming { case: Case::Pascal, reserved: TYPES, ..NAMING },
    members: NAMING,
    scalar,
    list: |inner| format!("_abc.Sequence[{inner}]"),
    optional: |inner| format!("{inner} | None"),
    flat_members: false,
    string: |text| quote::string(text, &[], quote::long),
    comment: |line| line.replace('\\', "\\\\").replace('"', "\\\""),
    anchors: ("^", "\\Z"),
    access: ("", "self."),
    encode,
    takes: |_| true,
};

/// Keywords, what the methods themselves use, and types that a name in a class would hide.
const RESERVED: &[&str] = &[
    "and", "as", "assert", "async", "await", "bool", "break", "class", "context", "continue", "def", "del", "dict",
    "elif", "else", "except", "finally", "float", "for", "from", "global", "if", "import", "in", "int", "is", "lambda",
    "nonlocal", "not", "object", "or", "pass", "raise", "return", "self", "str", "to_wire", "try", "while", "with",
    "yield",
];

/// Keywords, and what the package itself offers.
const TYPES: &[&str] = &["Client", "Context", "False", "InvalidEvent", "Message", "None", "Sink", "True", "Violation"];

fn scalar(json_type: &str) -> &'static str {
    match json_type {
        "string" => "str",
        "integer" => "int",
        "number" | "money" => "float",
        "boolean" => "bool",
        _ => "object",
    }
}

fn encode(value: &str, shape: &Shape, optional: bool) -> String {
    if optional && !shape.is_plain(false) {
        return format!("None if {value} is None else {}", present(value, shape, 0));
    }
    present(value, shape, 0)
}

/// A value that is there.
fn present(value: &str, shape: &Shape, depth: usize) -> String {
    match shape {
        _ if shape.is_plain(false) => value.to_owned(),
        Shape::List(inner) => {
            let item = format!("_item{depth}");
            format!("[{} for {item} in {value}]", present(&item, inner, depth + 1))
        }
        _ => format!("{value}.to_wire()"),
    }
}
