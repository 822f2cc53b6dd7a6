//! Values as they are written in a spec.

use crate::plan::value::{Slot, Slots, Value};
use crate::plan::{Declaration, Occurrences};

pub(super) fn occurrences<'d>(own: &'d Declaration, word: &str) -> Vec<&'d Slots> {
    match own.fields.get(word).or_else(|| own.inherited.get(word)) {
        Some(Occurrences::Once(slots)) => vec![slots],
        Some(Occurrences::Several(all)) => all.iter().collect(),
        None => Vec::new(),
    }
}

pub(super) fn policy_text(word: &str, slots: &Slots) -> String {
    let get = |slot: &str| slots.get(slot).map(slot_text);
    match (get("from"), get("to")) {
        (Some(from), Some(to)) => {
            let during = get("during").map(|days| format!("during {days}"));
            [Some(format!("{from} .. {to}")), get("whose"), during].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        _ if word == "cap" => {
            let per = get("value").or_else(|| get("per")).unwrap_or_default();
            [get("count"), Some(format!("per {per}")), get("then")].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        _ if word == "order" => slots.values().flat_map(slot_texts).collect::<Vec<_>>().join(" > "),
        _ => slots.values().map(slot_text).collect::<Vec<_>>().join(" "),
    }
}

pub(super) fn refs(slots: &Slots) -> Vec<String> {
    slots.values().flat_map(slot_texts).collect()
}

pub(super) fn slot_texts(slot: &Slot) -> Vec<String> {
    match slot {
        Slot::One(value) => vec![spelled(value)],
        Slot::Many(values) => values.iter().map(spelled).collect(),
        Slot::Groups(groups) => {
            groups.iter().map(|slots| slots.values().map(slot_text).collect::<Vec<_>>().join(" ")).collect()
        }
    }
}

pub(super) fn slot_text(slot: &Slot) -> String {
    slot_texts(slot).join(", ")
}

/// A value as it is written in a spec.
pub(super) fn spelled(value: &Value) -> String {
    match value {
        Value::Percent(text)
        | Value::Word(text)
        | Value::String(text)
        | Value::Number(text)
        | Value::Date(text)
        | Value::Month(text)
        | Value::Time(text)
        | Value::Builtin(text) => text.clone(),
        Value::Workdays(days) => format!("{days} workdays"),
        Value::Duration(time) => time.text.clone(),
        Value::Money(money) => format!("{} {}", money.amount, money.currency),
        Value::Compare(own) => format!("{} {}", own.op, spelled(&own.value)),
        Value::Range(own) => format!("{}..{}", spelled(&own.from), spelled(&own.to)),
        Value::Ref(own) => own.path.clone(),
        Value::Expr(own) => own.text.clone(),
        Value::Text(text) => text.values().next().cloned().unwrap_or_default(),
        Value::List(values) => values.iter().map(spelled).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

pub(super) fn offer_parts(own: &Declaration) -> Vec<String> {
    let text = |word: &str| {
        occurrences(own, word).first().map(|slots| {
            let order = ["code", "pattern", "value", "for", "from", "to", "anchor", "event"];
            let mut all: Vec<(&String, &Slot)> = slots.iter().collect();
            all.sort_by_key(|(slot, _)| order.iter().position(|own| own == slot));
            all.iter()
                .filter(|(slot, _)| slot.as_str() != "unique")
                .map(|(slot, value)| match slot.as_str() {
                    "anchor" | "event" => format!("after {}", slot_text(value)),
                    _ => slot_text(value),
                })
                .collect::<Vec<_>>()
                .join(" ")
        })
    };
    ["code", "valid"].iter().filter_map(|word| text(word)).filter(|text| !text.is_empty()).collect()
}

/// A field as it is written.
pub(super) fn field(own: &Declaration, word: &str) -> Option<String> {
    let slots = occurrences(own, word).into_iter().next()?;
    let text = slots.iter().filter(|(slot, _)| slot.as_str() != "unique").map(|(_, value)| slot_text(value));
    Some(text.collect::<Vec<_>>().join(" "))
}

/// The least and the most of a field that is a time or a range of times, in seconds.
pub(super) fn seconds_of(own: &Declaration, word: &str) -> Option<(i64, i64)> {
    let time = |value: &Value| match value {
        Value::Duration(time) => Some(super::seconds(time)),
        _ => None,
    };
    let slots = occurrences(own, word).into_iter().next()?;
    slots.values().find_map(|slot| match slot {
        Slot::One(Value::Range(range)) => Some((time(&range.from)?, time(&range.to)?)),
        Slot::One(value) => Some((time(value)?, time(value)?)),
        Slot::Many(values) => Some((time(values.first()?)?, time(values.last()?)?)),
        Slot::Groups(_) => None,
    })
}
