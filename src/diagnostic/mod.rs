//! What the compiler has to say, as data. Nothing here prints: `report/` renders it, `lint/` decides its level, the
//! command line turns it into an exit code.

pub mod change;
pub mod codes;
mod message;

pub use codes::{Code, Group, Level};
pub use message::{Arg, Argument, Message};

use crate::phrase;
use crate::source::Span;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing, never fails a run.
    Note,
    /// Probably not what was meant; fails a run only where it is denied.
    Warning,
    /// The spec has no meaning, or a denied lint was found.
    Error,
}

impl Severity {
    /// `error`, `warning` or `note`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => phrase!("note"),
            Self::Warning => phrase!("warning"),
            Self::Error => phrase!("error"),
        }
    }
}

/// A place with what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there; may be empty.
    pub text: Message,
    /// The place the finding is about, as against places that explain it.
    pub primary: bool,
}

/// Whether a fix may be applied without being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// The meaning stays or becomes what was plainly meant: `--fix`.
    Safe,
    /// The meaning may change: `--unsafe-fixes`.
    Unsafe,
}

/// A replacement of the bytes of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// A change of the text that removes the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an order: "write `awareness`".
    pub title: Message,
    /// Whether it may be applied without being read.
    pub safety: Safety,
    /// The replacements; none overlap.
    pub edits: Vec<Edit>,
}

/// One finding: what is wrong, where, why it matters and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code, name and page.
    pub code: &'static Code,
    /// Error, warning or note.
    pub severity: Severity,
    /// What is wrong, in one sentence without a full stop.
    pub message: Message,
    /// The places; the first primary one is where the finding stands. Empty only for faults of the run itself.
    pub labels: Vec<Label>,
    /// Why it matters and what to do.
    pub help: Option<Message>,
    /// Machine-applicable changes, best first.
    pub fixes: Vec<Fix>,
    /// What it means to those who rely on the spec as it was, where two specs were compared.
    pub change: Option<Box<change::Change>>,
}

impl Diagnostic {
    /// A finding of `code` at `span`; its severity is the code's own.
    pub fn new(code: &'static Code, span: Span, message: Message) -> Self {
        let label = Label { span, text: Message::default(), primary: true };
        Self {
            code,
            severity: code.severity(),
            message,
            labels: vec![label],
            help: None,
            fixes: Vec::new(),
            change: None,
        }
    }

    /// A finding about the run as a whole (a file that cannot be read, say).
    pub fn without_place(code: &'static Code, message: Message) -> Self {
        Self {
            code,
            severity: code.severity(),
            message,
            labels: Vec::new(),
            help: None,
            fixes: Vec::new(),
            change: None,
        }
    }

    /// Says something at the primary place.
    #[must_use]
    pub fn at(mut self, text: Message) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text;
        }
        self
    }

    /// Adds a place that explains the finding.
    #[must_use]
    pub fn label(mut self, span: Span, text: Message) -> Self {
        self.labels.push(Label { span, text, primary: false });
        self
    }

    /// Says why it matters and what to do.
    #[must_use]
    pub fn help(mut self, help: Message) -> Self {
        self.help = Some(help);
        self
    }

    /// Offers a change that only replaces `span`.
    #[must_use]
    pub fn fix(self, safety: Safety, title: Message, span: Span, replacement: impl Into<String>) -> Self {
        self.fix_all(safety, title, vec![Edit { span, replacement: replacement.into() }])
    }

    /// Offers a change of several places.
    #[must_use]
    pub fn fix_all(mut self, safety: Safety, title: Message, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix { title, safety, edits });
        self
    }

    /// Where the finding stands.
    pub fn span(&self) -> Option<Span> {
        self.labels.iter().find(|label| label.primary).or(self.labels.first()).map(|label| label.span)
    }
}

/// The order findings are reported in: by file, place, then code; the same on every run.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| (d.span(), d.code.id);
        key(a).cmp(&key(b)).then_with(|| a.message.template.cmp(b.message.template))
    });
    diagnostics.dedup();
}
