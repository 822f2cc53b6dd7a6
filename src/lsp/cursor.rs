//! Where a cursor stands in a text that is being written: in which declaration, in which statement, after which parts, and
//! what the table of kinds would have come next. The text up to the cursor is parsed with a word of our own in the place
//! of what is being typed and every bracket closed, so that what follows it (the next statement, half of which may stand
//! there) has no say.

use crate::model::kinds::{FieldSpec, Kind, KindSpec, Naming, is_top_level, top_level_kind};
use crate::model::shape::{Expected, Reader, Shape};
use crate::source::{FileId, Source, Span};
use crate::syntax::ast::{Block, Part, PartKind, Stmt};

/// The word that stands where the cursor is; nobody writes it.
const HERE: &str = "x_cursor_x";

/// Where the cursor stands.
#[derive(Debug)]
pub(super) enum Place {
    /// Outside of all statements that mean something.
    Nowhere,
    /// In a comment, after `funnelc: allow(`.
    Directive,
    /// In the words of a text, after `{{`.
    Tag,
    /// In the words of a text that begin at a byte, and the statement up to it.
    Text(usize, Statement),
    /// In a statement.
    Statement(Statement),
}

/// A statement up to the cursor.
#[derive(Debug)]
pub(super) struct Statement {
    /// The declaration around it; nothing at the top level.
    pub(super) around: Option<Kind>,
    /// The words of the statement around it.
    pub(super) outer: Vec<String>,
    /// The fields that the declaration around it has.
    pub(super) said: Vec<String>,
    /// What it declares, or the field it is, where its first word says so.
    pub(super) what: What,
    /// The words before the cursor, in the same brackets or outside of them.
    pub(super) before: Vec<String>,
    /// What may come next.
    pub(super) expected: Vec<Expected>,
}

/// What a statement is.
#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// Nothing yet: the cursor is in its first word.
    Beginning,
    /// A row of a block that belongs to a field.
    Row(&'static FieldSpec),
    /// A declaration.
    Head(Kind, Position),
    /// A field.
    Field(&'static FieldSpec),
    /// Something that is not known.
    Unknown,
}

/// The part of a declaration before its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// Its name, which is new.
    Name,
    /// After `:`.
    Class,
    /// After `extends`.
    Base,
    /// Anything else.
    Rest,
}

/// Where the word that ends at a byte begins: letters, digits, `_` and the dots of a path.
pub(super) fn word_start(text: &str, offset: usize) -> usize {
    let before = text[..offset].char_indices().rev();
    let mut start = offset;
    for (at, character) in before {
        if !(character.is_alphanumeric() || matches!(character, '_' | '.') || is_mark(character)) {
            break;
        }
        start = at;
    }
    start
}

/// Signs that belong to the letter before them, such as the vowels of Arabic.
fn is_mark(character: char) -> bool {
    unicode_normalization::char::is_combining_mark(character)
}

/// Where a cursor stands, the word at it aside.
pub(super) fn place(text: &str, start: usize) -> Place {
    let scan = Scan::of(&text[..start]);
    match scan.inside {
        Inside::Comment(at) => directive(&text[at..start]),
        Inside::Text(at) if is_tag(&text[at..start]) => Place::Tag,
        Inside::Text(at) => {
            let before = &text[..at];
            let words = at + text[at..start].bytes().take_while(|byte| *byte == b'"').count();
            match statement(&Scan::of(before).closed(before)) {
                Place::Statement(statement) => Place::Text(words, statement),
                other => other,
            }
        }
        Inside::Code => statement(&scan.closed(&text[..start])),
    }
}

fn directive(comment: &str) -> Place {
    let names = comment.trim_start_matches('/').trim_start().strip_prefix("funnelc:").map(str::trim_start);
    let open = names.and_then(|names| names.strip_prefix("allow(")).is_some_and(|names| !names.contains(')'));
    if open { Place::Directive } else { Place::Nowhere }
}

fn is_tag(text: &str) -> bool {
    text.rfind("{{").is_some_and(|at| !text[at..].contains(['}', '|']))
}

/// What the end of a text is inside of.
enum Inside {
    Code,
    Comment(usize),
    Text(usize),
}

/// Brackets and quotes up to the end of a text.
struct Scan {
    /// Where the declaration begins that the end belongs to.
    begin: usize,
    open: Vec<u8>,
    inside: Inside,
}

