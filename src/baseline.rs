//! A list of findings that are known and not reported again: a project can deny a lint today and mend old files later.
//!
//! Findings are known by rule, file and message, not by line. Errors of the language are never on the list: a spec that
//! has one means nothing.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Level, Severity};
use crate::fingerprint::{file_of, fingerprint};
use crate::source::Sources;

/// Raised when an old reader could misread the new form.
const VERSION: u32 = 1;

/// The findings that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    known: BTreeMap<Key, usize>,
}

/// In the order of the file: by rule, then file, then fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    name: String,
    file: String,
    fingerprint: String,
}

/// What is left of the findings of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filtered {
    /// The findings that are not known, in their order.
    pub diagnostics: Vec<Diagnostic>,
    /// How many known findings were left out.
    pub absorbed: usize,
    /// How many entries of the baseline no longer occur; writing it anew drops them.
    pub gone: usize,
}

/// Why a text is no baseline.
#[derive(Debug)]
pub enum BaselineError {
    /// It is not JSON of the right form.
    Form(serde_json::Error),
    /// It was written by a version of the compiler that this one does not know.
    Version(u32),
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(error) => write!(f, "not a baseline: {error}"),
            Self::Version(version) => {
                write!(f, "baseline version {version} is not known; this compiler reads {VERSION}")
            }
        }
    }
}

impl std::error::Error for BaselineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Form(error) => Some(error),
            Self::Version(_) => None,
        }
    }
}

/// Only the version, read first: a later version may have another form.
#[derive(Deserialize)]
struct Head {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    findings: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    file: String,
    fingerprint: String,
    count: usize,
}

impl Baseline {
    /// The baseline under which a run with these findings reports nothing but errors of the language.
    pub fn of(sources: &Sources, diagnostics: &[Diagnostic]) -> Self {
        let mut baseline = Self::default();
        for diagnostic in diagnostics.iter().filter(|diagnostic| can_be_known(diagnostic)) {
            *baseline.known.entry(key(sources, diagnostic)).or_default() += 1;
        }
        baseline
    }

    /// Reads the text of a baseline file.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let head: Head = serde_json::from_str(text).map_err(BaselineError::Form)?;
        if head.version != VERSION {
            return Err(BaselineError::Version(head.version));
        }
        let document: Document = serde_json::from_str(text).map_err(BaselineError::Form)?;
        let mut baseline = Self::default();
        for Entry { name, file, fingerprint, count } in document.findings {
            // Merging two branches may leave an entry twice; it then covers what both did.
            let known = baseline.known.entry(Key { name, file, fingerprint }).or_default();
            *known = known.saturating_add(count);
        }
        Ok(baseline)
    }

    /// The text of the baseline file, sorted, with a newline at its end.
    pub fn to_json(&self) -> String {
        let entry = |(key, count): (&Key, &usize)| {
            let Key { name, file, fingerprint } = key.clone();
            Entry { name, file, fingerprint, count: *count }
        };
        let document = Document { version: VERSION, findings: self.known.iter().map(entry).collect() };
        // Strings and numbers always have a form in JSON.
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    /// Leaves out the findings that are known; an entry covers as many as its count says, earlier findings first.
    pub fn filter(&self, sources: &Sources, diagnostics: Vec<Diagnostic>) -> Filtered {
        let mut left = self.known.clone();
        let before = diagnostics.len();
        let is_new =
            |diagnostic: &Diagnostic| !can_be_known(diagnostic) || !take_one(left.get_mut(&key(sources, diagnostic)));
        let diagnostics: Vec<_> = diagnostics.into_iter().filter(is_new).collect();
        let gone = left.iter().filter(|(key, count)| self.known.get(key) == Some(count)).count();
        Filtered { absorbed: before - diagnostics.len(), diagnostics, gone }
    }

    /// How many findings are known.
    pub fn len(&self) -> usize {
        self.known.values().sum()
    }

    /// Whether none are.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn can_be_known(diagnostic: &Diagnostic) -> bool {
    !(diagnostic.severity == Severity::Error && diagnostic.code.level == Level::Error)
}

