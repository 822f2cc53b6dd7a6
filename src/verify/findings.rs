//! What was found, in words: one finding for each event, property and law.

use super::check::About;
use super::law::Law;
use super::register::{Planned, Register};
use super::schema::{Bounds, Kind, TextLaws};
use super::tally::{Count, Example, Group, Key, Tally, Whose};
use crate::diagnostic::{Message, Severity};
use crate::model::faults::nearest;
use crate::{phrase, say};

/// What was found in all logs of a run.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// The logs, in the order they were read.
    pub logs: Vec<LogCount>,
    /// Planned events: how often, and how often not as planned.
    pub events: Vec<EventCount>,
    /// What is wrong: errors first, then by event, property and law.
    pub findings: Vec<Finding>,
    /// All lines, empty ones included.
    pub lines: u64,
    /// Bytes, as they were after decompression.
    pub bytes: u64,
    /// Lines that are no event.
    pub unreadable: u64,
    /// Lines that are a planned event.
    pub planned: u64,
    /// Those of them that their schema refuses.
    pub invalid: u64,
    /// Lines that are an event which is not planned.
    pub unplanned: u64,
    /// Calls such as `identify` of which the plan says nothing.
    pub unmodelled: u64,
    /// Events under more unplanned names than are told apart.
    pub further_events: u64,
    /// Faults of more kinds than are told apart.
    pub further_faults: u64,
}

/// A log that was read.
#[derive(Clone, Debug)]
pub struct LogCount {
    /// What its reader calls it.
    pub name: String,
    /// Its shape.
    pub shape: &'static str,
    /// Its lines.
    pub lines: u64,
    /// Its bytes, after decompression.
    pub bytes: u64,
}

/// A planned event in the logs.
#[derive(Clone, Debug)]
pub struct EventCount {
    /// Its path in the plan.
    pub path: String,
    /// Its name on the wire.
    pub name: String,
    /// How often.
    pub count: Count,
}

/// Something that is wrong, as often as it is.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The law.
    pub law: Law,
    /// How much it weighs.
    pub severity: Severity,
    /// The event by its name on the wire; none where it is about lines as such.
    pub event: Option<String>,
    /// Its path in the plan, where it is planned.
    pub path: Option<String>,
    /// The property, through objects and lists; empty where it is about the whole.
    pub property: String,
    /// What is wrong.
    pub message: Message,
    /// What to do.
    pub help: Option<Message>,
    /// How often.
    pub count: u64,
    /// The first places.
    pub examples: Vec<Example>,
}

impl Findings {
    /// The words for a tally.
    pub(super) fn of(register: &Register, tally: &Tally, logs: Vec<LogCount>) -> Self {
        let events: Vec<EventCount> = register
            .events
            .iter()
            .zip(&tally.planned)
            .map(|(event, count)| EventCount { path: event.path.clone(), name: event.name.clone(), count: *count })
            .collect();
        let words = Words { register, tally };
        let mut findings: Vec<Finding> = tally.groups.iter().map(|(key, group)| words.finding(key, group)).collect();
        findings.extend(tally.unplanned.iter().map(|(name, group)| words.unplanned(name, group)));
        findings
            .extend(register.events.iter().zip(&tally.planned).filter(|(_, count)| count.seen == 0).map(never_seen));
        let sum = |of: fn(&Count) -> u64| tally.planned.iter().map(of).sum();
        let mut made = Self {
            planned: sum(|count| count.seen),
            invalid: sum(|count| count.invalid),
            unplanned: tally.unplanned.values().map(|group| group.count).sum::<u64>() + tally.further_events,
            logs,
            events,
            findings,
            lines: tally.lines,
            bytes: tally.bytes,
            unreadable: tally.unreadable,
            unmodelled: tally.unmodelled,
            further_events: tally.further_events,
            further_faults: tally.further_faults,
        };
        made.sort();
        made
    }

