//! Values and expressions as they are written in a spec, for messages and outputs.

use super::value::{Duration, Money, Val};
use crate::syntax::number::Literal;

/// A number token.
pub fn literal(literal: Literal) -> String {
    if let Literal::Plain { value, signed: true } = literal {
        return if value.is_sign_negative() { value.to_string() } else { format!("+{value}") };
    }
    value(&super::shape::literal_val(literal))
}

/// An amount of money with its currency and what it is per.
pub fn money(money: &Money<'_>) -> String {
    let per = money.per.map(|per| format!(" / {per}")).unwrap_or_default();
    format!("{} {}{per}", money.amount, money.currency)
}

/// A value; references and expressions need the model and are printed by it.
pub fn value(val: &Val<'_>) -> String {
    match val {
        Val::Word(word) => (*word).to_owned(),
        Val::Text(text) => format!("\"{}\"", text.words()),
        Val::Number(value) => value.to_string(),
        Val::Percent(value) => format!("{value}%"),
        Val::Duration(duration) => Duration::spelling(*duration),
        Val::Workdays(days) => format!("{days} workdays"),
        Val::Money(amount) => money(amount),
        Val::Date(date) => date.to_string(),
        Val::Month { year, month } => format!("{year:04}-{month:02}"),
        Val::Time(time) => format!("{:02}:{:02}", time.hour(), time.minute()),
        Val::Range(pair) => format!("{} .. {}", value(&pair.0), value(&pair.1)),
        Val::Compare(op, inner) => format!("{op} {}", value(inner)),
        Val::Flag | Val::Ref(_) | Val::Expr(_) | Val::Type(_) | Val::Rows(_) | Val::Bad => String::new(),
    }
}
