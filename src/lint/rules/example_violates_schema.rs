//! Examples that the schema they illustrate would reject.

use rust_decimal::Decimal;

use crate::diagnostic::{Code, Diagnostic, Group, Level, Message, Safety};
use crate::lint::Rule;
use crate::model::decl::Field;
use crate::model::faults::{nearest, quoted_list};
use crate::model::value::{Captured, SCALARS, Type};
use crate::model::walk::{Event, Property};
use crate::model::{Kind, Model, Val};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1306",
        name: "example-violates-schema",
        group: Group::Tracking,
        level: Level::Warn,
        summary: "an example of an event that its own schema rejects",
        explanation: "Developers copy the example. If the schema rejects it, either the example or the schema is wrong, and what is sent will be \
                      one of the two.\n\n\
                      Reported in an `example` of an event is\n\n\
                      - a value of another type than its property has, or none of the words of its `enum`;\n\
                      - a number outside its range, a text outside its `length` or not `matching` its pattern, a list with too few or \
                      too many items;\n\
                      - a name that is no property of the event;\n\
                      - a `required` property that is missing. One whose type is declared (`type item { … }`) may be left out, because an \
                      example cannot spell such a value.\n\n\
                      Mend the example, or the schema if the example is right.",
        bad: "event signed_up {\n  \
                sent_by web; owner web; status live\n  \
                prop plan enum(free, pro) required\n  \
                prop seats integer 1..50\n  \
                example { plan premium; seats 80 }\n\
              }\n\
              segment users { where did signed_up }\n",
        good: "event signed_up {\n  \
                 sent_by web; owner web; status live\n  \
                 prop plan enum(free, pro) required\n  \
                 prop seats integer 1..50\n  \
                 example { plan pro; seats 8 }\n\
               }\n\
               segment users { where did signed_up }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for event in model.events().filter(|event| !event.is_broken()) {
        let mut examples = event.decl().all("example").peekable();
        if examples.peek().is_none() {
            continue;
        }
        let own = event.properties();
        let variants = event.children_of(Kind::Variant).flat_map(|variant| variant.children_of(Kind::Prop));
        let in_variants: Vec<_> = variants.map(Property).collect();
        let schema = Schema { event, own, in_variants };
        for example in examples {
            schema.check(example, found);
        }
    }
}

struct Schema<'m, 's> {
    event: Event<'m, 's>,
    own: Vec<Property<'m, 's>>,
    in_variants: Vec<Property<'m, 's>>,
}

impl<'m, 's> Schema<'m, 's> {
    fn check(&self, example: &Field<'_>, found: &mut Vec<Diagnostic>) {
        let Some(Captured { val: Val::Rows(rows), .. }) = example.get("values") else { return };
        let mut given: Vec<&str> = Vec::new();
        for row in rows {
            let Some(name) = row.first() else { continue };
            let Some(word) = name.val.word() else { continue };
            given.push(word);
            match self.property(word) {
                Some(property) => found.extend(check_value(property, row.get(1..).unwrap_or_default())),
                None => found.push(self.unknown(word, name.span)),
            }
        }
        found.extend(self.missing(example, &given));
    }

    fn property(&self, name: &str) -> Option<Property<'m, 's>> {
        self.own.iter().chain(&self.in_variants).copied().find(|property| property.name() == name)
    }

