//! KPIs: their formulas, units and splits. One that cannot be computed says why and stands beside the others.

use funnelc_engine::definition as to;
use funnelc_engine::tally;
use rust_decimal::Decimal;

use super::Lower;
use super::expr::number;
use crate::model::expr::{Expr, ExprKind, Op};
use crate::model::print::{Named, Printer, value as spelled};
use crate::model::types::NumberKind;
use crate::model::value::RefIx;
use crate::model::walk::{Event, Kpi, Node};
use crate::model::{DeclId, Kind, MAX_INHERITANCE, Target, Val};

/// A formula, or why there is none.
type Lowered = Result<to::Formula, String>;

/// Where an expression stands, and what `it` stands for there.
#[derive(Clone, Copy)]
struct Place<'p> {
    owner: DeclId,
    bound: &'p [DeclId],
    depth: u8,
}

impl<'m, 's> Lower<'m, 's> {
    pub(super) fn kpis(&mut self) {
        self.attribution();
        for kpi in self.model.kpis().collect::<Vec<_>>() {
            // A pattern to be extended computes nothing by itself.
            let is_pattern = kpi.0.field("of").is_some_and(|field| field.get("parameter").is_some());
            if !is_pattern && kpi.value().is_some() {
                self.kpi(kpi);
            }
        }
    }

    fn kpi(&mut self, kpi: Kpi<'m, 's>) {
        let before = self.troubles.len();
        let value = self.formula_of(kpi, 0);
        // What stands in the way of one KPI is no trouble of the others.
        let troubles: Vec<String> = self.troubles.drain(before..).map(|own| own.words).collect();
        let mut unmeasured = value.as_ref().err().cloned().or_else(|| troubles.first().cloned());
        for (word, why) in [("where", "`where`"), ("cohort", "`cohort`"), ("net", "`net of`")] {
            if kpi.0.has(word) && unmeasured.is_none() {
                unmeasured = Some(format!("{why} is not measured yet"));
            }
        }
        let by = self.splits(kpi);
        let over = kpi.0.field("over").and_then(|field| Some((field.duration("value")?, field.field.span)));
        let language = self.model.languages()[0];
        let own = to::Kpi {
            path: kpi.path(),
            label: kpi.label(language),
            value: value.unwrap_or(to::Formula::Number(Decimal::ZERO)),
            unit: unit(kpi),
            per: kpi.0.word("per").and_then(period),
            over: over.map(|(over, span)| self.micros(over, span)),
            by: if unmeasured.is_some() { Vec::new() } else { by },
            target: target(kpi),
            unmeasured,
        };
        self.out.definition.kpis.push(own);
    }

    fn splits(&mut self, kpi: Kpi<'m, 's>) -> Vec<to::Split> {
        let mut found = Vec::new();
        for word in kpi.0.words("by") {
            match word {
                "channel" => {
                    self.channels();
                    found.push(to::Split::Channel);
                }
                "segment" => {
                    self.segments();
                    found.push(to::Split::Segment);
                }
                "language" | "country" => found.push(to::Split::Field(self.field(word.to_owned()))),
                "campaign" => found.push(to::Split::Field(self.field("utm_campaign".to_owned()))),
                // By month is per month.
                _ => {}
            }
        }
        found
    }

    /// The channels that claim events, each by a pattern of all names.
    fn channels(&mut self) {
        if !self.out.definition.channels.is_empty() {
            return;
        }
        for id in self.model.of_kind(Kind::Channel).collect::<Vec<_>>() {
            let node = self.node(id);
            let condition = node.field("match").and_then(|field| Some((field.owner.id, field.expr("value")?)));
            let Some((owner, expr)) = condition else { continue };
            let Some(test) = self.test(owner, expr) else { continue };
            self.out.definition.patterns.push(to::Pattern { names: Vec::new(), test });
            let pattern = self.out.definition.patterns.len() - 1;
            let is_direct = node.class() == Some("direct");
            self.out.definition.channels.push(to::Channel { path: node.path(), pattern, is_direct });
        }
    }

    /// The segments that say who belongs to them.
    fn segments(&mut self) {
        if !self.out.definition.segments.is_empty() {
            return;
        }
        for id in self.model.of_kind(Kind::Segment).collect::<Vec<_>>() {
            let node = self.node(id);
            let condition = node.field("where").and_then(|field| Some((field.owner.id, field.expr("value")?)));
            let Some((owner, expr)) = condition else { continue };
            let before = self.troubles.len();
            let condition = self.condition(owner, expr);
            if self.troubles.len() > before {
                self.troubles.truncate(before);
                self.out
                    .notes
                    .push(format!("segment `{}` is left out: its condition is not measured yet", node.path()));
                continue;
            }
            self.out.definition.segments.push(to::Segment { path: node.path(), condition });
        }
    }

