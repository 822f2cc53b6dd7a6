//! pest's tokens to the syntax tree, with the findings that only need a token: numbers, foreign digits, stray signs.
//!
//! The start and the end of every rule are read off pest's queue in one walk. Its `Pair`s would be the same with more
//! work: each counts the pairs beside it and shares the queue and the line index once more.

use pest::error::{Error, InputLocation};
use pest::iterators::{Pairs, Tokens};
use pest::{Parser, Token};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::ast::{Block, Comment, File, Part, PartKind, Quoted, Stmt};
use super::grammar::{FunnelParser, Rule};
use super::number;
use super::recover::{Cut, is_bidi_control};
use crate::diagnostic::codes::syntax::{FOREIGN_SIGN, NOT_NFC, SYNTAX};
use crate::diagnostic::{Diagnostic, Edit, Message, Safety};
use crate::source::{FileId, Span};
use crate::{phrase, say};

/// An item that is parsed and waits to be lowered; nothing where it is nested too deeply to be parsed.
pub(super) struct Parsed<'i> {
    cut: &'i Cut,
    /// What pest has read: the item, or its mended copy.
    copy: &'i str,
    tokens: Option<Result<Tokens<'i, Rule>, Box<Error<Rule>>>>,
}

/// Parses one item.
pub(super) fn parse<'i>(text: &'i str, cut: &'i Cut) -> Parsed<'i> {
    let copy = cut.mended.as_deref().unwrap_or(&text[cut.range.clone()]);
    let tokens = (!cut.too_deep).then(|| FunnelParser::parse(Rule::item, copy));
    Parsed { cut, copy, tokens: tokens.map(|tokens| tokens.map(Pairs::tokens).map_err(Box::new)) }
}

/// Lowers one item.
pub(super) fn item<'s>(file: FileId, text: &'s str, parsed: Parsed<'_>) -> (File<'s>, Vec<Diagnostic>) {
    let base = parsed.cut.range.start;
    let tokens = match parsed.tokens {
        Some(Ok(tokens)) => tokens,
        Some(Err(error)) => return (File::default(), vec![unparsed(file, base, &error)]),
        None => return (File::default(), Vec::new()),
    };
    let (comments, faults) = (Vec::new(), Vec::new());
    let copy = parsed.copy;
    let mut lowering = Lowering { file, text, copy, base, tokens, comments, faults, docs_from: 0, quote: None };
    lowering.next();
    let (stmts, ..) = lowering.stmts();
    (File { stmts, comments: lowering.comments }, lowering.faults)
}

/// The grammar accepts everything, so this is a fault of the grammar or a limit of pest; it is reported, not hidden.
fn unparsed(file: FileId, base: usize, error: &Error<Rule>) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => base + at,
    };
    let span = Span::new(file, at as u32, at as u32);
    Diagnostic::new(&SYNTAX, span, say!("this declaration cannot be read from here on"))
}

struct Lowering<'i, 's> {
    file: FileId,
    text: &'s str,
    /// What pest has read: the item, or its mended copy.
    copy: &'i str,
    /// Where the item begins in the text.
    base: usize,
    tokens: Tokens<'i, Rule>,
    comments: Vec<Comment<'s>>,
    faults: Vec<Diagnostic>,
    /// First comment that is not yet the documentation of a statement.
    docs_from: usize,
    /// A typographic quote that waits for its partner on the same line: where, and its finding.
    quote: Option<(Span, usize)>,
}

/// What comes next inside a rule.
enum Next {
    /// Another rule, from a byte of the text on.
    Rule(Rule, u32),
    /// Its end.
    End(u32),
}

