//! Event names on the wire that are written in another style than the others.

use crate::diagnostic::{Code, Diagnostic, Group, Level, Safety};
use crate::lint::Rule;
use crate::model::walk::Event;
use crate::model::{Model, Val};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1304",
        name: "event-name-style",
        group: Group::Tracking,
        level: Level::Warn,
        summary: "an event name on the wire in another style than the others",
        explanation: "Analysts type event names into queries and tools. If some are `Order Completed` and some `order_completed`, they guess, get an \
                      empty result and believe it.\n\n\
                      The style that most names on the wire have is the project's: Title Case, snake_case, camelCase, PascalCase, kebab-case or \
                      Sentence case; of two that are equally common, the one that is used first. Reported is an event of the project \
                      whose name on the wire (`named`, or its declared name) is written otherwise. A name inherited from the \
                      standard library counts but is not reported, nor is one for a single destination (`named purchase in ga4`), nor one \
                      that is not in Latin letters, nor a row of a table (`from`).\n\n\
                      Write `named` with the name in the common style. Data that was sent under the old name keeps it.",
        bad: "event signed_up { named \"Signed Up\"; sent_by web; owner web; status live }\n\
              event trial_started { named \"Trial Started\"; sent_by web; owner web; status live }\n\
              event plan_bought { named \"plan_bought\"; sent_by web; owner web; status live }\n\
              segment users { where did signed_up or did trial_started or did plan_bought }\n",
        good: "event signed_up { named \"Signed Up\"; sent_by web; owner web; status live }\n\
               event trial_started { named \"Trial Started\"; sent_by web; owner web; status live }\n\
               event plan_bought { named \"Plan Bought\"; sent_by web; owner web; status live }\n\
               segment users { where did signed_up or did trial_started or did plan_bought }\n",
    },
    check,
};

/// A way of writing names of several words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Title,
    Snake,
    Camel,
    Pascal,
    Kebab,
    Sentence,
}

impl Style {
    const ALL: [Self; 6] = [Self::Title, Self::Snake, Self::Camel, Self::Pascal, Self::Kebab, Self::Sentence];

    const fn word(self) -> &'static str {
        match self {
            Self::Title => "Title Case",
            Self::Snake => "snake_case",
            Self::Camel => "camelCase",
            Self::Pascal => "PascalCase",
            Self::Kebab => "kebab-case",
            Self::Sentence => "Sentence case",
        }
    }

    /// What stands between two words.
    const fn between(self) -> &'static str {
        match self {
            Self::Title | Self::Sentence => " ",
            Self::Snake => "_",
            Self::Kebab => "-",
            Self::Camel | Self::Pascal => "",
        }
    }

    fn write(self, words: &[String]) -> String {
        let capital = |word: &String| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        };
        let first_capital = |from: usize| {
            move |(index, word): (usize, &String)| if index >= from { capital(word) } else { word.clone() }
        };
        let numbered = words.iter().enumerate();
        match self {
            Self::Title | Self::Pascal => words.iter().map(capital).collect::<Vec<_>>().join(self.between()),
            Self::Snake | Self::Kebab => words.join(self.between()),
            Self::Camel => numbered.map(first_capital(1)).collect(),
            Self::Sentence => {
                let joined = words.join(self.between());
                capital(&joined)
            }
        }
    }
}

/// The words of a name, small; none where it is not in Latin letters.
fn words(name: &str) -> Option<Vec<String>> {
    if !name.is_ascii() {
        return None;
    }
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for character in name.chars() {
        let begins = !before.is_ascii_alphanumeric() || (before.is_ascii_lowercase() && character.is_ascii_uppercase());
        if character.is_ascii_alphanumeric() {
            match words.last_mut() {
                Some(word) if !begins => word.push(character.to_ascii_lowercase()),
                _ => words.push(character.to_ascii_lowercase().to_string()),
            }
        }
        before = character;
    }
    Some(words).filter(|words| !words.is_empty())
}

