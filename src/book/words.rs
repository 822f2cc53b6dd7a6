//! What the words of closed lists mean, where the table of kinds only names them: the clauses of heads, and classes.

use crate::model::kinds::Kind;

/// The clauses that may follow the opening of a declaration, with what they say.
pub(super) const fn clauses(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Transition | Kind::Handover => TRANSITION,
        Kind::Prop | Kind::Member => PROPERTY,
        Kind::Trait => TRAIT,
        _ => &[],
    }
}

/// The classes of a kind, with what they say.
pub(super) const fn classes(kind: Kind) -> &'static [(&'static str, &'static str)] {
    match kind {
        Kind::Funnel => FUNNELS,
        Kind::Stage => STAGES,
        Kind::Event => EVENTS,
        Kind::Channel => CHANNELS,
        Kind::Segment | Kind::Antisegment => SEGMENTS,
        Kind::Persona => PERSONAS,
        _ => &[],
    }
}

const TRANSITION: &[(&str, &str)] = &[
    (
        "rate",
        "The planned share of those who are in the first stage; in braces, other shares for segments and channels.",
    ),
    ("within", "How long it may take; later than that, an entry does not count as having come from there."),
    ("when", "For whom it is open; others cannot take it."),
    ("on", "By which of the events that enter the second stage; without it, by any of them."),
    ("as", "`referral`: it brings new people. `reentry`: the same person starts again."),
    ("after", "How long a person must have been away before a reentry starts a new journey."),
    ("owner", "Who answers for it."),
];

const PROPERTY: &[(&str, &str)] = &[
    ("required", "It is always sent."),
    ("pii", "It is personal data, and of which sort."),
    ("purpose", "What personal data is used for: a declared consent, or a reason in quotes."),
    ("named", "Its name on the wire, or in one destination."),
    ("length", "How many characters it has, as a range."),
    ("matching", "The regular expression that it matches."),
    ("unit", "What it is measured in, for people: `\"kg\"`."),
    ("deprecated", "It should not be sent any more, and what is to be used instead."),
    ("was", "An earlier name, so that a comparison sees a new name and not a loss."),
];

const TRAIT: &[(&str, &str)] = &[
    ("required", "It is always known."),
    ("pii", "It is personal data, and of which sort."),
    ("purpose", "What personal data is used for: a declared consent, or a reason in quotes."),
    ("named", "Its name on the wire, or in one destination."),
    ("was", "An earlier name, so that a comparison sees a new name and not a loss."),
];

const FUNNELS: &[(&str, &str)] = &[
    ("standard", "From the first contact to the conversion."),
    ("inverted", "From the first customers to those whom they bring."),
    ("hourglass", "To the conversion, and from there through loyalty, round and round."),
    ("flywheel", "A loop in which customers bring the next ones."),
];

const STAGES: &[(&str, &str)] = &[
    ("top", "People notice that there is something for them."),
    ("middle", "People compare and consider."),
    ("bottom", "People decide."),
    ("loyalty", "People are customers: they come back, and tell others. It lies outside of the funnel's window."),
];

const EVENTS: &[(&str, &str)] = &[
    ("track", "Something a person does; the usual class."),
    ("page", "A page of a website is shown."),
    ("screen", "A screen of an app is shown."),
    ("identify", "Traits of a person become known."),
    ("group", "A person is put into a group, such as an account."),
];

const CHANNELS: &[(&str, &str)] = &[
    ("organic", "Found without payment: search, shared posts."),
    ("paid", "Advertising."),
    ("owned", "One's own: newsletter, blog, app."),
    ("earned", "What others say of their own accord: press, reviews."),
    ("referral", "Links from other sites, and customers who bring customers."),
    ("partner", "Affiliates and resellers who are paid for what they bring."),
    ("direct", "Typed in or bookmarked."),
    ("offline", "Print, post, events, shops."),
];

const SEGMENTS: &[(&str, &str)] = &[
    ("behavioural", "By what people do."),
    ("demographic", "By who people are: age, place, family."),
    ("technographic", "By the devices and tools people use."),
    ("firmographic", "By what sort of company it is: size, industry."),
    ("needs", "By what people need."),
    ("status", "By where people stand: lead, trial, customer."),
    ("value", "By what people are worth."),
];

const PERSONAS: &[(&str, &str)] = &[
    ("decision_maker", "Says yes or no."),
    ("influencer", "Is asked for an opinion."),
    ("user", "Will use it."),
    ("buyer", "Does the paperwork and pays."),
    ("gatekeeper", "Decides who gets through to the others."),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_the_words_of_the_table() {
        for kind in Kind::ALL {
            let row = kind.spec().row;
            for (word, _) in clauses(*kind) {
                let written = [format!("'{word}'"), format!("!{word}")];
                assert!(written.iter().any(|written| row.head.contains(written)), "{} {word}", kind.word());
            }
            let classes: Vec<&str> = classes(*kind).iter().map(|(word, _)| *word).collect();
            assert_eq!(classes, row.classes, "the classes of {}", kind.word());
        }
    }
}
