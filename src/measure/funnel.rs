//! Funnels, stages, transitions and scores.

use funnelc_engine::definition as to;
use funnelc_engine::history::{asked, looked_at};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::expr::{number, plain};
use super::{Lower, rows};
use crate::analysis::graph::{EdgeKind, Graph};
use crate::model::decl;
use crate::model::expr::{Expr, ExprKind, Op};
use crate::model::value::Captured;
use crate::model::walk::{Event, Node, Property, Stage};
use crate::model::{DeclId, Kind, Val};
use crate::say;
use crate::source::Span;

/// The property, or the column, that says who brought a person.
const REFERRED_BY: &str = "referred_by";

impl<'m, 's> Lower<'m, 's> {
    pub(super) fn funnels(&mut self) {
        let graph = Graph::of(self.model);
        let is_first = self.model.nodes(Kind::Measure).find_map(|own| own.word("start")) == Some("first");
        self.out.definition.start_first = is_first;
        let mature = self.model.nodes(Kind::Measure).find_map(|own| own.word("mature"));
        self.out.definition.counts_open = mature == Some("all");
        for part in &graph.parts {
            let window = part.funnel.field("window").zip(part.funnel.window());
            let window = window.map(|(field, window)| self.micros(window, field.field.span));
            self.out.definition.funnels.push(to::Funnel {
                path: part.funnel.path(),
                label: part.funnel.label(&self.language),
                window,
                is_of_accounts: counted(part.funnel.0).is_some(),
                by: Vec::new(),
                is_combined: false,
            });
        }
        for (at, stage) in graph.stages.iter().enumerate() {
            self.stages.insert(stage.id, at);
        }
        for (at, stage) in graph.stages.iter().enumerate() {
            let own = self.stage(*stage, graph.part_of[at], graph.is_entry(at));
            self.out.definition.stages.push(own);
        }
        self.transitions(&graph);
        self.excludes(&graph);
        self.looks(&graph);
        self.referred_by();
    }

    /// Stages look at stages of funnels that count the same.
    fn looks(&mut self, graph: &Graph<'m, 's>) {
        let own = &self.out.definition;
        let is_of_accounts = |stage: usize| own.funnels[own.stages[stage].funnel].is_of_accounts;
        let differs = |stage: usize, seen: &[usize]| seen.iter().any(|at| is_of_accounts(*at) != is_of_accounts(stage));
        let enters = own.stages.iter().enumerate().filter_map(|(at, stage)| {
            let seen: Vec<usize> = stage.enter.iter().flat_map(|enter| looked_at(&own.scores, enter)).collect();
            let field = differs(at, &seen).then(|| graph.stages[at].0.field("enter")).flatten()?;
            Some(field.get("value")?.span)
        });
        let declared = own.transitions.iter().zip(&graph.edges);
        let whens = declared.filter(|(own_edge, _)| differs(own_edge.to, &asked(&own.scores, &own_edge.when)));
        let places: Vec<Span> = enters.chain(whens.map(|(_, edge)| edge.declared.0.place())).collect();
        for place in places {
            let words = say!("one of the two funnels counts people and the other accounts; let both count the same");
            self.trouble(place, words);
        }
    }

    fn stage(&mut self, stage: Stage<'m, 's>, funnel: usize, is_entry: bool) -> to::Stage {
        let enter = stage.0.field("enter").and_then(|field| Some((field.owner.id, field.expr("value")?)));
        let mut entries = Vec::new();
        if let Some((owner, expr)) = enter {
            self.enter(owner, expr, &mut entries);
        }
        to::Stage {
            path: stage.path(),
            label: stage.label(&self.language),
            funnel,
            is_entry,
            is_loyalty: stage.is_loyalty(),
            enter: entries,
            undone: self.undone(stage),
        }
    }

    fn undone(&mut self, stage: Stage<'m, 's>) -> Option<to::Undone> {
        let field = stage.0.field("undone")?;
        let event = field.target_of("event")?;
        let by = self.pattern_of(event, to::Test::Always);
        let key = field.get("matching").or_else(|| field.get("key"));
        let matching = key.and_then(|key| key.val.word()).map(|key| self.key(event, key));
        let within = field.duration("within").map(|within| self.micros(within, field.field.span));
        Some(to::Undone { by, matching, within })
    }

    /// A property of an event that a free word names.
    pub(super) fn key(&mut self, event: Node<'m, 's>, word: &str) -> usize {
        let property = Event(event).properties().into_iter().find(|own| own.name() == word);
        let name = property.map_or_else(|| word.to_owned(), |own| own.wire_name(None));
        self.field(name)
    }

    // ---- transitions