    fn attribution(&mut self) {
        let Some(field) = self.model.nodes(Kind::Measure).find_map(|own| own.field("attribution")) else { return };
        let credit = match field.get("rule").and_then(|own| own.val.word()) {
            Some("first") => to::Credit::First,
            Some("last_non_direct") => to::Credit::LastNonDirect,
            Some("linear") => to::Credit::Linear,
            Some("position") => to::Credit::Position,
            Some("decay") => to::Credit::Decay,
            Some("survey") => {
                self.out
                    .notes
                    .push("attribution by survey is not measured yet; the last channel is credited".to_owned());
                to::Credit::Last
            }
            _ => to::Credit::Last,
        };
        let lookback = field.duration("lookback").map(|lookback| self.micros(lookback, field.field.span));
        self.out.definition.attribution = to::Attribution { credit, lookback };
    }

    // ---- formulas

    fn formula_of(&mut self, kpi: Kpi<'m, 's>, depth: u8) -> Lowered {
        let Some((owner, expr)) = kpi.value() else { return Err("it has no value".to_owned()) };
        let bound: Vec<DeclId> = kpi.about().into_iter().map(|node| node.id).collect();
        self.formula(Place { owner: owner.id, bound: &bound, depth }, expr)
    }

    fn formula(&mut self, place: Place<'_>, expr: &'m Expr<'s>) -> Lowered {
        match &expr.kind {
            ExprKind::Literal(val) => fixed(val).map(to::Formula::Number),
            ExprKind::Negate(inner) => Ok(to::Formula::Negate(Box::new(self.formula(place, inner)?))),
            ExprKind::Binary { op, left, right } => {
                let operation = match op {
                    Op::Plus => to::Operation::Plus,
                    Op::Minus => to::Operation::Minus,
                    Op::Times => to::Operation::Times,
                    Op::Over => to::Operation::Over,
                    _ => return Err(format!("`{}` is not computed", op.sign())),
                };
                let sides = (self.formula(place, left)?, self.formula(place, right)?);
                Ok(to::Formula::Both(operation, Box::new(sides)))
            }
            ExprKind::Name(at) => match self.meant(place, *at) {
                Some(node) if node.kind() == Kind::Kpi && place.depth < MAX_INHERITANCE => {
                    self.formula_of(Kpi(node), place.depth + 1)
                }
                _ => Err("a name stands in it that is no KPI".to_owned()),
            },
            ExprKind::Call { callee, args } => {
                let Target::Builtin(function) = self.model.target(place.owner, *callee) else {
                    return Err("it calls what is no measure".to_owned());
                };
                self.call(place, function, args)
            }
            ExprKind::Manual(_) => Err("it is kept by hand".to_owned()),
            _ => Err("a part of it is not computed yet".to_owned()),
        }
    }

