//! The pages of the kinds, from the table of kinds.

use std::fmt::Write;

use super::{block, examples, words};
use crate::model::faults::readable;
use crate::model::kinds::{FieldSpec, Kind, KindSpec, Naming, top_level};

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
    let spec = kind.spec();
    let mut page = format!("# {}\n\n{}\n\n{}", kind.word(), spec.row.doc, block("text", &written(kind)));
    places(kind, &mut page);
    explained(&mut page, "Classes", words::classes(kind));
    explained(&mut page, "Clauses", words::clauses(kind));
    if !spec.fields.is_empty() {
        page.push_str("\n## Fields\n");
        page.extend(spec.fields.iter().map(|field| format!("\n### {}\n\n{}", field.word, entry(field))));
    }
    inside(spec, &mut page);
    let _ = write!(page, "\n## Example\n\n{}", block("funnel", examples::of(kind)));
    page
}

/// What the page of a kind says of one field, clause or class.
pub(super) fn field_of(kind: Kind, field: &str) -> Option<String> {
    let word = words::clauses(kind).iter().chain(words::classes(kind)).find(|(word, _)| *word == field);
    if let Some((word, doc)) = word {
        return Some(format!("# {}.{word}\n\n{doc}\n\n{}", kind.word(), block("text", &written(kind))));
    }
    let field = kind.spec().field(field)?;
    Some(format!("# {}.{}\n\n{}", kind.word(), field.word, entry(field)))
}

/// How a field is written, and what it means.
fn entry(field: &FieldSpec) -> String {
    let marks = match (field.required, field.repeats) {
        (true, true) => " Required; may stand more than once.",
        (true, false) => " Required.",
        (false, true) => " May stand more than once.",
        (false, false) => "",
    };
    let line = match field.word {
        // A row of a score begins with its number.
        "points" => readable(field.notation),
        word => format!("{word} {}", readable(field.notation)),
    };
    format!("{}\n{}{marks}\n", block("text", line.trim_end()), field.doc)
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

fn places(kind: Kind, page: &mut String) {
    let holds = |outer: &Kind| {
        let row = outer.spec().row;
        row.children.contains(&kind) || row.rows == Some(kind) || (*outer == Kind::Funnel && kind == Kind::Transition)
    };
    let mut places: Vec<String> = Vec::new();
    places.extend(top_level().contains(&kind).then(|| "outside of all blocks".to_owned()));
    let inside: Vec<String> = Kind::ALL.iter().filter(|outer| holds(outer)).map(|outer| link(*outer)).collect();
    places.extend((!inside.is_empty()).then(|| format!("inside {}", inside.join(", "))));
    let _ = write!(page, "\nIt stands {}.\n", places.join(", or "));
}

fn explained(page: &mut String, title: &str, words: &[(&str, &str)]) {
    if words.is_empty() {
        return;
    }
    let _ = write!(page, "\n## {title}\n\n");
    for (word, doc) in words {
        let _ = writeln!(page, "- `{word}`: {doc}");
    }
}

fn inside(spec: &KindSpec, page: &mut String) {
    let transition = (spec.row.kind == Kind::Funnel).then_some(Kind::Transition);
    let kinds: Vec<Kind> = spec.row.children.iter().copied().chain(spec.row.rows).chain(transition).collect();
    if kinds.is_empty() {
        return;
    }
    page.push_str("\n## Inside\n\n");
    for kind in kinds {
        let _ = writeln!(page, "- {}: {}", link(kind), kind.spec().row.doc);
    }
}

fn link(kind: Kind) -> String {
    format!("[`{0}`]({0}.md)", kind.word())
}
