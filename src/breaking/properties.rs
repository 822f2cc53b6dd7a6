//! Which property became which: of events wherever it is declared, of their variants, of types and of people. What
//! several events share is one pair.

use std::cmp::Ordering;

use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::Comparison;
use super::pairs::earlier_names;
use crate::diagnostic::Message;
use crate::model::Kind;
use crate::model::decl::DeclId;
use crate::model::walk::{Event, Node, Property};
use crate::plan::value::{Type, Value};
use crate::plan::{self, PropertyPlan};
use crate::say;
use crate::source::Span;

/// A property with what it says.
#[derive(Clone)]
pub struct Side<'m, 's> {
    /// The declaration.
    pub node: Node<'m, 's>,
    /// What it says, as data.
    pub plan: PropertyPlan,
}

/// A property before and after; one of them is there.
pub struct PropertyPair<'m, 's> {
    /// As it was.
    pub previous: Option<Side<'m, 's>>,
    /// As it is.
    pub current: Option<Side<'m, 's>>,
    /// The events (variants, types, traits) of the current model that have or had it.
    pub holders: Vec<Node<'m, 's>>,
    /// Where one looks for it in the current spec.
    pub home: Span,
}

impl<'m, 's> PropertyPair<'m, 's> {
    /// Both sides, where it was kept.
    pub fn kept(&self) -> Option<(&Side<'m, 's>, &Side<'m, 's>)> {
        self.previous.as_ref().zip(self.current.as_ref())
    }

    /// Its side that is there, the current one first.
    fn side(&self) -> Option<&Side<'m, 's>> {
        self.current.as_ref().or(self.previous.as_ref())
    }

    /// What it is, in words.
    pub fn subject(&self) -> Message {
        let Some(side) = self.side() else { return Message::default() };
        let name = side.node.name();
        match (side.node.kind(), self.holders.as_slice()) {
            (Kind::Trait, _) => say!("trait `{name}`", name),
            (Kind::Member, [holder, ..]) => say!("member `{name}` of type `{holder}`", name, holder = holder.path()),
            (_, [holder]) => say!("property `{name}` of event `{holder}`", name, holder = holder.path()),
            (_, holders) => {
                let events = holders.len();
                say!("property `{name}` of {events} events", name, events)
            }
        }
    }

    /// The paths of the events of the current model whose schema has it.
    pub fn events(&self) -> Vec<String> {
        let of = |node: &Node<'m, 's>| match node.kind() {
            Kind::Event => vec![node.path()],
            Kind::Variant => node.parent().map(Node::path).into_iter().collect(),
            Kind::Type => with_type(*node),
            _ => Vec::new(),
        };
        let mut paths: Vec<String> = self.holders.iter().flat_map(of).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }
}

/// The events that have a type, directly or in another type.
fn with_type(node: Node<'_, '_>) -> Vec<String> {
    let model = node.model;
    let mut types = vec![node.id];
    let has =
        |types: &[DeclId], own: Property<'_, '_>| own.declared_type().is_some_and(|kind| types.contains(&kind.id));
    loop {
        let outer = model.nodes(Kind::Type).filter(|outer| !types.contains(&outer.id));
        let outer = outer.filter(|outer| outer.children_of(Kind::Member).any(|own| has(&types, Property(own))));
        let found: Vec<DeclId> = outer.map(|outer| outer.id).collect();
        if found.is_empty() {
            break;
        }
        types.extend(found);
    }
    let of_variants = |event: Event<'_, '_>| -> bool {
        let forms =
            event.0.children_of(Kind::Variant).flat_map(|form| form.children_of(Kind::Prop).collect::<Vec<_>>());
        forms.into_iter().any(|own| has(&types, Property(own)))
    };
    let with =
        model.events().filter(|event| event.properties().iter().any(|own| has(&types, *own)) || of_variants(*event));
    with.map(|event| event.0.path()).collect()
}

/// Which sides make a pair, by their ids in the previous and the current model.
type Key = (Option<DeclId>, Option<DeclId>);

/// The pairs, each with what has it.
type Gathered<'m, 's> = IndexMap<Key, Vec<Node<'m, 's>>>;

/// Every property that was kept, or that came or went while what has it was kept.
pub(super) fn all<'m, 's>(comparison: &Comparison<'m, 's>) -> Vec<PropertyPair<'m, 's>> {
    let mut gathered = Gathered::new();
    for (was, is) in comparison.kept(Kind::Event) {
        add(&mut gathered, is, &of_event(was), &of_event(is));
    }
    for (was, is) in comparison.kept(Kind::Variant) {
        add(&mut gathered, is, &inside(was, Kind::Prop), &inside(is, Kind::Prop));
    }
    for (was, is) in comparison.kept(Kind::Type) {
        add(&mut gathered, is, &inside(was, Kind::Member), &inside(is, Kind::Member));
    }
    // Traits are of people, wherever they are declared.
    if let Some(is) = comparison.current.nodes(Kind::Traits).next().or(comparison.current.project()) {
        let of = |model: &'m crate::model::Model<'s>| model.nodes(Kind::Trait).collect::<Vec<_>>();
        add(&mut gathered, is, &of(comparison.previous), &of(comparison.current));
    }
    gathered.into_iter().map(|(key, holders)| pair(comparison, key, holders)).collect()
}

fn of_event<'m, 's>(event: Node<'m, 's>) -> Vec<Node<'m, 's>> {
    Event(event).properties().into_iter().map(|own| own.0).collect()
}

/// What is declared in something or in what it extends, the nearest of a name.
fn inside<'m, 's>(node: Node<'m, 's>, kind: Kind) -> Vec<Node<'m, 's>> {
    let mut found: IndexMap<&str, Node<'m, 's>> = IndexMap::new();
    for own in node.lineage().flat_map(|own| own.children_of(kind).collect::<Vec<_>>()) {
        found.entry(own.name()).or_insert(own);
    }
    found.into_values().collect()
}

