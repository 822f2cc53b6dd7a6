//! Events that are sent twice and would be counted twice.

use crate::diagnostic::{Code, Diagnostic, Group, Level, Safety};
use crate::lint::Rule;
use crate::model::Model;
use crate::model::walk::Event;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1308",
        name: "missing-once-per",
        group: Group::Tracking,
        level: Level::Warn,
        summary: "an event with two senders of the same thing and no `once_per`",
        explanation: "The browser says that an order was completed, and the server says it again to be sure. Without a rule which two are one, every \
                      order counts twice, or once and a half where some browsers block the first.\n\n\
                      Reported is an event without `once_per` that two or more send, if one of them is not a device of the person (`server`, \
                      a payment provider, a tag manager), or if one is named twice. Senders such as `web, ios, android` are different \
                      devices, of which one sends each event.\n\n\
                      Say which property is the same in both: `once_per order_id within 3d prefer server`.",
        bad: "event order_completed { sent_by web, server; owner web; status live; prop order_id string required }\n\
              segment buyers { where did order_completed }\n",
        good: "event order_completed { sent_by web, server; once_per order_id within 3d prefer server; owner web; status live; prop order_id string required }\n\
               segment buyers { where did order_completed }\n",
    },
    check,
};

/// Senders of which a person uses one at a time.
const DEVICES: &[&str] = &[
    "web",
    "site",
    "website",
    "browser",
    "pwa",
    "ios",
    "android",
    "app",
    "mobile",
    "mobile_app",
    "tablet",
    "desktop",
    "tv",
    "watch",
    "windows",
    "macos",
    "mac",
    "linux",
    "kiosk",
    "pos",
    "react_native",
    "flutter",
    "extension",
    "console",
    "car",
];

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for event in model.events().filter(|event| !event.is_broken() && !event.has("once_per")) {
        let senders = event.words("sent_by");
        if event.status() != "deprecated" && sends_twice(&senders) {
            found.extend(report(event, &senders));
        }
    }
}

fn sends_twice(senders: &[&str]) -> bool {
    let is_other = |sender: &&str| !DEVICES.contains(&sender.to_ascii_lowercase().as_str());
    let is_repeated = |(index, sender): (usize, &&str)| senders.iter().take(index).any(|earlier| earlier == sender);
    senders.len() > 1 && (senders.iter().any(is_other) || senders.iter().enumerate().any(is_repeated))
}

fn report(event: Event<'_, '_>, senders: &[&str]) -> Option<Diagnostic> {
    let field = event.field("sent_by")?.field;
    let own = event.decl().field("sent_by").is_some();
    let place = if own { field.span } else { event.place() };
    let (name, list) = (event.name(), senders.join(", "));
    let fault = Diagnostic::new(
        &RULE.code,
        place,
        say!("event `{name}` is sent by {list}, and nothing says which are the same", name, list),
    )
    .at(say!("each of them counts"))
    .help(say!(
        "what two senders report counts twice; name the property that is the same in both: `once_per order_id within 3d prefer server`"
    ));
    let Some(key) = key_of(event).filter(|_| own) else { return Some(fault) };
    let prefer = senders.iter().find(|sender| !DEVICES.contains(sender)).map(|sender| format!(" prefer {sender}"));
    let rule = format!("once_per {key} within 3d{}", prefer.unwrap_or_default());
    let fix = say!("add `{rule}`", rule);
    Some(fault.fix(Safety::Unsafe, fix, field.span.after(), format!("; {rule}")))
}

/// A required property that looks like the number of one thing.
fn key_of<'s>(event: Event<'_, 's>) -> Option<&'s str> {
    let properties = event.properties();
    let required = properties.iter().filter(|property| property.is_required()).map(|property| property.name());
    required.into_iter().find(|name| *name == "id" || name.ends_with("_id"))
}
