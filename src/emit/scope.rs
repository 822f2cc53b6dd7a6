//! What a place in a template can see: the blocks around it, and so the fields that could be meant there.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::render::{is_template, partial_name};

/// How many templates are followed from a call to the caller.
const MAX_CALLS: usize = 8;

/// The line where blocks or brackets first stand deeper in each other than a limit.
pub(super) fn too_deep(text: &str, limit: usize) -> Option<usize> {
    let (mut depth, mut brackets) = (0usize, 0usize);
    for tag in tags(text) {
        brackets = brackets.max(tag.inner.bytes().filter(|byte| *byte == b'(').count());
        match tag.inner.as_bytes().first() {
            Some(b'#') => depth += 1,
            Some(b'/') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit || brackets > limit {
            return Some(text[..tag.start].matches('\n').count() + 1);
        }
    }
    None
}

/// The names of the fields where the path of a missing one ends; none where that cannot be told.
pub(super) fn fields_at(
    texts: &BTreeMap<String, String>,
    root: &str,
    file: &str,
    (line, column): (usize, usize),
    path: &str,
    data: &Value,
) -> Option<Vec<String>> {
    let text = texts.get(file)?;
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let column = text[before..].char_indices().nth(column.saturating_sub(1)).map_or(0, |(at, _)| at);
    let stack = Scopes { texts, root, data }.stack(file, before + column, MAX_CALLS)?;
    let (mut own, rest) = start(&stack, path)?;
    for part in rest {
        match into_list(own).get(part) {
            Some(inner) => own = inner,
            None => break,
        }
    }
    match into_list(own) {
        Value::Object(fields) => Some(fields.keys().cloned().collect()),
        _ => None,
    }
}

struct Scopes<'d> {
    texts: &'d BTreeMap<String, String>,
    root: &'d str,
    data: &'d Value,
}

impl Scopes<'_> {
    /// What `this`, `../this` … are at a place, the outermost first.
    fn stack(&self, file: &str, offset: usize, calls: usize) -> Option<Vec<Value>> {
        let mut stack = self.base(file, calls)?;
        let text = self.texts.get(file)?;
        let mut open: Vec<bool> = Vec::new();
        for tag in tags(text).take_while(|tag| tag.start < offset) {
            if let Some(block) = tag.inner.strip_prefix('#') {
                let (name, rest) = block.split_once(char::is_whitespace).unwrap_or((block, ""));
                let changes = name == "each" || name == "with";
                if changes {
                    let path = rest.split_whitespace().next().unwrap_or("this");
                    // What is not known has no fields, and neither has what is inside.
                    let inner = look_up(&stack, path).unwrap_or(Value::Null);
                    stack.push(if name == "each" { first(inner) } else { inner });
                }
                open.push(changes);
            } else if tag.inner.starts_with('/') && open.pop() == Some(true) {
                stack.pop();
            }
        }
        Some(stack)
    }

    /// What a template begins with: the data, or what its first caller hands on.
    fn base(&self, file: &str, calls: usize) -> Option<Vec<Value>> {
        if file == self.root {
            return Some(vec![self.data.clone()]);
        }
        let name = partial_name(file);
        let callers = self.texts.iter().filter(|(caller, _)| is_template(caller) && *caller != file);
        for (caller, text) in callers {
            let calling = tags(text).find(|tag| {
                let call = tag.inner.strip_prefix('>').map(str::trim_start).unwrap_or_default();
                call.split_whitespace().next().map(partial_name) == Some(name)
            });
            let Some(tag) = calling else { continue };
            let Some(stack) = calls.checked_sub(1).and_then(|calls| self.stack(caller, tag.start, calls)) else {
                continue;
            };
            return Some(vec![handed(&stack, tag.inner)]);
        }
        None
    }
}

/// The fields of the caller and those that the call names.
fn handed(stack: &[Value], call: &str) -> Value {
    let mut fields = match stack.last() {
        Some(Value::Object(own)) => own.clone(),
        _ => Map::new(),
    };
    for (name, path) in call.split_whitespace().filter_map(|word| word.split_once('=')) {
        fields.insert(name.to_owned(), look_up(stack, path).unwrap_or(Value::Null));
    }
    Value::Object(fields)
}

/// Where a path begins, and the parts that follow.
fn start<'v, 'p>(stack: &'v [Value], path: &'p str) -> Option<(&'v Value, Vec<&'p str>)> {
    let mut level = stack.len().checked_sub(1)?;
    let mut rest = path;
    while let Some(outer) = rest.strip_prefix("..") {
        level = level.checked_sub(1)?;
        rest = outer.trim_start_matches('/');
    }
    if let Some(inner) = rest.strip_prefix("@root") {
        (level, rest) = (0, inner);
    }
    let parts = rest.split(['.', '/']).filter(|part| !part.is_empty() && *part != "this");
    Some((stack.get(level)?, parts.collect()))
}

fn look_up(stack: &[Value], path: &str) -> Option<Value> {
    let (mut own, parts) = start(stack, path)?;
    for part in parts {
        own = own.get(part)?;
    }
    Some(own.clone())
}

fn first(value: Value) -> Value {
    match value {
        Value::Array(members) => members.into_iter().next(),
        Value::Object(fields) => fields.into_iter().next().map(|(_, value)| value),
        _ => None,
    }
    .unwrap_or(Value::Null)
}

/// The first of a list, else the value itself.
fn into_list(value: &Value) -> &Value {
    value.as_array().and_then(|members| members.first()).unwrap_or(value)
}

/// A `{{…}}` of a template.
struct Tag<'t> {
    start: usize,
    inner: &'t str,
}

fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + memchr::memmem::find(&text.as_bytes()[at..], b"{{")?;
        let end = memchr::memmem::find(&text.as_bytes()[start..], b"}}").map_or(text.len(), |end| start + end);
        at = (end + 2).min(text.len());
        let inner = text.get(start + 2..end).unwrap_or_default();
        Some(Tag { start, inner: inner.trim_start_matches(['{', '~']).trim_end_matches(['}', '~']).trim() })
    })
}
