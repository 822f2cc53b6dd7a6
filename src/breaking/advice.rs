//! What to do about a loss that looks like a new name, and the edits that do it.

use super::Comparison;
use super::properties::PropertyPair;
use crate::diagnostic::{Diagnostic, Safety};
use crate::model::faults::nearest;
use crate::model::walk::{Event, Node};
use crate::plan;
use crate::say;
use crate::source::Span;

/// The new event that an event which is gone most likely became: the one with the most properties in common, if that is
/// half of all, or the one of the nearest name.
pub(super) fn renamed_event<'m, 's>(comparison: &Comparison<'m, 's>, was: Node<'m, 's>) -> Option<Node<'m, 's>> {
    let own = |node: &Node<'m, 's>| !comparison.current.is_std(node.id);
    let new: Vec<Node<'m, 's>> = comparison.events_new().into_iter().filter(own).collect();
    let best = new.iter().map(|is| (in_common(was, *is), *is)).filter(|(share, _)| *share >= 50);
    let best = best.max_by_key(|(share, is)| (*share, std::cmp::Reverse(is.id))).map(|(_, is)| is);
    best.or_else(|| nearest_of(was, &new))
}

/// The share of the properties of two events that have the same name and type, in percent.
fn in_common(was: Node<'_, '_>, is: Node<'_, '_>) -> usize {
    let of = |node: Node<'_, '_>| -> Vec<(String, Option<plan::value::Type>)> {
        let all = Event(node).properties().into_iter().map(|own| plan::property("", own));
        all.map(|own| (own.name, own.kind)).collect()
    };
    let (was, is) = (of(was), of(is));
    let shared = was.iter().filter(|own| is.contains(own)).count();
    let all = was.len() + is.len() - shared;
    (shared * 100).checked_div(all).unwrap_or_default()
}

/// The one of the nearest name, or else the only one that shares half of the words.
fn nearest_of<'m, 's>(was: Node<'m, 's>, new: &[Node<'m, 's>]) -> Option<Node<'m, 's>> {
    if let Some(name) = nearest(was.name(), new.iter().map(|node| node.name())) {
        return new.iter().copied().find(|node| node.name() == name);
    }
    let mut akin = new.iter().copied().filter(|node| shares_half(was.name(), node.name()));
    akin.next().filter(|_| akin.next().is_none())
}

/// Whether half of the words of the longer name are in the other: `frame_shape` and `shape`.
fn shares_half(one: &str, other: &str) -> bool {
    let (a, b): (Vec<&str>, Vec<&str>) = (one.split('_').collect(), other.split('_').collect());
    let shared = a.iter().filter(|word| b.contains(word)).count();
    shared > 0 && shared * 2 >= a.len().max(b.len())
}

/// The new property of the same holder that a property which is gone most likely became: of the same type, and the only
/// one or the one of the nearest name.
pub(super) fn renamed_property<'m, 's>(
    comparison: &Comparison<'m, 's>,
    gone: &PropertyPair<'m, 's>,
) -> Option<Node<'m, 's>> {
    let was = gone.previous.as_ref()?;
    let holder = gone.holders.first()?.id;
    let here = |pair: &&PropertyPair<'m, 's>| pair.holders.iter().any(|own| own.id == holder);
    let new = comparison.properties.iter().filter(here).filter(|pair| pair.previous.is_none());
    let sides = new.filter_map(|pair| pair.current.as_ref());
    let own = sides.filter(|is| !comparison.current.is_std(is.node.id) && is.node.kind() == was.node.kind());
    let alike: Vec<Node<'m, 's>> = own.filter(|is| is.plan.kind == was.plan.kind).map(|is| is.node).collect();
    match alike.as_slice() {
        [only] => Some(*only),
        several => nearest_of(was.node, several),
    }
}

