//! What holds of a person at a moment: conditions, triggers, consents, stages and segments, read off what happened before.
//! What the story does not tell is unknown, and says so.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value as Json};

use super::story::Story;
use crate::model::expr::{Dwell, Expr, ExprKind, Op};
use crate::model::value::{Duration, RefIx};
use crate::model::walk::{Node, Property, Stage, Transition};
use crate::model::{DeclId, Kind, Model, Target, Val};

/// How many conditions are followed into each other.
const MAX_NESTING: usize = 64;

/// An event that happened.
pub(super) struct Happened {
    pub(super) at: Timestamp,
    pub(super) event: DeclId,
    properties: Map<String, Json>,
}

/// A value of a story or a spec.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Text(String),
    Number(Decimal),
    Bool(bool),
    Date(Date),
}

/// Where references of an expression lead from, and the event whose properties are meant inside of a filter.
#[derive(Clone, Copy)]
struct Scope<'p> {
    owner: DeclId,
    event: Option<&'p Happened>,
    nesting: usize,
}

/// A moment that can trigger something.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// The event of this number in the history.
    Event(usize),
    /// A stage, a segment or a tier is entered.
    Enters(DeclId),
    /// A segment or a tier is left.
    Leaves(DeclId),
    /// A run of a sequence is finished.
    Finished(DeclId),
    /// A time that an expression waits for is over: the place of the expression.
    Over(crate::source::Span),
}

/// A person up to now.
pub(super) struct Person<'m, 's> {
    model: &'m Model<'s>,
    pub(super) story: &'m Story,
    history: Vec<Happened>,
    /// When each stage was reached last.
    reached: FxHashMap<DeclId, Timestamp>,
    /// The stage that was reached last, by funnel.
    current: FxHashMap<DeclId, (DeclId, Timestamp)>,
    /// What was entered and left by the story itself.
    told: BTreeMap<DeclId, bool>,
    /// The conditions that nobody could tell.
    untold: RefCell<BTreeSet<String>>,
}

impl<'m, 's> Person<'m, 's> {
    pub(super) fn new(model: &'m Model<'s>, story: &'m Story) -> Self {
        Self {
            model,
            story,
            history: Vec::new(),
            reached: FxHashMap::default(),
            current: FxHashMap::default(),
            told: BTreeMap::new(),
            untold: RefCell::new(BTreeSet::new()),
        }
    }

    /// The conditions that nobody could tell, as they are written.
    pub(super) fn untold(&self) -> Vec<String> {
        self.untold.borrow().iter().cloned().collect()
    }

    pub(super) fn property(&self, number: usize, name: &str) -> String {
        let own = self.history.get(number).and_then(|own| own.properties.get(name));
        own.map(|own| own.as_str().map_or_else(|| own.to_string(), str::to_owned)).unwrap_or_default()
    }

    // ---- what happens

    /// An event happens; its number, and the stages that are reached by it.
    pub(super) fn does(&mut self, at: Timestamp, event: DeclId, properties: Map<String, Json>) -> (usize, Vec<DeclId>) {
        self.history.push(Happened { at, event, properties });
        let number = self.history.len() - 1;
        // All entries of one event read the state as it was before it.
        let reached: Vec<DeclId> = self
            .model
            .funnels()
            .flat_map(|funnel| funnel.stages().collect::<Vec<_>>())
            .filter(|stage| self.reaches(*stage, number, at))
            .map(|stage| stage.id)
            .collect();
        for stage in &reached {
            self.enters(*stage, at);
        }
        (number, reached)
    }

    pub(super) fn enters(&mut self, place: DeclId, at: Timestamp) {
        let node = self.model.node(place);
        if node.kind() == Kind::Stage {
            self.reached.insert(place, at);
            if let Some(funnel) = node.parent() {
                self.current.insert(funnel.id, (place, at));
            }
        } else {
            self.told.insert(place, true);
        }
    }

    pub(super) fn leaves(&mut self, place: DeclId) {
        self.told.insert(place, false);
    }

