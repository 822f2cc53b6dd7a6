//! A model as the engine wants it: what to measure, by lists and numbers, free of the language.
//!
//! [`definition`] lowers the funnels; what the engine cannot measure is said, with its place, and never left out in
//! silence.
//!
//! A board that filters by channel, segment and month without asking again needs all parts of all funnels:
//!
//! ```ignore
//! let lowered = measure::definition_by(model, &Splits::all(), None)?;
//! let measured = funnelc_engine::measure(&lowered.definition, &inputs, &Options::default(), &Progress::default())?;
//! ```
//!
//! [`FunnelPart`](funnelc_engine::result::FunnelPart) says of each which it is: a channel alone, a channel in a month, …

mod board;
mod expr;
mod finished;
mod funnel;
mod known;
mod kpi;
mod message;
pub mod report;
mod survey;

use funnelc_engine::Inputs;
use funnelc_engine::definition::{Columns, Definition, Formula, RateColumns, SpendColumns};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rustc_hash::FxHashMap;

use crate::diagnostic::Message;
use crate::language::Language;
use crate::model::value::Duration;
use crate::model::walk::{FieldOf, Node};
use crate::model::{DeclId, Kind, Model, Val};
use crate::say;
use crate::source::Span;

/// What is to be measured, and what must be said about it.
#[derive(Debug, Default)]
pub struct Lowered {
    /// For the engine.
    pub definition: Definition,
    /// What holds of the numbers that a reader would not expect.
    pub notes: Vec<Message>,
    /// Traits that only a table can tell.
    pub table_traits: Vec<String>,
    /// KPIs that need a table of spend, and how that is said.
    pub needs_spend: Vec<(usize, Message)>,
    /// KPIs that cannot be computed, and why.
    pub unmeasured: Vec<(usize, Message)>,
}

impl Lowered {
    /// Says in a language why KPIs are not computed.
    pub fn say_why(&mut self, language: Language) {
        for (at, why) in &self.unmeasured {
            self.definition.kpis[*at].unmeasured = Some(why.said(language));
        }
    }

    /// What must be said where tables are not given.
    pub fn say_what_is_missing(&mut self, inputs: &Inputs) {
        if inputs.spend.is_empty() {
            for (at, why) in std::mem::take(&mut self.needs_spend) {
                let kpi = &mut self.definition.kpis[at];
                kpi.unmeasured = Some(why.said(Language::English));
                self.unmeasured.push((at, why));
                (kpi.value, kpi.profit) = (Formula::Number(Decimal::ZERO), None);
                kpi.by.clear();
            }
        }
        let files = &inputs.tables;
        let is_given = |at: usize| files.get(at).is_some_and(|files| !files.is_empty());
        let mut traits = std::mem::take(&mut self.table_traits);
        traits.sort();
        traits.dedup();
        for (_, table) in self.definition.tables.iter().enumerate().filter(|(at, _)| !is_given(*at)) {
            if table.is_known {
                let names = traits.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                self.notes.extend((!traits.is_empty()).then(|| {
                    say!("nobody has a value of {names}, which equal nothing then; give the table of traits with --traits", names)
                }));
            } else {
                let name = &table.name;
                self.notes.push(say!(
                    "the table `{name}` is not given, so nobody did what its rows are; give it with `--table {name}=FILE`",
                    name
                ));
            }
        }
    }
}

/// Something that cannot be measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmeasured {
    /// Where it stands.
    pub span: Span,
    /// What it is and why not.
    pub words: Message,
}

/// What a model says of its logs, whether or not all of it can be measured, and the field that tells what brought people.
pub fn survey(model: &Model<'_>) -> (Definition, Option<usize>) {
    let mut lower = Lower::new(model);
    lower.lower();
    lower.channels();
    let source = lower.field("utm_source".to_owned());
    lower.troubles.clear();
    let definition = lower.finish().map(|lowered| lowered.definition).unwrap_or_default();
    (definition, Some(source))
}

/// What a model has to measure, but for what became of messages; everything that stands in the way, where something does.
pub fn definition(model: &Model<'_>) -> Result<Lowered, Vec<Unmeasured>> {
    let mut lower = Lower::new(model);
    lower.lower();
    lower.finish()
}

/// The same with every funnel split, and with labels in a language; in that of the project where none is asked for.
pub fn definition_by(
    model: &Model<'_>,
    splits: &Splits,
    language: Option<Language>,
) -> Result<Lowered, Vec<Unmeasured>> {
    let mut lower = Lower::new(model);
    if let Some(language) = language {
        language.tag().clone_into(&mut lower.language);
    }
    lower.lower();
    lower.messages();
    lower.split_all(splits);
    lower.finish()
}

