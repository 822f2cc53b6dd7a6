//! What several rules have in common: reports of declarations that are gone, or that say something else.

use super::{Comparison, Rule, advice, told};
use crate::diagnostic::Diagnostic;
use crate::model::walk::{Event, Node, Stage, Transition};
use crate::model::{Field, Kind, Model};
use crate::plan::{self, Declaration};
use crate::say;

impl<'m, 's> Comparison<'m, 's> {
    /// Reports declarations of some kinds that are gone, each with what it may have become.
    pub fn report_gone(&self, rule: &'static Rule, kinds: &[Kind], found: &mut Vec<Diagnostic>) {
        for (was, home) in kinds.iter().flat_map(|kind| self.removed(*kind)) {
            let (kind, name) = (was.kind().word(), told::known_as(was));
            if !self.ends_are_kept(was) {
                continue;
            }
            let message = say!("`{kind}` `{name}` is gone", kind, name);
            let fault = self
                .found(rule, home, message, was, say!("was declared here"))
                .at(say!("does not declare `{name}` any more", name));
            let new = was.decl().name.and_then(|_| advice::renamed(self, was));
            found.push(match new {
                Some(new) => advice::suggest(self, fault, was, new),
                None => fault,
            });
        }
    }

    /// Whether both stages of a way are still there: a way that went with its stage is no loss of its own.
    fn ends_are_kept(&self, was: Node<'m, 's>) -> bool {
        let way = Transition(was);
        let is_kept = |end: Option<Stage<'m, 's>>| end.is_none_or(|end| self.pairs.now(end.0.id).is_some());
        !matches!(was.kind(), Kind::Transition | Kind::Handover) || (is_kept(way.from()) && is_kept(way.to()))
    }

    /// Reports declarations of some kinds that say something else in some fields.
    pub fn report_fields(&self, rule: &'static Rule, kinds: &[Kind], words: &[&str], found: &mut Vec<Diagnostic>) {
        for (was, is) in kinds.iter().flat_map(|kind| self.kept(*kind)) {
            let differ = self.differ(was, is, words);
            if !differ.is_empty() {
                found.push(self.changed(rule, was, is, &differ));
            }
        }
    }

    /// Reports declarations of some kinds that say something else in some parts of their head.
    pub fn report_head(&self, rule: &'static Rule, kinds: &[Kind], parts: &[&str], found: &mut Vec<Diagnostic>) {
        for (was, is) in kinds.iter().flat_map(|kind| self.kept(*kind)) {
            let (before, after) = (plan::said(was), plan::said(is));
            let differ: Vec<&str> = parts
                .iter()
                .copied()
                .filter(|part| !self.same(&before.head.get(*part), &after.head.get(*part)))
                .collect();
            if !differ.is_empty() {
                found.push(self.changed(rule, was, is, &differ));
            }
        }
    }

    /// Reports what no other rule tells of.
    pub fn report_rest(&self, rule: &'static Rule, kind: Kind, found: &mut Vec<Diagnostic>) {
        // Which files and modules are used is seen in what they declare.
        for (was, is) in self.kept(kind).into_iter().filter(|_| kind != Kind::Use) {
            let (before, after) = (plan::said(was), plan::said(is));
            let mut differ = self.rest_of_head(kind, &before, &after);
            let told = told::fields(kind);
            let words = kind.spec().fields.iter().map(|field| field.word);
            let untold: Vec<&str> =
                words.filter(|word| !told.contains(word) && !matches!(*word, "was" | "label")).collect();
            differ.extend(self.differ(was, is, &untold));
            let of_event = kind == Kind::Event;
            let shown = [
                ("label", before.label != after.label),
                ("///", before.docs != after.docs),
                ("class", before.class != after.class && !of_event),
            ];
            differ.extend(shown.iter().filter(|(_, differs)| *differs).map(|(word, _)| *word));
            // Deprecation has a rule of its own.
            if of_event && Event(was).status() != "deprecated" && Event(is).status() == "deprecated" {
                differ.retain(|word| *word != "status");
            }
            if !differ.is_empty() {
                found.push(self.changed(rule, was, is, &differ));
            }
        }
    }

    fn rest_of_head<'d>(&self, kind: Kind, before: &'d Declaration, after: &'d Declaration) -> Vec<&'d str> {
        let Some(told) = told::head(kind) else { return Vec::new() };
        let mut parts: Vec<&str> = before.head.keys().chain(after.head.keys()).map(String::as_str).collect();
        parts.sort_unstable();
        parts.dedup();
        parts.retain(|part| {
            !told.contains(part) && !matches!(*part, "from" | "to" | "was") || kind == Kind::Tier && *part == "from"
        });
        parts.retain(|part| !self.same(&before.head.get(*part), &after.head.get(*part)));
        parts
    }

    fn changed(&self, rule: &'static Rule, was: Node<'m, 's>, is: Node<'m, 's>, words: &[&str]) -> Diagnostic {
        let (kind, name, list) = (is.kind().word(), told::known_as(is), words.join("`, `"));
        let message = say!("`{kind}` `{name}` has changed in `{list}`", kind, name, list);
        let [only] = words else {
            return self.found(rule, self.now(is), message, was, say!("was otherwise"));
        };
        let fault = self.alone(rule, self.place_of(is, only), message);
        let fault = match own_field(is, only).and_then(|own| written(self.current, own)) {
            Some(words) => fault.at(say!("is `{words}` now", words)),
            None => fault,
        };
        match own_field(was, only) {
            Some(then) => {
                let label = written(self.previous, then).map(|words| say!("was `{words}`", words));
                fault.label(self.then(then.key), label.unwrap_or_else(|| say!("was otherwise")))
            }
            None if self.previous.is_std(was.id) => fault,
            None => fault.label(self.then(was.place()), say!("was otherwise")),
        }
    }
}

/// A field that is written in the spec itself.
fn own_field<'m, 's>(node: Node<'m, 's>, word: &str) -> Option<&'m Field<'s>> {
    node.field(word).filter(|field| !node.model.is_std(field.owner.id)).map(|field| field.field)
}

/// The longest field that is shown, in characters.
const MAX_SHOWN: usize = 60;

/// A field as it is written, where that is short.
fn written(model: &Model<'_>, field: &Field<'_>) -> Option<String> {
    let words = model.sources.text(field.span).trim();
    (words.chars().count() <= MAX_SHOWN && !words.contains(['\n', '`'])).then(|| words.to_owned())
}
