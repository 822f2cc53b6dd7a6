//! `funnelc.yaml`: what a project wants of every run. A file is read strictly: a key that does nothing, a key given twice
//! or a value of another type than meant is an error with its line, as all would be overlooked otherwise.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value as Json, json};
use serde_yaml::Value;

use crate::diagnostic::Message;
use crate::model::faults::nearest;
use crate::{report, say};

/// The name of the file.
pub const FILE: &str = "funnelc.yaml";

/// Where the schema of the file is published.
pub const SCHEMA_ID: &str = "https://funnelc.github.io/book/schemas/config.schema.json";

/// The drafts of JSON Schema that `schema_draft` knows.
pub const DRAFTS: [&str; 2] = ["2020-12", "07"];

/// What a key holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A path, relative to the file.
    Path,
    /// One of some words.
    Word(fn() -> Vec<&'static str>),
    /// Several texts.
    List,
}

/// A key of the file.
#[derive(Debug)]
pub struct Key {
    /// The word.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// What it does, in one sentence.
    pub doc: &'static str,
}

/// Every key.
pub static KEYS: &[Key] = &[
    Key { name: "output", shape: Shape::Path, doc: "The folder that `build` writes to." },
    Key { name: "targets", shape: Shape::List, doc: "The targets that `build` writes; all where none is named." },
    Key { name: "templates", shape: Shape::Path, doc: "A folder with targets of one's own." },
    Key { name: "deny", shape: Shape::List, doc: "Lints, codes or groups that fail a run." },
    Key { name: "warn", shape: Shape::List, doc: "Lints, codes or groups that are reported without failing a run." },
    Key { name: "allow", shape: Shape::List, doc: "Lints, codes or groups that are silent." },
    Key { name: "format", shape: Shape::Word(formats), doc: "The form of reports." },
    Key { name: "lang", shape: Shape::Word(languages), doc: "The language findings are said in." },
    Key { name: "baseline", shape: Shape::Path, doc: "The file whose findings `check` leaves out." },
    Key {
        name: "exclude",
        shape: Shape::List,
        doc: "Files and folders that are no part of the project, written as in `.gitignore`.",
    },
    Key {
        name: "schema_draft",
        shape: Shape::Word(drafts),
        doc: "The draft of JSON Schema in which schemas are written.",
    },
];

fn languages() -> Vec<&'static str> {
    crate::language::Language::ALL.map(crate::language::Language::tag).to_vec()
}

fn formats() -> Vec<&'static str> {
    report::FORMATS.iter().map(|format| format.name).collect()
}

fn drafts() -> Vec<&'static str> {
    DRAFTS.to_vec()
}

/// What one key says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// A path or a word.
    One(String),
    /// Several texts.
    Many(Vec<String>),
}

/// The content of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    settings: BTreeMap<&'static str, (Setting, usize)>,
}

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong and what to do.
    pub message: Message,
}

impl Config {
    /// Reads the text of a file; every fault at once.
    pub fn parse(text: &str) -> Result<Self, Vec<Fault>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if let Some(fault) = unreasonable(text) {
            return Err(vec![fault]);
        }
        let entries: Option<Entries> = serde_yaml::from_str(text).map_err(|error| vec![no_yaml(&error)])?;
        let Some(Entries(entries)) = entries else { return Ok(Self::default()) };
        let places = Places::of(text);
        let (mut config, mut faults) = (Self::default(), Vec::new());
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (key, value) in entries {
            let times = seen.entry(key.clone()).and_modify(|times| *times += 1).or_insert(0);
            let place = places.of_key(&key, *times);
            let fault = |message| Fault { line: place.0, message };
            if *times > 0 {
                faults.push(fault(say!("`{key}` is given twice; keep one of them", key)));
                continue;
            }
            match setting(&key, &value, place.1) {
                Ok((key, Some(setting))) => drop(config.settings.insert(key, (setting, place.0))),
                Ok((_, None)) => {}
                Err(message) => faults.push(fault(message)),
            }
        }
        if faults.is_empty() { Ok(config) } else { Err(faults) }
    }

    /// A path or a word.
    pub fn one(&self, key: &str) -> Option<&str> {
        match self.settings.get(key) {
            Some((Setting::One(text), _)) => Some(text),
            _ => None,
        }
    }

    /// Several texts; none where nothing is said.
    pub fn many(&self, key: &str) -> &[String] {
        match self.settings.get(key) {
            Some((Setting::Many(texts), _)) => texts,
            _ => &[],
        }
    }

    /// What a key says, and in which line.
    pub fn get(&self, key: &str) -> Option<(&Setting, usize)> {
        self.settings.get(key).map(|(setting, line)| (setting, *line))
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(text) => write!(f, "{}", json!(text)),
            Self::Many(texts) => {
                let texts: Vec<String> = texts.iter().map(|text| json!(text).to_string()).collect();
                write!(f, "[{}]", texts.join(", "))
            }
        }
    }
}

