//! The plan of messages, as marketers hand it over.
//!
//! ```text
//! calendar  the messages of a run that starts on one day (RFC 5545)
//! chart     the ways through a sequence, drawn
//! links     the addresses that messages lead to
//! sheet     the plan as a workbook
//! spell     values as they are written in a spec
//! table     the plan as rows, and the list for the printer
//! ```

mod calendar;
mod chart;
mod links;
mod sheet;
mod spell;
mod table;

use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::target::Words;
use crate::analysis::timed::DAY;
use crate::language::Language;
use crate::plan::value::Duration;
use crate::plan::{Declaration, MessagePlan, Plan, SaidPlan, SequencePlan, TurnPlan, Window};
pub(super) use calendar::calendar;
pub(super) use chart::{flowcharts, timeline};
use links::tagged;
pub(super) use sheet::workbook;
use spell::{occurrences, offer_parts, policy_text, refs, slot_text, spelled};
pub(super) use table::{printed, table};

/// An hour in seconds.
const HOUR: i64 = 3_600;

// ---- the document

#[derive(Serialize)]
struct SequenceView {
    anchor: String,
    label: String,
    docs: String,
    facts: Vec<Fact>,
    marks: Vec<Mark>,
    ends: String,
    chart: String,
    flow: Vec<Line>,
    messages: Vec<MessageView>,
}

/// A name and what stands beside it.
#[derive(Serialize)]
struct Fact {
    name: String,
    text: String,
    is_code: bool,
}

/// A message on the line of time; places in percent of its length.
#[derive(Serialize)]
struct Mark {
    anchor: String,
    number: String,
    label: String,
    from: i64,
    length: i64,
    row: usize,
}

/// A step of the sequence as it is written, with how deep it stands in others.
#[derive(Serialize)]
struct Line {
    depth: usize,
    kind: &'static str,
    word: String,
    text: String,
    anchor: String,
    is_code: bool,
}

#[derive(Serialize)]
struct MessageView {
    anchor: String,
    number: String,
    kind: String,
    label: String,
    when: String,
    path: String,
    turns: Vec<Fact>,
    texts: Vec<TextView>,
    facts: Vec<Fact>,
}

/// A text of a message, for everybody or for some.
#[derive(Serialize)]
struct TextView {
    name: String,
    whom: String,
    text: String,
    url: String,
}

/// What the template shows in one language.
pub(super) fn view(plan: &Plan, lang: &str, words: &Words, file_of: &dyn Fn(&str) -> String) -> Json {
    let page = Page { plan, lang, words };
    let other = |other: &String| {
        let name = Language::of_tag(other).map_or(other.as_str(), super::dashboard::name_of);
        json!({ "lang": other, "dir": super::dashboard::direction(other), "name": name, "file": file_of(other) })
    };
    let others: Vec<Json> = plan.languages.iter().filter(|own| *own != lang).map(other).collect();
    json!({
        "lang": lang,
        "dir": super::dashboard::direction(lang),
        "generator": format!("{} {}", plan.generator.name, plan.generator.version),
        "project": page.label_of("project", &plan.project),
        "files": plan.files,
        "words": words,
        "others": others,
        "policy": page.policy(),
        "sequences": plan.sequences.iter().map(|own| page.sequence(own)).collect::<Vec<_>>(),
    })
}

/// What the brief of one message shows in one language.
pub(super) fn brief(plan: &Plan, path: &str, lang: &str, words: &Words) -> Json {
    let page = Page { plan, lang, words };
    let all = plan.sequences.iter().flat_map(|own| own.messages.iter().enumerate().map(move |at| (own, at)));
    let Some((sequence, (at, own))) = all.into_iter().find(|(_, (_, own))| own.path == path) else { return Json::Null };
    json!({
        "lang": lang,
        "rtl": super::dashboard::direction(lang) == "rtl",
        "generator": format!("{} {}", plan.generator.name, plan.generator.version),
        "words": words,
        "sequence": page.said(&sequence.label).unwrap_or(&sequence.path),
        "docs": own.docs,
        "facts": page.facts(sequence),
        "message": page.message(at, own),
        "before": at.checked_sub(1).and_then(|at| sequence.messages.get(at)).map(|own| page.title(own)),
        "after": sequence.messages.get(at + 1).map(|own| page.title(own)),
    })
}

struct Page<'p> {
    plan: &'p Plan,
    lang: &'p str,
    words: &'p Words,
}

