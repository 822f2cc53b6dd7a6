//! The events a sample is made of: bodies that satisfy what a stage asks for, and the classes the engine knows them by.

use std::cmp::Ordering;

use funnelc_engine::cell::Cell;
use funnelc_engine::class::{Class, Patterns};
use funnelc_engine::definition::{Comparison, Definition, FieldId, Literal, PatternId, Test};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rustc_hash::FxHashMap;
use serde_json::{Value as Json, json};

use super::body::{self, Body};
use super::draw::Draw;
use crate::plan::value::Type;
use crate::plan::{EventPlan, Plan, PropertyPlan};

/// How many bodies of an event are drawn to learn its classes, and how often a body is drawn again until it is fit.
const TRIES: usize = 48;

/// The property that says who invited somebody, by that person's identity.
pub(super) const REFERRED_BY: &str = "referred_by";

/// An event without who and when.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// Its name on the wire.
    pub(super) name: String,
    /// Its class.
    pub(super) class: u32,
    /// Its properties.
    pub(super) body: Body,
}

/// Every event that can be drawn.
pub(super) struct Vocabulary<'d> {
    plan: &'d Plan,
    definition: &'d Definition,
    events: FxHashMap<&'d str, &'d EventPlan>,
    known: FxHashMap<Class, u32>,
    /// The classes, by number.
    pub(super) classes: Vec<Class>,
    /// Events that no pattern asks for.
    pub(super) asides: Vec<&'d str>,
    /// Events that say who invited the person.
    pub(super) invited: Vec<&'d str>,
}

impl<'d> Vocabulary<'d> {
    /// Learns the classes of a plan's events by drawing them.
    pub(super) fn of(plan: &'d Plan, definition: &'d Definition) -> Self {
        let events = plan.events.iter().map(|event| (event.wire_name.as_str(), event)).collect();
        let mut own = Self {
            plan,
            definition,
            events,
            known: FxHashMap::default(),
            classes: Vec::new(),
            asides: Vec::new(),
            invited: Vec::new(),
        };
        let mut draw = Draw::new(0, 0);
        for event in &plan.events {
            let asked = definition.patterns.iter().filter(|pattern| pattern.names.contains(&event.wire_name));
            let tests: Vec<&Test> = asked.map(|pattern| &pattern.test).collect();
            for test in tests.iter().copied().chain([&Test::Always]) {
                (0..TRIES).for_each(|_| own.learn(&event.wire_name, test, &mut draw));
            }
            if event.all_properties().any(|own| own.wire_name == REFERRED_BY) {
                own.invited.push(&event.wire_name);
            } else if tests.is_empty() {
                own.asides.push(&event.wire_name);
            }
        }
        for (pattern, field, value) in worded(definition) {
            for _ in 0..TRIES {
                let Some(name) = own.name_of(pattern, &mut draw) else { continue };
                let mut body = own.forced(name, &definition.patterns[pattern].test, &mut draw);
                set(&mut body, &definition.fields[field].name, own.word_of(pattern, field, value));
                own.know(name, &body);
            }
        }
        own
    }

    fn learn(&mut self, name: &str, test: &Test, draw: &mut Draw) {
        let body = self.forced(name, test, draw);
        self.know(name, &body);
    }

    fn know(&mut self, name: &str, body: &Body) {
        let class = self.class_of(name, body);
        let next = self.classes.len() as u32;
        if *self.known.entry(class.clone()).or_insert(next) == next {
            self.classes.push(class);
        }
    }

    fn class_of(&self, name: &str, body: &Body) -> Class {
        let mut patterns = Patterns::none(self.definition.patterns.len());
        for (at, pattern) in self.definition.patterns.iter().enumerate() {
            let is_any = pattern.table.is_none() && pattern.names.is_empty();
            let is_named = is_any || pattern.names.iter().any(|own| own == name);
            if is_named && self.holds(&pattern.test, body) {
                patterns.add(at);
            }
        }
        Class { name: name.to_owned(), patterns, is_known: false }
    }

    /// An event that satisfies a pattern; none where none was found.
    pub(super) fn event(&self, pattern: PatternId, draw: &mut Draw) -> Option<Said> {
        self.named(self.name_of(pattern, draw)?, &self.definition.patterns[pattern].test, draw)
    }

