//! What dashboards ask for besides funnels and KPIs, and goals.

use funnelc_engine::definition as to;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::Lower;
use super::kpi::{Place, quantity};
use crate::model::expr::Expr;
use crate::model::walk::{FieldOf, Node};
use crate::model::{Kind, Val};
use crate::say;

impl<'m, 's> Lower<'m, 's> {
    pub(super) fn boards(&mut self) {
        for board in self.model.nodes(Kind::Dashboard).collect::<Vec<_>>() {
            for field in board.fields("retention") {
                self.retention(field);
            }
            for field in board.fields("funnel") {
                let path = field.target_of("funnel").map(Node::path);
                let at = self.out.definition.funnels.iter().position(|own| Some(&own.path) == path.as_ref());
                let words = field.field.values.iter().filter(|own| own.slot == "by");
                for word in words.filter_map(|own| own.val.word()) {
                    at.into_iter().for_each(|at| self.split_funnel(at, word));
                }
            }
            for field in board.fields("next") {
                let stage = field.target_of("stage").and_then(|stage| self.stages.get(&stage.id)).copied();
                let next = &mut self.out.definition.next_after;
                next.extend(stage.filter(|stage| !next.contains(stage)));
            }
        }
        if self.model.nodes(Kind::Measure).find_map(|own| own.word("count")) == Some("entries") {
            self.out.notes.push(say!("stages are told in people, entries and visits, whatever `count` says"));
        }
        let definition = &mut self.out.definition;
        definition.keeps_all |= !definition.retentions.is_empty() || !definition.next_after.is_empty();
        for goal in self.model.nodes(Kind::Goal).collect::<Vec<_>>() {
            self.goal(goal);
        }
        for experiment in self.model.nodes(Kind::Experiment).collect::<Vec<_>>() {
            self.experiment(experiment);
        }
    }

    /// Splits a funnel by something, in a word of `by`.
    pub(super) fn split_funnel(&mut self, funnel: usize, word: &str) {
        let split = self.split(word);
        let by = &mut self.out.definition.funnels[funnel].by;
        if !by.contains(&split) {
            by.push(split);
        }
    }

    fn retention(&mut self, field: FieldOf<'m, 's>) {
        let stage = field.target_of("stage").and_then(|stage| self.stages.get(&stage.id)).copied();
        let Some(stage) = stage else { return };
        let every = match field.get("per").and_then(|own| own.val.word()) {
            Some("daily") => to::Period::Day,
            Some("monthly") => to::Period::Month,
            _ => to::Period::Week,
        };
        let mut split = Vec::new();
        for segment in field.refs().into_iter().filter(|node| node.kind() != Kind::Stage) {
            self.segments();
            let path = segment.path();
            match self.out.definition.segments.iter().position(|own| own.path == path) {
                Some(found) => split.push(found),
                None => self.out.notes.push(say!(
                    "retention is not split by `{path}`: only segments that say `where` are measured here, and no antisegments",
                    path
                )),
            }
        }
        let own = to::Retention { stage, every, split };
        let all = &mut self.out.definition.retentions;
        if !all.contains(&own) {
            all.push(own);
        }
    }

    /// A goal, where it says from what to what and until when.
    fn goal(&mut self, goal: Node<'m, 's>) {
        let path = goal.field("kpi").and_then(|field| field.target_of("value")).map(Node::path);
        let kpi = self.out.definition.kpis.iter().position(|own| Some(&own.path) == path.as_ref());
        let course = self.course(goal);
        let (Some(kpi), Some(course)) = (kpi, course) else {
            let path = goal.path();
            return self.out.notes.push(say!(
                "goal `{path}` is not measured: it needs a KPI with a value, `from … to …` and `between … .. …`",
                path
            ));
        };
        let label = goal.label(&self.language);
        self.out.definition.goals.push(to::Goal { path: goal.path(), label, kpi, course });
    }

