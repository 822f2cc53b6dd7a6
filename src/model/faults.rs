//! The words in which the reader of declarations says that something does not fit its shape.

use super::kinds::{Kind, KindSet, KindSpec, top_level, top_level_kind};
use super::shape::{Expected, Failure, Found, Named};
use super::suggest::Suggestion;
use super::value::{PER_WORDS, Ref};
use crate::diagnostic::codes::names::{
    BAD_EXTENDS, DUPLICATE_FIELD, DUPLICATE_NAME, MISSING_FIELD, UNKNOWN_FIELD, UNKNOWN_NAME, WRONG_KIND,
};
use crate::diagnostic::codes::syntax::SYNTAX;
use crate::diagnostic::codes::types::{BAD_VALUE, UNIT_MISMATCH};
use crate::diagnostic::{Diagnostic, Message, Safety};
use crate::say;
use crate::source::Span;

/// The spelling nearest to a word, if one is near enough to have been meant.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let length = word.chars().count();
    let limit = match length {
        0..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    let distance = |candidate: &'c str| {
        let own = candidate.chars().count();
        let is_possible = own.abs_diff(length) <= limit && letters_apart(word, candidate) <= 2 * limit;
        is_possible.then(|| (strsim::damerau_levenshtein(word, candidate), candidate))
    };
    let near = candidates.into_iter().filter(|candidate| *candidate != word).filter_map(distance);
    near.filter(|(distance, _)| *distance <= limit && *distance < length.max(2)).min().map(|(_, candidate)| candidate)
}

/// How many letters two words do not share: cheap to count, and at most two for each edit that leads from one to the other.
fn letters_apart(one: &str, other: &str) -> usize {
    if !(one.is_ascii() && other.is_ascii()) {
        return 0;
    }
    let mut counts = [0_isize; 128];
    one.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    other.bytes().for_each(|byte| counts[usize::from(byte)] -= 1);
    counts.iter().map(|count| count.unsigned_abs()).sum()
}

/// Joins phrases: `a, b or c`.
pub fn or_list(mut phrases: Vec<Message>) -> Message {
    match phrases.len() {
        0 => Message::default(),
        1 => phrases.remove(0),
        _ => Message::or(phrases),
    }
}

/// Joins words in code quotes: `` `a`, `b` or `c` ``.
pub fn quoted_list<W: std::fmt::Display>(words: impl IntoIterator<Item = W>) -> Message {
    or_list(words.into_iter().map(|word| say!("`{word}`", word)).collect())
}

/// The kinds of a set with their articles: `a stage or an event`.
pub fn kinds_phrase(kinds: KindSet) -> Message {
    or_list(kinds.iter().map(Kind::phrase).collect::<Vec<_>>())
}

fn phrase(expected: &Expected) -> Message {
    match expected {
        Expected::Word(word) => say!("`{word}`", word),
        Expected::OneOf(words) => quoted_list(*words),
        Expected::Reference(kinds) => kinds_phrase(*kinds),
        Expected::Value(named) => named.phrase(),
        Expected::Close => say!("the end of the field"),
        Expected::Phrase(words) => Message::of(words),
    }
}

/// What a statement is, for messages: `cycle` of a funnel, or the head of a stage.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The field's word; none for the head of a declaration.
    pub field: Option<&'a str>,
    /// The kind it belongs to.
    pub kind: Kind,
    /// How its shape is written in the table.
    pub notation: &'static str,
}

impl Subject<'_> {
    fn words(self) -> Message {
        self.field.map_or_else(|| self.kind.phrase(), |field| say!("`{field}`", field))
    }
}

/// Something that does not fit the shape of a field or head.
pub fn mismatch(subject: Subject<'_>, failure: &Failure, at: Span, found: &str) -> Option<Diagnostic> {
    if failure.found == Some(Found::Bad) {
        return None;
    }
    let what = subject.words();
    let wanted = or_list(failure.expected.iter().map(phrase).collect());
    if let Some(fault) = wrong_unit(failure, at, found) {
        return Some(fault.help(shape_help(subject)));
    }
    if let Some(fault) = wrong_word(failure, at, found, &what) {
        return Some(fault);
    }
    let message = match failure.found {
        None => say!("{what} is not finished: {wanted} is missing", what, wanted),
        Some(_) => say!("{what} cannot go on like this", what),
    };
    let label = match failure.found {
        None => say!("{wanted} is missing here", wanted),
        Some(_) => say!("{wanted} is expected here", wanted),
    };
    Some(Diagnostic::new(&SYNTAX, at, message).at(label).help(shape_help(subject)))
}

