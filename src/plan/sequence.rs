//! What outputs want to know of a sequence: what starts and stops it, and each of its messages with the time it is sent at
//! and the turns on the way to it.

use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::Serialize;

use super::declaration::{docs, id, label, module, path_of, reader};
use super::usage::Usage;
use super::value::{self, Duration, Expression, Reference, Value, by_language};
use crate::analysis::timed::{self, Send, Span, Timeline};
use crate::model::value::{Captured, Val, spell_seconds};
use crate::model::walk::{FieldOf, Node};
use crate::model::{Kind, Model};

/// A sequence.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SequencePlan {
    /// Its full path, its identity.
    pub path: String,
    /// A UUID made from its path.
    pub id: String,
    /// Its label by language.
    pub label: IndexMap<String, String>,
    /// The module of the standard library it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// What it says.
    pub docs: String,
    /// The stages of the transition that it is to make.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moves: Option<[String; 2]>,
    /// What starts a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Expression>,
    /// The property that each value of has a run of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
    /// Who may be in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Expression>,
    /// What ends a run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<Expression>,
    /// `never`, `always`, or after which time a person may run through it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub again: Option<String>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// When a run that nothing stops is over.
    pub ends: Window,
    /// Its messages, in the order they are written.
    pub messages: Vec<MessagePlan>,
}

/// When something happens after the start of a run, before quiet hours and caps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// At the earliest.
    pub earliest: Duration,
    /// At the latest.
    pub latest: Duration,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MessagePlan {
    /// Its full path, its identity.
    pub path: String,
    /// A UUID made from its path.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is, as `///` says.
    pub docs: String,
    /// `email`, `sms`, `whatsapp`, `push`, `call`, `post` or `task`.
    pub kind: &'static str,
    /// When it is sent.
    pub window: Window,
    /// The turns on the way to it, the first one first.
    pub turns: Vec<TurnPlan>,
    /// Its subject, for everybody or for a segment.
    pub subject: Vec<SaidPlan>,
    /// The line after the subject.
    pub preview: Vec<SaidPlan>,
    /// What it says.
    pub says: Vec<SaidPlan>,
    /// What is seen, for those who cannot see it.
    pub image: Vec<SaidPlan>,
    /// The one thing to do.
    pub cta: Vec<SaidPlan>,
    /// What it offers, as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// What it should lead to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aims: Option<AimPlan>,
    /// Whom it is for, of those who are in the sequence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Expression>,
    /// What must hold at that moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Expression>,
    /// The channel it goes through, as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<String>,
    /// Who does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why it may be sent: its own basis, or that of its sequence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<BasisPlan>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// Where a run turned off.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TurnPlan {
    /// `happened`, `ended`, `when`, `otherwise` or `arm`.
    pub turn: &'static str,
    /// What was waited for or asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<Expression>,
    /// How long it was waited for at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Duration>,
    /// The split, as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// The share of an arm, as `50%`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<String>,
}

/// A text of a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SaidPlan {
    /// Whom it is for; everybody else where nothing is said.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub whom: Option<Reference>,
    /// The text by language.
    pub text: IndexMap<String, String>,
    /// Where it leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What a message should lead to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AimPlan {
    /// The event.
    pub event: Expression,
    /// Within which time.
    pub within: Duration,
    /// How many of those who get it, as `>= 25%`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Value>,
}

/// Why something may be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BasisPlan {
    /// `consent`, `soft_opt_in`, `transactional` or `legitimate_interest`.
    pub kind: String,
    /// The consent, as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
}

/// The project's sequences and those of the standard library that it uses as they are, by path.
pub(super) fn all(model: &Model<'_>, usage: &Usage) -> Vec<SequencePlan> {
    let ids = model.all_of_kind(Kind::Sequence).iter().copied();
    let kept = ids.filter(|id| !model.is_std(*id) || (usage.is_used(model, *id) && !usage.is_replaced(*id)));
    let mut all: Vec<SequencePlan> = kept.map(|id| sequence(model.node(id))).collect();
    all.sort_by(|a, b| a.path.cmp(&b.path));
    all
}

fn sequence(own: Node<'_, '_>) -> SequencePlan {
    let timeline = Timeline::of(own);
    let path = own.path();
    let moves =
        own.field("moves").and_then(|field| Some([field.target_of("from")?.path(), field.target_of("to")?.path()]));
    SequencePlan {
        id: id(Kind::Sequence.word(), &path),
        label: label(own),
        module: module(own),
        docs: docs(own),
        moves,
        start: expr(own, "start", "trigger"),
        per: own.field("start").and_then(|field| field.get("key")?.val.word()).map(str::to_owned),
        audience: expr(own, "audience", "value"),
        stop: expr(own, "stop", "value"),
        again: own.field("again").and_then(again),
        owner: own.owner().map(str::to_owned),
        ends: window(timeline.end),
        messages: timeline.sends.iter().map(|send| message(own, send)).collect(),
        path,
    }
}

