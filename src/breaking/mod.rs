//! What a change breaks. Two models are compared, the previous and the current one; a rule is one file under `rules/` and
//! one line in [`registry::RULES`]. Rules share codes, levels, directives and pages with [`crate::lint`].
//!
//! ```text
//! pairs       which declaration of the previous model became which of the current one
//! properties  the same for what events carry, wherever it is declared
//! rules       what a difference means, to whom and why
//! versions    the steps that the changes ask for
//! ```

mod advice;
pub mod pairs;
pub mod properties;
pub mod registry;
mod report;
pub mod rules;
mod same;
pub mod told;
pub mod versions;

use rayon::prelude::*;

use crate::diagnostic::change::{Change, Class, Consumer, Effect, SchemaStep};
use crate::diagnostic::{Code, Diagnostic, Level, Message, Severity};
use crate::lint::levels::{Levels, Setting};
use crate::lint::suppress;
use crate::model::Model;
use crate::model::walk::Node;
use crate::source::{FileId, Span};
use crate::{Compilation, diagnostic};
use pairs::Pairs;
use properties::PropertyPair;
pub use same::spelled;

/// A rule with its manual page. In the code, `good` is the previous spec of the example and `bad` the current one.
pub struct Rule {
    /// Its code, documentation and examples.
    pub code: Code,
    /// What it does, to whom and why.
    pub effects: &'static [Effect],
    /// Looks at both models and reports.
    pub check: fn(&Comparison<'_, '_>, &mut Vec<Diagnostic>),
}

/// Two models of one project, and what became of what.
pub struct Comparison<'m, 's> {
    /// The model as it was.
    pub previous: &'m Model<'s>,
    /// The model as it is.
    pub current: &'m Model<'s>,
    /// Which declaration became which.
    pub pairs: Pairs,
    /// Which property became which.
    pub properties: Vec<PropertyPair<'m, 's>>,
    renames: same::Renames,
}

impl<'m, 's> Comparison<'m, 's> {
    /// Finds out what became of what.
    pub fn of(previous: &'m Model<'s>, current: &'m Model<'s>) -> Self {
        let pairs = Pairs::of(previous, current);
        let mut comparison =
            Self { previous, current, pairs, properties: Vec::new(), renames: same::Renames::default() };
        comparison.properties = properties::all(&comparison);
        comparison.renames = same::renames(&comparison);
        comparison
    }

    /// A place in a file of the previous model; those files come after the current ones.
    pub fn then(&self, span: Span) -> Span {
        Span { file: FileId(span.file.0 + self.current.sources.len() as u32), ..span }
    }

    /// A place in the current model that can be shown: the declaration itself, or the project where the standard library
    /// declares it.
    pub fn now(&self, node: Node<'m, 's>) -> Span {
        if self.current.is_std(node.id) { self.front() } else { node.place() }
    }

    /// Where the current spec begins: its project, or its first declaration.
    pub fn front(&self) -> Span {
        let own = |decl: &&crate::model::Decl<'_>| !self.current.sources.get(decl.span.file).embedded;
        let project = self.current.project().map(Node::place);
        let first = || self.current.decls.iter().find(own).map(|decl| decl.place);
        project.or_else(first).unwrap_or(Span::new(FileId(0), 0, 0))
    }

    /// A finding of a rule at a place of the current spec, with the place of the previous one.
    pub fn found(
        &self,
        rule: &'static Rule,
        at: Span,
        message: Message,
        was: Node<'m, 's>,
        then: Message,
    ) -> Diagnostic {
        let found = self.alone(rule, at, message);
        if self.previous.is_std(was.id) { found } else { found.label(self.then(was.place()), then) }
    }

    /// A finding of a rule about something that was not there before.
    pub fn alone(&self, rule: &'static Rule, at: Span, message: Message) -> Diagnostic {
        let mut found = Diagnostic::new(&rule.code, at, message);
        found.change = Some(Box::new(Change { effects: rule.effects, step: None, events: Vec::new() }));
        found
    }
}

/// Says how the schema version of events steps.
#[must_use]
pub fn stepping(mut found: Diagnostic, step: SchemaStep, events: Vec<String>) -> Diagnostic {
    if let Some(change) = &mut found.change {
        change.step = Some(step);
        change.events = events;
    }
    found
}

/// What is asked of a comparison.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which changes are allowed, warned about or denied.
    pub levels: Levels,
    /// For whom a change can break something; for all where it is empty.
    pub consumers: Vec<Consumer>,
}

/// Compares two projects without errors. Places in the previous files count on from the current ones.
pub fn run(previous: &Compilation<'_>, current: &Compilation<'_>, asked: &Asked) -> Vec<Diagnostic> {
    let comparison = Comparison::of(&previous.model, &current.model);
    let mut found: Vec<Diagnostic> = registry::RULES
        .par_iter()
        .filter(|rule| asked.levels.of(&rule.code) != Setting::Allow)
        .flat_map_iter(|rule| {
            let mut found = Vec::new();
            (rule.check)(&comparison, &mut found);
            found
        })
        .collect();
    suppress::apply_to_changes(&current.model, &asked.levels, &mut found);
    asked.levels.apply(&mut found);
    found.iter_mut().for_each(|one| finish(one, &asked.consumers));
    diagnostic::sort(&mut found);
    found
}

/// Says whom a change breaks and why before what to do about it; what breaks nobody who was asked for is a note.
fn finish(found: &mut Diagnostic, consumers: &[Consumer]) {
    let Some(change) = &found.change else { return };
    let asked = |on: Consumer| consumers.is_empty() || consumers.contains(&on);
    if change.class() > change.class_for(consumers) {
        found.severity = Severity::Note;
    }
    let mut said: Vec<Message> = change.effects.iter().filter(|effect| asked(effect.on)).map(Effect::words).collect();
    said.extend(found.help.take());
    found.help = (!said.is_empty()).then(|| Message::all(said));
}

/// The level of a rule's code by the worst it does.
pub const fn level(class: Class) -> Level {
    match class {
        Class::Breaking => Level::Deny,
        Class::Additive | Class::Documentation => Level::Note,
    }
}