fn shape_help(subject: Subject<'_>) -> Message {
    let kind = subject.kind.word();
    match subject.field {
        Some(field) => {
            let shape = readable(subject.notation);
            say!("it is written `{field} {shape}`; `funnelc explain {kind}` lists every field", field, shape, kind)
        }
        None => say!("`funnelc explain {kind}` shows how it is written", kind),
    }
}

/// The notation of the table in words a reader of the message knows.
pub fn readable(notation: &str) -> String {
    let mut words = String::with_capacity(notation.len());
    let mut rest = notation;
    while let Some(character) = rest.chars().next() {
        let mut taken = character.len_utf8();
        match character {
            '\'' | '!' | '*' => {}
            '@' => {
                let end = rest[1..]
                    .find(|c: char| !(c.is_ascii_lowercase() || c == '_' || c == '+'))
                    .unwrap_or(rest.len() - 1);
                words.push_str(&rest[1..=end].to_uppercase().replace('+', "|"));
                taken = end + 1;
            }
            '<' => {
                let end = rest.find('>').unwrap_or(rest.len() - 1);
                words.push_str(&rest[1..end].split_whitespace().collect::<Vec<_>>().join("|"));
                taken = end + 1;
            }
            ',' if rest.starts_with(",+") => {
                words.push_str(", …");
                taken = 2;
            }
            c if c.is_ascii_lowercase() => {
                let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(rest.len());
                let quoted =
                    words.len() < notation.len() && notation[..notation.len() - rest.len()].ends_with(['\'', '!']);
                if rest[end..].starts_with(':') {
                    taken = end + 1;
                } else if rest.starts_with("p(") {
                    taken = 1;
                } else {
                    words.push_str(&if quoted { rest[..end].to_owned() } else { rest[..end].to_uppercase() });
                    taken = end;
                }
            }
            other => words.push(other),
        }
        rest = &rest[taken..];
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value of one unit where another is wanted: `5 USD` where a duration belongs.
fn wrong_unit(failure: &Failure, at: Span, found: &str) -> Option<Diagnostic> {
    let Some(Found::Literal(kind)) = failure.found else { return None };
    let wanted = failure.expected.iter().find_map(|expected| match expected {
        Expected::Value(
            named @ (Named::Duration
            | Named::Percent
            | Named::Money
            | Named::Date
            | Named::Day
            | Named::Month
            | Named::Time
            | Named::Number
            | Named::Integer
            | Named::Period),
        ) => Some(*named),
        _ => None,
    })?;
    let wanted_phrase = wanted.phrase();
    let mut fault = Diagnostic::new(
        &UNIT_MISMATCH,
        at,
        say!("`{found}` is {kind}; here {wanted_phrase} is wanted", found, kind = Message::of(kind), wanted_phrase),
    )
    .at(say!("{wanted_phrase} is wanted here", wanted_phrase));
    if kind == "a number" && wanted == Named::Percent {
        fault = fault.fix(Safety::Unsafe, say!("write `{found}%`", found), at, format!("{found}%"));
    }
    if kind == "a number" && wanted == Named::Duration {
        fault = fault.fix(Safety::Unsafe, say!("write `{found}d`", found), at, format!("{found}d"));
    }
    Some(fault)
}

/// A word that is none of the closed list or clauses wanted here.
fn wrong_word(failure: &Failure, at: Span, found: &str, what: &Message) -> Option<Diagnostic> {
    if failure.found != Some(Found::Word) {
        return None;
    }
    let mut words: Vec<&str> = Vec::new();
    for expected in &failure.expected {
        match expected {
            Expected::OneOf(own) => words.extend(*own),
            Expected::Word(own) if own.starts_with(|c: char| c.is_ascii_lowercase()) => words.push(own),
            _ => {}
        }
    }
    if words.is_empty() {
        return None;
    }
    let list = quoted_list(&words);
    let fault = Diagnostic::new(&UNKNOWN_FIELD, at, say!("{what} does not know the word `{found}`", what, found))
        .at(say!("not a word of this place"))
        .help(say!("what can stand here: {list}", list));
    Some(match nearest(found, words.iter().copied()) {
        Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
            Safety::Safe,
            say!("write `{right}`", right),
            at,
            right,
        ),
        None => fault,
    })
}

/// Parts left over after a field was complete.
pub fn left_over(
    subject: Subject<'_>,
    failure: &Failure,
    (before, at): (Span, Span),
    found: &str,
    spec: &KindSpec,
) -> Option<Diagnostic> {
    let what = subject.words();
    if spec.field(found).is_some() || spec.child(found).is_some() {
        let message = say!("{what} ends before `{found}`, which is a field of its own", what, found);
        return Some(
            Diagnostic::new(&SYNTAX, at, message)
                .at(say!("a new field begins here"))
                .help(say!("put `;` before it, or begin a new line"))
                .fix(Safety::Safe, say!("put `;` before `{found}`", found), before, ";"),
        );
    }
    if failure.span == Some(at) {
        if let Some(fault) = wrong_word(failure, at, found, &what).or_else(|| wrong_unit(failure, at, found)) {
            return Some(fault);
        }
        if !failure.expected.is_empty() {
            return mismatch(subject, failure, at, found);
        }
    }
    let message = say!("{what} is complete before `{found}`", what, found);
    Some(Diagnostic::new(&SYNTAX, at, message).at(say!("this is left over")).help(shape_help(subject)))
}

/// A word after `/` by which nothing is counted.
pub fn unknown_per(at: Span, word: &str) -> Diagnostic {
    let list = PER_WORDS.join(", ");
    let fault = Diagnostic::new(&SYNTAX, at, say!("nothing is counted per `{word}`", word))
        .help(say!("after `/` stands one of {list}", list));
    match nearest(word, PER_WORDS.iter().copied()) {
        Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
            Safety::Safe,
            say!("write `{right}`", right),
            at,
            right,
        ),
        None => fault,
    }
}

