//! Messages, campaigns and transitions for people who are not to be addressed.

use std::collections::BTreeMap;

use crate::analysis::segments::relations::segment_of;
use crate::analysis::segments::{Answer, Condition, Topic};
use crate::diagnostic::{Code, Diagnostic, Group, Level, Safety};
use crate::lint::Rule;
use crate::model::expr::{Expr, ExprKind};
use crate::model::value::{Captured, Val};
use crate::model::walk::{Node, Transition};
use crate::model::{DeclId, Kind, Model};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1604",
        name: "antisegment-targeted",
        group: Group::Segments,
        level: Level::Warn,
        summary: "something addressed to people of an antisegment",
        explanation: "An antisegment says who is not to be addressed: wholesale buyers, staff, people who never pay. A message \
                      made for them spends work and money on exactly those people, and usually means that a `not` was \
                      forgotten.\n\n\
                      Reported are an `audience`, a `when` with messages in it and the `when` of a message or a \
                      transition, if whoever they let through belongs to an antisegment (of course also where that follows \
                      from other words, `trait account_type == reseller` say); the `for` of a subject, preview, text or \
                      call to action; and a planned rate for an antisegment. The finding gives an example of such a person. \
                      A `when` whose steps send nothing is silent.\n\n\
                      To mend it, write `not` before the antisegment, or make it a segment if these people are to be \
                      addressed after all.\n",
        bad: "traits { account_type enum(consumer, reseller) }\n\
              event signed_up { sent_by web }\n\
              antisegment resellers { where trait account_type == reseller }\n\
              sequence welcome { start signed_up; audience resellers; basis transactional; email hello { subject \"Welcome\" } }\n",
        good: "traits { account_type enum(consumer, reseller) }\n\
               event signed_up { sent_by web }\n\
               antisegment resellers { where trait account_type == reseller }\n\
               sequence welcome { start signed_up; audience not resellers; basis transactional; email hello { subject \"Welcome\" } }\n",
    },
    check,
};

/// With how many antisegments about the same thing a place is compared.
const MAX_NEIGHBOURS: usize = 32;

/// The antisegments by what they are about.
struct Antisegments<'m, 's> {
    all: Vec<(Node<'m, 's>, Condition)>,
    by_topic: BTreeMap<Topic, Vec<usize>>,
}

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let antisegments = Antisegments::of(model);
    if model.of_kind(Kind::Antisegment).next().is_none() {
        return;
    }
    for (index, decl) in model.decls.iter().enumerate() {
        let node = model.node(DeclId(index as u32));
        if decl.broken || model.is_std(node.id) {
            continue;
        }
        for expr in conditions(node) {
            found.extend(antisegments.report(node, expr));
        }
        found.extend(named_directly(node));
    }
}

/// The conditions of a declaration that choose whom it addresses.
fn conditions<'m, 's>(node: Node<'m, 's>) -> Vec<&'m Expr<'s>> {
    let kind = node.kind();
    let head = match kind {
        Kind::When if sends(node) => node.decl().in_head("value"),
        Kind::Transition | Kind::Handover => node.decl().in_head("when"),
        _ => None,
    };
    let words: &[&str] = match kind {
        Kind::Campaign | Kind::Sequence | Kind::Experiment => &["audience"],
        _ if kind.is_message() => &["audience", "when"],
        _ => &[],
    };
    let fields = words.iter().filter_map(|word| node.decl().field(word)?.get("value"));
    let expr = |captured: &'m Captured<'s>| if let Val::Expr(expr) = &captured.val { Some(&**expr) } else { None };
    head.into_iter().chain(fields).filter_map(expr).collect()
}

/// Whether a `when` holds a message outside its `else`.
fn sends(when: Node<'_, '_>) -> bool {
    let steps = when.children().filter(|step| step.kind() != Kind::Else);
    steps
        .into_iter()
        .any(|step| step.kind().is_message() || step.descendants().iter().any(|node| node.kind().is_message()))
}

impl<'m, 's> Antisegments<'m, 's> {
    fn of(model: &'m Model<'s>) -> Self {
        let readable = |node: Node<'m, 's>| Some((node, Condition::of(model, node.id)?));
        let all: Vec<_> = model.nodes(Kind::Antisegment).filter_map(readable).collect();
        let mut by_topic: BTreeMap<Topic, Vec<usize>> = BTreeMap::new();
        for (index, (_, condition)) in all.iter().enumerate() {
            for topic in condition.topics() {
                by_topic.entry(topic).or_default().push(index);
            }
        }
        Self { all, by_topic }
    }

    fn report(&self, node: Node<'m, 's>, expr: &Expr<'s>) -> Option<Diagnostic> {
        let audience = Condition::read(node.model, node.id, expr)?;
        let near = |topic: &Topic| self.by_topic.get(topic).into_iter().flatten().take(MAX_NEIGHBOURS).copied();
        let neighbours: std::collections::BTreeSet<usize> = audience.topics().iter().flat_map(near).collect();
        let outer = neighbours.into_iter().filter_map(|index| self.all.get(index));
        let (antisegment, _) = outer.into_iter().find(|(_, condition)| audience.is_within(condition))?;
        let Answer::Yes(witness) = audience.somebody() else { return None };
        let name = antisegment.name();
        let fault = Diagnostic::new(&RULE.code, expr.span, say!("this addresses people of antisegment `{name}`", name))
            .at(witness.example())
            .label(antisegment.place(), say!("they are not to be addressed"))
            .help(say!(
                "leave them out with `not {name}`, or make `{name}` a segment if they are to be addressed",
                name
            ));
        let ExprKind::Name(at) = expr.kind else { return Some(fault) };
        if segment_of(node.model, node.id, at) != Some(antisegment.id) {
            return Some(fault);
        }
        Some(fault.fix(Safety::Unsafe, say!("write `not {name}`", name), expr.span.before(), "not "))
    }
}

/// Words and rates for an antisegment.
fn named_directly(node: Node<'_, '_>) -> Vec<Diagnostic> {
    if matches!(node.kind(), Kind::Transition | Kind::Handover) {
        let rates = Transition(node).special_rates();
        let rates = rates.into_iter().filter(|(who, ..)| who.kind() == Kind::Antisegment);
        return rates.map(|(who, _, span)| report_named(who, span)).collect();
    }
    if !node.kind().is_message() {
        return Vec::new();
    }
    let addressed = |captured: &Captured<'_>| {
        let Val::Ref(reference) = captured.val else { return None };
        let who = segment_of(node.model, node.id, reference).map(|id| node.model.node(id))?;
        (who.kind() == Kind::Antisegment).then(|| report_named(who, captured.span))
    };
    let values = node.decl().fields.iter().flat_map(|field| &field.values);
    values.filter(|captured| captured.slot == "for").filter_map(addressed).collect()
}

fn report_named(antisegment: Node<'_, '_>, span: Span) -> Diagnostic {
    let name = antisegment.name();
    Diagnostic::new(&RULE.code, span, say!("this is for people of antisegment `{name}`", name))
        .at(say!("for `{name}`", name))
        .label(antisegment.place(), say!("they are not to be addressed"))
        .help(say!("remove it, or make `{name}` a segment if they are to be addressed", name))
}
