//! What can be written at the cursor: the words of the table of kinds, names of the right kind, values, and names of the
//! standard library together with the `use` that brings them in.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use iso_currency::IntoEnumIterator as _;
use lsp_types::request::Completion as Asked;
use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionParams, CompletionResponse, CompletionTextEdit,
    Documentation, InsertTextFormat, TextEdit,
};
use serde_json::{Value, json};

use super::super::cursor::{self, Place, Position, Statement, What};
use super::{Answer, Client, Reply, View};
use crate::lint::registry;
use crate::model::kinds::{FieldSpec, Kind, KindSet, Naming, top_level};
use crate::model::shape::{Expected, Named, WEEKDAYS};
use crate::model::types::{self, FUNCTIONS};
use crate::model::value::{PER_WORDS, SCALARS};
use crate::model::{self, DeclId};
use crate::source::{FileId, Source, Sources, Span};
use crate::stdlib;

pub(super) struct Completion;

impl Answer for Completion {
    type Of = Asked;

    fn capability(_: &Client) -> (&'static str, Value) {
        ("completionProvider", json!({ "triggerCharacters": [".", ":", "{", ">"] }))
    }

    fn answer(view: &View<'_, '_>, params: CompletionParams) -> Reply<Option<CompletionResponse>> {
        let Some((file, offset)) = view.place(&params.text_document_position) else { return Ok(None) };
        let items = Writer::new(view, file, offset).items();
        Ok(Some(CompletionResponse::List(CompletionList { is_incomplete: false, items })))
    }
}

/// How much an item fits: those that fit best stand first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Word,
    Name,
    Value,
    Library,
}

struct Writer<'a, 'v, 's> {
    view: &'a View<'v, 's>,
    file: FileId,
    /// The word that is being typed.
    word: Span,
    items: BTreeMap<String, CompletionItem>,
}

impl<'a, 'v, 's> Writer<'a, 'v, 's> {
    fn new(view: &'a View<'v, 's>, file: FileId, offset: u32) -> Self {
        let start = cursor::word_start(&view.source(file).text, offset as usize) as u32;
        Self { view, file, word: Span::new(file, start, offset), items: BTreeMap::new() }
    }