impl Scan {
    /// Follows comments and texts as the grammar does; a declaration that begins a line in column 0 begins anew, whatever
    /// was left open before it.
    fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut scan = Self { begin: 0, open: Vec::new(), inside: Inside::Code };
        let mut at = 0;
        let mut line_starts = true;
        while at < bytes.len() {
            if line_starts {
                scan.begin_at(text, at);
            }
            line_starts = bytes[at] == b'\n';
            let length = match bytes[at] {
                b'/' if bytes.get(at + 1) == Some(&b'/') => {
                    let Some(length) = memchr::memchr(b'\n', &bytes[at..]) else {
                        scan.inside = Inside::Comment(at);
                        return scan;
                    };
                    length
                }
                b'"' => {
                    let Some(length) = quoted(&text[at..]) else {
                        scan.inside = Inside::Text(at);
                        return scan;
                    };
                    length
                }
                bracket @ (b'{' | b'(' | b'[') => {
                    scan.open.push(bracket);
                    1
                }
                b'}' | b')' | b']' => {
                    scan.open.pop();
                    1
                }
                _ => 1,
            };
            line_starts |= length > 0 && bytes.get(at + length - 1) == Some(&b'\n');
            at += length;
        }
        scan
    }

    fn begin_at(&mut self, text: &str, at: usize) {
        let line = &text[at..];
        let end = line.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(line.len());
        if is_top_level(&line[..end]) || self.open.is_empty() {
            self.begin = at;
            self.open.clear();
        }
    }

    /// The declaration up to the end, with [`HERE`] there and every bracket closed.
    fn closed(&self, text: &str) -> String {
        let mut closed = format!("{}{HERE}", &text[self.begin..]);
        let close = |bracket: &u8| match bracket {
            b'(' => ")",
            b'[' => "]",
            _ => "\n}",
        };
        self.open.iter().rev().for_each(|bracket| closed.push_str(close(bracket)));
        closed.push('\n');
        closed
    }
}

/// How long the quoted text at the beginning is; nothing where it does not end. A short one ends with its line.
fn quoted(text: &str) -> Option<usize> {
    if let Some(rest) = text.strip_prefix("\"\"\"") {
        return rest.find("\"\"\"").map(|length| length + 6);
    }
    let bytes = text.as_bytes();
    let mut at = 1;
    loop {
        at += memchr::memchr3(b'"', b'\\', b'\n', bytes.get(at..)?)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            b'\n' => return Some(at),
            _ => at += 2,
        }
    }
}

fn statement(text: &str) -> Place {
    let source = Source::new("cursor", text);
    let (parsed, _) = crate::syntax::parse(FileId(0), &source);
    let mut chain = Vec::new();
    if !find(&parsed.stmts, &mut chain) {
        return Place::Nowhere;
    }
    let Some((last, outer)) = chain.split_last() else { return Place::Nowhere };
    let (mut around, mut row_of) = (None, None);
    for link in outer {
        match meaning(around, link.stmt) {
            Meaning::Declares(kind) => (around, row_of) = (Some(kind), None),
            Meaning::Field(field) => row_of = Some(field),
            Meaning::Unknown => return Place::Nowhere,
        }
    }
    let said = last.siblings.iter().filter_map(Stmt::key).filter(|key| *key != HERE).map(str::to_owned);
    let words = |link: &Link<'_, '_>| link.stmt.parts.iter().filter_map(Part::word).map(str::to_owned).collect();
    let mut statement = Statement {
        around,
        outer: outer.last().map(words).unwrap_or_default(),
        said: said.collect(),
        what: What::Beginning,
        before: Vec::new(),
        expected: Vec::new(),
    };
    words_before(&last.stmt.parts, &mut statement.before);
    let parts = with_gap(&last.stmt.parts);
    describe(&mut statement, row_of, last.stmt, &parts);
    Place::Statement(statement)
}

/// A statement on the way to the cursor, and those beside it.
struct Link<'a, 's> {
    stmt: &'a Stmt<'s>,
    siblings: &'a [Stmt<'s>],
}

/// The statements around the cursor, outermost first; whether it is in one.
fn find<'a, 's>(stmts: &'a [Stmt<'s>], chain: &mut Vec<Link<'a, 's>>) -> bool {
    for stmt in stmts {
        chain.push(Link { stmt, siblings: stmts });
        match find_in_parts(&stmt.parts) {
            Some(Found::Here) => return true,
            Some(Found::Inside(block)) if find(&block.stmts, chain) => return true,
            _ => drop(chain.pop()),
        }
    }
    false
}

enum Found<'a, 's> {
    Here,
    Inside(&'a Block<'s>),
}

fn find_in_parts<'a, 's>(parts: &'a [Part<'s>]) -> Option<Found<'a, 's>> {
    parts.iter().find_map(|part| match &part.kind {
        PartKind::Word(HERE) => Some(Found::Here),
        PartKind::Paren(inner) | PartKind::Square(inner) => find_in_parts(inner),
        PartKind::Block(block) => holds(&block.stmts).then_some(Found::Inside(block)),
        _ => None,
    })
}

