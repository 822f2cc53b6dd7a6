//! The plan of messages, as marketers hand it over: a document per language and a table with a row for each message and
//! language.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::csv;
use super::target::Words;
use crate::language::Language;
use crate::plan::value::{Duration, Slot, Slots, Value};
use crate::plan::{Declaration, MessagePlan, Occurrences, Plan, SaidPlan, SequencePlan, TurnPlan, Window};

/// A day in seconds.
const DAY: i64 = 86_400;
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

    fn label_of(&self, kind: &str, path: &str) -> String {
        let own = self.plan.find(kind, path).and_then(|own| self.said(&own.label));
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
            flow,
            messages: own.messages.iter().enumerate().map(|(at, own)| self.message(at, own)).collect(),
            anchor,
        }
    }

    fn facts(&self, own: &SequencePlan) -> Vec<Fact> {
        let moves = own.moves.as_ref().map(|[from, to]| {
            let arrow = if super::dashboard::direction(self.lang) == "rtl" { "←" } else { "→" };
            format!("{} {arrow} {}", self.stage(from), self.stage(to))
        });
        let start = own.start.as_ref().map(|own| own.text.clone());
        let start = start.map(|text| own.per.as_ref().map_or(text.clone(), |key| format!("{text} per {key}")));
        let again = own.again.as_ref().map(|own| {
            self.words.get(&format!("again_{own}")).cloned().unwrap_or_else(|| self.say("again_after", &[own]))
        });
        let text = |own: &Option<crate::plan::value::Expression>| own.as_ref().map(|own| own.text.clone());
        let all = [
            ("moves", moves, false),
            ("start", start, true),
            ("audience", text(&own.audience), true),
            ("stop", text(&own.stop), true),
            ("again", again, false),
            ("owner", own.owner.as_ref().map(|own| self.label_of("team", own)), false),
        ];
        self.named(all)
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
        let texts = [("subject", &own.subject), ("preview", &own.preview), ("says", &own.says), ("cta", &own.cta)];
        let texts = texts.into_iter().flat_map(|(word, all)| all.iter().map(move |said| (word, said)));
        MessageView {
            anchor: anchor(&own.path),
            number: self.digits(&(at + 1).to_string()),
            kind: self.word(own.kind),
            label: self.title(own),
            when: self.when(&own.window),
            path: own.path.clone(),
            turns: own.turns.iter().map(|own| self.turn(own)).collect(),
            texts: texts.map(|(word, said)| self.text(word, said, own)).collect(),
            facts: self.message_facts(own),
        }
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
        let Some(own) = self.plan.find("sending", "sending") else { return Vec::new() };
        let texts = |word: &str| {
            let all: Vec<String> = occurrences(own, word).iter().map(|slots| policy_text(word, slots)).collect();
            (!all.is_empty()).then(|| all.join("; "))
        };
        let holidays = occurrences(own, "not_on")
            .iter()
            .flat_map(|slots| refs(slots))
            .map(|path| self.label_of("holidays", &path))
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

fn occurrences<'d>(own: &'d Declaration, word: &str) -> Vec<&'d Slots> {
    match own.fields.get(word).or_else(|| own.inherited.get(word)) {
        Some(Occurrences::Once(slots)) => vec![slots],
        Some(Occurrences::Several(all)) => all.iter().collect(),
        None => Vec::new(),
    }
}