/// A word that begins no field and no declaration of its surroundings.
pub fn unknown_field(parent: Option<Kind>, word: &str, at: Span) -> Diagnostic {
    let (fields, children): (Vec<&str>, Vec<&str>) = match parent {
        Some(kind) => {
            let spec = kind.spec();
            (
                spec.fields.iter().map(|field| field.word).collect(),
                spec.row.children.iter().map(|kind| kind.word()).collect(),
            )
        }
        None => (Vec::new(), top_level().iter().map(|kind| kind.word()).collect()),
    };
    let place = parent.map_or_else(|| say!("a file"), Kind::phrase);
    let message = match (parent, top_level_kind(word)) {
        (Some(_), Some(_)) => say!("`{word}` is declared outside of blocks, not inside {place}", word, place),
        _ => say!("{place} has no `{word}`", place, word),
    };
    let candidates = fields.iter().chain(&children).copied();
    let mut list: Vec<&str> = fields.iter().chain(&children).copied().collect();
    list.sort_unstable();
    let list = list.join(", ");
    let fault = Diagnostic::new(&UNKNOWN_FIELD, at, message).help(say!("it can have: {list}", list));
    match nearest(word, candidates) {
        Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
            Safety::Safe,
            say!("write `{right}`", right),
            at,
            right,
        ),
        None => fault.at(say!("nothing of this name here")),
    }
}

/// A class that the kind does not have.
pub fn unknown_class(kind: Kind, word: &str, at: Span) -> Diagnostic {
    let classes = kind.spec().row.classes;
    let what = kind.phrase();
    if classes.is_empty() {
        return Diagnostic::new(&UNKNOWN_FIELD, at, say!("{what} has no classes", what))
            .at(say!("remove `: {word}`", word));
    }
    let list = quoted_list(classes);
    let fault = Diagnostic::new(&UNKNOWN_FIELD, at, say!("`{word}` is not a class of {what}", word, what))
        .at(say!("not a class"))
        .help(say!("it is one of {list}", list));
    match nearest(word, classes.iter().copied()) {
        Some(right) => fault.at(say!("did you mean `{right}`?", right)).fix(
            Safety::Safe,
            say!("write `{right}`", right),
            at,
            right,
        ),
        None => fault,
    }
}

/// A statement that begins with no word.
pub fn no_statement(parent: Option<Kind>, at: Span) -> Diagnostic {
    let place = parent.map_or_else(|| say!("outside all blocks"), |kind| say!("inside {what}", what = kind.phrase()));
    Diagnostic::new(&SYNTAX, at, say!("a statement {place} begins with a word", place))
        .at(say!("a field or a declaration is expected here"))
        .help(say!("an opening bracket or a trailing comma lets a field run on over a newline"))
}

/// A declaration without a name.
pub fn missing_name(kind: Kind, at: Span) -> Diagnostic {
    let what = kind.phrase();
    let word = kind.word();
    Diagnostic::new(&MISSING_FIELD, at, say!("{what} needs a name", what))
        .at(say!("the name is missing here"))
        .help(say!("write `{word} my_name`; a label in quotes may follow the name", word))
}