    /// Puts the findings in their order, which their weights decide first.
    pub fn sort(&mut self) {
        self.findings.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
    }
}

/// Errors first; then lines as such, and events by name.
fn sort_key(finding: &Finding) -> (u8, Option<&str>, &str, Law) {
    let weight = match finding.severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Note => 2,
    };
    (weight, finding.event.as_deref(), &finding.property, finding.law)
}

fn never_seen((event, _): (&Planned, &Count)) -> Finding {
    Finding {
        law: Law::NeverSeen,
        severity: Law::NeverSeen.severity(),
        event: Some(event.name.clone()),
        path: Some(event.path.clone()),
        property: String::new(),
        message: say!("`{name}` is planned and never seen", name = event.name),
        help: None,
        count: 0,
        examples: Vec::new(),
    }
}

struct Words<'t> {
    register: &'t Register,
    tally: &'t Tally,
}

impl Words<'_> {
    fn unplanned(&self, name: &str, group: &Group) -> Finding {
        let right = nearest_name(name, self.register.names());
        Finding {
            law: Law::UnplannedEvent,
            severity: Law::UnplannedEvent.severity(),
            event: Some(name.to_owned()),
            path: None,
            property: String::new(),
            message: say!("`{name}` is not in the plan", name),
            help: Some(match right {
                Some(right) => say!("did you mean `{right}`?", right),
                None => say!("declare the event, or stop sending it"),
            }),
            count: group.count,
            examples: group.examples.clone(),
        }
    }

    fn finding(&self, key: &Key, group: &Group) -> Finding {
        let planned = match key.whose {
            Whose::Planned(at) => self.register.events.get(at),
            _ => None,
        };
        let event = match key.whose {
            Whose::Line => None,
            Whose::Planned(_) => planned.map(|event| event.name.clone()),
            Whose::Unplanned(at) => self.tally.unplanned.get_index(at).map(|(name, _)| name.clone()),
        };
        Finding {
            law: key.law,
            severity: key.law.severity(),
            path: planned.map(|event| event.path.clone()),
            message: self.message(key, group.about, event.as_deref()),
            help: self.help(key, group.about, planned),
            event,
            property: key.path.clone(),
            count: group.count,
            examples: group.examples.clone(),
        }
    }

    fn message(&self, key: &Key, about: About, event: Option<&str>) -> Message {
        let path = if key.path.is_empty() { "properties" } else { &key.path };
        let wanted = self.wanted(key.law, about);
        match key.law {
            Law::UnreadableLine(why) => say!("a line {why}", why = why.words()),
            Law::NamelessEvent => say!("a line does not say which event it is"),
            Law::UnplannedEvent | Law::UnplannedProperty => say!("`{name}` is not in the plan", name = path),
            Law::MissingProperty => say!("`{path}` is required and is not sent", path),
            Law::MissingInVariant => say!("`{path}` is required in this case and is not sent", path),
            Law::WrongType | Law::WrongFormat | Law::OutOfRange => say!("`{path}` is not {wanted}", path, wanted),
            Law::NotInList => say!("`{path}` is not one of {wanted}", path, wanted),
            Law::WrongLength => say!("the length of `{path}` is not {wanted}", path, wanted),
            Law::WrongCount => say!("the number of members of `{path}` is not {wanted}", path, wanted),
            Law::WrongPattern => say!("`{path}` does not match {wanted}", path, wanted),
            Law::DuplicateKey => say!("`{path}` stands twice in one object", path),
            Law::PersonalData(kind) => say!("`{path}` holds {what}, which is not declared", path, what = kind.words()),
            Law::DeprecatedEvent => say!("`{name}` is deprecated and still sent", name = event.unwrap_or_default()),
            Law::DeprecatedProperty => say!("`{name}` is deprecated and still sent", name = path),
            Law::NeverSeen => say!("`{name}` is planned and never seen", name = event.unwrap_or_default()),
        }
    }

    /// What would be right.
    fn wanted(&self, law: Law, about: About) -> Message {
        let About::Value(node) = about else { return Message::of(phrase!("an object")) };
        match (law, &self.register.laws.nodes[node].kind) {
            (Law::WrongFormat, Kind::Text(laws) | Kind::Any { text: laws, .. }) => form(laws),
            (Law::NotInList, Kind::Text(laws)) => words(&list(laws.members.as_deref().unwrap_or_default())),
            (Law::WrongPattern, Kind::Text(laws) | Kind::Any { text: laws, .. }) => {
                words(&laws.pattern.as_ref().map(|own| format!("`{}`", own.text)).unwrap_or_default())
            }
            (Law::WrongLength, Kind::Text(laws) | Kind::Any { text: laws, .. }) => between(laws.length),
            (Law::OutOfRange, Kind::Integer(bounds) | Kind::Number(bounds) | Kind::Any { bounds, .. })
            | (Law::WrongCount, Kind::List { bounds, .. }) => between(*bounds),
            (_, kind) => type_of(kind),
        }
    }

    fn help(&self, key: &Key, about: About, planned: Option<&Planned>) -> Option<Message> {
        match (key.law, about) {
            (Law::UnplannedProperty, About::Object(at)) => {
                let name = key.path.rsplit('.').next().unwrap_or(&key.path);
                Some(match nearest_name(name, self.register.laws.object_at(at).names()) {
                    Some(right) => say!("did you mean `{right}`?", right),
                    None => say!("declare the property, or stop sending it"),
                })
            }
            (Law::DeprecatedEvent, _) => {
                let path = planned?.successor.as_ref()?;
                let right =
                    self.register.events.iter().find(|event| event.path == *path).map_or(path, |event| &event.name);
                Some(say!("send `{right}` instead", right))
            }
            (Law::DeprecatedProperty, About::Value(node)) => {
                let why = self.register.laws.nodes[node].deprecated.as_ref()?;
                Some(words(why))
            }
            (Law::PersonalData(_), _) => {
                Some(say!("stop sending it, or declare what it is and what for: `pii(…) purpose …`"))
            }
            _ => None,
        }
    }
}

