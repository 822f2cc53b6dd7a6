//! Layers of a funnel that are not measured by what is usual for them.

use crate::analysis::formula::{Atom, Formula};
use crate::diagnostic::{Code, Diagnostic, Group, Level, Message};
use crate::lint::Rule;
use crate::model::walk::{FieldOf, Funnel, Kpi, Node, Stage};
use crate::model::{Kind, Model};
use crate::{phrase, say};

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1102",
        name: "layer-metric-missing",
        group: Group::Metrics,
        level: Level::Warn,
        summary: "a layer of a funnel without the measure that is usual for it",
        explanation: "Each layer has its own question, and a measure that answers it:\n\n\
                      | layer | question | usual measure |\n\
                      |---|---|---|\n\
                      | `top` | do people see us? | reach (people, visits), impressions, clicks |\n\
                      | `middle` | do they become leads, at what price? | cost per lead, or a rate to the next stage |\n\
                      | `bottom` | do they buy, and is it worth it? | a conversion rate, acquisition cost (CAC), or order value |\n\
                      | `loyalty` | do they come back? | retention or churn, a repeat rate, or laps |\n\n\
                      Reported is a layer whose stages list KPIs, none of which computes such a measure. What a KPI computes \
                      decides, not its name: `spend() / people(shop.lead)` is a cost per lead whatever it is called. A KPI kept by \
                      hand (`manual`) may be anything and counts. A layer without any KPI is the matter of `stage-without-kpi`.\n\n\
                      Declare the measure and list it under `kpis` of a stage of the layer.",
        bad: "event page_viewed { sent_by web; owner web; status live }\n\
              event order_completed { sent_by web; owner web; status live }\n\
              kpi reach { value people(shop.awareness); per month; target >= 40_000; owner growth }\n\
              funnel shop {\n  \
                stage awareness : top { enter page_viewed; kpis reach }\n  \
                stage purchase : bottom { enter order_completed; converts; kpis reach }\n  \
                awareness -> purchase rate 3% within 30d\n\
              }\n",
        good: "event page_viewed { sent_by web; owner web; status live }\n\
               event order_completed { sent_by web; owner web; status live }\n\
               kpi reach { value people(shop.awareness); per month; target >= 40_000; owner growth }\n\
               kpi conversion { value rate(shop.awareness -> shop.purchase); target >= 2%; owner growth }\n\
               funnel shop {\n  \
                 stage awareness : top { enter page_viewed; kpis reach }\n  \
                 stage purchase : bottom { enter order_completed; converts; kpis conversion }\n  \
                 awareness -> purchase rate 3% within 30d\n\
               }\n",
    },
    check,
};

/// The layers with what is usual for them.
const LAYERS: &[(&str, &str)] = &[
    ("top", phrase!("reach: how many people, visits, impressions or clicks")),
    ("middle", phrase!("a cost per lead, or a rate to the next stage")),
    ("bottom", phrase!("a conversion rate, the acquisition cost (CAC) or the order value")),
    ("loyalty", phrase!("retention or churn, a repeat rate, or laps")),
];

/// Functions that count people, visits and events.
const HEADS: &[&str] = &["people", "entries", "visits", "count", "answers"];

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for funnel in model.funnels() {
        for (layer, usual) in LAYERS {
            let stages: Vec<Stage<'_, '_>> = funnel.stages().filter(|stage| stage.layer() == Some(*layer)).collect();
            found.extend(in_layer(funnel, layer, usual, &stages));
        }
    }
}

