//! Transitions whose `within` went to a condition.

use crate::diagnostic::{Code, Diagnostic, Edit, Group, Level, Safety};
use crate::lint::Rule;
use crate::model::expr::{Expr, ExprKind};
use crate::model::walk::{Node, Transition};
use crate::model::{Kind, Model, Val};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1002",
        name: "within-belongs-to-did",
        group: Group::Style,
        level: Level::Warn,
        summary: "a transition whose `within` belongs to its condition",
        explanation: "`within` belongs to the nearest `did`. In `awareness -> purchase when did product_viewed within 30d` it says how long ago the \
                      product was viewed; how long the transition itself may take is not said any more, so it takes all the time of \
                      the funnel's window.\n\n\
                      Reported is a transition (or a handover) without a `within` of its own whose `when` ends with `did … within …`.\n\n\
                      Write the transition's `within` before `when`, or put the condition in parentheses to say that it was meant so: \
                      `when (did product_viewed within 30d)`.",
        bad: "event page_viewed { sent_by web; owner web; status live }\n\
              event order_completed { sent_by web; owner web; status live }\n\
              funnel shop {\n  \
                stage awareness : top { enter page_viewed }\n  \
                stage purchase : bottom { enter order_completed; converts }\n  \
                awareness -> purchase rate 3% when did page_viewed 2 times within 30d\n\
              }\n",
        good: "event page_viewed { sent_by web; owner web; status live }\n\
               event order_completed { sent_by web; owner web; status live }\n\
               funnel shop {\n  \
                 stage awareness : top { enter page_viewed }\n  \
                 stage purchase : bottom { enter order_completed; converts }\n  \
                 awareness -> purchase rate 3% within 30d when did page_viewed 2 times\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for node in model.nodes(Kind::Transition).chain(model.nodes(Kind::Handover)) {
        let edge = Transition(node);
        let Some(Val::Expr(when)) = edge.clause("when").map(|when| &when.val) else { continue };
        if edge.clause("within").is_some() || node.is_broken() {
            continue;
        }
        found.extend(last_did(node, when).and_then(|did| report(node, when, did)));
    }
}

/// The `did … within …` a condition ends with, unless parentheses say that it is meant so.
fn last_did<'m, 's>(node: Node<'m, 's>, when: &'m Expr<'s>) -> Option<&'m Expr<'s>> {
    if node.model.sources.text(when.span).ends_with(')') {
        return None;
    }
    match &when.kind {
        ExprKind::Did { within: Some(_), .. } => Some(when),
        ExprKind::Not(inner) => last_did(node, inner),
        ExprKind::All(members) | ExprKind::Any(members) => last_did(node, members.last()?),
        _ => None,
    }
}

fn report(node: Node<'_, '_>, when: &Expr<'_>, did: &Expr<'_>) -> Option<Diagnostic> {
    let words = node.model.sources.text(did.span);
    let at = did.span.start + words.rfind("within")? as u32;
    let within = Span { start: at, ..did.span };
    let words = node.model.sources.text(within);
    let condition = Span { end: at, ..when.span };
    let kept = node.model.sources.text(condition).trim_end();
    let fault = Diagnostic::new(
        &RULE.code,
        within,
        say!("this `within` belongs to `did`, and the transition has none of its own"),
    )
    .at(say!("how long ago it was done, not how long the transition takes"))
    .label(node.place(), say!("this transition may take all the time of the funnel's window"))
    .help(say!("write the transition's `within` before `when`, or put the condition in parentheses if it is meant so"));
    let moved = Edit { span: when.span, replacement: kept.to_owned() };
    let key = when_word(node, when)?;
    let before = Edit { span: key.before(), replacement: format!("{words} ") };
    let own = node.model.sources.text(did.span);
    Some(fault.fix_all(Safety::Unsafe, say!("give `{words}` to the transition", words), vec![before, moved]).fix(
        Safety::Unsafe,
        say!("keep it with `did`, in parentheses"),
        did.span,
        format!("({own})"),
    ))
}

/// The word `when` before a condition.
fn when_word(node: Node<'_, '_>, when: &Expr<'_>) -> Option<Span> {
    let head = Span { end: when.span.start, start: node.decl().span.start.min(when.span.start), ..when.span };
    let at = head.start + node.model.sources.text(head).rfind("when")? as u32;
    Some(Span { start: at, end: at + 4, ..head })
}
