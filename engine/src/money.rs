//! Tables of money: exchange rates by day, and what was spent by day and channel.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::cell::Cell;
use crate::definition::{Definition, RateColumns, SpendColumns};
use crate::read::{self, Batch, ReadTrouble, Wanted};
use crate::system;
use crate::time::DAY;

/// A rate holds until there is a newer one, but no longer than over a long weekend.
const STALE: i64 = 7 * DAY;

/// The most names of what is unknown that are told.
const MAX_NAMES: usize = 20;

/// Exchange rates.
#[derive(Clone, Debug)]
pub struct Rates {
    zone: TimeZone,
    /// What is reported in; amounts of no currency are in it.
    currency: String,
    /// By currency: what one is worth in the reported one, by the moment the day begins.
    of: FxHashMap<String, BTreeMap<i64, Decimal>>,
}

impl Rates {
    /// Reads tables of rates. A rate the other way round counts as well.
    pub fn read(definition: &Definition, paths: &[PathBuf], zone: &TimeZone) -> Result<Self, ReadTrouble> {
        let RateColumns { date, from, to, rate } = &definition.rates;
        let mut own = Self { zone: zone.clone(), currency: definition.currency.clone(), of: FxHashMap::default() };
        table(paths, &[date, from, to, rate], &[], &mut |batch, row| {
            let cell = |at: usize| batch.columns[at].cell(row);
            let rate = cell(3).number().filter(|rate| *rate > Decimal::ZERO);
            let (Some(day), Some(from), Some(to), Some(rate)) =
                (cell(0).time(zone), cell(1).text(), cell(2).text(), rate)
            else {
                return;
            };
            if to == own.currency {
                own.of.entry(from.to_owned()).or_default().insert(day, rate);
            } else if from == own.currency
                && let Some(inverse) = Decimal::ONE.checked_div(rate)
            {
                own.of.entry(to.to_owned()).or_default().entry(day).or_insert(inverse);
            }
        })?;
        Ok(own)
    }

    /// An amount in the reported currency, at the rate of a moment; nothing where that is not known.
    pub fn convert(&self, amount: Decimal, currency: Option<&str>, time: i64) -> Option<Decimal> {
        let Some(currency) = currency.filter(|own| !own.is_empty() && *own != self.currency) else {
            return Some(amount);
        };
        let (day, rate) = self.of.get(currency)?.range(..=time).next_back()?;
        // Whole days count, and summer time makes one of them longer.
        if time - day > STALE && day_of(time, &self.zone) - day > STALE + DAY / 2 {
            return None;
        }
        amount.checked_mul(*rate)
    }
}

/// What a channel cost on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Spent {
    /// When the day begins.
    pub time: i64,
    /// The channel; none for one that nobody declared.
    pub channel: Option<u32>,
    /// How much, in the reported currency.
    pub amount: Option<Decimal>,
    /// How often something was shown.
    pub impressions: Option<Decimal>,
    /// How often somebody clicked.
    pub clicks: Option<Decimal>,
}

/// What a table of spend held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SpendFacts {
    /// Rows that were read.
    pub rows: u64,
    /// Rows without a day or with an amount that is no number.
    pub unreadable: u64,
    /// Amounts of a currency without a rate at their day; they are left out.
    pub no_rate: u64,
    /// Rows of days before the log begins or after it ends; they are left out.
    pub outside: u64,
    /// Names of channels that are not declared.
    pub unknown_channels: Vec<String>,
    /// Channels that should be in it and are not.
    pub missing_channels: Vec<String>,
}

/// Reads tables of spend; `span` is the first and the last moment of the log.
pub fn spend(
    definition: &Definition,
    paths: &[PathBuf],
    rates: &Rates,
    zone: &TimeZone,
    span: (i64, i64),
) -> Result<(Vec<Spent>, SpendFacts), ReadTrouble> {
    let SpendColumns { date, channel, amount, impressions, clicks, currency, expected } = &definition.spend;
    let (mut all, mut facts) = (Vec::new(), SpendFacts::default());
    let first = day_of(span.0, zone);
    let names = channel_names(definition);
    let mut is_seen = vec![false; definition.channels.len()];
    let columns = [date, channel, amount, impressions, clicks, currency];
    table(paths, &columns, &[3, 4, 5], &mut |batch, row| {
        let cell = |at: usize| batch.columns[at].cell(row);
        facts.rows += 1;
        let is_bad = |at: usize| cell(at) != Cell::Null && cell(at).number().is_none();
        let Some(time) = cell(0).time(zone).filter(|_| !(2..5).any(is_bad)) else {
            facts.unreadable += 1;
            return;
        };
        if time < first || time > span.1 {
            facts.outside += 1;
            return;
        }
        let name = match cell(1) {
            Cell::Text(name) => name.to_owned(),
            Cell::Int(number) => number.to_string(),
            _ => String::new(),
        };
        let channel = names.get(name.as_str()).copied();
        match channel {
            Some(channel) => is_seen[channel as usize] = true,
            None if facts.unknown_channels.len() < MAX_NAMES && !facts.unknown_channels.contains(&name) => {
                facts.unknown_channels.push(name);
            }
            None => {}
        }
        let amount = cell(2).number();
        let converted = amount.and_then(|amount| rates.convert(amount, cell(5).text(), time));
        facts.no_rate += u64::from(amount.is_some() && converted.is_none());
        let (impressions, clicks) = (cell(3).number(), cell(4).number());
        all.push(Spent { time, channel, amount: converted, impressions, clicks });
    })?;
    facts.unknown_channels.sort();
    let missing = expected.iter().filter(|at| !is_seen[**at]).map(|at| definition.channels[*at].path.clone());
    facts.missing_channels = if paths.is_empty() { Vec::new() } else { missing.collect() };
    Ok((all, facts))
}

/// When the day of a moment begins.
fn day_of(time: i64, zone: &TimeZone) -> i64 {
    let day = jiff::Timestamp::from_microsecond(time).map(|time| time.to_zoned(zone.clone()).date());
    let begin = day.and_then(|day| day.to_zoned(zone.clone())).map(|begin| begin.timestamp().as_microsecond());
    begin.unwrap_or(time)
}

fn channel_names(definition: &Definition) -> FxHashMap<&str, u32> {
    let mut names = FxHashMap::default();
    for (at, channel) in definition.channels.iter().enumerate() {
        for name in channel.names.iter().chain([&channel.path]) {
            names.entry(name.as_str()).or_insert(at as u32);
        }
    }
    names
}

/// Reads files row by row; columns that are not `optional` must be there.
fn table(
    paths: &[PathBuf],
    columns: &[&String],
    optional: &[usize],
    row: &mut dyn FnMut(&Batch, usize),
) -> Result<(), ReadTrouble> {
    let names: Vec<String> = columns.iter().map(|name| (*name).clone()).collect();
    let wanted = Wanted { names, ..Wanted::default() };
    for path in paths {
        let io = |error: std::io::Error| ReadTrouble::Io { path: path.clone(), words: error.to_string() };
        for file in system::files(path).map_err(io)? {
            for part in read::parts(&file)? {
                part.read(&wanted, &mut |batch| {
                    part.needs(&wanted, batch, |at| !optional.contains(&at))?;
                    (0..batch.rows).for_each(|at| row(batch, at));
                    Ok(())
                })?;
            }
        }
    }
    Ok(())
}