fn again(field: FieldOf<'_, '_>) -> Option<String> {
    match &field.get("after").or_else(|| field.get("value"))?.val {
        Val::Duration(time) => Some(time.spelling()),
        other => other.word().map(str::to_owned),
    }
}

fn message(sequence: Node<'_, '_>, send: &Send<'_, '_>) -> MessagePlan {
    let own = send.step;
    let path = path_of(own);
    MessagePlan {
        id: id(own.kind().word(), &path),
        name: own.name().to_owned(),
        docs: docs(own),
        kind: own.kind().word(),
        window: window(send.after),
        turns: send.turns.iter().map(turn).collect(),
        subject: said(own, "subject"),
        preview: said(own, "preview"),
        says: said(own, "says"),
        image: said(own, "image"),
        cta: said(own, "cta"),
        offer: own.refs("offer").first().map(|offer| offer.path()),
        aims: own.field("aims_for").and_then(aim),
        audience: expr(own, "audience", "value"),
        when: expr(own, "when", "value"),
        via: own.refs("via").first().map(|channel| channel.path()),
        by: own.field("by").and_then(FieldOf::owner_word).map(str::to_owned),
        basis: own.field("basis").or_else(|| sequence.field("basis")).and_then(basis),
        owner: own.owner().or_else(|| sequence.owner()).map(str::to_owned),
        path,
    }
}

fn window(span: Span) -> Window {
    let duration = |seconds: i64| {
        let seconds = Decimal::from(seconds);
        Duration { seconds: Some(seconds.to_string()), months: None, text: spell_seconds(seconds) }
    };
    Window { earliest: duration(span.least), latest: duration(span.most) }
}

/// An expression of a field, with full paths.
fn expr(own: Node<'_, '_>, field: &str, slot: &str) -> Option<Expression> {
    let field = own.field(field)?;
    Some(reader(own.model, field.owner.id).expr(field.expr(slot)?))
}

fn said(own: Node<'_, '_>, word: &str) -> Vec<SaidPlan> {
    own.fields(word)
        .into_iter()
        .filter_map(|field| {
            let whom =
                field.target_of("for").map(|node| Reference { kind: node.kind().word().to_owned(), path: node.path() });
            let Val::Text(text) = &field.get("text").or_else(|| field.get("value"))?.val else { return None };
            let url = field.text("url").map(crate::model::value::Text::words);
            Some(SaidPlan { whom, text: by_language(own.model.languages()[0], text), url })
        })
        .collect()
}

fn aim(field: FieldOf<'_, '_>) -> Option<AimPlan> {
    let reader = reader(field.owner.model, field.owner.id);
    let Val::Duration(within) = field.get("within")?.val else { return None };
    let target = field.get("target").and_then(|own| reader.simple(&own.val));
    Some(AimPlan { event: reader.expr(field.expr("event")?), within: value::duration(within), target })
}

fn basis(field: FieldOf<'_, '_>) -> Option<BasisPlan> {
    let kind = field.get("kind")?.val.word()?.to_owned();
    Some(BasisPlan { kind, consent: field.target_of("consent").map(Node::path) })
}

fn turn(turn: &timed::Turn<'_, '_>) -> TurnPlan {
    use timed::Turn;
    let (word, node) = match turn {
        Turn::Happened(wait) => ("happened", *wait),
        Turn::Ended(wait) => ("ended", *wait),
        Turn::When(when) => ("when", *when),
        Turn::Otherwise(when) => ("otherwise", *when),
        Turn::Arm(_, arm) => ("arm", *arm),
    };
    let reader = reader(node.model, node.id);
    let head = |slot: &str| node.decl().in_head(slot).map(|own: &Captured<'_>| &own.val);
    let what = match head("until").or_else(|| head("value")) {
        Some(Val::Expr(expr)) => Some(reader.expr(expr)),
        _ => None,
    };
    let at_most = match head("at_most") {
        Some(Val::Duration(time)) => Some(value::duration(*time)),
        _ => None,
    };
    let share = match head("share") {
        Some(Val::Percent(share)) => Some(format!("{share}%")),
        _ => None,
    };
    let split = if let Turn::Arm(split, _) = turn { Some(path_of(*split)) } else { None };
    TurnPlan { turn: word, what, at_most, split, share }
}