fn holds(stmts: &[Stmt<'_>]) -> bool {
    stmts.iter().any(|stmt| find_in_parts(&stmt.parts).is_some())
}

/// The words before the cursor, those in brackets that are closed before it aside; whether it was met.
fn words_before(parts: &[Part<'_>], words: &mut Vec<String>) -> bool {
    for part in parts {
        match &part.kind {
            PartKind::Word(HERE) => return true,
            PartKind::Word(word) => words.push((*word).to_owned()),
            PartKind::Op(op) => words.push((*op).to_owned()),
            PartKind::Paren(inner) | PartKind::Square(inner) if find_in_parts(inner).is_some() => {
                words.push("(".to_owned());
                return words_before(inner, words);
            }
            PartKind::Paren(_) | PartKind::Square(_) => words.push(")".to_owned()),
            PartKind::Number(_) | PartKind::Text(_) => words.push("0".to_owned()),
            _ => {}
        }
    }
    false
}

/// The parts with something nobody can read in the place of the cursor, and nothing behind it.
fn with_gap<'s>(parts: &[Part<'s>]) -> Vec<Part<'s>> {
    let mut kept = Vec::new();
    for part in parts {
        let kind = match &part.kind {
            PartKind::Word(HERE) => PartKind::Bad,
            PartKind::Paren(inner) => PartKind::Paren(with_gap(inner)),
            PartKind::Square(inner) => PartKind::Square(with_gap(inner)),
            other => other.clone(),
        };
        kept.push(Part { kind, span: part.span });
    }
    kept
}