    fn transitions(&mut self, graph: &Graph<'m, 's>) {
        for edge in &graph.edges {
            let node = edge.declared.0;
            let is_of_accounts = |stage: usize| counted(graph.parts[graph.part_of[stage]].funnel.0).is_some();
            if is_of_accounts(edge.from) != is_of_accounts(edge.to) {
                self.trouble(
                    node.place(),
                    say!("people cannot be handed over to accounts; let both funnels count the same"),
                );
            }
            let clause = |slot: &str| match edge.declared.clause(slot) {
                Some(Captured { val: Val::Expr(expr), .. }) => Some(&**expr),
                _ => None,
            };
            let when = clause("when").map_or(to::Condition::Always, |expr| self.condition(node.id, expr));
            let mut on = Vec::new();
            if let Some(expr) = clause("on") {
                self.on(node.id, expr, &mut on);
            }
            let within = edge.declared.within().map(|within| self.micros(within, node.decl().place));
            let after = match edge.declared.clause("after") {
                Some(Captured { val: Val::Duration(time), span, .. }) => self.micros(*time, *span),
                _ => 0,
            };
            let moves = match edge.kind {
                EdgeKind::Move => to::Moves::On,
                EdgeKind::Reentry => to::Moves::Again { after },
                EdgeKind::Referral => to::Moves::Others,
            };
            let path = path(graph, edge.from, edge.to);
            let planned = edge.rate.map(|rate| rate / Decimal::ONE_HUNDRED);
            self.out.definition.transitions.push(to::Transition {
                path,
                from: edge.from,
                to: edge.to,
                moves,
                within,
                on,
                when,
                planned,
                is_skip: false,
            });
        }
        for skip in graph.skips() {
            let through: Vec<&to::Transition> =
                skip.through.iter().map(|at| &self.out.definition.transitions[*at]).collect();
            let within = through.iter().try_fold(0_i64, |sum, own| sum.checked_add(own.within?));
            let when = through.iter().map(|own| own.when.clone()).filter(|when| *when != to::Condition::Always);
            let when: Vec<to::Condition> = when.collect();
            let last = through.last().map(|own| own.on.clone()).unwrap_or_default();
            self.out.definition.transitions.push(to::Transition {
                path: path(graph, skip.from, skip.to),
                from: skip.from,
                to: skip.to,
                moves: to::Moves::On,
                within,
                on: last,
                when: if when.is_empty() { to::Condition::Always } else { to::Condition::All(when) },
                planned: skip.rate.map(|rate| rate / Decimal::ONE_HUNDRED),
                is_skip: true,
            });
        }
    }

    /// The events that a transition is taken by.
    fn on(&mut self, owner: DeclId, expr: &'m Expr<'s>, found: &mut Vec<usize>) {
        match &expr.kind {
            ExprKind::Any(members) => members.iter().for_each(|member| self.on(owner, member, found)),
            ExprKind::Name(_) | ExprKind::Call { .. } => found.extend(self.pattern(owner, expr)),
            _ => self.trouble(expr.span, say!("a transition is measured by events only")),
        }
    }

    /// What says who brought a person, where somebody does: the column that a source maps, or a property of that name.
    fn referred_by(&mut self) {
        let brings = |own: &to::Transition| own.moves == to::Moves::Others;
        if !self.out.definition.transitions.iter().any(brings) {
            return;
        }
        let mut found = Vec::new();
        let mapped = self.model.nodes(Kind::Source).find_map(|source| source.field("events"));
        let mapped = mapped.map(|field| rows(field, "columns")).unwrap_or_default();
        if let Some(column) =
            mapped.into_iter().find(|(name, _)| name == REFERRED_BY).and_then(|own| own.1.into_iter().next())
        {
            let all = to::Pattern { names: Vec::new(), table: None, test: to::Test::Always };
            found.push((self.pattern_in(all), self.field(column)));
        }
        for event in self.model.events().collect::<Vec<_>>() {
            let own = event.properties().into_iter().find(|own| own.name() == REFERRED_BY);
            if let Some(name) = own.map(|own| own.wire_name(None)) {
                found.push((self.pattern_of(event.0, to::Test::Always), self.field(name)));
            }
        }
        self.out.definition.referred_by = found;
    }

    // ---- excludes

    fn excludes(&mut self, graph: &Graph<'m, 's>) {
        for part in &graph.parts {
            for field in part.funnel.0.fields("exclude") {
                let (Some(from), Some(to)) = (field.target_of("from"), field.target_of("to")) else { continue };
                let (Some(from), Some(to)) = (self.stages.get(&from.id), self.stages.get(&to.id)) else { continue };
                let (from, to) = (*from, *to);
                let mut patterns = Vec::new();
                if let Some(expr) = field.expr("event") {
                    self.on(field.owner.id, expr, &mut patterns);
                }
                let forgets = self.between(from, to);
                self.out.definition.excludes.push(to::Exclude { patterns, forgets });
            }
        }
    }