fn setting(key: &str, value: &Value, written: &str) -> Result<(&'static str, Option<Setting>), Message> {
    let Some(known) = KEYS.iter().find(|known| known.name == key) else {
        return Err(unknown_key(key));
    };
    if value.is_null() {
        return Ok((known.name, None));
    }
    if let Some(word) = misread(written) {
        return Err(say!(
            "`{word}` under `{key}` is a truth value or a number to some readers of YAML; write it in quotes",
            word,
            key
        ));
    }
    let setting = match known.shape {
        Shape::Path => Setting::One(text(key, value)?),
        Shape::Word(words) => Setting::One(word(key, value, &words())?),
        Shape::List => Setting::Many(list(key, value)?),
    };
    Ok((known.name, Some(setting)))
}

fn unknown_key(key: &str) -> Message {
    let known = || KEYS.iter().map(|known| known.name);
    if let Some(right) = nearest(key, known()) {
        return say!("there is no key `{key}`; did you mean `{right}`?", key, right);
    }
    let keys = known().collect::<Vec<_>>().join(", ");
    say!("there is no key `{key}`; the keys are {keys}", key, keys)
}

fn text(key: &str, value: &Value) -> Result<String, Message> {
    match value {
        Value::String(text) if text.trim().is_empty() => {
            Err(say!("`{key}` is empty; leave it out, or say what it is", key))
        }
        Value::String(text) if text.contains('\0') => {
            Err(say!("`{key}` holds a character that no file name can have", key))
        }
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => {
            let found = scalar(value);
            Err(say!("`{key}` is a text, and `{found}` is not; write \"{found}\"", key, found))
        }
        other => {
            let found = kind(other);
            Err(say!("`{key}` is one text, not {found}", key, found))
        }
    }
}

fn word(key: &str, value: &Value, words: &[&'static str]) -> Result<String, Message> {
    let text = text(key, value)?;
    if words.contains(&text.as_str()) {
        return Ok(text);
    }
    let all = words.join(", ");
    Err(match nearest(&text, words.iter().copied()) {
        Some(right) => say!("`{key}` cannot be `{text}`; did you mean `{right}`?", key, text, right),
        None => say!("`{key}` cannot be `{text}`; it is one of {all}", key, text, all),
    })
}

fn list(key: &str, value: &Value) -> Result<Vec<String>, Message> {
    match value {
        Value::Sequence(members) => members.iter().map(|member| text(key, member)).collect(),
        Value::Mapping(_) => Err(say!("`{key}` is a list, not a mapping; write it as [one, two]", key)),
        other => {
            let found = scalar(other);
            Err(say!("`{key}` is a list; write [{found}]", key, found))
        }
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        _ => String::new(),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Sequence(_) => "a list",
        Value::Mapping(_) => "a mapping",
        Value::Tagged(_) => "a value with a tag",
        _ => "nothing",
    }
}

/// A configuration is short and flat. What is neither would keep the YAML reader busy for minutes.
fn unreasonable(text: &str) -> Option<Fault> {
    const MAX_BYTES: usize = 64 * 1024;
    const MAX_DEPTH: usize = 32;
    if text.len() > MAX_BYTES {
        return Some(Fault { line: 1, message: say!("this is no configuration: it is longer than 64 KiB") });
    }
    let mut depth = 0_usize;
    for (index, line) in text.lines().enumerate() {
        for c in line.chars() {
            match c {
                '[' | '{' => depth += 1,
                ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if depth > MAX_DEPTH || line.matches(['[', '{']).count() > MAX_DEPTH * 8 {
            return Some(Fault { line: index + 1, message: say!("this is no configuration: it is nested too deeply") });
        }
    }
    None
}

fn no_yaml(error: &serde_yaml::Error) -> Fault {
    let line = error.location().map_or(1, |place| place.line());
    let why = error.to_string();
    Fault { line, message: say!("this is no configuration: {why}", why) }
}

/// A plain word that YAML 1.1 reads as something else than YAML 1.2: `no` as false, `12:30` as 750.
fn misread(written: &str) -> Option<String> {
    let written = without_quoted(written);
    let scalars = written.split(['\n', ',', '[', ']']).map(|piece| {
        let piece = piece.split(" #").next().unwrap_or_default().trim();
        piece.strip_prefix("- ").unwrap_or(piece).trim()
    });
    let is_word = |word: &&str| ["y", "n", "yes", "no", "on", "off"].iter().any(|own| word.eq_ignore_ascii_case(own));
    let is_base_sixty = |word: &&str| {
        let mut parts = word.split(':');
        word.contains(':') && parts.all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit()))
    };
    scalars.into_iter().find(|word| is_word(word) || is_base_sixty(word)).map(str::to_owned)
}

/// What is written outside of quotes; what stands inside is a text to every reader.
fn without_quoted(written: &str) -> String {
    let mut open: Option<char> = None;
    let mut out = String::new();
    for c in written.chars() {
        match open {
            Some(quote) if c == quote => open = None,
            Some(_) => {}
            // An apostrophe inside of a word opens nothing.
            None if matches!(c, '"' | '\'') && !out.ends_with(char::is_alphanumeric) => {
                open = Some(c);
                out.push('"');
            }
            None => out.push(c),
        }
    }
    out
}

/// The entries of a mapping in the order they are written, repeated ones too; maps keep only the last of those.
struct Entries(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Entries;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("keys with values, one a line: `output: out`")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = Vec::new();
                while let Some(key) = map.next_key::<Value>()? {
                    entries.push((scalar(&key), map.next_value()?));
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Keys)
    }
}