    /// Whether an event is an entry of a stage that a transition allows. The journey's window is not looked at.
    fn reaches(&self, stage: Stage<'m, 's>, number: usize, at: Timestamp) -> bool {
        let Some(enter) = stage.enter() else { return false };
        if !self.triggers(stage.id, enter, Moment::Event(number)) {
            return false;
        }
        let Some(funnel) = stage.parent() else { return false };
        let all = funnel.children_of(Kind::Transition).map(Transition);
        let into = |way: &Transition<'m, 's>| way.to().is_some_and(|to| to.id == stage.id) && !way.is_referral();
        let ways: Vec<Transition<'m, 's>> = all.filter(into).collect();
        let leads = |way: &&Transition<'m, 's>| !way.is_reentry() && way.from().is_some_and(|from| from.id != stage.id);
        let is_entry = stage.is_open() || !ways.iter().any(|way| leads(&way));
        is_entry || ways.iter().any(|way| self.allows(*way, at))
    }

    fn allows(&self, way: Transition<'m, 's>, at: Timestamp) -> bool {
        let Some(before) = way.from().and_then(|from| self.reached.get(&from.id)) else { return false };
        way.within().is_none_or(|within| at <= later(*before, within))
    }

    // ---- triggers

    /// Whether a moment is one that a trigger of a declaration waits for.
    pub(super) fn triggers(&self, owner: DeclId, expr: &'m Expr<'s>, moment: Moment) -> bool {
        match (&expr.kind, moment) {
            (ExprKind::Any(members), _) => members.iter().any(|own| self.triggers(owner, own, moment)),
            (ExprKind::All(members), _) => {
                let at = self.history.last().map_or(Timestamp::MIN, |own| own.at);
                let own = members.iter().position(|own| self.triggers(owner, own, moment));
                let others = |at_own: usize| (0..members.len()).filter(move |at| *at != at_own);
                own.is_some_and(|own| others(own).all(|other| self.holds(owner, &members[other], at)))
            }
            (ExprKind::Name(_) | ExprKind::Call { .. }, Moment::Event(number)) => {
                let scope = Scope { owner, event: None, nesting: 0 };
                self.history.get(number).is_some_and(|own| self.is(scope, expr, own))
            }
            (ExprKind::By { event, .. }, _) => self.triggers(owner, event, moment),
            (ExprKind::Enters(place), Moment::Enters(entered)) => {
                self.model.target_decl(owner, *place) == Some(entered)
            }
            (ExprKind::Leaves(place), Moment::Leaves(left)) => self.model.target_decl(owner, *place) == Some(left),
            (ExprKind::Finished(own), Moment::Finished(ended)) => self.model.target_decl(owner, *own) == Some(ended),
            (ExprKind::Absent { .. } | ExprKind::In { .. } | ExprKind::Around { .. }, Moment::Over(span)) => {
                expr.span == span
            }
            _ => false,
        }
    }

    /// The times that a trigger begins to wait for at a moment: until when, and the place of what waits.
    pub(super) fn waits(
        &self,
        owner: DeclId,
        expr: &'m Expr<'s>,
        moment: Moment,
        now: Timestamp,
        found: &mut Vec<(Timestamp, crate::source::Span)>,
    ) {
        match (&expr.kind, moment) {
            (ExprKind::Any(members) | ExprKind::All(members), _) => {
                members.iter().for_each(|own| self.waits(owner, own, moment, now, found));
            }
            (ExprKind::Absent { event, lasting, after }, Moment::Event(_)) => {
                let begins = after.as_deref().unwrap_or(event);
                if self.triggers(owner, begins, moment) {
                    found.push((later(now, *lasting), expr.span));
                }
            }
            (ExprKind::In { place, dwell: Some(dwell) }, Moment::Enters(entered)) => {
                let is_own = self.model.target_decl(owner, *place) == Some(entered);
                found.extend(
                    self.dwelling(entered, *dwell).filter(|_| is_own).map(|time| (after(now, time), expr.span)),
                );
            }
            _ => {}
        }
    }

