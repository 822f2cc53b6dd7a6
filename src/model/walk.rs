//! Walkers: small copyable views that read the model in the words of the trade. A [`Node`] is any declaration; the
//! others add what their kind alone has.

use rust_decimal::Decimal;

use super::decl::{Decl, DeclId, Field};
use super::expr::Expr;
use super::kinds::Kind;
use super::names::Scope;
use super::types;
use super::value::{Captured, Duration, Money, RefIx, Text, Type, Val};
use super::{Model, Target};
use crate::source::Span;

/// Any declaration.
#[derive(Clone, Copy)]
pub struct Node<'m, 's> {
    /// The model it is part of.
    pub model: &'m Model<'s>,
    /// Which one it is.
    pub id: DeclId,
}

/// A field with the declaration it stands in, which its references are relative to.
#[derive(Clone, Copy)]
pub struct FieldOf<'m, 's> {
    /// The declaration, perhaps one that is extended.
    pub owner: Node<'m, 's>,
    /// The field.
    pub field: &'m Field<'s>,
}

impl<'s> Model<'s> {
    /// A view of a declaration.
    pub fn node(&self, id: DeclId) -> Node<'_, 's> {
        Node { model: self, id }
    }

    /// The project's declarations of a kind, in order.
    pub fn nodes(&self, kind: Kind) -> impl Iterator<Item = Node<'_, 's>> {
        self.of_kind(kind).map(|id| self.node(id))
    }

    /// The project's funnels.
    pub fn funnels(&self) -> impl Iterator<Item = Funnel<'_, 's>> {
        self.nodes(Kind::Funnel).map(Funnel)
    }

    /// The project's events.
    pub fn events(&self) -> impl Iterator<Item = Event<'_, 's>> {
        self.nodes(Kind::Event).map(Event)
    }

    /// The project's KPIs.
    pub fn kpis(&self) -> impl Iterator<Item = Kpi<'_, 's>> {
        self.nodes(Kind::Kpi).map(Kpi)
    }

    /// The declaration of the project itself.
    pub fn project(&self) -> Option<Node<'_, 's>> {
        self.nodes(Kind::Project).next()
    }

    /// The languages of labels and texts, the default first; `en` where none is declared.
    pub fn languages(&self) -> Vec<&'s str> {
        let declared = self.project().map(|project| project.words("languages")).unwrap_or_default();
        if declared.is_empty() { vec!["en"] } else { declared }
    }
}

impl<'m, 's> Node<'m, 's> {
    /// The declaration.
    pub fn decl(self) -> &'m Decl<'s> {
        self.model.decl(self.id)
    }

    /// Its kind.
    pub fn kind(self) -> Kind {
        self.decl().kind
    }

