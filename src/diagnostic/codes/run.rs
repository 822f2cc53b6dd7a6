//! Codes of the group `run`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] = &[
    &UNREADABLE_FILE,
    &FILE_TOO_LARGE,
    &TOO_MANY_FILES,
    &NO_SPEC,
    &FORMATTER_FAULT,
    &FOREIGN_PLAN,
    &PLAN_CONFLICT,
    &APPROXIMATED,
];

/// A file that cannot be read as text.
pub static UNREADABLE_FILE: Code = Code {
    id: "FN0901",
    name: "unreadable-file",
    group: Group::Run,
    level: Level::Error,
    summary: "a file that cannot be read as text",
    explanation: "A spec is a text file in UTF-8, the encoding that holds every script.

Reported is a file that does not exist, that may not be read, that is no regular file, or whose bytes are not UTF-8, with
the line where that begins. It is passed over; the other files are still checked.

Check the path and its permissions, or save the file as UTF-8 in the editor.",
    bad: "// On the command line, a name that is not there:
//   funnelc check no_such_spec.funnel
",
    good: "// The name of a file or folder that is:
//   funnelc check shop.funnel
",
};

/// A file over the size limit.
pub static FILE_TOO_LARGE: Code = Code {
    id: "FN0902",
    name: "file-too-large",
    group: Group::Run,
    level: Level::Error,
    summary: "a file over the size limit",
    explanation: r#"A file over 16 MiB is not a spec but an export, and would make every editor and check slow.

Reported is the file with its size and the limit. It is passed over; the other files are still checked.

Split it. Every `.funnel` file in the folder belongs to the project, and `use "other.funnel"` brings in one by name."#,
    bad: "// One file of 20 MiB:
//   funnelc check everything.funnel
",
    good: r#"// Several files of one project:
use "channels.funnel"
use "events.funnel"
"#,
};

/// More files than one project may have.
pub static TOO_MANY_FILES: Code = Code {
    id: "FN0903",
    name: "too-many-files",
    group: Group::Run,
    level: Level::Error,
    summary: "more files than one project may have",
    explanation: "A folder with more than 10,000 specs is usually not a project but a whole disk, named by mistake.

Reported is the folder with the count and the limit; nothing in it is checked.

Name the folder of the project, or check several projects one by one.",
    bad: "// A folder far above the project:
//   funnelc check /
",
    good: "// The folder of the project:
//   funnelc check specs/shop
",
};

/// Nothing to check.
pub static NO_SPEC: Code = Code {
    id: "FN0904",
    name: "no-spec",
    group: Group::Run,
    level: Level::Error,
    summary: "nothing to check",
    explanation: r#"A check that found nothing to check must not look like one that found nothing wrong, least of all in a build.

Reported is a folder without a `.funnel` file, and a file that says nothing.

Name another path, or write a first spec: `project my_shop "My shop" { currency USD }`."#,
    bad: "// A comment says nothing that could be checked.
",
    good: r#"project my_shop "My shop" { currency USD }
"#,
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

/// A plan of another tool that cannot be imported.
pub static FOREIGN_PLAN: Code = Code {
    id: "FN0921",
    name: "foreign-plan",
    group: Group::Run,
    level: Level::Error,
    summary: "a plan of another tool that cannot be imported",
    explanation:
        "`funnelc import` reads the whole plan before it writes anything, so that a spec is never half of a plan.

Reported is a file that is not what the format says: cut off, a key twice in one map, values nested too deep, a `$ref`
that leads back to itself, a name with an invisible sign, or no event at all. The place is that in the file, with the
last name before it.

Export the plan again, or mend the place in the tool that keeps it. Nothing was written.",
    bad: "// A plan that was cut off while it was downloaded:
//   funnelc import segment half-a-plan.json -o specs
",
    good: "// The plan, whole:
//   funnelc import segment plan.json -o specs
",
};

/// Two places of an imported plan that do not agree.
pub static PLAN_CONFLICT: Code = Code {
    id: "FN0922",
    name: "plan-conflict",
    group: Group::Run,
    level: Level::Warn,
    summary: "two places of an imported plan that do not agree",
    explanation: "A plan that grew in a spreadsheet or a web page often says two things of one name: an event is described
twice, or a property is a text in one event and a number in another. In a warehouse one name is one column, so one of the
two is not what arrives.

Reported are both places. `funnelc import` follows the first description of an event, and the type that most events give a
property; the rarer type becomes as wide as it must, `any` at worst, so that nothing is promised that the plan did not
promise. The import report lists every such place.

Mend the plan and import it again, or mend the spec: give both the same type, or one of them another name.",
    bad: "// A plan in which `count` is a text here and a number there:
//   funnelc import segment plan.json -o specs
",
    good: "// The same plan, with one type for `count`:
//   funnelc import segment plan.json -o specs
",
};

/// Something that a target has no words for.
pub static APPROXIMATED: Code = Code {
    id: "FN0906",
    name: "approximated",
    group: Group::Run,
    level: Level::Note,
    summary: "something that a target can only say roughly",
    explanation: "A spec says more than most formats of other tools can hold. What a format has no words for is left out of its \
                  file or said more loosely, and whoever reads that file alone does not see it.

Reported by `funnelc build`, for each target that is built, is what its files do not say: a variant told by more than one \
property, a type that holds itself, two events that are one in the tool, a name that the tool refuses. Each finding says \
what the file holds instead.

It is a note: the spec is right. Shorten or rename what a tool refuses (`named \"…\" in segment`), build only the targets \
that somebody reads (`--target`), or write `--deny approximated` where a file must say everything.",
    bad: "// A build for a tool that has one event for all page views:
//   event landing_viewed : page {}
//   event article_viewed : page {}
//   funnelc build --target rudderstack
",
    good: "// The same as events with names of their own:
event landing_viewed : track {}
event article_viewed : track {}
",
};
