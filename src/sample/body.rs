//! What an event holds: a value for every required property and for some of the others, by the plan.

use serde_json::{Map, Value as Json, json};

use super::draw::Draw;
use crate::plan::value::{Range, Type, Value};
use crate::plan::{EventPlan, Plan, PropertyPlan};

/// Types inside types are followed so far.
const MAX_DEPTH: u8 = 6;

/// The properties of an event, by their names on the wire.
pub(super) type Body = Map<String, Json>;

/// Draws the properties of an event.
pub(super) fn body(plan: &Plan, event: &EventPlan, draw: &mut Draw) -> Body {
    let mut made = Body::new();
    for own in &event.properties {
        if own.required || draw.below(2) == 0 {
            let shown = || event.examples.iter().filter_map(|example| example.get(&own.name)).collect::<Vec<_>>();
            made.extend(value(plan, own, shown, draw, 0).map(|value| (own.wire_name.clone(), value)));
        }
    }
    made
}

/// A value of a property. One that a pattern describes is taken from the examples of the spec; without any it is left out.
fn value<'p>(
    plan: &Plan,
    own: &PropertyPlan,
    shown: impl FnOnce() -> Vec<&'p Value>,
    draw: &mut Draw,
    depth: u8,
) -> Option<Json> {
    if own.pattern.is_some() {
        return draw.pick(&shown()).copied().and_then(literal);
    }
    typed(plan, own.kind.as_ref()?, own, draw, depth)
}

fn typed(plan: &Plan, kind: &Type, own: &PropertyPlan, draw: &mut Draw, depth: u8) -> Option<Json> {
    Some(match kind {
        Type::Enum(words) => json!(draw.pick(words)?),
        Type::Scalar(scalar) => return Some(self::scalar(plan, scalar, own, draw)),
        Type::List(inner) => {
            let (least, most) = bounds(own.range.as_ref()).unwrap_or((1, 3));
            let count = draw.between(least.max(0), most.min(least.max(0) + 2));
            let one = PropertyPlan { range: None, ..own.clone() };
            Json::Array((0..count).filter_map(|_| typed(plan, inner, &one, draw, depth)).collect())
        }
        Type::Named(path) => {
            let members = &plan.type_at(path).filter(|_| depth < MAX_DEPTH)?.members;
            let mut made = Body::new();
            for member in members {
                let is_said = member.required || draw.below(2) == 0;
                let value = if is_said { value(plan, member, Vec::new, draw, depth + 1) } else { None };
                made.extend(value.map(|value| (member.wire_name.clone(), value)));
            }
            Json::Object(made)
        }
    })
}

fn scalar(plan: &Plan, scalar: &str, own: &PropertyPlan, draw: &mut Draw) -> Json {
    let (least, most) = bounds(own.range.as_ref()).unwrap_or((1, 20));
    match scalar {
        "integer" => json!(draw.between(least, most)),
        "number" => hundredths(draw.between(least.saturating_mul(100), most.saturating_mul(100))),
        "money" => {
            let (least, most) = bounds(own.range.as_ref()).unwrap_or((5, 200));
            hundredths(draw.between(least.saturating_mul(100), most.saturating_mul(100)))
        }
        "percent" => hundredths(draw.between(0, 100)),
        "bool" => json!(draw.below(2) == 0),
        "duration" => json!(draw.between(1, 86_400)),
        "date" => json!(format!("2026-{:02}-{:02}", draw.between(1, 12), draw.between(1, 28))),
        "datetime" => json!(format!("2026-{:02}-{:02}T12:00:00Z", draw.between(1, 12), draw.between(1, 28))),
        "time" => json!(format!("{:02}:{:02}", draw.between(0, 23), draw.between(0, 59))),
        "url" => json!(format!("https://example.com/{}", draw.between(1, 500))),
        "email" => json!(format!("person{}@example.com", draw.between(1, 999_999_999))),
        "uuid" => json!(uuid::Builder::from_random_bytes(bytes(draw)).into_uuid().to_string()),
        "country" => json!(draw.pick(&["US", "SA", "AE", "DE", "GB", "EG"])),
        "currency" => json!(plan.currency.as_deref().unwrap_or("USD")),
        "language" => json!(draw.pick(&plan.languages).map_or("en", String::as_str)),
        _ => json!(fitted(format!("{}_{:09}", own.name, draw.below(1_000_000_000)), own.length.as_ref())),
    }
}

fn bytes(draw: &mut Draw) -> [u8; 16] {
    let (high, low) = (draw.below(u64::MAX), draw.below(u64::MAX));
    ((u128::from(high) << 64) | u128::from(low)).to_le_bytes()
}

/// A text made to have as many characters as it must.
fn fitted(text: String, length: Option<&Value>) -> String {
    let Some((least, most)) = bounds(length) else { return text };
    let count = text.chars().count();
    let wanted =
        count.clamp(usize::try_from(least).unwrap_or(0), usize::try_from(most).unwrap_or(usize::MAX).min(1 << 10));
    text.chars().chain(std::iter::repeat('x')).take(wanted).collect()
}

/// `1234` as 12.34.
#[allow(clippy::cast_precision_loss, reason = "hundredths of what a spec writes are far below 2^53")]
fn hundredths(number: i64) -> Json {
    json!(number as f64 / 100.0)
}

/// The whole numbers between which a range lies.
fn bounds(range: Option<&Value>) -> Option<(i64, i64)> {
    let whole = |value: &Value| match value {
        Value::Number(number) | Value::Percent(number) => number.trim_end_matches('%').split('.').next()?.parse().ok(),
        Value::Money(money) => money.amount.split('.').next()?.parse().ok(),
        _ => None,
    };
    match range? {
        Value::Range(range) => {
            let Range { from, to } = &**range;
            Some((whole(from)?, whole(to)?))
        }
        other => whole(other).map(|number| (number, number)),
    }
}

/// A literal of a spec as JSON.
pub(super) fn literal(value: &Value) -> Option<Json> {
    Some(match value {
        Value::String(text) | Value::Word(text) | Value::Date(text) | Value::Month(text) | Value::Time(text) => {
            json!(text)
        }
        Value::Number(number) => json!(number.parse::<serde_json::Number>().ok()?),
        Value::Money(money) => json!(money.amount.parse::<serde_json::Number>().ok()?),
        Value::Bool(holds) | Value::Flag(holds) => json!(holds),
        _ => return None,
    })
}
