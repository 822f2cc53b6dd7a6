//! Retention compared by a behaviour that can happen while the clock runs.

use std::collections::BTreeSet;

use crate::analysis::segments::formula::{Deed, Window};
use crate::analysis::segments::{Condition, Formula};
use crate::diagnostic::{Code, Diagnostic, Group, Level};
use crate::lint::Rule;
use crate::model::expr::{Expr, ExprKind};
use crate::model::value::Val;
use crate::model::walk::{FieldOf, Funnel, Node, Stage};
use crate::model::{DeclId, Kind, Model, Target};
use crate::say;
use crate::source::Span;

/// The rule.
pub static RULE: Rule = Rule {
    code: Code {
        id: "FN1605",
        name: "behaviour-overlaps-clock",
        group: Group::Segments,
        level: Level::Warn,
        summary: "retention compared by a behaviour that can happen while its clock runs",
        explanation: "Comparing how long people stay between those who did something and those who did not is fair only if \
                      the behaviour ended before the clock of the retention started. Who stays longer has more time to do \
                      it: such a comparison shows a difference where there is none, and a behaviour is praised for what \
                      time did.\n\n\
                      Reported is a segment that splits a `retention` of a dashboard, or is the `where` of a KPI that uses \
                      `retained` or `churned`, if its condition asks for an event that\n\n\
                      - has no `within`, so that it may have happened at any time;\n\
                      - itself enters the stage, or is the event, from which the clock runs;\n\
                      - enters a stage that people only reach later in that funnel.\n\n\
                      To mend it, ask for something that comes before the stage, with a `within`; or let the clock run from \
                      the later stage: everybody who reaches it has done what is asked.\n",
        bad: "event signed_up { sent_by web }\nevent order_completed { sent_by web; prop gift bool }\n\
              segment gift_buyers { where did order_completed(gift == true) }\n\
              funnel store {\n  window 60d\n  stage lead : top { enter signed_up }\n  \
              stage purchase : bottom { enter order_completed; converts }\n  lead -> purchase rate 5% within 30d\n}\n\
              dashboard board { retention store.purchase weekly split gift_buyers }\n",
        good: "event signed_up { sent_by web }\nevent order_completed { sent_by web; prop gift bool }\n\
               event gifts_viewed { sent_by web }\n\
               segment gift_seekers { where did gifts_viewed within 30d }\n\
               funnel store {\n  window 60d\n  stage lead : top { enter signed_up }\n  \
               stage purchase : bottom { enter order_completed; converts }\n  lead -> purchase rate 5% within 30d\n}\n\
               dashboard board { retention store.purchase weekly split gift_seekers }\n",
    },
    check,
};

/// What starts the clock.
struct Clock {
    /// The stage or event.
    name: String,
    /// The events that start it.
    started_by: BTreeSet<DeclId>,
    /// Events that come only after it.
    later: BTreeSet<DeclId>,
}

/// Why a behaviour overlaps the clock.
enum Overlap {
    Starts,
    Later,
    Unlimited,
}

fn check(model: &Model<'_>, found: &mut Vec<Diagnostic>) {
    for dashboard in model.nodes(Kind::Dashboard).filter(|board| !board.is_broken()) {
        for field in dashboard.fields("retention") {
            let Some(stage) = field.target_of("stage") else { continue };
            let clock = Clock::of_stage(Stage(stage));
            let splits = field.field.values.iter().filter(|captured| captured.slot == "split");
            for captured in splits {
                let Val::Ref(reference) = captured.val else { continue };
                let Some(segment) = field.target(reference) else { continue };
                found.extend(report(&clock, Condition::of(model, segment.id), captured.span, Some(segment)));
            }
        }
    }
    for kpi in model.kpis().filter(|kpi| !kpi.is_broken()) {
        let Some(condition) = kpi.field("where") else { continue };
        let Some(expr) = condition.expr("value") else { continue };
        for clock in kpi.value().into_iter().flat_map(|(owner, value)| clocks(owner, &kpi.about(), value)) {
            found.extend(report(&clock, read(condition, expr), expr.span, None));
        }
    }
}

fn read(field: FieldOf<'_, '_>, expr: &Expr<'_>) -> Option<Condition> {
    Condition::read(field.owner.model, field.owner.id, expr)
}

/// The clocks of `retained(…)` and `churned(…)` in a computation.
fn clocks(owner: Node<'_, '_>, about: &[Node<'_, '_>], value: &Expr<'_>) -> Vec<Clock> {
    let mut found = Vec::new();
    value.walk(&mut |expr| {
        let ExprKind::Call { callee, args } = &expr.kind else { return };
        let is_retention = matches!(owner.model.target(owner.id, *callee), Target::Builtin("retained" | "churned"));
        let Some(start) = args.first().filter(|_| is_retention) else { return };
        let (ExprKind::Name(at) | ExprKind::Call { callee: at, .. }) = start.kind else { return };
        let node = match owner.model.target(owner.id, at) {
            Target::Decl(id) => Some(owner.model.node(id)),
            // A KPI made to be extended: what it is about is said by the one that extends it.
            Target::Builtin("it") => about.first().copied(),
            _ => None,
        };
        found.extend(node.and_then(Clock::of));
    });
    found
}