/// The name that was meant: the same in another spelling, or one that is near.
fn nearest_name<'c>(name: &str, all: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    let plain =
        |name: &str| name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let wanted = plain(name);
    let all: Vec<&str> = all.collect();
    let same = all.iter().copied().find(|own| !wanted.is_empty() && plain(own) == wanted);
    same.or_else(|| nearest(name, all))
}

/// Words of a spec or a log, the same in every language.
fn words(text: &str) -> Message {
    say!("{text}", text)
}

fn list(members: &[String]) -> String {
    members.iter().map(|member| format!("`{member}`")).collect::<Vec<_>>().join(", ")
}

fn between(bounds: Bounds) -> Message {
    let Bounds { least, most } = bounds;
    match (least.is_finite(), most.is_finite()) {
        (true, true) => say!("from {least} to {most}", least, most),
        (true, false) => say!("{least} or more", least),
        _ => say!("{most} or less", most),
    }
}

fn type_of(kind: &Kind) -> Message {
    Message::of(match kind {
        Kind::Any { .. } => phrase!("a value"),
        Kind::Bool => phrase!("true or false"),
        Kind::Integer(_) => phrase!("a whole number"),
        Kind::Number(_) => phrase!("a number"),
        Kind::Text(_) => phrase!("a text"),
        Kind::List { .. } => phrase!("a list"),
        Kind::Object(_) => phrase!("an object"),
    })
}

fn form(laws: &TextLaws) -> Message {
    Message::of(match laws.format_word.as_str() {
        "date" => phrase!("a date such as 2026-11-22"),
        "date-time" => phrase!("a moment such as 2026-11-22T10:15:00Z"),
        "uri" => phrase!("a URL"),
        "email" => phrase!("an email address"),
        _ => phrase!("a UUID"),
    })
}