    /// Whether a time that was waited for is really over: nothing has come between.
    pub(super) fn is_over(&self, owner: DeclId, expr: &'m Expr<'s>, span: crate::source::Span, now: Timestamp) -> bool {
        match &expr.kind {
            ExprKind::Any(members) | ExprKind::All(members) => {
                members.iter().any(|own| self.is_over(owner, own, span, now))
            }
            ExprKind::Absent { event, lasting, after } if expr.span == span => {
                let since = earlier(now, *lasting);
                let begun = after.as_deref().is_none_or(|after| self.last(owner, after, now) == Some(since));
                let last = self.last(owner, event, now);
                // `no x for 90d` begins at an `x`; after something else, none may have come since.
                begun && if after.is_some() { last.is_none_or(|last| last < since) } else { last == Some(since) }
            }
            ExprKind::In { place, dwell: Some(dwell) } if expr.span == span => {
                let Some(place) = self.model.target_decl(owner, *place) else { return false };
                let over =
                    |since: Timestamp| self.dwelling(place, *dwell).is_some_and(|time| after(since, time) == now);
                self.since(place).is_some_and(over)
            }
            ExprKind::Around { .. } => expr.span == span,
            _ => false,
        }
    }

    /// The dates of traits that a trigger waits for.
    pub(super) fn dates(&self, owner: DeclId, expr: &'m Expr<'s>, found: &mut Vec<(Timestamp, crate::source::Span)>) {
        match &expr.kind {
            ExprKind::Any(members) | ExprKind::All(members) => {
                members.iter().for_each(|own| self.dates(owner, own, found));
            }
            ExprKind::Around { offset, before, of } => {
                let day = self.model.target_decl(owner, *of).and_then(|own| self.trait_of(self.model.node(own).name()));
                let Some(Value::Date(day)) = day else { return };
                let Ok(midnight) = day.to_zoned(self.story.zone.clone()) else { return };
                let at = midnight.timestamp();
                found.push((if *before { earlier(at, *offset) } else { later(at, *offset) }, expr.span));
            }
            _ => {}
        }
    }

    fn dwelling(&self, place: DeclId, dwell: Dwell) -> Option<SignedDuration> {
        let share = match dwell {
            Dwell::Time(time) => return Some(length(time)),
            Dwell::OfCycle(share) => share,
        };
        let funnel = self.model.node(place).parent()?;
        let cycle = funnel.field("cycle")?.duration("value")?.seconds()?;
        (cycle * share / Decimal::ONE_HUNDRED).to_i64().map(SignedDuration::from_secs)
    }

    /// Since when a person is in a stage.
    fn since(&self, stage: DeclId) -> Option<Timestamp> {
        self.current.values().find(|(own, _)| *own == stage).map(|(_, since)| *since)
    }

    /// When an event happened last, up to a moment.
    fn last(&self, owner: DeclId, event: &'m Expr<'s>, now: Timestamp) -> Option<Timestamp> {
        let scope = Scope { owner, event: None, nesting: 0 };
        let mut before = self.history.iter().rev().filter(|own| own.at <= now);
        before.find(|own| self.is(scope, event, own)).map(|own| own.at)
    }

    /// Whether somebody who gave a consent has not taken it back.
    pub(super) fn consents(&self, consent: Node<'m, 's>, now: Timestamp) -> bool {
        let last = |field: &str| {
            let field = consent.field(field)?;
            self.last(field.owner.id, field.expr("value")?, now)
        };
        last("given").is_some_and(|given| last("withdrawn").is_none_or(|withdrawn| withdrawn < given))
    }

    // ---- conditions

    /// Whether a condition of a declaration holds. What the story does not tell is taken not to hold, and noted.
    pub(super) fn holds(&self, owner: DeclId, expr: &'m Expr<'s>, at: Timestamp) -> bool {
        self.condition(Scope { owner, event: None, nesting: 0 }, expr, at)
    }

    /// Whether a person is in a segment, or a tier.
    pub(super) fn is_in(&self, segment: DeclId, at: Timestamp) -> bool {
        self.member(segment, at, 0)
    }

    /// Notes what nobody tells.
    fn known<T>(&self, expr: &Expr<'s>, own: Option<T>) -> Option<T> {
        if own.is_none() {
            let text = self.model.sources.text(expr.span).split_whitespace().collect::<Vec<_>>().join(" ");
            self.untold.borrow_mut().insert(text);
        }
        own
    }

