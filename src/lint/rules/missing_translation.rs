//! Texts that are there in one language and not in another.

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::decl::Field;
use crate::model::value::Text;
use crate::model::walk::Node;
use crate::model::{Decl, Kind, Model, Val};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1701",
        name: "missing-translation",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a text in some of the project's languages but not all",
        explanation: "A project that speaks two languages sends half of its people a message in the wrong one, or none, where a text is missing.\n\n\
                      Reported, in a project with more than one of `languages`, is a declaration with texts that lack some of them: \
                      `subject`, `preview`, `says`, `cta` of the messages of a sequence; `question` of a survey; `value` of an offer, if it is a \
                      text; and a `label { … }`. A text without a language is in the default one. One finding a declaration lists all \
                      that is missing.\n\n\
                      Give the text per language: `subject { en \"Welcome\"; ar \"أهلًا\" }`.",
        bad: "project shop \"Shop\" { languages en, ar }\n\
              event signed_up { sent_by web; owner web; status live }\n\
              sequence welcome {\n  \
                start signed_up; basis transactional\n  \
                email hello { subject \"Welcome\" }\n\
              }\n",
        good: "project shop \"Shop\" { languages en, ar }\n\
               event signed_up { sent_by web; owner web; status live }\n\
               sequence welcome {\n  \
                 start signed_up; basis transactional\n  \
                 email hello { subject { en \"Welcome\"; ar \"أهلًا\" } }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let languages = model.languages();
    if languages.len() < 2 {
        return;
    }
    for kind in Kind::ALL {
        for node in model.nodes(*kind).filter(|node| !node.decl().broken) {
            let lacking: Vec<Lacking<'_, '_>> =
                fields_of(node.decl()).filter_map(|(field, text)| lacking(field, text, &languages)).collect();
            found.extend(report(node, &languages, &lacking));
        }
    }
}

/// A field with the languages it lacks.
struct Lacking<'m, 's> {
    word: &'static str,
    at: Span,
    languages: Vec<&'m &'s str>,
}

fn fields_of<'m, 's>(decl: &'m Decl<'s>) -> impl Iterator<Item = (&'m Field<'s>, &'m Text<'s>)> {
    let words: &[&str] = match decl.kind {
        Kind::Survey => &["question", "label"],
        Kind::Offer => &["value", "label"],
        kind if kind.is_message() => &["subject", "preview", "says", "cta", "image", "label"],
        _ => &["label"],
    };
    let fields = decl.fields.iter().filter(|field| words.contains(&field.spec.word));
    fields.filter_map(|field| {
        let text = field.values.iter().find(|captured| matches!(captured.slot, "text" | "value"))?;
        if let Val::Text(text) = &text.val { Some((field, text)) } else { None }
    })
}

fn lacking<'m, 's>(field: &Field<'s>, text: &Text<'s>, languages: &'m [&'s str]) -> Option<Lacking<'m, 's>> {
    let default = languages.first()?;
    let has = |lang: &&&str| text.entries.iter().any(|entry| entry.lang.unwrap_or(default).eq_ignore_ascii_case(lang));
    // A label in quotes is a name; only one that is given per language promises all of them.
    if field.spec.word == "label" && text.entries.iter().all(|entry| entry.lang.is_none()) {
        return None;
    }
    let missing: Vec<&&str> = languages.iter().filter(|lang| !has(lang)).collect();
    (!missing.is_empty()).then_some(Lacking { word: field.spec.word, at: field.span, languages: missing })
}

fn report(node: Node<'_, '_>, languages: &[&str], lacking: &[Lacking<'_, '_>]) -> Option<Diagnostic> {
    let first = lacking.first()?;
    let (kind, name) = (node.kind().word(), node.name());
    let list: Vec<String> = languages.iter().filter_map(|lang| in_language(lang, lacking)).collect();
    let list = list.join("; ");
    let word = first.word;
    let mut fault = Diagnostic::new(
        &RULE.code,
        node.place(),
        say!("{kind} `{name}` is not in every language of the project: {list}", kind, name, list),
    )
    .at(say!("missing {list}", list))
    .help(say!("people would get it in another language; give each text per language: `{word} { … }`", word));
    for one in lacking.iter().take(4) {
        let own: Vec<&str> = one.languages.iter().map(|lang| **lang).collect();
        let own = own.join(", ");
        fault = fault.label(one.at, say!("not in {own}", own));
    }
    Some(fault)
}

/// `ar: subject, preview`
fn in_language(lang: &str, lacking: &[Lacking<'_, '_>]) -> Option<String> {
    let mut words: Vec<&str> = Vec::new();
    for one in lacking.iter().filter(|one| one.languages.iter().any(|own| **own == lang)) {
        if !words.contains(&one.word) {
            words.push(one.word);
        }
    }
    (!words.is_empty()).then(|| format!("{lang}: {}", words.join(", ")))
}