    /// A name of a pattern, one that is planned where there is one.
    pub(super) fn name_of(&self, pattern: PatternId, draw: &mut Draw) -> Option<&'d str> {
        let names = &self.definition.patterns[pattern].names;
        let planned: Vec<&String> = names.iter().filter(|name| self.events.contains_key(name.as_str())).collect();
        draw.pick(&planned).copied().or(names.first()).map(String::as_str)
    }

    /// An event that satisfies a pattern and says something in some properties.
    pub(super) fn saying(&self, pattern: PatternId, said: &[(FieldId, Json)], draw: &mut Draw) -> Option<Said> {
        let named: Vec<(&str, Json)> =
            said.iter().map(|(field, value)| (self.definition.fields[*field].name.as_str(), value.clone())).collect();
        self.with(self.name_of(pattern, draw)?, &self.definition.patterns[pattern].test, &named, draw)
    }

    /// An event that satisfies a pattern and says a word in a property: an answer, or a variant.
    pub(super) fn worded(&self, pattern: PatternId, field: FieldId, word: &str, draw: &mut Draw) -> Option<Said> {
        self.saying(pattern, &[(field, self.word_of(pattern, field, word))], draw)
    }

    /// A word as the property of the pattern's events holds it.
    fn word_of(&self, pattern: PatternId, field: FieldId, word: &str) -> Json {
        let field = &self.definition.fields[field].name;
        let names = self.definition.patterns[pattern].names.iter();
        let kind = names.filter_map(|name| self.property(name, field)).find_map(|own| own.kind.as_ref());
        let is_number = matches!(kind, Some(Type::Scalar(scalar)) if matches!(scalar.as_str(), "integer" | "number"));
        let number = word.parse::<i64>().ok().filter(|_| is_number);
        number.map_or_else(|| json!(word), |number| json!(number))
    }

    /// A property of an event, by the names of both on the wire.
    pub(super) fn property(&self, event: &str, name: &str) -> Option<&'d PropertyPlan> {
        self.events.get(event)?.all_properties().find(|own| own.wire_name == name)
    }

    /// An event of a name that satisfies a test.
    pub(super) fn named(&self, name: &str, test: &Test, draw: &mut Draw) -> Option<Said> {
        self.with(name, test, &[], draw)
    }

    /// An event of a name that satisfies a test and says something in some properties.
    pub(super) fn with(&self, name: &str, test: &Test, said: &[(&str, Json)], draw: &mut Draw) -> Option<Said> {
        (0..TRIES).find_map(|_| {
            let mut body = self.forced(name, test, draw);
            said.iter().for_each(|(field, value)| set(&mut body, field, value.clone()));
            let class = *self.known.get(&self.class_of(name, &body))?;
            self.holds(test, &body).then(|| Said { name: name.to_owned(), class, body })
        })
    }

    /// A body with the values that a test asks for; what a test forbids is left to chance.
    fn forced(&self, name: &str, test: &Test, draw: &mut Draw) -> Body {
        let mut body = self.events.get(name).map(|event| body::body(self.plan, event, draw)).unwrap_or_default();
        // Chance invites nobody; a property that must be there stays.
        if self.property(name, REFERRED_BY).is_some_and(|own| !own.required) {
            body.remove(REFERRED_BY);
        }
        self.force(test, &mut body, draw);
        body
    }

    fn force(&self, test: &Test, body: &mut Body, draw: &mut Draw) {
        match test {
            Test::Always | Test::Not(_) => {}
            Test::All(all) => all.iter().for_each(|test| self.force(test, body, draw)),
            Test::Any(any) => {
                if let Some(test) = any.get(draw.below(any.len() as u64) as usize) {
                    self.force(test, body, draw);
                }
            }
            Test::In(field, literals) => {
                if let Some(value) = draw.pick(literals).and_then(|literal| near(literal, 0)) {
                    set(body, &self.definition.fields[*field].name, value);
                }
            }
            Test::Compare(field, comparison, literal) => {
                let step = match comparison {
                    Comparison::Above | Comparison::Unequal => 1,
                    Comparison::Below => -1,
                    Comparison::Equal | Comparison::AtLeast | Comparison::AtMost => 0,
                };
                if let Some(value) = near(literal, step) {
                    set(body, &self.definition.fields[*field].name, value);
                }
            }
        }
    }

    fn holds(&self, test: &Test, body: &Body) -> bool {
        let cell = |field: &FieldId| Cell::of_json(get(body, &self.definition.fields[*field].name));
        match test {
            Test::Always => true,
            Test::Not(inner) => !self.holds(inner, body),
            Test::All(all) => all.iter().all(|test| self.holds(test, body)),
            Test::Any(any) => any.iter().any(|test| self.holds(test, body)),
            Test::Compare(field, comparison, literal) => cell(field).holds(*comparison, literal, &TimeZone::UTC),
            Test::In(field, all) => {
                all.iter().any(|literal| cell(field).compare(literal, &TimeZone::UTC) == Some(Ordering::Equal))
            }
        }
    }
}

/// The words that events are to say: answers of surveys, and variants of experiments.
fn worded(definition: &Definition) -> impl Iterator<Item = (PatternId, FieldId, &str)> {
    let answers = definition
        .surveys
        .iter()
        .flat_map(|own| own.choices.iter().map(|(choice, _)| (own.answered, own.key, choice.as_str())));
    let variants = definition
        .experiments
        .iter()
        .flat_map(|own| own.variants.iter().map(|(variant, _)| (own.assigned, own.key, variant.as_str())));
    answers.chain(variants)
}

/// A value as far from a literal as a step says; a text has no steps.
fn near(literal: &Literal, step: i64) -> Option<Json> {
    match literal {
        Literal::Text(text) => (step == 0).then(|| json!(text)),
        Literal::Bool(holds) => Some(json!(*holds == (step == 0))),
        Literal::Number(number) => (number + Decimal::from(step)).normalize().to_f64().map(|number| {
            number
                .to_i64()
                .filter(|whole| Decimal::from(*whole).to_f64() == Some(number))
                .map_or(json!(number), |whole| json!(whole))
        }),
        Literal::Time(micros) => {
            let moment = micros.saturating_add(step.saturating_mul(86_400_000_000));
            jiff::Timestamp::from_microsecond(moment).ok().map(|moment| json!(moment.to_string()))
        }
    }
}

/// Puts a value in its place; dots lead into objects.
pub(super) fn set(body: &mut Body, path: &str, value: Json) {
    match path.split_once('.') {
        None => drop(body.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let inner = body.entry(first).or_insert_with(|| Json::Object(Body::new()));
            if let Json::Object(inner) = inner {
                set(inner, rest, value);
            }
        }
    }
}

pub(super) fn get<'b>(body: &'b Body, path: &str) -> Option<&'b Json> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let own = body.get(first)?;
    rest.map_or(Some(own), |rest| get(own.as_object()?, rest))
}
