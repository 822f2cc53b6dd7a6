//! Goals that their own plan misses.

use crate::diagnostic::{Code, Diagnostic, Group, Level, Message};
use crate::forecast::{Forecast, Promise, PromiseKind, spelled};
use crate::lint::Rule;
use crate::model::Model;
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1107",
        name: "goal-unreachable",
        group: Group::Metrics,
        level: Level::Warn,
        summary: "a goal that its own plan misses",
        explanation: "A goal says where a KPI is to be, and the planned rates say where it will be. Where the plan comes to less, \
                      somebody promised what nobody planned: the goal is missed even if everything goes as it should.\n\n\
                      The KPI is computed for a typical month of the plan, as `funnelc forecast` shows it: from the rates, from whom \
                      channels bring, from what they cost and what stages are worth. A goal of which the plan says nothing, such as \
                      one of a survey or of hours, is not looked at.\n\n\
                      Plan what it takes: the message names the one rate that would be enough, if there is one. Or promise what is \
                      planned.",
        bad: "event visit \"Visit\" { sent_by web; owner growth; status live }\n\
              event order \"Order\" { sent_by web; owner growth; status live }\n\
              kpi conversion \"Conversion\" { value rate(shop.visitor -> shop.buyer);  owner growth }\n\
              goal more \"More\" { kpi conversion; from 3% to 6%; between 2027-01-01 .. 2027-06-30; owner growth }\n\
              funnel shop \"Shop\" {\n  \
                stage visitor \"Visitor\" : top { enter visit; kpis conversion }\n  \
                stage buyer \"Buyer\" : bottom { enter order; converts; kpis conversion }\n  \
                visitor -> buyer rate 5% within 7d\n}\n",
        good: "event visit \"Visit\" { sent_by web; owner growth; status live }\n\
              event order \"Order\" { sent_by web; owner growth; status live }\n\
              kpi conversion \"Conversion\" { value rate(shop.visitor -> shop.buyer);  owner growth }\n\
              goal more \"More\" { kpi conversion; from 3% to 6%; between 2027-01-01 .. 2027-06-30; owner growth }\n\
              funnel shop \"Shop\" {\n  \
                stage visitor \"Visitor\" : top { enter visit; kpis conversion }\n  \
                stage buyer \"Buyer\" : bottom { enter order; converts; kpis conversion }\n  \
                visitor -> buyer rate 6% within 7d\n}\n",
    },
    check,
};

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for promise in Forecast::missed(model, PromiseKind::Goal) {
        let (promised, planned) = values(&promise);
        let path = &promise.path;
        let message = say!("goal `{path}` promises {promised}, and the plan gives {planned}", path, promised, planned);
        found.push(report(&RULE.code, &promise, message));
    }
}

/// What is promised, and what is planned.
pub(super) fn values(promise: &Promise) -> (String, String) {
    let planned = promise.planned.map(|planned| spelled(planned, &promise.unit)).unwrap_or_default();
    (spelled(promise.promised, &promise.unit), planned)
}

/// A promise that is missed, with the rate that would keep it.
pub(super) fn report(code: &'static Code, promise: &Promise, message: Message) -> Diagnostic {
    let fault = Diagnostic::new(code, promise.span, message).at(say!("not what the plan comes to"));
    let Some(needed) = &promise.needs else {
        return fault.help(say!(
            "no single rate is enough; change several, or promise what is planned. `funnelc forecast` shows how it is computed"
        ));
    };
    let (way, is, should_be) = (&needed.transition, spelled(needed.is, "ratio"), spelled(needed.should_be, "ratio"));
    let fault = match promise.place {
        Some(place) => fault.label(place, say!("it would have to be {should_be}", should_be)),
        None => fault,
    };
    fault.help(say!(
        "plan `{way}` at {should_be} instead of {is}, or promise what is planned; `funnelc forecast` shows how it is computed",
        way,
        should_be,
        is
    ))
}