fn key(sources: &Sources, diagnostic: &Diagnostic) -> Key {
    let (name, file) = (diagnostic.code.name, file_of(sources, diagnostic));
    let fingerprint = fingerprint(name, file, &diagnostic.message.to_string(), 0);
    Key { name: name.to_owned(), file: file.to_owned(), fingerprint }
}

fn take_one(left: Option<&mut usize>) -> bool {
    let Some(left) = left.filter(|left| **left > 0) else {
        return false;
    };
    *left -= 1;
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::codes::names::UNKNOWN_NAME;
    use crate::diagnostic::{Code, Group};
    use crate::say;
    use crate::source::{Source, Span};

    static LINT: Code = Code {
        id: "FN0499",
        name: "empty-stage",
        group: Group::Style,
        level: Level::Warn,
        summary: "",
        explanation: "",
        bad: "",
        good: "",
    };

    fn run(stages: &[&str]) -> (Sources, Vec<Diagnostic>) {
        let mut sources = Sources::new();
        let file = sources.add(Source::new("a.funnel", stages.join("\n")));
        let finding = |stage: &&str| Diagnostic::new(&LINT, Span::new(file, 0, 1), say!("`{stage}` is empty", stage));
        let found = stages.iter().map(finding).collect();
        (sources, found)
    }

    #[test]
    fn known_findings_are_left_out_up_to_their_count() {
        let (sources, found) = run(&["a", "a", "b"]);
        let baseline = Baseline::of(&sources, &found);
        assert_eq!(baseline.len(), 3);
        let (sources, found) = run(&["c", "a", "a", "a"]);
        let filtered = baseline.filter(&sources, found);
        let messages: Vec<_> = filtered.diagnostics.iter().map(|found| found.message.to_string()).collect();
        assert_eq!(messages, ["`c` is empty", "`a` is empty"]);
        assert_eq!((filtered.absorbed, filtered.gone), (2, 1));
    }

    #[test]
    fn errors_of_the_language_are_never_known_but_denied_lints_are() {
        let (sources, mut found) = run(&["a", "b"]);
        found[0].severity = Severity::Error;
        found[1].code = &UNKNOWN_NAME;
        found[1].severity = Severity::Error;
        let baseline = Baseline::of(&sources, &found);
        assert_eq!(baseline.len(), 1);
        let filtered = baseline.filter(&sources, found);
        assert_eq!(filtered.diagnostics.len(), 1);
        assert_eq!(filtered.diagnostics[0].code, &UNKNOWN_NAME);
    }

    #[test]
    fn the_file_is_sorted_and_read_back() {
        let (sources, found) = run(&["b", "a", "b"]);
        let baseline = Baseline::of(&sources, &found);
        let text = baseline.to_json();
        assert_eq!(Baseline::parse(&text).unwrap(), baseline);
        assert!(text.starts_with("{\n  \"version\": 1,\n  \"findings\": [\n    {\n      \"name\": \"empty-stage\","));
        let document: Document = serde_json::from_str(&text).unwrap();
        assert!(document.findings.is_sorted_by_key(|entry| entry.fingerprint.clone()));
        let (sources, found) = run(&["b", "b", "a"]);
        assert_eq!(Baseline::of(&sources, &found).to_json(), text);
    }

    #[test]
    fn texts_of_another_form_are_refused() {
        let error = |text: &str| Baseline::parse(text).unwrap_err().to_string();
        assert!(error("[]").starts_with("not a baseline: "));
        assert!(error(r#"{"version":1,"findings":[],"x":1}"#).contains("unknown field `x`"));
        assert_eq!(error(r#"{"version":2}"#), "baseline version 2 is not known; this compiler reads 1");
        assert!(Baseline::parse(r#"{"version":1,"findings":[]}"#).unwrap().is_empty());
    }
}
