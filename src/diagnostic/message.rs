//! A sentence to a person, kept as a template and its arguments so that it can be said in another language: the English
//! template is the key of the translation, as in gettext.

use std::fmt;

use crate::language::Language;

/// A template with `{name}` places and what stands in them. Built with [`say!`](crate::say).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// English, with `{name}` where an argument stands.
    pub template: &'static str,
    /// The arguments by name.
    pub args: Vec<(&'static str, Arg)>,
    /// How many there are, where the words depend on it (see [`count!`](crate::count)).
    pub count: Option<usize>,
}

/// What stands in a place of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// A name, a number, a piece of the spec: the same in every language.
    Words(String),
    /// Words of the compiler, said in the language of the whole.
    Phrase(Message),
    /// Several phrases of which one holds: `a, b or c`.
    Or(Vec<Message>),
    /// Several half sentences, all of which hold: `a; b; c`.
    All(Vec<Message>),
}

/// What can stand in a place as it is. A [`Message`] has a `to_arg` of its own, which keeps it translatable.
pub trait Argument {
    /// The argument.
    fn to_arg(&self) -> Arg;
}

impl<T: fmt::Display + ?Sized> Argument for T {
    fn to_arg(&self) -> Arg {
        Arg::Words(self.to_string())
    }
}

impl Message {
    /// Words without places, such as those of a table; they are translated where [`phrase!`](crate::phrase) marks them.
    pub const fn of(phrase: &'static str) -> Self {
        Self { template: phrase, args: Vec::new(), count: None }
    }

    /// `a, b or c`.
    pub fn or(phrases: Vec<Self>) -> Self {
        Self { template: "{list}", args: vec![("list", Arg::Or(phrases))], count: None }
    }

    /// `a; b; c`.
    pub fn all(phrases: Vec<Self>) -> Self {
        Self { template: "{list}", args: vec![("list", Arg::All(phrases))], count: None }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.template.is_empty()
    }

    /// The message as an argument of another.
    pub fn to_arg(&self) -> Arg {
        Arg::Phrase(self.clone())
    }

    /// The message in a language; in English where it has no translation.
    pub fn said(&self, language: Language) -> String {
        let mut words = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(language, &mut words);
        words
    }

    fn write(&self, language: Language, out: &mut impl fmt::Write) -> fmt::Result {
        let mut rest = language.template(self);
        while let Some(open) = rest.find('{') {
            out.write_str(&rest[..open])?;
            let close = rest[open..].find('}').map(|at| open + at);
            let argument = close.and_then(|close| self.args.iter().find(|(name, _)| *name == &rest[open + 1..close]));
            let (Some(close), Some((_, value))) = (close, argument) else {
                out.write_str("{")?;
                rest = &rest[open + 1..];
                continue;
            };
            value.write(language, out)?;
            rest = &rest[close + 1..];
        }
        out.write_str(rest)
    }
}

impl Arg {
    fn write(&self, language: Language, out: &mut impl fmt::Write) -> fmt::Result {
        match self {
            Self::Words(words) => out.write_str(words),
            Self::Phrase(message) => message.write(language, out),
            Self::All(phrases) => {
                for (index, phrase) in phrases.iter().enumerate() {
                    if index > 0 {
                        out.write_str(language.semicolon())?;
                    }
                    phrase.write(language, out)?;
                }
                Ok(())
            }
            Self::Or(phrases) => {
                let (comma, or) = language.joints();
                for (index, phrase) in phrases.iter().enumerate() {
                    match index {
                        0 => {}
                        last if last + 1 == phrases.len() => out.write_str(or)?,
                        _ => out.write_str(comma)?,
                    }
                    phrase.write(language, out)?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(Language::English, f)
    }
}

/// Builds a `Message`: `say!("{name} is not declared", name = path)`.
#[macro_export]
macro_rules! say {
    ($template:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::diagnostic::Message {
            template: $template,
            args: vec![$((stringify!($name), $crate::say!(@arg $crate::say!(@value $name $(, $value)?)))),*],
            count: None,
        }
    };
    // The trait is found only where the value has no `to_arg` of its own.
    (@arg $value:expr) => {{
        #[allow(unused_imports)]
        use $crate::diagnostic::Argument as _;
        ($value).to_arg()
    }};
    (@value $name:ident, $value:expr) => { $value };
    (@value $name:ident) => { $name };
}

/// Builds a `Message` whose words depend on a number: `count!("{n} file", "{n} files", n)`.
#[macro_export]
macro_rules! count {
    ($one:literal, $many:literal, $n:expr) => {{
        let n: usize = $n;
        let template = if n == 1 { $one } else { $many };
        $crate::diagnostic::Message {
            template,
            args: vec![("n", $crate::diagnostic::Arg::Words(n.to_string()))],
            count: Some(n),
        }
    }};
}

/// Marks words that reach a message as an argument, so that the catalogues have them: `phrase!("a date")` is the words.
#[macro_export]
macro_rules! phrase {
    ($words:literal) => {
        $words
    };
}

#[cfg(test)]
mod tests {
    use super::Message;
    use crate::language::Language;

    #[test]
    fn arguments_fill_their_places_and_other_braces_stay() {
        let who = "purchase";
        let message = say!("`{who}` has {n} rows; write {{ or {unknown}", who, n = 3);
        assert_eq!(message.to_string(), "`purchase` has 3 rows; write {{ or {unknown}");
    }

    #[test]
    fn phrases_and_lists_are_said_in_the_language_of_the_whole() {
        let (path, is) = ("x", Message::of("a number"));
        let wanted = Message::or(vec![Message::of("a date"), Message::of("a text"), say!("`{word}`", word = "or")]);
        let message = say!("`{path}` is {is}, here {wanted} is wanted", path, is, wanted);
        assert_eq!(message.to_string(), "`x` is a number, here a date, a text or `or` is wanted");
        let arabic = message.said(Language::Arabic);
        assert!(arabic.contains("تاريخ أو نص أو `or`") && arabic.contains("`x`"), "{arabic}");
    }

    #[test]
    fn counts_take_the_form_of_their_number() {
        let said = |n| count!("{n} error", "{n} errors", n).said(Language::Arabic);
        assert_eq!(count!("{n} error", "{n} errors", 2).to_string(), "2 errors");
        let all: Vec<String> = [1, 2, 3, 11, 100].map(said).to_vec();
        assert_eq!(all, ["خطأ واحد", "خطآن", "3 أخطاء", "11 خطأً", "100 خطأ"]);
    }
}
