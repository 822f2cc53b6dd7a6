//! TypeScript.

use super::names::{Case, Naming};
use super::{Language, Shape, quote};

const NAMING: Naming = Naming { case: Case::Camel, reserved: &[], marks: true, prefix: "_", initialisms: &[] };

pub(in crate::emit) static TYPESCRIPT: Language = Language {
    methods: Naming { reserved: METHODS, ..NAMING },
    fields: NAMING,
    types: Naming { case: Case::Pascal, reserved: TYPES, ..NAMING },
    members: NAMING,
    scalar,
    list: |inner| format!("readonly {}[]", if inner.contains(' ') { format!("({inner})") } else { inner.to_owned() }),
    optional: |inner| format!("{inner} | undefined"),
    flat_members: false,
    string: |text| quote::string(text, &[], quote::braced),
    comment: quote::in_block,
    anchors: ("^", "$"),
    access: ("properties.", "value."),
    encode,
    takes: |_| true,
};

/// What an object has or is asked for.
const METHODS: &[&str] = &[
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "prototype",
    "sink",
    "then",
    "toJSON",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// What the file itself uses, and words that no type may be called.
const TYPES: &[&str] = &[
    "Any",
    "Array",
    "Boolean",
    "Client",
    "Context",
    "Date",
    "Error",
    "Event",
    "Field",
    "Function",
    "Infinity",
    "InvalidEvent",
    "Json",
    "Level",
    "Map",
    "Math",
    "Message",
    "NaN",
    "Number",
    "Object",
    "Options",
    "Promise",
    "Properties",
    "ReadonlyMap",
    "Record",
    "RegExp",
    "Sent",
    "Sink",
    "String",
    "Symbol",
    "Violation",
];

fn scalar(json_type: &str) -> &'static str {
    match json_type {
        "string" => "string",
        "integer" | "number" | "money" => "number",
        "boolean" => "boolean",
        _ => "unknown",
    }
}

fn encode(value: &str, shape: &Shape, optional: bool) -> String {
    match shape {
        Shape::Object(name) if optional => format!("{value} && wire{name}({value})"),
        Shape::List(_) if optional && !shape.is_plain(false) => format!("{value}?{}", &present("", shape, 0)),
        _ => present(value, shape, 0),
    }
}

/// A value that is there.
fn present(value: &str, shape: &Shape, depth: usize) -> String {
    match shape {
        _ if shape.is_plain(false) => value.to_owned(),
        Shape::Object(name) => format!("wire{name}({value})"),
        Shape::List(inner) => {
            let item = format!("item{depth}");
            format!("{value}.map(({item}) => {})", present(&item, inner, depth + 1))
        }
        Shape::Plain | Shape::Enum => value.to_owned(),
    }
}
