//! Whom channels bring, when, and what they cost.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::by_path;
use super::net::{DAYS, float, number, share};
use crate::model::kinds::Kind;
use crate::model::value::{Captured, Money, Val};
use crate::model::walk::{FieldOf, Node, Stage};
use crate::model::{DeclId, Model};

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// A calendar month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// The year.
    pub year: i16,
    /// The month, from 1.
    pub month: i8,
}

impl Month {
    /// `2027-03`
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let is_plain = year.len() == 4 && month.len() == 2 && !text.contains('+');
        let own = Self { year: year.parse().ok()?, month: month.parse().ok()? };
        (is_plain && (1..=12).contains(&own.month)).then_some(own)
    }

    /// So many months later.
    #[must_use]
    pub fn later(self, months: usize) -> Self {
        let all = i64::from(self.year) * 12 + i64::from(self.month) - 1 + i64::try_from(months).unwrap_or(0);
        Self { year: i16::try_from(all.div_euclid(12)).unwrap_or(i16::MAX), month: all.rem_euclid(12) as i8 + 1 }
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// What a channel costs.
#[derive(Debug, Default)]
struct Cost {
    /// A month, where every month is alike.
    monthly: Option<f64>,
    /// By month.
    months: BTreeMap<Month, f64>,
    /// For each person brought.
    per_person: f64,
    /// For each who becomes a lead.
    per_lead: f64,
    /// For each who buys for the first time.
    per_customer: f64,
    /// Campaigns: what they cost in each month.
    campaigns: BTreeMap<Month, f64>,
    /// Whether anything is said that can be counted.
    is_said: bool,
}

/// A channel.
pub(super) struct Channel<'m, 's> {
    pub(super) node: Node<'m, 's>,
    /// How many people it brings to which stage in a month, and by which season.
    brings: Vec<(usize, f64)>,
    season: Option<[f64; 12]>,
    cost: Cost,
}

/// What cannot be counted of what channels say, for the notes.
#[derive(Debug, Default)]
pub(super) struct Uncounted {
    /// Channels whose cost is in another currency than the project's.
    pub(super) foreign: Vec<String>,
    /// Channels whose cost is per something of which nobody says how many there are.
    pub(super) per: Vec<(String, String)>,
}

/// How many of a period are in a month.
pub(super) fn per_month(per: &str) -> f64 {
    match per {
        "hour" => DAYS * 24.0,
        "day" => DAYS,
        "week" => DAYS / 7.0,
        "quarter" => 1.0 / 3.0,
        "year" => 1.0 / 12.0,
        _ => 1.0,
    }
}

/// The channels of a project, in order.
pub(super) fn all<'m, 's>(
    model: &'m Model<'s>,
    stages: &[Stage<'m, 's>],
    currency: &str,
) -> (Vec<Channel<'m, 's>>, Uncounted) {
    let index: FxHashMap<DeclId, usize> = stages.iter().enumerate().map(|(at, stage)| (stage.id, at)).collect();
    let mut uncounted = Uncounted::default();
    let mut found: Vec<Channel<'m, 's>> =
        by_path(model, Kind::Channel).into_iter().map(|node| channel(node, &index, currency, &mut uncounted)).collect();
    for campaign in by_path(model, Kind::Campaign) {
        add_campaign(campaign, currency, &mut found, &mut uncounted);
    }
    (found, uncounted)
}

fn channel<'m, 's>(
    node: Node<'m, 's>,
    index: &FxHashMap<DeclId, usize>,
    currency: &str,
    uncounted: &mut Uncounted,
) -> Channel<'m, 's> {
    let brings = node.fields("brings").into_iter().filter_map(|field| {
        let stage = *index.get(&field.target_of("stage")?.id)?;
        let per = field.get("per").and_then(|per| per.val.word()).unwrap_or("month");
        Some((stage, decimal(field, "count")? * per_month(per)))
    });
    let brings = brings.collect();
    Channel { node, brings, season: season(node), cost: cost(node, currency, uncounted) }
}

fn decimal(field: FieldOf<'_, '_>, slot: &str) -> Option<f64> {
    if let Val::Number(own) = field.get(slot)?.val { Some(number(own)) } else { None }
}

fn rows<'m, 's>(field: FieldOf<'m, 's>, slot: &str) -> &'m [Vec<Captured<'s>>] {
    if let Some(Val::Rows(rows)) = field.get(slot).map(|own| &own.val) { rows } else { &[] }
}

fn cell<'m, 's>(row: &'m [Captured<'s>], slot: &str) -> Option<&'m Val<'s>> {
    row.iter().find(|own| own.slot == slot).map(|own| &own.val)
}

/// How the months of a year differ; several tables multiply.
fn season(node: Node<'_, '_>) -> Option<[f64; 12]> {
    let fields = node.fields("season");
    let mut shares = [1.0; 12];
    for row in fields.iter().flat_map(|field| rows(*field, "months")) {
        let month = cell(row, "month").and_then(Val::word);
        let at = MONTHS.iter().position(|own| Some(*own) == month);
        if let (Some(at), Some(Val::Percent(own))) = (at, cell(row, "share")) {
            shares[at] *= share(*own);
        }
    }
    (!fields.is_empty()).then_some(shares)
}

