//! The syntax tree: statements made of parts, borrowing from the source. It knows nothing of kinds or fields; the table
//! of kinds gives statements their meaning in `model/`.

use std::borrow::Cow;

use crate::source::Span;
use crate::syntax::number::Literal;

/// A smallest piece of a statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Part<'s> {
    /// What it is.
    pub kind: PartKind<'s>,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of part.
#[derive(Clone, Debug, PartialEq)]
pub enum PartKind<'s> {
    /// A name, a path with dots, a word of a closed list, a language tag.
    Word(&'s str),
    /// A number with its unit, a date or a time.
    Number(Literal),
    /// A quoted text, escapes not yet resolved and quotes cut off.
    Text(Quoted<'s>),
    /// `->`, `..`, `==`, `,` and the like.
    Op(&'static str),
    /// `( … )`
    Paren(Vec<Part<'s>>),
    /// `[ … ]`
    Square(Vec<Part<'s>>),
    /// `{ … }`
    Block(Block<'s>),
    /// Something already reported; whoever meets it stays silent.
    Bad,
}

/// The inside of a quoted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted<'s> {
    /// The words between the quotes, as written; owned where a model was filled in.
    pub raw: Cow<'s, str>,
    /// Whether it was written with `"""`.
    pub long: bool,
}

/// A field, a declaration, a row or a transition, not yet told apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Stmt<'s> {
    /// The `///` lines above it.
    pub docs: Vec<&'s str>,
    /// What it consists of; a block can only be the last part, or be followed by a transition's clauses.
    pub parts: Vec<Part<'s>>,
    /// From its first part to its last.
    pub span: Span,
}

/// `{ … }`
#[derive(Clone, Debug, PartialEq)]
pub struct Block<'s> {
    /// What it holds.
    pub stmts: Vec<Stmt<'s>>,
    /// The opening brace.
    pub open: Span,
    /// The closing brace, or the empty span where it should be.
    pub close: Span,
}

/// A `//` comment (also `///` and `// funnelc:`), for the formatter and for directives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment<'s> {
    /// The comment with its slashes.
    pub text: &'s str,
    /// Where it stands.
    pub span: Span,
    /// Whether nothing but space precedes it on its line.
    pub own_line: bool,
}

/// One file, parsed.
#[derive(Debug, Default)]
pub struct File<'s> {
    /// The top-level statements.
    pub stmts: Vec<Stmt<'s>>,
    /// Every comment, in order.
    pub comments: Vec<Comment<'s>>,
}

impl<'s> Part<'s> {
    /// The word, if it is one.
    pub fn word(&self) -> Option<&'s str> {
        if let PartKind::Word(word) = self.kind { Some(word) } else { None }
    }

    /// Whether it is this operator.
    pub fn is_op(&self, op: &str) -> bool {
        matches!(self.kind, PartKind::Op(own) if own == op)
    }

    /// Whether it, or a part inside its brackets, was already reported. Blocks answer for themselves.
    pub fn is_bad(&self) -> bool {
        match &self.kind {
            PartKind::Bad => true,
            PartKind::Paren(parts) | PartKind::Square(parts) => parts.iter().any(Part::is_bad),
            _ => false,
        }
    }
}

impl<'s> Stmt<'s> {
    /// The word it begins with.
    pub fn key(&self) -> Option<&'s str> {
        self.parts.first().and_then(Part::word)
    }

    /// Whether some part was already reported.
    pub fn is_bad(&self) -> bool {
        self.parts.iter().any(Part::is_bad)
    }

    /// The block it ends with.
    pub fn block(&self) -> Option<&Block<'s>> {
        self.parts.iter().find_map(|part| if let PartKind::Block(block) = &part.kind { Some(block) } else { None })
    }
}
