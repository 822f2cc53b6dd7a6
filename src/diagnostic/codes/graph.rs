//! Codes of the group `graph`.

use super::{Code, Group, Level};

/// Every code of this file.
pub static ALL: &[&Code] = &[
    &UNREACHABLE_STAGE,
    &NO_CONVERSION_PATH,
    &NO_CONVERSION_STAGE,
    &DEAD_END_STAGE,
    &RATES_EXCEED_WHOLE,
    &UNMARKED_CYCLE,
    &MISSING_LOYALTY_LOOP,
    &ENDLESS_LOOP,
];

/// A stage that no path from an entry stage reaches.
pub static UNREACHABLE_STAGE: Code = Code {
    id: "FN0301",
    name: "unreachable-stage",
    group: Group::Graph,
    level: Level::Error,
    summary: "a stage that no path from an entry stage reaches",
    explanation: "",
    bad: "",
    good: "",
};

/// An entry stage from which no path leads to a conversion.
pub static NO_CONVERSION_PATH: Code = Code {
    id: "FN0302",
    name: "no-conversion-path",
    group: Group::Graph,
    level: Level::Error,
    summary: "an entry stage from which no path leads to a conversion",
    explanation: "",
    bad: "",
    good: "",
};

/// A funnel in which no stage converts.
pub static NO_CONVERSION_STAGE: Code = Code {
    id: "FN0303",
    name: "no-conversion-stage",
    group: Group::Graph,
    level: Level::Error,
    summary: "a funnel in which no stage converts",
    explanation: "",
    bad: "",
    good: "",
};

/// A stage before the conversion that nobody can leave.
pub static DEAD_END_STAGE: Code = Code {
    id: "FN0304",
    name: "dead-end-stage",
    group: Group::Graph,
    level: Level::Error,
    summary: "a stage before the conversion that nobody can leave",
    explanation: "",
    bad: "",
    good: "",
};

/// Planned rates out of one stage that add to more than 100%.
pub static RATES_EXCEED_WHOLE: Code = Code {
    id: "FN0305",
    name: "rates-exceed-whole",
    group: Group::Graph,
    level: Level::Error,
    summary: "planned rates out of one stage that add to more than 100%",
    explanation: "",
    bad: "",
    good: "",
};

/// A cycle outside the loyalty half that is not marked as one.
pub static UNMARKED_CYCLE: Code = Code {
    id: "FN0306",
    name: "unmarked-cycle",
    group: Group::Graph,
    level: Level::Error,
    summary: "a cycle outside the loyalty half that is not marked as one",
    explanation: "",
    bad: "",
    good: "",
};

/// A funnel with a loyalty half that nobody goes around twice.
pub static MISSING_LOYALTY_LOOP: Code = Code {
    id: "FN0307",
    name: "missing-loyalty-loop",
    group: Group::Graph,
    level: Level::Error,
    summary: "a funnel with a loyalty half that nobody goes around twice",
    explanation: "",
    bad: "",
    good: "",
};

/// A loop that by its planned rates nobody ever leaves.
pub static ENDLESS_LOOP: Code = Code {
    id: "FN0308",
    name: "endless-loop",
    group: Group::Graph,
    level: Level::Error,
    summary: "a loop that by its planned rates nobody ever leaves",
    explanation: "",
    bad: "",
    good: "",
};