fn cost(node: Node<'_, '_>, currency: &str, uncounted: &mut Uncounted) -> Cost {
    let mut cost = Cost::default();
    if let Some(budget) = node.field("budget") {
        cost.is_said = true;
        if let Some(money) = budget.money("money") {
            let amount = local(node, money, currency, uncounted);
            cost.monthly = amount.map(|amount| amount * money.per.map_or(1.0, per_month));
        }
        for row in rows(budget, "months") {
            if let (Some(Val::Month { year, month }), Some(Val::Money(money))) =
                (cell(row, "month"), cell(row, "money"))
            {
                let amount = local(node, *money, currency, uncounted).unwrap_or(0.0);
                *cost.months.entry(Month { year: *year, month: *month }).or_default() += amount;
            }
        }
    } else if let Some(money) = node.field("cost").and_then(|field| field.money("money")) {
        let amount = local(node, money, currency, uncounted).unwrap_or(0.0);
        cost.is_said = true;
        match money.per {
            Some("click") => cost.per_person = amount,
            Some("lead") => cost.per_lead = amount,
            Some("order") => cost.per_customer = amount,
            Some(per @ ("message" | "call" | "mille")) => {
                cost.is_said = false;
                uncounted.per.push((node.path(), per.to_owned()));
            }
            per => cost.monthly = Some(amount * per.map_or(1.0, per_month)),
        }
    }
    cost
}

/// An amount in the project's currency.
fn local(node: Node<'_, '_>, money: Money<'_>, currency: &str, uncounted: &mut Uncounted) -> Option<f64> {
    if money.currency == currency {
        return Some(number(money.amount));
    }
    let path = node.path();
    if uncounted.foreign.last() != Some(&path) {
        uncounted.foreign.push(path);
    }
    None
}

/// Spreads the budget of a campaign over its days, and over its channels alike.
fn add_campaign(node: Node<'_, '_>, currency: &str, found: &mut [Channel<'_, '_>], uncounted: &mut Uncounted) {
    let on = node.refs("channel");
    let days = node.field("between").and_then(|field| Some((day(field, "from")?, day(field, "to")?)));
    let (Some(money), Some((from, to))) = (node.field("budget").and_then(|field| field.money("value")), days) else {
        return;
    };
    let Some(amount) = local(node, money, currency, uncounted) else { return };
    let shares = by_month(from, to);
    let all = shares.iter().fold(0.0, |sum, (_, days)| sum + days);
    for own in found.iter_mut().filter(|own| on.iter().any(|channel| channel.id == own.node.id)) {
        own.cost.is_said = true;
        for (month, days) in &shares {
            *own.cost.campaigns.entry(*month).or_default() += amount * days / all / float(on.len());
        }
    }
}

fn day(field: FieldOf<'_, '_>, slot: &str) -> Option<Date> {
    match &field.get(slot)?.val {
        Val::Date(day) => Some(*day),
        Val::Month { year, month } => Date::new(*year, *month, 1).ok(),
        _ => None,
    }
}

/// The longest campaign that is followed, in months.
const MAX_CAMPAIGN: usize = 1_200;

/// How many days of each month lie between two days, both included.
fn by_month(from: Date, to: Date) -> Vec<(Month, f64)> {
    let mut found = Vec::new();
    let mut start = from;
    while start <= to && found.len() < MAX_CAMPAIGN {
        let end = start.last_of_month().min(to);
        let days = f64::from(i16::from(end.day()) - i16::from(start.day()) + 1);
        found.push((Month { year: start.year(), month: start.month() }, days));
        let Ok(next) = start.last_of_month().checked_add(1.day()) else { break };
        start = next;
    }
    found
}

impl Channel<'_, '_> {
    /// Whether the plan says whom it brings.
    pub(super) fn brings_anybody(&self) -> bool {
        self.brings.iter().any(|(_, people)| *people > 0.0)
    }

    /// Whether the plan says what it costs.
    pub(super) fn has_cost(&self) -> bool {
        self.cost.is_said
    }

    /// Whether what it costs depends on whom it brings and what they do.
    pub(super) fn is_paid_by_people(&self) -> bool {
        [self.cost.per_person, self.cost.per_lead, self.cost.per_customer].iter().any(|cost| *cost > 0.0)
    }

    pub(super) fn has_season(&self) -> bool {
        self.season.is_some()
    }

    /// Whom it brings in a month of no season: people by stage.
    pub(super) fn start(&self, stages: usize) -> Vec<f64> {
        let mut start = vec![0.0; stages];
        self.add_start(1.0, &mut start);
        start
    }

    /// Adds so many times whom it brings in a month of no season.
    pub(super) fn add_start(&self, times: f64, start: &mut [f64]) {
        for (stage, people) in &self.brings {
            start[*stage] += people * times;
        }
    }

    /// How a month differs; the mean of the year where no month is named.
    pub(super) fn season(&self, month: Option<Month>) -> f64 {
        let Some(shares) = &self.season else { return 1.0 };
        match month {
            Some(month) => shares[usize::try_from(month.month - 1).unwrap_or(0)],
            None => shares.iter().fold(0.0, |sum, share| sum + share) / 12.0,
        }
    }

    /// What it costs in a month; in the typical one where no month is named: the mean of those that are budgeted, without
    /// campaigns.
    pub(super) fn cost(&self, month: Option<Month>, people: f64, leads: f64, customers: f64) -> f64 {
        let own = &self.cost;
        let by_people = own.per_person * people + own.per_lead * leads + own.per_customer * customers;
        let budgeted = match month {
            Some(month) => own.months.get(&month).copied().unwrap_or(0.0),
            None if own.months.is_empty() => 0.0,
            None => own.months.values().fold(0.0, |sum, amount| sum + amount) / float(own.months.len()),
        };
        let campaigns = month.and_then(|month| own.campaigns.get(&month)).copied().unwrap_or(0.0);
        own.monthly.unwrap_or(0.0) + budgeted + campaigns + by_people
    }

    /// The first month that a budget or a campaign names.
    pub(super) fn first_month(&self) -> Option<Month> {
        self.cost.months.keys().chain(self.cost.campaigns.keys()).min().copied()
    }
}