/// The declaration of the same kind and surroundings that one which is gone most likely became: the one that says the same,
/// or the one of the nearest name.
pub(super) fn renamed<'m, 's>(comparison: &Comparison<'m, 's>, was: Node<'m, 's>) -> Option<Node<'m, 's>> {
    let outer = was.parent().and_then(|outer| comparison.pairs.now(outer.id));
    let here = |node: &Node<'m, 's>| node.parent().map(|outer| outer.id) == outer;
    let new: Vec<Node<'m, 's>> = comparison.added(was.kind()).into_iter().filter(here).collect();
    let fields = |node: Node<'m, 's>| {
        let said = plan::said(node);
        (said.head, said.fields)
    };
    let before = fields(was);
    let says_something = !(before.0.is_empty() && before.1.is_empty());
    let twin = new.iter().copied().find(|is| says_something && comparison.same(&before, &fields(*is)));
    twin.or_else(|| nearest_of(was, &new))
}

/// Says that a loss may be a new name, and offers to write so.
pub(super) fn suggest<'m, 's>(
    comparison: &Comparison<'m, 's>,
    found: Diagnostic,
    was: Node<'m, 's>,
    new: Node<'m, 's>,
) -> Diagnostic {
    let (old, name) = (was.name(), new.name());
    let found = found.label(new.place(), say!("is this what `{old}` became?", old)).help(say!(
        "if `{old}` became `{name}`, write `was {old}` there",
        old,
        name
    ));
    match clause(comparison, new, &format!("was {old}")) {
        Some((at, text)) => found.fix(Safety::Unsafe, say!("say that `{name}` was `{old}`", name, old), at, text),
        None => found,
    }
}

/// Offers to keep the old name on the wire, where no other is declared.
pub(super) fn keep_wire_name<'m, 's>(
    comparison: &Comparison<'m, 's>,
    found: Diagnostic,
    is: Node<'m, 's>,
    old: &str,
) -> Diagnostic {
    let is_named = is.has("named") || is.decl().in_head("name").is_some();
    let is_plain = !old.contains(['"', '\\', '{', '\n']);
    let edit = clause(comparison, is, &format!("named \"{old}\"")).filter(|_| !is_named && is_plain);
    match edit {
        Some((at, text)) => found.fix(Safety::Unsafe, say!("keep sending it as `{old}`", old), at, text),
        None => found,
    }
}

/// Where a clause is added to a declaration, and the text that adds it: at the end of a line without a block, else as a
/// field of its own.
fn clause<'m, 's>(comparison: &Comparison<'m, 's>, node: Node<'m, 's>, words: &str) -> Option<(Span, String)> {
    if comparison.current.is_std(node.id) {
        return None;
    }
    let (decl, source) = (node.decl(), comparison.current.sources.get(node.decl().span.file));
    if !decl.kind.spec().has_body() {
        return Some((decl.span.after(), format!(" {words}")));
    }
    let is_on_one_line = |span: Span| source.position(span.start).line == source.position(span.end).line;
    if let Some(field) = decl.fields.first() {
        let line = source.line_text(source.position(field.span.start).line);
        let indent = &line[..line.len() - line.trim_start().len()];
        let text = if is_on_one_line(decl.span) { format!("; {words}") } else { format!("\n{indent}{words}") };
        return Some((field.span.after(), text));
    }
    let text = comparison.current.sources.text(decl.span);
    if !text.ends_with('}') {
        return Some((decl.span.after(), format!(" {{ {words} }}")));
    }
    if let Some(child) =
        decl.children.first().map(|id| comparison.current.decl(*id)).filter(|child| child.docs.is_empty())
    {
        let line = source.line_text(source.position(child.span.start).line);
        let indent = &line[..line.len() - line.trim_start().len()];
        let end = if is_on_one_line(decl.span) { "; ".to_owned() } else { format!("\n{indent}") };
        return Some((child.span.before(), format!("{words}{end}")));
    }
    let is_empty = decl.children.is_empty();
    let last = Span { start: decl.span.end - 1, ..decl.span };
    is_empty.then(|| (last.before(), format!(" {words} ")))
}
