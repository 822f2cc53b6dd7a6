//! Laws of the catalogues: every text of the program has its translation, with the same places, and nothing else is kept.
//! What is missing is printed as it is to be pasted into the catalogue.

// The sources of the program are not files of a project.
#![allow(clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use regex_lite::Regex;

use super::{ARABIC, Language};
use crate::lint::levels::{Levels, Setting};
use crate::lint::registry;
use crate::model::kinds::Kind;
use crate::model::shape::PRIMITIVES;
use crate::model::value::SCALARS;
use crate::report::{Report, Style, format};

/// English texts, each with its plural where it has one.
type Texts = BTreeMap<String, Option<String>>;

/// Every text that a person can be shown in another language.
fn texts() -> Texts {
    let mut texts = Texts::new();
    in_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut texts);
    let mut add = |text: &str| drop(texts.insert(text.to_owned(), None));
    for kind in Kind::ALL {
        add(kind.phrase().template);
        add(kind.spec().row.doc);
        kind.spec().fields.iter().for_each(|field| add(field.doc));
        crate::book::words_of(*kind).for_each(&mut add);
    }
    PRIMITIVES.iter().for_each(|(_, _, phrase)| add(phrase));
    SCALARS.iter().for_each(|(_, phrase)| add(phrase));
    registry::codes().iter().for_each(|code| add(code.summary));
    texts.retain(|text, _| has_words(text));
    texts
}

fn in_folder(folder: &Path, texts: &mut Texts) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            in_folder(&path, texts);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
            in_file(&std::fs::read_to_string(&path).expect("a source file"), texts);
        }
    }
}

/// The literals of the macros that mark texts, without those of tests and comments.
fn in_file(source: &str, texts: &mut Texts) {
    let program = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines: Vec<&str> = program.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let program = lines.join("\n");
    let literal = r#""((?:[^"\\]|\\[\s\S])*)""#;
    let plain = Regex::new(&format!(r"\b(?:say|phrase)!\(\s*{literal}")).expect("a pattern");
    let counted = Regex::new(&format!(r"\bcount!\(\s*{literal},\s*{literal}")).expect("a pattern");
    for found in plain.captures_iter(&program) {
        texts.insert(unescaped(&found[1]), None);
    }
    for found in counted.captures_iter(&program) {
        texts.insert(unescaped(&found[1]), Some(unescaped(&found[2])));
    }
}

/// What a string literal of Rust holds.
fn unescaped(literal: &str) -> String {
    let continued = Regex::new(r"\\\n\s*").expect("a pattern");
    let joined = continued.replace_all(literal, "");
    let mut out = String::new();
    let mut characters = joined.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.extend(characters.next().map(|escaped| if escaped == 'n' { '\n' } else { escaped })),
            other => out.push(other),
        }
    }
    out
}

/// Whether there is anything to translate besides code and places.
fn has_words(text: &str) -> bool {
    let code = Regex::new(r"`[^`]*`|\{[a-z_]+\}").expect("a pattern");
    code.replace_all(text, "").contains(char::is_alphabetic)
}

