//! The pages of the codes.

use std::fmt::Write;

use super::{block, capital, changes_in, errors_only, findings_in, sources};
use crate::diagnostic::codes::not_by_one_text;
use crate::diagnostic::{Code, Group, Level, Message, Severity};
use crate::language::Language;
use crate::lint::levels::{Levels, Setting};
use crate::lint::registry;
use crate::{breaking, compile};
use crate::{phrase, say};

/// Every code by group.
pub(super) fn index() -> String {
    let mut page = "# Codes\n\nWhat a check can find. Errors are the language and cannot be switched off; everything \
                    else is advice, which `--allow`, `--warn` and `--deny` set by code, name or group, and which \
                    `// funnelc: allow(name) -- reason` silences for one statement.\n\nEach page shows a small spec and \
                    what a check says of it under that code; other advice on the same spec is left out.\n"
        .to_owned();
    for group in Group::ALL {
        let codes: Vec<&Code> = registry::codes().into_iter().filter(|code| code.group == group).collect();
        if codes.is_empty() {
            continue;
        }
        let _ = write!(page, "\n## {}\n\n| code | name | level | finds |\n|---|---|---|---|\n", group.word());
        for code in codes {
            let Code { id, name, summary, .. } = code;
            let _ = writeln!(page, "| {id} | [{name}](codes/{name}.md) | {} | {} |", level_word(code), cell(summary));
        }
    }
    page
}

/// The page of one code.
pub(super) fn page(code: &Code) -> String {
    page_in(code, Language::English)
}

/// The page of one code in a language; what has no translation is in English, and says so.
pub(super) fn page_in(code: &Code, language: Language) -> String {
    let Code { id, name, group, summary, explanation, .. } = code;
    let (group, group_word) = (language.text(phrase!("group")), group.word());
    let level = level_phrase(code).said(language);
    let mut page = format!("# {name}\n\n`{id}` · {group} `{group_word}` · {level}\n\n");
    let _ = write!(page, "**{}.**\n\n", capital(language.text(summary)));
    if language != Language::English && language.text(explanation) == *explanation {
        let _ = write!(page, "*{}*\n\n", language.text(phrase!("This explanation is not translated yet.")));
    }
    let _ = writeln!(page, "{}", language.text(explanation));
    if let Some(rule) = breaking::registry::rule(name) {
        page.push_str(&change(rule, language));
        return page;
    }
    if code.bad.is_empty() {
        return page;
    }
    let _ =
        write!(page, "\n## {}\n\n{}", language.text(phrase!("Reported")), block(info(code.bad), &visible(code.bad)));
    let said = findings_in(code.bad, "plain", &only(code), language);
    if !said.is_empty() && !not_by_one_text(name) {
        let _ = write!(page, "\n{}", block("text", &said));
    }
    let _ = write!(page, "\n## {}\n\n{}", language.text(phrase!("Mended")), block(info(code.good), code.good));
    page
}

/// What a rule of comparisons means to whom, and what it finds between two specs.
fn change(rule: &breaking::Rule, language: Language) -> String {
    let code = &rule.code;
    let mut page = String::from("\n");
    for effect in rule.effects {
        let _ = writeln!(page, "- {}", capital(&effect.words().said(language)));
    }
    let titles = [(phrase!("Before"), code.good), (phrase!("After"), code.bad)];
    for (title, spec) in titles {
        let _ = write!(page, "\n## {}\n\n{}", language.text(title), block(info(spec), spec));
    }
    let said = changes_in(code.good, code.bad, "plain", &only_change(code), language);
    let _ = write!(page, "\n## {}\n\n{}", language.text(phrase!("Reported")), block("text", &said));
    page
}

/// Levels at which only one change is reported.
fn only_change(code: &Code) -> Levels {
    let mut levels = errors_only();
    for own in registry::codes().into_iter().filter(|own| own.group.is_of_changes() && own.name != code.name) {
        // Changes can be switched off.
        let _ = levels.set(own.name, Setting::Allow);
    }
    levels
}

/// Levels at which the page of a code shows its examples: other advice is left out.
fn only(code: &Code) -> Levels {
    if code.group == Group::Directives {
        return Levels::default();
    }
    let mut levels = errors_only();
    // An error of the language is always on.
    let _ = levels.set(code.name, Setting::Warn);
    levels
}

const fn level_word(code: &Code) -> &'static str {
    match code.level {
        Level::Allow => "off",
        Level::Note => "note",
        Level::Warn => "warning",
        Level::Deny => "denied",
        Level::Error => "error",
    }
}

fn level_phrase(code: &Code) -> Message {
    match code.level {
        Level::Error => say!("error of the language"),
        Level::Allow => say!("advice, off unless `--warn {name}` asks for it", name = code.name),
        Level::Deny => say!("fails the run unless it is allowed"),
        Level::Note | Level::Warn => {
            say!("advice: {level} unless it is allowed or denied", level = Message::of(level_word(code)))
        }
    }
}

/// How the block is marked: whether it compiles, or whether its text is changed to be shown.
fn info(text: &str) -> &'static str {
    if visible(text) != text {
        return "text";
    }
    let sources = sources(text);
    let found = compile(&sources, &Levels::default()).diagnostics;
    if found.iter().any(|one| one.severity == Severity::Error) { "funnel,bad" } else { "funnel" }
}

/// Invisible controls by their number: the book must not do what it warns of.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(out, "⟨U+{:04X}⟩", character as u32);
            }
            other => out.push(other),
        }
    }
    out
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
