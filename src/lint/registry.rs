//! The list of rules, and of all codes.

use super::{Rule, rules};
use crate::diagnostic::Code;
use crate::diagnostic::codes::{graph, names, run, syntax, types};

/// Every rule, in the order of its code.
pub static RULES: &[&Rule] = &[&rules::mixed_script_name::RULE];

/// Every code, in order.
pub fn codes() -> Vec<&'static Code> {
    let errors = [syntax::ALL, names::ALL, types::ALL, graph::ALL, run::ALL].into_iter().flatten().copied();
    let mut codes: Vec<&'static Code> = errors.chain(RULES.iter().map(|rule| &rule.code)).collect();
    codes.extend(super::suppress::CODES);
    codes.sort_by_key(|code| code.id);
    codes
}

/// The code of an id or a name, in any case.
pub fn code(word: &str) -> Option<&'static Code> {
    codes().into_iter().find(|code| code.id.eq_ignore_ascii_case(word) || code.name == word)
}