/// What funnels can be split by, in the words of `by`.
pub const SPLITS: [&str; 6] = ["channel", "segment", "language", "country", "campaign", "month"];

/// What every funnel is split by, besides what dashboards ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Splits {
    /// Words of [`SPLITS`].
    pub by: Vec<String>,
    /// Whether also by every combination of channel, segment and month, as far as they are named.
    pub is_combined: bool,
}

impl Splits {
    /// By channel, segment and month, and by all combinations of them.
    pub fn all() -> Self {
        Self { by: ["channel", "segment", "month"].map(str::to_owned).into(), is_combined: true }
    }
}

struct Lower<'m, 's> {
    model: &'m Model<'s>,
    /// The language of labels; what has none in it has one in the first of the project.
    language: String,
    out: Lowered,
    /// Properties by their names in a log.
    fields: IndexMap<String, usize>,
    scores: FxHashMap<DeclId, usize>,
    /// Scores whose points are being read.
    open_scores: Vec<DeclId>,
    /// Sequences of which it is read what stops them.
    open_sequences: Vec<DeclId>,
    stages: FxHashMap<DeclId, usize>,
    /// Events that something asks for, in the order they are met.
    used: Vec<DeclId>,
    /// The property that names the accounts that are counted.
    account_key: Option<String>,
    /// Measures of amounts of money.
    amounts: Vec<usize>,
    /// Where the KPI that is read asks for what was spent.
    spend_at: Option<Span>,
    troubles: Vec<Unmeasured>,
    depth: u8,
}

impl<'m, 's> Lower<'m, 's> {
    fn new(model: &'m Model<'s>) -> Self {
        Self {
            model,
            language: model.languages()[0].to_owned(),
            out: Lowered::default(),
            fields: IndexMap::new(),
            scores: FxHashMap::default(),
            open_scores: Vec::new(),
            open_sequences: Vec::new(),
            stages: FxHashMap::default(),
            used: Vec::new(),
            account_key: None,
            amounts: Vec::new(),
            spend_at: None,
            troubles: Vec::new(),
            depth: 0,
        }
    }

    fn lower(&mut self) {
        self.out.definition.columns = columns(self.model);
        self.money();
        self.accounts();
        self.funnels();
        self.surveys();
        self.kpis();
        self.boards();
        self.copies();
    }

    fn split_all(&mut self, splits: &Splits) {
        for at in 0..self.out.definition.funnels.len() {
            splits.by.iter().for_each(|word| self.split_funnel(at, word));
            self.out.definition.funnels[at].is_combined |= splits.is_combined;
        }
    }

    fn trouble(&mut self, span: Span, words: Message) {
        self.troubles.push(Unmeasured { span, words });
    }

    fn node(&self, id: DeclId) -> Node<'m, 's> {
        self.model.node(id)
    }

    /// The number of a property, by its name in a log.
    fn field(&mut self, name: String) -> usize {
        let next = self.fields.len();
        *self.fields.entry(name).or_insert(next)
    }

    /// A length of time in microseconds; calendar time has no fixed length.
    fn micros(&mut self, duration: Duration, span: Span) -> i64 {
        let micros = duration.seconds().and_then(|seconds| (seconds * Decimal::from(1_000_000)).to_i64());
        micros.unwrap_or_else(|| {
            self.trouble(span, say!("`{time}` has no fixed length; write it in days", time = duration.spelling()));
            0
        })
    }

    fn field_list(&self) -> Vec<funnelc_engine::definition::Field> {
        self.fields.keys().map(|name| funnelc_engine::definition::Field { name: name.clone() }).collect()
    }

    /// The group that funnels count in place of people, and the property that names it. An identity of the project that
    /// does is none of people.
    fn accounts(&mut self) {
        let counting = self.model.funnels().filter_map(|funnel| Some((funnel, funnel::counted(funnel.0)?)));
        let counting: Vec<_> = counting.collect();
        let Some((_, group)) = counting.first() else { return };
        for (funnel, _) in counting.iter().filter(|(_, other)| other.id != group.id) {
            self.trouble(funnel.place(), say!("only one group is counted in a project yet"));
        }
        let Some(key) = group.word("key") else { return };
        let project = self.model.project().map(|project| project.words("identity")).unwrap_or_default();
        let place = project.iter().position(|word| *word == key);
        let identity = &mut self.out.definition.columns.identity;
        let column = match place.filter(|place| *place < identity.len()) {
            Some(place) => identity.remove(place),
            None => key.to_owned(),
        };
        self.account_key = Some(key.to_owned());
        self.out.definition.account = Some(self.field(column));
    }