impl Page<'_> {
    fn word(&self, word: &str) -> String {
        self.words.get(word).cloned().unwrap_or_else(|| word.to_owned())
    }

    /// A phrase of the page with its places filled in.
    fn say(&self, word: &str, values: &[&str]) -> String {
        let fill = |text: String, (at, value): (usize, &&str)| text.replace(&format!("%{}", at + 1), value);
        self.digits(&values.iter().enumerate().fold(self.word(word), fill))
    }

    /// Numbers in the digits of the language.
    fn digits(&self, text: &str) -> String {
        if self.lang.split('-').next() != Some("ar") {
            return text.to_owned();
        }
        let digit = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(0x0660 + digit)).unwrap_or(c);
        text.chars().map(digit).collect()
    }

    fn said<'l>(&self, text: &'l IndexMap<String, String>) -> Option<&'l str> {
        let default = self.plan.languages.first().map_or("en", String::as_str);
        text.get(self.lang).or_else(|| text.get(default)).map(String::as_str)
    }

    /// What of a kind is declared at the top or made from a model.
    fn declared<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Declaration> {
        let all = &self.plan.declarations;
        let made = all.iter().filter(|own| own.kind == "make").flat_map(|own| &own.children);
        all.iter().chain(made).filter(move |own| own.kind == kind)
    }

    fn label_of(&self, kind: &str, path: &str) -> String {
        let own = self.declared(kind).find(|own| own.path == path).and_then(|own| self.said(&own.label));
        own.filter(|label| !label.trim().is_empty()).unwrap_or(path).to_owned()
    }

    fn stage(&self, path: &str) -> String {
        let mut stages = self.plan.funnels.iter().flat_map(|own| &own.stages);
        let label = stages.find(|own| own.path == path).and_then(|own| self.said(&own.label));
        label.unwrap_or(path).to_owned()
    }

    fn sequence(&self, own: &SequencePlan) -> SequenceView {
        let anchor = anchor(&own.path);
        let declared = self.plan.find("sequence", &own.path);
        let mut flow = Vec::new();
        if let Some(declared) = declared {
            self.flow(declared, 0, &mut flow);
        }
        SequenceView {
            label: self.said(&own.label).unwrap_or(&own.path).to_owned(),
            docs: own.docs.clone(),
            facts: self.facts(own),
            marks: self.marks(own),
            ends: self.when(&own.ends),
            chart: chart::drawn(self, own).unwrap_or_default(),
            flow,
            messages: own.messages.iter().enumerate().map(|(at, own)| self.message(at, own)).collect(),
            anchor,
        }
    }

    /// The transition that a sequence is to make, in words.
    fn moves(&self, own: &SequencePlan) -> Option<String> {
        let [from, to] = own.moves.as_ref()?;
        let arrow = if super::dashboard::direction(self.lang) == "rtl" { "←" } else { "→" };
        Some(format!("{} {arrow} {}", self.stage(from), self.stage(to)))
    }

    /// Whether a run may come again, in words.
    fn again(&self, own: &SequencePlan) -> Option<String> {
        let again = own.again.as_ref()?;
        let known = self.words.get(&format!("again_{again}")).cloned();
        // Whole days are said in words; a unit stays beside its number, in the digits of specs.
        let days = again.strip_suffix('d').filter(|days| days.parse::<u32>().is_ok());
        let time = days.map_or_else(|| again.clone(), |days| self.say("days", &[days]));
        Some(known.unwrap_or_else(|| self.word("again_after").replace("%1", &time)))
    }

    fn facts(&self, own: &SequencePlan) -> Vec<Fact> {
        let start = own.start.as_ref().map(|own| own.text.clone());
        let start = start.map(|text| own.per.as_ref().map_or(text.clone(), |key| format!("{text} per {key}")));
        let text = |own: &Option<crate::plan::value::Expression>| own.as_ref().map(|own| own.text.clone());
        self.named([
            ("moves", self.moves(own), false),
            ("start", start, true),
            ("audience", text(&own.audience), true),
            ("stop", text(&own.stop), true),
            ("again", self.again(own), false),
            ("owner", own.owner.as_ref().map(|own| self.label_of("team", own)), false),
        ])
    }

    fn named<const N: usize>(&self, all: [(&str, Option<String>, bool); N]) -> Vec<Fact> {
        let fact = |(name, text, is_code): (&str, Option<String>, bool)| {
            Some(Fact { name: self.word(name), text: text?, is_code })
        };
        all.into_iter().filter_map(fact).collect()
    }

    /// Where each message stands on the line of time; those that would lie on each other are put into rows.
    fn marks(&self, own: &SequencePlan) -> Vec<Mark> {
        let whole = own.messages.iter().map(|own| seconds(&own.window.latest)).max().unwrap_or_default().max(1);
        let place = |duration: &Duration| (seconds(duration) * 96 / whole).clamp(0, 96);
        let mut ends: Vec<i64> = Vec::new();
        let mark = |(at, own): (usize, &MessagePlan)| {
            let (from, to) = (place(&own.window.earliest), place(&own.window.latest));
            let row = ends.iter().position(|end| *end < from).unwrap_or(ends.len());
            if row == ends.len() {
                ends.push(to + 4);
            } else {
                ends[row] = to + 4;
            }
            let number = self.digits(&(at + 1).to_string());
            // Rows of a grid are counted from one.
            let row = row + 1;
            Mark { anchor: anchor(&own.path), number, label: self.title(own), from, length: (to - from).max(4), row }
        };
        own.messages.iter().enumerate().map(mark).collect()
    }

    fn title(&self, own: &MessagePlan) -> String {
        let text = own.subject.iter().chain(&own.says).find(|said| said.whom.is_none());
        text.and_then(|said| self.said(&said.text)).unwrap_or(&own.name).to_owned()
    }

    fn message(&self, at: usize, own: &MessagePlan) -> MessageView {
        MessageView {
            anchor: anchor(&own.path),
            number: self.digits(&(at + 1).to_string()),
            kind: self.word(own.kind),
            label: self.title(own),
            when: self.when(&own.window),
            path: own.path.clone(),
            turns: own.turns.iter().map(|own| self.turn(own)).collect(),
            texts: self.texts(own),
            facts: self.message_facts(own),
        }
    }

    fn texts(&self, own: &MessagePlan) -> Vec<TextView> {
        let texts = [
            ("subject", &own.subject),
            ("preview", &own.preview),
            ("says", &own.says),
            ("image", &own.image),
            ("cta", &own.cta),
        ];
        let texts = texts.into_iter().flat_map(|(word, all)| all.iter().map(move |said| (word, said)));
        texts.map(|(word, said)| self.text(word, said, own)).collect()
    }

    fn text(&self, word: &str, said: &SaidPlan, message: &MessagePlan) -> TextView {
        let whom = said.whom.as_ref().map(|own| self.label_of(&own.kind, &own.path));
        TextView {
            name: self.word(word),
            whom: whom.unwrap_or_default(),
            text: self.said(&said.text).unwrap_or_default().to_owned(),
            url: said.url.as_deref().map(|url| tagged(url, message)).unwrap_or_default(),
        }
    }

    fn message_facts(&self, own: &MessagePlan) -> Vec<Fact> {
        let text = |own: &Option<crate::plan::value::Expression>| own.as_ref().map(|own| own.text.clone());
        let aim = own.aims.as_ref().map(|own| {
            let target = own.target.as_ref().map(spelled).unwrap_or_default();
            format!("{} within {} {target}", own.event.text, own.within.text).trim_end().to_owned()
        });
        self.named([
            ("offer", own.offer.as_deref().map(|path| self.offer(path)), false),
            ("aims_for", aim, true),
            ("audience", text(&own.audience), true),
            ("only_if", text(&own.when), true),
            ("via", own.via.as_deref().map(|path| self.label_of("channel", path)), false),
            ("arrives", self.arrival(own), false),
            ("by", own.by.as_deref().map(|path| self.label_of("team", path)), false),
            ("basis", own.basis.as_ref().map(|own| self.basis(&own.kind, own.consent.as_deref())), false),
            ("owner", own.owner.as_deref().map(|path| self.label_of("team", path)), false),
        ])
    }

    fn basis(&self, kind: &str, consent: Option<&str>) -> String {
        let kind = self.word(&format!("basis_{kind}"));
        consent.map_or(kind.clone(), |path| format!("{kind}: {}", self.label_of("consent", path)))
    }

    /// An offer with its code and how long it is good for.
    fn offer(&self, path: &str) -> String {
        let parts = self.plan.find("offer", path).map(offer_parts).unwrap_or_default();
        std::iter::once(self.label_of("offer", path)).chain(parts).collect::<Vec<_>>().join(" · ")
    }

    /// One field of an offer.
    fn offer_field(&self, path: &str, field: &str) -> String {
        let offer = self.plan.find("offer", path);
        offer.and_then(|own| spell::field(own, field)).unwrap_or_default()
    }

    /// How long something on paper is on its way, in seconds.
    fn lead_time(&self, own: &MessagePlan) -> Option<(i64, i64)> {
        spell::seconds_of(self.plan.find("channel", own.via.as_deref()?)?, "lead_time")
    }

    /// When something on paper arrives, in words.
    fn arrival(&self, own: &MessagePlan) -> Option<String> {
        let (least, most) = self.lead_time(own).filter(|_| own.kind == "post")?;
        let (from, to) = (seconds(&own.window.earliest) + least, seconds(&own.window.latest) + most);
        let (from, to) = (self.moment(from), self.moment(to));
        Some(if from == to { from } else { self.say("from_to", &[&from, &to]) })
    }

    /// What one message through a channel costs.
    fn cost(&self, channel: &str) -> String {
        self.plan.find("channel", channel).and_then(|own| spell::field(own, "cost")).unwrap_or_default()
    }

    fn turn(&self, own: &TurnPlan) -> Fact {
        let what = own.what.as_ref().map(|own| own.text.clone());
        let arm =
            || format!("{} {}", own.share.as_deref().unwrap_or_default(), own.split.as_deref().unwrap_or_default());
        let time = own.at_most.as_ref().map(|time| format!(" ≤ {}", time.text)).unwrap_or_default();
        Fact {
            name: self.word(&format!("turn_{}", own.turn)),
            text: what.map_or_else(arm, |what| format!("{what}{time}")),
            is_code: true,
        }
    }

    /// A window in words: `at once`, `after 1h`, `day 2`, `day 2 to day 5`.
    fn when(&self, own: &Window) -> String {
        let (from, to) = (self.moment(seconds(&own.earliest)), self.moment(seconds(&own.latest)));
        if from == to { from } else { self.say("from_to", &[&from, &to]) }
    }

    fn moment(&self, seconds: i64) -> String {
        let (days, rest) = (seconds / DAY, seconds % DAY);
        match (days, rest) {
            (0, 0) => self.word("at_once"),
            (0, rest) if rest % HOUR == 0 => self.say("after_hours", &[&(rest / HOUR).to_string()]),
            (0, rest) => self.say("after_minutes", &[&(rest / 60).to_string()]),
            (days, 0) => self.say("on_day", &[&days.to_string()]),
            (days, rest) => self.say("on_day_and", &[&days.to_string(), &(rest / HOUR).to_string()]),
        }
    }

    // ---- the steps as they are written

    fn flow(&self, own: &Declaration, depth: usize, lines: &mut Vec<Line>) {
        for step in own.children.iter().filter(|step| step.kind != "sending") {
            lines.push(self.line(step, depth));
            self.flow(step, depth + 1, lines);
        }
    }

    fn line(&self, step: &Declaration, depth: usize) -> Line {
        let head: Vec<String> = step
            .head
            .iter()
            .map(|(slot, value)| {
                format!(
                    "{}{}",
                    HEADS.iter().find(|(own, _)| own == slot).map_or("", |(_, word)| word),
                    slot_text(value)
                )
            })
            .collect();
        let known = self.plan.sequences.iter().flat_map(|own| &own.messages).find(|own| own.path == step.path);
        let written = if head.is_empty() { step.name.clone().unwrap_or_default() } else { ordered(step, head) };
        let text = known.map_or(written, |own| self.title(own));
        // How deep the steps of a page can be drawn.
        let depth = depth.min(MAX_DEPTH);
        let anchor = known.map(|own| anchor(&own.path)).unwrap_or_default();
        Line { depth, kind: step.kind, word: self.word(step.kind), is_code: known.is_none(), text, anchor }
    }

    // ---- the policy

    fn policy(&self) -> Vec<Fact> {
        let all: Vec<&Declaration> = self.declared("sending").collect();
        let written = |word: &'static str| all.iter().flat_map(move |own| occurrences(own, word));
        // Two that say the same are said once.
        let texts = |word: &'static str| {
            let all: IndexSet<String> = written(word).map(|slots| policy_text(word, slots)).collect();
            (!all.is_empty()).then(|| all.into_iter().collect::<Vec<_>>().join("; "))
        };
        let holidays = written("not_on")
            .flat_map(refs)
            .map(|path| self.label_of("holidays", &path))
            .collect::<IndexSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join(&self.word("comma"));
        self.named([
            ("week", texts("week"), true),
            ("quiet", texts("quiet"), true),
            ("cap", texts("cap"), true),
            ("order", texts("order"), true),
            ("not_on", Some(holidays).filter(|own| !own.is_empty()), false),
            ("holdout", texts("holdout"), true),
            ("pause_while", texts("pause_while"), true),
        ])
    }
}

/// How deep steps are drawn inside of each other.
const MAX_DEPTH: usize = 8;

/// What is written before the slots of the heads of steps.
const HEADS: &[(&str, &str)] = &[("until", "until "), ("at_most", "at most ")];

/// `until X at most 3d`, whatever the order of the slots.
fn ordered(step: &Declaration, mut head: Vec<String>) -> String {
    head.sort_by_key(|text| text.starts_with("at most "));
    let name = step.name.clone().into_iter();
    name.chain(head).collect::<Vec<_>>().join(" ")
}

fn seconds(duration: &Duration) -> i64 {
    duration.seconds.as_deref().and_then(|seconds| seconds.parse().ok()).unwrap_or_default()
}

fn anchor(path: &str) -> String {
    path.replace(|c: char| !c.is_alphanumeric() && c != '_', "-")
}
