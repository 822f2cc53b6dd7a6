//! What is tracked of messages: events of the standard library that a project has because it sends some.

use crate::model::walk::{Event, Node};
use crate::model::{DeclId, Kind, Model};
use crate::stdlib::{MESSAGE_EVENTS, MESSAGES};

/// What an event says of a message (`sent`, `opened` …), and the event.
pub type Tracked = (&'static str, DeclId);

/// Every message of the project with what is tracked of it, by kind, in the order they are written.
pub fn of(model: &Model<'_>) -> Vec<(DeclId, Vec<Tracked>)> {
    let mut found = Vec::new();
    for (kind, events) in MESSAGE_EVENTS {
        let Some(kind) = Kind::ALL.iter().copied().find(|own| own.is_message() && own.word() == *kind) else {
            continue;
        };
        let messages: Vec<DeclId> = model.of_kind(kind).collect();
        if messages.is_empty() {
            continue;
        }
        let events: Vec<Tracked> =
            events.iter().filter_map(|(fate, name)| Some((*fate, event(model, name)?))).collect();
        found.extend(messages.into_iter().map(|own| (own, events.clone())));
    }
    found
}

/// What a message is called in a language: its subject, or what it says, or its name. A text that is not said in the language
/// is said in the first one of the project.
pub fn title(message: Node<'_, '_>, language: &str) -> String {
    let default = message.model.languages().first().copied().unwrap_or("en");
    let text = |word: &str| {
        let fields = message.fields(word);
        let text = fields.iter().find(|field| field.get("for").is_none())?.text("text")?;
        text.in_language(language, default).or_else(|| Some(text.words()))
    };
    text("subject").or_else(|| text("says")).unwrap_or_else(|| message.name().to_owned())
}

/// An event of the standard library, or that of the project which extends it or has its name.
fn event(model: &Model<'_>, name: &str) -> Option<DeclId> {
    let path = format!("{MESSAGES}.{name}");
    let std = model.all_of_kind(Kind::Event).iter().find(|id| model.is_std(**id) && model.path(**id) == path)?;
    let wire = Event(model.node(*std)).wire_name(None);
    let is_same = |id: DeclId| model.node(id).name() == name || Event(model.node(id)).wire_name(None) == wire;
    let own = model.of_kind(Kind::Event).find(|id| model.lineage(*id).any(|base| base == *std) || is_same(*id));
    Some(own.unwrap_or(*std))
}
