//! The plan of messages as a calendar (RFC 5545), for a run that starts on one day. Each message is an event of whole
//! days, from the first on which it can be sent to the last; its number and time of making are made from the plan, so that
//! a calendar that reads the file again changes its events and doubles none.

use icalendar::{Calendar, Component, Event, Property};
use jiff::civil::Date;
use uuid::Uuid;

use super::{Page, seconds};
use crate::analysis::timed::DAY;
use crate::emit::target::Words;
use crate::plan::{MessagePlan, Plan, SequencePlan};

/// The calendar of the messages of runs that start on a day; nothing where a day lies out of reach.
pub(in crate::emit) fn calendar(plan: &Plan, lang: &str, words: &Words, anchor: Date) -> Vec<u8> {
    let page = Page { plan, lang, words };
    let mut calendar = Calendar::empty();
    for (name, value) in [("VERSION", "2.0"), ("PRODID", "-//funnelc//funnelc//EN"), ("CALSCALE", "GREGORIAN")] {
        calendar.append_property(Property::new(name, value));
    }
    let title = format!("{}: {}", page.word("title"), page.label_of("project", &plan.project));
    // The library writes `NAME` as it is; the older name of the field is escaped.
    calendar.append_property(Property::new("X-WR-CALNAME", line(&title)));
    for sequence in &plan.sequences {
        for own in &sequence.messages {
            if let Some(event) = event(&page, sequence, own, anchor) {
                calendar.push(event);
            }
        }
    }
    calendar.to_string().into_bytes()
}

fn event(page: &Page<'_>, sequence: &SequencePlan, own: &MessagePlan, anchor: Date) -> Option<Event> {
    let day = |seconds: i64| anchor.checked_add(jiff::Span::new().try_days(seconds.div_euclid(DAY)).ok()?).ok();
    let (first, last) = (day(seconds(&own.window.earliest))?, day(seconds(&own.window.latest))?);
    let label = page.said(&sequence.label).unwrap_or(&sequence.path);
    let mut event = Event::new();
    event
        .uid(&uid(own, page.lang))
        .summary(&line(&format!("{label}: {}", page.title(own))))
        .description(&clean(&description(page, own)))
        .append_property(day_of("DTSTART", first))
        .append_property(day_of("DTEND", last.tomorrow().ok()?))
        .add_property("DTSTAMP", format!("{}T000000Z", anchor.strftime("%Y%m%d")))
        // Whoever sends mails is not busy with it.
        .add_property("TRANSP", "TRANSPARENT");
    event.append_multi_property(Property::new("CATEGORIES", clean(&page.word(own.kind))));
    Some(event)
}

fn description(page: &Page<'_>, own: &MessagePlan) -> String {
    let turns = own.turns.iter().map(|own| page.turn(own)).map(|own| format!("{} {}", own.name, own.text));
    let texts = page.texts(own).into_iter().map(|own| {
        let whom = if own.whom.is_empty() { String::new() } else { format!(" ({})", own.whom) };
        let url = if own.url.is_empty() { String::new() } else { format!(" {}", own.url) };
        format!("{}{whom}: {}{url}", own.name, own.text)
    });
    let facts = page.message_facts(own).into_iter().map(|own| format!("{}: {}", own.name, own.text));
    std::iter::once(page.when(&own.window))
        .chain(turns)
        .chain(texts)
        .chain(facts)
        .chain(std::iter::once(own.path.clone()))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The same message in one language has the same number in each calendar.
fn uid(own: &MessagePlan, lang: &str) -> String {
    let space = Uuid::parse_str(&own.id).unwrap_or(Uuid::NAMESPACE_URL);
    format!("{}@funnelc", Uuid::new_v5(&space, lang.as_bytes()))
}

/// A day without a time, which no time zone moves.
fn day_of(name: &str, date: Date) -> Property {
    Property::new(name, date.strftime("%Y%m%d").to_string()).add_parameter("VALUE", "DATE").done()
}

/// A text of a calendar holds no control characters but the ends of lines (RFC 5545, 3.3.11).
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// The same on one line.
fn line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