    fn call(&mut self, place: Place<'_>, function: &str, args: &'m [Expr<'s>]) -> Lowered {
        use to::How::{Percentile, Share, Total};
        let first = args.first();
        match (function, first) {
            ("people", Some(arg)) => match self.stage_of(place, arg) {
                Some(stage) => Ok(self.of(to::Measure::People(stage), Total)),
                None => self.happens(place, arg).map(|pattern| self.of(to::Measure::Did(pattern), Total)),
            },
            ("entries", Some(arg)) => Ok(self.of(to::Measure::Entries(self.the_stage(place, arg)?), Total)),
            ("visits", Some(arg)) => Ok(self.of(to::Measure::Visits(self.the_stage(place, arg)?), Total)),
            ("count", Some(arg)) => self.happens(place, arg).map(|pattern| self.of(to::Measure::Count(pattern), Total)),
            ("sum", Some(arg)) => self.values(place, arg).map(|own| self.of(own, Total)),
            ("avg", Some(arg)) => self.values(place, arg).map(|own| self.of(own, Share)),
            ("median", Some(arg)) => self.middle(place, arg, 50),
            ("p", Some(arg)) => {
                let percent = number(arg).and_then(|own| u8::try_from(own).ok());
                let (Some(percent), Some(arg)) = (percent, args.get(1)) else {
                    return Err("a percentile is a whole number here".to_owned());
                };
                self.middle(place, arg, percent)
            }
            ("rate", Some(arg)) => {
                let (from, to) = self.ends(place, arg)?;
                let within = self.longest(from, to);
                Ok(self.of(to::Measure::Rate { from, to, within }, Share))
            }
            ("direct", Some(arg)) => {
                let (from, to) = self.ends(place, arg)?;
                let all = self.out.definition.transitions.iter().enumerate();
                let own: Vec<usize> =
                    all.filter(|(_, own)| own.from == from && own.to == to).map(|(at, _)| at).collect();
                if own.is_empty() {
                    return Err("no transition leads there directly; `rate(a -> b)` counts every path".to_owned());
                }
                Ok(self.of(to::Measure::Direct(own), Share))
            }
            ("time", Some(arg)) => {
                let (from, to) = self.ends(place, arg)?;
                Ok(self.of(to::Measure::Time { from, to }, Percentile(50)))
            }
            ("laps", Some(arg)) => {
                let stage = self.the_stage(place, arg)?;
                let transitions = self.loop_of(stage);
                Ok(self.of(to::Measure::Laps { stage, transitions }, Share))
            }
            ("retained" | "churned", Some(arg)) => {
                let stage = self.the_stage(place, arg)?;
                let after = match args.get(1).map(|own| &own.kind) {
                    Some(ExprKind::Literal(Val::Duration(after))) => self.micros(*after, args[1].span),
                    _ => return Err("a time is wanted after the stage".to_owned()),
                };
                self.out.definition.keeps_all = true;
                Ok(self.of(to::Measure::Stays { stage, after, is_churn: function == "churned" }, Share))
            }
            ("spend" | "impressions" | "clicks", _) => {
                Err("it needs a table of spend, which is not read yet".to_owned())
            }
            ("answers", _) => Err("answers of surveys are not measured yet".to_owned()),
            _ => Err(format!("`{function}` is not measured yet")),
        }
    }

    fn middle(&mut self, place: Place<'_>, arg: &'m Expr<'s>, percent: u8) -> Lowered {
        if let ExprKind::Call { callee, args } = &arg.kind
            && self.model.target(place.owner, *callee) == Target::Builtin("time")
        {
            let (from, to) = self.ends(place, args.first().ok_or("a way is wanted")?)?;
            return Ok(self.of(to::Measure::Time { from, to }, to::How::Percentile(percent)));
        }
        self.values(place, arg).map(|own| self.of(own, to::How::Percentile(percent)))
    }

    fn of(&mut self, measure: to::Measure, how: to::How) -> to::Formula {
        let measures = &mut self.out.definition.measures;
        let known = measures.iter().position(|own| *own == measure);
        let at = known.unwrap_or_else(|| {
            measures.push(measure);
            measures.len() - 1
        });
        to::Formula::Of(at, how)
    }

    // ---- what a measure is of

    /// What a name means, with `it` filled in.
    fn meant(&self, place: Place<'_>, at: RefIx) -> Option<Node<'m, 's>> {
        match Printer::of(self.model, place.owner).with_bound(place.bound).named(at) {
            Named::Decl { id, .. } => Some(self.node(id)),
            _ => None,
        }
    }

    fn stage_of(&self, place: Place<'_>, arg: &Expr<'s>) -> Option<usize> {
        let ExprKind::Name(at) = arg.kind else { return None };
        self.stages.get(&self.meant(place, at)?.id).copied()
    }

    fn the_stage(&self, place: Place<'_>, arg: &Expr<'s>) -> Result<usize, String> {
        self.stage_of(place, arg).ok_or_else(|| "only stages are measured here yet".to_owned())
    }

    fn ends(&self, place: Place<'_>, arg: &Expr<'s>) -> Result<(usize, usize), String> {
        let ExprKind::Binary { op: Op::Arrow, left, right } = &arg.kind else {
            return Err("a way is wanted".to_owned());
        };
        Ok((self.the_stage(place, left)?, self.the_stage(place, right)?))
    }

    /// The events that something is about.
    fn happens(&mut self, place: Place<'_>, arg: &'m Expr<'s>) -> Result<usize, String> {
        let (at, filters): (RefIx, &'m [Expr<'s>]) = match &arg.kind {
            ExprKind::Name(at) => (*at, &[]),
            ExprKind::Call { callee, args } => (*callee, args),
            _ => return Err("only stages and events are counted yet".to_owned()),
        };
        let event = self.meant(place, at).filter(|node| node.kind() == Kind::Event);
        let event = event.ok_or("only stages and events are counted yet")?;
        let mut tests: Vec<to::Test> = filters.iter().filter_map(|filter| self.test(place.owner, filter)).collect();
        let test = if tests.len() == 1 { tests.remove(0) } else { to::Test::All(tests) };
        let test = if test == to::Test::All(Vec::new()) { to::Test::Always } else { test };
        Ok(self.pattern_of(event, test))
    }