    fn unknown(&self, word: &str, at: Span) -> Diagnostic {
        let name = self.event.name();
        let fault = Diagnostic::new(&RULE.code, at, say!("event `{name}` has no property `{word}`", name, word))
            .label(self.event.place(), say!("the event is declared here"));
        let names = self.own.iter().chain(&self.in_variants).map(|property| property.name());
        match nearest(word, names) {
            Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
                Safety::Safe,
                say!("write `{right}`", right),
                at,
                right,
            ),
            None => {
                fault.help(say!("developers copy the example; declare the property, or take it out of the example"))
            }
        }
    }

    fn missing(&self, example: &Field<'_>, given: &[&str]) -> Option<Diagnostic> {
        let needed = |property: &&Property<'_, '_>| {
            property.is_required() && property.declared_type().is_none() && !given.contains(&property.name())
        };
        let missing: Vec<_> = self.own.iter().filter(needed).collect();
        let first = missing.first()?;
        let names: Vec<String> = missing.iter().map(|property| format!("`{}`", property.name())).collect();
        let list = names.join(", ");
        let fault = Diagnostic::new(&RULE.code, example.key, say!("the example lacks what is required: {list}", list))
            .at(say!("without {list}", list))
            .help(say!("developers copy the example; give every required property in it"));
        Some(fault.label(first.place(), say!("required here")))
    }
}

/// Why a value does not fit, and where it stands.
type Misfit = (Span, Message);

fn check_value(property: Property<'_, '_>, values: &[Captured<'_>]) -> Option<Diagnostic> {
    let kind = property.kind_of_value()?;
    let (at, why) = misfit(property, kind, values)?;
    let name = property.name();
    let schema = why.clone();
    Some(
        Diagnostic::new(&RULE.code, at, say!("the example of `{name}` does not satisfy its schema: {why}", name, why))
            .at(schema)
            .label(property.place(), say!("the property is declared here"))
            .help(say!("developers copy the example; mend it, or the schema if the example is right")),
    )
}

fn misfit(property: Property<'_, '_>, kind: &Type<'_>, values: &[Captured<'_>]) -> Option<Misfit> {
    if let Type::List(inner) = kind {
        return list_misfit(property, inner, values);
    }
    let first = values.first()?;
    if let Some(second) = values.get(1) {
        return Some((second.span, say!("it holds one value")));
    }
    single_misfit(property, kind, first)
}

fn list_misfit(property: Property<'_, '_>, inner: &Type<'_>, values: &[Captured<'_>]) -> Option<Misfit> {
    let items: Vec<&Captured<'_>> = match values {
        [Captured { val: Val::Rows(rows), .. }] => rows.iter().flatten().collect(),
        _ => values.iter().collect(),
    };
    let place = values.first()?.span;
    let count = Decimal::from(items.len());
    let outside = range_of(property, "range").filter(|(from, to)| count < *from || count > *to);
    if let Some((from, to)) = outside {
        return Some((place, say!("it has {from} to {to} items", from, to)));
    }
    items.into_iter().find_map(|item| match inner {
        Type::List(_) => None,
        _ => type_misfit(inner, item).map(|why| (item.span, why)),
    })
}

fn single_misfit(property: Property<'_, '_>, kind: &Type<'_>, value: &Captured<'_>) -> Option<Misfit> {
    let why = type_misfit(kind, value)
        .or_else(|| range_misfit(property, &value.val))
        .or_else(|| text_misfit(property, &value.val))?;
    Some((value.span, why))
}

// ---- types

fn type_misfit(kind: &Type<'_>, value: &Captured<'_>) -> Option<Message> {
    match kind {
        Type::Enum(members) => {
            let word = words_of(&value.val);
            let fits = word.as_ref().is_some_and(|word| members.iter().any(|(member, _)| member == word));
            let list = quoted_list(members.iter().map(|(member, _)| member));
            (!fits).then(|| say!("it is {list}", list))
        }
        Type::Scalar(scalar) if !fits_scalar(scalar, &value.val) => {
            let what = SCALARS.iter().find(|(own, _)| own == scalar).map_or(*scalar, |(_, what)| what);
            let is = match value.val.describe() {
                "a text" => say!("this text"),
                other => Message::of(other),
            };
            Some(say!("it is {what}, not {is}", what = Message::of(what), is))
        }
        _ => None,
    }
}

/// The words of a text or a bare word.
fn words_of(val: &Val<'_>) -> Option<String> {
    match val {
        Val::Text(text) => Some(text.words()),
        Val::Word(word) => Some((*word).to_owned()),
        _ => None,
    }
}

