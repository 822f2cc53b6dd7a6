//! Does a log fit a spec? Each check looks at the facts of the log and says what is wrong, why it matters for the numbers and
//! what to do.

mod checks;
pub mod report;

use funnelc_engine::Definition;
use funnelc_engine::examine::Examined;
use serde::Serialize;

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The numbers would be wrong, or there would be none.
    Error,
    /// Some numbers are less than they seem.
    Warning,
    /// Good to know.
    Note,
}

/// Something about a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the check.
    pub check: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is so, in one sentence without a full stop.
    pub words: String,
    /// Why it matters and what to do.
    pub advice: String,
    /// Some of what is meant.
    pub examples: Vec<String>,
}

/// What a log is held against.
pub struct Case<'a> {
    /// What the spec measures.
    pub definition: &'a Definition,
    /// The names of planned events on the wire.
    pub planned: &'a [String],
    /// What the log holds.
    pub facts: &'a Examined,
}

/// A check.
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// What it looks for.
    pub about: &'static str,
    run: fn(&Case<'_>) -> Vec<Finding>,
}

/// Every check, in the order they are told; one file each.
pub const CHECKS: &[Check] = &[
    checks::columns::CHECK,
    checks::rows::CHECK,
    checks::identity::CHECK,
    checks::times::CHECK,
    checks::order::CHECK,
    checks::copies::CHECK,
    checks::clocks::CHECK,
    checks::events::CHECK,
    checks::channels::CHECK,
];

/// What every check finds.
pub fn examine(case: &Case<'_>) -> Vec<Finding> {
    CHECKS.iter().flat_map(|check| (check.run)(case)).collect()
}

impl Finding {
    fn new(check: &'static str, severity: Severity, words: String, advice: &str) -> Self {
        Self { check, severity, words, advice: advice.to_owned(), examples: Vec::new() }
    }

    fn with(self, examples: Vec<String>) -> Self {
        Self { examples, ..self }
    }
}

/// How many examples of a kind are shown.
const EXAMPLES: usize = 5;

/// The most frequent names, each with how often it is there.
fn most<'n>(counts: impl Iterator<Item = (&'n String, &'n u64)>) -> Vec<String> {
    let mut all: Vec<(&String, &u64)> = counts.collect();
    all.sort_by(|one, other| other.1.cmp(one.1).then(one.0.cmp(other.0)));
    all.into_iter().take(EXAMPLES).map(|(name, count)| format!("{name} ({count})")).collect()
}

/// `1.2%` of a whole.
#[allow(clippy::cast_precision_loss, reason = "a share is rough")]
fn share(part: u64, whole: u64) -> String {
    format!("{:.1}%", part as f64 / whole.max(1) as f64 * 100.0)
}
