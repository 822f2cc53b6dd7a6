//! What is known of people: traits from a table, from events that identify people, or computed of what they did; and the
//! tables whose rows are events.

use funnelc_engine::definition as to;
use rust_decimal::Decimal;

use super::kpi::{Place, quantity};
use super::{Lower, rows};
use crate::model::expr::{Expr, ExprKind};
use crate::model::value::{Duration, RefIx, Text};
use crate::model::walk::{Event, Node, Property};
use crate::model::{DeclId, Kind, Target, Val};
use crate::say;
use crate::source::Span;

/// Nobody, and everybody.
const NOBODY: to::Condition = to::Condition::Any(Vec::new());

/// A test of a property, made when the property has its number.
type TestOf<'f> = &'f dyn Fn(usize) -> to::Test;

impl<'m, 's> Lower<'m, 's> {
    /// A trait of a person, compared.
    pub(super) fn trait_compared(
        &mut self,
        (owner, at): (DeclId, RefIx),
        comparison: to::Comparison,
        right: &'m Expr<'s>,
        span: Span,
    ) -> to::Condition {
        let Some(own) = self.model.target_decl(owner, at).map(|id| self.node(id)) else { return NOBODY };
        let Some(literal) = self.literal(owner, right) else { return NOBODY };
        self.known(own, comparison, &literal, span)
    }

    /// What is known against a value.
    pub(super) fn known(
        &mut self,
        own: Node<'m, 's>,
        comparison: to::Comparison,
        literal: &to::Literal,
        span: Span,
    ) -> to::Condition {
        match own.decl().in_head("formula").map(|formula| &formula.val) {
            Some(Val::Expr(formula)) => self.computed(own, formula, comparison, literal, span),
            _ => self.said(own, &|field| to::Test::Compare(field, comparison, literal.clone())),
        }
    }

    /// A trait that is one of some values.
    pub(super) fn trait_among(&mut self, owner: DeclId, at: RefIx, set: &'m Expr<'s>, span: Span) -> to::Condition {
        let Some(own) = self.model.target_decl(owner, at).map(|id| self.node(id)) else { return NOBODY };
        if own.decl().in_head("formula").is_some() {
            self.trouble(span, say!("a computed trait is measured by comparisons with one value"));
            return NOBODY;
        }
        // The test is made for any property, and then given the right one.
        let Some(test) = self.within_set(owner, 0, set) else { return NOBODY };
        self.said(own, &|field| with_field(&test, field))
    }

    /// What the last row or event said that speaks of a trait.
    fn said(&mut self, own: Node<'m, 's>, test: TestOf<'_>) -> to::Condition {
        let (by, field) = self.says(own);
        to::Condition::Known { by, field, test: test(field) }
    }

    /// The rows and events that speak of a trait, and the property that does.
    fn says(&mut self, own: Node<'m, 's>) -> (Vec<usize>, usize) {
        let name = Property(own).wire_name(None);
        let mut by = Vec::new();
        for event in self.model.events().collect::<Vec<_>>() {
            let identifies = matches!(event.0.class(), Some("identify" | "group"));
            if identifies && event.properties().iter().any(|own| own.wire_name(None) == name) {
                by.push(self.pattern_of(event.0, to::Test::Always));
            }
        }
        if by.is_empty() {
            self.out.table_traits.push(name.clone());
        }
        let field = self.field(name);
        by.push(self.traits_table(own, field));
        (by, field)
    }