    /// Its name, or nothing.
    pub fn name(self) -> &'s str {
        self.decl().name_text()
    }

    /// The name under which every output knows it.
    pub fn path(self) -> String {
        self.model.path(self.id)
    }

    /// Where it is pointed at.
    pub fn place(self) -> Span {
        self.decl().place
    }

    /// The word after `:`.
    pub fn class(self) -> Option<&'s str> {
        self.lineage().find_map(|node| node.decl().class.map(|class| class.text))
    }

    /// Its `///` lines, or those of what it extends.
    pub fn docs(self) -> Vec<&'s str> {
        self.lineage().map(|node| node.decl().docs.clone()).find(|docs| !docs.is_empty()).unwrap_or_default()
    }

    /// Whether something in it (or in what it extends) could not be read, so that nothing should be concluded from what
    /// it lacks.
    pub fn is_broken(self) -> bool {
        self.lineage().any(|node| node.decl().broken)
    }

    /// It, what it extends, and so on.
    pub fn lineage(self) -> impl Iterator<Item = Node<'m, 's>> {
        self.model.lineage(self.id).map(move |id| self.model.node(id))
    }

    /// What it is declared inside of.
    pub fn parent(self) -> Option<Node<'m, 's>> {
        self.decl().parent.map(|id| self.model.node(id))
    }

    /// What is declared directly inside it.
    pub fn children(self) -> impl Iterator<Item = Node<'m, 's>> {
        self.decl().children.iter().map(move |id| self.model.node(*id))
    }

    /// What of a kind is declared directly inside it.
    pub fn children_of(self, kind: Kind) -> impl Iterator<Item = Node<'m, 's>> {
        self.children().filter(move |node| node.kind() == kind)
    }

    /// Every declaration inside it, however deep, in order.
    pub fn descendants(self) -> Vec<Node<'m, 's>> {
        let mut found = Vec::new();
        let mut open: Vec<Node<'m, 's>> = self.children().collect();
        open.reverse();
        while let Some(node) = open.pop() {
            found.push(node);
            let inner: Vec<Node<'m, 's>> = node.children().collect();
            open.extend(inner.into_iter().rev());
        }
        found
    }

    /// The first field of a word, its own or inherited.
    pub fn field(self, word: &str) -> Option<FieldOf<'m, 's>> {
        self.lineage().find_map(|owner| Some(FieldOf { owner, field: owner.decl().field(word)? }))
    }

    /// Every field of a word of the nearest declaration that has any.
    pub fn fields(self, word: &str) -> Vec<FieldOf<'m, 's>> {
        let of = |owner: Node<'m, 's>| -> Vec<FieldOf<'m, 's>> {
            let fields = owner.decl().fields.iter().filter(|field| field.spec.word == word);
            fields.map(|field| FieldOf { owner, field }).collect()
        };
        self.lineage().map(of).find(|fields| !fields.is_empty()).unwrap_or_default()
    }

    /// Whether it has a field of a word, its own or inherited.
    pub fn has(self, word: &str) -> bool {
        self.field(word).is_some()
    }

    /// The words a field holds.
    pub fn words(self, word: &str) -> Vec<&'s str> {
        let fields = self.fields(word).into_iter().flat_map(|field| &field.field.values);
        fields.filter_map(|captured| captured.val.word()).collect()
    }

    /// The first word a field holds.
    pub fn word(self, word: &str) -> Option<&'s str> {
        self.words(word).first().copied()
    }

    /// The declarations a field refers to.
    pub fn refs(self, word: &str) -> Vec<Node<'m, 's>> {
        self.fields(word).into_iter().flat_map(FieldOf::refs).collect()
    }

    /// Who owns it: a team's name or a free word.
    pub fn owner(self) -> Option<&'s str> {
        self.field("owner")?.owner_word()
    }

    /// Its label: the field `label`, or the text after the name, of it or of what it extends.
    pub fn label_text(self) -> Option<Text<'s>> {
        self.lineage().find_map(|node| {
            let field = node.decl().field("label").and_then(|field| field.get("value"));
            if let Some(Captured { val: Val::Text(text), .. }) = field {
                return Some(text.clone());
            }
            node.decl().label.clone().map(|entry| Text { entries: vec![entry] })
        })
    }

    /// Its label in a language; in the default language where that is missing, and its name where there is none.
    pub fn label(self, lang: &str) -> String {
        let default = self.model.languages()[0];
        let Some(text) = self.label_text() else { return self.name().to_owned() };
        text.in_language(lang, default).or_else(|| text.in_language(default, default)).unwrap_or_else(|| text.words())
    }
}

impl<'m, 's> FieldOf<'m, 's> {
    /// The first value of a slot; `value` where the table gives no name.
    pub fn get(self, slot: &str) -> Option<&'m Captured<'s>> {
        self.field.get(slot)
    }

    /// The declaration a value refers to.
    pub fn target(self, reference: RefIx) -> Option<Node<'m, 's>> {
        self.owner.model.target_decl(self.owner.id, reference).map(|id| self.owner.model.node(id))
    }

    /// The declaration that the first value of a slot refers to.
    pub fn target_of(self, slot: &str) -> Option<Node<'m, 's>> {
        match self.get(slot)?.val {
            Val::Ref(reference) => self.target(reference),
            _ => None,
        }
    }

