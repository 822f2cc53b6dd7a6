//! Codes of the group `syntax`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] = &[&SYNTAX, &UNCLOSED_BLOCK, &BIDI_CONTROL, &TOO_DEEP, &NOT_NFC, &FOREIGN_SIGN];

/// A statement that is not written as the language writes it.
pub static SYNTAX: Code = Code {
    id: "FN0001",
    name: "syntax",
    group: Group::Syntax,
    level: Level::Error,
    summary: "a statement that is not written as the language writes it",
    explanation: "",
    bad: "",
    good: "",
};

/// A block, bracket or string that is opened and never closed.
pub static UNCLOSED_BLOCK: Code = Code {
    id: "FN0002",
    name: "unclosed-block",
    group: Group::Syntax,
    level: Level::Error,
    summary: "a block, bracket or string that is opened and never closed",
    explanation: "",
    bad: "",
    good: "",
};

/// An invisible character that makes text read differently from what it says.
pub static BIDI_CONTROL: Code = Code {
    id: "FN0003",
    name: "bidi-control",
    group: Group::Syntax,
    level: Level::Error,
    summary: "an invisible character that makes text read differently from what it says",
    explanation: "",
    bad: "",
    good: "",
};

/// Blocks or brackets nested deeper than 64.
pub static TOO_DEEP: Code = Code {
    id: "FN0004",
    name: "too-deep",
    group: Group::Syntax,
    level: Level::Error,
    summary: "blocks or brackets nested deeper than 64",
    explanation: "",
    bad: "",
    good: "",
};

/// A name that is not in Unicode normal form C.
pub static NOT_NFC: Code = Code {
    id: "FN0005",
    name: "not-nfc",
    group: Group::Syntax,
    level: Level::Error,
    summary: "a name that is not in Unicode normal form C",
    explanation: "",
    bad: "",
    good: "",
};

/// An Arabic digit, comma, semicolon or percent sign outside a text.
pub static FOREIGN_SIGN: Code = Code {
    id: "FN0006",
    name: "foreign-sign",
    group: Group::Syntax,
    level: Level::Error,
    summary: "an Arabic digit, comma, semicolon or percent sign outside a text",
    explanation: "",
    bad: "",
    good: "",
};
