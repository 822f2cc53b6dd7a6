//! Variables in messages that may turn out empty.

use indexmap::IndexMap;

use crate::analysis::timed::{Timeline, Turn, occasion};
use crate::diagnostic::{Code, Diagnostic, Group, Level, Safety};
use crate::lint::Rule;
use crate::model::expr::ExprKind;
use crate::model::faults::nearest;
use crate::model::types::EVENT_CONTEXT;
use crate::model::value::{TextEntry, Val};
use crate::model::walk::{Event, Node, Property};
use crate::model::{Kind, Model};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1702",
        name: "variable-without-fallback",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a variable of a message that may be empty, or that means nothing",
        explanation: "\"Hello ,\" is what people read whose name is not known.\n\n\
                      `{{name}}` in a text of a message stands for a property of the event that starts the sequence, or of one that every way to the \
                      message waits for (in the `then` of a `wait until`), or else for a trait. Reported is\n\n\
                      - one without `|fallback` that may be unknown: a property that is not `required` and has no default (or that not every \
                      starting event has), or a trait that is not `required`;\n\
                      - one that is neither a property nor a trait.\n\n\
                      Write what is read instead: `{{first_name|there}}`.",
        bad: "traits { first_name string pii(identity) purpose \"to greet people\" }\n\
              event signed_up { sent_by web; owner web; status live }\n\
              sequence welcome {\n  \
                start signed_up; basis transactional\n  \
                email hello { subject \"Welcome, {{first_name}}\" }\n\
              }\n",
        good: "traits { first_name string pii(identity) purpose \"to greet people\" }\n\
               event signed_up { sent_by web; owner web; status live }\n\
               sequence welcome {\n  \
                 start signed_up; basis transactional\n  \
                 email hello { subject \"Welcome, {{first_name|friend}}\" }\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for sequence in model.nodes(Kind::Sequence).filter(|sequence| !sequence.decl().broken) {
        let steps: Vec<Node<'_, '_>> =
            sequence.descendants().into_iter().filter(|step| step.kind().is_message()).collect();
        if steps.is_empty() {
            continue;
        }
        let known = Known::of(sequence);
        for send in &Timeline::of(sequence).sends {
            in_message(send.step, &known.after(&send.turns), found);
        }
    }
}

/// Properties of some events: in how many, the first of them, and whether it may be missing.
type Properties<'m, 's> = IndexMap<&'s str, (usize, Property<'m, 's>, bool)>;

fn properties<'m, 's>(events: &[Event<'m, 's>]) -> Properties<'m, 's> {
    let mut properties = Properties::default();
    for property in events.iter().flat_map(|event| event.properties()) {
        let optional = !property.is_required() && property.default().is_none();
        let own = properties.entry(property.name()).or_insert((0, property, false));
        own.0 += 1;
        own.2 |= optional;
    }
    properties
}

/// What the variables of a message can mean.
#[derive(Clone)]
struct Known<'m, 's> {
    /// Properties of the starting events, and of what was waited for.
    properties: Properties<'m, 's>,
    /// How many ways there are to start.
    starts: usize,
    model: &'m Model<'s>,
    /// Whether something that starts it could not be read.
    is_broken: bool,
}

impl<'m, 's> Known<'m, 's> {
    fn of(sequence: Node<'m, 's>) -> Self {
        let (events, starts, is_broken) = start_events(sequence);
        Self { properties: properties(&events), starts, model: sequence.model, is_broken }
    }

    /// What is known after some turns: what was waited for, and happened, gives its properties as well.
    fn after(&self, turns: &[Turn<'m, 's>]) -> Self {
        let mut known = self.clone();
        let waits = turns.iter().filter_map(|turn| if let Turn::Happened(wait) = turn { Some(*wait) } else { None });
        for wait in waits {
            let awaited = occasion::awaited(wait);
            let events: Option<Vec<Event<'m, 's>>> =
                awaited.iter().map(|own| own.event().filter(|own| !own.is_broken()).map(Event)).collect();
            let Some(events) = events else { continue };
            for (name, (count, property, optional)) in properties(&events) {
                let is_certain = !optional && count == events.len();
                let own = known.properties.entry(name).or_insert((0, property, true));
                if is_certain {
                    *own = (self.starts, property, false);
                }
            }
        }
        known
    }

    /// What a variable means, and whether it may be unknown.
    fn meaning(&self, name: &str) -> Option<(Node<'m, 's>, bool)> {
        if let Some((count, property, optional)) = self.properties.get(name) {
            return Some((**property, *optional || *count < self.starts));
        }
        let found = self.model.trait_named(name)?;
        Some((*found, !found.is_required()))
    }

    fn nearest(&self, name: &str) -> Option<&'s str> {
        let mut names: Vec<&'s str> = self.properties.keys().copied().collect();
        names.extend(self.model.nodes(Kind::Trait).map(Node::name));
        names.sort_unstable();
        nearest(name, names)
    }
}