    /// Every declaration it refers to.
    pub fn refs(self) -> Vec<Node<'m, 's>> {
        let target = |captured: &Captured<'s>| match captured.val {
            Val::Ref(reference) => self.target(reference),
            _ => None,
        };
        self.field.values.iter().filter_map(target).collect()
    }

    /// The owner it names.
    pub fn owner_word(self) -> Option<&'s str> {
        let Val::Ref(reference) = self.field.values.first()?.val else { return None };
        match self.owner.model.target(self.owner.id, reference) {
            Target::Word(word) => Some(word),
            Target::Decl(id) => Some(self.owner.model.decl(id).name_text()),
            _ => None,
        }
    }

    /// The expression under a slot.
    pub fn expr(self, slot: &str) -> Option<&'m Expr<'s>> {
        if let Val::Expr(expr) = &self.get(slot)?.val { Some(expr) } else { None }
    }

    /// The length of time under a slot.
    pub fn duration(self, slot: &str) -> Option<Duration> {
        if let Val::Duration(duration) = self.get(slot)?.val { Some(duration) } else { None }
    }

    /// The amount of money under a slot.
    pub fn money(self, slot: &str) -> Option<Money<'s>> {
        if let Val::Money(money) = self.get(slot)?.val { Some(money) } else { None }
    }

    /// The share under a slot, as written: `12.5` for 12.5%.
    pub fn percent(self, slot: &str) -> Option<Decimal> {
        if let Val::Percent(share) = self.get(slot)?.val { Some(share) } else { None }
    }

    /// The text under a slot.
    pub fn text(self, slot: &str) -> Option<&'m Text<'s>> {
        if let Val::Text(text) = &self.get(slot)?.val { Some(text) } else { None }
    }
}

macro_rules! views {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name<'m, 's>(pub Node<'m, 's>);

        impl<'m, 's> std::ops::Deref for $name<'m, 's> {
            type Target = Node<'m, 's>;
            fn deref(&self) -> &Node<'m, 's> {
                &self.0
            }
        }
    )*};
}

views! {
    /// A funnel.
    Funnel
    /// A stage of a funnel.
    Stage
    /// A transition between stages, or a handover between funnels.
    Transition
    /// An event.
    Event
    /// A property of an event, a trait of a person, or a member of a type.
    Property
    /// A KPI.
    Kpi
}

impl<'m, 's> Funnel<'m, 's> {
    /// Its stages in the order they are declared.
    pub fn stages(self) -> impl Iterator<Item = Stage<'m, 's>> {
        self.0.children_of(Kind::Stage).map(Stage)
    }

    /// Its transitions in the order they are declared.
    pub fn transitions(self) -> impl Iterator<Item = Transition<'m, 's>> {
        self.0.children_of(Kind::Transition).map(Transition)
    }

    /// How long a journey lasts at most.
    pub fn window(self) -> Option<Duration> {
        self.0.field("window")?.duration("value")
    }

    /// The usual time from start to conversion.
    pub fn cycle(self) -> Option<Duration> {
        self.0.field("cycle")?.duration("value")
    }

    /// Whether its class promises a loyalty half that people go around.
    pub fn promises_loyalty(self) -> bool {
        matches!(self.0.class(), Some("inverted" | "hourglass" | "flywheel"))
    }
}

impl<'m, 's> Stage<'m, 's> {
    /// `top`, `middle`, `bottom` or `loyalty`.
    pub fn layer(self) -> Option<&'s str> {
        self.0.class()
    }

    /// Whether it belongs to the loyalty half.
    pub fn is_loyalty(self) -> bool {
        self.layer() == Some("loyalty")
    }

    /// Whether reaching it is the conversion.
    pub fn converts(self) -> bool {
        self.0.has("converts")
    }

    /// Whether people may begin here, whatever leads to it.
    pub fn is_open(self) -> bool {
        self.0.has("open")
    }

    /// Whether people may skip it.
    pub fn is_optional(self) -> bool {
        self.0.has("optional")
    }

    /// What brings a person here.
    pub fn enter(self) -> Option<&'m Expr<'s>> {
        self.0.field("enter")?.expr("value")
    }
}