    fn typed(&self) -> &'s str {
        self.view.source(self.file).text.get(self.word.range()).unwrap_or_default()
    }

    fn items(mut self) -> Vec<CompletionItem> {
        if self.typed().starts_with(|character: char| character.is_ascii_digit()) {
            return Vec::new();
        }
        match cursor::place(&self.view.source(self.file).text, self.word.start as usize) {
            Place::Directive => self.lints(),
            Place::Tag => self.names(KindSet::of(&[Kind::Trait])),
            Place::Text(start, statement) if statement.expected.contains(&Expected::Value(Named::Timezone)) => {
                self.word.start = start as u32;
                self.zones("");
            }
            Place::Nowhere | Place::Text(..) => {}
            Place::Statement(statement) => self.statement(&statement),
        }
        self.items.into_values().collect()
    }

    // ---- what an item is

    fn add(&mut self, rank: Rank, label: &str, kind: CompletionItemKind) -> &mut CompletionItem {
        let range = self.view.range(self.word);
        self.items.entry(label.to_owned()).or_insert_with(|| CompletionItem {
            label: label.to_owned(),
            kind: Some(kind),
            sort_text: Some(format!("{}{label}", rank as u8)),
            filter_text: Some(label.to_owned()),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit::new(range, label.to_owned()))),
            ..CompletionItem::default()
        })
    }

    fn describe(&mut self, label: &str, detail: String, docs: Option<String>) {
        let docs = docs.map(|docs| Documentation::MarkupContent(self.view.markup(docs)));
        if let Some(item) = self.items.get_mut(label) {
            item.detail = item.detail.take().or(Some(detail));
            item.documentation = item.documentation.take().or(docs);
        }
    }

    /// Text with places to fill in, where the editor knows such.
    fn snippet(&mut self, label: &str, text: &str) {
        if !self.view.client.snippets {
            return;
        }
        let range = self.view.range(self.word);
        if let Some(item) = self.items.get_mut(label) {
            item.insert_text_format = Some(InsertTextFormat::SNIPPET);
            item.text_edit = Some(CompletionTextEdit::Edit(TextEdit::new(range, text.to_owned())));
        }
    }

    // ---- statements

    fn statement(&mut self, statement: &Statement) {
        if statement.around == Some(Kind::Use) {
            return self.names_of_module(statement.outer.get(1).map(String::as_str).unwrap_or_default());
        }
        match statement.what {
            What::Beginning => self.beginnings(statement),
            What::Head(kind, Position::Class) => kind.spec().row.classes.iter().for_each(|class| self.keyword(class)),
            What::Head(kind, Position::Base) => {
                self.names(KindSet::of(&[kind]));
                self.library(KindSet::of(&[kind]));
            }
            What::Head(_, Position::Name) | What::Unknown => {}
            What::Row(field) if statement.expected.is_empty() && field.notation.contains("text") => self.languages(),
            What::Row(field) | What::Field(field) => self.values(statement, field.notation),
            What::Head(Kind::Use, Position::Rest) => self.modules(),
            What::Head(kind, Position::Rest) => self.values(statement, kind.spec().row.head),
        }
    }

    fn beginnings(&mut self, statement: &Statement) {
        let Some(kind) = statement.around else {
            return top_level().iter().for_each(|kind| self.declaration(*kind));
        };
        let spec = kind.spec();
        spec.row.children.iter().for_each(|child| self.declaration(*child));
        for field in &spec.fields {
            if field.repeats || !statement.said.iter().any(|said| said == field.word) {
                self.field(field);
            }
        }
        if kind == Kind::Funnel {
            self.names(KindSet::of(&[Kind::Stage]));
        }
    }

    fn declaration(&mut self, kind: Kind) {
        let (spec, word) = (kind.spec(), kind.word());
        if matches!(kind, Kind::Transition | Kind::Arm | Kind::Member) {
            return;
        }
        self.add(Rank::Word, word, CompletionItemKind::CLASS);
        let docs = self.view.language.text(spec.row.doc).to_owned();
        self.describe(word, kind.phrase().said(self.view.language), Some(docs));
        let mut text = word.to_owned();
        let is_named = spec.row.naming == Naming::Required;
        if is_named {
            text.push_str(" ${1:name}");
            if !matches!(kind, Kind::Trait | Kind::Prop) {
                text.push_str(" \"${2:Label}\"");
            }
        }
        if spec.has_body() {
            let required = spec.fields.iter().filter(|field| field.required).zip(3..);
            text.push_str(" {");
            for (field, at) in required {
                let _ = write!(text, "\n\t{} ${at}", field.word);
            }
            text.push_str("\n\t$0\n}");
        } else {
            text.push_str(" $0");
        }
        self.snippet(word, &text);
    }

    fn field(&mut self, field: &'static FieldSpec) {
        self.add(Rank::Word, field.word, CompletionItemKind::FIELD);
        let docs = self.view.language.text(field.doc).to_owned();
        let shape = format!("{} {}", field.word, model::faults::readable(field.notation));
        self.describe(field.word, shape, Some(docs));
    }

    fn keyword(&mut self, word: &str) {
        self.add(Rank::Word, word, CompletionItemKind::KEYWORD);
    }

    // ---- values

    fn values(&mut self, statement: &Statement, notation: &str) {
        let before = statement.before.last().map(String::as_str).unwrap_or_default();
        if let Some(wanted) = after_prefix(before) {
            return self.names(wanted);
        }
        if statement.expected.is_empty() && is_computed(notation) {
            return self.operators(before);
        }
        for expected in &statement.expected {
            match expected {
                Expected::Word(word) if word.chars().all(char::is_alphabetic) => self.keyword(word),
                Expected::OneOf(words) => words.iter().for_each(|word| self.keyword(word)),
                Expected::Reference(kinds) => {
                    self.names(*kinds);
                    self.library(*kinds);
                }
                Expected::Value(named) => self.value(*named),
                Expected::Phrase(_) if is_computed(notation) => self.atoms(notation),
                _ => {}
            }
        }
    }

    fn value(&mut self, named: Named) {
        let mut words = |words: &[&str]| words.iter().for_each(|word| self.keyword(word));
        match named {
            Named::Weekday => words(WEEKDAYS),
            Named::Per => words(PER_WORDS),
            Named::Lang => self.languages(),
            Named::Currency => self.currencies(),
            Named::Timezone => self.zones("\""),
            Named::Owner => self.names(KindSet::of(&[Kind::Team])),
            Named::Purpose => self.names(KindSet::of(&[Kind::Consent])),
            Named::Type => {
                SCALARS.iter().for_each(|(word, phrase)| {
                    self.keyword(word);
                    self.describe(word, (*phrase).to_owned(), None);
                });
                ["enum", "list"].iter().for_each(|word| self.keyword(word));
                self.names(KindSet::of(&[Kind::Type]));
            }
            Named::Cond => self.atoms("cond"),
            Named::Trigger => self.atoms("trigger"),
            Named::Expr => self.atoms("expr"),
            Named::Until => self.keyword("until"),
            _ => {}
        }
    }

    fn languages(&mut self) {
        for language in self.view.model.languages() {
            self.add(Rank::Value, language, CompletionItemKind::VALUE);
        }
    }

    fn currencies(&mut self) {
        let own = self.view.model.project().map(|project| project.words("currency")).unwrap_or_default();
        own.into_iter().for_each(|code| drop(self.add(Rank::Word, code, CompletionItemKind::VALUE).clone()));
        for currency in iso_currency::Currency::iter() {
            self.add(Rank::Value, currency.code(), CompletionItemKind::VALUE);
            self.describe(currency.code(), currency.name().to_owned(), None);
        }
    }

    /// The time zones of the IANA database, in quotes where those are not there yet.
    fn zones(&mut self, quote: &str) {
        let range = self.view.range(self.word);
        for zone in jiff::tz::TimeZoneDatabase::bundled().available() {
            let edit = TextEdit::new(range, format!("{quote}{zone}{quote}"));
            self.add(Rank::Value, zone.as_str(), CompletionItemKind::VALUE).text_edit =
                Some(CompletionTextEdit::Edit(edit));
        }
    }

    /// What a condition, a trigger or a computation can begin with.
    fn atoms(&mut self, notation: &str) {
        if notation.contains("expr") {
            for (name, usage, phrase) in FUNCTIONS {
                self.add(Rank::Word, name, CompletionItemKind::FUNCTION);
                self.describe(name, (*usage).to_owned(), Some((*phrase).to_owned()));
                self.snippet(name, &format!("{name}($1)$0"));
            }
            return self.names(VALUES);
        }
        let words: &[&str] = if notation.contains("cond") {
            &["did", "no", "in", "trait", "score", "not", "finished"]
        } else {
            &["enters", "leaves", "finished", "no", "score"]
        };
        words.iter().for_each(|word| self.keyword(word));
        self.names(if notation.contains("cond") { CIRCUMSTANCES } else { HAPPENINGS });
        self.library(KindSet::of(&[Kind::Event]));
    }

    fn operators(&mut self, before: &str) {
        if before.is_empty() || matches!(before, "and" | "or" | "not" | "(" | ",") {
            return;
        }
        ["and", "or", "within", "in"].iter().for_each(|word| self.keyword(word));
    }

    // ---- names

    /// The declaration that what is being written belongs to; the nearest before it that there is.
    fn from(&self) -> DeclId {
        let model = self.view.model;
        let here = |id: &DeclId| model.file(*id) == self.file && model.decl(*id).span.start <= self.word.start;
        let ids = (0..model.decls.len() as u32).map(DeclId);
        let holding = ids.clone().rev().find(|id| here(id) && self.word.start <= model.decl(*id).span.end);
        holding.or_else(|| ids.rev().find(here)).unwrap_or(DeclId(0))
    }

    fn names(&mut self, want: KindSet) {
        let model = self.view.model;
        if model.decls.is_empty() {
            return;
        }
        let from = self.from();
        for path in model.names.candidates(&model.decls, from, want) {
            self.name(from, &path);
        }
        self.members(from);
    }

    fn name(&mut self, from: DeclId, path: &str) {
        let model = self.view.model;
        let traits = || model.trait_named(path).map(|property| property.id);
        let Some(id) = model.lookup(from, path).or_else(traits) else { return };
        self.declared(path, id);
    }

    fn declared(&mut self, path: &str, id: DeclId) {
        let node = self.view.model.node(id);
        let kind = node.kind();
        let rank = if self.view.model.is_std(id) { Rank::Library } else { Rank::Name };
        self.add(rank, path, item_kind(kind));
        let (label, docs) = (node.label(self.view.language.tag()), node.docs());
        let detail = if label == node.name() { kind.word().to_owned() } else { format!("{} · {label}", kind.word()) };
        self.describe(path, detail, (!docs.is_empty()).then(|| docs.join("\n")));
    }

    /// What stands inside of what was typed before the last dot.
    fn members(&mut self, from: DeclId) {
        let Some((base, _)) = self.typed().rsplit_once('.') else { return };
        let model = self.view.model;
        let Some(id) = model.lookup(from, base) else { return };
        let mut inside: Vec<DeclId> =
            model.node(id).children().filter(|node| !node.name().is_empty()).map(|node| node.id).collect();
        if model.decl(id).kind == Kind::Event {
            inside.extend(types::properties(model, id));
        }
        for member in inside {
            let path = format!("{base}.{}", model.decl(member).name_text());
            self.declared(&path, member);
        }
    }

    /// Names of the library that the project has not brought in yet.
    fn library(&mut self, want: KindSet) {
        let model = self.view.model;
        for entry in LIBRARY.iter().filter(|entry| want.has(entry.kind)) {
            let path = format!("{}.{}", entry.module, entry.name);
            if model.names.imported(&entry.name).is_some() {
                continue;
            }
            if self.typed().starts_with("std") {
                self.add(Rank::Library, &path, item_kind(entry.kind));
                self.describe(&path, entry.detail.clone(), entry.docs.clone());
                continue;
            }
            if self.items.contains_key(&entry.name) {
                continue;
            }
            let edit = self.import(entry.module, &entry.name);
            let item = self.add(Rank::Library, &entry.name, item_kind(entry.kind));
            item.additional_text_edits = Some(vec![edit]);
            let detail = format!("{} · use {}", entry.detail, entry.module);
            self.describe(&entry.name, detail, entry.docs.clone());
        }
    }

    /// The edit that brings a name in: into the `use` of its module, or a new one.
    fn import(&self, module: &str, name: &str) -> TextEdit {
        let text = &self.view.source(self.file).text;
        for (at, line) in lines(text) {
            let Some(rest) = line.strip_prefix("use ") else { continue };
            let own = rest.trim_start().strip_prefix(module).map(str::trim_start);
            if let (Some(list), Some(close)) = (own.and_then(|own| own.strip_prefix('{')), line.rfind('}')) {
                let is_empty = list.trim_start().starts_with('}');
                let before = line[..close].trim_end().len();
                let place = Span::new(self.file, (at + before) as u32, (at + before) as u32);
                return self.view.edit(place, format!("{}{name}", if is_empty { " " } else { ", " }));
            }
        }
        let (at, before, after) = place_of_use(text);
        let place = Span::new(self.file, at as u32, at as u32);
        self.view.edit(place, format!("{before}use {module} {{ {name} }}{after}"))
    }

    fn modules(&mut self) {
        for (module, _) in stdlib::MODULES {
            self.add(Rank::Library, module, CompletionItemKind::MODULE);
        }
    }

    fn names_of_module(&mut self, module: &str) {
        for entry in LIBRARY.iter().filter(|entry| entry.module == module) {
            self.add(Rank::Library, &entry.name, item_kind(entry.kind));
            self.describe(&entry.name, entry.detail.clone(), entry.docs.clone());
        }
    }

    fn lints(&mut self) {
        for rule in registry::RULES {
            self.add(Rank::Word, rule.code.name, CompletionItemKind::CONSTANT);
            let summary = self.view.language.text(rule.code.summary).to_owned();
            self.describe(rule.code.name, rule.code.id.to_owned(), Some(summary));
        }
    }
}

