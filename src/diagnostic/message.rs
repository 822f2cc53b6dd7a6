//! A sentence to a person, kept as a template and its arguments so that it can be said in another language: the English
//! template is the key of the translation, as in gettext.

use std::fmt;

/// A template with `{name}` places and what stands in them. Built with [`say!`](crate::say).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// English, with `{name}` where an argument stands.
    pub template: &'static str,
    /// The arguments by name.
    pub args: Vec<(&'static str, String)>,
}

impl Message {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.template.is_empty()
    }

    /// Fills `template` (the English one, or its translation) with the arguments.
    pub fn fill(&self, template: &str, out: &mut impl fmt::Write) -> fmt::Result {
        let mut rest = template;
        while let Some(open) = rest.find('{') {
            out.write_str(&rest[..open])?;
            let close = rest[open..].find('}').map(|at| open + at);
            let argument = close.and_then(|close| self.args.iter().find(|(name, _)| *name == &rest[open + 1..close]));
            let (Some(close), Some((_, value))) = (close, argument) else {
                out.write_str("{")?;
                rest = &rest[open + 1..];
                continue;
            };
            out.write_str(value)?;
            rest = &rest[close + 1..];
        }
        out.write_str(rest)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fill(self.template, f)
    }
}

/// Builds a [`Message`](crate::diagnostic::Message): `say!("{name} is not declared", name = path)`.
#[macro_export]
macro_rules! say {
    ($template:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::diagnostic::Message {
            template: $template,
            args: vec![$((stringify!($name), $crate::say!(@value $name $(, $value)?).to_string())),*],
        }
    };
    (@value $name:ident, $value:expr) => { $value };
    (@value $name:ident) => { $name };
}

#[cfg(test)]
mod tests {
    #[test]
    fn arguments_fill_their_places_and_other_braces_stay() {
        let who = "purchase";
        let message = say!("`{who}` has {n} rows; write {{ or {unknown}", who, n = 3);
        assert_eq!(message.to_string(), "`purchase` has 3 rows; write {{ or {unknown}");
    }
}