    /// The pattern of the rows of the table of traits.
    fn traits_table(&mut self, own: Node<'m, 's>, field: usize) -> usize {
        let source = self.model.nodes(Kind::Source).find_map(|source| source.field("traits"));
        let columns = source.map(|field| rows(field, "columns")).unwrap_or_default();
        let column = |word: &str| columns.iter().find(|(name, _)| name == word).map(|(_, own)| own.clone());
        let known = self.out.definition.tables.iter().position(|own| own.is_known);
        let table = known.unwrap_or_else(|| {
            let name = source.and_then(|field| field.text("table")).map_or("traits".to_owned(), Text::words);
            let identity = self.identity_of(&column("identity").unwrap_or_default());
            let time = column("time").and_then(|own| own.first().cloned());
            self.add_table(to::Table { name, identity, time, renamed: Vec::new(), is_known: true })
        });
        if let Some(column) = column(own.name()).and_then(|own| own.first().cloned()) {
            let renamed = &mut self.out.definition.tables[table].renamed;
            if !renamed.iter().any(|(known, _)| *known == field) {
                renamed.push((field, column));
            }
        }
        self.pattern_in(to::Pattern { names: Vec::new(), table: Some(table), test: to::Test::Always })
    }

    /// A trait that is the sum or the number of what a person did.
    fn computed(
        &mut self,
        own: Node<'m, 's>,
        formula: &'m Expr<'s>,
        comparison: to::Comparison,
        literal: &to::Literal,
        span: Span,
    ) -> to::Condition {
        let place = Place::of(own.id);
        let found = match (&formula.kind, literal) {
            (ExprKind::Call { callee, args }, to::Literal::Number(value)) => {
                match (self.model.target(own.id, *callee), args.first()) {
                    (Target::Builtin("count"), Some(arg)) => {
                        self.happens(place, arg).ok().map(|pattern| (pattern, None, value))
                    }
                    (Target::Builtin("sum"), Some(arg)) => {
                        self.property_in(place, arg).ok().map(|(event, property)| {
                            let name = self.name_of(property.id);
                            let field = self.field(name);
                            (self.pattern_of(event, to::Test::Always), Some(field), value)
                        })
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        let Some((pattern, field, value)) = found else {
            self.trouble(span, say!("of computed traits, a `sum` or `count` against a number is measured"));
            return NOBODY;
        };
        to::Condition::Adds { pattern, field, comparison, value: *value }
    }

    // ---- tiers

    /// A tier of a programme: from its value to that of the next one.
    pub(super) fn tier(&mut self, tier: Node<'m, 's>, span: Span) -> to::Condition {
        let program = tier.parent();
        let by = program.and_then(|program| program.field("by"));
        let from = |tier: Node<'_, '_>| quantity(&tier.decl().in_head("from")?.val);
        let (Some(program), Some(by), Some(own)) = (program, by, from(tier)) else { return NOBODY };
        let next = program.children_of(Kind::Tier).filter_map(from).filter(|next| *next > own).min();
        let at_least = |lower: &mut Self, value: Decimal| match (by.target_of("trait"), by.target_of("score")) {
            (Some(own), _) => lower.known(own, to::Comparison::AtLeast, &to::Literal::Number(value), span),
            (_, Some(score)) => {
                let score = lower.score(score);
                to::Condition::Score { score, comparison: to::Comparison::AtLeast, value }
            }
            _ => NOBODY,
        };
        let mut all = vec![at_least(self, own)];
        all.extend(next.map(|next| to::Condition::Not(Box::new(at_least(self, next)))));
        to::Condition::All(all)
    }

    // ---- entries by what is known

    /// `enters x`, `leaves x`: a condition that begins to hold, or ends to.
    pub(super) fn turns(
        &mut self,
        owner: DeclId,
        at: RefIx,
        begins: bool,
        expr: &'m Expr<'s>,
        found: &mut Vec<to::Enter>,
    ) {
        let target = self.model.target_decl(owner, at);
        if target.is_some_and(|id| self.model.decl(id).kind == Kind::Stage) {
            return self.passes(target, begins, expr, found);
        }
        let condition = self.named(owner, at, expr);
        found.push(to::Enter::Turns { condition, begins });
    }

    /// `enters s`, `leaves s` of a stage.
    fn passes(&mut self, target: Option<DeclId>, begins: bool, expr: &'m Expr<'s>, found: &mut Vec<to::Enter>) {
        let Some(stage) = target.and_then(|id| self.stages.get(&id)).copied() else {
            return self.trouble(expr.span, say!("this stage is of no funnel that is measured"));
        };
        found.push(to::Enter::Passes { stage, begins });
    }

    /// `3d before trait x`
    pub(super) fn near_date(
        &mut self,
        owner: DeclId,
        offset: Duration,
        before: bool,
        of: RefIx,
        span: Span,
        found: &mut Vec<to::Enter>,
    ) {
        let Some(own) = self.model.target_decl(owner, of).map(|id| self.node(id)) else { return };
        if own.decl().in_head("formula").is_some() {
            return self.trouble(span, say!("a computed trait holds no date"));
        }
        let offset = self.micros(offset, span) * if before { -1 } else { 1 };
        let (by, field) = self.says(own);
        found.push(to::Enter::Around { by, field, offset });
    }

    // ---- tables

    /// The columns of the identities of a table: one that is named like an identity of the project is that identity,
    /// others are taken in their order, best first.
    fn identity_of(&self, words: &[String]) -> Vec<String> {
        let project = self.model.project().map(|project| project.words("identity")).unwrap_or_default();
        let project: Vec<&str> = project.into_iter().filter(|word| self.account_key.as_deref() != Some(word)).collect();
        let words: Vec<&String> = words.iter().filter(|word| self.account_key.as_ref() != Some(word)).collect();
        let own = self.out.definition.columns.identity.clone();
        if words.is_empty() {
            return own;
        }
        let rank = |word: &String| {
            project.iter().position(|own| own == word).or_else(|| own.iter().position(|own| own == word))
        };
        let mut found = vec![String::new(); own.len()];
        for (at, word) in words.into_iter().enumerate() {
            if let Some(place) = found.get_mut(rank(word).unwrap_or(at)) {
                place.clone_from(word);
            }
        }
        found
    }

    /// The table whose rows an event is, where it says so, and which of them.
    pub(super) fn table_of(&mut self, event: Event<'m, 's>) -> Option<(usize, to::Test)> {
        let field = event.0.field("from")?;
        let name = field.get("table")?.val.word()?.to_owned();
        let identity: Vec<String> = event.0.words("identity").into_iter().map(str::to_owned).collect();
        let table = to::Table {
            name,
            identity: self.identity_of(&identity),
            time: Some(event.0.word("time").unwrap_or(&self.out.definition.columns.time).to_owned()),
            renamed: Vec::new(),
            is_known: false,
        };
        let test = field.expr("where").and_then(|expr| self.test(field.owner.id, expr)).unwrap_or(to::Test::Always);
        Some((self.add_table(table), test))
    }

    fn add_table(&mut self, table: to::Table) -> usize {
        let tables = &mut self.out.definition.tables;
        let same = |own: &to::Table| to::Table { renamed: Vec::new(), ..own.clone() } == table;
        tables.iter().position(same).unwrap_or_else(|| {
            tables.push(table);
            tables.len() - 1
        })
    }

    /// The number of a pattern.
    pub(super) fn pattern_in(&mut self, pattern: to::Pattern) -> usize {
        let patterns = &mut self.out.definition.patterns;
        patterns.iter().position(|own| *own == pattern).unwrap_or_else(|| {
            patterns.push(pattern);
            patterns.len() - 1
        })
    }
}

/// A test of another property.
fn with_field(test: &to::Test, field: usize) -> to::Test {
    match test {
        to::Test::All(all) => to::Test::All(all.iter().map(|test| with_field(test, field)).collect()),
        to::Test::Compare(_, comparison, literal) => to::Test::Compare(field, *comparison, literal.clone()),
        to::Test::In(_, literals) => to::Test::In(field, literals.clone()),
        other => other.clone(),
    }
}
