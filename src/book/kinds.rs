//! The pages of the kinds, from the table of kinds.

use std::fmt::Write;

use super::{block, examples, words};
use crate::language::Language;
use crate::model::faults::readable;
use crate::model::kinds::{FieldSpec, Kind, KindSpec, Naming, top_level};
use crate::{phrase, say};

/// Every kind: those that stand on their own, then those that stand inside others.
pub(super) fn index() -> String {
    let mut page =
        "# Kinds\n\nEverything that can be declared. Each page says what a kind is, which fields it has and \
                    how they are written; [Values](values.md) explains the words in capitals.\n\n## On their own\n\n\
                    | kind | what it is |\n|---|---|\n"
            .to_owned();
    let line = |kind: &Kind| format!("| [`{0}`](kinds/{0}.md) | {1} |\n", kind.word(), kind.spec().row.doc);
    page.extend(top_level().iter().map(line));
    page.push_str("\n## Inside others\n\n| kind | what it is |\n|---|---|\n");
    page.extend(Kind::ALL.iter().filter(|kind| !top_level().contains(kind) || **kind == Kind::Stage).map(line));
    page
}

/// The page of one kind.
pub(super) fn page(kind: Kind) -> String {
    page_in(kind, Language::English)
}

/// The page of one kind in a language.
pub(super) fn page_in(kind: Kind, language: Language) -> String {
    let spec = kind.spec();
    let doc = language.text(spec.row.doc);
    let mut page = format!("# {}\n\n{doc}\n\n{}", kind.word(), block("text", &written(kind)));
    places(kind, language, &mut page);
    explained(&mut page, language, phrase!("Classes"), words::classes(kind));
    explained(&mut page, language, phrase!("Clauses"), words::clauses(kind));
    if !spec.fields.is_empty() {
        let _ = writeln!(page, "\n## {}", language.text(phrase!("Fields")));
        page.extend(spec.fields.iter().map(|field| format!("\n### {}\n\n{}", field.word, entry(field, language))));
    }
    inside(spec, language, &mut page);
    let _ = write!(page, "\n## {}\n\n{}", language.text(phrase!("Example")), block("funnel", examples::of(kind)));
    page
}

/// What the page of a kind says of one field, clause or class.
pub(super) fn field_of(kind: Kind, field: &str, language: Language) -> Option<String> {
    let word = words::clauses(kind).iter().chain(words::classes(kind)).find(|(word, _)| *word == field);
    if let Some((word, doc)) = word {
        return Some(format!(
            "# {}.{word}\n\n{}\n\n{}",
            kind.word(),
            language.text(doc),
            block("text", &written(kind))
        ));
    }
    let field = kind.spec().field(field)?;
    Some(format!("# {}.{}\n\n{}", kind.word(), field.word, entry(field, language)))
}

/// How a field is written, and what it means.
fn entry(field: &FieldSpec, language: Language) -> String {
    let marks = match (field.required, field.repeats) {
        (true, true) => phrase!("Required; may stand more than once."),
        (true, false) => phrase!("Required."),
        (false, true) => phrase!("May stand more than once."),
        (false, false) => "",
    };
    let line = match field.word {
        // A row of a score begins with its number.
        "points" => readable(field.notation),
        word => format!("{word} {}", readable(field.notation)),
    };
    let words = format!("{} {}", language.text(field.doc), language.text(marks));
    format!("{}\n{}\n", block("text", line.trim_end()), words.trim_end())
}

/// How a declaration of the kind is written, in one line.
fn written(kind: Kind) -> String {
    let spec = kind.spec();
    let has_word = !matches!(kind, Kind::Transition | Kind::Trait | Kind::Member | Kind::Arm);
    let mut parts: Vec<String> = Vec::new();
    parts.extend(has_word.then(|| kind.word().to_owned()));
    if spec.row.naming == Naming::Required {
        parts.push("NAME".to_owned());
        parts.extend(has_word.then(|| "[\"Label\"]".to_owned()));
    }
    parts.extend((!spec.row.classes.is_empty()).then(|| "[: CLASS]".to_owned()));
    parts.extend((spec.row.naming == Naming::Required && spec.has_body()).then(|| "[extends OTHER]".to_owned()));
    parts.push(readable(spec.row.head));
    parts.extend(spec.has_body().then(|| "{ … }".to_owned()));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn places(kind: Kind, language: Language, page: &mut String) {
    let holds = |outer: &Kind| {
        let row = outer.spec().row;
        row.children.contains(&kind) || row.rows == Some(kind) || (*outer == Kind::Funnel && kind == Kind::Transition)
    };
    let inside: Vec<String> = Kind::ALL.iter().filter(|outer| holds(outer)).map(|outer| link(*outer)).collect();
    let list = inside.join(language.comma());
    let words = match (top_level().contains(&kind), inside.is_empty()) {
        (true, true) => say!("It stands outside of all blocks."),
        (true, false) => say!("It stands outside of all blocks, or inside {list}.", list),
        (false, _) => say!("It stands inside {list}.", list),
    };
    let _ = write!(page, "\n{}\n", words.said(language));
}

fn explained(page: &mut String, language: Language, title: &'static str, words: &[(&str, &'static str)]) {
    if words.is_empty() {
        return;
    }
    let _ = write!(page, "\n## {}\n\n", language.text(title));
    for (word, doc) in words {
        let _ = writeln!(page, "- `{word}`: {}", language.text(doc));
    }
}

fn inside(spec: &KindSpec, language: Language, page: &mut String) {
    let transition = (spec.row.kind == Kind::Funnel).then_some(Kind::Transition);
    let kinds: Vec<Kind> = spec.row.children.iter().copied().chain(spec.row.rows).chain(transition).collect();
    if kinds.is_empty() {
        return;
    }
    let _ = write!(page, "\n## {}\n\n", language.text(phrase!("Inside")));
    for kind in kinds {
        let _ = writeln!(page, "- {}: {}", link(kind), language.text(kind.spec().row.doc));
    }
}

fn link(kind: Kind) -> String {
    format!("[`{0}`]({0}.md)", kind.word())
}
