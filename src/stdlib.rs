//! The standard library, embedded: `.funnel` files like any other.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashSet;

use crate::source::{Source, Sources};

/// Every module with its text.
pub const MODULES: &[(&str, &str)] = &[
    ("std.channels", include_str!("../specs/std/channels.funnel")),
    ("std.content", include_str!("../specs/std/content.funnel")),
    ("std.ecommerce", include_str!("../specs/std/ecommerce.funnel")),
    ("std.email", include_str!("../specs/std/email.funnel")),
    ("std.kpis", include_str!("../specs/std/kpis.funnel")),
    ("std.saas", include_str!("../specs/std/saas.funnel")),
    ("std.sequences", include_str!("../specs/std/sequences.funnel")),
    ("std.surveys", include_str!("../specs/std/surveys.funnel")),
];

/// Every module as a file, which all projects of a process share.
static FILES: LazyLock<Vec<Arc<Source>>> = LazyLock::new(|| {
    let file = |(module, text): &(&str, &str)| Source::embedded(format!("{}.funnel", module.replace('.', "/")), text);
    MODULES.iter().map(file).map(Arc::new).collect()
});

/// Adds those modules that the files mention and that are not there yet, in the order of the library.
pub fn add_mentioned(sources: &mut Sources) {
    let texts = || sources.iter().filter(|(_, source)| !source.embedded).map(|(_, source)| &source.text);
    let modules: BTreeSet<&str> = texts().flat_map(|text| mentioned(text)).map(|(module, _)| *module).collect();
    let present: BTreeSet<String> =
        sources.iter().filter(|(_, source)| source.embedded).map(|(_, source)| source.name.clone()).collect();
    let wanted = MODULES.iter().zip(FILES.iter()).filter(|((module, _), _)| modules.contains(module));
    for (_, file) in wanted.filter(|(_, file)| !present.contains(&file.name)) {
        sources.share(Arc::clone(file));
    }
}

/// The module of what happens to messages.
pub const MESSAGES: &str = "std.email";

/// What is tracked of a message, by its kind: a project that sends some has these events without a word of its own. Each
/// with what it says of the message.
pub const MESSAGE_EVENTS: &[(&str, &[(&str, &str)])] = &[
    (
        "email",
        &[
            ("sent", "email_sent"),
            ("delivered", "email_delivered"),
            ("opened", "email_opened"),
            ("clicked", "email_clicked"),
            ("unsubscribed", "unsubscribed"),
        ],
    ),
    ("sms", &[("sent", "sms_sent"), ("delivered", "sms_delivered"), ("clicked", "sms_clicked")]),
    (
        "whatsapp",
        &[
            ("sent", "whatsapp_sent"),
            ("delivered", "whatsapp_delivered"),
            ("opened", "whatsapp_read"),
            ("clicked", "whatsapp_clicked"),
        ],
    ),
    ("push", &[("delivered", "push_received"), ("opened", "push_tapped")]),
    ("call", &[("sent", "call_made")]),
    ("post", &[("sent", "post_sent")]),
];

/// The modules a text needs: every `std.<module>` in it, and that of messages where there is a sequence.
pub fn mentioned(text: &str) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let has_sequence =
        text.contains("std.sequences") || text.lines().any(|line| line.trim_start().starts_with("sequence "));
    let mut mentions: Vec<&str> = memchr::memmem::find_iter(text.as_bytes(), b"std.")
        .map(|at| {
            let rest = &text[at..];
            let end = rest[4..].find(|c: char| !(c.is_ascii_lowercase() || c == '_')).map_or(rest.len(), |end| end + 4);
            &rest[..end]
        })
        .collect();
    mentions.extend(has_sequence.then_some(MESSAGES));
    MODULES.iter().filter(move |(module, _)| mentions.contains(module))
}

/// The words a project uses, and those that the library's own declarations behind them use.
#[derive(Debug)]
pub struct Mentioned<'s> {
    words: FxHashSet<&'s str>,
}

/// Projects larger than this read the whole library; it is then the smaller part by far.
const MAX_PRUNED_BYTES: usize = 1 << 18;

impl<'s> Mentioned<'s> {
    /// The words of a project's own files; nothing where the project has no library or is large.
    pub fn of(sources: &'s Sources) -> Option<Self> {
        let own = || sources.iter().filter(|(_, source)| !source.embedded);
        if sources.len() == own().count()
            || own().map(|(_, source)| source.text.len()).sum::<usize>() > MAX_PRUNED_BYTES
        {
            return None;
        }
        let mut mentioned = Self { words: own().flat_map(|(_, source)| words_of(&source.text)).collect() };
        let library: Vec<&'s str> =
            sources.iter().filter(|(_, source)| source.embedded).map(|(_, own)| &*own.text).collect();
        let mut items: Vec<&'s str> = library.into_iter().flat_map(items_of).collect();
        loop {
            mentioned.want_messages();
            let (wanted, rest): (Vec<&str>, Vec<&str>) = items.into_iter().partition(|item| mentioned.wants(item));
            if wanted.is_empty() {
                return Some(mentioned);
            }
            mentioned.words.extend(wanted.into_iter().flat_map(words_of));
            items = rest;
        }
    }

    /// Whoever writes of mails wants what is tracked of them.
    fn want_messages(&mut self) {
        let kinds = MESSAGE_EVENTS.iter().filter(|(kind, _)| self.words.contains(kind));
        let events: Vec<&str> = kinds.flat_map(|(_, events)| events.iter().map(|(_, event)| *event)).collect();
        self.words.extend(events);
    }

    /// Whether a declaration of the library is mentioned: its name is the second word of its first line of code.
    pub fn wants(&self, item: &str) -> bool {
        let code = item.lines().find(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//"));
        code.and_then(|line| words_of(line).nth(1)).is_none_or(|name| self.words.contains(name))
    }
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

/// The declarations of a library text: they begin in column 0, documentation above them included.
fn items_of(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut start, mut at, mut complete) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        if complete && !line.starts_with([' ', '}', '\n']) {
            items.push(&text[start..at]);
            (start, complete) = (at, false);
        }
        complete |= line.starts_with(|c: char| c.is_ascii_lowercase());
        at += line.len();
    }
    items.push(&text[start..]);
    items
}