    /// The values of a property of an event.
    fn values(&mut self, place: Place<'_>, arg: &'m Expr<'s>) -> Result<to::Measure, String> {
        let ExprKind::Name(at) = arg.kind else {
            return Err("a property of an event is wanted, such as `order.total`".to_owned());
        };
        let printer = Printer::of(self.model, place.owner).with_bound(place.bound);
        let event = printer.event_of(at).map(|id| self.node(id)).filter(|node| node.kind() == Kind::Event);
        let property = self.meant(place, at).filter(|node| node.kind() == Kind::Prop);
        let (Some(event), Some(property)) = (event, property) else {
            return Err("aggregates over the members of lists are not measured yet".to_owned());
        };
        if Event(event).properties().iter().all(|own| own.id != property.id) {
            return Err("aggregates over the members of lists are not measured yet".to_owned());
        }
        let field = self.name_of(property.id);
        let field = self.field(field);
        let pattern = self.pattern_of(event, to::Test::Always);
        Ok(to::Measure::Values { pattern, field })
    }

    /// How long a way takes at most: the longest path, within the window.
    fn longest(&self, from: usize, to: usize) -> Option<i64> {
        let definition = &self.out.definition;
        let own = &definition.stages[to];
        let window = definition.funnels[own.funnel].window.filter(|_| !own.is_loyalty);
        let longest = tally::longest(definition, from)[to].flatten();
        match (longest, window) {
            (Some(longest), Some(window)) => Some(longest.min(window)),
            (longest, window) => longest.or(window),
        }
    }

    /// The transitions of the loop that a stage is in.
    fn loop_of(&self, stage: usize) -> Vec<usize> {
        let transitions = &self.out.definition.transitions;
        let around = self.around(stage);
        let inside = |own: &to::Transition| own.moves != to::Moves::Others && around[own.from] && around[own.to];
        transitions.iter().enumerate().filter(|(_, own)| inside(own)).map(|(at, _)| at).collect()
    }

    /// The stages that a stage leads to and that lead back to it.
    fn around(&self, stage: usize) -> Vec<bool> {
        let spread = |forward: bool| {
            let mut found = vec![false; self.out.definition.stages.len()];
            let mut open = vec![stage];
            while let Some(at) = open.pop() {
                if std::mem::replace(&mut found[at], true) {
                    continue;
                }
                for own in self.out.definition.transitions.iter().filter(|own| own.moves != to::Moves::Others) {
                    let (here, next) = if forward { (own.from, own.to) } else { (own.to, own.from) };
                    if here == at {
                        open.push(next);
                    }
                }
            }
            found
        };
        spread(true).into_iter().zip(spread(false)).map(|(after, before)| after && before).collect()
    }
}

/// A fixed number: shares as shares, times in seconds.
fn fixed(val: &Val<'_>) -> Result<Decimal, String> {
    match val {
        Val::Number(number) => Ok(*number),
        Val::Percent(share) => Ok(*share / Decimal::ONE_HUNDRED),
        Val::Money(money) if money.per.is_none() => Ok(money.amount),
        Val::Duration(time) => time.seconds().ok_or_else(|| format!("`{}` has no fixed length", time.spelling())),
        _ => Err(format!("`{}` is not computed with yet", spelled(val))),
    }
}

fn unit(kpi: Kpi<'_, '_>) -> String {
    let Some(unit) = kpi.unit() else { return "number".to_owned() };
    match (unit.money, unit.time, unit.number) {
        (0, 0, NumberKind::Ratio) => "ratio".to_owned(),
        (0, 0, NumberKind::Count) => "count".to_owned(),
        (1, 0, _) => unit.currency.map_or_else(|| "money".to_owned(), str::to_owned),
        (0, 1, _) => "duration".to_owned(),
        _ => "number".to_owned(),
    }
}

fn period(word: &str) -> Option<to::Period> {
    Some(match word {
        "day" => to::Period::Day,
        "week" => to::Period::Week,
        "month" => to::Period::Month,
        "quarter" => to::Period::Quarter,
        "year" => to::Period::Year,
        _ => return None,
    })
}

/// The target as it is written; one for each month is none here.
fn target(kpi: Kpi<'_, '_>) -> Option<String> {
    let field = kpi.0.field("target")?;
    field.get("target").map(|own| spelled(&own.val))
}
