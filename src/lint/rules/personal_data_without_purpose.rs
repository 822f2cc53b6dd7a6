//! Personal data that nobody says why it is kept.

use crate::diagnostic::{Code, Diagnostic, Group, Level, Safety};
use crate::lint::Rule;
use crate::model::value::Type;
use crate::model::walk::Property;
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1401",
        name: "personal-data-without-purpose",
        group: Group::Privacy,
        level: Level::Warn,
        summary: "personal data that is not marked, or kept for no purpose",
        explanation: "Personal data may be kept only for a purpose that can be named, and only as long as that holds. Whoever asks to be \
                      forgotten must be found in every column that has them.\n\n\
                      Reported is a property, a trait or a member of a type\n\n\
                      - that is marked `pii(…)` and gives no `purpose`;\n\
                      - that is not marked, and is of type `email` or is called as personal data is (`email`, `phone`, `first_name`, `address`, \
                      `birth_date`, `ip`, also at the end of a longer name).\n\n\
                      Write what kind of personal data it is and what for: `pii(contact) purpose newsletter`, where the purpose is a declared \
                      consent or a reason in quotes: `purpose \"to deliver the order\"`. If it is none, silence the finding and say why.",
        bad: "event order_completed { sent_by web; owner web; status live; prop email string required pii(contact) }\n\
              segment buyers { where did order_completed }\n",
        good: "event order_completed { sent_by web; owner web; status live; prop email string required pii(contact) purpose \"to send the invoice\" }\n\
               segment buyers { where did order_completed }\n",
    },
    check,
};

/// Names of personal data, with the kind that each is.
const PERSONAL: &[(&str, &str)] = &[
    ("email", "contact"),
    ("mail", "contact"),
    ("email_address", "contact"),
    ("phone", "contact"),
    ("phone_number", "contact"),
    ("mobile_number", "contact"),
    ("telephone", "contact"),
    ("whatsapp_number", "contact"),
    ("first_name", "identity"),
    ("last_name", "identity"),
    ("full_name", "identity"),
    ("given_name", "identity"),
    ("family_name", "identity"),
    ("surname", "identity"),
    ("national_id", "identity"),
    ("passport_number", "identity"),
    ("address", "location"),
    ("street", "location"),
    ("birth_date", "identity"),
    ("birthdate", "identity"),
    ("date_of_birth", "identity"),
    ("birthday", "identity"),
    ("dob", "identity"),
    ("ip", "device"),
    ("ip_address", "device"),
    ("iban", "financial"),
    ("card_number", "financial"),
];

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let properties = [Kind::Trait, Kind::Prop, Kind::Member].into_iter().flat_map(|kind| model.nodes(kind));
    for property in properties.filter(|property| !property.is_broken()).map(Property) {
        let fault = match property.pii() {
            Some(kind) if property.clause("purpose").is_none() => Some(without_purpose(model, property, kind)),
            None => unmarked(property),
            Some(_) => None,
        };
        found.extend(fault);
    }
}

fn without_purpose(model: &Model<'_>, property: Property<'_, '_>, kind: &str) -> Diagnostic {
    let name = property.name();
    let fault = Diagnostic::new(
        &RULE.code,
        property.place(),
        say!("`{name}` is personal data ({kind}), and nothing says what it is kept for", name, kind),
    )
    .at(say!("has no `purpose`"))
    .help(say!(
        "personal data is kept for a purpose or not at all; write `purpose` and a declared consent, or a reason in quotes"
    ));
    let mut consents = model.nodes(Kind::Consent);
    match (consents.next(), consents.next()) {
        (Some(consent), None) => {
            let consent = consent.path();
            let at = property.decl().span.after();
            fault.fix(Safety::Unsafe, say!("add `purpose {consent}`", consent), at, format!(" purpose {consent}"))
        }
        _ => fault,
    }
}

fn unmarked(property: Property<'_, '_>) -> Option<Diagnostic> {
    let kind = match property.kind_of_value()? {
        Type::Scalar("email") => "contact",
        Type::Scalar("string" | "any" | "integer" | "number" | "date" | "datetime") => {
            named_as_personal(property.name())?
        }
        Type::List(inner) if **inner == Type::Scalar("string") => named_as_personal(property.name())?,
        _ => return None,
    };
    let name = property.name();
    Some(
        Diagnostic::new(
            &RULE.code,
            property.place(),
            say!("`{name}` looks like personal data and is not marked", name),
        )
        .at(say!("no `pii(…)`"))
        .help(say!(
            "whoever asks to be forgotten must be found everywhere; mark it and say what for: `pii({kind}) purpose …`",
            kind
        )),
    )
}

fn named_as_personal(name: &str) -> Option<&'static str> {
    let name = snake(name);
    let is = |word: &str| name == word || name.strip_suffix(word).is_some_and(|before| before.ends_with('_'));
    PERSONAL.iter().find(|(word, _)| is(word)).map(|(_, kind)| *kind)
}

/// `firstName` as `first_name`.
fn snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut before = '_';
    for character in name.chars() {
        if character.is_uppercase() && before.is_lowercase() {
            out.push('_');
        }
        out.extend(character.to_lowercase());
        before = character;
    }
    out
}