fn in_layer(funnel: Funnel<'_, '_>, layer: &str, usual: &'static str, stages: &[Stage<'_, '_>]) -> Option<Diagnostic> {
    if funnel.is_broken() || stages.iter().any(|stage| stage.is_broken()) {
        return None;
    }
    let fields = stages.iter().flat_map(|stage| stage.fields("kpis"));
    let listed: Vec<_> = fields.clone().flat_map(|field| &field.field.values).collect();
    let kpis: Vec<Kpi<'_, '_>> = fields.flat_map(FieldOf::refs).map(Kpi).collect();
    if kpis.is_empty() || kpis.len() < listed.len() || kpis.iter().any(|kpi| is_usual(layer, *kpi)) {
        return None;
    }
    let first = stages.first()?;
    let name = funnel.name();
    let mut fault = Diagnostic::new(
        &RULE.code,
        first.place(),
        say!("the {layer} layer of funnel `{name}` has no KPI that is usual for it", layer, name),
    )
    .at(say!("the layer begins here"))
    .help(say!(
        "usual is {usual}; declare such a KPI and list it under `kpis` of a stage of this layer",
        usual = Message::of(usual)
    ));
    for kpi in kpis.iter().take(3) {
        fault = fault.label(kpi.place(), say!("computes something else"));
    }
    Some(fault)
}

/// What matters of a computation.
struct Facts<'m, 's> {
    atoms: Vec<Atom<'m, 's>>,
    sides: Option<(Vec<Atom<'m, 's>>, Vec<Atom<'m, 's>>)>,
    is_average_amount: bool,
}

fn uses(atoms: &[Atom<'_, '_>], functions: &[&str]) -> bool {
    atoms.iter().any(|atom| functions.contains(&atom.function))
}

fn is_usual(layer: &str, kpi: Kpi<'_, '_>) -> bool {
    // What cannot be told apart is given the benefit of the doubt.
    let (Some(formula), Some(unit)) = (Formula::of(kpi), kpi.unit()) else { return true };
    let sides = formula.quotient().map(|(over, under)| (over.atoms(), under.atoms()));
    let facts =
        Facts { atoms: formula.atoms(), sides, is_average_amount: unit.money == 1 && unit.time == 0 && !unit.total };
    if kpi.is_broken() || uses(&facts.atoms, &["manual"]) {
        return true;
    }
    match layer {
        "top" => facts.is_reach(),
        "middle" => facts.is_price_per_head() || facts.is_rate(),
        "bottom" => facts.is_price_per_head() || facts.is_rate() || facts.is_order_value(),
        _ => facts.is_retention(),
    }
}

impl Facts<'_, '_> {
    fn is_reach(&self) -> bool {
        let counts = uses(&self.atoms, &["people", "entries", "visits", "count"]);
        uses(&self.atoms, &["impressions", "clicks"]) || (self.sides.is_none() && counts)
    }

    fn is_price_per_head(&self) -> bool {
        self.sides.as_ref().is_some_and(|(over, under)| uses(over, &["spend"]) && uses(under, HEADS))
    }

    fn is_rate(&self) -> bool {
        uses(&self.atoms, &["rate", "direct"]) || self.is_share()
    }

    /// Heads ÷ heads.
    fn is_share(&self) -> bool {
        let only_heads = |atoms: &[Atom<'_, '_>]| atoms.iter().all(|atom| HEADS.contains(&atom.function));
        self.sides.as_ref().is_some_and(|(over, under)| !over.is_empty() && only_heads(over) && only_heads(under))
    }

    /// Money per order, or per money spent.
    fn is_order_value(&self) -> bool {
        let amounts = uses(&self.atoms, &["sum", "avg", "median", "p"]);
        let on_spend = self.sides.as_ref().is_some_and(|(over, under)| uses(over, &["sum"]) && uses(under, &["spend"]));
        (self.is_average_amount && amounts) || on_spend
    }

    fn is_retention(&self) -> bool {
        let rates = self.atoms.iter().filter(|atom| matches!(atom.function, "rate" | "direct"));
        let repeats = rates.filter_map(|atom| atom.things.first()).any(|from| is_late(*from));
        let share = self.is_share() && self.sides.as_ref().is_some_and(|(_, under)| comes_late(under));
        uses(&self.atoms, &["retained", "churned", "laps"]) || repeats || share
    }
}

fn comes_late(atoms: &[Atom<'_, '_>]) -> bool {
    atoms.iter().flat_map(|atom| &atom.things).all(|thing| is_late(*thing))
}

/// Whether people who are there have bought before; of things other than stages that cannot be told.
fn is_late(thing: Node<'_, '_>) -> bool {
    thing.kind() != Kind::Stage || Stage(thing).converts() || Stage(thing).is_loyalty()
}