fn places(text: &str) -> BTreeSet<String> {
    let place = Regex::new(r"\{[a-z_]+\}").expect("a pattern");
    place.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

/// A text as a string of a PO file.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

#[test]
fn every_text_is_translated() {
    let mut missing = String::new();
    for (text, plural) in texts() {
        if ARABIC.text(&text).is_none() {
            let _ = match plural {
                None => writeln!(missing, "\nmsgid {}\nmsgstr \"\"", quoted(&text)),
                Some(plural) => {
                    let forms: Vec<String> = (0..6).map(|index| format!("msgstr[{index}] \"\"")).collect();
                    let plural = quoted(&plural);
                    writeln!(missing, "\nmsgid {}\nmsgid_plural {plural}\n{}", quoted(&text), forms.join("\n"))
                }
            };
        }
    }
    assert!(missing.is_empty(), "src/language/ar.po lacks:\n{missing}");
}

/// The manual page of a code is as Arabic as its message; what is left is printed ready to be pasted.
#[test]
fn every_explanation_is_translated() {
    let left = registry::codes().into_iter().filter(|code| ARABIC.text(code.explanation).is_none());
    let left: Vec<String> =
        left.map(|code| format!("# {}\nmsgid {}\nmsgstr \"\"\n", code.name, quoted(code.explanation))).collect();
    assert!(left.is_empty(), "{}", left.join("\n"));
}

#[test]
fn no_translation_is_of_a_text_that_is_gone() {
    let texts = texts();
    // Explanations may lack a translation, as their page then says, but must not have that of an older text.
    let pages: BTreeSet<&str> = registry::codes().iter().map(|code| code.explanation).collect();
    let gone: Vec<&str> = ARABIC.keys().filter(|key| !texts.contains_key(*key) && !pages.contains(key)).collect();
    assert!(gone.is_empty(), "remove from src/language/ar.po:\n{}", gone.join("\n"));
}

#[test]
fn translations_have_the_places_and_the_code_of_the_text() {
    let mut wrong = Vec::new();
    for (text, plural) in texts() {
        for (index, form) in ARABIC.forms(&text).iter().enumerate() {
            let one = matches!(index, 0..=2) && plural.is_some();
            if (!one && places(form) != places(&text)) || form.matches('`').count() % 2 != text.matches('`').count() % 2
            {
                wrong.push(format!("{text}\n  {form}"));
            }
        }
        if plural.is_some() && ARABIC.forms(&text).len() != 6 {
            wrong.push(format!("{text} needs six forms"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Renders every bad example of the manual, so that an argument that stays English is seen.
#[test]
fn no_english_is_left_in_arabic_findings() {
    let latin = Regex::new(r"[A-Za-z]{2,}").expect("a pattern");
    let code = Regex::new(r"`[^`]*`").expect("a pattern");
    let mut left = BTreeSet::new();
    for own in registry::codes() {
        let mut levels = Levels::default();
        let _ = levels.set("warnings", Setting::Warn);
        let sources = crate::book::sources(own.bad);
        let mut all = crate::compile(&sources, &levels).diagnostics;
        let before = crate::book::sources(own.good);
        if own.group.is_of_changes() {
            let asked = crate::breaking::Asked { levels: levels.clone(), consumers: Vec::new() };
            let (was, is) = (crate::compile(&before, &levels), crate::compile(&sources, &levels));
            all.extend(crate::breaking::run(&was, &is, &asked));
        }
        for found in all {
            let labels = found.labels.iter().map(|label| &label.text);
            let fixes = found.fixes.iter().map(|fix| &fix.title);
            for message in std::iter::once(&found.message).chain(labels).chain(&found.help).chain(fixes) {
                let said = message.said(Language::Arabic);
                let words = code.replace_all(&said, "");
                let foreign = latin.find_iter(&words).map(|word| word.as_str()).filter(|word| !KNOWN.contains(word));
                if foreign.count() > 0 {
                    left.insert(said);
                }
            }
        }
    }
    assert!(left.is_empty(), "{}", left.into_iter().collect::<Vec<_>>().join("\n"));
}

/// Latin words that Arabic texts use as they are: names of standards, units and styles.
const KNOWN: &[&str] = &[
    "KPI",
    "planned",
    "deprecated",
    "ar",
    "GA",
    "USD",
    "EUR",
    "SAR",
    "ISO",
    "BCP",
    "IANA",
    "UTF",
    "Unicode",
    "NFC",
    "MiB",
    "CAC",
    "UUID",
    "Title",
    "Case",
    "Sentence",
    "case",
    "camelCase",
    "PascalCase",
    "kebab",
    "snake_case",
    "UTM",
    "Windows",
];

#[test]
fn fingerprints_do_not_depend_on_the_language() {
    let sources = crate::book::sources("funnel shop \"Shop\" : standard { stage a \"A\" : topp { enter gone } }\n");
    let diagnostics = crate::compile(&sources, &Levels::default()).diagnostics;
    let prints = |name, language| {
        let report =
            Report { sources: &sources, diagnostics: &diagnostics, hidden: 0, style: Style::default(), language };
        let mut bytes = Vec::new();
        (format(name).expect("a format").render)(&report, &mut bytes).expect("memory");
        let text = String::from_utf8(bytes).expect("UTF-8");
        let lines = text.lines().filter(|line| line.to_lowercase().contains("fingerprint"));
        (lines.map(str::to_owned).collect::<Vec<_>>(), text.clone())
    };
    for name in ["sarif", "gitlab"] {
        let (english, arabic) = (prints(name, Language::English), prints(name, Language::Arabic));
        assert_eq!(english.0, arabic.0);
        assert!(!english.0.is_empty());
        assert_ne!(english.1, arabic.1, "{name} says it in Arabic");
    }
}

#[test]
fn positions_stay_in_one_piece_in_right_to_left_text() {
    let sources = crate::book::sources("funnel shop \"Shop\" : standard { stage a \"A\" : topp { enter gone } }\n");
    let diagnostics = crate::compile(&sources, &Levels::default()).diagnostics;
    for name in ["full", "plain", "concise"] {
        let language = Language::Arabic;
        let report =
            Report { sources: &sources, diagnostics: &diagnostics, hidden: 0, style: Style::default(), language };
        let mut bytes = Vec::new();
        (format(name).expect("a format").render)(&report, &mut bytes).expect("memory");
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert!(text.contains("shop.funnel:1:"), "{name}\n{text}");
        for line in text.lines() {
            let count = |wanted: &[char]| line.chars().filter(|own| wanted.contains(own)).count();
            let (open, close) = (count(&['\u{2066}', '\u{2067}', '\u{2068}']), count(&['\u{2069}']));
            assert_eq!(open, close, "{name}: a unit is open at the end of {line:?}");
            let before = line.find("shop.funnel:1:").map_or("", |at| &line[..at]);
            assert!(!before.contains('\u{2067}'), "{name}: the place is inside right-to-left text: {line:?}");
        }
    }
}
