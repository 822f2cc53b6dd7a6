//! A person who shows that something is so, in the words of a spec.

use rust_decimal::Decimal;

use super::sets::{Domain, Scale, Value};
use super::solve::{Done, Person};
use crate::diagnostic::Message;
use crate::model::value::spell_seconds;
use crate::say;

/// A person who shows that something is so; whatever is not said of them does not matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The person, as data.
    pub person: Person,
}

impl Witness {
    /// The witness that a person is.
    pub const fn of(person: Person) -> Self {
        Self { person }
    }

    /// What is known of the person besides deeds: `trait country == "US" and score engagement == 40`.
    pub fn facts(&self) -> String {
        let facts: Vec<String> = self.person.values.iter().map(|(value, domain)| spell_fact(value, domain)).collect();
        facts.join(" and ")
    }

    /// What the person did, and what not: `did order_completed(gift == true) within 365d`.
    pub fn deeds(&self) -> String {
        let done = self.person.done.iter().map(spell_done);
        let never = self.person.never.iter().map(|name| format!("never did {name}"));
        done.chain(never).collect::<Vec<_>>().join(" and ")
    }

    /// "for example a person with … who …"
    pub fn example(&self) -> Message {
        let (facts, deeds) = (self.facts(), self.deeds());
        match (facts.is_empty(), deeds.is_empty()) {
            (true, true) => say!("for example anybody"),
            (false, true) => say!("for example a person with {facts}", facts),
            (true, false) => say!("for example a person who {deeds}", deeds),
            (false, false) => say!("for example a person with {facts} who {deeds}", facts, deeds),
        }
    }

    /// "a person with … who … is not in `a`"
    pub fn outside(&self, name: &str) -> Message {
        let (facts, deeds) = (self.facts(), self.deeds());
        match (facts.is_empty(), deeds.is_empty()) {
            (true, true) => say!("anybody else is not in `{name}`", name),
            (false, true) => say!("a person with {facts} is in it, but not in `{name}`", facts, name),
            (true, false) => say!("a person who {deeds} is in it, but not in `{name}`", deeds, name),
            (false, false) => {
                say!("a person with {facts} who {deeds} is in it, but not in `{name}`", facts, deeds, name)
            }
        }
    }
}

/// A fact as a condition of a spec.
pub fn spell_fact(value: &Value, domain: &Domain) -> String {
    let name = domain.name.strip_prefix("trait ").unwrap_or(&domain.name);
    match (value, &domain.scale) {
        (Value::Word(word), Scale::Claim) if word == "true" => name.to_owned(),
        (_, Scale::Claim) => format!("not ({name})"),
        (Value::Number(at), Scale::Dwell) if *at < Decimal::ZERO => format!("not in {name}"),
        (Value::Number(at), Scale::Dwell) if at.is_zero() => format!("in {name}"),
        (Value::Number(at), Scale::Dwell) => format!("in {name} for {}", spell_seconds(*at)),
        _ => format!("{name} == {}", spell_value(value, &domain.scale)),
    }
}

fn spell_value(value: &Value, scale: &Scale) -> String {
    match (value, scale) {
        (Value::Word(word), Scale::Quoted) => format!("{word:?}"),
        (Value::Word(word), _) => word.clone(),
        (Value::Number(at), Scale::Percent) => {
            format!("{}%", at.saturating_mul(Decimal::ONE_HUNDRED).normalize())
        }
        (Value::Number(at), Scale::Money(currency)) => format!("{} {currency}", at.normalize()),
        (Value::Number(at), Scale::Duration) => spell_seconds(*at),
        (Value::Number(at), Scale::Day) => spell_day(*at),
        (Value::Number(at), Scale::Clock) => spell_clock(*at),
        (Value::Number(at), _) => at.normalize().to_string(),
    }
}

fn spell_day(at: Decimal) -> String {
    let days = i64::try_from(at).ok().and_then(|days| jiff::Span::new().try_days(days).ok());
    let day = days.and_then(|days| jiff::civil::date(1970, 1, 1).checked_add(days).ok());
    day.map_or_else(|| at.to_string(), |day| day.to_string())
}

fn spell_clock(at: Decimal) -> String {
    let minutes = i64::try_from(at.floor()).unwrap_or_default() / 60;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn spell_done(done: &Done) -> String {
    let with: Vec<String> = done.with.iter().map(|(value, domain)| spell_fact(value, domain)).collect();
    let filter = if with.is_empty() { String::new() } else { format!("({})", with.join(" and ")) };
    let times = if done.times == 1 { String::new() } else { format!(" {} times", done.times) };
    let when = match done.ago {
        None => String::new(),
        Some(ago) if done.or_later => format!(" within {}", spell_seconds(ago)),
        Some(ago) => format!(" {} ago", spell_seconds(ago)),
    };
    format!("did {}{filter}{times}{when}", done.name)
}
