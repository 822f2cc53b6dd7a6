//! Names that mix look-alike letters of several scripts.

use unicode_security::MixedScript;

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1001",
        name: "mixed-script-name",
        group: Group::Style,
        level: Level::Warn,
        summary: "a name that mixes letters of several scripts",
        explanation: "A Cyrillic `а` and a Latin `a` look alike and are two letters: two names that read the same would be two \
                      things, and searching for one would not find the other. A name keeps to one script; parts joined by `_` \
                      are one name.",
        bad: "team cаrt \"Cart\"\n", // the second letter is Cyrillic
        good: "team cart \"Cart\"\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for decl in &model.decls {
        let Some(name) = decl.name.filter(|name| !name.text.is_ascii() && !name.text.is_single_script()) else {
            continue;
        };
        let text = name.text;
        let ascii = text.chars().filter(|c| !c.is_ascii()).map(|c| format!("`{c}` (U+{:04X})", c as u32));
        let odd = ascii.collect::<Vec<_>>().join(", ");
        found.push(
            Diagnostic::new(&RULE.code, name.span, say!("`{text}` mixes letters of several scripts", text))
                .at(say!("not of the script of the others: {odd}", odd))
                .help(say!("letters of different scripts can look the same; write the name in one script")),
        );
    }
}
