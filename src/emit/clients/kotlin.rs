//! Kotlin.

use super::names::{Case, Naming};
use super::{Language, Shape, quote};
use crate::plan::PropertyPlan;

const NAMING: Naming = Naming { case: Case::Camel, reserved: WORDS, marks: false, prefix: "_", initialisms: &[] };

pub(in crate::emit) static KOTLIN: Language = Language {
    methods: Naming { reserved: METHODS, ..NAMING },
    fields: NAMING,
    types: Naming { case: Case::Pascal, reserved: TYPES, ..NAMING },
    members: Naming { case: Case::Screaming, reserved: &[], ..NAMING },
    scalar,
    list: |inner| format!("List<{inner}>"),
    optional: |inner| format!("{inner}?"),
    flat_members: false,
    string: |text| quote::string(text, &['$'], quote::halves),
    comment: quote::in_block,
    anchors: ("^", "\\z"),
    access: ("", ""),
    encode: |value, shape, optional| present(value, shape, if optional { "?" } else { "" }, 0),
    takes,
};

/// How many slots the JVM has for the parameters of a function.
const SLOTS: usize = 255;

/// Whether the properties fit, each with a default: long and double numbers take two slots, a bit in an `Int` says which
/// ones are given, and the object itself, who does it and a mark of the compiler come along.
fn takes(properties: &[&PropertyPlan]) -> bool {
    let slots = |own: &&PropertyPlan| 1 + usize::from(own.required && matches!(own.json_type, "integer" | "number"));
    3 + properties.iter().map(slots).sum::<usize>() + (properties.len() + 1).div_ceil(32) <= SLOTS
}

/// Keywords, and what the functions themselves use.
const WORDS: &[&str] = &[
    "as",
    "break",
    "class",
    "continue",
    "do",
    "else",
    "false",
    "for",
    "fun",
    "given",
    "if",
    "in",
    "interface",
    "is",
    "null",
    "object",
    "package",
    "return",
    "super",
    "this",
    "throw",
    "to",
    "toWire",
    "true",
    "try",
    "typealias",
    "typeof",
    "val",
    "var",
    "when",
    "while",
    "who",
];

/// Keywords, and what every object has.
const METHODS: &[&str] = &[
    "as",
    "break",
    "class",
    "clone",
    "continue",
    "do",
    "else",
    "equals",
    "false",
    "finalize",
    "for",
    "fun",
    "getClass",
    "hashCode",
    "if",
    "in",
    "interface",
    "is",
    "notify",
    "notifyAll",
    "null",
    "object",
    "package",
    "return",
    "super",
    "this",
    "throw",
    "toString",
    "true",
    "try",
    "typealias",
    "typeof",
    "val",
    "var",
    "wait",
    "when",
    "while",
];

/// What the package itself is made of and uses; files of the JVM among them.
const TYPES: &[&str] = &[
    "Any",
    "Array",
    "ArrayList",
    "Base64",
    "BigDecimal",
    "BigInteger",
    "Boolean",
    "Byte",
    "CharSequence",
    "Check",
    "Client",
    "ClientKt",
    "CopyOnWriteArrayList",
    "DateTimeException",
    "Deprecated",
    "Double",
    "Endpoint",
    "EventRule",
    "EventRules",
    "Field",
    "Float",
    "HashSet",
    "HttpPost",
    "HttpURLConnection",
    "IOException",
    "IllegalArgumentException",
    "Int",
    "InvalidEvent",
    "Iterable",
    "Level",
    "LinkedHashMap",
    "List",
    "Long",
    "Map",
    "MemorySink",
    "Message",
    "Number",
    "OffsetDateTime",
    "Pair",
    "Post",
    "Properties",
    "Regex",
    "Rules",
    "RuntimeKt",
    "Sender",
    "Short",
    "Sink",
    "SinksKt",
    "String",
    "StringBuilder",
    "Suppress",
    "TypeRules",
    "URI",
    "URLEncoder",
    "Unit",
    "Violation",
    "Who",
];

fn scalar(kind: &str) -> &'static str {
    match kind {
        "string" => "String",
        "integer" => "Long",
        "number" => "Double",
        "money" => "BigDecimal",
        "boolean" => "Boolean",
        _ => "Any",
    }
}

/// A value that is there, or one that may be missing, with `?` for what is asked of it.
fn present(value: &str, shape: &Shape, sign: &str, depth: usize) -> String {
    match shape {
        _ if shape.is_plain(true) => value.to_owned(),
        Shape::Plain | Shape::Enum => format!("{value}{sign}.wire"),
        Shape::Object(_) => format!("{value}{sign}.toWire()"),
        Shape::List(inner) => {
            let item = format!("item{depth}");
            format!("{value}{sign}.map {{ {item} -> {} }}", present(&item, inner, "", depth + 1))
        }
    }
}
