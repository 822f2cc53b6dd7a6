//! Segments and audiences that nobody can belong to.

use crate::analysis::segments::People;
use crate::analysis::segments::relations::contradiction;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::{FieldOf, Node};
use crate::model::{Kind, Model};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1601",
        name: "empty-segment",
        group: Group::Segments,
        level: Level::Warn,
        summary: "a segment or an audience that nobody can belong to",
        explanation: "A segment whose conditions contradict each other stays empty for ever, and whatever is made for it \
                      (a message, a rate, a split of a dashboard) is made for nobody. The list simply has no rows, so \
                      nothing else will tell.\n\n\
                      Reported are the `where` of a segment or antisegment, and an `audience`, whose parts cannot hold of \
                      one person at the same time: no value of a trait, no score and no past satisfies all of them. The \
                      finding points at the parts that contradict each other and leaves out the others. Deeds are taken \
                      together: who did an event within 30 days did it within 90 days too.\n\n\
                      To mend it, change one of the parts shown, or write `or` where either is enough.\n",
        bad: "traits { country string; orders integer }\n\
              segment regulars { where trait orders >= 5 and trait country == \"US\" and trait orders < 3 }\n",
        good: "traits { country string; orders integer }\n\
               segment regulars { where trait orders >= 5 and trait country == \"US\" }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for kind in [Kind::Segment, Kind::Antisegment] {
        let may_be_empty = |node: &Node<'_, '_>| !People::of(model, node.id).is_some_and(|people| people.exist);
        for node in model.nodes(kind).filter(may_be_empty) {
            let name = node.name();
            let spans = own_field(node, "where").map(|field| parts(model, field)).unwrap_or_default();
            found.extend(report(&spans, say!("nobody can belong to `{name}`", name)));
        }
    }
    let audiences = [Kind::Campaign, Kind::Sequence, Kind::Experiment];
    let messages = Kind::ALL.iter().copied().filter(|kind| kind.is_message());
    for kind in audiences.into_iter().chain(messages) {
        for node in model.nodes(kind) {
            let name = node.path();
            let spans = own_field(node, "audience").map(|field| parts(model, field)).unwrap_or_default();
            found.extend(report(&spans, say!("nobody can be in the audience of `{name}`", name)));
        }
    }
}

/// A field of the declaration itself: what it inherits is reported where it is written.
fn own_field<'m, 's>(node: Node<'m, 's>, word: &str) -> Option<FieldOf<'m, 's>> {
    node.field(word).filter(|field| field.owner.id == node.id && !node.is_broken())
}

fn parts(model: &Model<'_>, field: FieldOf<'_, '_>) -> Vec<Span> {
    field.expr("value").map(|expr| contradiction(model, field.owner.id, expr)).unwrap_or_default()
}

fn report(spans: &[Span], message: crate::diagnostic::Message) -> Option<Diagnostic> {
    let (first, others) = spans.split_first()?;
    let fault = Diagnostic::new(&RULE.code, *first, message);
    if others.is_empty() {
        let help = say!("what is made for them is made for nobody; change the condition");
        return Some(fault.at(say!("this never holds")).help(help));
    }
    let help =
        say!("what is made for them is made for nobody; change one of the two, or write `or` where either is enough");
    let fault = others.iter().fold(fault.at(say!("this part …")), |fault, other| {
        fault.label(*other, say!("… and this part cannot hold of one person"))
    });
    Some(fault.help(help))
}