fn fits_scalar(scalar: &str, val: &Val<'_>) -> bool {
    let text = || words_of(val);
    let text_is = |fits: fn(&str) -> bool| text().is_some_and(|words| fits(&words));
    match scalar {
        "integer" => matches!(val, Val::Number(number) if number.is_integer()),
        "number" => matches!(val, Val::Number(_)),
        "bool" => matches!(val, Val::Word("true" | "false")),
        "money" => matches!(val, Val::Number(_) | Val::Money(_)),
        "percent" => matches!(val, Val::Number(_) | Val::Percent(_)),
        "duration" => matches!(val, Val::Number(_) | Val::Duration(_)),
        "date" => matches!(val, Val::Date(_)) || text_is(is_date),
        "datetime" => matches!(val, Val::Date(_)) || text_is(is_moment),
        "time" => matches!(val, Val::Time(_)) || text_is(|words| words.parse::<jiff::civil::Time>().is_ok()),
        "url" => text_is(|words| words.contains("://") || words.starts_with('/')),
        "email" => text_is(is_address),
        "uuid" => text_is(|words| uuid::Uuid::parse_str(words).is_ok()),
        "country" => text_is(|words| words.len() == 2 && words.bytes().all(|byte| byte.is_ascii_uppercase())),
        "currency" => text_is(|words| iso_currency::Currency::from_code(words).is_some()),
        "language" => text_is(|words| oxilangtag::LanguageTag::parse(words).is_ok()),
        "string" => text().is_some(),
        _ => true,
    }
}

fn is_date(words: &str) -> bool {
    words.parse::<jiff::civil::Date>().is_ok()
}

fn is_moment(words: &str) -> bool {
    words.parse::<jiff::Timestamp>().is_ok() || words.parse::<jiff::civil::DateTime>().is_ok()
}

fn is_address(words: &str) -> bool {
    let parts = words.split_once('@');
    parts.is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !words.contains(char::is_whitespace))
}

// ---- limits

/// A range of a property as two numbers.
fn range_of(property: Property<'_, '_>, slot: &str) -> Option<(Decimal, Decimal)> {
    let Val::Range(pair) = &property.clause(slot)?.val else { return None };
    Some((magnitude(&pair.0)?, magnitude(&pair.1)?))
}

fn magnitude(val: &Val<'_>) -> Option<Decimal> {
    match val {
        Val::Number(number) => Some(*number),
        Val::Percent(share) => Some(*share),
        Val::Money(money) => Some(money.amount),
        Val::Duration(duration) => duration.seconds(),
        _ => None,
    }
}

/// Whether two values can be compared by their numbers.
fn comparable(a: &Val<'_>, b: &Val<'_>) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
        || matches!((a, b), (Val::Money(_), Val::Number(_)) | (Val::Number(_), Val::Money(_)))
}

fn range_misfit(property: Property<'_, '_>, val: &Val<'_>) -> Option<Message> {
    let Val::Range(pair) = &property.clause("range")?.val else { return None };
    if !comparable(val, &pair.0) || !comparable(val, &pair.1) {
        return None;
    }
    let (own, from, to) = (magnitude(val)?, magnitude(&pair.0)?, magnitude(&pair.1)?);
    let model = property.model;
    let range = model.sources.text(property.clause("range")?.span);
    (own < from || own > to).then(|| say!("it is in {range}", range))
}

fn text_misfit(property: Property<'_, '_>, val: &Val<'_>) -> Option<Message> {
    let words = words_of(val)?;
    if let Some((from, to)) = range_of(property, "length") {
        let length = Decimal::from(words.chars().count());
        if length < from || length > to {
            return Some(say!("it has {from} to {to} characters", from, to));
        }
    }
    let Val::Text(pattern) = &property.clause("pattern")?.val else { return None };
    let pattern = pattern.words();
    let regex = regex_lite::Regex::new(&pattern).ok()?;
    (!regex.is_match(&words)).then(|| say!("it matches `{pattern}`", pattern))
}