enum Meaning {
    Declares(Kind),
    Field(&'static FieldSpec),
    Unknown,
}

fn meaning(around: Option<Kind>, stmt: &Stmt<'_>) -> Meaning {
    let key = stmt.key();
    let Some(outer) = around else {
        return key.and_then(top_level_kind).map_or(Meaning::Unknown, Meaning::Declares);
    };
    let spec = outer.spec();
    if outer == Kind::Funnel && stmt.parts.get(1).is_some_and(|part| part.is_op("->")) {
        return Meaning::Declares(Kind::Transition);
    }
    let child = key.and_then(|key| spec.child(key));
    let field = || key.and_then(|key| spec.field(key)).map(Meaning::Field);
    let row = || spec.row.rows.filter(|_| stmt.parts.len() > 1).map(Meaning::Declares);
    child.map(Meaning::Declares).or_else(field).or_else(row).unwrap_or(Meaning::Unknown)
}

fn describe(statement: &mut Statement, row_of: Option<&'static FieldSpec>, stmt: &Stmt<'_>, parts: &[Part<'_>]) {
    if let Some(field) = row_of {
        statement.what = What::Row(field);
        statement.expected = rows_shape(&field.shape).map_or_else(Vec::new, |row| expected(row, parts, stmt));
        return;
    }
    if stmt.key() == Some(HERE) {
        return;
    }
    match meaning(statement.around, stmt) {
        Meaning::Declares(kind) => describe_head(statement, kind, stmt, parts),
        Meaning::Field(field) => {
            statement.what = What::Field(field);
            statement.expected = expected(&field.shape, &parts[1..], stmt);
        }
        Meaning::Unknown => statement.what = What::Unknown,
    }
}

/// Name, label, class and base before what the table says of the kind, as they are read.
fn describe_head(statement: &mut Statement, kind: Kind, stmt: &Stmt<'_>, parts: &[Part<'_>]) {
    let spec: &'static KindSpec = kind.spec();
    let mut at = usize::from(stmt.key() == Some(kind.word()));
    let is_gap = |at: usize| parts.get(at).is_some_and(|part| part.kind == PartKind::Bad);
    let here = |part| What::Head(kind, part);
    if spec.row.naming == Naming::Required {
        if is_gap(at) {
            statement.what = here(Position::Name);
            return;
        }
        at += 1;
        at += usize::from(matches!(parts.get(at).map(|part| &part.kind), Some(PartKind::Text(_))));
    }
    while let Some(part) = parts.get(at).filter(|part| part.is_op(":") || part.word() == Some("extends")) {
        if is_gap(at + 1) {
            statement.what = here(if part.is_op(":") { Position::Class } else { Position::Base });
            return;
        }
        at += 2;
    }
    statement.what = here(Position::Rest);
    statement.expected = expected(&spec.head, &parts[at.min(parts.len())..], stmt);
    if is_gap(at) && spec.row.naming == Naming::Required && spec.has_body() {
        statement.expected.push(Expected::Word("extends"));
    }
}

/// The shape of the rows of a block, where a field has one.
fn rows_shape(shape: &'static Shape) -> Option<&'static Shape> {
    match shape {
        Shape::Rows(_, row) => Some(row),
        Shape::Sequence(items) | Shape::Either(items) | Shape::Clauses(items, _) => items.iter().find_map(rows_shape),
        Shape::Optional(inner) | Shape::List(inner) | Shape::Paren(inner) => rows_shape(inner),
        _ => None,
    }
}

/// What the reader would have had at the gap.
fn expected(shape: &'static Shape, parts: &[Part<'_>], stmt: &Stmt<'_>) -> Vec<Expected> {
    let (mut refs, mut faults) = (Vec::new(), Vec::new());
    let mut reader = Reader::new(parts, stmt.span.after(), &mut refs, &mut faults).explaining();
    reader.read_whole(shape);
    let failure = reader.failure;
    let at_gap = failure.found == Some(crate::model::shape::Found::Bad);
    if at_gap { failure.expected } else { Vec::new() }
}

/// The word of a kind (`stage`) or of a field (`stage.enter`) at a place, under which the manual explains it.
pub(super) fn keyword(stmts: &[Stmt<'_>], around: Option<Kind>, offset: u32) -> Option<(String, Span)> {
    let stmt = stmts.iter().find(|stmt| stmt.span.start <= offset && offset <= stmt.span.end)?;
    let first = stmt.parts.first().filter(|part| part.word().is_some())?;
    let is_first = first.span.start <= offset && offset <= first.span.end;
    match meaning(around, stmt) {
        Meaning::Declares(kind) if is_first && first.word() == Some(kind.word()) => {
            Some((kind.word().to_owned(), first.span))
        }
        Meaning::Declares(kind) => keyword(&stmt.block()?.stmts, Some(kind), offset),
        Meaning::Field(field) if is_first => Some((format!("{}.{}", around?.word(), field.word), first.span)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(marked: &str) -> Place {
        let offset = marked.find('|').expect("a cursor");
        let text = marked.replacen('|', "", 1);
        place(&text, word_start(&text, offset))
    }

    fn in_statement(marked: &str) -> Statement {
        match at(marked) {
            Place::Statement(statement) => statement,
            other => panic!("{marked}: {other:?}"),
        }
    }

    #[test]
    fn a_word_may_be_a_path_in_any_script() {
        let text = "enter متجر.شراء";
        assert_eq!(&text[word_start(text, text.len())..], "متجر.شراء");
    }

    #[test]
    fn the_first_word_of_a_line_begins_a_statement() {
        assert!(in_statement("|").around.is_none());
        let inside = in_statement("event paid {\n  sent_by web\n  st|\n}\nevent other {\n");
        assert_eq!(inside.around, Some(Kind::Event));
        assert_eq!(inside.said, ["sent_by"]);
        assert!(matches!(inside.what, What::Beginning));
    }

    #[test]
    fn a_value_is_what_the_table_says() {
        let field = in_statement("event paid {\n  status | \n}");
        assert!(matches!(field.expected.first(), Some(Expected::OneOf(words)) if words.contains(&"live")), "{field:?}");
        let stage = in_statement("funnel f {\n  stage a { enter paid }\n  a -> |");
        assert!(matches!(stage.what, What::Head(Kind::Transition, Position::Rest)), "{stage:?}");
        assert!(stage.expected.iter().any(|one| matches!(one, Expected::Reference(_))), "{stage:?}");
    }

    #[test]
    fn heads_have_names_classes_and_bases() {
        assert!(matches!(in_statement("event p|").what, What::Head(Kind::Event, Position::Name)));
        assert!(matches!(in_statement("event paid \"Paid\" : |").what, What::Head(Kind::Event, Position::Class)));
        assert!(matches!(in_statement("event paid extends s|").what, What::Head(Kind::Event, Position::Base)));
    }

    #[test]
    fn texts_and_comments_are_no_statements() {
        assert!(matches!(at("team a \"wo|"), Place::Text(8, _)));
        assert!(matches!(at("// a comm|"), Place::Nowhere));
        assert!(matches!(at("// funnelc: allow(un|"), Place::Directive));
        assert!(matches!(at("sequence s {\n email e { subject \"Hi {{fir|"), Place::Tag));
        assert!(matches!(at("team a \"\"\"x\nevent |"), Place::Text(10, _)));
    }

    #[test]
    fn a_brace_that_is_missing_costs_one_declaration() {
        assert!(in_statement("event a {\n  sent_by web\nevent b {\n  o|").around == Some(Kind::Event));
        assert!(in_statement("event a {\n  sent_by web\n|").around == Some(Kind::Event));
    }
}