impl Clock {
    fn of(node: Node<'_, '_>) -> Option<Self> {
        match node.kind() {
            Kind::Stage => Some(Self::of_stage(Stage(node))),
            Kind::Event => {
                Some(Self { name: node.path(), started_by: BTreeSet::from([node.id]), later: BTreeSet::new() })
            }
            _ => None,
        }
    }

    fn of_stage(stage: Stage<'_, '_>) -> Self {
        let started_by = enter_events(stage);
        let later = stage.parent().map(|funnel| later_events(Funnel(funnel), stage.id)).unwrap_or_default();
        let later = later.difference(&started_by).copied().collect();
        Self { name: stage.path(), started_by, later }
    }

    fn overlap(&self, deed: &Deed) -> Option<Overlap> {
        if self.started_by.contains(&deed.event) {
            return Some(Overlap::Starts);
        }
        if self.later.contains(&deed.event) {
            return Some(Overlap::Later);
        }
        (deed.window == Window::Ever).then_some(Overlap::Unlimited)
    }
}

/// The events that a stage's `enter` names.
fn enter_events(stage: Stage<'_, '_>) -> BTreeSet<DeclId> {
    let mut found = BTreeSet::new();
    let Some((field, expr)) = stage.field("enter").and_then(|field| Some((field, field.expr("value")?))) else {
        return found;
    };
    expr.walk(&mut |inner| {
        let (ExprKind::Name(at) | ExprKind::Call { callee: at, .. }) = inner.kind else { return };
        let event = field.target(at).filter(|node| node.kind() == Kind::Event);
        found.extend(event.map(|event| event.id));
    });
    found
}

/// Events that enter only stages from which there is no way back to a stage.
fn later_events(funnel: Funnel<'_, '_>, start: DeclId) -> BTreeSet<DeclId> {
    let edges: Vec<(DeclId, DeclId)> = funnel
        .transitions()
        .filter(|edge| !edge.is_referral() && !edge.is_reentry())
        .filter_map(|edge| Some((edge.from()?.id, edge.to()?.id)))
        .collect();
    let after = reachable(start, &edges);
    let turned: Vec<(DeclId, DeclId)> = edges.iter().map(|(from, to)| (*to, *from)).collect();
    let before = reachable(start, &turned);
    let is_later = |stage: &Stage<'_, '_>| after.contains(&stage.id) && !before.contains(&stage.id);
    let later: BTreeSet<DeclId> = funnel.stages().filter(is_later).flat_map(enter_events).collect();
    let earlier: BTreeSet<DeclId> = funnel.stages().filter(|stage| !is_later(stage)).flat_map(enter_events).collect();
    later.difference(&earlier).copied().collect()
}

fn reachable(start: DeclId, edges: &[(DeclId, DeclId)]) -> BTreeSet<DeclId> {
    let mut next: std::collections::BTreeMap<DeclId, Vec<DeclId>> = std::collections::BTreeMap::new();
    edges.iter().for_each(|(from, to)| next.entry(*from).or_default().push(*to));
    let (mut found, mut open) = (BTreeSet::new(), vec![start]);
    while let Some(at) = open.pop() {
        let fresh = next.get(&at).into_iter().flatten().filter(|to| found.insert(**to));
        open.extend(fresh.copied().collect::<Vec<_>>());
    }
    found
}

fn report(
    clock: &Clock,
    condition: Option<Condition>,
    span: Span,
    segment: Option<Node<'_, '_>>,
) -> Option<Diagnostic> {
    let Condition(formula) = condition?;
    let (event, overlap) = first_overlap(clock, &formula)?;
    let name = &clock.name;
    let fault = Diagnostic::new(
        &RULE.code,
        span,
        say!("this compares retention by a behaviour that can happen while the clock runs"),
    )
    .help(say!(
        "who stays longer has more time to do it, so the comparison shows a difference where there is none; ask for something before `{name}`, with a `within`",
        name
    ));
    let fault = match overlap {
        Overlap::Starts => fault.at(say!("`{event}` is what starts the clock of `{name}`", event, name)),
        Overlap::Later => fault.at(say!("`{event}` comes only after `{name}`", event, name)),
        Overlap::Unlimited => fault.at(say!("`{event}` may have been done at any time", event)),
    };
    Some(match segment {
        Some(segment) => fault.label(segment.place(), say!("the behaviour is asked for here")),
        None => fault,
    })
}

fn first_overlap(clock: &Clock, formula: &Formula) -> Option<(String, Overlap)> {
    let mut deeds = Vec::new();
    formula.deeds(&mut deeds);
    deeds.into_iter().find_map(|deed| Some((deed.name.to_string(), clock.overlap(deed)?)))
}
