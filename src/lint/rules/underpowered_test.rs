//! Tests that too few people come to.

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::forecast::Forecast;
use crate::lint::Rule;
use crate::model::value::Val;
use crate::model::walk::{FieldOf, Node, Transition};
use crate::model::{Kind, Model};
use crate::say;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1728",
        name: "underpowered-test",
        group: Group::Messages,
        level: Level::Warn,
        summary: "a test that too few people will take part in to decide anything",
        explanation: "A test with too few people ends with \"no difference\" whether there is one or not: weeks of work that decide nothing.\n\n\
                      Reported is an `experiment` that `detects` an effect on a transition with a planned rate, and that more people would have \
                      to take part in than come to the transition while it runs. How many are needed follows from the rate, the effect, \
                      `confidence` (95% where nothing is said), `power` (80%) and the shares of the first variant and of the smallest other; how \
                      many come is what the forecast has for a typical month, times the time of `between`. Where the forecast has no typical \
                      month, or the experiment no `between` or no `detects`, nothing is reported.\n\n\
                      Let it run longer, look for a larger effect, or test where more people pass.",
        bad: "event seen { sent_by web; owner web; status live }\n\
              event bought { sent_by web; owner web; status live }\n\
              event dealt { sent_by web; owner web; status live; prop variant string required }\n\
              channel ads : paid { match utm_source == \"x\"; brings 1_000 people / month to shop.visit }\n\
              kpi sales { value people(shop.sale); per month; target >= 10 }\n\
              funnel shop {\n  \
                stage visit { enter seen; channels ads }\n  \
                stage sale { enter bought; converts }\n  \
                visit -> sale  rate 3%  within 14d\n\
              }\n\
              experiment copy {\n  \
                on shop.visit -> shop.sale; assigned dealt by variant; variants control 50%, short 50%; measures sales\n  \
                detects 10% relative; between 2027-04-01 .. 2027-05-15\n\
              }\n",
        good: "event seen { sent_by web; owner web; status live }\n\
               event bought { sent_by web; owner web; status live }\n\
               event dealt { sent_by web; owner web; status live; prop variant string required }\n\
               channel ads : paid { match utm_source == \"x\"; brings 100_000 people / month to shop.visit }\n\
               kpi sales { value people(shop.sale); per month; target >= 10 }\n\
               funnel shop {\n  \
                 stage visit { enter seen; channels ads }\n  \
                 stage sale { enter bought; converts }\n  \
                 visit -> sale  rate 3%  within 14d\n\
               }\n\
               experiment copy {\n  \
                 on shop.visit -> shop.sale; assigned dealt by variant; variants control 50%, short 50%; measures sales\n  \
                 detects 10% relative; between 2027-04-01 .. 2027-05-15\n\
               }\n",
    },
    check,
};

/// The days of a month on average.
const MONTH: f64 = 30.436_875;

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let tests: Vec<(Node<'_, '_>, f64, f64, Transition<'_, '_>)> = model
        .nodes(Kind::Experiment)
        .filter(|own| !own.is_broken())
        .filter_map(|own| {
            let way = tested(own)?;
            Some((own, needed(own, way)?, days(own.field("between")?)?, way))
        })
        .collect();
    let Some(people) = (!tests.is_empty()).then(|| Forecast::typical_people(model)).flatten() else { return };
    for (test, needed, days, way) in tests {
        let from = way.from().map(|own| own.id);
        let Some((_, monthly)) = people.iter().find(|(stage, _)| Some(*stage) == from) else { continue };
        let come = monthly * days / MONTH;
        if come > 0.0 && come < needed {
            found.push(report(test, way, needed, come, days));
        }
    }
}

/// The transition that an experiment is about.
fn tested<'m, 's>(test: Node<'m, 's>) -> Option<Transition<'m, 's>> {
    let on = test.field("on")?;
    let (from, to) = (on.target_of("from")?.id, on.target_of("to")?.id);
    let mut all = test.model.funnels().flat_map(|funnel| funnel.transitions().collect::<Vec<_>>());
    all.find(|way| way.from().map(|own| own.id) == Some(from) && way.to().map(|own| own.id) == Some(to))
}