struct Named<'m, 's> {
    event: Event<'m, 's>,
    wire: String,
    words: Vec<String>,
    /// The styles that it is written in: one word can be in several.
    styles: Vec<Style>,
    /// Where the name is written; none where it is inherited.
    at: Option<(Span, bool)>,
}

impl Named<'_, '_> {
    /// The style, if it can only be one.
    fn style(&self) -> Option<Style> {
        if let [style] = self.styles[..] { Some(style) } else { None }
    }
}

/// The styles that a name of some words is written in.
fn styles(wire: &str, words: &[String]) -> Vec<Style> {
    let between = [" ", "_", "-"].into_iter().find(|sign| wire.contains(sign)).unwrap_or_default();
    let may_be = |style: &Style| words.len() == 1 || style.between() == between;
    let has = |style: &Style| style.write(words) == wire || (*style == Style::Title && is_title(wire));
    Style::ALL.into_iter().filter(|style| may_be(style) && has(style)).collect()
}

/// `Opened FAQ` is Title Case too.
fn is_title(wire: &str) -> bool {
    wire.split(' ').all(|word| {
        word.starts_with(|first: char| first.is_ascii_uppercase() || first.is_ascii_digit())
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && (word.len() == 1 || !is_mixed(word))
    })
}

/// Whether a capital follows a small letter, as in `OrderCompleted`.
fn is_mixed(word: &str) -> bool {
    word.as_bytes().windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
}

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let names: Vec<Named<'_, '_>> = model.events().filter_map(named).collect();
    let Some(common) = most_common(&names) else { return };
    let example = names.iter().find(|name| name.style() == Some(common));
    for name in names.iter().filter(|name| !name.styles.contains(&common)) {
        let Some((at, is_text)) = name.at else { continue };
        found.push(report(name, at, is_text, common, example));
    }
}

fn named<'m, 's>(event: Event<'m, 's>) -> Option<Named<'m, 's>> {
    // A row of a table is not sent under a name.
    if event.is_broken() || event.has("from") {
        return None;
    }
    let wire = event.wire_name(None);
    let words = words(&wire)?;
    let for_all = |field: &&crate::model::Field<'_>| field.get("destination").is_none();
    let own = event.decl().all("named").find(for_all).and_then(|field| field.get("name"));
    let inherited = event.lineage().skip(1).flat_map(|base| base.fields("named"));
    let is_inherited = inherited.into_iter().any(|field| field.get("destination").is_none());
    let at = match own {
        Some(name) => Some((name.span, matches!(name.val, Val::Text(_)))),
        None if is_inherited => None,
        None => Some((event.place(), false)),
    };
    let styles = styles(&wire, &words);
    Some(Named { event, wire, words, styles, at })
}

fn most_common(names: &[Named<'_, '_>]) -> Option<Style> {
    let mut votes: Vec<(Style, usize)> = Vec::new();
    for style in names.iter().filter_map(Named::style) {
        match votes.iter_mut().find(|(own, _)| *own == style) {
            Some((_, count)) => *count += 1,
            None => votes.push((style, 1)),
        }
    }
    let most = votes.iter().map(|(_, count)| *count).max()?;
    votes.iter().find(|(_, count)| *count == most).map(|(style, _)| *style)
}

fn report(name: &Named<'_, '_>, at: Span, is_text: bool, common: Style, example: Option<&Named<'_, '_>>) -> Diagnostic {
    let (wire, style, right) = (&name.wire, common.word(), common.write(&name.words));
    let event = name.event.name();
    let mut fault = Diagnostic::new(
        &RULE.code,
        at,
        say!("event `{event}` is sent as `{wire}`, and most names are in {style}", event, wire, style),
    )
    .at(say!("not in {style}", style))
    .help(say!("analysts guess names by their style; send it as `named \"{right}\"`", right));
    if let Some((place, other)) = example.and_then(|other| Some((other.at?.0, &other.wire))) {
        fault = fault.label(place, say!("such as `{other}`", other));
    }
    if is_text {
        fault = fault.fix(Safety::Unsafe, say!("send it as `{right}`", right), at, format!("\"{right}\""));
    }
    fault
}
