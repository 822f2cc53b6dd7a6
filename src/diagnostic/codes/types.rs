//! Codes of the group `types`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] =
    &[&UNIT_MISMATCH, &CURRENCY_MISMATCH, &PROPERTY_TYPE_CONFLICT, &BAD_VALUE, &IMPOSSIBLE_WINDOW, &TRIGGER_MISMATCH];

/// Values of different units added, compared or given where another is wanted.
pub static UNIT_MISMATCH: Code = Code {
    id: "FN0201",
    name: "unit-mismatch",
    group: Group::Types,
    level: Level::Error,
    summary: "values of different units added, compared or given where another is wanted",
    explanation: "",
    bad: "",
    good: "",
};

/// Amounts of different currencies added or compared.
pub static CURRENCY_MISMATCH: Code = Code {
    id: "FN0202",
    name: "currency-mismatch",
    group: Group::Types,
    level: Level::Error,
    summary: "amounts of different currencies added or compared",
    explanation: "",
    bad: "",
    good: "",
};

/// One property with two types.
pub static PROPERTY_TYPE_CONFLICT: Code = Code {
    id: "FN0203",
    name: "property-type-conflict",
    group: Group::Types,
    level: Level::Error,
    summary: "one property with two types",
    explanation: "",
    bad: "",
    good: "",
};

/// A value that the place cannot hold.
pub static BAD_VALUE: Code = Code {
    id: "FN0204",
    name: "bad-value",
    group: Group::Types,
    level: Level::Error,
    summary: "a value that the place cannot hold",
    explanation: "",
    bad: "",
    good: "",
};

/// A window of time in which nothing can happen.
pub static IMPOSSIBLE_WINDOW: Code = Code {
    id: "FN0205",
    name: "impossible-window",
    group: Group::Types,
    level: Level::Error,
    summary: "a window of time in which nothing can happen",
    explanation: "",
    bad: "",
    good: "",
};

/// A transition narrowed to an event that does not enter its target.
pub static TRIGGER_MISMATCH: Code = Code {
    id: "FN0206",
    name: "trigger-mismatch",
    group: Group::Types,
    level: Level::Error,
    summary: "a transition narrowed to an event that does not enter its target",
    explanation: "",
    bad: "",
    good: "",
};
