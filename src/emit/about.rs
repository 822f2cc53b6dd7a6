//! What is known of an event besides the shape of what it sends: who answers for it, what it feeds, which personal data
//! it holds and what for. Formats with room for labels, tags or free data take it from here, under the same words.

use indexmap::IndexMap;

use crate::plan::value::Value;
use crate::plan::{EventPlan, OncePer, Plan, ProfilePlan, PropertyPlan};

/// The words that formats with room for keys and values of plain text carry; what is not known is left out.
pub(super) fn labels(plan: &Plan, event: &EventPlan) -> IndexMap<String, String> {
    let all = [
        ("event", event.path.clone()),
        ("status", event.status.clone()),
        ("use_instead", event.successor.clone().unwrap_or_default()),
        ("owner", event.owner.clone().unwrap_or_default()),
        ("sent_by", event.sent_by.join(", ")),
        ("once_per", event.once_per.as_ref().map(once_per).unwrap_or_default()),
        ("table", event.rows.as_ref().map(|rows| rows.table.clone()).unwrap_or_default()),
        ("variants", variants(event)),
        ("stages", fed(event, "stage").join(", ")),
        ("kpis", fed(event, "kpi").join(", ")),
        ("personal_data", of_each(event, |own| own.pii.clone())),
        ("purposes", of_each(event, purpose)),
    ];
    let known = all.into_iter().filter(|(_, words)| !words.is_empty());
    // What is longest stands last, where a format may cut it.
    known.map(|(key, words)| (key.to_owned(), words)).chain(names(plan, event)).collect()
}

/// `label` in the default language, `label_ar` in others.
fn names<'e>(plan: &'e Plan, event: &'e EventPlan) -> impl Iterator<Item = (String, String)> + 'e {
    let default = plan.languages.first();
    event.label.iter().map(move |(lang, words)| {
        let key = if Some(lang) == default { "label".to_owned() } else { format!("label_{lang}") };
        (key, words.clone())
    })
}

/// `order_id within 3d, kept from server`
fn once_per(once: &OncePer) -> String {
    let kept = once.prefer.as_ref().map(|sender| format!(", kept from {sender}")).unwrap_or_default();
    format!("{} within {}{kept}", once.key.join(", "), once.within)
}

/// `big: x > 5, odd`
fn variants(event: &EventPlan) -> String {
    let words = event.variants.iter().map(|own| match &own.when {
        Some(when) => format!("{}: {}", own.name, when.text),
        None => own.name.clone(),
    });
    words.collect::<Vec<_>>().join(", ")
}

/// The paths of what an event feeds, of one kind.
pub(super) fn fed<'e>(event: &'e EventPlan, kind: &str) -> Vec<&'e str> {
    event.feeds.iter().filter(|feed| feed.kind == kind).map(|feed| feed.path.as_str()).collect()
}

/// `email: contact, phone: contact`
fn of_each(event: &EventPlan, what: impl Fn(&PropertyPlan) -> Option<String>) -> String {
    of_properties(event.all_properties(), what)
}

fn of_properties<'p>(
    properties: impl Iterator<Item = &'p PropertyPlan>,
    what: impl Fn(&PropertyPlan) -> Option<String>,
) -> String {
    let words = properties.filter_map(|own| Some(format!("{}: {}", own.name, what(own)?)));
    words.collect::<Vec<_>>().join(", ")
}

/// What a property is kept for: the path of a consent, or a reason.
pub(super) fn purpose(own: &PropertyPlan) -> Option<String> {
    match own.purpose.as_ref()? {
        Value::Ref(consent) => Some(consent.path.clone()),
        Value::String(reason) => Some(reason.clone()),
        _ => None,
    }
}

/// The labels as lines, below what an event is, for formats that have room for nothing but a description.
pub(super) fn lines(docs: &str, labels: &IndexMap<String, String>, without: &[&str]) -> String {
    let kept = labels.iter().filter(|(key, _)| !without.contains(&key.as_str()));
    let lines = kept.map(|(key, words)| format!("{key}: {words}"));
    std::iter::once(docs.to_owned()).chain(lines).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What is known of a profile, in the words that labels have.
pub(super) fn profile_labels(plan: &Plan, profile: &ProfilePlan) -> IndexMap<String, String> {
    let traits = || profile.traits.iter();
    let all = [
        ("group", profile.group.clone().unwrap_or_default()),
        ("label", plan.shown(&profile.label, "").to_owned()),
        ("personal_data", of_properties(traits(), |own| own.pii.clone())),
        ("purposes", of_properties(traits(), purpose)),
    ];
    all.into_iter().filter(|(_, words)| !words.is_empty()).map(|(key, words)| (key.to_owned(), words)).collect()
}

/// What a team is called; its name where it is not declared.
pub(super) fn team<'p>(plan: &'p Plan, owner: &'p str) -> &'p str {
    plan.find("team", owner).map_or(owner, |team| plan.shown(&team.label, owner))
}

/// Whom to ask about what a team owns.
pub(super) fn lead<'p>(plan: &'p Plan, owner: &str) -> Option<&'p str> {
    plan.find("team", owner)?.text("lead")
}