/// What computations are about.
const VALUES: KindSet = KindSet::of(&[
    Kind::Kpi,
    Kind::Measure,
    Kind::Event,
    Kind::Stage,
    Kind::Segment,
    Kind::Channel,
    Kind::Score,
    Kind::Sequence,
    Kind::Survey,
]);

/// What triggers are about.
const HAPPENINGS: KindSet = KindSet::of(&[Kind::Event, Kind::Stage, Kind::Segment, Kind::Antisegment, Kind::Tier]);

/// What conditions are about.
const CIRCUMSTANCES: KindSet = HAPPENINGS.with(Kind::Channel).with(Kind::Campaign);

/// What stands after a word that says so.
fn after_prefix(word: &str) -> Option<KindSet> {
    Some(match word {
        "trait" => KindSet::of(&[Kind::Trait]),
        "score" => KindSet::of(&[Kind::Score]),
        "did" | "no" => KindSet::of(&[Kind::Event]),
        "finished" => KindSet::of(&[Kind::Sequence]),
        "enters" | "leaves" => KindSet::of(&[Kind::Stage, Kind::Segment, Kind::Tier]),
        _ => return None,
    })
}

fn is_computed(notation: &str) -> bool {
    ["cond", "trigger", "expr", "until"].iter().any(|word| notation.contains(word))
}

