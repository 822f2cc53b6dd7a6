//! The page of values, and what is explained of functions and modules.

use std::fmt::Write;

use super::{block, capital};
use crate::model::kinds::Kind;
use crate::model::shape::PRIMITIVES;
use crate::model::types::{EVENT_CONTEXT, FUNCTIONS};
use crate::model::value::{PER_WORDS, SCALARS};
use crate::source::{Source, Sources};
use crate::{model, stdlib};

/// How values are written, which types there are, and what computations can use.
pub(super) fn page() -> String {
    let mut page =
        "# Values\n\nThe pages of the kinds write `[ … ]` for what may be left out, `a|b` for one of several, \
                    `x, …` for one or more with commas, `( … | … )` for clauses in any order, `{ … }` for a block \
                    with a row a line, small letters for words \
                    that stand there as they are, and capitals for a value or a name.\n\n## Words in capitals\n\n\
                    | word | what stands there |\n|---|---|\n"
            .to_owned();
    for (_, word, phrase) in PRIMITIVES {
        let _ = writeln!(page, "| `{}` | {phrase} |", word.to_uppercase());
    }
    page.push_str("\nThe name of a kind in capitals, such as `STAGE`, is the name of a declaration of that kind.\n");
    page.push_str("\n## Types\n\n| type | what it holds |\n|---|---|\n");
    for (word, phrase) in SCALARS {
        let _ = writeln!(page, "| `{word}` | {phrase} |");
    }
    page.push_str("| `enum(a, b)` | one of these words |\n| `list(T)` | several values of one type |\n");
    page.push_str("| the name of a [`type`](kinds/type.md) | a value with members of its own |\n");
    let _ = write!(page, "\n## Amounts and rates\n\nAfter `/` stands one of {}.\n", quoted(PER_WORDS));
    let _ = write!(page, "\n## Known on every event\n\nBesides its own properties: {}.\n", quoted(EVENT_CONTEXT));
    page.push_str("\n## Functions of computations\n\n| written | what it is |\n|---|---|\n");
    for (_, usage, phrase) in FUNCTIONS {
        let _ = writeln!(page, "| `{usage}` | {phrase} |");
    }
    page
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// What a function of computations is.
pub(super) fn function(word: &str) -> Option<String> {
    let (name, usage, phrase) = FUNCTIONS.iter().find(|(name, ..)| *name == word)?;
    Some(format!("# {name}\n\n{}\n{}.\n", block("text", usage), capital(phrase)))
}

/// What a module of the standard library declares.
pub(super) fn module(word: &str) -> Option<String> {
    let (name, text) = stdlib::MODULES.iter().find(|(module, _)| *module == word)?;
    let mut sources = Sources::new();
    // As a file of a project: of embedded ones only what is mentioned is read.
    sources.add(Source::new(*name, *text));
    let (model, _) = model::build(&sources);
    let mut page = format!("# {name}\n\n");
    for kind in Kind::ALL {
        for id in model.all_of_kind(*kind).iter().filter(|id| model.decl(**id).parent.is_none()) {
            let decl = model.decl(*id);
            let docs = decl.docs.join(" ");
            let _ = writeln!(page, "- `{} {}` {}", kind.word(), decl.name_text(), docs.trim());
        }
    }
    Some(page)
}
