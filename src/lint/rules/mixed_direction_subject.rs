//! Subjects that run the wrong way.

use unicode_bidi::{BidiClass, bidi_class};

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::draw::is_rtl;
use crate::lint::Rule;
use crate::model::walk::Node;
use crate::model::{Kind, Model, Val};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1707",
        name: "mixed-direction-subject",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a subject that begins in the other direction than its language",
        explanation: "A mail program knows no language of a subject: it goes by its first letter. An Arabic subject that begins with a Latin name is \
                      laid out from left to right, its words in the wrong order and its full stop on the wrong side.\n\n\
                      Reported is a `subject` whose first letter runs in the other direction than the language it is in, where letters of both \
                      are in it. Marks and variables are passed over.\n\n\
                      Begin with a word of the language: `\"مرحبًا بك في Peepers\"`.",
        bad: "project shop \"Shop\" { languages en, ar }\n\
              event joined { sent_by web; owner web; status live }\n\
              sequence welcome {\n  \
                start joined; basis transactional\n  \
                email hello { subject { en \"Welcome\"; ar \"Peepers ترحب بك\" } }\n\
              }\n",
        good: "project shop \"Shop\" { languages en, ar }\n\
               event joined { sent_by web; owner web; status live }\n\
               sequence welcome {\n  \
                 start joined; basis transactional\n  \
                 email hello { subject { en \"Welcome\"; ar \"أهلًا بك في Peepers\" } }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for (span, lang, text) in subjects(model) {
        let letters: Vec<bool> = text.chars().filter_map(runs_right_to_left).collect();
        let own = is_rtl(&lang);
        if letters.first().is_some_and(|first| *first != own) && letters.contains(&own) {
            found.push(
                Diagnostic::new(
                    &RULE.code,
                    span,
                    say!("this subject begins in the other direction than its language, `{lang}`", lang),
                )
                .at(say!("mail programs lay it out by its first letter"))
                .help(say!("begin with a word of the language")),
            );
        }
    }
}

/// Whether a letter runs from right to left; nothing where it is none.
fn runs_right_to_left(c: char) -> Option<bool> {
    match bidi_class(c) {
        BidiClass::L => Some(false),
        BidiClass::R | BidiClass::AL => Some(true),
        _ => None,
    }
}

/// Every subject of a mail in every language as it is most likely read: variables are what stands in for them.
pub(super) fn subjects(model: &Model<'_>) -> Vec<(Span, String, String)> {
    let default = model.languages()[0];
    let mails = model.nodes(Kind::Sequence).filter(|own| !own.is_broken()).flat_map(Node::descendants);
    let mut all = Vec::new();
    for field in mails.filter(|step| step.kind() == Kind::Email).flat_map(|step| step.fields("subject")) {
        let Some(Val::Text(text)) = field.get("text").map(|own| &own.val) else { continue };
        all.extend(text.entries.iter().map(|entry| {
            let lang = entry.lang.unwrap_or(default).to_owned();
            (entry.span, lang, filled(&entry.words()))
        }));
    }
    all
}

/// `Hello {{name|there}}` as `Hello there`.
fn filled(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((variable, tail)) = after.split_once("}}") else { break };
        out.push_str(before);
        out.push_str(variable.split_once('|').map_or("", |(_, fallback)| fallback));
        rest = tail;
    }
    out + rest
}