impl<'s> Lowering<'_, 's> {
    fn next(&mut self) -> Next {
        match self.tokens.next() {
            Some(Token::Start { rule, pos }) => Next::Rule(rule, (self.base + pos.pos()) as u32),
            Some(Token::End { pos, .. }) => Next::End((self.base + pos.pos()) as u32),
            // Every rule that begins ends, so that nobody asks further.
            None => Next::End((self.base + self.copy.len()) as u32),
        }
    }

    /// The place of a rule that has nothing inside.
    fn leaf(&mut self, start: u32) -> Span {
        let end = match self.next() {
            Next::Rule(_, end) | Next::End(end) => end,
        };
        Span::new(self.file, start, end)
    }

    fn source(&self, span: Span) -> &'s str {
        &self.text[span.range()]
    }

    /// What pest has read at a place.
    fn written(&self, span: Span) -> &str {
        &self.copy[span.start as usize - self.base..span.end as usize - self.base]
    }

    /// The statements of an item or a block, its closing brace, and its end.
    fn stmts(&mut self) -> (Vec<Stmt<'s>>, Option<Span>, u32) {
        let (mut stmts, mut close) = (Vec::new(), None);
        loop {
            match self.next() {
                Next::Rule(Rule::comment, start) => self.comment(start),
                Next::Rule(Rule::stmt, start) => stmts.push(self.stmt(start)),
                // In an item this is a stray `}`, reported by the scan, or the end of the input.
                Next::Rule(_, start) => close = Some(self.leaf(start)),
                Next::End(end) => return (stmts, close, end),
            }
        }
    }

    fn comment(&mut self, start: u32) {
        let span = self.leaf(start);
        let before = &self.text[..span.start as usize];
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let own_line = before[line..].chars().all(is_blank);
        self.comments.push(Comment { text: self.source(span), span, own_line });
    }

    /// The `///` lines directly above a statement.
    fn docs(&mut self) -> Vec<&'s str> {
        let fresh = &self.comments[self.docs_from..];
        let is_doc = |comment: &&Comment<'s>| comment.own_line && comment.text.starts_with("///");
        let docs = fresh.iter().filter(is_doc).map(|comment| {
            let words = &comment.text[3..];
            words.strip_prefix(' ').unwrap_or(words).trim_end()
        });
        let docs = docs.collect();
        self.docs_from = self.comments.len();
        docs
    }

    fn stmt(&mut self, start: u32) -> Stmt<'s> {
        let docs = if self.docs_from < self.comments.len() { self.docs() } else { Vec::new() };
        let (parts, end) = self.parts();
        let whole = Span::new(self.file, start, end);
        let span = parts.first().zip(parts.last()).map_or(whole, |(first, last)| first.span.to(last.span));
        Stmt { docs, parts, span }
    }

    /// The parts of a statement or a bracket, and its end.
    fn parts(&mut self) -> (Vec<Part<'s>>, u32) {
        let mut parts = Vec::with_capacity(4);
        loop {
            match self.next() {
                Next::Rule(Rule::comment, start) => {
                    self.comment(start);
                    // A comment inside a statement documents nothing.
                    self.docs_from = self.comments.len();
                }
                Next::Rule(Rule::closer, start) => drop(self.leaf(start)),
                Next::Rule(rule, start) => parts.push(self.part(rule, start)),
                Next::End(end) => return (parts, end),
            }
        }
    }

    fn part(&mut self, rule: Rule, start: u32) -> Part<'s> {
        let (kind, end) = match rule {
            Rule::paren => self.brackets(PartKind::Paren),
            Rule::square => self.brackets(PartKind::Square),
            Rule::block => self.block(start),
            _ => {
                let span = self.leaf(start);
                (self.token(rule, span), span.end)
            }
        };
        Part { kind, span: Span::new(self.file, start, end) }
    }

    fn token(&mut self, rule: Rule, span: Span) -> PartKind<'s> {
        match rule {
            Rule::word | Rule::joiner | Rule::handover => self.word(span),
            Rule::number => self.number(span),
            Rule::string => self.quoted(span, 1),
            Rule::text => self.quoted(span, 3),
            Rule::op | Rule::arrow | Rule::comma => PartKind::Op(operator(self.written(span))),
            Rule::stray | Rule::bad => self.bad(span),
            // The scan has reported the missing quote.
            _ => PartKind::Bad,
        }
    }

    fn brackets(&mut self, kind: fn(Vec<Part<'s>>) -> PartKind<'s>) -> (PartKind<'s>, u32) {
        let (parts, end) = self.parts();
        (kind(parts), end)
    }

    fn block(&mut self, start: u32) -> (PartKind<'s>, u32) {
        let (stmts, close, end) = self.stmts();
        let close = close.unwrap_or(Span::new(self.file, end, end));
        self.docs_from = self.comments.len();
        (PartKind::Block(Block { stmts, open: Span::new(self.file, start, start + 1), close }), end)
    }

    fn word(&mut self, span: Span) -> PartKind<'s> {
        let word = self.source(span);
        if word.is_ascii() || is_nfc(word) {
            return PartKind::Word(word);
        }
        let normal: String = word.nfc().collect();
        let fault = Diagnostic::new(&NOT_NFC, span, say!("`{word}` is written with separate marks", word))
            .help(say!("two spellings that look the same would be two names; write it composed (Unicode form NFC)"))
            .fix(Safety::Safe, say!("write `{normal}` composed", normal), span, normal.clone());
        self.faults.push(fault);
        PartKind::Word(word)
    }

    fn quoted(&mut self, span: Span, quotes: usize) -> PartKind<'s> {
        // In a mended copy the closing quote stands where the text has something else.
        let written = self.source(span);
        let end = written.len() - quotes.min(written.len() - quotes);
        self.escapes(&written[quotes..end], span.start + quotes as u32);
        PartKind::Text(Quoted { raw: written[quotes..end].into(), long: quotes == 3 })
    }

    /// Escapes that the language does not have. Which of two repairs was meant depends on the text: a pattern wants the
    /// backslash, a sentence does not.
    fn escapes(&mut self, raw: &'s str, base: u32) {
        let mut from = 0;
        while let Some(at) = memchr::memchr(b'\\', &raw.as_bytes()[from..]).map(|at| at + from) {
            let Some(escaped) = raw[at + 1..].chars().next() else { return };
            from = at + 1 + escaped.len_utf8();
            if matches!(escaped, '"' | '\\' | 'n' | '{') {
                continue;
            }
            let span = Span::new(self.file, base + at as u32, base + from as u32);
            let (kept, dropped) = (format!("\\\\{escaped}"), escaped.to_string());
            let fault = Diagnostic::new(&SYNTAX, span, say!("`\\{escaped}` is not an escape", escaped))
                .at(say!("means nothing in a text"))
                .help(say!("a text knows the escapes `\\\"`, `\\\\`, `\\n` and `\\{`"));
            let fault =
                fault.fix(Safety::Unsafe, say!("write `{kept}` to keep the backslash", kept), span, kept.clone());
            self.faults.push(fault.fix(Safety::Unsafe, say!("leave the backslash out"), span, dropped));
        }
    }

    fn number(&mut self, span: Span) -> PartKind<'s> {
        let token = self.source(span);
        let ascii = if token.is_ascii() { None } else { Some(to_ascii_number(token)) };
        match number::read(ascii.as_deref().unwrap_or(token)) {
            Ok(literal) => {
                if let Some(right) = ascii {
                    self.foreign_number(span, token, right);
                }
                PartKind::Number(literal)
            }
            Err(fault) => {
                let mut finding = Diagnostic::new(&SYNTAX, span, fault.message);
                // What was plainly meant is read on, so that the rest of the statement is still looked at.
                let meant = fault.spelling.as_deref().and_then(|right| number::read(right).ok());
                if let Some(right) = fault.spelling {
                    finding = finding.fix(Safety::Safe, say!("write `{right}`", right), span, right.clone());
                }
                self.faults.push(finding);
                meant.map_or(PartKind::Bad, PartKind::Number)
            }
        }
    }

    fn foreign_number(&mut self, span: Span, token: &str, right: String) {
        let fault =
            Diagnostic::new(&FOREIGN_SIGN, span, say!("`{token}` is written `{right}` in a spec", token, right))
                .help(say!(
                    "numbers outside texts are the same in every language, so that everyone's tools read the file alike"
                ))
                .fix(Safety::Safe, say!("write `{right}`", right), span, right);
        self.faults.push(fault);
    }

    fn bad(&mut self, span: Span) -> PartKind<'s> {
        let (sign, written) = (self.source(span), self.written(span));
        // U+0001 stands for a bracket whose fault the scan has reported, unless the text itself has one there; the scan
        // has reported direction controls too.
        let reported = written == "\u{1}" && sign != written;
        if reported || sign.chars().all(is_bidi_control) || self.closes_quote(span) {
            return PartKind::Bad;
        }
        let message = match sign {
            ")" | "]" => say!("this `{sign}` closes nothing", sign),
            _ if sign.chars().all(char::is_control) => say!("an invisible control character stands here"),
            _ => say!("`{sign}` has no meaning here", sign),
        };
        let mut fault = Diagnostic::new(&SYNTAX, span, message);
        if let Some((right, words)) = lookalike(sign) {
            fault = fault.help(Message::of(words));
            if right == "\"" {
                self.quote = Some((span, self.faults.len()));
            } else {
                fault = fault.fix(Safety::Safe, say!("write `{right}`", right), span, right);
            }
        }
        self.faults.push(fault);
        PartKind::Bad
    }

    /// Whether this is the second of two typographic quotes on a line; the finding of the first then mends both, as one
    /// straight quote alone would only open a text.
    fn closes_quote(&mut self, span: Span) -> bool {
        let is_quote = lookalike(self.source(span)).is_some_and(|(right, _)| right == "\"");
        let Some((open, finding)) = self.quote.take_if(|_| is_quote) else { return false };
        let between = &self.text[open.end as usize..span.start as usize];
        if between.contains(['\n', '"', '\\']) {
            return false;
        }
        let edits = [open, span].map(|span| Edit { span, replacement: "\"".to_owned() }).to_vec();
        let fault = self.faults[finding].clone().fix_all(Safety::Safe, say!("write straight quotes"), edits);
        self.faults[finding] = fault.label(span, say!("and here"));
        true
    }
}

