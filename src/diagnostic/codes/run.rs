//! Codes of the group `run`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] = &[&UNREADABLE_FILE, &FILE_TOO_LARGE, &TOO_MANY_FILES, &NO_SPEC];

/// A file that cannot be read as text.
pub static UNREADABLE_FILE: Code = Code {
    id: "FN0901",
    name: "unreadable-file",
    group: Group::Run,
    level: Level::Error,
    summary: "a file that cannot be read as text",
    explanation: "",
    bad: "",
    good: "",
};

/// A file over the size limit.
pub static FILE_TOO_LARGE: Code = Code {
    id: "FN0902",
    name: "file-too-large",
    group: Group::Run,
    level: Level::Error,
    summary: "a file over the size limit",
    explanation: "",
    bad: "",
    good: "",
};

/// More files than one project may have.
pub static TOO_MANY_FILES: Code = Code {
    id: "FN0903",
    name: "too-many-files",
    group: Group::Run,
    level: Level::Error,
    summary: "more files than one project may have",
    explanation: "",
    bad: "",
    good: "",
};

/// Nothing to check.
pub static NO_SPEC: Code = Code {
    id: "FN0904",
    name: "no-spec",
    group: Group::Run,
    level: Level::Error,
    summary: "nothing to check",
    explanation: "",
    bad: "",
    good: "",
};
