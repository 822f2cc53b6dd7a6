//! Where people come from: which channels bring how many to which stage, the link parameters they are known by, and what
//! they cost a day.

use serde_json::{Value as Json, json};

use super::body::Body;
use super::draw::Draw;
use crate::model::Kind;
use crate::plan::value::{Slot, Slots, Tree, Value};
use crate::plan::{Declaration, Occurrences, Plan};

/// A channel.
pub(super) struct Channel<'p> {
    /// Its path.
    pub(super) path: &'p str,
    /// How many people it brings to which stage in a month, by the path of the stage.
    pub(super) brings: Vec<(&'p str, u64)>,
    /// What may be spent in a month, in hundredths.
    pub(super) budget: Option<u64>,
    /// Whether people come by others who recommend.
    pub(super) is_referral: bool,
    matches: Option<&'p Tree>,
}

/// The channels of a project, by path; those of the library only where the project uses them itself.
pub(super) fn all(plan: &Plan) -> Vec<Channel<'_>> {
    let own = plan.declarations.iter().filter(|own| own.kind == Kind::Channel.word() && own.module.is_none());
    own.map(channel).collect()
}

fn channel(own: &Declaration) -> Channel<'_> {
    Channel {
        path: &own.path,
        brings: occurrences(own, "brings").into_iter().filter_map(brought).collect(),
        is_referral: own.class.as_deref() == Some("referral"),
        budget: occurrences(own, "budget").first().and_then(|slots| monthly(slots)),
        matches: occurrences(own, "match").first().and_then(|slots| match one(slots, "value")? {
            Value::Expr(expr) => Some(&expr.tree),
            _ => None,
        }),
    }
}

fn occurrences<'p>(own: &'p Declaration, field: &str) -> Vec<&'p Slots> {
    match own.fields.get(field).or_else(|| own.inherited.get(field)) {
        Some(Occurrences::Once(slots)) => vec![slots],
        Some(Occurrences::Several(all)) => all.iter().collect(),
        None => Vec::new(),
    }
}

fn one<'p>(slots: &'p Slots, name: &str) -> Option<&'p Value> {
    if let Slot::One(value) = slots.get(name)? { Some(value) } else { None }
}

/// How often a period fits into a month, in thousandths.
fn per_month(per: &str) -> u64 {
    match per {
        "hour" => 730_000,
        "day" => 30_417,
        "week" => 4_345,
        "quarter" => 333,
        "year" => 83,
        _ => 1_000,
    }
}

fn brought(slots: &Slots) -> Option<(&str, u64)> {
    let (Value::Number(count), Value::Ref(stage)) = (one(slots, "count")?, one(slots, "stage")?) else { return None };
    let per = if let Some(Value::Word(per)) = one(slots, "per") { per } else { "month" };
    Some((&stage.path, count.split('.').next()?.parse::<u64>().ok()?.checked_mul(per_month(per))? / 1_000))
}

/// The budget of a month: as it is written, or the mean of the months that are.
fn monthly(slots: &Slots) -> Option<u64> {
    if let Some(Value::Money(money)) = one(slots, "money") {
        return Some(
            hundredths(&money.amount)?.checked_mul(per_month(money.per.as_deref().unwrap_or("month")))? / 1_000,
        );
    }
    let Value::Rows(months) = one(slots, "months")? else { return None };
    let amounts = months
        .iter()
        .filter_map(|row| if let Value::Money(money) = one(row, "money")? { hundredths(&money.amount) } else { None });
    let amounts: Vec<u64> = amounts.collect();
    amounts.iter().sum::<u64>().checked_div(amounts.len() as u64)
}

fn hundredths(amount: &str) -> Option<u64> {
    use rust_decimal::prelude::ToPrimitive;
    (amount.parse::<rust_decimal::Decimal>().ok()? * rust_decimal::Decimal::ONE_HUNDRED).to_u64()
}

impl Channel<'_> {
    /// Gives an event what the channel is matched by.
    pub(super) fn mark(&self, body: &mut Body, draw: &mut Draw) {
        if let Some(tree) = self.matches {
            mark(tree, body, draw);
        }
    }
}

fn mark(tree: &Tree, body: &mut Body, draw: &mut Draw) {
    match (tree.op, tree.args.as_slice()) {
        ("and", all) => all.iter().for_each(|tree| mark(tree, body, draw)),
        ("or", any) => draw.pick(any).into_iter().for_each(|tree| mark(tree, body, draw)),
        ("==" | "in", [name, wanted]) => {
            let Some(Value::Builtin(name)) = &name.value else { return };
            let all = if wanted.op == "list" { wanted.args.as_slice() } else { std::slice::from_ref(wanted) };
            if let Some(value) = draw.pick(all).and_then(|tree| super::body::literal(tree.value.as_ref()?)) {
                body.insert(name.clone(), value);
            }
        }
        _ => {}
    }
}

/// What a channel cost on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Spent {
    /// The day, as `2026-01-31`.
    pub day: String,
    /// The path of the channel.
    pub channel: String,
    /// How much, in hundredths of the project's currency.
    pub hundredths: u64,
    /// How often something was shown.
    pub impressions: u64,
    /// How often somebody clicked.
    pub clicks: u64,
}

impl Spent {
    /// The amount as JSON.
    #[allow(clippy::cast_precision_loss, reason = "hundredths of a budget are far below 2^53")]
    pub fn amount(&self) -> Json {
        json!(self.hundredths as f64 / 100.0)
    }
}

/// What channels with a budget cost, day by day: a thirtieth of a month, a fifth more or less.
pub(super) fn spend(channels: &[Channel<'_>], seed: u64, days: impl Iterator<Item = String>) -> Vec<Spent> {
    let mut draw = Draw::new(seed, u64::MAX);
    let mut all = Vec::new();
    for day in days {
        for own in channels {
            let Some(budget) = own.budget else { continue };
            let hundredths = budget / 30 * draw.between(80, 120).unsigned_abs() / 100;
            let impressions = hundredths * draw.between(80, 160).unsigned_abs() / 100;
            let clicks = impressions * draw.between(5, 25).unsigned_abs() / 1_000;
            all.push(Spent { day: day.clone(), channel: own.path.to_owned(), hundredths, impressions, clicks });
        }
    }
    all
}