/// Lines with the byte they begin at.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let begin = at;
        at += line.len();
        (begin, line.trim_end_matches(['\n', '\r']))
    })
}

/// Where a further `use` belongs, and what stands before and after it: below those that are there, or above everything
/// that is neither empty nor a comment.
pub(super) fn place_of_use(text: &str) -> (usize, &'static str, &'static str) {
    let last = lines(text).filter(|(_, line)| line.starts_with("use ")).last();
    if let Some((at, line)) = last {
        return (at + line.len(), "\n", "");
    }
    let own = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let first = lines(text).find(|(_, line)| own(line)).map_or(text.len(), |(at, _)| at);
    (first, "", "\n\n")
}

/// The nearest thing that programs have, for its icon.
fn item_kind(kind: Kind) -> CompletionItemKind {
    match kind {
        Kind::Funnel | Kind::Sequence | Kind::Program | Kind::Model => CompletionItemKind::CLASS,
        Kind::Stage | Kind::Tier | Kind::Arm | Kind::Member => CompletionItemKind::ENUM_MEMBER,
        Kind::Event | Kind::Variant => CompletionItemKind::EVENT,
        Kind::Prop | Kind::Trait => CompletionItemKind::PROPERTY,
        Kind::Kpi | Kind::Measure | Kind::Score | Kind::Goal => CompletionItemKind::FUNCTION,
        Kind::Segment | Kind::Antisegment | Kind::Persona => CompletionItemKind::INTERFACE,
        Kind::Channel | Kind::Campaign => CompletionItemKind::MODULE,
        Kind::Type | Kind::Props | Kind::Traits => CompletionItemKind::STRUCT,
        kind if kind.is_message() => CompletionItemKind::METHOD,
        _ => CompletionItemKind::VARIABLE,
    }
}

/// A name of the standard library.
struct Entry {
    module: &'static str,
    name: String,
    kind: Kind,
    detail: String,
    docs: Option<String>,
}

/// What the standard library declares outside of everything else.
static LIBRARY: LazyLock<Vec<Entry>> =
    LazyLock::new(|| stdlib::MODULES.iter().flat_map(|(module, text)| entries(module, text)).collect());

fn entries(module: &'static str, text: &str) -> Vec<Entry> {
    let mut sources = Sources::new();
    // As a file of a project: of embedded ones only what is mentioned is read.
    sources.add(Source::new(module, text));
    let (model, _) = model::build(&sources);
    let own = (0..model.decls.len() as u32).map(DeclId).map(|id| model.node(id));
    let named = own.filter(|node| node.parent().is_none() && !node.name().is_empty());
    let entry = |node: model::walk::Node<'_, '_>| Entry {
        module,
        name: node.name().to_owned(),
        kind: node.kind(),
        detail: node.kind().word().to_owned(),
        docs: Some(node.docs().join("\n")).filter(|docs| !docs.is_empty()),
    };
    named.map(entry).collect()
}
