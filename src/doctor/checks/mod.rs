//! What is looked for: one file a check, and one line in [`CHECKS`].

mod channels;
mod clocks;
mod columns;
mod copies;
mod identities;
mod names;
mod order;
mod properties;
mod rows;
mod times;

use super::{Exam, Finding};

/// Something that is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// Its name in reports.
    pub name: &'static str,
    /// Looks.
    pub find: fn(Exam<'_>) -> Vec<Finding>,
}

/// Every check, in the order in which findings of one weight are said.
pub static CHECKS: &[Check] = &[
    rows::CHECK,
    columns::CHECK,
    times::CHECK,
    order::CHECK,
    identities::CHECK,
    names::CHECK,
    copies::CHECK,
    clocks::CHECK,
    properties::CHECK,
    channels::CHECK,
];

/// How many names a message lists.
const MAX_LISTED: usize = 5;

/// Some names in back quotes, the first ones of many.
fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let mut list: Vec<String> = names.iter().take(MAX_LISTED).map(|name| format!("`{name}`")).collect();
    if names.len() > MAX_LISTED {
        list.push("…".to_owned());
    }
    list.join(", ")
}

/// A share of the rows, as people read it: at least one digit that is not nought.
#[allow(clippy::cast_precision_loss, reason = "shares are shown with three digits")]
fn share(part: u64, whole: u64) -> String {
    let percent = part as f64 * 100.0 / whole.max(1) as f64;
    match percent {
        _ if part == whole => "100%".to_owned(),
        0.0..0.01 => "<0.01%".to_owned(),
        0.01..1.0 => format!("{percent:.2}%"),
        1.0..99.0 => format!("{percent:.1}%"),
        _ => format!("{:.2}%", percent.min(99.99)),
    }
}
