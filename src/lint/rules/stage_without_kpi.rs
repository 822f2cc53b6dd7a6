//! Stages that nobody looks at.

use crate::analysis::formula::Formula;
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::decl::DeclId;
use crate::model::{Kind, Model};
use crate::say;
use rustc_hash::FxHashMap;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1101",
        name: "stage-without-kpi",
        group: Group::Metrics,
        level: Level::Warn,
        summary: "a stage that no KPI is looked at for",
        explanation: "A stage is there to be managed: somebody must see whether it does better or worse than last month. Without a \
                      number it only decorates the picture of the funnel.\n\n\
                      Reported is a stage without the field `kpis`. A KPI that is computed from the stage but not listed \
                      there is named in the finding, because it is probably the one that is missing.\n\n\
                      List the KPIs that are looked at for this stage: `kpis reach, cpl`.",
        bad: "event page_viewed { sent_by web; owner web; status live }\n\
              event order_completed { sent_by web; owner web; status live }\n\
              kpi conversion { value rate(shop.awareness -> shop.purchase); target >= 2%; owner growth }\n\
              funnel shop {\n  \
                stage awareness : top { enter page_viewed }\n  \
                stage purchase : bottom { enter order_completed; converts; kpis conversion }\n  \
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

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    let silent: Vec<_> = model.nodes(Kind::Stage).filter(|stage| !stage.is_broken() && !stage.has("kpis")).collect();
    if silent.is_empty() {
        return;
    }
    let computed = computed_from(model);
    for stage in silent {
        let name = stage.name();
        let fault = Diagnostic::new(&RULE.code, stage.place(), say!("no KPI is looked at for stage `{name}`", name))
            .at(say!("has no `kpis`"));
        found.push(match computed.get(&stage.id) {
            Some(kpi) => {
                let kpi = model.node(*kpi);
                let word = kpi.path();
                fault.label(kpi.place(), say!("this KPI is computed from the stage")).help(say!(
                    "nobody sees whether the stage does well; list what is looked at, perhaps `kpis {word}`",
                    word
                ))
            }
            None => fault.help(say!("nobody sees whether the stage does well; list what is looked at: `kpis …`")),
        });
    }
}

/// The first KPI that is computed from each stage.
fn computed_from(model: &Model<'_>) -> FxHashMap<DeclId, DeclId> {
    let mut first = FxHashMap::default();
    for kpi in model.kpis() {
        let things = Formula::of(kpi).map(|formula| formula.atoms()).unwrap_or_default();
        for stage in things.iter().flat_map(|atom| &atom.things).filter(|thing| thing.kind() == Kind::Stage) {
            first.entry(stage.id).or_insert(kpi.id);
        }
    }
    first
}