    /// The currency that is reported in, and where tables of money have what.
    fn money(&mut self) {
        let definition = &mut self.out.definition;
        let currency = self.model.project().and_then(|project| project.word("currency"));
        currency.unwrap_or_default().clone_into(&mut definition.currency);
        let [date, channel, amount, impressions, clicks] = spend_columns(self.model);
        let named = table_columns(self.model, "spend");
        let currency = column(&named, "currency");
        definition.spend = SpendColumns { date, channel, amount, impressions, clicks, currency, expected: Vec::new() };
        let named = table_columns(self.model, "rates");
        let [date, from, to, rate] = ["date", "from", "to", "rate"].map(|word| column(&named, word));
        definition.rates = RateColumns { date, from, to, rate };
    }

    fn finish(mut self) -> Result<Lowered, Vec<Unmeasured>> {
        if !self.troubles.is_empty() {
            self.troubles.sort_by_key(|own| own.span);
            self.troubles.dedup();
            return Err(self.troubles);
        }
        let field = |name: String| funnelc_engine::definition::Field { name };
        self.out.definition.fields = self.fields.into_keys().map(field).collect();
        Ok(self.out)
    }
}

/// Where a log has what: as the first source with events says, else by the words of the project.
fn columns(model: &Model<'_>) -> Columns {
    let mut columns = Columns::default();
    let project = model.project();
    if let Some(project) = project {
        let identity = project.words("identity");
        if !identity.is_empty() {
            columns.identity = identity.into_iter().map(str::to_owned).collect();
        }
        if let Some(Val::Word(zone)) =
            project.field("timezone").and_then(|field| field.get("value")).map(|own| &own.val)
        {
            (*zone).clone_into(&mut columns.timezone);
        } else if let Some(zone) = project.field("timezone").and_then(|field| field.text("value")) {
            columns.timezone = zone.words();
        }
    }
    let events = model.nodes(Kind::Source).find_map(|source| source.field("events"));
    let Some(events) = events else { return columns };
    for (name, own) in rows(events, "columns") {
        let first = || own.first().cloned();
        match name.as_str() {
            "identity" => columns.identity = own,
            "time" => columns.time = first().unwrap_or(columns.time),
            "name" => columns.name = first().unwrap_or(columns.name),
            "properties" => columns.properties = first(),
            "id" => columns.id = first(),
            "sender" => columns.sender = first(),
            _ => {}
        }
    }
    columns
}

/// The columns of spend: date, channel, amount, impressions, clicks, as the first source with spend names them.
pub fn spend_columns(model: &Model<'_>) -> [String; 5] {
    let named = table_columns(model, "spend");
    ["date", "channel", "amount", "impressions", "clicks"].map(|word| column(&named, word))
}

/// What the first source with a table of a kind calls its columns.
fn table_columns(model: &Model<'_>, table: &str) -> Vec<(String, Vec<String>)> {
    let field = model.nodes(Kind::Source).find_map(|source| source.field(table));
    field.map(|field| rows(field, "columns")).unwrap_or_default()
}

/// The column of a word; the word itself where nothing else is said.
fn column(named: &[(String, Vec<String>)], word: &str) -> String {
    let own = named.iter().find(|(name, _)| name == word).and_then(|(_, own)| own.first().cloned());
    own.unwrap_or_else(|| word.to_owned())
}

/// The rows of a block such as `{ identity user_id, anonymous_id; time occurred_at }`.
fn rows(field: FieldOf<'_, '_>, slot: &str) -> Vec<(String, Vec<String>)> {
    let Some(Val::Rows(rows)) = field.get(slot).map(|own| &own.val) else { return Vec::new() };
    let word = |val: &Val<'_>| match val {
        Val::Word(word) => Some((*word).to_owned()),
        Val::Text(text) => Some(text.words()),
        Val::Ref(reference) => Some(field.owner.decl().refs[reference.0 as usize].path.to_owned()),
        _ => None,
    };
    let row = |row: &Vec<crate::model::value::Captured<'_>>| {
        let of = |slot: &'static str| row.iter().filter(move |own| own.slot == slot).filter_map(|own| word(&own.val));
        Some((of("name").next()?, of("column").collect()))
    };
    rows.iter().filter_map(row).collect()
}
