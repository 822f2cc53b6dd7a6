//! Laws of texts: they are in the languages of the project.

use crate::diagnostic::codes::types::BAD_VALUE;
use crate::diagnostic::{Diagnostic, Safety};
use crate::model::faults::nearest;
use crate::model::value::TextEntry;
use crate::model::{Model, Val};
use crate::say;
use crate::source::Span;

/// A text in a language that the project does not declare.
pub(super) fn declared_languages(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let Some(field) = model.project().and_then(|project| project.decl().field("languages")) else { return };
    let languages = model.languages();
    for decl in model.decls.iter().filter(|decl| !model.sources.get(decl.span.file).embedded) {
        decl.values(&mut |captured| {
            let Val::Text(text) = &captured.val else { return };
            for entry in &text.entries {
                let tag = entry.lang.filter(|tag| !languages.contains(tag));
                if let Some((tag, span)) = tag.zip(tag_span(model, entry)) {
                    found.push(report(tag, span, &languages, field.span));
                }
            }
        });
    }
}

/// Where the language tag of an entry stands; nothing for a further text of the same tag.
fn tag_span(model: &Model<'_>, entry: &TextEntry<'_>) -> Option<Span> {
    let tag = entry.lang?;
    let before = model.sources.get(entry.span.file).text.get(..entry.span.start as usize)?;
    let end = before.trim_end();
    end.ends_with(tag).then(|| Span::new(entry.span.file, (end.len() - tag.len()) as u32, end.len() as u32))
}

fn report(tag: &str, span: Span, languages: &[&str], declared: Span) -> Diagnostic {
    let list = languages.iter().map(|language| format!("`{language}`")).collect::<Vec<_>>().join(", ");
    let fault = Diagnostic::new(&BAD_VALUE, span, say!("the project has no language `{tag}`", tag))
        .label(declared, say!("its languages are {list}", list))
        .help(say!("nobody would see this text; add `{tag}` to `languages`, or change the tag", tag));
    let alike = languages.iter().find(|language| language.eq_ignore_ascii_case(tag)).copied();
    match alike.or_else(|| nearest(tag, languages.iter().copied()).filter(|_| tag.len() > 2)) {
        Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
            Safety::Safe,
            say!("write `{right}`", right),
            span,
            right,
        ),
        None => fault.at(say!("not a language of the project")),
    }
}
