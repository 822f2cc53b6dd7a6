//! Typed clients: one function an event. What they say is the same in every language ([`mod@view`]); how it is said is a
//! [`Language`], one file each, and a folder of templates.
//!
//! ```text
//! view        events, types, enums and the rules of their values, for templates
//! docs        what stands in the comments
//! names       names of a spec as names of a language
//! quote       texts of a spec as strings and comments
//! pattern     patterns that every language reads alike
//! typescript … the languages
//! ```

mod docs;
mod go;
mod kotlin;
mod names;
mod pattern;
mod python;
mod quote;
mod swift;
mod typescript;
mod view;

pub(super) use go::GO;
pub(super) use kotlin::KOTLIN;
use names::Naming;
pub(super) use python::PYTHON;
pub(super) use swift::SWIFT;
pub(super) use typescript::TYPESCRIPT;
pub(super) use view::{approximations, view};

use crate::plan::PropertyPlan;

/// The languages, by their targets.
static ALL: &[(&str, &Language)] =
    &[("go", &GO), ("kotlin", &KOTLIN), ("python", &PYTHON), ("swift", &SWIFT), ("typescript", &TYPESCRIPT)];

/// What names come out as in a language, for the book.
pub(crate) struct Named {
    pub(crate) target: &'static str,
    pub(crate) functions: Vec<String>,
    pub(crate) types: Vec<String>,
    pub(crate) members: Vec<String>,
    /// The names of properties that stand beside each other.
    pub(crate) beside: Vec<String>,
    /// The names that get a `_`: of functions, of properties and of types.
    pub(crate) reserved: [&'static [&'static str]; 3],
}

/// What some names come out as, each alone, and others beside each other.
pub(crate) fn named(alone: &[&str], beside: &[&str]) -> Vec<Named> {
    let declared: Vec<(&str, &str)> = beside.iter().map(|own| (*own, *own)).collect();
    let of = |(target, language): &(&'static str, &Language)| Named {
        target,
        functions: alone.iter().map(|own| language.methods.of(own)).collect(),
        types: alone.iter().map(|own| language.types.of(own)).collect(),
        members: alone.iter().map(|own| language.members.of(own)).collect(),
        beside: names::Scope::default().all(&language.fields, &declared),
        reserved: [language.methods.reserved, language.fields.reserved, language.types.reserved],
    };
    ALL.iter().map(of).collect()
}

/// How a language says what clients say.
pub(super) struct Language {
    /// Functions, one an event.
    methods: Naming,
    /// Properties of events and members of types.
    fields: Naming,
    /// Types, the enums among them.
    types: Naming,
    /// Members of enums.
    members: Naming,
    /// The type for `money`, or else for `string`, `integer`, `number`, `boolean` or `any` of JSON Schema.
    scalar: fn(&str) -> &'static str,
    /// The type of a list of some type.
    list: fn(&str) -> String,
    /// A type whose value may be missing.
    optional: fn(&str) -> String,
    /// Whether members of enums stand among the types, and begin with the name of their enum.
    flat_members: bool,
    /// A string literal.
    string: fn(&str) -> String,
    /// A line of a comment of the documentation.
    comment: fn(&str) -> String,
    /// What stands before and after a pattern that begins and ends where the text does.
    anchors: (&'static str, &'static str),
    /// Where a function finds the properties it is given, and a type its members.
    access: (&'static str, &'static str),
    /// A value as it is sent; the flag says whether it may be missing.
    encode: fn(&str, &Shape, bool) -> String,
    /// Whether some properties are not too many for a function, or a type, to take them.
    takes: fn(&[&PropertyPlan]) -> bool,
}

/// What a value is made of, as far as sending it goes.
enum Shape {
    /// It is sent as it is.
    Plain,
    /// One of the words of an enum.
    Enum,
    /// An object of a declared type, by its name in the language.
    Object(String),
    /// Several.
    List(Box<Shape>),
}

impl Shape {
    /// Whether lists and all it holds nothing that has to be taken apart; `enums` says whether words of enums have.
    fn is_plain(&self, enums: bool) -> bool {
        match self {
            Self::Plain => true,
            Self::Enum => !enums,
            Self::Object(_) => false,
            Self::List(inner) => inner.is_plain(enums),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words that may be types: those in upper case outside of comments and strings, unless they are asked of something.
    fn types_in(template: &str) -> Vec<String> {
        let hidden = r#"(?s)/\*.*?\*/|//[^\n]*|'(\\.|[^'\\])'|"(\\.|[^"\\])*"|\{\{[^}]*\}\}"#;
        let bare = regex_lite::Regex::new(hidden).expect("a pattern").replace_all(template, " ").into_owned();
        let word = regex_lite::Regex::new(r"\.?\w+").expect("a pattern");
        let words = word.find_iter(&bare).map(|own| own.as_str().to_owned());
        let is_type =
            |own: &String| own.starts_with(|first: char| first.is_ascii_uppercase()) && *own != own.to_uppercase();
        words.filter(is_type).collect()
    }

    #[test]
    fn no_type_of_a_spec_hides_what_the_code_uses() {
        let languages: [(&Language, &[&str]); 2] = [
            (
                &KOTLIN,
                &[
                    include_str!("../../../templates/kotlin/client.kt.hbs"),
                    include_str!("../../../templates/kotlin/rules.kt.hbs"),
                    include_str!("../../../templates/kotlin/runtime.kt.hbs"),
                    include_str!("../../../templates/kotlin/sinks.kt.hbs"),
                ],
            ),
            (
                &SWIFT,
                &[
                    include_str!("../../../templates/swift/client.swift.hbs"),
                    include_str!("../../../templates/swift/rules.swift.hbs"),
                    include_str!("../../../templates/swift/runtime.swift.hbs"),
                    include_str!("../../../templates/swift/sinks.swift.hbs"),
                ],
            ),
        ];
        for (language, templates) in languages {
            let used: Vec<String> = templates.iter().flat_map(|own| types_in(own)).collect();
            assert!(used.len() > 50);
            for word in used {
                assert!(language.types.reserved.contains(&word.as_str()), "{word}");
            }
        }
    }
}
