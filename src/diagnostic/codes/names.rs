//! Codes of the group `names`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] = &[
    &UNKNOWN_NAME,
    &DUPLICATE_NAME,
    &WRONG_KIND,
    &UNKNOWN_FIELD,
    &MISSING_FIELD,
    &DUPLICATE_FIELD,
    &BAD_EXTENDS,
    &MISSING_IMPORT,
    &ESCAPING_PATH,
];

/// A reference to something that is not declared.
pub static UNKNOWN_NAME: Code = Code {
    id: "FN0101",
    name: "unknown-name",
    group: Group::Names,
    level: Level::Error,
    summary: "a reference to something that is not declared",
    explanation: "",
    bad: "",
    good: "",
};

/// Two declarations of one name.
pub static DUPLICATE_NAME: Code = Code {
    id: "FN0102",
    name: "duplicate-name",
    group: Group::Names,
    level: Level::Error,
    summary: "two declarations of one name",
    explanation: "",
    bad: "",
    good: "",
};

/// A reference to a thing of another kind than the place takes.
pub static WRONG_KIND: Code = Code {
    id: "FN0103",
    name: "wrong-kind",
    group: Group::Names,
    level: Level::Error,
    summary: "a reference to a thing of another kind than the place takes",
    explanation: "",
    bad: "",
    good: "",
};

/// A field, class or declaration that the kind does not have.
pub static UNKNOWN_FIELD: Code = Code {
    id: "FN0104",
    name: "unknown-field",
    group: Group::Names,
    level: Level::Error,
    summary: "a field, class or declaration that the kind does not have",
    explanation: "",
    bad: "",
    good: "",
};

/// A declaration without something that its kind needs.
pub static MISSING_FIELD: Code = Code {
    id: "FN0105",
    name: "missing-field",
    group: Group::Names,
    level: Level::Error,
    summary: "a declaration without something that its kind needs",
    explanation: "",
    bad: "",
    good: "",
};

/// A field that is given twice.
pub static DUPLICATE_FIELD: Code = Code {
    id: "FN0106",
    name: "duplicate-field",
    group: Group::Names,
    level: Level::Error,
    summary: "a field that is given twice",
    explanation: "",
    bad: "",
    good: "",
};

/// An `extends` that leads nowhere, in a circle or to another kind.
pub static BAD_EXTENDS: Code = Code {
    id: "FN0107",
    name: "bad-extends",
    group: Group::Names,
    level: Level::Error,
    summary: "an `extends` that leads nowhere, in a circle or to another kind",
    explanation: "",
    bad: "",
    good: "",
};

/// A `use` of a file or module that is not there.
pub static MISSING_IMPORT: Code = Code {
    id: "FN0108",
    name: "missing-import",
    group: Group::Names,
    level: Level::Error,
    summary: "a `use` of a file or module that is not there",
    explanation: "",
    bad: "",
    good: "",
};

/// A `use` that leads out of the folder of the project.
pub static ESCAPING_PATH: Code = Code {
    id: "FN0109",
    name: "escaping-path",
    group: Group::Names,
    level: Level::Error,
    summary: "a `use` that leads out of the folder of the project",
    explanation: "",
    bad: "",
    good: "",
};
