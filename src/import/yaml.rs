//! YAML with the place of every value. Aliases are copied, within a limit: a few lines of them can stand for more values
//! than there is memory.

use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, StrInput};

use super::faults;
use super::json::MAX_DEPTH;
use super::node::{Member, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::say;
use crate::source::{FileId, Source, Span};

/// How many values aliases may stand for.
const MAX_COPIED: usize = 1_000_000;

/// The documents of a file.
pub(super) fn read(file: FileId, source: &Source) -> Result<Vec<Node>, Vec<Diagnostic>> {
    let text = source.text.as_str();
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        places: Places { text, file, at: 0, byte: 0 },
        anchors: FxHashMap::default(),
        copied: 0,
        faults: Vec::new(),
    };
    let mut documents = Vec::new();
    while let Some(event) = reader.next() {
        if matches!(event.0, Event::DocumentStart(_)) {
            let first = reader.next();
            documents.extend(first.and_then(|first| reader.value(first, 0)));
        }
        if !reader.faults.is_empty() {
            return Err(reader.faults);
        }
    }
    if reader.faults.is_empty() { Ok(documents) } else { Err(reader.faults) }
}

/// Bytes for the characters that the parser counts.
struct Places<'t> {
    text: &'t str,
    file: FileId,
    /// A character and the byte it begins at.
    at: usize,
    byte: usize,
}

impl Places<'_> {
    fn byte(&mut self, marker: Marker) -> u32 {
        let wanted = marker.index();
        if wanted < self.at {
            (self.at, self.byte) = (0, 0);
        }
        let rest = &self.text[self.byte..];
        let step = rest.char_indices().nth(wanted - self.at).map_or(rest.len(), |(byte, _)| byte);
        (self.at, self.byte) = (wanted, self.byte + step);
        self.byte as u32
    }

    fn span(&mut self, span: saphyr_parser::Span) -> Span {
        let start = self.byte(span.start);
        Span::new(self.file, start, self.byte(span.end).max(start))
    }
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    places: Places<'t>,
    anchors: FxHashMap<usize, Node>,
    copied: usize,
    faults: Vec<Diagnostic>,
}

type Seen<'t> = (Event<'t>, Span);

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<Seen<'t>> {
        match self.parser.next_event()? {
            Ok((Event::StreamEnd, _)) => None,
            Ok((event, span)) => Some((event, self.places.span(span))),
            Err(error) => {
                self.refuse(&error);
                None
            }
        }
    }

    fn refuse(&mut self, error: &ScanError) {
        let at = self.places.byte(*error.marker());
        let words = error.info().to_owned();
        self.fault(Span::new(self.places.file, at, at), |span| {
            faults::unreadable(span, say!("this is no YAML: {words}", words))
        });
    }

    fn fault(&mut self, span: Span, fault: impl FnOnce(Span) -> Diagnostic) {
        let before = self.places.text.get(..span.start as usize).unwrap_or_default();
        self.faults.push(fault(span).help(faults::after(before)));
    }

    fn value(&mut self, (event, span): Seen<'t>, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            let limit = MAX_DEPTH;
            self.fault(span, |span| {
                faults::unreadable(span, say!("values are nested more than {limit} deep here", limit))
            });
            return None;
        }
        let (anchor, value, end) = match event {
            Event::Alias(anchor) => return self.copy(anchor, span),
            Event::Scalar(text, style, anchor, _) => (anchor, scalar(&text, style), span),
            Event::SequenceStart(anchor, _) => {
                let (items, end) = self.list(depth)?;
                (anchor, Value::List(items), end)
            }
            Event::MappingStart(anchor, _) => {
                let (members, end) = self.map(depth)?;
                (anchor, Value::Map(members), end)
            }
            _ => return None,
        };
        let node = Node { span: span.to(end), value };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Some(node)
    }

    fn list(&mut self, depth: usize) -> Option<(Vec<Node>, Span)> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => return Some((items, end)),
                item => items.push(self.value(item, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Option<(Vec<Member>, Span)> {
        let mut members: Vec<Member> = Vec::new();
        let mut known: FxHashMap<String, Span> = FxHashMap::default();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, end) => return Some((members, end)),
                key => self.value(key, depth + 1)?,
            };
            let value = self.next()?;
            let value = self.value(value, depth + 1)?;
            let (place, key) = (key.span, key.text().map_or_else(|| key.shown(), str::to_owned));
            match known.insert(key.clone(), place) {
                Some(first) => self.fault(place, |place| faults::twice(&key, place, first)),
                None => members.push(Member { key, place, value }),
            }
        }
    }

    /// What an alias stands for, at the place of the alias.
    fn copy(&mut self, anchor: usize, span: Span) -> Option<Node> {
        let Some(node) = self.anchors.get(&anchor) else {
            self.fault(span, |span| faults::unreadable(span, say!("this alias stands for something that holds it")));
            return None;
        };
        self.copied += size(node);
        if self.copied > MAX_COPIED {
            self.fault(span, |span| {
                faults::unreadable(span, say!("the aliases stand for more values than can be read"))
            });
            return None;
        }
        Some(node.clone())
    }
}

/// How many values a value holds, itself included.
fn size(node: &Node) -> usize {
    let inner = node.items().iter().chain(node.members().iter().map(|member| &member.value));
    1 + inner.map(size).sum::<usize>()
}

/// A scalar in the core schema of YAML 1.2: what is quoted is a text.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.to_owned());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        text if serde_json::from_str::<serde_json::Number>(text).is_ok() => Value::Number(text.to_owned()),
        text => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Node>, Vec<String>> {
        let read = read(FileId(0), &Source::new("plan.yaml", text));
        read.map_err(|faults| faults.iter().map(|fault| fault.message.to_string()).collect())
    }

    #[test]
    fn every_value_has_its_place() {
        let text = "# é\nname: &n \"a\\nb\"\nlist: [1, 2.5, true, ~, *n]\n---\nsecond: yes\n";
        let documents = read_text(text).expect("sound");
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0].shown(), r#"{"name": "a\nb", "list": [1, 2.5, true, null, "a\nb"]}"#);
        let items = documents[0].get("list").expect("list").items();
        assert_eq!(&text[items[1].span.range()], "2.5");
        assert_eq!(documents[1].shown(), r#"{"second": "yes"}"#);
    }

    #[test]
    fn bombs_twins_and_depths_are_refused() {
        let bomb: String = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, n| {
            let before = n - 1;
            format!("{text}a{n}: &a{n} [*a{before}, *a{before}, *a{before}]\n")
        });
        assert_eq!(read_text(&bomb).expect_err("a bomb"), ["the aliases stand for more values than can be read"]);
        assert_eq!(read_text("a: &a [*a]").expect_err("a loop").len(), 1);
        assert_eq!(read_text("a: 1\na: 2").expect_err("twice"), ["the key `a` stands here twice"]);
        assert_eq!(read_text(&"[".repeat(100_000)).expect_err("deep").len(), 1);
        assert_eq!(read_text(&"- ".repeat(10_000)).expect_err("deep").len(), 1);
        assert_eq!(read_text("a: \"b").expect_err("cut").len(), 1);
    }
}