impl<'m, 's> Transition<'m, 's> {
    fn end(self, slot: &str) -> Option<Stage<'m, 's>> {
        let Val::Ref(reference) = self.0.decl().in_head(slot)?.val else { return None };
        self.0.model.target_decl(self.0.id, reference).map(|id| Stage(self.0.model.node(id)))
    }

    /// The stage it leaves; none where that is not declared.
    pub fn from(self) -> Option<Stage<'m, 's>> {
        self.end("from")
    }

    /// The stage it leads to; none where that is not declared.
    pub fn to(self) -> Option<Stage<'m, 's>> {
        self.end("to")
    }

    /// The value of one of its clauses.
    pub fn clause(self, slot: &str) -> Option<&'m Captured<'s>> {
        self.0.decl().in_head(slot)
    }

    /// The planned rate, as written: `12.5` for 12.5%.
    pub fn rate(self) -> Option<Decimal> {
        if let Val::Percent(rate) = self.clause("rate")?.val { Some(rate) } else { None }
    }

    /// Planned rates for segments and channels: whom, the rate, where it is written.
    pub fn special_rates(self) -> Vec<(Node<'m, 's>, Decimal, Span)> {
        let Some(Captured { val: Val::Rows(rows), .. }) = self.clause("rates") else { return Vec::new() };
        let row = |row: &Vec<Captured<'s>>| {
            let Val::Ref(reference) = super::decl::find(row, "who")?.val else { return None };
            let rate = super::decl::find(row, "rate")?;
            let Val::Percent(share) = rate.val else { return None };
            let who = self.0.model.target_decl(self.0.id, reference)?;
            Some((self.0.model.node(who), share, rate.span))
        };
        rows.iter().filter_map(row).collect()
    }

    /// How long it may take.
    pub fn within(self) -> Option<Duration> {
        if let Val::Duration(within) = self.clause("within")?.val { Some(within) } else { None }
    }

    fn is_as(self, word: &str) -> bool {
        self.clause("as").and_then(|captured| captured.val.word()) == Some(word)
    }

    /// Whether it brings new people instead of moving the same one.
    pub fn is_referral(self) -> bool {
        self.is_as("referral")
    }

    /// Whether it lets the same person start again.
    pub fn is_reentry(self) -> bool {
        self.is_as("reentry")
    }
}

impl<'m, 's> Event<'m, 's> {
    /// Its properties: own, shared and inherited.
    pub fn properties(self) -> Vec<Property<'m, 's>> {
        types::properties(self.0.model, self.0.id).into_iter().map(|id| Property(self.0.model.node(id))).collect()
    }

    /// Its name on the wire, in one destination or in all.
    pub fn wire_name(self, destination: Option<&str>) -> String {
        name_in(&self.wire_names(), destination).unwrap_or_else(|| self.0.name().to_owned())
    }

    /// Its declared names on the wire with their destinations, the nearest first.
    pub fn wire_names(self) -> Vec<(Option<&'m str>, String)> {
        self.0.lineage().flat_map(|node| node.fields("named")).filter_map(named_as).collect()
    }

    /// `planned`, `live` or `deprecated`; planned where nothing is said.
    pub fn status(self) -> &'s str {
        let state = self.0.field("status").and_then(|field| field.get("state"));
        state.and_then(|captured| captured.val.word()).unwrap_or("planned")
    }

    /// The event to use instead of a deprecated one.
    pub fn successor(self) -> Option<Event<'m, 's>> {
        self.0.field("status")?.target_of("successor").map(Event)
    }
}