/// The events that start a sequence, in how many ways it starts, and whether one of them could not be read.
fn start_events<'m, 's>(sequence: Node<'m, 's>) -> (Vec<Event<'m, 's>>, usize, bool) {
    let starts = occasion::starts(sequence);
    let mut events: Vec<Event<'m, 's>> = Vec::new();
    let mut is_broken = starts.is_empty();
    for start in &starts {
        match start.event() {
            Some(event) if !event.is_broken() => events.push(Event(event)),
            _ => {
                is_broken |= matches!(start.expr.kind, ExprKind::Name(_) | ExprKind::Call { .. } | ExprKind::All(_));
            }
        }
    }
    (events, starts.len(), is_broken)
}

fn in_message(step: Node<'_, '_>, known: &Known<'_, '_>, found: &mut Vec<Diagnostic>) {
    let fields = step.decl().fields.iter();
    for field in fields.filter(|field| matches!(field.spec.word, "subject" | "preview" | "says" | "cta")) {
        for captured in &field.values {
            let Val::Text(text) = &captured.val else { continue };
            let variables = text.entries.iter().flat_map(variables);
            found.extend(variables.filter_map(|variable| judge(&variable, known)));
        }
    }
}

/// `{{name|fallback}}` in a text.
struct Variable<'a> {
    name: &'a str,
    has_fallback: bool,
    /// The name.
    at: Span,
    /// All of it.
    whole: Span,
    /// Whether the places are exact; not in a text that `make` filled in.
    exact: bool,
}

fn variables<'a>(entry: &'a TextEntry<'_>) -> Vec<Variable<'a>> {
    let raw: &'a str = &entry.raw;
    let quotes = if entry.long { 3 } else { 1 };
    let exact = (entry.span.end - entry.span.start) as usize == raw.len() + 2 * quotes;
    let byte = |at: usize| entry.span.start + (quotes + at) as u32;
    let place = |from: usize, to: usize| {
        if exact { Span { start: byte(from), end: byte(to), ..entry.span } } else { entry.span }
    };
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = next_open(raw, at) {
        let Some(length) = raw[open + 2..].find("}}") else { break };
        let inside = &raw[open + 2..open + 2 + length];
        let (name, fallback) = inside.split_once('|').map_or((inside, None), |(name, rest)| (name, Some(rest)));
        let trimmed = name.trim();
        let start = open + 2 + (name.len() - name.trim_start().len());
        at = open + 2 + length + 2;
        found.push(Variable {
            name: trimmed,
            has_fallback: fallback.is_some_and(|fallback| !fallback.trim().is_empty()),
            at: place(start, start + trimmed.len()),
            whole: place(open, at),
            exact,
        });
    }
    found
}

/// The next `{{` that is not escaped.
fn next_open(raw: &str, from: usize) -> Option<usize> {
    let bytes = raw.as_bytes();
    let mut at = from;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'\\', _) => at += 2,
            (b'{', b'{') => return Some(at),
            _ => at += 1,
        }
    }
    None
}

fn judge(variable: &Variable<'_>, known: &Known<'_, '_>) -> Option<Diagnostic> {
    let name = variable.name;
    let head = name.split('.').next().unwrap_or(name);
    let Some((meaning, may_be_unknown)) = known.meaning(head) else {
        return neither(variable, head, known);
    };
    if variable.has_fallback || !may_be_unknown {
        return None;
    }
    let is = match meaning.kind() {
        Kind::Trait => say!("a trait that may be unknown"),
        _ => say!("a property that may be missing"),
    };
    Some(
        Diagnostic::new(&RULE.code, variable.whole, say!("`{name}` may be empty in this message", name))
            .at(say!("without a fallback"))
            .label(meaning.place(), is)
            .help(say!("people would read a gap; write what stands there instead: `{{{name}|…}}`", name)),
    )
}

fn neither(variable: &Variable<'_>, head: &str, known: &Known<'_, '_>) -> Option<Diagnostic> {
    if known.is_broken {
        return None;
    }
    if EVENT_CONTEXT.contains(&head) {
        let name = variable.name;
        let fault = Diagnostic::new(&RULE.code, variable.whole, say!("`{name}` may be empty in this message", name));
        return (!variable.has_fallback).then(|| fault.at(say!("not every event has it; give a fallback")));
    }
    let fault = Diagnostic::new(
        &RULE.code,
        variable.at,
        say!("`{head}` is neither a property of what starts the sequence nor a trait", head),
    );
    Some(match known.nearest(head) {
        Some(right) if variable.exact => {
            let at = Span { end: variable.at.start + head.len() as u32, ..variable.at };
            fault.at(say!("did you mean `{right}`?", right)).fix(
                Safety::Safe,
                say!("write `{right}`", right),
                at,
                right,
            )
        }
        Some(right) => fault.at(say!("did you mean `{right}`?", right)),
        None => fault
            .at(say!("means nothing here"))
            .help(say!("people would read a gap; declare it as a property of the event or as a trait")),
    })
}
