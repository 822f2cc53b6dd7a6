//! Channels whose people can never become customers.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::walk::{Node, Stage, Transition};
use crate::model::{DeclId, Kind, Model};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1204",
        name: "channel-never-converts",
        group: Group::Channels,
        level: Level::Warn,
        summary: "a channel whose people cannot reach a conversion",
        explanation: "Traffic is not the aim: a channel is worth what becomes of the people it brings. Where no way leads from their stage to a \
                      conversion, the channel can fill the funnel for a year and never win a customer.\n\n\
                      Reported is a channel that brings people only to stages from which no transition, handovers included, leads to a \
                      stage that `converts`. Ways marked `as referral` or `as reentry` do not count: the first brings other people, the second \
                      starts again. A channel that only works on (`channels`) stages of the loyalty layer is not reported: its people have \
                      bought.\n\n\
                      Bring the people to a stage that leads to the conversion, or declare the transition that is missing.",
        bad: "event page_viewed { sent_by web; owner web; status live }\n\
              event order_completed { sent_by web; owner web; status live }\n\
              event review_written { sent_by web; owner web; status live }\n\
              channel fan_forum \"Fan forum\" : earned { brings 500 people / month to shop.advocate }\n\
              funnel shop {\n  \
                stage awareness : top { enter page_viewed }\n  \
                stage purchase : bottom { enter order_completed; converts }\n  \
                stage advocate : loyalty { enter review_written }\n  \
                awareness -> purchase rate 3% within 30d\n  \
                purchase -> advocate rate 10% within 90d\n\
              }\n",
        good: "event page_viewed { sent_by web; owner web; status live }\n\
               event order_completed { sent_by web; owner web; status live }\n\
               event review_written { sent_by web; owner web; status live }\n\
               channel fan_forum \"Fan forum\" : earned { brings 500 people / month to shop.awareness }\n\
               funnel shop {\n  \
                 stage awareness : top { enter page_viewed }\n  \
                 stage purchase : bottom { enter order_completed; converts }\n  \
                 stage advocate : loyalty { enter review_written }\n  \
                 awareness -> purchase rate 3% within 30d\n  \
                 purchase -> advocate rate 10% within 90d\n\
               }\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    if model.nodes(Kind::Funnel).any(Node::is_broken) {
        return; // a transition may be what could not be read
    }
    let converting = leading_to_conversion(model);
    let works_on = stages_by_channel(model);
    for channel in model.nodes(Kind::Channel).filter(|channel| !channel.is_broken()) {
        let brought = channel.refs("brings");
        let worked = works_on.get(&channel.id).map_or(&[][..], Vec::as_slice);
        let bound: Vec<(Stage<'_, '_>, Option<Span>)> = brought
            .into_iter()
            .map(|stage| (Stage(stage), None))
            .chain(worked.iter().filter(|(stage, _)| !stage.is_loyalty()).map(|(stage, at)| (*stage, Some(*at))))
            .collect();
        if !bound.is_empty() && !bound.iter().any(|(stage, _)| converting.contains(&stage.id)) {
            found.push(report(channel, &bound));
        }
    }
}

fn report(channel: Node<'_, '_>, bound: &[(Stage<'_, '_>, Option<Span>)]) -> Diagnostic {
    let name = channel.name();
    let place = channel.decl().field("brings").map_or(channel.place(), |field| field.span);
    let mut fault =
        Diagnostic::new(&RULE.code, place, say!("people from channel `{name}` can never convert", name)).help(say!(
            "a channel is worth what becomes of its people; bring them to a stage that leads to a conversion, or declare the transition that is missing"
        ));
    let mut shown: FxHashSet<DeclId> = FxHashSet::default();
    for (stage, at) in bound.iter().filter(|(stage, _)| shown.insert(stage.id)).take(3) {
        let stage_name = stage.path();
        fault = fault.label(
            at.unwrap_or(stage.place()),
            say!("no way leads from `{stage}` to a conversion", stage = stage_name),
        );
    }
    fault
}

/// The stages whose `channels` list each channel.
fn stages_by_channel<'m, 's>(model: &'m Model<'s>) -> FxHashMap<DeclId, Vec<(Stage<'m, 's>, Span)>> {
    let mut found: FxHashMap<DeclId, Vec<(Stage<'m, 's>, Span)>> = FxHashMap::default();
    for stage in model.nodes(Kind::Stage).map(Stage) {
        for channel in stage.refs("channels") {
            found.entry(channel.id).or_default().push((stage, stage.place()));
        }
    }
    found
}

/// Every stage from which a conversion can be reached, conversions included: backwards from them.
fn leading_to_conversion(model: &Model<'_>) -> FxHashSet<DeclId> {
    let mut into: FxHashMap<DeclId, Vec<DeclId>> = FxHashMap::default();
    for edge in model.nodes(Kind::Transition).chain(model.nodes(Kind::Handover)).map(Transition) {
        if edge.is_referral() || edge.is_reentry() {
            continue;
        }
        if let (Some(from), Some(to)) = (edge.from(), edge.to()) {
            into.entry(to.id).or_default().push(from.id);
        }
    }
    let mut open: Vec<DeclId> =
        model.nodes(Kind::Stage).map(Stage).filter(|stage| stage.converts()).map(|stage| stage.id).collect();
    let mut reached: FxHashSet<DeclId> = open.iter().copied().collect();
    while let Some(stage) = open.pop() {
        for from in into.get(&stage).into_iter().flatten() {
            if reached.insert(*from) {
                open.push(*from);
            }
        }
    }
    reached
}
