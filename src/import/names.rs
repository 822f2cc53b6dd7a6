//! Names of a spec for names of the wire: `Checkout Started` becomes `checkout_started`. The original stays the name on
//! the wire, so all that matters is that names are valid, readable and no two alike.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};
use unicode_normalization::UnicodeNormalization;

use crate::model::value::SCALARS;

/// Words that are no names, or whose meaning would depend on where they stand.
const TAKEN: &[&str] = &["and", "or", "not", "in", "true", "false", "did", "no", "trait", "score"];

/// The longest name made, in characters.
const LONGEST: usize = 60;

/// Names that are given out, each once.
#[derive(Debug, Default)]
pub(super) struct Names {
    used: BTreeSet<String>,
    by_wire: FxHashMap<String, String>,
}

impl Names {
    /// Names for all of these wires: the name each had before where it is known, itself where it is valid, else one made
    /// of it; first come first served.
    pub(super) fn for_all<'w>(wires: &[(&'w str, Option<&'w str>)], fallback: &str) -> Self {
        let mut names = Self::default();
        // Most names occur in many events.
        let mut known = FxHashSet::default();
        let wires: Vec<_> = wires.iter().filter(|own| known.insert(**own)).collect();
        let valid = |name: &&str| made(name, fallback) == **name;
        for (wire, before) in &wires {
            let before = before.map(|own| own.rsplit('.').next().unwrap_or(own)).filter(valid);
            if let Some(own) = before.filter(|own| !names.used.contains(*own) && !names.by_wire.contains_key(*wire)) {
                names.used.insert(own.to_owned());
                names.by_wire.insert((*wire).to_owned(), own.to_owned());
            }
        }
        let own = wires.iter().map(|(wire, _)| *wire);
        own.clone().filter(valid).for_each(|wire| drop(names.give(wire, fallback)));
        own.for_each(|wire| drop(names.give(wire, fallback)));
        names
    }

    /// The name of a wire name: always the same one.
    fn give(&mut self, wire: &str, fallback: &str) -> String {
        if let Some(known) = self.by_wire.get(wire) {
            return known.clone();
        }
        let name = self.fresh(&made(wire, fallback));
        self.by_wire.insert(wire.to_owned(), name.clone());
        name
    }

    /// The name that was given for a wire name.
    pub(super) fn of<'n>(&'n self, wire: &'n str) -> &'n str {
        self.by_wire.get(wire).map_or(wire, String::as_str)
    }

    /// A name that nothing else has: this one, or this one with a number.
    pub(super) fn fresh(&mut self, wanted: &str) -> String {
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut all = std::iter::once(wanted.to_owned()).chain(numbered);
        let name = all.find(|name| !self.used.contains(name)).unwrap_or_default();
        self.used.insert(name.clone());
        name
    }
}

/// Whether a text is a name as it is.
pub(super) fn is_name(text: &str) -> bool {
    let begins = text.starts_with(|first: char| first == '_' || pest::unicode::XID_START(first));
    let is_nfc = text.nfc().eq(text.chars());
    begins && is_nfc && !TAKEN.contains(&text) && text.chars().all(pest::unicode::XID_CONTINUE)
}

/// A valid name for a type, which is none of the types that need no declaration.
pub(super) fn of_type(wire: &str) -> String {
    let name = made(wire, "value");
    let is_scalar = SCALARS.iter().any(|(scalar, _)| *scalar == name) || ["enum", "list"].contains(&name.as_str());
    if is_scalar { format!("{name}_value") } else { name }
}

/// A valid name in the style of the language.
pub(super) fn made(wire: &str, fallback: &str) -> String {
    let mut name = String::new();
    let mut before = ' ';
    for character in wire.nfc() {
        let fits = character != '_' && pest::unicode::XID_CONTINUE(character);
        let begins_word = character.is_uppercase() && before.is_lowercase();
        if (!fits || begins_word) && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        if fits {
            name.extend(character.to_lowercase().filter(|own| pest::unicode::XID_CONTINUE(*own)));
        }
        before = character;
    }
    let short: String = name.nfc().take(LONGEST).collect();
    let name = short.trim_matches('_');
    let name = if name.is_empty() { fallback } else { name };
    let begins = name.starts_with(|first: char| pest::unicode::XID_START(first));
    match (begins, TAKEN.contains(&name)) {
        (true, false) => name.to_owned(),
        (true, true) => format!("{name}_"),
        (false, _) => format!("_{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_and_valid() {
        let all = [
            ("Checkout Started", "checkout_started"),
            ("\"Add fonts\" clicked? [100%] — 🎉", "add_fonts_clicked_100"),
            ("generationEntry", "generation_entry"),
            ("HTTPStatus2Code", "httpstatus2code"),
            ("2FA enabled", "_2fa_enabled"),
            ("../../etc/passwd", "etc_passwd"),
            ("__proto__", "proto"),
            ("إتمام الشراء", "إتمام_الشراء"),
            ("true", "true_"),
            ("?!", "event"),
            ("", "event"),
        ];
        for (wire, name) in all {
            assert_eq!(made(wire, "event"), name);
        }
    }

    #[test]
    fn no_two_wires_have_one_name_and_valid_ones_keep_theirs() {
        let names = Names::for_all(
            &[("plan type", None), ("planType", None), ("plan_type", None), ("a", Some("b")), ("b", None)],
            "property",
        );
        assert_eq!(
            [names.of("plan_type"), names.of("plan type"), names.of("planType")],
            ["plan_type", "plan_type_2", "plan_type_3"]
        );
    }
}