    /// The stages on a way from one to another, the last one left out.
    fn between(&self, from: usize, to: usize) -> Vec<usize> {
        let transitions = &self.out.definition.transitions;
        let spread = |start: usize, forward: bool| {
            let mut found = vec![false; self.out.definition.stages.len()];
            let mut open = vec![start];
            while let Some(at) = open.pop() {
                if std::mem::replace(&mut found[at], true) {
                    continue;
                }
                let onward = transitions.iter().filter(|own| own.moves == to::Moves::On);
                let step = |own: &to::Transition| if forward { (own.from, own.to) } else { (own.to, own.from) };
                open.extend(onward.map(step).filter(|(here, _)| *here == at).map(|(_, next)| next));
            }
            found
        };
        let (after, before) = (spread(from, true), spread(to, false));
        (0..after.len()).filter(|at| after[*at] && before[*at] && *at != to).collect()
    }

    // ---- scores

    /// The number of a score.
    pub(super) fn score(&mut self, score: Node<'m, 's>) -> usize {
        if self.open_scores.contains(&score.id) {
            self.trouble(score.decl().place, say!("its points depend on the score itself, so it cannot be computed"));
        }
        if let Some(known) = self.scores.get(&score.id) {
            return *known;
        }
        let at = self.out.definition.scores.len();
        self.scores.insert(score.id, at);
        self.out.definition.scores.push(to::Score { path: score.path(), decay: None, points: Vec::new() });
        let decay = score.field("decay").and_then(|field| {
            let every = field.duration("every")?;
            Some((field.percent("share")? / Decimal::ONE_HUNDRED, self.micros(every, field.field.span)))
        });
        let mut points = Vec::new();
        self.open_scores.push(score.id);
        for field in score.fields("points") {
            self.points(field.owner.id, &field.field.values, &mut points);
        }
        self.open_scores.pop();
        self.out.definition.scores[at].decay = decay;
        self.out.definition.scores[at].points = points;
        at
    }

