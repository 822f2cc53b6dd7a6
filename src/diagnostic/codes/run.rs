//! Codes of the group `run`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] = &[&UNREADABLE_FILE, &FILE_TOO_LARGE, &TOO_MANY_FILES, &NO_SPEC, &FORMATTER_FAULT];

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

/// A file that the formatter gives back unchanged, because its output would not have said the same.
pub static FORMATTER_FAULT: Code = Code {
    id: "FN0905",
    name: "formatter-fault",
    group: Group::Run,
    level: Level::Error,
    summary: "a file that cannot be formatted without changing what it says",
    explanation: "The formatter parses its own output and compares it with the file before it writes anything. Where the \
                  two differ, the file is left as it is. This is always a fault of funnelc: please report it with the \
                  lines it points at.",
    bad: "",
    good: "",
};