/// A name that is no identifier.
pub fn bad_name(name: &str, at: Span) -> Diagnostic {
    let better: String = name.replace(['.', '-'], "_");
    let message = say!("`{name}` cannot be a name", name);
    let fault = Diagnostic::new(&SYNTAX, at, message);
    if super::expr::RESERVED.contains(&name) {
        return fault
            .at(say!("a reserved word"))
            .help(say!("only `and or not in true false` are reserved; choose another name"));
    }
    fault.at(say!("a name is one word")).help(say!("names are letters, digits and `_`, in any script")).fix(
        Safety::Unsafe,
        say!("write `{better}`", better),
        at,
        better.clone(),
    )
}

/// A field that the kind needs.
pub fn missing_field(kind: Kind, name: &str, field: &str, doc: &'static str, at: Span) -> Diagnostic {
    let what = kind.word();
    Diagnostic::new(&MISSING_FIELD, at, say!("{what} `{name}` has no `{field}`", what, name, field))
        .at(say!("`{field}` is missing", field))
        .help(Message::of(doc))
}

/// A field that is given twice.
pub fn duplicate_field(field: &str, at: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&DUPLICATE_FIELD, at, say!("`{field}` is given twice", field))
        .at(say!("given again here"))
        .label(first, say!("first given here"))
        .help(say!("keep one of them; which of two values was meant cannot be known"))
}

/// Two declarations of one name.
pub fn duplicate_name(name: &str, at: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&DUPLICATE_NAME, at, say!("`{name}` is declared twice", name))
        .at(say!("declared again here"))
        .label(first, say!("first declared here"))
        .help(say!("a name stands for one thing in every output; rename one of the two"))
}

/// A currency code that ISO 4217 does not have.
pub fn unknown_currency(code: &str, at: Span) -> Diagnostic {
    let fault = Diagnostic::new(&BAD_VALUE, at, say!("`{code}` is not a currency of ISO 4217", code))
        .at(say!("no such currency"));
    let upper = code.to_uppercase();
    if upper != code && iso_currency::Currency::from_code(&upper).is_some() {
        return fault.fix(Safety::Safe, say!("write `{upper}`", upper), at, upper.clone());
    }
    fault.help(say!("codes have three letters, such as `USD`, `EUR`, `SAR`"))
}

/// A reference that resolves to nothing.
pub fn unknown_name(reference: &Ref<'_>, suggestion: Option<&Suggestion>) -> Diagnostic {
    let path = reference.path;
    let fault = Diagnostic::new(&UNKNOWN_NAME, reference.span, say!("`{path}` is not declared", path));
    let wanted = kinds_phrase(reference.want);
    match suggestion {
        Some(Suggestion { path: right, safety }) => fault.at(say!("did you mean `{right}`?", right)).fix(
            *safety,
            say!("write `{right}`", right),
            reference.span,
            right.clone(),
        ),
        None if wanted.is_empty() => {
            fault.at(say!("nothing of this name")).help(say!("declare it, or bring it in with `use`"))
        }
        None => fault
            .at(say!("no such name"))
            .help(say!("{wanted} is wanted here: declare it, or bring it in with `use`", wanted)),
    }
}

/// A reference to a thing of another kind.
pub fn wrong_kind(reference: &Ref<'_>, kind: Kind, declared: Span) -> Diagnostic {
    let path = reference.path;
    let is = kind.phrase();
    let wanted = kinds_phrase(reference.want);
    Diagnostic::new(&WRONG_KIND, reference.span, say!("`{path}` is {is}, here {wanted} is wanted", path, is, wanted))
        .at(say!("{wanted} is wanted here", wanted))
        .label(declared, say!("declared here as {is}", is))
}

/// An `extends` that cannot be followed.
pub fn bad_extends(at: Span, name: &str, why: Message) -> Diagnostic {
    Diagnostic::new(&BAD_EXTENDS, at, say!("`{name}` cannot be extended here", name)).at(why)
}

/// A `make` with more or fewer arguments than its model has parameters.
pub fn wrong_arguments(at: Span, model: Span, wanted: usize, given: usize) -> Diagnostic {
    Diagnostic::new(
        &MISSING_FIELD,
        at,
        say!("the model takes another number of arguments: {wanted}, not {given}", wanted, given),
    )
    .label(model, say!("the model and its parameters"))
}