    fn points(&mut self, owner: DeclId, values: &'m [Captured<'s>], found: &mut Vec<to::Points>) {
        let amount = |slot: &str| match decl::find(values, slot).map(|own| &own.val) {
            Some(Val::Number(number)) => Some(*number),
            _ => None,
        };
        let expr = |slot: &str| match decl::find(values, slot).map(|own| &own.val) {
            Some(Val::Expr(expr)) => Some(&**expr),
            _ => None,
        };
        let Some(points) = amount("points") else { return };
        let when = expr("when").map_or(to::Condition::Always, |expr| self.condition(owner, expr));
        let mut patterns = Vec::new();
        match expr("event") {
            None => return found.push(to::Points { points, pattern: None, up_to: None, when }),
            Some(event) => self.on(owner, event, &mut patterns),
        }
        for pattern in patterns {
            found.push(to::Points { points, pattern: Some(pattern), up_to: amount("cap"), when: when.clone() });
        }
    }

    // ---- copies

    /// The copies of the events that something asks for.
    pub(super) fn copies(&mut self) {
        for event in self.used.clone() {
            let node = self.node(event);
            let Some(field) = node.field("once_per") else { continue };
            let Some(within) = field.duration("within") else { continue };
            let within = self.micros(within, field.field.span);
            let words = field.field.values.iter().filter(|own| own.slot == "key").filter_map(|own| own.val.word());
            let keys = words.map(|word| self.key(node, word)).collect();
            let pattern = self.pattern_of(node, to::Test::Always);
            let prefer = field.get("prefer").and_then(|own| own.val.word()).map(str::to_owned);
            self.out.definition.copies.push(to::Copies { pattern, keys, within, prefer });
        }
        let prefers = self.out.definition.copies.iter().any(|own| own.prefer.is_some());
        if prefers && self.out.definition.columns.sender.is_none() {
            self.out.definition.columns.sender = Some("sender".to_owned());
        }
    }

    /// A pattern of all events of a declaration that satisfy a test.
    pub(super) fn pattern_of(&mut self, event: Node<'m, 's>, test: to::Test) -> usize {
        if !self.used.contains(&event.id) {
            self.used.push(event.id);
        }
        let own = Event(event);
        if let Some((table, is_one)) = self.table_of(own) {
            let test = match (is_one, test) {
                (to::Test::Always, test) | (test, to::Test::Always) => test,
                (is_one, test) => to::Test::All(vec![is_one, test]),
            };
            return self.pattern_in(to::Pattern { names: Vec::new(), table: Some(table), test });
        }
        let mut names = vec![own.wire_name(None)];
        names.extend(own.wire_names().into_iter().map(|(_, name)| name));
        names.sort();
        names.dedup();
        self.pattern_in(to::Pattern { names, table: None, test })
    }

    /// What enters a stage.
    pub(super) fn enter(&mut self, owner: DeclId, expr: &'m Expr<'s>, found: &mut Vec<to::Enter>) {
        if let Some((score, at_least)) = self.threshold(owner, expr) {
            let score = self.score(score);
            return found.push(to::Enter::Score { score, at_least });
        }
        match &expr.kind {
            ExprKind::Any(members) => members.iter().for_each(|member| self.enter(owner, member, found)),
            ExprKind::All(members) => self.enter_all(owner, members, found),
            ExprKind::Name(_) | ExprKind::Call { .. } => {
                if let Some(pattern) = self.pattern(owner, expr) {
                    found.push(to::Enter::Event { pattern, when: to::Condition::Always });
                }
            }
            ExprKind::By { event, people } => {
                if self.out.definition.account.is_none() {
                    self.trouble(
                        expr.span,
                        say!("a funnel that counts people has one person each; let it count a group"),
                    );
                }
                let people = people.ceil().to_u64().unwrap_or(u64::MAX);
                if let Some(pattern) = self.pattern(owner, event) {
                    found.push(to::Enter::Event { pattern, when: to::Condition::ByPeople { pattern, people } });
                }
            }
            ExprKind::Absent { event, lasting, after } => {
                let of = self.pattern(owner, event);
                let after = after.as_ref().map(|after| self.pattern(owner, after));
                let lasting = self.micros(*lasting, expr.span);
                if let (Some(of), Some(after)) = (of, after.map_or(Some(None), |after| after.map(Some))) {
                    found.push(to::Enter::Absence { of: vec![of], lasting, after, unless: Vec::new() });
                }
            }
            ExprKind::Enters(at) => self.turns(owner, *at, true, expr, found),
            ExprKind::Leaves(at) => self.turns(owner, *at, false, expr, found),
            ExprKind::Around { offset, before, of } => self.near_date(owner, *offset, *before, *of, expr.span, found),
            ExprKind::Finished(at) => self.finished(owner, *at, expr, found),
            // What else there is are conditions, which happen when they begin to hold.
            _ => {
                let condition = self.condition(owner, expr);
                found.push(to::Enter::Turns { condition, begins: true });
            }
        }
    }

    /// `score s >= n`: the score, and the number.
    fn threshold(&self, owner: DeclId, expr: &Expr<'s>) -> Option<(Node<'m, 's>, Decimal)> {
        let ExprKind::Binary { op, left, right } = &expr.kind else { return None };
        let (Op::AtLeast, left, right) = plain(*op, left, right) else { return None };
        let ExprKind::Score(at) = left.kind else { return None };
        Some((self.node(self.model.target_decl(owner, at)?), number(right)?))
    }

    /// `a and b`: entered by each event of which the rest holds; where no event is among them, when all begin to hold.
    fn enter_all(&mut self, owner: DeclId, members: &'m [Expr<'s>], found: &mut Vec<to::Enter>) {
        let is_event = |expr: &Expr<'s>| match &expr.kind {
            ExprKind::Name(at) | ExprKind::Call { callee: at, .. } => {
                self.model.target_decl(owner, *at).is_some_and(|id| self.model.decl(id).kind == Kind::Event)
            }
            _ => false,
        };
        let events: Vec<usize> = (0..members.len()).filter(|at| is_event(&members[*at])).collect();
        if events.is_empty() {
            let all = members.iter().map(|member| self.condition(owner, member)).collect();
            return found.push(to::Enter::Turns { condition: to::Condition::All(all), begins: true });
        }
        for at in events {
            let rest = members.iter().enumerate().filter(|(own, _)| *own != at);
            let rest: Vec<to::Condition> = rest.map(|(_, member)| self.condition(owner, member)).collect();
            if let Some(pattern) = self.pattern(owner, &members[at]) {
                found.push(to::Enter::Event { pattern, when: to::Condition::All(rest) });
            }
        }
    }

    /// The name of a property in a log.
    pub(super) fn name_of(&self, property: DeclId) -> String {
        Property(self.node(property)).wire_name(None)
    }
}

/// The group that a funnel counts in place of people.
pub(super) fn counted<'m, 's>(funnel: Node<'m, 's>) -> Option<Node<'m, 's>> {
    funnel.field("counts")?.target_of("group")
}

fn path(graph: &Graph<'_, '_>, from: usize, to: usize) -> String {
    format!("{} -> {}", graph.stages[from].path(), graph.stages[to].path())
}
