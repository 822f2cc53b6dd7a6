//! Tiers that do not ascend.

use rust_decimal::Decimal;

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::value::Val;
use crate::model::walk::Node;
use crate::model::{Kind, Model, print};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1606",
        name: "tier-order",
        group: Group::Segments,
        level: Level::Warn,
        summary: "tiers of a programme that do not ascend",
        explanation: "A tier reaches from its own `from` up to the next one's. Tiers are written lowest first; where one \
                      begins lower than the tier before it, a number was probably mistyped, and where two begin at the \
                      same value nobody can say which of them a person is in.\n\n\
                      Reported is a tier that begins at or below the tier written before it.\n\n\
                      To mend it, correct the value, or put the tiers in ascending order.\n",
        bad: "traits { lifetime_value money }\n\
              program circle { by trait lifetime_value; tier friend from 0 USD {}; tier insider from 800 USD {}; tier icon from 250 USD {} }\n",
        good: "traits { lifetime_value money }\n\
               program circle { by trait lifetime_value; tier friend from 0 USD {}; tier insider from 250 USD {}; tier icon from 800 USD {} }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for program in model.nodes(Kind::Program).filter(|program| !program.is_broken()) {
        let tiers: Vec<Node<'_, '_>> = program.children_of(Kind::Tier).collect();
        found.extend(tiers.windows(2).filter_map(|pair| report(pair[0], pair[1])));
    }
}

fn report(before: Node<'_, '_>, tier: Node<'_, '_>) -> Option<Diagnostic> {
    let (low, high) = (before.decl().in_head("from")?, tier.decl().in_head("from")?);
    let (from, to) = (comparable(&low.val)?, comparable(&high.val)?);
    if from.0 != to.0 || from.1 < to.1 {
        return None;
    }
    let (name, other) = (tier.name(), before.name());
    let message = if from.1 == to.1 {
        say!("tiers `{other}` and `{name}` begin at the same value", other, name)
    } else {
        say!("tier `{name}` begins below tier `{other}`, which stands before it", name, other)
    };
    let value = print::value(&low.val);
    Some(
        Diagnostic::new(&RULE.code, high.span, message)
            .label(low.span, say!("`{other}` begins at {value}", other, value))
            .help(say!("a tier reaches up to where the next one begins; write them in ascending order")),
    )
}

/// A kind of quantity with a number that can be compared within it.
fn comparable<'s>(val: &Val<'s>) -> Option<(&'s str, Decimal)> {
    match val {
        Val::Number(value) => Some(("number", *value)),
        Val::Percent(value) => Some(("percent", *value)),
        Val::Money(money) => Some((money.currency, money.amount)),
        Val::Duration(duration) => Some(("duration", duration.seconds()?)),
        _ => None,
    }
}