/// Pairs the properties of one thing by name, then by earlier name.
fn add<'m, 's>(gathered: &mut Gathered<'m, 's>, holder: Node<'m, 's>, was: &[Node<'m, 's>], is: &[Node<'m, 's>]) {
    let mut left: IndexMap<&str, DeclId> = was.iter().map(|own| (own.name(), own.id)).collect();
    let mut new: Vec<Node<'m, 's>> = Vec::new();
    let mut join = |key: Key| gathered.entry(key).or_default().push(holder);
    for own in is {
        match left.shift_remove(own.name()) {
            Some(then) => join((Some(then), Some(own.id))),
            None => new.push(*own),
        }
    }
    for own in new {
        let then = earlier_names(own.model, own.id).into_iter().find_map(|name| left.shift_remove(name));
        join((then, Some(own.id)));
    }
    left.into_values().for_each(|gone| join((Some(gone), None)));
}

fn pair<'m, 's>(comparison: &Comparison<'m, 's>, (was, is): Key, holders: Vec<Node<'m, 's>>) -> PropertyPair<'m, 's> {
    let side = |node: Node<'m, 's>| {
        let outer = node.parent().map(Node::path).unwrap_or_default();
        Side { node, plan: plan::property(&outer, Property(node)) }
    };
    let previous = was.map(|id| side(comparison.previous.node(id)));
    let current = is.map(|id| side(comparison.current.node(id)));
    let home = home(comparison, previous.as_ref(), current.as_ref(), &holders);
    PropertyPair { previous, current, holders, home }
}

/// The property itself; where it is gone, what had it, or what it was shared from.
fn home<'m, 's>(
    comparison: &Comparison<'m, 's>,
    was: Option<&Side<'m, 's>>,
    is: Option<&Side<'m, 's>>,
    holders: &[Node<'m, 's>],
) -> Span {
    let holder = holders.first().copied();
    let shared = || {
        let owner = was?.node.parent().filter(|_| holders.len() > 1)?;
        comparison.pairs.now(owner.id).map(|id| comparison.current.node(id))
    };
    let own = is.map(|side| side.node).filter(|node| !comparison.current.is_std(node.id));
    own.or_else(shared).or(holder).map_or_else(|| comparison.front(), |node| comparison.now(node))
}

/// How one type relates to another, by the values they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The same values, as far as the type says.
    Same,
    /// Fewer values.
    Narrower,
    /// More values.
    Wider,
    /// Other values, or the same with another meaning.
    Other,
}

/// The scalars whose values are texts of some form.
const TEXTS: &[&str] = &["date", "datetime", "time", "url", "email", "uuid", "country", "currency", "language"];

/// How the current type relates to the previous one; what the members of closed lists are is told apart from this.
/// `same_type` says whether two paths mean the same declared type.
pub fn relation(was: &Type, is: &Type, same_type: &dyn Fn(&str, &str) -> bool) -> Relation {
    match (was, is) {
        (Type::Enum(_), Type::Enum(_)) => Relation::Same,
        (Type::List(was), Type::List(is)) => relation(was, is, same_type),
        (Type::Named(was), Type::Named(is)) if same_type(was, is) => Relation::Same,
        (was, is) if was == is => Relation::Same,
        (was, is) if holds(is, was) => Relation::Wider,
        (was, is) if holds(was, is) => Relation::Narrower,
        _ => Relation::Other,
    }
}

/// Whether every value of the inner type is one of the outer, and means the same.
fn holds(outer: &Type, inner: &Type) -> bool {
    let Type::Scalar(outer) = outer else { return false };
    match (outer.as_str(), inner) {
        ("any", _) | ("string", Type::Enum(_)) => true,
        ("number", Type::Scalar(inner)) => inner == "integer",
        ("string", Type::Scalar(inner)) => TEXTS.contains(&inner.as_str()),
        _ => false,
    }
}

/// The members of the closed list a type holds, through lists.
pub fn members(kind: &Type) -> Option<&[String]> {
    match kind {
        Type::Enum(members) => Some(members),
        Type::List(inner) => members(inner),
        Type::Scalar(_) | Type::Named(_) => None,
    }
}

/// How one set of bounds relates to another.
pub fn bounds(was: Option<&Value>, is: Option<&Value>) -> Relation {
    match (was, is) {
        (None, None) => Relation::Same,
        (Some(_), None) => Relation::Wider,
        (Some(Value::Range(was)), Some(Value::Range(is))) => {
            match (order(&is.from, &was.from), order(&is.to, &was.to)) {
                (Some(Ordering::Equal), Some(Ordering::Equal)) => Relation::Same,
                (Some(Ordering::Less | Ordering::Equal), Some(Ordering::Greater | Ordering::Equal)) => Relation::Wider,
                _ => Relation::Narrower,
            }
        }
        (Some(was), Some(is)) if was == is => Relation::Same,
        _ => Relation::Narrower,
    }
}

/// The order of two bounds; none where they cannot be compared.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Date(a), Value::Date(b)) | (Value::Time(a), Value::Time(b)) | (Value::Month(a), Value::Month(b)) => {
            Some(a.cmp(b))
        }
        _ => amount(a)?.partial_cmp(&amount(b)?),
    }
}

fn amount(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => number.parse().ok(),
        Value::Percent(share) => share.trim_end_matches('%').parse().ok(),
        Value::Money(money) => money.amount.parse().ok(),
        Value::Duration(time) => time.seconds.as_ref()?.parse().ok(),
        _ => None,
    }
}