/// What the grammar calls `blank`: direction marks and a byte order mark are space too.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\u{A0}' | '\u{200E}' | '\u{200F}' | '\u{61C}' | '\u{FEFF}')
}

/// Signs that word processors put in place of the ones on the keyboard.
fn lookalike(sign: &str) -> Option<(&'static str, &'static str)> {
    Some(match sign {
        "“" | "”" | "«" | "»" | "„" => ("\"", phrase!("texts stand between straight quotes")),
        "→" | "⇒" => ("->", phrase!("a transition is written with `->`")),
        "–" | "—" | "−" => ("-", phrase!("a minus is the one of the keyboard")),
        "…" => ("..", phrase!("a range is written with two dots")),
        "≥" => (">=", phrase!("at least is written `>=`")),
        "≤" => ("<=", phrase!("at most is written `<=`")),
        "≠" => ("!=", phrase!("unequal is written `!=`")),
        "&" => ("and", phrase!("conditions are joined with `and`")),
        "!" => ("not", phrase!("a condition is turned round with `not`")),
        "'" | "‘" | "’" => ("\"", phrase!("texts stand between double quotes")),
        "#" => ("//", phrase!("a comment begins with `//`")),
        _ => return None,
    })
}

fn operator(written: &str) -> &'static str {
    const OPERATORS: [&str; 17] =
        ["->", "..", "==", "!=", ">=", "<=", ">", "<", "=", "*", "/", "+", "-", ":", "|", ",", ";"];
    OPERATORS.into_iter().find(|op| *op == written).unwrap_or(",")
}

fn to_ascii_number(token: &str) -> String {
    let ascii = |character: char| match character {
        '\u{0660}'..='\u{0669}' => char::from(b'0' + (character as u32 - 0x0660) as u8),
        '\u{06F0}'..='\u{06F9}' => char::from(b'0' + (character as u32 - 0x06F0) as u8),
        '٪' => '%',
        '٫' => '.',
        other => other,
    };
    token.chars().map(ascii).collect()
}