/// Where the keys stand in the text.
struct Places<'t> {
    /// Key, line, and what is written as its value.
    keys: Vec<(&'t str, usize, &'t str)>,
}

impl<'t> Places<'t> {
    fn of(text: &'t str) -> Self {
        let mut keys: Vec<(&str, usize, &str)> = Vec::new();
        let (mut start, mut at) = (0, 0);
        for (index, line) in text.split_inclusive('\n').enumerate() {
            let own = line.split_once(':').filter(|_| !line.starts_with([' ', '\t', '-', '#', '[', ']', '{', '}']));
            if let Some((key, _)) = own {
                if let Some(last) = keys.last_mut() {
                    last.2 = text.get(start..at).unwrap_or_default();
                }
                start = at + key.len() + 1;
                keys.push((key.trim().trim_matches(['"', '\'']), index + 1, ""));
            }
            at += line.len();
        }
        if let Some(last) = keys.last_mut() {
            last.2 = text.get(start..).unwrap_or_default();
        }
        Self { keys }
    }

    /// The line of the n-th occurrence of a key, and what is written after it; line 1 where that cannot be seen.
    fn of_key(&self, key: &str, times: usize) -> (usize, &'t str) {
        let found = self.keys.iter().filter(|(own, ..)| *own == key).nth(times);
        found.map_or((1, ""), |(_, line, written)| (*line, written))
    }
}

/// The JSON Schema of the file, for editors.
pub fn schema() -> Json {
    let texts = json!({ "type": "array", "items": { "type": "string", "minLength": 1 } });
    let property = |key: &Key| {
        let mut schema = match key.shape {
            Shape::Path => json!({ "type": "string", "minLength": 1 }),
            Shape::Word(words) => json!({ "enum": words() }),
            Shape::List => texts.clone(),
        };
        schema["description"] = json!(key.doc);
        (key.name.to_owned(), schema)
    };
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": FILE,
        "description": "The configuration of a project, nearest upward from what is checked. The command line wins over it.",
        "type": "object",
        "additionalProperties": false,
        "properties": KEYS.iter().map(property).collect::<serde_json::Map<String, Json>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        let faults = Config::parse(text).err().unwrap_or_default();
        faults.iter().map(|fault| format!("{}: {}", fault.line, fault.message)).collect()
    }

    #[test]
    fn keys_are_read() {
        let config = Config::parse("# ours\noutput: build/out\ntargets: [model]\ndeny:\n  - warnings\nformat: plain\n");
        let config = config.unwrap();
        assert_eq!(config.one("output"), Some("build/out"));
        assert_eq!(config.many("targets"), ["model"]);
        assert_eq!(config.get("deny"), Some((&Setting::Many(vec!["warnings".to_owned()]), 4)));
        for empty in ["", "# nothing\n", "---\n", "output:\n"] {
            assert_eq!(Config::parse(empty), Ok(Config::default()), "{empty:?}");
        }
    }

    #[test]
    fn what_does_nothing_is_an_error_with_its_line() {
        assert_eq!(faults("format: full\nouput: x\n"), ["2: there is no key `ouput`; did you mean `output`?"]);
        assert_eq!(faults("output: a\n\noutput: b\n"), ["3: `output` is given twice; keep one of them"]);
        assert_eq!(faults("{output: a, output: b}"), ["1: `output` is given twice; keep one of them"]);
        assert_eq!(faults("format: ful\n"), ["1: `format` cannot be `ful`; did you mean `full`?"]);
    }

    #[test]
    fn values_of_another_type_are_errors() {
        assert_eq!(faults("output: 12\n"), ["1: `output` is a text, and `12` is not; write \"12\""]);
        assert_eq!(faults("output: [a]\n"), ["1: `output` is one text, not a list"]);
        assert_eq!(faults("deny: warnings\n"), ["1: `deny` is a list; write [warnings]"]);
        assert_eq!(faults("output: ''\n"), ["1: `output` is empty; leave it out, or say what it is"]);
        for trap in ["output: no\n", "output: 12:30 # noon\n", "targets: [model, off]\n", "targets:\n  - Yes\n"] {
            assert!(faults(trap).iter().any(|fault| fault.contains("write it in quotes")), "{trap}");
        }
        for text in ["output: 'no'\n", "exclude: [\"a, no, b\"]\n", "exclude: [don't, \"on\"] # no\n"] {
            assert!(Config::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_mapping_is_an_error() {
        for text in [
            "- a\n",
            "hello\n",
            "output: [\n",
            "a: 1\n---\nb: 2\n",
            "output: &a [*a]\n",
            "\t\n",
            &format!("a: {}", "[".repeat(60_000)),
        ] {
            assert!(Config::parse(text).is_err(), "{text:?}");
        }
    }
}