/// The name in one destination, or else in all.
fn name_in(names: &[(Option<&str>, String)], destination: Option<&str>) -> Option<String> {
    let in_destination = names.iter().find(|(own, _)| own.is_some() && *own == destination);
    let in_all = names.iter().find(|(own, _)| own.is_none());
    in_destination.or(in_all).map(|(_, name)| name.clone())
}

/// The destination and the name of a `named` field.
fn named_as<'m>(field: FieldOf<'m, '_>) -> Option<(Option<&'m str>, String)> {
    let destination = field.get("destination").and_then(|captured| captured.val.word());
    let name = match &field.get("name")?.val {
        Val::Text(text) => text.words(),
        Val::Word(word) => (*word).to_owned(),
        _ => return None,
    };
    Some((destination, name))
}

impl<'m, 's> Property<'m, 's> {
    fn slot(self, slot: &str) -> Option<&'m Captured<'s>> {
        self.0.decl().in_head(slot)
    }

    /// Its type.
    pub fn kind_of_value(self) -> Option<&'m Type<'s>> {
        if let Val::Type(kind) = &self.slot("type")?.val { Some(kind) } else { None }
    }

    /// The declared type behind its type, through lists.
    pub fn declared_type(self) -> Option<Node<'m, 's>> {
        let reference = types::named_type(self.0.decl())?;
        self.0.model.target_decl(self.0.id, reference).map(|id| self.0.model.node(id))
    }

    /// Whether it must be sent.
    pub fn is_required(self) -> bool {
        self.slot("required").is_some()
    }

    /// The kind of personal data it is.
    pub fn pii(self) -> Option<&'s str> {
        self.slot("pii")?.val.word()
    }

    /// What it is kept for: a consent's name or a reason.
    pub fn purpose(self) -> Option<String> {
        match &self.slot("purpose")?.val {
            Val::Text(text) => Some(text.words()),
            Val::Ref(reference) => self.0.model.target_decl(self.0.id, *reference).map(|id| self.0.model.path(id)),
            _ => None,
        }
    }

    /// Its default.
    pub fn default(self) -> Option<&'m Captured<'s>> {
        self.slot("default")
    }

    /// Its name on the wire, in one destination or in all.
    pub fn wire_name(self, destination: Option<&str>) -> String {
        name_in(&self.wire_names(), destination).unwrap_or_else(|| self.0.name().to_owned())
    }

    /// Its declared names on the wire with their destinations.
    pub fn wire_names(self) -> Vec<(Option<&'m str>, String)> {
        let head = &self.0.decl().head;
        let mut names: Vec<(Option<&'m str>, String)> = Vec::new();
        for captured in head {
            match (captured.slot, &captured.val) {
                ("name", Val::Text(text)) => names.push((None, text.words())),
                ("destination", Val::Word(word)) => {
                    if let Some(last) = names.last_mut() {
                        last.0 = Some(word);
                    }
                }
                _ => {}
            }
        }
        names
    }

    /// The value of one of its other clauses: `range`, `length`, `pattern`, `unit`, `deprecated`.
    pub fn clause(self, slot: &str) -> Option<&'m Captured<'s>> {
        self.slot(slot)
    }
}

impl<'m, 's> Kpi<'m, 's> {
    /// How it is computed, with the declaration that says so.
    pub fn value(self) -> Option<(Node<'m, 's>, &'m Expr<'s>)> {
        let field = self.0.field("value")?;
        Some((field.owner, field.expr("value")?))
    }

    /// The unit of its value; nothing where it cannot be told.
    pub fn unit(self) -> Option<types::Unit<'s>> {
        types::kpi_unit(self.0.model, self.0.id)
    }

    /// What it is about.
    pub fn about(self) -> Vec<Node<'m, 's>> {
        types::parameters(self.0.model, self.0.id).into_iter().map(|id| self.0.model.node(id)).collect()
    }
}

impl<'s> Model<'s> {
    /// The trait of a name.
    pub fn trait_named(&self, name: &str) -> Option<Property<'_, 's>> {
        self.names.in_scope(Scope::Traits, name).map(|id| Property(self.node(id)))
    }
}