    fn member(&self, segment: DeclId, at: Timestamp, nesting: usize) -> bool {
        if let Some(told) = self.told.get(&segment) {
            return *told;
        }
        if let Some(told) = self.story.segments.get(&self.model.path(segment)) {
            return *told;
        }
        let field = self.model.node(segment).field("where");
        let Some((field, cond)) = field.and_then(|field| Some((field, field.expr("value")?))) else {
            self.untold.borrow_mut().insert(self.model.path(segment));
            return false;
        };
        self.condition(Scope { owner: field.owner.id, event: None, nesting }, cond, at)
    }

    fn condition(&self, scope: Scope<'_>, expr: &'m Expr<'s>, at: Timestamp) -> bool {
        let scope = Scope { nesting: scope.nesting + 1, ..scope };
        if scope.nesting > MAX_NESTING {
            return false;
        }
        match &expr.kind {
            ExprKind::Bool(holds) => *holds,
            ExprKind::Not(inner) => !self.condition(scope, inner, at),
            ExprKind::All(members) => members.iter().all(|own| self.condition(scope, own, at)),
            ExprKind::Any(members) => members.iter().any(|own| self.condition(scope, own, at)),
            ExprKind::Name(name) if scope.event.is_none() => {
                let segment = self.model.target_decl(scope.owner, *name);
                self.known(expr, segment).is_some_and(|own| self.member(own, at, scope.nesting))
            }
            ExprKind::Did { event, times, within } => {
                let times = times.unwrap_or(Decimal::ONE).ceil().to_usize().unwrap_or(usize::MAX);
                let since = within.map(|within| earlier(at, within));
                let before = self.history.iter().filter(|own| own.at < at && since.is_none_or(|since| since <= own.at));
                before.filter(|own| self.is(scope, event, own)).take(times).count() == times
            }
            ExprKind::Absent { event, lasting, after } => {
                let just_before = at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(Timestamp::MIN);
                let since = earlier(at, *lasting);
                let last = self.last(scope.owner, event, just_before);
                let begun = after.as_deref().is_none_or(|after| {
                    self.last(scope.owner, after, just_before).is_some_and(|own| own <= since && last < Some(own))
                });
                begun && last.is_none_or(|last| last < since)
            }
            ExprKind::In { place, dwell } => {
                let inside = self.is_inside(scope, *place, *dwell, at);
                self.known(expr, inside).unwrap_or_default()
            }
            ExprKind::Binary { op, left, right } if op.compares() => {
                let holds = self.comparison(scope, *op, left, right);
                self.known(expr, holds).unwrap_or_default()
            }
            _ => match self.known(expr, self.value(scope, expr)) {
                Some(Value::Bool(holds)) => holds,
                _ => false,
            },
        }
    }

    fn is_inside(&self, scope: Scope<'_>, place: RefIx, dwell: Option<Dwell>, at: Timestamp) -> Option<bool> {
        let place = self.model.target_decl(scope.owner, place)?;
        if self.model.node(place).kind() != Kind::Stage {
            return dwell.is_none().then(|| self.member(place, at, scope.nesting));
        }
        let Some(since) = self.since(place) else { return Some(false) };
        match dwell {
            None => Some(true),
            Some(dwell) => self.dwelling(place, dwell).map(|time| after(since, time) <= at),
        }
    }

    /// Whether something that happened is the event that is meant.
    fn is(&self, scope: Scope<'_>, expr: &'m Expr<'s>, own: &Happened) -> bool {
        let (name, filters) = match &expr.kind {
            ExprKind::Name(name) => (*name, &[][..]),
            ExprKind::Call { callee, args } => (*callee, &args[..]),
            ExprKind::Any(members) => return members.iter().any(|member| self.is(scope, member, own)),
            _ => return false,
        };
        let Some(event) = self.model.target_decl(scope.owner, name) else { return false };
        let is_same = self.model.node(own.event).lineage().any(|node| node.id == event);
        let inside = Scope { event: Some(own), ..scope };
        is_same && filters.iter().all(|filter| self.condition(inside, filter, own.at))
    }

