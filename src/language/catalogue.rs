//! Reads a catalogue: a gettext PO file, the format that tools of translators write. Only `msgid`, `msgid_plural`,
//! `msgstr` and their continued strings mean something here; comments are for people.

use std::collections::BTreeMap;

/// The translations of one language by their English text.
#[derive(Debug, Default)]
pub(super) struct Catalogue {
    entries: BTreeMap<String, Vec<String>>,
    /// Plural texts, each with the text of its entry.
    plurals: BTreeMap<String, String>,
}

/// Which string the next line of a file goes on with.
#[derive(Clone, Copy)]
enum At {
    Nothing,
    Id,
    Plural,
    Form(usize),
}

#[derive(Default)]
struct Entry {
    id: String,
    plural: String,
    forms: Vec<String>,
}

/// More forms than any language has; a larger index in a file is a slip.
const MAX_FORMS: usize = 6;

impl Catalogue {
    /// Reads a file; what is not understood is passed over, and the tests of the catalogue miss it.
    pub(super) fn parse(text: &str) -> Self {
        let mut catalogue = Self::default();
        let (mut entry, mut at) = (Entry::default(), At::Nothing);
        for line in text.lines().map(str::trim) {
            let Some((keyword, string)) = split(line) else { continue };
            match keyword {
                "msgid" => {
                    catalogue.add(std::mem::take(&mut entry));
                    at = At::Id;
                }
                "msgid_plural" => at = At::Plural,
                "msgstr" => at = At::Form(0),
                "" => {}
                _ => at = form_index(keyword).map_or(At::Nothing, At::Form),
            }
            entry.append(at, &unescaped(string));
        }
        catalogue.add(entry);
        catalogue
    }

    /// The translation of a text.
    pub(super) fn text(&self, english: &str) -> Option<&str> {
        self.counted(english, 0)
    }

    /// The form of a text that goes with a number.
    pub(super) fn counted(&self, english: &str, form: usize) -> Option<&str> {
        let id = self.plurals.get(english).map_or(english, String::as_str);
        self.entries.get(id)?.get(form).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Every English text that a singular or plural entry has.
    #[cfg(test)]
    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// All forms of a text.
    #[cfg(test)]
    pub(super) fn forms(&self, english: &str) -> &[String] {
        self.entries.get(english).map_or(&[], Vec::as_slice)
    }

    /// The first entry has no text: it describes the file.
    fn add(&mut self, entry: Entry) {
        if entry.id.is_empty() {
            return;
        }
        if !entry.plural.is_empty() {
            self.plurals.insert(entry.plural, entry.id.clone());
        }
        self.entries.insert(entry.id, entry.forms);
    }
}

impl Entry {
    fn append(&mut self, at: At, text: &str) {
        match at {
            At::Nothing => {}
            At::Id => self.id.push_str(text),
            At::Plural => self.plural.push_str(text),
            At::Form(index) => {
                if self.forms.len() <= index {
                    self.forms.resize(index + 1, String::new());
                }
                self.forms[index].push_str(text);
            }
        }
    }
}

/// A line as its keyword, empty on continued strings, and what stands between the quotes.
fn split(line: &str) -> Option<(&str, &str)> {
    if line.starts_with('#') {
        return None;
    }
    let (keyword, rest) = line.split_once('"')?;
    Some((keyword.trim(), rest.strip_suffix('"')?))
}

fn form_index(keyword: &str) -> Option<usize> {
    let index = keyword.strip_prefix("msgstr[")?.strip_suffix(']')?.parse().ok()?;
    (index < MAX_FORMS).then_some(index)
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => out.push('\n'),
                Some('t') => out.push('\t'),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}