fn policy_text(word: &str, slots: &Slots) -> String {
    let get = |slot: &str| slots.get(slot).map(slot_text);
    match (get("from"), get("to")) {
        (Some(from), Some(to)) => {
            [Some(format!("{from} .. {to}")), get("whose")].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        _ if word == "cap" => {
            let per = get("value").or_else(|| get("per")).unwrap_or_default();
            [get("count"), Some(format!("per {per}")), get("then")].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        _ if word == "order" => slots.values().flat_map(slot_texts).collect::<Vec<_>>().join(" > "),
        _ => slots.values().map(slot_text).collect::<Vec<_>>().join(" "),
    }
}

fn refs(slots: &Slots) -> Vec<String> {
    slots.values().flat_map(slot_texts).collect()
}

fn slot_texts(slot: &Slot) -> Vec<String> {
    match slot {
        Slot::One(value) => vec![spelled(value)],
        Slot::Many(values) => values.iter().map(spelled).collect(),
        Slot::Groups(groups) => {
            groups.iter().map(|slots| slots.values().map(slot_text).collect::<Vec<_>>().join(" ")).collect()
        }
    }
}

fn slot_text(slot: &Slot) -> String {
    slot_texts(slot).join(", ")
}

/// A value as it is written in a spec.
fn spelled(value: &Value) -> String {
    match value {
        Value::Percent(text)
        | Value::Word(text)
        | Value::String(text)
        | Value::Number(text)
        | Value::Date(text)
        | Value::Month(text)
        | Value::Time(text)
        | Value::Builtin(text) => text.clone(),
        Value::Workdays(days) => format!("{days} workdays"),
        Value::Duration(time) => time.text.clone(),
        Value::Money(money) => format!("{} {}", money.amount, money.currency),
        Value::Compare(own) => format!("{} {}", own.op, spelled(&own.value)),
        Value::Range(own) => format!("{}..{}", spelled(&own.from), spelled(&own.to)),
        Value::Ref(own) => own.path.clone(),
        Value::Expr(own) => own.text.clone(),
        Value::Text(text) => text.values().next().cloned().unwrap_or_default(),
        Value::List(values) => values.iter().map(spelled).collect::<Vec<_>>().join(", "),
        _ => String::new(),
    }
}

fn offer_parts(own: &Declaration) -> Vec<String> {
    let text = |word: &str| {
        occurrences(own, word).first().map(|slots| {
            let order = ["code", "pattern", "value", "for", "from", "to", "anchor", "event"];
            let mut all: Vec<(&String, &Slot)> = slots.iter().collect();
            all.sort_by_key(|(slot, _)| order.iter().position(|own| own == slot));
            all.iter()
                .filter(|(slot, _)| slot.as_str() != "unique")
                .map(|(slot, value)| match slot.as_str() {
                    "anchor" | "event" => format!("after {}", slot_text(value)),
                    _ => slot_text(value),
                })
                .collect::<Vec<_>>()
                .join(" ")
        })
    };
    ["code", "valid"].iter().filter_map(|word| text(word)).filter(|text| !text.is_empty()).collect()
}

fn seconds(duration: &Duration) -> i64 {
    duration.seconds.as_deref().and_then(|seconds| seconds.parse().ok()).unwrap_or_default()
}

fn anchor(path: &str) -> String {
    path.replace(|c: char| !c.is_alphanumeric() && c != '_', "-")
}

// ---- addresses

/// The kinds of messages that are read on a screen, whose links say where they stand.
const LINKED: &[&str] = &["email", "sms", "whatsapp", "push"];

/// The address of a call to action, with the parameters that tell the visit from others.
fn tagged(url: &str, message: &MessagePlan) -> String {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web || !LINKED.contains(&message.kind) || url.contains("utm_") {
        return url.to_owned();
    }
    let (page, fragment) = url.split_once('#').map_or((url, None), |(page, fragment)| (page, Some(fragment)));
    let (sequence, name) = message.path.rsplit_once('.').unwrap_or((message.path.as_str(), ""));
    let query = format!(
        "utm_source={}&utm_medium={0}&utm_campaign={}&utm_content={}",
        message.kind,
        encoded(sequence),
        encoded(name)
    );
    let joint = if page.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|own| format!("#{own}")).unwrap_or_default();
    format!("{page}{joint}{query}{fragment}")
}

/// A value of a query (RFC 3986): unreserved characters as they are.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

// ---- the table

/// The columns; one row a message and language.
const COLUMNS: &[&str] = &[
    "sequence",
    "sequence label",
    "moves",
    "message",
    "kind",
    "number",
    "language",
    "earliest",
    "latest",
    "path to it",
    "start",
    "audience",
    "stop",
    "again",
    "only if",
    "subject",
    "preview",
    "message text",
    "call to action",
    "url",
    "offer",
    "aims for",
    "within",
    "target",
    "via",
    "by",
    "legal basis",
    "owner",
];

/// The table of messages.
pub(super) fn table(plan: &Plan) -> Vec<u8> {
    let mut rows = vec![COLUMNS.iter().map(|own| (*own).to_owned()).collect()];
    for sequence in &plan.sequences {
        for (at, message) in sequence.messages.iter().enumerate() {
            rows.extend(plan.languages.iter().map(|lang| row(plan, sequence, at, message, lang)));
        }
    }
    csv::table(rows)
}

fn row(plan: &Plan, sequence: &SequencePlan, at: usize, own: &MessagePlan, lang: &str) -> Vec<String> {
    let words = Words::new();
    let page = Page { plan, lang, words: &words };
    let text =
        |own: &Option<crate::plan::value::Expression>| own.as_ref().map(|own| own.text.clone()).unwrap_or_default();
    let all = |said: &[SaidPlan]| {
        let one = |said: &SaidPlan| {
            let text = page.said(&said.text).unwrap_or_default();
            said.whom.as_ref().map_or(text.to_owned(), |whom| format!("[{}] {text}", whom.path))
        };
        said.iter().map(one).collect::<Vec<_>>().join("\n")
    };
    let urls = own.cta.iter().filter_map(|said| said.url.as_deref()).map(|url| tagged(url, own));
    let turns = own.turns.iter().map(|own| page.turn(own)).map(|own| format!("{} {}", own.name, own.text));
    let both = [&sequence.audience, &own.audience].into_iter().flatten().map(|own| own.text.clone());
    let aims = own.aims.as_ref();
    let basis = own
        .basis
        .as_ref()
        .map(|own| own.consent.as_ref().map_or(own.kind.clone(), |consent| format!("{}({consent})", own.kind)));
    vec![
        sequence.path.clone(),
        page.said(&sequence.label).unwrap_or_default().to_owned(),
        sequence.moves.as_ref().map(|own| own.join(" -> ")).unwrap_or_default(),
        own.path.clone(),
        own.kind.to_owned(),
        (at + 1).to_string(),
        lang.to_owned(),
        own.window.earliest.text.clone(),
        own.window.latest.text.clone(),
        turns.collect::<Vec<_>>().join("\n"),
        text(&sequence.start),
        both.collect::<Vec<_>>().join(" and "),
        text(&sequence.stop),
        sequence.again.clone().unwrap_or_default(),
        text(&own.when),
        all(&own.subject),
        all(&own.preview),
        all(&own.says),
        all(&own.cta),
        urls.collect::<Vec<_>>().join("\n"),
        own.offer.as_deref().map(|path| page.offer(path)).unwrap_or_default(),
        aims.map(|own| own.event.text.clone()).unwrap_or_default(),
        aims.map(|own| own.within.text.clone()).unwrap_or_default(),
        aims.and_then(|own| own.target.as_ref()).map(spelled).unwrap_or_default(),
        own.via.clone().unwrap_or_default(),
        own.by.clone().unwrap_or_default(),
        basis.unwrap_or_default(),
        own.owner.clone().unwrap_or_default(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: &'static str) -> MessagePlan {
        let zero = || Duration { seconds: Some("0".to_owned()), months: None, text: "0s".to_owned() };
        MessagePlan {
            path: "welcome.hello & bye".to_owned(),
            id: String::new(),
            name: "hello".to_owned(),
            kind,
            window: Window { earliest: zero(), latest: zero() },
            turns: Vec::new(),
            subject: Vec::new(),
            preview: Vec::new(),
            says: Vec::new(),
            cta: Vec::new(),
            offer: None,
            aims: None,
            audience: None,
            when: None,
            via: None,
            by: None,
            basis: None,
            owner: None,
        }
    }

    #[test]
    fn links_say_where_they_stand_and_keep_what_they_had() {
        let mail = message("email");
        let tail = "utm_source=email&utm_medium=email&utm_campaign=welcome&utm_content=hello%20%26%20bye";
        assert_eq!(tagged("https://example.com/shop", &mail), format!("https://example.com/shop?{tail}"));
        assert_eq!(tagged("https://example.com/?a=b#c", &mail), format!("https://example.com/?a=b&{tail}#c"));
        for kept in ["mailto:a@example.com", "https://example.com/?utm_source=x"] {
            assert_eq!(tagged(kept, &mail), kept);
        }
        assert_eq!(tagged("https://example.com/", &message("call")), "https://example.com/");
    }
}