    /// An experiment, where it says on which way it is; its audience and guards are for those who run it.
    fn experiment(&mut self, own: Node<'m, 's>) {
        let stage = |slot: &str| own.field("on")?.target_of(slot).and_then(|stage| self.stages.get(&stage.id)).copied();
        let (Some(from), Some(to)) = (stage("from"), stage("to")) else {
            let path = own.path();
            return self.out.notes.push(say!("experiment `{path}` is not measured: it does not say `on a -> b`", path));
        };
        let Some(field) = own.field("assigned") else { return };
        let Some(expr) = field.expr("trigger") else { return };
        let Some((assigned, key)) = self.said_by(field, expr) else {
            return self.trouble(field.field.span, say!("people are dealt to variants by one event here"));
        };
        let part = |field: &str, default: f64| {
            let share = own.field(field).and_then(|field| field.percent("value"));
            share.and_then(|share| (share / Decimal::ONE_HUNDRED).to_f64()).unwrap_or(default)
        };
        let detects = own.field("detects").and_then(|field| {
            let share = (field.percent("share")? / Decimal::ONE_HUNDRED).to_f64()?;
            Some((share, field.field.values.iter().all(|own| own.val.word() != Some("absolute"))))
        });
        let between = own.field("between").and_then(|field| {
            let (from, last) = (self.begin_of(field, "from")?, self.begin_of(field, "to")?);
            Some((from, last.saturating_add(24 * 3_600_000_000)))
        });
        let experiment = to::Experiment {
            path: own.path(),
            label: own.label(&self.language),
            from,
            to,
            within: self.longest(from, to),
            assigned,
            key,
            variants: variants(own),
            confidence: part("confidence", 0.95),
            power: part("power", 0.8),
            detects,
            between,
        };
        self.out.definition.experiments.push(experiment);
        if own.field("measures").is_some() {
            let path = own.path();
            self.out.notes.push(say!("experiment `{path}` is decided by its way; `measures` is not looked at", path));
        }
        for field in [own.field("audience"), own.field("guards")].into_iter().flatten() {
            let (path, word) = (own.path(), field.field.spec.word);
            self.out.notes.push(say!(
                "experiment `{path}` is measured of everybody it was dealt to; `{word}` is not looked at",
                path,
                word
            ));
        }
    }

    /// The events of `EVENT(…) by PROPERTY`, and the property.
    pub(super) fn said_by(&mut self, field: FieldOf<'m, 's>, expr: &'m Expr<'s>) -> Option<(usize, usize)> {
        let event = self.event_in(Place::of(field.owner.id), expr)?;
        let key = self.key(event, field.get("key")?.val.word()?);
        Some((self.pattern(field.owner.id, expr)?, key))
    }

    /// Where a goal should be when.
    fn course(&self, goal: Node<'m, 's>) -> Option<Vec<(i64, Decimal)>> {
        let (values, days) = (goal.field("from")?, goal.field("between")?);
        let value = |field: FieldOf<'m, 's>, slot: &str| quantity(&field.get(slot)?.val);
        let mut course = vec![(self.begin_of(days, "from")?, value(values, "from")?)];
        for milestone in goal.fields("milestone") {
            course.push((self.begin_of(milestone, "date")?, value(milestone, "value")?));
        }
        course.push((self.begin_of(days, "to")?, value(values, "to")?));
        course.sort_by_key(|(time, _)| *time);
        course.dedup_by_key(|(time, _)| *time);
        Some(course)
    }

    /// The moment a day begins at in the project's zone.
    fn begin_of(&self, field: FieldOf<'m, 's>, slot: &str) -> Option<i64> {
        let day = match &field.get(slot)?.val {
            Val::Date(day) => *day,
            Val::Month { year, month } => Date::new(*year, *month, 1).ok()?,
            _ => return None,
        };
        let zone = TimeZone::get(&self.out.definition.columns.timezone).unwrap_or(TimeZone::UTC);
        Some(day.to_zoned(zone).ok()?.timestamp().as_microsecond())
    }
}

/// The variants of an experiment and their shares.
fn variants(own: Node<'_, '_>) -> Vec<(String, f64)> {
    let values = own.field("variants").map(|field| field.field.values.as_slice()).unwrap_or_default();
    let names = values.iter().filter(|own| own.slot == "name").filter_map(|own| own.val.word());
    let shares = values.iter().filter(|own| own.slot == "share").filter_map(|own| quantity(&own.val)?.to_f64());
    names.map(str::to_owned).zip(shares).collect()
}
