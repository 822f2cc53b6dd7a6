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
#[allow(dead_code, reason = "other languages case and quote in other ways")]
mod names;
mod pattern;
mod python;
#[allow(dead_code, reason = "other languages case and quote in other ways")]
mod quote;
mod typescript;
mod view;

pub(super) use go::GO;
use names::Naming;
pub(super) use python::PYTHON;
pub(super) use typescript::TYPESCRIPT;
pub(super) use view::view;

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
    /// The type for `string`, `integer`, `number`, `boolean` or `any` of JSON Schema.
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
