//! Answers to surveys: what people say, and what that tells of what brought them.

use std::collections::BTreeMap;

use crate::definition::{Definition, Survey};
use crate::fold::Rules;
use crate::kpi::Person;
use crate::result::{AnswerNumbers, AttributionNumbers, SurveyNumbers};
use crate::rows::{Event, Value};

/// The answers of a person to a survey, in order: the events, and which choice each is; none for what is no choice.
pub(crate) fn answers<'p>(
    survey: &'p Survey,
    rules: &'p Rules<'_>,
    person: Person<'p>,
) -> impl Iterator<Item = (Event, Option<usize>)> + use<'p> {
    let classes = rules.classes;
    let keeping = rules.keeping;
    person.events.iter().filter_map(move |event| {
        let is_answer = classes[event.class as usize].patterns.has(survey.answered);
        let value = is_answer.then(|| keeping.value(*event, person.kept, survey.key)).flatten()?;
        (*value != Value::None).then(|| (*event, survey.choice(value)))
    })
}

impl Survey {
    /// The choice that a value is.
    fn choice(&self, value: &Value) -> Option<usize> {
        let is_one = |own: &(String, Option<usize>)| match value {
            Value::Text(text) => **text == *own.0,
            Value::Number(number) => number.to_string() == own.0,
            Value::None => false,
        };
        self.choices.iter().position(is_one)
    }
}

/// What some people answered.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// By survey and choice: people whose last answer it is. What is no choice comes first.
    last: BTreeMap<(usize, Option<usize>), u64>,
    /// Journeys, and of these the ones that an answer is credited with.
    journeys: (u64, u64),
}

impl Answers {
    /// Adds a person.
    pub(crate) fn add(&mut self, rules: &Rules<'_>, person: Person<'_>) {
        let definition = rules.definition;
        // People are asked, not accounts.
        for (at, survey) in definition.surveys.iter().enumerate().filter(|_| !person.is_account) {
            if let Some((_, choice)) = answers(survey, rules, person).last() {
                *self.last.entry((at, choice)).or_default() += 1;
            }
        }
        if !definition.attribution.asks {
            return;
        }
        let told = channels(rules, person);
        for reached in person.reached {
            let mut is_seen = vec![false; reached.journeys];
            for entry in &reached.entries {
                if std::mem::replace(&mut is_seen[entry.journey as usize], true) {
                    continue;
                }
                self.journeys.0 += 1;
                let lookback = definition.attribution.lookback;
                self.journeys.1 += u64::from(credited(&told, lookback, entry.time, entry.start).is_some());
            }
        }
    }

    /// Adds other people.
    pub fn merge(&mut self, other: Self) {
        for (key, people) in other.last {
            *self.last.entry(key).or_default() += people;
        }
        self.journeys.0 += other.journeys.0;
        self.journeys.1 += other.journeys.1;
    }

    /// What was answered, as it is published.
    pub(crate) fn numbers(&self, definition: &Definition) -> Vec<SurveyNumbers> {
        let people = |survey: usize, choice: Option<usize>| self.last.get(&(survey, choice)).copied().unwrap_or(0);
        let numbers = |(at, own): (usize, &Survey)| {
            let of = |(choice, (name, _)): (usize, &(String, Option<usize>))| AnswerNumbers {
                choice: name.clone(),
                people: people(at, Some(choice)),
            };
            SurveyNumbers {
                path: own.path.clone(),
                label: own.label.clone(),
                answers: own.choices.iter().enumerate().map(of).collect(),
                no_choice: people(at, None),
            }
        };
        definition.surveys.iter().enumerate().map(numbers).collect()
    }

    /// How many journeys answers are credited with.
    pub(crate) fn attribution(&self, definition: &Definition) -> Option<AttributionNumbers> {
        let (journeys, answered) = self.journeys;
        let otherwise = definition.attribution.credit.word().to_owned();
        definition.attribution.asks.then_some(AttributionNumbers { journeys, answered, otherwise })
    }
}

/// The answers of a person that name a channel: when, and which.
pub(crate) fn channels(rules: &Rules<'_>, person: Person<'_>) -> Vec<(i64, u32)> {
    let mut found = Vec::new();
    for survey in rules.definition.surveys.iter().filter(|own| own.informs) {
        let named = answers(survey, rules, person)
            .filter_map(|(event, choice)| Some((event.time, survey.choices[choice?].1? as u32)));
        found.extend(named);
    }
    found.sort_by_key(|own| own.0);
    found
}

/// The channel that a moment of a journey is credited to by an answer: the last one from the journey's start on, at most
/// the lookback after the moment.
pub(crate) fn credited(told: &[(i64, u32)], lookback: Option<i64>, time: i64, start: i64) -> Option<u32> {
    let end = lookback.map_or(i64::MAX, |lookback| time.saturating_add(lookback));
    let last = told.iter().rfind(|own| own.0 <= end)?;
    (last.0 >= start).then_some(last.1)
}
