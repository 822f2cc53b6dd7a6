//! Go.

use super::names::{Case, Naming};
use super::{Language, Shape, quote};

/// Names that other packages see begin in upper case, and marks may not stand in them.
const NAMING: Naming = Naming {
    case: Case::Pascal,
    reserved: &[],
    marks: false,
    prefix: "X",
    initialisms: &["api", "html", "http", "https", "id", "ip", "json", "os", "sku", "sql", "uri", "url", "utm", "uuid"],
};

pub(in crate::emit) static GO: Language = Language {
    methods: Naming { reserved: METHODS, ..NAMING },
    fields: NAMING,
    types: Naming { reserved: TYPES, ..NAMING },
    // They stand behind the name of their enum.
    members: Naming { prefix: "", ..NAMING },
    scalar,
    list: |inner| format!("[]{}", inner.trim_start_matches('*')),
    optional: |inner| if is_nilable(inner) { inner.to_owned() } else { format!("*{inner}") },
    flat_members: true,
    string: |text| quote::string(text, &[], quote::long),
    comment: str::to_owned,
    anchors: ("^", "\\z"),
    access: ("properties.", "value."),
    encode: |value, shape, optional| match shape {
        Shape::List(_) if !optional => format!("listed({value})"),
        _ => value.to_owned(),
    },
    takes: |_| true,
};

/// Methods that mean something everywhere in Go, and that `go vet` holds to it.
const METHODS: &[&str] = &[
    "GobDecode",
    "GobEncode",
    "MarshalJSON",
    "ReadByte",
    "ReadRune",
    "UnmarshalJSON",
    "UnreadByte",
    "UnreadRune",
    "WriteByte",
];

/// What the package itself is made of.
const TYPES: &[&str] = &[
    "Amplitude",
    "Client",
    "Endpoint",
    "Every",
    "GA4",
    "HTTP",
    "InvalidEvent",
    "MemorySink",
    "Message",
    "Mixpanel",
    "New",
    "Options",
    "Post",
    "PostHog",
    "Properties",
    "Ptr",
    "RudderStack",
    "Segment",
    "SendFunc",
    "Sink",
    "Snowplow",
    "Validate",
    "Violation",
    "Who",
];

fn scalar(json_type: &str) -> &'static str {
    match json_type {
        "string" => "string",
        "integer" => "int",
        "number" | "money" => "float64",
        "boolean" => "bool",
        _ => "any",
    }
}

fn is_nilable(kind: &str) -> bool {
    kind == "any" || kind.starts_with(['[', '*'])
}