fn part(share: Decimal) -> Option<f64> {
    (share / Decimal::ONE_HUNDRED).to_f64()
}

/// How many people have to take part: two shares, a normal approximation, as for the reports of experiments.
fn needed(test: Node<'_, '_>, way: Transition<'_, '_>) -> Option<f64> {
    let detects = test.field("detects")?;
    let before = part(way.rate()?)?;
    let effect = part(detects.percent("share")?)?;
    let is_relative = detects.field.values.iter().all(|own| own.val.word() != Some("absolute"));
    let after = if is_relative { before * (1.0 + effect) } else { before + effect };
    let share = |word: &str, usual: f64| test.field(word).and_then(|own| part(own.percent("value")?)).unwrap_or(usual);
    let (confidence, power) = (share("confidence", 0.95), share("power", 0.8));
    let shares: Vec<f64> = test.field("variants")?.field.values.iter().filter_map(|own| shown(&own.val)).collect();
    let (first, others) = shares.split_first()?;
    let smallest = others.iter().copied().reduce(f64::min)?;
    let is_sensible = |own: f64| own > 0.0 && own < 1.0;
    let sensible = [before, after, confidence, power, *first, smallest].into_iter().all(is_sensible) && effect != 0.0;
    let spread = before * (1.0 - before) / first + after * (1.0 - after) / smallest;
    let both = quantile(f64::midpoint(1.0, confidence)) + quantile(power);
    sensible.then(|| (both * both * spread / ((after - before) * (after - before))).ceil())
}

fn shown(val: &Val<'_>) -> Option<f64> {
    if let Val::Percent(share) = val { part(*share) } else { None }
}

/// How many days an experiment runs, both ends included.
fn days(between: FieldOf<'_, '_>) -> Option<f64> {
    let day = |slot: &str, last: bool| match between.get(slot)?.val {
        Val::Date(date) => Some(date),
        Val::Month { year, month } => {
            Date::new(year, month, 1).ok().map(|day| if last { day.last_of_month() } else { day })
        }
        _ => None,
    };
    let days = day("from", false)?.until(day("to", true)?).ok()?.get_days();
    (days >= 0).then(|| f64::from(days) + 1.0)
}

/// The point that a normal variable does not exceed with a probability, to about a millionth.
fn quantile(probability: f64) -> f64 {
    let (mut low, mut high) = (-10.0_f64, 10.0_f64);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if normal(middle) < probability { low = middle } else { high = middle }
    }
    f64::midpoint(low, high)
}

/// How likely a normal variable does not exceed a point: the integral by Simpson's rule.
fn normal(point: f64) -> f64 {
    const STEPS: u32 = 400;
    let density = |at: f64| (-at * at / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    let width = point / f64::from(STEPS);
    let inner = |at: u32| density(f64::from(at) * width) * if at.is_multiple_of(2) { 2.0 } else { 4.0 };
    0.5 + width / 3.0 * (density(0.0) + (1..STEPS).map(inner).sum::<f64>() + density(point))
}

fn report(test: Node<'_, '_>, way: Transition<'_, '_>, needed: f64, come: f64, days: f64) -> Diagnostic {
    let name = test.name();
    let (needed_people, come_people) = (format!("{needed:.0}"), format!("{come:.0}"));
    let longer = format!("{:.0}", (days * needed / come).ceil());
    let message = say!(
        "`{name}` needs {needed} people, and about {come} come while it runs",
        name,
        needed = needed_people,
        come = come_people
    );
    let mut report = Diagnostic::new(&RULE.code, test.place(), message).at(say!("would decide nothing"));
    if let Some(detects) = test.field("detects") {
        report = report.label(detects.field.span, say!("the effect that is to be found"));
    }
    report
        .label(way.place(), say!("the planned rate"))
        .help(say!("let it run for {longer} days, look for a larger effect, or test where more people pass", longer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (probability, point) in [(0.5, 0.0), (0.8, 0.841_621), (0.975, 1.959_964)] {
            assert!((quantile(probability) - point).abs() < 1e-5, "{probability}");
        }
    }
}
