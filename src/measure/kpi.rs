//! KPIs: their formulas, units and splits. One that cannot be computed says why and stands beside the others.

use funnelc_engine::definition as to;
use funnelc_engine::tally;
use rust_decimal::Decimal;

use super::expr::number;
use super::{Lower, Unmeasured};
use crate::diagnostic::Message;
use crate::language::Language;
use crate::model::expr::{Expr, ExprKind, Op};
use crate::model::print::{Named, Printer, value as spelled};
use crate::model::types::NumberKind;
use crate::model::value::{Captured, RefIx, Type};
use crate::model::walk::{Event, FieldOf, Kpi, Node, Property};
use crate::model::{DeclId, Kind, MAX_INHERITANCE, Target, Val};
use crate::say;
use crate::source::Span;

/// A formula, or why there is none.
pub(super) type Lowered = Result<to::Formula, Unmeasured>;

/// Where an expression stands, what `it` stands for there, and what is taken off.
#[derive(Clone, Copy)]
pub(super) struct Place<'p, 'm, 's> {
    pub(super) owner: DeclId,
    bound: &'p [DeclId],
    net: Option<FieldOf<'m, 's>>,
    depth: u8,
}

impl Place<'_, '_, '_> {
    /// A place where `it` stands for nothing.
    pub(super) fn of(owner: DeclId) -> Self {
        Self { owner, bound: &[], net: None, depth: 0 }
    }
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
        self.spend_at = None;
        let value = self.formula_of(kpi, None, 0);
        if self.spend_at.is_some() {
            self.spend_is_told(kpi);
        }
        let slice = self.slice(kpi);
        let profit = value.as_ref().ok().and_then(|value| self.profit(kpi, value));
        let mut by = self.splits(kpi);
        if self.spend_at.is_some() {
            let is_known = |own: &to::Split| matches!(own, to::Split::Channel | to::Split::Month);
            for own in by.iter().filter(|own| !is_known(own)) {
                let word = own.word(&to::Definition { fields: self.field_list(), ..to::Definition::default() });
                let path = kpi.path();
                self.out.notes.push(say!(
                    "`{path}` is not split by {word}: what was spent is not known by it",
                    path,
                    word
                ));
            }
            by.retain(is_known);
        }
        let over = kpi.0.field("over").and_then(|field| Some((field.duration("value")?, field.field.span)));
        let over = over.map(|(over, span)| self.micros(over, span));
        // What stands in the way of one KPI is no trouble of the others.
        let mut troubles: Vec<Unmeasured> = self.troubles.drain(before..).collect();
        troubles.extend(value.as_ref().err().cloned());
        let unmeasured = troubles.iter().min_by_key(|own| own.span).map(|own| self.shown(own));
        let own = to::Kpi {
            path: kpi.path(),
            label: kpi.label(&self.language),
            value: value.ok().filter(|_| unmeasured.is_none()).unwrap_or(to::Formula::Number(Decimal::ZERO)),
            unit: unit(kpi),
            per: kpi.0.word("per").and_then(period),
            over,
            slice,
            by: if unmeasured.is_some() { Vec::new() } else { by },
            profit,
            targets: targets(kpi),
            unmeasured: unmeasured.as_ref().map(|why| why.said(Language::English)),
        };
        if let (Some(span), None) = (self.spend_at, &own.unmeasured) {
            let words = say!("it needs the table of spend; give it with --spend");
            let why = self.shown(&Unmeasured { span, words });
            self.out.needs_spend.push((self.out.definition.kpis.len(), why));
        }
        let at = self.out.definition.kpis.len();
        self.out.unmeasured.extend(unmeasured.map(|why| (at, why)));
        self.out.definition.kpis.push(own);
    }

    /// Why something is not measured, and where that stands.
    fn shown(&self, own: &Unmeasured) -> Message {
        let source = self.model.sources.get(own.span.file);
        let (file, at) = (&source.inside, source.position(own.span.start));
        let words = self.model.sources.text(own.span);
        let words = words.lines().next().unwrap_or_default();
        say!("{file}:{line}: `{words}`: {why}", file, line = at.line, words, why = own.words)
    }

    /// Which people or events a KPI is about: `where` and `cohort`.
    fn slice(&mut self, kpi: Kpi<'m, 's>) -> to::Slice {
        let only = kpi.0.field("where").and_then(|field| Some((field.owner.id, field.expr("value")?)));
        let only = only.map(|(owner, expr)| self.condition(owner, expr));
        let cohort = kpi.0.field("cohort").and_then(|field| Some((field.target_of("value")?, field.field.span)));
        let cohort = cohort.and_then(|(target, span)| match self.stages.get(&target.id) {
            Some(stage) => Some(to::Cohort::Stage(*stage)),
            None if target.kind() == Kind::Event => Some(to::Cohort::Did(self.pattern_of(target, to::Test::Always))),
            None => {
                self.trouble(span, say!("only stages of funnels and events can be followed"));
                None
            }
        });
        to::Slice { only, cohort }
    }

    /// The value with every amount replaced by the part of it that is profit.
    fn profit(&mut self, kpi: Kpi<'m, 's>, value: &to::Formula) -> Option<to::Formula> {
        let field = kpi.0.field("margin")?;
        let margin = field.percent("value")? / Decimal::ONE_HUNDRED;
        let profit = self.reduced(value, margin);
        if profit == *value {
            self.trouble(field.field.span, say!("a margin is a part of amounts, and no amount is added up here"));
        }
        Some(profit)
    }

    fn reduced(&self, value: &to::Formula, margin: Decimal) -> to::Formula {
        match value {
            to::Formula::Of(measure, _) if self.amounts.contains(measure) => {
                to::Formula::Both(to::Operation::Times, Box::new((value.clone(), to::Formula::Number(margin))))
            }
            to::Formula::Number(_) | to::Formula::Of(..) => value.clone(),
            to::Formula::Negate(inner) => to::Formula::Negate(Box::new(self.reduced(inner, margin))),
            to::Formula::Both(operation, sides) => {
                let sides = (self.reduced(&sides.0, margin), self.reduced(&sides.1, margin));
                to::Formula::Both(*operation, Box::new(sides))
            }
        }
    }

    fn splits(&mut self, kpi: Kpi<'m, 's>) -> Vec<to::Split> {
        kpi.0.words("by").into_iter().map(|word| self.split(word)).collect()
    }

    /// What a word of `by` splits by.
    pub(super) fn split(&mut self, word: &str) -> to::Split {
        match word {
            "channel" => {
                self.channels();
                to::Split::Channel
            }
            "segment" => {
                self.segments();
                to::Split::Segment
            }
            "month" => to::Split::Month,
            "campaign" => to::Split::Field(self.field("utm_campaign".to_owned())),
            word => to::Split::Field(self.field(word.to_owned())),
        }
    }

    /// The channels, each with the events it claims, by a pattern of all names, and how a table of spend may call it.
    pub(super) fn channels(&mut self) {
        if !self.out.definition.channels.is_empty() {
            return;
        }
        let languages = self.model.languages();
        for id in self.model.of_kind(Kind::Channel).collect::<Vec<_>>() {
            let node = self.node(id);
            let condition = node.field("match").and_then(|field| Some((field.owner.id, field.expr("value")?)));
            let test = condition.and_then(|(owner, expr)| self.test(owner, expr));
            let pattern = test.map(|test| {
                // Channels are asked for by their own number, so that two may claim by the same test.
                self.out.definition.patterns.push(to::Pattern { names: Vec::new(), table: None, test });
                self.out.definition.patterns.len() - 1
            });
            let labels = languages.iter().map(|language| node.label(language));
            let names = std::iter::once(node.name().to_owned()).chain(labels).collect();
            let is_direct = node.class() == Some("direct");
            if node.field("cost").is_some_and(|field| field.get("from").is_some()) {
                let at = self.out.definition.channels.len();
                self.out.definition.spend.expected.push(at);
            }
            self.out.definition.channels.push(to::Channel { path: node.path(), names, pattern, is_direct });
        }
    }

    /// What a table of spend says of some channels, or of all.
    fn spent(&mut self, place: Place<'_, 'm, 's>, what: to::Spending, args: &'m [Expr<'s>], span: Span) -> Lowered {
        self.channels();
        let mut channels = Vec::new();
        for arg in args {
            let ExprKind::Name(at) = arg.kind else { return refused(arg.span, say!("a channel is wanted")) };
            let path = self.meant(place, at).filter(|node| node.kind() == Kind::Channel).map(Node::path);
            let found = self.out.definition.channels.iter().position(|own| Some(&own.path) == path.as_ref());
            let Some(found) = found else { return refused(arg.span, say!("a channel is wanted")) };
            channels.push(found);
            let expected = &mut self.out.definition.spend.expected;
            if !expected.contains(&found) {
                expected.push(found);
            }
        }
        self.spend_at.get_or_insert(span);
        Ok(self.of(to::Measure::Spent { what, channels }, to::How::Known))
    }

    /// Why what is spent cannot be told for a KPI.
    fn spend_is_told(&mut self, kpi: Kpi<'m, 's>) {
        for word in ["where", "cohort"] {
            if let Some(field) = kpi.0.field(word) {
                self.trouble(field.field.span, say!("what was spent is not known of some people alone"));
            }
        }
        self.say_fixed_costs();
    }

    /// What a message or an order costs is not counted: only the table says what was spent.
    fn say_fixed_costs(&mut self) {
        for channel in self.model.nodes(Kind::Channel) {
            let is_fixed = channel.field("cost").is_some_and(|cost| cost.get("from").is_none());
            let note = say!(
                "the `cost` of `{path}` is not added to what was spent; let the table of spend have it",
                path = channel.path()
            );
            if is_fixed && !self.out.notes.contains(&note) {
                self.out.notes.push(note);
            }
        }
    }

    /// The segments that say who belongs to them.
    pub(super) fn segments(&mut self) {
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
                    .push(say!("segment `{path}` is left out: its condition is not measured yet", path = node.path()));
                continue;
            }
            self.out.definition.segments.push(to::Segment { path: node.path(), condition });
        }
    }

    fn attribution(&mut self) {
        let Some(field) = self.model.nodes(Kind::Measure).find_map(|own| own.field("attribution")) else { return };
        let word = |slot: &str| field.get(slot).and_then(|own| own.val.word());
        let asks = word("rule") == Some("survey");
        let rule = if asks { word("otherwise") } else { word("rule") };
        let credit = rule.and_then(to::Credit::of).unwrap_or(to::Credit::Last);
        let lookback = field.duration("lookback").map(|lookback| self.micros(lookback, field.field.span));
        self.out.definition.attribution = to::Attribution { credit, lookback, asks };
        if asks {
            self.channels();
        }
    }

    // ---- formulas

    fn formula_of(&mut self, kpi: Kpi<'m, 's>, net: Option<FieldOf<'m, 's>>, depth: u8) -> Lowered {
        let Some((owner, expr)) = kpi.value() else { return refused(kpi.0.place(), say!("it has no value")) };
        let bound: Vec<DeclId> = kpi.about().into_iter().map(|node| node.id).collect();
        let own = kpi.0.field("net");
        let place = Place { owner: owner.id, bound: &bound, net: own.or(net), depth };
        let value = self.formula(place, expr)?;
        match own {
            Some(field) if !self.is_net(&value) => {
                refused(field.field.span, say!("it is taken off events that are counted or added up, and none is here"))
            }
            _ => Ok(value),
        }
    }

    /// Whether something is taken off a part of a formula.
    fn is_net(&self, value: &to::Formula) -> bool {
        let mut measures = Vec::new();
        value.measures(&mut measures);
        measures.iter().any(|at| {
            matches!(
                &self.out.definition.measures[*at],
                to::Measure::Count { net: Some(_), .. } | to::Measure::Values { net: Some(_), .. }
            )
        })
    }

    fn formula(&mut self, place: Place<'_, 'm, 's>, expr: &'m Expr<'s>) -> Lowered {
        match &expr.kind {
            ExprKind::Literal(val) => fixed(val, expr.span).map(to::Formula::Number),
            ExprKind::Negate(inner) => Ok(to::Formula::Negate(Box::new(self.formula(place, inner)?))),
            ExprKind::Binary { op, left, right } => {
                let operation = match op {
                    Op::Plus => to::Operation::Plus,
                    Op::Minus => to::Operation::Minus,
                    Op::Times => to::Operation::Times,
                    Op::Over => to::Operation::Over,
                    _ => return refused(expr.span, say!("`{sign}` is not computed", sign = op.sign())),
                };
                let sides = (self.formula(place, left)?, self.formula(place, right)?);
                Ok(to::Formula::Both(operation, Box::new(sides)))
            }
            ExprKind::Name(at) => match self.meant(place, *at) {
                Some(node) if node.kind() == Kind::Kpi && place.depth < MAX_INHERITANCE => {
                    self.other(Kpi(node), place, expr.span)
                }
                _ => refused(expr.span, say!("a name stands here that is no KPI")),
            },
            ExprKind::Call { callee, args } => {
                let Target::Builtin(function) = self.model.target(place.owner, *callee) else {
                    return refused(expr.span, say!("this is no measure"));
                };
                self.call(place, function, args, expr.span)
            }
            ExprKind::Manual(_) => refused(expr.span, say!("it is kept by hand")),
            _ => refused(expr.span, say!("this is not computed yet")),
        }
    }

    /// The value of another KPI; one that is about other people or events cannot stand in a formula.
    fn other(&mut self, kpi: Kpi<'m, 's>, place: Place<'_, 'm, 's>, span: Span) -> Lowered {
        if let Some(word) = ["where", "cohort"].into_iter().find(|word| kpi.0.has(word)) {
            return refused(
                span,
                say!(
                    "`{path}` has a `{word}` of its own; compute it as a KPI beside this one",
                    path = kpi.path(),
                    word
                ),
            );
        }
        self.formula_of(kpi, place.net, place.depth + 1)
    }

    fn call(&mut self, place: Place<'_, 'm, 's>, function: &str, args: &'m [Expr<'s>], span: Span) -> Lowered {
        use to::How::{Percentile, Share, Total};
        let what = match function {
            "spend" => Some(to::Spending::Amount),
            "impressions" => Some(to::Spending::Impressions),
            "clicks" => Some(to::Spending::Clicks),
            _ => None,
        };
        if let Some(what) = what {
            return self.spent(place, what, args, span);
        }
        let Some(arg) = args.first() else { return refused(span, say!("it says of nothing what it measures")) };
        match function {
            "people" => match self.stage_of(place, arg) {
                Some(stage) => Ok(self.of(to::Measure::People(stage), Total)),
                None => self.happens(place, arg).map(|pattern| self.of(to::Measure::Did(pattern), Total)),
            },
            "entries" => Ok(self.of(to::Measure::Entries(self.the_stage(place, arg)?), Total)),
            "visits" => Ok(self.of(to::Measure::Visits(self.the_stage(place, arg)?), Total)),
            "count" => {
                let pattern = self.happens(place, arg)?;
                let net = self.event_in(place, arg).and_then(|event| self.net(place, event, None));
                Ok(self.of(to::Measure::Count { pattern, net }, Total))
            }
            "sum" => self.values(place, arg, Total),
            "avg" => self.values(place, arg, Share),
            "median" => self.middle(place, arg, 50),
            "p" => {
                let percent = number(arg).and_then(|own| u8::try_from(own).ok());
                let (Some(percent), Some(arg)) = (percent, args.get(1)) else {
                    return refused(span, say!("a percentile is a whole number here"));
                };
                self.middle(place, arg, percent)
            }
            "rate" => {
                let (from, to) = self.ends(place, arg)?;
                let within = self.longest(from, to);
                Ok(self.of(to::Measure::Rate { from, to, within }, Share))
            }
            "direct" => {
                let (from, to) = self.ends(place, arg)?;
                let all = self.out.definition.transitions.iter().enumerate();
                let own: Vec<usize> =
                    all.filter(|(_, own)| own.from == from && own.to == to).map(|(at, _)| at).collect();
                if own.iter().any(|at| self.out.definition.transitions[*at].moves == to::Moves::Others) {
                    return refused(span, say!("this transition brings other people; the funnel tells its rate"));
                }
                if own.is_empty() {
                    return refused(span, say!("no transition leads there directly; `rate(a -> b)` counts every path"));
                }
                Ok(self.of(to::Measure::Direct(own), Share))
            }
            "time" => {
                let (from, to) = self.ends(place, arg)?;
                Ok(self.of(to::Measure::Time { from, to }, Percentile(50)))
            }
            "laps" => {
                let stage = self.the_stage(place, arg)?;
                let transitions = self.loop_of(stage);
                Ok(self.of(to::Measure::Laps { stage, transitions }, Share))
            }
            "retained" | "churned" => {
                let stage = self.the_stage(place, arg)?;
                let after = match args.get(1).map(|own| &own.kind) {
                    Some(ExprKind::Literal(Val::Duration(after))) => self.micros(*after, args[1].span),
                    _ => return refused(span, say!("a time is wanted after the stage")),
                };
                self.out.definition.keeps_all = true;
                Ok(self.of(to::Measure::Stays { stage, after, is_churn: function == "churned" }, Share))
            }
            "answers" => self.answers(place, args),
            _ => refused(span, say!("`{function}` is not measured yet", function)),
        }
    }

    fn middle(&mut self, place: Place<'_, 'm, 's>, arg: &'m Expr<'s>, percent: u8) -> Lowered {
        if let ExprKind::Call { callee, args } = &arg.kind
            && self.model.target(place.owner, *callee) == Target::Builtin("time")
        {
            let Some(way) = args.first() else { return refused(arg.span, say!("a way is wanted")) };
            let (from, to) = self.ends(place, way)?;
            return Ok(self.of(to::Measure::Time { from, to }, to::How::Percentile(percent)));
        }
        self.values(place, arg, to::How::Percentile(percent))
    }

    pub(super) fn of(&mut self, measure: to::Measure, how: to::How) -> to::Formula {
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
    pub(super) fn meant(&self, place: Place<'_, 'm, 's>, at: RefIx) -> Option<Node<'m, 's>> {
        match Printer::of(self.model, place.owner).with_bound(place.bound).named(at) {
            Named::Decl { id, .. } => Some(self.node(id)),
            _ => None,
        }
    }

    fn stage_of(&self, place: Place<'_, 'm, 's>, arg: &Expr<'s>) -> Option<usize> {
        let ExprKind::Name(at) = arg.kind else { return None };
        self.stages.get(&self.meant(place, at)?.id).copied()
    }

    fn the_stage(&self, place: Place<'_, 'm, 's>, arg: &Expr<'s>) -> Result<usize, Unmeasured> {
        self.stage_of(place, arg).map_or_else(|| refused(arg.span, say!("only stages are measured here yet")), Ok)
    }

    fn ends(&self, place: Place<'_, 'm, 's>, arg: &Expr<'s>) -> Result<(usize, usize), Unmeasured> {
        let ExprKind::Binary { op: Op::Arrow, left, right } = &arg.kind else {
            return refused(arg.span, say!("a way is wanted"));
        };
        Ok((self.the_stage(place, left)?, self.the_stage(place, right)?))
    }

    /// The event that something is about.
    pub(super) fn event_in(&self, place: Place<'_, 'm, 's>, arg: &Expr<'s>) -> Option<Node<'m, 's>> {
        let (ExprKind::Name(at) | ExprKind::Call { callee: at, .. }) = arg.kind else { return None };
        self.meant(place, at).filter(|node| node.kind() == Kind::Event)
    }

    /// The events that something is about.
    pub(super) fn happens(&mut self, place: Place<'_, 'm, 's>, arg: &'m Expr<'s>) -> Result<usize, Unmeasured> {
        let Some(event) = self.event_in(place, arg) else {
            return refused(arg.span, say!("only stages and events are counted yet"));
        };
        let filters: &'m [Expr<'s>] = if let ExprKind::Call { args, .. } = &arg.kind { args } else { &[] };
        let mut tests: Vec<to::Test> = filters.iter().filter_map(|filter| self.test(place.owner, filter)).collect();
        let test = if tests.len() == 1 { tests.remove(0) } else { to::Test::All(tests) };
        let test = if test == to::Test::All(Vec::new()) { to::Test::Always } else { test };
        Ok(self.pattern_of(event, test))
    }

    /// A property of an event, and the event.
    pub(super) fn property_in(
        &self,
        place: Place<'_, 'm, 's>,
        arg: &Expr<'s>,
    ) -> Result<(Node<'m, 's>, Node<'m, 's>), Unmeasured> {
        let ExprKind::Name(at) = arg.kind else {
            return refused(arg.span, say!("a property of an event is wanted, such as `order.total`"));
        };
        let printer = Printer::of(self.model, place.owner).with_bound(place.bound);
        let event = printer.event_of(at).map(|id| self.node(id)).filter(|node| node.kind() == Kind::Event);
        let property = self.meant(place, at).filter(|node| node.kind() == Kind::Prop);
        let found = event.zip(property);
        let own = found.filter(|(event, property)| Event(*event).properties().iter().any(|own| own.id == property.id));
        own.map_or_else(|| refused(arg.span, say!("aggregates over the members of lists are not measured yet")), Ok)
    }

    /// The values of a property of an event.
    fn values(&mut self, place: Place<'_, 'm, 's>, arg: &'m Expr<'s>, how: to::How) -> Lowered {
        let (event, property) = self.property_in(place, arg)?;
        let name = self.name_of(property.id);
        let net = self.net(place, event, Some(property.name()));
        if net.is_some() && how != to::How::Total {
            return refused(arg.span, say!("what is taken off is taken off counts and sums, not off averages"));
        }
        let field = self.field(name);
        let pattern = self.pattern_of(event, to::Test::Always);
        let is_money = Property(property).kind_of_value().is_some_and(|own| matches!(own, Type::Scalar("money")));
        let has_currency = is_money && Event(event).properties().iter().any(|own| own.name() == "currency");
        let currency = has_currency.then(|| self.key(event, "currency"));
        let found = self.of(to::Measure::Values { pattern, field, currency, net }, how);
        if let (true, to::Formula::Of(measure, _)) = (is_money, &found) {
            self.amounts.push(*measure);
        }
        Ok(found)
    }

    /// What `net of` takes off the events of a declaration: those that have the key, and are not the reversals.
    fn net(&mut self, place: Place<'_, 'm, 's>, event: Node<'m, 's>, property: Option<&str>) -> Option<to::Net> {
        let field = place.net?;
        let reversal = field.target_of("event").filter(|reversal| reversal.id != event.id)?;
        let key = field.get("key").and_then(|key| key.val.word());
        let has = |node: Node<'m, 's>, name: &str| Event(node).properties().iter().any(|own| own.name() == name);
        if key.is_some_and(|key| !has(event, key)) {
            return None;
        }
        let amount = property.filter(|property| has(reversal, property)).map(|property| self.key(reversal, property));
        let within = field.duration("within").map(|within| self.micros(within, field.field.span));
        Some(to::Net {
            by: self.pattern_of(reversal, to::Test::Always),
            field: amount,
            matching: key.map(|key| self.key(event, key)),
            within,
        })
    }

    /// How long a way takes at most: the longest path, within the window.
    pub(super) fn longest(&self, from: usize, to: usize) -> Option<i64> {
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

pub(super) fn refused<T>(span: Span, words: Message) -> Result<T, Unmeasured> {
    Err(Unmeasured { span, words })
}

/// A fixed number: shares as shares, times in seconds.
fn fixed(val: &Val<'_>, span: Span) -> Result<Decimal, Unmeasured> {
    match val {
        Val::Money(money) if money.per.is_some() => {
            refused(span, say!("an amount per something is not computed with yet"))
        }
        Val::Duration(time) if time.seconds().is_none() => {
            refused(span, say!("it has no fixed length; write it in days"))
        }
        val => quantity(val).map_or_else(|| refused(span, say!("it is not computed with yet")), Ok),
    }
}

/// A value as a number: shares as shares, times in seconds.
pub(super) fn quantity(val: &Val<'_>) -> Option<Decimal> {
    match val {
        Val::Number(number) => Some(*number),
        Val::Percent(share) => Some(*share / Decimal::ONE_HUNDRED),
        Val::Money(money) if money.per.is_none() => Some(money.amount),
        Val::Duration(time) => time.seconds(),
        _ => None,
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

/// What it should be: always, or month by month.
fn targets(kpi: Kpi<'_, '_>) -> Vec<to::Target> {
    let Some(field) = kpi.0.field("target") else { return Vec::new() };
    let target = |own: &Val<'_>, month: Option<String>, by: &str| {
        let Val::Compare(sign, inner) = own else { return None };
        let comparison = comparison_of(sign)?;
        Some(to::Target { month, words: format!("{}{by}", spelled(own)), comparison, value: quantity(inner) })
    };
    if let Some(own) = field.get("target") {
        let by = field.get("by").map(|by| format!(" by {}", spelled(&by.val))).unwrap_or_default();
        return target(&own.val, None, &by).into_iter().collect();
    }
    let Some(Val::Rows(rows)) = field.get("months").map(|own| &own.val) else { return Vec::new() };
    let row = |row: &Vec<Captured<'_>>| {
        let month = row.iter().find(|own| own.slot == "month")?;
        target(&row.iter().find(|own| own.slot == "target")?.val, Some(spelled(&month.val)), "")
    };
    rows.iter().filter_map(row).collect()
}

fn comparison_of(sign: &str) -> Option<to::Comparison> {
    Some(match sign {
        "==" => to::Comparison::Equal,
        "!=" => to::Comparison::Unequal,
        ">=" => to::Comparison::AtLeast,
        "<=" => to::Comparison::AtMost,
        ">" => to::Comparison::Above,
        "<" => to::Comparison::Below,
        _ => return None,
    })
}
