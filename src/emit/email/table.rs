//! The plan of messages as rows: one for each message and language, and a list of what goes to the printer.

use super::links::tagged;
use super::spell::spelled;
use super::{Page, seconds};
use crate::emit::csv;
use crate::emit::target::Words;
use crate::plan::value::Expression;
use crate::plan::{MessagePlan, Plan, SaidPlan, SequencePlan};

/// A message in one language.
pub(super) struct Row<'r> {
    page: &'r Page<'r>,
    sequence: &'r SequencePlan,
    at: usize,
    own: &'r MessagePlan,
}

/// A column: its head in files for programs, the word that heads it for people, and its cell.
pub(super) struct Column {
    head: &'static str,
    word: &'static str,
    cell: fn(&Row<'_>) -> String,
}

const fn column(head: &'static str, word: &'static str, cell: fn(&Row<'_>) -> String) -> Column {
    Column { head, word, cell }
}

static COLUMNS: &[Column] = &[
    column("sequence", "path", |row| row.sequence.path.clone()),
    column("sequence label", "sequence", |row| row.page.said(&row.sequence.label).unwrap_or_default().to_owned()),
    column("moves", "moves", moves),
    column("message", "path", |row| row.own.path.clone()),
    column("kind", "kind", |row| row.own.kind.to_owned()),
    column("number", "number", |row| (row.at + 1).to_string()),
    column("language", "language", |row| row.page.lang.to_owned()),
    column("earliest", "earliest", |row| row.own.window.earliest.text.clone()),
    column("latest", "latest", |row| row.own.window.latest.text.clone()),
    column("path to it", "turns", turns),
    column("start", "start", |row| text(row.sequence.start.as_ref())),
    column("audience", "audience", audience),
    column("stop", "stop", |row| text(row.sequence.stop.as_ref())),
    column("again", "again", |row| row.sequence.again.clone().unwrap_or_default()),
    column("only if", "only_if", |row| text(row.own.when.as_ref())),
    column("subject", "subject", |row| all(row, &row.own.subject)),
    column("preview", "preview", |row| all(row, &row.own.preview)),
    column("message text", "says", |row| all(row, &row.own.says)),
    column("call to action", "cta", |row| all(row, &row.own.cta)),
    column("url", "url", urls),
    column("offer", "offer", |row| row.own.offer.as_deref().map(|path| row.page.offer(path)).unwrap_or_default()),
    column("aims for", "aims_for", |row| text(row.own.aims.as_ref().map(|own| &own.event))),
    column("within", "within", |row| row.own.aims.as_ref().map(|own| own.within.text.clone()).unwrap_or_default()),
    column("target", "target", target),
    column("via", "via", |row| row.own.via.clone().unwrap_or_default()),
    column("by", "by", |row| row.own.by.clone().unwrap_or_default()),
    column("legal basis", "basis", basis),
    column("owner", "owner", |row| row.own.owner.clone().unwrap_or_default()),
];

/// What is written otherwise for people than for programs.
static FOR_PEOPLE: &[Column] = &[
    column("kind", "kind", |row| row.page.word(row.own.kind)),
    column("when", "when_sent", |row| row.page.when(&row.own.window)),
    column("moves", "moves", |row| row.page.moves(row.sequence).unwrap_or_default()),
    column("again", "again", |row| row.page.again(row.sequence).unwrap_or_default()),
    column("via", "via", |row| labelled(row, "channel", row.own.via.as_deref())),
    column("by", "by", |row| labelled(row, "team", row.own.by.as_deref())),
    column("owner", "owner", |row| labelled(row, "team", row.own.owner.as_deref())),
    column("legal basis", "basis", basis_in_words),
    column("arrives", "arrives", |row| row.page.arrival(row.own).unwrap_or_default()),
];

fn text(own: Option<&Expression>) -> String {
    own.map(|own| own.text.clone()).unwrap_or_default()
}

fn moves(row: &Row<'_>) -> String {
    row.sequence.moves.as_ref().map(|own| own.join(" -> ")).unwrap_or_default()
}

fn turns(row: &Row<'_>) -> String {
    let turns = row.own.turns.iter().map(|own| row.page.turn(own));
    turns.map(|own| format!("{} {}", own.name, own.text)).collect::<Vec<_>>().join("\n")
}

fn audience(row: &Row<'_>) -> String {
    let both = [&row.sequence.audience, &row.own.audience].into_iter().flatten().map(|own| own.text.clone());
    both.collect::<Vec<_>>().join(" and ")
}

/// A text for everybody and for each segment, a line each.
fn all(row: &Row<'_>, said: &[SaidPlan]) -> String {
    let one = |said: &SaidPlan| {
        let text = row.page.said(&said.text).unwrap_or_default();
        said.whom.as_ref().map_or(text.to_owned(), |whom| format!("[{}] {text}", whom.path))
    };
    said.iter().map(one).collect::<Vec<_>>().join("\n")
}

fn urls(row: &Row<'_>) -> String {
    let urls = row.own.cta.iter().filter_map(|said| said.url.as_deref()).map(|url| tagged(url, row.own));
    urls.collect::<Vec<_>>().join("\n")
}

fn target(row: &Row<'_>) -> String {
    row.own.aims.as_ref().and_then(|own| own.target.as_ref()).map(spelled).unwrap_or_default()
}

fn basis(row: &Row<'_>) -> String {
    let of = |own: &crate::plan::BasisPlan| {
        own.consent.as_ref().map_or(own.kind.clone(), |consent| format!("{}({consent})", own.kind))
    };
    row.own.basis.as_ref().map(of).unwrap_or_default()
}

fn basis_in_words(row: &Row<'_>) -> String {
    let basis = row.own.basis.as_ref().map(|own| row.page.basis(&own.kind, own.consent.as_deref()));
    basis.unwrap_or_default()
}

fn labelled(row: &Row<'_>, kind: &str, path: Option<&str>) -> String {
    path.map(|path| row.page.label_of(kind, path)).unwrap_or_default()
}

/// The table of messages, for programs and spreadsheets.
pub(in crate::emit) fn table(plan: &Plan, words_of: &dyn Fn(&str) -> Words) -> Vec<u8> {
    let mut rows: Vec<Vec<String>> = vec![COLUMNS.iter().map(|own| own.head.to_owned()).collect()];
    let all: Vec<(&String, Words)> = plan.languages.iter().map(|lang| (lang, words_of(lang))).collect();
    for sequence in &plan.sequences {
        for (at, own) in sequence.messages.iter().enumerate() {
            rows.extend(all.iter().map(|(lang, words)| {
                let page = Page { plan, lang, words };
                let row = Row { page: &page, sequence, at, own };
                COLUMNS.iter().map(|column| (column.cell)(&row)).collect()
            }));
        }
    }
    csv::table(rows)
}

/// The heads and rows of some columns, for people who read one language.
pub(super) fn for_people(page: &Page<'_>, heads: &[&str]) -> (Vec<String>, Vec<Vec<String>>) {
    let find = |head: &&str| {
        let mut all = FOR_PEOPLE.iter().chain(COLUMNS);
        all.find(|own| own.head == *head)
    };
    let columns: Vec<&Column> = heads.iter().filter_map(find).collect();
    let mut rows = Vec::new();
    for sequence in &page.plan.sequences {
        for (at, own) in sequence.messages.iter().enumerate() {
            let row = Row { page, sequence, at, own };
            rows.push(columns.iter().map(|column| (column.cell)(&row)).collect());
        }
    }
    (columns.iter().map(|own| page.word(own.word)).collect(), rows)
}

// ---- the list for the printer

/// The heads of the list of what is printed.
const PRINTED: &[&str] = &[
    "message",
    "language",
    "printed after, earliest",
    "printed after, latest",
    "arrives after, earliest",
    "arrives after, latest",
    "for",
    "left out",
    "only if",
    "text",
    "code",
    "url",
    "through",
    "cost",
];

/// What goes to the printer: a row for each message on paper and language. Whoever meets `left out` until it is printed
/// is taken off the list.
pub(in crate::emit) fn printed(plan: &Plan, words_of: &dyn Fn(&str) -> Words) -> Vec<u8> {
    let mut rows: Vec<Vec<String>> = vec![PRINTED.iter().map(|own| (*own).to_owned()).collect()];
    for sequence in &plan.sequences {
        for (at, own) in sequence.messages.iter().enumerate().filter(|(_, own)| own.kind == "post") {
            for lang in &plan.languages {
                let words = words_of(lang);
                let page = Page { plan, lang, words: &words };
                rows.push(print_row(&Row { page: &page, sequence, at, own }));
            }
        }
    }
    csv::table(rows)
}

fn print_row(row: &Row<'_>) -> Vec<String> {
    let (page, own) = (row.page, row.own);
    let lead = page.lead_time(own);
    let arrives = |printed: i64, lead: Option<i64>| {
        lead.map(|lead| crate::model::value::spell_seconds((printed + lead).into())).unwrap_or_default()
    };
    vec![
        own.path.clone(),
        page.lang.to_owned(),
        own.window.earliest.text.clone(),
        own.window.latest.text.clone(),
        arrives(seconds(&own.window.earliest), lead.map(|(least, _)| least)),
        arrives(seconds(&own.window.latest), lead.map(|(_, most)| most)),
        audience(row),
        text(row.sequence.stop.as_ref()),
        text(own.when.as_ref()),
        all(row, &own.says),
        own.offer.as_deref().map(|path| page.offer_field(path, "code")).unwrap_or_default(),
        urls(row),
        own.via.clone().unwrap_or_default(),
        own.via.as_deref().map(|path| page.cost(path)).unwrap_or_default(),
    ]
}