    fn comparison(&self, scope: Scope<'_>, op: Op, left: &'m Expr<'s>, right: &'m Expr<'s>) -> Option<bool> {
        let own = self.value(scope, left)?;
        if op != Op::In {
            return compared(op, &own, &self.value(scope, right)?);
        }
        match &right.kind {
            ExprKind::List(members) => {
                let all: Option<Vec<Value>> = members.iter().map(|member| self.value(scope, member)).collect();
                Some(all?.iter().any(|member| compared(Op::Equal, &own, member) == Some(true)))
            }
            ExprKind::Range(ends) => {
                let (from, to) = (self.value(scope, &ends.0)?, self.value(scope, &ends.1)?);
                Some(compared(Op::AtLeast, &own, &from)? && compared(Op::AtMost, &own, &to)?)
            }
            _ => None,
        }
    }

    fn value(&self, scope: Scope<'_>, expr: &'m Expr<'s>) -> Option<Value> {
        match &expr.kind {
            ExprKind::Literal(value) => literal(value),
            ExprKind::Text(text) => Some(Value::Text(text.words())),
            ExprKind::Bool(own) => Some(Value::Bool(*own)),
            ExprKind::Trait(own) => self.trait_of(self.model.node(self.model.target_decl(scope.owner, *own)?).name()),
            ExprKind::Name(own) => match self.model.target(scope.owner, *own) {
                Target::Word(word) => Some(Value::Text(word.to_owned())),
                Target::Builtin(name) => read(scope.event?.properties.get(name)?),
                Target::Decl(id) => property_of(scope.event?, Property(self.model.node(id))),
                Target::Nothing => None,
            },
            _ => None,
        }
    }

    fn trait_of(&self, name: &str) -> Option<Value> {
        self.story.traits.get(name).and_then(read)
    }
}

/// A property of an event, by its name or its name on the wire; its default where nothing is told.
fn property_of(event: &Happened, property: Property<'_, '_>) -> Option<Value> {
    let name = property.name();
    let told = event.properties.get(name).or_else(|| event.properties.get(&property.wire_name(None)));
    told.map_or_else(|| literal(&property.default()?.val), read)
}

fn literal(value: &Val<'_>) -> Option<Value> {
    Some(match value {
        Val::Number(own) | Val::Percent(own) => Value::Number(*own),
        Val::Money(own) => Value::Number(own.amount),
        Val::Duration(own) => Value::Number(own.seconds()?),
        Val::Date(own) => Value::Date(*own),
        Val::Word("true") => Value::Bool(true),
        Val::Word("false") => Value::Bool(false),
        Val::Word(own) => Value::Text((*own).to_owned()),
        Val::Text(own) => Value::Text(own.words()),
        _ => return None,
    })
}

fn read(value: &Json) -> Option<Value> {
    Some(match value {
        Json::String(text) => match text.parse::<Date>() {
            Ok(date) if text.len() == 10 => Value::Date(date),
            _ => Value::Text(text.clone()),
        },
        Json::Number(own) => Value::Number(own.to_string().parse().ok()?),
        Json::Bool(own) => Value::Bool(*own),
        _ => return None,
    })
}

fn compared(op: Op, own: &Value, other: &Value) -> Option<bool> {
    let order = match (own, other) {
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => return None,
    };
    Some(match op {
        Op::Equal => order.is_eq(),
        Op::Unequal => order.is_ne(),
        Op::AtLeast => order.is_ge(),
        Op::AtMost => order.is_le(),
        Op::Above => order.is_gt(),
        Op::Below => order.is_lt(),
        _ => return None,
    })
}

/// So much later; a calendar month counts thirty days, for conditions are of exact times.
pub(super) fn later(at: Timestamp, by: Duration) -> Timestamp {
    after(at, length(by))
}

fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_sub(length(by)).unwrap_or(Timestamp::MIN)
}

fn length(own: Duration) -> SignedDuration {
    let seconds = match own {
        Duration::Exact { seconds, .. } => seconds.to_i64().unwrap_or(i64::MAX / 2),
        Duration::Calendar { months } => i64::from(months) * 30 * crate::analysis::timed::DAY,
    };
    SignedDuration::from_secs(seconds)
}
