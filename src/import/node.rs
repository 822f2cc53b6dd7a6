//! What a file of another tool says, whatever its syntax: values, each with its place.

use crate::source::Span;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
}

/// What a value is. Numbers keep the digits they are written with.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Member>),
}

/// A member of a map; its place is that of its key.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) place: Span,
    pub(super) value: Node,
}

/// How much of a value is shown in a report.
const SHOWN: usize = 200;

impl Node {
    /// The member of a map; none where there is none, or this is no map.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.members().iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// The members of a map; none of anything else.
    pub(super) fn members(&self) -> &[Member] {
        if let Value::Map(members) = &self.value { members } else { &[] }
    }

    /// The items of a list; none of anything else.
    pub(super) fn items(&self) -> &[Node] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// The words of a text.
    pub(super) fn text(&self) -> Option<&str> {
        if let Value::Text(words) = &self.value { Some(words) } else { None }
    }

    /// The words of a member that is a text.
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::text)
    }

    /// Whether it is `true`.
    pub(super) fn is_true(&self) -> bool {
        matches!(self.value, Value::Bool(true))
    }

    /// Whether it says nothing: null, or a text, list or map with nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        match &self.value {
            Value::Null => true,
            Value::Text(words) => words.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(members) => members.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// The value as JSON, cut where it is long.
    pub(super) fn shown(&self) -> String {
        let mut out = String::new();
        self.show(&mut out);
        match out.char_indices().nth(SHOWN) {
            Some((at, _)) => format!("{}…", &out[..at]),
            None => out,
        }
    }

    fn show(&self, out: &mut String) {
        if out.len() > SHOWN * 4 {
            return;
        }
        match &self.value {
            Value::Null => out.push_str("null"),
            Value::Bool(holds) => out.push_str(if *holds { "true" } else { "false" }),
            Value::Number(digits) => out.push_str(digits),
            Value::Text(words) => out.push_str(&quoted(words)),
            Value::List(items) => list(out, ['[', ']'], items, Node::show),
            Value::Map(members) => list(out, ['{', '}'], members, |member, out| {
                out.push_str(&quoted(&member.key));
                out.push_str(": ");
                member.value.show(out);
            }),
        }
    }
}

fn list<T>(out: &mut String, brackets: [char; 2], items: &[T], show: impl Fn(&T, &mut String)) {
    out.push(brackets[0]);
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        show(item, out);
    }
    out.push(brackets[1]);
}

fn quoted(words: &str) -> String {
    serde_json::Value::from(words).to_string()
}
